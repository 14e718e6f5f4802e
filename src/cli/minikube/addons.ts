/** `minikube addons`: the whole list of 1.36; those that this sandbox's clusters do not have say so when they are enabled. */
import { out } from '../../unix/kernel/process.ts'
import { ask, type Cluster } from '../machines.ts'
import { Failure, type Run } from './call.ts'

const maintainers: Readonly<Record<string, string>> = {
  ambassador: '3rd party (Ambassador)',
  'amd-gpu-device-plugin': '3rd party (AMD)',
  'auto-pause': 'minikube',
  'cloud-spanner': 'Google',
  'csi-hostpath-driver': 'Kubernetes',
  dashboard: 'Kubernetes',
  'default-storageclass': 'Kubernetes',
  efk: '3rd party (Elastic)',
  freshpod: 'Google',
  'gcp-auth': 'Google',
  gvisor: 'minikube',
  headlamp: '3rd party (kinvolk.io)',
  inaccel: '3rd party (InAccel [info@inaccel.com])',
  ingress: 'Kubernetes',
  'ingress-dns': 'minikube',
  'inspektor-gadget': '3rd party (inspektor-gadget.io)',
  istio: '3rd party (Istio)',
  'istio-provisioner': '3rd party (Istio)',
  kong: '3rd party (Kong HQ)',
  kubeflow: '3rd party',
  kubetail: '3rd party (kubetail.com)',
  kubevirt: '3rd party (KubeVirt)',
  logviewer: '3rd party (unknown)',
  metallb: '3rd party (MetalLB)',
  'metrics-server': 'Kubernetes',
  'nvidia-device-plugin': '3rd party (NVIDIA)',
  'nvidia-driver-installer': '3rd party (NVIDIA)',
  'nvidia-gpu-device-plugin': '3rd party (NVIDIA)',
  olm: '3rd party (Operator Framework)',
  'pod-security-policy': '3rd party (unknown)',
  portainer: '3rd party (Portainer.io)',
  registry: 'minikube',
  'registry-aliases': '3rd party (unknown)',
  'registry-creds': '3rd party (UPMC Enterprises)',
  'storage-provisioner': 'minikube',
  'storage-provisioner-rancher': '3rd party (Rancher)',
  volcano: 'third-party (volcano)',
  volumesnapshots: 'Kubernetes',
  yakd: '3rd party (marcnuri.com)',
}

/** What a real one says it pulls. */
const images: Readonly<Record<string, readonly string[]>> = {
  ingress: ['registry.k8s.io/ingress-nginx/controller:v1.13.2', 'registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.5.3'],
  'metrics-server': ['registry.k8s.io/metrics-server/metrics-server:v0.7.2'],
}

const list: Run = function* (minikube) {
  const cluster = yield* minikube.existing()
  if (minikube.flags.text('output') === 'json') {
    return yield* out(
      minikube.process,
      `${JSON.stringify(Object.fromEntries(Object.keys(maintainers).map((name) => [name, { Profile: cluster.name, Status: cluster.addons[name] ? 'enabled' : 'disabled' }])))}\n`,
    )
  }
  const rows = Object.entries(maintainers).map(([name, who]) => [name, cluster.name, cluster.addons[name] ? 'enabled ✅' : 'disabled', who])
  const header = ['ADDON NAME', 'PROFILE', 'STATUS', 'MAINTAINER']
  // The tick is two columns wide.
  const width = (text: string): number => text.length + (text.includes('✅') ? 1 : 0)
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => width(row[column]))))
  const centred = (text: string, column: number): string =>
    ' '.repeat(Math.floor((widths[column] - text.length) / 2)) + text + ' '.repeat(Math.ceil((widths[column] - text.length) / 2))
  const rule = `|${widths.map((each) => '-'.repeat(each + 2)).join('|')}|\n`
  yield* out(
    minikube.process,
    `${rule}| ${header.map(centred).join(' | ')} |\n${rule}${rows.map((row) => `| ${row.map((cell, column) => cell + ' '.repeat(widths[column] - width(cell))).join(' | ')} |\n`).join('')}${rule}`,
  )
}

function toggle(isEnabling: boolean): Run {
  return function* (minikube) {
    const [name] = minikube.args
    const verb = isEnabling ? 'ENABLE' : 'DISABLE'
    if (name === undefined) throw new Failure(14, `X Exiting due to MK_USAGE: usage: minikube addons ${verb.toLowerCase()} ADDON_NAME`)
    const cluster = yield* minikube.existing()
    if (!Object.hasOwn(maintainers, name))
      throw new Failure(10, `X Exiting due to MK_ADDON_${verb}: run callbacks: ${name} is not a valid addon`)
    if (!Object.hasOwn(cluster.addons, name))
      throw new Failure(10, `X Exiting due to MK_ADDON_${verb}: the addon "${name}" is not simulated in this sandbox`)
    const who = maintainers[name]
    if (isEnabling && !['default-storageclass', 'storage-provisioner'].includes(name))
      yield* minikube.say(
        'tip',
        `${name} is an addon maintained by ${who}. For any concerns contact minikube on GitHub.\nYou can view the list of minikube maintainers at: https://github.com/kubernetes/minikube/blob/master/OWNERS`,
      )
    if (isEnabling) for (const image of images[name] ?? []) yield* minikube.say('sub', `Using image ${image}`)
    if (isEnabling && name === 'ingress') yield* minikube.say('verify', 'Verifying ingress addon...')
    yield* ask<Cluster>(minikube.process, 'POST', `/clusters/${cluster.name}/addons/${name}`, { enabled: isEnabling })
    yield* minikube.say(isEnabling ? 'star' : 'crossed', isEnabling ? `The '${name}' addon is enabled` : `"The '${name}' addon is disabled`)
  }
}

export const addonCommands: Readonly<Record<string, Run>> = {
  'addons list': list,
  'addons enable': toggle(true),
  'addons disable': toggle(false),
}
