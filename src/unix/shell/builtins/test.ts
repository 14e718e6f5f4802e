/** `test` and `[`: the number of arguments decides how they are read, as POSIX says. */
import { fileComparison } from '../../files/file-test.ts'
import { binaryOperators, compare, nodeOf, numeric, unary, unaryOperators } from '../conditional.ts'
import type { Shell } from '../shell.ts'
import type { Builtin } from './builtin.ts'

class Complaint {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export const test: Builtin = function* (shell, argv) {
  let args = argv.slice(1)
  if (argv[0] === '[') {
    if (args.at(-1) !== ']') {
      yield* shell.complain("[: missing `]'")
      return 2
    }
    args = args.slice(0, -1)
  }
  try {
    return evaluate(shell, args) ? 0 : 1
  } catch (error) {
    if (!(error instanceof Complaint)) throw error
    yield* shell.complain(`${argv[0]}: ${error.text}`)
    return 2
  }
}

function evaluate(shell: Shell, args: readonly string[]): boolean {
  switch (args.length) {
    case 0:
      return false
    case 1:
      return args[0] !== ''
    case 2:
      if (args[0] === '!') return args[1] === ''
      if (unaryOperators.has(args[0])) return unary(shell, args[0], args[1])
      throw new Complaint(`${args[0]}: unary operator expected`)
    case 3:
      if (binaryOperators.has(args[1])) return binary(shell, args[0], args[1], args[2])
      if (args[1] === '-a') return args[0] !== '' && args[2] !== ''
      if (args[1] === '-o') return args[0] !== '' || args[2] !== ''
      if (args[0] === '!') return !evaluate(shell, args.slice(1))
      if (args[0] === '(' && args[2] === ')') return args[1] !== ''
      throw new Complaint(`${args[1]}: binary operator expected`)
    case 4:
      if (args[0] === '!') return !evaluate(shell, args.slice(1))
      if (args[0] === '(' && args[3] === ')') return evaluate(shell, args.slice(1, 3))
  }
  const parser = new Parser(shell, args)
  const result = parser.or()
  if (!parser.isAtEnd) throw new Complaint('too many arguments')
  return result
}

function binary(shell: Shell, left: string, operator: string, right: string): boolean {
  if (numeric.has(operator)) return compare(operator, number(left), number(right))
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
    default:
      return fileComparison(operator, nodeOf(shell, left), nodeOf(shell, right))
  }
}

function number(text: string): bigint {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new Complaint(`${text}: integer expression expected`)
  return BigInt(text.trim().replace(/^\+/, ''))
}

class Parser {
  readonly #shell: Shell
  readonly #args: readonly string[]
  #at = 0

  constructor(shell: Shell, args: readonly string[]) {
    this.#shell = shell
    this.#args = args
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#args.length
  }

  or(): boolean {
    let result = this.#and()
    while (this.#args[this.#at] === '-o') {
      this.#at++
      result = this.#and() || result
    }
    return result
  }

  #and(): boolean {
    let result = this.#term()
    while (this.#args[this.#at] === '-a') {
      this.#at++
      result = this.#term() && result
    }
    return result
  }

  #term(): boolean {
    const args = this.#args
    if (this.isAtEnd) throw new Complaint('argument expected')
    if (binaryOperators.has(args[this.#at + 1]) && this.#at + 2 < args.length) {
      this.#at += 3
      return binary(this.#shell, args[this.#at - 3], args[this.#at - 2], args[this.#at - 1])
    }
    const token = args[this.#at]
    if (token === '!') {
      this.#at++
      return !this.#term()
    }
    if (token === '(') {
      this.#at++
      const result = this.or()
      if (args[this.#at] !== ')') throw new Complaint("`)' expected")
      this.#at++
      return result
    }
    if (unaryOperators.has(token) && this.#at + 1 < args.length) {
      this.#at += 2
      return unary(this.#shell, token, args[this.#at - 1])
    }
    this.#at++
    return token !== ''
  }
}
