/** A kubelet's own credentials: what the Node authorizer and NodeRestriction leave to them. */
import { expect, test } from 'vitest'
import { bytesOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import { type HttpResponse, Pending } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'
import { Store } from '../../store/store.ts'

function world() {
  const clock = new ManualClock()
  const api = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const ask =
    (headers: Record<string, string>) =>
    (method: string, url: string, body?: object): string => {
      const answer: HttpResponse | Pending<HttpResponse> = api.handle(
        {
          method,
          url,
          headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json', ...headers },
          body: bytesOf(body ? JSON.stringify(body) : ''),
        },
        {},
      )
      if (answer instanceof Pending) throw new Error('nothing here has to wait')
      const { message = 'done' } = answer.status < 300 ? {} : (JSON.parse(String(answer.body)) as { message?: string })
      return message
    }
  const admin = ask({})
  for (const name of ['node01', 'node02']) admin('POST', '/api/v1/nodes', { metadata: { name } })
  for (const name of ['used', 'other']) admin('POST', '/api/v1/namespaces/default/secrets', { metadata: { name } })
  admin('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  admin('POST', '/api/v1/namespaces/default/pods', {
    metadata: { name: 'web' },
    spec: { nodeName: 'node01', containers: [{ name: 'c', image: 'nginx', envFrom: [{ secretRef: { name: 'used' } }] }] },
  })
  return { admin, node: ask({ 'impersonate-user': 'system:node:node01', 'impersonate-group': 'system:nodes' }) }
}

const user = 'User "system:node:node01"'

test('a kubelet reads its own node, and secrets of its own pods', () => {
  const { node } = world()
  expect(node('GET', '/api/v1/nodes/node01')).toBe('done')
  expect(node('GET', '/api/v1/nodes/node02')).toBe(
    `nodes "node02" is forbidden: ${user} cannot get resource "nodes" in API group "" at the cluster scope: node 'node01' cannot read 'node02', only its own Node object`,
  )
  expect(node('GET', '/api/v1/nodes')).toBe(
    `nodes is forbidden: ${user} cannot list resource "nodes" in API group "" at the cluster scope: node 'node01' cannot read all nodes, only its own Node object`,
  )
  expect(node('GET', '/api/v1/namespaces/default/secrets/used')).toBe('done')
  expect(node('GET', '/api/v1/namespaces/default/secrets/other')).toBe(
    `secrets "other" is forbidden: ${user} cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node 'node01' and this object`,
  )
  expect(node('GET', '/apis/apps/v1/deployments')).toBe(
    `deployments.apps is forbidden: ${user} cannot list resource "deployments" in API group "apps" at the cluster scope`,
  )
})

test('it labels its own node only, and not with what is the administrator’s', () => {
  const { node } = world()
  const label = (name: string, key: string) => node('PATCH', `/api/v1/nodes/${name}`, { metadata: { labels: { [key]: 'x' } } })
  expect(label('node01', 'disk')).toBe('done')
  expect(label('node01', 'node-restriction.kubernetes.io/tier')).toBe(
    'nodes "node01" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/tier',
  )
  expect(label('node02', 'disk')).toBe('nodes "node02" is forbidden: node "node01" is not allowed to modify node "node02"')
  expect(node('PATCH', '/api/v1/nodes/node01', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })).toBe(
    'nodes "node01" is forbidden: node "node01" is not allowed to modify taints',
  )
  expect(
    node('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'mine' },
      spec: { nodeName: 'node01', containers: [{ name: 'c', image: 'nginx' }] },
    }),
  ).toBe('pods "mine" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "node01" can only create mirror pods')
})
