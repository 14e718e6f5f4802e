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

test('a loop with a bug is told of once, tried again with longer and longer waits, and hinders nobody', () => {
  const clock = new ManualClock()
  const told: string[] = []
  clock.onFault = (part, error) => told.push(`${part}: ${String(error)}`)
  const store = newStore(clock)
  const tries: string[] = []
  const client = (): Client => ({ because: client }) as unknown as Client
  const loop = {
    name: 'loop',
    watches: { configmaps: ({ key }: { key: string }) => [key] },
    reconcile(key: string) {
      tries.push(key)
      if (key === 'a') throw new TypeError('a bug')
    },
  }
  runController(loop, { store, clock, client })
  for (const name of ['a', 'b']) store.put('configmaps', name, { metadata: { name } }, { by: 'kubectl', because: 0 })
  clock.advance(100)
  expect(told).toEqual(['loop, at a: TypeError: a bug'])
  expect(tries.slice(0, 2)).toEqual(['a', 'b'])
  expect(tries.length).toBeGreaterThan(4)
  clock.after(0, () => {
    throw new Error('elsewhere')
  })
  clock.advance(1)
  expect(told.at(-1)).toBe('the engine: Error: elsewhere')
})
