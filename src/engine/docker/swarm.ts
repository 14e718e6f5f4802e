/** Swarm answers of an engine that is in no swarm: every part of it refuses, in the daemon's words. */
import type { Daemon } from './daemon.ts'
import { badRequest, DockerError } from './docker-error.ts'

const notManager = 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.'

/** What a request to a swarm endpoint is refused with; undefined for every other path. */
export function swarmRefusal(_: Daemon, method: string, path: string): DockerError | undefined {
  if (path === '/swarm/leave') return new DockerError(503, 'This node is not part of a swarm')
  if (path === '/swarm/init' || path === '/swarm/join') return badRequest('swarm mode is not simulated by this engine yet')
  if (/^\/swarm(\/(unlockkey|update|unlock))?$/.test(path)) return new DockerError(503, notManager)
  if (/^\/(services|nodes|tasks|secrets|configs)(\/.*)?$/.test(path) && ['GET', 'POST', 'DELETE'].includes(method)) return new DockerError(503, notManager)
  return undefined
}
