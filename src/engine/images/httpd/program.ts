/**
 * Apache's httpd, as `httpd`, `apache2` and `apachectl`: serves files, virtual hosts, aliases, redirects and error documents, and logs in its
 * formats. Without -X or -DFOREGROUND it goes to the background, so a container that only runs `httpd` ends at once, as a real one does.
 * Not simulated, and said in the error log: proxying, rewriting, TLS, CGI, .htaccess.
 */
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program, type Running, writeTo } from '../../../unix/kernel/process.ts'
import type { Signal } from '../../../unix/kernel/signals.ts'
import { type Asked, requestQueue } from '../../../unix/network/serve.ts'
import { localTime } from '../nginx/program.ts'
import { type Directive, HttpdConfigError } from './config.ts'
import { serve } from './serve.ts'
import { type Layout, layoutOf, type Settings, settingsOf, systemOf } from './settings.ts'

/** Which Apache a release of a distribution brings. */
function versionOf(process: Process, layout: Layout): string {
  if (layout.name === 'docker') return '2.4.65'
  const release = process.files.exists('/etc/os-release') ? process.files.readText('/etc/os-release') : ''
  const id = /^VERSION_ID="?(\d+)/m.exec(release)?.[1] ?? ''
  if (layout.name === 'redhat') return ({ '7': '2.4.6', '8': '2.4.37', '9': '2.4.62' } as Readonly<Record<string, string>>)[id] ?? '2.4.65'
  return layout.name === 'debian' && /^ID=ubuntu/m.test(release) ? '2.4.58' : '2.4.65'
}

export const httpdProgram: Program = function* (process) {
  const args = process.argv.slice(1)
  const layout = layoutOf(process)
  const version = versionOf(process, layout)
  if (args.includes('-v') || args.includes('-V')) {
    yield* out(process, `Server version: Apache/${version} (${systemOf(process, layout)})\nServer built:   2025-08-12T23:23:24\n`)
    return 0
  }
  const isForeground = args.some((arg) => arg === '-X' || /^-DFOREGROUND$/.test(arg) || arg === 'FOREGROUND')
  const defines = args.flatMap((arg, index) => (arg.startsWith('-D') ? [arg.slice(2) || (args[index + 1] ?? '')] : []))
  const unknown = args.find((arg) => /^-[^DdfCcXkvVlLMtSTeE]/.test(arg))
  if (unknown !== undefined) {
    yield* err(
      process,
      `Usage: ${layout.program} [-D name] [-d directory] [-f file]\n             [-C "directive"] [-c "directive"]\n             [-k start|restart|graceful|graceful-stop|stop]\n             [-v] [-V] [-h] [-l] [-L] [-t] [-T] [-S] [-X]\n`,
    )
    return unknown === '-h' ? 0 : 1
  }
  const fileFlag = args.indexOf('-f')
  const path = fileFlag >= 0 ? process.path(args[fileFlag + 1] ?? '') : layout.config
  const load = (): Settings => settingsOf(process, layout, path, defines, version)
  let settings: Settings
  try {
    settings = load()
  } catch (error) {
    if (!(error instanceof HttpdConfigError)) throw error
    yield* err(process, `${error.message}\n`)
    return 1
  }
  for (const warning of settings.warnings) yield* err(process, `[${longTime(process)}] [core:warn] [pid ${process.pid}] ${warning}\n`)
  if (settings.directives.some(({ name, args: [value = ''] }) => name === 'defaultruntimedir' && value.includes('${'))) {
    const at = settings.directives.find(({ name }) => name === 'defaultruntimedir')
    yield* err(
      process,
      `${layout.program}: Syntax error on line ${at?.line} of ${at?.file}: DefaultRuntimeDir must be a valid directory, absolute or relative to ServerRoot\n`,
    )
    return 1
  }
  const own = process.net.interfaces.find(({ name }) => name !== 'lo')?.ip ?? '127.0.0.1'
  if (settings.serverName === undefined && !args.includes('-k') && !args.includes('-M')) {
    const line = `AH00558: ${layout.program}: Could not reliably determine the server's fully qualified domain name, using ${own}. Set the 'ServerName' directive globally to suppress this message\n`
    // The configuration is read twice before the server goes on; with its log on standard error the second reading is seen too.
    yield* err(process, args.includes('-t') || settings.errorLog !== '/proc/self/fd/2' ? line : line + line)
  }
  if (args.includes('-S')) {
    yield* out(
      process,
      `VirtualHost configuration:\n${settings.hosts.map((host) => `*:${host.port ?? settings.ports[0]}                   ${host.serverName ?? own} (${host.directives.at(-1)?.file ?? path}:1)\n`).join('')}ServerRoot: "${settings.serverRoot}"\nMain DocumentRoot: "${settings.directives.findLast(({ name }) => name === 'documentroot')?.args[0] ?? layout.documents}"\nMain ErrorLog: "${settings.errorLog}"\nPidFile: "${layout.pid}"\nUser: name="${settings.user}" id=${idOf(process, settings.user)}\nGroup: name="${settings.user}" id=${idOf(process, settings.user)}\n`,
    )
    return 0
  }
  if (args.includes('-M') || args.includes('-l')) {
    const built = ['core', 'so', 'http']
    yield* out(
      process,
      args.includes('-l')
        ? `Compiled in modules:\n${built.map((one) => `  mod_${one}.c\n`).join('')}`
        : `Loaded Modules:\n${[...settings.modules]
            .filter((one) => one !== 'mpm_prefork' && one !== 'cgi')
            .map((one) => ` ${one}_module (${built.includes(one) ? 'static' : 'shared'})\n`)
            .join('')}`,
    )
    return 0
  }
  const action = args[args.indexOf('-k') + 1] ?? ''
  if (args.includes('-k') && action !== 'start') return yield* sendSignal(process, layout, action)
  if (args.includes('-t')) {
    yield* err(process, 'Syntax OK\n')
    return 0
  }
  const running = process.files.exists(layout.pid)
    ? process.namespaces.pids.processes.get(Number(process.files.readText(layout.pid)))
    : undefined
  if (running && !running.isEnded && args.includes('-k')) {
    yield* out(process, `httpd (pid ${running.pid}) already running\n`)
    return 0
  }
  const taken = settings.ports.length === 0 ? undefined : settings.ports.find((port) => isTaken(process, port))
  if (settings.ports.length === 0 || taken !== undefined) {
    yield* err(
      process,
      `${taken === undefined ? '' : `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${taken}\n`}no listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
    )
    return 1
  }
  const line = `${layout.program}${args.length > 0 ? ` ${args.map((arg) => arg.replace(/^-D(?=.)/, '-D ')).join(' ')}` : ''}`
  if (isForeground) return yield* run(process, load, settings, line)
  const { env, cwd, namespaces, credentials, cgroup, descriptors } = process
  process.kernel.spawn({
    env,
    cwd,
    namespaces,
    credentials,
    cgroup,
    descriptors,
    argv: process.argv,
    program: (daemon) => run(daemon, load, settings, line),
    parent: namespaces.pids.processes.get(1),
  })
  return 0
}

function isTaken(process: Process, port: number): boolean {
  try {
    process.net.listen(port, { http: { handle: () => ({ status: 503, headers: {}, body: '' }) } }, { owner: process.hostPid })()
    return false
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return true
  }
}

/** The server itself, and the workers that `ps` shows. */
function* run(process: Process, load: () => Settings, first: Settings, commandLine: string): Running {
  let settings = first
  const { layout } = settings
  const queue = requestQueue(process)
  const news = new WaitQueue()
  let ended: string | undefined
  for (const [signal, words] of [
    ['TERM', 'SIGTERM'],
    ['WINCH', 'SIGWINCH'],
    ['INT', 'SIGTERM'],
  ] as const) {
    process.handlers.set(signal, () => {
      ended = words
      news.wake()
    })
  }
  const reloads: Signal[] = []
  for (const signal of ['HUP', 'USR1'] as const) {
    process.handlers.set(signal, () => {
      reloads.push(signal)
      news.wake()
    })
  }
  process.memoryBytes = 6_400_000
  const resuming = function* (): Blocking<void> {
    yield* notice(process, settings, 'mpm_event', `AH00489: ${settings.title} configured -- resuming normal operations`)
    yield* notice(process, settings, 'core', `AH00094: Command line: '${commandLine}'`)
    for (const { name, file, line } of withInner(settings.directives)) {
      if (idle.test(name))
        yield* notice(process, settings, 'core', `Drydock: ${file}:${line}: this directive is not simulated and does nothing`)
    }
  }
  try {
    for (const port of settings.ports) queue.listen(port)
    yield* resuming()
    const folder = layout.pid.replace(/\/[^/]*$/, '')
    if (!process.files.exists(folder)) process.files.mkdir(folder, { parents: true })
    process.files.writeFile(layout.pid, `${process.pid}\n`)
    while (ended === undefined) {
      const reload = reloads.shift()
      if (reload) {
        yield* notice(
          process,
          settings,
          'mpm_event',
          reload === 'HUP' ? 'AH00494: SIGHUP received.  Attempting to restart' : 'AH00493: SIGUSR1 received.  Doing graceful restart',
        )
        try {
          const next = load()
          for (const port of next.ports) if (!settings.ports.includes(port)) queue.listen(port)
          settings = next
        } catch (error) {
          if (!(error instanceof HttpdConfigError)) throw error
          yield* log(process, settings, `${error.message}\n`)
          return 1
        }
        yield* resuming()
      }
      const asked = queue.next()
      if (!asked) {
        yield { on: [queue.arrived, news] }
        continue
      }
      const { response, problem } = serve(process, settings, asked.request, asked.port)
      asked.answer(response)
      if (problem !== undefined)
        yield* log(
          process,
          settings,
          `[${longTime(process)}] [core:error] [pid ${process.pid}:tid ${process.pid}] [client ${asked.peer.address ?? '127.0.0.1'}:40000] ${problem}\n`,
        )
      yield* accessLog(process, settings, asked, response)
    }
    yield* notice(
      process,
      settings,
      'mpm_event',
      ended === 'SIGWINCH' ? 'AH00492: caught SIGWINCH, shutting down gracefully' : 'AH00491: caught SIGTERM, shutting down',
    )
    return 0
  } finally {
    if (process.files.exists(layout.pid)) process.files.unlink(layout.pid)
    queue.close()
  }
}

function* sendSignal(process: Process, layout: Layout, action: string): Blocking<number> {
  const signals: Readonly<Record<string, Signal>> = { stop: 'TERM', restart: 'HUP', graceful: 'USR1', 'graceful-stop': 'WINCH' }
  const signal = signals[action]
  if (!signal) {
    yield* err(process, `${layout.program}: invalid -k argument: ${action}\n`)
    return 1
  }
  const pid = process.files.exists(layout.pid) ? Number(process.files.readText(layout.pid)) : undefined
  const server = pid === undefined ? undefined : process.namespaces.pids.processes.get(pid)
  if (!server) {
    yield* err(process, `httpd (${pid === undefined ? 'no pid file' : `pid ${pid}?`}) not running\n`)
    if (action === 'stop') return 0
    process.argv = [process.argv[0], '-k', 'start']
    return yield* httpdProgram(process)
  }
  process.kernel.kill(server, signal, process)
  return 0
}

/** apachectl hands its word over to `httpd -k`; Debian's first reads /etc/apache2/envvars, without which its configuration means nothing. */
export const apachectl: Program = function* (process) {
  const [action = '', ...rest] = process.argv.slice(1)
  const { name } = layoutOf(process)
  if (process.files.exists('/etc/apache2/envvars'))
    for (const [, key, value] of process.files.readText('/etc/apache2/envvars').matchAll(/^export (\w+)=(.*)$/gm))
      process.env[key] ??= value
  process.argv = [
    name === 'debian' ? '/usr/sbin/apache2' : 'httpd',
    ...(action === 'configtest' ? ['-t'] : action.startsWith('-') ? [action, ...rest] : ['-k', action, ...rest]),
  ]
  return yield* httpdProgram(process)
}

function idOf(process: Process, user: string): string {
  return (
    (process.files.exists('/etc/passwd') ? process.files.readText('/etc/passwd') : '')
      .split('\n')
      .find((line) => line.startsWith(`${user}:`))
      ?.split(':')[2] ?? '0'
  )
}

function* accessLog(
  process: Process,
  { accessLogs }: Settings,
  { request, peer }: Asked,
  response: { readonly status: number; readonly body: Uint8Array | string },
): Blocking<void> {
  const size = response.body.length
  const values: Readonly<Record<string, string>> = {
    h: peer.address ?? '127.0.0.1',
    a: peer.address ?? '127.0.0.1',
    l: '-',
    u: '-',
    t: `[${localTime(process.now())}]`,
    r: `${request.method} ${request.url} HTTP/1.1`,
    s: String(response.status),
    b: size === 0 ? '-' : String(size),
    O: String(size),
    B: String(size),
    I: '100',
    m: request.method,
    U: request.url.replace(/\?.*$/, ''),
    H: 'HTTP/1.1',
    D: '412',
    T: '0',
    P: String(process.pid),
    p: '80',
    v: String(request.headers.host ?? ''),
    V: String(request.headers.host ?? ''),
    '%': '%',
  }
  for (const { path, format } of accessLogs) {
    const line = format.replace(
      /%[<>]?(?:\{([^}]+)\}([ioen])|([a-zA-Z%]))/g,
      (_, name: string | undefined, kind: string, letter: string) =>
        name === undefined ? (values[letter] ?? '-') : kind === 'i' ? String(request.headers[name.toLowerCase()] ?? '-') : '-',
    )
    yield* append(process, path, `${line}\n`)
  }
}

function* notice(process: Process, settings: Settings, module: string, text: string): Blocking<void> {
  yield* log(process, settings, `[${longTime(process)}] [${module}:notice] [pid ${process.pid}:tid ${process.pid}] ${text}\n`)
}

/** `Mon Jan 05 09:00:00.000000 2026` */
function longTime(process: Process): string {
  const [day, date, month, year, time] = new Date(process.now()).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${date} ${time}.${String(Math.floor((process.now() % 1000) * 1000)).padStart(6, '0')} ${year}`
}

const log = (process: Process, settings: Settings, text: string): Blocking<void> => append(process, settings.errorLog, text)

function* append(process: Process, path: string, line: string): Blocking<void> {
  const standard = /^\/(?:proc\/self\/fd\/|dev\/std(?:out|err))([12]?)$/.exec(path)
  try {
    if (standard) yield* writeTo(process, standard[1] === '1' || path === '/dev/stdout' ? 1 : 2, line)
    else if (process.files.exists(path) && /^\/(dev\/std|proc\/self)/.test(linkOf(process, path)))
      yield* append(process, linkOf(process, path), line)
    else process.files.writeFile(path, line, { append: true })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
  }
}

function linkOf(process: Process, path: string): string {
  try {
    return process.files.readlink(path)
  } catch (error) {
    if (error instanceof UnixError) return ''
    throw error
  }
}

/** What the real server would act on; the lines that only tune or belong to one of these are not named. */
const idle =
  /^(aliasmatch|authtype|expiresbytype|expiresdefault|fallbackresource|header|limitrequestbody|proxypass|proxypassmatch|rewriterule|scriptalias|scriptaliasmatch|sslengine)$/

function withInner(directives: readonly Directive[]): readonly Directive[] {
  return directives.flatMap((directive) => [directive, ...withInner(directive.block ?? [])])
}
