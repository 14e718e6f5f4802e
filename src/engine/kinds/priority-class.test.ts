import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a PriorityClass keeps its value, and leaves the system its own', () => {
  const { create, update } = bench(`
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: high }
value: 1000
`)
  const answers = [
    create('{ metadata: { name: system-x } }'),
    create('value: 2000000000'),
    create('preemptionPolicy: Always'),
    update('{ value: 1, preemptionPolicy: Never }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The PriorityClass "system-x" is invalid: metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class
    The PriorityClass "high" is invalid: value: Forbidden: maximum allowed value of a user defined priority is 1000000000
    The PriorityClass "high" is invalid: preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"
    The PriorityClass "high" is invalid: 
    * value: Forbidden: may not be changed in an update.
    * preemptionPolicy: Invalid value: "Never": field is immutable"
  `)
})

test('a RuntimeClass keeps its handler', () => {
  const { create, update } = bench(`
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: { name: kata }
handler: kata
`)
  const answers = [
    create('handler: Kata_1'),
    create('scheduling: { nodeSelector: { "a b": c }, tolerations: [{ key: a, operator: Exists }, { key: a, operator: Exists }] }'),
    create('overhead: { podFixed: { cpu: -1 } }'),
    update('handler: runc'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The RuntimeClass "kata" is invalid: handler: Invalid value: "Kata_1": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
    The RuntimeClass "kata" is invalid: 
    * scheduling.nodeSelector: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
    * scheduling.tolerations[1]: Duplicate value: core.Toleration{Key:"a", Operator:"Exists", Value:"", Effect:"", TolerationSeconds:(*int64)(nil)}
    The RuntimeClass "kata" is invalid: overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0
    The RuntimeClass "kata" is invalid: handler: Invalid value: "runc": field is immutable"
  `)
})

test('a Lease lasts a while', () => {
  const { create } = bench(`
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { name: l, finalizers: [anything] }
spec: { holderIdentity: me }
`)
  const answers = [create('spec: { leaseDurationSeconds: 0, leaseTransitions: -1 }')]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The Lease "l" is invalid: 
    * spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0
    * spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"
  `)
})
