/** Columns many kinds share, and how durations and lists look in them. */
import { humanDuration } from '../../base/human-duration.ts'
import type { KubernetesObject } from '../api/client.ts'
import type { V1PodSpec } from './generated/types.ts'
import type { Column } from './kind.ts'

export const nameDescription =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names'

export const ageDescription =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata'

export const name: Column<KubernetesObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: nameDescription,
  priority: 0,
  value: ({ metadata }) => metadata.name,
}

export const ageColumn: Column<KubernetesObject> = {
  name: 'Age',
  type: 'string',
  description: ageDescription,
  priority: 0,
  value: ({ metadata }, nowMs) => age(metadata.creationTimestamp, nowMs),
}

/** How long ago, as short as `kubectl` says it. */
export function age(timestamp: string | undefined | null, nowMs: number): string {
  if (!timestamp) return '<unknown>'
  return humanDuration(nowMs - Date.parse(timestamp))
}

export function containerNames(spec: Pick<V1PodSpec, 'containers'> | undefined): string {
  return (spec?.containers ?? []).map((container) => container.name).join(',')
}

export function containerImages(spec: Pick<V1PodSpec, 'containers'> | undefined): string {
  return (spec?.containers ?? []).map((container) => container.image ?? '').join(',')
}

/** `a=b,c=d`, or `<none>`. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort()
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key]}`).join(',')
}

/** A column that is always shown. */
export function column<T>(title: string, type: Column['type'], description: string, value: Column<T>['value']): Column<T> {
  return { name: title, type, description, priority: 0, value }
}

/** A column that `-o wide` adds. */
export function wide<T>(title: string, type: Column['type'], description: string, value: Column<T>['value']): Column<T> {
  return { name: title, type, description, priority: 1, value }
}
