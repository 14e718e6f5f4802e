/**
 * The daemon as a client of the registry protocol: how it pushes to and pulls from a `registry` container or any server of that kind. A layer
 * goes as the gzip of its tar; the sizes it declares, which its few bytes do not have, stand in the manifest and in the comment that gzip files can carry.
 */
import { gunzipSync, gzipSync } from 'fflate'
import { bytesOf, joined, textOf } from '../../../base/bytes.ts'
import { header } from '../../../base/http.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import { entriesOfTar, tarOf } from '../../../base/tar.ts'
import { configOfText, textOfConfig } from '../../images/config-text.ts'
import { type Image, imageOf, type Layer, layerOf, manifestOf } from '../../images/image.ts'
import type { Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { type DockerError, failure, notFound } from '../docker-error.ts'
import { familiar, type Reference, repositoryOf } from './reference.ts'
import { registryHosts } from './registry.ts'
import { type Answer, ask, type RemoteCredentials } from './registry-host.ts'

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json'

/** Every host that is not one of the sandbox's own registries is asked over its network. */
export function isElsewhere(domain: string): boolean {
  return !registryHosts.includes(domain)
}

interface Manifest {
  readonly config?: { readonly digest: string }
  readonly layers?: readonly { readonly digest: string; readonly size: number }[]
}

export function* fetchImage(daemon: Daemon, reference: Reference, credentials: RemoteCredentials | undefined): Work<Image> {
  const { domain } = reference
  const tag = reference.digest ?? reference.tag ?? 'latest'
  const name = familiar(repositoryOf(reference))
  const base = `/v2/${reference.path}`
  yield* ask(daemon, domain, 'GET', '/v2/', { credentials })
  const answer = yield* ask(daemon, domain, 'GET', `${base}/manifests/${tag}`, { credentials, accept: manifestType })
  if (answer.status === 401) throw refusedAccess(credentials, `Head "http://${domain}${base}/manifests/${tag}": `)
  if (answer.status !== 200)
    throw notFound(`manifest for ${name}${reference.digest ? '@' : ':'}${tag} not found: manifest unknown: manifest unknown`)
  const { config: configPart, layers: parts = [] } = JSON.parse(textOf(answer.body)) as Manifest
  if (!configPart) throw failure('no matching manifest for linux/amd64 in the manifest list entries')
  const config = configOfText(textOf((yield* fetchBlob(daemon, reference, configPart.digest, credentials)).body))
  const layers: Layer[] = []
  for (const { digest, size } of parts)
    layers.push({ ...layerIn((yield* fetchBlob(daemon, reference, digest, credentials)).body, size), digest })
  return { ...imageOf({ config, layers }), id: configPart.digest, digest: `sha256:${sha256Hex(answer.body)}` }
}

function* fetchBlob(daemon: Daemon, { domain, path }: Reference, digest: string, credentials: RemoteCredentials | undefined): Work<Answer> {
  const answer = yield* ask(daemon, domain, 'GET', `/v2/${path}/blobs/${digest}`, { credentials })
  if (answer.status !== 200) throw failure(refusal(answer))
  return answer
}

/** Without an account there is nothing to show; with one it was not let in. */
function refusedAccess(credentials: RemoteCredentials | undefined, asked = ''): DockerError {
  return failure(credentials?.username ? `${asked}unauthorized: authentication required` : `${asked}no basic auth credentials`)
}

/** All tags of a repository, in the registry's order. */
export function* fetchTags(daemon: Daemon, reference: Reference, credentials: RemoteCredentials | undefined): Work<readonly string[]> {
  const answer = yield* ask(daemon, reference.domain, 'GET', `/v2/${reference.path}/tags/list`, { credentials })
  if (answer.status === 401) throw refusedAccess(credentials)
  if (answer.status === 404) throw notFound('name unknown: repository name not known to registry')
  return (JSON.parse(textOf(answer.body)) as { tags?: readonly string[] | null }).tags ?? []
}

export type Fate = 'Pushed' | 'Layer already exists' | `Mounted from ${string}`

/** Uploads what is missing; each layer's fate is told by its short id. Answers the manifest's digest. */
export function* sendImage(
  daemon: Daemon,
  reference: Reference,
  image: Image,
  credentials: RemoteCredentials | undefined,
  say: (id: string, fate: Fate) => void,
): Work<{ digest: string; size: number }> {
  const { domain, path } = reference
  const base = `/v2/${path}`
  const digests: string[] = []
  for (const layer of image.layers) {
    const blob = blobOf(layer)
    const digest = `sha256:${sha256Hex(blob)}`
    digests.push(digest)
    const there = yield* ask(daemon, domain, 'HEAD', `${base}/blobs/${digest}`, { credentials })
    if (there.status === 401) throw refusedAccess(credentials)
    say(
      layer.diffId.slice(7, 19),
      there.status === 200
        ? 'Layer already exists'
        : yield* upload(daemon, reference, digest, blob, credentials, neighbour(daemon, reference, layer)),
    )
  }
  const config = bytesOf(textOfConfig(image.config))
  const configDigest = `sha256:${sha256Hex(config)}`
  yield* upload(daemon, reference, configDigest, config, credentials)
  const manifest = bytesOf(
    manifestOf({
      id: configDigest,
      config: image.config,
      layers: image.layers.map((layer, index) => ({ ...layer, digest: digests[index] })),
    }),
  )
  const answer = yield* ask(daemon, domain, 'PUT', `${base}/manifests/${reference.tag ?? 'latest'}`, {
    credentials,
    body: manifest,
    type: manifestType,
  })
  if (answer.status >= 400) throw failure(refusal(answer))
  return { digest: `sha256:${sha256Hex(manifest)}`, size: manifest.length }
}

/** Another repository of the same registry that an image here with this layer was pushed to or pulled from. */
function neighbour(daemon: Daemon, { domain, path }: Reference, layer: Layer): string | undefined {
  for (const { Id, RepoDigests } of daemon.images.list()) {
    const other = RepoDigests.map((digest) => digest.replace(/@.*$/, '')).find(
      (name) => name.startsWith(`${domain}/`) && name !== `${domain}/${path}`,
    )
    if (other && daemon.images.image(Id).layers.some(({ diffId }) => diffId === layer.diffId)) return other.slice(domain.length + 1)
  }
  return undefined
}

function* upload(
  daemon: Daemon,
  { domain, path }: Reference,
  digest: string,
  bytes: Uint8Array,
  credentials: RemoteCredentials | undefined,
  from?: string,
): Work<Fate> {
  const begun = yield* ask(
    daemon,
    domain,
    'POST',
    `/v2/${path}/blobs/uploads/${from === undefined ? '' : `?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`}`,
    { credentials },
  )
  if (begun.status === 401) throw refusedAccess(credentials)
  if (begun.status >= 400) throw failure(refusal(begun))
  if (begun.status === 201 && from !== undefined) return `Mounted from ${from}`
  const location = String(header(begun.headers, 'location') ?? '').replace(/^https?:\/\/[^/]+/, '')
  const done = yield* ask(daemon, domain, 'PUT', `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`, {
    credentials,
    body: bytes,
    type: 'application/octet-stream',
  })
  if (done.status >= 400) throw failure(refusal(done))
  return 'Pushed'
}

function refusal({ body, status }: Answer): string {
  try {
    const { errors } = JSON.parse(textOf(body)) as { errors?: readonly { code: string; message: string }[] }
    if (errors?.[0]) return `${errors[0].code.toLowerCase().replaceAll('_', ' ')}: ${errors[0].message}`
  } catch (error) {
    // Not the registry's JSON: the status says it all.
    if (!(error instanceof SyntaxError)) throw error
  }
  return `received unexpected HTTP status: ${status}`
}

/** A layer as a blob. Without a time in its head the same layer is always the same blob. */
function blobOf({ entries, size, compressedSize }: Layer): Uint8Array {
  const zipped = gzipSync(tarOf(entries), { mtime: 0 })
  const hasComment = 0x10
  return joined([
    Uint8Array.of(...zipped.subarray(0, 3), hasComment, ...zipped.subarray(4, 10)),
    bytesOf(`layer ${size} ${compressedSize}\0`),
    zipped.subarray(10),
  ])
}

function layerIn(blob: Uint8Array, blobSize: number): Layer {
  const isZipped = blob[0] === 0x1f && blob[1] === 0x8b
  const [, size, compressedSize] = /^layer (\d+) (\d+)\0/.exec(textOf(blob.subarray(10, 64))) ?? []
  return layerOf(
    entriesOfTar(isZipped ? gunzipSync(blob) : blob),
    size === undefined ? { compressedSize: blobSize } : { size: Number(size), compressedSize: Number(compressedSize) },
  )
}
