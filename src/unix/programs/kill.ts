/** kill, killall, pkill and pgrep: signals to processes of the own pid namespace. Others' processes are for root. */
import { hasCapability } from '../kernel/capabilities.ts'
import { type Blocking, err, type Process, type Program } from '../kernel/process.ts'
import { type Signal, signalNumbers, signalOf } from '../kernel/signals.ts'
import { isBusybox } from './flavour.ts'
import { flag, UsageError, value } from './options.ts'
import { commandLine, commandName, pidSeen, userText, visibleProcesses } from './process-text.ts'
import { print } from './text.ts'
import { complain, tool } from './tool.ts'

const table = Object.entries(signalNumbers) as [Signal, number][]

export const kill: Program = function* (process) {
  const [name, ...args] = process.argv
  let signal: Signal = 'TERM'
  const pids: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (arg === '-l' || arg === '-L' || arg === '--list') {
      const number = args[index + 1]
      if (number !== undefined)
        yield* print(
          process,
          `${/^\d+$/.test(number) ? (signalOf(String(Number(number) > 128 ? Number(number) - 128 : Number(number))) ?? number) : signalNumbers[signalOf(number) ?? 'TERM']}\n`,
        )
      else
        yield* print(
          process,
          isBusybox(process)
            ? table.map(([one, number]) => `${String(number).padStart(2)}) ${one}\n`).join('')
            : `${table.map(([one]) => one).join(' ')}\n`,
        )
      return 0
    }
    if (arg === '--') {
      pids.push(...args.slice(index + 1))
      break
    }
    if (pids.length === 0 && /^-([A-Za-z]|\d+$)/.test(arg)) {
      const text = arg === '-s' || arg === '-n' ? args[++index] : arg.slice(1)
      const found = text === '0' ? 'CONT' : signalOf(text ?? '')
      if (text === '0') {
        pids.push(...args.slice(index + 1))
        return yield* each(process, name, pids, undefined)
      }
      if (!found) {
        yield* err(process, isBusybox(process) ? `kill: bad signal name '${text}'\n` : `${name}: unknown signal ${text}\n`)
        return 1
      }
      signal = found
    } else pids.push(arg)
  }
  if (pids.length === 0) {
    yield* err(
      process,
      isBusybox(process)
        ? 'kill: you need to specify whom to kill\n'
        : `\nUsage:\n ${name} [options] <pid> [...]\n\nOptions:\n <pid> [...]            send signal to every <pid> listed\n -<signal>, -s, --signal <signal>\n                        specify the <signal> to be sent\n -l, --list=[<signal>]  list all signal names, or convert one to a name\n\nFor more details see kill(1).\n`,
    )
    return 1
  }
  return yield* each(process, name, pids, signal)
}

function* each(process: Process, name: string, pids: readonly string[], signal: Signal | undefined): Blocking<number> {
  let code = 0
  const seen = visibleProcesses(process)
  for (const text of pids) {
    if (!/^-?\d+$/.test(text)) {
      yield* err(process, isBusybox(process) ? `kill: invalid number '${text}'\n` : `${name}: failed to parse argument: '${text}'\n`)
      code = 1
      continue
    }
    const number = Number(text)
    const targets =
      number === -1
        ? seen.filter((one) => one !== process && pidSeen(process, one) !== 1)
        : number < 0
          ? seen.filter((one) => one.group === -number || pidSeen(process, one) === -number)
          : seen.filter((one) => pidSeen(process, one) === number)
    if (targets.length === 0) {
      yield* err(process, isBusybox(process) ? `kill: can't kill pid ${text}: No such process\n` : `${name}: (${text}): No such process\n`)
      code = 1
      continue
    }
    for (const target of targets) {
      if (!mayKill(process, target)) {
        yield* err(
          process,
          isBusybox(process) ? `kill: can't kill pid ${text}: Operation not permitted\n` : `${name}: (${text}): Operation not permitted\n`,
        )
        code = 1
      } else if (signal) process.kernel.kill(target, signal, process)
    }
  }
  return code
}

export function mayKill(process: Process, target: Process): boolean {
  return hasCapability(process.credentials, 'KILL') || process.credentials.uid === target.credentials.uid
}

export const killall: Program = function* (process) {
  const [name, ...args] = process.argv
  let signal: Signal = 'TERM'
  let isQuiet = false
  const names: string[] = []
  for (let index = 0; index < args.length; index++) {
    if (args[index] === '-q') isQuiet = true
    else if (args[index] === '-s') signal = signalOf(args[++index] ?? '') ?? 'TERM'
    else if (/^-([A-Z]|\d)/.test(args[index])) signal = signalOf(args[index].slice(1)) ?? 'TERM'
    else if (!args[index].startsWith('-')) names.push(args[index])
  }
  if (names.length === 0) {
    yield* err(process, `Usage: ${name} [OPTION]... [--] NAME...\n`)
    return 1
  }
  let code = 0
  for (const wanted of names) {
    const targets = visibleProcesses(process).filter((one) => one !== process && commandName(one) === wanted.slice(0, 15))
    if (targets.length === 0) {
      if (!isQuiet) yield* err(process, `${wanted}: no process ${isBusybox(process) ? 'killed' : 'found'}\n`)
      code = 1
    }
    for (const target of targets) {
      if (mayKill(process, target)) process.kernel.kill(target, signal, process)
      else {
        yield* err(process, `${wanted}(${pidSeen(process, target)}): Operation not permitted\n`)
        code = 1
      }
    }
  }
  return code
}

const flags = {
  all: flag('a|list-full', 'list PID and full command line'),
  count: flag('c|count', 'count of matching processes'),
  delimiter: value('d|delimiter', 'STRING', 'specify output delimiter'),
  full: flag('f|full', 'use full process name to match'),
  exact: flag('x|exact', 'match exactly with the command name'),
  ignoreCase: flag('i|ignore-case', 'match case insensitively'),
  listName: flag('l|list-name', 'list PID and process name'),
  newest: flag('n|newest', 'select most recently started'),
  oldest: flag('o|oldest', 'select least recently started'),
  parent: value('P|parent', 'PPID', 'match only child processes of the given parent'),
  user: value('u|euid', 'ID', 'match by effective IDs'),
  realUser: value('U|uid', 'ID', 'match by real IDs'),
  invert: flag('v|inverse', 'negates the matching'),
  echo: flag('e|echo', 'display what is killed'),
  signal: value('signal', 'SIG', 'signal to send'),
}

export const pgrep = tool({
  name: 'pgrep',
  usage: '[options] <pattern>',
  summary: 'List processes by name.',
  package: 'pgrep from procps-ng 4.0.2',
  usageCode: 2,
  flags,
  *run(call) {
    const { process, flags } = call
    const found = matching(process, flags, call.operands)
    if (flags.count) yield* print(process, `${found.length}\n`)
    else
      yield* print(
        process,
        found
          .map((one) => `${pidSeen(process, one)}${flags.all ? ` ${commandLine(one)}` : flags.listName ? ` ${commandName(one)}` : ''}`)
          .join(flags.delimiter ?? '\n') + (found.length > 0 ? '\n' : ''),
      )
    return found.length > 0 ? 0 : 1
  },
})

export const pkill = tool({
  name: 'pkill',
  usage: '[options] <pattern>',
  summary: 'Kill processes by name.',
  package: 'pkill from procps-ng 4.0.2',
  usageCode: 2,
  flags,
  spelled: (args) => args.map((arg) => (/^-([A-Z]{3,}|\d+)/.test(arg) ? `--signal=${arg.slice(1)}` : arg)),
  *run(call) {
    const { process, flags } = call
    const signal = signalOf(flags.signal ?? 'TERM')
    if (!signal) throw new UsageError(`unknown signal '${flags.signal}'`)
    const found = matching(process, flags, call.operands)
    for (const one of found) {
      if (!mayKill(process, one)) {
        yield* complain(call, `killing pid ${pidSeen(process, one)} failed: Operation not permitted`)
        continue
      }
      if (flags.echo) yield* print(process, `${commandName(one)} killed (pid ${pidSeen(process, one)})\n`)
      process.kernel.kill(one, signal, process)
    }
    return found.length > 0 ? 0 : 1
  },
})

interface Wanted {
  readonly full: boolean
  readonly exact: boolean
  readonly ignoreCase: boolean
  readonly newest: boolean
  readonly oldest: boolean
  readonly invert: boolean
  readonly parent: string | undefined
  readonly user: string | undefined
  readonly realUser: string | undefined
}

function matching(process: Process, wanted: Wanted, operands: readonly string[]): readonly Process[] {
  const [pattern] = operands
  if (pattern === undefined && wanted.parent === undefined && wanted.user === undefined && wanted.realUser === undefined)
    throw new UsageError('no matching criteria specified')
  let expression: RegExp | undefined
  try {
    expression = pattern === undefined ? undefined : new RegExp(wanted.exact ? `^(?:${pattern})$` : pattern, wanted.ignoreCase ? 'i' : '')
  } catch {
    throw new UsageError('regex error')
  }
  const parents = wanted.parent?.split(',').map(Number)
  const users = (wanted.user ?? wanted.realUser)?.split(',')
  const found = visibleProcesses(process).filter((one) => {
    if (one === process) return false
    const fits =
      (!expression || expression.test(wanted.full ? commandLine(one) : commandName(one))) &&
      (!parents || (one.parent !== undefined && parents.includes(pidSeen(process, one.parent)))) &&
      (!users || users.includes(userText(process, one)) || users.includes(String(one.credentials.uid)))
    return fits !== wanted.invert
  })
  if (wanted.newest) return found.slice(-1)
  if (wanted.oldest) return found.slice(0, 1)
  return found
}

export const pidof: Program = function* (process) {
  const names = process.argv.slice(1).filter((arg) => !arg.startsWith('-'))
  const found = visibleProcesses(process)
    .filter((one) => names.includes(commandName(one)))
    .map((one) => pidSeen(process, one))
    .reverse()
  if (found.length === 0) return 1
  yield* print(process, `${(process.argv.includes('-s') ? found.slice(0, 1) : found).join(' ')}\n`)
  return 0
}
