/** od, hexdump and xxd: bytes to look at. */
import { eachFile } from './each-file.ts'
import { writeTo } from '../kernel/process.ts'
import { flag, list, value } from './options.ts'
import { sizeOf } from './sizes.ts'
import { print, stringOf, wholeInput } from './text.ts'
import { tool } from './tool.ts'

const hex = (number: number, width: number): string => number.toString(16).padStart(width, '0')
const named = [
  'nul',
  'soh',
  'stx',
  'etx',
  'eot',
  'enq',
  'ack',
  'bel',
  'bs',
  'ht',
  'nl',
  'vt',
  'ff',
  'cr',
  'so',
  'si',
  'dle',
  'dc1',
  'dc2',
  'dc3',
  'dc4',
  'nak',
  'syn',
  'etb',
  'can',
  'em',
  'sub',
  'esc',
  'fs',
  'gs',
  'rs',
  'us',
  'sp',
]
const slashed: Readonly<Record<number, string>> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' }

function letterText(byte: number): string {
  return slashed[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'))
}

export const od = tool({
  name: 'od',
  usage: '[OPTION]... [FILE]...',
  summary: 'Write an unambiguous representation, octal bytes by default, of FILE to standard output.',
  flags: {
    address: value('A|address-radix', 'RADIX', 'output format for file offsets'),
    skip: value('j|skip-bytes', 'BYTES', 'skip BYTES input bytes first'),
    count: value('N|read-bytes', 'BYTES', 'limit dump to BYTES input bytes'),
    format: list('t|format', 'TYPE', 'select output format or formats'),
    duplicates: flag('v|output-duplicates', 'do not use * to mark line suppression'),
    width: value('w|width', 'BYTES'),
    a: flag('a'),
    b: flag('b'),
    c: flag('c'),
    d: flag('d'),
    o: flag('o'),
    x: flag('x'),
  },
  *run(call) {
    const { process, flags } = call
    const formats = [
      ...flags.format.flatMap((text) => text.match(/[acdfoux](?:\d+|[CSIL])?z?/g) ?? []),
      ...(flags.a ? ['a'] : []),
      ...(flags.b ? ['o1'] : []),
      ...(flags.c ? ['c'] : []),
      ...(flags.d ? ['u2'] : []),
      ...(flags.o ? ['o2'] : []),
      ...(flags.x ? ['x2'] : []),
    ]
    if (formats.length === 0) formats.push('o2')
    const parts: number[] = []
    const code = yield* eachFile(call, function* (descriptor) {
      for (const byte of yield* wholeInput(process, descriptor)) parts.push(byte)
    })
    const skip = sizeOf(flags.skip ?? '0') ?? 0
    const bytes = parts.slice(skip, flags.count === undefined ? undefined : skip + (sizeOf(flags.count) ?? 0))
    const address = (at: number): string =>
      flags.address === 'n'
        ? ''
        : flags.address === 'x'
          ? hex(at, 6)
          : flags.address === 'd'
            ? String(at).padStart(7, '0')
            : at.toString(8).padStart(7, '0')
    const sizes = formats.map((format) =>
      /^[ac]/.test(format) ? 1 : Number(/\d+/.exec(format)?.[0] ?? { C: 1, S: 2, I: 4, L: 8 }[format[1] ?? ''] ?? 4),
    )
    const cellWidth = (format: string, size: number): number =>
      /^[ac]/.test(format)
        ? 3
        : format[0] === 'x'
          ? size * 2
          : format[0] === 'o'
            ? ({ 1: 3, 2: 6, 4: 11, 8: 22 }[size] ?? 11)
            : format[0] === 'u'
              ? ({ 1: 3, 2: 5, 4: 10, 8: 20 }[size] ?? 10)
              : ({ 1: 4, 2: 6, 4: 11, 8: 20 }[size] ?? 11)
    // All formats share the columns: the widest cell per byte decides.
    const perByte = Math.max(...formats.map((format, index) => (cellWidth(format, sizes[index]) + 1) / sizes[index]))
    let text = ''
    let previous = ''
    let starred = false
    const wide = Number(flags.width ?? 16)
    for (let at = 0; at < bytes.length; at += wide) {
      const row = bytes.slice(at, at + wide)
      const key = row.join()
      if (!flags.duplicates && key === previous && row.length === wide && at + wide < bytes.length + 1) {
        if (!starred) text += '*\n'
        starred = true
        continue
      }
      starred = false
      previous = key
      for (const [index, format] of formats.entries()) {
        const size = sizes[index]
        text += index === 0 ? address(skip + at) : ' '.repeat(address(0).length)
        for (let cell = 0; cell < row.length; cell += size) {
          let number = 0n
          for (let byte = size - 1; byte >= 0; byte--) number = (number << 8n) | BigInt(row[cell + byte] ?? 0)
          const signed = format[0] === 'd' ? BigInt.asIntN(size * 8, number) : number
          const shown =
            format[0] === 'c'
              ? letterText(row[cell])
              : format[0] === 'a'
                ? (named[row[cell] & 127] ?? (row[cell] === 127 ? 'del' : String.fromCharCode(row[cell] & 127)))
                : format[0] === 'x'
                  ? number.toString(16).padStart(size * 2, '0')
                  : format[0] === 'o'
                    ? number.toString(8).padStart(cellWidth(format, size), '0')
                    : String(signed)
          text += shown.padStart(Math.round(perByte * size))
        }
        if (format.endsWith('z'))
          text += `${' '.repeat(Math.round((wide - row.length) * perByte))}  >${row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')}<`
        text += '\n'
      }
    }
    if (flags.address !== 'n') text += `${address(skip + bytes.length)}\n`
    yield* print(process, text)
    return code
  },
})

export const hexdump = tool({
  name: 'hexdump',
  usage: '[options] <file>...',
  summary: 'Display file contents in hexadecimal, decimal, octal, or ascii.',
  package: 'hexdump from util-linux 2.38.1',
  flags: {
    canonical: flag('C|canonical', 'canonical hex+ASCII display'),
    length: value('n|length', 'length', 'interpret only length bytes of input'),
    skip: value('s|skip', 'offset', 'skip offset bytes from the beginning'),
    noSqueezing: flag('v|no-squeezing', 'output identical lines'),
    twoBytes: flag('x|two-bytes-hex', 'two-byte hexadecimal display'),
    format: list('e|format', 'format'),
    chars: flag('c|one-byte-char', 'one-byte character display'),
  },
  *run(call) {
    const { process, flags } = call
    const parts: number[] = []
    const code = yield* eachFile(call, function* (descriptor) {
      for (const byte of yield* wholeInput(process, descriptor)) parts.push(byte)
    })
    const skip = Number(flags.skip ?? 0)
    const bytes = parts.slice(skip, flags.length === undefined ? undefined : skip + Number(flags.length))
    if (flags.format.length > 0) {
      const single = /(?:\d+\/1 )?"((?:%0?\d*[xXou]|[^"%])*)"/.exec(flags.format.join(' '))?.[1] ?? '%02x'
      yield* print(
        process,
        bytes
          .map((byte) =>
            single
              .replace(/%(0?)(\d*)([xXou])/, (_, zero: string, width: string, letter: string) =>
                byte.toString(letter === 'o' ? 8 : letter === 'u' ? 10 : 16).padStart(Number(width || 0), zero ? '0' : ' '),
              )
              .replace(/\\n/g, '\n'),
          )
          .join(''),
      )
      return code
    }
    let text = ''
    let previous = ''
    let starred = false
    const width = flags.canonical ? 8 : 7
    for (let at = 0; at < bytes.length; at += 16) {
      const row = bytes.slice(at, at + 16)
      const key = row.join()
      if (!flags.noSqueezing && key === previous) {
        if (!starred) text += '*\n'
        starred = true
        continue
      }
      starred = false
      previous = key
      if (flags.canonical) {
        const cells = Array.from({ length: 16 }, (_, index) => (row[index] === undefined ? '  ' : hex(row[index], 2)))
        text += `${hex(skip + at, 8)}  ${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}  |${row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')}|\n`
      } else if (flags.chars) text += `${hex(skip + at, 7)} ${row.map((byte) => letterText(byte).padStart(3)).join(' ')}\n`
      else {
        const words: string[] = []
        for (let cell = 0; cell < row.length; cell += 2) words.push(hex(row[cell] | ((row[cell + 1] ?? 0) << 8), 4))
        text +=
          `${hex(skip + at, 7)} ${words.map((word) => (flags.twoBytes ? `   ${word}` : word)).join(' ')}`.padEnd(flags.twoBytes ? 0 : 47) +
          '\n'
      }
    }
    if (bytes.length > 0) text += `${hex(skip + bytes.length, width)}\n`
    yield* print(process, text)
    return code
  },
})

export const xxd = tool({
  name: 'xxd',
  usage: '[options] [infile [outfile]]',
  summary: 'Make a hexdump or do the reverse.',
  package: 'xxd 2022-01-14 by Juergen Weigert et al.',
  flags: {
    bits: flag('b'),
    columns: value('c', 'cols'),
    group: value('g', 'bytes'),
    length: value('l', 'len'),
    plain: flag('p'),
    plainToo: flag('ps'),
    reverse: flag('r'),
    skip: value('s', 'seek'),
    upper: flag('u'),
    include: flag('i'),
  },
  *run(call) {
    const { process, flags } = call
    let code = 0
    code = yield* eachFile({ ...call, operands: call.operands.slice(0, 1) }, function* (descriptor) {
      const all = yield* wholeInput(process, descriptor)
      if (flags.reverse) {
        const text = stringOf(all)
        const digits = flags.plain
          ? text.replace(/[^0-9a-fA-F]/g, '')
          : text
              .split('\n')
              .map((line) => (/^[0-9a-f]+: (.*?)(?:  |$)/.exec(line)?.[1] ?? '').replace(/ /g, ''))
              .join('')
        yield* writeTo(
          process,
          1,
          Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
        )
        return
      }
      const skip = Number(flags.skip ?? 0)
      const bytes = all.subarray(skip, flags.length === undefined ? undefined : skip + Number(flags.length))
      const columns = Number(flags.columns ?? (flags.plain ? 30 : flags.bits ? 6 : 16))
      const group = Number(flags.group ?? (flags.bits ? 1 : 2))
      let text = ''
      for (let at = 0; at < bytes.length; at += columns) {
        const row = Array.from(bytes.subarray(at, at + columns))
        const cell = (byte: number): string =>
          flags.bits ? byte.toString(2).padStart(8, '0') : flags.upper ? hex(byte, 2).toUpperCase() : hex(byte, 2)
        if (flags.plain) text += `${row.map(cell).join('')}\n`
        else {
          const shown = row.map((byte, index) => cell(byte) + ((index + 1) % group === 0 ? ' ' : '')).join('')
          const full = columns * (flags.bits ? 8 : 2) + Math.ceil(columns / group)
          text += `${hex(skip + at, 8)}: ${shown.padEnd(full)} ${row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')}\n`
        }
      }
      yield* print(process, text)
    })
    return code
  },
})
