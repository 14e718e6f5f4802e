import { expect, test } from 'vitest'
import { ManualClock } from '../../../base/clock.ts'
import { request, type HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import type { V1Deployment } from '../../kinds/generated/types.ts'
import type { ManagedEntry } from './managed-fields.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

function newServer() {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const patch = (type: string, query: string, body: unknown) => {
    const response = server.handle(
      request('PATCH', `/apis/apps/v1/namespaces/default/deployments/web?${query}`, body, { 'content-type': type }),
      {},
    ) as HttpResponse
    return JSON.parse(response.body as string) as V1Deployment & { message?: string }
  }
  return {
    apply: (body: unknown, query = 'fieldManager=kubectl') => patch('application/apply-patch+yaml', query, body),
    merge: (body: unknown) => patch('application/merge-patch+json', 'fieldManager=kubectl-patch', body),
  }
}

const web = (replicas: number, image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { tier: 'front' } },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image }] } },
  },
})

test('what was applied is owned by who applied it, and applying it again changes nothing', () => {
  const { apply } = newServer()
  const { managedFields, resourceVersion } = apply(web(1, 'nginx')).metadata
  expect((managedFields as readonly ManagedEntry[])[0].fieldsV1).toEqual({
    'f:metadata': { 'f:labels': { 'f:tier': {} } },
    'f:spec': {
      'f:replicas': {},
      'f:selector': {},
      'f:template': {
        'f:metadata': { 'f:labels': { 'f:app': {} } },
        'f:spec': { 'f:containers': { 'k:{"name":"nginx"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
      },
    },
  })
  expect(apply(web(1, 'nginx')).metadata.resourceVersion).toBe(resourceVersion)
})

test("somebody else's fields are a conflict, unless forced", () => {
  const { apply, merge } = newServer()
  apply(web(1, 'nginx'))
  merge({ spec: { replicas: 4 } })
  expect(apply(web(3, 'httpd'), 'fieldManager=other').message).toBe(
    'Apply failed with 2 conflicts: conflicts with "kubectl":\n- .spec.template.spec.containers[name="nginx"].image\nconflicts with "kubectl-patch" using apps/v1:\n- .spec.replicas',
  )
  expect(apply(web(3, 'httpd'), 'fieldManager=other&force=true').spec.replicas).toBe(3)
})

test('a field that is no longer applied goes with its last owner', () => {
  const { apply } = newServer()
  apply(web(1, 'nginx'))
  const { labels: _, ...metadata } = web(1, 'nginx').metadata
  expect(apply({ ...web(1, 'nginx'), metadata }).metadata.labels).toBeUndefined()
})

test('who replaces a list takes what was booked for its items, the lists in them too', () => {
  const { apply, merge } = newServer()
  apply(web(1, 'nginx'))
  const container = (name: string) => ({ name, image: name, env: [{ name: 'A', value: '1' }] })
  const containers = (...names: readonly string[]) => ({ spec: { template: { spec: { containers: names.map(container) } } } })
  const fieldsOf = ({ metadata }: V1Deployment, manager: string) =>
    JSON.stringify((metadata.managedFields as readonly ManagedEntry[]).find((entry) => entry.manager === manager)?.fieldsV1)
  expect(fieldsOf(merge(containers('one')), 'kubectl-patch')).toContain('"f:env":{".":{},"k:{\\"name\\":\\"A\\"}"')
  expect(fieldsOf(merge(containers('two')), 'kubectl-patch')).not.toContain('one')
})

test('objects of one shape that somebody makes in one moment share one book, and it names what each of them names', () => {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const path = '/api/v1/namespaces/default/configmaps'
  const made = (name: string, { labels, data, agent = 'kubectl/v1.33' }: { labels?: object; data?: object; agent?: string }) => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data }
    const { body: text } = server.handle(request('POST', path, body, { 'user-agent': agent }), {}) as HttpResponse
    return (JSON.parse(text as string) as { readonly metadata: { readonly managedFields?: readonly ManagedEntry[] } }).metadata
      .managedFields
  }
  const named = (data: object, labels: object = {}) => [{ 'f:data': data, ...labels }]
  const fields = (managedFields?: readonly ManagedEntry[]) => managedFields?.map(({ fieldsV1 }) => fieldsV1)
  const one = { data: { a: '1' } }
  const first = made('one', one)
  expect(made('two', { data: { a: 'other' } })).toEqual(first)
  expect(fields(first)).toEqual(named({ '.': {}, 'f:a': {} }))
  expect(fields(made('more', { data: { a: '1', b: '2' } }))).toEqual(named({ '.': {}, 'f:a': {}, 'f:b': {} }))
  expect(fields(made('less', { data: { b: '2' } }))).toEqual(named({ '.': {}, 'f:b': {} }))
  const labelled = { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } } }
  expect(fields(made('labelled', { ...one, labels: { app: 'x' } }))).toEqual(named({ '.': {}, 'f:a': {} }, labelled))
  expect(fields(made('plain', one))).toEqual(named({ '.': {}, 'f:a': {} }))
  expect(made('nothing', {})).toBeUndefined()
  expect(made('by-another', { ...one, agent: 'helm' })?.[0].manager).toBe('helm')
  clock.advance(1000)
  expect(made('later', { ...one, agent: 'helm' })?.[0].time).not.toBe(first?.[0].time)
  const listed = server.handle(request('GET', path), {}) as HttpResponse
  const { items } = JSON.parse(listed.body as string) as { readonly items: readonly object[] }
  expect(items).toHaveLength(9)
  for (const item of items) expect(Object.keys(item)[0]).toBe('metadata')
})
