/**
 * nginx: a master that reads the configuration and listens, and workers that answer. `-t` tests, `-s` sends signals, `-v` and `-V` tell
 * the version. Not simulated: TLS, caching, FastCGI, `stream`; `proxy_pass` goes over plain HTTP whatever its scheme.
 */
import { textOf } from '../../../base/bytes.ts'
import { ByteStream, header, type HttpResponse } from '../../../base/http.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { type Errno, UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, type Process, type Program, type Running, sleep, writeTo } from '../../../unix/kernel/process.ts'
import type { Signal } from '../../../unix/kernel/signals.ts'
import { limitOf } from '../../../unix/kernel/limits.ts'
import { addressesOf } from '../../../unix/network/names.ts'
import { type Asked, type RequestQueue, requestQueue } from '../../../unix/network/serve.ts'
import { ConfigError, type Directive, named, parseConfig, single } from './config.ts'
import { versionOf } from './pages.ts'
import { unsimulated } from './unsimulated.ts'
import { accessLogsFor, type Context, respond, serverFor, type Server, type Upstream } from './respond.ts'

const configPath = '/etc/nginx/nginx.conf'

interface Loaded {
  readonly servers: readonly Server[]
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly main: readonly Directive[]
  readonly errorLog: string
  readonly errorLevel: string
  readonly formats: ReadonlyMap<string, string>
}

const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg']
const combined = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'

export const nginx: Program = function* (process) {
  const args = process.argv.slice(1)
  let path = configPath
  let global = ''
  let isTest = false
  let shown = false
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]
    if (arg === '-v') {
      yield* err(process, `nginx version: nginx/${versionOf(process)}\n`)
      return 0
    }
    if (arg === '-V') {
      yield* err(
        process,
        `nginx version: nginx/${versionOf(process)}\nbuilt by gcc 12.2.0 (Debian 12.2.0-14+deb12u1) \nbuilt with OpenSSL 3.0.17 1 Jul 2025\nTLS SNI support enabled\nconfigure arguments: --prefix=/etc/nginx --sbin-path=/usr/sbin/nginx --conf-path=/etc/nginx/nginx.conf\n`,
      )
      return 0
    }
    if (arg === '-t' || arg === '-T') {
      isTest = true
      shown = arg === '-T'
    } else if (arg === '-c') path = args[++at] ?? ''
    else if (arg === '-g') global = args[++at] ?? ''
    else if (arg === '-s') return yield* sendSignal(process, args[++at] ?? '')
    else if (arg !== '-q' && arg !== '-p') {
      yield* err(process, `nginx: invalid option: "${arg}"\n`)
      return 1
    } else if (arg === '-p') at++
  }
  let loaded: Loaded
  try {
    loaded = load(process, path, global)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    yield* err(process, `${stamp(process)} [emerg] ${process.pid}#${process.pid}: ${error.message}\nnginx: [emerg] ${error.message}\n`)
    if (isTest) yield* err(process, `nginx: configuration file ${path} test failed\n`)
    return 1
  }
  if (isTest) {
    yield* err(process, `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`)
    if (shown) yield* writeTo(process, 1, `# configuration file ${path}:\n${process.files.readText(path)}\n`)
    return 0
  }
  if (single(loaded.main, 'daemon')?.args[0] !== 'off') {
    // In the background: the child is the master and the caller gets its prompt back.
    process.kernel.spawn({
      ...inherited(process),
      argv: ['nginx: master process nginx'],
      program: (master) => run(master, path, global, loaded),
      parent: process.namespaces.pids.processes.get(1),
    })
    return 0
  }
  process.argv = [`nginx: master process ${['nginx', ...args].join(' ')}`]
  return yield* run(process, path, global, loaded)
}

function inherited(process: Process) {
  const { env, cwd, namespaces, credentials, cgroup, descriptors } = process
  return { env, cwd, namespaces, credentials, cgroup, descriptors }
}

function* run(process: Process, path: string, global: string, first: Loaded): Running {
  let loaded = first
  const queue = requestQueue(process)
  const news = new WaitQueue()
  const signals: Signal[] = []
  for (const signal of ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'WINCH'] as const) {
    process.handlers.set(signal, () => {
      signals.push(signal)
      news.wake()
    })
  }
  process.handlers.set('CHLD', () => news.wake())
  process.memoryBytes = 7_200_000
  try {
    const problem = listenAll(queue, loaded)
    if (problem) {
      // The real one tries five times, half a second apart, then gives up.
      const line = `bind() to 0.0.0.0:${problem.port} failed (98: Address already in use)`
      for (let tries = 0; tries < 5; tries++) {
        yield* log(process, loaded, 'emerg', line)
        yield* sleep(process, 500)
      }
      yield* log(process, loaded, 'emerg', 'still could not bind()')
      return 1
    }
    try {
      makeTemporaryFolders(process, loaded)
      refusing('open() PATH', '/run/nginx.pid', () =>
        process.files.writeFile('/run/nginx.pid', `${process.pid}\n`, {}, process.credentials),
      )
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      yield* err(process, `${stamp(process)} [emerg] ${process.pid}#${process.pid}: ${error.message}\nnginx: [emerg] ${error.message}\n`)
      return 1
    }
    const { soft, hard } = limitOf(process.limits, 'nofile')
    // nginx.org's packages, which say so in the environment of its images, name their compiler; a distribution's do not.
    const compiler = process.env.PKG_RELEASE === undefined ? [] : ['built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1) ']
    for (const line of [
      'using the "epoll" event method',
      `nginx/${versionOf(process)}`,
      ...compiler,
      `OS: Linux ${process.kernel.release}`,
      `getrlimit(RLIMIT_NOFILE): ${soft}:${hard}`,
      'start worker processes',
    ]) {
      yield* log(process, loaded, 'notice', line)
    }
    yield* sayUnsimulated(process, loaded)
    let workers = yield* startWorkers(process, loaded, queue)
    for (;;) {
      const signal = signals.shift()
      if (signal === 'HUP') {
        yield* log(process, loaded, 'notice', `signal 1 (SIGHUP) received, reconfiguring`)
        yield* log(process, loaded, 'notice', 'reconfiguring')
        try {
          const next = load(process, path, global)
          queue.close()
          listenAll(queue, next)
          loaded = next
          for (const worker of workers) process.kernel.kill(worker, 'KILL')
          yield* log(process, loaded, 'notice', 'using the "epoll" event method')
          yield* log(process, loaded, 'notice', 'start worker processes')
          yield* sayUnsimulated(process, loaded)
          workers = yield* startWorkers(process, loaded, queue)
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error
          yield* log(process, loaded, 'emerg', error.message)
        }
      } else if (signal === 'TERM' || signal === 'INT' || signal === 'QUIT') {
        const [number, name, action] =
          signal === 'QUIT' ? [3, 'SIGQUIT', 'shutting down'] : signal === 'INT' ? [2, 'SIGINT', 'exiting'] : [15, 'SIGTERM', 'exiting']
        yield* log(process, loaded, 'notice', `signal ${number} (${name}) received, ${action}`)
        for (const worker of workers) {
          yield* log(worker, loaded, 'notice', signal === 'QUIT' ? 'gracefully shutting down' : 'exiting')
          if (signal === 'QUIT') yield* log(worker, loaded, 'notice', 'exiting')
          yield* log(worker, loaded, 'notice', 'exit')
          process.kernel.kill(worker, 'KILL')
          yield* log(process, loaded, 'notice', `signal 17 (SIGCHLD) received from ${worker.pid}`)
          yield* log(process, loaded, 'notice', `worker process ${worker.pid} exited with code 0`)
        }
        yield* log(process, loaded, 'notice', 'exit')
        return 0
      } else if (signal === undefined) {
        const dead = workers.find((worker) => worker.isEnded)
        if (dead) {
          yield* log(process, loaded, 'alert', `worker process ${dead.pid} exited on signal ${(dead.exitCode ?? 128) - 128}`)
          workers = [...workers.filter((worker) => worker !== dead), ...(yield* startWorkers(process, loaded, queue, 1))]
        } else yield { on: [news] }
      }
    }
  } finally {
    queue.close()
    if (process.files.exists('/run/nginx.pid')) process.files.unlink('/run/nginx.pid')
  }
}

/** Where bodies too large for memory go: made at the start, for the workers. */
function makeTemporaryFolders(process: Process, loaded: Loaded): void {
  const http = single(loaded.main, 'http')?.block ?? []
  const { uid, gid } = credentialsOf(process, loaded)
  for (const kind of ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) {
    const path = single(http, `${kind}_temp_path`)?.args[0] ?? `/var/cache/nginx/${kind === 'client_body' ? 'client' : kind}_temp`
    const parent = path.slice(0, path.lastIndexOf('/'))
    if (process.files.exists(path) || !process.files.exists(parent)) continue
    refusing('mkdir() PATH', path, () => process.files.mkdir(path, { mode: 0o700 }, process.credentials))
    if (process.credentials.uid === 0)
      refusing(`chown(PATH, ${uid})`, path, () => process.files.chown(path, { uid, gid }, process.credentials))
  }
}

/** A system call that must not fail, in nginx' words where it does: they end it before it serves. */
function refusing(call: string, path: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new ConfigError(`${call.replace('PATH', `"${path}"`)} failed (${numbers[error.errno] ?? 5}: ${error.words})`)
  }
}

const numbers: Partial<Record<Errno, number>> = { EPERM: 1, ENOENT: 2, EACCES: 13, ENOTDIR: 20, EISDIR: 21, ENOSPC: 28, EROFS: 30 }

function* startWorkers(master: Process, loaded: Loaded, queue: RequestQueue, count?: number): Blocking<Process[]> {
  const wanted = single(loaded.main, 'worker_processes')?.args[0] ?? '1'
  const number = count ?? (wanted === 'auto' ? master.kernel.cpus : Number(wanted))
  const workers: Process[] = []
  for (let index = 0; index < number; index++) {
    const worker = master.kernel.spawn({
      ...inherited(master),
      argv: ['nginx: worker process'],
      parent: master,
      program: (self) => work(self, loaded, queue),
      credentials: credentialsOf(master, loaded),
    })
    worker.memoryBytes = 3_100_000
    workers.push(worker)
    yield* log(master, loaded, 'notice', `start worker process ${worker.pid}`)
  }
  return workers
}

function credentialsOf(process: Process, loaded: Loaded) {
  const name = single(loaded.main, 'user')?.args[0] ?? 'nobody'
  const line = process.files.exists('/etc/passwd')
    ? process.files
        .readText('/etc/passwd')
        .split('\n')
        .find((one) => one.startsWith(`${name}:`))
    : undefined
  const [, , uid, gid] = line?.split(':') ?? []
  return process.credentials.uid === 0 && uid ? { uid: Number(uid), gid: Number(gid), groups: [Number(gid)] } : process.credentials
}

function* work(process: Process, loaded: Loaded, queue: RequestQueue): Running {
  process.handlers.set('INT', 'ignore')
  const errors: string[] = []
  const context: Context = {
    process,
    servers: loaded.servers,
    upstreams: loaded.upstreams,
    error: (level, text) => void errors.push(`${level} ${text}`),
  }
  let connection = 0
  for (;;) {
    const asked = queue.next()
    if (!asked) {
      yield { on: [queue.arrived] }
      continue
    }
    connection++
    const response = yield* respond(context, asked.request, asked.peer.address ?? '127.0.0.1', asked.port)
    for (const line of errors.splice(0))
      yield* log(process, loaded, line.slice(0, line.indexOf(' ')), `*${connection} ${line.slice(line.indexOf(' ') + 1)}`)
    asked.answer(response)
    yield* accessLog(process, loaded, asked, response)
  }
}

function* accessLog(process: Process, loaded: Loaded, { request, peer, port }: Asked, response: HttpResponse): Blocking<void> {
  const size =
    response.body instanceof ByteStream
      ? response.body.size
      : typeof response.body === 'string'
        ? response.body.length
        : response.body.length
  const values: Readonly<Record<string, string>> = {
    remote_addr: peer.address ?? '127.0.0.1',
    remote_user: '-',
    time_local: localTime(process.now()),
    request: `${request.method} ${request.url} HTTP/1.1`,
    status: String(response.status),
    body_bytes_sent: String(size),
    http_referer: header(request.headers, 'referer') ?? '-',
    http_user_agent: header(request.headers, 'user-agent') ?? '-',
    http_x_forwarded_for: header(request.headers, 'x-forwarded-for') ?? '-',
    host: header(request.headers, 'host') ?? '-',
    request_time: '0.000',
    upstream_addr: '-',
  }
  const [uri, query] = request.url.split(/\?(.*)/s)
  const more: Readonly<Record<string, string>> = {
    request_method: request.method,
    request_uri: request.url,
    uri,
    args: query ?? '-',
    server_port: String(port),
    server_protocol: 'HTTP/1.1',
    scheme: 'http',
    time_iso8601: `${new Date(process.now()).toISOString().slice(0, 19)}+00:00`,
    msec: (process.now() / 1000).toFixed(3),
    bytes_sent: String(size + 238),
    hostname: process.namespaces.uts.hostname,
    request_length: String(request.url.length + 78),
    upstream_response_time: '-',
    upstream_status: '-',
  }
  const server = serverFor(loaded.servers, request, port)
  const said = accessLogsFor(server, uri)
  for (const { args } of said.length > 0 ? said : [{ args: ['/var/log/nginx/access.log'] }]) {
    if (args[0] === 'off') continue
    const format = loaded.formats.get(args[1] ?? 'combined') ?? combined
    const line = format.replace(
      /\$\{?(\w+)\}?/g,
      (_, name: string) =>
        values[name] ??
        more[name] ??
        (name.startsWith('http_') ? header(request.headers, name.slice(5).replaceAll('_', '-')) : undefined) ??
        '-',
    )
    yield* append(process, args[0], `${line}\n`)
  }
}

function* log(process: Process, loaded: Loaded, level: string, text: string): Blocking<void> {
  if (levels.indexOf(level) < levels.indexOf(loaded.errorLevel)) return
  yield* append(process, loaded.errorLog, `${stamp(process)} [${level}] ${process.pid}#${process.pid}: ${text}\n`)
}

function* sayUnsimulated(process: Process, loaded: Loaded): Blocking<void> {
  for (const text of unsimulated(loaded.main))
    yield* append(process, loaded.errorLog, `${stamp(process)} [warn] ${process.pid}#${process.pid}: ${text}\n`)
}

/** Logs were opened by the master, so a worker without rights writes them all the same. */
function* append(process: Process, path: string, line: string): Blocking<void> {
  try {
    const standard = path === 'stderr' || path === '/dev/stderr' ? 2 : path === '/dev/stdout' ? 1 : linked(process, path)
    if (standard === undefined) process.files.writeFile(path, line, { append: true })
    else yield* writeTo(process, standard, line)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
  }
}

function linked(process: Process, path: string): number | undefined {
  try {
    const target = process.files.readlink(path)
    return target === '/dev/stdout' ? 1 : target === '/dev/stderr' ? 2 : undefined
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

function listenAll(queue: RequestQueue, { servers }: Loaded): { port: number } | undefined {
  const open = new Set<number>()
  for (const { ports } of servers) {
    for (const { port, ip } of ports) {
      if (open.has(port)) continue
      open.add(port)
      try {
        queue.listen(port, ip)
      } catch (error) {
        if (error instanceof UnixError) return { port }
        throw error
      }
    }
  }
  return undefined
}

function load(process: Process, path: string, global: string): Loaded {
  const read = (file: string): string => {
    if (file === '<global>') return global
    try {
      return textOf(process.files.readFile(process.path(file), process.credentials))
    } catch (error) {
      if (error instanceof UnixError)
        throw new ConfigError(`open() "${file}" failed (2: No such file or directory)${file === path ? '' : ` in ${path}`}`)
      throw error
    }
  }
  const expand = (pattern: string): readonly string[] => {
    const slash = pattern.lastIndexOf('/')
    const folder = pattern.slice(0, slash)
    const expression = new RegExp(
      `^${pattern
        .slice(slash + 1)
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    )
    return process.files.exists(folder)
      ? process.files
          .list(folder)
          .filter((name) => expression.test(name))
          .map((name) => `${folder}/${name}`)
      : []
  }
  const main = [...parseConfig(path, read, expand), ...(global === '' ? [] : parseConfig('<global>', read, expand))]
  if (!single(main, 'events')) throw new ConfigError('no "events" section in configuration')
  const http = single(main, 'http')?.block ?? []
  const servers = named(http, 'server').map((server): Server => {
    const own = server.block ?? []
    const listens = named(own, 'listen')
    const ports = (listens.length > 0 ? listens.map((one) => one.args) : [['80']]).map((args) => {
      const [, ip, port] = /^(?:(\[[^\]]*\]|[^:]*[.a-z*][^:]*):)?(\d+)$/i.exec(args[0]) ?? [undefined, args[0], '80']
      return {
        port: Number(port),
        ip: ip === undefined || ip === '*' || ip.startsWith('[') ? undefined : ip,
        isDefault: args.includes('default_server'),
      }
    })
    for (const location of named(own, 'location')) checkProxy(location)
    return { ports, names: named(own, 'server_name').flatMap((one) => one.args), outer: http.filter((one) => !one.block), own }
  })
  const upstreams = new Map(
    named(http, 'upstream').map((upstream) => [
      upstream.args[0],
      {
        servers: turns(
          named(upstream.block ?? [], 'server')
            .filter((one) => !one.args.includes('down') && !one.args.includes('backup'))
            .map((one) => ({ address: one.args[0], weight: Number(one.args.find((arg) => arg.startsWith('weight='))?.slice(7) ?? 1) })),
        ),
        isByAddress: single(upstream.block ?? [], 'ip_hash') !== undefined,
        next: 0,
      },
    ]),
  )
  resolvable(process, servers, upstreams)
  const error = single(http, 'error_log') ?? single(main, 'error_log')
  return {
    main,
    servers,
    upstreams,
    errorLog: error?.args[0] ?? '/var/log/nginx/error.log',
    errorLevel: error?.args[1] ?? 'error',
    formats: new Map(named(http, 'log_format').map(({ args }) => [args[0], args.slice(args[1]?.startsWith('escape=') ? 2 : 1).join('')])),
  }
}

/** nginx's smooth round robin: with weights 2 and 1 it goes a, b, a. */
function turns(servers: readonly { readonly address: string; readonly weight: number }[]): readonly string[] {
  const total = servers.reduce((sum, { weight }) => sum + weight, 0)
  const current = servers.map(() => 0)
  return Array.from({ length: total }, () => {
    for (const [at, { weight }] of servers.entries()) current[at] += weight
    const best = current.indexOf(Math.max(...current))
    current[best] -= total
    return servers[best].address
  })
}

function checkProxy(location: Directive): void {
  const pass = single(location.block ?? [], 'proxy_pass')
  if (pass && !/^(https?:\/\/|\$)/.test(pass.args[0] ?? '')) throw new ConfigError(`invalid URL prefix in ${pass.file}:${pass.line}`)
}

/** nginx looks names up when it starts, and does not start without them: the famous "host not found in upstream". */
function resolvable(process: Process, servers: readonly Server[], upstreams: ReadonlyMap<string, Upstream>): void {
  for (const { own } of servers) {
    for (const location of named(own, 'location')) {
      const pass = single(location.block ?? [], 'proxy_pass')
      if (!pass || pass.args[0].includes('$')) continue
      const host = pass.args[0].replace(/^https?:\/\//, '').replace(/\/.*$/, '')
      for (const server of upstreams.get(host)?.servers ?? [host]) {
        const name = server.replace(/:\d+$/, '')
        if (isKnown(process, name)) continue
        throw new ConfigError(`host not found in upstream "${upstreams.has(host) ? server : name}" in ${pass.file}:${pass.line}`)
      }
    }
  }
}

function isKnown(process: Process, name: string): boolean {
  if (/^[\d.]+$/.test(name) || name.startsWith('unix:')) return true
  try {
    return (process.net.resolver?.(name) ?? addressesOf(process.net, process.files, name)) !== undefined
  } catch (error) {
    if (error instanceof UnixError) return false
    throw error
  }
}

function* sendSignal(process: Process, name: string): Blocking<number> {
  const signal = ({ stop: 'TERM', quit: 'QUIT', reload: 'HUP', reopen: 'USR1' } as Readonly<Record<string, Signal>>)[name]
  if (!signal) {
    yield* err(process, `nginx: invalid option: "-s ${name}"\n`)
    return 1
  }
  const pid = process.files.exists('/run/nginx.pid') ? Number(process.files.readText('/run/nginx.pid')) : undefined
  const master = pid === undefined ? undefined : process.namespaces.pids.processes.get(pid)
  if (!master) {
    yield* err(
      process,
      `${stamp(process)} [error] ${process.pid}#${process.pid}: open() "/run/nginx.pid" failed (2: No such file or directory)\nnginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n`,
    )
    return 1
  }
  yield* err(process, `${stamp(process)} [notice] ${process.pid}#${process.pid}: signal process started\n`)
  process.kernel.kill(master, signal, process)
  return 0
}

function stamp(process: Process): string {
  return new Date(process.now()).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')
}

/** `20/Nov/2026:22:24:32 +0000` */
export function localTime(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\d+:\d+:\d+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}
