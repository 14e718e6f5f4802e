/** Part of the guest's Node (prelude.ts): how the guest asks the host, and errors that read as V8's do. Neither backquotes nor `${` inside, as it stands in a template string. */
export const hostText = String.raw`
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
`
