/** /proc/sys. What stands below `net` belongs to the network namespace of whoever looks; the rest to the machine. */
import { UnixError } from '../errors.ts'
import { hasCapability } from '../kernel/capabilities.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { NetNamespace } from '../network/network.ts'
import type { Virtual } from './virtual-files.ts'

const machineWide: Readonly<Record<string, string>> = {
  'vm/swappiness': '60',
  'vm/overcommit_memory': '0',
  'vm/max_map_count': '65530',
  'fs/file-max': '9223372036854775807',
  'fs/inotify/max_user_instances': '128',
  'fs/inotify/max_user_watches': '524288',
  'kernel/pid_max': '4194304',
  'kernel/threads-max': '63076',
  'kernel/shmmax': '18446744073692774399',
  'kernel/msgmax': '8192',
  'kernel/sem': '32000\t1024000000\t500\t32000',
}

const perNetwork: Readonly<Record<string, string>> = {
  'net/ipv4/ip_forward': '1',
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_local_port_range': '32768\t60999',
  'net/ipv4/ip_unprivileged_port_start': '0',
  'net/ipv4/ping_group_range': '0\t2147483647',
  'net/ipv4/tcp_keepalive_time': '7200',
  'net/ipv4/tcp_syncookies': '1',
  'net/ipv6/conf/all/disable_ipv6': '0',
  'net/ipv6/conf/all/forwarding': '0',
  'net/bridge/bridge-nf-call-iptables': '1',
  'net/bridge/bridge-nf-call-ip6tables': '1',
  'net/bridge/bridge-nf-call-arptables': '1',
  'net/netfilter/nf_conntrack_max': '131072',
}

const written = new WeakMap<NetNamespace, Map<string, string>>()

/** `docker run --sysctl net.ipv4.ip_forward=0`, before the first process looks. */
export function setSysctl(net: NetNamespace, name: string, value: string): void {
  const values = written.get(net) ?? new Map<string, string>()
  written.set(net, values.set(name.replaceAll('.', '/'), value))
}

export function sysctlFiles(kernel: Kernel): Virtual {
  const stored: Record<string, string> = { ...machineWide }
  const made: Record<string, () => string> = {
    'kernel/hostname': () => kernel.current?.namespaces.uts.hostname ?? '',
    'kernel/osrelease': () => kernel.release,
    'kernel/ostype': () => 'Linux',
    'kernel/random/uuid': () => kernel.random.uuid(),
    'kernel/random/boot_id': () => '6b1e3f0a-52c4-4a0e-9d0c-1f1b8ab7a8f1',
    'kernel/version': () => '#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)',
  }
  const own = (): Map<string, string> | undefined => kernel.current && written.get(kernel.current.net)
  const valueOf = (key: string): string | undefined => own()?.get(key) ?? perNetwork[key] ?? stored[key]
  const write = (key: string, value: string): void => {
    const { current } = kernel
    // A container's /proc/sys is mounted read-only.
    if (current && !hasCapability(current.credentials, 'SYS_ADMIN')) throw new UnixError(current.credentials.uid === 0 ? 'EROFS' : 'EACCES')
    if (current && key.startsWith('net/')) setSysctl(current.net, key, value.trim())
    else stored[key] = value.trim()
  }
  const at = (prefix: string): Virtual => {
    const names = (): readonly string[] => [
      ...new Set(
        [...Object.keys(stored), ...Object.keys(made), ...Object.keys(perNetwork), ...(own()?.keys() ?? [])]
          .filter((key) => key.startsWith(prefix))
          .map((key) => key.slice(prefix.length).split('/')[0]),
      ),
    ]
    return {
      names,
      get(name) {
        const key = prefix + name
        if (made[key]) return { text: () => `${made[key]()}\n` }
        if (valueOf(key) !== undefined) return { text: () => `${valueOf(key)}\n`, write: (value) => write(key, value) }
        return names().includes(name) ? at(`${key}/`) : undefined
      },
    }
  }
  return at('')
}
