/** A whole Go struct as `%#v` prints it: every field, types named, pointers as addresses that mean nothing and differ each time. */
import { Verbatim } from './field-errors.ts'
import { partsOf, type GoType } from './go-value.ts'

export function goSyntax(type: GoType, value: unknown): Verbatim {
  return new Verbatim(written(type, value))
}

function written(type: GoType, value: unknown): string {
  const isNil = value === undefined || value === null
  switch (type.kind) {
    case 'struct':
      return `${type.name}{${partsOf(type, value)
        .map((part) => `${part.field.name}:${written(part.field.type, part.value)}`)
        .join(', ')}}`
    case 'slice':
      return isNil
        ? `${type.name}(nil)`
        : `${type.name}{${(value as readonly unknown[]).map((each) => written(type.elem, each)).join(', ')}}`
    case 'map':
      if (isNil) return `${type.name}(nil)`
      return `${type.name}{${Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, each]) => `${JSON.stringify(key)}:${written(type.elem, each)}`)
        .join(', ')}}`
    case 'pointer':
      // A pointer to a time prints through its own method.
      if (isNil) return type.name === '*v1.Time' ? '<nil>' : `(${type.name})(nil)`
      return `(${type.name})(${address(value)})`
    case 'string':
      return JSON.stringify(isNil ? '' : value)
    case 'number':
      return type.name === 'uint8' ? `0x${Number(value ?? 0).toString(16)}` : String(value ?? 0)
    case 'bool':
      return String(value ?? false)
    default:
      return isNil ? 'time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)' : JSON.stringify(value)
  }
}

/** Where Go's heap might have put it: the same for the same value, so that a lesson replays the same. */
function address(value: unknown): string {
  let hash = 7
  for (const letter of JSON.stringify(value)) hash = (hash * 31 + letter.charCodeAt(0)) % 0xffffff
  return `0xc00${(hash & ~0x1f).toString(16).padStart(7, '0')}`
}
