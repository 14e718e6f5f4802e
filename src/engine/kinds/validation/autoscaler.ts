/** What makes a HorizontalPodAutoscaler invalid: its bounds, its metrics and how fast it may move. */
import type { FieldErrors } from '../field-errors.ts'
import type {
  V2CrossVersionObjectReference,
  V2HorizontalPodAutoscalerSpec,
  V2HPAScalingRules,
  V2MetricSpec,
  V2MetricTarget,
} from '../generated/types.ts'
import { goQuantity } from '../go-print.ts'
import { dns1123Label, pathSegment } from '../names.ts'
import { compareQuantities } from '../quantity.ts'
import { supported } from './values.ts'

export function validateAutoscaler(spec: V2HorizontalPodAutoscalerSpec, errors: FieldErrors): void {
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec
  if (minReplicas !== undefined && minReplicas < 1) errors.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1')
  if (maxReplicas < 1) errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')
  validateReference(scaleTargetRef, 'spec.scaleTargetRef', errors)
  metrics.forEach((metric, index) => validateMetric(metric, `spec.metrics[${index}]`, errors))
  const isFromOutside = metrics.some(({ type }) => type === 'Object' || type === 'External')
  if (minReplicas === 0 && !isFromOutside)
    errors.forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas')
  if (behavior?.scaleUp) validateRules(behavior.scaleUp, 'spec.behavior.scaleUp', errors)
  if (behavior?.scaleDown) validateRules(behavior.scaleDown, 'spec.behavior.scaleDown', errors)
}

function validateReference(reference: V2CrossVersionObjectReference | undefined, path: string, errors: FieldErrors): void {
  for (const field of ['kind', 'name'] as const) {
    const value = reference?.[field] ?? ''
    if (value === '') errors.required(`${path}.${field}`)
    for (const problem of pathSegment(value)) errors.invalid(`${path}.${field}`, value, problem)
  }
}

const types = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
/** In the order in which they are looked at; only the first that is there is judged. */
const sources = ['object', 'external', 'pods', 'resource', 'containerResource'] as const

function validateMetric(metric: V2MetricSpec, path: string, errors: FieldErrors): void {
  const { type = '' } = metric
  if (type === '') errors.required(`${path}.type`, 'must specify a metric source type')
  supported(`${path}.type`, type, types, errors)
  const present = sources.filter((source) => metric[source])
  if (present.length > 0) validateSource(metric, present[0], path, errors)
  const expected = sources.find((source) => source.toLowerCase() === type.toLowerCase())
  if (expected && types.includes(type) && !metric[expected])
    errors.required(`${path}.${expected}`, 'must populate information for the given metric source')
  if (present.length === 1) return
  for (const source of present) if (source !== expected) errors.forbidden(`${path}.${source}`, 'must populate the given metric source only')
}

function validateSource(metric: V2MetricSpec, source: (typeof sources)[number], place: string, errors: FieldErrors): void {
  const path = `${place}.${source}`
  const { object, external, pods, resource, containerResource } = metric
  if (object) validateReference(object.describedObject, `${path}.describedObject`, errors)
  const named = object ?? external ?? pods
  if (named) {
    const name = named.metric?.name ?? ''
    if (name === '') errors.required(`${path}.metric.name`, 'must specify a metric name')
    for (const problem of pathSegment(name)) errors.invalid(`${path}.metric.name`, name, problem)
  } else {
    if (!(resource ?? containerResource)?.name) errors.required(`${path}.name`, 'must specify a resource name')
    const container = containerResource?.container ?? ''
    if (containerResource && container === '') errors.required(`${path}.container`, 'must specify a container')
    for (const problem of container === '' ? [] : dns1123Label(container)) errors.invalid(`${path}.container`, container, problem)
  }
  const target = (named ?? resource ?? containerResource)?.target
  validateTarget(target, `${path}.target`, errors)
  const { value, averageValue, averageUtilization } = target ?? {}
  const average = `${path}.target.averageValue`
  if (object) {
    if (value === undefined && averageValue === undefined) errors.required(average, 'must set either a target value or averageValue')
  } else if (external) {
    if (value === undefined && averageValue === undefined)
      errors.required(average, 'must set either a target value for metric or a per-pod target')
    if (value !== undefined && averageValue !== undefined)
      errors.forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target')
  } else if (pods) {
    if (averageValue === undefined) errors.required(average, 'must specify a positive target averageValue')
  } else {
    if (averageUtilization === undefined && averageValue === undefined)
      errors.required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization')
    if (averageUtilization !== undefined && averageValue !== undefined)
      errors.forbidden(average, 'may not set both a target raw value and a target utilization')
  }
}

function validateTarget(target: V2MetricTarget | undefined, path: string, errors: FieldErrors): void {
  const { type = '', averageUtilization } = target ?? {}
  if (type === '') errors.required(`${path}.type`, 'must specify a metric target type')
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    errors.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue')
  for (const field of ['value', 'averageValue'] as const) {
    const amount = target?.[field]
    if (amount !== undefined && compareQuantities(amount, '0') <= 0)
      errors.invalid(`${path}.${field}`, goQuantity(amount), 'must be positive')
  }
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0')
}

function validateRules(rules: V2HPAScalingRules, path: string, errors: FieldErrors): void {
  const { stabilizationWindowSeconds: windowSeconds = 0, selectPolicy, policies = [] } = rules
  const window = `${path}.stabilizationWindowSeconds`
  if (windowSeconds < 0) errors.invalid(window, windowSeconds, 'must be greater than or equal to zero')
  if (windowSeconds > 3600) errors.invalid(window, windowSeconds, 'must be less than or equal to 3600')
  if (selectPolicy !== undefined) supported(`${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min'], errors)
  if (policies.length === 0) errors.required(`${path}.policies`, 'must specify at least one Policy')
  policies.forEach(({ type = '', value = 0, periodSeconds = 0 }, index) => {
    const place = `${path}.policies[${index}]`
    supported(`${place}.type`, type, ['Percent', 'Pods'], errors)
    if (value <= 0) errors.invalid(`${place}.value`, value, 'must be greater than zero')
    if (periodSeconds <= 0) errors.invalid(`${place}.periodSeconds`, periodSeconds, 'must be greater than zero')
    if (periodSeconds > 1800) errors.invalid(`${place}.periodSeconds`, periodSeconds, 'must be less than or equal to 1800')
  })
}
