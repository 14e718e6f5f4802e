/** How tools run other programs: in their own place (env, nohup, nice), or as a child they wait for (timeout, xargs, find, watch, time). */
import { UnixError } from '../errors.ts'
import { executable, found, start, type StartOptions } from '../kernel/execute.ts'
import { type Blocking, ended, err, type Process, type Running } from '../kernel/process.ts'
import { quoted } from './tool.ts'

interface Caller {
  readonly process: Process
  readonly name: string
  readonly busybox: boolean
}

/** Becomes another program, as `exec` does. Comes back only with 126 or 127 when it cannot be run. */
export function* runInPlace(call: Caller, words: readonly string[], environment: Record<string, string> = call.process.env): Running {
  const { process } = call
  try {
    const path = found(process, words[0], environment.PATH)
    if (path === undefined) throw new UnixError('ENOENT')
    const { program, argv } = executableOrScript(process, path, words)
    process.env = environment
    process.kernel.exec(process, program, argv)
    yield
    return 0
  } catch (error) {
    return yield* cannotRun(call, words[0], error)
  }
}

/** A child in the foreground; its exit code, or 126/127 with a message. `before` is told the child, to kill it later. */
export function* runChild(
  call: Caller,
  words: readonly string[],
  options: StartOptions = {},
  before?: (child: Process) => void,
): Blocking<number> {
  let child: Process
  try {
    child = startProgram(call.process, words, options)
  } catch (error) {
    return yield* cannotRun(call, words[0], error)
  }
  before?.(child)
  return yield* ended(child)
}

/** As `start`; a text file without `#!` goes to sh, as execvp does. */
export function startProgram(process: Process, words: readonly string[], options: StartOptions = {}): Process {
  try {
    return start(process, words, options)
  } catch (error) {
    if (!(error instanceof UnixError) || error.errno !== 'ENOEXEC') throw error
    return start(process, ['/bin/sh', found(process, words[0]) ?? words[0], ...words.slice(1)], options)
  }
}

function executableOrScript(process: Process, path: string, words: readonly string[]): ReturnType<typeof executable> {
  try {
    return executable(process, path, words)
  } catch (error) {
    if (!(error instanceof UnixError) || error.errno !== 'ENOEXEC') throw error
    return executable(process, '/bin/sh', ['/bin/sh', path, ...words.slice(1)])
  }
}

function* cannotRun(call: Caller, word: string, error: unknown): Blocking<number> {
  if (!(error instanceof UnixError)) throw error
  yield* err(
    call.process,
    call.busybox
      ? `${call.name}: can't execute '${word}': ${error.words}\n`
      : `${call.name}: ${call.name === 'env' || call.name.endsWith('/env') ? quoted(word) : `${call.name.endsWith('xargs') ? word : `failed to run command ${quoted(word)}`}`}: ${error.words}\n`,
  )
  return error.errno === 'ENOENT' ? 127 : 126
}
