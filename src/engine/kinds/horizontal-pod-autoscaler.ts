/** HorizontalPodAutoscaler of autoscaling v2. */
import { validateAutoscaler } from './validation/autoscaler.ts'
import { notNegative } from './validation/values.ts'
import { ageColumn, column, name } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V2HorizontalPodAutoscaler, V2HorizontalPodAutoscalerBehavior, V2MetricSpec, V2MetricStatus } from './generated/types.ts'

export const horizontalPodAutoscaler = defineKind<V2HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  namespaced: true,
  shortNames: ['hpa'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V2HorizontalPodAutoscaler',
  columns: [
    name,
    column(
      'Reference',
      'string',
      'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.',
      ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    ),
    column(
      'Targets',
      'string',
      'metrics contains the specifications for which to use to calculate the desired replica count (the maximum replica count across all metrics will be used).  The desired replica count is calculated multiplying the ratio between the target value and the current value by the current number of pods.  Ergo, metrics used must decrease as the pod count is increased, and vice-versa.  See the individual metric source types for more information about how each type of metric must respond.',
      targets,
    ),
    column(
      'MinPods',
      'string',
      'minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down.  It defaults to 1 pod.  minReplicas is allowed to be 0 if the alpha feature gate HPAScaleToZero is enabled and at least one Object or External metric is configured.  Scaling is active as long as at least one metric value is available.',
      ({ spec }) => spec.minReplicas ?? '<unset>',
    ),
    column(
      'MaxPods',
      'string',
      'maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up. It cannot be less that minReplicas.',
      ({ spec }) => spec.maxReplicas,
    ),
    column(
      'Replicas',
      'string',
      'currentReplicas is current number of replicas of pods managed by this autoscaler, as last seen by the autoscaler.',
      ({ status }) => status.currentReplicas ?? 0,
    ),
    ageColumn,
  ],
  defaults: (autoscaler) => {
    if (!autoscaler.spec) return autoscaler
    const { behavior, ...rest } = autoscaler.spec
    const spec = filled(behavior ? { ...rest, behavior: wholeBehavior(behavior) } : autoscaler.spec, { minReplicas: 1 })
    const hasMetrics = (spec.metrics?.length ?? 0) > 0
    return withField(
      autoscaler,
      'spec',
      hasMetrics
        ? spec
        : { ...spec, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] },
    )
  },
  onCreate: (autoscaler) => ({
    ...autoscaler,
    status: { currentMetrics: null, desiredReplicas: 0 } as unknown as V2HorizontalPodAutoscaler['status'],
  }),
  validate: ({ spec }, errors) => validateAutoscaler(spec, errors),
  validateStatus: ({ fresh: { status } }, errors) => {
    for (const field of ['currentReplicas', 'desiredReplicas'] as const) notNegative(`status.${field}`, status?.[field], errors)
  },
})

/** As soon as one side of the behaviour is given, both are written out. */
function wholeBehavior(given: V2HorizontalPodAutoscalerBehavior): V2HorizontalPodAutoscalerBehavior {
  // A tolerance of its own belongs to a gate that is closed in 1.33.
  const { tolerance: _, ...scaleUp } = given.scaleUp ?? {}
  const { tolerance: __, ...scaleDown } = given.scaleDown ?? {}
  const percent = { periodSeconds: 15, type: 'Percent', value: 100 }
  const ups = [{ periodSeconds: 15, type: 'Pods', value: 4 }, percent]
  return {
    scaleDown: {
      ...scaleDown,
      policies: scaleDown.policies?.length ? scaleDown.policies : [percent],
      selectPolicy: scaleDown.selectPolicy ?? 'Max',
    },
    scaleUp: {
      ...scaleUp,
      policies: scaleUp.policies?.length ? scaleUp.policies : ups,
      selectPolicy: scaleUp.selectPolicy ?? 'Max',
      stabilizationWindowSeconds: scaleUp.stabilizationWindowSeconds ?? 0,
    },
  }
}

/** The first two metrics as current/target, and how many more. */
function targets({ spec, status }: V2HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? []
  if (metrics.length === 0) return '<none>'
  const texts = metrics.map((metric, index) => targetText(metric, status.currentMetrics?.[index]))
  return texts.length > 2 ? `${texts.slice(0, 2).join(', ')} + ${texts.length - 2} more...` : texts.join(', ')
}

function targetText(metric: V2MetricSpec, current: V2MetricStatus | undefined): string {
  const { resource, containerResource, pods, object, external } = metric
  if (resource) {
    const now = current?.resource?.current
    if (resource.target.averageValue) return `${resource.name}: ${now?.averageValue ?? '<unknown>'}/${resource.target.averageValue}`
    return `${resource.name}: ${percent(now?.averageUtilization)}/${percent(resource.target.averageUtilization, '<auto>')}`
  }
  if (containerResource) {
    const now = current?.containerResource?.current
    if (containerResource.target.averageValue) return `${now?.averageValue ?? '<unknown>'}/${containerResource.target.averageValue}`
    return `${containerResource.name}: ${percent(now?.averageUtilization)}/${percent(containerResource.target.averageUtilization, '<auto>')}`
  }
  if (pods) return `${current?.pods?.current.averageValue ?? '<unknown>'}/${pods.target.averageValue}`
  if (object?.target.averageValue) return `${current?.object?.current.averageValue ?? '<unknown>'}/${object.target.averageValue} (avg)`
  if (object) return `${current?.object?.current.value ?? '<unknown>'}/${object.target.value}`
  if (external?.target.averageValue)
    return `${current?.external?.current.averageValue ?? '<unknown>'}/${external.target.averageValue} (avg)`
  if (external) return `${current?.external?.current.value ?? '<unknown>'}/${external.target.value}`
  return '<unknown type>'
}

function percent(value: number | undefined, otherwise = '<unknown>'): string {
  return value === undefined ? otherwise : `${value}%`
}
