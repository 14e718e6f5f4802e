/**
 * How engines of one world find each other: by address, through the wire. Everything that one member asks of another goes through `reach`,
 * which refuses when there is no way to the other machine, so a machine that is switched off falls silent by itself.
 */
import type { Cancel } from '../../../base/clock.ts'
import type { Namespace } from '../../../unix/network/namespace.ts'
import type { Segment } from '../../../unix/network/network.ts'
import type { Daemon } from '../daemon.ts'
import type { Member } from './member.ts'

export class SwarmPeers {
  /** Members whose engine runs, by node id. */
  readonly members = new Map<string, Member>()
  /** What overlay networks are made of, by network id: one wire through all machines. */
  readonly overlays = new Map<string, Overlay>()
}

const peers = new WeakMap<Daemon, SwarmPeers>()

/** The engine's world: from now on its members and those of the others find each other. */
export function introduce(daemon: Daemon, world: SwarmPeers): void {
  peers.set(daemon, world)
}

export function peersOf(daemon: Daemon): SwarmPeers {
  const world = peers.get(daemon)
  if (!world) throw new Error('an engine that nobody introduced to its peers')
  return world
}

export interface Overlay {
  readonly segment: Segment
  /** Stands on the wire and has every service's virtual address. */
  readonly balancer: Namespace
  /** Virtual addresses that are answered for, each with what takes it back. */
  readonly addresses: Map<string, Cancel>
  /** Names of services, as looked up from one member's machine. */
  readonly names: Map<string, (from: Member) => string[]>
}

export function reaches(from: Member, to: Member): boolean {
  if (from === to) return true
  return !to.isStopped && !from.isStopped && from.daemon.host.net.reaches(to.addr)
}
