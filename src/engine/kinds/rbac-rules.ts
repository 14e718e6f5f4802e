/** What Role and ClusterRole share: the rules for rules. */
import type { FieldErrors } from './field-errors.ts'
import { Verbatim } from './field-errors.ts'
import type { V1PolicyRule } from './generated/types.ts'

export function validateRule(rule: V1PolicyRule, path: string, scope: 'namespace' | 'cluster', errors: FieldErrors): void {
  const { verbs, nonResourceURLs = [], apiGroups = [], resources = [], resourceNames = [] } = rule
  if (!verbs?.length) errors.required(`${path}.verbs`, 'verbs must contain at least one value')
  if (nonResourceURLs.length > 0) {
    const list = new Verbatim(`[]string{${nonResourceURLs.map((url) => JSON.stringify(url)).join(', ')}}`)
    if (scope === 'namespace') errors.invalid(`${path}.nonResourceURLs`, list, 'namespaced rules cannot apply to non-resource URLs')
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      errors.invalid(`${path}.nonResourceURLs`, list, 'rules cannot apply to both regular resources and non-resource URLs')
    return
  }
  if (apiGroups.length === 0) errors.required(`${path}.apiGroups`, 'resource rules must supply at least one api group')
  if (resources.length === 0) errors.required(`${path}.resources`, 'resource rules must supply at least one resource')
}
