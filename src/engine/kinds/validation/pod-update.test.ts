import { expect, test } from 'vitest'
import { asking } from './asking.ts'

const pod = (spec = '', container = '') => `{kind: Pod, metadata: {name: x}, spec: {containers: [{name: c, image: i${container}}]${spec}}}`

test('a pod behind a gate may be tied down further, never loosened', () => {
  const { create, patch } = asking()
  create(pod(', schedulingGates: [{name: a}], nodeSelector: {a: b}'))
  expect(
    patch('pods/x', 'spec: {schedulingGates: [{name: b}], nodeSelector: {a: c}}'),
  ).toBe(`spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'
spec.nodeSelector: Invalid value: map[string]string{"a":"c"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)`)
  expect(patch('pods/x', 'spec: {nodeSelector: {n: m}}')).toBe('')
  expect(patch('pods/x', 'spec: {activeDeadlineSeconds: 5}')).toBe('')
  expect(patch('pods/x', 'spec: {activeDeadlineSeconds: null}')).toBe(
    'spec.activeDeadlineSeconds: Invalid value: "null": must not update from a positive integer to nil value',
  )
})

test('containers to look around with are added, never changed or removed, and are nothing else', () => {
  const { create, patch, get } = asking()
  create(pod())
  const look = (containers: string) =>
    patch('pods/x/ephemeralcontainers', `spec: {hostname: ignored, ephemeralContainers: [${containers}]}`)
  expect(
    look('{name: c, image: i, ports: [{containerPort: 80}], targetContainerName: z, volumeMounts: [{name: q, mountPath: /x, subPath: y}]}'),
  ).toBe(`spec.ephemeralContainers[0].volumeMounts[0].name: Not found: "q"
spec.ephemeralContainers[0].name: Duplicate value: "c"
spec.ephemeralContainers[0].targetContainerName: Not found: "z"
spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container
spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container`)
  expect(look('{name: d, image: busybox}')).toBe('')
  expect(get('pods/x')).not.toHaveProperty('spec.hostname')
  expect(look('')).toBe('spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be removed\n')
  expect(look('{name: d, image: alpine}')).toContain('existing ephemeral containers "d" may not be changed\n')
})

test('a resize changes amounts as long as the class of the pod stays', () => {
  const { create, patch, get } = asking()
  const resize = (resources: string) =>
    patch('pods/x/resize', `spec: {hostname: ignored, containers: [{name: c, image: ignored, resources: {${resources}}}]}`)
  create(pod('', ', resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 500m, memory: 1Gi}}'))
  expect(
    resize('limits: {cpu: 1, memory: 500Mi}, requests: {cpu: 1, memory: 500Mi}'),
  ).toBe(`spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing
spec.containers[0].resources.limits[memory]: Forbidden: memory limits cannot be decreased unless resizePolicy is RestartContainer`)
  expect(resize('limits: {memory: 1Gi}, requests: {cpu: 500m, memory: 1Gi}')).toBe(
    'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
  )
  expect(resize('limits: {cpu: 2, memory: 1Gi}, requests: {cpu: 500m, memory: 1Gi}')).toBe('')
  expect(get('pods/x')).toMatchObject({ spec: { containers: [{ image: 'i', resources: { limits: { cpu: '2' } } }] } })
})

test('a status says nothing that cannot be', () => {
  const { create, patch } = asking()
  create(pod(', restartPolicy: Never'))
  patch('pods/x/status', 'status: {containerStatuses: [{name: c, state: {terminated: {exitCode: 1}}}]}')
  expect(
    patch(
      'pods/x/status',
      'status: {qosClass: Burstable, podIPs: [{ip: 1.1.1.1}, {ip: 1.2.3.4}], hostIPs: [{ip: 1.1.1.1}], containerStatuses: [{name: c, state: {running: {}}}]}',
    ),
  ).toBe(`status.qosClass: Invalid value: "Burstable": field is immutable
status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state
status.podIPs: Invalid value: []core.PodIP{core.PodIP{IP:"1.1.1.1"}, core.PodIP{IP:"1.2.3.4"}}: may specify no more than one IP for each IP family
status.hostIPs[0].ip: Invalid value: "1.1.1.1": must be equal to \`hostIP\``)
})
