/** Roles that are made of other roles: whoever labels a ClusterRole `aggregate-to-view` adds its rules to `view`, as upstream's controller does. */
import type { V1ClusterRole, V1PolicyRule } from '../../kinds/generated/types.ts'
import type { StoredObject } from '../../kinds/kind.ts'
import { isSame } from '../objects.ts'
import type { Registry } from '../registry.ts'
import { selectorMatches } from '../selectors.ts'

const resource = 'clusterroles.rbac.authorization.k8s.io'

export function keepAggregated(registry: Registry): void {
  let isNoted = false
  registry.store.watch(resource, () => {
    if (isNoted) return
    isNoted = true
    registry.clock.after(0, () => {
      isNoted = false
      aggregate(registry)
    })
  })
}

/** `admin` gathers `edit`, which gathers `view`: again, until nothing is new. */
export function aggregate(registry: Registry): void {
  while (gatherOnce(registry));
}

function gatherOnce(registry: Registry): boolean {
  let isChanged = false
  const kind = registry.kind(resource)
  const all = registry.store.list(resource) as readonly V1ClusterRole[]
  for (const { metadata, aggregationRule, rules = [] } of all) {
    const selectors = aggregationRule?.clusterRoleSelectors
    if (!selectors || !kind) continue
    const gathered = new Map<string, V1PolicyRule>()
    for (const role of all) {
      if (role.metadata.name === metadata.name || !selectors.some((selector) => selectorMatches(selector, role.metadata.labels))) continue
      for (const rule of role.rules ?? []) gathered.set(textOf(rule), gathered.get(textOf(rule)) ?? rule)
    }
    if (isSame([...gathered.values()], rules)) continue
    registry.update(kind, '', metadata.name, (old) => ({ ...old, rules: [...gathered.values()] }) as StoredObject, {
      by: 'clusterrole-aggregation-controller',
      because: 0,
    })
    isChanged = true
  }
  return isChanged
}

/** The same text is the same rule; roles are compared over and over. */
function textOf(rule: V1PolicyRule): string {
  let text = texts.get(rule)
  if (text === undefined)
    texts.set(rule, (text = JSON.stringify([rule.verbs, rule.apiGroups, rule.resources, rule.resourceNames, rule.nonResourceURLs])))
  return text
}

const texts = new WeakMap<V1PolicyRule, string>()
