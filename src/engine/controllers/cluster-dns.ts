/** The names of a cluster, as CoreDNS' kubernetes plugin answers them; what is not the cluster's goes upstream. */
import type { Client } from '../api/client.ts'
import type { V1Endpoint, V1EndpointSlice, V1Service } from '../kinds/generated/types.ts'
import type { Address, Answer, NameServer, Question } from '../../unix/network/network.ts'

type Rows = Answer['records']

export interface ClusterDnsOptions {
  readonly client: Client
  readonly domain: string
  readonly upstream?: NameServer
  /** Whether any server is there to answer: CoreDNS scaled to nothing answers nobody. */
  readonly isUp?: () => boolean
}

const ttl = 30

export function clusterDns({ client, domain, upstream, isUp = () => true }: ClusterDnsOptions): NameServer {
  const own = (question: Question): Answer => {
    const name = question.name.toLowerCase()
    const rest = name.slice(0, -domain.length - 1)
    const found = name === domain ? [] : resolve(client, rest.split('.'), name, question.type, domain)
    if (found === undefined) return { code: 'NXDOMAIN', isAuthoritative: true, records: [] }
    return { code: 'NOERROR', isAuthoritative: true, records: found }
  }
  return {
    query(question, from: Address) {
      if (!isUp()) return { code: 'SERVFAIL', records: [] }
      const name = question.name.toLowerCase()
      if (name === domain || name.endsWith(`.${domain}`)) return withAlias(own(question), question, from)
      if (name.endsWith('.in-addr.arpa')) {
        const record = reverse(client, name, domain)
        if (record) return { code: 'NOERROR', isAuthoritative: true, records: [{ name: question.name, type: 'PTR', ttl, data: record }] }
      }
      return upstream ? upstream.query(question, from) : { code: 'NXDOMAIN', records: [] }
    },
  }

  /** An ExternalName is an alias; its target's addresses come along when somebody knows them. */
  function withAlias(answer: Answer, question: Question, from: Address): Answer {
    const alias = answer.records.find(({ type }) => type === 'CNAME')
    if (!alias || question.type === 'CNAME') return answer
    const target = upstream?.query({ name: alias.data.replace(/\.$/, ''), type: question.type }, from)
    return { ...answer, records: [...answer.records, ...(target?.records ?? [])] }
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
