/**
 * Objects as the API server lays them into etcd: `k8s\0`, an envelope with apiVersion and kind, and the object as protobuf. Whoever looks into
 * etcd sees names, labels and the plain text of a Secret between the bytes; custom resources are stored as JSON.
 */
import { bytesOf, bytesOfBase64, joined } from '../../../base/bytes.ts'
import { isRecord } from '../objects.ts'
import { messageKey, messages } from '../protobuf.ts'

export function protobufBytes(message: string, apiVersion: string, kind: string, object: Readonly<Record<string, unknown>>): Uint8Array {
  const typeMeta = joined([text(1, apiVersion), text(2, kind)])
  return joined([
    Uint8Array.of(0x6b, 0x38, 0x73, 0),
    field(1, typeMeta),
    field(2, messageBytes(message, object)),
    field(3, new Uint8Array()),
    field(4, new Uint8Array()),
  ])
}

function messageBytes(key: string, object: Readonly<Record<string, unknown>>): Uint8Array {
  const folder = key.slice(0, key.lastIndexOf('.'))
  const parts: Uint8Array[] = []
  for (const [number, name, wire, type, ...flags] of messages[key]) {
    if (wire === null) continue
    const inlined = flags.includes('inline') ? messageKey(type.replace(/^\*/, ''), folder) : undefined
    if (inlined) {
      const inner = messageBytes(inlined, object)
      if (inner.length > 0) parts.push(field(number, inner))
      continue
    }
    const value = object[name]
    if (value !== undefined && value !== null) parts.push(...valueFields(number, type, folder, value))
  }
  return joined([new Uint8Array(), ...parts])
}

function valueFields(number: number, type: string, folder: string, value: unknown): Uint8Array[] {
  if (type.startsWith('[]') && type !== '[]byte')
    return Array.isArray(value) ? value.flatMap((each: unknown) => valueFields(number, type.slice(2), folder, each)) : []
  const valueType = /(?:^|\.)ResourceList$/.test(type) ? 'resource.Quantity' : /^map\[\w+\](.*)$/.exec(type)?.[1]
  if (valueType !== undefined && isRecord(value))
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => field(number, joined([text(1, name), ...valueFields(2, valueType, folder, each)])))
  if (typeof value === 'number' || typeof value === 'boolean') {
    if (/IntOrString$/.test(type)) return [field(number, joined([varintField(1, 0n), varintField(2, BigInt(Number(value)))]))]
    return [varintField(number, BigInt(value))]
  }
  const plain = type.replace(/^\*/, '')
  switch (plain.slice(plain.indexOf('.') + 1)) {
    case 'Time':
    case 'MicroTime': {
      const ms = Date.parse(String(value))
      return [field(number, joined([varintField(1, BigInt(Math.floor(ms / 1000))), varintField(2, BigInt((ms % 1000) * 1_000_000))]))]
    }
    case 'Quantity':
      return [field(number, text(1, String(value)))]
    case 'IntOrString':
      return [field(number, joined([varintField(1, 1n), text(3, String(value))]))]
    case 'RawExtension':
    case 'FieldsV1':
      return [field(number, text(1, JSON.stringify(value)))]
    case '[]byte':
      return [field(number, bytesOfBase64(String(value)))]
  }
  const key = messageKey(plain, folder)
  if (key && isRecord(value)) return [field(number, messageBytes(key, value))]
  return [text(number, String(value))]
}

const text = (number: number, value: string): Uint8Array => field(number, bytesOf(value))

function field(number: number, bytes: Uint8Array): Uint8Array {
  return joined([varint(BigInt(number * 8 + 2)), varint(BigInt(bytes.length)), bytes])
}

const varintField = (number: number, value: bigint): Uint8Array => joined([varint(BigInt(number * 8)), varint(BigInt.asUintN(64, value))])

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
}
