/** Every program of the sandbox by its name: what executable files can name, on machines and in images. */
import { imagePrograms, wasmPrograms } from '../engine/images/index.ts'
import { docker, dockerBuildx, dockerCompose } from '../cli/docker/docker.ts'
import { kubectl } from '../cli/kubectl/kubectl.ts'
import { minikube } from '../cli/minikube/minikube.ts'
import type { Program } from '../unix/kernel/process.ts'
import { programs as unixPrograms } from '../unix/programs/index.ts'
import { createBash, type ShellOptions } from '../unix/shell/bash.ts'
import type { Supplies } from './supplies.ts'

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
    ['kubectl', kubectl],
    ['minikube', minikube],
    ...imagePrograms,
    ...wasmPrograms(supplies),
  ])
}
