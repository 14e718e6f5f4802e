import _host
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCK_STREAM, SOCK_DGRAM = 1, 2
SOL_SOCKET, SO_REUSEADDR = 1, 2
SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2
error = OSError
timeout = TimeoutError
_default = [None]
def gethostname():
    return _host.ask('info')['hostname']
def getfqdn(name=''):
    return name or gethostname()
def gethostbyname(name):
    return _host.wait('lookup', name)
def getaddrinfo(host, port, *rest):
    return [(AF_INET, SOCK_STREAM, 6, '', (gethostbyname(host), port))]
def setdefaulttimeout(seconds):
    _default[0] = seconds
class socket:
    def __init__(self, family=2, type=1, proto=0):
        self.family, self.type = family, type
        self._id = None
        self._address = None
        self._timeout = _default[0]
        self._listener = None
        if type == SOCK_DGRAM:
            self._isDatagram = True
    def settimeout(self, seconds):
        self._timeout = seconds
    def setblocking(self, does):
        self._timeout = None if does else 0
    def setsockopt(self, *rest):
        pass
    def _seconds(self):
        return -1 if self._timeout is None else self._timeout
    def connect(self, address):
        self._id = _host.wait('connect', address[0], address[1], self._seconds())
        self._address = address
    def connect_ex(self, address):
        try:
            self.connect(address)
            return 0
        except OSError as problem:
            return problem.errno or 110
    def bind(self, address):
        self._address = address
    def listen(self, backlog=5):
        self._listener = _host.ask('listen', self._address[0], self._address[1], 'tcp')
    def accept(self):
        one = socket()
        one._id = _host.wait('next', self._listener)
        return one, tuple(_host.ask('peer', one._id))
    def send(self, data):
        _host.ask('send', self._id, _host.binary(data))
        return len(data)
    def sendall(self, data):
        self.send(data)
    def recv(self, count, flags=0):
        return _host.bytes(_host.wait('receive', self._id, count, self._seconds()))
    def shutdown(self, how):
        if self._id is not None:
            _host.ask('end', self._id)
    def getsockname(self):
        return self._address
    def getpeername(self):
        return tuple(_host.ask('peer', self._id))
    def fileno(self):
        return 3
    def close(self):
        if self._id is not None:
            _host.ask('end', self._id)
        if self._listener is not None:
            _host.ask('close', self._listener)
    def __enter__(self):
        return self
    def __exit__(self, kind, value, trace):
        self.close()
        return False
def create_connection(address, timeout=None):
    one = socket()
    one.settimeout(timeout)
    one.connect(address)
    return one
def create_server(address, **options):
    one = socket()
    one.bind(address)
    one.listen()
    return one
from _builtins import gaierror
