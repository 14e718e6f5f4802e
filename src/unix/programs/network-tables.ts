/** What ip, ifconfig, route, arp and ss have in common: interfaces, routes and neighbours of the own network namespace, as numbers and words. */
import type { Process } from '../kernel/process.ts'
import type { Interface } from '../network/network.ts'
import { isBusybox } from './flavour.ts'

/** Every namespace has its loopback, listed or not. */
export function allInterfaces(process: Process): readonly Interface[] {
  const own = process.net.interfaces
  return own.some(({ name }) => name === 'lo')
    ? own
    : [{ name: 'lo', mac: '00:00:00:00:00:00', ip: '127.0.0.1', prefix: 8, segment: undefined, isUp: true, index: 1 }, ...own]
}

export function mtu(one: Interface): number {
  return one.name === 'lo' ? 65_536 : 1500
}

export function numberOf(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

export function network(one: Interface): string {
  const size = 2 ** (32 - one.prefix)
  return addressOf(Math.floor(numberOf(one.ip) / size) * size)
}

export function broadcast(one: Interface): string {
  const size = 2 ** (32 - one.prefix)
  return addressOf(Math.floor(numberOf(one.ip) / size) * size + size - 1)
}

export function mask(one: Interface): string {
  return addressOf(2 ** 32 - 2 ** (32 - one.prefix))
}

export interface Route {
  readonly to: string
  readonly mask: string
  readonly gateway: string | undefined
  readonly device: string
  readonly text: string
}

export function routes(process: Process): readonly Route[] {
  const own = process.net.interfaces.filter(({ name, ip }) => name !== 'lo' && ip !== '')
  const found: Route[] = []
  const { gateway } = process.net
  if (gateway !== undefined) {
    const out =
      own.find((one) => Math.floor(numberOf(one.ip) / 2 ** (32 - one.prefix)) === Math.floor(numberOf(gateway) / 2 ** (32 - one.prefix))) ??
      own[0]
    if (out) found.push({ to: '0.0.0.0', mask: '0.0.0.0', gateway, device: out.name, text: `default via ${gateway} dev ${out.name} \n` })
  }
  for (const one of own) {
    const busybox = isBusybox(process)
    found.push({
      to: network(one),
      mask: mask(one),
      gateway: undefined,
      device: one.name,
      text: `${network(one)}/${one.prefix} dev ${one.name} ${busybox ? '' : 'proto kernel '}scope link ${busybox ? ' ' : ''}src ${one.ip} \n`,
    })
  }
  return found
}

export function neighboursOf(process: Process): readonly { ip: string; mac: string; device: string }[] {
  const found: { ip: string; mac: string; device: string }[] = []
  for (const one of process.net.interfaces) {
    for (const other of one.segment?.members ?? []) {
      if (other === process.net) continue
      for (const theirs of other.interfaces)
        if (theirs.segment === one.segment && theirs.ip !== '') found.push({ ip: theirs.ip, mac: theirs.mac, device: one.name })
    }
  }
  return found
}
