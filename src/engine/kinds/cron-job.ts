/** CronJob of batch v1. */
import { age, ageColumn, column, containerImages, containerNames, name, wide } from './columns.ts'
import { selectorText } from '../api/selectors.ts'
import { filled, withField } from './defaulting.ts'
import { defaultedJobSpec } from './job.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1CronJob } from './generated/types.ts'

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
    column('Timezone', 'string', 'The time zone name for the given schedule, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones. If not specified, this will default to the time zone of the kube-controller-manager process. The set of valid time zone names and the time zone offset is loaded from the system-wide time zone database by the API server during CronJob validation and the controller manager during execution. If no system-wide time zone database can be found a bundled version of the database is used instead. If the time zone name becomes invalid during the lifetime of a CronJob or due to a change in host configuration, the controller will stop creating new new Jobs and will create a system event with the reason UnknownTimeZone. More information can be found in https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones', ({ spec }) => spec.timeZone ?? '<none>'),
    column('Suspend', 'boolean', 'This flag tells the controller to suspend subsequent executions, it does not apply to already started executions.  Defaults to false.', ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False')),
    column('Active', 'integer', 'A list of pointers to currently running jobs.', ({ status }) => status.active?.length ?? 0),
    column('Last Schedule', 'string', 'Information when was the last time the job was successfully scheduled.', ({ status }, nowMs) => (status.lastScheduleTime ? age(status.lastScheduleTime, nowMs) : '<none>')),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) => containerNames(spec.jobTemplate.spec?.template.spec)),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) => containerImages(spec.jobTemplate.spec?.template.spec)),
    wide('Selector', 'string', 'A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors', ({ spec }) => selectorText(spec.jobTemplate.spec?.selector)),
  ],
  defaults: (cronJob) => {
    if (!cronJob.spec) return cronJob
    let spec = filled(cronJob.spec, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 })
    if (spec.jobTemplate?.spec) spec = withField(spec, 'jobTemplate', withField(spec.jobTemplate, 'spec', defaultedJobSpec(spec.jobTemplate.spec, false)))
    return withField(cronJob, 'spec', spec)
  },
  onCreate: (cronJob) => ({ ...cronJob, status: {} }),
})
