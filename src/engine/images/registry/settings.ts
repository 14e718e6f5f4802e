/**
 * A registry's settings: its YAML file, with every value overridden by the environment variable of its path (`REGISTRY_STORAGE_DELETE_ENABLED`
 * is storage.delete.enabled). What is set and not simulated is named, so that it can be said.
 */
import { parse } from 'yaml'

export interface Settings {
  readonly ip: string
  readonly port: number
  readonly root: string
  readonly canDelete: boolean
  readonly isReadOnly: boolean
  readonly htpasswd: string | undefined
  readonly realm: string
  readonly hasSecret: boolean
  /** Host that answers name in `Location`. */
  readonly host: string
  readonly hasRelativeUrls: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly unsimulated: readonly string[]
}

type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Throws what `yaml` throws on a broken file. */
export function settingsOf(text: string, env: Readonly<Record<string, string>>): Settings {
  const tree = withEnvironment(parse(text) as unknown, env)
  const at = (...path: string[]): unknown => path.reduce<unknown>((value, key) => (isTree(value) ? value[key] : undefined), tree)
  const textAt = (...path: string[]): string | undefined => {
    const value = at(...path)
    return value === undefined || value === null ? undefined : String(value)
  }
  const isOn = (...path: string[]): boolean => textAt(...path) === 'true'
  const [, ip = '', port = '5000'] = /^(.*):(\d+)$/.exec(textAt('http', 'addr') ?? ':5000') ?? []
  const unsimulated = [
    ...(textAt('http', 'tls', 'certificate') === undefined ? [] : ['http.tls']),
    ...(textAt('proxy', 'remoteurl') === undefined ? [] : ['proxy']),
    ...(at('auth', 'token') === undefined ? [] : ['auth.token']),
    ...(at('notifications', 'endpoints') === undefined ? [] : ['notifications']),
    ...['s3', 'gcs', 'azure', 'swift', 'oss', 'inmemory']
      .filter((driver) => at('storage', driver) !== undefined)
      .map((driver) => `storage.${driver}`),
  ]
  const headers = at('http', 'headers')
  return {
    ip: ip === '0.0.0.0' || ip === '[::]' ? '' : ip,
    port: Number(port),
    root: textAt('storage', 'filesystem', 'rootdirectory') ?? '/var/lib/registry',
    canDelete: isOn('storage', 'delete', 'enabled'),
    isReadOnly: isOn('storage', 'maintenance', 'readonly', 'enabled'),
    htpasswd: textAt('auth', 'htpasswd', 'path'),
    realm: textAt('auth', 'htpasswd', 'realm') ?? 'basic-realm',
    hasSecret: textAt('http', 'secret') !== undefined,
    host: textAt('http', 'host') ?? '',
    hasRelativeUrls: isOn('http', 'relativeurls'),
    headers: isTree(headers)
      ? Object.fromEntries(Object.entries(headers).map(([name, values]) => [name.toLowerCase(), [values].flat().map(String).join(', ')]))
      : {},
    unsimulated,
  }
}

function withEnvironment(tree: unknown, env: Readonly<Record<string, string>>): unknown {
  let result = tree
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('REGISTRY_')) continue
    result = replaced(result, name.slice('REGISTRY_'.length).toLowerCase().split('_'), parsedValue(value))
  }
  return result
}

function parsedValue(text: string): unknown {
  try {
    return parse(text) as unknown
  } catch {
    return text
  }
}

function replaced(tree: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const fields = isTree(tree) ? tree : {}
  const own = Object.keys(fields).find((name) => name.toLowerCase() === key) ?? key
  return { ...fields, [own]: replaced(fields[own], rest, value) }
}
