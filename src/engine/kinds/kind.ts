/**
 * What the API server must know of a resource: its names, its subresources, how a written object is completed and judged, and the
 * columns it prints. Functions here never change what they are given: a default is a new object around the old parts, so that what
 * is complete already costs nothing and stays shared.
 */
import type { KubernetesObject } from '../api/client.ts'
import { schemaNamed, type StructSchema } from './schema.ts'
import type { FieldErrors } from './field-errors.ts'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

export const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

export interface Subresource {
  readonly verbs: readonly Verb[]
  /** What it speaks; the resource's own kind where nothing is said. */
  readonly kind?: string
  readonly group?: string
  readonly version?: string
}

/** The object as the server reads it: any built-in shape, looked at through the names its kind knows. */
export interface StoredObject extends KubernetesObject {
  readonly spec?: unknown
  readonly status?: unknown
}

export interface Column<T = StoredObject> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: 'name'
  readonly description: string
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1
  readonly value: (object: T, nowMs: number) => string | number | boolean | null
}

/** Old and new object of a write, for the rules that look at both. */
export interface Change<T> {
  readonly old: T
  readonly fresh: T
  readonly subresource?: string
}

export interface Kind<T extends KubernetesObject = StoredObject> {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** Plural, as in the path. */
  readonly resource: string
  readonly singular: string
  readonly namespaced: boolean
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly verbs: readonly Verb[]
  readonly subresources?: Readonly<Record<string, Subresource>>
  /** Name of the generated schema. */
  readonly schema: string
  /** The schema itself, of a custom resource. */
  readonly structure?: StructSchema
  /** Counts changes of a custom resource's definition. */
  readonly revision?: number
  readonly columns?: readonly Column<T>[]
  /** How a printed list is sorted; by name where nothing is said. */
  readonly printOrder?: (a: T, b: T) => number
  /** `metadata.generation` counts changes of everything but metadata and status. */
  readonly hasGeneration?: boolean
  /** Its annotations count, too: `kubectl apply set-last-applied` makes a new generation of a Deployment. */
  readonly countsAnnotations?: boolean
  /** How a name is judged; a DNS subdomain where nothing is said. */
  readonly nameRule?: (name: string) => readonly string[]
  /** How a custom resource is read; built-in ones are read by their schema. */
  readonly decode?: (document: Readonly<Record<string, unknown>>) => {
    readonly value: Readonly<Record<string, unknown>>
    readonly strictErrors: readonly string[]
  }
  /** Fields a write leaves out and upstream fills in. */
  readonly defaults?: (object: T) => T
  /** What the resource's strategy does to a new object before it is judged: drop what the writer may not set. */
  readonly onCreate?: (object: T) => T
  readonly onUpdate?: (change: Change<T>) => T
  readonly validate?: (object: T, errors: FieldErrors) => void
  /** What is asked of a new object only. */
  readonly validateCreate?: (object: T, errors: FieldErrors) => void
  /** Upstream looks at what changed before it looks at the whole. */
  readonly isChangeJudgedFirst?: boolean
  readonly validateUpdate?: (change: Change<T>, errors: FieldErrors) => void
  /** A write of the status alone. */
  readonly validateStatus?: (change: Change<T>, errors: FieldErrors) => void
  readonly warnings?: (object: T, old: T | undefined) => readonly string[]
  /** What every request for it is warned with. */
  readonly deprecation?: string
  /** Field selectors besides `metadata.name` and `metadata.namespace`. */
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>
  /** Served from another kind's storage: `horizontalpodautoscalers` v1 from v2, `events.events.k8s.io` from `events`. */
  readonly storedAs?: {
    readonly resource: string
    readonly toStored: (object: T) => StoredObject
    readonly fromStored: (object: StoredObject) => T
    /** What is asked beside the other kind's own rules, because it is asked through this one. */
    readonly alsoValidate?: (fresh: StoredObject, old: StoredObject | undefined, errors: FieldErrors) => void
  }
  /** Served by another API server, to which requests are passed on. */
  readonly isAggregated?: boolean
  /** What the first deletion makes of an object that cannot go at once. */
  readonly onDelete?: (object: T, now: string) => T
  /** Its definition is being deleted: nothing new is made. */
  readonly isTerminating?: boolean
  /** What happens to dependents when a deletion says nothing. */
  readonly orphansByDefault?: boolean
  /** A `PUT` of one that is not there makes it. */
  readonly isCreatedByUpdate?: boolean
  /** A `PUT` must name the version that it replaces, as that of custom resources must. */
  readonly needsVersion?: boolean
  /** Where the scale subresource reads and writes. */
  readonly scale?: ScalePaths
}

export interface ScalePaths {
  readonly specReplicas: string
  readonly statusReplicas: string
  readonly selector?: string
}

/** Forgets the object type: the server handles all kinds alike. */
export function defineKind<T extends KubernetesObject>(kind: Kind<T>): Kind {
  return kind as unknown as Kind
}

/** `deployments.apps`: the name of the resource in the store and in messages. */
export function resourceName(kind: Pick<Kind, 'resource' | 'group'>): string {
  if (kind.group === '') return kind.resource
  let name = names.get(kind)
  if (name === undefined) names.set(kind, (name = `${kind.resource}.${kind.group}`))
  return name
}

export function apiVersionOf(kind: Pick<Kind, 'version' | 'group'>): string {
  if (kind.group === '') return kind.version
  let name = apiVersions.get(kind)
  if (name === undefined) apiVersions.set(kind, (name = `${kind.group}/${kind.version}`))
  return name
}

/** Every write asks a dozen times, and a string put together anew must be hashed anew to find anything by it. */
const names = new WeakMap<object, string>()
const apiVersions = new WeakMap<object, string>()

export function structureOf(kind: Kind): StructSchema {
  return kind.structure ?? schemaNamed(kind.schema)
}
