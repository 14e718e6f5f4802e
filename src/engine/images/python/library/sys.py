import _host
_info = _host.ask('info')
argv = list(_info['argv'])
executable = _info['executable']
version = _info['version'] + ' (main) [GCC 12.2.0]'
class _Version(tuple):
    pass
_numbers = [int(one) for one in _info['version'].split('.')]
class _VersionInfo:
    def __init__(self):
        self.major, self.minor, self.micro = _numbers
        self.releaselevel = 'final'
        self._all = (_numbers[0], _numbers[1], _numbers[2], 'final', 0)
    def __getitem__(self, at):
        return self._all[at]
    def __iter__(self):
        return iter(self._all)
    def __ge__(self, other):
        return self._all >= tuple(other)
    def __gt__(self, other):
        return self._all > tuple(other)
    def __lt__(self, other):
        return self._all < tuple(other)
    def __le__(self, other):
        return self._all <= tuple(other)
    def __repr__(self):
        return 'sys.version_info(major=%d, minor=%d, micro=%d, releaselevel=\'final\', serial=0)' % (self.major, self.minor, self.micro)
version_info = _VersionInfo()
platform = 'linux'
byteorder = 'little'
maxsize = 9223372036854775807
path = list(_info['path'])
prefix = '/usr/local'
modules = {}
stdlib = None
class _Buffer:
    def __init__(self, fd):
        self._fd = fd
    def write(self, data):
        _host.ask('write', self._fd, _host.ask('fromUtf8', _host.binary(data)))
        return len(data)
    def flush(self):
        _host.ask('flush')
    def read(self, count=-1):
        return _host.bytes(_host.wait('readinput', count))
class _Out:
    encoding = 'utf-8'
    def __init__(self, fd, name):
        self._fd = fd
        self.name = name
        self.buffer = _Buffer(fd)
    def write(self, text):
        _host.ask('write', self._fd, text)
        return len(text)
    def writelines(self, lines):
        for line in lines:
            self.write(line)
    def flush(self):
        _host.ask('flush')
    def isatty(self):
        return _host.ask('isatty', self._fd)
    def fileno(self):
        return self._fd
    def reconfigure(self, **options):
        pass
    def close(self):
        pass
class _In:
    encoding = 'utf-8'
    name = '<stdin>'
    def __init__(self):
        self.buffer = _Buffer(0)
    def read(self, count=-1):
        return _host.ask('fromUtf8', _host.wait('readinput', count))
    def readline(self):
        return _host.ask('fromUtf8', _host.wait('readline'))
    def readlines(self):
        return [line for line in self]
    def __iter__(self):
        while True:
            line = self.readline()
            if line == '':
                return
            yield line
    def isatty(self):
        return _host.ask('isatty', 0)
    def fileno(self):
        return 0
stdin = __stdin__ = _In()
stdout = __stdout__ = _Out(1, '<stdout>')
stderr = __stderr__ = _Out(2, '<stderr>')
def exit(code=None):
    raise SystemExit(code)
def getsizeof(value):
    return 64
def getrecursionlimit():
    return 1000
def setrecursionlimit(limit):
    pass
def getdefaultencoding():
    return 'utf-8'
def exc_info():
    return (None, None, None)
