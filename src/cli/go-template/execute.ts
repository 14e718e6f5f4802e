/**
 * Runs the nodes of a template over its data and collects what they print.
 */
import { goQuoted, goValue } from '../go-values.ts'
import { TemplateError, type TemplateFunction, type TemplateOptions } from './options.ts'
import { type Command, type Node, type Operand, type Pipe, special } from './tree.ts'
import { noValue, plain, shownBy, truth, typeName, Whole } from './values.ts'

class Break extends Error {}
class Continue extends Error {}

export class Run {
  readonly #defined: ReadonlyMap<string, readonly Node[]>
  readonly #functions: ReadonlyMap<string, TemplateFunction>
  readonly #options: TemplateOptions
  readonly #text: string
  readonly #name: string
  readonly #variables: [string, unknown][]
  #out = ''
  #source = ''

  constructor(
    defined: ReadonlyMap<string, readonly Node[]>,
    functions: ReadonlyMap<string, TemplateFunction>,
    options: TemplateOptions,
    name: string,
    data: unknown,
    text = '',
  ) {
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
    if (typeof value === 'number')
      return Array.from({ length: Math.max(0, value) }, (_, index) => [new Whole(index, true), new Whole(index, true)])
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
      if (error instanceof TemplateError && !error.message.startsWith('template: '))
        return this.#fail(`error calling ${name}: ${error.message}`, this.#source)
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

/** Line and column, as text/template counts them: a chain of fields stands where its second field does, a template's call where its name does. */
function placeOf(text: string, at: string): string {
  const second = /^\.\w+(?=\.)/.exec(at)?.[0].length ?? (at.startsWith('{{template ') ? '{{template '.length : 0)
  const start = text.indexOf(at)
  if (start < 0) return '1:0'
  const before = text.slice(0, start + second)
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n') - 1}`
}
