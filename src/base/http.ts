/**
 * HTTP as plain data. A server is a function from request to response; whoever calls it (a process in the sandbox, the bridge, a
 * test) is its network. Bodies are whole, or a `ByteStream` where the answer goes on (watch, logs). Upgraded connections (exec,
 * attach, port-forward) are two `MessageStream`s.
 */
import { bytesOf, joined, noBytes, textOf } from './bytes.ts'
import { WaitQueue } from './wait-queue.ts'

/** Header names in lower case; a header sent several times is a list. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[]>>

export interface HttpRequest {
  readonly method: string
  /** Path and query as on the request line: `/api/v1/pods?limit=500`. */
  readonly url: string
  readonly headers: HttpHeaders
  readonly body: Uint8Array
}

export interface HttpResponse {
  readonly status: number
  readonly headers: HttpHeaders
  readonly body: string | Uint8Array | ByteStream
}

/** An answer that is not there yet: a server that is itself a process, or one that must ask another first. */
export class Pending<T> {
  #value: T | undefined
  readonly ready = new WaitQueue()

  get value(): T | undefined {
    return this.#value
  }

  resolve(value: T): void {
    if (this.#value !== undefined) return
    this.#value = value
    this.ready.wake()
  }
}

/** Who calls, as far as the transport knows: the bridge's TLS client certificate, the address of the caller. */
export interface Peer {
  /** Address the caller is seen at. */
  readonly address?: string
  /** Subject of the verified client certificate, and its SHA-256 in hexadecimal. */
  readonly certificate?: { readonly commonName: string; readonly organizations: readonly string[]; readonly fingerprint?: string }
  /** Revision of the entry that stands for the typed command this call belongs to, for the chain of causes. */
  readonly because?: number
}

export interface HttpHandler {
  handle(request: HttpRequest, peer: Peer): HttpResponse | Pending<HttpResponse>
  /** Requests with an `Upgrade` header. A server without it answers such requests through `handle`. */
  connect?(request: HttpRequest, peer: Peer): Upgraded | HttpResponse
}

/**
 * A connection that was switched to another protocol. Messages are whole frames of that protocol with the transport's own
 * framing removed: for `v5.channel.k8s.io` byte 0 is the channel; for Docker's raw stream and for TCP they are just bytes.
 */
export interface Upgraded {
  /** Subprotocol agreed on: `v5.channel.k8s.io`, `SPDY/3.1+portforward.k8s.io`, `tcp`. */
  readonly protocol: string
  readonly headers: HttpHeaders
  /** From the caller to the server. */
  readonly incoming: ByteStream
  /** From the server to the caller. */
  readonly outgoing: ByteStream
}

/**
 * Bytes on their way from one writer to one reader. Chunk borders are kept, so it also carries messages. It holds what was not
 * read yet; a writer that can outrun its reader looks at `size` and waits on `drained`.
 */
export class ByteStream {
  #chunks: Uint8Array[] = []
  #head = 0
  #size = 0
  #ended = false
  #cancelled = false
  /** Woken when there is something to read, and at the end. */
  readonly readable = new WaitQueue()
  /** Woken when the reader took something, or gave up. */
  readonly drained = new WaitQueue()

  write(chunk: Uint8Array | string): void {
    if (this.#ended || this.#cancelled) return
    const bytes = typeof chunk === 'string' ? bytesOf(chunk) : chunk
    if (bytes.length === 0) return
    this.#chunks.push(bytes)
    this.#size += bytes.length
    this.readable.wake()
  }

  /** The writer has no more. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.readable.wake()
  }

  /** The reader wants no more; what is written from now on is dropped. */
  cancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.#chunks = []
    this.#head = 0
    this.#size = 0
    this.drained.wake()
    this.readable.wake()
  }

  /** The next chunk; undefined when there is none now (`isOver` tells whether one may still come). */
  read(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#head]
    if (chunk === undefined) return undefined
    this.#head++
    this.#size -= chunk.length
    if (this.#head === this.#chunks.length) {
      this.#chunks = []
      this.#head = 0
    }
    this.drained.wake()
    return chunk
  }

  /** Everything that is there now, as one piece. */
  readAll(): Uint8Array {
    if (this.#size === 0) return noBytes
    const all = joined(this.#chunks.slice(this.#head))
    this.#chunks = []
    this.#head = 0
    this.#size = 0
    this.drained.wake()
    return all
  }

  /** Bytes written and not read yet. */
  get size(): number {
    return this.#size
  }

  /** No byte will ever come again. */
  get isOver(): boolean {
    return this.#cancelled || (this.#ended && this.#size === 0)
  }

  get isEnded(): boolean {
    return this.#ended
  }

  get isCancelled(): boolean {
    return this.#cancelled
  }
}

export function header(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

export function bodyText(body: Uint8Array | string): string {
  return typeof body === 'string' ? body : textOf(body)
}

export const jsonHeaders: HttpHeaders = Object.freeze({ 'content-type': 'application/json' })

export function jsonResponse(status: number, value: unknown, headers?: HttpHeaders): HttpResponse {
  return { status, headers: headers ? { ...jsonHeaders, ...headers } : jsonHeaders, body: JSON.stringify(value) }
}

export function textResponse(status: number, body: string, headers: HttpHeaders = {}): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
}

/** A request as most callers make one. */
export function request(method: string, url: string, body: unknown = undefined, headers: HttpHeaders = {}): HttpRequest {
  if (body === undefined) return { method, url, headers, body: noBytes }
  if (body instanceof Uint8Array) return { method, url, headers, body }
  if (typeof body === 'string') return { method, url, headers, body: bytesOf(body) }
  return { method, url, headers: { 'content-type': 'application/json', ...headers }, body: bytesOf(JSON.stringify(body)) }
}

/** As the headers Date and Last-Modified are written: `Mon, 05 Jan 2026 09:00:00 GMT`. */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString()
}
