/**
 * Builtins over lists: sorting, grouping, adding, `range`.
 */
import type { Builtin, Call } from './call.ts'
import type { Result } from './environment.ts'
import type { Json } from './json.ts'
import { combined } from './operators.ts'
import { JqError, compareJson, isObject, isTrue, kindOf, withValue } from './values.ts'

export const listBuiltins: Readonly<Record<string, Builtin>> = {
  'add/0': function* ({ value, give, array }) {
    const items = isObject(value) ? Object.values(value) : array()
    yield give(items.reduce<Json>((sum, one) => combined('+', sum, one), null))
  },
  'any/0': function* ({ give, array }) {
    yield give(array().some(isTrue))
  },
  'all/0': function* ({ give, array }) {
    yield give(array().every(isTrue))
  },
  'any/2': quantified,
  'all/2': quantified,
  'range/1': function* ({ args, env, here, give, run }) {
    for (const one of run(args[0], here, env)) for (let number = 0; number < Number(one.value); number++) yield give(number)
  },
  'range/2': range,
  'range/3': range,
  'sort/0': function* ({ value, give }) {
    if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be sorted, as it is not an array`)
    yield give([...value].sort(compareJson))
  },
  'sort_by/1': function* ({ value, give, keyed }) {
    if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be sorted, as it is not an array`)
    yield give(
      keyed(value)
        .sort((a, b) => compareJson(a.key, b.key))
        .map(({ item }) => item),
    )
  },
  'group_by/1': grouped,
  'unique_by/1': grouped,
  'unique/0': grouped,
  'min/0': function* ({ give, array }) {
    yield give([...array()].sort(compareJson)[0] ?? null)
  },
  'max/0': function* ({ give, array }) {
    yield give([...array()].sort(compareJson).at(-1) ?? null)
  },
  'reverse/0': function* ({ value, give, array }) {
    yield give(typeof value === 'string' ? [...value].reverse().join('') : value === null ? [] : [...array()].reverse())
  },
  'flatten/0': function* ({ give, array }) {
    yield give(flattened(array(), Number.POSITIVE_INFINITY))
  },
  'flatten/1': function* ({ array, each }) {
    yield* each((depth) => {
      if (Number(depth) < 0) throw new JqError('flatten depth must not be negative')
      return flattened(array(), Number(depth))
    })
  },
  'transpose/0': function* ({ give, array }) {
    const rows = array() as Json[][]
    yield give(Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, column) => rows.map((row) => row[column] ?? null)))
  },
  'join/1': function* ({ array, each }) {
    yield* each((between) =>
      array()
        .map((one) => (one === null ? '' : typeof one === 'string' ? one : String(combinedText(one))))
        .join(String(between)),
    )
  },
}

function* quantified({ name, args, env, here, give, run }: Call): Generator<Result> {
  let result = name === 'all'
  for (const one of run(args[0], here, env))
    for (const test of run(args[1], one, env)) if (isTrue(test.value) === (name === 'any')) result = name === 'any'
  yield give(result)
}

function* range({ args, env, here, give, run }: Call): Generator<Result> {
  for (const from of run(args[0], here, env))
    for (const to of run(args[1], here, env))
      for (const by of args[2] ? run(args[2], here, env) : [give(1)]) {
        const step = Number(by.value)
        for (let number = Number(from.value); step > 0 ? number < Number(to.value) : number > Number(to.value); number += step)
          yield give(number)
      }
}

function* grouped({ name, args, give, array, keyed }: Call): Generator<Result> {
  const rows = (args[0] ? keyed(array()) : array().map((item) => ({ item, key: item }))).sort((a, b) => compareJson(a.key, b.key))
  const groups: Json[][] = []
  for (const [index, { item, key }] of rows.entries()) {
    if (index > 0 && compareJson(rows[index - 1].key, key) === 0) groups[groups.length - 1].push(item)
    else groups.push([item])
  }
  yield give(name === 'group_by' ? groups : groups.map(([first]) => first))
}

const combinedText = (value: Json): Json => {
  if (Array.isArray(value) || isObject(value)) throw new JqError(`Cannot join with ${kindOf(value)}`)
  return String(value)
}

function flattened(items: readonly Json[], depth: number): Json[] {
  return items.flatMap((one) => (Array.isArray(one) && depth > 0 ? flattened(one, depth - 1) : [one]))
}
