/**
 * What a guest asks of the network: servers, requests, connections, names. What comes later is delivered under the id of the call.
 */
import type { Cancel } from '../../../base/clock.ts'
import { ByteStream, type HttpResponse, Pending } from '../../../base/http.ts'
import { UnixError } from '../../../unix/errors.ts'
import type { Blocking, Process } from '../../../unix/kernel/process.ts'
import { fetch } from '../../../unix/network/fetch.ts'
import { lookup } from '../../../unix/network/names.ts'
import type { Connection } from '../../../unix/network/network.ts'
import { connectAt } from '../../../unix/network/unix-socket.ts'
import { binaryOf, bytesOfBinary } from './binary.ts'
import { connectError } from './errors.ts'
import type { Beside, Calls } from './jobs.ts'

interface FetchCall extends Named {
  readonly host: string
  readonly port: number
  readonly socketPath?: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeout?: number
}

interface Named {
  readonly id: number
}

interface Data extends Named {
  /** One letter a byte. */
  readonly data: string
}

interface Answer extends Named {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

interface Listening extends Named {
  readonly port: number
  readonly host?: string
  readonly protocol: 'http' | 'net'
  readonly path?: string
}

interface Target extends Named {
  readonly host: string
  readonly port: number
  readonly path?: string
}

export class Network {
  readonly #process: Process
  readonly #beside: Beside
  readonly #listeners = new Map<number, Cancel>()
  readonly #responses = new Map<number, { readonly pending: Pending<HttpResponse>; body: ByteStream | undefined }>()
  readonly #connections = new Map<number, Connection>()
  readonly #accepted = new Map<number, Connection>()
  #nextNumber = 1

  readonly calls: Calls = {
    listen: (given: Listening) => {
      return this.#listen(given)
    },
    close: ({ id }: Named) => {
      this.#listeners.get(id)?.()
      this.#listeners.delete(id)
    },
    respond: ({ id, status, headers, body }: Answer) => {
      const found = this.#responses.get(id)
      this.#responses.delete(id)
      found?.pending.resolve({ status, headers, body: bytesOfBinary(body) })
    },
    'respond-head': ({ id, status, headers }: Answer) => {
      const found = this.#responses.get(id)
      if (!found) return
      found.body = new ByteStream()
      found.pending.resolve({ status, headers, body: found.body })
    },
    'respond-data': ({ id, data }: Data) => {
      this.#responses.get(id)?.body?.write(bytesOfBinary(data))
    },
    'respond-end': ({ id }: Named) => {
      this.#responses.get(id)?.body?.end()
      this.#responses.delete(id)
    },
    fetch: (call: FetchCall) => {
      this.#beside.start(call.id, this.#fetch(call.id, call))
    },
    'fetch-cancel': ({ id }: Named) => {
      this.#beside.stop(id)
    },
    lookup: ({ id, name }: Named & { readonly name: string }) => {
      this.#beside.start(id, this.#lookUp(id, name))
    },
    'net-connect': (call: Target) => {
      this.#beside.start(call.id, this.#connect(call.id, call))
    },
    'net-accept': ({ id, connection: number }: Named & { readonly connection: number }) => {
      const connection = this.#accepted.get(number)
      this.#accepted.delete(number)
      if (!connection) return
      this.#connections.set(id, connection)
      this.#beside.start(id, this.#received(id, connection))
    },
    'net-write': ({ id, data }: Data) => {
      this.#connections.get(id)?.outgoing.write(bytesOfBinary(data))
    },
    'net-end': ({ id }: Named) => {
      this.#connections.get(id)?.outgoing.end()
    },
  }

  constructor(process: Process, beside: Beside) {
    this.#process = process
    this.#beside = beside
  }

  dispose(): void {
    for (const stop of this.#listeners.values()) stop()
    for (const { pending, body } of this.#responses.values()) {
      pending.resolve({ status: 0, headers: {}, body: '' })
      body?.end()
    }
    for (const { outgoing } of this.#connections.values()) outgoing.end()
  }

  #listen({ id, port, host, protocol, path }: Listening): { port: number; host: string } {
    if (path !== undefined) throw new UnixError('EADDRNOTAVAIL')
    const process = this.#process
    const ip = host === undefined || host === '::' || host === '0.0.0.0' ? undefined : host === 'localhost' ? '127.0.0.1' : host
    const chosen = port === 0 ? 32_768 + process.kernel.random.below(20_000) : port
    if (protocol === 'http') {
      this.#listeners.set(
        id,
        process.net.listen(
          chosen,
          {
            http: {
              handle: (request, peer) => {
                const pending = new Pending<HttpResponse>()
                const number = this.#nextNumber++
                this.#responses.set(number, { pending, body: undefined })
                this.#beside.deliver(id, 'request', {
                  request: number,
                  method: request.method,
                  url: request.url,
                  headers: request.headers,
                  body: binaryOf(request.body),
                  remoteAddress: `::ffff:${peer.address ?? '127.0.0.1'}`,
                  remotePort: 40_000 + (number % 20_000),
                  localAddress: '::ffff:127.0.0.1',
                  localPort: chosen,
                })
                return pending
              },
            },
          },
          { ip, owner: process.hostPid },
        ),
      )
    } else {
      this.#listeners.set(
        id,
        process.net.listen(
          chosen,
          {
            accept: (connection) => {
              const number = this.#nextNumber++
              this.#accepted.set(number, connection)
              this.#beside.deliver(id, 'connection', {
                connection: number,
                remoteAddress: `::ffff:${connection.remote.ip}`,
                remotePort: connection.remote.port,
                localAddress: `::ffff:${connection.local.ip}`,
                localPort: chosen,
              })
            },
          },
          { ip, owner: process.hostPid },
        ),
      )
    }
    return { port: chosen, host: ip ?? '::' }
  }

  *#fetch(id: number, request: FetchCall): Blocking<void> {
    const { host, port, socketPath, method, path, headers, body, timeout } = request
    try {
      const target = socketPath === undefined ? `http://${host}:${port}${path}` : { socketPath }
      const response = yield* fetch(
        this.#process,
        target,
        { method, url: path, headers, body: bytesOfBinary(body) },
        timeout ? { timeoutMs: timeout } : {},
      )
      if (response.status === 0) throw new UnixError('ECONNRESET')
      this.#beside.deliver(id, 'response', { status: response.status, headers: response.headers })
      if (response.body instanceof ByteStream) yield* this.#pass(id, response.body)
      else {
        const bytes = typeof response.body === 'string' ? new TextEncoder().encode(response.body) : response.body
        if (bytes.length > 0) this.#beside.deliver(id, 'data', binaryOf(bytes))
      }
      this.#beside.deliver(id, 'end', null)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#beside.deliver(id, 'error', connectError(error, host, port))
    }
  }

  *#pass(id: number, stream: ByteStream): Blocking<void> {
    for (;;) {
      const chunk = stream.read()
      if (chunk) this.#beside.deliver(id, 'data', binaryOf(chunk))
      else if (stream.isOver) return
      else yield { on: [stream.readable] }
    }
  }

  *#connect(id: number, { host, port, path }: Target): Blocking<void> {
    try {
      const [ip] = path === undefined ? yield* lookup(this.#process, host) : ['']
      const connection =
        path === undefined
          ? this.#process.net.connect({ ip, port })
          : connectAt(this.#process.files, this.#process.path(path), this.#process.credentials)
      this.#connections.set(id, connection)
      this.#beside.deliver(id, 'connect', {
        remoteAddress: ip,
        remotePort: port,
        localAddress: connection.local.ip,
        localPort: connection.local.port,
      })
      yield* this.#pass(id, connection.incoming)
      this.#beside.deliver(id, 'end', null)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#beside.deliver(id, 'error', connectError(error, host, port))
    }
  }

  *#received(id: number, connection: Connection): Blocking<void> {
    yield* this.#pass(id, connection.incoming)
    this.#beside.deliver(id, 'end', null)
  }

  *#lookUp(id: number, name: string): Blocking<void> {
    try {
      this.#beside.deliver(id, 'found', yield* lookup(this.#process, name))
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      this.#beside.deliver(id, 'error', connectError(error, name, 0))
    }
  }
}
