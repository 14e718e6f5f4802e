import { expect, test } from 'vitest'
import type { V1Service } from '../generated/types.ts'
import { asking } from './asking.ts'

const service = (spec: string) => `{kind: Service, metadata: {name: x}, spec: {${spec}}}`

test('a Service is told all that is wrong with it', () => {
  const { create } = asking()
  expect(
    create(
      service(`ports: [{port: 80}], externalIPs: [127.0.0.1, 010.1.1.1], loadBalancerClass: x, loadBalancerSourceRanges: [1.2.3.4],
      allocateLoadBalancerNodePorts: true, trafficDistribution: Foo, healthCheckNodePort: 5,
      sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 100000}}`),
    ),
  ).toBe(`spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 100000: must be greater than 0 and less than 86400
spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
spec.LoadBalancerSourceRanges: Forbidden: may only be used when \`type\` is 'LoadBalancer'
spec.LoadBalancerSourceRanges[0]: Invalid value: "1.2.3.4": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when \`type\` is 'LoadBalancer'
spec.loadBalancerClass: Forbidden: may only be used when \`type\` is 'LoadBalancer'
spec.healthCheckNodePort: Invalid value: 5: may only be set when \`type\` is 'LoadBalancer' and \`externalTrafficPolicy\` is 'Local'
spec.trafficDistribution: Unsupported value: "Foo": supported values: "PreferClose"`)
  expect(
    create(service('type: ExternalName, clusterIP: 10.96.0.9, ipFamilies: [IPv4]')),
  ).toBe(`spec.clusterIPs: Forbidden: may not be set for ExternalName services
spec.ipFamilies: Forbidden: may not be set for ExternalName services
spec.externalName: Required value`)
})

test('an address that cannot be had is all that is told', () => {
  const { create } = asking()
  expect(create(service('clusterIP: 1.2.3.4'))).toBe(
    'spec.clusterIPs: Invalid value: []string{"1.2.3.4"}: failed to allocate IP 1.2.3.4: the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
  )
  expect(create(service('clusterIP: fd00::1'))).toBe(
    'spec.clusterIPs[0]: Invalid value: []string{"fd00::1"}: IPv6 is not configured on this cluster',
  )
  expect(create(service('clusterIPs: [10.96.0.9]'))).toBe(
    'spec.clusterIPs: Invalid value: []string{"10.96.0.9"}: must be empty when `clusterIP` is not specified',
  )
})

test('a Service without address for endpoints that others keep has both families', () => {
  const { create, get } = asking()
  expect(create(service('clusterIP: None, externalIPs: [10.1.1.1]'))).toBe(
    'Warning: 299 - "spec.externalIPs is ignored for headless services"',
  )
  expect(get('services/x')).toMatchObject({ spec: { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' } })
})

test('what was handed out stays, and what only the former type had goes', () => {
  const { create, patch, get } = asking()
  const spec = () => (get('services/x') as V1Service).spec
  create(service('type: NodePort, selector: {a: b}, ports: [{name: http, port: 80}]'))
  const [{ nodePort }] = spec().ports ?? []
  expect(patch('services/x', 'spec: {ports: [{name: http, port: 81}]}')).toBe('')
  expect(spec().ports).toMatchObject([{ port: 81, nodePort }])
  expect(patch('services/x', 'spec: {clusterIP: 10.96.9.9}')).toBe(
    'spec.clusterIPs[0]: Invalid value: []string{"10.96.9.9"}: may not change once set',
  )
  expect(patch('services/x', 'spec: {type: ExternalName, externalName: a.b}')).toBe('')
  expect(spec()).toEqual({
    type: 'ExternalName',
    externalName: 'a.b',
    selector: { a: 'b' },
    ports: [{ name: 'http', protocol: 'TCP', port: 81, targetPort: 81 }],
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
  })
  patch('services/x', 'spec: {type: LoadBalancer, externalName: null}')
  expect(patch('services/x', 'spec: {loadBalancerClass: a/b}')).toBe(
    'spec.loadBalancerClass: Invalid value: "a/b": may not change once set',
  )
  expect(
    patch('services/x/status', 'status: {loadBalancer: {ingress: [{ip: a}, {hostname: 1.2.3.4, ipMode: VIP}]}}'),
  ).toBe(`status.loadBalancer.ingress[0].ip: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
status.loadBalancer.ingress[1].ipMode: Forbidden: may not be specified when \`ip\` is not set
status.loadBalancer.ingress[1].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address`)
})
