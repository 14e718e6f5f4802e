import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a NetworkPolicy is judged by its ports, peers and types', () => {
  const { create } = bench(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web }
spec: { podSelector: {} }
`)
  const answers = [
    create(
      'spec: { ingress: [{ ports: [{ port: 80, endPort: 70 }, { port: http, endPort: 90 }, { endPort: 90 }, { port: 80, endPort: 70000 }] }] }',
    ),
    create(
      'spec: { egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.0.0.0/8, 192.168.0.0/24, x] } }, { ipBlock: { cidr: "" } }] }] }',
    ),
    create('spec: { policyTypes: [Ingress, Egress, Ingress] }'),
    create('spec: { podSelector: { matchExpressions: [{ key: a, operator: Is }] } }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The NetworkPolicy "web" is invalid: 
    * spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to \`port\`
    * spec.ingress[0].ports[1].endPort: Invalid value: 90: may not be specified when \`port\` is non-numeric
    * spec.ingress[0].ports[2].endPort: Invalid value: 90: may not be specified when \`port\` is not specified
    * spec.ingress[0].ports[3].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive
    The NetworkPolicy "web" is invalid: 
    * spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\`
    * spec.egress[0].to[0].ipBlock.except[1]: Invalid value: "192.168.0.0/24": must be a strict subset of \`cidr\`
    * spec.egress[0].to[0].ipBlock.except[2]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
    * spec.egress[0].to[1].ipBlock.cidr: Required value
    The NetworkPolicy "web" is invalid: spec.policyTypes: Invalid value: []networking.PolicyType{"Ingress", "Egress", "Ingress"}: may not specify more than two policyTypes
    The NetworkPolicy "web" is invalid: spec.podSelector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator"
  `)
})
