/**
 * redis-server over its real protocol (RESP2), and redis-cli. Data is kept in /data/dump.rdb: written on SAVE, on an orderly end, and a
 * minute after a change. Not simulated: streams, scripts, replication, the append-only file and cluster mode.
 */
import { bytesOf, joined, noBytes, textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program, readFrom } from '../../../unix/kernel/process.ts'
import { lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { type Database, dumped, emptyDatabase, execute, type Reply, undumped } from './commands.ts'

/** What the image's server calls itself. */
const versionOf = ({ env }: Process): string => env.REDIS_VERSION ?? '8.2.3'
const saveAfterMs = 60_000

interface Client {
  readonly connection: Connection
  rest: Uint8Array
  isAllowed: boolean
  /** Commands since MULTI; undefined outside of a transaction. */
  queued: string[][] | undefined
  hasMistake: boolean
  readonly channels: Set<string>
}

export const redisServer: Program = function* (process) {
  const args = process.argv.slice(1)
  const option = (name: string): string | undefined => {
    const at = args.indexOf(`--${name}`)
    return at < 0 ? undefined : args[at + 1]
  }
  if (args.includes('--version') || args.includes('-v')) {
    yield* out(process, `Redis server v=${versionOf(process)} sha=00000000:1 malloc=jemalloc-5.3.0 bits=64 build=0\n`)
    return 0
  }
  if (option('appendonly') === 'yes') yield* err(process, 'redis-server: --appendonly: data is kept in dump.rdb only; the append-only file is not simulated in this sandbox\n')
  for (const name of ['replicaof', 'slaveof', 'cluster-enabled']) {
    if (option(name) !== undefined && option(name) !== 'no') yield* err(process, `redis-server: --${name} is not simulated in this sandbox; this is a server of its own\n`)
  }
  const port = Number(option('port') ?? 6379)
  const password = option('requirepass')
  const log = (role: 'C' | 'M', mark: string, text: string): Blocking<void> => out(process, `${process.pid}:${role} ${logTime(process.now())} ${mark} ${text}\n`)
  yield* log('C', '*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo')
  yield* log('C', '*', `Redis version=${versionOf(process)}, bits=64, commit=00000000, modified=1, pid=${process.pid}, just started`)
  if (args.length === 0) yield* log('C', '#', 'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf')
  else yield* log('C', '*', 'Configuration loaded')
  yield* log('M', '*', 'monotonic clock: POSIX clock_gettime')
  yield* log('M', '*', `Running mode=standalone, port=${port}.`)
  const clients = new Set<Client>()
  const news = new WaitQueue()
  let stop
  try {
    stop = process.net.listen(
      port,
      {
        accept(connection) {
          clients.add({ connection, rest: noBytes, isAllowed: password === undefined, queued: undefined, hasMistake: false, channels: new Set() })
          connection.incoming.readable.each(() => news.wake())
          news.wake()
        },
      },
      { owner: process.hostPid },
    )
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* log('M', '#', `Warning: Could not create server TCP listening socket *:${port}: bind: ${error.words}`)
    yield* log('M', '#', 'Failed listening on port 6379 (tcp), aborting.'.replace('6379', String(port)))
    return 1
  }
  const file = process.path(`${option('dir') ?? process.cwd}/dump.rdb`)
  let database = emptyDatabase()
  let ending: string | undefined
  for (const signal of ['TERM', 'INT'] as const) {
    process.handlers.set(signal, () => {
      ending = `SIG${signal}`
      news.wake()
    })
  }
  process.memoryBytes = 9_800_000
  try {
    yield* log('M', '*', 'Server initialized')
    if (process.files.exists(file)) {
      database = undumped(process.files.readText(file))
      yield* log('M', '*', `DB loaded from disk: 0.000 seconds`)
    }
    process.argv = [`${process.argv[0]} *:${port}`]
    yield* log('M', '*', `Ready to accept connections${Number(versionOf(process).split('.')[0]) >= 7 ? ' tcp' : ''}`)
    let saveAt: number | undefined
    for (;;) {
      if (ending !== undefined) {
        yield* log('M', '*', `User requested shutdown...`)
        yield* log('M', '*', 'Saving the final RDB snapshot before exiting.')
        save(process, file, database)
        yield* log('M', '*', 'DB saved on disk')
        yield* log('M', '#', 'Redis is now ready to exit, bye bye...')
        return 0
      }
      for (const client of clients) {
        const { incoming, outgoing } = client.connection
        const bytes = incoming.readAll()
        if (bytes.length > 0) client.rest = joined([client.rest, bytes])
        for (;;) {
          const parsed = commandOf(client.rest)
          if (!parsed) break
          client.rest = client.rest.subarray(parsed.length)
          const name = parsed.argv[0]?.toLowerCase()
          if (name === undefined) continue
          if (name === 'shutdown') ending = 'SHUTDOWN'
          else if (name === 'quit') {
            outgoing.write('+OK\r\n')
            outgoing.end()
            clients.delete(client)
          } else outgoing.write(encoded(answer(parsed.argv, client)))
        }
        if (incoming.isOver) {
          clients.delete(client)
          outgoing.end()
        }
      }
      if (database.dirty > 0) saveAt ??= process.now() + saveAfterMs
      if (saveAt !== undefined && process.now() >= saveAt) {
        save(process, file, database)
        saveAt = undefined
      }
      if (ending === undefined) yield { on: [news], until: saveAt }
    }
  } finally {
    stop()
    for (const { connection } of clients) connection.outgoing.end()
  }

  function configured(argv: readonly string[]): Reply {
    const settings: Readonly<Record<string, string>> = { appendonly: option('appendonly') ?? 'no', bind: '* -::*', databases: '16', dir: option('dir') ?? process.cwd, maxclients: '10000', maxmemory: option('maxmemory') ?? '0', 'maxmemory-policy': option('maxmemory-policy') ?? 'noeviction', port: String(port), requirepass: password ?? '', save: option('save') ?? '3600 1 300 100 60 10000', timeout: '0' }
    const action = (argv[1] ?? '').toLowerCase()
    if (action === 'get') return Object.entries(settings).filter(([name]) => argv.slice(2).some((pattern) => matched(pattern).test(name))).flat()
    return { error: `ERR 'config ${action}' is not simulated in this sandbox` }
  }

  function answer(argv: readonly string[], client: Client): Reply {
    const name = argv[0].toLowerCase()
    if (name === 'auth') {
      if (password === undefined) return { error: 'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?' }
      client.isAllowed = argv.at(-1) === password
      return client.isAllowed ? { status: 'OK' } : { error: 'WRONGPASS invalid username-password pair or user is disabled.' }
    }
    if (!client.isAllowed) return { error: 'NOAUTH Authentication required.' }
    if (client.queued && !['exec', 'discard', 'multi', 'watch'].includes(name)) {
      const problem = execute({ values: new Map(), expiresAt: new Map(), dirty: 0 }, argv, process.now())
      // What is no command or lacks arguments spoils the whole transaction, as it is found out when it is queued.
      if (problem !== null && typeof problem === 'object' && 'error' in problem && /^ERR (unknown command|wrong number|'\w+' is not simulated)/.test(problem.error)) {
        client.hasMistake = true
        return problem
      }
      client.queued.push([...argv])
      return { status: 'QUEUED' }
    }
    switch (name) {
      case 'multi':
        if (client.queued) return { error: 'ERR MULTI calls can not be nested' }
        client.queued = []
        client.hasMistake = false
        return { status: 'OK' }
      case 'discard': case 'exec': {
        const { queued, hasMistake } = client
        if (!queued) return { error: `ERR ${name.toUpperCase()} without MULTI` }
        client.queued = undefined
        if (name === 'discard') return { status: 'OK' }
        return hasMistake ? { error: 'EXECABORT Transaction discarded because of previous errors.' } : queued.map((one) => execute(database, one, process.now()))
      }
      case 'watch': case 'unwatch': return { error: `ERR '${name}' is not simulated in this sandbox` }
      case 'publish': {
        const listeners = [...clients].filter(({ channels }) => channels.has(argv[1]))
        for (const { connection } of listeners) connection.outgoing.write(encoded(['message', argv[1] ?? '', argv[2] ?? '']))
        return listeners.length
      }
      case 'subscribe': case 'unsubscribe': {
        const names = argv.length > 1 ? argv.slice(1) : [...client.channels]
        for (const [at, channel] of names.entries()) {
          if (name === 'subscribe') client.channels.add(channel)
          else client.channels.delete(channel)
          if (at < names.length - 1) client.connection.outgoing.write(encoded([name, channel, client.channels.size]))
        }
        return [name, names.at(-1) ?? null, client.channels.size]
      }
      case 'psubscribe': case 'replicaof': case 'slaveof': return { error: `ERR '${name}' is not simulated in this sandbox` }
      case 'role': return ['master', 0, []]
      case 'config': return configured(argv)
    }
    if (name === 'save' || name === 'bgsave') {
      save(process, file, database)
      return { status: name === 'save' ? 'OK' : 'Background saving started' }
    }
    if (name === 'info') return info(process, database, clients.size, port)
    if (name === 'command' || name === 'client') return name === 'client' ? { status: 'OK' } : []
    return execute(database, argv, process.now())
  }
}

function matched(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')
}

function save(process: Process, file: string, database: Database): void {
  process.files.writeFile(file, dumped(database), { mode: 0o600 }, process.credentials)
  database.dirty = 0
}

function info(process: Process, { values, expiresAt }: Database, clients: number, port: number): string {
  const up = Math.floor((process.now() - process.startedAt) / 1000)
  return [
    '# Server', `redis_version:${versionOf(process)}`, 'redis_mode:standalone', `os:Linux ${process.kernel.release} x86_64`, `process_id:${process.pid}`, `tcp_port:${port}`, `uptime_in_seconds:${up}`, '',
    '# Clients', `connected_clients:${clients}`, '', '# Memory', 'used_memory:1021600', 'used_memory_human:997.66K', 'maxmemory:0', '', '# Replication', 'role:master', 'connected_slaves:0', '',
    '# Keyspace', ...(values.size > 0 ? [`db0:keys=${values.size},expires=${expiresAt.size},avg_ttl=0`] : []), '',
  ].join('\r\n')
}

function logTime(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\d+:\d+:\d+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${day} ${month} ${year} ${time}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`
}

/** The first whole command of what came: RESP arrays, or a line as people type it into nc. */
function commandOf(bytes: Uint8Array): { readonly argv: readonly string[]; readonly length: number } | undefined {
  const end = bytes.indexOf(10)
  if (end < 0) return undefined
  const line = textOf(bytes.subarray(0, end)).trimEnd()
  if (!line.startsWith('*')) return { argv: line.split(/\s+/).filter(Boolean), length: end + 1 }
  const argv: string[] = []
  let at = end + 1
  for (let count = Number(line.slice(1)); count > 0; count--) {
    const next = bytes.indexOf(10, at)
    if (next < 0) return undefined
    const size = Number(textOf(bytes.subarray(at + 1, next)).trim())
    at = next + 1 + size + 2
    if (at > bytes.length) return undefined
    argv.push(textOf(bytes.subarray(next + 1, next + 1 + size)))
  }
  return { argv, length: at }
}

function encoded(reply: Reply): string {
  if (reply === null) return '$-1\r\n'
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (typeof reply === 'string') return `$${bytesOf(reply).length}\r\n${reply}\r\n`
  if ('status' in reply) return `+${reply.status}\r\n`
  if ('error' in reply) return `-${reply.error}\r\n`
  return `*${reply.length}\r\n${reply.map(encoded).join('')}`
}

export const redisCli: Program = function* (process) {
  let host = '127.0.0.1'
  let port = 6379
  let password = process.env.REDISCLI_AUTH
  let at = 1
  for (; at < process.argv.length; at++) {
    const arg = process.argv[at]
    if (arg === '-h') host = process.argv[++at] ?? host
    else if (arg === '-p') port = Number(process.argv[++at])
    else if (arg === '-a' || arg === '--pass') password = process.argv[++at]
    else if (arg === '--version' || arg === '-v') {
      yield* out(process, `redis-cli ${versionOf(process)}\n`)
      return 0
    } else if (arg === '-n') at++
    else if (!['--raw', '--no-raw', '--no-auth-warning', '-3'].includes(arg)) break
  }
  const argv = process.argv.slice(at)
  const isTerminal = process.descriptors.get(1)?.file.kind === 'terminal'
  let connection: Connection
  try {
    const [ip] = yield* lookup(process, host)
    connection = process.net.connect({ ip, port })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `Could not connect to Redis at ${host}:${port}: ${error.errno === 'ENOTFOUND' ? 'Name or service not known' : error.words}\n`)
    return 1
  }
  if (password !== undefined) yield* asked(connection, ['AUTH', password])
  try {
    if (argv.length > 0) {
      if (argv[0].toLowerCase() === 'subscribe') return yield* listening(process, connection, argv, isTerminal)
      const reply = yield* asked(connection, argv)
      yield* out(process, `${isTerminal ? shown(reply, '') : raw(reply)}\n`)
      return typeof reply === 'object' && reply !== null && 'error' in reply ? 1 : 0
    }
    const prompts = process.file(0).kind === 'terminal'
    let rest = ''
    for (;;) {
      if (prompts) yield* out(process, `${host}:${port}> `)
      while (!rest.includes('\n')) {
        const bytes = yield* readFrom(process, 0)
        if (bytes.length === 0) return 0
        rest += textOf(bytes)
      }
      const line = rest.slice(0, rest.indexOf('\n')).trim()
      rest = rest.slice(rest.indexOf('\n') + 1)
      if (line === '') continue
      if (line === 'exit' || line === 'quit') return 0
      const words = Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g), (match) => match[1] ?? match[2] ?? match[3])
      const reply = yield* asked(connection, words)
      yield* out(process, `${isTerminal ? shown(reply, '') : raw(reply)}\n`)
    }
  } finally {
    connection.outgoing.end()
  }
}

/** Prints what is published until it is interrupted. */
function* listening(process: Process, connection: Connection, argv: readonly string[], isTerminal: boolean): Blocking<number> {
  if (isTerminal) yield* out(process, 'Reading messages... (press Ctrl-C to quit)\n')
  connection.outgoing.write(`*${argv.length}\r\n${argv.map((arg) => `$${bytesOf(arg).length}\r\n${arg}\r\n`).join('')}`)
  let bytes: Uint8Array = noBytes
  for (;;) {
    const parsed = decoded(bytes, 0)
    if (parsed) {
      bytes = bytes.subarray(parsed.end)
      yield* out(process, `${isTerminal ? shown(parsed.reply, '') : raw(parsed.reply)}\n`)
      continue
    }
    const chunk = connection.incoming.readAll()
    if (chunk.length > 0) bytes = joined([bytes, chunk])
    else if (connection.incoming.isOver) return 1
    else yield { on: [connection.incoming.readable] }
  }
}

function* asked({ incoming, outgoing }: Connection, argv: readonly string[]): Blocking<Reply> {
  outgoing.write(`*${argv.length}\r\n${argv.map((arg) => `$${bytesOf(arg).length}\r\n${arg}\r\n`).join('')}`)
  let bytes: Uint8Array = noBytes
  for (;;) {
    const chunk = incoming.read()
    if (chunk) {
      bytes = joined([bytes, chunk])
      const parsed = decoded(bytes, 0)
      if (parsed) return parsed.reply
    } else if (incoming.isOver) return { error: 'Server closed the connection' }
    else yield { on: [incoming.readable] }
  }
}

function decoded(bytes: Uint8Array, at: number): { readonly reply: Reply; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf(10, at)
  if (lineEnd < 0) return undefined
  const text = textOf(bytes.subarray(at + 1, lineEnd)).trimEnd()
  switch (String.fromCharCode(bytes[at])) {
    case '+': return { reply: { status: text }, end: lineEnd + 1 }
    case '-': return { reply: { error: text }, end: lineEnd + 1 }
    case ':': return { reply: Number(text), end: lineEnd + 1 }
    case '$': {
      const size = Number(text)
      if (size < 0) return { reply: null, end: lineEnd + 1 }
      if (lineEnd + 1 + size + 2 > bytes.length) return undefined
      return { reply: textOf(bytes.subarray(lineEnd + 1, lineEnd + 1 + size)), end: lineEnd + 1 + size + 2 }
    }
    default: {
      const items: Reply[] = []
      let next = lineEnd + 1
      for (let count = Number(text); count > 0; count--) {
        const item = decoded(bytes, next)
        if (!item) return undefined
        items.push(item.reply)
        next = item.end
      }
      return { reply: items, end: next }
    }
  }
}

function raw(reply: Reply): string {
  if (reply === null) return ''
  if (typeof reply === 'string' || typeof reply === 'number') return String(reply)
  if ('status' in reply) return reply.status
  if ('error' in reply) return `${reply.error}\n`
  return reply.map(raw).join('\n')
}

function shown(reply: Reply, indent: string): string {
  if (reply === null) return '(nil)'
  if (typeof reply === 'number') return `(integer) ${reply}`
  if (typeof reply === 'string') return reply.includes('\r\n') ? reply : JSON.stringify(reply)
  if ('status' in reply) return reply.status
  if ('error' in reply) return `(error) ${reply.error}`
  if (reply.length === 0) return '(empty array)'
  const width = String(reply.length).length
  return reply.map((item, index) => `${index === 0 ? '' : indent}${String(index + 1).padStart(width)}) ${shown(item, `${indent}${' '.repeat(width + 2)}`)}`).join('\n')
}
