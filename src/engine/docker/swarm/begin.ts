/** How an engine comes into a swarm: begins one, joins one, or finds itself in one after a restart. */
import { UnixError } from '../../../unix/errors.ts'
import type { Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest } from '../docker-error.ts'
import { engineVersion } from '../engine-version.ts'
import { peersOf } from './peers.ts'
import { Member } from './member.ts'
import { bridgeOf, createOverlay } from './networks.ts'
import { Part } from './serve.ts'
import type { Membership, NodeSpec, SwarmNode, SwarmSpec } from './shapes.ts'
import { caDigest, inSwarm, joinToken, rootCertificate, rpc, swarmId, unlockKey } from './words.ts'

interface InitBody {
  readonly ListenAddr?: string
  readonly AdvertiseAddr?: string
  readonly DataPathPort?: number
  readonly ForceNewCluster?: boolean
  readonly Spec?: Partial<SwarmSpec>
  readonly AutoLockManagers?: boolean
  readonly Availability?: NodeSpec['Availability']
  readonly DefaultAddrPool?: readonly string[] | null
  readonly SubnetSize?: number
}

interface JoinBody {
  readonly AdvertiseAddr?: string
  readonly RemoteAddrs?: readonly string[] | null
  readonly JoinToken?: string
  readonly Availability?: NodeSpec['Availability']
}

/** Begins a swarm with this engine as its only manager. Answers the node's id. */
export function init(daemon: Daemon, body: InitBody): string {
  const saved = daemon.swarm as Part | undefined
  if (saved) {
    if (!body.ForceNewCluster) throw inSwarm()
    return forceNew(saved.member)
  }
  const addr = advertised(daemon, body.AdvertiseAddr ?? '')
  const { random } = daemon
  const membership: Membership = {
    NodeID: swarmId(random),
    ClusterID: swarmId(random),
    Addr: addr,
    Role: 'manager',
    Managers: [],
    IsLocked: false,
  }
  const member = enter(daemon, membership)
  const tls = rootCertificate(random)
  const digest = caDigest(random)
  const spec = body.Spec ?? {}
  member.leaderId = member.id
  bridgeOf(daemon)
  createOverlay(member, { Name: 'ingress', Ingress: true })
  addNode(member, member, body.Availability || 'active', tls)
  const isAutolocked = body.AutoLockManagers ?? spec.EncryptionConfig?.AutoLockManagers ?? false
  const cluster = member.put('cluster', {
    ID: membership.ClusterID,
    Spec: {
      Name: 'default',
      Labels: spec.Labels ?? {},
      Orchestration: { TaskHistoryRetentionLimit: spec.Orchestration?.TaskHistoryRetentionLimit ?? 5 },
      Raft: {
        SnapshotInterval: spec.Raft?.SnapshotInterval || 10_000,
        KeepOldSnapshots: spec.Raft?.KeepOldSnapshots ?? 0,
        LogEntriesForSlowFollowers: 500,
        ElectionTick: 10,
        HeartbeatTick: 1,
      },
      Dispatcher: { HeartbeatPeriod: spec.Dispatcher?.HeartbeatPeriod || 5e9 },
      CAConfig: { NodeCertExpiry: spec.CAConfig?.NodeCertExpiry || 7_776_000e9 },
      TaskDefaults: {},
      EncryptionConfig: { AutoLockManagers: isAutolocked },
    },
    TLSInfo: tls,
    RootRotationInProgress: false,
    DefaultAddrPool: body.DefaultAddrPool?.length ? body.DefaultAddrPool : ['10.0.0.0/8'],
    SubnetSize: body.SubnetSize || 24,
    DataPathPort: body.DataPathPort || 4789,
    JoinTokens: { Worker: joinToken(digest, random), Manager: joinToken(digest, random) },
    unlockKey: isAutolocked ? unlockKey(random) : '',
  })
  if (isAutolocked) member.remember({ UnlockKey: cluster.unlockKey })
  member.lead()
  return member.id
}

/** Keeps the state, forgets the other managers. */
function forceNew(member: Member): string {
  for (const node of member.list('nodes')) {
    if (node.ID === member.id || !node.ManagerStatus) continue
    const { ManagerStatus: _, ...rest } = node
    member.leaderId = member.id
    member.put('nodes', { ...rest, Spec: { ...node.Spec, Role: 'worker' }, Status: { ...node.Status, State: 'down' } })
  }
  member.lead()
  member.tellManagers()
  return member.id
}

export function* join(daemon: Daemon, body: JoinBody): Work<void> {
  if (daemon.swarm) throw inSwarm()
  const remotes = body.RemoteAddrs ?? []
  if (remotes.length === 0) throw badRequest('at least 1 RemoteAddr is required to join')
  const [, digest, secret] = /^SWMTKN-1-([0-9a-z]{50})-([0-9a-z]{25})$/.exec(body.JoinToken ?? '') ?? []
  if (digest === undefined || secret === undefined) throw badRequest('invalid join token')
  const addr = advertised(daemon, body.AdvertiseAddr ?? '')
  const there = memberAt(daemon, remotes[0])
  const leader = yield* there.leader()
  const cluster = leader.list('cluster')[0]
  const { Worker, Manager } = cluster.JoinTokens
  if (Worker.split('-')[2] !== digest) throw badRequest(`remote CA does not match fingerprint. Expected: ${digest.slice(0, 50)}`)
  if (body.JoinToken !== Worker && body.JoinToken !== Manager)
    throw rpc('InvalidArgument', 'A valid join token is necessary to join this cluster')
  const isManager = body.JoinToken === Manager
  const member = enter(daemon, {
    NodeID: swarmId(daemon.random),
    ClusterID: cluster.ID,
    Addr: addr,
    Role: isManager ? 'manager' : 'worker',
    Managers: [],
    IsLocked: false,
    ...(isManager && cluster.unlockKey ? { UnlockKey: cluster.unlockKey } : {}),
  })
  if (isManager) member.become('manager', leader)
  bridgeOf(daemon)
  addNode(leader, member, body.Availability || 'active', cluster.TLSInfo)
  leader.tellManagers()
  leader.retick()
  leader.orchestrator.dispatch()
}

/** After a restart. A manager of an autolocked swarm waits for its key, unless it only slept. */
export function restore(daemon: Daemon, membership: Membership, { resumes }: { resumes: boolean }): void {
  const isLocked = !resumes && membership.UnlockKey !== undefined && membership.Role === 'manager'
  const member = enter(daemon, { ...membership, IsLocked: isLocked })
  if (isLocked) daemon.swarmState = 'locked'
  else member.rejoin()
}

function enter(daemon: Daemon, membership: Membership): Member {
  const member = new Member(daemon, membership)
  member.remember({})
  daemon.swarm = new Part(member)
  daemon.swarmState = `active/${membership.Role}`
  return member
}

function addNode(leader: Member, member: Member, Availability: NodeSpec['Availability'], tls: SwarmNode['Description']['TLSInfo']): void {
  const Role = member.membership.Role
  leader.put('nodes', {
    ID: member.id,
    Spec: { Labels: {}, Role, Availability },
    Description: member.describe(tls, engineVersion),
    Status: { State: 'ready', Addr: member.addr },
    ...(Role === 'manager' ? { ManagerStatus: { Reachability: 'reachable' as const, Addr: `${member.addr}:2377` } } : {}),
  })
}

/** Docker's own bridges are no way in from outside. */
const ownBridge = /^(docker0|docker_gwbridge|br-[0-9a-f]{12}|lo)$/

function advertised(daemon: Daemon, text: string): string {
  const [host] = text.replace(/:\d+$/, '').split('/')
  const usable = daemon.host.net.interfaces.filter(({ name, isUp }) => isUp && !ownBridge.test(name))
  if (host === '') {
    const [first, second] = usable
    if (!first) throw badRequest("could not find the system's IP address - specify one with --advertise-addr")
    if (second)
      throw badRequest(
        `could not choose an IP address to advertise since this system has multiple addresses on ${first.name === second.name ? `interface ${first.name} (${first.ip} and ${second.ip})` : `different interfaces (${first.ip} on ${first.name} and ${second.ip} on ${second.name})`} - specify one with --advertise-addr`,
      )
    return first.ip
  }
  const named = daemon.host.net.interfaces.find(({ name }) => name === host)
  if (named) return named.ip
  if (!/^(\d{1,3})(\.\d{1,3}){3}$/.test(host) || host.split('.').some((part) => Number(part) > 255) || host === '0.0.0.0')
    throw badRequest('advertise address must be a non-zero IP address or network interface (with optional port number)')
  return host
}

/** The member that listens at an address, as it is reached from this machine. */
function memberAt(daemon: Daemon, remote: string): Member {
  const [, name, port = '2377'] = /^(.*?)(?::(\d+))?$/.exec(remote) ?? []
  const failed = (where: string) => rpc('Unavailable', `connection error: desc = "transport: Error while dialing: dial tcp${where}"`)
  let ip = name ?? ''
  if (!/^[\d.]+$/.test(ip)) {
    const found = daemon.host.net.resolver?.(ip)?.[0]
    if (!found) throw failed(`: lookup ${ip}: no such host`)
    ip = found
  }
  const unavailable = (why: string) => failed(` ${ip}:${port}: connect: ${why}`)
  for (const member of peersOf(daemon).members.values()) {
    if (!member.daemon.host.net.interfaces.some((own) => own.ip === ip) || member.isStopped) continue
    if (!daemon.host.net.reaches(ip)) throw unavailable('no route to host')
    if (member.isManager && port === '2377') return member
  }
  try {
    daemon.host.net.connect({ ip, port: Number(port) })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw unavailable(
      {
        ECONNREFUSED: 'connection refused',
        EHOSTUNREACH: 'no route to host',
        ENETUNREACH: 'network is unreachable',
        ETIMEDOUT: 'i/o timeout',
      }[error.errno as string] ?? error.words.toLowerCase(),
    )
  }
  throw unavailable('connection refused')
}
