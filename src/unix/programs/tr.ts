/** tr: letters to letters, byte by byte. */
import { writeTo } from '../kernel/process.ts'
import { flag, UsageError } from './options.ts'
import { bytesOfLatin1, bytesOfString, latin1Of, nextBytes } from './text.ts'
import { quoted, tool } from './tool.ts'

const range = (from: string, to: string): string => {
  let text = ''
  for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) text += String.fromCharCode(code)
  return text
}

const classes: Readonly<Record<string, string>> = {
  alpha: range('A', 'Z') + range('a', 'z'),
  digit: range('0', '9'),
  alnum: range('0', '9') + range('A', 'Z') + range('a', 'z'),
  upper: range('A', 'Z'),
  lower: range('a', 'z'),
  space: '\t\n\v\f\r ',
  blank: '\t ',
  punct: range('!', '/') + range(':', '@') + range('[', '`') + range('{', '~'),
  print: range(' ', '~'),
  graph: range('!', '~'),
  cntrl: `${range('\0', '\x1f')}\x7f`,
  xdigit: `${range('0', '9')}ABCDEFabcdef`,
}

export const tr = tool({
  name: 'tr',
  usage: '[OPTION]... STRING1 [STRING2]',
  summary: 'Translate, squeeze, and/or delete characters from standard input,\nwriting to standard output.',
  flags: {
    complement: flag('c|C|complement', 'use the complement of ARRAY1'),
    delete: flag('d|delete', 'delete characters in ARRAY1, do not translate'),
    squeeze: flag('s|squeeze-repeats', 'replace each sequence of a repeated character with a single occurrence'),
    truncate: flag('t|truncate-set1', 'first truncate ARRAY1 to length of ARRAY2'),
  },
  *run({ process, flags, operands }) {
    if (operands.length === 0) throw new UsageError('missing operand')
    if (operands.length === 1 && !flags.delete && !flags.squeeze)
      throw new UsageError(`missing operand after ${quoted(operands[0])}\nTwo strings must be given when translating.`)
    if (operands.length === 2 && flags.delete && !flags.squeeze)
      throw new UsageError(`extra operand ${quoted(operands[1])}\nOnly one string may be given when deleting without squeezing repeats.`)
    if (operands.length > 2) throw new UsageError(`extra operand ${quoted(operands[2])}`)
    let first = setOf(operands[0], 0)
    if (flags.complement)
      first = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
        .filter((letter) => !first.includes(letter))
        .join('')
    let second = operands[1] === undefined ? undefined : setOf(operands[1], first.length)
    const squeezed = flags.squeeze ? new Set(flags.delete ? (second ?? first) : (second ?? first)) : undefined
    const map = new Map<string, string>()
    if (second !== undefined && !flags.delete) {
      if (second === '') throw new UsageError('when not truncating set1, string2 must be non-empty')
      if (flags.truncate) first = first.slice(0, second.length)
      if (second.length < first.length) second = second.padEnd(first.length, second.at(-1))
      for (let at = 0; at < first.length; at++) map.set(first[at], second[at])
    }
    const deleted = new Set(flags.delete ? first : '')
    let previous = ''
    for (;;) {
      const bytes = yield* nextBytes(process, 0)
      if (bytes.length === 0) return 0
      let text = ''
      for (const letter of latin1Of(bytes)) {
        if (deleted.has(letter)) continue
        const result = map.get(letter) ?? letter
        if (squeezed?.has(result) && result === previous) continue
        previous = result
        text += result
      }
      yield* writeTo(process, 1, bytesOfLatin1(text))
    }
  },
})

/** The letters of `a-z`, `[:alpha:]`, `[x*]`, `\n`, `\101`. `length`: what `[x*]` fills up to. */
function setOf(text: string, length: number): string {
  const letters = latin1Of(bytesOfString(text))
  let set = ''
  let at = 0
  const letterAt = (): string => {
    if (letters[at] !== '\\') return letters[at++]
    const octal = /^\\([0-7]{1,3})/.exec(letters.slice(at, at + 4))
    if (octal) {
      at += octal[0].length
      return String.fromCharCode(Number.parseInt(octal[1], 8) & 255)
    }
    at += 2
    const next = letters[at - 1] ?? '\\'
    return ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' } as Record<string, string>)[next] ?? next
  }
  while (at < letters.length) {
    const named = /^\[:(\w+):\]/.exec(letters.slice(at))
    if (named) {
      if (!(named[1] in classes)) throw new UsageError(`invalid character class '${named[1]}'`)
      set += classes[named[1]]
      at += named[0].length
      continue
    }
    const repeat = /^\[(\\?.)\*(\d*)\]/s.exec(letters.slice(at))
    if (repeat) {
      at++
      const letter = letterAt()
      at += repeat[2].length + 2
      set += letter.repeat(repeat[2] === '' ? Math.max(0, length - set.length) : Number(repeat[2]))
      continue
    }
    const equivalent = /^\[=(.)=\]/s.exec(letters.slice(at))
    if (equivalent) {
      set += equivalent[1]
      at += 5
      continue
    }
    const letter = letterAt()
    if (letters[at] === '-' && at + 1 < letters.length) {
      at++
      const to = letterAt()
      if (to < letter) throw new UsageError(`range-endpoints of '${letter}-${to}' are in reverse collating sequence order`)
      set += range(letter, to)
    } else set += letter
  }
  return set
}
