/** What a session gets from Node: WebAssembly modules from the packages' own files. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Supplies } from '../session/supplies.ts'

import initSqlite from 'sql.js'
import type { PGliteClass } from '../engine/images/postgres/library.ts'

const require = createRequire(import.meta.url)

export const nodeSupplies: Supplies = {
  quickjs: async () => WebAssembly.compile(await readFile(require.resolve('quickjs-wasi/quickjs.wasm'))),
  skulpt: () => Promise.all([readFile(require.resolve('skulpt/dist/skulpt.min.js'), 'utf8'), readFile(require.resolve('skulpt/dist/skulpt-stdlib.js'), 'utf8')]),
  postgres: async () => {
    const { PGlite } = require('@electric-sql/pglite') as { readonly PGlite: PGliteClass }
    const file = (name: string) => readFile(require.resolve(`@electric-sql/pglite/${name}`))
    return { PGlite, pgliteWasmModule: await WebAssembly.compile(await file('pglite.wasm')), initdbWasmModule: await WebAssembly.compile(await file('initdb.wasm')), fsBundle: new Blob([await file('pglite.data')]) }
  },
  sqlite: () => initSqlite({ useOldExtensionFunctions: false }),
}

/** A program of ours has a bug: said on standard error, the sandbox goes on. */
export function tellFault(program: string, error: unknown): void {
  process.stderr.write(`bug: ${program}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}
