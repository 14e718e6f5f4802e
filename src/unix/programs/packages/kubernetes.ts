/**
 * Kubernetes' own packages, which come from a repository for each minor version (pkgs.k8s.io) once a file under /etc/apt names it. Unlike those
 * of the mirrors they have many versions, and which one of kubeadm and of the kubelet is installed decides what the machine becomes: it stands
 * in /var/lib/dpkg/status, with what `apt-mark hold` did. The sandbox has the repository of 1.33.
 */
import { binary } from '../../kernel/execute.ts'
import type { Files } from '../../files/files.ts'
import type { Process } from '../../kernel/process.ts'

const statusPath = '/var/lib/dpkg/status'
const minor = '1.33'
export const repository = `https://pkgs.k8s.io/core:/stable:/v${minor}/deb`
export const content = `https://prod-cdn.packages.k8s.io/repositories/isv:/kubernetes:/core:/stable:/v${minor}/deb`

interface Offered {
  /** Newest first. */
  readonly versions: readonly string[]
  readonly kb: number
  readonly installedKb: number
  readonly needs?: readonly string[]
}

const patches = Array.from({ length: 14 }, (_, patch) => `${minor}.${13 - patch}-1.1`)

const offered: Readonly<Record<string, Offered>> = {
  kubeadm: { versions: patches, kb: 12_700, installedKb: 74_500, needs: ['cri-tools'] },
  kubelet: { versions: patches, kb: 15_900, installedKb: 81_600, needs: ['kubernetes-cni'] },
  kubectl: { versions: patches, kb: 11_700, installedKb: 60_200 },
  'cri-tools': { versions: ['1.33.0-1.1'], kb: 17_300, installedKb: 60_800 },
  'kubernetes-cni': { versions: ['1.6.0-1.1'], kb: 37_300, installedKb: 88_900 },
}

export interface Installed {
  readonly version: string
  readonly isHeld: boolean
}

/** By name, of what dpkg keeps a record. */
export function statusOf(files: Files): ReadonlyMap<string, Installed> {
  const text = files.exists(statusPath) ? files.readText(statusPath) : ''
  const known = new Map<string, Installed>()
  for (const paragraph of text.split('\n\n')) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? ''
    if (field('Package') !== '') known.set(field('Package'), { version: field('Version'), isHeld: field('Status').startsWith('hold') })
  }
  return known
}

export function statusText(status: ReadonlyMap<string, Installed>): string {
  return [...status]
    .map(
      ([name, { version, isHeld }]) =>
        `Package: ${name}\nStatus: ${isHeld ? 'hold' : 'install'} ok installed\nPriority: optional\nSection: admin\nArchitecture: amd64\nVersion: ${version}\n`,
    )
    .join('\n')
}

export function keepStatus(files: Files, changes: ReadonlyMap<string, Installed>): void {
  files.mkdir('/var/lib/dpkg', { parents: true })
  files.writeFile(statusPath, statusText(new Map([...statusOf(files), ...changes])))
}

/** `v1.33.13`: the version of an installed package; undefined where dpkg knows nothing of it. */
export function kubernetesVersion(files: Files, name: 'kubeadm' | 'kubelet'): string | undefined {
  const version = statusOf(files).get(name)?.version
  return version && `v${version.replace(/-.*/, '')}`
}

/** What kubeadm's machines come with. */
export const cameWith: ReadonlyMap<string, Installed> = new Map(
  Object.entries(offered).map(([name, { versions }]) => [name, { version: versions[0], isHeld: /^kube(adm|let|ctl)$/.test(name) }]),
)

export const sourcesPath = '/etc/apt/sources.list.d/kubernetes.list'
export const sourcesText = `deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.gpg] ${repository}/ /\n`

/** Minor versions whose repositories the machine asks. */
export function repositoriesOf(files: Files): readonly string[] {
  const folder = '/etc/apt/sources.list.d'
  const paths = ['/etc/apt/sources.list', ...(files.exists(folder) ? files.list(folder).map((name) => `${folder}/${name}`) : [])]
  return paths
    .filter((path) => files.exists(path))
    .flatMap((path) => files.readText(path).split('\n'))
    .flatMap((line) => /^(?:deb\s.*|URIs:\s*)https?:\/\/pkgs\.k8s\.io\/core:\/stable:\/v([\d.]+)\/deb/.exec(line)?.[1] ?? [])
}

export const isOffered = (version: string): boolean => version === minor

/** What may be installed under this name; undefined: no repository of it is asked. */
export function offerOf(files: Files, name: string): Offered | undefined {
  return repositoriesOf(files).some(isOffered) ? offered[name] : undefined
}

export const isKubernetes = (name: string): boolean => name in offered

export function placeKubernetes({ files, kernel }: Process, name: string): void {
  for (const program of name === 'cri-tools' ? ['crictl'] : name === 'kubernetes-cni' ? [] : [name]) {
    const path = `/usr/bin/${program}`
    if (!files.exists(path) && kernel.programs.has(program)) files.writeFile(path, binary(program), { mode: 0o755 })
  }
}

/** Whether the first version is the older one. */
export function isOlder(a: string, b: string): boolean {
  const numbers = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number)
  const [left, right] = [numbers(a), numbers(b)]
  const at = left.findIndex((part, index) => part !== right[index])
  return at >= 0 && left[at] < (right[at] ?? 0)
}
