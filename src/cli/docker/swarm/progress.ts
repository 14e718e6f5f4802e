/**
 * What `service create` and its kin show until a service is as it should be: a line for the whole, one for each of up to twenty tasks, looked
 * at five times a second, and five quiet seconds at the end. Ctrl-C leaves the service to itself.
 */
import { WaitQueue } from '../../../base/wait-queue.ts'
import { type Blocking, out, type Process } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import { type Engine, filters, query } from '../engine.ts'
import type { Node } from './node.ts'
import type { Service } from './service-shape.ts'
import type { Task } from './tasks.ts'

const pollMs = 200
const mostBars = 20
const longestState = 'preparing'.length
const monitorDefaultMs = 5_000
const states = [
  '',
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
]
const runningRank = states.indexOf('running')
const rank = (state: string): number => Math.max(0, states.indexOf(state))
const isOver = (state: string): boolean => rank(state) > runningRank

/** Lines that are rewritten where they stand on a terminal, and follow each other elsewhere. */
class Lines {
  readonly #process: Process
  readonly #known = new Map<string, number>()
  readonly #isQuiet: boolean

  constructor(process: Process, isQuiet: boolean) {
    this.#process = process
    this.#isQuiet = isQuiet
  }

  *write(id: string, action: string, current = 0): Blocking<void> {
    if (this.#isQuiet) return
    if (this.#process.descriptors.get(1)?.file.kind !== 'terminal') {
      // Progress of a single task is not for logs.
      if (current === 0) yield* out(this.#process, `${id}: ${action}\n`)
      return
    }
    let line = this.#known.get(id)
    const isNew = line === undefined
    if (line === undefined) {
      line = this.#known.size
      this.#known.set(id, line)
    }
    const up = this.#known.size - line
    const filled = Math.floor((current / runningRank) * 50)
    const bar = current > 0 && (this.#process.terminal?.cols ?? 80) > 110 ? `[${'='.repeat(filled)}>${' '.repeat(50 - filled)}] ` : ''
    yield* out(this.#process, `${isNew ? '\n' : ''}\x1b[${up}A\x1b[2K\r${id}: ${action} ${bar}\r\x1b[${up}B`)
  }

  *say(text: string): Blocking<void> {
    if (!this.#isQuiet) yield* out(this.#process, `${text}\n`)
  }
}

interface Updater {
  /** Answers whether the service is now as it should be. */
  update(service: Service, tasks: readonly Task[], activeNodes: ReadonlySet<string>, isRollback: boolean): Blocking<boolean>
}

function* overall(lines: Lines, running: number, wanted: number, isRollback: boolean): Blocking<void> {
  yield* lines.write('overall progress', `${isRollback ? 'rolling back update: ' : ''}${running} out of ${wanted} tasks`)
}

function* taskLine(lines: Lines, id: string, task: Task): Blocking<void> {
  const { State, Err = '' } = task.Status
  if (Err !== '') yield* lines.write(id, Err.split('\n')[0].length > 75 ? `${Err.split('\n')[0].slice(0, 74)}…` : Err.split('\n')[0])
  else if (!isOver(task.DesiredState) && !isOver(State)) yield* lines.write(id, State.padEnd(longestState), rank(State))
}

/** Of several tasks in one place, the one nearest to what is wanted. */
function better(a: Task, b: Task): boolean {
  return rank(a.DesiredState) !== rank(b.DesiredState)
    ? rank(a.DesiredState) < rank(b.DesiredState)
    : rank(a.Status.State) < rank(b.Status.State)
}

function chosen<K>(tasks: readonly Task[], keyOf: (task: Task) => K, activeNodes: ReadonlySet<string>): Map<K, Task> {
  const found = new Map<K, Task>()
  for (const task of tasks) {
    if (rank(task.DesiredState) === 0 || rank(task.Status.State) === 0 || (task.NodeID && !activeNodes.has(task.NodeID))) continue
    const before = found.get(keyOf(task))
    if (!before || better(task, before)) found.set(keyOf(task), task)
  }
  return found
}

const isRunning = (task: Task): boolean => !isOver(task.DesiredState) && task.Status.State === 'running'

function replicated(lines: Lines): Updater {
  const places = new Map<number, number>()
  let isBegun = false
  let isDone = false
  return {
    *update(service, tasks, activeNodes, isRollback) {
      const wanted = service.Spec.Mode.Replicated?.Replicas ?? 0
      if (!isBegun) {
        yield* overall(lines, 0, wanted, isRollback)
        if (wanted <= mostBars) for (let slot = 1; slot <= wanted; slot++) yield* lines.write(`${slot}/${wanted}`, ' ')
        isBegun = true
      }
      const bySlot = chosen(tasks, ({ Slot = 0 }) => Slot, activeNodes)
      if (isDone && [...bySlot.values()].some(({ Status }) => Status.State !== 'running')) isDone = false
      let running = 0
      for (const [slot, task] of [...bySlot].sort(([a], [b]) => a - b)) {
        if (!places.has(slot)) places.set(slot, places.size + 1)
        const place = places.get(slot) ?? 0
        if (isRunning(task)) running++
        if (!isDone && wanted <= mostBars && place <= wanted) yield* taskLine(lines, `${place}/${wanted}`, task)
      }
      if (!isDone) {
        yield* overall(lines, running, wanted, isRollback)
        isDone = running === wanted
      }
      return running === wanted
    },
  }
}

function everywhere(lines: Lines): Updater {
  let isBegun = false
  let isDone = false
  return {
    *update(_, tasks, activeNodes, isRollback) {
      const byNode = chosen(tasks, ({ NodeID = '' }) => NodeID, activeNodes)
      const wanted = byNode.size
      if (!isBegun) {
        if (wanted === 0) {
          yield* lines.write('overall progress', 'waiting for new tasks')
          return false
        }
        yield* overall(lines, 0, wanted, isRollback)
        isBegun = true
      }
      if (isDone && [...byNode.values()].some(({ Status }) => Status.State !== 'running')) isDone = false
      let running = 0
      for (const [node, task] of byNode) {
        if (isRunning(task)) running++
        if (!isDone && wanted <= mostBars) yield* taskLine(lines, node.slice(0, 12), task)
      }
      if (!isDone) {
        yield* overall(lines, running, wanted, isRollback)
        isDone = running === wanted
      }
      return running === wanted
    },
  }
}

/** Jobs are done when enough tasks have completed. */
function job(lines: Lines): Updater {
  return {
    *update(service, tasks) {
      const { ReplicatedJob } = service.Spec.Mode
      const total = ReplicatedJob?.TotalCompletions ?? new Set(tasks.map(({ NodeID }) => NodeID)).size
      const most = ReplicatedJob?.MaxConcurrent ?? total
      const done = tasks.filter(({ Status }) => Status.State === 'complete').length
      const active = tasks.filter(({ Status, DesiredState }) => Status.State === 'running' && DesiredState === 'complete').length
      yield* lines.write('job progress', `${done} out of ${total} complete`)
      yield* lines.write('active tasks', `${active} out of ${Math.min(most, total - done)} tasks`)
      if (total <= mostBars)
        for (const [index, task] of [...tasks]
          .sort((a, b) => (a.Slot ?? 0) - (b.Slot ?? 0))
          .slice(0, total)
          .entries())
          yield* lines.write(
            `${index + 1}/${total}`,
            task.Status.Err || task.Status.State.padEnd(longestState),
            rank(task.Status.State) <= runningRank ? rank(task.Status.State) : 0,
          )
      return total > 0 && done >= total
    },
  }
}

/** Waits until a service has converged. What was typed names it in the last line. */
export function* waitFor(process: Process, engine: Engine, name: string, { isQuiet }: { isQuiet: boolean }): Blocking<void> {
  const lines = new Lines(process, isQuiet)
  const interrupted = new WaitQueue()
  let isInterrupted = false
  const before = process.handlers.get('INT')
  process.handlers.set('INT', () => {
    isInterrupted = true
    interrupted.wake()
  })
  try {
    let updater: Updater | undefined
    let hasConverged = false
    let convergedAt: number | undefined
    let isRollback = false
    let last: string | undefined
    for (;;) {
      const service = yield* engine.json<Service>('GET', `/services/${encodeURIComponent(name)}?insertDefaults=false`)
      const { UpdateConfig, Mode } = service.Spec
      const monitorMs = UpdateConfig?.Monitor ? UpdateConfig.Monitor / 1e6 : monitorDefaultMs
      const isJob = Mode.ReplicatedJob !== undefined || Mode.GlobalJob !== undefined
      updater ??= isJob ? job(lines) : Mode.Global ? everywhere(lines) : replicated(lines)
      const status = service.UpdateStatus
      if (status?.State === 'updating') isRollback = false
      else if (status?.State === 'completed' && !hasConverged) return
      else if (status?.State === 'paused') throw new DockerError(`service update paused: ${status.Message}`)
      else if (status?.State === 'rollback_started') {
        if (!isRollback && status.Message !== '') yield* lines.write('rollback', status.Message)
        isRollback = true
      } else if (status?.State === 'rollback_paused') throw new DockerError(`service rollback paused: ${status.Message}`)
      else if (status?.State === 'rollback_completed') {
        if (!hasConverged) last = status.Message
        isRollback = true
      }
      if (hasConverged && convergedAt !== undefined && process.now() - convergedAt >= monitorMs) {
        yield* lines.write('verify', `Service ${name} converged`)
        if (last !== undefined) yield* lines.write('rollback', last)
        return
      }
      const tasks = yield* engine.json<readonly Task[]>(
        'GET',
        `/tasks${query({ filters: filters([`service=${service.ID}`, '_up-to-date=true']) })}`,
      )
      const nodes = yield* engine.json<readonly Node[]>('GET', '/nodes')
      const active = new Set(nodes.filter(({ Status }) => Status.State !== 'down').map(({ ID }) => ID))
      hasConverged = yield* updater.update(service, tasks, active, isRollback)
      if (hasConverged && isJob) return yield* lines.say('job complete')
      if (hasConverged) {
        convergedAt ??= process.now()
        const wait = monitorMs - (process.now() - convergedAt)
        if (wait >= 0)
          yield* lines.write('verify', `Waiting ${Math.max(1, Math.ceil(wait / 1000))} seconds to verify that tasks are stable...`)
      } else {
        if (convergedAt !== undefined) yield* lines.write('verify', 'Detected task failure')
        convergedAt = undefined
      }
      const until = process.now() + pollMs
      while (process.now() < until && !isInterrupted) yield { on: [interrupted], until }
      if (!isInterrupted) continue
      if (!hasConverged) {
        yield* lines.say('Operation continuing in background.')
        yield* lines.say(`Use \`docker service ps ${name}\` to check progress.`)
      }
      return
    }
  } finally {
    if (before) process.handlers.set('INT', before)
    else process.handlers.delete('INT')
  }
}
