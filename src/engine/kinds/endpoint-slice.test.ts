import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('an EndpointSlice holds addresses of one type', () => {
  const { create, update } = bench(`
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web }
addressType: IPv4
endpoints: [{ addresses: [10.1.2.3] }]
ports: [{ name: http, port: 80 }]
`)
  const answers = [
    create('addressType: IPX'),
    create(
      'endpoints: [{ addresses: [] }, { addresses: ["::1", 127.0.0.1, 169.254.1.1] }, { addresses: [10.0.0.1], hostname: a.b, nodeName: A, hints: { forZones: [{ name: a }, { name: a }] } }]',
    ),
    create('ports: [{ name: http }, { name: http, protocol: ICMP }, { name: A_b, appProtocol: a b }]'),
    create('{ addressType: FQDN, endpoints: [{ addresses: [web, ""] }] }'),
    update('addressType: IPv6'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The EndpointSlice "web" is invalid: addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"
    The EndpointSlice "web" is invalid: 
    * endpoints[0].addresses: Required value: must contain at least 1 address
    * endpoints[1].addresses[0]: Invalid value: "::1": must be a valid IPv4 address
    * endpoints[1].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)
    * endpoints[1].addresses[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
    * endpoints[1].addresses[2]: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)
    * endpoints[2].nodeName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * endpoints[2].hostname: Invalid value: "a.b": must not contain dots
    * endpoints[2].hints.forZones[1].name: Duplicate value: "a"
    The EndpointSlice "web" is invalid: 
    * ports[1].name: Duplicate value: "http"
    * ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"
    * ports[2].name: Invalid value: "A_b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
    * ports[2].appProtocol: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    The EndpointSlice "web" is invalid: 
    * endpoints[0].addresses[0]: Invalid value: "web": should be a domain with at least two segments separated by dots
    * endpoints[0].addresses[1]: Required value
    The EndpointSlice "web" is invalid: 
    * endpoints[0].addresses[0]: Invalid value: "10.1.2.3": must be a valid IPv6 address
    * addressType: Invalid value: "IPv6": field is immutable"
  `)
})
