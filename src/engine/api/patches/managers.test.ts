import { expect, test } from 'vitest'
import { bytesOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import type { HttpResponse } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import type { V1Deployment } from '../../kinds/generated/types.ts'
import { Store } from '../../store/store.ts'
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
