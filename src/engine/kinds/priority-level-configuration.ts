/** PriorityLevelConfiguration of flowcontrol.apiserver.k8s.io v1. */
import { ageColumn, column, name } from './columns.ts'
import { validateConditions, validateFixed, validatePriorityLevel } from './validation/flow-control.ts'
import { filled, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1PriorityLevelConfiguration, V1QueuingConfiguration } from './generated/types.ts'

export const priorityLevelConfiguration = defineKind<V1PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  resource: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration',
  namespaced: false,
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1PriorityLevelConfiguration',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Type',
      'string',
      '`type` indicates whether this priority level is subject to limitation on request execution.  A value of `"Exempt"` means that requests of this priority level are not subject to a limit (and thus are never queued) and do not detract from the capacity made available to other priority levels.  A value of `"Limited"` means that (a) requests of this priority level _are_ subject to limits and (b) some of the server\'s limited capacity is made available exclusively to this priority level. Required.',
      ({ spec }) => spec.type,
    ),
    column(
      'NominalConcurrencyShares',
      'string',
      '`nominalConcurrencyShares` (NCS) contributes to the computation of the NominalConcurrencyLimit (NominalCL) of this level. This is the number of execution seats available at this priority level. This is used both for requests dispatched from this priority level as well as requests dispatched from other priority levels borrowing seats from this level. The server\'s concurrency limit (ServerCL) is divided among the Limited priority levels in proportion to their NCS values:\n\nNominalCL(i)  = ceil( ServerCL * NCS(i) / sum_ncs ) sum_ncs = sum[priority level k] NCS(k)\n\nBigger numbers mean a larger nominal concurrency limit, at the expense of every other priority level.\n\nIf not specified, this field defaults to a value of 30.\n\nSetting this field to zero supports the construction of a "jail" for this priority level that is used to hold some request(s)',
      ({ spec }) => spec.limited?.nominalConcurrencyShares ?? '<none>',
    ),
    column(
      'Queues',
      'string',
      '`queues` is the number of queues for this priority level. The queues exist independently at each apiserver. The value must be positive.  Setting it to 1 effectively precludes shufflesharding and thus makes the distinguisher method of associated flow schemas irrelevant.  This field has a default value of 64.',
      ({ spec }) => spec.limited?.limitResponse?.queuing?.queues ?? '<none>',
    ),
    column(
      'HandSize',
      'string',
      "`handSize` is a small positive number that configures the shuffle sharding of requests into queues.  When enqueuing a request at this priority level the request's flow identifier (a string pair) is hashed and the hash value is used to shuffle the list of queues and deal a hand of the size specified here.  The request is put into one of the shortest queues in that hand. `handSize` must be no larger than `queues`, and should be significantly smaller (so that a few heavy flows do not saturate most of the queues).  See the user-facing documentation for more extensive guidance on setting this field.  This field has a default value of 8.",
      ({ spec }) => spec.limited?.limitResponse?.queuing?.handSize ?? '<none>',
    ),
    column(
      'QueueLengthLimit',
      'string',
      '`queueLengthLimit` is the maximum number of requests allowed to be waiting in a given queue of this priority level at a time; excess requests are rejected.  This value must be positive.  If not specified, it will be defaulted to 50.',
      ({ spec }) => spec.limited?.limitResponse?.queuing?.queueLengthLimit ?? '<none>',
    ),
    ageColumn,
  ],
  defaults: (level) => {
    const { spec } = level
    if (spec?.exempt) return withField(level, 'spec', withField(spec, 'exempt', filled(spec.exempt, noShares)))
    if (!spec?.limited) return level
    const limited = filled(spec.limited, { nominalConcurrencyShares: 30, lendablePercent: 0 })
    const response = limited.limitResponse
    const queuing = response?.queuing && wholeQueues(response.queuing)
    const whole = response && queuing ? withField(limited, 'limitResponse', withField(response, 'queuing', queuing)) : limited
    return withField(level, 'spec', withField(spec, 'limited', whole))
  },
  validate: ({ metadata, spec }, errors) => {
    validatePriorityLevel(metadata.name, spec, errors)
    // How many shares the exempt level has is left to the cluster.
    const judged = metadata.name === 'exempt' ? { ...spec, exempt: noShares } : spec
    validateFixed(metadata.name, 'V1PriorityLevelConfigurationSpec', judged, errors, spec)
  },
  validateUpdate: ({ old, fresh }, errors) => validateConditions(old.status, fresh.status, errors),
})

const noShares = { nominalConcurrencyShares: 0, lendablePercent: 0 }

/** Zero is what was left out. */
function wholeQueues(queuing: V1QueuingConfiguration): V1QueuingConfiguration {
  const { queues, handSize, queueLengthLimit } = queuing
  return queues && handSize && queueLengthLimit
    ? queuing
    : { queues: queues || 64, handSize: handSize || 8, queueLengthLimit: queueLengthLimit || 50 }
}
