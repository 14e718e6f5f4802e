/**
 * kubeadm 1.33 as a program: prints the phases as the machine goes through them. What it does to the machine (files under /etc/kubernetes,
 * services) is done by whoever answers the machines API; this is only the voice.
 */
import { err, out, type Process, type Running } from '../../unix/kernel/process.ts'
import { FlagError, HelpWanted, parseFlags } from '../flags.ts'
import { sayUnused } from '../unused-flags.ts'
import { MachinesError } from '../machines.ts'
import { flags, Kubeadm, type Run } from './call.ts'
import { certificateKey, checkExpiration, renew, userKubeconfig } from './certificates.ts'
import { imagesList, imagesPull, initDefaults, joinDefaults } from './config.ts'
import { init, join, reset } from './machine.ts'
import { apply, node, plan } from './upgrade.ts'
import { initPhase } from './phase.ts'
import { tokenCreate, tokenDelete, tokenGenerate, tokenList } from './token.ts'

const versionText: Run = function* (kubeadm) {
  const { version } = kubeadm
  if (kubeadm.flags.text('output') === 'short') return yield* kubeadm.say(version)
  yield* kubeadm.say(
    `kubeadm version: &version.Info{Major:"1", Minor:"33", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"${version}", GitCommit:"8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828", GitTreeState:"clean", BuildDate:"2025-05-15T08:25:55Z", GoVersion:"go1.24.2", Compiler:"gc", Platform:"linux/amd64"}`,
  )
}

const commands: Readonly<Record<string, Run>> = {
  init,
  'init phase': initPhase,
  join,
  reset,
  version: versionText,
  'token create': tokenCreate,
  'token list': tokenList,
  'token delete': tokenDelete,
  'token generate': tokenGenerate,
  'certs check-expiration': checkExpiration,
  'certs renew': renew,
  'certs certificate-key': certificateKey,
  'upgrade plan': plan,
  'upgrade apply': apply,
  'upgrade node': node,
  'kubeconfig user': userKubeconfig,
  'config images list': imagesList,
  'config images pull': imagesPull,
  'config print init-defaults': initDefaults,
  'config print join-defaults': joinDefaults,
}

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
  certs       Commands related to handling Kubernetes certificates
  config      Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster
  init        Run this command in order to set up the Kubernetes control plane
  join        Run this on any machine you wish to join an existing cluster
  kubeconfig  Kubeconfig file utilities
  reset       Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'
  token       Manage bootstrap tokens
  upgrade     Upgrade your cluster smoothly to a newer version with this command
  version     Print the version of kubeadm

Use "kubeadm [command] --help" for more information about a command.
`

/** Who names the runtime that is there, or asks for more words, misses nothing. */
const withoutEffect = new Set(['cri-socket', 'v', 'yes', 'force', 'kubeconfig', 'cert-dir', 'ignore-preflight-errors'])

export function* kubeadm(process: Process): Running {
  try {
    const parsed = parseFlags(process.argv.slice(1), flags)
    const name = [3, 2].map((count) => parsed.args.slice(0, count).join(' ')).find((words) => commands[words]) ?? parsed.args[0] ?? ''
    const run = commands[name]
    if (run) {
      yield* run(new Kubeadm(process, parsed, parsed.args.slice(name.split(' ').length)))
      yield* sayUnused(process, parsed, withoutEffect)
      return 0
    }
    if (name === '' || name === 'help') {
      yield* out(process, help)
      return 0
    }
    if (['upgrade', 'certs', 'config', 'kubeconfig', 'completion', 'token', 'alpha'].includes(name))
      yield* err(process, `kubeadm ${parsed.args.join(' ')} is not simulated in this sandbox\n`)
    else
      yield* err(
        process,
        `error: unknown command ${JSON.stringify(name)} for "kubeadm"\nTo see the stack trace of this error execute with --v=5 or higher\n`,
      )
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
