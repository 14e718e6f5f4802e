import { expect, test } from 'vitest'
import { bytesOf, textOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import { type HttpHandler, type HttpResponse, jsonResponse, Pending } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'
import { settingsOf } from '../settings.ts'

const flags = new Map([
  ['authorization-mode', 'Node,RBAC'],
  ['enable-admission-plugins', 'NodeRestriction,ImagePolicyWebhook'],
])

function cluster(backend: HttpHandler | undefined, defaultAllow = false) {
  const clock = new ManualClock(0)
  const api = new ApiServer({
    store: new Store({ clock, stamp: stampResourceVersion }),
    clock,
    random: new Random(1),
    reach: (host, port) => (host === 'images.example' && port === 1323 ? backend : undefined),
  })
  api.settings = settingsOf(flags, {
    imagePolicy: { server: 'https://images.example:1323/check', defaultAllow, allowMs: 30_000, denyMs: 30_000 },
  })
  return (name: string, image: string): string => {
    const answer = api.handle(
      {
        method: 'POST',
        url: '/api/v1/namespaces/default/pods',
        headers: { 'content-type': 'application/json' },
        body: bytesOf(JSON.stringify({ metadata: { name }, spec: { containers: [{ name: 'app', image }] } })),
      },
      {},
    )
    const { status, body } = (answer instanceof Pending ? answer.value : answer) as HttpResponse
    return status === 201 ? 'created' : (JSON.parse(String(body)) as { message: string }).message
  }
}

test('who is asked about images decides about pods, and is asked once about the same images', () => {
  const questions: unknown[] = []
  const run = cluster({
    handle: ({ url, body }) => {
      const review = JSON.parse(textOf(body)) as { spec: { containers: readonly { image: string }[] } }
      questions.push(url, review)
      const allowed = review.spec.containers.every(({ image }) => !image.endsWith(':latest'))
      return jsonResponse(200, {
        ...review,
        status: allowed ? { allowed } : { allowed, reason: 'Images using latest tag are not allowed' },
      })
    },
  })
  expect([run('one', 'nginx:1.27'), run('two', 'nginx:1.27'), run('three', 'nginx:latest')]).toEqual([
    'created',
    'created',
    'pods "three" is forbidden: image policy webhook backend denied one or more images: Images using latest tag are not allowed',
  ])
  expect(questions.slice(0, 2)).toEqual([
    '/check?timeout=30s',
    {
      kind: 'ImageReview',
      apiVersion: 'imagepolicy.k8s.io/v1alpha1',
      metadata: { creationTimestamp: null },
      spec: { containers: [{ image: 'nginx:1.27' }], namespace: 'default' },
      status: { allowed: false },
    },
  ])
  expect(questions.length).toBe(4)
})

test('without an answer no pod is made, unless that is allowed', () => {
  expect(cluster(undefined)('one', 'nginx')).toBe(
    'pods "one" is forbidden: Post "https://images.example:1323/check?timeout=30s": dial tcp images.example:1323: connect: connection refused',
  )
  expect(cluster(undefined, true)('one', 'nginx')).toBe('created')
})
