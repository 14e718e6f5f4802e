/**
 * Builtins that steer: paths, errors, inputs, and how many results are taken.
 */
import type { Builtin } from './call.ts'
import { definitions } from './definitions.ts'
import { Halt, type Result } from './environment.ts'
import type { Json } from './json.ts'
import { type Path, at, put, without } from './paths.ts'
import { JqError } from './values.ts'

export const controlBuiltins: Readonly<Record<string, Builtin>> = {
  'path/1': function* ({ args, env, value, give, run }) {
    for (const one of run(args[0], { value, path: [] }, env)) yield give(one.path ?? [])
  },
  'getpath/1': function* ({ args, input, env, value, here, run }) {
    for (const one of run(args[0], here, env)) {
      if (!Array.isArray(one.value)) throw new JqError('Path must be specified as an array')
      yield {
        value: (one.value as Path).reduce<Json>((inner, key) => (inner === null ? null : at(inner, key)), value),
        path: input.path && [...input.path, ...(one.value as Path)],
      }
    }
  },
  'setpath/2': function* ({ args, env, value, here, give, run }) {
    for (const path of run(args[0], here, env))
      for (const one of run(args[1], here, env)) yield give(put(value, path.value as Path, () => one.value))
  },
  'delpaths/1': function* ({ value, each }) {
    yield* each((paths) => without(value, paths as Path[]))
  },
  'error/0': function* ({ value }) {
    throw new JqError(value)
  },
  'error/1': function* ({ args, env, here, run }) {
    for (const one of run(args[0], here, env)) throw new JqError(one.value)
  },
  'input/0': function* ({ env, give }) {
    const next = env.host.inputs()
    if (next === undefined) throw new JqError('No more inputs')
    yield give(next)
  },
  'inputs/0': function* ({ env, give }) {
    for (let next = env.host.inputs(); next !== undefined; next = env.host.inputs()) yield give(next)
  },
  'debug/0': function* ({ input, env, value }) {
    env.host.note?.(`["DEBUG:",${JSON.stringify(value)}]\n`)
    yield input
  },
  'debug/1': function* ({ args, input, env, here, run }) {
    for (const one of run(args[0], here, env)) env.host.note?.(`["DEBUG:",${JSON.stringify(one.value)}]\n`)
    yield input
  },
  'stderr/0': function* ({ input, env, value }) {
    env.host.note?.(JSON.stringify(value))
    yield input
  },
  'input_line_number/0': function* ({ give }) {
    yield give(0)
  },
  'limit/2': function* ({ args, input, env, here, run }) {
    for (const count of run(args[0], here, env)) {
      let left = Number(count.value)
      if (left <= 0) continue
      for (const one of run(args[1], input, env)) {
        yield one
        if (--left === 0) break
      }
    }
  },
  'nth/2': function* ({ args, input, env, here, run }) {
    for (const count of run(args[0], here, env)) {
      let index = 0
      for (const one of run(args[1], input, env)) {
        if (index++ < Number(count.value)) continue
        yield one
        break
      }
    }
  },
  'last/1': function* ({ args, input, env, run }) {
    let last: Result | undefined
    for (const one of run(args[0], input, env)) last = one
    if (last) yield last
  },
  'isempty/1': function* ({ args, env, here, give, run }) {
    let isEmpty = true
    for (const _ of run(args[0], here, env)) {
      isEmpty = false
      break
    }
    yield give(isEmpty)
  },
  'halt_error/1': function* ({ args, env, value, here, run }) {
    for (const one of run(args[0], here, env))
      throw new Halt(typeof value === 'string' ? value : `${JSON.stringify(value)}\n`, Number(one.value))
  },
  'halt/0': function* () {
    throw new Halt('', 0)
  },
  'builtins/0': function* ({ give }) {
    yield give([...definitions.keys(), ...builtinNames])
  },
  'input_filename/0': function* ({ env, give }) {
    yield give(env.host.inputFile?.() ?? null)
  },
}

/** Those that are not written in jq itself. */
const builtinNames =
  'length utf8bytelength keys keys_unsorted has contains type add any all range floor sqrt pow log tostring tonumber tojson fromjson sort sort_by group_by unique unique_by min max reverse flatten transpose from_entries join split ascii_downcase ascii_upcase startswith endswith ltrimstr rtrimstr explode implode indices test match sub gsub path getpath setpath delpaths error env now input inputs debug stderr input_line_number limit last isempty isnan isinfinite infinite nan gmtime strftime strptime mktime halt splits builtins input_filename'
    .split(' ')
    .map((one) => `${one}/0`)
