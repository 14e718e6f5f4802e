/** df: the file systems that are mounted here. */
import { statOf } from './copy.ts'
import { diskUse, mountUnder } from './disk-text.ts'
import { flag, list, value } from './options.ts'
import { humanSize } from './sizes.ts'
import { print } from './text.ts'
import { complain, tool } from './tool.ts'

export const df = tool({
  name: 'df',
  usage: '[OPTION]... [FILE]...',
  summary: 'Show information about the file system on which each FILE resides,\nor all file systems by default.',
  flags: {
    all: flag('a|all', 'include pseudo, duplicate, inaccessible file systems'),
    blockSize: value('B|block-size', 'SIZE', 'scale sizes by SIZE before printing them'),
    human: flag('h|human-readable', 'print sizes in powers of 1024 (e.g., 1023M)'),
    si: flag('H|si', 'print sizes in powers of 1000 (e.g., 1.1G)'),
    inodes: flag('i|inodes', 'list inode information instead of block usage'),
    kibi: flag('k', 'like --block-size=1K'),
    mebi: flag('m'),
    local: flag('l|local', 'limit listing to local file systems'),
    portability: flag('P|portability', 'use the POSIX output format'),
    type: list('t|type', 'TYPE', 'limit listing to file systems of type TYPE'),
    printType: flag('T|print-type', 'print file system type'),
    exclude: list('x|exclude-type', 'TYPE', 'limit listing to file systems not of type TYPE'),
    total: flag('total', 'elide all entries insignificant to available space'),
    output: value('output', 'FIELD_LIST'),
  },
  *run(call) {
    const { process, flags, operands } = call
    let code = 0
    const mounts = []
    if (operands.length === 0) {
      const seen = new Set<string>()
      for (const mount of process.files.mounts) {
        const covered = process.files.mounts.findLast(({ at }) => at === mount.at) !== mount
        const isPseudo = diskUse(process, mount).totalKib === 0
        const key = `${mount.source} ${/^(tmpfs|overlay)$/.test(mount.files.type) ? mount.at : mount.files.type}`
        if (covered || (!flags.all && (isPseudo || (seen.has(key) && mount.at !== '/')))) continue
        seen.add(key)
        mounts.push(mount)
      }
    }
    for (const path of operands) {
      if (!statOf(process, path)) {
        yield* complain(
          call,
          call.busybox ? `${path}: can't find mount point: No such file or directory` : `${path}: No such file or directory`,
        )
        code = 1
        continue
      }
      const mount = mountUnder(process, process.files.realpath(process.path(path)))
      if (mount) mounts.push(mount)
    }
    const chosen = mounts.filter(
      ({ files }) => (flags.type.length === 0 || flags.type.includes(files.type)) && !flags.exclude.includes(files.type),
    )
    if (chosen.length === 0) {
      if (code === 0) yield* complain(call, 'no file systems processed')
      return 1
    }
    const unit =
      flags.mebi || flags.blockSize === 'M' || flags.blockSize === '1M'
        ? 1024
        : flags.blockSize === 'G' || flags.blockSize === '1G'
          ? 1024 * 1024
          : 1
    const suffix = /^[MG]$/.test(flags.blockSize ?? '') ? (flags.blockSize ?? '') : ''
    const size = (kib: number): string =>
      flags.human ? humanSize(kib * 1024) : flags.si ? humanSize(kib * 1024, { base: 1000 }) : `${Math.ceil(kib / unit)}${suffix}`
    const blocks =
      flags.human || flags.si
        ? 'Size'
        : unit === 1024
          ? '1M-blocks'
          : unit === 1
            ? flags.portability
              ? '1024-blocks'
              : '1K-blocks'
            : '1G-blocks'
    const title = flags.inodes
      ? ['Filesystem', 'Inodes', 'IUsed', 'IFree', 'IUse%', 'Mounted on']
      : [
          'Filesystem',
          blocks,
          'Used',
          flags.human || flags.si ? 'Avail' : 'Available',
          flags.portability ? 'Capacity' : 'Use%',
          'Mounted on',
        ]
    const rows = chosen.map((mount) => {
      const use = diskUse(process, mount)
      const percent = use.totalKib === 0 ? '-' : `${Math.ceil((use.usedKib / Math.max(1, use.usedKib + use.availableKib)) * 100)}%`
      return flags.inodes
        ? [mount.source, '3907584', '301548', '3606036', '8%', mount.at]
        : [mount.source, size(use.totalKib), size(use.usedKib), size(use.availableKib), percent, mount.at]
    })
    const types = chosen.map(({ files }) => files.type)
    const all = [title, ...rows].map((row, index) =>
      flags.printType ? [row[0], index === 0 ? 'Type' : types[index - 1], ...row.slice(1)] : row,
    )
    if (call.busybox) {
      // busybox has fixed columns.
      const heading = `Filesystem           ${flags.printType ? 'Type       ' : ''}${flags.human ? '     Size' : '1K-blocks'}      Used Available Use% Mounted on\n`
      yield* print(
        process,
        heading +
          rows
            .map(
              (row, index) =>
                `${row[0].padEnd(20)} ${flags.printType ? types[index].padEnd(10) : ''}${row[1].padStart(9)} ${row[2].padStart(9)} ${row[3].padStart(9)} ${(row[4] === '-' ? '0%' : row[4]).padStart(3)} ${row[5]}\n`,
            )
            .join(''),
      )
      return code
    }
    const widths = all[0].map((_, column) =>
      Math.max(
        ...all.map((row) => row[column].length),
        column === 0 ? 14 : column === all[0].length - 1 ? 0 : !flags.printType && column <= 3 && !flags.inodes ? 5 : 4,
      ),
    )
    const isLeft = (column: number): boolean => column === 0 || (flags.printType && column === 1) || column === all[0].length - 1
    yield* print(
      process,
      all
        .map((row) =>
          row
            .map((text, column) =>
              column === row.length - 1 ? text : isLeft(column) ? text.padEnd(widths[column]) : text.padStart(widths[column]),
            )
            .join(' '),
        )
        .join('\n') + '\n',
    )
    return code
  },
})
