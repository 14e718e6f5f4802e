/** What a pod's claims mean for where it may run. */
import type { Client } from '../api/client.ts'
import type { V1Node, V1PersistentVolume, V1PersistentVolumeClaim, V1Pod, V1StorageClass, V1Volume } from '../kinds/generated/types.ts'
import { compareQuantities } from '../kinds/quantity.ts'
import { matchesTerm } from './node-affinity.ts'
import { matchesSelector } from './objects.ts'

export function claimsOf(pod: V1Pod): readonly string[] {
  const names: string[] = []
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim) names.push(volume.persistentVolumeClaim.claimName)
    if (volume.ephemeral) names.push(ephemeralClaim(pod, volume))
  }
  return names
}

/** The claim that is made for a volume of one pod, and goes with it. */
export function ephemeralClaim({ metadata }: V1Pod, { name }: V1Volume): string {
  return `${metadata.name}-${name}`
}

/** Why no node will do yet, in the scheduler's words; undefined when the pod's claims are settled or wait for the pod itself. */
export function unboundClaims(client: Client, pod: V1Pod): string | undefined {
  for (const name of claimsOf(pod)) {
    const claim = client.get<V1PersistentVolumeClaim>('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
    if (!claim && pod.spec.volumes?.some((volume) => volume.ephemeral && ephemeralClaim(pod, volume) === name))
      return `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
    if (!claim) return `persistentvolumeclaim "${name}" not found`
    if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`
    if (claim.spec.volumeName && claim.status?.phase === 'Bound') continue
    if (waitsForConsumer(client, claim)) continue
    return 'pod has unbound immediate PersistentVolumeClaims'
  }
  return undefined
}

export function waitsForConsumer(client: Client, claim: V1PersistentVolumeClaim): boolean {
  const name = claim.spec.storageClassName
  return (
    Boolean(name) &&
    client.get<V1StorageClass>('storageclasses.storage.k8s.io', '', name ?? '')?.volumeBindingMode === 'WaitForFirstConsumer'
  )
}

/** The smallest free volume that fits a claim, on a node if one is given. */
export function smallestFor(client: Client, claim: V1PersistentVolumeClaim, node?: V1Node): V1PersistentVolume | undefined {
  const wanted = claim.spec.resources?.requests?.storage ?? '0'
  let best: V1PersistentVolume | undefined
  for (const volume of client.list<V1PersistentVolume>('persistentvolumes')) {
    const { claimRef, capacity, accessModes = [], storageClassName = '', volumeMode = 'Filesystem' } = volume.spec
    if (
      claimRef ||
      volume.metadata.deletionTimestamp !== undefined ||
      storageClassName !== (claim.spec.storageClassName ?? '') ||
      volumeMode !== (claim.spec.volumeMode ?? 'Filesystem')
    )
      continue
    if (claim.spec.accessModes?.some((mode) => !accessModes.includes(mode)) || compareQuantities(capacity?.storage ?? '0', wanted) < 0)
      continue
    if (claim.spec.selector && !matchesSelector(claim.spec.selector, volume.metadata.labels)) continue
    if (node && !isReachable(volume, node)) continue
    if (!best || compareQuantities(capacity?.storage ?? '0', best.spec.capacity?.storage ?? '0') < 0) best = volume
  }
  return best
}

function isReachable({ spec }: V1PersistentVolume, node: V1Node): boolean {
  const required = spec.nodeAffinity?.required
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

/** Why a pod's claims keep it from a node. */
export function volumeConflict(client: Client, pod: V1Pod, node: V1Node): string | undefined {
  for (const name of claimsOf(pod)) {
    const claim = client.get<V1PersistentVolumeClaim>('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
    if (!claim) continue
    const volume = claim.spec.volumeName
      ? client.get<V1PersistentVolume>('persistentvolumes', '', claim.spec.volumeName)
      : chosenFor(client, claim)
    if (volume && !isReachable(volume, node)) return 'node(s) had volume node affinity conflict'
    if (!volume && waitsForConsumer(client, claim) && !isProvisioned(client, claim) && !smallestFor(client, claim, node))
      return "node(s) didn't find available persistent volumes to bind"
  }
  return undefined
}

/** The volume that was given to a claim which does not know of it yet. */
function chosenFor(client: Client, { metadata }: V1PersistentVolumeClaim): V1PersistentVolume | undefined {
  return client.list<V1PersistentVolume>('persistentvolumes').find(({ spec }) => spec.claimRef?.uid === metadata.uid)
}

/** Whether somebody would make a volume for the claim; `kubernetes.io/no-provisioner` says that nobody does. */
function isProvisioned(client: Client, { spec }: V1PersistentVolumeClaim): boolean {
  return (
    client.get<V1StorageClass>('storageclasses.storage.k8s.io', '', spec.storageClassName ?? '')?.provisioner !==
    'kubernetes.io/no-provisioner'
  )
}

/** Gives claims that wait for their first consumer a volume on its node, or tells who makes volumes where; answers whether any is still unbound. */
export function claimVolumes(client: Client, pod: V1Pod, node: V1Node): boolean {
  let isUnbound = false
  for (const name of claimsOf(pod)) {
    const claim = client.get<V1PersistentVolumeClaim>('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
    if (!claim || (claim.spec.volumeName && claim.status?.phase === 'Bound')) continue
    isUnbound = true
    if (claim.spec.volumeName) continue
    const key = 'volume.kubernetes.io/selected-node'
    const { metadata } = claim
    if (chosenFor(client, claim)) continue
    const volume = smallestFor(client, claim, node)
    if (volume) {
      const claimRef = {
        kind: 'PersistentVolumeClaim',
        apiVersion: 'v1',
        namespace: metadata.namespace,
        name,
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      }
      const annotations = { ...volume.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' }
      client.update<V1PersistentVolume>('persistentvolumes', {
        ...volume,
        metadata: { ...volume.metadata, annotations },
        spec: { ...volume.spec, claimRef },
      })
    } else if (metadata.annotations?.[key] !== node.metadata.name) {
      client.update<V1PersistentVolumeClaim>('persistentvolumeclaims', {
        ...claim,
        metadata: { ...metadata, annotations: { ...metadata.annotations, [key]: node.metadata.name } },
      })
    }
  }
  return isUnbound
}
