import _json
class JSONDecodeError(ValueError):
    def __init__(self, msg, doc, pos, lineno, colno):
        ValueError.__init__(self, '%s: line %d column %d (char %d)' % (msg, lineno, colno, pos))
        self._text = '%s: line %d column %d (char %d)' % (msg, lineno, colno, pos)
        self.msg, self.doc, self.pos, self.lineno, self.colno = msg, doc, pos, lineno, colno
    def __str__(self):
        return self._text
_json.seterror(JSONDecodeError)
def loads(s, **options):
    if isinstance(s, bytes):
        s = s.decode('utf-8')
    if not isinstance(s, str):
        raise TypeError('the JSON object must be str, bytes or bytearray, not ' + type(s).__name__)
    return _json.loads(s)
def load(file, **options):
    return loads(file.read())
def dumps(obj, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, cls=None, indent=None, separators=None, default=None, sort_keys=False):
    if isinstance(indent, int):
        indent = ' ' * indent
    comma, colon = separators if separators is not None else (',' if indent is not None else ', ', ': ')
    return _json.dumps(obj, indent, sort_keys, ensure_ascii, comma, colon, default)
def dump(obj, file, **options):
    file.write(dumps(obj, **options))
class JSONEncoder:
    def encode(self, obj):
        return dumps(obj)
