/** The container that a task is: its specification in the words of `POST /containers/create`, with the labels and the name that swarm gives it. */
import { bytesOfBase64 } from '../../../base/bytes.ts'
import type { CreateRequest } from '../containers/create.ts'
import type { Daemon } from '../daemon.ts'
import type { EndpointRequest } from '../networks/endpoints.ts'
import { findNetwork } from '../networks/network-lookup.ts'
import type { HostConfig } from '../shapes.ts'
import type { FileTarget, Secret, Service, SwarmNode, Task } from './shapes.ts'

export interface Assignment {
  readonly task: Task
  readonly service: Service
  readonly node: SwarmNode
}

/** `web.1`, or `web.<node>` where every node has one. */
export function taskName(task: Task, service: Pick<Service, 'Spec'> | undefined): string {
  return `${service?.Spec.Name ?? task.ServiceID}.${task.Slot ?? task.NodeID ?? ''}`
}

export function containerName(task: Task, service: Service): string {
  return `${taskName(task, service)}.${task.ID}`
}

export function createRequestOf(daemon: Daemon, { task, service, node }: Assignment): CreateRequest {
  const spec = task.Spec.ContainerSpec ?? { Image: '' }
  const filled = (text: string) => templated(text, { task, service, node })
  const networks = (task.NetworksAttachments ?? []).map(({ Network, Addresses }) => ({
    id: (Network as { ID: string }).ID,
    ip: Addresses[0].split('/')[0],
  }))
  const onHost = (task.Spec.Networks ?? []).some(({ Target }) => findNetwork(daemon, Target)?.Driver === 'host')
  const endpoints: Record<string, EndpointRequest> = {}
  for (const { id, ip } of networks) {
    const wish = (task.Spec.Networks ?? []).find(({ Target }) => Target === id)
    endpoints[findNetwork(daemon, id)?.Name ?? id] = { IPAMConfig: { IPv4Address: ip }, Aliases: wish?.Aliases ? [...wish.Aliases] : null }
  }
  const ports = (service.Spec.EndpointSpec?.Ports ?? []).filter(({ PublishMode }) => PublishMode === 'host')
  const { Limits, Reservations } = task.Spec.Resources ?? {}
  const hostConfig: Partial<HostConfig> = {
    NetworkMode: onHost ? 'host' : (Object.keys(endpoints)[0] ?? 'default'),
    PortBindings: Object.fromEntries(
      ports.map(({ TargetPort, PublishedPort, Protocol }) => [
        `${TargetPort}/${Protocol}`,
        [{ HostIp: '', HostPort: PublishedPort ? String(PublishedPort) : '' }],
      ]),
    ),
    Memory: Limits?.MemoryBytes ?? 0,
    MemoryReservation: Reservations?.MemoryBytes ?? 0,
    NanoCpus: Limits?.NanoCPUs ?? 0,
    PidsLimit: Limits?.Pids ?? null,
    ReadonlyRootfs: spec.ReadOnly ?? false,
    ...(spec.Init === undefined ? {} : { Init: spec.Init }),
    ...(spec.Mounts?.length
      ? {
          Mounts: spec.Mounts.map((mount) => ({
            ...mount,
            ...(mount.Source ? { Source: filled(mount.Source) } : {}),
          })) as unknown as HostConfig['Mounts'],
        }
      : {}),
    ...(spec.DNSConfig?.Nameservers
      ? { Dns: spec.DNSConfig.Nameservers, DnsSearch: spec.DNSConfig.Search ?? null, DnsOptions: spec.DNSConfig.Options ?? null }
      : {}),
    ...(spec.Hosts
      ? { ExtraHosts: spec.Hosts.map((line) => line.split(/\s+/)).flatMap(([ip, ...names]) => names.map((name) => `${name}:${ip}`)) }
      : {}),
    ...(spec.CapabilityAdd ? { CapAdd: spec.CapabilityAdd } : {}),
    ...(spec.CapabilityDrop ? { CapDrop: spec.CapabilityDrop } : {}),
    ...(spec.Groups ? { GroupAdd: spec.Groups } : {}),
    ...(task.Spec.LogDriver ? { LogConfig: { Type: task.Spec.LogDriver.Name, Config: task.Spec.LogDriver.Options ?? {} } } : {}),
  }
  return {
    hostConfig,
    endpoints,
    config: {
      Image: spec.Image,
      ...(spec.Command ? { Entrypoint: spec.Command } : {}),
      ...(spec.Args ? { Cmd: spec.Args.map(filled) } : {}),
      ...(spec.Hostname ? { Hostname: filled(spec.Hostname) } : {}),
      ...(spec.Env ? { Env: spec.Env.map(filled) } : {}),
      ...(spec.Dir ? { WorkingDir: spec.Dir } : {}),
      ...(spec.User ? { User: spec.User } : {}),
      ...(spec.StopSignal ? { StopSignal: spec.StopSignal } : {}),
      ...(spec.TTY ? { Tty: true } : {}),
      ...(spec.OpenStdin ? { OpenStdin: true } : {}),
      ...(spec.Healthcheck ? { Healthcheck: spec.Healthcheck as never } : {}),
      ...(ports.length > 0
        ? { ExposedPorts: Object.fromEntries(ports.map(({ TargetPort, Protocol }) => [`${TargetPort}/${Protocol}`, {}])) }
        : {}),
      ...(spec.StopGracePeriod !== undefined ? { StopTimeout: Math.ceil(spec.StopGracePeriod / 1e9) } : {}),
      Labels: {
        ...spec.Labels,
        'com.docker.swarm.node.id': node.ID,
        'com.docker.swarm.service.id': service.ID,
        'com.docker.swarm.service.name': service.Spec.Name,
        'com.docker.swarm.task': '',
        'com.docker.swarm.task.id': task.ID,
        'com.docker.swarm.task.name': containerName(task, service),
      },
    },
  }
}

/** `{{.Node.Hostname}}` and its kin, in variables, hostnames, arguments and mount sources. */
function templated(text: string, { task, service, node }: Assignment): string {
  const values: Readonly<Record<string, string>> = {
    'Service.ID': service.ID,
    'Service.Name': service.Spec.Name,
    'Node.ID': node.ID,
    'Node.Hostname': node.Description.Hostname,
    'Node.Platform.OS': node.Description.Platform.OS,
    'Node.Platform.Architecture': node.Description.Platform.Architecture,
    'Task.ID': task.ID,
    'Task.Name': containerName(task, service),
    'Task.Slot': String(task.Slot ?? node.ID),
  }
  return text.replace(
    /\{\{\s*\.([\w.]+)\s*\}\}/g,
    (whole, name: string) =>
      values[name] ?? (name.startsWith('Service.Labels.') ? (service.Spec.Labels[name.slice('Service.Labels.'.length)] ?? '') : whole),
  )
}

/** A file of a secret or a config as it is mounted: where, and with which content and rights. */
export interface TaskFile {
  readonly at: string
  readonly content: Uint8Array
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export function filesOf({ task }: Assignment, find: (kind: 'secrets' | 'configs', id: string) => Secret | undefined): TaskFile[] {
  const spec = task.Spec.ContainerSpec
  const one = (kind: 'secrets' | 'configs', id: string, name: string, file: FileTarget | undefined): TaskFile[] => {
    const found = find(kind, id)
    if (!found) return []
    const target = file?.Name ?? name
    const at = target.startsWith('/') ? target : kind === 'secrets' ? `/run/secrets/${target}` : `/${target}`
    return [
      {
        at,
        content: bytesOfBase64(found.Spec.Data ?? ''),
        mode: file?.Mode ?? 0o444,
        uid: Number(file?.UID ?? 0),
        gid: Number(file?.GID ?? 0),
      },
    ]
  }
  return [
    ...(spec?.Secrets ?? []).flatMap(({ SecretID, SecretName, File }) => one('secrets', SecretID, SecretName, File)),
    ...(spec?.Configs ?? []).flatMap(({ ConfigID, ConfigName, File }) => one('configs', ConfigID, ConfigName, File)),
  ]
}
