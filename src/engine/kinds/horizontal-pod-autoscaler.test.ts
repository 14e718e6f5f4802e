import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a HorizontalPodAutoscaler is judged by its bounds, metrics and behaviour', () => {
  const { create, update } = bench(`
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 3 }
`)
  const answers = [
    create('spec: { minReplicas: 0 }'),
    create('spec: { minReplicas: 5, scaleTargetRef: { name: a/b } }'),
    create('spec: { metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization } } }] }'),
    create(
      'spec: { metrics: [{ type: Resource, resource: { name: "", target: { type: Much, averageUtilization: 0, averageValue: 0 } } }] }',
    ),
    create('spec: { metrics: [{ type: Pods, resource: { name: cpu, target: { type: Utilization, averageUtilization: 5 } } }] }'),
    create(
      'spec: { metrics: [{ type: Pods, pods: { metric: { name: "" }, target: { type: AverageValue } } }, { type: External, external: { metric: { name: q }, target: { type: Value, value: 1, averageValue: 1 } } }] }',
    ),
    create(
      'spec: { metrics: [{ type: ContainerResource, containerResource: { name: cpu, container: A_, target: { type: Utilization, averageUtilization: 5 } } }] }',
    ),
    create(
      'spec: { behavior: { scaleUp: { stabilizationWindowSeconds: 4000, selectPolicy: Best, policies: [{ type: Nodes, value: 0, periodSeconds: 2000 }] }, scaleDown: { stabilizationWindowSeconds: -1 } } }',
    ),
    update('spec: { maxReplicas: 0 }'),
    update('status: { currentReplicas: -1 }', 'status'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The HorizontalPodAutoscaler "web" is invalid: 
    * spec.minReplicas: Invalid value: 0: must be greater than or equal to 1
    * spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas
    The HorizontalPodAutoscaler "web" is invalid: 
    * spec.maxReplicas: Invalid value: 3: must be greater than or equal to \`minReplicas\`
    * spec.scaleTargetRef.name: Invalid value: "a/b": may not contain '/'
    The HorizontalPodAutoscaler "web" is invalid: spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization
    The HorizontalPodAutoscaler "web" is invalid: 
    * spec.metrics[0].resource.name: Required value: must specify a resource name
    * spec.metrics[0].resource.target.type: Invalid value: "Much": must be either Utilization, Value, or AverageValue
    * spec.metrics[0].resource.target.averageValue: Invalid value: resource.Quantity{i:resource.int64Amount{value:0, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"DecimalSI"}: must be positive
    * spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0
    * spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization
    The HorizontalPodAutoscaler "web" is invalid: spec.metrics[0].pods: Required value: must populate information for the given metric source
    The HorizontalPodAutoscaler "web" is invalid: 
    * spec.metrics[0].pods.metric.name: Required value: must specify a metric name
    * spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue
    * spec.metrics[1].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target
    The HorizontalPodAutoscaler "web" is invalid: spec.metrics[0].containerResource.container: Invalid value: "A_": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
    The HorizontalPodAutoscaler "web" is invalid: 
    * spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600
    * spec.behavior.scaleUp.selectPolicy: Unsupported value: "Best": supported values: "Disabled", "Max", "Min"
    * spec.behavior.scaleUp.policies[0].type: Unsupported value: "Nodes": supported values: "Percent", "Pods"
    * spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero
    * spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 2000: must be less than or equal to 1800
    * spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero
    The HorizontalPodAutoscaler "web" is invalid: 
    * spec.maxReplicas: Invalid value: 0: must be greater than 0
    * spec.maxReplicas: Invalid value: 0: must be greater than or equal to \`minReplicas\`
    The HorizontalPodAutoscaler "web" is invalid: status.currentReplicas: Invalid value: -1: must be greater than or equal to 0"
  `)
})
