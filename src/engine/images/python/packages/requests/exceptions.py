class RequestException(OSError):
    pass
class HTTPError(RequestException):
    pass
class ConnectionError(RequestException):
    pass
class Timeout(RequestException):
    pass
class MissingSchema(RequestException):
    pass
