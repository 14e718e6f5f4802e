/**
 * The laptop's door to its machines: HTTP on the socket `/run/drydock/machines.sock`, as a cloud's command line asks its cloud. The
 * session answers it; minikube and kubeadm ask. Bodies are JSON.
 *
 * GET    /clusters                         → { clusters: Cluster[] }
 * GET    /clusters/NAME                    → Cluster, or 404 { message }
 * POST   /clusters                         ← ClusterWish → a stream of Progress lines, ended by `done` or `error`
 * POST   /clusters/NAME/start              → the same stream (machines that were off)
 * POST   /clusters/NAME/stop               → the same stream
 * DELETE /clusters/NAME                    → the same stream
 * POST   /clusters/NAME/nodes              ← { controlPlane?: boolean } → the same stream
 * DELETE /clusters/NAME/nodes/NODE         → the same stream
 * POST   /clusters/NAME/addons/ADDON       ← { enabled: boolean } → Cluster
 * POST   /clusters/NAME/tunnel             ← { on: boolean } → {}: a route from the laptop to the cluster's Services
 * POST   /clusters/NAME/docker             → {}: a Docker engine on the control plane's machine, at port 2376
 * POST   /clusters/NAME/images             ← { image } → {}: puts an image of the laptop's engine, or of a registry, on every node
 * GET    /clusters/NAME/kubeconfig         → Access
 * POST   /browse                           ← { address } → {}: shows it in the learner's browser, where there is one
 * GET    /machines                         → { machines: Machine[] }
 * POST   /machines/NAME/power              ← { on: boolean } → Machine
 * POST   /machines/NAME/kubeadm/init       ← InitWish → the same stream; `done` carries { join: JoinFacts }
 * POST   /machines/NAME/kubeadm/join       ← JoinWish → the same stream
 * POST   /machines/NAME/kubeadm/reset      → the same stream
 * POST   /machines/NAME/kubeadm/token      ← { ttlSeconds, token?, description? } → JoinFacts
 * POST   /machines/NAME/kubeadm/tokens     → { tokens }; delete-token ← { token }
 * POST   /machines/NAME/kubeadm/certificates → { now, certificates, authorities }; renew ← { names }; user ← { name, organization? } → { kubeconfig }
 * POST   /machines/NAME/kubeadm/upgrade    ← { version } → {}
 * POST   /machines/NAME/kubeadm/upload-certs ← { certificateKey } → {}
 * POST   /machines/NAME/kubeadm/manifests  ← { names } → {}: writes these manifests of the control plane anew
 * POST   /machines/NAME/kubeadm/state      → MachineState
 *
 * A Progress line says what is being done now (`step`), so that the tool prints its own words for it; time passes between the lines as it
 * would. A refusal is { error: { reason: 'RSRC_INSUFFICIENT_CORES', message, exitCode } }.
 */
import { textOf } from '../base/bytes.ts'
import { type HttpResponse, request } from '../base/http.ts'
import { UnixError } from '../unix/errors.ts'
import { type Blocking, type Process, sleep } from '../unix/kernel/process.ts'
import { fetch } from '../unix/network/fetch.ts'

export const machinesSocket = '/run/drydock/machines.sock'

export interface ClusterNode {
  readonly name: string
  readonly role: 'control-plane' | 'worker'
  readonly ip: string
  readonly isRunning: boolean
  readonly kubelet: 'Running' | 'Stopped'
  /** Control planes only. */
  readonly apiServer?: 'Running' | 'Stopped'
}

export interface Cluster {
  readonly name: string
  readonly driver: string
  /** `v1.33.13`. */
  readonly kubernetesVersion: string
  readonly containerRuntime: string
  readonly cpus: number
  readonly memoryMb: number
  /** Control plane first. */
  readonly nodes: readonly ClusterNode[]
  readonly apiServerPort: number
  readonly addons: Readonly<Record<string, boolean>>
}

/** Values of `--cni` that are installed with a manifest of their own; any other is the bridge that every cluster has. */
export const installedPlugins: readonly string[] = ['calico', 'flannel']

export interface ClusterWish {
  readonly name: string
  readonly nodes: number
  readonly driver: string
  readonly kubernetesVersion: string
  readonly cpus: number
  readonly memoryMb: number
  readonly cni: string
  readonly addons: readonly string[]
}

export interface Access {
  readonly server: string
  /** Base64 of PEM. */
  readonly certificateAuthorityData: string
  readonly clientCertificateData: string
  readonly clientKeyData: string
}

export interface InitWish {
  readonly podNetworkCidr: string
  readonly serviceCidr: string
  readonly advertiseAddress: string
  readonly kubernetesVersion: string
  readonly controlPlaneEndpoint: string
  readonly token: string
  readonly extraNames: readonly string[]
  /** Locks the authorities that are uploaded for further control planes; empty: they are not. */
  readonly certificateKey: string
}

/** What a machine is before and after kubeadm. */
export interface MachineState {
  readonly known: boolean
  readonly role: 'control-plane' | 'worker' | 'none'
  readonly version: string
  readonly newest: string
  readonly ip: string
  readonly cpus: number
  readonly nodes: readonly string[]
  /** Node → what its kubelet says it is. */
  readonly kubelets: Readonly<Record<string, string>>
  readonly endpoint: string
  /** The name for all control planes, where the cluster has one. */
  readonly controlPlaneEndpoint?: string
}

export interface JoinFacts {
  readonly endpoint: string
  readonly token: string
  readonly caCertHash: string
}

export interface JoinWish extends JoinFacts {
  readonly controlPlane: boolean
  readonly certificateKey: string
}

export interface Progress {
  /** `pull`, `create`, `certificates`, `control-plane`, `rbac`, `cni`, `verify`, `addons`, `stopping`, `deleting`, kubeadm's phases … */
  readonly step?: string
  readonly node?: string
  readonly done?: boolean
  readonly cluster?: Cluster
  readonly join?: JoinFacts
  readonly error?: { readonly reason: string; readonly message: string; readonly exitCode: number }
}

/** The session has no machines to offer (a pod, a node), or refused. */
export class MachinesError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function* answered(process: Process, method: string, path: string, body?: object): Blocking<HttpResponse> {
  try {
    return yield* fetch(process, { socketPath: machinesSocket }, request(method, path, body, { host: 'machines' }))
  } catch (error) {
    if (error instanceof UnixError) throw new MachinesError(0, `dial unix ${machinesSocket}: connect: ${error.words.toLowerCase()}`)
    throw error
  }
}

export function* ask<T>(process: Process, method: string, path: string, body?: object): Blocking<T> {
  let { status, body: answer } = yield* answered(process, method, path, body)
  // Too early: what the answer needs is being loaded, and time stands still until it is there.
  while (status === 425) {
    yield* sleep(process, 1)
    ;({ status, body: answer } = yield* answered(process, method, path, body))
  }
  const text = typeof answer === 'string' ? answer : answer instanceof Uint8Array ? textOf(answer) : textOf(answer.readAll())
  const value = text === '' ? {} : JSON.parse(text)
  if (status >= 400) throw new MachinesError(status, value.message ?? text)
  return value
}

/** Calls `each` with every line of progress until the work is done. */
export function* follow(
  process: Process,
  method: string,
  path: string,
  body: object | undefined,
  each: (progress: Progress) => Blocking<void>,
): Blocking<void> {
  const { status, body: answer } = yield* answered(process, method, path, body)
  if (typeof answer === 'string' || answer instanceof Uint8Array) {
    const text = typeof answer === 'string' ? answer : textOf(answer)
    if (status >= 400) throw new MachinesError(status, JSON.parse(text).message ?? text)
    for (const line of text.split('\n')) if (line !== '') yield* each(JSON.parse(line))
    return
  }
  let rest = ''
  for (;;) {
    const chunk = answer.read()
    if (!chunk) {
      if (answer.isOver) return
      yield { on: [answer.readable] }
      continue
    }
    const lines = (rest + textOf(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield* each(JSON.parse(line))
  }
}
