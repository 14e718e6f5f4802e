/** lscpu, lsblk, findmnt and vmstat: what a machine is made of and how busy it is, read from the same places as free, df and mount. */
import type { Mount } from '../../files/files.ts'
import type { Process } from '../../kernel/process.ts'
import { optionsOf } from '../disk-text.ts'
import { memoryUse } from '../memory-text.ts'
import { flag, optional, value } from '../options.ts'
import { stateLetter, visibleProcesses } from '../process-text.ts'
import { humanSize } from '../sizes.ts'
import { print } from '../text.ts'
import { complain, tool } from '../tool.ts'

export const lscpu = tool({
  name: 'lscpu',
  usage: '[options]',
  summary: 'Display information about the CPU architecture.',
  package: 'lscpu from util-linux 2.38.1',
  flags: {
    extended: optional('e|extended', 'list', 'print out an extended readable format'),
    parse: optional('p|parse', 'list', 'print out a parsable format'),
    json: flag('J|json', 'use JSON for default or extended format'),
    all: flag('a|all'),
    online: flag('b|online'),
  },
  *run({ process, flags }) {
    const { cpus } = process.kernel
    const info = new Map(
      process.files
        .readText('/proc/cpuinfo')
        .split('\n\n')[0]
        .split('\n')
        .map((line) => line.split(/\s*:\s*/) as [string, string]),
    )
    if (flags.parse !== undefined) {
      yield* print(
        process,
        `# The following is the parsable format, which can be fed to other\n# programs. Each different item in every column has an unique ID\n# starting usually from zero.\n# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n${Array.from({ length: cpus }, (_, cpu) => `${cpu},${cpu},0,0,,${cpu},${cpu},${cpu},0\n`).join('')}`,
      )
      return 0
    }
    if (flags.extended !== undefined) {
      yield* print(
        process,
        `CPU NODE SOCKET CORE L1d:L1i:L2:L3 ONLINE\n${Array.from({ length: cpus }, (_, cpu) => `${String(cpu).padStart(3)}    0      0 ${String(cpu).padStart(4)} ${`${cpu}:${cpu}:${cpu}:0`.padEnd(13)}    yes\n`).join('')}`,
      )
      return 0
    }
    const range = cpus === 1 ? '0' : `0-${cpus - 1}`
    const instances = (count: number): string => `(${count} instance${count === 1 ? '' : 's'})`
    /** Indented as lscpu nests them; a name alone is a heading. */
    const rows: readonly (readonly [string, string])[] = [
      ['Architecture', 'x86_64'],
      ['  CPU op-mode(s)', '32-bit, 64-bit'],
      ['  Address sizes', '46 bits physical, 48 bits virtual'],
      ['  Byte Order', 'Little Endian'],
      ['CPU(s)', String(cpus)],
      ['  On-line CPU(s) list', range],
      ['Vendor ID', info.get('vendor_id') ?? ''],
      ['  Model name', info.get('model name') ?? ''],
      ['    CPU family', info.get('cpu family') ?? ''],
      ['    Model', info.get('model') ?? ''],
      ['    Thread(s) per core', '1'],
      ['    Core(s) per socket', String(cpus)],
      ['    Socket(s)', '1'],
      ['    Stepping', info.get('stepping') ?? ''],
      ['    BogoMIPS', info.get('bogomips') ?? ''],
      ['    Flags', info.get('flags') ?? ''],
      ['Virtualization features', ''],
      ['  Hypervisor vendor', 'KVM'],
      ['  Virtualization type', 'full'],
      ['Caches (sum of all)', ''],
      ['  L1d', `${cpus * 32} KiB ${instances(cpus)}`],
      ['  L1i', `${cpus * 32} KiB ${instances(cpus)}`],
      ['  L2', `${cpus} MiB ${instances(cpus)}`],
      ['  L3', `16 MiB ${instances(1)}`],
      ['NUMA', ''],
      ['  NUMA node(s)', '1'],
      ['  NUMA node0 CPU(s)', range],
    ]
    if (flags.json) {
      yield* print(
        process,
        `${JSON.stringify({ lscpu: rows.filter(([, text]) => text !== '').map(([field, data]) => ({ field: `${field.trim()}:`, data })) }, null, 3)}\n`,
      )
      return 0
    }
    const width = Math.max(...rows.map(([name]) => name.length)) + 2
    yield* print(
      process,
      rows
        .map(
          ([name, text]) =>
            `${`${name}:`.padEnd(width)} ${text}`.trimEnd() + (text === '' ? `${' '.repeat(Math.max(0, width - name.length))}` : '') + '\n',
        )
        .join(''),
    )
    return 0
  },
})

export const lsblk = tool({
  name: 'lsblk',
  usage: '[options] [<device> ...]',
  summary: 'List information about block devices.',
  package: 'lsblk from util-linux 2.38.1',
  flags: {
    all: flag('a|all', 'print all devices'),
    bytes: flag('b|bytes', 'print SIZE in bytes rather than in human readable format'),
    noDeps: flag('d|nodeps', "don't print slaves or holders"),
    fs: flag('f|fs', 'output info about filesystems'),
    noHeadings: flag('n|noheadings', "don't print headings"),
    output: value('o|output', 'list', 'output columns'),
    paths: flag('p|paths', 'print complete device path'),
    list: flag('l|list', 'use list format output'),
    raw: flag('r|raw', 'use raw output format'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const root = process.kernel.rootPids.processes.get(1)?.files.mounts.find(({ at }) => at === '/')?.source ?? '/dev/vda1'
    const disk = root.replace(/\d+$/, '')
    // As /proc/partitions has them.
    const sizes = new Map(
      process.files
        .readText('/proc/partitions')
        .trim()
        .split('\n')
        .slice(2)
        .map((line) => line.trim().split(/\s+/))
        .map(([, , blocks, name]) => [name, Number(blocks) * 1024]),
    )
    const size = (name: string): string =>
      flags.bytes ? String(sizes.get(name) ?? 0) : humanSize(sizes.get(name) ?? sizes.values().next().value ?? 0)
    const places = (device: string): string =>
      process.files.mounts
        .filter(({ source }) => source === device)
        .map(({ at }) => at)
        .filter((at, index, all) => all.indexOf(at) === index)
        .join(' ')
    const isParted = disk !== root
    const devices = [
      { path: disk, level: 0, number: '254:0', type: 'disk', holds: isParted ? '' : 'ext4' },
      ...(isParted ? [{ path: root, level: 1, number: '254:1', type: 'part', holds: 'ext4' }] : []),
    ].filter(({ path, level }) => (level === 0 || !flags.noDeps) && (operands.length === 0 || operands.some((one) => path.startsWith(one))))
    for (const one of operands) {
      if (devices.some(({ path }) => path === one)) continue
      yield* complain(call, `${one}: not a block device`)
      return 32
    }
    const columns = (
      flags.output ?? (flags.fs ? 'NAME,FSTYPE,FSVER,LABEL,UUID,FSAVAIL,FSUSE%,MOUNTPOINTS' : 'NAME,MAJ:MIN,RM,SIZE,RO,TYPE,MOUNTPOINTS')
    )
      .toUpperCase()
      .split(',')
    const cell = (column: string, { path, level, number, type, holds }: (typeof devices)[number]): string => {
      const name = path.replace('/dev/', '')
      switch (column) {
        case 'NAME':
          return `${level > 0 && !flags.list && !flags.raw ? '└─' : ''}${flags.paths ? path : name}`
        case 'KNAME':
          return name
        case 'PATH':
          return path
        case 'MAJ:MIN':
          return number
        case 'RM':
        case 'RO':
          return '0'
        case 'SIZE':
          return size(name)
        case 'TYPE':
          return type
        case 'FSTYPE':
          return holds
        case 'FSVER':
          return holds === '' ? '' : '1.0'
        case 'UUID':
          return holds === '' ? '' : '3f1c2d5e-8a74-4c1b-9d02-6e5f7a8b9c10'
        case 'MOUNTPOINT':
        case 'MOUNTPOINTS':
          return places(path)
        default:
          return ''
      }
    }
    const known = new Set([
      'NAME',
      'KNAME',
      'PATH',
      'MAJ:MIN',
      'RM',
      'RO',
      'SIZE',
      'TYPE',
      'FSTYPE',
      'FSVER',
      'LABEL',
      'UUID',
      'FSAVAIL',
      'FSUSE%',
      'MOUNTPOINT',
      'MOUNTPOINTS',
      'MODEL',
      'SERIAL',
      'LABEL',
      'OWNER',
      'GROUP',
      'MODE',
    ])
    const unknown = columns.find((column) => !known.has(column))
    if (unknown !== undefined) {
      yield* complain(call, `unknown column: ${unknown}`)
      return 1
    }
    const right = new Set(['MAJ:MIN', 'RM', 'RO', 'SIZE', 'FSAVAIL', 'FSUSE%'])
    const table = [...(flags.noHeadings ? [] : [columns]), ...devices.map((device) => columns.map((column) => cell(column, device)))]
    const widths = columns.map((column, index) => Math.max(column === 'MAJ:MIN' ? 7 : 0, ...table.map((row) => row[index].length)))
    yield* print(
      process,
      table
        .map(
          (row) =>
            `${row.map((text, index) => (right.has(columns[index]) ? (columns[index] === 'MAJ:MIN' ? text.padStart(5).padEnd(widths[index]) : text.padStart(widths[index])) : index === row.length - 1 ? text : text.padEnd(widths[index]))).join(' ')}\n`,
        )
        .join(''),
    )
    return 0
  },
})

export const findmnt = tool({
  name: 'findmnt',
  usage: '[options]\n[options] <device> | <mountpoint>',
  summary: 'Find a (mounted) filesystem.',
  package: 'findmnt from util-linux 2.38.1',
  flags: {
    noHeadings: flag('n|noheadings', "don't print column headings"),
    output: value('o|output', 'list', 'the output columns to be shown'),
    type: value('t|types', 'list', 'limit the set of filesystems by FS types'),
    target: value('T|target', 'path', 'the path to the filesystem to use'),
    list: flag('l|list', 'use list format output'),
    mountpoint: value('M|mountpoint', 'dir'),
    raw: flag('r|raw'),
  },
  *run({ process, flags, operands }) {
    const seen = new Map<string, Mount>()
    for (const mount of process.files.mounts) seen.set(mount.at, mount)
    const all = [...seen.values()]
    const wanted = flags.mountpoint ?? operands[0]
    const under =
      flags.target === undefined
        ? undefined
        : all
            .filter(({ at }) => at === '/' || flags.target === at || `${flags.target}/`.startsWith(`${at}/`))
            .sort((a, b) => b.at.length - a.at.length)[0]
    const chosen = under
      ? [under]
      : all.filter(
          ({ at, source, files }) =>
            (wanted === undefined || at === wanted || source === wanted) &&
            (flags.type === undefined || flags.type.split(',').includes(files.type)),
        )
    if (chosen.length === 0) return 1
    const columns = (flags.output ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').toUpperCase().split(',')
    const isTree = !under && wanted === undefined && flags.type === undefined && !flags.list && !flags.raw
    const rows: { mount: Mount; lead: string }[] = []
    const add = (mount: Mount, lead: string, below: string): void => {
      rows.push({ mount, lead })
      const children = all.filter((other) => other !== mount && parentOf(other, all) === mount)
      for (const [index, child] of children.entries()) {
        const isLast = index === children.length - 1
        add(child, `${below}${isLast ? '└─' : '├─'}`, `${below}${isLast ? '  ' : '│ '}`)
      }
    }
    const root = all.find(({ at }) => at === '/')
    if (isTree && root) add(root, '', '')
    else rows.push(...chosen.map((mount) => ({ mount, lead: '' })))
    const cell = (column: string, { mount, lead }: (typeof rows)[number]): string =>
      ({ TARGET: lead + mount.at, SOURCE: mount.source, FSTYPE: mount.files.type, OPTIONS: optionsOf(mount) })[column] ?? ''
    const table = [...(flags.noHeadings ? [] : [columns]), ...rows.map((row) => columns.map((column) => cell(column, row)))]
    const widths = columns.map((_, index) => Math.max(...table.map((row) => row[index].length)))
    yield* print(
      process,
      table
        .map(
          (row) => `${row.map((text, index) => (index === row.length - 1 || flags.raw ? text : text.padEnd(widths[index]))).join(' ')}\n`,
        )
        .join(''),
    )
    return 0
  },
})

function parentOf({ at }: Mount, all: readonly Mount[]): Mount | undefined {
  return all
    .filter((other) => other.at !== at && (other.at === '/' || at.startsWith(`${other.at}/`)))
    .sort((a, b) => b.at.length - a.at.length)[0]
}

export const vmstat = tool({
  name: 'vmstat',
  usage: '[options] [delay [count]]',
  summary: '',
  package: 'vmstat from procps-ng 4.0.2',
  flags: {
    once: flag('n|one-header', 'do not redisplay header'),
    stats: flag('s|stats', 'event counter statistics'),
    unit: value('S|unit', 'char', 'define display unit'),
  },
  *run({ process, flags, operands }) {
    if (flags.stats) {
      const use = memoryUse(process)
      const kib = (bytes: number): string => String(Math.round(bytes / 1024)).padStart(13)
      yield* print(
        process,
        `${kib(use.total)} K total memory\n${kib(use.used)} K used memory\n${kib(use.free)} K free memory\n${kib(use.cache)} K buffer memory\n${kib(0)} K total swap\n${kib(0)} K used swap\n${kib(0)} K free swap\n`,
      )
      return 0
    }
    const [delay, times] = operands.map(Number)
    const rounds = delay === undefined ? 1 : (times ?? Number.POSITIVE_INFINITY)
    yield* print(
      process,
      'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n',
    )
    let cpuMs = totalCpuMs(process)
    for (let round = 0; round < rounds; round++) {
      if (round > 0) yield { until: process.now() + delay * 1000 }
      const use = memoryUse(process)
      const kib = (bytes: number): string =>
        String(Math.round(bytes / ({ k: 1000, K: 1024, m: 1e6, M: 2 ** 20 }[flags.unit ?? 'K'] ?? 1024)))
      const running = visibleProcesses(process).filter((one) => stateLetter(one) === 'R').length
      const since = round === 0 ? Math.max(1, process.now() - process.kernel.bootedAt) : delay * 1000
      const next = totalCpuMs(process)
      const busy = Math.min(100, ((round === 0 ? next : next - cpuMs) / since / process.kernel.cpus) * 100)
      cpuMs = next
      const [user, system] = [Math.round(busy * 0.7), Math.round(busy * 0.3)]
      yield* print(
        process,
        `${String(running).padStart(2)}  0 ${'0'.padStart(6)} ${kib(use.free).padStart(6)} ${kib(use.cache * 0.1).padStart(6)} ${kib(use.cache * 0.9).padStart(6)} ${'0'.padStart(4)} ${'0'.padStart(4)} ${'0'.padStart(5)} ${'0'.padStart(5)} ${String(100 + Math.round(busy * 9)).padStart(4)} ${String(200 + Math.round(busy * 14)).padStart(4)} ${String(user).padStart(2)} ${String(system).padStart(2)} ${String(100 - user - system).padStart(2)}  0  0\n`,
      )
    }
    return 0
  },
})

const totalCpuMs = (process: Process): number => visibleProcesses(process).reduce((sum, one) => sum + one.cpuMs, 0)
