/** Streams: entries with an id that only grows, and groups of consumers that share them. What a reader waits for is the server's to wait. */
import type { Reply } from './reply.ts'

export interface Stream {
  readonly entries: readonly Entry[]
  readonly lastId: string
  readonly added: number
  readonly groups: ReadonlyMap<string, Group>
}

export interface Entry {
  readonly id: string
  readonly fields: readonly string[]
}

interface Group {
  readonly lastId: string
  readonly read: number
  /** Delivered and not yet acknowledged. */
  readonly pending: ReadonlyMap<string, { readonly consumer: string; readonly at: number; readonly count: number }>
  readonly consumers: readonly string[]
}

const emptyStream: Stream = { entries: [], lastId: '0-0', added: 0, groups: new Map() }

export const streamArity: Readonly<Record<string, number>> = {
  xadd: 4,
  xlen: 1,
  xrange: 3,
  xrevrange: 3,
  xread: 3,
  xgroup: 1,
  xreadgroup: 6,
  xack: 3,
  xpending: 2,
  xdel: 2,
  xtrim: 3,
  xinfo: 1,
}

const parts = (id: string, sequence: number): readonly [number, number] => {
  const [ms, own] = id.split('-')
  return [Number(ms), own === undefined ? sequence : Number(own)]
}
const compared = (a: string, b: string): number => parts(a, 0)[0] - parts(b, 0)[0] || parts(a, 0)[1] - parts(b, 0)[1]
const isId = (text: string): boolean => /^\d+(-\d+)?$/.test(text)
const badId: Reply = { error: 'ERR Invalid stream ID specified as stream command argument' }
const shown = ({ id, fields }: Entry): Reply => [id, fields]

export interface Result {
  readonly reply: Reply
  /** Where the stream changed. */
  readonly stream?: Stream
  /** The id that was given: replicas and files must give the same. */
  readonly id?: string
}

export function xadd(before: Stream | undefined, args: readonly string[], now: number): Result {
  let at = 0
  let most: number | undefined
  let makes = true
  for (; at < args.length; at++) {
    const word = args[at].toUpperCase()
    if (word === 'NOMKSTREAM') makes = false
    else if (word === 'MAXLEN') {
      if (args[at + 1] === '~' || args[at + 1] === '=') at++
      most = Number(args[++at])
    } else break
  }
  const [wanted = '', ...fields] = args.slice(at)
  if (fields.length === 0 || fields.length % 2 !== 0) return { reply: { error: "ERR wrong number of arguments for 'xadd' command" } }
  if (!before && !makes) return { reply: null }
  const stream = before ?? emptyStream
  const [lastMs, lastSequence] = parts(stream.lastId, 0)
  let id = wanted
  if (wanted === '*') {
    const ms = Math.max(Math.floor(now), lastMs)
    id = `${ms}-${ms === lastMs ? lastSequence + 1 : 0}`
  } else if (/^\d+-\*$/.test(wanted)) {
    const ms = Number(wanted.slice(0, -2))
    id = `${ms}-${ms === lastMs ? lastSequence + 1 : 0}`
  } else if (!isId(wanted)) return { reply: badId }
  else id = `${parts(wanted, 0)[0]}-${parts(wanted, 0)[1]}`
  if (id === '0-0') return { reply: { error: 'ERR The ID specified in XADD must be greater than 0-0' } }
  if (compared(id, stream.lastId) <= 0)
    return { reply: { error: 'ERR The ID specified in XADD is equal or smaller than the target stream top item' } }
  const entries = [...stream.entries, { id, fields }]
  return {
    reply: id,
    id,
    stream: {
      ...stream,
      entries: most === undefined ? entries : entries.slice(-most || entries.length),
      lastId: id,
      added: stream.added + 1,
    },
  }
}

/** Commands on one stream; `args` are those after the key. */
export function streamCommand(name: string, stream: Stream | undefined, args: readonly string[]): Result {
  const entries = stream?.entries ?? []
  const countAt = args.findIndex((one) => one.toUpperCase() === 'COUNT')
  const count = countAt < 0 ? Number.POSITIVE_INFINITY : Number(args[countAt + 1])
  switch (name) {
    case 'xlen':
      return { reply: entries.length }
    case 'xrange':
    case 'xrevrange': {
      const [low, high] = name === 'xrange' ? args : [args[1], args[0]]
      const bound = (text: string, isLow: boolean): ((id: string) => boolean) | undefined => {
        if (text === '-' || text === '+') return () => true
        const isOpen = text.startsWith('(')
        const plain = isOpen ? text.slice(1) : text
        if (!isId(plain)) return undefined
        const limit = parts(plain, isLow ? 0 : Number.MAX_SAFE_INTEGER).join('-')
        return (id) => (isLow ? compared(id, limit) : compared(limit, id)) >= (isOpen ? 1e-9 : 0)
      }
      const [from, to] = [bound(low, true), bound(high, false)]
      if (!from || !to) return { reply: badId }
      const found = entries.filter(({ id }) => from(id) && to(id))
      return { reply: (name === 'xrange' ? found : found.toReversed()).slice(0, count).map(shown) }
    }
    case 'xdel': {
      if (!stream) return { reply: 0 }
      const left = entries.filter(({ id }) => !args.includes(id))
      return { reply: entries.length - left.length, stream: { ...stream, entries: left } }
    }
    case 'xtrim': {
      if (!stream) return { reply: 0 }
      const most = Number(args.at(-1))
      return { reply: Math.max(0, entries.length - most), stream: { ...stream, entries: most === 0 ? [] : entries.slice(-most) } }
    }
    case 'xack': {
      const group = stream?.groups.get(args[0])
      if (!stream || !group) return { reply: 0 }
      const pending = new Map(group.pending)
      const done = args.slice(1).filter((id) => pending.delete(id)).length
      return { reply: done, stream: withGroup(stream, args[0], { ...group, pending }) }
    }
    case 'xpending': {
      const group = stream?.groups.get(args[0])
      if (!group) return { reply: { error: `NOGROUP No such key or consumer group '${args[0]}'` } }
      const all = [...group.pending]
      if (args.length > 1)
        return { reply: all.slice(0, Number(args[3] ?? 10)).map(([id, { consumer, count: times }]) => [id, consumer, 0, times]) }
      if (all.length === 0) return { reply: [0, null, null, null] }
      const by = new Map<string, number>()
      for (const [, { consumer }] of all) by.set(consumer, (by.get(consumer) ?? 0) + 1)
      return { reply: [all.length, all[0][0], all[all.length - 1][0], Array.from(by, ([consumer, number]) => [consumer, String(number)])] }
    }
    default:
      throw new Error(`bug: ${name} has an arity but no meaning`)
  }
}

export function xinfo(stream: Stream, what: string, group: string | undefined): Reply {
  if (what === 'groups')
    return Array.from(stream.groups, ([name, one]) => [
      'name',
      name,
      'consumers',
      one.consumers.length,
      'pending',
      one.pending.size,
      'last-delivered-id',
      one.lastId,
      'entries-read',
      one.read,
      'lag',
      stream.entries.filter(({ id }) => compared(id, one.lastId) > 0).length,
    ])
  if (what === 'consumers') {
    const found = stream.groups.get(group ?? '')
    return found
      ? found.consumers.map((name) => [
          'name',
          name,
          'pending',
          [...found.pending.values()].filter(({ consumer }) => consumer === name).length,
          'idle',
          0,
          'inactive',
          0,
        ])
      : { error: `NOGROUP No such consumer group '${group}'` }
  }
  const ends = (entry: Entry | undefined): Reply => (entry ? shown(entry) : null)
  return [
    'length',
    stream.entries.length,
    'radix-tree-keys',
    1,
    'radix-tree-nodes',
    2,
    'last-generated-id',
    stream.lastId,
    'max-deleted-entry-id',
    '0-0',
    'entries-added',
    stream.added,
    'recorded-first-entry-id',
    stream.entries[0]?.id ?? '0-0',
    'groups',
    stream.groups.size,
    'first-entry',
    ends(stream.entries[0]),
    'last-entry',
    ends(stream.entries.at(-1)),
  ]
}

function withGroup(stream: Stream, name: string, group: Group): Stream {
  return { ...stream, groups: new Map(stream.groups).set(name, group) }
}

/** XGROUP's subcommands; `args` after the subcommand and the key. */
export function xgroup(action: string, stream: Stream | undefined, args: readonly string[]): Result {
  const [name = '', id = '$'] = args
  if (action === 'create') {
    if (!stream && !args.some((one) => one.toUpperCase() === 'MKSTREAM'))
      return {
        reply: {
          error:
            'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
        },
      }
    const there = stream ?? emptyStream
    if (there.groups.has(name)) return { reply: { error: 'BUSYGROUP Consumer Group name already exists' } }
    return {
      reply: { status: 'OK' },
      stream: withGroup(there, name, {
        lastId: id === '$' ? there.lastId : id.includes('-') ? id : `${id}-0`,
        read: 0,
        pending: new Map(),
        consumers: [],
      }),
    }
  }
  const group = stream?.groups.get(name)
  if (!stream || !group) return { reply: action === 'destroy' ? 0 : { error: `NOGROUP No such consumer group '${name}' for key name` } }
  if (action === 'destroy') {
    const groups = new Map(stream.groups)
    groups.delete(name)
    return { reply: 1, stream: { ...stream, groups } }
  }
  if (action === 'setid')
    return { reply: { status: 'OK' }, stream: withGroup(stream, name, { ...group, lastId: id === '$' ? stream.lastId : id }) }
  if (action === 'createconsumer')
    return {
      reply: group.consumers.includes(id) ? 0 : 1,
      stream: withGroup(stream, name, { ...group, consumers: [...new Set([...group.consumers, id])] }),
    }
  if (action === 'delconsumer')
    return {
      reply: [...group.pending.values()].filter(({ consumer }) => consumer === id).length,
      stream: withGroup(stream, name, {
        ...group,
        consumers: group.consumers.filter((one) => one !== id),
        pending: new Map([...group.pending].filter(([, { consumer }]) => consumer !== id)),
      }),
    }
  return { reply: { error: `ERR unknown subcommand '${action}'. Try XGROUP HELP.` } }
}

export interface Reading {
  readonly keys: readonly string[]
  readonly ids: readonly string[]
  readonly count: number
  /** Milliseconds; 0 waits for ever, undefined not at all. */
  readonly block?: number
  readonly group?: string
  readonly consumer?: string
}

/** The words of XREAD and XREADGROUP; undefined when they make no sense. */
export function readingOf(args: readonly string[]): Reading | undefined {
  const upper = args.map((one) => one.toUpperCase())
  const at = upper.indexOf('STREAMS')
  const rest = args.slice(at + 1)
  if (at < 0 || rest.length === 0 || rest.length % 2 !== 0) return undefined
  const value = (word: string): string | undefined => (upper.slice(0, at).includes(word) ? args[upper.indexOf(word) + 1] : undefined)
  const block = value('BLOCK')
  const group = value('GROUP')
  return {
    keys: rest.slice(0, rest.length / 2),
    ids: rest.slice(rest.length / 2),
    count: Number(value('COUNT') ?? Number.POSITIVE_INFINITY),
    ...(block !== undefined && { block: Number(block) }),
    ...(group !== undefined && { group, consumer: args[upper.indexOf('GROUP') + 2] }),
  }
}

/** What one stream gives a reader. */
export function readFrom(
  stream: Stream | undefined,
  id: string,
  { count, group, consumer }: Reading,
  now: number,
): { readonly found: readonly Entry[]; readonly stream?: Stream } | { readonly error: string } {
  const after = (from: string): Entry[] =>
    (stream?.entries ?? []).filter((entry) => compared(entry.id, from.includes('-') ? from : `${from}-0`) > 0).slice(0, count)
  if (group === undefined)
    return id === '+' ? { found: stream?.entries.slice(-1) ?? [] } : { found: after(id === '$' ? (stream?.lastId ?? '0-0') : id) }
  const known = stream?.groups.get(group)
  if (!stream || !known || consumer === undefined)
    return { error: `NOGROUP No such key or consumer group '${group}' in XREADGROUP with GROUP option` }
  const consumers = [...new Set([...known.consumers, consumer])]
  if (id !== '>') return { found: after(id).filter((entry) => known.pending.get(entry.id)?.consumer === consumer) }
  const found = after(known.lastId)
  if (found.length === 0) return { found }
  const pending = new Map(known.pending)
  for (const entry of found) pending.set(entry.id, { consumer, at: now, count: 1 })
  return {
    found,
    stream: withGroup(stream, group, { lastId: found[found.length - 1].id, read: known.read + found.length, pending, consumers }),
  }
}

/** For files: maps as lists. */
export function packed({ groups, ...rest }: Stream): unknown {
  return { ...rest, groups: Array.from(groups, ([name, { pending, ...group }]) => [name, { ...group, pending: [...pending] }]) }
}

type PackedGroup = Omit<Group, 'pending'> & {
  readonly pending: [string, { readonly consumer: string; readonly at: number; readonly count: number }][]
}

export function unpacked(value: Omit<Stream, 'groups'> & { readonly groups: readonly [string, PackedGroup][] }): Stream {
  return { ...value, groups: new Map(value.groups.map(([name, { pending, ...group }]) => [name, { ...group, pending: new Map(pending) }])) }
}
