import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a ServiceCIDR holds one whole network of each family', () => {
  const { create, update } = bench(`
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: { name: more }
spec: { cidrs: [10.200.0.0/16] }
`)
  const answers = [
    create('spec: { cidrs: null }'),
    create('spec: { cidrs: [10.0.0.0/8, 11.0.0.0/8] }'),
    create('spec: { cidrs: [10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8] }'),
    create('spec: { cidrs: [10.0.0.1/8] }'),
    create('spec: { cidrs: ["2001:DB8::/64"] }'),
    update('spec: { cidrs: [10.201.0.0/16] }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The ServiceCIDR "more" is invalid: spec.cidrs: Required value: at least one CIDR required
    The ServiceCIDR "more" is invalid: spec.cidrs: Invalid value: networking.ServiceCIDRSpec{CIDRs:[]string{"10.0.0.0/8", "11.0.0.0/8"}}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64
    The ServiceCIDR "more" is invalid: spec.cidrs: Invalid value: networking.ServiceCIDRSpec{CIDRs:[]string{"10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8"}}: may only hold up to 2 values
    The ServiceCIDR "more" is invalid: spec.cidrs[0]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length
    The ServiceCIDR "more" is invalid: spec.cidrs[0]: Invalid value: "2001:DB8::/64": must be in canonical form ("2001:db8::/64")
    The ServiceCIDR "more" is invalid: spec.cidrs: Invalid value: []string{"10.201.0.0/16"}: field is immutable"
  `)
})

test('an IPAddress is called as it is written and belongs to something', () => {
  const { create, update } = bench(`
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: { name: 10.0.0.9 }
spec: { parentRef: { resource: services, name: web, namespace: default } }
`)
  const answers = [
    create('metadata: { name: web }'),
    create('metadata: { name: "2001:DB8::1" }'),
    create('spec: { parentRef: null }'),
    create('spec: { parentRef: { resource: "", name: "" } }'),
    update('spec: { parentRef: { name: other } }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The IPAddress "web" is invalid: metadata.name: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
    The IPAddress "2001:DB8::1" is invalid: metadata.name: Invalid value: "2001:DB8::1": must be in canonical form ("2001:db8::1")
    The IPAddress "10.0.0.9" is invalid: spec.parentRef: Required value
    The IPAddress "10.0.0.9" is invalid: 
    * spec.parentRef.resource: Required value
    * spec.parentRef.name: Required value
    The IPAddress "10.0.0.9" is invalid: spec.parentRef: Invalid value: networking.ParentReference{Group:"", Resource:"services", Namespace:"default", Name:"other"}: field is immutable"
  `)
})
