/** `minikube config`: what was set is taken where a flag does not say otherwise. */
import { out } from '../../unix/kernel/process.ts'
import { Failure, type Minikube, type Run } from './call.ts'
import { set, settings } from './config-file.ts'

const names = [
  'driver',
  'vm-driver',
  'container-runtime',
  'feature-gates',
  'v',
  'cpus',
  'disk-size',
  'host-only-cidr',
  'memory',
  'log_dir',
  'kubernetes-version',
  'iso-url',
  'WantUpdateNotification',
  'WantBetaUpdateNotification',
  'ReminderWaitPeriodInHours',
  'WantNoneDriverWarning',
  'WantVirtualBoxDriverWarning',
  'profile',
  'bootstrapper',
  'insecure-registry',
  'hyperv-virtual-switch',
  'disable-driver-mounts',
  'cache',
  'EmbedCerts',
  'native-ssh',
  'rootless',
  'MaxAuditEntries',
]
const needsNewCluster = new Set([
  'driver',
  'vm-driver',
  'container-runtime',
  'feature-gates',
  'cpus',
  'disk-size',
  'memory',
  'iso-url',
  'EmbedCerts',
  'rootless',
  'kubernetes-version',
])
/** The flag, or else what was set for all starts, or else the flag's default. */
export function setting(minikube: Minikube, name: string): string {
  return minikube.flags.isSet(name) ? minikube.flags.text(name) : (settings(minikube.process)[name] ?? minikube.flags.text(name))
}

function wanted(minikube: Minikube, verb: string): string {
  const [name = ''] = minikube.args
  if (!names.includes(name))
    throw new Failure(
      80,
      `X Exiting due to MK_CONFIG_${verb.toUpperCase()}: ${verb === 'set' ? 'Set failed: ' : ''}find settings for ${JSON.stringify(name)} value of ${JSON.stringify(minikube.args[1] ?? '')}: property name ${JSON.stringify(name)} not found`,
    )
  return name
}

export const configCommands: Readonly<Record<string, Run>> = {
  'config set': function* (minikube) {
    if (minikube.args.length !== 2)
      throw new Failure(
        14,
        `X Exiting due to MK_USAGE: ${minikube.args.length < 2 ? 'not enough arguments' : 'toom any arguments'} (${minikube.args.length}).\nusage: minikube config set PROPERTY_NAME PROPERTY_VALUE`,
      )
    const name = wanted(minikube, 'set')
    set(minikube.process, name, minikube.args[1])
    if (needsNewCluster.has(name))
      yield* minikube.complain('warning', 'These changes will take effect upon a minikube delete and then a minikube start')
  },
  'config unset': function* (minikube) {
    set(minikube.process, wanted(minikube, 'unset'), undefined)
  },
  'config get': function* (minikube) {
    const value = settings(minikube.process)[minikube.args[0] ?? '']
    if (value === undefined) throw new Failure(1, 'Error: specified key could not be found in config')
    yield* out(minikube.process, `${value}\n`)
  },
  'config view': function* (minikube) {
    yield* out(
      minikube.process,
      Object.entries(settings(minikube.process))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `- ${name}: ${value}\n`)
        .join(''),
    )
  },
}
