/** bc: numbers of any size with `scale`, variables, `if`, `while`, and the functions of `-l`. Functions of one's own are not simulated and say so. */
import { err, type Program } from '../kernel/process.ts'
import { openInput, print, stringOf, wholeInput } from './text.ts'

class BcError extends Error {}

/** value / 10^scale. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

const ten = (power: number): bigint => 10n ** BigInt(power)
const scaled = ({ digits, scale }: Decimal, to: number): bigint => (to >= scale ? digits * ten(to - scale) : digits / ten(scale - to))
const cut = (value: Decimal, scale: number): Decimal => (value.scale <= scale ? value : { digits: scaled(value, scale), scale })

function textOf({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : ''
  const all = (digits < 0n ? -digits : digits).toString().padStart(scale, '0')
  const whole = all.slice(0, all.length - scale)
  const text = sign + whole + (scale > 0 ? `.${all.slice(all.length - scale)}` : '')
  const plain = text === '' || /^-?\.?0*$/.test(text) ? '0' : text
  return plain.replace(/(.{68})(?=.)/g, '$1\\\n')
}

export const bc: Program = function* (process) {
  const args = process.argv.slice(1)
  const hasMath = args.some((arg) => /^-\w*l/.test(arg) || arg === '--mathlib')
  const variables = new Map<string, Decimal>([['scale', { digits: hasMath ? 20n : 0n, scale: 0 }]])
  let code = 0
  const texts: string[] = []
  for (const path of [...args.filter((arg) => !arg.startsWith('-')), '-'])
    texts.push(stringOf(yield* wholeInput(process, openInput(process, path))))
  for (const line of texts
    .join('\n')
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\\\n/g, '')
    .split('\n')) {
    if (/^\s*(quit|halt)\s*$/.test(line)) return code
    if (/\bdefine\b/.test(line)) {
      yield* err(process, "bc: functions of one's own are not simulated\n")
      return 1
    }
    try {
      for (const shown of evaluated(line, variables)) yield* print(process, shown)
    } catch (error) {
      if (!(error instanceof BcError)) throw error
      yield* err(process, `${error.message}\n`)
      code = error.message.startsWith('(') ? 0 : 1
    }
    yield
  }
  return 0
}

function* evaluated(line: string, variables: Map<string, Decimal>): Generator<string> {
  const tokens =
    line.replace(/#.*$/, '').match(/"[^"]*"|\d+\.?\d*|\.\d+|[a-z][a-z0-9_]*|\+\+|--|[-+*/%^<>=!]=|&&|\|\||[-+*/%^()=<>!;{},]/g) ?? []
  let at = 0
  const peek = (): string | undefined => tokens[at]
  const take = (text: string): boolean => tokens[at] === text && ++at > 0
  const need = (text: string): void => {
    if (!take(text)) throw new BcError(`(standard_in) 1: syntax error`)
  }
  const scale = (): number => Number(variables.get('scale')?.digits ?? 0n)
  const isTrue = (value: Decimal): boolean => value.digits !== 0n
  const truth = (is: boolean): Decimal => ({ digits: is ? 1n : 0n, scale: 0 })
  const binary = (operator: string, a: Decimal, b: Decimal): Decimal => {
    const most = Math.max(a.scale, b.scale)
    switch (operator) {
      case '+':
        return { digits: scaled(a, most) + scaled(b, most), scale: most }
      case '-':
        return { digits: scaled(a, most) - scaled(b, most), scale: most }
      case '*':
        return cut({ digits: a.digits * b.digits, scale: a.scale + b.scale }, Math.min(a.scale + b.scale, Math.max(scale(), most)))
      case '/':
        if (b.digits === 0n) throw new BcError('Runtime error (func=(main), adr=3): Divide by zero')
        return { digits: (a.digits * ten(scale() + b.scale)) / (b.digits * ten(a.scale)), scale: scale() }
      case '%': {
        if (b.digits === 0n) throw new BcError('Runtime error (func=(main), adr=3): Modulo by zero')
        const quotient = binary('/', a, b)
        const wide = Math.max(scale() + b.scale, a.scale)
        return {
          digits: scaled(a, wide) - scaled({ digits: quotient.digits * b.digits, scale: quotient.scale + b.scale }, wide),
          scale: wide,
        }
      }
      default: {
        const power = Number(scaled(b, 0))
        const raised: Decimal = { digits: a.digits ** BigInt(Math.abs(power)), scale: a.scale * Math.abs(power) }
        return power < 0
          ? binary('/', { digits: 1n, scale: 0 }, raised)
          : cut(raised, Math.min(a.scale * power, Math.max(scale(), a.scale)))
      }
    }
  }
  const compared = (operator: string, a: Decimal, b: Decimal): boolean => {
    const most = Math.max(a.scale, b.scale)
    const difference = scaled(a, most) - scaled(b, most)
    return (
      {
        '<': difference < 0n,
        '>': difference > 0n,
        '<=': difference <= 0n,
        '>=': difference >= 0n,
        '==': difference === 0n,
        '!=': difference !== 0n,
      }[operator] ?? false
    )
  }
  const fromNumber = (value: number): Decimal => ({
    digits: BigInt(Math.trunc(value * 10 ** Math.min(15, scale()))) * ten(Math.max(0, scale() - 15)),
    scale: scale(),
  })
  const levels = [['||'], ['&&'], ['<', '>', '<=', '>=', '==', '!='], ['+', '-'], ['*', '/', '%']]

  function level(depth: number): Decimal {
    if (depth === levels.length) return power()
    let left = level(depth + 1)
    while (levels[depth].includes(peek() ?? '')) {
      const operator = tokens[at++]
      const right = level(depth + 1)
      left =
        operator === '||'
          ? truth(isTrue(left) || isTrue(right))
          : operator === '&&'
            ? truth(isTrue(left) && isTrue(right))
            : depth === 2
              ? truth(compared(operator, left, right))
              : binary(operator, left, right)
    }
    return left
  }
  function power(): Decimal {
    const base = unary()
    return take('^') ? binary('^', base, power()) : base
  }
  function unary(): Decimal {
    if (take('-')) {
      const value = unary()
      return { ...value, digits: -value.digits }
    }
    if (take('!')) return truth(!isTrue(unary()))
    if (take('(')) {
      const value = expression()
      need(')')
      return value
    }
    const word = tokens[at++]
    if (word === undefined) throw new BcError('(standard_in) 1: syntax error')
    if (/^[\d.]/.test(word)) {
      const [whole, part = ''] = word.split('.')
      return { digits: BigInt(whole + part || '0'), scale: part.length }
    }
    if (!/^[a-z]/.test(word)) throw new BcError('(standard_in) 1: syntax error')
    if (take('(')) {
      const value = expression()
      need(')')
      const number = Number(textOf(value).replace(/\\\n/g, ''))
      switch (word) {
        case 'sqrt': {
          if (value.digits < 0n) throw new BcError('Runtime error (func=(main), adr=4): Square root of a negative number')
          const wanted = Math.max(scale(), value.scale)
          const target = scaled(value, wanted) * ten(wanted)
          let root = target === 0n ? 0n : BigInt(Math.floor(Math.sqrt(Number(target))))
          for (let turn = 0; turn < 200 && root !== 0n; turn++) {
            const next = (root + target / root) / 2n
            if (next === root || next === root + 1n) break
            root = next
          }
          while (root * root > target) root--
          return { digits: root, scale: wanted }
        }
        case 'length':
          return { digits: BigInt(value.digits.toString().replace('-', '').length), scale: 0 }
        case 'scale':
          return { digits: BigInt(value.scale), scale: 0 }
        case 's':
          return fromNumber(Math.sin(number))
        case 'c':
          return fromNumber(Math.cos(number))
        case 'a':
          return fromNumber(Math.atan(number))
        case 'l':
          return fromNumber(Math.log(number))
        case 'e':
          return fromNumber(Math.exp(number))
        default:
          throw new BcError(`Runtime error (func=(main), adr=3): Function ${word} not defined.`)
      }
    }
    return variables.get(word) ?? { digits: 0n, scale: 0 }
  }
  function expression(): Decimal {
    const [name, operator] = [tokens[at], tokens[at + 1]]
    if (name !== undefined && /^[a-z]/.test(name) && operator !== undefined && /^([-+*/%^]?=|\+\+|--)$/.test(operator)) {
      at += 2
      const old = variables.get(name) ?? { digits: 0n, scale: 0 }
      const value =
        operator === '='
          ? expression()
          : operator === '++' || operator === '--'
            ? binary(operator[0], old, { digits: 1n, scale: 0 })
            : binary(operator[0], old, expression())
      variables.set(name, value)
      return operator === '++' || operator === '--' ? old : value
    }
    return level(0)
  }
  function* statement(): Generator<string> {
    if (take('{')) {
      while (!take('}')) {
        yield* statement()
        while (take(';'));
        if (at >= tokens.length) return
      }
      return
    }
    const word = peek()
    if (word?.startsWith('"')) {
      at++
      yield word.slice(1, -1)
      return
    }
    if (word === 'print') {
      at++
      do {
        const next = peek()
        if (next?.startsWith('"')) {
          at++
          yield next.slice(1, -1).replace(/\\n/g, '\n').replace(/\\t/g, '\t')
        } else yield textOf(expression())
      } while (take(','))
      return
    }
    if (word === 'while') {
      at++
      const start = at
      for (let turn = 0; turn < 100_000; turn++) {
        at = start
        need('(')
        const goesOn = isTrue(expression())
        need(')')
        const body = at
        if (!goesOn) {
          skip()
          return
        }
        at = body
        yield* statement()
      }
      return
    }
    if (word === 'if') {
      at++
      need('(')
      const is = isTrue(expression())
      need(')')
      if (is) yield* statement()
      else skip()
      if (take('else')) {
        if (is) skip()
        else yield* statement()
      }
      return
    }
    const isSilent = word !== undefined && /^[a-z]/.test(word) && /^[-+*/%^]?=$/.test(tokens[at + 1] ?? '')
    const value = expression()
    if (!isSilent) yield `${textOf(value)}\n`
  }
  function skip(): void {
    let depth = 0
    for (; at < tokens.length; at++) {
      if (tokens[at] === '{') depth++
      else if (tokens[at] === '}' && --depth === 0) {
        at++
        return
      } else if (tokens[at] === ';' && depth === 0) return
    }
  }
  while (at < tokens.length) {
    if (take(';')) continue
    yield* statement()
    if (at < tokens.length && peek() !== ';') throw new BcError('(standard_in) 1: syntax error')
  }
}
