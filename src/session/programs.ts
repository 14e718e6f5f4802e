/** Every program of the sandbox by its name: what executable files can name, on machines and in images. */
import { imagePrograms, wasmPrograms } from '../engine/images/index.ts'
import { docker, dockerBuildx, dockerCompose } from '../cli/docker/docker.ts'
import type { Program } from '../unix/kernel/process.ts'
import type { Complete } from '../unix/shell/completion.ts'
import { lazy } from '../unix/programs/lazy.ts'
import { programs as unixPrograms } from '../unix/programs/index.ts'
import { createBash, type ShellOptions } from '../unix/shell/bash.ts'
import type { Supplies } from './supplies.ts'

/** Large, and of no use before there is a cluster: fetched with the first one, or when first typed. */
export const loadKubectl = () => import('../cli/kubectl/index.ts')

export const completeKubectl: Complete = function* (words, index, process) {
  let complete: Complete | undefined
  const loading = loadKubectl().then((loaded) => {
    complete = loaded.completeKubectl
  })
  // What cannot be fetched completes nothing.
  yield { promise: loading.catch(() => {}) }
  return complete ? yield* complete(words, index, process) : []
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
    ['docker', docker],
    ['docker-compose', dockerCompose],
    ['plugin:docker-buildx', dockerBuildx],
    ['kubectl', lazy(async () => (await loadKubectl()).kubectl)],
    ['minikube', lazy(async () => (await import('../cli/minikube/minikube.ts')).minikube)],
    ['etcdctl', lazy(async () => (await import('../cli/etcd/etcdctl.ts')).etcdctl)],
    ['etcdutl', lazy(async () => (await import('../cli/etcd/etcdctl.ts')).etcdutl)],
    ['crictl', lazy(async () => (await import('../cli/crictl/crictl.ts')).crictl)],
    ['helm', lazy(async () => (await import('../cli/helm/helm.ts')).helm)],
    ['kubeadm', lazy(async () => (await import('../cli/kubeadm/kubeadm.ts')).kubeadm)],
    ...imagePrograms,
    ...wasmPrograms(supplies),
  ])
}
