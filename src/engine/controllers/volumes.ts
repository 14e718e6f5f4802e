/** What a pod's claims mean for where it may run. */
import type { Client } from '../api/client.ts'
import type { V1Node, V1PersistentVolume, V1PersistentVolumeClaim, V1Pod, V1StorageClass } from '../kinds/generated/types.ts'
import { matchesTerm } from './node-affinity.ts'

export function claimsOf(pod: V1Pod): readonly string[] {
  const names: string[] = []
  for (const { name, persistentVolumeClaim, ephemeral } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim) names.push(persistentVolumeClaim.claimName)
    if (ephemeral) names.push(`${pod.metadata.name}-${name}`)
  }
  return names
}

/** Why no node will do yet, in the scheduler's words; undefined when the pod's claims are settled or wait for the pod itself. */
export function unboundClaims(client: Client, pod: V1Pod): string | undefined {
  for (const name of claimsOf(pod)) {
    const claim = client.get<V1PersistentVolumeClaim>('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
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
  return Boolean(name) && client.get<V1StorageClass>('storageclasses.storage.k8s.io', '', name ?? '')?.volumeBindingMode === 'WaitForFirstConsumer'
}

export function volumeConflict(client: Client, pod: V1Pod, node: V1Node): string | undefined {
  for (const name of claimsOf(pod)) {
    const claim = client.get<V1PersistentVolumeClaim>('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
    const volume = claim?.spec.volumeName ? client.get<V1PersistentVolume>('persistentvolumes', '', claim.spec.volumeName) : undefined
    const required = volume?.spec.nodeAffinity?.required
    if (required && !required.nodeSelectorTerms.some((term) => matchesTerm(term, node))) return 'node(s) had volume node affinity conflict'
  }
  return undefined
}

/** Tells claims that wait for their first consumer where it will run; answers whether any is still unbound. */
export function claimVolumes(client: Client, pod: V1Pod, node: string): boolean {
  let isUnbound = false
  for (const name of claimsOf(pod)) {
    const claim = client.get<V1PersistentVolumeClaim>('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
    if (!claim || (claim.spec.volumeName && claim.status?.phase === 'Bound')) continue
    isUnbound = true
    const key = 'volume.kubernetes.io/selected-node'
    if (claim.metadata.annotations?.[key] !== node) client.update<V1PersistentVolumeClaim>('persistentvolumeclaims', { ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [key]: node } } })
  }
  return isUnbound
}
