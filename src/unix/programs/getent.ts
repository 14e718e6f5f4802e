/** getent: users, groups and hosts as the C library finds them. */
import { UnixError } from '../errors.ts'
import { err, type Program } from '../kernel/process.ts'
import { lookup } from '../network/names.ts'
import { print } from './text.ts'
import { groups, users } from './users.ts'

export const getent: Program = function* (process) {
  const [database, ...keys] = process.argv.slice(1)
  if (database === 'passwd') {
    const found = users(process).filter(({ name, uid }) => keys.length === 0 || keys.includes(name) || keys.includes(String(uid)))
    yield* print(
      process,
      found.map(({ name, uid, gid, comment, home, shell }) => `${name}:x:${uid}:${gid}:${comment}:${home}:${shell}\n`).join(''),
    )
    return found.length > 0 ? 0 : 2
  }
  if (database === 'group') {
    const found = groups(process).filter(({ name, gid }) => keys.length === 0 || keys.includes(name) || keys.includes(String(gid)))
    yield* print(process, found.map(({ name, gid, members }) => `${name}:x:${gid}:${members.join(',')}\n`).join(''))
    return found.length > 0 ? 0 : 2
  }
  if (database === 'hosts' || database === 'ahosts' || database === 'ahostsv4') {
    for (const key of keys) {
      try {
        const addresses = yield* lookup(process, key)
        if (database === 'hosts') yield* print(process, addresses.map((ip) => `${ip.padEnd(15)} ${key}\n`).join(''))
        else
          yield* print(
            process,
            addresses
              .flatMap((ip, index) =>
                ['STREAM', 'DGRAM', 'RAW'].map(
                  (kind) => `${ip.padEnd(15)} ${kind.padEnd(6)}${kind === 'STREAM' && index === 0 ? ` ${key}` : ''}\n`,
                ),
              )
              .join(''),
          )
      } catch (error) {
        if (error instanceof UnixError) return 2
        throw error
      }
    }
    return 0
  }
  yield* err(
    process,
    database === undefined
      ? 'Usage: getent [OPTION...] database [key ...]\n'
      : `Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`,
  )
  return 1
}
