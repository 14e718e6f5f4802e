/**
 * Values as templates see them: what counts as true, what a type is called, how one is printed. Numbers written in a template are wrapped,
 * because there, unlike in JSON, `1` is an integer.
 */
import { goFloat, goValue } from '../go-values.ts'
import type { TemplateOptions } from './options.ts'

/** A number written in the template: integers stay integers there, unlike those of JSON. */
export class Whole {
  readonly value: number
  readonly isInteger: boolean

  constructor(value: number, isInteger: boolean) {
    this.value = value
    this.isInteger = isInteger
  }
}

/** A missing key: prints `<no value>`. */
export const noValue = Symbol('no value')

export function shownBy(options: TemplateOptions, value: unknown): string {
  return options.show?.(plain(value)) ?? printed(value, options.integers === true)
}

export function typeName(value: unknown): string {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  return value instanceof Whole && value.isInteger ? 'int' : 'float64'
}

export function plain(value: unknown): unknown {
  return value instanceof Whole ? value.value : value
}

export function truth(value: unknown): boolean {
  const inner = plain(value)
  if (inner === undefined || inner === null || inner === noValue || inner === false || inner === '' || inner === 0) return false
  if (Array.isArray(inner)) return inner.length > 0
  if (typeof inner === 'object') return Object.keys(inner).length > 0
  return true
}

function printed(value: unknown, integers: boolean): string {
  if (value === noValue || value === undefined || value === null) return '<no value>'
  if (value instanceof Whole) return value.isInteger ? String(value.value) : goFloat(value.value)
  if (typeof value === 'number' && integers && Number.isInteger(value)) return String(value)
  if (integers && typeof value === 'object') return goValue(withIntegers(value))
  return goValue(value)
}

/** goValue prints floats; integers of structs are shown whole. */
function withIntegers(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  if (Array.isArray(value)) return value.map(withIntegers)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIntegers(item)]))
  return value
}
