/** The server of the machines API (src/cli/machines.ts names its calls), over a session's clusters. */
import { type HttpHandler, type HttpResponse, jsonResponse, textResponse } from '../base/http.ts'
import { textOf } from '../base/bytes.ts'
import type { ClusterInfo, ClusterWish } from '../cli/machines.ts'
import { type Clusters, minikubeSpec } from './clusters.ts'

export function machinesApi(clusters: Clusters, network: string): HttpHandler {
  const info = (name: string): ClusterInfo => {
    const spec = clusters.spec(name)
    if (!spec) throw new Error(`there is no cluster "${name}"`)
    return {
      name,
      server: `https://${spec.nodes[0].ip}:${spec.apiPort}`,
      isReady: clusters.isReady(name),
      nodes: spec.nodes.map((node, index) => ({ name: node.name, ip: node.ip, isOn: node.isOff !== true, isControlPlane: index === 0, cpus: node.cpus, memoryBytes: node.memoryBytes })),
    }
  }

  const act = (method: string, path: string, body: string): HttpResponse => {
    const [what, name, action] = path.split('/').filter(Boolean).map(decodeURIComponent)
    if (what === 'clusters' && name === undefined) {
      if (method === 'GET') return jsonResponse(200, clusters.names.map(info))
      const wish = JSON.parse(body) as ClusterWish
      if (clusters.spec(wish.name)) return textResponse(409, `cluster "${wish.name}" exists`)
      clusters.create(minikubeSpec({ ...wish, network, firstHost: clusters.freeHost() }))
      return jsonResponse(201, info(wish.name))
    }
    if (what === 'clusters' && method === 'GET') return jsonResponse(200, info(name))
    if (what === 'clusters' && method === 'DELETE') {
      clusters.remove(name)
      return jsonResponse(200, {})
    }
    if (what === 'clusters' && (action === 'stop' || action === 'start')) {
      for (const node of info(name).nodes) action === 'stop' ? clusters.powerOff(node.name) : clusters.powerOn(node.name)
      return jsonResponse(200, info(name))
    }
    if (what === 'clusters' && action === 'nodes') {
      clusters.addNode(name)
      return jsonResponse(201, info(name))
    }
    if (what === 'machines' && action === 'off') clusters.powerOff(name)
    else if (what === 'machines' && action === 'on') clusters.powerOn(name)
    else return textResponse(404, 'no such call')
    return jsonResponse(200, {})
  }

  return {
    handle({ method, url, body }) {
      try {
        return act(method, url, textOf(body))
      } catch (error) {
        return textResponse(404, error instanceof Error ? error.message : String(error))
      }
    },
  }
}
