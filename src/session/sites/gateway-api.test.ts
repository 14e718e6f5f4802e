import { expect, test } from 'vitest'
import { checkRuleCosts } from '../../engine/api/custom/rule-cost.ts'
import type { JsonSchema } from '../../engine/api/custom/structural-schema.ts'
import { library } from '../../engine/api/expressions/expression-library.ts'
import { provideExpressions } from '../../engine/api/expressions/expressions.ts'
import { FieldErrors } from '../../engine/kinds/field-errors.ts'
import definitions from './generated/gateway-api.json' with { type: 'json' }

test('no rule of the Gateway API is too dear, though its schemas go close to the limit', () => {
  provideExpressions(library)
  const errors = new FieldErrors()
  for (const { spec } of definitions)
    for (const { schema } of spec.versions) checkRuleCosts(schema.openAPIV3Schema as unknown as JsonSchema, spec.names.kind, errors)
  expect(errors.list).toEqual([])
})
