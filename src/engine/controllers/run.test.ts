/** How a control loop is run while the API server is down. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import type { Client } from '../api/client.ts'
import { newStore } from '../cluster.ts'
import { runController } from './run.ts'

test('a loop sees nothing while the API server is down, and everything once it is back', () => {
  const clock = new ManualClock()
  const store = newStore(clock)
  const seen: string[] = []
  const client = (): Client => ({ because: client }) as unknown as Client
  const door = { isUp: true, cameUp: new WaitQueue() }
  const loop = {
    name: 'loop',
    watches: { configmaps: ({ key }: { key: string }) => [key] },
    reconcile: (key: string) => void seen.push(key),
  }
  const put = (name: string) => store.put('configmaps', name, { metadata: { name } }, { by: 'kubectl', because: 0 })
  runController(loop, { store, clock, client, api: { isUp: () => door.isUp, cameUp: door.cameUp } })
  put('a')
  clock.advance(10)
  door.isUp = false
  put('b')
  clock.advance(60_000)
  expect(seen).toEqual(['a'])
  door.isUp = true
  door.cameUp.wake()
  clock.advance(10)
  expect(seen).toEqual(['a', 'b'])
})
