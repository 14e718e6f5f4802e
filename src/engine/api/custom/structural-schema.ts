/**
 * The schemas that custom resource definitions bring: pruning and defaulting by them. They are also turned into the form the built-in shapes
 * have, for server-side apply and explain.
 */
import type { Field, Schema, StructSchema } from '../../kinds/schema.ts'
import type { CustomRule } from './custom-rules.ts'
import { isRecord } from '../objects.ts'

/** `JSONSchemaProps`, as far as it is acted on. */
export interface JsonSchema {
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly nullable?: boolean
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: boolean
  readonly exclusiveMaximum?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxProperties?: number
  readonly multipleOf?: number
  readonly minProperties?: number
  readonly uniqueItems?: boolean
  readonly allOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly not?: JsonSchema
  readonly title?: string
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-validations'?: readonly CustomRule[]
}

/** The value without what the schema does not know; what went is named in `unknown`. */
export function pruned(schema: JsonSchema | undefined, value: unknown, path: string, unknown: string[]): unknown {
  return kept(schema, value, path, unknown, schema?.['x-kubernetes-preserve-unknown-fields'] === true)
}

/** Where unknown fields stay, those of a place below that has fields of its own go all the same. */
function kept(schema: JsonSchema | undefined, value: unknown, path: string, unknown: string[], keepsAll: boolean): unknown {
  if (Array.isArray(value))
    return value.map((each, index) => {
      const place = `${path}[${index}]`
      return keepsAll
        ? schema?.items
          ? kept(schema.items, each, place, unknown, true)
          : each
        : pruned(schema?.items, each, place, unknown)
    })
  if (!isRecord(value)) return value
  const { properties = {}, additionalProperties } = schema ?? {}
  const others = isRecord(additionalProperties) ? (additionalProperties as JsonSchema) : undefined
  const result: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const place = path === '' ? key : `${path}.${key}`
    if (schema?.['x-kubernetes-embedded-resource'] && ['apiVersion', 'kind', 'metadata'].includes(key)) result[key] = inner
    else if (Object.hasOwn(properties, key)) result[key] = pruned(properties[key], inner, place, unknown)
    // Any key may stand here, and without a schema for it nothing is known of what is in it.
    else if (others || (additionalProperties === true && !keepsAll)) result[key] = pruned(others, inner, place, unknown)
    else if (keepsAll) result[key] = inner
    else unknown.push(`unknown field ${JSON.stringify(place)}`)
  }
  return result
}

/** The value with defaults in the places where something is missing. A null that its place does not allow is as good as missing. */
export function defaulted(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return items ? value.map((each: unknown) => defaulted(items, isForbiddenNull(items, each) ? (items.default ?? null) : each)) : value
  }
  if (!isRecord(value)) return value
  const { properties = {}, additionalProperties } = schema
  let result: Record<string, unknown> | undefined
  for (const [key, inner] of Object.entries(properties)) {
    const before = value[key]
    const start = before === undefined || isForbiddenNull(inner, before) ? inner.default : before
    if (start === undefined && before === undefined) continue
    const after = start === undefined ? undefined : defaulted(inner, start)
    if (after === before) continue
    result ??= { ...value }
    if (after === undefined) delete result[key]
    else result[key] = after
  }
  if (isRecord(additionalProperties)) {
    const others = additionalProperties as JsonSchema
    for (const [key, before] of Object.entries(value)) {
      if (Object.hasOwn(properties, key)) continue
      const start = isForbiddenNull(others, before) ? others.default : before
      const after = start === undefined ? undefined : defaulted(others, start)
      if (after === before) continue
      result ??= { ...value }
      if (after === undefined) delete result[key]
      else result[key] = after
    }
  }
  return result ?? value
}

function isForbiddenNull(schema: JsonSchema, value: unknown): boolean {
  return value === null && schema.nullable !== true
}

/** Rules in CEL somewhere in the schema. */
export function hasRules(schema: JsonSchema): boolean {
  if (schema['x-kubernetes-validations']?.length) return true
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
    ...(isRecord(schema.additionalProperties) ? [schema.additionalProperties as JsonSchema] : []),
  ]
  return inner.some(hasRules)
}

/** The same shape in the form that the built-in kinds have. */
export function structOf(
  schema: JsonSchema,
  { goName, openapiName, fixed }: { goName: string; openapiName: string; fixed?: ReadonlyMap<string, Field> },
): StructSchema {
  const fields = new Map<string, Field>(fixed)
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (fields.has(name)) continue
    fields.set(name, {
      name,
      schema: schemaOf(inner, `${openapiName}.${name}`),
      isRequired: schema.required?.includes(name) ?? false,
      isOmittedWhenEmpty: true,
      isPointer: true,
      goType: inner.type ?? '',
      description: inner.description ?? '',
      list: inner['x-kubernetes-list-type'],
      listKeys: inner['x-kubernetes-list-map-keys'],
      mergesList: false,
      retainsKeys: false,
      isAtomicMap: inner['x-kubernetes-map-type'] === 'atomic',
      ...(inner.enum ? { enum: inner.enum.map(String) } : {}),
      ...(inner.default === undefined ? {} : { default: inner.default }),
    })
  }
  return {
    type: 'struct',
    goName,
    openapiName,
    fields,
    isAtomic: schema['x-kubernetes-map-type'] === 'atomic',
    description: schema.description ?? '',
  }
}

function schemaOf(schema: JsonSchema, openapiName: string): Schema {
  if (schema['x-kubernetes-int-or-string']) return { type: 'intorstring' }
  switch (schema.type) {
    case 'object':
      if (schema.properties) return structOf(schema, { goName: '', openapiName })
      return isRecord(schema.additionalProperties)
        ? { type: 'map', values: schemaOf(schema.additionalProperties as JsonSchema, openapiName) }
        : { type: 'any' }
    case 'array':
      return { type: 'list', items: schemaOf(schema.items ?? {}, openapiName) }
    case 'string':
      return { type: 'string' }
    case 'boolean':
      return { type: 'bool' }
    case 'integer':
      return { type: schema.format === 'int32' ? 'int32' : 'int64' }
    case 'number':
      return { type: 'double' }
    default:
      return { type: 'any' }
  }
}
