/** A window with a login shell in it: keystrokes in, bytes out. When the shell ends, the window says so. */
import { bytesOf } from '../base/bytes.ts'
import type { Process } from '../unix/kernel/process.ts'
import type { Terminal } from '../unix/kernel/terminal.ts'

export class TerminalWindow {
  onOutput: (bytes: Uint8Array) => void = () => {}
  onEnd: () => void = () => {}
  readonly #terminal: Terminal
  readonly shell: Process
  readonly #stop: () => void

  constructor(terminal: Terminal, shell: Process, onChange: () => void) {
    this.#terminal = terminal
    this.shell = shell
    const flow = () => {
      const bytes = terminal.takeOutput()
      if (bytes.length > 0) this.onOutput(bytes)
      onChange()
    }
    const stopFlow = terminal.hasOutput.each(flow)
    const stopEnd = shell.kernel.endOf(shell).once(() => {
      flow()
      this.onEnd()
    })
    this.#stop = () => {
      stopFlow()
      stopEnd()
    }
  }

  get cols(): number {
    return this.#terminal.cols
  }

  get rows(): number {
    return this.#terminal.rows
  }

  type(text: string): void {
    this.#terminal.type(bytesOf(text))
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows)
  }

  close(): void {
    this.#stop()
    this.#terminal.hangUp()
  }
}
