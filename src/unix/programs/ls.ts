/** ls. On a terminal: columns, colours when asked for, odd names quoted as a shell would need them; into a pipe: one plain name per line. */
import { UnixError } from '../errors.ts'
import type { Node } from '../files/node.ts'
import type { Blocking } from '../kernel/process.ts'
import { type Cell, inColumns, widthOf } from './columns.ts'
import { modeText } from './modes.ts'
import { flag, lastOf, list, optional, UsageError, value } from './options.ts'
import { humanSize } from './sizes.ts'
import { print } from './text.ts'
import { listTime, momentOf, strftime, zoneOf } from './time-text.ts'
import { complain, isTerminal, quoted, tool, wordsOf } from './tool.ts'
import { groupName, userName } from './users.ts'

interface Entry {
  readonly name: string
  /** Where it is, for links' targets. */
  readonly path: string
  readonly node: Node
}

export const ls = tool({
  name: 'ls',
  usage: '[OPTION]... [FILE]...',
  summary:
    'List information about the FILEs (the current directory by default).\nSort entries alphabetically if none of -cftuvSUX nor --sort is specified.',
  usageCode: 2,
  flags: {
    all: flag('a|all', 'do not ignore entries starting with .'),
    almostAll: flag('A|almost-all', 'do not list implied . and ..'),
    escape: flag('b|escape', 'print C-style escapes for nongraphic characters'),
    ctime: flag('c', 'with -lt: sort by, and show, ctime'),
    columns: flag('C', 'list entries by columns'),
    color: optional('color', 'WHEN', 'color the output WHEN; more info below'),
    directory: flag('d|directory', 'list directories themselves, not their contents'),
    unsorted: flag('f', 'list all entries in directory order'),
    classify: optional('classify', 'WHEN', 'append indicator (one of */=>@|) to entries WHEN'),
    classifyShort: flag('F', 'append indicator (one of */=>@|) to entries'),
    fileType: flag('file-type', "likewise, except do not append '*'"),
    fullTime: flag('full-time', 'like -l --time-style=full-iso'),
    noOwner: flag('g', 'like -l, but do not list owner'),
    groupDirectories: flag('group-directories-first', 'group directories before files'),
    noGroup: flag('G|no-group', "in a long listing, don't print group names"),
    human: flag('h|human-readable', 'with -l and -s, print sizes like 1K 234M 2G etc.'),
    si: flag('si', 'likewise, but use powers of 1000 not 1024'),
    dereferenceArguments: flag('H|dereference-command-line', 'follow symbolic links listed on the command line'),
    hide: list('hide', 'PATTERN', 'do not list implied entries matching shell PATTERN'),
    inode: flag('i|inode', 'print the index number of each file'),
    ignore: list('I|ignore', 'PATTERN', 'do not list implied entries matching shell PATTERN'),
    kibibytes: flag('k|kibibytes', 'default to 1024-byte blocks for file system usage'),
    long: flag('l', 'use a long listing format'),
    dereference: flag('L|dereference', 'show information for the file a symbolic link references'),
    commas: flag('m', 'fill width with a comma separated list of entries'),
    numeric: flag('n|numeric-uid-gid', 'like -l, but list numeric user and group IDs'),
    literal: flag('N|literal', 'print entry names without quoting'),
    noGroupLong: flag('o', 'like -l, but do not list group information'),
    slash: flag('p', 'append / indicator to directories'),
    hideControl: flag('q|hide-control-chars', 'print ? instead of nongraphic characters'),
    quoteName: flag('Q|quote-name', 'enclose entry names in double quotes'),
    reverse: flag('r|reverse', 'reverse order while sorting'),
    recursive: flag('R|recursive', 'list subdirectories recursively'),
    size: flag('s|size', 'print the allocated size of each file, in blocks'),
    bySize: flag('S', 'sort by file size, largest first'),
    sort: value('sort', 'WORD', 'sort by WORD instead of name'),
    timeStyle: value('time-style', 'TIME_STYLE', 'time/date format with -l'),
    byTime: flag('t', 'sort by time, newest first'),
    atime: flag('u', 'with -lt: sort by, and show, access time'),
    unsortedToo: flag('U', 'do not sort; list entries in directory order'),
    versions: flag('v', 'natural sort of (version) numbers within text'),
    width: value('w|width', 'COLS', 'set output width to COLS.  0 means no limit'),
    across: flag('x', 'list entries by lines instead of by columns'),
    byExtension: flag('X', 'sort alphabetically by entry extension'),
    zero: flag('zero', 'end each output line with NUL, not newline'),
    onePerLine: flag('1', 'list one file per line'),
    context: flag('Z|context', 'print any security context of each file'),
  },
  *run(call) {
    const { process, flags, given, busybox } = call
    const terminal = isTerminal(process, 1) ? process.terminal : undefined
    const format = lastOf(given, ['long', 'noOwner', 'noGroupLong', 'numeric', 'fullTime', 'columns', 'across', 'commas', 'onePerLine'])
    // -1 does not undo a long format: it says one per line, which that is already.
    const isLong =
      given.some(({ key }) => ['long', 'noOwner', 'noGroupLong', 'numeric', 'fullTime'].includes(key)) &&
      (format === undefined || !['columns', 'across', 'commas'].includes(format))
    const isColumns = !isLong && (format === 'columns' || format === 'across' || (format === undefined && terminal !== undefined))
    if (
      flags.color !== undefined &&
      !['', 'always', 'auto', 'never', 'yes', 'no', 'tty', 'none', 'force', 'if-tty'].includes(flags.color)
    ) {
      throw new UsageError(
        `invalid argument '${flags.color}' for '--color'\nValid arguments are:\n  - 'always', 'yes', 'force'\n  - 'never', 'no', 'none'\n  - 'auto', 'tty', 'if-tty'`,
        undefined,
        1,
      )
    }
    const hasColour =
      flags.color !== undefined &&
      (['', 'always', 'yes', 'force'].includes(flags.color) || (['auto', 'tty', 'if-tty'].includes(flags.color) && terminal !== undefined))
    const zone = zoneOf(process)
    const time = (node: Node): number => (flags.ctime ? node.changedMs : flags.atime ? node.accessedMs : node.modifiedMs)
    let code = 0
    let usedColour = false
    const coloured = (text: string, colour: string): string => {
      if (colour === '') return text
      const first = usedColour ? '' : '\x1b[0m'
      usedColour = true
      return `${first}\x1b[${colour}m${text}\x1b[0m`
    }

    const nodeAt = (path: string, follow: boolean): Node =>
      follow ? process.files.stat(process.path(path), process.credentials) : process.files.lstat(process.path(path), process.credentials)

    const order = flags.unsorted || flags.unsortedToo || flags.sort === 'none' ? undefined : compareEntries()
    function compareEntries(): (a: Entry, b: Entry) => number {
      const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
      let compare = byName
      if (flags.bySize || flags.sort === 'size') compare = (a, b) => b.node.size - a.node.size || byName(a, b)
      else if (flags.byTime || flags.sort === 'time' || (!isLong && (flags.ctime || flags.atime)))
        compare = (a, b) => time(b.node) - time(a.node) || byName(a, b)
      else if (flags.byExtension || flags.sort === 'extension')
        compare = (a, b) => extension(a.name).localeCompare(extension(b.name)) || byName(a, b)
      else if (flags.versions || flags.sort === 'version')
        compare = (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) || byName(a, b)
      const turned: typeof compare = flags.reverse ? (a, b) => compare(b, a) : compare
      return flags.groupDirectories
        ? (a, b) => Number(b.node.kind === 'directory') - Number(a.node.kind === 'directory') || turned(a, b)
        : turned
    }

    const shown = (entry: Entry): Cell => {
      const name = shownName(entry.name)
      const plain = name + indicator(entry.node)
      const text = hasColour ? coloured(name, colourOf(entry)) + indicator(entry.node) : plain
      return { text, width: widthOf(plain) }
    }
    function shownName(name: string): string {
      if (flags.quoteName) return `"${name.replace(/["\\]/g, '\\$&')}"`
      if (flags.literal || busybox) return name
      if (flags.escape)
        return name.replace(/[\\ \n\t]/g, (letter) => ({ '\\': '\\\\', ' ': '\\ ', '\n': '\\n', '\t': '\\t' })[letter] ?? letter)
      return terminal ? shellName(name) : name
    }
    function indicator(node: Node): string {
      const classifies = flags.classifyShort || flags.classify !== undefined
      if (node.kind === 'directory') return classifies || flags.slash || flags.fileType ? '/' : ''
      if (!classifies && !flags.fileType) return ''
      if (node.kind === 'symlink') return isLong ? '' : '@'
      if (node.kind === 'fifo') return '|'
      if (node.kind === 'socket') return '='
      return classifies && node.kind === 'file' && (node.mode & 0o111) !== 0 ? '*' : ''
    }
    function colourOf({ path, node }: Entry): string {
      switch (node.kind) {
        case 'directory':
          return (node.mode & 0o1002) === 0o1002 ? '30;42' : node.mode & 0o002 ? '34;42' : node.mode & 0o1000 ? '37;44' : '01;34'
        case 'symlink':
          return process.files.exists(process.path(path)) ? '01;36' : '40;31;01'
        case 'fifo':
          return '40;33'
        case 'socket':
          return '01;35'
        case 'block':
        case 'character':
          return '40;33;01'
        default:
          if (node.mode & 0o4000) return '37;41'
          if (node.mode & 0o2000) return '30;43'
          if (node.mode & 0o111) return '01;32'
          return /\.(tar|tgz|gz|bz2|xz|zip|deb|rpm|jar|7z|zst)$/.test(path)
            ? '01;31'
            : /\.(png|jpe?g|gif|svg|bmp)$/.test(path)
              ? '01;35'
              : ''
      }
    }
    const blocks = (node: Node): number => (node.kind === 'file' ? Math.ceil(node.size / 4096) * 4 : node.kind === 'directory' ? 4 : 0)
    const sizeText = (bytes: number): string =>
      flags.human ? humanSize(bytes) : flags.si ? humanSize(bytes, { base: 1000 }) : String(bytes)
    const blockText = (kib: number): string => (flags.human || flags.si ? sizeText(kib * 1024) : String(kib))

    function* show(entries: readonly Entry[], total: boolean): Blocking<void> {
      let text = total && (isLong || flags.size) ? `total ${blockText(entries.reduce((sum, { node }) => sum + blocks(node), 0))}\n` : ''
      const end = flags.zero ? '\0' : '\n'
      const inodeWidth = flags.inode ? Math.max(...entries.map(({ node }) => String(node.inode).length), 0) : 0
      const blockWidth = flags.size ? Math.max(...entries.map(({ node }) => blockText(blocks(node)).length), 0) : 0
      const before = ({ node }: Entry, aligned: boolean): string =>
        (flags.inode ? `${String(node.inode).padStart(aligned ? inodeWidth : busybox ? 7 : 0)} ` : '') +
        (flags.size ? `${blockText(blocks(node)).padStart(aligned ? blockWidth : 0)} ` : '')
      if (isLong) text += longLines(entries, before)
      else if (isColumns || format === 'commas') {
        const total =
          flags.width !== undefined
            ? Number(flags.width) || 65_535
            : process.env.COLUMNS
              ? Number(process.env.COLUMNS)
              : (terminal?.cols ?? 80)
        const cells = entries.map((entry) => {
          const cell = shown(entry)
          const prefix = before(entry, true)
          return { text: prefix + cell.text, width: prefix.length + cell.width }
        })
        // GNU sets unquoted names one to the right when a neighbour is quoted.
        const quotes = terminal && !busybox && !flags.literal && entries.some(({ name }) => shellName(name) !== name)
        const set = quotes
          ? cells.map((cell, index) =>
              shellName(entries[index].name) === entries[index].name ? { text: ` ${cell.text}`, width: cell.width + 1 } : cell,
            )
          : cells
        text += format === 'commas' ? inCommas(set, total) : inColumns(set, total, { isAcross: format === 'across' })
      } else for (const entry of entries) text += before(entry, true) + shown(entry).text + end
      yield* print(process, text)
    }

    function longLines(entries: readonly Entry[], before: (entry: Entry, aligned: boolean) => string): string {
      const rows = entries.map((entry) => {
        const { node } = entry
        const owner = flags.numeric ? String(node.uid) : userName(process, node.uid)
        const group = flags.numeric ? String(node.gid) : groupName(process, node.gid)
        const isDevice = node.kind === 'character' || node.kind === 'block'
        const size = isDevice ? deviceNumbers(entry.name, node.device) : sizeText(node.size)
        return { entry, mode: modeText(node.kind, node.mode), links: String(node.links), owner, group, size }
      })
      const width = (pick: (row: (typeof rows)[number]) => string): number => Math.max(0, ...rows.map((row) => pick(row).length))
      // busybox has fixed columns: links 4 or more, names at least 8.
      const widths = busybox
        ? { links: 4, owner: 8, group: 8, size: flags.human ? 7 : 9 }
        : {
            links: width((row) => row.links),
            owner: width((row) => row.owner),
            group: width((row) => row.group),
            size: width((row) => row.size),
          }
      const needsShift = terminal && !busybox && !flags.literal && entries.some(({ name }) => shellName(name) !== name)
      let text = ''
      for (const { entry, mode, links, owner, group, size } of rows) {
        const { node } = entry
        const shift = needsShift && shellName(entry.name) === entry.name ? ' ' : ''
        const target =
          node.kind === 'symlink' && node.target !== undefined
            ? ` -> ${hasColour && process.files.exists(process.path(entry.path)) ? targetText(entry) : node.target}`
            : ''
        text += `${before(entry, true)}${mode} ${links.padStart(widths.links)} `
        if (!flags.noOwner) text += `${flags.numeric && !busybox ? owner.padEnd(widths.owner) : owner.padEnd(widths.owner)} `
        if (!flags.noGroup && !flags.noGroupLong) text += `${group.padEnd(widths.group)} `
        text += `${size.padStart(widths.size)} ${timeText(time(node))} ${shift}${shown(entry).text}${target}\n`
      }
      return text
    }
    function targetText(entry: Entry): string {
      const node = process.files.stat(process.path(entry.path))
      return coloured(entry.node.target ?? '', colourOf({ name: entry.name, path: entry.node.target ?? '', node }))
    }
    function timeText(ms: number): string {
      const style = flags.fullTime ? 'full-iso' : flags.timeStyle
      if (style === 'full-iso') return strftime('%Y-%m-%d %H:%M:%S.%N %z', momentOf(ms, zone))
      if (style === 'long-iso') return strftime('%Y-%m-%d %H:%M', momentOf(ms, zone))
      if (style === 'iso') return strftime(ms > process.now() - 15_778_476_000 ? '%m-%d %H:%M' : '%Y-%m-%d ', momentOf(ms, zone))
      if (style?.startsWith('+')) return strftime(style.slice(1), momentOf(ms, zone))
      return listTime(ms, process.now(), zone)
    }

    function* listDirectory(path: string, heading: boolean, isFirst: boolean): Blocking<void> {
      let names: readonly string[]
      try {
        names = process.files.list(process.path(path), process.credentials)
      } catch (error) {
        yield* complain(
          call,
          busybox ? `can't open '${path}': ${wordsOf(error)}` : `cannot open directory ${quoted(path)}: ${wordsOf(error)}`,
        )
        code = 2
        return
      }
      const all = flags.all || flags.unsorted
      const patterns = [...flags.ignore, ...(flags.all || flags.almostAll ? [] : flags.hide)]
      const chosen = names.filter(
        (name) => (all || flags.almostAll || !name.startsWith('.')) && !patterns.some((pattern) => globMatches(pattern, name)),
      )
      const entries: Entry[] = []
      for (const name of all ? ['.', '..', ...chosen] : chosen) {
        const full = path.endsWith('/') ? path + name : `${path}/${name}`
        try {
          entries.push({ name, path: full, node: nodeAt(full, flags.dereference) })
        } catch (error) {
          if (!(error instanceof UnixError)) throw error
          if (flags.dereference && error.errno === 'ENOENT') entries.push({ name, path: full, node: nodeAt(full, false) })
        }
      }
      if (order) entries.sort(order)
      if (heading) yield* print(process, `${isFirst ? '' : '\n'}${terminal && !busybox ? shellName(path) : path}:\n`)
      yield* show(entries, true)
      if (!flags.recursive) return
      for (const { name, path: full, node } of entries) {
        if (node.kind === 'directory' && name !== '.' && name !== '..') yield* listDirectory(full, true, false)
      }
    }

    const operands = call.operands.length > 0 ? call.operands : ['.']
    const files: Entry[] = []
    const directories: Entry[] = []
    for (const path of operands) {
      try {
        let node = nodeAt(path, flags.dereference || flags.dereferenceArguments)
        if (node.kind === 'symlink' && !isLong && !flags.directory && !flags.classifyShort) {
          try {
            node = nodeAt(path, true)
          } catch (error) {
            if (!(error instanceof UnixError)) throw error
          }
          if (node.kind !== 'directory') node = nodeAt(path, false)
        } else if (node.kind === 'symlink' && path.endsWith('/')) node = nodeAt(path, true)
        const entry = { name: path, path, node }
        if (node.kind === 'directory' && !flags.directory) directories.push(entry)
        else files.push(entry)
      } catch (error) {
        yield* complain(call, busybox ? `${path}: ${wordsOf(error)}` : `cannot access ${quoted(path)}: ${wordsOf(error)}`)
        code = busybox ? 1 : 2
      }
    }
    if (order) {
      files.sort(order)
      directories.sort(order)
    }
    if (files.length > 0) yield* show(files, false)
    let isFirst = files.length === 0
    for (const { path } of directories) {
      yield* listDirectory(path, operands.length > 1 || flags.recursive, isFirst)
      isFirst = false
    }
    return code
  },
})

/** As GNU quotes names for a terminal: so that they could be pasted into a shell. */
function shellName(name: string): string {
  if (/[\x00-\x1f\x7f]/.test(name)) {
    return `'${name.replace(/[\x00-\x1f\x7f]+/g, (bad) => `'$'${[...bad].map((letter) => ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[letter] ?? `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`).join('')}''`)}'`
  }
  if (name !== '' && !/[ !"$&'()*;<=>?[\\^`|]/.test(name) && !/^[#~]/.test(name)) return name
  return name.includes("'") && !/["$`\\!]/.test(name) ? `"${name}"` : `'${name.replaceAll("'", "'\\''")}'`
}

function extension(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}

export function globMatches(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/\[!/g, '[^')
    .replace(/\\?[.+^${}()|\\]|\*|\?/g, (letter) =>
      letter === '*'
        ? '.*'
        : letter === '?'
          ? '.'
          : letter.startsWith('\\') && letter.length > 1
            ? letter
            : letter === '^'
              ? '^'
              : `\\${letter}`,
    )
  return new RegExp(`^${source}$`, 'su').test(name)
}

function deviceNumbers(name: string, device: readonly [number, number] | undefined): string {
  if (device) return `${device[0]}, ${String(device[1]).padStart(3)}`
  const known: Readonly<Record<string, string>> = {
    null: '1,   3',
    zero: '1,   5',
    full: '1,   7',
    random: '1,   8',
    urandom: '1,   9',
    tty: '5,   0',
    console: '5,   1',
    ptmx: '5,   2',
  }
  const base = name.slice(name.lastIndexOf('/') + 1)
  return known[base] ?? `136,   ${/\d+$/.exec(base)?.[0] ?? 0}`
}

function inCommas(cells: readonly Cell[], total: number): string {
  let text = ''
  let column = 0
  for (const [index, cell] of cells.entries()) {
    const last = index === cells.length - 1
    const needed = cell.width + (last ? 0 : 1)
    if (column > 0 && column + 1 + needed > total) {
      text += '\n'
      column = 0
    } else if (column > 0) {
      text += ' '
      column++
    }
    text += cell.text + (last ? '\n' : ',')
    column += needed
  }
  return text
}
