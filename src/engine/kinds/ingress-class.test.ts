import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('an IngressClass names its controller by a domain and never another one', () => {
  const { create, update } = bench(`
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
`)
  const answers = [
    create('spec: { controller: null }'),
    create('spec: { controller: nginx }'),
    create('spec: { controller: "A_b/c d" }'),
    create('spec: { parameters: { kind: "", name: x, scope: Namespace } }'),
    create('spec: { parameters: { kind: A, name: x, namespace: y } }'),
    create('spec: { parameters: { kind: A, name: x, scope: Elsewhere } }'),
    update('spec: { controller: k8s.io/other }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The IngressClass "nginx" is invalid: spec.controller: Required value
    The IngressClass "nginx" is invalid: spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")
    The IngressClass "nginx" is invalid: 
    * spec.controller: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * spec.controller: Invalid value: "c d": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')
    The IngressClass "nginx" is invalid: 
    * spec.parameters.kind: Required value: kind is required
    * spec.parameters.namespace: Required value: \`parameters.scope\` is set to 'Namespace'
    The IngressClass "nginx" is invalid: spec.parameters.namespace: Forbidden: \`parameters.scope\` is set to 'Cluster'
    The IngressClass "nginx" is invalid: spec.parameters.scope: Unsupported value: "Elsewhere": supported values: "Cluster", "Namespace"
    The IngressClass "nginx" is invalid: spec.controller: Invalid value: "k8s.io/other": field is immutable"
  `)
})
