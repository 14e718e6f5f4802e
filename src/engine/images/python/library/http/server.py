import _host, sys, os, time
from http import HTTPStatus, responses
_kinds = {'.html': 'text/html', '.htm': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.txt': 'text/plain', '.py': 'text/x-python', '.png': 'image/png', '.jpg': 'image/jpeg', '.svg': 'image/svg+xml', '.md': 'text/markdown', '.xml': 'text/xml', '.pdf': 'application/pdf', '.gz': 'application/gzip', '.sh': 'application/x-sh'}
class HTTPServer:
    def __init__(self, address, handler, bind_and_activate=True):
        self.server_address = address
        self.server_name = address[0]
        self.server_port = address[1]
        self.RequestHandlerClass = handler
        self._isOver = False
        self._id = _host.ask('listen', address[0], address[1], 'http')
        self.socket = _Bound(address)
    def handle_request(self):
        given = _host.wait('next', self._id)
        self.RequestHandlerClass(given, self)
    def serve_forever(self, poll_interval=0.5):
        while not self._isOver:
            self.handle_request()
    def shutdown(self):
        self._isOver = True
    def server_close(self):
        _host.ask('close', self._id)
    def __enter__(self):
        return self
    def __exit__(self, kind, value, trace):
        self.server_close()
        return False
class _Bound:
    def __init__(self, address):
        self._address = address
    def getsockname(self):
        return self._address
class ThreadingHTTPServer(HTTPServer):
    daemon_threads = True
class _Headers:
    def __init__(self, pairs):
        self._pairs = pairs
    def get(self, name, default=None):
        for key, value in self._pairs:
            if key.lower() == name.lower():
                return value
        return default
    def __getitem__(self, name):
        return self.get(name)
    def __contains__(self, name):
        return self.get(name) is not None
    def items(self):
        return [('-'.join([part.capitalize() for part in key.split('-')]), value) for key, value in self._pairs]
    def keys(self):
        return [key for key, value in self.items()]
    def __iter__(self):
        return iter(self.keys())
    def __str__(self):
        return ''.join([key + ': ' + value + '\n' for key, value in self.items()]) + '\n'
class _Reader:
    def __init__(self, text):
        self._text = text
    def read(self, count=-1):
        taken = self._text if count is None or count < 0 else self._text[:count]
        self._text = self._text[len(taken):]
        return _host.bytes(taken)
class _Writer:
    def __init__(self):
        self.parts = []
    def write(self, data):
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        self.parts.append(_host.binary(data))
        return len(data)
    def flush(self):
        pass
class BaseHTTPRequestHandler:
    server_version = 'BaseHTTP/0.6'
    sys_version = 'Python/' + sys.version.split()[0]
    protocol_version = 'HTTP/1.0'
    def __init__(self, given, server):
        self.server = server
        self.command = given['method']
        self.path = given['path']
        self.request_version = 'HTTP/1.1'
        self.requestline = self.command + ' ' + self.path + ' HTTP/1.1'
        self.headers = _Headers(given['headers'])
        self.client_address = tuple(given['peer'])
        self.rfile = _Reader(given['body'])
        self.wfile = _Writer()
        self._status = None
        self._sent = []
        try:
            method = getattr(self, 'do_' + self.command, None)
            if method is None:
                self.send_error(501, 'Unsupported method (%r)' % self.command)
            else:
                method()
        except Exception as problem:
            if isinstance(problem, (KeyboardInterrupt, SystemExit)):
                raise
            sys.stderr.write('-' * 40 + '\nException occurred during processing of request from ' + repr(self.client_address) + '\n' + type(problem).__name__ + ': ' + str(problem) + '\n' + '-' * 40 + '\n')
            if self._status is None:
                self._status = 500
        _host.ask('respond', server._id, given['id'], self._status or 200, self._sent, '' if self.command == 'HEAD' else ''.join(self.wfile.parts))
    def version_string(self):
        return self.server_version + ' ' + self.sys_version
    def date_time_string(self, timestamp=None):
        return time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() if timestamp is None else timestamp))
    def log_date_time_string(self):
        return time.strftime('%d/%b/%Y %H:%M:%S', time.localtime(time.time()))
    def send_response(self, code, message=None):
        code = int(code)
        self.log_request(code)
        self.send_response_only(code, message)
        self.send_header('Server', self.version_string())
        self.send_header('Date', self.date_time_string())
    def send_response_only(self, code, message=None):
        self._status = int(code)
    def send_header(self, key, value):
        self._sent.append([key, str(value)])
    def end_headers(self):
        pass
    def log_request(self, code='-', size='-'):
        self.log_message('"%s" %s %s', self.requestline, str(code), str(size))
    def log_error(self, format, *args):
        self.log_message(format, *args)
    def log_message(self, format, *args):
        sys.stderr.write('%s - - [%s] %s\n' % (self.client_address[0], self.log_date_time_string(), format % args))
    def address_string(self):
        return self.client_address[0]
    def send_error(self, code, message=None, explain=None):
        short, long = responses.get(code, ('???', '???'))
        message = message or short
        self.log_error('code %d, message %s', code, message)
        self.send_response(code, message)
        self.send_header('Connection', 'close')
        body = '''<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: %d</p>
        <p>Message: %s.</p>
        <p>Error code explanation: %d - %s.</p>
    </body>
</html>
''' % (code, message.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;'), code, explain or long)
        self.send_header('Content-Type', 'text/html;charset=utf-8')
        self.send_header('Content-Length', str(len(body.encode('utf-8'))))
        self.end_headers()
        self.wfile.write(body.encode('utf-8'))
class SimpleHTTPRequestHandler(BaseHTTPRequestHandler):
    server_version = 'SimpleHTTP/0.6'
    directory = None
    def translate_path(self, path):
        return os.path.normpath((self.directory or os.getcwd()) + '/' + _host.ask('unquote', path.split('?')[0].split('#')[0]))
    def do_HEAD(self):
        self.do_GET()
    def do_GET(self):
        path = self.translate_path(self.path)
        plain = self.path.split('?')[0]
        if os.path.isdir(path):
            if not plain.endswith('/'):
                self.send_response(301)
                self.send_header('Location', plain + '/')
                self.send_header('Content-Length', '0')
                self.end_headers()
                return
            for name in ('index.html', 'index.htm'):
                if os.path.exists(path + '/' + name):
                    path = path + '/' + name
                    break
            else:
                return self.list_directory(path)
        try:
            data = open(path, 'rb').read()
        except OSError:
            self.send_error(404, 'File not found')
            return
        self.send_response(200)
        self.send_header('Content-type', self.guess_type(path))
        self.send_header('Content-Length', str(len(data)))
        self.send_header('Last-Modified', self.date_time_string(os.path.getmtime(path)))
        self.end_headers()
        self.wfile.write(data)
    def guess_type(self, path):
        return _kinds.get(os.path.splitext(path)[1].lower(), 'application/octet-stream')
    def list_directory(self, path):
        try:
            names = os.listdir(path)
        except OSError:
            self.send_error(404, 'No permission to list directory')
            return
        names = sorted(names, key=lambda one: one.lower())
        shown = _host.ask('unquote', self.path)
        title = 'Directory listing for ' + shown
        out = ['<!DOCTYPE HTML>', '<html lang="en">', '<head>', '<meta charset="utf-8">', '<title>' + title + '</title>\n</head>', '<body>\n<h1>' + title + '</h1>', '<hr>\n<ul>']
        for name in names:
            full = os.path.join(path, name)
            mark = '@' if os.path.islink(full) else '/' if os.path.isdir(full) else ''
            out.append('<li><a href="%s">%s</a></li>' % (_host.ask('quote', name, '/') + ('/' if mark == '/' else ''), name.replace('&', '&amp;').replace('<', '&lt;') + mark))
        out.append('</ul>\n<hr>\n</body>\n</html>\n')
        data = '\n'.join(out).encode('utf-8')
        self.send_response(200)
        self.send_header('Content-type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)
def _main(args):
    port, bind = 8000, ''
    at = 0
    while at < len(args):
        if args[at] in ('-b', '--bind'):
            at += 1
            bind = args[at]
        elif args[at] in ('-d', '--directory'):
            at += 1
            SimpleHTTPRequestHandler.directory = os.path.abspath(args[at])
        elif args[at].isdigit():
            port = int(args[at])
        else:
            sys.stderr.write('usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\nserver.py: error: ' + ("argument port: invalid int value: '" + args[at] + "'" if not args[at].startswith('-') else 'unrecognized arguments: ' + args[at]) + '\n')
            sys.exit(2)
        at += 1
    server = ThreadingHTTPServer((bind or '0.0.0.0', port), SimpleHTTPRequestHandler)
    shown = bind or '0.0.0.0'
    print('Serving HTTP on %s port %d (http://%s:%d/) ...' % (shown, port, shown, port))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print('\nKeyboard interrupt received, exiting.')
        sys.exit(0)
