/**
 * `docker pull`: layers come at the registry's pace, three at a time, and are unpacked one after the other, each with its line of
 * progress. What is there already is not fetched again.
 */
import { humanSize } from '../../../base/go-units.ts'
import { ByteStream, type HttpResponse } from '../../../base/http.ts'
import type { Image } from '../../images/image.ts'
import { pace } from '../../pace.ts'
import { perform, type Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest, DockerError } from '../docker-error.ts'
import { familiar, familiarTag, type Reference, repositoryOf } from './reference.ts'
import type { RemoteCredentials } from './registry-host.ts'
import { remoteImage, remoteTags } from './remote.ts'

export interface Progress {
  readonly status?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
  readonly progress?: string
  readonly id?: string
  readonly errorDetail?: { readonly message: string; readonly code?: number }
  readonly error?: string
  readonly aux?: object
  readonly stream?: string
}

/** One line of the JSON stream. */
export function line(progress: Progress): string {
  return `${JSON.stringify(progress)}\r\n`
}

/** `docker pull -a`: every tag of a repository, one after the other, and at the end whether anything was new. */
export function* pullAllResponse(daemon: Daemon, reference: Reference, credentials: RemoteCredentials | undefined): Work<HttpResponse> {
  const cause = daemon.cause
  const tags = yield* remoteTags(daemon, reference, credentials)
  const out = new ByteStream()
  const work = function* (): Work<void> {
    let isNew = false
    try {
      for (const tag of tags) {
        const tagged = { ...reference, tag }
        const image = yield* remoteImage(daemon, tagged, credentials)
        yield* pulled(
          daemon,
          tagged,
          image,
          (progress) => {
            if (!progress.status?.startsWith('Status: ')) out.write(line(progress))
            else isNew ||= progress.status.startsWith('Status: Downloaded')
          },
          cause,
        )
      }
      out.write(
        line({ status: `Status: ${isNew ? 'Downloaded newer image' : 'Image is up to date'} for ${familiar(repositoryOf(reference))}` }),
      )
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      out.write(line({ errorDetail: { message: error.message }, error: error.message }))
    }
    out.end()
  }
  perform(daemon.clock, work())
  return { status: 200, headers: { 'content-type': 'application/json' }, body: out }
}

/** Asks the registry first: what it refuses is the answer's status; then streams. */
export function* pullResponse(
  daemon: Daemon,
  reference: Reference,
  { platform, credentials }: { platform: string; credentials: RemoteCredentials | undefined },
): Work<HttpResponse> {
  const cause = daemon.cause
  checkPlatform(platform)
  const image = yield* remoteImage(daemon, reference, credentials)
  const out = new ByteStream()
  const work = function* (): Work<void> {
    yield* pulled(daemon, reference, image, (progress) => out.write(line(progress)), cause)
    const [os, architecture = 'amd64'] = platform.split('/')
    if (platform !== '' && (os !== image.config.os || architecture !== image.config.architecture)) {
      out.write(
        line({
          status: `WARNING: image with reference ${familiarTag(reference)} was found but its platform (${image.config.os}/${image.config.architecture}) does not match the specified platform (${platform})`,
        }),
      )
    }
    out.end()
  }
  perform(daemon.clock, work())
  return { status: 200, headers: { 'content-type': 'application/json' }, body: out }
}

function checkPlatform(platform: string): void {
  if (
    platform !== '' &&
    !/^(linux|windows|darwin|freebsd)(\/(amd64|arm64|arm|386|s390x|ppc64le|riscv64|x86_64|aarch64)(\/v\d+)?)?$/.test(platform) &&
    !/^(amd64|arm64|arm|386|x86_64|aarch64)$/.test(platform)
  ) {
    throw badRequest(`${JSON.stringify(platform)}: unknown operating system or architecture: invalid argument`)
  }
}

/** Fetches, unpacks and names an image; used by runs of a builder too, which say less about it. */
export function* pulled(
  daemon: Daemon,
  reference: Reference,
  image: Image,
  say: (progress: Progress) => void,
  cause = daemon.cause,
): Work<void> {
  const tag = reference.digest && !reference.tag ? `${repositoryOf(reference)}@${reference.digest}` : (reference.tag ?? 'latest')
  say({ status: `Pulling from ${reference.path}`, id: tag })
  const isKnown = daemon.images.get(image.id) !== undefined
  if (!isKnown) yield* fetchLayers(daemon, image, say)
  const before = daemon.cause
  daemon.cause = cause
  try {
    const name = familiar(repositoryOf(reference))
    const hadTag =
      reference.digest && !reference.tag
        ? (daemon.images.get(image.id)?.RepoDigests.includes(`${name}@${image.digest}`) ?? false)
        : daemon.images.find(familiarTag(reference))?.Id === image.id
    daemon.images.add(image, { source: { repository: repositoryOf(reference), tag: reference.tag ?? 'latest' } })
    daemon.images.addDigest(image.id, `${name}@${image.digest}`)
    if (!reference.digest || reference.tag) daemon.images.tag(image.id, familiarTag(reference), { isOwn: false })
    daemon.event('image', 'pull', reference.digest && !reference.tag ? `${name}@${reference.digest}` : familiarTag(reference), {
      ...image.config.config.Labels,
      name,
    })
    say({ status: `Digest: ${image.digest}` })
    const shown = reference.digest && !reference.tag ? `${name}@${reference.digest}` : familiarTag(reference)
    say({ status: hadTag ? `Status: Image is up to date for ${shown}` : `Status: Downloaded newer image for ${shown}` })
  } finally {
    daemon.cause = before
  }
}

function* fetchLayers(daemon: Daemon, image: Image, say: (progress: Progress) => void): Work<void> {
  interface Fetching {
    readonly id: string
    readonly total: number
    readonly size: number
    got: number
    isDone: boolean
  }
  const missing: Fetching[] = []
  const seen = new Set<string>()
  for (const layer of image.layers) {
    const id = layer.digest.slice(7, 19)
    if (seen.has(id)) continue
    seen.add(id)
    if (daemon.images.hasLayer(layer.diffId)) {
      say({ status: 'Already exists', progressDetail: {}, id })
      continue
    }
    say({ status: 'Pulling fs layer', progressDetail: {}, id })
    missing.push({ id, total: layer.compressedSize, size: layer.size, got: 0, isDone: false })
  }
  for (const layer of missing.slice(3)) say({ status: 'Waiting', progressDetail: {}, id: layer.id })
  let next = 0
  while (next < missing.length) {
    const underWay = missing.filter((layer) => !layer.isDone).slice(0, 3)
    if (underWay.length > 0) {
      yield { until: daemon.clock.now() + pace.progress }
      const share = (pace.pullBytesPerSecond * pace.progress) / 1000 / underWay.length
      for (const layer of underWay) {
        layer.got = Math.min(layer.total, layer.got + share)
        say({
          status: 'Downloading',
          progressDetail: { current: Math.round(layer.got), total: layer.total },
          progress: bar(layer.got, layer.total),
          id: layer.id,
        })
        if (layer.got < layer.total) continue
        layer.isDone = true
        say({ status: 'Verifying Checksum', progressDetail: {}, id: layer.id })
        say({ status: 'Download complete', progressDetail: {}, id: layer.id })
      }
    }
    for (; next < missing.length && missing[next].isDone; next++) {
      const { id, total, size } = missing[next]
      const ticks = Math.max(1, Math.round(((size / pace.extractBytesPerSecond) * 1000) / pace.progress))
      for (let tick = 1; tick <= ticks; tick++) {
        const current = Math.round((total * tick) / ticks)
        say({ status: 'Extracting', progressDetail: { current, total }, progress: bar(current, total), id })
        yield { until: daemon.clock.now() + Math.min(pace.progress, (size / pace.extractBytesPerSecond) * 1000) }
      }
      say({ status: 'Pull complete', progressDetail: {}, id })
    }
  }
}

/** The bar old clients print as it is: `[=====>      ]  1.2MB/3.4MB`. */
function bar(current: number, total: number): string {
  const filled = Math.min(50, Math.floor((current / total) * 50))
  return `[${'='.repeat(filled)}${filled < 50 ? '>' : ''}${' '.repeat(Math.max(0, 49 - filled))}]  ${sizeText(current)}/${sizeText(total)}`
}

/** Four significant digits, as progress is told. */
export const sizeText = (bytes: number): string => humanSize(bytes, 4)
