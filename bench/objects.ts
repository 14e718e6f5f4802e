/**
 * The API server alone, without controllers: objects created and listed, watchers told, and how much a full store weighs. Ours is asked as any
 * client asks, over HTTP messages with JSON bodies, and as control loops ask, with objects; the peer knows only the second way.
 */
import { Cluster } from '@ngrok/webernetes'
import { bytesOf } from '../src/base/bytes.ts'
import { ManualClock } from '../src/base/clock.ts'
import { ByteStream, type HttpResponse } from '../src/base/http.ts'
import { Random } from '../src/base/random.ts'
import { ApiServer, stampResourceVersion } from '../src/engine/api/server.ts'
import type { V1ConfigMap } from '../src/engine/kinds/generated/types.ts'
import { Store } from '../src/engine/store/store.ts'

const path = '/api/v1/namespaces/default/configmaps'
const configMap = (index: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `config-${index}`, labels: { app: `app-${index % 1000}`, tier: index % 2 === 0 ? 'front' : 'back' } },
  data: { key: `value ${index}`, file: 'a=1\nb=2\n' },
})

const event = (index: number) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `event-${index}`, namespace: 'default', labels: { app: `app-${index % 1000}` } },
  involvedObject: { kind: 'Pod', name: `pod-${index}`, namespace: 'default' },
  reason: 'Started',
  message: `value ${index}`,
})

function startApi() {
  const clock = new ManualClock()
  const api = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(1) })
  const ask = (method: string, url: string, body?: object) => {
    const response = api.handle(
      {
        method,
        url,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: bytesOf(body ? JSON.stringify(body) : ''),
      },
      {},
    ) as HttpResponse
    if (response.status > 299) throw new Error(`${method} ${url}: ${response.status}`)
    return response
  }
  return { clock, api, ask }
}

export async function oursConfigMaps(count: number): Promise<void> {
  const { ask } = startApi()
  for (let index = 0; index < count; index++) ask('POST', path, configMap(index))
  const { items } = JSON.parse(String(ask('GET', path).body)) as { items: readonly unknown[] }
  if (items.length !== count) throw new Error('some are missing')
}

/**
 * As the peer is asked: objects in, objects out. Defaults, admission, validation and store are the same as over HTTP; nothing is decoded or authorized, and
 * who wrote what is derived only when somebody asks.
 */
export async function oursWithoutHttp(count: number): Promise<void> {
  const client = startApi().api.client('bench')
  for (let index = 0; index < count; index++) {
    const { metadata, data } = configMap(index)
    client.create<V1ConfigMap>('configmaps', { metadata: { ...metadata, namespace: 'default' }, data })
  }
  if (client.list('configmaps', 'default').length < count) throw new Error('some are missing')
}

/** The peer has no ConfigMaps; its Events are as plain. Only its calls are measured, not the start of its cluster. */
export async function peerEvents(count: number, cpu: (work: () => Promise<void>) => Promise<number>): Promise<number> {
  const cluster = new Cluster()
  await cluster.init()
  cluster.pause()
  const ms = await cpu(async () => {
    for (let index = 0; index < count; index++) await cluster.api.corev1.createNamespacedEvent({ namespace: 'default', body: event(index) })
    const { items } = await cluster.api.corev1.listNamespacedEvent({ namespace: 'default' })
    if (items.length < count) throw new Error('some are missing')
  })
  cluster.resume()
  await cluster.close()
  return ms
}

export async function fanOut(watchers: number, changes: number): Promise<void> {
  const { clock, ask } = startApi()
  const streams = Array.from({ length: watchers }, () => ask('GET', `${path}?watch=1`).body as ByteStream)
  let told = 0
  for (let index = 0; index < changes; index++) {
    ask('POST', path, configMap(index))
    clock.settle()
    for (const stream of streams) told += stream.readAll().length > 0 ? 1 : 0
  }
  if (told < watchers * changes) throw new Error(`only ${told} of ${watchers * changes} were told`)
}

/** Heap that so many objects take, and CPU time of one list by label among them. */
export async function heldObjects(count: number): Promise<{ megabytes: number; listMs: number }> {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const { ask } = startApi()
  for (let index = 0; index < count; index++) ask('POST', path, configMap(index))
  globalThis.gc?.()
  const megabytes = (process.memoryUsage().heapUsed - before) / 2 ** 20
  const list = () => String(ask('GET', `${path}?labelSelector=app%3Dapp-7`).body).length
  list()
  const { user, system } = process.cpuUsage()
  list()
  const after = process.cpuUsage({ user, system })
  return { megabytes, listMs: (after.user + after.system) / 1000 }
}
