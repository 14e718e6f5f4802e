/**
 * The kubeconfig: which server, as whom, in which namespace. Files named by --kubeconfig or $KUBECONFIG (several are merged, the first to
 * say something wins), else ~/.kube/config; in a pod without any, the service account's mount.
 */
import { textOf } from '../../base/bytes.ts'
import type { Process } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import { goYaml } from '../go-yaml.ts'
import { fromYaml } from '../yaml-input.ts'
import type { Flags } from '../flags.ts'
import { isMap, type Json } from './json.ts'
import { Bare, Refusal } from './refusal.ts'

export interface Named<T> {
  name: string
  value: T
}

export interface Cluster {
  server?: string
  [field: string]: Json
}

export interface Context {
  cluster: string
  user: string
  namespace?: string
  [field: string]: Json
}

export interface Config {
  currentContext: string
  clusters: Map<string, Cluster>
  contexts: Map<string, Context>
  users: Map<string, Record<string, Json>>
  preferences: Record<string, Json>
  /** Which file each entry came from, for writing it back: `clusters/name`. */
  readonly origins: Map<string, string>
}

const inClusterFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

export function homeOf(process: Process): string {
  return process.env.HOME || (process.credentials.uid === 0 ? '/root' : '/')
}

/** The files to read, in order of precedence. */
export function configPaths(process: Process, flags: Flags): string[] {
  if (flags.text('kubeconfig') !== '') return [flags.text('kubeconfig')]
  const fromEnvironment = (process.env.KUBECONFIG ?? '').split(':').filter((path) => path !== '')
  return fromEnvironment.length > 0 ? fromEnvironment : [`${homeOf(process)}/.kube/config`]
}

export function emptyConfig(): Config {
  return { currentContext: '', clusters: new Map(), contexts: new Map(), users: new Map(), preferences: {}, origins: new Map() }
}

export function loadConfig(process: Process, flags: Flags): Config {
  const config = emptyConfig()
  const isExplicit = flags.text('kubeconfig') !== ''
  for (const path of configPaths(process, flags)) {
    const read = readConfig(process, path)
    if (read) merge(config, read)
    else if (isExplicit) throw new Refusal(`stat ${path}: no such file or directory`)
  }
  return config
}

export function readConfig(process: Process, path: string): Config | undefined {
  let text: string
  try {
    text = textOf(process.files.readFile(process.path(path), process.credentials))
  } catch (error) {
    if (error instanceof UnixError && (error.errno === 'ENOENT' || error.errno === 'ENOTDIR')) return undefined
    if (error instanceof UnixError) throw new Refusal(`error loading config file "${path}": open ${path}: ${error.words.toLowerCase()}`)
    throw error
  }
  return parseConfig(text, path)
}

export function parseConfig(text: string, path: string): Config {
  const config = emptyConfig()
  let value: Json
  try {
    value = fromYaml(text)
  } catch (error) {
    throw new Refusal(`error loading config file "${path}": ${error instanceof Error ? error.message : String(error)}`)
  }
  if (value === null || value === undefined) return config
  if (!isMap(value))
    throw new Refusal(
      `error loading config file "${path}": couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  config.currentContext = value['current-context'] ?? ''
  config.preferences = value.preferences ?? {}
  const take = (list: Json, field: string, room: 'clusters' | 'contexts' | 'users'): void => {
    for (const entry of list ?? []) {
      const target: Map<string, Json> = config[room]
      if (!target.has(entry.name)) target.set(entry.name, entry[field] ?? {})
      config.origins.set(`${room}/${entry.name}`, path)
    }
  }
  take(value.clusters, 'cluster', 'clusters')
  take(value.contexts, 'context', 'contexts')
  take(value.users, 'user', 'users')
  if (config.currentContext !== '') config.origins.set('current-context', path)
  // Files named inside stand relative to the file that names them.
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
  for (const cluster of config.clusters.values()) resolve(cluster, ['certificate-authority'], folder)
  for (const user of config.users.values()) resolve(user, ['client-certificate', 'client-key', 'tokenFile'], folder)
  return config
}

function resolve(entry: Record<string, Json>, fields: readonly string[], folder: string): void {
  for (const field of fields) {
    const value = entry[field]
    if (typeof value === 'string' && value !== '' && !value.startsWith('/')) entry[field] = `${folder}/${value}`
  }
}

function merge(into: Config, from: Config): void {
  if (into.currentContext === '') into.currentContext = from.currentContext
  for (const room of ['clusters', 'contexts', 'users'] as const) {
    const target: Map<string, Json> = into[room]
    for (const [name, value] of from[room]) if (!target.has(name)) target.set(name, value)
  }
  for (const [what, path] of from.origins) if (!into.origins.has(what)) into.origins.set(what, path)
  into.preferences = { ...from.preferences, ...into.preferences }
}

/** The configuration as one document, entries sorted by name, fields in the order of the Go types. */
export function documentOf(config: Config): Json {
  const list = (entries: Map<string, Json>, field: string, order: readonly string[]): Json =>
    entries.size === 0
      ? null
      : [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => ({ name, [field]: inOrder(value, order) }))
  return {
    kind: 'Config',
    apiVersion: 'v1',
    preferences: config.preferences,
    clusters: list(config.clusters, 'cluster', [
      'server',
      'tls-server-name',
      'insecure-skip-tls-verify',
      'certificate-authority',
      'certificate-authority-data',
      'proxy-url',
      'disable-compression',
      'extensions',
    ]),
    users: list(config.users, 'user', [
      'client-certificate',
      'client-certificate-data',
      'client-key',
      'client-key-data',
      'token',
      'tokenFile',
      'as',
      'as-uid',
      'as-groups',
      'as-user-extra',
      'username',
      'password',
      'auth-provider',
      'exec',
      'extensions',
    ]),
    contexts: list(config.contexts, 'context', ['cluster', 'user', 'namespace', 'extensions']),
    'current-context': config.currentContext,
  }
}

function inOrder(value: Record<string, Json>, order: readonly string[]): Json {
  const known = order.filter((field) => value[field] !== undefined && value[field] !== '' && value[field] !== false)
  return Object.fromEntries(known.map((field) => [field, value[field]]))
}

export function writeConfig(process: Process, path: string, config: Config): void {
  const full = process.path(path)
  const folder = full.slice(0, full.lastIndexOf('/')) || '/'
  if (!process.files.exists(folder)) process.files.mkdir(folder, { parents: true }, process.credentials)
  process.files.writeFile(full, goYaml(documentOf(config)), { mode: 0o600 }, process.credentials)
}

/** Where to connect, as whom, and in which namespace: configuration, flags and the pod's own account together. */
export interface Access {
  readonly server: string
  readonly namespace: string
  /** Whether --namespace was given. */
  readonly isNamespaceForced: boolean
  readonly cluster: Cluster
  readonly user: Record<string, Json>
  /** No configuration was found at all: localhost:8080 is only a guess. */
  readonly isDefault: boolean
}

export function accessOf(process: Process, flags: Flags): Access {
  const config = loadConfig(process, flags)
  const name = flags.text('context') || config.currentContext
  const context = config.contexts.get(name)
  if (flags.text('context') !== '' && !context)
    throw new Bare(`Error in configuration: context was not found for specified context: ${name}`)
  if (name !== '' && !context) throw new Bare(`Error in configuration: context was not found for specified context: ${name}`)
  const clusterName = flags.text('cluster') || context?.cluster || ''
  const userFlag = flags.isList('user') ? '' : flags.text('user')
  const userName = userFlag || context?.user || ''
  if (flags.text('cluster') !== '' && !config.clusters.has(clusterName)) throw new Refusal(`no server found for cluster "${clusterName}"`)
  if (userFlag !== '' && !config.users.has(userName)) throw new Refusal(`auth info "${userName}" does not exist`)
  const cluster: Cluster = { ...config.clusters.get(clusterName) }
  const user: Record<string, Json> = { ...config.users.get(userName) }
  if (flags.text('server') !== '') cluster.server = flags.text('server')
  if (flags.isSet('insecure-skip-tls-verify')) cluster['insecure-skip-tls-verify'] = flags.is('insecure-skip-tls-verify')
  for (const field of ['token', 'username', 'password', 'client-certificate', 'client-key', 'as', 'as-uid'])
    if (flags.isSet(field)) user[field] = flags.text(field)
  // A file named on the line takes the place of what the kubeconfig holds.
  for (const field of ['client-certificate', 'client-key']) if (flags.isSet(field)) delete user[`${field}-data`]
  if (flags.isSet('as-group')) user['as-groups'] = flags.list('as-group')
  const forced = flags.text('namespace')
  if (!cluster.server) {
    const inCluster = inClusterAccess(process, user, forced)
    if (inCluster) return inCluster
  }
  return {
    server: serverUrl(cluster.server ?? 'http://localhost:8080'),
    namespace: forced || context?.namespace || 'default',
    isNamespaceForced: forced !== '',
    cluster,
    user,
    isDefault: !cluster.server,
  }
}

function serverUrl(server: string): string {
  const url = /^https?:\/\//.test(server) ? server : `http://${server}`
  return url.replace(/\/+$/, '')
}

function inClusterAccess(process: Process, user: Record<string, Json>, forced: string): Access | undefined {
  const host = process.env.KUBERNETES_SERVICE_HOST
  const port = process.env.KUBERNETES_SERVICE_PORT
  if (!host || !port || !process.files.exists(`${inClusterFolder}/token`)) return undefined
  const namespace = process.files.exists(`${inClusterFolder}/namespace`)
    ? textOf(process.files.readFile(`${inClusterFolder}/namespace`)).trim()
    : 'default'
  return {
    server: `https://${host}:${port}`,
    namespace: forced || namespace,
    isNamespaceForced: forced !== '',
    cluster: { server: `https://${host}:${port}`, 'certificate-authority': `${inClusterFolder}/ca.crt` },
    user: { tokenFile: `${inClusterFolder}/token`, ...user },
    isDefault: false,
  }
}
