/** A jq program as a tree. What is wrong in it is told with the place, as jq's own parser tells it. */
import type { Json } from './json.ts'

export class CompileError extends Error {
  /** Offset in the program; jq puts as many blanks behind the line that it shows. */
  readonly at: number

  constructor(message: string, at = 0) {
    super(message)
    this.at = at
  }
}

export type Node =
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
  | {
      readonly type: 'foreach'
      readonly of: Node
      readonly pattern: Pattern
      readonly start: Node
      readonly update: Node
      readonly extract: Node | undefined
    }
  | { readonly type: 'variable'; readonly name: string; readonly at: number }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[]; readonly at: number }
  | { readonly type: 'def'; readonly name: string; readonly params: readonly string[]; readonly body: Node; readonly rest: Node }
  | { readonly type: 'label'; readonly name: string; readonly body: Node }
  | { readonly type: 'break'; readonly name: string }

export type Pattern =
  | { readonly name: string }
  | { readonly list: readonly Pattern[] }
  | { readonly entries: readonly (readonly [Node, Pattern])[] }

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
      if (letter === undefined)
        throw new CompileError(
          'syntax error, unexpected $end, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END (Unix shell quoting issues?) at <top-level>, line 1:',
          begin + 1,
        )
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
    const match =
      /^(?:(?<field>\.[A-Za-z_]\w*)|(?<variable>\$(?:__loc__|[A-Za-z_]\w*))|(?<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|(?<format>@\w+)|(?<word>[A-Za-z_](?:\w|::)*)|(?<operator>\?\/\/=?|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%?]))/.exec(
        rest,
      )
    if (!match?.groups)
      throw new CompileError(`syntax error, unexpected INVALID_CHARACTER (Unix shell quoting issues?) at <top-level>, line 1:`, at)
    const [kind, value] = Object.entries(match.groups).find(([, one]) => one !== undefined) as [Token['kind'], string]
    found.push({ kind, text: kind === 'field' || kind === 'variable' ? value.slice(1) : value, at })
    at += value.length
  }
  found.push({ kind: 'end', text: '', at: found.at(-1)?.at ?? 0 })
  return found
}

export function parse(source: string): Node {
  const list = tokens(source)
  let at = 0
  const peek = (): Token => list[at]
  const is = (text: string): boolean => (peek().kind === 'operator' || peek().kind === 'word') && peek().text === text
  const fail = (isWhole = false): never => {
    const { kind, text, at: position } = peek()
    const shown =
      kind === 'end'
        ? '$end'
        : kind === 'word'
          ? 'IDENT'
          : kind === 'text'
            ? 'QQSTRING_START'
            : kind === 'number'
              ? 'LITERAL'
              : kind === 'field'
                ? 'FIELD'
                : kind === 'operator'
                  ? `'${text}'`
                  : kind.toUpperCase()
    throw new CompileError(
      `syntax error, unexpected ${shown}${isWhole ? ', expecting $end' : ''} (Unix shell quoting issues?) at <top-level>, line 1:`,
      position,
    )
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
      return {
        type: 'def',
        name: `${name}/${params.length}`,
        params,
        body,
        rest: peek().kind === 'end' || is(')') ? { type: 'identity' } : pipe(),
      }
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
    for (const operator of ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='])
      if (take(operator)) return { type: 'update', operator, left, right: alternative() }
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
  const textNode = (token: Token, format?: string): Node =>
    token.parts?.length === 1 ? { type: 'literal', value: token.text } : { type: 'text', parts: token.parts ?? [], format }
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
      case 'number':
        return { type: 'literal', value: Number(token.text) }
      case 'text':
        return textNode(token)
      case 'format':
        return peek().kind === 'text' ? textNode(list[at++], token.text) : { type: 'format', name: token.text }
      case 'field':
        return { type: 'index', of: { type: 'identity' }, key: { type: 'literal', value: token.text } }
      case 'variable':
        return { type: 'variable', name: token.text, at: token.at }
      case 'word':
        return word(token.text, token.at)
      case 'operator':
        if (token.text === '.')
          return peek().kind === 'text' ? { type: 'index', of: { type: 'identity' }, key: textNode(list[at++]) } : { type: 'identity' }
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
        return name === 'reduce'
          ? { type: 'reduce', of, pattern: bound, start, update }
          : { type: 'foreach', of, pattern: bound, start, update, extract }
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
