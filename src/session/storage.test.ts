/** A workspace's storage over an IndexedDB in memory. */
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { type Batch, openStorage } from './storage.ts'

const object = (key: string, value: unknown) => ({ store: 'cluster', resource: 'pods', key, object: { value } })
const batch = (change: Partial<Batch>): Batch => ({ objects: [], goneObjects: [], files: [], goneFiles: [], world: { seed: 1 }, ...change })

test('what is committed is there when the workspace is opened again', async () => {
  const first = await openStorage('again')
  expect(await first.load()).toBeUndefined()
  await first.commit(batch({ objects: [object('a', 1), object('b', 2)] }))
  await first.commit(batch({ goneObjects: [{ store: 'cluster', resource: 'pods', key: 'a' }], world: { seed: 2 } }))
  first.close()
  const second = await openStorage('again')
  expect(await second.load()).toEqual({ objects: [object('b', 2)], files: [], world: { seed: 2 } })
  await second.clear()
  expect(await second.load()).toBeUndefined()
})

test('a batch with a row that cannot be written leaves nothing of it', async () => {
  const storage = await openStorage('whole')
  await storage.commit(batch({ objects: [object('a', 1)] }))
  const broken = batch({ goneObjects: [{ store: 'cluster', resource: 'pods', key: 'a' }], objects: [object('b', 2), object('c', () => 3)] })
  await expect(storage.commit(broken)).rejects.toThrow('could not be cloned')
  expect((await storage.load())?.objects).toEqual([object('a', 1)])
})
