/** `docker swarm …`. */
import { type Blocking, out } from '../../../unix/kernel/process.ts'
import type { Flags } from '../../flags.ts'
import type { Command, Context } from '../command.ts'
import { DockerError } from '../docker-error.ts'
import { type Engine, query } from '../engine.ts'
import { asked } from '../login.ts'
import type { Node } from './node.ts'

interface Swarm {
  readonly Version: { readonly Index: number }
  readonly Spec: {
    readonly Orchestration: object
    readonly Raft: object
    readonly Dispatcher: object
    readonly CAConfig: { readonly NodeCertExpiry: number; readonly ForceRotate?: number }
    readonly EncryptionConfig: { readonly AutoLockManagers: boolean }
    readonly [field: string]: unknown
  }
  readonly JoinTokens: { readonly Worker: string; readonly Manager: string }
  readonly TLSInfo: { readonly TrustRoot: string }
}

function* self(engine: Engine): Blocking<{ NodeID: string; ControlAvailable: boolean; LocalNodeState: string }> {
  return (yield* engine.json<{ Swarm: { NodeID: string; ControlAvailable: boolean; LocalNodeState: string } }>('GET', '/info')).Swarm
}

function* joinCommand({ engine, process }: Context, { worker, manager }: { worker: boolean; manager: boolean }): Blocking<void> {
  const { NodeID } = yield* self(engine)
  const { ManagerStatus } = yield* engine.json<Node>('GET', `/nodes/${NodeID}`)
  const { JoinTokens } = yield* engine.json<Swarm>('GET', '/swarm')
  const line = (token: string) => `    docker swarm join --token ${token} ${ManagerStatus?.Addr ?? ''}\n\n`
  if (worker) yield* out(process, `To add a worker to this swarm, run the following command:\n\n${line(JoinTokens.Worker)}`)
  if (manager) yield* out(process, `To add a manager to this swarm, run the following command:\n\n${line(JoinTokens.Manager)}`)
}

const unlockWords = (key: string) =>
  'To unlock a swarm manager after it restarts, run the `docker swarm unlock`\ncommand and provide the following key:\n\n' +
  `    ${key}\n\nRemember to store this key in a password manager, since without it you\nwill not be able to restart the manager.\n`

function* unlockKeyOf(engine: Engine): Blocking<string> {
  return (yield* engine.json<{ UnlockKey: string }>('GET', '/swarm/unlockkey')).UnlockKey
}

const nanos = (flags: Flags, name: string): number => Math.round(flags.duration(name) * 1e6)

export const swarmInit: Command = function* (context) {
  const { process, flags, engine } = context
  const pools = flags.list('default-addr-pool')
  const availability = flags.text('availability').toLowerCase()
  const id = yield* engine.json<string>('POST', '/swarm/init', {
    ListenAddr: flags.text('listen-addr'),
    AdvertiseAddr: flags.text('advertise-addr'),
    DataPathAddr: flags.text('data-path-addr'),
    DataPathPort: flags.number('data-path-port'),
    ForceNewCluster: flags.is('force-new-cluster'),
    Spec: {
      Labels: null,
      Orchestration: { TaskHistoryRetentionLimit: flags.isSet('task-history-limit') ? flags.number('task-history-limit') : undefined },
      Raft: {
        SnapshotInterval: flags.number('snapshot-interval'),
        KeepOldSnapshots: flags.isSet('max-snapshots') ? flags.number('max-snapshots') : undefined,
        ElectionTick: 0,
        HeartbeatTick: 0,
      },
      Dispatcher: { HeartbeatPeriod: nanos(flags, 'dispatcher-heartbeat') },
      CAConfig: { NodeCertExpiry: nanos(flags, 'cert-expiry') },
      TaskDefaults: {},
      EncryptionConfig: { AutoLockManagers: flags.is('autolock') },
    },
    AutoLockManagers: flags.is('autolock'),
    Availability: availability,
    DefaultAddrPool: pools.length > 0 ? pools : null,
    SubnetSize: flags.number('default-addr-pool-mask-length'),
  })
  yield* out(process, `Swarm initialized: current node (${id}) is now a manager.\n\n`)
  yield* joinCommand(context, { worker: true, manager: false })
  yield* out(process, "To add a manager to this swarm, run 'docker swarm join-token manager' and follow the instructions.\n")
  if (flags.is('autolock')) yield* out(process, `\n${unlockWords(yield* unlockKeyOf(engine))}`)
  return 0
}

export const swarmJoin: Command = function* ({ process, flags, args, engine }) {
  yield* engine.open('POST', '/swarm/join', {
    ListenAddr: flags.text('listen-addr'),
    AdvertiseAddr: flags.text('advertise-addr'),
    DataPathAddr: flags.text('data-path-addr'),
    RemoteAddrs: [args[0]],
    JoinToken: flags.text('token'),
    Availability: flags.text('availability').toLowerCase(),
  })
  yield* out(process, `This node joined a swarm as a ${(yield* self(engine)).ControlAvailable ? 'manager' : 'worker'}.\n`)
  return 0
}

export const swarmLeave: Command = function* ({ process, flags, engine }) {
  yield* engine.open('POST', `/swarm/leave${query({ force: flags.is('force') })}`)
  yield* out(process, 'Node left the swarm.\n')
  return 0
}

function* change(
  engine: Engine,
  spec: (swarm: Swarm) => Swarm['Spec'],
  rotate: { worker?: boolean; manager?: boolean; unlockKey?: boolean } = {},
): Blocking<void> {
  const swarm = yield* engine.json<Swarm>('GET', '/swarm')
  const flag = (value: boolean | undefined) => String(value ?? false)
  yield* engine.open(
    'POST',
    `/swarm/update${query({ version: String(swarm.Version.Index), rotateWorkerToken: flag(rotate.worker), rotateManagerToken: flag(rotate.manager), rotateManagerUnlockKey: flag(rotate.unlockKey) })}`,
    spec(swarm),
  )
}

export const swarmJoinToken: Command = function* (context) {
  const { process, flags, args, engine } = context
  const [role] = args
  if (role !== 'worker' && role !== 'manager') throw new DockerError(`unknown role ${role}`)
  if (flags.is('rotate')) {
    yield* change(engine, ({ Spec }) => Spec, { worker: role === 'worker', manager: role === 'manager' })
    if (!flags.is('quiet')) yield* out(process, `Successfully rotated ${role} join token.\n\n`)
  }
  if (flags.is('quiet')) {
    const { JoinTokens } = yield* engine.json<Swarm>('GET', '/swarm')
    yield* out(process, `${role === 'worker' ? JoinTokens.Worker : JoinTokens.Manager}\n`)
    return 0
  }
  // Without a swarm the refusal comes from here.
  yield* engine.json<Swarm>('GET', '/swarm')
  yield* joinCommand(context, { worker: role === 'worker', manager: role === 'manager' })
  return 0
}

export const swarmUnlockKey: Command = function* ({ process, flags, engine }) {
  if (flags.is('rotate')) {
    const swarm = yield* engine.json<Swarm>('GET', '/swarm')
    if (!swarm.Spec.EncryptionConfig.AutoLockManagers) throw new DockerError('cannot rotate because autolock is not turned on')
    yield* change(engine, ({ Spec }) => Spec, { unlockKey: true })
    if (!flags.is('quiet')) yield* out(process, 'Successfully rotated manager unlock key.\n\n')
  }
  const key = yield* unlockKeyOf(engine)
  if (key === '') throw new DockerError('no unlock key is set')
  yield* out(process, flags.is('quiet') ? `${key}\n` : unlockWords(key))
  return 0
}

export const swarmUnlock: Command = function* ({ process, engine }) {
  const { LocalNodeState } = yield* self(engine)
  if (LocalNodeState === 'inactive') throw new DockerError('Error: This node is not part of a swarm')
  if (LocalNodeState !== 'locked') throw new DockerError('Error: swarm is not locked')
  const key = (yield* asked(process, 'Enter unlock key: ', false)).trim()
  yield* engine.open('POST', '/swarm/unlock', { UnlockKey: key })
  return 0
}

export const swarmUpdate: Command = function* ({ process, flags, engine }) {
  let wasLocked = false
  yield* change(engine, ({ Spec }) => {
    wasLocked = Spec.EncryptionConfig.AutoLockManagers
    return {
      ...Spec,
      Orchestration: {
        ...Spec.Orchestration,
        ...(flags.isSet('task-history-limit') && { TaskHistoryRetentionLimit: flags.number('task-history-limit') }),
      },
      Raft: {
        ...Spec.Raft,
        ...(flags.isSet('snapshot-interval') && { SnapshotInterval: flags.number('snapshot-interval') }),
        ...(flags.isSet('max-snapshots') && { KeepOldSnapshots: flags.number('max-snapshots') }),
      },
      Dispatcher: {
        ...Spec.Dispatcher,
        ...(flags.isSet('dispatcher-heartbeat') && { HeartbeatPeriod: nanos(flags, 'dispatcher-heartbeat') }),
      },
      CAConfig: { ...Spec.CAConfig, ...(flags.isSet('cert-expiry') && { NodeCertExpiry: nanos(flags, 'cert-expiry') }) },
      EncryptionConfig: { AutoLockManagers: flags.isSet('autolock') ? flags.is('autolock') : wasLocked },
    }
  })
  yield* out(process, 'Swarm updated.\n')
  if (flags.is('autolock') && !wasLocked) yield* out(process, unlockWords(yield* unlockKeyOf(engine)))
  return 0
}

export const swarmCa: Command = function* ({ process, flags, engine }) {
  const swarm = yield* engine.json<Swarm>('GET', '/swarm')
  if (!flags.is('rotate')) {
    for (const name of ['ca-cert', 'ca-key', 'cert-expiry', 'external-ca'])
      if (flags.isSet(name)) throw new DockerError(`\`--${name}\` flag requires the \`--rotate\` flag to update the CA`)
    yield* out(process, `${swarm.TLSInfo.TrustRoot.trim()}\n`)
    return 0
  }
  if (flags.text('ca-cert') !== '' || flags.list('external-ca').length > 0)
    throw new DockerError('An own CA certificate is not simulated in this sandbox.')
  yield* change(engine, ({ Spec }) => ({ ...Spec, CAConfig: { ...Spec.CAConfig, ForceRotate: (Spec.CAConfig.ForceRotate ?? 0) + 1 } }))
  if (flags.is('detach')) return 0
  yield* out(process, `${(yield* engine.json<Swarm>('GET', '/swarm')).TLSInfo.TrustRoot.trim()}\n`)
  return 0
}
