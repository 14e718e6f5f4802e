/**
 * A container's output as the json-file driver keeps it: one JSON line per line of output, with stream and time, in a file of the
 * machine. Lines are written to the file in batches; reading and following see them at once.
 *
 * With `max-size` the full file becomes `…-json.log.1`, and so on up to `max-file`. Without, a log may grow to 16 MiB, then its older half
 * goes: the real driver lets it fill the disk, ours is a browser's.
 */
import { bytesOf, joined, noBytes, textOf } from '../../base/bytes.ts'
import type { Cancel, Clock } from '../../base/clock.ts'
import type { MemoryFiles } from '../../unix/files/memory-files.ts'
import { makeParents } from './layer-files.ts'

export type OutputStream = 'stdout' | 'stderr'

export interface LogEntry {
  readonly stream: OutputStream
  /** With its newline; the last line may lack one. */
  readonly text: string
  /** RFC 3339 with nine digits. */
  readonly time: string
}

/** How an entry stands in the file. */
export interface LogFormat {
  readonly encode: (entry: LogEntry) => string
  readonly decode: (line: string) => LogEntry
}

const jsonFile: LogFormat = {
  encode: ({ text, stream, time }) => JSON.stringify({ log: text, stream, time }),
  decode: (line) => {
    const { log, stream, time } = JSON.parse(line) as { log: string; stream: OutputStream; time: string }
    return { stream, text: log, time }
  },
}

const limitBytes = 16 * 2 ** 20

export interface Rotation {
  readonly maxBytes: number
  /** How many files there may be, the present one among them. */
  readonly files: number
}

export class LogFile {
  readonly path: string
  readonly #disk: MemoryFiles
  readonly #clock: Clock
  readonly #nano: () => string
  readonly #format: LogFormat
  readonly #rotation: Rotation | undefined
  readonly #partial: Record<OutputStream, Uint8Array> = { stdout: noBytes, stderr: noBytes }
  readonly #followers = new Set<(entry: LogEntry) => void>()
  #unwritten: string[] = []
  #flush: Cancel | undefined

  constructor({
    disk,
    path,
    clock,
    nano,
    format = jsonFile,
    rotation,
  }: { disk: MemoryFiles; path: string; clock: Clock; nano: () => string; format?: LogFormat; rotation?: Rotation }) {
    this.#rotation = rotation
    this.#format = format
    this.#disk = disk
    this.path = path
    this.#clock = clock
    this.#nano = nano
  }

  write(stream: OutputStream, bytes: Uint8Array): void {
    let start = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#append(stream, textOf(joined([this.#partial[stream], bytes.subarray(start, end + 1)])))
      this.#partial[stream] = noBytes
      start = end + 1
    }
    if (start < bytes.length) this.#partial[stream] = joined([this.#partial[stream], bytes.subarray(start)])
    // The driver cuts lines at 16 KiB.
    while (this.#partial[stream].length > 16_384) {
      this.#append(stream, textOf(this.#partial[stream].subarray(0, 16_384)))
      this.#partial[stream] = this.#partial[stream].slice(16_384)
    }
  }

  /** The process has ended: lines without an end are written as they are. */
  finish(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#partial[stream].length > 0) this.#append(stream, textOf(this.#partial[stream]))
      this.#partial[stream] = noBytes
    }
    this.flush()
  }

  read(): LogEntry[] {
    this.flush()
    const older = Array.from({ length: (this.#rotation?.files ?? 1) - 1 }, (_, index) => `${this.path}.${index + 1}`).reverse()
    return [...older, this.path]
      .map((path) => textOf(this.#disk.lookup(path)?.read() ?? noBytes))
      .join('')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => this.#format.decode(line))
  }

  follow(note: (entry: LogEntry) => void): Cancel {
    this.#followers.add(note)
    return () => this.#followers.delete(note)
  }

  flush(): void {
    this.#flush?.()
    this.#flush = undefined
    if (this.#unwritten.length === 0) return
    if (this.#rotation) return this.#writeRotating(this.#unwritten.splice(0), this.#rotation)
    const bytes = bytesOf(this.#unwritten.join(''))
    this.#unwritten = []
    const file = this.#disk.lookup(this.path)
    if (!file) {
      makeParents(this.#disk, this.path)
      this.#disk.create(this.path, { kind: 'file', mode: 0o640, uid: 0, gid: 0, content: bytes })
      return
    }
    if (file.size + bytes.length > limitBytes) {
      const old = file.read()
      const kept = old.slice(old.indexOf(10, old.length >> 1) + 1)
      file.truncate(0)
      file.write(0, kept)
    }
    file.write(file.size, bytes)
  }

  /** Line by line: a file is full as soon as one has made it so. */
  #writeRotating(lines: readonly string[], { maxBytes, files }: Rotation): void {
    const at = (index: number): string => (index === 0 ? this.path : `${this.path}.${index}`)
    for (const line of lines) {
      const bytes = bytesOf(line)
      const full = this.#disk.lookup(this.path)
      if (full && full.size >= maxBytes) {
        this.#disk.removeTree(at(files - 1))
        for (let index = files - 2; index >= 0; index--) if (this.#disk.lookup(at(index))) this.#disk.rename(at(index), at(index + 1))
      }
      const file = this.#disk.lookup(this.path)
      if (file) file.write(file.size, bytes)
      else {
        makeParents(this.#disk, this.path)
        this.#disk.create(this.path, { kind: 'file', mode: 0o640, uid: 0, gid: 0, content: bytes })
      }
    }
  }

  #append(stream: OutputStream, text: string): void {
    const entry = { stream, text, time: this.#nano() }
    this.#unwritten.push(`${this.#format.encode(entry)}\n`)
    this.#flush ??= this.#clock.after(100, () => this.flush())
    for (const note of this.#followers) note(entry)
  }
}
