/**
 * The door to the Common Expression Language: admission policies and the rules of custom resources are written in it. The library is a chunk of
 * its own that `load-expressions.ts` fetches when the first rule is written.
 */
import { assert } from '../../../base/assert.ts'
import type { Attributes } from '../access/authorization.ts'
import type { Shape } from './expression-cost.ts'

/** A compiled expression, or why it does not compile, laid out as cel-go lays it out. */
export type Compiled = { readonly type: string; readonly run: (values: Values) => unknown } | { readonly problem: string }

export type Values = Readonly<Record<string, unknown>>

export interface ExpressionLibrary {
  /** The variables are names with their types; `dyn` is anything. */
  readonly compile: (source: string, variables: Readonly<Record<string, string>>, hasField?: FieldCheck) => Compiled
  /** What an expression that compiles costs at most, for variables of these sizes. */
  readonly costOf: (source: string, variables: ReadonlyMap<string, Shape>) => number
  /** JSON as expressions see it: whole numbers apart from others. */
  readonly valueOf: (json: unknown) => unknown
  readonly timestamp: (text: string) => unknown
  readonly duration: (text: string) => unknown
  readonly authorizer: (ask: Ask, requested: Attributes) => unknown
}

/** Whether a path of names below a variable can exist. */
export type FieldCheck = (variable: string, path: readonly string[]) => boolean

/** Why something is allowed; undefined when it is not. Asked for the user of the request, or for a service account. */
export type Ask = (attributes: Attributes, account?: { readonly namespace: string; readonly name: string }) => string | undefined

/** The names an expression of a policy may use. */
export function typesOf(hasParams: boolean): Readonly<Record<string, string>> {
  const names = ['object', 'oldObject', 'request', 'namespaceObject', 'variables', ...(hasParams ? ['params'] : [])]
  return { ...Object.fromEntries(names.map((name) => [name, 'dyn'])), authorizer: 'kubernetes.authorization.Authorizer' }
}

/** What went wrong while an expression ran, in cel-go's words. */
export class ExpressionError extends Error {}

let loaded: ExpressionLibrary | undefined

export function expressions(): ExpressionLibrary {
  assert(loaded, 'expressions are loaded before the first is needed')
  return loaded
}

export function areExpressionsLoaded(): boolean {
  return loaded !== undefined
}

/** Called once, by who fetched it. */
export function provideExpressions(library: ExpressionLibrary): void {
  loaded = library
}
