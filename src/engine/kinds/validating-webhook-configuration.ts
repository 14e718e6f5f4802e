/** ValidatingWebhookConfiguration of admissionregistration.k8s.io v1. */
import { typesOf } from '../api/expressions/expressions.ts'
import { validateWebhooks } from './validation/admission.ts'
import { ageColumn, column, name } from './columns.ts'
import { filled, mapped, withField } from './defaulting.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ValidatingWebhookConfiguration } from './generated/types.ts'

export const validatingWebhookConfiguration = defineKind<V1ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  resource: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  namespaced: false,
  needsVersion: true,
  categories: ['api-extensions'],
  verbs: allVerbs,
  schema: 'V1ValidatingWebhookConfiguration',
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
