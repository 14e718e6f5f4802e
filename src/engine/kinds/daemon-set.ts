/** DaemonSet of apps v1. */
import {
  validateAtMostAll,
  validateCounts,
  validateCountsOfStatus,
  validateImmutableSelector,
  validateServingTemplate,
  validateShare,
} from './workload-validation.ts'
import { Verbatim } from './field-errors.ts'
import { goIntOrString, goSelectorPointer } from './go-print.ts'
import { validateSelector } from './validation/selectors.ts'
import { isSame } from '../api/objects.ts'
import { selectorText } from '../api/selectors.ts'
import { ageColumn, column, containerImages, containerNames, labelsText, name, wide } from './columns.ts'
import { filled, withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1DaemonSet } from './generated/types.ts'
import { podWarnings } from './pod-warnings.ts'

export const daemonSet = defineKind<V1DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  singular: 'daemonset',
  namespaced: true,
  shortNames: ['ds'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1DaemonSet',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Desired',
      'integer',
      'The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod). More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/',
      ({ status }) => status.desiredNumberScheduled,
    ),
    column(
      'Current',
      'integer',
      'The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod. More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/',
      ({ status }) => status.currentNumberScheduled,
    ),
    column(
      'Ready',
      'integer',
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and ready.',
      ({ status }) => status.numberReady,
    ),
    column(
      'Up-to-date',
      'integer',
      'The total number of nodes that are running updated daemon pod',
      ({ status }) => status.updatedNumberScheduled ?? 0,
    ),
    column(
      'Available',
      'integer',
      'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available (ready for at least spec.minReadySeconds)',
      ({ status }) => status.numberAvailable ?? 0,
    ),
    column(
      'Node Selector',
      'string',
      "NodeSelector is a selector which must be true for the pod to fit on a node. Selector which must match a node's labels for the pod to be scheduled on that node. More info: https://kubernetes.io/docs/concepts/configuration/assign-pod-node/",
      ({ spec }) => labelsText(spec.template.spec?.nodeSelector),
    ),
    ageColumn,
    wide('Containers', 'string', 'Names of each container in the template.', ({ spec }) => containerNames(spec.template.spec)),
    wide('Images', 'string', 'Images referenced by each container in the template.', ({ spec }) => containerImages(spec.template.spec)),
    wide(
      'Selector',
      'string',
      'A label query over pods that are managed by the daemon set. Must match in order to be controlled. If empty, defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => selectorText(spec.selector),
    ),
  ],
  defaults: (set) => {
    if (!set.spec) return set
    let spec = filled(set.spec, { updateStrategy: {}, revisionHistoryLimit: 10 })
    let strategy = filled(spec.updateStrategy ?? {}, { type: 'RollingUpdate' })
    if (strategy.type === 'RollingUpdate')
      strategy = withField(strategy, 'rollingUpdate', filled(strategy.rollingUpdate ?? {}, { maxUnavailable: 1, maxSurge: 0 }))
    spec = withField(withField(spec, 'updateStrategy', strategy), 'template', defaultedTemplate(spec.template))
    return withField(set, 'spec', spec)
  },
  onCreate: (set) => {
    // Counted by the API server since `extensions/v1beta1`, and part of every stored DaemonSet.
    const annotations = { 'deprecated.daemonset.template.generation': '1', ...set.metadata.annotations }
    return {
      ...set,
      metadata: { ...set.metadata, annotations },
      status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
    }
  },
  onUpdate: ({ old, fresh }) => {
    if (fresh.spec === old.spec || isSame(fresh.spec.template, old.spec.template)) return fresh
    const generation = Number(old.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? 0) + 1
    return {
      ...fresh,
      metadata: {
        ...fresh.metadata,
        annotations: { ...fresh.metadata.annotations, 'deprecated.daemonset.template.generation': String(generation) },
      },
    }
  },
  warnings: ({ spec }, old) => (spec.template === old?.spec.template ? [] : podWarnings(spec.template, 'spec.template')),
  validate: ({ spec }, errors) => {
    const { selector } = spec
    const isUsable = !selector || validateSelector(selector, 'spec.selector', errors)
    if (selector && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0)
      errors.invalid('spec.selector', goSelectorPointer(selector), 'empty selector is invalid for daemonset')
    validateServingTemplate(spec.template, isUsable ? selector : {}, 'DaemonSet', errors)
    validateCounts(spec, ['minReadySeconds'], errors)
    const { type, rollingUpdate } = spec.updateStrategy ?? {}
    const path = 'spec.updateStrategy.rollingUpdate'
    if (type === 'RollingUpdate') {
      const unavailable = validateShare(rollingUpdate?.maxUnavailable, `${path}.maxUnavailable`, errors)
      const surge = validateShare(rollingUpdate?.maxSurge, `${path}.maxSurge`, errors)
      validateAtMostAll(rollingUpdate?.maxUnavailable, `${path}.maxUnavailable`, errors)
      validateAtMostAll(rollingUpdate?.maxSurge, `${path}.maxSurge`, errors)
      if (unavailable === 0 && surge === 0) errors.required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')
      if (unavailable !== 0 && surge !== 0)
        errors.invalid(`${path}.maxSurge`, goIntOrString(rollingUpdate?.maxSurge ?? 0), 'may not be set when maxUnavailable is non-zero')
    } else if (type !== 'OnDelete')
      errors.notSupported(
        'spec.updateStrategy',
        new Verbatim(
          `apps.DaemonSetUpdateStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDaemonSet)(${rollingUpdate ? '0xc000b2d3e4' : 'nil'})}`,
        ),
        ['RollingUpdate', 'OnDelete'],
      )
    validateCounts(spec, ['revisionHistoryLimit'], errors)
  },
  validateUpdate: ({ old, fresh }, errors) => validateImmutableSelector(fresh.spec.selector, old.spec.selector, errors),
  validateStatus: ({ old, fresh }, errors) =>
    validateCountsOfStatus({ old: { ...old.status }, fresh: { ...fresh.status } }, statusCounts, errors),
})

const statusCounts = {
  counts: [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
  ],
}
