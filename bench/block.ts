/**
 * How long other work of the worker (keystrokes, frames) had to wait at most: a session in real time while many pods start. A slice is
 * counted in CPU time where that is less than its wall time: what other programs took of the machine is not our block.
 */
import { drive } from '../src/session/drive.ts'
import { startOurs } from './ours.ts'

const patienceMs = 120_000

export async function longestBlockMs(replicas: number): Promise<number> {
  const world = await startOurs(replicas)
  const { session } = world
  let longestMs = 0
  let lastMs = performance.now()
  let last = process.cpuUsage()
  const driven = drive(session.clock, () => {
    const { user, system } = process.cpuUsage(last)
    const now = performance.now()
    longestMs = Math.max(longestMs, Math.min(now - lastMs, (user + system) / 1000))
    lastMs = now
    last = process.cpuUsage()
  })
  session.onPlanned = driven.kick
  world.begin(replicas)
  lastMs = performance.now()
  last = process.cpuUsage()
  const start = performance.now()
  while (!world.isReady()) {
    if (performance.now() - start > patienceMs) throw new Error('the replicas did not become ready in real time')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  driven.stop()
  await world.stop()
  return Math.min(longestMs, driven.longestSliceMs)
}
