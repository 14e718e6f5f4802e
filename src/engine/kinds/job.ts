/** Job of batch v1. */
import { humanDuration } from '../../base/human-duration.ts'
import { isSame } from '../api/objects.ts'
import type { FieldErrors } from './field-errors.ts'
import { goSelector } from './go-print.ts'
import { validateTemplate } from './validation/pod.ts'
import { validateSelector } from './validation/selectors.ts'
import { notNegative } from './validation/values.ts'
import { selectorText } from '../api/selectors.ts'
import { age, ageColumn, column, containerImages, containerNames, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { goSyntax } from './go-syntax.ts'
import { goStruct } from './go-value.ts'
import { allVerbs, defineKind } from './kind.ts'
import { schemaNamed } from './schema.ts'
import type { V1Job, V1JobSpec } from './generated/types.ts'
import { workloadWarnings } from './pod-warnings.ts'

export const job = defineKind<V1Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  resource: 'jobs',
  singular: 'job',
  namespaced: true,
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Job',
  hasGeneration: true,
  columns: [
    name,
    column('Status', 'string', 'Status of the job.', jobStatus),
    column(
      'Completions',
      'string',
      'The number of pods which reached phase Succeeded. The value increases monotonically for a given spec. However, it may decrease in reaction to scale down of elastic indexed jobs.',
      completions,
    ),
    column('Duration', 'string', 'Time required to complete the job.', duration),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) => containerNames(spec.template.spec)),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) => containerImages(spec.template.spec)),
    wide(
      'Selector',
      'string',
      'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => selectorText(spec.selector),
    ),
  ],
  orphansByDefault: true,
  selectableFields: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
  defaults: (job) => (job.spec ? withField(job, 'spec', defaultedJobSpec(job.spec, true)) : job),
  onCreate: generated,
  warnings: (object, old) => workloadWarnings(object, object.spec.template, old && { template: old.spec.template }, 'spec.template'),
  validate: ({ metadata, spec }, errors) => {
    validateJobSpec(spec, 'spec', errors)
    const { uid } = metadata
    const own = spec.selector?.matchLabels?.['batch.kubernetes.io/controller-uid']
    if (!spec.manualSelector && spec.selector && (own !== uid || Object.keys(spec.selector.matchLabels ?? {}).length > 1))
      errors.invalid('spec.selector', goSelector(spec.selector), '`selector` not auto-generated')
  },
  validateUpdate: ({ old, fresh }, errors) => {
    const before = old.spec
    const after = fresh.spec
    if (before === after) return
    for (const field of [
      'completions',
      'completionMode',
      'podFailurePolicy',
      'backoffLimitPerIndex',
      'managedBy',
      'successPolicy',
    ] as const) {
      if (!isSame(before[field], after[field])) errors.invalid(`spec.${field}`, after[field], 'field is immutable')
    }
    if (!isSame(before.selector, after.selector)) errors.invalid('spec.selector', goSelector(after.selector ?? {}), 'field is immutable')
    // A suspended Job that never started may still be moved to other nodes.
    if (!isSame(before.template, after.template))
      errors.invalid('spec.template', goSyntax(goStruct(schemaNamed('V1PodTemplateSpec')), after.template), 'field is immutable')
  },
})

/** What a Job, or the template of one, leaves out. A template's parallelism is filled in only when its Job is made. */
export function defaultedJobSpec(given: V1JobSpec, isJob: boolean): V1JobSpec {
  const isCounted = given.completions === undefined && given.parallelism === undefined
  const spec = filled(given, {
    ...(isJob && isCounted ? { completions: 1 } : {}),
    ...(isJob
      ? {
          parallelism: 1,
          backoffLimit: given.backoffLimitPerIndex === undefined ? 6 : 2147483647,
          completionMode: 'NonIndexed',
          suspend: false,
          podReplacementPolicy: given.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed',
        }
      : {}),
  })
  return withField(spec, 'template', defaultedTemplate(spec.template))
}

/** A Job chooses its own pods: selector and labels carry its uid, unless it brings its own. */
function generated(job: V1Job): V1Job {
  const fresh = { ...job, status: {} }
  if (job.spec.manualSelector) return fresh
  const { uid, name: jobName } = job.metadata
  const template = job.spec.template
  const labels = {
    ...template.metadata?.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': jobName,
    'controller-uid': uid,
    'job-name': jobName,
  }
  const spec: V1JobSpec = {
    ...job.spec,
    selector: { ...job.spec.selector, matchLabels: { ...job.spec.selector?.matchLabels, 'batch.kubernetes.io/controller-uid': uid } },
    template: { ...template, metadata: { ...template.metadata, labels } },
    manualSelector: job.spec.manualSelector ?? false,
  }
  // A Job that says nothing else is labelled as its pods are.
  const metadata = Object.keys(job.metadata.labels ?? {}).length === 0 ? { ...job.metadata, labels } : job.metadata
  return { ...fresh, metadata, spec }
}

function jobStatus({ metadata, status }: V1Job): string {
  const has = (type: string) => status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (has('Suspended')) return 'Suspended'
  if (has('FailureTarget')) return 'FailureTarget'
  if (has('SuccessCriteriaMet')) return 'SuccessCriteriaMet'
  return 'Running'
}

function completions({ spec, status }: V1Job): string {
  const succeeded = status.succeeded ?? 0
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`
  const parallelism = spec.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function duration({ status }: V1Job, nowMs: number): string {
  if (!status.startTime) return ''
  if (!status.completionTime) return age(status.startTime, nowMs)
  return humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime))
}

export function validateJobSpec(spec: V1JobSpec, path: string, errors: FieldErrors): void {
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const)
    notNegative(`${path}.${field}`, spec[field], errors)
  if (spec.completionMode !== undefined && !['NonIndexed', 'Indexed'].includes(spec.completionMode))
    errors.notSupported(`${path}.completionMode`, spec.completionMode, ['Indexed', 'NonIndexed'])
  if (spec.completionMode === 'Indexed' && spec.completions === undefined)
    errors.required(`${path}.completions`, 'when completion mode is Indexed')
  if (spec.selector) validateSelector(spec.selector, `${path}.selector`, errors)
  validateTemplate(spec.template, `${path}.template`, errors)
  const restartPolicy = spec.template.spec?.restartPolicy
  // `Always` is what was filled in when nothing was said; a Job must say.
  if (restartPolicy === 'Always') errors.required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never')
    errors.notSupported(`${path}.template.spec.restartPolicy`, restartPolicy, ['OnFailure', 'Never'])
}
