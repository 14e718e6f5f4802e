/** The query of a request, parsed as Go parses it: `watch=1`, `watch=True` and `watch=true` all mean yes. */
import { badRequest } from './errors.ts'

const none = new URLSearchParams()

export class Query {
  readonly #parameters: URLSearchParams

  constructor(text: string) {
    this.#parameters = text === '' ? none : new URLSearchParams(text)
  }

  text(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined
  }

  all(name: string): readonly string[] {
    return this.#parameters.getAll(name)
  }

  flag(name: string): boolean {
    const value = this.#parameters.get(name)
    return value !== null && !['false', 'False', 'FALSE', 'f', 'F', '0'].includes(value)
  }

  number(name: string): number | undefined {
    const value = this.#parameters.get(name)
    if (value === null || value === '') return undefined
    if (!/^-?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
    return Number(value)
  }
}
