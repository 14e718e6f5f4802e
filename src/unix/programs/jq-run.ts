/**
 * jq's language, run: a filter is a generator of results, each with the path it came by, so that `|=`, `del` and `paths` are the same walk as `.a[0]`.
 */
import { type Json, numberText, problemOf } from './jq-json.ts'
import { CompileError, type Node, parse, type Pattern } from './jq-parse.ts'
import { momentOf, strftime } from './time-text.ts'

/** A part of a list, `.[2:4]`, is a step of a path too. */
type Slice = { start: number | null; end: number | null }
type Path = (string | number | Slice)[]

export class JqError extends Error {
  readonly value: Json

  constructor(value: Json) {
    super(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`)
    this.value = value
  }
}
export class Halt extends Error {
  readonly code: number

  constructor(text: string, code: number) {
    super(text)
    this.code = code
  }
}
export class Break extends Error {
  readonly label: object

  constructor(label: object) {
    super('break')
    this.label = label
  }
}

interface Result {
  readonly value: Json
  readonly path: Path | undefined
}

interface Closure {
  readonly params: readonly string[]
  readonly body: Node
  env: Environment
}

export interface Environment {
  readonly variables: ReadonlyMap<string, Json>
  readonly functions: ReadonlyMap<string, Closure>
  readonly labels: ReadonlyMap<string, object>
  readonly host: Host
}

interface Host {
  readonly env: Readonly<Record<string, string>>
  readonly nowSeconds: () => number
  readonly inputs: () => Json | undefined
  readonly inputFile?: () => string | null
  /** What `debug` and `stderr` write. */
  readonly note?: (text: string) => void
}

const kindOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
const order = ['null', 'false', 'true', 'number', 'string', 'array', 'object']
export const isTrue = (value: Json): boolean => value !== null && value !== false
const short = (value: Json): string => {
  const text = JSON.stringify(value)
  return text.length > 11 ? `${text.slice(0, 10)}...` : text
}
const withValue = (value: Json): string => `${kindOf(value)} (${short(value)})`

function compareJson(a: Json, b: Json): number {
  const rank = (value: Json): number => order.indexOf(typeof value === 'boolean' ? String(value) : kindOf(value))
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index++) {
      const difference = compareJson(a[index], b[index])
      if (difference !== 0) return difference
    }
    return a.length - b.length
  }
  if (isObject(a) && isObject(b)) {
    const [x, y] = [Object.keys(a).sort(), Object.keys(b).sort()]
    const keys = compareJson(x, y)
    if (keys !== 0) return keys
    for (const key of x) {
      const difference = compareJson(a[key], b[key])
      if (difference !== 0) return difference
    }
  }
  return 0
}

function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function at(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key) ? value[key] : null
  if (Array.isArray(value) && typeof key === 'number')
    return value[Math.floor(key) < 0 ? value.length + Math.floor(key) : Math.floor(key)] ?? null
  if (isSlice(key)) {
    if (value === null) return null
    if (typeof value === 'string' || Array.isArray(value)) return sliced(value, key)
    throw new JqError(`Cannot index ${kindOf(value)} with object`)
  }
  if (value === null && (typeof key === 'string' || typeof key === 'number')) return null
  if (Array.isArray(value) && Array.isArray(key))
    return value.flatMap((_, index) => (compareJson(value.slice(index, index + key.length), key) === 0 ? [index] : []))
  throw new JqError(
    typeof key === 'string'
      ? `Cannot index ${kindOf(value)} with ${isObject(value) || value === null ? '' : 'string '}"${key}"`
      : `Cannot index ${kindOf(value)} with ${kindOf(key)}`,
  )
}

function isSlice(key: Json | undefined): key is Slice {
  return typeof key === 'object' && key !== null && !Array.isArray(key) && 'start' in key && 'end' in key
}

function sliced(value: string | Json[], slice: Slice): Json {
  const [low, high] = [slice.start === null ? undefined : Math.floor(slice.start), slice.end === null ? undefined : Math.ceil(slice.end)]
  return typeof value === 'string' ? [...value].slice(low, high).join('') : value.slice(low, high)
}

function put(value: Json, path: Path, change: (old: Json) => Json | undefined): Json {
  const [key, ...rest] = path
  if (key === undefined) return change(value) ?? null
  if (isSlice(key)) {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot update field at object index of ${kindOf(value)}`)
    const old = value ?? []
    const part = put(sliced(old, key), rest, change)
    if (!Array.isArray(part)) throw new JqError('A slice of an array can only be assigned another array')
    const low = bounded(key.start === null ? 0 : Math.floor(key.start), old.length)
    const high = Math.max(low, bounded(key.end === null ? old.length : Math.ceil(key.end), old.length))
    return [...old.slice(0, low), ...part, ...old.slice(high)]
  }
  if (typeof key === 'number') {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${kindOf(value)} with number`)
    const copy = [...(value ?? [])]
    const index = key < 0 ? copy.length + key : key
    if (index < 0) throw new JqError('Out of bounds negative array index')
    while (copy.length < index) copy.push(null)
    copy[index] = put(copy[index] ?? null, rest, change)
    return copy
  }
  if (value !== null && !isObject(value)) throw new JqError(`Cannot index ${kindOf(value)} with "${key}"`)
  return { ...(value ?? {}), [key]: put(value?.[key] ?? null, rest, change) }
}

const bounded = (index: number, length: number): number => Math.max(0, Math.min(length, index < 0 ? length + index : index))

function without(value: Json, paths: readonly Path[]): Json {
  let result = value
  for (const path of [...paths].sort((a, b) => compareJson(b, a))) {
    const remove = (from: Json, [key, ...rest]: Path): Json => {
      if (from === null || key === undefined) return null
      if (rest.length > 0) {
        const inner = at(from, key)
        return inner === null ? from : put(from, [key], () => remove(inner, rest))
      }
      if (Array.isArray(from) && isSlice(key)) return put(from, [key], () => [])
      if (Array.isArray(from) && typeof key === 'number') return from.filter((_, index) => index !== (key < 0 ? from.length + key : key))
      if (isObject(from) && typeof key === 'string') {
        const { [key]: _, ...others } = from
        return others
      }
      throw new JqError(`Cannot delete field at ${typeof key === 'string' ? 'object' : 'array'} index of ${kindOf(from)}`)
    }
    result = remove(result, path)
  }
  return result
}

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

const plain = (value: Json): string =>
  typeof value === 'string' ? value : typeof value === 'number' && Number.isFinite(value) ? numberText(value) : JSON.stringify(value)

function scalarText(cell: Json, refusal: string): string {
  if (typeof cell === 'object' && cell !== null) throw new JqError(`${withValue(cell)} ${refusal}`)
  return plain(cell)
}

function formatted(name: string, value: Json): string {
  const rows = (quote: (cell: Json) => string, between: string): string => {
    if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be ${name.slice(1)}-formatted, only an array can be`)
    return value.map(quote).join(between)
  }
  switch (name) {
    case '@text':
      return plain(value)
    case '@json':
      return JSON.stringify(value)
    case '@html':
      return plain(value).replace(
        /[&<>'"]/g,
        (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&apos;', '"': '&quot;' })[letter] ?? letter,
      )
    case '@uri':
      return encodeURIComponent(plain(value)).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    case '@csv':
      return rows(
        (cell) =>
          typeof cell === 'string' ? `"${cell.replaceAll('"', '""')}"` : cell === null ? '' : scalarText(cell, 'is not valid in a csv row'),
        ',',
      )
    case '@tsv':
      return rows(
        (cell) =>
          cell === null
            ? ''
            : typeof cell !== 'string'
              ? scalarText(cell, 'is not valid in a csv row')
              : cell.replace(/[\\\t\n\r]/g, (letter) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[letter] ?? letter),
        '\t',
      )
    case '@sh':
      return (Array.isArray(value) ? value : [value])
        .map((cell) => (typeof cell === 'string' ? `'${cell.replaceAll("'", "'\\''")}'` : scalarText(cell, 'can not be escaped for shell')))
        .join(' ')
    case '@base64':
      return btoa(String.fromCharCode(...new TextEncoder().encode(plain(value))))
    case '@base64d':
      try {
        return new TextDecoder().decode(Uint8Array.from(atob(plain(value).replace(/=+$/, '')), (letter) => letter.charCodeAt(0)))
      } catch {
        throw new JqError(`${withValue(value)} is not valid base64 data`)
      }
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`)
  }
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

function combined(operator: string, a: Json, b: Json): Json {
  switch (operator) {
    case '==':
      return compareJson(a, b) === 0
    case '!=':
      return compareJson(a, b) !== 0
    case '<':
      return compareJson(a, b) < 0
    case '>':
      return compareJson(a, b) > 0
    case '<=':
      return compareJson(a, b) <= 0
    case '>=':
      return compareJson(a, b) >= 0
    case '+':
      if (a === null) return b
      if (b === null) return a
      if (typeof a === 'number' && typeof b === 'number') return a + b
      if (typeof a === 'string' && typeof b === 'string') return a + b
      if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
      if (isObject(a) && isObject(b)) return { ...a, ...b }
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be added`)
    case '-':
      if (typeof a === 'number' && typeof b === 'number') return a - b
      if (Array.isArray(a) && Array.isArray(b)) return a.filter((one) => !b.some((other) => compareJson(one, other) === 0))
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be subtracted`)
    case '*':
      if (typeof a === 'number' && typeof b === 'number') return a * b
      if (typeof a === 'string' && typeof b === 'number') return b <= 0 ? null : a.repeat(Math.max(1, Math.ceil(b)))
      if (isObject(a) && isObject(b)) return merged(a, b)
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be multiplied`)
    case '/':
      if (typeof a === 'number' && typeof b === 'number') {
        if (b === 0) throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be divided because the divisor is zero`)
        return a / b
      }
      if (typeof a === 'string' && typeof b === 'string') return a === '' ? [] : a.split(b)
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be divided`)
    default:
      if (typeof a === 'number' && typeof b === 'number') {
        if (Math.trunc(b) === 0) throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be divided because the divisor is zero`)
        return Math.trunc(a) % Math.abs(Math.trunc(b))
      }
      throw new JqError(`${withValue(a)} and ${withValue(b)} cannot be divided`)
  }
}

function merged(a: { [key: string]: Json }, b: { [key: string]: Json }): Json {
  const result = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const old = result[key]
    result[key] = isObject(old ?? null) && isObject(value) ? merged(old as { [key: string]: Json }, value) : value
  }
  return result
}

function pathsOf(node: Node, value: Json, env: Environment): Path[] {
  return Array.from(run(node, { value, path: [] }, env), ({ path }) => {
    if (!path) throw new JqError('Invalid path expression with result')
    return path
  })
}

function* update(
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

function* call(node: Extract<Node, { type: 'call' }>, input: Result, env: Environment): Generator<Result> {
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
  yield* builtin(node, input, env)
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

const definitions = new Map<string, { readonly params: readonly string[]; readonly body: Node }>()
for (const [head, body] of [
  ['select(f)', 'if f then . else empty end'],
  ['recurse(f)', 'def r: ., (f | r); r'],
  ['recurse(f; c)', 'def r: ., (f | select(c) | r); r'],
  ['map(f)', '[.[] | f]'],
  ['map_values(f)', '.[] |= f'],
  ['values', 'if . == null then empty else . end'],
  ['nulls', 'if . == null then . else empty end'],
  ['strings', 'if type == "string" then . else empty end'],
  ['numbers', 'if type == "number" then . else empty end'],
  ['arrays', 'if type == "array" then . else empty end'],
  ['objects', 'if type == "object" then . else empty end'],
  ['booleans', 'if type == "boolean" then . else empty end'],
  ['scalars', 'if type != "array" and type != "object" then . else empty end'],
  ['iterables', 'if type == "array" or type == "object" then . else empty end'],
  ['recurse', '..'],
  ['to_entries', '[keys_unsorted[] as $k | {key: $k, value: .[$k]}]'],
  ['with_entries(f)', 'to_entries | map(f) | from_entries'],
  ['first(f)', 'label $out | (f | ., break $out)'],
  ['first', '.[0]'],
  ['last', '.[-1]'],
  ['until(c; u)', 'def r: if c then . else (u | r) end; r'],
  ['while(c; u)', 'def r: if c then ., (u | r) else empty end; r'],
  ['repeat(f)', 'def r: f | (., r); r'],
  ['inside(xs)', '. as $x | xs | contains($x)'],
  ['in(xs)', '. as $x | xs | has($x)'],
  ['todate', 'strftime("%Y-%m-%dT%H:%M:%SZ")'],
  ['fromdate', 'fromdateiso8601'],
  ['finites', 'if isinfinite or isnan then empty else . end'],
  ['index(s)', 'indices(s) | .[0]'],
  ['rindex(s)', 'indices(s) | .[-1:][0]'],
  ['combinations', 'if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end'],
  ['walk(f)', 'def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w'],
  ['del(f)', 'delpaths([path(f)])'],
  ['paths', 'path(..) | select(length > 0)'],
  ['leaf_paths', 'paths(scalars)'],
  ['paths(f)', '. as $d | paths | select(. as $p | $d | getpath($p) | f)'],
  ['combinations(n)', '. as $dot | [range(n)] | map($dot) | combinations'],
  ['IN(s)', 'any(s == .; .)'],
  ['IN(src; s)', 'any(src == s; .)'],
  ['INDEX(s; f)', 'reduce s as $row ({}; .[$row | f | tostring] |= $row)'],
  ['INDEX(f)', 'INDEX(.[]; f)'],
  ['tostream', 'path(def r: (.[]?|r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q])'],
  [
    'fromstream(f)',
    '{x: null, e: false} as $init | foreach f as $i ($init; if .e then $init else . end | if $i | length == 2 then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1]) else setpath(["e"]; $i[0] | length == 1) end; if .e then .x else empty end)',
  ],
  ['truncate_stream(s)', '. as $n | null | s | . as $i | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end'],
  ['splits(re; flags)', 'split(re; flags) | .[]'],
  ['halt_error', 'halt_error(5)'],
  ['isnormal', 'if . == 0 or isnan or isinfinite then false else true end'],
  ['fromdateiso8601', 'strptime("%Y-%m-%dT%H:%M:%SZ") | mktime'],
  ['todateiso8601', 'strftime("%Y-%m-%dT%H:%M:%SZ")'],
  ['localtime', 'gmtime'],
  ['strflocaltime(f)', 'strftime(f)'],
  ['add(f)', '[f] | add'],
  ['any(f)', '[.[] | f] | any'],
  ['all(f)', '[.[] | f] | all'],
  ['nth(n)', '.[n]'],
  ['not', 'if . then false else true end'],
  ['capture(re)', 'match(re) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries'],
  ['scan(re)', 'match(re; "g") | if (.captures | length) > 0 then [.captures[].string] else .string end'],
  ['min_by(f)', 'if length == 0 then null else (map([f]) | index(min)) as $i | .[$i] end'],
  ['max_by(f)', 'if length == 0 then null else sort_by(f) | .[-1] end'],
  ['pick(f)', '. as $t | reduce path(f) as $p (null; setpath($p; $t | getpath($p)))'],
  ['have_literal_numbers', 'true'],
  ['tojson', '@json'],
  ['abs', 'if . < 0 then -. else . end'],
] as const) {
  const [, name, params = ''] = /^(\w+)(?:\(([^)]*)\))?$/.exec(head) ?? []
  const list = params === '' ? [] : params.split(/;\s*/)
  definitions.set(`${name}/${list.length}`, { params: list, body: parse(body) })
}
definitions.set('min_by/1', { params: ['f'], body: parse('if length == 0 then null else sort_by(f) | .[0] end') })

function* builtin({ name, args, at: position }: Extract<Node, { type: 'call' }>, input: Result, env: Environment): Generator<Result> {
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
  if (args.length === 0 && name in math) {
    if (typeof value !== 'number') throw new JqError(`${withValue(value)} number required`)
    yield give(math[name](value))
    return
  }
  switch (`${name}/${args.length}`) {
    case 'length/0':
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
      return
    case 'utf8bytelength/0':
      yield give(new TextEncoder().encode(text()).length)
      return
    case 'keys/0':
    case 'keys_unsorted/0': {
      if (Array.isArray(value)) yield give(value.map((_, index) => index))
      else if (isObject(value)) yield give(name === 'keys' ? Object.keys(value).sort() : Object.keys(value))
      else throw new JqError(`${withValue(value)} has no keys`)
      return
    }
    case 'has/1':
      yield* each((key) => {
        if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key)
        if (Array.isArray(value) && typeof key === 'number') return key >= 0 && key < value.length
        throw new JqError(`Cannot check whether ${kindOf(value)} has a ${typeof key === 'string' ? 'string' : kindOf(key)} key`)
      })
      return
    case 'contains/1':
      yield* each((other) => contains(value, other))
      return
    case 'type/0':
      yield give(kindOf(value))
      return
    case 'add/0': {
      const items = isObject(value) ? Object.values(value) : array()
      yield give(items.reduce<Json>((sum, one) => combined('+', sum, one), null))
      return
    }
    case 'any/0':
      yield give(array().some(isTrue))
      return
    case 'all/0':
      yield give(array().every(isTrue))
      return
    case 'any/2':
    case 'all/2': {
      let result = name === 'all'
      for (const one of run(args[0], here, env))
        for (const test of run(args[1], one, env)) if (isTrue(test.value) === (name === 'any')) result = name === 'any'
      yield give(result)
      return
    }
    case 'range/1':
      for (const one of run(args[0], here, env)) for (let number = 0; number < Number(one.value); number++) yield give(number)
      return
    case 'range/2':
    case 'range/3':
      for (const from of run(args[0], here, env))
        for (const to of run(args[1], here, env))
          for (const by of args[2] ? run(args[2], here, env) : [give(1)]) {
            const step = Number(by.value)
            for (let number = Number(from.value); step > 0 ? number < Number(to.value) : number > Number(to.value); number += step)
              yield give(number)
          }
      return
    case 'tostring/0':
      yield give(plain(value))
      return
    case 'tonumber/0': {
      if (typeof value === 'number') yield give(value)
      else if (typeof value === 'string' && value.trim() !== '' && !/^\s*[-+]?0x/i.test(value) && !Number.isNaN(Number(value)))
        yield give(Number(value))
      else
        throw new JqError(
          typeof value === 'string'
            ? `Invalid numeric literal at EOF at line 1, column ${value.length} (while parsing '${value}')`
            : `${withValue(value)} cannot be parsed as a number`,
        )
      return
    }
    case 'fromjson/0':
      try {
        yield give(JSON.parse(text()) as Json)
      } catch (error) {
        if (error instanceof JqError) throw error
        throw new JqError(`${problemOf(text(), 0)} (while parsing '${value}')`)
      }
      return
    case 'sort/0':
      if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be sorted, as it is not an array`)
      yield give([...value].sort(compareJson))
      return
    case 'sort_by/1':
      if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be sorted, as it is not an array`)
      yield give(
        keyed(value)
          .sort((a, b) => compareJson(a.key, b.key))
          .map(({ item }) => item),
      )
      return
    case 'group_by/1':
    case 'unique_by/1':
    case 'unique/0': {
      const rows = (args[0] ? keyed(array()) : array().map((item) => ({ item, key: item }))).sort((a, b) => compareJson(a.key, b.key))
      const groups: Json[][] = []
      for (const [index, { item, key }] of rows.entries()) {
        if (index > 0 && compareJson(rows[index - 1].key, key) === 0) groups[groups.length - 1].push(item)
        else groups.push([item])
      }
      yield give(name === 'group_by' ? groups : groups.map(([first]) => first))
      return
    }
    case 'min/0':
      yield give([...array()].sort(compareJson)[0] ?? null)
      return
    case 'max/0':
      yield give([...array()].sort(compareJson).at(-1) ?? null)
      return
    case 'reverse/0':
      yield give(typeof value === 'string' ? [...value].reverse().join('') : value === null ? [] : [...array()].reverse())
      return
    case 'flatten/0':
      yield give(flattened(array(), Number.POSITIVE_INFINITY))
      return
    case 'flatten/1':
      yield* each((depth) => {
        if (Number(depth) < 0) throw new JqError('flatten depth must not be negative')
        return flattened(array(), Number(depth))
      })
      return
    case 'transpose/0': {
      const rows = array() as Json[][]
      yield give(
        Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, column) => rows.map((row) => row[column] ?? null)),
      )
      return
    }
    case 'from_entries/0': {
      const made: { [key: string]: Json } = {}
      for (const one of array()) {
        const entry = one as { [key: string]: Json }
        const key = entry.key ?? entry.k ?? entry.name ?? entry.Name ?? entry.Key ?? entry.K ?? null
        made[key === null ? 'null' : plain(key)] = entry.value !== undefined ? entry.value : (entry.v ?? entry.Value ?? entry.V ?? null)
      }
      yield give(made)
      return
    }
    case 'join/1':
      yield* each((between) =>
        array()
          .map((one) => (one === null ? '' : typeof one === 'string' ? one : String(combinedText(one))))
          .join(String(between)),
      )
      return
    case 'split/1':
      yield* each((by) => (text() === '' ? [] : text().split(String(by))))
      return
    case 'split/2':
      for (const re of run(args[0], here, env))
        for (const flags of run(args[1], here, env))
          yield give(text().split(new RegExp(String(re.value), `g${String(flags.value ?? '').replace(/[gx]/g, '')}`)))
      return
    case 'ascii_downcase/0':
      yield give(text().replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
      return
    case 'ascii_upcase/0':
      yield give(text().replace(/[a-z]/g, (letter) => letter.toUpperCase()))
      return
    case 'startswith/1':
      yield* each((start) => {
        if (typeof value !== 'string' || typeof start !== 'string') throw new JqError('startswith() requires string inputs')
        return value.startsWith(start)
      })
      return
    case 'endswith/1':
      yield* each((end) => {
        if (typeof value !== 'string' || typeof end !== 'string') throw new JqError('endswith() requires string inputs')
        return value.endsWith(end)
      })
      return
    case 'ltrimstr/1':
      yield* each((start) =>
        typeof value === 'string' && typeof start === 'string' && value.startsWith(start) ? value.slice(start.length) : value,
      )
      return
    case 'rtrimstr/1':
      yield* each((end) =>
        typeof value === 'string' && typeof end === 'string' && end !== '' && value.endsWith(end) ? value.slice(0, -end.length) : value,
      )
      return
    case 'trim/0':
      yield give(text().trim())
      return
    case 'ltrim/0':
      yield give(text().trimStart())
      return
    case 'rtrim/0':
      yield give(text().trimEnd())
      return
    case 'explode/0':
      yield give([...text()].map((letter) => letter.codePointAt(0) ?? 0))
      return
    case 'implode/0':
      yield give(String.fromCodePoint(...array().map(Number)))
      return
    case 'indices/1':
      yield* each((wanted) => {
        if (typeof value === 'string') {
          const found: Json[] = []
          for (let index = value.indexOf(String(wanted)); index >= 0 && wanted !== ''; index = value.indexOf(String(wanted), index + 1))
            found.push(index)
          return found
        }
        if (value === null) return null
        return Array.isArray(wanted) ? at(value, wanted) : array().flatMap((one, index) => (compareJson(one, wanted) === 0 ? [index] : []))
      })
      return
    case 'test/1':
    case 'test/2':
    case 'match/1':
    case 'match/2':
    case 'sub/2':
    case 'gsub/2':
    case 'sub/3':
    case 'gsub/3':
      yield* regular(name, args, value, env)
      return
    case 'path/1':
      for (const one of run(args[0], { value, path: [] }, env)) yield give(one.path ?? [])
      return
    case 'getpath/1':
      for (const one of run(args[0], here, env)) {
        if (!Array.isArray(one.value)) throw new JqError('Path must be specified as an array')
        yield {
          value: (one.value as Path).reduce<Json>((inner, key) => (inner === null ? null : at(inner, key)), value),
          path: input.path && [...input.path, ...(one.value as Path)],
        }
      }
      return
    case 'setpath/2':
      for (const path of run(args[0], here, env))
        for (const one of run(args[1], here, env)) yield give(put(value, path.value as Path, () => one.value))
      return
    case 'delpaths/1':
      yield* each((paths) => without(value, paths as Path[]))
      return
    case 'error/0':
      throw new JqError(value)
    case 'error/1':
      for (const one of run(args[0], here, env)) throw new JqError(one.value)
      return
    case 'env/0':
      yield give({ ...env.host.env })
      return
    case 'now/0':
      yield give(env.host.nowSeconds())
      return
    case 'input/0': {
      const next = env.host.inputs()
      if (next === undefined) throw new JqError('No more inputs')
      yield give(next)
      return
    }
    case 'inputs/0':
      for (let next = env.host.inputs(); next !== undefined; next = env.host.inputs()) yield give(next)
      return
    case 'debug/0':
      env.host.note?.(`["DEBUG:",${JSON.stringify(value)}]\n`)
      yield input
      return
    case 'debug/1':
      for (const one of run(args[0], here, env)) env.host.note?.(`["DEBUG:",${JSON.stringify(one.value)}]\n`)
      yield input
      return
    case 'stderr/0':
      env.host.note?.(JSON.stringify(value))
      yield input
      return
    case 'input_line_number/0':
      yield give(0)
      return
    case 'limit/2':
      for (const count of run(args[0], here, env)) {
        let left = Number(count.value)
        if (left <= 0) continue
        for (const one of run(args[1], input, env)) {
          yield one
          if (--left === 0) break
        }
      }
      return
    case 'nth/2':
      for (const count of run(args[0], here, env)) {
        let index = 0
        for (const one of run(args[1], input, env)) {
          if (index++ < Number(count.value)) continue
          yield one
          break
        }
      }
      return
    case 'last/1': {
      let last: Result | undefined
      for (const one of run(args[0], input, env)) last = one
      if (last) yield last
      return
    }
    case 'isempty/1': {
      let isEmpty = true
      for (const _ of run(args[0], here, env)) {
        isEmpty = false
        break
      }
      yield give(isEmpty)
      return
    }
    case 'isnan/0':
      yield give(Number.isNaN(value))
      return
    case 'isinfinite/0':
      yield give(value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
      return
    case 'infinite/0':
      yield give(Number.MAX_VALUE)
      return
    case 'nan/0':
      yield give(null)
      return
    case 'pow/2':
      for (const a of run(args[0], here, env)) for (const b of run(args[1], here, env)) yield give(Number(a.value) ** Number(b.value))
      return
    case 'gmtime/0':
      if (typeof value !== 'number') throw new JqError('gmtime() requires a number')
      yield give(brokenDown(value))
      return
    case 'strftime/1':
      yield* each((format) => {
        if (typeof value !== 'number' && !Array.isArray(value)) throw new JqError('strftime/1 requires parsed datetime inputs')
        const seconds = typeof value === 'number' ? value : Date.UTC(...(value.slice(0, 6) as [number, number])) / 1000
        return strftime(String(format), momentOf(Math.floor(seconds) * 1000, 'UTC'))
      })
      return
    case 'strptime/1':
      yield* each((format) => {
        if (typeof value !== 'string') throw new JqError(`strptime/1 requires string inputs and arguments`)
        return parsedDate(value, String(format))
      })
      return
    case 'mktime/0':
      if (!Array.isArray(value)) throw new JqError('mktime requires array of 6 numbers')
      yield give(Math.floor(Date.UTC(...(value.slice(0, 6) as [number, number])) / 1000))
      return
    case 'halt_error/1':
      for (const one of run(args[0], here, env))
        throw new Halt(typeof value === 'string' ? value : `${JSON.stringify(value)}\n`, Number(one.value))
      return
    case 'halt/0':
      throw new Halt('', 0)
    case 'splits/1':
      for (const re of run(args[0], here, env)) for (const one of text().split(new RegExp(String(re.value)))) yield give(one)
      return
    case 'builtins/0':
      yield give([...definitions.keys(), ...builtinNames])
      return
    case 'input_filename/0':
      yield give(env.host.inputFile?.() ?? null)
      return
    default:
      throw new CompileError(`${name}/${args.length} is not defined at <top-level>, line 1:`, position)
  }
}

/** Those that are not written in jq itself. */
const builtinNames =
  'length utf8bytelength keys keys_unsorted has contains type add any all range floor sqrt pow log tostring tonumber tojson fromjson sort sort_by group_by unique unique_by min max reverse flatten transpose from_entries join split ascii_downcase ascii_upcase startswith endswith ltrimstr rtrimstr explode implode indices test match sub gsub path getpath setpath delpaths error env now input inputs debug stderr input_line_number limit last isempty isnan isinfinite infinite nan gmtime strftime strptime mktime halt splits builtins input_filename'
    .split(' ')
    .map((one) => `${one}/0`)

/** Seconds as jq's array: year, month from 0, day, hour, minute, second, day of the week, day of the year. */
function brokenDown(seconds: number): Json[] {
  const date = new Date(seconds * 1000)
  const year = date.getUTCFullYear()
  return [
    year,
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + (seconds % 1 === 0 ? 0 : seconds - Math.floor(seconds)),
    date.getUTCDay(),
    Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000),
  ]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

function parsedDate(text: string, format: string): Json {
  const fields: Record<string, number> = {}
  const keys: string[] = []
  const simple: Readonly<Record<string, string>> = {
    Y: '(\\d{4})',
    m: '(\\d{1,2})',
    d: '(\\d{1,2})',
    e: '\\s*(\\d{1,2})',
    H: '(\\d{1,2})',
    M: '(\\d{1,2})',
    S: '(\\d{1,2})',
    j: '(\\d{1,3})',
    y: '(\\d{2})',
    s: '(\\d+)',
    b: '([A-Za-z]{3,})',
    B: '([A-Za-z]{3,})',
    a: '([A-Za-z]{3,})',
    A: '([A-Za-z]{3,})',
    Z: '([A-Za-z]+)',
    z: '([-+]\\d{2}:?\\d{2}|Z)',
  }
  const source = format
    .replace(/%T/g, '%H:%M:%S')
    .replace(/%F/g, '%Y-%m-%d')
    .replace(/%([A-Za-z%])|[.*+?^${}()|[\]\\]/g, (whole, letter?: string) => {
      if (letter === undefined) return `\\${whole}`
      if (letter === '%') return '%'
      keys.push(letter)
      return simple[letter] ?? '(.*?)'
    })
  const match = new RegExp(`^${source}$`).exec(text)
  if (!match) throw new JqError(`date "${text}" does not match format "${format}"`)
  for (const [index, key] of keys.entries())
    fields[key] = key === 'b' || key === 'B' ? months.indexOf(match[index + 1].slice(0, 3).toLowerCase()) : Number(match[index + 1])
  if (fields.s !== undefined) return brokenDown(fields.s)
  const month = fields.b ?? fields.B ?? (fields.m ?? 1) - 1
  return brokenDown(
    Date.UTC(
      fields.Y ?? (fields.y === undefined ? 1900 : fields.y + (fields.y < 69 ? 2000 : 1900)),
      month,
      fields.d ?? fields.e ?? 1,
      fields.H ?? 0,
      fields.M ?? 0,
      fields.S ?? 0,
    ) / 1000,
  )
}

const combinedText = (value: Json): Json => {
  if (Array.isArray(value) || isObject(value)) throw new JqError(`Cannot join with ${kindOf(value)}`)
  return String(value)
}

function contains(a: Json, b: Json): boolean {
  if (kindOf(a) !== kindOf(b)) throw new JqError(`${withValue(a)} and ${withValue(b)} cannot have their containment checked`)
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b)
  if (Array.isArray(a) && Array.isArray(b))
    return b.every((wanted) => a.some((one) => kindOf(one) === kindOf(wanted) && contains(one, wanted)))
  if (isObject(a) && isObject(b))
    return Object.entries(b).every(
      ([key, wanted]) => Object.hasOwn(a, key) && kindOf(a[key]) === kindOf(wanted) && contains(a[key], wanted),
    )
  return compareJson(a, b) === 0
}

function* regular(name: string, args: readonly Node[], value: Json, env: Environment): Generator<Result> {
  const here = { value, path: undefined }
  if (typeof value !== 'string') throw new JqError(`${withValue(value)} cannot be matched, as it is not a string`)
  const isSubstitute = name === 'sub' || name === 'gsub'
  const flagNode = isSubstitute ? args[2] : args[1]
  for (const given of run(args[0], here, env)) {
    const [source, inline] = Array.isArray(given.value) ? [String(given.value[0]), String(given.value[1] ?? '')] : [String(given.value), '']
    for (const flagged of flagNode ? run(flagNode, here, env) : [{ value: inline }]) {
      const flags = String(flagged.value ?? '') + (name === 'gsub' ? 'g' : '')
      const expression = new RegExp(
        flags.includes('x') ? source.replace(/\s+|#.*$/gm, '') : source,
        `gu${flags.includes('i') ? 'i' : ''}${flags.includes('s') ? 's' : ''}`,
      )
      const all = [...value.matchAll(expression)].slice(0, flags.includes('g') ? undefined : 1)
      if (name === 'test') yield { value: all.length > 0, path: undefined }
      else if (name === 'match') {
        for (const match of all) {
          const names = Object.entries(match.groups ?? {})
          let position = 0
          yield {
            value: {
              offset: match.index,
              length: match[0].length,
              string: match[0],
              captures: match.slice(1).map((one): Json => {
                const offset = one === undefined ? -1 : value.indexOf(one, match.index)
                position++
                return {
                  offset,
                  length: one?.length ?? 0,
                  string: one ?? null,
                  name: names.find(([, text], index) => text === one && index <= position)?.[0] ?? null,
                }
              }),
            },
            path: undefined,
          }
        }
      } else {
        let result = ''
        let last = 0
        for (const match of all) {
          const captures: { [key: string]: Json } = {}
          for (const [key, text] of Object.entries(match.groups ?? {})) captures[key] = text ?? null
          const [replacement] = run(args[1], { value: captures, path: undefined }, env)
          result += value.slice(last, match.index) + String(replacement.value)
          last = match.index + match[0].length
        }
        yield { value: result + value.slice(last), path: undefined }
      }
    }
  }
}

export type { Json }

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

function flattened(items: readonly Json[], depth: number): Json[] {
  return items.flatMap((one) => (Array.isArray(one) && depth > 0 ? flattened(one, depth - 1) : [one]))
}
