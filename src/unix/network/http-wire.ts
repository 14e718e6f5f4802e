/**
 * HTTP/1.1 as bytes, for the places where a program that speaks bytes meets one that speaks `HttpRequest`s: `nc` typed by hand, a
 * learner's own TCP server, telnet. Reading is incremental, as bytes arrive in any portions.
 */
import { bytesOf, joined, noBytes, textOf } from '../../base/bytes.ts'
import {
  type ByteStream,
  header,
  type HttpHandler,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  Pending,
  type Peer,
} from '../../base/http.ts'
import { ByteStream as Stream } from '../../base/http.ts'
import { headerName, reasonOf } from './http-names.ts'
import { onward } from './streams.ts'

export function headerLines(headers: HttpHeaders): string {
  let text = ''
  for (const [name, value] of Object.entries(headers))
    for (const one of typeof value === 'string' ? [value] : value) text += `${headerName(name)}: ${one}\r\n`
  return text
}

function requestBytes({ method, url, headers, body }: HttpRequest): Uint8Array {
  const length = body.length > 0 && headers['content-length'] === undefined ? `Content-Length: ${body.length}\r\n` : ''
  return joined([bytesOf(`${method} ${url} HTTP/1.1\r\n${headerLines(headers)}${length}\r\n`), body])
}

/** What was read so far and not used yet. */
class Reader {
  #rest: Uint8Array = noBytes

  add(bytes: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? bytes : joined([this.#rest, bytes])
  }

  get length(): number {
    return this.#rest.length
  }

  take(count: number): Uint8Array {
    const taken = this.#rest.subarray(0, count)
    this.#rest = this.#rest.subarray(taken.length)
    return taken
  }

  /** The lines up to the empty one; undefined while it has not come. Bare line feeds are taken, as people type them into nc. */
  head(): readonly string[] | undefined {
    for (let at = 0; at < this.#rest.length; at++) {
      if (this.#rest[at] !== 10) continue
      const next = this.#rest[at + 1] === 13 ? at + 2 : at + 1
      if (this.#rest[next] !== 10) continue
      return textOf(this.take(next + 1))
        .trimEnd()
        .split(/\r?\n/)
    }
    return undefined
  }

  line(): string | undefined {
    const end = this.#rest.indexOf(10)
    return end < 0 ? undefined : textOf(this.take(end + 1)).replace(/\r?\n$/, '')
  }
}

function headersOf(lines: readonly string[]): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const old = headers[name]
    headers[name] = old === undefined ? value : [...(typeof old === 'string' ? [old] : old), value]
  }
  return headers
}

/** Body bytes as they come: by length, in chunks, or up to the end. Answers false once the body is over. */
function bodyReader(headers: HttpHeaders, isResponse: boolean, into: (bytes: Uint8Array) => void): (reader: Reader) => boolean {
  if (header(headers, 'transfer-encoding')?.toLowerCase().includes('chunked')) {
    let left: number | undefined
    let isTrailing = false
    return (reader) => {
      for (;;) {
        if (isTrailing) {
          const line = reader.line()
          if (line === undefined) return true
          if (line === '') return false
        } else if (left === undefined) {
          const line = reader.line()
          if (line === undefined) return true
          if (line === '') continue
          left = Number.parseInt(line, 16) || 0
          if (left === 0) isTrailing = true
        } else {
          const bytes = reader.take(left)
          if (bytes.length === 0) return true
          left -= bytes.length
          into(bytes)
          if (left === 0) left = undefined
        }
      }
    }
  }
  const length = header(headers, 'content-length')
  if (length === undefined && !isResponse) return () => false
  let left = length === undefined ? Number.POSITIVE_INFINITY : Number(length)
  return (reader) => {
    const bytes = reader.take(Math.min(left, reader.length))
    left -= bytes.length
    if (bytes.length > 0) into(bytes)
    return left > 0
  }
}

/** A server of requests over a connection's bytes: answers in order, keeps the connection open as HTTP/1.1 does. */
export function serveBytes(handler: HttpHandler, incoming: ByteStream, outgoing: ByteStream, peer: Peer): void {
  const reader = new Reader()
  let head: { method: string; url: string; version: string; headers: HttpHeaders } | undefined
  let parts: Uint8Array[] = []
  let readBody: ((reader: Reader) => boolean) | undefined
  let isAnswering = false
  let isOver = false
  let stop = (): void => {}

  const step = (): void => {
    if (isOver) return
    for (let chunk = incoming.read(); chunk; chunk = incoming.read()) reader.add(chunk)
    while (!isAnswering && !isOver) {
      if (!head) {
        const lines = reader.head()
        if (!lines) break
        const [method, url, version] = lines[0].split(' ')
        if (!method || !url) return refuse()
        head = { method, url, version: version ?? 'HTTP/0.9', headers: headersOf(lines.slice(1)) }
        readBody = bodyReader(head.headers, false, (bytes) => parts.push(bytes))
      }
      if (readBody?.(reader)) break
      answer()
    }
    if (incoming.isOver && !isAnswering) finish()
  }

  const refuse = (): void => {
    outgoing.write('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    finish()
  }

  const finish = (): void => {
    isOver = true
    stop()
    outgoing.end()
  }

  const answer = (): void => {
    if (!head) return
    const { method, url, version, headers } = head
    const request: HttpRequest = { method, url, headers, body: joined(parts.length > 0 ? parts : [noBytes]) }
    const isKept = version === 'HTTP/1.1' && header(headers, 'connection')?.toLowerCase() !== 'close'
    head = undefined
    parts = []
    if (header(headers, 'upgrade') !== undefined && handler.connect) {
      const upgraded = handler.connect(request, peer)
      if (!('status' in upgraded)) {
        isOver = true
        stop()
        outgoing.write(`HTTP/1.1 101 Switching Protocols\r\n${headerLines(upgraded.headers)}\r\n`)
        if (reader.length > 0) upgraded.incoming.write(reader.take(reader.length))
        onward(incoming, upgraded.incoming)
        onward(upgraded.outgoing, outgoing)
        return
      }
      return send(upgraded, method, isKept)
    }
    isAnswering = true
    const response = handler.handle(request, peer)
    if (!(response instanceof Pending)) return send(response, method, isKept)
    const done = (): void => {
      if (response.value) send(response.value, method, isKept)
      else response.ready.once(done)
    }
    done()
  }

  const send = (response: HttpResponse, method: string, isKept: boolean): void => {
    const next = (): void => {
      isAnswering = false
      if (!isKept) finish()
      else step()
    }
    isAnswering = true
    const { status, headers, body } = response
    const start = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n${headerLines(headers)}`
    if (typeof body === 'string' || body instanceof Uint8Array) {
      const bytes = typeof body === 'string' ? bytesOf(body) : body
      if (status === 0) return finish()
      if (headers['transfer-encoding'] !== undefined) {
        outgoing.write(`${start}\r\n`)
        if (method !== 'HEAD') outgoing.write(joined([bytesOf(`${bytes.length.toString(16)}\r\n`), bytes, bytesOf('\r\n0\r\n\r\n')]))
        return next()
      }
      const length =
        headers['content-length'] === undefined && status !== 204 && status !== 304 ? `Content-Length: ${bytes.length}\r\n` : ''
      outgoing.write(`${start}${length}${isKept ? '' : 'Connection: close\r\n'}\r\n`)
      if (method !== 'HEAD') outgoing.write(bytes)
      return next()
    }
    outgoing.write(`${start}${headers['transfer-encoding'] === undefined ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`)
    onward(body, outgoing, {
      framed: (bytes) => joined([bytesOf(`${bytes.length.toString(16)}\r\n`), bytes, bytesOf('\r\n')]),
      atEnd() {
        outgoing.write('0\r\n\r\n')
        next()
      },
    })
  }

  stop = incoming.readable.each(step)
  step()
}

/** A client's half: writes the request, and answers as soon as the head of the response has come; the body goes on. */
export function askBytes(request: HttpRequest, incoming: ByteStream, outgoing: ByteStream): Pending<HttpResponse> {
  const answer = new Pending<HttpResponse>()
  const reader = new Reader()
  const body = new Stream()
  let readBody: ((reader: Reader) => boolean) | undefined
  let stop = (): void => {}
  outgoing.write(requestBytes({ ...request, headers: { ...request.headers, connection: 'close' } }))
  const step = (): void => {
    for (let chunk = incoming.read(); chunk; chunk = incoming.read()) reader.add(chunk)
    if (!readBody) {
      const lines = reader.head()
      if (lines) {
        const status = Number(/^HTTP\/\d(?:\.\d)? (\d{3})/.exec(lines[0])?.[1])
        // curl calls this "Received HTTP/0.9 when not allowed"; a status of 0 tells it apart.
        const headers = headersOf(lines.slice(1))
        readBody = bodyReader(headers, true, (bytes) => body.write(bytes))
        if (request.method === 'HEAD' || status === 204 || status === 304) readBody = () => false
        answer.resolve({ status: status || 0, headers, body })
      } else if (incoming.isOver) {
        stop()
        answer.resolve({ status: 0, headers: {}, body: reader.take(reader.length) })
        return
      } else return
    }
    const goesOn = readBody(reader)
    if (!goesOn || incoming.isOver) {
      body.end()
      outgoing.end()
      stop()
    }
  }
  stop = incoming.readable.each(step)
  step()
  return answer
}
