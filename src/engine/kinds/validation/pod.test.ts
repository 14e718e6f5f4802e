import { expect, test } from 'vitest'
import { asking } from './asking.ts'

/** A pod of one container; what is bent stands in the container or beside it. */
const pod = (spec: string, container = '', metadata = '') =>
  `{kind: Pod, metadata: {name: x${metadata}}, spec: {containers: [{name: c, image: i${container}}]${spec}}}`

test('a volume has one source, and the source says what it must', () => {
  const { create } = asking()
  const volumes = (list: string) => create(pod(`, volumes: [${list}]`))
  expect(
    volumes(`{name: v, hostPath: {path: ""}}, {name: w, emptyDir: {sizeLimit: "-1"}, nfs: {server: s, path: p}},
      {name: g, gcePersistentDisk: {pdName: "", partition: 300}}, {name: e, emptyDir: {}, downwardAPI: {}},
      {name: s, iscsi: {targetPortal: "", iqn: foo, lun: 300, chapAuthSession: true}}, {name: f, fc: {targetWWNs: [a], wwids: [b]}}`),
  ).toBe(`spec.volumes[0].hostPath.path: Required value
spec.volumes[1].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity
spec.volumes[1].nfs: Forbidden: may not specify more than 1 volume type
spec.volumes[2].persistentDisk.pdName: Required value
spec.volumes[2].persistentDisk.partition: Invalid value: 300: must be between 1 and 255, inclusive
spec.volumes[3].downwarAPI: Forbidden: may not specify more than 1 volume type
spec.volumes[4].iscsi.targetPortal: Required value
spec.volumes[4].iscsi.iqn: Invalid value: "foo": must be valid format starting with iqn, eui, or naa
spec.volumes[4].iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive
spec.volumes[4].iscsi.secretRef: Required value
spec.volumes[5].fc.targetWWNs: Invalid value: []string{"a"}: targetWWNs and wwids can not be specified simultaneously
spec.volumes[5].fc.lun: Required value: lun is required if targetWWNs is specified`)
  expect(
    volumes(`{name: p, projected: {sources: [{serviceAccountToken: {path: /t, expirationSeconds: 60}},
      {secret: {name: s, items: [{key: k, path: a}]}, configMap: {name: m, items: [{key: "", path: a}]}}]}},
      {name: d, downwardAPI: {items: [{path: ../x, fieldRef: {fieldPath: spec.nodeName}}, {path: a, resourceFieldRef: {resource: limits.cpu}}]}}`),
  ).toBe(`spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes
spec.volumes[0].projected.path: Invalid value: "/t": must be a relative path
spec.volumes[0].projected.sources[1].configMap.items[0].key: Required value
spec.volumes[0].projected: Invalid value: "m": conflicting duplicate paths
spec.volumes[0].projected.sources[1]: Forbidden: may not specify more than 1 volume type per source
spec.volumes[1].downwardAPI.path: Invalid value: "../x": must not contain '..'
spec.volumes[1].downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"
spec.volumes[1].downwardAPI.resourceFieldRef.containerName: Required value`)
})

test('a container sees each volume once, as a folder or as a device', () => {
  const { create } = asking()
  const container = `, volumeMounts: [{name: v, mountPath: /a, subPath: /x, subPathExpr: ../y, mountPropagation: Bidirectional, recursiveReadOnly: Enabled}],
    volumeDevices: [{name: v, devicePath: /a}, {name: w, devicePath: ../b}]`
  expect(create(pod(', volumes: [{name: v, emptyDir: {}}]', container))).toBe(
    `spec.containers[0].volumeMounts[0].name: Invalid value: "v": must not already exist in volumeDevices
spec.containers[0].volumeMounts[0].mountPath: Invalid value: "/a": must not already exist as a path in volumeDevices
spec.containers[0].volumeMounts.subPath: Invalid value: "/x": must be a relative path
spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: "../y": subPathExpr and subPath are mutually exclusive
spec.containers[0].volumeMounts.subPathExpr: Invalid value: "../y": must not contain '..'
spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers
spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true
spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified
spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode
spec.containers[0].volumeDevices[0].name: Invalid value: "v": must not already exist in volumeMounts
spec.containers[0].volumeDevices[0].devicePath: Invalid value: "/a": must not already exist as a path in volumeMounts
spec.containers[0].volumeDevices[1].name: Not found: "w"
spec.containers[0].volumeDevices[1].devicePath: Invalid value: "../b": can not contain backsteps ('..')`,
  )
})

test('variables, amounts, hooks and probes of a container are judged one by one', () => {
  const { create } = asking()
  expect(
    create(
      pod(
        '',
        `, env: [{name: A, valueFrom: {}}, {name: B, value: x, valueFrom: {fieldRef: {fieldPath: "metadata.name['a']"}}},
        {name: C, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 2m}}}], envFrom: [{}],
        resources: {limits: {nvidia.com/gpu: 1, hugepages-2Mi: 3Mi}, requests: {nvidia.com/gpu: 2, foo.io/x: 1}},
        lifecycle: {preStop: {sleep: {seconds: 40}}}, readinessProbe: {grpc: {port: 0}, terminationGracePeriodSeconds: 3}, restartPolicy: Always`,
      ),
    ),
  ).toBe(`spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\` or \`secretKeyRef\`
spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name['a']": error converting fieldPath: field label does not support subscript: metadata.name['a']
spec.containers[0].env[1].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty
spec.containers[0].env[2].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource
spec.containers[0].envFrom: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\`
spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi
spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources
spec.containers[0].resources.requests: Invalid value: "2": must be equal to nvidia.com/gpu limit of 1
spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi
spec.containers[0].resources: Forbidden: HugePages require cpu or memory
spec.containers[0].lifecycle.preStop.sleep: Invalid value: 40: must be non-negative and less than terminationGracePeriodSeconds (30)
spec.containers[0].readinessProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive
spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes
spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers`)
})

test('what a pod shares with its host, and what Windows does not know, is refused together', () => {
  const { create } = asking()
  const spec = `, os: {name: windows}, hostPID: true, shareProcessNamespace: true, hostUsers: false,
    securityContext: {runAsUser: 1, seLinuxChangePolicy: MountOption, seccompProfile: {type: Localhost}}`
  const container = ', securityContext: {privileged: true, appArmorProfile: {type: Foo}}'
  expect(
    create(pod(spec, container)),
  ).toBe(`spec.containers[0].securityContext.appArmorProfile.type: Unsupported value: "Foo": supported values: "Localhost", "RuntimeDefault", "Unconfined"
spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled
spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost
spec.securityContext.seLinuxChangePolicy: Unsupported value: "MountOption": supported values: "Recursive"
spec.HostPID: Forbidden: when \`pod.Spec.HostUsers\` is false
spec.hostUsers: Forbidden: cannot be set for a windows pod
spec.hostPID: Forbidden: cannot be set for a windows pod
spec.securityContext.seccompProfile: Forbidden: cannot be set for a windows pod
spec.shareProcessNamespace: Forbidden: cannot be set for a windows pod
spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod
spec.securityContext.seLinuxChangePolicy: Forbidden: cannot be set for a windows pod
spec.containers[0].securityContext.appArmorProfile: Forbidden: cannot be set for a windows pod
spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod`)
})

test('names to resolve and places to run are judged', () => {
  const { create } = asking()
  const spec = `, dnsConfig: {nameservers: [a, 010.1.1.1], searches: [., a_b.], options: [{value: "1"}]}, schedulingGates: [{name: a}, {name: a}], nodeName: n,
    topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway, minDomains: 0, matchLabelKeys: [a]},
      {maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway, nodeTaintsPolicy: Foo, labelSelector: {}}],
    affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: x, operator: Exists}]}]}},
      podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {matchLabels: {l: "1"}}, matchLabelKeys: [l], mismatchLabelKeys: [l]}]}}`
  expect(
    create(pod(spec, '', ', labels: {l: "1"}')),
  ).toBe(`spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator: Invalid value: "Exists": not a valid selector operator
spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: "x": not a valid field selector key
spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0][0]: Invalid value: "l": exists in both matchLabelKeys and labelSelector
spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[0]: Invalid value: "l": exists in both matchLabelKeys and mismatchLabelKeys
spec.dnsConfig.nameservers[0]: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
spec.dnsConfig.options[0]: Required value: must not be empty
spec.schedulingGates[1]: Duplicate value: "a"
spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{z, ScheduleAnyway}"
spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: must be greater than zero
spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway
spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set
spec.topologySpreadConstraints[1].nodeTaintsPolicy: Unsupported value: "Foo": supported values: "Honor", "Ignore"
spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared`)
})

test('annotations that mean something are judged, too', () => {
  const { create } = asking()
  const annotations = `, annotations: {controller.kubernetes.io/pod-deletion-cost: "+1", kubernetes.io/config.mirror: m,
    container.apparmor.security.beta.kubernetes.io/d: foo, container.seccomp.security.alpha.kubernetes.io/c: unconfined}`
  expect(
    create(pod('', ', securityContext: {seccompProfile: {type: RuntimeDefault}}', annotations)),
  ).toBe(`metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "m": must set spec.nodeName if mirror pod annotation is set
metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer
metadata.annotations[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: "d": container not found
metadata.annotations[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: "foo": invalid AppArmor profile name: "foo"
spec.containers[0].securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match`)
})

test('a template may hold what no pod may, and the other way round', () => {
  const { create } = asking()
  const controller = (spec: string) =>
    create(`{kind: ReplicationController, metadata: {name: x}, spec: {template: {metadata: {labels: {a: b}}, spec: {${spec}}}}}`)
  expect(
    controller(
      'hostNetwork: true, containers: [{name: c, image: " i", ports: [{containerPort: 80}]}], ephemeralContainers: [{name: d, image: i}]',
    ),
  ).toBe('spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template')
  expect(create(pod(', hostNetwork: true', ', ports: [{containerPort: 80, hostPort: 81}]'))).toBe(
    'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
  )
})
