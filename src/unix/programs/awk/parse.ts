/** awk's parser: a program as rules and functions. Regular expressions are translated from POSIX extended ones as they are read. */
import { translated } from '../regular-expression.ts'

export type Expr =
  | { readonly t: 'num'; readonly v: number }
  | { readonly t: 'str'; readonly v: string }
  | { readonly t: 'regex'; readonly v: RegExp }
  | { readonly t: 'var'; readonly name: string }
  | { readonly t: 'field'; readonly e: Expr }
  | { readonly t: 'index'; readonly name: string; readonly keys: readonly Expr[] }
  | { readonly t: 'assign'; readonly op: string; readonly to: Expr; readonly e: Expr }
  | { readonly t: 'cond'; readonly c: Expr; readonly a: Expr; readonly b: Expr }
  | { readonly t: 'bin'; readonly op: string; readonly a: Expr; readonly b: Expr }
  | { readonly t: 'un'; readonly op: string; readonly e: Expr }
  | { readonly t: 'inc'; readonly op: number; readonly post: boolean; readonly e: Expr }
  | { readonly t: 'in'; readonly keys: readonly Expr[]; readonly name: string }
  | { readonly t: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly t: 'getline'; readonly kind: 'plain' | 'file' | 'command'; readonly source?: Expr; readonly to?: Expr }

export type Stmt =
  | { readonly t: 'expr'; readonly e: Expr }
  | { readonly t: 'print' | 'printf'; readonly args: readonly Expr[]; readonly to?: { readonly op: string; readonly e: Expr } }
  | { readonly t: 'if'; readonly c: Expr; readonly a: Stmt; readonly b?: Stmt }
  | { readonly t: 'while'; readonly c: Expr; readonly body: Stmt }
  | { readonly t: 'do'; readonly c: Expr; readonly body: Stmt }
  | { readonly t: 'for'; readonly start?: Stmt; readonly c?: Expr; readonly step?: Stmt; readonly body: Stmt }
  | { readonly t: 'forin'; readonly key: string; readonly name: string; readonly body: Stmt }
  | { readonly t: 'block'; readonly body: readonly Stmt[] }
  | { readonly t: 'next' | 'break' | 'continue' }
  | { readonly t: 'exit' | 'return'; readonly e?: Expr }
  | { readonly t: 'delete'; readonly name: string; readonly keys?: readonly Expr[] }

export interface Rule {
  readonly kind: 'BEGIN' | 'END' | 'main'
  readonly from?: Expr
  readonly to?: Expr
  readonly body?: Stmt
  active: boolean
}
export interface Fn {
  readonly params: readonly string[]
  readonly body: Stmt
}
export class AwkSyntax extends Error {}

export const builtins = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'match',
  'sprintf',
  'sin',
  'cos',
  'atan2',
  'exp',
  'log',
  'sqrt',
  'int',
  'rand',
  'srand',
  'tolower',
  'toupper',
  'system',
  'close',
  'fflush',
  'systime',
  'strftime',
  'gensub',
])

export function parse(source: string): { rules: Rule[]; functions: Map<string, Fn> } {
  type Token = { k: string; v: string }
  const tokens: Token[] = []
  let i = 0
  const operand = (): boolean => {
    const last = tokens.at(-1)
    return (
      last !== undefined &&
      (['num', 'str', 'name', 'builtin', 'fname', 'regex'].includes(last.k) ||
        last.v === ')' ||
        last.v === ']' ||
        last.v === '$' ||
        last.v === '++' ||
        last.v === '--')
    )
  }
  while (i < source.length) {
    const rest = source.slice(i)
    let m = /^(?:[ \t\r]+|\\\r?\n|#[^\n]*)/.exec(rest)
    if (m) {
      i += m[0].length
      continue
    }
    if (rest[0] === '\n' || rest[0] === ';') tokens.push({ k: rest[0] === ';' ? 'semi' : 'nl', v: rest[0] }), i++
    else if (rest[0] === '"') {
      let text = ''
      i++
      while (i < source.length && source[i] !== '"') {
        if (source[i] === '\\') {
          const octal = /^[0-7]{1,3}/.exec(source.slice(i + 1))
          if (octal) (text += String.fromCharCode(Number.parseInt(octal[0], 8))), (i += 1 + octal[0].length)
          else
            (text +=
              { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', '/': '/', a: '\x07', b: '\b', f: '\f', v: '\v' }[source[i + 1]] ??
              `\\${source[i + 1]}`),
              (i += 2)
        } else text += source[i++]
      }
      i++
      tokens.push({ k: 'str', v: text })
    } else if (rest[0] === '/' && !operand()) {
      let text = ''
      let inside = false
      i++
      while (i < source.length && (source[i] !== '/' || inside)) {
        if (source[i] === '\\') (text += source[i + 1] === '/' ? '/' : source.slice(i, i + 2)), (i += 2)
        else {
          if (source[i] === '[') inside = true
          else if (source[i] === ']') inside = false
          text += source[i++]
        }
      }
      i++
      tokens.push({ k: 'regex', v: text })
    } else if ((m = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest)))
      tokens.push({ k: 'num', v: m[0] }), (i += m[0].length)
    else if ((m = /^[A-Za-z_]\w*/.exec(rest))) {
      const word = m[0]
      i += word.length
      const k = [
        'BEGIN',
        'END',
        'function',
        'func',
        'if',
        'else',
        'while',
        'for',
        'do',
        'break',
        'continue',
        'next',
        'exit',
        'return',
        'delete',
        'in',
        'getline',
        'print',
        'printf',
      ].includes(word)
        ? 'key'
        : builtins.has(word)
          ? 'builtin'
          : source[i] === '('
            ? 'fname'
            : 'name'
      tokens.push({ k, v: word === 'func' ? 'function' : word })
    } else if ((m = /^(?:\*\*=|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|\*\*|==|!=|<=|>=|&&|\|\||>>|!~|[{}()[\],+\-*/%^!<>|?:~$=])/.exec(rest)))
      tokens.push({ k: 'op', v: m[0] === '**' ? '^' : m[0] }), (i += m[0].length)
    else throw new AwkSyntax(`line ${source.slice(0, i).split('\n').length}: unexpected character '${rest[0]}'`)
  }
  tokens.push({ k: 'eof', v: '' })
  let at = 0
  const peek = (): Token => tokens[at]
  const is = (v: string): boolean => peek().v === v && (peek().k === 'op' || peek().k === 'key')
  const take = (v: string): boolean => is(v) && (at++, true)
  const fail = (): never => {
    throw new AwkSyntax(
      `line ${1 + tokens.slice(0, at).filter(({ k }) => k === 'nl').length}: syntax error at or near ${peek().k === 'eof' ? 'end of file' : peek().v === '\n' ? 'end of line' : peek().v}`,
    )
  }
  const need = (v: string): void => void (take(v) || fail())
  const newlines = (): void => {
    while (peek().k === 'nl') at++
  }
  const ends = (): void => {
    while (peek().k === 'nl' || peek().k === 'semi') at++
  }
  let noIn = false
  let noGt = false
  const lvalue = (e: Expr): boolean => e.t === 'var' || e.t === 'field' || e.t === 'index'
  const expr = (): Expr => {
    const a = cond()
    for (const op of ['=', '+=', '-=', '*=', '/=', '%=', '^=', '**='])
      if (lvalue(a) && is(op)) return (at++, { t: 'assign', op: op.slice(0, -1).replace('**', '^'), to: a, e: expr() })
    return a
  }
  const cond = (): Expr => {
    const c = orE()
    if (!take('?')) return c
    newlines()
    const a = expr()
    newlines()
    need(':')
    newlines()
    return { t: 'cond', c, a, b: expr() }
  }
  const orE = (): Expr => {
    let a = andE()
    while (take('||')) newlines(), (a = { t: 'bin', op: '||', a, b: andE() })
    return a
  }
  const andE = (): Expr => {
    let a = inE()
    while (take('&&')) newlines(), (a = { t: 'bin', op: '&&', a, b: inE() })
    return a
  }
  const inE = (): Expr => {
    let a = matchE()
    while (!noIn && is('in')) at++, (a = { t: 'in', keys: [a], name: tokens[at++].v })
    return a
  }
  const matchE = (): Expr => {
    let a = compareE()
    while (is('~') || is('!~')) a = { t: 'bin', op: tokens[at++].v, a, b: compareE() }
    return a
  }
  const compareE = (): Expr => {
    const a = concat()
    if (['<', '<=', '==', '!=', '>='].some(is) || (!noGt && is('>'))) return { t: 'bin', op: tokens[at++].v, a, b: concat() }
    return piped(a)
  }
  const piped = (a: Expr): Expr => {
    let e = a
    while (is('|') && tokens[at + 1].v === 'getline')
      (at += 2), (e = { t: 'getline', kind: 'command', source: e, to: startsLvalue() ? primaryE() : undefined })
    return e
  }
  const startsLvalue = (): boolean => peek().k === 'name' || is('$')
  const starts = (): boolean =>
    ['num', 'str', 'regex', 'name', 'fname', 'builtin'].includes(peek().k) ||
    is('$') ||
    is('!') ||
    is('(') ||
    is('-') ||
    is('+') ||
    is('++') ||
    is('--')
  const concat = (): Expr => {
    let a = addE()
    while (starts() && !is('in') && !(is('-') || is('+'))) a = { t: 'bin', op: ' ', a, b: addE() }
    return a
  }
  const addE = (): Expr => {
    let a = mulE()
    while (is('+') || is('-')) a = { t: 'bin', op: tokens[at++].v, a, b: mulE() }
    return a
  }
  const mulE = (): Expr => {
    let a = unaryE()
    while (is('*') || is('/') || is('%')) a = { t: 'bin', op: tokens[at++].v, a, b: unaryE() }
    return a
  }
  const unaryE = (): Expr => (is('!') || is('-') || is('+') ? { t: 'un', op: tokens[at++].v, e: unaryE() } : powE())
  const powE = (): Expr => {
    const a = postE()
    return take('^') ? { t: 'bin', op: '^', a, b: is('-') || is('+') || is('!') ? unaryE() : powE() } : a
  }
  const postE = (): Expr => {
    const e = primaryE()
    if (lvalue(e) && (is('++') || is('--'))) return { t: 'inc', op: tokens[at++].v === '++' ? 1 : -1, post: true, e }
    return e
  }
  const list = (close: string): Expr[] => {
    const args: Expr[] = []
    newlines()
    while (!is(close)) {
      args.push(expr())
      newlines()
      if (!take(',')) break
      newlines()
    }
    need(close)
    return args
  }
  const primaryE = (): Expr => {
    const token = tokens[at++]
    switch (token.k) {
      case 'num':
        return { t: 'num', v: Number(token.v) }
      case 'str':
        return { t: 'str', v: token.v }
      case 'regex':
        return { t: 'regex', v: new RegExp(translated(token.v, true), 'su') }
      case 'name':
        return take('[') ? { t: 'index', name: token.v, keys: nested(() => list(']')) } : { t: 'var', name: token.v }
      case 'fname':
        return (at++, { t: 'call', name: token.v, args: nested(() => list(')')) })
      case 'builtin':
        return { t: 'call', name: token.v, args: take('(') ? nested(() => list(')')) : [] }
      default:
    }
    if (token.v === '$')
      return {
        t: 'field',
        e:
          is('++') || is('--')
            ? { t: 'inc', op: tokens[at++].v === '++' ? 1 : -1, post: false, e: primaryE() }
            : is('-')
              ? unaryE()
              : primaryE(),
      }
    if (token.v === '++' || token.v === '--') return { t: 'inc', op: token.v === '++' ? 1 : -1, post: false, e: primaryE() }
    if (token.v === '-' || token.v === '+' || token.v === '!') return { t: 'un', op: token.v, e: unaryE() }
    if (token.v === '(' && token.k === 'op') {
      const args = nested(() => list(')'))
      if (is('in') && !(args.length === 1 && noIn)) return (at++, { t: 'in', keys: args, name: tokens[at++].v })
      if (args.length !== 1) return { t: 'call', name: ',', args }
      return args[0].t === 'regex' || lvalue(args[0]) ? { t: 'cond', c: { t: 'num', v: 1 }, a: args[0], b: args[0] } : args[0]
    }
    if (token.v === 'getline') {
      const to = startsLvalue() ? primaryE() : undefined
      return take('<') ? { t: 'getline', kind: 'file', source: postE(), to } : { t: 'getline', kind: 'plain', to }
    }
    at--
    return fail()
  }
  function nested<T>(read: () => T): T {
    const before = [noIn, noGt]
    noIn = noGt = false
    const result = read()
    ;[noIn, noGt] = before
    return result
  }
  const simple = (): Stmt => {
    if (is('print') || is('printf')) {
      const t = tokens[at++].v as 'print' | 'printf'
      let args: Expr[] = []
      noGt = true
      while (starts() || is('getline')) {
        args.push(expr())
        if (!take(',')) break
        newlines()
      }
      noGt = false
      if (args.length === 1 && args[0].t === 'call' && args[0].name === ',') args = [...args[0].args]
      const op = ['>', '>>', '|'].find(is)
      if (op === undefined) return { t, args }
      at++
      return { t, args, to: { op, e: concat() } }
    }
    if (take('delete')) {
      const name = tokens[at++].v
      return { t: 'delete', name, keys: take('[') ? list(']') : undefined }
    }
    return { t: 'expr', e: expr() }
  }
  const body = (): Stmt => {
    newlines()
    if (peek().k === 'semi') return (at++, { t: 'block', body: [] })
    return stmt()
  }
  const stmt = (): Stmt => {
    if (is('{')) return block()
    if (take('if')) {
      need('(')
      const c = nested(expr)
      need(')')
      const a = body()
      const mark = at
      ends()
      if (take('else')) return { t: 'if', c, a, b: body() }
      at = mark
      return { t: 'if', c, a }
    }
    if (take('while')) {
      need('(')
      const c = nested(expr)
      need(')')
      return { t: 'while', c, body: body() }
    }
    if (take('do')) {
      const inner = body()
      ends()
      need('while')
      need('(')
      const c = nested(expr)
      need(')')
      return { t: 'do', c, body: inner }
    }
    if (take('for')) {
      need('(')
      if (peek().k === 'name' && tokens[at + 1].v === 'in' && tokens[at + 3].v === ')') {
        const key = tokens[at].v
        const name = tokens[at + 2].v
        at += 4
        return { t: 'forin', key, name, body: body() }
      }
      const start = peek().k === 'semi' ? undefined : simple()
      at++
      newlines()
      const c = peek().k === 'semi' ? undefined : expr()
      at++
      newlines()
      const step = is(')') ? undefined : simple()
      need(')')
      return { t: 'for', start, c, step, body: body() }
    }
    let result: Stmt
    const word = peek()
    if (word.k === 'key' && ['next', 'break', 'continue'].includes(word.v)) at++, (result = { t: word.v as 'next' })
    else if (is('exit') || is('return')) at++, (result = { t: word.v as 'exit', e: starts() ? expr() : undefined })
    else result = simple()
    if (peek().k === 'semi' || peek().k === 'nl') at++
    else if (!is('}') && peek().k !== 'eof') fail()
    return result
  }
  const block = (): Stmt => {
    need('{')
    const inner: Stmt[] = []
    for (ends(); !is('}'); ends()) {
      if (peek().k === 'eof') fail()
      inner.push(stmt())
    }
    at++
    return { t: 'block', body: inner }
  }
  const rules: Rule[] = []
  const functions = new Map<string, Fn>()
  for (ends(); peek().k !== 'eof'; ends()) {
    if (take('function')) {
      const name = tokens[at++].v
      need('(')
      const params: string[] = []
      while (!is(')')) params.push(tokens[at++].v), take(','), newlines()
      at++
      newlines()
      functions.set(name, { params, body: block() })
    } else if (is('BEGIN') || is('END')) rules.push({ kind: tokens[at++].v as 'BEGIN', body: block(), active: false })
    else {
      const from = is('{') ? undefined : expr()
      const to = take(',') ? (newlines(), expr()) : undefined
      rules.push({ kind: 'main', from, to, body: is('{') ? block() : undefined, active: false })
    }
  }
  return { rules, functions }
}
