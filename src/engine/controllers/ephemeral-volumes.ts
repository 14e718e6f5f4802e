/**
 * Makes the claim of a pod's `ephemeral` volumes. It belongs to the pod and is collected with it; one of that name which somebody else made is left
 * alone, and the pod waits.
 */
import type { Draft } from '../api/client.ts'
import type { V1PersistentVolumeClaim, V1Pod } from '../kinds/generated/types.ts'
import { isOver, itself, namespaceAndName, ownerReference } from './objects.ts'
import type { PatientController } from './run.ts'
import { ephemeralClaim } from './volumes.ts'

const claims = 'persistentvolumeclaims'

export function ephemeralVolumeController(): PatientController {
  return {
    name: 'ephemeral-volume-controller',
    watches: {
      pods: (entry) => ((entry.object as V1Pod | undefined)?.spec.volumes?.some(({ ephemeral }) => ephemeral) ? itself(entry) : []),
    },
    reconcile(key, client) {
      const [namespace, name] = namespaceAndName(key)
      const pod = client.get<V1Pod>('pods', namespace, name)
      if (!pod || pod.metadata.deletionTimestamp !== undefined || isOver(pod)) return
      for (const volume of pod.spec.volumes ?? []) {
        const template = volume.ephemeral?.volumeClaimTemplate
        const claim = ephemeralClaim(pod, volume)
        if (!template || client.get(claims, namespace, claim)) continue
        const { labels, annotations } = template.metadata ?? {}
        const metadata = { name: claim, namespace, labels, annotations, ownerReferences: [ownerReference(pod)] }
        client.create<V1PersistentVolumeClaim>(claims, { metadata, spec: template.spec } as Draft<V1PersistentVolumeClaim>)
      }
    },
  }
}
