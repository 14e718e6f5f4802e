/**
 * The loop of every filter: each named file in turn, standard input when there is none, a message for what cannot be read, and
 * exit code 1 at the end if there was one.
 */
import { type Blocking, type Process, writeTo } from '../kernel/process.ts'
import { closeInput, Lines, openInput } from './text.ts'
import { wordsOf, quotedIfNeeded } from './tool.ts'

interface Filter {
  readonly process: Process
  readonly name: string
  readonly operands: readonly string[]
  readonly busybox: boolean
}

export interface EachOptions {
  /** What a failure says; `path: words` for most. */
  readonly refusal?: (path: string, words: string) => string
  readonly failureCode?: number
}

export function* eachFile(
  call: Filter,
  work: (descriptor: number, path: string) => Blocking<void>,
  options: EachOptions = {},
): Blocking<number> {
  const { refusal = refusalOf(call), failureCode = 1 } = options
  let code = 0
  for (const path of call.operands.length > 0 ? call.operands : ['-']) {
    let descriptor: number
    try {
      descriptor = openInput(call.process, path)
    } catch (error) {
      yield* writeTo(call.process, 2, `${call.name}: ${refusal(path, wordsOf(error))}\n`)
      code = failureCode
      continue
    }
    yield* work(descriptor, path)
    closeInput(call.process, descriptor)
  }
  return code
}

/** GNU names the file; busybox says what it could not do. */
function refusalOf(call: Filter): (path: string, words: string) => string {
  return (path, words) =>
    call.busybox && words !== 'Is a directory' ? `can't open '${path}': ${words}` : `${quotedIfNeeded(path)}: ${words}`
}

export function* eachLines(
  call: Filter,
  work: (lines: readonly string[], input: Lines, path: string) => Blocking<void>,
  options: EachOptions & { end?: number } = {},
): Blocking<number> {
  return yield* eachFile(
    call,
    function* (descriptor, path) {
      const input = new Lines(call.process, descriptor, options.end)
      for (;;) {
        const lines = yield* input.next()
        if (lines.length === 0) return
        yield* work(lines, input, path)
      }
    },
    options,
  )
}

/** All lines of all files as one list, for tools that need everything before they can say anything. */
export function* allLines(
  call: Filter,
  options: EachOptions & { end?: number } = {},
): Blocking<{ lines: string[]; code: number; hasFinalNewline: boolean }> {
  const lines: string[] = []
  let hasFinalNewline = true
  const code = yield* eachLines(
    call,
    function* (some, input) {
      for (const line of some) lines.push(line)
      hasFinalNewline = input.hasFinalNewline
    },
    options,
  )
  return { lines, code, hasFinalNewline }
}
