/** id, whoami and groups: who the process is, by the files of its own root. A user without a name is told by number. */
import type { Program } from '../kernel/process.ts'
import { err } from '../kernel/process.ts'
import { isBusybox } from './flavour.ts'
import { flag } from './options.ts'
import { print } from './text.ts'
import { complain, quoted, tool } from './tool.ts'
import { groupName, groups as allGroups, userName, userOf, users } from './users.ts'

export const id = tool({
  name: 'id',
  usage: '[OPTION]... [USER]...',
  summary: 'Print user and group information for each specified USER,\nor (when USER omitted) for the current process.',
  flags: {
    ignored: flag('a', 'ignore, for compatibility with other versions'),
    group: flag('g|group', 'print only the effective group ID'),
    groups: flag('G|groups', 'print all group IDs'),
    name: flag('n|name', 'print a name instead of a number, for -ugG'),
    real: flag('r|real', 'print the real ID instead of the effective ID, with -ugG'),
    user: flag('u|user', 'print only the effective user ID'),
    zero: flag('z|zero', 'delimit entries with NUL characters, not whitespace'),
  },
  *run(call) {
    const { process, flags, operands } = call
    let { uid, gid, groups } = process.credentials
    if (operands.length > 0) {
      const user = userOf(process, operands[0])
      if (!user) {
        yield* complain(call, call.busybox ? `unknown user ${operands[0]}` : `${quoted(operands[0])}: no such user`)
        return 1
      }
      uid = user.uid
      gid = user.gid
      groups = [
        user.gid,
        ...allGroups(process)
          .filter(({ members }) => members.includes(user.name))
          .map((group) => group.gid),
      ]
    }
    const all = [...new Set([gid, ...groups])]
    const known = users(process).some((user) => user.uid === uid)
    const groupNamed = (number: number): string =>
      allGroups(process).some((group) => group.gid === number) ? `${number}(${groupName(process, number)})` : String(number)
    if (flags.user) yield* print(process, `${flags.name ? userName(process, uid) : uid}\n`)
    else if (flags.group) yield* print(process, `${flags.name ? groupName(process, gid) : gid}\n`)
    else if (flags.groups) yield* print(process, `${all.map((number) => (flags.name ? groupName(process, number) : number)).join(' ')}\n`)
    else if (flags.name || flags.real) {
      yield* complain(call, 'cannot print only names or real IDs in default format')
      return 1
    } else
      yield* print(
        process,
        `uid=${known ? `${uid}(${userName(process, uid)})` : uid} gid=${groupNamed(gid)}${all.length > 1 || groups.length > 0 || !call.busybox ? ` groups=${all.map(groupNamed).join(',')}` : ''}\n`,
      )
    return 0
  },
})

export const whoami: Program = function* (process) {
  const { uid } = process.credentials
  if (!users(process).some((user) => user.uid === uid)) {
    yield* err(process, isBusybox(process) ? `whoami: unknown uid ${uid}\n` : `whoami: cannot find name for user ID ${uid}\n`)
    return 1
  }
  yield* print(process, `${userName(process, uid)}\n`)
  return 0
}

export const groups: Program = function* (process) {
  const { gid, groups: more } = process.credentials
  yield* print(process, `${[...new Set([gid, ...more])].map((number) => groupName(process, number)).join(' ')}\n`)
  return 0
}
