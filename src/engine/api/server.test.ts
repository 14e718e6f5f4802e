import { expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { ByteStream, request, type HttpResponse } from '../../base/http.ts'
import { textOf } from '../../base/bytes.ts'
import { Random } from '../../base/random.ts'
import { Store } from '../store/store.ts'
import { ApiServer, stampResourceVersion } from './server.ts'
import type { V1ConfigMap } from '../kinds/generated/types.ts'

function newServer() {
  const clock = new ManualClock()
  const store = new Store({ clock, stamp: stampResourceVersion })
  const server = new ApiServer({ store, clock, random: new Random(7) })
  return { clock, store, server }
}

function ask(server: ApiServer, method: string, url: string, body?: unknown, headers = {}) {
  const response = server.handle(request(method, url, body, headers), {}) as HttpResponse
  return {
    status: response.status,
    headers: response.headers,
    body: typeof response.body === 'string' ? JSON.parse(response.body || 'null') : response.body,
  }
}

const configMap = (name: string, data: Record<string, string> = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })

test('what was created can be read, listed, changed and deleted', () => {
  const { server } = newServer()
  expect(ask(server, 'POST', '/api/v1/namespaces/default/configmaps', configMap('a', { x: '1' })).status).toBe(201)
  expect(ask(server, 'GET', '/api/v1/namespaces/default/configmaps/a').body.data).toEqual({ x: '1' })
  expect(
    ask(
      server,
      'PATCH',
      '/api/v1/namespaces/default/configmaps/a',
      { data: { y: '2' } },
      { 'content-type': 'application/merge-patch+json' },
    ).body.data,
  ).toEqual({ x: '1', y: '2' })
  expect(ask(server, 'GET', '/api/v1/namespaces/default/configmaps').body.items.map((item: V1ConfigMap) => item.metadata.name)).toEqual([
    'a',
  ])
  expect(ask(server, 'DELETE', '/api/v1/namespaces/default/configmaps/a').body.status).toBe('Success')
  expect(ask(server, 'GET', '/api/v1/namespaces/default/configmaps/a').body.message).toBe('configmaps "a" not found')
})

test('a watcher reads on from where its list ended', () => {
  const { server, clock } = newServer()
  const { metadata } = ask(server, 'GET', '/api/v1/namespaces/default/configmaps').body
  const { body } = ask(server, 'GET', `/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=${metadata.resourceVersion}`)
  const client = server.client('somebody')
  client.create<V1ConfigMap>('configmaps', { metadata: { name: 'a', namespace: 'default' } })
  clock.settle()
  expect(textOf((body as ByteStream).readAll())).toContain('"type":"ADDED"')
})

test('a bug of ours is answered as a panic of the real server is, and told', () => {
  const { server, clock, store } = newServer()
  const told: string[] = []
  clock.onFault = (part) => told.push(part)
  store.put('pods', 'default/broken', { metadata: { name: 'broken', namespace: 'default' } }, { by: 'a bug', because: 0 })
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  const { status, headers, body } = server.handle(request('GET', '/api/v1/pods', undefined, { accept }), {}) as HttpResponse
  expect([status, headers['content-type'], body]).toEqual([
    500,
    'text/plain; charset=utf-8',
    'This request caused apiserver to panic. Look in the logs for details.\n',
  ])
  expect(told).toEqual(['kube-apiserver, at GET /api/v1/pods'])
})

test('who has the list of resources already is told that it still stands', () => {
  const { server } = newServer()
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const { headers } = ask(server, 'GET', '/api', undefined, { accept })
  // That of the recorded server, which serves the same resources.
  expect(headers.etag).toMatch(/^"B71838287F84440751EF3E5744A7306A573352C87E530D4A937F4A2BCBB23B71C2/)
  const again = ask(server, 'GET', '/api', undefined, { accept, 'if-none-match': String(headers.etag), 'user-agent': 'curl/8' })
  expect([again.status, again.body, again.headers['content-type']]).toEqual([304, null, undefined])
})
