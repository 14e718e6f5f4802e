/**
 * `kubectl debug`: a look into a pod by an ephemeral container, by a changed copy of it, or onto a node by a pod in the node's own
 * namespaces. What the new container may do is the profile's; the default one, legacy, says at each use that it is going away.
 */
import type { Blocking } from '../../unix/kernel/process.ts'
import { attachTo } from './attach.ts'
import type { Call } from './call.ts'
import { accept } from './connection.ts'
import { deleteInfo } from './delete.ts'
import { pathOf } from './discovery.ts'
import { copied, type Json } from './json.ts'
import { Refusal } from './refusal.ts'
import { resourceNamed, targets } from './select.ts'
import { met } from './wait.ts'

type Style = 'node' | 'copy' | 'ephemeral'

export function* debug(call: Call): Blocking<void> {
  const { flags } = call
  const { names, command } = words(call)
  const images = checked(call, names, command)
  const applied = profiles[flags.text('profile')]
  if (!applied) throw new Refusal(`unknown profile: ${flags.text('profile')}`)
  if (flags.text('profile') === 'legacy')
    yield* call.err(
      '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
    )
  for (const { resource, name = '' } of yield* targets(call, names.some((word) => word.includes('/')) ? names : ['pods', ...names])) {
    const namespace = resource.isNamespaced ? call.namespace : undefined
    const object = yield* call.api.get(pathOf(resource, namespace, name), {}, accept.any)
    if (resource.kind === 'Node') yield* onNode(call, object, command, applied)
    else if (resource.kind !== 'Pod')
      throw new Refusal(
        `${JSON.stringify(`${resource.group === '' ? '' : `${resource.group}/`}${resource.version}, Kind=${resource.kind}`)} not supported by debug`,
      )
    else if (flags.text('copy-to') !== '') yield* byCopy(call, object, command, images, applied)
    else yield* byEphemeral(call, object, command, applied)
  }
}

/** Names, and the command behind `--`. */
function words({ flags, args }: Call): { names: readonly string[]; command: readonly string[] } {
  return flags.dashAt >= 0 ? { names: args.slice(0, flags.dashAt), command: args.slice(flags.dashAt) } : { names: args, command: [] }
}

/** What `--set-image` asks for, after the flags have been found to fit together. */
function checked({ flags }: Call, names: readonly string[], command: readonly string[]): Readonly<Record<string, string>> {
  const image = flags.text('image')
  const isCopy = flags.text('copy-to') !== ''
  const images = Object.fromEntries(
    flags.list('set-image').map((pair) => {
      const [name, value = ''] = pair.split('=')
      if (name === '' || value === '') throw new Refusal(`invalid image(s): ${pair}`.replace('invalid image(s)', 'invalid argument'))
      return [name, value]
    }),
  )
  const hasImages = Object.keys(images).length > 0
  if (isCopy) {
    if (image === '' && !hasImages && command.length === 0) throw new Refusal('you must specify --image, --set-image or command arguments.')
    if (command.length > 0 && flags.text('container') === '' && image === '')
      throw new Refusal('you must specify an existing container or a new image when specifying args.')
  } else {
    if (hasImages) throw new Refusal('--set-image may only be used with --copy-to.')
    if (image === '') throw new Refusal('you must specify --image when not using --copy-to.')
  }
  if (names.length === 0) throw new Refusal('NAME is required for debug')
  if (flags.text('target') !== '' && isCopy) throw new Refusal('--target is incompatible with --copy-to. Use --share-processes instead.')
  if (!isCopy && flags.is('replace')) throw new Refusal('--replace may only be used with --copy-to.')
  if (!isCopy && flags.is('same-node')) throw new Refusal('--same-node may only be used with --copy-to.')
  if (flags.is('tty') && !flags.is('stdin')) throw new Refusal('-i/--stdin is required for containers with -t/--tty=true')
  return images
}

/** The fields of a debugging container that flags give. */
function wanted({ flags }: Call, command: readonly string[]): Json {
  const env = flags.list('env').map((pair) => ({ name: pair.split('=')[0], value: pair.slice(pair.indexOf('=') + 1) }))
  return {
    ...(command.length > 0 ? (flags.is('arguments-only') ? { args: command } : { command }) : {}),
    ...(env.length > 0 ? { env } : {}),
    ...(flags.text('image') === '' ? {} : { image: flags.text('image') }),
    ...(flags.text('image-pull-policy') === '' ? {} : { imagePullPolicy: flags.text('image-pull-policy') }),
    ...(flags.is('stdin') ? { stdin: true } : {}),
    ...(flags.is('tty') ? { tty: true } : {}),
  }
}

function* newName(call: Call, pod: Json): Blocking<string> {
  const given = call.flags.text('container')
  if (given !== '') return given
  const taken = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].map(
    ({ name }: Json) => name,
  )
  let name = ''
  do name = `debugger-${call.process.kernel.random.suffix()}`
  while (taken.includes(name))
  if (!call.flags.is('quiet')) yield* call.out(`Defaulting debug container name to ${name}.\n`)
  return name
}

function* byEphemeral(call: Call, pod: Json, command: readonly string[], applied: Profile): Blocking<void> {
  const { flags } = call
  const name = yield* newName(call, pod)
  const target = flags.text('target')
  if (target !== '' && !flags.is('quiet'))
    yield* call.out(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    )
  const container: Json = {
    name,
    resources: {},
    terminationMessagePolicy: 'File',
    ...wanted(call, command),
    ...(target === '' ? {} : { targetContainerName: target }),
  }
  applied({ spec: { containers: [] } }, container, 'ephemeral')
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`
  const order = [...(pod.spec.ephemeralContainers ?? []), container].map((entry: Json) => ({ name: entry.name }))
  const changed = yield* call.api.json('PATCH', `${path}/ephemeralcontainers`, {
    body: { spec: { '$setElementOrder/ephemeralContainers': order, ephemeralContainers: [container] } },
    contentType: 'application/strategic-merge-patch+json',
  })
  yield* joined(call, changed, name)
}

function* byCopy(
  call: Call,
  pod: Json,
  command: readonly string[],
  images: Readonly<Record<string, string>>,
  applied: Profile,
): Blocking<void> {
  const { flags } = call
  const resource = yield* resourceNamed(call, 'pods')
  const { namespace } = pod.metadata
  const spec = copied(pod.spec)
  delete spec.ephemeralContainers
  if (!flags.is('same-node')) delete spec.nodeName
  if (flags.isSet('share-processes')) spec.shareProcessNamespace = flags.is('share-processes')
  for (const container of spec.containers) container.image = images[container.name] ?? images['*'] ?? container.image
  const copy: Json = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: flags.text('copy-to'), namespace, annotations: pod.metadata.annotations, labels: pod.metadata.labels },
    spec,
  }
  let name = flags.text('container')
  let container = spec.containers.find((each: Json) => each.name === name)
  if (!container && flags.text('image') === '') {
    if (Object.keys(images).length === 0) throw new Refusal('you must specify image when creating new container')
    name = ''
  } else if (!container) {
    name = yield* newName(call, pod)
    container = { name, resources: {}, terminationMessagePolicy: 'File' }
    spec.containers.push(container)
  }
  if (container) {
    if (command.length > 0) delete container.args
    Object.assign(container, wanted(call, command))
    kept(call, copy)
    applied(copy, container, 'copy')
  }
  if (flags.is('replace')) yield* deleteInfo(call, { resource, name: pod.metadata.name, namespace, object: pod }, -1)
  const created = yield* call.api.json('POST', pathOf(resource, namespace), { body: copy })
  if (name !== '') yield* joined(call, created, name)
}

/** What the copy keeps of the original: `--keep-…`. The legacy profile keeps all but the labels. */
function kept({ flags }: Call, { metadata, spec }: Json): void {
  const isLegacy = flags.text('profile') === 'legacy'
  if (isLegacy || !flags.is('keep-labels')) delete metadata.labels
  if (!isLegacy && !flags.is('keep-annotations')) delete metadata.annotations
  if (!isLegacy && !flags.is('keep-init-containers')) delete spec.initContainers
  for (const container of isLegacy ? [] : spec.containers) {
    for (const probe of ['liveness', 'readiness', 'startup']) if (!flags.is(`keep-${probe}`)) delete container[`${probe}Probe`]
  }
}

function* onNode(call: Call, node: Json, command: readonly string[], applied: Profile): Blocking<void> {
  const { flags, process } = call
  const resource = yield* resourceNamed(call, 'pods')
  const name = `node-debugger-${node.metadata.name}-${process.kernel.random.suffix()}`
  const container: Json = {
    name: flags.text('container') || 'debugger',
    resources: {},
    terminationMessagePolicy: 'File',
    ...wanted(call, command),
  }
  if (!flags.is('quiet'))
    yield* call.out(`Creating debugging pod ${name} with container ${container.name} on node ${node.metadata.name}.\n`)
  const pod: Json = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, creationTimestamp: null },
    spec: { containers: [container], nodeName: node.metadata.name, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }] },
    status: {},
  }
  applied(pod, container, 'node')
  yield* joined(call, yield* call.api.json('POST', pathOf(resource, call.namespace), { body: pod }), container.name)
}

type Profile = (pod: Json, container: Json, style: Style) => void

const hostNamespaces = (pod: Json): void => void Object.assign(pod.spec, { hostNetwork: true, hostPID: true, hostIPC: true })

function hostRoot(pod: Json, container: Json): void {
  pod.spec.volumes = [...(pod.spec.volumes ?? []), { name: 'host-root', hostPath: { path: '/' } }]
  container.volumeMounts = [...(container.volumeMounts ?? []), { name: 'host-root', mountPath: '/host' }]
}

function capable(container: Json, ...add: readonly string[]): void {
  const known = container.securityContext?.capabilities
  container.securityContext = {
    ...container.securityContext,
    capabilities: { ...known, add: [...new Set([...(known?.add ?? []), ...add])] },
  }
}

const profiles: Readonly<Record<string, Profile>> = {
  legacy(pod, container, style) {
    if (style !== 'node') return
    hostRoot(pod, container)
    hostNamespaces(pod)
  },
  general(pod, container, style) {
    if (style === 'node') {
      hostRoot(pod, container)
      delete container.securityContext
      hostNamespaces(pod)
    } else capable(container, 'SYS_PTRACE')
    if (style === 'copy') pod.spec.shareProcessNamespace ??= true
  },
  baseline(pod, container, style) {
    delete container.securityContext
    if (style === 'copy') pod.spec.shareProcessNamespace ??= true
  },
  restricted(pod, container, style) {
    container.securityContext = {
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      allowPrivilegeEscalation: false,
      seccompProfile: { type: 'RuntimeDefault' },
    }
    if (style === 'copy') pod.spec.shareProcessNamespace ??= true
  },
  netadmin(pod, container, style) {
    capable(container, 'NET_ADMIN', 'NET_RAW')
    if (style === 'node') hostNamespaces(pod)
    if (style === 'copy') pod.spec.shareProcessNamespace ??= true
  },
  sysadmin(pod, container, style) {
    container.securityContext = { ...container.securityContext, privileged: true }
    if (style === 'node') {
      hostRoot(pod, container)
      hostNamespaces(pod)
    }
    if (style === 'copy') pod.spec.shareProcessNamespace ??= true
  },
}

/** Attaches to the new container where that was asked for; one that is over already shows its log. */
function* joined(call: Call, pod: Json, name: string): Blocking<void> {
  const { flags } = call
  if (!(flags.isSet('attach') ? flags.is('attach') : flags.is('stdin'))) return
  const resource = yield* resourceNamed(call, 'pods')
  const { namespace } = pod.metadata
  const state = ({ status }: Json): Json =>
    [...(status?.containerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])].find((each: Json) => each.name === name)?.state
  const found = yield* met(
    call,
    { resource, namespace, name: pod.metadata.name, object: pod },
    (each) => Boolean(state(each)?.running ?? state(each)?.terminated),
    call.process.now() + 86_400_000,
  )
  if (!found) throw new Refusal('timed out waiting for the condition')
  if (state(found).terminated)
    return yield* call.out(
      yield* call.api.text('GET', pathOf(resource, namespace, pod.metadata.name, 'log'), {
        query: { container: name },
        accept: accept.any,
      }),
    )
  yield* attachTo(call, found, name, { hasStdin: flags.is('stdin'), isTty: flags.is('tty') && call.isTerminal })
}
