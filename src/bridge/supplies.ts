/** What a session gets from Node: WebAssembly modules from the packages' own files. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import initSqlite from 'sql.js'
import { postgresLibrary } from '../session/postgres.ts'
import { postgresThread } from '../session/postgres-thread.ts'
import type { Supplies } from '../session/supplies.ts'

const require = createRequire(import.meta.url)

/** A thread's file would have to be there as JavaScript, in tests too: the function's text is. */
const postgresWorker = `const { parentPort, workerData } = require('node:worker_threads')
parentPort.on('message', (${postgresThread.toString()})(require(workerData).PGlite, (answer, transfer) => parentPort.postMessage(answer, transfer)))`

export const nodeSupplies: Supplies = {
  quickjs: async () => WebAssembly.compile(await readFile(require.resolve('quickjs-wasi/quickjs.wasm'))),
  skulpt: () =>
    Promise.all([
      readFile(require.resolve('skulpt/dist/skulpt.min.js'), 'utf8'),
      readFile(require.resolve('skulpt/dist/skulpt-stdlib.js'), 'utf8'),
    ]),
  postgres: async () => {
    const file = (name: string) => readFile(require.resolve(`@electric-sql/pglite/${name}`))
    const supplies = {
      pgliteWasmModule: await WebAssembly.compile(await file('pglite.wasm')),
      initdbWasmModule: await WebAssembly.compile(await file('initdb.wasm')),
      fsBundle: new Blob([await file('pglite.data')]),
    }
    return postgresLibrary(supplies, ({ answered, failed }) => {
      const worker = new Worker(postgresWorker, { eval: true, workerData: require.resolve('@electric-sql/pglite') })
      worker.on('message', answered)
      worker.on('error', (error) => failed(String(error)))
      // A server that nobody stopped must not keep the program from ending.
      worker.unref()
      return { post: (question) => worker.postMessage(question), kill: () => void worker.terminate() }
    })
  },
  sqlite: () => initSqlite({ useOldExtensionFunctions: false }),
}

/** A program of ours has a bug: said on standard error, the sandbox goes on. */
export function tellFault(program: string, error: unknown): void {
  process.stderr.write(`bug: ${program}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}

/** What was thrown where nobody waits for it, in a socket's event or a promise: the other clients are served all the same. */
export function outliveFaults(): void {
  process.on('uncaughtException', (error) => tellFault('drydock', error))
}
