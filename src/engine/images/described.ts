/**
 * Images as data: what a world offers in its registries beside the catalogue, or instead of what the catalogue has under that name. A
 * description says everything but the programs: those can only come from a catalogue image (`contentOf`), whose files fill one step.
 */
import type { TarEntry } from '../../base/tar.ts'
import { type CatalogueRepository, type Image, layerOf, type LayerFiles, imageOfSteps, tarEntriesOf } from './image.ts'
import type { ImageRunConfig } from './image-config.ts'
import { once } from './once.ts'

export interface DescribedImages {
  readonly images: Readonly<Record<string, DescribedImage>>
  /** Repository, as the catalogue names it → tag → image. */
  readonly repositories: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** What `docker search` looks through, in the order of the hub; without it the catalogue. */
  readonly search?: readonly SearchRow[]
}

export interface SearchRow {
  readonly name: string
  readonly description: string
  readonly stars: number
  readonly isOfficial: boolean
}

export interface DescribedImage {
  /** Another of the described images, whose layers and history come first. */
  readonly base?: string
  /** RFC 3339. */
  readonly created: string
  /** Of the engine whose legacy builder, `import` or `commit` made it. */
  readonly dockerVersion?: string
  readonly config: ImageRunConfig
  readonly history: readonly DescribedStep[]
}

/** A line of history; with `size` it has a layer. */
export interface DescribedStep {
  readonly createdBy: string
  readonly comment?: string
  readonly size?: number
  readonly compressedSize?: number
  /** A catalogue image, `nginx:latest`, whose files are this layer's. */
  readonly contentOf?: string
  /** Paths of those that are left out, with what is below them. */
  readonly without?: readonly string[]
  readonly files?: LayerFiles
}

/** The catalogue with what is described in it. */
export function withDescribed(
  catalogue: readonly CatalogueRepository[],
  { images, repositories }: DescribedImages,
): readonly CatalogueRepository[] {
  const fromCatalogue = (name: string): Image => {
    const [repository, tag] = name.split(':')
    const found = catalogue.find((one) => one.name === `docker.io/library/${repository}`)?.tags[tag]
    if (!found) throw new Error(`a described image wants the content of "${name}", which the catalogue does not have`)
    return found()
  }
  const made = new Map(
    Object.entries(images).map(([name, description]) => [
      name,
      once((): Image => imageFrom(description, { base: (base) => imageNamed(base), content: fromCatalogue })),
    ]),
  )
  const imageNamed = (name: string): Image => {
    const make = made.get(name)
    if (!make) throw new Error(`no described image has the name "${name}"`)
    return make()
  }
  const described = Object.entries(repositories).map(([name, tags]): CatalogueRepository => {
    const known = catalogue.find((one) => one.name === name)
    return { ...known, name, tags: Object.fromEntries(Object.entries(tags).map(([tag, image]) => [tag, () => imageNamed(image)])) }
  })
  return [...catalogue.filter(({ name }) => !Object.hasOwn(repositories, name)), ...described]
}

function imageFrom(
  { base, created, dockerVersion, config, history }: DescribedImage,
  sources: { readonly base: (name: string) => Image; readonly content: (name: string) => Image },
): Image {
  const createdMs = Date.parse(created)
  return imageOfSteps({
    base: base === undefined ? undefined : sources.base(base),
    created,
    dockerVersion,
    config,
    steps: history.map(({ createdBy, comment, size, compressedSize, contentOf, without = [], files = {} }) => ({
      createdBy,
      comment,
      ...(size !== undefined && {
        layer: layerOf(
          merged(contentOf === undefined ? [] : contentEntries(sources.content(contentOf), without), tarEntriesOf(files, createdMs)),
          { size, compressedSize },
        ),
      }),
    })),
  })
}

/** Later entries take the place of earlier ones; parents stay before their children. */
function merged(...parts: readonly (readonly TarEntry[])[]): TarEntry[] {
  const entries = new Map<string, TarEntry>()
  for (const entry of parts.flat()) {
    if (entry.kind === 'directory' && entries.get(entry.path)?.kind === 'directory') continue
    entries.set(entry.path, entry)
  }
  return [...entries.values()]
}

function contentEntries(image: Image, without: readonly string[]): TarEntry[] {
  const isLeftOut = (path: string): boolean => without.some((one) => `/${path}` === one || `/${path}`.startsWith(`${one}/`))
  return merged(...image.layers.map(({ entries }) => entries.filter(({ path }) => !isLeftOut(path))))
}
