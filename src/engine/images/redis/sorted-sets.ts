/** Sorted sets: members with a score, in the order of their scores and then of their names. */
import type { Reply } from './reply.ts'

export type Scores = Map<string, number>

export const sortedSetArity: Readonly<Record<string, number>> = {
  zadd: 3,
  zcard: 1,
  zcount: 3,
  zincrby: 3,
  zrange: 3,
  zrangebyscore: 3,
  zrank: 2,
  zrem: 2,
  zrevrange: 3,
  zrevrank: 2,
  zscore: 2,
  zpopmin: 1,
  zpopmax: 1,
  zrevrangebyscore: 3,
  zremrangebyscore: 3,
  zremrangebyrank: 3,
  zmscore: 2,
}

/** `scores` where they changed. `args` are those after the key. */
export function sortedSetCommand(
  name: string,
  before: Scores,
  args: readonly string[],
): { readonly reply: Reply; readonly scores?: Scores } {
  const ordered = [...before].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  const [first = '', second = ''] = args
  const words = args.map((arg) => arg.toUpperCase())
  const shown = (entries: readonly (readonly [string, number])[]): Reply =>
    entries.flatMap(([member, score]) => (words.includes('WITHSCORES') ? [member, String(score)] : [member]))
  const bound = (text: string): ((score: number) => number) => {
    const isOpen = text.startsWith('(')
    const limit = text === '-inf' ? -Infinity : text === '+inf' ? Infinity : Number(isOpen ? text.slice(1) : text)
    return (score) => (isOpen && score === limit ? Number.NaN : score - limit)
  }
  const between = (low: string, high: string): (readonly [string, number])[] =>
    ordered.filter(([, score]) => bound(low)(score) >= 0 && bound(high)(score) <= 0)
  const slice = (entries: readonly (readonly [string, number])[]) => {
    const [from, to] = [Number(first), Number(second)].map((index) => (index < 0 ? Math.max(0, entries.length + index) : index))
    return entries.slice(from, Number(second) < 0 && entries.length + Number(second) < 0 ? 0 : to + 1)
  }
  const without = (members: readonly string[]): Scores => new Map(ordered.filter(([member]) => !members.includes(member)))
  switch (name) {
    case 'zadd': {
      const flags = words.findIndex((word) => !['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'].includes(word))
      const pairs = args.slice(flags)
      if (pairs.length % 2 !== 0) return { reply: { error: 'ERR syntax error' } }
      const scores = new Map(before)
      for (let at = 0; at < pairs.length; at += 2) {
        const score = Number(pairs[at])
        if (Number.isNaN(score)) return { reply: { error: 'ERR value is not a valid float' } }
        const isThere = scores.has(pairs[at + 1])
        if ((words.slice(0, flags).includes('NX') && isThere) || (words.slice(0, flags).includes('XX') && !isThere)) continue
        scores.set(pairs[at + 1], score)
      }
      return { reply: scores.size - before.size, scores }
    }
    case 'zincrby': {
      const score = (before.get(second) ?? 0) + Number(first)
      return { reply: String(score), scores: new Map(before).set(second, score) }
    }
    case 'zrem':
      return { reply: args.filter((member) => before.has(member)).length, scores: without(args) }
    case 'zcard':
      return { reply: before.size }
    case 'zscore':
      return { reply: before.has(first) ? String(before.get(first)) : null }
    case 'zcount':
      return { reply: between(first, second).length }
    case 'zrank':
    case 'zrevrank': {
      const at = (name === 'zrank' ? ordered : ordered.toReversed()).findIndex(([member]) => member === first)
      return { reply: at < 0 ? null : at }
    }
    case 'zrange':
      return {
        reply: shown(words.includes('BYSCORE') ? between(first, second) : slice(words.includes('REV') ? ordered.toReversed() : ordered)),
      }
    case 'zrevrange':
      return { reply: shown(slice(ordered.toReversed())) }
    case 'zrevrangebyscore':
      return { reply: shown(between(second, first).toReversed()) }
    case 'zmscore':
      return { reply: args.map((member) => (before.has(member) ? String(before.get(member)) : null)) }
    case 'zremrangebyscore':
    case 'zremrangebyrank': {
      const gone = (name === 'zremrangebyscore' ? between(first, second) : slice(ordered)).map(([member]) => member)
      return { reply: gone.length, scores: without(gone) }
    }
    case 'zrangebyscore':
      return { reply: shown(between(first, second)) }
    case 'zpopmin':
    case 'zpopmax': {
      const entry = name === 'zpopmin' ? ordered[0] : ordered.at(-1)
      return entry === undefined ? { reply: [] } : { reply: [entry[0], String(entry[1])], scores: without([entry[0]]) }
    }
    default:
      throw new Error(`bug: ${name} has an arity but no meaning`)
  }
}
