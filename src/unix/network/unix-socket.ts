/**
 * Sockets with a path: `/var/run/docker.sock`. The node is an ordinary one of kind socket, so it can be listed, removed and bind
 * mounted into a container; who listens is remembered by the node itself. A node whose listener is gone refuses, as after a crash.
 */
import type { Cancel } from '../../base/clock.ts'
import { ByteStream, type HttpRequest, type HttpResponse, Pending, type Upgraded } from '../../base/http.ts'
import { UnixError } from '../errors.ts'
import { allows, MountTable } from '../files/mount-table.ts'
import type { Files } from '../files/files.ts'
import type { Node } from '../files/node.ts'
import type { Credentials } from '../kernel/process.ts'
import { askBytes, serveBytes } from './http-wire.ts'
import type { Connection, Listener } from './network.ts'

const listeners = new WeakMap<Node, Listener>()
const root: Credentials = { uid: 0, gid: 0, groups: [] }
const nowhere = { ip: '', port: 0 }

/** Throws EADDRINUSE when the path is taken, even by a dead socket, as `bind` does. */
export function listenAt(
  files: Files,
  path: string,
  listener: Listener,
  { mode = 0o755, uid = 0, gid = 0 }: { mode?: number; uid?: number; gid?: number } = {},
): Cancel {
  if (!(files instanceof MountTable)) throw new UnixError('ENODEV', path)
  if (files.exists(path)) throw new UnixError('EADDRINUSE', path)
  const node = files.makeNode(path, { kind: 'socket', mode }, { uid, gid, groups: [] })
  listeners.set(node, listener)
  return () => {
    listeners.delete(node)
    // As when a server removes its socket on the way out.
    if (files.exists(path) && files.lstat(path) === node) files.unlink(path)
  }
}

export function connectAt(files: Files, path: string, who: Credentials = root): Connection {
  const listener = listenerAt(files, path, who)
  const toServer = new ByteStream()
  const toClient = new ByteStream()
  if ('accept' in listener) listener.accept({ local: nowhere, remote: nowhere, incoming: toServer, outgoing: toClient })
  else if ('http' in listener) serveBytes(listener.http, toServer, toClient, {})
  return { local: nowhere, remote: nowhere, incoming: toClient, outgoing: toServer }
}

export function requestAt(files: Files, path: string, request: HttpRequest, who: Credentials = root): HttpResponse | Pending<HttpResponse> {
  const listener = listenerAt(files, path, who)
  if ('http' in listener) return listener.http.handle(request, {})
  const { incoming, outgoing } = connectAt(files, path, who)
  return askBytes(request, incoming, outgoing)
}

export function upgradeAt(files: Files, path: string, request: HttpRequest, who: Credentials = root): Upgraded | HttpResponse {
  const listener = listenerAt(files, path, who)
  if (!('http' in listener)) return { status: 502, headers: {}, body: '' }
  if (listener.http.connect) return listener.http.connect(request, {})
  const response = listener.http.handle(request, {})
  return response instanceof Pending ? (response.value ?? { status: 502, headers: {}, body: '' }) : response
}

function listenerAt(files: Files, path: string, who: Credentials): Listener {
  const node = files.stat(path, who)
  if (!allows(node, who, 2)) throw new UnixError('EACCES', path)
  const listener = node.kind === 'socket' ? listeners.get(node) : undefined
  if (!listener) throw new UnixError('ECONNREFUSED', path)
  return listener
}
