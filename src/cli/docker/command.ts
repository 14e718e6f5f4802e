/**
 * What a docker command is given and how it refuses. The interface of every command (usage, flags, how many arguments) was read from
 * the real tool and stands in generated/commands.json; a command's own file holds what it does.
 */
import type { Blocking, Process } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { DockerError } from './docker-error.ts'
import type { Engine } from './engine.ts'

export interface Context {
  readonly process: Process
  /** As typed, without `docker`: `container ls`. */
  readonly path: string
  readonly flags: Flags
  readonly args: readonly string[]
  readonly engine: Engine
}

/** Answers the exit code. */
export type Command = (context: Context) => Blocking<number>

/** Runs `act` for each argument; what fails is said at the end of its turn, and the exit code is 1. */
export function* forEach(names: readonly string[], act: (name: string) => Blocking<void>): Blocking<number> {
  const problems: string[] = []
  for (const name of names) {
    try {
      yield* act(name)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      problems.push(error.message)
    }
  }
  if (problems.length > 0) throw new DockerError(problems.join('\n'))
  return 0
}

/** Flags of docker and compose that change nothing a learner could see. */
export const withoutEffect: ReadonlySet<string> = new Set([
  'help',
  'disable-content-trust',
  'sig-proxy',
  'detach-keys',
  'no-tty',
  'no-TTY',
  'kernel-memory',
  'compress',
  'verbose',
  'insecure',
  'quiet',
  'with-registry-auth',
])
