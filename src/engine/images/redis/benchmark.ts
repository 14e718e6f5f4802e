/**
 * redis-benchmark: asks a server and counts. A round of its fifty clients costs a turn of the CPU (a millisecond of session time, longer where the
 * container may use less of one), so its figures follow from CPU limits and pipelining and say nothing about a real machine.
 */
import { noBytes, joined } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { err, out, type Program } from '../../../unix/kernel/process.ts'
import { lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { commandText, decoded } from './protocol.ts'

const tests: Readonly<Record<string, { readonly title: string; readonly argv: readonly string[] }>> = {
  ping_inline: { title: 'PING_INLINE', argv: ['PING'] },
  ping_mbulk: { title: 'PING_MBULK', argv: ['PING'] },
  set: { title: 'SET', argv: ['SET', 'key:__rand_int__', 'xxx'] },
  get: { title: 'GET', argv: ['GET', 'key:__rand_int__'] },
  incr: { title: 'INCR', argv: ['INCR', 'counter:__rand_int__'] },
  lpush: { title: 'LPUSH', argv: ['LPUSH', 'mylist', 'xxx'] },
  rpush: { title: 'RPUSH', argv: ['RPUSH', 'mylist', 'xxx'] },
  lpop: { title: 'LPOP', argv: ['LPOP', 'mylist'] },
  rpop: { title: 'RPOP', argv: ['RPOP', 'mylist'] },
  sadd: { title: 'SADD', argv: ['SADD', 'myset', 'element:__rand_int__'] },
  hset: { title: 'HSET', argv: ['HSET', 'myhash', 'element:__rand_int__', 'xxx'] },
  spop: { title: 'SPOP', argv: ['SPOP', 'myset'] },
  zadd: { title: 'ZADD', argv: ['ZADD', 'myzset', '0', 'element:__rand_int__'] },
  mset: { title: 'MSET (10 keys)', argv: ['MSET', ...Array.from({ length: 10 }, () => ['key:__rand_int__', 'xxx']).flat()] },
}

export const redisBenchmark: Program = function* (process) {
  const args = process.argv.slice(1)
  const option = (flag: string, fallback: string): string => {
    const at = args.indexOf(flag)
    return at < 0 ? fallback : (args[at + 1] ?? fallback)
  }
  const [host, port, count, size, pipeline] = [
    option('-h', '127.0.0.1'),
    Number(option('-p', '6379')),
    Number(option('-n', '100000')),
    Number(option('-d', '3')),
    Number(option('-P', '1')),
  ]
  const clients = Number(option('-c', '50'))
  const isQuiet = args.includes('-q')
  const isCsv = args.includes('--csv')
  let connection: Connection
  try {
    const [ip] = yield* lookup(process, host)
    connection = process.net.connect({ ip, port })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `Could not connect to Redis at ${host}:${port}: ${error.words}\n`)
    return 1
  }
  const password = option('-a', '')
  const ask = function* (argv: readonly string[], times: number) {
    connection.outgoing.write(commandText(argv).repeat(times))
    let bytes: Uint8Array = noBytes
    for (let left = times; left > 0; ) {
      const reply = decoded(bytes, 0)
      if (reply) {
        bytes = bytes.subarray(reply.end)
        left--
        continue
      }
      const chunk = connection.incoming.readAll()
      if (chunk.length > 0) bytes = joined([bytes, chunk])
      else if (connection.incoming.isOver) return
      else yield { on: [connection.incoming.readable] }
    }
  }
  if (password !== '') yield* ask(['AUTH', password], 1)
  const sent = Math.min(count, Math.max(2_000, clients * pipeline * 4))
  if (sent < count)
    yield* err(
      process,
      `redis-benchmark: this sandbox sends ${sent} of the ${count} requests and reckons the rest; its figures are session time, not your machine's\n`,
    )
  const names = option('-t', Object.keys(tests).join(','))
    .toLowerCase()
    .split(',')
    .flatMap((name) => (name === 'ping' ? ['ping_inline', 'ping_mbulk'] : [name]))
  if (isCsv) yield* out(process, '"test","rps"\n')
  for (const name of names) {
    const test = tests[name]
    if (!test) continue
    const argv = test.argv.map((word) => (word === 'xxx' ? 'x'.repeat(size) : word.replace('__rand_int__', '000000000000')))
    const from = process.now()
    const batch = clients * pipeline
    for (let done = 0; done < sent; done += batch) {
      yield* ask(argv, Math.min(batch, sent - done))
      yield
    }
    const seconds = Math.max(0.001, ((process.now() - from) / 1000) * (count / sent))
    const rate = (count / seconds).toFixed(2)
    if (isCsv) yield* out(process, `"${test.title}","${rate}"\n`)
    else if (isQuiet)
      yield* out(process, `${test.title}: ${rate} requests per second, p50=${((seconds / count) * 1000 * batch).toFixed(3)} msec\n`)
    else
      yield* out(
        process,
        `====== ${test.title} ======\n  ${count} requests completed in ${seconds.toFixed(2)} seconds\n  ${clients} parallel clients\n  ${size} bytes payload\n  keep alive: 1\n  multi-thread: no\n\nSummary:\n  throughput summary: ${rate} requests per second\n\n`,
      )
  }
  connection.outgoing.end()
  return 0
}
