/** Every program of the sandbox by its name: what executable files can name, on machines and in images. */
import { imagePrograms } from '../engine/images/index.ts'
import { docker } from '../cli/docker/docker.ts'
import { kubectl } from '../cli/kubectl/kubectl.ts'
import { assert } from '../base/assert.ts'
import type { Program } from '../unix/kernel/process.ts'
import { programs as unixPrograms } from '../unix/programs/index.ts'
import { createBash, type ShellOptions } from '../unix/shell/bash.ts'
import type { Supplies } from './supplies.ts'

/** One binary under many names: the shell among them is not one of the plain programs. */
function busybox(ash: Program): Program {
  return (process) => {
    const applet = (process.argv[0] ?? '').replace(/^.*\//, '')
    if (applet === 'sh' || applet === 'ash') return ash(process)
    const program = unixPrograms.get('busybox') ?? unixPrograms.get(applet)
    assert(program, `busybox has no ${applet}`)
    return program(process)
  }
}

export function allPrograms(supplies: Supplies, hooks: ShellOptions): ReadonlyMap<string, Program> {
  const bash = createBash(hooks)
  const ash = createBash({ flavour: 'ash' })
  return new Map<string, Program>([
    ...unixPrograms,
    ['bash', bash],
    ['sh', bash],
    ['busybox', busybox(ash)],
    ['docker', docker],
    ['kubectl', kubectl],
    ...imagePrograms,
  ])
}
