/**
 * What stands in a container's root: its volumes, each the part of the machine's files that it names, and the files that the kubelet and
 * the runtime write for every pod. A mount's place is made in the container's own layer first, as runc does it.
 */
import { bytesOf } from '../../base/bytes.ts'
import type { Mount } from '../../unix/files/files.ts'
import { MountTable } from '../../unix/files/mount-table.ts'
import type { OverlayFiles } from '../../unix/files/overlay-files.ts'
import type { Host } from './host.ts'
import { makeParents } from './layer-files.ts'
import type { ContainerSpec, SandboxSpec } from './runtime.ts'

export function mountsOf(host: Host, spec: ContainerSpec, root: Mount): MountTable {
  const table = new MountTable([root])
  for (const { hostPath, containerPath, isReadOnly } of spec.mounts) {
    const isFile = host.files.exists(hostPath) && host.files.stat(hostPath).kind !== 'directory'
    makePlace(table, containerPath, isFile)
    const { mount, inner } = host.files.locate(hostPath)
    // An image's /var/run is often a link to /run: what is mounted below it is found both ways.
    const at = table.realpath(containerPath)
    table.mount({
      at,
      files: mount.files,
      root: inner,
      isReadOnly,
      source: mount.source,
      ...(mount.options && { options: mount.options }),
    })
    // A bind of the machine's folder brings along what is mounted in it.
    const prefix = hostPath === '/' ? '/' : `${hostPath}/`
    for (const below of host.files.mounts)
      if (below.at.startsWith(prefix) && below.at !== '/') table.mount({ ...below, at: `${at}/${below.at.slice(prefix.length)}` })
  }
  return table
}

/** The files the kubelet and the runtime write for each pod. */
export function daemonMounts(
  host: Host,
  pod: { readonly ip: string; readonly spec: SandboxSpec },
  overlay: OverlayFiles,
): readonly Mount[] {
  if (pod.spec.hostNetwork) return []
  const folder = `/var/lib/kubelet/pods/${pod.spec.uid}/etc`
  const { hostname, dns, hostAliases } = pod.spec
  const aliases =
    hostAliases.length > 0
      ? `\n# Entries added by HostAliases.\n${hostAliases.map(({ ip, hostnames }) => `${ip}\t${hostnames.join('\t')}\n`).join('')}`
      : ''
  const files = {
    hosts: `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${pod.ip}\t${hostname}\n${aliases}`,
    hostname: `${hostname}\n`,
    'resolv.conf': `${dns.searches.length > 0 ? `search ${dns.searches.join(' ')}\n` : ''}${dns.servers.map((server) => `nameserver ${server}\n`).join('')}${dns.options.length > 0 ? `options ${dns.options.join(' ')}\n` : ''}`,
  }
  // A mount point is seen without a file below it; only its directory must be there.
  if (!overlay.lookup('/etc')) overlay.create('/etc', { kind: 'directory', mode: 0o755, uid: 0, gid: 0 })
  makeParents(host.disk, `${folder}/`)
  return Object.entries(files).map(([name, content]) => {
    if (!host.disk.lookup(`${folder}/${name}`))
      host.disk.create(`${folder}/${name}`, { kind: 'file', mode: 0o644, uid: 0, gid: 0, content: bytesOf(content) })
    return { at: `/etc/${name}`, files: host.disk, root: `${folder}/${name}`, isReadOnly: false, source: '/dev/vda1' }
  })
}

function makePlace(table: MountTable, path: string, isFile: boolean): void {
  if (table.exists(path)) return
  const parent = path.replace(/\/[^/]*\/?$/, '') || '/'
  table.mkdir(parent, { parents: true })
  if (isFile) table.writeFile(path, '')
  else table.mkdir(path, { parents: true })
}
