/**
 * The schemas that custom resource definitions bring: pruning, defaulting and validating by them, in the words of kube-openapi's
 * validation. They are also turned into the form the built-in shapes have, for server-side apply and explain.
 */
import type { FieldErrors } from '../../kinds/field-errors.ts'
import type { Field, Schema, StructSchema } from '../../kinds/schema.ts'
import type { CustomRule } from './custom-rules.ts'
import { isRecord, isSame } from '../objects.ts'

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
export function pruned(schema: JsonSchema, value: unknown, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return items ? value.map((each, index) => pruned(items, each, `${path}[${index}]`, unknown)) : value
  }
  if (!isRecord(value)) return value
  const { properties = {}, additionalProperties } = schema
  const keepsAll = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true
  const result: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const place = path === '' ? key : `${path}.${key}`
    const known = Object.hasOwn(properties, key)
      ? properties[key]
      : isRecord(additionalProperties)
        ? (additionalProperties as JsonSchema)
        : undefined
    if (known) result[key] = pruned(known, inner, place, unknown)
    else if (keepsAll || (schema['x-kubernetes-embedded-resource'] && ['apiVersion', 'kind', 'metadata'].includes(key))) result[key] = inner
    else unknown.push(`unknown field ${JSON.stringify(place)}`)
  }
  return result
}

/** The value with defaults in the places where something is missing. */
export function defaulted(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return items ? value.map((each) => defaulted(items, each)) : value
  }
  if (!isRecord(value)) return value
  let result: Record<string, unknown> | undefined
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    const before = value[key]
    const isMissing = before === undefined || (before === null && inner.nullable !== true)
    const start = isMissing ? inner.default : before
    if (start === undefined) continue
    const after = defaulted(inner, start)
    if (after !== before) (result ??= { ...value })[key] = after
  }
  if (isRecord(schema.additionalProperties)) {
    for (const [key, inner] of Object.entries(value)) {
      if (schema.properties?.[key]) continue
      const after = defaulted(schema.additionalProperties as JsonSchema, inner)
      if (after !== inner) (result ??= { ...value })[key] = after
    }
  }
  return result ?? value
}

const typeWords: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isRecord,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
}

export function validateBySchema(schema: JsonSchema, value: unknown, path: string, errors: FieldErrors): void {
  if (value === null && schema.nullable) return
  const place = path === '' ? '<nil>' : path
  if (schema['x-kubernetes-int-or-string']) {
    if (typeof value !== 'string' && !Number.isInteger(value)) wrongType(value, place, 'integer,string', errors)
  } else if (schema.type !== undefined && !typeWords[schema.type]?.(value)) return wrongType(value, place, schema.type, errors)
  if (schema.enum && !schema.enum.some((each) => isSame(each, value))) errors.notSupported(place, value, schema.enum.map(String))
  if (typeof value === 'string') validateText(schema, value, place, errors)
  if (typeof value === 'number') validateNumber(schema, value, place, errors)
  if (Array.isArray(value)) {
    const { minItems, maxItems, items } = schema
    if (minItems !== undefined && value.length < minItems)
      errors.invalid(place, value.length, `${place} in body should have at least ${minItems} items`)
    if (maxItems !== undefined && value.length > maxItems) errors.tooMany(place, value.length, maxItems)
    if (items) value.forEach((each, index) => validateBySchema(items, each, `${path}[${index}]`, errors))
  }
  if (!isRecord(value)) return
  const { maxProperties } = schema
  const count = Object.keys(value).length
  if (maxProperties !== undefined && count > maxProperties) errors.tooMany(place, count, maxProperties)
  for (const key of schema.required ?? []) if (value[key] === undefined) errors.required(path === '' ? key : `${path}.${key}`)
  for (const [key, inner] of Object.entries(value)) {
    const known =
      schema.properties?.[key] ?? (isRecord(schema.additionalProperties) ? (schema.additionalProperties as JsonSchema) : undefined)
    if (known && !(path === '' && key === 'metadata')) validateBySchema(known, inner, path === '' ? key : `${path}.${key}`, errors)
  }
}

function wrongType(value: unknown, place: string, wanted: string, errors: FieldErrors): void {
  const actual =
    value === null
      ? 'null'
      : Array.isArray(value)
        ? 'array'
        : typeof value === 'number'
          ? Number.isInteger(value)
            ? 'integer'
            : 'number'
          : typeof value
  errors.typeInvalid(place, actual, `${place} in body must be of type ${wanted}: ${JSON.stringify(actual)}`)
}

function validateText({ pattern, minLength, maxLength, format }: JsonSchema, value: string, place: string, errors: FieldErrors): void {
  if (maxLength !== undefined && [...value].length > maxLength) errors.tooLong(place, maxLength)
  if (minLength !== undefined && [...value].length < minLength)
    errors.invalid(place, value, `${place} in body should be at least ${minLength} chars long`)
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value))
    errors.invalid(place, value, `${place} in body should match '${pattern}'`)
  if (format === 'date-time' && Number.isNaN(Date.parse(value)))
    errors.invalid(place, value, `${place} in body must be of type date-time: ${JSON.stringify(value)}`)
}

function validateNumber(
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonSchema,
  value: number,
  place: string,
  errors: FieldErrors,
): void {
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    errors.invalid(place, value, `${place} in body should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`)
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    errors.invalid(place, value, `${place} in body should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`)
  if (multipleOf !== undefined && value % multipleOf !== 0)
    errors.invalid(place, value, `${place} in body should be a multiple of ${multipleOf}`)
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
