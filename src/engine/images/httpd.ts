/**
 * Apache's httpd: serves the files of its DocumentRoot and logs in its format. Of httpd.conf it obeys Listen, ServerName, DocumentRoot
 * and DirectoryIndex; other directives are kept and not acted on.
 */
import { header, type HttpRequest, type HttpResponse } from '../../base/http.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program } from '../../unix/kernel/process.ts'
import type { Signal } from '../../unix/kernel/signals.ts'
import { requestQueue } from '../../unix/network/serve.ts'
import { alpineImage } from './alpine.ts'
import { slimImage } from './debian.ts'
import { type CatalogueRepository, type Image, makeImage } from './image.ts'
import { mediaType } from './nginx/pages.ts'
import { localTime } from './nginx/program.ts'
import { httpDate } from './nginx/respond.ts'
import { once } from './once.ts'

const version = '2.4.65'
const configPath = '/usr/local/apache2/conf/httpd.conf'

const config = `ServerRoot "/usr/local/apache2"

Listen 80

User www-data
Group www-data

ServerAdmin you@example.com

#ServerName www.example.com:80

DocumentRoot "/usr/local/apache2/htdocs"
<Directory "/usr/local/apache2/htdocs">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>

<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>

ErrorLog /proc/self/fd/2
LogLevel warn
CustomLog /proc/self/fd/1 common
`

const foreground = `#!/bin/sh
set -e

# Apache gets grumpy about PID files pre-existing
rm -f /usr/local/apache2/logs/httpd.pid

exec httpd -DFOREGROUND "$@"
`

interface Settings {
  readonly ports: readonly number[]
  readonly root: string
  readonly index: readonly string[]
  readonly serverName: string | undefined
}

export const httpdProgram: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes('-v') || args.includes('-V')) {
    yield* out(process, `Server version: Apache/${version} (Unix)\nServer built:   Aug 12 2025 23:23:24\n`)
    return 0
  }
  let settings = settingsOf(process)
  const own = process.net.interfaces[0]?.ip ?? '127.0.0.1'
  if (settings.serverName === undefined) {
    const line = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${own}. Set the 'ServerName' directive globally to suppress this message\n`
    yield* err(process, args.includes('-t') ? line : line + line)
  }
  if (args.includes('-S')) {
    yield* out(process, `VirtualHost configuration:\nServerRoot: "/usr/local/apache2"\nMain DocumentRoot: "${settings.root}"\nMain ErrorLog: "/proc/self/fd/2"\nPidFile: "/usr/local/apache2/logs/httpd.pid"\nUser: name="www-data" id=33\nGroup: name="www-data" id=33\n`)
    return 0
  }
  if (args.includes('-M') || args.includes('-l')) {
    yield* out(process, 'Loaded Modules:\n core_module (static)\n so_module (static)\n http_module (static)\n mpm_event_module (shared)\n authz_core_module (shared)\n mime_module (shared)\n log_config_module (shared)\n dir_module (shared)\n autoindex_module (shared)\n alias_module (shared)\n')
    return 0
  }
  if (args.includes('-k')) return yield* sendSignal(process, args[args.indexOf('-k') + 1] ?? '')
  if (args.includes('-t')) {
    yield* err(process, 'Syntax OK\n')
    return 0
  }
  const queue = requestQueue(process)
  const news = new WaitQueue()
  let ended: string | undefined
  for (const [signal, words] of [['TERM', 'SIGTERM'], ['WINCH', 'SIGWINCH'], ['INT', 'SIGTERM']] as const) {
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
  try {
    for (const port of settings.ports) {
      try {
        queue.listen(port)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* err(process, `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${port}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`)
        return 1
      }
    }
    yield* notice(process, 'mpm_event', `AH00489: Apache/${version} (Unix) configured -- resuming normal operations`)
    yield* notice(process, 'core', "AH00094: Command line: 'httpd -D FOREGROUND'")
    process.files.writeFile(pidPath, `${process.pid}\n`)
    while (ended === undefined) {
      const reload = reloads.shift()
      if (reload) {
        yield* notice(process, 'mpm_event', reload === 'HUP' ? 'AH00494: SIGHUP received.  Attempting to restart' : 'AH00493: SIGUSR1 received.  Doing graceful restart')
        settings = { ...settingsOf(process), ports: settings.ports }
        yield* notice(process, 'mpm_event', `AH00489: Apache/${version} (Unix) configured -- resuming normal operations`)
        yield* notice(process, 'core', "AH00094: Command line: 'httpd -D FOREGROUND'")
      }
      const asked = queue.next()
      if (!asked) {
        yield { on: [queue.arrived, news] }
        continue
      }
      const { request, peer } = asked
      const response = serve(process, settings, request, asked.port, own)
      asked.answer(response)
      const size = response.body.length
      yield* out(process, `${peer.address ?? '127.0.0.1'} - - [${localTime(process.now())}] "${request.method} ${request.url} HTTP/1.1" ${response.status} ${size === 0 ? '-' : size}\n`)
    }
    yield* notice(process, 'mpm_event', ended === 'SIGWINCH' ? 'AH00492: caught SIGWINCH, shutting down gracefully' : 'AH00491: caught SIGTERM, shutting down')
    return 0
  } finally {
    if (process.files.exists(pidPath)) process.files.unlink(pidPath)
    queue.close()
  }
}

const pidPath = '/usr/local/apache2/logs/httpd.pid'

function* sendSignal(process: Process, action: string): Blocking<number> {
  const signals: Readonly<Record<string, Signal>> = { stop: 'TERM', restart: 'HUP', graceful: 'USR1', 'graceful-stop': 'WINCH' }
  const signal = signals[action]
  if (!signal) {
    yield* err(process, `httpd: -k ${action} is not simulated\n`)
    return 1
  }
  const pid = process.files.exists(pidPath) ? Number(process.files.readText(pidPath)) : undefined
  const server = pid === undefined ? undefined : process.namespaces.pids.processes.get(pid)
  if (!server) {
    yield* err(process, `httpd (${pid === undefined ? 'no pid file' : `pid ${pid}?`}) not running\n`)
    return action === 'stop' ? 0 : 1
  }
  process.kernel.kill(server, signal, process)
  return 0
}

/** apachectl hands its word over to `httpd -k`. */
export const apachectl: Program = function* (process) {
  const [action = '', ...rest] = process.argv.slice(1)
  process.argv = ['httpd', ...(['configtest', '-t'].includes(action) ? ['-t'] : action.startsWith('-') ? [action, ...rest] : ['-k', action])]
  return yield* httpdProgram(process)
}

function* notice(process: Process, module: string, text: string): Blocking<void> {
  const [day, date, month, year, time] = new Date(process.now()).toUTCString().replace(',', '').split(' ')
  const micro = String(Math.floor((process.now() % 1000) * 1000)).padStart(6, '0')
  yield* err(process, `[${day} ${month} ${date} ${time}.${micro} ${year}] [${module}:notice] [pid ${process.pid}:tid ${process.pid}] ${text}\n`)
}

function settingsOf(process: Process): Settings {
  const text = process.files.exists(configPath) ? process.files.readText(configPath) : ''
  const values = (name: string): string[] => Array.from(text.matchAll(new RegExp(`^\\s*${name}\\s+(.+)$`, 'gim')), (match) => match[1].trim().replaceAll('"', ''))
  const ports = values('Listen').map((value) => Number(value.split(' ')[0].replace(/^.*:/, '')))
  return { ports: ports.length > 0 ? ports : [80], root: values('DocumentRoot')[0] ?? '/usr/local/apache2/htdocs', index: (values('DirectoryIndex')[0] ?? 'index.html').split(/\s+/), serverName: values('ServerName')[0] }
}

function serve(process: Process, settings: Settings, request: HttpRequest, port: number, own: string): HttpResponse & { readonly body: Uint8Array | string } {
  const date = httpDate(process.now())
  const base = { date, server: `Apache/${version} (Unix)` }
  const refuse = (status: number, title: string, words: string) => {
    const body = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${words}</p>\n</body></html>\n`
    return { status, headers: { ...base, 'content-length': String(body.length), 'content-type': 'text/html; charset=iso-8859-1' }, body }
  }
  const path = request.url.replace(/[?#].*$/, '')
  if (path.split('/').includes('..')) return refuse(400, 'Bad Request', 'Your browser sent a request that this server could not understand.<br />')
  const full = settings.root + path
  try {
    const { files, credentials } = process
    const node = files.stat(full.replace(/(.)\/+$/, '$1'), credentials)
    if (node.kind === 'directory' && !path.endsWith('/')) return { ...refuse(301, 'Moved Permanently', `The document has moved <a href="http://${header(request.headers, 'host') ?? own}${path}/">here</a>.`), headers: { ...base, location: `http://${header(request.headers, 'host') ?? own}${path}/`, 'content-type': 'text/html; charset=iso-8859-1' } }
    const file = node.kind === 'directory' ? settings.index.map((name) => full + name).find((name) => files.exists(name)) : full
    if (file === undefined) {
      const list = files.list(full, credentials).map((name) => `<li><a href="${name}"> ${name}</a></li>\n`).join('')
      const body = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>Index of ${path}</title>\n </head>\n <body>\n<h1>Index of ${path}</h1>\n<ul>${path === '/' ? '' : '<li><a href="/"> Parent Directory</a></li>\n'}${list}</ul>\n</body></html>\n`
      return { status: 200, headers: { ...base, 'content-length': String(body.length), 'content-type': 'text/html;charset=ISO-8859-1' }, body }
    }
    const content = files.readFile(file, credentials)
    const modified = files.stat(file).modifiedMs
    return {
      status: 200,
      headers: { ...base, 'last-modified': httpDate(modified), etag: `"${content.length.toString(16)}-${(modified * 1000).toString(16)}"`, 'accept-ranges': 'bytes', 'content-length': String(content.length), 'content-type': mediaType(file, 'text/plain') },
      body: request.method === 'HEAD' ? '' : content,
    }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return error.errno === 'EACCES' ? refuse(403, 'Forbidden', "You don't have permission to access this resource.") : refuse(404, 'Not Found', 'The requested URL was not found on this server.')
  }
}

const note = 'buildkit.dockerfile.v0'

const imageOn = (base: () => Image, size: number) =>
  once(() =>
    makeImage({
      base: base(),
      created: '2025-11-04T01:26:00Z',
      config: { Env: ['PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HTTPD_PREFIX=/usr/local/apache2', `HTTPD_VERSION=${version}`], Cmd: ['httpd-foreground'], ExposedPorts: { '80/tcp': {} }, WorkingDir: '/usr/local/apache2', StopSignal: 'SIGWINCH' },
      steps: [
        { createdBy: 'ENV HTTPD_PREFIX=/usr/local/apache2', comment: note },
        { createdBy: 'WORKDIR /usr/local/apache2', comment: note },
        {
          createdBy: 'RUN /bin/sh -c set -eux;   savedAptMark="$(apt-mark showmanual)" # buildkit',
          files: { '/usr/local/apache2/bin/httpd': { program: 'image:httpd' }, '/usr/local/apache2/bin/apachectl': { program: 'image:apachectl' }, '/usr/local/apache2/bin/htpasswd': { program: 'image:htpasswd' }, [configPath]: config, '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n', '/usr/local/apache2/logs': { directory: true }, '/usr/local/apache2/cgi-bin': { directory: true }, '/usr/local/apache2/conf/mime.types': 'text/html html htm\n' },
          size,
          comment: note,
        },
        { createdBy: 'STOPSIGNAL SIGWINCH', comment: note },
        { createdBy: 'COPY httpd-foreground /usr/local/bin/ # buildkit', files: { '/usr/local/bin/httpd-foreground': { text: foreground, mode: 0o755 } }, size: 138, comment: note },
        { createdBy: 'EXPOSE map[80/tcp:{}]', comment: note },
        { createdBy: 'CMD ["httpd-foreground"]', comment: note },
      ],
    }),
  )

const debian = imageOn(slimImage, 42_300_000)
const alpine = imageOn(alpineImage, 55_000_000)

export const httpd: CatalogueRepository = {
  name: 'docker.io/library/httpd',
  description: 'The Apache HTTP Server Project',
  stars: 4_900,
  isOfficial: true,
  tags: { latest: debian, '2': debian, '2.4': debian, [version]: debian, alpine, '2-alpine': alpine, '2.4-alpine': alpine },
}

