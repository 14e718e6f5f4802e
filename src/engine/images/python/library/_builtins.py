import _host
class OSError(Exception):
    def __init__(self, *args):
        Exception.__init__(self, *args)
        self.errno = args[0] if len(args) > 1 else None
        self.strerror = args[1] if len(args) > 1 else None
        self.filename = args[2] if len(args) > 2 else None
    def __str__(self):
        if self.filename is not None:
            return "[Errno " + str(self.errno) + "] " + str(self.strerror) + ": " + repr(self.filename)
        if self.errno is not None:
            return "[Errno " + str(self.errno) + "] " + str(self.strerror)
        return str(self.args[0]) if len(self.args) > 0 else ''
class FileNotFoundError(OSError): pass
class FileExistsError(OSError): pass
class PermissionError(OSError): pass
class IsADirectoryError(OSError): pass
class NotADirectoryError(OSError): pass
class ProcessLookupError(OSError): pass
class ConnectionError(OSError): pass
class ConnectionRefusedError(ConnectionError): pass
class ConnectionResetError(ConnectionError): pass
class ConnectionAbortedError(ConnectionError): pass
class BrokenPipeError(ConnectionError): pass
class TimeoutError(OSError): pass
class ModuleNotFoundError(ImportError): pass
class gaierror(OSError): pass
_host.setgaierror(gaierror)
class _File:
    def __init__(self, name, mode='r', encoding=None):
        self.name = name
        self.mode = mode
        self.closed = False
        self._binary = 'b' in mode
        self._changed = False
        self._at = 0
        if 'r' in mode:
            self._data = _host.ask('read', name)
            if not self._binary:
                self._data = _host.ask('fromUtf8', self._data)
        else:
            _host.ask('put', name, '', mode[0])
            self._data = ''
    def _check(self):
        if self.closed:
            raise ValueError('I/O operation on closed file.')
    def _out(self, text):
        return _host.bytes(text) if self._binary else text
    def readable(self):
        return 'r' in self.mode or '+' in self.mode
    def writable(self):
        return 'r' not in self.mode or '+' in self.mode
    def read(self, count=-1):
        self._check()
        if 'r' not in self.mode and '+' not in self.mode:
            raise OSError('not readable')
        end = len(self._data) if count is None or count < 0 else min(len(self._data), self._at + count)
        text = self._data[self._at:end]
        self._at = end
        return self._out(text)
    def readline(self):
        self._check()
        at = self._data.find('\n', self._at)
        end = len(self._data) if at < 0 else at + 1
        text = self._data[self._at:end]
        self._at = end
        return self._out(text)
    def readlines(self):
        return [line for line in self]
    def __iter__(self):
        while True:
            line = self.readline()
            if len(line) == 0:
                return
            yield line
    def write(self, text):
        self._check()
        if 'r' in self.mode and '+' not in self.mode:
            raise OSError('not writable')
        if self._binary:
            text = _host.binary(text)
        elif not isinstance(text, str):
            raise TypeError('write() argument must be str, not ' + type(text).__name__)
        if 'r' in self.mode:
            self._data = self._data[:self._at] + text + self._data[self._at + len(text):]
            self._at += len(text)
        else:
            self._data += text
        self._changed = True
        return len(text)
    def writelines(self, lines):
        for line in lines:
            self.write(line)
    def seek(self, at, whence=0):
        self._at = at if whence == 0 else self._at + at if whence == 1 else len(self._data) + at
        return self._at
    def tell(self):
        return self._at
    def truncate(self, size=None):
        self._data = self._data[:self._at if size is None else size]
        self._changed = True
    def flush(self):
        if not self._changed:
            return
        text = self._data if self._binary else _host.ask('utf8', self._data)
        _host.ask('put', self.name, text, 'a' if 'a' in self.mode else 'w')
        if 'a' in self.mode:
            self._data = ''
        self._changed = False
    def fileno(self):
        return 3
    def isatty(self):
        return False
    def close(self):
        if not self.closed:
            self.flush()
        self.closed = True
    def __enter__(self):
        return self
    def __exit__(self, kind, value, trace):
        self.close()
        return False
    def __repr__(self):
        return "<_io.TextIOWrapper name=" + repr(self.name) + " mode=" + repr(self.mode) + " encoding='UTF-8'>"
def open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None):
    file = str(file)
    if mode.replace('b', '').replace('t', '').replace('+', '') not in ('r', 'w', 'a', 'x'):
        raise ValueError("invalid mode: " + repr(mode))
    return _File(file, mode, encoding)
class KeyboardInterrupt(BaseException): pass
class EOFError(Exception): pass
def input(prompt=''):
    _host.ask('write', 1, str(prompt))
    line = _host.ask('fromUtf8', _host.wait('readline'))
    if line == '':
        raise EOFError('EOF when reading a line')
    return line[:-1] if line.endswith('\n') else line
def exit(code=None):
    raise SystemExit(code)
for _name, _value in [('OSError', OSError), ('IOError', OSError), ('EnvironmentError', OSError), ('FileNotFoundError', FileNotFoundError), ('FileExistsError', FileExistsError), ('PermissionError', PermissionError), ('IsADirectoryError', IsADirectoryError), ('NotADirectoryError', NotADirectoryError), ('ProcessLookupError', ProcessLookupError), ('ConnectionError', ConnectionError), ('ConnectionRefusedError', ConnectionRefusedError), ('ConnectionResetError', ConnectionResetError), ('ConnectionAbortedError', ConnectionAbortedError), ('BrokenPipeError', BrokenPipeError), ('TimeoutError', TimeoutError), ('ModuleNotFoundError', ModuleNotFoundError), ('KeyboardInterrupt', KeyboardInterrupt), ('EOFError', EOFError), ('input', input), ('open', open), ('exit', exit), ('quit', exit)]:
    _host.setbuiltin(_name, _value)
