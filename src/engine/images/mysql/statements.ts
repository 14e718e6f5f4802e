/** Where a statement ends for the mysql client: at `;` or `\G` outside quotes and comments, or at what DELIMITER names. */

export interface Statement {
  readonly text: string
  readonly isVertical: boolean
  readonly line: number
}

export function statementsIn(text: string): {
  readonly statements: readonly Statement[]
  readonly rest: string
  readonly restLine: number
  readonly mark: string
} {
  const statements: Statement[] = []
  let delimiter = ';'
  let start = 0
  let mark = '-'
  const lineOf = (position: number): number => text.slice(0, position).split('\n').length
  const take = (end: number, next: number, isVertical: boolean): void => {
    const own = text.slice(start, end)
    const lead = /^\s*/.exec(own)?.[0].length ?? 0
    if (own.trim() !== '' && !isRemark(own)) statements.push({ text: own.trim(), isVertical, line: lineOf(start + lead) })
    start = next
  }
  for (let at = 0; at < text.length; ) {
    const letter = text[at]
    const isLineStart = at === 0 || text[at - 1] === '\n'
    const word = isLineStart ? /^[ \t]*delimiter[ \t]+(\S+)[^\n]*\n?/i.exec(text.slice(at)) : null
    if (word) {
      delimiter = word[1]
      at += word[0].length
      start = at
    } else if (letter === "'" || letter === '"' || letter === '`') {
      const end = closing(text, at)
      if (end < 0) {
        mark = letter
        break
      }
      at = end
    } else if ((letter === '-' && text[at + 1] === '-' && /\s|$/.test(text[at + 2] ?? '')) || letter === '#') {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else if (letter === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2)
      if (end < 0) {
        mark = '/*'
        break
      }
      at = end + 2
    } else if (text.startsWith(delimiter, at)) {
      take(at, at + delimiter.length, false)
      at += delimiter.length
    } else if (letter === '\\' && (text[at + 1] === 'G' || text[at + 1] === 'g')) {
      take(at, at + 2, text[at + 1] === 'G')
      at += 2
    } else at++
  }
  const rest = text.slice(start)
  return { statements, rest: isRemark(rest) ? '' : rest, restLine: lineOf(start + (/^\s*/.exec(rest)?.[0].length ?? 0)), mark }
}

/** Nothing but blanks and comments. */
function isRemark(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:--|#|$)/.test(line))
}

function closing(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\' && text[from] !== '`') at++
    else if (text[at] === text[from]) return at + 1
  }
  return -1
}
