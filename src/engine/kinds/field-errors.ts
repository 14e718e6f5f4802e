/**
 * A list of what is wrong with an object, in the words of apimachinery's `field` package. The order is the order in which
 * upstream's rules look; kubectl prints it as it comes.
 */

export interface FieldError {
  readonly reason: string
  readonly field: string
  /** Without the field: `Invalid value: -1: must be greater than or equal to 0`. */
  readonly message: string
}

export class FieldErrors {
  readonly list: FieldError[] = []

  required(field: string, detail = ''): void {
    this.#add('FieldValueRequired', field, 'Required value', detail)
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${goValue(value)}`, detail)
  }

  /** Where upstream leaves out the value. */
  wrong(field: string, detail: string): void {
    this.#add('FieldValueInvalid', field, 'Invalid value', detail)
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const list = supported.map((each) => JSON.stringify(each)).join(', ')
    this.#add('FieldValueNotSupported', field, `Unsupported value: ${goValue(value)}`, `supported values: ${list}`)
  }

  duplicate(field: string, value: unknown): void {
    this.#add('FieldValueDuplicate', field, `Duplicate value: ${goValue(value)}`, '')
  }

  forbidden(field: string, detail: string): void {
    this.#add('FieldValueForbidden', field, 'Forbidden', detail)
  }

  notFound(field: string, value: unknown): void {
    this.#add('FieldValueNotFound', field, `Not found: ${goValue(value)}`, '')
  }

  tooLong(field: string, limit: number): void {
    this.#add('FieldValueTooLong', field, 'Too long', `may not be more than ${limit} bytes`)
  }

  tooMany(field: string, actual: number, limit: number): void {
    this.#add('FieldValueTooMany', field, `Too many: ${actual}`, `must have at most ${limit} items`)
  }

  typeInvalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueTypeInvalid', field, `Invalid value: ${goValue(value)}`, detail)
  }

  #add(reason: string, field: string, message: string, detail: string): void {
    this.list.push({ reason, field, message: detail === '' ? message : `${message}: ${detail}` })
  }
}

/** A value already written in Go's `%#v` or another form that is no plain JSON. */
export class Verbatim {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function goValue(value: unknown): string {
  if (value instanceof Verbatim) return value.text
  // Go's word for a nil pointer, shown as the text it is.
  if (value === undefined || value === null) return '"null"'
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return goList(value)
  return goAny(value)
}

/** What came from JSON and has no type of its own. */
function goAny(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goAny).join(', ')}}`
  if (typeof value !== 'object' || value === null) return value === null ? 'interface {}(nil)' : JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `map[string]interface {}{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${goAny(inner)}`).join(', ')}}`
}

function goList(list: readonly unknown[]): string {
  const type = list.every((each) => typeof each === 'number') ? 'int32' : 'string'
  return list.length === 0 ? `[]${type}(nil)` : `[]${type}{${list.map((each) => JSON.stringify(each)).join(', ')}}`
}
