/**
 * The API as controllers use it: the same verbs, admission, defaults and validation as over HTTP, without the parsing. All of it is
 * synchronous; a refusal throws `ApiError` with upstream's words. Objects answered are frozen and shared.
 */
import type { Cancel } from '../../base/clock.ts'
import type { Entry } from '../store/store.ts'

/** A refusal to the caller: the fields of `metav1.Status`, in upstream's exact words. */
export class ApiError extends Error {
  readonly code: number
  readonly reason: string
  readonly details: object | undefined
  /** How a list that took too long may go on. */
  readonly continueToken?: string

  constructor(code: number, reason: string, message: string, details?: object) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }
}

/** No refusal: what was asked waits for an answer from the cluster's network. A control loop is run again soon. */
export class NotYet extends Error {}

export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly object[]
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** What a writer hands in: metadata the server fills may be missing. */
export type Draft<T extends KubernetesObject> = Omit<T, 'metadata' | 'apiVersion' | 'kind' | 'status'> & {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: Partial<ObjectMeta>
  readonly status?: 'status' extends keyof T ? T['status'] : never
}

/** Resources are named `pods`, `deployments.apps`, `events` …: the plural with its group. Namespace is '' for cluster scope. */
export interface Client {
  get<T extends KubernetesObject>(resource: string, namespace: string, name: string): T | undefined
  /** All of a resource, in key order; the array is shared. */
  list<T extends KubernetesObject>(resource: string, namespace?: string): readonly T[]
  /**
   * By an index: `owner` (uid of the controller owner) and `dependent` (uid of any owner) on every resource, `node` (its name) on pods,
   * `service` (`namespace/name`) on `endpointslices.discovery.k8s.io`, `involved` (uid) on events.
   */
  indexed<T extends KubernetesObject>(resource: string, index: string, value: string): T[]
  create<T extends KubernetesObject>(resource: string, object: Draft<T>): T
  /** Replaces spec and metadata, or a subresource (`namespaces/finalize`); refused with Conflict when `metadata.resourceVersion` is set and stale. */
  update<T extends KubernetesObject>(resource: string, object: T): T
  updateStatus<T extends KubernetesObject>(resource: string, object: T): T
  delete(resource: string, namespace: string, name: string, options?: DeleteOptions): void
  /** `pods/binding`. */
  bind(namespace: string, pod: string, node: string): void
  /** The same client acting because of another entry; what it writes names `because` as its cause. */
  because(revision: number): Client
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  readonly uid?: string
}

/** What a controller is. `reconcile` is level-triggered and idempotent: it looks at the present, not at what happened. */
export interface Controller {
  /** Who writes, as the page and `managedFields` name it: `deployment-controller`, `kubelet on node-2`. */
  readonly name: string
  /** For each resource watched: the keys (of whatever this controller counts in) that an entry concerns. */
  readonly watches: Readonly<Record<string, (entry: Entry) => readonly string[]>>
  /** Milliseconds after which to look again, or nothing. An `ApiError` thrown is retried with back-off. */
  reconcile(key: string, client: Client): number | void
  stop?: Cancel
}
