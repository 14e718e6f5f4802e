class _Manager:
    def __init__(self, generator):
        self._generator = generator
    def __enter__(self):
        return next(self._generator)
    def __exit__(self, kind, value, trace):
        try:
            next(self._generator)
        except StopIteration:
            pass
        return False
def contextmanager(function):
    def made(*args, **options):
        return _Manager(function(*args, **options))
    return made
