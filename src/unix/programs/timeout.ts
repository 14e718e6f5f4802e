/** timeout, nohup, time and nice: programs that run another one. */
import { err, type Program } from '../kernel/process.ts'
import { signalNumbers, signalOf } from '../kernel/signals.ts'
import { flag, UsageError, value } from './options.ts'
import { runChild, runInPlace } from './run.ts'
import { durationMs } from './sleep.ts'
import { openOutput, print } from './text.ts'
import { complain, isTerminal, quoted, tool } from './tool.ts'

export const timeout = tool({
  name: 'timeout',
  usage: '[OPTION] DURATION COMMAND [ARG]...',
  summary: 'Start COMMAND, and kill it if still running after DURATION.',
  usageCode: 125,
  stopsAtOperand: true,
  flags: {
    preserve: flag('preserve-status', 'exit with the same status as COMMAND, even when the command times out'),
    foreground: flag('foreground'),
    killAfter: value(
      'k|kill-after',
      'DURATION',
      'also send a KILL signal if COMMAND is still running this long after the initial signal was sent',
    ),
    signal: value('s|signal', 'SIGNAL', 'specify the signal to be sent on timeout'),
    verbose: flag('v|verbose', 'diagnose to stderr any signal sent upon timeout'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const [duration, ...words] = operands
    if (duration === undefined || words.length === 0) throw new UsageError('')
    const ms = durationMs(duration)
    if (ms === undefined) throw new UsageError(`invalid time interval ${quoted(duration)}`)
    const signal = signalOf(flags.signal ?? 'TERM')
    if (!signal) throw new UsageError(`${quoted(flags.signal ?? '')}: invalid signal`)
    let timedOut = false
    const cancels: (() => void)[] = []
    const code = yield* runChild(call, words, {}, (child) => {
      const { clock } = process.kernel
      if (ms === 0 || ms === Number.POSITIVE_INFINITY) return
      cancels.push(
        clock.after(ms, () => {
          timedOut = true
          process.kernel.kill(child, signal, process)
          const later = flags.killAfter === undefined ? undefined : durationMs(flags.killAfter)
          if (later !== undefined) cancels.push(clock.after(later, () => process.kernel.kill(child, 'KILL', process)))
        }),
      )
      for (const one of ['TERM', 'INT', 'HUP', 'QUIT'] as const) process.handlers.set(one, () => process.kernel.kill(child, one, process))
    })
    for (const cancel of cancels) cancel()
    if (timedOut && flags.verbose) yield* complain(call, `sending signal ${signal} to command ${quoted(words[0])}`)
    if (!timedOut) return code
    // busybox's timeout answers as if the signal had been its own; GNU's says 124, or 137 when KILL was needed.
    if (call.busybox) return code === 128 + signalNumbers[signal] ? 143 : code
    return flags.preserve ? code : code === 137 ? 137 : 124
  },
})

export const nohup: Program = function* (process) {
  const [name, ...words] = process.argv
  const call = { process, name, busybox: false }
  if (words.length === 0) {
    yield* err(process, `${name}: missing operand\nTry '${name} --help' for more information.\n`)
    return 125
  }
  process.handlers.set('HUP', 'ignore')
  const [inTerminal, outTerminal, errTerminal] = [0, 1, 2].map((descriptor) => isTerminal(process, descriptor))
  if (outTerminal) {
    const descriptor = openOutput(process, 'nohup.out', { append: true, mode: 0o600 })
    yield* err(process, `${name}: ${inTerminal ? 'ignoring input and ' : ''}appending output to 'nohup.out'\n`)
    const file = process.descriptors.get(descriptor)
    if (file) process.install(file, 1)
    if (errTerminal && file) process.install(file, 2)
    process.close(descriptor)
  } else if (inTerminal) yield* err(process, `${name}: ignoring input\n`)
  return yield* runInPlace(call, words)
}

export const time: Program = function* (process) {
  const isPortable = process.argv[1] === '-p'
  const words = process.argv.slice(isPortable ? 2 : 1)
  if (words.length === 0) return 0
  const startedAt = process.now()
  let cpu = 0
  const code = yield* runChild({ process, name: process.argv[0], busybox: false }, words, {}, (child) =>
    process.kernel.endOf(child).once(() => (cpu = child.cpuMs)),
  )
  const real = (process.now() - startedAt) / 1000
  const [user, system] = [(cpu * 0.7) / 1000, (cpu * 0.3) / 1000]
  if (isPortable) yield* err(process, `real ${real.toFixed(2)}\nuser ${user.toFixed(2)}\nsys ${system.toFixed(2)}\n`)
  else
    yield* err(
      process,
      `real\t${Math.floor(real / 60)}m ${(real % 60).toFixed(2)}s\nuser\t0m ${user.toFixed(2)}s\nsys\t0m ${system.toFixed(2)}s\n`,
    )
  return code
}

export const nice: Program = function* (process) {
  let words = process.argv.slice(1)
  if (words[0] === '-n') words = words.slice(2)
  else if (/^-(n|-?\d)/.test(words[0] ?? '')) words = words.slice(1)
  if (words.length === 0) {
    yield* print(process, '0\n')
    return 0
  }
  return yield* runInPlace({ process, name: process.argv[0], busybox: false }, words)
}
