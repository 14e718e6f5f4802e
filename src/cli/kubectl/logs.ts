/** `kubectl logs`: one container or many, past or following; with --prefix each line says where it came from. */
import type { ByteStream, HttpResponse } from '../../base/http.ts'
import { textOf } from '../../base/bytes.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import { defaulted, labelSelector, podSelector } from './attach.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { pathOf } from './discovery.ts'
import type { Json } from './json.ts'
import { isNotFound, Refusal, StatusError } from './refusal.ts'
import { targets } from './select.ts'

interface Source {
  readonly pod: Json
  readonly container: string
}

export function* logs(call: Call): Blocking<void> {
  const { flags, args } = call
  const selector = flags.text('selector')
  checkFlags(call)
  if (args.length === 0 && selector === '')
    throw call.usage(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  if (args.length > 0 && selector !== '') throw call.usage('only a selector (-l) or a POD name is allowed')
  if (args.length > 2)
    throw call.usage(
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    )
  const isAllContainers = flags.is('all-containers') || flags.is('all-pods')
  const sources: Source[] = []
  for (const pod of yield* podsFor(call)) {
    if (isAllContainers) sources.push(...allContainers(pod))
    else sources.push({ pod, container: yield* chosenContainer(call, pod, args[1]) })
  }
  if (sources.length === 0) {
    yield* call.err(`No resources found in ${call.namespace} namespace.\n`)
    return
  }
  const limit = flags.number('max-log-requests')
  if (flags.is('follow') && sources.length > limit)
    throw new Refusal(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    )
  const isPrefixed = flags.is('prefix') || flags.is('all-pods')
  if (flags.is('follow') && sources.length > 1) return yield* followAll(call, sources, isPrefixed)
  for (const source of sources) {
    try {
      yield* copied(call, yield* opened(call, source), prefixOf(source, isPrefixed))
    } catch (error) {
      if (!flags.is('ignore-errors') || !(error instanceof StatusError)) throw error
      yield* call.out(`error: ${error.message}\n`)
    }
  }
}

function checkFlags(call: Call): void {
  const { flags } = call
  if (flags.isSet('since') && flags.text('since-time') !== '')
    throw new Refusal('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.isSet('since') && flags.duration('since') <= 0) throw new Refusal('--since must be greater than 0')
  if (flags.isSet('limit-bytes') && flags.number('limit-bytes') <= 0) throw new Refusal('--limit-bytes must be greater than 0')
  if (flags.number('tail') < -1) throw new Refusal('--tail must be greater than or equal to -1')
  if (flags.is('all-containers') && flags.text('container') !== '')
    throw new Refusal('--all-containers=true should not be specified with container name')
}

function* podsFor(call: Call): Blocking<Json[]> {
  const { flags, args } = call
  const path = `/api/v1/namespaces/${call.namespace}/pods`
  if (args.length === 0) {
    const list = yield* call.api.get(path, { labelSelector: flags.text('selector'), limit: 500 }, accept.json)
    return list.items ?? []
  }
  const [word] = args
  if (!word.includes('/')) {
    try {
      return [yield* call.api.get(`${path}/${word}`, {}, accept.any)]
    } catch (error) {
      throw notFoundIn(call, error)
    }
  }
  const [{ resource, name = '' }] = yield* targets(call, [word])
  let object: Json
  try {
    object = yield* call.api.get(pathOf(resource, call.namespace, name), {}, accept.any)
  } catch (error) {
    throw notFoundIn(call, error)
  }
  if (resource.kind === 'Pod') return [object]
  const selector = podSelector(resource.kind, object, 'get the logs from')
  const list = yield* call.api.get(path, { labelSelector: selector, limit: 500 }, accept.protobuf)
  const pods: Json[] = [...(list.items ?? [])].sort(
    (a, b) => rank(b) - rank(a) || Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp),
  )
  if (pods.length === 0) throw new Refusal('timed out waiting for the condition')
  if (flags.is('all-pods')) return pods
  if (pods.length > 1) yield* call.err(`Found ${pods.length} pods, using pod/${pods[0].metadata.name}\n`)
  return [pods[0]]
}

/** The one command that says where it looked. */
function notFoundIn(call: Call, error: unknown): unknown {
  return error instanceof StatusError && isNotFound(error)
    ? new Refusal(`error from server (NotFound): ${error.message} in namespace ${JSON.stringify(call.namespace)}`)
    : error
}

/** Which pod's log is the most telling: scheduled, running, ready. */
function rank({ spec, status }: Json): number {
  const isReady = (status?.conditions ?? []).some(({ type, status: value }: Json) => type === 'Ready' && value === 'True')
  return (spec.nodeName ? 8 : 0) + (status?.phase === 'Running' ? 4 : status?.phase === 'Pending' ? 0 : 2) + (isReady ? 1 : 0)
}

function allContainers(pod: Json): Source[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])].map(({ name }: Json) => ({
    pod,
    container: name,
  }))
}

function* chosenContainer(call: Call, pod: Json, positional: string | undefined): Blocking<string> {
  const wanted = call.flags.text('container') || positional
  const all: Json[] = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])]
  if (wanted) {
    if (!all.some(({ name }) => name === wanted)) throw new Refusal(`container ${wanted} is not valid for pod ${pod.metadata.name}`)
    return wanted
  }
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (annotated !== undefined && all.some(({ name }) => name === annotated)) return annotated
  const { name } = pod.spec.containers[0]
  if (all.length > 1) yield* call.err(`${defaulted(pod, name)}\n`)
  return name
}

function* opened(call: Call, { pod, container }: Source): Blocking<HttpResponse> {
  const { flags } = call
  // A selector shows only the last lines of each, unless asked otherwise.
  const tail = flags.isSet('tail') ? flags.number('tail') : flags.text('selector') !== '' ? 10 : -1
  return yield* call.api.ask('GET', `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/log`, {
    accept: accept.any,
    query: {
      container,
      follow: flags.is('follow') || undefined,
      previous: flags.is('previous') || undefined,
      timestamps: flags.is('timestamps') || undefined,
      sinceSeconds: flags.isSet('since') ? Math.ceil(flags.duration('since') / 1000) : undefined,
      sinceTime: flags.text('since-time') || undefined,
      tailLines: tail >= 0 ? tail : undefined,
      limitBytes: flags.isSet('limit-bytes') ? flags.number('limit-bytes') : undefined,
    },
  })
}

function prefixOf({ pod, container }: Source, isPrefixed: boolean): string {
  return isPrefixed ? `[pod/${pod.metadata.name}/${container}] ` : ''
}

function* copied(call: Call, { body }: HttpResponse, prefix: string): Blocking<void> {
  if (typeof body === 'string' || body instanceof Uint8Array)
    return yield* call.out(prefixed(typeof body === 'string' ? body : textOf(body), prefix))
  const lines = new Lines(prefix)
  for (;;) {
    const chunk = body.read()
    if (chunk) yield* call.out(prefix === '' ? chunk : lines.take(textOf(chunk)))
    else if (body.isOver) break
    else yield { on: [body.readable] }
  }
  yield* call.out(lines.rest())
}

function prefixed(text: string, prefix: string): string {
  return prefix === '' || text === ''
    ? text
    : text.replace(/^(?=.|\n)/gm, prefix).replace(new RegExp(`\n${prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`), '\n')
}

/** Whole lines with a prefix; what is not yet a line waits. */
class Lines {
  readonly #prefix: string
  #rest = ''

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  take(text: string): string {
    const parts = (this.#rest + text).split('\n')
    this.#rest = parts.pop() ?? ''
    return parts.map((line) => `${this.#prefix}${line}\n`).join('')
  }

  rest(): string {
    return this.#rest === '' ? '' : `${this.#prefix}${this.#rest}`
  }
}

function* followAll(call: Call, sources: readonly Source[], isPrefixed: boolean): Blocking<void> {
  const streams: { readonly body: ByteStream; readonly lines: Lines }[] = []
  for (const source of sources) {
    const { body } = yield* opened(call, source)
    if (typeof body === 'string' || body instanceof Uint8Array)
      yield* call.out(prefixed(typeof body === 'string' ? body : textOf(body), prefixOf(source, isPrefixed)))
    else streams.push({ body, lines: new Lines(prefixOf(source, isPrefixed)) })
  }
  while (streams.some(({ body }) => !body.isOver)) {
    let hasRead = false
    for (const { body, lines } of streams) {
      for (let chunk = body.read(); chunk; chunk = body.read()) {
        hasRead = true
        yield* call.out(lines.take(textOf(chunk)))
      }
    }
    if (!hasRead) yield { on: streams.filter(({ body }) => !body.isOver).map(({ body }) => body.readable) }
  }
}

export { labelSelector }
