from http.server import HTTPServer as TCPServer, ThreadingHTTPServer as ThreadingTCPServer
