/**
 * What makes a Job, the template of one, or a Job's status invalid. A template is judged before anything is filled into it, so it may leave out what
 * a Job may not.
 */
import { isSame } from '../../api/objects.ts'
import { selectorMatches } from '../../api/selectors.ts'
import { domainPrefixedPath } from './domain-names.ts'
import { Verbatim, type FieldErrors } from '../field-errors.ts'
import type { V1Job, V1JobSpec, V1PodFailurePolicyRule, V1PodTemplateSpec, V1SuccessPolicyRule } from '../generated/types.ts'
import { goMap, goSelector } from '../go-print.ts'
import { goSyntax } from '../go-syntax.ts'
import { goStruct } from '../go-value.ts'
import { dns1123Label, qualifiedName } from '../names.ts'
import { validateTemplate } from './pod.ts'
import { validateSelector } from './selectors.ts'
import { notNegative, supported } from './values.ts'
import { schemaNamed } from '../schema.ts'

const maxParallelism = 100_000
const manyCompletions = 100_000

export function validateJob({ metadata, spec }: V1Job, errors: FieldErrors): void {
  const { uid, name } = metadata
  const { selector, template } = spec
  const labels = template.metadata?.labels
  if (!spec.manualSelector && selector) {
    const expected = {
      'controller-uid': uid,
      'job-name': name,
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
    }
    for (const [label, value] of Object.entries(expected)) {
      const place = `spec.template.metadata.labels[${label}]`
      if (labels?.[label] === undefined) errors.required(place, `must be '${value}'`)
      else if (labels[label] !== value) errors.invalid(place, goMap(labels), `must be '${value}'`)
    }
    if (!selectorMatches(selector, expected)) errors.invalid('spec.selector', goSelector(selector), '`selector` not auto-generated')
  }
  validateJobSpec(spec, 'spec', errors)
  if (!selector) errors.required('spec.selector')
  const isUsable = !selector || validateSelector(selector, 'spec.selector', errors)
  if (isUsable && (!selector || !selectorMatches(selector, labels)))
    errors.invalid('spec.template.metadata.labels', goMap(labels), '`selector` does not match template `labels`')
  if (spec.completionMode !== 'Indexed' || !spec.completions || spec.completions < 1) return
  const longest = `${name}-${spec.completions - 1}`
  if (dns1123Label(longest).length > 0)
    errors.invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${longest}`)
}

export function validateJobTemplate(spec: V1JobSpec, path: string, errors: FieldErrors): void {
  validateJobSpec(spec, path, errors)
  if (spec.selector) errors.invalid(`${path}.selector`, goSelector(spec.selector), '`selector` will be auto-generated')
  if (spec.manualSelector) errors.notSupported(`${path}.manualSelector`, true, ['nil', 'false'])
}

function validateJobSpec(spec: V1JobSpec, path: string, errors: FieldErrors): void {
  const counts = [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const
  for (const field of counts) notNegative(`${path}.${field}`, spec[field], errors)
  const { managedBy, completionMode, maxFailedIndexes, backoffLimitPerIndex, podFailurePolicy, successPolicy } = spec
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    errors.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')
  if (managedBy !== undefined) {
    domainPrefixedPath(managedBy, `${path}.managedBy`, errors)
    if (managedBy.length > 63) errors.tooLong(`${path}.managedBy`, 63)
  }
  if (completionMode !== undefined) supported(`${path}.completionMode`, completionMode, ['NonIndexed', 'Indexed'], errors)
  if (completionMode === 'Indexed') validateIndexed(spec, path, errors)
  else if (completionMode === undefined || completionMode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
      if (spec[field] !== undefined) errors.invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode')
  }
  if (podFailurePolicy) {
    const rules = podFailurePolicy.rules ?? []
    if (rules.length > 20) errors.tooMany(`${path}.podFailurePolicy.rules`, rules.length, 20)
    rules.forEach((rule, index) => validateFailureRule(spec, rule, `${path}.podFailurePolicy.rules[${index}]`, errors))
  }
  if (successPolicy && completionMode !== 'Indexed')
    errors.invalid(
      `${path}.successPolicy`,
      goSyntax(goStruct(schemaNamed('V1SuccessPolicy')), successPolicy),
      'requires indexed completion mode',
    )
  else if (successPolicy) {
    const rules = successPolicy.rules ?? []
    if (rules.length === 0)
      errors.required(`${path}.successPolicy.rules`, 'at least one rules must be specified when the successPolicy is specified')
    if (rules.length > 20) errors.tooMany(`${path}.successPolicy.rules`, rules.length, 20)
    rules.forEach((rule, index) => validateSuccessRule(spec, rule, `${path}.successPolicy.rules[${index}]`, errors))
  }
  if (spec.podReplacementPolicy !== undefined)
    supported(
      `${path}.podReplacementPolicy`,
      spec.podReplacementPolicy,
      podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'],
      errors,
    )
  validateTemplate(spec.template, `${path}.template`, errors)
  const place = `${path}.template.spec.restartPolicy`
  const restartPolicy = spec.template.spec?.restartPolicy
  // `Always` is what was filled in when nothing was said; a Job must say.
  if (!restartPolicy || restartPolicy === 'Always') errors.required(place, 'valid values: "OnFailure", "Never"')
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') errors.notSupported(place, restartPolicy, ['OnFailure', 'Never'])
  else if (podFailurePolicy && restartPolicy !== 'Never')
    errors.invalid(place, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')
}

function validateIndexed(spec: V1JobSpec, path: string, errors: FieldErrors): void {
  const { completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec
  if (completions === undefined) errors.required(`${path}.completions`, 'when completion mode is Indexed')
  if (parallelism > maxParallelism)
    errors.invalid(`${path}.parallelism`, parallelism, `must be less than or equal to ${maxParallelism} when completion mode is Indexed`)
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    errors.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions')
  if (maxFailedIndexes !== undefined && maxFailedIndexes > 100_000)
    errors.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to 100000')
  if (completions === undefined || completions <= manyCompletions || backoffLimitPerIndex === undefined) return
  const words = `when completions are above ${manyCompletions} and used with backoff limit per index`
  if (maxFailedIndexes === undefined)
    errors.required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${manyCompletions}`)
  for (const field of ['parallelism', 'maxFailedIndexes'] as const)
    if ((spec[field] ?? 0) > 10_000) errors.invalid(`${path}.${field}`, spec[field], `must be less than or equal to 10000 ${words}`)
}

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']

function quoted(list: readonly string[]): string {
  return `valid values: [${list.map((each) => JSON.stringify(each)).join(' ')}]`
}

function validateFailureRule(spec: V1JobSpec, rule: V1PodFailurePolicyRule, path: string, errors: FieldErrors): void {
  const { action, onExitCodes, onPodConditions = [] } = rule
  if (!action) errors.required(`${path}.action`, quoted(actions))
  else if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) errors.invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set')
  } else supported(`${path}.action`, action, actions, errors)
  if (onExitCodes) {
    const { operator, containerName } = onExitCodes
    const values = onExitCodes.values ?? []
    const place = `${path}.onExitCodes`
    if (!operator) errors.required(`${place}.operator`, quoted(['In', 'NotIn']))
    else supported(`${place}.operator`, operator, ['In', 'NotIn'], errors)
    const { containers = [], initContainers = [] } = spec.template.spec ?? {}
    if (containerName !== undefined && ![...containers, ...initContainers].some(({ name }) => name === containerName))
      errors.invalid(`${place}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template')
    if (values.length === 0) errors.invalid(`${place}.values`, new Verbatim('[]int32{}'), 'at least one value is required')
    else if (values.length > 255) errors.tooMany(`${place}.values`, values.length, 255)
    values.forEach((value, index) => {
      if (operator === 'In' && value === 0) errors.invalid(`${place}.values[${index}]`, value, 'must not be 0 for the In operator')
      if (values.indexOf(value) < index) errors.duplicate(`${place}.values[${index}]`, value)
    })
    if (values.some((value, index) => index > 0 && values[index - 1] > value)) errors.invalid(`${place}.values`, values, 'must be ordered')
  }
  if (onPodConditions.length > 20) errors.tooMany(`${path}.onPodConditions`, onPodConditions.length, 20)
  onPodConditions.forEach(({ type, status }, index) => {
    const place = `${path}.onPodConditions[${index}]`
    for (const problem of qualifiedName(type ?? '')) errors.invalid(`${place}.type`, type ?? '', problem)
    if (!status) errors.required(`${place}.status`, quoted(['False', 'True', 'Unknown']))
    else supported(`${place}.status`, status, ['False', 'True', 'Unknown'], errors)
  })
  if (onExitCodes && onPodConditions.length > 0) errors.wrong(path, 'specifying both OnExitCodes and OnPodConditions is not supported')
  if (!onExitCodes && onPodConditions.length === 0) errors.wrong(path, 'specifying one of OnExitCodes and OnPodConditions is required')
}

function validateSuccessRule({ completions = 0 }: V1JobSpec, rule: V1SuccessPolicyRule, path: string, errors: FieldErrors): void {
  const { succeededCount, succeededIndexes } = rule
  if (succeededCount === undefined && succeededIndexes === undefined)
    errors.required(path, 'at least one of succeededCount or succeededIndexes must be specified')
  let total = 0
  if (succeededIndexes !== undefined) {
    const counted = countOfIndexes(succeededIndexes, completions)
    if (typeof counted === 'number') total = counted
    else errors.invalid(`${path}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${counted.problem}`)
  }
  if (succeededCount === undefined) return
  const place = `${path}.succeededCount`
  notNegative(place, succeededCount, errors)
  if (succeededCount > completions)
    errors.invalid(place, succeededCount, `must be less than or equal to ${completions} (the number of specified completions)`)
  if (succeededIndexes !== undefined && succeededCount > total) {
    const words = `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`
    errors.invalid(place, succeededCount, words)
  }
}

/** How many indexes `1,3-5` names, or what is wrong with it. */
function countOfIndexes(text: string, completions: number): number | { readonly problem: string } {
  if (text === '') return 0
  let total = 0
  let last = -1
  for (const interval of text.split(',')) {
    const ends = interval.split('-')
    if (ends.length > 2) {
      const words = "violates the requirement that an index interval can have at most two parts separated by '-'"
      return { problem: `the fragment ${JSON.stringify(interval)} ${words}` }
    }
    for (const end of ends) {
      if (!/^[+-]?\d+$/.test(end)) return { problem: `cannot convert string to integer for index: ${JSON.stringify(end)}` }
      if (Number(end) >= completions) return { problem: `too large index: ${JSON.stringify(end)}` }
    }
    const [from, to = from] = ends.map(Number)
    if (ends.length === 2 && from >= to) return { problem: `non-increasing order, previous: ${from}, current: ${to}` }
    if (last >= from) return { problem: `non-increasing order, previous: ${last}, current: ${from}` }
    total += to - from + 1
    last = to
  }
  return total
}

interface Change {
  readonly old: V1Job
  readonly fresh: V1Job
}

export function validateJobUpdate({ old, fresh }: Change, errors: FieldErrors): void {
  const before = old.spec
  const after = fresh.spec
  if (before === after) return
  if (!isSame(before.completions, after.completions)) {
    if (after.completionMode !== 'Indexed') errors.invalid('spec.completions', after.completions, 'field is immutable')
    else if (after.completions !== undefined && after.completions !== after.parallelism)
      errors.invalid('spec.completions', after.completions, 'can only be modified in tandem with spec.parallelism')
  }
  if (!isSame(before.selector, after.selector)) errors.invalid('spec.selector', goSelector(after.selector ?? {}), 'field is immutable')
  // A suspended Job that never started may still be moved to other nodes.
  const isMovable = before.suspend === true && old.status.startTime === undefined
  const template = isMovable ? moved(before.template, after.template) : before.template
  if (!isSame(template, after.template))
    errors.invalid('spec.template', goSyntax(goStruct(schemaNamed('V1PodTemplateSpec')), after.template), 'field is immutable')
  if (before.completionMode !== after.completionMode) errors.invalid('spec.completionMode', after.completionMode, 'field is immutable')
  for (const [field, schema] of [
    ['podFailurePolicy', 'V1PodFailurePolicy'],
    ['backoffLimitPerIndex', ''],
    ['managedBy', ''],
    ['successPolicy', 'V1SuccessPolicy'],
  ] as const) {
    if (isSame(before[field], after[field])) continue
    const value = after[field]
    errors.invalid(`spec.${field}`, schema && value ? goSyntax(goStruct(schemaNamed(schema)), value) : value, 'field is immutable')
  }
}

/** The old template with the places of the new one. */
function moved(old: V1PodTemplateSpec, fresh: V1PodTemplateSpec): V1PodTemplateSpec {
  if (!old.spec || !fresh.spec) return old
  const { nodeSelector, tolerations, schedulingGates, affinity } = fresh.spec
  const { nodeAffinity: _, ...others } = old.spec.affinity ?? {}
  const nodeAffinity = affinity?.nodeAffinity
  const hasAffinity = affinity !== undefined || Object.keys(others).length > 0
  const { annotations: __, labels: ___, ...metadata } = old.metadata ?? {}
  const spec = {
    ...old.spec,
    nodeSelector,
    tolerations,
    schedulingGates,
    affinity: hasAffinity ? { ...others, ...(nodeAffinity && { nodeAffinity }) } : undefined,
  }
  const { labels, annotations } = fresh.metadata ?? {}
  return {
    ...old,
    metadata: { ...metadata, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as unknown as typeof spec,
  }
}

/** What a write of the status may not claim. */
export function validateJobStatus({ old, fresh }: Change, errors: FieldErrors): void {
  const { status } = fresh
  if (status === old.status || !status) return
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const)
    notNegative(`status.${field}`, status[field], errors)
  const has = (job: V1Job, type: string) => job.status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false
  const isComplete = has(fresh, 'Complete')
  const isFailed = has(fresh, 'Failed')
  const hasMet = has(fresh, 'SuccessCriteriaMet')
  const excluded = (detail: string) => errors.wrong('status.conditions', detail)
  if (isComplete && isFailed) excluded('cannot set Complete=True and Failed=true conditions')
  if (isComplete && has(fresh, 'FailureTarget')) excluded('cannot set Complete=True and FailureTarget=true conditions')
  if (status.completionTime && !isComplete)
    errors.invalid(
      'status.completionTime',
      new Verbatim(goTime(status.completionTime)),
      'cannot set completionTime when there is no Complete=True condition',
    )
  if (!status.completionTime && isComplete) errors.required('status.completionTime', 'completionTime is required for Complete jobs')
  if (status.startTime && status.completionTime && Date.parse(status.completionTime) < Date.parse(status.startTime))
    errors.invalid('status.completionTime', new Verbatim(goTime(status.completionTime)), 'completionTime cannot be set before startTime')
  if (isFailed && !has(fresh, 'FailureTarget')) excluded('cannot set Failed=True condition without the FailureTarget=true condition')
  if (isComplete && !hasMet) excluded('cannot set Complete=True condition without the SuccessCriteriaMet=true condition')
  const isFinished = isComplete || isFailed
  if (isFinished && (status.active ?? 0) > 0) errors.invalid('status.active', status.active, 'active>0 is invalid for finished job')
  if (isFinished && !status.startTime) errors.required('status.startTime', 'startTime is required for finished job')
  const { uncountedTerminatedPods: uncounted, terminating = 0 } = status
  if (isFinished && (uncounted?.failed?.length ?? 0) + (uncounted?.succeeded?.length ?? 0) > 0)
    errors.invalid(
      'status.uncountedTerminatedPods',
      goSyntax(goStruct(schemaNamed('V1UncountedTerminatedPods')), uncounted),
      'uncountedTerminatedPods needs to be empty for finished job',
    )
  validateIndexesOfStatus(fresh, errors)
  if (isFinished && terminating > 0) errors.invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job')
  if ((status.ready ?? 0) > (status.active ?? 0)) errors.invalid('status.ready', status.ready, 'cannot set more ready pods than active')
  if (hasMet && isFailed) excluded('cannot set SuccessCriteriaMet=True and Failed=true conditions')
  if (hasMet && has(fresh, 'FailureTarget')) excluded('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions')
  if (fresh.spec.successPolicy && !hasMet && isComplete)
    excluded('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True')
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (has(old, type) && !has(fresh, type)) excluded(`cannot disable the terminal ${type}=True condition`)
  // Indexed Jobs whose completions follow their parallelism may shrink, and lose what has succeeded.
  const { completionMode, completions, parallelism } = fresh.spec
  const mayShrink = completionMode === 'Indexed' && completions === parallelism
  for (const field of mayShrink ? (['failed'] as const) : (['failed', 'succeeded'] as const))
    if ((status[field] ?? 0) < (old.status?.[field] ?? 0))
      errors.invalid(`status.${field}`, status[field] ?? 0, `cannot decrease the ${field} counter`)
  const { startTime, completionTime } = old.status ?? {}
  if (status.completionTime && completionTime && status.completionTime !== completionTime)
    errors.invalid('status.completionTime', new Verbatim(goTime(status.completionTime)), 'completionTime cannot be mutated')
  if (startTime && status.startTime !== startTime && !fresh.spec.suspend)
    errors.required('status.startTime', 'startTime cannot be removed for unsuspended job')
  if (has(old, 'SuccessCriteriaMet') && !hasMet) excluded('cannot disable the SuccessCriteriaMet=True condition')
  if (has(old, 'Complete') && !has(old, 'SuccessCriteriaMet') && hasMet)
    excluded('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions')
}

/** What the status says of single indexes: each list in order, neither with an index of the other. */
function validateIndexesOfStatus({ spec, status }: V1Job, errors: FieldErrors): void {
  const { completions, completionMode, backoffLimitPerIndex } = spec
  const { completedIndexes = '', failedIndexes } = status ?? {}
  const parse = (field: 'completedIndexes' | 'failedIndexes', text: string) => {
    const counted = countOfIndexes(text, completions ?? 0)
    if (typeof counted !== 'number') errors.invalid(`status.${field}`, text, `error parsing ${field}: ${counted.problem}`)
  }
  if (completions !== undefined) parse('completedIndexes', completedIndexes)
  if (completions !== undefined && backoffLimitPerIndex !== undefined && failedIndexes !== undefined) parse('failedIndexes', failedIndexes)
  if (completedIndexes !== '' && completionMode !== 'Indexed')
    errors.invalid('status.completedIndexes', completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode')
  if (failedIndexes === undefined) return
  if (backoffLimitPerIndex === undefined)
    errors.invalid('status.failedIndexes', failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null')
  if (completions === undefined) return
  const failed = intervals(failedIndexes)
  const shared = intervals(completedIndexes).flatMap(([from, to]) =>
    failed.flatMap(([first, last]) => (from <= last && first <= to ? [Math.max(from, first)] : [])),
  )
  if (shared.length > 0)
    errors.invalid('status.failedIndexes', failedIndexes, `failedIndexes and completedIndexes overlap at index: ${Math.min(...shared)}`)
}

/** Those that can be read; the others are complained of already. */
function intervals(text: string): readonly (readonly [number, number])[] {
  return text.split(',').flatMap((interval) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(interval) ?? []
    return from === undefined ? [] : [[Number(from), Number(to)] as const]
  })
}

/** As Go prints a time. */
function goTime(text: string): string {
  return `${text.replace('T', ' ').replace('Z', '')} +0000 UTC`
}
