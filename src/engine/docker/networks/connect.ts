/** `docker network connect` and `disconnect`: a running container gets or loses an interface, a stopped one a wish. */
import { isPredefined, requireNetwork } from './network-lookup.ts'
import type { Daemon } from '../daemon.ts'
import { badRequest, DockerError, failure, notFound } from '../docker-error.ts'
import { hasOwnSubnet } from '../containers/create.ts'
import { type EndpointRequest, joinNetwork } from './endpoints.ts'
import { sorted } from '../images/image-store.ts'
import { type EndpointSettings, type Network, noEndpoint } from '../shapes.ts'
import { contains, parseSubnet } from './subnets.ts'
import { nameServerFor } from './name-service.ts'

export function connectContainer(
  daemon: Daemon,
  network: Network,
  body: { Container?: string; EndpointConfig?: EndpointRequest | null },
): void {
  const container = daemon.require(body.Container ?? '')
  const request = body.EndpointConfig ?? {}
  const networks = container.NetworkSettings.Networks
  if (network.Driver === 'host' && container.HostConfig.NetworkMode !== 'host')
    throw badRequest('cannot connect container to host network - container must be created in host network mode')
  if (network.Driver === 'null' || networks.none)
    throw badRequest('container cannot be connected to multiple networks with one of the networks in private (none) mode')
  if (container.HostConfig.NetworkMode.startsWith('container:'))
    throw badRequest('container sharing network namespace with another container or host cannot be connected to any other network')
  if (container.HostConfig.NetworkMode === 'host')
    throw badRequest('container sharing network namespace with another container or host cannot be connected to any other network')
  if (request.IPAMConfig?.IPv4Address && !hasOwnSubnet(network.Id, daemon)) {
    const causes = isPredefined(network)
      ? [
          '* user specified IP address is supported on user defined networks only',
          '* user specified IP address is supported only when connecting to networks with user configured subnets',
        ]
      : ['user specified IP address is supported only when connecting to networks with user configured subnets']
    throw badRequest(`invalid endpoint settings:\n${causes.join('\n')}`)
  }
  const wantedIp = request.IPAMConfig?.IPv4Address
  if (wantedIp && !holds(network, wantedIp))
    throw badRequest(`invalid endpoint settings:\nno configured subnet or ip-range contain the IP address ${wantedIp}`)
  if (networks[network.Name]) {
    const isActive = networks[network.Name].EndpointID !== ''
    if (isActive) throw new DockerError(403, `endpoint with name ${container.Name.slice(1)} already exists in network ${network.Name}`)
  }
  const wished: EndpointSettings = {
    ...noEndpoint,
    IPAMConfig: request.IPAMConfig ?? {},
    Links: request.Links ?? null,
    Aliases: request.Aliases ?? (isPredefined(network) ? null : []),
    MacAddress: request.MacAddress ?? '',
    DriverOpts: request.DriverOpts ?? null,
    GwPriority: request.GwPriority ?? 0,
    NetworkID: network.Id,
  }
  const live = daemon.liveOf(container.Id)
  let endpoint = wished
  if (live.namespaces) {
    const { net } = live.namespaces
    const used = new Set(net.interfaces.map(({ name }) => name))
    let index = 0
    while (used.has(`eth${index}`)) index++
    endpoint = joinNetwork(daemon, { container, network, wished, net, index })
    if (!net.gateway && endpoint.Gateway) net.gateway = endpoint.Gateway
    if (endpoint.DNSNames !== null && !net.listening.some(({ port, ip }) => port === 53 && ip === '127.0.0.11')) {
      net.listen(53, { dns: nameServerFor(daemon, container.Id) }, { ip: '127.0.0.11', protocol: 'udp' })
      // The internal resolver knows the new names.
      const path = container.ResolvConfPath
      if (path !== '')
        daemon.host.files.writeFile(path, daemon.host.files.readText(path).replace(/^nameserver .*$/m, 'nameserver 127.0.0.11'))
    }
    if (container.HostsPath !== '' && endpoint.IPAddress !== '')
      daemon.host.files.writeFile(container.HostsPath, `${endpoint.IPAddress}\t${container.Config.Hostname}\n`, { append: true })
  }
  daemon.update(container.Id, {
    NetworkSettings: { ...container.NetworkSettings, Networks: sorted({ ...networks, [network.Name]: endpoint }) },
  })
  if (live.namespaces) daemon.event('network', 'connect', network.Id, { container: container.Id, name: network.Name, type: network.Driver })
}

export function disconnectContainer(daemon: Daemon, name: string, body: { Container?: string; Force?: boolean }): void {
  const network = requireNetwork(daemon, name)
  const container = daemon.find(body.Container ?? '')
  if (!container) throw notFound(`No such container: ${body.Container}`)
  const endpoint = container.NetworkSettings.Networks[network.Name]
  if (!endpoint) throw failure(`container ${container.Id} is not connected to network ${network.Name}`)
  if (network.Driver === 'host') throw badRequest('container cannot be disconnected from host network or connected to host network')
  const live = daemon.liveOf(container.Id)
  if (live.namespaces) {
    const { net } = live.namespaces
    const own = net.interfaces.find(({ ip, segment }) => ip === endpoint.IPAddress && segment !== undefined)
    if (own) net.detach(own.name)
    if (net.gateway === endpoint.Gateway)
      net.gateway = Object.values(container.NetworkSettings.Networks).find((other) => other !== endpoint && other.Gateway !== '')?.Gateway
    if (container.HostsPath !== '') {
      const text = daemon.host.files.readText(container.HostsPath)
      daemon.host.files.writeFile(
        container.HostsPath,
        text
          .split('\n')
          .filter((line) => !line.startsWith(`${endpoint.IPAddress}\t`))
          .join('\n'),
      )
    }
  }
  const { [network.Name]: _, ...rest } = container.NetworkSettings.Networks
  const isDefault = network.Name === 'bridge'
  const cleared = isDefault ? { EndpointID: '', Gateway: '', IPAddress: '', IPPrefixLen: 0, MacAddress: '' } : {}
  daemon.update(container.Id, { NetworkSettings: { ...container.NetworkSettings, ...cleared, Networks: rest } })
  if (live.namespaces)
    daemon.event('network', 'disconnect', network.Id, { container: container.Id, name: network.Name, type: network.Driver })
}

function holds(network: Network, ip: string): boolean {
  return (network.IPAM.Config ?? []).some((pool) => {
    const subnet = parseSubnet(pool.Subnet ?? '')
    return subnet !== undefined && contains(subnet, ip)
  })
}
