/**
 * `kubectl create deployment`, `job` and `cronjob`.
 */
import type { Blocking } from '../../../unix/kernel/process.ts'
import type { Call } from '../call.ts'
import { generated } from '../create.ts'
import { pathOf } from '../discovery.ts'
import type { KubeObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { meta, nameOf, needed, type Run } from './call.ts'

export const deployment: Run = function* (call) {
  needed(call, 'image')
  const name = nameOf(call)
  const { flags } = call
  const images = flags.list('image')
  const command = flags.dashAt >= 0 ? call.args.slice(flags.dashAt) : []
  if (images.length > 1 && command.length > 0) throw new Refusal('cannot specify multiple --image options and command')
  const port = flags.number('port')
  const containers = images.map((image) => ({
    name: containerName(image),
    image,
    ...(command.length > 0 ? { command } : {}),
    ...(port >= 0 ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }))
  const labels = { app: name }
  yield* generated(call, {
    object: {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: meta(call, name, { labels }),
      spec: {
        replicas: flags.number('replicas'),
        selector: { matchLabels: labels },
        template: { metadata: { creationTimestamp: null, labels }, spec: { containers } },
        strategy: {},
      },
      status: {},
    },
    plural: 'deployments',
    isNamespaced: true,
    failure: 'failed to create deployment:',
  })
}

/** The last part of an image's name, without tag and digest. Two images of one name get a suffix in the real tool; here the part alone. */
function containerName(image: string): string {
  const last = image.split('/').at(-1) ?? image
  return last.replace(/[:@].*$/, '').replace(/_/g, '-')
}

export const job: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const image = flags.text('image')
  const from = flags.text('from')
  const command = flags.dashAt >= 0 ? call.args.slice(flags.dashAt) : []
  if ((image === '') === (from === '')) throw new Refusal('either --image or --from must be specified')
  if (command.length > 0 && from !== '') throw new Refusal('cannot specify --from and command')
  const object = from === '' ? jobObject(call, name, image, command) : yield* jobFrom(call, name, from)
  yield* generated(call, { object, plural: 'jobs', isNamespaced: true, failure: 'failed to create job:' })
}

function jobObject(call: Call, name: string, image: string, command: readonly string[]): KubeObject {
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: meta(call, name),
    spec: {
      template: {
        metadata: { creationTimestamp: null },
        spec: { containers: [{ name, image, ...(command.length > 0 ? { command } : {}), resources: {} }], restartPolicy: 'Never' },
      },
    },
    status: {},
  }
}

function* jobFrom(call: Call, name: string, from: string): Blocking<KubeObject> {
  const [type, cronName] = from.split('/')
  const resource = cronName === undefined ? undefined : yield* call.resource(type)
  if (cronName === undefined) throw new Refusal('from must be an existing cronjob')
  if (!resource) throw new Refusal(`the server doesn't have a resource type ${JSON.stringify(type)}`)
  const cron = yield* call.api.get(pathOf(resource, call.namespace, cronName))
  if (resource.kind !== 'CronJob') throw new Refusal(`unknown object type *${resource.version}.${resource.kind}`)
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: meta(call, name, {
      ...(cron.spec.jobTemplate.metadata?.labels ? { labels: cron.spec.jobTemplate.metadata.labels } : {}),
      annotations: { ...cron.spec.jobTemplate.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata.name, uid: cron.metadata.uid, controller: true }],
    }),
    spec: cron.spec.jobTemplate.spec,
    status: {},
  }
}

export const cronJob: Run = function* (call) {
  needed(call, 'image', 'schedule')
  const name = nameOf(call)
  const { flags } = call
  const image = flags.text('image')
  if (image === '') throw new Refusal('image is required')
  if (flags.text('schedule') === '') throw new Refusal('schedule must be specified')
  const command = flags.dashAt >= 0 ? call.args.slice(flags.dashAt) : []
  yield* generated(call, {
    object: {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: meta(call, name),
      spec: {
        schedule: flags.text('schedule'),
        jobTemplate: {
          metadata: { name, creationTimestamp: null },
          spec: {
            template: {
              metadata: { creationTimestamp: null },
              spec: {
                containers: [{ name, image, ...(command.length > 0 ? { command } : {}), resources: {} }],
                restartPolicy: flags.text('restart') || 'OnFailure',
              },
            },
          },
        },
      },
      status: {},
    },
    plural: 'cronjobs',
    isNamespaced: true,
    failure: 'failed to create cronjob:',
  })
}
