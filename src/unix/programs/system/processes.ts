/** pstree, chroot, setsid, taskset, flock and uuidgen: programs about other programs. */
import { hasCapability } from '../../kernel/capabilities.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { MountTable } from '../../files/mount-table.ts'
import { ended, err, type Process, type Program } from '../../kernel/process.ts'
import { statOf } from '../copy.ts'
import { isBusybox } from '../flavour.ts'
import { flag, UsageError, value } from '../options.ts'
import { commandName, pidSeen, userText, visibleProcesses } from '../process-text.ts'
import { runInPlace, startProgram } from '../run.ts'
import { print } from '../text.ts'
import { complain, isTerminal, quoted, tool } from '../tool.ts'
import { userOf } from '../users.ts'

const ascii = { single: '---', first: '-+-', more: '|-', last: '`-', bar: '| ' }
const drawnLines = { single: '───', first: '─┬─', more: '├─', last: '└─', bar: '│ ' }

export const pstree = tool({
  name: 'pstree',
  usage: '[-acglpsStTuZ] [ -h | -H PID ] [ -n | -N type ]\n[ -A | -G | -U ] [ PID | USER ]',
  summary: 'Display a tree of processes.',
  package: 'pstree (PSmisc) 23.6',
  flags: {
    args: flag('a|arguments', 'show command line arguments'),
    ascii: flag('A|ascii', 'use ASCII line drawing characters'),
    compact: flag('c|compact-not', "don't compact identical subtrees"),
    pids: flag('p|show-pids', 'show PIDs; implies -c'),
    unicode: flag('U|unicode', 'use UTF-8 (Unicode) line drawing characters'),
    hideThreads: flag('T|hide-threads', 'hide threads, show only processes'),
    users: flag('u|uid-changes', 'show uid transitions'),
    numeric: flag('n|numeric-sort', 'sort output by PID'),
    parents: flag('s|show-parents', 'show parents of the selected process'),
    long: flag('l|long', "don't truncate long lines"),
    highlight: flag('h|highlight-all'),
    vt: flag('G|vt100'),
    groups: flag('g|show-pgids'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const all = visibleProcesses(process)
    const lines = flags.unicode || (!flags.ascii && isTerminal(process, 1) && /UTF-?8/i.test(process.env.LANG ?? '')) ? drawnLines : ascii
    const isUser = operands[0] !== undefined && !/^\d+$/.test(operands[0])
    const owner = isUser ? userOf(process, operands[0]) : undefined
    if (isUser && !owner) {
      yield* err(process, `No such user name: ${operands[0]}\n`)
      return 1
    }
    const label = (one: Process): string => {
      const words = [
        ...(flags.pids ? [String(pidSeen(process, one))] : []),
        ...(flags.groups ? [String(one.group)] : []),
        ...(flags.users && one.parent && one.parent.credentials.uid !== one.credentials.uid ? [userText(process, one)] : []),
      ]
      return `${commandName(one)}${words.length > 0 ? `(${words.join(',')})` : ''}`
    }
    const kept = new Set(all)
    const children = (one: Process): Process[] =>
      [...one.children]
        .filter((child) => kept.has(child))
        .sort(
          (a, b) =>
            (flags.numeric ? 0 : commandName(a) < commandName(b) ? -1 : commandName(a) > commandName(b) ? 1 : 0) || a.hostPid - b.hostPid,
        )
    const tree = (one: Process): string[] => {
      const blocks = children(one).map((child) => tree(child))
      if (!flags.hideThreads && one.threads > 1) {
        const thread = `{${commandName(one)}}`
        if (flags.pids)
          blocks.push(...Array.from({ length: one.threads - 1 }, (_, index) => [`${thread}(${pidSeen(process, one) + index + 1})`]))
        else blocks.push(...Array.from({ length: one.threads - 1 }, () => [thread]))
      }
      return flags.args ? argumentTree(one, blocks) : joined(label(one), flags.compact || flags.pids ? blocks : compacted(blocks))
    }
    const joined = (head: string, blocks: readonly string[][]): string[] => {
      if (blocks.length === 0) return [head]
      if (blocks.length === 1)
        return blocks[0].map((line, index) => (index === 0 ? `${head}${lines.single}${line}` : `${' '.repeat(head.length + 3)}${line}`))
      const gap = ' '.repeat(head.length + 1)
      return blocks.flatMap((block, at) => {
        const isLast = at === blocks.length - 1
        return block.map((line, index) =>
          at === 0 && index === 0
            ? `${head}${lines.first}${line}`
            : index === 0
              ? `${gap}${isLast ? lines.last : lines.more}${line}`
              : `${gap}${isLast ? '  ' : lines.bar}${line}`,
        )
      })
    }
    const argumentTree = (one: Process, blocks: readonly string[][]): string[] => {
      const [, ...words] = one.argv
      const packed = flags.compact || flags.pids ? blocks : compacted(blocks)
      return [
        `${label(one)}${words.map((word) => ` ${word}`).join('')}`,
        ...packed.flatMap((block, at) =>
          block.map(
            (line, index) =>
              `  ${index === 0 ? (at === packed.length - 1 ? lines.last : lines.more) : at === packed.length - 1 ? '  ' : lines.bar}${line}`,
          ),
        ),
      ]
    }
    const width = isTerminal(process, 1) ? (process.terminal?.cols ?? 80) : 132
    const cut = (line: string): string => (flags.long || line.length <= width ? line : `${line.slice(0, width - 1)}+`)
    const roots = owner
      ? all.filter((one) => one.credentials.uid === owner.uid && one.parent?.credentials.uid !== owner.uid)
      : [all.find((one) => pidSeen(process, one) === Number(operands[0] ?? 1))]
    for (const [index, root] of roots.entries()) {
      if (!root) continue
      let shown = tree(root)
      if (flags.parents) for (let at = root.parent; at && kept.has(at); at = at.parent) shown = joined(label(at), [shown])
      yield* print(process, `${index > 0 ? '\n' : ''}${shown.map((line) => `${cut(line)}\n`).join('')}`)
    }
    return roots.some(Boolean) ? 0 : 1
  },
})

/** Identical subtrees become `3*[sh]`. */
function compacted(blocks: readonly string[][]): string[][] {
  const counts = new Map<string, { readonly block: string[]; count: number }>()
  for (const block of blocks) {
    const key = block.join('\n')
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { block, count: 1 })
  }
  return [...counts.values()].map(({ block, count }) => {
    if (count === 1) return block
    const lead = `${count}*[`
    return block.map((line, index) =>
      index === 0
        ? `${lead}${line}${block.length === 1 ? ']' : ''}`
        : `${' '.repeat(lead.length)}${line}${index === block.length - 1 ? ']' : ''}`,
    )
  })
}

export const chroot = tool({
  name: 'chroot',
  usage: '[OPTION] NEWROOT [COMMAND [ARG]...]\nOPTION',
  summary: 'Run COMMAND with root directory set to NEWROOT.',
  usageCode: 125,
  stopsAtOperand: true,
  flags: { userspec: value('userspec', 'USER:GROUP', 'specify user and group (ID or name) to use') },
  *run(call) {
    const { process, flags, operands } = call
    const [root, ...words] = operands
    if (root === undefined) throw new UsageError('missing operand')
    const found = statOf(process, root)
    const words126 = !found
      ? 'No such file or directory'
      : found.kind !== 'directory'
        ? 'Not a directory'
        : !hasCapability(process.credentials, 'SYS_CHROOT')
          ? 'Operation not permitted'
          : undefined
    if (words126 !== undefined) {
      yield* complain(
        call,
        call.busybox
          ? `can't change root directory to '${root}': ${words126}`
          : `cannot change root directory to ${quoted(root)}: ${words126}`,
      )
      return call.busybox ? 1 : 125
    }
    const full = process.files.realpath(process.path(root))
    const mounts = process.files.mounts
    const prefix = full === '/' ? '' : full
    const under = mounts.findLast(({ at }) => at === '/' || full === at || full.startsWith(`${at}/`))
    if (!under) return 125
    const inside = under.at === '/' ? full : full.slice(under.at.length) || '/'
    const rootMount = { ...under, at: '/', root: full === '/' ? under.root : `${under.root === '/' ? '' : under.root}${inside}` || '/' }
    process.namespaces = {
      ...process.namespaces,
      mounts: new MountTable([
        rootMount,
        ...mounts
          .filter(({ at }) => at !== full && at.startsWith(`${prefix}/`) && at !== '/')
          .map((mount) => ({ ...mount, at: mount.at.slice(prefix.length) })),
      ]),
    }
    process.cwd = '/'
    if (flags.userspec !== undefined) {
      const [user, group] = flags.userspec.split(':')
      const account = userOf(process, user)
      const uid = account?.uid ?? Number(user)
      process.credentials = { ...process.credentials, uid, gid: group ? Number(group) : (account?.gid ?? uid), groups: [] }
    }
    return yield* runInPlace(call, words.length > 0 ? words : [process.env.SHELL ?? '/bin/sh', '-i'])
  },
})

export const setsid: Program = function* (process) {
  const args = process.argv.slice(1)
  let waits = false
  while (/^-/.test(args[0] ?? '')) waits = /w/.test(args.shift() ?? '') || waits
  if (args.length === 0) {
    yield* err(process, "setsid: no command specified\nTry 'setsid --help' for more information.\n")
    return 1
  }
  const call = { process, name: 'setsid', busybox: isBusybox(process) }
  if (process.group !== process.hostPid) {
    process.session = process.group = process.hostPid
    return yield* runInPlace(call, args)
  }
  const child = startProgram(process, args)
  child.session = child.group = child.hostPid
  return waits ? yield* ended(child) : 0
}

/** Who runs where and how nicely makes no difference here; the numbers are told as they are. */
export const taskset: Program = function* (process) {
  const args = process.argv.slice(1)
  const letters = args.filter((arg) => /^-/.test(arg)).join('')
  const operands = args.filter((arg) => !/^-/.test(arg))
  const { cpus } = process.kernel
  if (!letters.includes('p')) return yield* runInPlace({ process, name: 'taskset', busybox: isBusybox(process) }, operands.slice(1))
  const pid = operands.at(-1)
  const other = visibleProcesses(process).find((one) => pidSeen(process, one) === Number(pid))
  if (!other) {
    yield* err(process, `taskset: failed to get pid ${pid}'s affinity: No such process\n`)
    return 1
  }
  yield* print(
    process,
    letters.includes('c')
      ? `pid ${pid}'s current affinity list: ${other.cgroup.cpuSet ?? (cpus === 1 ? '0' : `0-${cpus - 1}`)}\n`
      : `pid ${pid}'s current affinity mask: ${(2 ** cpus - 1).toString(16)}\n`,
  )
  if (operands.length > 1) {
    yield* err(process, 'taskset: the sandbox does not bind processes to CPUs; use cpuset.cpus of a control group\n')
    return 1
  }
  return 0
}

export const flock = tool({
  name: 'flock',
  usage:
    '[options] <file>|<directory> <command> [<argument>...]\n[options] <file>|<directory> -c <command>\n[options] <file descriptor number>',
  summary: 'Manage file locks from shell scripts.',
  package: 'flock from util-linux 2.38.1',
  stopsAtOperand: true,
  flags: {
    shared: flag('s|shared'),
    exclusive: flag('x|exclusive'),
    unlock: flag('u|unlock'),
    nonblock: flag('n|nb|nonblock'),
    timeout: value('w|timeout', 'secs'),
    conflict: value('E|conflict-exit-code', 'number'),
    close: flag('o|close'),
    noFork: flag('F|no-fork'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const [path, ...words] = operands
    if (path === undefined) throw new UsageError('not enough arguments')
    // A number is a descriptor the shell has open.
    if (words.length === 0) {
      yield* complain(call, 'a lock on a descriptor is not kept in this sandbox; give a file and a command')
      return 0
    }
    if (!process.files.exists(process.path(path))) process.files.writeFile(process.path(path), '')
    const locks = locksOf(process.kernel)
    const key = process.files.realpath(process.path(path))
    const until = flags.nonblock
      ? process.now()
      : flags.timeout === undefined
        ? Number.POSITIVE_INFINITY
        : process.now() + Number(flags.timeout) * 1000
    while (locks.has(key)) {
      if (process.now() >= until) return Number(flags.conflict ?? 1)
      yield { on: [process.kernel.changed], ...(until !== Number.POSITIVE_INFINITY && { until }) }
    }
    locks.add(key)
    try {
      return yield* ended(startProgram(process, words[0] === '-c' ? ['/bin/sh', '-c', words[1]] : words))
    } finally {
      locks.delete(key)
    }
  },
})

const allLocks = new WeakMap<Kernel, Set<string>>()

function locksOf(kernel: Kernel): Set<string> {
  let locks = allLocks.get(kernel)
  if (!locks) allLocks.set(kernel, (locks = new Set()))
  return locks
}

export const uuidgen: Program = function* (process) {
  yield* print(process, `${process.kernel.random.uuid()}\n`)
  return 0
}
