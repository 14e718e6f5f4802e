/**
 * From a path to a running program, as `execve` does it. An executable file is either text that begins with `#!`, or a "binary":
 * the ELF magic followed by the name under which the kernel knows the program. Binaries are ordinary files: they can be copied,
 * deleted, put into an image layer, and are found by PATH like any other.
 */
import { bytesOf, textOf } from '../../base/bytes.ts'
import { UnixError } from '../errors.ts'
import type { Descriptor } from './open-file.ts'
import type { Process, Program } from './process.ts'

const magic = '\x7fELF\x02\x01\x01drydock:'

/** Content of the executable file of a program: the same bytes on every disk, as nobody writes into what was handed over. */
export function binary(program: string): Uint8Array {
  let bytes = binaries.get(program)
  if (!bytes) binaries.set(program, (bytes = bytesOf(`${magic}${program}\n`)))
  return bytes
}

const binaries = new Map<string, Uint8Array>()

export interface Executable {
  readonly program: Program
  readonly argv: readonly string[]
}

/**
 * What running `path` with `argv` means. Throws ENOENT, EACCES (not executable, or a directory), ENOEXEC (no `#!` and no binary: shells
 * then run it as a script of their own).
 */
export function executable(process: Process, path: string, argv: readonly string[], depth = 0): Executable {
  const full = process.path(path)
  const node = process.files.stat(full, process.credentials)
  if (node.kind !== 'file' || (node.mode & 0o111) === 0) throw new UnixError('EACCES', path)
  const content = process.files.readFile(full, process.credentials)
  const start = textOf(content.subarray(0, 256))
  if (start.startsWith(magic)) {
    const name = start.slice(magic.length, start.indexOf('\n'))
    const program = process.kernel.programs.get(name)
    if (!program) throw new UnixError('ENOEXEC', path)
    return { program, argv }
  }
  if (start.startsWith('#!') && depth < 4) {
    // A carriage return at the end of the line belongs to the name, which is why scripts from Windows do not start.
    const [interpreter, ...rest] = start
      .slice(2)
      .split('\n')[0]
      .replace(/^[ \t]+|[ \t]+$/g, '')
      .split(/[ \t]+(.*)/)
      .filter(Boolean)
    return executable(process, interpreter, [interpreter, ...rest, path, ...argv.slice(1)], depth + 1)
  }
  throw new UnixError('ENOEXEC', path)
}

/** The first executable file of that name on PATH; names with a slash are taken as they are. Undefined: command not found. */
export function found(
  process: Process,
  name: string,
  path = process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
): string | undefined {
  if (name.includes('/')) return name
  for (const folder of path.split(':')) {
    const candidate = `${folder || '.'}/${name}`
    try {
      const node = process.files.stat(process.path(candidate), process.credentials)
      if (node.kind === 'file' && (node.mode & 0o111) !== 0) return candidate
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
    }
  }
  return undefined
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Instead of the parent's. */
  readonly descriptors?: ReadonlyMap<number, Descriptor>
  readonly group?: number
}

/** A child that runs the program `argv[0]` names, in the parent's namespaces. Throws as `executable`; ENOENT when not on PATH. */
export function start(parent: Process, argv: readonly string[], options: StartOptions = {}): Process {
  const path = found(parent, argv[0])
  if (path === undefined) throw new UnixError('ENOENT', argv[0])
  const { program, argv: full } = executable(parent, path, argv)
  return parent.kernel.spawn({
    program,
    argv: full,
    env: options.env ?? parent.env,
    cwd: options.cwd ?? parent.cwd,
    namespaces: parent.namespaces,
    credentials: parent.credentials,
    cgroup: parent.cgroup,
    terminal: parent.terminal,
    descriptors: options.descriptors ?? parent.descriptors,
    parent,
    group: options.group,
  })
}
