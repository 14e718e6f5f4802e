/** The OCI image config: what an image says about itself, and how a container of it begins. */

/** The `config` part of an OCI image config, which is also the default of a container's. */
export interface ImageRunConfig {
  readonly User?: string
  readonly ExposedPorts?: Readonly<Record<string, object>>
  readonly Env?: readonly string[]
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly Volumes?: Readonly<Record<string, object>>
  readonly WorkingDir?: string
  readonly Labels?: Readonly<Record<string, string>>
  readonly StopSignal?: string
  readonly Healthcheck?: Healthcheck
  readonly OnBuild?: readonly string[]
  readonly Shell?: readonly string[]
  /** CMD was written in shell form; legacy builders keep it. */
  readonly ArgsEscaped?: boolean
}

/** Times in nanoseconds, as Docker keeps them; 0 means the default. */
export interface Healthcheck {
  readonly Test?: readonly string[]
  readonly Interval?: number
  readonly Timeout?: number
  readonly StartPeriod?: number
  readonly StartInterval?: number
  readonly Retries?: number
}

export interface HistoryEntry {
  /** RFC 3339. */
  readonly created: string
  readonly created_by: string
  readonly author?: string
  readonly comment?: string
  readonly empty_layer?: boolean
}

/** An OCI image config. */
export interface ImageConfig {
  readonly created: string
  readonly author?: string
  readonly architecture: string
  /** Of the engine that made it, where it was no BuildKit. */
  readonly docker_version?: string
  /** Of the step that Docker's own builder or `commit` made last: its container, and the settings it had. */
  readonly container?: string
  readonly container_config?: { readonly Image: string; readonly [field: string]: unknown }
  readonly os: string
  readonly config: ImageRunConfig
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] }
  readonly history: readonly HistoryEntry[]
}
