/**
 * Requests to the API server as client-go makes them: headers, errors turned into `StatusError`s in client-go's words, warnings printed
 * once each, watches as a stream of events. The transport below it (addresses, TLS, names) is `transport.ts`.
 */
import { goJson } from '../go-json.ts'
import { bytesOf, textOf } from '../../base/bytes.ts'
import { type ByteStream, header, type HttpResponse, type Upgraded } from '../../base/http.ts'
import { type Blocking, err, type Process } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { goQuoted, parseGoDuration } from '../go-values.ts'
import type { Json } from './json.ts'
import type { Access } from './kubeconfig.ts'
import { Refusal, StatusError } from './refusal.ts'
import { type Credentials, credentialsOf, send, upgrade } from './transport.ts'

export const accept = {
  json: 'application/json',
  any: 'application/json, */*',
  protobuf: 'application/vnd.kubernetes.protobuf,application/json',
  table: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
  discovery:
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json',
} as const

const userAgent = 'kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0'

export interface Ask {
  readonly accept?: string
  readonly contentType?: string
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
}

export interface WatchEvent {
  readonly type: string
  readonly object: Json
}

export class Api {
  readonly process: Process
  readonly access: Access
  readonly flags: Flags
  readonly #credentials: Credentials
  readonly #warned = new Set<string>()
  warnings = 0

  constructor(process: Process, access: Access, flags: Flags) {
    this.process = process
    this.access = access
    this.flags = flags
    this.#credentials = credentialsOf(process, access)
  }

  get host(): string {
    return this.access.server.replace(/^https?:\/\//, '')
  }

  url(path: string, query: Ask['query'] = {}): string {
    const parts: string[] = []
    for (const [key, value] of Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const item of Array.isArray(value) ? value : [value])
        if (item !== undefined && item !== '') parts.push(`${escapedQuery(key)}=${escapedQuery(String(item))}`)
    }
    const joiner = path.includes('?') ? '&' : '?'
    return `${this.access.server}${path}${parts.length > 0 ? joiner + parts.join('&') : ''}`
  }

  /** The raw answer; refusals of the server are thrown as `StatusError`. */
  *ask(method: string, path: string, ask: Ask = {}): Blocking<HttpResponse> {
    const url = this.url(path, ask.query)
    const headers: Record<string, string> = { accept: ask.accept ?? accept.json, 'user-agent': userAgent }
    if (ask.body !== undefined) headers['content-type'] = ask.contentType ?? 'application/json'
    const body =
      ask.body === undefined
        ? undefined
        : ask.body instanceof Uint8Array
          ? ask.body
          : bytesOf(typeof ask.body === 'string' ? ask.body : goJson(ask.body, { sorted: true }))
    const timeout = this.flags.knows('request-timeout') ? this.#timeoutMs() : 0
    if (this.#level >= 6) yield* this.#logRequest(method, url, headers, body)
    const startedAt = this.process.now()
    const response = yield* send(this.process, this.#credentials, { method, url, headers, body }, timeout)
    if (this.#level >= 6) yield* this.#logResponse(method, url, response, startedAt, headers.accept)
    yield* this.#warn(response)
    if (response.status >= 400) throw yield* this.#refusal(method, path, response)
    return response
  }

  *json(method: string, path: string, ask: Ask = {}): Blocking<Json> {
    const response = yield* this.ask(method, path, ask)
    const text = yield* wholeText(response)
    return text === '' ? undefined : JSON.parse(text)
  }

  get(path: string, query: Ask['query'] = {}, acceptHeader: string = accept.json): Blocking<Json> {
    return this.json('GET', path, { query, accept: acceptHeader })
  }

  *text(method: string, path: string, ask: Ask = {}): Blocking<string> {
    return yield* wholeText(yield* this.ask(method, path, ask))
  }

  /** A watch; `next` answers undefined when the server ended it. */
  *watch(path: string, query: Ask['query'] = {}, acceptHeader: string = accept.json): Blocking<Watch> {
    const response = yield* this.ask('GET', path, { query: { ...query, watch: true }, accept: acceptHeader })
    const timeout = this.flags.knows('request-timeout') ? this.#timeoutMs() : 0
    const { body } = response
    // The time a request may take ends a watch, too.
    if (timeout > 0 && typeof body !== 'string' && !(body instanceof Uint8Array))
      this.process.kernel.clock.after(timeout, () => body.cancel())
    return new Watch(response)
  }

  /** An upgraded connection (exec, attach, port-forward). */
  *connect(path: string, query: Ask['query'], protocol: string): Blocking<Upgraded> {
    const url = this.url(path, query)
    const headers = {
      accept: '*/*',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': protocol,
    }
    if (this.#level >= 7) yield* this.#logRequest('GET', url, { 'sec-websocket-protocol': protocol, 'user-agent': userAgent }, undefined)
    const startedAt = this.process.now()
    const answer = yield* upgrade(this.process, this.#credentials, { method: 'GET', url, headers, body: undefined })
    if (this.#level >= 6)
      yield* this.#logResponse(
        'GET',
        url,
        'protocol' in answer
          ? { status: 101, headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': answer.protocol }, body: '' }
          : answer,
        startedAt,
      )
    if ('protocol' in answer) return answer
    const refusal = yield* this.#refusal('POST', path, answer)
    // What went wrong behind the API server is told without its name.
    throw refusal.status.reason === 'InternalError' ? new Refusal(refusal.message) : refusal
  }

  #timeoutMs(): number {
    const text = this.flags.text('request-timeout')
    const timeout = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text)
    if (timeout === undefined)
      throw new Refusal(
        'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
      )
    return timeout
  }

  get #level(): number {
    return this.flags.number('v')
  }

  #log(place: string, text: string): Blocking<void> {
    return err(this.process, klog(this.process, 'I', place, text))
  }

  /** What `-v=6` to `-v=9` tell of a request: from 7 its headers, from 8 its body, at 9 the same as a line of curl. */
  *#logRequest(method: string, url: string, headers: Readonly<Record<string, string>>, body: Uint8Array | undefined): Blocking<void> {
    const sent = { ...headers, ...(this.#credentials.headers.authorization ? { authorization: 'Bearer <masked>' } : {}) }
    if (this.#level >= 8) yield* this.#log('helper.go:113', `"Request Body" body=${goQuoted(this.#shortened(body ? textOf(body) : ''))}`)
    if (this.#level >= 9) {
      const shown = Object.entries(sent)
        .map(([name, value]) => ` -H "${canonical(name)}: ${value}"`)
        .join('')
      yield* this.#log('round_trippers.go:527', `"Request" curlCommand=<\n\tcurl -v -X${method} ${shown} '${url}'\n >`)
    } else if (this.#level >= 7)
      yield* this.#log('round_trippers.go:527', `"Request" verb="${method}" url="${url}" headers=<\n${headerLines(sent)} >`)
  }

  *#logResponse(method: string, url: string, { status, headers, body }: HttpResponse, startedAt: number, accepted = ''): Blocking<void> {
    const took = Math.round(this.process.now() - startedAt)
    const said = `status="${status} ${statusWords[status] ?? ''}"`
    const where = this.#level === 6 || this.#level >= 9 ? `verb="${method}" url="${url}" ` : ''
    const bytes = typeof body === 'string' ? bytesOf(body).length : body instanceof Uint8Array ? body.length : Number.POSITIVE_INFINITY
    // Over HTTP/2 a Go server knows the length of what fits into one write; the client's cache notes what an answer varied with.
    const all = {
      ...headers,
      ...(status !== 101 && bytes <= 4096 && { 'content-length': String(bytes) }),
      ...(headers.vary === 'Accept' && { 'x-varied-accept': accepted }),
    }
    const shown = this.#level >= 8 ? ` headers=<\n${headerLines(all)} >` : ''
    const phases = this.#level >= 9 ? ' getConnectionMilliseconds=0 serverProcessingMilliseconds=0' : ''
    yield* this.#log('round_trippers.go:632', `"Response" ${where}${said}${shown} milliseconds=${took}${phases}`)
    if (this.#level >= 8 && (typeof body === 'string' || body instanceof Uint8Array))
      yield* this.#log('helper.go:113', `"Response Body" body=${goQuoted(this.#shortened(typeof body === 'string' ? body : textOf(body)))}`)
  }

  /** Bodies are cut, later the more one wants to know. */
  #shortened(text: string): string {
    const most = this.#level >= 10 ? Number.POSITIVE_INFINITY : this.#level === 9 ? 10_240 : 1024
    return text.length <= most ? text : `${text.slice(0, most)} [truncated ${text.length - most} chars]`
  }

  *#warn(response: HttpResponse): Blocking<void> {
    const sent = response.headers.warning
    for (const line of sent === undefined ? [] : Array.isArray(sent) ? sent : [sent]) {
      for (const [, quoted] of String(line).matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
        const text = quoted.replace(/\\(.)/g, '$1')
        this.warnings++
        if (this.#warned.has(text)) continue
        this.#warned.add(text)
        const isColoured = this.process.descriptors.get(2)?.file.kind === 'terminal' && this.process.env.TERM !== 'dumb'
        yield* err(this.process, isColoured ? `\u001b[33;1mWarning:\u001b[0m ${text}\n` : `Warning: ${text}\n`)
      }
    }
  }

  *#refusal(method: string, path: string, response: HttpResponse): Blocking<StatusError> {
    const text = yield* wholeText(response)
    if ((header(response.headers, 'content-type') ?? '').includes('json')) {
      try {
        const status = JSON.parse(text)
        if (status?.kind === 'Status') return new StatusError(status)
      } catch {
        // Not JSON after all: told as the plain text it is.
      }
    }
    return new StatusError(genericStatus(method, path, response.status, text.trim()))
  }
}

export class Watch {
  readonly #response: HttpResponse
  #rest = ''
  #lines: string[] = []

  constructor(response: HttpResponse) {
    this.#response = response
  }

  get stream(): ByteStream | undefined {
    const { body } = this.#response
    return typeof body === 'string' || body instanceof Uint8Array ? undefined : body
  }

  /** An event that is there already. */
  ready(): WatchEvent | undefined {
    const { stream } = this
    if (this.#lines.length === 0) {
      if (stream) this.#rest += textOf(stream.readAll())
      else {
        const { body } = this.#response
        this.#rest += typeof body === 'string' ? body : body instanceof Uint8Array ? textOf(body) : ''
      }
      const lines = this.#rest.split('\n')
      this.#rest = lines.pop() ?? ''
      this.#lines = lines.filter((line) => line !== '')
    }
    const line = this.#lines.shift()
    return line === undefined ? undefined : JSON.parse(line)
  }

  /** The next event; undefined at the end, or once `until` (ms) is reached. */
  *next(process: Process, until?: number): Blocking<WatchEvent | undefined> {
    for (;;) {
      const event = this.ready()
      if (event) return event
      const { stream } = this
      if (!stream || stream.isOver) return undefined
      if (until !== undefined && process.now() >= until) return undefined
      yield { on: [stream.readable], until }
    }
  }

  get isOver(): boolean {
    return this.#lines.length === 0 && (this.stream?.isOver ?? true)
  }

  stop(): void {
    this.stream?.cancel()
  }
}

/** The whole body of an answer, waited for if it is still coming. */
export function* wholeText(response: HttpResponse): Blocking<string> {
  const { body } = response
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return textOf(body)
  const parts: Uint8Array[] = []
  while (!body.isOver) {
    const chunk = body.read()
    if (chunk) parts.push(chunk)
    else yield { on: [body.readable] }
  }
  return parts.map(textOf).join('')
}

/** A line of the log that Go's klog writes. */
export function klog(process: Process, level: 'I' | 'W' | 'E', place: string, text: string): string {
  const time = new Date(process.now()).toISOString()
  return `${level}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000 ${String(process.pid).padStart(7)} ${place}] ${text}\n`
}

/** `X-Kubernetes-Pf-Flowschema-Uid`. */
function canonical(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, before, letter: string) => `${before}${letter.toUpperCase()}`)
}

function headerLines(headers: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  return Object.entries(headers)
    .flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((text) => `\t${canonical(name)}: ${text}\n`)))
    .sort()
    .join('')
}

/** Go's url.QueryEscape. */
function escapedQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
}

const statusWords: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** What client-go makes of an answer that is no Status: apimachinery's `NewGenericServerResponse`. */
function genericStatus(method: string, path: string, code: number, body: string): Json {
  const { resource, name } = subjectOf(path)
  const verb = method.toLowerCase() === 'get' ? 'get' : method.toLowerCase()
  let reason = 'Unknown'
  let message = `the server responded with the status code ${code} but did not return more information`
  switch (code) {
    case 409:
      reason = verb === 'post' ? 'AlreadyExists' : 'Conflict'
      message = 'the server reported a conflict'
      break
    case 404:
      reason = 'NotFound'
      message = 'the server could not find the requested resource'
      break
    case 400:
      reason = 'BadRequest'
      message = 'the server rejected our request for an unknown reason'
      break
    case 401:
      reason = 'Unauthorized'
      message = 'the server has asked for the client to provide credentials'
      break
    case 403:
      reason = 'Forbidden'
      message = body
      break
    case 406:
      reason = 'NotAcceptable'
      message = body || message
      break
    case 415:
      reason = 'UnsupportedMediaType'
      message = body || message
      break
    case 405:
      reason = 'MethodNotAllowed'
      message = 'the server does not allow this method on the requested resource'
      break
    case 422:
      reason = 'Invalid'
      message = 'the server rejected our request due to an error in our request'
      break
    case 503:
      reason = 'ServiceUnavailable'
      message = 'the server is currently unable to handle the request'
      break
    case 504:
      reason = 'Timeout'
      message = 'the server was unable to return a response in the time allotted, but may still be processing the request'
      break
    case 429:
      reason = 'TooManyRequests'
      message = 'the server has received too many requests and has asked us to try again later'
      break
    default:
      if (code >= 500) {
        reason = 'InternalError'
        message = `an error on the server (${goQuoted(body || 'unknown')}) has prevented the request from succeeding`
      }
  }
  const suffix = resource === '' ? '' : name === '' ? ` (${verb} ${resource})` : ` (${verb} ${resource} ${name})`
  return { kind: 'Status', status: 'Failure', code, reason, message: `${message}${suffix}`, details: { kind: resource, name } }
}

function subjectOf(path: string): { resource: string; name: string } {
  const [, rest = ''] = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(.*)$/.exec(path.split('?')[0]) ?? []
  const parts = rest.split('/')
  const from = parts[0] === 'namespaces' && parts.length > 2 ? 2 : 0
  const group = /^\/apis\/([^/]+)\//.exec(path)?.[1]
  return { resource: parts[from] ? (group ? `${parts[from]}.${group}` : parts[from]) : '', name: parts[from + 1] ?? '' }
}
