/**
 * What a kubelet asks of the container runtime on its machine: CRI in small. Everything is synchronous but pulling, which takes
 * session time; what containers do by themselves (end, be killed for memory) is told through `watch`, which says only that something
 * changed. Refusals throw `RuntimeError` with the runtime's own words.
 */
import type { Upgraded } from '../../base/http.ts'
import type { ByteStream, HttpRequest, HttpResponse, Pending } from '../../base/http.ts'
import type { Cancel } from '../../base/clock.ts'

/** `reason` is what the kubelet shows as the waiting reason when the runtime knows one (`ErrImagePull` where nothing is said). */
export class RuntimeError extends Error {
  readonly reason: string | undefined

  constructor(message: string, reason?: string) {
    super(message)
    this.reason = reason
  }
}

export interface RuntimeImage {
  /** `docker.io/library/nginx:1.25`, as container statuses name it. */
  readonly name: string
  /** `docker.io/library/nginx@sha256:…`. */
  readonly id: string
  readonly sizeBytes: number
  /** User of the image's config when it is a number; undefined for root or a name. */
  readonly uid?: number
  readonly user?: string
}

export type PullResult = { readonly image: RuntimeImage } | { readonly error: string; readonly reason?: string }

export interface SandboxSpec {
  /** The address it had before; undefined: any free one. */
  readonly ip?: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly attempt: number
  readonly hostname: string
  readonly hostNetwork: boolean
  readonly hostPid: boolean
  readonly sharesProcesses: boolean
  readonly dns: { readonly servers: readonly string[]; readonly searches: readonly string[]; readonly options: readonly string[] }
  readonly hostAliases: readonly { readonly ip: string; readonly hostnames: readonly string[] }[]
  readonly hostPorts: readonly {
    readonly hostIp: string
    readonly hostPort: number
    readonly containerPort: number
    readonly protocol: 'tcp' | 'udp'
  }[]
  readonly sysctls: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

/** A pod's network namespace and the like; it lives until `removeSandbox`. */
export interface Sandbox {
  readonly id: string
  readonly ip: string
}

export interface PodThere {
  readonly sandbox: Sandbox
  readonly attempt: number
  /** The last of each name. */
  readonly containers: ReadonlyMap<string, { readonly id: string; readonly attempt: number }>
}

export interface ContainerSpec {
  /** Undefined: a new one. With the id of one that was there, its files and its log are found again. */
  readonly id?: string
  readonly name: string
  /** The image as the pod names it; it was pulled before. */
  readonly image: string
  readonly attempt: number
  /** Undefined: the image's own. */
  readonly command: readonly string[] | undefined
  readonly args: readonly string[] | undefined
  readonly workingDir: string | undefined
  readonly env: readonly { readonly name: string; readonly value: string }[]
  /** Host paths seen inside. */
  readonly mounts: readonly { readonly hostPath: string; readonly containerPath: string; readonly isReadOnly: boolean }[]
  readonly tty: boolean
  readonly stdin: boolean
  readonly user: string | undefined
  readonly groups: readonly number[]
  /** The image's /etc/group gives the user no further groups. */
  readonly hasOnlyGivenGroups?: boolean
  readonly noNewPrivileges?: boolean
  readonly isPrivileged: boolean
  readonly isRootReadOnly: boolean
  /** The container of the pod whose processes it sees and joins; undefined: its own. */
  readonly processesOf?: string
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] }
  readonly memoryLimitBytes: number | undefined
  readonly cpuLimitMillis: number | undefined
  readonly cpuWeight: number
  /** Where the reason of an end is read from, in the container. */
  readonly terminationMessagePath: string
  /** Where the container failed and left no reason, its last output is the reason. */
  readonly fallsBackToLogs?: boolean
  /** The first client that is attached ends the container's input by leaving. */
  readonly isInputOnce?: boolean
  readonly labels: Readonly<Record<string, string>>
}

export interface RuntimeContainer {
  readonly id: string
  readonly state: 'created' | 'running' | 'exited'
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  readonly exitCode: number
  /** `OOMKilled`, `StartError`; undefined for Completed and Error. */
  readonly reason: string | undefined
  /** What was in the termination message file, or the end of the log, or why it could not start. */
  readonly message: string | undefined
}

export interface LogQuery {
  /** Where the log lies on the disk: for a container that ended before the runtime started. */
  readonly path?: string
  readonly follow: boolean
  readonly tailLines: number | undefined
  readonly sinceMs: number | undefined
  readonly limitBytes: number | undefined
  readonly timestamps: boolean
  readonly stream?: 'stdout' | 'stderr'
}

export interface ExecResult {
  readonly exitCode: number
  readonly output: string
  /** It ran longer than it might. */
  readonly timedOut?: boolean
}

export interface VolumeFile {
  readonly path: string
  /** Asked for when somebody looks. */
  readonly content: () => Uint8Array
  readonly mode: number
}

/** The files of the machine, where volumes are put. */
export interface HostFiles {
  /** What stands at a path; links are followed. */
  kind(path: string): 'file' | 'directory' | 'socket' | 'character' | 'block' | undefined
  mkdir(path: string, mode?: number): void
  /** Gives a path and all below to a group; folders hand it on to what is made in them. */
  share(path: string, gid: number, isWritable: boolean): void
  /** Whether the folder itself is the group's already. */
  isShared(path: string, gid: number): boolean
  write(path: string, content: Uint8Array | string, mode?: number): void
  /** A folder of the disk with these files, which change all at once. */
  writeAtOnce(path: string, all: readonly VolumeFile[]): void
  /** A file system in memory at this path, with these files; in one that stands there they change all at once. */
  mountMemory(path: string, all: readonly VolumeFile[]): void
  /** What stands at `from` now, to be had at `to` whatever happens to `from`. */
  pin(from: string, to: string): void
  read(path: string): Uint8Array | undefined
  list(path: string): readonly string[]
  /** With what is mounted in memory there. */
  remove(path: string): void
}

export interface ImageService {
  all(): readonly RuntimeImage[]
  /** An image that is there already. */
  find(reference: string): RuntimeImage | undefined
  pull(reference: string, done: (result: PullResult) => void): Cancel
  remove(reference: string): void
}

export interface ContainerRuntime {
  /** As the node tells it: `containerd://1.7.27`. */
  readonly version: string
  readonly files: HostFiles
  readonly images: ImageService

  runSandbox(spec: SandboxSpec): Sandbox
  /** What there is of a pod: for a kubelet that is started while its containers run. */
  podOf(uid: string): PodThere | undefined
  /** Ends the sandbox and whatever is still in it, with its network. */
  removeSandbox(id: string): void

  createContainer(sandbox: string, spec: ContainerSpec): string
  startContainer(id: string): void
  /** New limits for one that runs. */
  resizeContainer(id: string, limits: Pick<ContainerSpec, 'memoryLimitBytes' | 'cpuLimitMillis' | 'cpuWeight'>): void
  /** TERM (or the image's stop signal), and KILL when the time is over; 0 kills at once. Answers at once; the end is a change. */
  stopContainer(id: string, graceMs: number): void
  removeContainer(id: string): void
  status(id: string): RuntimeContainer | undefined
  /** Calls `note` with a container's id whenever its state changed. */
  watch(note: (id: string) => void): Cancel

  logs(id: string, query: LogQuery): ByteStream
  /** Runs a command for a probe or a hook. */
  execSync(id: string, argv: readonly string[], timeoutMs: number, done: (result: ExecResult) => void): Cancel
  exec(
    id: string,
    argv: readonly string[],
    options: { readonly tty: boolean; readonly stdin: boolean; readonly protocol: string },
  ): Upgraded
  attach(id: string, options: { readonly tty: boolean; readonly stdin: boolean; readonly protocol: string }): Upgraded
  /** An HTTP request from the machine to an address of the pod; throws a `UnixError` as `connect` does. */
  request(sandbox: string, port: number, request: HttpRequest, host?: string): HttpResponse | Pending<HttpResponse>
  /** Whether a TCP connection to a port of the pod is accepted; the refusal's words otherwise. */
  dial(sandbox: string, port: number, host?: string): string | undefined
  /** A byte stream to a port of the pod, from inside it. Throws as `connect` does. */
  portForward(sandbox: string, port: number): Upgraded
  usage(id: string): { readonly cpuNanos: number; readonly memoryBytes: number }
}
