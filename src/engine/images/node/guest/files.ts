/** Part of the guest's Node (prelude.ts): `path`, `fs` and streams. Neither backquotes nor `${` inside, as it stands in a template string. */
export const filesText = String.raw`
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
`
