/**
 * The fields of the API's objects that the page draws. They come from a server that has checked them, so reading a shelf names the
 * type once (`shelf`); every field that a fresh object may lack is optional.
 */
import type { World } from './world.ts'

export interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly Owner[]
}

export interface Owner {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

export interface ApiObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
}

export interface ContainerStatus {
  readonly name: string
  readonly ready: boolean
  readonly restartCount: number
  readonly started?: boolean
  readonly image?: string
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string }
    readonly running?: { readonly startedAt?: string }
    readonly terminated?: { readonly reason?: string; readonly exitCode: number; readonly signal?: number }
  }
  readonly lastState?: { readonly terminated?: { readonly reason?: string; readonly exitCode: number } }
}

export interface ContainerSpec {
  readonly name: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[]
  readonly restartPolicy?: string
  readonly resources?: { readonly requests?: Readonly<Record<string, string>>; readonly limits?: Readonly<Record<string, string>> }
  readonly readinessProbe?: object
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

export interface Pod extends ApiObject {
  readonly spec: {
    readonly nodeName?: string
    readonly containers: readonly ContainerSpec[]
    readonly initContainers?: readonly ContainerSpec[]
    readonly volumes?: readonly { readonly name: string; readonly persistentVolumeClaim?: { readonly claimName: string } }[]
  }
  readonly status?: {
    readonly phase?: string
    readonly reason?: string
    readonly podIP?: string
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
  }
}

export interface Node extends ApiObject {
  readonly spec: {
    readonly unschedulable?: boolean
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  }
  readonly status?: {
    readonly conditions?: readonly Condition[]
    readonly allocatable?: Readonly<Record<string, string>>
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    readonly nodeInfo?: { readonly kubeletVersion?: string; readonly containerRuntimeVersion?: string; readonly osImage?: string }
  }
}

export interface Service extends ApiObject {
  readonly spec: {
    readonly type?: string
    readonly clusterIP?: string
    readonly selector?: Readonly<Record<string, string>>
    readonly ports?: readonly {
      readonly name?: string
      readonly port: number
      readonly targetPort?: number | string
      readonly nodePort?: number
      readonly protocol?: string
    }[]
  }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } }
}

export interface Replicated extends ApiObject {
  readonly spec: { readonly replicas?: number }
  readonly status?: {
    readonly replicas?: number
    readonly readyReplicas?: number
    readonly updatedReplicas?: number
    readonly availableReplicas?: number
  }
}

export interface KubernetesEvent extends ApiObject {
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly involvedObject?: { readonly kind: string; readonly name: string; readonly namespace?: string; readonly uid?: string }
  readonly source?: { readonly component?: string; readonly host?: string }
  readonly reportingComponent?: string
  readonly lastTimestamp?: string
  readonly eventTime?: string
}

export interface Claim extends ApiObject {
  readonly spec: { readonly resources?: { readonly requests?: Readonly<Record<string, string>> } }
  readonly status?: { readonly phase?: string }
}

export interface Ingress extends ApiObject {
  readonly spec: {
    readonly rules?: readonly {
      readonly host?: string
      readonly http?: {
        readonly paths?: readonly { readonly path?: string; readonly backend?: { readonly service?: { readonly name: string } } }[]
      }
    }[]
    readonly defaultBackend?: { readonly service?: { readonly name: string } }
  }
}

/** `GET /containers/{id}/json` of the Engine API. */
export interface DockerContainer {
  readonly Id: string
  readonly Name: string
  readonly Created?: string
  readonly Image: string
  readonly Path?: string
  readonly Args?: readonly string[]
  readonly RestartCount?: number
  readonly SizeRw?: number
  readonly State: {
    readonly Status: string
    readonly ExitCode?: number
    readonly OOMKilled?: boolean
    readonly Error?: string
    readonly Pid?: number
    readonly StartedAt?: string
    readonly Health?: { readonly Status: string }
  }
  readonly Config: {
    readonly Image: string
    readonly Cmd?: readonly string[] | null
    readonly Hostname?: string
    readonly Labels?: Readonly<Record<string, string>> | null
  }
  readonly HostConfig?: {
    readonly NetworkMode?: string
    readonly Memory?: number
    readonly NanoCpus?: number
    readonly AutoRemove?: boolean
  }
  readonly Mounts?: readonly {
    readonly Type: string
    readonly Name?: string
    readonly Source?: string
    readonly Destination: string
    readonly RW?: boolean
  }[]
  readonly NetworkSettings?: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort: string }[] | null>>
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string; readonly NetworkID?: string }>>
  }
}

export interface DockerImage {
  readonly Id: string
  readonly RepoTags?: readonly string[] | null
  readonly RepoDigests?: readonly string[] | null
  readonly Created?: string
  readonly Size: number
  readonly Config?: {
    readonly Cmd?: readonly string[] | null
    readonly Entrypoint?: readonly string[] | null
    readonly ExposedPorts?: Readonly<Record<string, object>> | null
  }
  readonly RootFS?: { readonly Layers?: readonly string[] | null }
}

export interface DockerNetwork {
  readonly Id: string
  readonly Name: string
  readonly Driver: string
  readonly Internal?: boolean
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null }
}

export interface DockerVolume {
  readonly Name: string
  readonly Driver: string
  readonly Mountpoint: string
  readonly Labels?: Readonly<Record<string, string>> | null
}

const emptyShelf: ReadonlyMap<string, never> = new Map<string, never>()

/** All objects of one resource of one store, by key. The same map as long as nothing in it changed. */
export function shelf<T extends object>(world: World, store: string, resource: string): ReadonlyMap<string, T> {
  return (world.stores.get(store)?.resources.get(resource) as ReadonlyMap<string, T> | undefined) ?? emptyShelf
}
