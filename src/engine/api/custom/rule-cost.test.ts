import { expect, test } from 'vitest'
import { FieldErrors } from '../../kinds/field-errors.ts'
import { library } from '../expressions/expression-library.ts'
import { provideExpressions } from '../expressions/expressions.ts'
import { checkRuleCosts } from './rule-cost.ts'
import type { JsonSchema } from './structural-schema.ts'

provideExpressions(library)

const refusals = (schema: JsonSchema): readonly string[] => {
  const errors = new FieldErrors()
  checkRuleCosts(schema, 'schema', errors)
  return errors.list.map(({ field, message }) => `${field}: ${message}`)
}

const rule = (text: string): Pick<JsonSchema, 'x-kubernetes-validations'> => ({ 'x-kubernetes-validations': [{ rule: text }] })

const advice = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)'

test('what must look at every pair of an open list is too dear, and is not once the list has an end', () => {
  const unique = rule('self.names.all(a, self.names.exists_one(b, a == b))')
  const names = { type: 'array', items: { type: 'string', maxLength: 16 } }
  expect(refusals({ type: 'object', properties: { names }, ...unique })).toEqual([
    `schema.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${advice}`,
    'schema.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule & messageExpression cost total exceeding cost limit for entire OpenAPIv3 schema',
    `schema: Forbidden: x-kubernetes-validations estimated rule & messageExpression cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${advice}`,
  ])
  expect(refusals({ type: 'object', properties: { names: { ...names, maxItems: 100 } }, ...unique })).toEqual([])
})

test('a string that is searched for another of its kind wants a length; the rule of an element counts as often as the list is long', () => {
  const pair = { type: 'object', properties: { text: { type: 'string' }, part: { type: 'string' } } }
  expect(refusals({ ...pair, ...rule('!self.text.contains(self.part)') })[0]).toMatch(/^schema.*exceeds budget by factor of more than 100x/)
  const short = { type: 'string', maxLength: 1024 }
  expect(refusals({ type: 'object', properties: { text: short, part: short }, ...rule('!self.text.contains(self.part)') })).toEqual([])

  const element = { type: 'string', maxLength: 2048, ...rule("self.contains('keyword')") }
  expect(refusals({ type: 'object', properties: { list: { type: 'array', items: element } } })[0]).toBe(
    `schema.properties[list].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 86.1x ${advice}`,
  )
  expect(refusals({ type: 'object', properties: { list: { type: 'array', items: element, maxItems: 1000 } } })).toEqual([])
})

test('the factor is the one that a real server tells', () => {
  const text = { type: 'string', maxLength: 4096 }
  const items = {
    type: 'object',
    properties: { message: text, expect: { type: 'object', properties: { contains: text, equals: text } } },
    ...rule('!self.message.contains(self.expect.contains) && self.message != self.expect.equals'),
  }
  expect(refusals({ type: 'object', properties: { cases: { type: 'array', maxItems: 20, items } } })[0]).toBe(
    `schema.properties[cases].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 5.4x ${advice}`,
  )
})

test('what courses and operators write is cheap enough', () => {
  const spec: JsonSchema = {
    type: 'object',
    properties: {
      replicas: { type: 'integer' },
      minReplicas: { type: 'integer' },
      image: { type: 'string' },
      mode: { type: 'string', enum: ['a', 'b'] },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      hosts: { type: 'array', items: { type: 'string' } },
      extra: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
    'x-kubernetes-validations': [
      { rule: 'self.minReplicas <= self.replicas', messageExpression: "'replicas must be at least ' + string(self.minReplicas)" },
      { rule: "self.image.startsWith('registry.example.com/')" },
      { rule: "!has(self.mode) || self.mode in ['a', 'b']" },
      { rule: 'self.hosts.all(h, h.size() > 0)' },
      { rule: "has(self.labels) ? 'app' in self.labels : true" },
      { rule: 'self == oldSelf' },
      { rule: "self.image.matches('^[a-z]+:[0-9]+$')" },
      { rule: "self.extra.level == 'debug' || self.extra.items.all(x, x.name == 'y')" },
    ],
  }
  expect(refusals({ type: 'object', properties: { spec }, ...rule("self.metadata.name.matches('^[a-z]+$')") })).toEqual([])
})
