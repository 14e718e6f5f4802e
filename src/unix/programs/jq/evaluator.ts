/**
 * jq's language, run: a filter is a generator of results, each with the path it came by, so that `|=`, `del` and `paths` are the same walk
 * as `.a[0]`. What has a name is looked for among the program's own functions, then those written in jq, then the builtins.
 */
import { builtin } from './builtins.ts'
import { definitions } from './definitions.ts'
import { Break, type Closure, type Environment, type Result } from './environment.ts'
import { formatted, plain } from './formats.ts'
import type { Json } from './json.ts'
import { combined } from './operators.ts'
import { CompileError, type Node, type Pattern, parse } from './parse.ts'
import { type Path, at, put, without } from './paths.ts'
import { JqError, isObject, isTrue, withValue } from './values.ts'

export function* run(node: Node, input: Result, env: Environment): Generator<Result> {
  const value = input.value
  switch (node.type) {
    case 'identity':
      yield input
      return
    case 'empty':
      return
    case 'recurse':
      yield* recurse(input)
      return
    case 'literal':
      yield { value: node.value, path: undefined }
      return
    case 'text':
      yield* textOfParts(node.parts, node.format, input, env)
      return
    case 'format':
      yield { value: formatted(node.name, value), path: undefined }
      return
    case 'index':
      for (const base of run(node.of, input, env))
        for (const key of run(node.key, { value, path: undefined }, env))
          yield { value: at(base.value, key.value), path: base.path && [...base.path, key.value as string] }
      return
    case 'slice':
      for (const base of run(node.of, input, env)) {
        for (const to of node.to ? run(node.to, input, env) : [{ value: null }]) {
          for (const from of node.from ? run(node.from, input, env) : [{ value: null }]) {
            const slice = { start: from.value === null ? null : Number(from.value), end: to.value === null ? null : Number(to.value) }
            yield { value: at(base.value, slice), path: base.path && [...base.path, slice] }
          }
        }
      }
      return
    case 'iterate':
      for (const base of run(node.of, input, env)) {
        if (Array.isArray(base.value))
          for (const [index, item] of base.value.entries()) yield { value: item, path: base.path && [...base.path, index] }
        else if (isObject(base.value))
          for (const [key, item] of Object.entries(base.value)) yield { value: item, path: base.path && [...base.path, key] }
        else throw new JqError(`Cannot iterate over ${base.value === null ? 'null (null)' : withValue(base.value)}`)
      }
      return
    case 'try':
      try {
        yield* run(node.of, input, env)
      } catch (error) {
        if (!(error instanceof JqError)) throw error
      }
      return
    case 'catch':
      try {
        yield* run(node.of, input, env)
      } catch (error) {
        if (!(error instanceof JqError)) throw error
        yield* run(node.handler, { value: error.value, path: undefined }, env)
      }
      return
    case 'array':
      yield { value: Array.from(run(node.of, { value, path: undefined }, env), (one) => one.value), path: undefined }
      return
    case 'emptyArray':
      yield { value: [], path: undefined }
      return
    case 'negate':
      for (const one of run(node.of, input, env)) {
        if (typeof one.value !== 'number') throw new JqError(`${withValue(one.value)} cannot be negated`)
        yield { value: -one.value, path: undefined }
      }
      return
    case 'object':
      yield* objects(node.entries, 0, {}, input, env)
      return
    case 'pipe':
      for (const one of run(node.left, input, env)) yield* run(node.right, one, env)
      return
    case 'comma':
      yield* run(node.left, input, env)
      yield* run(node.right, input, env)
      return
    case 'binary':
      yield* binary(node, input, env)
      return
    case 'update':
      yield* update(node, value, env)
      return
    case 'if':
      for (const one of run(node.condition, { value, path: undefined }, env)) {
        if (isTrue(one.value)) yield* run(node.then, input, env)
        else if (node.otherwise) yield* run(node.otherwise, input, env)
        else yield input
      }
      return
    case 'as':
      for (const one of run(node.of, { value, path: undefined }, env)) yield* run(node.body, input, bound(node.pattern, one.value, env))
      return
    case 'reduce':
      for (const start of run(node.start, { value, path: undefined }, env)) {
        let state: Json = start.value
        for (const one of run(node.of, { value, path: undefined }, env)) {
          let last: Json = null
          for (const next of run(node.update, { value: state, path: undefined }, bound(node.pattern, one.value, env))) last = next.value
          state = last
        }
        yield { value: state, path: undefined }
      }
      return
    case 'foreach':
      for (const start of run(node.start, { value, path: undefined }, env)) {
        let state: Json = start.value
        for (const one of run(node.of, { value, path: undefined }, env)) {
          const inner = bound(node.pattern, one.value, env)
          for (const next of run(node.update, { value: state, path: undefined }, inner)) {
            state = next.value
            if (node.extract) yield* run(node.extract, next, inner)
            else yield next
          }
        }
      }
      return
    case 'variable': {
      if (node.name === 'ENV') yield { value: { ...env.host.env }, path: undefined }
      else if (node.name === '__loc__') yield { value: { file: '<top-level>', line: 1 }, path: undefined }
      else {
        const found = env.variables.get(node.name)
        if (found === undefined) throw new CompileError(`$${node.name} is not defined at <top-level>, line 1:`, node.at)
        yield { value: found, path: undefined }
      }
      return
    }
    case 'def': {
      const functions = new Map(env.functions)
      const inner: Environment = { ...env, functions }
      functions.set(node.name, { params: node.params, body: node.body, env: inner })
      yield* run(node.rest, input, inner)
      return
    }
    case 'label': {
      const label = {}
      try {
        yield* run(node.body, input, { ...env, labels: new Map(env.labels).set(node.name, label) })
      } catch (error) {
        if (!(error instanceof Break) || error.label !== label) throw error
      }
      return
    }
    case 'break':
      throw new Break(env.labels.get(node.name) ?? {})
    case 'call':
      yield* call(node, input, env)
  }
}

function* recurse(input: Result): Generator<Result> {
  yield input
  if (Array.isArray(input.value))
    for (const [index, item] of input.value.entries()) yield* recurse({ value: item, path: input.path && [...input.path, index] })
  else if (isObject(input.value))
    for (const [key, item] of Object.entries(input.value)) yield* recurse({ value: item, path: input.path && [...input.path, key] })
}

function* textOfParts(
  parts: readonly (string | Node)[],
  format: string | undefined,
  input: Result,
  env: Environment,
  index = 0,
  before = '',
): Generator<Result> {
  if (index >= parts.length) {
    yield { value: before, path: undefined }
    return
  }
  const part = parts[index]
  if (typeof part === 'string') yield* textOfParts(parts, format, input, env, index + 1, before + part)
  else
    for (const one of run(part, { value: input.value, path: undefined }, env))
      yield* textOfParts(
        parts,
        format,
        input,
        env,
        index + 1,
        before + (format === undefined ? plain(one.value) : formatted(format, one.value)),
      )
}

function* objects(
  entries: readonly (readonly [Node, Node])[],
  index: number,
  made: { [key: string]: Json },
  input: Result,
  env: Environment,
): Generator<Result> {
  if (index >= entries.length) {
    yield { value: made, path: undefined }
    return
  }
  const here = { value: input.value, path: undefined }
  for (const key of run(entries[index][0], here, env)) {
    if (typeof key.value !== 'string') throw new JqError(`Object keys must be strings`)
    for (const one of run(entries[index][1], here, env)) yield* objects(entries, index + 1, { ...made, [key.value]: one.value }, input, env)
  }
}

function bound(pattern: Pattern, value: Json, env: Environment): Environment {
  if ('name' in pattern) return { ...env, variables: new Map(env.variables).set(pattern.name, value) }
  if ('list' in pattern) return pattern.list.reduce((inner, one, index) => bound(one, at(value, index), inner), env)
  return pattern.entries.reduce((inner, [key, one]) => {
    const [name] = run(key, { value, path: undefined }, inner)
    const known = 'name' in one ? bound(one, at(value, name.value), inner) : inner
    return bound(one, at(value, name.value), known)
  }, env)
}

function* binary(
  { operator, left, right }: Extract<Node, { type: 'binary' | 'update' }>,
  input: Result,
  env: Environment,
): Generator<Result> {
  const here = { value: input.value, path: undefined }
  if (operator === '//') {
    let found = false
    try {
      for (const one of run(left, input, env)) {
        if (!isTrue(one.value)) continue
        found = true
        yield one
      }
    } catch (error) {
      if (!(error instanceof JqError)) throw error
    }
    if (!found) yield* run(right, input, env)
    return
  }
  if (operator === 'and' || operator === 'or') {
    for (const one of run(left, here, env)) {
      if (isTrue(one.value) === (operator === 'or')) yield { value: operator === 'or', path: undefined }
      else for (const other of run(right, here, env)) yield { value: isTrue(other.value), path: undefined }
    }
    return
  }
  for (const other of run(right, here, env))
    for (const one of run(left, here, env)) yield { value: combined(operator, one.value, other.value), path: undefined }
}

function pathsOf(node: Node, value: Json, env: Environment): Path[] {
  return Array.from(run(node, { value, path: [] }, env), ({ path }) => {
    if (!path) throw new JqError('Invalid path expression with result')
    return path
  })
}

export function* update(
  { operator, left, right }: Extract<Node, { type: 'binary' | 'update' }>,
  value: Json,
  env: Environment,
): Generator<Result> {
  const paths = pathsOf(left, value, env)
  if (operator === '|=') {
    let result = value
    const removed: Path[] = []
    for (const path of paths) {
      result = put(result, path, (old) => {
        for (const one of run(right, { value: old, path: undefined }, env)) return one.value
        removed.push(path)
        return old
      })
    }
    yield { value: without(result, removed), path: undefined }
    return
  }
  for (const one of run(right, { value, path: undefined }, env)) {
    let result = value
    for (const path of paths)
      result = put(result, path, (old) =>
        operator === '='
          ? one.value
          : operator === '//='
            ? isTrue(old)
              ? old
              : one.value
            : combined(operator.slice(0, -1), old, one.value),
      )
    yield { value: result, path: undefined }
  }
}

export function* call(node: Extract<Node, { type: 'call' }>, input: Result, env: Environment): Generator<Result> {
  const { name, args } = node
  const own = env.functions.get(`${name}/${args.length}`)
  if (own) {
    yield* called(own, args, input, env, 0, new Map(own.env.functions), own.env.variables)
    return
  }
  const defined = definitions.get(`${name}/${args.length}`)
  if (defined) {
    const functions = new Map<string, Closure>()
    const inner: Environment = { ...env, functions }
    for (const [index, param] of defined.params.entries()) functions.set(`${param}/0`, { params: [], body: args[index], env })
    yield* run(defined.body, input, inner)
    return
  }
  yield* builtin(node, input, env, run)
}

/** A `$` parameter takes each of its values in turn. */
function* called(
  own: Closure,
  args: readonly Node[],
  input: Result,
  env: Environment,
  index: number,
  functions: Map<string, Closure>,
  variables: Environment['variables'],
): Generator<Result> {
  const param = own.params[index]
  if (param === undefined) {
    yield* run(own.body, input, { ...own.env, functions, variables })
    return
  }
  if (!param.startsWith('$')) {
    yield* called(own, args, input, env, index + 1, new Map(functions).set(`${param}/0`, { params: [], body: args[index], env }), variables)
    return
  }
  const name = param.slice(1)
  for (const { value } of run(args[index], { value: input.value, path: undefined }, env)) {
    yield* called(
      own,
      args,
      input,
      env,
      index + 1,
      new Map(functions).set(`${name}/0`, { params: [], body: { type: 'literal', value }, env }),
      new Map(variables).set(name, value),
    )
  }
}

/**
 * The results of a program for one value, each with the path it stands at where it is a part of the input. For yq, whose language is close
 * to this one. Throws an Error in jq's words.
 */
export function* evaluated(
  program: string,
  input: Json,
  {
    variables,
    env,
    nowSeconds,
  }: { readonly variables: ReadonlyMap<string, Json>; readonly env: Readonly<Record<string, string>>; readonly nowSeconds: () => number },
): Generator<{ readonly value: Json; readonly path: readonly (string | number)[] | undefined }> {
  for (const { value, path } of run(
    parse(program),
    { value: input, path: [] },
    { variables, functions: new Map(), labels: new Map(), host: { env, nowSeconds, inputs: () => undefined } },
  )) {
    // Whoever asks here knows no slices.
    yield { value, path: path?.every((key) => typeof key !== 'object') ? (path as (string | number)[]) : undefined }
  }
}
