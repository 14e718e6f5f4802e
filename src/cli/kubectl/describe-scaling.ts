/**
 * `kubectl describe` of what decides how many pods there are and which may go: autoscalers, disruption budgets, priorities.
 */
import { type Events, Writer, head, longTime, mapText, selectorText, tags } from './describe-writer.ts'
import type { Json } from './json.ts'

export function describeAutoscaler(writer: Writer, hpa: Json, events: Events): void {
  const { metadata, spec, status = {} } = hpa
  head(writer, hpa)
  tags(writer, hpa)
  writer.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  writer.line(0, `Reference:\t${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`)
  writer.line(0, 'Metrics:\t( current / target )')
  ;(spec.metrics ?? []).forEach((metric: Json, index: number) =>
    metricLine(writer, metric, status.currentMetrics?.[index], spec.scaleTargetRef),
  )
  const min = spec.minReplicas ?? '<unset>'
  writer.line(0, `Min replicas:\t${min}`)
  writer.line(0, `Max replicas:\t${spec.maxReplicas}`)
  if (spec.behavior) behaviour(writer, spec.behavior)
  writer.line(0, `${spec.scaleTargetRef.kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`)
  if (status.conditions?.length > 0) {
    writer.raw('Conditions:\n')
    writer.line(1, 'Type\tStatus\tReason\tMessage')
    writer.line(1, '----\t------\t------\t-------')
    for (const found of status.conditions) writer.line(1, `${found.type}\t${found.status}\t${found.reason}\t${found.message}`)
  }
  writer.events(events)
}

function metricLine(writer: Writer, metric: Json, current: Json, target: Json): void {
  if (metric.type === 'Resource' || metric.type === 'ContainerResource') {
    const source = metric.resource ?? metric.containerResource
    const now = current?.resource?.current ?? current?.containerResource?.current
    const where = metric.type === 'ContainerResource' ? `of container "${source.container}" on pods` : 'on pods'
    if (source.target.averageValue !== undefined && source.target.averageUtilization === undefined)
      writer.line(1, `resource ${source.name} ${where}:\t${now?.averageValue ?? '<unknown>'} / ${source.target.averageValue}`)
    else
      writer.line(
        1,
        `resource ${source.name} ${where}  (as a percentage of request):\t${now?.averageUtilization !== undefined ? `${now.averageUtilization}% (${now.averageValue})` : '<unknown>'} / ${source.target.averageUtilization !== undefined ? `${source.target.averageUtilization}%` : '<auto>'}`,
      )
  } else if (metric.type === 'Pods')
    writer.line(
      1,
      `"${metric.pods.metric.name}" on pods:\t${current?.pods?.current?.averageValue ?? '<unknown>'} / ${metric.pods.target.averageValue}`,
    )
  else if (metric.type === 'Object') {
    const { describedObject, target: goal, metric: name } = metric.object
    writer.line(
      1,
      `"${name.name}" on ${describedObject.kind}/${describedObject.name}${goal.type === 'AverageValue' ? ' (target average value)' : ' (target value)'}:\t${current?.object?.current?.value ?? current?.object?.current?.averageValue ?? '<unknown>'} / ${goal.value ?? goal.averageValue}`,
    )
  } else if (metric.type === 'External') {
    const { target: goal, metric: name } = metric.external
    const isAverage = goal.averageValue !== undefined
    writer.line(
      1,
      `"${name.name}" (${isAverage ? 'target average value' : 'target value'}):\t${(isAverage ? current?.external?.current?.averageValue : current?.external?.current?.value) ?? '<unknown>'} / ${isAverage ? goal.averageValue : goal.value}`,
    )
  }
  void target
}

function behaviour(writer: Writer, found: Json): void {
  writer.line(0, 'Behavior:')
  for (const [title, rules] of [
    ['Scale Up', found.scaleUp],
    ['Scale Down', found.scaleDown],
  ] as const) {
    if (!rules) continue
    writer.line(1, `${title}:`)
    if (rules.stabilizationWindowSeconds !== undefined) writer.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`)
    if (rules.policies?.length > 0) {
      writer.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`)
      writer.line(2, 'Policies:')
      for (const policy of rules.policies)
        writer.line(3, `- Type: ${policy.type}\tValue: ${policy.value}\tPeriod: ${policy.periodSeconds} seconds`)
    }
  }
}

export function describeDisruptionBudget(writer: Writer, budget: Json, events: Events): void {
  const { spec, status = {} } = budget
  head(writer, budget)
  if (spec.minAvailable !== undefined) writer.line(0, `Min available:\t${spec.minAvailable}`)
  else if (spec.maxUnavailable !== undefined) writer.line(0, `Max unavailable:\t${spec.maxUnavailable}`)
  writer.line(0, `Selector:\t${spec.selector ? selectorText(spec.selector) : '<unset>'}`)
  writer.line(0, 'Status:')
  writer.line(2, `Allowed disruptions:\t${status.disruptionsAllowed ?? 0}`)
  writer.line(2, `Current:\t${status.currentHealthy ?? 0}`)
  writer.line(2, `Desired:\t${status.desiredHealthy ?? 0}`)
  writer.line(2, `Total:\t${status.expectedPods ?? 0}`)
  writer.events(events)
}

export function describePriorityClass(writer: Writer, priority: Json, events: Events): void {
  writer.line(0, `Name:\t${priority.metadata.name}`)
  writer.line(0, `Value:\t${priority.value}`)
  writer.line(0, `GlobalDefault:\t${priority.globalDefault === true}`)
  writer.line(0, `PreemptionPolicy:\t${priority.preemptionPolicy ?? 'PreemptLowerPriority'}`)
  writer.line(0, `Description:\t${priority.description ?? ''}`)
  writer.line(0, `Annotations:\t${mapText(priority.metadata.annotations)}`)
  writer.events(events)
}
