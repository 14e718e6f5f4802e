/**
 * Subshells: a child process that starts with a copy of the shell, and what children inherit of descriptors and ignored signals.
 */
import { bytesOf } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import { Descriptor } from '../kernel/open-file.ts'
import type { Blocking, Process, ProcessOptions } from '../kernel/process.ts'
import { signalNumbers } from '../kernel/signals.ts'
import { discardLine, exitShell, type ForkOptions, Jumping, type Shell } from './shell.ts'
import { runExitTrap } from './traps.ts'

/** A child with a copy of this shell, which runs `run` and then its EXIT trap. */
export function fork(
  shell: Shell,
  run: (subshell: Shell) => Blocking<number>,
  { descriptors, group, isBackground = false }: ForkOptions = {},
): Process {
  const { process } = shell
  const child = spawned(shell, {
    program: (own) => subshellProgram(shell.copy(own), run),
    argv: process.argv,
    env: shell.variables.environment(),
    cwd: process.cwd,
    namespaces: process.namespaces,
    credentials: process.credentials,
    cgroup: process.cgroup,
    terminal: process.terminal,
    descriptors: inherited(shell, descriptors ?? process.descriptors),
    parent: process,
    group: typeof group === 'number' ? group : undefined,
  })
  inheritSignals(shell, child)
  if (group === 'own') child.group = child.hostPid
  else if (isBackground && !shell.option('monitor')) {
    child.handlers.set('INT', 'ignore')
    child.handlers.set('QUIT', 'ignore')
  }
  return child
}

/** Where no more processes may be, an interactive shell gives the line up and a script ends. */
function spawned(shell: Shell, options: ProcessOptions): Process {
  try {
    return shell.process.kernel.spawn(options)
  } catch (error) {
    if (!(error instanceof UnixError) || error.errno !== 'EAGAIN') throw error
    const isBash = shell.flavour === 'bash' && !shell.isDash
    shell.process.descriptors.get(2)?.file.write(bytesOf(`${shell.prefix}${isBash ? 'fork: retry: ' : "can't fork: "}${error.words}\n`))
    throw shell.isInteractive ? discardLine(254) : exitShell(isBash ? 254 : 2)
  }
}

/** A child that kept a coprocess' end would keep it from seeing that its input is over. */
export function inherited(shell: Shell, descriptors: ReadonlyMap<number, Descriptor>): ReadonlyMap<number, Descriptor> {
  if (shell.coprocessEnds.size === 0) return descriptors
  return new Map([...descriptors].filter(([number, descriptor]) => shell.coprocessEnds.get(number) !== descriptor))
}

export function inheritSignals(shell: Shell, child: Process): void {
  for (const [name, action] of shell.traps)
    if (action === '' && name in signalNumbers) child.handlers.set(name as keyof typeof signalNumbers, 'ignore')
  if (shell.isInteractive || shell.process.handlers.size === 0) return
  for (const signal of inheritedSignals) if (shell.process.handlers.get(signal) === 'ignore') child.handlers.set(signal, 'ignore')
}

/** What `nohup` and `&` made a shell ignore stays ignored in its children. */
const inheritedSignals = ['INT', 'QUIT', 'HUP'] as const

function* subshellProgram(shell: Shell, run: (subshell: Shell) => Blocking<number>): Blocking<number> {
  shell.options.delete('monitor')
  try {
    shell.status = yield* run(shell)
  } catch (error) {
    if (!(error instanceof Jumping)) throw error
    shell.status = 'status' in error.jump ? error.jump.status : shell.status
  }
  return yield* runExitTrap(shell)
}
