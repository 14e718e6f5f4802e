import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { bytesOf } from '../../../base/bytes.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

const things = '/apis/example.com/v1/namespaces/default/things'

/** A cluster that knows things, and what it says to one written with this `spec` or changed to it: nothing where it is taken. */
function cluster(schema: object, subresources: object = {}) {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const ask = (method: string, url: string, body: object) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const request = { method, url, headers: { 'content-type': type }, body: bytesOf(JSON.stringify(body)) }
    const response = server.handle(request, {}) as HttpResponse
    clock.advance(10)
    return {
      warning: String(response.headers.warning),
      ...(JSON.parse(String(response.body)) as { spec?: object; kind: string; message?: string }),
    }
  }
  const define = (spec: object, method = 'POST') =>
    ask(method, `/apis/apiextensions.k8s.io/v1/customresourcedefinitions${method === 'PATCH' ? '/things.example.com' : ''}`, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            subresources,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { spec, status: { type: 'object', properties: { replicas: { type: 'integer' } } } },
              },
            },
          },
        ],
      },
    })
  expect(define(schema).message).toBe(undefined)
  const thing = (name: string, spec: unknown, metadata: object = {}) => ({
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name, ...metadata },
    spec,
  })
  const words = (answer: { kind: string; message?: string }) =>
    answer.kind === 'Status' ? answer.message?.replace(/^Thing.example.com "\w+" is invalid: /, '') : undefined
  return {
    define,
    create: (spec: unknown, name = 'one', metadata: object = {}) => ask('POST', things, thing(name, spec, metadata)),
    refusal: (spec: unknown) => words(ask('POST', `${things}?dryRun=All`, thing('one', spec))),
    refusalOfChange: (spec: unknown, name = 'one') => words(ask('PATCH', `${things}/${name}`, { spec })),
  }
}

function refusalOf(property: object, value: unknown): string | undefined {
  return cluster({ type: 'object', properties: { x: property } }).refusal({ x: value })
}

test('a value is told from its schema in the words of kube-openapi', () => {
  expect(refusalOf({ type: 'integer', minimum: 1, maximum: 9 }, 0)).toBe(
    'spec.x: Invalid value: 0: spec.x in body should be greater than or equal to 1',
  )
  expect(refusalOf({ type: 'number', maximum: 1.5, exclusiveMaximum: true }, 1.5)).toBe(
    'spec.x: Invalid value: 1.5: spec.x in body should be less than 1.5',
  )
  expect(refusalOf({ type: 'integer', multipleOf: 5 }, 7)).toBe('spec.x: Invalid value: 7: spec.x in body should be a multiple of 5')
  expect(refusalOf({ type: 'string', enum: ['a', 'b'] }, 3)).toBe(
    '[spec.x: Invalid value: "integer": spec.x in body must be of type string: "integer", spec.x: Unsupported value: 3: supported values: "a", "b"]',
  )
  expect(refusalOf({ type: 'string', minLength: 3, pattern: '^[a-z]+$' }, 'A')).toBe(
    'spec.x: Invalid value: "A": spec.x in body should be at least 3 chars long',
  )
  expect(refusalOf({ type: 'string', pattern: '(?i)^[a-z]+\\z' }, 'Abc')).toBe(undefined)
  expect(refusalOf({ type: 'string', maxLength: 2 }, 'abc')).toBe('spec.x: Too long: may not be more than 2 bytes')
  expect(refusalOf({ type: 'array', items: { type: 'string' }, minItems: 2 }, ['a'])).toBe(
    'spec.x: Invalid value: 1: spec.x in body should have at least 2 items',
  )
  expect(refusalOf({ type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 1 }, { a: 1, b: 2 })).toBe(
    'spec.x: Too many: 2: must have at most 1 items',
  )
  expect(refusalOf({ type: 'object', additionalProperties: { type: 'integer' }, minProperties: 1 }, {})).toBe(
    'spec.x: Invalid value: 0: spec.x in body should have at least 1 properties',
  )
  expect(refusalOf({ type: 'object', additionalProperties: { type: 'integer' } }, { a: 'one' })).toBe(
    'spec.x.a: Invalid value: "string": spec.x.a in body must be of type integer: "string"',
  )
  expect(refusalOf({ 'x-kubernetes-int-or-string': true }, true)).toBe(
    'spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"',
  )
})

test('formats are asked of texts; those of numbers mean nothing', () => {
  const formats: readonly (readonly [string, string, string])[] = [
    ['date-time', '2024-02-29T10:00:00Z', '2024-02-30T10:00:00Z'],
    ['date', '2024-02-29', '2024-2-29'],
    ['duration', '1h30m', '1x'],
    ['email', 'Ann <ann@example.com>', 'ann'],
    ['hostname', 'my-host.example.com', 'my_host'],
    ['ipv4', '10.0.0.1', '10.0.0.256'],
    ['ipv6', '2001:db8::1', '10.0.0.1'],
    ['cidr', '10.0.0.0/8', '10.0.0.0'],
    ['mac', '00:1a:2b:3c:4d:5e', '00:1a'],
    ['uri', 'https://example.com/a?b', 'example'],
    ['uuid', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', '3f2504e0'],
    ['byte', 'aGVsbG8=', 'hello'],
    ['hexcolor', '#ffcc00', 'yellow'],
    ['isbn', '978-3-16-148410-0', '978-3-16-148410-1'],
  ]
  for (const [format, good, bad] of formats) {
    expect(refusalOf({ type: 'string', format }, good)).toBe(undefined)
    expect(refusalOf({ type: 'string', format }, bad)).toBe(
      `spec.x: Invalid value: ${JSON.stringify(bad)}: spec.x in body must be of type ${format}: ${JSON.stringify(bad)}`,
    )
  }
  expect(refusalOf({ type: 'string', format: 'password' }, '')).toBe(undefined)
  expect(refusalOf({ type: 'integer', format: 'int32' }, 2 ** 40)).toBe(undefined)
  expect(refusalOf({ type: 'string', format: 'date' }, 7)).toBe(
    'spec.x: Invalid value: "int64": spec.x in body must be of type date: "int64"',
  )
})

test('of combinations, the sentence comes without a place and then what the nearest alternative says', () => {
  const either = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } }
  const oneOf = [{ required: ['a'] }, { required: ['b'] }]
  expect(refusalOf({ ...either, oneOf }, {})).toBe(
    '[<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found none valid, spec.x.a: Required value]',
  )
  expect(refusalOf({ ...either, oneOf }, { a: '', b: '' })).toBe(
    '<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives',
  )
  expect(refusalOf({ ...either, anyOf: oneOf }, {})).toBe(
    '[<nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf), spec.x.a: Required value]',
  )
  expect(refusalOf({ ...either, allOf: oneOf }, { a: '' })).toBe(
    '[spec.x.b: Required value, <nil>: Invalid value: "": "spec.x" must validate all the schemas (allOf)]',
  )
  expect(refusalOf({ ...either, not: oneOf[0] }, { a: '' })).toBe('<nil>: Invalid value: "": "spec.x" must not validate the schema (not)')
})

test('lists that are sets or maps have no doubles', () => {
  const list = (items: object, more: object) => ({ type: 'array', items, ...more })
  expect(refusalOf(list({ type: 'string' }, { 'x-kubernetes-list-type': 'set' }), ['a', 'b', 'a', 'a'])).toBe(
    'spec.x[2]: Duplicate value: "a"',
  )
  const entry = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, port: { type: 'integer' } } }
  const map = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }
  expect(refusalOf(list(entry, map), [{ name: 'a', port: 1 }, { name: 'a' }])).toBe(
    'spec.x[1]: Duplicate value: map[string]interface {}{"name":"a"}',
  )
})

test('an embedded object has an apiVersion, a kind and metadata as objects have', () => {
  const embedded = { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }
  expect(refusalOf(embedded, { apiVersion: 'a/b/c', metadata: { name: 'A/b', labels: { 'a b': '' } } })).toBe(
    `[spec.x.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c, spec.x.kind: Required value, spec.x.metadata.name: Invalid value: "A/b": may not contain '/', spec.x.metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')]`,
  )
  expect(refusalOf(embedded, { apiVersion: 'v1', kind: 'Pod', spec: { any: 'thing' } })).toBe(undefined)
})

test('a null that is not allowed is as good as missing: its default stands, or nothing', () => {
  const { create } = cluster({
    type: 'object',
    properties: {
      a: { type: 'string', default: 'x' },
      b: { type: 'string' },
      c: { type: 'string', nullable: true, default: 'y' },
      nested: { type: 'object', default: {}, properties: { deep: { type: 'integer', default: 3 } } },
      list: { type: 'array', items: { type: 'object', properties: { on: { type: 'boolean', default: true } } } },
      open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: { type: 'object', properties: {} } } },
    },
  })
  const spec = { a: null, b: null, c: null, list: [{}, { off: 1 }], open: { any: { thing: 1 }, known: { gone: 1 } } }
  expect(create(spec).spec).toEqual({
    a: 'x',
    c: null,
    nested: { deep: 3 },
    list: [{ on: true }, { on: true }],
    open: { any: { thing: 1 }, known: {} },
  })
})

test('what was wrong before a definition grew stricter may stay, but not change to something wrong', () => {
  const item = (more: object) => ({
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', ...more }, size: { type: 'integer' } },
  })
  const schema = (more: object) => ({
    type: 'object',
    properties: {
      mode: { type: 'string', ...more },
      note: { type: 'string' },
      parts: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: item(more) },
    },
  })
  const { create, define, refusalOfChange } = cluster(schema({}))
  create({ mode: 'fast', parts: [{ name: 'left', size: 1 }] })
  define(schema({ maxLength: 2 }), 'PATCH')
  expect(refusalOfChange({ note: 'hello' })).toBe(undefined)
  expect(
    refusalOfChange({
      parts: [
        { name: 'up', size: 1 },
        { name: 'left', size: 2 },
      ],
    }),
  ).toBe(undefined)
  expect(refusalOfChange({ mode: 'slow' })).toBe('spec.mode: Too long: may not be more than 2 bytes')
  expect(refusalOfChange({ parts: [{ name: 'right' }, { name: 'left', size: 3 }] })).toBe(
    'spec.parts[0].name: Too long: may not be more than 2 bytes',
  )
})

test('what a resource is scaled by is a number, and a finalizer without a domain is warned of', () => {
  const scale = { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } }
  const { create, refusal } = cluster({ type: 'object', properties: { replicas: { type: 'integer' } } }, scale)
  expect(refusal({ replicas: -1 })).toBe('.spec.replicas: Invalid value: -1: should be a non-negative integer')
  expect(refusal({ replicas: 2 ** 32 })).toBe('.spec.replicas: Invalid value: 4294967296: should be less than or equal to 2147483647')
  expect(create({}, 'two', { finalizers: ['kept.example.com'] }).warning).toBe(
    '299 - "metadata.finalizers: \\"kept.example.com\\": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers"',
  )
})
