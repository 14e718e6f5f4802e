/** Secret of the core group v1. */
import { ageColumn, column, name } from './columns.ts'
import { base64Of, bytesOf } from '../../base/bytes.ts'
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
  columns: [name, column('Type', 'string', 'Used to facilitate programmatic handling of secret data. More info: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types', ({ type }) => type ?? ''), column('Data', 'string', 'Data contains the secret data. Each key must consist of alphanumeric characters, \'-\', \'_\' or \'.\'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4', ({ data = {} }) => Object.keys(data).length), ageColumn],
  selectableFields: { type: ({ type }) => type ?? '' },
  defaults: (secret) => {
    // stringData is a convenience of writing; only data is kept.
    const { stringData, ...rest } = secret
    const fresh = stringData === undefined ? secret : { ...rest, data: sorted({ ...rest.data, ...encoded(stringData) }) }
    return fresh.type ? fresh : { ...fresh, type: 'Opaque' }
  },
})

function encoded(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64Of(bytesOf(text))]))
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
