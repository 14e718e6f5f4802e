/**
 * Turns what a client sent into what Go's decoder would have made of it: unknown fields found, types checked with Go's messages,
 * empty values dropped or filled in as `omitempty` and pointers have it, quantities canonical, fields in the order of the structs.
 */
import { bytesOfBase64 } from '../../base/bytes.ts'
import { canonicalQuantity, formatQuantity, isQuantity, parseQuantity, quantityPattern, roundedToMilli } from '../kinds/quantity.ts'
import { zeroOf, type Field, type Schema, type StructSchema } from '../kinds/schema.ts'
import { isRecord, sortedHere } from './objects.ts'

export interface Decoded {
  readonly value: Readonly<Record<string, unknown>>
  /** `unknown field "spec.foo"`, in the order of the document. */
  readonly strictErrors: readonly string[]
}

/** A type that does not fit, in the words of Go's JSON decoder. */
export class DecodeError extends Error {
  /** The same in the words that a strategic merge patch is refused with. */
  readonly asPatch: string | undefined

  constructor(message: string, asPatch?: string) {
    super(message)
    this.asPatch = asPatch
  }
}

export function decode(schema: StructSchema, document: unknown): Decoded {
  const strictErrors: string[] = []
  if (!isRecord(document)) throw new DecodeError(`json: cannot unmarshal ${jsonKind(document)} into Go value of type v1.${schema.goName}`)
  const value = decodeStruct(schema, document, { path: '', goPath: '', strictErrors })
  return { value, strictErrors }
}

interface Place {
  /** `spec.containers[0].image` */
  readonly path: string
  /** `spec.containers.image`, as Go names it. */
  readonly goPath: string
  readonly strictErrors: string[]
}

/** A field as decoding walks it: where it stands, and what its absence means, both worked out once. */
interface Slot {
  readonly index: number
  readonly field: Field
  readonly zero: unknown
}

interface Plan {
  readonly byName: ReadonlyMap<string, Slot>
  /** In the order of the Go struct. */
  readonly slots: readonly Slot[]
}

const plans = new WeakMap<StructSchema, Plan>()

function planOf(schema: StructSchema): Plan {
  let plan = plans.get(schema)
  if (!plan) {
    const slots = Array.from(schema.fields.values(), (field, index) => ({ index, field, zero: zeroOf(field) }))
    plans.set(schema, (plan = { slots, byName: new Map(slots.map((slot) => [slot.field.name, slot])) }))
  }
  return plan
}

function decodeStruct(schema: StructSchema, document: Readonly<Record<string, unknown>>, place: Place): Readonly<Record<string, unknown>> {
  const { byName, slots } = planOf(schema)
  // By the slots' places: a Map for each struct was a tenth of what a write allocates.
  const decoded = new Array<unknown>(slots.length)
  // In the order of the document, because the first error is the one that is told.
  for (const key in document) {
    const slot = byName.get(key)
    const value = document[key]
    if (!slot) place.strictErrors.push(`unknown field ${JSON.stringify(joined(place.path, key))}`)
    // Most fields are plain and fit: they need no place for an error.
    else if (fitsPlainly(slot.field.schema, value)) decoded[slot.index] = value
    else {
      const inner = { path: joined(place.path, key), goPath: joined(place.goPath, key), strictErrors: place.strictErrors }
      decoded[slot.index] = decodeValue(slot.field.schema, value, inner, { struct: schema.goName, goType: slot.field.goType })
    }
  }
  const result: Record<string, unknown> = {}
  for (const slot of slots) {
    const value = normalised(slot, decoded[slot.index])
    if (value !== undefined) result[slot.field.name] = value
  }
  return result
}

/** A map that is as it would be decoded: all its values plain and fitting, its keys in order. Most labels and data are. */
function isDecodedAlready(values: Schema, map: Readonly<Record<string, unknown>>): boolean {
  let last = ''
  for (const key in map) {
    if (key < last || !fitsPlainly(values, map[key])) return false
    last = key
  }
  return true
}

function fitsPlainly({ type }: Schema, value: unknown): boolean {
  return (type === 'string' && typeof value === 'string') || (type === 'bool' && typeof value === 'boolean')
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** Drops and fills as `omitempty` says. */
function normalised({ field, zero }: Slot, value: unknown): unknown {
  if (value === undefined || value === null) return zero
  if (!field.isOmittedWhenEmpty) return value
  if (field.schema.type === 'list') return (value as readonly unknown[]).length === 0 ? undefined : value
  if (field.schema.type === 'map') return isEmpty(value) ? undefined : value
  if (field.isPointer) return value
  return value === '' || value === 0 || value === false ? zero : value
}

function isEmpty(map: object): boolean {
  for (const _ in map) return false
  return true
}

interface Owner {
  readonly struct: string
  readonly goType: string
}

function decodeValue(schema: Schema, value: unknown, place: Place, owner: Owner): unknown {
  if (value === null || value === undefined) return schema.type === 'any' ? value : undefined
  const mismatch = (kind = jsonKind(value)) =>
    new DecodeError(
      `json: cannot unmarshal ${kind} into Go struct field ${owner.struct}.${place.goPath} of type ${owner.goType.replace(/^\*/, '')}`,
      restoreMessage(schema, value),
    )
  switch (schema.type) {
    case 'struct':
      if (!isRecord(value)) throw mismatch()
      return decodeStruct(schema, value, place)
    case 'list': {
      if (!Array.isArray(value)) throw mismatch()
      const goType = owner.goType.startsWith('[]') ? owner.goType.slice(2) : owner.goType
      return value.map((item: unknown, index) => {
        const inner = { ...place, path: `${place.path}[${index}]` }
        return decodeValue(schema.items, item, inner, { ...owner, goType }) ?? zeroElement(schema.items, inner)
      })
    }
    case 'map': {
      if (!isRecord(value)) throw mismatch()
      if (isDecodedAlready(schema.values, value)) return value
      const goType = owner.goType.replace(/^map\[\w+\]/, '')
      const result: Record<string, unknown> = {}
      for (const key of sortedHere(Object.keys(value))) {
        if (fitsPlainly(schema.values, value[key])) {
          result[key] = value[key]
          continue
        }
        const inner = { ...place, path: joined(place.path, key) }
        const decoded =
          schema.values.type === 'quantity' && value[key] !== null
            ? decodeQuantity(value[key], { isAmount: true })
            : decodeValue(schema.values, value[key], inner, { ...owner, goType })
        result[key] = decoded ?? zeroElement(schema.values, inner)
      }
      return result
    }
    case 'string':
      if (typeof value !== 'string') throw mismatch()
      return value
    case 'bool':
      if (typeof value !== 'boolean') throw mismatch()
      return value
    case 'int32':
    case 'int64':
      if (typeof value !== 'number') throw mismatch()
      if (!fits(schema.type, value)) throw mismatch(`number ${numberText(value)}`)
      return value
    case 'double':
      if (typeof value !== 'number') throw mismatch()
      return value
    case 'quantity':
      return decodeQuantity(value)
    case 'intorstring':
      if (typeof value === 'string') return value
      if (typeof value === 'number' && fits('int32', value)) return value
      throw new DecodeError(
        `json: cannot unmarshal ${typeof value === 'number' ? `number ${numberText(value)}` : jsonKind(value)} into Go value of type int32`,
      )
    case 'time':
    case 'microtime':
      if (typeof value !== 'string') throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type string`)
      return decodeTime(value, schema.type)
    case 'bytes':
      if (typeof value !== 'string') throw mismatch()
      return decodeBytes(value)
    case 'any':
      return value
  }
}

/** What `null` stands for within a list or map: the type's zero value. */
function zeroElement(schema: Schema, place: Place): unknown {
  switch (schema.type) {
    case 'struct':
      return decodeStruct(schema, {}, place)
    case 'list':
      return []
    case 'map':
      return {}
    case 'quantity':
      return '0'
    case 'int32':
    case 'int64':
    case 'double':
    case 'intorstring':
      return 0
    case 'bool':
      return false
    case 'any':
    case 'time':
    case 'microtime':
      return null
    default:
      return ''
  }
}

function restoreMessage(schema: Schema, value: unknown): string {
  const kind = Array.isArray(value)
    ? 'slice'
    : typeof value === 'object'
      ? 'map'
      : typeof value === 'number'
        ? 'int64'
        : typeof value === 'boolean'
          ? 'bool'
          : 'string'
  if (schema.type === 'struct') return `cannot restore struct from: ${kind}`
  if (schema.type === 'list') return `cannot restore slice from ${kind}`
  if (schema.type === 'map') return `cannot restore map from ${kind}`
  return `unrecognized type: ${schema.type}`
}

function fits(type: 'int32' | 'int64', value: number): boolean {
  return Number.isInteger(value) && (type === 'int64' || (value >= -2147483648 && value <= 2147483647))
}

function numberText(value: number): string {
  return String(value)
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

/** Types that read themselves say the same wherever they are found. */
function unparsable(message: string): DecodeError {
  return new DecodeError(message, message)
}

/** Amounts of resources have no parts finer than thousandths. */
function decodeQuantity(value: unknown, { isAmount = false } = {}): string {
  const text = typeof value === 'number' ? numberText(value) : value
  if (typeof text !== 'string') throw new DecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type string`)
  if (!isQuantity(text)) {
    if (!/^[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*$/.test(text) || !/\d/.test(text))
      throw unparsable(`quantities must match the regular expression '${quantityPattern}'`)
    throw unparsable("unable to parse quantity's suffix")
  }
  return isAmount ? formatQuantity(roundedToMilli(parseQuantity(text))) : canonicalQuantity(text)
}

function decodeTime(text: string, type: 'time' | 'microtime'): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (!match)
    throw unparsable(
      `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05${type === 'microtime' ? '.000000' : ''}Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`,
    )
  if (type === 'time') return `${new Date(text).toISOString().slice(0, 19)}Z`
  const micros = ((match[2] ?? '.') + '000000').slice(1, 7)
  return `${new Date(`${match[1]}${match[3]}`).toISOString().slice(0, 19)}.${micros}Z`
}

function decodeBytes(text: string): string {
  const plain = text.replace(/[\r\n]/g, '')
  const wrong = /[^A-Za-z0-9+/=]|=[^=]|={3,}/.exec(plain)
  if (wrong) throw unparsable(`illegal base64 data at input byte ${wrong[0].startsWith('=') ? wrong.index + 1 : wrong.index}`)
  if (plain.length % 4 !== 0) throw unparsable(`illegal base64 data at input byte ${plain.length - (plain.length % 4)}`)
  bytesOfBase64(plain)
  return plain
}
