/** Commands that change one thing of an object: `patch`, `scale`, `expose`, `autoscale`, `set …`. */
import { UnixError } from '../../unix/errors.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import { textOf } from '../../base/bytes.ts'
import { goJson } from '../go-json.ts'
import { fromYaml, YamlError } from '../yaml-input.ts'
import { labelSelector } from './attach.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { changeCause, generated } from './create.ts'
import { apiVersionOf, nameWithGroup, pathOf } from './discovery.ts'
import { selectorOf } from './generators/policies.ts'
import { subjectsOf } from './generators/access.ts'
import { copied, equal, type Json } from './json.ts'
import { jsonPatched } from './json-patch.ts'
import { hasFiles } from './manifests.ts'
import { changeCauseAnnotation } from './names.ts'
import { printer } from './printer.ts'
import { quantity } from './quantity.ts'
import { Quit, Refusal, StatusError, throwAll } from './refusal.ts'
import { labelsOf } from './run.ts'
import { type Info, noLocalFiles, nothingSelected, select } from './select.ts'
import { isBuiltIn, mergePatched, patched, twoWayPatch } from './strategic.ts'
import { met } from './wait.ts'

export function* patch(call: Call): Blocking<void> {
  const { flags } = call
  const type = flags.text('type').toLowerCase()
  if (flags.text('patch') !== '' && flags.text('patch-file') !== '') throw new Refusal('cannot specify --patch and --patch-file together')
  if (flags.text('patch') === '' && flags.text('patch-file') === '')
    throw new Refusal('must specify --patch or --patch-file containing the contents of the patch')
  if (flags.is('local') && call.dryRun === 'server')
    throw new Refusal('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  if (!['json', 'merge', 'strategic'].includes(type))
    throw new Refusal(`--type must be one of [json merge strategic], not ${JSON.stringify(flags.text('type'))}`)
  const source = flags.text('patch') || patchFile(call)
  // What looks like JSON goes to the server as it is; it complains itself.
  let body: Json = source
  try {
    if (!/^\s*\{/.test(source)) body = fromYaml(source)
    else if (flags.is('local') || call.dryRun === 'client') body = JSON.parse(source)
  } catch (error) {
    if (error instanceof YamlError) throw new Refusal(`unable to parse ${JSON.stringify(source)}: ${error.message}`)
    throw error
  }
  if (flags.is('local') && !hasFiles(call)) throw new Refusal('cannot specify --local and server resources')
  const errors: Error[] = []
  const infos = yield* select(call, errors, { isLatest: !flags.is('local') })
  throwAll(errors)
  if (infos.length === 0) throw new Refusal('no objects passed to patch')
  for (const { resource, namespace, name, object } of infos) {
    let result: Json
    if (flags.is('local') || call.dryRun === 'client') {
      result =
        type === 'json' ? jsonPatched(object, body) : type === 'merge' ? mergePatched(object, body) : patched(resource.kind, object, body)
    } else {
      const contentType =
        type === 'json'
          ? 'application/json-patch+json'
          : type === 'merge'
            ? 'application/merge-patch+json'
            : 'application/strategic-merge-patch+json'
      try {
        result = yield* call.api.json('PATCH', pathOf(resource, namespace, name, flags.text('subresource') || undefined), {
          body: body === source && /^\s*\{/.test(source) ? source : goJson(body),
          contentType,
          query: call.writing(),
        })
      } catch (error) {
        if (error instanceof StatusError && error.code === 415)
          throw new Refusal(`${contentType} is not supported by ${apiVersionOf(resource)}, Kind=${resource.kind}: ${error.message}`)
        throw error
      }
      if (flags.is('record')) result = yield* record(call, { resource, namespace, name, object: result })
    }
    // patch is the one command that does not say so of a try on the server.
    yield* call.out(
      printer(call, {
        operation: equal(withoutVersion(object), withoutVersion(result)) ? 'patched (no change)' : 'patched',
        isTryUnsaid: true,
      })(result),
    )
  }
}

function patchFile(call: Call): string {
  const path = call.flags.text('patch-file')
  try {
    return textOf(call.process.files.readFile(call.process.path(path), call.process.credentials))
  } catch (error) {
    if (error instanceof UnixError) throw new Refusal(`unable to read patch file: open ${path}: ${error.words.toLowerCase()}`)
    throw error
  }
}

function withoutVersion({ metadata, ...rest }: Json): Json {
  const { managedFields: _, ...kept } = metadata
  return { ...rest, metadata: kept }
}

/** `--record` for commands that patch: a second patch that only adds the annotation. */
export function* record(call: Call, { resource, namespace, name }: Info): Blocking<Json> {
  return yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
    body: { metadata: { annotations: { [changeCauseAnnotation]: changeCause(call) } } },
    contentType: 'application/merge-patch+json',
    query: call.writing(),
  })
}

export function* scale(call: Call): Blocking<void> {
  const { flags } = call
  if (!flags.isSet('replicas')) throw new Refusal('required flag(s) "replicas" not set')
  if (flags.number('replicas') < 0) throw new Refusal('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  if (flags.number('current-replicas') < -1) throw new Refusal('The --current-replicas must specify an integer of -1 or greater')
  const replicas = flags.number('replicas')
  const expected = flags.number('current-replicas')
  const errors: Error[] = []
  if (call.args.length === 0 && !hasFiles(call)) throw nothingSelected()
  const infos = yield* select(call, errors, { isLatest: true })
  if (infos.length === 0) {
    if (errors.length === 0) throw new Refusal('no objects passed to scale')
    if (errors.some((error) => error instanceof StatusError))
      throw new Refusal(`no objects passed to scale ${errors.map(({ message }) => message).join(', ')}`)
    throwAll(errors)
  }
  if (infos.length > 1 && flags.text('resource-version') !== '') throw new Refusal('cannot use --resource-version with multiple resources')
  const print = printer(call, { operation: 'scaled' })
  for (const info of infos) {
    const { resource, namespace, name, object } = info
    if (call.dryRun === 'client') {
      yield* call.out(print(object))
      continue
    }
    const path = pathOf(resource, namespace, name, 'scale')
    if (expected >= 0 || flags.text('resource-version') !== '') {
      const current = yield* call.api.get(path)
      if (expected >= 0 && current.spec.replicas !== expected)
        throw new Refusal(`Expected replicas to be ${expected}, was ${current.spec.replicas ?? 0}`)
      if (flags.text('resource-version') !== '' && current.metadata.resourceVersion !== flags.text('resource-version'))
        throw new Refusal(`Expected resource version to be ${flags.text('resource-version')}, was ${current.metadata.resourceVersion}`)
      yield* call.api.json('PUT', path, {
        body: { ...current, spec: { ...current.spec, replicas } },
        query: { dryRun: call.dryRun === 'server' ? 'All' : undefined },
      })
    } else
      yield* call.api.json('PATCH', path, {
        body: { spec: { replicas } },
        contentType: 'application/merge-patch+json',
        query: { dryRun: call.dryRun === 'server' ? 'All' : undefined },
      })
    if (flags.is('record')) yield* record(call, info)
    if (flags.duration('timeout') > 0) {
      const done = yield* met(
        call,
        info,
        ({ spec, status }) => spec.replicas === replicas && (status?.replicas ?? 0) === replicas,
        call.process.now() + flags.duration('timeout'),
      )
      if (!done) throw new Refusal('timed out waiting for the condition')
    }
    yield* call.out(print(object))
  }
  throwAll(errors)
}

export function* expose(call: Call): Blocking<void> {
  const { flags } = call
  const errors: Error[] = []
  const infos = yield* select(call, errors, { isLatest: true, selector: '' })
  throwAll(errors)
  for (const { object, resource, name } of infos) {
    if (!['Pod', 'Service', 'ReplicationController', 'Deployment', 'ReplicaSet'].includes(resource.kind))
      throw new Refusal(`cannot expose a ${resource.kind}${resource.group === '' ? '' : `.${resource.group}`}`)
    const serviceName = (flags.text('name') || name).slice(0, 63)
    const selector = flags.text('selector') === '' ? exposedSelector(object, resource.kind) : labelsOf(flags.text('selector'))
    const isHeadless = flags.text('cluster-ip') === 'None'
    const ports = portsFor(call, object, resource.kind)
    if (ports.length === 0 && !isHeadless) throw new Refusal("couldn't find port via --port flag or introspection")
    const labels = flags.text('labels') === '' ? object.metadata.labels : labelsOf(flags.text('labels'))
    let service: Json = {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: {
        name: serviceName,
        ...(call.access.isNamespaceForced ? { namespace: call.namespace } : {}),
        creationTimestamp: null,
        ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
      },
      spec: {
        ...(ports.length > 0 ? { ports } : {}),
        selector,
        ...(flags.text('cluster-ip') === '' ? {} : { clusterIP: flags.text('cluster-ip') }),
        ...(flags.text('type') === '' ? {} : { type: flags.text('type') }),
        ...(flags.text('external-ip') === '' ? {} : { externalIPs: [flags.text('external-ip')] }),
        ...(flags.text('session-affinity') === '' ? {} : { sessionAffinity: flags.text('session-affinity') }),
        ...(flags.text('load-balancer-ip') === '' ? {} : { loadBalancerIP: flags.text('load-balancer-ip') }),
      },
      status: { loadBalancer: {} },
    }
    if (flags.text('overrides') !== '') service = mergePatched(service, JSON.parse(flags.text('overrides')))
    if (flags.is('record')) service.metadata.annotations = { [changeCauseAnnotation]: changeCause(call) }
    yield* generated(call, { object: service, plural: 'services', isNamespaced: true, isUnchecked: true }, 'exposed')
  }
}

function exposedSelector(object: Json, kind: string): Record<string, string> {
  const missing = (what: string): Refusal => new Refusal(`couldn't retrieve selectors via --selector flag or introspection: ${what}`)
  if (kind === 'Pod') {
    if (!object.metadata.labels || Object.keys(object.metadata.labels).length === 0)
      throw missing('the pod has no labels and cannot be exposed')
    return object.metadata.labels
  }
  if (kind === 'Service') {
    if (!object.spec.selector) throw missing('the service has no pod selector set')
    return object.spec.selector
  }
  if (kind === 'ReplicationController') return object.spec.selector
  if (object.spec.selector?.matchExpressions?.length > 0)
    throw missing(`couldn't convert expressions - "${JSON.stringify(object.spec.selector.matchExpressions)}" to map-based selector format`)
  if (!object.spec.selector?.matchLabels) throw missing('invalid deployment: no selectors, therefore cannot be exposed')
  return object.spec.selector.matchLabels
}

function portsFor(call: Call, object: Json, kind: string): Json[] {
  const { flags } = call
  const found: Json[] =
    kind === 'Service'
      ? (object.spec.ports ?? []).map(({ port, protocol }: Json) => ({ port, protocol }))
      : (kind === 'Pod' ? object.spec : object.spec.template.spec).containers.flatMap((container: Json) =>
          (container.ports ?? []).map(({ containerPort, protocol }: Json) => ({ port: containerPort, protocol })),
        )
  const isGiven = flags.text('port') !== ''
  const numbers = isGiven ? flags.text('port').split(',').map(Number) : [...new Set(found.map(({ port }) => port as number))]
  const target = flags.text('target-port')
  if (isGiven)
    for (const text of flags.text('port').split(','))
      if (!/^[-+]?\d+$/.test(text)) throw new Refusal(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  return numbers.map((port, index) => {
    const protocol = flags.text('protocol') || found.find((candidate) => candidate.port === port)?.protocol || 'TCP'
    const targetPort = target === '' ? port : /^\d+$/.test(target) ? Number(target) : target
    return { ...(numbers.length > 1 ? { name: `port-${index + 1}` } : {}), protocol, port, targetPort }
  })
}

export function* autoscale(call: Call): Blocking<void> {
  const { flags } = call
  if (!flags.isSet('max')) throw new Refusal('required flag(s) "max" not set')
  const max = flags.number('max')
  const min = flags.number('min')
  if (max < 1) throw new Refusal('--max=MAXPODS is required and must be at least 1, max: ' + String(max))
  if (max < min) throw new Refusal(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
  const errors: Error[] = []
  const infos = yield* select(call, errors, { isLatest: true })
  throwAll(errors)
  for (const { resource, object, name } of infos) {
    if (!resource.subresources.includes('scale'))
      throw new Refusal(
        `cannot autoscale a ${resource.kind}${resource.group === '' ? '' : `.${resource.group}`}: could not find scale subresource for ${resource.group}/${resource.version}, Resource=${resource.plural} in discovery information`,
      )
    const cpu = flags.number('cpu-percent')
    yield* generated(
      call,
      {
        object: {
          kind: 'HorizontalPodAutoscaler',
          apiVersion: 'autoscaling/v2',
          metadata: {
            name: flags.text('name') || name,
            ...(call.access.isNamespaceForced ? { namespace: call.namespace } : {}),
            creationTimestamp: null,
          },
          spec: {
            scaleTargetRef: { kind: resource.kind, name, apiVersion: object.apiVersion },
            ...(min > 0 ? { minReplicas: min } : {}),
            maxReplicas: max,
            ...(cpu >= 0
              ? { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } }] }
              : {}),
          },
          status: { desiredReplicas: 0, currentMetrics: null },
        },
        plural: 'horizontalpodautoscalers',
        isNamespaced: true,
        isUnchecked: true,
      },
      call.dryRun === 'client' ? 'created' : 'autoscaled',
    )
  }
}

// kubectl set

/** The pod spec inside an object; undefined for kinds without one. */
export function podSpecOf({ kind, spec }: Json): Json {
  if (kind === 'Pod') return spec
  if (kind === 'CronJob') return spec?.jobTemplate?.spec?.template?.spec
  return spec?.template?.spec
}

/** What is said of an object that was changed, and before the server's refusal. */
const updates = {
  image: ['image updated', 'image update to pod template:'],
  resources: ['resource requirements updated', 'resources update to pod template'],
  env: ['env updated', 'env update to pod template:'],
  serviceaccount: ['serviceaccount updated', 'ServiceAccountName'],
  selector: ['selector updated', 'selector update:'],
  subjects: ['subjects updated', 'subjects update:'],
} as const

/** Changes a copy of each object and sends the difference; `update` may answer a warning. */
function* changed(
  call: Call,
  args: readonly string[],
  what: keyof typeof updates,
  update: (object: Json) => string | void,
): Blocking<void> {
  const { flags } = call
  const errors: Error[] = []
  if (args.length === 0 && !hasFiles(call)) throw nothingSelected()
  if (flags.is('local') && !hasFiles(call)) throw what === 'env' || what === 'serviceaccount' ? nothingSelected() : noLocalFiles()
  const infos = yield* select(call, errors, { args, isLatest: !flags.is('local'), accept: accept.any })
  const [operation, failure] = updates[what]
  const print = printer(call, { operation })
  for (const info of infos) {
    const { resource, namespace, name, object } = info
    const modified = copied(object)
    try {
      const warning = update(modified)
      if (warning) yield* call.err(warning)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      errors.push(error)
      continue
    }
    if (flags.is('local') || call.dryRun === 'client') {
      yield* call.out(print(modified))
      continue
    }
    const difference: Json = isBuiltIn(object.apiVersion) ? twoWayPatch(resource.kind, object, modified) : undefined
    if (difference === undefined || Object.keys(difference).length === 0) continue
    if (flags.is('record'))
      difference.metadata = {
        ...difference.metadata,
        annotations: { ...difference.metadata?.annotations, [changeCauseAnnotation]: changeCause(call) },
      }
    try {
      const result = yield* call.api.json('PATCH', pathOf(resource, namespace, name), {
        body: goJson(difference, { sorted: true }),
        contentType: 'application/strategic-merge-patch+json',
        query: call.writing(),
      })
      yield* call.out(print(result))
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      errors.push(new Refusal(`failed to patch ${failure} ${error.message}`))
    }
  }
  throwAll(errors)
}

function splitPairs(args: readonly string[], what: string): { resources: string[]; pairs: string[] } {
  const resources: string[] = []
  const pairs: string[] = []
  for (const arg of args) {
    if (arg.indexOf('=') > 0 || (pairs.length > 0 && arg.endsWith('-'))) pairs.push(arg)
    else if (pairs.length > 0) throw new Refusal(`all resources must be specified before ${what} changes: ${arg}`)
    else resources.push(arg)
  }
  return { resources, pairs }
}

export function* setImage(call: Call): Blocking<void> {
  const { resources, pairs } = splitPairs(call.args, 'image')
  if (resources.length === 0 && !hasFiles(call)) throw nothingSelected()
  const images = new Map<string, string>()
  for (const pair of pairs) {
    const [container, image] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    images.set(container, image)
  }
  if (images.size === 0) {
    const errors: Error[] = []
    yield* select(call, errors, { args: resources, isLatest: true, accept: accept.any })
    throwAll(errors)
    throw new Refusal('at least one image update is required')
  }
  yield* changed(call, resources, 'image', (object) => {
    const spec = podSpecOf(object)
    if (!spec) throw new Refusal(`${nameOfObject(object)} the object is not a pod or does not have a pod template`)
    for (const [wanted, image] of images) {
      const all = [...(spec.initContainers ?? []), ...spec.containers]
      const hit = wanted === '*' ? all : all.filter(({ name }: Json) => name === wanted)
      if (hit.length === 0) throw new Refusal(`unable to find container named ${JSON.stringify(wanted)}`)
      for (const container of hit) container.image = image
    }
  })
}

function nameOfObject({ kind, metadata, apiVersion }: Json): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  return `${kind.toLowerCase()}${group}/${metadata.name}`
}

export function* setResources(call: Call): Blocking<void> {
  const { flags } = call
  if (flags.text('limits') === '' && flags.text('requests') === '')
    throw new Refusal('you must specify an update to requests or limits (in the form of --requests/--limits)')
  const amounts = (text: string): Record<string, string> => {
    if (text === '') return {}
    return Object.fromEntries(
      text.split(',').map((pair) => {
        const parts = pair.split('=')
        if (parts.length !== 2)
          throw new Refusal(`invalid argument syntax ${pair}, expected <resource>=<value>`.replace('invalid', 'Invalid'))
        if (quantity(parts[1]) === undefined)
          throw new Refusal("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        return parts as [string, string]
      }),
    )
  }
  const limits = amounts(flags.text('limits'))
  const requests = amounts(flags.text('requests'))
  yield* changed(call, call.args, 'resources', (object) => {
    const hit = selectedContainers(podSpecOf(object), flags.text('containers'))
    if (hit.length === 0) throw new Refusal(`unable to find container named ${flags.text('containers')}`)
    for (const container of hit) {
      container.resources ??= {}
      if (Object.keys(limits).length > 0) container.resources.limits = { ...container.resources.limits, ...limits }
      if (Object.keys(requests).length > 0) container.resources.requests = { ...container.resources.requests, ...requests }
      for (const side of ['limits', 'requests'])
        for (const [name, value] of Object.entries(container.resources[side] ?? {}))
          if (quantity(value) === 0) delete container.resources[side][name]
    }
  })
}

function selectedContainers(spec: Json, pattern: string): Json[] {
  const test = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  )
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].filter(({ name }: Json) => test.test(name))
}

export function* setEnv(call: Call): Blocking<void> {
  const { flags } = call
  const resources: string[] = []
  const pairs = [...flags.list('env')]
  const removed: string[] = []
  for (const arg of call.args) {
    if (arg.indexOf('=') > 0) pairs.push(arg)
    else if (arg.endsWith('-') && arg.length > 1 && resources.length > 0) removed.push(arg.slice(0, -1))
    else if (pairs.length > 0 || removed.length > 0) throw new Refusal(`all resources must be specified before environment changes: ${arg}`)
    else resources.push(arg)
  }
  if (resources.length === 0 && !hasFiles(call))
    throw new Refusal('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  const from = flags.text('from')
  const added: Json[] = pairs.map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) }))
  if (from !== '') added.push(...(yield* envFrom(call, from)))
  if (flags.is('list')) return yield* listEnv(call, resources)
  yield* changed(call, resources, 'env', (object) => {
    const spec = podSpecOf(object)
    const hit = selectedContainers(spec, flags.text('containers'))
    if (hit.length === 0)
      return `Warning: ${object.kind}/${object.metadata.name} does not have any containers matching ${JSON.stringify(flags.text('containers'))}\n`
    for (const container of hit) {
      const env: Json[] = [...(container.env ?? [])]
      for (const variable of added) {
        const index = env.findIndex(({ name }) => name === variable.name)
        if (index >= 0 && !flags.is('overwrite'))
          throw new Refusal(`'${variable.name}' already has a value (${env[index].value}), and --overwrite is false`)
        if (index >= 0) env[index] = variable
        else env.push(variable)
      }
      container.env = env.filter(({ name }) => !removed.includes(name))
      if (container.env.length === 0) delete container.env
    }
  })
}

function* envFrom(call: Call, from: string): Blocking<Json[]> {
  const errors: Error[] = []
  const infos = yield* select(call, errors, { args: [from], isLatest: true, accept: accept.any })
  throwAll(errors)
  const keys = call.flags.list('keys')
  const prefix = call.flags.text('prefix')
  return infos.flatMap(({ object, resource, name }) => {
    if (resource.kind !== 'Secret' && resource.kind !== 'ConfigMap') throw new Refusal(`unsupported resource specified in --from`)
    return Object.keys(object.data ?? {})
      .filter((key) => keys.length === 0 || keys.includes(key))
      .sort()
      .map((key) => ({
        name: `${prefix}${key.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}`,
        valueFrom: resource.kind === 'Secret' ? { secretKeyRef: { name, key } } : { configMapKeyRef: { name, key } },
      }))
  })
}

function* listEnv(call: Call, resources: readonly string[]): Blocking<void> {
  const errors: Error[] = []
  for (const { object, resource, name } of yield* select(call, errors, { args: resources, isLatest: true, accept: accept.any })) {
    for (const container of selectedContainers(podSpecOf(object), call.flags.text('containers'))) {
      yield* call.out(`# ${resource.kind} ${name}, container ${container.name}\n`)
      for (const { name: variable, value = '', valueFrom } of container.env ?? []) {
        if (!valueFrom) yield* call.out(`${variable}=${value}\n`)
        else {
          const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom
          const text = configMapKeyRef
            ? `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`
            : secretKeyRef
              ? `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`
              : fieldRef
                ? `field path ${fieldRef.fieldPath}`
                : `resource field ${resourceFieldRef?.resource}`
          yield* call.out(`# ${variable} from ${text}\n`)
        }
      }
    }
  }
  throwAll(errors)
}

export function* setServiceAccount(call: Call): Blocking<void> {
  if (call.args.length === 0) throw new Refusal('serviceaccount is required')
  const resources = call.args.slice(0, -1)
  const account = call.args.at(-1)
  if (resources.length === 0 && !hasFiles(call)) throw nothingSelected()
  yield* changed(call, resources, 'serviceaccount', (object) => {
    const spec = podSpecOf(object)
    spec.serviceAccountName = account
    // Both names are kept in step by the server; the old one only when it is there already.
    if (spec.serviceAccount !== undefined) spec.serviceAccount = account
  })
}

export function* setSelector(call: Call): Blocking<void> {
  const resources = call.args.slice(0, -1)
  const selector = selectorOf(call.args.at(-1) ?? '')
  const [rule] = selector.matchExpressions ?? []
  if (rule)
    throw new Refusal(`match expression [{${rule.key} ${rule.operator} [${(rule.values ?? []).join(' ')}]}] not supported on this object`)
  if (call.args.length === 0) throw new Refusal('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  yield* changed(call, resources, 'selector', (object) => {
    if (object.kind !== 'Service') throw new Refusal('setting a selector is only supported for Services')
    object.spec.selector = selector.matchLabels ?? {}
  })
}

export function* setSubject(call: Call): Blocking<void> {
  const subjects = subjectsOf(call)
  if (subjects.length === 0) throw new Refusal('you must specify at least one value of user, group or serviceaccount')
  yield* changed(call, call.args, 'subjects', (object) => {
    const before: Json[] = object.subjects ?? []
    const fresh = subjects.filter((subject) => !before.some((known) => equal(known, subject)))
    object.subjects = [...before, ...fresh]
  })
}

export { labelSelector, nameWithGroup, Quit }
