/** Quoting a text so that a shell reads it back, and the escapes of `echo -e`, `$'…'` and prompts. */

import { bytesOfString, stringOf } from '../programs/text.ts'

/** As `printf %q` quotes: backslashes where they do, `$'…'` for control letters. */
export function backslashQuoted(text: string): string {
  if (text === '') return "''"
  if (hasControl(text)) return ansiCQuoted(text)
  return text.replace(/[^\w@%+=:,./\u0080-\uffff-]/g, '\\$&').replace(/^~/, '\\~')
}

/** As `${x@Q}` and `set` quote: single quotes. */
export function shellQuoted(text: string): string {
  return hasControl(text) ? ansiCQuoted(text) : `'${text.replaceAll("'", "'\\''")}'`
}

/** As `declare -p`: double quotes. */
export function doubleQuoted(text: string): string {
  return hasControl(text) ? ansiCQuoted(text) : `"${text.replace(/[\\"$`]/g, '\\$&')}"`
}

/** As `set -x` and `alias` print a word: bare when nothing in it means anything. */
export function traceQuoted(text: string): string {
  if (text === '') return "''"
  if (hasControl(text)) return ansiCQuoted(text)
  return /[\s'"\\$`*?[\]{}()<>|&;!#~^]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text
}

function hasControl(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control letters are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text)
}

const named: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\u0007': '\\a',
  '\b': '\\b',
  '\u001b': '\\E',
  '\f': '\\f',
  '\v': '\\v',
  "'": "\\'",
  '\\': '\\\\',
}

function ansiCQuoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control letters are what is quoted
  return `$'${text.replace(/[\u0000-\u001f\u007f'\\]/g, (letter) => named[letter] ?? `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`)}'`
}

/** Backslash escapes of `$'…'`, as `${x@E}` reads them. */
export function ansiQuoted(text: string): string {
  return unescaped(text, { octal: /^[0-7]{1,3}/ }).text
}

/** Replaces `\n`, `\t`, `\x41`, `\u20ac` …; `\c` ends the output. */
export function unescaped(text: string, { octal }: { octal: RegExp }): { text: string; isCut: boolean } {
  if (!text.includes('\\')) return { text, isCut: false }
  let result = ''
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    const next = text[at + 1]
    if (letter !== '\\' || next === undefined) {
      result += letter
      continue
    }
    const rest = text.slice(at + 1)
    const digits = octal.exec(rest)
    const hex = /^(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest)
    if (digits) {
      result += byteLetter(Number.parseInt(digits[0], 8) & 255)
      at += digits[0].length
    } else if (hex) {
      result += hex[1] === undefined ? String.fromCodePoint(Number.parseInt(hex[2] ?? hex[3], 16)) : byteLetter(Number.parseInt(hex[1], 16))
      at += hex[0].length
    } else if (next === 'c') return { text: whole(result), isCut: true }
    else {
      const meaning = letters[next]
      result += meaning ?? `\\${next}`
      at++
    }
  }
  return { text: whole(result), isCut: false }
}

/** A byte above 127 is no letter by itself: it is kept as text.ts keeps it, and becomes a letter with its neighbours. */
function byteLetter(byte: number): string {
  return byte < 128 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte)
}

const whole = (text: string): string => (/[\udc80-\udcff]/.test(text) ? stringOf(bytesOfString(text)) : text)

const letters: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}
