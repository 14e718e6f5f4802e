/**
 * A watch: the store's log, read on as it grows and written as one JSON event per line. A write only notes that there is news; the
 * reading happens on the clock, so the writer never waits for its watchers.
 */
import type { Cancel, Clock } from '../../base/clock.ts'
import { bytesOf } from '../../base/bytes.ts'
import { ByteStream, type HttpResponse } from '../../base/http.ts'
import type { Entry, Store } from '../store/store.ts'
import type { StoredObject } from '../kinds/kind.ts'

export interface WatchOptions {
  readonly store: Store
  readonly clock: Clock
  readonly resource: string
  /** Events after this revision. */
  readonly since: number
  readonly matches: (object: StoredObject, key: string) => boolean
  /** How an object is written: itself, a table, its metadata. */
  readonly render: (object: StoredObject) => string
  /** Objects are written as they are stored, so that all who watch so can be told with the same bytes. */
  readonly isPlain?: boolean
  /** Sent first, as ADDED. */
  readonly initial?: readonly StoredObject[]
  /** After the initial objects, a bookmark says that they are complete. */
  readonly initialEnd?: string
  readonly bookmark?: (revision: number) => string
  readonly timeoutMs?: number
}

const bookmarkEveryMs = 60_000

export function watch(options: WatchOptions): ByteStream {
  const { store, clock, resource, initial = [] } = options
  const stream = new ByteStream()
  const cancels: Cancel[] = []
  let seen = options.since
  let isNoted = false

  const stop = () => {
    for (const cancel of cancels) cancel()
    stream.end()
  }
  const pump = () => {
    isNoted = false
    if (stream.isCancelled) return stop()
    const entries = store.since(seen, resource)
    if (!entries) {
      stream.write(`${expiredEvent}\n`)
      return stop()
    }
    for (const entry of entries) {
      const type = eventType(entry, options)
      if (type) stream.write(eventLine(entry, type, options))
    }
    seen = store.revision
  }
  const note = () => {
    if (isNoted) return
    isNoted = true
    cancels[1] = clock.after(0, pump)
  }

  for (const object of initial) stream.write(`{"type":"ADDED","object":${options.render(object)}}\n`)
  if (options.initialEnd) stream.write(`${options.initialEnd}\n`)
  cancels.push(store.watch(resource, note), () => {})
  cancels.push(stream.drained.each(() => stream.isCancelled && stop()))
  if (options.timeoutMs !== undefined) cancels.push(clock.after(options.timeoutMs, stop))
  if (options.bookmark) keepMarking(options.bookmark, { clock, stream, cancels, revision: () => seen })
  if (store.revision > seen) pump()
  return stream
}

/** A watch that ends with why it cannot begin. */
export function expiredWatch(message: string): HttpResponse {
  const stream = new ByteStream()
  stream.write(
    `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Expired', code: 410 } })}\n`,
  )
  stream.end()
  return { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' }, body: stream }
}

/** A quiet watch still learns how far it has seen. */
function keepMarking(
  bookmark: (revision: number) => string,
  { clock, stream, cancels, revision }: { clock: Clock; stream: ByteStream; cancels: Cancel[]; revision: () => number },
): void {
  const mark = () => {
    if (stream.isOver) return
    stream.write(`${bookmark(revision())}\n`)
    cancels[cancels.length - 1] = clock.after(bookmarkEveryMs, mark)
  }
  cancels.push(clock.after(bookmarkEveryMs, mark))
}

const expiredEvent = JSON.stringify({
  type: 'ERROR',
  object: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'too old resource version',
    reason: 'Expired',
    code: 410,
  },
})

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** What the change means to somebody who sees only what matches: it may come or go without being created or deleted. */
function eventType({ key, previous, object }: Entry, { matches }: WatchOptions): EventType | undefined {
  const did = previous !== undefined && matches(previous as StoredObject, key)
  const does = object !== undefined && matches(object as StoredObject, key)
  if (does) return did ? 'MODIFIED' : 'ADDED'
  return did ? 'DELETED' : undefined
}

/** The latest lines of plain watches: a hundred watchers are told of a change with one writing and one encoding. */
const latestLines = new Map<Entry, { readonly type: EventType; readonly line: Uint8Array }>()

function eventLine(entry: Entry, type: EventType, { render, isPlain }: WatchOptions): Uint8Array {
  const known = isPlain ? latestLines.get(entry) : undefined
  if (known?.type === type) return known.line
  const line = bytesOf(`{"type":"${type}","object":${render(shownBy(entry, type))}}\n`)
  if (isPlain) {
    if (latestLines.size >= 100) latestLines.clear()
    latestLines.set(entry, { type, line })
  }
  return line
}

/** What goes is shown as it was last, at the revision at which it went. */
function shownBy({ object, previous, revision }: Entry, type: EventType): StoredObject {
  if (type !== 'DELETED') return object as StoredObject
  const last = previous as StoredObject
  return { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } }
}
