/** Accounts and what they may do: CREATE USER, GRANT, REVOKE, SHOW GRANTS, and the refusals. */
import { SqlError, syntaxError } from './errors.ts'
import type { Reader } from './tokens.ts'

export interface Grant {
  /** `*`, or a database. */
  readonly database: string
  /** `*`, or a table. */
  readonly table: string
  readonly privileges: readonly string[]
  readonly canGrant: boolean
}

export interface Account {
  readonly user: string
  readonly host: string
  password: string
  grants: readonly Grant[]
}

export const everything: Grant = { database: '*', table: '*', privileges: ['ALL PRIVILEGES'], canGrant: true }

/** What `ALL PRIVILEGES ON *.*` shows as. */
const allPrivileges =
  'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, SHUTDOWN, PROCESS, FILE, REFERENCES, INDEX, ALTER, SHOW DATABASES, SUPER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, CREATE TABLESPACE, CREATE ROLE, DROP ROLE'

export function accountIn(reader: Reader): { readonly user: string; readonly host: string } {
  const { token } = reader
  if (!token || token.kind === 'sign') throw syntaxError(reader.sql, reader.position)
  reader.at++
  if (reader.take('CURRENT_USER')) return { user: 'root', host: '%' }
  const next = reader.token
  if (next?.kind !== 'variable' || !next.text.startsWith('@')) return { user: token.text, host: '%' }
  reader.at++
  const host = next.text.slice(1)
  if (host !== '') return { user: token.text, host }
  const given = reader.tokens[reader.at++]
  return { user: token.text, host: given?.text ?? '%' }
}

export const shown = ({ user, host }: { readonly user: string; readonly host: string }): string => `'${user}'@'${host}'`

export function accountFor(accounts: readonly Account[], user: string, client: string): Account | undefined {
  const fits = (host: string): boolean =>
    host === '%' ||
    host === client ||
    (host === '127.0.0.1' && client === 'localhost') ||
    (host.includes('%') && new RegExp(`^${host.replaceAll('.', '\\.').replaceAll('%', '.*')}$`).test(client))
  return accounts
    .filter((one) => one.user === user && fits(one.host))
    .toSorted((a, b) => Number(a.host === '%') - Number(b.host === '%'))[0]
}

export function may(account: Account, privilege: string, database: string, table?: string): boolean {
  return account.grants.some(
    (grant) =>
      (grant.database === '*' || likeName(grant.database, database)) &&
      (grant.table === '*' || grant.table === table) &&
      (grant.privileges.includes('ALL PRIVILEGES') || grant.privileges.includes(privilege)),
  )
}

/** Whether the account may know of the database at all. */
export function sees(account: Account, database: string): boolean {
  return account.grants.some(
    (grant) => (grant.database === '*' && grant.privileges.some((one) => one !== 'USAGE')) || likeName(grant.database, database),
  )
}

function likeName(pattern: string, name: string): boolean {
  return (
    pattern === name ||
    (/[%_]/.test(pattern) &&
      new RegExp(`^${pattern.replaceAll('\\_', '\u0000').replaceAll('_', '.').replaceAll('\u0000', '_').replaceAll('%', '.*')}$`).test(
        name,
      ))
  )
}

/** `ALL PRIVILEGES ON shop.*`, from after GRANT or REVOKE to before TO or FROM. */
export function grantIn(reader: Reader, current: string | undefined): Grant {
  const privileges: string[] = []
  do {
    const words: string[] = []
    while (!reader.isOver && !reader.is(',') && !reader.is('ON') && !reader.is('TO') && !reader.is('FROM')) {
      if (reader.take('(')) reader.inner()
      else words.push(reader.tokens[reader.at++].upper)
    }
    const privilege = words.join(' ')
    privileges.push(privilege === 'ALL' ? 'ALL PRIVILEGES' : privilege)
  } while (reader.take(','))
  if (!reader.take('ON')) throw syntaxError(reader.sql, reader.position)
  reader.take('TABLE')
  const word = (): string => reader.tokens[reader.at++]?.text ?? ''
  const first = word()
  if (!reader.take('.')) {
    if (first === '*' || current !== undefined)
      return { database: current ?? '*', table: first === '*' ? '*' : first, privileges, canGrant: false }
    throw new SqlError(1046, '3D000', 'No database selected')
  }
  return { database: first, table: word(), privileges, canGrant: false }
}

export function granted(account: Account, grant: Grant): void {
  const same = account.grants.find((one) => one.database === grant.database && one.table === grant.table)
  const privileges = grant.privileges.includes('ALL PRIVILEGES')
    ? ['ALL PRIVILEGES']
    : [...new Set([...(same?.privileges ?? []), ...grant.privileges])]
  account.grants = [
    ...account.grants.filter((one) => one !== same),
    { ...grant, privileges, canGrant: grant.canGrant || same?.canGrant === true },
  ]
}

export function revoked(account: Account, grant: Grant): void {
  const same = account.grants.find((one) => one.database === grant.database && one.table === grant.table)
  if (!same) throw new SqlError(1141, '42000', `There is no such grant defined for user '${account.user}' on host '${account.host}'`)
  const left = grant.privileges.includes('ALL PRIVILEGES') ? [] : same.privileges.filter((one) => !grant.privileges.includes(one))
  account.grants = account.grants.flatMap((one) => (one !== same ? [one] : left.length > 0 ? [{ ...one, privileges: left }] : []))
}

export function grantLines(account: Account, isMaria: boolean): string[] {
  const who = `\`${account.user}\`@\`${account.host}\``
  const global = account.grants.find(({ database }) => database === '*')
  const own = account.grants.filter(({ database }) => database !== '*')
  const first = global
    ? `GRANT ${global.privileges.includes('ALL PRIVILEGES') ? (isMaria ? 'ALL PRIVILEGES' : allPrivileges) : global.privileges.join(', ')} ON *.* TO ${who}${global.canGrant ? ' WITH GRANT OPTION' : ''}`
    : `GRANT USAGE ON *.* TO ${who}`
  return [
    first,
    ...own.map(
      ({ database, table, privileges, canGrant }) =>
        `GRANT ${privileges.join(', ')} ON \`${database}\`.${table === '*' ? '*' : `\`${table}\``} TO ${who}${canGrant ? ' WITH GRANT OPTION' : ''}`,
    ),
  ]
}
