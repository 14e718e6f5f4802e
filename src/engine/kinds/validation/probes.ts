/** Probes and lifecycle hooks: both name one handler. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1Container, V1LifecycleHandler, V1Probe } from '../generated/types.ts'
import { portNumber } from '../names.ts'
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
}

function validateHandler(handlers: Handlers, path: string, errors: FieldErrors): void {
  let count = 0
  const isExtra = (field: string) => {
    if (++count > 1) errors.forbidden(`${path}.${field}`, 'may not specify more than 1 handler type')
    return count > 1
  }
  const { exec, httpGet, tcpSocket, grpc, sleep } = handlers
  if (exec && !isExtra('exec') && !exec.command?.length) errors.required(`${path}.exec.command`)
  if (httpGet && !isExtra('httpGet')) {
    if (!httpGet.path) errors.required(`${path}.httpGet.path`)
    validatePortReference(httpGet.port, `${path}.httpGet.port`, errors)
    if (httpGet.scheme) supported(`${path}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS'], errors)
  }
  if (tcpSocket && !isExtra('tcpSocket')) validatePortReference(tcpSocket.port, `${path}.tcpSocket.port`, errors)
  if (grpc && !isExtra('grpc')) for (const problem of portNumber(grpc.port)) errors.invalid(`${path}.grpc.port`, grpc.port, problem)
  if (sleep) isExtra('sleep')
  if (count === 0) errors.required(path, 'must specify a handler type')
}

export function validateLifecycle({ lifecycle }: V1Container, path: string, errors: FieldErrors): void {
  if (lifecycle?.postStart) validateHandler(lifecycle.postStart, `${path}.lifecycle.postStart`, errors)
  if (lifecycle?.preStop) validateHandler(lifecycle.preStop, `${path}.lifecycle.preStop`, errors)
}
