/** Force-deletes pods that no kubelet can ever end: their node is gone, or they were deleted before they had one. */
import type { Clock } from '../../base/clock.ts'
import { ApiError } from '../api/client.ts'
import type { V1Node, V1Pod } from '../kinds/generated/types.ts'
import { pace } from '../pace.ts'
import { isOver, timestamp } from './objects.ts'
import type { PatientController } from './run.ts'

export function podGarbageCollector({ clock }: { clock: Clock }): PatientController {
  const waited = new Set<string>()
  let reader: Parameters<NonNullable<PatientController['start']>>[1] | undefined
  return {
    name: 'pod-garbage-collector',
    start(_enqueue, client) {
      reader = client
    },
    watches: {
      nodes: ({ key, object }) =>
        object || !reader ? [] : reader.indexed<V1Pod>('pods', 'node', key).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
      pods: ({ key, object }) => {
        const pod = object as V1Pod | undefined
        return pod?.metadata.deletionTimestamp !== undefined && !pod.spec.nodeName ? [key] : []
      },
    },
    reconcile(key, client) {
      const slash = key.indexOf('/')
      const pod = client.get<V1Pod>('pods', key.slice(0, slash), key.slice(slash + 1))
      if (!pod) return
      const { nodeName } = pod.spec
      const isStray = nodeName !== undefined && !client.get<V1Node>('nodes', '', nodeName)
      if (!isStray && !(pod.metadata.deletionTimestamp !== undefined && !nodeName)) return
      // A node that vanishes may only be registering anew.
      if (isStray && !waited.has(key)) {
        waited.add(key)
        return pace.garbageSweep * 2
      }
      waited.delete(key)
      try {
        if (isStray && !isOver(pod)) {
          const condition = {
            type: 'DisruptionTarget',
            status: 'True',
            lastProbeTime: null,
            lastTransitionTime: timestamp(clock.now()),
            reason: 'DeletionByPodGC',
            message: 'PodGC: node no longer exists',
          }
          const conditions = [...(pod.status.conditions ?? []), condition] as unknown as V1Pod['status']['conditions']
          client.updateStatus<V1Pod>('pods', { ...pod, status: { ...pod.status, phase: 'Failed', conditions } })
        }
        client.delete('pods', pod.metadata.namespace ?? '', pod.metadata.name, { gracePeriodSeconds: 0 })
      } catch (error) {
        if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error
      }
    },
  }
}
