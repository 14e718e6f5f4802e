/**
 * From what the metrics ask for to what an autoscaler really does: recommendations of the last minutes hold a shrinking back, policies
 * bound each step, and the reasons for it become the conditions that `kubectl describe hpa` shows.
 */
import type { V2HorizontalPodAutoscalerSpec, V2HPAScalingRules } from '../kinds/generated/types.ts'

export interface Timed {
  readonly replicas: number
  readonly atMs: number
}

/** Scalings that were done: by how many, and when. */
export interface Scalings {
  readonly up: readonly Timed[]
  readonly down: readonly Timed[]
}

export interface Word {
  readonly type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited'
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

interface Wish {
  readonly spec: V2HorizontalPodAutoscalerSpec
  readonly current: number
  readonly wanted: number
  readonly recommendations: readonly Timed[]
  readonly scalings: Scalings
  readonly nowMs: number
}

const shrinkWindowSeconds = 300

export function bounded(wish: Wish): { readonly replicas: number; readonly words: readonly Word[] } {
  const { replicas: stable, reason } = wish.spec.behavior ? stabilised(wish) : highestOfLate(wish)
  const able: Word = reason ?? {
    type: 'AbleToScale',
    status: 'True',
    reason: 'ReadyForNewScale',
    message: 'recommended size matches current size',
  }
  const limit = wish.spec.behavior ? limitedByPolicies(wish, stable) : limitedByDefault(wish, stable)
  const word: Word = {
    type: 'ScalingLimited',
    status: limit.replicas === stable ? 'False' : 'True',
    reason: limit.why,
    message: texts[limit.why],
  }
  return { replicas: limit.replicas, words: [able, word] }
}

const texts = {
  TooFewReplicas: 'the desired replica count is less than the minimum replica count',
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  ScaleUpLimit: 'the desired replica count is increasing faster than the maximum scale rate',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
  DesiredWithinRange: 'the desired count is within the acceptable range',
} as const

interface Limit {
  readonly replicas: number
  readonly why: keyof typeof texts
}

const held: Word = {
  type: 'AbleToScale',
  status: 'True',
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
}
const delayed: Word = {
  type: 'AbleToScale',
  status: 'True',
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
}

function highestOfLate({ wanted, recommendations, nowMs }: Wish): { replicas: number; reason?: Word } {
  let replicas = wanted
  for (const each of recommendations) if (each.atMs > nowMs - shrinkWindowSeconds * 1000) replicas = Math.max(replicas, each.replicas)
  return replicas === wanted ? { replicas } : { replicas, reason: held }
}

function stabilised({ spec, current, wanted, recommendations, nowMs }: Wish): { replicas: number; reason?: Word } {
  const upMs = (spec.behavior?.scaleUp?.stabilizationWindowSeconds ?? 0) * 1000
  const downMs = (spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? shrinkWindowSeconds) * 1000
  let least = wanted
  let most = wanted
  for (const { replicas, atMs } of recommendations) {
    if (atMs > nowMs - upMs) least = Math.min(least, replicas)
    if (atMs > nowMs - downMs) most = Math.max(most, replicas)
  }
  const replicas = Math.min(Math.max(current, least), most)
  if (replicas === wanted) return { replicas }
  return { replicas, reason: wanted >= current ? delayed : held }
}

function limitedByDefault({ spec, current }: Wish, wanted: number): Limit {
  const rate = Math.max(2 * current, 4)
  const most = Math.min(rate, spec.maxReplicas)
  if (wanted < (spec.minReplicas ?? 1)) return { replicas: spec.minReplicas ?? 1, why: 'TooFewReplicas' }
  if (wanted > most) return { replicas: most, why: spec.maxReplicas > rate ? 'ScaleUpLimit' : 'TooManyReplicas' }
  return { replicas: wanted, why: 'DesiredWithinRange' }
}

function limitedByPolicies(wish: Wish, wanted: number): Limit {
  const { spec, current } = wish
  if (wanted > current) {
    const rate = Math.max(current, rateOf(wish, spec.behavior?.scaleUp, 'up'))
    const most = Math.min(rate, spec.maxReplicas)
    if (wanted > most) return { replicas: most, why: spec.maxReplicas > rate ? 'ScaleUpLimit' : 'TooManyReplicas' }
  } else if (wanted < current) {
    const rate = Math.min(current, rateOf(wish, spec.behavior?.scaleDown, 'down'))
    const least = Math.max(rate, spec.minReplicas ?? 1)
    if (wanted < least) return { replicas: least, why: (spec.minReplicas ?? 1) < rate ? 'ScaleDownLimit' : 'TooFewReplicas' }
  }
  return { replicas: wanted, why: 'DesiredWithinRange' }
}

/** How far the policies let the size go in one direction; `Max` means the one that changes most. */
function rateOf({ current, scalings, nowMs }: Wish, rules: V2HPAScalingRules | undefined, direction: 'up' | 'down'): number {
  if (rules?.selectPolicy === 'Disabled') return current
  const sizes = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const during = (list: readonly Timed[]) =>
      list.reduce((sum, { replicas, atMs }) => sum + (atMs > nowMs - periodSeconds * 1000 ? replicas : 0), 0)
    const before = current - during(scalings.up) + during(scalings.down)
    if (direction === 'up') return type === 'Pods' ? before + value : Math.ceil(before * (1 + value / 100))
    return type === 'Pods' ? before - value : Math.trunc(before * (1 - value / 100))
  })
  if (sizes.length === 0) return direction === 'up' ? Number.POSITIVE_INFINITY : 0
  return (direction === 'up') === (rules?.selectPolicy !== 'Min') ? Math.max(...sizes) : Math.min(...sizes)
}
