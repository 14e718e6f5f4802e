class URLError(OSError):
    def __init__(self, reason):
        OSError.__init__(self, reason)
        self.reason = reason
    def __str__(self):
        return '<urlopen error ' + str(self.reason) + '>'
class HTTPError(URLError):
    def __init__(self, url, code, msg, answer):
        URLError.__init__(self, msg)
        self.url, self.code, self.status, self.msg, self._answer = url, code, code, msg, answer
        self.headers = answer.headers
    def read(self):
        return self._answer.read()
    def __str__(self):
        return 'HTTP Error ' + str(self.code) + ': ' + self.msg
