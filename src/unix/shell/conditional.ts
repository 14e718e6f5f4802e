/** `[[ … ]]`, and the file and text tests it shares with `test`. */
import type { TestExpression } from 'unbash'
import { UnixError } from '../errors.ts'
import { fileComparison, fileTest } from '../files/file-test.ts'
import type { Node } from '../files/node.ts'
import type { Blocking } from '../kernel/process.ts'
import { ArithmeticError } from './arithmetic.ts'
import { arithmetic, expandToPattern, expandToRegExp, expandToText } from './expand.ts'
import { matches } from './pattern.ts'
import { type Shell, setOptionNames } from './shell.ts'

export function* conditional(shell: Shell, expression: TestExpression): Blocking<number> {
  switch (expression.type) {
    case 'TestLogical': {
      let status = 0
      for (const operand of expression.operands) {
        status = yield* conditional(shell, operand)
        if (status > 1 || (status === 0) !== (expression.operator === '&&')) return status
      }
      return status
    }
    case 'TestNot': {
      const status = yield* conditional(shell, expression.operand)
      return expression.negations.length % 2 === 0 || status > 1 ? status : status === 0 ? 1 : 0
    }
    case 'TestGroup':
      return yield* conditional(shell, expression.expression)
    case 'TestUnary': {
      const operand = yield* expandToText(shell, expression.operand)
      if (shell.option('xtrace'))
        yield* shell.say(
          `${'+'.repeat(shell.substitutionDepth)}${shell.parameter('PS4') ?? '+ '}[[ ${expression.operator} ${operand === '' ? "''" : operand} ]]\n`,
        )
      return unary(shell, expression.operator, operand) ? 0 : 1
    }
    case 'TestBinary':
      return yield* binaryTest(shell, expression)
  }
}

function* binaryTest(shell: Shell, { operator, left, right }: Extract<TestExpression, { type: 'TestBinary' }>): Blocking<number> {
  const ignoreCase = shell.shopt('nocasematch')
  if (shell.option('xtrace')) {
    const shown = (text: string) => (text === '' ? "''" : text)
    yield* shell.say(
      `${'+'.repeat(shell.substitutionDepth)}${shell.parameter('PS4') ?? '+ '}[[ ${shown(yield* expandToText(shell, left))} ${operator} ${shown(yield* expandToPattern(shell, right))} ]]\n`,
    )
  }
  switch (operator) {
    case '==':
    case '=':
      return matches(yield* expandToText(shell, left), yield* expandToPattern(shell, right), { ignoreCase }) ? 0 : 1
    case '!=':
      return matches(yield* expandToText(shell, left), yield* expandToPattern(shell, right), { ignoreCase }) ? 1 : 0
    case '=~': {
      const subject = yield* expandToText(shell, left)
      return matchRegExp(shell, subject, yield* expandToRegExp(shell, right))
    }
    case '<':
      return (yield* expandToText(shell, left)) < (yield* expandToText(shell, right)) ? 0 : 1
    case '>':
      return (yield* expandToText(shell, left)) > (yield* expandToText(shell, right)) ? 0 : 1
  }
  const a = yield* expandToText(shell, left)
  const b = yield* expandToText(shell, right)
  if (numeric.has(operator)) return compare(operator, yield* arithmetic(shell, a), yield* arithmetic(shell, b)) ? 0 : 1
  return fileComparison(operator, nodeOf(shell, a), nodeOf(shell, b)) ? 0 : 1
}

function matchRegExp(shell: Shell, subject: string, source: string): number {
  let expression: RegExp
  try {
    expression = new RegExp(extended(source), shell.shopt('nocasematch') ? 'i' : '')
  } catch {
    return 2
  }
  const match = expression.exec(subject)
  const variable = shell.variables.makeArray('BASH_REMATCH', 'indexed')
  variable.indexed = match ? match.map((group) => group ?? '') : []
  return match ? 0 : 1
}

const posixClasses: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f',
  xdigit: '0-9A-Fa-f',
}

/** POSIX extended regular expression → JavaScript's. */
function extended(source: string): string {
  let result = ''
  for (let at = 0; at < source.length; at++) {
    if (source[at] === '\\') {
      const next = source[++at] ?? '\\'
      result += /[bBwWsS<>]/.test(next)
        ? next === '<' || next === '>'
          ? '\\b'
          : `\\${next}`
        : /[A-Za-z0-9]/.test(next)
          ? next
          : `\\${next}`
    } else if (source[at] === '[') {
      const start = at
      at++
      let body = ''
      if (source[at] === '^') {
        body += '^'
        at++
      }
      for (let isFirst = true; at < source.length && (source[at] !== ']' || isFirst); isFirst = false) {
        const named = /^\[:(\w+):\]/.exec(source.slice(at))
        if (named) {
          body += posixClasses[named[1]] ?? ''
          at += named[0].length
        } else {
          body += /[\\[\]]/.test(source[at]) ? `\\${source[at]}` : source[at]
          at++
        }
      }
      result += at < source.length ? `[${body}]` : `\\${source.slice(start)}`
    } else if (source[at] === '{' && !/^\{\d+(,\d*)?\}/.test(source.slice(at))) result += '\\{'
    else result += source[at]
  }
  return result
}

export const numeric = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge'])
export const binaryOperators = new Set([...numeric, '=', '==', '!=', '<', '>', '-nt', '-ot', '-ef'])
export const unaryOperators = new Set('abcdefghkprstuwxzGLNOSnovR'.split('').map((letter) => `-${letter}`))

export function compare(operator: string, a: number | bigint, b: number | bigint): boolean {
  switch (operator) {
    case '-eq':
      return a == b
    case '-ne':
      return a != b
    case '-lt':
      return a < b
    case '-le':
      return a <= b
    case '-gt':
      return a > b
    default:
      return a >= b
  }
}

export function unary(shell: Shell, operator: string, operand: string): boolean {
  switch (operator) {
    case '-n':
      return operand !== ''
    case '-z':
      return operand === ''
    case '-v':
      return isVariableSet(shell, operand)
    case '-R':
      return shell.variables.find(operand)?.isNameref === true
    case '-o':
      return setOptionNames.some((name) => name === operand && shell.option(name))
    case '-t':
      return shell.process.descriptors.get(Number(operand))?.file.kind === 'terminal'
    case '-L':
    case '-h':
      return nodeOf(shell, operand, { isLink: true })?.kind === 'symlink'
  }
  const node = nodeOf(shell, operand)
  if (node && operator === '-w') return shell.process.files.access(shell.process.path(operand), 2, shell.process.credentials)
  return node !== undefined && fileTest(operator[1], node, shell.process.credentials)
}

function isVariableSet(shell: Shell, name: string): boolean {
  const element = /^(\w+)\[(.*)\]$/s.exec(name)
  if (!element) return shell.parameter(name) !== undefined
  if (element[2] === '@' || element[2] === '*') return shell.variables.values(element[1]).length > 0
  try {
    return (
      shell.variables.element(
        element[1],
        shell.variables.find(element[1])?.associative ? element[2] : String(shell.arithmetic(element[2])),
      ) !== undefined
    )
  } catch (error) {
    if (error instanceof ArithmeticError) return false
    throw error
  }
}

export function nodeOf(shell: Shell, path: string, { isLink = false }: { isLink?: boolean } = {}): Node | undefined {
  if (path === '') return undefined
  const { process } = shell
  try {
    return isLink
      ? process.files.lstat(process.path(path), process.credentials)
      : process.files.stat(process.path(path), process.credentials)
  } catch (error) {
    if (error instanceof UnixError) return undefined
    throw error
  }
}
