/**
 * What the leader does by itself: makes tasks until every service has those it asks for, replaces those that ended, gives each a node, and
 * tells the nodes. Level-triggered: one pass looks at everything and takes the next step wherever one is due; whoever writes only asks for a pass.
 */
import type { Cancel } from '../../../base/clock.ts'
import { pace } from '../../pace.ts'
import { allocate } from './networks.ts'
import type { Member } from './member.ts'
import { pickNode, satisfies } from './scheduler.ts'
import { isOver, rank, type Service, type SwarmNode, type Task, type TaskState } from './shapes.ts'
import { endpointKey, isCurrent, slotKey } from './slots.ts'
import { advanceUpdate } from './update.ts'
import { swarmId } from './words.ts'

const defaultRestartDelayMs = 5_000

export class Orchestrator {
  readonly member: Member
  #planned: Cancel | undefined
  #plannedAt = Number.POSITIVE_INFINITY
  #dispatching: Cancel | undefined

  constructor(member: Member) {
    this.member = member
  }

  /** Asks for a pass, soon or at a session time. */
  wake(at = this.now): void {
    if (!this.member.isLeader || at >= this.#plannedAt) return
    this.#planned?.()
    this.#plannedAt = at
    this.#planned = this.member.daemon.clock.after(at - this.now, () => {
      this.#planned = undefined
      this.#plannedAt = Number.POSITIVE_INFINITY
      this.#pass()
    })
  }

  stop(): void {
    this.#planned?.()
    this.#dispatching?.()
  }

  get now(): number {
    return this.member.daemon.clock.now()
  }

  #pass(): void {
    const { member } = this
    if (!member.isLeader || member.isStopped || !member.hasQuorum()) return
    for (const service of [...member.list('services')]) {
      if (service.Spec.Mode.Global || service.Spec.Mode.GlobalJob) this.#reconcileGlobal(service)
      else this.#reconcileSlots(service)
      advanceUpdate(this, member.get('services', service.ID) ?? service)
    }
    for (const task of [...member.list('tasks')]) {
      this.#promote(task)
      this.#clean(task)
    }
    this.#schedule()
    this.dispatch()
  }

  // Tasks of a service

  tasksOf(service: Service): Task[] {
    return this.member.list('tasks').filter(({ ServiceID }) => ServiceID === service.ID)
  }

  /** The newest task of each slot (or node), of those that are not on their way out. */
  slotsOf(service: Service): Map<string, Task> {
    const slots = new Map<string, Task>()
    for (const task of this.tasksOf(service)) {
      if (task.DesiredState === 'remove') continue
      const key = slotKey(task)
      const before = slots.get(key)
      if (!before || before.CreatedAt < task.CreatedAt) slots.set(key, task)
    }
    return slots
  }

  #reconcileSlots(service: Service): void {
    const { Replicated, ReplicatedJob } = service.Spec.Mode
    const iteration = service.JobStatus?.JobIteration.Index
    let wanted = Replicated?.Replicas ?? 1
    if (ReplicatedJob) {
      for (const task of this.tasksOf(service))
        if (task.JobIteration?.Index !== iteration && task.DesiredState !== 'remove') this.want(task, 'remove')
      const slots = [...this.slotsOf(service).values()]
      const done = slots.filter(({ Status }) => Status.State === 'complete').length
      const total = ReplicatedJob.TotalCompletions ?? ReplicatedJob.MaxConcurrent ?? 1
      wanted = done + Math.min(ReplicatedJob.MaxConcurrent || total, total - done)
    }
    const slots = this.slotsOf(service)
    if (!ReplicatedJob && slots.size > wanted) {
      const onNode = (task: Task) =>
        [...slots.values()].filter((other) => other.NodeID === task.NodeID && (other.Slot ?? 0) < (task.Slot ?? 0)).length
      const ordered = [...slots.values()].sort(
        (a, b) =>
          Number(b.Status.State === 'running') - Number(a.Status.State === 'running') ||
          onNode(a) - onNode(b) ||
          (a.Slot ?? 0) - (b.Slot ?? 0),
      )
      for (const { Slot } of ordered.slice(wanted))
        for (const task of this.tasksOf(service)) if (task.Slot === Slot) this.want(task, 'remove')
    }
    for (let slot = 1, count = slots.size; count < wanted; slot++) {
      if (slots.has(String(slot))) continue
      this.add(service, { Slot: slot, DesiredState: ReplicatedJob ? 'complete' : 'running' })
      count++
    }
    for (const task of this.slotsOf(service).values()) this.#replace(service, task)
  }

  #reconcileGlobal(service: Service): void {
    const constraints = service.Spec.TaskTemplate.Placement?.Constraints ?? []
    const isJob = service.Spec.Mode.GlobalJob !== undefined
    const slots = this.slotsOf(service)
    for (const node of this.member.list('nodes')) {
      const task = slots.get(node.ID)
      const isWanted =
        node.Spec.Availability !== 'drain' &&
        node.Status.State === 'ready' &&
        constraints.every((constraint) => satisfies(node, constraint))
      if (task && !isWanted && !isOver(task.DesiredState)) this.want(task, 'shutdown')
      else if (
        isWanted &&
        node.Spec.Availability === 'active' &&
        (!task || (!isJob && task.DesiredState === 'shutdown' && !isEnded(service, task)))
      )
        this.add(service, { NodeID: node.ID, DesiredState: isJob ? 'complete' : 'running' })
      else if (task && isWanted) this.#replace(service, task)
    }
    for (const task of slots.values()) if (task.NodeID && !this.member.get('nodes', task.NodeID)) this.want(task, 'remove')
  }

  /** A task that ended, or whose node went, is followed by another as its restart policy says. */
  #replace(service: Service, task: Task): void {
    if (isOver(task.DesiredState) && task.DesiredState !== 'complete') return
    const hasEnded = isOver(task.Status.State)
    const isLost = task.NodeID !== undefined && isGone(this.member.get('nodes', task.NodeID))
    if (!hasEnded && !isLost) return
    if (task.DesiredState === 'complete' && task.Status.State === 'complete') return
    // One that failed before it was even wanted to run keeps its place until its time would have come.
    if (hasEnded && !isLost && task.DesiredState === 'ready' && (task.startAfter ?? 0) > this.now) return this.wake(task.startAfter)
    this.want(task, 'shutdown')
    if (hasEnded && !isLost && !shouldRestart(service, task)) return
    if (!service.Spec.Mode.Global && !service.Spec.Mode.GlobalJob) this.#succeed(service, task, hasEnded && !isLost)
    else if (hasEnded && !isLost) this.#succeed(service, task, true)
  }

  #succeed(service: Service, task: Task, isRestart: boolean): void {
    const { Delay } = service.Spec.TaskTemplate.RestartPolicy ?? {}
    const delayMs = isRestart ? (Delay === undefined ? defaultRestartDelayMs : Delay / 1e6) : 0
    const restarts = isRestart && isCurrent(task, service) ? (task.restarts ?? 0) + 1 : 0
    this.add(service, {
      Slot: task.Slot,
      NodeID: task.Slot === undefined ? task.NodeID : undefined,
      DesiredState: 'ready',
      startAfter: this.now + delayMs,
      restarts,
    })
  }

  add(
    service: Service,
    { Slot, NodeID, DesiredState, startAfter, restarts }: Pick<Task, 'Slot' | 'NodeID' | 'DesiredState' | 'startAfter' | 'restarts'>,
  ): void {
    const { member } = this
    member.put('tasks', {
      ID: swarmId(member.daemon.random),
      Labels: {},
      Spec: service.Spec.TaskTemplate,
      ServiceID: service.ID,
      ...(Slot !== undefined ? { Slot } : {}),
      ...(NodeID !== undefined ? { NodeID } : {}),
      Status: { Timestamp: member.daemon.nano(), State: 'pending', Message: 'pending task scheduling', PortStatus: {} },
      DesiredState,
      ...(service.JobStatus ? { JobIteration: service.JobStatus.JobIteration } : {}),
      NetworksAttachments: allocate(member, service),
      ...(startAfter !== undefined ? { startAfter } : {}),
      ...(restarts ? { restarts } : {}),
      endpoint: endpointKey(service),
    })
  }

  want(task: Task, DesiredState: TaskState): void {
    const now = this.member.get('tasks', task.ID)
    if (!now || now.DesiredState === DesiredState || now.DesiredState === 'remove') return
    this.member.put('tasks', { ...now, DesiredState })
  }

  /** A task held ready may run once its time has come and those before it in its slot have ended. */
  #promote(task: Task): void {
    if (task.DesiredState !== 'ready') return
    const service = this.member.get('services', task.ServiceID)
    if (!service) return
    const before = this.tasksOf(service).filter(
      (other) => other.ID !== task.ID && slotKey(other) === slotKey(task) && other.CreatedAt < task.CreatedAt,
    )
    const isFree = before.every(
      (other) => isOver(other.Status.State) || other.NodeID === undefined || isDown(this.member.get('nodes', other.NodeID)),
    )
    if (!isFree) return
    if ((task.startAfter ?? 0) > this.now) this.wake(task.startAfter)
    else this.want(task, service.Spec.Mode.ReplicatedJob || service.Spec.Mode.GlobalJob ? 'complete' : 'running')
  }

  #clean(task: Task): void {
    const { member } = this
    const now = member.get('tasks', task.ID)
    if (!now) return
    const service = member.get('services', now.ServiceID)
    if (!service && now.DesiredState !== 'remove') return this.want(now, 'remove')
    const node = now.NodeID === undefined ? undefined : member.get('nodes', now.NodeID)
    const isUnassigned = now.NodeID === undefined || rank(now.Status.State) < rank('assigned')
    if (now.DesiredState === 'remove') {
      if (isUnassigned || isOver(now.Status.State) || isDown(node)) member.delete('tasks', now.ID)
      return
    }
    if (now.DesiredState === 'shutdown' && isUnassigned && !isOver(now.Status.State)) {
      member.put('tasks', { ...now, Status: { ...now.Status, Timestamp: member.daemon.nano(), State: 'shutdown', Message: 'shutdown' } })
      return
    }
    if (service) this.#forgetOld(service, now)
  }

  /** Of each slot only the last few tasks are remembered. */
  #forgetOld(service: Service, { Slot, NodeID }: Task): void {
    const limit = this.member.list('cluster')[0]?.Spec.Orchestration.TaskHistoryRetentionLimit ?? 5
    const history = this.tasksOf(service)
      .filter((task) => (Slot === undefined ? task.Slot === undefined && task.NodeID === NodeID : task.Slot === Slot))
      .sort((a, b) => (a.CreatedAt < b.CreatedAt ? -1 : 1))
    for (const task of history.slice(0, Math.max(0, history.length - Math.max(1, limit))))
      if (isOver(task.Status.State) && isOver(task.DesiredState)) this.member.delete('tasks', task.ID)
  }

  // Nodes

  #schedule(): void {
    const { member } = this
    for (const task of [...member.list('tasks')]) {
      if (task.Status.State !== 'pending' || (isOver(task.DesiredState) && task.DesiredState !== 'complete')) continue
      const due = Date.parse(task.CreatedAt) + pace.swarmSchedule
      if (due > this.now) {
        this.wake(due)
        continue
      }
      const { node, refusal } = pickNode(member, task, member.get('services', task.ServiceID))
      if (node)
        member.put('tasks', {
          ...task,
          NodeID: node.ID,
          Status: { Timestamp: member.daemon.nano(), State: 'assigned', Message: 'scheduler assigned task to node', PortStatus: {} },
        })
      else if (task.Status.Err !== refusal)
        member.put('tasks', { ...task, Status: { ...task.Status, Timestamp: member.daemon.nano(), Err: refusal } })
    }
  }

  /** Tells every node that can be reached what it is to run. Several changes go out as one. */
  dispatch(): void {
    this.#dispatching ??= this.member.daemon.clock.after(pace.swarmDispatch, () => {
      this.#dispatching = undefined
      const { member } = this
      if (!member.isLeader || member.isStopped) return
      for (const { ID } of member.list('nodes')) member.member(ID)?.agent.update(member)
    })
  }
}

function isDown(node: SwarmNode | undefined): boolean {
  return !node || node.Status.State === 'down'
}

/** Its tasks have to go elsewhere. */
function isGone(node: SwarmNode | undefined): boolean {
  return isDown(node) || node?.Spec.Availability === 'drain'
}

/** Whether the restart policy leaves it at its end. */
function isEnded(service: Service, task: Task): boolean {
  return isOver(task.Status.State) && task.Status.State !== 'shutdown' && !shouldRestart(service, task)
}

function shouldRestart({ Spec, ...service }: Service, task: Task): boolean {
  const { Condition = 'any', MaxAttempts = 0 } = Spec.TaskTemplate.RestartPolicy ?? {}
  const isJob = service.JobStatus !== undefined
  if (Condition === 'none' || (MaxAttempts > 0 && (task.restarts ?? 0) >= MaxAttempts)) return false
  if (Condition === 'on-failure' || isJob) if (task.Status.State === 'complete') return false
  return true
}
