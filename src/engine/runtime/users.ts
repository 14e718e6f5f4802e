/** Who a container's process runs as: `--user` looked up in the container's own /etc/passwd and /etc/group, as runc does it. */
import type { Files } from '../../unix/files/files.ts'
import type { Credentials } from '../../unix/kernel/process.ts'

export interface User extends Credentials {
  readonly home: string
}

export class UnknownUser extends Error {}

/** `user` is a name or a number, perhaps with `:group`. Throws `UnknownUser` with runc's words. */
export function userOf(files: Files, user: string, extraGroups: readonly string[] = []): User {
  const accounts = rows(files, '/etc/passwd')
  const groups = rows(files, '/etc/group')
  const [name, groupName] = user.split(':')
  const account = accounts.find((row) => row[0] === name) ?? accounts.find((row) => row[2] === (name || '0'))
  if (!account && name !== '' && !/^\d+$/.test(name))
    throw new UnknownUser(`unable to find user ${name}: no matching entries in passwd file`)
  const uid = account ? Number(account[2]) : Number(name || 0)
  const gidOf = (group: string): number => {
    const row = groups.find((candidate) => candidate[0] === group)
    if (!row && !/^\d+$/.test(group)) throw new UnknownUser(`unable to find group ${group}: no matching entries in group file`)
    return row ? Number(row[2]) : Number(group)
  }
  const gid = groupName ? gidOf(groupName) : account ? Number(account[3]) : 0
  // Supplementary groups come with a name only, and an explicit group replaces them.
  const own = account && !groupName ? groups.filter((row) => row[3]?.split(',').includes(account[0])).map((row) => Number(row[2])) : []
  return { uid, gid, groups: [...new Set([gid, ...own, ...extraGroups.map(gidOf)])], home: account?.[5] || '/' }
}

function rows(files: Files, path: string): string[][] {
  if (!files.exists(path)) return []
  return files
    .readText(path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'))
}
