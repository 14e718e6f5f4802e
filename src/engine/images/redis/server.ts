/**
 * redis-server over its real protocol (RESP2): clients, transactions, channels, commands that wait, files and replicas. Replication begins with
 * PSYNC and a whole copy and goes on with every change, as the real one's does; the copy is in our own form, so only servers of the sandbox
 * replicate each other. Not there: scripts, cluster mode, ACL rules beyond the default user, evicting at maxmemory.
 */
import { bytesOf, joined, noBytes, textOf } from '../../../base/bytes.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import { lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { type Database, emptyDatabase, execute, isCommand, isStream, writing } from './commands.ts'
import type { Reply } from './reply.ts'
import { all, Files, text } from './files.ts'
import { info } from './info.ts'
import { log, releaseOf, versionOf } from './log.ts'
import { commandOf, commandText, encoded, matched } from './protocol.ts'
import { BadLine, savePoints, set, type Settings, settingsOf } from './settings.ts'
import { readingOf } from './streams.ts'

interface Client {
  readonly connection: Connection
  readonly id: number
  rest: Uint8Array
  isAllowed: boolean
  index: number
  name: string
  /** Commands since MULTI; undefined outside of a transaction. */
  queued: string[][] | undefined
  hasMistake: boolean
  /** Keys of WATCH with what they held. */
  watched: Map<string, unknown>
  readonly channels: Set<string>
  readonly patterns: Set<string>
  isMonitoring: boolean
  replicaPort: number | undefined
  isReplica: boolean
  /** A command that waits for data, and until when. */
  waiting: { readonly argv: readonly string[]; readonly until: number | undefined } | undefined
}

interface Link {
  readonly host: string
  readonly port: number
  connection: Connection | undefined
  rest: Uint8Array
  state: 'connecting' | 'syncing' | 'up'
  retryAt: number
  index: number
}

export const redisServer: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes('--version') || args.includes('-v')) {
    yield* out(process, `Redis server v=${versionOf(process)} sha=00000000:1 malloc=jemalloc-5.3.0 bits=64 build=0\n`)
    return 0
  }
  let read
  try {
    read = settingsOf(args, (path) => process.files.readText(process.path(path)))
  } catch (error) {
    if (error instanceof BadLine)
      yield* err(
        process,
        `\n*** FATAL CONFIG FILE ERROR (Redis ${versionOf(process)}) ***\nReading the configuration file, at line ${error.number}\n>>> '${error.line}'\n${error.message}\n`,
      )
    else if (error instanceof UnixError)
      yield* log(process, 'C', '#', `Fatal error, can't open config file '${process.path(args[0])}': ${error.words}`)
    else throw error
    return 1
  }
  const { settings } = read
  const release = releaseOf(process)
  // What is no warning was marked as one before 7.2.
  const notice = release >= 7.2 ? '*' : '#'
  yield* log(process, 'C', notice, 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo')
  yield* log(
    process,
    'C',
    notice,
    `Redis version=${versionOf(process)}, bits=64, commit=00000000, modified=${release >= 7.4 ? 1 : 0}, pid=${process.pid}, just started`,
  )
  if (args.length === 0)
    yield* log(
      process,
      'C',
      '#',
      'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
    )
  else yield* log(process, 'C', notice, 'Configuration loaded')
  if (settings.get('cluster-enabled') === 'yes') {
    yield* log(process, 'C', '#', 'Cluster mode is not simulated in this sandbox: start without cluster-enabled')
    return 1
  }
  return yield* new Server(process, settings).run()
}

class Server {
  readonly #process: Process
  readonly #settings: Settings
  readonly #files: Files
  readonly #clients = new Set<Client>()
  readonly #news = new WaitQueue()
  readonly #runId: string
  #replicationId: string
  #databases: Database[] = Array.from({ length: 16 }, emptyDatabase)
  #link: Link | undefined
  #ending: { readonly why: string | undefined; readonly saves: boolean } | undefined
  #nextId = 3
  #offset = 0
  #replicaIndex = 0
  #lastSaveMs: number
  #counts = { commands: 0, connections: 0, hits: 0, misses: 0 }
  /** Lines to log when the loop comes round. */
  readonly #lines: [string, string][] = []

  constructor(process: Process, settings: Settings) {
    this.#process = process
    this.#settings = settings
    this.#files = new Files(process, settings)
    this.#runId = process.kernel.random.hex(40)
    this.#replicationId = process.kernel.random.hex(40)
    this.#lastSaveMs = process.now()
  }

  get #role(): 'M' | 'S' {
    return this.#link ? 'S' : 'M'
  }

  *run(): Blocking<number> {
    const process = this.#process
    const port = Number(this.#settings.get('port'))
    yield* log(process, 'M', '*', 'monotonic clock: POSIX clock_gettime')
    yield* log(process, 'M', '*', `Running mode=standalone, port=${port}.`)
    let stop
    try {
      stop = process.net.listen(port, { accept: (connection) => this.#accept(connection) }, { owner: process.hostPid })
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* log(process, 'M', '#', `Warning: Could not create server TCP listening socket *:${port}: bind: ${error.words}`)
      yield* log(process, 'M', '#', `Failed listening on port ${port} (tcp), aborting.`)
      return 1
    }
    for (const signal of ['TERM', 'INT'] as const) {
      process.handlers.set(signal, () => {
        this.#ending ??= { why: `Received SIG${signal} scheduling shutdown...`, saves: true }
        this.#news.wake()
      })
    }
    process.memoryBytes = 9_800_000
    process.threads = 5
    try {
      yield* log(process, 'M', releaseOf(process) >= 7.2 ? '*' : '#', 'Server initialized')
      const loaded = this.#files.load()
      if (loaded) {
        this.#databases = loaded
        const keys = loaded.reduce((sum, { values }) => sum + values.size, 0)
        if (this.#files.appends && this.#files.hasAppended) yield* log(process, 'M', '*', 'DB loaded from append only file: 0.000 seconds')
        else {
          yield* log(process, 'M', '*', `Loading RDB produced by version ${versionOf(process)}`)
          yield* log(process, 'M', '*', `Done loading RDB, keys loaded: ${keys}, keys expired: 0.`)
          yield* log(process, 'M', '*', 'DB loaded from disk: 0.000 seconds')
        }
      }
      if (this.#files.appends && !this.#files.hasAppended) {
        yield* log(process, 'M', '*', `Creating AOF base file ${this.#settings.get('appendfilename')}.1.base.rdb on server start`)
        this.#files.beginAppending(this.#databases)
        yield* log(process, 'M', '*', `Creating AOF incr file ${this.#settings.get('appendfilename')}.1.incr.aof on server start`)
      }
      process.argv = [`${process.argv[0]} *:${port}`]
      const [host, masterPort] = (this.#settings.get('replicaof') ?? '').split(' ')
      if (host && masterPort) this.#follow(host, Number(masterPort))
      yield* log(process, this.#role, '*', `Ready to accept connections${releaseOf(process) >= 7.2 ? ' tcp' : ''}`)
      return yield* this.#serve()
    } finally {
      stop()
      this.#link?.connection?.outgoing.end()
      for (const { connection } of this.#clients) connection.outgoing.end()
    }
  }

  #accept(connection: Connection): void {
    this.#counts.connections++
    this.#clients.add({
      connection,
      id: this.#nextId++,
      rest: noBytes,
      isAllowed: this.#settings.get('requirepass') === '',
      index: 0,
      name: '',
      queued: undefined,
      hasMistake: false,
      watched: new Map(),
      channels: new Set(),
      patterns: new Set(),
      isMonitoring: false,
      replicaPort: undefined,
      isReplica: false,
      waiting: undefined,
    })
    connection.incoming.readable.each(() => this.#news.wake())
    this.#news.wake()
  }

  *#serve(): Blocking<number> {
    const process = this.#process
    let dirtySince: number | undefined
    for (;;) {
      for (const client of this.#clients) this.#attend(client)
      for (const client of this.#clients) this.#retry(client)
      while (this.#lines.length > 0) {
        const [mark, line] = this.#lines.shift() ?? ['*', '']
        yield* log(process, this.#role, mark, line)
      }
      if (this.#link) yield* this.#attendMaster(this.#link)
      if (this.#ending) return yield* this.#shutdown(this.#ending)
      const changes = this.#databases.reduce((sum, { dirty }) => sum + dirty, 0)
      dirtySince = changes > 0 ? (dirtySince ?? process.now()) : undefined
      const due =
        changes > 0
          ? savePoints(this.#settings)
              .filter((point) => changes >= point.changes)
              .map((point) => this.#lastSaveMs + point.ms)
              .sort((a, b) => a - b)[0]
          : undefined
      if (due !== undefined && process.now() >= due) {
        const point = savePoints(this.#settings).find((one) => changes >= one.changes && process.now() >= this.#lastSaveMs + one.ms)
        yield* log(process, this.#role, '*', `${point?.changes ?? 1} changes in ${(point?.ms ?? 0) / 1000} seconds. Saving...`)
        yield* this.#saveAside()
        continue
      }
      const waits = [...this.#clients].flatMap(({ waiting }) => (waiting?.until === undefined ? [] : [waiting.until]))
      const retry = this.#link && !this.#link.connection ? [this.#link.retryAt] : []
      const until = [...waits, ...retry, ...(due === undefined ? [] : [due])]
      yield { on: [this.#news], until: until.length > 0 ? Math.min(...until) : undefined }
    }
  }

  *#saveAside(): Blocking<void> {
    const process = this.#process
    yield* log(process, this.#role, '*', 'Background saving started by pid 20')
    this.#save()
    yield* log(process, this.#role, '*', 'Background saving terminated with success')
  }

  #save(): void {
    this.#files.save(this.#databases)
    this.#lastSaveMs = this.#process.now()
  }

  *#shutdown({ why, saves }: { readonly why: string | undefined; readonly saves: boolean }): Blocking<number> {
    const process = this.#process
    if (why !== undefined) yield* log(process, this.#role, '*', why)
    yield* log(process, this.#role, '*', 'User requested shutdown...')
    if (saves) {
      yield* log(process, this.#role, '*', 'Saving the final RDB snapshot before exiting.')
      this.#save()
      yield* log(process, this.#role, '*', 'DB saved on disk')
    }
    yield* log(process, this.#role, '#', 'Redis is now ready to exit, bye bye...')
    return 0
  }

  #attend(client: Client): void {
    const { incoming, outgoing } = client.connection
    const bytes = incoming.readAll()
    if (bytes.length > 0) client.rest = joined([client.rest, bytes])
    while (!client.waiting && !this.#ending) {
      const parsed = commandOf(client.rest)
      if (!parsed) break
      client.rest = client.rest.subarray(parsed.length)
      const name = parsed.argv[0]?.toLowerCase()
      if (name === undefined) continue
      this.#counts.commands++
      if (name === 'shutdown' && client.isAllowed) {
        this.#ending = { why: undefined, saves: !parsed.argv.some((one) => /^nosave$/i.test(one)) }
        return
      }
      if (name === 'quit') {
        outgoing.write('+OK\r\n')
        outgoing.end()
        this.#clients.delete(client)
        return
      }
      const reply = this.#answer(parsed.argv, client)
      if (reply !== undefined) outgoing.write(encoded(reply))
    }
    if (!incoming.isOver) return
    this.#clients.delete(client)
    outgoing.end()
  }

  /** Tries again what waits for data. */
  #retry(client: Client): void {
    const { waiting } = client
    if (!waiting) return
    const reply = this.#blocking(waiting.argv, client)
    if (reply === undefined && (waiting.until === undefined || this.#process.now() < waiting.until)) return
    client.waiting = undefined
    client.connection.outgoing.write(encoded(reply ?? { none: true }))
    this.#news.wake()
  }

  #answer(argv: readonly string[], client: Client): Reply | undefined {
    const name = argv[0].toLowerCase()
    const password = this.#settings.get('requirepass') ?? ''
    if (name === 'auth') {
      if (password === '')
        return {
          error:
            'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
        }
      client.isAllowed = argv.at(-1) === password
      return client.isAllowed ? { status: 'OK' } : { error: 'WRONGPASS invalid username-password pair or user is disabled.' }
    }
    if (name === 'hello' && client.isAllowed)
      return argv[1] === '3'
        ? { error: 'NOPROTO unsupported protocol version' }
        : [
            'server',
            'redis',
            'version',
            versionOf(this.#process),
            'proto',
            2,
            'id',
            client.id,
            'mode',
            'standalone',
            'role',
            this.#link ? 'replica' : 'master',
            'modules',
            [],
          ]
    if (!client.isAllowed) return { error: 'NOAUTH Authentication required.' }
    const listens = client.channels.size + client.patterns.size > 0
    if (listens && !/^(p?subscribe|p?unsubscribe|ping|quit|reset)$/.test(name))
      return {
        error: `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      }
    for (const one of this.#clients)
      if (one.isMonitoring && one !== client)
        one.connection.outgoing.write(
          `+${(this.#process.now() / 1000).toFixed(6)} [${client.index} ${client.connection.remote.ip}:${client.connection.remote.port}] ${argv.map((arg) => `"${arg}"`).join(' ')}\r\n`,
        )
    if (client.queued && !['exec', 'discard', 'multi', 'watch'].includes(name)) {
      const problem =
        isCommand(name) || this.#own.has(name)
          ? execute(emptyDatabase(), isCommand(name) ? argv : ['ping'], this.#process.now())
          : execute(emptyDatabase(), argv, this.#process.now())
      // What is no command or lacks arguments spoils the whole transaction, as it is found out when it is queued.
      if (
        problem !== null &&
        typeof problem === 'object' &&
        'error' in problem &&
        /^ERR (unknown command|wrong number|'\w+' is not simulated)/.test(problem.error)
      ) {
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
      case 'watch':
        if (client.queued) return { error: 'ERR WATCH inside MULTI is not allowed' }
        for (const key of argv.slice(1)) client.watched.set(`${client.index} ${key}`, this.#databases[client.index].values.get(key))
        return { status: 'OK' }
      case 'unwatch':
        client.watched.clear()
        return { status: 'OK' }
      case 'discard':
      case 'exec': {
        const { queued, hasMistake } = client
        if (!queued) return { error: `ERR ${name.toUpperCase()} without MULTI` }
        client.queued = undefined
        const isTouched = [...client.watched].some(
          ([place, held]) => this.#databases[Number(place.split(' ')[0])].values.get(place.replace(/^\d+ /, '')) !== held,
        )
        client.watched.clear()
        if (name === 'discard') return { status: 'OK' }
        if (hasMistake) return { error: 'EXECABORT Transaction discarded because of previous errors.' }
        return isTouched ? { none: true } : queued.map((one) => this.#answer(one, client) ?? null)
      }
    }
    if (/^(blpop|brpop|xread|xreadgroup)$/.test(name)) {
      const reply = this.#blocking(argv, client)
      if (reply !== undefined) return reply
      const wait = name.startsWith('b') ? Number(argv.at(-1)) * 1000 : readingOf(argv.slice(1))?.block
      if (wait === undefined || client.connection.incoming.isOver) return { none: true }
      client.waiting = { argv, until: wait === 0 ? undefined : this.#process.now() + wait }
      return undefined
    }
    return this.#own.has(name) ? this.#connectionCommand(name, argv, client) : this.#dataCommand(name, argv, client)
  }

  #dataCommand(name: string, argv: readonly string[], client: Client): Reply {
    const database = this.#databases[client.index]
    if (this.#link && writing.has(name) && this.#settings.get('replica-read-only') !== 'no')
      return { error: "READONLY You can't write against a read only replica." }
    if (name === 'get' && argv.length === 2) this.#counts[database.values.has(argv[1]) ? 'hits' : 'misses']++
    const before = database.dirty
    const reply = execute(database, argv, this.#process.now())
    if (writing.has(name) && database.dirty !== before) {
      // An id that was made here is told as it is, or every copy would make its own.
      this.#tell(
        client.index,
        name === 'xadd' && typeof reply === 'string' ? argv.map((arg, at) => (at > 1 && /^(\*|\d+-\*)$/.test(arg) ? reply : arg)) : argv,
      )
      this.#news.wake()
    }
    return reply
  }

  /** A change, to the file and to the replicas. */
  #tell(index: number, argv: readonly string[]): void {
    this.#files.append(index, argv)
    const words = `${index === this.#replicaIndex ? '' : commandText(['SELECT', String(index)])}${commandText(argv)}`
    this.#replicaIndex = index
    this.#offset += words.length
    for (const client of this.#clients) if (client.isReplica) client.connection.outgoing.write(words)
  }

  /** Undefined while there is nothing to give. */
  #blocking(argv: readonly string[], client: Client): Reply | undefined {
    const database = this.#databases[client.index]
    const name = argv[0].toLowerCase()
    if (name === 'blpop' || name === 'brpop') {
      for (const key of argv.slice(1, -1)) {
        const item = this.#dataCommand(name.slice(1), [name.slice(1), key], client)
        if (item !== null) return typeof item === 'string' ? [key, item] : item
      }
      return argv.length < 3 ? { error: `ERR wrong number of arguments for '${name}' command` } : undefined
    }
    const reading = readingOf(argv.slice(1))
    if (!reading) return { error: `ERR Unbalanced '${name}' list of streams: for each stream key an ID or '$' must be specified.` }
    // `$` means now; a reader that waits must not move on with the stream.
    const started = client.waiting?.argv === argv
    const ids = reading.ids.map((id, at) => {
      const place = `${client.id} ${reading.keys[at]}`
      if (id !== '$') return id
      const stream = database.values.get(reading.keys[at])
      if (!started) this.#seen.set(place, stream !== undefined && isStream(stream) ? stream.lastId : '0-0')
      return this.#seen.get(place) ?? '0-0'
    })
    const reply = this.#dataCommand(name, [...argv.slice(0, argv.length - ids.length), ...ids], client)
    return reply !== null && typeof reply === 'object' && 'none' in reply ? undefined : reply
  }

  readonly #seen = new Map<string, string>()

  /** Commands that concern the connection or the server rather than data. */
  readonly #own = new Set(
    'select swapdb move publish subscribe unsubscribe psubscribe punsubscribe pubsub role config save bgsave lastsave bgrewriteaof info command client replicaof slaveof replconf psync sync acl cluster wait slowlog latency memory debug monitor reset flushall '
      .trim()
      .split(' '),
  )

  #connectionCommand(name: string, argv: readonly string[], client: Client): Reply | undefined {
    const process = this.#process
    const action = (argv[1] ?? '').toLowerCase()
    switch (name) {
      case 'select':
        if (!/^\d+$/.test(argv[1] ?? '')) return { error: 'ERR value is not an integer or out of range' }
        if (Number(argv[1]) > 15) return { error: 'ERR DB index is out of range' }
        client.index = Number(argv[1])
        return { status: 'OK' }
      case 'move': {
        const [from, to] = [this.#databases[client.index], this.#databases[Number(argv[2])]]
        const value = from.values.get(argv[1])
        if (value === undefined || !to || to.values.has(argv[1])) return 0
        to.values.set(argv[1], value)
        from.values.delete(argv[1])
        from.dirty++
        return 1
      }
      case 'flushall':
        for (const [index, database] of this.#databases.entries()) {
          if (database.values.size === 0) continue
          execute(database, ['flushdb'], process.now())
          this.#tell(index, ['FLUSHDB'])
        }
        return { status: 'OK' }
      case 'publish':
        return this.#published(argv[1] ?? '', argv[2] ?? '')
      case 'subscribe':
      case 'unsubscribe':
      case 'psubscribe':
      case 'punsubscribe': {
        const kept = name.startsWith('p') ? client.patterns : client.channels
        const names = argv.length > 1 ? argv.slice(1) : [...kept]
        const all = names.map((channel): Reply => {
          if (name.includes('un')) kept.delete(channel)
          else kept.add(channel)
          return [name, channel, client.channels.size + client.patterns.size]
        })
        client.connection.outgoing.write((all.length > 0 ? all : [[name, null, 0] as Reply]).map(encoded).join(''))
        return undefined
      }
      case 'pubsub': {
        const names = [...new Set([...this.#clients].flatMap(({ channels }) => [...channels]))]
        if (action === 'channels') return names.filter((one) => argv[2] === undefined || matched(argv[2]).test(one))
        if (action === 'numsub')
          return argv.slice(2).flatMap((one) => [one, [...this.#clients].filter(({ channels }) => channels.has(one)).length])
        return [...this.#clients].reduce((sum, { patterns }) => sum + patterns.size, 0)
      }
      case 'role':
        return this.#link
          ? ['slave', this.#link.host, this.#link.port, this.#link.state === 'up' ? 'connected' : 'connect', this.#offset]
          : ['master', this.#offset, this.#replicas().map(({ ip, port }) => [ip, String(port), String(this.#offset)])]
      case 'config':
        return this.#config(action, argv)
      case 'save':
      case 'bgsave':
        this.#save()
        if (name === 'bgsave')
          this.#lines.push(['*', 'Background saving started by pid 20'], ['*', 'Background saving terminated with success'])
        else this.#lines.push(['*', 'DB saved on disk'])
        return { status: name === 'save' ? 'OK' : 'Background saving started' }
      case 'bgrewriteaof':
        if (this.#files.appends) this.#files.beginAppending(this.#databases)
        return { status: 'Background append only file rewriting started' }
      case 'lastsave':
        return Math.floor(this.#lastSaveMs / 1000)
      case 'info':
        return info(
          {
            process,
            databases: this.#databases,
            clients: [...this.#clients].filter(({ isReplica }) => !isReplica).length,
            blocked: [...this.#clients].filter(({ waiting }) => waiting).length,
            settings: this.#settings,
            ...this.#counts,
            lastSaveMs: this.#lastSaveMs,
            ...(this.#link && {
              master: { host: this.#link.host, port: this.#link.port, isUp: this.#link.state === 'up', offset: this.#offset },
            }),
            replicas: this.#replicas(),
            replicationId: this.#replicationId,
            offset: this.#offset,
            runId: this.#runId,
          },
          argv.slice(1),
        )
      case 'command':
        return action === 'count' ? 260 : []
      case 'client':
        if (action === 'setname') client.name = argv[2] ?? ''
        else if (action === 'getname') return client.name === '' ? null : client.name
        else if (action === 'id') return client.id
        else if (action === 'list')
          return `${[...this.#clients].map((one) => `id=${one.id} addr=${one.connection.remote.ip}:${one.connection.remote.port} laddr=${one.connection.local.ip}:${one.connection.local.port} fd=8 name=${one.name} age=0 idle=0 flags=${one.isReplica ? 'S' : 'N'} db=${one.index} sub=${one.channels.size} psub=${one.patterns.size} multi=${one.queued?.length ?? -1} cmd=${one === client ? 'client|list' : 'NULL'} user=default resp=2`).join('\n')}\n`
        else if (!['setinfo', 'no-evict', 'no-touch', 'reply', 'tracking'].includes(action))
          return { error: `ERR 'client ${action}' is not simulated in this sandbox` }
        return { status: 'OK' }
      case 'replicaof':
      case 'slaveof': {
        if (action === 'no') {
          this.#link?.connection?.outgoing.end()
          if (this.#link) this.#lines.push(['*', 'MASTER MODE enabled (user request)'])
          this.#link = undefined
          this.#settings.set('replicaof', '')
        } else this.#follow(argv[1] ?? '', Number(argv[2]))
        this.#news.wake()
        return { status: 'OK' }
      }
      case 'replconf':
        if (action === 'listening-port') client.replicaPort = Number(argv[2])
        return action === 'ack' ? undefined : { status: 'OK' }
      case 'psync':
      case 'sync': {
        const copy = text(this.#databases)
        client.isReplica = true
        this.#replicaIndex = 0
        this.#lines.push(
          ['*', `Replica ${client.connection.remote.ip}:${client.replicaPort ?? 6379} asks for synchronization`],
          ['*', `Full resync requested by replica ${client.connection.remote.ip}:${client.replicaPort ?? 6379}`],
          ['*', `Synchronization with replica ${client.connection.remote.ip}:${client.replicaPort ?? 6379} succeeded`],
        )
        client.connection.outgoing.write(`+FULLRESYNC ${this.#replicationId} ${this.#offset}\r\n$${bytesOf(copy).length}\r\n${copy}`)
        return undefined
      }
      case 'wait':
        return this.#replicas().length
      case 'acl':
        if (action === 'whoami') return 'default'
        if (action === 'users') return ['default']
        if (action === 'list')
          return [`user default on ${this.#settings.get('requirepass') === '' ? 'nopass' : 'sanitize-payload'} ~* &* +@all`]
        return { error: `ERR 'acl ${action}' is not simulated in this sandbox` }
      case 'cluster':
        return { error: 'ERR This instance has cluster support disabled' }
      case 'slowlog':
        return action === 'len' ? 0 : action === 'reset' ? { status: 'OK' } : []
      case 'memory': {
        if (action !== 'usage') return { error: `ERR 'memory ${action}' is not simulated in this sandbox` }
        const value = this.#databases[client.index].values.get(argv[2] ?? '')
        return value === undefined ? null : 56 + (argv[2] ?? '').length + (typeof value === 'string' ? value.length : 64)
      }
      case 'monitor':
        client.isMonitoring = true
        return { status: 'OK' }
      case 'reset':
        return { status: 'RESET' }
      default:
        return { error: `ERR '${[name, action].join(' ').trim()}' is not simulated in this sandbox` }
    }
  }

  #replicas(): { readonly ip: string; readonly port: number }[] {
    return [...this.#clients]
      .filter(({ isReplica }) => isReplica)
      .map(({ connection, replicaPort }) => ({ ip: connection.remote.ip, port: replicaPort ?? 6379 }))
  }

  #published(channel: string, message: string): number {
    let count = 0
    for (const { channels, patterns, connection } of this.#clients) {
      if (channels.has(channel)) {
        count++
        connection.outgoing.write(encoded(['message', channel, message]))
      }
      for (const pattern of patterns) {
        if (!matched(pattern).test(channel)) continue
        count++
        connection.outgoing.write(encoded(['pmessage', pattern, channel, message]))
      }
    }
    return count
  }

  #config(action: string, argv: readonly string[]): Reply {
    if (action === 'get') {
      const shown = new Map([...this.#settings, ['dir', this.#process.path(this.#settings.get('dir') ?? '.')]])
      return [...shown].filter(([name]) => argv.slice(2).some((pattern) => matched(pattern.toLowerCase()).test(name))).flat()
    }
    if (action === 'resetstat' || action === 'rewrite')
      return action === 'rewrite' ? { error: 'ERR The server is running without a config file' } : { status: 'OK' }
    if (action !== 'set') return { error: `ERR unknown subcommand '${argv[1] ?? ''}'. Try CONFIG HELP.` }
    for (let at = 2; at + 1 < argv.length; at += 2) {
      const name = argv[at].toLowerCase()
      if (name === 'databases' || name === 'cluster-enabled')
        return { error: `ERR CONFIG SET failed (possibly related to argument '${name}') - can't set immutable config` }
      if (name === 'port') return { error: "ERR 'config set port' is not simulated in this sandbox" }
      const wasAppending = this.#files.appends
      try {
        set(this.#settings, name, [argv[at + 1]], { number: 0, line: '', adds: false })
      } catch (error) {
        if (!(error instanceof BadLine)) throw error
        return {
          error: /directive/.test(error.message)
            ? `ERR Unknown option or number of arguments for CONFIG SET - '${argv[at]}'`
            : `ERR CONFIG SET failed (possibly related to argument '${name}') - ${error.message}`,
        }
      }
      if (this.#files.appends && !wasAppending) this.#files.beginAppending(this.#databases)
    }
    return { status: 'OK' }
  }

  #follow(host: string, port: number): void {
    this.#link?.connection?.outgoing.end()
    this.#link = { host, port, connection: undefined, rest: noBytes, state: 'connecting', retryAt: 0, index: 0 }
    this.#settings.set('replicaof', `${host} ${port}`)
    this.#lines.push(['*', `Connecting to MASTER ${host}:${port}`], ['*', 'MASTER <-> REPLICA sync started'])
  }

  *#attendMaster(link: Link): Blocking<void> {
    const process = this.#process
    if (!link.connection) {
      if (process.now() < link.retryAt) return
      link.retryAt = process.now() + 1000
      try {
        const [ip] = yield* lookup(process, link.host)
        link.connection = process.net.connect({ ip, port: link.port })
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* log(
          process,
          'S',
          '#',
          error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN'
            ? 'Unable to connect to MASTER: Success'
            : `Error condition on socket for SYNC: ${error.words}`,
        )
        return
      }
      const { connection } = link
      connection.incoming.readable.each(() => this.#news.wake())
      yield* log(process, 'S', '*', 'Non blocking connect for SYNC fired the event.')
      const secret = this.#settings.get('masterauth') ?? ''
      connection.outgoing.write(
        [
          ...(secret === '' ? [] : [['AUTH', secret]]),
          ['PING'],
          ['REPLCONF', 'listening-port', this.#settings.get('port') ?? '6379'],
          ['PSYNC', '?', '-1'],
        ]
          .map(commandText)
          .join(''),
      )
      link.state = 'syncing'
      link.rest = noBytes
    }
    const { connection } = link
    link.rest = joined([link.rest, connection.incoming.readAll()])
    while (link.state === 'syncing') {
      const end = link.rest.indexOf(10)
      if (end < 0) break
      const line = textOf(link.rest.subarray(0, end)).trimEnd()
      if (line.startsWith('$')) {
        const size = Number(line.slice(1))
        if (link.rest.length < end + 1 + size) break
        this.#databases = all(textOf(link.rest.subarray(end + 1, end + 1 + size)))
        link.rest = link.rest.subarray(end + 1 + size)
        link.state = 'up'
        link.index = 0
        for (const words of [
          'receiving streamed RDB from master with EOF to disk',
          'Flushing old data',
          'Loading DB in memory',
          'Finished with success',
        ])
          yield* log(process, 'S', '*', `MASTER <-> REPLICA sync: ${words}`)
        if (this.#files.appends) this.#files.beginAppending(this.#databases)
        break
      }
      link.rest = link.rest.subarray(end + 1)
      if (line === '+PONG') {
        yield* log(process, 'S', '*', 'Master replied to PING, replication can continue...')
        yield* log(process, 'S', '*', 'Partial resynchronization not possible (no cached master)')
      } else if (line.startsWith('-')) yield* log(process, 'S', '#', `Unexpected reply to PSYNC from master: ${line}`)
      else if (line.startsWith('+FULLRESYNC')) {
        const [, id, offset] = line.split(' ')
        this.#replicationId = id
        this.#offset = Number(offset)
        yield* log(process, 'S', '*', `Full resync from master: ${id}:${offset}`)
      }
    }
    while (link.state === 'up') {
      const next = commandOf(link.rest)
      if (!next) break
      link.rest = link.rest.subarray(next.length)
      this.#offset += next.length
      if (next.argv[0]?.toLowerCase() === 'select') link.index = Number(next.argv[1])
      else {
        execute(this.#databases[link.index], next.argv, process.now())
        this.#tell(link.index, next.argv)
      }
      this.#news.wake()
    }
    if (!connection.incoming.isOver) return
    yield* log(process, 'S', '#', 'Connection with master lost.')
    yield* log(process, 'S', '*', 'Caching the disconnected master state.')
    yield* log(process, 'S', '*', `Reconnecting to MASTER ${link.host}:${link.port}`)
    connection.outgoing.end()
    link.connection = undefined
    link.state = 'connecting'
    link.retryAt = process.now() + 1000
  }
}
