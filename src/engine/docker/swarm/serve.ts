/**
 * An engine's part in a swarm: the endpoints /swarm, /nodes, /services, /tasks, /secrets and /configs, and what the rest of the engine asks.
 * Every call to the control API goes to the leader, whichever manager was asked, and fails when there is none.
 */
import { textOf } from '../../../base/bytes.ts'
import { type HttpResponse, jsonResponse } from '../../../base/http.ts'
import type { NetNamespace, Segment } from '../../../unix/network/network.ts'
import type { Work } from '../../runtime/task.ts'
import { badRequest, DockerError, notFound } from '../docker-error.ts'
import { type Filters, hasLabels, parseFilters } from '../filters.ts'
import { randomName } from '../containers/names.ts'
import { endpointsOn } from '../networks/network-lookup.ts'
import type { NetworkRequest } from '../shapes.ts'
import { type Call, isTrue, matched, type Route, route } from '../router.ts'
import type { Container, Network } from '../shapes.ts'
import { taskLogs } from './logs.ts'
import { peersOf } from './peers.ts'
import type { Member } from './member.ts'
import { addressesTaken, createOverlay, endpointOf, have, joinBridge, overlayOf, removeOverlay, resolve } from './networks.ts'
import { isCurrent, isMadeOf } from './slots.ts'
import type { SwarmPart } from './part.ts'
import { isOver, type Secret, type Service, type SwarmNode, type SwarmSpec, type Task } from './shapes.ts'
import {
  checkAgainstOthers,
  clusterShown,
  nodeShown,
  nodeSpecOf,
  secretShown,
  secretSpecOf,
  serviceShown,
  serviceSpecOf,
  taskShown,
} from './shown.ts'
import { taskName } from './task-container.ts'
import { caDigest, joinToken, locked, noLeader, onlyWorker, rootCertificate, rpc, swarmId, unlockKey } from './words.ts'

type Serve = (leader: Member, call: Call, member: Member) => HttpResponse | Work<HttpResponse>

const json = (status: number, value: unknown): HttpResponse => ({ ...jsonResponse(status, value), body: `${JSON.stringify(value)}\n` })
const empty = (status: number): HttpResponse => ({ status, headers: {}, body: '' })

function bodyOf({ request }: Call): unknown {
  try {
    const value: unknown = JSON.parse(textOf(request.body) || '{}')
    if (typeof value === 'object' && value !== null) return value
  } catch {
    throw badRequest('invalid JSON')
  }
  throw badRequest('invalid JSON: json: cannot unmarshal into Go value')
}

/** By whole id, then by name, then by the beginning of the id. */
function found<T extends { readonly ID: string }>(all: readonly T[], what: string, name: string, nameOf: (object: T) => string): T {
  const exact = all.find(({ ID }) => ID === name) ?? all.filter((object) => nameOf(object) === name)
  const matches = Array.isArray(exact)
    ? exact.length > 0
      ? (exact as T[])
      : all.filter(({ ID }) => name !== '' && ID.startsWith(name))
    : [exact as T]
  if (matches.length > 1) throw badRequest(`${what} ${name} is ambiguous (${matches.length} matches found)`)
  if (matches.length === 0) throw notFound(`${what} ${name} not found`)
  return matches[0]
}

const findNode = (leader: Member, name: string, member: Member): SwarmNode =>
  found(leader.list('nodes'), 'node', name === 'self' ? member.id : name, ({ Description }) => Description.Hostname)
const findService = (leader: Member, name: string): Service => found(leader.list('services'), 'service', name, ({ Spec }) => Spec.Name)
const findTask = (leader: Member, name: string): Task =>
  found(leader.list('tasks'), 'task', name, (task) => taskName(task, leader.get('services', task.ServiceID)))
const findSecret = (leader: Member, kind: 'secrets' | 'configs', name: string): Secret =>
  found<Secret>(leader.list(kind) as readonly Secret[], kind === 'secrets' ? 'secret' : 'config', name, ({ Spec }) => Spec.Name)

const any = (filters: Filters, name: string, test: (value: string) => boolean): boolean =>
  !filters.get(name)?.length || (filters.get(name) as readonly string[]).some(test)

function checkVersion(call: Call, { Version }: { readonly Version: { readonly Index: number } }): void {
  const text = call.query.get('version') ?? ''
  if (!/^\d+$/.test(text)) throw badRequest(`invalid version '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
  if (Number(text) !== Version.Index) throw rpc('Unknown', 'update out of sequence')
}

function updateService(leader: Member, call: Call): HttpResponse {
  const service = findService(leader, call.params.id)
  checkVersion(call, service)
  const isRollback = call.query.get('rollback') === 'previous'
  if (isRollback && !service.PreviousSpec) throw rpc('FailedPrecondition', `service ${service.ID} does not have a previous spec`)
  const spec = isRollback && service.PreviousSpec ? service.PreviousSpec : serviceSpecOf(bodyOf(call))
  const [before, after] = [service.Spec.Mode, spec.Mode].map((mode) => Object.keys(mode)[0])
  if (before !== after) throw new DockerError(501, 'rpc error: code = Unimplemented desc = service mode change is not allowed')
  if (spec.Name !== service.Spec.Name)
    throw new DockerError(501, 'rpc error: code = Unimplemented desc = renaming services is not supported')
  checkAgainstOthers(leader, spec, service.ID)
  const isJob = service.JobStatus !== undefined
  const { UpdateStatus: _, PreviousSpec: _previous, ...rest } = service
  leader.put('services', {
    ...rest,
    Spec: spec,
    ...(isRollback ? {} : { PreviousSpec: service.Spec }),
    Endpoint: endpointOf(leader, spec, service.Endpoint),
    ...(isRollback
      ? { UpdateStatus: { State: 'rollback_started' as const, StartedAt: leader.daemon.nano(), Message: 'manually requested rollback' } }
      : {}),
    ...(isJob && !isMadeOf({ Spec: service.Spec.TaskTemplate }, spec.TaskTemplate)
      ? { JobStatus: { JobIteration: { Index: (service.JobStatus?.JobIteration.Index ?? 0) + 1 }, LastExecution: leader.daemon.nano() } }
      : {}),
  })
  return json(200, { Warnings: null })
}

function createService(leader: Member, call: Call): HttpResponse {
  const body = bodyOf(call) as { Name?: string }
  const { random } = leader.daemon
  const name = body.Name || randomName(random, (candidate) => leader.list('services').some(({ Spec }) => Spec.Name === candidate))
  const spec = serviceSpecOf({ ...body, Name: name })
  checkAgainstOthers(leader, spec, undefined)
  const ID = swarmId(random)
  const isJob = spec.Mode.ReplicatedJob !== undefined || spec.Mode.GlobalJob !== undefined
  leader.put('services', {
    ID,
    Spec: spec,
    Endpoint: endpointOf(leader, spec, undefined),
    ...(isJob ? { JobStatus: { JobIteration: { Index: 0 }, LastExecution: leader.daemon.nano() } } : {}),
  })
  return json(201, { ID, Warnings: null })
}

function listServices(leader: Member, call: Call): HttpResponse {
  const filters = parseFilters(call.query.get('filters'), ['id', 'label', 'mode', 'name', 'runtime'])
  const modes: Readonly<Record<string, string>> = {
    Replicated: 'replicated',
    Global: 'global',
    ReplicatedJob: 'replicated-job',
    GlobalJob: 'global-job',
  }
  const services = leader
    .list('services')
    .filter(
      ({ ID, Spec }) =>
        any(filters, 'id', (value) => ID.startsWith(value)) &&
        any(filters, 'name', (value) => Spec.Name.startsWith(value)) &&
        hasLabels(Spec.Labels, filters.get('label')) &&
        any(filters, 'mode', (value) => modes[Object.keys(Spec.Mode)[0]] === value),
    )
  return json(
    200,
    services.map((service) => serviceShown(leader, service, { withStatus: isTrue(call.query.get('status')) })),
  )
}

function listTasks(leader: Member, call: Call, member: Member): HttpResponse {
  const filters = parseFilters(call.query.get('filters'), [
    '_up-to-date',
    'desired-state',
    'id',
    'label',
    'name',
    'node',
    'runtime',
    'service',
  ])
  for (const state of filters.get('desired-state') ?? [])
    if (!['running', 'shutdown', 'accepted', 'ready', 'complete', 'remove'].includes(state))
      throw badRequest(`invalid task state: ${JSON.stringify(state)}`)
  const services = (filters.get('service') ?? []).map((name) => findService(leader, name).ID)
  const nodes = (filters.get('node') ?? []).map((name) => findNode(leader, name, member).ID)
  const wanted = (state: Task['DesiredState']) =>
    any(filters, 'desired-state', (value) =>
      value === 'running' ? state === 'running' || state === 'complete' : value === 'accepted' ? state === 'accepted' : value === state,
    )
  const tasks = leader.list('tasks').filter((task) => {
    const service = leader.get('services', task.ServiceID)
    const name = taskName(task, service)
    if (services.length > 0 && !services.includes(task.ServiceID)) return false
    if (nodes.length > 0 && !nodes.includes(task.NodeID ?? '')) return false
    if (isTrue(filters.get('_up-to-date')?.[0] ?? null) && !(service && isCurrent(task, service))) return false
    return (
      wanted(task.DesiredState) &&
      any(filters, 'id', (value) => task.ID.startsWith(value)) &&
      any(filters, 'name', (value) => name.startsWith(value) || `${name}.${task.ID}`.startsWith(value)) &&
      hasLabels(service?.Spec.Labels, filters.get('label'))
    )
  })
  return json(200, tasks.map(taskShown))
}

function updateNode(leader: Member, call: Call, member: Member): HttpResponse {
  const node = findNode(leader, call.params.id, member)
  const spec = nodeSpecOf(bodyOf(call))
  checkVersion(call, node)
  const isDemotion = node.Spec.Role === 'manager' && spec.Role === 'worker'
  if (isDemotion) {
    const voters = leader.voters()
    if (voters.length <= 1) throw rpc('FailedPrecondition', 'attempting to demote the last manager of the swarm')
    const left = voters.filter((id) => id !== node.ID && leader.member(id)?.isManager).length
    if (left * 2 <= voters.length - 1)
      throw rpc('FailedPrecondition', "can't remove member from the raft: this would result in a loss of quorum")
  }
  leader.put('nodes', { ...node, Spec: spec })
  if (isDemotion && node.ID === leader.id) {
    // A leader that is demoted hands over first.
    const next = leader.managers().find((manager) => manager !== leader && leader.canReach(manager))
    if (next) {
      leader.leaderId = next.id
      next.lead()
      next.settleRoles()
      return empty(200)
    }
  }
  leader.settleRoles()
  leader.orchestrator.dispatch()
  return empty(200)
}

function removeNode(leader: Member, call: Call, member: Member): HttpResponse {
  const node = findNode(leader, call.params.id, member)
  const force = isTrue(call.query.get('force'))
  if (node.ManagerStatus)
    throw rpc(
      'FailedPrecondition',
      `node ${node.ID} is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal`,
    )
  if (!force && node.Status.State === 'ready') throw rpc('FailedPrecondition', `node ${node.ID} is not down and can't be removed`)
  leader.delete('nodes', node.ID)
  for (const task of leader.list('tasks'))
    if (task.NodeID === node.ID)
      leader.put('tasks', {
        ...task,
        Status: { ...task.Status, Timestamp: leader.daemon.nano(), State: 'orphaned' },
        DesiredState: isOver(task.DesiredState) ? task.DesiredState : 'running',
      })
  const there = leader.others().find(({ id }) => id === node.ID)
  if (there && leader.canReach(there)) there.leave()
  return empty(200)
}

function updateSwarm(leader: Member, call: Call): HttpResponse {
  const [cluster] = leader.list('cluster')
  const given = bodyOf(call) as Partial<SwarmSpec>
  checkVersion(call, cluster)
  const { random } = leader.daemon
  const isRotated = (given.CAConfig?.ForceRotate ?? 0) !== (cluster.Spec.CAConfig.ForceRotate ?? 0)
  const digest = isRotated ? caDigest(random) : cluster.JoinTokens.Worker.split('-')[2]
  // A token names the root certificate it belongs to; its secret half stays.
  const kept = (token: string) => token.replace(/^(SWMTKN-1-)[^-]*/, `$1${digest}`)
  const isLocked = given.EncryptionConfig?.AutoLockManagers ?? false
  const key = !isLocked
    ? ''
    : cluster.unlockKey === '' || isTrue(call.query.get('rotateManagerUnlockKey'))
      ? unlockKey(random)
      : cluster.unlockKey
  leader.put('cluster', {
    ...cluster,
    Spec: {
      ...cluster.Spec,
      Labels: given.Labels ?? {},
      Orchestration: { TaskHistoryRetentionLimit: given.Orchestration?.TaskHistoryRetentionLimit ?? 5 },
      Raft: {
        ...cluster.Spec.Raft,
        ...(given.Raft?.SnapshotInterval ? { SnapshotInterval: given.Raft.SnapshotInterval } : {}),
        KeepOldSnapshots: given.Raft?.KeepOldSnapshots ?? 0,
      },
      Dispatcher: { HeartbeatPeriod: given.Dispatcher?.HeartbeatPeriod || 5e9 },
      CAConfig: {
        NodeCertExpiry: given.CAConfig?.NodeCertExpiry || 7_776_000e9,
        ...(given.CAConfig?.ForceRotate ? { ForceRotate: given.CAConfig.ForceRotate } : {}),
      },
      EncryptionConfig: { AutoLockManagers: isLocked },
    },
    JoinTokens: {
      Worker: isTrue(call.query.get('rotateWorkerToken')) ? joinToken(digest, random) : kept(cluster.JoinTokens.Worker),
      Manager: isTrue(call.query.get('rotateManagerToken')) ? joinToken(digest, random) : kept(cluster.JoinTokens.Manager),
    },
    ...(isRotated ? { TLSInfo: rootCertificate(random) } : {}),
    unlockKey: key,
  })
  for (const manager of leader.managers()) if (leader.canReach(manager)) manager.remember({ UnlockKey: key || undefined })
  return empty(200)
}

const secretRoutes = (['secrets', 'configs'] as const).flatMap((kind): Route<Serve>[] => {
  const what = kind === 'secrets' ? 'secret' : 'config'
  const withData = kind === 'configs'
  return [
    route(`GET /${kind}`, (leader, { query }) => {
      const filters = parseFilters(query.get('filters'), ['id', 'label', 'name', 'names'])
      const list = (leader.list(kind) as readonly Secret[]).filter(
        ({ ID, Spec }) =>
          any(filters, 'id', (value) => ID.startsWith(value)) &&
          any(filters, 'name', (value) => Spec.Name.startsWith(value)) &&
          any(filters, 'names', (value) => Spec.Name === value) &&
          hasLabels(Spec.Labels, filters.get('label')),
      )
      return json(
        200,
        list.map((secret) => secretShown(secret, { withData })),
      )
    }),
    route(`POST /${kind}/create`, (leader, call) => {
      const Spec = secretSpecOf(bodyOf(call), kind)
      if ((leader.list(kind) as readonly Secret[]).some((other) => other.Spec.Name === Spec.Name))
        throw rpc('AlreadyExists', `${what} ${Spec.Name} already exists`)
      const ID = swarmId(leader.daemon.random)
      leader.put(kind, { ID, Spec })
      return json(201, { ID })
    }),
    route(`GET /${kind}/{id}`, (leader, { params }) => json(200, secretShown(findSecret(leader, kind, params.id), { withData }))),
    route(`DELETE /${kind}/{id}`, (leader, { params }) => {
      const secret = findSecret(leader, kind, params.id)
      const users = leader.list('services').filter(({ Spec }) => {
        const { Secrets = [], Configs = [] } = Spec.TaskTemplate.ContainerSpec ?? {}
        return kind === 'secrets'
          ? Secrets.some(({ SecretID }) => SecretID === secret.ID)
          : Configs.some(({ ConfigID }) => ConfigID === secret.ID)
      })
      if (users.length > 0)
        throw rpc(
          'InvalidArgument',
          `${what} '${secret.Spec.Name}' is in use by the following service${users.length === 1 ? '' : 's'}: ${users.map(({ Spec }) => Spec.Name).join(', ')}`,
        )
      leader.delete(kind, secret.ID)
      return empty(204)
    }),
    route(`POST /${kind}/{id}/update`, (leader, call) => {
      const secret = findSecret(leader, kind, call.params.id)
      checkVersion(call, secret)
      const { Name, Labels } = bodyOf(call) as Partial<Secret['Spec']>
      if (Name !== undefined && Name !== secret.Spec.Name) throw rpc('InvalidArgument', `only updates to Labels are allowed`)
      leader.put(kind, { ...secret, Spec: { ...secret.Spec, Labels: Labels ?? {} } })
      return empty(200)
    }),
  ]
})

const routes: readonly Route<Serve>[] = [
  route('GET /swarm', (leader) => json(200, clusterShown(leader.list('cluster')[0]))),
  route('POST /swarm/update', updateSwarm),
  route('GET /swarm/unlockkey', (leader) => json(200, { UnlockKey: leader.list('cluster')[0].unlockKey })),

  route('GET /nodes', (leader, { query }, member) => {
    const filters = parseFilters(query.get('filters'), ['id', 'label', 'name', 'node.label', 'role', 'membership'])
    const nodes = leader
      .list('nodes')
      .filter(
        ({ ID, Spec, Description }) =>
          any(filters, 'id', (value) => ID.startsWith(value)) &&
          any(filters, 'name', (value) => Description.Hostname.startsWith(value)) &&
          any(filters, 'role', (value) => Spec.Role === value) &&
          any(filters, 'membership', (value) => value === 'accepted') &&
          hasLabels(Spec.Labels, filters.get('node.label')) &&
          hasLabels(Description.Engine.Labels, filters.get('label')),
      )
    return json(
      200,
      nodes.map((node) => nodeShown(member, leader, node)),
    )
  }),
  route('GET /nodes/{id}', (leader, { params }, member) => json(200, nodeShown(member, leader, findNode(leader, params.id, member)))),
  route('DELETE /nodes/{id}', removeNode),
  route('POST /nodes/{id}/update', updateNode),

  route('GET /services', listServices),
  route('POST /services/create', createService),
  route('GET /services/{id}', (leader, { params, query }) =>
    json(200, serviceShown(leader, findService(leader, params.id), { withDefaults: isTrue(query.get('insertDefaults')) })),
  ),
  route('DELETE /services/{id}', (leader, { params }) => {
    const service = findService(leader, params.id)
    leader.delete('services', service.ID)
    return empty(200)
  }),
  route('POST /services/{id}/update', updateService),
  route('GET /services/{id}/logs', (leader, { params, query }) => {
    const { ID } = findService(leader, params.id)
    return taskLogs(leader, () => leader.list('tasks').filter(({ ServiceID }) => ServiceID === ID), query)
  }),

  route('GET /tasks', listTasks),
  route('GET /tasks/{id}', (leader, { params }) => json(200, taskShown(findTask(leader, params.id)))),
  route('GET /tasks/{id}/logs', (leader, { params, query }) => {
    const { ID } = findTask(leader, params.id)
    return taskLogs(leader, () => leader.list('tasks').filter((task) => task.ID === ID), query)
  }),
  ...secretRoutes,
]

export class Part implements SwarmPart {
  readonly member: Member

  constructor(member: Member) {
    this.member = member
  }

  get state(): string {
    return this.member.daemon.swarmState
  }

  route(method: string, path: string): ((call: Call) => HttpResponse | Work<HttpResponse>) | undefined {
    const { member } = this
    if (method === 'POST' && path === '/swarm/leave') return ({ query }) => leave(member, isTrue(query.get('force')))
    if (method === 'POST' && path === '/swarm/unlock') return (call) => unlock(member, bodyOf(call) as { UnlockKey?: string })
    const match = matched(routes, method, path)
    if (!match) return undefined
    return function* (call) {
      const leader = yield* member.leader()
      const answer = match.serve(leader, { ...call, params: match.params }, member)
      return 'status' in answer ? answer : yield* answer
    }
  }

  info(): object {
    const { member } = this
    const { NodeID, Addr, Managers, IsLocked } = member.membership
    if (IsLocked) return { NodeID: '', NodeAddr: '', LocalNodeState: 'locked', ControlAvailable: false, Error: '', RemoteManagers: null }
    const base = {
      NodeID,
      NodeAddr: Addr,
      LocalNodeState: 'active',
      ControlAvailable: member.isManager,
      Error: '',
      RemoteManagers: (Managers.length > 0 ? Managers : [{ NodeID, Addr: `${Addr}:2377` }]).map(({ NodeID: id, Addr: at }) => ({
        NodeID: id,
        Addr: at,
      })),
    }
    if (!member.isManager) return base
    const leader = member.leaderNow()
    if (!leader?.hasQuorum()) return { ...base, Error: noLeader().message }
    const { JoinTokens: _, ...cluster } = clusterShown(leader.list('cluster')[0])
    const pools = cluster.DefaultAddrPool as readonly string[]
    return {
      ...base,
      Nodes: leader.list('nodes').length,
      Managers: leader.voters().length,
      Cluster: { ...cluster, ...(pools.join() === '10.0.0.0/8' ? { DefaultAddrPool: null, SubnetSize: 0 } : {}) },
    }
  }

  segmentOf(network: Network): Segment {
    return overlayOf(this.member, network.Id).segment
  }

  addressesTaken(network: Network): readonly string[] {
    return addressesTaken(this.member, network)
  }

  resolve(network: Network, name: string): readonly string[] {
    return resolve(this.member, network, name)
  }

  attachable(name: string): Network | undefined {
    const network = this.member
      .leaderSeen()
      ?.list('networks')
      .find((one) => one.network.Name === name || one.ID === name)?.network
    if (network) have(this.member, network)
    return network
  }

  checkAttachment(network: Network, container: Container): void {
    if (network.Attachable || container.Config.Labels['com.docker.swarm.task'] !== undefined) return
    throw new DockerError(
      403,
      `Could not attach to network ${network.Name}: rpc error: code = PermissionDenied desc = network ${network.Name} not manually attachable`,
    )
  }

  attachGateway(net: NetNamespace): void {
    joinBridge(this.member.daemon, net, `eth${net.interfaces.filter(({ name }) => name.startsWith('eth')).length}`)
  }

  *createNetwork(request: NetworkRequest): Work<{ Id: string; Warning: string }> {
    const leader = yield* this.member.leader()
    return { Id: createOverlay(leader, request), Warning: '' }
  }

  *removeNetwork(network: Network): Work<void> {
    removeOverlay(yield* this.member.leader(), network)
  }

  networkDetails(network: Network): object {
    const { daemon, peers } = { daemon: this.member.daemon, peers: peersOf(this.member.daemon) }
    const own = endpointsOn(daemon, network)
    if (own.length === 0 && !network.Ingress) return { Containers: null }
    const there = [...peers.members.values()].filter(
      (member) => this.member.canReach(member) && (network.Ingress || endpointsOn(member.daemon, network).length > 0),
    )
    return { Peers: there.map((member) => ({ Name: member.id.slice(0, 12), IP: member.addr })) }
  }

  stop(): void {
    this.member.stop()
  }
}

function leave(member: Member, force: boolean): HttpResponse {
  const { membership } = member
  if (membership.IsLocked && !force) throw locked()
  if (member.isManager && !force) {
    let words = 'You are attempting to leave the swarm on a node that is participating as a manager. '
    const leader = member.leaderNow()
    if (leader?.hasQuorum()) {
      const voters = leader.voters()
      const reachable = voters.filter((id) => leader.member(id)?.isManager).length
      if (voters.length === 1)
        throw new DockerError(
          503,
          `${words}Removing the last manager erases all current state of the swarm. Use \`--force\` to ignore this message. `,
        )
      if (reachable - 2 < voters.length - reachable)
        words += `Removing this node leaves ${reachable - 1} managers out of ${voters.length}. Without a Raft quorum your swarm will be inaccessible. `
    } else words += 'Doing so may lose the consensus of your cluster. '
    throw new DockerError(
      503,
      `${words}The only way to restore a swarm that has lost consensus is to reinitialize it with \`--force-new-cluster\`. Use \`--force\` to suppress this message.`,
    )
  }
  const leader = member.leaderSeen()
  if (leader && leader !== member) {
    const node = leader.get('nodes', member.id)
    if (node) leader.put('nodes', { ...node, Status: { ...node.Status, State: 'down' } })
  }
  member.leave()
  return empty(200)
}

function unlock(member: Member, { UnlockKey }: { UnlockKey?: string }): HttpResponse {
  if (!member.isManager) throw onlyWorker()
  if (!member.membership.IsLocked) throw new DockerError(409, 'swarm is not locked')
  if (UnlockKey !== member.membership.UnlockKey) throw badRequest('swarm could not be unlocked: invalid key provided')
  member.remember({ IsLocked: false })
  member.daemon.swarmState = 'active/manager'
  member.rejoin()
  return empty(200)
}
