/** Part of the guest's Node (prelude.ts): `url`, `os`, `util`, `crypto`, `child_process`, `net` and smaller modules. Neither backquotes nor `${` inside, as it stands in a template string. */
export const libraryText = String.raw`
// ---- url
class URLSearchParams {
  constructor(given) { Object.defineProperty(this, 'list', { value: [], writable: true }); if (typeof given === 'string') this.list = given.replace(/^\?/, '').split('&').filter(Boolean).map((pair) => { const at = pair.indexOf('='); const part = (text) => { try { return decodeURIComponent(text.replace(/\+/g, ' ')) } catch (ignored) { return text } }; return at < 0 ? [part(pair), ''] : [part(pair.slice(0, at)), part(pair.slice(at + 1))] }); else if (given && typeof given[Symbol.iterator] === 'function') this.list = Array.from(given, ([name, value]) => [String(name), String(value)]); else if (given) this.list = Object.entries(given).map(([name, value]) => [name, String(value)]) }
  get(name) { const found = this.list.find(([one]) => one === name); return found ? found[1] : null }
  getAll(name) { return this.list.filter(([one]) => one === name).map(([, value]) => value) }
  has(name) { return this.list.some(([one]) => one === name) }
  set(name, value) { const at = this.list.findIndex(([one]) => one === name); this.list = this.list.filter(([one], index) => one !== name || index === at); if (at < 0) this.list.push([name, String(value)]); else this.list.find(([one]) => one === name)[1] = String(value); this.changed && this.changed() }
  append(name, value) { this.list.push([String(name), String(value)]); this.changed && this.changed() }
  delete(name) { this.list = this.list.filter(([one]) => one !== name); this.changed && this.changed() }
  forEach(callback) { for (const [name, value] of this.list) callback(value, name, this) }
  keys() { return this.list.map(([name]) => name)[Symbol.iterator]() }
  values() { return this.list.map(([, value]) => value)[Symbol.iterator]() }
  entries() { return this.list[Symbol.iterator]() }
  [Symbol.iterator]() { return this.list[Symbol.iterator]() }
  get size() { return this.list.length }
  toString() { const part = (text) => encodeURIComponent(text).replace(/%20/g, '+'); return this.list.map(([name, value]) => part(name) + '=' + part(value)).join('&') }
}
class URL {
  constructor(given, base) {
    let text = String(given).trim()
    let match = /^([a-z][a-z0-9+.-]*:)(\/\/)?/i.exec(text)
    if (!match) {
      if (base === undefined) throw Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: text })
      const from = new URL(base)
      text = text.startsWith('//') ? from.protocol + text : text.startsWith('/') ? from.origin + text : text.startsWith('?') ? from.origin + from.pathname + text : text.startsWith('#') ? from.origin + from.pathname + from.search + text : from.origin + path.normalize(from.pathname.replace(/[^/]*$/, '') + text)
      match = /^([a-z][a-z0-9+.-]*:)(\/\/)?/i.exec(text)
    }
    const parts = match[2] ? /^[^:]+:\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text) : /^[^:]+:()()()([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text)
    if (!parts || (match[2] && parts[2] === '' && match[1] !== 'file:')) throw Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: text })
    this.protocol = match[1].toLowerCase()
    const [user, password] = (parts[1] || '').split(/:(.*)/s)
    this.username = user || ''
    this.password = password || ''
    this.hostname = (parts[2] || '').toLowerCase()
    const standard = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443' }[this.protocol]
    this.port = parts[3] && parts[3] !== standard ? parts[3] : ''
    this.pathname = match[2] ? path.normalize(parts[4] || '/').replace(/^(?!\/)/, '/').replace(/ /g, '%20') : parts[4]
    this.hash = parts[6] && parts[6] !== '#' ? parts[6] : ''
    this.searchParams = new URLSearchParams(parts[5] || '')
    let search = parts[5] && parts[5] !== '?' ? parts[5].replace(/ /g, '%20') : ''
    this.searchParams.changed = () => { search = this.searchParams.list.length ? '?' + this.searchParams : '' }
    Object.defineProperty(this, 'search', { enumerable: true, get: () => search, set: (value) => { search = value ? '?' + String(value).replace(/^\?/, '') : ''; this.searchParams.list = new URLSearchParams(search).list } })
  }
  get host() { return this.hostname + (this.port ? ':' + this.port : '') }
  get origin() { return this.protocol + '//' + this.host }
  get href() { return this.protocol + (this.protocol === 'mailto:' || this.protocol === 'data:' ? '' : '//') + (this.username ? this.username + (this.password ? ':' + this.password : '') + '@' : '') + this.host + this.pathname + this.search + this.hash }
  toString() { return this.href }
  toJSON() { return this.href }
  static canParse(given, base) { try { new URL(given, base); return true } catch (error) { return false } }
}
const querystring = { parse(text) { const out = {}; for (const [name, value] of new URLSearchParams(text || '').list) out[name] = name in out ? [].concat(out[name], value) : value; return out }, stringify: (given) => new URLSearchParams(Object.entries(given).flatMap(([name, value]) => Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]])).toString().replace(/\+/g, '%20'), escape: encodeURIComponent, unescape: decodeURIComponent }
const url = {
  URL, URLSearchParams,
  parse(text, isQueryParsed) {
    const [, protocol = null, , auth = null, hostname = null, port = null, pathname = '', search = null, hash = null] = /^(?:([a-z][a-z0-9+.-]*:))?(\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?)?([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(text) || []
    return { protocol, slashes: hostname !== null || null, auth, host: hostname === null ? null : hostname + (port ? ':' + port : ''), port, hostname, hash, search, query: isQueryParsed ? querystring.parse((search || '').slice(1)) : search === null ? null : search.slice(1), pathname: pathname || (hostname !== null ? '/' : null), path: (pathname || '/') + (search || ''), href: text }
  },
  format: (given) => given instanceof URL ? given.href : (given.protocol ? given.protocol.replace(/:?$/, ':') + '//' : '') + (given.host || (given.hostname || '') + (given.port ? ':' + given.port : '')) + (given.pathname || '') + (given.search || (given.query ? '?' + querystring.stringify(given.query) : '')),
  resolve: (from, to) => new URL(to, from).href,
  fileURLToPath: (given) => decodeURIComponent(new URL(given).pathname), pathToFileURL: (given) => new URL('file://' + path.resolve(given)),
}

// ---- the rest of the library
const os = { EOL: '\n', hostname: () => host('hostname'), platform: () => 'linux', type: () => 'Linux', release: () => host('os').release, arch: () => 'x64', uptime: () => host('os').uptime, totalmem: () => host('os').totalmem, freemem: () => host('os').freemem, cpus: () => Array.from({ length: host('os').cpus }, () => ({ model: 'Drydock Virtual CPU @ 2.50GHz', speed: 2500, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } })), availableParallelism: () => host('os').cpus, homedir: () => process.env.HOME || '/root', tmpdir: () => process.env.TMPDIR || '/tmp', endianness: () => 'LE', loadavg: () => [0, 0, 0], networkInterfaces: () => host('interfaces'), userInfo: () => Object.assign({ username: process.env.USER || 'root', homedir: os.homedir(), shell: process.env.SHELL || '/bin/sh' }, host('ids')), version: () => '#1 SMP PREEMPT_DYNAMIC', machine: () => 'x86_64', constants: { signals: { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15 } } }
const util = {
  inspect, format, isDeepStrictEqual: deepEqual, TextEncoder: undefined, TextDecoder: undefined,
  promisify: (run) => run[util.promisify.custom] || ((...values) => new Promise((resolve, reject) => run(...values, (error, value) => error ? reject(error) : resolve(value)))),
  callbackify: (run) => (...values) => { const callback = values.pop(); run(...values).then((value) => process.nextTick(callback, null, value), (error) => process.nextTick(callback, error)) },
  inherits: (made, base) => { Object.defineProperty(made, 'super_', { value: base, writable: true, configurable: true }); Object.setPrototypeOf(made.prototype, base.prototype) },
  deprecate: (run) => run, debuglog: () => () => {}, isArray: Array.isArray, stripVTControlCharacters: (text) => text.replace(/\x1b\[[0-9;]*m/g, ''),
  types: { isPromise: (value) => value instanceof Promise, isDate: (value) => value instanceof Date, isRegExp: (value) => value instanceof RegExp },
}
util.promisify.custom = Symbol.for('nodejs.util.promisify.custom')
global.setTimeout[util.promisify.custom] = (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms))
function deepEqual(a, b) { if (Object.is(a, b)) return true; if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false; if (a instanceof Date) return a.getTime() === b.getTime(); if (a instanceof Map || a instanceof Set) return a.size === b.size && deepEqual([...a], [...b]); const keys = Object.keys(a); return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key])) }
class AssertionError extends Error { constructor(options) { super(options.message || 'Assertion failed'); this.name = 'AssertionError'; this.code = 'ERR_ASSERTION'; this.generatedMessage = !options.message; this.actual = options.actual; this.expected = options.expected; this.operator = options.operator } }
const assert = (value, message) => { if (!value) throw message instanceof Error ? message : new AssertionError({ message: message || 'The expression evaluated to a falsy value', actual: value, expected: true, operator: '==' }) }
const compared = (operator, test, words) => (actual, expected, message) => { if (!test(actual, expected)) throw message instanceof Error ? message : new AssertionError({ message: message || words(actual, expected), actual, expected, operator }) }
Object.assign(assert, { ok: assert, AssertionError, equal: compared('==', (a, b) => a == b, (a, b) => inspect(a) + ' == ' + inspect(b)), notEqual: compared('!=', (a, b) => a != b, (a, b) => inspect(a) + ' != ' + inspect(b)), strictEqual: compared('strictEqual', Object.is, (a, b) => 'Expected values to be strictly equal:\n\n' + inspect(a) + ' !== ' + inspect(b) + '\n'), notStrictEqual: compared('notStrictEqual', (a, b) => !Object.is(a, b), () => 'Expected "actual" to be strictly unequal to "expected"'), deepEqual: compared('deepEqual', deepEqual, (a, b) => 'Expected values to be loosely deep-equal:\n\n' + inspect(a) + '\n\nshould loosely deep-equal\n\n' + inspect(b)), deepStrictEqual: compared('deepStrictEqual', deepEqual, (a, b) => 'Expected values to be strictly deep-equal:\n' + inspect(a) + '\n' + inspect(b)), fail: (message) => { throw new AssertionError({ message: message || 'Failed' }) }, throws: (run) => { try { run() } catch (error) { return } throw new AssertionError({ message: 'Missing expected exception.' }) } })
assert.strict = assert
function hashing(name, key) {
  const kind = String(name).toLowerCase().replace('-', '')
  if (!['md5', 'sha1', 'sha256', 'sha512'].includes(kind)) throw Object.assign(new Error('Digest method not supported'), { code: 'ERR_CRYPTO_INVALID_DIGEST' })
  const parts = []
  const hash = { update: (data, encoding) => { parts.push(typeof data === 'string' ? Buffer.from(data, encoding) : data); return hash }, digest: (encoding) => { const bytes = Buffer.from(host('hash', { kind, key, data: textFrom(Buffer.concat(parts)) }), 'hex'); return encoding ? bytes.toString(encoding) : bytes } }
  return hash
}
const crypto = {
  randomBytes: (size) => Buffer.from(Array.from({ length: size }, () => Math.floor(Math.random() * 256))), randomUUID: () => { const hex = crypto.randomBytes(16); hex[6] = hex[6] & 15 | 64; hex[8] = hex[8] & 63 | 128; return hex.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') },
  randomInt: (low, high) => high === undefined ? Math.floor(Math.random() * low) : low + Math.floor(Math.random() * (high - low)),
  createHash: (name) => hashing(name), createHmac: (name, key) => hashing(name, textFrom(Buffer.from(key))), getHashes: () => ['md5', 'sha1', 'sha256', 'sha512'],
  timingSafeEqual: (a, b) => { if (a.length !== b.length) throw Object.assign(new RangeError('Input buffers must have the same byte length'), { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' }); return Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0 },
  getRandomValues: (array) => { for (let at = 0; at < array.length; at++) array[at] = Math.floor(Math.random() * 4294967296); return array },
}
const dns = { lookup: (name, options, callback) => { const done = typeof options === 'function' ? options : callback; const id = handle((kind, data) => { release(id); kind === 'error' ? done(systemError(data)) : typeof options === 'object' && options && options.all ? done(null, data.map((address) => ({ address, family: 4 }))) : done(null, data[0], 4) }, true); host('lookup', { id, name }) } }
dns.resolve = dns.resolve4 = (name, callback) => dns.lookup(name, { all: true }, (error, list) => error ? callback(error) : callback(null, list.map((one) => one.address)))
dns.promises = { lookup: (name, options) => new Promise((resolve, reject) => dns.lookup(name, options || {}, (error, value, family) => error ? reject(error) : resolve(Array.isArray(value) ? value : { address: value, family }))), resolve: (name) => new Promise((resolve, reject) => dns.resolve(name, (error, list) => error ? reject(error) : resolve(list))) }
class ChildProcess extends EventEmitter { kill(signal) { return host('child-kill', { id: this.id, signal: signal || 'SIGTERM' }) } unref() { return this } }
function spawn(command, args, options) {
  if (!Array.isArray(args)) { options = args; args = [] }
  options = options || {}
  const child = new ChildProcess()
  child.stdout = new Readable()
  child.stderr = new Readable()
  child.stdin = new Writable({ write: (data, encoding, done) => { host('child-write', { id: child.id, data: textFrom(data) }); done() }, final: (done) => { host('child-end', { id: child.id }); done() } })
  child.exitCode = null
  let left = 3
  const close = () => { if (--left === 0) { release(child.id); child.emit('close', child.exitCode, child.signalCode) } }
  child.stdout.on('end', close)
  child.stderr.on('end', close)
  child.id = handle((name, data) => {
    if (name === 'stdout' || name === 'stderr') data === null ? child[name].push(null) : child[name].push(Buffer.view(binaryOf(data)))
    else if (name === 'exit') { child.exitCode = data.code; child.signalCode = data.signal; child.emit('exit', data.code, data.signal); if (!child.stdout._isFlowing) child.stdout.resume(); if (!child.stderr._isFlowing) child.stderr.resume(); close() }
    else if (name === 'error') { release(child.id); child.emit('error', Object.assign(systemError({ code: data.code, syscall: 'spawn ' + command }), { message: 'spawn ' + command + ' ' + data.code, path: command, spawnargs: args })) }
  }, true)
  const argv = options.shell ? ['/bin/sh', '-c', [command, ...args].join(' ')] : [command, ...args]
  child.pid = host('spawn', { id: child.id, argv, cwd: options.cwd, env: options.env, inherit: options.stdio === 'inherit' })
  return child
}
function exec(command, options, callback) { return collected(spawn('/bin/sh', ['-c', command], typeof options === 'object' ? options : {}), command, options, typeof options === 'function' ? options : callback) }
function collected(child, command, options, callback) {
  let out = '', errors = ''
  child.stdout.on('data', (data) => { out += data })
  child.stderr.on('data', (data) => { errors += data })
  child.on('error', (error) => callback && callback(error, '', ''))
  child.on('close', (code, signal) => { if (!callback) return; code === 0 ? callback(null, out, errors) : callback(Object.assign(new Error('Command failed: ' + command + '\n' + errors), { code, signal, killed: false, cmd: command }), out, errors) })
  return child
}
exec[util.promisify.custom] = (command, options) => new Promise((resolve, reject) => exec(command, options || {}, (error, stdout, stderr) => error ? reject(Object.assign(error, { stdout, stderr })) : resolve({ stdout, stderr })))
const unsync = (name) => () => { throw new Error('child_process.' + name + ' is not simulated in this sandbox; use its asynchronous form') }
const childProcess = { spawn, exec, execFile: (file, args, options, callback) => collected(spawn(file, Array.isArray(args) ? args : []), file, options, [args, options, callback].find((one) => typeof one === 'function')), execSync: unsync('execSync'), spawnSync: unsync('spawnSync'), execFileSync: unsync('execFileSync'), fork: unsync('fork'), ChildProcess }
const net = { createServer: (options, listener) => { const server = new NetServer(); const found = typeof options === 'function' ? options : listener; if (found) server.on('connection', found); return server }, connect: (...values) => new Socket().connect(...values), createConnection: (...values) => new Socket().connect(...values), Socket, Server: NetServer, isIP: (text) => /^\d+\.\d+\.\d+\.\d+$/.test(text) ? 4 : text.includes(':') ? 6 : 0, isIPv4: (text) => net.isIP(text) === 4, isIPv6: (text) => net.isIP(text) === 6 }
const readline = { createInterface: (given) => { const input = given.input || given; const face = new EventEmitter(); let rest = ''; face.on('newListener', (name) => { if (name === 'line') input.resume && input.resume() }); input.on('data', (data) => { rest += data; const lines = rest.split('\n'); rest = lines.pop(); for (const line of lines) face.emit('line', line.replace(/\r$/, '')) }); input.on('end', () => { if (rest) face.emit('line', rest); face.emit('close') }); let prompt = '> '; face.setPrompt = (text) => { prompt = text }; face.prompt = () => process.stdout.write(prompt); face.question = (text, options, callback) => { process.stdout.write(text); face.once('line', typeof options === 'function' ? options : callback) }; face.close = () => { input.pause && input.pause(); face.emit('close') }; face.write = () => {}; face.pause = face.resume = () => face; face[Symbol.asyncIterator] = async function* () { const lines = []; let wake, isOver = false; face.on('line', (line) => { lines.push(line); wake && wake() }); face.on('close', () => { isOver = true; wake && wake() }); for (;;) { if (lines.length) yield lines.shift(); else if (isOver) return; else await new Promise((resolve) => { wake = resolve }) } }; return face } }
class StringDecoder { constructor(encoding) { this.encoding = encoding } write(data) { return Buffer.view(data).toString(this.encoding) } end(data) { return data ? this.write(data) : '' } }
class TextEncoder { get encoding() { return 'utf-8' } encode(text) { return utf8(text === undefined ? '' : text) } }
class TextDecoder { constructor(label) { this.encoding = label || 'utf-8' } decode(bytes) { return bytes === undefined ? '' : utf8Text(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)) } }
util.TextEncoder = TextEncoder
util.TextDecoder = TextDecoder
class AbortSignal extends EventEmitter { constructor() { super(); this.aborted = false } addEventListener(name, run) { this.on(name, run) } removeEventListener(name, run) { this.off(name, run) } throwIfAborted() { if (this.aborted) throw this.reason } static timeout(ms) { const made = new AbortController(); setTimeout(() => made.abort(Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' })), ms).unref(); return made.signal } }
class AbortController { constructor() { this.signal = new AbortSignal() } abort(reason) { if (this.signal.aborted) return; this.signal.aborted = true; this.signal.reason = reason || Object.assign(new Error('This operation was aborted'), { name: 'AbortError' }); this.signal.emit('abort', { type: 'abort' }); if (this.signal.onabort) this.signal.onabort() } }
class Headers { constructor(given) { this.map = new Map(); for (const [name, value] of given instanceof Headers ? given.map : Array.isArray(given) ? given : Object.entries(given || {})) this.map.set(name.toLowerCase(), String(value)) } get(name) { const found = this.map.get(name.toLowerCase()); return found === undefined ? null : found } set(name, value) { this.map.set(name.toLowerCase(), String(value)) } append(name, value) { this.set(name, value) } has(name) { return this.map.has(name.toLowerCase()) } delete(name) { this.map.delete(name.toLowerCase()) } forEach(run) { for (const [name, value] of this.map) run(value, name) } entries() { return this.map.entries() } [Symbol.iterator]() { return this.map.entries() } }
class Response { constructor(body, options) { this.bytes = body instanceof Uint8Array ? body : utf8(body === undefined || body === null ? '' : body); this.status = (options && options.status) || 200; this.statusText = statusWords[this.status] || ''; this.headers = new Headers(options && options.headers); this.url = (options && options.url) || '' } get ok() { return this.status >= 200 && this.status < 300 } async text() { return utf8Text(this.bytes) } async json() { return JSON.parse(utf8Text(this.bytes)) } async arrayBuffer() { return this.bytes.slice().buffer } }
async function fetch(given, options) {
  options = options || {}
  let target = given instanceof URL ? given : new URL(String(given && given.url ? given.url : given))
  for (let hops = 0; ; hops++) {
    const response = await new Promise((resolve, reject) => {
      const made = (target.protocol === 'https:' ? https : http).request(target, { method: options.method || 'GET', headers: Object.fromEntries(new Headers(options.headers)) }, (message) => { const parts = []; message.on('data', (data) => parts.push(data)); message.on('end', () => resolve(new Response(Buffer.concat(parts), { status: message.statusCode, headers: message.headers, url: target.href }))) })
      made.on('error', (cause) => { const error = new TypeError('fetch failed'); Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true }); reject(error) })
      if (options.signal) { if (options.signal.aborted) return reject(options.signal.reason); options.signal.on('abort', () => { made.destroyed = true; reject(options.signal.reason) }) }
      made.end(options.body === undefined ? undefined : options.body instanceof URLSearchParams ? String(options.body) : options.body)
    })
    const next = response.headers.get('location')
    if (!next || response.status < 300 || response.status >= 400 || options.redirect === 'manual' || hops > 19) return response
    target = new URL(next, target.href)
  }
}
`
