/**
 * `<(command)`: a child at one end of a pipe and a name for the other end: `/dev/fd/63`, a descriptor that the command inherits. Where
 * there is no /proc it is a fifo in /tmp that lives until the command is over.
 */
import type { ParsedScript } from 'unbash'
import { UnixError } from '../errors.ts'
import { Descriptor, type OpenFile } from '../kernel/open-file.ts'
import { pipe } from '../kernel/pipe.ts'
import type { Shell } from './shell.ts'

interface Open {
  readonly number: number | undefined
  readonly close: () => void
}

const open = new WeakMap<Shell, Open[]>()

export function openSubstitution(shell: Shell, operator: '<' | '>', script: ParsedScript): string {
  const { process } = shell
  const { reader, writer } = pipe(process.kernel.nextInode())
  const [theirs, ours] = operator === '<' ? [writer, reader] : [reader, writer]
  const list = open.get(shell) ?? []
  open.set(shell, list)
  const childEnd = new Descriptor(theirs).retain()
  const descriptors = new Map(process.descriptors).set(operator === '<' ? 1 : 0, childEnd)
  // A child that kept another substitution's end would keep its reader waiting.
  for (const { number } of list) if (number !== undefined) descriptors.delete(number)
  const child = shell.interpreter.fork(shell, (subshell) => subshell.interpreter.statements(subshell, script.commands, { isLast: true }), {
    descriptors,
  })
  childEnd.release()
  shell.lastBackgroundPid = child.pid
  const ourEnd = new Descriptor(ours).retain()
  if (process.files.exists('/proc/self/fd') && process.files.exists('/dev/fd')) {
    let number = 63
    while (process.descriptors.has(number)) number--
    process.descriptors.set(number, ourEnd)
    const close = () => {
      if (process.descriptors.get(number) === ourEnd) process.descriptors.delete(number)
      ourEnd.release()
    }
    list.push({ number, close })
    return `/dev/fd/${number}`
  }
  const { path, remove } = named(shell, () => shared(ourEnd))
  const close = () => {
    remove()
    ourEnd.release()
  }
  list.push({ number: undefined, close })
  return path
}

/** How many are open before a command's words are expanded. */
export function substitutionsOpen(shell: Shell): number {
  return open.get(shell)?.length ?? 0
}

/** Takes away what the command opened, and leaves those of the function it runs in. */
export function closeSubstitutions(shell: Shell, before: number): void {
  const list = open.get(shell)
  if (list) for (const { close } of list.splice(before)) close()
}

function shared(descriptor: Descriptor): OpenFile {
  const { file } = descriptor.retain()
  return {
    kind: 'pipe',
    name: file.name,
    readable: file.readable,
    writable: file.writable,
    read: (max) => file.read(max),
    write: (bytes) => file.write(bytes),
    close: () => descriptor.release(),
  }
}

function named(shell: Shell, openEnd: () => OpenFile): { path: string; remove: () => void } {
  const { files } = shell.process
  for (const folder of ['/tmp', '/']) {
    const full = files.exists(folder) ? files.realpath(folder) : undefined
    const mount =
      full === undefined
        ? undefined
        : [...files.mounts]
            .filter(({ at }) => full === at || full.startsWith(at === '/' ? '/' : `${at}/`))
            .sort((a, b) => b.at.length - a.at.length)[0]
    if (full === undefined || !mount || mount.isReadOnly) continue
    const inside = (path: string) => `${mount.root === '/' ? '' : mount.root}${path.slice(mount.at === '/' ? 0 : mount.at.length)}` || '/'
    for (let number = 63; number > 9; number--) {
      const path = `${full === '/' ? '' : full}/sh-np.${number}`
      if (mount.files.lookup(inside(path))) continue
      try {
        mount.files.create(inside(path), {
          kind: 'fifo',
          mode: 0o600,
          uid: shell.process.credentials.uid,
          gid: shell.process.credentials.gid,
          open: openEnd,
        })
      } catch (error) {
        if (error instanceof UnixError) break
        throw error
      }
      const remove = () => {
        if (mount.files.lookup(inside(path))) mount.files.remove(inside(path))
      }
      return { path, remove }
    }
  }
  return { path: '/dev/null', remove: () => undefined }
}
