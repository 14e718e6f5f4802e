/** ReplicaSet of apps v1. */
import {
  validateCounts,
  validateCountsOfStatus,
  validateImmutableSelector,
  validateServingTemplate,
  validateWorkloadSelector,
} from './workload-validation.ts'
import { selectorText } from '../api/selectors.ts'
import { ageColumn, column, containerImages, containerNames, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ReplicaSet } from './generated/types.ts'
import { workloadWarnings } from './pod-warnings.ts'

export const replicaSet = defineKind<V1ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  singular: 'replicaset',
  namespaced: true,
  shortNames: ['rs'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1ReplicaSet',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Desired',
      'integer',
      'Replicas is the number of desired pods. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset',
      ({ spec }) => spec.replicas ?? 0,
    ),
    column(
      'Current',
      'integer',
      'Replicas is the most recently observed number of non-terminating pods. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset',
      ({ status }) => status.replicas,
    ),
    column(
      'Ready',
      'integer',
      'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.',
      ({ status }) => status.readyReplicas ?? 0,
    ),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) => containerNames(spec.template?.spec)),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) => containerImages(spec.template?.spec)),
    wide(
      'Selector',
      'string',
      'Selector is a label query over pods that should match the replica count. If the selector is empty, it is defaulted to the labels present on the pod template. Label keys and values that must match in order to be controlled by this replica set. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => selectorText(spec.selector),
    ),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status.replicas) },
  defaults: (set) => {
    if (!set.spec) return set
    const spec = filled(set.spec, { replicas: 1 })
    return withField(set, 'spec', spec.template ? withField(spec, 'template', defaultedTemplate(spec.template)) : spec)
  },
  onCreate: (set) => ({ ...set, status: { replicas: 0 } }),
  warnings: (object, old) => workloadWarnings(object, object.spec.template, old && { template: old.spec.template }, 'spec.template'),
  validate: ({ spec }, errors) => {
    validateCounts(spec, ['replicas', 'minReadySeconds'], errors)
    if (validateWorkloadSelector(spec.selector, 'deployment', errors))
      validateServingTemplate(spec.template, spec.selector, 'ReplicaSet', errors)
  },
  validateUpdate: ({ old, fresh }, errors) => validateImmutableSelector(fresh.spec.selector, old.spec.selector, errors),
  validateStatus: ({ old, fresh }, errors) =>
    validateCountsOfStatus({ old: { ...old.status }, fresh: { ...fresh.status } }, statusCounts, errors),
})

export const statusCounts = {
  counts: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
  parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  available: 'cannot be greater than readyReplicas',
}
