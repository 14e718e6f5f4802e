/**
 * Nobody hands out more than they have: whoever writes a role must hold what it grants, or may `escalate`; whoever writes a binding must
 * hold what the bound role grants, or may `bind` it.
 */
import type { V1ClusterRole, V1PolicyRule, V1RoleBinding } from '../../kinds/generated/types.ts'
import { resourceName, type Kind, type StoredObject } from '../../kinds/kind.ts'
import { grants, isAllowed, type User } from './authorization.ts'
import { ApiError } from '../client.ts'
import { forbidden, notFound } from '../errors.ts'
import type { Registry } from '../registry.ts'

const rbac = 'rbac.authorization.k8s.io'

export function refuseEscalation(registry: Registry, user: User, kind: Kind, object: StoredObject, old: StoredObject | undefined): void {
  if (kind.group !== rbac || user.groups.includes('system:masters')) return
  const { name, namespace = '' } = object.metadata
  switch (resourceName(kind)) {
    case `roles.${rbac}`:
    case `clusterroles.${rbac}`: {
      const { rules = [] } = object as unknown as V1ClusterRole
      if (old && rules === (old as unknown as V1ClusterRole).rules) return
      if (isAllowed(registry, user, { verb: 'escalate', group: rbac, resource: kind.resource, namespace, name })) return
      refuseMissing(registry, user, kind, object, rules)
      return
    }
    case `rolebindings.${rbac}`:
    case `clusterrolebindings.${rbac}`: {
      const { roleRef } = object as unknown as V1RoleBinding
      if (roleRef.kind !== 'Role' && roleRef.kind !== 'ClusterRole')
        throw new ApiError(500, '', `unsupported role reference kind: ${JSON.stringify(roleRef.kind)}`)
      const resource = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles'
      if (isAllowed(registry, user, { verb: 'bind', group: rbac, resource, namespace, name: roleRef.name })) return
      const role = registry.store.get(`${resource}.${rbac}`, resource === 'roles' ? `${namespace}/${roleRef.name}` : roleRef.name) as
        | V1ClusterRole
        | undefined
      if (!role) throw notFound({ group: rbac, resource }, roleRef.name)
      refuseMissing(registry, user, kind, object, role.rules ?? [])
    }
  }
}

function refuseMissing(registry: Registry, user: User, kind: Kind, { metadata }: StoredObject, wanted: readonly V1PolicyRule[]): void {
  const held = [...grants(registry, user, metadata.namespace ?? '')].flatMap(({ rules }) => rules)
  const missing = wanted.flatMap(single).filter((rule) => !held.some((each) => includes(each, rule)))
  if (missing.length === 0) return
  const who = `user ${JSON.stringify(user.name)} (groups=[${user.groups.map((group) => JSON.stringify(group)).join(' ')}])`
  throw forbidden(
    kind,
    metadata.name,
    `${who} is attempting to grant RBAC permissions not currently held:\n${compact(missing).map(ruleText).sort().join('\n')}`,
  )
}

/** A rule as rules of one verb and one thing each. */
function single({ verbs, apiGroups = [], resources = [], resourceNames, nonResourceURLs = [] }: V1PolicyRule): V1PolicyRule[] {
  return verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames?.length
          ? resourceNames.map((name) => ({ verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: [name] }))
          : [{ verbs: [verb], apiGroups: [group], resources: [resource] }],
      ),
    ),
    ...nonResourceURLs.map((url) => ({ verbs: [verb], nonResourceURLs: [url] })),
  ])
}

function includes(held: V1PolicyRule, rule: V1PolicyRule): boolean {
  const has = (own: readonly string[] = [], wanted: readonly string[] = []) =>
    own.includes('*') || wanted.every((each) => own.includes(each))
  if (!has(held.verbs, rule.verbs)) return false
  if (rule.nonResourceURLs)
    return rule.nonResourceURLs.every((url) =>
      (held.nonResourceURLs ?? []).some((own) => own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1)))),
    )
  const hasResources =
    has(held.resources, rule.resources) ||
    (rule.resources ?? []).every((resource) => held.resources?.includes(`*/${resource.split('/')[1]}`))
  return (
    has(held.apiGroups, rule.apiGroups) &&
    hasResources &&
    (!held.resourceNames?.length || (rule.resourceNames !== undefined && has(held.resourceNames, rule.resourceNames)))
  )
}

/** Verbs on the same thing are said together. */
function compact(rules: readonly V1PolicyRule[]): V1PolicyRule[] {
  const byThing = new Map<string, V1PolicyRule>()
  for (const rule of rules) {
    const thing = JSON.stringify({ ...rule, verbs: [] })
    const known = byThing.get(thing)
    byThing.set(thing, known ? { ...known, verbs: [...new Set([...known.verbs, ...rule.verbs])] } : rule)
  }
  return [...byThing.values()]
}

function ruleText({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: V1PolicyRule): string {
  const parts = Object.entries({
    APIGroups: apiGroups,
    Resources: resources,
    ResourceNames: resourceNames,
    NonResourceURLs: nonResourceURLs,
    Verbs: verbs,
  })
  return `{${parts.flatMap(([title, values]) => (values?.length ? [`${title}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`] : [])).join(', ')}}`
}
