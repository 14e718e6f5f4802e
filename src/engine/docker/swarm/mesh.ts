/**
 * The routing mesh on one machine: a small namespace of its own ("ingress-sbox") between docker_gwbridge and the ingress network. A port published by
 * a service leads from any address of the machine into it, and from there to a task on whichever machine it runs.
 */
import { Namespace } from '../../../unix/network/namespace.ts'
import type { Cancel } from '../../../base/clock.ts'
import type { TranslationRule } from '../../../unix/network/network.ts'
import { UnixError } from '../../../unix/errors.ts'
import { freeAddress, parseSubnet } from '../networks/subnets.ts'
import type { Member } from './member.ts'
import { addressesTaken, have, ingressNetwork, ingressPorts, inTurn, joinBridge, overlayOf, serviceTasks } from './networks.ts'

interface Opened {
  readonly key: string
  readonly close: Cancel
}

export class Mesh {
  readonly #member: Member
  #box: { readonly net: Namespace; readonly ip: string; readonly network: string } | undefined
  #opened: Opened[] = []

  constructor(member: Member) {
    this.#member = member
  }

  /** Opens and closes ports to what the services of the swarm publish now. */
  update(leader: Member): void {
    const network = ingressNetwork(leader)
    if (!network) return this.close()
    have(this.#member, network)
    this.#enter(network.Id)
    const wanted = leader.list('services').flatMap((service) => {
      const ports = service.Endpoint.Ports ?? []
      return ingressPorts(service).length === 0
        ? []
        : ports
            .filter(({ PublishMode }) => PublishMode !== 'host')
            .map((port) => ({ key: `${service.ID} ${port.PublishedPort} ${port.TargetPort} ${port.Protocol}`, service: service.ID, port }))
    })
    for (const one of [...this.#opened]) if (!wanted.some(({ key }) => key === one.key)) this.#shut(one)
    for (const { key, service, port } of wanted) {
      if (this.#opened.some((one) => one.key === key)) continue
      this.#opened.push({
        key,
        close: this.#open(network.Id, service, {
          published: port.PublishedPort ?? 0,
          target: port.TargetPort,
          protocol: port.Protocol === 'udp' ? 'udp' : 'tcp',
        }),
      })
    }
  }

  close(): void {
    for (const one of [...this.#opened]) this.#shut(one)
    for (const { name } of [...(this.#box?.net.interfaces ?? [])]) this.#box?.net.detach(name)
    this.#box = undefined
  }

  #shut(one: Opened): void {
    one.close()
    this.#opened = this.#opened.filter((other) => other !== one)
  }

  #enter(networkId: string): void {
    if (this.#box?.network === networkId) return
    this.close()
    const member = this.#member
    const { daemon } = member
    const network = member.get('networks', networkId)?.network ?? daemon.networks().find(({ Id }) => Id === networkId)
    const subnet = parseSubnet(network?.IPAM.Config?.[0]?.Subnet ?? '')
    if (!network || !subnet) return
    const net = new Namespace({ id: 4_026_541_000 + daemon.random.below(900), random: daemon.random, isRouter: true })
    const ip = joinBridge(daemon, net, 'eth1')
    net.attach(overlayOf(member, networkId).segment, {
      name: 'eth0',
      ip: freeAddress(subnet, new Set(addressesTaken(member, network))) ?? '',
      prefix: subnet.prefix,
    })
    this.#box = { net, ip, network: networkId }
  }

  #open(
    networkId: string,
    serviceId: string,
    { published, target, protocol }: { published: number; target: number; protocol: 'tcp' | 'udp' },
  ): Cancel {
    const box = this.#box
    if (!box) return () => {}
    const host = this.#member.daemon.host.net
    const inner: TranslationRule = {
      ip: undefined,
      port: published,
      protocol,
      targets: inTurn(() => serviceTasks(this.#member, networkId, serviceId), target),
      comment: `ipvs ${serviceId}`,
    }
    const outer: TranslationRule = {
      ip: undefined,
      port: published,
      protocol,
      targets: () => [{ ip: box.ip, port: published }],
      comment: `docker-ingress ${serviceId}`,
    }
    box.net.rules.push(inner)
    host.rules.push(outer)
    let unlisten: Cancel = () => {}
    try {
      // dockerd holds the port, so that nobody else takes it; what comes in is led on before it gets there.
      unlisten = host.listen(published, { accept: ({ outgoing }) => outgoing.end() }, { protocol })
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
    }
    return () => {
      unlisten()
      for (const [rules, rule] of [
        [box.net.rules, inner],
        [host.rules, outer],
      ] as const) {
        const index = rules.indexOf(rule)
        if (index >= 0) rules.splice(index, 1)
      }
    }
  }
}
