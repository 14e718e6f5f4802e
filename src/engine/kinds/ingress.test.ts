import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('an Ingress is judged by its hosts, paths, backends and certificates', () => {
  const { create, update } = bench(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ host: a.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }
`)
  const answers = [
    create('spec: { rules: null }'),
    create('spec: { rules: [{ host: 10.0.0.1 }, { host: "*.*.com" }, { http: { paths: [] } }] }'),
    create('spec: { tls: [{ hosts: [A_b], secretName: My_Secret }] }'),
    create('metadata: { annotations: { kubernetes.io/ingress.class: nginx } }'),
    create('{ metadata: { annotations: { kubernetes.io/ingress.class: nginx } }, spec: { ingressClassName: other } }'),
    create('spec: { defaultBackend: { resource: { kind: "", name: a/b } } }'),
    create('spec: { defaultBackend: { service: { name: Web, port: { name: -http } } } }'),
    create(
      'spec: { rules: [{ http: { paths: [{ path: /a//b/.., pathType: Exact, backend: { service: { name: web, port: { number: 99999 } } } }] } }] }',
    ),
    update('spec: { rules: [{ http: { paths: [{ path: x, pathType: ImplementationSpecific, backend: {} }] } }] }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The Ingress "web" is invalid: spec: Invalid value: []networking.IngressRule(nil): either \`defaultBackend\` or \`rules\` must be specified
    The Ingress "web" is invalid: 
    * spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address
    * spec.rules[1].host: Invalid value: "*.*.com": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * spec.rules[2].http.paths: Required value
    The Ingress "web" is invalid: 
    * spec.tls[0].hosts[0]: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * spec.tls[0].secretName: Invalid value: "My_Secret": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    Warning: annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead
    The Ingress "web" is invalid: annotations.kubernetes.io/ingress.class: Invalid value: "nginx": must match \`ingressClassName\` when both are specified
    The Ingress "web" is invalid: 
    * spec.defaultBackend.resource.kind: Required value: kind is required
    * spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain '/'
    The Ingress "web" is invalid: 
    * spec.defaultBackend.service.name: Invalid value: "Web": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    * spec.defaultBackend.service.port.name: Invalid value: "-http": must not begin or end with a hyphen
    The Ingress "web" is invalid: 
    * spec.rules[0].http.paths[0].path: Invalid value: "/a//b/..": must not contain '//'
    * spec.rules[0].http.paths[0].path: Invalid value: "/a//b/..": cannot end with '/..'
    * spec.rules[0].http.paths[0].backend.service.port.number: Invalid value: 99999: must be between 1 and 65535, inclusive
    The Ingress "web" is invalid: 
    * spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path
    * spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required"
  `)
})
