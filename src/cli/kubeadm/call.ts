/** One command line of kubeadm: its flags, what it says, and the machines API behind it. */
import { type Blocking, err, Exit, out, type Process } from '../../unix/kernel/process.ts'
import { kubernetesVersion } from '../../unix/programs/packages/kubernetes.ts'
import type { Flag, Flags } from '../flags.ts'
import { ask, follow, type Progress } from '../machines.ts'

/** Of the latest release of its series. */
export const newest = 'v1.33.13'

export const flags: readonly Flag[] = [
  { name: 'apiserver-advertise-address', type: 'string' },
  { name: 'apiserver-cert-extra-sans', type: 'strings' },
  { name: 'control-plane-endpoint', type: 'string' },
  { name: 'pod-network-cidr', type: 'string' },
  { name: 'service-cidr', type: 'string', value: '10.96.0.0/12' },
  { name: 'kubernetes-version', type: 'string' },
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
  { name: 'config', type: 'string' },
  { name: 'description', type: 'string' },
  { name: 'groups', type: 'strings' },
  { name: 'usages', type: 'strings' },
  { name: 'certificate-key', type: 'string' },
  { name: 'client-name', type: 'string' },
  { name: 'org', type: 'strings' },
  { name: 'yes', shorthand: 'y', type: 'bool' },
  { name: 'dry-run', type: 'bool' },
  { name: 'etcd-upgrade', type: 'bool', value: 'true' },
  { name: 'image-repository', type: 'string' },
  { name: 'skip-phases', type: 'strings' },
  { name: 'cert-dir', type: 'string', value: '/etc/kubernetes/pki' },
  { name: 'kubeconfig', type: 'string', value: '/etc/kubernetes/admin.conf' },
  { name: 'discovery-token', type: 'string' },
  { name: 'discovery-token-unsafe-skip-ca-verification', type: 'bool' },
  { name: 'component-configs', type: 'strings' },
  { name: 'v', shorthand: 'v', type: 'int', value: '0' },
]

export class Kubeadm {
  readonly process: Process
  readonly flags: Flags
  readonly args: readonly string[]

  constructor(process: Process, parsed: Flags, args: readonly string[]) {
    this.process = process
    this.flags = parsed
    this.args = args
  }

  /** Of the package that is installed. */
  get version(): string {
    return kubernetesVersion(this.process.files, 'kubeadm') ?? newest
  }

  get machine(): string {
    return this.process.namespaces.uts.hostname
  }

  say(text: string): Blocking<void> {
    return out(this.process, `${text}\n`)
  }

  ask<T>(call: string, body: object = {}): Blocking<T> {
    return ask<T>(this.process, 'POST', `/machines/${this.machine}/kubeadm/${call}`, body)
  }

  *refuse(message: string, code = 1): Blocking<never> {
    yield* err(this.process, `${message}\nTo see the stack trace of this error execute with --v=5 or higher\n`)
    throw new Exit(code)
  }

  *follow(path: string, body: object, each: (progress: Progress) => Blocking<void>): Blocking<void> {
    const { process } = this
    yield* follow(process, 'POST', `/machines/${this.machine}/kubeadm/${path}`, body, function* (progress) {
      if (progress.error) {
        yield* err(
          process,
          `error execution phase ${progress.error.reason}: ${progress.error.message}\nTo see the stack trace of this error execute with --v=5 or higher\n`,
        )
        throw new Exit(progress.error.exitCode)
      }
      yield* each(progress)
    })
  }
}

export type Run = (kubeadm: Kubeadm) => Blocking<void>
