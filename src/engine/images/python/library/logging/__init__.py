import sys, time
DEBUG, INFO, WARNING, ERROR, CRITICAL = 10, 20, 30, 40, 50
WARN = WARNING
_names = {10: 'DEBUG', 20: 'INFO', 30: 'WARNING', 40: 'ERROR', 50: 'CRITICAL'}
_state = {'level': 30, 'format': '%(levelname)s:%(name)s:%(message)s', 'datefmt': None, 'stream': None, 'file': None}
def basicConfig(level=None, format=None, datefmt=None, stream=None, filename=None, handlers=None, force=False):
    if level is not None:
        _state['level'] = [key for key in _names if _names[key] == level][0] if isinstance(level, str) else level
    if format is not None:
        _state['format'] = format
    _state['datefmt'] = datefmt
    _state['stream'] = stream
    _state['file'] = filename
class Logger:
    def __init__(self, name):
        self.name = name
        self.level = 0
        self.handlers = []
    def setLevel(self, level):
        self.level = [key for key in _names if _names[key] == level][0] if isinstance(level, str) else level
    def addHandler(self, handler):
        self.handlers.append(handler)
    def isEnabledFor(self, level):
        return level >= (self.level or _state['level'])
    def log(self, level, message, *args, **options):
        if not self.isEnabledFor(level):
            return
        message = str(message) % args if len(args) > 0 else str(message)
        now = time.time()
        when = time.strftime(_state['datefmt'] or '%Y-%m-%d %H:%M:%S', time.localtime(now)) + ('' if _state['datefmt'] else ',%03d' % int(now * 1000 % 1000))
        line = _state['format'] % {'levelname': _names.get(level, str(level)), 'name': self.name, 'message': message, 'asctime': when, 'process': 1, 'threadName': 'MainThread', 'filename': 'app.py', 'lineno': 1, 'module': 'app', 'funcName': ''}
        if _state['file'] is not None:
            with open(_state['file'], 'a') as file:
                file.write(line + '\n')
        else:
            (_state['stream'] or sys.stderr).write(line + '\n')
    def debug(self, message, *args, **options):
        self.log(10, message, *args)
    def info(self, message, *args, **options):
        self.log(20, message, *args)
    def warning(self, message, *args, **options):
        self.log(30, message, *args)
    warn = warning
    def error(self, message, *args, **options):
        self.log(40, message, *args)
    exception = error
    def critical(self, message, *args, **options):
        self.log(50, message, *args)
root = Logger('root')
_loggers = {}
def getLogger(name=None):
    if name is None:
        return root
    if name not in _loggers:
        _loggers[name] = Logger(name)
    return _loggers[name]
debug, info, warning, error, critical, exception = root.debug, root.info, root.warning, root.error, root.critical, root.exception
class StreamHandler:
    def __init__(self, stream=None):
        _state['stream'] = stream
    def setLevel(self, level):
        pass
    def setFormatter(self, formatter):
        pass
class Formatter:
    def __init__(self, format=None, datefmt=None):
        if format is not None:
            _state['format'] = format
