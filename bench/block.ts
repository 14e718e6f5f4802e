/** How long other work of the worker (keystrokes, frames) had to wait at most: a session in real time while many pods start. */
import { drive } from '../src/session/drive.ts'
import { startOurs } from './ours.ts'

const patienceMs = 60_000

export async function longestBlockMs(replicas: number): Promise<number> {
  const world = await startOurs(replicas)
  const { session } = world
  const driven = drive(session.clock)
  session.onPlanned = driven.kick
  world.begin(replicas)
  const start = performance.now()
  while (!world.isReady()) {
    if (performance.now() - start > patienceMs) throw new Error('the replicas did not become ready in real time')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  driven.stop()
  await world.stop()
  return driven.longestSliceMs
}
