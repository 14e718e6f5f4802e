/**
 * Go's text/template over plain JSON values: `kubectl -o go-template`, `docker --format`, helm's charts. Actions, pipelines, variables,
 * range/if/with, define/template/block, and the built-in functions. What a caller adds (`exists`, `json`, `upper` …) comes as functions;
 * numbers are float64 unless a caller says that whole numbers are integers.
 */
import { goQuoted } from '../go-values.ts'
import { Run } from './execute.ts'
import { builtins } from './functions.ts'
import { tokens } from './lexer.ts'
import { TemplateError, type TemplateFunction, type TemplateOptions } from './options.ts'
import { Parser } from './parser.ts'
import type { Node } from './tree.ts'
import { plain } from './values.ts'

export interface Template {
  execute(data: unknown): string
}

export function template(source: string, options: TemplateOptions = {}): Template {
  const name = options.name ?? 'output'
  const functions = functionsOf(options)
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
  const functions = functionsOf(options)
  const defined = new Map<string, readonly Node[]>()
  const parsed = (name: string, source: string): readonly Node[] => new Parser(tokens(source, name), name, functions, defined).list([])
  for (const [name, source] of sources) defined.set(name, parsed(name, source))
  const run = (name: string, nodes: readonly Node[], data: unknown): string => new Run(defined, functions, options, name, data).all(nodes)
  return {
    execute(name, data) {
      const nodes = defined.get(name)
      if (!nodes) throw new TemplateError(`template: no template ${goQuoted(name)} associated with template "gotpl"`)
      return run(name, nodes, data)
    },
    has: (name) => defined.has(name),
    executeText: (name, source, data) => run(name, parsed(name, source), data),
  }
}

function functionsOf(options: TemplateOptions): ReadonlyMap<string, TemplateFunction> {
  const functions = new Map<string, TemplateFunction>(Object.entries(builtins(options)))
  // Numbers of the template are wrapped; a caller's function gets them bare.
  for (const [name, call] of Object.entries(options.functions ?? {})) functions.set(name, (...args) => call(...args.map(plain)))
  return functions
}
