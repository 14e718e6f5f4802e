import _host
class UUID:
    def __init__(self, hex):
        self.hex = hex.replace('-', '')
    def __str__(self):
        h = self.hex
        return h[:8] + '-' + h[8:12] + '-' + h[12:16] + '-' + h[16:20] + '-' + h[20:]
    def __repr__(self):
        return "UUID('" + str(self) + "')"
def uuid4():
    digits = [int(_host.ask('random') * 16) for _ in range(32)]
    digits[12] = 4
    digits[16] = 8 + digits[16] % 4
    return UUID(''.join(['0123456789abcdef'[one] for one in digits]))
