/**
 * `kubectl create namespace`, `quota`, `poddisruptionbudget` and `priorityclass`.
 */
import { generated } from '../create.ts'
import type { Json, KubeObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { clusterMeta, meta, nameOf, type Run } from './call.ts'
import { inKeyOrder } from './configuration.ts'

export const namespaceGenerator: Run = function* (call) {
  const name = nameOf(call)
  yield* generated(call, {
    object: { kind: 'Namespace', apiVersion: 'v1', metadata: clusterMeta(name), spec: {}, status: {} },
    plural: 'namespaces',
    isNamespaced: false,
  })
}

export const quota: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const pairs =
    flags.text('hard') === ''
      ? []
      : flags
          .text('hard')
          .split(',')
          .map((pair) => {
            const parts = pair.split('=')
            if (parts.length !== 2 || parts[1] === '')
              throw new Refusal(
                `invalid resource quota hard ${flags.text('hard')}`.replace(
                  /^.*$/,
                  `Invalid argument syntax ${pair}, expected <resource>=<value>`,
                ),
              )
            return parts as [string, string]
          })
  const scopes = flags.text('scopes') === '' ? [] : flags.text('scopes').split(',')
  yield* generated(call, {
    object: {
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      metadata: meta(call, name),
      spec: { ...(pairs.length > 0 ? { hard: inKeyOrder(pairs) } : {}), ...(scopes.length > 0 ? { scopes } : {}) },
      status: {},
    },
    plural: 'resourcequotas',
    isNamespaced: true,
    failure: 'failed to create quota:',
  })
}

export const disruptionBudget: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const [min, max] = [flags.text('min-available'), flags.text('max-unavailable')]
  if (flags.text('selector') === '') throw new Refusal('a selector must be specified')
  if (min === '' && max === '') throw new Refusal('one of min-available or max-unavailable must be specified')
  if (min !== '' && max !== '') throw new Refusal('min-available and max-unavailable cannot be both specified')
  const amount = (text: string): Json => (/^\d+$/.test(text) ? Number(text) : text)
  const selector = selectorOf(flags.text('selector'))
  yield* generated(call, {
    object: {
      kind: 'PodDisruptionBudget',
      apiVersion: 'policy/v1',
      metadata: meta(call, name),
      spec: { ...(min === '' ? {} : { minAvailable: amount(min) }), selector, ...(max === '' ? {} : { maxUnavailable: amount(max) }) },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    },
    plural: 'poddisruptionbudgets',
    isNamespaced: true,
    failure: 'failed to create poddisruptionbudgets:',
  })
}

/** `a=b,c in (d,e),!f` as a LabelSelector. */
export function selectorOf(text: string): Json {
  const matchLabels: Record<string, string> = {}
  const matchExpressions: Json[] = []
  for (const term of text.match(/[^,(]+(\([^)]*\))?/g) ?? []) {
    const trimmed = term.trim()
    const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(trimmed)
    const pair = /^([^=!\s]+)\s*(==|=|!=)\s*(.*)$/.exec(trimmed)
    if (set)
      matchExpressions.push({
        key: set[1],
        operator: set[2] === 'in' ? 'In' : 'NotIn',
        values: set[3].split(',').map((value) => value.trim()),
      })
    else if (pair && pair[2] !== '!=') matchLabels[pair[1]] = pair[3]
    else if (pair) matchExpressions.push({ key: pair[1], operator: 'NotIn', values: [pair[3]] })
    else if (trimmed.startsWith('!')) matchExpressions.push({ key: trimmed.slice(1), operator: 'DoesNotExist' })
    else matchExpressions.push({ key: trimmed, operator: 'Exists' })
  }
  return { ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) }
}

export const priorityClass: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const object: KubeObject = {
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: clusterMeta(name),
    value: flags.number('value'),
  }
  if (flags.is('global-default')) object.globalDefault = true
  if (flags.text('description') !== '') object.description = flags.text('description')
  object.preemptionPolicy = flags.text('preemption-policy')
  yield* generated(call, { object, plural: 'priorityclasses', isNamespaced: false, failure: 'failed to create priorityclass:' })
}
