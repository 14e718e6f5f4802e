def reduce(function, values, *start):
    values = list(values)
    if len(start) > 0:
        values.insert(0, start[0])
    if len(values) == 0:
        raise TypeError('reduce() of empty iterable with no initial value')
    result = values[0]
    for value in values[1:]:
        result = function(result, value)
    return result
def partial(function, *args, **options):
    def called(*more, **others):
        every = dict(options)
        every.update(others)
        return function(*(list(args) + list(more)), **every)
    return called
def update_wrapper(wrapper, wrapped):
    try:
        wrapper.__name__ = wrapped.__name__
    except (AttributeError, TypeError):
        pass
    return wrapper
def wraps(wrapped):
    return lambda wrapper: update_wrapper(wrapper, wrapped)
def lru_cache(maxsize=128, typed=False):
    def made(function):
        known = {}
        def called(*args):
            if args not in known:
                known[args] = function(*args)
            return known[args]
        return update_wrapper(called, function)
    return made(maxsize) if callable(maxsize) else made
cache = lru_cache
class _Key:
    def __init__(self, compare, value):
        self._compare, self._value = compare, value
    def __lt__(self, other):
        return self._compare(self._value, other._value) < 0
    def __gt__(self, other):
        return self._compare(self._value, other._value) > 0
    def __eq__(self, other):
        return self._compare(self._value, other._value) == 0
def cmp_to_key(compare):
    return lambda value: _Key(compare, value)
