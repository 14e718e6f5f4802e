import _host, sys, os, time, socket, logging
import json as _json
from http import responses as _reasons
from werkzeug.exceptions import HTTPException
__version__ = '3.1.2'
class _Local:
    pass
class _Dict:
    """Values of a query or a form: the first of each name."""
    def __init__(self, pairs):
        self._pairs = pairs
    def get(self, name, default=None, type=None):
        for key, value in self._pairs:
            if key.lower() == name.lower():
                return value if type is None else type(value)
        return default
    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise HTTPException(400)
        return value
    def __contains__(self, name):
        return self.get(name) is not None
    def getlist(self, name):
        return [value for key, value in self._pairs if key == name]
    def items(self):
        return list(self._pairs)
    def keys(self):
        return [key for key, value in self._pairs]
    def __iter__(self):
        return iter(self.keys())
    def to_dict(self):
        return dict(self._pairs)
class _Request:
    def _take(self, given):
        from urllib.parse import parse_qsl
        self.method = given['method']
        self.full_path = given['path']
        self.path = _host.ask('unquote', given['path'].split('?')[0])
        self.query_string = (given['path'].split('?', 1) + [''])[1].encode('utf-8')
        self.args = _Dict(parse_qsl((given['path'].split('?', 1) + [''])[1]))
        self.headers = _Dict(given['headers'])
        self.remote_addr = given['peer'][0]
        self.host = self.headers.get('host', '')
        self.host_url = 'http://' + self.host + '/'
        self.base_url = 'http://' + self.host + self.path
        self.url = 'http://' + self.host + given['path']
        self.user_agent = self.headers.get('user-agent', '')
        self.cookies = dict([tuple(one.strip().split('=', 1)) for one in self.headers.get('cookie', '').split(';') if '=' in one])
        self.data = _host.bytes(given['body'])
        self._text = _host.ask('fromUtf8', given['body'])
        kind = self.headers.get('content-type', '')
        self.is_json = kind.startswith('application/json')
        self.form = _Dict(parse_qsl(self._text) if kind.startswith('application/x-www-form-urlencoded') else [])
        self.view_args = {}
    @property
    def json(self):
        return self.get_json()
    def get_json(self, force=False, silent=False):
        if not self.is_json and not force:
            if silent:
                return None
            raise HTTPException(415)
        try:
            return _json.loads(self._text)
        except ValueError:
            if silent:
                return None
            raise HTTPException(400)
    def get_data(self, as_text=False):
        return self._text if as_text else self.data
request = _Request()
session = {}
g = _Local()
class Response:
    def __init__(self, response='', status=200, headers=None, mimetype=None, content_type=None):
        self.data = response
        self.status_code = int(str(status).split()[0])
        self.headers = {'Content-Type': content_type or (mimetype or 'text/html') + ('; charset=utf-8' if (mimetype or 'text/html').startswith('text/') else '')}
        if headers:
            self.headers.update(headers)
    def set_cookie(self, name, value='', **options):
        self.headers['Set-Cookie'] = name + '=' + value + '; Path=/'
def jsonify(*args, **options):
    value = options if options else args[0] if len(args) == 1 else list(args)
    return Response(_json.dumps(value, separators=(',', ':'), sort_keys=True) + '\n', 200, None, 'application/json')
def make_response(*parts):
    return _response(parts[0] if len(parts) == 1 else tuple(parts))
def redirect(where, code=302):
    return Response('<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to the target URL: <a href="%s">%s</a>. If not, click the link.\n' % (where, where), code, {'Location': where})
def abort(code, description=None):
    raise HTTPException(code, description)
def escape(text):
    return str(text).replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('"', '&#34;')
def _response(value):
    status, headers = None, None
    if isinstance(value, tuple):
        if len(value) > 1:
            if isinstance(value[1], dict):
                headers = value[1]
            else:
                status = value[1]
        if len(value) > 2:
            headers = value[2]
        value = value[0]
    if isinstance(value, Response):
        result = value
    elif isinstance(value, (dict, list)):
        result = jsonify(value)
    elif isinstance(value, (str, bytes)):
        result = Response(value)
    else:
        raise TypeError("The view function did not return a valid response. The function either returned None or ended without a return statement.")
    if status is not None:
        result.status_code = int(str(status).split()[0])
    if headers:
        result.headers.update(headers)
    return result
def render_template_string(source, **values):
    return _render(source, values)
def render_template(name, **values):
    path = os.path.join(_current[0].root_path, 'templates', name)
    try:
        source = open(path).read()
    except OSError:
        raise TemplateNotFound(name)
    return _render(source, values)
class TemplateNotFound(Exception):
    pass
def _lookup(text, values):
    text = text.strip()
    parts = [one.strip() for one in text.split('|')]
    value = eval_expression(parts[0], values)
    isSafe = False
    for name in parts[1:]:
        if name == 'safe':
            isSafe = True
        elif name == 'upper':
            value = str(value).upper()
        elif name == 'lower':
            value = str(value).lower()
        elif name == 'length':
            value = len(value)
        elif name.startswith('default') and (value is None or value == ''):
            value = name[9:-2]
    return ('' if value is None else str(value)) if isSafe else escape('' if value is None else value)
def eval_expression(text, values):
    text = text.strip()
    for word in (' == ', ' != ', ' > ', ' < '):
        if word in text:
            left, right = text.split(word, 1)
            a, b = eval_expression(left, values), eval_expression(right, values)
            return a == b if word == ' == ' else a != b if word == ' != ' else a > b if word == ' > ' else a < b
    if text.startswith('not '):
        return not eval_expression(text[4:], values)
    if text[:1] in ('"', "'"):
        return text[1:-1]
    if text.lstrip('-').isdigit():
        return int(text)
    if text.startswith('url_for('):
        return url_for(text[8:-1].split(',')[0].strip(" '\""), **dict([(part.split('=')[0].strip(), part.split('=')[1].strip(" '\"")) for part in text[8:-1].split(',')[1:]]))
    parts = text.replace("['", '.').replace("']", '').replace('["', '.').replace('"]', '').split('.')
    value = values.get(parts[0], getattr(request, '_nothing', None))
    if parts[0] == 'request' and 'request' not in values:
        value = request
    for part in parts[1:]:
        if part.endswith('()'):
            value = getattr(value, part[:-2])()
        elif isinstance(value, dict):
            value = value.get(part)
        elif part.isdigit():
            value = value[int(part)]
        else:
            value = getattr(value, part, None)
    return value
def _tokens(source):
    out = []
    at = 0
    while at < len(source):
        start = -1
        for mark in ('{{', '{%', '{#'):
            found = source.find(mark, at)
            if found >= 0 and (start < 0 or found < start):
                start = found
        if start < 0:
            out.append(('text', source[at:]))
            break
        if start > at:
            out.append(('text', source[at:start]))
        close = {'{{': '}}', '{%': '%}', '{#': '#}'}[source[start:start + 2]]
        end = source.find(close, start)
        body = source[start + 2:end].strip().strip('-').strip()
        if close == '}}':
            out.append(('value', body))
        elif close == '%}':
            out.append(('tag', body))
        at = end + 2
    return out
def _render(source, values):
    tokens = _tokens(source)
    text, _ = _block(tokens, 0, values, ())
    return text
def _skip(tokens, at, ends):
    depth = 0
    while at < len(tokens):
        kind, body = tokens[at]
        if kind == 'tag':
            word = body.split()[0]
            if depth == 0 and word in ends:
                return at
            if word in ('for', 'if', 'block'):
                depth += 1
            elif word in ('endfor', 'endif', 'endblock'):
                depth -= 1
        at += 1
    return at
def _block(tokens, at, values, ends):
    out = ''
    while at < len(tokens):
        kind, body = tokens[at]
        if kind == 'text':
            out += body
        elif kind == 'value':
            out += _lookup(body, values)
        else:
            word = body.split()[0]
            if word in ends:
                return out, at
            if word == 'for':
                name, what = body[4:].split(' in ', 1)
                end = _skip(tokens, at + 1, ('endfor',))
                items = eval_expression(what, values) or []
                names = [one.strip() for one in name.split(',')]
                index = 0
                for item in items:
                    index += 1
                    inner = dict(values)
                    inner['loop'] = {'index': index, 'index0': index - 1, 'first': index == 1}
                    if len(names) == 1:
                        inner[names[0]] = item
                    else:
                        for one, each in zip(names, item):
                            inner[one] = each
                    text, _ = _block(tokens, at + 1, inner, ('endfor',))
                    out += text
                at = end
            elif word == 'if':
                isTrue = eval_expression(body[3:], values)
                while True:
                    end = _skip(tokens, at + 1, ('elif', 'else', 'endif'))
                    if isTrue:
                        text, _ = _block(tokens, at + 1, values, ('elif', 'else', 'endif'))
                        out += text
                        at = _skip(tokens, at + 1, ('endif',))
                        break
                    at = end
                    if at >= len(tokens) or tokens[at][1] == 'endif':
                        break
                    isTrue = True if tokens[at][1] == 'else' else eval_expression(tokens[at][1][5:], values)
            elif word == 'block' or word == 'endblock' or word == 'set':
                pass
        at += 1
    return out, at
_current = [None]
def url_for(endpoint, **values):
    if endpoint == 'static':
        return '/static/' + values.get('filename', '')
    for rule, name, methods, view in _current[0]._rules:
        if name == endpoint:
            for key in values:
                rule = rule.replace('<' + key + '>', str(values[key])).replace('<int:' + key + '>', str(values[key]))
            return rule
    raise ValueError('Could not build url for endpoint ' + repr(endpoint) + '.')
class _Config(dict):
    def from_mapping(self, *args, **options):
        self.update(options)
class Flask:
    def __init__(self, import_name, static_folder='static', template_folder='templates', **options):
        self.name = import_name
        self.import_name = import_name
        self.root_path = os.getcwd()
        self.config = _Config({'DEBUG': False, 'TESTING': False, 'SECRET_KEY': None})
        self.debug = False
        self.secret_key = None
        self._rules = []
        self._before = []
        self._after = []
        self._errors = {}
        self.logger = logging.getLogger(import_name)
        _current[0] = self
    def route(self, rule, methods=None, endpoint=None, **options):
        def add(view):
            self.add_url_rule(rule, endpoint or view.__name__, view, methods)
            return view
        return add
    def get(self, rule, **options):
        return self.route(rule, ['GET'])
    def post(self, rule, **options):
        return self.route(rule, ['POST'])
    def put(self, rule, **options):
        return self.route(rule, ['PUT'])
    def delete(self, rule, **options):
        return self.route(rule, ['DELETE'])
    def add_url_rule(self, rule, endpoint=None, view_func=None, methods=None, **options):
        self._rules.append((rule, endpoint or view_func.__name__, [one.upper() for one in (methods or ['GET'])], view_func))
    def before_request(self, view):
        self._before.append(view)
        return view
    def after_request(self, view):
        self._after.append(view)
        return view
    def errorhandler(self, code):
        def add(view):
            self._errors[code] = view
            return view
        return add
    def _match(self, rule, path):
        a, b = rule.split('/'), path.split('/')
        found = {}
        for at in range(len(a)):
            part = a[at]
            if part.startswith('<') and part.endswith('>'):
                kind, name = part[1:-1].split(':') if ':' in part else ('string', part[1:-1])
                if kind == 'path':
                    found[name] = '/'.join(b[at:])
                    return found
                if at >= len(b) or b[at] == '':
                    return None
                if kind == 'int' and not b[at].isdigit():
                    return None
                found[name] = int(b[at]) if kind == 'int' else float(b[at]) if kind == 'float' else b[at]
            elif at >= len(b) or part != b[at]:
                return None
        return found if len(a) == len(b) else None
    def _answer(self):
        try:
            for view in self._before:
                early = view()
                if early is not None:
                    return _response(early)
            isKnown = False
            for rule, name, methods, view in self._rules:
                found = self._match(rule, request.path)
                if found is None:
                    continue
                isKnown = True
                if request.method in methods or (request.method == 'HEAD' and 'GET' in methods):
                    request.view_args = found
                    request.endpoint = name
                    return _response(view(**found))
            if request.path.startswith('/static/'):
                path = os.path.join(self.root_path, 'static', request.path[8:])
                if os.path.isfile(path):
                    from http.server import _kinds
                    return Response(open(path, 'rb').read(), 200, None, None, _kinds.get(os.path.splitext(path)[1], 'application/octet-stream'))
            raise HTTPException(405 if isKnown else 404)
        except HTTPException as problem:
            if problem.code in self._errors:
                result = _response(self._errors[problem.code](problem))
                result.status_code = problem.code if result.status_code == 200 else result.status_code
                return result
            return Response(problem.get_body(), problem.code)
    def _serve(self, host, port):
        listener = _host.ask('listen', host, port, 'http')
        while True:
            given = _host.wait('next', listener)
            request._take(given)
            try:
                answer = self._answer()
            except Exception as problem:
                if isinstance(problem, (KeyboardInterrupt, SystemExit)):
                    raise
                sys.stderr.write('[' + time.strftime('%Y-%m-%d %H:%M:%S') + ',000] ERROR in app: Exception on ' + request.path + ' [' + request.method + ']\nTraceback (most recent call last):\n' + type(problem).__name__ + ': ' + str(problem) + '\n')
                if 500 in self._errors:
                    answer = _response(self._errors[500](problem))
                else:
                    answer = Response(HTTPException(500).get_body(), 500)
            for view in self._after:
                answer = view(answer) or answer
            body = _host.binary(answer.data) if isinstance(answer.data, bytes) else _host.ask('utf8', answer.data)
            headers = [['Server', 'Werkzeug/3.1.3 Python/' + sys.version.split()[0]], ['Date', time.strftime('%a, %d %b %Y %H:%M:%S GMT')]] + [[key, str(value)] for key, value in answer.headers.items()] + [['Content-Length', str(len(body))], ['Connection', 'close']]
            _host.ask('respond', listener, given['id'], answer.status_code, headers, '' if request.method == 'HEAD' else body)
            sys.stderr.write('%s - - [%s] "%s %s HTTP/1.1" %d -\n' % (given['peer'][0], time.strftime('%d/%b/%Y %H:%M:%S'), given['method'], given['path'], answer.status_code))
    def run(self, host=None, port=None, debug=None, **options):
        host = host or '127.0.0.1'
        port = int(port or 5000)
        print(" * Serving Flask app '" + (self.name if self.name != '__main__' else os.path.splitext(os.path.basename(sys.argv[0]))[0]) + "'")
        print(' * Debug mode: ' + ('on' if debug or self.debug else 'off'))
        sys.stdout.flush()
        sys.stderr.write('WARNING: This is a development server. Do not use it in a production deployment. Use a production WSGI server instead.\n')
        if host == '0.0.0.0':
            sys.stderr.write(' * Running on all addresses (0.0.0.0)\n * Running on http://127.0.0.1:%d\n * Running on http://%s:%d\n' % (port, socket.gethostbyname(socket.gethostname()), port))
        else:
            sys.stderr.write(' * Running on http://%s:%d\n' % (host, port))
        sys.stderr.write('Press CTRL+C to quit\n')
        if debug or self.debug:
            sys.stderr.write(' * Restarting with stat\n * Debugger is active!\n * Debugger PIN: 123-456-789\n')
        try:
            self._serve(host, port)
        except KeyboardInterrupt:
            sys.exit(0)
    def test_client(self):
        raise NotImplementedError('flask.test_client is not simulated')
