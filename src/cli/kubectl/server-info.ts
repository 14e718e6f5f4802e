/** What the server is and offers: `version`, `cluster-info`, `api-resources`, `api-versions`, `top`, `events`, `auth`. */
import type { Blocking } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { goYaml } from '../go-yaml.ts'
import { aligned, getStyle } from '../table.ts'
import { accept } from './connection.ts'
import type { Call } from './call.ts'
import { ruleRows } from './describe-access.ts'
import { eventInterval } from './describe-writer.ts'
import { apiVersionOf, nameWithGroup, noSuchType, type Resource } from './discovery.ts'
import { ageOf } from './get.ts'
import { at, type Json } from './json.ts'
import { printer, withoutManagedFields } from './printer.ts'
import { quantity } from './quantity.ts'
import { Bare, ConnectionError, isNotFound, Quit, Refusal, StatusError, throwAll } from './refusal.ts'

type Run = (call: Call) => Blocking<void>

const clientVersion = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.1',
  gitCommit: '8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828',
  gitTreeState: 'clean',
  buildDate: '2025-05-15T08:27:33Z',
  goVersion: 'go1.24.2',
  compiler: 'gc',
  platform: 'linux/amd64',
}
const kustomizeVersion = 'v5.6.0'

const version: Run = function* (call) {
  const { flags } = call
  const output = flags.text('output')
  if (call.args.length > 0) throw new Refusal(`extra arguments: [${call.args.join(' ')}]`)
  if (output !== '' && output !== 'yaml' && output !== 'json') throw new Refusal("--output must be 'yaml' or 'json'")
  let server: Json
  let failure: unknown
  if (!flags.is('client')) {
    try {
      server = yield* call.api.get('/version', { timeout: '32s' }, accept.any)
    } catch (error) {
      failure = error
    }
  }
  const all = { clientVersion, kustomizeVersion, ...(server ? { serverVersion: server } : {}) }
  if (output === 'json') yield* call.out(`${goJson(all, { indent: '  ' })}\n`)
  else if (output === 'yaml') yield* call.out(`${goYaml(all)}\n`)
  else
    yield* call.out(
      `Client Version: ${clientVersion.gitVersion}\nKustomize Version: ${kustomizeVersion}\n${server ? `Server Version: ${server.gitVersion}\n` : ''}`,
    )
  if (server) {
    const difference = Math.abs(Number.parseInt(server.minor, 10) - 33)
    if (difference > 1)
      yield* call.err(
        `Warning: version difference between client (1.33) and server (${server.major}.${Number.parseInt(server.minor, 10)}) exceeds the supported minor version skew of +/-1\n`.replace(
          'Warning',
          'WARNING',
        ),
      )
  }
  if (failure) throw failure
}

const clusterInfo: Run = function* (call) {
  const isColoured = call.process.descriptors.get(1)?.file.kind === 'terminal'
  const green = (text: string): string => (isColoured ? `\u001b[0;32m${text}\u001b[0m` : text)
  const yellow = (text: string): string => (isColoured ? `\u001b[0;33m${text}\u001b[0m` : text)
  const line = (name: string, url: string): string => `${green(name)} is running at ${yellow(url)}\n`
  let failure: unknown
  try {
    yield* call.discovery()
    const namespace = call.access.isNamespaceForced ? call.namespace : 'kube-system'
    const list = yield* call.api.get(
      `/api/v1/namespaces/${namespace}/services`,
      { labelSelector: 'kubernetes.io/cluster-service=true' },
      accept.any,
    )
    yield* call.out(line('Kubernetes control plane', call.access.server))
    for (const { metadata, spec, status } of list.items ?? []) {
      const name = metadata.labels?.['kubernetes.io/name'] || metadata.name
      const [ingress] = status?.loadBalancer?.ingress ?? []
      const [port] = spec.ports ?? []
      const scheme = metadata.name.includes('https') || port?.port === 443 || port?.name === 'https' ? 'https:' : ''
      const url = ingress
        ? `http://${ingress.ip || ingress.hostname}:${port?.port}`
        : `${call.access.server}/api/v1/namespaces/${metadata.namespace}/services/${scheme}${metadata.name}${port?.name ? `:${port.name}` : scheme === '' ? '' : ':'}/proxy`
      yield* call.out(line(name, url))
    }
  } catch (error) {
    failure = error
  }
  yield* call.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
  if (failure) throw failure
}

const clusterInfoDump: Run = function* (call) {
  const names = call.flags.is('all-namespaces')
    ? ((yield* call.api.get('/api/v1/namespaces')).items ?? []).map(({ metadata }: Json) => metadata.name)
    : call.flags.list('namespaces').length > 0
      ? call.flags.list('namespaces')
      : [call.access.isNamespaceForced ? call.namespace : 'kube-system', 'default'].filter(
          (name, index, all) => all.indexOf(name) === index,
        )
  const folder = call.flags.text('output-directory')
  const { process } = call
  const isFile = folder !== '' && folder !== '-'
  const put = function* (name: string, text: string): Blocking<void> {
    if (!isFile) return yield* call.out(text)
    const path = process.path(`${folder}/${name}`)
    process.files.mkdir(path.slice(0, path.lastIndexOf('/')), { parents: true }, process.credentials)
    process.files.writeFile(path, text, {}, process.credentials)
  }
  yield* put('nodes.json', `${goJson(yield* call.api.get('/api/v1/nodes'), { indent: '    ' })}\n`)
  for (const namespace of names) {
    for (const path of [
      '/api/v1/namespaces/%/events',
      '/api/v1/namespaces/%/replicationcontrollers',
      '/api/v1/namespaces/%/services',
      '/apis/apps/v1/namespaces/%/daemonsets',
      '/apis/apps/v1/namespaces/%/deployments',
      '/apis/apps/v1/namespaces/%/replicasets',
      '/api/v1/namespaces/%/pods',
    ]) {
      const list = withoutManagedFields(yield* call.api.get(path.replace('%', namespace)))
      const fileName =
        { replicationcontrollers: 'replication-controllers' }[path.slice(path.lastIndexOf('/') + 1)] ??
        path.slice(path.lastIndexOf('/') + 1)
      yield* put(`${namespace}/${fileName}.json`, `${goJson(list, { indent: '    ' })}\n`)
      if (!path.endsWith('/pods')) continue
      for (const { metadata, spec } of list.items ?? []) {
        let logs = ''
        for (const { name } of spec.containers) {
          logs += `==== START logs for container ${name} of pod ${namespace}/${metadata.name} ====\n`
          try {
            logs += yield* call.api.text('GET', `/api/v1/namespaces/${namespace}/pods/${metadata.name}/log`, { query: { container: name } })
          } catch (error) {
            if (!(error instanceof StatusError)) throw error
            logs += `Request log error: ${error.message}\n`
          }
          logs += `==== END logs for container ${name} of pod ${namespace}/${metadata.name} ====\n`
        }
        yield* put(`${namespace}/${metadata.name}/logs.txt`, logs)
      }
    }
  }
  if (isFile) yield* call.out(`Cluster info dumped to ${folder}\n`)
}

const apiVersions: Run = function* (call) {
  const { groups } = yield* call.rediscover()
  yield* call.out(
    groups
      .map(apiVersionOf)
      .sort()
      .map((name) => `${name}\n`)
      .join(''),
  )
}

const apiResources: Run = function* (call) {
  const { flags } = call
  if (call.args.length > 0) throw call.usage(`unexpected arguments: [${call.args.join(' ')}]`)
  const output = flags.text('output')
  if (!['', 'wide', 'name'].includes(output)) throw new Refusal(`--output ${output} is not available`)
  const sortBy = flags.text('sort-by')
  if (!['', 'name', 'kind'].includes(sortBy)) throw new Refusal(`--sort-by accepts only name or kind`)
  const { preferred } = yield* flags.is('cached') ? call.discovery() : call.rediscover()
  const shown = preferred.filter((resource) => fits(call, resource))
  if (sortBy === 'kind') shown.sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0))
  else if (sortBy === 'name') shown.sort((a, b) => (a.plural < b.plural ? -1 : a.plural > b.plural ? 1 : 0))
  else shown.sort((a, b) => (a.group !== b.group ? (a.group < b.group ? -1 : 1) : a.plural < b.plural ? -1 : 1))
  if (output === 'name') return yield* call.out(shown.map((resource) => `${nameWithGroup(resource)}\n`).join(''))
  const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(output === 'wide' ? ['VERBS', 'CATEGORIES'] : [])].join(
    '\t',
  )
  const rows = shown.map((resource) =>
    [
      resource.plural,
      resource.shortNames.join(','),
      apiVersionOf(resource),
      String(resource.isNamespaced),
      resource.kind,
      ...(output === 'wide' ? [resource.verbs.join(','), resource.categories.join(',')] : []),
    ].join('\t'),
  )
  yield* call.out(aligned([...(flags.is('no-headers') ? [] : [header]), ...rows].map((row) => `${row}\n`).join(''), getStyle))
}

function fits({ flags }: Call, resource: Resource): boolean {
  if (resource.verbs.length === 0) return false
  if (flags.isSet('api-group') && resource.group !== flags.text('api-group')) return false
  if (flags.isSet('namespaced') && resource.isNamespaced !== flags.is('namespaced')) return false
  if (!flags.list('verbs').every((verb) => resource.verbs.includes(verb))) return false
  return flags.list('categories').every((category) => resource.categories.includes(category))
}

// Usage

function* metrics(call: Call, path: string, query: Record<string, string | undefined> = {}): Blocking<Json> {
  const { groups } = yield* call.rediscover()
  if (!groups.some(({ group }) => group === 'metrics.k8s.io')) throw new Refusal('Metrics API not available')
  return yield* call.api.get(path, query, 'application/vnd.kubernetes.protobuf, */*')
}

const milli = (cpu: unknown): number => Math.ceil((quantity(cpu) ?? 0) * 1000)
const mebi = (memory: unknown): number => Math.trunc((quantity(memory) ?? 0) / 2 ** 20)

const topNode: Run = function* (call) {
  const { flags, args } = call
  if (args.length > 1) throw call.usage('only one NODE is allowed'.replace(/^.*$/, `unexpected arguments: ${args.slice(1).join(' ')}`))
  checkSort(call)
  const answer = yield* metrics(call, `/apis/metrics.k8s.io/v1beta1/nodes${args[0] ? `/${args[0]}` : ''}`, {
    labelSelector: flags.text('selector'),
  })
  const items: Json[] = answer.items ?? [answer]
  if (items.length === 0) throw new Refusal('metrics not available yet')
  const nodes = args[0]
    ? [yield* call.api.get(`/api/v1/nodes/${args[0]}`, {}, accept.protobuf)]
    : ((yield* call.api.get('/api/v1/nodes', { labelSelector: flags.text('selector') }, accept.protobuf)).items ?? [])
  const rows = items.map(({ metadata, usage }) => {
    const node = nodes.find((candidate: Json) => candidate.metadata.name === metadata.name)
    const total = flags.is('show-capacity') ? node?.status?.capacity : node?.status?.allocatable
    const cpu = milli(usage.cpu)
    const memory = mebi(usage.memory)
    return {
      name: metadata.name,
      cpu,
      memory: quantity(usage.memory) ?? 0,
      text: `${metadata.name}\t${cpu}m\t${Math.trunc((cpu / milli(total?.cpu)) * 100)}%\t${memory}Mi\t${Math.trunc(((quantity(usage.memory) ?? 0) / (quantity(total?.memory) ?? 1)) * 100)}%`,
    }
  })
  const reported = new Set(items.map(({ metadata }) => metadata.name))
  const silent = nodes
    .filter(({ metadata }: Json) => !reported.has(metadata.name))
    .map(({ metadata }: Json) => `${metadata.name}\t<unknown>\t<unknown>\t<unknown>\t<unknown>`)
  yield* call.out(
    aligned(
      [
        ...(flags.is('no-headers') ? [] : ['NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)']),
        ...sorted(rows, flags.text('sort-by')).map(({ text }) => text),
        ...silent,
      ]
        .map((row) => `${row}\n`)
        .join(''),
      getStyle,
    ),
  )
}

interface UsageRow {
  readonly name: string
  readonly cpu: number
  readonly memory: number
  readonly text: string
}

function sorted(rows: readonly UsageRow[], by: string): UsageRow[] {
  if (by === 'cpu') return [...rows].sort((a, b) => b.cpu - a.cpu)
  if (by === 'memory') return [...rows].sort((a, b) => b.memory - a.memory)
  return [...rows].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

function checkSort(call: Call): void {
  const by = call.flags.text('sort-by')
  if (!['', 'cpu', 'memory'].includes(by)) throw new Refusal('--sort-by accepts only cpu or memory')
}

const topPod: Run = function* (call) {
  const { flags, args } = call
  checkSort(call)
  const isEverywhere = flags.is('all-namespaces')
  const base = isEverywhere ? '/apis/metrics.k8s.io/v1beta1/pods' : `/apis/metrics.k8s.io/v1beta1/namespaces/${call.namespace}/pods`
  const answer = yield* metrics(call, `${base}${args[0] ? `/${args[0]}` : ''}`, {
    labelSelector: flags.text('selector'),
    fieldSelector: flags.text('field-selector'),
  })
  const items: Json[] = answer.items ?? [answer]
  if (items.length === 0) {
    const pods = yield* call.api.get(
      isEverywhere ? '/api/v1/pods' : `/api/v1/namespaces/${call.namespace}/pods`,
      { labelSelector: flags.text('selector') },
      accept.protobuf,
    )
    if ((pods.items ?? []).length > 0) throw new Refusal('metrics not available yet')
    yield* call.err(isEverywhere ? 'No resources found\n' : `No resources found in ${call.namespace} namespace.\n`)
    return
  }
  const isByContainer = flags.is('containers')
  const rows = items.flatMap(({ metadata, containers }): UsageRow[] => {
    const head = `${isEverywhere ? `${metadata.namespace}\t` : ''}${metadata.name}\t`
    const key = `${isEverywhere ? `${metadata.namespace}/` : ''}${metadata.name}`
    if (isByContainer)
      return containers.map(({ name, usage }: Json) => ({
        name: key,
        cpu: quantity(usage.cpu) ?? 0,
        memory: quantity(usage.memory) ?? 0,
        text: `${head}${name}\t${milli(usage.cpu)}m\t${mebi(usage.memory)}Mi`,
      }))
    const cpu = containers.reduce((sum: number, { usage }: Json) => sum + (quantity(usage.cpu) ?? 0), 0)
    const memory = containers.reduce((sum: number, { usage }: Json) => sum + (quantity(usage.memory) ?? 0), 0)
    return [{ name: key, cpu, memory, text: `${head}${milli(cpu)}m\t${mebi(memory)}Mi` }]
  })
  const header = `${isEverywhere ? 'NAMESPACE\t' : ''}${isByContainer ? 'POD\tNAME' : 'NAME'}\tCPU(cores)\tMEMORY(bytes)`
  const lines = [...(flags.is('no-headers') ? [] : [header]), ...sorted(rows, flags.text('sort-by')).map(({ text }) => text)]
  if (flags.is('sum')) {
    const blanks = '\t'.repeat((isEverywhere ? 1 : 0) + (isByContainer ? 1 : 0))
    lines.push(
      `${blanks}\t________\t________`,
      `${blanks}\t${milli(rows.reduce((sum, { cpu }) => sum + cpu, 0))}m\t${mebi(rows.reduce((sum, { memory }) => sum + memory, 0))}Mi`,
    )
  }
  yield* call.out(aligned(lines.map((row) => `${row}\n`).join(''), getStyle))
}

// Events

const events: Run = function* (call) {
  const { flags } = call
  if (call.args.length > 0)
    throw new Refusal(
      `unexpected arguments: [${call.args.join(' ')}]`.replace(
        /^.*$/,
        `unknown command ${JSON.stringify(call.args[0])} for "kubectl events"`,
      ),
    )
  const isEverywhere = flags.is('all-namespaces')
  const wanted = flags.list('types').map((type) => type.toLowerCase())
  for (const type of wanted) if (type !== 'normal' && type !== 'warning') throw new Refusal('valid --types are Normal or Warning')
  let fieldSelector = ''
  if (flags.text('for') !== '') {
    if (!flags.text('for').includes('/')) throw new Refusal('--for must be in resource/name form')
    const [type, name] = flags.text('for').split('/')
    const resource = yield* call.resource(type)
    if (!resource) throw new Bare(noSuchType(type).message)
    fieldSelector = `involvedObject.kind=${resource.kind},involvedObject.name=${name},involvedObject.apiVersion=${apiVersionOf(resource)}`
      .split(',')
      .sort()
      .join(',')
  }
  const path = isEverywhere ? '/api/v1/events' : `/api/v1/namespaces/${call.namespace}/events`
  const list = yield* call.api.get(path, { fieldSelector, limit: flags.number('chunk-size') || undefined }, accept.protobuf)
  const fits = (event: Json): boolean => wanted.length === 0 || wanted.includes(String(event.type).toLowerCase())
  const time = (event: Json): number =>
    Date.parse(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp)
  const items: Json[] = (list.items ?? []).filter(fits).sort((a: Json, b: Json) => time(a) - time(b))
  const writer = { age: (timestamp: string | undefined | null) => ageOf(call, timestamp) }
  const row = (event: Json): string =>
    `${isEverywhere ? `${event.metadata.namespace}\t` : ''}${lastSeen(writer, event)}\t${event.type}\t${event.reason}\t${event.involvedObject.kind}/${event.involvedObject.name}\t${String(event.message ?? '').trim()}\n`
  const header = flags.is('no-headers') ? '' : `${isEverywhere ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`
  if (flags.text('output') !== '') {
    const print = printer(call, {})
    return yield* call.out(
      print({
        apiVersion: 'v1',
        kind: 'EventList',
        items: items.map((event) => ({ apiVersion: 'v1', kind: 'Event', ...event })),
        metadata: list.metadata ?? {},
      }),
    )
  }
  if (items.length === 0 && !flags.is('watch')) {
    yield* call.err(isEverywhere ? 'No events found.\n' : `No events found in ${call.namespace} namespace.\n`)
    return
  }
  const widths: number[] = []
  if (items.length > 0) yield* call.out(aligned(header + items.map(row).join(''), getStyle, widths))
  if (!flags.is('watch')) return
  let isFirst = items.length === 0
  const stream = yield* call.api.watch(path, { fieldSelector, resourceVersion: at(list, 'metadata', 'resourceVersion') })
  for (;;) {
    const event = yield* stream.next(call.process)
    if (!event) return
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue
    if (fits(event.object)) yield* call.out(aligned((isFirst ? header : '') + row(event.object), getStyle, widths))
    isFirst = false
  }
}

function lastSeen(writer: { age(timestamp: string | undefined | null): string }, event: Json): string {
  return eventInterval(writer, event)
}

// Access

const knownVerbs = [
  '*',
  'approve',
  'attest',
  'bind',
  'create',
  'delete',
  'deletecollection',
  'escalate',
  'get',
  'impersonate',
  'list',
  'patch',
  'sign',
  'update',
  'use',
  'watch',
]

const canI: Run = function* (call) {
  const { flags, args } = call
  if (flags.is('list')) return yield* canList(call)
  if (args.length < 2 || args.length > 3)
    throw new Refusal(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    )
  const [verb, what, third] = args
  const namespace = flags.is('all-namespaces') ? '' : call.namespace
  let spec: Json
  if (what.startsWith('/')) {
    spec = { nonResourceAttributes: { path: what, verb } }
    if (third !== undefined) throw new Refusal('NonResourceURL and ResourceName can not specified together')
  } else {
    const [type, inlineName] = what.split('/')
    const resource = type === '*' ? undefined : yield* call.resource(type)
    if (!resource && type !== '*') {
      const [, ...group] = type.split('.')
      yield* call.err(
        group.length > 0
          ? `Warning: the server doesn't have a resource type '${type.split('.')[0]}' in group '${group.join('.')}'\n\n`
          : `Warning: the server doesn't have a resource type '${type}'\n\n`,
      )
    }
    if (resource && !resource.isNamespaced && !flags.is('all-namespaces'))
      yield* call.err(
        `Warning: resource '${resource.plural}' is not namespace scoped${resource.group === '' ? '' : ` in group '${resource.group}'`}\n\n`,
      )
    if (!knownVerbs.includes(verb)) yield* call.err(`Warning: verb '${verb}' is not a known verb\n\n`)
    spec = {
      resourceAttributes: {
        ...(resource && !resource.isNamespaced ? {} : { namespace }),
        verb,
        group: resource?.group ?? (type === '*' ? '*' : type.split('.').slice(1).join('.')),
        resource: resource?.plural ?? type.split('.')[0],
        ...(flags.text('subresource') === '' ? {} : { subresource: flags.text('subresource') }),
        ...((third ?? inlineName) === undefined ? {} : { name: third ?? inlineName }),
      },
    }
    if (namespace !== '') spec.resourceAttributes.namespace = namespace
  }
  const answer = yield* call.api.json('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    body: {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: { creationTimestamp: null },
      spec,
      status: { allowed: false },
    },
  })
  const { allowed, reason, evaluationError } = answer.status
  if (!flags.is('quiet')) {
    let text = allowed ? 'yes' : 'no'
    if (!allowed && reason) text += ` - ${reason}`
    if (!allowed && evaluationError) text += ` - ${evaluationError}`
    yield* call.out(`${text}\n`)
  }
  if (!allowed) throw new Quit(1)
}

function* canList(call: Call): Blocking<void> {
  const answer = yield* call.api.json('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    body: {
      kind: 'SelfSubjectRulesReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: { creationTimestamp: null },
      spec: { namespace: call.namespace },
      status: { resourceRules: null, nonResourceRules: null, incomplete: false },
    },
  })
  const { resourceRules = [], nonResourceRules = [], incomplete, evaluationError } = answer.status
  if (incomplete) yield* call.err(`warning: the list may be incomplete: ${evaluationError ?? ''}\n`)
  const lines = ruleRows([...(resourceRules ?? []), ...(nonResourceRules ?? [])])
  yield* call.out(
    aligned(
      [...(call.flags.is('no-headers') ? [] : ['Resources\tNon-Resource URLs\tResource Names\tVerbs']), ...lines]
        .map((row) => `${row}\n`)
        .join(''),
      getStyle,
    ),
  )
}

const whoami: Run = function* (call) {
  if (call.args.length > 0) throw new Refusal(`unknown command ${JSON.stringify(call.args[0])} for "kubectl auth whoami"`)
  const answer = yield* call.api.json('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    body: {
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { creationTimestamp: null },
      status: { userInfo: {} },
    },
  })
  if (call.flags.text('output') !== '')
    return yield* call.out(
      printer(call, { isTyped: true })({ kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', ...answer }),
    )
  const { username, uid, groups = [], extra = {} } = answer.status.userInfo
  const rows = [
    ...(username ? [`Username\t${username}`] : []),
    ...(uid ? [`UID\t${uid}`] : []),
    ...(groups.length > 0 ? [`Groups\t[${groups.join(' ')}]`] : []),
    ...Object.keys(extra)
      .sort()
      .map((key) => `Extra: ${key}\t[${extra[key].join(' ')}]`),
  ]
  yield* call.out(aligned(['ATTRIBUTE\tVALUE', ...rows].map((row) => `${row}\n`).join(''), getStyle))
}

export const infoCommands: Readonly<Record<string, Run>> = {
  version,
  'cluster-info': clusterInfo,
  'cluster-info dump': clusterInfoDump,
  'api-versions': apiVersions,
  'api-resources': apiResources,
  'top node': topNode,
  'top pod': topPod,
  events,
  'auth can-i': canI,
  'auth whoami': whoami,
}

export { ConnectionError, isNotFound, StatusError, throwAll }
