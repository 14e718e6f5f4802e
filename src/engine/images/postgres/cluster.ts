/**
 * A database cluster on disk. A real one is a thousand files and forty megabytes; here the data folder holds `drydock.base`, the packed cluster as
 * initdb left it, and `drydock.changes`, the packed files that differ from it. The files people look at (PG_VERSION, the .conf files) are
 * ordinary ones beside them.
 */
import { gunzipSync, gzipSync } from 'fflate'
import { entriesOfTar, tarOf, type TarEntry } from '../../../base/tar.ts'
import { noBytes } from '../../../base/bytes.ts'
import { type Blocking, type Process } from '../../../unix/kernel/process.ts'
import { clusterFiles, type LoadPostgres, type PGliteInstance, type PostgresLibrary } from './library.ts'

type ClusterFiles = ReadonlyMap<string, Uint8Array>

const removedMark = '.removed/'

/** What initdb made in this session, and what it sums to: every further cluster starts from it. */
let template: { readonly packed: Uint8Array; readonly sums: ReadonlyMap<string, number> } | undefined

export interface Backend {
  readonly database: string
  /** Frontend messages in, backend messages out. */
  run(message: Uint8Array): Uint8Array
}

export interface Cluster {
  readonly backend: Backend
  /** Makes `database` the one that is open. */
  use(database: string): Blocking<void>
  /** Writes what changed into the data folder. */
  save(): void
  close(): Blocking<void>
}

export function* waitFor<T>(promise: Promise<T>): Blocking<T> {
  let done: { readonly value: T } | { readonly reason: unknown } | undefined
  const settled = promise.then(
    (value) => {
      done = { value }
    },
    (reason: unknown) => {
      done = { reason }
    },
  )
  while (!done) yield { promise: settled }
  if ('reason' in done) throw done.reason
  return done.value
}

/** Prepares an empty data folder. */
export function* initCluster(process: Process, load: LoadPostgres, folder: string): Blocking<void> {
  if (!template) {
    const library = yield* waitFor(load())
    const instance = yield* waitFor(open(library, undefined, 'postgres', 'postgres'))
    instance.execProtocolRawSync(queryMessage('CHECKPOINT'))
    const files = clusterFiles(instance)
    yield* waitFor(instance.close())
    template = { packed: packed(files), sums: sumsOf(files) }
  }
  process.files.writeFile(`${folder}/drydock.base`, template.packed, { mode: 0o600 }, process.credentials)
}

/** Opens the cluster of a data folder. Throws when what stands there is no cluster. */
export function* openCluster(process: Process, load: LoadPostgres, folder: string, { database, user }: { readonly database: string; readonly user: string }): Blocking<Cluster> {
  const library = yield* waitFor(load())
  const base = process.files.readFile(`${folder}/drydock.base`)
  const files = new Map(unpacked(base))
  const sums = template?.packed === base ? template.sums : sumsOf(files)
  if (process.files.exists(`${folder}/drydock.changes`)) {
    for (const [path, content] of unpacked(process.files.readFile(`${folder}/drydock.changes`))) {
      if (path.startsWith(removedMark)) files.delete(path.slice(removedMark.length))
      else files.set(path, content)
    }
  }
  let instance = yield* waitFor(open(library, files, database, user))
  let current = database
  files.clear()
  return {
    backend: {
      get database() {
        return current
      },
      run: (message) => instance.execProtocolRawSync(message),
    },
    *use(next) {
      if (next === current) return
      instance.execProtocolRawSync(queryMessage('CHECKPOINT'))
      const now = clusterFiles(instance)
      yield* waitFor(instance.close())
      instance = yield* waitFor(open(library, now, next, user))
      current = next
    },
    save() {
      instance.execProtocolRawSync(queryMessage('CHECKPOINT'))
      const now = clusterFiles(instance)
      const changes = new Map<string, Uint8Array>()
      for (const [path, content] of now) if (sums.get(path) !== sumOf(content)) changes.set(path, content)
      for (const path of sums.keys()) if (!now.has(path)) changes.set(removedMark + path, noBytes)
      process.files.writeFile(`${folder}/drydock.changes`, packed(changes), { mode: 0o600 }, process.credentials)
    },
    *close() {
      yield* waitFor(instance.close())
    },
  }
}

function open({ PGlite, pgliteWasmModule, initdbWasmModule, fsBundle }: PostgresLibrary, files: ClusterFiles | undefined, database: string, username: string): Promise<PGliteInstance> {
  const tar = files && tarOf(entriesOf(files))

  return PGlite.create({ pgliteWasmModule, initdbWasmModule, fsBundle, database, username, ...(tar && { loadDataDir: new Blob([tar as Uint8Array<ArrayBuffer>], { type: 'application/x-tar' }) }) })
}


function packed(files: ClusterFiles): Uint8Array {
  return gzipSync(tarOf(entriesOf(files)), { level: 1, mtime: 0 })
}

function unpacked(bytes: Uint8Array): ClusterFiles {
  return new Map(entriesOfTar(gunzipSync(bytes)).map(({ path, kind, content }) => [kind === 'directory' ? `${path}/` : path, content]))
}

function* entriesOf(files: ClusterFiles): Generator<TarEntry> {
  for (const [path, content] of files) {
    const isFolder = path.endsWith('/')
    yield { path: isFolder ? path.slice(0, -1) : path, kind: isFolder ? 'directory' : 'file', mode: isFolder ? 0o700 : 0o600, uid: 0, gid: 0, modifiedMs: 0, content, target: '' }
  }
}

function sumsOf(files: ClusterFiles): ReadonlyMap<string, number> {
  return new Map(Array.from(files, ([path, content]) => [path, sumOf(content)]))
}

/** Tells two versions of a file apart; no digest. Pages are whole words. */
function sumOf(bytes: Uint8Array): number {
  let sum = bytes.length | 0
  const words = bytes.byteOffset % 4 === 0 ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : new Uint32Array(bytes.slice(0, bytes.length & ~3).buffer)
  for (let at = 0; at < words.length; at++) sum = (Math.imul(sum, 31) + words[at]) | 0
  for (let at = words.length * 4; at < bytes.length; at++) sum = (Math.imul(sum, 31) + bytes[at]) | 0
  return sum
}

export function queryMessage(sql: string): Uint8Array {
  const text = new TextEncoder().encode(sql)
  const message = new Uint8Array(text.length + 6)
  message[0] = 0x51
  new DataView(message.buffer).setUint32(1, text.length + 5)
  message.set(text, 5)
  return message
}
