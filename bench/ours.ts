/**
 * Drydock, driven as the page drives it: a session with its machines on a wire, requests sent from the laptop. Nodes take 250 pods each
 * (what 254 addresses of a node's subnet allow; a real kubelet's default is 110), so many replicas get as many machines as they need.
 */
import { bytesOf, textOf } from '../src/base/bytes.ts'
import { ByteStream, Pending, type HttpResponse } from '../src/base/http.ts'
import { nodeSupplies } from '../src/bridge/supplies.ts'
import type { V1Deployment, V1EndpointSlice } from '../src/engine/kinds/generated/types.ts'
import { minikubeSpec } from '../src/session/cluster-spec.ts'
import { runAhead } from '../src/session/drive.ts'
import { Session } from '../src/session/session.ts'
import type { World } from './world.ts'

const podsPerNode = 250
const network = '192.168.49'
const patienceMs = 60 * 60_000

/** As many machines as the replicas, and the system's own pods, need; three at least. */
export function nodesFor(replicas: number): number {
  return Math.max(3, Math.ceil(replicas / (podsPerNode - 10)))
}

export interface Ours extends World {
  readonly session: Session
  /** Creates the Deployment `web`, without waiting. */
  begin(replicas: number): void
  isReady(): boolean
}

export async function startOurs(replicas = 0): Promise<Ours> {
  const session = await Session.create({ preset: 'laptop', supplies: nodeSupplies })
  const spec = minikubeSpec({ nodes: nodesFor(replicas), network, cpus: 64, memoryBytes: 256 * 2 ** 30 })
  await session.clusters.load()
  const cluster = session.clusters.create(
    { ...spec, nodes: spec.nodes.map((node) => ({ ...node, maxPods: podsPerNode })) },
    { isQuiet: true },
  )
  if (!(await session.clusters.ready(spec.name))) throw new Error('the cluster did not become Ready')
  const [first] = spec.nodes
  let wanted = 0

  async function until(isSo: () => boolean): Promise<void> {
    if (!(await runAhead(session.clock, isSo, patienceMs))) throw new Error('the cluster did not settle')
  }

  function ask(method: string, url: string, body?: object, type = 'application/json'): void {
    const request = { method, url, headers: { 'content-type': type }, body: bytesOf(body ? JSON.stringify(body) : '') }
    const response = cluster.api.handle(request, {})
    if (response instanceof Pending || response.status > 299) throw new Error(`${method} ${url}: ${JSON.stringify(response)}`)
    session.onPlanned()
  }

  const deployments = '/apis/apps/v1/namespaces/default/deployments'
  const status = () => (cluster.store.get('deployments.apps', 'default/web') as V1Deployment | undefined)?.status
  const isReady = () => status()?.readyReplicas === wanted
  /** By the index the controllers use: a look costs nothing. */
  const pods = () => cluster.store.indexed('pods', 'label', 'default/app=web')

  function begin(replicas: number): void {
    wanted = replicas
    ask('POST', deployments, deployment(replicas, 'hashicorp/http-echo:1.0'))
  }

  function expose(): void {
    ask('POST', '/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 5678, nodePort: 31000 }] },
    })
  }

  return {
    session,
    begin,
    isReady,
    async deploy(replicas) {
      begin(replicas)
      await until(isReady)
    },
    async update() {
      ask(
        'PATCH',
        `${deployments}/web`,
        { spec: { template: { spec: { containers: [{ name: 'web', image: 'hashicorp/http-echo:0.2.3' }] } } } },
        'application/strategic-merge-patch+json',
      )
      await until(() => {
        const now = status()
        return now?.observedGeneration === 2 && now.updatedReplicas === wanted && now.replicas === wanted && now.readyReplicas === wanted
      })
    },
    async expose() {
      expose()
      await until(() =>
        cluster.store
          .indexed('endpointslices.discovery.k8s.io', 'service', 'default/web')
          .some((slice) => ((slice as V1EndpointSlice).endpoints ?? []).length > 0),
      )
      // kube-proxy writes its rules in the same moment, a turn later.
      await runAhead(session.clock, () => false, 100)
    },
    async request(times) {
      for (let index = 0; index < times; index++) {
        const asked = session.laptop.net.request(
          { ip: first.ip, port: 31000 },
          { method: 'GET', url: '/', headers: { host: `${first.ip}:31000` }, body: new Uint8Array() },
        )
        if (asked instanceof Pending) await until(() => asked.value !== undefined)
        const response = asked instanceof Pending ? asked.value : asked
        if (response === undefined || bodyOf(response) !== 'hello\n') throw new Error('something else answered')
      }
    },
    async remove() {
      ask('DELETE', `${deployments}/web`)
      await until(() => pods().length === 0)
    },
    async stop() {
      session.stop()
    },
  }
}

function bodyOf({ body }: HttpResponse): string {
  if (body instanceof ByteStream) return textOf(body.readAll())
  return typeof body === 'string' ? body : textOf(body)
}

function deployment(replicas: number, image: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image, args: ['-text=hello'], ports: [{ containerPort: 5678 }] }] },
      },
    },
  }
}
