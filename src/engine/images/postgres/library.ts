/**
 * PGlite, which is PostgreSQL compiled to WebAssembly, as much of it as the server uses. It is five megabytes, so whoever holds the session
 * hands in how it is fetched. One instance is one single-user backend on one database.
 */

/** What is loaded once for all servers of a session. */
export interface PostgresLibrary {
  readonly PGlite: PGliteClass
  readonly pgliteWasmModule: WebAssembly.Module
  readonly initdbWasmModule: WebAssembly.Module
  readonly fsBundle: Blob
}

export interface PGliteClass {
  create(options: { readonly pgliteWasmModule: WebAssembly.Module; readonly initdbWasmModule: WebAssembly.Module; readonly fsBundle: Blob; readonly loadDataDir?: Blob; readonly database?: string; readonly username?: string }): Promise<PGliteInstance>
}

export interface PGliteInstance {
  execProtocolRawSync(message: Uint8Array): Uint8Array
  close(): Promise<void>
  readonly Module: { readonly FS: EmscriptenFiles }
}

interface EmscriptenFiles {
  readdir(path: string): string[]
  stat(path: string): { readonly mode: number }
  isDir(mode: number): boolean
  readFile(path: string): Uint8Array
}

export type LoadPostgres = () => Promise<PostgresLibrary>

const root = '/pglite/data'

/** Every file of the cluster, by its path below the data folder; folders end in a slash. */
export function clusterFiles({ Module: { FS } }: PGliteInstance): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  const walk = (folder: string): void => {
    for (const name of FS.readdir(`${root}/${folder}`)) {
      if (name === '.' || name === '..' || name === 'postmaster.pid') continue
      const path = `${folder}${name}`
      if (FS.isDir(FS.stat(`${root}/${path}`).mode)) {
        files.set(`${path}/`, new Uint8Array(0))
        walk(`${path}/`)
      } else files.set(path, FS.readFile(`${root}/${path}`))
    }
  }
  walk('')
  return files
}
