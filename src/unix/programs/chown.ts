/** chown and chgrp: owners by name or number. Only root may. */
import { type Blocking, Exit, type Process, type Running } from '../kernel/process.ts'
import { joinedPath } from './copy.ts'
import { type Flags, flag, UsageError, value } from './options.ts'
import { print } from './text.ts'
import { complain, quoted, tool, wordsOf } from './tool.ts'
import { groupName, groups, userName, userOf } from './users.ts'

const flags = {
  changes: flag('c|changes', 'like verbose but report only when a change is made'),
  silent: flag('f|silent|quiet', 'suppress most error messages'),
  verbose: flag('v|verbose', 'output a diagnostic for every file processed'),
  noDereference: flag('h|no-dereference', 'affect symbolic links instead of any referenced file'),
  reference: value('reference', 'RFILE', "use RFILE's owner and group"),
  recursive: flag('R|recursive', 'operate on files and directories recursively'),
  followArguments: flag('H', 'if a command line argument is a symbolic link to a directory, traverse it'),
  follow: flag('L', 'traverse every symbolic link to a directory encountered'),
  noFollow: flag('P', 'do not traverse any symbolic links (default)'),
}

interface OwnerCall {
  readonly process: Process
  readonly name: string
  readonly busybox: boolean
  readonly flags: Flags<typeof flags>
  readonly operands: readonly string[]
}

export const chown = tool({
  name: 'chown',
  usage: '[OPTION]... [OWNER][:[GROUP]] FILE...\n[OPTION]... --reference=RFILE FILE...',
  summary: 'Change the owner and/or group of each FILE to OWNER and/or GROUP.',
  flags,
  *run(call) {
    return yield* change(call, 'owner')
  },
})

export const chgrp = tool({
  name: 'chgrp',
  usage: '[OPTION]... GROUP FILE...\n[OPTION]... --reference=RFILE FILE...',
  summary: 'Change the group of each FILE to GROUP.',
  flags,
  *run(call) {
    return yield* change(call, 'group')
  },
})

function* change(call: OwnerCall, what: 'owner' | 'group'): Running {
  const { process, flags } = call
  const operands = [...call.operands]
  let spec = flags.reference === undefined ? operands.shift() : ''
  if (spec === undefined) throw new UsageError('missing operand')
  if (operands.length === 0) throw new UsageError(`missing operand after ${quoted(spec)}`)
  let owner: { uid?: number; gid?: number }
  if (flags.reference !== undefined) {
    const node = process.files.stat(process.path(flags.reference))
    owner = what === 'group' ? { gid: node.gid } : { uid: node.uid, gid: node.gid }
    spec = `${userName(process, node.uid)}:${groupName(process, node.gid)}`
  } else owner = yield* ownerOf(call, what === 'group' ? `:${spec}` : spec, spec)
  let code = 0
  function* apply(path: string, isTop: boolean): Blocking<void> {
    try {
      const full = process.path(path)
      const node =
        isTop && !flags.noDereference ? process.files.stat(full, process.credentials) : process.files.lstat(full, process.credentials)
      const isChange = (owner.uid !== undefined && owner.uid !== node.uid) || (owner.gid !== undefined && owner.gid !== node.gid)
      const before =
        what === 'group'
          ? groupName(process, node.gid)
          : owner.gid === undefined
            ? userName(process, node.uid)
            : `${userName(process, node.uid)}:${groupName(process, node.gid)}`
      process.files.chown(full, owner, process.credentials)
      if (isChange && (flags.verbose || flags.changes))
        yield* print(process, `changed ${what === 'group' ? 'group' : 'ownership'} of ${quoted(path)} from ${before} to ${spec}\n`)
      else if (flags.verbose)
        yield* print(process, `${what === 'group' ? 'group' : 'ownership'} of ${quoted(path)} retained as ${before}\n`)
      if (flags.recursive && node.kind === 'directory')
        for (const name of process.files.list(full, process.credentials)) yield* apply(joinedPath(path, name), false)
    } catch (error) {
      const words = wordsOf(error)
      code = 1
      if (!flags.silent)
        yield* complain(
          call,
          call.busybox
            ? `${path}: ${words}`
            : words === 'No such file or directory'
              ? `cannot access ${quoted(path)}: ${words}`
              : `changing ${what === 'group' ? 'group' : 'ownership'} of ${quoted(path)}: ${words}`,
        )
    }
  }
  for (const path of operands) yield* apply(path, true)
  return code
}

function* ownerOf(call: OwnerCall, spec: string, typed: string): Blocking<{ uid?: number; gid?: number }> {
  const match = /^([^:.]*)(?:([:.])(.*))?$/.exec(spec)
  const [, user = '', separator, group = ''] = match ?? []
  let uid: number | undefined
  let gid: number | undefined
  if (user !== '') {
    const known = userOf(call.process, user)
    uid = known?.uid ?? (/^\d+$/.test(user) ? Number(user) : undefined)
    if (uid === undefined) {
      yield* complain(call, call.busybox ? `unknown user ${user}` : `invalid user: ${quoted(typed)}`)
      throw new Exit(1)
    }
    if (separator !== undefined && group === '') gid = known?.gid
  }
  if (group !== '') {
    const found = groups(call.process).find((one) => one.name === group)
    gid = found?.gid ?? (/^\d+$/.test(group) ? Number(group) : undefined)
    if (gid === undefined) {
      yield* complain(call, call.busybox ? `unknown group ${group}` : `invalid group: ${quoted(typed)}`)
      throw new Exit(1)
    }
  }
  return { uid, gid }
}
