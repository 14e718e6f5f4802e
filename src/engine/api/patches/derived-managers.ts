/**
 * Who set which field of an object that only the cluster's own programs have written. Nobody keeps a book of their writes, which are nearly all
 * the writes there are; when somebody asks, it is read out of the store's log, write by write. What the log has forgotten is booked as one
 * write by those whose business it is.
 */
import { apiVersionOf, type Kind, type StoredObject, structureOf } from '../../kinds/kind.ts'
import type { Entry, Store } from '../../store/store.ts'
import { isSame, timestamp } from '../objects.ts'
import { afterUpdate, type ManagedEntry, type Manager } from './managed-fields.ts'

type Book = readonly ManagedEntry[]
type Json = Readonly<Record<string, unknown>>

/** Writes that are read one by one; what is older is taken together. */
const mostWrites = 24

const books = new WeakMap<object, Book>()
const shown = new WeakMap<object, StoredObject>()

/** The object as clients see it: with its book, whoever has written it. */
export function withBook(store: Store, kind: Kind, object: StoredObject): StoredObject {
  const { managedFields } = object.metadata
  if (managedFields && managedFields.length > 0) return object
  const known = shown.get(object)
  if (known) return known
  const book = bookOf(store, kind, object)
  const { managedFields: _, ...metadata } = object.metadata
  const whole = Object.freeze({ ...object, metadata: Object.freeze(book.length > 0 ? { ...metadata, managedFields: book } : metadata) })
  shown.set(object, whole)
  return whole
}

/** An empty book was closed by somebody; one that was never begun is derived. */
export function bookOf(store: Store, kind: Kind, object: StoredObject): Book {
  if (object.metadata.managedFields) return object.metadata.managedFields as Book
  const known = books.get(object)
  if (known) return known
  // What was never stored, as component statuses, nobody wrote.
  if (!object.metadata.resourceVersion) return []
  const writes: Entry<StoredObject>[] = []
  let book: Book | undefined
  for (let at = object; book === undefined; ) {
    const entry = store.entry(Number(at.metadata.resourceVersion)) as Entry<StoredObject> | undefined
    const { previous } = entry ?? {}
    if (!entry || (entry.object ?? previous)?.metadata.uid !== at.metadata.uid || writes.length === mostWrites)
      book = forgotten(kind, at, entry?.at)
    else {
      writes.push(entry)
      book = previous === undefined ? [] : ((previous.metadata.managedFields as Book | undefined) ?? books.get(previous))
      at = previous ?? at
    }
  }
  for (const entry of writes.reverse()) {
    book = afterWrite(kind, book, entry)
    if (entry.object) books.set(entry.object, book)
  }
  books.set(object, book)
  return book
}

function afterWrite(kind: Kind, book: Book, { object, previous, by, at }: Entry<StoredObject>): Book {
  if (!object || isBinding(kind, previous, object)) return book
  const isOfStatus = previous !== undefined && object.status !== previous.status && hasSameBody(previous, object)
  return afterUpdate(book, {
    schema: structureOf(kind),
    before: previous as unknown as Json | undefined,
    after: (previous ? object : asSent(kind, object)) as unknown as Json,
    manager: managerOf(kind, programOf(by), at, isOfStatus ? 'status' : undefined),
  })
}

/** What stands there with nobody known to have written it: made by its maker, its status by whoever keeps that. */
function forgotten(kind: Kind, object: StoredObject, atMs: number | undefined): Book {
  const schema = structureOf(kind)
  const madeMs = Date.parse(object.metadata.creationTimestamp)
  const made = asSent(kind, object)
  const maker = makerOf(kind, object)
  const book = afterUpdate([], { schema, before: undefined, after: made as unknown as Json, manager: managerOf(kind, maker, madeMs) })
  if (!kind.subresources?.status || object.status === undefined) return book
  const keeper = kind.resource === 'pods' || kind.resource === 'nodes' ? 'kubelet' : maker
  return afterUpdate(book, {
    schema,
    before: made as unknown as Json,
    after: object as unknown as Json,
    manager: managerOf(kind, keeper, atMs ?? madeMs, 'status'),
  })
}

function managerOf(kind: Kind, name: string, atMs: number, subresource?: string): Manager {
  return {
    name,
    operation: 'Update',
    apiVersion: apiVersionOf(kind),
    time: timestamp(atMs),
    ...(subresource === undefined ? {} : { subresource }),
  }
}

/** A new object as its maker sent it: what admission and the server add belongs to nobody. */
function asSent(kind: Kind, object: StoredObject): StoredObject {
  const { status: _, ...rest } = object
  const sent = (kind.subresources?.status ? rest : object) as StoredObject
  if (kind.group !== '') return sent
  if (kind.resource === 'namespaces') return withoutSpec(sent)
  return kind.resource === 'pods' ? podAsSent(sent) : sent
}

function withoutSpec({ spec: _, ...rest }: StoredObject): StoredObject {
  return rest
}

interface PodSpec {
  readonly volumes?: readonly { readonly name: string }[]
  readonly tolerations?: readonly { readonly key?: string; readonly tolerationSeconds?: number }[]
  readonly serviceAccountName?: string
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
}

interface Container {
  readonly volumeMounts?: readonly { readonly name: string }[]
}

function podAsSent(pod: StoredObject): StoredObject {
  const spec = pod.spec as PodSpec & Record<string, unknown>
  const { nodeName: _n, priority: _p, preemptionPolicy: _pp, serviceAccount, serviceAccountName, ...own } = spec
  const { volumes, tolerations, ...others } = own
  const ownVolumes = volumes?.filter(({ name }) => !isTokenVolume(name)) ?? []
  return {
    ...pod,
    spec: {
      ...others,
      ...(serviceAccountName === undefined || serviceAccountName === 'default' ? {} : { serviceAccount, serviceAccountName }),
      ...(ownVolumes.length > 0 ? { volumes: ownVolumes } : {}),
      ...(tolerations && !tolerations.every(isOfEveryPod) ? { tolerations } : {}),
      containers: spec.containers.map(withoutToken),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(withoutToken) } : {}),
    },
  } as StoredObject
}

function withoutToken({ volumeMounts, ...container }: Container): Container {
  const mounts = volumeMounts?.filter(({ name }) => !isTokenVolume(name)) ?? []
  return { ...container, ...(mounts.length > 0 ? { volumeMounts: mounts } : {}) }
}

function isTokenVolume(name: string): boolean {
  return /^kube-api-access-[a-z0-9]{5}$/.test(name)
}

function isOfEveryPod({ key, tolerationSeconds }: { readonly key?: string; readonly tolerationSeconds?: number }): boolean {
  return tolerationSeconds === 300 && (key === 'node.kubernetes.io/not-ready' || key === 'node.kubernetes.io/unreachable')
}

/** Who binds a pod writes through a subresource of which no book is kept. */
function isBinding(kind: Kind, before: StoredObject | undefined, after: StoredObject): boolean {
  if (kind.resource !== 'pods' || before === undefined) return false
  const nodeOf = ({ spec }: StoredObject) => (spec as { readonly nodeName?: string }).nodeName
  return nodeOf(before) !== nodeOf(after)
}

function hasSameBody({ metadata: _, status: __, ...before }: StoredObject, { metadata: _m, status: _s, ...after }: StoredObject): boolean {
  return isSame(before, after)
}

function makerOf(kind: Kind, { metadata }: StoredObject): string {
  const isNodes = metadata.ownerReferences?.some((owner) => owner.kind === 'Node') ?? false
  if (isNodes || ['nodes', 'csinodes'].includes(kind.resource)) return 'kubelet'
  if (metadata.ownerReferences?.length) return 'kube-controller-manager'
  if (['namespaces', 'flowschemas', 'prioritylevelconfigurations', 'apiservices', 'priorityclasses'].includes(kind.resource))
    return 'kube-apiserver'
  return kind.group === 'rbac.authorization.k8s.io' ? 'kube-apiserver' : 'kube-controller-manager'
}

/** Those that are no loops of the controller manager. */
const programs = new Set(['kube-apiserver', 'kubeadm', 'kubectl', 'minikube', 'coredns'])

/** The program that runs a loop upstream, which is whom `managedFields` names. */
export function programOf(loop: string): string {
  if (loop.startsWith('kubelet')) return 'kubelet'
  if (loop === 'default-scheduler') return 'kube-scheduler'
  return programs.has(loop) ? loop : 'kube-controller-manager'
}
