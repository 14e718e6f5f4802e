/**
 * One engine's membership in a swarm. A manager holds the swarm's whole state in its own store; the leader writes to its own and to every
 * manager it reaches, and only while it reaches more than half of them. Who leads is found out by ticks, as Raft does it: silence for long enough makes a manager stand
 * for election, and it wins when a majority hears it.
 *
 * A swarm of one manager and no other node needs no ticks: nothing can fall silent.
 */
import type { Cancel } from '../../../base/clock.ts'
import { tellChange } from './cluster-events.ts'
import type { Daemon } from '../daemon.ts'
import { pace } from '../../pace.ts'
import type { Work } from '../../runtime/task.ts'
import { Agent } from './agent.ts'
import { balance, forgetNetworks, materialise } from './networks.ts'
import { Orchestrator } from './orchestrator.ts'
import { peersOf, reaches } from './peers.ts'
import type { Kinds, Membership, Meta, SwarmNode, Task, TaskStatus } from './shapes.ts'
import { deadline, locked, noLeader, onlyWorker } from './words.ts'

const kinds: readonly (keyof Kinds)[] = ['nodes', 'services', 'tasks', 'secrets', 'configs', 'networks', 'cluster']

export class Member {
  readonly daemon: Daemon
  readonly agent: Agent
  readonly orchestrator: Orchestrator
  isStopped = false
  /** Who this manager thinks leads. */
  leaderId: string | undefined
  /** When each node was heard last, by the leader. */
  readonly #heard = new Map<string, number>()
  #membership: Membership
  /** Raft's own first entries, about the member itself, come before everything that is kept. */
  #index = 7
  #leaderHeard: number
  #patience: number
  #cancelTick: Cancel | undefined
  #nodeDescription: SwarmNode['Description'] | undefined

  constructor(daemon: Daemon, membership: Membership) {
    this.daemon = daemon
    this.#membership = membership
    this.#leaderHeard = daemon.clock.now()
    this.#patience = this.#newPatience()
    this.agent = new Agent(this)
    this.orchestrator = new Orchestrator(this)
    for (const kind of kinds) for (const { Version } of this.list(kind)) this.#index = Math.max(this.#index, Version.Index)
    peersOf(daemon).members.set(this.id, this)
    this.#tickSoon()
  }

  get id(): string {
    return this.#membership.NodeID
  }

  get addr(): string {
    return this.#membership.Addr
  }

  get membership(): Membership {
    return this.#membership
  }

  get isManager(): boolean {
    return this.#membership.Role === 'manager'
  }

  get isLeader(): boolean {
    return this.leaderId === this.id && this.isManager
  }

  get index(): number {
    return this.#index
  }

  remember(parts: Partial<Membership>): void {
    this.#membership = { ...this.#membership, ...parts }
    this.daemon.store.put('swarm', 'self', this.#membership, this.daemon.cause)
  }

  // The state

  list<K extends keyof Kinds>(kind: K): readonly Kinds[K][] {
    return this.daemon.store.list(`swarm-${kind}`) as readonly Kinds[K][]
  }

  get<K extends keyof Kinds>(kind: K, id: string): Kinds[K] | undefined {
    return this.daemon.store.get(`swarm-${kind}`, id) as Kinds[K] | undefined
  }

  /** Writes, as the leader. Answers what was stored, with its new version. */
  put<K extends keyof Kinds>(kind: K, object: Omit<Kinds[K], keyof Meta> & { readonly ID: string; readonly CreatedAt?: string }): Kinds[K] {
    const now = this.daemon.nano()
    const before = this.get(kind, object.ID)
    const { ID: _id, Version: _version, CreatedAt: _created, UpdatedAt: _updated, ...rest } = object as Partial<Meta>
    const whole = {
      ID: object.ID,
      Version: { Index: ++this.#index },
      CreatedAt: before?.CreatedAt ?? object.CreatedAt ?? now,
      UpdatedAt: now,
      ...rest,
    } as unknown as Kinds[K]
    for (const manager of this.#replicas()) manager.keep(kind, object.ID, whole, this.#index)
    this.orchestrator.wake()
    return whole
  }

  delete(kind: keyof Kinds, id: string): void {
    this.#index++
    for (const manager of this.#replicas()) manager.keep(kind, id, undefined, this.#index)
    this.orchestrator.wake()
  }

  /** One entry of the leader's log, applied here. */
  keep(kind: keyof Kinds, id: string, object: object | undefined, index: number): void {
    const { store, cause } = this.daemon
    tellChange(this.daemon, kind, id, this.get(kind, id), object)
    if (object) store.put(`swarm-${kind}`, id, object, cause.by === 'docker' ? cause : { by: 'swarm', because: cause.because })
    else store.delete(`swarm-${kind}`, id, { by: 'swarm', because: cause.because })
    this.#index = index
    if (kind === 'networks') materialise(this)
    if (kind === 'services' && this.isLeader) balance(this)
  }

  /** The leader's state as a whole, for a manager that was away. */
  catchUp(leader: Member): void {
    if (leader === this || leader.index === this.#index) return
    this.#wipe()
    for (const kind of kinds)
      for (const object of leader.list(kind)) this.daemon.store.put(`swarm-${kind}`, object.ID, object, { by: 'swarm', because: 0 })
    this.#index = leader.index
    materialise(this)
  }

  #wipe(): void {
    for (const kind of kinds)
      for (const { ID } of [...this.list(kind)]) this.daemon.store.delete(`swarm-${kind}`, ID, { by: 'swarm', because: 0 })
  }

  #replicas(): Member[] {
    return this.managers().filter((manager) => manager === this || this.canReach(manager))
  }

  // Who is there

  canReach(other: Member): boolean {
    return reaches(this, other)
  }

  /** Members whose engine runs somewhere and belongs to this swarm. */
  others(): Member[] {
    return [...peersOf(this.daemon).members.values()].filter((member) => member.membership.ClusterID === this.#membership.ClusterID)
  }

  /** Managers that can be heard at all, this one among them. Locked ones do not take part. */
  managers(): Member[] {
    return this.others().filter((member) => member.isManager && !member.membership.IsLocked)
  }

  member(nodeId: string): Member | undefined {
    const found = peersOf(this.daemon).members.get(nodeId)
    return found && found.membership.ClusterID === this.#membership.ClusterID && this.canReach(found) ? found : undefined
  }

  /** Node ids that have a vote. */
  voters(): string[] {
    return this.list('nodes').flatMap(({ ID, ManagerStatus }) => (ManagerStatus ? [ID] : []))
  }

  hasQuorum(): boolean {
    const voters = this.voters()
    const heard = voters.filter((id) => {
      const manager = this.member(id)
      return manager?.isManager && !manager.membership.IsLocked
    })
    return heard.length * 2 > voters.length
  }

  leaderNow(): Member | undefined {
    if (this.leaderId === undefined) return undefined
    const leader = this.member(this.leaderId)
    return leader?.isLeader ? leader : undefined
  }

  /** The leader to ask; waits while an old one has only just fallen silent, as a call with a deadline does. */
  *leader(): Work<Member> {
    if (this.#membership.IsLocked) throw locked()
    if (!this.isManager) throw onlyWorker()
    const until = this.daemon.clock.now() + pace.swarmRequest
    for (;;) {
      const leader = this.leaderNow()
      if (leader?.hasQuorum()) return leader
      if (this.leaderId === undefined) throw noLeader()
      if (this.daemon.clock.now() >= until) throw deadline()
      yield { until: Math.min(until, this.daemon.clock.now() + 250) }
    }
  }

  /** Takes the lead, and brings every manager to the same state. */
  lead(): void {
    this.leaderId = this.id
    const now = this.daemon.clock.now()
    for (const { ID } of this.list('nodes')) this.#heard.set(ID, now)
    for (const manager of this.#replicas()) {
      manager.leaderId = this.id
      manager.catchUp(this)
      manager.hear()
    }
    balance(this)
    this.orchestrator.wake()
    this.orchestrator.dispatch()
  }

  /** Has its state again after a restart: one that is alone leads at once, others find their leader by ticks. */
  rejoin(): void {
    if (!this.isManager) return
    materialise(this)
    const another = this.managers().find((manager) => manager !== this && manager.isLeader && this.canReach(manager))
    if (another) {
      this.leaderId = another.id
      this.catchUp(another)
    } else if (this.voters().length <= 1) this.lead()
  }

  hear(): void {
    this.#leaderHeard = this.daemon.clock.now()
    this.#patience = this.#newPatience()
  }

  /** Between one and two election timeouts, so that two managers seldom stand at once. */
  #newPatience(): number {
    return pace.swarmElection + this.daemon.random.below(pace.swarmElection)
  }

  // Ticks

  /** Whether anybody else could fall silent. */
  get #isAlone(): boolean {
    return this.isLeader && this.list('nodes').length <= 1
  }

  #tickSoon(): void {
    this.#cancelTick?.()
    this.#cancelTick = undefined
    if (this.isStopped || this.#isAlone) return
    this.#cancelTick = this.daemon.clock.after(pace.swarmTick, () => {
      this.#tick()
      this.#tickSoon()
    })
  }

  /** Nodes came or went: ticks are needed, or not any more. */
  retick(): void {
    if (this.#cancelTick === undefined || this.#isAlone) this.#tickSoon()
  }

  #tick(): void {
    if (this.isStopped || this.#membership.IsLocked) return
    if (this.isManager) this.#tickManager()
    this.agent.resend()
  }

  #tickManager(): void {
    const now = this.daemon.clock.now()
    if (this.isLeader) {
      if (this.hasQuorum()) this.#leaderHeard = now
      else if (now - this.#leaderHeard >= pace.swarmElection) {
        this.leaderId = undefined
        return
      } else return
      this.#beat(now)
      return
    }
    const leader = this.leaderNow()
    if (leader?.hasQuorum()) {
      this.#leaderHeard = now
      this.catchUp(leader)
      return
    }
    const another = this.managers().find((manager) => manager !== this && manager.isLeader && this.canReach(manager) && manager.hasQuorum())
    if (another) {
      this.leaderId = another.id
      this.catchUp(another)
      this.hear()
      return
    }
    if (now - this.#leaderHeard < this.#patience) return
    this.leaderId = undefined
    this.#patience = this.#newPatience()
    this.#leaderHeard = now
    // A vote goes only to one whose log is not behind the voter's.
    const isNewest = this.managers().every(
      (manager) => !this.canReach(manager) || manager.index <= this.#index || !this.voters().includes(manager.id),
    )
    if (this.hasQuorum() && isNewest) this.lead()
  }

  /** The leader listens for every node's heart. */
  #beat(now: number): void {
    for (const node of this.list('nodes')) {
      const there = this.member(node.ID)
      if (there) {
        this.#heard.set(node.ID, now)
        if (there.isManager && !there.membership.IsLocked) {
          there.leaderId = this.id
          there.catchUp(this)
        }
        this.#settleRole(node, there)
        if (node.Status.State !== 'ready') this.put('nodes', { ...node, Status: { State: 'ready', Addr: there.addr } })
      } else if (node.Status.State === 'ready' && now - (this.#heard.get(node.ID) ?? now) >= pace.swarmNodeGrace) {
        this.put('nodes', { ...node, Status: { ...node.Status, State: 'down', Message: 'heartbeat failure' } })
      }
    }
    this.orchestrator.dispatch()
  }

  /** Promotes or demotes a node to what its spec says, once it is there to hear it. */
  #settleRole(node: SwarmNode, there: Member): void {
    if (node.Spec.Role === there.membership.Role) return
    there.become(node.Spec.Role, this)
    const { ManagerStatus: _, ...rest } = node
    this.put(
      'nodes',
      node.Spec.Role === 'manager' ? { ...rest, ManagerStatus: { Reachability: 'reachable', Addr: `${there.addr}:2377` } } : rest,
    )
  }

  settleRoles(): void {
    for (const node of this.list('nodes')) {
      const there = this.member(node.ID)
      if (there) this.#settleRole(node, there)
    }
    this.tellManagers()
  }

  become(role: 'worker' | 'manager', leader: Member): void {
    this.remember({ Role: role })
    if (role === 'manager') {
      this.leaderId = leader.id
      this.#index = -1
      this.catchUp(leader)
      this.hear()
    } else {
      this.leaderId = undefined
      this.#wipe()
      forgetNetworks(this, { keepUsed: true })
    }
    this.daemon.swarmState = `active/${role}`
    this.#tickSoon()
  }

  /** Every node learns the managers' addresses, to find them again by. */
  tellManagers(): void {
    const Managers = this.list('nodes').flatMap(({ ID, ManagerStatus }) =>
      ManagerStatus ? [{ NodeID: ID, Addr: ManagerStatus.Addr }] : [],
    )
    for (const { ID } of this.list('nodes')) this.member(ID)?.remember({ Managers })
  }

  // Between agents and the leader

  /** The leader as an agent finds it: through any manager it reaches. */
  leaderSeen(): Member | undefined {
    if (this.isManager) return this.leaderNow()
    for (const { NodeID } of this.#membership.Managers) {
      const leader = this.member(NodeID)?.leaderNow()
      if (leader && this.canReach(leader)) return leader
    }
    return undefined
  }

  /** A status that an agent reports; an older word about a task does not undo a newer one. */
  accept(taskId: string, status: TaskStatus): void {
    const task = this.get('tasks', taskId)
    if (!task || task.Status.Timestamp >= status.Timestamp || !this.isLeader) return
    this.put('tasks', { ...task, Status: { ...status, PortStatus: status.PortStatus } } satisfies Task)
  }

  describe(tls: SwarmNode['Description']['TLSInfo'], engineVersion: string): SwarmNode['Description'] {
    const { kernel, namespaces } = this.daemon.host
    const plugins = {
      Log: ['awslogs', 'fluentd', 'gelf', 'journald', 'json-file', 'local', 'splunk', 'syslog'],
      Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null', 'overlay'],
      Volume: ['local'],
    }
    this.#nodeDescription ??= {
      Hostname: namespaces.uts.hostname,
      Platform: { Architecture: 'x86_64', OS: 'linux' },
      Resources: { NanoCPUs: kernel.cpus * 1e9, MemoryBytes: kernel.memoryBytes },
      Engine: {
        EngineVersion: engineVersion,
        Plugins: Object.entries(plugins).flatMap(([Type, names]) => names.map((Name) => ({ Type, Name }))),
      },
      TLSInfo: tls,
    }
    return this.#nodeDescription
  }

  stop(): void {
    this.isStopped = true
    this.#cancelTick?.()
    this.agent.stop()
    this.orchestrator.stop()
    if (peersOf(this.daemon).members.get(this.id) === this) peersOf(this.daemon).members.delete(this.id)
  }

  /** Leaves: everything of the swarm is taken from this engine. */
  leave(): void {
    this.agent.removeAll()
    this.stop()
    this.#wipe()
    forgetNetworks(this, { keepUsed: false })
    this.daemon.store.delete('swarm', 'self', this.daemon.cause)
    this.daemon.swarmState = 'inactive'
    this.daemon.swarm = undefined
  }
}
