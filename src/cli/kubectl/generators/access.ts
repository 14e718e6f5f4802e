/**
 * `kubectl create role`, `rolebinding`, their cluster-wide kinds, `serviceaccount` and `token`. Discovery tells which resources a rule may name.
 */
import type { Blocking } from '../../../unix/kernel/process.ts'
import type { Call } from '../call.ts'
import { generated } from '../create.ts'
import type { Discovery, Resource } from '../discovery.ts'
import type { Json } from '../json.ts'
import { printer } from '../printer.ts'
import { Bare, Refusal } from '../refusal.ts'
import { clusterMeta, meta, nameOf, needed, type Run } from './call.ts'

export const serviceAccount: Run = function* (call) {
  const name = nameOf(call)
  yield* generated(call, {
    object: { kind: 'ServiceAccount', apiVersion: 'v1', metadata: meta(call, name) },
    plural: 'serviceaccounts',
    isNamespaced: true,
    failure: 'failed to create serviceaccount:',
  })
}

const resourceVerbs = new Set([
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'deletecollection',
  '*',
  'use',
  'bind',
  'impersonate',
  'approve',
  'sign',
  'escalate',
  'attest',
])

export function* rules(call: Call, isClusterRole: boolean): Blocking<Json[]> {
  const { flags } = call
  const verbs = [...new Set(flags.list('verb'))]
  const isWild = verbs.includes('*')
  const names = [...new Set(flags.list('resource-name'))]
  const urls = isClusterRole ? flags.list('non-resource-url') : []
  if (verbs.length === 0) throw new Refusal('at least one verb must be specified')
  const words = [...new Set(flags.list('resource'))]
  if (urls.length > 0 && words.length > 0)
    throw new Refusal(
      'nonResourceURL and resource can not be specified together'.replace(
        'nonResourceURL and resource can not be specified together',
        'only one of nonResourceURL and resource can be specified',
      ),
    )
  const usedVerbs = isWild ? ['*'] : verbs
  if (urls.length > 0) return [{ verbs: usedVerbs, nonResourceURLs: urls }]
  if (words.length === 0) throw new Refusal('at least one resource must be specified')
  for (const verb of usedVerbs) if (!resourceVerbs.has(verb)) yield* call.err(`Warning: '${verb}' is not a standard resource verb\n`)
  const discovery = yield* call.discovery()
  const byGroup = new Map<string, string[]>()
  for (const word of words) {
    const [type, sub] = word.split('/')
    const [group, plural] = roleResource(discovery, type)
    const list = byGroup.get(group) ?? []
    list.push(sub === undefined ? plural : `${plural}/${sub}`)
    byGroup.set(group, list)
  }
  return [...byGroup]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => ({
      verbs: usedVerbs,
      apiGroups: [group],
      resources,
      ...(names.length > 0 ? { resourceNames: names } : {}),
    }))
}

function roleResource(discovery: Discovery, type: string): [string, string] {
  if (type === '*') return ['*', '*']
  const found: Resource | undefined = discovery.named(type)
  if (!found) {
    const [name, ...group] = type.split('.')
    throw new Bare(
      group.length > 0
        ? `the server doesn't have a resource type ${JSON.stringify(name)} in group ${JSON.stringify(group.join('.'))}`
        : `the server doesn't have a resource type ${JSON.stringify(type)}`,
    )
  }
  return [found.group, found.plural]
}

export const role: Run = function* (call) {
  const name = nameOf(call)
  yield* generated(call, {
    object: { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: meta(call, name), rules: yield* rules(call, false) },
    plural: 'roles',
    isNamespaced: true,
  })
}

export const clusterRole: Run = function* (call) {
  const name = nameOf(call)
  const aggregation = call.flags.list('aggregation-rule')
  const base = { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: clusterMeta(name) }
  if (aggregation.length > 0) {
    const labels = Object.fromEntries(aggregation.flatMap((text) => text.split(',')).map((pair) => pair.split('=') as [string, string]))
    return yield* generated(call, {
      object: { ...base, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] } },
      plural: 'clusterroles',
      isNamespaced: false,
    })
  }
  yield* generated(call, { object: { ...base, rules: yield* rules(call, true) }, plural: 'clusterroles', isNamespaced: false })
}

export function subjectsOf(call: Call): Json[] {
  const { flags } = call
  const apiGroup = 'rbac.authorization.k8s.io'
  return [
    ...flags.list('user').map((name) => ({ kind: 'User', apiGroup, name })),
    ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup, name })),
    ...flags.list('serviceaccount').map((text) => {
      const [namespace, name, ...rest] = text.split(':')
      if (!namespace || !name || rest.length > 0) throw new Refusal('serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', name, namespace }
    }),
  ]
}

export const roleBinding: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  if ((flags.text('role') === '') === (flags.text('clusterrole') === ''))
    throw new Refusal('exactly one of clusterrole or role must be specified')
  const roleRef = {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: flags.text('role') === '' ? 'ClusterRole' : 'Role',
    name: flags.text('role') || flags.text('clusterrole'),
  }
  const subjects = subjectsOf(call)
  yield* generated(call, {
    object: {
      kind: 'RoleBinding',
      apiVersion: 'rbac.authorization.k8s.io/v1',
      metadata: meta(call, name),
      ...(subjects.length > 0 ? { subjects } : {}),
      roleRef,
    },
    plural: 'rolebindings',
    isNamespaced: true,
    failure: 'failed to create rolebinding:',
  })
}

export const clusterRoleBinding: Run = function* (call) {
  needed(call, 'clusterrole')
  const name = nameOf(call)
  const subjects = subjectsOf(call)
  yield* generated(call, {
    object: {
      kind: 'ClusterRoleBinding',
      apiVersion: 'rbac.authorization.k8s.io/v1',
      metadata: clusterMeta(name),
      ...(subjects.length > 0 ? { subjects } : {}),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: call.flags.text('clusterrole') },
    },
    plural: 'clusterrolebindings',
    isNamespaced: false,
    failure: 'failed to create clusterrolebinding:',
  })
}

export const token: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const audiences = flags.list('audience')
  const spec: Record<string, Json> = { audiences: audiences.length > 0 ? audiences : null }
  const durationMs = flags.isSet('duration') ? flags.duration('duration') : 0
  if (durationMs < 0) throw new Refusal('--duration must be greater than or equal to 0')
  if (durationMs % 1000 !== 0) throw new Refusal('--duration cannot be expressed in units less than seconds')
  if (durationMs > 0) spec.expirationSeconds = durationMs / 1000
  if (audiences.includes('')) throw new Refusal('--audience must not be an empty string')
  const kind = flags.text('bound-object-kind')
  if (kind === '') {
    for (const flag of ['bound-object-name', 'bound-object-uid'])
      if (flags.text(flag) !== '') throw new Refusal(`--${flag} can only be set if --bound-object-kind is provided`)
  } else {
    if (!['Pod', 'Secret', 'Node'].includes(kind)) throw new Refusal(`supported --bound-object-kind values are Node, Pod, Secret`)
    if (flags.text('bound-object-name') === '') throw new Refusal('--bound-object-name is required if --bound-object-kind is provided')
    spec.boundObjectRef = {
      kind,
      apiVersion: 'v1',
      name: flags.text('bound-object-name'),
      ...(flags.text('bound-object-uid') === '' ? {} : { uid: flags.text('bound-object-uid') }),
    }
  }
  const body = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec,
    status: { token: '', expirationTimestamp: null },
  }
  let answer: Json
  try {
    answer = yield* call.api.json('POST', `/api/v1/namespaces/${call.namespace}/serviceaccounts/${name}/token`, { body })
  } catch (error) {
    throw error instanceof Error && 'status' in error ? new Refusal(`failed to create token: ${error.message}`) : error
  }
  if (flags.text('output') === '') return yield* call.out(`${answer.status.token}\n`)
  yield* call.out(printer(call, { isTyped: true })({ kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', ...answer }))
}
