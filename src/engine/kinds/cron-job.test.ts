import { expect, test } from 'vitest'
import { bench } from './test-manifests.ts'

test('a CronJob is judged by its schedule, its time zone and the Job it makes', () => {
  const { create, update } = bench(`
apiVersion: batch/v1
kind: CronJob
metadata: { name: x }
spec: { schedule: "* * * * *", jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] } } } } }
`)
  const answers = [
    create('spec: { schedule: "61 * * * *" }'),
    create('spec: { schedule: "CRON_TZ=UTC * * * *" }'),
    create('spec: { timeZone: local, concurrencyPolicy: Sometimes, failedJobsHistoryLimit: -1 }'),
    create('spec: { timeZone: "" }'),
    create(
      'spec: { jobTemplate: { spec: { manualSelector: true, selector: { matchLabels: { a: b } }, template: { spec: { restartPolicy: Always } } } } }',
    ),
    create('metadata: { name: a-name-of-fifty-three-letters-is-one-too-many-for-a-cj }'),
    update('spec: { startingDeadlineSeconds: -1 }'),
  ]
  expect(answers.join('\n')).toMatchInlineSnapshot(`
    "The CronJob "x" is invalid: spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61
    The CronJob "x" is invalid: 
    * spec.schedule: Invalid value: "CRON_TZ=UTC * * * *": expected exactly 5 fields, found 4: [* * * *]
    * spec.schedule: Invalid value: "CRON_TZ=UTC * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead
    The CronJob "x" is invalid: 
    * spec.timeZone: Invalid value: "local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones
    * spec.timeZone: Invalid value: "local": unknown time zone local
    * spec.concurrencyPolicy: Unsupported value: "Sometimes": supported values: "Allow", "Forbid", "Replace"
    * spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0
    The CronJob "x" is invalid: spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string
    The CronJob "x" is invalid: 
    * spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"
    * spec.jobTemplate.spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: \`selector\` will be auto-generated
    * spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"
    The CronJob "a-name-of-fifty-three-letters-is-one-too-many-for-a-cj" is invalid: metadata.name: Invalid value: "a-name-of-fifty-three-letters-is-one-too-many-for-a-cj": must be no more than 52 characters
    The CronJob "x" is invalid: spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0"
  `)
})
