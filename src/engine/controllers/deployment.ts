/**
 * Rolls a Deployment out: one ReplicaSet for each template it ever had, sizes moved step by step within maxSurge and maxUnavailable.
 * One look makes at most one kind of step (up, or down), writes the status it then sees, and waits for the ReplicaSets' own entries
 * to bring the next look; the order of steps in the recordings comes from that.
 */
import type { Clock } from '../../base/clock.ts'
import { ApiError, type Client, type Draft, type ObjectMeta } from '../api/client.ts'
import { podTemplateHash } from '../kinds/template-hash.ts'
import { pace } from '../pace.ts'
import type {
  V1Deployment,
  V1DeploymentCondition,
  V1DeploymentStatus,
  V1Pod,
  V1PodTemplateSpec,
  V1ReplicaSet,
} from '../kinds/generated/types.ts'
import { Recorder } from './events.ts'
import {
  controllerOf,
  isOver,
  isSame,
  itself,
  matchesSelector,
  namespaceAndName,
  ownerReference,
  ownersOfKind,
  timestamp,
} from './objects.ts'
import { latestLimits, proportion, type Limits } from './rollout.ts'
import type { PatientController } from './run.ts'

const sets = 'replicasets.apps'
const hashLabel = 'pod-template-hash'
const revisionKey = 'deployment.kubernetes.io/revision'
const historyKey = 'deployment.kubernetes.io/revision-history'
const desiredKey = 'deployment.kubernetes.io/desired-replicas'
const maxKey = 'deployment.kubernetes.io/max-replicas'
/** A Deployment's annotations go to its ReplicaSets, but for these. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionKey,
  historyKey,
  desiredKey,
  maxKey,
  'deprecated.deployment.rollback.to',
])

/** One look at one Deployment: what was read, and what was written meanwhile. */
interface Look {
  deployment: V1Deployment
  readonly client: Client
  readonly now: number
  readonly limits: Limits
  newSet: V1ReplicaSet | undefined
  oldSets: V1ReplicaSet[]
}

export function deploymentController({ clock }: { clock: Clock }): PatientController {
  const recorder = new Recorder({ clock, component: 'deployment-controller' })

  const reconcile = (key: string, client: Client): number | void => {
    const [namespace, name] = namespaceAndName(key)
    const deployment = client.get<V1Deployment>('deployments.apps', namespace, name)
    if (!deployment) return
    const all = claimedSets(client, deployment)
    const look: Look = { deployment, client, now: clock.now(), limits: latestLimits(deployment), newSet: undefined, oldSets: [] }
    look.newSet = newestMatch(all, deployment.spec.template)
    look.oldSets = all.filter((set) => set !== look.newSet)
    if (deployment.metadata.deletionTimestamp !== undefined) {
      writeStatus(look, statusOf(look))
      return
    }
    notePause(look)
    if (deployment.spec.paused || isScaled(look)) return resize(look)
    return deployment.spec.strategy?.type === 'Recreate' ? recreate(look) : roll(look)
  }

  const roll = (look: Look): number | void => {
    ensureNewSet(look)
    if (growNew(look) || shrinkOld(look)) return rolloutStatus(look)
    if (isComplete(look, look.deployment.status)) cleanUp(look)
    return rolloutStatus(look)
  }

  const recreate = (look: Look): number | void => {
    syncNewSet(look)
    let scaledDown = false
    for (const set of look.oldSets) if (replicasOf(set) > 0) scaledDown = scale(look, set, 0) || scaledDown
    if (scaledDown || oldPodsRun(look)) return rolloutStatus(look)
    ensureNewSet(look)
    if (look.newSet) scale(look, look.newSet, look.limits.replicas)
    if (isComplete(look, look.deployment.status)) cleanUp(look)
    return rolloutStatus(look)
  }

  /** Paused, or only its size changed: all sets grow or shrink by their share. */
  const resize = (look: Look): number | void => {
    syncNewSet(look)
    rescale(look)
    if (look.deployment.spec.paused) cleanUp(look)
    writeStatus(look, statusOf(look))
  }

  const rescale = (look: Look): void => {
    const { limits, newSet } = look
    const active = allSets(look).filter((set) => replicasOf(set) > 0)
    if (active.length <= 1) {
      const only = active[0] ?? newSet ?? byRevision(look.oldSets).at(-1)
      if (only && replicasOf(only) !== limits.replicas) scale(look, only, limits.replicas)
      return
    }
    if (
      newSet &&
      Number(newSet.metadata.annotations?.[desiredKey]) === limits.replicas &&
      replicasOf(newSet) === limits.replicas &&
      newSet.status?.availableReplicas === limits.replicas
    ) {
      for (const set of look.oldSets) if (replicasOf(set) > 0) scale(look, set, 0)
      return
    }
    if (look.deployment.spec.strategy?.type === 'Recreate') return
    const allowed = limits.replicas > 0 ? limits.replicas + limits.maxSurge : 0
    const toAdd = allowed - active.reduce((sum, set) => sum + replicasOf(set), 0)
    const ordered = active.toSorted((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? younger(a, b) : younger(b, a)))
    let added = 0
    const sizes = ordered.map((set) => {
      const share = proportion(
        { replicas: replicasOf(set), annotatedMax: Number(set.metadata.annotations?.[maxKey] ?? look.deployment.status?.replicas ?? 0) },
        limits,
        toAdd,
        added,
      )
      added += share
      return replicasOf(set) + share
    })
    if (toAdd !== 0) sizes[0] = Math.max(0, sizes[0] + toAdd - added)
    ordered.forEach((set, index) => scale(look, set, sizes[index]))
  }

  const growNew = (look: Look): boolean => {
    const { newSet, limits } = look
    if (!newSet || replicasOf(newSet) === limits.replicas) return false
    return scale(look, newSet, replicasOf(newSet) > limits.replicas ? limits.replicas : newSize(look, replicasOf(newSet)))
  }

  const shrinkOld = (look: Look): boolean => {
    const { limits, newSet } = look
    const old = look.oldSets.filter((set) => replicasOf(set) > 0).toSorted(older)
    if (old.length === 0) return false
    const total = allSets(look).reduce((sum, set) => sum + replicasOf(set), 0)
    const least = limits.replicas - limits.maxUnavailable
    const newUnavailable = newSet ? replicasOf(newSet) - (newSet.status?.availableReplicas ?? 0) : 0
    const most = total - least - newUnavailable
    if (most <= 0) return false
    let removed = 0
    // First what does not work anyway.
    for (const set of old) {
      const unhealthy = replicasOf(set) - (set.status?.availableReplicas ?? 0)
      const count = Math.min(most - removed, unhealthy)
      if (count <= 0) continue
      scale(look, set, replicasOf(set) - count)
      removed += count
    }
    const available = allSets(look).reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0)
    let spare = available - least
    for (const set of look.oldSets.filter((each) => replicasOf(each) > 0).toSorted(older)) {
      const count = Math.min(replicasOf(set), spare)
      if (count <= 0) break
      scale(look, set, replicasOf(set) - count)
      spare -= count
      removed += count
    }
    return removed > 0
  }

  /** Changes a set's size, and what its annotations say of the Deployment's; answers whether the size changed. */
  const scale = (look: Look, set: V1ReplicaSet, size: number): boolean => {
    const { limits, client, deployment } = look
    const before = replicasOf(set)
    const annotations = {
      ...set.metadata.annotations,
      [desiredKey]: String(limits.replicas),
      [maxKey]: String(limits.replicas + limits.maxSurge),
    }
    if (before === size && isSame(annotations, set.metadata.annotations)) return false
    replace(
      look,
      set,
      client.update<V1ReplicaSet>(sets, { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas: size } }),
    )
    if (before === size) return false
    const direction = before < size ? 'up' : 'down'
    recorder.event(
      client,
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${size}`,
    )
    return true
  }

  /** Brings an existing set of the present template up to date: its revision and annotations. */
  const syncNewSet = (look: Look): void => {
    const { newSet, deployment, client, now } = look
    if (!newSet) return
    const metadata = setMetadata(deployment, newSet.metadata, nextRevision(look.oldSets), undefined)
    if (!isSame(metadata, newSet.metadata) || (newSet.spec.minReadySeconds ?? 0) !== (deployment.spec.minReadySeconds ?? 0)) {
      replace(
        look,
        newSet,
        client.update<V1ReplicaSet>(sets, {
          ...newSet,
          metadata,
          spec: { ...newSet.spec, minReadySeconds: deployment.spec.minReadySeconds || undefined },
        }),
      )
    }
    const hasProgress = hasDeadline(deployment) && !conditionOf(deployment.status, 'Progressing')
    const condition = hasProgress
      ? progressing('True', 'FoundNewReplicaSet', `Found new replica set "${newSet.metadata.name}"`, now)
      : undefined
    noteRevision(look, metadata.annotations?.[revisionKey] ?? '', condition)
  }

  const ensureNewSet = (look: Look): void => {
    syncNewSet(look)
    if (look.newSet) return
    const { deployment, client, now } = look
    const hash = podTemplateHash(deployment.spec.template, deployment.status?.collisionCount)
    const name = `${deployment.metadata.name}-${hash}`
    const labels = { ...deployment.spec.template.metadata?.labels, [hashLabel]: hash }
    const size = deployment.spec.strategy?.type === 'Recreate' ? look.limits.replicas : newSize(look, 0)
    const revision = nextRevision(look.oldSets)
    const draft: Draft<V1ReplicaSet> = {
      metadata: {
        ...setMetadata(deployment, { annotations: {} } as ObjectMeta, revision, look.limits),
        name,
        namespace: deployment.metadata.namespace,
        labels,
        ownerReferences: [ownerReference(deployment)],
      },
      spec: {
        replicas: size,
        ...(deployment.spec.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}),
        selector: { ...deployment.spec.selector, matchLabels: { ...deployment.spec.selector.matchLabels, [hashLabel]: hash } },
        template: { ...deployment.spec.template, metadata: { ...deployment.spec.template.metadata, labels } as ObjectMeta },
      },
    } as Draft<V1ReplicaSet>
    try {
      look.newSet = client.create<V1ReplicaSet>(sets, draft)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.reason === 'AlreadyExists') {
        // Somebody else's set has the name that this template hashes to: hash again with a salt.
        look.client.updateStatus<V1Deployment>('deployments.apps', {
          ...deployment,
          status: { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 },
        })
      } else if (hasDeadline(deployment) && !error.message.includes('because it is being terminated')) {
        const condition = progressing('False', 'ReplicaSetCreateError', `Failed to create new replica set "${name}": ${error.message}`, now)
        writeStatus(look, { ...deployment.status, conditions: withCondition(deployment.status?.conditions, condition) })
      }
      throw error
    }
    if (size > 0) recorder.event(client, deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`)
    noteRevision(
      look,
      String(revision),
      hasDeadline(deployment) ? progressing('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, now) : undefined,
    )
  }

  /** Revision and the first word on progress go out in one write. */
  const noteRevision = (look: Look, revision: string, condition: V1DeploymentCondition | undefined): void => {
    const { deployment, client } = look
    const conditions = condition ? withCondition(deployment.status?.conditions, condition) : deployment.status?.conditions
    const isKnown = deployment.metadata.annotations?.[revisionKey] === revision
    if (isKnown && conditions === deployment.status?.conditions) return
    const metadata = isKnown
      ? deployment.metadata
      : { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, [revisionKey]: revision } }
    look.deployment = client.updateStatus<V1Deployment>('deployments.apps', {
      ...deployment,
      metadata,
      status: { ...deployment.status, ...(conditions ? { conditions } : {}) },
    })
  }

  const notePause = (look: Look): void => {
    const { deployment, now } = look
    const condition = conditionOf(deployment.status, 'Progressing')
    if (!hasDeadline(deployment) || condition?.reason === 'ProgressDeadlineExceeded') return
    const wasPaused = condition?.reason === 'DeploymentPaused'
    if (Boolean(deployment.spec.paused) === wasPaused) return
    const word = deployment.spec.paused
      ? progressing('Unknown', 'DeploymentPaused', 'Deployment is paused', now)
      : progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed', now)
    writeStatus(look, { ...deployment.status, conditions: withCondition(deployment.status?.conditions, word) })
  }

  const rolloutStatus = (look: Look): number | void => {
    const { deployment, now, newSet } = look
    const status = statusOf(look)
    let conditions = status.conditions ?? []
    const current = conditionOf(deployment.status, 'Progressing')
    const isDone = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable'
    const what = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
    if (!hasDeadline(deployment)) conditions = conditions.filter(({ type }) => type !== 'Progressing')
    else if (!isDone) {
      if (isComplete(look, status))
        conditions = withCondition(conditions, progressing('True', 'NewReplicaSetAvailable', `${what} has successfully progressed.`, now))
      else if (isProgress(deployment.status, status)) {
        const word = progressing('True', 'ReplicaSetUpdated', `${what} is progressing.`, now)
        const since = current?.status === 'True' ? { ...word, lastTransitionTime: current.lastTransitionTime } : word
        conditions = [...conditions.filter(({ type }) => type !== 'Progressing'), since]
      } else if (isTimedOut(deployment, current, now))
        conditions = withCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', `${what} has timed out progressing.`, now))
    }
    const failure = failureOf(look)
    conditions = failure ? withCondition(conditions, failure) : conditions.filter(({ type }) => type !== 'ReplicaFailure')
    const full = { ...status, conditions }
    writeStatus(look, full)
    const progress = conditionOf(full, 'Progressing')
    if (!hasDeadline(deployment) || !progress || isComplete(look, full) || progress.reason === 'ProgressDeadlineExceeded') return
    const left = Date.parse(progress.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000 - now
    return Math.max(left, 0) + 1000
  }

  const writeStatus = (look: Look, status: V1DeploymentStatus): void => {
    if (isSame(status, look.deployment.status)) return
    look.deployment = look.client.updateStatus<V1Deployment>('deployments.apps', { ...look.deployment, status })
  }

  const cleanUp = (look: Look): void => {
    const keep = look.deployment.spec.revisionHistoryLimit ?? 10
    const old = byRevision(look.oldSets.filter(({ metadata }) => metadata.deletionTimestamp === undefined))
    for (const set of old.slice(0, Math.max(0, old.length - keep))) {
      const { metadata, status } = set
      if ((status?.replicas ?? 0) !== 0 || replicasOf(set) !== 0 || (metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) continue
      look.client.delete(sets, metadata.namespace ?? '', metadata.name)
    }
  }

  return {
    name: 'deployment-controller',
    watches: {
      'deployments.apps': itself,
      [sets]: ownersOfKind('Deployment'),
      // Only the strategy Recreate waits for pods to be gone.
      pods: (entry) => {
        if (entry.object !== undefined) return []
        const { metadata } = entry.previous as V1Pod
        const owner = controllerOf(metadata)
        if (owner?.kind !== 'ReplicaSet') return []
        const hash = metadata.labels?.[hashLabel]
        return hash && owner.name.endsWith(`-${hash}`) ? [`${metadata.namespace}/${owner.name.slice(0, -hash.length - 1)}`] : []
      },
    },
    // ReplicaSets answer a step before the next one is taken, as with the real one's latency.
    patience: () => pace.deploymentStep,
    reconcile,
  }
}

function claimedSets(client: Client, deployment: V1Deployment): V1ReplicaSet[] {
  const { metadata, spec } = deployment
  const mine: V1ReplicaSet[] = []
  for (const set of client.indexed<V1ReplicaSet>(sets, 'owner', metadata.uid)) {
    if (matchesSelector(spec.selector, set.metadata.labels)) mine.push(set)
    else
      client.update<V1ReplicaSet>(sets, {
        ...set,
        metadata: { ...set.metadata, ownerReferences: set.metadata.ownerReferences?.filter(({ uid }) => uid !== metadata.uid) },
      })
  }
  if (metadata.deletionTimestamp !== undefined) return mine
  for (const set of client.indexed<V1ReplicaSet>(sets, 'orphan', metadata.namespace ?? '')) {
    if (set.metadata.deletionTimestamp !== undefined || !matchesSelector(spec.selector, set.metadata.labels)) continue
    mine.push(
      client.update<V1ReplicaSet>(sets, {
        ...set,
        metadata: { ...set.metadata, ownerReferences: [...(set.metadata.ownerReferences ?? []), ownerReference(deployment)] },
      }),
    )
  }
  return mine
}

/** The oldest set whose template is the Deployment's, hash label aside. */
function newestMatch(all: readonly V1ReplicaSet[], template: V1PodTemplateSpec): V1ReplicaSet | undefined {
  return all.filter((set) => set.spec.template && isSame(withoutHash(set.spec.template), withoutHash(template))).sort(older)[0]
}

function withoutHash(template: V1PodTemplateSpec): object {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {}
  const { creationTimestamp: _created, ...metadata } = (template.metadata ?? {}) as Partial<ObjectMeta>
  return { metadata: { ...metadata, labels }, spec: template.spec }
}

/** Metadata of the new set: the Deployment's annotations, and the revision if it is a later one than it had. */
function setMetadata(deployment: V1Deployment, old: ObjectMeta, revision: number, fresh: Limits | undefined): ObjectMeta {
  const annotations: Record<string, string> = { ...old.annotations }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!notCopied.has(key)) annotations[key] = value
  const before = old.annotations?.[revisionKey]
  if (Number(before ?? 0) < revision) {
    annotations[revisionKey] = String(revision)
    if (before) annotations[historyKey] = [...(old.annotations?.[historyKey]?.split(',') ?? []), before].join(',')
  }
  if (fresh) {
    annotations[desiredKey] = String(fresh.replicas)
    annotations[maxKey] = String(fresh.replicas + fresh.maxSurge)
  }
  return { ...old, annotations }
}

function nextRevision(oldSets: readonly V1ReplicaSet[]): number {
  return Math.max(0, ...oldSets.map(revisionOf)) + 1
}

function newSize({ limits, oldSets, newSet }: Look, present: number): number {
  const total = oldSets.reduce((sum, set) => sum + replicasOf(set), 0) + (newSet ? replicasOf(newSet) : 0)
  const room = limits.replicas + limits.maxSurge - total
  return room <= 0 ? present : present + Math.min(room, limits.replicas - present)
}

function isScaled({ oldSets, newSet, limits }: Look): boolean {
  return [...oldSets, ...(newSet ? [newSet] : [])].some((set) => {
    const desired = set.metadata.annotations?.[desiredKey]
    return replicasOf(set) > 0 && desired !== undefined && Number(desired) !== limits.replicas
  })
}

function oldPodsRun({ client, oldSets }: Look): boolean {
  return oldSets.some(({ metadata }) => client.indexed<V1Pod>('pods', 'owner', metadata.uid).some((pod) => !isOver(pod)))
}

function statusOf(look: Look): V1DeploymentStatus {
  const { deployment, newSet, limits, now } = look
  const all = allSets(look)
  const sum = (of: (set: V1ReplicaSet) => number | undefined): number => all.reduce((total, set) => total + (of(set) ?? 0), 0)
  const available = sum((set) => set.status?.availableReplicas)
  const isEnough = available >= limits.replicas - limits.maxUnavailable
  const word = isEnough
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
  const numbers = {
    replicas: sum((set) => set.status?.replicas),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: sum((set) => set.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(replicasOf) - available),
  }
  const { collisionCount } = deployment.status ?? {}
  return {
    observedGeneration: deployment.metadata.generation,
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0)),
    conditions: withCondition(deployment.status?.conditions, {
      ...word,
      lastUpdateTime: timestamp(now),
      lastTransitionTime: timestamp(now),
    }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  }
}

function isComplete({ deployment, limits }: Look, status: V1DeploymentStatus | undefined): boolean {
  return (
    (status?.updatedReplicas ?? 0) === limits.replicas &&
    (status?.replicas ?? 0) === limits.replicas &&
    (status?.availableReplicas ?? 0) === limits.replicas &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

function isProgress(before: V1DeploymentStatus = {}, after: V1DeploymentStatus): boolean {
  const old = (status: V1DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

function isTimedOut(deployment: V1Deployment, current: V1DeploymentCondition | undefined, now: number): boolean {
  if (!current || current.reason === 'NewReplicaSetAvailable') return false
  if (current.reason === 'ProgressDeadlineExceeded') return true
  return Date.parse(current.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000 < now
}

function failureOf(look: Look): V1DeploymentCondition | undefined {
  const ordered = look.newSet ? [look.newSet, ...look.oldSets] : look.oldSets
  for (const set of ordered) {
    const failure = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
    if (failure) return { ...failure, lastUpdateTime: failure.lastTransitionTime }
  }
  return undefined
}

/** Conditions that say the same keep their times and place; one that changed goes to the end. */
function withCondition(conditions: readonly V1DeploymentCondition[] = [], fresh: V1DeploymentCondition): readonly V1DeploymentCondition[] {
  const old = conditions.find(({ type }) => type === fresh.type)
  if (old?.status === fresh.status && old.reason === fresh.reason) return conditions
  const since = old?.status === fresh.status ? { ...fresh, lastTransitionTime: old.lastTransitionTime } : fresh
  return [...conditions.filter((condition) => condition !== old), since]
}

function progressing(status: string, reason: string, message: string, now: number): V1DeploymentCondition {
  return { type: 'Progressing', status, lastUpdateTime: timestamp(now), lastTransitionTime: timestamp(now), reason, message }
}

function conditionOf(status: V1DeploymentStatus | undefined, type: string): V1DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type)
}

function hasDeadline({ spec }: V1Deployment): boolean {
  return spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2147483647
}

function allSets({ newSet, oldSets }: Look): V1ReplicaSet[] {
  return newSet ? [...oldSets, newSet] : oldSets
}

function replace(look: Look, before: V1ReplicaSet, after: V1ReplicaSet): void {
  if (look.newSet?.metadata.uid === before.metadata.uid) look.newSet = after
  else look.oldSets = look.oldSets.map((set) => (set.metadata.uid === before.metadata.uid ? after : set))
}

function replicasOf({ spec }: V1ReplicaSet): number {
  return spec.replicas ?? 1
}

function revisionOf({ metadata }: V1ReplicaSet): number {
  return Number(metadata.annotations?.[revisionKey] ?? 0)
}

function byRevision(all: readonly V1ReplicaSet[]): V1ReplicaSet[] {
  return all.toSorted((a, b) => revisionOf(a) - revisionOf(b))
}

function older(a: V1ReplicaSet, b: V1ReplicaSet): number {
  const left = a.metadata.creationTimestamp
  const right = b.metadata.creationTimestamp
  return left < right ? -1 : left > right ? 1 : a.metadata.name < b.metadata.name ? -1 : 1
}

function younger(a: V1ReplicaSet, b: V1ReplicaSet): number {
  return older(b, a)
}
