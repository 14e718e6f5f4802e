/** mongod: its log, its port, and one client after the other. Data is kept in /data/db after every change. */
import { textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { answered } from './answers.ts'
import { dataPath, type Kept, type Question, versionOf } from './protocol.ts'
import { setNameOf } from './replica-set.ts'

const logged = (process: Process, component: string, id: number, context: string, msg: string, attr?: object): Blocking<void> =>
  out(
    process,
    `{"t":{"$date":"${new Date(process.now()).toISOString().replace('Z', '+00:00')}"},"s":"I",  "c":"${component}",${' '.repeat(Math.max(1, 9 - component.length))}"id":${id},${' '.repeat(Math.max(1, 8 - String(id).length))}"ctx":"${context}","msg":"${msg}"${attr ? `,"attr":${JSON.stringify(attr)}` : ''}}\n`,
  )

export const server: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes('--version')) {
    yield* out(
      process,
      `db version v${versionOf(process)}\nBuild Info: {\n    "version": "${versionOf(process)}",\n    "modules": [],\n    "allocator": "tcmalloc-google",\n    "environment": {\n        "distmod": "ubuntu2404",\n        "distarch": "x86_64",\n        "target_arch": "x86_64"\n    }\n}\n`,
    )
    return 0
  }
  const setName = setNameOf(args)
  const portAt = args.indexOf('--port')
  const port = portAt < 0 ? 27_017 : Number(args[portAt + 1])
  if (!process.files.exists('/data/db')) {
    yield* logged(process, 'CONTROL', 20557, 'initandlisten', 'DBException in initAndListen, terminating', {
      error:
        "NonExistentPath: Data directory /data/db not found. Create the missing directory or specify another path using (1) the --dbpath command line option, or (2) by adding the 'storage.dbPath' option in the configuration file.",
    })
    return 100
  }
  const kept: Kept = process.files.exists(dataPath) ? (JSON.parse(process.files.readText(dataPath)) as Kept) : { databases: {}, users: {} }
  const hasAuth =
    args.includes('--auth') ||
    process.env.MONGO_INITDB_ROOT_USERNAME !== undefined ||
    process.env.MONGO_INITDB_ROOT_USERNAME_FILE !== undefined
  const news = new WaitQueue()
  const clients = new Map<Connection, string>()
  let isEnding = false
  for (const signal of ['TERM', 'INT'] as const)
    process.handlers.set(signal, () => {
      isEnding = true
      news.wake()
    })
  process.memoryBytes = 90_000_000
  yield* logged(
    process,
    'CONTROL',
    23285,
    'main',
    "Automatically disabling TLS 1.0, to force-enable TLS 1.0 specify --sslDisabledProtocols 'none'",
  )
  yield* logged(process, 'CONTROL', 4615611, 'initandlisten', 'MongoDB starting', {
    pid: process.pid,
    port,
    dbPath: '/data/db',
    architecture: '64-bit',
    host: process.namespaces.uts.hostname,
  })
  yield* logged(process, 'CONTROL', 23403, 'initandlisten', 'Build Info', { buildInfo: { version: versionOf(process) } })
  let stop
  try {
    stop = process.net.listen(
      port,
      {
        accept(connection) {
          clients.set(connection, '')
          connection.incoming.readable.each(() => news.wake())
          news.wake()
        },
      },
      { owner: process.hostPid },
    )
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* logged(process, 'CONTROL', 20568, 'initandlisten', 'Error setting up listener', {
      error: { code: 9001, codeName: 'SocketException', errmsg: `${error.words}` },
    })
    return 48
  }
  try {
    yield* logged(process, 'NETWORK', 23015, 'listener', 'Listening on', { address: '0.0.0.0' })
    yield* logged(process, 'NETWORK', 23016, 'listener', 'Waiting for connections', { port, ssl: 'off' })
    while (!isEnding) {
      for (const [connection, before] of clients) {
        const { incoming, outgoing } = connection
        let rest = before + textOf(incoming.readAll())
        if (rest !== '' && !rest.startsWith('{')) {
          // A driver: its protocol is not simulated, and it notices that we hang up.
          clients.delete(connection)
          outgoing.end()
          yield* logged(
            process,
            'NETWORK',
            22988,
            'conn1',
            "Error receiving request from client: MongoDB's wire protocol is not simulated in this sandbox. Ending connection from remote",
            { remote: `${connection.remote.ip}:${connection.remote.port}` },
          )
          continue
        }
        for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
          outgoing.write(`${JSON.stringify(answered({ process, kept, setName, hasAuth }, JSON.parse(rest.slice(0, end)) as Question))}\n`)
          rest = rest.slice(end + 1)
        }
        clients.set(connection, rest)
        if (incoming.isOver) {
          clients.delete(connection)
          outgoing.end()
        }
      }
      yield { on: [news] }
    }
    yield* logged(process, 'CONTROL', 23377, 'SignalHandler', 'Received signal', { signal: 15, error: 'Terminated' })
    yield* logged(process, 'CONTROL', 23138, 'SignalHandler', 'Shutting down', { exitCode: 0 })
    return 0
  } finally {
    stop()
    for (const connection of clients.keys()) connection.outgoing.end()
  }
}
