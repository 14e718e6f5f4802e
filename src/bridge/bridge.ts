/**
 * `drydock bridge`: the sandbox's own API server and Docker engine on 127.0.0.1, for the real `kubectl` and `docker`. Kubernetes is served
 * over TLS (kubectl sends credentials over nothing else) with a certificate of the cluster's own authority, and a token made at this start; without
 * the token nothing is answered. A plain HTTP port beside it suits tools without credentials.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { HttpHandler } from '../base/http.ts'
import { type Drive, drive } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { serve } from './serve.ts'
import { nodeSupplies, outliveFaults, tellFault } from './supplies.ts'

export async function bridge(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '0' },
      'docker-port': { type: 'string', default: '0' },
      preset: { type: 'string', default: 'kubernetes' },
      nodes: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  outliveFaults()
  const session = await Session.create({
    preset: values.preset,
    nodes: values.nodes?.split(','),
    supplies: nodeSupplies,
    onFault: tellFault,
    startMs: Date.now(),
  })
  const opened = await openBridge(session, { port: Number(values.port), dockerPort: Number(values['docker-port']) })
  if (values.json) process.stdout.write(`${JSON.stringify(opened.addresses)}\n`)
  else process.stdout.write(shown(opened.addresses))
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await opened.close()
  return 0
}

export interface Addresses {
  /** Path of a kubeconfig file; undefined when there is no cluster. */
  readonly kubeconfig: string | undefined
  /** `https://127.0.0.1:PORT`, and the same without TLS. */
  readonly kubernetes: string | undefined
  readonly kubernetesPlain: string | undefined
  readonly token: string
  /** For `DOCKER_HOST`. */
  readonly docker: string
}

export interface OpenBridge {
  readonly addresses: Addresses
  /** How session time goes with the wall's. */
  readonly driven: Drive
  close(): Promise<void>
}

export async function openBridge(
  session: Session,
  { port = 0, dockerPort = 0 }: { port?: number; dockerPort?: number } = {},
): Promise<OpenBridge> {
  const driven = drive(session.clock)
  session.onPlanned = () => driven.kick()
  const kick = () => driven.kick()
  const token = randomBytes(24).toString('base64url')
  const { docker, clusters } = session.handlers()
  const dockerServer = await serve(docker, { port: dockerPort, kick })
  const [[name, cluster] = []] = clusters
  const keys = name === undefined ? undefined : session.clusters.get(name)?.serving(['DNS:localhost', 'IP:127.0.0.1'])
  const kubernetesServer =
    cluster &&
    keys &&
    (await serve(asAdmin(cluster, token), { port, kick, tls: { key: keys.key, cert: keys.certificate, ca: keys.authority } }))
  const plainServer = cluster && (await serve(asAdmin(cluster, token, true), { kick }))
  const kubernetes = kubernetesServer && `https://127.0.0.1:${kubernetesServer.port}`
  return {
    addresses: {
      kubeconfig: kubernetes && keys ? writtenKubeconfig(kubernetes, keys.authority, token) : undefined,
      kubernetes,
      kubernetesPlain: plainServer && `http://127.0.0.1:${plainServer.port}`,
      token,
      docker: `tcp://127.0.0.1:${dockerServer.port}`,
    },
    driven,
    async close() {
      driven.stop()
      await Promise.all([dockerServer.close(), kubernetesServer?.close(), plainServer?.close()])
      session.stop()
    },
  }
}

/** The bridge's token stands for the cluster's admin; other credentials go through as they are and are judged by the API server. */
function asAdmin(handler: HttpHandler, token: string, isPlain = false): HttpHandler {
  const admin = { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'] }
  const known = (authorization: unknown) => authorization === `Bearer ${token}` || (isPlain && authorization === undefined)
  const without = <T extends { readonly headers: Readonly<Record<string, string | readonly string[]>> }>(request: T): T => {
    const { authorization: _, ...headers } = request.headers
    return { ...request, headers }
  }
  return {
    handle: (request, peer) =>
      known(request.headers.authorization)
        ? handler.handle(without(request), { ...peer, certificate: admin })
        : handler.handle(request, peer),
    connect: (request, peer) => {
      if (!handler.connect) return { status: 400, headers: {}, body: 'upgrade not supported' }
      return known(request.headers.authorization)
        ? handler.connect(without(request), { ...peer, certificate: admin })
        : handler.connect(request, peer)
    },
  }
}

function writtenKubeconfig(server: string, ca: string, token: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'drydock-')), 'kubeconfig')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'drydock', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'drydock', user: { token } }],
    contexts: [{ name: 'drydock', context: { cluster: 'drydock', user: 'drydock' } }],
    'current-context': 'drydock',
  }
  writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 })
  return path
}

function shown({ kubeconfig, docker, kubernetesPlain }: Addresses): string {
  const lines = kubeconfig ? [`export KUBECONFIG=${kubeconfig}`, `# without TLS and credentials: kubectl --server=${kubernetesPlain}`] : []
  return `${[...lines, `export DOCKER_HOST=${docker}`, '# Ctrl-C ends the bridge and the sandbox behind it.'].join('\n')}\n`
}
