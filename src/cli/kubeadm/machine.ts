/** kubeadm init, join and reset: the phases as the machine goes through them. */
import { type Blocking, err, Exit, out } from '../../unix/kernel/process.ts'
import { textOf } from '../../base/bytes.ts'
import { fromYaml } from '../yaml-input.ts'
import type { JoinFacts, MachineState } from '../machines.ts'
import type { Kubeadm, Run } from './call.ts'

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
function initLines(step: string, name: string, ip: string): string[] {
  switch (step) {
    case 'preflight':
      return [
        '[preflight] Pulling images required for setting up a Kubernetes cluster',
        '[preflight] This might take a minute or two, depending on the speed of your internet connection',
        "[preflight] You can also perform this action beforehand using 'kubeadm config images pull'",
      ]
    case 'certificates': {
      const local = `DNS names [${name} localhost] and IPs [${ip} 127.0.0.1 ::1]`
      const made = (file: string): string => `[certs] Generating "${file}" certificate and key`
      return [
        '[certs] Using certificateDir folder "/etc/kubernetes/pki"',
        made('ca'),
        made('apiserver'),
        `[certs] apiserver serving cert is signed for DNS names [${name} kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local] and IPs [10.96.0.1 ${ip}]`,
        made('apiserver-kubelet-client'),
        made('front-proxy-ca'),
        made('front-proxy-client'),
        made('etcd/ca'),
        made('etcd/server'),
        `[certs] etcd/server serving cert is signed for ${local}`,
        made('etcd/peer'),
        `[certs] etcd/peer serving cert is signed for ${local}`,
        made('etcd/healthcheck-client'),
        made('apiserver-etcd-client'),
        '[certs] Generating "sa" key and public key',
      ]
    }
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
      return [
        '[kubelet-check] The kubelet is healthy after 501.186934ms',
        '[control-plane-check] Waiting for healthy control plane components. This can take up to 4m0s',
        `[control-plane-check] Checking kube-apiserver at https://${ip}:6443/livez`,
        '[control-plane-check] Checking kube-controller-manager at https://127.0.0.1:10257/healthz',
        '[control-plane-check] Checking kube-scheduler at https://127.0.0.1:10259/livez',
        '[control-plane-check] kube-controller-manager is healthy after 2.010421351s',
        '[control-plane-check] kube-scheduler is healthy after 2.830214605s',
        '[control-plane-check] kube-apiserver is healthy after 4.501682717s',
      ]
    case 'upload-config':
      return [
        '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace',
        '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster',
        '[upload-certs] Skipping phase. Please see --upload-certs',
      ]
    case 'mark':
      return [
        `[mark-control-plane] Marking the node ${name} as control-plane by adding the labels: [node-role.kubernetes.io/control-plane node.kubernetes.io/exclude-from-external-load-balancers]`,
        `[mark-control-plane] Marking the node ${name} as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]`,
      ]
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
  yield* kubeadm.follow(
    'init',
    {
      ...given,
      kubernetesVersion: wanted,
      extraNames: kubeadm.flags.list('apiserver-cert-extra-sans'),
      token: kubeadm.flags.text('token'),
    },
    function* (progress) {
      for (const line of initLines(progress.step ?? '', kubeadm.machine, state.ip)) yield* kubeadm.say(line)
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
        join = { ...progress.join, ...(given.controlPlaneEndpoint && { endpoint: portOf(given.controlPlaneEndpoint) }) }
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

Then you can join any number of worker nodes by running the following on each as root:
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
  yield* preflight(kubeadm, yield* kubeadm.ask<MachineState>('state'), 'join')
  const wish = {
    endpoint,
    token: given.text('token'),
    caCertHash: given.list('discovery-token-ca-cert-hash')[0] ?? '',
    controlPlane: given.is('control-plane'),
  }
  yield* kubeadm.follow('join', wish, function* ({ step }) {
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
