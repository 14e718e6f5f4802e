/**
 * The network as processes see it. A namespace has interfaces with addresses; segments (a bridge, a physical cable) join them;
 * machines route between their segments; address translation rules stand where iptables would have them (published ports,
 * Services). There are no packets: a connection is looked up once, when it is opened, and then is two streams.
 */
import type { HttpHandler, HttpRequest, HttpResponse, Pending, Peer, Upgraded } from '../../base/http.ts'
import type { ByteStream } from '../../base/http.ts'
import type { WaitQueue } from '../../base/wait-queue.ts'
import type { Firewall } from './firewall.ts'
import type { Cancel } from '../../base/clock.ts'

export interface Address {
  readonly ip: string
  readonly port: number
}

/** What a connection is made of; `icmp` has no ports. */
export type Packets = 'tcp' | 'udp' | 'icmp'

/** One end of an open TCP connection. */
export interface Connection {
  readonly local: Address
  readonly remote: Address
  readonly incoming: ByteStream
  readonly outgoing: ByteStream
}

/**
 * What stands behind a listening port. Servers that speak HTTP give a handler, so that no bytes are parsed between two programs that
 * both speak it; others give `accept`. Either kind can be reached by either kind of client: the network converts.
 */
export type Listener = { readonly http: HttpHandler } | { readonly accept: (connection: Connection) => void } | { readonly dns: NameServer }

/** Listens on UDP 53. Questions are asked as data; nobody parses DNS packets. */
export interface NameServer {
  query(question: Question, from: Address): Answer
}

export interface Question {
  /** Without the dot at the end. */
  readonly name: string
  readonly type: RecordType
}

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'SRV' | 'TXT' | 'NS' | 'SOA' | 'MX'

export interface Answer {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'
  /** `aa`: the server knows it by itself. */
  readonly isAuthoritative?: boolean
  /** `data` as dig prints it: `10.96.0.1`, `0 100 443 kubernetes.default.svc.cluster.local.` */
  readonly records: readonly { readonly name: string; readonly type: RecordType; readonly ttl: number; readonly data: string }[]
}

export interface ListenOptions {
  /** Undefined: all addresses. */
  readonly ip?: string
  readonly protocol?: 'tcp' | 'udp'
  /** The process whose socket it is. */
  readonly owner?: number
  /** What listens is the engine, in the place of this program; of what is '' nobody is told. */
  readonly seenAs?: string
}

export interface Interface {
  name: string
  readonly mac: string
  /** '' as long as it has none. */
  ip: string
  /** Prefix length: 16 for 172.17.0.0/16. */
  prefix: number
  segment: Segment | undefined
  isUp: boolean
  /** Its number, as `ip link` counts: lo is 1. */
  readonly index: number
  /** Number of the other end of a pair that leads to a machine: `eth0@if7`. */
  readonly peer?: number
  readonly kind?: 'bridge' | 'dummy' | 'veth'
  /** The bridge of this namespace that an end of a pair is plugged into. */
  master?: string
}

/** What joins interfaces: a bridge, a cable, an overlay. */
export interface Segment {
  readonly name: string
  readonly members: Set<NetNamespace>
}

/** Destination translation, as iptables' nat table: ClusterIP → endpoints, published port → container. */
export interface TranslationRule {
  /** Undefined matches any address of this namespace. */
  readonly ip: string | undefined
  /** 0 matches every port; a target's port 0 keeps the one asked for. */
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** Picks among the targets at each new connection from an address; none: refused. */
  readonly targets: (from: string) => readonly Address[]
  /** Shown by `iptables-save`; also what removes the rule. */
  readonly comment: string
}

export interface NetNamespace {
  readonly id: number
  readonly interfaces: readonly Interface[]
  /** Whether it forwards between its segments (hosts do, containers do not). */
  readonly isRouter: boolean
  attach(segment: Segment, options: { name: string; ip: string; prefix: number; mac?: string }): Interface
  detach(name: string): void
  /** An interface without an address, down: what `ip link add` makes. */
  addLink(options: { name: string; kind: 'bridge' | 'dummy' | 'veth'; segment: Segment | undefined }): Interface
  /** Hands an interface to another namespace. */
  moveLink(name: string, to: NetNamespace): void
  /** Routes of last resort: the address of the router. */
  gateway: string | undefined
  readonly rules: TranslationRule[]
  /** What iptables shows; whoever keeps rules here tells them. */
  firewall: (() => Firewall) | undefined
  /** Asked for each new connection that reaches this namespace from another; NetworkPolicies refuse here (the connection then times out). */
  filter: ((from: Address, to: Address, packets: Packets) => boolean) | undefined
  /** Asked by a router for each new connection it would pass on: the FORWARD chain; `false` drops it. */
  forward: ((from: Address, to: Address, out: Interface) => boolean) | undefined
  /** Asked for each new connection that this namespace opens to another, with the address behind all translation: an egress policy refuses here. */
  egress: ((to: Address, packets: Packets) => boolean) | undefined
  /** Name → addresses, after /etc/hosts and resolv.conf as found in `files`: `undefined` NXDOMAIN. */
  resolver: ((name: string) => readonly string[] | undefined) | undefined
  /** Throws EADDRINUSE, EADDRNOTAVAIL. `ip` undefined: all addresses. */
  listen(port: number, listener: Listener, options?: ListenOptions): Cancel
  /** What listens, for `ss` and `netstat`. */
  readonly listening: readonly {
    readonly ip: string | undefined
    readonly port: number
    readonly protocol: 'tcp' | 'udp'
    readonly owner: number | undefined
    readonly seenAs: string | undefined
  }[]
  /** A TCP connection; throws ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT (the last after the caller let that time pass). */
  connect(to: Address): Connection
  /** The HTTP server at an address, asked as data. Throws as `connect`. */
  request(to: Address, request: HttpRequest): HttpResponse | Pending<HttpResponse>
  upgrade(to: Address, request: HttpRequest): Upgraded | HttpResponse
  /** Asks the name server at an address (UDP). Throws as `connect`; a timeout where nothing answers at all. */
  ask(server: Address, question: Question): Answer
  /** Whether ICMP echo reaches the address. */
  reaches(ip: string): boolean
  /** Whether somebody on one of our own segments has the address: they answer ARP, even if they drop everything else. */
  isNeighbour(ip: string): boolean
  /** Routers on the way to an address, itself last; undefined when it is not reached. For traceroute and the time that ping shows. */
  route(ip: string): readonly string[] | undefined
}

export type { HttpHandler, Peer, WaitQueue }
