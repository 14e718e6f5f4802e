/** Every program of the sandbox by its name: what executable files can name, on machines and in images. */
import { imagePrograms, wasmPrograms } from '../engine/images/index.ts'
import { docker, dockerBuildx, dockerCompose } from '../cli/docker/docker.ts'
import { minikube } from '../cli/minikube/minikube.ts'
import type { Blocking, Program } from '../unix/kernel/process.ts'
import type { Complete } from '../unix/shell/completion.ts'
import { programs as unixPrograms } from '../unix/programs/index.ts'
import { createBash, type ShellOptions } from '../unix/shell/bash.ts'
import type { Supplies } from './supplies.ts'

/** Large, and of no use before there is a cluster: fetched with the first one, or when first typed. */
let kubectl: typeof import('../cli/kubectl/index.ts') | undefined

function* loadedKubectl(): Blocking<typeof import('../cli/kubectl/index.ts')> {
  const loading = kubectl ? undefined : loadKubectl()
  while (kubectl === undefined) yield { promise: loading }
  return kubectl
}

export async function loadKubectl(): Promise<void> {
  kubectl = await import('../cli/kubectl/index.ts')
}

const kubectlProgram: Program = function* (process) {
  return yield* (yield* loadedKubectl()).kubectl(process)
}

export const completeKubectl: Complete = function* (words, index, process) {
  return yield* (yield* loadedKubectl()).completeKubectl(words, index, process)
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
    ['kubectl', kubectlProgram],
    ['minikube', minikube],
    ...imagePrograms,
    ...wasmPrograms(supplies),
  ])
}
