import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a PodDisruptionBudget may be called anything, but asks for a number or a share', () => {
  const { create, update } = bench(`
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: My_Budget }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
`)
  const answers = [
    create('spec: {}'),
    create('spec: { minAvailable: -1 }'),
    create('spec: { minAvailable: "half" }'),
    create('spec: { minAvailable: "101%" }'),
    create('spec: { unhealthyPodEvictionPolicy: Never }'),
    create('metadata: { name: a/b }'),
    update('status: { expectedPods: -1 }', 'status'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "
    The PodDisruptionBudget "My_Budget" is invalid: spec.minAvailable: Invalid value: -1: must be greater than or equal to 0
    The PodDisruptionBudget "My_Budget" is invalid: spec.minAvailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"half"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')
    The PodDisruptionBudget "My_Budget" is invalid: spec.minAvailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: must not be greater than 100%
    The PodDisruptionBudget "My_Budget" is invalid: spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"
    The PodDisruptionBudget "a/b" is invalid: metadata.name: Invalid value: "a/b": may not contain '/'
    The PodDisruptionBudget "My_Budget" is invalid: status.expectedPods: Invalid value: -1: must be greater than or equal to 0"
  `)
})
