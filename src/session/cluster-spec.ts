/** What a cluster is made from, and made again from after a power cut: plain data, saved with the world. */
import type { NodeHardware } from '../engine/cluster.ts'
import type { ReadyPlugin } from './network-plugin.ts'

/** Where the API server of minikube's machines listens. */
export const minikubePort = 8443

/** What is needed to make a cluster, and to make it again after a power cut. */
export interface ClusterSpec {
  readonly name: string
  readonly apiPort: number
  /** The control plane first. */
  readonly nodes: readonly NodeSpec[]
  readonly isControlPlaneTainted: boolean
  /** Nodes are ready only once a network plugin has laid its configuration on them. */
  readonly needsNetworkPlugin?: boolean
  /** The one that is there from the start; undefined: `bridge`, which knows no NetworkPolicies. */
  readonly networkPlugin?: ReadyPlugin
  readonly podCidr?: string
  /** The name under which all control planes are reached: `k8scp:6443`. */
  readonly endpoint?: string
  /** `v1.33.13` where nothing is said. */
  readonly version?: string
  /** Switched on when the cluster is made (`controllers/addons.ts`). */
  readonly addons?: readonly string[]
  /** Pods of CoreDNS: kubeadm's two where nothing is said. */
  readonly dnsReplicas?: number
  /** Not kubeadm's work: the control plane runs beside the cluster, and CoreDNS and kube-proxy were written by hand. */
  readonly isHandmade?: boolean
}

export interface NodeSpec {
  readonly name: string
  readonly ip: string
  readonly cpus: number
  readonly memoryBytes: number
  /** Undefined: 110, a kubelet's default. */
  readonly maxPods?: number
  readonly isOff?: boolean
  readonly hardware?: NodeHardware
  /** One more beside the first, which always is. */
  readonly isControlPlane?: boolean
  /** Who logs in there, where it is not the learner's own name: `docker` on minikube's machines. */
  readonly login?: string
  /** `minikube docker-env` was asked for: a Docker engine listens beside containerd, and pods find its images. */
  readonly hasDocker?: boolean
}

/** What `minikube start` makes. */
export function minikubeSpec({
  nodes,
  network,
  firstHost = 2,
  cpus = 2,
  memoryBytes = 4 * 2 ** 30,
  name = 'minikube',
  needsNetworkPlugin = false,
}: {
  nodes: number
  network: string
  firstHost?: number
  cpus?: number
  memoryBytes?: number
  name?: string
  needsNetworkPlugin?: boolean
}): ClusterSpec {
  return {
    name,
    apiPort: minikubePort,
    isControlPlaneTainted: false,
    needsNetworkPlugin,
    addons: ['storage-provisioner', 'default-storageclass'],
    dnsReplicas: 1,
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: index === 0 ? name : `${name}-m${String(index + 1).padStart(2, '0')}`,
      ip: `${network}.${index + firstHost}`,
      cpus,
      memoryBytes,
      login: 'docker',
    })),
  }
}
