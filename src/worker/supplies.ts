/** What a session gets from the browser: WebAssembly modules, fetched from the page's own origin when first needed. */
import quickjsUrl from 'quickjs-wasi/quickjs.wasm?url'
import type { Supplies } from '../session/supplies.ts'

export const browserSupplies: Supplies = {
  quickjs: async () => WebAssembly.compile(await (await fetch(quickjsUrl)).arrayBuffer()),
}
