/**
 * A terminal line (tty): keystrokes in, bytes out, and the line discipline between them. In cooked mode it echoes, edits and sends
 * whole lines, and turns ^C, ^Z and ^\ into signals for the foreground process group; in raw mode every byte goes through.
 */
import { WaitQueue } from '../../base/wait-queue.ts'
import type { OpenFile } from './open-file.ts'

export interface Terminal {
  /** `/dev/pts/0`. */
  readonly name: string
  cols: number
  rows: number
  mode: 'cooked' | 'raw'
  /** Raw mode only: whether ^C and friends still send signals (`stty -icanon isig`). */
  signals: boolean
  echo: boolean
  /** hostPid of the process group that gets the signals. */
  foreground: number | undefined
  /** The side that programs have as descriptors 0, 1 and 2. */
  readonly file: OpenFile
  /** Keystrokes arrive. */
  type(bytes: Uint8Array): void
  /** Takes what programs wrote since the last call (`\n` already turned into `\r\n`). */
  takeOutput(): Uint8Array
  /** Woken when there is output to take. */
  readonly hasOutput: WaitQueue
  resize(cols: number, rows: number): void
  /** The window is closed: programs read the end of the file and get HUP. */
  hangUp(): void
}
