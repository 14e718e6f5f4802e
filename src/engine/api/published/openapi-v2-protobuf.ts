/**
 * OpenAPI v2 as the protobuf that kubectl asks for (gnostic's `openapi.v2.Document`): the fallback of its patches, and `explain --output=plaintext-openapiv2`.
 * It holds the definitions only, because nobody who asks for this form reads the paths.
 */
import { bytesOf, joined } from '../../../base/bytes.ts'
import { isRecord } from '../objects.ts'
import type { Swagger } from './openapi-v2.ts'

export const openapiProtobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

export function openapiV2Protobuf({ swagger, info, definitions }: Swagger): Uint8Array {
  return joined([text(1, swagger), message(2, [text(1, info.title), text(2, info.version)]), message(9, named(definitions))])
}

/** A map is a list of pairs. */
function named(schemas: Readonly<Record<string, unknown>>): Uint8Array[] {
  return Object.entries(schemas).map(([name, schema]) => message(1, [text(1, name), message(2, fieldsOf(schema))]))
}

/** The fields of a schema, by their numbers; what Kubernetes' schemas never use is not there. */
function fieldsOf(schema: unknown): Uint8Array[] {
  if (!isRecord(schema)) return []
  const { $ref, format, description, required, enum: values, additionalProperties, type, items, properties } = schema
  return [
    ...(typeof $ref === 'string' ? [text(1, $ref)] : []),
    ...(typeof format === 'string' ? [text(2, format)] : []),
    ...(typeof description === 'string' ? [text(4, description)] : []),
    ...(Array.isArray(required) ? required.map((name) => text(19, String(name))) : []),
    ...(Array.isArray(values) ? values.map((value) => message(20, [text(2, JSON.stringify(value))])) : []),
    ...(isRecord(additionalProperties) ? [message(21, [message(1, fieldsOf(additionalProperties))])] : []),
    ...(typeof type === 'string' ? [message(22, [text(1, type)])] : []),
    ...(isRecord(items) ? [message(23, [message(1, fieldsOf(items))])] : []),
    ...(isRecord(properties) ? [message(25, named(properties))] : []),
    ...Object.entries(schema)
      .filter(([key]) => key.startsWith('x-'))
      .map(([key, value]) => message(31, [text(1, key), message(2, [text(2, JSON.stringify(value))])])),
  ]
}

function text(field: number, value: string): Uint8Array {
  return message(field, [bytesOf(value)])
}

/** Length-delimited, as text and messages are. */
function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return joined([Uint8Array.from([...varint(field * 8 + 2), ...varint(length)]), ...parts])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
