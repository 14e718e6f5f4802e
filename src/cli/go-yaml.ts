/**
 * YAML as Go's sigs.k8s.io/yaml writes it (the emitter of libyaml): keys in natural order, lists not indented under their key, quotes
 * only where a plain word would be read as something else, lines of plain and quoted text folded at 80 columns.
 */
import { goJsonNumber } from './go-json.ts'

/** yaml.v3, which compose uses, keeps the order of a struct's fields, indents lists under their key and never folds a line. */
export interface YamlForm {
  readonly keepsOrder: boolean
  readonly indentsLists: boolean
  readonly width: number
}

const sigs: YamlForm = { keepsOrder: false, indentsLists: false, width: 80 }
export const yamlThree: YamlForm = { keepsOrder: true, indentsLists: true, width: Number.POSITIVE_INFINITY }

export function goYaml(value: unknown, form: YamlForm = sigs): string {
  const writer = new Writer(form)
  writer.node(value, 0, 'root')
  return writer.text
}

class Writer {
  text = ''
  #column = 0
  readonly #form: YamlForm

  constructor(form: YamlForm) {
    this.#form = form
  }

  #put(piece: string): void {
    this.text += piece
    const newline = piece.lastIndexOf('\n')
    this.#column = newline < 0 ? this.#column + [...piece].length : [...piece.slice(newline + 1)].length
  }

  /** `place` says what stands before on the line: nothing, `key:` or `-`. */
  node(value: unknown, indent: number, place: 'root' | 'key' | 'item'): void {
    if (Array.isArray(value) && value.length > 0) return this.#list(value, place === 'key' ? indent : indent, place)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined)
      if (entries.length > 0) return this.#map(entries, indent, place)
    }
    if (place !== 'root') this.#put(' ')
    if (Array.isArray(value)) this.#put('[]\n')
    else if (value !== null && typeof value === 'object') this.#put('{}\n')
    else this.#scalar(value, indent, place === 'root' ? 0 : indent)
  }

  #map(entries: [string, unknown][], indent: number, place: 'root' | 'key' | 'item'): void {
    if (!this.#form.keepsOrder) entries.sort(([a], [b]) => naturally(a, b))
    if (place === 'key') this.#put('\n')
    entries.forEach(([key, item], index) => {
      if (place === 'item' && index === 0) this.#put(' ')
      else this.#put(' '.repeat(indent))
      this.#key(key, indent)
      const isList = Array.isArray(item) && item.length > 0
      this.node(item, isList && !this.#form.indentsLists ? indent : indent + 2, 'key')
    })
  }

  #key(key: string, indent: number): void {
    if (key.includes('\n') || [...key].length > 128) {
      this.#put(`? `)
      this.#scalar(key, indent + 2, indent + 2)
      this.#put(`${' '.repeat(indent)}:`)
      return
    }
    const style = styleOf(key)
    if (style === 'plain') this.#put(key)
    else if (style === 'single') this.#put(`'${key.replaceAll("'", "''")}'`)
    else this.#put(doubleQuoted(key))
    this.#put(':')
  }

  #list(items: readonly unknown[], indent: number, place: 'root' | 'key' | 'item'): void {
    if (place === 'key') this.#put('\n')
    items.forEach((item, index) => {
      if (place === 'item' && index === 0) this.#put(' ')
      else this.#put(' '.repeat(indent))
      this.#put('-')
      this.node(item, indent + 2, 'item')
    })
  }

  #scalar(value: unknown, indent: number, foldIndent: number): void {
    if (typeof value === 'string') this.#string(value, indent, foldIndent)
    else if (typeof value === 'number') this.#put(`${yamlNumber(value)}\n`)
    else this.#put(`${value === null || value === undefined ? 'null' : String(value)}\n`)
  }

  #string(text: string, indent: number, foldIndent: number): void {
    const style = styleOf(text)
    if (style === 'literal') return this.#literal(text, indent)
    if (style === 'plain') this.#folded([...text], foldIndent, '')
    else if (style === 'single') this.#folded([...text], foldIndent, "'")
    else this.#double(text, foldIndent)
    this.#put('\n')
  }

  #literal(text: string, indent: number): void {
    let hint = ''
    if (text.startsWith(' ') || text.startsWith('\n')) hint = '2'
    const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
    this.#put(`|${hint}${chomp}\n`)
    const body = text.endsWith('\n') ? text.slice(0, -1) : text
    // Inside a list the block stands two deeper than the dash, which `indent` already is.
    const margin = ' '.repeat(Math.max(indent, 2))
    for (const line of body.split('\n')) this.#put(line === '' ? '\n' : `${margin}${line}\n`)
  }

  /** Plain and single-quoted text: broken at single spaces once the line is full. */
  #folded(letters: readonly string[], indent: number, quote: string): void {
    this.#put(quote)
    let wasSpace = false
    let wasBreak = false
    letters.forEach((letter, at) => {
      if (letter === ' ') {
        const isEdge = quote !== '' && (at === 0 || at === letters.length - 1)
        if (!wasSpace && this.#column > this.#form.width && !isEdge && letters[at + 1] !== ' ') this.#put(`\n${' '.repeat(indent)}`)
        else this.#put(' ')
        wasSpace = true
      } else if (letter === '\n') {
        if (!wasBreak) this.#put('\n')
        this.#put('\n')
        wasBreak = true
        wasSpace = false
        return
      } else {
        if (wasBreak) this.#put(' '.repeat(indent))
        this.#put(letter === "'" && quote !== '' ? "''" : letter)
        wasSpace = false
      }
      wasBreak = false
    })
    this.#put(quote)
  }

  #double(text: string, indent: number): void {
    const letters = [...text]
    this.#put('"')
    let wasSpace = false
    letters.forEach((letter, at) => {
      const escaped = escapedLetter(letter)
      if (escaped !== undefined) {
        this.#put(escaped)
        wasSpace = false
        return
      }
      if (letter === ' ') {
        if (!wasSpace && this.#column > this.#form.width && at > 0 && at < letters.length - 1) {
          this.#put(`\n${' '.repeat(indent)}`)
          if (letters[at + 1] === ' ') this.#put('\\')
        } else this.#put(' ')
        wasSpace = true
        return
      }
      this.#put(letter)
      wasSpace = false
    })
    this.#put('"')
  }
}

function yamlNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value)
  const text = goJsonNumber(value)
  return text.includes('e') ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text
}

type Style = 'plain' | 'single' | 'double' | 'literal'

/** How a string must be written so that it is read back as this string. */
function styleOf(text: string): Style {
  const hasSpecial = needsEscapes(text)
  if (isResolved(text)) return 'double'
  if (text.includes('\n'))
    return hasSpecial || (/^[ ]/.test(text) && false) || (/[ ]\n/.test(text) && hasSpecial)
      ? 'double'
      : blockAllowed(text)
        ? 'literal'
        : 'double'
  if (hasSpecial) return 'double'
  if (text === '') return 'double'
  return plainAllowed(text) ? 'plain' : 'single'
}

function blockAllowed(text: string): boolean {
  // A block cannot show spaces at the very end, nor (in libyaml) a space before the last line break.
  return (!/ $/.test(text) && !/ \n$/.test(text)) || !/ $/.test(text)
}

function needsEscapes(text: string): boolean {
  for (const letter of text) {
    if (letter !== '\n' && escapedLetter(letter) !== undefined && letter !== '"' && letter !== '\\') return true
  }
  return false
}

function plainAllowed(text: string): boolean {
  if (text.startsWith(' ') || text.endsWith(' ')) return false
  if (text.startsWith('---') || text.startsWith('...')) return false
  const first = text[0]
  if ('#,[]{}&*!|>\'"%@`'.includes(first)) return false
  const isFollowedByBlank = text.length === 1 || /[ \t\n]/.test(text[1])
  if ('-?:'.includes(first) && isFollowedByBlank) return false
  if ((first === '?' || first === ':') && false) return false
  if (/:(?:[ \t]|$)/.test(text) || /[ \t]#/.test(text)) return false
  return true
}

/** Words that YAML 1.1 reads as null, booleans, numbers, times or merge keys: they are quoted with double quotes. */
function isResolved(text: string): boolean {
  if (text === '' || text === '~' || text === '<<') return text !== ''
  if (/^(null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/.test(text)) return true
  if (/^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/.test(text)) return true
  if (/^[-+]?(0b[01_]+|0x[\da-fA-F_]+|0o[0-7_]+|\d[\d_]*)$/.test(text)) return /\d/.test(text)
  if (/^[-+]?(\.\d+|\d[\d_]*(\.[\d_]*)?)([eE][-+]?\d+)?$/.test(text)) return true
  if (/^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/.test(text)) return true
  return isTimestamp(text)
}

function isTimestamp(text: string): boolean {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[tT]|[ ])(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text)
  if (!match) return false
  const [, , month, day, hour, minute, second] = match.map(Number)
  if (month < 1 || month > 12 || day < 1 || day > 31) return false
  return match[4] === undefined || (hour < 24 && minute < 60 && second < 60)
}

function escapedLetter(letter: string): string | undefined {
  switch (letter) {
    case '"':
    case '\\':
      return `\\${letter}`
    case '\n':
      return '\\n'
    case '\t':
      return '\\t'
    case '\r':
      return '\\r'
    case '\0':
      return '\\0'
    case '\x07':
      return '\\a'
    case '\b':
      return '\\b'
    case '\v':
      return '\\v'
    case '\f':
      return '\\f'
    case '\x1b':
      return '\\e'
    case '\u0085':
      return '\\N'
    case '\u2028':
      return '\\L'
    case '\u2029':
      return '\\P'
    case '\ufeff':
      return '\\uFEFF'
  }
  const code = letter.codePointAt(0) ?? 0
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
  return undefined
}

function doubleQuoted(text: string): string {
  return `"${[...text].map((letter) => escapedLetter(letter) ?? letter).join('')}"`
}

/** The order of keys: digits by value, letters after other signs. */
function naturally(a: string, b: string): number {
  const left = [...a]
  const right = [...b]
  let areDigits = false
  for (let at = 0; at < left.length && at < right.length; at++) {
    if (left[at] === right[at]) {
      areDigits = isDigit(left[at])
      continue
    }
    const isLeftLetter = /\p{L}/u.test(left[at])
    const isRightLetter = /\p{L}/u.test(right[at])
    if (isLeftLetter && isRightLetter) return left[at] < right[at] ? -1 : 1
    if (isLeftLetter || isRightLetter) {
      if (areDigits) return isLeftLetter ? -1 : 1
      return isRightLetter ? -1 : 1
    }
    let leftEnd = at
    let rightEnd = at
    if (left[at] === '0' || right[at] === '0') {
      for (let back = at - 1; back >= 0 && isDigit(left[back]); back--) {
        if (left[back] !== '0') {
          areDigits = true
          break
        }
      }
    }
    while (leftEnd < left.length && isDigit(left[leftEnd])) leftEnd++
    while (rightEnd < right.length && isDigit(right[rightEnd])) rightEnd++
    const leftNumber = Number(left.slice(at, leftEnd).join('') || '0')
    const rightNumber = Number(right.slice(at, rightEnd).join('') || '0')
    if (leftNumber !== rightNumber) return leftNumber - rightNumber
    if (leftEnd !== rightEnd) return leftEnd - rightEnd
    return left[at] < right[at] ? -1 : 1
  }
  return left.length - right.length
}

function isDigit(letter: string): boolean {
  return letter >= '0' && letter <= '9'
}
