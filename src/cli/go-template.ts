/**
 * Go's text/template over plain JSON values: `kubectl -o go-template`, `docker --format`. Actions, pipelines, variables, range/if/with,
 * define/template/block, and the built-in functions. What a caller adds (`exists`, `json`, `upper` …) comes as functions; numbers are
 * float64 unless a caller says that whole numbers are integers.
 */
import { goFloat, goQuoted, goValue } from './go-values.ts'

export class TemplateError extends Error {}

export type TemplateFunction = (...args: unknown[]) => unknown

export interface TemplateOptions {
  /** The name in messages: `output`. */
  readonly name?: string
  readonly functions?: Readonly<Record<string, TemplateFunction>>
  /** What a missing key of an object is; throw `TemplateError` to refuse. Undefined prints `<no value>`. */
  readonly missing?: (owner: object, key: string) => unknown
  /** Whole numbers print as integers (docker's structs), not as float64 (`1e+06`). */
  readonly integers?: boolean
  /** What a nil field of an object is: a nil list is printed otherwise than a nil pointer. */
  readonly nil?: (key: string) => unknown
  /** How a value is printed, where that is not how decoded JSON would be; undefined: as always. */
  readonly show?: (value: unknown) => string | undefined
}

export interface Template {
  execute(data: unknown): string
}

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | { readonly kind: 'if' | 'with' | 'range'; readonly pipe: Pipe; readonly body: readonly Node[]; readonly otherwise: readonly Node[] }
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly kind: 'break' | 'continue' }

interface Pipe {
  readonly variables: readonly string[]
  readonly isAssignment: boolean
  readonly commands: readonly Command[]
  readonly source: string
}

type Command = readonly Operand[]

type Operand =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'fields'; readonly of: Operand | undefined; readonly names: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipe'; readonly pipe: Pipe }
  | { readonly kind: 'nil' }

interface Token {
  readonly kind: 'text' | 'open' | 'close' | 'word' | 'field' | 'dot' | 'variable' | 'string' | 'number' | 'char' | 'punct' | 'space'
  readonly text: string
  readonly line: number
}

export function template(source: string, options: TemplateOptions = {}): Template {
  const name = options.name ?? 'output'
  const functions = new Map<string, TemplateFunction>(Object.entries(builtins(options)))
  // Numbers of the template are wrapped; a caller's function gets them bare.
  for (const [own, call] of Object.entries(options.functions ?? {})) functions.set(own, (...args) => call(...args.map(plain)))
  const parser = new Parser(tokens(source, name), name, functions)
  const root = parser.list([])
  return { execute: (data) => new Run(parser.defined, functions, options, name, data, source).all(root) }
}

export interface TemplateSet {
  execute(name: string, data: unknown): string
  has(name: string): boolean
  /** Parses one more text with what the set defines, and runs it at once. */
  executeText(name: string, source: string, data: unknown): string
}

/** Several texts that use each other's definitions, each a template of its own name. */
export function templateSet(sources: ReadonlyMap<string, string>, options: TemplateOptions): TemplateSet {
  const functions = new Map<string, TemplateFunction>(Object.entries(builtins(options)))
  for (const [own, call] of Object.entries(options.functions ?? {})) functions.set(own, (...args) => call(...args.map(plain)))
  const defined = new Map<string, readonly Node[]>()
  const parsed = (name: string, source: string): readonly Node[] => new Parser(tokens(source, name), name, functions, defined).list([])
  for (const [name, source] of sources) defined.set(name, parsed(name, source))
  const run = (name: string, nodes: readonly Node[], data: unknown): string => new Run(defined, functions, options, name, data).all(nodes)
  return {
    execute(name, data) {
      const nodes = defined.get(name)
      if (!nodes) throw new TemplateError(`template: no template ${goQuoted(name)} associated with template ${goQuoted('gotpl')}`)
      return run(name, nodes, data)
    },
    has: (name) => defined.has(name),
    executeText: (name, source, data) => run(name, parsed(name, source), data),
  }
}

// Words of the language

function tokens(source: string, name: string): Token[] {
  const found: Token[] = []
  let at = 0
  let line = 1
  const add = (kind: Token['kind'], text: string): void => {
    found.push({ kind, text, line })
  }
  const fail = (message: string): never => {
    throw new TemplateError(`template: ${name}:${line}: ${message}`)
  }
  while (at < source.length) {
    const open = source.indexOf('{{', at)
    let text = open < 0 ? source.slice(at) : source.slice(at, open)
    if (found.at(-1)?.kind === 'close' && found.at(-1)?.text === '-}}') text = text.replace(/^[ \t\r\n]+/, '')
    const isTrimmed = open >= 0 && /^\{\{-[ \t\r\n]/.test(source.slice(open))
    if (isTrimmed) text = text.replace(/[ \t\r\n]+$/, '')
    if (text !== '') add('text', text)
    if (open < 0) break
    line += (source.slice(at, open).match(/\n/g) ?? []).length
    at = open + (isTrimmed ? 3 : 2)
    const comment = /^\s*\/\*[\s\S]*?\*\/\s*?( -)?\}\}/.exec(source.slice(at))
    if (comment) {
      at += comment[0].length
      if (comment[1]) found.push({ kind: 'close', text: '-}}', line }, { kind: 'text', text: '', line })
      continue
    }
    add('open', '{{')
    at = action(at)
  }
  return found

  function action(start: number): number {
    let here = start
    for (;;) {
      const rest = source.slice(here)
      if (rest === '') return fail('unclosed action')
      const closing = /^(?:[ \t\r\n]+-\}\}|\}\})/.exec(rest)
      if (closing) {
        add('close', closing[0].includes('-') ? '-}}' : '}}')
        return here + closing[0].length
      }
      const match =
        /^(?<space>[ \t\r\n]+)|^(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|^(?<char>'(?:[^'\\\n]|\\.)+')|^(?<number>[+-]?(?:0[xX][\da-fA-F_]+|\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+))|^(?<variable>\$\w*)|^(?<field>\.[\p{L}_][\p{L}\p{N}_]*)|^(?<dot>\.)|^(?<word>[\p{L}_][\p{L}\p{N}_]*)|^(?<punct>:=|[=|(),])/u.exec(rest)
      if (!match?.groups) {
        if (rest[0] === '"') return fail('unterminated quoted string')
        if (rest[0] === '`') return fail('unterminated raw quoted string')
        return fail(`unexpected ${goQuoted(rest[0])} in operand`.replace('in operand', rest[0] === '\\' || rest[0] === '-' ? 'in command' : 'in operand'))
      }
      const [kind, text] = Object.entries(match.groups).find(([, value]) => value !== undefined) ?? ['space', ' ']
      add(kind as Token['kind'], text)
      line += (text.match(/\n/g) ?? []).length
      here += text.length
    }
  }
}

class Parser {
  readonly defined: Map<string, readonly Node[]>
  readonly #tokens: Token[]
  readonly #name: string
  readonly #functions: ReadonlyMap<string, TemplateFunction>
  #at = 0
  #variables: string[] = ['$']
  /** What ended the last list: `end`, `else`, `else if …`. */
  ending = ''

  constructor(all: Token[], name: string, functions: ReadonlyMap<string, TemplateFunction>, defined = new Map<string, readonly Node[]>()) {
    this.defined = defined
    this.#tokens = all
    this.#name = name
    this.#functions = functions
  }

  #fail(message: string): never {
    throw new TemplateError(`template: ${this.#name}:${this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]?.line ?? 1}: ${message}`)
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #skipSpace(): void {
    while (this.#peek()?.kind === 'space') this.#at++
  }

  /** Nodes up to one of the words in `until`; the top level ends with the text. */
  list(until: readonly string[]): Node[] {
    const nodes: Node[] = []
    for (;;) {
      const token = this.#peek()
      if (!token) {
        if (until.length > 0) this.#fail('unexpected EOF')
        return nodes
      }
      this.#at++
      if (token.kind === 'text') {
        if (token.text !== '') nodes.push({ kind: 'text', text: token.text })
        continue
      }
      if (token.kind === 'close') continue
      this.#skipSpace()
      const word = this.#peek()
      if (word?.kind === 'word' && keywords.has(word.text)) {
        this.#at++
        if (word.text === 'end' || word.text === 'else') {
          if (!until.includes(word.text)) this.#fail(`unexpected {{${word.text}}}`)
          this.ending = word.text
          return nodes
        }
        const node = this.#keyword(word.text)
        if (node) nodes.push(node)
        continue
      }
      const pipe = this.#pipe('command', 'close')
      nodes.push({ kind: 'action', pipe })
    }
  }

  #keyword(word: string): Node | undefined {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(word)
      case 'break':
      case 'continue':
        this.#close()
        return { kind: word }
      case 'define': {
        const name = this.#string()
        this.#close()
        this.defined.set(name, this.#scoped(() => this.list(['end'])))
        this.#close()
        return undefined
      }
      case 'block': {
        const name = this.#string()
        const pipe = this.#pipe('block clause', 'close')
        this.defined.set(name, this.#scoped(() => this.list(['end'])))
        this.#close()
        return { kind: 'template', name, pipe }
      }
      default: {
        const name = this.#string()
        this.#skipSpace()
        if (this.#peek()?.kind === 'close') {
          this.#at++
          return { kind: 'template', name, pipe: undefined }
        }
        return { kind: 'template', name, pipe: this.#pipe('template clause', 'close') }
      }
    }
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    return this.#scoped(() => {
      const pipe = this.#pipe(kind, 'close')
      const body = this.list(['end', 'else'])
      let otherwise: readonly Node[] = []
      if (this.ending === 'else') {
        this.#skipSpace()
        const next = this.#peek()
        if (next?.kind === 'word' && (next.text === 'if' || next.text === 'with')) {
          this.#at++
          return { kind, pipe, body, otherwise: [this.#control(next.text)] }
        }
        this.#close()
        otherwise = this.list(['end'])
      }
      this.#close()
      return { kind, pipe, body, otherwise }
    })
  }

  #scoped<T>(parse: () => T): T {
    const before = [...this.#variables]
    const result = parse()
    this.#variables = before
    return result
  }

  #close(): void {
    this.#skipSpace()
    const token = this.#peek()
    if (token?.kind !== 'close') this.#fail(`unexpected ${shown(token)} in end`)
    this.#at++
  }

  #string(): string {
    this.#skipSpace()
    const token = this.#peek()
    if (token?.kind !== 'string') this.#fail(`unexpected ${shown(token)} in template clause`)
    this.#at++
    return unquoted(token.text)
  }

  #pipe(context: string, end: 'close' | ')'): Pipe {
    this.#skipSpace()
    const start = this.#at
    const { variables, isAssignment } = this.#declaration(context)
    const commands: Command[] = []
    for (;;) {
      this.#skipSpace()
      const token = this.#peek()
      if (!token) this.#fail('unexpected EOF')
      const isEnd = end === 'close' ? token.kind === 'close' : token.kind === 'punct' && token.text === ')'
      if (isEnd) {
        if (commands.length === 0) this.#fail(`missing value for ${context}`)
        const source = this.#tokens.slice(start, this.#at).map(({ text }) => text).join('').trim()
        this.#at++
        return { variables, isAssignment, commands, source }
      }
      commands.push(this.#command(context))
    }
  }

  #declaration(context: string): { variables: string[]; isAssignment: boolean } {
    const names: string[] = []
    let at = this.#at
    const skip = (): void => {
      while (this.#tokens[at]?.kind === 'space') at++
    }
    for (;;) {
      skip()
      const token = this.#tokens[at]
      if (token?.kind !== 'variable') return { variables: [], isAssignment: false }
      names.push(token.text)
      at++
      skip()
      const next = this.#tokens[at]
      if (next?.kind === 'punct' && next.text === ',' && context === 'range' && names.length < 2) {
        at++
        continue
      }
      if (next?.kind === 'punct' && (next.text === ':=' || next.text === '=')) {
        this.#at = at + 1
        if (next.text === ':=') this.#variables.push(...names)
        return { variables: names, isAssignment: next.text === '=' }
      }
      return { variables: [], isAssignment: false }
    }
  }

  #command(context: string): Command {
    const operands: Operand[] = []
    for (;;) {
      this.#skipSpace()
      const token = this.#peek()
      if (!token || token.kind === 'close' || (token.kind === 'punct' && token.text === ')')) break
      if (token.kind === 'punct' && token.text === '|') {
        if (operands.length === 0) this.#fail(`missing value for ${context}`)
        this.#at++
        this.#skipSpace()
        const next = this.#peek()
        if (!next || next.kind === 'close') this.#fail(`missing value for ${context}`)
        break
      }
      operands.push(this.#operand(context))
    }
    return operands
  }

  #operand(context: string): Operand {
    const token = this.#peek()
    if (!token) this.#fail('unexpected EOF')
    this.#at++
    let operand: Operand
    switch (token.kind) {
      case 'string':
        operand = { kind: 'literal', value: unquoted(token.text) }
        break
      case 'char':
        operand = { kind: 'literal', value: unquoted(`"${token.text.slice(1, -1).replace(/"/g, '\\"')}"`).codePointAt(0) }
        break
      case 'number':
        operand = { kind: 'literal', value: new Whole(Number(token.text.replace(/_/g, '')), !/[.eE]/.test(token.text) || /^[+-]?0[xX]/.test(token.text)) }
        break
      case 'variable':
        if (!this.#variables.includes(token.text)) this.#fail(`undefined variable ${goQuoted(token.text)}`)
        operand = { kind: 'variable', name: token.text }
        break
      case 'field':
        operand = { kind: 'fields', of: undefined, names: [token.text.slice(1)] }
        break
      case 'dot':
        operand = { kind: 'fields', of: undefined, names: [] }
        break
      case 'word':
        if (token.text === 'true' || token.text === 'false') operand = { kind: 'literal', value: token.text === 'true' }
        else if (token.text === 'nil') operand = { kind: 'nil' }
        else {
          if (!this.#functions.has(token.text) && !special.has(token.text)) this.#fail(`function ${goQuoted(token.text)} not defined`)
          operand = { kind: 'function', name: token.text }
        }
        break
      default:
        if (token.kind === 'punct' && token.text === '(') operand = { kind: 'pipe', pipe: this.#pipe('parenthesized pipeline', ')') }
        else {
          this.#at--
          return this.#fail(`unexpected ${shown(token)} in ${context === 'command' ? 'operand' : context}`)
        }
    }
    const names: string[] = []
    while (this.#peek()?.kind === 'field') names.push((this.#tokens[this.#at++].text ?? '').slice(1))
    if (names.length === 0) return operand
    if (operand.kind === 'fields' && operand.of === undefined) return { ...operand, names: [...operand.names, ...names] }
    return { kind: 'fields', of: operand, names }
  }
}

const keywords = new Set(['if', 'with', 'range', 'end', 'else', 'define', 'block', 'template', 'break', 'continue'])
const special = new Set(['and', 'or'])

function shown(token: Token | undefined): string {
  if (!token) return 'EOF'
  if (token.kind === 'close') return '"}}"'
  return token.kind === 'field' || token.kind === 'word' || token.kind === 'dot' ? `<${token.text}>` : goQuoted(token.text)
}

function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1)
  return text.slice(1, -1).replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/g, (_, x, u, long, octal, other) => {
    if (x || u || long) return String.fromCodePoint(Number.parseInt(x ?? u ?? long, 16))
    if (octal) return String.fromCodePoint(Number.parseInt(octal, 8))
    return ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' } as Record<string, string>)[other] ?? other
  })
}

// Execution

/** A number written in the template: integers stay integers there, unlike those of JSON. */
class Whole {
  readonly value: number
  readonly isInteger: boolean

  constructor(value: number, isInteger: boolean) {
    this.value = value
    this.isInteger = isInteger
  }
}

class Break extends Error {}
class Continue extends Error {}

/** A missing key: prints `<no value>`. */
export const noValue = Symbol('no value')

class Run {
  readonly #defined: ReadonlyMap<string, readonly Node[]>
  readonly #functions: ReadonlyMap<string, TemplateFunction>
  readonly #options: TemplateOptions
  readonly #text: string
  readonly #name: string
  readonly #variables: [string, unknown][]
  #out = ''
  #source = ''

  constructor(defined: ReadonlyMap<string, readonly Node[]>, functions: ReadonlyMap<string, TemplateFunction>, options: TemplateOptions, name: string, data: unknown, text = '') {
    this.#text = text
    this.#defined = defined
    this.#functions = functions
    this.#options = options
    this.#name = name
    this.#variables = [['$', data]]
  }

  all(nodes: readonly Node[]): string {
    this.#nodes(nodes, this.#variables[0][1])
    return this.#out
  }

  #fail(message: string, at = this.#source): never {
    throw new TemplateError(`template: ${this.#name}:${placeOf(this.#text, at)}: executing ${goQuoted(this.#name)} at <${at}>: ${message}`)
  }

  #nodes(nodes: readonly Node[], dot: unknown): void {
    for (const node of nodes) this.#node(node, dot)
  }

  #node(node: Node, dot: unknown): void {
    switch (node.kind) {
      case 'text':
        this.#out += node.text
        return
      case 'action': {
        const value = this.#pipe(node.pipe, dot)
        if (node.pipe.variables.length === 0) this.#out += this.#printed(value)
        return
      }
      case 'if':
      case 'with': {
        const depth = this.#variables.length
        const value = this.#pipe(node.pipe, dot)
        if (truth(value)) this.#nodes(node.body, node.kind === 'with' ? plain(value) : dot)
        else this.#nodes(node.otherwise, dot)
        this.#variables.length = depth
        return
      }
      case 'range':
        return this.#range(node, dot)
      case 'template': {
        const body = this.#defined.get(node.name)
        if (!body) this.#fail(`template ${goQuoted(node.name)} not defined`, `{{template ${goQuoted(node.name)}}}`)
        const data = node.pipe ? plain(this.#pipe(node.pipe, dot)) : undefined
        const kept = this.#variables.splice(0, this.#variables.length, ['$', data])
        this.#nodes(body, data)
        this.#variables.splice(0, this.#variables.length, ...kept)
        return
      }
      case 'break':
        throw new Break()
      case 'continue':
        throw new Continue()
    }
  }

  #range(node: Extract<Node, { readonly kind: 'range' | 'if' | 'with' }>, dot: unknown): void {
    const depth = this.#variables.length
    const value = plain(this.#evaluate(node.pipe, dot))
    const entries = this.#entries(value, node.pipe)
    if (entries.length === 0) return this.#nodes(node.otherwise, dot)
    for (const [key, item] of entries) {
      this.#variables.length = depth
      const names = node.pipe.variables
      if (names.length === 1) this.#bind(names[0], item, node.pipe.isAssignment)
      if (names.length === 2) {
        this.#bind(names[0], key, node.pipe.isAssignment)
        this.#bind(names[1], item, node.pipe.isAssignment)
      }
      try {
        this.#nodes(node.body, item)
      } catch (error) {
        if (error instanceof Break) break
        if (!(error instanceof Continue)) throw error
      }
    }
    this.#variables.length = depth
  }

  #entries(value: unknown, pipe: Pipe): [unknown, unknown][] {
    if (value === undefined || value === null || value === noValue) return []
    if (Array.isArray(value)) return value.map((item, index) => [new Whole(index, true), item])
    if (typeof value === 'object') return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    if (typeof value === 'number') return Array.from({ length: Math.max(0, value) }, (_, index) => [new Whole(index, true), new Whole(index, true)])
    return this.#fail(`range can't iterate over ${goValue(value)}`, pipe.source)
  }

  #bind(name: string, value: unknown, isAssignment: boolean): void {
    if (isAssignment) {
      const found = this.#variables.findLast(([known]) => known === name)
      if (found) found[1] = value
    } else this.#variables.push([name, value])
  }

  #pipe(pipe: Pipe, dot: unknown): unknown {
    const value = this.#evaluate(pipe, dot)
    for (const name of pipe.variables) this.#bind(name, value, pipe.isAssignment)
    return value
  }

  #evaluate(pipe: Pipe, dot: unknown): unknown {
    let value: unknown
    pipe.commands.forEach((command, index) => {
      this.#source = pipe.source
      value = this.#command(command, dot, index > 0, value)
    })
    return value
  }

  #command(command: Command, dot: unknown, hasPiped: boolean, piped: unknown): unknown {
    const [first, ...rest] = command
    if (first.kind === 'function') {
      if (special.has(first.name)) return this.#shortCircuit(first.name === 'and', rest, dot, hasPiped, piped)
      const args = rest.map((operand) => this.#operand(operand, dot))
      if (hasPiped) args.push(piped)
      return this.#call(first.name, args)
    }
    const value = this.#operand(first, dot)
    if (typeof value === 'function') {
      const args = rest.map((operand) => plain(this.#operand(operand, dot)))
      return (value as TemplateFunction)(...args, ...(hasPiped ? [plain(piped)] : []))
    }
    if (rest.length > 0 || hasPiped) {
      if (first.kind === 'fields') this.#fail(`${first.names.at(-1) ?? '.'} is not a method but has arguments`, `.${first.names.join('.')}`)
      this.#fail(`can't give argument to non-function ${this.#source}`)
    }
    return value
  }

  #shortCircuit(isAnd: boolean, operands: readonly Operand[], dot: unknown, hasPiped: boolean, piped: unknown): unknown {
    let value: unknown
    for (const operand of operands) {
      value = this.#operand(operand, dot)
      if (truth(value) !== isAnd) return value
    }
    return hasPiped ? piped : value
  }

  #call(name: string, args: unknown[]): unknown {
    const call = this.#functions.get(name)
    if (!call) return this.#fail(`${goQuoted(name)} is not a defined function`)
    try {
      return call(...args.map((arg) => (arg === noValue ? undefined : arg)))
    } catch (error) {
      if (error instanceof TemplateError && !error.message.startsWith('template: ')) return this.#fail(`error calling ${name}: ${error.message}`, this.#source)
      throw error
    }
  }

  #operand(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case 'literal':
        return operand.value
      case 'nil':
        return undefined
      case 'variable':
        return this.#variables.findLast(([name]) => name === operand.name)?.[1]
      case 'pipe':
        return this.#evaluate(operand.pipe, dot)
      case 'function':
        return this.#call(operand.name, [])
      case 'fields': {
        let value = operand.of ? this.#operand(operand.of, dot) : dot
        operand.names.forEach((name, index) => {
          value = this.#field(value, name, operand.names.slice(0, index + 1))
        })
        return value
      }
    }
  }

  #field(owner: unknown, name: string, path: readonly string[]): unknown {
    const value = plain(owner)
    const at = `.${path.join('.')}`
    if (value === undefined || value === null || value === noValue) {
      // A field of what is not there is not there either; only a nil that is there is an error.
      if (owner === noValue || path.length === 1) return noValue
      return this.#fail(`nil pointer evaluating interface {}.${name}`, at)
    }
    if (typeof value !== 'object') return this.#fail(`can't evaluate field ${name} in type ${typeName(value)}`, at)
    if (Array.isArray(value)) return this.#fail(`can't evaluate field ${name} in type []interface {}`, at)
    if (Object.hasOwn(value, name)) {
      const found = (value as Record<string, unknown>)[name]
      return found === null && this.#options.nil ? this.#options.nil(name) : found
    }
    const missing = this.#options.missing?.(value, name)
    return missing === undefined ? noValue : missing
  }

  #printed(value: unknown): string {
    return shownBy(this.#options, value)
  }
}

function shownBy(options: TemplateOptions, value: unknown): string {
  return options.show?.(plain(value)) ?? printed(value, options.integers === true)
}

function typeName(value: unknown): string {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  return value instanceof Whole && value.isInteger ? 'int' : 'float64'
}

function plain(value: unknown): unknown {
  return value instanceof Whole ? value.value : value
}

function truth(value: unknown): boolean {
  const inner = plain(value)
  if (inner === undefined || inner === null || inner === noValue || inner === false || inner === '' || inner === 0) return false
  if (Array.isArray(inner)) return inner.length > 0
  if (typeof inner === 'object') return Object.keys(inner).length > 0
  return true
}

function printed(value: unknown, integers: boolean): string {
  if (value === noValue || value === undefined || value === null) return '<no value>'
  if (value instanceof Whole) return value.isInteger ? String(value.value) : goFloat(value.value)
  if (typeof value === 'number' && integers && Number.isInteger(value)) return String(value)
  if (integers && typeof value === 'object') return goValue(withIntegers(value))
  return goValue(value)
}

/** goValue prints floats; integers of structs are shown whole. */
function withIntegers(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  if (Array.isArray(value)) return value.map(withIntegers)
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIntegers(item)]))
  return value
}

// Built-in functions

function builtins(options: TemplateOptions): Record<string, TemplateFunction> {
  const show = (value: unknown): string => (value === undefined ? '<nil>' : shownBy(options, value))
  const compare = (a: unknown, b: unknown): number => {
    const left = plain(a)
    const right = plain(b)
    if (typeof left !== typeof right) throw new TemplateError('incompatible types for comparison')
    if (typeof left === 'object' || left === undefined) throw new TemplateError('invalid type for comparison')
    return left === right ? 0 : (left as string) < (right as string) ? -1 : 1
  }
  return {
    eq: (first, ...others) => {
      if (others.length === 0) throw new TemplateError('missing argument for comparison')
      return others.some((other) => {
        const left = plain(first)
        const right = plain(other)
        if (left === undefined || right === undefined || left === null || right === null) return (left ?? undefined) === (right ?? undefined)
        if (typeof left !== typeof right) throw new TemplateError('incompatible types for comparison')
        // A float64 of the data never equals an integer of the template: text/template refuses to compare them.
        if (isInteger(first, options) !== isInteger(other, options)) throw new TemplateError('incompatible types for comparison')
        return left === right
      })
    },
    ne: (a, b) => {
      const left = plain(a)
      const right = plain(b)
      if (left !== undefined && right !== undefined && typeof left !== typeof right) throw new TemplateError('incompatible types for comparison')
      if (isInteger(a, options) !== isInteger(b, options)) throw new TemplateError('incompatible types for comparison')
      return left !== right
    },
    lt: (a, b) => ordered(a, b, options, compare) < 0,
    le: (a, b) => ordered(a, b, options, compare) <= 0,
    gt: (a, b) => ordered(a, b, options, compare) > 0,
    ge: (a, b) => ordered(a, b, options, compare) >= 0,
    not: (value) => !truth(value),
    len: (value) => {
      const inner = plain(value)
      if (typeof inner === 'string') return new Whole(new TextEncoder().encode(inner).length, true)
      if (Array.isArray(inner)) return new Whole(inner.length, true)
      if (inner !== null && typeof inner === 'object') return new Whole(Object.keys(inner).length, true)
      throw new TemplateError(inner === undefined || inner === null ? 'len of nil pointer' : `len of type ${typeName(value)}`)
    },
    index: (value, ...keys) => keys.reduce(indexed, value),
    slice: (value, from, to) => {
      const inner = plain(value)
      const start = Number(plain(from) ?? 0)
      const end = to === undefined ? undefined : Number(plain(to))
      if (typeof inner === 'string') return new TextDecoder().decode(new TextEncoder().encode(inner).slice(start, end))
      if (Array.isArray(inner)) return inner.slice(start, end)
      throw new TemplateError(`can't slice item of type ${typeName(value)}`)
    },
    print: (...values) => values.reduce<string>((text, value, at) => text + (at > 0 && typeof plain(value) !== 'string' && typeof plain(values[at - 1]) !== 'string' ? ' ' : '') + show(value), ''),
    println: (...values) => `${values.map(show).join(' ')}\n`,
    printf: (format, ...values) => goFormat(String(format), options.integers ? values.map(asInteger) : values, show),
    html: (...values) => values.map(show).join('').replace(/[&<>"']/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' })[letter] ?? letter),
    js: (...values) => values.map(show).join('').replace(/[\\'"<>&=]/g, (letter) => (/[\\'"]/.test(letter) ? `\\${letter}` : `\\u00${letter.charCodeAt(0).toString(16).toUpperCase()}`)),
    urlquery: (...values) => encodeURIComponent(values.map(show).join('')).replace(/%20/g, '+'),
    call: () => {
      throw new TemplateError('call of non-function')
    },
  }
}

function asInteger(value: unknown): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? new Whole(value, true) : value
}

function isInteger(value: unknown, options: TemplateOptions): boolean {
  if (value instanceof Whole) return value.isInteger
  return typeof value === 'number' && options.integers === true
}

function ordered(a: unknown, b: unknown, options: TemplateOptions, compare: (a: unknown, b: unknown) => number): number {
  if (typeof plain(a) === 'number' && isInteger(a, options) !== isInteger(b, options)) throw new TemplateError('incompatible types for comparison')
  return compare(a, b)
}

/** Line and column, as text/template counts them: a chain of fields stands where its second field does, a template's call where its name does. */
function placeOf(text: string, at: string): string {
  const second = /^\.\w+(?=\.)/.exec(at)?.[0].length ?? (at.startsWith('{{template ') ? '{{template '.length : 0)
  const start = text.indexOf(at)
  if (start < 0) return '1:0'
  const before = text.slice(0, start + second)
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n') - 1}`
}

export function indexed(value: unknown, key: unknown): unknown {
  const inner = plain(value)
  if (inner === undefined || inner === null) throw new TemplateError('index of untyped nil')
  if (Array.isArray(inner)) {
    const at = Number(plain(key))
    if (typeof plain(key) !== 'number') throw new TemplateError(`cannot index slice/array with type ${typeName(key)}`)
    if (at < 0 || at >= inner.length) throw new TemplateError(`reflect: slice index out of range`.replace('reflect: slice index out of range', `index out of range: ${at}`))
    return inner[at]
  }
  if (typeof inner === 'object') {
    if (typeof plain(key) !== 'string') throw new TemplateError(`value has type ${typeName(key)}; should be string`)
    return Object.hasOwn(inner, String(key)) ? (inner as Record<string, unknown>)[String(key)] : noValue
  }
  if (typeof inner === 'string') return new Whole(new TextEncoder().encode(inner)[Number(plain(key))], true)
  throw new TemplateError(`can't index item of type ${typeName(value)}`)
}

/** `fmt.Sprintf` for the verbs that templates use. */
export function goFormat(format: string, values: readonly unknown[], show: (value: unknown) => string = (value) => goValue(plain(value))): string {
  let used = 0
  const text = format.replace(/%([-+ #0]*)(\d+|\*)?(?:\.(\d+))?([%a-zA-Z])/g, (_, marks: string, width: string | undefined, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%'
    const size = width === '*' ? Number(plain(values[used++])) : Number(width ?? 0)
    if (used >= values.length) return `%!${verb}(MISSING)`
    const value = values[used++]
    const body = formatted(verb, value, precision, marks, show)
    return marks.includes('-') ? body.padEnd(size) : body.padStart(size, marks.includes('0') && /[dfxeg]/.test(verb) ? '0' : ' ')
  })
  if (used >= values.length) return text
  return `${text}%!(EXTRA ${values.slice(used).map((value) => `${typeName(value)}=${show(value)}`).join(', ')})`
}

function formatted(verb: string, value: unknown, precision: string | undefined, marks: string, show: (value: unknown) => string): string {
  const inner = plain(value)
  switch (verb) {
    case 'd':
      if (typeof inner === 'number' && (!(value instanceof Whole) || value.isInteger)) return value instanceof Whole || Number.isInteger(inner) ? (value instanceof Whole ? `${marks.includes('+') && inner >= 0 ? '+' : ''}${inner}` : `%!d(float64=${goFloat(inner)})`) : `%!d(float64=${goFloat(inner)})`
      return `%!d(${typeName(value)}=${show(value)})`
    case 'f':
    case 'F':
      return typeof inner === 'number' ? inner.toFixed(Number(precision ?? 6)) : `%!f(${typeName(value)}=${show(value)})`
    case 'g':
      return typeof inner === 'number' ? (precision ? String(Number(inner.toPrecision(Number(precision)))) : goFloat(inner)) : show(value)
    case 'e':
      return typeof inner === 'number' ? inner.toExponential(Number(precision ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2') : show(value)
    case 'q':
      return typeof inner === 'string' ? goQuoted(inner) : show(value)
    case 't':
      return String(inner)
    case 'x':
      return typeof inner === 'number' ? inner.toString(16) : Array.from(new TextEncoder().encode(String(inner)), (byte) => byte.toString(16).padStart(2, '0')).join('')
    case 'T':
      return typeName(value)
    case 's':
      if (typeof inner === 'number') return `%!s(${typeName(value)}=${show(value)})`
      return precision ? show(value).slice(0, Number(precision)) : show(value)
    default:
      return show(value)
  }
}
