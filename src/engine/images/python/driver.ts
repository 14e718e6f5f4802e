/**
 * JavaScript inside the VM that makes Skulpt behave as CPython at a command line: arguments, standard streams, tracebacks, and the
 * module `_host`, through which the Python half of the library (library.ts) reaches Node's modules of prelude.ts. What blocks in Python
 * is a promise here, which is how an endless loop or `time.sleep` gives way to others and to ^C.
 */
export const driver = String.raw`
// Skulpt looks at this clock to see whether it is time to give way. Session time stands still while code runs, so it counts looks instead.
let looks = 0
globalThis.__look = () => ++looks
;(function () {
let options, fs, http, net, child, dns, interrupted = false, rejectBlocked, stdout = '', isBuffered = false
const pending = new Map()
let nextId = 1
const py = (value) => Sk.ffi.remapToPy(value)
const js = (value) => Sk.ffi.remapToJs(value)
const none = () => Sk.builtin.none.none$
const raise = (name, ...args) => { const type = Sk.builtins[name] || Sk.builtin[name]; return Sk.misceval.callsimArray(type, args) }
const numbers = { ENOENT: [2, 'No such file or directory', 'FileNotFoundError'], EACCES: [13, 'Permission denied', 'PermissionError'], EPERM: [1, 'Operation not permitted', 'PermissionError'], EEXIST: [17, 'File exists', 'FileExistsError'], EISDIR: [21, 'Is a directory', 'IsADirectoryError'], ENOTDIR: [20, 'Not a directory', 'NotADirectoryError'], ENOTEMPTY: [39, 'Directory not empty', 'OSError'], EROFS: [30, 'Read-only file system', 'OSError'], ENOSPC: [28, 'No space left on device', 'OSError'], ECONNREFUSED: [111, 'Connection refused', 'ConnectionRefusedError'], ECONNRESET: [104, 'Connection reset by peer', 'ConnectionResetError'], EADDRINUSE: [98, 'Address already in use', 'OSError'], EHOSTUNREACH: [113, 'No route to host', 'OSError'], ENETUNREACH: [101, 'Network is unreachable', 'OSError'], ETIMEDOUT: [110, 'Connection timed out', 'TimeoutError'], EADDRNOTAVAIL: [99, 'Cannot assign requested address', 'OSError'], EPIPE: [32, 'Broken pipe', 'BrokenPipeError'], ENOTFOUND: [-2, 'Name or service not known', 'gaierror'], EAI_AGAIN: [-3, 'Temporary failure in name resolution', 'gaierror'], ESRCH: [3, 'No such process', 'ProcessLookupError'] }
function osError(error, path) {
  const known = numbers[error && error.code]
  if (!known) return raise('OSError', py(String(error && error.message || error)))
  const type = known[2] === 'gaierror' ? globalThis.__gaierror || Sk.builtins.OSError : Sk.builtins[known[2]]
  return Sk.misceval.callsimArray(type, path === undefined ? [py(known[0]), py(known[1])] : [py(known[0]), py(known[1]), py(path)])
}
function write(fd, text) {
  if (fd === 1 && isBuffered) {
    stdout += text
    if (stdout.length >= 8192) flush()
    return
  }
  (fd === 2 ? process.stderr : process.stdout).write(text)
}
function flush() {
  if (stdout !== '') process.stdout.write(stdout)
  stdout = ''
}
function leave(code) {
  flush()
  process.exit(code)
}
const binary = (bytes) => Buffer.from(bytes).toString('latin1')
const blocked = (promise) => new Sk.misceval.promiseToSuspension(new Promise((resolve, reject) => {
  if (interrupted) { interrupted = false; return reject(raise('KeyboardInterrupt')) }
  rejectBlocked = reject
  const over = (end) => (value) => { if (rejectBlocked === reject) rejectBlocked = undefined; end(value) }
  promise.then(over(resolve), over(reject))
}))

// ---- standard input, line by line
let input = '', inputEnded = false, inputWaiting = [], isReading = false
function beginReading() {
  if (isReading) return
  isReading = true
  process.stdin.setEncoding('latin1')
  process.stdin.on('data', (text) => { input += text; serveInput() })
  process.stdin.on('end', () => { inputEnded = true; serveInput() })
}
function serveInput() {
  while (inputWaiting.length > 0) {
    const { wanted, resolve } = inputWaiting[0]
    let taken
    if (wanted === 'all') { if (!inputEnded) break; taken = input.length }
    else if (wanted === 'line') { const at = input.indexOf('\n'); if (at < 0 && !inputEnded) break; taken = at < 0 ? input.length : at + 1 }
    else { if (input.length < wanted && !inputEnded) break; taken = Math.min(wanted, input.length) }
    const text = input.slice(0, taken)
    input = input.slice(taken)
    inputWaiting.shift()
    resolve(text)
  }
  if (inputWaiting.length === 0 && !inputEnded) { process.stdin.pause(); isPaused = true }
}
let isPaused = false
function fromInput(wanted) {
  flush()
  beginReading()
  if (isPaused) { process.stdin.resume(); isPaused = false }
  return new Promise((resolve) => { inputWaiting.push({ wanted, resolve }); serveInput() })
}
const utf8 = (latin) => Buffer.from(latin, 'latin1').toString('utf8')

// ---- what Python asks for
const calls = {
  write: (fd, text) => { write(fd, text) },
  flush: () => { flush() },
  isatty: (fd) => Boolean((fd === 0 ? process.stdin : fd === 1 ? process.stdout : process.stderr).isTTY),
  environ: () => Object.keys(process.env).map((name) => [name, process.env[name]]),
  setenv: (name, value) => { if (value === null) delete process.env[name]; else process.env[name] = value },
  info: () => ({ argv: options.argv, version: options.version, executable: process.execPath, path: options.path, pid: process.pid, ppid: process.ppid, uid: process.getuid(), gid: process.getgid(), hostname: require('os').hostname(), release: require('os').release(), cpus: require('os').cpus().length }),
  cwd: () => process.cwd(),
  chdir: (path) => { process.chdir(path) },
  read: (path) => fs.readFileSync(path).toString('latin1'),
  put: (path, text, mode) => { if (mode === 'a') fs.appendFileSync(path, Buffer.from(text, 'latin1')); else fs.writeFileSync(path, Buffer.from(text, 'latin1'), mode === 'x' ? { flag: 'wx' } : undefined) },
  list: (path) => fs.readdirSync(path),
  stat: (path) => { const one = fs.statSync(path); return { size: one.size, mode: one.mode, mtime: one.mtimeMs / 1000, uid: one.uid, gid: one.gid, isdir: one.isDirectory(), isfile: one.isFile() } },
  kind: (path) => { try { const one = fs.statSync(path); return one.isDirectory() ? 'directory' : 'file' } catch { return '' } },
  islink: (path) => { try { return fs.lstatSync(path).isSymbolicLink() } catch { return false } },
  realpath: (path) => { try { return fs.realpathSync(path) } catch { return path } },
  mkdir: (path, parents) => { fs.mkdirSync(path, { recursive: parents }) },
  remove: (path) => { fs.unlinkSync(path) },
  rmdir: (path) => { fs.rmdirSync(path) },
  rmtree: (path) => { fs.rmSync(path, { recursive: true }) },
  rename: (from, to) => { fs.renameSync(from, to) },
  chmod: (path, mode) => { fs.chmodSync(path, mode) },
  symlink: (from, to) => { fs.symlinkSync(from, to) },
  kill: (pid, signal) => { process.kill(pid, signal) },
  leave: (code) => { leave(code) },
  now: () => Date.now() / 1000,
  random: () => Math.random(),
  utf8: (text) => Buffer.from(text, 'utf8').toString('latin1'),
  fromUtf8: (text) => utf8(text),
  base64: (text) => Buffer.from(text, 'latin1').toString('base64'),
  unbase64: (text) => Buffer.from(text, 'base64').toString('latin1'),
  digest: (name, text) => require('crypto').createHash(name).update(Buffer.from(text, 'latin1')).digest('hex'),
  quote: (text, safe) => { let out = ''; for (const letter of Buffer.from(text, 'utf8')) { const one = String.fromCharCode(letter); out += /[A-Za-z0-9_.~-]/.test(one) || safe.includes(one) ? one : '%' + letter.toString(16).toUpperCase().padStart(2, '0') } return out },
  unquote: (text) => { let out = ''; text.replace(/%([0-9A-Fa-f]{2})|([^%]+|%)/g, (_, hex, plain) => { out += hex ? String.fromCharCode(parseInt(hex, 16)) : Buffer.from(plain, 'utf8').toString('latin1') }); return utf8(out) },
  search: (pattern, flags, text, from, anchored) => {
    const key = flags + (anchored ? 'y' : 'g') + '/' + pattern
    let one = compiled.get(key)
    if (!one) compiled.set(key, one = new RegExp(translated(pattern), (flags.includes('s') ? 's' : '') + (flags.includes('i') ? 'i' : '') + (flags.includes('m') ? 'm' : '') + (anchored ? 'y' : 'g') + 'd'))
    one.lastIndex = from
    const found = one.exec(text)
    if (!found) return null
    return { spans: found.indices.map((span) => span || [-1, -1]), names: found.indices.groups ? Object.keys(found.indices.groups).map((name) => [name, found.indices.groups[name] ? found.indices.groups[name] : [-1, -1]]) : [] }
  },
  listen: (host, port, kind) => {
    const id = nextId++
    const one = { queue: [], waiting: [], items: new Map(), error: undefined }
    pending.set(id, one)
    const push = (item) => { const waiter = one.waiting.shift(); if (waiter) waiter.resolve(item); else one.queue.push(item) }
    const server = kind === 'http' ? http.createServer((request, response) => {
      const parts = []
      request.on('data', (chunk) => parts.push(chunk))
      request.on('end', () => {
        const number = nextId++
        one.items.set(number, response)
        push({ id: number, method: request.method, path: request.url, headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]), body: binary(Buffer.concat(parts)), peer: [String(request.socket.remoteAddress || '127.0.0.1').replace('::ffff:', ''), request.socket.remotePort || 0] })
      })
    }) : net.createServer((socket) => { push(adopt(socket)) })
    one.server = server
    server.listen(port, host === '' ? undefined : host)
    return id
  },
  respond: (listener, id, status, headers, body) => {
    const response = pending.get(listener).items.get(id)
    pending.get(listener).items.delete(id)
    const sent = {}
    for (const [name, value] of headers) sent[name] = name in sent ? [].concat(sent[name], value) : value
    if (response) { response.writeHead(status, sent); response.end(Buffer.from(body, 'latin1')) }
  },
  close: (id) => { const one = pending.get(id); pending.delete(id); if (one && one.server) one.server.close(); if (one && one.socket) one.socket.destroy() },
  end: (id) => { const one = pending.get(id); if (one && one.socket) one.socket.end() },
  peer: (id) => { const { socket } = pending.get(id); return [String(socket.remoteAddress || '127.0.0.1').replace('::ffff:', ''), socket.remotePort || 0] },
  send: (id, text) => { const one = pending.get(id); if (!one || one.isOver && one.error) throw { code: 'EPIPE' }; one.socket.write(Buffer.from(text, 'latin1')) },
}
const compiled = new Map()
const translated = (pattern) => pattern.replace(/\(\?P</g, '(?<').replace(/\(\?P=(\w+)\)/g, '\\k<$1>').replace(/\\Z/g, '$(?![^])').replace(/\\A/g, '^').replace(/^\(\?[imsx]+\)/, '').replace(/\[\]/g, '[\\]').replace(/\[\^\]/g, '[^\\]')
function adopt(socket) {
  const id = nextId++
  const one = { socket, data: '', isOver: false, error: undefined, waiting: [] }
  pending.set(id, one)
  const tell = () => { for (const { resolve } of one.waiting.splice(0)) resolve() }
  socket.on('data', (chunk) => { one.data += binary(chunk); tell() })
  socket.on('end', () => { one.isOver = true; tell() })
  socket.on('close', () => { one.isOver = true; tell() })
  socket.on('error', (error) => { one.error = error; one.isOver = true; tell() })
  return id
}
const waits = {
  sleep: (seconds) => new Promise((resolve) => setTimeout(() => resolve(null), seconds * 1000)),
  readline: () => fromInput('line'),
  readinput: (count) => fromInput(count < 0 ? 'all' : count),
  next: (id) => new Promise((resolve, reject) => {
    const one = pending.get(id)
    if (one.error) return reject(one.error)
    if (one.queue.length > 0) resolve(one.queue.shift())
    else one.waiting.push({ resolve, reject })
  }),
  connect: (host, port, seconds) => new Promise((resolve, reject) => {
    const socket = net.connect({ host, port })
    const stop = seconds >= 0 ? setTimeout(() => { socket.destroy(); reject({ code: 'TIMEOUT' }) }, seconds * 1000) : undefined
    socket.once('error', (error) => { clearTimeout(stop); reject(error) })
    socket.once('connect', () => { clearTimeout(stop); resolve(adopt(socket)) })
  }),
  receive: async(id, count, seconds) => {
    const one = pending.get(id)
    while (one.data === '' && !one.isOver) await new Promise((resolve, reject) => { one.waiting.push({ resolve }); if (seconds >= 0) setTimeout(() => reject({ code: 'TIMEOUT' }), seconds * 1000) })
    const text = one.data.slice(0, count)
    one.data = one.data.slice(count)
    return text
  },
  lookup: (name) => new Promise((resolve, reject) => dns.lookup(name, (error, address) => error ? reject(error) : resolve(address))),
  request: (method, url, headers, body, seconds) => new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers }, (response) => {
      const parts = []
      response.on('data', (chunk) => parts.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode, reason: response.statusMessage || http.STATUS_CODES[response.statusCode] || '', headers: Object.entries(response.headers).map(([name, value]) => [name, String(value)]), body: binary(Buffer.concat(parts)) }))
    })
    if (seconds >= 0) setTimeout(() => { request.destroy(); reject({ code: 'TIMEOUT' }) }, seconds * 1000)
    request.on('error', reject)
    request.end(Buffer.from(body, 'latin1'))
  }),
  run: (argv, useShell, text, capture) => new Promise((resolve, reject) => {
    flush()
    const one = child.spawn(useShell ? '/bin/sh' : argv[0], useShell ? ['-c', argv] : argv.slice(1), { stdio: [text === null ? 'inherit' : 'pipe', 'pipe', 'pipe'] })
    const out = [], err = []
    one.stdout.on('data', (chunk) => { if (capture.out) out.push(chunk); else process.stdout.write(chunk) })
    one.stderr.on('data', (chunk) => { if (capture.err) err.push(chunk); else process.stderr.write(chunk) })
    one.on('error', reject)
    one.on('close', (code, signal) => resolve({ code: code === null ? -(require('os').constants.signals[signal] || 1) : code, out: binary(Buffer.concat(out)), err: binary(Buffer.concat(err)) }))
    if (text !== null && one.stdin) { one.stdin.write(Buffer.from(text, 'latin1')); one.stdin.end() }
  }),
}
const timeouts = (error) => error && error.code === 'TIMEOUT' ? Sk.misceval.callsimArray(Sk.builtins.TimeoutError, [py('timed out')]) : error instanceof Sk.builtin.BaseException ? error : undefined
globalThis.__hostModule = () => ({
  ask: new Sk.builtin.func((name, ...args) => {
    const given = args.map(js)
    try {
      return py(calls[js(name)](...given))
    } catch (error) {
      throw error instanceof Sk.builtin.BaseException ? error : error instanceof SyntaxError ? raise('ValueError', py(error.message)) : osError(error, typeof given[0] === 'string' && given[0] !== '' ? given[0] : undefined)
    }
  }),
  wait: new Sk.builtin.func((name, ...args) => {
    const given = args.map(js)
    const asked = js(name)
    return blocked(waits[asked](...given).then(py, (error) => { throw timeouts(error) || osError(error, asked === 'run' ? given[0][0] : undefined) }))
  }),
  bytes: new Sk.builtin.func((text) => new Sk.builtin.bytes(Array.from(js(text), (letter) => letter.charCodeAt(0) & 255))),
  binary: new Sk.builtin.func((bytes) => py(Array.from(js(bytes), (one) => String.fromCharCode(one)).join(''))),
  spawn: new Sk.builtin.func((target) => { Sk.misceval.asyncToPromise(() => Sk.misceval.callsimOrSuspendArray(target, []), handlers).catch(tellThread); return none() }),
  onsignal: new Sk.builtin.func((name, handler) => {
    const signal = js(name)
    for (const one of process.listeners(signal)) process.off(signal, one)
    if (handler !== none()) process.on(signal, (_, number) => { Sk.misceval.asyncToPromise(() => Sk.misceval.callsimOrSuspendArray(handler, [py(number), none()]), handlers).catch((error) => failed(error)) })
    return none()
  }),
  setbuiltin: new Sk.builtin.func((name, value) => { Sk.builtins[js(name)] = value; return none() }),
  setgaierror: new Sk.builtin.func((value) => { globalThis.__gaierror = value; return none() }),
})
globalThis.__jsonModule = () => {
  const bad = (words, text, at) => {
    const before = text.slice(0, at)
    const error = Sk.misceval.callsimArray(globalThis.__jsonError, [py(words), py(text), py(at), py(before.split('\n').length), py(at - before.lastIndexOf('\n'))])
    throw error
  }
  const loads = (text) => {
    let at = 0
    const space = () => { while (at < text.length && ' \t\n\r'.includes(text[at])) at++ }
    const string = () => {
      const from = at++
      let out = ''
      for (;;) {
        if (at >= text.length) bad('Unterminated string starting at', text, from)
        const letter = text[at]
        if (letter === '"') { at++; return out }
        if (letter < ' ') bad('Invalid control character at', text, at)
        if (letter !== '\\') { out += letter; at++; continue }
        const next = text[at + 1]
        if (next === 'u') { if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) bad('Invalid \\uXXXX escape', text, at + 1); out += String.fromCharCode(parseInt(text.slice(at + 2, at + 6), 16)); at += 6; continue }
        const plain = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[next]
        if (plain === undefined) bad('Invalid \\escape', text, at)
        out += plain
        at += 2
      }
    }
    const value = () => {
      const letter = text[at]
      if (letter === '"') return py(string())
      if (letter === '{') {
        const dict = new Sk.builtin.dict([])
        at++
        space()
        if (text[at] === '}') { at++; return dict }
        for (;;) {
          if (text[at] !== '"') bad('Expecting property name enclosed in double quotes', text, at)
          const key = string()
          space()
          if (text[at] !== ':') bad("Expecting ':' delimiter", text, at)
          at++
          space()
          dict.mp$ass_subscript(py(key), value())
          space()
          if (text[at] === '}') { at++; return dict }
          if (text[at] !== ',') bad("Expecting ',' delimiter", text, at)
          at++
          space()
        }
      }
      if (letter === '[') {
        const items = []
        at++
        space()
        if (text[at] === ']') { at++; return new Sk.builtin.list([]) }
        for (;;) {
          items.push(value())
          space()
          if (text[at] === ']') { at++; return new Sk.builtin.list(items) }
          if (text[at] !== ',') bad("Expecting ',' delimiter", text, at)
          at++
          space()
        }
      }
      for (const [word, result] of [['null', none()], ['true', Sk.builtin.bool.true$], ['false', Sk.builtin.bool.false$], ['NaN', new Sk.builtin.float_(NaN)], ['Infinity', new Sk.builtin.float_(Infinity)]]) if (text.startsWith(word, at)) { at += word.length; return result }
      const number = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/.exec(text.slice(at, at + 400))
      if (!number) bad('Expecting value', text, at)
      at += number[0].length
      return number[1] || number[2] ? new Sk.builtin.float_(Number(number[0])) : Math.abs(Number(number[0])) < 2 ** 53 ? new Sk.builtin.int_(Number(number[0])) : Sk.misceval.callsimArray(Sk.builtins.int, [py(number[0])])
    }
    space()
    const result = value()
    space()
    if (at < text.length) bad('Extra data', text, at)
    return result
  }
  const quoted = (text, ascii) => '"' + text.replace(/["\\\u0000-\u001f]|[^\x00-\x7f]/g, (letter) => letter === '"' ? '\\"' : letter === '\\' ? '\\\\' : { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' }[letter] || (letter < ' ' || ascii ? '\\u' + letter.charCodeAt(0).toString(16).padStart(4, '0') : letter)) + '"'
  const dumps = (value, { indent, sort, ascii, comma, colon, fallback }) => {
    const shown = (one, depth) => {
      if (one === none()) return 'null'
      if (one === Sk.builtin.bool.true$) return 'true'
      if (one === Sk.builtin.bool.false$) return 'false'
      if (one instanceof Sk.builtin.str) return quoted(js(one), ascii)
      if (one instanceof Sk.builtin.int_) return one.toString()
      if (one instanceof Sk.builtin.float_) return js(Sk.builtin.repr(one)).replace('inf', 'Infinity').replace('nan', 'NaN')
      const between = indent === null ? comma : comma.trimEnd() + '\n' + indent.repeat(depth + 1)
      const around = (open, parts, close) => parts.length === 0 ? open + close : indent === null ? open + parts.join(between) + close : open + '\n' + indent.repeat(depth + 1) + parts.join(between) + '\n' + indent.repeat(depth) + close
      if (one instanceof Sk.builtin.list || one instanceof Sk.builtin.tuple) return around('[', Sk.misceval.arrayFromIterable(one).map((each) => shown(each, depth + 1)), ']')
      if (one instanceof Sk.builtin.dict) {
        const name = (key) => key instanceof Sk.builtin.str ? js(key) : key === none() ? 'null' : key instanceof Sk.builtin.bool ? (key === Sk.builtin.bool.true$ ? 'true' : 'false') : js(Sk.builtin.repr(key))
        let pairs = Sk.misceval.arrayFromIterable(one).map((key) => [name(key), one.mp$subscript(key)])
        if (sort) pairs = pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        return around('{', pairs.map(([key, each]) => quoted(key, ascii) + colon + shown(each, depth + 1)), '}')
      }
      if (fallback !== none()) return shown(Sk.misceval.callsimArray(fallback, [one]), depth)
      throw new Sk.builtin.TypeError('Object of type ' + Sk.abstr.typeName(one) + ' is not JSON serializable')
    }
    return shown(value, 0)
  }
  return {
    loads: new Sk.builtin.func((text) => loads(js(text))),
    dumps: new Sk.builtin.func((value, indent, sort, ascii, comma, colon, fallback) => py(dumps(value, { indent: js(indent), sort: js(sort), ascii: js(ascii), comma: js(comma), colon: js(colon), fallback }))),
    seterror: new Sk.builtin.func((type) => { globalThis.__jsonError = type; return none() }),
  }
}

/** The shortest digits that are this number, in Python's spelling. */
function floatText(value) {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan'
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2')
  const text = String(value)
  return /[.e]/.test(text) ? text : text + '.0'
}

// ---- errors
const yields = () => new Promise((resolve) => setImmediate(resolve))
const handlers = { 'Sk.yield': (suspension) => yields().then(() => {
  if (interrupted) { interrupted = false; suspension.data.error = raise('KeyboardInterrupt'); const { resume } = suspension; try { throwIn(suspension, suspension.data.error) } catch (error) { throw error } }
  return suspension.resume()
}) }
/** Puts an exception where the innermost frame would go on. */
function throwIn(suspension, error) {
  let inner = suspension
  while (inner.child) inner = inner.child
  inner.resume = () => { throw error }
}
function onInterrupt() {
  if (!rejectBlocked) { interrupted = true; return }
  const reject = rejectBlocked
  rejectBlocked = undefined
  reject(raise('KeyboardInterrupt'))
}
function sourceOf(file) {
  if (file === options.file && options.text !== undefined) return options.text.split('\n')
  try { return fs.readFileSync(file).toString('utf8').split('\n') } catch { return [] }
}
function functionAt(lines, number) {
  let indent = /^\s*/.exec(lines[number - 1] || '')[0].length
  for (let at = number - 2; at >= 0 && indent > 0; at--) {
    const line = lines[at]
    if (line.trim() === '') continue
    const own = /^\s*/.exec(line)[0].length
    if (own >= indent) continue
    indent = own
    const def = /^\s*(?:async\s+)?def\s+(\w+)/.exec(line)
    if (def) return def[1]
    const kind = /^\s*class\s+(\w+)/.exec(line)
    if (kind) return kind[1]
  }
  return '<module>'
}
function messageOf(error) {
  const name = Sk.abstr.typeName(error)
  let text
  try { text = js(name === 'KeyError' && error.args.v.length === 1 ? Sk.builtin.repr(error.args.v[0]) : new Sk.builtin.str(error)) } catch { text = error.toString() }
  const joined = /^cannot concatenate 'str' and '(.*)' objects$/.exec(text)
  if (joined) text = 'can only concatenate str (not "' + joined[1] + '") to str'
  return name + (text === '' ? '' : ': ' + text)
}
function tracebackOf(error) {
  const type = Sk.abstr.typeName(error)
  if (/^(SyntaxError|IndentationError|TabError)$/.test(type) || error instanceof Sk.builtin.SyntaxError) {
    const file = String(error.traceback && error.traceback[0] && error.traceback[0].filename || options.file).replace(/^<(string|stdin)>\.py$/, '<$1>')
    const lineno = (error.traceback && error.traceback[0] && error.traceback[0].lineno) || 1
    const line = (sourceOf(file)[lineno - 1] || '').trim()
    const print = /^print\s+[^(=]/.test(line)
    const words = print ? "Missing parentheses in call to 'print'. Did you mean print(...)?" : type === 'SyntaxError' ? 'invalid syntax' : String(js(error.$msg) || 'unexpected indent')
    const absent = /^\s*(nonlocal|async|await|match)\b|:=|\*\*\w+\s*[,}]|\bawait\b/.exec(line)
    if (absent && !print) return '  File "' + file + '", line ' + lineno + '\n    ' + line + '\nSyntaxError: ' + absent[0].trim() + " is Python, but not simulated in this sandbox\n"
    return '  File "' + file + '", line ' + lineno + '\n' + (line === '' ? '' : '    ' + line + '\n    ' + (print ? '^'.repeat(line.length) : '^') + '\n') + type + ': ' + words + '\n'
  }
  const frames = []
  for (const { filename, lineno } of [...(error.traceback || [])].reverse()) {
    const file = String(filename).replace(/^<(string|stdin)>\.py$/, '<$1>')
    if (file.startsWith('src/')) continue
    const lines = sourceOf(file)
    const line = file.startsWith('<') ? '' : (lines[lineno - 1] || '').trim()
    frames.push('  File "' + file + '", line ' + lineno + ', in ' + functionAt(lines, lineno) + '\n' + (line === '' ? '' : '    ' + line + '\n'))
  }
  return 'Traceback (most recent call last):\n' + frames.join('') + messageOf(error) + '\n'
}
function tellThread(error) {
  if (error && Sk.abstr.typeName(error) === 'SystemExit') return
  process.stderr.write('Exception in thread Thread-1:\n' + tracebackOf(error))
}
function failed(error) {
  flush()
  // What Skulpt's compiler stumbles over is a syntax that it does not know.
  if (!(error instanceof Sk.builtin.BaseException)) { process.stderr.write('SyntaxError: a part of this script is not simulated in this sandbox (' + String(error) + ')\n'); return leave(1) }
  const type = Sk.abstr.typeName(error)
  if (type === 'SystemExit') {
    const [value] = error.args.v
    if (value === undefined || value === none()) return leave(0)
    if (value instanceof Sk.builtin.int_) return leave(js(value) & 255)
    process.stderr.write(js(new Sk.builtin.str(value)) + '\n')
    return leave(1)
  }
  process.stderr.write(tracebackOf(error))
  if (type === 'KeyboardInterrupt') { process.off('SIGINT', onInterrupt); flush(); setTimeout(() => process.kill(process.pid, 'SIGINT'), 1); return }
  leave(1)
}

globalThis.__noModule = (name) => { return raise('ModuleNotFoundError', py("No module named '" + name + "'")) }
globalThis.__setUp = (library) => {
  const files = Sk.builtinFiles.files
  for (const file of Object.keys(files)) {
    // Modules that only say that they are not there, or that a page has use for.
    if ((files[file].length < 200 && files[file].includes('not yet implemented')) || /(turtle|webgl|processing|document|image|pythonds|antigravity|webbrowser|\/test)/.test(file)) delete files[file]
  }
  files['src/lib/_skulpt_time.js'] = files['src/lib/time.js']
  files['src/lib/_host.js'] = 'var $builtinmodule = () => __hostModule()'
  files['src/lib/_json.js'] = 'var $builtinmodule = () => __jsonModule()'
  delete files['src/builtin/sys.js']
  for (const [name, text] of Object.entries(library)) {
    for (const old of ['src/lib/' + name.replace(/\.py$/, '.js'), 'src/lib/' + name.replace(/\/__init__\.py$/, '.js'), 'src/lib/' + name.replace(/\/__init__\.py$/, '.py'), 'src/lib/' + name.replace(/\.py$/, '/__init__.js')]) delete files[old]
    files['src/lib/' + name] = text
  }
  // A module of the library is read once, for all processes.
  const compile = Sk.compile
  const read = new Map()
  Sk.compile = (source, file, mode, canSuspend) => {
    if (file.startsWith('src/lib/') && !read.has(file)) read.set(file, compile(source, file, mode, true))
    return file.startsWith('src/lib/') ? { ...read.get(file) } : compile(source, file, mode, canSuspend)
  }
  Sk.configure({
    __future__: Sk.python3,
    output: (text) => write(1, text),
    read: (file) => {
      if (files[file] !== undefined) return files[file]
      if (file.startsWith('src/')) throw 'File not found: ' + file
      try { return fs.readFileSync(file).toString('utf8') } catch { throw 'File not found: ' + file }
    },
    yieldLimit: 400,
    syspath: [],
  })
  // What nearly every script imports; the rest is read when it is imported.
  for (const name of ['sys.py', 'os/__init__.py', 'os/path.py', 'json/__init__.py', 'time.py']) Sk.compile(library[name], 'src/lib/' + name, 'exec', true)
  Sk.importMainWithBody('src/lib/_builtins', false, library['_builtins.py'], false)
  Sk.builtin.float_.prototype.$r = Sk.builtin.float_.prototype.tp$str = function () { return py(floatText(this.v)) }
  Sk.setTimeout = (run, ms) => setTimeout(run, ms)
}

const main = (name, source) => {
  const text = source.replace(/\{([A-Za-z_][\w.\[\]]*)=\}/g, (whole, name, at) => /f["'][^\n]*$/.test(source.slice(0, at)) ? name + '={' + name + '!r}' : whole)
  return begin(name, text)
}
const begin = (name, text) => Sk.misceval.asyncToPromise(() => Sk.importMainWithBody(name, false, text, true), handlers)

async function prompt() {
  const { text: banner } = options
  process.stdout.write(banner)
  Sk.retainGlobals = true
  for (;;) {
    let text = ''
    try {
      for (;;) {
        process.stdout.write(text === '' ? '>>> ' : '... ')
        const line = await new Promise((resolve, reject) => { rejectBlocked = reject; fromInput('line').then((one) => resolve(utf8(one))) })
        if (line === '') { process.stdout.write('\n'); return leave(0) }
        text += line
        const opens = (text.match(/[([{]/g) || []).length > (text.match(/[)\]}]/g) || []).length
        if (!opens && !/:\s*(#.*)?$/.test(text.split('\n')[0]) && !/^@/.test(text) || (!opens && line.trim() === '')) break
      }
      rejectBlocked = undefined
      if (text.trim() === '') continue
      if (/^(exit|quit)\s*$/.test(text.trim())) { process.stdout.write('Use ' + text.trim() + '() or Ctrl-D (i.e. EOF) to exit\n'); continue }
      let body = text
      try { if (!/^\s*(\w[\w.\[\]]*\s*(=[^=]|[-+*\/]=)|import\b|from\b|def\b|class\b|if\b|for\b|while\b|with\b|try\b|print\b|del\b|pass\b|return\b|raise\b|global\b|assert\b)/.test(text)) { const wrapped = '_ = (' + text.trim() + ')\nif _ is not None: print(repr(_))\n'; Sk.compile(wrapped, '<stdin>.py', 'exec', true); body = wrapped } } catch { body = text }
      options.file = '<stdin>'
      options.text = text
      await main('<stdin>', body)
      flush()
    } catch (error) {
      if (error instanceof Sk.builtin.BaseException && Sk.abstr.typeName(error) === 'SystemExit') return failed(error)
      if (error instanceof Sk.builtin.BaseException && Sk.abstr.typeName(error) === 'KeyboardInterrupt') { process.stdout.write('\nKeyboardInterrupt\n'); continue }
      process.stderr.write(error instanceof Sk.builtin.BaseException ? tracebackOf(error) : String(error) + '\n')
    }
  }
}

globalThis.__python = (json) => {
  options = JSON.parse(json)
  fs = require('fs'); http = require('http'); net = require('net'); child = require('child_process'); dns = require('dns')
  isBuffered = !options.isUnbuffered && !process.stdout.isTTY
  Sk.syspath = options.path
  process.on('SIGINT', onInterrupt)
  process.on('exit', flush)
  if (options.isPrompt) { prompt(); return }
  const { file } = options
  // A dot in a module's name means a package: check.sh and /app-1.2/main.py are none.
  main(file.replace(/\.py$/, '').replace(/\./g, '_'), options.text).then(() => { flush() }, failed)
}
})()
`
