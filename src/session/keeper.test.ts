/** What is saved when the disk was full for a while. */
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { ManualClock } from '../base/clock.ts'
import { Store } from '../engine/store/store.ts'
import { Keeper } from './keeper.ts'
import type { Session } from './session.ts'
import { openStorage } from './storage.ts'

test('a full disk is said once, and what was done meanwhile is saved when there is room again', async () => {
  const store = new Store({ clock: new ManualClock() })
  const session = { stores: () => new Map([['docker', store]]), trees: () => new Map(), world: () => ({ seed: 1 }) } as unknown as Session
  const storage = await openStorage('full')
  let isFull = false
  const commit: typeof storage.commit = (batch) =>
    isFull ? Promise.reject(new DOMException('no room', 'QuotaExceededError')) : storage.commit(batch)
  const said: string[] = []
  const keeper = new Keeper(session, { ...storage, commit }, (message) => said.push(message))

  store.put('containers', 'one', { name: 'one' }, { by: 'test', because: 0 })
  await keeper.saved()
  isFull = true
  store.put('containers', 'two', { name: 'two' }, { by: 'test', because: 0 })
  await keeper.saved()
  store.delete('containers', 'one', { by: 'test', because: 0 })
  await keeper.saved()
  expect(said).toEqual([
    'Not saved: the disk, or this page’s share of it, is full. You can go on; what you do from here on is lost with this tab, unless you save it as a file (Share).',
  ])
  isFull = false
  await keeper.saved()
  expect(said.slice(1)).toEqual([''])
  expect((await storage.load())?.objects).toEqual([{ store: 'docker', resource: 'containers', key: 'two', object: { name: 'two' } }])
})
