/** Part of the guest's Node (prelude.ts): `http` and `https`, servers and clients. Neither backquotes nor `${` inside, as it stands in a template string. */
export const httpText = String.raw`
// ---- handles: what the outside speaks to, by number
const handles = new Map()
let nextHandle = 1
let alive = 0
function handle(receive, keeps) { const id = nextHandle++; handles.set(id, { receive, keeps }); if (keeps) alive++; return id }
function release(id) { const one = handles.get(id); if (one && handles.delete(id) && one.keeps) alive-- }

// ---- http
const statusWords = { 100: 'Continue', 101: 'Switching Protocols', 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 206: 'Partial Content', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified', 307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable', 408: 'Request Timeout', 409: 'Conflict', 410: 'Gone', 413: 'Payload Too Large', 415: 'Unsupported Media Type', 418: "I'm a Teapot", 422: 'Unprocessable Entity', 429: 'Too Many Requests', 500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout' }
class Socket extends Duplex {
  constructor() { super(); this.destroyed = false; this.connecting = false }
  setTimeout(ms, callback) { return this }
  setKeepAlive() { return this }
  setNoDelay() { return this }
  ref() { return this }
  unref() { return this }
  address() { return { address: this.localAddress, family: 'IPv4', port: this.localPort } }
  connect(options, more, callback) {
    if (typeof options === 'number') options = { port: options, host: typeof more === 'string' ? more : undefined }
    const done = typeof more === 'function' ? more : callback
    if (done) this.once('connect', done)
    this.connecting = true
    this.id = handle((name, data) => {
      if (name === 'connect') { this.connecting = false; Object.assign(this, data); this.emit('connect'); this.emit('ready') }
      else if (name === 'data') this.push(Buffer.view(binaryOf(data)))
      else if (name === 'end') { this.push(null); release(this.id) }
      else if (name === 'error') { release(this.id); this.destroyed = true; this.emit('error', systemError(data)); this.emit('close', true) }
    }, true)
    host('net-connect', { id: this.id, host: options.host || '127.0.0.1', port: options.port, path: options.path })
    this.resume()
    return this
  }
  _write(data, encoding, done) { if (this.connecting) { this.once('connect', () => this._write(data, encoding, done)); return } host('net-write', { id: this.id, data: textFrom(data) }); done() }
  _final(done) { if (this.connecting) { this.once('connect', () => this._final(done)); return } if (this.id !== undefined) host('net-end', { id: this.id }); done() }
  destroy(error) { if (!this.destroyed) { this.destroyed = true; if (this.id !== undefined) { host('net-end', { id: this.id }); release(this.id) } if (error) this.emit('error', error); this.emit('close', Boolean(error)) } return this }
}
class IncomingMessage extends Readable {
  constructor(given) {
    super()
    this.httpVersion = '1.1'
    this.httpVersionMajor = 1
    this.httpVersionMinor = 1
    this.headers = given.headers
    this.rawHeaders = Object.entries(given.headers).flatMap(([name, value]) => [name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()), String(value)])
    this.complete = true
    this.socket = this.connection = given.socket
  }
}
class ServerResponse extends Writable {
  constructor(id, request, version) { super(); Object.defineProperty(this, 'id', { value: id }); this.req = request; this.statusCode = 200; this.statusMessage = ''; this.headersSent = false; this.finished = false; this.sendDate = true; Object.defineProperty(this, 'named', { value: new Map() }); this.socket = this.connection = request.socket }
  setHeader(name, value) { if (this.headersSent) throw Object.assign(new Error('Cannot set headers after they are sent to the client'), { code: 'ERR_HTTP_HEADERS_SENT' }); this.named.set(String(name).toLowerCase(), Array.isArray(value) ? value.map(String) : String(value)); return this }
  appendHeader(name, value) { const old = this.getHeader(name); return this.setHeader(name, old === undefined ? value : [].concat(old, value)) }
  getHeader(name) { return this.named.get(String(name).toLowerCase()) }
  getHeaders() { return Object.fromEntries(this.named) }
  getHeaderNames() { return [...this.named.keys()] }
  hasHeader(name) { return this.named.has(String(name).toLowerCase()) }
  removeHeader(name) { this.named.delete(String(name).toLowerCase()) }
  flushHeaders() { this._head(true) }
  writeContinue() {}
  setTimeout() { return this }
  writeHead(status, message, headers) {
    if (this.headersSent) throw Object.assign(new Error('Cannot write headers after they are sent to the client'), { code: 'ERR_HTTP_HEADERS_SENT' })
    this.statusCode = status
    if (typeof message === 'string') this.statusMessage = message
    else headers = message
    if (Array.isArray(headers)) for (let at = 0; at < headers.length; at += 2) this.setHeader(headers[at], headers[at + 1])
    else for (const name of Object.keys(headers || {})) this.setHeader(name, headers[name])
    Object.defineProperty(this, 'isHeadWritten', { value: true, configurable: true })
    return this
  }
  _headers() {
    const headers = Object.fromEntries(this.named)
    if (this.sendDate && headers.date === undefined) headers.date = new Date().toUTCString()
    if (headers.connection === undefined) { headers.connection = 'keep-alive'; headers['keep-alive'] = 'timeout=5' }
    return headers
  }
  _head() {
    if (this.headersSent) return
    this.headersSent = true
    if (!this.statusMessage) this.statusMessage = statusWords[this.statusCode] || 'unknown'
    const headers = this._headers()
    if (headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
    host('respond-head', { id: this.id, status: this.statusCode, headers })
  }
  write(data, encoding, callback) {
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) throw Object.assign(new TypeError('The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ' + received(data)), { code: 'ERR_INVALID_ARG_TYPE' })
    if (this.finished) { const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' }); process.nextTick(() => this.emit('error', error)); return false }
    this._head()
    host('respond-data', { id: this.id, data: toBinary(data, typeof encoding === 'string' ? encoding : undefined) })
    const done = typeof encoding === 'function' ? encoding : callback
    if (done) process.nextTick(done)
    return true
  }
  end(data, encoding, callback) {
    if (typeof data === 'function') { callback = data; data = undefined }
    if (data !== undefined && data !== null && typeof data !== 'string' && !(data instanceof Uint8Array)) throw Object.assign(new TypeError('The "chunk" argument must be of type string or an instance of Buffer or Uint8Array. Received ' + received(data)), { code: 'ERR_INVALID_ARG_TYPE' })
    if (this.finished) return this
    this.finished = this.writableEnded = true
    if (this.headersSent) {
      if (data) host('respond-data', { id: this.id, data: toBinary(data, typeof encoding === 'string' ? encoding : undefined) })
      host('respond-end', { id: this.id })
    } else {
      this.headersSent = true
      if (!this.statusMessage) this.statusMessage = statusWords[this.statusCode] || 'unknown'
      const body = data === undefined || data === null ? '' : toBinary(data, typeof encoding === 'string' ? encoding : undefined)
      const headers = this._headers()
      const hasBody = this.statusCode !== 204 && this.statusCode !== 304
      // writeHead fixes the head before the length is known, so Node sends chunks then.
      if (headers['content-length'] === undefined && hasBody) { if (this.isHeadWritten && body !== '') headers['transfer-encoding'] = 'chunked'; else headers['content-length'] = String(body.length) }
      host('respond', { id: this.id, status: this.statusCode, headers, body: hasBody ? body : '' })
    }
    process.nextTick(() => { this.writableFinished = true; this.emit('finish'); this.emit('close'); if (typeof callback === 'function') callback() })
    return this
  }
}
function received(value) { return value === null || value === undefined ? String(value) : typeof value === 'function' ? 'function ' + value.name : typeof value === 'object' ? (value.constructor && value.constructor.name ? 'an instance of ' + value.constructor.name : inspect(value)) : 'type ' + typeof value + ' (' + inspect(value) + ')' }
class NetServer extends EventEmitter {
  constructor() { super(); this.listening = false; Object.defineProperty(this, 'protocol', { value: 'net', writable: true }) }
  listen(...values) {
    const callback = values.find((value) => typeof value === 'function')
    const options = typeof values[0] === 'object' && values[0] !== null ? values[0] : { port: values[0], host: typeof values[1] === 'string' ? values[1] : undefined }
    if (callback) this.once('listening', callback)
    if (typeof options.port === 'string' && !/^\d+$/.test(options.port)) options.path = options.port
    const port = Number(options.port || 0)
    if (!(port >= 0 && port < 65536) && options.path === undefined) throw Object.assign(new RangeError('options.port should be >= 0 and < 65536. Received ' + received(options.port) + '.'), { code: 'ERR_SOCKET_BAD_PORT' })
    this.id = handle((name, data) => this._receive(name, data), true)
    let bound
    try { bound = host('listen', { id: this.id, port, host: options.host, protocol: this.protocol, path: options.path }) } catch (error) { release(this.id); process.nextTick(() => this.emit('error', error)); return this }
    this.bound = bound
    this.listening = true
    process.nextTick(() => this.emit('listening'))
    return this
  }
  address() { return this.listening ? { address: this.bound.host, family: this.bound.host.includes(':') ? 'IPv6' : 'IPv4', port: this.bound.port } : null }
  close(callback) { if (this.listening) { this.listening = false; host('close', { id: this.id }); release(this.id) } process.nextTick(() => { this.emit('close'); if (callback) callback() }); return this }
  closeAllConnections() {}
  closeIdleConnections() {}
  getConnections(callback) { process.nextTick(() => callback(null, 0)) }
  ref() { return this }
  unref() { const one = handles.get(this.id); if (one && one.keeps) { one.keeps = false; alive-- } return this }
  setTimeout() { return this }
  _receive(name, data) {
    const socket = new Socket()
    Object.assign(socket, { remoteAddress: data.remoteAddress, remotePort: data.remotePort, localAddress: data.localAddress, localPort: data.localPort, remoteFamily: 'IPv4' })
    socket.id = handle((kind, value) => { if (kind === 'data') socket.push(Buffer.view(binaryOf(value))); else { socket.push(null); release(socket.id) } }, true)
    host('net-accept', { connection: data.connection, id: socket.id })
    this.emit('connection', socket)
    socket._schedule()
  }
}
class HttpServer extends NetServer {
  constructor(options, listener) { super(); this.protocol = 'http'; const found = typeof options === 'function' ? options : listener; if (found) this.on('request', found); this.keepAliveTimeout = 5000; this.timeout = 0; this.headersTimeout = 60000; this.requestTimeout = 300000 }
  _receive(name, data) {
    const socket = new Socket()
    Object.assign(socket, { remoteAddress: data.remoteAddress, remotePort: data.remotePort, localPort: data.localPort, localAddress: data.localAddress, encrypted: false })
    const request = new IncomingMessage({ headers: data.headers, socket })
    request.method = data.method
    request.url = data.url
    const response = new ServerResponse(data.request, request)
    if (data.body) request.push(Buffer.view(binaryOf(data.body)))
    request.push(null)
    if (!this.emit('request', request, response)) response.end()
  }
}
Object.defineProperty(HttpServer, 'name', { value: 'Server' })
Object.defineProperty(NetServer, 'name', { value: 'Server' })
class ClientRequest extends Writable {
  constructor(options, callback) {
    super()
    this.method = (options.method || 'GET').toUpperCase()
    this.path = options.path || '/'
    this.host = options.hostname || (options.host || 'localhost').replace(/:\d+$/, '')
    Object.defineProperty(this, 'options', { value: options })
    Object.defineProperty(this, 'parts', { value: [] })
    Object.defineProperty(this, 'named', { value: new Map() })
    for (const name of Object.keys(options.headers || {})) this.setHeader(name, options.headers[name])
    if (options.auth) this.setHeader('authorization', 'Basic ' + Buffer.from(options.auth).toString('base64'))
    if (callback) this.once('response', callback)
  }
  setHeader(name, value) { this.named.set(String(name).toLowerCase(), Array.isArray(value) ? value.map(String) : String(value)); return this }
  getHeader(name) { return this.named.get(String(name).toLowerCase()) }
  removeHeader(name) { this.named.delete(String(name).toLowerCase()) }
  setTimeout(ms, callback) { if (callback) this.once('timeout', callback); this.timeout = ms; return this }
  setNoDelay() { return this }
  flushHeaders() {}
  _write(data, encoding, done) { this.parts.push(data); done() }
  end(data, encoding, callback) {
    if (typeof data !== 'function' && data !== undefined && data !== null) this.write(data, encoding)
    if (this.isSent) return this
    this.isSent = this.writableEnded = true
    const { options } = this
    const port = Number(options.port || (String(options.host || '').match(/:(\d+)$/) || [])[1] || (options.protocol === 'https:' ? 443 : 80))
    let response
    this.id = handle((name, data) => {
      if (name === 'response') { response = new IncomingMessage({ headers: data.headers, socket: new Socket() }); response.statusCode = data.status; response.statusMessage = statusWords[data.status] || ''; if (!this.emit('response', response)) response.resume() }
      else if (name === 'data') response.push(Buffer.view(binaryOf(data)))
      else if (name === 'end') { release(this.id); response.push(null); this.emit('close') }
      else if (name === 'error') { release(this.id); if (!this.destroyed) this.emit('error', data.code === 'ECONNRESET' ? Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }) : systemError(data)); this.emit('close') }
      else if (name === 'timeout') this.emit('timeout')
    }, true)
    const body = Buffer.concat(this.parts)
    if (body.length && !this.named.has('content-length')) this.setHeader('content-length', body.length)
    if (!this.named.has('host')) this.named.set('host', this.host + (port === 80 ? '' : ':' + port))
    host('fetch', { id: this.id, host: this.host, port, socketPath: options.socketPath, method: this.method, path: this.path, headers: Object.fromEntries([...this.named, ['connection', 'keep-alive']]), body: textFrom(body), timeout: this.timeout || options.timeout })
    return this
  }
  abort() { this.destroy() }
  destroy(error) { if (this.destroyed) return this; this.destroyed = true; if (this.id) { host('fetch-cancel', { id: this.id }); release(this.id) } const reason = error || Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }); process.nextTick(() => { this.emit('error', reason); this.emit('close') }); return this }
}
function clientOptions(given, more, protocol) {
  const base = typeof given === 'string' || given instanceof URL ? (() => { const url = typeof given === 'string' ? new URL(given) : given; return { protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port || undefined, path: url.pathname + url.search, auth: url.username ? decodeURIComponent(url.username) + ':' + decodeURIComponent(url.password) : undefined } })() : given
  return Object.assign({ protocol }, base, typeof more === 'object' && more !== null ? more : {})
}
function httpModule(protocol) {
  const request = (given, more, callback) => new ClientRequest(clientOptions(given, more, protocol), typeof more === 'function' ? more : callback)
  class Agent extends EventEmitter { constructor(options) { super(); this.options = options || {}; this.maxSockets = Infinity } destroy() {} }
  return { request, get: (given, more, callback) => { const made = request(given, more, callback); made.end(); return made }, createServer: (options, listener) => new HttpServer(options, listener), Server: HttpServer, IncomingMessage, ServerResponse, ClientRequest, Agent, globalAgent: new Agent(), STATUS_CODES: statusWords, METHODS: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] }
}
const http = httpModule('http:')
const https = httpModule('https:')
`
