/**
 * API objects seen as the Go structs that upstream's internal types are: field names in Go's spelling, embedded structs not flattened, nil apart
 * from empty. Some of upstream's messages print these structs (`go-syntax.ts`) or how two of them differ (`go-diff.ts`); surprising is only that
 * the internal types are ordered otherwise than the versioned ones that people write.
 */
import { parseQuantity } from './quantity.ts'
import type { Field, Schema, StructSchema } from './schema.ts'

export type GoType =
  | { readonly kind: 'struct'; readonly name: string; readonly fields: () => readonly GoField[]; readonly isLeaf?: boolean }
  | { readonly kind: 'slice'; readonly name: string; readonly elem: GoType }
  | { readonly kind: 'map'; readonly name: string; readonly elem: GoType; readonly hasPrintedKeys: boolean }
  | { readonly kind: 'pointer'; readonly name: string; readonly elem: GoType }
  | { readonly kind: 'string' | 'number' | 'bool' | 'any'; readonly name: string }

export interface GoField {
  readonly name: string
  readonly type: GoType
  /** Out of the JSON value of the struct that has the field. */
  readonly of: (value: Json) => unknown
}

type Json = Readonly<Record<string, unknown>>

/** A struct's Go type: `core.PodSpec` from the generated shape. */
export function goStruct(schema: StructSchema): GoType {
  const known = structs.get(schema)
  if (known) return known
  const name = qualified(schema.openapiName)
  let fields: readonly GoField[] | undefined
  const type: GoType = { kind: 'struct', name, fields: () => (fields ??= fieldsOf(schema)) }
  structs.set(schema, type)
  return type
}

/** The part of a struct that Go embeds under a name of its own: `PersistentVolumeSource`. */
export function goEmbedded(schema: StructSchema, name: string): GoType {
  const field = fieldsOf(schema).find((each) => each.name === name)
  if (!field) throw new Error(`bug: ${schema.goName} embeds no ${name}`)
  return field.type
}

const structs = new Map<StructSchema, GoType>()

/** `io.k8s.api.core.v1.PodSpec` is `core.PodSpec` inside the server; apimachinery's types have no internal twin. */
function qualified(openapiName: string): string {
  const parts = openapiName.split('.')
  const type = parts[parts.length - 1]
  return openapiName.includes('apimachinery') ? `v1.${type}` : `${parts[parts.length - 3]}.${type}`
}

/** Fields of internal structs, where their order or their place is not that of the versioned ones. `=X` embeds what is not named. */
const internal: Readonly<Record<string, readonly string[]>> = {
  PodSpec:
    'volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName automountServiceAccountToken nodeName securityContext imagePullSecrets hostname subdomain setHostnameAsFQDN affinity schedulerName tolerations hostAliases priorityClassName priority preemptionPolicy dnsConfig readinessGates runtimeClassName overhead enableServiceLinks topologySpreadConstraints os schedulingGates resourceClaims resources'.split(
      ' ',
    ),
  PodSecurityContext:
    'hostNetwork hostPID hostIPC shareProcessNamespace hostUsers seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot supplementalGroups supplementalGroupsPolicy fsGroup fsGroupChangePolicy sysctls seccompProfile appArmorProfile seLinuxChangePolicy'.split(
      ' ',
    ),
  Probe:
    '=ProbeHandler initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold terminationGracePeriodSeconds'.split(
      ' ',
    ),
  Volume: ['name', '=VolumeSource'],
  EphemeralContainer: ['=EphemeralContainerCommon', 'targetContainerName'],
  PersistentVolumeSpec:
    'capacity =PersistentVolumeSource accessModes claimRef persistentVolumeReclaimPolicy storageClassName mountOptions volumeMode nodeAffinity volumeAttributesClassName'.split(
      ' ',
    ),
  CustomResourceDefinitionVersion:
    'name served storage deprecated deprecationWarning schema subresources additionalPrinterColumns selectableFields'.split(' '),
  ConfigMapEnvSource: ['=LocalObjectReference', 'optional'],
  SecretEnvSource: ['=LocalObjectReference', 'optional'],
  ConfigMapKeySelector: ['=LocalObjectReference', 'key', 'optional'],
  SecretKeySelector: ['=LocalObjectReference', 'key', 'optional'],
  ConfigMapProjection: ['=LocalObjectReference', 'items', 'optional'],
  SecretProjection: ['=LocalObjectReference', 'items', 'optional'],
  ConfigMapVolumeSource: ['=LocalObjectReference', 'items', 'defaultMode', 'optional'],
}

const namespacesOfPod = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers']

function fieldsOf(schema: StructSchema): readonly GoField[] {
  const home = qualified(schema.openapiName).split('.')[0]
  const own = (field: Field) => goField(field, home)
  const order = internal[schema.goName]
  if (!order) return [...schema.fields.values()].map(own)
  const named = new Set(order)
  return order.flatMap((key): GoField[] => {
    if (key.startsWith('=')) {
      const rest = [...schema.fields.values()].filter((field) => !named.has(field.name)).map(own)
      return [{ name: key.slice(1), type: { kind: 'struct', name: `core.${key.slice(1)}`, fields: () => rest }, of: (value) => value }]
    }
    const field = schema.fields.get(key)
    // What shares the host's namespaces stands beside the pod's security context in JSON, in it in Go.
    if (schema.goName === 'PodSpec' && key === 'securityContext' && field) return [{ ...own(field), of: securityOf }]
    if (field) return [own(field)]
    if (!namespacesOfPod.includes(key)) return []
    const isPointer = key === 'shareProcessNamespace' || key === 'hostUsers'
    return [{ name: goName(key), type: isPointer ? pointerTo(bool) : bool, of: (value) => value[key] }]
  })
}

function securityOf(spec: Json): unknown {
  const { securityContext } = spec
  if (typeof securityContext !== 'object' || securityContext === null) return undefined
  return { ...Object.fromEntries(namespacesOfPod.map((key) => [key, spec[key]])), ...securityContext }
}

function goField(field: Field, home: string): GoField {
  const type = goType(field.schema, field.goType, home)
  // Always filled in, so no pointer inside.
  const isPointer = field.isPointer && !(field.name === 'expirationSeconds' && home === 'core') && field.name !== 'deprecated'
  return { name: goName(field.name), type: isPointer ? pointerTo(type) : type, of: (value) => value[field.name] }
}

const bool: GoType = { kind: 'bool', name: 'bool' }

function pointerTo(elem: GoType): GoType {
  return { kind: 'pointer', name: `*${elem.name}`, elem }
}

function goType(schema: Schema, written: string, home: string): GoType {
  switch (schema.type) {
    case 'struct':
      return goStruct(schema)
    case 'list': {
      const elem = goType(schema.items, written.replace(/^\[\]/, ''), home)
      return { kind: 'slice', name: `[]${elem.name}`, elem }
    }
    case 'map': {
      const elem = goType(schema.values, written.replace(/^map\[\w+\]/, ''), home)
      const isAmounts = schema.values.type === 'quantity'
      return { kind: 'map', name: isAmounts ? 'core.ResourceList' : `map[string]${elem.name}`, elem, hasPrintedKeys: isAmounts }
    }
    case 'quantity':
      return quantity
    case 'intorstring':
      return intOrString
    case 'time':
    case 'microtime':
      return { kind: 'any', name: schema.type === 'time' ? 'v1.Time' : 'v1.MicroTime' }
    case 'string':
      return { kind: 'string', name: stringType(written, home) }
    case 'int32':
    case 'int64':
      return { kind: 'number', name: schema.type }
    case 'double':
      return { kind: 'number', name: 'float64' }
    case 'bool':
      return bool
    case 'bytes':
      return { kind: 'slice', name: '[]uint8', elem: { kind: 'number', name: 'uint8' } }
    default:
      return { kind: 'any', name: 'interface {}' }
  }
}

/** `v1.RestartPolicy` of the versioned types is `core.RestartPolicy` inside. */
function stringType(written: string, home: string): string {
  const name = written.replace(/^[*[\]]+/, '')
  return name === '' || name === 'string' ? 'string' : name.replace(/^v1\./, `${home}.`)
}

const number = (name: string): GoType => ({ kind: 'number', name })
const string: GoType = { kind: 'string', name: 'string' }

const intOrString: GoType = {
  kind: 'struct',
  name: 'intstr.IntOrString',
  fields: () => [
    { name: 'Type', type: number('intstr.Type'), of: (value) => (typeof value.is === 'string' ? 1 : 0) },
    { name: 'IntVal', type: number('int32'), of: (value) => (typeof value.is === 'number' ? value.is : 0) },
    { name: 'StrVal', type: string, of: (value) => (typeof value.is === 'string' ? value.is : '') },
  ],
}

/** Compared by its own `Equal`, so never looked into to find differences. */
const quantity: GoType = {
  kind: 'struct',
  name: 'resource.Quantity',
  isLeaf: true,
  fields: () => [
    {
      name: 'i',
      of: amountOf,
      type: {
        kind: 'struct',
        name: 'resource.int64Amount',
        fields: () => [
          { name: 'value', type: number('int64'), of: (value) => value.value },
          { name: 'scale', type: number('resource.Scale'), of: (value) => value.scale },
        ],
      },
    },
    {
      name: 'd',
      type: {
        kind: 'struct',
        name: 'resource.infDecAmount',
        fields: () => [{ name: 'Dec', type: { kind: 'pointer', name: '*inf.Dec', elem: string }, of: () => undefined }],
      },
      of: () => ({}),
    },
    { name: 's', type: string, of: (value) => value.is },
    {
      name: 'Format',
      type: { kind: 'string', name: 'resource.Format' },
      of: (value) => (typeof value.is === 'string' ? parseQuantity(value.is).format : ''),
    },
  ],
}

function amountOf({ is }: Json): object {
  if (typeof is !== 'string') return { value: 0, scale: 0 }
  const { value, scale } = parseQuantity(is)
  let whole = value
  let power = scale
  while (power < 0 && whole % 10n === 0n) {
    whole /= 10n
    power++
  }
  return { value: Number(whole), scale: power }
}

/** The fields of a struct with their values; scalars that are structs to Go are wrapped for it. */
export function partsOf(
  type: GoType & { kind: 'struct' },
  value: unknown,
): readonly { readonly field: GoField; readonly value: unknown }[] {
  const record = typeof value === 'object' && value !== null ? (value as Json) : { is: value }
  return type.fields().map((field) => ({ field, value: field.of(record) }))
}

export function isZero(type: GoType, value: unknown): boolean {
  switch (type.kind) {
    case 'struct':
      if (type.isLeaf && value === '0') return false
      return value === undefined || value === null || partsOf(type, value).every((part) => isZero(part.field.type, part.value))
    case 'string':
      return value === undefined || value === null || value === ''
    case 'number':
      return !value
    case 'bool':
      return value !== true
    default:
      return value === undefined || value === null
  }
}

const spellings: Readonly<Record<string, string>> = {
  metadata: 'ObjectMeta',
  dnsPolicy: 'DNSPolicy',
  dnsConfig: 'DNSConfig',
  tty: 'TTY',
  fsGroup: 'FSGroup',
  fsGroupChangePolicy: 'FSGroupChangePolicy',
  apiVersion: 'APIVersion',
  apiGroup: 'APIGroup',
  uid: 'UID',
  nfs: 'NFS',
  iscsi: 'ISCSI',
  rbd: 'RBD',
  cephfs: 'CephFS',
  awsElasticBlockStore: 'AWSElasticBlockStore',
  gcePersistentDisk: 'GCEPersistentDisk',
  httpGet: 'HTTPGet',
  tcpSocket: 'TCPSocket',
  grpc: 'GRPC',
  ip: 'IP',
  os: 'OS',
  csi: 'CSI',
  fc: 'FC',
  seLinuxOptions: 'SELinuxOptions',
  seLinuxChangePolicy: 'SELinuxChangePolicy',
  storageos: 'StorageOS',
  httpHeaders: 'HTTPHeaders',
  hostIP: 'HostIP',
  externalIPs: 'ExternalIPs',
  clusterIP: 'ClusterIP',
  clusterIPs: 'ClusterIPs',
  quobyte: 'Quobyte',
  scaleIO: 'ScaleIO',
  gmsaCredentialSpec: 'GMSACredentialSpec',
  gmsaCredentialSpecName: 'GMSACredentialSpecName',
}

function goName(json: string): string {
  return spellings[json] ?? json[0].toUpperCase() + json.slice(1)
}
