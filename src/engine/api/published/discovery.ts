/** What the server says it serves, in both forms: aggregated (one document for all) and the old one (one per group and version). */
import { base64Of, bytesOf } from '../../../base/bytes.ts'
import { sha256 } from '../../../base/sha256.ts'
import { kinds } from '../../kinds/index.ts'
import { resourceName, type Kind } from '../../kinds/kind.ts'

interface GroupKinds {
  readonly group: string
  /** In order of preference. */
  readonly versions: readonly { readonly version: string; readonly kinds: readonly Kind[] }[]
}

export function grouped(kinds: readonly Kind[]): readonly GroupKinds[] {
  const groups = new Map<string, Map<string, Kind[]>>()
  for (const kind of kinds) {
    let versions = groups.get(kind.group)
    if (!versions) groups.set(kind.group, (versions = new Map()))
    const list = versions.get(kind.version)
    if (list) list.push(kind)
    else versions.set(kind.version, [kind])
  }
  return Array.from(groups, ([group, versions]) => ({
    group,
    versions: Array.from(versions, ([version, list]) => ({ version, kinds: list })),
  }))
}

export function aggregatedDiscovery(groups: readonly GroupKinds[], apiVersion: string): Readonly<Record<string, unknown>> {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: versions.map(({ version, kinds }) => ({ version, resources: kinds.map(resourceDiscovery), freshness: 'Current' })),
    })),
  }
}

function resourceDiscovery(kind: Kind): object {
  const subresources = Object.entries(kind.subresources ?? {}).map(([subresource, { verbs, ...speaks }]) => ({
    subresource,
    responseKind: { group: speaks.group ?? '', version: speaks.version ?? '', kind: speaks.kind ?? kind.kind },
    verbs,
  }))
  return {
    resource: kind.resource,
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories ? { categories: kind.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}

export function apiVersions(serverAddress: string): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] }
}

export function apiGroup({ group, versions }: GroupKinds): object {
  const list = versions.map(({ version }) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: list, preferredVersion: list[0] }
}

export function apiGroupList(groups: readonly GroupKinds[]): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(({ group }) => group !== '').map(apiGroup) }
}

export function apiResourceList(group: string, version: string, kinds: readonly Kind[]): object {
  const resources = kinds.flatMap((kind) => [
    {
      name: kind.resource,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: kind.verbs,
      ...(kind.shortNames ? { shortNames: kind.shortNames } : {}),
      ...(kind.categories ? { categories: kind.categories } : {}),
      ...(kind.verbs.includes('watch') ? { storageVersionHash: storageVersionHash(kind) } : {}),
    },
    ...Object.entries(kind.subresources ?? {}).map(
      ([subresource, { verbs, group: otherGroup, version: otherVersion, kind: otherKind }]) => ({
        name: `${kind.resource}/${subresource}`,
        singularName: '',
        namespaced: kind.namespaced,
        ...(otherGroup ? { group: otherGroup, version: otherVersion } : {}),
        kind: otherKind ?? kind.kind,
        verbs,
      }),
    ),
  ])
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources,
  }
}

/** The form in which the objects are kept, so that a client sees when that changes. */
function storageVersionHash(kind: Kind): string {
  const stored = kinds.find((each) => !each.storedAs && resourceName(each) === kind.storedAs?.resource) ?? kind
  return base64Of(sha256(bytesOf(`${stored.group}/${stored.version}/${stored.kind}`)).subarray(0, 8))
}
