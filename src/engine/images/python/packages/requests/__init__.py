import _host, json as _json
from requests import exceptions
from requests.exceptions import RequestException, HTTPError, Timeout
from requests.exceptions import ConnectionError as _ConnectionError
ConnectionError = _ConnectionError
__version__ = '2.32.5'
class _Headers(dict):
    def get(self, name, default=None):
        for key in self:
            if key.lower() == name.lower():
                return dict.__getitem__(self, key)
        return default
    def __getitem__(self, name):
        return self.get(name)
class Response:
    def __init__(self, url, given):
        self.url = url
        self.status_code = given['status']
        self.reason = given['reason']
        self.ok = self.status_code < 400
        self.headers = _Headers([('-'.join([part.capitalize() for part in key.split('-')]), value) for key, value in given['headers']])
        self.content = _host.bytes(given['body'])
        self.text = _host.ask('fromUtf8', given['body'])
    def json(self):
        return _json.loads(self.text)
    def raise_for_status(self):
        if self.status_code >= 400:
            raise HTTPError('%d %s Error: %s for url: %s' % (self.status_code, 'Client' if self.status_code < 500 else 'Server', self.reason, self.url))
    def __repr__(self):
        return '<Response [%d]>' % self.status_code
def request(method, url, params=None, data=None, json=None, headers=None, timeout=None, auth=None, allow_redirects=True, verify=True, **options):
    from urllib.parse import urlencode
    sent = {'User-Agent': 'python-requests/2.32.5', 'Accept-Encoding': 'gzip, deflate', 'Accept': '*/*', 'Connection': 'keep-alive'}
    if params:
        url += ('&' if '?' in url else '?') + urlencode(params)
    if url.count('/') == 2:
        url += '/'
    body = ''
    if json is not None:
        body = _host.ask('utf8', _json.dumps(json))
        sent['Content-Type'] = 'application/json'
    elif isinstance(data, dict):
        body = urlencode(data)
        sent['Content-Type'] = 'application/x-www-form-urlencoded'
    elif data is not None:
        body = _host.binary(data) if isinstance(data, bytes) else _host.ask('utf8', data)
    if auth is not None:
        sent['Authorization'] = 'Basic ' + _host.ask('base64', auth[0] + ':' + auth[1])
    if headers:
        sent.update(headers)
    if '://' not in url:
        raise exceptions.MissingSchema("Invalid URL '" + url + "': No scheme supplied. Perhaps you meant https://" + url + '?')
    try:
        given = _host.wait('request', method.upper(), url, sent, body, -1 if timeout is None else timeout if not isinstance(timeout, tuple) else timeout[0])
    except TimeoutError:
        raise Timeout('timed out')
    except OSError as problem:
        place = url.split('/')[2]
        host, port = place.split(':') if ':' in place else (place, '443' if url.startswith('https') else '80')
        raise _ConnectionError("HTTPConnectionPool(host='%s', port=%s): Max retries exceeded with url: /%s (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object>: Failed to establish a new connection: %s'))" % (host, port, '/'.join(url.split('/')[3:]), str(problem)))
    where = dict(given['headers']).get('location')
    if allow_redirects and where is not None and given['status'] in (301, 302, 303, 307, 308):
        return request('GET', '/'.join(url.split('/')[:3]) + where if where.startswith('/') else where, None, None, None, headers, timeout)
    return Response(url, given)
def get(url, params=None, **options):
    return request('GET', url, params, **options)
def post(url, data=None, json=None, **options):
    return request('POST', url, None, data, json, **options)
def put(url, data=None, **options):
    return request('PUT', url, None, data, **options)
def patch(url, data=None, **options):
    return request('PATCH', url, None, data, **options)
def delete(url, **options):
    return request('DELETE', url, **options)
def head(url, **options):
    return request('HEAD', url, **options)
class Session:
    def __init__(self):
        self.headers = {}
    def request(self, method, url, **options):
        headers = dict(self.headers)
        headers.update(options.pop('headers', None) or {})
        return request(method, url, headers=headers, **options)
    def get(self, url, **options):
        return self.request('GET', url, **options)
    def post(self, url, **options):
        return self.request('POST', url, **options)
