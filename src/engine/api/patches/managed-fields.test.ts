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
