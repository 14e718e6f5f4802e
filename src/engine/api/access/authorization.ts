/** Whether a user may: the server's authorization modes are asked in their order; about `system:masters` nobody is. */
import type { RbacV1Subject, V1ClusterRole, V1ClusterRoleBinding, V1PolicyRule, V1RoleBinding } from '../../kinds/generated/types.ts'
import { ApiError } from '../client.ts'
import { isOfNode, nodeNameOf, refusalReason } from './node-authorizer.ts'
import type { Registry } from '../registry.ts'
import type { Store } from '../../store/store.ts'

export interface User {
  readonly name: string
  readonly groups: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** One thing somebody wants to do. */
export interface Attributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace: string
  readonly name: string
  readonly version?: string
  /** Instead of a resource. */
  readonly path?: string
}

export function refusal(user: User, attributes: Attributes): ApiError {
  const { verb, group, resource, subresource, namespace, name, path } = attributes
  if (path !== undefined)
    return new ApiError(403, 'Forbidden', `forbidden: User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`, {})
  const full = subresource ? `${resource}/${subresource}` : resource
  const named = group === '' ? resource : `${resource}.${group}`
  const subject = name === '' ? `${named} is forbidden` : `${named} ${JSON.stringify(name)} is forbidden`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return new ApiError(
    403,
    'Forbidden',
    `${subject}: User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)} ${where}${refusalReason(user, attributes)}`,
    {
      ...(name === '' ? {} : { name }),
      ...(group === '' ? {} : { group }),
      kind: resource,
    },
  )
}

export function isAllowed(registry: Registry, user: User, attributes: Attributes): boolean {
  return reasonToAllow(registry, user, attributes) !== undefined
}

/** Why it is allowed, as a SubjectAccessReview says it; undefined when it is not. */
export function allowing(registry: Registry, user: User, attributes: Attributes): string | undefined {
  return reasonToAllow(registry, user, attributes)?.()
}

/** A reason that only some who ask want to hear. */
function reasonToAllow(registry: Registry, user: User, attributes: Attributes): (() => string) | undefined {
  if (user.groups.includes('system:masters')) return unsaid
  for (const mode of registry.settings.authorizationModes) {
    if (mode === 'AlwaysAllow' || (mode === 'Node' && mayAsNode(registry, user, attributes))) return unsaid
    if (mode === 'AlwaysDeny') return undefined
    const grant = mode === 'RBAC' ? grantOf(registry, user, attributes) : undefined
    if (grant) return grant.reason
  }
  return undefined
}

const unsaid = () => ''

/** The Node authorizer: the role's rules, but where only what is the node's own counts. */
function mayAsNode(registry: Registry, user: User, attributes: Attributes): boolean {
  if (nodeNameOf(user) === undefined) return false
  const isOwn = isOfNode(registry, user, attributes)
  const role = registry.store.get('clusterroles.rbac.authorization.k8s.io', 'system:node') as V1ClusterRole | undefined
  return isOwn !== false && (role?.rules ?? []).some((rule) => covers(rule, attributes))
}

function grantOf(registry: Registry, user: User, attributes: Attributes): Grant | undefined {
  for (const grant of grants(registry, user, attributes.namespace)) if (grant.rules.some((rule) => covers(rule, attributes))) return grant
  return undefined
}

interface Grant {
  readonly rules: readonly V1PolicyRule[]
  readonly reason: () => string
}

const roles = 'roles.rbac.authorization.k8s.io'
const clusterRoles = 'clusterroles.rbac.authorization.k8s.io'
const roleBindings = 'rolebindings.rbac.authorization.k8s.io'
const clusterRoleBindings = 'clusterrolebindings.rbac.authorization.k8s.io'

/** What users were found to hold, by namespace, as long as no role and no binding changed: looking anew cost a fifth of a request. */
interface Known {
  readonly lists: readonly (readonly object[])[]
  readonly byUser: WeakMap<User, Map<string, readonly Grant[]>>
}

const known = new WeakMap<Store, Known>()

/** The store answers with the same list until something in it changes. */
function knownOf(store: Store): Known {
  const last = known.get(store)
  if (last && isAsItWas(store, last)) return last
  const fresh: Known = { lists: rbacResources.map((resource) => store.list(resource)), byUser: new WeakMap() }
  known.set(store, fresh)
  return fresh
}

const rbacResources: readonly string[] = [roles, clusterRoles, roleBindings, clusterRoleBindings]

function isAsItWas(store: Store, { lists }: Known): boolean {
  for (let index = 0; index < rbacResources.length; index++) if (store.list(rbacResources[index]) !== lists[index]) return false
  return true
}

/** Every rule that holds for the user, in the whole cluster and in a namespace. */
export function grants(registry: Registry, user: User, namespace: string): readonly Grant[] {
  const { byUser } = knownOf(registry.store)
  let byNamespace = byUser.get(user)
  if (!byNamespace) byUser.set(user, (byNamespace = new Map()))
  let held = byNamespace.get(namespace)
  if (!held) byNamespace.set(namespace, (held = [...grantsFound(registry, user, namespace)]))
  return held
}

function* grantsFound(registry: Registry, user: User, namespace: string): Generator<Grant> {
  const { store } = registry
  const clusterRole = (name: string) => (store.get(clusterRoles, name) as V1ClusterRole | undefined)?.rules ?? []
  for (const binding of store.list(clusterRoleBindings) as readonly V1ClusterRoleBinding[]) {
    const subject = binding.subjects?.find((each) => isSubject(each, user, ''))
    if (subject)
      yield {
        rules: clusterRole(binding.roleRef.name),
        reason: () =>
          `RBAC: allowed by ClusterRoleBinding ${JSON.stringify(binding.metadata.name)} of ClusterRole ${JSON.stringify(binding.roleRef.name)} to ${subjectText(subject)}`,
      }
  }
  if (namespace === '') return
  const kind = registry.kind(roleBindings)
  for (const binding of (kind ? registry.list(kind, namespace) : []) as unknown as readonly V1RoleBinding[]) {
    const subject = binding.subjects?.find((each) => isSubject(each, user, namespace))
    if (!subject) continue
    const { roleRef, metadata } = binding
    const rules =
      roleRef.kind === 'ClusterRole'
        ? clusterRole(roleRef.name)
        : ((store.get(roles, `${namespace}/${roleRef.name}`) as V1ClusterRole | undefined)?.rules ?? [])
    yield {
      rules,
      reason: () =>
        `RBAC: allowed by RoleBinding ${JSON.stringify(`${metadata.name}/${namespace}`)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subjectText(subject)}`,
    }
  }
}

function isSubject({ kind, name, namespace }: RbacV1Subject, user: User, home: string): boolean {
  if (kind === 'User') return user.name === name
  if (kind === 'Group') return user.groups.includes(name)
  return user.name === `system:serviceaccount:${namespace || home}:${name}`
}

function subjectText({ kind, name, namespace }: RbacV1Subject): string {
  return `${kind} ${JSON.stringify(kind === 'ServiceAccount' ? `${name}/${namespace}` : name)}`
}

function covers(
  { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: V1PolicyRule,
  { verb, group, resource, subresource, name, path }: Attributes,
): boolean {
  if (!verbs.includes('*') && !verbs.includes(verb)) return false
  if (path !== undefined)
    return nonResourceURLs.some((pattern) => pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))))
  if (!apiGroups.includes('*') && !apiGroups.includes(group)) return false
  const wanted = subresource ? [`${resource}/${subresource}`, `*/${subresource}`] : [resource]
  if (!resources.includes('*') && !wanted.some((each) => resources.includes(each))) return false
  return resourceNames.length === 0 || resourceNames.includes(name)
}
