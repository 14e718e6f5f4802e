/** crictl 1.33 as a program: the containers of a node, asked of containerd on its socket. */
import { ByteStream, type HttpResponse, request } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, Exit, out, type Process, type Running, sleep } from '../../unix/kernel/process.ts'
import { fetch, nextOf, upgrade, wholeText } from '../../unix/network/fetch.ts'
import { type Flag, FlagError, type Flags, HelpWanted, parseFlags } from '../flags.ts'
import { parseGoDuration } from '../go-values.ts'
import { template } from '../go-template/template.ts'
import { ExitCode, joinedTo } from '../kubectl/attach.ts'
import type { Call } from '../kubectl/call.ts'
import { aligned } from '../table.ts'
import { humanAge, humanSize } from '../../base/go-units.ts'

const socket = '/run/containerd/containerd.sock'

const flagList: readonly Flag[] = [
  { name: 'all', shorthand: 'a', type: 'bool' },
  { name: 'quiet', shorthand: 'q', type: 'bool' },
  { name: 'name', type: 'string' },
  { name: 'namespace', type: 'string' },
  { name: 'pod', shorthand: 'p', type: 'string' },
  { name: 'label', type: 'map' },
  { name: 'state', shorthand: 's', type: 'string' },
  { name: 'image', type: 'string' },
  { name: 'latest', shorthand: 'l', type: 'bool' },
  { name: 'last', shorthand: 'n', type: 'int' },
  { name: 'no-trunc', type: 'bool' },
  { name: 'output', shorthand: 'o', type: 'string' },
  { name: 'template', type: 'string' },
  { name: 'follow', shorthand: 'f', type: 'bool' },
  { name: 'tail', type: 'int' },
  { name: 'since', type: 'string' },
  { name: 'timestamps', shorthand: 't', type: 'bool' },
  { name: 'previous', type: 'bool' },
  { name: 'tty', type: 'bool' },
  { name: 'interactive', shorthand: 'i', type: 'bool' },
  { name: 'timeout', type: 'string', value: '0' },
  { name: 'force', type: 'bool' },
  { name: 'prune', type: 'bool' },
  { name: 'runtime-endpoint', shorthand: 'r', type: 'string' },
  { name: 'image-endpoint', type: 'string' },
  { name: 'config', shorthand: 'c', type: 'string' },
  { name: 'debug', shorthand: 'D', type: 'bool' },
  { name: 'verbose', shorthand: 'v', type: 'bool' },
  { name: 'digests', type: 'bool' },
]

interface Container {
  readonly sandbox: string
  readonly name: string
  readonly image: string
  readonly imageId: string
  readonly attempt: number
  readonly createdAt: number
  readonly logPath: string
  readonly pid: number
  readonly info: {
    readonly id: string
    readonly state: 'created' | 'running' | 'exited'
    readonly startedAt?: number
    readonly finishedAt?: number
    readonly exitCode: number
    readonly reason?: string
  }
  readonly labels: Readonly<Record<string, string>>
  readonly mounts: readonly { readonly hostPath: string; readonly containerPath: string; readonly isReadOnly: boolean }[]
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
}

interface Pod {
  readonly id: string
  readonly ip: string
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly attempt: number
  readonly labels: Readonly<Record<string, string>>
  readonly createdAt: number
}

interface Image {
  readonly name: string
  readonly id: string
  readonly imageId: string
  readonly sizeBytes: number
}

interface Given {
  readonly process: Process
  readonly flags: Flags
  readonly args: readonly string[]
}

type Run = (given: Given) => Blocking<void>

function* refuse(process: Process, message: string): Blocking<never> {
  yield* err(process, `time="${new Date(process.now()).toISOString().slice(0, 19)}Z" level=fatal msg=${JSON.stringify(message)}\n`)
  throw new Exit(1)
}

function* asked(process: Process, method: string, path: string, body?: object): Blocking<HttpResponse> {
  try {
    return yield* fetch(process, { socketPath: socket }, request(method, path, body))
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return yield* refuse(
      process,
      `validate service connection: validate CRI v1 runtime API for endpoint "unix://${socket}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${socket}: connect: ${error.words.toLowerCase()}"`,
    )
  }
}

function* list<T>(process: Process, path: string): Blocking<readonly T[]> {
  return JSON.parse(yield* wholeText(yield* asked(process, 'GET', path))) as T[]
}

const style = { minimum: 20, padding: 3 }
const states = { created: 'Created', running: 'Running', exited: 'Exited' } as const

const table = (rows: readonly (readonly string[])[]): string => aligned(rows.map((row) => `${row.join('\t')}\n`).join(''), style)

function* pods({ process, flags }: Given): Blocking<readonly Pod[]> {
  const all = yield* list<Pod>(process, '/pods')
  const wanted = flags.text('name')
  return [...all]
    .filter(
      ({ name, namespace }) =>
        (wanted === '' || new RegExp(wanted).test(name)) &&
        (flags.text('namespace') === '' || new RegExp(flags.text('namespace')).test(namespace)),
    )
    .sort((a, b) => b.createdAt - a.createdAt)
}

const ps: Run = function* (given) {
  const { process, flags } = given
  const byId = new Map((yield* list<Pod>(process, '/pods')).map((pod) => [pod.id, pod]))
  const wanted = flags.text('state').toLowerCase()
  let found = [...(yield* list<Container>(process, '/containers'))].sort((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt)
  if (flags.isSet('last')) found = found.slice(0, flags.number('last'))
  else if (flags.is('latest')) found = found.slice(0, 1)
  else if (wanted !== '') found = found.filter(({ info }) => info.state === wanted)
  else if (!flags.is('all')) found = found.filter(({ info }) => info.state === 'running')
  found = found.filter(({ name, image, sandbox, labels }) => {
    const pod = byId.get(sandbox)
    const label = flags.list('label').every((each) => labels[each.split('=')[0]] === each.slice(each.indexOf('=') + 1))
    return (
      label &&
      (!flags.isSet('name') || new RegExp(flags.text('name')).test(name)) &&
      (!flags.isSet('image') || image.includes(flags.text('image'))) &&
      (!flags.isSet('pod') || sandbox.startsWith(flags.text('pod'))) &&
      (!flags.isSet('namespace') || pod?.namespace === flags.text('namespace'))
    )
  })
  if (flags.is('quiet')) return yield* out(process, found.map(({ info }) => `${info.id}\n`).join(''))
  if (flags.text('output') === 'json')
    return yield* out(
      process,
      `${JSON.stringify({ containers: found.map((one) => ({ id: one.info.id, podSandboxId: one.sandbox, metadata: { name: one.name, attempt: one.attempt }, image: { image: one.imageId, userSpecifiedImage: one.image }, imageRef: one.imageId, state: `CONTAINER_${one.info.state.toUpperCase()}`, createdAt: `${one.createdAt}000000`, labels: one.labels })) }, null, 2)}\n`,
    )
  const short = (id: string): string => (flags.is('no-trunc') ? id : id.replace('sha256:', '').slice(0, 13))
  const rows = found.map(({ info, name, imageId, createdAt, attempt, sandbox }) => [
    short(info.id),
    short(imageId),
    `${humanAge(process.now() - createdAt)} ago`,
    states[info.state],
    name,
    String(attempt),
    short(sandbox),
    byId.get(sandbox)?.name ?? 'unknown',
    byId.get(sandbox)?.namespace ?? 'unknown',
  ])
  yield* out(process, table([['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], ...rows]))
}

const podsList: Run = function* (given) {
  const { process, flags } = given
  const found = yield* pods(given)
  if (flags.is('quiet')) return yield* out(process, found.map(({ id }) => `${id}\n`).join(''))
  if (flags.text('output') === 'json')
    return yield* out(
      process,
      `${JSON.stringify({ items: found.map(({ id, name, namespace, uid, attempt, createdAt, labels }) => ({ id, metadata: { name, uid, namespace, attempt }, state: 'SANDBOX_READY', createdAt: `${createdAt}000000`, labels })) }, null, 2)}\n`,
    )
  yield* out(
    process,
    table([
      ['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'],
      ...found.map(({ id, createdAt, name, namespace, attempt }) => [
        id.slice(0, 13),
        `${humanAge(process.now() - createdAt)} ago`,
        'Ready',
        name,
        namespace,
        String(attempt),
        '(default)',
      ]),
    ]),
  )
}

const images: Run = function* ({ process, flags, args }) {
  const found = [...(yield* list<Image>(process, '/images'))]
    .filter(({ name }) => args.length === 0 || args.some((wanted) => name.includes(wanted)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  if (flags.is('quiet')) return yield* out(process, found.map(({ imageId }) => `${imageId}\n`).join(''))
  if (flags.text('output') === 'json')
    return yield* out(
      process,
      `${JSON.stringify({ images: found.map(({ imageId, name, id, sizeBytes }) => ({ id: imageId, repoTags: [name], repoDigests: [id], size: String(sizeBytes) })) }, null, 2)}\n`,
    )
  yield* out(
    process,
    table([
      ['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'],
      ...found.map(({ name, imageId, sizeBytes }) => [
        name.replace(/:[^/:]*$/, ''),
        /:([^/:]*)$/.exec(name)?.[1] ?? '<none>',
        imageId.replace('sha256:', '').slice(0, 13),
        humanSize(sizeBytes),
      ]),
    ]),
  )
}

function* containerNamed(process: Process, word: string | undefined, what = 'container'): Blocking<Container> {
  if (word === undefined) return yield* refuse(process, 'ID cannot be empty')
  const all = yield* list<Container>(process, '/containers')
  const found = all.find(({ info }) => info.id.startsWith(word))
  return (
    found ??
    (yield* refuse(
      process,
      `getting the status of the ${what} ${JSON.stringify(word)}: rpc error: code = NotFound desc = an error occurred when try to find container ${JSON.stringify(word)}: not found`,
    ))
  )
}

const logs: Run = function* ({ process, flags, args }) {
  const { info } = yield* containerNamed(process, args[0])
  const since = flags.text('since')
  const sinceMs = since === '' ? undefined : /^\d{4}-/.test(since) ? Date.parse(since) : process.now() - (parseGoDuration(since) ?? 0)
  const query = [
    flags.is('follow') && 'follow=1',
    flags.isSet('tail') && flags.number('tail') >= 0 && `tail=${flags.text('tail')}`,
    flags.is('timestamps') && 'timestamps=1',
    sinceMs !== undefined && `since=${sinceMs}`,
  ]
    .filter(Boolean)
    .join('&')
  const { body } = yield* asked(process, 'GET', `/containers/${info.id}/logs?${query}`)
  if (!(body instanceof ByteStream)) return yield* out(process, body)
  try {
    for (;;) {
      const chunk = yield* nextOf(body)
      if (!chunk) return
      yield* out(process, chunk)
    }
  } finally {
    body.cancel()
  }
}

const exec: Run = function* ({ process, flags, args }) {
  const { info } = yield* containerNamed(process, args[0])
  if (args.length < 2)
    return yield* refuse(process, 'execing command in container: rpc error: code = InvalidArgument desc = command cannot be empty')
  const isTty = flags.is('tty') || flags.is('timestamps')
  const hasStdin = flags.is('interactive')
  const query = [
    ...args.slice(1).map((word) => `command=${encodeURIComponent(word)}`),
    ...(isTty ? ['tty=1'] : []),
    ...(hasStdin ? ['stdin=1'] : []),
  ].join('&')
  const connection = yield* upgrade(process, { socketPath: socket }, request('POST', `/containers/${info.id}/exec?${query}`))
  if ('status' in connection) return yield* refuse(process, 'execing command in container: container is not running')
  const call = { process, out: (bytes: Uint8Array) => out(process, bytes) } as unknown as Call
  try {
    yield* joinedTo(call, connection, { hasStdin, isTty } as Parameters<typeof joinedTo>[2])
  } catch (error) {
    if (error instanceof ExitCode) return yield* refuse(process, `execing command in container: ${error.message}`)
    return yield* refuse(process, `execing command in container: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const nanos = (ms: number | undefined): string =>
  ms === undefined ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString().replace('Z', '000000Z')

const inspect: Run = function* ({ process, flags, args }) {
  const one = yield* containerNamed(process, args[0])
  const { info } = one
  const value = {
    info: {
      config: {
        args: one.args,
        envs: one.env.map(({ name, value: text }) => ({ key: name, value: text })),
        image: { image: one.imageId, user_specified_image: one.image },
        labels: one.labels,
        log_path: one.logPath.replace(/^\/var\/log\/pods\/[^/]+\//, ''),
        metadata: { attempt: one.attempt, name: one.name },
      },
      pid: one.pid,
      removing: false,
      runtimeType: 'io.containerd.runc.v2',
      sandboxID: one.sandbox,
      snapshotter: 'overlayfs',
    },
    status: {
      annotations: {},
      createdAt: nanos(one.createdAt),
      exitCode: info.exitCode,
      finishedAt: nanos(info.finishedAt),
      id: info.id,
      image: { annotations: {}, image: one.image },
      imageRef: one.imageId,
      labels: one.labels,
      logPath: one.logPath,
      message: '',
      metadata: { attempt: one.attempt, name: one.name },
      mounts: one.mounts.map(({ hostPath, containerPath, isReadOnly }) => ({
        containerPath,
        hostPath,
        propagation: 'PROPAGATION_PRIVATE',
        readonly: isReadOnly,
        selinuxRelabel: false,
      })),
      reason: info.reason ?? (info.state === 'exited' ? (info.exitCode === 0 ? 'Completed' : 'Error') : ''),
      startedAt: nanos(info.startedAt),
      state: `CONTAINER_${info.state.toUpperCase()}`,
    },
  }
  yield* print(process, flags, value)
}

function* print(process: Process, flags: Flags, value: object): Blocking<void> {
  if (flags.text('output') === 'go-template')
    return yield* out(process, `${template(flags.text('template'), { integers: true }).execute(value)}\n`)
  yield* out(process, `${JSON.stringify(value, null, 2)}\n`)
}

const inspectPod: Run = function* ({ process, flags, args }) {
  const found = (yield* list<Pod>(process, '/pods')).find(({ id }) => args[0] !== undefined && id.startsWith(args[0]))
  if (!found)
    return yield* refuse(
      process,
      `getting the pod sandbox status for ${JSON.stringify(args[0] ?? '')}: rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found`,
    )
  yield* print(process, flags, {
    status: {
      annotations: {},
      createdAt: nanos(found.createdAt),
      id: found.id,
      labels: found.labels,
      linux: { namespaces: { options: { ipc: 'POD', network: 'POD', pid: 'CONTAINER', targetId: '' } } },
      metadata: { attempt: found.attempt, name: found.name, namespace: found.namespace, uid: found.uid },
      network: { additionalIps: [], ip: found.ip },
      runtimeHandler: '',
      state: 'SANDBOX_READY',
    },
  })
}

const inspectImage: Run = function* ({ process, flags, args }) {
  const found = (yield* list<Image>(process, '/images')).find(
    ({ name, imageId }) =>
      name === args[0] ||
      name.endsWith(`/${args[0] ?? ''}`) ||
      (args[0] !== undefined && imageId.replace('sha256:', '').startsWith(args[0])),
  )
  if (!found) return yield* refuse(process, `no such image ${JSON.stringify(args[0] ?? '')} present`)
  yield* print(process, flags, {
    status: {
      id: found.imageId,
      pinned: false,
      repoDigests: [found.id],
      repoTags: [found.name],
      size: String(found.sizeBytes),
      uid: null,
      username: '',
    },
  })
}

const pull: Run = function* ({ process, args }) {
  if (args[0] === undefined) return yield* refuse(process, 'image name cannot be empty')
  const answer = yield* asked(process, 'POST', '/images/pull', { image: args[0] })
  const { imageId, message } = JSON.parse(yield* wholeText(answer)) as { imageId?: string; message?: string }
  if (imageId === undefined)
    return yield* refuse(
      process,
      `pulling image: ${/^rpc error/.test(message ?? '') ? '' : 'rpc error: code = Unknown desc = '}${message ?? ''}`,
    )
  yield* out(process, `Image is up to date for ${imageId}\n`)
}

const rmi: Run = function* ({ process, flags, args }) {
  const all = yield* list<Image>(process, '/images')
  const used = new Set((yield* list<Container>(process, '/containers')).map(({ imageId }) => imageId))
  const wanted: Image[] = flags.is('prune') ? all.filter(({ imageId }) => !used.has(imageId)) : flags.is('all') ? [...all] : []
  if (wanted.length === 0 && args.length === 0 && !flags.is('prune')) return yield* refuse(process, 'ID cannot be empty')
  for (const word of args) {
    const found = all.find(
      ({ name, imageId }) =>
        name === word ||
        name === `docker.io/library/${word}` ||
        name === `docker.io/library/${word}:latest` ||
        name === `docker.io/${word}` ||
        imageId.replace('sha256:', '').startsWith(word.replace('sha256:', '')),
    )
    if (!found) return yield* refuse(process, `unable to remove the image(s): no such image ${word}`)
    wanted.push(found)
  }
  for (const { name } of wanted) {
    yield* asked(process, 'DELETE', `/images/${encodeURIComponent(name)}`)
    yield* out(process, `Deleted: ${name}\n`)
  }
}

const stop: Run = function* ({ process, flags, args }) {
  if (args.length === 0) return yield* refuse(process, 'ID cannot be empty')
  for (const word of args) {
    const { info } = yield* containerNamed(process, word)
    yield* asked(process, 'POST', `/containers/${info.id}/stop`, { seconds: Number.parseInt(flags.text('timeout'), 10) || 0 })
    for (
      let waited = 0;
      waited < 100 &&
      (yield* list<Container>(process, '/containers')).some((one) => one.info.id === info.id && one.info.state === 'running');
      waited++
    )
      yield* sleep(process, 100)
    yield* out(process, `${word}\n`)
  }
}

const remove: Run = function* ({ process, flags, args }) {
  const all = yield* list<Container>(process, '/containers')
  const ids = flags.is('all') ? all.map(({ info }) => info.id) : args
  if (ids.length === 0) return yield* refuse(process, 'ID cannot be empty')
  // -f follows a log, but forces a removal.
  const isForced = flags.is('force') || flags.is('follow')
  for (const word of ids) {
    const { info } = yield* containerNamed(process, word)
    if (info.state === 'running' && !isForced)
      return yield* refuse(process, `unable to remove container(s): container ${JSON.stringify(info.id)} is running, please stop it first`)
    yield* asked(process, 'DELETE', `/containers/${info.id}`)
    yield* out(process, `${word}\n`)
  }
}

const stopPod: Run = function* ({ process, args }) {
  for (const word of args) {
    const found = (yield* list<Pod>(process, '/pods')).find(({ id }) => id.startsWith(word))
    if (!found)
      return yield* refuse(
        process,
        `stopping the pod sandbox ${JSON.stringify(word)}: rpc error: code = NotFound desc = an error occurred when try to find sandbox ${JSON.stringify(word)}: not found`,
      )
    yield* asked(process, 'POST', `/pods/${found.id}/stop`)
    yield* out(process, `Stopped sandbox ${word}\n`)
  }
}

const stats: Run = function* ({ process, args }) {
  const found = (yield* list<Container>(process, '/containers')).filter(
    ({ info }) => info.state === 'running' && (args.length === 0 || args.some((word) => info.id.startsWith(word))),
  )
  const usage = function* (id: string): Blocking<{ cpuNanos: number; memoryBytes: number }> {
    return JSON.parse(yield* wholeText(yield* asked(process, 'GET', `/containers/${id}/stats`))) as {
      cpuNanos: number
      memoryBytes: number
    }
  }
  const before: number[] = []
  for (const { info } of found) before.push((yield* usage(info.id)).cpuNanos)
  yield* sleep(process, 1_000)
  const rows: string[][] = []
  for (const [index, { info, name }] of found.entries()) {
    const { cpuNanos, memoryBytes } = yield* usage(info.id)
    rows.push([info.id.slice(0, 13), name, ((cpuNanos - before[index]) / 1e7).toFixed(2), humanSize(memoryBytes), '28.67kB', '11'])
  }
  yield* out(process, table([['CONTAINER', 'NAME', 'CPU %', 'MEM', 'DISK', 'INODES'], ...rows]))
}

const version: Run = function* ({ process }) {
  const { version: runtime } = JSON.parse(yield* wholeText(yield* asked(process, 'GET', '/version'))) as { version: string }
  yield* out(process, `Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  ${runtime}\nRuntimeApiVersion:  v1\n`)
}

const info: Run = function* ({ process, flags }) {
  yield* print(process, flags, {
    config: {
      containerd: { defaultRuntimeName: 'runc', snapshotter: 'overlayfs' },
      containerdEndpoint: socket,
      containerdRootDir: '/var/lib/containerd',
    },
    status: {
      conditions: [
        { message: '', reason: '', status: true, type: 'RuntimeReady' },
        { message: '', reason: '', status: true, type: 'NetworkReady' },
      ],
    },
  })
}

const commands: Readonly<Record<string, Run>> = {
  ps,
  pods: podsList,
  images,
  image: images,
  img: images,
  logs,
  exec,
  inspect,
  inspectp: inspectPod,
  inspecti: inspectImage,
  pull,
  rmi,
  stop,
  rm: remove,
  stopp: stopPod,
  stats,
  version,
  info,
}

const help = `NAME:
   crictl - client for CRI

USAGE:
   crictl [global options] command [command options] [arguments...]

VERSION:
   v1.33.0

COMMANDS:
   exec                Run a command in a running container
   images, image, img  List images
   info                Display information of the container runtime
   inspect             Display the status of one or more containers
   inspecti            Return the status of one or more images
   inspectp            Display the status of one or more pods
   logs                Fetch the logs of a container
   pods                List pods
   ps                  List containers
   pull                Pull an image from a registry
   rm                  Remove one or more containers
   rmi                 Remove one or more images
   stats               List container(s) resource usage statistics
   stop                Stop one or more running containers
   stopp               Stop one or more running pods
   version             Display runtime version information
`

export function* crictl(process: Process): Running {
  try {
    const words = process.argv.slice(1)
    if (words[0] === '--version' || words[0] === '-v') {
      yield* out(process, 'crictl version v1.33.0\n')
      return 0
    }
    const known = words.findIndex((word) => commands[word])
    // exec's own command keeps its flags.
    const flags = parseFlags(words[known] === 'exec' ? words.filter((_, at) => at !== known) : words, flagList, {
      stopsAtArgument: words[known] === 'exec',
    })
    const name = known >= 0 ? words[known] : (flags.args[0] ?? '')
    const run = commands[name]
    if (!run) {
      if (name === '' || name === 'help') {
        yield* out(process, help)
        return 0
      }
      if (
        [
          'attach',
          'checkpoint',
          'config',
          'create',
          'events',
          'imagefsinfo',
          'metricdescs',
          'metricsp',
          'port-forward',
          'rmp',
          'run',
          'runp',
          'runtime-config',
          'start',
          'statsp',
          'update',
          'update-runtime-config',
          'completion',
        ].includes(name)
      )
        return yield* refuse(process, `crictl ${name} is not simulated in this sandbox`)
      yield* out(process, `No help topic for '${name}'\n`)
      return 3
    }
    yield* run({ process, flags, args: words[known] === 'exec' ? flags.args : flags.args.slice(1) })
    return 0
  } catch (error) {
    if (error instanceof HelpWanted) {
      yield* out(process, help)
      return 0
    }
    if (error instanceof FlagError) return yield* refuse(process, error.message)
    throw error
  }
}
