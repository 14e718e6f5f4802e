/** sleep: seconds with an optional fraction, or with s, m, h, d; several add up; `infinity` never ends. */
import { err, sleep as pause } from '../kernel/process.ts'
import { UsageError } from './options.ts'
import { complain, quoted, tool } from './tool.ts'

const seconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** Milliseconds of `10`, `0.5m`, `infinity`; undefined when it is no duration. */
export function durationMs(text: string): number | undefined {
  if (/^inf(inity)?[smhd]?$/i.test(text)) return Number.POSITIVE_INFINITY
  const match = /^((?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)([smhd]?)$/i.exec(text)
  return match ? Number(match[1]) * seconds[match[2]] * 1000 : undefined
}

export const sleep = tool({
  name: 'sleep',
  usage: 'NUMBER[SUFFIX]...',
  summary: "Pause for NUMBER seconds.  SUFFIX may be 's' for seconds (the default),\n'm' for minutes, 'h' for hours or 'd' for days.",
  flags: {},
  *run(call) {
    if (call.operands.length === 0) throw new UsageError('missing operand')
    let total = 0
    let isValid = true
    for (const operand of call.operands) {
      const ms = durationMs(operand)
      if (ms === undefined) {
        yield* complain(call, call.busybox ? `invalid number '${operand}'` : `invalid time interval ${quoted(operand)}`)
        isValid = false
      } else total += ms
    }
    if (!isValid) {
      if (!call.busybox) yield* err(call.process, `Try '${call.name} --help' for more information.\n`)
      return 1
    }
    // A timer cannot wait forever; a day at a time can.
    while (total === Number.POSITIVE_INFINITY) yield* pause(call.process, 86_400_000)
    yield* pause(call.process, total)
    return 0
  },
})
