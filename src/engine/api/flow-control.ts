/** The flow schemas and priority levels that a server is born with. Requests are not queued here; people read them. */
import type { Client, Draft, KubernetesObject } from './client.ts'
import { mandatoryRules } from '../kinds/validation/flow-control.ts'
import { timestamp } from './objects.ts'

const levels: readonly (readonly [name: string, shares?: number, queues?: readonly [queues: number, handSize: number]])[] = [
  ['exempt'],
  ['catch-all', 5],
  ['global-default', 20, [128, 6]],
  ['leader-election', 10, [16, 4]],
  ['node-high', 40, [64, 6]],
  ['system', 30, [64, 6]],
  ['workload-high', 40, [128, 6]],
  ['workload-low', 100, [128, 6]],
]

const schemas: readonly (readonly [name: string, level: string, precedence: number, by?: 'ByUser' | 'ByNamespace'])[] = [
  ['exempt', 'exempt', 1],
  ['probes', 'exempt', 2],
  ['system-leader-election', 'leader-election', 100, 'ByUser'],
  ['endpoint-controller', 'workload-high', 150, 'ByUser'],
  ['workload-leader-election', 'leader-election', 200, 'ByUser'],
  ['system-node-high', 'node-high', 400, 'ByUser'],
  ['system-nodes', 'system', 500, 'ByUser'],
  ['kube-controller-manager', 'workload-high', 800, 'ByNamespace'],
  ['kube-scheduler', 'workload-high', 800, 'ByNamespace'],
  ['kube-system-service-accounts', 'workload-high', 900, 'ByNamespace'],
  ['service-accounts', 'workload-low', 9000, 'ByUser'],
  ['global-default', 'global-default', 9900, 'ByUser'],
  ['catch-all', 'catch-all', 10000, 'ByUser'],
]

const group = 'flowcontrol.apiserver.k8s.io'
const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' }

export function bootstrapFlowControl(client: Client, nowMs: number): void {
  for (const [name, shares, queues] of levels) {
    if (client.get(`prioritylevelconfigurations.${group}`, '', name)) continue
    const response = queues
      ? { type: 'Queue', queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: 50 } }
      : { type: 'Reject' }
    const spec =
      shares === undefined
        ? { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }
        : { type: 'Limited', limited: { nominalConcurrencyShares: shares, limitResponse: response, lendablePercent: 0 } }
    client.create(`prioritylevelconfigurations.${group}`, { metadata: { name, annotations }, spec } as Parameters<Client['create']>[1])
  }
  for (const [name, level, matchingPrecedence, by] of schemas) {
    if (client.get(`flowschemas.${group}`, '', name)) continue
    const rules = mandatoryRules(name)
    const spec = {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence,
      ...(by ? { distinguisherMethod: { type: by } } : {}),
      ...(rules ? { rules } : {}),
    }
    const made = client.create<KubernetesObject>(`flowschemas.${group}`, {
      metadata: { name, annotations },
      spec,
    } as Draft<KubernetesObject>)
    const found = {
      type: 'Dangling',
      status: 'False',
      lastTransitionTime: timestamp(nowMs),
      reason: 'Found',
      message: `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} and it exists`,
    }
    client.updateStatus(`flowschemas.${group}`, { ...made, status: { conditions: [found] } } as KubernetesObject)
  }
}
