/** StatefulSet of apps v1. */
import { ageColumn, column, containerImages, containerNames, name, wide } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1StatefulSet } from './generated/types.ts'

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
    column('Ready', 'string', 'Number of the pod with ready state', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) => containerNames(spec.template.spec)),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) => containerImages(spec.template.spec)),
  ],
  defaults: (set) => {
    if (!set.spec) return set
    let spec = filled(set.spec, {
      podManagementPolicy: 'OrderedReady',
      updateStrategy: {},
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      replicas: 1,
      revisionHistoryLimit: 10,
    })
    let strategy = filled(spec.updateStrategy ?? {}, { type: 'RollingUpdate' })
    if (strategy.type === 'RollingUpdate') strategy = withField(strategy, 'rollingUpdate', filled(strategy.rollingUpdate ?? {}, { partition: 0 }))
    spec = withField(withField(spec, 'updateStrategy', strategy), 'template', defaultedTemplate(spec.template))
    const claims = mapped(spec.volumeClaimTemplates, (claim) => ({
      ...claim,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      spec: filled(claim.spec ?? {}, { volumeMode: 'Filesystem' }),
      status: filled(claim.status ?? {}, { phase: 'Pending' }),
    }))
    if (claims?.some((claim, index) => claim.kind !== spec.volumeClaimTemplates?.[index].kind || claim.status !== spec.volumeClaimTemplates[index].status || claim.spec !== spec.volumeClaimTemplates[index].spec)) {
      spec = { ...spec, volumeClaimTemplates: claims }
    }
    return withField(set, 'spec', spec)
  },
  onCreate: (set) => ({ ...set, status: { replicas: 0, availableReplicas: 0 } }),
})
