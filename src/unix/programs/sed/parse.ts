/** sed's compiler: a script as a flat list of commands, blocks and labels turned into places to go to. Refusals are in GNU sed's words. */
import { regularExpression } from '../regular-expression.ts'

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  | { readonly kind: 'pattern'; readonly pattern: RegExp | undefined }
  | { readonly kind: 'plus'; readonly lines: number }
  | { readonly kind: 'multiple'; readonly of: number }

export interface Command {
  readonly from: Address | undefined
  readonly to: Address | undefined
  readonly negated: boolean
  readonly letter: string
  readonly text: string
  readonly pattern?: RegExp | undefined
  readonly flags?: SubstituteFlags
  readonly map?: ReadonlyMap<string, string>
  /** Where a block ends, or a branch goes. */
  target?: number
  /** State of a range: the line it began at, where it must end. */
  active?: { readonly endLine: number | undefined }
}

export interface SubstituteFlags {
  readonly global: boolean
  readonly print: boolean
  readonly nth: number
  readonly file: string | undefined
  readonly evaluate: boolean
}

export class ScriptError extends Error {}

export function compiled(script: string, extended: boolean): readonly Command[] {
  const commands: Command[] = []
  const blocks: number[] = []
  let at = 0
  const fail = (message: string, where = at): never => {
    throw new ScriptError(`-e expression #1, char ${where}: ${message}`)
  }
  const blanks = (): void => {
    while (at < script.length && /[ \t]/.test(script[at])) at++
  }
  const delimited = (delimiter: string, isPattern: boolean, what: string): string => {
    let text = ''
    let inBracket = false
    for (;;) {
      const letter = script[at]
      if (letter === undefined || (letter === '\n' && isPattern)) return fail(what)
      if (letter === '\\' && at + 1 < script.length) {
        const next = script[at + 1]
        if (next === delimiter && !inBracket)
          text +=
            isPattern && /[.*+?^$|(){}[\]]/.test(delimiter)
              ? `\\${next}`
              : next === '&' || (!isPattern && next === '\\')
                ? `\\${next}`
                : next
        else if (next === '\n') text += isPattern ? '\\n' : '\n'
        else text += `\\${next}`
        at += 2
        continue
      }
      if (isPattern && letter === '[' && !inBracket) {
        inBracket = true
        text += letter
        at++
        if (script[at] === '^') text += script[at++]
        if (script[at] === ']') text += script[at++]
        continue
      }
      if (inBracket && letter === '[' && /[:.=]/.test(script[at + 1] ?? '')) {
        const close = script.indexOf(`${script[at + 1]}]`, at + 2)
        if (close > 0) {
          text += script.slice(at, close + 2)
          at = close + 2
          continue
        }
      }
      if (inBracket && letter === ']') inBracket = false
      else if (letter === delimiter && !inBracket) {
        at++
        return text
      }
      text += letter
      at++
    }
  }
  const patternOf = (text: string, modifiers: string): RegExp | undefined =>
    text === ''
      ? undefined
      : regularExpression(text, { extended, ignoreCase: /[iI]/.test(modifiers), flags: `g${/M/.test(modifiers) ? 'm' : ''}` })
  const address = (): Address | undefined => {
    const number = /^\d+/.exec(script.slice(at))
    if (number) {
      at += number[0].length
      blanks()
      if (script[at] === '~') {
        const step = /^~(\d*)/.exec(script.slice(at))
        at += step?.[0].length ?? 1
        return { kind: 'step', first: Number(number[0]), step: Number(step?.[1] || 0) }
      }
      return { kind: 'line', line: Number(number[0]) }
    }
    if (script[at] === '$') {
      at++
      return { kind: 'last' }
    }
    if (script[at] === '/' || script[at] === '\\') {
      let delimiter = '/'
      if (script[at] === '\\') delimiter = script[++at]
      at++
      const text = delimited(delimiter, true, 'unterminated address regex')
      const modifiers = /^[IM]*/.exec(script.slice(at))?.[0] ?? ''
      at += modifiers.length
      return { kind: 'pattern', pattern: patternOf(text, modifiers) }
    }
    return undefined
  }
  while (at < script.length) {
    while (at < script.length && /[\s;]/.test(script[at])) at++
    if (at >= script.length) break
    const from = address()
    let to: Address | undefined
    blanks()
    if (from && script[at] === ',') {
      at++
      blanks()
      const special = /^([+~])(\d+)/.exec(script.slice(at))
      if (special) {
        at += special[0].length
        to = special[1] === '+' ? { kind: 'plus', lines: Number(special[2]) } : { kind: 'multiple', of: Number(special[2]) }
      } else to = address() ?? fail("unexpected `,'")
    }
    blanks()
    let negated = false
    while (script[at] === '!') {
      negated = true
      at++
      blanks()
    }
    if (from?.kind === 'line' && from.line === 0 && to?.kind !== 'pattern') fail('invalid usage of line address 0', at + 1)
    const letter = script[at++]
    if (letter === undefined) fail('missing command', at - 1)
    const base = { from, to, negated, letter }
    const ends = (): void => {
      blanks()
      if (at < script.length && !/[\n;}#]/.test(script[at])) fail('extra characters after command', at + 1)
    }
    switch (letter) {
      case '#': {
        if (from) fail("comments don't accept any addresses")
        while (at < script.length && script[at] !== '\n') at++
        break
      }
      case '{':
        blocks.push(commands.length)
        commands.push({ ...base, text: '' })
        break
      case '}': {
        if (from) fail("} doesn't want any addresses")
        const start = blocks.pop()
        if (start === undefined) fail("unexpected `}'")
        else commands[start].target = commands.length
        commands.push({ ...base, text: '' })
        ends()
        break
      }
      case ':': {
        if (from) fail(": doesn't want any addresses")
        const label = /^[ \t]*([^\n;]*)/.exec(script.slice(at))
        at += label?.[0].length ?? 0
        if (!label?.[1].trim()) fail('":" lacks a label')
        commands.push({ ...base, text: label?.[1].trim() ?? '' })
        break
      }
      case 'b':
      case 't':
      case 'T': {
        const label = /^[ \t]*([^\n;}]*)/.exec(script.slice(at))
        at += label?.[0].length ?? 0
        commands.push({ ...base, text: label?.[1].trim() ?? '' })
        break
      }
      case 'a':
      case 'i':
      case 'c': {
        blanks()
        if (script[at] === '\\') {
          at++
          // `a\  text` on one line keeps its blanks; before the end of the line they mean nothing.
          const ending = /^[ \t]*\n/.exec(script.slice(at))
          if (ending) at += ending[0].length
        }
        if (at >= script.length) fail("expected \\ after `a', `c' or `i'")
        let text = ''
        while (at < script.length && script[at] !== '\n') {
          if (script[at] === '\\' && at + 1 < script.length) {
            const next = script[at + 1]
            text += next === 't' ? '\t' : next
            at += 2
          } else text += script[at++]
        }
        at++
        commands.push({ ...base, text })
        break
      }
      case 'r':
      case 'R':
      case 'w':
      case 'W': {
        blanks()
        const end = script.indexOf('\n', at)
        const path = end < 0 ? script.slice(at) : script.slice(at, end)
        at = end < 0 ? script.length : end + 1
        if (path === '') fail('missing filename in r/R/w/W commands')
        commands.push({ ...base, text: path })
        break
      }
      case 's': {
        const delimiter = script[at++]
        if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') fail("unterminated `s' command")
        const source = delimited(delimiter, true, "unterminated `s' command")
        const replacement = delimited(delimiter, false, "unterminated `s' command")
        let nth = 0
        let global = false
        let prints = false
        let modifiers = ''
        let file: string | undefined
        let evaluate = false
        for (;;) {
          const option = script[at]
          if (option === 'g') global = true
          else if (option === 'p') prints = true
          else if (option === 'e') evaluate = true
          else if (option !== undefined && /[iIM]/.test(option)) modifiers += option
          else if (option !== undefined && /[1-9]/.test(option)) {
            const digits = /^\d+/.exec(script.slice(at))?.[0] ?? ''
            nth = Number(digits)
            at += digits.length
            continue
          } else if (option === 'w') {
            const end = script.indexOf('\n', at)
            file = script.slice(at + 1, end < 0 ? undefined : end).trim()
            at = end < 0 ? script.length : end
            break
          } else if (option === undefined || /[\s;}#]/.test(option)) break
          else fail("unknown option to `s'", at + 1)
          at++
        }
        ends()
        const groups = (source.match(extended ? /(?<!\\)\(/g : /\\\(/g) ?? []).length
        const reference = Math.max(0, ...Array.from(replacement.matchAll(/\\(\d)/g), (match) => Number(match[1])))
        if (source !== '' && reference > groups) fail(`invalid reference \\${reference} on \`s' command's RHS`)
        commands.push({
          ...base,
          text: replacement,
          pattern: patternOf(source, modifiers),
          flags: { global, print: prints, nth: nth || 1, file, evaluate },
        })
        break
      }
      case 'y': {
        const delimiter = script[at++]
        const left = [...unslashed(delimited(delimiter, false, "unterminated `y' command"))]
        const right = [...unslashed(delimited(delimiter, false, "unterminated `y' command"))]
        if (left.length !== right.length) fail("strings for `y' command are different lengths")
        ends()
        commands.push({ ...base, text: '', map: new Map(left.map((letter, index) => [letter, right[index]])) })
        break
      }
      case 'q':
      case 'Q':
      case 'l':
      case 'L': {
        const number = /^[ \t]*(\d*)/.exec(script.slice(at))
        at += number?.[0].length ?? 0
        ends()
        commands.push({ ...base, text: number?.[1] ?? '' })
        break
      }
      default:
        if (!/[=dDgGhHnNpPxzF]/.test(letter)) fail(`unknown command: \`${letter}'`)
        ends()
        commands.push({ ...base, text: '' })
    }
  }
  if (blocks.length > 0) fail("unmatched `{'", 0)
  for (const command of commands) {
    if (!'btT'.includes(command.letter) || command.text === '') continue
    const target = commands.findIndex(({ letter, text }) => letter === ':' && text === command.text)
    if (target < 0) throw new ScriptError(`-e expression #1, char ${script.length}: can't find label for jump to \`${command.text}'`)
    command.target = target
  }
  return commands
}

function unslashed(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) => ({ n: '\n', t: '\t', '\\': '\\' })[letter] ?? `\\${letter}`)
}
