/**
 * What a pager looks at: a file or a pipe, read only as far as has been looked at, so that `kubectl logs -f … | less` shows its
 * first page while the rest is still to come.
 */
import type { Blocking, Process, Wait } from '../../kernel/process.ts'
import { stringOf } from '../text.ts'

export class Pages {
  readonly name: string
  readonly lines: string[] = []
  /** Bytes of all that was read. */
  bytes = 0
  isOver = false
  /** The last line came without its end. */
  #rest: Uint8Array = new Uint8Array(0)
  readonly #process: Process
  readonly #descriptor: number

  constructor(process: Process, descriptor: number, name: string) {
    this.#process = process
    this.#descriptor = descriptor
    this.name = name
  }

  /** Takes what is there now; answers what to wait for when nothing is, undefined when something came or the end was reached. */
  #take(): Wait {
    const { file } = this.#process.descriptors.get(this.#descriptor) ?? {}
    const bytes = file?.read(65_536)
    if (bytes === undefined && file) return { on: [file.readable] }
    if (!bytes || bytes.length === 0) {
      this.isOver = true
      if (this.#rest.length > 0) this.lines.push(stringOf(this.#rest))
      this.#rest = new Uint8Array(0)
      return undefined
    }
    this.bytes += bytes.length
    const all = new Uint8Array(this.#rest.length + bytes.length)
    all.set(this.#rest)
    all.set(bytes, this.#rest.length)
    const end = all.lastIndexOf(10)
    if (end >= 0) for (const line of stringOf(all.subarray(0, end)).split('\n')) this.lines.push(line)
    this.#rest = all.slice(end + 1)
    return undefined
  }

  /** Reads until there are so many lines, or the end is reached, or `isStopped`. */
  *fill(count: number, isStopped: () => boolean): Blocking<void> {
    while (!this.isOver && this.lines.length < count && !isStopped()) {
      const wait = this.#take()
      if (wait) yield wait
    }
  }

  /** What a growing file has got since its end was reached. */
  *more(): Blocking<boolean> {
    const before = this.bytes
    this.isOver = false
    while (!this.isOver) {
      const wait = this.#take()
      if (wait) break
    }
    return this.bytes > before
  }
}
