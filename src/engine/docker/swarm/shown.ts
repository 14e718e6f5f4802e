/** Swarm's objects on their way to clients and from them: fields in upstream's order, defaults filled in, what is ours alone left out. */
import { bytesOfBase64 } from '../../../base/bytes.ts'
import { badRequest } from '../docker-error.ts'
import { parseReference } from '../images/reference.ts'
import type { Member } from './member.ts'
import { constraintProblem } from './scheduler.ts'
import {
  type Cluster,
  isOver,
  type Secret,
  type Service,
  type ServiceSpec,
  type SwarmNode,
  type Task,
  type TaskSpec,
  type UpdateConfig,
} from './shapes.ts'
import { rpc } from './words.ts'

export function nodeShown(member: Member, leader: Member, node: SwarmNode): object {
  const { ID, Version, CreatedAt, UpdatedAt, Spec, Description, Status, ManagerStatus } = node
  const { Name, Labels, Role, Availability } = Spec
  const there = leader.member(ID)
  const isReachable = there !== undefined && !there.membership.IsLocked
  return {
    ID,
    Version,
    CreatedAt,
    UpdatedAt,
    Spec: { ...(Name ? { Name } : {}), Labels, Role, Availability },
    Description,
    Status: { State: Status.State, ...(Status.Message ? { Message: Status.Message } : {}), Addr: Status.Addr },
    ...(ManagerStatus
      ? {
          ManagerStatus: {
            ...(ID === leader.id ? { Leader: true } : {}),
            Reachability: isReachable || ID === member.id ? 'reachable' : 'unreachable',
            Addr: ManagerStatus.Addr,
          },
        }
      : {}),
  }
}

export function taskShown(task: Task): object {
  const {
    ID,
    Version,
    CreatedAt,
    UpdatedAt,
    Labels,
    Spec,
    ServiceID,
    Slot,
    NodeID,
    Status,
    DesiredState,
    NetworksAttachments,
    JobIteration,
  } = task
  return {
    ID,
    Version,
    CreatedAt,
    UpdatedAt,
    Labels,
    Spec,
    ServiceID,
    ...(Slot !== undefined ? { Slot } : {}),
    ...(NodeID !== undefined ? { NodeID } : {}),
    Status,
    DesiredState,
    ...(NetworksAttachments ? { NetworksAttachments } : {}),
    ...(JobIteration ? { JobIteration } : {}),
    Volumes: null,
  }
}

export function serviceShown(leader: Member, service: Service, { withDefaults = false, withStatus = false } = {}): object {
  const { ID, Version, CreatedAt, UpdatedAt, Spec, PreviousSpec, Endpoint, UpdateStatus, JobStatus } = service
  const shown = (spec: ServiceSpec) => (withDefaults ? defaulted(spec) : spec)
  return {
    ID,
    Version,
    CreatedAt,
    UpdatedAt,
    Spec: shown(Spec),
    ...(PreviousSpec ? { PreviousSpec: shown(PreviousSpec) } : {}),
    Endpoint,
    ...(UpdateStatus ? { UpdateStatus } : {}),
    ...(JobStatus ? { JobStatus } : {}),
    ...(withStatus ? { ServiceStatus: statusOf(leader, service) } : {}),
  }
}

function statusOf(leader: Member, service: Service): object {
  const tasks = leader.list('tasks').filter(({ ServiceID }) => ServiceID === service.ID)
  const { Replicated, Global, ReplicatedJob } = service.Spec.Mode
  const isLive = (task: Task) => !isOver(task.DesiredState) || task.DesiredState === 'complete'
  const nodes = leader.list('nodes')
  const iteration = service.JobStatus?.JobIteration.Index
  return {
    RunningTasks: tasks.filter(
      (task) =>
        task.Status.State === 'running' &&
        task.DesiredState !== 'remove' &&
        nodes.some(({ ID, Status }) => ID === task.NodeID && Status.State !== 'down'),
    ).length,
    DesiredTasks: Replicated
      ? (Replicated.Replicas ?? 1)
      : Global
        ? tasks.filter((task) => !isOver(task.DesiredState)).length
        : ReplicatedJob
          ? tasks.filter((task) => isLive(task) && task.Status.State !== 'complete' && task.JobIteration?.Index === iteration).length
          : tasks.filter((task) => isLive(task) && task.Status.State !== 'complete').length,
    CompletedTasks: service.JobStatus
      ? tasks.filter((task) => task.Status.State === 'complete' && task.JobIteration?.Index === iteration).length
      : 0,
  }
}

const update: UpdateConfig = { Parallelism: 1, FailureAction: 'pause', Monitor: 5e9, MaxFailureRatio: 0, Order: 'stop-first' }

function updateDefaulted(config: UpdateConfig | undefined): UpdateConfig {
  if (!config) return update
  return {
    Parallelism: config.Parallelism,
    ...(config.Delay ? { Delay: config.Delay } : {}),
    FailureAction: config.FailureAction || 'pause',
    Monitor: config.Monitor || 5e9,
    MaxFailureRatio: config.MaxFailureRatio ?? 0,
    Order: config.Order || 'stop-first',
  }
}

/** As `insertDefaults` asks for it. */
function defaulted(spec: ServiceSpec): ServiceSpec {
  const { Name, Labels, TaskTemplate, Mode, UpdateConfig, RollbackConfig, Networks, EndpointSpec } = spec
  const { ContainerSpec, Resources, RestartPolicy, Placement, Networks: own, LogDriver, ForceUpdate, Runtime } = TaskTemplate
  const isJob = Mode.ReplicatedJob !== undefined || Mode.GlobalJob !== undefined
  return {
    Name,
    Labels,
    TaskTemplate: {
      ...(ContainerSpec
        ? { ContainerSpec: containerOrdered({ ...ContainerSpec, StopGracePeriod: ContainerSpec.StopGracePeriod ?? 10e9 }) }
        : {}),
      Resources,
      RestartPolicy: {
        Condition: RestartPolicy?.Condition ?? (isJob ? 'on-failure' : 'any'),
        Delay: RestartPolicy?.Delay ?? 5e9,
        MaxAttempts: RestartPolicy?.MaxAttempts ?? 0,
        ...(RestartPolicy?.Window ? { Window: RestartPolicy.Window } : {}),
      },
      Placement,
      ...(own ? { Networks: own } : {}),
      ...(LogDriver ? { LogDriver } : {}),
      ForceUpdate,
      Runtime,
    },
    Mode,
    ...(isJob ? {} : { UpdateConfig: updateDefaulted(UpdateConfig), RollbackConfig: updateDefaulted(RollbackConfig) }),
    ...(Networks ? { Networks } : {}),
    ...(EndpointSpec ? { EndpointSpec } : { EndpointSpec: { Mode: 'vip' } }),
  }
}

const containerFields = [
  'Image',
  'Labels',
  'Command',
  'Args',
  'Hostname',
  'Env',
  'Dir',
  'User',
  'Groups',
  'Privileges',
  'Init',
  'StopSignal',
  'TTY',
  'OpenStdin',
  'ReadOnly',
  'Mounts',
  'StopGracePeriod',
  'Healthcheck',
  'Hosts',
  'DNSConfig',
  'Secrets',
  'Configs',
  'Isolation',
  'Sysctls',
  'CapabilityAdd',
  'CapabilityDrop',
  'Ulimits',
  'OomScoreAdj',
] as const

function containerOrdered(spec: NonNullable<TaskSpec['ContainerSpec']>): NonNullable<TaskSpec['ContainerSpec']> {
  return Object.fromEntries(
    containerFields.flatMap((field) => (spec[field] === undefined || spec[field] === null ? [] : [[field, spec[field]]])),
  ) as unknown as NonNullable<TaskSpec['ContainerSpec']>
}

/** What a client sent, checked and completed as the managers keep it. */
export function serviceSpecOf(body: unknown): ServiceSpec {
  const given = body as Partial<ServiceSpec>
  const { ContainerSpec, Resources, RestartPolicy, Placement, Networks, LogDriver, ForceUpdate, Runtime } = given.TaskTemplate ?? {}
  if (!ContainerSpec) throw rpc('InvalidArgument', 'TaskSpec: missing runtime')
  const mode = given.Mode ?? {}
  const Mode: ServiceSpec['Mode'] = mode.Global
    ? { Global: {} }
    : mode.GlobalJob
      ? { GlobalJob: {} }
      : mode.ReplicatedJob
        ? {
            ReplicatedJob: {
              MaxConcurrent: mode.ReplicatedJob.MaxConcurrent ?? 1,
              TotalCompletions: mode.ReplicatedJob.TotalCompletions ?? mode.ReplicatedJob.MaxConcurrent ?? 1,
            },
          }
        : { Replicated: { Replicas: mode.Replicated?.Replicas ?? 1 } }
  const spec: ServiceSpec = {
    Name: given.Name ?? '',
    Labels: given.Labels ?? {},
    TaskTemplate: {
      ContainerSpec: containerOrdered({
        ...ContainerSpec,
        DNSConfig: ContainerSpec.DNSConfig ?? {},
        Isolation: ContainerSpec.Isolation ?? 'default',
      }),
      Resources: { Limits: Resources?.Limits ?? {}, Reservations: Resources?.Reservations ?? {} },
      ...(RestartPolicy ? { RestartPolicy } : {}),
      Placement: Placement ?? {},
      ...(Networks?.length ? { Networks } : given.Networks?.length ? { Networks: given.Networks } : {}),
      ...(LogDriver ? { LogDriver } : {}),
      ForceUpdate: ForceUpdate ?? 0,
      Runtime: Runtime || 'container',
    },
    Mode,
    ...(given.UpdateConfig ? { UpdateConfig: given.UpdateConfig } : {}),
    ...(given.RollbackConfig ? { RollbackConfig: given.RollbackConfig } : {}),
    ...(given.EndpointSpec
      ? {
          EndpointSpec: {
            ...(given.EndpointSpec.Mode ? { Mode: given.EndpointSpec.Mode } : {}),
            ...(given.EndpointSpec.Ports?.length
              ? {
                  Ports: given.EndpointSpec.Ports.map((port) => ({
                    ...port,
                    Protocol: port.Protocol || 'tcp',
                    PublishMode: port.PublishMode || 'ingress',
                  })),
                }
              : {}),
          },
        }
      : {}),
  }
  check(spec)
  return spec
}

function check(spec: ServiceSpec): void {
  const { ContainerSpec, Resources, Placement } = spec.TaskTemplate
  const invalid = (why: string) => rpc('InvalidArgument', why)
  if (!/^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_]*[a-zA-Z0-9])?$/.test(spec.Name)) throw invalid('name must be valid as a DNS name component')
  if (spec.Name.length > 63) throw invalid('name must be 63 characters or fewer')
  if (!ContainerSpec?.Image) throw invalid('ContainerSpec: image reference must be provided')
  try {
    parseReference(ContainerSpec.Image)
  } catch {
    throw invalid(`ContainerSpec: ${JSON.stringify(ContainerSpec.Image)} is not a valid repository/tag`)
  }
  const targets = (ContainerSpec.Mounts ?? []).map(({ Target }) => Target)
  const twice = targets.find((target, index) => targets.indexOf(target) !== index)
  if (twice !== undefined) throw invalid(`ContainerSpec: duplicate mount point: ${twice}`)
  for (const amounts of [Resources?.Limits, Resources?.Reservations]) {
    if (amounts?.NanoCPUs && amounts.NanoCPUs < 1e6) throw invalid(`invalid cpu value ${amounts.NanoCPUs / 1e9}: Must be at least 0.001`)
    if (amounts?.MemoryBytes && amounts.MemoryBytes < 4 * 2 ** 20)
      throw invalid(`invalid memory value ${amounts.MemoryBytes}: Must be at least 4MiB`)
  }
  for (const constraint of Placement?.Constraints ?? []) {
    const problem = constraintProblem(constraint)
    if (problem) throw invalid(problem)
  }
  const published = (spec.EndpointSpec?.Ports ?? [])
    .filter(({ PublishedPort }) => PublishedPort)
    .map(({ PublishedPort, Protocol, PublishMode }) => `${PublishedPort}/${Protocol}/${PublishMode}`)
  if (new Set(published).size < published.length) throw invalid('EndpointSpec: duplicate published ports provided')
  if (spec.EndpointSpec?.Mode === 'dnsrr' && (spec.EndpointSpec.Ports ?? []).some(({ PublishMode }) => PublishMode === 'ingress'))
    throw invalid("EndpointSpec: port published with ingress mode can't be used with dnsrr mode")
}

/** Refuses what another service has taken: its name, its ports. */
export function checkAgainstOthers(leader: Member, spec: ServiceSpec, ownId: string | undefined): void {
  for (const other of leader.list('services')) {
    if (other.ID === ownId) continue
    if (other.Spec.Name.toLowerCase() === spec.Name.toLowerCase())
      throw rpc('AlreadyExists', `name conflicts with an existing object: service ${spec.Name} already exists`)
    for (const port of spec.EndpointSpec?.Ports ?? []) {
      const clash = (other.Endpoint.Ports ?? []).find(
        (one) =>
          port.PublishedPort &&
          one.PublishedPort === port.PublishedPort &&
          one.Protocol === port.Protocol &&
          (one.PublishMode === 'ingress' || port.PublishMode === 'ingress'),
      )
      if (clash)
        throw rpc(
          'InvalidArgument',
          `port '${port.PublishedPort}' is already in use by service '${other.Spec.Name}' (${other.ID}) as ${clash.PublishMode === 'ingress' ? 'an ingress' : 'a host-published'} port`,
        )
    }
  }
}

export function secretShown({ ID, Version, CreatedAt, UpdatedAt, Spec }: Secret, { withData }: { withData: boolean }): object {
  const { Name, Labels, Data, Driver, Templating } = Spec
  return {
    ID,
    Version,
    CreatedAt,
    UpdatedAt,
    Spec: { Name, Labels, ...(withData ? { Data: Data ?? '' } : {}), ...(Driver ? { Driver } : {}), ...(Templating ? { Templating } : {}) },
  }
}

const mostBytes = { secrets: 500 * 1024, configs: 1000 * 1024 } as const

export function secretSpecOf(body: unknown, kind: 'secrets' | 'configs'): Secret['Spec'] {
  const { Name = '', Labels, Data, Driver, Templating } = body as Partial<Secret['Spec']>
  const what = kind === 'secrets' ? 'secret' : 'config'
  if (!/^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/.test(Name) || Name.length > 64)
    throw rpc(
      'InvalidArgument',
      'invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]',
    )
  const size = Data ? bytesOfBase64(Data).length : 0
  if (!Driver && (size === 0 || size > mostBytes[kind]))
    throw rpc('InvalidArgument', `${what} data must be larger than 0 and less than ${mostBytes[kind]} bytes`)
  return { Name, Labels: Labels ?? {}, ...(Data ? { Data } : {}), ...(Driver ? { Driver } : {}), ...(Templating ? { Templating } : {}) }
}

export function clusterShown(cluster: Cluster): Record<string, unknown> {
  const {
    ID,
    Version,
    CreatedAt,
    UpdatedAt,
    Spec,
    TLSInfo,
    RootRotationInProgress,
    DefaultAddrPool,
    SubnetSize,
    DataPathPort,
    JoinTokens,
  } = cluster
  return { ID, Version, CreatedAt, UpdatedAt, Spec, TLSInfo, RootRotationInProgress, DefaultAddrPool, SubnetSize, DataPathPort, JoinTokens }
}

export function nodeSpecOf(body: unknown): SwarmNode['Spec'] {
  const { Name, Labels, Role, Availability } = body as Partial<SwarmNode['Spec']>
  if (!Availability || !['active', 'pause', 'drain'].includes(Availability))
    throw badRequest(`invalid Availability: ${JSON.stringify(Availability ?? '')}`)
  if (!Role || !['worker', 'manager'].includes(Role)) throw badRequest(`invalid Role: ${JSON.stringify(Role ?? '')}`)
  return { ...(Name ? { Name } : {}), Labels: Labels ?? {}, Role, Availability }
}
