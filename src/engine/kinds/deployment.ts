/** Deployment of apps v1. */
import {
  validateAtMostAll,
  validateCounts,
  validateCountsOfStatus,
  validateImmutableSelector,
  validateServingTemplate,
  validateShare,
  validateWorkloadSelector,
} from './workload-validation.ts'
import { goIntOrString } from './go-print.ts'
import { Verbatim } from './field-errors.ts'
import { selectorText } from '../api/selectors.ts'
import { ageColumn, column, containerImages, containerNames, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Deployment } from './generated/types.ts'
import { workloadWarnings } from './pod-warnings.ts'

export const deployment = defineKind<V1Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  singular: 'deployment',
  namespaced: true,
  shortNames: ['deploy'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Deployment',
  hasGeneration: true,
  countsAnnotations: true,
  columns: [
    name,
    column(
      'Ready',
      'string',
      'Number of the pod with ready state',
      ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    column(
      'Up-to-date',
      'string',
      'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
      ({ status }) => status.updatedReplicas ?? 0,
    ),
    column(
      'Available',
      'string',
      'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
      ({ status }) => status.availableReplicas ?? 0,
    ),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) => containerNames(spec.template.spec)),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) => containerImages(spec.template.spec)),
    wide(
      'Selector',
      'string',
      'Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment.',
      ({ spec }) => selectorText(spec.selector),
    ),
  ],
  defaults: (deployment) => {
    if (!deployment.spec) return deployment
    let spec = filled(deployment.spec, { replicas: 1, strategy: {}, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
    let strategy = filled(spec.strategy ?? {}, { type: 'RollingUpdate' })
    if (strategy.type === 'RollingUpdate')
      strategy = withField(strategy, 'rollingUpdate', filled(strategy.rollingUpdate ?? {}, { maxUnavailable: '25%', maxSurge: '25%' }))
    spec = withField(withField(spec, 'strategy', strategy), 'template', defaultedTemplate(spec.template))
    return withField(deployment, 'spec', spec)
  },
  onCreate: (deployment) => ({ ...deployment, status: {} }),
  warnings: (object, old) => workloadWarnings(object, object.spec.template, old && { template: old.spec.template }, 'spec.template'),
  validate: ({ spec }, errors) => {
    validateCounts(spec, ['replicas'], errors)
    if (validateWorkloadSelector(spec.selector, 'deployment', errors))
      validateServingTemplate(spec.template, spec.selector, 'ReplicaSet', errors)
    const { type, rollingUpdate } = spec.strategy ?? {}
    if (type === 'Recreate') {
      if (rollingUpdate) errors.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")
    } else if (type === 'RollingUpdate') {
      const unavailable = validateShare(rollingUpdate?.maxUnavailable, 'spec.strategy.rollingUpdate.maxUnavailable', errors)
      const surge = validateShare(rollingUpdate?.maxSurge, 'spec.strategy.rollingUpdate.maxSurge', errors)
      if (surge === 0 && unavailable === 0)
        errors.invalid(
          'spec.strategy.rollingUpdate.maxUnavailable',
          goIntOrString(rollingUpdate?.maxUnavailable ?? 0),
          'may not be 0 when `maxSurge` is 0',
        )
      validateAtMostAll(rollingUpdate?.maxUnavailable, 'spec.strategy.rollingUpdate.maxUnavailable', errors)
    } else
      errors.notSupported(
        'spec.strategy',
        new Verbatim(
          `apps.DeploymentStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDeployment)(${rollingUpdate ? '0xc000b2d3e4' : 'nil'})}`,
        ),
        ['Recreate', 'RollingUpdate'],
      )
    validateCounts(spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'], errors)
    if (spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0))
      errors.invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds')
  },
  validateUpdate: ({ old, fresh }, errors) => validateImmutableSelector(fresh.spec.selector, old.spec.selector, errors),
  validateStatus: ({ old, fresh }, errors) =>
    validateCountsOfStatus({ old: { ...old.status }, fresh: { ...fresh.status } }, statusCounts, errors),
})

const statusCounts = {
  counts: ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'],
  parts: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  available: 'cannot be greater than readyReplicas',
}
