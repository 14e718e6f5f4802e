import { beforeAll, expect, test } from 'vitest'
import { library } from '../api/expressions/expression-library.ts'
import { provideExpressions } from '../api/expressions/expressions.ts'
import { bench } from './test-manifests.ts'

beforeAll(() => provideExpressions(library))

const template = 'template: { spec: { restartPolicy: Never, containers: [{ name: c, image: i }] } }'

test('the status of an indexed Job names each index once and in order', () => {
  const { create, update } = bench(`
apiVersion: batch/v1
kind: Job
metadata: { name: x }
spec: { completionMode: Indexed, completions: 5, parallelism: 1, backoffLimitPerIndex: 1, ${template} }
`)
  const answers = [
    update('status: { completedIndexes: "0,2-3", failedIndexes: "3-4,9" }', 'status'),
    update('status: { completedIndexes: "1,0" }', 'status'),
    update(
      'status: { startTime: "2024-01-01T00:00:10Z", completionTime: "2024-01-01T00:00:00Z", terminating: 1, uncountedTerminatedPods: { failed: [a] }, conditions: [{ type: SuccessCriteriaMet, status: "True" }, { type: Complete, status: "True" }] }',
      'status',
    ),
    create('spec: { completions: 200000, parallelism: 20000, backoffLimitPerIndex: null }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The Job "x" is invalid: 
    * status.failedIndexes: Invalid value: "3-4,9": error parsing failedIndexes: too large index: "9"
    * status.failedIndexes: Invalid value: "3-4,9": failedIndexes and completedIndexes overlap at index: 3
    The Job "x" is invalid: status.completedIndexes: Invalid value: "1,0": error parsing completedIndexes: non-increasing order, previous: 1, current: 0
    The Job "x" is invalid: 
    * status.completionTime: Invalid value: 2024-01-01 00:00:00 +0000 UTC: completionTime cannot be set before startTime
    * status.uncountedTerminatedPods: Invalid value: batch.UncountedTerminatedPods{Succeeded:[]types.UID(nil), Failed:[]types.UID{"a"}}: uncountedTerminatedPods needs to be empty for finished job
    * status.terminating: Invalid value: 1: terminating>0 is invalid for finished job
    Warning: spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
  `)
})

test('a plain Job has no indexes', () => {
  const { update } = bench(`\napiVersion: batch/v1\nkind: Job\nmetadata: { name: x }\nspec: { ${template} }\n`)
  expect(update('status: { completedIndexes: "0", failedIndexes: "" }', 'status')).toMatchInlineSnapshot(`
    "The Job "x" is invalid: 
    * status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode
    * status.failedIndexes: Invalid value: "": cannot set non-null failedIndexes when backoffLimitPerIndex is null"
  `)
})

test('what the server cannot do without is as it is', () => {
  const schema = bench(`
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: { name: exempt }
spec: { matchingPrecedence: 1, priorityLevelConfiguration: { name: exempt }, rules: [] }
`)
  const level = bench(`
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: { name: catch-all }
spec: { type: Limited, limited: { nominalConcurrencyShares: 6, limitResponse: { type: Reject } } }
`)
  const other = bench(`
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: { name: f }
spec: { priorityLevelConfiguration: { name: catch-all } }
`)
  expect(
    [
      schema.create(''),
      level.create(''),
      other.update('status: { conditions: [{ type: Dangling }, { type: Dangling }, { type: "" }] }', 'status'),
    ].join('\n'),
  ).toMatchInlineSnapshot(`
    "The FlowSchema "exempt" is invalid: spec: Invalid value: flowcontrol.FlowSchemaSpec{PriorityLevelConfiguration:flowcontrol.PriorityLevelConfigurationReference{Name:"exempt"}, MatchingPrecedence:1, DistinguisherMethod:(*flowcontrol.FlowDistinguisherMethod)(nil), Rules:[]flowcontrol.PolicyRulesWithSubjects(nil)}: spec of 'exempt' must equal the fixed value
    The PriorityLevelConfiguration "catch-all" is invalid: spec: Invalid value: flowcontrol.PriorityLevelConfigurationSpec{Type:"Limited", Limited:(*flowcontrol.LimitedPriorityLevelConfiguration)(0xc00068d5a0), Exempt:(*flowcontrol.ExemptPriorityLevelConfiguration)(nil)}: spec of 'catch-all' must equal the fixed value
    The FlowSchema "f" is invalid: 
    * status.conditions[1].type: Duplicate value: "Dangling"
    * status.conditions[2].type: Required value: must not be empty"
  `)
})

test("a policy's conditions know no variables, and each variable only those before it", () => {
  const { create } = bench(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: p }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }] }
  variables: [{ name: a, expression: "1" }, { name: b, expression: "variables.a" }]
  validations: [{ expression: "variables.b == 1 && namespaceObject.metadata.name != ''" }]
`)
  const answers = [
    create(''),
    create('spec: { matchConditions: [{ name: c, expression: "variables.a == 1" }] }'),
    create('spec: { variables: [{ name: a, expression: "variables.b" }, { name: b, expression: "1" }] }'),
    create('spec: { validations: [{ expression: "variables.c == 1" }] }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "
    The ValidatingAdmissionPolicy "p" is invalid: spec.matchConditions[0].expression: Invalid value: "variables.a == 1": compilation failed: ERROR: <input>:1:1: undeclared reference to 'variables' (in container '')
     | variables.a == 1
     | ^
    The ValidatingAdmissionPolicy "p" is invalid: spec.variables[0].expression: Invalid value: "variables.b": compilation failed: ERROR: <input>:1:10: undefined field 'b'
     | variables.b
     | .........^
    The ValidatingAdmissionPolicy "p" is invalid: spec.validations[0].expression: Invalid value: "variables.c == 1": compilation failed: ERROR: <input>:1:10: undefined field 'c'
     | variables.c == 1
     | .........^"
  `)
})

test('labels that nodes had once are warned of wherever they are looked for', () => {
  const of = (kind: string, more: string) => bench(`\nkind: ${kind}\nmetadata: { name: x }\n${more}\n`).create('')
  const old = 'failure-domain.beta.kubernetes.io/zone'
  expect(
    [
      of(
        'StorageClass',
        `apiVersion: storage.k8s.io/v1\nprovisioner: a.b/c\nallowedTopologies: [{ matchLabelExpressions: [{ key: ${old}, values: [a] }] }]`,
      ),
      of('RuntimeClass', `apiVersion: node.k8s.io/v1\nhandler: h\nscheduling: { nodeSelector: { ${old}: a } }`),
      of(
        'CSIStorageCapacity',
        `apiVersion: storage.k8s.io/v1\nstorageClassName: s\nnodeTopology: { matchLabels: { ${old}: a }, matchExpressions: [{ key: beta.kubernetes.io/os, operator: Exists }] }`,
      ),
    ].join('\n'),
  ).toMatchInlineSnapshot(`
    "Warning: allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.17; use "topology.kubernetes.io/zone" instead
    Warning: allowedTopologies: kept, but volumes are made on whichever node the pod gets
    Warning: scheduling.nodeSelector: deprecated since v1.17; use "topology.kubernetes.io/zone" instead
    Warning: nodeTopology.matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead
    Warning: nodeTopology.matchLabels.failure-domain.beta.kubernetes.io/zone: deprecated since v1.17; use "topology.kubernetes.io/zone" instead"
  `)
})

test('an Event of the newer version is new in every way', () => {
  const { create, update } = bench(`
apiVersion: events.k8s.io/v1
kind: Event
metadata: { name: e }
regarding: { kind: Pod, name: p, namespace: default }
eventTime: "2024-01-01T00:00:00.000000Z"
reportingController: example.com/c
reportingInstance: c-1
action: Doing
reason: Done
type: Normal
`)
  const answers = [
    create(''),
    create(
      '{ eventTime: null, type: Odd, deprecatedCount: 2, deprecatedFirstTimestamp: "2024-01-01T00:00:00Z", deprecatedSource: { component: c }, series: { count: 1 } }',
    ),
    update('{ note: other, reason: Other, series: { count: 2, lastObservedTime: "2024-01-01T00:00:00.000000Z" } }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "
    The Event "e" is invalid: 
    * series.count: Invalid value: "": should be at least 2
    * series.lastObservedTime: Required value
    * eventTime: Required value
    * type: Invalid value: "": has invalid value: Odd
    * firstTimestamp: Invalid value: "": needs to be unset
    * count: Invalid value: "": needs to be unset
    * source: Invalid value: "": needs to be unset
    The Event "e" is invalid: 
    * reason: Invalid value: "Other": field is immutable
    * message: Invalid value: "other": field is immutable"
  `)
})
