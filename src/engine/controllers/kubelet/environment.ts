/** A container's environment: what the image does not know and the cluster does. Missing sources throw the kubelet's words. */
import type { Client } from '../../api/client.ts'
import type { V1ConfigMap, V1Container, V1Pod, V1Secret, V1Service } from '../../kinds/generated/types.ts'
import { formatQuantity, parseQuantity } from '../../kinds/quantity.ts'
import { textOf, bytesOfBase64 } from '../../../base/bytes.ts'
import { amount } from '../resources.ts'

export class ConfigError extends Error {}

export interface Place {
  readonly client: Client
  readonly pod: V1Pod
  readonly podIp: string
  readonly hostIp: string
  readonly nodeName: string
  readonly allocatable: Readonly<Record<string, string>>
}

export function environmentOf(container: V1Container, place: Place): { name: string; value: string }[] {
  const values = new Map<string, string>()
  const { pod, client } = place
  const namespace = pod.metadata.namespace ?? ''
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data = configMapRef
      ? configData(client, namespace, configMapRef.name ?? '', configMapRef.optional)
      : secretData(client, namespace, secretRef?.name ?? '', secretRef?.optional)
    for (const [key, value] of Object.entries(data ?? {})) values.set(prefix + key, value)
  }
  const services = serviceVariables(client, namespace, pod.spec.enableServiceLinks ?? true)
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom) {
      const found = sourced(valueFrom, container, place)
      if (found !== undefined) values.set(name, found)
    } else
      values.set(
        name,
        expanded(value ?? '', (key) => values.get(key) ?? services.get(key)),
      )
  }
  for (const [name, value] of services) if (!values.has(name)) values.set(name, value)
  return Array.from(values, ([name, value]) => ({ name, value }))
}

type Source = NonNullable<NonNullable<V1Container['env']>[number]['valueFrom']>

function sourced(
  { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef }: Source,
  container: V1Container,
  place: Place,
): string | undefined {
  const { client, pod } = place
  const namespace = pod.metadata.namespace ?? ''
  if (fieldRef) return fieldOf(fieldRef.fieldPath, place)
  if (resourceFieldRef) {
    const of = resourceFieldRef.containerName
      ? [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(({ name }) => name === resourceFieldRef.containerName)
      : container
    return resourceOf(resourceFieldRef.resource, resourceFieldRef.divisor, of ?? container, place.allocatable)
  }
  if (configMapKeyRef)
    return keyOf(
      configData(client, namespace, configMapKeyRef.name ?? '', configMapKeyRef.optional),
      configMapKeyRef,
      `ConfigMap ${namespace}/${configMapKeyRef.name}`,
    )
  if (secretKeyRef)
    return keyOf(
      secretData(client, namespace, secretKeyRef.name ?? '', secretKeyRef.optional),
      secretKeyRef,
      `Secret ${namespace}/${secretKeyRef.name}`,
    )
  return undefined
}

function keyOf(
  data: Readonly<Record<string, string>> | undefined,
  { key, optional }: { key: string; optional?: boolean },
  where: string,
): string | undefined {
  const value = data?.[key]
  if (value !== undefined || optional) return value
  throw new ConfigError(`couldn't find key ${key} in ${where}`)
}

function configData(
  client: Client,
  namespace: string,
  name: string,
  optional: boolean | undefined,
): Readonly<Record<string, string>> | undefined {
  const config = client.get<V1ConfigMap>('configmaps', namespace, name)
  if (!config && !optional) throw new ConfigError(`configmap "${name}" not found`)
  return config && (config.data ?? {})
}

function secretData(
  client: Client,
  namespace: string,
  name: string,
  optional: boolean | undefined,
): Readonly<Record<string, string>> | undefined {
  const secret = client.get<V1Secret>('secrets', namespace, name)
  if (!secret && !optional) throw new ConfigError(`secret "${name}" not found`)
  return secret && Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, textOf(bytesOfBase64(value))]))
}

/** `metadata.labels['app']`, `status.podIP`, `spec.nodeName` …; labels and annotations as a whole are for volumes. */
export function fieldOf(path: string, { pod, podIp, hostIp, nodeName }: Omit<Place, 'client' | 'allocatable'>): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path)
  if (keyed) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]] ?? ''
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name
    case 'metadata.namespace':
      return pod.metadata.namespace ?? ''
    case 'metadata.uid':
      return pod.metadata.uid
    case 'metadata.labels':
      return pairs(pod.metadata.labels)
    case 'metadata.annotations':
      return pairs(pod.metadata.annotations)
    case 'spec.nodeName':
      return nodeName
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIp
    case 'status.podIP':
    case 'status.podIPs':
      return podIp
    default:
      throw new ConfigError(`unsupported fieldPath: ${path}`)
  }
}

function pairs(record: Readonly<Record<string, string>> | undefined): string {
  return Object.keys(record ?? {})
    .sort()
    .map((key) => `${key}=${JSON.stringify(record?.[key])}`)
    .join('\n')
}

export function resourceOf(
  resource: string,
  divisor: string | undefined,
  container: V1Container,
  allocatable: Readonly<Record<string, string>>,
): string {
  const [kind, name] = resource.split('.', 2)
  const given =
    (kind === 'limits' ? container.resources?.limits : container.resources?.requests)?.[name] ??
    (kind === 'limits' ? allocatable[name] : undefined)
  if (given === undefined) return '0'
  const by = divisor && divisor !== '0' ? amount(name, divisor) : name === 'cpu' ? 1000 : 1
  return formatQuantity(parseQuantity(String(Math.ceil(amount(name, given) / by))))
}

/** `$(NAME)` is replaced where NAME is known, `$$` is a dollar. */
export function expanded(text: string, valueOf: (name: string) => string | undefined): string {
  if (!text.includes('$')) return text
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => (whole === '$$' ? '$' : (valueOf(name ?? '') ?? whole)))
}

function serviceVariables(client: Client, namespace: string, hasLinks: boolean): Map<string, string> {
  const values = new Map<string, string>()
  const kubernetes = client.get<V1Service>('services', 'default', 'kubernetes')
  const services = hasLinks ? client.list<V1Service>('services', namespace) : []
  const all = kubernetes && !services.includes(kubernetes) ? [kubernetes, ...services] : services
  for (const service of all) for (const [name, value] of variablesOf(service)) values.set(name, value)
  return values
}

/** Objects are frozen: what was made of one version holds for every pod that starts. */
const made = new WeakMap<V1Service, readonly (readonly [name: string, value: string])[]>()

function variablesOf(service: V1Service): readonly (readonly [name: string, value: string])[] {
  const known = made.get(service)
  if (known) return known
  const values: [string, string][] = []
  made.set(service, values)
  const { metadata, spec } = service
  if (!spec.clusterIP || spec.clusterIP === 'None' || !spec.ports?.length) return values
  const name = metadata.name.toUpperCase().replaceAll('-', '_')
  const [first] = spec.ports
  values.push([`${name}_SERVICE_HOST`, spec.clusterIP], [`${name}_SERVICE_PORT`, String(first.port)])
  for (const port of spec.ports)
    if (port.name) values.push([`${name}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port)])
  for (const [index, { port, protocol = 'TCP' }] of spec.ports.entries()) {
    const word = protocol.toLowerCase()
    const url = `${word}://${spec.clusterIP}:${port}`
    if (index === 0) values.push([`${name}_PORT`, url])
    const prefix = `${name}_PORT_${port}_${protocol}`
    values.push([prefix, url], [`${prefix}_PROTO`, word], [`${prefix}_PORT`, String(port)], [`${prefix}_ADDR`, spec.clusterIP])
  }
  return values
}
