/**
 * The process of a cluster's component, which is there to be seen: it logs that it started, and ends when it is told to, or at once where its
 * flags are such as the real one refuses. What the component does is done by the engine's control loops.
 */
import { componentFault } from '../controllers/component-faults.ts'
import { encryptionRulesOf } from '../api/encryption/encryption-configuration.ts'
import { readCorefile } from '../controllers/corefile-faults.ts'
import { flagsOf, isOnByDefault, listIn } from '../api/settings.ts'
import { apiServerFault } from '../controllers/api-server-faults.ts'
import { idleFlags, idlePlugins } from '../controllers/component-values.ts'
import { UnixError } from '../../unix/errors.ts'
import { err, type Process, type Program } from '../../unix/kernel/process.ts'
import { portsOf } from './component-ports.ts'

export interface Shown {
  readonly path: string
  /** What it logs when it starts. */
  readonly log: readonly string[]
  /** What an idle small cluster's takes. */
  readonly memoryMiB: number
  readonly millicores: number
}

/** How often a component's work is written to its account. */
const accountMs = 15_000

export function componentProgram({ path, log, memoryMiB, millicores }: Shown): Program {
  return function* (process) {
    const crash = componentFault([path.replace(/.*\//, ''), ...process.argv.slice(1)], (file) => isThere(process, file))
    const wrong = fault(path, process)
    const names = path === '/coredns' ? corefileOf(process) : undefined
    if (names?.fault !== undefined) {
      yield* err(process, `maxprocs: Leaving GOMAXPROCS=2: CPU quota undefined\n${names.fault}\n`)
      return 1
    }
    if (crash !== undefined || wrong !== undefined) {
      yield* err(
        process,
        `${(crash ?? `E run.go:72] "command failed" err=${JSON.stringify(wrong)}`).replace(/^E /, `E${klogTime(process.now())}       1 `)}\n`,
      )
      return 1
    }
    process.memoryBytes = memoryMiB * 2 ** 20
    let isAsked = false
    for (const signal of ['TERM', 'INT'] as const) process.handlers.set(signal, () => (isAsked = true))
    for (const line of notes(path, process)) yield* err(process, `W${klogTime(process.now())}       1 sandbox.go:1] ${line}\n`)
    for (const plugin of names?.idle ?? []) yield* err(process, `[WARNING] plugin/${plugin}: has no effect in the sandbox\n`)
    for (const line of log) yield* err(process, `${line}\n`)
    const closes = portsOf(path.replace(/.*\//, ''), process).flatMap(({ ip, port, http }) => {
      try {
        return [process.net.listen(port, { http }, { ip, owner: process.hostPid })]
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        return []
      }
    })
    try {
      while (!isAsked) {
        yield { until: process.now() + accountMs }
        process.cpuMs += (millicores * accountMs) / 1000
      }
      return 0
    } finally {
      for (const close of closes) close()
    }
  }
}

/**
 * A cluster's machines get their keys a moment after its first pods: what kubeadm writes into a folder that is still without its authority is taken to be
 * there, where the folder is the machine's own. The components' kubeconfigs are not mounted by manifests of older worlds.
 */
function isThere({ files, namespaces }: Process, path: string): boolean {
  if (files.exists(path) || /^\/etc\/kubernetes\/(?:scheduler|controller-manager)\.conf$/.test(path)) return true
  const folder = path.slice(0, path.lastIndexOf('/'))
  const [{ at, root }] = namespaces.mounts.mounts
    .filter((mount) => path.startsWith(mount.at === '/' ? '/' : `${mount.at}/`))
    .sort((a, b) => b.at.length - a.at.length)
  return /^\/etc\/kubernetes\/pki(?:\/etcd)?$/.test(folder) && at === root && at !== '/' && !files.exists(`${folder}/ca.crt`)
}

/** `0105 09:00:00.123000`, as klog begins its lines. */
function klogTime(ms: number): string {
  const text = new Date(ms).toISOString()
  return `${text.slice(5, 7)}${text.slice(8, 10)} ${text.slice(11, 23)}000`
}

/** What its flags ask for in vain. */
function notes(path: string, { argv, files }: Process): readonly string[] {
  const flags = flagsOf(argv)
  const [idle, plugins, modes] = [
    /\/kube-(?:apiserver|scheduler|controller-manager)$/.test(path) ? idleFlags(argv.slice(1)) : [],
    path.endsWith('/kube-apiserver')
      ? idlePlugins(listIn(flags, 'enable-admission-plugins'), listIn(flags, 'disable-admission-plugins'), isOnByDefault)
      : [],
    listIn(flags, 'authorization-mode').filter((mode) => mode === 'ABAC' || mode === 'Webhook'),
  ]
  return [
    ...(idle.length > 0 ? [`These flags have no effect in the sandbox: ${idle.join(', ')}`] : []),
    ...(plugins.length > 0 ? [`Switching these admission plugins on or off has no effect in the sandbox: ${plugins.join(', ')}`] : []),
    ...kmsProviders(flags.get('encryption-provider-config'), files).map(
      (name) => `The KMS provider ${JSON.stringify(name)} is not simulated: what it should seal cannot be written`,
    ),
    ...(modes.length > 0 ? [`These authorization modes are not simulated, and allow nothing: ${modes.join(', ')}`] : []),
  ]
}

function kmsProviders(path: string | undefined, files: Process['files']): readonly string[] {
  const rules = path !== undefined && files.exists(path) ? encryptionRulesOf(files.readText(path), path) : ''
  if (typeof rules === 'string') return []
  const all = Object.values(rules).flatMap((providers) => providers.flatMap((provider) => (provider.kind === 'kms' ? [provider.name] : [])))
  return [...new Set(all)]
}

/** CoreDNS' configuration, or what is wrong with it. */
function corefileOf({ argv, files }: Process): ReturnType<typeof readCorefile> | undefined {
  const path = argv[argv.indexOf('-conf') + 1]
  return argv.includes('-conf') && path !== undefined && files.exists(path) ? readCorefile(files.readText(path), path) : undefined
}

/** What makes a component end at once, if anything. */
function fault(path: string, process: Process): string | undefined {
  if (!path.endsWith('/kube-apiserver')) return undefined
  return apiServerFault(flagsOf(process.argv), (file) => (process.files.exists(file) ? process.files.readText(file) : undefined))
}
