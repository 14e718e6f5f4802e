/**
 * Strategic merge patches: like merge patches, but lists of objects are merged by a key that the schema names, and directives in the
 * patch (`$patch`, `$retainKeys`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…`) say what merging alone cannot.
 */
import { badRequest } from '../errors.ts'
import { isRecord, isSame } from '../objects.ts'
import type { Field, Schema } from '../../kinds/schema.ts'

type Json = Readonly<Record<string, unknown>>

const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

export function strategicPatched(schema: Schema, target: Json, patch: Json): Json {
  if (patch.$patch === 'replace') return without(patch, '$patch')
  if (patch.$patch === 'delete') return {}
  if (patch.$patch !== undefined && patch.$patch !== 'merge')
    throw badRequest(`unknown patch type found in map patch: ${String(patch.$patch)}`)
  let result: Record<string, unknown> = { ...target }
  if (Array.isArray(patch.$retainKeys)) {
    const kept = patch.$retainKeys as readonly unknown[]
    result = Object.fromEntries(Object.entries(result).filter(([key]) => kept.includes(key)))
  }
  for (const key of Object.keys(patch)) {
    if (key.startsWith('$')) continue
    const value = patch[key]
    if (value === null) delete result[key]
    else result[key] = patchedField(fieldOf(schema, key), { key, schema, old: result[key], value, patch })
  }
  for (const key of Object.keys(patch)) {
    if (key.startsWith(deletePrefix)) deletePrimitives(result, key.slice(deletePrefix.length), patch[key])
    // An order without a list of changes still orders what is there.
    const name = key.startsWith(orderPrefix) ? key.slice(orderPrefix.length) : undefined
    if (name === undefined || !Array.isArray(result[name]) || !Array.isArray(patch[key])) continue
    const old = Array.isArray(target[name]) ? (target[name] as readonly unknown[]) : []
    result[name] = ordered(result[name] as readonly unknown[], {
      patch: patch[key] as readonly unknown[],
      old,
      mergeKey: fieldOf(schema, name)?.mergeKey,
    })
  }
  return result
}

interface Patching {
  readonly key: string
  readonly schema: Schema
  readonly old: unknown
  readonly value: unknown
  readonly patch: Json
}

function patchedField(field: Field | undefined, { schema, old, value }: Patching): unknown {
  const inner: Schema = field?.schema ?? (schema.type === 'map' ? schema.values : { type: 'any' })
  if (Array.isArray(value))
    return patchedList(field, inner, Array.isArray(old) ? (old as readonly unknown[]) : [], value as readonly unknown[])
  if (!isRecord(value)) return value
  return strategicPatched(inner, isRecord(old) ? old : {}, value)
}

function patchedList(field: Field | undefined, schema: Schema, old: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  const items: Schema = schema.type === 'list' ? schema.items : { type: 'any' }
  const replacing = patch.some((each) => isRecord(each) && each.$patch === 'replace')
  const plain = patch.filter((each) => !(isRecord(each) && each.$patch === 'replace'))
  if (replacing || !field?.mergesList) return plain.map((each) => (isRecord(each) ? strategicPatched(items, {}, each) : each))
  const { mergeKey } = field
  // Lists of plain values that merge are sets.
  if (mergeKey === undefined)
    return ordered([...old, ...patch.filter((each) => !old.some((other) => isSame(other, each)))], { patch, old, mergeKey })
  let result = [...old]
  const kept: unknown[] = []
  for (const each of patch) {
    if (!isRecord(each)) throw badRequest('unexpected type: expected map')
    if (each[mergeKey] === undefined) throw badRequest(`map: map${goMap(each)} does not contain declared merge key: ${mergeKey}`)
    const isTwin = (other: unknown) => isRecord(other) && isSame(other[mergeKey], each[mergeKey])
    if (each.$patch === 'delete') {
      result = result.filter((other) => !isTwin(other))
      continue
    }
    kept.push(each)
    const at = result.findIndex(isTwin)
    if (at < 0) result.push(strategicPatched(items, {}, each))
    else result[at] = strategicPatched(items, result[at] as Json, each)
  }
  return ordered(result, { patch: kept, old, mergeKey })
}

/** What a real server has left of a patch when it finds that the result does not fit: lists whose order was told have been taken out by then. */
export function unspent(patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const left = Object.entries(patch).filter(
    ([key]) => !key.startsWith('$setElementOrder/') && !Object.hasOwn(patch, `$setElementOrder/${key}`),
  )
  return Object.fromEntries(left.map(([key, value]) => [key, unspent(value)]))
}

function goMap(value: Json): string {
  return `[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${isRecord(value[key]) ? `map${goMap(value[key])}` : String(value[key])}`)
    .join(' ')}]`
}

function deletePrimitives(result: Record<string, unknown>, key: string, values: unknown): void {
  const list = result[key]
  if (!Array.isArray(list) || !Array.isArray(values)) return
  const left = list.filter((each) => !values.includes(each))
  if (left.length > 0) result[key] = left
  else delete result[key]
}

interface Ordering {
  /** What the patch names, in its order. */
  readonly patch: readonly unknown[]
  readonly old: readonly unknown[]
  readonly mergeKey: string | undefined
}

/**
 * Elements the patch names stand in its order; those it does not name (somebody else's) keep theirs. Where the old list does not say which
 * of two comes first, the patch's does.
 */
function ordered(list: readonly unknown[], { patch, old, mergeKey }: Ordering): readonly unknown[] {
  const keyOf = (element: unknown): string => JSON.stringify(mergeKey !== undefined && isRecord(element) ? element[mergeKey] : element)
  const places = (elements: readonly unknown[]) => new Map(elements.map((element, index) => [keyOf(element), index]))
  const inPatch = places(patch)
  const inOld = places(old)
  const placeIn = (map: ReadonlyMap<string, number>, element: unknown) => map.get(keyOf(element)) ?? -1
  const named = list.filter((element) => placeIn(inPatch, element) >= 0).sort((a, b) => placeIn(inPatch, a) - placeIn(inPatch, b))
  const others = list.filter((element) => placeIn(inPatch, element) < 0).sort((a, b) => placeIn(inOld, a) - placeIn(inOld, b))
  const result: unknown[] = []
  let at = 0
  for (const element of others) {
    const place = placeIn(inOld, element)
    while (at < named.length && !(place >= 0 && placeIn(inOld, named[at]) >= 0 && place < placeIn(inOld, named[at])))
      result.push(named[at++])
    result.push(element)
  }
  result.push(...named.slice(at))
  return result
}

function fieldOf(schema: Schema, key: string): Field | undefined {
  return schema.type === 'struct' ? schema.fields.get(key) : undefined
}

function without(value: Json, key: string): Json {
  const { [key]: _, ...rest } = value
  return rest
}
