/**
 * Lifecycle hooks: what a container wants run after its start and before its end. Answers whether it went well.
 */
import type { V1LifecycleHandler } from '../../kinds/generated/types.ts'
import { pace } from '../../pace.ts'
import type { Pause } from '../work.ts'
import type { ContainerRecord } from './container-record.ts'
import type { WorkerContext } from './host.ts'
import { portNumber, refusalOf } from './probes.ts'

export function* runHook(
  { host: { runtime }, sandbox }: WorkerContext,
  { id, spec }: ContainerRecord,
  { exec, httpGet, sleep }: V1LifecycleHandler,
): Generator<Pause, boolean, void> {
  if (exec && id) {
    // Entering a container takes runc a moment, in which what runs there gets its handlers ready.
    yield pace.containerStart
    let isGood = false
    yield (resume) =>
      runtime.execSync(id, exec.command ?? [], 600_000, ({ exitCode }) => {
        isGood = exitCode === 0
        resume()
      })
    return isGood
  }
  if (sleep) {
    yield sleep.seconds * 1000
    return true
  }
  if (httpGet && sandbox) {
    try {
      runtime.request(
        sandbox.id,
        portNumber(httpGet.port, spec),
        { method: 'GET', url: httpGet.path ?? '/', headers: {}, body: new Uint8Array() },
        httpGet.host,
      )
      return true
    } catch (error) {
      refusalOf(error)
      return false
    }
  }
  // tcpSocket is kept in the API for old objects; the kubelet knows no such hook and calls it invalid.
  return false
}
