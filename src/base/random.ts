/**
 * Chance, seeded and handed in. The same seed gives the same names, ids and jitter, so lessons and failures can be replayed.
 */
const codesOf = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0))
const hexCodes: readonly number[] = codesOf('0123456789abcdef')
const uuidForm = 'xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx'
const uuidCodes = codesOf(uuidForm)
const drawnPlaces: readonly number[] = [...uuidForm].flatMap((letter, at) => (letter === 'x' ? [at] : []))
const variantPlace = uuidForm.indexOf('v')

export class Random {
  #state: number

  constructor(seed = 1) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). mulberry32: small, fast, good enough for everything but secrets, of which a sandbox has none. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below)
  }

  /** `length` letters drawn from `alphabet`. */
  letters(length: number, alphabet: string): string {
    // Put together at once: a text that grew letter by letter keeps every step of its growth.
    const codes = new Array<number>(length)
    for (let index = 0; index < length; index++) codes[index] = alphabet.charCodeAt(this.below(alphabet.length))
    return String.fromCharCode(...codes)
  }

  /** The five letters that end a generated Kubernetes name; vowels and look-alikes are left out, as in apimachinery's `rand`. */
  suffix(): string {
    return this.letters(5, 'bcdfghjklmnpqrstvwxz2456789')
  }

  /** Lower-case hexadecimal digits: a container id is `hex(64)`. */
  hex(length: number): string {
    return this.letters(length, '0123456789abcdef')
  }

  /** A version 4 UUID. */
  uuid(): string {
    // Filled into a form that is there already: every object and every answer carries one, and putting it together from pieces cost a kilobyte each.
    for (const at of drawnPlaces) uuidCodes[at] = hexCodes[this.below(16)]
    uuidCodes[variantPlace] = hexCodes[8 + this.below(4)]
    return String.fromCharCode(...uuidCodes)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]
  }

  /** The state to save, and what `restore` takes back. */
  save(): number {
    return this.#state
  }

  restore(state: number): void {
    this.#state = state >>> 0
  }
}
