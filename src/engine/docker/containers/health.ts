/**
 * Health checks: a command run inside the container again and again; its failures in a row make it unhealthy. During the start period a
 * failure does not count, a success ends the period.
 */
import { bytesOf, textOf } from '../../../base/bytes.ts'
import type { Cancel } from '../../../base/clock.ts'
import { perform, type Work } from '../../runtime/task.ts'
import type { Daemon } from '../daemon.ts'
import { runInside } from './exec.ts'
import { hasHealthcheck } from './health-state.ts'
import type { HealthState } from '../shapes.ts'

const logKept = 5
const outputKept = 4096

export function startHealthChecks(daemon: Daemon, id: string): Cancel {
  const container = daemon.container(id)
  if (!hasHealthcheck(container)) return () => {}
  const { Test = [], Interval, Timeout, StartPeriod, StartInterval, Retries } = container.Config.Healthcheck ?? {}
  const intervalMs = (Interval || 30e9) / 1e6
  const timeoutMs = (Timeout || 30e9) / 1e6
  const startPeriodMs = (StartPeriod || 0) / 1e6
  const startIntervalMs = (StartInterval || 5e9) / 1e6
  const argv = Test[0] === 'CMD-SHELL' ? [...(container.Config.Shell ?? ['/bin/sh', '-c']), Test[1]] : Test.slice(1)
  const startedAt = daemon.clock.now()
  const isStarting = () => daemon.clock.now() - startedAt < startPeriodMs && daemon.container(id).State.Health?.Status === 'starting'
  const work = function* (): Work<void> {
    for (;;) {
      const wait = isStarting() ? Math.min(startIntervalMs, intervalMs) : intervalMs
      const until = daemon.clock.now() + wait
      while (daemon.clock.now() < until) yield { until }
      const state = daemon.container(id).State
      if (!state.Running) return
      if (state.Paused) continue
      const Start = daemon.nano()
      const result = yield* runInside(daemon, id, argv, timeoutMs)
      if (!daemon.live.has(id) || !daemon.container(id).State.Running) return
      const End = daemon.nano()
      const output = result.timedOut
        ? `Health check exceeded timeout (${durationText(timeoutMs)})`
        : textOf(bytesOf(result.output).subarray(0, outputKept))
      note({ Start, End, ExitCode: result.timedOut ? -1 : result.exitCode, Output: output }, isStarting())
    }
  }
  const note = (entry: HealthState['Log'][number], isGrace: boolean) => {
    const current = daemon.container(id)
    const before = current.State.Health ?? { Status: 'starting' as const, FailingStreak: 0, Log: [] }
    const isHealthy = entry.ExitCode === 0
    const streak = isHealthy ? 0 : isGrace ? 0 : before.FailingStreak + 1
    const Status = isHealthy ? 'healthy' : streak >= (Retries || 3) ? 'unhealthy' : before.Status
    daemon.updateState(id, { Health: { Status, FailingStreak: streak, Log: [...before.Log, entry].slice(-logKept) } })
    if (Status !== before.Status) daemon.containerEvent(current, `health_status: ${Status}`)
  }
  return perform(daemon.clock, work())
}

/** As Go prints a duration: `500ms`, `1.5s`, `1m0s`. */
function durationText(ms: number): string {
  if (ms < 1000) return `${ms}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = (ms % 60_000) / 1000
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`
}
