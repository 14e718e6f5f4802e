/**
 * The words that expansions grow into: text and pattern side by side, since a quoted star is a letter and an unquoted one a glob. What is
 * unquoted is split where IFS says.
 */
import { quotedPattern } from './pattern.ts'

interface Field {
  text: string
  pattern: string
  exists: boolean
  isGlobby: boolean
}

/** Where expanded pieces go. Without splitting everything stays one field. */
export class Fields {
  readonly done: Field[] = []
  current: Field = { text: '', pattern: '', exists: false, isGlobby: false }
  readonly splits: boolean
  readonly #ifs: string

  constructor(splits: boolean, ifs: string) {
    this.splits = splits
    this.#ifs = ifs
  }

  quoted(text: string): void {
    this.current.text += text
    this.current.pattern += quotedPattern(text)
    this.current.exists = true
  }

  plain(text: string): void {
    if (text === '') return
    this.current.text += text
    this.current.pattern += text
    this.current.exists = true
    if (!this.current.isGlobby && hasGlobLetter.test(text)) this.current.isGlobby = true
  }

  /** Result of an unquoted expansion. */
  split(text: string): void {
    if (!this.splits || this.#ifs === '') return this.plain(text)
    const delimiter = delimiterExpression(this.#ifs)
    delimiter.lastIndex = 0
    let from = 0
    for (let match = delimiter.exec(text); match; match = delimiter.exec(text)) {
      this.plain(text.slice(from, match.index))
      from = delimiter.lastIndex
      if (match[1] !== undefined) this.current.exists = true
      this.end()
    }
    this.plain(text.slice(from))
  }

  end(): void {
    if (!this.current.exists) return
    this.done.push(this.current)
    this.current = { text: '', pattern: '', exists: false, isGlobby: false }
  }

  list(values: readonly string[], { isQuoted, isStar, separator }: { isQuoted: boolean; isStar: boolean; separator: string }): void {
    if (isQuoted && isStar) return this.quoted(values.join(separator))
    values.forEach((value, index) => {
      if (index > 0) {
        if (this.splits) {
          if (isQuoted) this.current.exists = true
          this.end()
        } else if (isQuoted) this.quoted(isStar ? separator : ' ')
        else this.plain(isStar ? separator : ' ')
      }
      if (isQuoted) this.quoted(value)
      else this.split(value)
    })
  }
}

const hasGlobLetter = /[*?[]|[@+!]\(/
const delimiters = new Map<string, RegExp>()

function delimiterExpression(ifs: string): RegExp {
  const known = delimiters.get(ifs)
  if (known) return known
  const escape = (letters: string) => letters.replace(/[\\\]^-]/g, '\\$&')
  const white = [...ifs].filter((letter) => ' \t\n'.includes(letter)).join('')
  const other = [...ifs].filter((letter) => !' \t\n'.includes(letter)).join('')
  const spaces = white === '' ? '' : `[${escape(white)}]`
  const made =
    other === ''
      ? new RegExp(`${spaces}+`, 'g')
      : new RegExp(`${spaces && `${spaces}*`}([${escape(other)}])${spaces && `${spaces}*|${spaces}+`}`, 'g')
  delimiters.set(ifs, made)
  return made
}
