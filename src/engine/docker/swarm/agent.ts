/**
 * A node's side of swarm: runs the tasks it was told to as ordinary containers of its engine, and reports how they fare. It goes on
 * with what it knows while no leader can be reached, and reports again when one can.
 */
import type { Cancel } from '../../../base/clock.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { pace } from '../../pace.ts'
import { perform, type Work } from '../../runtime/task.ts'
import { createContainer } from '../containers/create.ts'
import { DockerError } from '../docker-error.ts'
import { makeStdio, removeByForce, start, stop } from '../containers/lifecycle.ts'
import { pulled } from '../images/pull.ts'
import { parseReference } from '../images/reference.ts'
import { remoteImage } from '../images/remote.ts'
import type { Container } from '../shapes.ts'
import type { Member } from './member.ts'
import { Mesh } from './mesh.ts'
import { have } from './networks.ts'
import { isOver, rank, type Secret, type Task, type TaskState, type TaskStatus } from './shapes.ts'
import { type Assignment, containerName, createRequestOf, filesOf } from './task-container.ts'

const taskLabel = 'com.docker.swarm.task.id'

export class Agent {
  readonly #member: Member
  readonly #mesh: Mesh
  readonly #wishes = new Map<string, Task>()
  readonly #working = new Map<string, Cancel>()
  readonly #statuses = new Map<string, TaskStatus>()
  readonly #told = new WaitQueue()

  constructor(member: Member) {
    this.#member = member
    this.#mesh = new Mesh(member)
  }

  /** What the leader wants of this node now. */
  update(leader: Member): void {
    const { daemon, id } = this.#member
    const node = leader.get('nodes', id)
    if (!node) return
    const tasks = leader.list('tasks').filter(({ NodeID }) => NodeID === id)
    const wanted = new Set(tasks.map(({ ID }) => ID))
    for (const task of tasks) {
      this.#wishes.set(task.ID, task)
      const service = leader.get('services', task.ServiceID)
      if (this.#working.has(task.ID) || isOver(this.#statuses.get(task.ID)?.State ?? task.Status.State) || task.Status.State === 'pending')
        continue
      const isUnwanted = isOver(task.DesiredState) && task.DesiredState !== 'complete'
      if (isUnwanted && !this.#containerOf(task.ID)) this.#report(task.ID, 'shutdown', 'shutdown')
      else if (service) {
        for (const { Network } of task.NetworksAttachments ?? []) {
          const network = leader.get('networks', (Network as { ID: string }).ID)?.network
          if (network) have(this.#member, network)
        }
        const files = filesOf({ task, service, node }, (kind, key) => leader.get(kind, key) as Secret | undefined)
        this.#working.set(task.ID, () => {})
        const cancel = perform(daemon.clock, this.#guarded({ task, service, node }, files), () => this.#working.delete(task.ID))
        if (this.#working.has(task.ID)) this.#working.set(task.ID, cancel)
      }
    }
    for (const taskId of [...this.#wishes.keys()]) if (!wanted.has(taskId)) this.#forget(taskId)
    for (const container of [...daemon.containers()]) {
      const taskId = container.Config.Labels[taskLabel]
      if (
        taskId !== undefined &&
        container.Config.Labels['com.docker.swarm.node.id'] === id &&
        !wanted.has(taskId) &&
        !this.#working.has(taskId)
      )
        perform(daemon.clock, this.#discard(container.Id))
    }
    this.#mesh.update(leader)
    this.#told.wake()
  }

  /** The leader no longer knows the task: its container goes. */
  #forget(taskId: string): void {
    const task = this.#wishes.get(taskId)
    this.#statuses.delete(taskId)
    if (this.#working.has(taskId) && task) {
      this.#wishes.set(taskId, { ...task, DesiredState: 'remove' })
      return
    }
    this.#wishes.delete(taskId)
    const container = this.#containerOf(taskId)
    if (container) perform(this.#member.daemon.clock, this.#discard(container.Id))
  }

  *#discard(containerId: string): Work<void> {
    try {
      yield* removeByForce(this.#member.daemon, containerId, { force: true, removeVolumes: true, removeLink: false })
    } catch (error) {
      // Somebody was faster.
      if (!(error instanceof DockerError)) throw error
    }
  }

  resend(): void {
    const leader = this.#member.leaderSeen()
    if (!leader) return
    for (const [taskId, status] of this.#statuses) leader.accept(taskId, status)
  }

  stop(): void {
    for (const cancel of this.#working.values()) cancel()
    this.#working.clear()
    this.#mesh.close()
    // A machine that is off is on no wire any more.
    for (const live of this.#member.daemon.live.values()) {
      if (!this.#member.daemon.host.net.interfaces.length)
        for (const { name } of [...(live.namespaces?.net.interfaces ?? [])]) live.namespaces?.net.detach(name)
    }
  }

  removeAll(): void {
    const { daemon } = this.#member
    for (const cancel of this.#working.values()) cancel()
    this.#working.clear()
    for (const container of [...daemon.containers()])
      if (container.Config.Labels[taskLabel] !== undefined) perform(daemon.clock, this.#discard(container.Id))
  }

  #containerOf(taskId: string): Container | undefined {
    return this.#member.daemon.containers().find(({ Config }) => Config.Labels[taskLabel] === taskId)
  }

  #wish(taskId: string): TaskState {
    return this.#wishes.get(taskId)?.DesiredState ?? 'remove'
  }

  #isUnwanted(taskId: string): boolean {
    const wish = this.#wish(taskId)
    return isOver(wish) && wish !== 'complete'
  }

  #report(taskId: string, State: TaskState, Message: string, { Err, container }: { Err?: string; container?: Container } = {}): void {
    const status: TaskStatus = {
      Timestamp: this.#member.daemon.nano(),
      State,
      Message,
      ...(Err ? { Err } : {}),
      ...(container
        ? { ContainerStatus: { ContainerID: container.Id, PID: container.State.Pid, ExitCode: container.State.ExitCode } }
        : {}),
      PortStatus: State === 'running' && container ? portStatus(container) : {},
    }
    this.#statuses.set(taskId, status)
    this.#member.leaderSeen()?.accept(taskId, status)
  }

  *#guarded(assignment: Assignment, files: ReturnType<typeof filesOf>): Work<void> {
    const { ID } = assignment.task
    yield* this.#run(assignment, files)
    if (this.#wish(ID) !== 'remove') return
    const container = this.#containerOf(ID)
    if (container) yield* this.#discard(container.Id)
    if (!this.#member.leaderSeen()?.get('tasks', ID)) {
      this.#wishes.delete(ID)
      this.#statuses.delete(ID)
    }
  }

  *#run(assignment: Assignment, files: ReturnType<typeof filesOf>): Work<void> {
    const { daemon } = this.#member
    const { ID } = assignment.task
    let container = this.#containerOf(ID)
    if (container && !container.State.Running) {
      // After the engine's own restart it may be about to come back.
      yield { until: daemon.clock.now() + 2 * pace.containerStart }
      container = this.#containerOf(ID)
    }
    const hasRun = container !== undefined && container.State.Status !== 'created'
    if (!hasRun) {
      this.#report(ID, 'accepted', 'accepted')
      this.#report(ID, 'preparing', 'preparing')
      try {
        container ??= yield* this.#prepared(assignment, files)
      } catch (error) {
        if (!(error instanceof DockerError)) throw error
        return this.#report(ID, 'rejected', 'preparing', { Err: error.message })
      }
      this.#report(ID, 'ready', 'prepared', { container })
      while (rank(this.#wish(ID)) < rank('running')) yield { on: [this.#told] }
      if (this.#isUnwanted(ID)) return this.#report(ID, 'shutdown', 'shutdown', { container })
      this.#report(ID, 'starting', 'starting', { container })
      try {
        yield* start(daemon, container.Id)
      } catch (error) {
        if (!(error instanceof DockerError)) throw error
        return this.#report(ID, 'failed', 'starting', { Err: error.message, container: daemon.find(container.Id) ?? container })
      }
    }
    if (container) yield* this.#watched(ID, container.Id)
  }

  *#prepared(assignment: Assignment, files: ReturnType<typeof filesOf>): Work<Container> {
    const { daemon } = this.#member
    const image = assignment.task.Spec.ContainerSpec?.Image ?? ''
    if (!daemon.images.find(image)) {
      try {
        const reference = parseReference(image)
        yield* pulled(daemon, reference, yield* remoteImage(daemon, reference, undefined), () => {})
      } catch (error) {
        // That it could not be pulled is said by the create that misses it.
        if (!(error instanceof DockerError)) throw error
      }
    }
    const { Id } = createContainer(daemon, createRequestOf(daemon, assignment), {
      name: containerName(assignment.task, assignment.service),
    })
    const live = daemon.liveOf(Id)
    live.stdio = makeStdio(daemon, daemon.container(Id), live)
    for (const [index, file] of files.entries()) {
      const folder = `/var/lib/docker/containers/${Id}/mounts`
      const path = `${folder}/${index}`
      daemon.host.files.mkdir(folder, { parents: true })
      daemon.host.files.writeFile(path, file.content, { mode: file.mode })
      daemon.host.files.chmod(path, file.mode)
      daemon.host.files.chown(path, { uid: file.uid, gid: file.gid })
    }
    if (files.length > 0)
      daemon.store.put(
        'swarm-files',
        Id,
        { files: files.map(({ at }, index) => ({ at, path: `/var/lib/docker/containers/${Id}/mounts/${index}` })) },
        { by: 'swarm', because: 0 },
      )
    return daemon.container(Id)
  }

  /** From running to its end. */
  *#watched(taskId: string, containerId: string): Work<void> {
    const { daemon } = this.#member
    const live = daemon.live.get(containerId)
    const lastSeen = daemon.find(containerId)
    let hasReported = false
    for (;;) {
      const container = daemon.find(containerId)
      if (!container || !live || !container.State.Running)
        return this.#ended(taskId, container ?? lastSeen, live?.lastExitCode ?? container?.State.ExitCode ?? 255)
      const { Health } = container.State
      if (Health?.Status === 'unhealthy') {
        yield* stop(daemon, containerId)
        return this.#report(taskId, 'failed', 'started', { Err: 'task: unhealthy container', container: daemon.find(containerId) })
      }
      if (!hasReported && (!Health || Health.Status === 'healthy')) {
        hasReported = true
        this.#report(taskId, 'running', 'started', { container })
      }
      if (this.#isUnwanted(taskId)) {
        yield* stop(daemon, containerId)
        yield { until: daemon.clock.now() + pace.swarmTeardown }
        return this.#report(taskId, 'shutdown', 'shutdown', { container: daemon.find(containerId) ?? container })
      }
      yield { on: [live.changed, this.#told] }
    }
  }

  #ended(taskId: string, container: Container | undefined, exitCode: number): void {
    const last = container && { ...container, State: { ...container.State, Pid: 0, ExitCode: exitCode } }
    if (this.#isUnwanted(taskId)) this.#report(taskId, 'shutdown', 'shutdown', { container: last })
    else if (exitCode === 0) this.#report(taskId, 'complete', 'finished', { container: last })
    else this.#report(taskId, 'failed', 'started', { Err: `task: non-zero exit (${exitCode})`, container: last })
  }
}

/** Ports of the machine that lead straight to a task. */
function portStatus({ NetworkSettings }: Container): TaskStatus['PortStatus'] {
  const Ports = Object.entries(NetworkSettings.Ports).flatMap(([port, bindings]) => {
    const [target, protocol] = port.split('/')
    return (bindings ?? [])
      .filter(({ HostIp }) => HostIp !== '::')
      .map(({ HostPort }) => ({
        Protocol: protocol as 'tcp',
        TargetPort: Number(target),
        PublishedPort: Number(HostPort),
        PublishMode: 'host' as const,
      }))
  })
  return Ports.length > 0 ? { Ports } : {}
}
