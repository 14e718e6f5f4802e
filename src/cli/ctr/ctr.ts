/**
 * ctr 2.1, containerd's own client, as far as people look at a node with it. It shows one namespace of containerd at a time, and Kubernetes' is not
 * the one it shows where nothing is said. Sandboxes have no pause containers here, so there are no rows of such.
 */
import { type HttpResponse, request } from '../../base/http.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Blocking, err, Exit, out, type Process, type Running } from '../../unix/kernel/process.ts'
import { fetch, wholeText } from '../../unix/network/fetch.ts'

const socket = '/run/containerd/containerd.sock'
const version = 'v2.1.4'

interface Image {
  readonly name: string
  /** `docker.io/library/nginx@sha256:…` */
  readonly id: string
  readonly imageId: string
  readonly sizeBytes: number
}

interface Container {
  readonly image: string
  readonly pid: number
  readonly info: { readonly id: string; readonly state: 'created' | 'running' | 'exited' }
}

interface Call {
  readonly process: Process
  readonly namespace: string
  readonly args: readonly string[]
  readonly isQuiet: boolean
}

const help = `NAME:
   ctr - 
        __
  _____/ /______
 / ___/ __/ ___/
/ /__/ /_/ /
\\___/\\__/_/

containerd CLI


USAGE:
   ctr [global options] command [command options]

VERSION:
   ${version}

DESCRIPTION:
   
ctr is an unsupported debug and administrative client for interacting
with the containerd daemon. Because it is unsupported, the commands,
options, and operations are not guaranteed to be backward compatible or
stable from release to release of the containerd project.

COMMANDS:
   version                    Print the client and server versions
   containers, c, container   Manage containers
   images, image, i           Manage images
   namespaces, namespace, ns  Manage namespaces
   tasks, t, task             Manage tasks
   help, h                    Shows a list of commands or help for one command

GLOBAL OPTIONS:
   --address value, -a value    Address for containerd's GRPC server (default: "${socket}") [$CONTAINERD_ADDRESS]
   --namespace value, -n value  Namespace to use with commands (default: "default") [$CONTAINERD_NAMESPACE]
   --help, -h                   show help
   --version, -v                print the version
`

export function* ctr(process: Process): Running {
  let namespace = process.env.CONTAINERD_NAMESPACE ?? 'default'
  const words: string[] = []
  const options: string[] = []
  const argv = process.argv.slice(1)
  for (let at = 0; at < argv.length; at++) {
    const [name, value] = argv[at].split('=', 2)
    if (['-n', '--namespace', '-a', '--address'].includes(name)) {
      const given = value ?? argv[++at] ?? ''
      if (/^--?n/.test(name)) namespace = given
    } else if (name.startsWith('-')) options.push(name)
    else words.push(argv[at])
  }
  const [noun = '', verb = '', ...args] = words
  if (options.includes('-v') || options.includes('--version')) {
    yield* out(process, `ctr github.com/containerd/containerd/v2 ${version}\n`)
    return 0
  }
  const run = noun === 'version' ? showVersion : commands[nouns[noun]]?.[verbs[verb] ?? verb]
  if (!run) {
    if (noun === '' || noun === 'help' || noun === 'h') {
      yield* out(process, help)
      return 0
    }
    yield* err(
      process,
      nouns[noun] === undefined
        ? `No help topic for '${noun}'\n`
        : `ctr: ${[noun, verb].join(' ').trim()} is not simulated in this sandbox; images, containers, tasks and namespaces can be listed, images pulled and removed\n`,
    )
    return nouns[noun] === undefined ? 3 : 1
  }
  yield* run({ process, namespace, args, isQuiet: options.some((option) => /^(-q|--quiet)$/.test(option)) })
  return 0
}

const nouns: Readonly<Record<string, string>> = {
  images: 'images',
  image: 'images',
  i: 'images',
  containers: 'containers',
  container: 'containers',
  c: 'containers',
  tasks: 'tasks',
  task: 'tasks',
  t: 'tasks',
  namespaces: 'namespaces',
  namespace: 'namespaces',
  ns: 'namespaces',
}

const verbs: Readonly<Record<string, string>> = { list: 'ls', remove: 'rm', delete: 'rm', del: 'rm' }

const commands: Readonly<Record<string, Readonly<Record<string, (call: Call) => Blocking<void>>>>> = {
  images: { ls: listImages, pull: pullImage, rm: removeImages },
  containers: { ls: listContainers },
  tasks: { ls: listTasks },
  namespaces: { ls: listNamespaces },
}

function* fail(process: Process, message: string): Blocking<never> {
  yield* err(process, `ctr: ${message}\n`)
  throw new Exit(1)
}

function* asked(process: Process, method: string, path: string, body?: object): Blocking<HttpResponse> {
  try {
    return yield* fetch(process, { socketPath: socket }, request(method, path, body))
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return yield* fail(
      process,
      `failed to dial "${socket}": connection error: desc = "transport: error while dialing: dial unix ${socket}: connect: ${error.words.toLowerCase()}"`,
    )
  }
}

/** Everything that containerd runs here is Kubernetes'. */
function* listed<T>({ process, namespace }: Call, path: string): Blocking<readonly T[]> {
  const all = JSON.parse(yield* wholeText(yield* asked(process, 'GET', path))) as T[]
  return namespace === 'k8s.io' ? all : []
}

/** `2.1 MiB` */
function sizeText(bytes: number): string {
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return power === 0 ? `${bytes}.0 B` : `${(bytes / 1024 ** power).toFixed(1)} ${['', 'KiB', 'MiB', 'GiB'][power]}`
}

/** Go's tabwriter where each cell, the last too, ends with a tab. */
function tabbed(rows: readonly (readonly string[])[], padding: number): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)) + padding)
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column])).join('')}\n`).join('')
}

function* listImages(call: Call): Blocking<void> {
  const images = yield* listed<Image>(call, '/images')
  const rows = images
    .flatMap(({ name, id, imageId, sizeBytes }) => {
      const digest = id.slice(id.indexOf('@') + 1)
      return [name, id, imageId].map((ref) => [
        ref,
        'application/vnd.oci.image.index.v1+json',
        digest,
        sizeText(sizeBytes),
        'linux/amd64',
        'io.cri-containerd.image=managed',
      ])
    })
    .filter(([ref], index, all) => all.findIndex(([other]) => other === ref) === index)
    .filter(([ref]) => call.args.every((filter) => isPicked(ref, filter)))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  if (call.isQuiet) return yield* out(call.process, rows.map(([ref]) => `${ref}\n`).join(''))
  yield* out(call.process, tabbed([['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'], ...rows], 1))
}

/** `name==docker.io/library/nginx:latest`, `name~=nginx`; only names are told apart. */
function isPicked(ref: string, filter: string): boolean {
  const [, operator, value] = /^name(==|~=|!=)"?(.*?)"?$/.exec(filter) ?? []
  if (operator === '~=') return new RegExp(value).test(ref)
  return operator === undefined || (ref === value) === (operator === '==')
}

function* pullImage(call: Call): Blocking<void> {
  const { process, args } = call
  const [reference] = args
  if (reference === undefined) return yield* fail(process, 'please provide an image reference to pull')
  if (!reference.includes('/')) return yield* fail(process, `failed to resolve reference ${JSON.stringify(reference)}: object required`)
  if (call.namespace !== 'k8s.io')
    return yield* fail(process, `images of the namespace ${call.namespace} are not simulated in this sandbox; Kubernetes' are in k8s.io`)
  const began = process.now()
  const answer = yield* asked(process, 'POST', '/images/pull', { image: reference })
  const text = yield* wholeText(answer)
  if (answer.status >= 400)
    return yield* fail(process, (JSON.parse(text) as { message: string }).message.replace(/^.*?(failed to resolve)/, '$1'))
  const image = (yield* listed<Image>(call, '/images')).find(({ name }) => name === reference || name.startsWith(`${reference}:`))
  const seconds = ((process.now() - began) / 1000).toFixed(1)
  const digest = image?.id.slice(image.id.indexOf('@') + 1) ?? ''
  yield* out(
    process,
    `${`${reference}:`.padEnd(82)}resolved       |++++++++++++++++++++++++++++++++++++++| \n${`index-${digest}:`.padEnd(82)}done           |++++++++++++++++++++++++++++++++++++++| \n${`elapsed: ${seconds} s`.padEnd(82)}total:  ${sizeText(image?.sizeBytes ?? 0)}\nunpacking linux/amd64 ${digest}...\ndone: ${seconds}s\n`,
  )
}

function* removeImages(call: Call): Blocking<void> {
  const known = yield* listed<Image>(call, '/images')
  for (const reference of call.args) {
    if (!known.some(({ name }) => name === reference))
      return yield* fail(call.process, `unable to delete ${reference}: image ${JSON.stringify(reference)}: not found`)
    yield* asked(call.process, 'DELETE', `/images/${encodeURIComponent(reference)}`)
    yield* out(call.process, `${reference}\n`)
  }
}

function* listContainers(call: Call): Blocking<void> {
  const images = yield* listed<Image>(call, '/images')
  const named = (image: string): string =>
    images.find(({ name }) => name === image || name.endsWith(`/${image}`) || name.endsWith(`/${image}:latest`))?.name ?? image
  const rows = (yield* listed<Container>(call, '/containers')).map(({ info, image }) => [info.id, named(image), 'io.containerd.runc.v2'])
  rows.sort(([a], [b]) => (a < b ? -1 : 1))
  if (call.isQuiet) return yield* out(call.process, rows.map(([id]) => `${id}\n`).join(''))
  yield* out(call.process, tabbed([['CONTAINER', 'IMAGE', 'RUNTIME'], ...rows], 4))
}

function* listTasks(call: Call): Blocking<void> {
  const states = { created: 'CREATED', running: 'RUNNING', exited: 'STOPPED' } as const
  const rows = (yield* listed<Container>(call, '/containers'))
    .filter(({ pid }) => pid !== 0)
    .map(({ info, pid }) => [info.id, String(pid), states[info.state]])
  if (call.isQuiet) return yield* out(call.process, rows.map(([id]) => `${id}\n`).join(''))
  yield* out(call.process, tabbed([['TASK', 'PID', 'STATUS'], ...rows], 4))
}

function* listNamespaces({ process, isQuiet }: Call): Blocking<void> {
  yield* asked(process, 'GET', '/version')
  yield* out(
    process,
    isQuiet
      ? 'k8s.io\n'
      : tabbed(
          [
            ['NAME', 'LABELS'],
            ['k8s.io', ''],
          ],
          1,
        ),
  )
}

function* showVersion({ process }: Call): Blocking<void> {
  const text = `  Version:  ${version}\n  Revision: 75cb2b7193e4e490e9fbdc236c0e811ccaba3376\n`
  yield* asked(process, 'GET', '/version')
  yield* out(process, `Client:\n${text}  Go version: go1.24.6\n\nServer:\n${text}`)
}
