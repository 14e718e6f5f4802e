import _host
from redis import exceptions
from redis.exceptions import RedisError, ConnectionError, ResponseError
__version__ = '6.4.0'
class Redis:
    def __init__(self, host='localhost', port=6379, db=0, password=None, decode_responses=False, socket_timeout=None, socket_connect_timeout=None, username=None, **options):
        self._host, self._port, self._db, self._password, self._decodes = host, int(port), int(db), password, decode_responses
        self._timeout = -1 if socket_connect_timeout is None else socket_connect_timeout
        self._id = None
        self._data = ''
    def _connect(self):
        try:
            self._id = _host.wait('connect', self._host, self._port, self._timeout)
        except OSError as problem:
            raise ConnectionError('Error ' + str(problem.errno) + ' connecting to ' + self._host + ':' + str(self._port) + '. ' + str(problem.strerror) + '.')
        self._data = ''
        if self._password:
            self._send(['AUTH', self._password])
        if self._db:
            self._send(['SELECT', self._db])
    def _more(self):
        text = _host.wait('receive', self._id, 65536, -1)
        if text == '':
            self._id = None
            raise ConnectionError('Connection closed by server.')
        self._data += text
    def _line(self):
        while '\r\n' not in self._data:
            self._more()
        line, self._data = self._data.split('\r\n', 1)
        return line
    def _reply(self):
        line = self._line()
        kind, rest = line[0], line[1:]
        if kind == '+':
            return rest
        if kind == '-':
            return ResponseError(rest[4:] if rest.startswith('ERR ') else rest)
        if kind == ':':
            return int(rest)
        if kind == '$':
            size = int(rest)
            if size < 0:
                return None
            while len(self._data) < size + 2:
                self._more()
            value, self._data = self._data[:size], self._data[size + 2:]
            return _host.ask('fromUtf8', value) if self._decodes else _host.bytes(value)
        if kind == '*':
            return None if int(rest) < 0 else [self._reply() for _ in range(int(rest))]
        return rest
    def _send(self, words):
        out = '*' + str(len(words)) + '\r\n'
        for word in words:
            text = _host.binary(word) if isinstance(word, bytes) else _host.ask('utf8', str(word))
            out += '$' + str(len(text)) + '\r\n' + text + '\r\n'
        try:
            _host.ask('send', self._id, out)
        except OSError as problem:
            self._id = None
            raise ConnectionError(str(problem))
        value = self._reply()
        if isinstance(value, ResponseError):
            raise value
        return value
    def execute_command(self, *words):
        if self._id is None:
            self._connect()
        try:
            return self._send(words)
        except ConnectionError:
            self._connect()
            return self._send(words)
    def ping(self):
        return self.execute_command('PING') == 'PONG'
    def get(self, name):
        return self.execute_command('GET', name)
    def set(self, name, value, ex=None, px=None, nx=False, xx=False):
        words = ['SET', name, value]
        if ex is not None:
            words += ['EX', ex]
        if px is not None:
            words += ['PX', px]
        if nx:
            words.append('NX')
        if xx:
            words.append('XX')
        return True if self.execute_command(*words) == 'OK' else None
    def setex(self, name, time, value):
        return self.set(name, value, ex=time)
    def incr(self, name, amount=1):
        return self.execute_command('INCRBY', name, amount)
    incrby = incr
    def decr(self, name, amount=1):
        return self.execute_command('DECRBY', name, amount)
    def delete(self, *names):
        return self.execute_command('DEL', *names)
    def exists(self, *names):
        return self.execute_command('EXISTS', *names)
    def expire(self, name, seconds):
        return bool(self.execute_command('EXPIRE', name, seconds))
    def ttl(self, name):
        return self.execute_command('TTL', name)
    def keys(self, pattern='*'):
        return self.execute_command('KEYS', pattern)
    def lpush(self, name, *values):
        return self.execute_command('LPUSH', name, *values)
    def rpush(self, name, *values):
        return self.execute_command('RPUSH', name, *values)
    def lpop(self, name):
        return self.execute_command('LPOP', name)
    def rpop(self, name):
        return self.execute_command('RPOP', name)
    def blpop(self, names, timeout=0):
        found = self.execute_command('BLPOP', *((names if isinstance(names, list) else [names]) + [timeout]))
        return None if found is None else tuple(found)
    def lrange(self, name, start, end):
        return self.execute_command('LRANGE', name, start, end)
    def llen(self, name):
        return self.execute_command('LLEN', name)
    def hset(self, name, key=None, value=None, mapping=None):
        words = [] if key is None else [key, value]
        for one in (mapping or {}):
            words += [one, mapping[one]]
        return self.execute_command('HSET', name, *words)
    def hget(self, name, key):
        return self.execute_command('HGET', name, key)
    def hgetall(self, name):
        found = self.execute_command('HGETALL', name)
        return dict([(found[at], found[at + 1]) for at in range(0, len(found), 2)])
    def hincrby(self, name, key, amount=1):
        return self.execute_command('HINCRBY', name, key, amount)
    def sadd(self, name, *values):
        return self.execute_command('SADD', name, *values)
    def smembers(self, name):
        return set(self.execute_command('SMEMBERS', name))
    def publish(self, channel, message):
        return self.execute_command('PUBLISH', channel, message)
    def dbsize(self):
        return self.execute_command('DBSIZE')
    def flushdb(self):
        return self.execute_command('FLUSHDB') == 'OK'
    flushall = flushdb
    def close(self):
        if self._id is not None:
            _host.ask('end', self._id)
        self._id = None
StrictRedis = Redis
def from_url(url, **options):
    from urllib.parse import urlparse
    parsed = urlparse(url)
    return Redis(parsed.hostname or 'localhost', parsed.port or 6379, int(parsed.path[1:] or 0) if parsed.path else 0, parsed.password, **options)
