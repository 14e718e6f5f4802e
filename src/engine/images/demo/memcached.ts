/**
 * memcached over its text protocol: storage commands with flags, expiry and cas, counters, `stats`. Memory is not limited (-m is
 * accepted and only shown), so nothing is ever evicted; the binary and meta protocols are refused.
 */
import { bytesOf, joined, noBytes, textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { flagValue } from './answers.ts'

const memcachedVersion = '1.6.39'

interface Item {
  readonly flags: string
  readonly data: Uint8Array
  /** Session time in ms; undefined lasts. */
  readonly expiresAt: number | undefined
  readonly cas: number
}

interface Server {
  readonly process: Process
  readonly items: Map<string, Item>
  readonly counts: Record<
    'get_hits' | 'get_misses' | 'cmd_get' | 'cmd_set' | 'total_items' | 'total_connections' | 'cmd_flush' | 'delete_hits' | 'delete_misses',
    number
  >
  readonly limits: { readonly megabytes: number; readonly connections: number }
  nextCas: number
}

export const memcached: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes('-V') || args.includes('--version')) {
    yield* out(process, `memcached ${memcachedVersion}\n`)
    return 0
  }
  if (args.includes('-h') || args.includes('--help')) {
    yield* out(
      process,
      `memcached ${memcachedVersion}\n-p, --port=<num>          TCP port to listen on (default: 11211)\n-m, --memory-limit=<num>  item memory in megabytes (default: 64)\n-c, --conn-limit=<num>    max simultaneous connections (default: 1024)\n-v, --verbose             verbose (print errors/warnings while in event loop)\n`,
    )
    return 0
  }
  if (process.credentials.uid === 0 && !args.some((arg) => /^(-u|--user)/.test(arg))) {
    yield* err(process, "can't run as root without the -u switch\n")
    return 71
  }
  const port = Number(flagValue(args, 'p') ?? flagValue(args, 'port') ?? 11_211)
  const server: Server = {
    process,
    items: new Map(),
    counts: {
      get_hits: 0,
      get_misses: 0,
      cmd_get: 0,
      cmd_set: 0,
      total_items: 0,
      total_connections: 0,
      cmd_flush: 0,
      delete_hits: 0,
      delete_misses: 0,
    },
    limits: {
      megabytes: Number(flagValue(args, 'm') ?? flagValue(args, 'memory-limit') ?? 64),
      connections: Number(flagValue(args, 'c') ?? flagValue(args, 'conn-limit') ?? 1024),
    },
    nextCas: 1,
  }
  const news = new WaitQueue()
  const clients = new Map<Connection, Uint8Array>()
  let isEnding = false
  for (const signal of ['TERM', 'INT'] as const)
    process.handlers.set(signal, () => {
      isEnding = true
      news.wake()
    })
  let stop
  try {
    stop = process.net.listen(
      port,
      {
        accept(connection) {
          server.counts.total_connections++
          clients.set(connection, noBytes)
          connection.incoming.readable.each(() => news.wake())
          news.wake()
        },
      },
      { owner: process.hostPid },
    )
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `failed to listen on TCP port ${port}: ${error.words}\n`)
    return 71
  }
  try {
    while (!isEnding) {
      for (const [connection, before] of clients) {
        const { incoming, outgoing } = connection
        const fresh = incoming.readAll()
        let rest = fresh.length > 0 ? joined([before, fresh]) : before
        for (;;) {
          const step = next(server, rest, clients.size)
          if (!step) break
          rest = rest.subarray(step.length)
          outgoing.write(step.answer)
          if (step.isQuit) outgoing.end()
        }
        clients.set(connection, rest)
        if (incoming.isOver || outgoing.isEnded) {
          clients.delete(connection)
          outgoing.end()
        }
      }
      yield { on: [news] }
    }
    yield* err(process, 'Signal handled: Terminated.\n')
    return 0
  } finally {
    stop()
    for (const connection of clients.keys()) connection.outgoing.end()
  }
}

interface Step {
  readonly length: number
  readonly answer: string | Uint8Array
  readonly isQuit?: boolean
}

function next(server: Server, bytes: Uint8Array, connections: number): Step | undefined {
  const end = bytes.indexOf(10)
  if (end < 0) return undefined
  const words = textOf(bytes.subarray(0, end)).trim().split(/\s+/)
  const [command, key = ''] = words
  const length = end + 1
  const { items, process, counts } = server
  const live = (name: string): Item | undefined => {
    const item = items.get(name)
    if (item?.expiresAt === undefined || item.expiresAt > process.now()) return item
    items.delete(name)
    return undefined
  }
  const quiet = (answer: string): Step => ({ length, answer: words.at(-1) === 'noreply' ? '' : answer })
  switch (command) {
    case 'set':
    case 'add':
    case 'replace':
    case 'append':
    case 'prepend':
    case 'cas': {
      const size = Number(words[4])
      if (key === '' || key.length > 250 || !/^\d+$/.test(words[2] ?? '') || !Number.isInteger(size) || size < 0)
        return { length, answer: words.length < 5 ? 'ERROR\r\n' : 'CLIENT_ERROR bad command line format\r\n' }
      if (bytes.length < length + size + 2) return undefined
      const whole = length + size + 2
      if (textOf(bytes.subarray(length + size, whole)) !== '\r\n')
        return { length: whole, answer: 'CLIENT_ERROR bad data chunk\r\nERROR\r\n' }
      const data = bytes.slice(length, length + size)
      counts.cmd_set++
      return { length: whole, answer: words.at(-1) === 'noreply' ? '' : `${stored(server, command, key, words, data, live(key))}\r\n` }
    }
    case 'get':
    case 'gets':
    case 'gat': {
      const names = command === 'gat' ? words.slice(2) : words.slice(1)
      if (names.length === 0) return { length, answer: 'ERROR\r\n' }
      const parts = names.flatMap((name) => {
        const item = live(name)
        counts.cmd_get++
        counts[item ? 'get_hits' : 'get_misses']++
        return item
          ? [
              bytesOf(`VALUE ${name} ${item.flags} ${item.data.length}${command === 'gets' ? ` ${item.cas}` : ''}\r\n`),
              item.data,
              bytesOf('\r\n'),
            ]
          : []
      })
      return { length, answer: joined([...parts, bytesOf('END\r\n')]) }
    }
    case 'delete': {
      const isThere = live(key) !== undefined
      items.delete(key)
      counts[isThere ? 'delete_hits' : 'delete_misses']++
      return quiet(isThere ? 'DELETED\r\n' : 'NOT_FOUND\r\n')
    }
    case 'incr':
    case 'decr': {
      const item = live(key)
      if (!item) return quiet('NOT_FOUND\r\n')
      const [value, by] = [textOf(item.data).trim(), words[2] ?? '']
      if (!/^\d+$/.test(by)) return quiet('CLIENT_ERROR invalid numeric delta argument\r\n')
      if (!/^\d+$/.test(value)) return quiet('CLIENT_ERROR cannot increment or decrement non-numeric value\r\n')
      const result =
        command === 'incr' ? BigInt.asUintN(64, BigInt(value) + BigInt(by)) : BigInt(value) > BigInt(by) ? BigInt(value) - BigInt(by) : 0n
      items.set(key, { ...item, data: bytesOf(String(result)), cas: server.nextCas++ })
      return quiet(`${result}\r\n`)
    }
    case 'touch': {
      const item = live(key)
      if (!item) return quiet('NOT_FOUND\r\n')
      items.set(key, { ...item, expiresAt: expiry(process, Number(words[2])) })
      return quiet('TOUCHED\r\n')
    }
    case 'flush_all':
      items.clear()
      counts.cmd_flush++
      return quiet('OK\r\n')
    case 'version':
      return { length, answer: `VERSION ${memcachedVersion}\r\n` }
    case 'verbosity':
      return quiet('OK\r\n')
    case 'stats':
      return { length, answer: stats(server, key, connections) }
    case 'quit':
      return { length, answer: '', isQuit: true }
    case 'shutdown':
      return { length, answer: 'ERROR: shutdown not enabled\r\n' }
    default:
      return { length, answer: 'ERROR\r\n' }
  }
}

function stored(server: Server, command: string, key: string, words: readonly string[], data: Uint8Array, old: Item | undefined): string {
  if (command === 'add' && old) return 'NOT_STORED'
  if (['replace', 'append', 'prepend'].includes(command) && !old) return 'NOT_STORED'
  if (command === 'cas') {
    if (!old) return 'NOT_FOUND'
    if (String(old.cas) !== words[5]) return 'EXISTS'
  }
  const cas = server.nextCas++
  if (old && (command === 'append' || command === 'prepend'))
    server.items.set(key, { ...old, cas, data: joined(command === 'append' ? [old.data, data] : [data, old.data]) })
  else server.items.set(key, { flags: words[2], data, cas, expiresAt: expiry(server.process, Number(words[3])) })
  server.counts.total_items++
  return 'STORED'
}

/** Above thirty days it is a moment, not a span; below zero it is over at once. */
function expiry(process: Process, seconds: number): number | undefined {
  if (seconds === 0 || Number.isNaN(seconds)) return undefined
  if (seconds < 0) return process.now()
  return seconds > 2_592_000 ? seconds * 1000 : process.now() + seconds * 1000
}

function stats({ process, items, counts, limits }: Server, what: string, connections: number): string {
  const bytes = Array.from(items).reduce((sum, [key, { data }]) => sum + key.length + data.length + 50, 0)
  const now = Math.floor(process.now() / 1000)
  const lines: readonly (readonly [string, string | number])[] =
    what === 'items'
      ? items.size === 0
        ? []
        : [['items:1:number', items.size]]
      : what === 'slabs'
        ? [
            ['active_slabs', items.size === 0 ? 0 : 1],
            ['total_malloced', items.size === 0 ? 0 : 1_048_576],
          ]
        : what === 'settings'
          ? [
              ['maxbytes', limits.megabytes * 2 ** 20],
              ['maxconns', limits.connections],
              ['tcpport', 11_211],
              ['udpport', 0],
              ['verbosity', 0],
              ['evictions', 'on'],
            ]
          : [
              ['pid', process.pid],
              ['uptime', Math.floor((process.now() - process.startedAt) / 1000)],
              ['time', now],
              ['version', memcachedVersion],
              ['libevent', '2.1.12-stable'],
              ['pointer_size', 64],
              ['curr_connections', connections],
              ['total_connections', counts.total_connections],
              ['cmd_get', counts.cmd_get],
              ['cmd_set', counts.cmd_set],
              ['cmd_flush', counts.cmd_flush],
              ['get_hits', counts.get_hits],
              ['get_misses', counts.get_misses],
              ['delete_misses', counts.delete_misses],
              ['delete_hits', counts.delete_hits],
              ['limit_maxbytes', limits.megabytes * 2 ** 20],
              ['threads', 4],
              ['bytes', bytes],
              ['curr_items', items.size],
              ['total_items', counts.total_items],
              ['evictions', 0],
              ['reclaimed', 0],
            ]
  return `${lines.map(([name, value]) => `STAT ${name} ${value}\r\n`).join('')}END\r\n`
}
