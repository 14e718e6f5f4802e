/** expr: sums, comparisons and matches of shell scripts, as GNU's. */
import { err, type Program } from '../kernel/process.ts'
import { print } from './text.ts'

class ExprError extends Error {}

const isNumber = (text: string): boolean => /^-?\d+$/.test(text)

export const expr: Program = function* (process) {
  const words = process.argv.slice(1)
  const name = process.argv[0]
  if (words[0] === '--') words.shift()
  if (words.length === 0) {
    yield* err(process, `${name}: missing operand\nTry '${name} --help' for more information.\n`)
    return 2
  }
  let at = 0
  const number = (text: string): bigint => {
    if (!isNumber(text)) throw new ExprError('non-integer argument')
    return BigInt(text)
  }
  const levels: readonly (readonly string[])[] = [['|'], ['&'], ['<', '<=', '=', '==', '!=', '>=', '>'], ['+', '-'], ['*', '/', '%'], [':']]
  const isFalse = (text: string): boolean => text === '' || /^-?0+$/.test(text)

  function match(text: string, pattern: string): string {
    // Basic expressions: \( \) group, and the match begins at the start.
    const source = pattern
      .replace(/\\([(){}|+?])|([(){}|+?])/g, (_, escaped?: string, plain?: string) => escaped ?? `\\${plain}`)
      .replace(
        /\[:(\w+):\]/g,
        (_, set: string) => ({ alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s' })[set] ?? '',
      )
    const found = new RegExp(`^(?:${source.replace(/^\^/, '')})`, 's').exec(text)
    if (/\\\(/.test(pattern)) return found?.[1] ?? ''
    return String(found ? [...found[0]].length : 0)
  }

  function primary(): string {
    const word = words[at++]
    if (word === undefined) throw new ExprError(`syntax error: missing argument after '${words[at - 2]}'`)
    if (word === '(') {
      const value = level(0)
      if (words[at] !== ')')
        throw new ExprError(
          words[at] === undefined
            ? `syntax error: expecting ')' after '${words[at - 1]}'`
            : `syntax error: expecting ')' instead of '${words[at]}'`,
        )
      at++
      return value
    }
    if (word === ')') throw new ExprError("syntax error: unexpected ')'")
    if (word === '+' && words[at] !== undefined) return words[at++]
    if (word === 'length') return String([...primary()].length)
    if (word === 'substr' && at + 2 < words.length) {
      const [text, from, count] = [primary(), primary(), primary()]
      return isNumber(from) && isNumber(count) && Number(from) > 0 && Number(count) > 0
        ? [...text].slice(Number(from) - 1, Number(from) - 1 + Number(count)).join('')
        : ''
    }
    if (word === 'index' && at + 1 < words.length) {
      const [text, letters] = [primary(), primary()]
      return String([...text].findIndex((letter) => letters.includes(letter)) + 1)
    }
    if (word === 'match' && at + 1 < words.length) return match(primary(), primary())
    return word
  }

  function level(depth: number): string {
    if (depth === levels.length) return primary()
    let left = level(depth + 1)
    while (levels[depth].includes(words[at] ?? ')')) {
      const operator = words[at++]
      if (words[at] === undefined) throw new ExprError(`syntax error: missing argument after '${operator}'`)
      left = combined(operator, left, level(depth + 1))
    }
    return left
  }

  function combined(operator: string, a: string, b: string): string {
    const compare = (test: (order: number) => boolean): string => {
      const order = isNumber(a) && isNumber(b) ? (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0) : a < b ? -1 : a > b ? 1 : 0
      return test(order) ? '1' : '0'
    }
    switch (operator) {
      case '|':
        return !isFalse(a) ? a : isFalse(b) ? '0' : b
      case '&':
        return isFalse(a) || isFalse(b) ? '0' : a
      case '<':
        return compare((order) => order < 0)
      case '<=':
        return compare((order) => order <= 0)
      case '=':
      case '==':
        return compare((order) => order === 0)
      case '!=':
        return compare((order) => order !== 0)
      case '>=':
        return compare((order) => order >= 0)
      case '>':
        return compare((order) => order > 0)
      case '+':
        return String(number(a) + number(b))
      case '-':
        return String(number(a) - number(b))
      case '*':
        return String(number(a) * number(b))
      case ':':
        return match(a, b)
      default:
        if (number(b) === 0n) throw new ExprError('division by zero')
        return String(operator === '/' ? number(a) / number(b) : number(a) % number(b))
    }
  }

  try {
    const value = level(0)
    if (at < words.length) throw new ExprError(`syntax error: unexpected argument '${words[at].replace(/\\/g, '\\\\')}'`)
    yield* print(process, `${value}\n`)
    return isFalse(value) ? 1 : 0
  } catch (error) {
    if (!(error instanceof ExprError)) throw error
    yield* err(process, `${name}: ${error.message}\n`)
    return 2
  }
}
