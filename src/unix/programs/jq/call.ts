/**
 * What a builtin is handed. The evaluator comes with the call, so that builtins run their arguments without importing it.
 */
import type { Environment, Result } from './environment.ts'
import type { Json } from './json.ts'
import type { Node } from './parse.ts'
import { JqError, isObject, kindOf, withValue } from './values.ts'

/** A call of a builtin: what it is asked with, and what most of them need of it. */
export interface Call {
  readonly name: string
  readonly args: readonly Node[]
  readonly input: Result
  readonly value: Json
  /** The input without its path. */
  readonly here: Result
  readonly env: Environment
  readonly run: Run
  readonly give: (result: Json) => Result
  readonly text: () => string
  readonly array: () => Json[]
  readonly each: (use: (arg: Json) => Json) => Generator<Result>
  readonly keyed: (items: readonly Json[]) => { item: Json; key: Json }[]
}

export type Builtin = (call: Call) => Generator<Result>
export type Run = (node: Node, input: Result, env: Environment) => Generator<Result>

/** `run` is handed in: what is called here runs its arguments with it. */
export function callOf({ name, args }: Extract<Node, { type: 'call' }>, input: Result, env: Environment, run: Run): Call {
  const { value } = input
  const here = { value, path: undefined }
  const give = (result: Json): Result => ({ value: result, path: undefined })
  const text = (): string => {
    if (typeof value !== 'string') throw new JqError(`${name} input must be a string`)
    return value
  }
  const array = (): Json[] => {
    if (!Array.isArray(value))
      throw new JqError(
        /^(add|any|all)$/.test(name) && !isObject(value)
          ? `Cannot iterate over ${value === null ? 'null (null)' : withValue(value)}`
          : isObject(value) && /^(add|min|max|any|all)$/.test(name)
            ? ''
            : `Cannot index ${kindOf(value)} with number`,
      )
    return value
  }
  const each = function* (use: (arg: Json) => Json): Generator<Result> {
    for (const one of run(args[0], here, env)) yield give(use(one.value))
  }
  const keyed = (items: readonly Json[]): { item: Json; key: Json }[] =>
    items.map((item) => ({ item, key: Array.from(run(args[0], { value: item, path: undefined }, env), (one) => one.value) }))
  return { name, args, input, value, here, env, run, give, text, array, each, keyed }
}
