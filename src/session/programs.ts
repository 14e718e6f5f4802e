/** Every program of the sandbox by its name: what executable files can name, on machines and in images. */
import { imagePrograms, wasmPrograms } from '../engine/images/index.ts'
import type { Program } from '../unix/kernel/process.ts'
import type { Complete } from '../unix/shell/completion.ts'
import { lazy } from '../unix/programs/lazy.ts'
import { programs as unixPrograms } from '../unix/programs/index.ts'
import { createBash, type ShellOptions } from '../unix/shell/bash.ts'
import type { Supplies } from './supplies.ts'

/** Large, and of no use before there is a cluster: fetched with the first one, or when first typed. */
export const loadKubectl = () => import('../cli/kubectl/index.ts')

/** As large; fetched as soon as the first prompt is there. */
export const loadDocker = () => import('../cli/docker/docker.ts')

export const completeKubectl = completedBy(async () => (await loadKubectl()).completeKubectl)
export const completeDocker = completedBy(async () => (await import('../cli/docker/completion.ts')).completeDocker)

function completedBy(load: () => Promise<Complete>): Complete {
  return function* (words, index, process) {
    let complete: Complete | undefined
    const loading = load().then((loaded) => {
      complete = loaded
    })
    // What cannot be fetched completes nothing.
    yield { promise: loading.catch(() => {}) }
    return complete ? yield* complete(words, index, process) : []
  }
}

export function allPrograms(supplies: Supplies, hooks: ShellOptions): ReadonlyMap<string, Program> {
  const bash = createBash(hooks)
  // Debian's and Ubuntu's /bin/sh.
  const dash = createBash({ ...hooks, flavour: 'dash' })
  return new Map<string, Program>([
    ...unixPrograms,
    ['bash', bash],
    ['dash', dash],
    ['sh', dash],
    ['busybox:ash', createBash({ ...hooks, flavour: 'ash' })],
    ['docker', lazy(async () => (await loadDocker()).docker)],
    ['docker-compose', lazy(async () => (await loadDocker()).dockerCompose)],
    ['plugin:docker-buildx', lazy(async () => (await loadDocker()).dockerBuildx)],
    ['kubectl', lazy(async () => (await loadKubectl()).kubectl)],
    ['minikube', lazy(async () => (await import('../cli/minikube/minikube.ts')).minikube)],
    ['etcdctl', lazy(async () => (await import('../cli/etcd/etcdctl.ts')).etcdctl)],
    ['etcdutl', lazy(async () => (await import('../cli/etcd/etcdctl.ts')).etcdutl)],
    ['ctr', lazy(async () => (await import('../cli/ctr/ctr.ts')).ctr)],
    ['crictl', lazy(async () => (await import('../cli/crictl/crictl.ts')).crictl)],
    ['helm', lazy(async () => (await import('../cli/helm/helm.ts')).helm)],
    ['kubelet', lazy(async () => (await import('../cli/kubeadm/kubelet.ts')).kubelet)],
    ['kubeadm', lazy(async () => (await import('../cli/kubeadm/kubeadm.ts')).kubeadm)],
    ...imagePrograms,
    ...wasmPrograms(supplies),
  ])
}
