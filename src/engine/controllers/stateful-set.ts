/**
 * Pods with names that last: web-0, web-1 …, one after the other unless told otherwise, each with its own claims. A pod that was
 * deleted comes back under its name only when the old one is really gone, which is what makes a dead node hold a StatefulSet up.
 */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type Draft } from '../api/client.ts'
import type { V1PersistentVolumeClaim, V1Pod, V1PodSpec, V1PodTemplateSpec, V1StatefulSet } from '../kinds/generated/types.ts'
import { Recorder } from './events.ts'
import { availableIn, isReady, isSame, itself, namespaceAndName, ownerReference, ownersOfKind } from './objects.ts'
import { claimedPods } from './pod-control.ts'
import { ControllerRevisions, hashOf, revisionLabel } from './revisions.ts'
import type { PatientController } from './run.ts'

const resource = 'statefulsets.apps'
const claims = 'persistentvolumeclaims'

export function statefulSetController({ clock }: { clock: Clock }): PatientController {
  const recorder = new Recorder({ clock, component: 'statefulset-controller' })
  const revisions = new ControllerRevisions()

  const reconcile = (key: string, client: Client): number | void => {
    const [namespace, name] = namespaceAndName(key)
    const set = client.get<V1StatefulSet>(resource, namespace, name)
    if (!set || set.metadata.deletionTimestamp !== undefined) return
    const { currentRevision } = set.status ?? {}
    const update = revisions.sync(client, set, {
      template: set.spec.template,
      limit: set.spec.revisionHistoryLimit ?? 10,
      inUse: currentRevision ? [currentRevision] : [],
    })
    const history = revisions.history(client, set)
    const current = history.find(({ metadata }) => metadata.name === currentRevision)
    const pods = claimedPods(client, set, set.spec.selector).filter((pod) => ordinalOf(set, pod) !== undefined)
    keepClaims(client, set)
    const failure = step({
      set,
      client,
      pods,
      update,
      currentTemplate: templateOf(current?.data) ?? set.spec.template,
      currentHash: current ? hashOf(current) : update.hash,
    })
    const again = writeStatus(client, set, update.name)
    if (failure) throw failure
    return again
  }

  interface Step {
    readonly set: V1StatefulSet
    readonly client: Client
    readonly pods: readonly V1Pod[]
    readonly update: { readonly name: string; readonly hash: string }
    readonly currentTemplate: V1PodTemplateSpec
    readonly currentHash: string
  }

  /** One look moves as far as the order allows, then waits for pods to change. */
  const step = ({ set, client, pods, update, currentTemplate, currentHash }: Step): ApiError | undefined => {
    const start = set.spec.ordinals?.start ?? 0
    const replicas = set.spec.replicas ?? 1
    const isParallel = set.spec.podManagementPolicy === 'Parallel'
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod) as number, pod]))
    for (let ordinal = start; ordinal < start + replicas; ordinal++) {
      const pod = byOrdinal.get(ordinal)
      if (pod && (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') && pod.metadata.deletionTimestamp === undefined) {
        remove(client, set, pod)
        if (!isParallel) return undefined
        continue
      }
      if (!pod) {
        // Below the partition a pod comes back as it was.
        const isOld = set.spec.updateStrategy?.type !== 'OnDelete' && ordinal < start + partition
        const error = create(
          client,
          set,
          ordinal,
          isOld ? { template: currentTemplate, hash: currentHash } : { template: set.spec.template, hash: update.hash },
        )
        if (error) return error
        if (!isParallel) return undefined
        continue
      }
      if (isParallel) continue
      if (pod.metadata.deletionTimestamp !== undefined) return undefined
      if (availableIn(pod, set.spec.minReadySeconds ?? 0, clock.now()) !== 0) {
        // A pod that never became ready is still replaced by the rollout below if it is of an old template.
        if (pod.metadata.labels?.[revisionLabel] === update.name) return undefined
        break
      }
    }
    const extra = pods
      .filter((pod) => (ordinalOf(set, pod) as number) >= start + replicas || (ordinalOf(set, pod) as number) < start)
      .toSorted((a, b) => (ordinalOf(set, b) as number) - (ordinalOf(set, a) as number))
    for (const pod of extra) {
      if (pod.metadata.deletionTimestamp !== undefined) {
        if (!isParallel) return undefined
        continue
      }
      remove(client, set, pod)
      if (!isParallel) return undefined
    }
    if (set.spec.updateStrategy?.type === 'OnDelete') return undefined
    for (let ordinal = start + replicas - 1; ordinal >= start + partition; ordinal--) {
      const pod = byOrdinal.get(ordinal)
      // One that is only just made, or on its way out, holds up the others.
      if (!pod || pod.metadata.deletionTimestamp !== undefined) return undefined
      if (pod.metadata.labels?.[revisionLabel] !== update.name) {
        remove(client, set, pod)
        return undefined
      }
      if (availableIn(pod, set.spec.minReadySeconds ?? 0, clock.now()) !== 0) return undefined
    }
    return undefined
  }

  const create = (
    client: Client,
    set: V1StatefulSet,
    ordinal: number,
    { template, hash }: { template: V1PodTemplateSpec; hash: string },
  ): ApiError | undefined => {
    const name = `${set.metadata.name}-${ordinal}`
    const namespace = set.metadata.namespace ?? ''
    const templates = set.spec.volumeClaimTemplates ?? []
    try {
      for (const claim of templates) {
        const claimName = `${claim.metadata.name}-${name}`
        if (client.get(claims, namespace, claimName)) continue
        client.create<V1PersistentVolumeClaim>(claims, {
          metadata: {
            name: claimName,
            namespace,
            labels: { ...claim.metadata.labels, ...set.spec.selector.matchLabels },
            ...(claim.metadata.annotations ? { annotations: claim.metadata.annotations } : {}),
          },
          spec: claim.spec,
        } as Draft<V1PersistentVolumeClaim>)
        recorder.event(
          client,
          set,
          'Normal',
          'SuccessfulCreate',
          `create Claim ${claimName} Pod ${name} in StatefulSet ${set.metadata.name} success`,
        )
      }
      const spec = template.spec as V1PodSpec
      const own = templates.map(({ metadata }) => ({
        name: metadata.name,
        persistentVolumeClaim: { claimName: `${metadata.name}-${name}` },
      }))
      const volumes = [...own, ...(spec.volumes ?? []).filter((volume) => !own.some((each) => each.name === volume.name))]
      client.create<V1Pod>('pods', {
        metadata: {
          name,
          generateName: `${set.metadata.name}-`,
          namespace,
          labels: {
            ...template.metadata?.labels,
            'apps.kubernetes.io/pod-index': String(ordinal),
            [revisionLabel]: `${set.metadata.name}-${hash}`,
            'statefulset.kubernetes.io/pod-name': name,
          },
          ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
          ownerReferences: [ownerReference(set)],
        },
        spec: {
          ...spec,
          hostname: name,
          ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
          ...(volumes.length > 0 ? { volumes } : {}),
        },
      } as unknown as Draft<V1Pod>)
      recorder.event(client, set, 'Normal', 'SuccessfulCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} successful`)
      return undefined
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.reason === 'AlreadyExists') return undefined
      recorder.event(
        client,
        set,
        'Warning',
        'FailedCreate',
        `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
      )
      return error
    }
  }

  /** Claims that go with the set, or with their pod when the set shrinks, are owned by what they go with. */
  const keepClaims = (client: Client, set: V1StatefulSet): void => {
    const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
    const namespace = set.metadata.namespace ?? ''
    const start = set.spec.ordinals?.start ?? 0
    for (const pod of client.indexed<V1Pod>('pods', 'owner', set.metadata.uid)) {
      const ordinal = ordinalOf(set, pod)
      if (ordinal === undefined) continue
      const isExtra = ordinal < start || ordinal >= start + (set.spec.replicas ?? 1)
      for (const template of set.spec.volumeClaimTemplates ?? []) {
        const claim = client.get<V1PersistentVolumeClaim>(claims, namespace, `${template.metadata.name}-${pod.metadata.name}`)
        if (!claim || claim.metadata.deletionTimestamp !== undefined) continue
        const { ownerReferences = [] } = claim.metadata
        const foreign = ownerReferences.filter(({ uid }) => uid !== set.metadata.uid && uid !== pod.metadata.uid)
        const bySet =
          whenDeleted === 'Delete' && !(whenScaled === 'Delete' && isExtra)
            ? [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: set.metadata.name, uid: set.metadata.uid }]
            : []
        const byPod =
          whenScaled === 'Delete' && isExtra ? [{ apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid }] : []
        const wanted = [...foreign, ...bySet, ...byPod]
        if (!isSame(wanted, ownerReferences))
          client.update<V1PersistentVolumeClaim>(claims, { ...claim, metadata: { ...claim.metadata, ownerReferences: wanted } })
      }
    }
  }

  const remove = (client: Client, set: V1StatefulSet, pod: V1Pod): void => {
    const failed = pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded'
    if (failed)
      recorder.event(
        client,
        set,
        'Warning',
        'RecreatingFailedPod',
        `StatefulSet ${set.metadata.namespace}/${set.metadata.name} is recreating failed Pod ${pod.metadata.name}`,
      )
    client.delete('pods', pod.metadata.namespace ?? '', pod.metadata.name)
    recorder.event(
      client,
      set,
      'Normal',
      'SuccessfulDelete',
      `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`,
    )
  }

  const writeStatus = (client: Client, set: V1StatefulSet, updateRevision: string): number | void => {
    const pods = client.indexed<V1Pod>('pods', 'owner', set.metadata.uid).filter((pod) => ordinalOf(set, pod) !== undefined)
    const replicas = set.spec.replicas ?? 1
    const before = set.status?.currentRevision ?? updateRevision
    let ready = 0
    let available = 0
    let current = 0
    let updated = 0
    let again: number | undefined
    for (const pod of pods) {
      const living = pod.metadata.deletionTimestamp === undefined
      if (living && pod.metadata.labels?.[revisionLabel] === before) current++
      if (living && pod.metadata.labels?.[revisionLabel] === updateRevision) updated++
      if (!isReady(pod)) continue
      ready++
      const inMs = availableIn(pod, set.spec.minReadySeconds ?? 0, clock.now())
      if (inMs === 0) available++
      else if (inMs !== undefined) again = Math.min(again ?? Number.POSITIVE_INFINITY, inMs)
    }
    const isRolled = updated === replicas && ready === replicas && pods.length === replicas
    const status = {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      ...(ready ? { readyReplicas: ready } : {}),
      ...((isRolled ? updated : current) ? { currentReplicas: isRolled ? updated : current } : {}),
      ...(updated ? { updatedReplicas: updated } : {}),
      currentRevision: isRolled ? updateRevision : before,
      updateRevision,
      collisionCount: set.status?.collisionCount ?? 0,
      availableReplicas: available,
    }
    const latest = client.get<V1StatefulSet>(resource, set.metadata.namespace ?? '', set.metadata.name)
    if (latest && !isSame(status, latest.status)) client.updateStatus<V1StatefulSet>(resource, { ...latest, status })
    return again
  }

  return { name: 'statefulset-controller', watches: { [resource]: itself, pods: ownersOfKind('StatefulSet') }, reconcile }
}

function ordinalOf(set: V1StatefulSet, pod: V1Pod): number | undefined {
  const prefix = `${set.metadata.name}-`
  const text = pod.metadata.name.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}

function templateOf(data: unknown): V1PodTemplateSpec | undefined {
  const template = (data as { spec?: { template?: V1PodTemplateSpec & { $patch?: string } } } | undefined)?.spec?.template
  if (!template) return undefined
  const { $patch: _, ...rest } = template
  return rest as V1PodTemplateSpec
}
