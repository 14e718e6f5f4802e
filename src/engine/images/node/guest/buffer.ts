/** Part of the guest's Node (prelude.ts): Buffer and its encodings. Neither backquotes nor `${` inside, as it stands in a template string. */
export const bufferText = String.raw`
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
`
