/**
 * How the API server says that it is well: /healthz, /livez and /readyz, as one word or check by check, and the old ComponentStatus. The
 * checks are upstream's names for work that is done here before the server answers at all, so that the server that answers is well.
 */
import { textResponse, type HttpResponse } from '../../../base/http.ts'
import type { StoredObject } from '../../kinds/kind.ts'
import type { Query } from '../query.ts'

const hooks = [
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/storage-object-count-tracker-hook',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/start-kube-apiserver-identity-lease-controller',
  'poststarthook/start-kube-apiserver-identity-lease-garbage-collector',
  'poststarthook/start-legacy-token-tracking-controller',
  'poststarthook/start-service-ip-repair-controllers',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kubernetes-service-cidr-controller',
  'poststarthook/aggregator-reload-proxy-client-cert',
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-status-local-available-controller',
  'poststarthook/apiservice-status-remote-available-controller',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-wait-for-first-sync',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]

const checks: Readonly<Record<string, readonly string[]>> = {
  healthz: ['ping', 'log', 'etcd', ...hooks],
  livez: ['ping', 'log', 'etcd', ...hooks],
  readyz: ['ping', 'log', 'informer-sync', ...hooks, 'shutdown'],
}

/** Answered to who asks for them by name. */
const unlisted: Readonly<Record<string, readonly string[]>> = { readyz: ['etcd', 'etcd-readiness'] }

/** `/metrics/slis`: each check as a number that is one where it is well. */
export function healthMetrics(): string {
  const lines = Object.entries(checks).flatMap(([type, names]) => names.map((name) => ({ name, type })))
  return [
    '# HELP kubernetes_healthcheck [STABLE] This metric records the result of a single healthcheck.',
    '# TYPE kubernetes_healthcheck gauge',
    ...lines.map(({ name, type }) => `kubernetes_healthcheck{name="${name}",type="${type}"} 1`).sort(),
    '',
  ].join('\n')
}

/** Undefined where there is no such check. */
export function health(parts: readonly string[], query: Query): HttpResponse | undefined {
  const [which, ...rest] = parts
  const all = checks[which] ?? []
  const asked = rest.join('/')
  if (rest.length > 0) return all.includes(asked) || unlisted[which]?.includes(asked) ? textResponse(200, 'ok') : undefined
  if (!query.all('verbose').length) return textResponse(200, 'ok')
  const excluded = query.all('exclude')
  const lines = all.map((check) => (excluded.includes(check) ? `[+]${check} excluded: ok\n` : `[+]${check} ok\n`))
  const unknown = excluded.filter((check) => !all.includes(check))
  const warning =
    unknown.length > 0
      ? `warn: some health checks cannot be excluded: no matches for ${unknown
          .sort()
          .map((check) => JSON.stringify(check))
          .join(',')}\n`
      : ''
  return textResponse(200, `${lines.join('')}${warning}${which} check passed\n`)
}

export function healthPaths(): readonly string[] {
  return Object.entries(checks).flatMap(([which, names]) => [`/${which}`, ...names.map((name) => `/${which}/${name}`)])
}

export type ControlComponent = 'kube-scheduler' | 'kube-controller-manager'

export function componentStatuses(isRunning: (component: ControlComponent) => boolean): readonly StoredObject[] {
  const asked: readonly (readonly [name: string, component: ControlComponent, port: number])[] = [
    ['scheduler', 'kube-scheduler', 10259],
    ['controller-manager', 'kube-controller-manager', 10257],
  ]
  const found = asked.map(([name, component, port]) => {
    const isHealthy = isRunning(component)
    return status(
      name,
      isHealthy,
      isHealthy ? 'ok' : `Get "https://127.0.0.1:${port}/healthz": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    )
  })
  // An API server that answers has a store.
  return [...found, status('etcd-0', true, 'ok')]
}

function status(name: string, isHealthy: boolean, message: string): StoredObject {
  const metadata = { name, creationTimestamp: null } as unknown as StoredObject['metadata']
  return {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata,
    conditions: [{ type: 'Healthy', status: isHealthy ? 'True' : 'False', message }],
  } as unknown as StoredObject
}
