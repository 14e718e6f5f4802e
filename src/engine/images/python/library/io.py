class StringIO:
    def __init__(self, text=''):
        self._text = text
        self._at = 0
    def write(self, text):
        self._text = self._text[:self._at] + text + self._text[self._at + len(text):]
        self._at += len(text)
        return len(text)
    def getvalue(self):
        return self._text
    def read(self, count=-1):
        end = len(self._text) if count < 0 else self._at + count
        text = self._text[self._at:end]
        self._at += len(text)
        return text
    def readline(self):
        at = self._text.find('\n', self._at)
        return self.read(-1 if at < 0 else at + 1 - self._at)
    def __iter__(self):
        while True:
            line = self.readline()
            if line == '':
                return
            yield line
    def seek(self, at):
        self._at = at
    def flush(self):
        pass
    def close(self):
        pass
open = open
