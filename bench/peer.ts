/**
 * The closest public peer, driven through its own public face: `@ngrok/webernetes`, a port of Kubernetes to the browser. Its clock is
 * stepped while paused, so that what is measured is work and not waiting.
 */
import { BaseImage, Cluster, type ProcessContext } from '@ngrok/webernetes'
import type { World } from './world.ts'

class Web extends BaseImage {
  static readonly imageName = 'web'
  static readonly imageVersion: string = '1.0'
  readonly defaultCommand = ['server']

  override async exec(context: ProcessContext, argv: readonly string[]): Promise<number> {
    if (argv[0] !== 'server') return super.exec(context, argv)
    context.listenHttp(8080, async () => ({ status: 200, body: 'hello\n' }))
    return context.waitUntilKilled()
  }
}

class Web2 extends Web {
  static override readonly imageVersion = '2.0'
}

export async function startPeer(): Promise<World> {
  const cluster = new Cluster()
  cluster.registerImage(Web)
  cluster.registerImage(Web2)
  await cluster.init()

  /** Steps the peer's clock until something is so; real time passes only where it yields to the event loop. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    cluster.pause()
    try {
      for (let turn = 0; turn < 100_000; turn++) {
        if (turn % 10 === 0 && (await isSo())) return
        cluster.clock.step(50)
        await new Promise((resolve) => setImmediate(resolve))
      }
    } finally {
      cluster.resume()
    }
    throw new Error('the peer did not settle')
  }

  const deployment = (replicas: number, image: string) => ({
    apiVersion: 'apps/v1' as const,
    kind: 'Deployment' as const,
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }] }] } },
    },
  })
  let wanted = 0
  const status = async () => (await cluster.api.appsv1.readNamespacedDeployment({ name: 'web', namespace: 'default' })).status
  await until(async () => {
    const { items } = await cluster.api.corev1.listNode()
    return (
      items.length === 3 && items.every((node) => node.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'))
    )
  })

  return {
    async deploy(replicas) {
      wanted = replicas
      await cluster.apply([deployment(replicas, 'web:1.0')])
      await until(async () => (await status())?.readyReplicas === replicas)
    },
    async update() {
      await cluster.apply([deployment(wanted, 'web:2.0')])
      // Its API server does not count generations: the status is believed once it has seen the change.
      let hasBegun = false
      await until(async () => {
        const now = await status()
        hasBegun ||= now?.updatedReplicas !== wanted
        return hasBegun && now?.updatedReplicas === wanted && now.replicas === wanted && now.readyReplicas === wanted
      })
    },
    async expose() {
      await cluster.apply([
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web', namespace: 'default' },
          spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, nodePort: 31000 }] },
        },
      ])
      await until(async () => (await cluster.fetch('http://node-1:31000').catch(() => undefined))?.body === 'hello\n')
    },
    async request(times) {
      for (let index = 0; index < times; index++) {
        const response = await cluster.fetch('http://node-1:31000')
        if (response.body !== 'hello\n') throw new Error('the peer answered something else')
      }
    },
    async remove() {
      await cluster.api.appsv1.deleteNamespacedDeployment({ name: 'web', namespace: 'default' })
      await until(async () => (await cluster.api.corev1.listNamespacedPod({ namespace: 'default' })).items.length === 0)
    },
    stop: () => cluster.close(),
  }
}
