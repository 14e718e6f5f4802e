/** What a session gets from the browser: WebAssembly modules, fetched from the page's own origin when first needed. */
import quickjsUrl from 'quickjs-wasi/quickjs.wasm?url'
import skulptUrl from 'skulpt/dist/skulpt.min.js?url'
import skulptLibraryUrl from 'skulpt/dist/skulpt-stdlib.js?url'
import sqliteUrl from 'sql.js/dist/sql-wasm-browser.wasm?url'
import type { Supplies } from '../session/supplies.ts'

async function compiled(url: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await (await fetch(url)).arrayBuffer())
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text()
}

export const browserSupplies: Supplies = {
  quickjs: () => compiled(quickjsUrl),
  skulpt: () => Promise.all([text(skulptUrl), text(skulptLibraryUrl)]),
  postgres: () => import('./postgres.ts').then(({ loadPostgres }) => loadPostgres(compiled)),
  sqlite: async () => (await import('sql.js')).default({ locateFile: () => sqliteUrl, useOldExtensionFunctions: false }),
}
