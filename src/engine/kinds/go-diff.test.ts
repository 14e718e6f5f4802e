import { expect, test } from 'vitest'
import { goDiff } from './go-diff.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { schemaNamed } from './schema.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const podSpec = goStruct(schemaNamed('V1PodSpec'))
const container = {
  name: 'c',
  image: 'nginx',
  ports: [{ containerPort: 80, protocol: 'TCP' }],
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  imagePullPolicy: 'Always',
}
const spec = { containers: [container], restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', securityContext: {} }

test('a changed field stands between two equal ones on each side', () => {
  expect(plain(goDiff(podSpec, spec, { ...spec, restartPolicy: 'Never' }))).toBe(`  core.PodSpec{
  	... // 2 identical fields
  	Containers:                    {{Name: "c", Image: "nginx", Ports: {{ContainerPort: 80, Protocol: "TCP"}}, TerminationMessagePath: "/dev/termination-log", ...}},
  	EphemeralContainers:           nil,
- 	RestartPolicy:                 "Always",
+ 	RestartPolicy:                 "Never",
  	TerminationGracePeriodSeconds: nil,
  	ActiveDeadlineSeconds:         nil,
  	... // 27 identical fields
  }
`)
})

test('a new element of a list stands before the one that stayed', () => {
  const changed = { ...container, ports: [{ containerPort: 81, protocol: 'TCP' }, ...container.ports] }
  expect(plain(goDiff(podSpec, spec, { ...spec, containers: [changed] }))).toContain(`
  			Ports: []core.ContainerPort{
+ 				{ContainerPort: 81, Protocol: "TCP"},
  				{ContainerPort: 80, Protocol: "TCP"},
  			},
`)
})

test('equal values have no difference, and a whole struct names every field', () => {
  expect(goDiff(podSpec, spec, { ...spec })).toBe('')
  expect(goSyntax(goStruct(schemaNamed('V1PodDisruptionBudgetSpec')), {}).text).toBe(
    'policy.PodDisruptionBudgetSpec{MinAvailable:(*intstr.IntOrString)(nil), Selector:(*v1.LabelSelector)(nil), MaxUnavailable:(*intstr.IntOrString)(nil), UnhealthyPodEvictionPolicy:(*policy.UnhealthyPodEvictionPolicyType)(nil)}',
  )
})
