/** ReplicationController of the core group v1. */
import { statusCounts } from './replica-set.ts'
import { validateCounts, validateCountsOfStatus, validateServingTemplate } from './workload-validation.ts'
import { ageColumn, column, containerImages, containerNames, labelsText, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ReplicationController } from './generated/types.ts'
import { workloadWarnings } from './pod-warnings.ts'

export const replicationController = defineKind<V1ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  singular: 'replicationcontroller',
  namespaced: true,
  shortNames: ['rc'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ReplicationController',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Desired',
      'integer',
      'Replicas is the number of desired replicas. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller',
      ({ spec }) => spec.replicas ?? 0,
    ),
    column(
      'Current',
      'integer',
      'Replicas is the most recently observed number of replicas. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller',
      ({ status }) => status.replicas,
    ),
    column('Ready', 'integer', 'The number of ready replicas for this replication controller.', ({ status }) => status.readyReplicas ?? 0),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) => containerNames(spec.template?.spec)),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) => containerImages(spec.template?.spec)),
    wide(
      'Selector',
      'string',
      'Selector is a label query over pods that should match the Replicas count. If Selector is empty, it is defaulted to the labels present on the Pod template. Label keys and values that must match in order to be controlled by this replication controller, if empty defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => labelsText(spec.selector),
    ),
  ],
  orphansByDefault: true,
  selectableFields: { 'status.replicas': ({ status }) => String(status.replicas) },
  defaults: (controller) => {
    const labels = controller.spec?.template?.metadata?.labels
    if (!controller.spec) return controller
    let spec = filled(controller.spec, { replicas: 1, ...(labels ? { selector: labels } : {}) })
    if (spec.template) spec = withField(spec, 'template', defaultedTemplate(spec.template))
    const fresh = withField(controller, 'spec', spec)
    // Labels of the template stand for missing labels of the controller.
    return labels && !fresh.metadata.labels ? { ...fresh, metadata: { ...fresh.metadata, labels } } : fresh
  },
  onCreate: (controller) => ({ ...controller, status: { replicas: 0 } }),
  warnings: (object, old) => workloadWarnings(object, object.spec.template, old && { template: old.spec.template }, 'spec.template'),
  validate: ({ spec }, errors) => {
    validateCounts(spec, ['minReadySeconds'], errors)
    if (Object.keys(spec.selector ?? {}).length === 0) errors.required('spec.selector')
    validateCounts(spec, ['replicas'], errors)
    validateServingTemplate(spec.template, { matchLabels: spec.selector }, 'ReplicationController', errors)
  },
  validateStatus: ({ old, fresh }, errors) =>
    validateCountsOfStatus({ old: { ...old.status }, fresh: { ...fresh.status } }, statusCounts, errors),
})
