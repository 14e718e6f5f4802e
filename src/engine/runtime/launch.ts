/**
 * The last step of starting a container or an exec: from argv to a running process in given namespaces, with runc's words for
 * whatever is wrong. They are part of what learners search the web for.
 */
import { UnixError } from '../../unix/errors.ts'
import { type Executable, executable, found } from '../../unix/kernel/execute.ts'
import type { Descriptor } from '../../unix/kernel/open-file.ts'
import { type Cgroup, type Credentials, err, type Namespaces, Process, type Program } from '../../unix/kernel/process.ts'
import type { Limits } from '../../unix/kernel/limits.ts'
import type { Kernel } from '../../unix/kernel/kernel.ts'
import type { Terminal } from '../../unix/kernel/terminal.ts'

/** What `unable to start container process: ` is followed by. */
export class LaunchError extends Error {
  readonly exitCode: 126 | 127

  constructor(exitCode: 126 | 127, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

export interface LaunchOptions {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly credentials: Credentials
  readonly namespaces: Namespaces
  readonly cgroup: Cgroup
  readonly descriptors: ReadonlyMap<number, Descriptor>
  readonly terminal?: Terminal
  readonly limits?: Limits
  /** `--init`: docker-init is process 1 and forwards signals. */
  readonly withInit?: boolean
}

const none: ReadonlyMap<number, Descriptor> = new Map()

export function launch(kernel: Kernel, options: LaunchOptions): Process {
  const { argv, cwd, namespaces, credentials } = options
  const { program, argv: full } = resolved(kernel, options)
  try {
    if (namespaces.mounts.stat(cwd, credentials).kind !== 'directory') throw new UnixError('ENOTDIR', cwd)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new LaunchError(127, `chdir to cwd ("${cwd}") set in config.json failed: ${error.words.toLowerCase()}`)
  }
  const process = kernel.spawn({
    program: options.withInit ? initProgram(program, full) : program,
    argv: options.withInit ? ['/sbin/docker-init', '--', ...argv] : full,
    env: options.env,
    cwd,
    namespaces,
    credentials,
    cgroup: options.cgroup,
    terminal: options.terminal,
    descriptors: options.descriptors,
    limits: options.limits,
  })
  if (options.terminal) options.terminal.foreground = process.group
  return process
}

/** What argv would run, looked up as the process itself would look; without starting anything. */
function resolved(kernel: Kernel, { argv, env, cwd, credentials, namespaces, cgroup }: LaunchOptions): Executable {
  const name = argv[0]
  // Not a real process: it only lends the eyes for the look-up.
  const eyes = new Process(kernel, 0, 0, {
    program: nothing,
    argv,
    env: { ...env },
    cwd,
    namespaces,
    credentials,
    cgroup,
    descriptors: none,
  })
  try {
    const path = found(eyes, name)
    if (path === undefined) throw new LaunchError(127, `exec: ${quoted(name)}: executable file not found in $PATH`)
    const node = namespaces.mounts.stat(eyes.path(path), credentials)
    if (node.kind === 'directory') throw new LaunchError(126, `exec: ${quoted(name)}: is a directory`)
    return executable(eyes, path, argv)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    switch (error.errno) {
      case 'ENOEXEC':
        return failing(`exec ${name}: exec format error\n`, argv)
      case 'ENOENT':
      case 'ENOTDIR':
        // A missing interpreter is only noticed by the kernel, when the container runs already.
        if (namespaces.mounts.exists(eyes.path(name))) return failing(`exec ${name}: no such file or directory\n`, argv)
        throw new LaunchError(127, `exec: ${quoted(name)}: stat ${name}: ${error.words.toLowerCase()}`)
      default:
        throw new LaunchError(126, `exec: ${quoted(name)}: ${error.words.toLowerCase()}`)
    }
  }
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

function failing(message: string, argv: readonly string[]): Executable {
  const program: Program = function* (process) {
    yield* err(process, message)
    return 255
  }
  return { program, argv }
}

const nothing: Program = function* () {
  return 0
}

/** tini: runs the program as its child, passes signals on, and ends as the child ended. */
function initProgram(program: Program, argv: readonly string[]): Program {
  return function* (init) {
    const child = init.kernel.spawn({
      program,
      argv,
      env: init.env,
      cwd: init.cwd,
      namespaces: init.namespaces,
      credentials: init.credentials,
      cgroup: init.cgroup,
      terminal: init.terminal,
      descriptors: init.descriptors,
      parent: init,
    })
    for (const signal of ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2', 'WINCH', 'CONT'] as const)
      init.handlers.set(signal, () => child.kernel.kill(child, signal, init))
    const end = child.kernel.endOf(child)
    while (child.exitCode === undefined) yield { on: [end] }
    return child.exitCode
  }
}
