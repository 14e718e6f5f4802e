/**
 * What Docker costs: shells that sleep, a container from `docker run` to running, and a loop that never rests, beside which keystrokes
 * must still be heard.
 */
import { Session } from '../src/session/session.ts'
import { drive, runAhead } from '../src/session/drive.ts'
import { run } from '../src/session/steps.ts'
import { nodeSupplies } from '../src/bridge/supplies.ts'

function started(): Promise<Session> {
  return Session.create({ preset: 'docker', images: ['busybox'], supplies: nodeSupplies })
}

function cpuMs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

/** CPU ms per virtual second of so many loops that sleep a second each. */
export async function sleepingLoopsMs(count: number): Promise<number> {
  const session = await started()
  session.start({ cmd: `for i in $(seq ${count}); do while :; do sleep 1; done & done; wait` })
  await runAhead(session.clock, () => false, 10_000)
  const seconds = 20
  const before = process.cpuUsage()
  await runAhead(session.clock, () => false, seconds * 1000)
  const ms = cpuMs(before) / seconds
  session.stop()
  return ms
}

/** CPU ms of `docker run -d` of an image that is there, the shell and the CLI included. */
export async function dockerRunMs(times: number): Promise<number> {
  const session = await started()
  for (let index = 0; index < 5; index++) await run(session, { cmd: 'docker run -d busybox sleep 1000' })
  const before = process.cpuUsage()
  for (let index = 0; index < times; index++) await run(session, { cmd: 'docker run -d busybox sleep 1000' })
  const ms = cpuMs(before) / times
  session.stop()
  return ms
}

/** The longest time that a busy loop in a container holds up whoever else wants the worker, ms. */
export async function busyLoopBlockMs(seconds: number): Promise<number> {
  const session = await started()
  await run(session, { cmd: 'docker run -d busybox sh -c "while true; do :; done"' })
  const driven = drive(session.clock, () => {})
  session.onPlanned = driven.kick
  driven.kick()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  driven.stop()
  session.stop()
  return driven.longestSliceMs
}
