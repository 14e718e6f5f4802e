/**
 * What the operators of `${…}` do to a text: cutting by a pattern, replacing, and `@A` and its relatives.
 */
import { patternSource } from './pattern.ts'
import { shellQuoted } from './quote.ts'
import type { Shell } from './shell.ts'

export function transformedWhole(shell: Shell, name: string, kind: string, value: string | undefined): string {
  const variable = shell.variables.find(shell.variables.resolve(name))
  if (!variable) return ''
  const letters = `${variable.indexed ? 'a' : ''}${variable.associative ? 'A' : ''}${variable.isInteger ? 'i' : ''}${variable.letters === 'lower' ? 'l' : ''}${variable.isReadonly ? 'r' : ''}${variable.letters === 'upper' ? 'u' : ''}${variable.isExported ? 'x' : ''}`
  if (kind === 'a') return letters
  const isArray = variable.indexed !== undefined || variable.associative !== undefined
  if (kind === 'A' && !isArray)
    return letters === '' ? `${name}=${shellQuoted(value ?? '')}` : `declare -${letters} ${name}=${shellQuoted(value ?? '')}`
  const members = shell.variables
    .keys(name)
    .map((key) => (kind === 'A' ? `[${key}]="${shell.variables.element(name, key)}"` : `${key} "${shell.variables.element(name, key)}"`))
  return kind === 'A' ? `declare -${letters || 'a'} ${name}=(${members.join(' ')}${variable.associative ? ' ' : ''})` : members.join(' ')
}

export function removed(text: string, pattern: string, operator: '#' | '##' | '%' | '%%'): string {
  const isShort = operator.length === 1
  if (operator.startsWith('#')) {
    const match = expressionFor(`^(?:${patternSource(pattern, { isLazy: isShort })})`).exec(text)
    return match ? text.slice(match[0].length) : text
  }
  const source = patternSource(pattern)
  const letters = [...text]
  // The end is fixed, so the starts are tried one by one: from the right for the shortest, from the left for the longest.
  const whole = expressionFor(`^(?:${source})$`)
  const starts = letters.map((_, at) => at).concat(letters.length)
  for (const at of isShort ? starts.reverse() : starts) if (whole.test(letters.slice(at).join(''))) return letters.slice(0, at).join('')
  return text
}

export function replaced(
  text: string,
  pattern: string,
  operator: '/' | '//' | '/#' | '/%',
  replacement: (match: string) => string,
): string {
  if (pattern === '') return operator === '/#' ? replacement('') + text : operator === '/%' ? text + replacement('') : text
  const source = patternSource(pattern)
  if (operator === '/#') return text.replace(expressionFor(`^(?:${source})`), replacement)
  if (operator === '/%') return text.replace(expressionFor(`(?:${source})$`), replacement)
  return text.replace(expressionFor(`(?:${source})`, operator === '//' ? 'gu' : 'u'), (match) =>
    match === '' && operator === '//' ? '' : replacement(match),
  )
}

const expressions = new Map<string, RegExp>()

function expressionFor(source: string, flags = 'u'): RegExp {
  const key = flags + source
  const known = expressions.get(key)
  if (known) {
    known.lastIndex = 0
    return known
  }
  let made: RegExp
  try {
    made = new RegExp(source, flags)
  } catch {
    made = /(?!)/
  }
  if (expressions.size > 300) expressions.clear()
  expressions.set(key, made)
  return made
}
