_known = {
    400: ('Bad Request', 'The browser (or proxy) sent a request that this server could not understand.'),
    401: ('Unauthorized', 'The server could not verify that you are authorized to access the URL requested. You either supplied the wrong credentials (e.g. a bad password), or your browser doesn&#39;t understand how to supply the credentials required.'),
    403: ('Forbidden', 'You don&#39;t have the permission to access the requested resource. It is either read-protected or not readable by the server.'),
    404: ('Not Found', 'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.'),
    405: ('Method Not Allowed', 'The method is not allowed for the requested URL.'),
    415: ('Unsupported Media Type', 'Did not attempt to load JSON data because the request Content-Type was not &#39;application/json&#39;.'),
    500: ('Internal Server Error', 'The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.'),
    503: ('Service Unavailable', 'The server is temporarily unable to service your request due to maintenance downtime or capacity problems. Please try again later.'),
}
class HTTPException(Exception):
    def __init__(self, code=500, description=None):
        Exception.__init__(self, code)
        self.code = code
        self.name = _known.get(code, ('Error', ''))[0]
        self.description = description or _known.get(code, ('Error', ''))[1]
    def get_body(self):
        return '<!doctype html>\n<html lang=en>\n<title>%d %s</title>\n<h1>%s</h1>\n<p>%s</p>\n' % (self.code, self.name, self.name, self.description)
    def __str__(self):
        return '%d %s: %s' % (self.code, self.name, self.description)
class NotFound(HTTPException):
    def __init__(self, description=None):
        HTTPException.__init__(self, 404, description)
