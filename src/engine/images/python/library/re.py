import _host
I = IGNORECASE = 2
M = MULTILINE = 8
S = DOTALL = 16
X = VERBOSE = 64
A = ASCII = 256
U = UNICODE = 32
class error(Exception): pass
def _letters(flags, pattern):
    text = ''
    if flags & 2: text += 'i'
    if flags & 8: text += 'm'
    if flags & 16: text += 's'
    if pattern.startswith('(?'):
        end = pattern.find(')')
        if end > 0 and pattern[2:end].isalpha():
            text += pattern[2:end]
    return text
class Match:
    def __init__(self, re, string, found):
        self.re = re
        self.string = string
        self._spans = found['spans']
        self._names = dict([(name, span) for name, span in found['names']])
        self.pos = 0
        self.lastindex = None
        for at in range(1, len(self._spans)):
            if self._spans[at][0] >= 0:
                self.lastindex = at
    def _span(self, which):
        if isinstance(which, str):
            if which not in self._names:
                raise IndexError('no such group')
            return self._names[which]
        if which >= len(self._spans):
            raise IndexError('no such group')
        return self._spans[which]
    def _one(self, which, default=None):
        a, b = self._span(which)
        return default if a < 0 else self.string[a:b]
    def group(self, *which):
        if len(which) == 0:
            return self._one(0)
        if len(which) == 1:
            return self._one(which[0])
        return tuple([self._one(one) for one in which])
    def __getitem__(self, which):
        return self._one(which)
    def groups(self, default=None):
        return tuple([self._one(at, default) for at in range(1, len(self._spans))])
    def groupdict(self, default=None):
        return dict([(name, self._one(name, default)) for name in self._names])
    def span(self, which=0):
        return tuple(self._span(which))
    def start(self, which=0):
        return self._span(which)[0]
    def end(self, which=0):
        return self._span(which)[1]
    def expand(self, template):
        return _expanded(template, self)
    def __repr__(self):
        return '<re.Match object; span=' + repr(self.span()) + ', match=' + repr(self.group()) + '>'
def _expanded(template, match):
    out = ''
    at = 0
    while at < len(template):
        letter = template[at]
        if letter != '\\' or at + 1 >= len(template):
            out += letter
            at += 1
            continue
        following = template[at + 1]
        if following.isdigit():
            end = at + 2
            if end < len(template) and template[end].isdigit():
                end += 1
            out += match._one(int(template[at + 1:end]), '')
            at = end
        elif following == 'g':
            end = template.find('>', at)
            name = template[at + 3:end]
            out += match._one(int(name) if name.isdigit() else name, '')
            at = end + 1
        else:
            out += {'n': '\n', 't': '\t', 'r': '\r', '\\': '\\'}.get(following, '\\' + following)
            at += 2
    return out
class Pattern:
    def __init__(self, pattern, flags=0):
        if flags & 64:
            lines = []
            for line in pattern.split('\n'):
                lines.append(line.split(' #')[0].replace(' ', '').replace('\t', ''))
            pattern = ''.join(lines)
        self.pattern = pattern
        self.flags = flags
        self._letters = _letters(flags, pattern)
        try:
            _host.ask('search', pattern, self._letters, '', 0, False)
        except ValueError as problem:
            raise error(str(problem))
    def _find(self, string, at, anchored=False):
        if not isinstance(string, str):
            raise TypeError("expected string or bytes-like object, got '" + type(string).__name__ + "'")
        found = _host.ask('search', self.pattern, self._letters, string, at, anchored)
        return None if found is None else Match(self, string, found)
    def search(self, string, pos=0):
        return self._find(string, pos)
    def match(self, string, pos=0):
        return self._find(string, pos, True)
    def fullmatch(self, string):
        found = compile('(?:' + self.pattern + ')$', self.flags)._find(string, 0, True)
        return found if found is not None and found.end() == len(string) else None
    def finditer(self, string):
        at = 0
        while at <= len(string):
            found = self._find(string, at)
            if found is None:
                return
            yield found
            at = found.end() if found.end() > found.start() else found.end() + 1
    def findall(self, string):
        result = []
        for found in self.finditer(string):
            groups = found.groups('')
            result.append(found.group() if len(groups) == 0 else groups[0] if len(groups) == 1 else groups)
        return result
    def subn(self, repl, string, count=0):
        out = ''
        at = 0
        done = 0
        for found in self.finditer(string):
            if count and done >= count:
                break
            out += string[at:found.start()]
            out += _expanded(repl, found) if isinstance(repl, str) else repl(found)
            at = found.end()
            done += 1
        return (out + string[at:], done)
    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]
    def split(self, string, maxsplit=0):
        result = []
        at = 0
        for found in self.finditer(string):
            if maxsplit and len(result) >= maxsplit:
                break
            if found.end() == found.start():
                continue
            result.append(string[at:found.start()])
            for one in found.groups():
                result.append(one)
            at = found.end()
        result.append(string[at:])
        return result
    def __repr__(self):
        return 're.compile(' + repr(self.pattern) + ')'
_known = {}
def compile(pattern, flags=0):
    if isinstance(pattern, Pattern):
        return pattern
    key = str(flags) + pattern
    if key not in _known:
        _known[key] = Pattern(pattern, flags)
    return _known[key]
def search(pattern, string, flags=0):
    return compile(pattern, flags).search(string)
def match(pattern, string, flags=0):
    return compile(pattern, flags).match(string)
def fullmatch(pattern, string, flags=0):
    return compile(pattern, flags).fullmatch(string)
def findall(pattern, string, flags=0):
    return compile(pattern, flags).findall(string)
def finditer(pattern, string, flags=0):
    return compile(pattern, flags).finditer(string)
def sub(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).sub(repl, string, count)
def subn(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).subn(repl, string, count)
def split(pattern, string, maxsplit=0, flags=0):
    return compile(pattern, flags).split(string, maxsplit)
def escape(text):
    return ''.join([one if one.isalnum() or one == '_' else '\\' + one for one in text])
