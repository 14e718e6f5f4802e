/**
 * POSIX regular expressions (basic and extended, with GNU's additions) as JavaScript's. One difference stays: of several alternatives
 * JavaScript takes the first that fits, POSIX the longest.
 */
export class RegularExpressionError extends Error {}

export interface RegularExpressionOptions {
  readonly extended: boolean
  readonly ignoreCase?: boolean
  /** More of JavaScript's own flags: `g`, `y`, `m`. */
  readonly flags?: string
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: '\\x20-\\x7e',
  graph: '\\x21-\\x7e',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
}

export function regularExpression(pattern: string, { extended, ignoreCase = false, flags = '' }: RegularExpressionOptions): RegExp {
  return new RegExp(translated(pattern, extended), `${flags}${ignoreCase ? 'i' : ''}su`)
}

export function translated(pattern: string, extended: boolean): string {
  let result = ''
  let at = 0
  /** Nothing stands yet that a `*` could repeat: at the start, after `(` and `|`. */
  let isStart = true
  const open: number[] = []
  let groups = 0
  const fail = (message: string): never => {
    throw new RegularExpressionError(message)
  }
  while (at < pattern.length) {
    const letter = pattern[at]
    if (letter === '\\') {
      const next = pattern[at + 1]
      if (next === undefined) fail('Trailing backslash')
      at += 2
      if (!extended && next === '(') {
        result += '('
        open.push(++groups)
        isStart = true
        continue
      }
      if (!extended && next === ')') {
        if (open.pop() === undefined) fail('Unmatched ) or \\)')
        result += ')'
        isStart = false
        continue
      }
      if (!extended && next === '|') {
        result += '|'
        isStart = true
        continue
      }
      if (!extended && next === '{') {
        const end = pattern.indexOf('\\}', at)
        if (end < 0) fail('Unmatched \\{')
        result += interval(pattern.slice(at, end), fail)
        at = end + 2
        continue
      }
      if (!extended && (next === '+' || next === '?')) {
        result += isStart ? `\\${next}` : next
        continue
      }
      isStart = false
      if (/[1-9]/.test(next)) {
        if (Number(next) > groups) fail('Invalid back reference')
        result += `(?:\\${next})`
      } else if (next === '<') result += '\\b(?=\\w)'
      else if (next === '>') result += '\\b(?<=\\w)'
      else if (next === '`') result += '(?<![\\s\\S])'
      else if (next === "'") result += '(?![\\s\\S])'
      else if (/[bBwWsSntrfvd]/.test(next) && next !== 'd') result += `\\${next}`
      else result += escaped(next)
      continue
    }
    at++
    if (letter === '[') {
      const { source, end } = bracket(pattern, at, fail)
      result += source
      at = end
      isStart = false
      continue
    }
    if (letter === '*') {
      if (isStart) result += extended ? '' : '\\*'
      else if (/(?<!\\)[*+?]$/.test(result) === false) result += '*'
      if (!extended && isStart) isStart = false
      continue
    }
    if (letter === '^') {
      // In a basic expression ^ is an anchor only where an expression begins.
      if (extended || isStart) {
        result += '^'
      } else {
        result += '\\^'
        isStart = false
      }
      continue
    }
    if (letter === '$') {
      const rest = pattern.slice(at)
      const isAnchor = extended || rest === '' || rest.startsWith('\\)') || rest.startsWith('\\|')
      result += isAnchor ? '$' : '\\$'
      isStart = false
      continue
    }
    if (extended) {
      if (letter === '(') {
        result += '('
        open.push(++groups)
        isStart = true
        continue
      }
      if (letter === ')') {
        if (open.pop() === undefined) {
          result += '\\)'
        } else result += ')'
        isStart = false
        continue
      }
      if (letter === '|') {
        result += '|'
        isStart = true
        continue
      }
      if (letter === '+' || letter === '?') {
        if (isStart) continue
        if (!/(?<!\\)[*+?]$/.test(result)) result += letter
        continue
      }
      if (letter === '{') {
        const end = pattern.indexOf('}', at)
        const body = end < 0 ? '' : pattern.slice(at, end)
        if (!isStart && /^\d*(,\d*)?$/.test(body) && /\d/.test(body)) {
          result += interval(body, fail)
          at = end + 1
        } else result += '\\{'
        continue
      }
    }
    isStart = false
    result += letter === '.' ? '.' : escaped(letter)
  }
  if (open.length > 0) fail('Unmatched ( or \\(')
  return result
}

function interval(body: string, fail: (message: string) => never): string {
  const match = /^(\d*)(,?)(\d*)$/.exec(body)
  if (!match) return fail('Invalid content of \\{\\}')
  const [, low, comma, high] = match
  if (high !== '' && Number(low || 0) > Number(high)) fail('Invalid content of \\{\\}')
  return `{${low || '0'}${comma}${high}}`
}

function escaped(letter: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(letter) ? `\\${letter}` : letter
}

function bracket(pattern: string, start: number, fail: (message: string) => never): { source: string; end: number } {
  let at = start
  let source = '['
  if (pattern[at] === '^') {
    source += '^'
    at++
  }
  let isFirst = true
  for (;;) {
    const letter = pattern[at]
    if (letter === undefined) return fail('Unmatched [, [^, [:, [., or [=')
    if (letter === ']' && !isFirst) break
    isFirst = false
    if (letter === '[' && (pattern[at + 1] === ':' || pattern[at + 1] === '.' || pattern[at + 1] === '=')) {
      const kind = pattern[at + 1]
      const end = pattern.indexOf(`${kind}]`, at + 2)
      if (end < 0) return fail('Unmatched [, [^, [:, [., or [=')
      const name = pattern.slice(at + 2, end)
      if (kind === ':') source += classes[name] ?? fail('Invalid character class name')
      else source += inBracket(name)
      at = end + 2
      continue
    }
    // A backslash stands for itself in brackets, yet GNU's sed and everybody's habit know \n and \t there.
    if (letter === '\\' && /[nt\]]/.test(pattern[at + 1] ?? '') && pattern[at + 1] !== ']') {
      source += `\\${pattern[at + 1]}`
      at += 2
      continue
    }
    const isRange = pattern[at + 1] === '-' && pattern[at + 2] !== undefined && pattern[at + 2] !== ']'
    if (isRange && letter > pattern[at + 2]) return fail('Invalid range end')
    const code = pattern.codePointAt(at) ?? 0
    const whole = String.fromCodePoint(code)
    if (isRange && pattern[at + 2] !== '[') {
      const upper = String.fromCodePoint(pattern.codePointAt(at + 2) ?? 0)
      source += `${inBracket(letter)}-${inBracket(upper)}`
      at += 2 + upper.length
    } else {
      source += inBracket(whole)
      at += whole.length
    }
  }
  return { source: source === '[' ? '(?!)' : `${source}]`, end: at + 1 }
}

function inBracket(letter: string): string {
  return /[\\\]\[^\-&~!#$%*+,.:;<=>?@`|(){}/]/.test(letter) ? (/[\\\]\[^\-(){}/|$*+.?]/.test(letter) ? `\\${letter}` : letter) : letter
}
