/** PostgreSQL for the page: fetched when the first server starts, each in a Worker of its own. */
import initdbUrl from '@electric-sql/pglite/initdb.wasm?url'
import pgliteDataUrl from '@electric-sql/pglite/pglite.data?url'
import pgliteUrl from '@electric-sql/pglite/pglite.wasm?url'
import type { PostgresLibrary } from '../engine/images/postgres/library.ts'
import { postgresLibrary } from '../session/postgres.ts'
import type { ThreadAnswer } from '../session/postgres-thread.ts'

export async function loadPostgres(compiled: (url: string) => Promise<WebAssembly.Module>): Promise<PostgresLibrary> {
  const [pgliteWasmModule, initdbWasmModule, fsBundle] = await Promise.all([
    compiled(pgliteUrl),
    compiled(initdbUrl),
    fetch(pgliteDataUrl).then((answer) => answer.blob()),
  ])
  return postgresLibrary({ pgliteWasmModule, initdbWasmModule, fsBundle }, ({ answered, failed }) => {
    const worker = new Worker(new URL('./postgres-worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) => answered(data)
    worker.onerror = ({ message }) => failed(message)
    return { post: (question) => worker.postMessage(question), kill: () => worker.terminate() }
  })
}
