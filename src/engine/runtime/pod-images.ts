/**
 * The images on a node, by full name. They survive a power cut, as on a real one: their names stand in a file on the machine's disk, and
 * what they name is found again in the registry.
 */
import { textOf } from '../../base/bytes.ts'
import type { Cancel } from '../../base/clock.ts'
import { parseReference, repositoryOf } from '../docker/images/reference.ts'
import { registryRefusal } from './registry-refusal.ts'
import type { Image } from '../images/image.ts'
import { pace } from '../pace.ts'
import type { PodRuntimeOptions } from './pods.ts'
import type { HostFiles, ImageService, RuntimeImage } from './runtime.ts'

const imageList = '/var/lib/containerd/images'

export class PodImages implements ImageService {
  readonly #options: PodRuntimeOptions
  readonly #files: HostFiles
  readonly #byName = new Map<string, Image>()

  constructor(options: PodRuntimeOptions, files: HostFiles) {
    this.#options = options
    this.#files = files
    const known = files.read(imageList)
    for (const reference of known ? textOf(known).split('\n').filter(Boolean) : []) this.#remember(reference)
  }

  all(): readonly RuntimeImage[] {
    return [...this.#byName].map(([name, image]) => this.#described(name, image))
  }

  find(reference: string): RuntimeImage | undefined {
    const name = fullName(reference)
    const image = this.named(name)
    return image && this.#described(name, image)
  }

  pull(reference: string, done: Parameters<ImageService['pull']>[1]): Cancel {
    const { clock, random, registry } = this.#options
    const name = fullName(reference)
    // No two answers take equally long, so that no two events about pulls are the same words.
    const roundTripMs = pace.nodeRegistryRoundTrip * (0.5 + random.next())
    const parsed = parseReference(reference)
    const repository = repositoryOf(parsed)
    const image = registry.find(repository, parsed.digest ?? parsed.tag ?? 'latest')
    if (!image) {
      const error = registryRefusal(name, parsed, { isKnown: registry.has(repository) })
      return clock.after(roundTripMs, () => done({ error }))
    }
    const missing = image.layers.filter(
      (layer) => ![...this.#byName.values()].some((other) => other.layers.some(({ diffId }) => diffId === layer.diffId)),
    )
    const bytes = missing.reduce((sum, { compressedSize }) => sum + compressedSize, 0)
    return clock.after(roundTripMs + (bytes / pace.nodePullBytesPerSecond) * 1000, () => {
      this.add(name, image)
      done({ image: this.#described(name, image) })
    })
  }

  add(reference: string, image: Image): void {
    this.#byName.set(fullName(reference), image)
    this.#files.write(imageList, `${[...this.#byName.keys()].join('\n')}\n`)
  }

  /** By its full name. */
  named(name: string): Image | undefined {
    return this.#byName.get(name) ?? this.#options.imageBeside?.(name)
  }

  remove(reference: string): void {
    this.#byName.delete(fullName(reference))
    this.#files.write(imageList, `${[...this.#byName.keys()].join('\n')}\n`)
  }

  /** The id of an image's configuration. */
  id(reference: string): string {
    return this.named(reference)?.id ?? ''
  }

  #described(name: string, image: Image): RuntimeImage {
    const user = image.config.config.User ?? ''
    const repository = name.replace(/(:[^/:@]*)?(@.*)?$/, '')
    return {
      name,
      id: `${repository}@${image.digest}`,
      sizeBytes: this.#options.imageSizes?.[repository] ?? image.layers.reduce((sum, { compressedSize }) => sum + compressedSize, 0),
      ...(/^\d+/.test(user) ? { uid: Number.parseInt(user, 10) } : user !== '' && user !== 'root' ? { user } : {}),
    }
  }

  #remember(name: string): void {
    const { domain, path, tag, digest } = parseReference(name)
    const image = this.#options.registry.find(`${domain}/${path}`, digest ?? tag ?? 'latest') ?? this.#options.imageLoadedBefore?.(name)
    if (image) this.#byName.set(name, image)
  }
}

export function fullName(reference: string): string {
  const { domain, path, tag, digest } = parseReference(reference)
  return `${domain}/${path}${digest ? `@${digest}` : `:${tag ?? 'latest'}`}`
}
