import _host
def quote(text, safe='/'):
    return _host.ask('quote', str(text), safe)
def quote_plus(text, safe=''):
    return quote(text, safe + ' ').replace(' ', '+')
def unquote(text):
    return _host.ask('unquote', text)
def unquote_plus(text):
    return unquote(text.replace('+', ' '))
def urlencode(query):
    pairs = query.items() if hasattr(query, 'items') else query
    return '&'.join([quote_plus(str(key)) + '=' + quote_plus(str(value)) for key, value in pairs])
def parse_qsl(text):
    return [tuple([unquote_plus(part) for part in (pair.split('=', 1) + [''])[:2]]) for pair in text.split('&') if '=' in pair and not pair.endswith('=')]
def parse_qs(text):
    result = {}
    for key, value in parse_qsl(text):
        result.setdefault(key, []).append(value)
    return result
class ParseResult:
    def __init__(self, scheme, netloc, path, params, query, fragment):
        self.scheme, self.netloc, self.path, self.params, self.query, self.fragment = scheme, netloc, path, params, query, fragment
        place = netloc.split('@')[-1]
        self.hostname = place.split(':')[0].lower() or None
        self.port = int(place.split(':')[1]) if ':' in place else None
        self.username = netloc.split('@')[0].split(':')[0] if '@' in netloc else None
        self.password = netloc.split('@')[0].split(':')[1] if '@' in netloc and ':' in netloc.split('@')[0] else None
    def geturl(self):
        return (self.scheme + '://' if self.scheme else '') + self.netloc + self.path + ('?' + self.query if self.query else '') + ('#' + self.fragment if self.fragment else '')
    def __getitem__(self, at):
        return (self.scheme, self.netloc, self.path, self.params, self.query, self.fragment)[at]
    def __repr__(self):
        return 'ParseResult(scheme=%r, netloc=%r, path=%r, params=%r, query=%r, fragment=%r)' % (self.scheme, self.netloc, self.path, self.params, self.query, self.fragment)
def urlparse(url):
    scheme, netloc, query, fragment = '', '', '', ''
    if '#' in url:
        url, fragment = url.split('#', 1)
    if '?' in url:
        url, query = url.split('?', 1)
    at = url.find('://')
    if at > 0:
        scheme, rest = url[:at].lower(), url[at + 3:]
        slash = rest.find('/')
        netloc, url = (rest, '') if slash < 0 else (rest[:slash], rest[slash:])
    return ParseResult(scheme, netloc, url, '', query, fragment)
urlsplit = urlparse
def urljoin(base, url):
    if '://' in url:
        return url
    parsed = urlparse(base)
    root = parsed.scheme + '://' + parsed.netloc
    return root + url if url.startswith('/') else root + parsed.path[:parsed.path.rfind('/') + 1] + url
