import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a Deployment is judged in the order of its rules', () => {
  const { create, update } = bench(`
apiVersion: apps/v1
kind: Deployment
metadata: { name: x }
spec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: c, image: nginx }] } } }
`)
  const answers = [
    create(
      'spec: { replicas: -1, minReadySeconds: -1, revisionHistoryLimit: -1, progressDeadlineSeconds: -2, strategy: { rollingUpdate: { maxSurge: x, maxUnavailable: -1 } } }',
    ),
    create('spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: "0%" } } }'),
    create('spec: { strategy: { rollingUpdate: { maxUnavailable: "150%" } } }'),
    create('spec: { strategy: { type: Blue, rollingUpdate: {} } }'),
    update('{ spec: { selector: { matchLabels: { a: c } }, template: { metadata: { labels: { a: c } } } } }'),
    update('status: { replicas: 1, readyReplicas: 2, availableReplicas: 3, collisionCount: -1 }', 'status'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The Deployment "x" is invalid: 
    * spec.replicas: Invalid value: -1: must be greater than or equal to 0
    * spec.strategy.rollingUpdate.maxUnavailable: Invalid value: -1: must be greater than or equal to 0
    * spec.strategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"x"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')
    * spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0
    * spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0
    * spec.progressDeadlineSeconds: Invalid value: -2: must be greater than or equal to 0
    * spec.progressDeadlineSeconds: Invalid value: -2: must be greater than minReadySeconds
    The Deployment "x" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"0%"}: may not be 0 when \`maxSurge\` is 0
    The Deployment "x" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"150%"}: must not be greater than 100%
    The Deployment "x" is invalid: spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:"Blue", RollingUpdate:(*apps.RollingUpdateDeployment)(0xc000b2d3e4)}: supported values: "Recreate", "RollingUpdate"
    The Deployment "x" is invalid: spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"c"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable
    The Deployment "x" is invalid: 
    * status.collisionCount: Invalid value: -1: must be greater than or equal to 0
    * status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas
    * status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas
    * status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas"
  `)
})

test('a StatefulSet is called as a host is, and may change little', () => {
  const { create, update } = bench(`
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: x }
spec: { serviceName: web, selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: c, image: nginx }] } } }
`)
  const answers = [
    create('metadata: { name: a.b }'),
    create('spec: { updateStrategy: { type: OnDelete, rollingUpdate: { partition: 1 } }, ordinals: { start: -1 } }'),
    create('spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: Keep } }'),
    create('spec: { selector: { matchExpressions: [{ key: a, operator: Is }] } }'),
    update('spec: { serviceName: other }'),
    update('status: { replicas: 1, readyReplicas: 1, availableReplicas: 2 }', 'status'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The StatefulSet "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots
    The StatefulSet "x" is invalid: 
    * spec.updateStrategy.rollingUpdate: Invalid value: apps.RollingUpdateStatefulSetStrategy{Partition:1, MaxUnavailable:(*intstr.IntOrString)(nil)}: only allowed for updateStrategy 'RollingUpdate'
    * spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0
    The StatefulSet "x" is invalid: spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"
    The StatefulSet "x" is invalid: 
    * spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator
    * spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"a", Operator:"Is", Values:[]string(nil)}}}
    The StatefulSet "x" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden
    The StatefulSet "x" is invalid: 
    * status.availableReplicas: Invalid value: 2: cannot be greater than status.replicas
    * status.availableReplicas: Invalid value: 2: cannot be greater than status.readyReplicas"
  `)
})

test('a DaemonSet replaces its pods one way or the other', () => {
  const { create, update } = bench(`
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: x }
spec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: c, image: nginx }] } } }
`)
  const answers = [
    create('spec: { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } }'),
    create('spec: { updateStrategy: { rollingUpdate: { maxSurge: "200%", maxUnavailable: 0 } } }'),
    create('spec: { updateStrategy: { type: Never } }'),
    create('spec: { selector: { matchLabels: null }, revisionHistoryLimit: -1 }'),
    update('status: { numberReady: -1 }', 'status'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The DaemonSet "x" is invalid: spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:0, IntVal:1, StrVal:""}: may not be set when maxUnavailable is non-zero
    The DaemonSet "x" is invalid: spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"200%"}: must not be greater than 100%
    The DaemonSet "x" is invalid: spec.updateStrategy: Unsupported value: apps.DaemonSetUpdateStrategy{Type:"Never", RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}: supported values: "RollingUpdate", "OnDelete"
    The DaemonSet "x" is invalid: 
    * spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for daemonset
    * spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0
    The DaemonSet "x" is invalid: status.numberReady: Invalid value: -1: must be greater than or equal to 0"
  `)
})
