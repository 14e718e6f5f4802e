/** What a session gets from Node: WebAssembly modules from the packages' own files. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Supplies } from '../session/supplies.ts'

const require = createRequire(import.meta.url)

export const nodeSupplies: Supplies = {
  quickjs: async () => WebAssembly.compile(await readFile(require.resolve('quickjs-wasi/quickjs.wasm'))),
}

/** A program of ours has a bug: said on standard error, the sandbox goes on. */
export function tellFault(program: string, error: unknown): void {
  process.stderr.write(`bug: ${program}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}
