/**
 * HorizontalPodAutoscaler in its first version: one CPU percentage. It is kept as version 2; what version 1 cannot say (other metrics,
 * behaviour, conditions) upstream packs into annotations.
 */
import type { V1HorizontalPodAutoscaler, V2HorizontalPodAutoscaler, V2MetricSpec } from './generated/types.ts'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import { defineKind, type Kind, type StoredObject } from './kind.ts'

const { columns, validate: _, defaults: __, onCreate: ___, validateStatus: ____, ...names } = horizontalPodAutoscaler

export const horizontalPodAutoscalerV1: Kind = defineKind<V1HorizontalPodAutoscaler>({
  ...(names as unknown as Kind<V1HorizontalPodAutoscaler>),
  version: 'v1',
  schema: 'V1HorizontalPodAutoscaler',
  columns: columns?.map((column) => ({ ...column, value: (object, nowMs) => column.value(toStored(object), nowMs) })),
  storedAs: { resource: 'horizontalpodautoscalers.autoscaling', toStored, fromStored },
})

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics'

function toStored({ spec, status, ...rest }: V1HorizontalPodAutoscaler): StoredObject {
  const { targetCPUUtilizationPercentage, ...others } = spec
  const metrics: readonly V2MetricSpec[] | undefined =
    targetCPUUtilizationPercentage === undefined
      ? undefined
      : [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage } },
          },
        ]
  return {
    ...rest,
    apiVersion: 'autoscaling/v2',
    spec: { ...others, ...(metrics ? { metrics } : {}) },
    ...(status === undefined ? {} : { status: { currentMetrics: null, ...status } }),
  }
}

function fromStored(object: StoredObject): V1HorizontalPodAutoscaler {
  const { spec, status, metadata, ...rest } = object as unknown as V2HorizontalPodAutoscaler
  const { metrics = [], behavior: _behaviour, ...others } = spec
  const cpu = metrics.find((metric) => metric.resource?.name === 'cpu' && metric.resource.target.averageUtilization !== undefined)
  const other = metrics.filter((metric) => metric !== cpu)
  const current = status.currentMetrics?.find((metric) => metric.resource?.name === 'cpu')?.resource?.current.averageUtilization
  const annotations = other.length > 0 ? { ...metadata.annotations, [metricsAnnotation]: JSON.stringify(other) } : metadata.annotations
  const { currentReplicas = 0, desiredReplicas, lastScaleTime, observedGeneration } = status
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    metadata: { ...metadata, ...(annotations ? { annotations } : {}) },
    spec: { ...others, ...(cpu?.resource ? { targetCPUUtilizationPercentage: cpu.resource.target.averageUtilization } : {}) },
    status: {
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      currentReplicas,
      desiredReplicas,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  }
}
