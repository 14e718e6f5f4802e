import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a Job is judged by its counts, indexes and policies', () => {
  const { create, update } = bench(`
apiVersion: batch/v1
kind: Job
metadata: { name: x }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] } } }
`)
  const answers = [
    create('spec: { managedBy: me, maxFailedIndexes: 1 }'),
    create('spec: { completionMode: Indexed, parallelism: 2 }'),
    create('spec: { completionMode: Sorted }'),
    create('spec: { backoffLimitPerIndex: 1 }'),
    create('spec: { completionMode: Indexed, completions: 2, maxFailedIndexes: 3, backoffLimitPerIndex: 1, parallelism: 200000 }'),
    create('spec: { podReplacementPolicy: Now }'),
    create(
      'spec: { podFailurePolicy: { rules: [{ action: Retry, onExitCodes: { operator: In, containerName: d, values: [3, 0, 3] } }, { action: FailIndex, onPodConditions: [{ type: a b, status: Maybe }] }, { action: "" }] } }',
    ),
    create('spec: { podFailurePolicy: { rules: [] }, template: { spec: { restartPolicy: OnFailure } } }'),
    create('spec: { successPolicy: { rules: [] } }'),
    create(
      'spec: { completionMode: Indexed, completions: 4, successPolicy: { rules: [{}, { succeededIndexes: "0-9" }, { succeededIndexes: "2,1" }, { succeededIndexes: "0-1", succeededCount: 3 }, { succeededIndexes: a-b-c, succeededCount: 9 }] } }',
    ),
    create('spec: { selector: { matchLabels: { a: b } } }'),
    create(
      '{ metadata: { name: sixty-three-letters-are-all-that-a-label-of-a-host-can-ever-be-x }, spec: { completionMode: Indexed, completions: 10 } }',
    ),
    update('spec: { completions: 2, backoffLimitPerIndex: 3 }'),
    update('spec: { completionMode: Indexed, completions: 2, managedBy: a.example.com/b }'),
    update('status: { conditions: [{ type: Complete, status: "True" }], active: 1 }', 'status'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The Job "x" is invalid: 
    * spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified
    * spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")
    * spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode
    The Job "x" is invalid: spec.completions: Required value: when completion mode is Indexed
    The Job "x" is invalid: spec.completionMode: Unsupported value: "Sorted": supported values: "NonIndexed", "Indexed"
    The Job "x" is invalid: spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode
    The Job "x" is invalid: 
    * spec.parallelism: Invalid value: 200000: must be less than or equal to 100000 when completion mode is Indexed
    * spec.maxFailedIndexes: Invalid value: 3: must be less than or equal to completions
    The Job "x" is invalid: spec.podReplacementPolicy: Unsupported value: "Now": supported values: "Failed", "TerminatingOrFailed"
    The Job "x" is invalid: 
    * spec.podFailurePolicy.rules[0].action: Unsupported value: "Retry": supported values: "Count", "FailIndex", "FailJob", "Ignore"
    * spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "d": must be one of the container or initContainer names in the pod template
    * spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator
    * spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 3
    * spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []int32{3, 0, 3}: must be ordered
    * spec.podFailurePolicy.rules[1].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set
    * spec.podFailurePolicy.rules[1].onPodConditions[0].type: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    * spec.podFailurePolicy.rules[1].onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"
    * spec.podFailurePolicy.rules[2].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]
    * spec.podFailurePolicy.rules[2]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required
    The Job "x" is invalid: spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified
    The Job "x" is invalid: spec.successPolicy: Invalid value: batch.SuccessPolicy{Rules:[]batch.SuccessPolicyRule{}}: requires indexed completion mode
    The Job "x" is invalid: 
    * spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified
    * spec.successPolicy.rules[1].succeededIndexes: Invalid value: "0-9": error parsing succeededIndexes: too large index: "9"
    * spec.successPolicy.rules[2].succeededIndexes: Invalid value: "2,1": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1
    * spec.successPolicy.rules[3].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)
    * spec.successPolicy.rules[4].succeededIndexes: Invalid value: "a-b-c": error parsing succeededIndexes: the fragment "a-b-c" violates the requirement that an index interval can have at most two parts separated by '-'
    * spec.successPolicy.rules[4].succeededCount: Invalid value: 9: must be less than or equal to 4 (the number of specified completions)
    * spec.successPolicy.rules[4].succeededCount: Invalid value: 9: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)
    The Job "x" is invalid: 
    * spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"b", "batch.kubernetes.io/controller-uid":"46a4cd62-1add-47fa-9613-5b4dc1f126d8"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: \`selector\` not auto-generated
    * spec.template.metadata.labels: Invalid value: map[string]string{"batch.kubernetes.io/controller-uid":"46a4cd62-1add-47fa-9613-5b4dc1f126d8", "batch.kubernetes.io/job-name":"x", "controller-uid":"46a4cd62-1add-47fa-9613-5b4dc1f126d8", "job-name":"x"}: \`selector\` does not match template \`labels\`
    The Job "sixty-three-letters-are-all-that-a-label-of-a-host-can-ever-be-x" is invalid: 
    * metadata.labels: Invalid value: "sixty-three-letters-are-all-that-a-label-of-a-host-can-ever-be-x": must be no more than 63 characters
    * spec.template.labels: Invalid value: "sixty-three-letters-are-all-that-a-label-of-a-host-can-ever-be-x": must be no more than 63 characters
    * metadata.name: Invalid value: "sixty-three-letters-are-all-that-a-label-of-a-host-can-ever-be-x": will not able to create pod with invalid DNS label: sixty-three-letters-are-all-that-a-label-of-a-host-can-ever-be-x-9
    The Job "x" is invalid: 
    * spec.backoffLimitPerIndex: Invalid value: 3: requires indexed completion mode
    * spec.completions: Invalid value: 2: field is immutable
    * spec.backoffLimitPerIndex: Invalid value: 3: field is immutable
    The Job "x" is invalid: 
    * spec.completions: Invalid value: 2: can only be modified in tandem with spec.parallelism
    * spec.completionMode: Invalid value: "Indexed": field is immutable
    * spec.managedBy: Invalid value: "a.example.com/b": field is immutable
    The Job "x" is invalid: 
    * status.completionTime: Required value: completionTime is required for Complete jobs
    * status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition
    * status.active: Invalid value: 1: active>0 is invalid for finished job
    * status.startTime: Required value: startTime is required for finished job"
  `)
})
