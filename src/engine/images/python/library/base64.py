import _host
def b64encode(data):
    return _host.ask('base64', _host.binary(data)).encode('ascii')
def b64decode(data):
    return _host.bytes(_host.ask('unbase64', data if isinstance(data, str) else data.decode('ascii')))
urlsafe_b64encode, urlsafe_b64decode = b64encode, b64decode
