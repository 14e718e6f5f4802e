/**
 * minikube 1.36 as a program: asks the laptop's machines API (machines.ts) for clusters and writes the kubeconfig. On a terminal its lines
 * begin with pictures, elsewhere with `*`, as the real one does.
 */
import { type Blocking, ended, err, Exit, out, type Process, type Running } from '../../unix/kernel/process.ts'
import { start as startProcess } from '../../unix/kernel/execute.ts'
import { type Flag, FlagError, HelpWanted, parseFlags } from '../flags.ts'
import { sayUnused } from '../unused-flags.ts'
import { emptyConfig, homeOf, readConfig, writeConfig } from '../kubectl/kubeconfig.ts'
import { type Access, ask, type Cluster, follow, installedPlugins, MachinesError, type Progress } from '../machines.ts'
import { addonCommands } from './addons.ts'
import { boxed, Failure, Minikube, type Run } from './call.ts'
import { set } from './config-file.ts'
import { helpOf, known } from './help.ts'
import { imageCommands } from './images.ts'
import { configCommands, setting } from './settings.ts'
import { apiAnswer, tunnel } from './tunnel.ts'

const version = 'v1.36.0'
const commit = 'f8f52f5de11fc6ad8244afac475e1d0f96841df1'
const kubernetesVersion = 'v1.33.13'

const flags: readonly Flag[] = [
  { name: 'profile', shorthand: 'p', type: 'string', value: 'minikube' },
  { name: 'nodes', shorthand: 'n', type: 'int', value: '1' },
  { name: 'driver', type: 'string' },
  { name: 'vm-driver', type: 'string' },
  { name: 'kubernetes-version', type: 'string' },
  { name: 'cpus', type: 'string', value: '2' },
  { name: 'memory', type: 'string' },
  { name: 'disk-size', type: 'string' },
  { name: 'cni', type: 'string' },
  { name: 'network-plugin', type: 'string' },
  { name: 'container-runtime', shorthand: 'c', type: 'string' },
  { name: 'extra-config', type: 'array' },
  { name: 'addons', type: 'strings' },
  { name: 'force', type: 'bool' },
  { name: 'wait', type: 'string' },
  { name: 'all', type: 'bool' },
  { name: 'purge', type: 'bool' },
  { name: 'url', type: 'bool' },
  { name: 'https', type: 'bool' },
  { name: 'namespace', type: 'string', value: 'default' },
  { name: 'output', shorthand: 'o', type: 'string' },
  { name: 'format', shorthand: 'f', type: 'string' },
  { name: 'short', type: 'bool' },
  { name: 'node', type: 'string' },
  { name: 'shell', type: 'string' },
  { name: 'unset', shorthand: 'u', type: 'bool' },
  { name: 'worker', type: 'bool', value: 'true' },
  { name: 'control-plane', type: 'bool' },
  { name: 'alsologtostderr', type: 'bool' },
  { name: 'v', shorthand: 'v', type: 'string' },
  { name: 'delete-on-failure', type: 'bool' },
  { name: 'ha', type: 'bool' },
  { name: 'tag', shorthand: 't', type: 'string' },
  { name: 'file', type: 'string' },
  { name: 'build-env', type: 'array' },
  { name: 'length', type: 'string', value: '60' },
]

const start: Run = function* (minikube) {
  const { process, profile } = minikube
  const before = yield* minikube.cluster()
  yield* minikube.say('happy', `minikube ${version} on Debian 12.11 (amd64)`)
  const driver = setting(minikube, 'driver') || setting(minikube, 'vm-driver') || before?.driver || 'docker'
  if (before) yield* minikube.say('sparkle', `Using the ${before.driver} driver based on existing profile`)
  else if (minikube.flags.isSet('driver') || minikube.flags.isSet('vm-driver'))
    yield* minikube.say('sparkle', `Using the ${driver} driver based on user configuration`)
  else yield* minikube.say('sparkle', 'Automatically selected the docker driver')
  if (!before && driver === 'docker') yield* minikube.say('pin', 'Using Docker driver with root privileges')
  const exact = kubernetesVersion
  const wanted = setting(minikube, 'kubernetes-version').replace(/^v/, '')
  if (wanted !== '' && wanted !== 'stable' && wanted !== 'latest' && `v${wanted}` !== exact)
    yield* minikube.complain('warning', `Kubernetes v${wanted} is not simulated in this sandbox: it will be ${exact}`)
  const cpus = setting(minikube, 'cpus') === 'max' ? 0 : Number(setting(minikube, 'cpus'))
  const memoryMb = memory(setting(minikube, 'memory'))
  const nodes = minikube.flags.number('nodes')
  const addons = new Set(['storage-provisioner', 'default-storageclass', ...minikube.flags.list('addons')])
  const cni = minikube.flags.text('cni')
  if (!before && !['', 'auto', 'bridge', ...installedPlugins].includes(cni))
    yield* minikube.complain(
      'warning',
      `The CNI "${cni}" is not simulated in this sandbox: it will be the bridge, which does not enforce NetworkPolicies`,
    )
  let current = ''
  const report = function* ({ step = '', node, error, cluster }: Progress): Blocking<void> {
    if (error) {
      yield* minikube.complain('fail', `Exiting due to ${error.reason}: ${error.message}`)
      throw new Failure(error.exitCode)
    }
    if (node !== undefined && node !== current) {
      current = node
      const isFirst = node === profile
      yield* minikube.say('thumbs', `Starting "${node}" ${isFirst ? 'primary control-plane' : 'worker'} node in "${profile}" cluster`)
    }
    switch (step) {
      case 'pull':
        yield* minikube.say('pull', 'Pulling base image v0.0.47 ...')
        break
      case 'download':
        yield* minikube.say('disk', `Downloading Kubernetes ${exact} preload ...`)
        break
      case 'create':
        yield* minikube.say('fire', `Creating ${driver} container (CPUs=${cpus}, Memory=${memoryMb}MB) ...`)
        break
      case 'restart':
        yield* minikube.say('restart', `Restarting existing ${driver} container for "${node ?? profile}" ...`)
        break
      case 'update':
        yield* minikube.say('running', `Updating the running ${driver} "${node ?? profile}" container ...`)
        break
      case 'prepare':
        yield* minikube.say(
          'docker',
          `Preparing Kubernetes ${exact} on ${minikube.flags.text('container-runtime') === 'containerd' ? 'containerd 1.7.27' : 'Docker 28.1.1'} ...`,
        )
        break
      case 'certificates':
        yield* minikube.say('sub', 'Generating certificates and keys ...')
        break
      case 'control-plane':
        yield* minikube.say('sub', 'Booting up control plane ...')
        break
      case 'rbac':
        yield* minikube.say('sub', 'Configuring RBAC rules ...')
        break
      case 'cni':
        yield* minikube.say(
          'link',
          `Configuring ${installedPlugins.includes(cni) ? cni[0].toUpperCase() + cni.slice(1) : nodes > 1 && cni === '' ? 'CNI' : 'bridge CNI'} (Container Networking Interface) ...`,
        )
        break
      case 'verify':
        yield* minikube.say('verify', 'Verifying Kubernetes components...')
        break
      case 'addons':
        yield* minikube.say('sub', 'Using image gcr.io/k8s-minikube/storage-provisioner:v5')
        yield* minikube.say(
          'star',
          `Enabled addons: ${Object.entries(cluster?.addons ?? Object.fromEntries([...addons].map((name) => [name, true])))
            .flatMap(([name, isOn]) => (isOn ? [name] : []))
            .join(', ')}`,
        )
        break
    }
  }
  const wish = {
    name: profile,
    nodes,
    driver,
    kubernetesVersion: exact,
    cpus,
    memoryMb,
    cni,
    addons: [...addons],
  }
  if (before) yield* follow(process, 'POST', `/clusters/${profile}/start`, wish, report)
  else yield* follow(process, 'POST', '/clusters', wish, report)
  yield* writeAccess(process, profile)
  yield* minikube.say('done', `Done! kubectl is now configured to use "${profile}" cluster and "default" namespace by default`)
}

/** `4g`, `4096`, `4096mb` in MB; what minikube takes by itself otherwise. */
function memory(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(g|gb|gib|m|mb|mib)?$/i.exec(text)
  if (!match) return 2200
  return Math.round(Number(match[1]) * (match[2]?.toLowerCase().startsWith('g') ? 1024 : 1))
}

const configPath = (process: Process): string => (process.env.KUBECONFIG ?? '').split(':')[0] || `${homeOf(process)}/.kube/config`

/** Adds cluster, user and context to the kubeconfig and makes it the current one. */
function* writeAccess(process: Process, name: string): Blocking<void> {
  const access = yield* ask<Access>(process, 'GET', `/clusters/${name}/kubeconfig`)
  const path = configPath(process)
  const config = readConfig(process, path) ?? emptyConfig()
  config.clusters.set(name, {
    server: access.server,
    ...(access.certificateAuthorityData ? { 'certificate-authority-data': access.certificateAuthorityData } : {}),
  })
  config.users.set(
    name,
    access.clientCertificateData
      ? { 'client-certificate-data': access.clientCertificateData, 'client-key-data': access.clientKeyData }
      : {},
  )
  config.contexts.set(name, { cluster: name, user: name, namespace: 'default' })
  config.currentContext = name
  writeConfig(process, path, config)
}

function forgetAccess(process: Process, name: string): void {
  const path = configPath(process)
  const config = readConfig(process, path)
  if (!config) return
  config.clusters.delete(name)
  config.users.delete(name)
  config.contexts.delete(name)
  if (config.currentContext === name) config.currentContext = ''
  writeConfig(process, path, config)
}

const stop: Run = function* (minikube) {
  const cluster = yield* minikube.existing()
  for (const { name } of [...cluster.nodes].reverse()) {
    yield* minikube.say('hand', `Stopping node "${name}"  ...`)
    yield* minikube.say('stopped', `Powering off "${name}" via SSH ...`)
  }
  yield* follow(minikube.process, 'POST', `/clusters/${minikube.profile}/stop`, {}, failing(minikube))
  yield* minikube.say('stopped', `${cluster.nodes.length} node${cluster.nodes.length === 1 ? '' : 's'} stopped.`)
}

function failing(minikube: Minikube): (progress: Progress) => Blocking<void> {
  return function* ({ error }) {
    if (!error) return
    yield* minikube.complain('fail', `Exiting due to ${error.reason}: ${error.message}`)
    throw new Failure(error.exitCode)
  }
}

const remove: Run = function* (minikube) {
  const { process } = minikube
  const clusters = minikube.flags.is('all')
    ? (yield* ask<{ clusters: Cluster[] }>(process, 'GET', '/clusters')).clusters
    : [yield* minikube.cluster()]
  for (const cluster of clusters) {
    if (!cluster) {
      yield* minikube.say('shrug', `"${minikube.profile}" profile does not exist, trying anyways.`)
      yield* minikube.say('removed', `Removed all traces of the "${minikube.profile}" cluster.`)
      continue
    }
    yield* minikube.say('fire', `Deleting "${cluster.name}" in ${cluster.driver} ...`)
    for (const { name } of cluster.nodes) yield* minikube.say('fire', `Deleting container "${name}" ...`)
    for (const { name } of cluster.nodes) yield* minikube.say('fire', `Removing ${homeOf(process)}/.minikube/machines/${name} ...`)
    yield* follow(process, 'DELETE', `/clusters/${cluster.name}`, undefined, failing(minikube))
    forgetAccess(process, cluster.name)
    yield* minikube.say('removed', `Removed all traces of the "${cluster.name}" cluster.`)
  }
  if (minikube.flags.is('all')) yield* minikube.say('fire', 'Successfully deleted all profiles')
}

const status: Run = function* (minikube) {
  const cluster = yield* minikube.existing()
  if (minikube.flags.text('output') === 'json') {
    const list = cluster.nodes.map((node) => ({
      Name: node.name,
      Host: node.isRunning ? 'Running' : 'Stopped',
      Kubelet: node.kubelet,
      APIServer: node.role === 'worker' ? 'Irrelevant' : (node.apiServer ?? 'Stopped'),
      Kubeconfig: node.role === 'worker' ? 'Irrelevant' : node.isRunning ? 'Configured' : 'Stopped',
      Worker: node.role === 'worker',
    }))
    yield* out(minikube.process, `${JSON.stringify(list.length === 1 ? list[0] : list)}\n`)
  } else {
    for (const node of cluster.nodes) {
      const host = node.isRunning ? 'Running' : 'Stopped'
      yield* out(
        minikube.process,
        node.role === 'worker'
          ? `${node.name}\ntype: Worker\nhost: ${host}\nkubelet: ${node.kubelet}\n\n`
          : `${node.name}\ntype: Control Plane\nhost: ${host}\nkubelet: ${node.kubelet}\napiserver: ${node.apiServer ?? 'Stopped'}\nkubeconfig: ${node.isRunning ? 'Configured' : 'Stopped'}\n\n`,
      )
    }
  }
  // The code counts what is wrong: host 1, cluster 2, Kubernetes 4.
  if (cluster.nodes.some(({ isRunning }) => !isRunning)) throw new Failure(7)
}

const ip: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  const wanted = minikube.flags.text('node')
  const node = cluster.nodes.find(({ name }) => wanted === '' || name === wanted || name === `${cluster.name}-${wanted}`)
  if (!node) {
    yield* minikube.complain('fail', `Exiting due to GUEST_NODE_RETRIEVE: retrieving node: Could not find node ${wanted}`)
    throw new Failure(80)
  }
  yield* out(minikube.process, `${node.ip}\n`)
}

const service: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  const [name] = minikube.args
  const namespace = minikube.flags.text('namespace')
  const access = yield* ask<Access>(minikube.process, 'GET', `/clusters/${cluster.name}/kubeconfig`)
  const path =
    name === undefined ? '/api/v1/services' : name === 'list' ? '/api/v1/services' : `/api/v1/namespaces/${namespace}/services/${name}`
  const found = (yield* apiAnswer(minikube, access, 'GET', path)) as ServiceObject & {
    readonly kind?: string
    readonly items?: readonly ServiceObject[]
  }
  const address = cluster.nodes[0].ip
  if (name === undefined || name === 'list') {
    const rows = (found.items ?? []).map((item) => [
      item.metadata.namespace,
      item.metadata.name,
      portsText(item),
      urlsOf(item, address).join('\n'),
    ])
    return yield* out(minikube.process, boxed(['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'], rows))
  }
  if (found.kind === 'Status') {
    yield* minikube.complain(
      'fail',
      `Exiting due to SVC_NOT_FOUND: Service '${name}' was not found in '${namespace}' namespace.\nYou may select another namespace by using 'minikube service ${name} -n <namespace>'. Or list out all the services using 'minikube service list'`,
    )
    throw new Failure(115)
  }
  const urls = urlsOf(found, address)
  if (minikube.flags.is('url')) {
    if (urls.length === 0) yield* minikube.say('crossed', `service ${namespace}/${name} has no node port`)
    return yield* out(
      minikube.process,
      urls.map((url) => `${minikube.flags.is('https') ? url.replace('http:', 'https:') : url}\n`).join(''),
    )
  }
  yield* out(
    minikube.process,
    boxed(
      ['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'],
      [[namespace, name, portsText(found), urls.length > 0 ? urls.join('\n') : 'No node port']],
    ),
  )
  if (urls.length === 0) return yield* minikube.say('crossed', `service ${namespace}/${name} has no node port`)
  yield* minikube.say('party', `Opening service ${namespace}/${name} in default browser...`)
  for (const url of urls) yield* out(minikube.process, `${url}\n`)
  yield* ask(minikube.process, 'POST', '/browse', { address: urls[0] })
}

interface ServiceObject {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly ports?: readonly { readonly name?: string; readonly port: number; readonly nodePort?: number }[] }
}

function urlsOf({ spec }: ServiceObject, address: string): string[] {
  return (spec.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [`http://${address}:${nodePort}`] : []))
}

function portsText({ spec }: ServiceObject): string {
  const ports = spec.ports ?? []
  if (!ports.some(({ nodePort }) => nodePort)) return 'No node port'
  return ports.map(({ name, port }) => `${name ? `${name}/` : ''}${port}`).join('\n')
}

const dashboard: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  yield* minikube.complain('plug', 'Enabling dashboard ...')
  yield* ask<Cluster>(minikube.process, 'POST', `/clusters/${cluster.name}/addons/dashboard`, { enabled: true })
  yield* minikube.complain('think', 'Verifying dashboard health ...')
  yield* minikube.complain('rocket', 'Launching proxy ...')
  yield* minikube.complain('think', 'Verifying proxy health ...')
  const url = 'http://127.0.0.1:40223/api/v1/namespaces/kubernetes-dashboard/services/http:kubernetes-dashboard:/proxy/'
  if (minikube.flags.is('url')) yield* out(minikube.process, `${url}\n`)
  else yield* minikube.complain('party', `Opening ${url} in your default browser...`)
}

const nodeList: Run = function* (minikube) {
  const cluster = yield* minikube.existing()
  for (const { name, ip: address } of cluster.nodes) yield* out(minikube.process, `${name}\t${address}\n`)
}

const nodeAdd: Run = function* (minikube) {
  const cluster = yield* minikube.running()
  const name = `${cluster.name}-m${String(cluster.nodes.length + 1).padStart(2, '0')}`
  yield* minikube.say('happy', `Adding node m${String(cluster.nodes.length + 1).padStart(2, '0')} to cluster ${cluster.name} as [worker]`)
  yield* minikube.say('thumbs', `Starting "${name}" worker node in "${cluster.name}" cluster`)
  yield* follow(
    minikube.process,
    'POST',
    `/clusters/${cluster.name}/nodes`,
    { controlPlane: minikube.flags.is('control-plane') },
    failing(minikube),
  )
  yield* minikube.say('done', `Successfully added m${String(cluster.nodes.length + 1).padStart(2, '0')} to ${cluster.name}!`)
}

const nodeDelete: Run = function* (minikube) {
  const cluster = yield* minikube.existing()
  const [wanted = ''] = minikube.args
  const node = cluster.nodes.find(({ name }) => name === wanted || name === `${cluster.name}-${wanted}`)
  if (!node) {
    yield* minikube.complain('fail', `Exiting due to GUEST_NODE_DELETE: deleting node: retrieve: Could not find node ${wanted}`)
    throw new Failure(80)
  }
  yield* minikube.say('fire', `Deleting node ${wanted} from cluster ${cluster.name}`)
  yield* follow(minikube.process, 'DELETE', `/clusters/${cluster.name}/nodes/${node.name}`, undefined, failing(minikube))
  yield* minikube.say('removed', `Node ${wanted} was successfully deleted.`)
}

function nodePower(isOn: boolean): Run {
  return function* (minikube) {
    const cluster = yield* minikube.existing()
    const [wanted = ''] = minikube.args
    const node = cluster.nodes.find(({ name }) => name === wanted || name === `${cluster.name}-${wanted}`)
    if (!node) {
      yield* minikube.complain('fail', `Exiting due to GUEST_NODE_RETRIEVE: retrieving node: Could not find node ${wanted}`)
      throw new Failure(80)
    }
    if (!isOn) yield* minikube.say('hand', `Stopping node "${node.name}"  ...`)
    yield* ask(minikube.process, 'POST', `/machines/${node.name}/power`, { on: isOn })
    yield* minikube.say(isOn ? 'done' : 'stopped', isOn ? `Successfully started node ${wanted}!` : `Successfully stopped node ${wanted}`)
  }
}

const profile: Run = function* (minikube) {
  const { process } = minikube
  const [name] = minikube.args
  if (name === undefined) return yield* out(process, `${minikube.profile}\n`)
  const { clusters } = yield* ask<{ clusters: Cluster[] }>(process, 'GET', '/clusters')
  if (name !== 'default' && !clusters.some((cluster) => cluster.name === name))
    return yield* minikube.complain('tip', `if you want to create a profile you can by this command: minikube start -p ${name}`)
  const wanted = name === 'default' ? 'minikube' : name
  set(process, 'profile', wanted)
  useContext(process, wanted)
  yield* minikube.say('check', `minikube profile was successfully set to ${wanted}`)
}

function useContext(process: Process, name: string): void {
  const config = readConfig(process, configPath(process))
  if (!config?.contexts.has(name)) return
  config.currentContext = name
  writeConfig(process, configPath(process), config)
}

const updateContext: Run = function* (minikube) {
  const { process } = minikube
  const cluster = yield* minikube.existing()
  const server = `${cluster.nodes[0].ip}:${cluster.apiServerPort}`
  const before = readConfig(process, configPath(process))?.clusters.get(cluster.name)?.server
  yield* writeAccess(process, cluster.name)
  if (before?.endsWith(server)) yield* minikube.say('party', `No changes required for the "${cluster.name}" context`)
  else yield* minikube.say('party', `"${cluster.name}" context has been updated to point to ${server}`)
  yield* minikube.say('docker', `Current context is "${cluster.name}"`)
}

const profileList: Run = function* (minikube) {
  const { clusters } = yield* ask<{ clusters: Cluster[] }>(minikube.process, 'GET', '/clusters')
  if (clusters.length === 0) {
    yield* minikube.complain('fail', 'Exiting due to MK_USAGE_NO_PROFILE: No minikube profile was found.')
    yield* minikube.complain('tip', "Suggestion: You can create one using 'minikube start'.")
    throw new Failure(14)
  }
  const current = readConfig(minikube.process, configPath(minikube.process))?.currentContext
  const rows = clusters.map((cluster) => [
    cluster.name,
    cluster.driver,
    cluster.containerRuntime,
    cluster.nodes[0]?.ip ?? '',
    String(cluster.apiServerPort),
    cluster.kubernetesVersion,
    cluster.nodes[0]?.isRunning ? 'OK' : 'Stopped',
    String(cluster.nodes.length),
    cluster.name === minikube.profile ? '*' : '',
    cluster.name === current ? '*' : '',
  ])
  yield* out(
    minikube.process,
    boxed(['PROFILE', 'DRIVER', 'RUNTIME', 'IP', 'PORT', 'VERSION', 'STATUS', 'NODES', 'ACTIVE PROFILE', 'ACTIVE KUBECONTEXT'], rows),
  )
}

const versionText: Run = function* (minikube) {
  if (minikube.flags.is('short')) return yield* out(minikube.process, `${version}\n`)
  yield* out(minikube.process, `minikube version: ${version}\ncommit: ${commit}\n`)
}

/** `minikube kubectl -- get pods` is the kubectl of this machine. */
const kubectl: Run = function* (minikube) {
  throw new Exit(yield* ended(startProcess(minikube.process, ['kubectl', ...minikube.args])))
}

const commands: Readonly<Record<string, Run>> = {
  start,
  stop,
  delete: remove,
  status,
  ip,
  service,
  tunnel,
  dashboard,
  'update-context': updateContext,
  'node list': nodeList,
  'node add': nodeAdd,
  'node delete': nodeDelete,
  'node start': nodePower(true),
  'node stop': nodePower(false),
  'profile list': profileList,
  profile,
  version: versionText,
  kubectl,
  ...addonCommands,
  ...configCommands,
  ...imageCommands,
}

/** `-n` is short for what the command counts or names: nodes, a namespace, a node. */
function flagsFor(command: string): readonly Flag[] {
  const short =
    command === 'service' ? 'namespace' : ['ssh', 'ip', 'cp', 'logs', 'status', 'ssh-key', 'image'].includes(command) ? 'node' : 'nodes'
  return flags.map((flag) =>
    flag.name === short ? { ...flag, shorthand: 'n' } : flag.shorthand === 'n' ? { ...flag, shorthand: undefined } : flag,
  )
}

/** Commands of a real minikube that have nothing to act on here. */
const notHere = new Set(['pause', 'unpause', 'mount', 'podman-env', 'license', 'update-check', 'completion', 'options', 'cache'])

/** Flags that ask for what is so anyway, or for more words. */
const withoutEffect = new Set([
  'driver',
  'vm-driver',
  'container-runtime',
  'wait',
  'alsologtostderr',
  'logtostderr',
  'v',
  'force',
  'install-addons',
  'interactive',
])

export function* minikube(process: Process): Running {
  const words = process.argv.slice(1)
  try {
    const isKubectl = words[0] === 'kubectl'
    if (notHere.has(words[0] ?? '')) {
      yield* err(process, `X Exiting due to HOST_SANDBOX: minikube ${words[0]} is not simulated in this sandbox\n`)
      return 69
    }
    const parsed = isKubectl ? parseFlags([], flags) : parseFlags(words, flagsFor(words[0] ?? ''))
    const args = isKubectl ? words.slice(words[1] === '--' ? 2 : 1) : parsed.args
    const two = args.slice(0, 2).join(' ')
    const name = isKubectl ? 'kubectl' : commands[two] && args.length > 1 ? two : (args[0] ?? '')
    const run = commands[name]
    if (!run) {
      if (name === '' || name === 'help' || known.has(name)) {
        yield* out(process, helpOf(name === 'help' ? (args[1] ?? '') : name))
        return 0
      }
      yield* err(process, `Error: unknown command ${JSON.stringify(name)} for "minikube"\nRun 'minikube --help' for usage.\n`)
      return 1
    }
    yield* run(new Minikube(process, parsed, isKubectl ? args : args.slice(name.split(' ').length)))
    yield* sayUnused(process, parsed, withoutEffect)
    return 0
  } catch (error) {
    if (error instanceof HelpWanted) {
      yield* out(process, helpOf(words.find((word) => !word.startsWith('-')) ?? ''))
      return 0
    }
    if (error instanceof FlagError) {
      yield* err(process, `Error: ${error.message}\nSee 'minikube --help' for usage.\n`)
      return 1
    }
    if (error instanceof MachinesError) {
      yield* err(process, `X Exiting due to PROVIDER_DOCKER_NOT_RUNNING: ${error.message}\n`)
      return 69
    }
    if (error instanceof Failure) {
      if (error.message !== '') yield* err(process, `${error.message}\n`)
      return error.code
    }
    throw error
  }
}
