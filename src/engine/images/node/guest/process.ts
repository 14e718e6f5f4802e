/** Part of the guest's Node (prelude.ts): events, timers, `process` and `console`. Neither backquotes nor `${` inside, as it stands in a template string. */
export const processText = String.raw`
// ---- events
class EventEmitter {
  on(name, listener) { return this.addListener(name, listener) }
  addListener(name, listener) {
    const all = this._events || (Object.defineProperty(this, '_events', { value: new Map(), writable: true, enumerable: false }), this._events)
    if (name !== 'newListener' && all.has('newListener')) this.emit('newListener', name, listener)
    if (!all.has(name)) all.set(name, [])
    all.get(name).push(listener)
    return this
  }
  prependListener(name, listener) { this.addListener(name, listener); const list = this._events.get(name); list.unshift(list.pop()); return this }
  once(name, listener) { const wrapped = (...values) => { this.removeListener(name, wrapped); listener.apply(this, values) }; wrapped.listener = listener; return this.on(name, wrapped) }
  off(name, listener) { return this.removeListener(name, listener) }
  removeListener(name, listener) {
    const list = this._events && this._events.get(name)
    if (!list) return this
    const at = list.findLastIndex((one) => one === listener || one.listener === listener)
    if (at >= 0) this._events.set(name, list.filter((_, index) => index !== at))
    return this
  }
  removeAllListeners(name) { if (this._events) name === undefined ? this._events.clear() : this._events.delete(name); return this }
  emit(name, ...values) {
    const list = this._events && this._events.get(name)
    if (!list || list.length === 0) {
      if (name === 'error') {
        const error = values[0]
        if (error instanceof Error) { Object.defineProperty(error, '__unhandledEvent', { value: this.constructor.name, configurable: true }); throw error }
        throw new Error('Unhandled error. (' + inspect(error) + ')')
      }
      return false
    }
    for (const listener of list.slice()) listener.apply(this, values)
    return true
  }
  listeners(name) { return ((this._events && this._events.get(name)) || []).map((one) => one.listener || one) }
  listenerCount(name) { return this.listeners(name).length }
  eventNames() { return this._events ? [...this._events.keys()] : [] }
  setMaxListeners() { return this }
  getMaxListeners() { return 10 }
}
EventEmitter.EventEmitter = EventEmitter
EventEmitter.defaultMaxListeners = 10
EventEmitter.once = (emitter, name) => new Promise((resolve, reject) => { emitter.once(name, (...values) => resolve(values)); if (name !== 'error') emitter.once('error', reject) })

// ---- time
let timers = []
let immediates = []
let ticks = []
let nextTimer = 1
class Timeout {
  constructor(id, ms) { this.id = id; this._idleTimeout = ms; this.isRef = true }
  ref() { this.isRef = true; return this }
  unref() { this.isRef = false; return this }
  hasRef() { return this.isRef }
  refresh() { this.due = Date.now() + this._idleTimeout; return this }
  close() { clearTimer(this) }
  [Symbol.toPrimitive]() { return this.id }
}
function addTimer(callback, ms, values, isRepeating) {
  if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function. Received ' + inspect(callback))
  const wait = Math.min(Math.max(1, Math.trunc(Number(ms) || 1)), 2147483647)
  const timer = new Timeout(nextTimer++, wait)
  timer.due = Date.now() + wait
  Object.defineProperty(timer, 'run', { value: () => callback(...values) })
  timer.isRepeating = isRepeating
  timers.push(timer)
  return timer
}
function clearTimer(timer) { const id = typeof timer === 'object' && timer !== null ? timer.id : Number(timer); timers = timers.filter((one) => one.id !== id) }
global.setTimeout = (callback, ms, ...values) => addTimer(callback, ms, values, false)
global.setInterval = (callback, ms, ...values) => addTimer(callback, ms, values, true)
global.clearTimeout = global.clearInterval = clearTimer
global.setImmediate = (callback, ...values) => { const made = { run: () => callback(...values) }; immediates.push(made); return made }
global.clearImmediate = (made) => { immediates = immediates.filter((one) => one !== made) }
global.queueMicrotask = (callback) => { Promise.resolve().then(callback) }
function guarded(run) {
  try { run() } catch (error) {
    if (process.listenerCount('uncaughtException') > 0 && !exitCode.isSet) process.emit('uncaughtException', error, 'uncaughtException')
    else throw error
  }
  runTicks()
}
function runTicks() { while (ticks.length > 0) { const tick = ticks.shift(); tick() } }

// ---- process
const exitCode = { isSet: false }
class Process extends EventEmitter {
  nextTick(callback, ...values) { ticks.push(() => callback(...values)) }
  cwd() { return host('cwd') }
  chdir(path) { host('chdir', path) }
  exit(code) {
    const final = code === undefined ? (process.exitCode === undefined ? 0 : process.exitCode) : code
    process.exitCode = final
    if (!exitCode.isSet) { exitCode.isSet = true; process.emit('exit', Number(final)) }
    host('exit', Number(final))
  }
  kill(pid, signal) { return host('kill', { pid, signal: signal === undefined ? 'SIGTERM' : signal }) }
  abort() { host('exit', 134) }
  uptime() { return host('uptime') }
  hrtime(before) { const ns = BigInt(Math.round(performanceNow() * 1e6)); const now = [Number(ns / 1000000000n), Number(ns % 1000000000n)]; if (!before) return now; let s = now[0] - before[0], n = now[1] - before[1]; if (n < 0) { s--; n += 1e9 } return [s, n] }
  memoryUsage() { return host('memory') }
  cpuUsage() { return { user: 50000, system: 10000 } }
  getuid() { return host('ids').uid }
  geteuid() { return host('ids').uid }
  getgid() { return host('ids').gid }
  umask() { return 18 }
  emitWarning(warning, type) { host('write', { fd: 2, data: toBinary('(node:' + process.pid + ') ' + (warning instanceof Error ? warning.name + ': ' + warning.message : (typeof type === 'string' ? type : (type && type.type) || 'Warning') + ': ' + warning) + '\n') }) }
  addListener(name, listener) {
    super.addListener(name, listener)
    if (/^SIG[A-Z0-9]+$/.test(name)) host('signal', { name, on: true })
    return this
  }
  removeListener(name, listener) {
    super.removeListener(name, listener)
    if (/^SIG[A-Z0-9]+$/.test(name) && this.listenerCount(name) === 0) host('signal', { name, on: false })
    return this
  }
}
const process = new Process()
process.hrtime.bigint = undefined
Process.prototype.hrtime.bigint = () => BigInt(Math.round(performanceNow() * 1e6))
let startedAt = 0
function performanceNow() { return Date.now() - startedAt }
Object.assign(process, { title: 'node', platform: 'linux', arch: 'x64', version: '', versions: {}, release: { name: 'node', lts: 'Jod' }, execArgv: [], exitCode: undefined, features: {}, config: {} })
process[Symbol.toStringTag] = 'process'
class Output extends EventEmitter {
  constructor(fd) { super(); this.fd = fd; this.writable = true }
  write(data, encoding, callback) {
    host('write', { fd: this.fd, data: toBinary(data, typeof encoding === 'string' ? encoding : undefined) })
    const done = typeof encoding === 'function' ? encoding : callback
    if (done) process.nextTick(done)
    return true
  }
  end(data, encoding) { if (data !== undefined && typeof data !== 'function') this.write(data, encoding) }
  get isTTY() { return host('isatty', this.fd) || undefined }
  get columns() { return host('size')[0] }
  get rows() { return host('size')[1] }
  cork() {}
  uncork() {}
}
class Input extends EventEmitter {
  constructor() { super(); this.fd = 0; this.isReading = false; this.encoding = undefined }
  setEncoding(encoding) { this.encoding = encoding; return this }
  on(name, listener) { super.on(name, listener); if (name === 'data' || name === 'readable' || name === 'end') this.resume(); return this }
  resume() { if (!this.isReading) { this.isReading = true; host('stdin') } return this }
  pause() { host('stdin-pause'); this.isReading = false; return this }
  get isTTY() { return host('isatty', 0) || undefined }
  setRawMode(isRaw) { host('raw', isRaw); return this }
  unref() { host('stdin-pause'); return this }
  ref() { return this }
  pipe(to) { this.on('data', (data) => to.write(data)); return to }
  async *[Symbol.asyncIterator]() {
    const chunks = []
    let wake, isOver = false
    this.on('data', (data) => { chunks.push(data); if (wake) wake() })
    this.on('end', () => { isOver = true; if (wake) wake() })
    for (;;) { if (chunks.length) yield chunks.shift(); else if (isOver) return; else await new Promise((resolve) => { wake = resolve }) }
  }
}
process.stdout = new Output(1)
process.stderr = new Output(2)
process.stdin = new Input()

// ---- console
let indent = ''
const counts = {}
const marks = {}
function say(fd, values) {
  const colors = host('isatty', fd)
  const text = values.length === 1 && typeof values[0] !== 'string' ? inspect(values[0], { colors }) : format(...values)
  host('write', { fd, data: toBinary(indent ? (indent + text).replace(/\n/g, '\n' + indent) + '\n' : text + '\n') })
}
const console = {
  log: (...values) => say(1, values), info: (...values) => say(1, values), debug: (...values) => say(1, values),
  error: (...values) => say(2, values), warn: (...values) => say(2, values),
  trace: (...values) => { const error = new Error(format(...values)); error.name = 'Trace'; say(2, [String(error.stack).replace(/^Error/, 'Trace')]) },
  dir: (value, options) => say(1, [inspect(value, options)]),
  group: (...values) => { if (values.length) say(1, values); indent += '  ' },
  groupEnd: () => { indent = indent.slice(2) },
  assert: (condition, ...values) => { if (!condition) say(2, values.length ? ['Assertion failed: ' + format(...values)] : ['Assertion failed']) },
  count: (label) => { label = label === undefined ? 'default' : label; counts[label] = (counts[label] || 0) + 1; say(1, [label + ': ' + counts[label]]) },
  time: (label) => { marks[label === undefined ? 'default' : label] = Date.now() },
  timeEnd: (label) => { label = label === undefined ? 'default' : label; say(1, [label + ': ' + (Date.now() - (marks[label] || Date.now())) + 'ms']) },
  table: (data) => say(1, [tableText(data)]),
}
console.groupCollapsed = console.group
console.timeLog = console.timeEnd
function tableText(data) {
  if (typeof data !== 'object' || data === null) return format(data)
  const rows = Object.entries(data)
  const columns = [...new Set(rows.flatMap(([, row]) => typeof row === 'object' && row !== null ? Object.keys(row) : []))]
  const hasValues = rows.some(([, row]) => typeof row !== 'object' || row === null)
  const head = ['(index)', ...columns, ...(hasValues ? ['Values'] : [])]
  const cells = rows.map(([key, row]) => [key, ...columns.map((name) => typeof row === 'object' && row !== null && name in row ? inspect(row[name]) : ''), ...(hasValues ? [typeof row === 'object' && row !== null ? '' : inspect(row)] : [])])
  const widths = head.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at].length)) + 2)
  const line = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right
  const shown = (row) => '│' + row.map((cell, at) => ' ' + cell.padEnd(widths[at] - 1)).join('│') + '│'
  return [line('┌', '┬', '┐'), shown(head), line('├', '┼', '┤'), ...cells.map(shown), line('└', '┴', '┘')].join('\n')
}
`
