/** Redis' data and the commands on it: strings, lists, sets, hashes and expiry. What is not here answers as an unknown command does. */
export type Reply = string | number | null | { readonly status: string } | { readonly error: string } | readonly Reply[]

type Value = string | string[] | Set<string> | Map<string, string>

export interface Database {
  readonly values: Map<string, Value>
  readonly expiresAt: Map<string, number>
  /** Changes since the last save. */
  dirty: number
}

export const emptyDatabase = (): Database => ({ values: new Map(), expiresAt: new Map(), dirty: 0 })

const ok: Reply = { status: 'OK' }
const wrongType: Reply = { error: 'WRONGTYPE Operation against a key holding the wrong kind of value' }
const notInteger: Reply = { error: 'ERR value is not an integer or out of range' }

class WrongType extends Error {}

/** Smallest number of arguments, by command. */
const arity: Readonly<Record<string, number>> = {
  append: 2, config: 1, dbsize: 0, decr: 1, decrby: 2, del: 1, echo: 1, exists: 1, expire: 2, flushall: 0, flushdb: 0, get: 1, getdel: 1, getset: 2, hdel: 2, hexists: 2, hget: 2, hgetall: 1, hincrby: 3, hkeys: 1,
  hlen: 1, hmset: 3, hset: 3, hvals: 1, incr: 1, incrby: 2, keys: 1, lindex: 2, llen: 1, lpop: 1, lpush: 2, lrange: 3, mget: 1, mset: 2, persist: 1, pexpire: 2, ping: 0, pttl: 1, rename: 2, rpop: 1, rpush: 2,
  sadd: 2, scard: 1, select: 1, set: 2, setex: 3, setnx: 2, sismember: 2, smembers: 1, srem: 2, strlen: 1, time: 0, ttl: 1, type: 1, unlink: 1,
}

export function execute(database: Database, argv: readonly string[], now: number): Reply {
  const name = argv[0].toLowerCase()
  const args = argv.slice(1)
  const least = arity[name]
  if (least === undefined) return { error: `ERR unknown command '${argv[0]}', with args beginning with: ${args.map((arg) => `'${arg}' `).join('')}` }
  if (args.length < least) return { error: `ERR wrong number of arguments for '${name}' command` }
  for (const [key, at] of database.expiresAt) {
    if (at > now) continue
    database.values.delete(key)
    database.expiresAt.delete(key)
  }
  try {
    return run(database, name, args, now)
  } catch (error) {
    if (error instanceof WrongType) return wrongType
    throw error
  }
}

function run(database: Database, name: string, args: readonly string[], now: number): Reply {
  const { values, expiresAt } = database
  const [key, second = '', third = ''] = args
  const text = (of: string): string | undefined => {
    const found = values.get(of)
    if (found !== undefined && typeof found !== 'string') throw new WrongType()
    return found
  }
  const list = (of: string): string[] => {
    const found = values.get(of)
    if (found !== undefined && !Array.isArray(found)) throw new WrongType()
    return found ?? []
  }
  const set = (of: string): Set<string> => {
    const found = values.get(of)
    if (found !== undefined && !(found instanceof Set)) throw new WrongType()
    return found ?? new Set()
  }
  const hash = (of: string): Map<string, string> => {
    const found = values.get(of)
    if (found !== undefined && !(found instanceof Map)) throw new WrongType()
    return found ?? new Map()
  }
  /** Empty collections do not exist. */
  const keep = (of: string, value: Value): void => {
    database.dirty++
    const size = typeof value === 'string' ? 1 : Array.isArray(value) ? value.length : value.size
    if (size === 0) values.delete(of)
    else values.set(of, value)
  }
  const remove = (of: string): number => {
    expiresAt.delete(of)
    if (!values.delete(of)) return 0
    database.dirty++
    return 1
  }
  const add = (by: number): Reply => {
    const before = text(key) ?? '0'
    if (!/^-?\d+$/.test(before) || !Number.isSafeInteger(by)) return notInteger
    keep(key, String(Number(before) + by))
    return Number(before) + by
  }
  const write = (value: string): void => {
    expiresAt.delete(key)
    keep(key, value)
  }
  const slice = (items: readonly string[], from: number, to: number): string[] => items.slice(from < 0 ? Math.max(0, items.length + from) : from, (to < 0 ? items.length + to : to) + 1)
  switch (name) {
    case 'ping': return key ?? { status: 'PONG' }
    case 'echo': return key
    case 'select': return /^(\d|1[0-5])$/.test(key) ? ok : { error: 'ERR DB index is out of range' }
    case 'time': return [String(Math.floor(now / 1000)), String((now % 1000) * 1000)]
    case 'config': return key.toLowerCase() === 'get' ? [second, ({ maxmemory: '0', save: '3600 1 300 100 60 10000', dir: '/data', appendonly: 'no' } as Readonly<Record<string, string>>)[second] ?? ''] : ok
    case 'dbsize': return values.size
    case 'flushall':
    case 'flushdb':
      values.clear()
      expiresAt.clear()
      database.dirty++
      return ok
    case 'get': return text(key) ?? null
    case 'getdel': {
      const found = text(key) ?? null
      remove(key)
      return found
    }
    case 'getset': {
      const found = text(key) ?? null
      write(second)
      return found
    }
    case 'set': {
      const flags = args.slice(2).map((flag) => flag.toUpperCase())
      if (flags.includes('NX') && values.has(key)) return null
      if (flags.includes('XX') && !values.has(key)) return null
      const keepsExpiry = flags.includes('KEEPTTL') ? expiresAt.get(key) : undefined
      write(second)
      const seconds = flags.indexOf('EX')
      const millis = flags.indexOf('PX')
      const wait = seconds >= 0 ? Number(flags[seconds + 1]) * 1000 : millis >= 0 ? Number(flags[millis + 1]) : undefined
      if (wait !== undefined && !(wait > 0)) return { error: "ERR invalid expire time in 'set' command" }
      if (wait !== undefined) expiresAt.set(key, now + wait)
      else if (keepsExpiry !== undefined) expiresAt.set(key, keepsExpiry)
      return ok
    }
    case 'setex':
      write(third)
      expiresAt.set(key, now + Number(second) * 1000)
      return ok
    case 'setnx':
      if (values.has(key)) return 0
      write(second)
      return 1
    case 'append':
      keep(key, (text(key) ?? '') + second)
      return text(key)?.length ?? 0
    case 'strlen': return text(key)?.length ?? 0
    case 'incr': return add(1)
    case 'decr': return add(-1)
    case 'incrby': return /^-?\d+$/.test(second) ? add(Number(second)) : notInteger
    case 'decrby': return /^-?\d+$/.test(second) ? add(-Number(second)) : notInteger
    case 'mget': return args.map((one) => (typeof values.get(one) === 'string' ? (values.get(one) as string) : null))
    case 'mset':
      if (args.length % 2 !== 0) return { error: "ERR wrong number of arguments for 'mset' command" }
      for (let at = 0; at < args.length; at += 2) keep(args[at], args[at + 1])
      return ok
    case 'del':
    case 'unlink': return args.reduce((sum, one) => sum + remove(one), 0)
    case 'exists': return args.filter((one) => values.has(one)).length
    case 'keys': {
      const expression = new RegExp(`^${key.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
      return [...values.keys()].filter((one) => expression.test(one))
    }
    case 'type': {
      const found = values.get(key)
      return { status: found === undefined ? 'none' : typeof found === 'string' ? 'string' : Array.isArray(found) ? 'list' : found instanceof Set ? 'set' : 'hash' }
    }
    case 'rename': {
      const found = values.get(key)
      if (found === undefined) return { error: 'ERR no such key' }
      remove(key)
      keep(second, found)
      return ok
    }
    case 'expire':
    case 'pexpire':
      if (!values.has(key)) return 0
      expiresAt.set(key, now + Number(second) * (name === 'expire' ? 1000 : 1))
      return 1
    case 'persist': return expiresAt.delete(key) ? 1 : 0
    case 'ttl':
    case 'pttl': {
      if (!values.has(key)) return -2
      const left = (expiresAt.get(key) ?? -1) - now
      return expiresAt.has(key) ? (name === 'ttl' ? Math.ceil(left / 1000) : left) : -1
    }
    case 'lpush':
    case 'rpush': {
      const items = [...list(key)]
      for (const item of args.slice(1)) name === 'lpush' ? items.unshift(item) : items.push(item)
      keep(key, items)
      return items.length
    }
    case 'lpop':
    case 'rpop': {
      const items = [...list(key)]
      const item = name === 'lpop' ? items.shift() : items.pop()
      if (item !== undefined) keep(key, items)
      return item ?? null
    }
    case 'llen': return list(key).length
    case 'lindex': return list(key).at(Number(second)) ?? null
    case 'lrange': return slice(list(key), Number(second), Number(third))
    case 'sadd': {
      const members = new Set(set(key))
      const before = members.size
      for (const item of args.slice(1)) members.add(item)
      keep(key, members)
      return members.size - before
    }
    case 'srem': {
      const members = new Set(set(key))
      const gone = args.slice(1).filter((item) => members.delete(item)).length
      if (gone > 0) keep(key, members)
      return gone
    }
    case 'smembers': return [...set(key)]
    case 'sismember': return set(key).has(second) ? 1 : 0
    case 'scard': return set(key).size
    case 'hset':
    case 'hmset': {
      const fields = new Map(hash(key))
      const before = fields.size
      for (let at = 1; at + 1 < args.length; at += 2) fields.set(args[at], args[at + 1])
      keep(key, fields)
      return name === 'hmset' ? ok : fields.size - before
    }
    case 'hget': return hash(key).get(second) ?? null
    case 'hgetall': return [...hash(key)].flat()
    case 'hkeys': return [...hash(key).keys()]
    case 'hvals': return [...hash(key).values()]
    case 'hlen': return hash(key).size
    case 'hexists': return hash(key).has(second) ? 1 : 0
    case 'hdel': {
      const fields = new Map(hash(key))
      const gone = args.slice(1).filter((field) => fields.delete(field)).length
      if (gone > 0) keep(key, fields)
      return gone
    }
    case 'hincrby': {
      const fields = new Map(hash(key))
      const next = Number(fields.get(second) ?? 0) + Number(third)
      if (!Number.isSafeInteger(next)) return notInteger
      fields.set(second, String(next))
      keep(key, fields)
      return next
    }
    default: throw new Error(`bug: ${name} has an arity but no meaning`)
  }
}

/** Our own form of dump.rdb; nobody reads the real one here. */
export function dumped({ values, expiresAt }: Database): string {
  const plain = Array.from(values, ([key, value]) => [key, typeof value === 'string' ? value : Array.isArray(value) ? { list: value } : value instanceof Set ? { set: [...value] } : { hash: [...value] }, expiresAt.get(key) ?? 0])
  return `REDIS0012 ${JSON.stringify(plain)}\n`
}

export function undumped(text: string): Database {
  const database = emptyDatabase()
  if (!text.startsWith('REDIS0012 ')) return database
  for (const [key, value, at] of JSON.parse(text.slice(10)) as [string, string | { list?: string[]; set?: string[]; hash?: [string, string][] }, number][]) {
    database.values.set(key, typeof value === 'string' ? value : value.list ? value.list : value.set ? new Set(value.set) : new Map(value.hash))
    if (at > 0) database.expiresAt.set(key, at)
  }
  return database
}
