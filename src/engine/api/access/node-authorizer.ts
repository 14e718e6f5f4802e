/**
 * What a kubelet's own credentials may: besides its role, which nobody is bound to, only what has to do with its node and with the pods that are bound
 * to it. `refusalReason` says why not, after RBAC's words. Field selectors are not looked at, so listing pods is refused even with the right one.
 */
import type { V1Pod } from '../../kinds/generated/types.ts'
import { isRecord } from '../objects.ts'
import type { Registry } from '../registry.ts'
import type { Attributes, User } from './authorization.ts'

const prefix = 'system:node:'

export function nodeNameOf({ name, groups }: User): string | undefined {
  return name.startsWith(prefix) && groups.includes('system:nodes') ? name.slice(prefix.length) : undefined
}

const reads = ['get', 'list', 'watch']

export function refusalReason(user: User, { verb, group, resource, name, path }: Attributes): string {
  const node = nodeNameOf(user)
  if (node === undefined || path !== undefined || group !== '') return ''
  if (resource === 'nodes' && reads.includes(verb))
    return name === ''
      ? `: node '${node}' cannot read all nodes, only its own Node object`
      : `: node '${node}' cannot read '${name}', only its own Node object`
  if (resource === 'pods' && (verb === 'list' || verb === 'watch')) return ': can only list/watch pods with spec.nodeName field selector'
  if (!['secrets', 'configmaps', 'persistentvolumeclaims', 'persistentvolumes'].includes(resource)) return ''
  return verb === 'get'
    ? `: no relationship found between node '${node}' and this object`
    : verb === 'list' || verb === 'watch'
      ? `: No Object name found`
      : ''
}

/** Undefined: the authorizer has no opinion, which for these objects means no. */
export function isOfNode(
  registry: Registry,
  user: User,
  { verb, group, resource, subresource = '', namespace, name, path }: Attributes,
): boolean | undefined {
  const node = nodeNameOf(user)
  if (node === undefined || path !== undefined) return undefined
  const pods = (): readonly V1Pod[] => registry.store.indexed('pods', 'node', node) as V1Pod[]
  switch (`${resource}.${group}`) {
    case 'nodes.':
      return reads.includes(verb) ? name === node : undefined
    case 'pods.':
      return verb === 'get'
        ? pods().some(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
        : verb === 'list' || verb === 'watch'
          ? false
          : undefined
    case 'secrets.':
    case 'configmaps.':
    case 'persistentvolumeclaims.':
      if (verb !== 'get' && !reads.includes(verb)) return undefined
      return name !== '' && pods().some((pod) => pod.metadata.namespace === namespace && names(pod.spec, resource, name))
    case 'serviceaccounts.':
      return subresource === 'token' && verb === 'create'
        ? pods().some(({ metadata, spec }) => metadata.namespace === namespace && spec.serviceAccountName === name)
        : undefined
    case 'leases.coordination.k8s.io':
      return namespace === 'kube-node-lease' && name === node
    case 'csinodes.storage.k8s.io':
      return name === node
    default:
      return undefined
  }
}

const references: Readonly<Record<string, readonly string[]>> = {
  secrets: ['secretName', 'secretRef', 'secretKeyRef', 'secret', 'imagePullSecrets'],
  configmaps: ['configMap', 'configMapRef', 'configMapKeyRef'],
  persistentvolumeclaims: ['claimName'],
}

/** Whether a pod's spec names an object anywhere where that means using it. */
function names(value: unknown, resource: string, wanted: string, isReference = false): boolean {
  if (Array.isArray(value)) return value.some((each) => names(each, resource, wanted, isReference))
  if (!isRecord(value)) return false
  return Object.entries(value).some(([key, inner]) =>
    typeof inner === 'string'
      ? inner === wanted && ((isReference && key === 'name') || references[resource].includes(key))
      : names(inner, resource, wanted, references[resource].includes(key)),
  )
}
