/**
 * What server-side apply says of a document that does not fit its schema. It reads the document before any decoder does and in words of its own:
 * `.spec.foo: field not declared in schema`, where every other write answers `unknown field "spec.foo"`.
 */
import type { Field, Schema, StructSchema } from '../../kinds/schema.ts'
import { isRecord } from '../objects.ts'

/** Undefined where the document fits. */
export function misfits(schema: StructSchema, document: Readonly<Record<string, unknown>>): string | undefined {
  const found: string[] = []
  lookAt(schema, document, { path: '', field: undefined, found })
  if (found.length < 2) return found[0]
  return ['errors:', ...found.map((each) => `  ${each}`)].join('\n')
}

interface Place {
  readonly path: string
  /** The field that holds the value: it knows what its list is. */
  readonly field: Field | undefined
  readonly found: string[]
}

function lookAt(schema: Schema, value: unknown, place: Place): void {
  const { path, found } = place
  if (value === null || value === undefined) return
  switch (schema.type) {
    case 'struct':
      if (!isRecord(value)) return
      for (const name of Object.keys(value)) {
        const field = schema.fields.get(name)
        if (field) lookAt(field.schema, value[name], { path: `${path}.${name}`, field, found })
        else found.push(`${path}.${name}: field not declared in schema`)
      }
      return
    case 'map':
      if (!isRecord(value)) return
      for (const name of Object.keys(value)) lookAt(schema.values, value[name], { path: `${path}.${name}`, field: undefined, found })
      return
    case 'list':
      if (!Array.isArray(value)) return
      for (const [index, item] of (value as readonly unknown[]).entries())
        lookAt(schema.items, item, { path: path + element(place.field, item, index), field: undefined, found })
      return
    case 'string':
      if (typeof value !== 'string') found.push(`${path}: expected string, got ${goInterface(value)}`)
      return
    case 'bool':
      if (typeof value !== 'boolean') found.push(`${path}: expected boolean, got ${goInterface(value)}`)
      return
    case 'int32':
    case 'int64':
    case 'double':
      if (typeof value !== 'number') found.push(`${path}: expected numeric (int or float), got ${goType(value)}`)
  }
}

/** `[name="c"]`, `[="v"]` or `[0]`, as the list is told apart. */
function element(field: Field | undefined, item: unknown, index: number): string {
  if (field?.list === 'set') return `[=${JSON.stringify(item)}]`
  if (field?.list !== 'map' || !field.listKeys || !isRecord(item)) return `[${index}]`
  const keys = [...field.listKeys].sort().filter((key) => item[key] !== undefined)
  return `[${keys.map((key) => `${key}=${JSON.stringify(item[key])}`).join(',')}]`
}

function goInterface(value: unknown): string {
  return `&value.valueUnstructured{Value:${goLiteral(value)}}`
}

function goLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goLiteral).join(', ')}}`
  if (!isRecord(value)) return value === null ? 'interface {}(nil)' : JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `map[string]interface {}{${members.map((key) => `${JSON.stringify(key)}:${goLiteral(value[key])}`).join(', ')}}`
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'map[string]interface {}'
}
