/** Names of users and groups, as /etc/passwd and /etc/group of the own root directory tell them. */
import { UnixError } from '../errors.ts'
import type { Process } from '../kernel/process.ts'

export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly comment: string
  readonly home: string
  readonly shell: string
}

export interface Group {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

export function users(process: Process): readonly User[] {
  return records(process, '/etc/passwd').map(([name, , uid, gid, comment = '', home = '/', shell = '/bin/sh']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    comment,
    home,
    shell,
  }))
}

export function groups(process: Process): readonly Group[] {
  return records(process, '/etc/group').map(([name, , gid, members = '']) => ({
    name,
    gid: Number(gid),
    members: members.split(',').filter(Boolean),
  }))
}

export function userName(process: Process, uid: number): string {
  return users(process).find((user) => user.uid === uid)?.name ?? String(uid)
}

export function groupName(process: Process, gid: number): string {
  return groups(process).find((group) => group.gid === gid)?.name ?? String(gid)
}

/** Name or number. */
export function userOf(process: Process, text: string): User | undefined {
  const all = users(process)
  return all.find((user) => user.name === text) ?? (/^\d+$/.test(text) ? all.find((user) => user.uid === Number(text)) : undefined)
}

function records(process: Process, path: string): readonly string[][] {
  try {
    return process.files
      .readText(path)
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => line.split(':'))
  } catch (error) {
    if (error instanceof UnixError) return []
    throw error
  }
}
