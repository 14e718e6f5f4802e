/** Which taints a pod puts up with, and for how long. */
import type { V1Pod, V1Taint, V1Toleration } from '../kinds/generated/types.ts'

function tolerates(toleration: V1Toleration, taint: V1Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === 'Exists') return true
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
}

export function isTolerated(taint: V1Taint, tolerations: readonly V1Toleration[] | undefined): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false
}

/** The first taint of these effects that the pod does not tolerate. */
export function untolerated(pod: V1Pod, taints: readonly V1Taint[] | undefined, effects: readonly string[]): V1Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !isTolerated(taint, pod.spec.tolerations))
}
