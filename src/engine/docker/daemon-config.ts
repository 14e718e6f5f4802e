/**
 * /etc/docker/daemon.json, as dockerd reads it when it starts: what is misspelt keeps it from starting, what is not simulated is said in its
 * journal. A daemon that runs does not notice changes until it is started again.
 */
import type { MountTable } from '../../unix/files/mount-table.ts'
import type { Daemon } from './daemon.ts'

export interface DaemonConfig {
  readonly logDriver: string
  readonly logOptions: Readonly<Record<string, string>>
  readonly labels: readonly string[]
  readonly isDebug: boolean
  readonly mirrors: readonly string[]
  readonly insecureRegistries: readonly string[]
  /** Address ranges that networks without a subnet of their own are cut from. */
  readonly pools: readonly { readonly base: string; readonly size: number }[]
  readonly dns: readonly string[]
  readonly dnsSearch: readonly string[]
  readonly ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[]
}

const path = '/etc/docker/daemon.json'
const acted = [
  'log-driver',
  'log-opts',
  'labels',
  'debug',
  'registry-mirrors',
  'insecure-registries',
  'default-address-pools',
  'dns',
  'dns-search',
  'default-ulimits',
]
const notSimulated =
  'allow-nondistributable-artifacts api-cors-header authorization-plugins bip bridge builder cgroup-parent containerd containerd-namespace containerd-plugins-namespace cpu-rt-period cpu-rt-runtime data-root default-cgroupns-mode default-gateway default-gateway-v6 default-ipc-mode default-network-opts default-runtime default-shm-size dns-opts exec-opts exec-root experimental features firewall-backend fixed-cidr fixed-cidr-v6 group hosts http-proxies icc init init-path ip ip-forward ip-forward-no-drop ip-masq ip6tables iptables ipv6 live-restore log-format log-level max-concurrent-downloads max-concurrent-uploads max-download-attempts metrics-addr mtu network-control-plane-mtu no-new-privileges no-proxy node-generic-resources oom-score-adjust pidfile proxies raw-logs runtimes seccomp-profile selinux-enabled shutdown-timeout storage-driver storage-opts swarm-default-advertise-addr tls tlscacert tlscert tlskey tlsverify userland-proxy userland-proxy-path userns-remap'.split(
    ' ',
  )
/** Of these the default is what is simulated, or nobody sees a difference. */
const harmless: Readonly<Record<string, unknown>> = {
  'storage-driver': 'overlay2',
  'data-root': '/var/lib/docker',
  experimental: false,
  'live-restore': false,
  ipv6: false,
  'ip-forward': true,
  iptables: true,
  'userland-proxy': true,
  'max-concurrent-downloads': 3,
  'log-level': 'info',
}

/** What dockerd says about its file before it starts: why it does not, or what it will not do. */
export function checkDaemonConfig(files: MountTable): { readonly refusal: string | undefined; readonly notes: readonly string[] } {
  const refuse = (words: string) => ({ refusal: `unable to configure the Docker daemon with file ${path}: ${words}`, notes: [] })
  let given: Readonly<Record<string, unknown>>
  try {
    given = read(files)
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(goWords(files.readText(path)))
    throw error
  }
  const unknown = Object.keys(given)
    .filter((key) => !acted.includes(key) && !notSimulated.includes(key))
    .sort()
  if (unknown.length > 0) return refuse(`the following directives don't match any configuration option: ${unknown.join(', ')}`)
  const notes = Object.entries(given).flatMap(([key, value]) =>
    notSimulated.includes(key) && harmless[key] !== value
      ? [`level=warning msg="${key} is not simulated in this sandbox and has no effect"`]
      : [],
  )
  return { refusal: undefined, notes }
}

/** encoding/json's words for what is wrong first. */
function goWords(text: string): string {
  if (text.trim() === '') return 'EOF'
  const trailing = /,\s*([}\]])/.exec(text)
  if (trailing)
    return trailing[1] === '}'
      ? "invalid character '}' looking for beginning of object key string"
      : "invalid character ']' looking for beginning of value"
  if (!/[}\]]\s*$/.test(text)) return 'unexpected EOF'
  const between = /["\d\w\]}]\s*\n\s*(")/.exec(text)
  if (between) return "invalid character '\"' after object key:value pair"
  return `invalid character '${text.trim()[0]}' looking for beginning of value`
}

function read(files: MountTable): Readonly<Record<string, unknown>> {
  if (!files.exists(path)) return {}
  const value: unknown = JSON.parse(files.readText(path))
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

const configs = new WeakMap<Daemon, DaemonConfig>()

/** Read once for each time the daemon is started. */
export function configOf(daemon: Daemon): DaemonConfig {
  const known = configs.get(daemon)
  if (known) return known
  let given: Readonly<Record<string, unknown>> = {}
  try {
    given = read(daemon.host.files)
  } catch (error) {
    // It was refused when the daemon was started; one that has run since then goes on as it was.
    if (!(error instanceof SyntaxError)) throw error
  }
  const texts = (key: string) => (Array.isArray(given[key]) ? (given[key] as unknown[]).map(String) : [])
  const fields = (value: unknown): Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const config: DaemonConfig = {
    logDriver: typeof given['log-driver'] === 'string' ? given['log-driver'] : 'json-file',
    logOptions: Object.fromEntries(Object.entries(fields(given['log-opts'])).map(([key, value]) => [key, String(value)])),
    labels: texts('labels'),
    isDebug: given.debug === true,
    mirrors: texts('registry-mirrors').map((mirror) => mirror.replace(/\/?$/, '/')),
    insecureRegistries: texts('insecure-registries'),
    pools: (Array.isArray(given['default-address-pools']) ? (given['default-address-pools'] as unknown[]) : [])
      .map(fields)
      .map(({ base, size }) => ({ base: String(base), size: Number(size) })),
    dns: texts('dns'),
    dnsSearch: texts('dns-search'),
    ulimits: Object.entries(fields(given['default-ulimits'])).map(([name, value]) => ({
      Name: name,
      Soft: Number(fields(value).Soft ?? 0),
      Hard: Number(fields(value).Hard ?? 0),
    })),
  }
  configs.set(daemon, config)
  return config
}

/** The daemon ends: its next start reads the file anew. */
export function forgetConfig(daemon: Daemon): void {
  configs.delete(daemon)
}
