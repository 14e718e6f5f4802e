/** The words of a statement with where they stand. What executable comments (`/*!40101`) hold is read, as MySQL does with its dumps. */

export interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'variable' | 'sign'
  /** Without quotes; a sign or word as typed. */
  readonly text: string
  readonly upper: string
  readonly start: number
  readonly end: number
}

const pattern =
  /(--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?!!)[\s\S]*?\*\/|\/\*!\d*|\*\/|\s+)|'((?:[^'\\]|\\[\s\S]|'')*)'|"((?:[^"\\]|\\[\s\S]|"")*)"|`((?:[^`]|``)*)`|((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w$]))|(@@?(?:[\w$.]+|'[^']*'|`[^`]*`)?)|([\w$\u0080-\uffff]+)|(<=>|<=|>=|<>|!=|:=|\|\||&&|->>|->|[\s\S])/g

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '\0', b: '\b', Z: '\x1a', '%': '\\%', _: '\\_' }

export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = []
  for (const match of sql.matchAll(pattern)) {
    const [whole, blank, single, double, quoted, number, variable, word, sign] = match
    if (blank !== undefined) continue
    const place = { start: match.index, end: match.index + whole.length }
    const text = single ?? double
    if (text !== undefined)
      tokens.push({
        kind: 'text',
        text: text
          .replace(/\\([\s\S])/g, (_, letter: string) => escapes[letter] ?? letter)
          .replaceAll(single === undefined ? '""' : "''", single === undefined ? '"' : "'"),
        upper: '',
        ...place,
      })
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replaceAll('``', '`'), upper: '', ...place })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, upper: number, ...place })
    else if (variable !== undefined)
      tokens.push({ kind: 'variable', text: variable.replace(/['`]/g, ''), upper: variable.toUpperCase(), ...place })
    else tokens.push({ kind: word === undefined ? 'sign' : 'word', text: word ?? sign, upper: (word ?? sign).toUpperCase(), ...place })
  }
  return tokens
}

export const isName = (token: Token | undefined): token is Token => token?.kind === 'word' || token?.kind === 'quoted'

/** For SQLite: names in backquotes are never taken for text, as names in double quotes would be. */
export const name = (text: string): string => `\`${text.replaceAll('`', '``')}\``
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Reads tokens one after the other. */
export class Reader {
  readonly sql: string
  readonly tokens: readonly Token[]
  at = 0

  constructor(sql: string, tokens: readonly Token[] = tokensOf(sql)) {
    this.sql = sql
    this.tokens = tokens
  }

  get token(): Token | undefined {
    return this.tokens[this.at]
  }

  get isOver(): boolean {
    return this.at >= this.tokens.length
  }

  /** Where reading stands, in the text. */
  get position(): number {
    return this.token?.start ?? this.sql.length
  }

  is(...words: readonly string[]): boolean {
    return words.every((word, index) => this.tokens[this.at + index]?.upper === word)
  }

  take(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false
    this.at += words.length
    return true
  }

  takeName(): string | undefined {
    const { token } = this
    if (!isName(token)) return undefined
    this.at++
    return token.text
  }

  /** Up to the parenthesis that closes the one just read, which is read too. */
  inner(): readonly Token[] {
    const from = this.at
    for (let depth = 1; !this.isOver; this.at++) {
      if (this.is('(')) depth++
      else if (this.is(')') && --depth === 0) return this.tokens.slice(from, this.at++)
    }
    return this.tokens.slice(from)
  }
}

/** Split at commas outside parentheses. */
export function parts(tokens: readonly Token[]): Token[][] {
  const all: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.upper === '(') depth++
    else if (token.upper === ')') depth--
    if (token.upper === ',' && depth === 0) all.push([])
    else all[all.length - 1].push(token)
  }
  return all.filter((part) => part.length > 0)
}
