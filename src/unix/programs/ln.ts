/** ln: hard links, and with -s symbolic ones. */
import { joinedPath, lstatOf, statOf } from './copy.ts'
import { flag, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { baseName, complain, quoted, tool, wordsOf } from './tool.ts'

export const ln = tool({
  name: 'ln',
  usage: '[OPTION]... [-T] TARGET LINK_NAME\n[OPTION]... TARGET\n[OPTION]... TARGET... DIRECTORY\n[OPTION]... -t DIRECTORY TARGET...',
  summary: 'Create a link to TARGET with the name LINK_NAME.',
  flags: {
    backup: flag('b', 'make a backup of each existing destination file'),
    force: flag('f|force', 'remove existing destination files'),
    interactive: flag('i|interactive', 'prompt whether to remove destinations'),
    logical: flag('L|logical', 'dereference TARGETs that are symbolic links'),
    noDereference: flag('n|no-dereference', 'treat LINK_NAME as a normal file if it is a symbolic link to a directory'),
    physical: flag('P|physical', 'make hard links directly to symbolic links'),
    relative: flag('r|relative', 'with -s, create links relative to link location'),
    symbolic: flag('s|symbolic', 'make symbolic links instead of hard links'),
    target: value('t|target-directory', 'DIRECTORY', 'specify the DIRECTORY in which to create the links'),
    noTarget: flag('T|no-target-directory', 'treat LINK_NAME as a normal file always'),
    verbose: flag('v|verbose', 'print name of each linked file'),
  },
  *run(call) {
    const { process, flags } = call
    const operands = [...call.operands]
    if (operands.length === 0) throw new UsageError('missing file operand')
    const last = flags.target ?? (operands.length === 1 ? '.' : (operands.pop() as string))
    const lastNode = flags.noDereference ? lstatOf(process, last) : statOf(process, last)
    const into = !flags.noTarget && (flags.target !== undefined || lastNode?.kind === 'directory')
    if (!into && operands.length > 1) {
      yield* complain(call, `target ${quoted(last)}: ${lastNode ? 'Not a directory' : 'No such file or directory'}`)
      return 1
    }
    let code = 0
    for (const target of operands) {
      const path = into ? joinedPath(last, baseName(target.replace(/\/+$/, ''))) : last
      try {
        if (!flags.symbolic) {
          const node = statOf(process, target)
          if (!node) {
            yield* complain(call, `failed to access ${quoted(target)}: No such file or directory`)
            code = 1
            continue
          }
          if (node.kind === 'directory') {
            yield* complain(call, `${target}: hard link not allowed for directory`)
            code = 1
            continue
          }
        }
        if (flags.force && lstatOf(process, path) && lstatOf(process, path)?.kind !== 'directory')
          process.files.unlink(process.path(path), process.credentials)
        if (flags.symbolic) process.files.symlink(target, process.path(path), process.credentials)
        else process.files.link(process.path(target), process.path(path), process.credentials)
        if (flags.verbose) yield* print(process, `${quoted(path)} ${flags.symbolic ? '->' : '=>'} ${quoted(target)}\n`)
      } catch (error) {
        const words = wordsOf(error)
        yield* complain(
          call,
          call.busybox
            ? `${path}: ${words}`
            : `failed to create ${flags.symbolic ? 'symbolic' : 'hard'} link ${quoted(path)}${flags.symbolic || words === 'File exists' ? '' : ` => ${quoted(target)}`}: ${words}`,
        )
        code = 1
      }
    }
    return code
  },
})
