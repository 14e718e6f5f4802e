/** redis-cli: one command, a conversation, commands from a pipe, and listening to channels. */
import { bytesOf, joined, noBytes } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program, sleep } from '../../../unix/kernel/process.ts'
import { lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { linesOf } from '../asking.ts'
import type { Reply } from './reply.ts'
import { commandText, decoded } from './protocol.ts'
import { versionOf } from './log.ts'

export const redisCli: Program = function* (process) {
  let host = '127.0.0.1'
  let port = 6379
  let password = process.env.REDISCLI_AUTH
  let at = 1
  let [times, everyMs, isRaw, index, latency, scans] = [1, 0, false, 0, false, undefined as string | undefined]
  for (; at < process.argv.length; at++) {
    const arg = process.argv[at]
    if (arg === '-h') host = process.argv[++at] ?? host
    else if (arg === '-p') port = Number(process.argv[++at])
    else if (arg === '-a' || arg === '--pass') password = process.argv[++at]
    else if (arg === '--version' || arg === '-v') {
      yield* out(process, `redis-cli ${versionOf(process)}\n`)
      return 0
    } else if (arg === '-n') index = Number(process.argv[++at])
    else if (arg === '-r') times = Number(process.argv[++at])
    else if (arg === '-i') everyMs = Number(process.argv[++at]) * 1000
    else if (arg === '-u') {
      const [, secret, name, number] = /^redis:\/\/(?:[^:@]*:([^@]*)@)?([^:/]+)(?::(\d+))?/.exec(process.argv[++at] ?? '') ?? []
      host = name ?? host
      port = Number(number ?? port)
      password = secret ?? password
    } else if (arg === '--raw') isRaw = true
    else if (arg === '--user') at++
    else if (arg === '--scan') scans = '*'
    else if (arg === '--pattern') scans = process.argv[++at]
    else if (arg === '--latency') latency = true
    else if (
      [
        '--bigkeys',
        '--memkeys',
        '--hotkeys',
        '--stat',
        '--pipe',
        '--rdb',
        '--eval',
        '--cluster',
        '--replica',
        '--functions-rdb',
        '--tls',
      ].includes(arg)
    ) {
      yield* err(process, `redis-cli: ${arg} is not simulated in this sandbox\n`)
      return 1
    } else if (!['--no-raw', '--no-auth-warning', '-3', '-2', '-c', '-e'].includes(arg)) break
  }
  const argv = latency ? ['PING'] : process.argv.slice(at)
  const isTerminal = process.descriptors.get(1)?.file.kind === 'terminal' && !isRaw
  let connection: Connection
  try {
    const [ip] = yield* lookup(process, host)
    connection = process.net.connect({ ip, port })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(
      process,
      `Could not connect to Redis at ${host}:${port}: ${error.errno === 'ENOTFOUND' ? 'Name or service not known' : error.words}\n`,
    )
    return 1
  }
  if (password !== undefined) {
    if (process.argv.some((arg) => arg === '-a' || arg === '--pass') && !process.argv.includes('--no-auth-warning'))
      yield* err(process, "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n")
    const reply = yield* asked(connection, ['AUTH', password])
    if (typeof reply === 'object' && reply !== null && 'error' in reply) yield* err(process, `AUTH failed: ${reply.error}\n`)
  }
  if (index > 0) yield* asked(connection, ['SELECT', String(index)])
  try {
    if (argv.length > 0) {
      if (/^(p?subscribe|monitor)$/i.test(argv[0])) return yield* listening(process, connection, argv, isTerminal)
      let reply: Reply = null
      for (let round = 0; times < 0 || round < times; round++) {
        if (round > 0 && everyMs > 0) yield* sleep(process, everyMs)
        reply = yield* asked(connection, argv)
        yield* out(process, `${isTerminal ? shown(reply, '') : raw(reply)}\n`)
      }
      return typeof reply === 'object' && reply !== null && 'error' in reply ? 1 : 0
    }
    if (scans !== undefined) {
      const reply = yield* asked(connection, ['KEYS', scans])
      if (Array.isArray(reply)) for (const one of reply) yield* out(process, `${String(one)}\n`)
      return 0
    }
    const prompts = process.file(0).kind === 'terminal'
    const lines = linesOf(process)
    let isQueueing = false
    for (;;) {
      if (prompts) yield* out(process, `${host}:${port}${index > 0 ? `[${index}]` : ''}${isQueueing ? '(TX)' : ''}> `)
      const line = (yield* lines.next())?.trim()
      if (line === undefined) return 0
      if (line === '') continue
      if (/^(exit|quit)$/i.test(line)) return 0
      if (/^clear$/i.test(line)) {
        yield* out(process, '\x1b[H\x1b[2J')
        continue
      }
      const words = Array.from(
        line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g),
        (match) => match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? match[3],
      )
      if ((line.match(/"/g)?.length ?? 0) % 2 !== 0) {
        yield* out(process, 'Invalid argument(s)\n')
        continue
      }
      // `3 PING` runs it three times.
      const repeats = /^\d+$/.test(words[0]) && words.length > 1 ? Number(words.shift()) : 1
      if (/^(p?subscribe|monitor)$/i.test(words[0])) return yield* listening(process, connection, words, isTerminal)
      for (let round = 0; round < repeats; round++) {
        const reply = yield* asked(connection, words)
        const isError = typeof reply === 'object' && reply !== null && 'error' in reply
        if (!isError && /^select$/i.test(words[0])) index = Number(words[1])
        if (!isError && /^multi$/i.test(words[0])) isQueueing = true
        else if (/^(exec|discard)$/i.test(words[0])) isQueueing = false
        yield* out(process, `${isTerminal ? shown(reply, '') : raw(reply)}\n`)
        if (isError && /^Server closed/.test(reply.error)) return 0
      }
    }
  } finally {
    connection.outgoing.end()
  }
}

/** Prints what is published until it is interrupted. */
function* listening(process: Process, connection: Connection, argv: readonly string[], isTerminal: boolean): Blocking<number> {
  if (isTerminal) yield* out(process, 'Reading messages... (press Ctrl-C to quit)\n')
  connection.outgoing.write(commandText(argv))
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
  outgoing.write(commandText(argv))
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

function raw(reply: Reply): string {
  if (reply === null) return ''
  if (typeof reply === 'string' || typeof reply === 'number') return String(reply)
  if ('status' in reply) return reply.status
  if ('error' in reply) return `${reply.error}\n`
  if ('none' in reply) return ''
  return reply.map(raw).join('\n')
}

function shown(reply: Reply, indent: string): string {
  if (reply === null) return '(nil)'
  if (typeof reply === 'number') return `(integer) ${reply}`
  if (typeof reply === 'string') return reply.includes('\r\n') ? reply : quoted(reply)
  if ('status' in reply) return reply.status
  if ('error' in reply) return `(error) ${reply.error}`
  if ('none' in reply) return '(nil)'
  if (reply.length === 0) return '(empty array)'
  const width = String(reply.length).length
  return reply
    .map(
      (item, index) =>
        `${index === 0 ? '' : indent}${String(index + 1).padStart(width)}) ${shown(item, `${indent}${' '.repeat(width + 2)}`)}`,
    )
    .join('\n')
}

/** As the client escapes what is not plain ASCII. */
function quoted(text: string): string {
  const letters = Array.from(bytesOf(text), (byte) =>
    byte === 34
      ? '\\"'
      : byte === 92
        ? '\\\\'
        : byte === 10
          ? '\\n'
          : byte === 13
            ? '\\r'
            : byte === 9
              ? '\\t'
              : byte >= 32 && byte < 127
                ? String.fromCharCode(byte)
                : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `"${letters.join('')}"`
}
