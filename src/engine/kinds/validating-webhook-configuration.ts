/** ValidatingWebhookConfiguration of admissionregistration.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import type { V1ValidatingWebhookConfiguration } from './generated/types.ts'

export const validatingWebhookConfiguration = defineKind<V1ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  resource: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  namespaced: false,
  categories: ['api-extensions'],
  verbs: allVerbs,
  schema: 'V1ValidatingWebhookConfiguration',
  hasGeneration: true,
})
