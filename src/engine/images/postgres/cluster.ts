/**
 * A database cluster on disk. A real one is a thousand files and forty megabytes; here the data folder holds `drydock.base`, the packed cluster as
 * initdb left it, and `drydock.changes`, the packed files that differ from it. The files people look at (PG_VERSION, the .conf files) are
 * ordinary ones beside them.
 */
import { gunzipSync, gzipSync } from 'fflate'
import { bytesOf, noBytes, textOf } from '../../../base/bytes.ts'
import { entriesOfTar, tarOf, type TarEntry } from '../../../base/tar.ts'
import { type Blocking, type Process } from '../../../unix/kernel/process.ts'
import type { LoadPostgres, PostgresInstance, Statement } from './library.ts'

type ClusterFiles = ReadonlyMap<string, Uint8Array>
type Sums = Readonly<Record<string, number>>

const removedMark = '.removed/'
/** In `drydock.base`: what its files sum to, so that a change is told without reading them. */
const sumsName = '.sums'
/** A statement that is answered within this, ms, takes no session time. */
const shortMs = 100

/** What initdb made in this session: every further cluster starts from it. */
let template: Uint8Array | undefined

export interface Cluster {
  readonly database: string
  /** Asks the backend something short; session time stands still. */
  ask(sql: string): Blocking<Uint8Array>
  /** Hands messages over; `answerOf` waits for what comes back. */
  start(message: Uint8Array): Statement
  /** Makes `database` the one that is open. */
  use(database: string): Blocking<void>
  /** Writes what changed into the data folder. */
  save(): Blocking<void>
  /** Ends the backend in the middle of what it does and begins again as the data folder has it. */
  restart(): Blocking<void>
  close(): void
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

/**
 * Waits for the answer while session time goes by: a statement takes the session as long as it takes the machine, but for the first tenth of a second.
 * Session time is held back only where it would run ahead of the machine's. Answers false when `isGivenUp` says so, which is asked again and again.
 */
export function* answered(process: Process, statement: Statement, isGivenUp: () => Blocking<boolean>): Blocking<boolean> {
  const startedAt = process.now()
  for (;;) {
    yield { promise: statement.within(shortMs + process.now() - startedAt) }
    if (statement.answer !== undefined || statement.failure !== undefined) return true
    if (yield* isGivenUp()) return false
    yield { until: process.now() + 20 }
  }
}

/** Prepares an empty data folder. */
export function* initCluster(process: Process, load: LoadPostgres, folder: string): Blocking<void> {
  if (!template) {
    const library = yield* waitFor(load())
    const instance = yield* waitFor(library.open({ database: 'postgres', username: 'postgres' }))
    const { sums, changed } = yield* waitFor(instance.files({}))
    instance.kill()
    template = packed(new Map([...Object.entries(changed), [sumsName, bytesOf(JSON.stringify(sums))]]))
  }
  process.files.writeFile(`${folder}/drydock.base`, template, { mode: 0o600 }, process.credentials)
}

/** Opens the cluster of a data folder. Throws when what stands there is no cluster. */
export function* openCluster(process: Process, load: LoadPostgres, folder: string, user: string): Blocking<Cluster> {
  const library = yield* waitFor(load())
  const opened = function* (name: string): Blocking<{ readonly instance: PostgresInstance; readonly sums: Sums }> {
    const files = filesOf(process, folder)
    const sums = files.get(sumsName)
    files.delete(sumsName)
    const tar = tarOf(entriesOf(files))
    const open = (one: string): Promise<PostgresInstance> => library.open({ files: tar, database: one, username: user })
    // It may have been dropped since.
    const instance = yield* waitFor(open(name).catch(() => open((current = 'postgres'))))
    return { instance, sums: sums ? (JSON.parse(textOf(sums)) as Sums) : {} }
  }
  // Opening takes a second or more, and whoever connects wants the database that was used last.
  const note = `${folder}/drydock.database`
  let current = process.files.exists(note) ? process.files.readText(note) : 'postgres'
  let { instance, sums } = yield* opened(current)
  return {
    get database() {
      return current
    },
    *ask(sql) {
      const statement = instance.run(queryMessage(sql))
      while (statement.answer === undefined) {
        if (statement.failure !== undefined) throw new Error(statement.failure)
        yield { promise: statement.within(1_000) }
      }
      return statement.answer
    },
    start: (message) => instance.run(message),
    *use(next) {
      if (next === current) return
      yield* waitFor(instance.use(next))
      current = next
      process.files.writeFile(note, next, { mode: 0o600 }, process.credentials)
    },
    *save() {
      const now = yield* waitFor(instance.files(sums))
      const changes = new Map(Object.entries(now.changed))
      for (const path of Object.keys(sums)) if (!(path in now.sums)) changes.set(removedMark + path, noBytes)
      process.files.writeFile(`${folder}/drydock.changes`, packed(changes), { mode: 0o600 }, process.credentials)
    },
    *restart() {
      instance.kill()
      ;({ instance, sums } = yield* opened(current))
    },
    close: () => instance.kill(),
  }
}

function filesOf(process: Process, folder: string): Map<string, Uint8Array> {
  const files = new Map(unpacked(process.files.readFile(`${folder}/drydock.base`)))
  if (process.files.exists(`${folder}/drydock.changes`)) {
    for (const [path, content] of unpacked(process.files.readFile(`${folder}/drydock.changes`))) {
      if (path.startsWith(removedMark)) files.delete(path.slice(removedMark.length))
      else files.set(path, content)
    }
  }
  return files
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
    yield {
      path: isFolder ? path.slice(0, -1) : path,
      kind: isFolder ? 'directory' : 'file',
      mode: isFolder ? 0o700 : 0o600,
      uid: 0,
      gid: 0,
      modifiedMs: 0,
      content,
      target: '',
    }
  }
}

export function queryMessage(sql: string): Uint8Array {
  const text = new TextEncoder().encode(sql)
  const message = new Uint8Array(text.length + 6)
  message[0] = 0x51
  new DataView(message.buffer).setUint32(1, text.length + 5)
  message.set(text, 5)
  return message
}
