/** `docker push`, `docker login` and what is asked of a registry without pulling. */
import { bytesOf } from '../../../base/bytes.ts'
import { ByteStream, type HttpResponse, jsonResponse } from '../../../base/http.ts'
import { manifestOf } from '../../images/image.ts'
import { pace } from '../../pace.ts'
import { perform, type Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { DockerError, failure } from '../docker-error.ts'
import { type Fate, isElsewhere, sendImage } from './distribution.ts'
import { line, type Progress } from './pull.ts'
import { familiar, familiarTag, parseReference, type Reference, repositoryOf } from './reference.ts'
import { ask, type RemoteCredentials } from './registry-host.ts'
import { refuseOffline, remoteImage } from './remote.ts'

const unauthenticated = 'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n'

/** The refusals come inside the stream: by then the answer has begun. Without a tag all tags of the name are pushed. */
export function pushResponse(daemon: Daemon, name: string, tag: string, credentials: RemoteCredentials | undefined): HttpResponse {
  const reference = parseReference(tag ? `${name}:${tag}` : name)
  const body = new ByteStream()
  const say = (progress: Progress) => body.write(line(progress))
  const work = function* (): Work<void> {
    say({ status: `The push refers to repository [${repositoryOf(reference)}]` })
    try {
      const short = familiar(repositoryOf(reference))
      const tags = daemon.images
        .list()
        .flatMap(({ RepoTags }) =>
          RepoTags.filter((candidate) => candidate.startsWith(`${short}:`) && !candidate.slice(short.length + 1).includes('/')),
        )
      if (tags.length === 0) throw failure(`An image does not exist locally with the tag: ${short}`)
      const wanted = tag ? [familiarTag(reference)] : tags.sort()
      for (const one of wanted) {
        if (!tags.includes(one)) throw failure(`tag does not exist: ${one}`)
        yield* pushOne(daemon, parseReference(one), credentials, say)
      }
      daemon.event('image', 'push', familiarTag(reference), { name: short })
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      say({ errorDetail: { message: error.message }, error: error.message })
    }
    body.end()
  }
  perform(daemon.clock, work())
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

function* pushOne(
  daemon: Daemon,
  reference: Reference,
  credentials: RemoteCredentials | undefined,
  say: (progress: Progress) => void,
): Work<void> {
  const inspected = daemon.images.require(familiarTag(reference))
  const image = daemon.images.image(inspected.Id)
  const repository = repositoryOf(reference)
  const isLocal = isElsewhere(reference.domain)
  if (isLocal) yield* ask(daemon, reference.domain, 'GET', '/v2/')
  else refuseOffline(daemon, reference.domain)
  const layers = [...image.layers].reverse()
  for (const layer of layers) say({ status: 'Preparing', progressDetail: {}, id: layer.diffId.slice(7, 19) })
  for (const layer of layers.slice(5)) say({ status: 'Waiting', progressDetail: {}, id: layer.diffId.slice(7, 19) })
  yield { until: daemon.clock.now() + pace.registryRoundTrip }
  let digest: string
  let size: number
  if (isLocal) {
    const fates: { id: string; fate: Fate }[] = []
    const sent = yield* sendImage(daemon, reference, image, credentials, (id, fate) => fates.push({ id, fate }))
    for (const { id, fate } of fates.reverse()) {
      if (fate !== 'Pushed') say({ status: fate, progressDetail: {}, id })
      else yield* pushing(daemon, id, image.layers.find((layer) => layer.diffId.slice(7, 19) === id)?.size ?? 0, say)
    }
    digest = sent.digest
    size = sent.size
  } else {
    const isOwner =
      credentials?.username !== undefined && reference.domain === 'docker.io' && reference.path.startsWith(`${credentials.username}/`)
    const isAllowed = isOwner || (reference.domain !== 'docker.io' && credentials?.username !== undefined)
    const isSigned =
      credentials?.username !== undefined && daemon.registry.login({ username: credentials.username, password: credentials.password ?? '' })
    for (const layer of layers) {
      const id = layer.diffId.slice(7, 19)
      if (daemon.registry.holds(repository, layer.diffId)) say({ status: 'Layer already exists', progressDetail: {}, id })
      else if (!isSigned || !isAllowed) throw failure('denied: requested access to the resource is denied')
      else {
        const origin = daemon.registry.origin(reference.domain, layer.diffId)
        if (origin) say({ status: `Mounted from ${origin.replace(/^[^/]+\//, '')}`, progressDetail: {}, id })
        else yield* pushing(daemon, id, layer.size, say)
      }
    }
    if (!isSigned || !isAllowed) throw failure(unauthenticated)
    daemon.registry.push(repository, reference.tag ?? 'latest', image, 'docker')
    digest = image.digest
    size = manifestOf({ id: image.id, config: image.config, layers: image.layers }).length
  }
  const tag = reference.tag ?? 'latest'
  daemon.images.addDigest(image.id, `${familiar(repository)}@${digest}`)
  say({ status: `${tag}: digest: ${digest} size: ${size}` })
  say({ progressDetail: {}, aux: { Tag: tag, Digest: digest, Size: size } })
}

function* pushing(daemon: Daemon, id: string, total: number, say: (progress: Progress) => void): Work<void> {
  const perTick = (pace.pullBytesPerSecond * pace.progress) / 1000
  for (let sent = 0; sent < total; sent = Math.min(total, sent + perTick)) {
    say({
      status: 'Pushing',
      progressDetail: { current: Math.round(sent), total },
      progress: `[${'='.repeat(Math.floor((sent / total) * 50))}>${' '.repeat(49 - Math.min(49, Math.floor((sent / total) * 50)))}]`,
      id,
    })
    yield { until: daemon.clock.now() + pace.progress }
  }
  say({ status: 'Pushed', progressDetail: {}, id })
}

export function* login(daemon: Daemon, { username = '', password = '', serveraddress = '' }: RemoteCredentials): Work<HttpResponse> {
  yield { until: daemon.clock.now() + pace.registryRoundTrip }
  const domain = serveraddress.replace(/^https?:\/\//, '').replace(/\/.*$/, '') || 'index.docker.io'
  const isHub = ['index.docker.io', 'docker.io', 'registry-1.docker.io', 'hub.docker.com'].includes(domain)
  if (!isHub && isElsewhere(domain)) {
    const answer = yield* ask(daemon, domain, 'GET', '/v2/', { credentials: { username, password } })
    if (answer.status === 401) throw failure(`login attempt to http://${domain}/v2/ failed with status: 401 Unauthorized`)
    return jsonResponse(200, { IdentityToken: '', Status: 'Login Succeeded' })
  }
  refuseOffline(daemon, isHub ? 'docker.io' : domain)
  if (!daemon.registry.login({ username, password }))
    throw new DockerError(401, `Get "https://${isHub ? 'registry-1.docker.io' : domain}/v2/": unauthorized: incorrect username or password`)
  return jsonResponse(200, { IdentityToken: '', Status: 'Login Succeeded' })
}

/** `GET /distribution/{name}/json`: digest and platforms, without pulling. */
export function* distributionOf(daemon: Daemon, name: string, credentials: RemoteCredentials | undefined): Work<HttpResponse> {
  const reference = parseReference(name)
  try {
    const image = yield* remoteImage(daemon, reference, credentials)
    const manifest = manifestOf({ id: image.id, config: image.config, layers: image.layers })
    return {
      ...jsonResponse(200, null),
      body: `${JSON.stringify({
        Descriptor: {
          mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
          digest: image.digest,
          size: bytesOf(manifest).length,
        },
        Platforms: [{ architecture: image.config.architecture, os: image.config.os }],
      })}\n`,
    }
  } catch (error) {
    if (error instanceof DockerError && error.message.startsWith('pull access denied')) throw new DockerError(403, unauthenticated)
    throw error
  }
}

/** For `docker manifest`, whose real self asks the registry: this route is the sandbox's own. */
export function* manifestText(daemon: Daemon, name: string, credentials: RemoteCredentials | undefined): Work<HttpResponse> {
  try {
    const image = yield* remoteImage(daemon, parseReference(name), credentials)
    const { architecture, os } = image.config
    return jsonResponse(200, {
      manifest: manifestOf({ id: image.id, config: image.config, layers: image.layers }),
      platform: { architecture, os },
    })
  } catch (error) {
    if (error instanceof DockerError && error.message.startsWith('pull access denied')) throw new DockerError(403, unauthenticated)
    throw error
  }
}
