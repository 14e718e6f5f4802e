/** Redis' commands on data, and what is kept of them. */
import { expect, test } from 'vitest'
import { emptyDatabase, execute } from './commands.ts'
import type { Reply } from './reply.ts'
import { all, text } from './files.ts'
import { savePoints, settingsOf } from './settings.ts'

function typing() {
  const database = emptyDatabase()
  return { database, type: (line: string): Reply => execute(database, line.split(' '), 1_000) }
}

test('a stream gives each entry to one consumer of a group, until it is acknowledged', () => {
  const { type } = typing()
  expect(type('XADD s * temp 21')).toBe('1000-0')
  expect(type('XADD s * temp 22')).toBe('1000-1')
  expect(type('XADD s 5-1 temp 22')).toEqual({ error: 'ERR The ID specified in XADD is equal or smaller than the target stream top item' })
  expect(type('XRANGE s - + COUNT 1')).toEqual([['1000-0', ['temp', '21']]])
  type('XGROUP CREATE s g 0')
  expect(type('XREADGROUP GROUP g ann COUNT 1 STREAMS s >')).toEqual([['s', [['1000-0', ['temp', '21']]]]])
  expect(type('XREADGROUP GROUP g bob STREAMS s >')).toEqual([['s', [['1000-1', ['temp', '22']]]]])
  expect(type('XPENDING s g')).toEqual([
    2,
    '1000-0',
    '1000-1',
    [
      ['ann', '1'],
      ['bob', '1'],
    ],
  ])
  expect(type('XACK s g 1000-0')).toBe(1)
  expect(type('XREAD STREAMS s 1000-1')).toEqual({ none: true })
})

test('what was there is there again after the file was read', () => {
  const { database, type } = typing()
  for (const line of ['SET a 1 EX 10', 'RPUSH l x y', 'HSET h f v', 'SADD set m', 'ZADD z 1.5 m', 'XADD s 1-1 f v', 'XGROUP CREATE s g 0'])
    type(line)
  const [again] = all(text([database, emptyDatabase()]))
  expect(again.values).toEqual(database.values)
  expect(again.expiresAt).toEqual(database.expiresAt)
})

test('options of the file and of the command line', () => {
  const { settings } = settingsOf(
    ['/etc/redis.conf', '--maxmemory', '1gb'],
    () => '# comment\nmaxmemory 100mb\nsave 60 1\nsave 300 10\nappendonly yes\n',
  )
  expect(settings.get('maxmemory')).toBe('1073741824')
  expect(savePoints(settings)).toEqual([
    { ms: 60_000, changes: 1 },
    { ms: 300_000, changes: 10 },
  ])
  expect(settings.get('appendonly')).toBe('yes')
})
