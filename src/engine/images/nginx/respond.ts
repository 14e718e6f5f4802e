/**
 * One request through nginx's configuration: server by name, location by prefix and expression, then the file, the return, or the
 * server behind. Answers say what goes into the logs, too.
 */
import { bytesOf } from '../../../base/bytes.ts'
import { ByteStream, header, httpDate, type HttpHeaders, type HttpRequest, type HttpResponse } from '../../../base/http.ts'
import { UnixError } from '../../../unix/errors.ts'
import type { Blocking, Process } from '../../../unix/kernel/process.ts'
import { fetch } from '../../../unix/network/fetch.ts'
import { refused } from './access.ts'
import { type Directive, named, single } from './config.ts'
import { mediaType, statusPage, versionOf } from './pages.ts'

export interface Server {
  readonly ports: readonly { readonly port: number; readonly isDefault: boolean; readonly ip: string | undefined }[]
  readonly names: readonly string[]
  /** Directives of http, then of the server: the later one counts. */
  readonly outer: readonly Directive[]
  readonly own: readonly Directive[]
}

export interface Context {
  readonly process: Process
  readonly servers: readonly Server[]
  readonly upstreams: ReadonlyMap<string, Upstream>
  error(level: string, text: string): void
}

/** One for all workers: the sandbox's requests are too few for each worker to turn its own round. */
export interface Upstream {
  /** In the order of their turns, as often as their weight says. */
  readonly servers: readonly string[]
  readonly isByAddress: boolean
  next: number
}

interface Asking {
  readonly request: HttpRequest
  readonly server: Server
  /** `nginx/1.29.3`, or `nginx`. */
  readonly shownName: string
  readonly client: string
  readonly port: number
  readonly path: string
  readonly query: string
  readonly variables: Map<string, string>
  readonly depth: number
}

export function* respond(context: Context, request: HttpRequest, client: string, port: number): Blocking<HttpResponse> {
  const server = serverFor(context.servers, request, port)
  const [rawPath, query = ''] = request.url.split(/\?(.*)/s)
  const asking: Asking = {
    request,
    server,
    shownName: shownName(context.process, server),
    client,
    port,
    path: normal(rawPath),
    query,
    variables: new Map([['nginx_version', versionOf(context.process)]]),
    depth: 0,
  }
  const response = yield* located(context, asking)
  return {
    ...response,
    headers: { server: shownName(context.process, server), date: httpDate(context.process.now()), ...response.headers },
  }
}

/** By port and name; else the port's default. */
export function serverFor(servers: readonly Server[], request: HttpRequest, port: number): Server {
  const host = (header(request.headers, 'host') ?? '').replace(/:\d+$/, '')
  const candidates = servers.filter((server) => server.ports.some((one) => one.port === port))
  return (
    candidates.find((one) => one.names.some((name) => matchesName(name, host))) ??
    candidates.find((one) => one.ports.some((at) => at.port === port && at.isDefault)) ??
    candidates[0]
  )
}

/** `access_log` of the location, the server or http: the innermost that says something. */
export function accessLogsFor(server: Server, path: string): readonly Directive[] {
  const levels = [chosen(server.own, path)?.block ?? [], server.own, server.outer].map((level) => named(level, 'access_log'))
  return levels.find((level) => level.length > 0) ?? []
}

/** As it names itself to the world. */
function shownName(process: Process, server: Server): string {
  return single([...server.outer, ...server.own], 'server_tokens')?.args[0] === 'off' ? 'nginx' : `nginx/${versionOf(process)}`
}

function matchesName(name: string, host: string): boolean {
  if (name.startsWith('~')) return new RegExp(name.slice(1), 'i').test(host)
  if (name.startsWith('*.')) return host.endsWith(name.slice(1))
  return name.toLowerCase() === host.toLowerCase()
}

function normal(path: string): string {
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
  }
  const out: string[] = []
  for (const name of decoded.split('/')) {
    if (name === '..') out.pop()
    else if (name !== '.' && name !== '') out.push(name)
  }
  return `/${out.join('/')}${out.length > 0 && /\/\.{0,2}$/.test(decoded) ? '/' : ''}`
}

function* located(context: Context, asking: Asking): Blocking<HttpResponse> {
  const { server } = asking
  const base = [...server.outer, ...server.own]
  if (asking.depth > 10) {
    context.error('error', `rewrite or internal redirection cycle while internally redirecting to "${asking.path}"${about(asking)}`)
    return failed(asking, base, 500)
  }
  const early = rewritten(asking, server.own)
  if (early) return early
  const location = chosen(server.own, asking.path)
  const own = location?.block ?? []
  const scope = [...base, ...own]
  const before = asking.path
  const moved = rewritten(asking, own)
  if (moved) return moved
  // `last` and a rewrite without a flag look for a location anew; `break` stays in this one.
  if (asking.path !== before && !asking.variables.has(' break')) return yield* located(context, { ...asking, depth: asking.depth + 1 })
  asking.variables.delete(' break')
  if (asking.depth === 0) {
    const isInternal = single(own, 'internal') !== undefined
    const refusal = isInternal
      ? { status: 404 as const }
      : yield* refused(context.process, { request: asking.request, client: asking.client, levels: [server.outer, server.own, own] })
    if (refusal) {
      if (refusal.reason !== undefined) context.error('error', refusal.reason + about(asking))
      const response = failed(asking, scope, refusal.status)
      return yield* withErrorPages(context, asking, scope, { ...response, headers: { ...response.headers, ...refusal.headers } })
    }
  }
  const proxy = single(own, 'proxy_pass')
  if (proxy) return yield* withErrorPages(context, asking, scope, yield* proxied(context, asking, scope, location, proxy))
  if (single(own, 'stub_status'))
    return page(
      200,
      'text/plain',
      'Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n',
      asking,
      scope,
    )
  return yield* withErrorPages(context, asking, scope, yield* fromFiles(context, asking, scope, location))
}

/** Exact, then the longest prefix (final with ^~), then the first expression. */
function chosen(directives: readonly Directive[], path: string): Directive | undefined {
  let longest: Directive | undefined
  let length = -1
  const expressions: Directive[] = []
  for (const location of named(directives, 'location')) {
    const [first, second] = location.args
    if (first === '=') {
      if (second === path) return location
    } else if (first === '~' || first === '~*') expressions.push(location)
    else if (first.startsWith('@')) continue
    else {
      const prefix = first === '^~' ? second : first
      if (path.startsWith(prefix) && prefix.length > length) {
        longest = location
        length = prefix.length
      }
    }
  }
  if (longest?.args[0] === '^~') return longest
  return expressions.find(({ args }) => new RegExp(args[1], args[0] === '~*' ? 'i' : '').test(path)) ?? longest
}

/** `return`, `rewrite`, `set`, `if`: the rewrite module's directives, in order. */
function rewritten(asking: Asking, directives: readonly Directive[]): HttpResponse | undefined {
  for (const directive of directives) {
    const { name, args } = directive
    if (name === 'set') asking.variables.set(args[0].slice(1), filled(args[1] ?? '', asking))
    if (name === 'if' && directive.block && holds(args, asking)) {
      const answer = rewritten(asking, directive.block)
      if (answer) return answer
    }
    if (name === 'return') {
      const hasCode = /^\d{3}$/.test(args[0])
      const status = hasCode ? Number(args[0]) : 302
      const text = filled((hasCode ? args[1] : args[0]) ?? '', asking)
      if (status >= 300 && status < 400 && text !== '') return redirect(status, text, asking)
      if (text === '' && statusPage(status, 'nginx')) return failed(asking, asking.server.own, status)
      const type = single([...asking.server.outer, ...asking.server.own, ...directives], 'default_type')?.args[0] ?? 'text/plain'
      return page(status, type, text, asking, [...asking.server.outer, ...asking.server.own, ...directives])
    }
    if (name === 'rewrite') {
      const match = new RegExp(args[0]).exec(asking.path)
      if (!match) continue
      const target = filled(args[1], asking).replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '')
      if (args[2] === 'permanent' || args[2] === 'redirect' || /^https?:/.test(target))
        return redirect(args[2] === 'permanent' ? 301 : 302, target, asking)
      Object.assign(asking, { path: target.split('?')[0], ...(target.includes('?') && { query: target.split(/\?(.*)/s)[1] }) })
      if (args[2] === 'break') asking.variables.set(' break', '')
      if (args[2] === 'break' || args[2] === 'last') break
    }
  }
  return undefined
}

function holds(args: readonly string[], asking: Asking): boolean {
  const words = args
    .join(' ')
    .replace(/^\(\s*|\s*\)$/g, '')
    .split(/\s+/)
  const left = filled(words[0] ?? '', asking)
  const right = (words[2] ?? '').replace(/^["']|["']$/g, '')
  switch (words[1]) {
    case undefined:
      return left !== '' && left !== '0'
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '~':
      return new RegExp(right).test(left)
    case '~*':
      return new RegExp(right, 'i').test(left)
    case '!~':
      return !new RegExp(right).test(left)
    default:
      return false
  }
}

export function filled(
  text: string,
  asking: Pick<Asking, 'request' | 'client' | 'port' | 'path' | 'query' | 'variables' | 'server'>,
): string {
  return text.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => {
    const { request, client, port, path, query, variables, server } = asking
    const host = header(request.headers, 'host') ?? ''
    if (variables.has(name)) return variables.get(name) ?? ''
    if (name.startsWith('http_')) return header(request.headers, name.slice(5).replaceAll('_', '-')) ?? ''
    if (name.startsWith('arg_')) return new URLSearchParams(query).get(name.slice(4)) ?? ''
    switch (name) {
      case 'host':
        return host.replace(/:\d+$/, '')
      case 'hostname':
        return variables.get('hostname') ?? ''
      case 'uri':
      case 'document_uri':
        return path
      case 'request_uri':
        return request.url
      case 'args':
      case 'query_string':
        return query
      case 'is_args':
        return query === '' ? '' : '?'
      case 'scheme':
        return 'http'
      case 'request_method':
        return request.method
      case 'remote_addr':
        return client
      case 'proxy_add_x_forwarded_for': {
        const before = header(request.headers, 'x-forwarded-for')
        return before ? `${before}, ${client}` : client
      }
      case 'proxy_host':
        return variables.get('proxy_host') ?? ''
      case 'server_name':
        return server.names[0] ?? ''
      case 'server_port':
        return String(port)
      case 'server_addr':
        return variables.get('server_addr') ?? ''
      case 'server_protocol':
        return 'HTTP/1.1'
      default:
        return /^\d$/.test(name) ? whole : ''
    }
  })
}

function* fromFiles(
  context: Context,
  asking: Asking,
  scope: readonly Directive[],
  location: Directive | undefined,
): Blocking<HttpResponse> {
  const { process } = context
  const tries = single(scope, 'try_files')
  if (tries) {
    for (const pattern of tries.args.slice(0, -1)) {
      const path = filled(pattern, asking)
      const found = statOf(process, fileOf(scope, location, path))
      if (found && (path.endsWith('/') ? found.kind === 'directory' : found.kind === 'file'))
        return yield* file(context, { ...asking, path }, scope, location)
    }
    const last = tries.args.at(-1) ?? ''
    if (last.startsWith('=')) return failed(asking, scope, Number(last.slice(1)))
    if (last.startsWith('@')) {
      const target = named(asking.server.own, 'location').find((one) => one.args[0] === last)
      const inner = [...asking.server.outer, ...asking.server.own, ...(target?.block ?? [])]
      const proxy = single(target?.block ?? [], 'proxy_pass')
      if (proxy) return yield* proxied(context, asking, inner, undefined, proxy)
      return rewritten(asking, target?.block ?? []) ?? failed(asking, inner, 404)
    }
    const [path, query = asking.query] = filled(last, asking).split('?')
    return yield* located(context, { ...asking, path, query, depth: asking.depth + 1 })
  }
  return yield* file(context, asking, scope, location)
}

function fileOf(scope: readonly Directive[], location: Directive | undefined, path: string): string {
  const alias = location?.block && single(location.block, 'alias')
  if (alias && location) {
    const prefix = location.args.at(-1) ?? ''
    return alias.args[0] + path.slice(prefix.length)
  }
  const root = single(scope, 'root')?.args[0] ?? 'html'
  return (root.startsWith('/') ? root : `/etc/nginx/${root}`).replace(/\/$/, '') + path
}

function statOf(process: Process, path: string) {
  try {
    return process.files.stat(path.replace(/(.)\/+$/, '$1'), process.credentials)
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}

function* file(context: Context, asking: Asking, scope: readonly Directive[], location: Directive | undefined): Blocking<HttpResponse> {
  const { process } = context
  const { path, request } = asking
  const full = fileOf(scope, location, path)
  const node = statOf(process, full)
  if (path.endsWith('/')) {
    for (const name of single(scope, 'index')?.args ?? ['index.html']) {
      if (statOf(process, full + name)?.kind === 'file')
        return yield* located(context, { ...asking, path: path + name, depth: asking.depth + 1 })
    }
    if (node?.kind !== 'directory') {
      context.error('error', `"${full}index.html" is not found (2: No such file or directory)${about(asking)}`)
      return failed(asking, scope, 404)
    }
    if (single(scope, 'autoindex')?.args[0] === 'on') return page(200, 'text/html', listing(process, full, path), asking, scope)
    context.error('error', `directory index of "${full}" is forbidden${about(asking)}`)
    return failed(asking, scope, 403)
  }
  if (!node) {
    context.error('error', `open() "${full}" failed (2: No such file or directory)${about(asking)}`)
    return failed(asking, scope, 404)
  }
  if (node.kind === 'directory') return redirect(301, `http://${header(request.headers, 'host') ?? ''}${path}/`, asking)
  if (request.method !== 'GET' && request.method !== 'HEAD') return failed(asking, scope, 405)
  try {
    const content = process.files.readFile(full, process.credentials)
    const modified = httpDate(node.modifiedMs)
    const etag = `"${Math.floor(node.modifiedMs / 1000).toString(16)}-${content.length.toString(16)}"`
    if (header(request.headers, 'if-none-match') === etag || header(request.headers, 'if-modified-since') === modified)
      return { status: 304, headers: { 'last-modified': modified, connection: 'keep-alive', etag }, body: '' }
    const type = mediaType(full, single(scope, 'default_type')?.args[0] ?? 'text/plain')
    return {
      status: 200,
      headers: {
        'content-type': type,
        'content-length': String(content.length),
        'last-modified': modified,
        connection: 'keep-alive',
        etag,
        'accept-ranges': 'bytes',
        ...added(scope, asking, 200),
      },
      body: request.method === 'HEAD' ? '' : content,
    }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    context.error('error', `open() "${full}" failed (13: Permission denied)${about(asking)}`)
    return failed(asking, scope, 403)
  }
}

function listing(process: Process, full: string, path: string): string {
  const lines = process.files.list(full).map((name) => {
    const node = statOf(process, full + name)
    const shown = node?.kind === 'directory' ? `${name}/` : name
    const size = node?.kind === 'directory' ? '-' : String(node?.size ?? 0)
    return `<a href="${shown}">${shown}</a>${' '.repeat(Math.max(1, 51 - shown.length))}${listDate(node?.modifiedMs ?? 0)}${size.padStart(20)}\r\n`
  })
  return `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre><a href="../">../</a>\r\n${lines.join('')}</pre><hr></body>\r\n</html>\r\n`
}

function* proxied(
  context: Context,
  asking: Asking,
  scope: readonly Directive[],
  location: Directive | undefined,
  pass: Directive,
): Blocking<HttpResponse> {
  const { request } = asking
  const target = filled(pass.args[0], asking)
  const [, , host, rest] = /^(https?):\/\/([^/]+)(\/.*)?$/.exec(target) ?? ['', 'http', '', undefined]
  const group = context.upstreams.get(host)
  const prefix = location?.args.at(-1) ?? ''
  const uri = rest === undefined ? request.url : rest + request.url.slice(prefix.length)
  asking.variables.set('proxy_host', host)
  const headers: Record<string, string | readonly string[]> = { ...request.headers, host, connection: 'close' }
  delete headers.upgrade
  for (const { args } of named(scope, 'proxy_set_header')) {
    const value = filled(args[1] ?? '', asking)
    if (value === '') delete headers[args[0].toLowerCase()]
    else headers[args[0].toLowerCase()] = value
  }
  const servers = group?.servers ?? [host]
  const first = group?.isByAddress ? hashOf(asking.client) : (group?.next ?? 0)
  if (group) group.next++
  for (let attempt = 0; attempt < servers.length; attempt++) {
    const server = servers[(first + attempt) % servers.length]
    const url = `http://${server}${uri}`
    try {
      const response = yield* fetch(
        context.process,
        url,
        { method: request.method, url: uri, headers, body: request.body },
        { connectTimeoutMs: 60_000, timeoutMs: 60_000 },
      )
      const kept: Record<string, string | readonly string[]> = {
        ...response.headers,
        connection: 'keep-alive',
        ...added(scope, asking, response.status),
      }
      for (const name of ['server', 'date', 'keep-alive']) delete kept[name]
      return { ...response, headers: kept }
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      if (error.errno === 'ENOTFOUND' || error.errno === 'EAGAIN') {
        context.error('error', `${host.replace(/:\d+$/, '')} could not be resolved (3: Host not found)${about(asking)}`)
        return failed(asking, scope, 502)
      }
      const isTimeout = error.errno === 'ETIMEDOUT'
      const reason = isTimeout
        ? 'upstream timed out (110: Connection timed out) while connecting to upstream'
        : error.errno === 'EHOSTUNREACH'
          ? 'connect() failed (113: Host is unreachable) while connecting to upstream'
          : 'connect() failed (111: Connection refused) while connecting to upstream'
      context.error(
        'error',
        `${reason}, client: ${asking.client}, server: ${asking.server.names[0] ?? ''}, request: "${request.method} ${request.url} HTTP/1.1", upstream: "${url}", host: "${header(request.headers, 'host') ?? ''}"`,
      )
      if (attempt === servers.length - 1) return failed(asking, scope, isTimeout ? 504 : 502)
    }
  }
  return failed(asking, scope, 502)
}

function* withErrorPages(context: Context, asking: Asking, scope: readonly Directive[], response: HttpResponse): Blocking<HttpResponse> {
  if (response.status < 400 || asking.depth > 0) return response
  const rule = named(scope, 'error_page').find(({ args }) => args.slice(0, -1).includes(String(response.status)))
  const target = rule?.args.at(-1)
  if (!target || response.body instanceof ByteStream) return response
  // `=200` shows the page under another status.
  const changed = rule?.args.find((arg) => /^=\d+$/.test(arg))?.slice(1)
  if (/^https?:/.test(target)) return redirect(302, target, asking)
  if (target.startsWith('@')) {
    const place = named(asking.server.own, 'location').find((one) => one.args[0] === target)
    const proxy = single(place?.block ?? [], 'proxy_pass')
    const inner = [...asking.server.outer, ...asking.server.own, ...(place?.block ?? [])]
    return (proxy ? yield* proxied(context, asking, inner, undefined, proxy) : rewritten(asking, place?.block ?? [])) ?? response
  }
  const shown = yield* located(context, { ...asking, path: target, request: { ...asking.request, method: 'GET' }, depth: asking.depth + 1 })
  const isOwn = shown.status === 200 || single(chosen(asking.server.own, target)?.block ?? [], 'return') !== undefined
  return isOwn
    ? {
        ...shown,
        status: changed === undefined ? response.status : Number(changed),
        headers: {
          ...shown.headers,
          ...(response.headers['www-authenticate'] && { 'www-authenticate': response.headers['www-authenticate'] }),
        },
      }
    : response
}

/** ip_hash counts the first three bytes of the address. */
function hashOf(client: string): number {
  return client
    .split('.')
    .slice(0, 3)
    .reduce((sum, part) => (sum * 113 + Number(part)) % 6271, 89)
}

function failed(asking: Asking, scope: readonly Directive[], status: number): HttpResponse {
  return page(status, 'text/html', statusPage(status, asking.shownName) ?? '', asking, scope)
}

/** The famous surprise behind `-p 8080:80`: it names the port it listens on, not the one it was asked at. */
function redirect(status: number, target: string, asking: Asking): HttpResponse {
  const { request, port, server } = asking
  const all = [...server.outer, ...server.own]
  const isOff = (name: string): boolean => named(all, name).at(-1)?.args[0] === 'off'
  const host = (header(request.headers, 'host') ?? '').replace(/:\d+$/, '')
  const place = `http://${host}${port === 80 || isOff('port_in_redirect') ? '' : `:${port}`}`
  const response = failed(asking, [], status)
  return {
    ...response,
    headers: { ...response.headers, location: target.startsWith('/') && !isOff('absolute_redirect') ? `${place}${target}` : target },
  }
}

function page(status: number, type: string, text: string, asking: Asking, scope: readonly Directive[]): HttpResponse {
  const body = bytesOf(text)
  return {
    status,
    headers: { 'content-type': type, 'content-length': String(body.length), connection: 'keep-alive', ...added(scope, asking, status) },
    body: asking.request.method === 'HEAD' ? '' : body,
  }
}

function added(scope: readonly Directive[], asking: Asking, status: number): HttpHeaders {
  const headers: Record<string, string> = {}
  for (const { args } of named(scope, 'add_header')) {
    if (args[2] === 'always' || [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(status))
      headers[args[0].toLowerCase()] = filled(args[1] ?? '', asking)
  }
  return headers
}

function about({ client, server, request }: Asking): string {
  return `, client: ${client}, server: ${server.names[0] ?? ''}, request: "${request.method} ${request.url} HTTP/1.1", host: "${header(request.headers, 'host') ?? ''}"`
}

function listDate(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\d+:\d+)/.exec(httpDate(ms)) ?? []
  return `${day}-${month}-${year} ${time}`
}
