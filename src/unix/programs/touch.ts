/** touch: sets times; makes an empty file of what is not there. */
import { dateOf } from './date-text.ts'
import { statOf } from './copy.ts'
import { flag, UsageError, value } from './options.ts'
import { zoneOf } from './time-text.ts'
import { complain, isErrno, quoted, tool, wordsOf } from './tool.ts'

export const touch = tool({
  name: 'touch',
  usage: '[OPTION]... FILE...',
  summary: 'Update the access and modification times of each FILE to the current time.',
  flags: {
    access: flag('a', 'change only the access time'),
    noCreate: flag('c|no-create', 'do not create any files'),
    date: value('d|date', 'STRING', 'parse STRING and use it instead of current time'),
    ignored: flag('f', '(ignored)'),
    noDereference: flag('h|no-dereference', 'affect each symbolic link instead of any referenced file'),
    modification: flag('m', 'change only the modification time'),
    reference: value('r|reference', 'FILE', "use this file's times instead of current time"),
    stamp: value('t', 'STAMP', 'use [[CC]YY]MMDDhhmm[.ss] instead of current time'),
    time: value('time', 'WORD', 'change the specified time'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length === 0) throw new UsageError('missing file operand')
    let accessed = process.now()
    let modified = accessed
    if (flags.reference !== undefined) {
      const node = statOf(process, flags.reference)
      if (!node) {
        yield* complain(call, `failed to get attributes of ${quoted(flags.reference)}: No such file or directory`)
        return 1
      }
      accessed = node.accessedMs
      modified = node.modifiedMs
    }
    const text = flags.date ?? flags.stamp
    if (text !== undefined) {
      const ms = flags.date !== undefined ? dateOf(text, process.now(), zoneOf(process)) : stampOf(text, process.now())
      if (ms === undefined) {
        yield* complain(call, `invalid date format ${quoted(text)}`)
        return 1
      }
      accessed = modified = ms
    }
    const both = flags.access === flags.modification
    let code = 0
    for (const path of operands) {
      try {
        const full = process.path(path)
        const node = statOf(process, path)
        if (!node) {
          if (flags.noCreate) continue
          process.files.writeFile(full, '', { mode: 0o666 & ~process.umask }, process.credentials)
          if (text === undefined && flags.reference === undefined) continue
        }
        const now = node ?? process.files.stat(full)
        process.files.utimes(
          full,
          both || flags.access ? accessed : now.accessedMs,
          both || flags.modification ? modified : now.modifiedMs,
          process.credentials,
        )
      } catch (error) {
        if (flags.noCreate && isErrno(error, 'ENOENT')) continue
        yield* complain(call, call.busybox ? `${path}: ${wordsOf(error)}` : `cannot touch ${quoted(path)}: ${wordsOf(error)}`)
        code = 1
      }
    }
    return code
  },
})

function stampOf(text: string, nowMs: number): number | undefined {
  const match = /^(\d{2})?(\d{2})?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(text)
  if (!match) return undefined
  const [, first, second, month, day, hour, minute, seconds = '0'] = match
  const short = second ?? first
  const year =
    first && second ? Number(first + second) : short ? (Number(short) < 69 ? 2000 : 1900) + Number(short) : new Date(nowMs).getUTCFullYear()
  return Date.UTC(year, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(seconds))
}
