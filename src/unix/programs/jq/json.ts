/** JSON as jq reads and writes it: several values in a row, its own words for what is broken, its way of writing numbers, indents and colours. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** JSON values one after the other, each with the offset behind it; what is wrong after the last good one. */
export function values(source: string): { found: Json[]; ends: number[]; problem?: string } {
  const found: Json[] = []
  const ends: number[] = []
  let at = 0
  while (at < source.length) {
    const blank = /^\s+/.exec(source.slice(at, at + 1000))
    if (blank) {
      at += blank[0].length
      continue
    }
    const end = endOfValue(source, at)
    try {
      found.push(JSON.parse(source.slice(at, end)) as Json)
    } catch {
      return { found, ends, problem: problemOf(source, at) }
    }
    ends.push(end)
    at = end
  }
  return { found, ends }
}

/** Reads as jq's own parser does, to stumble where it stumbles and say so in its words. */
export function problemOf(source: string, start: number): string {
  /** What stands open: an array, or an object that waits for a key, a colon, a value or a comma. */
  const open: { readonly kind: '[' | '{'; state: 'first' | 'key' | 'colon' | 'value' | 'comma' }[] = []
  let word = ''
  let line = source.slice(0, start).split('\n').length
  let column = start - (source.lastIndexOf('\n', start - 1) + 1)
  let keyIsText = false
  const wordProblem = (): string | undefined => {
    if (word === '') return undefined
    const text = word
    word = ''
    if (/^[ntf]/.test(text)) return ['null', 'true', 'false', 'nan'].includes(text) ? taken(false) : 'Invalid literal'
    return Number.isNaN(Number(text)) ? 'Invalid numeric literal' : taken(false)
  }
  const taken = (isText: boolean): string | undefined => {
    const top = open.at(-1)
    if (!top) return undefined
    if (top.kind === '[') {
      if (top.state === 'comma') return 'Expected separator between values'
      top.state = 'comma'
    } else if (top.state === 'first' || top.state === 'key') {
      keyIsText = isText
      top.state = 'colon'
    } else if (top.state === 'value') top.state = 'comma'
    else return 'Expected separator between values'
    return undefined
  }
  const mark = (letter: string): string | undefined => {
    const top = open.at(-1)
    switch (letter) {
      case '[':
      case '{':
        if (top && (top.state === 'comma' || top.state === 'colon')) return 'Expected separator between values'
        open.push({ kind: letter, state: 'first' })
        return undefined
      case ']':
        if (top?.kind !== '[') return "Unmatched ']'"
        if (top.state === 'key') return 'Expected another array element'
        open.pop()
        return taken(false)
      case '}':
        if (top?.kind !== '{') return "Unmatched '}'"
        if (top.state === 'key') return 'Expected another key-value pair'
        if (top.state === 'value') return "Unmatched '}'"
        if (top.state === 'colon') return 'Objects must consist of key:value pairs'
        open.pop()
        return taken(false)
      case ',':
        if (!top) return "Expected value before ','"
        if (top.state !== 'comma') return top.kind === '{' ? 'Objects must consist of key:value pairs' : "Expected value before ','"
        top.state = 'key'
        return undefined
      default:
        if (!top) return "':' not as part of an object"
        if (top.kind === '[') return "':' should follow a key"
        if (top.state !== 'colon') return "Expected string key before ':'"
        if (!keyIsText) return 'Object keys must be strings'
        top.state = 'value'
        return undefined
    }
  }
  for (let at = start; at < source.length; at++) {
    const letter = source[at]
    column++
    if (letter === '\n') {
      line++
      column = 0
    }
    let problem: string | undefined
    if (letter === '"') {
      problem = wordProblem()
      let end = at + 1
      while (end < source.length && source[end] !== '"') end += source[end] === '\\' ? 2 : 1
      if (problem === undefined && end >= source.length) return `Unfinished string at EOF at ${endOf(source)}`
      if (problem === undefined) {
        column += end - at
        at = end
        problem = taken(true)
      }
    } else if ('[]{}:,'.includes(letter) || /\s/.test(letter)) {
      problem = wordProblem()
      if (problem === undefined && !/\s/.test(letter)) problem = mark(letter)
    } else word += letter
    if (problem !== undefined) return `${problem} at line ${line}, column ${column}`
  }
  const problem = wordProblem() ?? (open.length > 0 ? 'Unfinished JSON term' : 'Invalid literal')
  return `${problem} at EOF at ${endOf(source)}`
}

function endOf(source: string): string {
  return `line ${source.split('\n').length}, column ${source.length - source.lastIndexOf('\n') - 1}`
}

function endOfValue(source: string, start: number): number {
  if (!/[[{"]/.test(source[start])) {
    const match = /[\s[\]{},"]/.exec(source.slice(start + 1))
    return match ? start + 1 + match.index : source.length
  }
  let depth = 0
  let inText = false
  for (let at = start; at < source.length; at++) {
    const letter = source[at]
    if (inText) {
      if (letter === '\\') at++
      else if (letter === '"') {
        inText = false
        if (depth === 0) return at + 1
      }
    } else if (letter === '"') inText = true
    else if (letter === '{' || letter === '[') depth++
    else if (letter === '}' || letter === ']') {
      depth--
      if (depth === 0) return at + 1
    }
  }
  return source.length
}

export interface Look {
  readonly compact: boolean
  readonly sort: boolean
  readonly color: boolean
  readonly indent: number
  readonly tab: boolean
  readonly ascii: boolean
}

export function jsonText(value: Json, look: Look, depth = 0): string {
  const paint = (text: string, code: string): string => (look.color ? `\x1b[${code}m${text}\x1b[0m` : text)
  const step = look.compact || look.indent === 0 ? '' : `\n${(look.tab ? '\t' : ' '.repeat(look.indent)).repeat(depth + 1)}`
  const end = look.compact || look.indent === 0 ? '' : `\n${(look.tab ? '\t' : ' '.repeat(look.indent)).repeat(depth)}`
  const quoted = (text: string): string => {
    const json = JSON.stringify(text).replace(/\x7f/g, '\\u007f')
    return look.ascii ? json.replace(/[^\x00-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`) : json
  }
  if (value === null) return paint('null', '1;30')
  if (typeof value === 'string') return paint(quoted(value), '0;32')
  if (typeof value === 'number')
    return paint(
      Number.isFinite(value)
        ? numberText(value)
        : Number.isNaN(value)
          ? 'null'
          : value > 0
            ? '1.7976931348623157e+308'
            : '-1.7976931348623157e+308',
      '0;39',
    )
  if (typeof value === 'boolean') return paint(String(value), '0;39')
  const items = Array.isArray(value)
    ? value.map((one) => jsonText(one, look, depth + 1))
    : (look.sort ? Object.keys(value).sort() : Object.keys(value)).map(
        (key) =>
          `${look.color ? `\x1b[34;1m${quoted(key)}\x1b[0m` : quoted(key)}${paint(':', '1;39')}${look.compact ? '' : ' '}${jsonText(value[key], look, depth + 1)}`,
      )
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (items.length === 0)
    return look.color ? `\x1b[1;39m${open}\x1b[1;39m${close}\x1b[0m`.replace('\x1b[1;39m' + close, close) : open + close
  return `${paint(open, '1;39')}${step}${items.join(`${paint(',', '1;39')}${step}`)}${end}${paint(close, '1;39')}`
}

export function numberText(value: number): string {
  // %.17g turns to the exponent at 1e17, JavaScript at 1e21.
  if (Math.abs(value) >= 1e17 && Math.abs(value) < 1e21) return value.toExponential().replace(/e\+(\d)$/, 'e+0$1')
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential().replace(/e-(\d)$/, 'e-0$1')
  return String(value).replace(/e\+?(-?)(\d)$/, (_, sign: string, digit: string) => `e${sign || '+'}${digit.padStart(2, '0')}`)
}
