/** Where a statement of SQL ends: semicolons count outside quotes, dollar quotes, comments and parentheses. */

export interface Scanned {
  /** Whole statements, without their semicolons. */
  readonly statements: readonly string[]
  readonly rest: string
  /** What the prompt shows while `rest` waits: `'`, `"`, `(`, `*` in a comment, `$`, or `-`; `=` when there is nothing. */
  readonly mark: string
}

export function scanned(text: string): Scanned {
  const statements: string[] = []
  let start = 0
  let depth = 0
  let mark = ''
  let at = 0
  const close = (end: number, waits: string): void => {
    if (end < 0) {
      mark = waits
      at = text.length
    } else at = end
  }
  while (at < text.length) {
    const two = text.slice(at, at + 2)
    const letter = text[at]
    const dollar = letter === '$' ? /^\$(?:[A-Za-z_]\w*)?\$/.exec(text.slice(at))?.[0] : undefined
    if (two === '--') close(text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at), '')
    else if (two === '/*') close(after(text, '*/', at + 2), '*')
    else if (letter === "'") close(endOfText(text, at, /[eE]/.test(text[at - 1] ?? '')), "'")
    else if (letter === '"') close(after(text, '"', at + 1), '"')
    else if (dollar) close(after(text, dollar, at + dollar.length), '$')
    else {
      if (letter === '(') depth++
      else if (letter === ')') depth = Math.max(0, depth - 1)
      else if (letter === ';' && depth === 0) {
        statements.push(text.slice(start, at).trim())
        start = at + 1
      }
      at++
    }
  }
  const rest = text.slice(start)
  return { statements, rest, mark: mark || (depth > 0 ? '(' : rest.trim() === '' ? '=' : '-') }
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from)
  return found < 0 ? -1 : found + end.length
}

function endOfText(text: string, from: number, hasEscapes: boolean): number {
  for (let at = from + 1; at < text.length; at++) {
    if (hasEscapes && text[at] === '\\') at++
    else if (text[at] === "'") {
      if (text[at + 1] === "'") at++
      else return at + 1
    }
  }
  return -1
}
