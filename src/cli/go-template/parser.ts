/**
 * Words to nodes, by recursive descent. As in Go, variables and functions must be known while parsing: a misspelt one is refused before
 * anything is printed.
 */
import { goQuoted } from '../go-values.ts'
import type { Token } from './lexer.ts'
import { TemplateError, type TemplateFunction } from './options.ts'
import { type Command, type Node, type Operand, type Pipe, special } from './tree.ts'
import { Whole } from './values.ts'

export class Parser {
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
        this.defined.set(
          name,
          this.#scoped(() => this.list(['end'])),
        )
        this.#close()
        return undefined
      }
      case 'block': {
        const name = this.#string()
        const pipe = this.#pipe('block clause', 'close')
        this.defined.set(
          name,
          this.#scoped(() => this.list(['end'])),
        )
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
        const source = this.#tokens
          .slice(start, this.#at)
          .map(({ text }) => text)
          .join('')
          .trim()
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
        operand = {
          kind: 'literal',
          value: new Whole(Number(token.text.replace(/_/g, '')), !/[.eE]/.test(token.text) || /^[+-]?0[xX]/.test(token.text)),
        }
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

function shown(token: Token | undefined): string {
  if (!token) return 'EOF'
  if (token.kind === 'close') return '"}}"'
  return token.kind === 'field' || token.kind === 'word' || token.kind === 'dot' ? `<${token.text}>` : goQuoted(token.text)
}

function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1)
  return text
    .slice(1, -1)
    .replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/g, (_, x, u, long, octal, other) => {
      if (x || u || long) return String.fromCodePoint(Number.parseInt(x ?? u ?? long, 16))
      if (octal) return String.fromCodePoint(Number.parseInt(octal, 8))
      return ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' } as Record<string, string>)[other] ?? other
    })
}
