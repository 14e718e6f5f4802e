/** The server of the machines API (src/cli/machines.ts names its calls), over a session's clusters. */
import { ByteStream, type HttpHandler, type HttpResponse, jsonResponse } from '../base/http.ts'
import { textOf } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import type { Cluster as RunningCluster, Credentials } from '../engine/cluster.ts'
import { installedPlugins, type Access, type Cluster, type ClusterWish, type Progress } from '../cli/machines.ts'
import type { Random } from '../base/random.ts'
import { type Clusters, NotLoaded } from './clusters.ts'
import { type ClusterSpec, minikubeSpec } from './cluster-spec.ts'
import type { DockerMachines } from './docker-machines.ts'

export interface MachinesApiOptions {
  readonly clusters: Clusters
  readonly dockerMachines: DockerMachines
  readonly clock: Clock
  readonly random: Random
  /** First three parts of the wire's addresses. */
  readonly network: string
  /** CPUs and memory of the machine that all others run on. */
  readonly cpus: number
  readonly memoryBytes: number
  readonly browse: (address: string) => void
}

type Step = readonly [step: string, ms: number, node?: string]

/** How long a cluster may take to become Ready before the tool is told that it did not, session time. */
const readyPatienceMs = 360_000

export function machinesApi(options: MachinesApiOptions): HttpHandler {
  const { clusters, dockerMachines, network, cpus, memoryBytes } = options

  const act = (method: string, path: string, body: string): HttpResponse => {
    const [what, name, action, rest] = path.split('?')[0].split('/').filter(Boolean).map(decodeURIComponent)
    if (what === 'browse') {
      options.browse((JSON.parse(body) as { address: string }).address)
      return jsonResponse(200, {})
    }
    if (what === 'machines' && name === undefined)
      return jsonResponse(200, {
        machines: [
          ...dockerMachines.specs().map(({ name: machine, ip, isOff }) => ({ name: machine, role: 'docker', ip, isRunning: !isOff })),
          ...clusters.names.flatMap((each) => described(clusters, each).nodes),
        ],
      })
    if (what === 'machines' && action === 'power') {
      const { on } = JSON.parse(body) as { on: boolean }
      if (dockerMachines.has(name)) {
        if (on) dockerMachines.powerOn(name)
        else dockerMachines.powerOff(name)
        return jsonResponse(200, {})
      }
      if (!clusters.machine(name)) return refusal(404, `machine "${name}" does not exist`)
      if (on) clusters.powerOn(name)
      else clusters.powerOff(name)
      return jsonResponse(200, {})
    }
    if (what === 'machines' && action === 'kubeadm' && !clusters.isLoaded) {
      clusters.load().catch(() => {})
      return jsonResponse(425, { message: 'Kubernetes is being loaded' })
    }
    if (what === 'machines')
      return (
        (action === 'kubeadm' ? clusters.kubernetes.kubeadmCall(options, name, rest ?? '', body) : undefined) ??
        refusal(404, 'no such call')
      )
    if (what !== 'clusters') return refusal(404, 'no such call')
    if (name === undefined && method === 'GET')
      return jsonResponse(200, { clusters: clusters.names.map((each) => described(clusters, each)) })
    if (name === undefined) return create(JSON.parse(body) as ClusterWish)
    const spec = clusters.spec(name)
    if (!spec) return refusal(404, `cluster "${name}" does not exist`)
    if (action === undefined && method === 'GET') return jsonResponse(200, described(clusters, name))
    if (action === undefined && method === 'DELETE')
      return progress(options, [['deleting', 800, name]], { act: () => clusters.remove(name) })
    switch (action) {
      case 'start':
        return progress(
          options,
          [
            ['pull', 300, name],
            ['restart', 700, name],
          ],
          {
            act: () => powerAll(clusters, spec, true),
            name,
            after: [
              ['verify', 0],
              ['addons', 0],
            ],
          },
        )
      case 'stop':
        return progress(
          options,
          spec.nodes.map(({ name: node }) => ['stopping', 900, node] as const),
          { act: () => powerAll(clusters, spec, false) },
        )
      case 'nodes':
        if (method === 'DELETE' && rest !== undefined)
          return progress(options, [['deleting', 900, rest]], { act: () => clusters.removeNode(rest) })
        return progress(options, [['create', 1_200]], { act: () => clusters.addNode(name), name })
      case 'tunnel':
        clusters.tunnel(name, (JSON.parse(body) as { on: boolean }).on)
        return jsonResponse(200, {})
      case 'docker':
        clusters.openDocker(spec.nodes[0].name)
        return jsonResponse(200, {})
      case 'images': {
        const { image } = JSON.parse(body) as { image: string }
        return clusters.loadImage(name, image) ? jsonResponse(200, {}) : refusal(404, `No such image: ${image}`)
      }
      case 'kubeconfig':
        return jsonResponse(200, access(spec, (clusters.get(name) as RunningCluster).credentials(`${name}-user`, 'system:masters')))
      case 'addons': {
        const addon = clusters.get(name)?.addons.get(rest)
        if (addon) {
          addon.set((JSON.parse(body) as { enabled: boolean }).enabled)
          return jsonResponse(200, described(clusters, name))
        }
        return refusal(501, `the addon "${rest}" is not simulated in this sandbox`)
      }
      default:
        return refusal(501, `${action ?? ''} is not simulated in this sandbox`)
    }
  }

  const create = (wish: ClusterWish): HttpResponse => {
    if (wish.cpus > cpus)
      return refusalLine(
        'RSRC_INSUFFICIENT_CORES',
        `Docker has less than ${wish.cpus} CPUs available, but Kubernetes requires at least 2 to be available`,
        29,
      )
    if (wish.memoryMb * 2 ** 20 > memoryBytes)
      return refusalLine(
        'RSRC_OVER_ALLOC_MEM',
        `Requested memory allocation ${wish.memoryMb}MB is more than your system limit ${Math.floor(memoryBytes / 2 ** 20)}MB.`,
        23,
      )
    const spec = minikubeSpec({
      name: wish.name,
      nodes: wish.nodes,
      network,
      firstHost: clusters.freeHost(),
      cpus: wish.cpus,
      memoryBytes: wish.memoryMb * 2 ** 20,
      needsNetworkPlugin: installedPlugins.includes(wish.cni),
    })
    let manifest: string | undefined
    if (spec.needsNetworkPlugin)
      clusters.pluginManifest(wish.cni).then(
        (text) => (manifest = text),
        () => {},
      )
    // Time stands still until Kubernetes is there, so it is when the steps have passed.
    clusters.load().catch(() => {})
    const workers = spec.nodes.slice(1).map(({ name }) => ['', 300, name] as const)
    return progress(
      options,
      [
        ['pull', 1_200, wish.name],
        ['create', 1_500],
        ['prepare', 300],
        ['certificates', 700],
        ['control-plane', 900],
        ['rbac', 400],
        ['cni', 200],
        ...workers,
      ],
      {
        act() {
          const cluster = clusters.create(spec)
          if (manifest !== undefined) cluster.install(manifest)
        },
        name: wish.name,
        after: [
          ['verify', 0],
          ['addons', 0],
        ],
      },
    )
  }

  return {
    handle({ method, url, body }) {
      try {
        return act(method, url, textOf(body))
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        return refusal(400, error.message)
      }
    },
  }
}

/**
 * Steps one after the other in session time, then the act itself; with a cluster's `name` it goes on, after `after`, until that is Ready.
 */
function progress(
  { clock, clusters }: MachinesApiOptions,
  steps: readonly Step[],
  { act, name, after = [] }: { act: () => unknown; name?: string; after?: readonly Step[] },
): HttpResponse {
  const body = new ByteStream()
  const tell = (line: Progress): void => body.write(`${JSON.stringify(line)}\n`)
  const finish = (): void => {
    tell({ done: true, ...(name !== undefined && { cluster: described(clusters, name) }) })
    body.end()
  }
  const waitReady = (until: number): void => {
    if (name === undefined || clusters.isReady(name)) {
      for (const [step] of after.slice(1)) tell({ step })
      return finish()
    }
    if (clock.now() < until) {
      clock.after(250, () => waitReady(until))
      return
    }
    tell({
      error: {
        reason: 'GUEST_START',
        message: 'failed to start node: wait 6m0s for node: wait for healthy API server: apiserver healthz never reported healthy',
        exitCode: 80,
      },
    })
    body.end()
  }
  const next = (index: number): void => {
    if (index === steps.length) {
      try {
        act()
      } catch (error) {
        if (!(error instanceof NotLoaded)) throw error
        tell({ error: { reason: 'HOST_SANDBOX', message: error.message, exitCode: 80 } })
        return body.end()
      }
      for (const [step] of after.slice(0, 1)) tell({ step })
      return waitReady(clock.now() + readyPatienceMs)
    }
    const [step, ms, node] = steps[index]
    tell({ step, ...(node !== undefined && { node }) })
    clock.after(ms, () => next(index + 1))
  }
  next(0)
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

function described(clusters: Clusters, name: string): Cluster {
  const { nodes, apiPort } = clusters.spec(name) as ClusterSpec
  const state = (isOff: boolean | undefined) => (isOff ? 'Stopped' : 'Running')
  return {
    name,
    driver: 'docker',
    kubernetesVersion: 'v1.33.13',
    containerRuntime: 'containerd',
    cpus: nodes[0].cpus,
    memoryMb: Math.round(nodes[0].memoryBytes / 2 ** 20),
    nodes: nodes.map(({ name: node, ip, isOff, isControlPlane }, index) => ({
      name: node,
      role: index === 0 || isControlPlane ? 'control-plane' : 'worker',
      ip,
      isRunning: !isOff,
      kubelet: state(isOff),
      ...(index === 0 && { apiServer: state(isOff) }),
    })),
    apiServerPort: apiPort,
    addons: Object.fromEntries(Array.from(clusters.get(name)?.addons ?? [], ([addon, { isOn }]) => [addon, isOn()])),
  }
}

function powerAll(clusters: Clusters, { nodes }: ClusterSpec, on: boolean): void {
  for (const { name } of nodes) {
    if (on) clusters.powerOn(name)
    else clusters.powerOff(name)
  }
}

function access({ nodes, apiPort }: ClusterSpec, credentials: Credentials): Access {
  const { authority, certificate, key } = credentials
  return {
    server: `https://${nodes[0].ip}:${apiPort}`,
    certificateAuthorityData: authority,
    clientCertificateData: certificate,
    clientKeyData: key,
  }
}

function refusal(status: number, message: string): HttpResponse {
  return jsonResponse(status, { message })
}

function refusalLine(reason: string, message: string, exitCode: number): HttpResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify({ error: { reason, message, exitCode } })}\n`,
  }
}
