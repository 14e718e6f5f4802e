/**
 * unshare, nsenter and lsns; what a namespace is, is an object that processes
 * share; its number is what /proc/PID/ns shows.
 */
import { hasCapability, lackingIn } from '../kernel/capabilities.ts'
import { ended, err, type Namespaces, type Process, type Program } from '../kernel/process.ts'
import { MountTable } from '../files/mount-table.ts'
import { procFiles } from '../files/proc-files.ts'
import { namespaceNumbers } from '../kernel/namespace-numbers.ts'
import { isBusybox } from './flavour.ts'
import { freshNet, namedNamespaces } from './named-namespaces.ts'
import { commandLine, pidSeen, userText, visibleProcesses } from './process-text.ts'
import { runInPlace, startProgram } from './run.ts'
import { print } from './text.ts'

const kinds = ['mount', 'uts', 'ipc', 'net', 'pid', 'user', 'cgroup'] as const
type Kind = (typeof kinds)[number]
const letters: Readonly<Record<string, Kind>> = { m: 'mount', u: 'uts', i: 'ipc', n: 'net', p: 'pid', U: 'user', C: 'cgroup' }

export const unshare: Program = function* (process) {
  const args = process.argv.slice(1)
  const wanted = new Set<Kind>()
  let forks = false
  let mountsProc = false
  let mapsRoot = false
  while (args[0]?.startsWith('-') && args[0] !== '--') {
    const option = args.shift() ?? ''
    const long = /^--([a-z-]+)(?:=(.*))?$/.exec(option)
    if (long) {
      const [, name] = long
      if ((kinds as readonly string[]).includes(name)) wanted.add(name as Kind)
      else if (name === 'fork') forks = true
      else if (name === 'mount-proc') mountsProc = true
      else if (name === 'map-root-user') mapsRoot = true
      else if (name !== 'propagation' && name !== 'kill-child') {
        yield* err(process, `unshare: unrecognized option '${option}'\nTry 'unshare --help' for more information.\n`)
        return 1
      }
      continue
    }
    for (const letter of option.slice(1)) {
      if (letters[letter]) wanted.add(letters[letter])
      else if (letter === 'f') forks = true
      else if (letter === 'r') mapsRoot = true
      else {
        yield* err(process, `unshare: invalid option -- '${letter}'\nTry 'unshare --help' for more information.\n`)
        return 1
      }
    }
  }
  if (args[0] === '--') args.shift()
  if (mapsRoot) wanted.add('user')
  if (mountsProc) wanted.add('mount')
  if (!hasCapability(process.credentials, 'SYS_ADMIN') && !wanted.has('user')) {
    yield* err(process, 'unshare: unshare failed: Operation not permitted\n')
    return 1
  }
  if (mapsRoot && process.credentials.uid !== 0) {
    // Root of its own user namespace only: of what it brought along it may do no more than before.
    const add = [...(wanted.has('mount') || wanted.has('uts') ? ['SYS_ADMIN'] : []), ...(wanted.has('net') ? ['NET_ADMIN'] : [])]
    process.credentials = { uid: 0, gid: 0, groups: [0], lacks: lackingIn({ add, drop: ['ALL'], isPrivileged: false }) }
  }
  const { kernel } = process
  const before = process.namespaces
  const pids = wanted.has('pid') ? kernel.pidNamespace() : before.pids
  const next: Namespaces = {
    pids: before.pids,
    net: wanted.has('net') ? freshNet(kernel) : before.net,
    mounts: wanted.has('mount') ? new MountTable([...before.mounts.mounts]) : before.mounts,
    uts: wanted.has('uts') ? { ...before.uts } : before.uts,
  }
  process.namespaces = next
  const words = args.length > 0 ? args : [process.env.SHELL ?? '/bin/sh']
  if (!wanted.has('pid')) return yield* runInPlace({ process, name: 'unshare', busybox: isBusybox(process) }, words)
  // Only children are in the new pid namespace; without --fork the command itself stays outside, and bash's first fork would be its process 1.
  if (!forks) return yield* runInPlace({ process, name: 'unshare', busybox: isBusybox(process) }, words)
  if (mountsProc) next.mounts.mount({ at: '/proc', files: procFiles(kernel, pids), root: '/', isReadOnly: false, source: 'proc' })
  process.namespaces = { ...next, pids }
  const child = startProgram(process, words)
  process.namespaces = next
  return yield* ended(child)
}

export const nsenter: Program = function* (process) {
  const args = process.argv.slice(1)
  const wanted = new Set<Kind>()
  let target: string | undefined
  while (args[0]?.startsWith('-') && args[0] !== '--') {
    const option = args.shift() ?? ''
    const long = /^--([a-z-]+)(?:=(.*))?$/.exec(option)
    if (long?.[1] === 'target') target = long[2] ?? args.shift()
    else if (long?.[1] === 'all' || option === '-a') for (const kind of kinds) wanted.add(kind)
    else if (long && (kinds as readonly string[]).includes(long[1])) wanted.add(long[1] as Kind)
    else if (option.startsWith('-t')) target = option.slice(2) || args.shift()
    else if (!long) {
      for (const [index, letter] of [...option.slice(1)].entries()) {
        if (letters[letter]) wanted.add(letters[letter])
        else if (letter === 'a') for (const kind of kinds) wanted.add(kind)
        else if (letter === 't') {
          target = option.slice(index + 2) || args.shift()
          break
        }
      }
    }
  }
  if (args[0] === '--') args.shift()
  const other = target === undefined ? undefined : process.namespaces.pids.processes.get(Number(target))
  if (target === undefined) {
    yield* err(process, 'nsenter: no target PID specified for --all\n')
    return 1
  }
  if (!other) {
    yield* err(process, `nsenter: cannot open /proc/${target}/ns/${wanted.has('net') ? 'net' : 'mnt'}: No such file or directory\n`)
    return 1
  }
  if (!hasCapability(process.credentials, 'SYS_ADMIN')) {
    yield* err(process, `nsenter: cannot open /proc/${target}/ns/${wanted.has('net') ? 'net' : 'mnt'}: Permission denied\n`)
    return 1
  }
  const theirs = other.namespaces
  const own = process.namespaces
  const namespaces: Namespaces = {
    pids: wanted.has('pid') ? theirs.pids : own.pids,
    net: wanted.has('net') ? theirs.net : own.net,
    mounts: wanted.has('mount') ? theirs.mounts : own.mounts,
    uts: wanted.has('uts') ? theirs.uts : own.uts,
  }
  const words = args.length > 0 ? args : [wanted.has('mount') ? '/bin/sh' : (process.env.SHELL ?? '/bin/sh')]
  const cwd = wanted.has('mount') ? '/' : process.cwd
  const before = process.namespaces
  process.namespaces = namespaces
  process.cwd = cwd
  if (!wanted.has('pid')) return yield* runInPlace({ process, name: 'nsenter', busybox: isBusybox(process) }, words)
  const child = startProgram(process, words)
  process.namespaces = before
  return yield* ended(child)
}

const shortNames: Readonly<Record<Kind, string>> = {
  mount: 'mnt',
  uts: 'uts',
  ipc: 'ipc',
  net: 'net',
  pid: 'pid',
  user: 'user',
  cgroup: 'cgroup',
}

export const lsns: Program = function* (process) {
  const args = process.argv.slice(1)
  const typeAt = args.findIndex((arg) => arg === '-t' || arg === '--type')
  const type = typeAt < 0 ? args.find((arg) => arg.startsWith('--type='))?.slice(7) : args[typeAt + 1]
  const pidAt = args.findIndex((arg) => arg === '-p' || arg === '--task')
  const only = pidAt < 0 ? undefined : Number(args[pidAt + 1])
  const hasHeading = !args.includes('-n') && !args.includes('--noheadings')
  const rows = namespacesOf(process, only).filter(({ kind }) => type === undefined || shortNames[kind] === type)
  rows.sort((a, b) => a.id - b.id)
  const withNet = type === 'net'
  const cells = rows.map(({ id, kind, members }) => {
    const [first] = members
    return [
      String(id),
      shortNames[kind],
      String(members.length),
      String(pidSeen(process, first)),
      userText(process, first),
      ...(withNet
        ? [
            'unassigned',
            namedNamespaces(process.kernel).nameOf(first.net) === undefined
              ? ''
              : `/run/netns/${namedNamespaces(process.kernel).nameOf(first.net)}`,
          ]
        : []),
      commandLine(first),
    ]
  })
  const heading = ['NS', 'TYPE', 'NPROCS', 'PID', 'USER', ...(withNet ? ['NETNSID', 'NSFS'] : []), 'COMMAND']
  const right = new Set([0, 2, 3, ...(withNet ? [5] : [])])
  const table = [...(hasHeading ? [heading] : []), ...cells]
  const widths = heading.map((_, column) => Math.max(0, ...table.map((row) => row[column].length)))
  yield* print(
    process,
    table
      .map(
        (row) =>
          `${row.map((cell, column) => (column === row.length - 1 ? cell : right.has(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join(' ')}\n`,
      )
      .join(''),
  )
  return 0
}

interface Group {
  readonly id: number
  readonly kind: Kind
  readonly members: Process[]
}

function namespacesOf(process: Process, only: number | undefined): Group[] {
  const groups = new Map<string, Group>()
  const all = visibleProcesses(process).filter((one) => process.credentials.uid === 0 || one.credentials.uid === process.credentials.uid)
  for (const one of all) {
    const numbers = namespaceNumbers(one)
    for (const kind of kinds) {
      const id = numbers[shortNames[kind] as keyof typeof numbers]
      const group = groups.get(`${kind} ${id}`) ?? { id, kind, members: [] }
      group.members.push(one)
      groups.set(`${kind} ${id}`, group)
    }
  }
  for (const { members } of groups.values()) members.sort((a, b) => pidSeen(process, a) - pidSeen(process, b))
  return [...groups.values()].filter(({ members }) => only === undefined || members.some((one) => pidSeen(process, one) === only))
}
