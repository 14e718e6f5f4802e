/** Job of batch v1. */
import { humanDuration } from '../../base/human-duration.ts'
import { selectorText } from '../api/selectors.ts'
import { age, ageColumn, column, containerImages, containerNames, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { validateJob, validateJobStatus, validateJobUpdate } from './validation/job.ts'
import { allVerbs, defineKind } from './kind.ts'
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
  warnings: (object, old) => [
    ...jobWarnings(object.spec, 'spec'),
    ...workloadWarnings(object, object.spec.template, old && { template: old.spec.template }, 'spec.template'),
  ],
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatus: validateJobStatus,
})

const manyIndexes =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail'

export function jobWarnings(spec: V1JobSpec | undefined, path: string): readonly string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec ?? {}
  return completionMode === 'Indexed' && completions > 100_000 && parallelism > 10_000 ? [`${path}: ${manyIndexes}`] : []
}

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
