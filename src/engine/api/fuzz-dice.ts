/**
 * Chance for the fuzz tests: values of a schema with something else in their place now and then, sound objects bent a little, and texts
 * with letters lost. The same seed throws the same dice.
 */
import { Random } from '../../base/random.ts'
import type { Schema, StructSchema } from '../kinds/schema.ts'
import { isRecord } from './objects.ts'

export const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 40,
  '',
  ' ',
  'a',
  'A_B',
  '-x',
  'x'.repeat(300),
  '100m',
  '1Gi',
  '10%',
  'é\u0000',
  [],
  {},
  [null],
  [[]],
  { '': null },
  { __proto__: 1 },
  '2020-01-01T00:00:00Z',
  '10.0.0.1',
  'nginx',
]

export class Dice {
  readonly random: Random
  constructor(seed: number) {
    this.random = new Random(seed)
  }

  one<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)]
  }

  chance(percent: number): boolean {
    return this.random.below(100) < percent
  }

  /** Something of the schema, with now and then something else in its place. */
  value(schema: Schema, depth: number): unknown {
    if (this.chance(4)) return this.one(odd)
    switch (schema.type) {
      case 'struct':
        return depth > 7 ? {} : this.struct(schema, depth)
      case 'list':
        return Array.from({ length: this.random.below(3) }, () => this.value(schema.items, depth + 1))
      case 'map':
        return Object.fromEntries(
          Array.from({ length: this.random.below(3) }, () => [
            this.one(['app', 'a/b', 'cpu', 'memory', '', '-', 'x'.repeat(70)]),
            this.value(schema.values, depth + 1),
          ]),
        )
      case 'string':
        return this.one(['a', 'b', 'web', 'default', 'Always', 'TCP', 'nginx:1.25', 'A B', '', 'kubernetes', 'v1', 'Pod'])
      case 'bool':
        return this.chance(50)
      case 'int32':
      case 'int64':
      case 'double':
        return this.one([0, 1, 80, -1, 65536, 2 ** 31])
      case 'quantity':
        return this.one(['1', '100m', '1Gi', '-1', 'x', ''])
      case 'intorstring':
        return this.one([1, 80, '25%', 'http', -1])
      default:
        return this.one(['2020-01-01T00:00:00Z', 'YQ==', '', 'x', {}])
    }
  }

  /** A sound object with one to three fields, anywhere in it, set anew or taken away. */
  twisted(sound: unknown, schema: Schema): unknown {
    let result = sound
    for (let times = this.random.below(3) + 1; times > 0; times--) result = this.#changed(result, schema, 0)
    return result
  }

  #changed(value: unknown, schema: Schema, depth: number): unknown {
    if (schema.type === 'list' && Array.isArray(value) && value.length > 0 && this.chance(85)) {
      const at = this.random.below(value.length)
      return value.map((each, index) => (index === at ? this.#changed(each, schema.items, depth + 1) : each))
    }
    if (schema.type !== 'struct' || !isRecord(value)) return this.value(schema, Math.min(depth + 2, 6))
    const fields = [...schema.fields.values()].filter(({ name }) => depth > 0 || !['apiVersion', 'kind', 'metadata'].includes(name))
    if (fields.length === 0) return value
    const present = fields.filter(({ name }) => value[name] !== undefined)
    const field = present.length > 0 && this.chance(60) ? this.one(present) : this.one(fields)
    if (present.includes(field) && this.chance(8)) return { ...value, [field.name]: undefined }
    return {
      ...value,
      [field.name]:
        value[field.name] === undefined
          ? this.value(field.schema, Math.min(depth + 2, 6))
          : this.#changed(value[field.name], field.schema, depth + 1),
    }
  }

  struct(schema: StructSchema, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (const field of schema.fields.values())
      if (this.chance(depth === 0 ? 90 : depth === 1 ? 55 : 28)) result[field.name] = this.value(field.schema, depth + 1)
    if (this.chance(3)) result.bogus = this.one(odd)
    return result
  }

  /** A text with some letters lost, doubled or exchanged. */
  bent(text: string): string {
    let result = text
    for (let times = this.random.below(3) + 1; times > 0; times--) {
      const at = this.random.below(result.length + 1)
      result = this.one([
        result.slice(0, at),
        result.slice(0, at) + result.slice(at + 1),
        result.slice(0, at) + this.one(['{', '}', '"', ',', ':', '\n', '\t', '\u0000', '- ', '&a', '*b']) + result.slice(at),
      ])
    }
    return result
  }
}
