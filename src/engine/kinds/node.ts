/** Node of the core group v1. */
import { Verbatim } from './field-errors.ts'
import { qualifiedName } from './names.ts'
import { isCidr, notACidr } from './validation/addresses.ts'
import { taintEffects } from './validation/scheduling.ts'
import { supported } from './validation/values.ts'
import { ageColumn, column, name, wide } from './columns.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Node } from './generated/types.ts'

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
  validate: ({ spec }, errors) => {
    const pairs = new Set<string>()
    spec?.taints?.forEach(({ key, value = '', effect }, index) => {
      const path = `metadata.taints[${index}]`
      for (const problem of qualifiedName(key)) errors.invalid(`${path}.key`, key, problem)
      if (!effect) errors.required(`${path}.effect`)
      else supported(`${path}.effect`, effect, taintEffects, errors)
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
    const cidrs = spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : [])
    cidrs.forEach((cidr, index) => {
      if (!isCidr(cidr)) errors.invalid(`spec.podCIDRs[${index}]`, cidr, notACidr)
    })
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (old.spec?.podCIDR && fresh.spec?.podCIDR !== old.spec.podCIDR)
      errors.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')
    if (old.spec?.providerID && fresh.spec?.providerID !== old.spec.providerID)
      errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')
  },
})

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
