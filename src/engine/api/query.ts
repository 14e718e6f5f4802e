/** The query of a request, parsed as apimachinery parses it: of a flag only `false` and `0` mean no. */
import { badRequest } from './errors.ts'

const none = new URLSearchParams()

export class Query {
  readonly #parameters: URLSearchParams

  constructor(text: string) {
    this.#parameters = text === '' ? none : new URLSearchParams(text)
  }

  get isEmpty(): boolean {
    return this.#parameters === none
  }

  text(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined
  }

  all(name: string): readonly string[] {
    return this.#parameters.getAll(name)
  }

  flag(name: string): boolean {
    const value = this.#parameters.get(name)
    return value !== null && value !== '0' && value.toLowerCase() !== 'false'
  }

  number(name: string): number | undefined {
    const value = this.#parameters.get(name)
    if (value === null) return undefined
    if (!/^-?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
    return Number(value)
  }
}
