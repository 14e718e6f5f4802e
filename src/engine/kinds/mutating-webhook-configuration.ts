/** MutatingWebhookConfiguration of admissionregistration.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1MutatingWebhookConfiguration } from './generated/types.ts'

export const mutatingWebhookConfiguration = defineKind<V1MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  resource: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  namespaced: false,
  categories: ['api-extensions'],
  verbs: allVerbs,
  schema: 'V1MutatingWebhookConfiguration',
  hasGeneration: true,
})
