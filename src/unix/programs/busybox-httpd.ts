/**
 * busybox's httpd: files of a folder over HTTP, each answer on a connection of its own. Without -f it goes into the background, as labs that
 * serve a page from busybox rely on. Scripts below /cgi-bin and httpd.conf are not simulated; it says so.
 */
import { header, type HttpResponse, httpDate } from '../../base/http.ts'
import { type Blocking, err, type Process, type Program, type Running } from '../kernel/process.ts'
import { UnixError } from '../errors.ts'
import { reasonOf } from '../network/http-names.ts'
import { type Asked, requestQueue } from '../network/serve.ts'
import { statOf } from './copy.ts'
import { busyboxBanner } from './flavour.ts'
import { print } from './text.ts'

const usage = `Usage: httpd [-ifv[v]] [-c CONFFILE] [-p [IP:]PORT] [-u USER[:GRP]] [-r REALM] [-h HOME]
or httpd -d/-e/-m STRING

Listen for incoming HTTP requests

	-i		Inetd mode
	-f		Run in foreground
	-v[v]		Verbose
	-p [IP:]PORT	Bind to IP:PORT (default *:80)
	-u USER[:GRP]	Set uid/gid after binding to port
	-r REALM	Authentication Realm for Basic Authentication
	-h HOME		Home directory (default .)
	-c FILE		Configuration file (default {/etc,HOME}/httpd.conf)
	-m STRING	MD5 crypt STRING
	-e STRING	HTML encode STRING
	-d STRING	URL decode STRING
`

interface Options {
  readonly port: number
  readonly ip: string | undefined
  readonly home: string
  readonly verbosity: number
  readonly isForeground: boolean
}

export const busyboxHttpd: Program = function* (process) {
  let port = 80
  let ip: string | undefined
  let home = '.'
  let verbosity = 0
  let isForeground = false
  const args = process.argv.slice(1)
  for (let at = 0; at < args.length; at++) {
    const letters = /^-([^-].*)$/.exec(args[at])?.[1]
    if (letters === undefined) return yield* refuse(process, `${busyboxBanner(process)}\n\n${usage}`)
    for (let place = 0; place < letters.length; place++) {
      const letter = letters[place]
      if (letter === 'f') isForeground = true
      else if (letter === 'v') verbosity++
      else if ('puhcrmed'.includes(letter)) {
        const value = letters.slice(place + 1) || args[++at]
        if (value === undefined)
          return yield* refuse(process, `httpd: option requires an argument -- ${letter}\n${busyboxBanner(process)}\n\n${usage}`)
        if (letter === 'p') [ip, port] = [/^(.*):/.exec(value)?.[1], Number(value.replace(/^.*:/, ''))]
        else if (letter === 'h') home = value
        else if (letter === 'd' || letter === 'e') return yield* converted(process, letter, value)
        else yield* err(process, `httpd: -${letter} is not simulated\n`)
        break
      } else if (letter === 'i') return yield* refuse(process, 'httpd: -i is not simulated\n')
      else return yield* refuse(process, `httpd: unrecognized option: ${letter}\n${busyboxBanner(process)}\n\n${usage}`)
    }
  }
  if (statOf(process, home)?.kind !== 'directory')
    return yield* refuse(process, `httpd: can't change directory to '${home}': No such file or directory\n`)
  const options = { port, ip, home: process.path(home), verbosity, isForeground }
  if (isForeground) return yield* serve(process, options)
  const { env, cwd, namespaces, credentials, cgroup, descriptors, argv } = process
  process.kernel.spawn({
    env,
    cwd,
    namespaces,
    credentials,
    cgroup,
    descriptors,
    argv,
    program: (child) => serve(child, options),
    parent: namespaces.pids.processes.get(1),
  })
  // The port is taken before the caller goes on.
  yield
  return 0
}

function* refuse(process: Process, text: string): Blocking<number> {
  yield* err(process, text)
  return 1
}

function* converted(process: Process, way: 'd' | 'e', text: string): Blocking<number> {
  const decoded = () => decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![\da-fA-F]{2})/g, '%25'))
  const encoded = () => text.replace(/[^A-Za-z0-9]/gu, (letter) => `&#${letter.codePointAt(0)};`)
  yield* print(process, way === 'd' ? decoded() : encoded())
  return 0
}

function* serve(process: Process, { port, ip, home, verbosity }: Options): Running {
  const queue = requestQueue(process)
  try {
    queue.listen(port, ip)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return yield* refuse(process, `httpd: bind: ${error.words}\n`)
  }
  try {
    for (;;) {
      const asked = queue.next()
      if (!asked) {
        yield { on: [queue.arrived] }
        continue
      }
      const response = answer(process, home, asked)
      const who = `[::ffff:${asked.peer.address ?? '127.0.0.1'}]`
      if (verbosity > 1) yield* err(process, `${who}: url:${asked.request.url}\n`)
      if (asked.request.url.startsWith('/cgi-bin/')) yield* err(process, 'httpd: scripts below /cgi-bin are not simulated\n')
      asked.answer(response)
      if (verbosity > 0) yield* err(process, `${who}: response:${response.status}\n`)
    }
  } finally {
    queue.close()
  }
}

/** By the last suffix of a file, as busybox's table has them. */
const types: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  h: 'text/plain',
  c: 'text/plain',
  cc: 'text/plain',
  cpp: 'text/plain',
  htm: 'text/html',
  html: 'text/html',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  png: 'image/png',
  svg: 'image/svg+xml',
  css: 'text/css',
  js: 'application/javascript',
  mp3: 'audio/mpeg',
}

function answer(process: Process, home: string, { request }: Asked): HttpResponse {
  const path = plainPath(request.url)
  if (path === undefined) return failed(process, 400, 'Unsupported method')
  if (request.method !== 'GET' && request.method !== 'HEAD') return failed(process, 501, 'The requested method is not recognized')
  let full = `${home.replace(/\/$/, '')}${path}`
  let node = statOf(process, full)
  if (node?.kind === 'directory') {
    if (!path.endsWith('/')) return failed(process, 302, '', { location: `${path}/` })
    full += 'index.html'
    node = statOf(process, full)
  }
  if (node?.kind !== 'file' || path.startsWith('/cgi-bin/')) return failed(process, 404, 'The requested URL was not found')
  const etag = `"${Math.floor(node.modifiedMs / 1000).toString(16)}-${node.size.toString(16)}"`
  const isKnown = header(request.headers, 'if-none-match') === etag
  let body: Uint8Array
  try {
    body = process.files.readFile(full, process.credentials)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return failed(process, 404, 'The requested URL was not found')
  }
  return {
    status: isKnown ? 304 : 200,
    headers: {
      ...common(process),
      'content-type': types[/\.(\w+)$/.exec(full)?.[1].toLowerCase() ?? ''] ?? 'application/octet-stream',
      'accept-ranges': 'bytes',
      'last-modified': httpDate(node.modifiedMs),
      etag,
      'content-length': String(body.length),
    },
    body: isKnown ? '' : body,
  }
}

/** The path below the home folder; undefined where it would lead out of it. */
function plainPath(url: string): string | undefined {
  const path = decodeURIComponent(url.replace(/[?#].*$/s, '').replace(/%(?![\da-fA-F]{2})/g, '%25'))
  const parts: string[] = []
  for (const part of path.split('/').slice(1)) {
    if (part === '..' && parts.pop() === undefined) return undefined
    if (part !== '..' && part !== '.') parts.push(part)
  }
  return path.startsWith('/') ? `/${parts.join('/')}` : undefined
}

function common(process: Process) {
  return { date: httpDate(process.now()), connection: 'close' }
}

function failed(process: Process, status: number, words: string, more: Readonly<Record<string, string>> = {}): HttpResponse {
  const title = `${status} ${reasonOf(status)}`
  return {
    status,
    headers: { ...common(process), 'content-type': 'text/html', ...more },
    body: `<HTML><HEAD><TITLE>${title}</TITLE></HEAD>\n<BODY><H1>${title}</H1>\n${words}\n</BODY></HTML>\n`,
  }
}
