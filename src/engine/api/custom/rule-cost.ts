/**
 * Whether the rules of a custom resource's schema are too dear to be run: each is estimated from the sizes that the schema allows, times how often
 * what it is about can occur in a request. Who declares no `maxItems`, `maxProperties` or `maxLength` is taken to fill a whole request.
 */
import type { FieldErrors } from '../../kinds/field-errors.ts'
import type { Shape } from '../expressions/expression-cost.ts'
import { expressions } from '../expressions/expressions.ts'
import { isRecord } from '../objects.ts'
import type { JsonSchema } from './structural-schema.ts'

const ruleLimit = 10_000_000
const schemaLimit = 100_000_000
const overflow = 2 ** 64
/** The largest request that is read, in bytes. */
const request = 3 * 1024 * 1024

/** Its size in a request at least, and what a rule sees of it. */
interface Sized {
  readonly bytes: number
  readonly shape: Shape
}

/** Observed costs, for the sum of the whole schema. */
interface Observed {
  readonly path: string
  readonly cost: number
}

/** Refuses what is too dear, rule by rule and all together. `path` is that of the schema. */
export function checkRuleCosts(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const observed: Observed[] = []
  visit(schema, { path, times: 1, isRoot: true }, observed, errors)
  const total = observed.reduce((sum, { cost }) => Math.min(overflow, sum + cost), 0)
  if (total <= schemaLimit) return
  const dearest = observed.filter(({ cost }) => cost >= schemaLimit / 100).sort((a, b) => b.cost - a.cost)
  for (const each of dearest.slice(0, 4))
    errors.forbidden(
      each.path,
      'contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema',
    )
  errors.forbidden(
    path,
    tooDear('x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema', total, schemaLimit),
  )
}

function visit(
  schema: JsonSchema,
  { path, times, isRoot }: { readonly path: string; readonly times: number | undefined; readonly isRoot: boolean },
  observed: Observed[],
  errors: FieldErrors,
): void {
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length > 0) {
    const { bytes, shape } = sized(schema, isRoot)
    const occurs = times ?? Math.floor(request / (bytes + 1))
    rules.forEach(({ rule, messageExpression }, index) => {
      const place = `${path}.x-kubernetes-validations[${index}]`
      for (const [field, name, source] of [
        ['rule', 'estimated rule cost', rule],
        ['messageExpression', 'estimated messageExpression cost', messageExpression],
      ] as const) {
        if (!source) continue
        const cost = Math.min(
          overflow,
          expressions().costOf(
            source,
            new Map([
              ['self', shape],
              ['oldSelf', shape],
            ]),
          ) * occurs,
        )
        if (cost > ruleLimit) errors.forbidden(`${place}.${field}`, tooDear(name, cost, ruleLimit))
        observed.push({ path: `${place}.${field}`, cost })
      }
    })
  }
  const inside = (count: number | undefined): number | undefined => (times === undefined || count === undefined ? undefined : times * count)
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    visit(inner, { path: `${path}.properties[${name}]`, times, isRoot: false }, observed, errors)
  if (schema.items) visit(schema.items, { path: `${path}.items`, times: inside(schema.maxItems), isRoot: false }, observed, errors)
  if (isRecord(schema.additionalProperties))
    visit(
      schema.additionalProperties as JsonSchema,
      { path: `${path}.additionalProperties`, times: inside(schema.maxProperties), isRoot: false },
      observed,
      errors,
    )
}

function tooDear(what: string, cost: number, limit: number): string {
  const times = cost / limit
  const shown = times > 100 ? 'more than 100x' : times < 1.5 ? `${times.toFixed(6)}x` : `${times.toFixed(1)}x`
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`
}

const anything: Sized = { bytes: 1, shape: { kind: 'unknown', most: 0 } }

function sized(schema: JsonSchema, isRoot: boolean): Sized {
  if (schema['x-kubernetes-int-or-string']) return anything
  switch (schema.type) {
    case 'string':
      return sizedText(schema)
    case 'boolean':
      return { bytes: 4, shape: { kind: 'other', most: 0 } }
    case 'integer':
    case 'number':
      return { bytes: 1, shape: { kind: 'other', most: 0 } }
    case 'array': {
      const element = schema.items ? sized(schema.items, false) : anything
      const most = schema.maxItems ?? Math.floor((request - 2) / (element.bytes + 1))
      return { bytes: 2, shape: { kind: 'list', most: Math.max(0, most), element: element.shape } }
    }
    case 'object':
      return isRecord(schema.additionalProperties)
        ? sizedMap(schema, schema.additionalProperties as JsonSchema)
        : sizedObject(schema, isRoot)
    default:
      return anything
  }
}

function sizedMap({ maxProperties }: JsonSchema, values: JsonSchema): Sized {
  const element = sized(values, false)
  const most = maxProperties ?? Math.floor((request - 2) / (element.bytes + 6))
  return { bytes: 2, shape: { kind: 'map', most: Math.max(0, most), element: element.shape } }
}

const openText: Shape = { kind: 'string', most: request - 2 }

const metadata: Shape = {
  kind: 'object',
  most: 0,
  fields: new Map([
    ['name', openText],
    ['generateName', openText],
  ]),
}

function sizedObject(schema: JsonSchema, isRoot: boolean): Sized {
  const { properties = {}, required = [] } = schema
  let bytes = 2
  const fields = new Map<string, Shape>()
  for (const [name, inner] of Object.entries(properties)) {
    const field = sized(inner, false)
    fields.set(name, field.shape)
    if (required.includes(name) && inner.default === undefined) bytes += name.length + field.bytes + 4
  }
  if (isRoot || schema['x-kubernetes-embedded-resource'])
    for (const [name, shape] of [
      ['apiVersion', openText],
      ['kind', openText],
      ['metadata', metadata],
    ] as const)
      fields.set(name, shape)
  return { bytes, shape: { kind: 'object', most: 0, fields } }
}

function sizedText({ format, maxLength, enum: values }: JsonSchema): Sized {
  if (format === 'date') return { bytes: 12, shape: { kind: 'other', most: 12 } }
  if (format === 'date-time') return { bytes: 22, shape: { kind: 'other', most: 32 } }
  if (format === 'duration') return { bytes: 4, shape: { kind: 'other', most: 32 } }
  const most =
    maxLength !== undefined
      ? Math.max(0, maxLength) * (format === 'byte' ? 1 : 4)
      : values && values.length > 0
        ? Math.max(...values.map((value) => String(value).length))
        : request - 2
  return { bytes: 2, shape: { kind: 'string', most } }
}
