/**
 * Shell patterns (`*`, `?`, `[a-z]`, `[[:digit:]]`, `@(a|b)`) as regular expressions. In a pattern a backslash quotes the next letter;
 * expansion puts one before every letter that was quoted and would mean something.
 */
const special = /[*?[\]\\()|+@!]/g

/** The text as a pattern that matches only itself. */
export function quotedPattern(text: string): string {
  return text.replace(special, '\\$&')
}

/** Whether anything but backslashes would be lost by taking it literally. */
export function hasGlob(pattern: string): boolean {
  return /(^|[^\\])(\\\\)*([*?]|\[.*\]|[@+!]\()/s.test(pattern)
}

export function unquotedPattern(pattern: string): string {
  return pattern.replace(/\\(.)/gs, '$1')
}

const classes: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '0-9',
  alnum: '\\p{L}\\p{N}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
  word: 'A-Za-z0-9_',
}

interface PatternOptions {
  /** `*` and `?` do not match a slash, nor a dot in front. */
  readonly isPath?: boolean
  readonly ignoreCase?: boolean
}

/** Source of a regular expression without anchors. `isLazy` makes the shortest match. */
export function patternSource(pattern: string, { isPath = false, isLazy = false }: PatternOptions & { isLazy?: boolean } = {}): string {
  const any = isPath ? '[^/]' : '[\\s\\S]'
  const star = `${any}*${isLazy ? '?' : ''}`
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at]
    const next = pattern[at + 1]
    if (letter === '\\' && next !== undefined) {
      source += escaped(next)
      at++
    } else if ('@+?*!'.includes(letter) && next === '(') {
      const end = closingParenthesis(pattern, at + 1)
      if (end === -1) {
        source += letter === '*' ? star : letter === '?' ? any : escaped(letter)
        continue
      }
      const inner = alternatives(pattern.slice(at + 2, end))
        .map((each) => patternSource(each, { isPath }))
        .join('|')
      if (letter === '!') {
        const rest = patternSource(pattern.slice(end + 1), { isPath })
        source += `(?!(?:${inner})${rest}$)${any}*`
      } else source += `(?:${inner})${letter === '@' ? '' : letter}`
      at = end
    } else if (letter === '*') source += star
    else if (letter === '?') source += any
    else if (letter === '[') {
      const bracket = bracketSource(pattern, at)
      if (bracket) {
        source += bracket.source
        at = bracket.end
      } else source += '\\['
    } else source += escaped(letter)
  }
  return source
}

const expressions = new Map<string, RegExp>()

export function patternRegExp(pattern: string, options: PatternOptions = {}): RegExp {
  const key = `${options.isPath ? 'p' : ''}${options.ignoreCase ? 'i' : ''}:${pattern}`
  const known = expressions.get(key)
  if (known) return known
  let made: RegExp
  try {
    made = new RegExp(`^(?:${patternSource(pattern, options)})$`, options.ignoreCase ? 'iu' : 'u')
  } catch {
    // An ill-formed range matches nothing but its own text.
    made = new RegExp(`^${[...unquotedPattern(pattern)].map(escaped).join('')}$`, 'u')
  }
  if (expressions.size > 500) expressions.clear()
  expressions.set(key, made)
  return made
}

export function matches(text: string, pattern: string, options?: PatternOptions): boolean {
  return patternRegExp(pattern, options).test(text)
}

function escaped(letter: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(letter) ? `\\${letter}` : letter
}

function bracketSource(pattern: string, start: number): { source: string; end: number } | undefined {
  let at = start + 1
  let body = ''
  const isNegated = pattern[at] === '!' || pattern[at] === '^'
  if (isNegated) at++
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    const letter = pattern[at]
    if (letter === ']' && !isFirst) return { source: `[${isNegated ? '^' : ''}${body}]`, end: at }
    if (letter === '[' && pattern[at + 1] === ':') {
      const close = pattern.indexOf(':]', at)
      const name = close === -1 ? '' : pattern.slice(at + 2, close)
      if (classes[name]) {
        body += classes[name]
        at = close + 2
        continue
      }
    }
    if (letter === '\\' && at + 1 < pattern.length) {
      body += /[\\\]^[-]/.test(pattern[at + 1]) ? `\\${pattern[at + 1]}` : pattern[at + 1]
      at += 2
      continue
    }
    const isRange = letter === '-' && !isFirst && pattern[at + 1] !== ']'
    body += isRange ? '-' : /[\\^[\]-]/.test(letter) ? `\\${letter}` : letter
    at++
  }
  return undefined
}

function closingParenthesis(pattern: string, open: number): number {
  let depth = 0
  for (let at = open; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++
    else if (pattern[at] === '(') depth++
    else if (pattern[at] === ')' && --depth === 0) return at
  }
  return -1
}

function alternatives(body: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < body.length; at++) {
    if (body[at] === '\\') at++
    else if (body[at] === '(') depth++
    else if (body[at] === ')') depth--
    else if (body[at] === '|' && depth === 0) {
      parts.push(body.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, body.slice(from)]
}
