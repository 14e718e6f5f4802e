import { expect, test } from 'vitest'
import type { V1Pod } from './generated/types.ts'
import { asking } from './validation/asking.ts'

test('what belongs to features that are switched off goes without a word; the others stay', () => {
  const { create, get } = asking()
  expect(
    create(`{kind: Pod, metadata: {name: x}, spec: {resources: {limits: {cpu: 1}}, resourceClaims: [{name: gpu}], hostUsers: false,
      containers: [{name: c, image: i, resources: {claims: [{name: gpu}]}, lifecycle: {stopSignal: SIGINT},
        securityContext: {procMount: Unmasked}, volumeMounts: [{name: data, mountPath: /data}, {name: page, mountPath: /page}]}],
      volumes: [{name: data, image: {reference: quay.io/data}}, {name: page, emptyDir: {}},
        {name: trust, projected: {sources: [{clusterTrustBundle: {name: b, path: ca}}]}}]}}`),
  ).toBe(`Warning: 299 - "spec.containers[0].securityContext.procMount: kept, but /proc is the same for every container here"
Warning: 299 - "spec.hostUsers: kept, but user namespaces are not simulated"`)
  const { spec } = get('pods/x') as V1Pod
  const { lifecycle, resources, securityContext, volumeMounts } = spec.containers[0]
  expect([spec.resources, spec.resourceClaims, spec.hostUsers]).toEqual([undefined, undefined, false])
  expect({ lifecycle, resources, securityContext }).toEqual({ resources: {}, securityContext: { procMount: 'Unmasked' } })
  expect(volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(['/page', '/var/run/secrets/kubernetes.io/serviceaccount'])
  expect(spec.volumes?.slice(0, 2).map(({ name, projected }) => [name, projected?.sources])).toEqual([
    ['page', undefined],
    ['trust', [{}]],
  ])
})

test("a new pod's AppArmor profiles are an annotation and a field alike", () => {
  const { create, get } = asking()
  const key = 'container.apparmor.security.beta.kubernetes.io'
  expect(
    create(`{kind: Pod, metadata: {name: a, annotations: {${key}/c: localhost/tight}}, spec: {containers: [{name: c, image: i}]}}`),
  ).toBe(
    `Warning: 299 - "metadata.annotations[${key}/c]: deprecated since v1.30; use the \\"appArmorProfile\\" field instead"\nWarning: 299 - "spec.containers[0].securityContext.appArmorProfile.localhostProfile: kept, but AppArmor profiles confine nothing here"`,
  )
  expect((get('pods/a') as V1Pod).spec.containers[0].securityContext).toEqual({
    appArmorProfile: { type: 'Localhost', localhostProfile: 'tight' },
  })
  expect(
    create(
      '{kind: Pod, metadata: {name: b}, spec: {securityContext: {appArmorProfile: {type: RuntimeDefault}}, containers: [{name: c, image: i}]}}',
    ),
  ).toBe('')
  expect((get('pods/b') as V1Pod).metadata.annotations).toEqual({ [`${key}/c`]: 'runtime/default' })
})
