/**
 * The line at the foot of the terminal while `up` stays: cleared before each line of output and drawn again behind it. `w` turns
 * watch on and off; where the files do not prepare it, that is said there.
 */
import { textOf } from '../../../base/bytes.ts'
import type { Process } from '../../../unix/kernel/process.ts'

const key = (letter: string, words: string): string => `\x1b[1;38;2;0;0;0;48;2;255;255;255m${letter}\x1b[0m\x1b[2m ${words}\x1b[0m`

export class Menu {
  readonly #process: Process
  readonly #isOn: boolean
  #words = key('w', 'Enable Watch')
  #isStopping = false
  isWatching = false

  constructor(process: Process, isWanted: boolean, isWatching = false) {
    this.isWatching = isWatching
    if (isWatching) this.#words = key('w', 'Disable Watch')
    this.#process = process
    this.#isOn =
      isWanted &&
      process.terminal !== undefined &&
      [0, 1].every((descriptor) => process.descriptors.get(descriptor)?.file.kind === 'terminal') &&
      !/^(0|false)$/.test(process.env.COMPOSE_MENU ?? '')
    if (!this.#isOn || !process.terminal) return
    process.terminal.mode = 'raw'
    process.terminal.signals = true
    process.terminal.echo = false
  }

  /** A line of output with the menu out of its way. */
  around(line: string): string {
    if (!this.#isOn) return line
    return this.#clear() + line + (this.#isStopping ? '' : this.#clear() + this.#draw())
  }

  /** What was typed; answers what is to be drawn at once. */
  keys({ isWatchable }: { readonly isWatchable: boolean }): string {
    if (!this.#isOn) return ''
    const typed = this.#process.file(0).read(64)
    if (!typed || !textOf(typed).includes('w')) return ''
    if (isWatchable) this.isWatching = !this.isWatching
    this.#words = isWatchable
      ? key('w', this.isWatching ? 'Disable Watch' : 'Enable Watch')
      : `${key('w', 'Enable Watch')}   \x1b[31mWatch is not yet configured. Learn more: \x1b[0m\x1b[36mhttps://docs.docker.com/compose/file-watch/\x1b[0m`
    return this.#clear() + this.#draw()
  }

  get typed() {
    return this.#isOn ? [this.#process.file(0).readable] : []
  }

  /** The terminal is the shell's again; from here on nothing is drawn. */
  stop(): string {
    this.#isStopping = true
    if (!this.#isOn || !this.#process.terminal) return ''
    this.#process.terminal.mode = 'cooked'
    this.#process.terminal.echo = true
    return `${this.#clear()}\x1b[?25h`
  }

  /** A step of the stopping, as a line of output. */
  step(name: string, words: string): string {
    return this.around(`\r\x1b[K ${name}  \x1b[32m${words}\x1b[0m\n`)
  }

  #rows(): number {
    return this.#process.terminal?.rows ?? 24
  }

  #clear(): string {
    return `\x1b[0G\x1b7${'\x1b[1B\x1b[2K'.repeat(this.#rows())}\x1b8`
  }

  #draw(): string {
    return `\x1b[2K\n\x1b[0G\x1b[2K\n\x1b[0G\x1b[2A\x1b[0G\x1b7\x1b[${this.#rows()};0H\x1b[2K${this.#words}\x1b[0G\x1b8`
  }
}
