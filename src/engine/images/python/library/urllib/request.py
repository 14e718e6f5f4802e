import _host
from urllib.error import HTTPError, URLError
class Request:
    def __init__(self, url, data=None, headers={}, method=None):
        self.full_url, self.data, self.headers = url, data, dict(headers)
        self.method = method or ('GET' if data is None else 'POST')
    def add_header(self, key, value):
        self.headers[key] = value
    def get_method(self):
        return self.method
class _Answer:
    def __init__(self, url, given):
        self.url = url
        self.status = self.code = given['status']
        self.reason = given['reason']
        self.headers = dict([('-'.join([part.capitalize() for part in key.split('-')]), value) for key, value in given['headers']])
        self._body = given['body']
    def read(self, count=-1):
        taken = self._body if count is None or count < 0 else self._body[:count]
        self._body = self._body[len(taken):]
        return _host.bytes(taken)
    def getcode(self):
        return self.status
    def info(self):
        return self.headers
    def getheader(self, name, default=None):
        return self.headers.get(name, default)
    def __enter__(self):
        return self
    def __exit__(self, kind, value, trace):
        return False
    def __iter__(self):
        return iter(self.read().splitlines(True))
    def close(self):
        pass
def urlopen(url, data=None, timeout=None):
    if not isinstance(url, Request):
        url = Request(url, data)
    headers = dict(url.headers)
    if 'User-Agent' not in headers:
        headers['User-Agent'] = 'Python-urllib/3.11'
    body = '' if url.data is None else _host.binary(url.data)
    try:
        given = _host.wait('request', url.method, url.full_url, headers, body, -1 if timeout is None else timeout)
    except OSError as problem:
        raise URLError(problem)
    if given['status'] in (301, 302, 303, 307, 308):
        where = dict(given['headers']).get('location')
        if where is not None:
            if where.startswith('/'):
                where = '/'.join(url.full_url.split('/')[:3]) + where
            return urlopen(where, None, timeout)
    if given['status'] >= 400:
        raise HTTPError(url.full_url, given['status'], given['reason'], _Answer(url.full_url, given))
    return _Answer(url.full_url, given)
