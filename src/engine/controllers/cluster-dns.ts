/**
 * The names of a cluster, as CoreDNS' kubernetes plugin answers them. Who answers the others stands in its Corefile, and counts from the moment that
 * it is written; a real CoreDNS notices within a minute, or when its pods are restarted.
 */
import type { Client } from '../api/client.ts'
import type { V1ConfigMap, V1Endpoint, V1EndpointSlice, V1Service } from '../kinds/generated/types.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Address, Answer, NameServer, Question } from '../../unix/network/network.ts'
import { readCorefile } from './corefile-faults.ts'
import { blockFor, isBelow, type ServerBlock, serverBlocks } from './corefile.ts'

type Rows = Answer['records']

export interface ClusterDnsOptions {
  readonly client: Client
  readonly domain: string
  /** Asks another server; undefined when it cannot be reached. */
  readonly ask?: (server: string, question: Question) => Answer | undefined
  /** The servers of the node's resolv.conf. */
  readonly nameservers?: () => readonly string[]
  /** Whether any server is there to answer: CoreDNS scaled to nothing answers nobody. */
  readonly isUp?: () => boolean
}

const ttl = 30

export function clusterDns({ client, domain, ask, nameservers = () => [], isUp = () => true }: ClusterDnsOptions): NameServer {
  let read: { readonly from: unknown; readonly blocks: readonly ServerBlock[] } | undefined
  const blocks = (): readonly ServerBlock[] => {
    const map = client.get<V1ConfigMap>('configmaps', 'kube-system', 'coredns')
    const text = map?.data?.Corefile
    if (read?.from === map && read) return read.blocks
    read = {
      from: map,
      blocks: (text === undefined || readCorefile(text).fault !== undefined ? undefined : serverBlocks(text)) ??
        read?.blocks ?? [everything(domain)],
    }
    return read.blocks
  }
  const own = (question: Question, zone = domain): Answer => {
    const name = question.name.toLowerCase()
    const rest = name.slice(0, -zone.length - 1)
    const found = name === zone ? [] : resolve(client, rest.split('.'), name, question.type, zone)
    if (found === undefined) return { code: 'NXDOMAIN', isAuthoritative: true, records: [] }
    return { code: 'NOERROR', isAuthoritative: true, records: found }
  }

  const forwarded = (block: ServerBlock, question: Question): Answer => {
    const found = block.forward.find(({ zone }) => isBelow(question.name.toLowerCase(), zone))
    if (!found || !ask) return { code: found ? 'NXDOMAIN' : 'REFUSED', records: [] }
    for (const target of found.to) {
      for (const server of target.startsWith('/') ? nameservers() : [target.replace(/^(dns|tls):\/\//, '').replace(/:53$/, '')]) {
        const answer = ask(server, question)
        if (answer) return answer
      }
    }
    return { code: 'SERVFAIL', records: [] }
  }

  const answered = (question: Question): Answer => {
    const name = question.name.toLowerCase()
    const block = blockFor(blocks(), name)
    if (!block) return { code: 'REFUSED', records: [] }
    const rewrite = block.rewrites.find(({ from }) => from.test(name))
    if (rewrite) {
      const answer = fromBlock(block, { ...question, name: name.replace(rewrite.from, rewrite.to) })
      return { ...answer, records: answer.records.map((record) => ({ ...record, name: question.name })) }
    }
    return fromBlock(block, question)
  }

  function fromBlock(block: ServerBlock, question: Question): Answer {
    const name = question.name.toLowerCase()
    const listed = block.hosts.get(name)
    if (listed && question.type === 'A')
      return { code: 'NOERROR', isAuthoritative: true, records: listed.map((data) => ({ name, type: 'A', ttl: 3600, data })) }
    if (!listed && block.endsAtHosts) return { code: 'SERVFAIL', records: [] }
    const zone = block.kubernetes.find((one) => !one.endsWith('.arpa') && isBelow(name, one))
    if (zone !== undefined) return withAlias(block, own(question, zone), question)
    if (block.kubernetes.some((zone) => zone === 'in-addr.arpa') && name.endsWith('.in-addr.arpa')) {
      const record = reverse(client, name, domain)
      if (record) return { code: 'NOERROR', isAuthoritative: true, records: [{ name: question.name, type: 'PTR', ttl, data: record }] }
    }
    return listed ? { code: 'NOERROR', isAuthoritative: true, records: [] } : forwarded(block, question)
  }

  return {
    query(question, _from: Address) {
      // Packets to a Service that nobody stands behind come to nothing.
      if (!isUp()) throw new UnixError('ETIMEDOUT')
      return answered(question)
    },
  }

  /** An ExternalName is an alias; its target's addresses come along when somebody knows them. */
  function withAlias(block: ServerBlock, answer: Answer, question: Question): Answer {
    const alias = answer.records.find(({ type }) => type === 'CNAME')
    if (!alias || question.type === 'CNAME') return answer
    const name = alias.data.replace(/\.$/, '')
    const target = isBelow(name, domain) ? own({ name, type: question.type }) : forwarded(block, { name, type: question.type })
    return { ...answer, records: [...answer.records, ...target.records] }
  }
}

/** What answers as long as there is no Corefile to read. */
function everything(domain: string): ServerBlock {
  return {
    zones: ['.'],
    kubernetes: [domain, 'in-addr.arpa'],
    hosts: new Map(),
    endsAtHosts: false,
    rewrites: [],
    forward: [{ zone: '.', to: ['/etc/resolv.conf'] }],
  }
}

/** Undefined: no such name. Empty: the name is there, but has no record of this type. */
function resolve(client: Client, labels: readonly string[], name: string, type: string, domain: string): Rows | undefined {
  const kind = labels.at(-1)
  if (kind === 'pod') {
    const [ip, namespace] = labels.slice(-3, -1)
    if (labels.length !== 3 || !/^\d+-\d+-\d+-\d+$/.test(ip) || !client.get('namespaces', '', namespace)) return undefined
    return type === 'A' ? [{ name, type: 'A', ttl, data: ip.replaceAll('-', '.') }] : []
  }
  if (kind !== 'svc') return undefined
  const [serviceName, namespace] = labels.slice(-3, -1)
  if (labels.length === 1) return []
  if (labels.length === 2) return client.get('namespaces', '', labels[0]) ? [] : undefined
  const service = client.get<V1Service>('services', namespace, serviceName)
  if (!service) return undefined
  const above = labels.slice(0, -3)
  if (service.spec.type === 'ExternalName')
    return above.length === 0 ? [{ name, type: 'CNAME', ttl, data: `${service.spec.externalName}.` }] : undefined
  if (above.length === 2 && above[0].startsWith('_') && above[1].startsWith('_'))
    return servicePorts(client, service, above, name, type, domain)
  const isHeadless = service.spec.clusterIP === 'None' || !service.spec.clusterIP
  if (!isHeadless) {
    if (above.length > 0) return undefined
    return type === 'A' ? [{ name, type: 'A', ttl, data: service.spec.clusterIP ?? '' }] : []
  }
  const endpoints = endpointsOf(client, `${namespace}/${serviceName}`)
  const matching = above.length === 0 ? endpoints : endpoints.filter((endpoint) => above.length === 1 && labelOf(endpoint) === above[0])
  if (matching.length === 0 && above.length > 0) return undefined
  // A headless Service without endpoints is no name at all.
  if (matching.length === 0) return undefined
  return type === 'A' ? matching.map(({ addresses }) => ({ name, type: 'A', ttl, data: addresses[0] })) : []
}

function servicePorts(
  client: Client,
  service: V1Service,
  [port, protocol]: readonly string[],
  name: string,
  type: string,
  domain: string,
): Rows | undefined {
  const found = service.spec.ports?.find((each) => `_${each.name}` === port && `_${(each.protocol ?? 'TCP').toLowerCase()}` === protocol)
  if (!found) return undefined
  if (type !== 'SRV') return []
  const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${domain}.`
  if (service.spec.clusterIP !== 'None') return [{ name, type: 'SRV', ttl, data: `0 100 ${found.port} ${base}` }]
  const endpoints = endpointsOf(client, `${service.metadata.namespace}/${service.metadata.name}`)
  return endpoints.map((endpoint) => ({
    name,
    type: 'SRV',
    ttl,
    data: `0 ${Math.floor(100 / endpoints.length)} ${found.port} ${labelOf(endpoint)}.${base}`,
  }))
}

function endpointsOf(client: Client, service: string): V1Endpoint[] {
  return client
    .indexed<V1EndpointSlice>('endpointslices.discovery.k8s.io', 'service', service)
    .flatMap(({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false))
}

function labelOf({ hostname, addresses }: V1Endpoint): string {
  return hostname ?? addresses[0].replaceAll('.', '-')
}

function reverse(client: Client, name: string, domain: string): string | undefined {
  const ip = name.replace('.in-addr.arpa', '').split('.').reverse().join('.')
  for (const { metadata, spec } of client.list<V1Service>('services'))
    if (spec.clusterIP === ip) return `${metadata.name}.${metadata.namespace}.svc.${domain}.`
  for (const slice of client.list<V1EndpointSlice>('endpointslices.discovery.k8s.io')) {
    const service = slice.metadata.labels?.['kubernetes.io/service-name']
    for (const endpoint of slice.endpoints ?? [])
      if (endpoint.addresses[0] === ip && service) return `${labelOf(endpoint)}.${service}.${slice.metadata.namespace}.svc.${domain}.`
  }
  return undefined
}
