class _Any:
    def __getitem__(self, what):
        return self
    def __call__(self, *args):
        return self
Any = Optional = List = Dict = Tuple = Set = Union = Callable = Iterable = Iterator = Sequence = Type = NoReturn = _Any()
def cast(kind, value):
    return value
