/**
 * A terminal line (tty): keystrokes in, bytes out, and the line discipline between them. In cooked mode it echoes, edits and sends
 * whole lines, and turns ^C, ^Z and ^\ into signals for the foreground process group; in raw mode every byte goes through.
 */
import { bytesOf, joined, noBytes } from '../../base/bytes.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { UnixError } from '../errors.ts'
import type { Kernel } from './kernel.ts'
import type { OpenFile } from './open-file.ts'
import type { Signal } from './signals.ts'

export interface Terminal {
  /** `/dev/pts/0`. */
  readonly name: string
  cols: number
  rows: number
  mode: 'cooked' | 'raw'
  /** Raw mode only: whether ^C and friends still send signals (`stty -icanon isig`). */
  signals: boolean
  echo: boolean
  /** Output: `\n` becomes `\r\n`. A program that passes on another terminal's bytes (`docker exec -it`) turns it off. */
  onlcr: boolean
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

const interrupt = 0x03
const endOfFile = 0x04
const backspace = 0x08
const lineFeed = 0x0a
const carriageReturn = 0x0d
const reprint = 0x12
const killLine = 0x15
const literalNext = 0x16
const eraseWord = 0x17
const suspend = 0x1a
const quit = 0x1c
const rubout = 0x7f

/** What a program that never reads its output may have written before it waits. */
const outputLimitBytes = 262_144

export function createTerminal(
  kernel: Kernel,
  {
    name,
    cols = 80,
    rows = 24,
    onClose = () => {},
  }: { readonly name: string; readonly cols?: number; readonly rows?: number; readonly onClose?: () => void },
): Terminal {
  const hasOutput = new WaitQueue()
  const readable = new WaitQueue()
  const writable = new WaitQueue()
  /** Finished lines (cooked) or keystrokes (raw); an empty one is ^D on an empty line: the end of the file, once. */
  let input: Uint8Array[] = []
  let line: number[] = []
  let output: Uint8Array[] = []
  let outputBytes = 0
  let isLiteralNext = false
  let isHungUp = false
  let mode: Terminal['mode'] = 'cooked'

  function emit(bytes: Uint8Array): void {
    if (bytes.length === 0 || isHungUp) return
    output.push(bytes)
    outputBytes += bytes.length
    hasOutput.wake()
  }

  function echo(text: string): void {
    if (terminal.echo) emit(bytesOf(text))
  }

  function pushInput(bytes: Uint8Array): void {
    input.push(bytes)
    readable.wake()
  }

  function signal(sent: Signal, shown: string): void {
    echo(shown)
    line = []
    if (sent !== 'TSTP') input = []
    if (terminal.foreground !== undefined) kernel.killGroup(terminal.foreground, sent)
  }

  const signalOfKey = (key: number): readonly [Signal, string] | undefined => {
    if (terminal.mode === 'raw' && !terminal.signals) return undefined
    if (key === interrupt) return ['INT', '^C']
    if (key === quit) return ['QUIT', '^\\']
    if (key === suspend) return ['TSTP', '^Z']
    return undefined
  }

  /** Takes the last letter (all bytes of it) off the line; answers how many columns it took on the screen. */
  function takeLetter(): number {
    let byte = line.pop()
    while (byte !== undefined && (byte & 0xc0) === 0x80) byte = line.pop()
    if (byte === undefined) return 0
    return byte < 0x20 ? 2 : 1
  }

  function rubOut(columns: number): void {
    echo('\b \b'.repeat(columns))
  }

  function cooked(key: number): void {
    if (isLiteralNext) {
      isLiteralNext = false
      line.push(key)
      echo(shownAs(key))
      return
    }
    switch (key) {
      case lineFeed:
      case carriageReturn: {
        line.push(lineFeed)
        echo('\r\n')
        pushInput(Uint8Array.from(line))
        line = []
        return
      }
      case endOfFile:
        pushInput(Uint8Array.from(line))
        line = []
        return
      case backspace:
      case rubout:
        return rubOut(takeLetter())
      case killLine: {
        let columns = 0
        while (line.length > 0) columns += takeLetter()
        return rubOut(columns)
      }
      case eraseWord: {
        let columns = 0
        while (line.length > 0 && line[line.length - 1] === 0x20) columns += takeLetter()
        while (line.length > 0 && line[line.length - 1] !== 0x20) columns += takeLetter()
        return rubOut(columns)
      }
      case reprint:
        echo('^R\r\n')
        if (terminal.echo) emit(Uint8Array.from(line))
        return
      case literalNext:
        isLiteralNext = true
        echo('^\b')
        return
      default:
        line.push(key)
        if (terminal.echo) emit(key < 0x20 && key !== 0x09 ? bytesOf(shownAs(key)) : Uint8Array.of(key))
    }
  }

  const file: OpenFile = {
    kind: 'terminal',
    name,
    readable,
    writable,
    read(max) {
      const reader = kernel.current
      if (
        reader &&
        reader.terminal === terminal &&
        terminal.foreground !== undefined &&
        reader.group !== terminal.foreground &&
        !isHungUp
      ) {
        if (reader.handlers.get('TTIN') === 'ignore') throw new UnixError('EIO')
        kernel.killGroup(reader.group, 'TTIN')
        return undefined
      }
      const first = input[0]
      if (first === undefined) return isHungUp ? noBytes : undefined
      if (first.length <= max) input.shift()
      else input[0] = first.subarray(max)
      return first.subarray(0, max)
    },
    write(bytes) {
      if (isHungUp) throw new UnixError('EIO')
      if (outputBytes >= outputLimitBytes) return 0
      emit(terminal.onlcr ? withCarriageReturns(bytes) : bytes)
      return bytes.length
    },
    close: onClose,
  }

  const terminal: Terminal = {
    name,
    cols,
    rows,
    get mode() {
      return mode
    },
    set mode(next) {
      // What was typed ahead of a line's end is there for the reader at once, as when canonical mode is left on Linux.
      if (next === 'raw' && line.length > 0) {
        pushInput(Uint8Array.from(line))
        line = []
      }
      mode = next
    },
    signals: true,
    echo: true,
    onlcr: true,
    foreground: undefined,
    file,
    hasOutput,
    type(bytes) {
      if (isHungUp) return
      let raw: number[] = []
      const flush = () => {
        if (raw.length === 0) return
        const chunk = Uint8Array.from(raw)
        raw = []
        if (terminal.echo) emit(chunk)
        pushInput(chunk)
      }
      for (const key of bytes) {
        const found = isLiteralNext ? undefined : signalOfKey(key)
        if (found) {
          raw = []
          signal(...found)
        } else if (terminal.mode === 'raw') raw.push(key)
        else cooked(key)
      }
      flush()
    },
    takeOutput() {
      const all = output.length === 0 ? noBytes : joined(output)
      output = []
      outputBytes = 0
      if (all.length > 0) writable.wake()
      return all
    },
    resize(newCols, newRows) {
      if (newCols === terminal.cols && newRows === terminal.rows) return
      terminal.cols = newCols
      terminal.rows = newRows
      if (terminal.foreground !== undefined) kernel.killGroup(terminal.foreground, 'WINCH')
    },
    hangUp() {
      if (isHungUp) return
      isHungUp = true
      readable.wake()
      writable.wake()
      for (const process of [...kernel.processes]) {
        if (process.terminal !== terminal) continue
        const isLeader = process.session === process.hostPid
        if (!isLeader && process.group !== terminal.foreground) continue
        kernel.kill(process, 'HUP')
        kernel.kill(process, 'CONT')
      }
    },
  }
  return terminal
}

/** Control characters are echoed as `^X`. */
function shownAs(key: number): string {
  if (key === rubout) return '^?'
  return key < 0x20 ? `^${String.fromCharCode(key + 64)}` : String.fromCharCode(key)
}

function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  let count = 0
  for (const byte of bytes) if (byte === lineFeed) count++
  if (count === 0) return bytes
  const out = new Uint8Array(bytes.length + count)
  let at = 0
  for (const byte of bytes) {
    if (byte === lineFeed) out[at++] = carriageReturn
    out[at++] = byte
  }
  return out
}
