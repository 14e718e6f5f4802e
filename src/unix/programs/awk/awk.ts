/**
 * awk's interpreter. Records are read as they come; every loop gives way now and then. Regular expressions are POSIX extended ones.
 */
import { UnixError } from '../../errors.ts'
import { type Blocking, ended, err, type Program, writeTo } from '../../kernel/process.ts'
import { pipe } from '../../kernel/pipe.ts'
import { Descriptor, type OpenFile } from '../../kernel/open-file.ts'
import { type Directive, directivePattern, floatText, integerText, padded } from '../printf-text.ts'
import { translated } from '../regular-expression.ts'
import { startProgram } from '../run.ts'
import { bytesOfString, closeInput, Lines, openInput, openOutput, stringOf, wholeInput } from '../text.ts'
import { wordsOf } from '../tool.ts'
import { AwkSyntax, type Expr, parse, type Stmt } from './parse.ts'
import { Field, looksNumeric, num, type Table, type Value } from './values.ts'

class Jump extends Error {
  readonly kind: string
  readonly value: Value

  constructor(kind: string, value?: Value) {
    super(kind)
    this.kind = kind
    this.value = value
  }
}

export const awk: Program = function* (process) {
  const name = process.argv[0].replace(/.*\//, '')
  const args = process.argv.slice(1)
  const globals = new Map<string, Value>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['RS', '\n'],
    ['NR', 0],
    ['NF', 0],
    ['FNR', 0],
    ['SUBSEP', '\x1c'],
    ['CONVFMT', '%.6g'],
    ['OFMT', '%.6g'],
    ['FILENAME', ''],
    ['RSTART', 0],
    ['RLENGTH', -1],
  ])
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
    } else if (option.startsWith('-v')) {
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
  const str = (value: Value, format = 'CONVFMT'): string =>
    typeof value === 'string'
      ? value
      : value === undefined
        ? ''
        : value instanceof Field
          ? value.text
          : Number.isInteger(value) && Math.abs(value) < 1e16
            ? String(value)
            : Number.isNaN(value)
              ? 'nan'
              : sprintf(str(globals.get(format)), [value])
  const isTrue = (value: Value): boolean =>
    typeof value === 'number' ? value !== 0 : value instanceof Field ? num(value) !== 0 : value !== undefined && value !== ''
  const regex = (source: string): RegExp => {
    let found = regexes.get(source)
    if (!found) regexes.set(source, (found = new RegExp(translated(source, true), 'su')))
    return found
  }
  const pieces = (text: string, separator: string): string[] => {
    if (text === '') return []
    if (separator === ' ') return text.trim() === '' ? [] : text.replace(/^[ \t\n]+|[ \t\n]+$/g, '').split(/[ \t\n]+/)
    if (separator === '') return [...text]
    return separator.length === 1 && separator !== '\\'
      ? text.split(separator)
      : text.split(new RegExp(translated(separator, true).replace(/\((?!\?)/g, '(?:'), 'su'))
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
      const directive: Directive = {
        flags: flags + (wide !== undefined && wide < 0 ? '-' : ''),
        width: wide === undefined ? undefined : Math.abs(wide),
        precision: exact,
        letter: letter === 'i' ? 'd' : letter,
      }
      const value = values[index++]
      if (letter === 'c') text += padded(typeof value === 'number' ? String.fromCodePoint(value) : str(value).slice(0, 1), directive)
      else if (letter === 's') text += padded(exact === undefined ? str(value) : str(value).slice(0, exact), directive)
      else if ('dioxXu'.includes(letter))
        text += Number.isFinite(num(value))
          ? integerText(BigInt(Math.trunc(num(value))), directive)
          : padded(String(num(value)).toLowerCase(), directive)
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
          queue =
            text === ''
              ? []
              : separator === ''
                ? text.replace(/^\n+|\n+$/g, '').split(/\n\n+/)
                : (separator.length === 1 ? text.split(separator) : text.split(regex(separator))).filter(
                    (one, index, all) => index < all.length - 1 || one !== '',
                  )
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
  const arithmetic = (op: string, a: number, b: number): number =>
    op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : op === '/' ? a / b : op === '%' ? a % b : a ** b
  let steps = 0
  function* ev(e: Expr): Blocking<Value> {
    switch (e.t) {
      case 'num':
      case 'str':
        return e.v
      case 'regex':
        return e.v.test(record) ? 1 : 0
      case 'var':
        return getVar(e.name)
      case 'field':
        return getField(num(yield* ev(e.e)))
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
      case 'cond':
        return isTrue(yield* ev(e.c)) ? yield* ev(e.a) : yield* ev(e.b)
      case 'un': {
        const value = yield* ev(e.e)
        return e.op === '!' ? (isTrue(value) ? 0 : 1) : e.op === '-' ? -num(value) : num(value)
      }
      case 'inc': {
        const old = num(yield* ev(e.e))
        yield* assignTo(e.e, old + e.op)
        return e.post ? old : old + e.op
      }
      case 'in':
        return table(e.name).has(yield* keyOf(e.keys)) ? 1 : 0
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
          return (
            { '<': order < 0, '<=': order <= 0, '==': order === 0, '!=': order !== 0, '>': order > 0, '>=': order >= 0 } as Record<
              string,
              boolean
            >
          )[e.op]
            ? 1
            : 0
        }
        if ((e.op === '/' || e.op === '%') && num(b) === 0) {
          yield* flush()
          yield* err(process, `${name}: division by zero\n`)
          throw new Jump('exit', 2)
        }
        return arithmetic(e.op, num(a), num(b))
      }
      case 'getline':
        return yield* getline(e)
      case 'call':
        return yield* call(e.name, e.args)
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
        if (
          arg?.t === 'var' &&
          (tables.has(arg.name) || (locals?.has(arg.name) && locals.get(arg.name) instanceof Map) || getVar(arg.name) === undefined)
        ) {
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
      case 'index':
        return (yield* text(0)).indexOf(yield* text(1)) + 1
      case 'split': {
        const source = yield* text(0)
        const [, to, by] = args
        const parts =
          by?.t === 'regex' ? (source === '' ? [] : source.split(by.v)) : pieces(source, by ? yield* text(2) : str(globals.get('FS')))
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
      case 'int':
        return Math.trunc(yield* number(0))
      case 'sqrt':
        return Math.sqrt(yield* number(0))
      case 'exp':
        return Math.exp(yield* number(0))
      case 'log':
        return Math.log(yield* number(0))
      case 'sin':
        return Math.sin(yield* number(0))
      case 'cos':
        return Math.cos(yield* number(0))
      case 'atan2':
        return Math.atan2(yield* number(0), yield* number(1))
      case 'rand':
        return random.next()
      case 'srand':
        return 0
      case 'systime':
        return Math.floor(process.now() / 1000)
      case 'tolower':
        return (yield* text(0)).toLowerCase()
      case 'toupper':
        return (yield* text(0)).toUpperCase()
      case 'fflush':
        yield* flush()
        return 0
      case 'close':
        return yield* closing(yield* text(0))
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
        const text =
          s.t === 'printf'
            ? sprintf(str(values[0]), values.slice(1))
            : (values.length === 0 ? record : values.map((value) => str(value, 'OFMT')).join(str(globals.get('OFS')))) +
              str(globals.get('ORS'))
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
          } else
            writer = {
              descriptor: key === '/dev/stdout' ? 1 : key === '/dev/stderr' ? 2 : openOutput(process, key, { append: s.to.op === '>>' }),
            }
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
