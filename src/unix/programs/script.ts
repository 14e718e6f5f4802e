/**
 * script (util-linux 2.38): runs a command, or a shell, on a new terminal and writes down what it prints. Where its own input is no terminal
 * (`echo exit | script -qec sh /dev/null`) it types what it reads, and ^D at the end.
 */
import { UnixError } from '../errors.ts'
import { executable, found } from '../kernel/execute.ts'
import { Descriptor } from '../kernel/open-file.ts'
import { type Blocking, type Process, writeTo } from '../kernel/process.ts'
import { signalNumbers } from '../kernel/signals.ts'
import type { Terminal } from '../kernel/terminal.ts'
import { terminalsAt } from '../terminals.ts'
import { flag, UsageError, value } from './options.ts'
import { openOutput, print } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { complain, isTerminal, tool, wordsOf } from './tool.ts'

const endOfInput = Uint8Array.of(4)

export const script = tool({
  name: 'script',
  usage: '[options] [file]',
  summary: 'Make a typescript of a terminal session.',
  package: 'util-linux 2.38.1',
  flags: {
    append: flag('a|append', 'append to the log file'),
    command: value('c|command', 'COMMAND', 'run command rather than interactive shell'),
    return: flag('e|return', 'return exit code of the child process'),
    flush: flag('f|flush', 'run flush after each write'),
    force: flag('force', 'use output file even when it is a link'),
    quiet: flag('q|quiet', 'be quiet'),
    echo: value('E|echo', 'WHEN', 'echo input in session (auto, always or never)'),
    out: value('O|log-out', 'FILE', 'log stdout to file (default)'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length > 1) throw new UsageError('unexpected number of arguments')
    const path = flags.out ?? operands[0] ?? 'typescript'
    const hasTerminal = isTerminal(process, 0) && process.terminal !== undefined
    const own = hasTerminal ? process.terminal : undefined
    const terminal = terminalsAt(process.files)?.make({ cols: own?.cols ?? 80, rows: own?.rows ?? 24 })
    if (!terminal) {
      yield* complain(call, 'openpty failed: No such file or directory')
      return 1
    }
    let log: number
    try {
      log = openOutput(process, path, { append: flags.append })
    } catch (error) {
      yield* complain(call, `cannot open ${path}: ${wordsOf(error)}`)
      return 1
    }
    const now = (): string => strftime('%Y-%m-%d %H:%M:%S%:z', momentOf(process.now(), zoneOf(process)))
    const about = [
      ...(flags.command === undefined ? [] : [`COMMAND="${flags.command}"`]),
      ...(own
        ? [`TERM="${process.env.TERM ?? ''}"`, `TTY="${own.name}"`, `COLUMNS="${own.cols}"`, `LINES="${own.rows}"`]
        : ['<not executed on terminal>']),
    ]
    yield* writeTo(process, log, `Script started on ${now()} [${about.join(' ')}]\n`)
    if (!flags.quiet) yield* print(process, `Script started, output log file is '${path}'.\n`)
    const shell = process.env.SHELL ?? '/bin/sh'
    const child = startOn(process, terminal, flags.command === undefined ? [shell, '-i'] : [shell, '-c', flags.command])
    const before = own && { mode: own.mode, echo: own.echo, signals: own.signals, onlcr: own.onlcr }
    if (own) {
      Object.assign(own, { mode: 'raw', echo: false, signals: false, onlcr: false })
      process.handlers.set('WINCH', () => terminal.resize(own.cols, own.rows))
    } else if (flags.echo === 'never') terminal.echo = false
    try {
      yield* relayed(process, child, terminal, (bytes) => writeTo(process, log, bytes))
    } finally {
      if (own && before) Object.assign(own, before)
      terminal.hangUp()
    }
    const code = child.killedBy ? 128 + signalNumbers[child.killedBy] : (child.exitCode ?? 0)
    yield* writeTo(process, log, `\nScript done on ${now()} [COMMAND_EXIT_CODE="${code}"]\n`)
    if (!flags.quiet) yield* print(process, 'Script done.\n')
    return flags.return ? code : 0
  },
})

/** A session of its own on that terminal. */
function startOn(process: Process, terminal: Terminal, argv: readonly string[]): Process {
  const path = found(process, argv[0])
  if (path === undefined) throw new UnixError('ENOENT', argv[0])
  const descriptor = new Descriptor(terminal.file)
  const run = executable(process, path, argv)
  const { env, cwd, namespaces, credentials, cgroup } = process
  const child = process.kernel.spawn({
    ...run,
    env,
    cwd,
    namespaces,
    credentials,
    cgroup,
    terminal,
    descriptors: new Map([0, 1, 2].map((number) => [number, descriptor])),
    parent: process,
  })
  child.group = child.hostPid
  child.session = child.hostPid
  terminal.foreground = child.group
  return child
}

/** Keys in, screen out, until the child has ended and all that it wrote has been passed on. */
function* relayed(process: Process, child: Process, terminal: Terminal, log: (bytes: Uint8Array) => Blocking<void>): Blocking<void> {
  const input = process.descriptors.get(0)?.file
  let isInputOver = input === undefined
  for (;;) {
    while (!isInputOver && input) {
      const bytes = input.read(65_536)
      if (bytes === undefined) break
      if (bytes.length === 0) isInputOver = true
      terminal.type(bytes.length === 0 ? endOfInput : bytes)
    }
    const shown = terminal.takeOutput()
    if (shown.length > 0) {
      yield* writeTo(process, 1, shown)
      yield* log(shown)
    } else if (child.isEnded) return
    else yield { on: [terminal.hasOutput, process.kernel.endOf(child), ...(isInputOver || !input ? [] : [input.readable])] }
  }
}
