/** Descriptions of nodes, configuration, storage, scaling, access and limits. */
import { humanDuration } from '../../base/human-duration.ts'
import { textOf, bytesOf, bytesOfBase64 } from '../../base/bytes.ts'
import { goDuration } from '../go-values.ts'
import { tolerations, volumeLines } from './describe-pods.ts'
import { bool, controllerOf, type Events, head, longTime, mapText, selectorText, tags, Writer } from './describe-writer.ts'
import { at, isMap, type Json } from './json.ts'
import { added, canonical, quantity } from './quantity.ts'

// Nodes

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

// Configuration

export function describeConfigMap(writer: Writer, map: Json, events: Events): void {
  head(writer, map)
  tags(writer, map)
  writer.flush()
  writer.raw('\nData\n====\n')
  for (const [key, value] of Object.entries((map.data ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1)))
    writer.raw(`${key}:\n----\n${value}\n\n`)
  writer.raw('\nBinaryData\n====\n')
  for (const key of Object.keys(map.binaryData ?? {}).sort()) writer.raw(`${key}: ${bytesOfBase64(map.binaryData[key]).length} bytes\n`)
  writer.raw('\n')
  writer.events(events)
}

export function describeSecret(writer: Writer, secret: Json): void {
  head(writer, secret)
  tags(writer, secret)
  writer.raw(`\nType:\t${secret.type}\n\nData\n====\n`)
  for (const key of Object.keys(secret.data ?? {}).sort()) {
    const bytes = bytesOfBase64(secret.data[key])
    // A token is meant to be read.
    if (key === 'token' && secret.type === 'kubernetes.io/service-account-token') writer.raw(`${key}:\t${textOf(bytes)}\n`)
    else writer.raw(`${key}:\t${bytes.length} bytes\n`)
  }
}

export function describeServiceAccount(
  writer: Writer,
  account: Json,
  tokens: readonly Json[],
  missing: ReadonlySet<string>,
  events: Events,
): void {
  head(writer, account)
  tags(writer, account)
  const list = (title: string, names: readonly string[]): void => {
    if (names.length === 0) return writer.line(0, `${title}:\t<none>`)
    names.forEach((name, index) => writer.line(0, `${index === 0 ? `${title}:` : ''}\t${name}${missing.has(name) ? ' (not found)' : ''}`))
  }
  const names = (entries: readonly Json[] | undefined): string[] => (entries ?? []).map(({ name }) => name)
  list('Image pull secrets', names(account.imagePullSecrets))
  list('Mountable secrets', names(account.secrets))
  list(
    'Tokens',
    tokens.map(({ metadata }) => metadata.name),
  )
  writer.events(events)
}

export function describeNamespace(writer: Writer, namespace: Json, quotas: readonly Json[], limits: readonly Json[]): void {
  head(writer, namespace, false)
  tags(writer, namespace)
  writer.line(0, `Status:\t${namespace.status?.phase ?? ''}`)
  if (namespace.status?.conditions?.length > 0) {
    writer.raw('Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n')
    writer.line(1, '----\t------\t------------------\t------\t-------')
    for (const found of namespace.status.conditions)
      writer.line(1, `${found.type}\t${found.status}\t${longTime(found.lastTransitionTime)}\t${found.reason}\t${found.message}`)
  }
  writer.raw('\n')
  if (quotas.length === 0) writer.raw('No resource quota.\n')
  else {
    writer.raw('Resource Quotas\n')
    quotas.forEach((quota, index) => {
      if (index > 0) writer.raw('')
      writer.raw(`  Name:\t${quota.metadata.name}\n`)
      scopes(writer, quota, '  ')
      writer.raw('  Resource\tUsed\tHard\n  --------\t---\t---\n')
      for (const name of Object.keys(quota.status?.hard ?? {}).sort())
        writer.raw(`  ${name}\t${quota.status.used?.[name] ?? '0'}\t${quota.status.hard[name]}\n`)
    })
  }
  writer.raw('\n')
  if (limits.length === 0) writer.raw('No LimitRange resource.\n')
  else {
    writer.raw(
      'Resource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n ----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n',
    )
    for (const limit of limits) limitRows(writer, limit, ' ')
  }
}

const scopeTexts: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

function scopes(writer: Writer, { spec }: Json, indent: string): void {
  if (!spec?.scopes?.length) return
  writer.raw(`${indent}Scopes:\t${[...spec.scopes].sort().join(', ')}\n`)
  for (const scope of [...spec.scopes].sort()) if (scopeTexts[scope]) writer.raw(`${indent} * ${scopeTexts[scope]}\n`)
}

export function describeQuota(writer: Writer, quota: Json): void {
  writer.raw(`Name:\t${quota.metadata.name}\nNamespace:\t${quota.metadata.namespace}\n`)
  scopes(writer, quota, '')
  writer.raw('Resource\tUsed\tHard\n--------\t----\t----\n')
  for (const name of Object.keys(quota.status?.hard ?? {}).sort())
    writer.raw(`${name}\t${quota.status.used?.[name] ?? '0'}\t${quota.status.hard[name]}\n`)
}

export function describeLimitRange(writer: Writer, limit: Json): void {
  writer.raw(`Name:\t${limit.metadata.name}\nNamespace:\t${limit.metadata.namespace}\n`)
  writer.raw(
    'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio\n----\t--------\t---\t---\t---------------\t-------------\t-----------------------\n',
  )
  limitRows(writer, limit, '')
}

function limitRows(writer: Writer, limit: Json, indent: string): void {
  for (const item of limit.spec.limits ?? []) {
    const names = new Set(
      ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'].flatMap((side) => Object.keys(item[side] ?? {})),
    )
    for (const name of [...names].sort()) {
      const value = (side: string): string => item[side]?.[name] ?? '-'
      writer.raw(
        `${indent}${item.type}\t${name}\t${value('min')}\t${value('max')}\t${value('defaultRequest')}\t${value('default')}\t${value('maxLimitRequestRatio')}\n`,
      )
    }
  }
}

// Storage

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

function modes(list: readonly string[] | undefined): string {
  return [...new Set(list ?? [])].map((mode) => shortModes[mode] ?? mode).join(',')
}

export function describeClaim(writer: Writer, claim: Json, pods: readonly Json[], events: Events): void {
  const { metadata, spec, status = {} } = claim
  head(writer, claim)
  writer.line(0, `StorageClass:\t${metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''}`)
  writer.line(
    0,
    metadata.deletionTimestamp
      ? `Status:\tTerminating (lasts ${writer.age(metadata.deletionTimestamp)})`
      : `Status:\t${status.phase ?? ''}`,
  )
  writer.line(0, `Volume:\t${spec.volumeName ?? ''}`)
  tags(writer, claim)
  writer.line(0, `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`)
  const isBound = Boolean(spec.volumeName)
  writer.line(0, `Capacity:\t${isBound ? (status.capacity?.storage ?? '') : ''}`)
  writer.line(0, `Access Modes:\t${isBound ? modes(status.accessModes) : ''}`)
  if (spec.volumeMode) writer.line(0, `VolumeMode:\t${spec.volumeMode}`)
  if (spec.dataSource) {
    writer.line(0, 'DataSource:')
    if (spec.dataSource.apiGroup) writer.line(1, `APIGroup:\t${spec.dataSource.apiGroup}`)
    writer.line(1, `Kind:\t${spec.dataSource.kind}`)
    writer.line(1, `Name:\t${spec.dataSource.name}`)
  }
  const users = pods.map((pod) => pod.metadata.name)
  if (users.length === 0) writer.line(0, 'Used By:\t<none>')
  users.forEach((name, index) => writer.line(0, `${index === 0 ? 'Used By:' : ''}\t${name}`))
  if (status.conditions?.length > 0) {
    writer.raw('Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n')
    writer.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
    for (const found of status.conditions)
      writer.line(
        1,
        `${found.type} \t${found.status} \t${longTime(found.lastProbeTime)} \t${longTime(found.lastTransitionTime)} \t${found.reason ?? ''} \t${found.message ?? ''}`,
      )
  }
  writer.events(events)
}

export function describeVolume(writer: Writer, volume: Json, events: Events): void {
  const { metadata, spec, status = {} } = volume
  head(writer, volume, false)
  tags(writer, volume)
  writer.line(0, `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`)
  writer.line(0, `StorageClass:\t${spec.storageClassName ?? ''}`)
  writer.line(
    0,
    metadata.deletionTimestamp
      ? `Status:\tTerminating (lasts ${writer.age(metadata.deletionTimestamp)})`
      : `Status:\t${status.phase ?? ''}`,
  )
  writer.line(0, spec.claimRef ? `Claim:\t${spec.claimRef.namespace}/${spec.claimRef.name}` : 'Claim:\t')
  writer.line(0, `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}`)
  writer.line(0, `Access Modes:\t${modes(spec.accessModes)}`)
  if (spec.volumeMode) writer.line(0, `VolumeMode:\t${spec.volumeMode}`)
  writer.line(0, `Capacity:\t${spec.capacity?.storage ?? ''}`)
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms
  if (!terms) writer.line(0, 'Node Affinity:\t<none>')
  else {
    writer.line(0, 'Node Affinity:\t')
    writer.line(1, `Required Terms:\t${terms.length === 0 ? '<none>' : ''}`)
    terms.forEach((term: Json, index: number) => {
      const texts = (term.matchExpressions ?? []).map(({ key, operator, values = [] }: Json) =>
        values.length > 0 ? `${key} ${operator.toLowerCase()} [${values.join(', ')}]` : `${key} ${operator.toLowerCase()}`,
      )
      if (texts.length === 0) writer.line(2, `Term ${index}:\t<none>`)
      texts.forEach((text: string, place: number) => writer.line(2, `${place === 0 ? `Term ${index}:` : ''}\t${text}`))
    })
  }
  writer.line(0, `Message:\t${status.message ?? ''}`)
  writer.line(0, 'Source:')
  for (const line of volumeLines(spec)) writer.line(2, line)
  writer.events(events)
}

export function describeStorageClass(writer: Writer, storage: Json, events: Events): void {
  const { metadata } = storage
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `IsDefaultClass:\t${metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? 'Yes' : 'No'}`)
  writer.line(0, `Annotations:\t${storageAnnotations(metadata.annotations)}`)
  writer.line(0, `Provisioner:\t${storage.provisioner}`)
  writer.line(0, `Parameters:\t${mapText(storage.parameters)}`)
  writer.line(0, `AllowVolumeExpansion:\t${storage.allowVolumeExpansion === undefined ? '<unset>' : bool(storage.allowVolumeExpansion)}`)
  if (!storage.mountOptions?.length) writer.line(0, 'MountOptions:\t<none>')
  else {
    writer.line(0, 'MountOptions:')
    for (const option of storage.mountOptions) writer.line(1, option)
  }
  if (storage.reclaimPolicy) writer.line(0, `ReclaimPolicy:\t${storage.reclaimPolicy}`)
  if (storage.volumeBindingMode) writer.line(0, `VolumeBindingMode:\t${storage.volumeBindingMode}`)
  writer.events(events)
}

function storageAnnotations(annotations: Record<string, string> | undefined): string {
  return mapText(annotations)
}

// Scaling and availability

export function describeAutoscaler(writer: Writer, hpa: Json, events: Events): void {
  const { metadata, spec, status = {} } = hpa
  head(writer, hpa)
  tags(writer, hpa)
  writer.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  writer.line(0, `Reference:\t${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`)
  writer.line(0, 'Metrics:\t( current / target )')
  ;(spec.metrics ?? []).forEach((metric: Json, index: number) =>
    metricLine(writer, metric, status.currentMetrics?.[index], spec.scaleTargetRef),
  )
  const min = spec.minReplicas ?? '<unset>'
  writer.line(0, `Min replicas:\t${min}`)
  writer.line(0, `Max replicas:\t${spec.maxReplicas}`)
  if (spec.behavior) behaviour(writer, spec.behavior)
  writer.line(0, `${spec.scaleTargetRef.kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`)
  if (status.conditions?.length > 0) {
    writer.raw('Conditions:\n')
    writer.line(1, 'Type\tStatus\tReason\tMessage')
    writer.line(1, '----\t------\t------\t-------')
    for (const found of status.conditions) writer.line(1, `${found.type}\t${found.status}\t${found.reason}\t${found.message}`)
  }
  writer.events(events)
}

function metricLine(writer: Writer, metric: Json, current: Json, target: Json): void {
  if (metric.type === 'Resource' || metric.type === 'ContainerResource') {
    const source = metric.resource ?? metric.containerResource
    const now = current?.resource?.current ?? current?.containerResource?.current
    const where = metric.type === 'ContainerResource' ? `of container "${source.container}" on pods` : 'on pods'
    if (source.target.averageValue !== undefined && source.target.averageUtilization === undefined)
      writer.line(1, `resource ${source.name} ${where}:\t${now?.averageValue ?? '<unknown>'} / ${source.target.averageValue}`)
    else
      writer.line(
        1,
        `resource ${source.name} ${where}  (as a percentage of request):\t${now?.averageUtilization !== undefined ? `${now.averageUtilization}% (${now.averageValue})` : '<unknown>'} / ${source.target.averageUtilization !== undefined ? `${source.target.averageUtilization}%` : '<auto>'}`,
      )
  } else if (metric.type === 'Pods')
    writer.line(
      1,
      `"${metric.pods.metric.name}" on pods:\t${current?.pods?.current?.averageValue ?? '<unknown>'} / ${metric.pods.target.averageValue}`,
    )
  else if (metric.type === 'Object') {
    const { describedObject, target: goal, metric: name } = metric.object
    writer.line(
      1,
      `"${name.name}" on ${describedObject.kind}/${describedObject.name}${goal.type === 'AverageValue' ? ' (target average value)' : ' (target value)'}:\t${current?.object?.current?.value ?? current?.object?.current?.averageValue ?? '<unknown>'} / ${goal.value ?? goal.averageValue}`,
    )
  } else if (metric.type === 'External') {
    const { target: goal, metric: name } = metric.external
    const isAverage = goal.averageValue !== undefined
    writer.line(
      1,
      `"${name.name}" (${isAverage ? 'target average value' : 'target value'}):\t${(isAverage ? current?.external?.current?.averageValue : current?.external?.current?.value) ?? '<unknown>'} / ${isAverage ? goal.averageValue : goal.value}`,
    )
  }
  void target
}

function behaviour(writer: Writer, found: Json): void {
  writer.line(0, 'Behavior:')
  for (const [title, rules] of [
    ['Scale Up', found.scaleUp],
    ['Scale Down', found.scaleDown],
  ] as const) {
    if (!rules) continue
    writer.line(1, `${title}:`)
    if (rules.stabilizationWindowSeconds !== undefined) writer.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`)
    if (rules.policies?.length > 0) {
      writer.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`)
      writer.line(2, 'Policies:')
      for (const policy of rules.policies)
        writer.line(3, `- Type: ${policy.type}\tValue: ${policy.value}\tPeriod: ${policy.periodSeconds} seconds`)
    }
  }
}

export function describeDisruptionBudget(writer: Writer, budget: Json, events: Events): void {
  const { spec, status = {} } = budget
  head(writer, budget)
  if (spec.minAvailable !== undefined) writer.line(0, `Min available:\t${spec.minAvailable}`)
  else if (spec.maxUnavailable !== undefined) writer.line(0, `Max unavailable:\t${spec.maxUnavailable}`)
  writer.line(0, `Selector:\t${spec.selector ? selectorText(spec.selector) : '<unset>'}`)
  writer.line(0, 'Status:')
  writer.line(2, `Allowed disruptions:\t${status.disruptionsAllowed ?? 0}`)
  writer.line(2, `Current:\t${status.currentHealthy ?? 0}`)
  writer.line(2, `Desired:\t${status.desiredHealthy ?? 0}`)
  writer.line(2, `Total:\t${status.expectedPods ?? 0}`)
  writer.events(events)
}

export function describePriorityClass(writer: Writer, priority: Json, events: Events): void {
  writer.line(0, `Name:\t${priority.metadata.name}`)
  writer.line(0, `Value:\t${priority.value}`)
  writer.line(0, `GlobalDefault:\t${priority.globalDefault === true}`)
  writer.line(0, `PreemptionPolicy:\t${priority.preemptionPolicy ?? 'PreemptLowerPriority'}`)
  writer.line(0, `Description:\t${priority.description ?? ''}`)
  writer.line(0, `Annotations:\t${mapText(priority.metadata.annotations)}`)
  writer.events(events)
}

// Access

export function describeRole(writer: Writer, role: Json): void {
  writer.line(0, `Name:\t${role.metadata.name}`)
  tags(writer, role)
  writer.line(0, 'PolicyRule:')
  writer.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs')
  writer.line(1, '---------\t-----------------\t--------------\t-----')
  for (const row of ruleRows(role.rules ?? [])) writer.line(1, row)
}

interface Simple {
  readonly group: string
  readonly resource: string
  readonly name: string
  readonly url: string
  verbs: string[]
}

/** Rules taken apart to single resources, joined again by verbs, in the order of their text in Go: verbs, group, resource, name. */
export function ruleRows(rules: readonly Json[]): string[] {
  const joined: Simple[] = []
  for (const rule of rules.flatMap(brokenDown)) {
    // Only rules about resources are joined.
    const twin =
      rule.url === ''
        ? joined.find(
            ({ group, resource, name, url }) => url === '' && group === rule.group && resource === rule.resource && name === rule.name,
          )
        : undefined
    if (!twin) joined.push(rule)
    else twin.verbs = [...twin.verbs, ...rule.verbs.filter((verb) => !twin.verbs.includes(verb))]
  }
  const text = ({ verbs, group, resource, name, url }: Simple): string =>
    `Verbs:[${verbs.join(' ')}],APIGroups:[${group}],Resources:[${resource}],ResourceNames:[${name}],NonResourceURLs:[${url}],`
  return joined
    .sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0))
    .map(({ group, resource, name, url, verbs }) => {
      const [plural, sub] = resource.split('/')
      const full = group === '' ? resource : `${plural}.${group}${sub === undefined ? '' : `/${sub}`}`
      return `${full}\t[${url}]\t[${name}]\t[${verbs.join(' ')}]`
    })
}

function brokenDown(rule: Json): Simple[] {
  const verbs: string[] = [...(rule.verbs ?? [])]
  const names: string[] = rule.resourceNames?.length > 0 ? rule.resourceNames : ['']
  const urls = (rule.nonResourceURLs ?? []).map((url: string) => ({ group: '', resource: '', name: '', url, verbs }))
  const resources = (rule.apiGroups ?? []).flatMap((group: string) =>
    (rule.resources ?? []).flatMap((resource: string) => names.map((name) => ({ group, resource, name, url: '', verbs }))),
  )
  return [...resources, ...urls]
}

export function describeBinding(writer: Writer, binding: Json): void {
  writer.line(0, `Name:\t${binding.metadata.name}`)
  tags(writer, binding)
  writer.line(0, 'Role:')
  writer.line(1, `Kind:\t${binding.roleRef.kind}`)
  writer.line(1, `Name:\t${binding.roleRef.name}`)
  writer.line(0, 'Subjects:')
  writer.line(1, 'Kind\tName\tNamespace')
  writer.line(1, '----\t----\t---------')
  for (const { kind, name, namespace = '' } of binding.subjects ?? []) writer.line(1, `${kind}\t${name}\t${namespace}`)
}

export function describeSigningRequest(writer: Writer, request: Json, events: Events): void {
  const { metadata, spec, status = {} } = request
  const types = (status.conditions ?? []).map(({ type }: Json) => type)
  const state = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending'
  writer.line(0, `Name:\t${metadata.name}`)
  tags(writer, request)
  writer.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  writer.line(0, `Requesting User:\t${spec.username ?? ''}`)
  if (spec.signerName) writer.line(0, `Signer:\t${spec.signerName}`)
  if (spec.expirationSeconds) writer.line(0, `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1000)}`)
  writer.line(0, `Status:\t${state}${status.certificate ? ',Issued' : ''}`)
  writer.line(0, 'Subject:')
  writer.line(1, `Common Name:\t${''}`)
  writer.line(1, 'Serial Number:\t')
  writer.events(events)
}

// Anything else

export function describeAny(writer: Writer, object: Json, events: Events): void {
  const { metadata } = object
  writer.line(0, `Name:\t${metadata.name}`)
  writer.line(0, `Namespace:\t${metadata.namespace ?? ''}`)
  tags(writer, object)
  content(writer, 0, object, '', [
    '.metadata.managedFields',
    '.metadata.name',
    '.metadata.namespace',
    '.metadata.labels',
    '.metadata.annotations',
  ])
  writer.events(events)
}

function content(writer: Writer, level: number, value: Json, path: string, skipped: readonly string[]): void {
  for (const key of Object.keys(value).sort()) {
    const item = value[key]
    const here = `${path}.${key}`
    if (skipped.includes(here)) continue
    const title = labelFor(key)
    if (isMap(item)) {
      writer.line(level, `${title}:`)
      content(writer, level + 1, item, here, skipped)
    } else if (Array.isArray(item)) {
      writer.line(level, `${title}:`)
      for (const entry of item) {
        if (isMap(entry)) content(writer, level + 1, entry, here, skipped)
        else writer.line(level + 1, String(entry))
      }
    } else writer.line(level, `${title}:\t${item === null || item === undefined ? '<nil>' : String(item)}`)
  }
}

const whole = ['API', 'URL', 'UID', 'OSB', 'GUID']

/** `creationTimestamp` → `Creation Timestamp`, `apiVersion` → `API Version`. */
function labelFor(field: string): string {
  // What has a digit or another sign in it is left alone, `openAPIV3Schema` too.
  if (/[^a-zA-Z-]/.test(field)) return field
  const parts = field.match(/[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|-+/g) ?? [field]
  return parts.map((part) => (whole.includes(part.toUpperCase()) ? part.toUpperCase() : part[0].toUpperCase() + part.slice(1))).join(' ')
}

export { at, bytesOf, controllerOf, goDuration, tolerations }
