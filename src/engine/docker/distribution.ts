/**
 * The daemon as a client of the registry protocol: how it talks to a `registry:2` container on this machine. Blobs are layers' tars; a
 * manifest's digest is that of its bytes.
 */
import { bytesOf, textOf } from '../../base/bytes.ts'
import { ByteStream, type HttpHeaders, type HttpRequest, type HttpResponse, Pending, header } from '../../base/http.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { entriesOfTar, tarOf } from '../../base/tar.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Image, type ImageConfig, imageOf, layerOf, manifestOf } from '../images/image.ts'
import type { Work } from '../runtime/task.ts'
import type { Daemon } from './daemon.ts'
import { failure, notFound } from './docker-error.ts'
import { familiar, type Reference, repositoryOf } from './reference.ts'
import type { RemoteCredentials } from './remote.ts'

/** Hosts with a port, and the machine itself; the daemon speaks plain HTTP only to the latter. */
export function isLocalRegistry(daemon: Daemon, domain: string): boolean {
  const host = domain.replace(/:\d+$/, '')
  return host === 'localhost' || host.startsWith('127.') || (/^\d+\.\d+\.\d+\.\d+$/.test(host) && domain !== host) || daemon.host.net.interfaces.some(({ ip }) => ip === host)
}

interface Manifest {
  readonly config: { readonly digest: string }
  readonly layers: readonly { readonly digest: string; readonly size: number }[]
}

export function* fetchImage(daemon: Daemon, reference: Reference, credentials: RemoteCredentials | undefined): Work<Image> {
  const tag = reference.digest ?? reference.tag ?? 'latest'
  const name = familiar(repositoryOf(reference))
  const base = `/v2/${reference.path}`
  yield* ask(daemon, reference.domain, 'GET', '/v2/', { credentials, isProbe: true })
  const answer = yield* ask(daemon, reference.domain, 'GET', `${base}/manifests/${tag}`, { credentials, accept: 'application/vnd.docker.distribution.manifest.v2+json' })
  if (answer.status === 401) throw failure(`Head "http://${reference.domain}${base}/manifests/${tag}": no basic auth credentials`)
  if (answer.status !== 200) throw notFound(`manifest for ${name}${reference.digest ? '@' : ':'}${tag} not found: manifest unknown: manifest unknown`)
  const manifest = JSON.parse(textOf(answer.body)) as Manifest
  const config = JSON.parse(textOf((yield* ask(daemon, reference.domain, 'GET', `${base}/blobs/${manifest.config.digest}`, { credentials })).body)) as ImageConfig
  const layers = []
  for (const { digest } of manifest.layers) {
    const blob = yield* ask(daemon, reference.domain, 'GET', `${base}/blobs/${digest}`, { credentials })
    const size = Number(header(blob.headers, 'x-layer-size') ?? Number.NaN)
    layers.push(layerOf(entriesOfTar(blob.body), Number.isNaN(size) ? {} : { size }))
  }
  return { ...imageOf({ config, layers }), id: manifest.config.digest, digest: `sha256:${sha256Hex(answer.body)}` }
}

/** Uploads what is missing; `say` is told each layer's fate. Answers the manifest's digest. */
export function* sendImage(daemon: Daemon, reference: Reference, image: Image, credentials: RemoteCredentials | undefined, say: (id: string, isThere: boolean) => void): Work<{ digest: string; size: number }> {
  const { domain, path } = reference
  const base = `/v2/${path}`
  yield* ask(daemon, domain, 'GET', '/v2/', { credentials, isProbe: true })
  const blobs: { digest: string; size: number }[] = []
  for (const layer of image.layers) {
    const tar = tarOf(layer.entries)
    const digest = `sha256:${sha256Hex(tar)}`
    blobs.push({ digest, size: tar.length })
    const isThere = (yield* ask(daemon, domain, 'HEAD', `${base}/blobs/${digest}`, { credentials })).status === 200
    say(layer.diffId.slice(7, 19), isThere)
    if (!isThere) yield* upload(daemon, reference, digest, tar, credentials, layer.size)
  }
  const config = bytesOf(JSON.stringify(image.config))
  yield* upload(daemon, reference, `sha256:${sha256Hex(config)}`, config, credentials)
  const manifest = bytesOf(manifestOf({ id: `sha256:${sha256Hex(config)}`, configSize: config.length, layers: image.layers.map((layer, index) => ({ ...layer, digest: blobs[index].digest, compressedSize: blobs[index].size })) }))
  const answer = yield* ask(daemon, domain, 'PUT', `${base}/manifests/${reference.tag ?? 'latest'}`, { credentials, body: manifest, type: 'application/vnd.docker.distribution.manifest.v2+json' })
  if (answer.status >= 400) throw failure(refusal(answer))
  return { digest: `sha256:${sha256Hex(manifest)}`, size: manifest.length }
}

function* upload(daemon: Daemon, { domain, path }: Reference, digest: string, bytes: Uint8Array, credentials: RemoteCredentials | undefined, layerSize?: number): Work<void> {
  const begun = yield* ask(daemon, domain, 'POST', `/v2/${path}/blobs/uploads/`, { credentials })
  if (begun.status === 401) throw failure('no basic auth credentials')
  if (begun.status >= 400) throw failure(refusal(begun))
  const location = (header(begun.headers, 'location') ?? `/v2/${path}/blobs/uploads/new`).replace(/^https?:\/\/[^/]+/, '')
  const separator = location.includes('?') ? '&' : '?'
  const done = yield* ask(daemon, domain, 'PUT', `${location}${separator}digest=${encodeURIComponent(digest)}`, { credentials, body: bytes, type: 'application/octet-stream', more: layerSize === undefined ? {} : { 'x-layer-size': String(layerSize) } })
  if (done.status >= 400) throw failure(refusal(done))
}

function refusal({ body, status }: Answer): string {
  try {
    const { errors } = JSON.parse(textOf(body)) as { errors?: readonly { code: string; message: string }[] }
    if (errors?.[0]) return `${errors[0].code.toLowerCase().replaceAll('_', ' ')}: ${errors[0].message}`
  } catch {
    // Not the registry's JSON: the status says it all.
  }
  return `received unexpected HTTP status: ${status}`
}

interface Answer {
  readonly status: number
  readonly headers: HttpHeaders
  readonly body: Uint8Array
}

interface AskOptions {
  readonly credentials?: RemoteCredentials
  readonly accept?: string
  readonly body?: Uint8Array
  readonly type?: string
  readonly more?: HttpHeaders
  readonly isProbe?: boolean
}

/** One request to the registry, whole. */
export function* ask(daemon: Daemon, domain: string, method: string, url: string, { credentials, accept, body = new Uint8Array(0), type, more = {} }: AskOptions): Work<Answer> {
  const [host, port = '80'] = domain.split(':')
  const ip = host === 'localhost' ? '127.0.0.1' : host
  const request: HttpRequest = {
    method,
    url,
    body,
    headers: {
      host: domain,
      ...(accept ? { accept } : {}),
      ...(type ? { 'content-type': type } : {}),
      ...(credentials?.username ? { authorization: `Basic ${btoa(`${credentials.username}:${credentials.password ?? ''}`)}` } : {}),
      ...more,
    },
  }
  let response: HttpResponse
  try {
    const answer = daemon.host.net.request({ ip, port: Number(port) }, request)
    if (answer instanceof Pending) {
      while (answer.value === undefined) yield { on: [answer.ready] }
      response = answer.value
    } else response = answer
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw failure(`Get "http://${domain}/v2/": dial tcp ${ip}:${port}: connect: ${error.words.toLowerCase()}`)
  }
  return { status: response.status, headers: response.headers, body: yield* whole(response.body) }
}

function* whole(body: HttpResponse['body']): Work<Uint8Array> {
  if (typeof body === 'string') return bytesOf(body)
  if (!(body instanceof ByteStream)) return body
  while (!body.isEnded && !body.isCancelled) yield { on: [body.readable] }
  return body.readAll()
}
