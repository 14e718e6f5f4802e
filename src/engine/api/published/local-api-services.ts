/**
 * The APIServices that stand for what this server serves itself: one for every group and version, custom resources included. They say how groups
 * are ordered and that they are there (`Local`); requests do not depend on them.
 */
import type { V1APIService } from '../../kinds/generated/types.ts'
import { kinds } from '../../kinds/index.ts'
import type { Kind } from '../../kinds/kind.ts'
import type { Client } from '../client.ts'
import { timestamp } from '../objects.ts'
import type { Registry } from '../registry.ts'

const resource = 'apiservices.apiregistration.k8s.io'
const managed = 'kube-aggregator.kubernetes.io/automanaged'

/** How upstream orders the groups; versions that are not listed have 15. */
const priorities: Readonly<Record<string, number>> = {
  '': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'networking.k8s.io': 17200,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'apiextensions.k8s.io': 16700,
  'admissionregistration.k8s.io': 16700,
  'scheduling.k8s.io': 16600,
  'coordination.k8s.io': 16500,
  'node.k8s.io': 16300,
  'discovery.k8s.io': 16200,
  'flowcontrol.apiserver.k8s.io': 16100,
}
const versionPriorities: Readonly<Record<string, number>> = { '/v1': 1, 'autoscaling/v2': 30, 'flowcontrol.apiserver.k8s.io/v1': 21 }

export function ensureLocalServices(client: Client, nowMs: number): void {
  for (const { group, version } of kinds)
    if (priorities[group] !== undefined)
      ensure(client, {
        group,
        version,
        nowMs,
        label: 'onstart',
        groupPriorityMinimum: priorities[group],
        versionPriority: versionPriorities[`${group}/${version}`] ?? 15,
      })
}

/** What custom resources bring comes and goes with their definitions. */
export function keepCustomServices({ store, clock }: Registry, client: Client, custom: () => readonly Kind[]): void {
  let isNoted = false
  store.watch('customresourcedefinitions.apiextensions.k8s.io', () => {
    if (isNoted) return
    isNoted = true
    clock.after(0, () => {
      isNoted = false
      matchCustom(client, custom(), clock.now())
    })
  })
}

function matchCustom(client: Client, custom: readonly Kind[], nowMs: number): void {
  const wanted = new Set(custom.map(({ group, version }) => `${version}.${group}`))
  for (const { metadata } of client.list<V1APIService>(resource))
    if (metadata.labels?.[managed] === 'true' && !wanted.has(metadata.name)) client.delete(resource, '', metadata.name)
  for (const { group, version } of custom)
    ensure(client, { group, version, nowMs, label: 'true', groupPriorityMinimum: 1000, versionPriority: 100 })
}

interface Wanted {
  readonly group: string
  readonly version: string
  readonly nowMs: number
  readonly label: string
  readonly groupPriorityMinimum: number
  readonly versionPriority: number
}

function ensure(client: Client, { group, version, nowMs, label, groupPriorityMinimum, versionPriority }: Wanted): void {
  const name = `${version}.${group}`
  if (client.get(resource, '', name)) return
  const conditions = [
    {
      lastTransitionTime: timestamp(nowMs),
      message: 'Local APIServices are always available',
      reason: 'Local',
      status: 'True',
      type: 'Available',
    },
  ]
  const fresh = client.create<V1APIService>(resource, {
    metadata: { name, labels: { [managed]: label } },
    spec: { ...(group === '' ? {} : { group }), groupPriorityMinimum, version, versionPriority },
  } as Parameters<typeof client.create<V1APIService>>[1])
  client.updateStatus<V1APIService>(resource, { ...fresh, status: { conditions } } as unknown as V1APIService)
}
