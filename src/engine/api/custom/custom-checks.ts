/** What is asked of a custom resource beside its schema: lists without doubles, embedded objects with a kind, numbers to scale by. */
import { FieldErrors } from '../../kinds/field-errors.ts'
import type { ScalePaths, StoredObject } from '../../kinds/kind.ts'
import { validateMetadata } from '../../kinds/metadata.ts'
import { dns1035Label, pathSegment, qualifiedName } from '../../kinds/names.ts'
import type { ObjectMeta } from '../client.ts'
import { isRecord, isSame } from '../objects.ts'
import type { JsonSchema } from './structural-schema.ts'

type Json = Readonly<Record<string, unknown>>

/** The places below a value, as the field paths of the server name them: keys of a map stand in brackets. */
function below(schema: JsonSchema, value: unknown, path: string): readonly { schema: JsonSchema; value: unknown; path: string }[] {
  const { properties = {}, additionalProperties, items } = schema
  if (Array.isArray(value))
    return items ? value.map((each: unknown, index) => ({ schema: items, value: each, path: `${path}[${index}]` })) : []
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (Object.hasOwn(properties, key)) return [{ schema: properties[key], value: inner, path: path === '' ? key : `${path}.${key}` }]
    return isRecord(additionalProperties)
      ? [{ schema: additionalProperties as JsonSchema, value: inner, path: `${path === '' ? '<nil>' : path}[${key}]` }]
      : []
  })
}

/** No element of a set twice, and no two of a map with the same keys. Each double is named once, at its second place. */
export function validateLists(schema: JsonSchema, value: unknown, path: string, errors: FieldErrors): void {
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    const { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] } = schema
    const stray = type === 'map' ? list.findIndex((each) => each !== null && !isRecord(each)) : -1
    if (stray >= 0) errors.invalid(`${path}[${stray}]`, list[stray], 'must be an object for an array of list-type map')
    else if (type === 'map' || type === 'set') {
      const marks = type === 'set' ? list : list.map((each) => keysOf(each, keys))
      marks.forEach((mark, index) => {
        if (marks.slice(0, index).filter((other) => isSame(other, mark)).length === 1) errors.duplicate(`${path}[${index}]`, mark)
      })
    }
  }
  for (const each of below(schema, value, path)) validateLists(each.schema, each.value, each.path, errors)
}

function keysOf(value: unknown, keys: readonly string[]): Json {
  if (!isRecord(value)) return {}
  return Object.fromEntries(keys.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]])))
}

export function validateEmbedded(schema: JsonSchema, value: unknown, path: string, errors: FieldErrors): void {
  if (isRecord(value) && schema['x-kubernetes-embedded-resource']) validateResource(value, path, errors)
  for (const each of below(schema, value, path)) validateEmbedded(each.schema, each.value, each.path, errors)
}

function validateResource(value: Json, path: string, errors: FieldErrors): void {
  const { apiVersion, kind, metadata } = value
  const said = (name: string, given: unknown): given is string => {
    if (given === undefined || given === '') errors.required(`${path}.${name}`)
    else if (typeof given !== 'string') errors.invalid(`${path}.${name}`, given, 'must be a string')
    else return true
    return false
  }
  if (said('apiVersion', apiVersion) && apiVersion.split('/').length > 2)
    errors.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
  if (said('kind', kind)) {
    const problems = dns1035Label(kind.toLowerCase())
    if (problems.length > 0) errors.invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`)
  }
  if (!isRecord(metadata)) return
  const own = new FieldErrors()
  const given = metadata as unknown as ObjectMeta
  // It need not have a name: nothing is stored under it.
  const named = { group: '', namespaced: Boolean(given.namespace), nameRule: pathSegment }
  validateMetadata(named, given.name ? given : { ...given, name: 'fakename' }, own)
  for (const error of own.list) errors.list.push({ ...error, field: `${path}.${error.field}` })
}

const largestInt32 = 2 ** 31 - 1

export function validateScale(
  { specReplicas, statusReplicas, selector }: ScalePaths,
  object: StoredObject,
  subresource: string | undefined,
  errors: FieldErrors,
): void {
  const judgeCount = (path: string) => {
    const found = nested(object, path)
    if ('problem' in found) return errors.invalid(path, 0, found.problem)
    const { value = 0 } = found
    if (!Number.isInteger(value)) errors.invalid(path, 0, accessorError(path, value, 'int64'))
    else if (Number(value) < 0) errors.invalid(path, value, 'should be a non-negative integer')
    else if (Number(value) > largestInt32) errors.invalid(path, value, `should be less than or equal to ${largestInt32}`)
  }
  if (subresource !== 'status') judgeCount(specReplicas)
  judgeCount(statusReplicas)
  if (selector === undefined) return
  const found = nested(object, selector)
  if ('problem' in found) errors.invalid(selector, '', found.problem)
  else if (found.value !== undefined && typeof found.value !== 'string')
    errors.invalid(selector, '', accessorError(selector, found.value, 'string'))
}

function nested(object: StoredObject, path: string): { readonly value: unknown } | { readonly problem: string } {
  const steps = path.replace(/^\./, '').split('.')
  let value: unknown = object
  for (const [depth, step] of steps.entries()) {
    if (value === undefined || value === null) return { value: undefined }
    if (!isRecord(value)) return { problem: accessorError(`.${steps.slice(0, depth).join('.')}`, value, 'map[string]interface{}') }
    value = value[step]
  }
  return { value }
}

function accessorError(path: string, value: unknown, wanted: string): string {
  const type = Array.isArray(value)
    ? '[]interface {}'
    : typeof value === 'number'
      ? Number.isInteger(value)
        ? 'int64'
        : 'float64'
      : typeof value === 'boolean'
        ? 'bool'
        : isRecord(value)
          ? 'map[string]interface {}'
          : value === null
            ? '<nil>'
            : 'string'
  const shown = isRecord(value) || Array.isArray(value) ? goPrinted(value) : String(value ?? '<nil>')
  return `${path.startsWith('.') ? '' : '.'}${path} accessor error: ${shown} is of the type ${type}, expected ${wanted}`
}

function goPrinted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goPrinted).join(' ')}]`
  if (!isRecord(value)) return String(value ?? '<nil>')
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[${entries.map(([key, inner]) => `${key}:${goPrinted(inner)}`).join(' ')}]`
}

/** Unlike that of a built-in resource, a finalizer's name is not refused. */
export function finalizerWarnings(object: StoredObject, old: StoredObject | undefined): readonly string[] {
  const before = new Set(old?.metadata.finalizers)
  const added = [...new Set(object.metadata.finalizers)].filter((each) => !before.has(each)).sort()
  return added.flatMap((finalizer) => {
    const problems = [...qualifiedName(finalizer)]
    if (!finalizer.includes('/') && !['orphan', 'foregroundDeletion', 'kubernetes'].includes(finalizer))
      problems.push(
        'prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
      )
    return problems.map((problem) => `metadata.finalizers: ${JSON.stringify(finalizer)}: ${problem}`)
  })
}
