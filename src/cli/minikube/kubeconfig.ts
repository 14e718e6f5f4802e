/** What minikube changes in the kubeconfig: its cluster, user and context are put in or taken out, everything else stays. */
import type { Process } from '../../unix/kernel/process.ts'
import { goYaml } from '../go-yaml.ts'
import { fromYaml } from '../yaml-input.ts'

interface Named {
  readonly name: string
  readonly [field: string]: unknown
}

interface Config {
  clusters: Named[]
  users: Named[]
  contexts: Named[]
  'current-context': string
  [field: string]: unknown
}

export function rememberCluster(process: Process, { name, server }: { name: string; server: string }): void {
  const config = read(process)
  const pem = (text: string) => btoa(`-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`)
  put(config.clusters, { name, cluster: { 'certificate-authority-data': pem('CN=minikubeCA'), server } })
  put(config.contexts, { name, context: { cluster: name, namespace: 'default', user: name } })
  put(config.users, { name, user: { 'client-certificate-data': pem('CN=minikube-user,O=system:masters'), 'client-key-data': btoa('sandbox') } })
  config['current-context'] = name
  write(process, config)
}

export function forgetCluster(process: Process, name: string): void {
  const config = read(process)
  for (const list of [config.clusters, config.contexts, config.users]) {
    const index = list.findIndex((one) => one.name === name)
    if (index >= 0) list.splice(index, 1)
  }
  if (config['current-context'] === name) config['current-context'] = ''
  write(process, config)
}

function put(list: Named[], entry: Named): void {
  const index = list.findIndex(({ name }) => name === entry.name)
  if (index >= 0) list[index] = entry
  else list.push(entry)
}

function pathOf(process: Process): string {
  return process.env.KUBECONFIG?.split(':')[0] || `${process.env.HOME ?? '/root'}/.kube/config`
}

function read(process: Process): Config {
  const path = pathOf(process)
  const parsed = process.files.exists(path) ? (fromYaml(process.files.readText(path)) as Partial<Config> | null) : null
  return { apiVersion: 'v1', kind: 'Config', preferences: {}, ...parsed, clusters: [...(parsed?.clusters ?? [])], contexts: [...(parsed?.contexts ?? [])], users: [...(parsed?.users ?? [])], 'current-context': parsed?.['current-context'] ?? '' }
}

function write(process: Process, config: Config): void {
  const path = pathOf(process)
  process.files.mkdir(path.replace(/\/[^/]*$/, ''), { mode: 0o755, parents: true }, process.credentials)
  process.files.writeFile(path, goYaml(config), { mode: 0o600 }, process.credentials)
}
