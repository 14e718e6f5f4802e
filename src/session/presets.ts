/** The presets: what a session, a lesson or a recording can start from, by name. */
import type { Containerd } from '../engine/docker/containerd.ts'
import type { DescribedImages } from '../engine/images/described.ts'
import type { MachineOptions } from '../unix/machine.ts'
import { recordedNodes } from './recorded-cluster.ts'

/** Which world to start from, and what the image ids of Killercoda's scenarios mean here. */
export interface Preset {
  readonly preset: string
  /** Machines of a `kubernetes` world, the control plane first; of a `docker` or `laptop` world, all with Docker, the learner's own first. */
  readonly nodes?: readonly string[]
  /** Path → content, relative to the working folder. */
  readonly files?: Readonly<Record<string, string>>
  /** Images that are there already. */
  readonly images?: readonly string[]
  /** A shell script that is run, unseen, before the first step. */
  readonly setup?: string
  /** What is special about the world around the machine, in a recording's words: `Docker Hub out of reach`, `empty local registries`. */
  readonly world?: string
  /** How the learner's own machine differs from what the preset makes it. */
  readonly machine?: Pick<
    MachineOptions,
    'cpus' | 'memoryBytes' | 'release' | 'cgroupVersion' | 'initCgroup' | 'openFiles' | 'diskDevice' | 'diskOptions'
  >
  readonly containerd?: Containerd
  /** Images that the registries offer beside the catalogue's, or instead of them. */
  readonly catalogue?: DescribedImages
  /** Whether the docker CLI has its plugins buildx and compose; it has, unless this is false. */
  readonly plugins?: boolean
}

export type World =
  /** One machine with Docker; `minikube start` makes a cluster. */
  | {
      readonly kind: 'laptop'
      readonly hostname: string
      readonly user: string
      readonly hasCluster: boolean
      readonly machines: readonly string[]
      readonly isRecorded?: boolean
      readonly isCourse?: boolean
    }
  /** A kubeadm cluster; the terminal stands on its control plane, as root. */
  | {
      readonly kind: 'kubernetes'
      readonly nodes: readonly string[]
      readonly isControlPlaneTainted: boolean
      readonly isBare?: boolean
      /** A machine of Killercoda's: it has been up for long, and Rancher's local-path-provisioner makes volumes, which a fresh kubeadm cluster lacks. */
      readonly isCourse?: boolean
      /** That of recorded-cluster.ts. */
      readonly isRecorded?: boolean
    }

/** Throws on a name nobody knows. */
export function worldOf({ preset, nodes }: Preset): World {
  if (preset === 'laptop')
    return { kind: 'laptop', hostname: nodes?.[0] ?? 'sandbox', user: 'student', hasCluster: false, machines: nodes?.slice(1) ?? [] }
  // The machine of the recordings.
  if (preset === 'docker')
    return {
      kind: 'laptop',
      hostname: nodes?.[0] ?? 'node1',
      user: 'root',
      hasCluster: false,
      machines: nodes?.slice(1) ?? [],
      isRecorded: true,
    }
  if (preset === 'kubernetes') {
    const isRecorded = nodes === undefined || nodes.join() === recordedNodes.join()
    return { kind: 'kubernetes', nodes: nodes ?? recordedNodes, isControlPlaneTainted: true, isRecorded }
  }
  if (preset === 'kubernetes-bare')
    return { kind: 'kubernetes', nodes: nodes ?? ['controlplane', 'node01'], isControlPlaneTainted: true, isBare: true }
  if (/^kubernetes-kubeadm-1node|^kubernetes-k3s|^kubernetes-cks-1node/.test(preset))
    return { kind: 'kubernetes', nodes: ['controlplane'], isControlPlaneTainted: false, isCourse: true }
  if (/^kubernetes/.test(preset))
    return { kind: 'kubernetes', nodes: ['controlplane', 'node01'], isControlPlaneTainted: true, isCourse: true }
  if (/^minikube/.test(preset)) return { kind: 'laptop', hostname: 'sandbox', user: 'root', hasCluster: true, machines: [] }
  if (/^docker-swarm/.test(preset))
    return { kind: 'laptop', hostname: 'host01', user: 'root', hasCluster: false, machines: ['host02'], isCourse: true }
  if (/^(ubuntu|docker|bash|nodejs|debian)/.test(preset))
    return { kind: 'laptop', hostname: 'ubuntu', user: 'root', hasCluster: false, machines: [], isCourse: true }
  throw new Error(`unknown preset "${preset}"`)
}
