/** MutatingWebhookConfiguration of admissionregistration.k8s.io v1. */
import { typesOf } from '../api/expressions/expressions.ts'
import { validateWebhooks } from './validation/admission.ts'
import { ageColumn, column, name } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1MutatingWebhookConfiguration } from './generated/types.ts'

export const mutatingWebhookConfiguration = defineKind<V1MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  resource: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  namespaced: false,
  needsVersion: true,
  categories: ['api-extensions'],
  verbs: allVerbs,
  schema: 'V1MutatingWebhookConfiguration',
  hasGeneration: true,
  columns: [
    name,
    column(
      'Webhooks',
      'integer',
      'Webhooks indicates the number of webhooks registered in this configuration',
      ({ webhooks = [] }) => webhooks.length,
    ),
    ageColumn,
  ],
  defaults: (configuration) => {
    const webhooks = mapped(configuration.webhooks, (webhook) => {
      const fresh = filled(webhook, {
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        timeoutSeconds: 10,
        reinvocationPolicy: 'Never',
      })
      const service = fresh.clientConfig?.service
      return withField(
        withField(
          fresh,
          'rules',
          mapped(fresh.rules, (rule) => filled(rule, { scope: '*' })),
        ),
        'clientConfig',
        service ? withField(fresh.clientConfig, 'service', filled(service, { port: 443 })) : fresh.clientConfig,
      )
    })
    return withField(configuration, 'webhooks', webhooks)
  },
  validate: ({ webhooks }, errors) => validateWebhooks(webhooks, typesOf(false), errors),
})
