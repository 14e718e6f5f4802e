/**
 * jq 1.6: a parser for its language and an evaluator that yields every result. Input values are read one after the other, so it can stand
 * behind `kubectl get -w -o json`.
 */
import { err, type Program } from '../kernel/process.ts'
import { closeInput, openInput, print, stringOf, wholeInput } from './text.ts'
import { momentOf, strftime } from './time-text.ts'
import { isTerminal, wordsOf } from './tool.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Path = (string | number)[]

class JqError extends Error {
  readonly value: Json

  constructor(value: Json) {
    super(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`)
    this.value = value
  }
}
class CompileError extends Error {
  /** Offset in the program; jq puts as many blanks behind the line that it shows. */
  readonly at: number

  constructor(message: string, at = 0) {
    super(message)
    this.at = at
  }
}
class Halt extends Error {
  readonly code: number

  constructor(text: string, code: number) {
    super(text)
    this.code = code
  }
}
class Break extends Error {
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

type Node =
  | { readonly type: 'identity' | 'recurse' | 'empty' }
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'text'; readonly parts: readonly (string | Node)[]; readonly format: string | undefined }
  | { readonly type: 'format'; readonly name: string }
  | { readonly type: 'index'; readonly of: Node; readonly key: Node }
  | { readonly type: 'slice'; readonly of: Node; readonly from: Node | undefined; readonly to: Node | undefined }
  | { readonly type: 'iterate' | 'try' | 'array' | 'negate'; readonly of: Node }
  | { readonly type: 'emptyArray' }
  | { readonly type: 'catch'; readonly of: Node; readonly handler: Node }
  | { readonly type: 'object'; readonly entries: readonly (readonly [Node, Node])[] }
  | { readonly type: 'pipe' | 'comma'; readonly left: Node; readonly right: Node }
  | { readonly type: 'binary' | 'update'; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly type: 'if'; readonly condition: Node; readonly then: Node; readonly otherwise: Node | undefined }
  | { readonly type: 'as'; readonly of: Node; readonly pattern: Pattern; readonly body: Node }
  | { readonly type: 'reduce'; readonly of: Node; readonly pattern: Pattern; readonly start: Node; readonly update: Node }
  | { readonly type: 'foreach'; readonly of: Node; readonly pattern: Pattern; readonly start: Node; readonly update: Node; readonly extract: Node | undefined }
  | { readonly type: 'variable'; readonly name: string; readonly at: number }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[]; readonly at: number }
  | { readonly type: 'def'; readonly name: string; readonly params: readonly string[]; readonly body: Node; readonly rest: Node }
  | { readonly type: 'label'; readonly name: string; readonly body: Node }
  | { readonly type: 'break'; readonly name: string }

type Pattern = { readonly name: string } | { readonly list: readonly Pattern[] } | { readonly entries: readonly (readonly [Node, Pattern])[] }

interface Closure {
  readonly params: readonly string[]
  readonly body: Node
  env: Environment
}

interface Environment {
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
}

// ---------------------------------------------------------------------------------------------------------------- reading the program

interface Token {
  readonly kind: 'word' | 'field' | 'variable' | 'number' | 'text' | 'format' | 'operator' | 'end'
  readonly text: string
  readonly at: number
  readonly parts?: readonly (string | Node)[]
}

function tokens(source: string): Token[] {
  const found: Token[] = []
  let at = 0
  const text = (): Token => {
    const begin = at
    const parts: (string | Node)[] = []
    let plain = ''
    at++
    for (;;) {
      const letter = source[at]
      if (letter === undefined) throw new CompileError('syntax error, unexpected $end, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END (Unix shell quoting issues?) at <top-level>, line 1:', begin + 1)
      if (letter === '"') break
      if (letter !== '\\') {
        plain += letter
        at++
        continue
      }
      const next = source[at + 1]
      if (next === '(') {
        let depth = 1
        let end = at + 2
        while (end < source.length && depth > 0) {
          if (source[end] === '(') depth++
          else if (source[end] === ')') depth--
          else if (source[end] === '"') {
            end++
            while (end < source.length && source[end] !== '"') end += source[end] === '\\' ? 2 : 1
          }
          end++
        }
        parts.push(plain, parse(source.slice(at + 2, end - 1)))
        plain = ''
        at = end
      } else if (next === 'u') {
        plain += String.fromCharCode(Number.parseInt(source.slice(at + 2, at + 6), 16))
        at += 6
      } else {
        plain += { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[next] ?? next
        at += 2
      }
    }
    at++
    parts.push(plain)
    return { kind: 'text', text: plain, parts, at: begin }
  }
  while (at < source.length) {
    const rest = source.slice(at)
    const blank = /^(?:\s+|#[^\n]*)/.exec(rest)
    if (blank) {
      at += blank[0].length
      continue
    }
    if (rest[0] === '"') {
      found.push(text())
      continue
    }
    const match = /^(?:(?<field>\.[A-Za-z_]\w*)|(?<variable>\$(?:__loc__|[A-Za-z_]\w*))|(?<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|(?<format>@\w+)|(?<word>[A-Za-z_](?:\w|::)*)|(?<operator>\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%?]))/.exec(rest)
    if (!match?.groups) throw new CompileError(`syntax error, unexpected INVALID_CHARACTER (Unix shell quoting issues?) at <top-level>, line 1:`, at)
    const [kind, value] = Object.entries(match.groups).find(([, one]) => one !== undefined) as [Token['kind'], string]
    found.push({ kind, text: kind === 'field' || kind === 'variable' ? value.slice(1) : value, at })
    at += value.length
  }
  found.push({ kind: 'end', text: '', at: found.at(-1)?.at ?? 0 })
  return found
}

function parse(source: string): Node {
  const list = tokens(source)
  let at = 0
  const peek = (): Token => list[at]
  const is = (text: string): boolean => (peek().kind === 'operator' || peek().kind === 'word') && peek().text === text
  const fail = (isWhole = false): never => {
    const { kind, text, at: position } = peek()
    const shown = kind === 'end' ? '$end' : kind === 'word' ? 'IDENT' : kind === 'text' ? 'QQSTRING_START' : kind === 'number' ? 'LITERAL' : kind === 'field' ? 'FIELD' : kind === 'operator' ? `'${text}'` : kind.toUpperCase()
    throw new CompileError(`syntax error, unexpected ${shown}${isWhole ? ', expecting $end' : ''} (Unix shell quoting issues?) at <top-level>, line 1:`, position)
  }
  const take = (text: string): boolean => {
    if (!is(text)) return false
    at++
    return true
  }
  const expect = (text: string): void => {
    if (!take(text)) fail()
  }
  const pipe = (): Node => {
    if (is('def')) {
      at++
      const name = list[at++].text
      const params: string[] = []
      if (take('(')) {
        do {
          const token = list[at++]
          params.push(token.kind === 'variable' ? `$${token.text}` : token.text)
        } while (take(';'))
        expect(')')
      }
      expect(':')
      const body = pipe()
      expect(';')
      return { type: 'def', name: `${name}/${params.length}`, params, body, rest: peek().kind === 'end' || is(')') ? { type: 'identity' } : pipe() }
    }
    if (is('label')) {
      at++
      const { text: name } = list[at++]
      expect('|')
      return { type: 'label', name, body: pipe() }
    }
    const left = comma()
    if (take('as')) {
      const bound = pattern()
      expect('|')
      return { type: 'as', of: left, pattern: bound, body: pipe() }
    }
    return take('|') ? { type: 'pipe', left, right: pipe() } : left
  }
  const comma = (): Node => {
    let left = assignment()
    while (take(',')) left = { type: 'comma', left, right: assignment() }
    return left
  }
  const assignment = (): Node => {
    const left = alternative()
    for (const operator of ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//=']) if (take(operator)) return { type: 'update', operator, left, right: alternative() }
    return left
  }
  const alternative = (): Node => {
    const left = or()
    return take('//') ? { type: 'binary', operator: '//', left, right: alternative() } : left
  }
  const chain = (next: () => Node, operators: readonly string[]): Node => {
    let left = next()
    for (;;) {
      const operator = operators.find((one) => is(one))
      if (operator === undefined) return left
      at++
      left = { type: 'binary', operator, left, right: next() }
    }
  }
  const or = (): Node => chain(and, ['or'])
  const and = (): Node => chain(comparison, ['and'])
  const comparison = (): Node => chain(sum, ['==', '!=', '<=', '>=', '<', '>'])
  const sum = (): Node => chain(product, ['+', '-'])
  const product = (): Node => chain(unary, ['*', '/', '%'])
  const unary = (): Node => (take('-') ? { type: 'negate', of: postfix() } : postfix())
  const pattern = (): Pattern => {
    if (peek().kind === 'variable') return { name: list[at++].text }
    if (take('[')) {
      const items: Pattern[] = []
      do items.push(pattern())
      while (take(','))
      expect(']')
      return { list: items }
    }
    expect('{')
    const entries: (readonly [Node, Pattern])[] = []
    do {
      const token = list[at++]
      if (token.kind === 'variable') entries.push([{ type: 'literal', value: token.text }, take(':') ? pattern() : { name: token.text }])
      else {
        const key: Node = token.text === '(' ? pipe() : { type: 'literal', value: token.text }
        if (token.text === '(') expect(')')
        expect(':')
        entries.push([key, pattern()])
      }
    } while (take(','))
    expect('}')
    return { entries }
  }
  const textNode = (token: Token, format?: string): Node => (token.parts?.length === 1 ? { type: 'literal', value: token.text } : { type: 'text', parts: token.parts ?? [], format })
  const postfix = (): Node => {
    let node = primary()
    for (;;) {
      if (peek().kind === 'field') node = { type: 'index', of: node, key: { type: 'literal', value: list[at++].text } }
      else if (is('.') && list[at + 1].kind === 'text') {
        at++
        node = { type: 'index', of: node, key: textNode(list[at++]) }
      } else if (is('.') && list[at + 1].text === '[') at++
      else if (is('[')) node = bracket(node)
      else if (take('?')) node = { type: 'try', of: node }
      else return node
    }
  }
  const bracket = (of: Node): Node => {
    expect('[')
    if (take(']')) return { type: 'iterate', of }
    if (take(':')) {
      const to = pipe()
      expect(']')
      return { type: 'slice', of, from: undefined, to }
    }
    const key = pipe()
    if (take(':')) {
      const to = is(']') ? undefined : pipe()
      expect(']')
      return { type: 'slice', of, from: key, to }
    }
    expect(']')
    return { type: 'index', of, key }
  }
  const primary = (): Node => {
    const token = list[at++]
    switch (token.kind) {
      case 'number': return { type: 'literal', value: Number(token.text) }
      case 'text': return textNode(token)
      case 'format': return peek().kind === 'text' ? textNode(list[at++], token.text) : { type: 'format', name: token.text }
      case 'field': return { type: 'index', of: { type: 'identity' }, key: { type: 'literal', value: token.text } }
      case 'variable': return { type: 'variable', name: token.text, at: token.at }
      case 'word':
        return word(token.text, token.at)
      case 'operator':
        if (token.text === '.') return peek().kind === 'text' ? { type: 'index', of: { type: 'identity' }, key: textNode(list[at++]) } : { type: 'identity' }
        if (token.text === '..') return { type: 'recurse' }
        if (token.text === '(') {
          const inner = pipe()
          expect(')')
          return inner
        }
        if (token.text === '[') {
          if (take(']')) return { type: 'emptyArray' }
          const of = pipe()
          expect(']')
          return { type: 'array', of }
        }
        if (token.text === '{') return object()
        if (token.text === '-') return { type: 'negate', of: postfix() }
        break
      default:
    }
    at--
    return fail()
  }
  const word = (name: string, position: number): Node => {
    switch (name) {
      case 'if': {
        const condition = pipe()
        expect('then')
        const then = pipe()
        if (is('elif')) {
          at++
          return { type: 'if', condition, then, otherwise: word('if', position) }
        }
        const otherwise = take('else') ? pipe() : undefined
        expect('end')
        return { type: 'if', condition, then, otherwise }
      }
      case 'try': {
        const of = postfix()
        return take('catch') ? { type: 'catch', of, handler: postfix() } : { type: 'try', of }
      }
      case 'reduce':
      case 'foreach': {
        const of = postfix()
        expect('as')
        const bound = pattern()
        expect('(')
        const start = pipe()
        expect(';')
        const update = pipe()
        const extract = name === 'foreach' && take(';') ? pipe() : undefined
        expect(')')
        return name === 'reduce' ? { type: 'reduce', of, pattern: bound, start, update } : { type: 'foreach', of, pattern: bound, start, update, extract }
      }
      case 'break':
        return { type: 'break', name: list[at++].text }
      case 'true':
      case 'false':
        return { type: 'literal', value: name === 'true' }
      case 'null':
        return { type: 'literal', value: null }
      case 'empty':
        return { type: 'empty' }
      case 'then':
      case 'else':
      case 'elif':
      case 'end':
      case 'as':
      case 'and':
      case 'or':
      case 'def':
        at--
        return fail()
      default: {
        const args: Node[] = []
        if (take('(')) {
          do args.push(pipe())
          while (take(';'))
          expect(')')
        }
        return { type: 'call', name, args, at: position }
      }
    }
  }
  const object = (): Node => {
    const entries: (readonly [Node, Node])[] = []
    while (!is('}')) {
      const token = list[at++]
      let key: Node
      let value: Node | undefined
      if (token.kind === 'text') key = textNode(token)
      else if (token.kind === 'variable') {
        key = { type: 'literal', value: token.text }
        value = { type: 'variable', name: token.text, at: token.at }
      } else if (token.kind === 'word' || token.kind === 'number') key = { type: 'literal', value: token.text }
      else if (token.kind === 'format' && peek().kind === 'text') key = textNode(list[at++], token.text)
      else if (token.text === '(') {
        key = pipe()
        expect(')')
      } else {
        at--
        return fail()
      }
      if (take(':')) {
        value = alternative()
        while (take('|')) value = { type: 'pipe', left: value, right: alternative() }
      } else value ??= { type: 'index', of: { type: 'identity' }, key }
      entries.push([key, value])
      if (!take(',')) break
    }
    expect('}')
    return { type: 'object', entries }
  }
  if (peek().kind === 'end') return { type: 'identity' }
  const node = pipe()
  if (peek().kind !== 'end') fail(true)
  return node
}

// ---------------------------------------------------------------------------------------------------------------------------- running

const kindOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
const order = ['null', 'false', 'true', 'number', 'string', 'array', 'object']
const isTrue = (value: Json): boolean => value !== null && value !== false
const short = (value: Json): string => {
  const text = JSON.stringify(value)
  return text.length > 11 ? `${text.slice(0, 10)}...` : text
}
const withValue = (value: Json): string => `${kindOf(value)} (${short(value)})`

export function compareJson(a: Json, b: Json): number {
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
  if (Array.isArray(value) && typeof key === 'number') return value[Math.floor(key) < 0 ? value.length + Math.floor(key) : Math.floor(key)] ?? null
  if (value === null && (typeof key === 'string' || typeof key === 'number')) return null
  if (Array.isArray(value) && Array.isArray(key)) return value.flatMap((_, index) => (compareJson(value.slice(index, index + key.length), key) === 0 ? [index] : []))
  throw new JqError(typeof key === 'string' ? `Cannot index ${kindOf(value)} with ${isObject(value) || value === null ? '' : 'string '}"${key}"` : `Cannot index ${kindOf(value)} with ${kindOf(key)}`)
}

function put(value: Json, path: Path, change: (old: Json) => Json | undefined): Json {
  const [key, ...rest] = path
  if (key === undefined) return change(value) ?? null
  if (typeof key === 'number') {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${kindOf(value)} with number`)
    const copy = [...(value ?? [])]
    const index = key < 0 ? copy.length + key : key
    while (copy.length < index) copy.push(null)
    copy[index] = put(copy[index] ?? null, rest, change)
    return copy
  }
  if (value !== null && !isObject(value)) throw new JqError(`Cannot index ${kindOf(value)} with "${key}"`)
  return { ...(value ?? {}), [key]: put(value?.[key] ?? null, rest, change) }
}

function without(value: Json, paths: readonly Path[]): Json {
  let result = value
  for (const path of [...paths].sort((a, b) => compareJson(b, a))) {
    const remove = (from: Json, [key, ...rest]: Path): Json => {
      if (from === null || key === undefined) return null
      if (rest.length > 0) {
        const inner = at(from, key)
        return inner === null ? from : put(from, [key], () => remove(inner, rest))
      }
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

function* run(node: Node, input: Result, env: Environment): Generator<Result> {
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
      for (const base of run(node.of, input, env)) for (const key of run(node.key, { value, path: undefined }, env)) yield { value: at(base.value, key.value), path: base.path && [...base.path, key.value as string] }
      return
    case 'slice':
      for (const base of run(node.of, input, env)) {
        for (const to of node.to ? run(node.to, input, env) : [{ value: null }]) {
          for (const from of node.from ? run(node.from, input, env) : [{ value: null }]) {
            if (base.value === null) yield { value: null, path: undefined }
            else if (typeof base.value === 'string' || Array.isArray(base.value)) {
              const [low, high] = [from.value === null ? undefined : Math.floor(Number(from.value)), to.value === null ? undefined : Math.ceil(Number(to.value))]
              yield { value: typeof base.value === 'string' ? [...base.value].slice(low, high).join('') : base.value.slice(low, high), path: undefined }
            } else throw new JqError(`Cannot index ${kindOf(base.value)} with object`)
          }
        }
      }
      return
    case 'iterate':
      for (const base of run(node.of, input, env)) {
        if (Array.isArray(base.value)) for (const [index, item] of base.value.entries()) yield { value: item, path: base.path && [...base.path, index] }
        else if (isObject(base.value)) for (const [key, item] of Object.entries(base.value)) yield { value: item, path: base.path && [...base.path, key] }
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
  if (Array.isArray(input.value)) for (const [index, item] of input.value.entries()) yield* recurse({ value: item, path: input.path && [...input.path, index] })
  else if (isObject(input.value)) for (const [key, item] of Object.entries(input.value)) yield* recurse({ value: item, path: input.path && [...input.path, key] })
}

function* textOfParts(parts: readonly (string | Node)[], format: string | undefined, input: Result, env: Environment, index = 0, before = ''): Generator<Result> {
  if (index >= parts.length) {
    yield { value: before, path: undefined }
    return
  }
  const part = parts[index]
  if (typeof part === 'string') yield* textOfParts(parts, format, input, env, index + 1, before + part)
  else for (const one of run(part, { value: input.value, path: undefined }, env)) yield* textOfParts(parts, format, input, env, index + 1, before + (format === undefined ? plain(one.value) : formatted(format, one.value)))
}

const plain = (value: Json): string => (typeof value === 'string' ? value : typeof value === 'number' && Number.isFinite(value) ? numberText(value) : JSON.stringify(value))

function formatted(name: string, value: Json): string {
  const rows = (quote: (cell: Json) => string, between: string): string => {
    if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be ${name.slice(1)}-formatted, only an array can be`)
    return value.map(quote).join(between)
  }
  switch (name) {
    case '@text': return plain(value)
    case '@json': return JSON.stringify(value)
    case '@html': return plain(value).replace(/[&<>'"]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&apos;', '"': '&quot;' })[letter] ?? letter)
    case '@uri': return encodeURIComponent(plain(value)).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    case '@csv': return rows((cell) => (typeof cell === 'string' ? `"${cell.replaceAll('"', '""')}"` : cell === null ? '' : String(cell)), ',')
    case '@tsv': return rows((cell) => (cell === null ? '' : plain(cell).replace(/[\\\t\n\r]/g, (letter) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[letter] ?? letter)), '\t')
    case '@sh': return (Array.isArray(value) ? value : [value]).map((cell) => (typeof cell === 'string' ? `'${cell.replaceAll("'", "'\\''")}'` : JSON.stringify(cell))).join(' ')
    case '@base64': return btoa(String.fromCharCode(...new TextEncoder().encode(plain(value))))
    case '@base64d':
      try {
        return new TextDecoder().decode(Uint8Array.from(atob(plain(value).replace(/=+$/, '')), (letter) => letter.charCodeAt(0)))
      } catch {
        throw new JqError(`${withValue(value)} is not valid base64 data`)
      }
    default: throw new JqError(`${name.slice(1)} is not a valid format`)
  }
}

function* objects(entries: readonly (readonly [Node, Node])[], index: number, made: { [key: string]: Json }, input: Result, env: Environment): Generator<Result> {
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

function* binary({ operator, left, right }: Extract<Node, { type: 'binary' | 'update' }>, input: Result, env: Environment): Generator<Result> {
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
  for (const other of run(right, here, env)) for (const one of run(left, here, env)) yield { value: combined(operator, one.value, other.value), path: undefined }
}

function combined(operator: string, a: Json, b: Json): Json {
  switch (operator) {
    case '==': return compareJson(a, b) === 0
    case '!=': return compareJson(a, b) !== 0
    case '<': return compareJson(a, b) < 0
    case '>': return compareJson(a, b) > 0
    case '<=': return compareJson(a, b) <= 0
    case '>=': return compareJson(a, b) >= 0
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

function* update({ operator, left, right }: Extract<Node, { type: 'binary' | 'update' }>, value: Json, env: Environment): Generator<Result> {
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
    for (const path of paths) result = put(result, path, (old) => (operator === '=' ? one.value : operator === '//=' ? (isTrue(old) ? old : one.value) : combined(operator.slice(0, -1), old, one.value)))
    yield { value: result, path: undefined }
  }
}

function* call(node: Extract<Node, { type: 'call' }>, input: Result, env: Environment): Generator<Result> {
  const { name, args } = node
  const own = env.functions.get(`${name}/${args.length}`)
  if (own) {
    const functions = new Map(own.env.functions)
    let variables = own.env.variables
    for (const [index, param] of own.params.entries()) {
      if (param.startsWith('$')) {
        const [first] = run(args[index], { value: input.value, path: undefined }, env)
        variables = new Map(variables).set(param.slice(1), first.value)
        functions.set(`${param.slice(1)}/0`, { params: [], body: args[index], env })
      } else functions.set(`${param}/0`, { params: [], body: args[index], env })
    }
    yield* run(own.body, input, { ...own.env, functions, variables })
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

const definitions = new Map<string, { readonly params: readonly string[]; readonly body: Node }>()
for (const [head, body] of [
  ['select(f)', 'if f then . else empty end'], ['recurse(f)', 'def r: ., (f | r); r'], ['map(f)', '[.[] | f]'], ['map_values(f)', '.[] |= f'], ['values', 'if . == null then empty else . end'], ['nulls', 'if . == null then . else empty end'], ['strings', 'if type == "string" then . else empty end'], ['numbers', 'if type == "number" then . else empty end'], ['arrays', 'if type == "array" then . else empty end'], ['objects', 'if type == "object" then . else empty end'], ['booleans', 'if type == "boolean" then . else empty end'], ['scalars', 'if type != "array" and type != "object" then . else empty end'], ['iterables', 'if type == "array" or type == "object" then . else empty end'], ['recurse', '..'], ['to_entries', '[keys_unsorted[] as $k | {key: $k, value: .[$k]}]'], ['with_entries(f)', 'to_entries | map(f) | from_entries'], ['first(f)', 'label $out | (f | ., break $out)'], ['first', '.[0]'], ['last', '.[-1]'], ['until(c; u)', 'def r: if c then . else (u | r) end; r'], ['while(c; u)', 'def r: if c then ., (u | r) else empty end; r'], ['repeat(f)', 'def r: f | (., r); r'], ['inside(xs)', '. as $x | xs | contains($x)'], ['in(xs)', '. as $x | xs | has($x)'], ['todate', 'strftime("%Y-%m-%dT%H:%M:%SZ")'], ['fromdate', 'fromdateiso8601'], ['finites', 'if isinfinite or isnan then empty else . end'], ['index(s)', 'indices(s) | .[0]'], ['rindex(s)', 'indices(s) | .[-1:][0]'], ['combinations', 'if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end'], ['walk(f)', 'def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w'], ['del(f)', 'delpaths([path(f)])'], ['paths', 'path(..) | select(length > 0)'], ['leaf_paths', 'paths(scalars)'], ['paths(f)', '. as $d | paths | select(. as $p | $d | getpath($p) | f)'], ['combinations(n)', '. as $dot | [range(n)] | map($dot) | combinations'], ['IN(s)', 'any(s == .; .)'], ['IN(src; s)', 'any(src == s; .)'], ['INDEX(s; f)', 'reduce s as $row ({}; .[$row | f | tostring] |= $row)'], ['INDEX(f)', 'INDEX(.[]; f)'], ['tostream', 'path(def r: (.[]?|r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q])'], ['fromstream(f)', '{x: null, e: false} as $init | foreach f as $i ($init; if .e then $init else . end | if $i | length == 2 then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1]) else setpath(["e"]; $i[0] | length == 1) end; if .e then .x else empty end)'], ['truncate_stream(s)', '. as $n | null | s | . as $i | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end'], ['splits(re; flags)', 'split(re; flags) | .[]'], ['halt_error', 'halt_error(5)'], ['isnormal', 'if . == 0 or isnan or isinfinite then false else true end'], ['fromdateiso8601', 'strptime("%Y-%m-%dT%H:%M:%SZ") | mktime'], ['todateiso8601', 'strftime("%Y-%m-%dT%H:%M:%SZ")'], ['localtime', 'gmtime'], ['strflocaltime(f)', 'strftime(f)'], ['add(f)', '[f] | add'], ['any(f)', '[.[] | f] | any'], ['all(f)', '[.[] | f] | all'], ['nth(n)', '.[n]'], ['not', 'if . then false else true end'], ['capture(re)', 'match(re) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries'], ['scan(re)', 'match(re; "g") | if (.captures | length) > 0 then [.captures[].string] else .string end'], ['min_by(f)', 'if length == 0 then null else (map([f]) | index(min)) as $i | .[$i] end'], ['max_by(f)', 'if length == 0 then null else sort_by(f) | .[-1] end'], ['pick(f)', '. as $t | reduce path(f) as $p (null; setpath($p; $t | getpath($p)))'], ['have_literal_numbers', 'true'], ['tojson', '@json'], ['abs', 'if . < 0 then -. else . end'],
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
    if (!Array.isArray(value)) throw new JqError(isObject(value) && /^(add|min|max|any|all)$/.test(name) ? '' : `Cannot index ${kindOf(value)} with number`)
    return value
  }
  const each = function* (use: (arg: Json) => Json): Generator<Result> {
    for (const one of run(args[0], here, env)) yield give(use(one.value))
  }
  const keyed = (items: readonly Json[]): { item: Json; key: Json }[] => items.map((item) => ({ item, key: Array.from(run(args[0], { value: item, path: undefined }, env), (one) => one.value) }))
  const math: Readonly<Record<string, (number: number) => number>> = { floor: Math.floor, ceil: Math.ceil, round: Math.round, sqrt: Math.sqrt, fabs: Math.abs, log: Math.log, log2: Math.log2, log10: Math.log10, exp: Math.exp, trunc: Math.trunc, sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, exp2: (one) => 2 ** one, exp10: (one) => 10 ** one, cbrt: Math.cbrt, logb: (one) => Math.floor(Math.log2(Math.abs(one))), significand: (one) => one / 2 ** Math.floor(Math.log2(Math.abs(one))), rint: Math.round, nearbyint: Math.round }
  if (args.length === 0 && name in math) {
    if (typeof value !== 'number') throw new JqError(`${withValue(value)} number required`)
    yield give(math[name](value))
    return
  }
  switch (`${name}/${args.length}`) {
    case 'length/0':
      if (typeof value === 'boolean') throw new JqError(`${withValue(value)} has no length`)
      yield give(value === null ? 0 : typeof value === 'string' ? [...value].length : typeof value === 'number' ? Math.abs(value) : Array.isArray(value) ? value.length : Object.keys(value).length)
      return
    case 'utf8bytelength/0': yield give(new TextEncoder().encode(text()).length); return
    case 'keys/0':
    case 'keys_unsorted/0': {
      if (Array.isArray(value)) yield give(value.map((_, index) => index))
      else if (isObject(value)) yield give(name === 'keys' ? Object.keys(value).sort() : Object.keys(value))
      else throw new JqError(`${withValue(value)} has no keys`)
      return
    }
    case 'has/1': yield* each((key) => {
      if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key)
      if (Array.isArray(value) && typeof key === 'number') return key >= 0 && key < value.length
      throw new JqError(`Cannot check whether ${kindOf(value)} has a ${typeof key === 'string' ? 'string' : kindOf(key)} key`)
    }); return
    case 'contains/1': yield* each((other) => contains(value, other)); return
    case 'type/0': yield give(kindOf(value)); return
    case 'add/0': {
      const items = isObject(value) ? Object.values(value) : array()
      yield give(items.reduce<Json>((sum, one) => combined('+', sum, one), null))
      return
    }
    case 'any/0': yield give(array().some(isTrue)); return
    case 'all/0': yield give(array().every(isTrue)); return
    case 'any/2':
    case 'all/2': {
      let result = name === 'all'
      for (const one of run(args[0], here, env)) for (const test of run(args[1], one, env)) if (isTrue(test.value) === (name === 'any')) result = name === 'any'
      yield give(result)
      return
    }
    case 'range/1': for (const one of run(args[0], here, env)) for (let number = 0; number < Number(one.value); number++) yield give(number); return
    case 'range/2':
    case 'range/3':
      for (const from of run(args[0], here, env)) for (const to of run(args[1], here, env)) for (const by of args[2] ? run(args[2], here, env) : [give(1)]) {
        const step = Number(by.value)
        for (let number = Number(from.value); step > 0 ? number < Number(to.value) : number > Number(to.value); number += step) yield give(number)
      }
      return
    case 'tostring/0': yield give(plain(value)); return
    case 'tonumber/0': {
      if (typeof value === 'number') yield give(value)
      else if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) yield give(Number(value))
      else throw new JqError(typeof value === 'string' ? `Invalid numeric literal at EOF at line 1, column ${value.length} (while parsing '${value}')` : `${withValue(value)} cannot be parsed as a number`)
      return
    }
    case 'fromjson/0':
      try {
        yield give(JSON.parse(text()) as Json)
      } catch (error) {
        if (error instanceof JqError) throw error
        throw new JqError(`${value} (while parsing '${value}')`)
      }
      return
    case 'sort/0':
      if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be sorted, as it is not an array`)
      yield give([...value].sort(compareJson))
      return
    case 'sort_by/1':
      if (!Array.isArray(value)) throw new JqError(`${withValue(value)} cannot be sorted, as it is not an array`)
      yield give(keyed(value).sort((a, b) => compareJson(a.key, b.key)).map(({ item }) => item))
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
    case 'min/0': yield give([...array()].sort(compareJson)[0] ?? null); return
    case 'max/0': yield give([...array()].sort(compareJson).at(-1) ?? null); return
    case 'reverse/0': yield give(typeof value === 'string' ? [...value].reverse().join('') : value === null ? [] : [...array()].reverse()); return
    case 'flatten/0': yield give(flattened(array(), Number.POSITIVE_INFINITY)); return
    case 'flatten/1': yield* each((depth) => flattened(array(), Number(depth))); return
    case 'transpose/0': {
      const rows = array() as Json[][]
      yield give(Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, column) => rows.map((row) => row[column] ?? null)))
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
    case 'join/1': yield* each((between) => array().map((one) => (one === null ? '' : typeof one === 'string' ? one : String(combinedText(one)))).join(String(between))); return
    case 'split/1': yield* each((by) => (text() === '' ? [] : text().split(String(by)))); return
    case 'split/2': for (const re of run(args[0], here, env)) for (const flags of run(args[1], here, env)) yield give(text().split(new RegExp(String(re.value), `g${String(flags.value ?? '').replace(/[gx]/g, '')}`))); return
    case 'ascii_downcase/0': yield give(text().replace(/[A-Z]/g, (letter) => letter.toLowerCase())); return
    case 'ascii_upcase/0': yield give(text().replace(/[a-z]/g, (letter) => letter.toUpperCase())); return
    case 'startswith/1': yield* each((start) => {
      if (typeof value !== 'string' || typeof start !== 'string') throw new JqError('startswith() requires string inputs')
      return value.startsWith(start)
    }); return
    case 'endswith/1': yield* each((end) => {
      if (typeof value !== 'string' || typeof end !== 'string') throw new JqError('endswith() requires string inputs')
      return value.endsWith(end)
    }); return
    case 'ltrimstr/1': yield* each((start) => (typeof value === 'string' && typeof start === 'string' && value.startsWith(start) ? value.slice(start.length) : value)); return
    case 'rtrimstr/1': yield* each((end) => (typeof value === 'string' && typeof end === 'string' && end !== '' && value.endsWith(end) ? value.slice(0, -end.length) : value)); return
    case 'trim/0': yield give(text().trim()); return
    case 'ltrim/0': yield give(text().trimStart()); return
    case 'rtrim/0': yield give(text().trimEnd()); return
    case 'explode/0': yield give([...text()].map((letter) => letter.codePointAt(0) ?? 0)); return
    case 'implode/0': yield give(String.fromCodePoint(...array().map(Number))); return
    case 'indices/1': yield* each((wanted) => {
      if (typeof value === 'string') {
        const found: Json[] = []
        for (let index = value.indexOf(String(wanted)); index >= 0 && wanted !== ''; index = value.indexOf(String(wanted), index + 1)) found.push(index)
        return found
      }
      if (value === null) return null
      return Array.isArray(wanted) ? at(value, wanted) : array().flatMap((one, index) => (compareJson(one, wanted) === 0 ? [index] : []))
    }); return
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
    case 'path/1': for (const one of run(args[0], { value, path: [] }, env)) yield give(one.path ?? []); return
    case 'getpath/1':
      for (const one of run(args[0], here, env)) yield { value: (one.value as Path).reduce<Json>((inner, key) => (inner === null ? null : at(inner, key)), value), path: input.path && [...input.path, ...(one.value as Path)] }
      return
    case 'setpath/2': for (const path of run(args[0], here, env)) for (const one of run(args[1], here, env)) yield give(put(value, path.value as Path, () => one.value)); return
    case 'delpaths/1': yield* each((paths) => without(value, paths as Path[])); return
    case 'error/0': throw new JqError(value)
    case 'error/1': for (const one of run(args[0], here, env)) throw new JqError(one.value); return
    case 'env/0': yield give({ ...env.host.env }); return
    case 'now/0': yield give(env.host.nowSeconds()); return
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
    case 'debug/1':
    case 'stderr/0':
      yield input
      return
    case 'input_line_number/0': yield give(0); return
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
    case 'isnan/0': yield give(Number.isNaN(value)); return
    case 'isinfinite/0': yield give(value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY); return
    case 'infinite/0': yield give(Number.MAX_VALUE); return
    case 'nan/0': yield give(null); return
    case 'pow/2': for (const a of run(args[0], here, env)) for (const b of run(args[1], here, env)) yield give(Number(a.value) ** Number(b.value)); return
    case 'gmtime/0':
      if (typeof value !== 'number') throw new JqError('gmtime() requires a number')
      yield give(brokenDown(value))
      return
    case 'strftime/1': yield* each((format) => {
      if (typeof value !== 'number' && !Array.isArray(value)) throw new JqError('strftime/1 requires parsed datetime inputs')
      const seconds = typeof value === 'number' ? value : Date.UTC(...(value.slice(0, 6) as [number, number])) / 1000
      return strftime(String(format), momentOf(Math.floor(seconds) * 1000, 'UTC'))
    }); return
    case 'strptime/1': yield* each((format) => {
      if (typeof value !== 'string') throw new JqError(`strptime/1 requires string inputs and arguments`)
      return parsedDate(value, String(format))
    }); return
    case 'mktime/0':
      if (!Array.isArray(value)) throw new JqError('mktime requires array of 6 numbers')
      yield give(Math.floor(Date.UTC(...(value.slice(0, 6) as [number, number])) / 1000))
      return
    case 'halt_error/1': for (const one of run(args[0], here, env)) throw new Halt(typeof value === 'string' ? value : `${JSON.stringify(value)}\n`, Number(one.value)); return
    case 'halt/0': throw new Halt('', 0)
    case 'splits/1': for (const re of run(args[0], here, env)) for (const one of text().split(new RegExp(String(re.value)))) yield give(one); return
    case 'builtins/0': yield give([...definitions.keys(), ...builtinNames]); return
    case 'input_filename/0': yield give(env.host.inputFile?.() ?? null); return
    default: throw new CompileError(`${name}/${args.length} is not defined at <top-level>, line 1:`, position)
  }
}

/** Those that are not written in jq itself. */
const builtinNames = 'length utf8bytelength keys keys_unsorted has contains type add any all range floor sqrt pow log tostring tonumber tojson fromjson sort sort_by group_by unique unique_by min max reverse flatten transpose from_entries join split ascii_downcase ascii_upcase startswith endswith ltrimstr rtrimstr explode implode indices test match sub gsub path getpath setpath delpaths error env now input inputs debug stderr input_line_number limit last isempty isnan isinfinite infinite nan gmtime strftime strptime mktime halt splits builtins input_filename'.split(' ').map((one) => `${one}/0`)

/** Seconds as jq's array: year, month from 0, day, hour, minute, second, day of the week, day of the year. */
function brokenDown(seconds: number): Json[] {
  const date = new Date(seconds * 1000)
  const year = date.getUTCFullYear()
  return [year, date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds() + (seconds % 1 === 0 ? 0 : seconds - Math.floor(seconds)), date.getUTCDay(), Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000)]
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

function parsedDate(text: string, format: string): Json {
  const fields: Record<string, number> = {}
  const keys: string[] = []
  const simple: Readonly<Record<string, string>> = { Y: '(\\d{4})', m: '(\\d{1,2})', d: '(\\d{1,2})', e: '\\s*(\\d{1,2})', H: '(\\d{1,2})', M: '(\\d{1,2})', S: '(\\d{1,2})', j: '(\\d{1,3})', y: '(\\d{2})', s: '(\\d+)', b: '([A-Za-z]{3,})', B: '([A-Za-z]{3,})', a: '([A-Za-z]{3,})', A: '([A-Za-z]{3,})', Z: '([A-Za-z]+)', z: '([-+]\\d{2}:?\\d{2}|Z)' }
  const source = format.replace(/%T/g, '%H:%M:%S').replace(/%F/g, '%Y-%m-%d').replace(/%([A-Za-z%])|[.*+?^${}()|[\]\\]/g, (whole, letter?: string) => {
    if (letter === undefined) return `\\${whole}`
    if (letter === '%') return '%'
    keys.push(letter)
    return simple[letter] ?? '(.*?)'
  })
  const match = new RegExp(`^${source}$`).exec(text)
  if (!match) throw new JqError(`date "${text}" does not match format "${format}"`)
  for (const [index, key] of keys.entries()) fields[key] = key === 'b' || key === 'B' ? months.indexOf(match[index + 1].slice(0, 3).toLowerCase()) : Number(match[index + 1])
  if (fields.s !== undefined) return brokenDown(fields.s)
  const month = fields.b ?? fields.B ?? (fields.m ?? 1) - 1
  return brokenDown(Date.UTC(fields.Y ?? (fields.y === undefined ? 1900 : fields.y + (fields.y < 69 ? 2000 : 1900)), month, fields.d ?? fields.e ?? 1, fields.H ?? 0, fields.M ?? 0, fields.S ?? 0) / 1000)
}

const combinedText = (value: Json): Json => {
  if (Array.isArray(value) || isObject(value)) throw new JqError(`Cannot join with ${kindOf(value)}`)
  return String(value)
}

function contains(a: Json, b: Json): boolean {
  if (kindOf(a) !== kindOf(b)) throw new JqError(`${withValue(a)} and ${withValue(b)} cannot have their containment checked`)
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b)
  if (Array.isArray(a) && Array.isArray(b)) return b.every((wanted) => a.some((one) => kindOf(one) === kindOf(wanted) && contains(one, wanted)))
  if (isObject(a) && isObject(b)) return Object.entries(b).every(([key, wanted]) => Object.hasOwn(a, key) && kindOf(a[key]) === kindOf(wanted) && contains(a[key], wanted))
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
      const expression = new RegExp(flags.includes('x') ? source.replace(/\s+|#.*$/gm, '') : source, `gu${flags.includes('i') ? 'i' : ''}${flags.includes('s') ? 's' : ''}`)
      const all = [...value.matchAll(expression)].slice(0, flags.includes('g') ? undefined : 1)
      if (name === 'test') yield { value: all.length > 0, path: undefined }
      else if (name === 'match') {
        for (const match of all) {
          const names = Object.entries(match.groups ?? {})
          let position = 0
          yield { value: { offset: match.index, length: match[0].length, string: match[0], captures: match.slice(1).map((one): Json => {
            const offset = one === undefined ? -1 : value.indexOf(one, match.index)
            position++
            return { offset, length: one?.length ?? 0, string: one ?? null, name: names.find(([, text], index) => text === one && index <= position)?.[0] ?? null }
          }) }, path: undefined }
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

// --------------------------------------------------------------------------------------------------------------------- the command line

export type { Json }

/**
 * The results of a program for one value, each with the path it stands at where it is a part of the input. For yq, whose language is close
 * to this one. Throws an Error in jq's words.
 */
export function* evaluated(program: string, input: Json, { variables, env, nowSeconds }: { readonly variables: ReadonlyMap<string, Json>; readonly env: Readonly<Record<string, string>>; readonly nowSeconds: () => number }): Generator<{ readonly value: Json; readonly path: Path | undefined }> {
  yield* run(parse(program), { value: input, path: [] }, { variables, functions: new Map(), labels: new Map(), host: { env, nowSeconds, inputs: () => undefined } })
}

export const jq: Program = function* (process) {
  const name = process.argv[0].replace(/.*\//, '')
  const options = { raw: false, join: false, compact: false, null: false, rawInput: false, slurp: false, sort: false, exit: false, color: isTerminal(process, 1), indent: 2, tab: false, ascii: false, stream: false, seq: false }
  const variables = new Map<string, Json>()
  const named: { [key: string]: Json } = {}
  const positional: Json[] = []
  let program: string | undefined
  const files: string[] = []
  let rest: 'files' | 'args' | 'jsonargs' = 'files'
  const args = process.argv.slice(1)
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    const long: Readonly<Record<string, string>> = { '--raw-output': 'r', '--join-output': 'j', '--compact-output': 'c', '--null-input': 'n', '--raw-input': 'R', '--slurp': 's', '--sort-keys': 'S', '--exit-status': 'e', '--color-output': 'C', '--monochrome-output': 'M', '--ascii-output': 'a' }
    if (arg === '--arg' || arg === '--argjson' || arg === '--slurpfile' || arg === '--rawfile') {
      const key = args[++index]
      const text = args[++index]
      if (text === undefined) {
        yield* err(process, `jq: ${arg} takes two parameters (e.g. ${arg} varname ${arg === '--arg' ? 'value' : arg === '--argjson' ? 'text' : 'filename'})\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n`)
        return 2
      }
      try {
        variables.set(key, arg === '--arg' ? text : arg === '--argjson' ? (JSON.parse(text) as Json) : arg === '--rawfile' ? process.files.readText(process.path(text)) : values(process.files.readText(process.path(text))).found)
      } catch {
        yield* err(process, arg === '--argjson' ? `jq: invalid JSON text passed to --argjson\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n` : `jq: Bad JSON in --${arg.slice(2)} ${key} ${text}: Could not open ${text}: No such file or directory\n`)
        return 2
      }
      named[key] = variables.get(key) ?? null
    } else if (arg === '--indent') options.indent = Number(args[++index])
    else if (arg === '--tab') options.tab = true
    else if (arg === '--stream') options.stream = true
    else if (arg === '--seq') options.seq = true
    else if (arg === '--unbuffered') continue
    else if (arg === '--args') rest = 'args'
    else if (arg === '--jsonargs') rest = 'jsonargs'
    else if (arg === '-f' || arg === '--from-file') {
      const path = args[++index] ?? ''
      try {
        program = process.files.readText(process.path(path))
      } catch (error) {
        yield* err(process, `jq: Could not open ${path}: ${wordsOf(error)}\n`)
        return 2
      }
    }
    else if (arg === '-h' || arg === '--help' || arg === '-V' || arg === '--version') {
      yield* print(process, arg.includes('V') || arg.includes('version') ? 'jq-1.6\n' : usage)
      return 0
    } else if (arg.startsWith('-') && arg.length > 1 && program === undefined ? true : /^-[a-zA-Z]+$|^--\w/.test(arg)) {
      for (const letter of long[arg] ?? (arg.startsWith('--') ? '?' : arg.slice(1))) {
        if (letter === 'r') options.raw = true
        else if (letter === 'j') options.raw = options.join = true
        else if (letter === 'c') options.compact = true
        else if (letter === 'n') options.null = true
        else if (letter === 'R') options.rawInput = true
        else if (letter === 's') options.slurp = true
        else if (letter === 'S') options.sort = true
        else if (letter === 'e') options.exit = true
        else if (letter === 'C') options.color = true
        else if (letter === 'M') options.color = false
        else if (letter === 'a') options.ascii = true
        else {
          yield* err(process, `jq: Unknown option${arg.startsWith('--') ? '' : ':'} ${arg}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n`)
          return 2
        }
      }
    } else if (program === undefined) program = arg
    else if (rest === 'files') files.push(arg)
    else positional.push(rest === 'args' ? arg : (JSON.parse(arg) as Json))
  }
  if (program === undefined) {
    yield* err(process, usage)
    return 2
  }
  variables.set('ARGS', { positional, named })
  let tree: Node
  try {
    tree = parse(program)
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    yield* err(process, `${name}: error: ${error.message}\n${program}${' '.repeat(error.at)}\njq: 1 compile error\n`)
    return 3
  }
  let code = 0
  let source = ''
  const begins: { readonly at: number; readonly path: string }[] = []
  for (const path of files.length > 0 ? files : options.null ? [] : ['-']) {
    try {
      const descriptor = openInput(process, path)
      begins.push({ at: source.length, path })
      source += stringOf(yield* wholeInput(process, descriptor))
      closeInput(process, descriptor)
    } catch (error) {
      yield* err(process, `jq: error: Could not open file ${path}: ${wordsOf(error)}\n`)
      code = 2
    }
  }
  let problem: string | undefined
  let inputs: Json[]
  let ends: readonly number[] = []
  if (options.rawInput) inputs = options.slurp ? [source] : source.split('\n').slice(0, source.endsWith('\n') ? -1 : undefined)
  else {
    const read = values(source)
    inputs = options.slurp ? [read.found] : read.found
    problem = read.problem
    ends = options.slurp ? [source.length] : read.ends
    if (options.slurp && problem !== undefined) inputs = []
  }
  if (options.stream) {
    const events = parse('tostream')
    inputs = inputs.flatMap((one) => Array.from(run(events, { value: one, path: [] }, { variables, functions: new Map(), labels: new Map(), host: { env: process.env, nowSeconds: () => 0, inputs: () => undefined } }), (event) => event.value))
    ends = []
  }
  let next = 0
  const fileNow = () => begins.findLast(({ at }) => at < Math.max(1, ends[next - 1] ?? source.length))
  /** The file read last, and how many of its lines were read by then. */
  const where = (): string => {
    const file = fileNow()
    if (!file || next === 0) return '<unknown>'
    const end = ends[next - 1] ?? source.length
    const line = source.indexOf('\n', end)
    return `${file.path === '-' ? '<stdin>' : file.path}:${source.slice(file.at, line < 0 ? source.length : line + 1).split('\n').length - 1}`
  }
  const env: Environment = { variables, functions: new Map(), labels: new Map(), host: { env: process.env, nowSeconds: () => process.now() / 1000, inputs: () => inputs[next++], inputFile: () => { const file = fileNow(); return !file ? null : file.path === '-' ? '<stdin>' : file.path } } }
  let last: Json | undefined
  const starts = options.null ? [null] : undefined
  for (;;) {
    const input = starts ? starts.shift() : inputs[next++]
    if (input === undefined) break
    let shown = ''
    try {
      for (const { value } of run(tree, { value: input, path: [] }, env)) {
        last = value
        if (options.seq) shown += '\x1e'
        shown += options.raw && typeof value === 'string' ? value : jsonText(value, options)
        if (!options.join) shown += '\n'
        if (shown.length > 32_768) {
          yield* print(process, shown)
          shown = ''
        }
      }
    } catch (error) {
      yield* print(process, shown)
      shown = ''
      if (error instanceof CompileError) {
        yield* err(process, `jq: error: ${error.message}\n${program}${' '.repeat(error.at)}\njq: 1 compile error\n`)
        return 3
      }
      if (error instanceof Halt) {
        yield* err(process, error.message)
        return error.code
      }
      if (error instanceof Break) {
        code = code || 0
      } else if (error instanceof JqError || error instanceof SyntaxError) {
        const words = error instanceof JqError && typeof error.value !== 'string' ? ` (not a string): ${JSON.stringify(error.value)}` : `: ${error.message}`
        // `error(null)` says nothing at all.
        if (!(error instanceof JqError) || error.value !== null) yield* err(process, `jq: error (at ${where()})${words}\n`)
        code = error instanceof JqError && error.value === null ? code : 5
      } else if (error instanceof RangeError) {
        yield* err(process, 'jq: error: stack overflow\n')
        code = 5
      } else throw error
    }
    yield* print(process, shown)
    yield
  }
  if (problem !== undefined) {
    yield* err(process, `parse error: ${problem}\n`)
    return 4
  }
  if (options.exit && code === 0) return last === undefined ? 4 : isTrue(last) ? 0 : 1
  return code
}

/** JSON values one after the other, each with the offset behind it; what is wrong after the last good one. */
function values(source: string): { found: Json[]; ends: number[]; problem?: string } {
  const found: Json[] = []
  const ends: number[] = []
  let at = 0
  while (at < source.length) {
    const blank = /^\s+/.exec(source.slice(at, at + 1000))
    if (blank) {
      at += blank[0].length
      continue
    }
    const end = endOfValue(source, at)
    try {
      found.push(JSON.parse(source.slice(at, end)) as Json)
    } catch {
      return { found, ends, problem: problemOf(source, at) }
    }
    ends.push(end)
    at = end
  }
  return { found, ends }
}

/** Reads as jq's own parser does, to stumble where it stumbles and say so in its words. */
function problemOf(source: string, start: number): string {
  /** What stands open: an array, or an object that waits for a key, a colon, a value or a comma. */
  const open: { readonly kind: '[' | '{'; state: 'first' | 'key' | 'colon' | 'value' | 'comma' }[] = []
  let word = ''
  let line = source.slice(0, start).split('\n').length
  let column = start - (source.lastIndexOf('\n', start - 1) + 1)
  let keyIsText = false
  const wordProblem = (): string | undefined => {
    if (word === '') return undefined
    const text = word
    word = ''
    if (/^[ntf]/.test(text)) return ['null', 'true', 'false', 'nan'].includes(text) ? taken(false) : 'Invalid literal'
    return Number.isNaN(Number(text)) ? 'Invalid numeric literal' : taken(false)
  }
  const taken = (isText: boolean): string | undefined => {
    const top = open.at(-1)
    if (!top) return undefined
    if (top.kind === '[') {
      if (top.state === 'comma') return 'Expected separator between values'
      top.state = 'comma'
    } else if (top.state === 'first' || top.state === 'key') {
      keyIsText = isText
      top.state = 'colon'
    } else if (top.state === 'value') top.state = 'comma'
    else return 'Expected separator between values'
    return undefined
  }
  const mark = (letter: string): string | undefined => {
    const top = open.at(-1)
    switch (letter) {
      case '[':
      case '{':
        if (top && (top.state === 'comma' || top.state === 'colon')) return 'Expected separator between values'
        open.push({ kind: letter, state: 'first' })
        return undefined
      case ']':
        if (top?.kind !== '[') return "Unmatched ']'"
        if (top.state === 'key') return 'Expected another array element'
        open.pop()
        return taken(false)
      case '}':
        if (top?.kind !== '{') return "Unmatched '}'"
        if (top.state === 'key') return 'Expected another key-value pair'
        if (top.state === 'value') return "Unmatched '}'"
        if (top.state === 'colon') return 'Objects must consist of key:value pairs'
        open.pop()
        return taken(false)
      case ',':
        if (!top) return "Expected value before ','"
        if (top.state !== 'comma') return top.kind === '{' ? 'Objects must consist of key:value pairs' : 'Expected value before \',\''
        top.state = 'key'
        return undefined
      default:
        if (!top) return "':' not as part of an object"
        if (top.kind === '[') return "':' should follow a key"
        if (top.state !== 'colon') return "Expected string key before ':'"
        if (!keyIsText) return 'Object keys must be strings'
        top.state = 'value'
        return undefined
    }
  }
  for (let at = start; at < source.length; at++) {
    const letter = source[at]
    column++
    if (letter === '\n') {
      line++
      column = 0
    }
    let problem: string | undefined
    if (letter === '"') {
      problem = wordProblem()
      let end = at + 1
      while (end < source.length && source[end] !== '"') end += source[end] === '\\' ? 2 : 1
      if (problem === undefined && end >= source.length) return `Unfinished string at EOF at ${endOf(source)}`
      if (problem === undefined) {
        column += end - at
        at = end
        problem = taken(true)
      }
    } else if ('[]{}:,'.includes(letter) || /\s/.test(letter)) {
      problem = wordProblem()
      if (problem === undefined && !/\s/.test(letter)) problem = mark(letter)
    } else word += letter
    if (problem !== undefined) return `${problem} at line ${line}, column ${column}`
  }
  const problem = wordProblem() ?? (open.length > 0 ? 'Unfinished JSON term' : 'Invalid literal')
  return `${problem} at EOF at ${endOf(source)}`
}

function endOf(source: string): string {
  return `line ${source.split('\n').length}, column ${source.length - source.lastIndexOf('\n') - 1}`
}

function endOfValue(source: string, start: number): number {
  if (!/[[{"]/.test(source[start])) {
    const match = /[\s[\]{},"]/.exec(source.slice(start + 1))
    return match ? start + 1 + match.index : source.length
  }
  let depth = 0
  let inText = false
  for (let at = start; at < source.length; at++) {
    const letter = source[at]
    if (inText) {
      if (letter === '\\') at++
      else if (letter === '"') {
        inText = false
        if (depth === 0) return at + 1
      }
    } else if (letter === '"') inText = true
    else if (letter === '{' || letter === '[') depth++
    else if (letter === '}' || letter === ']') {
      depth--
      if (depth === 0) return at + 1
    }
  }
  return source.length
}

interface Look {
  readonly compact: boolean
  readonly sort: boolean
  readonly color: boolean
  readonly indent: number
  readonly tab: boolean
  readonly ascii: boolean
}

export function jsonText(value: Json, look: Look, depth = 0): string {
  const paint = (text: string, code: string): string => (look.color ? `\x1b[${code}m${text}\x1b[0m` : text)
  const step = look.compact || look.indent === 0 ? '' : `\n${(look.tab ? '\t' : ' '.repeat(look.indent)).repeat(depth + 1)}`
  const end = look.compact || look.indent === 0 ? '' : `\n${(look.tab ? '\t' : ' '.repeat(look.indent)).repeat(depth)}`
  const quoted = (text: string): string => {
    const json = JSON.stringify(text).replace(/\x7f/g, '\\u007f')
    return look.ascii ? json.replace(/[^\x00-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`) : json
  }
  if (value === null) return paint('null', '1;30')
  if (typeof value === 'string') return paint(quoted(value), '0;32')
  if (typeof value === 'number') return paint(Number.isFinite(value) ? numberText(value) : Number.isNaN(value) ? 'null' : value > 0 ? '1.7976931348623157e+308' : '-1.7976931348623157e+308', '0;39')
  if (typeof value === 'boolean') return paint(String(value), '0;39')
  const items = Array.isArray(value) ? value.map((one) => jsonText(one, look, depth + 1)) : (look.sort ? Object.keys(value).sort() : Object.keys(value)).map((key) => `${look.color ? `\x1b[34;1m${quoted(key)}\x1b[0m` : quoted(key)}${paint(':', '1;39')}${look.compact ? '' : ' '}${jsonText(value[key], look, depth + 1)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (items.length === 0) return look.color ? `\x1b[1;39m${open}\x1b[1;39m${close}\x1b[0m`.replace('\x1b[1;39m' + close, close) : open + close
  return `${paint(open, '1;39')}${step}${items.join(`${paint(',', '1;39')}${step}`)}${end}${paint(close, '1;39')}`
}

function numberText(value: number): string {
  // %.17g turns to the exponent at 1e17, JavaScript at 1e21.
  if (Math.abs(value) >= 1e17 && Math.abs(value) < 1e21) return value.toExponential().replace(/e\+(\d)$/, 'e+0$1')
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential().replace(/e-(\d)$/, 'e-0$1')
  return String(value).replace(/e\+?(-?)(\d)$/, (_, sign: string, digit: string) => `e${sign || '+'}${digit.padStart(2, '0')}`)
}

const usage = `Usage:	jq [OPTIONS] FILTER [FILES...]
	jq [OPTIONS] --args FILTER [ARGUMENTS...]
	jq [OPTIONS] --jsonargs FILTER [JSON_VALUES...]

jq is a tool for processing JSON inputs, applying the given filter to
its JSON text inputs and producing the filter's results as JSON on
standard output.
`

function flattened(items: readonly Json[], depth: number): Json[] {
  return items.flatMap((one) => (Array.isArray(one) && depth > 0 ? flattened(one, depth - 1) : [one]))
}
