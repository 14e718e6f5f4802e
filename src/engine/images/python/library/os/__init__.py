import _host
from os import path
name = 'posix'
sep = '/'
linesep = '\n'
pathsep = ':'
curdir = '.'
pardir = '..'
devnull = '/dev/null'
error = OSError
class _Environ(dict):
    def __setitem__(self, key, value):
        if not isinstance(value, str):
            raise TypeError('str expected, not ' + type(value).__name__)
        dict.__setitem__(self, key, value)
        _host.ask('setenv', key, value)
    def copy(self):
        return dict(self)
environ = _Environ()
for _key, _value in _host.ask('environ'):
    dict.__setitem__(environ, _key, _value)
def getenv(key, default=None):
    return environ.get(key, default)
def getcwd():
    return _host.ask('cwd')
def chdir(where):
    _host.ask('chdir', where)
def listdir(where='.'):
    return _host.ask('list', where)
class stat_result:
    pass
def stat(where):
    found = _host.ask('stat', where)
    result = stat_result()
    result.st_size = found['size']
    result.st_mode = found['mode']
    result.st_mtime = found['mtime']
    result.st_uid = found['uid']
    result.st_gid = found['gid']
    return result
def mkdir(where, mode=0o777):
    _host.ask('mkdir', where, False)
def makedirs(where, mode=0o777, exist_ok=False):
    if not exist_ok and path.exists(where):
        raise FileExistsError(17, 'File exists', where)
    _host.ask('mkdir', where, True)
def remove(where):
    _host.ask('remove', where)
unlink = remove
def rmdir(where):
    _host.ask('rmdir', where)
def rename(a, b):
    _host.ask('rename', a, b)
replace = rename
def chmod(where, mode):
    _host.ask('chmod', where, mode)
def symlink(a, b):
    _host.ask('symlink', a, b)
def getpid():
    return _host.ask('info')['pid']
def getppid():
    return _host.ask('info')['ppid']
def getuid():
    return _host.ask('info')['uid']
geteuid = getuid
def getgid():
    return _host.ask('info')['gid']
getegid = getgid
def getlogin():
    return environ.get('USER', 'root')
def cpu_count():
    return _host.ask('info')['cpus']
class _Uname:
    def __init__(self):
        info = _host.ask('info')
        self.sysname = 'Linux'
        self.nodename = info['hostname']
        self.release = info['release']
        self.version = '#1 SMP PREEMPT_DYNAMIC'
        self.machine = 'x86_64'
    def __getitem__(self, at):
        return [self.sysname, self.nodename, self.release, self.version, self.machine][at]
def uname():
    return _Uname()
def kill(pid, signal):
    _host.ask('kill', pid, int(signal))
def system(command):
    code = _host.wait('run', command, True, None, {'out': False, 'err': False})['code']
    return code * 256 if code >= 0 else -code
class _Pipe:
    def __init__(self, text):
        self._lines = text
    def read(self):
        return self._lines
    def readlines(self):
        return self._lines.splitlines(True)
    def close(self):
        pass
def popen(command):
    return _Pipe(_host.ask('fromUtf8', _host.wait('run', command, True, None, {'out': True, 'err': False})['out']))
def urandom(count):
    return _host.bytes(''.join([chr(int(_host.ask('random') * 256)) for _ in range(count)]))
def walk(top):
    names = listdir(top)
    folders = [one for one in names if path.isdir(path.join(top, one))]
    yield top, folders, [one for one in names if one not in folders]
    for one in folders:
        for found in walk(path.join(top, one)):
            yield found
def _exit(code):
    _host.ask('leave', code)
