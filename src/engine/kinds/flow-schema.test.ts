import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a FlowSchema matches subjects and requests that can be', () => {
  const { create } = bench(`
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: { name: f }
spec: { priorityLevelConfiguration: { name: global-default } }
`)
  const answers = [
    create('spec: { matchingPrecedence: 1, distinguisherMethod: { type: ByName }, priorityLevelConfiguration: { name: "" } }'),
    create(
      'spec: { rules: [{ subjects: [], resourceRules: [] }, { subjects: [{ kind: User, group: { name: g } }, { kind: Robot }, { kind: ServiceAccount, serviceAccount: { name: A_, namespace: "" } }], nonResourceRules: [{ verbs: [look], nonResourceURLs: ["/a*"] }], resourceRules: [{ verbs: ["*", get], apiGroups: ["*", a], resources: [], namespaces: ["*", b] }, { verbs: [get], apiGroups: [""], resources: [pods] }] }] }',
    ),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The FlowSchema "f" is invalid: 
    * spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1
    * spec.distinguisherMethod.type: Unsupported value: flowcontrol.FlowDistinguisherMethod{Type:"ByName"}: supported values: "ByNamespace", "ByUser"
    * spec.priorityLevelConfiguration.name: Required value: must reference a priority level
    The FlowSchema "f" is invalid: 
    * spec.rules[0].subjects: Required value: subjects must contain at least one value
    * spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty
    * spec.rules[1].subjects[0].user: Required value: user is required when subject kind is 'User'
    * spec.rules[1].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'
    * spec.rules[1].subjects[1].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"
    * spec.rules[1].subjects[2].serviceAccount.name: Invalid value: "A_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    * spec.rules[1].subjects[2].serviceAccount.namespace: Required value: must specify namespace for service account
    * spec.rules[1].resourceRules[0].verbs: Invalid value: []string{"*", "get"}: if '*' is present, must not specify other verbs
    * spec.rules[1].resourceRules[0].apiGroups: Invalid value: []string{"*", "a"}: if '*' is present, must not specify other api groups
    * spec.rules[1].resourceRules[0].resources: Required value: resource rules must supply at least one resource
    * spec.rules[1].resourceRules[0].namespaces: Invalid value: []string{"*", "b"}: if '*' is present, must not specify other namespaces
    * spec.rules[1].resourceRules[1].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace
    * spec.rules[1].nonResourceRules[0].verbs: Unsupported value: []string{"look"}: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"
    * spec.rules[1].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "/a*": wildcard can only do suffix matching"
  `)
})

test('a PriorityLevelConfiguration deals hands that its queues can hold', () => {
  const { create } = bench(`
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: { name: p }
spec: { type: Limited, limited: { limitResponse: { type: Reject } } }
`)
  const answers = [
    create('spec: { type: Exempt }'),
    create('spec: { limited: null }'),
    create('spec: { limited: { limitResponse: { type: Queue } } }'),
    create(
      'spec: { limited: { lendablePercent: 101, nominalConcurrencyShares: -1, limitResponse: { type: Queue, queuing: { queues: 4, handSize: 8, queueLengthLimit: -1 } } } }',
    ),
    create('spec: { limited: { limitResponse: { type: Queue, queuing: { queues: 1000000, handSize: 8 } } } }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The PriorityLevelConfiguration "p" is invalid: 
    * spec.type: Invalid value: "Exempt": type must be 'Exempt' if and only if name is 'exempt'
    * spec.limited: Forbidden: must be nil if the type is not Limited
    The PriorityLevelConfiguration "p" is invalid: spec.limited: Required value: must not be empty when type is Limited
    The PriorityLevelConfiguration "p" is invalid: spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited
    The PriorityLevelConfiguration "p" is invalid: 
    * spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer
    * spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive
    * spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive
    * spec.limited.limitResponse.queuing.handSize: Invalid value: 8: should not be greater than queues (4)
    The PriorityLevelConfiguration "p" is invalid: spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 1000000 and handSize 8 should not be greater than 60"
  `)
})
