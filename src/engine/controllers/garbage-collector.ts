/**
 * Deletes what belongs to nobody any more. Owners and their dependents are found through the index `dependent`, so the graph is never
 * built. `foregroundDeletion` holds an owner back until its blocking dependents are gone, `orphan` lets them go free first.
 */
import { ApiError, type Client, type KubernetesObject, type ObjectMeta, type OwnerReference } from '../api/client.ts'
import type { Entry, Store } from '../store/store.ts'
import { keyOfObject, metaOf } from './objects.ts'
import type { PatientController } from './run.ts'

/** Objects dealt with in one turn. */
const atOnce = 40

export function garbageCollector({ store, resources }: { store: Store; resources: () => readonly string[] }): PatientController {
  const dependentsOf = (uid: string): { resource: string; object: KubernetesObject }[] => {
    const found: { resource: string; object: KubernetesObject }[] = []
    for (const resource of resources())
      for (const object of store.indexed(resource, 'dependent', uid)) found.push({ resource, object: object as KubernetesObject })
    return found
  }

  const exists = (namespace: string, { apiVersion, kind, name, uid }: OwnerReference): boolean => {
    const resource = resourceOf(apiVersion, kind, resources())
    if (resource === undefined) return false
    const owner = (store.get(resource, namespace ? `${namespace}/${name}` : name) ?? store.get(resource, name)) as
      | KubernetesObject
      | undefined
    return owner?.metadata.uid === uid
  }

  const reconcile = (key: string, client: Client): number | void => {
    const [what, first, second] = key.split('|')
    if (what === 'gone') return collect(first, client)
    const object = store.get(first, second) as KubernetesObject | undefined
    if (!object) return
    const { finalizers = [], deletionTimestamp } = object.metadata
    if (what === 'object') {
      const owners = object.metadata.ownerReferences ?? []
      if (owners.length > 0 && owners.every((owner) => !exists(object.metadata.namespace ?? '', owner))) remove(first, object, client)
      return
    }
    if (deletionTimestamp === undefined) return
    if (finalizers.includes('orphan')) return orphan(first, object, client)
    if (finalizers.includes('foregroundDeletion')) return foreground(first, object, client)
  }

  /** What is left to look at of a vanished owner: listed once, however many turns it takes. */
  const pending = new Map<string, { resource: string; key: string }[]>()

  const collect = (uid: string, client: Client): number | void => {
    const left = pending.get(uid) ?? dependentsOf(uid).map(({ resource, object }) => ({ resource, key: keyOfObject(object) }))
    pending.set(uid, left)
    for (const { resource, key } of left.splice(-atOnce)) {
      const object = store.get(resource, key) as KubernetesObject | undefined
      const owners = object?.metadata.ownerReferences ?? []
      if (!object || !owners.some((owner) => owner.uid === uid)) continue
      const living = owners.filter((owner) => owner.uid !== uid && exists(object.metadata.namespace ?? '', owner))
      if (living.length === 0) remove(resource, object, client)
      else client.update(resource, { ...object, metadata: { ...object.metadata, ownerReferences: living } })
    }
    if (left.length > 0) return 0
    pending.delete(uid)
  }

  const remove = (resource: string, object: KubernetesObject, client: Client): void => {
    if (object.metadata.deletionTimestamp !== undefined) return
    try {
      client.delete(resource, object.metadata.namespace ?? '', object.metadata.name, {
        propagationPolicy: 'Background',
        uid: object.metadata.uid,
      })
    } catch (error) {
      if (!(error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict'))) throw error
    }
  }

  const orphan = (resource: string, owner: KubernetesObject, client: Client): void => {
    for (const { resource: of, object } of dependentsOf(owner.metadata.uid)) {
      client.update(of, {
        ...object,
        metadata: { ...object.metadata, ownerReferences: object.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid) },
      })
    }
    withoutFinalizer(resource, owner, 'orphan', client)
  }

  const foreground = (resource: string, owner: KubernetesObject, client: Client): number | void => {
    const { uid } = owner.metadata
    let isBlocked = false
    let count = 0
    for (const { resource: of, object } of dependentsOf(uid)) {
      if (object.metadata.ownerReferences?.some((reference) => reference.uid === uid && reference.blockOwnerDeletion)) isBlocked = true
      if (object.metadata.deletionTimestamp !== undefined) continue
      if (count++ >= atOnce) return 0
      try {
        client.delete(of, object.metadata.namespace ?? '', object.metadata.name, {
          propagationPolicy: 'Foreground',
          uid: object.metadata.uid,
        })
      } catch (error) {
        if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error
      }
    }
    if (!isBlocked) withoutFinalizer(resource, owner, 'foregroundDeletion', client)
  }

  const withoutFinalizer = (resource: string, owner: KubernetesObject, finalizer: string, client: Client): void => {
    const latest = client.get(resource, owner.metadata.namespace ?? '', owner.metadata.name)
    if (!latest) return
    client.update(resource, {
      ...latest,
      metadata: { ...latest.metadata, finalizers: latest.metadata.finalizers?.filter((each) => each !== finalizer) },
    })
  }

  const concerns = (entry: Entry): readonly string[] => {
    const metadata = metaOf(entry.object)
    if (!metadata) {
      const gone = metaOf(entry.previous) as ObjectMeta
      // Its own owners may wait for it in the foreground.
      const owners = (gone.ownerReferences ?? []).flatMap((owner) => ownerKeys(gone.namespace ?? '', owner))
      return dependentsMayExist(gone.uid) ? [`gone|${gone.uid}`, ...owners] : owners
    }
    const keys: string[] = []
    if (metadata.deletionTimestamp !== undefined && metadata.finalizers?.some((each) => each === 'orphan' || each === 'foregroundDeletion'))
      keys.push(`owner|${entry.resource}|${entry.key}`)
    if (!entry.previous && metadata.ownerReferences?.some((owner) => !exists(metadata.namespace ?? '', owner)))
      keys.push(`object|${entry.resource}|${entry.key}`)
    return keys
  }

  const ownerKeys = (namespace: string, { apiVersion, kind, name, uid }: OwnerReference): string[] => {
    const resource = resourceOf(apiVersion, kind, resources())
    if (resource === undefined) return []
    const key = namespace && store.get(resource, `${namespace}/${name}`) ? `${namespace}/${name}` : name
    const owner = store.get(resource, key) as KubernetesObject | undefined
    return owner?.metadata.uid === uid && owner.metadata.finalizers?.includes('foregroundDeletion') ? [`owner|${resource}|${key}`] : []
  }

  const dependentsMayExist = (uid: string): boolean => resources().some((resource) => store.indexed(resource, 'dependent', uid).length > 0)

  const watches: Record<string, (entry: Entry) => readonly string[]> = {}
  for (const resource of resources()) if (!quiet.has(resource)) watches[resource] = concerns
  return { name: 'generic-garbage-collector', watches, reconcile }
}

/** Written all the time and never owners. */
const quiet = new Set(['events', 'leases.coordination.k8s.io'])

/** `apps/v1 ReplicaSet` → `replicasets.apps`. */
function resourceOf(apiVersion: string, kind: string, resources: readonly string[]): string | undefined {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const key = `${group}|${kind}`
  let found = resourceNames.get(key)
  if (found === undefined) {
    const lower = kind.toLowerCase()
    const plurals = [`${lower}s`, `${lower}es`, lower.replace(/y$/, 'ies'), lower]
    found = plurals.map((plural) => (group ? `${plural}.${group}` : plural)).find((name) => resources.includes(name))
    if (found !== undefined) resourceNames.set(key, found)
  }
  return found
}

const resourceNames = new Map<string, string>()
