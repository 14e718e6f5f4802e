import { expect, test } from 'vitest'
import { bytesOf, textOf } from '../../../base/bytes.ts'
import { ManualClock } from '../../../base/clock.ts'
import { type HttpHandler, type HttpResponse, jsonResponse, Pending } from '../../../base/http.ts'
import { Random } from '../../../base/random.ts'
import { Store } from '../../store/store.ts'
import { ApiServer, stampResourceVersion } from '../server.ts'
import { provideExpressions } from '../expressions/expressions.ts'
import { library } from '../expressions/expression-library.ts'

provideExpressions(library)

interface Review {
  readonly request: { readonly uid: string; readonly object: { readonly metadata: { readonly name: string } } }
}

function cluster(webhook: HttpHandler | undefined) {
  const clock = new ManualClock(0)
  const api = new ApiServer({
    store: new Store({ clock, stamp: stampResourceVersion }),
    clock,
    random: new Random(1),
    reach: (host, port) => (host === '10.244.1.5' && port === 8443 ? webhook : undefined),
  })
  const send = (method: string, url: string, body: object) => {
    const answer = api.handle({ method, url, headers: { 'content-type': 'application/json' }, body: bytesOf(JSON.stringify(body)) }, {})
    clock.advance(20_000)
    const response = (answer instanceof Pending ? answer.value : answer) as HttpResponse
    return JSON.parse(String(response.body)) as { message?: string; data?: object; code?: number }
  }
  send('POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 'hook' },
    spec: { clusterIP: '10.96.0.77', ports: [{ port: 443, targetPort: 8443 }], selector: { app: 'hook' } },
  })
  send('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    metadata: { name: 'hook', labels: { 'kubernetes.io/service-name': 'hook' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.1.5'] }],
    ports: [{ name: '', port: 8443, protocol: 'TCP' }],
  })
  const configure = (kind: string, resource: string) =>
    send('POST', `/apis/admissionregistration.k8s.io/v1/${resource}`, {
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'hook.example.com',
          clientConfig: { service: { name: 'hook', namespace: 'default', path: '/check' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
      kind,
    })
  return { send, configure }
}

const answering = (respond: (review: Review) => object): HttpHandler => ({
  handle: (request) => {
    const review = JSON.parse(textOf(request.body)) as Review
    return jsonResponse(200, {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: review.request.uid, ...respond(review) },
    })
  },
})

test('a webhook that wants to is asked again after others have changed the object', () => {
  const seen: string[] = []
  const { send } = cluster(
    answering(({ request }) => {
      seen.push(Object.keys((request.object as unknown as { data: object }).data).join())
      return {
        allowed: true,
        patchType: 'JSONPatch',
        patch: btoa(JSON.stringify([{ op: 'add', path: `/data/n${seen.length}`, value: 'x' }])),
      }
    }),
  )
  const webhook = (name: string, reinvocationPolicy: string) => ({
    name,
    reinvocationPolicy,
    clientConfig: { service: { name: 'hook', namespace: 'default', path: '/' } },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  })
  send('POST', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', {
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'hook' },
    webhooks: [webhook('first.example.com', 'IfNeeded'), webhook('second.example.com', 'Never')],
  })
  expect(send('POST', '/api/v1/namespaces/default/configmaps', made).data).toEqual({ a: 'b', n1: 'x', n2: 'x', n3: 'x' })
  expect(seen).toEqual(['a', 'a,n1', 'a,n1,n2'])
})

const made = { metadata: { name: 'one' }, data: { a: 'b' } }

test('a webhook refuses in its own words', () => {
  const { send, configure } = cluster(
    answering(({ request }) => ({
      allowed: false,
      status: { code: 403, reason: 'Forbidden', message: `not ${request.object.metadata.name}` },
    })),
  )
  configure('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations')
  expect(send('POST', '/api/v1/namespaces/default/configmaps', made)).toMatchObject({
    code: 403,
    message: 'admission webhook "hook.example.com" denied the request: not one',
  })
})

test('a webhook changes what is written', () => {
  const patch = btoa(JSON.stringify([{ op: 'add', path: '/data/c', value: 'd' }]))
  const { send, configure } = cluster(answering(() => ({ allowed: true, patchType: 'JSONPatch', patch })))
  configure('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations')
  expect(send('POST', '/api/v1/namespaces/default/configmaps', made).data).toEqual({ a: 'b', c: 'd' })
})

test('a webhook that nobody answers for, or not in time, stops the write', () => {
  const gone = cluster(undefined)
  gone.configure('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations')
  expect(gone.send('POST', '/api/v1/namespaces/default/configmaps', made).message).toBe(
    'Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: Post "https://hook.default.svc:443/check?timeout=10s": dial tcp 10.96.0.77:443: connect: connection refused',
  )
  const slow = cluster({ handle: () => new Pending<HttpResponse>() })
  slow.configure('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations')
  expect(slow.send('POST', '/api/v1/namespaces/default/configmaps', made).message).toBe(
    'Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: Post "https://hook.default.svc:443/check?timeout=10s": context deadline exceeded',
  )
})
