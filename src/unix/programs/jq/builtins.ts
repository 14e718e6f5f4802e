/**
 * The builtins that are not written in jq, by name and number of arguments.
 */
import { type Builtin, type Run, callOf } from './call.ts'
import { controlBuiltins } from './control-builtins.ts'
import type { Environment, Result } from './environment.ts'
import { listBuiltins } from './list-builtins.ts'
import { CompileError, type Node } from './parse.ts'
import { textBuiltins } from './text-builtins.ts'
import { valueBuiltins } from './value-builtins.ts'
import { JqError, withValue } from './values.ts'

const math: Readonly<Record<string, (number: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: (number) => Math.sign(number) * Math.round(Math.abs(number)),
  sqrt: Math.sqrt,
  fabs: Math.abs,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  exp: Math.exp,
  trunc: Math.trunc,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  exp2: (one) => 2 ** one,
  exp10: (one) => 10 ** one,
  cbrt: Math.cbrt,
  logb: (one) => Math.floor(Math.log2(Math.abs(one))),
  significand: (one) => one / 2 ** Math.floor(Math.log2(Math.abs(one))),
  rint: Math.round,
  nearbyint: Math.round,
}

const builtins: Readonly<Record<string, Builtin>> = { ...valueBuiltins, ...listBuiltins, ...textBuiltins, ...controlBuiltins }

export function* builtin(node: Extract<Node, { type: 'call' }>, input: Result, env: Environment, run: Run): Generator<Result> {
  const { name, args } = node
  const signature = `${name}/${args.length}`
  if (args.length === 0 && Object.hasOwn(math, name)) {
    if (typeof input.value !== 'number') throw new JqError(`${withValue(input.value)} number required`)
    yield { value: math[name](input.value), path: undefined }
  } else if (Object.hasOwn(builtins, signature)) yield* builtins[signature](callOf(node, input, env, run))
  else throw new CompileError(`${signature} is not defined at <top-level>, line 1:`, node.at)
}
