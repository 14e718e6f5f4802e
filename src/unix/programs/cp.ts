/** cp. Without -a or -p a copy belongs to who makes it, has today's time, and the source's mode less the umask. */
import type { Node } from '../files/node.ts'
import type { Blocking } from '../kernel/process.ts'
import { copyContent, joinedPath, keep, lstatOf, statOf } from './copy.ts'
import { flag, lastOf, optional, UsageError, value } from './options.ts'
import { agrees } from './remove.ts'
import { print } from './text.ts'
import { baseName, complain, isErrno, quoted, tool, wordsOf } from './tool.ts'

export const cp = tool({
  name: 'cp',
  usage: '[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -t DIRECTORY SOURCE...',
  summary: 'Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.',
  flags: {
    archive: flag('a|archive', 'same as -dR --preserve=all'),
    backup: optional('backup', 'CONTROL', 'make a backup of each existing destination file'),
    noDereferencePreserve: flag('d', 'same as --no-dereference --preserve=links'),
    force: flag('f|force', 'if an existing destination file cannot be opened, remove it and try again'),
    interactive: flag('i|interactive', 'prompt before overwrite'),
    followArguments: flag('H', 'follow command-line symbolic links in SOURCE'),
    link: flag('l|link', 'hard link files instead of copying'),
    dereference: flag('L|dereference', 'always follow symbolic links in SOURCE'),
    noClobber: flag('n|no-clobber', 'do not overwrite an existing file'),
    noDereference: flag('P|no-dereference', 'never follow symbolic links in SOURCE'),
    preserve: flag('p', 'same as --preserve=mode,ownership,timestamps'),
    preserveList: optional('preserve', 'ATTR_LIST', 'preserve the specified attributes'),
    noPreserve: value('no-preserve', 'ATTR_LIST', "don't preserve the specified attributes"),
    parents: flag('parents', 'use full source file name under DIRECTORY'),
    recursive: flag('R|r|recursive', 'copy directories recursively'),
    symbolic: flag('s|symbolic-link', 'make symbolic links instead of copying'),
    target: value('t|target-directory', 'DIRECTORY', 'copy all SOURCE arguments into DIRECTORY'),
    noTarget: flag('T|no-target-directory', 'treat DEST as a normal file'),
    update: flag('u|update', 'copy only when the SOURCE file is newer than the destination file'),
    verbose: flag('v|verbose', 'explain what is being done'),
    oneFileSystem: flag('x|one-file-system', 'stay on this file system'),
    reflink: optional('reflink', 'WHEN', 'control clone/CoW copies'),
    sparse: value('sparse', 'WHEN', 'control creation of sparse files'),
  },
  *run(call) {
    const { process, flags, given, busybox } = call
    const operands = [...call.operands]
    if (operands.length === 0) throw new UsageError('missing file operand')
    if (operands.length === 1 && flags.target === undefined)
      throw new UsageError(`missing destination file operand after ${quoted(operands[0])}`)
    const target = flags.target ?? (operands.pop() as string)
    const targetNode = statOf(process, target)
    const intoDirectory = !flags.noTarget && (targetNode?.kind === 'directory' || flags.target !== undefined)
    if (!intoDirectory && (operands.length > 1 || (target.endsWith('/') && !flags.recursive && !flags.archive))) {
      const words = targetNode === undefined && operands.length > 1 ? 'No such file or directory' : 'Not a directory'
      if (operands.length > 1)
        yield* complain(
          call,
          `target ${quoted(target)}${busybox ? ' is not a directory' : `: ${targetNode === undefined ? words : 'Not a directory'}`}`,
        )
      else yield* complain(call, `cannot create regular file ${quoted(target)}: Not a directory`)
      return 1
    }
    const recursive = flags.recursive || flags.archive
    const all = flags.archive || flags.preserveList?.includes('all')
    const kept = {
      mode: Boolean(all || flags.preserve || flags.preserveList === '' || flags.preserveList?.includes('mode')),
      owner: Boolean(all || flags.preserve || flags.preserveList === '' || flags.preserveList?.includes('ownership')),
      times: Boolean(all || flags.preserve || flags.preserveList === '' || flags.preserveList?.includes('timestamps')),
    }
    const follow = lastOf(given, ['dereference', 'noDereference', 'archive', 'noDereferencePreserve', 'followArguments'])
    const followsBelow = follow === 'dereference'
    const followsArguments = follow === 'dereference' || follow === 'followArguments' || (follow === undefined && !recursive)
    const asks = lastOf(given, ['interactive', 'force', 'noClobber']) === 'interactive'
    const created = new Map<number, string>()
    let code = 0
    const refuse = function* (text: string): Blocking<void> {
      yield* complain(call, text)
      code = 1
    }

    function* copy(from: string, to: string, follows: boolean, isTop: boolean): Blocking<void> {
      let node: Node
      try {
        node = follows
          ? process.files.stat(process.path(from), process.credentials)
          : process.files.lstat(process.path(from), process.credentials)
      } catch (error) {
        return yield* refuse(busybox ? `can't stat '${from}': ${wordsOf(error)}` : `cannot stat ${quoted(from)}: ${wordsOf(error)}`)
      }
      const existing = lstatOf(process, to)
      const existingTarget = existing?.kind === 'symlink' ? statOf(process, to) : existing
      if (node.kind === 'directory') {
        if (!recursive)
          return yield* refuse(busybox ? `omitting directory '${from}'` : `-r not specified; omitting directory ${quoted(from)}`)
        if (existingTarget && existingTarget.kind !== 'directory')
          return yield* refuse(`cannot overwrite non-directory ${quoted(to)} with directory ${quoted(from)}`)
        if (
          isTop &&
          existingTarget &&
          `${process.files.realpath(process.path(to))}/`.startsWith(`${process.files.realpath(process.path(from))}/`)
        ) {
          return yield* refuse(`cannot copy a directory, ${quoted(from)}, into itself, ${quoted(to)}`)
        }
        try {
          process.files.list(process.path(from), process.credentials)
          if (!existingTarget) {
            process.files.mkdir(process.path(to), { mode: (node.mode & ~process.umask) | 0o700 }, process.credentials)
            if (flags.verbose) yield* print(process, `${quoted(from)} -> ${quoted(to)}\n`)
          }
          const inner = lstatOf(process, to)?.inode
          // Listed only now: the copy itself may stand in what is copied.
          for (const name of process.files.list(process.path(from), process.credentials)) {
            if (inner !== undefined && lstatOf(process, joinedPath(from, name))?.inode === inner) {
              yield* refuse(`cannot copy a directory, ${quoted(from)}, into itself, ${quoted(to)}`)
              continue
            }
            yield* copy(joinedPath(from, name), joinedPath(to, name), followsBelow, false)
          }
          if (!existingTarget && !kept.mode) process.files.chmod(process.path(to), node.mode & ~process.umask, process.credentials)
          keep(process, to, node, kept)
        } catch (error) {
          yield* refuse(
            isErrno(error, 'EACCES')
              ? `cannot access ${quoted(from)}: ${wordsOf(error)}`
              : `cannot create directory ${quoted(to)}: ${wordsOf(error)}`,
          )
        }
        return
      }
      if (existingTarget?.kind === 'directory') return yield* refuse(`cannot overwrite directory ${quoted(to)} with non-directory`)
      if (existingTarget && existingTarget.inode === node.inode && existingTarget.kind === 'file')
        return yield* refuse(`${quoted(from)} and ${quoted(to)} are the same file`)
      if (existing) {
        if (flags.noClobber) return
        if (flags.update && existing.modifiedMs >= node.modifiedMs) return
        if (asks && !(yield* agrees(process, `${call.name}: overwrite ${quoted(to)}? `))) return
        if (flags.backup !== undefined) process.files.rename(process.path(to), process.path(`${to}~`), process.credentials)
      }
      try {
        const earlier = flags.archive && node.links > 1 ? created.get(node.inode) : undefined
        if (flags.link || earlier !== undefined) {
          if (existing) process.files.unlink(process.path(to), process.credentials)
          process.files.link(process.path(earlier ?? from), process.path(to), process.credentials)
        } else if (flags.symbolic || node.kind === 'symlink') {
          if (existing) process.files.unlink(process.path(to), process.credentials)
          process.files.symlink(
            node.kind === 'symlink' && !flags.symbolic ? (node.target ?? '') : from,
            process.path(to),
            process.credentials,
          )
          keep(process, to, node, kept)
        } else {
          if (existing && flags.force && existing.kind === 'symlink' && !existingTarget)
            process.files.unlink(process.path(to), process.credentials)
          yield* copyContent(process, from, to, node.mode)
          keep(process, to, node, kept)
          created.set(node.inode, to)
        }
        if (flags.verbose) yield* print(process, `${quoted(from)} -> ${quoted(to)}\n`)
      } catch (error) {
        const words = wordsOf(error)
        if (isErrno(error, 'EACCES') && !canRead(from))
          yield* refuse(busybox ? `can't open '${from}': ${words}` : `cannot open ${quoted(from)} for reading: ${words}`)
        else yield* refuse(busybox ? `can't create '${to}': ${words}` : `cannot create regular file ${quoted(to)}: ${words}`)
      }
    }
    function canRead(path: string): boolean {
      try {
        process.files.open(process.path(path), { read: true }, process.credentials).close()
        return true
      } catch (error) {
        wordsOf(error)
        return false
      }
    }
    for (const operand of operands) {
      const from = operand.replace(/(.)\/+$/, '$1')
      const name = flags.parents ? from.replace(/^\/+/, '') : baseName(from) === '..' ? '' : baseName(from)
      if (flags.parents)
        process.files.mkdir(
          process.path(joinedPath(target, name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '')),
          { parents: true },
          process.credentials,
        )
      yield* copy(
        from,
        intoDirectory ? joinedPath(target, name === '.' || name === '/' ? '' : name) : target,
        followsArguments || operand.endsWith('/'),
        true,
      )
    }
    return code
  },
})
