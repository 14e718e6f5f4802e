/**
 * The cluster at which the recordings of Kubernetes were made: four machines with kubelets of their own, a control plane whose programs ran
 * outside of the cluster, and CoreDNS and kube-proxy written by hand. The preset `kubernetes` is this one; every other cluster is kubeadm's or minikube's.
 */
import type { NodeHardware } from '../engine/cluster.ts'

export const recordedNodes = ['controlplane', 'node1', 'node2', 'node3'] as const

export const recordedMachine = { cpus: 2, memoryBytes: 25_276_510_208 } as const

/** Sizes are those of the images that stood in for the registries': all tags of one repository were the same image. */
export const recordedHardware: NodeHardware = {
  release: '6.18.44-fc-v657',
  containerd: '1.6.20',
  diskBytes: 270_553_174_016,
  diskReserve: 0.01,
  machineId: '3d1219c7c4c5404aaa1f6d2a48adfda4',
  imported: [
    {
      names: [
        'docker.io/library/nginx@sha256:2f87a49b15adf8d2035783ed1b32345362b0bfe643baf275e99884eeb6355a76',
        'docker.io/library/nginx:latest',
      ],
      sizeBytes: 11_951_022,
    },
    {
      names: [
        'docker.io/library/busybox@sha256:af9eecd5ad11900c6b1c8cfab4c66a09589fbd83a1716624605d5567ee4036c0',
        'docker.io/library/busybox:latest',
      ],
      sizeBytes: 2_130_715,
    },
    { names: ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.6'], sizeBytes: 1_239_865 },
  ],
  imageSizes: {
    'docker.io/library/nginx': 11_951_022,
    'docker.io/library/busybox': 2_130_715,
    'docker.io/luksa/kubia': 106_476_336,
    'docker.io/luksa/kubia-pet': 106_476_336,
    'docker.io/luksa/kubia-unhealthy': 106_476_336,
    'docker.io/luksa/ssd-monitor': 2_130_799,
    'registry.k8s.io/coredns/coredns': 106_476_338,
    'registry.k8s.io/kube-proxy': 1_239_865,
  },
}

/** How long it had stood at least. */
export const recordedAgeMs = 20_000
