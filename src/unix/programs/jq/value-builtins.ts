/**
 * Builtins about one value: what it is, what it holds, numbers, and the surroundings.
 */
import type { Builtin, Call } from './call.ts'
import type { Result } from './environment.ts'
import { plain } from './formats.ts'
import { type Json, problemOf } from './json.ts'
import { JqError, contains, isObject, kindOf, withValue } from './values.ts'

export const valueBuiltins: Readonly<Record<string, Builtin>> = {
  'length/0': function* ({ value, give }) {
    if (typeof value === 'boolean') throw new JqError(`${withValue(value)} has no length`)
    yield give(
      value === null
        ? 0
        : typeof value === 'string'
          ? [...value].length
          : typeof value === 'number'
            ? Math.abs(value)
            : Array.isArray(value)
              ? value.length
              : Object.keys(value).length,
    )
  },
  'utf8bytelength/0': function* ({ give, text }) {
    yield give(new TextEncoder().encode(text()).length)
  },
  'keys/0': keys,
  'keys_unsorted/0': keys,
  'has/1': function* ({ value, each }) {
    yield* each((key) => {
      if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key)
      if (Array.isArray(value) && typeof key === 'number') return key >= 0 && key < value.length
      throw new JqError(`Cannot check whether ${kindOf(value)} has a ${typeof key === 'string' ? 'string' : kindOf(key)} key`)
    })
  },
  'contains/1': function* ({ value, each }) {
    yield* each((other) => contains(value, other))
  },
  'type/0': function* ({ value, give }) {
    yield give(kindOf(value))
  },
  'tostring/0': function* ({ value, give }) {
    yield give(plain(value))
  },
  'tonumber/0': function* ({ value, give }) {
    if (typeof value === 'number') yield give(value)
    else if (typeof value === 'string' && value.trim() !== '' && !/^\s*[-+]?0x/i.test(value) && !Number.isNaN(Number(value)))
      yield give(Number(value))
    else
      throw new JqError(
        typeof value === 'string'
          ? `Invalid numeric literal at EOF at line 1, column ${value.length} (while parsing '${value}')`
          : `${withValue(value)} cannot be parsed as a number`,
      )
  },
  'fromjson/0': function* ({ value, give, text }) {
    try {
      yield give(JSON.parse(text()) as Json)
    } catch (error) {
      if (error instanceof JqError) throw error
      throw new JqError(`${problemOf(text(), 0)} (while parsing '${value}')`)
    }
  },
  'from_entries/0': function* ({ give, array }) {
    const made: { [key: string]: Json } = {}
    for (const one of array()) {
      const entry = one as { [key: string]: Json }
      const key = entry.key ?? entry.k ?? entry.name ?? entry.Name ?? entry.Key ?? entry.K ?? null
      made[key === null ? 'null' : plain(key)] = entry.value !== undefined ? entry.value : (entry.v ?? entry.Value ?? entry.V ?? null)
    }
    yield give(made)
  },
  'env/0': function* ({ env, give }) {
    yield give({ ...env.host.env })
  },
  'now/0': function* ({ env, give }) {
    yield give(env.host.nowSeconds())
  },
  'isnan/0': function* ({ value, give }) {
    yield give(Number.isNaN(value))
  },
  'isinfinite/0': function* ({ value, give }) {
    yield give(value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
  },
  'infinite/0': function* ({ give }) {
    yield give(Number.MAX_VALUE)
  },
  'nan/0': function* ({ give }) {
    yield give(null)
  },
  'pow/2': function* ({ args, env, here, give, run }) {
    for (const a of run(args[0], here, env)) for (const b of run(args[1], here, env)) yield give(Number(a.value) ** Number(b.value))
  },
}

export function* keys({ name, value, give }: Call): Generator<Result> {
  if (Array.isArray(value)) yield give(value.map((_, index) => index))
  else if (isObject(value)) yield give(name === 'keys' ? Object.keys(value).sort() : Object.keys(value))
  else throw new JqError(`${withValue(value)} has no keys`)
}
