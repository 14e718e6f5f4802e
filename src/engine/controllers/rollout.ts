/** The arithmetic of rollouts: percentages, and a set's share when a Deployment is resized in mid-rollout. */
import type { IntOrString, V1Deployment } from '../kinds/generated/types.ts'

export interface Limits {
  readonly replicas: number
  readonly maxSurge: number
  readonly maxUnavailable: number
}

export function latestLimits({ spec }: V1Deployment): Limits {
  const replicas = spec.replicas ?? 1
  if (spec.strategy?.type === 'Recreate') return { replicas, maxSurge: 0, maxUnavailable: 0 }
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {}
  const surge = scaledUp(maxSurge, replicas)
  const unavailable = scaledDown(maxUnavailable, replicas)
  // Both zero would never move; upstream lets one pod go.
  return { replicas, maxSurge: surge, maxUnavailable: Math.min(replicas, surge === 0 && unavailable === 0 ? 1 : unavailable) }
}

export function scaledUp(value: IntOrString, total: number): number {
  return typeof value === 'number' ? value : Math.ceil((percent(value) * total) / 100)
}

export function scaledDown(value: IntOrString, total: number): number {
  return typeof value === 'number' ? value : Math.floor((percent(value) * total) / 100)
}

function percent(text: string): number {
  return Number.parseInt(text, 10) || 0
}

/** How many of `toAdd` (negative: to take away) fall to one set, given what others already got. */
export function proportion(
  set: { readonly replicas: number; readonly annotatedMax: number },
  { replicas, maxSurge }: Limits,
  toAdd: number,
  added: number,
): number {
  if (set.replicas === 0 || toAdd === 0 || toAdd === added) return 0
  const fraction = replicas === 0 ? -set.replicas : Math.round((set.replicas * (replicas + maxSurge)) / set.annotatedMax) - set.replicas
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added)
}
