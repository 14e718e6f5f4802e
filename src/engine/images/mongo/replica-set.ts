/** A replica set of one: `rs.initiate()` makes this server its primary. Members on other machines are not simulated, and are refused by name. */
import type { Process } from '../../../unix/kernel/process.ts'
import { inspected, type Value } from './literals.ts'

export interface ReplicaSet {
  readonly name: string
  readonly since: string
}

export interface SetAnswer {
  readonly shown?: string
  readonly error?: string
  /** The set has just been made. */
  readonly made?: ReplicaSet
}

/** The name a server was started with: `--replSet rs0`. */
export function setNameOf(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '--replSet' || arg.startsWith('--replSet='))
  return at < 0 ? undefined : args[at].includes('=') ? args[at].slice(10) : args[at + 1]
}

export function askSet(process: Process, line: string, name: string | undefined, set: ReplicaSet | undefined): SetAnswer | undefined {
  const [, method, args, field] =
    /^rs\.(initiate|status|conf|config|hello|isMaster|printSecondaryReplicationInfo)\((.*)\)(?:\.(\w+))?$/s.exec(line) ?? []
  if (method === undefined) return undefined
  if (name === undefined)
    return {
      error:
        method === 'status'
          ? 'MongoServerError[NoReplicationEnabled]: not running with --replSet'
          : 'MongoServerError[NoReplicationEnabled]: This node was not started with replication enabled.',
    }
  const me = `${process.namespaces.uts.hostname}:27017`
  if (method === 'initiate') {
    if (set) return { error: 'MongoServerError[AlreadyInitialized]: already initialized' }
    const hosts = Array.from(args.matchAll(/host\s*["']?\s*:\s*["']([^"']+)/g), (match) => match[1])
    if (hosts.length > 1)
      return {
        error: `MongoshUnimplementedError: rs.initiate() with members other than this server (${hosts.slice(1).join(', ')}) is not simulated in this sandbox`,
      }
    const made = { name, since: new Date(process.now()).toISOString() }
    return {
      made,
      shown:
        hosts.length === 0
          ? inspected({ info2: 'no configuration specified. Using a default configuration for the set', me, ok: 1 })
          : '{ ok: 1 }',
    }
  }
  if (!set) return { error: 'MongoServerError[NotYetInitialized]: no replset config has been received' }
  const answer: Readonly<Record<string, Value>> =
    method === 'status'
      ? {
          set: set.name,
          myState: 1,
          term: 1,
          members: [
            {
              _id: 0,
              name: me,
              health: 1,
              state: 1,
              stateStr: 'PRIMARY',
              uptime: Math.round((process.now() - Date.parse(set.since)) / 1000),
              self: true,
            },
          ],
          ok: 1,
        }
      : method === 'hello' || method === 'isMaster'
        ? { isWritablePrimary: true, secondary: false, setName: set.name, setVersion: 1, hosts: [me], primary: me, me, ok: 1 }
        : { _id: set.name, version: 1, term: 1, members: [{ _id: 0, host: me, arbiterOnly: false, hidden: false, priority: 1, votes: 1 }] }
  if (field === undefined) return { shown: inspected(answer) }
  const value = answer[field]
  return { shown: value === undefined ? '' : inspected(value) }
}
