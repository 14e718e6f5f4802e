/**
 * Published ports: rules on the machine that lead to the container's address, as docker-proxy and iptables do. A port without a number
 * gets the next of 32768 to 60999.
 */
import type { Cancel } from '../../../base/clock.ts'
import type { TranslationRule } from '../../../unix/network/network.ts'
import { startProxy } from '../containers/attendants.ts'
import type { Daemon } from '../daemon.ts'
import { failure } from '../docker-error.ts'
import type { Container, EndpointSettings, PortBinding } from '../shapes.ts'

const firstEphemeral = 32_768
const lastEphemeral = 60_999

export interface Published {
  readonly ports: Record<string, PortBinding[] | null>
  readonly cancel: () => void
}

export function publishPorts(daemon: Daemon, container: Container, endpoints: readonly EndpointSettings[]): Published {
  const ports: Record<string, PortBinding[] | null> = {}
  const rules: TranslationRule[] = []
  const proxies: Cancel[] = []
  const { net } = daemon.host
  const cancel = () => {
    for (const stop of proxies.splice(0)) stop()
    for (const rule of rules) {
      const index = net.rules.indexOf(rule)
      if (index >= 0) net.rules.splice(index, 1)
    }
  }
  const endpoint = endpoints.find(({ IPAddress }) => IPAddress !== '')
  const exposed = Object.keys(container.Config.ExposedPorts ?? {})
  const bindings = container.HostConfig.PortBindings
  for (const port of [...new Set([...exposed, ...Object.keys(bindings)])].sort(byNumber)) {
    const asked = bindings[port] ?? (container.HostConfig.PublishAllPorts ? [{ HostIp: '', HostPort: '' }] : null)
    if (!asked || asked.length === 0) {
      ports[port] = null
      continue
    }
    if (!endpoint) continue
    const [number, protocol] = port.split('/') as [string, 'tcp' | 'udp']
    const bound: PortBinding[] = []
    for (const { HostIp, HostPort } of asked) {
      const refuse = (why: string) => {
        cancel()
        return failure(
          `failed to set up container networking: driver failed programming external connectivity on endpoint ${container.Name.slice(1)} (${endpoint.EndpointID}): ${why}`,
        )
      }
      const ip = HostIp === '' || HostIp === '0.0.0.0' || HostIp === '::' ? undefined : HostIp
      const shown = ip ?? '0.0.0.0'
      const target = `${shown}:${HostPort}:${endpoint.IPAddress}:${number}/${protocol}`
      if (ip !== undefined && ip !== '127.0.0.1' && !ip.startsWith('127.') && !net.interfaces.some((own) => own.ip === ip))
        throw refuse(`failed to bind host port for ${target}: cannot assign requested address`)
      const hostPort = HostPort === '' || HostPort === '0' ? freePort(daemon, protocol) : chosenPort(daemon, HostPort, ip, protocol)
      if (hostPort === undefined) throw refuse(`Bind for ${shown}:${HostPort.split('-')[0]} failed: port is already allocated`)
      if (
        net.listening.some(
          (listener) =>
            listener.port === hostPort &&
            listener.protocol === protocol &&
            (listener.ip === undefined || ip === undefined || listener.ip === ip),
        )
      ) {
        throw refuse(`failed to bind host port for ${target}: address already in use`)
      }
      const rule: TranslationRule = {
        ip,
        port: hostPort,
        protocol,
        targets: () => [{ ip: endpoint.IPAddress, port: Number(number) }],
        comment: `docker-proxy ${container.Id}`,
      }
      net.rules.push(rule)
      rules.push(rule)
      for (const hostIp of HostIp === '' ? ['0.0.0.0', '::'] : [shown])
        proxies.push(startProxy(daemon.host, { hostIp, hostPort, ip: endpoint.IPAddress, port: Number(number), protocol }))
      bound.push({ HostIp: shown, HostPort: String(hostPort) })
      if (HostIp === '') bound.push({ HostIp: '::', HostPort: String(hostPort) })
    }
    ports[port] = bound
  }
  return { ports, cancel }
}

export function byNumber(a: string, b: string): number {
  return Number.parseInt(a) - Number.parseInt(b) || (a < b ? -1 : 1)
}

function isTaken(daemon: Daemon, port: number, ip: string | undefined, protocol: string): boolean {
  return daemon.host.net.rules.some(
    (rule) =>
      rule.comment.startsWith('docker-proxy') &&
      rule.port === port &&
      rule.protocol === protocol &&
      (rule.ip === undefined || ip === undefined || rule.ip === ip),
  )
}

function chosenPort(daemon: Daemon, text: string, ip: string | undefined, protocol: string): number | undefined {
  const [first, last = first] = text.split('-').map(Number)
  for (let port = first; port <= last; port++) if (!isTaken(daemon, port, ip, protocol)) return port
  return undefined
}

function freePort(daemon: Daemon, protocol: string): number | undefined {
  for (let tried = 0; tried <= lastEphemeral - firstEphemeral; tried++) {
    const port = daemon.nextPort
    daemon.nextPort = port >= lastEphemeral ? firstEphemeral : port + 1
    if (!isTaken(daemon, port, undefined, protocol) && !daemon.host.net.listening.some((listener) => listener.port === port)) return port
  }
  return undefined
}
