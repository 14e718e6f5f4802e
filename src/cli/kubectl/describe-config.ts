/**
 * `kubectl describe` of what pods are given: ConfigMaps, Secrets, ServiceAccounts. A Secret shows only how long its values are.
 */
import { bytesOfBase64, textOf } from '../../base/bytes.ts'
import { type Events, Writer, head, tags } from './describe-writer.ts'
import type { Json } from './json.ts'

export function describeConfigMap(writer: Writer, map: Json, events: Events): void {
  head(writer, map)
  tags(writer, map)
  writer.flush()
  writer.raw('\nData\n====\n')
  for (const [key, value] of Object.entries((map.data ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1)))
    writer.raw(`${key}:\n----\n${value}\n\n`)
  writer.raw('\nBinaryData\n====\n')
  for (const key of Object.keys(map.binaryData ?? {}).sort()) writer.raw(`${key}: ${bytesOfBase64(map.binaryData[key]).length} bytes\n`)
  writer.raw('\n')
  writer.events(events)
}

export function describeSecret(writer: Writer, secret: Json): void {
  head(writer, secret)
  tags(writer, secret)
  writer.raw(`\nType:\t${secret.type}\n\nData\n====\n`)
  for (const key of Object.keys(secret.data ?? {}).sort()) {
    const bytes = bytesOfBase64(secret.data[key])
    // A token is meant to be read.
    if (key === 'token' && secret.type === 'kubernetes.io/service-account-token') writer.raw(`${key}:\t${textOf(bytes)}\n`)
    else writer.raw(`${key}:\t${bytes.length} bytes\n`)
  }
}

export function describeServiceAccount(
  writer: Writer,
  account: Json,
  tokens: readonly Json[],
  missing: ReadonlySet<string>,
  events: Events,
): void {
  head(writer, account)
  tags(writer, account)
  const list = (title: string, names: readonly string[]): void => {
    if (names.length === 0) return writer.line(0, `${title}:\t<none>`)
    names.forEach((name, index) => writer.line(0, `${index === 0 ? `${title}:` : ''}\t${name}${missing.has(name) ? ' (not found)' : ''}`))
  }
  const names = (entries: readonly Json[] | undefined): string[] => (entries ?? []).map(({ name }) => name)
  list('Image pull secrets', names(account.imagePullSecrets))
  list('Mountable secrets', names(account.secrets))
  list(
    'Tokens',
    tokens.map(({ metadata }) => metadata.name),
  )
  writer.events(events)
}
