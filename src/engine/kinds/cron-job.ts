/** CronJob of batch v1. */
import { notNegative, supported } from './validation/values.ts'
import { tooLong } from './names.ts'
import { age, ageColumn, column, containerImages, containerNames, name, wide } from './columns.ts'
import { selectorText } from '../api/selectors.ts'
import { filled, withField } from './defaulting.ts'
import { validateJobTemplate } from './validation/job.ts'
import { defaultedJobSpec, jobWarnings } from './job.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1CronJob } from './generated/types.ts'
import { workloadWarnings } from './pod-warnings.ts'

export const cronJob = defineKind<V1CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  resource: 'cronjobs',
  singular: 'cronjob',
  namespaced: true,
  shortNames: ['cj'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1CronJob',
  hasGeneration: true,
  columns: [
    name,
    column('Schedule', 'string', 'The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.', ({ spec }) => spec.schedule),
    column(
      'Timezone',
      'string',
      'The time zone name for the given schedule, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones. If not specified, this will default to the time zone of the kube-controller-manager process. The set of valid time zone names and the time zone offset is loaded from the system-wide time zone database by the API server during CronJob validation and the controller manager during execution. If no system-wide time zone database can be found a bundled version of the database is used instead. If the time zone name becomes invalid during the lifetime of a CronJob or due to a change in host configuration, the controller will stop creating new new Jobs and will create a system event with the reason UnknownTimeZone. More information can be found in https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones',
      ({ spec }) => spec.timeZone ?? '<none>',
    ),
    column(
      'Suspend',
      'boolean',
      'This flag tells the controller to suspend subsequent executions, it does not apply to already started executions.  Defaults to false.',
      ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'),
    ),
    column('Active', 'integer', 'A list of pointers to currently running jobs.', ({ status }) => status.active?.length ?? 0),
    column('Last Schedule', 'string', 'Information when was the last time the job was successfully scheduled.', ({ status }, nowMs) =>
      status.lastScheduleTime ? age(status.lastScheduleTime, nowMs) : '<none>',
    ),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) =>
      containerNames(spec.jobTemplate.spec?.template.spec),
    ),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) =>
      containerImages(spec.jobTemplate.spec?.template.spec),
    ),
    wide(
      'Selector',
      'string',
      'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => selectorText(spec.jobTemplate.spec?.selector),
    ),
  ],
  defaults: (cronJob) => {
    if (!cronJob.spec) return cronJob
    let spec = filled(cronJob.spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    })
    if (spec.jobTemplate?.spec)
      spec = withField(spec, 'jobTemplate', withField(spec.jobTemplate, 'spec', defaultedJobSpec(spec.jobTemplate.spec, false)))
    return withField(cronJob, 'spec', spec)
  },
  onCreate: (cronJob) => ({ ...cronJob, status: {} }),
  warnings: (object, old) => [
    ...jobWarnings(object.spec.jobTemplate.spec, 'spec.jobTemplate.spec'),
    ...workloadWarnings(
      object,
      object.spec.jobTemplate.spec?.template,
      old && { template: old.spec.jobTemplate.spec?.template },
      'spec.jobTemplate.spec.template',
    ),
  ],
  validate: ({ spec }, errors) => {
    const { schedule, timeZone } = spec
    if (!schedule) errors.required('spec.schedule')
    else {
      const problem = scheduleProblem(schedule)
      if (problem) errors.invalid('spec.schedule', schedule, problem)
      if (schedule.includes('TZ'))
        errors.invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
    }
    notNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds, errors)
    if (timeZone === '') errors.invalid('spec.timeZone', '', 'timeZone must be nil or non-empty string')
    else if (timeZone !== undefined) {
      if (timeZone.toLowerCase() === 'local')
        errors.invalid('spec.timeZone', timeZone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')
      if (timeZone !== 'Local' && !isTimeZone(timeZone)) errors.invalid('spec.timeZone', timeZone, `unknown time zone ${timeZone}`)
    }
    if (!spec.concurrencyPolicy) errors.required('spec.concurrencyPolicy')
    else supported('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], errors)
    if (spec.jobTemplate?.spec) validateJobTemplate(spec.jobTemplate.spec, 'spec.jobTemplate.spec', errors)
    notNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit, errors)
    notNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit, errors)
  },
  // The Jobs' names get a number of eleven letters behind this one.
  validateCreate: ({ metadata: { name } }, errors) => {
    if (name.length > 52) errors.invalid('metadata.name', name, tooLong(52))
  },
})

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name !== 'Local'
  } catch {
    return false
  }
}

const fields = [
  { name: 'minute', low: 0, high: 59, words: [] },
  { name: 'hour', low: 0, high: 23, words: [] },
  { name: 'day of month', low: 1, high: 31, words: [] },
  { name: 'month', low: 1, high: 12, words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of week', low: 0, high: 6, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const

/** What the cron library that upstream uses says of a schedule it cannot read. */
function scheduleProblem(schedule: string): string | undefined {
  const text = schedule.replace(/^(CRON_)?TZ=\S+\s*/, '')
  if (text.startsWith('@')) {
    if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text) || /^@every (\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text))
      return undefined
    return `unrecognized descriptor: ${text}`
  }
  const parts = text.split(/\s+/).filter(Boolean)
  if (parts.length !== 5) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`
  for (const [index, part] of parts.entries()) {
    const problem = part
      .split(',')
      .map((each) => rangeProblem(each, fields[index]))
      .find(Boolean)
    if (problem) return problem
  }
  return undefined
}

function rangeProblem(expression: string, { low, high, words }: (typeof fields)[number]): string | undefined {
  const [range, step, ...rest] = expression.split('/')
  if (rest.length > 0) return `too many slashes: ${expression}`
  const [from, to, ...more] = range.split('-')
  if (more.length > 0) return `too many hyphens: ${expression}`
  const names: readonly string[] = words
  const valueOf = (text: string) =>
    names.includes(text.toLowerCase()) ? names.indexOf(text.toLowerCase()) + low : /^\d+$/.test(text) ? Number(text) : undefined
  const isAny = from === '*' || from === '?'
  const start = isAny ? low : valueOf(from)
  const end = isAny ? high : to === undefined ? (step === undefined ? start : high) : valueOf(to)
  if (start === undefined) return `failed to parse int from ${from}: strconv.Atoi: parsing ${JSON.stringify(from)}: invalid syntax`
  if (end === undefined) return `failed to parse int from ${to}: strconv.Atoi: parsing ${JSON.stringify(to)}: invalid syntax`
  if (step !== undefined && valueOf(step) === undefined)
    return `failed to parse int from ${step}: strconv.Atoi: parsing ${JSON.stringify(step)}: invalid syntax`
  if (start < low) return `beginning of range (${start}) below minimum (${low}): ${expression}`
  if (end > high) return `end of range (${end}) above maximum (${high}): ${expression}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`
  if (step === '0') return `step of range should be a positive number: ${expression}`
  return undefined
}
