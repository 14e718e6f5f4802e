/** Packet filter rules as iptables shows them. Connections are not judged by them (see `NetNamespace.forward`); whoever has rules tells them. */

export interface FirewallRule {
  /** ACCEPT, DROP, MASQUERADE, or the chain that is jumped to. */
  readonly target: string
  readonly protocol?: 'tcp' | 'udp'
  /** With `!` before it: everything else. */
  readonly source?: string
  readonly destination?: string
  readonly from?: string
  readonly out?: string
  /** Each a match with its own words: [`-m addrtype --dst-type LOCAL`, `ADDRTYPE match dst-type LOCAL`]. */
  readonly match?: readonly [option: string, words: string]
  readonly port?: number
  /** Of DNAT: `172.17.0.2:80`. */
  readonly to?: string
}

export interface FirewallChain {
  readonly name: string
  /** Of built-in chains. */
  readonly policy?: 'ACCEPT' | 'DROP'
  readonly rules: readonly FirewallRule[]
}

export interface Firewall {
  readonly filter: readonly FirewallChain[]
  readonly nat: readonly FirewallChain[]
}
