/**
 * `kubectl create service` and `ingress`.
 */
import { generated } from '../create.ts'
import type { Json } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { meta, nameOf, needed, type Run } from './call.ts'

export function service(type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'): Run {
  return function* (call) {
    const { flags } = call
    const name = nameOf(call)
    if (type === 'ExternalName') needed(call, 'external-name')
    const tcp = flags.knows('tcp') ? flags.list('tcp') : []
    const clusterIP = flags.knows('clusterip') ? flags.text('clusterip') : ''
    if (type === 'ClusterIP' && clusterIP === 'None' && tcp.length > 0) throw new Refusal('can not map ports with clusterip=None')
    if (type !== 'ExternalName' && clusterIP !== 'None' && tcp.length === 0)
      throw new Refusal('at least one tcp port specifier must be provided')
    const nodePort = flags.knows('node-port') ? flags.number('node-port') : 0
    const ports = tcp.map((text) => servicePort(text, nodePort))
    const labels = { app: name }
    yield* generated(call, {
      object: {
        kind: 'Service',
        apiVersion: 'v1',
        metadata: meta(call, name, { labels }),
        spec: {
          ...(ports.length > 0 ? { ports } : {}),
          selector: labels,
          ...(clusterIP === '' ? {} : { clusterIP }),
          type,
          ...(type === 'ExternalName' ? { externalName: flags.text('external-name') } : {}),
        },
        status: { loadBalancer: {} },
      },
      plural: 'services',
      isNamespaced: true,
      failure: `failed to create ${type} service:`,
    })
  }
}

function servicePort(text: string, nodePort: number): Json {
  const [from, to] = text.split(':')
  const port = Number(from)
  if (!Number.isInteger(port) || from === '') throw new Refusal(`strconv.ParseUint: parsing ${JSON.stringify(from)}: invalid syntax`)
  if (port < 1 || port > 65535) throw new Refusal(`must be between 1 and 65535, inclusive`)
  const target = to === undefined ? port : /^\d+$/.test(to) ? Number(to) : to
  return {
    name: to === undefined ? from : `${from}-${to}`,
    protocol: 'TCP',
    port,
    targetPort: target,
    ...(nodePort > 0 ? { nodePort } : {}),
  }
}

export const ingress: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const wanted = flags.list('rule')
  const fallback = flags.text('default-backend')
  if (wanted.length === 0 && fallback === '')
    throw new Refusal(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    )
  for (const rule of wanted) {
    if (!/^[^/]*(\/[^=]*)=[^:]+:[\w-]+(,tls(=[^,]*)?)?$/.test(rule))
      throw new Refusal(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
  }
  const annotations = Object.fromEntries(
    flags.list('annotation').map((text) => {
      const equals = text.indexOf('=')
      if (equals <= 0) throw new Refusal(`annotation ${text} is invalid and should be in format key=[value]`)
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
  if (fallback !== '' && fallback.split(':').length !== 2) throw new Refusal('default-backend should be in format servicename:serviceport')
  const backend = (text: string): Json => {
    const [service, port] = text.split(':')
    return { service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } }
  }
  const hosts = new Map<string, Json[]>()
  const secrets = new Map<string, string[]>()
  for (const rule of wanted) {
    const [, host, path, target, tls] = /^([^/]*)(\/[^=]*)=([^,]+)(,tls(?:=[^,]*)?)?$/.exec(rule) ?? []
    const paths = hosts.get(host) ?? []
    const isPrefix = path.endsWith('*')
    paths.push({ path: isPrefix ? path.slice(0, -1) : path, pathType: isPrefix ? 'Prefix' : 'Exact', backend: backend(target) })
    hosts.set(host, paths)
    if (tls !== undefined) {
      const secretName = tls.split('=')[1] ?? ''
      const list = secrets.get(secretName) ?? []
      if (host !== '' && !list.includes(host)) list.push(host)
      secrets.set(secretName, list)
    }
  }
  const tls = [...secrets].map(([secretName, list]) => ({
    ...(list.length > 0 ? { hosts: list } : {}),
    ...(secretName === '' ? {} : { secretName }),
  }))
  const ruleList = [...hosts].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }))
  yield* generated(call, {
    object: {
      kind: 'Ingress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: meta(call, name, Object.keys(annotations).length > 0 ? { annotations } : {}),
      spec: {
        ...(flags.text('class') === '' ? {} : { ingressClassName: flags.text('class') }),
        ...(fallback === '' ? {} : { defaultBackend: backend(fallback) }),
        ...(tls.length > 0 ? { tls } : {}),
        ...(ruleList.length > 0 ? { rules: ruleList } : {}),
      },
      status: { loadBalancer: {} },
    },
    plural: 'ingresses',
    isNamespaced: true,
    failure: 'failed to create ingress:',
  })
}
