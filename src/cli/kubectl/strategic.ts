/**
 * The patches that kubectl computes itself: from two or three states of an object to a strategic merge patch (built-in kinds) or a JSON
 * merge patch (custom ones). Which lists are merged by key is the little table below; a list that is not in it is replaced whole.
 */
import { goValue } from '../go-values.ts'
import { equal, isMap, type Json, type KubeObject } from './json.ts'
import { Refusal } from './refusal.ts'

type Map = Record<string, Json>

export interface Rule {
  readonly strategy: 'merge' | 'replace'
  /** Undefined for lists of scalars. */
  readonly key?: string
  readonly retainsKeys?: boolean
}

const byKey = (key: string, retainsKeys = false): Rule => ({ strategy: 'merge', key, retainsKeys })
const podLists: Readonly<Record<string, Rule>> = {
  containers: byKey('name'),
  initContainers: byKey('name'),
  ephemeralContainers: byKey('name'),
  volumes: byKey('name', true),
  imagePullSecrets: byKey('name'),
  hostAliases: byKey('ip'),
  topologySpreadConstraints: byKey('topologyKey'),
  schedulingGates: byKey('name'),
  resourceClaims: byKey('name', true),
}
const containerLists: Readonly<Record<string, Rule>> = {
  env: byKey('name'),
  ports: byKey('containerPort'),
  volumeMounts: byKey('mountPath'),
  volumeDevices: byKey('devicePath'),
}
const metadataLists: Readonly<Record<string, Rule>> = { finalizers: { strategy: 'merge' }, ownerReferences: byKey('uid') }
const kindLists: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  'Service/spec': { ports: byKey('port') },
  'ServiceAccount/': { secrets: byKey('name'), imagePullSecrets: { strategy: 'replace' } },
  'Deployment/spec': { strategy: { strategy: 'merge', retainsKeys: true } },
  'PodDisruptionBudget/spec': { selector: { strategy: 'replace' } },
  'MutatingWebhookConfiguration/': { webhooks: byKey('name') },
  'ValidatingWebhookConfiguration/': { webhooks: byKey('name') },
  'ValidatingAdmissionPolicy/spec': { matchConditions: byKey('name'), variables: byKey('name') },
  'Node/spec': { podCIDRs: { strategy: 'merge' } },
}

/** Groups whose types are compiled into kubectl; all others are patched by JSON merge. */
export function isBuiltIn(apiVersion: string): boolean {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
  if (['', 'apps', 'batch', 'autoscaling', 'policy', 'extensions'].includes(group)) return true
  return /^(admissionregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io$/.test(
    group,
  )
}

export function ruleFor(kind: string, path: readonly string[], field: string): Rule | undefined {
  const parent = path.at(-1) ?? ''
  if (['containers', 'initContainers', 'ephemeralContainers'].includes(parent)) return containerLists[field]
  if (parent === 'metadata') return metadataLists[field]
  if (parent === 'status' && field === 'conditions') return byKey('type')
  const own = kindLists[`${kind}/${path.join('.')}`]?.[field]
  if (own) return own
  if (parent === 'spec' && (path.length > 1 || kind === 'Pod')) return podLists[field]
  return undefined
}

interface Mode {
  readonly kind: string
  readonly ignoresDeletions?: boolean
  readonly ignoresChanges?: boolean
  readonly ordersElements?: boolean
}

/** An item that should be told from its neighbours by a key has none. */
export class KeyMissing extends Refusal {}

/** From `current` to `modified`, with no memory of what was applied before. */
export function twoWayPatch(kind: string, original: Json, modified: Json): Map {
  return diffMaps(original, modified, [], { kind, ordersElements: true })
}

/** What apply sends: changes against the live object, deletions against what was applied last. */
export function threeWayPatch(kind: string, original: Json, modified: Json, current: Json): Map {
  const delta = diffMaps(current, modified, [], { kind, ignoresDeletions: true, ordersElements: true })
  const deletions = diffMaps(original, modified, [], { kind, ignoresChanges: true, ordersElements: true })
  return mergePatches(kind, deletions, delta, [])
}

function diffMaps(original: Map, modified: Map, path: readonly string[], mode: Mode, retainsKeys = false): Map {
  const patch: Map = {}
  for (const key of Object.keys(original).sort()) {
    const before = original[key]
    if (!Object.hasOwn(modified, key) || modified[key] === undefined) {
      if (!mode.ignoresDeletions) patch[key] = null
      continue
    }
    const after = modified[key]
    if (isMap(before) && isMap(after)) diffInnerMaps(patch, key, before, after, path, mode)
    else if (Array.isArray(before) && Array.isArray(after)) diffInnerLists(patch, key, before, after, path, mode)
    else if (!mode.ignoresChanges && !equal(before, after)) patch[key] = after
  }
  if (!mode.ignoresChanges) {
    for (const key of Object.keys(modified)) if (!Object.hasOwn(original, key) && modified[key] !== undefined) patch[key] = modified[key]
  }
  const hasNew = Object.keys(modified).some((key) => !Object.hasOwn(original, key))
  if (retainsKeys && Object.keys(modified).length > 0 && (Object.keys(patch).length > 0 || hasNew))
    patch.$retainKeys = Object.keys(modified).sort()
  return patch
}

function diffInnerMaps(patch: Map, key: string, before: Map, after: Map, path: readonly string[], mode: Mode): void {
  const rule = ruleFor(mode.kind, path, key)
  if (rule?.strategy === 'replace') {
    if (!mode.ignoresChanges && !equal(before, after)) patch[key] = after
    return
  }
  const inner = diffMaps(before, after, [...path, key], mode, rule?.retainsKeys)
  if (Object.keys(inner).length > 0) patch[key] = inner
}

function diffInnerLists(patch: Map, key: string, before: Json[], after: Json[], path: readonly string[], mode: Mode): void {
  const rule = ruleFor(mode.kind, path, key)
  if (rule?.strategy !== 'merge') {
    if (!mode.ignoresChanges && !equal(before, after)) patch[key] = after
    return
  }
  if (before.length === 0) {
    if (after.length > 0 && !mode.ignoresChanges) patch[key] = after
    return
  }
  if (rule.key === undefined) return diffScalars(patch, key, before, after, mode)
  const mergeKey = rule.key
  const keyless = [...after, ...before].find((item) => isMap(item) && item[mergeKey] === undefined)
  if (keyless !== undefined) throw new KeyMissing(`map: ${goValue(keyless)} does not contain declared merge key: ${mergeKey}`)
  const { changed, deleted } = diffKeyed(before, after, mergeKey, [...path, key], mode, rule.retainsKeys === true)
  const list = [...changed, ...deleted]
  const isSameOrder = before.length === after.length && before.every((item, index) => item?.[mergeKey] === after[index]?.[mergeKey])
  if (list.length > 0) patch[key] = list
  if (mode.ordersElements && (list.length > 0 || !isSameOrder))
    patch[`$setElementOrder/${key}`] = after.map((item) => ({ [mergeKey]: item[mergeKey] }))
}

function diffScalars(patch: Map, key: string, before: Json[], after: Json[], mode: Mode): void {
  const added = mode.ignoresChanges ? [] : after.filter((item) => !before.includes(item))
  const deleted = mode.ignoresDeletions ? [] : before.filter((item) => !after.includes(item))
  if (added.length > 0) patch[key] = added.sort()
  if (deleted.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = deleted.sort()
  if (mode.ordersElements && (added.length > 0 || deleted.length > 0 || !equal(before, after))) patch[`$setElementOrder/${key}`] = after
}

function diffKeyed(
  before: Json[],
  after: Json[],
  mergeKey: string,
  path: readonly string[],
  mode: Mode,
  retainsKeys: boolean,
): { changed: Json[]; deleted: Json[] } {
  const changed: Json[] = []
  const deleted: Json[] = []
  // Port 53 by UDP and by TCP have one key: of several such, the first is compared with the first, the second with the second.
  const twinOf = (items: Json[], index: number, others: Json[]): Json | undefined => {
    const hasKey = (other: Json): boolean => other?.[mergeKey] === items[index]?.[mergeKey]
    return others.filter(hasKey)[items.slice(0, index).filter(hasKey).length]
  }
  for (const [index, item] of after.entries()) {
    const twin = twinOf(after, index, before)
    if (twin === undefined) {
      if (!mode.ignoresChanges) changed.push(item)
      continue
    }
    const inner = diffMaps(twin, item, path, mode, retainsKeys)
    if (Object.keys(inner).length > 0) changed.push({ ...inner, [mergeKey]: item[mergeKey] })
  }
  if (!mode.ignoresDeletions) {
    for (const [index, item] of before.entries())
      if (twinOf(before, index, after) === undefined) deleted.push({ $patch: 'delete', [mergeKey]: item[mergeKey] })
  }
  return { changed, deleted }
}

/** Two patches of one object as one; what `second` says wins. */
function mergePatches(kind: string, first: Map, second: Map, path: readonly string[]): Map {
  const merged: Map = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const before = merged[key]
    if (isMap(before) && isMap(value)) merged[key] = mergePatches(kind, before, value, [...path, key])
    else if (Array.isArray(before) && Array.isArray(value) && !key.startsWith('$')) {
      const rule = ruleFor(kind, path, key)
      if (rule?.strategy !== 'merge') merged[key] = value
      else if (rule.key === undefined) merged[key] = [...new Set([...before, ...value])]
      else merged[key] = mergeKeyed(kind, before, value, rule.key, [...path, key])
    } else merged[key] = value
  }
  return merged
}

function mergeKeyed(kind: string, first: Json[], second: Json[], mergeKey: string, path: readonly string[]): Json[] {
  const merged = second.map((item) => {
    const twin = first.find((other) => other[mergeKey] === item[mergeKey] && other.$patch !== 'delete')
    return twin ? mergePatches(kind, twin, item, path) : item
  })
  return [...merged, ...first.filter((item) => !second.some((other) => other[mergeKey] === item[mergeKey]))]
}

// JSON merge patches

export function mergePatch(original: Json, modified: Json): Map {
  const patch: Map = {}
  for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) patch[key] = null
  for (const [key, value] of Object.entries(modified)) {
    if (!Object.hasOwn(original, key)) patch[key] = value
    else if (isMap(value) && isMap(original[key])) {
      const inner = mergePatch(original[key], value)
      if (Object.keys(inner).length > 0) patch[key] = inner
    } else if (!equal(original[key], value)) patch[key] = value
  }
  return patch
}

export function threeWayMergePatch(original: Json, modified: Json, current: Json): Map {
  const changes = onlyNulls(mergePatch(current, modified), false)
  const deletions = onlyNulls(mergePatch(original, modified), true)
  return join(changes, deletions)
}

function onlyNulls(patch: Map, isKeepingNulls: boolean): Map {
  const kept: Map = {}
  for (const [key, value] of Object.entries(patch)) {
    if (isMap(value)) {
      const inner = onlyNulls(value, isKeepingNulls)
      if (Object.keys(inner).length > 0 || (!isKeepingNulls && Object.keys(value).length === 0)) kept[key] = inner
    } else if ((value === null) === isKeepingNulls) kept[key] = value
  }
  return kept
}

function join(a: Map, b: Map): Map {
  const joined: Map = { ...a }
  for (const [key, value] of Object.entries(b)) joined[key] = isMap(value) && isMap(joined[key]) ? join(joined[key], value) : value
  return joined
}

/** Applies a strategic patch the way `--local` and `--dry-run=client` need it. */
export function patched(kind: string, object: Json, patch: Json, path: readonly string[] = []): Json {
  if (patch.$patch === 'replace') return withoutDirectives(patch)
  let result: Map = { ...object }
  if (Array.isArray(patch.$retainKeys))
    result = Object.fromEntries(Object.entries(result).filter(([key]) => patch.$retainKeys.includes(key)))
  for (const [key, value] of Object.entries(patch) as [string, Json][]) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const name = key.slice('$deleteFromPrimitiveList/'.length)
      result[name] = (result[name] ?? []).filter((item: Json) => !value.includes(item))
    }
    if (key.startsWith('$')) continue
    if (value === null) delete result[key]
    else if (isMap(value) && isMap(result[key]))
      result[key] = ruleFor(kind, path, key)?.strategy === 'replace' ? value : patched(kind, result[key], value, [...path, key])
    else if (Array.isArray(value) && Array.isArray(result[key])) result[key] = patchedList(kind, result[key], value, path, key)
    else result[key] = isMap(value) ? withoutNulls(withoutDirectives(value)) : value
  }
  for (const [key, order] of Object.entries(patch) as [string, Json][]) {
    if (!key.startsWith('$setElementOrder/')) continue
    const name = key.slice('$setElementOrder/'.length)
    const mergeKey = ruleFor(kind, path, name)?.key
    const position = (item: Json): number => {
      const index = order.findIndex((entry: Json) => (mergeKey ? entry[mergeKey] === item?.[mergeKey] : entry === item))
      return index < 0 ? order.length : index
    }
    if (Array.isArray(result[name])) result[name] = [...result[name]].sort((a, b) => position(a) - position(b))
  }
  return result
}

function patchedList(kind: string, before: Json[], patch: Json[], path: readonly string[], key: string): Json[] {
  const rule = ruleFor(kind, path, key)
  if (rule?.strategy !== 'merge') return patch
  if (rule.key === undefined) return [...before, ...patch.filter((item) => !before.includes(item))]
  const mergeKey = rule.key
  let list = [...before]
  for (const item of patch) {
    const index = list.findIndex((other) => other?.[mergeKey] === item?.[mergeKey])
    if (item.$patch === 'delete') list = list.filter((_, place) => place !== index)
    else if (index >= 0) list[index] = patched(kind, list[index], item, [...path, key])
    else list.push(withoutDirectives(item))
  }
  return list
}

function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('$'))
      .map(([key, item]) => [key, withoutDirectives(item)]),
  )
}

function withoutNulls(value: Json): Json {
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  )
}

/** RFC 7386. */
export function mergePatched(object: Json, patch: Json): Json {
  if (!isMap(patch)) return patch
  const result: Map = isMap(object) ? { ...object } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatched(result[key], value)
  }
  return result
}

export type { KubeObject }
