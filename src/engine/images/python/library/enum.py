class Enum: pass
class IntEnum(int): pass
