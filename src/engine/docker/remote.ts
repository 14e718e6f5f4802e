/**
 * Images as a registry answers for them: the sandbox's registries by name, a `registry:2` container by its address, and for every other
 * host what the real daemon says when there is none.
 */
import type { Image } from '../images/image.ts'
import { pace } from '../pace.ts'
import type { Work } from '../runtime/task.ts'
import type { Daemon } from './daemon.ts'
import { type DockerError, failure, notFound } from './docker-error.ts'
import { fetchImage, isLocalRegistry } from './distribution.ts'
import { familiar, type Reference, repositoryOf } from './reference.ts'
import { registryHosts } from './registry.ts'

export interface RemoteCredentials {
  readonly username?: string
  readonly password?: string
  readonly serveraddress?: string
}

export function* remoteImage(daemon: Daemon, reference: Reference, credentials: RemoteCredentials | undefined): Work<Image> {
  yield { until: daemon.clock.now() + pace.registryRoundTrip }
  if (isLocalRegistry(daemon, reference.domain)) return yield* fetchImage(daemon, reference, credentials)
  refuseUnknownHost(daemon, reference.domain)
  const repository = repositoryOf(reference)
  const name = familiar(repository)
  if (!daemon.registry.has(repository)) {
    throw notFound(
      reference.domain === 'docker.io'
        ? `pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`
        : `manifest for ${name}:${reference.tag ?? 'latest'} not found: manifest unknown: manifest unknown`,
    )
  }
  const image = daemon.registry.find(repository, reference.digest ?? reference.tag ?? 'latest')
  if (!image) throw notFound(`manifest for ${reference.digest ? `${name}@${reference.digest}` : `${name}:${reference.tag ?? 'latest'}`} not found: manifest unknown: manifest unknown`)
  return image
}

/** The words of a host that is not there. */
export function refuseUnknownHost(daemon: Daemon, domain: string): void {
  if (registryHosts.includes(domain) && !daemon.registry.isOffline) return
  throw unresolved(daemon, domain === 'docker.io' ? 'registry-1.docker.io' : domain, '/v2/')
}

/** What is asked of a host whose name nobody knows. */
export function unresolved(daemon: Daemon, host: string, path: string): DockerError {
  const { files } = daemon.host
  const dns = /^nameserver\s+(\S+)/m.exec(files.exists('/etc/resolv.conf') ? files.readText('/etc/resolv.conf') : '')?.[1] ?? '192.168.1.10'
  return failure(`Get "https://${host}${path}": dial tcp: lookup ${host.replace(/:\d+$/, '')} on ${dns}:53: no such host`)
}
