/**
 * The sandbox's registries: Docker Hub and its kin (registry.k8s.io, quay.io, ghcr.io, gcr.io …) offer the catalogue and keep what
 * learners push. They are one for the whole session, so what one machine pushes another pulls. What was pushed stands in the store.
 *
 * Docker Hub knows the account `student`, password `secret`; any other name is signed up when it first logs in.
 */
import type { Store } from '../../store/store.ts'
import type { SearchRow } from '../../images/described.ts'
import { type CatalogueRepository, type Image, imageOf, type Layer } from '../../images/image.ts'
import type { ImageConfig } from '../../images/image-config.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
}

interface PushedImage {
  readonly name: string
  readonly config: ImageConfig
  readonly layers: readonly Layer[]
}

interface Account {
  readonly username: string
  readonly password: string
}

/** Hosts that exist in the sandbox's internet; every other name does not resolve. */
export const registryHosts: readonly string[] = [
  'docker.io',
  'registry.k8s.io',
  'k8s.gcr.io',
  'gcr.io',
  'ghcr.io',
  'quay.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'docker.elastic.co',
]

export class Registry {
  /** There is no way out to any of them: their names do not resolve. */
  isOffline = false
  readonly #catalogue: ReadonlyMap<string, CatalogueRepository>
  readonly #searched: readonly SearchRow[] | undefined
  readonly #store: Store
  readonly #pushed = new Map<string, Image>()

  /** `search`: what the hub's search finds, in its order; without it the catalogue, the best known first. */
  constructor({ catalogue, store, search }: { catalogue: readonly CatalogueRepository[]; store: Store; search?: readonly SearchRow[] }) {
    this.#searched = search
    this.#catalogue = new Map(catalogue.map((repository) => [repository.name, repository]))
    this.#store = store
  }

  has(repository: string): boolean {
    return this.#catalogue.has(repository) || this.#tagsPushed(repository).length > 0
  }

  /** By tag or by the manifest's digest. */
  find(repository: string, tagOrDigest: string): Image | undefined {
    const offered = this.#catalogue.get(repository)
    if (tagOrDigest.startsWith('sha256:')) {
      for (const tag of this.tags(repository)) {
        const image = this.find(repository, tag)
        if (image?.digest === tagOrDigest) return image
      }
      return undefined
    }
    const pushed = this.#pushedImage(`${repository}:${tagOrDigest}`)
    if (pushed) return pushed
    return offered && Object.hasOwn(offered.tags, tagOrDigest) ? offered.tags[tagOrDigest]() : undefined
  }

  tags(repository: string): string[] {
    return [...new Set([...this.#tagsPushed(repository), ...Object.keys(this.#catalogue.get(repository)?.tags ?? {})])]
  }

  /** A layer of a catalogue image, for a store that remembers only where it came from. */
  layer(source: { readonly repository: string; readonly tag: string; readonly index: number }): Layer | undefined {
    return this.find(source.repository, source.tag)?.layers[source.index]
  }

  /** Whether a layer is there already: pushing says `Layer already exists`, or `Mounted from` when another repository has it. */
  holds(repository: string, diffId: string): boolean {
    return this.tags(repository).some((tag) => this.find(repository, tag)?.layers.some((layer) => layer.diffId === diffId))
  }

  /** Another repository of the same registry that has a layer. */
  origin(domain: string, diffId: string): string | undefined {
    const names = [
      ...this.#catalogue.keys(),
      ...(this.#store.list('registry-images') as readonly PushedImage[]).map(({ name }) => name.slice(0, name.lastIndexOf(':'))),
    ]
    return names.find((name) => name.startsWith(`${domain}/`) && this.holds(name, diffId))
  }

  push(repository: string, tag: string, image: Image, by: string): void {
    const pushed: PushedImage = { name: `${repository}:${tag}`, config: image.config, layers: image.layers }
    this.#store.put('registry-images', `${repository}:${tag}`, pushed, { by, because: 0 })
    this.#pushed.set(`${repository}:${tag}`, image)
  }

  /** Signs in; a name that nobody has is signed up. */
  login({ username, password }: Credentials): boolean {
    const account =
      username === 'student' ? { username, password: 'secret' } : (this.#store.get('registry-accounts', username) as Account | undefined)
    if (account) return account.password === password
    if (username === '' || password === '') return false
    this.#store.put('registry-accounts', username, { username, password } satisfies Account, { by: 'docker', because: 0 })
    return true
  }

  /** Docker Hub's search: repositories whose name or description has the term, official and popular ones first. */
  search(term: string): { name: string; description: string; star_count: number; is_official: boolean; is_automated: boolean }[] {
    const rows = this.#searched ?? this.#searchable().sort((a, b) => Number(b.name === term) - Number(a.name === term) || b.stars - a.stars)
    return rows
      .filter(({ name, description }) => name.includes(term) || description.toLowerCase().includes(term.toLowerCase()))
      .map(({ name, description, stars, isOfficial }) => ({
        name,
        description,
        star_count: stars,
        is_official: isOfficial,
        is_automated: false,
      }))
  }

  #searchable(): SearchRow[] {
    return [...this.#catalogue.values()]
      .filter(({ name }) => name.startsWith('docker.io/'))
      .map(({ name, description = '', stars = 0, isOfficial = false }) => ({
        name: name.replace(/^docker\.io\/(library\/)?/, ''),
        description,
        stars,
        isOfficial,
      }))
  }

  #pushedImage(key: string): Image | undefined {
    const known = this.#pushed.get(key)
    if (known) return known
    const stored = this.#store.get('registry-images', key) as PushedImage | undefined
    if (!stored) return undefined
    const image = imageOf(stored)
    this.#pushed.set(key, image)
    return image
  }

  #tagsPushed(repository: string): string[] {
    const prefix = `${repository}:`
    return (this.#store.list('registry-images') as readonly PushedImage[])
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name }) => name.slice(prefix.length))
  }
}
