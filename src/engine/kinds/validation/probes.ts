/** Probes and lifecycle hooks: both name one handler. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1Container, V1HTTPGetAction, V1LifecycleHandler, V1Probe } from '../generated/types.ts'
import { httpHeaderName, portNumber } from '../names.ts'
import { notNegative, supported, validatePortReference } from './values.ts'

export function validateProbes(container: V1Container, path: string, errors: FieldErrors): void {
  const { livenessProbe, readinessProbe, startupProbe } = container
  for (const [field, probe] of Object.entries({ livenessProbe, readinessProbe, startupProbe })) {
    if (!probe) continue
    const place = `${path}.${field}`
    validateProbe(probe, place, errors)
    if (field !== 'readinessProbe' && probe.successThreshold !== undefined && probe.successThreshold !== 1)
      errors.invalid(`${place}.successThreshold`, probe.successThreshold, 'must be 1')
    if (field === 'readinessProbe' && probe.terminationGracePeriodSeconds !== undefined)
      errors.invalid(`${place}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must not be set for readinessProbes')
  }
}

function validateProbe(probe: V1Probe, path: string, errors: FieldErrors): void {
  const { exec, httpGet, tcpSocket, grpc } = probe
  validateHandler({ exec, httpGet, tcpSocket, grpc }, path, errors)
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const)
    notNegative(`${path}.${field}`, probe[field], errors)
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) errors.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')
}

interface Handlers {
  readonly exec?: V1Probe['exec']
  readonly httpGet?: V1Probe['httpGet']
  readonly tcpSocket?: V1Probe['tcpSocket']
  readonly grpc?: V1Probe['grpc']
  readonly sleep?: V1LifecycleHandler['sleep']
  readonly graceSeconds?: number
}

function validateHandler({ exec, httpGet, tcpSocket, grpc, sleep, graceSeconds }: Handlers, path: string, errors: FieldErrors): void {
  let count = 0
  const isExtra = (field: string) => {
    if (++count > 1) errors.forbidden(`${path}.${field}`, 'may not specify more than 1 handler type')
    return count > 1
  }
  if (exec && !isExtra('exec') && !exec.command?.length) errors.required(`${path}.exec.command`)
  if (httpGet && !isExtra('httpGet')) validateGet(httpGet, `${path}.httpGet`, errors)
  if (tcpSocket && !isExtra('tcpSocket')) validatePortReference(tcpSocket.port, `${path}.tcpSocket.port`, errors)
  if (grpc && !isExtra('grpc')) for (const problem of portNumber(grpc.port)) errors.invalid(`${path}.grpc.port`, grpc.port, problem)
  if (sleep && !isExtra('sleep') && graceSeconds !== undefined && (sleep.seconds < 0 || sleep.seconds > graceSeconds))
    errors.invalid(`${path}.sleep`, sleep.seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)
  if (count === 0) errors.required(path, 'must specify a handler type')
}

function validateGet({ path: url, port, scheme, httpHeaders = [] }: V1HTTPGetAction, path: string, errors: FieldErrors): void {
  if (!url) errors.required(`${path}.path`)
  validatePortReference(port, `${path}.port`, errors)
  if (scheme) supported(`${path}.scheme`, scheme, ['HTTP', 'HTTPS'], errors)
  for (const { name } of httpHeaders) for (const problem of httpHeaderName(name)) errors.invalid(`${path}.httpHeaders`, name, problem)
}

export function validateLifecycle({ lifecycle }: V1Container, graceSeconds: number | undefined, path: string, errors: FieldErrors): void {
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = lifecycle?.[hook]
    if (handler) validateHandler({ ...handler, graceSeconds }, `${path}.lifecycle.${hook}`, errors)
  }
}
