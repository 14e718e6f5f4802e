/** A service as the Engine API gives it and takes it, as far as the commands look. */
import type { PublishedPort } from './words.ts'

type Fields = Readonly<Record<string, unknown>>

export interface ServiceSpec {
  readonly Name: string
  readonly Labels: Readonly<Record<string, string>>
  readonly TaskTemplate: {
    readonly ContainerSpec?: { readonly Image: string } & Fields
    readonly Placement?: { readonly MaxReplicas?: number } & Fields
  } & Fields
  readonly Mode: {
    readonly Replicated?: { readonly Replicas?: number }
    readonly Global?: object
    readonly ReplicatedJob?: { readonly MaxConcurrent?: number; readonly TotalCompletions?: number }
    readonly GlobalJob?: object
  }
  readonly UpdateConfig?: { readonly Monitor?: number } & Fields
  readonly RollbackConfig?: Fields
  readonly EndpointSpec?: { readonly Mode?: string; readonly Ports?: readonly PublishedPort[] }
}

export interface Service {
  readonly ID: string
  readonly Version: { readonly Index: number }
  readonly Spec: ServiceSpec
  readonly PreviousSpec?: ServiceSpec
  readonly Endpoint: { readonly Ports?: readonly PublishedPort[] }
  readonly UpdateStatus?: { readonly State: string; readonly StartedAt?: string; readonly CompletedAt?: string; readonly Message: string }
  readonly ServiceStatus?: { readonly RunningTasks: number; readonly DesiredTasks: number; readonly CompletedTasks: number }
}
