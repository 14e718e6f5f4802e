/**
 * awk: parser and interpreter. Records are read as they come; every loop gives way now and then. Regular expressions are POSIX extended ones.
 */
import { UnixError } from '../errors.ts'
import { type Blocking, ended, err, type Program, writeTo } from '../kernel/process.ts'
import { pipe } from '../kernel/pipe.ts'
import { Descriptor, type OpenFile } from '../kernel/open-file.ts'
import { type Directive, directivePattern, floatText, integerText, padded } from './printf-text.ts'
import { translated } from './regular-expression.ts'
import { startProgram } from './run.ts'
import { bytesOfString, closeInput, Lines, openInput, openOutput, stringOf, wholeInput } from './text.ts'
import { wordsOf } from './tool.ts'

/** A string that came from input and looks like a number compares as one. */
class Field {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
type Value = number | string | Field | undefined
type Table = Map<string, Value>

type Expr =
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

type Stmt =
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

interface Rule {
  readonly kind: 'BEGIN' | 'END' | 'main'
  readonly from?: Expr
  readonly to?: Expr
  readonly body?: Stmt
  active: boolean
}
interface Fn {
  readonly params: readonly string[]
  readonly body: Stmt
}
class AwkSyntax extends Error {}
class Jump extends Error {
  readonly kind: string
  readonly value: Value

  constructor(kind: string, value?: Value) {
    super(kind)
    this.kind = kind
    this.value = value
  }
}

const builtins = new Set(['length', 'substr', 'index', 'split', 'sub', 'gsub', 'match', 'sprintf', 'sin', 'cos', 'atan2', 'exp', 'log', 'sqrt', 'int', 'rand', 'srand', 'tolower', 'toupper', 'system', 'close', 'fflush', 'systime', 'strftime', 'gensub'])

function parse(source: string): { rules: Rule[]; functions: Map<string, Fn> } {
  type Token = { k: string; v: string }
  const tokens: Token[] = []
  let i = 0
  const operand = (): boolean => {
    const last = tokens.at(-1)
    return last !== undefined && (['num', 'str', 'name', 'builtin', 'fname', 'regex'].includes(last.k) || last.v === ')' || last.v === ']' || last.v === '$' || last.v === '++' || last.v === '--')
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
          else (text += { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', '/': '/', a: '\x07', b: '\b', f: '\f', v: '\v' }[source[i + 1]] ?? `\\${source[i + 1]}`), (i += 2)
        } else text += source[i++]
      }
      i++
      tokens.push({ k: 'str', v: text })
    } else if (rest[0] === '/' && !operand()) {
      let text = ''
      let inside = false
      i++
      while (i < source.length && (source[i] !== '/' || inside)) {
        if (source[i] === '\\') text += source[i + 1] === '/' ? '/' : source.slice(i, i + 2), (i += 2)
        else {
          if (source[i] === '[') inside = true
          else if (source[i] === ']') inside = false
          text += source[i++]
        }
      }
      i++
      tokens.push({ k: 'regex', v: text })
    } else if ((m = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest))) tokens.push({ k: 'num', v: m[0] }), (i += m[0].length)
    else if ((m = /^[A-Za-z_]\w*/.exec(rest))) {
      const word = m[0]
      i += word.length
      const k = ['BEGIN', 'END', 'function', 'func', 'if', 'else', 'while', 'for', 'do', 'break', 'continue', 'next', 'exit', 'return', 'delete', 'in', 'getline', 'print', 'printf'].includes(word) ? 'key' : builtins.has(word) ? 'builtin' : source[i] === '(' ? 'fname' : 'name'
      tokens.push({ k, v: word === 'func' ? 'function' : word })
    } else if ((m = /^(?:\*\*=|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|\*\*|==|!=|<=|>=|&&|\|\||>>|!~|[{}()[\],+\-*/%^!<>|?:~$=])/.exec(rest))) tokens.push({ k: 'op', v: m[0] === '**' ? '^' : m[0] }), (i += m[0].length)
    else throw new AwkSyntax(`line ${source.slice(0, i).split('\n').length}: unexpected character '${rest[0]}'`)
  }
  tokens.push({ k: 'eof', v: '' })
  let at = 0
  const peek = (): Token => tokens[at]
  const is = (v: string): boolean => peek().v === v && (peek().k === 'op' || peek().k === 'key')
  const take = (v: string): boolean => is(v) && (at++, true)
  const fail = (): never => {
    throw new AwkSyntax(`line ${1 + tokens.slice(0, at).filter(({ k }) => k === 'nl').length}: syntax error at or near ${peek().k === 'eof' ? 'end of file' : peek().v === '\n' ? 'end of line' : peek().v}`)
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
    for (const op of ['=', '+=', '-=', '*=', '/=', '%=', '^=', '**=']) if (lvalue(a) && is(op)) return at++, { t: 'assign', op: op.slice(0, -1).replace('**', '^'), to: a, e: expr() }
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
    while (is('|') && tokens[at + 1].v === 'getline') at += 2, (e = { t: 'getline', kind: 'command', source: e, to: startsLvalue() ? primaryE() : undefined })
    return e
  }
  const startsLvalue = (): boolean => peek().k === 'name' || is('$')
  const starts = (): boolean => ['num', 'str', 'regex', 'name', 'fname', 'builtin'].includes(peek().k) || is('$') || is('!') || is('(') || is('-') || is('+') || is('++') || is('--')
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
      case 'num': return { t: 'num', v: Number(token.v) }
      case 'str': return { t: 'str', v: token.v }
      case 'regex': return { t: 'regex', v: new RegExp(translated(token.v, true), 'su') }
      case 'name': return take('[') ? { t: 'index', name: token.v, keys: nested(() => list(']')) } : { t: 'var', name: token.v }
      case 'fname': return at++, { t: 'call', name: token.v, args: nested(() => list(')')) }
      case 'builtin': return { t: 'call', name: token.v, args: take('(') ? nested(() => list(')')) : [] }
      default:
    }
    if (token.v === '$') return { t: 'field', e: is('++') || is('--') ? { t: 'inc', op: tokens[at++].v === '++' ? 1 : -1, post: false, e: primaryE() } : is('-') ? unaryE() : primaryE() }
    if (token.v === '++' || token.v === '--') return { t: 'inc', op: token.v === '++' ? 1 : -1, post: false, e: primaryE() }
    if (token.v === '-' || token.v === '+' || token.v === '!') return { t: 'un', op: token.v, e: unaryE() }
    if (token.v === '(' && token.k === 'op') {
      const args = nested(() => list(')'))
      if (is('in') && !(args.length === 1 && noIn)) return at++, { t: 'in', keys: args, name: tokens[at++].v }
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
    if (peek().k === 'semi') return at++, { t: 'block', body: [] }
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

const looksNumeric = (text: string): boolean => /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text)
const num = (value: Value): number => (typeof value === 'number' ? value : value === undefined ? 0 : Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(value instanceof Field ? value.text : value)?.[0] ?? 0))

export const awk: Program = function* (process) {
  const name = process.argv[0].replace(/.*\//, '')
  const args = process.argv.slice(1)
  const globals = new Map<string, Value>([['FS', ' '], ['OFS', ' '], ['ORS', '\n'], ['RS', '\n'], ['NR', 0], ['NF', 0], ['FNR', 0], ['SUBSEP', '\x1c'], ['CONVFMT', '%.6g'], ['OFMT', '%.6g'], ['FILENAME', ''], ['RSTART', 0], ['RLENGTH', -1]])
  const tables = new Map<string, Table>()
  const unslash = (text: string): string => text.replace(/\\([nt\\"])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter)
  const fromText = (text: string): Value => (looksNumeric(text) ? new Field(text) : text)
  const texts: string[] = []
  while (args[0]?.startsWith('-') && args[0] !== '-') {
    const option = args.shift() ?? ''
    if (option === '--') break
    const value = option.length > 2 && !option.startsWith('--') ? option.slice(2) : undefined
    if (option.startsWith('-F')) {
      const separator = unslash(value ?? args.shift() ?? '')
      globals.set('FS', separator === 't' ? '\t' : separator)
    }
    else if (option.startsWith('-v')) {
      const [, key, text] = /^([^=]*)=(.*)$/s.exec(value ?? args.shift() ?? '') ?? ['', '', '']
      globals.set(key, fromText(unslash(text)))
    } else if (option.startsWith('-f')) {
      const path = value ?? args.shift() ?? ''
      try {
        texts.push(stringOf(yield* wholeInput(process, openInput(process, path))))
      } catch (error) {
        yield* err(process, `${name}: cannot open ${path} (${wordsOf(error)})\n`)
        return 2
      }
    } else if (option === '--version' || option === '-W') {
      yield* writeTo(process, 1, 'mawk 1.3.4 20200120\n')
      return 0
    } else {
      yield* err(process, `${name}: not an option: ${option}\n`)
      return 2
    }
  }
  if (texts.length === 0) {
    const program = args.shift()
    if (program === undefined) {
      yield* err(process, `usage: ${name} [-F fs] [-v var=value] [-f prog-file | 'program'] [file ...]\n`)
      return 2
    }
    texts.push(program)
  }
  let program: ReturnType<typeof parse>
  try {
    program = parse(texts.join('\n'))
  } catch (error) {
    if (!(error instanceof AwkSyntax) && !(error instanceof SyntaxError)) throw error
    yield* err(process, `${name}: ${error.message}\n`)
    return 2
  }
  const { rules, functions } = program
  tables.set('ENVIRON', new Map(Object.entries(process.env).map(([key, text]) => [key, fromText(text)])))
  tables.set('ARGV', new Map([name, ...args].map((text, index) => [String(index), fromText(text)])))
  globals.set('ARGC', args.length + 1)

  let record = ''
  let fields: Value[] = []
  let isSplit = true
  let locals: Map<string, Value | Table> | undefined
  let output = ''
  const random = process.kernel.random
  const regexes = new Map<string, RegExp>()
  const str = (value: Value, format = 'CONVFMT'): string => (typeof value === 'string' ? value : value === undefined ? '' : value instanceof Field ? value.text : Number.isInteger(value) && Math.abs(value) < 1e16 ? String(value) : Number.isNaN(value) ? 'nan' : sprintf(str(globals.get(format)), [value]))
  const isTrue = (value: Value): boolean => (typeof value === 'number' ? value !== 0 : value instanceof Field ? num(value) !== 0 : value !== undefined && value !== '')
  const regex = (source: string): RegExp => {
    let found = regexes.get(source)
    if (!found) regexes.set(source, (found = new RegExp(translated(source, true), 'su')))
    return found
  }
  const pieces = (text: string, separator: string): string[] => {
    if (text === '') return []
    if (separator === ' ') return text.trim() === '' ? [] : text.replace(/^[ \t\n]+|[ \t\n]+$/g, '').split(/[ \t\n]+/)
    if (separator === '') return [...text]
    return separator.length === 1 && separator !== '\\' ? text.split(separator) : text.split(new RegExp(translated(separator, true).replace(/\((?!\?)/g, '(?:'), 'su'))
  }
  const setRecord = (text: string): void => {
    record = text
    isSplit = false
  }
  const splitNow = (): void => {
    if (isSplit) return
    isSplit = true
    fields = pieces(record, str(globals.get('FS'))).map(fromText)
    globals.set('NF', fields.length)
  }
  const rebuild = (): void => {
    record = fields.map((value) => str(value)).join(str(globals.get('OFS')))
  }
  const getField = (index: number): Value => {
    if (index === 0) return fromText(record)
    splitNow()
    return fields[index - 1]
  }
  const setField = (index: number, value: Value): void => {
    if (index === 0) return setRecord(str(value))
    splitNow()
    while (fields.length < index) fields.push('')
    fields[index - 1] = value
    globals.set('NF', fields.length)
    rebuild()
  }
  const getVar = (key: string): Value => {
    if (locals?.has(key)) return locals.get(key) as Value
    if (key === 'NF') splitNow()
    return globals.get(key)
  }
  const setVar = (key: string, value: Value): void => {
    if (locals?.has(key)) return void locals.set(key, value)
    if (key === 'NF') {
      splitNow()
      const size = num(value)
      while (fields.length < size) fields.push('')
      fields.length = size
      rebuild()
    }
    globals.set(key, value)
  }
  const table = (key: string): Table => {
    const local = locals?.has(key) ? locals.get(key) : undefined
    if (local instanceof Map) return local
    if (locals?.has(key)) {
      const made: Table = new Map()
      locals.set(key, made)
      return made
    }
    let found = tables.get(key)
    if (!found) tables.set(key, (found = new Map()))
    return found
  }
  function sprintf(format: string, values: readonly Value[]): string {
    let rest = format
    let text = ''
    let index = 0
    for (;;) {
      const match = directivePattern.exec(rest)
      if (!match) return text + rest
      text += rest.slice(0, match.index)
      rest = rest.slice(match.index + match[0].length)
      const [whole, flags, width, precision, , letter] = match
      if (letter === '%') {
        text += '%'
        continue
      }
      const wide = width === '*' ? num(values[index++]) : width === undefined ? undefined : Number(width)
      const exact = precision === '*' ? num(values[index++]) : precision === undefined ? undefined : Number(precision || 0)
      const directive: Directive = { flags: flags + (wide !== undefined && wide < 0 ? '-' : ''), width: wide === undefined ? undefined : Math.abs(wide), precision: exact, letter: letter === 'i' ? 'd' : letter }
      const value = values[index++]
      if (letter === 'c') text += padded(typeof value === 'number' ? String.fromCodePoint(value) : str(value).slice(0, 1), directive)
      else if (letter === 's') text += padded(exact === undefined ? str(value) : str(value).slice(0, exact), directive)
      else if ('dioxXu'.includes(letter)) text += Number.isFinite(num(value)) ? integerText(BigInt(Math.trunc(num(value))), directive) : padded(String(num(value)).toLowerCase(), directive)
      else if ('eEfFgG'.includes(letter)) text += floatText(num(value), directive)
      else text += whole
    }
  }
  const writers = new Map<string, { readonly descriptor?: number; readonly file?: OpenFile; readonly end?: () => Blocking<number> }>()
  const readers = new Map<string, { readonly lines: Lines; queue: string[]; descriptor: number }>()
  function* flush(): Blocking<void> {
    const text = output
    output = ''
    if (text !== '') yield* writeTo(process, 1, bytesOfString(text))
  }
  function* closing(key: string): Blocking<number> {
    const writer = writers.get(key)
    writers.delete(key)
    const reader = readers.get(key)
    if (reader) closeInput(process, reader.descriptor)
    readers.delete(key)
    if (writer?.descriptor !== undefined && writer.descriptor > 2) process.close(writer.descriptor)
    return writer?.end ? yield* writer.end() : writer || reader ? 0 : -1
  }
  function child(command: string, input: Descriptor | undefined, out: Descriptor | undefined) {
    const descriptors = new Map(process.descriptors)
    if (input) descriptors.set(0, input)
    if (out) descriptors.set(1, out)
    return startProgram(process, ['/bin/sh', '-c', command], { descriptors })
  }
  // Main input: the files of ARGV, with assignments between them.
  let argument = 1
  let main: { lines: Lines; descriptor: number } | undefined
  let queue: string[] = []
  let usedFile = false
  let code = 0
  function* nextMain(): Blocking<string | undefined> {
    for (;;) {
      if (queue.length > 0) {
        globals.set('NR', num(globals.get('NR')) + 1)
        globals.set('FNR', num(globals.get('FNR')) + 1)
        return queue.shift()
      }
      if (main) {
        yield* flush()
        const separator = str(globals.get('RS'))
        if (separator === '\n') queue = [...(yield* main.lines.next())]
        else {
          const text = (yield* main.lines.all()).join('\n')
          queue = text === '' ? [] : separator === '' ? text.replace(/^\n+|\n+$/g, '').split(/\n\n+/) : (separator.length === 1 ? text.split(separator) : text.split(regex(separator))).filter((one, index, all) => index < all.length - 1 || one !== '')
          if (separator === '' && str(globals.get('FS')) === ' ') globals.set('FS', ' ')
        }
        if (queue.length > 0) continue
        closeInput(process, main.descriptor)
        main = undefined
      }
      const count = num(globals.get('ARGC'))
      let path: string | undefined
      while (argument < count && path === undefined) {
        const text = str(tables.get('ARGV')?.get(String(argument++)))
        const assigned = /^([A-Za-z_]\w*)=(.*)$/s.exec(text)
        if (assigned) globals.set(assigned[1], fromText(unslash(assigned[2])))
        else if (text !== '') path = text
      }
      if (path === undefined) {
        if (usedFile) return undefined
        path = '-'
      }
      usedFile = true
      try {
        const descriptor = openInput(process, path)
        main = { lines: new Lines(process, descriptor), descriptor }
        globals.set('FILENAME', path === '-' ? '' : path)
        globals.set('FNR', 0)
      } catch (error) {
        yield* err(process, `${name}: cannot open ${path} (${wordsOf(error)})\n`)
        code = 2
      }
    }
  }
  function* assignTo(to: Expr, value: Value): Blocking<void> {
    if (to.t === 'var') setVar(to.name, value)
    else if (to.t === 'field') setField(num(yield* ev(to.e)), value)
    else if (to.t === 'index') table(to.name).set(yield* keyOf(to.keys), value)
  }
  function* keyOf(keys: readonly Expr[]): Blocking<string> {
    const parts: string[] = []
    for (const key of keys) parts.push(str(yield* ev(key)))
    return parts.join(str(globals.get('SUBSEP')))
  }
  function* asRegex(e: Expr): Blocking<RegExp> {
    return e.t === 'regex' ? e.v : regex(str(yield* ev(e)))
  }
  function compare(a: Value, b: Value): number {
    const numeric = (value: Value): boolean => typeof value === 'number' || value instanceof Field || value === undefined
    if (numeric(a) && numeric(b)) return num(a) - num(b)
    const [x, y] = [str(a), str(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }
  const arithmetic = (op: string, a: number, b: number): number => (op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : op === '/' ? a / b : op === '%' ? a % b : a ** b)
  let steps = 0
  function* ev(e: Expr): Blocking<Value> {
    switch (e.t) {
      case 'num':
      case 'str': return e.v
      case 'regex': return e.v.test(record) ? 1 : 0
      case 'var': return getVar(e.name)
      case 'field': return getField(num(yield* ev(e.e)))
      case 'index': {
        const key = yield* keyOf(e.keys)
        const found = table(e.name)
        if (!found.has(key)) found.set(key, undefined)
        return found.get(key)
      }
      case 'assign': {
        let value = yield* ev(e.e)
        if (e.op !== '') value = arithmetic(e.op, num(yield* ev(e.to)), num(value))
        yield* assignTo(e.to, value)
        return value
      }
      case 'cond': return isTrue(yield* ev(e.c)) ? yield* ev(e.a) : yield* ev(e.b)
      case 'un': {
        const value = yield* ev(e.e)
        return e.op === '!' ? (isTrue(value) ? 0 : 1) : e.op === '-' ? -num(value) : num(value)
      }
      case 'inc': {
        const old = num(yield* ev(e.e))
        yield* assignTo(e.e, old + e.op)
        return e.post ? old : old + e.op
      }
      case 'in': return table(e.name).has(yield* keyOf(e.keys)) ? 1 : 0
      case 'bin': {
        if (e.op === '&&') return isTrue(yield* ev(e.a)) && isTrue(yield* ev(e.b)) ? 1 : 0
        if (e.op === '||') return isTrue(yield* ev(e.a)) || isTrue(yield* ev(e.b)) ? 1 : 0
        if (e.op === '~' || e.op === '!~') {
          const text = str(yield* ev(e.a))
          return (yield* asRegex(e.b)).test(text) === (e.op === '~') ? 1 : 0
        }
        const [a, b] = [yield* ev(e.a), yield* ev(e.b)]
        if (e.op === ' ') return str(a) + str(b)
        if (/^[<>=!]/.test(e.op)) {
          const order = compare(a, b)
          return ({ '<': order < 0, '<=': order <= 0, '==': order === 0, '!=': order !== 0, '>': order > 0, '>=': order >= 0 } as Record<string, boolean>)[e.op] ? 1 : 0
        }
        if ((e.op === '/' || e.op === '%') && num(b) === 0) {
          yield* flush()
          yield* err(process, `${name}: division by zero\n`)
          throw new Jump('exit', 2)
        }
        return arithmetic(e.op, num(a), num(b))
      }
      case 'getline': return yield* getline(e)
      case 'call': return yield* call(e.name, e.args)
    }
  }
  function* getline(e: Extract<Expr, { t: 'getline' }>): Blocking<Value> {
    let line: string | undefined
    if (e.kind === 'plain') line = yield* nextMain()
    else {
      const key = str(yield* ev(e.source as Expr))
      let reader = readers.get(key)
      if (!reader) {
        try {
          let descriptor: number
          if (e.kind === 'file') descriptor = openInput(process, key)
          else {
            yield* flush()
            const ends = pipe(process.kernel.nextInode())
            const out = new Descriptor(ends.writer)
            child(key, undefined, out)
            descriptor = process.install(ends.reader, undefined, 3)
          }
          readers.set(key, (reader = { lines: new Lines(process, descriptor), queue: [], descriptor }))
        } catch (error) {
          if (error instanceof UnixError) return -1
          throw error
        }
      }
      if (reader.queue.length === 0) reader.queue = [...(yield* reader.lines.next())]
      line = reader.queue.shift()
      if (line !== undefined && e.kind === 'command') globals.set('NR', num(globals.get('NR')) + 1)
    }
    if (line === undefined) return 0
    if (e.to) yield* assignTo(e.to, fromText(line))
    else setRecord(line)
    return 1
  }
  function* call(fn: string, args: readonly Expr[]): Blocking<Value> {
    const own = functions.get(fn)
    if (own) {
      const scope = new Map<string, Value | Table>()
      for (const [index, param] of own.params.entries()) {
        const arg = args[index]
        if (arg?.t === 'var' && (tables.has(arg.name) || (locals?.has(arg.name) && locals.get(arg.name) instanceof Map) || getVar(arg.name) === undefined)) {
          const known = getVar(arg.name)
          scope.set(param, known === undefined ? table(arg.name) : known)
          continue
        }
        scope.set(param, arg ? yield* ev(arg) : undefined)
      }
      const before = locals
      locals = scope
      try {
        yield* exec(own.body)
        return undefined
      } catch (error) {
        if (error instanceof Jump && error.kind === 'return') return error.value
        throw error
      } finally {
        locals = before
      }
    }
    const text = function* (index: number): Blocking<string> {
      return args[index] ? str(yield* ev(args[index])) : ''
    }
    const number = function* (index: number): Blocking<number> {
      return args[index] ? num(yield* ev(args[index])) : 0
    }
    switch (fn) {
      case 'length': {
        const [arg] = args
        if (arg?.t === 'var' && (tables.has(arg.name) || locals?.get(arg.name) instanceof Map)) return table(arg.name).size
        return [...(arg ? yield* text(0) : record)].length
      }
      case 'substr': {
        const letters = [...(yield* text(0))]
        const start = Math.round(yield* number(1))
        const size = args[2] ? Math.round(yield* number(2)) : Number.POSITIVE_INFINITY
        return letters.slice(Math.max(0, start - 1), Math.max(0, Math.min(letters.length, start - 1 + size))).join('')
      }
      case 'index': return (yield* text(0)).indexOf(yield* text(1)) + 1
      case 'split': {
        const source = yield* text(0)
        const [, to, by] = args
        const parts = by?.t === 'regex' ? (source === '' ? [] : source.split(by.v)) : pieces(source, by ? yield* text(2) : str(globals.get('FS')))
        if (to.t !== 'var') return 0
        const target = table(to.name)
        target.clear()
        for (const [index, one] of parts.entries()) target.set(String(index + 1), fromText(one))
        return parts.length
      }
      case 'sub':
      case 'gsub': {
        const pattern = yield* asRegex(args[0])
        const replacement = yield* text(1)
        const to: Expr = args[2] ?? { t: 'field', e: { t: 'num', v: 0 } }
        const source = str(yield* ev(to))
        let count = 0
        const result = source.replace(fn === 'gsub' ? new RegExp(pattern.source, `${pattern.flags}g`) : pattern, (match) => {
          count++
          return replacement.replace(/\\\\|\\&|&/g, (mark) => (mark === '&' ? match : mark === '\\&' ? '&' : '\\'))
        })
        if (count > 0) yield* assignTo(to, result)
        return count
      }
      case 'match': {
        const found = (yield* asRegex(args[1])).exec(yield* text(0))
        globals.set('RSTART', found ? found.index + 1 : 0)
        globals.set('RLENGTH', found ? found[0].length : -1)
        return found ? found.index + 1 : 0
      }
      case 'sprintf': {
        const values: Value[] = []
        for (const arg of args) values.push(yield* ev(arg))
        return sprintf(str(values[0]), values.slice(1))
      }
      case 'int': return Math.trunc(yield* number(0))
      case 'sqrt': return Math.sqrt(yield* number(0))
      case 'exp': return Math.exp(yield* number(0))
      case 'log': return Math.log(yield* number(0))
      case 'sin': return Math.sin(yield* number(0))
      case 'cos': return Math.cos(yield* number(0))
      case 'atan2': return Math.atan2(yield* number(0), yield* number(1))
      case 'rand': return random.next()
      case 'srand': return 0
      case 'systime': return Math.floor(process.now() / 1000)
      case 'tolower': return (yield* text(0)).toLowerCase()
      case 'toupper': return (yield* text(0)).toUpperCase()
      case 'fflush':
        yield* flush()
        return 0
      case 'close': return yield* closing(yield* text(0))
      case 'system':
        yield* flush()
        return yield* ended(child(yield* text(0), undefined, undefined))
      default:
        yield* flush()
        yield* err(process, `${name}: function ${fn} never defined\n`)
        throw new Jump('exit', 2)
    }
  }
  function* exec(s: Stmt): Blocking<void> {
    if (++steps % 2000 === 0) yield
    switch (s.t) {
      case 'expr':
        yield* ev(s.e)
        return
      case 'block':
        for (const one of s.body) yield* exec(one)
        return
      case 'print':
      case 'printf': {
        const values: Value[] = []
        for (const arg of s.args) values.push(yield* ev(arg))
        const text = s.t === 'printf' ? sprintf(str(values[0]), values.slice(1)) : (values.length === 0 ? record : values.map((value) => str(value, 'OFMT')).join(str(globals.get('OFS')))) + str(globals.get('ORS'))
        if (!s.to) {
          output += text
          if (output.length > 16_384) yield* flush()
          return
        }
        const key = str(yield* ev(s.to.e))
        let writer = writers.get(key)
        if (!writer) {
          yield* flush()
          if (s.to.op === '|') {
            const ends = pipe(process.kernel.nextInode())
            const run = child(key, new Descriptor(ends.reader), undefined)
            const descriptor = process.install(ends.writer, undefined, 3)
            writer = { descriptor, end: () => ended(run) }
          } else writer = { descriptor: key === '/dev/stdout' ? 1 : key === '/dev/stderr' ? 2 : openOutput(process, key, { append: s.to.op === '>>' }) }
          writers.set(key, writer)
        }
        yield* writeTo(process, writer.descriptor ?? 1, bytesOfString(text))
        return
      }
      case 'if':
        if (isTrue(yield* ev(s.c))) yield* exec(s.a)
        else if (s.b) yield* exec(s.b)
        return
      case 'while':
        while (isTrue(yield* ev(s.c))) if (!(yield* looped(s.body))) return
        return
      case 'do':
        do if (!(yield* looped(s.body))) return
        while (isTrue(yield* ev(s.c)))
        return
      case 'for':
        if (s.start) yield* exec(s.start)
        while (!s.c || isTrue(yield* ev(s.c))) {
          if (!(yield* looped(s.body))) return
          if (s.step) yield* exec(s.step)
        }
        return
      case 'forin':
        for (const key of [...table(s.name).keys()]) {
          setVar(s.key, fromText(key))
          if (!(yield* looped(s.body))) return
        }
        return
      case 'delete':
        if (s.keys) table(s.name).delete(yield* keyOf(s.keys))
        else table(s.name).clear()
        return
      case 'exit':
      case 'return':
        throw new Jump(s.t, s.e ? yield* ev(s.e) : undefined)
      default:
        throw new Jump(s.t)
    }
  }
  function* looped(body: Stmt): Blocking<boolean> {
    try {
      yield* exec(body)
    } catch (error) {
      if (!(error instanceof Jump)) throw error
      if (error.kind === 'break') return false
      if (error.kind !== 'continue') throw error
    }
    return true
  }
  let exits = false
  const guarded = function* (work: () => Blocking<void>): Blocking<void> {
    try {
      yield* work()
    } catch (error) {
      if (!(error instanceof Jump) || error.kind !== 'exit') throw error
      exits = true
      if (error.value !== undefined) code = num(error.value)
    }
  }
  yield* guarded(function* () {
    for (const rule of rules) if (rule.kind === 'BEGIN' && rule.body) yield* exec(rule.body)
  })
  if (!exits && rules.some(({ kind }) => kind !== 'BEGIN')) {
    yield* guarded(function* () {
      for (;;) {
        const line = yield* nextMain()
        if (line === undefined) return
        setRecord(line)
        try {
          for (const rule of rules) {
            if (rule.kind !== 'main') continue
            let selected = rule.active || !rule.from || isTrue(yield* ev(rule.from))
            if (rule.to && selected) rule.active = !isTrue(yield* ev(rule.to))
            selected = Boolean(selected)
            if (!selected) continue
            if (rule.body) yield* exec(rule.body)
            else output += record + str(globals.get('ORS'))
          }
        } catch (error) {
          if (!(error instanceof Jump) || error.kind !== 'next') throw error
        }
      }
    })
  }
  // END runs after `exit` too, unless it was said there.
  yield* guarded(function* () {
    for (const rule of rules) if (rule.kind === 'END' && rule.body) yield* exec(rule.body)
  })
  yield* flush()
  for (const key of [...writers.keys()]) yield* closing(key)
  return code
}
