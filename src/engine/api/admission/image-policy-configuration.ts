/**
 * The files behind the ImagePolicyWebhook plugin: the one of `--admission-control-config-file`, which may hold the plugin's own or name it, and the
 * kubeconfig that says whom to ask. The old form, the plugin's alone, is still understood.
 */
import { parse } from 'yaml'
import { isRecord } from '../objects.ts'

export interface ImagePolicy {
  readonly server: string
  readonly defaultAllow: boolean
  readonly allowMs: number
  readonly denyMs: number
}

type Read = (path: string) => string | undefined
type Fields = Readonly<Record<string, unknown>>

/** What plugins are configured with, by name; or what is wrong with the file. */
export function admissionConfiguration(path: string, read: Read): Readonly<Record<string, unknown>> | string {
  const failed = (why: string): string =>
    `failed to initialize admission: failed to read plugin config: unable to read admission control configuration from ${JSON.stringify(path)} [${why}]`
  const text = read(path)
  if (text === undefined) return failed(`open ${path}: no such file or directory`)
  const document = parsed(text)
  if (typeof document === 'string') return `failed to initialize admission: failed to read plugin config: ${document}`
  if (document.imagePolicy !== undefined && document.kind === undefined) return { ImagePolicyWebhook: document }
  const { apiVersion = '', kind = '', plugins } = document
  const refused = (why: string): string => `failed to initialize admission: failed to read plugin config: ${why}`
  if (kind === '') return refused(`Object 'Kind' is missing in '${JSON.stringify(document)}'`)
  if (apiVersion === '') return refused(`Object 'apiVersion' is missing in '${JSON.stringify(document)}'`)
  if (!/^apiserver\.(config\.)?k8s\.io\/(v1|v1alpha1)$/.test(String(apiVersion)) || kind !== 'AdmissionConfiguration')
    return refused(
      `no kind "${String(kind)}" is registered for version "${String(apiVersion)}" in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    )
  const configurations: Record<string, unknown> = {}
  for (const plugin of Array.isArray(plugins) ? plugins.filter(isRecord) : []) {
    const name = String(plugin.name ?? '')
    if (typeof plugin.path !== 'string' || plugin.path === '') {
      configurations[name] = plugin.configuration
      continue
    }
    const own = plugin.path.startsWith('/') ? plugin.path : `${path.slice(0, path.lastIndexOf('/'))}/${plugin.path}`
    const content = read(own)
    if (content === undefined)
      return `failed to initialize admission: couldn't init admission plugin ${JSON.stringify(name)}: open ${own}: no such file or directory`
    const given = parsed(content)
    if (typeof given === 'string') return `failed to initialize admission: couldn't init admission plugin ${JSON.stringify(name)}: ${given}`
    configurations[name] = given
  }
  return configurations
}

/** Whom the plugin asks and what it does without an answer; or why the API server cannot start with it. */
export function imagePolicyOf(path: string, read: Read): ImagePolicy | string {
  const failed = (why: string): string => `failed to initialize admission: couldn't init admission plugin "ImagePolicyWebhook": ${why}`
  if (path === '') return failed('no config specified')
  const configurations = admissionConfiguration(path, read)
  if (typeof configurations === 'string') return configurations
  const whole = configurations.ImagePolicyWebhook
  if (!isRecord(whole)) return failed('no config specified')
  const config = isRecord(whole.imagePolicy) ? whole.imagePolicy : {}
  const seconds = (name: string, usual: number, most: number): number | string => {
    const value = Number(config[name] ?? 0)
    if (value === 0) return usual
    if (value < 0) return 0
    return value > most ? `${name}: valid value is between 1s and ${most / 60}m0s, got ${value}s` : value
  }
  const [allow, deny] = [seconds('allowTTL', 300, 1800), seconds('denyTTL', 30, 1800)]
  if (typeof allow === 'string') return failed(allow)
  if (typeof deny === 'string') return failed(deny)
  const kubeconfig = textIn(config, 'kubeConfigFile')
  const server = serverIn(kubeconfig, read)
  if ('problem' in server) return failed(server.problem)
  return { server: server.url, defaultAllow: config.defaultAllow === true, allowMs: allow * 1000, denyMs: deny * 1000 }
}

function serverIn(path: string, read: Read): { readonly url: string } | { readonly problem: string } {
  const none = { problem: 'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable' }
  if (path === '') return none
  const text = read(path)
  if (text === undefined) return { problem: `stat ${path}: no such file or directory` }
  const document = parsed(text)
  if (typeof document === 'string') return { problem: `error loading config file ${JSON.stringify(path)}: ${document}` }
  const named = (list: string, name: string, field: string): Fields => {
    const all = document[list]
    const found = (Array.isArray(all) ? all : []).filter(isRecord).find((each) => each.name === name)
    return found && isRecord(found[field]) ? found[field] : {}
  }
  const current = textIn(document, 'current-context')
  const context = named('contexts', current, 'context')
  if (current === '' || Object.keys(context).length === 0)
    return current === '' ? none : { problem: `context was not found for specified context: ${current}` }
  const [clusterName, userName] = [textIn(context, 'cluster'), textIn(context, 'user')]
  const [cluster, user] = [named('clusters', clusterName, 'cluster'), named('users', userName, 'user')]
  const url = textIn(cluster, 'server')
  const problems = [
    ...(url === ''
      ? [clusterName === '' ? 'cluster has no server defined' : `no server found for cluster ${JSON.stringify(clusterName)}`]
      : []),
    ...unreadable(cluster, 'certificate-authority', 'certificate-authority', clusterName, { path, read }),
    ...unreadable(user, 'client-certificate', 'client-cert', userName, { path, read }),
    ...unreadable(user, 'client-key', 'client-key', userName, { path, read }),
  ]
  if (problems.length === 0) return { url }
  return { problem: `invalid configuration: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}` }
}

function unreadable(
  fields: Fields,
  field: string,
  title: string,
  owner: string,
  { path, read }: { readonly path: string; readonly read: Read },
): readonly string[] {
  const given = textIn(fields, field)
  if (given === '') return []
  const file = given.startsWith('/') ? given : `${path.slice(0, path.lastIndexOf('/'))}/${given}`
  return read(file) === undefined ? [`unable to read ${title} ${file} for ${owner} due to open ${file}: no such file or directory`] : []
}

/** The document, or what is wrong with it. */
function parsed(text: string): Fields | string {
  try {
    const document: unknown = parse(text)
    return isRecord(document)
      ? document
      : 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}'
  } catch (error) {
    return `error converting YAML to JSON: yaml: ${(error as Error).message.split('\n')[0]}`
  }
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}
