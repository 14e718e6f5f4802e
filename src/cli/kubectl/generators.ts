/**
 * `kubectl create deployment`, `create secret generic` and the like: an object from flags. Fields stand in the order of Go's types, because
 * `-o json` prints generated objects in that order.
 */
import { base64Of, bytesOf, textOf } from '../../base/bytes.ts'
import { UnixError } from '../../unix/errors.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import type { Call } from './call.ts'
import { hashOf } from './name-hash.ts'
import { generated } from './create.ts'
import type { Discovery, Resource } from './discovery.ts'
import { equal, type Json, type KubeObject } from './json.ts'
import { pathOf } from './discovery.ts'
import { printer } from './printer.ts'
import { Bare, Refusal } from './refusal.ts'

type Run = (call: Call) => Blocking<void>

/** The one NAME argument. */
export function nameOf(call: Call): string {
  const { args, dashAt } = call.flags
  if (dashAt >= 0 && dashAt !== 1 && args.length > 0) {
    if (dashAt === 0) throw call.usage(`exactly one NAME is required, got ${args.length}`)
    throw call.usage(`exactly one NAME is required, got ${dashAt}`)
  }
  const names = dashAt >= 0 ? args.slice(0, dashAt) : args
  if (names.length !== 1) throw call.usage(`exactly one NAME is required, got ${names.length}`)
  return names[0]
}

function needed(call: Call, ...names: string[]): void {
  const missing = names.filter((name) => !call.flags.isSet(name))
  if (missing.length > 0) throw new Refusal(`required flag(s) ${missing.map((name) => `"${name}"`).join(', ')} not set`)
}

function meta(call: Call, name: string, extra: Record<string, Json> = {}): Json {
  return { name, ...(call.access.isNamespaceForced ? { namespace: call.namespace } : {}), creationTimestamp: null, ...extra }
}

const clusterMeta = (name: string, extra: Record<string, Json> = {}): Json => ({ name, creationTimestamp: null, ...extra })

const namespaceGenerator: Run = function* (call) {
  const name = nameOf(call)
  yield* generated(call, { object: { kind: 'Namespace', apiVersion: 'v1', metadata: clusterMeta(name), spec: {}, status: {} }, plural: 'namespaces', isNamespaced: false })
}

const serviceAccount: Run = function* (call) {
  const name = nameOf(call)
  yield* generated(call, { object: { kind: 'ServiceAccount', apiVersion: 'v1', metadata: meta(call, name) }, plural: 'serviceaccounts', isNamespaced: true, failure: 'failed to create serviceaccount:' })
}

const deployment: Run = function* (call) {
  needed(call, 'image')
  const name = nameOf(call)
  const { flags } = call
  const images = flags.list('image')
  const command = flags.dashAt >= 0 ? call.args.slice(flags.dashAt) : []
  if (images.length > 1 && command.length > 0) throw new Refusal('cannot specify multiple --image options and command')
  const port = flags.number('port')
  const containers = images.map((image) => ({
    name: images.length === 1 ? containerName(image, true) : containerName(image, false),
    image,
    ...(command.length > 0 ? { command } : {}),
    ...(port >= 0 ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }))
  const labels = { app: name }
  yield* generated(call, {
    object: {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: meta(call, name, { labels }),
      spec: { replicas: flags.number('replicas'), selector: { matchLabels: labels }, template: { metadata: { creationTimestamp: null, labels }, spec: { containers } }, strategy: {} },
      status: {},
    },
    plural: 'deployments',
    isNamespaced: true,
    failure: 'failed to create deployment:',
  })
}

/** The last part of an image's name, without tag and digest. Two images of one name get a suffix in the real tool; here the part alone. */
function containerName(image: string, _isOnly: boolean): string {
  const last = image.split('/').at(-1) ?? image
  return last.replace(/[:@].*$/, '').replace(/_/g, '-')
}

// Pods of jobs

const job: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const image = flags.text('image')
  const from = flags.text('from')
  const command = flags.dashAt >= 0 ? call.args.slice(flags.dashAt) : []
  if ((image === '') === (from === '')) throw new Refusal('either --image or --from must be specified')
  if (command.length > 0 && from !== '') throw new Refusal('cannot specify --from and command')
  const object = from === '' ? jobObject(call, name, image, command) : yield* jobFrom(call, name, from)
  yield* generated(call, { object, plural: 'jobs', isNamespaced: true, failure: 'failed to create job:' })
}

function jobObject(call: Call, name: string, image: string, command: readonly string[]): KubeObject {
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: meta(call, name),
    spec: { template: { metadata: { creationTimestamp: null }, spec: { containers: [{ name, image, ...(command.length > 0 ? { command } : {}), resources: {} }], restartPolicy: 'Never' } } },
    status: {},
  }
}

function* jobFrom(call: Call, name: string, from: string): Blocking<KubeObject> {
  const [type, cronName] = from.split('/')
  const resource = cronName === undefined ? undefined : yield* call.resource(type)
  if (cronName === undefined) throw new Refusal('from must be an existing cronjob')
  if (!resource) throw new Refusal(`the server doesn't have a resource type ${JSON.stringify(type)}`)
  const cron = yield* call.api.get(pathOf(resource, call.namespace, cronName))
  if (resource.kind !== 'CronJob') throw new Refusal(`unknown object type *${resource.version}.${resource.kind}`)
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: meta(call, name, {
      ...(cron.spec.jobTemplate.metadata?.labels ? { labels: cron.spec.jobTemplate.metadata.labels } : {}),
      annotations: { ...cron.spec.jobTemplate.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata.name, uid: cron.metadata.uid, controller: true }],
    }),
    spec: cron.spec.jobTemplate.spec,
    status: {},
  }
}

const cronJob: Run = function* (call) {
  needed(call, 'image', 'schedule')
  const name = nameOf(call)
  const { flags } = call
  const image = flags.text('image')
  if (image === '') throw new Refusal('image is required')
  if (flags.text('schedule') === '') throw new Refusal('schedule must be specified')
  const command = flags.dashAt >= 0 ? call.args.slice(flags.dashAt) : []
  yield* generated(call, {
    object: {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: meta(call, name),
      spec: {
        schedule: flags.text('schedule'),
        jobTemplate: {
          metadata: { name, creationTimestamp: null },
          spec: { template: { metadata: { creationTimestamp: null }, spec: { containers: [{ name, image, ...(command.length > 0 ? { command } : {}), resources: {} }], restartPolicy: flags.text('restart') || 'OnFailure' } } },
        },
      },
      status: {},
    },
    plural: 'cronjobs',
    isNamespaced: true,
    failure: 'failed to create cronjob:',
  })
}

// Config maps and secrets

interface Entry {
  readonly key: string
  readonly bytes: Uint8Array
}

const keyRules = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

function readBytes(call: Call, path: string): Uint8Array {
  return call.process.files.readFile(call.process.path(path), call.process.credentials)
}

function entries(call: Call, what: 'configmap' | 'secret'): Entry[] {
  const { flags, process } = call
  const found: Entry[] = []
  const add = (key: string, bytes: Uint8Array): void => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) throw new Refusal(`${JSON.stringify(key)} is not a valid key name for a ${what === 'configmap' ? 'ConfigMap' : 'Secret'}: ${keyRules}`)
    if (found.some((entry) => entry.key === key)) throw new Refusal(what === 'configmap' ? `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(call.args[0])}` : `cannot add key ${key}, another key by that name already exists`)
    found.push({ key, bytes })
  }
  for (const source of flags.list('from-file')) {
    const { key, path } = fileSource(source)
    let isFolder: boolean
    try {
      isFolder = process.files.stat(process.path(path), process.credentials).kind === 'directory'
    } catch (error) {
      if (error instanceof UnixError) throw new Refusal(`error reading ${path}: ${error.words.toLowerCase()}`)
      throw error
    }
    if (isFolder) {
      if (source.includes('=')) throw new Refusal('cannot give a key name for a directory path')
      for (const name of [...process.files.list(process.path(path))].sort()) {
        const inner = `${path.replace(/\/$/, '')}/${name}`
        if (process.files.stat(process.path(inner)).kind === 'file' && /^[-._a-zA-Z0-9]+$/.test(name)) add(name, readBytes(call, inner))
      }
    } else add(key, readBytes(call, path))
  }
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=')
    if (equals <= 0) throw new Refusal(equals === 0 ? `invalid literal source ${literal}, expected key=value` : `invalid literal source ${literal}, expected key=value`)
    let value = literal.slice(equals + 1)
    if (value.length >= 2 && /^(".*"|'.*')$/s.test(value)) value = value.slice(1, -1)
    add(literal.slice(0, equals), bytesOf(value))
  }
  for (const path of flags.list('from-env-file')) {
    if ((flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)) throw new Refusal('from-env-file cannot be combined with from-file or from-literal')
    let text: string
    try {
      text = textOf(readBytes(call, path))
    } catch (error) {
      if (error instanceof UnixError) throw new Refusal(`error reading ${path}: ${error.words.toLowerCase()}`)
      throw error
    }
    for (const line of text.replace(/^\ufeff/, '').split('\n')) {
      const trimmed = line.trimStart().replace(/\r$/, '')
      if (trimmed === '' || trimmed.startsWith('#')) continue
      const equals = trimmed.indexOf('=')
      const key = equals < 0 ? trimmed : trimmed.slice(0, equals)
      if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) throw new Refusal(`${JSON.stringify(key)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`)
      add(key, bytesOf(equals < 0 ? (process.env[key] ?? '') : trimmed.slice(equals + 1)))
    }
  }
  return found
}

function fileSource(source: string): { key: string; path: string } {
  const parts = source.split('=')
  if (parts.length === 1) return { key: source.split('/').at(-1) ?? source, path: source }
  if (parts.length > 2) throw new Refusal('key names or file paths cannot contain \'=\'')
  if (parts[0] === '') throw new Refusal(`key name for file path ${parts[1]} missing`)
  if (parts[1] === '') throw new Refusal(`file path for key name ${parts[0]} missing`)
  return { key: parts[0], path: parts[1] }
}

function isText(bytes: Uint8Array): boolean {
  return equal(Array.from(bytesOf(textOf(bytes))), Array.from(bytes))
}

function inKeyOrder(values: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const configMap: Run = function* (call) {
  const name = nameOf(call)
  const found = entries(call, 'configmap')
  const texts = found.filter(({ bytes }) => isText(bytes))
  const binaries = found.filter(({ bytes }) => !isText(bytes))
  const object: KubeObject = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: meta(call, name),
    ...(texts.length > 0 ? { data: inKeyOrder(texts.map(({ key, bytes }) => [key, textOf(bytes)])) } : {}),
    ...(binaries.length > 0 ? { binaryData: inKeyOrder(binaries.map(({ key, bytes }) => [key, base64Of(bytes)])) } : {}),
  }
  if (call.flags.is('append-hash')) object.metadata.name = `${name}-${hashOf({ data: object.data ?? '', kind: 'ConfigMap', name, ...(object.binaryData ? { binaryData: object.binaryData } : {}) })}`
  yield* generated(call, { object, plural: 'configmaps', isNamespaced: true, failure: 'failed to create configmap:' })
}

const secretGeneric: Run = function* (call) {
  const name = nameOf(call)
  const type = call.flags.text('type')
  const data = inKeyOrder(entries(call, 'secret').map(({ key, bytes }) => [key, base64Of(bytes)]))
  yield* secret(call, name, data, type)
}

function* secret(call: Call, name: string, data: Record<string, string>, type: string): Blocking<void> {
  const object: KubeObject = { kind: 'Secret', apiVersion: 'v1', metadata: meta(call, name), ...(Object.keys(data).length > 0 ? { data } : {}), ...(type === '' ? {} : { type }) }
  if (call.flags.is('append-hash')) object.metadata.name = `${name}-${hashOf({ kind: 'Secret', type, name, data })}`
  yield* generated(call, { object, plural: 'secrets', isNamespaced: true, failure: 'failed to create secret' })
}

const secretTls: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  if (flags.text('key') === '' || flags.text('cert') === '') throw new Refusal('key and cert must be specified')
  const read = (path: string): Uint8Array => {
    try {
      return readBytes(call, path)
    } catch (error) {
      if (error instanceof UnixError) throw new Refusal(`Cannot read file ${path}, open ${path}: ${error.words.toLowerCase()}`)
      throw error
    }
  }
  const cert = read(flags.text('cert'))
  const key = read(flags.text('key'))
  for (const [bytes, what] of [[cert, 'certificate'], [key, 'key']] as const) {
    if (!textOf(bytes).includes('-----BEGIN')) throw new Refusal(`tls: failed to find any PEM data in ${what} input`)
  }
  yield* secret(call, name, { 'tls.crt': base64Of(cert), 'tls.key': base64Of(key) }, 'kubernetes.io/tls')
}

const secretDocker: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  if (flags.list('from-file').length > 0) {
    const data = inKeyOrder(entries(call, 'secret').map(({ key, bytes }) => [key, base64Of(bytes)]))
    return yield* secret(call, name, data, 'kubernetes.io/dockerconfigjson')
  }
  const [user, password, email, server] = ['docker-username', 'docker-password', 'docker-email', 'docker-server'].map((flag) => flags.text(flag))
  if (user === '') throw new Refusal('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required')
  if (password === '') throw new Refusal('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required')
  const auth = { username: user, password, ...(email === '' ? {} : { email }), auth: base64Of(bytesOf(`${user}:${password}`)) }
  yield* secret(call, name, { '.dockerconfigjson': base64Of(bytesOf(goJson({ auths: { [server]: auth } }))) }, 'kubernetes.io/dockerconfigjson')
}

// Services

function service(type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'): Run {
  return function* (call) {
    const { flags } = call
    const name = nameOf(call)
    if (type === 'ExternalName') needed(call, 'external-name')
    const tcp = flags.knows('tcp') ? flags.list('tcp') : []
    const clusterIP = flags.knows('clusterip') ? flags.text('clusterip') : ''
    if (type === 'ClusterIP' && clusterIP === 'None' && tcp.length > 0) throw new Refusal('can not map ports with clusterip=None')
    if (type !== 'ExternalName' && clusterIP !== 'None' && tcp.length === 0) throw new Refusal('at least one tcp port specifier must be provided')
    const nodePort = flags.knows('node-port') ? flags.number('node-port') : 0
    const ports = tcp.map((text) => servicePort(text, nodePort))
    const labels = { app: name }
    yield* generated(call, {
      object: {
        kind: 'Service',
        apiVersion: 'v1',
        metadata: meta(call, name, { labels }),
        spec: {
          ...(ports.length > 0 ? { ports } : {}),
          selector: labels,
          ...(clusterIP === '' ? {} : { clusterIP }),
          type,
          ...(type === 'ExternalName' ? { externalName: flags.text('external-name') } : {}),
        },
        status: { loadBalancer: {} },
      },
      plural: 'services',
      isNamespaced: true,
      failure: `failed to create ${type} service:`,
    })
  }
}

function servicePort(text: string, nodePort: number): Json {
  const [from, to] = text.split(':')
  const port = Number(from)
  if (!Number.isInteger(port) || from === '') throw new Refusal(`strconv.ParseUint: parsing ${JSON.stringify(from)}: invalid syntax`)
  if (port < 1 || port > 65535) throw new Refusal(`must be between 1 and 65535, inclusive`)
  const target = to === undefined ? port : /^\d+$/.test(to) ? Number(to) : to
  return { name: to === undefined ? from : `${from}-${to}`, protocol: 'TCP', port, targetPort: target, ...(nodePort > 0 ? { nodePort } : {}) }
}

// Access

const resourceVerbs = new Set(['get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'deletecollection', '*', 'use', 'bind', 'impersonate', 'approve', 'sign', 'escalate', 'attest'])

function* rules(call: Call, isClusterRole: boolean): Blocking<Json[]> {
  const { flags } = call
  const verbs = [...new Set(flags.list('verb'))]
  const isWild = verbs.includes('*')
  const names = [...new Set(flags.list('resource-name'))]
  const urls = isClusterRole ? flags.list('non-resource-url') : []
  if (verbs.length === 0) throw new Refusal('at least one verb must be specified')
  const words = [...new Set(flags.list('resource'))]
  if (urls.length > 0 && words.length > 0) throw new Refusal('nonResourceURL and resource can not be specified together'.replace('nonResourceURL and resource can not be specified together', 'only one of nonResourceURL and resource can be specified'))
  const usedVerbs = isWild ? ['*'] : verbs
  if (urls.length > 0) return [{ verbs: usedVerbs, nonResourceURLs: urls }]
  if (words.length === 0) throw new Refusal('at least one resource must be specified')
  for (const verb of usedVerbs) if (!resourceVerbs.has(verb)) yield* call.err(`Warning: '${verb}' is not a standard resource verb\n`)
  const discovery = yield* call.discovery()
  const byGroup = new Map<string, string[]>()
  for (const word of words) {
    const [type, sub] = word.split('/')
    const [group, plural] = roleResource(discovery, type)
    const list = byGroup.get(group) ?? []
    list.push(sub === undefined ? plural : `${plural}/${sub}`)
    byGroup.set(group, list)
  }
  return [...byGroup].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, resources]) => ({ verbs: usedVerbs, apiGroups: [group], resources, ...(names.length > 0 ? { resourceNames: names } : {}) }))
}

function roleResource(discovery: Discovery, type: string): [string, string] {
  if (type === '*') return ['*', '*']
  const found: Resource | undefined = discovery.named(type)
  if (!found) {
    const [name, ...group] = type.split('.')
    throw new Bare(group.length > 0 ? `the server doesn't have a resource type ${JSON.stringify(name)} in group ${JSON.stringify(group.join('.'))}` : `the server doesn't have a resource type ${JSON.stringify(type)}`)
  }
  return [found.group, found.plural]
}

const role: Run = function* (call) {
  const name = nameOf(call)
  yield* generated(call, { object: { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: meta(call, name), rules: yield* rules(call, false) }, plural: 'roles', isNamespaced: true })
}

const clusterRole: Run = function* (call) {
  const name = nameOf(call)
  const aggregation = call.flags.list('aggregation-rule')
  const base = { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: clusterMeta(name) }
  if (aggregation.length > 0) {
    const labels = Object.fromEntries(aggregation.flatMap((text) => text.split(',')).map((pair) => pair.split('=') as [string, string]))
    return yield* generated(call, { object: { ...base, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] } }, plural: 'clusterroles', isNamespaced: false })
  }
  yield* generated(call, { object: { ...base, rules: yield* rules(call, true) }, plural: 'clusterroles', isNamespaced: false })
}

export function subjectsOf(call: Call): Json[] {
  const { flags } = call
  const apiGroup = 'rbac.authorization.k8s.io'
  return [
    ...flags.list('user').map((name) => ({ kind: 'User', apiGroup, name })),
    ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup, name })),
    ...flags.list('serviceaccount').map((text) => {
      const [namespace, name, ...rest] = text.split(':')
      if (!namespace || !name || rest.length > 0) throw new Refusal('serviceaccount must be <namespace>:<name>')
      return { kind: 'ServiceAccount', name, namespace }
    }),
  ]
}

const roleBinding: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  if ((flags.text('role') === '') === (flags.text('clusterrole') === '')) throw new Refusal('exactly one of clusterrole or role must be specified')
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: flags.text('role') === '' ? 'ClusterRole' : 'Role', name: flags.text('role') || flags.text('clusterrole') }
  const subjects = subjectsOf(call)
  yield* generated(call, { object: { kind: 'RoleBinding', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: meta(call, name), ...(subjects.length > 0 ? { subjects } : {}), roleRef }, plural: 'rolebindings', isNamespaced: true, failure: 'failed to create rolebinding:' })
}

const clusterRoleBinding: Run = function* (call) {
  needed(call, 'clusterrole')
  const name = nameOf(call)
  const subjects = subjectsOf(call)
  yield* generated(call, {
    object: { kind: 'ClusterRoleBinding', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: clusterMeta(name), ...(subjects.length > 0 ? { subjects } : {}), roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: call.flags.text('clusterrole') } },
    plural: 'clusterrolebindings',
    isNamespaced: false,
    failure: 'failed to create clusterrolebinding:',
  })
}

const token: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const spec: Record<string, Json> = { audiences: flags.list('audience').length > 0 ? flags.list('audience') : null }
  if (flags.isSet('duration')) {
    const seconds = flags.duration('duration') / 1000
    if (seconds <= 0) throw new Refusal('--duration must be greater than or equal to 0'.replace('greater than or equal to 0', 'positive'))
    spec.expirationSeconds = Math.trunc(seconds)
  }
  if (flags.text('bound-object-kind') !== '') {
    const kind = flags.text('bound-object-kind')
    if (!['Pod', 'Secret', 'Node'].includes(kind)) throw new Refusal(`supported --bound-object-kind values are Node, Pod, Secret`)
    if (flags.text('bound-object-name') === '') throw new Refusal('--bound-object-name is required if --bound-object-kind is provided')
    spec.boundObjectRef = { kind, apiVersion: 'v1', name: flags.text('bound-object-name'), ...(flags.text('bound-object-uid') === '' ? {} : { uid: flags.text('bound-object-uid') }) }
  }
  const body = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { creationTimestamp: null }, spec, status: { token: '', expirationTimestamp: null } }
  let answer: Json
  try {
    answer = yield* call.api.json('POST', `/api/v1/namespaces/${call.namespace}/serviceaccounts/${name}/token`, { body })
  } catch (error) {
    throw error instanceof Error && 'status' in error ? new Refusal(`failed to create token: ${error.message}`) : error
  }
  if (flags.text('output') === '') return yield* call.out(`${answer.status.token}\n`)
  yield* call.out(printer(call, { isTyped: true })({ kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', ...answer }))
}

// Limits and rules

const quota: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const pairs = flags.text('hard') === '' ? [] : flags.text('hard').split(',').map((pair) => {
    const parts = pair.split('=')
    if (parts.length !== 2 || parts[1] === '') throw new Refusal(`invalid resource quota hard ${flags.text('hard')}`.replace(/^.*$/, `Invalid argument syntax ${pair}, expected <resource>=<value>`))
    return parts as [string, string]
  })
  const scopes = flags.text('scopes') === '' ? [] : flags.text('scopes').split(',')
  yield* generated(call, {
    object: { kind: 'ResourceQuota', apiVersion: 'v1', metadata: meta(call, name), spec: { ...(pairs.length > 0 ? { hard: inKeyOrder(pairs) } : {}), ...(scopes.length > 0 ? { scopes } : {}) }, status: {} },
    plural: 'resourcequotas',
    isNamespaced: true,
    failure: 'failed to create quota:',
  })
}

const disruptionBudget: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const [min, max] = [flags.text('min-available'), flags.text('max-unavailable')]
  if (flags.text('selector') === '') throw new Refusal('a selector must be specified')
  if (min === '' && max === '') throw new Refusal('one of min-available or max-unavailable must be specified')
  if (min !== '' && max !== '') throw new Refusal('min-available and max-unavailable cannot be both specified')
  const amount = (text: string): Json => (/^\d+$/.test(text) ? Number(text) : text)
  const selector = selectorOf(flags.text('selector'))
  yield* generated(call, {
    object: {
      kind: 'PodDisruptionBudget',
      apiVersion: 'policy/v1',
      metadata: meta(call, name),
      spec: { ...(min === '' ? {} : { minAvailable: amount(min) }), selector, ...(max === '' ? {} : { maxUnavailable: amount(max) }) },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    },
    plural: 'poddisruptionbudgets',
    isNamespaced: true,
    failure: 'failed to create poddisruptionbudgets:',
  })
}

/** `a=b,c in (d,e),!f` as a LabelSelector. */
export function selectorOf(text: string): Json {
  const matchLabels: Record<string, string> = {}
  const matchExpressions: Json[] = []
  for (const term of text.match(/[^,(]+(\([^)]*\))?/g) ?? []) {
    const trimmed = term.trim()
    const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(trimmed)
    const pair = /^([^=!\s]+)\s*(==|=|!=)\s*(.*)$/.exec(trimmed)
    if (set) matchExpressions.push({ key: set[1], operator: set[2] === 'in' ? 'In' : 'NotIn', values: set[3].split(',').map((value) => value.trim()) })
    else if (pair && pair[2] !== '!=') matchLabels[pair[1]] = pair[3]
    else if (pair) matchExpressions.push({ key: pair[1], operator: 'NotIn', values: [pair[3]] })
    else if (trimmed.startsWith('!')) matchExpressions.push({ key: trimmed.slice(1), operator: 'DoesNotExist' })
    else matchExpressions.push({ key: trimmed, operator: 'Exists' })
  }
  return { ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) }
}

const priorityClass: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const object: KubeObject = { kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: clusterMeta(name), value: flags.number('value') }
  if (flags.is('global-default')) object.globalDefault = true
  if (flags.text('description') !== '') object.description = flags.text('description')
  object.preemptionPolicy = flags.text('preemption-policy')
  yield* generated(call, { object, plural: 'priorityclasses', isNamespaced: false, failure: 'failed to create priorityclass:' })
}

const ingress: Run = function* (call) {
  const name = nameOf(call)
  const { flags } = call
  const wanted = flags.list('rule')
  const fallback = flags.text('default-backend')
  if (wanted.length === 0 && fallback === '') throw new Refusal('not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)')
  for (const rule of wanted) {
    if (!/^[^/]*(\/[^=]*)=[^:]+:[\w-]+(,tls(=[^,]*)?)?$/.test(rule)) throw new Refusal(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
  }
  const annotations = Object.fromEntries(
    flags.list('annotation').map((text) => {
      const equals = text.indexOf('=')
      if (equals <= 0) throw new Refusal(`annotation ${text} is invalid and should be in format key=[value]`)
      return [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
  if (fallback !== '' && fallback.split(':').length !== 2) throw new Refusal('default-backend should be in format servicename:serviceport')
  const backend = (text: string): Json => {
    const [service, port] = text.split(':')
    return { service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } }
  }
  const hosts = new Map<string, Json[]>()
  const secrets = new Map<string, string[]>()
  for (const rule of wanted) {
    const [, host, path, target, tls] = /^([^/]*)(\/[^=]*)=([^,]+)(,tls(?:=[^,]*)?)?$/.exec(rule) ?? []
    const paths = hosts.get(host) ?? []
    const isPrefix = path.endsWith('*')
    paths.push({ path: isPrefix ? path.slice(0, -1) : path, pathType: isPrefix ? 'Prefix' : 'Exact', backend: backend(target) })
    hosts.set(host, paths)
    if (tls !== undefined) {
      const secretName = tls.split('=')[1] ?? ''
      const list = secrets.get(secretName) ?? []
      if (host !== '' && !list.includes(host)) list.push(host)
      secrets.set(secretName, list)
    }
  }
  const tls = [...secrets].map(([secretName, list]) => ({ ...(list.length > 0 ? { hosts: list } : {}), ...(secretName === '' ? {} : { secretName }) }))
  const ruleList = [...hosts].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }))
  yield* generated(call, {
    object: {
      kind: 'Ingress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: meta(call, name, Object.keys(annotations).length > 0 ? { annotations } : {}),
      spec: {
        ...(flags.text('class') === '' ? {} : { ingressClassName: flags.text('class') }),
        ...(fallback === '' ? {} : { defaultBackend: backend(fallback) }),
        ...(tls.length > 0 ? { tls } : {}),
        ...(ruleList.length > 0 ? { rules: ruleList } : {}),
      },
      status: { loadBalancer: {} },
    },
    plural: 'ingresses',
    isNamespaced: true,
    failure: 'failed to create ingress:',
  })
}

export const generators: Readonly<Record<string, Run>> = {
  'create namespace': namespaceGenerator,
  'create serviceaccount': serviceAccount,
  'create deployment': deployment,
  'create job': job,
  'create cronjob': cronJob,
  'create configmap': configMap,
  'create secret generic': secretGeneric,
  'create secret tls': secretTls,
  'create secret docker-registry': secretDocker,
  'create service clusterip': service('ClusterIP'),
  'create service nodeport': service('NodePort'),
  'create service loadbalancer': service('LoadBalancer'),
  'create service externalname': service('ExternalName'),
  'create role': role,
  'create clusterrole': clusterRole,
  'create rolebinding': roleBinding,
  'create clusterrolebinding': clusterRoleBinding,
  'create token': token,
  'create quota': quota,
  'create poddisruptionbudget': disruptionBudget,
  'create priorityclass': priorityClass,
  'create ingress': ingress,
}
