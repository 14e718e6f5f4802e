/**
 * The images of one machine. An image stands in the store in its inspect shape, its OCI config and the list of its layers beside it;
 * a layer is kept once however many images have it, and a catalogue layer only as the place it came from.
 */
import type { Clock } from '../../../base/clock.ts'
import type { Store } from '../../store/store.ts'
import { type Image, imageOf, type Layer } from '../../images/image.ts'
import type { ImageConfig } from '../../images/image-config.ts'
import { conflict, notFound } from '../docker-error.ts'
import { overlayFolder } from './layer-folders.ts'
import { layerFolders } from './layer-folders.ts'
import { familiar, familiarTag, familiarWhole, parseReference, repositoryOf } from './reference.ts'
import type { Registry } from './registry.ts'
import { type ImageInspect, zeroTime } from '../shapes.ts'

export interface LayerSource {
  readonly repository: string
  readonly tag: string
  readonly index: number
}

interface StoredConfig {
  readonly config: ImageConfig
  readonly layers: readonly string[]
}

interface StoredLayer {
  readonly source?: LayerSource
  readonly layer?: Layer
}

export class ImageStore {
  readonly #store: Store
  readonly #clock: Clock
  readonly #registry: Registry
  readonly #layers = new Map<string, Layer>()
  readonly #images = new Map<string, Image>()
  readonly #tags = new Map<string, string>()
  /** Told by the daemon: who writes now, and because of what. */
  cause: () => { by: string; because: number }

  constructor({
    store,
    clock,
    registry,
    cause,
  }: { store: Store; clock: Clock; registry: Registry; cause: () => { by: string; because: number } }) {
    this.#store = store
    this.#clock = clock
    this.#registry = registry
    this.cause = cause
    for (const image of this.list()) this.#noteTags(image)
  }

  list(): readonly ImageInspect[] {
    return this.#store.list('images') as readonly ImageInspect[]
  }

  get(id: string): ImageInspect | undefined {
    return this.#store.get('images', id) as ImageInspect | undefined
  }

  /** The whole image: config and layers. */
  image(id: string): Image {
    const known = this.#images.get(id)
    if (known) return known
    const stored = this.#store.get('image-configs', id) as StoredConfig | undefined
    if (!stored) throw notFound(`No such image: ${id}`)
    const layers = stored.layers.map((diffId) => this.#layer(diffId))
    const made = imageOf({ config: stored.config, layers })
    // The id is what it was called when it was stored, even if the catalogue has changed since.
    const image = { ...made, id }
    this.#images.set(id, image)
    return image
  }

  hasLayer(diffId: string): boolean {
    return this.#store.get('layers', diffId) !== undefined
  }

  /** By name, id or the beginning of one; undefined when there is none. */
  find(name: string): ImageInspect | undefined {
    const whole = this.get(name.startsWith('sha256:') ? name : `sha256:${name}`)
    if (whole) return whole
    if (!/^(sha256:)?[a-f0-9]{64}$/.test(name)) {
      const reference = parseReference(name)
      if (reference.digest) {
        const wanted = `${familiar(repositoryOf(reference))}@${reference.digest}`
        return this.list().find(
          (image) =>
            image.RepoDigests.includes(wanted) ||
            (image.Id === reference.digest && image.RepoTags.some((tag) => tag.startsWith(`${familiar(repositoryOf(reference))}:`))),
        )
      }
      const id = this.#tags.get(familiarTag(reference))
      if (id) return this.get(id)
    }
    const prefix = /^(sha256:)?([a-f0-9]+)$/.exec(name)?.[2]
    if (prefix === undefined) return undefined
    const matches = this.list().filter((image) => image.Id.startsWith(`sha256:${prefix}`))
    return matches.length === 1 ? matches[0] : undefined
  }

  /** As `find`; refuses in the daemon's words. */
  require(name: string): ImageInspect {
    const image = this.find(name)
    if (image) return image
    throw notFound(`No such image: ${isId(name) ? name : familiarWhole(parseReference(name))}`)
  }

  isTagged(name: string): boolean {
    return this.#tags.has(name)
  }

  /** Keeps an image; answers its inspect form. Known images stay as they are. */
  add(image: Image, { parent = '', source }: { parent?: string; source?: { repository: string; tag: string } } = {}): ImageInspect {
    image.layers.forEach((layer, index) => {
      if (this.hasLayer(layer.diffId)) return
      this.#layers.set(layer.diffId, layer)
      const isCatalogue = source && this.#registry.layer({ ...source, index }) === layer
      const stored: StoredLayer = isCatalogue ? { source: { ...source, index } } : { layer }
      this.#store.put('layers', layer.diffId, stored, this.cause())
    })
    const known = this.get(image.id)
    if (known) return known
    this.#images.set(image.id, image)
    const stored: StoredConfig = { config: image.config, layers: image.layers.map((layer) => layer.diffId) }
    this.#store.put('image-configs', image.id, stored, this.cause())
    return this.#store.put('images', image.id, inspectOf(image, parent), this.cause())
  }

  /** `isOwn`: by a command for it, which is remembered; a pull or a load only names. */
  tag(id: string, name: string, { isOwn = true } = {}): void {
    const before = this.#tags.get(name)
    if (before === id) return
    if (before) this.untag(name)
    const image = this.get(id) as ImageInspect
    this.#put({
      ...image,
      RepoTags: [...image.RepoTags, name].sort(),
      ...(isOwn && { Metadata: { LastTagTime: new Date(this.#clock.now()).toISOString() } }),
    })
  }

  untag(name: string): void {
    const image = this.get(this.#tags.get(name) ?? '')
    if (!image) return
    this.#tags.delete(name)
    const repository = name.slice(0, name.lastIndexOf(':'))
    const RepoTags = image.RepoTags.filter((tag) => tag !== name)
    // With the last tag of a repository goes what is known of its digest.
    const isLast = !RepoTags.some((tag) => tag.slice(0, tag.lastIndexOf(':')) === repository)
    this.#put({
      ...image,
      RepoTags,
      RepoDigests: isLast ? image.RepoDigests.filter((digest) => !digest.startsWith(`${repository}@`)) : image.RepoDigests,
    })
  }

  addDigest(id: string, digest: string): void {
    const image = this.get(id) as ImageInspect
    if (!image.RepoDigests.includes(digest)) this.#put({ ...image, RepoDigests: [...image.RepoDigests, digest].sort() })
  }

  removeDigest(id: string, digest: string): void {
    const image = this.get(id) as ImageInspect
    this.#put({ ...image, RepoDigests: image.RepoDigests.filter((other) => other !== digest) })
  }

  childrenOf(id: string): readonly ImageInspect[] {
    return this.list().filter((image) => image.Parent === id)
  }

  /** Forgets an image and the layers that no other has. */
  remove(id: string, { keepsLayers = false } = {}): void {
    const stored = this.#store.get('image-configs', id) as StoredConfig | undefined
    for (const tag of this.get(id)?.RepoTags ?? []) this.#tags.delete(tag)
    this.#store.delete('images', id, this.cause())
    this.#store.delete('image-configs', id, this.cause())
    this.#images.delete(id)
    if (keepsLayers) return
    const inUse = new Set((this.#store.list('image-configs') as readonly StoredConfig[]).flatMap((config) => config.layers))
    for (const diffId of stored?.layers ?? []) {
      if (inUse.has(diffId)) continue
      this.#layers.delete(diffId)
      this.#store.delete('layers', diffId, this.cause())
    }
  }

  /** Bytes of all layers, each counted once. */
  layersSize(): number {
    const seen = new Map<string, number>()
    for (const { Id } of this.list()) for (const layer of this.image(Id).layers) seen.set(layer.diffId, layer.size)
    return [...seen.values()].reduce((sum, size) => sum + size, 0)
  }

  #layer(diffId: string): Layer {
    let layer = this.#layers.get(diffId)
    if (!layer) {
      const stored = this.#store.get('layers', diffId) as StoredLayer | undefined
      layer = stored?.layer ?? (stored?.source ? this.#registry.layer(stored.source) : undefined)
      if (!layer) throw conflict(`layer does not exist: ${diffId}`)
      this.#layers.set(diffId, layer)
    }
    return layer
  }

  #put(image: ImageInspect): void {
    this.#noteTags(this.#store.put('images', image.Id, image, this.cause()))
  }

  #noteTags(image: ImageInspect): void {
    for (const tag of image.RepoTags) this.#tags.set(tag, image.Id)
  }
}

function isId(name: string): boolean {
  return /^(sha256:)?[a-f0-9]{64}$/.test(name)
}

function inspectOf(image: Image, parent: string): ImageInspect {
  const { config } = image
  const run = config.config
  const folders = layerFolders(image.layers.map(({ diffId }) => diffId)).map((name) => `${overlayFolder}/${name}`)
  const folder = folders.at(-1) ?? `${overlayFolder}/${image.id.slice(7)}`
  const lowers = folders
    .slice(0, -1)
    .map((lower) => `${lower}/diff`)
    .reverse()
  return {
    Id: image.id,
    RepoTags: [],
    RepoDigests: [],
    Parent: parent,
    Comment: config.history.at(-1)?.comment ?? '',
    Created: config.created,
    DockerVersion: config.docker_version ?? '',
    Author: config.author ?? '',
    Architecture: config.architecture,
    Os: config.os,
    Size: image.layers.reduce((sum, layer) => sum + layer.size, 0),
    GraphDriver: {
      Data: {
        ...(lowers.length > 0 ? { LowerDir: lowers.join(':') } : {}),
        MergedDir: `${folder}/merged`,
        UpperDir: `${folder}/diff`,
        WorkDir: `${folder}/work`,
      },
      Name: 'overlay2',
    },
    RootFS: image.layers.length > 0 ? { Type: 'layers', Layers: image.layers.map((layer) => layer.diffId) } : { Type: 'layers' },
    Metadata: { LastTagTime: zeroTime },
    Config: {
      ...(run.ArgsEscaped ? { ArgsEscaped: true } : {}),
      Cmd: run.Cmd ?? null,
      Entrypoint: run.Entrypoint ?? null,
      Env: run.Env ?? null,
      ...(run.ExposedPorts ? { ExposedPorts: sorted(run.ExposedPorts) } : {}),
      ...(run.Healthcheck ? { Healthcheck: run.Healthcheck } : {}),
      Labels: run.Labels ? sorted(run.Labels) : null,
      OnBuild: run.OnBuild ?? null,
      ...(run.Shell ? { Shell: run.Shell } : {}),
      ...(run.StopSignal ? { StopSignal: run.StopSignal } : {}),
      User: run.User ?? '',
      Volumes: run.Volumes ? sorted(run.Volumes) : null,
      WorkingDir: run.WorkingDir ?? '',
    },
  }
}

/** Go prints maps in the order of their keys. */
export function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}
