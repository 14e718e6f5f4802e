/**
 * `kubeadm init phase`: the steps of init one by one, on a machine whose cluster is there: what was lost is made again. Before there is a cluster only
 * the whole of `init` makes one here.
 */
import type { MachineState } from '../machines.ts'
import type { Kubeadm, Run } from './call.ts'
import { markLines, uploadLines } from './control-plane.ts'

const folder = '/etc/kubernetes/pki'

/** kubeadm's name of a certificate → the name of `certs renew`, and its file. */
const leaves: Readonly<Record<string, string>> = {
  apiserver: 'apiserver',
  'apiserver-kubelet-client': 'apiserver-kubelet-client',
  'front-proxy-client': 'front-proxy-client',
  'etcd-server': 'etcd/server',
  'etcd-peer': 'etcd/peer',
  'etcd-healthcheck-client': 'etcd/healthcheck-client',
  'apiserver-etcd-client': 'apiserver-etcd-client',
}

const kubeconfigs: Readonly<Record<string, string>> = {
  admin: 'admin.conf',
  'super-admin': 'super-admin.conf',
  'controller-manager': 'controller-manager.conf',
  scheduler: 'scheduler.conf',
}

const components: Readonly<Record<string, string>> = {
  apiserver: 'kube-apiserver',
  'controller-manager': 'kube-controller-manager',
  scheduler: 'kube-scheduler',
}

const phases: Readonly<Record<string, (kubeadm: Kubeadm, part: string) => ReturnType<Run>>> = {
  *certs(kubeadm, part) {
    const { files } = kubeadm.process
    const all = part === 'all' || part === ''
    if (!all && !leaves[part] && !['ca', 'etcd-ca', 'front-proxy-ca', 'sa'].includes(part))
      return yield* kubeadm.refuse(`unknown command ${JSON.stringify(part)} for "kubeadm init phase certs"`)
    if (all) yield* kubeadm.say(`[certs] Using certificateDir folder "${folder}"`)
    const roots = all ? ['ca', 'front-proxy-ca', 'etcd-ca'] : leaves[part] || part === 'sa' ? [] : [part]
    for (const root of roots) {
      const name = root.replace('etcd-', 'etcd/')
      if (!files.exists(`${folder}/${name}.crt`))
        return yield* kubeadm.refuse(
          `error execution phase certs/${root}: an authority that was lost is not made anew in this sandbox: ${folder}/${name}.crt`,
        )
      yield* kubeadm.say(`[certs] Using existing ${name} certificate authority`)
    }
    for (const name of all ? Object.keys(leaves) : leaves[part] ? [part] : []) {
      const file = leaves[name]
      if (files.exists(`${folder}/${file}.crt`) && files.exists(`${folder}/${file}.key`)) {
        yield* kubeadm.say(`[certs] Using existing ${file} certificate and key on disk`)
        continue
      }
      yield* kubeadm.ask('renew', { names: [name] })
      yield* kubeadm.say(`[certs] Generating "${file}" certificate and key`)
    }
    if (all || part === 'sa') yield* kubeadm.say('[certs] Using the existing "sa" key')
  },
  *kubeconfig(kubeadm, part) {
    const { files } = kubeadm.process
    const all = part === 'all' || part === ''
    if (!all && !kubeconfigs[part])
      return yield* kubeadm.refuse(
        part === 'kubelet'
          ? 'kubeadm init phase kubeconfig kubelet is not simulated in this sandbox'
          : `unknown command ${JSON.stringify(part)} for "kubeadm init phase kubeconfig"`,
      )
    if (all) yield* kubeadm.say('[kubeconfig] Using kubeconfig folder "/etc/kubernetes"')
    for (const name of all ? Object.values(kubeconfigs) : [kubeconfigs[part]]) {
      if (files.exists(`/etc/kubernetes/${name}`)) {
        yield* kubeadm.say(`[kubeconfig] Using existing kubeconfig file: "/etc/kubernetes/${name}"`)
        continue
      }
      yield* kubeadm.ask('renew', { names: [name] })
      yield* kubeadm.say(`[kubeconfig] Writing "${name}" kubeconfig file`)
    }
  },
  *'control-plane'(kubeadm, part) {
    const all = part === 'all' || part === ''
    if (!all && !components[part])
      return yield* kubeadm.refuse(`unknown command ${JSON.stringify(part)} for "kubeadm init phase control-plane"`)
    const names = all ? Object.values(components) : [components[part]]
    yield* kubeadm.ask('manifests', { names })
    if (all) yield* kubeadm.say('[control-plane] Using manifest folder "/etc/kubernetes/manifests"')
    for (const name of names) yield* kubeadm.say(`[control-plane] Creating static Pod manifest for "${name}"`)
  },
  *etcd(kubeadm) {
    yield* kubeadm.ask('manifests', { names: ['etcd'] })
    yield* kubeadm.say('[etcd] Creating static Pod manifest for local etcd in "/etc/kubernetes/manifests"')
  },
  *'upload-certs'(kubeadm) {
    if (!kubeadm.flags.is('upload-certs')) return yield* kubeadm.say('[upload-certs] Skipping phase. Please see --upload-certs')
    const certificateKey = kubeadm.flags.text('certificate-key') || kubeadm.process.kernel.random.hex(64)
    yield* kubeadm.ask('upload-certs', { certificateKey })
    for (const line of uploadLines(certificateKey)) yield* kubeadm.say(line)
  },
  *'mark-control-plane'(kubeadm) {
    for (const line of markLines(kubeadm.machine)) yield* kubeadm.say(line)
  },
}

export const initPhase: Run = function* (kubeadm) {
  const [name = '', part = ''] = kubeadm.args
  const phase = phases[name]
  if (!phase) return yield* kubeadm.refuse(`kubeadm init phase ${kubeadm.args.join(' ')} is not simulated in this sandbox`)
  const { role } = yield* kubeadm.ask<MachineState>('state')
  if (role !== 'control-plane')
    return yield* kubeadm.refuse(
      `kubeadm init phase ${name} makes what a cluster lost; in this sandbox one that is not there yet is made by the whole of kubeadm init`,
    )
  yield* phase(kubeadm, part)
}
