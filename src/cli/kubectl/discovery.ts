/**
 * What the server offers: kinds, their plural, short and group names, and which of them a word on the command line means. Asked for with
 * two requests (aggregated discovery); a server without it is asked group by group.
 */
import { header } from '../../base/http.ts'
import { type Blocking, err } from '../../unix/kernel/process.ts'
import { accept, type Api, klog, wholeText } from './connection.ts'
import { cachedLists, keepLists, type ResourceList } from './discovery-cache.ts'
import type { Json } from './json.ts'
import { ConnectionError, Refusal, StatusError } from './refusal.ts'

export interface Resource {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly isNamespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly string[]
}

/** One version of a group. `Discovery.groups` is in the server's order, each group's preferred version first. */
export interface GroupVersion {
  readonly group: string
  readonly version: string
  readonly resources: readonly Resource[]
}

export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`
}

/** `deployments.apps`, `pods`. */
export function nameWithGroup({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`
}

/** `deployment.apps`: what stands before the slash in answers. */
export function singularWithGroup({ kind, group }: { kind: string; group: string }): string {
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`
}

/** The path of a collection, or of one object in it. */
export function pathOf(resource: Resource, namespace: string | undefined, name?: string, subresource?: string): string {
  if (name === '') throw new Refusal('resource name may not be empty')
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const scope = resource.isNamespaced && namespace ? `/namespaces/${namespace}` : ''
  return `${root}${scope}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name).replace(/%3A/gi, ':')}`}${subresource ? `/${subresource}` : ''}`
}

export class Discovery {
  readonly groups: readonly GroupVersion[]
  /** The server said so just now; what is not in it need not be asked for again. */
  readonly isFresh: boolean

  constructor(groups: readonly GroupVersion[], isFresh = true) {
    this.groups = groups
    this.isFresh = isFresh
  }

  get resources(): readonly Resource[] {
    return this.groups.flatMap(({ resources }) => resources)
  }

  /** Only the preferred version of each resource, as `api-resources` lists them. */
  get preferred(): readonly Resource[] {
    const seen = new Set<string>()
    return this.resources.filter(({ group, plural }) => {
      const key = `${group}/${plural}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
  }

  ofKind(apiVersion: string, kind: string): Resource | undefined {
    // The mapper knows each kind in small letters, too; the server will refuse it.
    return this.resources.find(
      (resource) => (resource.kind === kind || resource.kind.toLowerCase() === kind) && apiVersionOf(resource) === apiVersion,
    )
  }

  /** `pods`, `po`, `Pod`, `deployments.apps`, `deployments.v1.apps`; undefined when the server has no such type. */
  named(word: string): Resource | undefined {
    const lower = word.toLowerCase()
    const [first, ...rest] = lower.split('.')
    if (rest.length > 0) {
      const [version, ...groupParts] = rest
      const byVersion = groupParts.length > 0 ? this.#find(first, groupParts.join('.'), version) : undefined
      if (byVersion) return byVersion
      return this.#find(first, rest.join('.'))
    }
    return this.#find(first, undefined)
  }

  /** The types of a category (`all`), in the server's order. */
  category(name: string): readonly Resource[] {
    return this.preferred.filter(({ categories }) => categories.includes(name))
  }

  #find(word: string, group: string | undefined, version?: string): Resource | undefined {
    const fits = (resource: Resource): boolean =>
      (group === undefined || resource.group === group) && (version === undefined || resource.version === version)
    const all = this.resources.filter(fits)
    const exact = all.find(({ plural, singular, kind }) => plural === word || singular === word || kind.toLowerCase() === word)
    if (exact) return exact
    // Who writes a short name gets the preferred version, whatever version is asked for.
    const short = this.resources.find((resource) => (group === undefined || resource.group === group) && resource.shortNames.includes(word))
    if (short) return short
    if (group === undefined || group === '') return undefined
    // A part of a group's name is enough: `deployments.app`.
    return this.resources.find(
      (resource) =>
        (resource.plural === word || resource.singular === word || resource.shortNames.includes(word)) &&
        resource.group.startsWith(group) &&
        (version === undefined || resource.version === version),
    )
  }
}

export function noSuchType(word: string): Refusal {
  // kubectl names the part before the first dot, whatever group was asked for.
  return new Refusal(`the server doesn't have a resource type ${JSON.stringify(word.split('.')[0])}`)
}

/** What is known of the server from an earlier command; else it is asked. */
export function* discover(api: Api): Blocking<Discovery> {
  const lists = cachedLists(api)
  return lists ? new Discovery(lists.map(groupVersionOf), false) : yield* discoverAnew(api)
}

export function* discoverAnew(api: Api): Blocking<Discovery> {
  let failure: unknown
  // client-go tries five times when the very first request fails, and logs each; only then the command fails.
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const lists = [...(yield* listsAt(api, '/api')), ...(yield* listsAt(api, '/apis'))]
      keepLists(api, lists)
      return new Discovery(lists.map(groupVersionOf))
    } catch (error) {
      if (!(error instanceof ConnectionError) && !(error instanceof StatusError && error.code === 401)) throw error
      failure = error
      const text = error instanceof StatusError ? 'the server has asked for the client to provide credentials' : error.message
      yield* err(
        api.process,
        klog(
          api.process,
          'E',
          'memcache.go:265',
          `"Unhandled Error" err="couldn't get current server API group list: ${text.replaceAll('"', '\\"')}"`,
        ),
      )
    }
  }
  if (failure instanceof StatusError)
    throw new StatusError({ ...failure.status, message: 'the server has asked for the client to provide credentials' })
  throw failure
}

function* listsAt(api: Api, path: '/api' | '/apis'): Blocking<ResourceList[]> {
  const response = yield* api.ask('GET', path, { accept: accept.discovery, query: { timeout: '32s' } })
  const document = JSON.parse(yield* wholeText(response))
  if ((header(response.headers, 'content-type') ?? '').includes('APIGroupDiscoveryList')) return aggregated(document)
  const names: string[] =
    path === '/api'
      ? (document.versions ?? ['v1'])
      : (document.groups ?? []).flatMap((group: Json) => group.versions.map((item: Json) => `${group.name}/${item.version}`))
  const lists: ResourceList[] = []
  for (const name of names)
    lists.push({ groupVersion: name, resources: (yield* api.get(`${path}/${name}`, { timeout: '32s' })).resources ?? [] })
  return lists
}

/** The one document for all groups, as the list of each group version that it stands for. */
function aggregated(document: Json): ResourceList[] {
  return (document.items ?? []).flatMap(({ metadata, versions = [] }: Json) =>
    versions.map(({ version, resources = [] }: Json) => ({
      groupVersion: apiVersionOf({ group: metadata?.name ?? '', version }),
      resources: resources.flatMap((resource: Json) => withSubresources(resource)),
    })),
  )
}

function withSubresources({
  resource,
  singularResource,
  scope,
  responseKind,
  verbs,
  shortNames,
  categories,
  subresources = [],
}: Json): Json[] {
  if (!responseKind?.kind) return []
  const common = { singularName: singularResource || responseKind.kind.toLowerCase(), namespaced: scope === 'Namespaced' }
  return [
    {
      name: resource,
      ...common,
      kind: responseKind.kind,
      verbs: verbs ?? [],
      ...(shortNames ? { shortNames } : {}),
      ...(categories ? { categories } : {}),
    },
    ...subresources.map((sub: Json) => ({
      name: `${resource}/${sub.subresource}`,
      ...common,
      kind: sub.responseKind?.kind ?? '',
      verbs: sub.verbs ?? [],
    })),
  ]
}

function groupVersionOf({ groupVersion, resources: all }: ResourceList): GroupVersion {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion]
  return {
    group,
    version,
    resources: all
      .filter(({ name }) => !name.includes('/'))
      .map(
        (resource): Resource => ({
          group,
          version,
          kind: resource.kind,
          plural: resource.name,
          singular: resource.singularName || resource.kind.toLowerCase(),
          shortNames: resource.shortNames ?? [],
          categories: resource.categories ?? [],
          isNamespaced: resource.namespaced,
          verbs: resource.verbs ?? [],
          subresources: all
            .filter(({ name }) => name.startsWith(`${resource.name}/`))
            .map(({ name }) => name.slice(resource.name.length + 1)),
        }),
      ),
  }
}
