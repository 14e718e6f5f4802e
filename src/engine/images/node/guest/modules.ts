/** Part of the guest's Node (prelude.ts): `require`, how modules are found, and what the host calls. Neither backquotes nor `${` inside, as it stands in a template string. */
export const modulesText = String.raw`
// ---- modules
const performance = { now: performanceNow, timeOrigin: 0, mark() {}, measure() {} }
const builtins = {
  'drydock:sqlite': (given) => host('sqlite', given),
  assert, 'assert/strict': assert, buffer: { Buffer, kMaxLength: 2147483647 }, child_process: childProcess, console, constants: {}, crypto, dns, 'dns/promises': dns.promises, events: EventEmitter, fs, 'fs/promises': fs.promises, http, https, net, os, path, 'path/posix': path,
  perf_hooks: { performance }, process, punycode: {}, querystring, readline, 'readline/promises': { createInterface: (given) => { const face = readline.createInterface(given); const ask = face.question; face.question = (text) => new Promise((resolve) => ask(text, resolve)); return face } }, stream, 'stream/promises': { pipeline: (...parts) => new Promise((resolve, reject) => stream.pipeline(...parts, (error) => error ? reject(error) : resolve())) }, string_decoder: { StringDecoder }, timers: { setTimeout: global.setTimeout, setInterval: global.setInterval, setImmediate: global.setImmediate, clearTimeout: clearTimer, clearInterval: clearTimer, clearImmediate: global.clearImmediate },
  'timers/promises': { setTimeout: (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms)), setImmediate: (value) => new Promise((resolve) => setImmediate(() => resolve(value))) }, tty: { isatty: (fd) => host('isatty', fd) }, url, util, v8: { getHeapStatistics: () => ({ heap_size_limit: 2197815296 }) }, module: {}, async_hooks: { AsyncLocalStorage: class { run(store, callback, ...values) { const before = this.store; this.store = store; try { return callback(...values) } finally { this.store = before } } getStore() { return this.store } } },
}
const absent = ['cluster', 'dgram', 'domain', 'http2', 'inspector', 'repl', 'tls', 'vm', 'wasi', 'worker_threads', 'zlib', 'diagnostics_channel', 'trace_events', 'test', 'sqlite']
const cache = {}
class Module { constructor(id, parent) { this.id = id; this.path = path.dirname(id); this.exports = {}; this.filename = id; this.loaded = false; this.children = []; this.paths = []; Object.defineProperty(this, 'parent', { value: parent, enumerable: false, configurable: true }) } }
builtins.module = Module
Module.builtinModules = Object.keys(builtins)
Module.createRequire = (from) => requireFor(new Module(String(from).replace(/^file:\/\//, '')))
const kindAt = (file) => { try { return host('fs-stat', { path: file, follow: true }).kind } catch (error) { return undefined } }
function asFile(file) { if (kindAt(file) === 'file') return file; for (const end of ['.js', '.json', '.node', '.cjs']) if (kindAt(file + end) === 'file') return file + end }
function asFolder(folder) {
  if (kindAt(folder) !== 'directory') return undefined
  const manifest = folder + '/package.json'
  if (kindAt(manifest) === 'file') { const main = JSON.parse(sync.readFile(manifest, 'utf8')).main; if (main) { const found = asFile(path.join(folder, main)) || asFile(path.join(folder, main, 'index')); if (found) return found } }
  return asFile(folder + '/index')
}
function exported(folder, manifest, part) {
  let found = manifest.exports
  if (found === undefined) return undefined
  if (typeof found === 'object' && found !== null && Object.keys(found).some((key) => key.startsWith('.'))) found = found[part]
  else if (part !== '.') return undefined
  while (found && typeof found === 'object') found = Array.isArray(found) ? found[0] : found.node || found.require || found.default || found.import
  return typeof found === 'string' ? path.join(folder, found) : undefined
}
function resolve(request, from) {
  if (request.startsWith('/') || request.startsWith('./') || request.startsWith('../') || request === '.' || request === '..') { const full = path.resolve(from, request); return (request.endsWith('/') ? undefined : asFile(full)) || asFolder(full) }
  const [, name, rest] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(request) || [undefined, request]
  for (let folder = from; ; folder = path.dirname(folder)) {
    const at = path.join(folder, 'node_modules', name)
    if (kindAt(at) === 'directory') {
      const manifest = kindAt(at + '/package.json') === 'file' ? JSON.parse(sync.readFile(at + '/package.json', 'utf8')) : {}
      const found = exported(at, manifest, rest ? '.' + rest : '.') || (rest ? asFile(at + rest) || asFolder(at + rest) : asFolder(at))
      if (found) return found
    }
    if (folder === '/') return undefined
  }
}
function builtin(request) {
  const name = request.replace(/^node:/, '')
  if (Object.hasOwn(builtins, name)) return { exports: builtins[name] }
  if (absent.includes(name)) throw new Error("module '" + name + "' is not simulated in this sandbox")
  if (request.startsWith('node:')) throw Object.assign(new Error('No such built-in module: ' + request), { code: 'ERR_UNKNOWN_BUILTIN_MODULE' })
}
function requireFor(module) {
  const require = (request) => {
    if (typeof request !== 'string') throw Object.assign(new TypeError('The "id" argument must be of type string. Received ' + received(request)), { code: 'ERR_INVALID_ARG_TYPE' })
    const inner = builtin(request)
    if (inner) return inner.exports
    const found = resolve(request, module.path)
    if (!found) {
      const stack = []
      for (let at = module; at && at.id; at = at.parent) stack.push(at.filename)
      const error = new Error("Cannot find module '" + request + "'" + (stack.length ? '\nRequire stack:\n' + stack.map((file) => '- ' + file).join('\n') : ''))
      error.code = 'MODULE_NOT_FOUND'
      error.requireStack = stack
      throw error
    }
    return load(host('fs-realpath', { path: found }), module).exports
  }
  require.resolve = (request) => builtin(request) ? request : resolve(request, module.path) || require(request)
  require.cache = cache
  require.main = main
  return require
}
let main
function load(file, parent) {
  if (cache[file]) return cache[file]
  const module = new Module(file, parent)
  if (!main) { main = module; module.id = '.'; process.mainModule = module }
  cache[file] = module
  const text = sync.readFile(file, 'utf8')
  try {
    if (file.endsWith('.json')) { try { module.exports = JSON.parse(text.replace(/^\uFEFF/, '')) } catch (error) { error.message = file + ': ' + error.message; throw error } }
    else compile(module, file, text)
  } catch (error) { delete cache[file]; throw error }
  module.loaded = true
  return module
}
function compile(module, file, text) {
  const source = text.replace(/^#!.*/, '')
  sources.set(file, source)
  const run = global.__compile(source, file)
  state.isLoading++
  try { run.call(module.exports, module.exports, requireFor(module), module, file, path.dirname(file)) } finally { state.isLoading-- }
}
global.__require = (request) => requireFor(main || new Module('/[eval]'))(request)
global.__moduleNames = (request) => { const inner = builtin(request); return inner ? Object.keys(inner.exports).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default').join(',') : '' }
global.__resolve = (request, from) => { if (builtin(request)) return 'node:' + request.replace(/^node:/, ''); const found = resolve(request, from.startsWith('/') ? path.dirname(from) : process.cwd()); return found || '' }
global.__commonNames = (file) => Object.keys(Object(load(file).exports)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default').join(',')
global.__common = (file) => load(file).exports

Object.assign(global, { global, process, console, Buffer, URL, URLSearchParams, TextEncoder, TextDecoder, AbortController, AbortSignal, Headers, Response, fetch, performance, crypto, structuredClone: (value) => value === undefined ? undefined : JSON.parse(JSON.stringify(value)), EventEmitter: undefined })
delete global.EventEmitter

// ---- what the host calls
global.__boot = (json) => {
  const given = JSON.parse(json)
  process.argv = given.argv
  process.argv0 = 'node'
  process.execPath = given.execPath
  process.env = new Proxy(given.env, { set: (target, name, value) => { target[name] = String(value); return true } })
  process.pid = given.pid
  process.ppid = given.ppid
  process.version = given.version
  process.versions = { node: given.version.slice(1), v8: '12.4.254.21-node.33', uv: '1.51.0', modules: '127' }
  startedAt = Date.now()
  const seed = given.seed
  let a = seed >>> 0
  Math.random = () => { a = a + 0x6d2b79f5 >>> 0; let t = Math.imul(a ^ a >>> 15, a | 1); t ^= t + Math.imul(t ^ t >>> 7, t | 61); return ((t ^ t >>> 14) >>> 0) / 4294967296 }
}
global.__main = (file) => { guarded(() => { load(file) }) }
global.__evalMain = (text, isPrinted) => { guarded(() => {
  main = new Module('/[eval]')
  main.path = process.cwd()
  global.require = requireFor(main)
  global.module = main
  for (const name of Object.keys(builtins)) if (/^[a-z_]+$/.test(name) && !(name in global)) Object.defineProperty(global, name, { configurable: true, get: () => builtins[name] })
  sources.set('[eval]', text)
  state.isLoading++
  let value
  try { value = global.__evaluate(text, '[eval]') } finally { state.isLoading-- }
  if (isPrinted) console.log(value)
}) }
global.__line = (text) => { if (!global.require) { main = new Module('/[repl]'); main.path = process.cwd(); global.require = requireFor(main); global.module = main; for (const name of Object.keys(builtins)) if (/^[a-z_]+$/.test(name) && !(name in global)) Object.defineProperty(global, name, { configurable: true, get: () => builtins[name] }) } const value = global.__evaluate(text, 'REPL'); global._ = value; return inspect(value, { colors: host('isatty', 1) }) }
global.__deliver = (id, name, json) => { const one = handles.get(id); if (one) guarded(() => one.receive(name, JSON.parse(json))) }
global.__input = (json) => { const data = JSON.parse(json); guarded(() => { if (data === null) process.stdin.emit('end'); else { const bytes = Buffer.view(binaryOf(data)); process.stdin.emit('data', process.stdin.encoding ? bytes.toString(process.stdin.encoding) : bytes) } }) }
global.__signal = (name, number) => guarded(() => { process.emit(name, name, number) })
global.__ticks = runTicks
global.__turn = () => {
  const now = Date.now()
  const due = timers.filter((timer) => timer.due <= now).sort((a, b) => a.due - b.due || a.id - b.id)
  for (const timer of due) {
    if (!timers.includes(timer)) continue
    if (timer.isRepeating) timer.due = Math.max(now + 1, timer.due + timer._idleTimeout)
    else timers = timers.filter((one) => one !== timer)
    guarded(timer.run)
    global.__jobs()
  }
  const ready = immediates
  immediates = []
  for (const one of ready) { guarded(one.run); global.__jobs() }
}
global.__state = () => { let next = -1; let isAlive = alive > 0 || immediates.length > 0 || ticks.length > 0; for (const timer of timers) { if (next < 0 || timer.due < next) next = timer.due; if (timer.isRef) isAlive = true } return (isAlive ? '1' : '0') + (immediates.length > 0 || ticks.length > 0 ? '0' : String(next)) }
global.__beforeExit = () => guarded(() => { process.emit('beforeExit', process.exitCode || 0) })
global.__exit = () => { if (!exitCode.isSet) { exitCode.isSet = true; process.emit('exit', Number(process.exitCode || 0)) } return Number(process.exitCode || 0) }
global.__rejected = (reason) => { if (process.listenerCount('unhandledRejection') > 0) { process.emit('unhandledRejection', reason, Promise.resolve()); return 'handled' } if (process.listenerCount('uncaughtException') > 0) { process.emit('uncaughtException', reason, 'unhandledRejection'); return 'handled' } return '' }
global.__describe = (error) => {
  if (!(error instanceof Error)) return JSON.stringify({ isError: false, text: typeof error === 'string' ? error : inspect(error), quoted: inspect(error) })
  const stack = typeof error.stack === 'string' ? error.stack : String(error)
  const place = /\(?(\/[^\s()]+|\[eval\]|REPL|file:[^\s()]+):(\d+):(\d+)\)?/.exec(stack.slice(stack.indexOf('\n')))
  const source = place && sources.get(place[1])
  return JSON.stringify({ isError: true, text: inspect(error), file: place ? place[1] : '', line: place ? Number(place[2]) : 0, column: place ? Number(place[3]) : 0, sourceLine: source ? source.split('\n')[Number(place[2]) - 1] || '' : '', name: error.name, message: error.message, code: error.code || '', event: error.__unhandledEvent || '' })
}
})(globalThis)
`
