/** du: what trees take on the disk, in blocks of 4 KiB. */
import { lstatOf } from './copy.ts'
import { treeKib } from './disk-text.ts'
import { flag, list, value } from './options.ts'
import { humanSize } from './sizes.ts'
import { globMatches } from './ls.ts'
import { print } from './text.ts'
import { complain, quoted, tool } from './tool.ts'

export const du = tool({
  name: 'du',
  usage: '[OPTION]... [FILE]...\n[OPTION]... --files0-from=F',
  summary: 'Summarize device usage of the set of FILEs, recursively for directories.',
  flags: {
    all: flag('a|all', 'write counts for all files, not just directories'),
    apparent: flag('apparent-size', 'print apparent sizes rather than device usage'),
    blockSize: value('B|block-size', 'SIZE', 'scale sizes by SIZE before printing them'),
    bytes: flag('b|bytes', "equivalent to '--apparent-size --block-size=1'"),
    total: flag('c|total', 'produce a grand total'),
    depth: value('d|max-depth', 'N', 'print the total for a directory only if it is N or fewer levels below the command line argument'),
    human: flag('h|human-readable', 'print sizes in human readable format (e.g., 1K 234M 2G)'),
    kibi: flag('k', 'like --block-size=1K'),
    mebi: flag('m', 'like --block-size=1M'),
    summarize: flag('s|summarize', 'display only a total for each argument'),
    exclude: list('exclude', 'PATTERN', 'exclude files that match PATTERN'),
    oneFileSystem: flag('x|one-file-system'),
    dereference: flag('L|dereference'),
    si: flag('si'),
  },
  *run(call) {
    const { process, flags } = call
    const text = (bytes: number): string =>
      flags.human
        ? bytes === 0
          ? '0'
          : humanSize(bytes)
        : flags.si
          ? humanSize(bytes, { base: 1000 })
          : flags.bytes
            ? String(bytes)
            : String(Math.ceil(bytes / (flags.mebi || /^1?M$/.test(flags.blockSize ?? '') ? 2 ** 20 : flags.blockSize === '1' ? 1 : 1024)))
    const depth = flags.summarize ? 0 : flags.depth === undefined ? Number.POSITIVE_INFINITY : Number(flags.depth)
    const seen = new Set<number>()
    let total = 0
    let code = 0
    for (const path of call.operands.length > 0 ? call.operands : ['.']) {
      if (!lstatOf(process, path)) {
        yield* complain(
          call,
          call.busybox ? `${path}: No such file or directory` : `cannot access ${quoted(path)}: No such file or directory`,
        )
        code = 1
        continue
      }
      const lines: string[] = []
      total += yield* treeKib(
        process,
        path === '/' ? '/' : path.replace(/(.)\/+$/, '$1'),
        flags.bytes || flags.apparent,
        seen,
        (one, size, level, isDirectory) => {
          if (level > depth || (!isDirectory && level > 0 && !flags.all)) return
          if (flags.exclude.some((glob) => globMatches(glob, one.slice(one.lastIndexOf('/') + 1)))) return
          lines.push(`${text(size)}\t${one}\n`)
        },
      )
      yield* print(process, lines.join(''))
    }
    if (flags.total) yield* print(process, `${text(total)}\ttotal\n`)
    return code
  },
})
