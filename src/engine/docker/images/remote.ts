/**
 * Images as a registry answers for them: the sandbox's registries by name, a `registry:2` container by its address, and for every other
 * host what the real daemon says when there is none.
 */
import type { Image } from '../../images/image.ts'
import { pace } from '../../pace.ts'
import type { Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { notFound } from '../docker-error.ts'
import { fetchImage, fetchTags, isElsewhere } from './distribution.ts'
import { familiar, type Reference, repositoryOf } from './reference.ts'
import { type RemoteCredentials, unresolved } from './registry-host.ts'

export function* remoteImage(daemon: Daemon, reference: Reference, credentials: RemoteCredentials | undefined): Work<Image> {
  yield { until: daemon.clock.now() + pace.registryRoundTrip }
  if (isElsewhere(reference.domain)) return yield* fetchImage(daemon, reference, credentials)
  refuseOffline(daemon, reference.domain)
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
  if (!image)
    throw notFound(
      `manifest for ${reference.digest ? `${name}@${reference.digest}` : `${name}:${reference.tag ?? 'latest'}`} not found: manifest unknown: manifest unknown`,
    )
  return image
}

/** All tags of a repository, for `docker pull -a`. */
export function* remoteTags(daemon: Daemon, reference: Reference, credentials: RemoteCredentials | undefined): Work<readonly string[]> {
  yield { until: daemon.clock.now() + pace.registryRoundTrip }
  if (isElsewhere(reference.domain)) return yield* fetchTags(daemon, reference, credentials)
  refuseOffline(daemon, reference.domain)
  const tags = daemon.registry.tags(repositoryOf(reference))
  if (tags.length === 0) yield* remoteImage(daemon, reference, credentials)
  return [...tags].sort()
}

/** Without a way out the sandbox's registries have no address. */
export function refuseOffline(daemon: Daemon, domain: string): void {
  if (daemon.registry.isOffline) throw unresolved(daemon, domain === 'docker.io' ? 'registry-1.docker.io' : domain, '/v2/')
}
