/**
 * What all `kubectl create KIND` commands read of their line: the name, the flags they cannot do without.
 */
import type { Blocking } from '../../../unix/kernel/process.ts'
import type { Call } from '../call.ts'
import type { Json } from '../json.ts'
import { Refusal } from '../refusal.ts'

export type Run = (call: Call) => Blocking<void>

/** The one NAME argument. */
export function nameOf(call: Call): string {
  const { args, dashAt } = call.flags
  if (dashAt >= 0 && dashAt !== 1 && args.length > 0) {
    if (dashAt === 0) throw call.usage(`exactly one NAME is required, got ${args.length}`)
    throw call.usage(`exactly one NAME is required, got ${dashAt}`)
  }
  const names = dashAt >= 0 ? args.slice(0, dashAt) : args
  if (names.length !== 1) throw call.usage(`exactly one NAME is required, got ${names.length}`)
  return names[0]
}

export function needed(call: Call, ...names: string[]): void {
  const missing = names.filter((name) => !call.flags.isSet(name))
  if (missing.length > 0) throw new Refusal(`required flag(s) ${missing.map((name) => `"${name}"`).join(', ')} not set`)
}

export function meta(call: Call, name: string, extra: Record<string, Json> = {}): Json {
  return { name, ...(call.access.isNamespaceForced ? { namespace: call.namespace } : {}), creationTimestamp: null, ...extra }
}

export const clusterMeta = (name: string, extra: Record<string, Json> = {}): Json => ({ name, creationTimestamp: null, ...extra })
