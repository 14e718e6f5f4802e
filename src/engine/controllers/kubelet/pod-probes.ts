/**
 * The probes of a pod's running containers. The startup probe comes first and alone; the others begin when it has succeeded.
 */
import type { Cancel } from '../../../base/clock.ts'
import type { V1Probe } from '../../kinds/generated/types.ts'
import { type ContainerRecord, isRunning } from './container-record.ts'
import type { WorkerContext } from './host.ts'
import { type ProbeKind, startProbe } from './probes.ts'

export interface ProbeNews {
  readinessChanged(): void
  started(): void
  /** Its startup or liveness probe has given the container up. */
  failed(each: ContainerRecord, probe: V1Probe): void
}

const words = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const

export class PodProbes {
  readonly #worker: WorkerContext
  readonly #news: ProbeNews
  readonly #running = new Map<ContainerRecord, Map<ProbeKind, Cancel>>()

  constructor(worker: WorkerContext, news: ProbeNews) {
    this.#worker = worker
    this.#news = news
  }

  start(each: ContainerRecord): void {
    if (each.spec.startupProbe) this.#start(each, 'startup')
    else this.startLater(each)
  }

  /** The probes of a container that has started up. */
  startLater(each: ContainerRecord): void {
    if (each.spec.livenessProbe) this.#start(each, 'liveness')
    if (each.spec.readinessProbe) this.#start(each, 'readiness')
  }

  stop(each: ContainerRecord): void {
    for (const cancel of this.#running.get(each)?.values() ?? []) cancel()
    this.#running.delete(each)
  }

  stopAll(): void {
    for (const each of [...this.#running.keys()]) this.stop(each)
  }

  #start(each: ContainerRecord, kind: ProbeKind): void {
    const { host, pod, sandbox } = this.#worker
    const { clock, runtime } = host
    const probe = each.spec[`${kind}Probe`]
    if (!probe || !each.id || !sandbox) return
    const target = { pod, container: each.spec, containerId: each.id, sandbox: sandbox.id, podIp: sandbox.ip }
    const word = words[kind]
    const listener = {
      failed: (_kind: ProbeKind, output: string) => {
        if (isRunning(each) && !host.isBirth()) this.#worker.event('Warning', 'Unhealthy', `${word} probe failed: ${output}`, each)
      },
      judged: (_kind: ProbeKind, isSuccess: boolean) => this.#judge(each, kind, { probe, isSuccess }),
    }
    if (probe.grpc)
      this.#worker.event(
        'Warning',
        'NotSimulated',
        `${word} probe of container ${each.name}: gRPC probes are not simulated, it always succeeds`,
        each,
      )
    let probes = this.#running.get(each)
    if (!probes) this.#running.set(each, (probes = new Map()))
    probes.get(kind)?.()
    probes.set(kind, startProbe(kind, probe, target, { clock, runtime, listener }))
  }

  #judge(each: ContainerRecord, kind: ProbeKind, { probe, isSuccess }: { readonly probe: V1Probe; readonly isSuccess: boolean }): void {
    if (!isRunning(each)) return
    if (kind === 'readiness') {
      if (each.isReady === isSuccess) return
      each.isReady = isSuccess
      this.#news.readinessChanged()
    } else if (!isSuccess) {
      this.#worker.event('Normal', 'Killing', `Container ${each.name} failed ${kind} probe, will be restarted`, each)
      this.#news.failed(each, probe)
    } else if (kind === 'startup') {
      this.#running.get(each)?.get('startup')?.()
      this.#running.get(each)?.delete('startup')
      each.isStarted = true
      this.startLater(each)
      this.#news.started()
    }
  }
}
