/** test and `[`, the ones on PATH; a small recursive parser with POSIX's rules for few arguments. */
import { fileComparison, fileTest } from '../files/file-test.ts'
import { err, type Program, type Process } from '../kernel/process.ts'
import { lstatOf, statOf } from './copy.ts'
import { baseName, isTerminal } from './tool.ts'

class TestError extends Error {}

export const test: Program = function* (process) {
  const name = process.argv[0]
  let args = process.argv.slice(1)
  if (baseName(name) === '[') {
    if (args.at(-1) !== ']') {
      yield* err(process, `${name}: missing ']'\n`)
      return 2
    }
    args = args.slice(0, -1)
  }
  try {
    return holds(process, args) ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    yield* err(process, `${name}: ${error.message}\n`)
    return 2
  }
}

export const bracket: Program = (process) => test(process)

const unaryOperators = 'bcdefghkLnNOGprsStuwxz'
const binaryOperators = ['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']

/** Whether the expression is true. Also what a shell's builtin can use. */
export function holds(process: Process, args: readonly string[]): boolean {
  switch (args.length) {
    case 0:
      return false
    case 1:
      return args[0] !== ''
    case 2:
      if (args[0] === '!') return args[1] === ''
      if (/^-[a-zA-Z]$/.test(args[0]) && unaryOperators.includes(args[0][1])) return unary(process, args[0], args[1])
      throw new TestError(`missing argument after ${quote(args[1])}`)
    case 3:
      if (binaryOperators.includes(args[1])) return binary(process, args[0], args[1], args[2])
      if (args[0] === '!') return !holds(process, args.slice(1))
      if (args[0] === '(' && args[2] === ')') return args[1] !== ''
      break
    case 4:
      if (args[0] === '!') return !holds(process, args.slice(1))
      if (args[0] === '(' && args[3] === ')') return holds(process, args.slice(1, 3))
      break
    default:
  }
  let at = 0
  const or = (): boolean => {
    let left = and()
    while (args[at] === '-o') {
      at++
      const right = and()
      left ||= right
    }
    return left
  }
  const and = (): boolean => {
    let left = not()
    while (args[at] === '-a') {
      at++
      const right = not()
      left &&= right
    }
    return left
  }
  const not = (): boolean => {
    if (args[at] === '!' && at + 1 < args.length) {
      at++
      return !not()
    }
    return primary()
  }
  const primary = (): boolean => {
    if (at >= args.length) throw new TestError('argument expected')
    if (args[at] === '(' && !binaryOperators.includes(args[at + 1])) {
      at++
      const inner = or()
      if (args[at] !== ')') throw new TestError("')' expected")
      at++
      return inner
    }
    if (at + 2 < args.length + 0 && binaryOperators.includes(args[at + 1])) {
      at += 3
      return binary(process, args[at - 3], args[at - 2], args[at - 1])
    }
    if (/^-[a-zA-Z]$/.test(args[at]) && unaryOperators.includes(args[at][1]) && at + 1 < args.length) {
      at += 2
      return unary(process, args[at - 2], args[at - 1])
    }
    return args[at++] !== ''
  }
  const result = or()
  if (at < args.length) {
    if (args.length === 3) throw new TestError(`${quote(args[1])}: binary operator expected`)
    throw new TestError(at === 1 ? `${quote(args[1])}: binary operator expected` : 'too many arguments')
  }
  return result
}

function quote(text: string): string {
  return `'${text}'`
}

function unary(process: Process, operator: string, text: string): boolean {
  switch (operator[1]) {
    case 'n':
      return text !== ''
    case 'z':
      return text === ''
    case 't':
      return isTerminal(process, Number(text))
    case 'h':
    case 'L':
      return lstatOf(process, text)?.kind === 'symlink'
    default:
  }
  const node = text === '' ? undefined : statOf(process, text)
  if (node && operator === '-w') return process.files.access(process.path(text), 2, process.credentials)
  return node !== undefined && fileTest(operator[1], node, process.credentials)
}

function binary(process: Process, left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '>':
      return left > right
    case '-nt':
    case '-ot':
    case '-ef':
      return fileComparison(operator, statOf(process, left), statOf(process, right))
    default:
  }
  const [a, b] = [integer(left), integer(right)]
  switch (operator) {
    case '-eq':
      return a === b
    case '-ne':
      return a !== b
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

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`invalid integer ${quote(text)}`)
  return BigInt(text.trim().replace(/^\+/, ''))
}
