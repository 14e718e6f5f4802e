import _host, time
class Thread:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs={}, daemon=None):
        self._target, self._args, self._kwargs, self.daemon = target, args, kwargs, daemon
        self.name = name or 'Thread-1'
        self._isOver = None
    def run(self):
        if self._target is not None:
            self._target(*self._args, **self._kwargs)
    def start(self):
        self._isOver = False
        def begin():
            try:
                self.run()
            finally:
                self._isOver = True
        _host.spawn(begin)
    def join(self, timeout=None):
        until = None if timeout is None else time.time() + timeout
        while self._isOver == False and (until is None or time.time() < until):
            time.sleep(0.005)
    def is_alive(self):
        return self._isOver == False
class Lock:
    def __init__(self):
        self._isHeld = False
    def acquire(self, blocking=True, timeout=-1):
        while self._isHeld:
            if not blocking:
                return False
            time.sleep(0.005)
        self._isHeld = True
        return True
    def release(self):
        self._isHeld = False
    def locked(self):
        return self._isHeld
    def __enter__(self):
        self.acquire()
        return self
    def __exit__(self, kind, value, trace):
        self.release()
        return False
RLock = Lock
class Event:
    def __init__(self):
        self._is = False
    def set(self):
        self._is = True
    def clear(self):
        self._is = False
    def is_set(self):
        return self._is
    def wait(self, timeout=None):
        until = None if timeout is None else time.time() + timeout
        while not self._is and (until is None or time.time() < until):
            time.sleep(0.01)
        return self._is
class _Main:
    name = 'MainThread'
def current_thread():
    return _Main()
