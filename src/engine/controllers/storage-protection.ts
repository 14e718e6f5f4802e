/**
 * Keeps a claim that a pod uses, and a volume that is bound, until they are free: both carry a finalizer from birth, which is taken off
 * only when their deletion was asked for and nobody holds them any more.
 */
import type { Client, KubernetesObject } from '../api/client.ts'
import type { V1PersistentVolume, V1PersistentVolumeClaim, V1Pod } from '../kinds/generated/types.ts'
import { isOver, itself, namespaceAndName } from './objects.ts'
import type { PatientController } from './run.ts'
import { claimsOf } from './volumes.ts'

export function claimProtectionController(): PatientController {
  const claims = 'persistentvolumeclaims'
  return {
    name: 'pvc-protection-controller',
    watches: {
      [claims]: itself,
      pods: ({ object, previous }) => {
        const pod = (object ?? previous) as V1Pod
        if (object && !isOver(pod)) return []
        return claimsOf(pod).map((name) => `${pod.metadata.namespace}/${name}`)
      },
    },
    reconcile(key, client) {
      const [namespace, name] = namespaceAndName(key)
      const claim = client.get<V1PersistentVolumeClaim>(claims, namespace, name)
      if (claim?.metadata.deletionTimestamp === undefined || usersOf(client, namespace, name).length > 0) return
      letGo(client, claims, claim, 'kubernetes.io/pvc-protection')
    },
  }
}

/** Pods that have a node and may still have the claim mounted. */
function usersOf(client: Client, namespace: string, claim: string): readonly V1Pod[] {
  return client.list<V1Pod>('pods', namespace).filter((pod) => pod.spec.nodeName && !isOver(pod) && claimsOf(pod).includes(claim))
}

export function volumeProtectionController(): PatientController {
  const volumes = 'persistentvolumes'
  return {
    name: 'pv-protection-controller',
    watches: { [volumes]: itself },
    reconcile(name, client) {
      const volume = client.get<V1PersistentVolume>(volumes, '', name)
      if (volume?.metadata.deletionTimestamp !== undefined && volume.status?.phase !== 'Bound')
        letGo(client, volumes, volume, 'kubernetes.io/pv-protection')
    },
  }
}

function letGo(client: Client, resource: string, object: KubernetesObject, finalizer: string): void {
  const { finalizers = [] } = object.metadata
  if (!finalizers.includes(finalizer)) return
  client.update(resource, { ...object, metadata: { ...object.metadata, finalizers: finalizers.filter((each) => each !== finalizer) } })
}
