/**
 * `@kubernetes/client-node`, unmodified, against the sandbox through the bridge: over TLS with the kubeconfig that `drydock bridge` writes.
 * It speaks JSON and WebSockets (kubectl sends protobuf and may speak SPDY), so it walks other paths than kubectl does.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import {
  AppsV1Api,
  Attach,
  AuthorizationV1Api,
  CoreV1Api,
  Cp,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  type V1ConfigMap,
  type V1Status,
  Watch,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { type OpenBridge, openBridge } from './bridge.ts'
import { nodeSupplies } from './supplies.ts'

let bridge: OpenBridge
const config = new KubeConfig()
let core: CoreV1Api
let objects: KubernetesObjectApi
const namespace = 'default'

beforeAll(async () => {
  bridge = await openBridge(
    await Session.create({ preset: 'kubernetes', nodes: ['controlplane', 'node01'], supplies: nodeSupplies, startMs: Date.now() }),
  )
  config.loadFromFile(bridge.addresses.kubeconfig ?? '')
  core = config.makeApiClient(CoreV1Api)
  objects = KubernetesObjectApi.makeApiClient(config)
})
afterAll(() => bridge.close())

const configMap = (name: string, data: Record<string, string>): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { of: 'test' } },
  data,
})

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; !(await isSo()); turn++) {
    if (turn > 400) throw new Error('it never came to pass')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

async function runningPod(name: string, image: string, command?: string[]): Promise<void> {
  await core.createNamespacedPod({
    namespace,
    body: { metadata: { name }, spec: { containers: [{ name: 'main', image, command, stdin: true }] } },
  })
  await until(async () => (await core.readNamespacedPod({ namespace, name })).status?.containerStatuses?.[0].ready === true)
}

function run(command: string[], input?: string): Promise<{ out: string; err: string; status: V1Status }> {
  return new Promise<{ out: string; err: string; status: V1Status }>((resolve, reject) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const [out, err] = [text(stdout), text(stderr)]
    const stdin = input === undefined ? null : new PassThrough()
    new Exec(config)
      .exec(namespace, 'tool', 'main', command, stdout, stderr, stdin, false, async (status) => {
        stdout.end()
        stderr.end()
        resolve({ out: await out, err: await err, status })
      })
      .then(() => stdin?.end(input), reject)
  })
}

describe("JavaScript's Kubernetes client", { timeout: 60_000 }, () => {
  test('creates, reads, replaces, lists in pages and deletes', async () => {
    for (const name of ['p1', 'p2', 'p3']) await core.createNamespacedConfigMap({ namespace, body: configMap(name, { a: '1' }) })
    const first = await core.listNamespacedConfigMap({ namespace, labelSelector: 'of=test', limit: 2 })
    const rest = await core.listNamespacedConfigMap({ namespace, labelSelector: 'of=test', limit: 2, _continue: first.metadata?._continue })
    expect([...first.items, ...rest.items].map(({ metadata }) => metadata?.name)).toEqual(['p1', 'p2', 'p3'])
    const read = await core.readNamespacedConfigMap({ namespace, name: 'p1' })
    expect(read.metadata?.creationTimestamp).toBeInstanceOf(Date)
    const replaced = await core.replaceNamespacedConfigMap({ namespace, name: 'p1', body: { ...read, data: { a: '2' } } })
    expect(replaced.data).toEqual({ a: '2' })
    await expect(core.replaceNamespacedConfigMap({ namespace, name: 'p1', body: read })).rejects.toMatchObject({ code: 409 })
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'of=test' })
    await expect(core.readNamespacedConfigMap({ namespace, name: 'p1' })).rejects.toMatchObject({ code: 404 })
  })

  test('applies from the server side, meets a conflict and overrules it', async () => {
    const apply = (manager: string, value: string, force: boolean) =>
      objects.patch(configMap('applied', { key: value }), undefined, undefined, manager, force, PatchStrategy.ServerSideApply)
    await apply('one', 'a', false)
    await expect(apply('two', 'b', false)).rejects.toMatchObject({
      code: 409,
      body: expect.stringContaining('Apply failed with 1 conflict: conflict with \\"one\\": .data.key'),
    })
    const forced = (await apply('two', 'b', true)) as V1ConfigMap
    expect(forced.data).toEqual({ key: 'b' })
    expect(forced.metadata?.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual(['one Apply', 'two Apply'])
  })

  test('watches from a revision on', async () => {
    const { metadata } = await core.listNamespacedConfigMap({ namespace })
    const seen: string[] = []
    const controller = await new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      { resourceVersion: metadata?.resourceVersion, fieldSelector: 'metadata.name=watched' },
      (phase, object: V1ConfigMap) => seen.push(`${phase} ${object.data?.n}`),
      () => {},
    )
    const made = await core.createNamespacedConfigMap({ namespace, body: configMap('watched', { n: '1' }) })
    await core.replaceNamespacedConfigMap({ namespace, name: 'watched', body: { ...made, data: { n: '2' } } })
    await core.deleteNamespacedConfigMap({ namespace, name: 'watched' })
    await until(() => seen.length >= 3)
    controller.abort()
    expect(seen).toEqual(['ADDED 1', 'MODIFIED 2', 'DELETED 2'])
  })

  test('its informer keeps a cache', async () => {
    const informer = makeInformer<V1ConfigMap>(
      config,
      `/api/v1/namespaces/${namespace}/configmaps`,
      () => core.listNamespacedConfigMap({ namespace, labelSelector: 'of=test' }),
      'of=test',
    )
    const seen: string[] = []
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, ({ metadata, data }) => metadata?.name === 'informed' && seen.push(`${verb} ${data?.n}`))
    await informer.start()
    const made = await core.createNamespacedConfigMap({ namespace, body: configMap('informed', { n: '1' }) })
    await until(() => seen.includes('add 1'))
    await core.replaceNamespacedConfigMap({ namespace, name: 'informed', body: { ...made, data: { n: '2' } } })
    await until(() => seen.includes('update 2'))
    await core.deleteNamespacedConfigMap({ namespace, name: 'informed' })
    await until(() => seen.includes('delete 2'))
    await informer.stop()
    expect(seen).toEqual(['add 1', 'update 2', 'delete 2'])
  })

  test('runs a program in a pod, with its input, output and exit code', async () => {
    await runningPod('tool', 'busybox', ['sleep', '3600'])
    expect(await run(['sh', '-c', 'echo out; echo err >&2; exit 3'])).toMatchObject({
      out: 'out\n',
      err: 'err\n',
      status: {
        status: 'Failure',
        reason: 'NonZeroExitCode',
        message: 'command terminated with non-zero exit code: exit status 3',
        details: { causes: [{ reason: 'ExitCode', message: '3' }] },
      },
    })
    expect(await run(['hostname'])).toMatchObject({ out: 'tool\n', err: '', status: { status: 'Success' } })
    expect(await run(['head', '-n', '1'], 'first\nsecond\n')).toMatchObject({ out: 'first\n', status: { status: 'Success' } })
  })

  test('copies a folder into a pod', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-cp-'))
    writeFileSync(join(folder, 'note.txt'), 'written here\n')
    await new Cp(config).cpToPod(namespace, 'tool', 'main', folder, '/tmp')
    await until(async () => (await run(['cat', '/tmp/note.txt'])).out === 'written here\n')
  })

  test('follows a log, attaches, and forwards a port', async () => {
    await runningPod('web', 'nginx')
    const lines = new PassThrough()
    let log = ''
    lines.setEncoding('utf8').on('data', (chunk: string) => (log += chunk))
    const following = await new Log(config).log(namespace, 'web', 'main', lines, { follow: true, tailLines: 100 })
    await until(() => log.includes('start worker process'))

    const attached = new PassThrough()
    let shown = ''
    attached.setEncoding('utf8').on('data', (chunk: string) => (shown += chunk))
    const socket = await new Attach(config).attach(namespace, 'web', 'main', attached, null, null, false)

    const [output, input] = [new PassThrough(), new PassThrough()]
    const answer = new Promise<string>((resolve) => {
      let got = ''
      output.setEncoding('utf8').on('data', (chunk: string) => {
        got += chunk
        if (got.includes('</html>')) resolve(got)
      })
    })
    await new PortForward(config).portForward(namespace, 'web', [80], output, null, input)
    input.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK[^]*<title>Welcome to nginx!<\/title>/)
    await until(() => log.includes('"GET / HTTP/1.1" 200') && shown.includes('"GET / HTTP/1.1" 200'))
    following.abort()
    socket.close()
  })

  test('scales a Deployment through its subresource, and evicts what it may', async () => {
    const apps = config.makeApiClient(AppsV1Api)
    await apps.createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name: 'many' },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: 'many' } },
          template: { metadata: { labels: { app: 'many' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
        },
      },
    })
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'many' })
    await apps.replaceNamespacedDeploymentScale({ namespace, name: 'many', body: { ...scale, spec: { replicas: 3 } } })
    await until(async () => (await apps.readNamespacedDeployment({ namespace, name: 'many' })).status?.readyReplicas === 3)
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=many' })
    const name = items[0].metadata?.name ?? ''
    await core.createNamespacedPodEviction({ namespace, name, body: { metadata: { name, namespace } } })
    await until(async () =>
      (await core.listNamespacedPod({ namespace, labelSelector: 'app=many' })).items.every(
        ({ metadata }) => metadata?.name !== name || metadata.deletionTimestamp !== undefined,
      ),
    )
  })

  test('asks whether it may', async () => {
    const review = await config
      .makeApiClient(AuthorizationV1Api)
      .createSelfSubjectAccessReview({ body: { spec: { resourceAttributes: { verb: 'delete', resource: 'nodes' } } } })
    expect(review.status).toMatchObject({ allowed: true })
  })
})
