import _host
class _Hash:
    def __init__(self, name, data):
        self.name = name
        self._data = '' if data is None else _host.binary(data)
    def update(self, data):
        self._data += _host.binary(data)
    def hexdigest(self):
        return _host.ask('digest', self.name, self._data)
def sha256(data=None):
    return _Hash('sha256', data)
def sha1(data=None):
    return _Hash('sha1', data)
def sha512(data=None):
    return _Hash('sha512', data)
def md5(data=None):
    return _Hash('md5', data)
