/** What mongosh reads and prints. */
import { expect, test } from 'vitest'
import { runChain } from './collections.ts'
import { argumentsAt, inspected } from './literals.ts'

const make = { id: () => '65a000000000000000000001', now: '2026-01-05T09:00:00.000Z' }

test('values are read as people write them', () => {
  expect(argumentsAt("({a: 1, 'b c': [true, null], d: new Date('2026-01-01')}, /x/i)", 0, make).values).toEqual([{ a: 1, 'b c': [true, null], d: { $special: 'ISODate', of: '2026-01-01T00:00:00.000Z' } }, { $special: 'RegExp', of: '/x/i' }])
})

test('what was inserted is found, counted and changed', () => {
  const database = {}
  const run = (name: string, ...args: Parameters<typeof argumentsAt>[0][]) => runChain(database, 'q', [{ name, args: args.flatMap((text) => argumentsAt(`(${text})`, 0, make).values) }], make)
  expect(inspected(run('insertOne', "{name: 'Ada', n: 1}"))).toBe("{\n  acknowledged: true,\n  insertedId: ObjectId('65a000000000000000000001')\n}")
  run('updateOne', '{n: 1}', '{$inc: {n: 2}}')
  expect(run('find', '{n: {$gte: 3}}', '{_id: 0}')).toEqual([{ name: 'Ada', n: 3 }])
  expect(run('countDocuments', '{n: {$lt: 3}}')).toBe(0)
})
