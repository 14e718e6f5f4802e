/** What a session gets from Node: WebAssembly modules from the packages' own files. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Supplies } from '../session/supplies.ts'

const require = createRequire(import.meta.url)

export const nodeSupplies: Supplies = {
  quickjs: async () => WebAssembly.compile(await readFile(require.resolve('quickjs-wasi/quickjs.wasm'))),
}
