/** Where the API server lays each object in etcd: `/registry/pods/default/web`. A few names are older than the resources they hold. */
import { kinds } from '../../kinds/index.ts'
import { resourceName } from '../../kinds/kind.ts'

const prefix = '/registry/'
/** Keys that are no object of the API's: what people put there themselves. */
export const freeKeys = 'etcd'

const folders: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  'ingresses.networking.k8s.io': 'ingress',
  'apiservices.apiregistration.k8s.io': 'apiregistration.k8s.io/apiservices',
  'customresourcedefinitions.apiextensions.k8s.io': 'apiextensions.k8s.io/customresourcedefinitions',
}
const builtIn = new Set(kinds.map(resourceName))
const resources = Object.fromEntries(Object.entries(folders).map(([resource, folder]) => [folder, resource]))

export function etcdKey(resource: string, key: string): string {
  if (resource === freeKeys) return key
  const known = folders[resource]
  if (known !== undefined) return `${prefix}${known}/${key}`
  const dot = resource.indexOf('.')
  if (dot < 0) return `${prefix}${resource}/${key}`
  // A custom resource's group is part of its key, a built-in one's is not.
  return builtIn.has(resource)
    ? `${prefix}${resource.slice(0, dot)}/${key}`
    : `${prefix}${resource.slice(dot + 1)}/${resource.slice(0, dot)}/${key}`
}

/** `known` are the resources that the store holds. */
export function placeOf(etcd: string, known: readonly string[]): { readonly resource: string; readonly key: string } {
  if (!etcd.startsWith(prefix)) return { resource: freeKeys, key: etcd }
  const rest = etcd.slice(prefix.length)
  for (const [folder, resource] of Object.entries(resources))
    if (rest.startsWith(`${folder}/`)) return { resource, key: rest.slice(folder.length + 1) }
  const found = known.find((resource) => resource !== freeKeys && etcd.startsWith(etcdKey(resource, '')))
  return found === undefined ? { resource: freeKeys, key: etcd } : { resource: found, key: etcd.slice(etcdKey(found, '').length) }
}
