/** One request to Apache: which host, which file, and what it answers where there is none. */
import { textOf } from '../../../base/bytes.ts'
import { header, httpDate, type HttpRequest, type HttpResponse } from '../../../base/http.ts'
import { UnixError } from '../../../unix/errors.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { mediaType } from '../nginx/pages.ts'
import { type Directive, lastOf } from './config.ts'
import type { Settings } from './settings.ts'

type Answer = HttpResponse & { readonly body: Uint8Array | string }

export interface Served {
  readonly response: Answer
  /** Line for the error log. */
  readonly problem?: string
}

const titles: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  410: 'Gone',
  500: 'Internal Server Error',
}
const words: Readonly<Record<number, string>> = {
  400: 'Your browser sent a request that this server could not understand.<br />',
  403: "You don't have permission to access this resource.",
  404: 'The requested URL was not found on this server.',
  410: 'The requested resource is no longer available on this server and there is no forwarding address.',
}

export function serve(process: Process, settings: Settings, request: HttpRequest, port: number): Served {
  const name = (header(request.headers, 'host') ?? '').replace(/:\d+$/, '')
  const candidates = settings.hosts.filter((host) => host.port === undefined || host.port === port)
  const host =
    candidates.find((one) => one.names.some((own) => own === name || (own.startsWith('*.') && name.endsWith(own.slice(1))))) ??
    candidates[0]
  const directives = host?.directives ?? settings.directives
  const served = find(process, settings, directives, request)
  if (served.response.status < 400) return served
  const document = directives
    .filter((one) => one.name === 'errordocument' || one.name === 'locationmatch')
    .flatMap((one) => (one.block ? (matches(one, request.url) ? (one.block ?? []) : []) : [one]))
    .findLast((one) => one.name === 'errordocument' && one.args[0] === String(served.response.status))
  if (!document) return served
  const [, to = ''] = document.args
  if (/^https?:/.test(to)) return { ...served, response: moved(process, settings, 302, to) }
  if (!to.startsWith('/'))
    return {
      ...served,
      response: { ...served.response, headers: { ...served.response.headers, 'content-length': String(to.length) }, body: to },
    }
  const page = find(process, settings, directives, { ...request, url: to })
  return { ...served, response: page.response.status === 200 ? { ...page.response, status: served.response.status } : served.response }
}

/** `<LocationMatch "^/+$">`, `<Directory …>`: whether a section holds for a path. */
function matches({ name, args: [pattern = ''] }: Directive, path: string): boolean {
  if (name.endsWith('match') || pattern.startsWith('~')) return new RegExp(pattern.replace(/^~\s*/, '')).test(path)
  return path === pattern || path.startsWith(pattern.endsWith('/') ? pattern : `${pattern}/`)
}

function find(process: Process, settings: Settings, directives: readonly Directive[], request: HttpRequest): Served {
  const { files, credentials } = process
  const head = { date: httpDate(process.now()), server: settings.title }
  const refuse = (status: number): Answer => page(head, status, words[status] ?? '')
  const path = decoded(request.url.replace(/[?#].*$/, ''))
  if (path === undefined || path.split('/').includes('..')) return { response: refuse(400) }
  for (const { name, args } of directives) {
    if (!name.startsWith('redirect')) continue
    const [from, to] = args.length > 2 ? [args[1], args[2]] : args
    const status = name === 'redirectpermanent' || /^(permanent|301)$/i.test(args[0]) ? 301 : 302
    const rest =
      name === 'redirectmatch'
        ? new RegExp(from).test(path)
          ? ''
          : undefined
        : path === from || path.startsWith(from.endsWith('/') ? from : `${from}/`)
          ? path.slice(from.length)
          : undefined
    if (rest !== undefined) return { response: moved(process, settings, status, to + rest) }
  }
  const alias = directives.findLast(
    (one) => one.name === 'alias' && (path === one.args[0] || path.startsWith(one.args[0].endsWith('/') ? one.args[0] : `${one.args[0]}/`)),
  )
  const root = lastOf(directives, 'documentroot')?.args[0] ?? settings.layout.documents
  const full = alias ? (alias.args[1] ?? '') + path.slice(alias.args[0].length) : root + path
  const sections = directives
    .filter(
      (one) => one.block && (one.name.startsWith('directory') ? matches(one, full) : one.name.startsWith('location') && matches(one, path)),
    )
    // Folders first, the shortest first; locations have the last word, in the order in which they stand.
    .sort((left, right) => weight(left) - weight(right))
  const inner = sections.flatMap((one) => one.block ?? [])
  const access = lastOf(inner, 'require')?.args.join(' ')
  if (access === 'all denied') return { response: refuse(403), problem: `AH01630: client denied by server configuration: ${full}` }
  try {
    const node = files.stat(full.replace(/(.)\/+$/, '$1'), credentials)
    if (node.kind === 'directory' && !path.endsWith('/'))
      return { response: moved(process, settings, 301, `http://${header(request.headers, 'host') ?? 'localhost'}${path}/`) }
    if (node.kind !== 'directory' && path.endsWith('/')) return { response: refuse(404) }
    const names = (lastOf([...directives.filter((one) => !one.block), ...inner], 'directoryindex')?.args ?? ['index.html']).filter(
      (one) => one !== 'disabled',
    )
    const file = node.kind === 'directory' ? names.map((name) => full + name).find((name) => files.exists(name)) : full
    if (file === undefined) {
      if (!listsAreAllowed(inner))
        return {
          response: refuse(403),
          problem: `AH01276: Cannot serve directory ${full}: No matching DirectoryIndex (${names.join(',')}) found, and server-generated directory index forbidden by Options directive`,
        }
      return { response: listing(head, path, files.list(full, credentials)) }
    }
    const content = files.readFile(file, credentials)
    const modified = files.stat(file).modifiedMs
    const type = mediaType(file, 'text/plain')
    if (file.endsWith('.php') && /<\?php/.test(textOf(content.subarray(0, 200))))
      return {
        response: {
          status: 200,
          headers: { ...head, 'content-length': String(content.length), 'content-type': 'application/x-httpd-php' },
          body: content,
        },
      }
    return {
      response: {
        status: 200,
        headers: {
          ...head,
          'last-modified': httpDate(modified),
          etag: `"${content.length.toString(16)}-${(modified * 1000).toString(16)}"`,
          'accept-ranges': 'bytes',
          'content-length': String(content.length),
          'content-type': type === 'text/html' && settings.layout.name !== 'docker' ? 'text/html; charset=UTF-8' : type,
        },
        body: request.method === 'HEAD' ? '' : content,
      },
    }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return error.errno === 'EACCES'
      ? { response: refuse(403), problem: `(13)Permission denied: AH00132: file permissions deny server access: ${full}` }
      : { response: refuse(404) }
  }
}

const weight = ({ name, args }: Directive): number => (name.startsWith('location') ? 10_000 : (args[0]?.length ?? 0))

function listsAreAllowed(inner: readonly Directive[]): boolean {
  let isAllowed = false
  for (const { name, args } of inner) {
    if (name !== 'options') continue
    if (args.some((one) => /^\+?(indexes|all)$/i.test(one))) isAllowed = true
    else if (args.some((one) => /^-indexes$/i.test(one)) || args.every((one) => !/^[+-]/.test(one))) isAllowed = false
  }
  return isAllowed
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

type Head = Readonly<Record<string, string>>

function page(head: Head, status: number, text: string): Answer {
  const title = titles[status] ?? ''
  const body = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`
  return { status, headers: { ...head, 'content-length': String(body.length), 'content-type': 'text/html; charset=iso-8859-1' }, body }
}

function moved(process: Process, settings: Settings, status: number, location: string): Answer {
  const answer = page(
    { date: httpDate(process.now()), server: settings.title },
    status,
    `The document has moved <a href="${location}">here</a>.`,
  )
  return { ...answer, headers: { ...answer.headers, location } }
}

function listing(head: Head, path: string, names: readonly string[]): Answer {
  const items = [...names]
    .sort()
    .map((name) => `<li><a href="${encodeURIComponent(name)}"> ${name}</a></li>\n`)
    .join('')
  const up = path === '/' ? '' : `<li><a href="${path.replace(/[^/]*\/$/, '')}"> Parent Directory</a></li>\n`
  const body = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>Index of ${path.replace(/(.)\/$/, '$1')}</title>\n </head>\n <body>\n<h1>Index of ${path.replace(/(.)\/$/, '$1')}</h1>\n<ul>${up}${items}</ul>\n</body></html>\n`
  return { status: 200, headers: { ...head, 'content-length': String(body.length), 'content-type': 'text/html;charset=ISO-8859-1' }, body }
}
