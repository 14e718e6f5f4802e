/**
 * etcd's own API (the JSON form its gateway serves on the client port) over the cluster's store, so that there is one truth: what is put or deleted
 * here is seen by every watcher of the API server, and what the API server writes has its key here. Revisions are the store's.
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../../base/bytes.ts'
import type { Clock } from '../../../base/clock.ts'
import { ByteStream, header, type HttpHandler, type HttpRequest, type HttpResponse, jsonResponse } from '../../../base/http.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import { kinds } from '../../kinds/index.ts'
import { apiVersionOf, type Kind, resourceName } from '../../kinds/kind.ts'
import { messageOf } from '../../kinds/schema.ts'
import type { Entry, Store } from '../../store/store.ts'
import { type Encryption, encryptionShelf, keepSeals } from '../encryption/encryption.ts'
import { etcdKey, freeKeys, placeOf } from './etcd-keys.ts'
import { isRecord } from '../objects.ts'
import { protobufDocument } from '../protobuf.ts'
import { protobufBytes } from './protobuf-write.ts'

const etcdVersion = '3.5.21'

export interface EtcdOptions {
  readonly store: Store
  readonly clock: Clock
  readonly member: string
  readonly ip: string
  /** All of the cluster, this one among them, and who leads; undefined: it is alone. */
  readonly members?: () => readonly { readonly name: string; readonly ip: string }[]
  readonly leader?: () => string
  readonly encryption: Encryption
  /** Whether a client's certificate (PEM, base64) is one this member's authority signed. */
  readonly trusts: (certificate: string | undefined) => boolean
}

interface Pair {
  readonly key: string
  readonly resource: string
  readonly object: object
}

/** Each name has its own; that of a cluster's first machine is the same everywhere. */
function memberId(name: string, members: readonly { readonly name: string }[]): string {
  if (members.length === 0 || members[0].name === name) return '10276657743932975437'
  return String(BigInt(`0x${sha256Hex(bytesOf(name)).slice(0, 16)}`))
}

const clusterId = '14841639068965178418'
const byResource = new Map(kinds.filter(({ storedAs }) => !storedAs).map((kind) => [resourceName(kind), kind]))

export class Etcd implements HttpHandler {
  readonly #options: EtcdOptions

  constructor(options: EtcdOptions) {
    this.#options = options
  }

  handle({ url, headers, body }: HttpRequest): HttpResponse {
    const path = url.split('?')[0]
    if (path === '/version') return jsonResponse(200, { etcdserver: etcdVersion, etcdcluster: '3.5.0' })
    if (!this.#options.trusts(header(headers, 'x-client-certificate')))
      return jsonResponse(495, { error: 'remote error: tls: certificate required', code: 14 })
    if (path === '/health') return jsonResponse(200, { health: 'true', reason: '' })
    const asked: unknown = body.length === 0 ? {} : JSON.parse(textOf(body))
    const wish = isRecord(asked) ? asked : {}
    switch (path) {
      case '/v3/kv/range':
        return jsonResponse(200, this.#range(wish))
      case '/v3/kv/put':
        return jsonResponse(200, this.#put(wish))
      case '/v3/kv/deleterange':
        return jsonResponse(200, this.#delete(wish))
      case '/v3/kv/compaction':
      case '/v3/maintenance/defragment':
      case '/v3/maintenance/alarm':
        return jsonResponse(200, { header: this.#header() })
      case '/v3/watch':
        return this.#watch(isRecord(wish.create_request) ? wish.create_request : {})
      case '/v3/maintenance/status':
        return jsonResponse(200, {
          header: this.#header(),
          version: etcdVersion,
          dbSize: String(this.#size()),
          leader: memberId(this.#options.leader?.() ?? this.#options.member, this.#members()),
          raftIndex: String(this.#options.store.revision + 8),
          raftTerm: '2',
          raftAppliedIndex: String(this.#options.store.revision + 8),
          dbSizeInUse: String(this.#size()),
        })
      case '/v3/maintenance/snapshot':
        return jsonResponse(200, {
          result: { header: this.#header(), remaining_bytes: '0', blob: base64Of(bytesOf(snapshotOf(this.#options.store))) },
        })
      case '/v3/cluster/member/list': {
        const members = this.#members()
        return jsonResponse(200, {
          header: this.#header(),
          members: members.map(({ name, ip }) => ({
            ID: memberId(name, members),
            name,
            peerURLs: [`https://${ip}:2380`],
            clientURLs: [`https://${ip}:2379`],
          })),
        })
      }
      default:
        return jsonResponse(404, { code: 12, message: `${path} is not simulated` })
    }
  }

  #members(): readonly { readonly name: string; readonly ip: string }[] {
    const { member, ip, members } = this.#options
    return members?.() ?? [{ name: member, ip }]
  }

  #header(): object {
    const own = memberId(this.#options.member, this.#members())
    return { cluster_id: clusterId, member_id: own, revision: String(this.#options.store.revision), raft_term: '2' }
  }

  /** A page of an empty database and what is in it. */
  #size(): number {
    return 20_480 + Math.ceil((this.#options.store.revision * 1_450) / 4_096) * 4_096
  }

  #pairs(wish: Readonly<Record<string, unknown>>): Pair[] {
    const { store } = this.#options
    const key = keyText(wish.key)
    const end = wish.range_end === undefined ? undefined : rangeEnd(wish.range_end)
    if (end === undefined) {
      const place = placeOf(key, this.#resources())
      const object = store.get(place.resource, place.key)
      return object ? [{ key, resource: place.resource, object }] : []
    }
    return [...pairsOf(store)]
      .filter((pair) => pair.key >= key && (end === '\0' || pair.key < end))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  #range(wish: Readonly<Record<string, unknown>>): object {
    const all = this.#pairs(wish)
    const limit = Number(wish.limit ?? 0)
    const shown = wish.count_only === true ? [] : limit > 0 ? all.slice(0, limit) : all
    return {
      header: this.#header(),
      ...(shown.length > 0 && { kvs: shown.map((pair) => this.#told(pair, wish.keys_only === true)) }),
      ...(shown.length < all.length && wish.count_only !== true && { more: true }),
      count: String(all.length),
    }
  }

  #told({ key, resource, object }: Pair, isKeyOnly = false): object {
    const log = this.#options.store.since(this.#options.store.compactedRevision, resource) ?? []
    const place = placeOf(key, this.#resources())
    const own = log.filter((entry) => entry.key === place.key)
    const born = own.findLastIndex(({ previous }) => previous === undefined)
    const revision = revisionOf(object)
    return {
      key: base64Of(bytesOf(key)),
      create_revision: String(born < 0 ? revision : own[born].revision),
      mod_revision: String(revision),
      version: String(Math.max(1, own.length - Math.max(0, born))),
      ...(!isKeyOnly && { value: base64Of(this.#options.encryption.bytes(resource, place.key, object, valueOf(resource, object))) }),
    }
  }

  #put(wish: Readonly<Record<string, unknown>>): object {
    const key = keyText(wish.key)
    const known = placeOf(key, this.#resources())
    const bytes = bytesOfBase64(String(wish.value ?? ''))
    const object = known.resource === freeKeys ? undefined : objectOf(bytes)
    const cause = { by: 'etcdctl', because: 0 }
    if (object) {
      this.#options.store.put(known.resource, known.key, object, cause)
      this.#options.encryption.markPlain(known.resource, known.key)
    } else {
      // Bytes that no API server can read stand where an object was.
      this.#options.store.delete(known.resource, known.key, cause)
      this.#options.store.put(freeKeys, key, { metadata: { name: key }, value: base64Of(bytes) }, cause)
    }
    return { header: this.#header() }
  }

  #delete(wish: Readonly<Record<string, unknown>>): object {
    const pairs = this.#pairs(wish)
    for (const { key } of pairs) {
      const place = placeOf(key, this.#resources())
      this.#options.store.delete(place.resource, place.key, { by: 'etcdctl', because: 0 })
    }
    return { header: this.#header(), ...(pairs.length > 0 && { deleted: String(pairs.length) }) }
  }

  #watch(wish: Readonly<Record<string, unknown>>): HttpResponse {
    const { store, clock } = this.#options
    const key = keyText(wish.key)
    const end = wish.range_end === undefined ? undefined : rangeEnd(wish.range_end)
    const concerns = (entry: Entry): boolean => {
      const name = etcdKey(entry.resource, entry.key)
      return end === undefined ? name === key : name >= key && (end === '\0' || name < end)
    }
    const body = new ByteStream()
    let seen = wish.start_revision === undefined ? store.revision : Number(wish.start_revision) - 1
    let isNoted = false
    const tell = (): void => {
      isNoted = false
      const events = (store.since(seen) ?? []).filter(concerns).map((entry) => {
        const pair = { key: etcdKey(entry.resource, entry.key), resource: entry.resource }
        return entry.object
          ? { kv: this.#told({ ...pair, object: entry.object }) }
          : { type: 'DELETE', kv: { key: base64Of(bytesOf(pair.key)), mod_revision: String(entry.revision) } }
      })
      seen = store.revision
      if (events.length > 0) body.write(`${JSON.stringify({ result: { header: this.#header(), events } })}\n`)
    }
    const note = (): void => {
      if (isNoted) return
      isNoted = true
      clock.after(0, tell)
    }
    const stop = store.watch(undefined, note)
    body.drained.each(() => body.isCancelled && stop())
    body.write(`${JSON.stringify({ result: { header: this.#header(), created: true } })}\n`)
    if (seen < store.revision) note()
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }

  #resources(): readonly string[] {
    return [...byResource.keys(), ...this.#options.store.resources()]
  }
}

function* pairsOf(store: Store): Generator<Pair> {
  for (const { resource, key, object } of store.all())
    if (resource !== encryptionShelf) yield { key: etcdKey(resource, key), resource, object }
}

function keyText(key: unknown): string {
  return textOf(bytesOfBase64(String(key ?? '')))
}

/** The end of a prefix's range is the prefix with its last byte raised; a single zero byte stands for everything after the key. */
function rangeEnd(end: unknown): string {
  return keyText(end)
}

function revisionOf(object: object): number {
  const { metadata } = object as { readonly metadata?: { readonly resourceVersion?: string } }
  return Number(metadata?.resourceVersion ?? 0)
}

function stored(object: object): Readonly<Record<string, unknown>> {
  const { metadata, ...rest } = object as { readonly metadata: Readonly<Record<string, unknown>> }
  const { resourceVersion: _, ...meta } = metadata
  return { metadata: meta, ...rest }
}

function valueOf(resource: string, object: object): Uint8Array {
  if (resource === freeKeys) return bytesOfBase64((object as { readonly value: string }).value)
  const kind: Kind | undefined = byResource.get(resource)
  const message = kind && messageOf(kind.schema)
  if (kind && message) return protobufBytes(message, apiVersionOf(kind), kind.kind, stored(object))
  return bytesOf(`${JSON.stringify(stored(object))}\n`)
}

/** Undefined where the bytes are none of an object. */
function objectOf(bytes: Uint8Array): object | undefined {
  const document =
    bytes[0] === 0x6b && bytes[3] === 0
      ? protobufDocument(bytes, (apiVersion, name) => {
          const kind = kinds.find((each) => each.kind === name && apiVersionOf(each) === apiVersion)
          return kind && messageOf(kind.schema)
        })
      : parsed(textOf(bytes))
  return isRecord(document) && isRecord(document.metadata) ? document : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const snapshotMagic = 'etcd database of the sandbox, as JSON\n'

/** The content of a snapshot file: the sandbox's own form, not bbolt's. */
export function snapshotOf(store: Store): string {
  return snapshotMagic + JSON.stringify({ revision: store.revision, objects: [...store.all()] })
}

export interface Snapshot {
  readonly revision: number
  readonly objects: readonly { readonly resource: string; readonly key: string; readonly object: object }[]
}

export function snapshotFrom(text: string): Snapshot | undefined {
  return text.startsWith(snapshotMagic) ? (JSON.parse(text.slice(snapshotMagic.length)) as Snapshot) : undefined
}

/** Makes the store hold what a snapshot holds. Revisions go on, so that everybody who watches hears of the change. */
export function restoreSnapshot(store: Store, { objects }: Pick<Snapshot, 'objects'>): void {
  const cause = { by: 'etcd', because: 0 }
  const wanted = new Set(objects.map(({ resource, key }) => `${resource} ${key}`))
  for (const { resource, key } of [...store.all()])
    if (resource !== encryptionShelf && !wanted.has(`${resource} ${key}`)) store.delete(resource, key, cause)
  for (const { resource, key, object } of objects) {
    if (resource === encryptionShelf) continue
    const here = store.get(resource, key)
    if (!here || JSON.stringify(stored(here)) !== JSON.stringify(stored(object))) store.put(resource, key, { ...object }, cause)
  }
  keepSeals(store, objects)
}
