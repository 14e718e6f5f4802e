/**
 * What Go's encoding/json says of a text that is no JSON. JavaScript's own parser tells whether it is; this one only finds where Go would have
 * stopped, and says it in Go's words.
 */

export interface JsonProblem {
  /** How many letters were read, the wrong one included. */
  readonly offset: number
  /** `invalid character '}' looking for beginning of value`, or `unexpected end of JSON input`. */
  readonly message: string
}

class Stopped {
  readonly problem: JsonProblem
  constructor(problem: JsonProblem) {
    this.problem = problem
  }
}

/** The first problem of a text; undefined where it begins with a whole value. What follows that value is not looked at. */
export function jsonProblem(text: string): JsonProblem | undefined {
  let at = 0
  const quoted = (letter: string): string =>
    letter === "'"
      ? "'\\''"
      : letter === '"'
        ? `'"'`
        : letter < ' '
          ? `'${JSON.stringify(letter)
              .slice(1, -1)
              .replace(/^\\u00/, '\\x')}'`
          : `'${letter}'`
  const stop = (context: string): never => {
    throw new Stopped(
      at >= text.length
        ? { offset: text.length, message: 'unexpected end of JSON input' }
        : { offset: at + 1, message: `invalid character ${quoted(String.fromCodePoint(text.codePointAt(at) ?? 0))} ${context}` },
    )
  }
  const blanks = () => {
    while (at < text.length && ' \t\r\n'.includes(text[at])) at++
  }
  const string = () => {
    for (at++; text[at] !== '"'; at++) {
      if (at >= text.length || text[at] < ' ') stop('in string literal')
      if (text[at] !== '\\') continue
      at++
      if (text[at] === 'u') {
        for (let digit = 0; digit < 4; digit++) if (!/[0-9a-fA-F]/.test(text[++at] ?? '')) stop('in \\u hexadecimal character escape')
      } else if (!'"\\/bfnrt'.includes(text[at] ?? ' ')) stop('in string escape code')
    }
    at++
  }
  const word = (whole: string) => {
    for (let index = 1; index < whole.length; index++) {
      at++
      if (text[at] !== whole[index]) stop(`in literal ${whole} (expecting '${whole[index]}')`)
    }
    at++
  }
  const number = () => {
    const digits = (context: string) => {
      if (!/\d/.test(text[at] ?? '')) stop(context)
      while (/\d/.test(text[at] ?? '')) at++
    }
    if (text[at] === '-') at++
    if (text[at] === '0') at++
    else digits('in numeric literal')
    if (text[at] === '.') {
      at++
      digits('after decimal point in numeric literal')
    }
    if (text[at] === 'e' || text[at] === 'E') {
      at++
      if (text[at] === '+' || text[at] === '-') at++
      digits('in exponent of numeric literal')
    }
  }
  const members = (close: string, one: () => void, after: string) => {
    at++
    blanks()
    if (text[at] === close) {
      at++
      return
    }
    for (;;) {
      one()
      blanks()
      if (text[at] === close) break
      if (text[at] !== ',') stop(after)
      at++
      blanks()
    }
    at++
  }
  const value = (): void => {
    blanks()
    const letter = text[at] ?? ''
    if (letter === '{') {
      members(
        '}',
        () => {
          if (text[at] !== '"') stop('looking for beginning of object key string')
          string()
          blanks()
          if (text[at] !== ':') stop('after object key')
          at++
          value()
        },
        'after object key:value pair',
      )
    } else if (letter === '[') members(']', value, 'after array element')
    else if (letter === '"') string()
    else if (letter === 't') word('true')
    else if (letter === 'f') word('false')
    else if (letter === 'n') word('null')
    else if (letter === '-' || /\d/.test(letter)) number()
    else stop('looking for beginning of value')
  }
  try {
    value()
    return undefined
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    return error.problem
  }
}
