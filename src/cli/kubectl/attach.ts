/**
 * Streams between this process and a container: `exec`, `attach` and `run -it`. Frames of `v5.channel.k8s.io`: the first byte says which
 * stream; channel 3 brings how it ended.
 */
import { bytesOf, joined, textOf } from '../../base/bytes.ts'
import type { Upgraded } from '../../base/http.ts'
import { type Blocking, writeTo } from '../../unix/kernel/process.ts'
import type { Call } from './call.ts'
import type { Json } from './json.ts'
import { Bare, Refusal } from './refusal.ts'
import { resourceNamed, targets } from './select.ts'
import { pathOf } from './discovery.ts'

const protocol = 'v5.channel.k8s.io'

export interface StreamOptions {
  readonly hasStdin: boolean
  readonly isTty: boolean
}

export function* exec(call: Call): Blocking<void> {
  const { flags } = call
  const { dashAt } = flags
  const hasFile = flags.list('filename').length > 0
  const before = dashAt >= 0 ? call.args.slice(0, dashAt) : call.args
  const command = dashAt >= 0 ? call.args.slice(dashAt) : []
  if (before.length === 0 && !hasFile) throw new Refusal('pod, type/name or --filename must be specified')
  if (dashAt < 0 && before.length > 1)
    throw call.usage('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
  if (command.length === 0) throw new Refusal('you must specify at least one command for the container')
  const pod = yield* podNamed(call, before[0] ?? '', flags.duration('pod-running-timeout'))
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed')
    throw new Refusal(`cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`)
  // Whether the pod has a container of that name the server will say.
  const container = flags.text('container') || (yield* containerOf(call, pod))
  const options = yield* streamOptions(call)
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/exec`
  const connection = yield* call.api.connect(path, { command, container, ...streamQuery(options) }, protocol)
  yield* joinedTo(call, connection, options)
}

export function* attach(call: Call): Blocking<void> {
  const { flags } = call
  if (call.args.length === 0 && flags.list('filename').length === 0) throw new Refusal('at least 1 argument is required for attach')
  if (call.args.length > 1)
    throw call.usage('expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ' + `${call.args.length}: ${call.args.join(' ')}`)
  const pod = yield* podNamed(call, call.args[0] ?? '', flags.duration('pod-running-timeout'))
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed')
    throw new Refusal(`cannot attach a container in a completed pod; current phase is ${pod.status.phase}`)
  const container = yield* containerOf(call, pod)
  yield* attachTo(call, pod, container, yield* streamOptions(call))
}

/** Joins the streams of a container's own process. A container that has a terminal gets one on this side too. */
export function* attachTo(call: Call, pod: Json, name: string, { hasStdin, isTty }: StreamOptions): Blocking<void> {
  const isQuiet = call.flags.is('quiet')
  const isEphemeral = (pod.spec.ephemeralContainers ?? []).some((container: Json) => container.name === name)
  const container: Json =
    [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].find(
      (each) => each.name === name,
    ) ?? {}
  if (isTty && !container.tty && !isQuiet) yield* call.err(`error: Unable to use a TTY - container ${name} did not allocate one\n`)
  const options = { hasStdin, isTty: container.tty === true && (isTty || !hasStdin || call.isTerminal) }
  if (!isQuiet) yield* call.err("If you don't see a command prompt, try pressing enter.\n")
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/attach`
  const connection = yield* call.api.connect(path, { container: name, ...streamQuery(options) }, protocol)
  yield* joinedTo(call, connection, options, { redraws: true })
  if (isQuiet || !hasStdin || !options.isTty || !call.isTerminal || pod.spec.restartPolicy !== 'Always') return
  const again = `kubectl attach ${pod.metadata.name} -c ${name} -i -t`
  yield* call.err(
    isEphemeral
      ? `Session ended, the ephemeral container will not be restarted but may be reattached using '${again}' if it is still running\n`
      : `Session ended, resume using '${again}' command when the pod is running\n`,
  )
}

function* streamOptions(call: Call): Blocking<StreamOptions> {
  const hasStdin = call.flags.is('stdin')
  let isTty = call.flags.is('tty')
  if (isTty && !hasStdin) {
    // As docker: a terminal without input is only output in colours.
    isTty = call.isTerminal
  }
  if (isTty && !call.isTerminal) {
    yield* call.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
    isTty = false
  }
  return { hasStdin, isTty }
}

function streamQuery({ hasStdin, isTty }: StreamOptions): Record<string, boolean | undefined> {
  return { stdin: hasStdin || undefined, stdout: true, stderr: isTty ? undefined : true, tty: isTty || undefined }
}

/** Copies until the other side says how it ended. */
export function* joinedTo(
  call: Call,
  connection: Upgraded,
  { hasStdin, isTty }: StreamOptions,
  { redraws = false }: { readonly redraws?: boolean } = {},
): Blocking<void> {
  const { process } = call
  const { incoming, outgoing } = connection
  const terminal = isTty ? process.terminal : undefined
  const before = terminal && { mode: terminal.mode, echo: terminal.echo, signals: terminal.signals, onlcr: terminal.onlcr }
  const send = (channel: number, bytes: Uint8Array): void => incoming.write(joined([Uint8Array.of(channel), bytes]))
  const sendSize = (cols: number, rows: number): void => send(4, bytesOf(`{"Width":${cols},"Height":${rows}}\n`))
  let size = ''
  let hasInput = hasStdin
  if (terminal) {
    terminal.mode = 'raw'
    terminal.echo = false
    terminal.signals = false
    terminal.onlcr = false
    // One more and back again, so that what stood on the screen before is drawn once more.
    if (redraws) sendSize(terminal.cols + 1, terminal.rows + 1)
  }
  try {
    for (;;) {
      if (terminal && `${terminal.cols}x${terminal.rows}` !== size) {
        size = `${terminal.cols}x${terminal.rows}`
        sendSize(terminal.cols, terminal.rows)
      }
      for (let frame = outgoing.read(); frame; frame = outgoing.read()) {
        const [channel] = frame
        const body = frame.subarray(1)
        if (channel === 1 && body.length > 0) yield* call.out(body)
        else if (channel === 2 && body.length > 0) yield* writeError(call, body)
        else if (channel === 3) return finished(textOf(body))
      }
      if (outgoing.isOver) return
      const waiting = [outgoing.readable]
      if (hasInput) {
        const file = process.file(0)
        const bytes = file.read(32_768)
        if (bytes === undefined) waiting.push(file.readable)
        else if (bytes.length === 0) {
          hasInput = false
          incoming.write(Uint8Array.of(255, 0))
        } else {
          send(0, bytes)
          continue
        }
      }
      yield { on: waiting }
    }
  } finally {
    incoming.end()
    outgoing.cancel()
    if (terminal && before) Object.assign(terminal, before)
  }
}

function* writeError(call: Call, bytes: Uint8Array): Blocking<void> {
  yield* writeTo(call.process, 2, bytes)
}

/** The Status at the end: success, the command's own exit code, or what went wrong. */
function finished(text: string): void {
  const status = JSON.parse(text)
  if (status.status === 'Success') return
  const code = status.details?.causes?.find(({ reason }: Json) => reason === 'ExitCode')?.message
  if (status.reason === 'NonZeroExitCode' && code !== undefined) throw new ExitCode(Number(code))
  throw new Refusal(status.message ?? 'unknown error')
}

/** The command in the container ended with this code; kubectl says so and ends with the same. */
export class ExitCode extends Bare {
  constructor(code: number) {
    super(`command terminated with exit code ${code}`, code)
  }
}

/** The pod that a word means: its name, or one of those behind a Deployment or Service. */
function* podNamed(call: Call, word: string, timeoutMs: number): Blocking<Json> {
  if (!word.includes('/')) {
    return yield* call.api.get(`/api/v1/namespaces/${call.namespace}/pods/${word}`, {}, 'application/json, */*')
  }
  const [{ resource, name = '' }] = yield* targets(call, [word])
  if (resource.kind === 'Pod') return yield* call.api.get(pathOf(resource, call.namespace, name), {}, 'application/json, */*')
  const object = yield* call.api.get(pathOf(resource, call.namespace, name), {}, 'application/json, */*')
  return yield* firstPodOf(call, resource.kind, object, timeoutMs)
}

/** The best of an owner's pods: running and ready before others. */
export function* firstPodOf(call: Call, kind: string, object: Json, timeoutMs: number): Blocking<Json> {
  const selector = podSelector(kind, object, 'attach to')
  const pods = yield* resourceNamed(call, 'pods')
  const until = call.process.now() + timeoutMs
  for (;;) {
    const list = yield* call.api.get(pathOf(pods, call.namespace), { labelSelector: selector })
    const items: Json[] = [...(list.items ?? [])].sort((a, b) => rank(b) - rank(a))
    if (items.length > 0) return { apiVersion: 'v1', kind: 'Pod', ...items[0] }
    if (call.process.now() >= until) throw new Refusal('timed out waiting for the condition')
    yield { until: Math.min(until, call.process.now() + 1000) }
  }
}

function rank({ spec, status }: Json): number {
  const isReady = (status?.conditions ?? []).some((condition: Json) => condition.type === 'Ready' && condition.status === 'True')
  return (spec?.nodeName ? 1 : 0) + (status?.phase === 'Running' ? 4 : status?.phase === 'Pending' ? 0 : 2) + (isReady ? 8 : 0)
}

export function podSelector(kind: string, { metadata, spec }: Json, what: string): string {
  const goType = `*v1.${kind}`
  const wrong = (why: string): Refusal =>
    new Refusal(`cannot ${what.split(' ')[0]}${what.includes('logs') ? ' the logs from' : ' to'} ${goType}: ${why}`)
  if (kind === 'Service') {
    if (!spec.selector || Object.keys(spec.selector).length === 0)
      throw wrong(`invalid service '${metadata.name}': Service is defined without a selector`)
    return labelSelector({ matchLabels: spec.selector })
  }
  if (kind === 'ReplicationController') return labelSelector({ matchLabels: spec.selector })
  if (['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)) return labelSelector(spec.selector)
  throw new Refusal(`cannot ${what} ${goType}: selector for ${goType} not implemented`)
}

export function labelSelector({ matchLabels = {}, matchExpressions = [] }: Json): string {
  const terms = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
  for (const { key, operator, values = [] } of matchExpressions) {
    if (operator === 'In') terms.push(`${key} in (${[...values].sort().join(',')})`)
    else if (operator === 'NotIn') terms.push(`${key} notin (${[...values].sort().join(',')})`)
    else terms.push(operator === 'Exists' ? key : `!${key}`)
  }
  return terms.sort().join(',')
}

/** For who attaches: -c, the annotation, or the first container, which is then said. */
export function* containerOf(call: Call, pod: Json): Blocking<string> {
  const wanted = call.flags.text('container')
  const all: Json[] = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])]
  if (wanted !== '') {
    if (!all.some(({ name }) => name === wanted))
      throw new Refusal(`cannot attach to the container: container ${wanted} not found in pod ${pod.metadata.name}`)
    return wanted
  }
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (annotated !== undefined && all.some(({ name }) => name === annotated)) return annotated
  const [first] = pod.spec.containers
  if (all.length > 1 && !(call.flags.knows('quiet') && call.flags.is('quiet'))) yield* call.err(`${defaulted(pod, first.name)}\n`)
  return first.name
}

export function defaulted(pod: Json, name: string): string {
  const names = [
    ...pod.spec.containers.map((container: Json) => container.name),
    ...(pod.spec.initContainers ?? []).map((container: Json) => `${container.name} (init)`),
    ...(pod.spec.ephemeralContainers ?? []).map((container: Json) => `${container.name} (ephem)`),
  ]
  return `Defaulted container ${JSON.stringify(name)} out of: ${names.join(', ')}`
}
