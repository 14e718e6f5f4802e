/**
 * `kubectl describe node`: its facts, the pods that stand on it, and how much of it they have asked for.
 */
import { type Events, Writer, longTime, tags } from './describe-writer.ts'
import type { Json } from './json.ts'
import { added, canonical, quantity } from './quantity.ts'

export interface NodeFacts {
  readonly pods: readonly Json[]
  /** Undefined when it could not be had; then `leaseFailure` says why. */
  readonly lease?: Json
  readonly leaseFailure?: string
}

export function describeNode(writer: Writer, node: Json, { pods, lease, leaseFailure }: NodeFacts, events: Events): void {
  const { metadata, spec, status = {} } = node
  writer.line(0, `Name:\t${metadata.name}`)
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) =>
    key.startsWith('node-role.kubernetes.io/') && key.length > 24
      ? [key.slice(24)]
      : key === 'kubernetes.io/role' && value !== ''
        ? [String(value)]
        : [],
  )
  writer.line(0, `Roles:\t${[...new Set(roles)].sort().join(',') || '<none>'}`)
  tags(writer, node)
  writer.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  const taints: Json[] = spec.taints ?? []
  if (taints.length === 0) writer.line(0, 'Taints:\t<none>')
  // Printed grouped by effect: the most severe first.
  const severity = ['NoExecute', 'NoSchedule', 'PreferNoSchedule']
  ;[...taints]
    .sort((a, b) => severity.indexOf(a.effect) - severity.indexOf(b.effect) || (taintText(a) < taintText(b) ? -1 : 1))
    .forEach((taint, index) => writer.line(0, `${index === 0 ? 'Taints:' : ''}\t${taintText(taint)}`))
  writer.line(0, `Unschedulable:\t${spec.unschedulable === true}`)
  if (lease) {
    writer.line(0, 'Lease:')
    writer.line(1, `HolderIdentity:\t${lease.spec?.holderIdentity ?? '<unset>'}`)
    writer.line(1, `AcquireTime:\t${lease.spec?.acquireTime ? longTime(lease.spec.acquireTime) : '<unset>'}`)
    writer.line(1, `RenewTime:\t${lease.spec?.renewTime ? longTime(lease.spec.renewTime) : '<unset>'}`)
  } else if (leaseFailure) writer.line(0, `Lease:\tFailed to get lease: ${leaseFailure}`)
  if (status.conditions?.length > 0) {
    writer.raw('Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n')
    writer.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
    for (const found of status.conditions)
      writer.line(
        1,
        `${found.type} \t${found.status} \t${longTime(found.lastHeartbeatTime)} \t${longTime(found.lastTransitionTime)} \t${found.reason ?? ''} \t${found.message ?? ''}`,
      )
  }
  writer.line(0, 'Addresses:')
  for (const { type, address } of status.addresses ?? []) writer.line(1, `${type}:\t${address}`)
  for (const [title, amounts] of [
    ['Capacity', status.capacity],
    ['Allocatable', status.allocatable],
  ] as const) {
    if (Object.keys(amounts ?? {}).length === 0) continue
    writer.line(0, `${title}:`)
    for (const name of Object.keys(amounts).sort()) writer.line(1, `${name}:\t${amounts[name]}`)
  }
  const info = status.nodeInfo ?? {}
  writer.line(0, 'System Info:')
  writer.line(1, `Machine ID:\t${info.machineID ?? ''}`)
  writer.line(1, `System UUID:\t${info.systemUUID ?? ''}`)
  writer.line(1, `Boot ID:\t${info.bootID ?? ''}`)
  writer.line(1, `Kernel Version:\t${info.kernelVersion ?? ''}`)
  writer.line(1, `OS Image:\t${info.osImage ?? ''}`)
  writer.line(1, `Operating System:\t${info.operatingSystem ?? ''}`)
  writer.line(1, `Architecture:\t${info.architecture ?? ''}`)
  writer.line(1, `Container Runtime Version:\t${info.containerRuntimeVersion ?? ''}`)
  writer.line(1, `Kubelet Version:\t${info.kubeletVersion ?? ''}`)
  writer.line(1, `Kube-Proxy Version:\t${info.kubeProxyVersion ?? ''}`)
  if (spec.podCIDR) writer.line(0, `PodCIDR:\t${spec.podCIDR}`)
  if (spec.podCIDRs?.length > 0) writer.line(0, `PodCIDRs:\t${spec.podCIDRs.join(',')}`)
  if (spec.providerID) writer.line(0, `ProviderID:\t${spec.providerID}`)
  nodePods(writer, node, pods)
  writer.events(events)
}

function taintText({ key, value, effect }: Json): string {
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`
}

function nodePods(writer: Writer, node: Json, pods: readonly Json[]): void {
  const allocatable = Object.keys(node.status?.allocatable ?? {}).length > 0 ? node.status.allocatable : (node.status?.capacity ?? {})
  const share = (amount: string, name: string): number | string => {
    const total = quantity(allocatable[name]) ?? 0
    // Go turns a division by zero into the smallest int64.
    return total === 0 ? '-9223372036854775808' : Math.trunc(((quantity(amount) ?? 0) / total) * 100)
  }
  // The sums below are guarded against it.
  const allocated = (amount: string, name: string): number | string => ((quantity(allocatable[name]) ?? 0) === 0 ? 0 : share(amount, name))
  writer.line(0, `Non-terminated Pods:\t(${pods.length} in total)`)
  writer.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge')
  writer.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---')
  const totals: Record<'requests' | 'limits', Record<string, string>> = { requests: {}, limits: {} }
  for (const pod of pods) {
    const sums = podResources(pod)
    const cell = (side: 'requests' | 'limits', name: string): string =>
      `${sums[side][name] ?? '0'} (${share(sums[side][name] ?? '0', name)}%)`
    writer.line(
      1,
      `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${cell('requests', 'cpu')}\t${cell('limits', 'cpu')}\t${cell('requests', 'memory')}\t${cell('limits', 'memory')}\t${writer.age(pod.metadata.creationTimestamp)}`,
    )
    for (const side of ['requests', 'limits'] as const)
      for (const [name, amount] of Object.entries(sums[side])) totals[side][name] = added(totals[side][name] ?? '0', amount)
  }
  writer.raw('Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  Resource\tRequests\tLimits\n')
  writer.line(1, '--------\t--------\t------')
  const standard = ['cpu', 'memory', 'ephemeral-storage']
  const further = Object.keys(allocatable)
    .filter(
      (name) =>
        !standard.includes(name) &&
        name !== 'pods' &&
        (name.includes('/') || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-')),
    )
    .sort()
  for (const name of [...standard, ...further]) {
    const [requests, limits] = [totals.requests[name] ?? '0', totals.limits[name] ?? '0']
    if (standard.includes(name) || name.startsWith('hugepages-'))
      writer.line(1, `${name}\t${requests} (${allocated(requests, name)}%)\t${limits} (${allocated(limits, name)}%)`)
    else writer.line(1, `${name}\t${requests}\t${limits}`)
  }
}

/** Sums over containers; an init container counts where it needs more than all others together. */
function podResources(pod: Json): Record<'requests' | 'limits', Record<string, string>> {
  const sums: Record<'requests' | 'limits', Record<string, string>> = { requests: {}, limits: {} }
  for (const side of ['requests', 'limits'] as const) {
    const add = (amounts: Record<string, string> | undefined): void => {
      for (const [name, amount] of Object.entries(amounts ?? {}))
        sums[side][name] = sums[side][name] === undefined ? canonical(amount) : added(sums[side][name], amount)
    }
    for (const container of pod.spec.containers) add(container.resources?.[side])
    for (const container of pod.spec.initContainers ?? []) {
      if (container.restartPolicy === 'Always') {
        add(container.resources?.[side])
        continue
      }
      for (const [name, amount] of Object.entries((container.resources?.[side] ?? {}) as Record<string, string>)) {
        if ((quantity(amount) ?? 0) > (quantity(sums[side][name]) ?? 0)) sums[side][name] = canonical(amount)
      }
    }
    add(pod.spec.overhead)
  }
  return sums
}
