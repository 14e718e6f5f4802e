/** CREATE USER, ALTER USER, DROP USER, RENAME USER, SET PASSWORD, GRANT and REVOKE; undefined for any other statement. */
import { type Account, accountIn, granted, grantIn, may, revoked, shown } from './accounts.ts'
import type { Engine, Outcome, Session } from './engine.ts'
import { SqlError, syntaxError } from './errors.ts'
import type { Reader } from './tokens.ts'

export function account(engine: Engine, session: Session, reader: Reader): Outcome | undefined {
  const find = (who: { readonly user: string; readonly host: string }): Account | undefined =>
    engine.accounts.find((one) => one.user === who.user && one.host === who.host)
  const mayManage = (): void => {
    if (!may(engine.accountOf(session), 'CREATE USER', '*'))
      throw new SqlError(1227, '42000', 'Access denied; you need (at least one of) the CREATE USER privilege(s) for this operation')
    engine.isDirty = true
  }
  const failed = (what: string, who: { readonly user: string; readonly host: string }): SqlError =>
    new SqlError(1396, 'HY000', `Operation ${what} failed for ${shown(who)}`)
  if (reader.take('CREATE', 'USER') || reader.take('ALTER', 'USER')) {
    const isNew = reader.tokens[0].upper === 'CREATE'
    mayManage()
    const isFine = reader.take('IF', 'NOT', 'EXISTS') || reader.take('IF', 'EXISTS')
    do {
      const who = accountIn(reader)
      const password = identified(reader) ?? ''
      const there = find(who)
      if (isNew && !there) engine.accounts.push({ ...who, password, grants: [] })
      else if (!isNew && there) there.password = password
      else if (!isFine) throw failed(isNew ? 'CREATE USER' : 'ALTER USER', who)
    } while (reader.take(','))
    return { changed: 0 }
  }
  if (reader.take('DROP', 'USER')) {
    mayManage()
    const isFine = reader.take('IF', 'EXISTS')
    do {
      const who = accountIn(reader)
      const there = find(who)
      if (there) engine.accounts.splice(engine.accounts.indexOf(there), 1)
      else if (!isFine) throw failed('DROP USER', who)
    } while (reader.take(','))
    return { changed: 0 }
  }
  if (reader.take('RENAME', 'USER')) {
    mayManage()
    const [from, , to] = [accountIn(reader), reader.take('TO'), accountIn(reader)]
    const there = find(from)
    if (!there) throw failed('RENAME USER', from)
    engine.accounts.splice(engine.accounts.indexOf(there), 1, { ...there, ...to })
    return { changed: 0 }
  }
  if (reader.take('SET', 'PASSWORD')) {
    const who = reader.take('FOR') ? accountIn(reader) : engine.accountOf(session)
    reader.take('=')
    if (reader.take('PASSWORD')) reader.take('(')
    const there = find(who)
    if (!there) throw new SqlError(1133, '42000', "Can't find any matching row in the user table")
    there.password = reader.token?.text ?? ''
    engine.isDirty = true
    return { changed: 0 }
  }
  const isGrant = reader.take('GRANT')
  if (!isGrant && !reader.take('REVOKE')) return undefined
  const grant = grantIn(reader, session.database)
  if (!engine.accountOf(session).grants.some((one) => one.canGrant))
    throw grant.table === '*'
      ? new SqlError(1044, '42000', `Access denied for user ${shown(engine.accountOf(session))} to database '${grant.database}'`)
      : new SqlError(1142, '42000', `GRANT command denied to user ${shown(session)} for table '${grant.table}'`)
  if (!reader.take(isGrant ? 'TO' : 'FROM')) throw syntaxError(reader.sql, reader.position, engine.product)
  const targets = [accountIn(reader)]
  // Older servers make the account when a password is given here.
  const password = identified(reader)
  while (reader.take(',')) targets.push(accountIn(reader))
  const canGrant = reader.take('WITH', 'GRANT', 'OPTION')
  for (const who of targets) {
    let there = find(who)
    if (!there && isGrant && password !== undefined && (engine.settings.isMaria || /^5\./.test(engine.settings.version)))
      engine.accounts.push((there = { ...who, password, grants: [] }))
    if (!there)
      throw isGrant
        ? engine.settings.isMaria
          ? new SqlError(1133, '28000', "Can't find any matching row in the user table")
          : new SqlError(1410, '42000', 'You are not allowed to create a user with GRANT')
        : new SqlError(1141, '42000', `There is no such grant defined for user '${who.user}' on host '${who.host}'`)
    if (isGrant) granted(there, { ...grant, canGrant })
    else revoked(there, grant)
  }
  engine.isDirty = true
  return { changed: 0 }
}

/** `IDENTIFIED [WITH plugin] BY 'secret'`, and what may follow it. */
function identified(reader: Reader): string | undefined {
  let password: string | undefined
  if (reader.take('IDENTIFIED')) {
    if (reader.take('WITH') || reader.take('VIA')) reader.at++
    if (reader.take('BY') || reader.take('AS')) {
      reader.take('PASSWORD')
      password = reader.tokens[reader.at++]?.text ?? ''
    }
  }
  while (reader.is('PASSWORD') || reader.is('ACCOUNT') || reader.is('REQUIRE') || reader.is('DEFAULT'))
    reader.at += reader.is('DEFAULT') ? 3 : 2
  return password
}
