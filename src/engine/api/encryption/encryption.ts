/**
 * Encryption at rest. The store keeps plain objects; what is remembered is who *would* have sealed each of them: the rules in force when it was last
 * written, found by its revision. So etcd's view is sealed while it is looked at, and whoever takes a key away can no longer read what it sealed.
 *
 * The history lies in the store itself, where snapshots and saved sessions take it along.
 */
import { assert } from '../../../base/assert.ts'
import { bytesOf, bytesOfBase64, joined } from '../../../base/bytes.ts'
import type { Clock } from '../../../base/clock.ts'
import { sha256 } from '../../../base/sha256.ts'
import type { Store } from '../../store/store.ts'
import { ApiError } from '../client.ts'
import { internal } from '../errors.ts'
import { etcdKey } from '../etcd/etcd-keys.ts'
import { type Cipher, type EncryptionRules, type Provider, providersFor } from './encryption-configuration.ts'

/** The shelf of the history; no resource of the API's. */
export const encryptionShelf = 'encryption'

/** What an object was sealed with; null: with nothing. */
export type Seal = { readonly cipher: Cipher; readonly name: string; readonly secret: string } | null

interface Era {
  /** Written at this revision or later. */
  readonly since: number
  /** Null: the API server runs without such a file. */
  readonly rules: EncryptionRules | null
}

export interface History {
  readonly metadata: { readonly name: string }
  readonly eras: readonly Era[]
  /** What a snapshot brought back sealed otherwise than the rules of its time would have it, by shelf and key. */
  readonly kept: Readonly<Record<string, { readonly revision: number; readonly seal: Seal }>>
}

type Stored = { readonly metadata: { readonly resourceVersion?: string } }

let ciphers: typeof import('./ciphers.ts') | undefined

export class Encryption {
  readonly #store: Store
  readonly #clock: Clock

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    if (historyIn(store)) this.#fetch()
  }

  /** An API server has started with these rules; undefined: with none. */
  follow(rules: EncryptionRules | undefined): void {
    const history = historyIn(this.#store)
    if (!history && rules === undefined) return
    if (JSON.stringify(history?.eras.at(-1)?.rules ?? null) === JSON.stringify(rules ?? null)) return
    const era = { since: this.#store.revision + 1, rules: rules ?? null }
    writeHistory(this.#store, { eras: [...(history?.eras ?? []), era], kept: history?.kept ?? {} })
    this.#fetch()
  }

  /** Refuses what can no longer be opened; answers whether it would be sealed otherwise if it were written now. */
  checked(resource: string, key: string, object: object): { readonly isStale: boolean } {
    const result = this.#opened(resource, key, object)
    if ('problem' in result) throw internal(result.problem)
    return result
  }

  /** The same for a list, which names the first key that it stumbles upon. */
  checkAll(resource: string, objects: Iterable<object>): void {
    const history = historyIn(this.#store)
    if (!history || !wasEverSealed(history, resource)) return
    for (const object of objects) {
      const { name, namespace } = (object as { metadata: { name: string; namespace?: string } }).metadata
      const key = namespace ? `${namespace}/${name}` : name
      const result = this.#opened(resource, key, object)
      if ('problem' in result) throw internal(`unable to transform key ${JSON.stringify(etcdKey(resource, key))}: ${result.problem}`)
    }
  }

  /** Refuses a write that its provider could not seal. */
  checkWrite(resource: string): void {
    const rules = historyIn(this.#store)?.eras.at(-1)?.rules
    const writer = rules && providersFor(rules, resource)?.[0]
    if (writer?.kind === 'kms')
      throw new ApiError(
        500,
        'InternalError',
        `Internal error occurred: the KMS provider ${JSON.stringify(writer.name)} is not simulated: there is no plugin behind ${writer.endpoint}`,
      )
  }

  /** What etcd holds of an object. */
  bytes(resource: string, key: string, object: object, plain: Uint8Array): Uint8Array {
    const history = historyIn(this.#store)
    const seal = history ? sealIn(history, resource, key, revisionOf(object)) : null
    if (!seal) return plain
    assert(ciphers, 'ciphers are fetched when the first rules are read')
    const place = etcdKey(resource, key)
    const nonce = sha256(bytesOf(`${seal.secret} ${place} ${revisionOf(object)}`))
    const { cipher, name } = seal
    return joined([
      bytesOf(`k8s:enc:${cipher}:v1:${name}:`),
      ciphers.sealed(plain, { cipher, nonce, place, secret: bytesOfBase64(seal.secret) }),
    ])
  }

  /** Somebody laid an object into etcd past the API server. */
  markPlain(resource: string, key: string): void {
    const history = historyIn(this.#store)
    const object = this.#store.get(resource, key)
    if (!history || !object || sealIn(history, resource, key, revisionOf(object)) === null) return
    const kept = { ...history.kept, [`${resource} ${key}`]: { revision: revisionOf(object), seal: null } }
    writeHistory(this.#store, { eras: history.eras, kept })
  }

  #opened(resource: string, key: string, object: object): { readonly isStale: boolean } | { readonly problem: string } {
    const history = historyIn(this.#store)
    if (!history) return { isStale: false }
    const seal = sealIn(history, resource, key, revisionOf(object))
    const rules = history.eras.at(-1)?.rules
    return opened(seal, (rules && providersFor(rules, resource)) ?? undefined)
  }

  #fetch(): void {
    if (ciphers) return
    const release = this.#clock.hold()
    void import('./ciphers.ts').then((loaded) => {
      ciphers = loaded
      release()
    })
  }
}

/** What the providers make of a seal: whether the first of them, with its first key, made it, or why none of them can open it. */
export function opened(
  seal: Seal,
  providers: readonly Provider[] | undefined,
): { readonly isStale: boolean } | { readonly problem: string } {
  if (!providers) return seal ? { problem: 'identity transformer tried to read encrypted data' } : { isStale: false }
  const problems = new Set<string>()
  for (const [index, provider] of providers.entries()) {
    if (provider.kind === 'identity') {
      if (!seal) return { isStale: index > 0 }
      continue
    }
    if (!seal || provider.kind !== seal.cipher) continue
    const at = provider.keys.findIndex(({ name, secret }) => name === seal.name && secret === seal.secret)
    if (at >= 0) return { isStale: index > 0 || at > 0 }
    problems.add(
      provider.keys.some(({ name }) => name === seal.name)
        ? forgery[seal.cipher]
        : `no matching key was found for the provided ${seal.cipher === 'secretbox' ? 'Secretbox' : 'AES'} transformer`,
    )
  }
  const [first = 'no matching prefix found', ...others] = problems
  return { problem: others.length > 0 ? `[${[first, ...others].join(', ')}]` : first }
}

/** A key of the right name with another secret. */
const forgery: Readonly<Record<Cipher, string>> = {
  aescbc: 'invalid padding on input',
  aesgcm: 'cipher: message authentication failed',
  secretbox: 'output array was not large enough for encryption',
}

export function historyIn(store: Store): History | undefined {
  return store.get(encryptionShelf, 'history') as History | undefined
}

function writeHistory(store: Store, history: Omit<History, 'metadata'>): void {
  store.put(encryptionShelf, 'history', { metadata: { name: 'history' }, ...history }, { by: 'kube-apiserver', because: 0 })
}

function wasEverSealed({ eras, kept }: History, resource: string): boolean {
  return (
    eras.some(({ rules }) => rules && providersFor(rules, resource)) || Object.keys(kept).some((place) => place.startsWith(`${resource} `))
  )
}

function sealIn({ eras, kept }: History, resource: string, key: string, revision: number): Seal {
  const exception = kept[`${resource} ${key}`]
  if (exception?.revision === revision) return exception.seal
  const rules = eras.findLast(({ since }) => since <= revision)?.rules
  const writer = rules && providersFor(rules, resource)?.[0]
  if (!writer || writer.kind === 'identity' || writer.kind === 'kms') return null
  const [{ name, secret }] = writer.keys
  return { cipher: writer.kind, name, secret }
}

function revisionOf(object: object): number {
  return Number((object as Stored).metadata.resourceVersion ?? 0)
}

interface Placed {
  readonly resource: string
  readonly key: string
  readonly object: object
}

/** After a snapshot was loaded: every object is sealed as it was in there, whatever rules have come since. */
export function keepSeals(store: Store, snapshot: readonly Placed[]): void {
  const then = snapshot.find(({ resource }) => resource === encryptionShelf)?.object as History | undefined
  const now = historyIn(store)
  if (!then && !now) return
  const history = now ?? { eras: [], kept: {} }
  const kept: Record<string, { readonly revision: number; readonly seal: Seal }> = {}
  for (const { resource, key, object } of snapshot) {
    const here = store.get(resource, key)
    if (resource === encryptionShelf || !here) continue
    const seal = then ? sealIn(then, resource, key, revisionOf(object)) : null
    const byTime = sealIn({ ...history, metadata: { name: '' }, kept: {} }, resource, key, revisionOf(here))
    if (JSON.stringify(seal) !== JSON.stringify(byTime)) kept[`${resource} ${key}`] = { revision: revisionOf(here), seal }
  }
  writeHistory(store, { eras: history.eras, kept })
}
