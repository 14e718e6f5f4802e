/**
 * Swarm's objects as the API shows them. Times are RFC 3339 with nine digits, durations nanoseconds. A task's `startAfter` is ours
 * alone and never shown: the session time before which a restarted task is held back.
 */

export interface Meta {
  readonly ID: string
  readonly Version: { readonly Index: number }
  readonly CreatedAt: string
  readonly UpdatedAt: string
}

export type Labels = Readonly<Record<string, string>>

export interface NodeSpec {
  readonly Name?: string
  readonly Labels: Labels
  readonly Role: 'worker' | 'manager'
  readonly Availability: 'active' | 'pause' | 'drain'
}

export interface SwarmNode extends Meta {
  readonly Spec: NodeSpec
  readonly Description: {
    readonly Hostname: string
    readonly Platform: { readonly Architecture: string; readonly OS: string }
    readonly Resources: { readonly NanoCPUs: number; readonly MemoryBytes: number }
    readonly Engine: {
      readonly EngineVersion: string
      readonly Labels?: Labels
      readonly Plugins: readonly { readonly Type: string; readonly Name: string }[]
    }
    readonly TLSInfo: { readonly TrustRoot: string; readonly CertIssuerSubject: string; readonly CertIssuerPublicKey: string }
  }
  readonly Status: { readonly State: 'unknown' | 'down' | 'ready' | 'disconnected'; readonly Message?: string; readonly Addr: string }
  readonly ManagerStatus?: {
    readonly Leader?: boolean
    readonly Reachability: 'unknown' | 'unreachable' | 'reachable'
    readonly Addr: string
  }
}

export interface PortConfig {
  readonly Name?: string
  readonly Protocol: 'tcp' | 'udp' | 'sctp'
  readonly TargetPort: number
  readonly PublishedPort?: number
  readonly PublishMode: 'ingress' | 'host'
}

export interface FileTarget {
  readonly Name: string
  readonly UID: string
  readonly GID: string
  readonly Mode: number
}

export interface ContainerSpec {
  readonly Image: string
  readonly Labels?: Labels
  readonly Command?: readonly string[]
  readonly Args?: readonly string[]
  readonly Hostname?: string
  readonly Env?: readonly string[]
  readonly Dir?: string
  readonly User?: string
  readonly Groups?: readonly string[]
  readonly Privileges?: object | null
  readonly Init?: boolean
  readonly StopSignal?: string
  readonly TTY?: boolean
  readonly OpenStdin?: boolean
  readonly ReadOnly?: boolean
  readonly Mounts?: readonly {
    readonly Type: string
    readonly Source?: string
    readonly Target: string
    readonly ReadOnly?: boolean
    readonly [field: string]: unknown
  }[]
  readonly StopGracePeriod?: number
  readonly Healthcheck?: {
    readonly Test?: readonly string[]
    readonly Interval?: number
    readonly Timeout?: number
    readonly StartPeriod?: number
    readonly StartInterval?: number
    readonly Retries?: number
  }
  readonly Hosts?: readonly string[]
  readonly DNSConfig?: {
    readonly Nameservers?: readonly string[]
    readonly Search?: readonly string[]
    readonly Options?: readonly string[]
  }
  readonly Secrets?: readonly { readonly File?: FileTarget; readonly SecretID: string; readonly SecretName: string }[]
  readonly Configs?: readonly {
    readonly File?: FileTarget
    readonly Runtime?: object
    readonly ConfigID: string
    readonly ConfigName: string
  }[]
  readonly Isolation?: string
  readonly Sysctls?: Labels
  readonly CapabilityAdd?: readonly string[]
  readonly CapabilityDrop?: readonly string[]
  readonly Ulimits?: readonly { readonly Name: string; readonly Hard: number; readonly Soft: number }[]
  readonly OomScoreAdj?: number
}

export interface Amounts {
  readonly NanoCPUs?: number
  readonly MemoryBytes?: number
  readonly Pids?: number
}

export interface TaskSpec {
  readonly ContainerSpec?: ContainerSpec
  readonly Resources?: { readonly Limits?: Amounts; readonly Reservations?: Amounts }
  readonly RestartPolicy?: {
    readonly Condition?: 'none' | 'on-failure' | 'any'
    readonly Delay?: number
    readonly MaxAttempts?: number
    readonly Window?: number
  }
  readonly Placement?: {
    readonly Constraints?: readonly string[]
    readonly Preferences?: readonly { readonly Spread?: { readonly SpreadDescriptor: string } }[]
    readonly MaxReplicas?: number
    readonly Platforms?: readonly { readonly Architecture?: string; readonly OS?: string }[]
  }
  readonly Networks?: readonly { readonly Target: string; readonly Aliases?: readonly string[]; readonly DriverOpts?: Labels }[]
  readonly LogDriver?: { readonly Name: string; readonly Options?: Labels }
  readonly ForceUpdate?: number
  readonly Runtime?: string
}

export interface UpdateConfig {
  readonly Parallelism: number
  readonly Delay?: number
  readonly FailureAction?: 'pause' | 'continue' | 'rollback'
  readonly Monitor?: number
  readonly MaxFailureRatio?: number
  readonly Order?: 'stop-first' | 'start-first'
}

export interface ServiceSpec {
  readonly Name: string
  readonly Labels: Labels
  readonly TaskTemplate: TaskSpec
  readonly Mode: {
    readonly Replicated?: { readonly Replicas?: number }
    readonly Global?: object
    readonly ReplicatedJob?: { readonly MaxConcurrent?: number; readonly TotalCompletions?: number }
    readonly GlobalJob?: object
  }
  readonly UpdateConfig?: UpdateConfig
  readonly RollbackConfig?: UpdateConfig
  readonly Networks?: TaskSpec['Networks']
  readonly EndpointSpec?: { readonly Mode?: 'vip' | 'dnsrr'; readonly Ports?: readonly PortConfig[] }
}

export type UpdateState = 'updating' | 'paused' | 'completed' | 'rollback_started' | 'rollback_paused' | 'rollback_completed'

export interface Service extends Meta {
  readonly Spec: ServiceSpec
  readonly PreviousSpec?: ServiceSpec
  readonly Endpoint: {
    readonly Spec: { readonly Mode?: string; readonly Ports?: readonly PortConfig[] }
    readonly Ports?: readonly PortConfig[]
    readonly VirtualIPs?: readonly { readonly NetworkID: string; readonly Addr: string }[]
  }
  readonly UpdateStatus?: {
    readonly State: UpdateState
    readonly StartedAt?: string
    readonly CompletedAt?: string
    readonly Message: string
  }
  readonly JobStatus?: { readonly JobIteration: { readonly Index: number }; readonly LastExecution?: string }
}

export type TaskState =
  | 'new'
  | 'allocated'
  | 'pending'
  | 'assigned'
  | 'accepted'
  | 'preparing'
  | 'ready'
  | 'starting'
  | 'running'
  | 'complete'
  | 'shutdown'
  | 'failed'
  | 'rejected'
  | 'remove'
  | 'orphaned'

const stateOrder: readonly TaskState[] = [
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
  'remove',
  'orphaned',
]

export const rank = (state: TaskState): number => stateOrder.indexOf(state)
/** What has ended, or is wanted to. */
export const isOver = (state: TaskState): boolean => rank(state) > rank('running')

export interface TaskStatus {
  readonly Timestamp: string
  readonly State: TaskState
  readonly Message: string
  readonly Err?: string
  readonly ContainerStatus?: { readonly ContainerID: string; readonly PID: number; readonly ExitCode: number }
  readonly PortStatus: { readonly Ports?: readonly PortConfig[] }
}

export interface Task extends Meta {
  readonly Labels: Labels
  readonly Spec: TaskSpec
  readonly ServiceID: string
  readonly Slot?: number
  readonly NodeID?: string
  readonly Status: TaskStatus
  readonly DesiredState: TaskState
  readonly NetworksAttachments?: readonly { readonly Network: object; readonly Addresses: readonly string[] }[]
  readonly JobIteration?: { readonly Index: number }
  readonly startAfter?: number
  /** Ours too: the endpoint its service had when it was made; another one makes it out of date. */
  readonly endpoint?: string
  /** Ours too: how often its slot was restarted under this template. */
  readonly restarts?: number
}

export interface Secret extends Meta {
  readonly Spec: {
    readonly Name: string
    readonly Labels: Labels
    readonly Data?: string
    readonly Driver?: { readonly Name: string }
    readonly Templating?: { readonly Name: string }
  }
}

export interface SwarmSpec {
  readonly Name: string
  readonly Labels: Labels
  readonly Orchestration: { readonly TaskHistoryRetentionLimit: number }
  readonly Raft: {
    readonly SnapshotInterval: number
    readonly KeepOldSnapshots: number
    readonly LogEntriesForSlowFollowers: number
    readonly ElectionTick: number
    readonly HeartbeatTick: number
  }
  readonly Dispatcher: { readonly HeartbeatPeriod: number }
  readonly CAConfig: { readonly NodeCertExpiry: number; readonly ForceRotate?: number }
  readonly TaskDefaults: object
  readonly EncryptionConfig: { readonly AutoLockManagers: boolean }
}

export interface Cluster extends Meta {
  readonly Spec: SwarmSpec
  readonly TLSInfo: SwarmNode['Description']['TLSInfo']
  readonly RootRotationInProgress: boolean
  readonly DefaultAddrPool: readonly string[]
  readonly SubnetSize: number
  readonly DataPathPort: number
  readonly JoinTokens: { readonly Worker: string; readonly Manager: string }
  /** Ours: shown only by /swarm/unlockkey. */
  readonly unlockKey: string
}

/** What an engine knows about its own membership, whether or not it can reach anybody. */
export interface Membership {
  readonly NodeID: string
  readonly ClusterID: string
  readonly Addr: string
  readonly Role: 'worker' | 'manager'
  /** Addresses of the managers known last. */
  readonly Managers: readonly { readonly NodeID: string; readonly Addr: string }[]
  /** A manager with autolock that was restarted and not unlocked yet. */
  readonly IsLocked: boolean
  readonly UnlockKey?: string
}

export interface Kinds {
  nodes: SwarmNode
  services: Service
  tasks: Task
  secrets: Secret
  configs: Secret
  networks: Meta & { readonly network: import('../shapes.ts').Network }
  cluster: Cluster
}
