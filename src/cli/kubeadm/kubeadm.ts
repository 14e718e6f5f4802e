/**
 * kubeadm 1.33 as a program: prints the phases as the machine goes through them. What it does to the machine (files under /etc/kubernetes,
 * services) is done by whoever answers the machines API; this is only the voice.
 */
import { type Blocking, err, Exit, out, type Process, type Running } from '../../unix/kernel/process.ts'
import { type Flag, FlagError, type Flags, HelpWanted, parseFlags } from '../flags.ts'
import { ask, follow, type JoinFacts, MachinesError, type Progress } from '../machines.ts'

const version = 'v1.33.1'

const flags: readonly Flag[] = [
  { name: 'apiserver-advertise-address', type: 'string' },
  { name: 'apiserver-cert-extra-sans', type: 'strings' },
  { name: 'control-plane-endpoint', type: 'string' },
  { name: 'pod-network-cidr', type: 'string' },
  { name: 'service-cidr', type: 'string', value: '10.96.0.0/12' },
  { name: 'kubernetes-version', type: 'string', value: version },
  { name: 'ignore-preflight-errors', type: 'strings' },
  { name: 'upload-certs', type: 'bool' },
  { name: 'cri-socket', type: 'string' },
  { name: 'node-name', type: 'string' },
  { name: 'token', type: 'string' },
  { name: 'discovery-token-ca-cert-hash', type: 'strings' },
  { name: 'control-plane', type: 'bool' },
  { name: 'print-join-command', type: 'bool' },
  { name: 'ttl', type: 'duration', value: '24h0m0s' },
  { name: 'force', shorthand: 'f', type: 'bool' },
  { name: 'output', shorthand: 'o', type: 'string' },
  { name: 'v', shorthand: 'v', type: 'int', value: '0' },
]

class Kubeadm {
  readonly process: Process
  readonly flags: Flags
  readonly args: readonly string[]

  constructor(process: Process, parsed: Flags, args: readonly string[]) {
    this.process = process
    this.flags = parsed
    this.args = args
  }

  get machine(): string {
    return this.process.namespaces.uts.hostname
  }

  say(text: string): Blocking<void> {
    return out(this.process, `${text}\n`)
  }

  *follow(path: string, body: object, each: (progress: Progress) => Blocking<void>): Blocking<void> {
    const { process } = this
    yield* follow(process, 'POST', `/machines/${this.machine}/kubeadm/${path}`, body, function* (progress) {
      if (progress.error) {
        yield* err(process, `error execution phase ${progress.error.reason}: ${progress.error.message}\nTo see the stack trace of this error execute with --v=5 or higher\n`)
        throw new Exit(progress.error.exitCode)
      }
      yield* each(progress)
    })
  }
}

type Run = (kubeadm: Kubeadm) => Blocking<void>

/** The lines of each phase of `init`. */
function initLines(step: string, kubeadm: Kubeadm): string[] {
  const name = kubeadm.machine
  switch (step) {
    case 'preflight':
      return ['[preflight] Running pre-flight checks', '[preflight] Pulling images required for setting up a Kubernetes cluster', '[preflight] This might take a minute or two, depending on the speed of your internet connection', "[preflight] You can also perform this action beforehand using 'kubeadm config images pull'"]
    case 'certificates':
      return ['[certs] Using certificateDir folder "/etc/kubernetes/pki"', ...['ca', 'apiserver', 'apiserver-kubelet-client', 'front-proxy-ca', 'front-proxy-client', 'etcd/ca', 'etcd/server', 'etcd/peer', 'etcd/healthcheck-client', 'apiserver-etcd-client'].map((file) => `[certs] Generating "${file}" certificate and key`), '[certs] Generating "sa" key and public key']
    case 'kubeconfig':
      return ['[kubeconfig] Using kubeconfig folder "/etc/kubernetes"', ...['admin.conf', 'super-admin.conf', 'kubelet.conf', 'controller-manager.conf', 'scheduler.conf'].map((file) => `[kubeconfig] Writing "${file}" kubeconfig file`)]
    case 'control-plane':
      return ['[etcd] Creating static Pod manifest for local etcd in "/etc/kubernetes/manifests"', '[control-plane] Using manifest folder "/etc/kubernetes/manifests"', ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((part) => `[control-plane] Creating static Pod manifest for "${part}"`)]
    case 'kubelet':
      return ['[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"', '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"', '[kubelet-start] Starting the kubelet', '[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory "/etc/kubernetes/manifests"', '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s']
    case 'upload-config':
      return ['[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace', '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster', '[upload-certs] Skipping phase. Please see --upload-certs']
    case 'mark':
      return [`[mark-control-plane] Marking the node ${name} as control-plane by adding the labels: [node-role.kubernetes.io/control-plane node.kubernetes.io/exclude-from-external-load-balancers]`, `[mark-control-plane] Marking the node ${name} as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]`]
    case 'addons':
      return ['[addons] Applied essential addon: CoreDNS', '[addons] Applied essential addon: kube-proxy']
    default:
      return []
  }
}

function joinCommand({ endpoint, token, caCertHash }: JoinFacts, separator: string): string {
  return `kubeadm join ${endpoint} --token ${token} ${separator}--discovery-token-ca-cert-hash ${caCertHash}`
}

const init: Run = function* (kubeadm) {
  const { flags: given } = kubeadm
  yield* kubeadm.say(`[init] Using Kubernetes version: ${given.text('kubernetes-version').replace(/^v?/, 'v')}`)
  let join: JoinFacts | undefined
  const wish = { podNetworkCidr: given.text('pod-network-cidr'), serviceCidr: given.text('service-cidr'), advertiseAddress: given.text('apiserver-advertise-address'), kubernetesVersion: given.text('kubernetes-version'), controlPlaneEndpoint: given.text('control-plane-endpoint') }
  yield* kubeadm.follow('init', wish, function* (progress) {
    for (const line of initLines(progress.step ?? '', kubeadm)) yield* kubeadm.say(line)
    if (progress.step === 'bootstrap-token' && progress.join) yield* kubeadm.say(`[bootstrap-token] Using token: ${progress.join.token}\n[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles`)
    join = progress.join ?? join
  })
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

const join: Run = function* (kubeadm) {
  const [endpoint] = kubeadm.args
  const { flags: given } = kubeadm
  if (endpoint === undefined || given.text('token') === '') {
    yield* err(kubeadm.process, 'discovery: Invalid value: "": bootstrapToken or file must be set\nTo see the stack trace of this error execute with --v=5 or higher\n')
    throw new Exit(3)
  }
  yield* kubeadm.say('[preflight] Running pre-flight checks')
  const wish = { endpoint, token: given.text('token'), caCertHash: given.list('discovery-token-ca-cert-hash')[0] ?? '', controlPlane: given.is('control-plane') }
  yield* kubeadm.follow('join', wish, function* ({ step }) {
    if (step === 'preflight') yield* kubeadm.say('[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[preflight] Use \'kubeadm init phase upload-config --config your-config-file\' to re-upload it.')
    if (step === 'kubelet') yield* kubeadm.say('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n[kubelet-start] Writing kubelet environment file with flags to file "/var/lib/kubelet/kubeadm-flags.env"\n[kubelet-start] Starting the kubelet\n[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s')
    if (step === 'bootstrap') yield* kubeadm.say('[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap')
  })
  yield* kubeadm.say(`
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.
`)
}

const reset: Run = function* (kubeadm) {
  if (!kubeadm.flags.is('force')) {
    yield* out(kubeadm.process, '[reset] WARNING: Changes made to this host by \'kubeadm init\' or \'kubeadm join\' will be reverted.\n[reset] Are you sure you want to proceed? [y/N]: ')
    const file = kubeadm.process.file(0)
    let answer = file.read(4096)
    while (answer === undefined) {
      yield { on: [file.readable] }
      answer = file.read(4096)
    }
    if (!/^y/i.test(new TextDecoder().decode(answer))) {
      yield* err(kubeadm.process, 'error execution phase preflight: aborted reset operation\nTo see the stack trace of this error execute with --v=5 or higher\n')
      throw new Exit(1)
    }
  }
  yield* kubeadm.say('[preflight] Running pre-flight checks')
  yield* kubeadm.follow('reset', {}, function* ({ step }) {
    if (step === 'etcd') yield* kubeadm.say('[reset] Deleted contents of the etcd data directory: /var/lib/etcd')
    if (step === 'kubelet') yield* kubeadm.say('[reset] Stopping the kubelet service\n[reset] Unmounting mounted directories in "/var/lib/kubelet"')
    if (step === 'files') yield* kubeadm.say('[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]\n[reset] Deleting files: [/etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf]')
  })
  yield* kubeadm.say(`
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/
`)
}

const tokenCreate: Run = function* (kubeadm) {
  const facts = yield* ask<JoinFacts>(kubeadm.process, 'POST', `/machines/${kubeadm.machine}/kubeadm/token`, { ttlSeconds: kubeadm.flags.duration('ttl') / 1000 })
  yield* kubeadm.say(kubeadm.flags.is('print-join-command') ? `${joinCommand(facts, '')} ` : facts.token)
}

const versionText: Run = function* (kubeadm) {
  if (kubeadm.flags.text('output') === 'short') return yield* kubeadm.say(version)
  yield* kubeadm.say(`kubeadm version: &version.Info{Major:"1", Minor:"33", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"${version}", GitCommit:"8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828", GitTreeState:"clean", BuildDate:"2025-05-15T08:25:55Z", GoVersion:"go1.24.2", Compiler:"gc", Platform:"linux/amd64"}`)
}

const commands: Readonly<Record<string, Run>> = { init, join, reset, 'token create': tokenCreate, version: versionText }

const help = `
    ┌──────────────────────────────────────────────────────────┐
    │ KUBEADM                                                  │
    │ Easily bootstrap a secure Kubernetes cluster             │
    │                                                          │
    │ Please give us feedback at:                              │
    │ https://github.com/kubernetes/kubeadm/issues             │
    └──────────────────────────────────────────────────────────┘

Usage:
  kubeadm [command]

Available Commands:
  init        Run this command in order to set up the Kubernetes control plane
  join        Run this on any machine you wish to join an existing cluster
  reset       Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'
  token       Manage bootstrap tokens
  version     Print the version of kubeadm

Use "kubeadm [command] --help" for more information about a command.
`

export function* kubeadm(process: Process): Running {
  try {
    const parsed = parseFlags(process.argv.slice(1), flags)
    const two = parsed.args.slice(0, 2).join(' ')
    const name = commands[two] ? two : (parsed.args[0] ?? '')
    const run = commands[name]
    if (run) {
      yield* run(new Kubeadm(process, parsed, parsed.args.slice(name.split(' ').length)))
      return 0
    }
    if (name === '' || name === 'help') {
      yield* out(process, help)
      return 0
    }
    if (['upgrade', 'certs', 'config', 'kubeconfig', 'completion', 'token'].includes(name)) yield* err(process, `kubeadm ${parsed.args.join(' ')} is not simulated here\n`)
    else yield* err(process, `error: unknown command ${JSON.stringify(name)} for "kubeadm"\nTo see the stack trace of this error execute with --v=5 or higher\n`)
    return 1
  } catch (error) {
    if (error instanceof HelpWanted) {
      yield* out(process, help)
      return 0
    }
    if (error instanceof FlagError) {
      yield* err(process, `error: ${error.message}\nTo see the stack trace of this error execute with --v=5 or higher\n`)
      return 1
    }
    if (error instanceof MachinesError) {
      yield* err(process, `error: ${error.message}\n`)
      return 1
    }
    throw error
  }
}
