import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a StorageClass keeps what its volumes were made by', () => {
  const { create, update } = bench(`
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: example.com/nfs
`)
  const answers = [
    create('provisioner: "a b"'),
    create('parameters: { "": x }'),
    create('allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: [] }, { key: zone, values: [a, a] }] }]'),
    update('{ volumeBindingMode: WaitForFirstConsumer, reclaimPolicy: Retain, provisioner: example.com/other, parameters: { a: b } }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The StorageClass "fast" is invalid: provisioner: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    The StorageClass "fast" is invalid: parameters: Invalid value: "": field can not be empty.
    The StorageClass "fast" is invalid: 
    * allowedTopologies[0].matchLabelExpressions[0].values: Required value
    * allowedTopologies[0].matchLabelExpressions[1].values[1]: Duplicate value: "a"
    * allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"
    The StorageClass "fast" is invalid: 
    * parameters: Forbidden: updates to parameters are forbidden.
    * provisioner: Forbidden: updates to provisioner are forbidden.
    * reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.
    * volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable"
  `)
})

test('a CSIDriver keeps how it is attached', () => {
  const { create, update } = bench(`
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: { name: csi.example.com }
spec: {}
`)
  const answers = [
    create(
      'spec: { fsGroupPolicy: Some, volumeLifecycleModes: [Long], tokenRequests: [{ audience: a, expirationSeconds: 1 }, { audience: a }] }',
    ),
    update('spec: { attachRequired: false, volumeLifecycleModes: [Ephemeral] }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The CSIDriver "csi.example.com" is invalid: 
    * spec.fsGroupPolicy: Unsupported value: "Some": supported values: "File", "None", "ReadWriteOnceWithFSType"
    * spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes
    * spec.tokenRequests[1].audience: Duplicate value: "a"
    * spec.volumeLifecycleModes: Unsupported value: "Long": supported values: "Persistent", "Ephemeral"
    The CSIDriver "csi.example.com" is invalid: 
    * spec.attachedRequired: Invalid value: false: field is immutable
    * spec.volumeLifecycleModes: Invalid value: []storage.VolumeLifecycleMode{"Ephemeral"}: field is immutable"
  `)
})

test('a CSINode names each driver once', () => {
  const { create, update } = bench(`
apiVersion: storage.k8s.io/v1
kind: CSINode
metadata: { name: node-1 }
spec: { drivers: [{ name: csi.example.com, nodeID: n1, topologyKeys: [] }] }
`)
  const answers = [
    create(
      'spec: { drivers: [{ name: "", nodeID: "", topologyKeys: ["a b"] }, { name: a, nodeID: b, topologyKeys: [z, z], allocatable: { count: -1 } }, { name: a, nodeID: c, topologyKeys: [] }] }',
    ),
    update('spec: { drivers: [{ name: csi.example.com, nodeID: n2, topologyKeys: [] }] }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The CSINode "node-1" is invalid: 
    * spec.drivers[0].name: Required value
    * spec.drivers[0].name: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * spec.drivers[0].nodeID: Required value
    * spec.drivers[0]: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    * spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0
    * spec.drivers[1]: Duplicate value: "z"
    * spec.drivers[2].name: Duplicate value: "a"
    The CSINode "node-1" is invalid: spec.drivers: Invalid value: storage.CSINodeDriver{Name:"csi.example.com", NodeID:"n2", TopologyKeys:[]string{}, Allocatable:(*storage.VolumeNodeResources)(nil)}: field is immutable"
  `)
})

test('a VolumeAttachment and a CSIStorageCapacity stay as they were made', () => {
  const { create, update } = bench(`
apiVersion: storage.k8s.io/v1
kind: CSIStorageCapacity
metadata: { name: c }
storageClassName: fast
capacity: 1Gi
`)
  const answers = [create('storageClassName: ""'), create('capacity: -1Gi'), update('storageClassName: slow')]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The CSIStorageCapacity "c" is invalid: storageClassName: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    The CSIStorageCapacity "c" is invalid: capacity: Invalid value: "-1Gi": must be greater than or equal to 0
    The CSIStorageCapacity "c" is invalid: storageClassName: Invalid value: "slow": field is immutable"
  `)
})
