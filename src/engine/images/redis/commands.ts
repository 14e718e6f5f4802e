/**
 * Redis' data and the commands on it: strings, lists, sets, hashes, sorted sets, streams and expiry. A command of Redis that is not here says
 * so; any other answers as an unknown command does. What concerns connections, files and replicas is the server's (server.ts).
 */
import type { Reply } from './reply.ts'
import { type Scores, sortedSetArity, sortedSetCommand } from './sorted-sets.ts'
import { packed, readFrom, readingOf, type Stream, streamArity, streamCommand, unpacked, xadd, xgroup, xinfo } from './streams.ts'

type Value = string | string[] | Set<string> | Map<string, string> | Scores | Stream

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
  append: 2,
  dbsize: 0,
  decr: 1,
  decrby: 2,
  del: 1,
  echo: 1,
  exists: 1,
  expire: 2,
  flushall: 0,
  flushdb: 0,
  get: 1,
  getdel: 1,
  getset: 2,
  hdel: 2,
  hexists: 2,
  hget: 2,
  hgetall: 1,
  hincrby: 3,
  hkeys: 1,
  hlen: 1,
  hmset: 3,
  hset: 3,
  hvals: 1,
  incr: 1,
  incrby: 2,
  keys: 1,
  lindex: 2,
  llen: 1,
  lpop: 1,
  lpush: 2,
  lrange: 3,
  mget: 1,
  mset: 2,
  persist: 1,
  pexpire: 2,
  ping: 0,
  pttl: 1,
  rename: 2,
  rpop: 1,
  rpush: 2,
  getrange: 3,
  incrbyfloat: 2,
  lrem: 3,
  lset: 3,
  ltrim: 3,
  scan: 1,
  sinter: 1,
  sunion: 1,
  sdiff: 1,
  spop: 1,
  srandmember: 1,
  randomkey: 0,
  expireat: 2,
  psetex: 3,
  msetnx: 2,
  hsetnx: 3,
  hmget: 2,
  copy: 2,
  object: 1,
  ...sortedSetArity,
  ...streamArity,
  hincrbyfloat: 3,
  getex: 1,
  setrange: 3,
  smove: 3,
  smismember: 2,
  sinterstore: 2,
  sunionstore: 2,
  sdiffstore: 2,
  linsert: 4,
  lpos: 2,
  rpoplpush: 2,
  lmove: 4,
  lpushx: 2,
  rpushx: 2,
  touch: 1,
  expiretime: 1,
  pexpireat: 2,
  hscan: 2,
  sscan: 2,
  setbit: 3,
  getbit: 2,
  bitcount: 1,
  pfadd: 1,
  pfcount: 1,
  sadd: 2,
  scard: 1,
  set: 2,
  setex: 3,
  setnx: 2,
  sismember: 2,
  smembers: 1,
  srem: 2,
  strlen: 1,
  time: 0,
  ttl: 1,
  type: 1,
  unlink: 1,
}

/** Commands of the real one that are missing here: scripts, geography, modules. */
const notSimulated = new Set(
  'eval evalsha script fcall function geoadd geosearch geopos geodist pfmerge bitop bitfield blmove module migrate dump restore sort monitor latency failover zunionstore zinterstore zunion zinter zdiff zrangestore zrangebylex xclaim xautoclaim xsetid'.split(
    ' ',
  ),
)

/** What changes data: what a replica refuses, and what replicas and the append-only file are told. */
export const writing = new Set(
  'append copy decr decrby del expire expireat flushall flushdb getdel getex getset hdel hincrby hincrbyfloat hmset hset hsetnx incr incrby incrbyfloat linsert lmove lpop lpush lpushx lrem lset ltrim mset msetnx persist pexpire pexpireat pfadd psetex rename rpop rpoplpush rpush rpushx sadd sdiffstore set setbit setex setnx setrange sinterstore smove spop srem sunionstore unlink xack xadd xdel xgroup xreadgroup xtrim zadd zincrby zpopmax zpopmin zrem zremrangebyrank zremrangebyscore blpop brpop move'.split(
    ' ',
  ),
)

export function isCommand(name: string): boolean {
  return arity[name] !== undefined
}

export function execute(database: Database, argv: readonly string[], now: number): Reply {
  const name = argv[0].toLowerCase()
  const args = argv.slice(1)
  const least = arity[name]
  if (least === undefined && notSimulated.has(name)) return { error: `ERR '${name}' is not simulated in this sandbox` }
  if (least === undefined)
    return { error: `ERR unknown command '${argv[0]}', with args beginning with: ${args.map((arg) => `'${arg}' `).join('')}` }
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
    if (found !== undefined && (!(found instanceof Map) || isScores(found))) throw new WrongType()
    return (found as Map<string, string> | undefined) ?? new Map()
  }
  const stream = (of: string): Stream | undefined => {
    const found = values.get(of)
    if (found !== undefined && !isStream(found)) throw new WrongType()
    return found
  }
  /** Empty collections do not exist. */
  const keep = (of: string, value: Value): void => {
    database.dirty++
    const size = typeof value === 'string' || isStream(value) ? 1 : Array.isArray(value) ? value.length : value.size
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
  const slice = (items: readonly string[], from: number, to: number): string[] =>
    items.slice(from < 0 ? Math.max(0, items.length + from) : from, (to < 0 ? items.length + to : to) + 1)
  switch (name) {
    case 'xadd': {
      const result = xadd(stream(key), args.slice(1), now)
      if (result.stream) keep(key, result.stream)
      return result.reply
    }
    case 'xlen':
    case 'xrange':
    case 'xrevrange':
    case 'xdel':
    case 'xtrim':
    case 'xack':
    case 'xpending': {
      const result = streamCommand(name, stream(key), args.slice(1))
      if (result.stream) keep(key, result.stream)
      return result.reply
    }
    case 'xgroup': {
      const result = xgroup(key.toLowerCase(), stream(second), args.slice(2))
      if (result.stream) keep(second, result.stream)
      return result.reply
    }
    case 'xread':
    case 'xreadgroup': {
      const reading = readingOf(args)
      if (!reading) return { error: `ERR Unbalanced '${name}' list of streams: for each stream key an ID or '$' must be specified.` }
      const replies: Reply[] = []
      for (const [at, of] of reading.keys.entries()) {
        const result = readFrom(stream(of), reading.ids[at], reading, now)
        if ('error' in result) return { error: result.error }
        if (result.stream) keep(of, result.stream)
        if (result.found.length > 0 || (reading.group !== undefined && reading.ids[at] !== '>'))
          replies.push([of, result.found.map((entry) => [entry.id, entry.fields])])
      }
      return replies.length > 0 ? replies : { none: true }
    }
    case 'xinfo': {
      const found = stream(second)
      return found ? xinfo(found, key.toLowerCase(), third) : { error: 'ERR no such key' }
    }
    case 'ping':
      return key ?? { status: 'PONG' }
    case 'echo':
      return key
    case 'time':
      return [String(Math.floor(now / 1000)), String((now % 1000) * 1000)]
    case 'dbsize':
      return values.size
    case 'flushall':
    case 'flushdb':
      values.clear()
      expiresAt.clear()
      database.dirty++
      return ok
    case 'get':
      return text(key) ?? null
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
    case 'strlen':
      return text(key)?.length ?? 0
    case 'incr':
      return add(1)
    case 'decr':
      return add(-1)
    case 'incrby':
      return /^-?\d+$/.test(second) ? add(Number(second)) : notInteger
    case 'decrby':
      return /^-?\d+$/.test(second) ? add(-Number(second)) : notInteger
    case 'mget':
      return args.map((one) => (typeof values.get(one) === 'string' ? (values.get(one) as string) : null))
    case 'mset':
      if (args.length % 2 !== 0) return { error: "ERR wrong number of arguments for 'mset' command" }
      for (let at = 0; at < args.length; at += 2) keep(args[at], args[at + 1])
      return ok
    case 'del':
    case 'unlink':
      return args.reduce((sum, one) => sum + remove(one), 0)
    case 'exists':
      return args.filter((one) => values.has(one)).length
    case 'keys': {
      const expression = new RegExp(
        `^${key
          .replace(/[.+^${}()|\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
        's',
      )
      return [...values.keys()].filter((one) => expression.test(one))
    }
    case 'type': {
      const found = values.get(key)
      return {
        status:
          found === undefined
            ? 'none'
            : typeof found === 'string'
              ? 'string'
              : Array.isArray(found)
                ? 'list'
                : found instanceof Set
                  ? 'set'
                  : isStream(found)
                    ? 'stream'
                    : isScores(found)
                      ? 'zset'
                      : 'hash',
      }
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
      if (!/^-?\d+$/.test(second)) return notInteger
      database.dirty++
      if (Number(second) <= 0) return remove(key)
      expiresAt.set(key, now + Number(second) * (name === 'expire' ? 1000 : 1))
      return 1
    case 'persist':
      return expiresAt.delete(key) ? 1 : 0
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
      if (args.length > 1) {
        if (items.length === 0) return { none: true }
        const taken = name === 'lpop' ? items.splice(0, Number(second)) : items.splice(-Number(second)).toReversed()
        keep(key, items)
        return taken
      }
      const item = name === 'lpop' ? items.shift() : items.pop()
      if (item !== undefined) keep(key, items)
      return item ?? null
    }
    case 'llen':
      return list(key).length
    case 'lindex':
      return list(key).at(Number(second)) ?? null
    case 'lrange':
      return slice(list(key), Number(second), Number(third))
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
    case 'smembers':
      return [...set(key)]
    case 'sismember':
      return set(key).has(second) ? 1 : 0
    case 'scard':
      return set(key).size
    case 'hset':
    case 'hmset': {
      const fields = new Map(hash(key))
      const before = fields.size
      for (let at = 1; at + 1 < args.length; at += 2) fields.set(args[at], args[at + 1])
      keep(key, fields)
      return name === 'hmset' ? ok : fields.size - before
    }
    case 'hget':
      return hash(key).get(second) ?? null
    case 'hgetall':
      return [...hash(key)].flat()
    case 'hkeys':
      return [...hash(key).keys()]
    case 'hvals':
      return [...hash(key).values()]
    case 'hlen':
      return hash(key).size
    case 'hexists':
      return hash(key).has(second) ? 1 : 0
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
    case 'getrange': {
      const all = text(key) ?? ''
      return slice(Array.from(all), Number(second), Number(third)).join('')
    }
    case 'incrbyfloat': {
      const next = Number(text(key) ?? '0') + Number(second)
      if (Number.isNaN(next)) return { error: 'ERR value is not a valid float' }
      keep(key, String(Number(next.toPrecision(15))))
      return String(Number(next.toPrecision(15)))
    }
    case 'psetex':
      write(third)
      expiresAt.set(key, now + Number(second))
      return ok
    case 'msetnx':
      if (args.some((one, at) => at % 2 === 0 && values.has(one))) return 0
      for (let at = 0; at + 1 < args.length; at += 2) keep(args[at], args[at + 1])
      return 1
    case 'expireat':
      if (!values.has(key)) return 0
      expiresAt.set(key, Number(second) * 1000)
      return 1
    case 'lset': {
      const items = [...list(key)]
      const at = Number(second) < 0 ? items.length + Number(second) : Number(second)
      if (items.length === 0) return { error: 'ERR no such key' }
      if (!(at in items)) return { error: 'ERR index out of range' }
      items[at] = third
      keep(key, items)
      return ok
    }
    case 'lrem': {
      const items = [...list(key)]
      let left = Math.abs(Number(second)) || items.length
      const before = items.length
      const order = Number(second) < 0 ? items.toReversed() : items
      const rest = order.filter((item) => item !== third || left-- <= 0)
      if (rest.length < before) keep(key, Number(second) < 0 ? rest.toReversed() : rest)
      return before - rest.length
    }
    case 'ltrim':
      keep(key, slice(list(key), Number(second), Number(third)))
      return ok
    case 'sinter':
      return args.slice(1).reduce((all, one) => all.filter((item) => set(one).has(item)), [...set(key)])
    case 'sunion':
      return [...new Set(args.flatMap((one) => [...set(one)]))]
    case 'sdiff':
      return [...set(key)].filter((item) => !args.slice(1).some((one) => set(one).has(item)))
    case 'spop':
    case 'srandmember': {
      const members = [...set(key)]
      const [item] = members
      if (item !== undefined && name === 'spop') keep(key, new Set(members.slice(1)))
      return item ?? null
    }
    case 'hincrbyfloat': {
      const next = Number(hash(key).get(second) ?? '0') + Number(third)
      if (Number.isNaN(next)) return { error: 'ERR hash value is not a float' }
      keep(key, new Map(hash(key)).set(second, String(Number(next.toPrecision(15)))))
      return String(Number(next.toPrecision(15)))
    }
    case 'getex': {
      const [flag, amount] = [second.toUpperCase(), Number(third)]
      if (values.has(key) && flag === 'PERSIST') expiresAt.delete(key)
      else if (values.has(key) && (flag === 'EX' || flag === 'PX')) expiresAt.set(key, now + amount * (flag === 'EX' ? 1000 : 1))
      return text(key) ?? null
    }
    case 'setrange': {
      const before = (text(key) ?? '').padEnd(Number(second), '\0')
      keep(key, before.slice(0, Number(second)) + third + before.slice(Number(second) + third.length))
      return text(key)?.length ?? 0
    }
    case 'smove': {
      if (!set(key).has(third)) return 0
      keep(key, new Set([...set(key)].filter((one) => one !== third)))
      keep(second, new Set([...set(second), third]))
      return 1
    }
    case 'smismember':
      return args.slice(1).map((one) => (set(key).has(one) ? 1 : 0))
    case 'sinterstore':
    case 'sunionstore':
    case 'sdiffstore': {
      const found = run(database, name.replace('store', ''), args.slice(1), now) as readonly string[]
      expiresAt.delete(key)
      keep(key, new Set(found))
      return found.length
    }
    case 'linsert': {
      const items = [...list(key)]
      const at = items.indexOf(third)
      if (items.length === 0) return 0
      if (at < 0) return -1
      items.splice(second.toUpperCase() === 'BEFORE' ? at : at + 1, 0, args[3])
      keep(key, items)
      return items.length
    }
    case 'lpos': {
      const at = list(key).indexOf(second)
      return at < 0 ? null : at
    }
    case 'rpoplpush':
      return run(database, 'lmove', [key, second, 'RIGHT', 'LEFT'], now)
    case 'lmove': {
      const item = run(database, third.toUpperCase() === 'LEFT' ? 'lpop' : 'rpop', [key], now)
      if (typeof item === 'string') run(database, args[3].toUpperCase() === 'LEFT' ? 'lpush' : 'rpush', [second, item], now)
      return item
    }
    case 'lpushx':
    case 'rpushx':
      return list(key).length === 0 ? 0 : run(database, name.slice(0, -1), args, now)
    case 'touch':
      return args.filter((one) => values.has(one)).length
    case 'expiretime':
      return values.has(key) ? (expiresAt.has(key) ? Math.floor((expiresAt.get(key) ?? 0) / 1000) : -1) : -2
    case 'pexpireat':
      if (!values.has(key)) return 0
      expiresAt.set(key, Number(second))
      database.dirty++
      return 1
    case 'hscan':
      return ['0', [...hash(key)].flat()]
    case 'sscan':
      return ['0', [...set(key)]]
    case 'setbit': {
      const bytes = Array.from(text(key) ?? '', (letter) => letter.charCodeAt(0))
      const [at, mask] = [Math.floor(Number(second) / 8), 128 >> (Number(second) % 8)]
      while (bytes.length <= at) bytes.push(0)
      const before = (bytes[at] & mask) === 0 ? 0 : 1
      bytes[at] = third === '1' ? bytes[at] | mask : bytes[at] & ~mask
      keep(key, String.fromCharCode(...bytes))
      return before
    }
    case 'getbit':
      return ((text(key) ?? '').charCodeAt(Math.floor(Number(second) / 8)) || 0) & (128 >> (Number(second) % 8)) ? 1 : 0
    case 'bitcount':
      return Array.from(text(key) ?? '', (letter) => letter.charCodeAt(0).toString(2).replaceAll('0', '').length).reduce(
        (sum, one) => sum + one,
        0,
      )
    // Counted exactly, where the real one estimates.
    case 'pfadd': {
      const before = set(key).size
      keep(key, new Set([...set(key), ...args.slice(1)]))
      return set(key).size > before ? 1 : 0
    }
    case 'pfcount':
      return new Set(args.flatMap((one) => [...set(one)])).size
    case 'randomkey':
      return values.keys().next().value ?? null
    case 'scan': {
      const pattern = args[args.findIndex((one) => one.toLowerCase() === 'match') + 1]
      return ['0', run(database, 'keys', [args.some((one) => one.toLowerCase() === 'match') ? pattern : '*'], now)]
    }
    case 'hmget':
      return args.slice(1).map((field) => hash(key).get(field) ?? null)
    case 'hsetnx': {
      if (hash(key).has(second)) return 0
      keep(key, new Map(hash(key)).set(second, third))
      return 1
    }
    case 'copy': {
      const found = values.get(key)
      if (found === undefined || values.has(second)) return 0
      keep(second, found)
      return 1
    }
    case 'object': {
      const found = values.get(second)
      if (key.toLowerCase() !== 'encoding') return { error: `ERR 'object ${key}' is not simulated in this sandbox` }
      if (found === undefined) return { error: 'ERR no such key' }
      return typeof found === 'string'
        ? /^-?\d{1,18}$/.test(found)
          ? 'int'
          : found.length <= 44
            ? 'embstr'
            : 'raw'
        : isStream(found)
          ? 'stream'
          : Array.isArray(found) || found instanceof Map
            ? 'listpack'
            : Array.from(found).every((one) => /^-?\d+$/.test(String(one)))
              ? 'intset'
              : 'listpack'
    }
    default: {
      const found = values.get(key)
      if (found !== undefined && !isScores(found)) throw new WrongType()
      const { reply, scores } = sortedSetCommand(name, found ?? new Map(), args.slice(1))
      if (scores) keep(key, scores)
      return reply
    }
  }
}

export function isStream(value: Value | undefined): value is Stream {
  return typeof value === 'object' && 'entries' in value && 'lastId' in value
}

/** Scores are numbers; a hash's fields are text. */
function isScores(value: Value): value is Scores {
  return value instanceof Map && typeof value.values().next().value === 'number'
}

/** Our own form of dump.rdb; nobody reads the real one here. */
export function dumped({ values, expiresAt }: Database): string {
  const plain = Array.from(values, ([key, value]) => [
    key,
    typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? { list: value }
        : value instanceof Set
          ? { set: [...value] }
          : isStream(value)
            ? { stream: packed(value) }
            : isScores(value)
              ? { scores: [...value] }
              : { hash: [...value] },
    expiresAt.get(key) ?? 0,
  ])
  return `REDIS0012 ${JSON.stringify(plain)}\n`
}

export function undumped(text: string): Database {
  const database = emptyDatabase()
  if (!text.startsWith('REDIS0012 ')) return database
  for (const [key, value, at] of JSON.parse(text.slice(10)) as [
    string,
    (
      | string
      | { list?: string[]; set?: string[]; hash?: [string, string][]; scores?: [string, number][]; stream?: Parameters<typeof unpacked>[0] }
    ),
    number,
  ][]) {
    database.values.set(
      key,
      typeof value === 'string'
        ? value
        : value.stream
          ? unpacked(value.stream)
          : value.list
            ? value.list
            : value.set
              ? new Set(value.set)
              : value.scores
                ? new Map(value.scores)
                : new Map(value.hash),
    )
    if (at > 0) database.expiresAt.set(key, at)
  }
  return database
}
