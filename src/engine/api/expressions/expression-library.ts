/**
 * The Common Expression Language as a Kubernetes server speaks it: `@marcbachmann/cel-js` with the functions that Kubernetes adds, and its
 * complaints turned into cel-go's. Loaded late, through `expressions.ts` only.
 */
import { Environment, EvaluationError, ParseError, TypeError as CheckError, type ASTNode } from '@marcbachmann/cel-js'
import { Duration } from '@marcbachmann/cel-js/evaluator'
import { costOf } from './expression-cost.ts'
import { Authorizer, durationMs, registerKubernetes } from './expression-functions.ts'
import { ExpressionError, type Compiled, type ExpressionLibrary, type FieldCheck, type Values } from './expressions.ts'
import { isRecord } from '../objects.ts'

type CelError = ParseError | EvaluationError | CheckError

function isCelError(error: unknown): error is CelError {
  return error instanceof ParseError || error instanceof EvaluationError || error instanceof CheckError
}

const base = registerKubernetes(new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false }))
const environments = new Map<string, Environment>()
const compiled = new Map<string, Compiled>()

export const library: ExpressionLibrary = {
  compile(source, variables, hasField) {
    const key = JSON.stringify([source, variables])
    // What a field check says depends on a schema, so its answers are not kept.
    const known = hasField ? undefined : compiled.get(key)
    if (known) return known
    const fresh = compile(source, environmentOf(variables), hasField)
    if (!hasField) compiled.set(key, fresh)
    return fresh
  },
  costOf: (source, variables) => costOf(base.parse(source).ast, variables),
  valueOf,
  timestamp: (text) => (Number.isNaN(Date.parse(text)) ? text : new Date(text)),
  duration: (text) => {
    const ms = durationMs(text)
    return ms === undefined ? text : Duration.fromMilliseconds(ms)
  },
  authorizer: (ask, requested) => new Authorizer(ask, requested),
}

function environmentOf(variables: Readonly<Record<string, string>>): Environment {
  const key = JSON.stringify(variables)
  let environment = environments.get(key)
  if (!environment) {
    environment = base.clone()
    for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type)
    environments.set(key, environment)
  }
  return environment
}

function compile(source: string, environment: Environment, hasField: FieldCheck | undefined): Compiled {
  try {
    const parsed = environment.parse(source)
    const missing = hasField && missingField(parsed.ast, hasField)
    if (missing) return { problem: complaint(source, missing.at, `undefined field '${missing.name}'`) }
    const checked = parsed.check()
    if (!checked.valid) return { problem: checked.error ? compileProblem(source, checked.error, parsed.ast) : '' }
    return { type: String(checked.type), run: (values) => run(parsed, values) }
  } catch (error) {
    if (!isCelError(error)) throw error
    return { problem: compileProblem(source, error, undefined) }
  }
}

function run(parsed: ReturnType<Environment['parse']>, values: Values): unknown {
  try {
    return parsed(values)
  } catch (error) {
    if (!isCelError(error)) throw error
    // What a function of ours threw arrives wrapped.
    const { cause } = error as { cause?: unknown }
    throw cause instanceof ExpressionError ? cause : new ExpressionError(runtimeWords(error))
  }
}

function runtimeWords(error: CelError): string {
  const { code, summary } = error
  const key = /^No such key: (.*)$/.exec(summary)?.[1]
  const index = /index (-?\d+)/.exec(summary)?.[1]
  if (code === 'index_out_of_bounds' || summary.includes('out of bounds')) return `index out of bounds: ${index ?? ''}`
  if (key !== undefined) return `no such key: ${key}`
  if (code === 'no_such_overload' || code === 'no_matching_overload') return 'no such overload'
  return summary
}

function compileProblem(source: string, error: CelError, ast: ASTNode | undefined): string {
  const { code, summary } = error
  const start = error.range?.start ?? 0
  const name = /^Unknown variable: (.*)$/.exec(summary)?.[1]
  if (name !== undefined) return complaint(source, start, `undeclared reference to '${name}' (in container '')`)
  const operator = /^no such overload: (.+?) ([-+*/%<>=!&|]+|in) (.+)$/.exec(summary)
  if (operator)
    return complaint(
      source,
      operatorAt(source, operator[2], error, ast),
      `found no matching overload for '_${operator[2] === 'in' ? '@in' : operator[2]}_' applied to '(${goType(operator[1])}, ${goType(operator[3])})'`,
    )
  const call = /^found no matching overload for '(?:(.+)\.)?([\w]+)\((.*)\)'$/.exec(summary)
  if (call) {
    const at = source.indexOf('(', source.indexOf(call[2], start))
    const isKnown = base.getDefinitions().functions.some((each) => each.name === call[2])
    if (!isKnown) return complaint(source, at, `undeclared reference to '${call[2]}' (in container '')`)
    return complaint(
      source,
      at,
      `found no matching overload for '${call[2]}' applied to '${call[1] ? `${goType(call[1])}.` : ''}(${call[3] === '' ? '' : call[3].split(/,\s*/).map(goType).join(', ')})'`,
    )
  }
  if (code === 'unexpected_token' || error.name === 'ParseError') return complaint(source, start, syntaxWords(summary))
  return complaint(source, start, summary)
}

function syntaxWords(summary: string): string {
  const token = /^Unexpected token: (.*)$/.exec(summary)?.[1]
  const expected = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
  if (token === undefined) return `Syntax error: ${summary[0].toLowerCase()}${summary.slice(1)}`
  return `Syntax error: mismatched input '${token === 'EOF' ? '<EOF>' : token}' expecting ${expected}`
}

/** cel-go points at the operator, not at the beginning of what it joins. */
function operatorAt(source: string, operator: string, error: CelError, ast: ASTNode | undefined): number {
  const start = error.range?.start ?? 0
  const node = ast && nodes(ast).find((each) => each.op === operator && each.range.start === start && each.range.end === error.range?.end)
  const left = node && Array.isArray(node.args) ? (node.args[0] as ASTNode) : undefined
  const at = source.indexOf(operator, left?.range.end ?? start)
  return at < 0 ? start : at
}

/** Types as cel-go writes them: `list(int)`. */
function goType(type: string): string {
  return type
    .replaceAll('<', '(')
    .replaceAll('>', ')')
    .replace('google.protobuf.Timestamp', 'timestamp')
    .replace('google.protobuf.Duration', 'duration')
}

/** One complaint with the line it is about and a pointer under it. */
function complaint(source: string, at: number, text: string): string {
  const before = source.slice(0, Math.max(0, at))
  const line = before.split('\n').length
  const column = before.length - (before.lastIndexOf('\n') + 1)
  return `ERROR: <input>:${line}:${column + 1}: ${text}\n | ${source.split('\n')[line - 1] ?? ''}\n | ${'.'.repeat(column)}^`
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value
}

function* walk(value: unknown): Generator<ASTNode> {
  if (Array.isArray(value)) for (const each of value) yield* walk(each)
  else if (isNode(value)) {
    yield value
    yield* walk(value.args)
  }
}

function nodes(ast: ASTNode): readonly ASTNode[] {
  return [...walk(ast)]
}

/** The first `self.a.b` whose schema has no such field. */
function missingField(ast: ASTNode, hasField: FieldCheck): { readonly name: string; readonly at: number } | undefined {
  for (const node of nodes(ast)) {
    const path = pathOf(node)
    if (path && path.length > 1 && !hasField(path[0], path.slice(1))) {
      const [left] = node.args as [ASTNode, string]
      return { name: path[path.length - 1], at: left.range.end }
    }
  }
  return undefined
}

function pathOf(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return [String(node.args)]
  if (node.op !== '.' || !Array.isArray(node.args)) return undefined
  const [left, name] = node.args as [ASTNode, string]
  const before = pathOf(left)
  return before && [...before, name]
}

function valueOf(json: unknown): unknown {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json
  if (Array.isArray(json)) return json.map(valueOf)
  if (!isRecord(json)) return json ?? null
  const result: Record<string, unknown> = {}
  for (const key in json) if (json[key] !== undefined) result[key] = valueOf(json[key])
  return result
}
