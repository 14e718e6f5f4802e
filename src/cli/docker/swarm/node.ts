/** `docker node …`: a node is shown by hostname, but ids are what its commands print. */
import { type Blocking, out } from '../../../unix/kernel/process.ts'
import { type Command, forEach } from '../command.ts'
import { DockerError } from '../docker-error.ts'
import { keyValues } from '../key-values.ts'
import { type Engine, filters, query } from '../engine.ts'
import { inspecting } from '../inspect.ts'
import { listed } from '../listing.ts'
import { binarySize } from '../../../base/go-units.ts'
import { natural, prettyTime, titled } from './words.ts'
import { showTasks, type Task } from './tasks.ts'

export interface Node {
  readonly ID: string
  readonly Version: { readonly Index: number }
  readonly CreatedAt: string
  readonly Spec: {
    readonly Name?: string
    readonly Labels: Readonly<Record<string, string>>
    readonly Role: string
    readonly Availability: string
  }
  readonly Description: {
    readonly Hostname: string
    readonly Platform: { readonly Architecture: string; readonly OS: string }
    readonly Resources: { readonly NanoCPUs: number; readonly MemoryBytes: number }
    readonly Engine: {
      readonly EngineVersion: string
      readonly Labels?: Readonly<Record<string, string>>
      readonly Plugins: readonly { readonly Type: string; readonly Name: string }[]
    }
    readonly TLSInfo: { readonly TrustRoot: string; readonly CertIssuerSubject: string; readonly CertIssuerPublicKey: string }
  }
  readonly Status: { readonly State: string; readonly Message?: string; readonly Addr: string }
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability: string; readonly Addr: string }
}

const headings = {
  ID: 'ID',
  Self: '',
  Hostname: 'HOSTNAME',
  Status: 'STATUS',
  Availability: 'AVAILABILITY',
  ManagerStatus: 'MANAGER STATUS',
  EngineVersion: 'ENGINE VERSION',
  TLSStatus: 'TLS STATUS',
}
const tableFormat =
  'table {{.ID}} {{if .Self}}*{{else}} {{end}}\t{{.Hostname}}\t{{.Status}}\t{{.Availability}}\t{{.ManagerStatus}}\t{{.EngineVersion}}'

export const nodeList: Command = function* ({ process, flags, engine }) {
  const nodes = yield* engine.json<readonly Node[]>('GET', `/nodes${query({ filters: filters(flags.list('filter')) })}`)
  const self =
    nodes.length > 0 && !flags.is('quiet') ? (yield* engine.json<{ Swarm: { NodeID: string } }>('GET', '/info')).Swarm.NodeID : ''
  const rows = [...nodes]
    .sort((a, b) => natural(a.Description.Hostname, b.Description.Hostname))
    .map(({ ID, Description, Status, Spec, ManagerStatus }) => ({
      Availability: titled(Spec.Availability),
      EngineVersion: Description.Engine.EngineVersion,
      Hostname: Description.Hostname,
      ID,
      ManagerStatus: ManagerStatus ? (ManagerStatus.Leader ? 'Leader' : titled(ManagerStatus.Reachability)) : '',
      Self: ID === self,
      Status: titled(Status.State),
      TLSStatus: 'Ready',
    }))
  const format = flags.text('format')
  yield* out(
    process,
    listed({
      rows,
      headings,
      columns: [],
      format: format === '' || format === 'table' ? tableFormat : format,
      quiet: undefined,
      ...(flags.is('quiet') ? { format: '{{.ID}}' } : {}),
      type: 'nodeContext',
    }),
  )
  return 0
}

function* find(engine: Engine, name: string): Blocking<Node> {
  let id = name
  if (name === 'self') {
    const { Swarm } = yield* engine.json<{ Swarm: { NodeID: string } }>('GET', '/info')
    // Asked as a manager would be, so that the refusal is the right one.
    if (Swarm.NodeID === '') yield* engine.json('GET', '/nodes')
    id = Swarm.NodeID
  }
  return yield* engine.json<Node>('GET', `/nodes/${encodeURIComponent(id)}`)
}

export const nodeInspect: Command = function* (context) {
  const { process, flags, args, engine } = context
  if (!flags.is('pretty')) {
    const names: string[] = []
    for (const name of args)
      names.push(name === 'self' ? (yield* engine.json<{ Swarm: { NodeID: string } }>('GET', '/info')).Swarm.NodeID || 'self' : name)
    return yield* inspecting('node')({ ...context, args: names })
  }
  if (flags.text('format') !== '') throw new DockerError('--format is incompatible with human friendly format')
  return yield* forEach(args, function* (name) {
    yield* out(process, pretty(yield* find(engine, name)))
  })
}

function pretty({ ID, Spec, CreatedAt, Description, Status, ManagerStatus }: Node): string {
  const labels = (title: string, values: Readonly<Record<string, string>> | undefined) =>
    Object.keys(values ?? {}).length > 0
      ? `${title}:\n${Object.entries(values ?? {})
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => ` - ${key}${value ? `=${value}` : ''}\n`)
          .join('')}`
      : ''
  const { Engine, Platform, Resources, TLSInfo } = Description
  const plugins = (type: string) => Engine.Plugins.filter(({ Type }) => Type === type).map(({ Name }) => Name)
  const types = [...new Set(Engine.Plugins.map(({ Type }) => Type))].filter((type) => ['Log', 'Network', 'Volume'].includes(type))
  return [
    `ID:\t\t\t${ID}\n`,
    Spec.Name ? `Name:\t\t\t${Spec.Name}\n` : '',
    labels('Labels', Spec.Labels),
    `Hostname:              \t${Description.Hostname}\n`,
    `Joined at:             \t${prettyTime(CreatedAt)}\n`,
    `Status:\n State:\t\t\t${titled(Status.State)}\n`,
    Status.Message ? ` Message:\t\t${titled(Status.Message)}\n` : '',
    ` Availability:         \t${titled(Spec.Availability)}\n`,
    Status.Addr ? ` Address:\t\t${Status.Addr}\n` : '',
    ManagerStatus
      ? `Manager Status:\n Address:\t\t${ManagerStatus.Addr}\n Raft Status:\t\t${titled(ManagerStatus.Reachability)}\n Leader:\t\t${ManagerStatus.Leader ? 'Yes' : 'No'}\n`
      : '',
    `Platform:\n Operating System:\t${Platform.OS}\n Architecture:\t\t${Platform.Architecture}\n`,
    `Resources:\n CPUs:\t\t\t${Resources.NanoCPUs / 1e9}\n Memory:\t\t${binarySize(Resources.MemoryBytes)}\n`,
    `Plugins:\n${types.map((type) => ` ${type}:\t\t${plugins(type).join(', ')}\n`).join('')}`,
    `Engine Version:\t\t${Engine.EngineVersion}\n`,
    labels('Engine Labels', Engine.Labels),
    `TLS Info:\n TrustRoot:\n${TLSInfo.TrustRoot}\n Issuer Subject:\t${TLSInfo.CertIssuerSubject}\n Issuer Public Key:\t${TLSInfo.CertIssuerPublicKey}\n`,
  ].join('')
}

export const nodePs: Command = function* ({ process, flags, args, engine }) {
  const tasks: Task[] = []
  const problems: string[] = []
  for (const name of args.length > 0 ? args : ['self']) {
    try {
      const { ID } = yield* find(engine, name)
      tasks.push(
        ...(yield* engine.json<readonly Task[]>('GET', `/tasks${query({ filters: filters([...flags.list('filter'), `node=${ID}`]) })}`)),
      )
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      problems.push(error.message)
    }
  }
  if (problems.length === 0 || tasks.length > 0) yield* showTasks({ process, flags, engine, tasks })
  if (problems.length > 0) throw new DockerError(problems.join('\n'))
  return 0
}

type Change = (spec: Node['Spec']) => Node['Spec'] | string

/** Asks for the node, changes its spec, sends it back. A change that is a text is said instead. */
function* change(engine: Engine, name: string, how: Change): Blocking<string | undefined> {
  const node = yield* find(engine, name)
  const spec = how(node.Spec)
  if (typeof spec === 'string') return spec
  yield* engine.open('POST', `/nodes/${node.ID}/update${query({ version: String(node.Version.Index) })}`, spec)
  return undefined
}

export const nodeUpdate: Command = function* ({ process, flags, args, engine }) {
  yield* change(engine, args[0], (spec) => {
    const labels = { ...spec.Labels, ...keyValues(flags.list('label-add')) }
    for (const name of flags.list('label-rm')) {
      if (!(name in labels)) throw new DockerError(`key ${name} doesn't exist in node's labels`)
      delete labels[name]
    }
    return {
      ...spec,
      Labels: labels,
      Role: flags.isSet('role') ? flags.text('role').toLowerCase() : spec.Role,
      Availability: flags.isSet('availability') ? flags.text('availability').toLowerCase() : spec.Availability,
    }
  })
  yield* out(process, `${args[0]}\n`)
  return 0
}

function settingRole(Role: 'manager' | 'worker', done: (name: string) => string): Command {
  return function* ({ process, args, engine }) {
    for (const name of args) {
      const already = yield* change(engine, name, (spec) =>
        spec.Role === Role ? `Node ${name} is already a ${Role}.\n` : { ...spec, Role },
      )
      yield* out(process, already ?? done(name))
    }
    return 0
  }
}

export const nodePromote = settingRole('manager', (name) => `Node ${name} promoted to a manager in the swarm.\n`)
export const nodeDemote = settingRole('worker', (name) => `Manager ${name} demoted in the swarm.\n`)

export const nodeRemove: Command = ({ process, flags, args, engine }) =>
  forEach(args, function* (name) {
    yield* engine.open('DELETE', `/nodes/${encodeURIComponent(name)}${query({ force: flags.is('force') })}`)
    yield* out(process, `${name}\n`)
  })
