import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a RoleBinding names a role and subjects that can be', () => {
  const { create, update } = bench(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: b }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: r }
subjects: [{ kind: User, name: jane }]
`)
  const answers = [
    create('roleRef: { kind: Group, name: a/b, apiGroup: x }'),
    create(
      'subjects: [{ kind: Robot, name: "" }, { kind: ServiceAccount, name: A_, apiGroup: v1 }, { kind: User, name: u, apiGroup: v1 }]',
    ),
    create('metadata: { name: a%b }'),
    update('roleRef: { name: other }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "Error from server (): unsupported role reference kind: "Group"
    The RoleBinding "b" is invalid: 
    * subjects[0].name: Required value
    * subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"
    * subjects[1].name: Invalid value: "A_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * subjects[1].apiGroup: Unsupported value: "v1": supported values: ""
    * subjects[2].apiGroup: Unsupported value: "v1": supported values: "rbac.authorization.k8s.io"
    The RoleBinding "a%b" is invalid: metadata.name: Invalid value: "a%b": may not contain '%'
    The RoleBinding "b" is invalid: roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"Role", Name:"other"}: cannot change roleRef"
  `)
})

test('a ClusterRole gathers others by selectors', () => {
  const { create } = bench(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: c }
`)
  const answers = [
    create('aggregationRule: {}'),
    create('aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: a, operator: Is }] }] }'),
    create('rules: [{ verbs: [get], nonResourceURLs: [/x], resources: [pods] }]'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The ClusterRole "c" is invalid: aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil
    The ClusterRole "c" is invalid: 
    * aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator
    * aggregationRule.clusterRoleSelectors[0]: Invalid value: "null": invalid label selector.
    The ClusterRole "c" is invalid: rules[0].nonResourceURLs: Invalid value: []string{"/x"}: rules cannot apply to both regular resources and non-resource URLs"
  `)
})
