/**
 * What an image is: an OCI config and content-addressed layers. The surprising thing is size: a program in the sandbox is a few
 * bytes, so a layer *declares* how large it is; everything a learner sees (images, history, pull progress, df) shows that.
 *
 * A layer's diff id is the SHA-256 of its tar, an image's id that of its config, both computed when first asked for: a catalogue
 * of a hundred images costs nothing until one is pulled.
 */
import { bytesOf, noBytes } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { type TarEntry, tarOf } from '../../base/tar.ts'
import { binary } from '../../unix/kernel/execute.ts'
import { textOfConfig } from './config-text.ts'
import type { ImageConfig, ImageRunConfig } from './image-config.ts'

/** Files of a layer as a catalogue file writes them: by absolute path; a string is text with mode 0644. */
export type LayerFiles = Readonly<Record<string, string | Uint8Array | LayerFile>>

export type LayerFile =
  | { readonly text: string | Uint8Array; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  /** An executable that runs the kernel's program of that name (execute.ts). */
  | { readonly program: string; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly directory: true; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly link: string }

export interface Layer {
  /** `sha256:…` of the uncompressed tar: what RootFS.Layers lists. */
  readonly diffId: string
  /** `sha256:…` of the compressed blob: its first twelve digits name the layer while pulling. */
  readonly digest: string
  /** Bytes as `docker history` shows them. */
  readonly size: number
  /** Bytes a pull counts. */
  readonly compressedSize: number
  /** Parents before children. Deletions are whiteouts (`.wh.name`, `.wh..wh..opq`), as in OCI layers. */
  readonly entries: readonly TarEntry[]
}

export interface Image {
  /** `sha256:…` of the config. */
  readonly id: string
  /** `sha256:…` of the manifest: what a pull by digest names. */
  readonly digest: string
  readonly config: ImageConfig
  readonly layers: readonly Layer[]
}

/** A repository that the sandbox's registries offer from the start. */
export interface CatalogueRepository {
  /** With its registry: `docker.io/library/busybox`, `registry.k8s.io/pause`. */
  readonly name: string
  /** What `docker search` shows; Docker Hub's only. */
  readonly description?: string
  readonly stars?: number
  readonly isOfficial?: boolean
  /** Tag → what makes the image; called once. Several tags may share one function: it is then one image. */
  readonly tags: Readonly<Record<string, () => Image>>
}

/** One step of a catalogue image: a line of history, with the files it added if it added any. */
export interface ImageStep {
  readonly createdBy: string
  readonly files?: LayerFiles
  /** Bytes the real layer has; default: those of the files. */
  readonly size?: number
  readonly compressedSize?: number
  readonly comment?: string
}

/** A catalogue image. `created` is RFC 3339. Images that share `base` share its layers. */
export function makeImage({
  steps,
  created,
  ...rest
}: {
  base?: Image
  steps: readonly ImageStep[]
  config: ImageRunConfig
  created: string
  architecture?: string
}): Image {
  return imageOfSteps({
    ...rest,
    created,
    steps: steps.map((step) => ({ ...step, layer: step.files && layerOf(tarEntriesOf(step.files, Date.parse(created)), step) })),
  })
}

/** When a variant was built after its first: with the same files of the same second two layers would be one. */
export function later(created: string, minutes: number): string {
  return new Date(Date.parse(created) + minutes * 60_000).toISOString().replace('.000Z', 'Z')
}

/** As `makeImage`, of steps whose layers are there. */
export function imageOfSteps({
  base,
  steps,
  config,
  created,
  architecture = 'amd64',
  dockerVersion,
}: {
  base?: Image
  steps: readonly (Pick<ImageStep, 'createdBy' | 'comment'> & { readonly layer?: Layer })[]
  config: ImageRunConfig
  created: string
  architecture?: string
  dockerVersion?: string
}): Image {
  const own = steps.flatMap(({ layer }) => layer ?? [])
  const history = steps.map(({ createdBy, comment, layer }) => ({
    created,
    created_by: createdBy,
    ...(comment ? { comment } : {}),
    ...(layer ? {} : { empty_layer: true }),
  }))
  const layers = [...(base?.layers ?? []), ...own]
  const merged = { ...base?.config.config, ...config }
  return imageOf({
    layers,
    config: {
      created,
      architecture,
      ...(dockerVersion === undefined ? {} : { docker_version: dockerVersion }),
      os: 'linux',
      config: { ...merged, Env: config.Env ?? base?.config.config.Env },
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
      history: [...(base?.config.history ?? []), ...history],
    },
  })
}

export function imageOf({ config, layers }: { config: ImageConfig; layers: readonly Layer[] }): Image {
  const text = textOfConfig(config)
  const id = `sha256:${sha256Hex(bytesOf(text))}`
  return { id, digest: `sha256:${sha256Hex(bytesOf(manifestOf({ id, config, layers })))}`, config, layers }
}

/** The distribution manifest; pretty-printed as registries keep it. */
export function manifestOf({ id, config, layers }: Omit<Image, 'digest'>): string {
  return JSON.stringify(
    {
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: bytesOf(textOfConfig(config)).length, digest: id },
      layers: layers.map((layer) => ({
        mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
        size: layer.compressedSize,
        digest: layer.digest,
      })),
    },
    null,
    3,
  )
}

/** A layer of these entries; sizes default to the files' own. */
export function layerOf(entries: readonly TarEntry[], { size, compressedSize }: { size?: number; compressedSize?: number } = {}): Layer {
  const contentBytes = entries.reduce((sum, entry) => sum + entry.content.length, 0)
  const diffId = `sha256:${sha256Hex(tarOf(entries))}`
  return {
    diffId,
    // We never compress: the blob's digest only has to be another name for the same content.
    digest: `sha256:${sha256Hex(bytesOf(`gzip ${diffId}`))}`,
    size: size ?? contentBytes,
    compressedSize: compressedSize ?? Math.max(32, Math.round((size ?? contentBytes) * 0.4)),
    entries,
  }
}

/** Entries with all their parent directories (0755, root's) in front. */
export function tarEntriesOf(files: LayerFiles, modifiedMs: number): TarEntry[] {
  const entries = new Map<string, TarEntry>()
  const add = (path: string, entry: Partial<TarEntry> & Pick<TarEntry, 'kind'>) => {
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const parent = path.slice(0, slash)
      if (!entries.has(parent))
        entries.set(parent, { path: parent, kind: 'directory', mode: 0o755, uid: 0, gid: 0, modifiedMs, content: noBytes, target: '' })
    }
    entries.set(path, { path, mode: 0o644, uid: 0, gid: 0, modifiedMs, content: noBytes, target: '', ...entry })
  }
  for (const [absolute, file] of Object.entries(files)) {
    const path = absolute.replace(/^\/+|\/+$/g, '')
    if (typeof file === 'string' || file instanceof Uint8Array) add(path, { kind: 'file', content: contentOf(file) })
    else if ('link' in file) add(path, { kind: 'symlink', mode: 0o777, target: file.link })
    else if ('directory' in file) add(path, { kind: 'directory', mode: file.mode ?? 0o755, uid: file.uid ?? 0, gid: file.gid ?? 0 })
    else if ('program' in file)
      add(path, { kind: 'file', mode: file.mode ?? 0o755, uid: file.uid ?? 0, gid: file.gid ?? 0, content: binary(file.program) })
    else add(path, { kind: 'file', mode: file.mode ?? 0o644, uid: file.uid ?? 0, gid: file.gid ?? 0, content: contentOf(file.text) })
  }
  return [...entries.values()]
}

function contentOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? bytesOf(text) : text
}
