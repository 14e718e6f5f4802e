/** kubeadm init, join and reset: the phases as the machine goes through them. */
import { type Blocking, err, Exit, out } from '../../unix/kernel/process.ts'
import { textOf } from '../../base/bytes.ts'
import { fromYaml } from '../yaml-input.ts'
import type { JoinFacts, MachineState } from '../machines.ts'
import type { Kubeadm, Run } from './call.ts'
import { certificateLines, healthLines, joinedText, joinLines, markLines, moreControlPlanes, uploadLines } from './control-plane.ts'

interface Settings {
  readonly podNetworkCidr: string
  readonly serviceCidr: string
  readonly advertiseAddress: string
  readonly kubernetesVersion: string
  readonly controlPlaneEndpoint: string
}

function settings({ flags }: Kubeadm): Settings {
  return {
    podNetworkCidr: flags.text('pod-network-cidr'),
    serviceCidr: flags.text('service-cidr'),
    advertiseAddress: flags.text('apiserver-advertise-address'),
    kubernetesVersion: flags.text('kubernetes-version'),
    controlPlaneEndpoint: flags.text('control-plane-endpoint'),
  }
}

/** What `--config` says of the same things. */
function configured({ flags, process }: Kubeadm): Partial<Settings> {
  if (!flags.isSet('config')) return {}
  const documents = textOf(process.files.readFile(process.path(flags.text('config')), process.credentials))
    .split(/^---\s*$/m)
    .map((text) => fromYaml(text))
    .filter(isMap)
  const cluster = documents.find(({ kind }) => kind === 'ClusterConfiguration') ?? {}
  const own = documents.find(({ kind }) => kind === 'InitConfiguration') ?? {}
  const networking = isMap(cluster.networking) ? cluster.networking : {}
  const local = isMap(own.localAPIEndpoint) ? own.localAPIEndpoint : {}
  const found: Record<keyof Settings, unknown> = {
    podNetworkCidr: networking.podSubnet,
    serviceCidr: networking.serviceSubnet,
    advertiseAddress: local.advertiseAddress,
    kubernetesVersion: cluster.kubernetesVersion,
    controlPlaneEndpoint: cluster.controlPlaneEndpoint,
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => typeof value === 'string'))
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the sandbox's clusters cannot have otherwise. */
function* warnOfFixed(
  { process }: Kubeadm,
  { serviceCidr = '', advertiseAddress = '' }: Partial<Settings>,
  { ip }: MachineState,
): Blocking<void> {
  if (serviceCidr !== '' && serviceCidr !== '10.96.0.0/12')
    yield* err(process, `WARNING: the range of Service addresses is 10.96.0.0/12 in this sandbox, not ${serviceCidr}\n`)
  if (advertiseAddress !== '' && advertiseAddress !== ip)
    yield* err(process, `WARNING: the API server of this sandbox is advertised at ${ip}, not at ${advertiseAddress}\n`)
}

/** What must be so before anything is done; `--ignore-preflight-errors` makes warnings of it. */
function* preflight(kubeadm: Kubeadm, { known, role, cpus }: MachineState, command: 'init' | 'join'): Blocking<void> {
  const { files, credentials } = kubeadm.process
  const errors: [string, string][] = []
  if (!known)
    errors.push([
      'CRI',
      'could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "unix:///var/run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error',
    ])
  if (credentials.uid !== 0) errors.push(['IsPrivilegedUser', 'user is not running as root'])
  if (command === 'init' && known && cpus < 2) errors.push(['NumCPU', `the number of available CPUs ${cpus} is less than the required 2`])
  if (command === 'init' && role === 'control-plane')
    for (const port of [6443, 10259, 10257]) errors.push([`Port-${port}`, `Port ${port} is in use`])
  const paths =
    command === 'init'
      ? ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => `/etc/kubernetes/manifests/${name}.yaml`)
      : ['/etc/kubernetes/kubelet.conf', '/etc/kubernetes/pki/ca.crt']
  for (const path of paths) if (files.exists(path)) errors.push([`FileAvailable-${path.replaceAll(/[/]/g, '-')}`, `${path} already exists`])
  if (role !== 'none') errors.push(['Port-10250', 'Port 10250 is in use'])
  if (command === 'init' && role === 'control-plane')
    for (const port of [2379, 2380]) errors.push([`Port-${port}`, `Port ${port} is in use`])
  if (command === 'init' && files.exists('/var/lib/etcd') && files.list('/var/lib/etcd').length > 0)
    errors.push(['DirAvailable--var-lib-etcd', '/var/lib/etcd is not empty'])
  const ignored = kubeadm.flags.list('ignore-preflight-errors').map((name) => name.toLowerCase())
  const fatal = errors.filter(([name]) => !ignored.includes('all') && !ignored.includes(name.toLowerCase()))
  for (const [name, text] of errors) if (!fatal.some(([one]) => one === name)) yield* err(kubeadm.process, `\t[WARNING ${name}]: ${text}\n`)
  if (fatal.length === 0) return
  yield* kubeadm.refuse(
    `error execution phase preflight: [preflight] Some fatal errors occurred:\n${fatal.map(([name, text]) => `\t[ERROR ${name}]: ${text}\n`).join('')}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\``,
  )
}

/** The lines of each phase of `init`. */
function initLines(
  step: string,
  { name, ip, endpoint }: { readonly name: string; readonly ip: string; readonly endpoint: string },
): readonly string[] {
  switch (step) {
    case 'preflight':
      return [
        '[preflight] Pulling images required for setting up a Kubernetes cluster',
        '[preflight] This might take a minute or two, depending on the speed of your internet connection',
        "[preflight] You can also perform this action beforehand using 'kubeadm config images pull'",
      ]
    case 'certificates':
      return [
        '[certs] Using certificateDir folder "/etc/kubernetes/pki"',
        // Each authority comes before the first that it signs.
        ...certificateLines(name, ip, endpoint).flatMap((line) => {
          const root = { apiserver: 'ca', 'front-proxy-client': 'front-proxy-ca', 'etcd/server': 'etcd/ca' }[
            /Generating "(.*?)"/.exec(line)?.[1] ?? ''
          ]
          return root ? [`[certs] Generating "${root}" certificate and key`, line] : [line]
        }),
        '[certs] Generating "sa" key and public key',
      ]
    case 'kubeconfig':
      return [
        '[kubeconfig] Using kubeconfig folder "/etc/kubernetes"',
        ...['admin.conf', 'super-admin.conf', 'kubelet.conf', 'controller-manager.conf', 'scheduler.conf'].map(
          (file) => `[kubeconfig] Writing "${file}" kubeconfig file`,
        ),
      ]
    case 'control-plane':
      return [
        '[etcd] Creating static Pod manifest for local etcd in "/etc/kubernetes/manifests"',
        '[control-plane] Using manifest folder "/etc/kubernetes/manifests"',
        ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
          (part) => `[control-plane] Creating static Pod manifest for "${part}"`,
        ),
      ]
    case 'kubelet':
      return [
        '[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"',
        '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"',
        '[kubelet-start] Starting the kubelet',
        '[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory "/etc/kubernetes/manifests"',
        '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s',
      ]
    case 'healthy':
      return ['[kubelet-check] The kubelet is healthy after 501.186934ms', ...healthLines(ip)]
    case 'upload-config':
      return [
        '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace',
        '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster',
      ]
    case 'mark':
      return markLines(name)
    case 'addons':
      return [
        '[kubelet-finalize] Updating "/etc/kubernetes/kubelet.conf" to point to a rotatable kubelet client certificate and key',
        '[addons] Applied essential addon: CoreDNS',
        '[addons] Applied essential addon: kube-proxy',
      ]
    default:
      return []
  }
}

export function joinCommand({ endpoint, token, caCertHash }: JoinFacts, separator: string): string {
  return `kubeadm join ${endpoint} --token ${token} ${separator}--discovery-token-ca-cert-hash ${caCertHash}`
}

function portOf(endpoint: string): string {
  return endpoint.includes(':') ? endpoint : `${endpoint}:6443`
}

export const init: Run = function* (kubeadm) {
  const given = { ...settings(kubeadm), ...configured(kubeadm) }
  const state = yield* kubeadm.ask<MachineState>('state')
  const wanted = `v${(given.kubernetesVersion || kubeadm.version).replace(/^v/, '')}`
  yield* kubeadm.say(`[init] Using Kubernetes version: ${wanted}\n[preflight] Running pre-flight checks`)
  yield* warnOfFixed(kubeadm, given, state)
  yield* preflight(kubeadm, state, 'init')
  let join: JoinFacts | undefined
  const endpoint = given.controlPlaneEndpoint && portOf(given.controlPlaneEndpoint)
  const certificateKey = kubeadm.flags.is('upload-certs')
    ? kubeadm.flags.text('certificate-key') || kubeadm.process.kernel.random.hex(64)
    : ''
  yield* kubeadm.follow(
    'init',
    {
      ...given,
      kubernetesVersion: wanted,
      extraNames: kubeadm.flags.list('apiserver-cert-extra-sans'),
      token: kubeadm.flags.text('token'),
      certificateKey,
    },
    function* (progress) {
      for (const line of initLines(progress.step ?? '', { name: kubeadm.machine, ip: state.ip, endpoint })) yield* kubeadm.say(line)
      if (progress.step === 'upload-certs')
        for (const line of certificateKey === ''
          ? ['[upload-certs] Skipping phase. Please see --upload-certs']
          : uploadLines(certificateKey))
          yield* kubeadm.say(line)
      if (progress.step === 'bootstrap-token' && progress.join) {
        const rules = [
          'Node Bootstrap tokens to get nodes',
          'Node Bootstrap tokens to post CSRs in order for nodes to get long term certificate credentials',
          'the csrapprover controller automatically approve CSRs from a Node Bootstrap Token',
          'certificate rotation for all node client certificates in the cluster',
        ]
        yield* kubeadm.say(
          [
            `[bootstrap-token] Using token: ${progress.join.token}`,
            '[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles',
            ...rules.map((rule) => `[bootstrap-token] Configured RBAC rules to allow ${rule}`),
            '[bootstrap-token] Creating the "cluster-info" ConfigMap in the "kube-public" namespace',
          ].join('\n'),
        )
        join = progress.join
      }
    },
  )
  yield* kubeadm.say(`
Your Kubernetes control-plane has initialized successfully!

To start using your cluster, you need to run the following as a regular user:

  mkdir -p $HOME/.kube
  sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
  sudo chown $(id -u):$(id -g) $HOME/.kube/config

Alternatively, if you are the root user, you can run:

  export KUBECONFIG=/etc/kubernetes/admin.conf

You should now deploy a pod network to the cluster.
Run "kubectl apply -f [podnetwork].yaml" with one of the options listed at:
  https://kubernetes.io/docs/concepts/cluster-administration/addons/

${join && endpoint ? `${moreControlPlanes(join, certificateKey)}\n` : ''}Then you can join any number of worker nodes by running the following on each as root:
`)
  if (join) yield* kubeadm.say(`${joinCommand(join, '\\\n\t')} `)
}

export const join: Run = function* (kubeadm) {
  const [endpoint] = kubeadm.args
  const { flags: given } = kubeadm
  if (endpoint === undefined || given.text('token') === '') {
    yield* err(
      kubeadm.process,
      'discovery: Invalid value: "": bootstrapToken or file must be set\nTo see the stack trace of this error execute with --v=5 or higher\n',
    )
    throw new Exit(3)
  }
  yield* kubeadm.say('[preflight] Running pre-flight checks')
  if (!given.isSet('discovery-token-ca-cert-hash') && !given.is('discovery-token-unsafe-skip-ca-verification'))
    yield* kubeadm.refuse(
      'discovery.bootstrapToken: Invalid value: "": using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue',
      3,
    )
  const state = yield* kubeadm.ask<MachineState>('state')
  yield* preflight(kubeadm, state, 'join')
  const isControlPlane = given.is('control-plane')
  const wish = {
    endpoint,
    token: given.text('token'),
    caCertHash: given.list('discovery-token-ca-cert-hash')[0] ?? '',
    controlPlane: isControlPlane,
    certificateKey: given.text('certificate-key'),
  }
  yield* kubeadm.follow('join', wish, function* ({ step = '' }) {
    if (isControlPlane) {
      for (const line of joinLines(step, { name: kubeadm.machine, ip: state.ip, endpoint })) yield* kubeadm.say(line)
      return
    }
    if (step === 'preflight')
      yield* kubeadm.say(
        '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[preflight] Use \'kubeadm init phase upload-config --config your-config-file\' to re-upload it.',
      )
    if (step === 'kubelet')
      yield* kubeadm.say(
        '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"\n[kubelet-start] Starting the kubelet\n[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s',
      )
    if (step === 'bootstrap')
      yield* kubeadm.say(
        '[kubelet-check] The kubelet is healthy after 501.493921ms\n[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap',
      )
  })
  if (isControlPlane) return yield* kubeadm.say(joinedText)
  yield* kubeadm.say(`
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.
`)
}

export const reset: Run = function* (kubeadm) {
  if (!kubeadm.flags.is('force')) {
    yield* out(
      kubeadm.process,
      "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.\n[reset] Are you sure you want to proceed? [y/N]: ",
    )
    const file = kubeadm.process.file(0)
    let answer = file.read(4096)
    while (answer === undefined) {
      yield { on: [file.readable] }
      answer = file.read(4096)
    }
    if (!/^y/i.test(new TextDecoder().decode(answer))) {
      yield* err(
        kubeadm.process,
        'error execution phase preflight: aborted reset operation\nTo see the stack trace of this error execute with --v=5 or higher\n',
      )
      throw new Exit(1)
    }
  }
  const { role } = yield* kubeadm.ask<MachineState>('state')
  if (role !== 'none')
    yield* kubeadm.say(
      '[reset] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[reset] Use \'kubeadm init phase upload-config --config your-config-file\' to re-upload it.',
    )
  yield* kubeadm.say('[preflight] Running pre-flight checks')
  yield* kubeadm.follow('reset', {}, function* ({ step }) {
    if (step === 'etcd') yield* kubeadm.say('[reset] Deleted contents of the etcd data directory: /var/lib/etcd')
    if (step === 'kubelet')
      yield* kubeadm.say('[reset] Stopping the kubelet service\n[reset] Unmounting mounted directories in "/var/lib/kubelet"')
    if (step === 'files')
      yield* kubeadm.say(
        '[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]\n[reset] Deleting files: [/etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf]',
      )
  })
  yield* kubeadm.say(`
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/
`)
}
