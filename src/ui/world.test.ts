import { expect, test } from 'vitest'
import { cluster, clusterFeed, Feed, pod } from './feed.fixture.ts'
import { emptyWorld, folded, History, objectAt } from './world.ts'

test('a frame shares every map that it did not touch', () => {
  const feed = clusterFeed()
  const before = folded(emptyWorld, feed.entries)
  const from = feed.entries.length
  feed.put(cluster, 'pods', 'default/new', pod('new', {}))
  const after = folded(before, feed.entries.slice(from))
  expect(objectAt(after, cluster, 'pods', 'default/new')).toBe(feed.entries.at(-1)?.object)
  expect(objectAt(before, cluster, 'pods', 'default/new')).toBeUndefined()
  expect(after.stores.get('session')).toBe(before.stores.get('session'))
  expect(after.stores.get(cluster)?.resources.get('nodes')).toBe(before.stores.get(cluster)?.resources.get('nodes'))
})

test('an object that was deleted is gone, and the past still has it', () => {
  const history = new History()
  const feed = new Feed()
  feed.put(cluster, 'pods', 'default/a', pod('a', {}))
  feed.put(cluster, 'pods', 'default/a', null)
  history.fold(feed.frame(1))
  expect(objectAt(history.present, cluster, 'pods', 'default/a')).toBeUndefined()
  expect(objectAt(history.at(1), cluster, 'pods', 'default/a')).toBeDefined()
  expect(history.at(0).stores.size).toBe(0)
})

test('any past moment can be computed, however the entries were framed', () => {
  const feed = new Feed()
  for (let index = 0; index < 2000; index++)
    feed.put(cluster, 'pods', `default/p${index % 7}`, index % 5 === 4 ? null : pod(`p${index}`, {}))
  const whole = new History()
  whole.fold(feed.frame(1))
  const pieces = new History()
  for (let from = 0, number = 1; from < feed.entries.length; from += 37)
    pieces.fold({ ...feed.frame(number++), entries: feed.entries.slice(from, from + 37) })
  for (const position of [0, 1, 255, 256, 257, 1023, 1999, 2000]) {
    expect(pieces.at(position).stores).toEqual(whole.at(position).stores)
    expect(whole.at(position).stores).toEqual(folded(emptyWorld, feed.entries.slice(0, position)).stores)
  }
})

test('a reset begins a new history with what it holds', () => {
  const history = new History()
  history.fold(clusterFeed().frame(1))
  const feed = new Feed()
  feed.put(cluster, 'pods', 'default/a', pod('a', {}))
  expect(history.fold({ ...feed.frame(2), reset: true })).toEqual([])
  expect([...(history.present.stores.get(cluster)?.resources.keys() ?? [])]).toEqual(['pods'])
  expect(history.end).toBe(0)
  expect(history.at(0)).toBe(history.present)
})

test('each change is told with what stood there before, within one frame too', () => {
  const history = new History()
  const feed = new Feed()
  feed.put(cluster, 'pods', 'default/a', pod('a', {}))
  feed.put(cluster, 'pods', 'default/a', pod('a', { phase: 'Succeeded' }))
  const [first, second] = history.fold(feed.frame(1))
  expect(first.previous).toBeUndefined()
  expect(second.previous).toBe(first.entry.object)
})
