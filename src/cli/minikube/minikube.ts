/**
 * minikube 1.36: asks the machines API for a cluster and leaves a kubeconfig behind. On a terminal its lines begin with pictures, elsewhere
 * with `* `, as the real tool decides it.
 */
import { request } from '../../base/http.ts'
import { type Blocking, ended, err, out, type Process, type Program, sleep } from '../../unix/kernel/process.ts'
import { start as startChild } from '../../unix/kernel/execute.ts'
import { fetch, wholeText } from '../../unix/network/fetch.ts'
import { UnixError } from '../../unix/errors.ts'
import { type Flag, FlagError, type Flags, HelpWanted, parseFlags } from '../flags.ts'
import { aligned } from '../table.ts'
import { askMachines, type ClusterInfo, MachinesRefusal } from '../machines.ts'
import { forgetCluster, rememberCluster } from './kubeconfig.ts'

const version = 'v1.36.0'
const kubernetesVersion = 'v1.33.1'

const globalFlags: readonly Flag[] = [
  { name: 'profile', shorthand: 'p', type: 'string', value: 'minikube' },
  { name: 'output', shorthand: 'o', type: 'string', value: 'text' },
  { name: 'v', shorthand: 'v', type: 'int', value: '0' },
  { name: 'alsologtostderr', type: 'bool' },
]

const flagsOf: Readonly<Record<string, readonly Flag[]>> = {
  start: [
    { name: 'nodes', shorthand: 'n', type: 'int', value: '1' },
    { name: 'driver', type: 'string', value: 'docker' },
    { name: 'vm-driver', type: 'string' },
    { name: 'cpus', type: 'string', value: '2' },
    { name: 'memory', type: 'string', value: '' },
    { name: 'kubernetes-version', type: 'string', value: '' },
    { name: 'container-runtime', type: 'string', value: '' },
    { name: 'cni', type: 'string', value: '' },
    { name: 'addons', type: 'strings', value: '' },
    { name: 'disk-size', type: 'string', value: '20000mb' },
    { name: 'extra-config', type: 'array' },
    { name: 'force', type: 'bool' },
    { name: 'wait', type: 'string', value: '' },
  ],
  delete: [{ name: 'all', type: 'bool' }, { name: 'purge', type: 'bool' }],
  stop: [{ name: 'all', type: 'bool' }],
  service: [{ name: 'url', type: 'bool' }, { name: 'namespace', shorthand: 'n', type: 'string', value: 'default' }, { name: 'https', type: 'bool' }],
  status: [{ name: 'format', shorthand: 'f', type: 'string', value: '' }],
  ip: [{ name: 'node', shorthand: 'n', type: 'string', value: '' }],
  ssh: [{ name: 'node', shorthand: 'n', type: 'string', value: '' }],
  'docker-env': [{ name: 'shell', type: 'string', value: '' }, { name: 'unset', shorthand: 'u', type: 'bool' }],
  version: [{ name: 'short', type: 'bool' }],
  node: [{ name: 'worker', type: 'bool' }, { name: 'control-plane', type: 'bool' }],
  dashboard: [{ name: 'url', type: 'bool' }],
}

interface Call {
  readonly process: Process
  readonly flags: Flags
  readonly args: readonly string[]
  readonly profile: string
}

class Refusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

const commands: Readonly<Record<string, (call: Call) => Blocking<number>>> = { start, stop, delete: remove, status, ip, service, profile, node, version: showVersion, kubectl, 'docker-env': dockerEnv, addons, dashboard, ssh, tunnel, 'update-context': updateContext, logs: notHere('minikube logs'), pause: notHere('minikube pause'), unpause: notHere('minikube unpause'), image: notHere('minikube image') }

export const minikube: Program = function* (process) {
  const [, name, ...rest] = process.argv
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    yield* out(process, help)
    return 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    yield* err(process, `Error: unknown command "${name}" for "minikube"\nRun 'minikube --help' for usage.\n`)
    return 64
  }
  try {
    const flags = parseFlags(name === 'kubectl' ? [] : rest, [...globalFlags, ...(flagsOf[name] ?? [])])
    return yield* command({ process, flags, args: name === 'kubectl' ? rest : flags.args, profile: flags.text('profile') })
  } catch (error) {
    if (error instanceof HelpWanted) {
      yield* out(process, help)
      return 0
    }
    if (error instanceof FlagError) {
      yield* err(process, `Error: ${error.message}\nSee 'minikube ${name} --help' for usage.\n`)
      return 64
    }
    if (error instanceof Silent) return error.code
    if (error instanceof Refusal) {
      yield* say(process, '❌', `Exiting due to ${error.message}`, 2)
      return error.code
    }
    if (error instanceof MachinesRefusal || error instanceof UnixError) {
      yield* say(process, '❌', `Exiting due to HOST_MACHINES: ${error.message}`, 2)
      return 80
    }
    throw error
  }
}

/** One line of minikube's: a picture on terminals, `* ` elsewhere, `X ` and `! ` for what went wrong. */
function* say(process: Process, picture: string, text: string, descriptor = 1): Blocking<void> {
  const isTerminal = process.descriptors.get(descriptor)?.file.kind === 'terminal'
  const plain = picture === '❌' ? 'X' : picture === '❗' ? '!' : picture === '▪' ? '  -' : '*'
  const line = isTerminal ? (picture === '▪' ? `    ▪ ${text}` : `${picture}  ${text}`) : `${plain} ${text}`
  yield* descriptor === 1 ? out(process, `${line}\n`) : err(process, `${descriptor === 2 ? '\n' : ''}${line}\n`)
}

function* clusters(process: Process): Blocking<readonly ClusterInfo[]> {
  return yield* askMachines<readonly ClusterInfo[]>(process, 'GET', '/clusters')
}

function* find(process: Process, profile: string): Blocking<ClusterInfo | undefined> {
  return (yield* clusters(process)).find(({ name }) => name === profile)
}

/** The cluster of the profile; without one minikube says so and ends with 85, when it is off with 89. */
function* required({ process, profile }: Call): Blocking<ClusterInfo> {
  const cluster = yield* find(process, profile)
  if (!cluster) {
    yield* say(process, '🤷', `Profile "${profile}" not found. Run "minikube profile list" to view all profiles.`)
    yield* say(process, '👉', `To start a cluster, run: "minikube start${profile === 'minikube' ? '' : ` -p ${profile}`}"`)
    throw new Silent(85)
  }
  if (!cluster.nodes[0].isOn) {
    yield* say(process, '🤷', `The control-plane node ${profile} host is not running: state=Stopped`)
    yield* say(process, '👉', `To start a cluster, run: "minikube start${profile === 'minikube' ? '' : ` -p ${profile}`}"`)
    throw new Silent(89)
  }
  return cluster
}

/** Everything was said already. */
class Silent extends Refusal {
  constructor(code: number) {
    super(code, '')
  }
}

function* start(call: Call): Blocking<number> {
  const { process, flags, profile } = call
  const prefix = profile === 'minikube' ? '' : `[${profile}] `
  const cpus = flags.text('cpus') === 'max' ? 8 : Number(flags.text('cpus'))
  const memoryMb = memoryOf(flags.text('memory'))
  yield* say(process, '😄', `${prefix}minikube ${version} on Debian 12.12`)
  const existing = yield* find(process, profile)
  const driver = flags.text('vm-driver') || flags.text('driver')
  if (!['docker', 'none', 'podman', 'kvm2', 'virtualbox'].includes(driver)) throw new Refusal(82, `DRV_UNSUPPORTED_OS: The driver '${driver}' is not supported on linux/amd64`)
  if (driver !== 'docker') yield* say(process, '❗', `The sandbox has only the docker driver; '${driver}' is not simulated.`, 2)
  if (existing) {
    yield* say(process, '✨', 'Using the docker driver based on existing profile')
  } else {
    yield* say(process, '✨', flags.isSet('driver') ? 'Using the docker driver based on user configuration' : 'Automatically selected the docker driver')
    if (cpus < 2) throw new Refusal(29, `RSRC_INSUFFICIENT_CORES: Requested cpu count ${cpus} is less than the minimum allowed of 2`)
    if (cpus > 8) throw new Refusal(29, `RSRC_INSUFFICIENT_CORES: Docker has less than ${cpus} CPUs available, but Kubernetes requires at least 2 to be available`)
    if (memoryMb < 1800) throw new Refusal(23, `RSRC_INSUFFICIENT_REQ_MEMORY: Requested memory allocation ${memoryMb}MiB is less than the usable minimum of 1800MB`)
    yield* say(process, '📌', 'Using Docker driver with root privileges')
  }
  const wanted = flags.text('kubernetes-version')
  if (wanted !== '' && !/^v?1\.33|^stable$|^latest$/.test(wanted)) yield* say(process, '❗', `The sandbox has Kubernetes ${kubernetesVersion} only; '${wanted}' is not simulated.`, 2)
  const count = existing?.nodes.length ?? flags.number('nodes')
  yield* say(process, '👍', `Starting "${profile}" primary control-plane node in "${profile}" cluster`)
  yield* say(process, '🚜', 'Pulling base image v0.0.47 ...')
  yield* sleep(process, 1_200)
  if (existing && existing.nodes.every(({ isOn }) => isOn)) {
    yield* say(process, '🏃', `Updating the running docker "${profile}" container ...`)
    yield* sleep(process, 800)
  } else {
    yield* say(process, existing ? '🔄' : '🔥', existing ? `Restarting existing docker container for "${profile}" ...` : `Creating docker container (CPUs=${cpus}, Memory=${memoryMb}MB) ...`)
    yield* existing ? askMachines(process, 'POST', `/clusters/${profile}/start`) : askMachines(process, 'POST', '/clusters', { name: profile, nodes: count, cpus, memoryBytes: memoryMb * 2 ** 20 })
    yield* sleep(process, 1_500)
  }
  yield* say(process, '🐳', `Preparing Kubernetes ${kubernetesVersion} on containerd 2.1.4 ...`)
  if (!existing) {
    for (const step of ['Generating certificates and keys ...', 'Booting up control plane ...', 'Configuring RBAC rules ...']) {
      yield* say(process, '▪', step)
      yield* sleep(process, 700)
    }
    yield* say(process, '🔗', 'Configuring bridge CNI (Container Networking Interface) ...')
  }
  yield* say(process, '🔎', 'Verifying Kubernetes components...')
  for (let index = 2; index <= count; index++) yield* say(process, '👍', `Starting "${profile}-m${String(index).padStart(2, '0')}" worker node in "${profile}" cluster`)
  let cluster = yield* required(call)
  for (let tries = 0; tries < 240 && !cluster.isReady; tries++) {
    yield* sleep(process, 500)
    cluster = yield* required(call)
  }
  if (!cluster.isReady) throw new Refusal(80, 'GUEST_START: failed to start node: wait 6m0s for node: wait for healthy API server: apiserver healthz never reported healthy')
  rememberCluster(process, { name: profile, server: cluster.server })
  yield* say(process, '🌟', 'Enabled addons: storage-provisioner, default-storageclass')
  yield* say(process, '🏄', `Done! kubectl is now configured to use "${profile}" cluster and "default" namespace by default`)
  return 0
}

/** MiB; a bare number is MiB already. */
function memoryOf(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(k|m|g|t)?(i?b)?$/i.exec(text)
  if (!found) return 3_900
  const factor = { k: 1 / 1024, m: 1, g: 1024, t: 1024 ** 2 }[(found[2] ?? 'm').toLowerCase()] ?? 1
  return Math.round(Number(found[1]) * factor)
}

function* stop(call: Call): Blocking<number> {
  const { process, profile } = call
  const cluster = yield* find(process, profile)
  if (!cluster) {
    yield* required(call)
    return 85
  }
  for (const { name } of [...cluster.nodes].reverse()) {
    yield* say(process, '✋', `Stopping node "${name}"  ...`)
    yield* say(process, '🛑', `Powering off "${name}" via SSH ...`)
    yield* sleep(process, 1_000)
  }
  yield* askMachines(process, 'POST', `/clusters/${profile}/stop`)
  yield* say(process, '🛑', `${cluster.nodes.length} node${cluster.nodes.length === 1 ? '' : 's'} stopped.`)
  return 0
}

function* remove(call: Call): Blocking<number> {
  const { process, flags, profile } = call
  const all = yield* clusters(process)
  const names = flags.is('all') ? all.map(({ name }) => name) : [profile]
  for (const name of names) {
    const cluster = all.find((one) => one.name === name)
    if (!cluster) {
      yield* say(process, '🙄', `"${name}" profile does not exist, trying anyways.`)
      yield* say(process, '💀', `Removed all traces of the "${name}" cluster.`)
      continue
    }
    yield* say(process, '🔥', `Deleting "${name}" in docker ...`)
    for (const node of cluster.nodes) yield* say(process, '🔥', `Deleting container "${node.name}" ...`)
    yield* sleep(process, 800)
    yield* askMachines(process, 'DELETE', `/clusters/${name}`)
    forgetCluster(process, name)
    yield* say(process, '💀', `Removed all traces of the "${name}" cluster.`)
  }
  if (flags.is('all')) yield* say(process, '🔥', 'Successfully deleted all profiles')
  return 0
}

function* status({ process, profile }: Call): Blocking<number> {
  const cluster = yield* find(process, profile)
  if (!cluster) {
    yield* say(process, '🤷', `Profile "${profile}" not found. Run "minikube profile list" to view all profiles.`)
    yield* say(process, '👉', `To start a cluster, run: "minikube start${profile === 'minikube' ? '' : ` -p ${profile}`}"`)
    return 85
  }
  const blocks = cluster.nodes.map(({ name, isOn, isControlPlane }) => {
    const state = isOn ? 'Running' : 'Stopped'
    return isControlPlane ? `${name}\ntype: Control Plane\nhost: ${state}\nkubelet: ${state}\napiserver: ${state}\nkubeconfig: ${isOn ? 'Configured' : 'Stopped'}\n\n` : `${name}\ntype: Worker\nhost: ${state}\nkubelet: ${state}\n\n`
  })
  yield* out(process, blocks.join(''))
  return cluster.nodes.every(({ isOn }) => isOn) ? 0 : 7
}

function* ip(call: Call): Blocking<number> {
  const cluster = yield* required(call)
  const wanted = call.flags.text('node')
  const found = wanted === '' ? cluster.nodes[0] : cluster.nodes.find(({ name }) => name === wanted || name === `${cluster.name}-${wanted}`)
  if (!found) throw new Refusal(85, `GUEST_NODE_RETRIEVE: node ${wanted} does not exist`)
  yield* out(call.process, `${found.ip}\n`)
  return 0
}

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly type: string; readonly ports?: readonly { readonly name?: string; readonly port: number; readonly nodePort?: number }[] }
}

function* service(call: Call): Blocking<number> {
  const { process, flags, args } = call
  const cluster = yield* required(call)
  const { ip: host } = cluster.nodes[0]
  const isList = args[0] === 'list'
  const path = isList ? '/api/v1/services' : `/api/v1/namespaces/${flags.text('namespace')}/services/${args[0]}`
  const response = yield* fetch(process, cluster.server, request('GET', path, undefined, { accept: 'application/json' }))
  const text = yield* wholeText(response)
  const urls = ({ spec }: Service) => (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [`http://${host}:${nodePort}`] : []))
  if (isList) {
    const { items } = JSON.parse(text) as { items: readonly Service[] }
    const rows = items.map((one) => [one.metadata.namespace, one.metadata.name, urls(one).length > 0 ? (one.spec.ports ?? []).map(({ name, port }) => `${name ? `${name}/` : ''}${port}`).join(', ') : 'No node port', urls(one).join(', ')])
    yield* out(process, boxed(['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'], rows))
    return 0
  }
  if (args[0] === undefined) throw new Refusal(14, 'MK_USAGE: You must specify a service name')
  if (response.status === 404) throw new Refusal(119, `SVC_NOT_FOUND: Service '${args[0]}' was not found in '${flags.text('namespace')}' namespace.\nYou may select another namespace by using 'minikube service ${args[0]} -n <namespace>'. Or list out all the services using 'minikube service list'`)
  const found = JSON.parse(text) as Service
  const list = urls(found)
  if (list.length === 0) {
    yield* out(process, boxed(['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'], [[found.metadata.namespace, found.metadata.name, '', 'No node port']]))
    yield* say(process, '😿', `service ${found.metadata.namespace}/${found.metadata.name} has no node port`)
    return 0
  }
  if (flags.is('url')) {
    yield* out(process, list.map((url) => `${url}\n`).join(''))
    return 0
  }
  yield* out(process, boxed(['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'], list.map((url, index) => [index === 0 ? found.metadata.namespace : '', index === 0 ? found.metadata.name : '', String(found.spec.ports?.[index]?.name ?? found.spec.ports?.[index]?.port ?? ''), url])))
  yield* say(process, '🎉', `Opening service ${found.metadata.namespace}/${found.metadata.name} in default browser...`)
  yield* say(process, '👉', list[0])
  return 0
}

/** minikube's tables have a frame. */
function boxed(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`
  const centred = heading.map((title, column) => ' '.repeat(Math.floor((widths[column] - title.length) / 2)) + title)
  return rule + line(centred) + rule + rows.map(line).join('') + rule
}

function* profile({ process, args, profile: current }: Call): Blocking<number> {
  if (args[0] !== 'list') {
    yield* out(process, `${args[0] === undefined ? `${current}\n` : ''}`)
    if (args[0] !== undefined) throw new Refusal(64, 'MK_USAGE: switching profiles is not simulated; use kubectl config use-context')
    return 0
  }
  const all = yield* clusters(process)
  const rows = all.map(({ name, server, nodes }) => [name, 'docker', 'containerd', nodes[0].ip, server.replace(/^.*:/, ''), kubernetesVersion, nodes[0].isOn ? 'OK' : 'Stopped', String(nodes.length)])
  yield* out(process, boxed(['Profile', 'Driver', 'Runtime', 'IP', 'Port', 'Version', 'Status', 'Nodes'], rows))
  return 0
}

function* node(call: Call): Blocking<number> {
  const { process, args, profile: name } = call
  const cluster = yield* required(call)
  switch (args[0]) {
    case 'list':
      yield* out(process, cluster.nodes.map((one) => `${one.name}\t${one.ip}\n`).join(''))
      return 0
    case 'add': {
      const next = `m${String(cluster.nodes.length + 1).padStart(2, '0')}`
      yield* say(process, '😄', `Adding node ${next} to cluster ${name} as [worker]`)
      yield* say(process, '👍', `Starting "${name}-${next}" worker node in "${name}" cluster`)
      yield* askMachines(process, 'POST', `/clusters/${name}/nodes`)
      yield* sleep(process, 2_500)
      yield* say(process, '🏄', `Successfully added ${next} to ${name}!`)
      return 0
    }
    case 'stop':
    case 'start': {
      const found = cluster.nodes.find((one) => one.name === args[1] || one.name === `${name}-${args[1]}`)
      if (!found) throw new Refusal(85, `GUEST_NODE_RETRIEVE: retrieving node: Could not find node ${args[1] ?? ''}`)
      yield* askMachines(process, 'POST', `/machines/${found.name}/${args[0] === 'stop' ? 'off' : 'on'}`)
      yield* say(process, args[0] === 'stop' ? '🛑' : '🏄', args[0] === 'stop' ? `Successfully stopped node ${found.name}` : `Successfully started node ${args[1]}!`)
      return 0
    }
    default:
      throw new Refusal(14, 'MK_USAGE: Usage: minikube node [add|start|stop|list]')
  }
}

function* showVersion({ process, flags }: Call): Blocking<number> {
  yield* out(process, flags.is('short') ? `${version}\n` : `minikube version: ${version}\ncommit: f8f52f5de11fc6ad8244afac475e1d0f96841df1\n`)
  return 0
}

/** Hands everything on to kubectl. */
function* kubectl({ process, args }: Call): Blocking<number> {
  const child = startChild(process, ['kubectl', ...(args[0] === '--' ? args.slice(1) : args)])
  return yield* ended(child)
}

function* dockerEnv(call: Call): Blocking<number> {
  yield* required(call)
  throw new Refusal(64, "MK_USAGE: The docker-env command is incompatible with the containerd runtime: in this sandbox nodes run containerd. Push the image instead: 'docker push student/NAME'.")
}

function* addons(call: Call): Blocking<number> {
  yield* required(call)
  if (call.args[0] === 'list') {
    yield* out(call.process, boxed(['ADDON NAME', 'PROFILE', 'STATUS'], [['default-storageclass', call.profile, 'enabled ✅'], ['storage-provisioner', call.profile, 'enabled ✅']]))
    return 0
  }
  throw new Refusal(64, `MK_ADDON_NOT_SIMULATED: the addon "${call.args[1] ?? ''}" is not simulated in this sandbox`)
}

function* dashboard(call: Call): Blocking<number> {
  yield* required(call)
  throw new Refusal(64, 'MK_NOT_SIMULATED: the dashboard is not simulated; the picture beside this terminal shows the cluster')
}

function* ssh(call: Call): Blocking<number> {
  yield* required(call)
  throw new Refusal(64, 'MK_NOT_SIMULATED: minikube ssh is not simulated yet')
}

function* tunnel(call: Call): Blocking<number> {
  yield* required(call)
  throw new Refusal(64, 'MK_NOT_SIMULATED: minikube tunnel is not simulated yet; use the NodePort at $(minikube ip)')
}

function* updateContext(call: Call): Blocking<number> {
  const cluster = yield* required(call)
  rememberCluster(call.process, { name: cluster.name, server: cluster.server })
  yield* say(call.process, '🎉', `"${cluster.name}" context has been updated to point to ${cluster.server.replace('https://', '')}`)
  yield* say(call.process, '💗', `Current context is "${cluster.name}"`)
  return 0
}

function notHere(what: string): (call: Call) => Blocking<number> {
  return function* () {
    throw new Refusal(64, `MK_NOT_SIMULATED: ${what} is not simulated in this sandbox`)
  }
}

const help = `minikube provisions and manages local Kubernetes clusters optimized for development workflows.

Basic Commands:
${aligned(
  [
    ['start', 'Starts a local Kubernetes cluster'],
    ['status', 'Gets the status of a local Kubernetes cluster'],
    ['stop', 'Stops a running local Kubernetes cluster'],
    ['delete', 'Deletes a local Kubernetes cluster'],
    ['ip', 'Retrieves the IP address of the specified node'],
    ['service', 'Returns a URL to connect to a service'],
    ['node', 'Add, remove, or list additional nodes'],
    ['profile', 'Get or list the current profiles (clusters)'],
    ['kubectl', 'Run a kubectl binary matching the cluster version'],
    ['addons', 'Enable or disable a minikube addon'],
    ['update-context', 'Update kubeconfig in case of an IP or port change'],
    ['version', 'Print the version of minikube'],
  ]
    .map(([name, text]) => `  ${name}\t${text}\n`)
    .join(''),
  { minimum: 0, padding: 3 },
)}
Use "minikube <command> --help" for more information about a given command.
`
