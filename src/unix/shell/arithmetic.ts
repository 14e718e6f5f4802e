/**
 * Shell arithmetic: 64-bit whole numbers, C's operators, assignment, and variables whose text is again an expression. Numbers stay
 * JavaScript numbers as long as they are exact; beyond that they are BigInts wrapped to 64 bits, as bash's overflow.
 */
export class ArithmeticError {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

export interface ArithmeticVariables {
  get(name: string, index: string | undefined): string
  set(name: string, index: string | undefined, value: string): void
  /** Subscripts of associative arrays are keys, not expressions. */
  isAssociative(name: string): boolean
}

type Int = number | bigint

type Tree =
  | { readonly kind: 'number'; readonly value: Int }
  | { readonly kind: 'variable'; readonly name: string; readonly index: string | undefined }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Tree }
  | { readonly kind: 'step'; readonly by: 1 | -1; readonly isPrefix: boolean; readonly target: Tree }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Tree; readonly right: Tree; readonly rest: string }
  | { readonly kind: 'assign'; readonly operator: string; readonly target: Tree; readonly value: Tree; readonly rest: string }
  | { readonly kind: 'ternary'; readonly test: Tree; readonly yes: Tree; readonly no: Tree }

const cache = new Map<string, Tree>()

export function evaluate(text: string, variables: ArithmeticVariables, depth = 0): Int {
  const trimmed = text.trimStart()
  if (trimmed === '') return 0
  let tree = cache.get(trimmed)
  if (!tree) {
    tree = new Parser(trimmed).whole()
    if (cache.size > 500) cache.clear()
    cache.set(trimmed, tree)
  }
  return value(tree, variables, trimmed, depth)
}

function value(tree: Tree, variables: ArithmeticVariables, text: string, depth: number): Int {
  switch (tree.kind) {
    case 'number':
      return tree.value
    case 'variable':
      return read(tree.name, tree.index, variables, text, depth)
    case 'unary': {
      const operand = value(tree.operand, variables, text, depth)
      if (tree.operator === '!') return isZero(operand) ? 1 : 0
      if (tree.operator === '~') return typeof operand === 'number' ? -operand - 1 : wrapped(~operand)
      return tree.operator === '-' ? negated(operand) : operand
    }
    case 'step': {
      const old = value(tree.target, variables, text, depth)
      const next = typeof old === 'number' && Number.isSafeInteger(old + tree.by) ? old + tree.by : wrapped(BigInt(old) + BigInt(tree.by))
      write(tree.target, next, variables, text, depth)
      return tree.isPrefix ? next : old
    }
    case 'assign': {
      const right = value(tree.value, variables, text, depth)
      const result =
        tree.operator === '='
          ? right
          : binary(tree.operator.slice(0, -1), value(tree.target, variables, text, depth), right, text, tree.rest)
      write(tree.target, result, variables, text, depth)
      return result
    }
    case 'ternary':
      return isZero(value(tree.test, variables, text, depth))
        ? value(tree.no, variables, text, depth)
        : value(tree.yes, variables, text, depth)
    case 'binary': {
      const left = value(tree.left, variables, text, depth)
      if (tree.operator === '&&') return !isZero(left) && !isZero(value(tree.right, variables, text, depth)) ? 1 : 0
      if (tree.operator === '||') return !isZero(left) || !isZero(value(tree.right, variables, text, depth)) ? 1 : 0
      return binary(tree.operator, left, value(tree.right, variables, text, depth), text, tree.rest)
    }
  }
}

function read(name: string, index: string | undefined, variables: ArithmeticVariables, text: string, depth: number): Int {
  const content = variables.get(name, subscript(name, index, variables, text, depth))
  if (/^-?(0|[1-9]\d{0,14})$/.test(content)) return Number(content)
  if (depth > 100) throw new ArithmeticError(`${text}: expression recursion level exceeded (error token is "${name}")`)
  return evaluate(content, variables, depth + 1)
}

function write(target: Tree, result: Int, variables: ArithmeticVariables, text: string, depth: number): void {
  if (target.kind !== 'variable') return
  variables.set(target.name, subscript(target.name, target.index, variables, text, depth), String(result))
}

function subscript(
  name: string,
  index: string | undefined,
  variables: ArithmeticVariables,
  _text: string,
  depth: number,
): string | undefined {
  if (index === undefined) return undefined
  return variables.isAssociative(name) ? index : String(evaluate(index, variables, depth + 1))
}

function isZero(value: Int): boolean {
  return value === 0 || value === 0n
}

function wrapped(value: bigint): Int {
  const fitted = BigInt.asIntN(64, value)
  const number = Number(fitted)
  return Number.isSafeInteger(number) ? number : fitted
}

function negated(value: Int): Int {
  return typeof value === 'number' ? 0 - value : wrapped(-value)
}

function binary(operator: string, left: Int, right: Int, text: string, rest: string): Int {
  switch (operator) {
    case ',':
      return right
    case '==':
      return left == right ? 1 : 0
    case '!=':
      return left != right ? 1 : 0
    case '<':
      return left < right ? 1 : 0
    case '>':
      return left > right ? 1 : 0
    case '<=':
      return left <= right ? 1 : 0
    case '>=':
      return left >= right ? 1 : 0
  }
  if ((operator === '/' || operator === '%') && isZero(right))
    throw new ArithmeticError(`${text}: division by 0 (error token is "${rest}")`)
  if (typeof left === 'number' && typeof right === 'number') {
    const result = exact(operator, left, right)
    if (result !== undefined && Number.isSafeInteger(result)) return result + 0
  }
  return wrapped(big(operator, BigInt(left), BigInt(right), text, rest))
}

function exact(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return Math.trunc(left / right)
    case '%':
      return left % right
    case '**':
      return right >= 0 && right < 64 ? left ** right : undefined
    default:
      return undefined
  }
}

function big(operator: string, left: bigint, right: bigint, text: string, rest: string): bigint {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    case '<<':
      return left << (right & 63n)
    case '>>':
      return left >> (right & 63n)
    case '&':
      return left & right
    case '|':
      return left | right
    case '^':
      return left ^ right
  }
  if (right < 0n) throw new ArithmeticError(`${text}: exponent less than 0 (error token is "${rest}")`)
  let result = 1n
  for (let base = left, exponent = right; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = BigInt.asIntN(64, result * base)
    base = BigInt.asIntN(64, base * base)
  }
  return result
}

const levels: Readonly<Record<string, number>> = {
  ',': 1,
  '||': 4,
  '&&': 5,
  '|': 6,
  '^': 7,
  '&': 8,
  '==': 9,
  '!=': 9,
  '<': 10,
  '>': 10,
  '<=': 10,
  '>=': 10,
  '<<': 11,
  '>>': 11,
  '+': 12,
  '-': 12,
  '*': 13,
  '/': 13,
  '%': 13,
  '**': 15,
}
const assignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|='])
const tokenExpression =
  /\s*(\d+#[\w@]+|0[xX][0-9a-fA-F]+|\d\w*|[A-Za-z_]\w*|<<=|>>=|\*\*|\+\+|--|&&|\|\||==|!=|<=|>=|<<|>>|[-+*/%&^|]=|[-+*/%<>=!~?:,()&^|[\]])/y

class Parser {
  readonly #text: string
  #at = 0
  #token = ''
  #tokenAt = 0
  /** Where the token before began: at the end of the text bash names that one. */
  #lastAt = 0

  constructor(text: string) {
    this.#text = text
    this.#next()
  }

  whole(): Tree {
    const tree = this.#expression(0)
    if (this.#token !== '')
      this.#fail(/^[\w([]/.test(this.#token) || this.#token === ')' ? 'syntax error in expression' : 'syntax error: operand expected')
    return tree
  }

  #rest(): string {
    return this.#text.slice(this.#token === '' ? this.#lastAt : this.#tokenAt)
  }

  #fail(reason: string): never {
    throw new ArithmeticError(`${this.#text}: ${reason} (error token is "${this.#rest()}")`)
  }

  #next(): void {
    tokenExpression.lastIndex = this.#at
    const match = tokenExpression.exec(this.#text)
    this.#lastAt = this.#tokenAt
    if (match) {
      this.#tokenAt = match.index + match[0].length - match[1].length
      this.#at = tokenExpression.lastIndex
      this.#token = match[1]
      return
    }
    this.#tokenAt = this.#at + (/^\s*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0)
    if (this.#tokenAt < this.#text.length) {
      this.#token = this.#text[this.#tokenAt]
      this.#fail('syntax error: operand expected')
    }
    this.#token = ''
  }

  #expression(level: number): Tree {
    let left = this.#unary()
    for (;;) {
      const operator = this.#token
      if (assignments.has(operator)) {
        if (left.kind !== 'variable') this.#fail('attempted assignment to non-variable')
        if (level > 2) return left
        this.#next()
        const rest = this.#rest()
        left = { kind: 'assign', operator, target: left, value: this.#expression(2), rest }
        continue
      }
      if (operator === '?' && level <= 3) {
        this.#next()
        const yes = this.#expression(1)
        if (this.#token !== ':') this.#fail("`:' expected for conditional expression")
        this.#next()
        left = { kind: 'ternary', test: left, yes, no: this.#expression(3) }
        continue
      }
      const own = levels[operator]
      if (own === undefined || own < level) return left
      this.#next()
      const rest = this.#rest()
      left = { kind: 'binary', operator, left, right: this.#expression(operator === '**' ? own : own + 1), rest }
    }
  }

  #unary(): Tree {
    const token = this.#token
    if (token === '!' || token === '~' || token === '-' || token === '+') {
      this.#next()
      return { kind: 'unary', operator: token, operand: this.#unary() }
    }
    if (token === '++' || token === '--') {
      this.#next()
      const target = this.#unary()
      // `--5` is twice a minus in bash.
      if (target.kind !== 'variable') return target
      return { kind: 'step', by: token === '++' ? 1 : -1, isPrefix: true, target }
    }
    return this.#primary()
  }

  #primary(): Tree {
    const token = this.#token
    if (token === '(') {
      this.#next()
      const inner = this.#expression(0)
      if (this.#token !== ')') this.#fail("missing `)'")
      this.#next()
      return inner.kind === 'variable' ? { kind: 'unary', operator: '+', operand: inner } : inner
    }
    if (/^\d/.test(token)) {
      const tree: Tree = { kind: 'number', value: this.#number(token) }
      this.#next()
      return tree
    }
    if (/^[A-Za-z_]/.test(token)) {
      let index: string | undefined
      if (this.#text[this.#at] === '[') {
        const end = closing(this.#text, this.#at)
        index = this.#text.slice(this.#at + 1, end)
        this.#at = end + 1
      }
      this.#next()
      const target: Tree = { kind: 'variable', name: token, index }
      const step = this.#token as string
      if (step === '++' || step === '--') {
        this.#next()
        return { kind: 'step', by: step === '++' ? 1 : -1, isPrefix: false, target }
      }
      return target
    }
    this.#fail('syntax error: operand expected')
  }

  #number(token: string): Int {
    const based = /^(\d+)#([\w@]+)$/.exec(token)
    if (based) return this.#based(Number(based[1]), based[2])
    if (/^0[xX]/.test(token)) return wrapped(BigInt(token))
    if (/^0\d/.test(token)) {
      if (/[89]/.test(token) || /[^\d]/.test(token)) this.#fail('value too great for base')
      return wrapped(BigInt(`0o${token.slice(1)}`))
    }
    if (/\D/.test(token)) this.#fail('value too great for base')
    return token.length < 16 ? Number(token) : wrapped(BigInt(token))
  }

  #based(base: number, digits: string): Int {
    if (base < 2 || base > 64) this.#fail('invalid arithmetic base')
    const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'
    let result = 0n
    for (const digit of base <= 36 ? digits.toLowerCase() : digits) {
      const value = alphabet.indexOf(digit)
      if (value >= base) this.#fail('value too great for base')
      result = result * BigInt(base) + BigInt(value)
    }
    return wrapped(result)
  }
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '[') depth++
    else if (text[at] === ']' && --depth === 0) return at
  }
  return text.length
}
