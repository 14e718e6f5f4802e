/** Node of the core group v1. */
import { ageColumn, column, name, wide } from './columns.ts'
import { type FieldErrors, Verbatim } from './field-errors.ts'
import type { V1Node, V1NodeSpec, V1NodeStatus } from './generated/types.ts'
import { goList } from './go-print.ts'
import { allVerbs, defineKind } from './kind.ts'
import { qualifiedName, validLabelValue } from './names.ts'
import { cidrWarnings, isDualStack, validateCidr } from './validation/addresses.ts'
import { validateAmount } from './validation/resources.ts'
import { validateTaintEffect } from './validation/scheduling.ts'

export const node = defineKind<V1Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  singular: 'node',
  namespaced: false,
  shortNames: ['no'],
  verbs: allVerbs,
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'NodeProxyOptions' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Node',
  columns: [
    name,
    column('Status', 'string', 'The status of the node', ({ spec, status }) => {
      const ready = status.conditions?.find((condition) => condition.type === 'Ready')
      const word = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
      return spec.unschedulable ? `${word},SchedulingDisabled` : word
    }),
    column('Roles', 'string', 'The roles of the node', ({ metadata }) => roles(metadata.labels)),
    ageColumn,
    column('Version', 'string', 'Kubelet Version reported by the node.', ({ status }) => status.nodeInfo?.kubeletVersion ?? ''),
    wide(
      'Internal-IP',
      'string',
      "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
      (object) => address(object, 'InternalIP'),
    ),
    wide(
      'External-IP',
      'string',
      "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
      (object) => address(object, 'ExternalIP'),
    ),
    wide(
      'OS-Image',
      'string',
      'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
      ({ status }) => status.nodeInfo?.osImage || '<unknown>',
    ),
    wide(
      'Kernel-Version',
      'string',
      "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
      ({ status }) => status.nodeInfo?.kernelVersion || '<unknown>',
    ),
    wide(
      'Container-Runtime',
      'string',
      'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
      ({ status }) => status.nodeInfo?.containerRuntimeVersion || '<unknown>',
    ),
  ],
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  validate: ({ spec, status }, errors) => {
    validateTaints(spec?.taints ?? [], errors)
    validateAmounts(status, errors)
    validateRanges(rangesOf(spec), errors)
  },
  validateUpdate: ({ old, fresh, subresource }, errors) => {
    if (subresource === 'status' && old.status !== fresh.status) validateAmounts(fresh.status, errors)
    if (old.status !== fresh.status)
      fresh.status.addresses?.forEach(({ type, address: text }, index, list) => {
        if (list.slice(0, index).some((other) => other.type === type && other.address === text))
          errors.duplicate(
            `status.addresses[${index}]`,
            new Verbatim(`core.NodeAddress{Type:${JSON.stringify(type)}, Address:${JSON.stringify(text)}}`),
          )
      })
    if (old.spec === fresh.spec) return
    const before = rangesOf(old.spec)
    const after = rangesOf(fresh.spec)
    if (before.length > 0 && (before.length !== after.length || before.some((range, index) => range !== after[index])))
      errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')
    if (old.spec?.providerID && fresh.spec?.providerID !== old.spec.providerID)
      errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')
    if (old.spec?.externalID !== fresh.spec?.externalID) errors.forbidden('spec.externalID', 'may not be updated')
  },
  warnings: ({ spec }, old) => [
    ...(spec?.configSource ? ['spec.configSource: the feature is removed'] : []),
    ...(spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
    ...(old?.spec === spec ? [] : rangesOf(spec).flatMap((range, index) => cidrWarnings(range, `spec.podCIDRs[${index}]`))),
  ],
})

/** Two fields for one thing: where they differ the older one counts. */
function rangesOf(spec: V1NodeSpec | undefined): readonly string[] {
  const { podCIDR, podCIDRs = [] } = spec ?? {}
  return podCIDR && podCIDRs[0] !== podCIDR ? [podCIDR] : podCIDRs
}

function validateTaints(taints: NonNullable<V1NodeSpec['taints']>, errors: FieldErrors): void {
  const pairs = new Set<string>()
  taints.forEach(({ key, value = '', effect }, index) => {
    const path = `metadata.taints[${index}]`
    for (const problem of qualifiedName(key)) errors.invalid(`${path}.key`, key, problem)
    const problems = validLabelValue(value)
    if (problems.length > 0) errors.invalid(`${path}.value`, value, problems.join(';'))
    validateTaintEffect(effect, `${path}.effect`, errors)
    const pair = `${key}:${effect}`
    if (pairs.has(pair))
      errors.duplicate(
        path,
        new Verbatim(
          `core.Taint{Key:${JSON.stringify(key)}, Value:${JSON.stringify(value)}, Effect:${JSON.stringify(effect)}, TimeAdded:<nil>}: taints must be unique by key and effect pair`,
        ),
      )
    pairs.add(pair)
  })
}

function validateAmounts({ capacity, allocatable }: V1NodeStatus, errors: FieldErrors): void {
  for (const [field, amounts] of Object.entries({ capacity, allocatable }))
    for (const resource in amounts) validateAmount(resource, amounts[resource], `status.${field}.${resource}`, errors)
}

function validateRanges(ranges: readonly string[], errors: FieldErrors): void {
  const path = 'spec.podCIDRs'
  ranges.forEach((range, index) => validateCidr(range, `${path}[${index}]`, errors))
  if (ranges.length < 2) return
  if (!isDualStack(ranges)) errors.invalid(path, goList('string', ranges), 'may specify no more than one CIDR for each IP family')
  ranges.forEach((range, index) => {
    if (ranges.indexOf(range) < index) errors.duplicate(`${path}[${index}]`, range)
  })
}

function roles(labels: Readonly<Record<string, string>> = {}): string {
  const names = new Set<string>()
  for (const key of Object.keys(labels)) {
    if (key.startsWith('node-role.kubernetes.io/')) names.add(key.slice('node-role.kubernetes.io/'.length))
    else if (key === 'kubernetes.io/role') names.add(labels[key])
  }
  names.delete('')
  return names.size > 0 ? [...names].sort().join(',') : '<none>'
}

function address({ status }: V1Node, type: string): string {
  return status.addresses?.find((each) => each.type === type)?.address ?? '<none>'
}
