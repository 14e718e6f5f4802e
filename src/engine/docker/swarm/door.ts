/**
 * The way into swarm mode. Most engines never are in a swarm: they refuse in the daemon's words without anything being loaded. What swarm needs is
 * fetched when one is begun, joined, or found in the store after a restart.
 */
import { textOf } from '../../../base/bytes.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { fetchedOnce, perform, type Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest, DockerError } from '../docker-error.ts'
import type { Call } from '../router.ts'
import type { Membership } from './shapes.ts'

const notManager =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.'

const beginning = fetchedOnce(() => import('./begin.ts'))

export type ServeSwarm = (call: Call) => HttpResponse | Work<HttpResponse>

/** What serves a swarm endpoint; undefined for every other path. */
export function swarmRoute(daemon: Daemon, method: string, path: string): ServeSwarm | undefined {
  if (method === 'POST' && path === '/swarm/init') {
    return function* ({ request }) {
      const { init } = yield* beginning(daemon.clock)
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: `${JSON.stringify(init(daemon, parsed(request.body) as Parameters<typeof init>[1]))}\n`,
      }
    }
  }
  if (method === 'POST' && path === '/swarm/join') {
    return function* ({ request }) {
      const { join } = yield* beginning(daemon.clock)
      yield* join(daemon, parsed(request.body) as Parameters<typeof join>[1])
      return { status: 200, headers: {}, body: '' }
    }
  }
  if (daemon.swarm) return daemon.swarm.route(method, path)
  const refuse =
    (words: string): ServeSwarm =>
    () => {
      throw new DockerError(503, words)
    }
  if (path === '/swarm/leave') return refuse('This node is not part of a swarm')
  if (/^\/swarm(\/(unlockkey|update|unlock))?$/.test(path)) return refuse(notManager)
  if (/^\/(services|nodes|tasks|secrets|configs)(\/.*)?$/.test(path) && ['GET', 'HEAD', 'POST', 'DELETE'].includes(method))
    return refuse(notManager)
  return undefined
}

/** After a restart of the engine: takes its place in the swarm again. */
export function restoreSwarm(daemon: Daemon, { resumes }: { resumes: boolean }): void {
  const membership = daemon.store.get('swarm', 'self') as Membership | undefined
  if (!membership) return
  perform(
    daemon.clock,
    (function* (): Work<void> {
      const { restore } = yield* beginning(daemon.clock)
      if (!daemon.isStopped) restore(daemon, membership, { resumes })
    })(),
  )
}

function parsed(body: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(textOf(body) || '{}')
    if (typeof value === 'object' && value !== null) return value
  } catch {
    throw badRequest('invalid JSON')
  }
  return {}
}
