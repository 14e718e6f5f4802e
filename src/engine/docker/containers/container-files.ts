/**
 * A container's tree of files: its root overlay, what it mounts, and the three files the daemon writes for it (hosts, hostname,
 * resolv.conf). Built for a start, and without /proc and the like for `docker cp` on a stopped one.
 */
import type { Mount } from '../../../unix/files/files.ts'
import { MemoryFiles } from '../../../unix/files/memory-files.ts'
import { MountTable } from '../../../unix/files/mount-table.ts'
import { DockerError } from '../docker-error.ts'
import type { Daemon, Live } from '../daemon.ts'
import { configOf } from '../daemon-config.ts'
import type { Container, EndpointSettings } from '../shapes.ts'
import { bridgeGateway } from '../networks/hosts-file.ts'
import { rootMount } from './root-mount.ts'

/** Root and volumes. */
export function rootOf(daemon: Daemon, container: Container, live: Live): MountTable {
  const table = new MountTable([rootMount(container, live)])
  for (const mount of [...container.Mounts].sort((a, b) => a.Destination.length - b.Destination.length)) {
    if (mount.Type === 'tmpfs') {
      const options = container.HostConfig.Mounts?.find(({ Target }) => Target === mount.Destination)?.TmpfsOptions
      mountTmpfs(daemon, live, table, mount.Destination, {
        sizeBytes: options?.SizeBytes,
        mode: options?.Mode,
        isReadOnly: !mount.RW,
        shown: [
          options?.SizeBytes ? `size=${Math.floor(options.SizeBytes / 1024)}k` : '',
          options?.Mode ? `mode=${options.Mode.toString(8)}` : '',
        ],
      })
      continue
    }
    const { mount: source, inner, full } = daemon.host.files.locate(mount.Source)
    const isFolder = daemon.host.files.stat(full).kind === 'directory'
    makeMountPoint(live, mount.Destination, isFolder, mount.Source)
    table.mount({
      at: resolved(table, mount.Destination),
      files: source.files,
      root: inner,
      isReadOnly: !mount.RW || source.isReadOnly,
      source: source.source,
      options: source.options,
    })
  }
  for (const [destination, options] of Object.entries(container.HostConfig.Tmpfs ?? {})) {
    const size = /(?:^|,)size=(\d+)([kmg]?)/i.exec(options)
    const unit = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[(size?.[2] ?? '').toLowerCase()] ?? 1
    const mode = /(?:^|,)mode=(\d+)/.exec(options)
    mountTmpfs(daemon, live, table, destination, {
      sizeBytes: size ? Number(size[1]) * unit : undefined,
      mode: mode ? Number.parseInt(mode[1], 8) : undefined,
      isReadOnly: /(^|,)ro(,|$)/.test(options),
      shown: [size ? `size=${Math.floor((Number(size[1]) * unit) / 1024)}k` : '', mode ? `mode=${mode[1]}` : ''],
    })
  }
  return table
}

function resolved(table: MountTable, path: string): string {
  return table.exists(path) ? table.realpath(path) : path
}

function mountTmpfs(
  daemon: Daemon,
  live: Live,
  table: MountTable,
  at: string,
  { sizeBytes, mode = 0o1777, isReadOnly, shown }: { sizeBytes?: number; mode?: number; isReadOnly: boolean; shown: readonly string[] },
): void {
  makeMountPoint(live, at, true, 'tmpfs')
  table.mount({
    at,
    files: new MemoryFiles({ now: () => daemon.clock.now(), quotaBytes: sizeBytes, mode }),
    root: '/',
    isReadOnly,
    source: 'tmpfs',
    options: shown.filter(Boolean).join(',') || undefined,
  })
}

/** runc makes what is missing; a file cannot be mounted on a directory. */
function makeMountPoint(live: Live, destination: string, isFolder: boolean, source: string): void {
  const table = new MountTable([{ at: '/', files: live.overlay, root: '/', isReadOnly: false, source: 'overlay' }])
  if (table.exists(destination)) {
    const isOnFolder = table.stat(destination).kind === 'directory'
    if (isOnFolder === isFolder) return
    throw new DockerError(
      400,
      'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ' +
        `error mounting "${source}" to rootfs at "${destination}": mount src=${source}, dst=${destination}, dstFd=/proc/thread-self/fd/14, flags=MS_BIND|MS_REC: not a directory: unknown: ` +
        'Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type',
    )
  }
  const parent = destination.slice(0, destination.lastIndexOf('/')) || '/'
  if (!table.exists(parent)) table.mkdir(parent, { parents: true })
  if (isFolder) table.mkdir(destination)
  else table.writeFile(destination, '')
}

/** The files the daemon keeps for a container, written anew at every start, mounted into it. */
export function mountDaemonFiles(daemon: Daemon, container: Container, table: MountTable, endpoints: readonly EndpointSettings[]): void {
  const { disk, files } = daemon.host
  const isHostNet = container.HostConfig.NetworkMode === 'host'
  const texts: readonly (readonly [path: string, at: string, text: string])[] = [
    [container.HostnamePath, '/etc/hostname', `${container.Config.Hostname}\n`],
    [
      container.HostsPath,
      '/etc/hosts',
      isHostNet && files.exists('/etc/hosts') ? files.readText('/etc/hosts') : hostsText(daemon, container, endpoints),
    ],
    [container.ResolvConfPath, '/etc/resolv.conf', resolvText(daemon, container, endpoints)],
  ]
  for (const [path, at, text] of texts) {
    if (path === '') continue
    files.writeFile(path, text)
    if (!container.Mounts.some(({ Destination }) => Destination === at))
      table.mount({ at, files: disk, root: path, isReadOnly: false, source: '/dev/vda1' })
  }
}

/** Secrets and configs of a swarm task. */
export function mountTaskFiles(daemon: Daemon, container: Container, live: Live, table: MountTable): void {
  const list = daemon.store.get('swarm-files', container.Id) as
    | { readonly files: readonly { readonly at: string; readonly path: string }[] }
    | undefined
  for (const { at, path } of list?.files ?? []) {
    makeMountPoint(live, at, false, 'tmpfs')
    table.mount({ at, files: daemon.host.disk, root: path, isReadOnly: true, source: 'tmpfs' })
  }
}

export function mountAll(table: MountTable, mounts: readonly Mount[]): void {
  for (const mount of mounts) table.mount(mount)
}

function hostsText(daemon: Daemon, container: Container, endpoints: readonly EndpointSettings[]): string {
  const { Hostname, Domainname } = container.Config
  const lines = [
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::\tip6-localnet',
    'ff00::\tip6-mcastprefix',
    'ff02::1\tip6-allnodes',
    'ff02::2\tip6-allrouters',
  ]
  for (const extra of container.HostConfig.ExtraHosts ?? []) {
    const [, name, address] = /^([^:=]+)[:=](.*)$/.exec(extra) as RegExpExecArray
    lines.push(`${address === 'host-gateway' ? bridgeGateway(daemon) : address.replace(/^\[|\]$/g, '')}\t${name}`)
  }
  // Elsewhere links are names of the network's own resolver.
  for (const link of container.HostConfig.NetworkMode === 'bridge' ? (container.HostConfig.Links ?? []) : []) {
    const [name, alias = name] = link.split(':')
    const target = daemon.find(name)
    const address = target && Object.values(target.NetworkSettings.Networks)[0]?.IPAddress
    if (target && address)
      lines.push(`${address}\t${[...new Set([alias.replace(/^.*\//, ''), target.Config.Hostname, target.Name.slice(1)])].join(' ')}`)
  }
  const whole = Domainname ? `${Hostname}.${Domainname}` : Hostname
  const names = [...new Set([whole, whole.split('.')[0]])].join(' ')
  for (const { IPAddress } of endpoints) if (IPAddress !== '') lines.push(`${IPAddress}\t${names}`)
  return `${lines.join('\n')}\n`
}

function resolvText(daemon: Daemon, container: Container, endpoints: readonly EndpointSettings[]): string {
  const { DnsOptions, NetworkMode } = container.HostConfig
  const config = configOf(daemon)
  const Dns = container.HostConfig.Dns?.length ? container.HostConfig.Dns : config.dns
  const DnsSearch = container.HostConfig.DnsSearch?.length ? container.HostConfig.DnsSearch : config.dnsSearch
  const host = daemon.host.files.exists('/etc/resolv.conf') ? daemon.host.files.readText('/etc/resolv.conf') : ''
  const isUserDefined = endpoints.some(({ DNSNames }) => DNSNames !== null)
  if (NetworkMode === 'host' && !Dns?.length) return host
  const hostServers = Array.from(host.matchAll(/^nameserver\s+(\S+)/gm), (match) => match[1])
  const servers = Dns?.length ? Dns : hostServers
  const search = DnsSearch?.length ? DnsSearch.filter((name) => name !== '.') : (/^search\s+(.*)$/m.exec(host)?.[1].split(/\s+/) ?? [])
  const options = DnsOptions ?? []
  const overrides = [Dns?.length ? 'nameservers' : '', DnsSearch?.length ? 'search' : '', DnsOptions?.length ? 'options' : ''].filter(
    Boolean,
  )
  const lines = [
    '# Generated by Docker Engine.',
    '# This file can be edited; Docker Engine will not make further changes once it',
    '# has been modified.',
    '',
  ]
  lines.push(...(isUserDefined ? ['nameserver 127.0.0.11'] : servers.map((server) => `nameserver ${server}`)))
  if (search.length > 0) lines.push(`search ${search.join(' ')}`)
  if (isUserDefined)
    lines.push(
      `options ${[...options.filter((option) => !option.startsWith('ndots')), ...(options.some((option) => option.startsWith('ndots')) ? options.filter((option) => option.startsWith('ndots')) : ['ndots:0'])].join(' ')}`,
    )
  else if (options.length > 0) lines.push(`options ${options.join(' ')}`)
  lines.push('', `# Based on host file: '/etc/resolv.conf' (${isUserDefined ? 'internal resolver' : 'legacy'})`)
  if (isUserDefined)
    lines.push(
      Dns?.length ? `# ExtServers: [${servers.join(' ')}]` : `# ExtServers: [${servers.map((server) => `host(${server})`).join(' ')}]`,
    )
  lines.push(overrides.length > 0 || !isUserDefined ? `# Overrides: [${overrides.join(' ')}]` : '# Overrides: []')
  if (isUserDefined) lines.push('# Option ndots from: internal')
  return `${lines.join('\n')}\n`
}
