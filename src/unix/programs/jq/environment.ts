/**
 * What a filter runs with: results and their paths, the names it knows, what it asks of the machine, and the ways out of it.
 */
import type { Json } from './json.ts'
import type { Node } from './parse.ts'
import type { Path } from './paths.ts'

export class Halt extends Error {
  readonly code: number

  constructor(text: string, code: number) {
    super(text)
    this.code = code
  }
}

export class Break extends Error {
  readonly label: object

  constructor(label: object) {
    super('break')
    this.label = label
  }
}

export interface Result {
  readonly value: Json
  readonly path: Path | undefined
}

export interface Closure {
  readonly params: readonly string[]
  readonly body: Node
  env: Environment
}

export interface Environment {
  readonly variables: ReadonlyMap<string, Json>
  readonly functions: ReadonlyMap<string, Closure>
  readonly labels: ReadonlyMap<string, object>
  readonly host: Host
}

interface Host {
  readonly env: Readonly<Record<string, string>>
  readonly nowSeconds: () => number
  readonly inputs: () => Json | undefined
  readonly inputFile?: () => string | null
  /** What `debug` and `stderr` write. */
  readonly note?: (text: string) => void
}
