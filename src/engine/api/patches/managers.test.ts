import { expect, test } from 'vitest'
import { bytesOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import type { V1Deployment, V1Pod } from '../../kinds/generated/types.ts'
import { Store } from '../../store/store.ts'
import type { KubernetesObject } from '../client.ts'
import type { ManagedEntry } from './managed-fields.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'

test('who applies what an autoscaler has scaled is told of the conflict', () => {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const apply = () => {
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    }
    const answer = server.handle(
      {
        method: 'PATCH',
        url: '/apis/apps/v1/namespaces/default/deployments/web?fieldManager=kubectl',
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: bytesOf(JSON.stringify(body)),
      },
      {},
    ) as HttpResponse
    return (JSON.parse(String(answer.body)) as { readonly message?: string }).message
  }
  expect(apply()).toBeUndefined()
  const client = server.client('horizontal-pod-autoscaler')
  const web = client.get<V1Deployment>('deployments.apps', 'default', 'web') as V1Deployment
  client.update('deployments.apps/scale', { ...web, spec: { ...web.spec, replicas: 3 } })
  expect(apply()).toBe(
    'Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas',
  )
})

test('a pod that loops alone have written tells who wrote what, and goes on telling when somebody labels it', () => {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const send = (method: string, url: string, body: string, headers = {}) =>
    JSON.parse(String((server.handle({ method, url, headers, body: bytesOf(body) }, {}) as HttpResponse).body)) as KubernetesObject
  const url = '/api/v1/namespaces/default/pods/web-1'
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u1', controller: true }
  const spec = { containers: [{ name: 'c', image: 'nginx' }] }
  const metadata = { name: 'web-1', namespace: 'default', ownerReferences: [owner] }
  server.client('service-account-controller').create('serviceaccounts', { metadata: { name: 'default', namespace: 'default' } })
  server.client('replicaset-controller').create<V1Pod>('pods', { metadata, spec })
  clock.advance(1000)
  server.client('default-scheduler').bind('default', 'web-1', 'node-1')
  clock.advance(1000)
  const kubelet = server.client('kubelet on node-1')
  const pod = kubelet.get<V1Pod>('pods', 'default', 'web-1') as V1Pod
  kubelet.updateStatus('pods', { ...pod, status: { ...pod.status, phase: 'Running' } })
  const made = {
    'f:metadata': { 'f:ownerReferences': { '.': {}, 'k:{"uid":"u1"}': {} } },
    'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
  }
  const entry = (manager: string, second: number, fieldsV1: object, subresource?: string) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: `2026-01-05T09:00:0${second}Z`,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource ? { subresource } : {}),
  })
  const book = [entry('kube-controller-manager', 0, made), entry('kubelet', 2, { 'f:status': { 'f:phase': {} } }, 'status')]
  const read = send('GET', url, '').metadata.managedFields as ManagedEntry[]
  expect(read.map(({ fieldsV1, ...rest }) => rest)).toEqual(book.map(({ fieldsV1: _, ...rest }) => rest))
  expect(read[0].fieldsV1).toMatchObject(made)
  expect(read[1]).toEqual(book[1])
  clock.advance(1000)
  const patched = send('PATCH', `${url}?fieldManager=kubectl-label`, '{"metadata":{"labels":{"a":"b"}}}', {
    'content-type': 'application/merge-patch+json',
  })
  const label = entry('kubectl-label', 3, { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } })
  expect(patched.metadata.managedFields).toEqual([...read, label])
  const closed = send('PATCH', url, '{"metadata":{"managedFields":[{}]}}', { 'content-type': 'application/merge-patch+json' })
  expect(closed.metadata.managedFields).toBeUndefined()
})
