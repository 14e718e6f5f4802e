/** What top shows: procps' page and busybox's. A number is bold where a terminal shows it; the columns are those of 64-bit machines. */
import type { Process } from '../../kernel/process.ts'
import { loadText, memoryUse, upText } from '../memory-text.ts'
import { commandLine, commandName, parentPidSeen, pidSeen, residentKib, stateLetter, userText, virtualKib } from '../process-text.ts'
import { momentOf, strftime, zoneOf } from '../time-text.ts'

export interface Shown {
  readonly one: Process
  /** Percent of one CPU since the last page. */
  readonly cpu: number
}

export interface View {
  readonly rows: number
  readonly cols: number
  readonly isFull: boolean
  readonly showsCommand: boolean
  readonly showsEachCpu: boolean
  /** What the line between the summary and the table says. */
  readonly message: string
}

const heading = '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND'
const plain = '\x1b(B\x1b[m\x1b[39;49m'

export function procpsPage(viewer: Process, all: readonly Shown[], shown: readonly Shown[], view: View): string[] {
  const bold = (text: string): string => (view.isFull ? `\x1b[1m${text}${plain}` : text)
  const use = memoryUse(viewer)
  const mib = (bytes: number): string => bold(`${(bytes / 2 ** 20).toFixed(1).padStart(9)} `)
  const states = all.map(({ one }) => stateLetter(one))
  const count = (letters: string): string =>
    bold(`${String(letters === '' ? states.length : states.filter((state) => letters.includes(state)).length).padStart(4)} `)
  const { cpus } = viewer.kernel
  const busy = all.reduce((sum, { cpu }) => sum + cpu, 0)
  const head = [
    `top - ${strftime('%H:%M:%S', momentOf(viewer.now(), zoneOf(viewer)))} up ${upText(viewer.now() - viewer.kernel.bootedAt)},  1 user,  load average: ${loadText(viewer)}`,
    `Tasks:${count('')}total,${count('R')}running,${count('SDI')}sleeping,${count('T')}stopped,${count('Z')}zombie`,
    ...(view.showsEachCpu
      ? Array.from({ length: cpus }, (_, cpu) =>
          cpuLine(`%Cpu${String(cpu).padEnd(3)}:`, Math.max(0, Math.min(100, busy - cpu * 100)), bold),
        )
      : [cpuLine('%Cpu(s):', Math.min(100, busy / cpus), bold)]),
    `MiB Mem :${mib(use.total)}total,${mib(use.free)}free,${mib(use.used)}used,${mib(use.cache)}buff/cache     `,
    `MiB Swap:${mib(0)}total,${mib(0)}free,${mib(0)}used.${mib(use.available)}avail Mem `,
    view.message,
    view.isFull ? `\x1b[7m${heading.padEnd(view.cols)}${plain}` : heading,
  ]
  const lines = shown.slice(0, Math.max(0, view.rows - head.length)).map(({ one, cpu }) => {
    const left = [
      String(pidSeen(viewer, one)).padStart(7),
      userText(viewer, one).slice(0, 8).padEnd(8),
      ' 20   0',
      String(virtualKib(one)).padStart(7),
      String(residentKib(one)).padStart(6),
      String(Math.round(residentKib(one) * 0.7)).padStart(6),
      stateLetter(one),
      percent(cpu).padStart(5),
      percent((one.memoryBytes / viewer.kernel.memoryBytes) * 100).padStart(5),
      timeText(one.cpuMs).padStart(9),
    ].join(' ')
    const line = `${left} ${cut(view.showsCommand ? commandLine(one) : commandName(one), view.cols - left.length - 1)}`
    return view.isFull && stateLetter(one) === 'R' ? `\x1b[1m${line}${plain}` : line
  })
  return [...head, ...lines]
}

function cpuLine(label: string, busy: number, bold: (text: string) => string): string {
  const share = (value: number): string => bold(`${value.toFixed(1).padStart(5)} `)
  return `${label}${share(busy * 0.7)}us,${share(busy * 0.3)}sy,${share(0)}ni,${share(100 - busy)}id,${share(0)}wa,${share(0)}hi,${share(0)}si,${share(0)}st `
}

const percent = (value: number): string => (value >= 1000 ? String(Math.round(value)) : value.toFixed(1))

/** Minutes, seconds and hundredths of CPU time. */
function timeText(cpuMs: number): string {
  const hundredths = Math.floor(cpuMs / 10)
  return `${Math.floor(hundredths / 6000)}:${String(Math.floor(hundredths / 100) % 60).padStart(2, '0')}.${String(hundredths % 100).padStart(2, '0')}`
}

/** top marks what it cut off with a plus. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}+`
}

export function busyboxPage(viewer: Process, shown: readonly Shown[], view: View): string[] {
  const use = memoryUse(viewer)
  const kib = (bytes: number): number => Math.round(bytes / 1024)
  const busy = Math.min(100, shown.reduce((sum, { cpu }) => sum + cpu, 0) / viewer.kernel.cpus)
  const running = shown.filter(({ one }) => stateLetter(one) === 'R').length
  const share = (value: number): string => `${String(Math.round(value)).padStart(3)}%`
  const heading = '  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND'
  const head = [
    `Mem: ${kib(use.used + use.cache)}K used, ${kib(use.free)}K free, ${kib(use.shared)}K shrd, ${kib(use.cache * 0.1)}K buff, ${kib(use.cache * 0.9)}K cached`,
    `CPU: ${share(busy * 0.7)} usr ${share(busy * 0.3)} sys   0% nic ${share(100 - busy)} idle   0% io   0% irq   0% sirq`,
    `Load average: ${loadText(viewer).replaceAll(',', '')} ${running}/${[...viewer.kernel.processes].length} ${pidSeen(viewer, viewer)}`,
    view.isFull ? `\x1b[7m${heading}\x1b[m` : heading,
  ]
  const lines = shown
    .slice(0, Math.max(0, view.rows - head.length - 1))
    .map(({ one, cpu }) =>
      [
        String(pidSeen(viewer, one)).padStart(5),
        String(parentPidSeen(viewer, one)).padStart(5),
        userText(viewer, one).slice(0, 8).padEnd(8),
        stateLetter(one).padEnd(4),
        String(virtualKib(one)).padStart(5),
        `${Math.round((virtualKib(one) * 1024 * 100) / viewer.kernel.memoryBytes)}%`.padStart(4),
        String(pidSeen(viewer, one) % viewer.kernel.cpus).padStart(3),
        `${Math.round(cpu)}%`.padStart(4),
        commandLine(one),
      ]
        .join(' ')
        .slice(0, view.cols),
    )
  return [...head, ...lines]
}
