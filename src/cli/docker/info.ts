/** `docker info`: the client's half is known here; the server's half is drawn line by line from GET /info. Without a server the first half is still printed. */
import { err, out } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { template } from '../go-template/template.ts'
import { TemplateError } from '../go-template/options.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { currentContext } from './context.ts'
import { basicFunctions } from './listing.ts'
import { type Plugin, plugins } from './plugins.ts'
import { binarySize, humanAge } from '../../base/go-units.ts'

interface Info {
  readonly [field: string]: unknown
  readonly ID: string
  readonly Containers: number
  readonly ContainersRunning: number
  readonly ContainersPaused: number
  readonly ContainersStopped: number
  readonly Images: number
  readonly ServerVersion: string
  readonly Driver: string
  readonly DriverStatus?: readonly (readonly [string, string])[]
  readonly LoggingDriver: string
  readonly CgroupDriver: string
  readonly CgroupVersion?: string
  readonly Plugins: {
    readonly Volume?: readonly string[] | null
    readonly Network?: readonly string[] | null
    readonly Log?: readonly string[] | null
  }
  readonly CDISpecDirs?: readonly string[]
  readonly Swarm: SwarmInfo
  readonly Runtimes: Readonly<Record<string, unknown>>
  readonly DefaultRuntime: string
  readonly InitBinary: string
  readonly ContainerdCommit?: { readonly ID: string }
  readonly RuncCommit?: { readonly ID: string }
  readonly InitCommit?: { readonly ID: string }
  readonly SecurityOptions?: readonly string[]
  readonly KernelVersion: string
  readonly OperatingSystem: string
  readonly OSType: string
  readonly Architecture: string
  readonly NCPU: number
  readonly MemTotal: number
  readonly Name: string
  readonly DockerRootDir: string
  readonly Debug: boolean
  readonly ExperimentalBuild: boolean
  readonly RegistryConfig?: {
    readonly InsecureRegistryCIDRs?: readonly string[]
    readonly IndexConfigs?: Readonly<Record<string, { readonly Secure: boolean; readonly Name: string }>>
  }
  readonly LiveRestoreEnabled: boolean
  readonly Warnings?: readonly string[] | null
}

interface SwarmInfo {
  readonly LocalNodeState: string
  readonly NodeID?: string
  readonly NodeAddr?: string
  readonly ControlAvailable?: boolean
  readonly Error?: string
  readonly RemoteManagers?: readonly { readonly Addr: string }[] | null
  readonly Nodes?: number
  readonly Managers?: number
  readonly Cluster?: {
    readonly ID: string
    readonly DefaultAddrPool?: readonly string[] | null
    readonly SubnetSize?: number
    readonly DataPathPort?: number
    readonly RootRotationInProgress: boolean
    readonly Spec: {
      readonly Orchestration: { readonly TaskHistoryRetentionLimit?: number }
      readonly Raft: {
        readonly SnapshotInterval: number
        readonly KeepOldSnapshots?: number
        readonly HeartbeatTick: number
        readonly ElectionTick: number
      }
      readonly Dispatcher: { readonly HeartbeatPeriod: number }
      readonly CAConfig: { readonly NodeCertExpiry: number; readonly ForceRotate?: number }
      readonly EncryptionConfig: { readonly AutoLockManagers: boolean }
    }
  }
}

export const info: Command = function* ({ process, flags, engine }) {
  const format = flags.text('format')
  const context = currentContext(process)
  let server: Info | undefined
  let problem: DockerError | undefined
  try {
    server = yield* engine.json<Info>('GET', '/info')
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    problem = error
  }
  const installed = yield* plugins(process)
  const clientInfo = {
    Debug: false,
    Version: '28.2.2',
    DefaultAPIVersion: '1.50',
    GitCommit: 'e6534b4',
    GoVersion: 'go1.24.3',
    Os: 'linux',
    Arch: 'amd64',
    BuildTime: 'Fri May 30 12:07:14 2025',
    Context: context,
    Plugins: installed,
    Warnings: null,
  }
  if (format !== '') {
    const data = { ...server, ...(problem && { ServerErrors: [problem.message] }), ClientInfo: clientInfo }
    if (format === 'json' || format === '{{json .}}') yield* out(process, `${goJson(data)}\n`)
    else {
      try {
        const missing = (_: object, key: string): never => {
          throw new TemplateError(
            `template: :1:${format.indexOf(`.${key}`)}: executing "" at <.${key}>: can't evaluate field ${key} in type system.dockerInfo`,
          )
        }
        yield* out(process, `${template(format, { name: '', functions: basicFunctions, integers: true, missing }).execute(data)}\n`)
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        yield* out(process, '\n')
        throw new DockerError(error.message)
      }
    }
  } else {
    yield* out(
      process,
      `Client:\n Version:    28.2.2\n Context:    ${context}\n Debug Mode: false\n${pluginText(installed)}\nServer:\n${server ? `${serverText(server)}\n` : ''}`,
    )
    for (const warning of server?.Warnings ?? []) yield* err(process, `${warning}\n`)
  }
  if (!problem) return 0
  throw problem
}

function pluginText(installed: readonly Plugin[]): string {
  if (installed.length === 0) return ''
  return ` Plugins:\n${installed.map(({ Name, ShortDescription = '', Vendor, Version, Path }) => `  ${Name}: ${ShortDescription} (${Vendor})\n${Version ? `    Version:  ${Version}\n` : ''}    Path:     ${Path}\n`).join('')}`
}

function serverText(info: Info): string {
  const lines: string[] = []
  const say = (line: string) => lines.push(` ${line}\n`)
  say(`Containers: ${info.Containers}`)
  say(` Running: ${info.ContainersRunning}`)
  say(` Paused: ${info.ContainersPaused}`)
  say(` Stopped: ${info.ContainersStopped}`)
  say(`Images: ${info.Images}`)
  say(`Server Version: ${info.ServerVersion}`)
  say(`Storage Driver: ${info.Driver}`)
  for (const [name, value] of info.DriverStatus ?? []) say(` ${name}: ${value}`)
  say(`Logging Driver: ${info.LoggingDriver}`)
  say(`Cgroup Driver: ${info.CgroupDriver}`)
  say(`Cgroup Version: ${info.CgroupVersion ?? '1'}`)
  say('Plugins:')
  say(` Volume: ${(info.Plugins.Volume ?? []).join(' ')}`)
  say(` Network: ${(info.Plugins.Network ?? []).join(' ')}`)
  say(` Log: ${(info.Plugins.Log ?? []).join(' ')}`)
  if (info.CDISpecDirs?.length) {
    say('CDI spec directories:')
    for (const folder of info.CDISpecDirs) say(` ${folder}`)
  }
  say(`Swarm: ${info.Swarm.LocalNodeState}`)
  sayAboutSwarm(info.Swarm, say)
  say(`Runtimes: ${Object.keys(info.Runtimes).sort().join(' ')}`)
  say(`Default Runtime: ${info.DefaultRuntime}`)
  say(`Init Binary: ${info.InitBinary}`)
  say(`containerd version: ${info.ContainerdCommit?.ID ?? ''}`)
  say(`runc version: ${info.RuncCommit?.ID ?? ''}`)
  say(`init version: ${info.InitCommit?.ID ?? ''}`)
  say('Security Options:')
  for (const option of info.SecurityOptions ?? []) {
    const [name, ...rest] = option.split(',').map((part) => part.split('='))
    say(` ${name.at(-1)}`)
    for (const [key, value] of rest) say(`  ${key.replace(/^./, (letter) => letter.toUpperCase())}: ${value}`)
  }
  say(`Kernel Version: ${info.KernelVersion}`)
  say(`Operating System: ${info.OperatingSystem}`)
  say(`OSType: ${info.OSType}`)
  say(`Architecture: ${info.Architecture}`)
  say(`CPUs: ${info.NCPU}`)
  say(`Total Memory: ${binarySize(info.MemTotal)}`)
  say(`Name: ${info.Name}`)
  say(`ID: ${info.ID}`)
  say(`Docker Root Dir: ${info.DockerRootDir}`)
  say(`Debug Mode: ${info.Debug}`)
  say(`Experimental: ${info.ExperimentalBuild}`)
  const insecure = [
    ...Object.values(info.RegistryConfig?.IndexConfigs ?? {})
      .filter(({ Secure }) => !Secure)
      .map(({ Name }) => Name),
    ...(info.RegistryConfig?.InsecureRegistryCIDRs ?? []),
  ]
  if (insecure.length > 0) {
    say('Insecure Registries:')
    for (const registry of insecure) say(` ${registry}`)
  }
  say(`Live Restore Enabled: ${info.LiveRestoreEnabled}`)
  return lines.join('')
}

function sayAboutSwarm(
  { LocalNodeState, NodeID, NodeAddr, ControlAvailable = false, Error = '', RemoteManagers, Nodes, Managers, Cluster }: SwarmInfo,
  say: (line: string) => void,
): void {
  if (LocalNodeState === 'inactive' || LocalNodeState === 'locked') return
  say(` NodeID: ${NodeID ?? ''}`)
  if (Error !== '') say(` Error: ${Error}`)
  say(` Is Manager: ${ControlAvailable}`)
  if (Cluster && ControlAvailable && Error === '') {
    const { Orchestration, Raft, Dispatcher, CAConfig, EncryptionConfig } = Cluster.Spec
    const period = (nanos: number) => humanAge(nanos / 1e6)
    say(` ClusterID: ${Cluster.ID}`)
    say(` Managers: ${Managers}`)
    say(` Nodes: ${Nodes}`)
    if (Cluster.DefaultAddrPool?.length) {
      say(` Default Address Pool: ${Cluster.DefaultAddrPool.map((pool) => `${pool}  `).join('')}`)
      say(` SubnetSize: ${Cluster.SubnetSize}`)
    }
    if (Cluster.DataPathPort) say(` Data Path Port: ${Cluster.DataPathPort}`)
    say(' Orchestration:')
    say(`  Task History Retention Limit: ${Orchestration.TaskHistoryRetentionLimit ?? 0}`)
    say(' Raft:')
    say(`  Snapshot Interval: ${Raft.SnapshotInterval}`)
    if (Raft.KeepOldSnapshots !== undefined) say(`  Number of Old Snapshots to Retain: ${Raft.KeepOldSnapshots}`)
    say(`  Heartbeat Tick: ${Raft.HeartbeatTick}`)
    say(`  Election Tick: ${Raft.ElectionTick}`)
    say(' Dispatcher:')
    say(`  Heartbeat Period: ${period(Dispatcher.HeartbeatPeriod)}`)
    say(' CA Configuration:')
    say(`  Expiry Duration: ${period(CAConfig.NodeCertExpiry)}`)
    say(`  Force Rotate: ${CAConfig.ForceRotate ?? 0}`)
    say(` Autolock Managers: ${EncryptionConfig.AutoLockManagers}`)
    say(` Root Rotation In Progress: ${Cluster.RootRotationInProgress}`)
  }
  say(` Node Address: ${NodeAddr ?? ''}`)
  if (RemoteManagers?.length) {
    say(' Manager Addresses:')
    for (const address of RemoteManagers.map(({ Addr }) => Addr).sort()) say(`  ${address}`)
  }
}
