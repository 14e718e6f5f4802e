/**
 * `node`: the command line, and the VM's life from its loading to its end (guest.ts runs it, loader.ts makes it).
 */
import { type Blocking, type Program, err, out } from '../../../unix/kernel/process.ts'
import type { LoadSqlite } from '../sqlite/library.ts'
import { argumentsOf } from './arguments.ts'
import { Guest, gasPerTurn } from './guest.ts'
import { loader } from './loader.ts'
import { baseMemoryBytes } from './memory.ts'
import { nodeVersion } from './prelude.ts'
import { sqliteFor } from './sqlite.ts'

/** `version` is what the image's node calls itself. */
export function nodeProgram(quickjs: () => Promise<WebAssembly.Module>, sqlite: LoadSqlite): Program {
  const begun = loader(quickjs)
  return function* (process) {
    const options = argumentsOf(process.argv.slice(1))
    const version = process.env.NODE_VERSION ? `v${process.env.NODE_VERSION}` : nodeVersion
    if (options.problem !== undefined) {
      yield* err(process, `node: bad option: ${options.problem}\n`)
      return 9
    }
    if (options.shows === 'version') {
      yield* out(process, `${version}\n`)
      return 0
    }
    if (options.shows === 'help') {
      yield* out(
        process,
        'Usage: node [options] [ script.js ] [arguments]\n       node inspect [options] [ script.js | host:port ] [arguments]\n\nOptions:\n  -                           script read from stdin (default if no file name is provided, interactive mode if a tty)\n  -e, --eval=...              evaluate script\n  -h, --help                  print node command line options\n  -p, --print [...]           evaluate script and print result\n  -v, --version               print Node.js version\n',
      )
      return 0
    }
    process.memoryBytes = baseMemoryBytes
    process.threads = 7
    return yield* runGuest(new Guest(process, version, options, gasPerTurn, yield* sqliteFor(process, options.file, sqlite)), begun)
  }
}

export function* runGuest(guest: Guest, begun: (guest: Guest) => Promise<void>): Blocking<number> {
  const loading = begun(guest)
  let failure: unknown
  let isLoaded = false
  loading.then(
    () => (isLoaded = true),
    (reason: unknown) => (failure = reason),
  )
  while (!isLoaded) {
    if (failure !== undefined) throw failure
    yield { promise: loading }
  }
  try {
    return yield* guest.run()
  } finally {
    guest.dispose()
  }
}
