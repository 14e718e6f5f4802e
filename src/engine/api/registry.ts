/**
 * Every verb on every kind, over the store: the one way objects are written, by HTTP and by controllers alike. The order of a write is
 * upstream's: defaults, admission, the kind's own strategy, validation, store. Nothing here clones; a write makes the few objects
 * around what changed, and the store freezes those.
 */
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import { FieldErrors } from '../kinds/field-errors.ts'
import { apiVersionOf, resourceName, structureOf, type Kind, type StoredObject } from '../kinds/kind.ts'
import { validateMetadata, validateMetadataUpdate } from '../kinds/metadata.ts'
import { zeroOf } from '../kinds/schema.ts'
import type { Store } from '../store/store.ts'
import { Admission } from './admission/admission.ts'
import type { Reviews } from './admission/review-needed.ts'
import { type Draft, type KubernetesObject, type ObjectMeta } from './client.ts'
import type { User } from './access/authorization.ts'
import { Encryption } from './encryption/encryption.ts'
import { alreadyExists, badRequest, conflict, invalid, notFound, staleObject } from './errors.ts'
import { bookOf, withBook } from './patches/derived-managers.ts'
import { afterUpdate, isReadableBook, type ManagedEntry, type Manager } from './patches/managed-fields.ts'
import { isSame, keyOf, timestamp } from './objects.ts'
import { usualSettings } from './settings.ts'
import { unsimulated } from './unsimulated.ts'

/** On whose behalf a write happens. */
export interface Writer {
  readonly by: string
  readonly because: number
  readonly user?: string
}

export interface WriteOptions {
  readonly dryRun?: boolean
  readonly subresource?: string
  /** Whose the written fields are from now on. Control loops name theirs only where a book is kept already. */
  readonly manager?: Manager
  /** Who writes through HTTP; what the engine writes itself is beyond asking. */
  readonly user?: User
  /** What webhooks have said so far; without it none is asked. */
  readonly reviews?: Reviews
  /** Called with what a learner should be told though nothing was refused. */
  readonly warn?: (text: string) => void
}

export interface RemoveOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly uid?: string
  readonly resourceVersion?: string
  readonly dryRun?: boolean
  readonly user?: User
  readonly reviews?: Reviews
  readonly warn?: (text: string) => void
}

type Drafted = Draft<StoredObject>

export class Registry {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** What the cluster is asked for in vain, by resource: said to who writes such an object. */
  readonly vainWishes = new Map<string, (object: StoredObject) => string | undefined>()
  /** What the server's flags decide. */
  settings = usualSettings
  /** What the objects are sealed with in etcd. */
  readonly encryption: Encryption
  /** What was written before the server came up its watches are not told. */
  watchedSince = 0
  readonly #admission: Admission
  readonly #kinds = new Map<string, Kind>()

  constructor({ store, clock, random, kinds }: { store: Store; clock: Clock; random: Random; kinds: readonly Kind[] }) {
    this.store = store
    this.clock = clock
    this.random = random
    this.encryption = new Encryption(store, clock)
    this.#admission = new Admission(this)
    for (const kind of kinds) this.addKind(kind)
  }

  /** Serves a kind from now on; custom resources come this way, too. */
  addKind(kind: Kind): void {
    const name = resourceName(kind)
    const served = this.#kinds.get(name)
    // Of two versions of one resource the stored one answers to its name.
    if (!served || (served.storedAs && !kind.storedAs) || kind.decode) this.#kinds.set(name, kind)
    if (kind.storedAs) return
    this.store.index(name, 'owner', ownerUid)
    this.store.index(name, 'dependent', ownerUids)
    if (name === 'pods') this.store.index(name, 'node', (object) => (nodeOf(object) ? [nodeOf(object)] : []))
    if (name === 'endpointslices.discovery.k8s.io') this.store.index(name, 'service', serviceOfSlice)
    if (name === 'events') this.store.index(name, 'involved', involvedUid)
  }

  #warnOf(kind: Kind, object: StoredObject, old: StoredObject | undefined, warn: (text: string) => void): void {
    kind.warnings?.(object, old).forEach(warn)
    unsimulated(kind, object, old).forEach(warn)
    const vain = this.vainWishes.get(resourceName(kind))?.(object)
    if (vain !== undefined) warn(vain)
  }

  removeKind(kind: Kind): void {
    this.#kinds.delete(resourceName(kind))
  }

  kind(resource: string): Kind | undefined {
    return this.#kinds.get(resource)
  }

  /** The kind that objects name: `apps/v1`, `Deployment`. */
  kindOf(apiVersion: string, name: string): Kind | undefined {
    for (const kind of this.#kinds.values()) if (kind.kind === name && apiVersionOf(kind) === apiVersion) return kind
    return undefined
  }

  get(kind: Kind, namespace: string, name: string): StoredObject | undefined {
    const key = keyOf(kind.namespaced ? namespace : '', name)
    const object = this.store.get(storeName(kind), key) as StoredObject | undefined
    if (object) this.encryption.checked(storeName(kind), key, object)
    return object && inVersion(kind, object)
  }

  /** At an earlier revision what came since must still be known. */
  list(kind: Kind, namespace?: string, revision?: number): readonly StoredObject[] {
    const all = (
      revision === undefined ? this.store.list(storeName(kind)) : (this.store.listAt(storeName(kind), revision) ?? [])
    ) as readonly StoredObject[]
    const own = namespace && kind.namespaced ? inNamespace(all, namespace) : all
    this.encryption.checkAll(storeName(kind), own)
    return kind.storedAs || kind.decode ? own.map((object) => inVersion(kind, object)) : own
  }

  create(kind: Kind, draft: Drafted, namespace: string, writer: Writer, options: WriteOptions = {}): StoredObject {
    const metadata = this.#freshMetadata(kind, draft.metadata, namespace)
    let object = withKind(kind, draft, metadata)
    if (kind.storedAs)
      return kind.storedAs.fromStored(
        this.#createStored(this.#storedKind(kind), kind.storedAs.toStored(object), writer, options, kind.storedAs.alsoValidate),
      )
    object = this.#createStored(kind, object, writer, options)
    return object
  }

  #createStored(
    kind: Kind,
    drafted: StoredObject,
    writer: Writer,
    options: WriteOptions,
    alsoValidate?: NonNullable<Kind['storedAs']>['alsoValidate'],
  ): StoredObject {
    let object = drafted
    if (kind.defaults) object = kind.defaults(object)
    // What admission and the server itself add belongs to nobody.
    if (options.manager?.operation === 'Update') object = this.#withManager(kind, undefined, object, options.manager)
    object = this.#admission.onCreate(kind, object, writer, options)
    object = kind.onCreate ? kind.onCreate(object) : object
    object = withStatus(kind, object)
    this.#admission.beforeValidation(kind, object, undefined, options)
    object = this.#admission.allocate(kind, object, undefined, options)
    const errors = new FieldErrors()
    validateMetadata(kind, object.metadata, errors)
    kind.validate?.(object, errors)
    kind.validateCreate?.(object, errors)
    alsoValidate?.(object, undefined, errors)
    if (errors.list.length > 0) throw invalid(kind, object.metadata.name || object.metadata.generateName || '', errors.list)
    if (options.warn) this.#warnOf(kind, object, undefined, options.warn)
    this.#admission.afterValidation(kind, object, undefined, writer, options)
    const { name, namespace } = object.metadata
    const key = keyOf(namespace, name)
    if (this.store.get(resourceName(kind), key)) throw alreadyExists(kind, name)
    this.encryption.checkWrite(resourceName(kind))
    if (options.dryRun) return unsaved(object)
    return this.store.put(resourceName(kind), key, object, writer)
  }

  /** Replaces an object by what `change` makes of it. `change` may throw. */
  update(
    kind: Kind,
    namespace: string,
    name: string,
    change: (old: StoredObject) => Drafted,
    writer: Writer,
    options: WriteOptions = {},
    alsoValidate?: NonNullable<Kind['storedAs']>['alsoValidate'],
  ): StoredObject {
    if (kind.storedAs) {
      const { fromStored, toStored } = kind.storedAs
      const stored = this.update(
        this.#storedKind(kind),
        namespace,
        name,
        (old) => toStored(withKind(kind, change(fromStored(old)), fromStored(old).metadata)),
        writer,
        options,
        kind.storedAs.alsoValidate,
      )
      return fromStored(stored)
    }
    const key = keyOf(kind.namespaced ? namespace : '', name)
    const old = this.store.get(resourceName(kind), key) as StoredObject | undefined
    if (!old) throw notFound(kind, name)
    const { isStale } = this.encryption.checked(resourceName(kind), key, old)
    const draft = change(old)
    checkPreconditions(kind, old, draft.metadata)
    let fresh = withKind(kind, draft, carriedMetadata(old.metadata, draft.metadata))
    if (options.subresource === undefined) fresh = hasStatus(kind) && kind.subresources?.status ? withOldStatus(old, fresh) : fresh
    else if (options.subresource === 'status') fresh = withOldBody(old, fresh)
    if (kind.defaults && fresh.spec !== old.spec) fresh = kind.defaults(fresh)
    else if (kind.defaults && options.subresource === undefined && fresh.spec === undefined) fresh = kind.defaults(fresh)
    fresh = this.#admission.onUpdate(kind, old, fresh, writer, options)
    if (kind.onUpdate) fresh = kind.onUpdate({ old, fresh, subresource: options.subresource })
    const isUnchanged = isSame(old, fresh)
    if (isUnchanged && !isStale) return old
    // What is sealed otherwise than it would be now is written anew, though nothing of it changes.
    if (isUnchanged) fresh = { ...fresh, metadata: { ...fresh.metadata } }
    if (
      kind.hasGeneration &&
      options.subresource !== 'status' &&
      options.subresource !== 'binding' &&
      (!hasSameBody(old, fresh) || (kind.countsAnnotations && !isSame(old.metadata.annotations ?? {}, fresh.metadata.annotations ?? {})))
    ) {
      fresh = { ...fresh, metadata: { ...fresh.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
    }
    this.#admission.beforeValidation(kind, fresh, old, options)
    fresh = this.#admission.allocate(kind, fresh, old, options)
    const errors = new FieldErrors()
    if (fresh.metadata !== old.metadata) validateMetadataUpdate(kind, fresh.metadata, old.metadata, errors)
    const written = { old, fresh, subresource: options.subresource }
    if (kind.isChangeJudgedFirst) kind.validateUpdate?.(written, errors)
    if (options.subresource === 'status') kind.validateStatus?.(written, errors)
    // Whoever binds a pod sends no whole object.
    else if (options.subresource !== 'binding') kind.validate?.(fresh, errors)
    if (!kind.isChangeJudgedFirst) kind.validateUpdate?.(written, errors)
    alsoValidate?.(fresh, old, errors)
    if (errors.list.length > 0) throw invalid(kind, name, errors.list)
    if (options.warn) this.#warnOf(kind, fresh, old, options.warn)
    this.#admission.afterValidation(kind, fresh, old, writer, options)
    if (options.manager?.operation === 'Update') fresh = this.#withManager(kind, old, fresh, options.manager)
    if (options.dryRun) return fresh
    if (isReadyToGo(kind, fresh)) {
      this.store.delete(resourceName(kind), key, writer)
      return fresh
    }
    this.encryption.checkWrite(resourceName(kind))
    return this.store.put(resourceName(kind), key, fresh, writer)
  }

  /** Answers the object as it is now, and whether it is gone. */
  remove(
    kind: Kind,
    namespace: string,
    name: string,
    writer: Writer,
    options: RemoveOptions = {},
  ): { object: StoredObject; isGone: boolean } {
    const resource = storeName(kind)
    const key = keyOf(kind.namespaced ? namespace : '', name)
    const old = this.store.get(resource, key) as StoredObject | undefined
    if (!old) throw notFound(kind, name)
    this.encryption.checked(resource, key, old)
    if (options.uid !== undefined && options.uid !== old.metadata.uid) {
      throw conflict(kind, name, `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${old.metadata.uid}`)
    }
    if (options.resourceVersion !== undefined && options.resourceVersion !== old.metadata.resourceVersion) {
      throw conflict(
        kind,
        name,
        `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ResourceVersion in object meta: ${old.metadata.resourceVersion}`,
      )
    }
    this.#admission.onDelete(kind, old, writer, options)
    const graceSeconds = this.#graceSeconds(kind, old, options)
    const doomed = kind.onDelete && old.metadata.deletionTimestamp === undefined ? kind.onDelete(old, timestamp(this.clock.now())) : old
    const finalizers = finalizersFor(kind, doomed, options)
    const isPending = graceSeconds > 0 || finalizers.length > 0 || kind.resource === 'namespaces'
    if (!isPending) {
      // Whoever watches a pod sees its last wait end before it goes: the kubelet deletes with no grace what was given some.
      const { deletionTimestamp = '', deletionGracePeriodSeconds = 0 } = old.metadata
      if (!options.dryRun && deletionGracePeriodSeconds > 0) {
        const since = timestamp(Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000)
        this.store.put(
          resource,
          key,
          { ...old, metadata: { ...old.metadata, deletionTimestamp: since, deletionGracePeriodSeconds: 0 } },
          writer,
        )
      }
      if (!options.dryRun) this.store.delete(resource, key, writer)
      return { object: old, isGone: true }
    }
    const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata
    // A second deletion can only shorten the wait.
    const isLater = deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) <= graceSeconds
    if (isLater && isSame(finalizers, old.metadata.finalizers ?? [])) return { object: old, isGone: false }
    const metadata: ObjectMeta = {
      ...old.metadata,
      ...(isLater
        ? {}
        : { deletionTimestamp: timestamp(this.clock.now() + graceSeconds * 1000), deletionGracePeriodSeconds: graceSeconds }),
      ...(kind.hasGeneration && deletionTimestamp === undefined ? { generation: (old.metadata.generation ?? 0) + 1 } : {}),
      ...(finalizers.length > 0 ? { finalizers } : {}),
    }
    const marked =
      kind.resource === 'namespaces'
        ? terminating(old, metadata)
        : kind.onDelete
          ? { ...doomed, metadata: withoutGrace(metadata) }
          : { ...old, metadata }
    if (options.dryRun) return { object: marked, isGone: false }
    return { object: this.store.put(resource, key, marked, writer), isGone: false }
  }

  #graceSeconds(kind: Kind, object: StoredObject, options: RemoveOptions): number {
    if (kind.resource !== 'pods' || kind.group !== '') return 0
    const { spec, status } = object as PodParts
    // Nobody has to stop what no node has begun, or what is over.
    if (!spec?.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0
    const asked = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30
    return asked < 0 ? 1 : asked
  }

  /** An object as clients see it: with the book of who wrote what, which is kept for some and read out of the log for others. */
  shown(kind: Kind, object: StoredObject): StoredObject {
    return withBook(this.store, kind.storedAs ? this.#storedKind(kind) : kind, object)
  }

  /** Who wrote which of its fields. */
  book(kind: Kind, object: StoredObject): readonly ManagedEntry[] {
    return bookOf(this.store, kind.storedAs ? this.#storedKind(kind) : kind, object)
  }

  /** Books what a write changed to the one who wrote. */
  #withManager(kind: Kind, old: StoredObject | undefined, fresh: StoredObject, manager: Manager): StoredObject {
    const given = fresh.metadata.managedFields as readonly ManagedEntry[] | undefined
    const entries = given ?? (old ? this.book(kind, old) : [])
    const booked = afterUpdate(entries, {
      schema: structureOf(kind),
      before: old as unknown as Json | undefined,
      after: fresh as unknown as Json,
      manager,
    })
    if (booked === given) return fresh
    // A new object's metadata was made a moment ago: the book is put into it, instead of into a copy.
    if (!old && !given) {
      if (booked.length > 0) (fresh.metadata as { managedFields?: readonly object[] }).managedFields = booked
      return fresh
    }
    const { managedFields: _, ...metadata } = fresh.metadata
    return { ...fresh, metadata: { ...metadata, ...(booked.length > 0 ? { managedFields: booked } : {}) } }
  }

  #storedKind(kind: Kind): Kind {
    const stored = kind.storedAs && this.#kinds.get(kind.storedAs.resource)
    if (!stored) throw new Error(`bug: ${kind.kind} is stored as an unknown resource`)
    return stored
  }

  #freshMetadata(kind: Kind, given: Partial<ObjectMeta>, namespace: string): ObjectMeta {
    if (kind.namespaced && given.namespace && namespace && given.namespace !== namespace) {
      throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
    }
    let name = given.name ?? ''
    if (name === '' && given.generateName) {
      // Drawn again where it is taken, as upstream does since 1.32.
      for (
        let attempt = 0;
        attempt < 8 && (name === '' || this.store.get(storeName(kind), keyOf(kind.namespaced ? given.namespace || namespace : '', name)));
        attempt++
      ) {
        name = `${given.generateName.slice(0, 58)}${this.random.suffix()}`
      }
    }
    const home = given.namespace || namespace
    // Assigned one by one, in the order they are printed in: spreading costs ten times as much, and every object comes by here.
    const metadata: { -readonly [Name in keyof ObjectMeta]?: ObjectMeta[Name] } = { name }
    if (given.generateName) metadata.generateName = given.generateName
    if (kind.namespaced && home) metadata.namespace = home
    metadata.uid = this.random.uuid()
    metadata.resourceVersion = ''
    if (kind.hasGeneration) metadata.generation = 1
    metadata.creationTimestamp = timestamp(this.clock.now())
    if (given.labels) metadata.labels = given.labels
    if (given.annotations) metadata.annotations = given.annotations
    if (given.ownerReferences?.length) metadata.ownerReferences = given.ownerReferences
    if (given.finalizers?.length) metadata.finalizers = given.finalizers
    const { managedFields } = managedBy({}, given)
    if (managedFields?.length) metadata.managedFields = managedFields
    return metadata as ObjectMeta
  }
}

/** What was only tried has no revision. */
function unsaved(object: StoredObject): StoredObject {
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata: metadata as ObjectMeta }
}

interface PodParts {
  readonly spec?: { readonly nodeName?: string; readonly terminationGracePeriodSeconds?: number }
  readonly status?: { readonly phase?: string }
}

/** A stored object in the version it was asked in. Versions of a custom resource differ in name only. */
function inVersion(kind: Kind, object: StoredObject): StoredObject {
  if (kind.storedAs) return kind.storedAs.fromStored(object)
  if (!kind.decode || object.apiVersion === apiVersionOf(kind)) return object
  return { ...object, apiVersion: apiVersionOf(kind) }
}

export function storeName(kind: Kind): string {
  return kind.storedAs ? kind.storedAs.resource : resourceName(kind)
}

function withKind(kind: Kind, draft: Drafted, metadata: ObjectMeta): StoredObject {
  const { kind: name } = kind
  const apiVersion = apiVersionOf(kind)
  // What loops make has neither, but every object is printed with them first.
  return ('kind' in draft ? { ...draft, kind: name, apiVersion, metadata } : { kind: name, apiVersion, ...draft, metadata }) as StoredObject
}

function hasStatus(kind: Kind): boolean {
  return structureOf(kind).fields.has('status')
}

/** The server never leaves `status` out where the kind has one. */
function withStatus(kind: Kind, object: StoredObject): StoredObject {
  if (object.status !== undefined) return object
  const field = structureOf(kind).fields.get('status')
  const zero = field && zeroOf(field)
  return zero === undefined ? object : { ...object, status: zero }
}

function withOldStatus(old: StoredObject, fresh: StoredObject): StoredObject {
  return fresh.status === old.status ? fresh : { ...fresh, status: old.status }
}

/** A status write takes over only the status and the metadata. */
function withOldBody(old: StoredObject, fresh: StoredObject): StoredObject {
  return { ...old, metadata: fresh.metadata, status: fresh.status ?? old.status }
}

type Json = Readonly<Record<string, unknown>>

function hasSameBody(old: StoredObject, fresh: StoredObject): boolean {
  if (old.spec !== undefined || fresh.spec !== undefined) return isSame(old.spec, fresh.spec)
  return isSame({ ...old, metadata: undefined, status: undefined }, { ...fresh, metadata: undefined, status: undefined })
}

/** What the writer of an update may not change is taken from what is there. */
function carriedMetadata(old: ObjectMeta, given: Partial<ObjectMeta>): ObjectMeta {
  if (given === old) return old
  const carried: ObjectMeta = {
    name: given.name || old.name,
    ...(old.generateName ? { generateName: old.generateName } : {}),
    ...(old.namespace ? { namespace: old.namespace } : {}),
    uid: given.uid || old.uid,
    resourceVersion: old.resourceVersion,
    ...(old.generation === undefined ? {} : { generation: old.generation }),
    creationTimestamp: old.creationTimestamp,
    ...(old.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.deletionTimestamp }),
    ...(old.deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds: old.deletionGracePeriodSeconds }),
    ...(hasKeys(given.labels) ? { labels: given.labels } : {}),
    ...(hasKeys(given.annotations) ? { annotations: given.annotations } : {}),
    ...(given.ownerReferences?.length ? { ownerReferences: given.ownerReferences } : {}),
    ...(given.finalizers?.length ? { finalizers: given.finalizers } : {}),
    ...managedBy(old, given),
  }
  return isSame(old, carried) ? old : carried
}

/** A writer who sends none leaves the book as it is; one empty entry closes it, and an empty book is closed. */
function managedBy(old: Partial<ObjectMeta>, given: Partial<ObjectMeta>): Partial<ObjectMeta> {
  const entries = given.managedFields?.length && isReadableBook(given.managedFields) ? given.managedFields : old.managedFields
  if (!entries) return {}
  return { managedFields: entries.length === 1 && !hasKeys(entries[0]) ? [] : entries }
}

function hasKeys(record: object | undefined): boolean {
  for (const _ in record) return true
  return false
}

function checkPreconditions(kind: Kind, old: StoredObject, given: Partial<ObjectMeta>): void {
  if (given.resourceVersion && given.resourceVersion !== old.metadata.resourceVersion) throw conflict(kind, old.metadata.name, staleObject)
}

/** An object that waits for nothing any more goes with the write that says so. */
function isReadyToGo(kind: Kind, { metadata, spec }: StoredObject): boolean {
  if (metadata.deletionTimestamp === undefined || (metadata.finalizers?.length ?? 0) > 0) return false
  if (kind.resource === 'namespaces' && kind.group === '')
    return ((spec as { finalizers?: readonly string[] } | undefined)?.finalizers?.length ?? 0) === 0
  return (metadata.deletionGracePeriodSeconds ?? 0) === 0
}

function finalizersFor(kind: Kind, { metadata }: StoredObject, options: RemoveOptions): readonly string[] {
  const others = (metadata.finalizers ?? []).filter((each) => each !== 'orphan' && each !== 'foregroundDeletion')
  const asked =
    options.propagationPolicy ?? (options.orphanDependents === undefined ? undefined : options.orphanDependents ? 'Orphan' : 'Background')
  if (asked === 'Orphan' || (asked === undefined && kind.orphansByDefault)) return [...others, 'orphan']
  if (asked === 'Foreground') return [...others, 'foregroundDeletion']
  if (asked === 'Background') return others
  return metadata.finalizers ?? []
}

/** Namespaces and definitions wait for their content, not for a time. */
function withoutGrace({ deletionGracePeriodSeconds: _, ...metadata }: ObjectMeta): ObjectMeta {
  return metadata
}

function terminating(old: StoredObject, metadata: ObjectMeta): StoredObject {
  return { ...old, metadata: withoutGrace(metadata), status: { ...(old.status as object | undefined), phase: 'Terminating' } }
}

/** The stretch of a sorted list that belongs to one namespace. */
function inNamespace(all: readonly StoredObject[], namespace: string): readonly StoredObject[] {
  const first = firstAtOrAfter(all, `${namespace}/`)
  const end = firstAtOrAfter(all, `${namespace}0`)
  return first === 0 && end === all.length ? all : all.slice(first, end)
}

function firstAtOrAfter(all: readonly StoredObject[], key: string): number {
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >> 1
    const { namespace, name } = all[middle].metadata
    if (keyOf(namespace, name) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** What most objects answer to most indexes. */
const none: readonly string[] = []

function ownerUid(object: object): readonly string[] {
  const { ownerReferences } = (object as KubernetesObject).metadata
  if (!ownerReferences) return none
  for (const reference of ownerReferences) if (reference.controller) return [reference.uid]
  return none
}

function ownerUids(object: object): readonly string[] {
  return (object as KubernetesObject).metadata.ownerReferences?.map((reference) => reference.uid) ?? none
}

function nodeOf(object: object): string {
  return (object as PodParts).spec?.nodeName ?? ''
}

function serviceOfSlice(object: object): readonly string[] {
  const { labels, namespace } = (object as KubernetesObject).metadata
  const service = labels?.['kubernetes.io/service-name']
  return service ? [`${namespace}/${service}`] : []
}

function involvedUid(object: object): readonly string[] {
  const { involvedObject } = object as { involvedObject?: { uid?: string } }
  return involvedObject?.uid ? [involvedObject.uid] : []
}
