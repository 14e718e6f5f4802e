import { expect, test } from 'vitest'
import { policyOf, ruleFor, type AuditedRequest, type AuditPolicy } from './audit-policy.ts'

const path = '/etc/policy.yaml'
const asked = (
  more: Partial<AuditedRequest> & { readonly resource?: string; readonly subresource?: string; readonly namespace?: string } = {},
): AuditedRequest => {
  const { resource = 'pods', subresource = '', namespace = 'default', ...rest } = more
  return {
    user: 'jane',
    groups: ['system:authenticated'],
    verb: 'get',
    path: '/',
    target: { group: '', resource, subresource, namespace, name: 'web' },
    ...rest,
  }
}
const levelOf = (rules: string, request: AuditedRequest) =>
  ruleFor(policyOf(`apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: ${rules}`, path) as AuditPolicy, request)?.level

test('the first rule that matches decides', () => {
  const rules =
    '[{level: None, users: [bob]}, {level: Request, resources: [{resources: ["pods/log", "*/status"]}]}, {level: Metadata, resources: [{resources: [pods]}], namespaces: [default]}, {level: None, nonResourceURLs: ["/healthz*"]}, {level: RequestResponse}]'
  expect(
    [
      asked({ user: 'bob' }),
      asked({ subresource: 'log' }),
      asked({ resource: 'nodes', subresource: 'status' }),
      asked(),
      asked({ namespace: 'other' }),
      asked({ target: undefined, path: '/healthz/etcd' }),
      asked({ target: undefined, path: '/version' }),
    ].map((each) => levelOf(rules, each)),
  ).toEqual(['None', 'Request', 'Request', 'Metadata', 'RequestResponse', 'None', 'RequestResponse'])
  expect(levelOf('[{level: Metadata, verbs: [create]}]', asked())).toBeUndefined()
})

test('a policy that is none is refused in the words of the API server', () => {
  expect(policyOf('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []', path)).toBe(
    'loaded illegal policy with 0 rules from file /etc/policy.yaml',
  )
  expect(policyOf('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: All}]', path)).toBe(
    'rules[0].level: Unsupported value: "All": supported values: "Metadata", "None", "Request", "RequestResponse"',
  )
})
