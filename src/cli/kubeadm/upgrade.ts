/**
 * kubeadm upgrade: a control plane is brought to the version of this kubeadm, never beyond it. What it acts on are the manifests under
 * /etc/kubernetes, as the real one does; a kubelet is what it is until it is started anew.
 */
import { ended, err, Exit, out, sleep, type Blocking } from '../../unix/kernel/process.ts'
import { start as startProcess } from '../../unix/kernel/execute.ts'
import type { MachineState } from '../machines.ts'
import { type Kubeadm, newest, type Run } from './call.ts'

const manifests = '/etc/kubernetes/manifests'
const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const
const reading = (phase: string): string =>
  `[${phase}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[${phase}] Use 'kubeadm init phase upload-config --config your-config-file' to re-upload it.`
const rule = '_____________________________________________________________________'

function* stateOf(kubeadm: Kubeadm, phase: string): Blocking<MachineState> {
  const state = yield* kubeadm.ask<MachineState>('state')
  if (state.role === 'none' || (state.role === 'worker' && phase !== 'node'))
    yield* kubeadm.refuse(
      `couldn't create a Kubernetes client from file "${kubeadm.flags.text('kubeconfig')}": failed to load admin kubeconfig: open ${kubeadm.flags.text('kubeconfig')}: no such file or directory`,
    )
  return state
}

export const plan: Run = function* (kubeadm) {
  const state = yield* stateOf(kubeadm, 'plan')
  yield* kubeadm.say(`[preflight] Running pre-flight checks.\n${reading('upgrade/config')}\n[upgrade] Running cluster health checks`)
  yield* sleep(kubeadm.process, 1_000)
  yield* kubeadm.say(
    `[upgrade] Fetching available versions to upgrade to\n[upgrade/versions] Cluster version: ${state.version.slice(1)}\n[upgrade/versions] kubeadm version: ${kubeadm.version}\n[upgrade/versions] Target version: ${newest}\n[upgrade/versions] Latest version in the v1.33 series: ${newest}\n`,
  )
  if (state.version === newest) return yield* kubeadm.say("Awesome, you're up-to-date! Enjoy!")
  const manual = Object.entries(state.kubelets).filter(([, current]) => current !== newest)
  if (manual.length > 0)
    yield* kubeadm.say(
      `Components that must be upgraded manually after you have upgraded the control plane with 'kubeadm upgrade apply':\n${tabbed([['COMPONENT', 'NODE', 'CURRENT', 'TARGET'], ...manual.map(([node, current]) => ['kubelet', node, current, newest])])}`,
    )
  const rows = [
    ...controlPlane.map((name) => [name, kubeadm.machine, state.version, newest]),
    ['kube-proxy', '', state.version, newest],
    ['CoreDNS', '', 'v1.12.0', 'v1.12.0'],
    ['etcd', kubeadm.machine, '3.5.21-0', '3.5.21-0'],
  ]
  yield* kubeadm.say(
    `Upgrade to the latest version in the v1.33 series:\n\n${tabbed([['COMPONENT', 'NODE', 'CURRENT', 'TARGET'], ...rows])}\nYou can now apply the upgrade by executing the following command:\n\n\tkubeadm upgrade apply ${newest}\n\n${kubeadm.version === newest ? '' : `Note: Before you can perform this upgrade, you have to update kubeadm to ${newest}.\n\n`}${rule}\n`,
  )
  yield* kubeadm.say(`
The table below shows the current state of component configs as understood by this version of kubeadm.
Configs that have a "yes" mark in the "MANUAL UPGRADE REQUIRED" column require manual config upgrade or
resetting to kubeadm defaults before a successful upgrade can be performed. The version to manually
upgrade to is denoted in the "PREFERRED VERSION" column.

${tabbed([
  ['API GROUP', 'CURRENT VERSION', 'PREFERRED VERSION', 'MANUAL UPGRADE REQUIRED'],
  ['kubeproxy.config.k8s.io', 'v1alpha1', 'v1alpha1', 'no'],
  ['kubelet.config.k8s.io', 'v1beta1', 'v1beta1', 'no'],
])}${rule}
`)
}

function tabbed(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)) + 3)
  return rows
    .map((row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join('')}\n`)
    .join('')
}

const numbers = (text: string): readonly number[] => text.replace(/^v/, '').split('.').map(Number)
const isHigher = (a: string, b: string): boolean => {
  const [left, right] = [numbers(a), numbers(b)]
  const at = left.findIndex((part, index) => part !== right[index])
  return at >= 0 && left[at] > right[at]
}

export const apply: Run = function* (kubeadm) {
  const { process, flags, version } = kubeadm
  const [given = flags.text('kubernetes-version')] = kubeadm.args
  if (given === '') yield* kubeadm.refuse('accepts 1 arg(s), received 0')
  const wanted = `v${given.replace(/^v/, '')}`
  if (!/^v\d+\.\d+\.\d+/.test(wanted))
    yield* kubeadm.refuse(
      `[upgrade/version] FATAL: couldn't fetch Kubernetes version from ${JSON.stringify(given)}: could not parse "${given}" as version`,
    )
  const state = yield* stateOf(kubeadm, 'apply')
  yield* kubeadm.say(
    `${reading('upgrade')}\n[upgrade/preflight] Running preflight checks\n[upgrade] Running cluster health checks\n[upgrade/preflight] You have chosen to upgrade the cluster version to "${wanted}"\n[upgrade/versions] Cluster version: ${state.version}\n[upgrade/versions] kubeadm version: ${version}`,
  )
  const fatal = isHigher(wanted, version)
    ? `Specified version to upgrade to "${wanted}" is higher than the kubeadm version "${version}". Upgrade kubeadm first using the tool you used to install kubeadm`
    : isHigher(state.version, wanted) && numbers(wanted)[1] < numbers(state.version)[1]
      ? `Specified version to upgrade to "${wanted}" is too low; kubeadm can upgrade only 1 minor version at a time`
      : undefined
  if (fatal !== undefined)
    yield* kubeadm.refuse(
      `[upgrade/version] FATAL: the --version argument is invalid due to these fatal errors:\n\n\t- ${fatal}\n\nPlease fix the misconfigurations highlighted above and try upgrading again`,
    )
  if (flags.is('dry-run')) yield* kubeadm.refuse('kubeadm upgrade apply --dry-run is not simulated in this sandbox')
  if (!flags.is('yes') && !flags.is('force')) yield* consent(kubeadm)
  yield* kubeadm.say(
    "[upgrade/preflight] Pulling images required for setting up a Kubernetes cluster\n[upgrade/preflight] This might take a minute or two, depending on the speed of your internet connection\n[upgrade/preflight] You can also perform this action beforehand using 'kubeadm config images pull'",
  )
  for (const name of [...controlPlane, 'kube-proxy']) {
    const image = `registry.k8s.io/${name}:${wanted}`
    const code = yield* ended(startProcess(process, ['sh', '-c', `crictl pull ${image} >/dev/null 2>&1`]))
    if (code !== 0)
      yield* kubeadm.refuse(
        `error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR ImagePull]: failed to pull image ${image}: failed to pull image ${image}: rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found\n[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\``,
      )
  }
  const stamp = new Date(process.now()).toISOString().slice(0, 19).replaceAll(':', '-').replace('T', '-')
  const backup = `/etc/kubernetes/tmp/kubeadm-backup-manifests-${stamp}`
  yield* kubeadm.say(
    `[upgrade/control-plane] Upgrading your static Pod-hosted control plane to version "${wanted}" (timeout: 5m0s)...\n[upgrade/staticpods] Writing new Static Pod manifests to "/etc/kubernetes/tmp/kubeadm-upgraded-manifests${process.kernel.random.letters(10, '0123456789')}"`,
  )
  process.files.mkdir(backup, { parents: true })
  yield* kubeadm.say(
    '[upgrade/staticpods] Preparing for "etcd" upgrade\n[upgrade/staticpods] Current and new manifests of etcd are equal, skipping upgrade',
  )
  yield* kubeadm.ask('upgrade', { version: wanted })
  for (const name of controlPlane) {
    const path = `${manifests}/${name}.yaml`
    const text = process.files.exists(path) ? process.files.readText(path) : ''
    const upgraded = text.replace(new RegExp(`(image: \\S*/${name}):\\S+`), `$1:${wanted}`)
    yield* kubeadm.say(`[upgrade/staticpods] Preparing for "${name}" upgrade`)
    if (upgraded === text) {
      yield* kubeadm.say(`[upgrade/staticpods] Current and new manifests of ${name} are equal, skipping upgrade`)
      continue
    }
    process.files.writeFile(`${backup}/${name}.yaml`, text, { mode: 0o600 })
    process.files.writeFile(path, upgraded)
    yield* kubeadm.say(
      `[upgrade/staticpods] Moving new manifest to "${path}" and backing up old manifest to "${backup}/${name}.yaml"\n[upgrade/staticpods] Waiting for the kubelet to restart the component\n[upgrade/staticpods] This can take up to 5m0s`,
    )
    yield* sleep(process, 15_000)
    yield* kubeadm.say(
      `[apiclient] Found 1 Pods for label selector component=${name}\n[upgrade/staticpods] Component "${name}" upgraded successfully!`,
    )
  }
  const image = `registry.k8s.io/kube-proxy:${wanted}`
  yield* ended(
    startProcess(process, [
      'sh',
      '-c',
      `KUBECONFIG=${flags.text('kubeconfig')}; export KUBECONFIG; kubectl -n kube-system set image daemonset/kube-proxy kube-proxy=${image} >/dev/null; kubectl -n kube-system get configmap kubeadm-config -o yaml | sed 's/kubernetesVersion: .*/kubernetesVersion: ${wanted}/' | kubectl apply -f - >/dev/null 2>&1`,
    ]),
  )
  const rules = [
    'Node Bootstrap tokens to get nodes',
    'Node Bootstrap tokens to post CSRs in order for nodes to get long term certificate credentials',
    'the csrapprover controller automatically approve CSRs from a Node Bootstrap Token',
    'certificate rotation for all node client certificates in the cluster',
  ]
  yield* kubeadm.say(`[upgrade/control-plane] The control plane instance for this node was successfully upgraded!
[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace
[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster
[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!`)
  yield* kubeletConfig(kubeadm)
  yield* kubeadm.say(`[upgrade/bootstrap-token] Configuring bootstrap token and cluster-info RBAC rules
${rules.map((each) => `[bootstrap-token] Configured RBAC rules to allow ${each}`).join('\n')}
[addons] Applied essential addon: CoreDNS
[addons] Applied essential addon: kube-proxy

[upgrade] SUCCESS! A control plane node of your cluster was upgraded to "${wanted}".

[upgrade] Now please proceed with upgrading the rest of the nodes by following the right order.`)
}

function* consent(kubeadm: Kubeadm): Blocking<void> {
  yield* out(kubeadm.process, '[upgrade] Are you sure you want to proceed? [y/N]: ')
  const file = kubeadm.process.file(0)
  let answer = file.read(4096)
  while (answer === undefined) {
    yield { on: [file.readable] }
    answer = file.read(4096)
  }
  if (/^y/i.test(new TextDecoder().decode(answer))) return
  yield* err(
    kubeadm.process,
    "error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order to continue\nTo see the stack trace of this error execute with --v=5 or higher\n",
  )
  throw new Exit(1)
}

function* kubeletConfig(kubeadm: Kubeadm): Blocking<void> {
  const { process } = kubeadm
  const folder = `/etc/kubernetes/tmp/kubeadm-kubelet-config${process.kernel.random.letters(10, '0123456789')}`
  process.files.mkdir(folder, { parents: true })
  if (process.files.exists('/var/lib/kubelet/config.yaml'))
    process.files.writeFile(`${folder}/config.yaml`, process.files.readText('/var/lib/kubelet/config.yaml'))
  yield* kubeadm.say(
    `[upgrade] Backing up kubelet config file to ${folder}/config.yaml\n[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!`,
  )
}

export const node: Run = function* (kubeadm) {
  const { role } = yield* stateOf(kubeadm, 'node')
  yield* kubeadm.say(`${reading('upgrade')}\n[upgrade/preflight] Running pre-flight checks`)
  if (role === 'worker')
    yield* kubeadm.say(
      '[upgrade/preflight] Skipping prepull. Not a control plane node.\n[upgrade/control-plane] Skipping phase. Not a control plane node.\n[upgrade/kubeconfig] Skipping phase. Not a control plane node.',
    )
  else
    yield* kubeadm.say(
      "[upgrade/preflight] Pulling images required for setting up a Kubernetes cluster\n[upgrade/preflight] This might take a minute or two, depending on the speed of your internet connection\n[upgrade/preflight] You can also perform this action beforehand using 'kubeadm config images pull'\n[upgrade/control-plane] The control plane instance for this node was successfully upgraded!\n[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!",
    )
  yield* kubeletConfig(kubeadm)
  yield* kubeadm.say(
    role === 'worker'
      ? '[upgrade/addon] Skipping the addon/coredns phase. Not a control plane node.\n[upgrade/addon] Skipping the addon/kube-proxy phase. Not a control plane node.'
      : '[addons] Applied essential addon: CoreDNS\n[addons] Applied essential addon: kube-proxy',
  )
}
