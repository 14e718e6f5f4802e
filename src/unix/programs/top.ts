/** top: batch mode prints pages; on a terminal it draws every few seconds until `q`. busybox's has its own look. */
import { type Blocking, type Process } from '../kernel/process.ts'
import { loadText, memoryUse, upText } from './memory-text.ts'
import { flag, value } from './options.ts'
import { commandLine, commandName, cpuPercent, parentPidSeen, pidSeen, residentKib, stateLetter, userText, virtualKib, visibleProcesses } from './process-text.ts'
import { print, stringOf } from './text.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { complain, isTerminal, tool } from './tool.ts'

export const top = tool({
  name: 'top',
  usage: '-hv | -bcEeHiOSs1 -d secs -n max -u|U user -p pids -o field -w [cols]',
  summary: 'Display Linux processes.',
  package: 'procps-ng 4.0.2',
  flags: { batch: flag('b', 'Batch mode'), count: value('n', 'NUM', 'Exit after N iterations'), delay: value('d', 'SECS', 'Delay between updates'), pids: value('p', 'PIDS'), command: flag('c'), idle: flag('i'), threads: flag('H', 'Show threads'), user: value('u', 'USER'), sort: value('o', 'FIELD'), secure: flag('s'), memory: flag('m'), width: value('w', 'COLS'), one: flag('1') },
  *run(call) {
    const { process, flags } = call
    const isFull = !flags.batch && isTerminal(process, 1)
    if (!flags.batch && !isFull && !call.busybox) {
      yield* complain(call, 'failed tty get')
      return 1
    }
    const { terminal } = process
    const limit = flags.count === undefined ? Number.POSITIVE_INFINITY : Number(flags.count)
    const delayMs = Math.max(0.1, Number(flags.delay ?? (call.busybox ? 5 : 3))) * 1000
    let isStopped = false
    let showsCommand = flags.command || call.busybox
    let byMemory = flags.sort === '%MEM' || flags.memory
    let before = new Map<Process, number>()
    let lastMs = process.now()
    process.handlers.set('INT', () => (isStopped = true))
    const reads = isTerminal(process, 0) && isFull
    const mode = terminal?.mode
    const echo = terminal?.echo
    if (reads && terminal) {
      terminal.mode = 'raw'
      terminal.echo = false
      terminal.signals = true
    }
    try {
      for (let round = 0; round < limit && !isStopped; round++) {
        const elapsed = process.now() - lastMs
        const usage = (one: Process): number => (round === 0 || elapsed <= 0 ? cpuPercent(one, process.now()) : ((one.cpuMs - (before.get(one) ?? 0)) / elapsed) * 100)
        const shown = visibleProcesses(process)
          .filter((one) => (flags.pids === undefined || flags.pids.split(',').includes(String(pidSeen(process, one)))) && (flags.user === undefined || userText(process, one) === flags.user))
          .map((one) => ({ one, cpu: usage(one) }))
          .sort((a, b) => (byMemory ? b.one.memoryBytes - a.one.memoryBytes : b.cpu - a.cpu) || pidSeen(process, a.one) - pidSeen(process, b.one))
        before = new Map(visibleProcesses(process).map((one) => [one, one.cpuMs]))
        lastMs = process.now()
        const rows = isFull ? (terminal?.rows ?? 24) : Number.POSITIVE_INFINITY
        const text = (call.busybox ? busyboxPage(process, shown, rows) : page(process, shown, rows, showsCommand)).split('\n').map((line) => (isFull ? line.slice(0, terminal?.cols ?? 80) : line)).join('\n')
        yield* print(process, isFull ? `\x1b[H\x1b[J${text}` : `${round > 0 && !call.busybox ? '\n' : ''}${text}`)
        if (round + 1 >= limit) break
        yield* pause(delayMs)
      }
      return 0
    } finally {
      if (reads && terminal) {
        terminal.mode = mode ?? 'cooked'
        terminal.echo = echo ?? true
        if (!process.isEnded && process.descriptors.has(1)) process.file(1).write(new TextEncoder().encode('\n'))
      }
    }

    function* pause(ms: number): Blocking<void> {
      const until = process.now() + ms
      const input = process.descriptors.get(0)?.file
      while (!isStopped && process.now() < until) {
        const bytes = reads && input ? input.read(64) : undefined
        if (bytes !== undefined) {
          const keys = stringOf(bytes)
          if (keys === '' || /[q\x03]/.test(keys)) isStopped = true
          if (keys.includes('c')) showsCommand = !showsCommand
          if (keys.includes('M')) byMemory = true
          if (keys.includes('P')) byMemory = false
          return
        }
        yield { on: reads && input ? [input.readable] : [], until }
      }
    }
  },
})

interface Shown {
  readonly one: Process
  readonly cpu: number
}

function page(process: Process, shown: readonly Shown[], rows: number, showsCommand: boolean): string {
  const use = memoryUse(process)
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1).padStart(8)
  const states = shown.map(({ one }) => stateLetter(one))
  const count = (letter: string): number => states.filter((state) => state === letter).length
  const busy = Math.min(100, shown.reduce((sum, { cpu }) => sum + cpu, 0) / process.kernel.cpus)
  const number = (value: number, width: number): string => String(value).padStart(width)
  const head = [
    `top - ${strftime('%H:%M:%S', momentOf(process.now(), zoneOf(process)))} up ${upText(process.now() - process.kernel.bootedAt)},  1 user,  load average: ${loadText(process)}`,
    `Tasks: ${number(shown.length, 3)} total, ${number(count('R'), 3)} running, ${number(count('S') + count('D'), 3)} sleeping, ${number(count('T'), 3)} stopped, ${number(count('Z'), 3)} zombie`,
    `%Cpu(s): ${(busy * 0.7).toFixed(1).padStart(4)} us, ${(busy * 0.3).toFixed(1).padStart(4)} sy,  0.0 ni, ${(100 - busy).toFixed(1).padStart(4)} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st`,
    `MiB Mem : ${mib(use.total)} total, ${mib(use.free)} free, ${mib(use.used)} used, ${mib(use.cache)} buff/cache`,
    `MiB Swap: ${mib(0)} total, ${mib(0)} free, ${mib(0)} used. ${mib(use.available)} avail Mem`,
    '',
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
  ]
  const lines = shown.map(({ one, cpu }) => {
    const hundredths = Math.floor(one.cpuMs / 10)
    const time = `${Math.floor(hundredths / 6000)}:${String(Math.floor(hundredths / 100) % 60).padStart(2, '0')}.${String(hundredths % 100).padStart(2, '0')}`
    return `${number(pidSeen(process, one), 7)} ${userText(process, one).slice(0, 8).padEnd(8)}  20   0 ${number(virtualKib(one), 7)} ${number(residentKib(one), 6)} ${number(Math.round(residentKib(one) * 0.7), 6)} ${stateLetter(one)} ${cpu.toFixed(1).padStart(5)} ${((one.memoryBytes / process.kernel.memoryBytes) * 100).toFixed(1).padStart(5)} ${time.padStart(9)} ${showsCommand ? commandLine(one) : commandName(one)}`
  })
  return `${[...head, ...lines.slice(0, Math.max(0, rows - head.length - 1))].join('\n')}\n`
}

function busyboxPage(process: Process, shown: readonly Shown[], rows: number): string {
  const use = memoryUse(process)
  const kib = (bytes: number): number => Math.round(bytes / 1024)
  const busy = Math.min(100, shown.reduce((sum, { cpu }) => sum + cpu, 0) / process.kernel.cpus)
  const running = shown.filter(({ one }) => stateLetter(one) === 'R').length
  const head = [
    `Mem: ${kib(use.used + use.cache)}K used, ${kib(use.free)}K free, ${kib(use.shared)}K shrd, ${kib(use.cache * 0.1)}K buff, ${kib(use.cache * 0.9)}K cached`,
    `CPU: ${Math.round(busy * 0.7).toString().padStart(3)}% usr ${Math.round(busy * 0.3).toString().padStart(3)}% sys   0% nic ${Math.round(100 - busy).toString().padStart(3)}% idle   0% io   0% irq   0% sirq`,
    `Load average: ${loadText(process).replaceAll(',', '')} ${running}/${[...process.kernel.processes].length} ${pidSeen(process, process)}`,
    '  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND',
  ]
  const lines = shown.map(({ one, cpu }) => `${String(pidSeen(process, one)).padStart(5)} ${String(parentPidSeen(process, one)).padStart(5)} ${userText(process, one).slice(0, 8).padEnd(8)} ${stateLetter(one).padEnd(4)} ${String(virtualKib(one)).padStart(5)} ${`${Math.round((virtualKib(one) * 1024 * 100) / process.kernel.memoryBytes)}%`.padStart(4)} ${String(pidSeen(process, one) % process.kernel.cpus).padStart(3)} ${`${Math.round(cpu)}%`.padStart(4)} ${commandLine(one)}`)
  return `${[...head, ...lines.slice(0, Math.max(0, rows - head.length - 1))].join('\n')}\n`
}
