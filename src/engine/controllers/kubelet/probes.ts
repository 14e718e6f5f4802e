/** Probes: asked again and again on the clock, judged by thresholds. What a verdict means is the pod worker's business. */
import type { Cancel, Clock } from '../../../base/clock.ts'
import { bodyText, ByteStream, Pending, request, type HttpResponse } from '../../../base/http.ts'
import { UnixError } from '../../../unix/errors.ts'
import type { V1Container, V1Probe, V1Pod } from '../../kinds/generated/types.ts'
import type { ContainerRuntime } from '../../runtime/runtime.ts'

export type ProbeKind = 'startup' | 'liveness' | 'readiness'

export interface ProbeTarget {
  readonly pod: V1Pod
  readonly container: V1Container
  readonly containerId: string
  readonly sandbox: string
  readonly podIp: string
}

export interface ProbeVerdict {
  readonly isSuccess: boolean
  /** What failed, for the event: `HTTP probe failed with statuscode: 500`. */
  readonly output: string
}

export interface ProbeListener {
  /** One answer, before thresholds. */
  failed(kind: ProbeKind, output: string): void
  /** The verdict changed (or is the first). */
  judged(kind: ProbeKind, isSuccess: boolean): void
}

export function startProbe(
  kind: ProbeKind,
  probe: V1Probe,
  target: ProbeTarget,
  { clock, runtime, listener }: { clock: Clock; runtime: ContainerRuntime; listener: ProbeListener },
): Cancel {
  const periodMs = (probe.periodSeconds ?? 10) * 1000
  let successes = 0
  let failures = 0
  let isStopped = false
  let cancel: Cancel = () => {}
  const again = (ms: number): void => {
    cancel = clock.after(ms, ask)
  }
  const ask = (): void => {
    cancel = askOnce(probe, target, { clock, runtime }, (verdict) => {
      if (isStopped) return
      again(periodMs)
      if (verdict.isSuccess) {
        successes++
        failures = 0
        if (successes >= (probe.successThreshold ?? 1)) listener.judged(kind, true)
        return
      }
      failures++
      successes = 0
      listener.failed(kind, verdict.output)
      if (failures >= (probe.failureThreshold ?? 3) && !isStopped) {
        listener.judged(kind, false)
        if (kind !== 'readiness') failures = 0
      }
    })
  }
  again((probe.initialDelaySeconds ?? 0) * 1000)
  return () => {
    isStopped = true
    cancel()
  }
}

function askOnce(
  probe: V1Probe,
  target: ProbeTarget,
  { clock, runtime }: { clock: Clock; runtime: ContainerRuntime },
  done: (verdict: ProbeVerdict) => void,
): Cancel {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
  if (probe.exec) {
    return runtime.execSync(target.containerId, probe.exec.command ?? [], timeoutMs, ({ exitCode, output, timedOut }) => {
      if (timedOut)
        done({
          isSuccess: false,
          output: `command timed out: "${(probe.exec?.command ?? []).join(' ')}" timed out after ${probe.timeoutSeconds ?? 1}s`,
        })
      else done({ isSuccess: exitCode === 0, output })
    })
  }
  if (probe.tcpSocket) {
    const port = portNumber(probe.tcpSocket.port, target.container)
    const refusal = runtime.dial(target.sandbox, port, probe.tcpSocket.host)
    return clock.after(0, () =>
      done({
        isSuccess: refusal === undefined,
        output: refusal ? `dial tcp ${probe.tcpSocket?.host ?? target.podIp}:${port}: ${refusal}` : '',
      }),
    )
  }
  if (probe.httpGet) return askHttp(probe.httpGet, target, { clock, runtime, timeoutMs }, done)
  return clock.after(0, () => done({ isSuccess: true, output: '' }))
}

function askHttp(
  get: NonNullable<V1Probe['httpGet']>,
  target: ProbeTarget,
  { clock, runtime, timeoutMs }: { clock: Clock; runtime: ContainerRuntime; timeoutMs: number },
  done: (verdict: ProbeVerdict) => void,
): Cancel {
  const port = portNumber(get.port, target.container)
  const host = get.host ?? target.podIp
  const path = get.path ?? '/'
  const scheme = (get.scheme ?? 'HTTP').toLowerCase()
  const url = `${scheme}://${host}:${port}${path.startsWith('/') ? '' : '/'}${path}`
  const headers = {
    host: `${host}:${port}`,
    'user-agent': 'kube-probe/1.33',
    accept: '*/*',
    ...Object.fromEntries((get.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value])),
  }
  const judge = (response: HttpResponse): void => {
    if (response.body instanceof ByteStream) response.body.cancel()
    else bodyText(response.body)
    const isSuccess = response.status >= 200 && response.status < 400
    done({ isSuccess, output: isSuccess ? '' : `HTTP probe failed with statuscode: ${response.status}` })
  }
  let answer: HttpResponse | Pending<HttpResponse>
  try {
    answer = runtime.request(target.sandbox, port, request('GET', path.startsWith('/') ? path : `/${path}`, undefined, headers), get.host)
  } catch (error) {
    const output = `Get "${url}": dial tcp ${host}:${port}: ${refusalOf(error)}`
    return clock.after(0, () => done({ isSuccess: false, output }))
  }
  if (!(answer instanceof Pending)) {
    const response = answer
    return clock.after(0, () => judge(response))
  }
  const pending = answer
  let isDone = false
  const finish = (verdict: () => void): void => {
    if (isDone) return
    isDone = true
    timeout()
    verdict()
  }
  const timeout = clock.after(timeoutMs, () =>
    finish(() =>
      done({ isSuccess: false, output: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)` }),
    ),
  )
  if (pending.value) clock.after(0, () => finish(() => judge(pending.value as HttpResponse)))
  const unwait = pending.ready.once(() => finish(() => judge(pending.value as HttpResponse)))
  return () => {
    isDone = true
    timeout()
    unwait()
  }
}

/** `connect: connection refused`, as Go words what connect(2) answered. */
export function refusalOf(error: unknown): string {
  if (!(error instanceof UnixError)) throw error
  switch (error.errno) {
    case 'ECONNREFUSED':
      return 'connect: connection refused'
    case 'EHOSTUNREACH':
      return 'connect: no route to host'
    case 'ENETUNREACH':
      return 'connect: network is unreachable'
    case 'ETIMEDOUT':
      return 'i/o timeout'
    default:
      throw error
  }
}

export function portNumber(port: number | string, container: V1Container): number {
  if (typeof port === 'number') return port
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port)
}
