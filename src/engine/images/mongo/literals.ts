/** Values as people write them in mongosh, read and shown: unquoted keys, single quotes, ObjectId, dates, regular expressions. No expressions. */

export type Value = null | boolean | number | string | readonly Value[] | Special | { readonly [key: string]: Value }
export interface Special {
  readonly $special: 'ObjectId' | 'ISODate' | 'RegExp'
  readonly of: string
}

export class NotALiteral extends Error {}

function isSpecial(value: Value | undefined): value is Special {
  return typeof value === 'object' && value !== null && '$special' in value
}

/** Arguments between the parentheses that begin at `at`; answers where they end. `fresh` makes ids, `now` is ISO. */
export function argumentsAt(
  text: string,
  at: number,
  make: { readonly id: () => string; readonly now: string },
): { readonly values: readonly Value[]; readonly end: number } {
  let position = at + 1
  const space = (): void => {
    position += /^(?:\s|\/\/[^\n]*\n|\/\*.*?\*\/)*/s.exec(text.slice(position))?.[0].length ?? 0
  }
  const value = (): Value => {
    space()
    const rest = text.slice(position)
    const letter = rest[0]
    if (letter === '{') {
      position++
      const entries: [string, Value][] = []
      for (;;) {
        space()
        if (text[position] === '}') break
        const key = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([\w$]+))\s*:/.exec(text.slice(position))
        if (!key) throw new NotALiteral()
        position += key[0].length
        entries.push([key[1] ?? key[2] ?? key[3], value()])
        space()
        if (text[position] === ',') position++
        else if (text[position] !== '}') throw new NotALiteral()
      }
      position++
      return Object.fromEntries(entries)
    }
    if (letter === '[') {
      position++
      const items: Value[] = []
      for (;;) {
        space()
        if (text[position] === ']') break
        items.push(value())
        space()
        if (text[position] === ',') position++
        else if (text[position] !== ']') throw new NotALiteral()
      }
      position++
      return items
    }
    const found = (pattern: RegExp): RegExpExecArray | null => {
      const match = pattern.exec(rest)
      if (match) position += match[0].length
      return match
    }
    const quoted = found(/^"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)*)'|^`([^`$]*)`/s)
    if (quoted) return (quoted[1] ?? quoted[2] ?? quoted[3]).replace(/\\(.)/g, (_, one: string) => ({ n: '\n', t: '\t' })[one] ?? one)
    const number = found(/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/)
    if (number) return Number(number[0])
    const long = found(/^Number(?:Long|Int|Decimal)\(\s*["']?(-?[\d.]+)["']?\s*\)/)
    if (long) return Number(long[1])
    const id = found(/^(?:new\s+)?ObjectId\(\s*(?:["'](\w*)["'])?\s*\)/)
    if (id) return { $special: 'ObjectId', of: id[1] ?? make.id() }
    const date = found(/^(?:new\s+)?(?:ISODate|Date)\(\s*(?:["']([^"']*)["'])?\s*\)/)
    if (date) return { $special: 'ISODate', of: date[1] === undefined ? make.now : new Date(date[1]).toISOString() }
    const expression = found(/^\/((?:[^/\\]|\\.)+)\/([gimsu]*)/)
    if (expression) return { $special: 'RegExp', of: `/${expression[1]}/${expression[2]}` }
    const word = found(/^(true|false|null|undefined)\b/)
    if (word) return word[1] === 'true' ? true : word[1] === 'false' ? false : null
    throw new NotALiteral()
  }
  const values: Value[] = []
  for (;;) {
    space()
    if (text[position] === ')') return { values, end: position + 1 }
    if (position >= text.length) throw new NotALiteral()
    values.push(value())
    space()
    if (text[position] === ',') position++
    else if (text[position] !== ')') throw new NotALiteral()
  }
}

/** As mongosh prints: one line while it fits, else one entry a line. */
export function inspected(value: Value, indent = 0): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string') return value.includes("'") ? JSON.stringify(value) : `'${value.replaceAll('\n', '\\n')}'`
  if (isSpecial(value)) return value.$special === 'RegExp' ? value.of : `${value.$special}('${value.of}')`
  const isList = Array.isArray(value)
  const parts = isList
    ? (value as readonly Value[]).map((item) => inspected(item, indent + 2))
    : Object.entries(value).map(([key, item]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`}: ${inspected(item, indent + 2)}`)
  if (parts.length === 0) return isList ? '[]' : '{}'
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  // Node's own rule of what still fits a line of eighty.
  const length = parts.reduce((sum, part) => sum + part.length, 0) + 2 * parts.length + indent + 11
  if (length <= 80 && !parts.some((part) => part.includes('\n'))) return `${open} ${parts.join(', ')} ${close}`
  const pad = ' '.repeat(indent + 2)
  return `${open}\n${parts.map((part) => pad + part).join(',\n')}\n${' '.repeat(indent)}${close}`
}
