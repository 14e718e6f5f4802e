/**
 * An HTTP server inside a process: requests queue up for it, and it answers them in its own steps. So a server that is stopped,
 * frozen or busy leaves its clients waiting, as a real one does.
 */
import type { Cancel } from '../../base/clock.ts'
import { type HttpHandler, type HttpRequest, type HttpResponse, Pending, type Peer } from '../../base/http.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import type { Process } from '../kernel/process.ts'

export interface Asked {
  readonly request: HttpRequest
  readonly peer: Peer
  /** Port it was asked at. */
  readonly port: number
  answer(response: HttpResponse): void
}

export interface RequestQueue {
  /** Throws EADDRINUSE, EADDRNOTAVAIL; EACCES below 1024 is not checked, as containers may. */
  listen(port: number, ip?: string): Cancel
  next(): Asked | undefined
  /** Woken when a request came. */
  readonly arrived: WaitQueue
  /** Stops listening; who still waits is told that the connection was reset. */
  close(): void
}

export function requestQueue(process: Process): RequestQueue {
  const queue: Asked[] = []
  const arrived = new WaitQueue()
  const open = new Set<Cancel>()
  const handlerOf = (port: number): HttpHandler => ({
    handle(request, peer) {
      const pending = new Pending<HttpResponse>()
      queue.push({ request, peer, port, answer: (response) => pending.resolve(response) })
      arrived.wake()
      return pending
    },
  })
  return {
    arrived,
    listen(port, ip) {
      const stop = process.net.listen(port, { http: handlerOf(port) }, { ip, owner: process.hostPid })
      open.add(stop)
      return () => {
        open.delete(stop)
        stop()
      }
    },
    next: () => queue.shift(),
    close() {
      for (const stop of open) stop()
      open.clear()
      // A status of 0 is a connection that ended without an answer; clients say "Empty reply from server".
      for (const asked of queue.splice(0)) asked.answer({ status: 0, headers: {}, body: '' })
    },
  }
}
