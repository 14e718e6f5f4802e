/** MySQL's refusals: number, state and words. */

export class SqlError extends Error {
  readonly code: number
  readonly state: string

  constructor(code: number, state: string, text: string) {
    super(text)
    this.code = code
    this.state = state
  }
}

export function notSimulated(what: string): SqlError {
  return new SqlError(1235, '42000', `This version of MySQL doesn't yet support '${what} (not simulated in this sandbox)'`)
}

/** `near` is what is left of the statement where reading stopped. */
export function syntaxError(sql: string, position: number, product = 'MySQL'): SqlError {
  const near = sql
    .slice(position)
    .replace(/;?\s*$/, '')
    .slice(0, 80)
  const line = sql.slice(0, position).split('\n').length
  return new SqlError(
    1064,
    '42000',
    `You have an error in your SQL syntax; check the manual that corresponds to your ${product} server version for the right syntax to use near '${near}' at line ${line}`,
  )
}
