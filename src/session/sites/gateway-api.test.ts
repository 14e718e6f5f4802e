import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { bytesOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import type { HttpResponse } from '../../base/http.ts'
import { Pending } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { ApiServer, stampResourceVersion } from '../../engine/api/server.ts'
import { Store } from '../../engine/store/store.ts'
import { site } from './gateway-api.ts'

const release = (version: string) => `/kubernetes-sigs/gateway-api/releases/download/${version}/standard-install.yaml`

async function answered(answer: HttpResponse | Pending<HttpResponse>): Promise<HttpResponse> {
  if (!(answer instanceof Pending)) return answer
  await expect.poll(() => answer.value).toBeDefined()
  return answer.value as HttpResponse
}

test('the first line says which release is there', () => {
  const first = (path: string) => site(path)?.body.split('\n')[0]
  expect(first(release('v1.0.0'))).toBe("# Gateway API v1.0.0, standard channel: the sandbox's own form of the manifest at this address")
  expect(first(release('v1.2.1'))).toBe(
    "# Gateway API v1.0.0, standard channel: the sandbox's own form of the manifest at this address; v1.2.1 was asked for, the sandbox has v1.0.0 only",
  )
  expect(site('/kubernetes-sigs/gateway-api/releases/download/v1.0.0/experimental-install.yaml')).toBeUndefined()
})

test('a server takes the definitions, fills in what a Gateway leaves out, and refuses what their rules refuse', async () => {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(7) })
  const post = async (url: string, body: unknown) => {
    const { status, body: text } = await answered(
      server.handle({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body: bytesOf(JSON.stringify(body)) }, {}),
    )
    clock.advance(10)
    return { status, answer: JSON.parse(String(text)) as { readonly message?: string; readonly spec?: object; readonly status?: object } }
  }
  for (const document of parseAllDocuments(site(release('v1.0.0'))?.body ?? ''))
    expect(await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', document.toJS())).toMatchObject({ status: 201 })
  const gateway = (listener: object) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'web' },
    spec: { gatewayClassName: 'nginx', listeners: [{ name: 'http', port: 80, ...listener }] },
  })
  const gateways = '/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways'
  expect((await post(gateways, gateway({ protocol: 'HTTPS' }))).answer.message).toBe(
    'Gateway.gateway.networking.k8s.io "web" is invalid: spec.listeners: Invalid value: "array": tls must be specified for protocols [\'HTTPS\', \'TLS\']',
  )
  const { answer } = await post(gateways, gateway({ protocol: 'HTTP' }))
  expect(answer.spec).toEqual({
    gatewayClassName: 'nginx',
    listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } }],
  })
  expect(answer.status).toMatchObject({
    conditions: [
      { type: 'Accepted', status: 'Unknown', reason: 'Pending' },
      { type: 'Programmed', status: 'Unknown', reason: 'Pending' },
    ],
  })
})
