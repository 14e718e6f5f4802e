/**
 * Patches of a kustomization: pieces of resources that are merged (lists by their merge key, the patch's elements first), or operations
 * of RFC 6902. Which one a text is, its shape says.
 */
import { goYaml } from '../../go-yaml.ts'
import { documents, fromYaml, YamlError } from '../../yaml-input.ts'
import { isMap, type Json } from '../json.ts'
import { jsonPatched } from '../json-patch.ts'
import { Refusal } from '../refusal.ts'
import { isBuiltIn, ruleFor } from '../strategic.ts'
import { textOf } from '../../../base/bytes.ts'
import type { Folder } from './folder.ts'
import { groupOf, idText, namesOf, remember, type Resource, versionOf } from './resource.ts'

export function patchAll(folder: Folder, fields: Json, resources: Resource[]): void {
  for (const entry of fields.patchesStrategicMerge ?? []) {
    const isInline = String(entry).includes('\n') || /^\s*\{/.test(entry)
    const text = isInline
      ? entry
      : textOf(
          folder.read(
            entry,
            (why) => `trouble configuring builtin PatchStrategicMergeTransformer with config: \`\npaths:\n- ${entry}\n\`: ${why}`,
          ),
        )
    for (const patch of parsed(text)) mergeInto(resources, patch, {})
  }
  for (const entry of fields.patches ?? []) applyOne(folder, 'PatchTransformer', entry, resources)
}

/** Operations come late: after names and labels have been changed. */
export function patchWithOperations(folder: Folder, fields: Json, resources: Resource[]): void {
  for (const entry of fields.patchesJson6902 ?? []) applyOne(folder, 'PatchJson6902Transformer', entry, resources)
}

function applyOne(folder: Folder, transformer: string, entry: Json, resources: Resource[]): void {
  const { path, patch, target, options = {} } = entry
  const config = (): string =>
    `trouble configuring builtin ${transformer} with config: \`\n${goYaml(Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))))}\``
  if (!path && !patch) throw new Refusal(`${config()}: must specify one of patch and path in\n${goYaml(entry)}`)
  if (path && patch) throw new Refusal(`${config()}: patch and path can't be set at the same time\n${goYaml(entry)}`)
  const text: string = patch ?? textOf(folder.read(path, (why) => `${config()}: failed to get the patch file from path(${path}): ${why}`))
  const operations = operationsOf(text)
  const pieces = operations ? [] : piecesOf(text)
  if (!operations && pieces.length === 0)
    throw new Refusal(
      `${config()}: unable to parse SM or JSON patch from [${path ? `path: ${JSON.stringify(path)}` : `patch: ${JSON.stringify(patch)}`}]`,
    )
  if (operations && !target)
    throw new Refusal(
      `must specify a target for JSON patch [${path ? `path: ${JSON.stringify(path)}` : `patch: ${JSON.stringify(patch)}`}]`,
    )
  if (!target) {
    for (const piece of pieces) mergeInto(resources, piece, options)
    return
  }
  for (const resource of [...resources]) {
    if (!isSelected(resource, target)) continue
    if (operations)
      replaced(resource, jsonPatched(resource.object, operations), { allowNameChange: true, allowKindChange: true, isUnremembered: true })
    else for (const piece of pieces) mergeOne(resources, resource, piece, options)
  }
}

function parsed(text: string): Json[] {
  try {
    return documents(text)
      .map((part) => fromYaml(part, {}, { plainWords: true }) as Json)
      .filter((part) => part !== null)
  } catch (error) {
    if (error instanceof YamlError) throw new Refusal(error.message)
    throw error
  }
}

function operationsOf(text: string): readonly Json[] | undefined {
  try {
    const value = fromYaml(text)
    return Array.isArray(value) && value.length > 0 && value.every((item) => isMap(item) && 'op' in item) ? value : undefined
  } catch (error) {
    if (error instanceof YamlError) return undefined
    throw error
  }
}

function piecesOf(text: string): Json[] {
  try {
    return parsed(text).filter((piece) => isMap(piece) && piece.kind && piece.metadata?.name)
  } catch (error) {
    if (error instanceof Refusal) return []
    throw error
  }
}

function mergeInto(resources: Resource[], piece: Json, options: Json): void {
  const found = resources.filter((resource) => {
    const { object } = resource
    return (
      object.kind === piece.kind &&
      groupOf(object) === groupOf(piece) &&
      namesOf(resource).some(
        ({ name, namespace }) => name === piece.metadata?.name && (!piece.metadata.namespace || namespace === piece.metadata.namespace),
      )
    )
  })
  if (found.length === 0)
    throw new Refusal(
      `no resource matches strategic merge patch ${JSON.stringify(idText(piece))}: no matches for Id ${idText(piece)}; failed to find unique target for patch ${idText(piece)}`,
    )
  mergeOne(resources, found[0], piece, options)
}

function mergeOne(resources: Resource[], resource: Resource, piece: Json, options: Json): void {
  const before = resource.object
  if (piece.$patch === 'delete') {
    resources.splice(resources.indexOf(resource), 1)
    return
  }
  replaced(resource, merged(before, piece, before.kind, [], isBuiltIn(before.apiVersion)), options)
}

/** Who a resource is stays as it was, unless the patch may change it. */
function replaced(resource: Resource, next: Json, options: Json): void {
  const { object } = resource
  // A name changed by an operation is not followed by those who refer to it.
  if (options.allowNameChange && !options.isUnremembered && next.metadata?.name !== object.metadata.name) remember(resource)
  resource.object = {
    ...next,
    ...(options.allowKindChange ? {} : { apiVersion: object.apiVersion, kind: object.kind }),
    metadata: options.allowNameChange
      ? next.metadata
      : { ...next.metadata, name: object.metadata.name, ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}) },
  }
}

function merged(before: Json, patch: Json, kind: string, path: readonly string[], isKnown: boolean): Json {
  if (patch.$patch === 'replace') return withoutDirectives(patch)
  const result: Json = { ...before }
  for (const [key, value] of Object.entries(patch) as [string, Json][]) {
    if (key.startsWith('$')) continue
    if (value === null || (isMap(value) && value.$patch === 'delete')) delete result[key]
    else if (isMap(value))
      result[key] = isMap(result[key])
        ? merged(result[key], value, kind, [...path, key], isKnown)
        : merged({}, value, kind, [...path, key], isKnown)
    else if (Array.isArray(value)) result[key] = mergedList(result[key], value, kind, path, key, isKnown)
    else result[key] = value
  }
  return result
}

function mergedList(before: Json, patch: Json[], kind: string, path: readonly string[], key: string, isKnown: boolean): Json {
  const rule = isKnown ? ruleFor(kind, path, key) : undefined
  const elements = patch.filter((item) => !(isMap(item) && item.$patch === 'replace' && Object.keys(item).length === 1))
  if (elements.length < patch.length || rule?.strategy !== 'merge' || !Array.isArray(before))
    return elements.filter((item) => item?.$patch !== 'delete').map(withoutDirectives)
  if (rule.key === undefined) return [...elements, ...before.filter((item) => !elements.includes(item))]
  const mergeKey = rule.key
  const isSame = (a: Json, b: Json): boolean => a?.[mergeKey] === b?.[mergeKey] && (a?.protocol ?? 'TCP') === (b?.protocol ?? 'TCP')
  const first = elements.flatMap((item) => {
    const old = before.find((other) => isSame(other, item))
    if (item.$patch === 'delete') return []
    return [old ? merged(old, item, kind, [...path, key], isKnown) : withoutDirectives(item)]
  })
  return [...first, ...before.filter((other) => !elements.some((item) => isSame(other, item)))]
}

function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !key.startsWith('$') && item !== null)
      .map(([key, item]) => [key, withoutDirectives(item)]),
  )
}

/** Whether a `target` or `select` means this resource: patterns match whole words. */
export function isSelected(
  resource: Resource,
  { group, version, kind, name, namespace, labelSelector, annotationSelector }: Json,
): boolean {
  const { object } = resource
  const matches = (pattern: string | undefined, text: string): boolean => !pattern || new RegExp(`^(?:${pattern})$`).test(text)
  if (!matches(group, groupOf(object)) || !matches(version, versionOf(object)) || !matches(kind, object.kind)) return false
  if (!namesOf(resource).some((known) => matches(name, known.name) && matches(namespace, known.namespace))) return false
  return isLabelled(object.metadata.labels ?? {}, labelSelector) && isLabelled(object.metadata.annotations ?? {}, annotationSelector)
}

function isLabelled(labels: Readonly<Record<string, string>>, selector: string | undefined): boolean {
  if (!selector) return true
  return (selector.match(/(?:[^,(]|\([^)]*\))+/g) ?? []).every((text) => {
    const term = text.trim()
    const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term)
    if (set)
      return (
        set[3]
          .split(',')
          .map((value) => value.trim())
          .includes(labels[set[1]] ?? '') ===
        (set[2] === 'in')
      )
    const unequal = /^([^!=]+)!=(.*)$/.exec(term)
    if (unequal) return labels[unequal[1].trim()] !== unequal[2].trim()
    const same = /^([^=]+)==?(.*)$/.exec(term)
    if (same) return labels[same[1].trim()] === same[2].trim()
    return term.startsWith('!') ? labels[term.slice(1).trim()] === undefined : labels[term] !== undefined
  })
}
