/**
 * grep, egrep and fgrep: line by line as input arrives. Exit code 0 when something was found, 1 when not, 2 after an error. -P is JavaScript's
 * own dialect, which is close to Perl's.
 */
import { UnixError } from '../errors.ts'
import { type Blocking, Exit, err, type Process, type Program, type Running } from '../kernel/process.ts'
import { joinedPath } from './copy.ts'
import { isBusybox } from './flavour.ts'
import { globMatches } from './ls.ts'
import { flag, lastOf, list, optional, UsageError, value } from './options.ts'
import { RegularExpressionError, translated } from './regular-expression.ts'
import { closeInput, Lines, openInput, print } from './text.ts'
import { complain, isTerminal, tool, wordsOf } from './tool.ts'

export const grep = tool({
  name: 'grep',
  usage: '[OPTION]... PATTERNS [FILE]...',
  summary: 'Search for PATTERNS in each FILE.',
  package: 'GNU grep',
  usageCode: 2,
  usageOnError: true,
  spelled: (args) => args.flatMap((arg) => (/^-\d+$/.test(arg) ? [`-C${arg.slice(1)}`] : [arg])),
  flags: {
    extended: flag('E|extended-regexp', 'PATTERNS are extended regular expressions'),
    fixed: flag('F|fixed-strings', 'PATTERNS are strings'),
    basic: flag('G|basic-regexp', 'PATTERNS are basic regular expressions'),
    perl: flag('P|perl-regexp', 'PATTERNS are Perl regular expressions'),
    patterns: list('e|regexp', 'PATTERNS', 'use PATTERNS for matching'),
    file: list('f|file', 'FILE', 'take PATTERNS from FILE'),
    ignoreCase: flag('i|ignore-case', 'ignore case distinctions in patterns and data'),
    ignoreCaseToo: flag('y'),
    noIgnoreCase: flag('no-ignore-case', 'do not ignore case distinctions (default)'),
    word: flag('w|word-regexp', 'match only whole words'),
    line: flag('x|line-regexp', 'match only whole lines'),
    nulls: flag('z|null-data', 'a data line ends in 0 byte, not newline'),
    noMessages: flag('s|no-messages', 'suppress error messages'),
    invert: flag('v|invert-match', 'select non-matching lines'),
    maximum: value('m|max-count', 'NUM', 'stop after NUM selected lines'),
    byteOffset: flag('b|byte-offset', 'print the byte offset with output lines'),
    number: flag('n|line-number', 'print line number with output lines'),
    lineBuffered: flag('line-buffered', 'flush output on every line'),
    withFilename: flag('H|with-filename', 'print file name with output lines'),
    noFilename: flag('h|no-filename', 'suppress the file name prefix on output'),
    label: value('label', 'LABEL', 'use LABEL as the standard input file name prefix'),
    only: flag('o|only-matching', 'show only nonempty parts of lines that match'),
    quiet: flag('q|quiet|silent', 'suppress all normal output'),
    binaryFiles: value('binary-files', 'TYPE', 'assume that binary files are TYPE'),
    text: flag('a|text', 'equivalent to --binary-files=text'),
    noBinary: flag('I', 'equivalent to --binary-files=without-match'),
    directories: value('d|directories', 'ACTION', 'how to handle directories'),
    devices: value('D|devices', 'ACTION', 'how to handle devices, FIFOs and sockets'),
    recursive: flag('r|recursive', 'like --directories=recurse'),
    recursiveFollow: flag('R|dereference-recursive', 'likewise, but follow all symlinks'),
    include: list('include', 'GLOB', 'search only files that match GLOB (a file pattern)'),
    exclude: list('exclude', 'GLOB', 'skip files that match GLOB'),
    excludeDir: list('exclude-dir', 'GLOB', 'skip directories that match GLOB'),
    withoutMatch: flag('L|files-without-match', 'print only names of FILEs with no selected lines'),
    withMatches: flag('l|files-with-matches', 'print only names of FILEs with selected lines'),
    count: flag('c|count', 'print only a count of selected lines per FILE'),
    initialTab: flag('T|initial-tab', 'make tabs line up (if needed)'),
    nullNames: flag('Z|null', 'print 0 byte after FILE name'),
    before: value('B|before-context', 'NUM', 'print NUM lines of leading context'),
    after: value('A|after-context', 'NUM', 'print NUM lines of trailing context'),
    context: value('C|context', 'NUM', 'print NUM lines of output context'),
    color: optional('color|colour', 'WHEN', 'use markers to highlight the matching strings'),
  },
  *run(call) {
    const { process, flags, given, name } = call
    const operands = [...call.operands]
    const patterns = flags.patterns.flatMap((pattern) => pattern.split('\n'))
    for (const path of flags.file) {
      try {
        const descriptor = openInput(process, path)
        patterns.push(...(yield* new Lines(process, descriptor).all()))
        closeInput(process, descriptor)
      } catch (error) {
        yield* complain(call, `${path}: ${wordsOf(error)}`)
        return 2
      }
    }
    if (flags.patterns.length === 0 && flags.file.length === 0) {
      const pattern = operands.shift()
      if (pattern === undefined) {
        if (call.busybox) throw new UsageError('missing pattern')
        yield* err(process, `Usage: ${name} [OPTION]... PATTERNS [FILE]...\nTry '${name} --help' for more information.\n`)
        return 2
      }
      patterns.push(...pattern.split('\n'))
    }
    for (const key of ['before', 'after', 'context', 'maximum'] as const) {
      const text = flags[key]
      if (text !== undefined && !/^\d+$/.test(text)) {
        yield* complain(call, key === 'maximum' ? 'invalid max count' : `${text}: invalid context length argument`)
        return 2
      }
    }
    const base = name.slice(name.lastIndexOf('/') + 1)
    const dialect =
      lastOf(given, ['extended', 'fixed', 'basic', 'perl']) ?? (base === 'egrep' ? 'extended' : base === 'fgrep' ? 'fixed' : 'basic')
    const ignoreCase =
      (flags.ignoreCase || flags.ignoreCaseToo) && lastOf(given, ['ignoreCase', 'ignoreCaseToo', 'noIgnoreCase']) !== 'noIgnoreCase'
    let matcher: RegExp | undefined
    try {
      matcher = patterns.length === 0 ? undefined : matcherOf(patterns, { dialect, ignoreCase, word: flags.word, line: flags.line })
    } catch (error) {
      if (!(error instanceof RegularExpressionError) && !(error instanceof SyntaxError)) throw error
      yield* complain(call, error instanceof RegularExpressionError ? error.message : 'Invalid regular expression')
      return 2
    }
    const recursive = flags.recursive || flags.recursiveFollow || flags.directories === 'recurse'
    if (operands.length === 0) operands.push(recursive ? '' : '-')
    const showsName =
      flags.withFilename ||
      ((operands.length > 1 || recursive) && !flags.noFilename && lastOf(given, ['withFilename', 'noFilename']) !== 'noFilename')
    const color =
      flags.color !== undefined &&
      (['always', 'yes', 'force'].includes(flags.color) || (['', 'auto', 'tty', 'if-tty'].includes(flags.color) && isTerminal(process, 1)))
    const before = Number(flags.before ?? flags.context ?? 0)
    const after = Number(flags.after ?? flags.context ?? 0)
    const maximum = flags.maximum === undefined ? Number.POSITIVE_INFINITY : Number(flags.maximum)
    const listsOnly = flags.withMatches || flags.withoutMatch || flags.count || flags.quiet
    const end = flags.nulls ? '\0' : '\n'
    let hasFound = false
    let hasFailed = false
    const paint = (text: string, code: string): string => (color ? `\x1b[${code}m\x1b[K${text}\x1b[m\x1b[K` : text)

    function* refuse(path: string, words: string): Blocking<void> {
      hasFailed = true
      if (!flags.noMessages) yield* complain(call, `${path}: ${words}`)
    }

    function* searchFile(path: string, descriptor: number): Blocking<void> {
      const shownPath = path === '-' ? (flags.label ?? '(standard input)') : path
      const input = new Lines(process, descriptor, flags.nulls ? 0 : 10)
      let number = 0
      let offset = 0
      let selected = 0
      let lastShown = 0
      let afterLeft = 0
      let isBinary = false
      let earlier: { text: string; number: number; offset: number }[] = []
      const prefix = (lineNumber: number, at: number, separator: string): string => {
        let text = ''
        if (showsName) text += flags.nullNames ? `${paint(shownPath, '35')}\0` : paint(shownPath, '35') + paint(separator, '36')
        if (flags.number) text += paint(String(lineNumber).padStart(flags.initialTab ? 4 : 0), '32') + paint(separator, '36')
        if (flags.byteOffset) text += paint(String(at), '32') + paint(separator, '36')
        return flags.initialTab && text !== '' ? `${text}\t` : text
      }
      outer: for (;;) {
        const lines = selected >= maximum && afterLeft === 0 ? [] : yield* input.next()
        if (lines.length === 0) break
        let text = ''
        for (const line of lines) {
          number++
          const at = offset
          offset += line.length + 1
          // A file is binary when it holds NUL or what is not text; then only the fact of a match is told.
          if (!isBinary && !flags.text && !flags.nulls && flags.binaryFiles !== 'text' && /[\0\uDC80-\uDCFF]/.test(line)) isBinary = true
          if (isBinary && (flags.noBinary || flags.binaryFiles === 'without-match')) return
          const matches = matcher !== undefined && ((matcher.lastIndex = 0), matcher.test(line))
          if (selected < maximum && matches !== flags.invert) {
            selected++
            hasFound = true
            if (flags.quiet) throw new Exit(0)
            if (flags.withMatches || flags.withoutMatch) break outer
            if (listsOnly) continue
            if (isBinary) {
              yield* print(process, `${text}${call.name.replace(/^.*\//, '')}: ${shownPath}: binary file matches\n`)
              return
            }
            if ((before > 0 || after > 0) && lastShown > 0 && number - earlier.length > lastShown + 1) text += `${paint('--', '36')}\n`
            for (const one of earlier) text += prefix(one.number, one.offset, '-') + one.text + end
            earlier = []
            if (flags.only) {
              if (!flags.invert && matcher) {
                matcher.lastIndex = 0
                for (const match of line.matchAll(matcher)) {
                  if (match[0] !== '') text += prefix(number, at + match.index, ':') + paint(match[0], '01;31') + end
                }
              }
            } else
              text +=
                prefix(number, at, ':') +
                (color && matcher && !flags.invert ? line.replace(matcher, (match) => (match === '' ? '' : paint(match, '01;31'))) : line) +
                end
            lastShown = number
            afterLeft = after
          } else if (afterLeft > 0) {
            afterLeft--
            if (!listsOnly) text += prefix(number, at, '-') + line + end
            lastShown = number
          } else if (before > 0) {
            earlier.push({ text: line, number, offset: at })
            if (earlier.length > before) earlier.shift()
          }
          if (selected >= maximum && afterLeft === 0) break
        }
        yield* print(process, text)
      }
      if (flags.count)
        yield* print(process, `${showsName ? paint(shownPath, '35') + (flags.nullNames ? '\0' : paint(':', '36')) : ''}${selected}\n`)
      if (flags.withMatches ? selected > 0 : flags.withoutMatch && selected === 0)
        yield* print(process, paint(shownPath, '35') + (flags.nullNames ? '\0' : '\n'))
    }

    function* searchTree(path: string, isTop: boolean): Blocking<void> {
      const full = path === '' ? '.' : path
      const node =
        flags.recursiveFollow || isTop
          ? process.files.stat(process.path(full), process.credentials)
          : process.files.lstat(process.path(full), process.credentials)
      const base = full.slice(full.lastIndexOf('/') + 1)
      if (node.kind === 'directory') {
        if (!isTop && flags.excludeDir.some((glob) => globMatches(glob.replace(/\/$/, ''), base))) return
        for (const child of process.files.list(process.path(full), process.credentials)) {
          const childPath = path === '' ? child : joinedPath(path, child)
          try {
            yield* searchTree(childPath, false)
          } catch (error) {
            yield* refuse(childPath, wordsOf(error))
          }
        }
        return
      }
      if (!isTop && node.kind !== 'file') return
      if (flags.include.length > 0 && !flags.include.some((glob) => globMatches(glob, base))) return
      if (flags.exclude.some((glob) => globMatches(glob, base))) return
      const descriptor = openInput(process, full)
      yield* searchFile(path, descriptor)
      closeInput(process, descriptor)
    }

    for (const path of operands) {
      try {
        if (recursive && path !== '-') {
          yield* searchTree(path, true)
          continue
        }
        const descriptor = openInput(process, path)
        yield* searchFile(path, descriptor)
        closeInput(process, descriptor)
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        if (error.errno === 'EISDIR') {
          if (flags.directories !== 'skip' && !call.busybox && !flags.noMessages) yield* complain(call, `${path}: Is a directory`)
          hasFailed ||= !call.busybox && flags.directories !== 'skip'
        } else yield* refuse(path, error.words)
      }
    }
    return hasFailed ? 2 : hasFound ? 0 : 1
  },
})

const named = (name: string): Program =>
  function* (process: Process): Running {
    if (!isBusybox(process))
      yield* err(process, `${name}: warning: ${name} is obsolescent; using ${name === 'egrep' ? 'grep -E' : 'grep -F'}\n`)
    return yield* grep(process)
  }

export const egrep: Program = named('egrep')
export const fgrep: Program = named('fgrep')

interface MatcherOptions {
  readonly dialect: string
  readonly ignoreCase: boolean
  readonly word: boolean
  readonly line: boolean
}

function matcherOf(patterns: readonly string[], { dialect, ignoreCase, word, line }: MatcherOptions): RegExp {
  const sources = patterns.map((pattern) => {
    if (dialect === 'fixed') return pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    if (dialect === 'perl')
      return pattern
        .replaceAll('[[:digit:]]', '\\d')
        .replaceAll('[[:space:]]', '\\s')
        .replaceAll('[[:alpha:]]', '[A-Za-z]')
        .replaceAll('[[:alnum:]]', '[A-Za-z0-9]')
    return translated(pattern, dialect === 'extended')
  })
  // Perl's \K keeps what was matched before it out of the result: what a look-behind does.
  const all = sources.map((source) =>
    dialect === 'perl' && source.includes('\\K')
      ? `(?<=${source.slice(0, source.indexOf('\\K'))})${source.slice(source.indexOf('\\K') + 2)}`
      : source,
  )
  let source = all.length === 1 ? all[0] : all.map((one) => `(?:${one})`).join('|')
  if (line) source = `^(?:${source})$`
  else if (word) source = `(?<!\\w)(?:${source})(?!\\w)`
  if (dialect === 'perl') {
    const inline = /^\(\?([ims]+)\)/.exec(source)
    const plain = inline ? source.slice(inline[0].length) : source
    const caseless = ignoreCase || inline?.[1].includes('i') ? 'i' : ''
    try {
      return new RegExp(plain, `g${caseless}u`)
    } catch {
      return new RegExp(plain, `g${caseless}`)
    }
  }
  return new RegExp(source, `g${ignoreCase ? 'i' : ''}su`)
}
