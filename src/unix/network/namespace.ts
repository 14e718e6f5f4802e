/**
 * A network namespace: interfaces, listening ports, translation rules, and the way a new connection takes through machines and
 * segments to the one who listens. Everything is decided at the moment of connecting; afterwards there are only streams.
 *
 * IPv6 is loopback only: `::1` is the same as `127.0.0.1`.
 */
import type { Cancel } from '../../base/clock.ts'
import { ByteStream, type HttpRequest, type HttpResponse, Pending, type Upgraded } from '../../base/http.ts'
import type { Random } from '../../base/random.ts'
import { UnixError } from '../errors.ts'
import { askBytes, serveBytes } from './http-wire.ts'
import type {
  ListenOptions,
  Address,
  Answer,
  Connection,
  Interface,
  Listener,
  NameServer,
  NetNamespace,
  Packets,
  Question,
  Segment,
  TranslationRule,
} from './network.ts'

type Protocol = 'tcp' | 'udp'

interface Listening {
  readonly ip: string | undefined
  readonly port: number
  readonly protocol: Protocol
  readonly owner: number | undefined
  readonly seenAs: string | undefined
  readonly listener: Listener
}

/** Where a connection ends: whose listener, as which addresses both sides know themselves. */
interface Found {
  readonly net: Namespace
  readonly local: Address
  readonly remote: Address
  readonly hops: readonly string[]
}

const mostHops = 16

export function segment(name: string): Segment {
  return { name, members: new Set() }
}

export class Namespace implements NetNamespace {
  readonly id: number
  readonly interfaces: Interface[] = []
  readonly isRouter: boolean
  gateway: string | undefined
  /** Networks that are not reached through the gateway: `10.244.2.0/24` via another node. */
  readonly routes: { readonly network: string; readonly prefix: number; readonly via: string }[] = []
  readonly rules: TranslationRule[] = []
  firewall: NetNamespace['firewall']
  filter: NetNamespace['filter']
  forward: NetNamespace['forward']
  egress: NetNamespace['egress']
  resolver: NetNamespace['resolver']
  readonly listening: Listening[] = []
  readonly #random: Random
  #nextPort = 32_768
  #nextIndex = 2

  constructor({ id, random, isRouter = false }: { readonly id: number; readonly random: Random; readonly isRouter?: boolean }) {
    this.id = id
    this.#random = random
    this.isRouter = isRouter
  }

  attach(to: Segment, { name, ip, prefix, mac = this.#mac() }: { name: string; ip: string; prefix: number; mac?: string }): Interface {
    const machine = this.isRouter
      ? undefined
      : [...to.members].find((member): member is Namespace => member instanceof Namespace && member.isRouter)
    const added: Interface = {
      name,
      mac,
      ip,
      prefix,
      segment: to,
      isUp: true,
      index: this.#nextIndex++,
      ...(machine && { peer: machine.#nextIndex++ }),
    }
    this.interfaces.push(added)
    to.members.add(this)
    return added
  }

  addLink({ name, kind, segment: to }: { name: string; kind: 'bridge' | 'dummy' | 'veth'; segment: Segment | undefined }): Interface {
    const added: Interface = { name, kind, mac: this.#mac(), ip: '', prefix: 0, segment: to, isUp: false, index: this.#nextIndex++ }
    this.interfaces.push(added)
    to?.members.add(this)
    return added
  }

  moveLink(name: string, to: NetNamespace): void {
    const moved = this.interfaces.find((one) => one.name === name)
    if (!moved || !(to instanceof Namespace)) return
    this.detach(name)
    to.interfaces.push({ ...moved, ip: '', prefix: 0, isUp: false, master: undefined })
    moved.segment?.members.add(to)
  }

  detach(name: string): void {
    const index = this.interfaces.findIndex((one) => one.name === name)
    if (index < 0) return
    const [gone] = this.interfaces.splice(index, 1)
    if (gone.segment && !this.interfaces.some((one) => one.segment === gone.segment)) gone.segment.members.delete(this)
  }

  listen(port: number, listener: Listener, { ip, protocol = 'tcp', owner, seenAs }: ListenOptions = {}): Cancel {
    const at = ip === '0.0.0.0' || ip === '::' ? undefined : ip === '::1' || ip === 'localhost' ? '127.0.0.1' : ip
    if (at !== undefined && !this.#isOwn(at)) throw new UnixError('EADDRNOTAVAIL')
    const chosen = port === 0 ? this.#freePort(protocol) : port
    const isTaken = this.listening.some(
      (other) => other.port === chosen && other.protocol === protocol && (other.ip === undefined || at === undefined || other.ip === at),
    )
    if (isTaken) throw new UnixError('EADDRINUSE')
    const entry: Listening = { ip: at, port: chosen, protocol, owner, seenAs, listener }
    this.listening.push(entry)
    return () => {
      const index = this.listening.indexOf(entry)
      if (index >= 0) this.listening.splice(index, 1)
    }
  }

  connect(to: Address): Connection {
    const { found, listener } = this.#reach(to, 'tcp')
    const toServer = new ByteStream()
    const toClient = new ByteStream()
    if ('accept' in listener) listener.accept({ local: found.local, remote: found.remote, incoming: toServer, outgoing: toClient })
    else if ('http' in listener) serveBytes(listener.http, toServer, toClient, { address: found.remote.ip })
    else throw new UnixError('ECONNREFUSED')
    return { local: found.remote, remote: to, incoming: toClient, outgoing: toServer }
  }

  request(to: Address, request: HttpRequest): HttpResponse | Pending<HttpResponse> {
    const { found, listener } = this.#reach(to, 'tcp')
    if ('http' in listener) return listener.http.handle(request, { address: found.remote.ip })
    if (!('accept' in listener)) throw new UnixError('ECONNREFUSED')
    const toServer = new ByteStream()
    const toClient = new ByteStream()
    listener.accept({ local: found.local, remote: found.remote, incoming: toServer, outgoing: toClient })
    return askBytes(request, toClient, toServer)
  }

  upgrade(to: Address, request: HttpRequest): Upgraded | HttpResponse {
    const { found, listener } = this.#reach(to, 'tcp')
    if (!('http' in listener))
      return { status: 502, headers: {}, body: 'this server speaks bytes; upgrading it through a data client is not simulated\n' }
    if (listener.http.connect) return listener.http.connect(request, { address: found.remote.ip })
    const response = listener.http.handle(request, { address: found.remote.ip })
    return response instanceof Pending ? (response.value ?? { status: 502, headers: {}, body: '' }) : response
  }

  ask(server: Address, question: Question): Answer {
    const { found, listener } = this.#reach(server, 'udp')
    if (!('dns' in listener)) throw new UnixError('ECONNREFUSED')
    return (listener.dns satisfies NameServer).query(question, found.remote)
  }

  reaches(ip: string): boolean {
    return this.route(ip) !== undefined
  }

  route(ip: string): readonly string[] | undefined {
    try {
      return this.#permitted({ ip: numeric(ip), port: 0 }, 'icmp').hops
    } catch (error) {
      if (error instanceof UnixError) return undefined
      throw error
    }
  }

  isNeighbour(ip: string): boolean {
    return this.interfaces.some((one) => one.isUp && memberAt(one.segment, ip) !== undefined)
  }

  #reach(to: Address, protocol: Protocol): { readonly found: Found; readonly listener: Listener } {
    const found = this.#permitted({ ip: numeric(to.ip), port: to.port }, protocol)
    const { net, local } = found
    const listening = net.listening.find(
      (one) => one.port === local.port && one.protocol === protocol && (one.ip === undefined || one.ip === local.ip),
    )
    if (!listening) throw new UnixError('ECONNREFUSED')
    return { found, listener: listening.listener }
  }

  /** Where a connection ends, if neither end's policies drop it. */
  #permitted(to: Address, packets: Packets): Found {
    let found: Found
    try {
      found = this.#find(to, packets === 'udp' ? 'udp' : 'tcp')
    } catch (error) {
      // What is dropped as it leaves never meets who would have refused it.
      if (this.egress && !this.egress(to, packets)) throw new UnixError('ETIMEDOUT')
      throw error
    }
    const { net, local, remote } = found
    if (net === this) return found
    if (this.egress && !this.egress(local, packets)) throw new UnixError('ETIMEDOUT')
    if (net.filter && !net.filter(remote, local, packets)) throw new UnixError('ETIMEDOUT')
    return found
  }

  /** From here on to the namespace that has the address. */
  #find(to: Address, protocol: Protocol): Found {
    const target = this.#translated(to, this.#address, protocol)
    const port = this.#nextPort++
    if (this.#nextPort > 60_999) this.#nextPort = 32_768
    if (this.#isOwn(target.ip)) {
      const own = target.ip === to.ip ? target.ip : to.ip
      return { net: this, local: target, remote: { ip: this.#isOwn(own) ? own : target.ip, port }, hops: [target.ip] }
    }
    return this.#pass(target, { ip: '', port }, protocol, [])
  }

  /** One step on the way: out of one of our interfaces, to the owner of the address or to a router. */
  #pass(to: Address, from: Address, protocol: Protocol, hops: readonly string[]): Found {
    if (hops.length > mostHops) throw new UnixError('EHOSTUNREACH')
    const direct = this.interfaces.find((one) => one.isUp && isInside(to.ip, one))
    const next = direct ? to.ip : (this.routes.find(({ network, prefix }) => isInside(to.ip, { ip: network, prefix }))?.via ?? this.gateway)
    if (next === undefined) throw new UnixError('ENETUNREACH')
    const out = direct ?? this.interfaces.find((one) => one.isUp && isInside(next, one))
    if (!out) throw new UnixError('ENETUNREACH')
    if (hops.length > 0 && this.forward && !this.forward(from, to, out)) throw new UnixError('ETIMEDOUT')
    // The first interface passed names the sender; routers keep it, as inside one machine nothing is masqueraded between bridges.
    const source = from.ip === '' ? { ip: out.ip, port: from.port } : from
    const neighbour = memberAt(out.segment, next)
    if (!neighbour) throw new UnixError('EHOSTUNREACH')
    const trail = [...hops, next]
    const target = neighbour.#translated(to, source.ip, protocol)
    if (neighbour.#isOwn(target.ip)) return { net: neighbour, local: target, remote: source, hops: trail }
    if (!neighbour.isRouter) throw new UnixError('EHOSTUNREACH')
    return neighbour.#pass(target, source, protocol, trail)
  }

  #translated(to: Address, from: string, protocol: Protocol): Address {
    for (const rule of this.rules) {
      if ((rule.port !== 0 && rule.port !== to.port) || rule.protocol !== protocol) continue
      if (rule.ip === undefined ? !this.#isOwn(to.ip) : rule.ip !== to.ip) continue
      const targets = rule.targets(from)
      if (targets.length === 0) throw new UnixError('ECONNREFUSED')
      const target = this.#random.pick(targets)
      return target.port === 0 ? { ip: target.ip, port: to.port } : target
    }
    return to
  }

  /** What others see it as. */
  get #address(): string {
    return this.interfaces.find((one) => one.isUp && !one.ip.startsWith('127.'))?.ip ?? '127.0.0.1'
  }

  #isOwn(ip: string): boolean {
    return ip.startsWith('127.') || this.interfaces.some((one) => one.ip === ip && one.isUp)
  }

  #freePort(protocol: Protocol): number {
    for (let port = 32_768 + this.#random.below(20_000); ; port++)
      if (!this.listening.some((one) => one.port === port && one.protocol === protocol)) return port
  }

  /** A random one of the locally administered range, as Docker 28 gives. */
  #mac(): string {
    const first = (this.#random.below(64) * 4 + 2).toString(16).padStart(2, '0')
    return first + this.#random.hex(10).replace(/../g, ':$&')
  }
}

function memberAt(where: Segment | undefined, ip: string): Namespace | undefined {
  for (const member of where?.members ?? []) {
    if (member instanceof Namespace && member.interfaces.some((one) => one.segment === where && one.ip === ip && one.isUp)) return member
  }
  return undefined
}

function numeric(ip: string): string {
  return ip === '::1' || ip === 'localhost' || ip === '0.0.0.0' ? '127.0.0.1' : ip
}

/** Every step of every connection compares addresses, and there are few of them: reading them anew was a tenth of a request. */
const numbers = new Map<string, number>()

export function numberOf(ip: string): number {
  let number = numbers.get(ip)
  if (number === undefined) {
    number = ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    if (numbers.size >= 10_000) numbers.clear()
    numbers.set(ip, number)
  }
  return number
}

/** Whether an address is in the network of an interface (or of `10.0.0.0`, 8). */
export function isInside(ip: string, { ip: own, prefix }: Pick<Interface, 'ip' | 'prefix'>): boolean {
  if (own === '') return false
  const size = 2 ** (32 - prefix)
  return Math.floor(numberOf(ip) / size) === Math.floor(numberOf(own) / size)
}
