/** `kubectl run`: one Pod from an image; with -i attaches to it, with --rm deletes it at the end. */
import type { Blocking } from '../../unix/kernel/process.ts'
import { attachTo } from './attach.ts'
import type { Call } from './call.ts'
import { changeCause, generated, posted } from './create.ts'
import { deleteInfo } from './delete.ts'
import { pathOf } from './discovery.ts'
import type { Json, KubeObject } from './json.ts'
import { Bare, Refusal } from './refusal.ts'
import { resourceNamed } from './select.ts'
import { mergePatched, patched } from './strategic.ts'
import { met } from './wait.ts'

export function* run(call: Call): Blocking<void> {
  const { flags } = call
  if (!flags.isSet('image')) throw new Refusal('required flag(s) "image" not set')
  const [name, ...command] = call.args
  if (name === undefined || flags.dashAt === 0) throw call.usage('NAME is required for run')
  const image = flags.text('image')
  if (image === '') throw new Refusal('--image is required')
  if (!isReference(image)) throw new Refusal(`Invalid image name ${JSON.stringify(image)}: invalid reference format`)
  const isInteractive = flags.is('stdin')
  if (flags.is('tty') && !isInteractive) throw new Refusal('-i/--stdin is required for containers with -t/--tty=true')
  if (flags.is('expose') && flags.text('port') === '') throw call.usage('--port must be set when exposing a service')
  if (flags.dashAt > 1) throw new Refusal(`${command.slice(0, flags.dashAt - 1).join(' ')}`)
  const restart = flags.text('restart')
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) throw call.usage(`invalid restart policy: ${restart}`)
  const pullPolicy = flags.text('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pullPolicy)) throw call.usage(`invalid image pull policy: ${pullPolicy}`)
  const isAttached = flags.isSet('attach') ? flags.is('attach') : isInteractive
  if (flags.is('rm') && !isAttached) throw call.usage('--rm should only be used for attached containers')
  if (isAttached && call.dryRun !== 'none')
    throw new Refusal("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)")
  if (flags.is('rm') && call.dryRun === 'server')
    throw new Refusal("--dry-run=server can't be used with attached containers options (--attach, --stdin, or --tty)")
  const pod = yield* overridden(call, podOf(call, name, image, command))
  const made = { object: pod, plural: 'pods', isNamespaced: true, isUnchecked: true }
  // The real tool looks the kind up first, so a server that is away is noticed even in a dry run.
  yield* call.discovery()
  if (!isAttached) {
    if (flags.is('expose')) {
      yield* exposed(call, name)
      // Two separators: one of the command itself, one of the printer that goes on to a second document.
      if (flags.text('output') === 'yaml' || flags.text('output') === 'json')
        yield* call.out(flags.text('output') === 'yaml' ? '---\n---\n' : '---\n')
    }
    return yield* generated(call, made)
  }
  const created = yield* posted(call, made, pod)
  try {
    yield* attached(call, created)
  } finally {
    if (flags.is('rm')) yield* removed(call, created)
  }
}

function isReference(image: string): boolean {
  return /^([a-zA-Z0-9.-]+(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?$/.test(
    image,
  )
}

function podOf(call: Call, name: string, image: string, command: readonly string[]): KubeObject {
  const { flags } = call
  const labels = flags.text('labels') === '' ? { run: name } : labelsOf(flags.text('labels'))
  const env = flags.list('env').map((text) => {
    const equals = text.indexOf('=')
    if (equals <= 0 || !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text.slice(0, equals))) throw new Refusal(`invalid env: ${text}`)
    return { name: text.slice(0, equals), ...(text.length > equals + 1 ? { value: text.slice(equals + 1) } : {}) }
  })
  const annotations = Object.fromEntries(flags.list('annotations').map((text) => [text.split('=')[0], text.slice(text.indexOf('=') + 1)]))
  if (flags.is('record')) annotations['kubernetes.io/change-cause'] = changeCause(call)
  const port = flags.text('port')
  if (port !== '' && !/^\d+$/.test(port))
    throw new Refusal(`strconv.ParseInt: parsing ${JSON.stringify(port)}: invalid syntax`.replace('ParseInt', 'Atoi'))
  const isOnce = flags.is('stdin') && !flags.is('leave-stdin-open')
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      ...(call.access.isNamespaceForced ? { namespace: call.namespace } : {}),
      creationTimestamp: null,
      labels,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      containers: [
        {
          name,
          image,
          ...(command.length > 0 ? (flags.is('command') ? { command } : { args: command }) : {}),
          ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
          ...(env.length > 0 ? { env } : {}),
          resources: {},
          ...(flags.text('image-pull-policy') === '' ? {} : { imagePullPolicy: flags.text('image-pull-policy') }),
          ...(flags.is('privileged') ? { securityContext: { privileged: true } } : {}),
          ...(flags.is('stdin') ? { stdin: true } : {}),
          ...(isOnce ? { stdinOnce: true } : {}),
          ...(flags.is('tty') ? { tty: true } : {}),
        },
      ],
      restartPolicy: flags.text('restart'),
      dnsPolicy: 'ClusterFirst',
    },
    status: {},
  }
}

export function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const parts = pair.split('=')
      if (parts.length !== 2) throw new Refusal(`unexpected label spec: ${pair}`)
      if (parts[0] === '') throw new Refusal(`unexpected empty label key`)
      return parts as [string, string]
    }),
  )
}

function* overridden(call: Call, object: KubeObject): Blocking<KubeObject> {
  const text = call.flags.text('overrides')
  if (text === '') return object
  let patch: Json
  try {
    patch = JSON.parse(text)
  } catch {
    throw new Refusal('Invalid JSON Patch')
  }
  if (call.flags.text('override-type') === 'strategic') return patched(object.kind, object, patch)
  return mergePatched(object, patch)
}

function* exposed(call: Call, name: string): Blocking<void> {
  const port = call.flags.number('port')
  yield* generated(call, {
    object: {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { name, ...(call.access.isNamespaceForced ? { namespace: call.namespace } : {}), creationTimestamp: null },
      spec: {
        ports: [{ protocol: 'TCP', port, targetPort: port }],
        selector: call.flags.text('labels') === '' ? { run: name } : labelsOf(call.flags.text('labels')),
      },
      status: { loadBalancer: {} },
    },
    plural: 'services',
    isNamespaced: true,
    isUnchecked: true,
  })
}

function* attached(call: Call, created: Json): Blocking<void> {
  const { flags } = call
  const resource = yield* resourceNamed(call, 'pods')
  const { name, namespace } = created.metadata
  const info = { resource, name, namespace, object: created }
  const within = (): number => call.process.now() + flags.duration('pod-running-timeout')
  const started = yield* met(call, info, ({ status }) => isEnded(status) || (status?.phase === 'Running' && isReady(status)), within())
  if (!started) throw new Refusal('timed out waiting for the condition')
  if (isEnded(started.status))
    yield* call.out(yield* call.api.text('GET', pathOf(resource, namespace, name, 'log'), { query: { container: name } }))
  else
    yield* attachTo(call, started, started.spec.containers[0].name, {
      hasStdin: flags.is('stdin'),
      isTty: flags.is('tty') && call.isTerminal,
    })
  const { restartPolicy } = started.spec
  if (flags.is('leave-stdin-open') || restartPolicy === 'Always') return
  const ended = yield* met(
    call,
    info,
    ({ status }) => (restartPolicy === 'Never' ? isEnded(status) : status?.phase === 'Succeeded'),
    within(),
  )
  if (!ended) throw new Refusal('timed out waiting for the condition')
  if (ended.status.phase === 'Succeeded') return
  const end = ended.status.containerStatuses?.[0]?.state?.terminated
  if (!end?.exitCode) throw new Refusal(`pod ${namespace}/${name} failed with unknown exit code`)
  throw new Bare(`pod ${namespace}/${name} terminated (${end.reason})\n${end.message ?? ''}`, end.exitCode)
}

function isEnded(status: Json): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

function isReady(status: Json): boolean {
  return (status?.conditions ?? []).some((condition: Json) => condition.type === 'Ready' && condition.status === 'True')
}

function* removed(call: Call, created: Json): Blocking<void> {
  const resource = yield* resourceNamed(call, 'pods')
  const { name, namespace } = created.metadata
  yield* deleteInfo(call, { resource, name, namespace, object: created }, -1)
  if (!call.flags.is('quiet')) yield* call.out(`pod ${JSON.stringify(name)} deleted\n`)
}
