class RedisError(Exception):
    pass
class ConnectionError(RedisError):
    pass
class TimeoutError(RedisError):
    pass
class BusyLoadingError(ConnectionError):
    pass
class ResponseError(RedisError):
    pass
