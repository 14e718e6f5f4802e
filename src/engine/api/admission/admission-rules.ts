/** Which writes an admission policy or webhook is about: rules of resources and operations, and selectors of namespaces and objects. */
import type { V1LabelSelector } from '../../kinds/generated/types.ts'
import type { Kind, StoredObject } from '../../kinds/kind.ts'
import type { User } from '../access/authorization.ts'
import type { Registry } from '../registry.ts'
import { selectorMatches } from '../selectors.ts'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE'

/** One write, as admission looks at it. */
export interface Admitted {
  readonly kind: Kind
  readonly operation: Operation
  readonly object?: StoredObject
  readonly old?: StoredObject
  readonly name: string
  readonly namespace: string
  readonly subresource: string
  readonly user: User
  readonly isDryRun: boolean
  readonly warn?: (text: string) => void
}

interface Rule {
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly operations?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly scope?: string
}

interface Constraints {
  readonly resourceRules?: readonly Rule[]
  readonly excludeResourceRules?: readonly Rule[]
  readonly namespaceSelector?: V1LabelSelector
  readonly objectSelector?: V1LabelSelector
}

/** What decides about all else is beyond deciding about itself, or one mistake would lock everybody out. */
export function isAboveAdmission({ group, resource }: Kind): boolean {
  return (
    group === 'admissionregistration.k8s.io' ||
    [
      'subjectaccessreviews',
      'selfsubjectaccessreviews',
      'localsubjectaccessreviews',
      'tokenreviews',
      'selfsubjectreviews',
      'selfsubjectrulesreviews',
    ].includes(resource)
  )
}

export function meets(registry: Registry, admitted: Admitted, constraints: Constraints | undefined): boolean {
  if (!constraints) return true
  const { resourceRules, excludeResourceRules = [] } = constraints
  if (resourceRules !== undefined && !matchesRules(admitted, resourceRules)) return false
  if (matchesRules(admitted, excludeResourceRules)) return false
  return matchesSelectors(registry, admitted, constraints)
}

export function matchesRules({ kind, operation, subresource, name }: Admitted, rules: readonly Rule[]): boolean {
  const has = (list: readonly string[] | undefined, value: string) => list === undefined || list.includes('*') || list.includes(value)
  const wanted =
    subresource === '' ? [kind.resource, '*', '*/*'] : [`${kind.resource}/${subresource}`, `${kind.resource}/*`, `*/${subresource}`, '*/*']
  return rules.some(
    ({ apiGroups, apiVersions, operations, resources = [], resourceNames, scope = '*' }) =>
      has(apiGroups, kind.group) &&
      has(apiVersions, kind.version) &&
      has(operations, operation) &&
      resources.some((resource) => wanted.includes(resource)) &&
      (!resourceNames?.length || resourceNames.includes(name)) &&
      (scope === '*' || (scope === 'Namespaced') === kind.namespaced),
  )
}

export function matchesSelectors(
  registry: Registry,
  { kind, namespace, object, old }: Admitted,
  { namespaceSelector, objectSelector }: Constraints,
): boolean {
  if (!isEmpty(namespaceSelector)) {
    const isNamespace = kind.group === '' && kind.resource === 'namespaces'
    const home = isNamespace ? (object ?? old) : (registry.store.get('namespaces', namespace) as StoredObject | undefined)
    if (home && (isNamespace || kind.namespaced) && !selectorMatches(namespaceSelector ?? {}, home.metadata.labels)) return false
  }
  if (isEmpty(objectSelector)) return true
  return [object, old].some((each) => each !== undefined && selectorMatches(objectSelector ?? {}, each.metadata.labels))
}

function isEmpty(selector: V1LabelSelector | undefined): boolean {
  return !selector || (Object.keys(selector.matchLabels ?? {}).length === 0 && !selector.matchExpressions?.length)
}

/** Who a part of the control plane is to policies and webhooks. */
export function userOfWriter(by: string): User {
  const node = /^kubelet on (.*)$/.exec(by)?.[1]
  if (node !== undefined) return { name: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] }
  if (by === 'default-scheduler' || by === 'kube-scheduler') return { name: 'system:kube-scheduler', groups: ['system:authenticated'] }
  if (by === 'kube-apiserver' || by === 'kubeadm') return { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }
  return {
    name: `system:serviceaccount:kube-system:${by}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  }
}

/** `request` of policies and reviews. */
export function requestOf(
  { kind, operation, name, namespace, subresource, user, isDryRun }: Admitted,
  uid: string,
): Readonly<Record<string, unknown>> {
  const spoken = { group: kind.group, version: kind.version, kind: kind.kind }
  const resource = { group: kind.group, version: kind.version, resource: kind.resource }
  const options = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' }[operation]
  return {
    uid,
    kind: spoken,
    resource,
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: spoken,
    requestResource: resource,
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    name,
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid ? { uid: user.uid } : {}),
      groups: user.groups,
      ...(user.extra ? { extra: user.extra } : {}),
    },
    dryRun: isDryRun,
    options: { kind: options, apiVersion: 'meta.k8s.io/v1' },
  }
}
