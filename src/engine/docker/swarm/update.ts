/**
 * A rolling update: tasks made of an old template are replaced, so many at a time, with a delay between, watched for a while after. What
 * it does next is read off the tasks every time; only the state that people see is kept with the service.
 */
import { pace } from '../../pace.ts'
import type { Member } from './member.ts'
import type { Orchestrator } from './orchestrator.ts'
import { isCurrent, slotKey } from './slots.ts'
import { isOver, rank, type Service, type Task, type UpdateState } from './shapes.ts'

const defaultMonitor = 5e9

export function advanceUpdate(orchestrator: Orchestrator, service: Service): void {
  const { member } = orchestrator
  if (service.Spec.Mode.ReplicatedJob || service.Spec.Mode.GlobalJob) return
  const status = service.UpdateStatus
  const isRollback = status?.State.startsWith('rollback') ?? false
  const config = (isRollback ? service.Spec.RollbackConfig : service.Spec.UpdateConfig) ?? { Parallelism: 1 }
  const slots = [...orchestrator.slotsOf(service).values()].filter((task) => !isOver(task.DesiredState))
  const old = slots.filter((task) => !isCurrent(task, service))
  const isRunningUpdate = status?.State === 'updating' || status?.State === 'rollback_started'
  if (old.length === 0 && !isRunningUpdate) return
  if (status?.State === 'paused' || status?.State === 'rollback_paused') return
  if (!isRunningUpdate) {
    tell(member, service, 'updating', 'update in progress')
    orchestrator.wake()
    return
  }
  const startedAt = status.StartedAt ?? ''
  const fresh = slots.filter((task) => task.CreatedAt >= startedAt && isCurrent(task, service))
  const monitorMs = (config.Monitor || defaultMonitor) / 1e6
  const failed = failuresOf(orchestrator, service, startedAt)
  if (failed.length > 0 && config.FailureAction !== 'continue' && failed.length / Math.max(1, slots.length) > (config.MaxFailureRatio ?? 0))
    return fail(orchestrator, service, failed[0], { isRollback, action: config.FailureAction })
  const delayMs = (config.Delay ?? 0) / 1e6
  const now = orchestrator.now
  let busy = 0
  let settledAt = Date.parse(startedAt)
  for (const task of fresh) {
    if (rank(task.Status.State) < rank('running')) {
      busy++
      continue
    }
    const running = Date.parse(task.Status.Timestamp)
    settledAt = Math.max(settledAt, running)
    if (now - running < delayMs && old.length > 0) {
      busy++
      orchestrator.wake(running + delayMs)
    }
    if (config.Order === 'start-first') retirePredecessors(orchestrator, service, task)
  }
  if (old.length === 0) {
    if (busy > 0) return
    const endsAt = fresh.length === 0 ? settledAt + pace.swarmDispatch : settledAt + monitorMs
    if (endsAt > now) return orchestrator.wake(endsAt)
    return tell(member, service, isRollback ? 'rollback_completed' : 'completed', isRollback ? 'rollback completed' : 'update completed')
  }
  const room = config.Parallelism === 0 ? old.length : Math.max(0, config.Parallelism - busy)
  for (const task of old.slice(0, room)) renew(orchestrator, service, task, config.Order)
}

function renew(orchestrator: Orchestrator, service: Service, task: Task, order: string | undefined): void {
  const isStartFirst = order === 'start-first'
  if (!isStartFirst) orchestrator.want(task, 'shutdown')
  orchestrator.add(service, {
    Slot: task.Slot,
    NodeID: task.Slot === undefined ? task.NodeID : undefined,
    DesiredState: isStartFirst ? 'running' : 'ready',
    startAfter: 0,
  })
}

function retirePredecessors(orchestrator: Orchestrator, service: Service, task: Task): void {
  for (const other of orchestrator.tasksOf(service))
    if (other.ID !== task.ID && slotKey(other) === slotKey(task) && other.CreatedAt < task.CreatedAt && !isOver(other.DesiredState))
      orchestrator.want(other, 'shutdown')
}

/** One failed task for each slot that failed under the new template while it was watched. */
function failuresOf(orchestrator: Orchestrator, service: Service, startedAt: string): Task[] {
  const bySlot = new Map<string, Task>()
  for (const task of orchestrator.tasksOf(service)) {
    const hasFailed = ['failed', 'rejected', 'complete'].includes(task.Status.State)
    if (hasFailed && task.CreatedAt >= startedAt && isCurrent(task, service)) bySlot.set(slotKey(task), task)
  }
  return [...bySlot.values()]
}

function fail(
  orchestrator: Orchestrator,
  service: Service,
  task: Task,
  { isRollback, action = 'pause' }: { isRollback: boolean; action?: string },
): void {
  const { member } = orchestrator
  const why = `due to failure or early termination of task ${task.ID}`
  if (isRollback) return tell(member, service, 'rollback_paused', `rollback paused ${why}`)
  if (action === 'rollback' && service.PreviousSpec) {
    const { PreviousSpec, ...rest } = service
    member.put('services', {
      ...rest,
      Spec: PreviousSpec,
      UpdateStatus: { State: 'rollback_started', StartedAt: member.daemon.nano(), Message: `update rolled back ${why}` },
    })
    return
  }
  tell(member, service, 'paused', `update paused ${why}`)
}

function tell(member: Member, service: Service, State: UpdateState, Message: string): void {
  const StartedAt = State === 'updating' || State === 'rollback_started' ? member.daemon.nano() : service.UpdateStatus?.StartedAt
  const isDone = State === 'completed' || State === 'rollback_completed'
  member.put('services', {
    ...service,
    UpdateStatus: { State, StartedAt, ...(isDone ? { CompletedAt: member.daemon.nano() } : {}), Message },
  })
}
