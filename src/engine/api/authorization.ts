/**
 * Who asks, and whether they may: certificates, service account tokens and impersonation name a user; RBAC roles and bindings decide.
 * Who comes without any credentials is the cluster's admin, since that is how the sandbox's own machines and the bridge come; a pod without
 * its token is nobody.
 */
import { header, type HttpRequest, type Peer } from '../../base/http.ts'
import type { RbacV1Subject, V1ClusterRole, V1ClusterRoleBinding, V1Pod, V1PolicyRule, V1RoleBinding } from '../kinds/generated/types.ts'
import { ApiError } from './client.ts'
import { isRecord } from './objects.ts'
import type { Registry } from './registry.ts'

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

const admin: User = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated'] }
const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
const unauthorized = new ApiError(401, 'Unauthorized', 'Unauthorized')

/** The user behind a request; refuses credentials that are wrong, and those who may not speak for another. */
export function userOf(registry: Registry, { headers }: HttpRequest, peer: Peer): User {
  const real = realUser(registry, header(headers, 'authorization'), peer)
  const name = header(headers, 'impersonate-user')
  if (name === undefined) return real
  const asked = headers['impersonate-group']
  const groups = asked === undefined ? [] : typeof asked === 'string' ? asked.split(/,\s*/) : asked
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  const allowed = isAllowed(registry, real, { verb: 'impersonate', group: '', resource: account ? 'serviceaccounts' : 'users', namespace: account?.[1] ?? '', name: account?.[2] ?? name })
  if (!allowed) throw refusal(real, { verb: 'impersonate', group: '', resource: account ? 'serviceaccounts' : 'users', namespace: account?.[1] ?? '', name: account?.[2] ?? name })
  return { name, groups: [...groups, ...(account ? accountGroups(account[1]) : []), ...(name === 'system:anonymous' ? ['system:unauthenticated'] : ['system:authenticated'])] }
}

function realUser(registry: Registry, authorization: string | undefined, peer: Peer): User {
  const token = /^Bearer\s+(.*)$/.exec(authorization ?? '')?.[1]
  if (token !== undefined) return userOfToken(registry, token) ?? refuse()
  if (peer.certificate) return { name: peer.certificate.commonName, groups: [...peer.certificate.organizations, 'system:authenticated'] }
  if (authorization !== undefined) return refuse()
  return peer.address !== undefined && isPodAddress(registry, peer.address) ? anonymous : admin
}

function refuse(): never {
  throw unauthorized
}

function isPodAddress(registry: Registry, address: string): boolean {
  return (registry.store.list('pods') as readonly V1Pod[]).some(({ spec, status }) => status.podIP === address && !spec.hostNetwork)
}

function accountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}

/** The service account a token was made for, as long as both are alive. */
export function userOfToken(registry: Registry, token: string): User | undefined {
  const [, payload] = token.split('.')
  let claims: unknown
  try {
    claims = JSON.parse(atob((payload ?? '').replaceAll('-', '+').replaceAll('_', '/')))
  } catch {
    return undefined
  }
  const bound = isRecord(claims) ? claims['kubernetes.io'] : undefined
  if (!isRecord(claims) || !isRecord(bound) || !isRecord(bound.serviceaccount)) return undefined
  if (typeof claims.exp === 'number' && claims.exp * 1000 < registry.clock.now()) return undefined
  const namespace = String(bound.namespace)
  const { name, uid } = bound.serviceaccount
  const account = registry.store.get('serviceaccounts', `${namespace}/${String(name)}`) as { metadata: { uid: string } } | undefined
  if (!account || account.metadata.uid !== uid) return undefined
  return { name: `system:serviceaccount:${namespace}:${String(name)}`, uid: String(uid), groups: [...accountGroups(namespace), 'system:authenticated'] }
}

export function refusal(user: User, { verb, group, resource, subresource, namespace, name, path }: Attributes): ApiError {
  if (path !== undefined) return new ApiError(403, 'Forbidden', `forbidden: User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`, {})
  const full = subresource ? `${resource}/${subresource}` : resource
  const named = group === '' ? resource : `${resource}.${group}`
  const subject = name === '' ? `${named} is forbidden` : `${named} ${JSON.stringify(name)} is forbidden`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return new ApiError(403, 'Forbidden', `${subject}: User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)} ${where}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: resource,
  })
}

export function isAllowed(registry: Registry, user: User, attributes: Attributes): boolean {
  return allowing(registry, user, attributes) !== undefined
}

/** Why it is allowed, as a SubjectAccessReview says it; undefined when it is not. */
export function allowing(registry: Registry, user: User, attributes: Attributes): string | undefined {
  if (user.groups.includes('system:masters')) return ''
  for (const { rules, reason } of grants(registry, user, attributes.namespace)) if (rules.some((rule) => covers(rule, attributes))) return reason
  return undefined
}

interface Grant {
  readonly rules: readonly V1PolicyRule[]
  readonly reason: string
}

/** Every rule that holds for the user, in the whole cluster and in a namespace. */
export function* grants(registry: Registry, user: User, namespace: string): Generator<Grant> {
  const { store } = registry
  const clusterRole = (name: string) => (store.get('clusterroles.rbac.authorization.k8s.io', name) as V1ClusterRole | undefined)?.rules ?? []
  for (const binding of store.list('clusterrolebindings.rbac.authorization.k8s.io') as readonly V1ClusterRoleBinding[]) {
    const subject = binding.subjects?.find((each) => isSubject(each, user, ''))
    if (subject) yield { rules: clusterRole(binding.roleRef.name), reason: `RBAC: allowed by ClusterRoleBinding ${JSON.stringify(binding.metadata.name)} of ClusterRole ${JSON.stringify(binding.roleRef.name)} to ${subjectText(subject)}` }
  }
  if (namespace === '') return
  const kind = registry.kind('rolebindings.rbac.authorization.k8s.io')
  for (const binding of (kind ? registry.list(kind, namespace) : []) as unknown as readonly V1RoleBinding[]) {
    const subject = binding.subjects?.find((each) => isSubject(each, user, namespace))
    if (!subject) continue
    const { roleRef, metadata } = binding
    const rules = roleRef.kind === 'ClusterRole' ? clusterRole(roleRef.name) : ((store.get('roles.rbac.authorization.k8s.io', `${namespace}/${roleRef.name}`) as V1ClusterRole | undefined)?.rules ?? [])
    yield { rules, reason: `RBAC: allowed by RoleBinding ${JSON.stringify(`${metadata.name}/${namespace}`)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subjectText(subject)}` }
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

function covers({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: V1PolicyRule, { verb, group, resource, subresource, name, path }: Attributes): boolean {
  if (!verbs.includes('*') && !verbs.includes(verb)) return false
  if (path !== undefined) return nonResourceURLs.some((pattern) => pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))))
  if (!apiGroups.includes('*') && !apiGroups.includes(group)) return false
  const wanted = subresource ? [`${resource}/${subresource}`, `*/${subresource}`] : [resource]
  if (!resources.includes('*') && !wanted.some((each) => resources.includes(each))) return false
  return resourceNames.length === 0 || resourceNames.includes(name)
}
