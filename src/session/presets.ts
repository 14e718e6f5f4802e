/** Which world to start from, and what the image ids of Killercoda's scenarios mean here. */
export interface Preset {
  readonly preset: string
  /** Machines of a `kubernetes` world; the first is the control plane. */
  readonly nodes?: readonly string[]
  /** Path → content, relative to the working folder. */
  readonly files?: Readonly<Record<string, string>>
  /** Images that are there already. */
  readonly images?: readonly string[]
  /** A shell script that is run, unseen, before the first step. */
  readonly setup?: string
  /** What is special about the world around the machine, in a recording's words: `Docker Hub out of reach`, `empty local registries`. */
  readonly world?: string
  /** Whether the docker CLI has its plugins buildx and compose; it has, unless this is false. */
  readonly plugins?: boolean
}

export type World =
  /** One machine with Docker; `minikube start` makes a cluster. */
  | { readonly kind: 'laptop'; readonly hostname: string; readonly user: string; readonly hasCluster: boolean }
  /** A kubeadm cluster; the terminal stands on its control plane. */
  | { readonly kind: 'kubernetes'; readonly nodes: readonly string[]; readonly isControlPlaneTainted: boolean }

/** Throws on a name nobody knows. */
export function worldOf({ preset, nodes }: Preset): World {
  if (preset === 'laptop') return { kind: 'laptop', hostname: 'sandbox', user: 'student', hasCluster: false }
  if (preset === 'docker') return { kind: 'laptop', hostname: 'sandbox', user: 'root', hasCluster: false }
  if (preset === 'kubernetes') return { kind: 'kubernetes', nodes: nodes ?? ['controlplane', 'node1', 'node2', 'node3'], isControlPlaneTainted: true }
  if (/^kubernetes-kubeadm-1node|^kubernetes-k3s|^kubernetes-cks-1node/.test(preset)) return { kind: 'kubernetes', nodes: ['controlplane'], isControlPlaneTainted: false }
  if (/^kubernetes/.test(preset)) return { kind: 'kubernetes', nodes: ['controlplane', 'node01'], isControlPlaneTainted: true }
  if (/^minikube/.test(preset)) return { kind: 'laptop', hostname: 'sandbox', user: 'root', hasCluster: true }
  if (/^(ubuntu|docker|bash|nodejs|debian)/.test(preset)) return { kind: 'laptop', hostname: 'sandbox', user: 'root', hasCluster: false }
  throw new Error(`unknown preset "${preset}"`)
}
