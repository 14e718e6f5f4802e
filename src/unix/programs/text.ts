/**
 * Text in and out of programs. Lines are JavaScript strings, yet any bytes survive the way through: what is not UTF-8 becomes lone
 * surrogates U+DC80–U+DCFF on the way in and the same bytes on the way out. Input is handed on in batches as it arrives, so
 * `tail -f | grep` shows a line when it is written.
 */
import { joined, noBytes } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import { type Blocking, type Process, readAll, readFrom, writeTo } from '../kernel/process.ts'

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function stringOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return escapedString(bytes)
  }
}

export function bytesOfString(text: string): Uint8Array {
  if (!/[\uDC80-\uDCFF]/.test(text)) return encoder.encode(text)
  const parts: Uint8Array[] = []
  let plain = ''
  for (const letter of text) {
    const code = letter.charCodeAt(0)
    if (letter.length === 1 && code >= 0xdc80 && code <= 0xdcff) {
      parts.push(encoder.encode(plain), Uint8Array.of(code - 0xdc00))
      plain = ''
    } else plain += letter
  }
  parts.push(encoder.encode(plain))
  return joined(parts)
}

function escapedString(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at]
    const length = byte < 0x80 ? 1 : byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 0
    let letter: string | undefined
    if (length > 0) {
      try {
        letter = strict.decode(bytes.subarray(at, at + length))
      } catch {
        letter = undefined
      }
    }
    text += letter ?? String.fromCharCode(0xdc00 + byte)
    at += letter === undefined ? 1 : length
  }
  return text
}

/** Bytes as one character each, for tools that count bytes. */
export function latin1Of(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return text
}

export function bytesOfLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

export function* print(process: Process, text: string): Blocking<void> {
  if (text !== '') yield* writeTo(process, 1, bytesOfString(text))
}

/** Opens a file to read; `-` is standard input. Directories are refused as `read` would refuse them. Answers the descriptor. */
export function openInput(process: Process, path: string): number {
  if (path === '-') return 0
  const full = process.path(path)
  if (path === '' || !process.files.exists(full)) throw new UnixError('ENOENT', path)
  if (process.files.stat(full, process.credentials).kind === 'directory') throw new UnixError('EISDIR', path)
  return process.install(process.files.open(full, { read: true }, process.credentials), undefined, 3)
}

export function openOutput(
  process: Process,
  path: string,
  options: { append?: boolean; exclusive?: boolean; mode?: number; truncate?: boolean } = {},
): number {
  const { append = false, exclusive = false, mode = 0o666, truncate = !append } = options
  const file = process.files.open(
    process.path(path),
    { write: true, create: true, append, exclusive, truncate, mode: mode & ~process.umask },
    process.credentials,
  )
  return process.install(file, undefined, 3)
}

export function closeInput(process: Process, descriptor: number): void {
  if (descriptor > 2) process.close(descriptor)
}

/** The next bytes; empty at the end. (`readFrom` lets others run between two pieces of what never makes anyone wait.) */
export const nextBytes = (process: Process, descriptor: number): Blocking<Uint8Array> => readFrom(process, descriptor)

/** Lines of an input as they arrive. */
export class Lines {
  readonly #process: Process
  readonly #descriptor: number
  readonly #end: number
  #rest: Uint8Array = noBytes
  #isOver = false
  /** False once the last line came without its end. */
  hasFinalNewline = true

  /** `end`: the byte that ends a line, 10 or, with -z, 0. */
  constructor(process: Process, descriptor: number, end = 10) {
    this.#process = process
    this.#descriptor = descriptor
    this.#end = end
  }

  /** All lines that are complete by now, without their ends; none at the end of input. */
  *next(): Blocking<readonly string[]> {
    while (!this.#isOver) {
      const bytes = yield* nextBytes(this.#process, this.#descriptor)
      if (bytes.length === 0) {
        this.#isOver = true
        if (this.#rest.length === 0) return []
        this.hasFinalNewline = false
        return [stringOf(this.#rest)]
      }
      const all = this.#rest.length > 0 ? joined([this.#rest, bytes]) : bytes
      const last = all.lastIndexOf(this.#end)
      if (last < 0) {
        this.#rest = all
        continue
      }
      this.#rest = all.subarray(last + 1)
      return stringOf(all.subarray(0, last)).split(String.fromCharCode(this.#end))
    }
    return []
  }

  *all(): Blocking<string[]> {
    const lines: string[] = []
    for (;;) {
      const some = yield* this.next()
      if (some.length === 0) return lines
      for (const line of some) lines.push(line)
    }
  }
}

export const wholeInput = readAll
