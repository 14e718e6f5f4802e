/** StatefulSet of apps v1. */
import { validateCounts, validateCountsOfStatus, validateServingTemplate, validateWorkloadSelector } from './workload-validation.ts'
import { isSame } from '../api/objects.ts'
import { Verbatim } from './field-errors.ts'
import { notNegative, supported } from './validation/values.ts'
import { ageColumn, column, containerImages, containerNames, name, wide } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { allVerbs, defineKind } from './kind.ts'
import { dns1123Label } from './names.ts'
import type { V1StatefulSet, V1StatefulSetSpec } from './generated/types.ts'
import { podWarnings } from './pod-warnings.ts'

export const statefulSet = defineKind<V1StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  singular: 'statefulset',
  namespaced: true,
  shortNames: ['sts'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1StatefulSet',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Ready',
      'string',
      'Number of the pod with ready state',
      ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    ),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) => containerNames(spec.template.spec)),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) => containerImages(spec.template.spec)),
  ],
  defaults: (set) => {
    if (!set.spec) return set
    let spec = filled(set.spec, {
      podManagementPolicy: 'OrderedReady',
      updateStrategy: {},
      persistentVolumeClaimRetentionPolicy: {},
      replicas: 1,
      revisionHistoryLimit: 10,
    })
    const retention = filled(spec.persistentVolumeClaimRetentionPolicy ?? {}, { whenDeleted: 'Retain', whenScaled: 'Retain' })
    spec = withField(spec, 'persistentVolumeClaimRetentionPolicy', retention)
    let strategy = filled(spec.updateStrategy ?? {}, { type: 'RollingUpdate' })
    if (strategy.type === 'RollingUpdate')
      strategy = withField(strategy, 'rollingUpdate', filled(strategy.rollingUpdate ?? {}, { partition: 0 }))
    // A gate that is closed in 1.33: pods are replaced one by one.
    if (strategy.rollingUpdate?.maxUnavailable !== undefined) {
      const { maxUnavailable: _, ...rollingUpdate } = strategy.rollingUpdate
      strategy = { ...strategy, rollingUpdate }
    }
    spec = withField(withField(spec, 'updateStrategy', strategy), 'template', defaultedTemplate(spec.template))
    const claims = mapped(spec.volumeClaimTemplates, (claim) => ({
      ...claim,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      spec: filled(claim.spec ?? {}, { volumeMode: 'Filesystem' }),
      status: filled(claim.status ?? {}, { phase: 'Pending' }),
    }))
    if (
      claims?.some(
        (claim, index) =>
          claim.kind !== spec.volumeClaimTemplates?.[index].kind ||
          claim.status !== spec.volumeClaimTemplates[index].status ||
          claim.spec !== spec.volumeClaimTemplates[index].spec,
      )
    ) {
      spec = { ...spec, volumeClaimTemplates: claims }
    }
    return withField(set, 'spec', spec)
  },
  onCreate: (set) => ({ ...set, status: { replicas: 0, availableReplicas: 0 } }),
  // Its name becomes part of its pods' host names.
  nameRule: dns1123Label,
  warnings: ({ spec }, old) => (spec.template === old?.spec.template ? [] : podWarnings(spec.template, 'spec.template')),
  validate: ({ spec }, errors) => {
    if (!spec.podManagementPolicy) errors.required('spec.podManagementPolicy')
    else if (!['OrderedReady', 'Parallel'].includes(spec.podManagementPolicy))
      errors.invalid('spec.podManagementPolicy', spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")
    const { type, rollingUpdate } = spec.updateStrategy ?? {}
    if (type === 'RollingUpdate') notNegative('spec.updateStrategy.rollingUpdate.partition', rollingUpdate?.partition, errors)
    else if (type === 'OnDelete') {
      if (rollingUpdate)
        errors.invalid(
          'spec.updateStrategy.rollingUpdate',
          new Verbatim(
            `apps.RollingUpdateStatefulSetStrategy{Partition:${rollingUpdate.partition ?? 0}, MaxUnavailable:(*intstr.IntOrString)(nil)}`,
          ),
          "only allowed for updateStrategy 'RollingUpdate'",
        )
    } else {
      errors.invalid(
        'spec.updateStrategy',
        new Verbatim(
          `apps.StatefulSetUpdateStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(${rollingUpdate ? '0xc000b2d3e4' : 'nil'})}`,
        ),
        "must be 'RollingUpdate' or 'OnDelete'",
      )
    }
    const retention = spec.persistentVolumeClaimRetentionPolicy
    for (const when of ['whenDeleted', 'whenScaled'] as const)
      supported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, retention?.[when] ?? 'Retain', ['Retain', 'Delete'], errors)
    validateCounts(spec, ['replicas', 'minReadySeconds'], errors)
    if (spec.ordinals) notNegative('spec.ordinals.start', spec.ordinals.start, errors)
    if (validateWorkloadSelector(spec.selector, 'statefulset', errors))
      validateServingTemplate(spec.template, spec.selector, 'StatefulSet', errors)
  },
  validateUpdate: ({ old, fresh }, errors) => {
    const fixed = ({
      replicas: _,
      ordinals: __,
      template: ___,
      updateStrategy: ____,
      revisionHistoryLimit: _____,
      persistentVolumeClaimRetentionPolicy: ______,
      minReadySeconds: _______,
      ...rest
    }: V1StatefulSetSpec) => rest
    if (!isSame(fixed(old.spec), fixed(fresh.spec))) {
      errors.forbidden(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      )
    }
  },
  validateStatus: ({ old, fresh }, errors) =>
    validateCountsOfStatus({ old: { ...old.status }, fresh: { ...fresh.status } }, statusCounts, errors),
})

const statusCounts = {
  counts: ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration'],
  parts: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
  available: 'cannot be greater than status.readyReplicas',
}
