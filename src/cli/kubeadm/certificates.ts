/** kubeadm certs and kubeadm kubeconfig: when what lies under /etc/kubernetes expires, and making it anew. */
import { humanDuration } from '../../base/human-duration.ts'
import type { Blocking } from '../../unix/kernel/process.ts'
import type { Kubeadm, Run } from './call.ts'

interface Row {
  readonly name: string
  readonly authority: string
  /** Undefined: the file is gone. */
  readonly expires?: number
}

interface Told {
  readonly now: number
  readonly certificates: readonly Row[]
  readonly authorities: readonly Row[]
}

function reading(kubeadm: Kubeadm, phase: string): Blocking<void> {
  return kubeadm.say(
    `[${phase}] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[${phase}] Use 'kubeadm init phase upload-config --config your-config-file' to re-upload it.\n`,
  )
}

export const checkExpiration: Run = function* (kubeadm) {
  const { now, certificates, authorities } = yield* kubeadm.ask<Told>('certificates')
  yield* reading(kubeadm, 'check-expiration')
  const left = (expires: number): string => (expires <= now ? '<invalid>' : humanDuration(expires - now))
  const rows = certificates.map(({ name, authority, expires }) =>
    expires === undefined ? [`!MISSING! ${name}`] : [name, dateText(expires), left(expires), authority, 'no'],
  )
  const roots = authorities.map(({ name, expires }) =>
    expires === undefined ? [`!MISSING! ${name}`] : [name, dateText(expires), left(expires), 'no'],
  )
  yield* kubeadm.say(
    `${tabbed([['CERTIFICATE', 'EXPIRES', 'RESIDUAL TIME', 'CERTIFICATE AUTHORITY', 'EXTERNALLY MANAGED'], ...rows])}\n${tabbed([['CERTIFICATE AUTHORITY', 'EXPIRES', 'RESIDUAL TIME', 'EXTERNALLY MANAGED'], ...roots])}`.trimEnd() +
      '      ',
  )
}

/** Rows end with a tab, so their last cell is filled up; the header's does not. */
function tabbed(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].slice(0, -1).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)) + 3)
  return rows
    .map(
      (row, index) =>
        `${row.map((cell, column) => (column === rows[0].length - 1 ? (index === 0 ? cell : cell.padEnd(8)) : cell.padEnd(widths[column]))).join('')}\n`,
    )
    .join('')
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dateText(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${months[date.getUTCMonth()]} ${two(date.getUTCDate())}, ${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`
}

const words: Readonly<Record<string, string>> = {
  'admin.conf': 'certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself renewed',
  apiserver: 'certificate for serving the Kubernetes API renewed',
  'apiserver-etcd-client': 'certificate the apiserver uses to access etcd renewed',
  'apiserver-kubelet-client': 'certificate for the API server to connect to kubelet renewed',
  'controller-manager.conf': 'certificate embedded in the kubeconfig file for the controller manager to use renewed',
  'etcd-healthcheck-client': 'certificate for liveness probes to healthcheck etcd renewed',
  'etcd-peer': 'certificate for etcd nodes to communicate with each other renewed',
  'etcd-server': 'certificate for serving etcd renewed',
  'front-proxy-client': 'certificate for the front proxy client renewed',
  'scheduler.conf': 'certificate embedded in the kubeconfig file for the scheduler manager to use renewed',
  'super-admin.conf': 'certificate embedded in the kubeconfig file for the super-admin renewed',
}

export const renew: Run = function* (kubeadm) {
  const [name] = kubeadm.args
  if (name === undefined) return yield* kubeadm.refuse('missing subcommand; "renew" is not meant to be run on its own')
  if (name !== 'all' && !words[name]) return yield* kubeadm.refuse(`unknown command ${JSON.stringify(name)} for "kubeadm certs renew"`)
  const names = name === 'all' ? Object.keys(words) : [name]
  yield* kubeadm.ask('renew', { names })
  yield* reading(kubeadm, 'renew')
  for (const one of names) yield* kubeadm.say(words[one])
  if (name === 'all')
    yield* kubeadm.say(
      '\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.',
    )
}

export const certificateKey: Run = function* (kubeadm) {
  yield* kubeadm.say(kubeadm.process.kernel.random.hex(64))
}

export const userKubeconfig: Run = function* (kubeadm) {
  const name = kubeadm.flags.text('client-name')
  if (name === '') return yield* kubeadm.refuse('required flag(s) "client-name" not set')
  const [organization] = kubeadm.flags.list('org')
  const { kubeconfig } = yield* kubeadm.ask<{ kubeconfig: string }>('user', { name, ...(organization && { organization }) })
  yield* kubeadm.say(kubeconfig.trimEnd())
}
