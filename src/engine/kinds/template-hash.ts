/**
 * The `pod-template-hash` of a template, equal to upstream's: FNV-1a over the text that Go's spew prints for the struct, so every
 * field counts, absent ones included. What Go knows and JSON does not (field names, embedded structs, pointers) comes from the
 * generated message tables.
 */
import { assert } from '../../base/assert.ts'
import { bytesOf } from '../../base/bytes.ts'
import messageTable from './generated/messages.json' with { type: 'json' }
import { canonicalQuantity, parseQuantity } from './quantity.ts'

type Row = readonly [number: number, name: string, wire: string | null, type: string, ...flags: string[]]
const messages = messageTable as unknown as Readonly<Record<string, readonly Row[]>>

const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** The hash of a complete (defaulted) `PodTemplateSpec`; `collisionCount` as in the owner's status. */
export function podTemplateHash(template: object, collisionCount?: number): string {
  let hash = fnv1a(0x811c9dc5, bytesOf(spewed('v1.PodTemplateSpec', template)))
  if (collisionCount !== undefined) {
    const eight = new Uint8Array(8)
    new DataView(eight.buffer).setUint32(0, collisionCount, true)
    hash = fnv1a(hash, eight)
  }
  return safeEncoded(String(hash))
}

/**
 * The suffix of a StatefulSet's ControllerRevision: FNV-1 (not 1a, as elsewhere) over its data as JSON with sorted keys. A DaemonSet's is the
 * hash of its template.
 */
export function revisionHash(serialised: string, collisionCount?: number): string {
  const text = collisionCount === undefined ? serialised : `${serialised}${collisionCount}`
  let hash = 0x811c9dc5
  for (const byte of bytesOf(text)) hash = Math.imul(hash, 0x01000193) ^ byte
  return safeEncoded(String(hash >>> 0))
}

function fnv1a(start: number, bytes: Uint8Array): number {
  let hash = start
  // By index: with an iterator V8 compiled the loop anew twice in every start of a cluster.
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193)
  return hash >>> 0
}

function safeEncoded(text: string): string {
  let encoded = ''
  for (const letter of text) encoded += safeAlphabet[letter.charCodeAt(0) % safeAlphabet.length]
  return encoded
}

/** `%#v` of a value whose type the surroundings have not printed yet. */
function spewed(type: string, value: unknown): string {
  return `(${type})${bare(type, value)}`
}

/** The value alone: elements of slices and maps come without their type. */
function bare(type: string, value: unknown): string {
  if (type.startsWith('[]')) {
    if (!Array.isArray(value) || value.length === 0) return '<nil>'
    return `[${value.map((each) => bare(type.slice(2), each)).join(' ')}]`
  }
  const map = mapValueType(type)
  if (map) {
    if (!isRecord(value) || Object.keys(value).length === 0) return '<nil>'
    const record = value
    return `map[${Object.keys(record)
      .sort()
      .map((key) => `${key}:${bare(map, record[key])}`)
      .join(' ')}]`
  }
  switch (type) {
    case 'string':
    case 'types.UID':
      return typeof value === 'string' ? value : ''
    case 'bool':
      return value === true ? 'true' : 'false'
    case 'int32':
    case 'int64':
    case 'int':
      return String(value ?? 0)
    case 'v1.Time':
      return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'
    case 'intstr.IntOrString':
      return typeof value === 'string'
        ? `{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)${value}}`
        : `{Type:(intstr.Type)0 IntVal:(int32)${String(value ?? 0)} StrVal:(string)}`
    case 'resource.Quantity':
      return quantity(String(value ?? '0'))
  }
  const rows = rowsOf(type)
  if (!rows) return typeof value === 'string' ? value : ''
  const fields = isRecord(value) ? value : {}
  return `{${rows.map((row) => field(row, fields)).join(' ')}}`
}

function field([, name, , rawType, ...flags]: Row, fields: Readonly<Record<string, unknown>>): string {
  const type = qualified(rawType)
  if (flags.includes('inline')) return `${rawType}:${spewed(type, fields)}`
  const value = fields[name]
  const goName = goNameOf(name)
  if (!flags.includes('pointer')) return `${goName}:${spewed(type, value)}`
  return value === undefined || value === null ? `${goName}:(*${type})<nil>` : `${goName}:(*${type})${bare(type, value)}`
}

function quantity(text: string): string {
  const { value, scale, format } = parseQuantity(text)
  return `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${canonicalQuantity(text)} Format:(resource.Format)${format}}`
}

function mapValueType(type: string): string | undefined {
  if (type === 'v1.ResourceList') return 'resource.Quantity'
  return /^map\[\w+\](.*)$/.exec(type)?.[1]
}

/** Types are written as in their own package; all of them live in a package called v1. */
function qualified(type: string): string {
  const [, prefix, name] = /^(\[\]|map\[string\])?(.*)$/.exec(type) as RegExpExecArray
  const plain = /^(string|bool|int|int32|int64|byte|\[\]byte)$/.test(name)
    ? name
    : name.includes('.')
      ? name.replace(/^metav1\./, 'v1.')
      : `v1.${name}`
  return (prefix ?? '') + plain
}

const rowsByType = new Map<string, readonly Row[] | undefined>()

function rowsOf(type: string): readonly Row[] | undefined {
  if (!rowsByType.has(type)) {
    assert(type.startsWith('v1.'), `no such type in a pod template: ${type}`)
    const name = type.slice(3)
    const rows = messages[`api/core/v1.${name}`] ?? messages[`apimachinery/pkg/apis/meta/v1.${name}`]
    rowsByType.set(type, name === 'Lifecycle' && rows ? [...rows, stopSignal] : rows)
  }
  return rowsByType.get(type)
}

/** New in 1.33, while the tables are of 1.32. */
const stopSignal: Row = [3, 'stopSignal', 'bytes', 'Signal', 'omitempty', 'pointer']

const goNames: Readonly<Record<string, string>> = {
  metadata: 'ObjectMeta',
  os: 'OS',
  serviceAccount: 'DeprecatedServiceAccount',
  cephfs: 'CephFS',
  storageos: 'StorageOS',
  wwids: 'WWIDs',
  chapAuthDiscovery: 'DiscoveryCHAPAuth',
  chapAuthSession: 'SessionCHAPAuth',
  monitors: 'CephMonitors',
  diskURI: 'DataDiskURI',
  iqn: 'IQN',
  iscsiInterface: 'ISCSIInterface',
  sslEnabled: 'SSLEnabled',
}

/** `hostIP` → `HostIP`, `fsGroup` → `FSGroup`, `dnsPolicy` → `DNSPolicy`. */
function goNameOf(name: string): string {
  const known = goNames[name]
  if (known) return known
  const initials = /^(uid|dns|http|tcp|grpc|fs|nfs|iscsi|rbd|fc|csi|tty|ip|se(?=Linux)|gce|aws|tls|id)(?=[A-Z]|$)/.exec(name)
  if (!initials) return name[0].toUpperCase() + name.slice(1)
  return initials[1].toUpperCase() + name.slice(initials[1].length)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
