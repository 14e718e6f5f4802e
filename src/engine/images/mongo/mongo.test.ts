/** What mongosh reads and prints. */
import { expect, test } from 'vitest'
import { runChain } from './collections.ts'
import { argumentsAt, inspected } from './literals.ts'

const make = { id: () => '65a000000000000000000001', now: '2026-01-05T09:00:00.000Z' }

test('values are read as people write them', () => {
  expect(argumentsAt("({a: 1, 'b c': [true, null], d: new Date('2026-01-01')}, /x/i)", 0, make).values).toEqual([
    { a: 1, 'b c': [true, null], d: { $special: 'ISODate', of: '2026-01-01T00:00:00.000Z' } },
    { $special: 'RegExp', of: '/x/i' },
  ])
})

test('what was inserted is found, counted and changed', () => {
  const database = { name: 'test', collections: {}, indexes: {} }
  const run = (name: string, ...args: Parameters<typeof argumentsAt>[0][]) =>
    runChain(database, 'q', [{ name, args: args.flatMap((text) => argumentsAt(`(${text})`, 0, make).values) }], make)
  expect(inspected(run('insertOne', "{name: 'Ada', n: 1}"))).toBe(
    "{\n  acknowledged: true,\n  insertedId: ObjectId('65a000000000000000000001')\n}",
  )
  run('updateOne', '{n: 1}', '{$inc: {n: 2}}')
  expect(run('find', '{n: {$gte: 3}}', '{_id: 0}')).toEqual([{ name: 'Ada', n: 3 }])
  expect(run('countDocuments', '{n: {$lt: 3}}')).toBe(0)
})

test('a pipeline groups, joins and sorts', () => {
  const database = {
    name: 'shop',
    collections: {
      orders: [
        { _id: 1, who: 'ada', sum: 5, items: ['a', 'b'] },
        { _id: 2, who: 'bob', sum: 7, items: ['a'] },
        { _id: 3, who: 'ada', sum: 2, items: [] },
      ],
      people: [{ _id: 'ada', town: 'London' }],
    },
    indexes: {},
  }
  const shown = (...calls: readonly [string, string][]) =>
    inspected(
      runChain(
        database,
        'orders',
        calls.map(([name, args]) => ({ name, args: argumentsAt(`(${args})`, 0, make).values })),
        make,
      ),
    )
  expect(
    shown(['aggregate', "[{$match: {sum: {$gt: 1}}}, {$group: {_id: '$who', total: {$sum: '$sum'}, n: {$sum: 1}}}, {$sort: {total: -1}}]"]),
  ).toBe("[ { _id: 'ada', total: 7, n: 2 }, { _id: 'bob', total: 7, n: 1 } ]")
  expect(
    shown([
      'aggregate',
      "[{$lookup: {from: 'people', localField: 'who', foreignField: '_id', as: 'p'}}, {$unwind: '$p'}, {$project: {_id: 0, who: 1, town: '$p.town'}}, {$limit: 1}]",
    ]),
  ).toBe("[ { who: 'ada', town: 'London' } ]")
  expect(shown(['updateMany', "{who: 'ada'}, {$push: {items: 'z'}, $set: {'a.b': 1}}"])).toBe(
    '{\n  acknowledged: true,\n  insertedId: null,\n  matchedCount: 2,\n  modifiedCount: 2,\n  upsertedCount: 0\n}',
  )
  expect(shown(['find', '{_id: 3}'])).toBe("[ { _id: 3, who: 'ada', sum: 2, items: [ 'z' ], a: { b: 1 } } ]")
})

test('a unique index refuses the second of a kind', () => {
  const database = { name: 'test', collections: {}, indexes: {} }
  const run = (name: string, text: string) => runChain(database, 'users', [{ name, args: argumentsAt(`(${text})`, 0, make).values }], make)
  expect(run('createIndex', '{email: 1}, {unique: true}')).toBe('email_1')
  run('insertOne', "{_id: 1, email: 'a@b.c'}")
  expect(() => run('insertOne', "{_id: 2, email: 'a@b.c'}")).toThrow(
    'E11000 duplicate key error collection: test.users index: email_1 dup key: { email: "a@b.c" }',
  )
  expect(run('countDocuments', '')).toBe(1)
})
