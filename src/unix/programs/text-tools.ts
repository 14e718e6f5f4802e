/** Small filters that look at whole lines: tac, rev, paste, comm, join, nl, fold, expand, split, shuf. */
import { writeTo } from '../kernel/process.ts'
import { allLines, eachLines } from './each-file.ts'
import { flag, list, UsageError, value } from './options.ts'
import { sizeOf } from './sizes.ts'
import { bytesOfString, closeInput, Lines, openInput, openOutput, print, wholeInput } from './text.ts'
import { complain, quoted, tool, wordsOf } from './tool.ts'

export const tac = tool({
  name: 'tac',
  usage: '[OPTION]... [FILE]...',
  summary: 'Write each FILE to standard output, last line first.',
  flags: { before: flag('b|before'), separator: value('s|separator', 'STRING') },
  *run(call) {
    let code = 0
    for (const path of call.operands.length > 0 ? call.operands : ['-']) {
      const {
        lines,
        code: one,
        hasFinalNewline,
      } = yield* allLines(
        { ...call, operands: [path] },
        { refusal: (name, words) => `failed to open ${quoted(name)} for reading: ${words}` },
      )
      code ||= one
      if (lines.length > 0)
        yield* print(
          call.process,
          hasFinalNewline ? `${lines.reverse().join('\n')}\n` : [lines.pop() ?? '', ...lines.reverse().map((line) => `${line}\n`)].join(''),
        )
    }
    return code
  },
})

export const rev = tool({
  name: 'rev',
  usage: '[options] [<file> ...]',
  summary: 'Reverse lines characterwise.',
  package: 'rev from util-linux 2.38.1',
  flags: {},
  *run(call) {
    return yield* eachLines(
      call,
      function* (lines, input) {
        yield* print(call.process, lines.map((line) => [...line].reverse().join('')).join('\n') + (input.hasFinalNewline ? '\n' : ''))
      },
      { refusal: (path, words) => `cannot open ${path}: ${words}` },
    )
  },
})

export const paste = tool({
  name: 'paste',
  usage: '[OPTION]... [FILE]...',
  summary: 'Write lines consisting of the sequentially corresponding lines from each FILE, separated by TABs, to standard output.',
  flags: {
    delimiters: value('d|delimiters', 'LIST', 'reuse characters from LIST instead of TABs'),
    serial: flag('s|serial', 'paste one file at a time instead of in parallel'),
    zero: flag('z|zero-terminated'),
  },
  *run(call) {
    const { process, flags } = call
    const delimiters = [
      ...(flags.delimiters ?? '\t').replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\\\/g, '\\').replace(/\\0/g, '\u0001'),
    ].map((letter) => (letter === '\u0001' ? '' : letter))
    const between = (index: number): string => delimiters[index % Math.max(1, delimiters.length)] ?? ''
    const columns: string[][] = []
    const paths = call.operands.length > 0 ? call.operands : ['-']
    const standard = paths.filter((path) => path === '-').length
    for (const path of paths) {
      if (path === '-' && columns.length > 0 && standard > 1 && paths.indexOf('-') !== columns.length) {
        columns.push([])
        continue
      }
      try {
        const descriptor = openInput(process, path)
        columns.push(yield* new Lines(process, descriptor).all())
        closeInput(process, descriptor)
      } catch (error) {
        yield* complain(call, `${path}: ${wordsOf(error)}`)
        return 1
      }
    }
    // Several `-` take the lines of standard input in turn.
    if (standard > 1) {
      const at = paths.flatMap((path, index) => (path === '-' ? [index] : []))
      const all = columns[at[0]]
      for (const [turn, index] of at.entries()) columns[index] = all.filter((_, line) => line % standard === turn)
    }
    if (flags.serial) {
      yield* print(
        process,
        columns
          .map((lines) => `${lines.map((line, index) => line + (index < lines.length - 1 ? between(index) : '')).join('')}\n`)
          .join(''),
      )
      return 0
    }
    const height = Math.max(0, ...columns.map((lines) => lines.length))
    let text = ''
    for (let row = 0; row < height; row++)
      text += `${columns.map((lines, index) => (lines[row] ?? '') + (index < columns.length - 1 ? between(index) : '')).join('')}\n`
    yield* print(process, text)
    return 0
  },
})

export const comm = tool({
  name: 'comm',
  usage: '[OPTION]... FILE1 FILE2',
  summary: 'Compare sorted files FILE1 and FILE2 line by line.',
  flags: {
    one: flag('1', 'suppress column 1 (lines unique to FILE1)'),
    two: flag('2', 'suppress column 2 (lines unique to FILE2)'),
    three: flag('3', 'suppress column 3 (lines that appear in both files)'),
    check: flag('check-order'),
    noCheck: flag('nocheck-order'),
    delimiter: value('output-delimiter', 'STR'),
    total: flag('total'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length < 2)
      throw new UsageError(operands.length === 0 ? 'missing operand' : `missing operand after ${quoted(operands[0])}`)
    const texts: string[][] = []
    for (const path of operands.slice(0, 2)) {
      try {
        texts.push(yield* new Lines(process, openInput(process, path)).all())
      } catch (error) {
        yield* complain(call, `${path}: ${wordsOf(error)}`)
        return 1
      }
    }
    const [a, b] = texts
    const tab = flags.delimiter ?? '\t'
    const second = flags.one ? '' : tab
    const third = second + (flags.two ? '' : tab)
    let text = ''
    for (let i = 0, j = 0; i < a.length || j < b.length; ) {
      if (j >= b.length || (i < a.length && a[i] < b[j])) text += flags.one ? (i++, '') : `${a[i++]}\n`
      else if (i >= a.length || b[j] < a[i]) text += flags.two ? (j++, '') : `${second}${b[j++]}\n`
      else {
        text += flags.three ? '' : `${third}${a[i]}\n`
        i++
        j++
      }
    }
    yield* print(process, text)
    const unsorted = [a, b].findIndex((lines) => lines.some((line, index) => index > 0 && line < lines[index - 1]))
    // Lines that all have their pair are never found to be out of order.
    const hasUnpaired = a.length !== b.length || a.some((line, index) => line !== b[index])
    if (unsorted >= 0 && !flags.noCheck && (hasUnpaired || flags.check)) {
      yield* complain(call, `file ${unsorted + 1} is not in sorted order`)
      yield* complain(call, 'input is not in sorted order')
      return 1
    }
    return 0
  },
})

export const join = tool({
  name: 'join',
  usage: '[OPTION]... FILE1 FILE2',
  summary: 'For each pair of input lines with identical join fields, write a line to standard output.',
  flags: {
    unpairable: list('a', 'FILENUM', 'also print unpairable lines from file FILENUM'),
    empty: value('e', 'STRING'),
    ignoreCase: flag('i|ignore-case'),
    field: value('j', 'FIELD'),
    format: value('o', 'FORMAT'),
    separator: value('t', 'CHAR'),
    only: list('v', 'FILENUM'),
    one: value('1', 'FIELD'),
    two: value('2', 'FIELD'),
    header: flag('header'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (operands.length < 2)
      throw new UsageError(operands.length === 0 ? 'missing operand' : `missing operand after ${quoted(operands[0])}`)
    const tables: string[][][] = []
    for (const path of operands.slice(0, 2)) {
      try {
        const lines = yield* new Lines(process, openInput(process, path)).all()
        tables.push(lines.map((line) => (flags.separator === undefined ? line.trim().split(/[ \t]+/) : line.split(flags.separator))))
      } catch (error) {
        yield* complain(call, `${path}: ${wordsOf(error)}`)
        return 1
      }
    }
    const between = flags.separator ?? ' '
    const [first, second] = [Number(flags.one ?? flags.field ?? 1) - 1, Number(flags.two ?? flags.field ?? 1) - 1]
    const key = (row: readonly string[] | undefined, field: number): string =>
      flags.ignoreCase ? (row?.[field] ?? '').toLowerCase() : (row?.[field] ?? '')
    const line = (a: readonly string[] | undefined, b: readonly string[] | undefined): string => {
      if (flags.format !== undefined && flags.format !== 'auto')
        return `${flags.format
          .split(/[ ,]+/)
          .map(
            (one) =>
              (one === '0'
                ? (a?.[first] ?? b?.[second])
                : one.startsWith('1.')
                  ? a?.[Number(one.slice(2)) - 1]
                  : b?.[Number(one.slice(2)) - 1]) ||
              (flags.empty ?? ''),
          )
          .join(between)}\n`
      return `${[a?.[first] ?? b?.[second] ?? '', ...(a ?? []).filter((_, index) => index !== first), ...(b ?? []).filter((_, index) => index !== second)].join(between)}\n`
    }
    const usedB = new Set<number>()
    let text = ''
    for (const a of tables[0]) {
      const matches = tables[1].flatMap((b, index) => (key(a, first) === key(b, second) ? [index] : []))
      for (const index of matches) {
        usedB.add(index)
        if (flags.only.length === 0) text += line(a, tables[1][index])
      }
      if (matches.length === 0 && (flags.unpairable.includes('1') || flags.only.includes('1'))) text += line(a, undefined)
    }
    for (const [index, b] of tables[1].entries())
      if (!usedB.has(index) && (flags.unpairable.includes('2') || flags.only.includes('2'))) text += line(undefined, b)
    yield* print(process, text)
    return 0
  },
})

export const nl = tool({
  name: 'nl',
  usage: '[OPTION]... [FILE]...',
  summary: 'Write each FILE to standard output, with line numbers added.',
  flags: {
    body: value('b|body-numbering', 'STYLE', 'use STYLE for numbering body lines'),
    increment: value('i|line-increment', 'NUMBER'),
    format: value('n|number-format', 'FORMAT'),
    separator: value('s|number-separator', 'STRING'),
    start: value('v|starting-line-number', 'NUMBER'),
    width: value('w|number-width', 'NUMBER'),
  },
  *run(call) {
    const { process, flags } = call
    let number = Number(flags.start ?? 1)
    const width = Number(flags.width ?? 6)
    const separator = flags.separator ?? '\t'
    const numbered = (line: string): boolean =>
      (flags.body ?? 't') === 'a' ||
      (flags.body !== 'n' && (flags.body?.startsWith('p') ? new RegExp(flags.body.slice(1)).test(line) : line !== ''))
    return yield* eachLines(call, function* (lines) {
      let text = ''
      for (const line of lines) {
        if (numbered(line)) {
          const shown = String(number)
          text += `${flags.format === 'ln' ? shown.padEnd(width) : shown.padStart(width, flags.format === 'rz' ? '0' : ' ')}${separator}${line}\n`
          number += Number(flags.increment ?? 1)
        } else text += `${' '.repeat(width + separator.length)}${line}\n`
      }
      yield* print(process, text)
    })
  },
})

export const fold = tool({
  name: 'fold',
  usage: '[OPTION]... [FILE]...',
  summary: 'Wrap input lines in each FILE, writing to standard output.',
  flags: {
    bytes: flag('b|bytes', 'count bytes rather than columns'),
    spaces: flag('s|spaces', 'break at spaces'),
    width: value('w|width', 'WIDTH', 'use WIDTH columns instead of 80'),
  },
  spelled: (args) => args.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-w', arg.slice(1)] : [arg])),
  *run(call) {
    const width = Number(call.flags.width ?? 80)
    return yield* eachLines(call, function* (lines, input) {
      const folded = lines.map((line) => {
        const parts: string[] = []
        let rest = line
        while (rest.length > width) {
          const space = call.flags.spaces ? rest.slice(0, width).lastIndexOf(' ') : -1
          const cut = space >= 0 ? space + 1 : width
          parts.push(rest.slice(0, cut))
          rest = rest.slice(cut)
        }
        return [...parts, rest].join('\n')
      })
      yield* print(call.process, folded.join('\n') + (input.hasFinalNewline ? '\n' : ''))
    })
  },
})

export const expand = tool({
  name: 'expand',
  usage: '[OPTION]... [FILE]...',
  summary: 'Convert tabs in each FILE to spaces, writing to standard output.',
  flags: {
    initial: flag('i|initial', 'do not convert tabs after non blanks'),
    tabs: value('t|tabs', 'N', 'have tabs N characters apart, not 8'),
  },
  *run(call) {
    const width = Number(call.flags.tabs ?? 8)
    return yield* eachLines(call, function* (lines, input) {
      const expanded = lines.map((line) => {
        let text = ''
        for (const letter of line) text += letter === '\t' ? ' '.repeat(width - (text.length % width)) : letter
        return text
      })
      yield* print(call.process, expanded.join('\n') + (input.hasFinalNewline ? '\n' : ''))
    })
  },
})

export const split = tool({
  name: 'split',
  usage: '[OPTION]... [FILE [PREFIX]]',
  summary: "Output pieces of FILE to PREFIXaa, PREFIXab, ...; default size is 1000 lines, and default PREFIX is 'x'.",
  flags: {
    suffixLength: value('a|suffix-length', 'N', 'generate suffixes of length N (default 2)'),
    bytes: value('b|bytes', 'SIZE', 'put SIZE bytes per output file'),
    numeric: flag('d', 'use numeric suffixes starting at 0, not alphabetic'),
    lines: value('l|lines', 'NUMBER', 'put NUMBER lines/records per output file'),
    additional: value('additional-suffix', 'SUFFIX'),
    verbose: flag('verbose'),
  },
  spelled: (args) => args.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-l', arg.slice(1)] : [arg])),
  *run(call) {
    const { process, flags, operands } = call
    let bytes: Uint8Array
    try {
      bytes = yield* wholeInput(process, openInput(process, operands[0] ?? '-'))
    } catch (error) {
      yield* complain(call, `cannot open ${quoted(operands[0])} for reading: ${wordsOf(error)}`)
      return 1
    }
    const length = Number(flags.suffixLength ?? 2)
    const size = flags.bytes === undefined ? undefined : sizeOf(flags.bytes)
    const lines = Number(flags.lines ?? 1000)
    let number = 0
    for (let at = 0; at < bytes.length; number++) {
      let end = at
      if (size !== undefined) end = Math.min(bytes.length, at + size)
      else
        for (let line = 0; line < lines && end < bytes.length; line++)
          end = bytes.indexOf(10, end) < 0 ? bytes.length : bytes.indexOf(10, end) + 1
      const suffix = flags.numeric
        ? String(number).padStart(length, '0')
        : Array.from({ length }, (_, index) => String.fromCharCode(97 + (Math.floor(number / 26 ** (length - 1 - index)) % 26))).join('')
      const descriptor = openOutput(process, `${operands[1] ?? 'x'}${suffix}${flags.additional ?? ''}`)
      yield* writeTo(process, descriptor, bytes.subarray(at, end))
      process.close(descriptor)
      at = end
    }
    return 0
  },
})

export const shuf = tool({
  name: 'shuf',
  usage: '[OPTION]... [FILE]\n-e [OPTION]... [ARG]...\n-i LO-HI [OPTION]...',
  summary: 'Write a random permutation of the input lines to standard output.',
  flags: {
    echo: flag('e|echo', 'treat each ARG as an input line'),
    range: value('i|input-range', 'LO-HI', 'treat each number LO through HI as an input line'),
    count: value('n|head-count', 'COUNT', 'output at most COUNT lines'),
    output: value('o|output', 'FILE'),
    repeat: flag('r|repeat', 'output lines can be repeated'),
    source: value('random-source', 'FILE'),
    zero: flag('z|zero-terminated'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const range = flags.range === undefined ? undefined : /^(\d+)-(\d+)$/.exec(flags.range)
    if (flags.range !== undefined && !range) throw new UsageError(`invalid input range: ${quoted(flags.range)}`)
    const lines = flags.echo
      ? [...operands]
      : range
        ? Array.from({ length: Number(range[2]) - Number(range[1]) + 1 }, (_, index) => String(Number(range[1]) + index))
        : (yield* allLines({ ...call, operands: operands.slice(0, 1) })).lines
    const count = flags.count === undefined ? (flags.repeat ? Number.POSITIVE_INFINITY : lines.length) : Number(flags.count)
    const { random } = process.kernel
    const chosen: string[] = []
    if (flags.repeat) for (let index = 0; index < count && lines.length > 0; index++) yield* print(process, `${random.pick(lines)}\n`)
    else {
      while (chosen.length < count && lines.length > 0) chosen.push(...lines.splice(random.below(lines.length), 1))
      const text = chosen.map((line) => `${line}\n`).join('')
      if (flags.output === undefined) yield* print(process, text)
      else yield* writeTo(process, openOutput(process, flags.output), bytesOfString(text))
    }
    return 0
  },
})
