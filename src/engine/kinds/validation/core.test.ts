/** Kinds of the core group whose rules are few: storage, quotas, limits, nodes, endpoints, secrets. */
import { expect, test } from 'vitest'
import { asking } from './asking.ts'

test('a PersistentVolume is judged, and little of it may change', () => {
  const { create, patch } = asking()
  const volume = (spec: string) => create(`{kind: PersistentVolume, metadata: {name: x}, spec: {${spec}}}`)
  expect(
    volume(`accessModes: [ReadWriteOncePod, ReadWriteOnce], capacity: {storage: "0"}, hostPath: {path: /./},
      persistentVolumeReclaimPolicy: Recycle, csi: {}, nodeAffinity: {}`),
  ).toBe(`spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes
spec.capacity[storage]: Invalid value: "0": must be greater than zero
spec.nodeAffinity.required: Required value: must specify required node constraints
spec.csi: Forbidden: may not specify more than 1 volume type
spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'`)
  expect(
    volume('accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, local: {path: /a/../b}'),
  ).toBe(`spec.local.path: Invalid value: "/a/../b": must not contain '..'
spec.nodeAffinity: Required value: Local volume requires node affinity`)
  const affinity = (key: string) =>
    `nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: ${key}, operator: In, values: [linux]}]}]}}`
  volume(`accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, local: {path: /a}, ${affinity('beta.kubernetes.io/os')}`)
  expect(patch('persistentvolumes/x', 'spec: {volumeMode: Block}')).toContain('volumeMode: Invalid value: "Block": field is immutable')
  expect(patch('persistentvolumes/x', `spec: {${affinity('other')}}`)).toContain('immutable, except for updating from beta label to GA')
  expect(patch('persistentvolumes/x', `spec: {${affinity('kubernetes.io/os')}}`)).toBe('')
})

test('a claim is judged; of two sources that say the same one is enough', () => {
  const { create, patch, get } = asking()
  const claim = (spec: string) =>
    create(`{kind: PersistentVolumeClaim, metadata: {name: x}, spec: {accessModes: [ReadWriteOnce], ${spec}}}`)
  expect(
    claim('resources: {requests: {storage: 0}}, dataSource: {kind: PersistentVolumeClaim, name: ""}'),
  ).toBe(`spec.resources[storage]: Invalid value: "0": must be greater than zero
spec.dataSource.name: Required value
spec.dataSourceRef.name: Required value`)
  expect(
    claim(
      'resources: {requests: {storage: "1.5"}}, storageClassName: a, volumeAttributesClassName: off, dataSource: {kind: Foo, name: b, apiGroup: c.d}',
    ),
  ).toBe('Warning: 299 - "spec.resources.requests[storage]: fractional byte value \\"1500m\\" is invalid, must be an integer"')
  expect(get('persistentvolumeclaims/x')).toHaveProperty('spec', {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1500m' } },
    storageClassName: 'a',
    volumeMode: 'Filesystem',
  })
  expect(patch('persistentvolumeclaims/x', 'metadata: {annotations: {volume.beta.kubernetes.io/storage-class: z}}')).toBe(
    'metadata.annotations.volume.beta.kubernetes.io/storage-class: Invalid value: "z": field is immutable',
  )
  expect(
    patch('persistentvolumeclaims/x/status', 'status: {capacity: {storage: -1}, allocatedResources: {cpu: 1}}'),
  ).toBe(`status.capacity[storage]: Invalid value: -1: must be a valid resource quantity
status.allocatedResources: Unsupported value: "cpu": supported values: "storage"`)
})

test('a quota counts what can be counted, within scopes that go together', () => {
  const { create, patch } = asking()
  const quota = (spec: string) => create(`{kind: ResourceQuota, metadata: {name: x}, spec: {${spec}}}`)
  expect(
    quota(`hard: {storage: 1, requests.storage: 1, a/b: 1}, scopes: [BestEffort, NotBestEffort],
      scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In}, {scopeName: Foo, operator: Exists, values: [a]}]}`),
  ).toBe(`spec.hard[storage]: Invalid value: storage: must be a standard resource for quota
spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort"}: unsupported scope applied to resource
spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort"}: conflicting scopes
spec.scopeSelector.matchExpressions: Invalid value: core.ScopeSelector{MatchExpressions:[]core.ScopedResourceSelectorRequirement{core.ScopedResourceSelectorRequirement{ScopeName:"PriorityClass", Operator:"In", Values:[]string(nil)}, core.ScopedResourceSelectorRequirement{ScopeName:"Foo", Operator:"Exists", Values:[]string{"a"}}}}: unsupported scope applied to resource
spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector
spec.scopeSelector.matchExpressions.scopeName: Invalid value: "Foo": unsupported scope
spec.scopeSelector.matchExpressions.values: Invalid value: []string{"a"}: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`)
  quota('hard: {pods: 1}, scopes: [BestEffort]')
  expect(patch('resourcequotas/x', 'spec: {scopes: [NotBestEffort]}')).toBe(
    'spec.scopes: Invalid value: []core.ResourceQuotaScope{"NotBestEffort"}: field is immutable',
  )
})

test('bounds of a limit range fit into each other; a default follows from the widest', () => {
  const { create, get } = asking()
  const range = (limits: string) => create(`{kind: LimitRange, metadata: {name: x}, spec: {limits: [${limits}]}}`)
  const amount = (value: number, text: string) =>
    `resource.Quantity{i:resource.int64Amount{value:${value}, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"${text}", Format:"DecimalSI"}`
  expect(
    range(
      '{type: Foo}, {type: PersistentVolumeClaim}, {type: Foo, max: {cpu: 4}, min: {cpu: 2}, default: {cpu: 1}, maxLimitRequestRatio: {cpu: 3}}',
    ),
  ).toBe(`spec.limits[0].type: Invalid value: "Foo": must be a standard limit type or fully qualified
spec.limits[1].limits: Required value: either minimum or maximum storage value is required, but neither was provided
spec.limits[2].type: Invalid value: "Foo": must be a standard limit type or fully qualified
spec.limits[2].type: Duplicate value: "Foo"
spec.limits[2].default[cpu]: Invalid value: ${amount(2, '2')}: min value 2 is greater than default value 1
spec.limits[2].maxLimitRequestRatio[cpu]: Invalid value: ${amount(3, '3')}: ratio 3 is greater than max/min = 2.000000`)
  expect(range('{type: Container, max: {cpu: 800m}, min: {cpu: 200m}}')).toBe('')
  expect(get('limitranges/x')).toMatchObject({ spec: { limits: [{ default: { cpu: '800m' }, defaultRequest: { cpu: '800m' } }] } })
})

test('nodes, endpoints and secrets are judged', () => {
  const { create, patch } = asking()
  expect(
    create(
      '{kind: Node, metadata: {name: x}, spec: {taints: [{key: a, effect: ""}], podCIDRs: [10.0.0.0/24, 10.0.0.0/24]}, status: {capacity: {cpu: -1}}}',
    ),
  ).toBe(`metadata.taints[0].effect: Required value
status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0
spec.podCIDRs: Invalid value: []string{"10.0.0.0/24", "10.0.0.0/24"}: may specify no more than one CIDR for each IP family
spec.podCIDRs[1]: Duplicate value: "10.0.0.0/24"`)
  expect(
    create(
      '{kind: Endpoints, metadata: {name: x}, subsets: [{addresses: []}, {notReadyAddresses: [{ip: 0.0.0.0}], ports: [{port: 0, protocol: X}]}]}',
    ),
  ).toBe(`subsets[0]: Required value: must specify \`addresses\` or \`notReadyAddresses\`
subsets[1].notReadyAddresses[0].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)
subsets[1].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
subsets[1].ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"
Warning: 299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"`)
  create('{kind: Secret, metadata: {name: x}, data: {a: ""}, immutable: true}')
  expect(patch('secrets/x', 'type: foo\nimmutable: false\ndata: {..: ""}')).toBe(`type: Invalid value: "foo": field is immutable
immutable: Forbidden: field is immutable when \`immutable\` is set
data: Forbidden: field is immutable when \`immutable\` is set
data[..]: Invalid value: "..": must not be '..'`)
})
