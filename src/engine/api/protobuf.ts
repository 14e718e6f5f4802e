/**
 * Protobuf bodies, which kubectl 1.32 and newer sends for typed creates, as the JSON document they stand for. Go writes every field that is
 * not a pointer, zero values included; what is empty is dropped later, with everything else the decoder drops.
 */
import { base64Of, textOf } from '../../base/bytes.ts'
import messageTable from '../kinds/generated/messages.json' with { type: 'json' }
import { badRequest } from './errors.ts'

type Row = readonly [number: number, name: string, wire: string | null, type: string, ...flags: string[]]
export const messages = messageTable as unknown as Readonly<Record<string, readonly Row[]>>

const magic = [0x6b, 0x38, 0x73, 0]

export function isProtobuf(contentType: string): boolean {
  return contentType.startsWith('application/vnd.kubernetes.protobuf')
}

/** `messageOf` tells which message an apiVersion and kind travel as. */
export function protobufDocument(body: Uint8Array, messageOf: (apiVersion: string, kind: string) => string | undefined): unknown {
  if (!magic.every((byte, index) => body[index] === byte))
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  const unknown = fieldsOf(body.subarray(4))
  const typeMeta = fieldsOf(bytesAt(unknown, 1))
  const apiVersion = textOf(bytesAt(typeMeta, 1))
  const kind = textOf(bytesAt(typeMeta, 2))
  const message = messageOf(apiVersion, kind)
  if (!message) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`)
  return { apiVersion, kind, ...decodeMessage(message, bytesAt(unknown, 2)) }
}

interface WireField {
  readonly number: number
  readonly value: bigint | Uint8Array
}

const noBytes = new Uint8Array(0)

function bytesAt(fields: readonly WireField[], number: number): Uint8Array {
  const value = fields.findLast((field) => field.number === number)?.value
  return value instanceof Uint8Array ? value : noBytes
}

function numberAt(fields: readonly WireField[], number: number): bigint {
  const value = fields.findLast((field) => field.number === number)?.value
  return typeof value === 'bigint' ? value : 0n
}

function fieldsOf(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 63n) throw badRequest('unexpected EOF')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
  }
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw badRequest('unexpected EOF')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >> 3
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint() })
        break
      case 1:
        fields.push({ number, value: take(8) })
        break
      case 2:
        fields.push({ number, value: take(Number(varint())) })
        break
      case 5:
        fields.push({ number, value: take(4) })
        break
      default:
        throw badRequest(`proto: illegal wireType ${tag & 7}`)
    }
  }
  return fields
}

function decodeMessage(key: string, bytes: Uint8Array): Record<string, unknown> {
  const wire = fieldsOf(bytes)
  const folder = key.slice(0, key.lastIndexOf('.'))
  const result: Record<string, unknown> = {}
  for (const [number, name, , type, ...flags] of messages[key]) {
    const values = wire.filter((field) => field.number === number).map((field) => field.value)
    if (values.length === 0) continue
    const context = { type, folder }
    if (flags.includes('inline')) Object.assign(result, decodeMessage(messageKey(type, folder) ?? '', joinedMessage(values)))
    else result[name] = decodeField(context, values)
  }
  return result
}

function joinedMessage(values: readonly (bigint | Uint8Array)[]): Uint8Array {
  const last = values[values.length - 1]
  return last instanceof Uint8Array ? last : noBytes
}

interface Typed {
  readonly type: string
  readonly folder: string
}

function decodeField({ type, folder }: Typed, values: readonly (bigint | Uint8Array)[]): unknown {
  if (type.startsWith('[]') && type !== '[]byte') return values.flatMap((value) => decodeRepeated({ type: type.slice(2), folder }, value))
  const valueType = /(?:^|\.)ResourceList$/.test(type) ? 'resource.Quantity' : /^map\[\w+\](.*)$/.exec(type)?.[1]
  if (valueType === undefined) return decodeOne({ type, folder }, values[values.length - 1])
  const map: Record<string, unknown> = {}
  for (const value of values) {
    if (!(value instanceof Uint8Array)) continue
    const entry = fieldsOf(value)
    const inner = entry.findLast((field) => field.number === 2)?.value
    map[textOf(bytesAt(entry, 1))] = inner === undefined ? zeroOf(valueType) : decodeOne({ type: valueType, folder }, inner)
  }
  return map
}

function zeroOf(type: string): unknown {
  return type === 'resource.Quantity' ? '0' : ''
}

/** Repeated numbers may be packed into one field. */
function decodeRepeated(typed: Typed, value: bigint | Uint8Array): unknown[] {
  if (/^(u?int(32|64)?|bool)$/.test(typed.type) && value instanceof Uint8Array) {
    const numbers: unknown[] = []
    let at = 0
    while (at < value.length) {
      let number = 0n
      let shift = 0n
      do {
        number |= BigInt(value[at] & 0x7f) << shift
        shift += 7n
      } while (value[at++] >= 0x80 && at < value.length)
      numbers.push(Number(BigInt.asIntN(64, number)))
    }
    return numbers
  }
  return [decodeOne(typed, value)]
}

function decodeOne({ type, folder }: Typed, value: bigint | Uint8Array): unknown {
  if (typeof value === 'bigint') return type === 'bool' ? value !== 0n : Number(value)
  const plain = type.replace(/^\*/, '')
  switch (plain.slice(plain.indexOf('.') + 1)) {
    case 'Time':
    case 'MicroTime':
      return decodeTime(value, plain.endsWith('MicroTime'))
    case 'Quantity':
      return textOf(bytesAt(fieldsOf(value), 1))
    case 'IntOrString': {
      const fields = fieldsOf(value)
      return numberAt(fields, 1) === 1n ? textOf(bytesAt(fields, 3)) : Number(numberAt(fields, 2))
    }
    case 'RawExtension':
    case 'FieldsV1': {
      const raw = textOf(bytesAt(fieldsOf(value), 1))
      return raw === '' ? undefined : (JSON.parse(raw) as unknown)
    }
    case 'ExtraValue':
      return fieldsOf(value).map((field) => (field.value instanceof Uint8Array ? textOf(field.value) : ''))
    case '[]byte':
      return base64Of(value)
    case 'float64':
      return new DataView(value.buffer, value.byteOffset, 8).getFloat64(0, true)
  }
  const key = messageKey(plain, folder)
  return key ? decodeMessage(key, value) : textOf(value)
}

function decodeTime(bytes: Uint8Array, hasMicros: boolean): string | null {
  if (bytes.length === 0) return null
  const fields = fieldsOf(bytes)
  const whole = new Date(Number(numberAt(fields, 1)) * 1000).toISOString().slice(0, 19)
  return hasMicros ? `${whole}.${String(Number(numberAt(fields, 2)) / 1000).padStart(6, '0')}Z` : `${whole}Z`
}

const packages: Readonly<Record<string, readonly string[]>> = {
  metav1: ['apimachinery/pkg/apis/meta/v1'],
  corev1: ['api/core/v1'],
  apiv1: ['api/core/v1'],
  batchv1: ['api/batch/v1'],
  authenticationv1: ['api/authentication/v1'],
  authorizationv1: ['api/authorization/v1'],
  v1: ['api/core/v1', 'apimachinery/pkg/apis/meta/v1', 'api/authentication/v1'],
}

export function messageKey(type: string, folder: string): string | undefined {
  const [packageName, name] = type.includes('.') ? type.split('.') : ['', type]
  const folders = packageName === '' ? [folder] : (packages[packageName] ?? [])
  return folders.map((each) => `${each}.${name}`).find((key) => messages[key] !== undefined)
}
