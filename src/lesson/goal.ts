/**
 * A step's goal as rows of marks: what should be there, in the notation of the picture. It is what the step's own solution leaves
 * behind (`drydock lesson goals` writes it beside the pack), so nobody has to state it twice.
 *
 * Names that differ from run to run are left out: Pods are counted by the workload they belong to, containers by image when they are
 * not named, and nothing says which node.
 */
import * as v from 'valibot'
import { isSystem } from './system-namespaces.ts'

const markNames = ['running', 'starting', 'completed', 'failing', 'waiting', 'paused'] as const

const GoalRow = v.object({ label: v.string(), marks: v.array(v.picklist(markNames)) })

export type Mark = (typeof markNames)[number]
export type GoalRow = Readonly<{ label: string; marks: readonly Mark[] }>

/** One entry for each step; null where the step changes nothing that is drawn. */
export const Goals = v.array(v.nullable(v.array(GoalRow)))

export interface Held {
  readonly store: string
  readonly resource: string
  readonly key: string
  readonly object: object
}

const Pod = v.object({
  metadata: v.object({
    name: v.string(),
    /** A Pod that was set aside by its labels has no owner any more, but still its owner's name. */
    generateName: v.optional(v.string()),
    namespace: v.string(),
    deletionTimestamp: v.optional(v.string()),
    ownerReferences: v.nullish(v.array(v.object({ kind: v.string(), name: v.string() }))),
  }),
  status: v.optional(
    v.object({
      phase: v.optional(v.string()),
      conditions: v.nullish(v.array(v.object({ type: v.string(), status: v.string() }))),
      containerStatuses: v.nullish(
        v.array(v.object({ state: v.optional(v.object({ waiting: v.optional(v.object({ reason: v.optional(v.string()) })) })) })),
      ),
    }),
  ),
})
const Container = v.object({
  Name: v.string(),
  Config: v.object({ Image: v.string(), Labels: v.nullish(v.record(v.string(), v.string())) }),
  State: v.object({ Status: v.string(), ExitCode: v.optional(v.number()) }),
})
const Image = v.object({ RepoTags: v.nullish(v.array(v.string())), RepoDigests: v.nullish(v.array(v.string())) })
const Named = v.object({ Name: v.string() })
const Service = v.object({ metadata: v.object({ name: v.string(), namespace: v.string() }) })

/** Images that were only pulled stand under their containers anyway; a goal names them when there is nothing else. */
export function goalRows(held: Iterable<Held>, { withPulled }: { readonly withPulled: boolean }): readonly GoalRow[] {
  const rows = new Map<string, Mark[]>()
  const put = (label: string, mark: Mark) => rows.set(label, [...(rows.get(label) ?? []), mark])
  for (const each of held) {
    const told = each.store.startsWith('cluster/')
      ? clusterMark(each)
      : each.store.startsWith('docker/')
        ? dockerMark(each, withPulled)
        : undefined
    if (told) put(told.label, told.mark)
  }
  return [...rows].map(([label, marks]) => ({ label, marks: marks.sort() })).sort((a, b) => (a.label < b.label ? -1 : 1))
}

interface Told {
  readonly label: string
  readonly mark: Mark
}

function clusterMark({ resource, object }: Held): Told | undefined {
  if (resource === 'services') {
    const { metadata } = v.parse(Service, object)
    return isSystem(metadata.namespace) || metadata.name === 'kubernetes'
      ? undefined
      : { label: `Service ${metadata.name}`, mark: 'running' }
  }
  if (resource !== 'pods') return undefined
  const { metadata, status } = v.parse(Pod, object)
  if (isSystem(metadata.namespace) || metadata.deletionTimestamp) return undefined
  const owner = metadata.ownerReferences?.[0]
  const label =
    owner === undefined
      ? (metadata.generateName?.replace(/-$/, '') ?? metadata.name)
      : owner.kind === 'ReplicaSet'
        ? owner.name.replace(/-[a-z0-9]{6,10}$/, '')
        : owner.name
  const isReady = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
  const reason = status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting?.reason ?? ''
  const mark = isReady
    ? 'running'
    : status?.phase === 'Succeeded'
      ? 'completed'
      : status?.phase === 'Failed' || /BackOff|^Err|Error/.test(reason)
        ? 'failing'
        : 'starting'
  return { label, mark }
}

/** Docker makes up `happy_turing` for a container that was given no name. */
const madeUp = /^[a-z]+_[a-z]+\d?$/

function dockerMark({ resource, object }: Held, withPulled: boolean): Told | undefined {
  switch (resource) {
    case 'containers': {
      const { Name, Config, State } = v.parse(Container, object)
      const service = Config.Labels?.['com.docker.swarm.service.name']
      const name = Name.replace(/^\//, '')
      return { label: service ?? (madeUp.test(name) ? Config.Image : name), mark: containerMark(State.Status, State.ExitCode ?? 0) }
    }
    case 'images': {
      const { RepoTags, RepoDigests } = v.parse(Image, object)
      const tag = RepoTags?.[0]
      return tag === undefined || (!withPulled && (RepoDigests?.length ?? 0) > 0) ? undefined : { label: `image ${tag}`, mark: 'running' }
    }
    case 'networks': {
      const { Name } = v.parse(Named, object)
      return ['bridge', 'host', 'none', 'docker_gwbridge', 'ingress'].includes(Name)
        ? undefined
        : { label: `network ${Name}`, mark: 'running' }
    }
    case 'volumes': {
      const { Name } = v.parse(Named, object)
      return /^[0-9a-f]{64}$/.test(Name) ? undefined : { label: `volume ${Name}`, mark: 'running' }
    }
    default:
      return undefined
  }
}

function containerMark(status: string, exitCode: number): Mark {
  switch (status) {
    case 'running':
      return 'running'
    case 'paused':
      return 'paused'
    case 'restarting':
      return 'starting'
    case 'created':
      return 'waiting'
    default:
      return exitCode === 0 ? 'completed' : 'failing'
  }
}

export interface ComparedRow {
  readonly label: string
  readonly goal: readonly Mark[]
  readonly now: readonly Mark[]
  readonly isSame: boolean
}

/** The rows of the goal and what more there is now. What was only run, or pulled, may be there more often than wanted. */
export function compared(goal: readonly GoalRow[], now: readonly GoalRow[]): readonly ComparedRow[] {
  const marksNow = new Map(now.map(({ label, marks }) => [label, marks]))
  const wanted = goal.map(
    ({ label, marks }): ComparedRow => ({
      label,
      goal: marks,
      now: marksNow.get(label) ?? [],
      isSame: isReached(marks, marksNow.get(label) ?? []),
    }),
  )
  const labels = new Set(goal.map(({ label }) => label))
  const more = now
    .filter(({ label }) => !labels.has(label))
    .map(
      ({ label, marks }): ComparedRow => ({
        label,
        goal: [],
        now: marks,
        isSame: label.startsWith('image ') || marks.every((mark) => mark === 'completed'),
      }),
    )
  return [...wanted, ...more]
}

function isReached(goal: readonly Mark[], now: readonly Mark[]): boolean {
  const left = [...now]
  for (const mark of goal) {
    const at = left.indexOf(mark)
    if (at < 0) return false
    left.splice(at, 1)
  }
  return left.every((mark) => mark === 'completed')
}
