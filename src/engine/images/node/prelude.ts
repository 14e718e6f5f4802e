/**
 * Node's own modules, as far as they are simulated, in the guest's JavaScript. It is evaluated once in a fresh VM, which is then
 * snapshotted; every `node` process begins as a copy of that. What only the machine can do goes through `__host(op, json)`; what
 * happens outside comes in through `__deliver(name, json)`. Nothing may read the environment before `__boot`.
 *
 * Backquotes and `${` would end the string, so the guest code does without them.
 */
export const nodeVersion = 'v22.21.0'

export const prelude = String.raw`
(function (global) {
'use strict'
const hostCall = global.__host
const binaryOf = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
function textFrom(bytes) {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192))
  return text
}
function host(op, argument) {
  const answer = JSON.parse(hostCall(op, JSON.stringify(argument === undefined ? null : argument)))
  if (answer && answer.error) throw systemError(answer.error)
  return answer ? answer.value : undefined
}
const numbers = { EPERM: 1, ENOENT: 2, EIO: 5, EBADF: 9, EAGAIN: 11, EACCES: 13, EEXIST: 17, ENOTDIR: 20, EISDIR: 21, EINVAL: 22, ENOSPC: 28, EROFS: 30, EPIPE: 32, ENOTEMPTY: 39, ELOOP: 40, EADDRINUSE: 98, EADDRNOTAVAIL: 99, ENETUNREACH: 101, ECONNRESET: 104, ETIMEDOUT: 110, ECONNREFUSED: 111, EHOSTUNREACH: 113, ENOTFOUND: 3008, EAI_AGAIN: 3001 }
function systemError(given) {
  const { code, syscall, path, address, port, dest } = given
  const words = given.words || code
  const at = address !== undefined ? ' ' + address + (port ? ':' + port : '') : ''
  let message = code + ': ' + words + ', ' + syscall + (path !== undefined ? " '" + path + "'" : '') + (dest !== undefined ? " -> '" + dest + "'" : '')
  if (syscall === 'connect') message = 'connect ' + code + at
  if (syscall === 'listen') message = 'listen ' + code + ': ' + words + at
  if (syscall === 'getaddrinfo') message = 'getaddrinfo ' + code + ' ' + given.hostname
  const error = new Error(message)
  error.errno = -(numbers[code] || 1)
  error.code = code
  error.syscall = syscall
  if (path !== undefined) error.path = path
  if (address !== undefined) error.address = address
  if (port) error.port = port
  if (given.hostname !== undefined) error.hostname = given.hostname
  return error
}

// ---- errors read as V8's do
const sources = new Map()
const wrapperLength = 62
function frameText(site) {
  let file = site.getFileName() || '<anonymous>'
  let line = site.getLineNumber()
  let column = site.getColumnNumber()
  if (line === 1 && sources.has(file)) column = Math.max(1, column - wrapperLength)
  const name = site.getFunctionName()
  if (name === '<eval>' || name === '<anonymous>' || !name) return sources.has(file) && (!name || name === '<anonymous>') && site.isTop ? 'Object.<anonymous> (' + file + ':' + line + ':' + column + ')' : file + ':' + line + ':' + column
  return name + ' (' + file + ':' + line + ':' + column + ')'
}
function v8Message(message, sites) {
  let match
  if ((match = /^cannot read property '(.*)' of (null|undefined)$/.exec(message))) return 'Cannot read properties of ' + match[2] + " (reading '" + match[1] + "')"
  if ((match = /^cannot set property '(.*)' of (null|undefined)$/.exec(message))) return 'Cannot set properties of ' + match[2] + " (setting '" + match[1] + "')"
  if ((match = /^'?(.*?)'? is not defined$/.exec(message))) return match[1] + ' is not defined'
  if ((match = /^'(.*)' is read-only$/.exec(message))) return 'Assignment to constant variable.'
  if (message === 'not a function') {
    const site = sites[0]
    const source = site && sources.get(site.getFileName())
    const line = source && source.split('\n')[site.getLineNumber() - 1]
    if (line) {
      const column = site.getColumnNumber() - (site.getLineNumber() === 1 ? wrapperLength : 0)
      const before = /([\w$.]+)$/.exec(line.slice(0, column - 1))
      const after = /^[\w$.]*/.exec(line.slice(column - 1))
      const name = (before ? before[1] : '') + (after ? after[0] : '')
      if (name) return name.replace(/\.$/, '') + ' is not a function'
    }
  }
  if (message === 'not iterable' || message === 'value is not iterable') return 'object is not iterable'
  if (message === 'circular reference') return 'Converting circular structure to JSON'
  return message
}
const moduleFrames = ['Module._compile (node:internal/modules/cjs/loader:1692:14)', 'Object..js (node:internal/modules/cjs/loader:1823:10)', 'Module.load (node:internal/modules/cjs/loader:1426:32)', 'Module._load (node:internal/modules/cjs/loader:1249:12)', 'TracingChannel.traceSync (node:diagnostics_channel:322:14)', 'wrapModuleLoad (node:internal/modules/cjs/loader:235:24)', 'Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:152:5)', 'node:internal/main/run_main_module:33:47']
Error.stackTraceLimit = 20
Error.prepareStackTrace = function (error, sites) {
  try {
    const mapped = v8Message(String(error.message), sites)
    if (mapped !== error.message) Object.defineProperty(error, 'message', { value: mapped, writable: true, configurable: true, enumerable: false })
  } catch (ignored) {}
  const own = sites.filter((site) => { const file = site.getFileName(); return file && file !== 'node:prelude' && !site.isNative() })
  const frames = own.slice(0, 10).map((site) => frameText(site))
  let isModule = false
  if (own.length > 0) {
    const last = own[own.length - 1]
    if (sources.has(last.getFileName()) && (!last.getFunctionName() || last.getFunctionName() === '<anonymous>')) {
      isModule = state.isLoading > 0
      if (isModule && frames.length === own.length) frames[frames.length - 1] = 'Object.<anonymous> (' + frames[frames.length - 1] + ')'
    }
  }
  if (isModule) for (const frame of moduleFrames) if (frames.length < 10) frames.push(frame)
  let head
  try { head = String(error) } catch (ignored) { head = 'Error' }
  return head + frames.map((frame) => '\n    at ' + frame).join('')
}
const state = { isLoading: 0, argv: [], env: {}, cwd: '/', isBooted: false }

// ---- util.inspect
function quote(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('\x60') ? '\x60' : "'"
  let out = ''
  for (const letter of text) {
    if (letter === mark || letter === '\\') out += '\\' + letter
    else if (letter === '\n') out += '\\n'
    else if (letter === '\t') out += '\\t'
    else if (letter === '\r') out += '\\r'
    else if (letter === '\b') out += '\\b'
    else if (letter < ' ' || letter === '\x7f') out += '\\x' + letter.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()
    else out += letter
  }
  return mark + out + mark
}
const custom = Symbol.for('nodejs.util.inspect.custom')
function inspect(value, options) {
  const settings = Object.assign({ depth: 2, colors: false, compact: 3, breakLength: 80 }, typeof options === 'object' && options !== null ? options : {})
  if (settings.depth === null) settings.depth = Infinity
  const paint = (text, code) => settings.colors ? '\x1b[' + code + 'm' + text + '\x1b[' + (code === 1 ? 22 : 39) + 'm' : text
  const seen = []
  const circular = new Map()
  function keyText(key) {
    if (typeof key === 'symbol') return '[' + paint(key.toString(), 32) + ']'
    return /^[A-Za-z_$][\w$]*$/.test(key) ? key : paint(quote(key), 32)
  }
  function constructorName(value) {
    for (let at = value; at; at = Object.getPrototypeOf(at)) {
      const found = Object.getOwnPropertyDescriptor(at, 'constructor')
      if (found && typeof found.value === 'function' && found.value.name) return found.value.name
    }
    return null
  }
  function one(value, depth, isTop) {
    switch (typeof value) {
      case 'string': return paint(quote(value), 32)
      case 'number': return paint(Object.is(value, -0) ? '-0' : String(value), 33)
      case 'bigint': return paint(String(value) + 'n', 33)
      case 'boolean': return paint(String(value), 33)
      case 'undefined': return paint('undefined', 90)
      case 'symbol': return paint(value.toString(), 32)
    }
    if (value === null) return paint('null', 1)
    if (typeof value[custom] === 'function') {
      const made = value[custom](settings.depth - depth, settings, inspect)
      return typeof made === 'string' ? made : one(made, depth)
    }
    if (seen.includes(value)) {
      if (!circular.has(value)) circular.set(value, circular.size + 1)
      return paint('[Circular *' + circular.get(value) + ']', 36)
    }
    const isArray = Array.isArray(value)
    const name = constructorName(value)
    const keys = Object.keys(value).filter((key) => !(isArray || ArrayBuffer.isView(value)) || !/^\d+$/.test(key))
    for (const symbol of Object.getOwnPropertySymbols(value)) if (Object.prototype.propertyIsEnumerable.call(value, symbol)) keys.push(symbol)
    let prefix = ''
    let braces = ['{', '}']
    let base = ''
    if (typeof value === 'function') {
      const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : constructorName(value) || 'Function'
      base = paint(kind === 'class' ? '[class ' + (value.name || '(anonymous)') + ']' : '[' + kind + (value.name ? ': ' + value.name : ' (anonymous)') + ']', 36)
      if (keys.length === 0) return base
    } else if (value instanceof Error) {
      let stack = typeof value.stack === 'string' && value.stack ? value.stack : '[' + String(value) + ']'
      base = depth > 0 && typeof value.stack === 'string' ? stack.replace(/\n/g, '\n' + '    '.repeat(0)) : stack
      if (value.cause !== undefined && !keys.includes('cause')) keys.push('cause')
      if (keys.length === 0) return base
    } else if (value instanceof RegExp) { base = paint(String(value), 31); if (keys.length === 0) return base }
    else if (value instanceof Date) { base = paint(isNaN(value) ? 'Invalid Date' : value.toISOString(), 35); if (keys.length === 0) return base }
    else if (value instanceof Number || value instanceof String || value instanceof Boolean) { base = paint('[' + name + ': ' + inspect(value.valueOf()) + ']', 33); if (!(value instanceof String) && keys.length === 0) return base }
    if (depth > settings.depth && !base) return paint(isArray ? '[Array]' : '[' + (name || 'Object: null prototype') + ']', 36)
    seen.push(value)
    let entries = []
    if (isArray) {
      braces = ['[', ']']
      if (name !== 'Array' && name) prefix = name + '(' + value.length + ') '
      const shown = Math.min(100, value.length)
      for (let index = 0; index < shown; index++) entries.push(index in value ? one(value[index], depth + 1) : paint('<1 empty item>', 90))
      if (value.length > shown) entries.push('... ' + (value.length - shown) + ' more item' + (value.length - shown > 1 ? 's' : ''))
    } else if (value instanceof Buffer) { seen.pop(); return value.inspectText() }
    else if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      braces = ['[', ']']
      prefix = name + '(' + value.length + ') '
      for (let index = 0; index < Math.min(100, value.length); index++) entries.push(one(value[index], depth + 1))
    } else if (value instanceof Map) {
      prefix = name + '(' + value.size + ') '
      for (const [key, item] of value) entries.push(one(key, depth + 1) + ' => ' + one(item, depth + 1))
    } else if (value instanceof Set) {
      prefix = name + '(' + value.size + ') '
      for (const item of value) entries.push(one(item, depth + 1))
    } else if (value instanceof Promise) { prefix = 'Promise '; entries.push(paint('<pending>', 36)) }
    else if (typeof value !== 'function' && !base) {
      if (name === null) prefix = '[Object: null prototype] '
      else if (name !== 'Object') prefix = name + ' '
      const tag = value[Symbol.toStringTag]
      if (typeof tag === 'string' && tag && tag !== name) prefix += '[' + tag + '] '
    }
    for (const key of keys) {
      const found = Object.getOwnPropertyDescriptor(value, key)
      let text
      if (found && found.get) text = paint(found.set ? '[Getter/Setter]' : '[Getter]', 36)
      else text = one(value[key], depth + 1)
      entries.push((value instanceof Error && key === 'cause' ? '[cause]' : keyText(key)) + ': ' + text)
    }
    seen.pop()
    const mark = circular.has(value) ? paint('<ref *' + circular.get(value) + '>', 36) + ' ' : ''
    if (base) { braces[0] = base + ' {' ; prefix = '' }
    if (entries.length === 0) return mark + prefix + (base || braces[0] + braces[1])
    const plain = (text) => text.replace(/\x1b\[\d+m/g, '')
    if (isArray && entries.length > 6 && entries.every((entry) => !entry.includes('\n'))) entries = grouped(entries, value)
    const total = entries.reduce((sum, entry) => sum + plain(entry).length + 2, 0) + braces[0].length + prefix.length
    const isFlat = entries.every((entry) => !entry.includes('\n'))
    const inner = depthOf(value, 0)
    if (isFlat && total <= 72 && inner <= 3 && !(value instanceof Error)) return mark + prefix + braces[0] + ' ' + entries.join(', ') + ' ' + braces[1]
    return mark + prefix + braces[0] + '\n' + entries.map((entry) => '  ' + entry.replace(/\n/g, '\n  ')).join(',\n') + '\n' + braces[1]
  }
  function depthOf(value, at) {
    if (typeof value !== 'object' || value === null || at > 4) return 0
    let most = 0
    for (const key of Object.keys(value).slice(0, 50)) { try { most = Math.max(most, depthOf(value[key], at + 1)) } catch (ignored) {} }
    return most + 1
  }
  function grouped(entries, value) {
    const isNumber = value.every((item) => typeof item === 'number' || typeof item === 'bigint')
    const lengths = entries.map((entry) => entry.length + 2)
    const longest = Math.max.apply(null, lengths)
    const total = lengths.reduce((sum, length) => sum + length, 0)
    if (longest * 3 + 2 >= 80 || (total / longest <= 5 && longest > 8)) return entries
    const columns = Math.min(Math.round(Math.sqrt(2.5 * Math.max(longest - total / entries.length, 1) * entries.length) / Math.max(longest - total / entries.length, 1)) || 1, Math.floor(80 / longest), 12, 15)
    if (columns <= 1) return entries
    const widths = []
    for (let column = 0; column < columns; column++) {
      let width = 0
      for (let at = column; at < entries.length; at += columns) width = Math.max(width, lengths[at])
      widths.push(width)
    }
    const rows = []
    for (let at = 0; at < entries.length; at += columns) {
      const row = []
      for (let column = 0; column < columns && at + column < entries.length; column++) {
        const isLast = column === columns - 1 || at + column === entries.length - 1
        const text = entries[at + column] + (at + column === entries.length - 1 ? '' : isLast ? '' : ', ')
        row.push(isNumber ? (isLast ? text.padStart(widths[column] - 2) : text.padStart(widths[column])) : isLast ? text : text.padEnd(widths[column]))
      }
      rows.push(row.join(''))
    }
    return rows
  }
  return one(value, 0, true)
}
inspect.custom = custom
function format(first, ...rest) {
  if (typeof first !== 'string') return [first, ...rest].map((item) => typeof item === 'string' ? item : inspect(item)).join(' ')
  let at = 0
  const text = first.replace(/%[sdifjoOc%]/g, (mark) => {
    if (mark === '%%') return rest.length === 0 ? mark : '%'
    if (at >= rest.length) return mark
    const item = rest[at++]
    switch (mark) {
      case '%s': return typeof item === 'string' ? item : typeof item === 'object' && item !== null && !(item instanceof Error) ? inspect(item, { depth: 0 }) : String(item)
      case '%d': return String(Number(item))
      case '%i': return String(parseInt(item))
      case '%f': return String(parseFloat(item))
      case '%j': return JSON.stringify(item)
      case '%c': return ''
      default: return inspect(item, { depth: 4 })
    }
  })
  return [text, ...rest.slice(at).map((item) => typeof item === 'string' ? item : inspect(item))].join(' ')
}

// ---- Buffer
const base64Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
function utf8(text) {
  const bytes = []
  for (const letter of String(text)) {
    const code = letter.codePointAt(0)
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | code >> 6, 0x80 | code & 63)
    else if (code < 0x10000) { if (code >= 0xd800 && code < 0xe000) bytes.push(0xef, 0xbf, 0xbd); else bytes.push(0xe0 | code >> 12, 0x80 | code >> 6 & 63, 0x80 | code & 63) }
    else bytes.push(0xf0 | code >> 18, 0x80 | code >> 12 & 63, 0x80 | code >> 6 & 63, 0x80 | code & 63)
  }
  return Uint8Array.from(bytes)
}
function utf8Text(bytes) {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at]
    const length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0
    if (length === 1) { text += String.fromCharCode(first); at++; continue }
    let code = length === 0 ? -1 : first & (0xff >> (length + 1))
    for (let next = 1; next < length && code >= 0; next++) code = (bytes[at + next] & 0xc0) === 0x80 ? code << 6 | bytes[at + next] & 63 : -1
    if (code < 0) { text += '\ufffd'; at++; continue }
    text += String.fromCodePoint(code)
    at += length
  }
  return text
}
class Buffer extends Uint8Array {
  static from(value, encoding, length) {
    if (typeof value === 'string') return Buffer.view(encoded(value, encoding))
    if (value instanceof ArrayBuffer) return new Buffer(value, encoding || 0, length === undefined ? value.byteLength - (encoding || 0) : length)
    if (value && value.type === 'Buffer' && Array.isArray(value.data)) return Buffer.view(Uint8Array.from(value.data))
    if (value === null || value === undefined) throw new TypeError('The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received ' + value)
    return Buffer.view(Uint8Array.from(value))
  }
  static view(bytes) { return new Buffer(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
  static alloc(size, fill) { const made = new Buffer(size); if (fill !== undefined) made.fill(typeof fill === 'string' ? fill.charCodeAt(0) : fill); return made }
  static allocUnsafe(size) { return new Buffer(size) }
  static concat(list, total) {
    const made = new Buffer(total === undefined ? list.reduce((sum, one) => sum + one.length, 0) : total)
    let at = 0
    for (const one of list) { made.set(one.subarray(0, made.length - at), at); at += one.length }
    return made
  }
  static isBuffer(value) { return value instanceof Buffer }
  static isEncoding(name) { return ['utf8', 'utf-8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'utf16le', 'ucs2'].includes(String(name).toLowerCase()) }
  static byteLength(value, encoding) { return typeof value === 'string' ? encoded(value, encoding).length : value.byteLength }
  static compare(a, b) { for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1; return Math.sign(a.length - b.length) }
  toString(encoding, start, end) { return decoded(this.subarray(start || 0, end === undefined ? this.length : end), encoding) }
  toJSON() { return { type: 'Buffer', data: Array.from(this) } }
  equals(other) { return Buffer.compare(this, other) === 0 }
  write(text, offset, length, encoding) { const bytes = encoded(text, encoding).subarray(0, this.length - (offset || 0)); this.set(bytes, offset || 0); return bytes.length }
  copy(target, at, start, end) { const part = this.subarray(start || 0, end === undefined ? this.length : end); target.set(part.subarray(0, target.length - (at || 0)), at || 0); return part.length }
  slice(start, end) { return Buffer.view(Uint8Array.prototype.subarray.call(this, start, end)) }
  indexOf(value, from, encoding) {
    if (typeof value === 'number') return Uint8Array.prototype.indexOf.call(this, value, from)
    const wanted = typeof value === 'string' ? encoded(value, encoding) : value
    for (let at = from || 0; at <= this.length - wanted.length; at++) { let same = 0; while (same < wanted.length && this[at + same] === wanted[same]) same++; if (same === wanted.length) return at }
    return -1
  }
  includes(value, from, encoding) { return this.indexOf(value, from, encoding) >= 0 }
  inspectText() { return '<Buffer' + Array.from(this.subarray(0, 50), (byte) => ' ' + byte.toString(16).padStart(2, '0')).join('') + (this.length > 50 ? ' ... ' + (this.length - 50) + ' more bytes' : '') + '>' }
  static get [Symbol.species]() { return Buffer }
}
for (const [kind, size] of [['Int8', 1], ['Uint8', 1], ['Int16', 2], ['Uint16', 2], ['Int32', 4], ['Uint32', 4], ['Float32', 4], ['Float64', 8], ['BigInt64', 8], ['BigUint64', 8]]) {
  const name = { Uint8: 'UInt8', Uint16: 'UInt16', Uint32: 'UInt32', Float32: 'Float', Float64: 'Double', BigUint64: 'BigUInt64' }[kind] || kind
  for (const end of size === 1 ? [''] : ['BE', 'LE']) {
    const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    const within = (buffer, at) => { if (at < 0 || at + size > buffer.length) throw Object.assign(new RangeError('The value of "offset" is out of range. It must be >= 0 and <= ' + (buffer.length - size) + '. Received ' + at), { code: 'ERR_OUT_OF_RANGE' }) }
    Buffer.prototype['read' + name + end] = function (at = 0) { within(this, at); return view(this)['get' + kind](at, end === 'LE') }
    Buffer.prototype['write' + name + end] = function (value, at = 0) { within(this, at); view(this)['set' + kind](at, value, end === 'LE'); return at + size }
    if (name.includes('UInt')) for (const verb of ['read', 'write']) Buffer.prototype[verb + name.replace('UInt', 'Uint') + end] = Buffer.prototype[verb + name + end]
  }
}
function encoded(text, encoding) {
  switch (String(encoding || 'utf8').toLowerCase()) {
    case 'hex': return Uint8Array.from((text.match(/[0-9a-f]{2}/gi) || []).map((pair) => parseInt(pair, 16)))
    case 'base64': case 'base64url': {
      const bytes = []
      let bits = 0, held = 0
      for (const letter of text.replace(/-/g, '+').replace(/_/g, '/')) {
        const value = base64Letters.indexOf(letter)
        if (value < 0) continue
        held = held << 6 | value
        bits += 6
        if (bits >= 8) { bits -= 8; bytes.push(held >> bits & 255) }
      }
      return Uint8Array.from(bytes)
    }
    case 'latin1': case 'binary': case 'ascii': return binaryOf(text)
    case 'utf16le': case 'ucs2': { const bytes = []; for (let at = 0; at < text.length; at++) bytes.push(text.charCodeAt(at) & 255, text.charCodeAt(at) >> 8); return Uint8Array.from(bytes) }
    default: return utf8(text)
  }
}
function decoded(bytes, encoding) {
  switch (String(encoding || 'utf8').toLowerCase()) {
    case 'hex': return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    case 'base64': case 'base64url': {
      let text = ''
      for (let at = 0; at < bytes.length; at += 3) {
        const value = bytes[at] << 16 | (bytes[at + 1] || 0) << 8 | (bytes[at + 2] || 0)
        text += base64Letters[value >> 18] + base64Letters[value >> 12 & 63] + (at + 1 < bytes.length ? base64Letters[value >> 6 & 63] : '=') + (at + 2 < bytes.length ? base64Letters[value & 63] : '=')
      }
      return encoding === 'base64url' ? text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '') : text
    }
    case 'latin1': case 'binary': return textFrom(bytes)
    case 'ascii': return textFrom(bytes.map((byte) => byte & 127))
    default: return utf8Text(bytes)
  }
}
const toBinary = (data, encoding) => textFrom(typeof data === 'string' ? encoded(data, encoding) : data instanceof Uint8Array ? data : encoded(String(data)))

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

// ---- path
const path = {
  sep: '/', delimiter: ':',
  normalize(given) { const isAbsolute = given.startsWith('/'); const out = []; for (const name of given.split('/')) { if (name === '' || name === '.') continue; if (name === '..' && out.length && out[out.length - 1] !== '..') out.pop(); else if (name !== '..' || !isAbsolute) out.push(name) } const text = out.join('/') + (given.endsWith('/') && out.length ? '/' : ''); return isAbsolute ? '/' + text : text || '.' },
  join(...parts) { const joined = parts.filter((part) => part !== '').join('/'); return joined === '' ? '.' : path.normalize(joined) },
  resolve(...parts) { let full = ''; for (let at = parts.length - 1; at >= 0 && !full.startsWith('/'); at--) if (parts[at]) full = full ? parts[at] + '/' + full : parts[at]; if (!full.startsWith('/')) full = process.cwd() + '/' + full; const out = path.normalize(full); return out.length > 1 && out.endsWith('/') ? out.slice(0, -1) : out },
  isAbsolute: (given) => given.startsWith('/'),
  dirname(given) { const trimmed = given.replace(/(.)\/+$/, '$1'); const at = trimmed.lastIndexOf('/'); return at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at) },
  basename(given, end) { const name = given.replace(/\/+$/, '').split('/').pop(); return end && name.endsWith(end) && name !== end ? name.slice(0, -end.length) : name },
  extname(given) { const name = path.basename(given); const at = name.lastIndexOf('.'); return at <= 0 ? '' : name.slice(at) },
  relative(from, to) { const a = path.resolve(from).split('/').filter(Boolean), b = path.resolve(to).split('/').filter(Boolean); let same = 0; while (same < a.length && a[same] === b[same]) same++; return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/') },
  parse(given) { const base = path.basename(given), ext = path.extname(given); return { root: given.startsWith('/') ? '/' : '', dir: path.dirname(given) === '.' ? '' : path.dirname(given), base, ext, name: ext ? base.slice(0, -ext.length) : base } },
  format(parts) { return (parts.dir ? parts.dir + '/' : parts.root || '') + (parts.base || (parts.name || '') + (parts.ext || '')) },
}
path.posix = path

// ---- fs
class Stats {
  constructor(given) { Object.assign(this, { dev: 1, ino: given.ino, mode: given.mode, nlink: given.nlink, uid: given.uid, gid: given.gid, size: given.size, atimeMs: given.atimeMs, mtimeMs: given.mtimeMs, ctimeMs: given.ctimeMs, atime: new Date(given.atimeMs), mtime: new Date(given.mtimeMs), ctime: new Date(given.ctimeMs), birthtime: new Date(given.ctimeMs) }); Object.defineProperty(this, 'kind', { value: given.kind }) }
  isFile() { return this.kind === 'file' }
  isDirectory() { return this.kind === 'directory' }
  isSymbolicLink() { return this.kind === 'symlink' }
  isSocket() { return this.kind === 'socket' }
  isFIFO() { return this.kind === 'fifo' }
}
const encodingOf = (options) => typeof options === 'string' ? options : options && options.encoding
const pathText = (given) => given instanceof URL ? decodeURIComponent(given.pathname) : given instanceof Buffer ? given.toString() : String(given)
const sync = {
  readFile(given, options) { const bytes = Buffer.view(binaryOf(host('fs-read', { path: typeof given === 'number' ? given : pathText(given) }))); const encoding = encodingOf(options); return encoding ? bytes.toString(encoding) : bytes },
  writeFile(given, data, options) { host('fs-write', { path: pathText(given), data: toBinary(data, encodingOf(options)), append: (options && options.flag === 'a') || false, mode: options && options.mode }) },
  appendFile(given, data, options) { host('fs-write', { path: pathText(given), data: toBinary(data, encodingOf(options)), append: true }) },
  readdir(given, options) { const names = host('fs-list', { path: pathText(given) }); return options && options.withFileTypes ? names.map((name) => Object.assign(sync.lstat(path.join(pathText(given), name)), { name, parentPath: pathText(given) })) : names },
  stat(given, options) { try { return new Stats(host('fs-stat', { path: pathText(given), follow: true })) } catch (error) { if (options && options.throwIfNoEntry === false && error.code === 'ENOENT') return undefined; throw error } },
  lstat(given) { return new Stats(host('fs-stat', { path: pathText(given), follow: false })) },
  mkdir(given, options) { host('fs-mkdir', { path: pathText(given), recursive: Boolean(options && options.recursive) }) },
  mkdtemp(prefix) { const made = prefix + Math.random().toString(36).slice(2, 8).padEnd(6, 'x'); sync.mkdir(made); return made },
  rmdir(given) { host('fs-rmdir', { path: pathText(given) }) },
  rm(given, options) { host('fs-rm', { path: pathText(given), recursive: Boolean(options && options.recursive), force: Boolean(options && options.force) }) },
  unlink(given) { host('fs-unlink', { path: pathText(given) }) },
  rename(from, to) { host('fs-rename', { path: pathText(from), dest: pathText(to) }) },
  copyFile(from, to) { sync.writeFile(to, sync.readFile(from)) },
  symlink(target, given) { host('fs-symlink', { target, path: pathText(given) }) },
  readlink(given) { return host('fs-readlink', { path: pathText(given) }) },
  realpath(given) { return host('fs-realpath', { path: pathText(given) }) },
  chmod(given, mode) { host('fs-chmod', { path: pathText(given), mode: typeof mode === 'string' ? parseInt(mode, 8) : mode }) },
  chown(given, uid, gid) { host('fs-chown', { path: pathText(given), uid, gid }) },
  access(given) { host('fs-access', { path: pathText(given) }) },
  utimes() {},
}
const fs = { constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 }, Stats, promises: { constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 } } }
for (const name of Object.keys(sync)) {
  fs[name + 'Sync'] = sync[name]
  fs.promises[name] = (...values) => new Promise((resolve, reject) => { later(() => { try { resolve(sync[name](...values)) } catch (error) { reject(error) } }) })
  fs[name] = (...values) => {
    const callback = values.pop()
    if (typeof callback !== 'function') throw Object.assign(new TypeError('The "cb" argument must be of type function. Received ' + inspect(callback)), { code: 'ERR_INVALID_ARG_TYPE' })
    later(() => { let result; try { result = sync[name](...values) } catch (error) { return callback(error) } callback(null, result) })
  }
}
fs.existsSync = (given) => { try { host('fs-stat', { path: pathText(given), follow: true }); return true } catch (error) { return false } }
fs.exists = (given, callback) => later(() => callback(fs.existsSync(given)))
fs.createReadStream = (given, options) => { const stream = new Readable(); later(() => { try { stream.emit('open', 3); stream.push(sync.readFile(given, options)); stream.push(null) } catch (error) { stream.emit('error', error) } }); return stream }
fs.createWriteStream = (given, options) => { const stream = new Writable(); if (!(options && String(options.flags || '').startsWith('a'))) sync.writeFile(given, ''); stream._write = (data, encoding, done) => { sync.appendFile(given, data); done() }; return stream }
fs.openSync = () => { throw new Error('fs.openSync is not simulated in this sandbox; use readFileSync, writeFileSync or appendFileSync') }
fs.watch = fs.watchFile = () => { const watcher = new EventEmitter(); watcher.close = () => {}; return watcher }
function later(run) { immediates.push({ run }) }

// ---- streams
class Stream extends EventEmitter {
  pipe(to, options) { this.on('data', (data) => to.write(data)); if (!options || options.end !== false) this.on('end', () => { if (to !== process.stdout && to !== process.stderr) to.end() }); to.emit && to.emit('pipe', this); return to }
}
class Readable extends Stream {
  constructor(options) { super(); this._chunks = []; this._isFlowing = false; this._isOver = false; this.readable = true; this._encoding = options && options.encoding; if (options && options.read) this._read = options.read }
  static from(items) { const made = new Readable(); (async () => { for await (const item of items) made.push(item); made.push(null) })(); return made }
  push(chunk) { if (chunk === null) this._isOver = true; else if (chunk !== undefined) this._chunks.push(typeof chunk === 'string' && !this._encoding ? Buffer.from(chunk) : chunk); if (this._isFlowing) this._schedule(); return true }
  _schedule() { if (!this._isScheduled) { this._isScheduled = true; process.nextTick(() => this._flow()) } }
  _flow() { this._isScheduled = false; while (this._isFlowing && this._chunks.length) { const chunk = this._chunks.shift(); this.emit('data', this._encoding && chunk instanceof Uint8Array ? Buffer.view(chunk).toString(this._encoding) : chunk) } if (this._isOver && !this._hasEnded && this._chunks.length === 0) { this._hasEnded = true; this.readable = false; this.readableEnded = true; this.emit('end'); this.emit('close') } }
  on(name, listener) { super.on(name, listener); if (name === 'data') this.resume(); return this }
  resume() { this._isFlowing = true; if (this._read) this._read(16384); this._schedule(); return this }
  pause() { this._isFlowing = false; return this }
  setEncoding(encoding) { this._encoding = encoding; return this }
  destroy(error) { if (error) this.emit('error', error); this.emit('close'); return this }
  async *[Symbol.asyncIterator]() {
    const chunks = []
    let wake, isOver = false, failure
    this.on('data', (data) => { chunks.push(data); if (wake) wake() })
    this.on('end', () => { isOver = true; if (wake) wake() })
    this.on('error', (error) => { failure = error; if (wake) wake() })
    for (;;) { if (chunks.length) yield chunks.shift(); else if (failure) throw failure; else if (isOver) return; else await new Promise((resolve) => { wake = resolve }) }
  }
}
class Writable extends Stream {
  constructor(options) { super(); this.writable = true; if (options && options.write) this._write = options.write; if (options && options.final) this._final = options.final }
  _write(data, encoding, done) { done() }
  write(data, encoding, callback) { const done = typeof encoding === 'function' ? encoding : callback; this._write(typeof data === 'string' ? Buffer.from(data, typeof encoding === 'string' ? encoding : undefined) : data, 'buffer', (error) => { if (error) this.emit('error', error); if (done) done(error) }); return true }
  end(data, encoding, callback) { if (typeof data === 'function') callback = data; else if (data !== undefined && data !== null) this.write(data, encoding); if (this.writableEnded) return this; this.writableEnded = true; const finish = () => { this.writableFinished = true; this.emit('finish'); this.emit('close'); if (typeof callback === 'function') callback() }; if (this._final) this._final(finish); else process.nextTick(finish); return this }
  destroy(error) { if (error) this.emit('error', error); this.emit('close'); return this }
  cork() {}
  uncork() {}
}
class Duplex extends Readable { constructor(options) { super(options); this.writable = true; if (options && options.write) this._write = options.write; if (options && options.final) this._final = options.final } }
for (const name of ['_write', 'write', 'end', 'cork', 'uncork']) Duplex.prototype[name] = Writable.prototype[name]
class Transform extends Duplex {
  constructor(options) { super(options); if (options && options.transform) this._transform = options.transform; if (options && options.flush) this._flush = options.flush }
  _write(data, encoding, done) { this._transform(data, encoding, (error, out) => { if (out !== undefined && out !== null) this.push(out); done(error) }) }
  _final(done) { if (this._flush) this._flush((error, out) => { if (out) this.push(out); this.push(null); done() }); else { this.push(null); done() } }
}
class PassThrough extends Transform { _transform(data, encoding, done) { done(null, data) } }
const stream = Object.assign(Stream, { Stream, Readable, Writable, Duplex, Transform, PassThrough, pipeline(...parts) { const done = typeof parts[parts.length - 1] === 'function' ? parts.pop() : () => {}; for (let at = 0; at + 1 < parts.length; at++) { parts[at].on('error', done); parts[at].pipe(parts[at + 1]) } const last = parts[parts.length - 1]; last.on('error', done); last.on('finish', () => done()); return last }, finished(one, done) { one.on('end', () => done()); one.on('finish', () => done()); one.on('error', done) } })

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
