/**
 * The generated shapes, ready to walk. A schema is what decoding, patching, server-side apply and `explain` look at; custom
 * resources bring their own in the same form, so nothing downstream asks where a shape came from.
 */
import { assert } from '../../base/assert.ts'
import generated from './generated/schemas.json' with { type: 'json' }

export type Scalar = 'string' | 'int32' | 'int64' | 'bool' | 'double' | 'time' | 'microtime' | 'bytes' | 'quantity' | 'intorstring' | 'any'

export type Schema = StructSchema | ListSchema | MapSchema | ScalarSchema

export interface StructSchema {
  readonly type: 'struct'
  /** Name of the Go struct, as JSON errors name it. */
  readonly goName: string
  /** `io.k8s.api.core.v1.Pod` */
  readonly openapiName: string
  readonly fields: ReadonlyMap<string, Field>
  /** Server-side apply owns it as a whole. */
  readonly isAtomic: boolean
  /** Of a custom resource; the built-in ones have theirs in a table of their own. */
  readonly description?: string
}

export interface ListSchema {
  readonly type: 'list'
  readonly items: Schema
}

export interface MapSchema {
  readonly type: 'map'
  readonly values: Schema
}

export interface ScalarSchema {
  readonly type: Scalar
}

export interface Field {
  readonly name: string
  readonly schema: Schema
  readonly isRequired: boolean
  /** Go leaves a zero value out of JSON. */
  readonly isOmittedWhenEmpty: boolean
  /** Absence is a value of its own: `replicas: 0` is kept. */
  readonly isPointer: boolean
  /** As in `cannot unmarshal … of type v1.Protocol`. */
  readonly goType: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly list?: 'atomic' | 'set' | 'map'
  readonly listKeys?: readonly string[]
  readonly mergeKey?: string
  readonly mergesList: boolean
  readonly retainsKeys: boolean
  readonly isAtomicMap: boolean
  /** OpenAPI name of a type that is any JSON to everybody else. */
  readonly ref?: string
  readonly description?: string
}

interface Extra {
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly list?: 'atomic' | 'set' | 'map'
  readonly keys?: readonly string[]
  readonly mergeKey?: string
  readonly strategy?: string
  readonly map?: string
  readonly ref?: string
}

interface Definition {
  readonly go: string
  readonly name: string
  readonly message?: string
  readonly map?: string
  readonly fields: readonly (readonly [name: string, type: string, flags: string, goType: string, extra?: Extra])[]
}

const definitions = generated as unknown as Readonly<Record<string, Definition>>
const built = new Map<string, Schema>()

/** A generated schema by its name: `V1Pod`. */
export function schemaNamed(name: string): StructSchema {
  const schema = schemaOf(name)
  assert(schema.type === 'struct', `${name} is a struct`)
  return schema
}

/** The protobuf message a schema travels as: `api/core/v1.Pod`. */
export function messageOf(name: string): string | undefined {
  return definitions[name]?.message
}

export function schemaNames(): readonly string[] {
  return Object.keys(definitions)
}

function schemaOf(type: string): Schema {
  const known = built.get(type)
  if (known) return known
  if (type.startsWith('[]')) return remember(type, { type: 'list', items: schemaOf(type.slice(2)) })
  if (type.startsWith('{}')) return remember(type, { type: 'map', values: schemaOf(type.slice(2)) })
  const definition = definitions[type]
  if (!definition) return remember(type, { type: type as Scalar })
  const fields = new Map<string, Field>()
  // Remembered before its fields are built: shapes refer to themselves.
  const struct = remember(type, {
    type: 'struct',
    goName: definition.go,
    openapiName: definition.name,
    fields,
    isAtomic: definition.map === 'atomic',
  })
  for (const [name, fieldType, flags, goType, extra = {}] of definition.fields) {
    fields.set(name, {
      name,
      schema: schemaOf(fieldType),
      isRequired: flags.includes('r'),
      isOmittedWhenEmpty: flags.includes('e'),
      isPointer: flags.includes('p'),
      goType: goType || fieldType,
      enum: extra.enum,
      default: extra.default,
      list: extra.list,
      listKeys: extra.keys,
      mergeKey: extra.mergeKey,
      mergesList: extra.strategy?.includes('merge') ?? false,
      retainsKeys: extra.strategy?.includes('retainKeys') ?? false,
      isAtomicMap: extra.map === 'atomic',
      ref: extra.ref,
    })
  }
  return struct
}

function remember(type: string, schema: Schema): Schema {
  built.set(type, schema)
  return schema
}

/** What Go prints for a field nobody set; undefined when it prints nothing. */
export function zeroOf(field: Field): unknown {
  const { schema } = field
  if (field.isPointer) return field.isOmittedWhenEmpty ? undefined : null
  switch (schema.type) {
    case 'struct':
      return zeroStruct(schema)
    case 'time':
    case 'microtime':
      // A time is a struct to Go, so omitempty never omits it.
      return null
    case 'intorstring':
      return 0
  }
  if (schema.type === 'quantity' && !field.goType.endsWith('List')) return '0'
  if (field.isOmittedWhenEmpty) return undefined
  switch (schema.type) {
    case 'string':
      return ''
    case 'int32':
    case 'int64':
    case 'double':
      return 0
    case 'bool':
      return false
    default:
      return null
  }
}

const zeroStructs = new Map<StructSchema, object>()

/** Frozen and shared. */
export function zeroStruct(schema: StructSchema): object {
  let zero = zeroStructs.get(schema)
  if (!zero) {
    const fresh: Record<string, unknown> = {}
    for (const field of schema.fields.values()) {
      const value = zeroOf(field)
      if (value !== undefined) fresh[field.name] = value
    }
    zeroStructs.set(schema, (zero = Object.freeze(fresh)))
  }
  return zero
}
