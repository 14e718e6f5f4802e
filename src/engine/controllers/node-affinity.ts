/** Whether a node is one a pod asked for: `nodeSelector` and node affinity. */
import type { V1Node, V1NodeSelectorTerm, V1Pod } from '../kinds/generated/types.ts'
import { matchesExpression, matchesLabels } from './objects.ts'

export function matchesNode(pod: V1Pod, node: V1Node): boolean {
  const { nodeSelector, affinity } = pod.spec
  if (nodeSelector && !matchesLabels(nodeSelector, node.metadata.labels)) return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

/** A term that says nothing matches nothing. */
export function matchesTerm({ matchExpressions = [], matchFields = [] }: V1NodeSelectorTerm, { metadata }: V1Node): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  for (const { key, operator, values = [] } of matchExpressions)
    if (!matchesExpression(metadata.labels?.[key], operator, values)) return false
  for (const { key, operator, values = [] } of matchFields)
    if (key !== 'metadata.name' || !matchesExpression(metadata.name, operator, values)) return false
  return true
}

export function preference(pod: V1Pod, node: V1Node): number {
  let weight = 0
  for (const term of pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
    if (matchesTerm(term.preference, node)) weight += term.weight
  return weight
}
