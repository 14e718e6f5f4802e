import { expect, test } from 'vitest'
import { editorSchema } from './schema.ts'

test('a kind is told from others by its apiVersion and kind, and its fields have types and words', () => {
  const schema = editorSchema(
    {
      V1Deployment: {
        name: 'io.k8s.api.apps.v1.Deployment',
        fields: [
          ['kind', 'string', 'ep', ''],
          ['apiVersion', 'string', 'ep', ''],
          ['metadata', 'V1ObjectMeta', 'e', ''],
          ['spec', 'V1DeploymentSpec', 'e', ''],
        ],
      },
      V1DeploymentSpec: {
        name: 'io.k8s.api.apps.v1.DeploymentSpec',
        fields: [
          ['replicas', 'int32', 'ep', ''],
          ['selector', 'V1LabelSelector', 'rp', ''],
          ['names', '[]string', 'e', '', { enum: ['a'] }],
          ['limits', '{}quantity', 'e', ''],
        ],
      },
    },
    { V1DeploymentSpec: { '': 'What is wanted.', replicas: 'How many.' } },
  )
  expect(schema).toEqual({
    oneOf: [{ $ref: '#/definitions/V1Deployment' }],
    definitions: {
      V1Deployment: {
        type: 'object',
        required: ['apiVersion', 'kind'],
        additionalProperties: false,
        properties: {
          apiVersion: { type: 'string', enum: ['apps/v1'], description: undefined },
          kind: { type: 'string', enum: ['Deployment'], description: undefined },
          metadata: { $ref: '#/definitions/V1ObjectMeta' },
          spec: { $ref: '#/definitions/V1DeploymentSpec' },
        },
      },
      V1DeploymentSpec: {
        type: 'object',
        description: 'What is wanted.',
        required: ['selector'],
        additionalProperties: false,
        properties: {
          replicas: { type: 'integer', description: 'How many.' },
          selector: { $ref: '#/definitions/V1LabelSelector' },
          names: { type: 'array', items: { type: 'string' }, enum: ['a'] },
          limits: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
        },
      },
    },
  })
})
