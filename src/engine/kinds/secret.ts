/** Secret of the core group v1. */
import { isSame } from '../api/objects.ts'
import { configMapKey } from './names.ts'
import type { FieldErrors } from './field-errors.ts'
import { ageColumn, column, name } from './columns.ts'
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../base/bytes.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1Secret } from './generated/types.ts'

export const secret = defineKind<V1Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  singular: 'secret',
  namespaced: true,
  verbs: allVerbs,
  schema: 'V1Secret',
  columns: [
    name,
    column(
      'Type',
      'string',
      'Used to facilitate programmatic handling of secret data. More info: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types',
      ({ type }) => type ?? '',
    ),
    column(
      'Data',
      'string',
      "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
      ({ data = {} }) => Object.keys(data).length,
    ),
    ageColumn,
  ],
  selectableFields: { type: ({ type }) => type ?? '' },
  defaults: (secret) => {
    // stringData is a convenience of writing; only data is kept.
    const { stringData, ...rest } = secret
    const fresh = stringData === undefined ? secret : { ...rest, data: sorted({ ...rest.data, ...encoded(stringData) }) }
    return fresh.type ? fresh : { ...fresh, type: 'Opaque' }
  },
  validate: (secret, errors) => {
    const { data = {} } = secret
    for (const key of Object.keys(data)) for (const problem of configMapKey(key)) errors.invalid(`data[${key}]`, key, problem)
    let size = 0
    for (const value of Object.values(data)) size += value.length * 0.75
    if (size > 1024 * 1024) errors.tooLong('data', 1024 * 1024)
    validateType(secret, errors)
  },
  warnings: ({ type, data = {} }, old) =>
    type === 'kubernetes.io/tls' && data['tls.crt'] !== old?.data?.['tls.crt'] ? certificateWarnings(data['tls.crt'] ?? '') : [],
  isChangeJudgedFirst: true,
  validateUpdate: ({ old, fresh }, errors) => {
    if (old.type !== fresh.type) errors.invalid('type', fresh.type, 'field is immutable')
    if (old.immutable) {
      if (!fresh.immutable) errors.forbidden('immutable', 'field is immutable when `immutable` is set')
      if (!isSame(old.data, fresh.data)) errors.forbidden('data', 'field is immutable when `immutable` is set')
    }
  },
})

function encoded(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64Of(bytesOf(text))]))
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A chain that no TLS server could load is remarked on in the words of Go's library. */
function certificateWarnings(encodedChain: string): readonly string[] {
  const blocks = [
    ...textOf(bytesOfBase64(encodedChain) ?? new Uint8Array()).matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g),
  ]
  if (blocks.length === 0) return ['tls: failed to find any PEM data in certificate input']
  const bytes = bytesOfBase64(blocks[0][1].replace(/\s/g, ''))
  if (!bytes) return ['tls: failed to find any PEM data in certificate input']
  return isSequence(bytes) ? [] : ['x509: malformed certificate']
}

/** Whether the bytes are one DER sequence and nothing else. */
function isSequence(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30 || bytes.length < 2) return false
  const [, short] = bytes
  if (short < 0x80) return bytes.length === 2 + short
  const size = bytes.subarray(2, 2 + (short & 0x7f)).reduce((length, byte) => length * 256 + byte, 0)
  return bytes.length === 2 + (short & 0x7f) + size
}

/** What the well-known types promise to hold. */
function validateType({ type, data = {}, metadata }: V1Secret, errors: FieldErrors): void {
  const needs = (key: string) => {
    if (data[key] === undefined) errors.required(`data[${key}]`)
    return data[key] !== undefined
  }
  switch (type) {
    case 'kubernetes.io/tls':
      needs('tls.crt')
      needs('tls.key')
      break
    case 'kubernetes.io/dockerconfigjson':
      if (needs('.dockerconfigjson')) validateJson('.dockerconfigjson', data['.dockerconfigjson'], errors)
      break
    case 'kubernetes.io/dockercfg':
      if (needs('.dockercfg')) validateJson('.dockercfg', data['.dockercfg'], errors)
      break
    case 'kubernetes.io/basic-auth':
      if (data.username === undefined && data.password === undefined) {
        errors.required('data[username]')
        errors.required('data[password]')
      }
      break
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) errors.required('data[ssh-privatekey]')
      break
    case 'kubernetes.io/service-account-token':
      if (!metadata.annotations?.['kubernetes.io/service-account.name'])
        errors.required('metadata.annotations[kubernetes.io/service-account.name]')
  }
}

function validateJson(key: string, encodedText: string, errors: FieldErrors): void {
  const text = atob(encodedText)
  try {
    JSON.parse(text)
  } catch {
    errors.invalid(`data[${key}]`, '<secret contents redacted>', jsonProblem(text))
  }
}

/** Go's decoder names the first character it cannot use. */
function jsonProblem(text: string): string {
  const inner = text.trimStart()
  if (inner === '') return 'unexpected end of JSON input'
  if (inner.startsWith('{')) {
    const next = inner.slice(1).trimStart()[0]
    if (next !== undefined && next !== '"' && next !== '}') return `invalid character '${next}' looking for beginning of object key string`
  }
  return `invalid character '${inner[0]}' looking for beginning of value`
}
