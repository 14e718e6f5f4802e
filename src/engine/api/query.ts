/** The query of a request, parsed as apimachinery parses it: of a flag only `false` and `0` mean no. */
import { badRequest } from './errors.ts'

const nothing: readonly string[] = []

export class Query {
  /** Undefined where nothing is asked: most requests have no query, and each is looked up in it ten times. */
  readonly #parameters: URLSearchParams | undefined

  constructor(text: string) {
    this.#parameters = text === '' ? undefined : new URLSearchParams(text)
  }

  get isEmpty(): boolean {
    return this.#parameters === undefined
  }

  text(name: string): string | undefined {
    return this.#parameters?.get(name) ?? undefined
  }

  all(name: string): readonly string[] {
    return this.#parameters?.getAll(name) ?? nothing
  }

  flag(name: string): boolean {
    const value = this.text(name)
    return value !== undefined && value !== '0' && value.toLowerCase() !== 'false'
  }

  number(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!/^-?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
    return Number(value)
  }
}
