/**
 * The network plugin of a node: the file in /etc/cni/net.d that containerd would take, the first by name. It makes no difference to how
 * pods reach each other, only to when a node is ready, and to whether NetworkPolicies act: the API takes them either way.
 */
import type { Machine } from '../unix/machine.ts'
import type { Unit } from '../unix/systemd.ts'
import { unitFile } from './services.ts'

type Files = Machine['files']

export type ReadyPlugin = 'bridge' | 'kube-router'

const folder = '/etc/cni/net.d'

/** What they call themselves, as a plugin's type or, where they use the ordinary bridge, as the network's name. */
const enforcing = /"(type|name)"\s*:\s*"(antrea|calico|canal|cilium(-cni)?|kindnet|kube-ovn|kube-router|weave(-net)?)"/

function configuration(files: Files): string | undefined {
  const name = files.exists(folder)
    ? files
        .list(folder)
        .filter((file) => /\.(conf|conflist|json)$/.test(file))
        .sort()[0]
    : undefined
  return name === undefined ? undefined : files.readText(`${folder}/${name}`)
}

export function hasNetworkPlugin({ files }: Machine): boolean {
  return configuration(files) !== undefined
}

export function enforcesPolicies({ files }: Machine): boolean {
  return enforcing.test(configuration(files) ?? '')
}

/** Undefined where NetworkPolicies act. */
export function policyWarning(machine: Machine, isMinikube: boolean): string | undefined {
  if (enforcesPolicies(machine)) return undefined
  const [, own = 'none'] = /"type"\s*:\s*"([^"]+)"/.exec(configuration(machine.files) ?? '') ?? []
  const instead = isMinikube ? 'a cluster made with "minikube start --cni=calico"' : 'one with Calico'
  return `this NetworkPolicy is kept but has no effect: the cluster's network plugin (${own}) does not enforce NetworkPolicies; ${instead} does`
}

/** Lays down the plugin that a cluster has from the start, where there is none yet. */
export function layPlugin(machine: Machine, plugin: ReadyPlugin): void {
  if (hasNetworkPlugin(machine)) return
  const { file, text } = ready[plugin]
  machine.files.mkdir(folder, { parents: true })
  machine.files.writeFile(`${folder}/${file}`, text, { mode: 0o644 })
}

/** As a service of the machine, which kube-router can be, it needs no pods. */
export function kubeRouterUnit(): Unit {
  const options = '--run-router=true --run-firewall=true --run-service-proxy=false --kubeconfig=/etc/kubernetes/kubelet.conf'
  return {
    name: 'kube-router.service',
    description: 'kube-router: pod network and network policies',
    docs: 'https://www.kube-router.io/docs/',
    argv: ['/usr/local/bin/kube-router', ...options.split(' ')],
    memoryBytes: 38_100_000,
    restartMs: 2_000,
    file: unitFile(
      'kube-router: pod network and network policies',
      'https://www.kube-router.io/docs/',
      'network-online.target containerd.service',
      `/usr/local/bin/kube-router ${options}`,
    ),
  }
}

const portMapping = { type: 'portmap', capabilities: { portMappings: true } }

const conflist = (name: string, bridge: object): string =>
  `${JSON.stringify({ cniVersion: '0.4.0', name, plugins: [{ type: 'bridge', bridge: 'cni0', isDefaultGateway: true, hairpinMode: true, ...bridge }, portMapping] }, null, 2)}\n`

const ready: Readonly<Record<ReadyPlugin, { readonly file: string; readonly text: string }>> = {
  bridge: {
    file: '1-k8s.conflist',
    text: conflist('bridge', {
      ipMasq: true,
      ipam: { type: 'host-local', subnet: '10.244.0.0/16' },
    }),
  },
  'kube-router': {
    file: '10-kuberouter.conflist',
    text: conflist('kube-router', { ipam: { type: 'host-local' } }),
  },
}
