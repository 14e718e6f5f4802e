/**
 * What a sandbox's npm brings for web servers, in the guest's JavaScript: small libraries of our own that answer to the calls of express and
 * those that go with it. No backquotes and no `${` inside, as they stand in template strings here.
 */
export const express = String.raw`'use strict'
const http = require('http')
const fs = require('fs')
const path = require('path')
const querystring = require('querystring')
const EventEmitter = require('events')
const types = { html: 'text/html', htm: 'text/html', css: 'text/css', js: 'text/javascript', mjs: 'text/javascript', json: 'application/json', txt: 'text/plain', xml: 'application/xml', svg: 'image/svg+xml', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', ico: 'image/x-icon', pdf: 'application/pdf', bin: 'application/octet-stream', form: 'application/x-www-form-urlencoded' }
const typeOf = (name) => { const found = name.includes('/') ? name : types[name.replace(/^\./, '').toLowerCase()] || 'application/octet-stream'; return /^text\/|json$|javascript$/.test(found) ? found + '; charset=utf-8' : found }
const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;')
const page = (text) => '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>' + escaped(text).replace(/\n/g, '<br>').replace(/ {2}/g, ' &nbsp;') + '</pre>\n</body>\n</html>\n'

function matcher(pattern, isPrefix) {
  if (pattern instanceof RegExp) return (url) => { const found = pattern.exec(url); return found && { matched: found[0], params: Object.assign({}, found.slice(1), found.groups) } }
  const names = []
  let source = String(pattern).replace(/\/+$/, '').replace(/[.+^$(){}|[\]\\]/g, (letter) => (letter === '{' || letter === '}' ? letter : '\\' + letter))
  source = source.replace(/\{([^}]*)\}/g, '(?:$1)?').replace(/\*(\w+)|\*/g, (_, name) => { names.push(name || String(names.length)); return '(.*)' }).replace(/:(\w+)(\?)?/g, (_, name, optional) => { names.push(name); return optional ? '([^/]*)' : '([^/]+)' })
  const expression = new RegExp('^' + source + (isPrefix ? '(?=/|$)' : '/?$'), 'i')
  return (url) => {
    const found = expression.exec(url)
    if (!found) return null
    const params = {}
    names.forEach((name, at) => { if (found[at + 1] !== undefined) params[name] = decodeURIComponent(found[at + 1]) })
    return { matched: found[0], params }
  }
}

const verbs = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']
function Router(options) {
  const layers = []
  const router = (request, response, done) => {
    const baseUrl = request.baseUrl || ''
    const outer = request.params || {}
    let at = 0
    const next = (error) => {
      if (error === 'route') error = undefined
      if (error === 'router' || at >= layers.length) {
        request.baseUrl = baseUrl
        request.params = outer
        return done(error === 'router' ? undefined : error)
      }
      const layer = layers[at++]
      const url = request.originalUrl.slice(baseUrl.length).replace(/\?.*$/, '') || '/'
      if (layer.method && layer.method !== request.method && !(layer.method === 'GET' && request.method === 'HEAD')) return next(error)
      const found = layer.match(url)
      if (!found) return next(error)
      request.params = Object.assign({}, options && options.mergeParams ? outer : {}, found.params)
      request.baseUrl = layer.isPrefix ? baseUrl + (found.matched === '/' ? '' : found.matched) : baseUrl
      request.url = layer.isPrefix ? request.originalUrl.slice(request.baseUrl.length) || '/' : request.originalUrl.slice(baseUrl.length) || '/'
      if (request.url[0] !== '/') request.url = '/' + request.url
      if (layer.method) request.route = { path: layer.path, methods: { [layer.method.toLowerCase()]: true } }
      const goOn = (problem) => { request.baseUrl = baseUrl; next(problem) }
      if (error ? layer.run.length !== 4 : layer.run.length > 3) return goOn(error)
      try {
        const result = error ? layer.run(error, request, response, goOn) : layer.run(request, response, goOn)
        if (result && typeof result.then === 'function') result.then(undefined, (problem) => goOn(problem || new Error('Rejected promise')))
      } catch (problem) { goOn(problem) }
    }
    next(router.pending)
  }
  const add = (method, pattern, runs, isPrefix) => {
    for (const run of runs.flat(Infinity)) {
      if (typeof run !== 'function') throw new TypeError(isPrefix ? 'argument handler must be a function' : 'argument handler must be a function')
      for (const one of [].concat(pattern)) layers.push({ method, path: one, match: matcher(one, isPrefix), isPrefix, run })
    }
    return router
  }
  router.use = (...values) => (typeof values[0] === 'string' || values[0] instanceof RegExp || (Array.isArray(values[0]) && typeof values[0][0] === 'string') ? add(undefined, values[0], values.slice(1), true) : add(undefined, '/', values, true))
  for (const verb of verbs) router[verb] = (pattern, ...runs) => add(verb.toUpperCase(), pattern, runs, false)
  router.all = (pattern, ...runs) => add(undefined, pattern, runs, false)
  router.route = (pattern) => { const face = {}; for (const verb of verbs.concat('all')) face[verb] = (...runs) => { router[verb](pattern, ...runs); return face }; return face }
  router.param = (name, run) => router.use((request, response, next) => next())
  router.stack = layers
  return router
}

const requestFace = {
  get(name) { const wanted = name.toLowerCase(); return wanted === 'referrer' ? this.headers.referer || this.headers.referrer : this.headers[wanted] },
  header(name) { return this.get(name) },
  is(kind) { const own = (this.headers['content-type'] || '').replace(/;.*$/, ''); return own === kind || own === typeOf(kind).replace(/;.*$/, '') || own.endsWith('/' + kind) ? own : false },
  accepts(...kinds) { const accept = this.headers.accept || '*/*'; const all = kinds.flat(); return all.find((kind) => accept.includes(typeOf(kind).replace(/;.*$/, ''))) || (accept.includes('*/*') ? all[0] : false) },
}
const responseFace = {
  status(code) { this.statusCode = code; return this },
  set(name, value) { if (typeof name === 'object') for (const key of Object.keys(name)) this.set(key, name[key]); else this.setHeader(name, name.toLowerCase() === 'content-type' && !/;/.test(value) ? typeOf(value) : value); return this },
  header(name, value) { return this.set(name, value) },
  get(name) { return this.getHeader(name) },
  append(name, value) { this.appendHeader(name, value); return this },
  type(name) { this.setHeader('Content-Type', typeOf(name)); return this },
  contentType(name) { return this.type(name) },
  vary() { return this },
  location(url) { this.setHeader('Location', url); return this },
  links() { return this },
  send(body) {
    let bytes = body
    if (body === undefined) bytes = ''
    else if (typeof body === 'object' && body !== null && !(body instanceof Uint8Array)) return this.json(body)
    else if (body === null) bytes = ''
    else if (typeof body === 'number' || typeof body === 'boolean') return this.json(body)
    if (!this.getHeader('content-type') && body !== undefined) this.setHeader('Content-Type', typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/octet-stream')
    const data = Buffer.from(bytes)
    this.setHeader('Content-Length', data.length)
    if (!this.getHeader('etag') && data.length > 0) { let sum = 5381; for (const byte of data) sum = ((sum * 33) ^ byte) >>> 0; this.setHeader('ETag', 'W/"' + data.length.toString(16) + '-' + sum.toString(36) + '"') }
    if (this.statusCode === 204 || this.statusCode === 304) { this.removeHeader('content-type'); this.removeHeader('content-length'); this.end(); return this }
    this.end(this.req.method === 'HEAD' ? undefined : data)
    return this
  },
  json(value) {
    if (!this.getHeader('content-type')) this.setHeader('Content-Type', 'application/json; charset=utf-8')
    const text = JSON.stringify(value, this.app.get('json replacer'), this.app.get('json spaces'))
    return this.send(text === undefined ? '' : text)
  },
  jsonp(value) { return this.json(value) },
  sendStatus(code) { this.statusCode = code; return this.type('txt').send(http.STATUS_CODES[code] || String(code)) },
  redirect(status, url) {
    if (url === undefined) { url = status; status = 302 }
    this.statusCode = status
    this.setHeader('Location', url)
    return this.type('txt').send(http.STATUS_CODES[status] + '. Redirecting to ' + url)
  },
  cookie(name, value, options) { options = options || {}; this.appendHeader('Set-Cookie', name + '=' + encodeURIComponent(typeof value === 'object' ? 'j:' + JSON.stringify(value) : String(value)) + (options.maxAge ? '; Max-Age=' + Math.floor(options.maxAge / 1000) : '') + '; Path=' + (options.path || '/') + (options.httpOnly ? '; HttpOnly' : '')); return this },
  clearCookie(name) { this.appendHeader('Set-Cookie', name + '=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'); return this },
  attachment(name) { this.setHeader('Content-Disposition', name ? 'attachment; filename="' + path.basename(name) + '"' : 'attachment'); if (name) this.type(path.extname(name)); return this },
  sendFile(file, options, done) {
    if (typeof options === 'function') { done = options; options = undefined }
    if (!path.isAbsolute(file) && !(options && options.root)) throw new TypeError('path must be absolute or specify root to res.sendFile')
    const full = options && options.root ? path.join(options.root, file) : file
    let data
    try { data = fs.readFileSync(full) } catch (error) { error.status = error.statusCode = error.code === 'ENOENT' ? 404 : 500; error.expose = true; if (done) done(error); else this.req.next(error); return this }
    if (!this.getHeader('content-type')) this.type(path.extname(full) || 'bin')
    this.send(data)
    if (done) done()
    return this
  },
  download(file, name) { return this.attachment(name || file).sendFile(path.resolve(file)) },
  render(view, options, done) {
    if (typeof options === 'function') { done = options; options = undefined }
    const values = Object.assign({}, this.app.locals, this.locals, options)
    const finish = (error, html) => { if (done) done(error, html); else if (error) this.req.next(error); else this.send(html) }
    this.app.render(view, values, finish)
  },
  format(map) { const kinds = Object.keys(map).filter((kind) => kind !== 'default'); const found = this.req.accepts(kinds); if (found) { this.type(found); map[found](this.req, this) } else if (map.default) map.default(this.req, this); else this.sendStatus(406) },
}

function createApplication() {
  const settings = { env: process.env.NODE_ENV || 'development', 'x-powered-by': true, views: path.resolve('views'), 'json spaces': undefined }
  const engines = {}
  const router = Router()
  const app = (request, response, done) => {
    app.decorate(request, response)
    const finish = done || ((error) => last(app, request, response, error))
    request.next = (error) => finish(error)
    router(request, response, finish)
  }
  Object.assign(app, EventEmitter.prototype)
  app.locals = { settings }
  app.mountpath = '/'
  app.settings = settings
  app.decorate = (request, response) => {
    for (const name of Object.keys(requestFace)) if (request[name] !== requestFace[name]) request[name] = requestFace[name]
    for (const name of Object.keys(responseFace)) response[name] = responseFace[name]
    if (!request.originalUrl) request.originalUrl = request.url
    const [where, search = ''] = request.originalUrl.split(/\?(.*)/s)
    request.app = response.app = app
    request.res = response
    response.req = request
    request.path = where
    request.query = Object.assign({}, querystring.parse(search))
    request.params = request.params || {}
    request.baseUrl = request.baseUrl || ''
    request.protocol = 'http'
    request.secure = false
    request.xhr = (request.headers['x-requested-with'] || '').toLowerCase() === 'xmlhttprequest'
    request.hostname = (request.headers.host || '').replace(/:\d+$/, '')
    request.host = request.headers.host
    const from = request.socket && request.socket.remoteAddress
    request.ip = settings['trust proxy'] && request.headers['x-forwarded-for'] ? request.headers['x-forwarded-for'].split(',')[0].trim() : from && !from.includes(':') ? '::ffff:' + from : from
    request.ips = []
    request.subdomains = []
    response.locals = response.locals || {}
    if (settings['x-powered-by']) response.setHeader('X-Powered-By', 'Express')
  }
  app.use = (...values) => {
    const wrapped = values.map((value) => (typeof value === 'function' && value.settings && value.decorate ? Object.assign((request, response, next) => { value.mountpath = request.baseUrl || '/'; value(request, response, next) }, { mounted: value }) : value))
    router.use(...wrapped)
    return app
  }
  for (const verb of verbs) app[verb] = (pattern, ...runs) => (verb === 'get' && runs.length === 0 ? settings[pattern] : (router[verb](pattern, ...runs), app))
  app.all = (pattern, ...runs) => (router.all(pattern, ...runs), app)
  app.route = (pattern) => router.route(pattern)
  app.param = () => app
  app.router = router
  app._router = router
  app.set = (name, value) => { if (value === undefined) return settings[name]; settings[name] = value; return app }
  app.enable = (name) => app.set(name, true)
  app.disable = (name) => app.set(name, false)
  app.enabled = (name) => Boolean(settings[name])
  app.disabled = (name) => !settings[name]
  app.engine = (extension, run) => { engines[extension.replace(/^\./, '')] = run; return app }
  app.render = (view, values, done) => {
    const extension = path.extname(view).slice(1) || settings['view engine']
    if (!extension) throw new Error('No default engine was specified and no extension was provided.')
    const file = path.resolve(settings.views, path.extname(view) ? view : view + '.' + extension.replace(/^\./, ''))
    if (!fs.existsSync(file)) return done(new Error('Failed to lookup view "' + view + '" in views directory "' + settings.views + '"'))
    let run = engines[extension]
    if (!run) { const found = require(extension); run = found.__express || found.renderFile }
    if (!run) return done(new Error('Module "' + extension + '" does not provide a view engine.'))
    run(file, values, done)
  }
  app.listen = (...values) => http.createServer(app).listen(...values)
  return app
}

function last(app, request, response, error) {
  if (response.headersSent) { if (error) response.end(); return }
  if (!error) {
    response.statusCode = 404
    response.setHeader('Content-Security-Policy', "default-src 'none'")
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    const body = Buffer.from(page('Cannot ' + request.method + ' ' + request.originalUrl.replace(/\?.*$/, '')))
    response.setHeader('Content-Length', body.length)
    return response.end(body)
  }
  const code = error.status || error.statusCode
  const status = code >= 400 && code < 600 ? code : response.statusCode >= 400 ? response.statusCode : 500
  if (app.get('env') !== 'test') console.error(error.stack || String(error))
  response.statusCode = status
  response.setHeader('Content-Security-Policy', "default-src 'none'")
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  const body = Buffer.from(page(app.get('env') === 'production' ? http.STATUS_CODES[status] : error.stack || String(error)))
  response.setHeader('Content-Length', body.length)
  response.end(body)
}

function nested(flat) {
  const result = {}
  for (const key of Object.keys(flat)) {
    const parts = key.split(/\[|\]\[|\]/).filter((part, at) => part !== '' || at > 0)
    if (parts.length > 1 && parts[parts.length - 1] === '') parts.pop()
    if (parts.length < 2) { result[key.replace(/\[\]$/, '')] = flat[key]; continue }
    let at = result
    parts.slice(0, -1).forEach((part) => { at = at[part] = at[part] || {} })
    at[parts[parts.length - 1]] = flat[key]
  }
  return result
}
function bodyParser(wanted, parse) {
  return (options) => (request, response, next) => {
    if (request._body || !wanted(request, options || {})) return next()
    const parts = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      request._body = true
      const bytes = Buffer.concat(parts)
      const limit = options && options.limit ? (typeof options.limit === 'number' ? options.limit : parseFloat(options.limit) * ({ kb: 1024, mb: 1048576 }[/[a-z]+$/i.exec(options.limit)?.[0].toLowerCase()] || 1)) : 102400
      if (bytes.length > limit) return next(Object.assign(new Error('request entity too large'), { name: 'PayloadTooLargeError', status: 413, statusCode: 413, expose: true, type: 'entity.too.large' }))
      try { request.body = parse(bytes) } catch (error) { error.status = error.statusCode = 400; error.expose = true; error.type = 'entity.parse.failed'; error.body = bytes.toString(); return next(error) }
      next()
    })
    request.resume()
  }
}
const hasBody = (request) => request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] || 0) > 0
const kindIs = (kind) => (request, options) => hasBody(request) && (options.type === '*/*' || (request.headers['content-type'] || '').includes(kind))
module.exports = exports = createApplication
exports.application = {}
exports.request = requestFace
exports.response = responseFace
exports.Router = Router
exports.json = bodyParser(kindIs('json'), (bytes) => (bytes.length === 0 ? {} : JSON.parse(bytes.toString())))
exports.urlencoded = bodyParser(kindIs('application/x-www-form-urlencoded'), (bytes) => nested(querystring.parse(bytes.toString())))
exports.text = bodyParser(kindIs('text/plain'), (bytes) => bytes.toString())
exports.raw = bodyParser(kindIs('application/octet-stream'), (bytes) => bytes)
exports.static = (root, options) => (request, response, next) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return next()
  const where = decodeURIComponent(request.url.replace(/\?.*$/, ''))
  if (where.split('/').includes('..')) return next()
  let file = path.join(path.resolve(root), where)
  try {
    if (fs.statSync(file).isDirectory()) {
      if (!where.endsWith('/')) return response.redirect(301, request.originalUrl + '/')
      file = path.join(file, (options && options.index) || 'index.html')
    }
    if (!fs.existsSync(file)) { const more = ((options && options.extensions) || []).map((one) => file + '.' + one).find((one) => fs.existsSync(one)); if (!more) return next(); file = more }
    const about = fs.statSync(file)
    response.setHeader('Accept-Ranges', 'bytes')
    response.setHeader('Cache-Control', 'public, max-age=0')
    response.setHeader('Last-Modified', new Date(about.mtimeMs).toUTCString())
    response.sendFile(file)
  } catch (error) { next() }
}
`

export const bodyParser = String.raw`'use strict'
const express = require('express')
module.exports = { json: express.json, urlencoded: express.urlencoded, text: express.text, raw: express.raw }
`

export const cors = String.raw`'use strict'
module.exports = (options) => (request, response, next) => {
  options = options || {}
  response.setHeader('Access-Control-Allow-Origin', typeof options.origin === 'string' ? options.origin : options.origin === true ? request.headers.origin || '*' : '*')
  if (options.credentials) response.setHeader('Access-Control-Allow-Credentials', 'true')
  if (request.method !== 'OPTIONS') return next()
  response.setHeader('Access-Control-Allow-Methods', [].concat(options.methods || 'GET,HEAD,PUT,PATCH,POST,DELETE').join(','))
  if (request.headers['access-control-request-headers']) response.setHeader('Access-Control-Allow-Headers', request.headers['access-control-request-headers'])
  response.statusCode = 204
  response.setHeader('Content-Length', '0')
  response.end()
}
`

export const morgan = String.raw`'use strict'
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (number) => String(number).padStart(2, '0')
const formats = {
  tiny: ':method :url :status :res[content-length] - :response-time ms',
  dev: ':method :url :status :response-time ms - :res[content-length]',
  short: ':remote-addr - :method :url HTTP/:http-version :status :res[content-length] - :response-time ms',
  common: ':remote-addr - - [:date] ":method :url HTTP/:http-version" :status :res[content-length]',
  combined: ':remote-addr - - [:date] ":method :url HTTP/:http-version" :status :res[content-length] ":referrer" ":user-agent"',
}
module.exports = (format, options) => (request, response, next) => {
  const begun = process.hrtime()
  const url = request.originalUrl || request.url
  response.on('finish', () => {
    const [s, ns] = process.hrtime(begun)
    const at = new Date()
    const values = { method: request.method, url, status: String(response.statusCode), 'response-time': (s * 1000 + ns / 1e6).toFixed(3), 'remote-addr': request.ip || request.socket.remoteAddress, 'http-version': '1.1', date: two(at.getUTCDate()) + '/' + months[at.getUTCMonth()] + '/' + at.getUTCFullYear() + ':' + two(at.getUTCHours()) + ':' + two(at.getUTCMinutes()) + ':' + two(at.getUTCSeconds()) + ' +0000', referrer: request.headers.referer, 'user-agent': request.headers['user-agent'] }
    const line = typeof format === 'function' ? format(values, request, response) : (formats[format] || format).replace(/:res\[([^\]]+)\]/g, (_, name) => response.getHeader(name) || '-').replace(/:([a-z-]+)/g, (whole, name) => (name in values ? values[name] || '-' : whole))
    const stream = (options && options.stream) || process.stdout
    stream.write(line + '\n')
  })
  next()
}
module.exports.token = () => module.exports
`

export const cookieParser = String.raw`'use strict'
module.exports = () => (request, response, next) => {
  request.cookies = {}
  for (const pair of (request.headers.cookie || '').split(/; */)) { const [name, value] = pair.split(/=(.*)/s); if (name && value !== undefined) request.cookies[name] = decodeURIComponent(value) }
  request.signedCookies = {}
  next()
}
`

export const ejs = String.raw`'use strict'
const fs = require('fs')
const path = require('path')
const escapeXML = (text) => (text === undefined || text === null ? '' : String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&#34;').replace(/'/g, '&#39;'))
function compile(text, options) {
  const file = options && options.filename
  let source = 'let __out = ""; const include = __include; with (__values) {\n'
  const expression = /<%(_|=|-|#|%)?([\s\S]*?)(?:([-_])?%>(\n)?)/g
  let at = 0
  for (let found = expression.exec(text); found; found = expression.exec(text)) {
    source += '__out += ' + JSON.stringify(text.slice(at, found.index)) + ';\n'
    at = expression.lastIndex
    const [, kind, code, trim, line] = found
    if (kind === '=') source += '__out += __escape(' + code + ');\n'
    else if (kind === '-') source += '__out += ((__value) => __value === undefined || __value === null ? "" : __value)(' + code + ');\n'
    else if (kind === '%') source += '__out += "<%' + code + '%>";\n'
    else if (kind !== '#') source += code + '\n'
    if (line && !trim) source += '__out += "\\n";\n'
  }
  source += '__out += ' + JSON.stringify(text.slice(at)) + ';\n}\nreturn __out'
  let run
  try { run = new Function('__values', '__escape', '__include', source) } catch (error) { error.message += ' while compiling ejs'; throw error }
  return (values) => run(values || {}, escapeXML, (name, more) => { const other = path.resolve(path.dirname(file || '/x'), path.extname(name) ? name : name + '.ejs'); return compile(fs.readFileSync(other, 'utf8'), { filename: other })(Object.assign({}, values, more)) })
}
const render = (text, values, options) => compile(text, options)(values)
const renderFile = (file, values, options, done) => {
  if (typeof options === 'function') done = options
  let html
  try { html = render(fs.readFileSync(file, 'utf8'), values, { filename: file }) } catch (error) { if (done) return done(error); return Promise.reject(error) }
  if (done) return done(null, html)
  return Promise.resolve(html)
}
module.exports = { compile, render, renderFile, escapeXML, __express: renderFile }
`
