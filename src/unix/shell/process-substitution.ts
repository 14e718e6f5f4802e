/**
 * `<(command)`: a child at one end of a pipe and a name for the other end. The name is a fifo that lives until the command that uses it
 * is over; `/dev/fd/63` is what bash calls it.
 */
import type { ParsedScript } from 'unbash'
import { UnixError } from '../errors.ts'
import { Descriptor, type OpenFile } from '../kernel/open-file.ts'
import { pipe } from '../kernel/pipe.ts'
import type { Shell } from './shell.ts'

const open = new WeakMap<Shell, (() => void)[]>()

export function openSubstitution(shell: Shell, operator: '<' | '>', script: ParsedScript): string {
  const { reader, writer } = pipe(shell.process.kernel.nextInode())
  const [theirs, ours] = operator === '<' ? [writer, reader] : [reader, writer]
  const childEnd = new Descriptor(theirs).retain()
  const descriptors = new Map(shell.process.descriptors).set(operator === '<' ? 1 : 0, childEnd)
  const child = shell.interpreter.fork(shell, (subshell) => subshell.interpreter.statements(subshell, script.commands, { isLast: true }), { descriptors })
  childEnd.release()
  shell.lastBackgroundPid = child.pid
  const ourEnd = new Descriptor(ours).retain()
  const { path, remove } = named(shell, () => shared(ourEnd))
  const list = open.get(shell) ?? []
  list.push(() => {
    remove()
    ourEnd.release()
  })
  open.set(shell, list)
  return path
}

/** Takes away what the last command's words opened. */
export function closeSubstitutions(shell: Shell): void {
  const list = open.get(shell)
  if (!list) return
  open.delete(shell)
  for (const close of list) close()
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
  for (const folder of ['/dev/fd', '/tmp', '/']) {
    const full = files.exists(folder) ? files.realpath(folder) : undefined
    const mount = full === undefined ? undefined : [...files.mounts].filter(({ at }) => full === at || full.startsWith(at === '/' ? '/' : `${at}/`)).sort((a, b) => b.at.length - a.at.length)[0]
    if (full === undefined || !mount || mount.isReadOnly) continue
    const inside = (path: string) => `${mount.root === '/' ? '' : mount.root}${path.slice(mount.at === '/' ? 0 : mount.at.length)}` || '/'
    for (let number = 63; number > 9; number--) {
      const path = folder === '/dev/fd' ? `${full}/${number}` : `${full === '/' ? '' : full}/sh-np.${number}`
      if (mount.files.lookup(inside(path))) continue
      try {
        mount.files.create(inside(path), { kind: 'fifo', mode: 0o600, uid: shell.process.credentials.uid, gid: shell.process.credentials.gid, open: openEnd })
      } catch (error) {
        if (error instanceof UnixError) break
        throw error
      }
      const remove = () => {
        if (mount.files.lookup(inside(path))) mount.files.remove(inside(path))
      }
      return { path: folder === '/dev/fd' ? `/dev/fd/${number}` : path, remove }
    }
  }
  return { path: '/dev/null', remove: () => undefined }
}
