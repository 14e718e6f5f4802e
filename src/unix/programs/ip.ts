/** ip, ifconfig, route and arp: the interfaces and routes of the own network namespace. What the simulation has no word for is refused. */
import { type Blocking, err, type Process, type Program } from '../kernel/process.ts'
import type { Interface } from '../network/network.ts'
import { isBusybox } from './flavour.ts'
import { print } from './text.ts'

export const ip: Program = function* (process) {
  let brief = false
  let json = false
  const args = process.argv.slice(1).filter((arg) => {
    if (/^-(br|brief)$/.test(arg)) brief = true
    else if (/^-(j|json)$/.test(arg)) json = true
    else return !/^-(4|6|c|color|o|oneline|s|statistics|d|details|p|pretty|f|family|inet)$|^-(color|c)=/.test(arg)
    return false
  })
  const [object = '', command = 'show', ...rest] = args
  const known = ['address', 'link', 'route', 'neighbour', 'netns', 'rule'].find((name) => object !== '' && name.startsWith(object))
  const name = rest[0] === 'dev' ? rest[1] : command === 'dev' ? rest[0] : ['show', 'list', 'ls', 'get'].includes(command) || 'show'.startsWith(command) ? rest.find((word) => word !== 'up') : command
  const isShow = ['show', 'list', 'ls', 'dev', 'lst', 'l', 's', 'sh'].includes(command)
  switch (known) {
    case 'address':
    case 'link': {
      if (!isShow && !allInterfaces(process).some((one) => one.name === command)) return yield* refused(process, known, command)
      const chosen = allInterfaces(process).filter((one) => name === undefined || one.name === name.replace(/@.*/, ''))
      if (chosen.length === 0) {
        yield* err(process, isBusybox(process) ? `ip: can't find device '${name}'\n` : `Device "${name}" does not exist.\n`)
        return 1
      }
      if (json) yield* print(process, `${JSON.stringify(chosen.map((one) => ({ ifindex: index(process, one), ifname: one.name, flags: flagsOf(one).split(','), mtu: mtu(one), operstate: one.name === 'lo' ? 'UNKNOWN' : 'UP', link_type: one.name === 'lo' ? 'loopback' : 'ether', address: one.mac, addr_info: [{ family: 'inet', local: one.ip, prefixlen: one.prefix, scope: one.name === 'lo' ? 'host' : 'global' }] })))}\n`)
      else if (brief) yield* print(process, chosen.map((one) => `${one.name.padEnd(16)} ${(one.name === 'lo' ? 'UNKNOWN' : 'UP').padEnd(14)} ${known === 'address' ? `${one.ip}/${one.prefix} ` : `${one.mac} <${flagsOf(one)}> `}\n`).join(''))
      else yield* print(process, chosen.map((one) => linkText(process, one) + (known === 'address' ? addressText(process, one) : '')).join(''))
      return 0
    }
    case 'route': {
      if (command === 'get') return yield* routeTo(process, rest[0] ?? '')
      if (!isShow && command !== 'default') return yield* refused(process, known, command)
      yield* print(process, routes(process).map(({ text }) => text).join(''))
      return 0
    }
    case 'neighbour': {
      const neighbours = neighboursOf(process)
      yield* print(process, neighbours.map((one) => `${one.ip} dev ${one.device} lladdr ${one.mac} ${isBusybox(process) ? ' used 0/0/0 probes 1 STALE' : 'REACHABLE'}\n`).join(''))
      return 0
    }
    case 'netns':
    case 'rule':
      if (known === 'rule' && isShow) {
        yield* print(process, '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n')
        return 0
      }
      return known === 'netns' && isShow ? 0 : yield* refused(process, known, command)
    default:
      if (object === '' || object === 'help') {
        yield* err(process, 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\nwhere  OBJECT := { address | link | neighbour | netns | route | rule }\n       OPTIONS := { -4 | -6 | -br[ief] | -j[son] | -o[neline] | -s[tatistics] }\n')
        return 255
      }
      yield* err(process, `Object "${object}" is unknown, try "ip help".\n`)
      return 1
  }
}

function* refused(process: Process, object: string, command: string): Blocking<number> {
  if (['add', 'del', 'delete', 'set', 'replace', 'change', 'flush', 'append', 'exec'].includes(command)) {
    yield* err(process, process.credentials.uid === 0 && process.namespaces.pids === process.kernel.rootPids ? `ip: '${object} ${command}' is not simulated here\n` : isBusybox(process) ? `ip: RTNETLINK answers: Operation not permitted\n` : 'RTNETLINK answers: Operation not permitted\n')
    return 2
  }
  yield* err(process, `Command "${command}" is unknown, try "ip ${object} help".\n`)
  return 255
}

/** Every namespace has its loopback, listed or not. */
export function allInterfaces(process: Process): readonly Interface[] {
  const own = process.net.interfaces
  return own.some(({ name }) => name === 'lo') ? own : [{ name: 'lo', mac: '00:00:00:00:00:00', ip: '127.0.0.1', prefix: 8, segment: undefined, isUp: true }, ...own]
}

function index(process: Process, one: Interface): number {
  return allInterfaces(process).indexOf(one) + 1
}

function mtu(one: Interface): number {
  return one.name === 'lo' ? 65_536 : 1500
}

function flagsOf(one: Interface): string {
  return one.name === 'lo' ? 'LOOPBACK,UP,LOWER_UP' : one.isUp ? 'BROADCAST,MULTICAST,UP,LOWER_UP' : 'BROADCAST,MULTICAST'
}

/** A container's eth0 is one end of a pair: `eth0@if7`. */
function isPair(process: Process, one: Interface): boolean {
  return one.name !== 'lo' && process.namespaces.pids !== process.kernel.rootPids
}

function linkText(process: Process, one: Interface): string {
  const shown = isPair(process, one) ? `${one.name}@if${index(process, one) + 5}` : one.name
  const loop = one.name === 'lo'
  return `${index(process, one)}: ${shown}: <${flagsOf(one)}> mtu ${mtu(one)} qdisc ${loop || isPair(process, one) || one.segment === undefined ? 'noqueue' : 'fq_codel'} state ${loop ? 'UNKNOWN' : one.isUp ? 'UP' : 'DOWN'} ${isBusybox(process) ? (loop ? 'qlen 1000' : '') : `group default${loop || !isPair(process, one) ? ' qlen 1000' : ''}`}\n    link/${loop ? 'loopback' : 'ether'} ${one.mac} brd ${loop ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'}${isPair(process, one) && !isBusybox(process) ? ' link-netnsid 0' : ''}\n`
}

function addressText(process: Process, one: Interface): string {
  const loop = one.name === 'lo'
  return `    inet ${one.ip}/${one.prefix}${loop ? '' : ` brd ${broadcast(one)}`} scope ${loop ? 'host' : 'global'} ${one.name}\n       valid_lft forever preferred_lft forever\n${loop ? '    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n' : ''}`
}

function numberOf(ip: string): number {
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

interface Route {
  readonly to: string
  readonly mask: string
  readonly gateway: string | undefined
  readonly device: string
  readonly text: string
}

function routes(process: Process): readonly Route[] {
  const own = process.net.interfaces.filter(({ name }) => name !== 'lo')
  const found: Route[] = []
  const { gateway } = process.net
  if (gateway !== undefined) {
    const out = own.find((one) => Math.floor(numberOf(one.ip) / 2 ** (32 - one.prefix)) === Math.floor(numberOf(gateway) / 2 ** (32 - one.prefix))) ?? own[0]
    if (out) found.push({ to: '0.0.0.0', mask: '0.0.0.0', gateway, device: out.name, text: `default via ${gateway} dev ${out.name} \n` })
  }
  for (const one of own) {
    const busybox = isBusybox(process)
    found.push({ to: network(one), mask: mask(one), gateway: undefined, device: one.name, text: `${network(one)}/${one.prefix} dev ${one.name} ${busybox ? '' : 'proto kernel '}scope link ${busybox ? ' ' : ''}src ${one.ip} \n` })
  }
  return found
}

function* routeTo(process: Process, to: string): Blocking<number> {
  const direct = process.net.interfaces.find((one) => Math.floor(numberOf(one.ip) / 2 ** (32 - one.prefix)) === Math.floor(numberOf(to) / 2 ** (32 - one.prefix)))
  const out = direct ?? process.net.interfaces.find(({ name }) => name !== 'lo')
  if (!out) {
    yield* err(process, 'RTNETLINK answers: Network is unreachable\n')
    return 2
  }
  yield* print(process, `${to} ${direct ? '' : `via ${process.net.gateway} `}dev ${out.name} src ${out.ip} uid ${process.credentials.uid} \n    cache \n`)
  return 0
}

function neighboursOf(process: Process): readonly { ip: string; mac: string; device: string }[] {
  const found: { ip: string; mac: string; device: string }[] = []
  for (const one of process.net.interfaces) {
    for (const other of one.segment?.members ?? []) {
      if (other === process.net) continue
      for (const theirs of other.interfaces) if (theirs.segment === one.segment) found.push({ ip: theirs.ip, mac: theirs.mac, device: one.name })
    }
  }
  return found
}

export const ifconfig: Program = function* (process) {
  const wanted = process.argv.slice(1).find((arg) => !arg.startsWith('-'))
  const chosen = allInterfaces(process).filter(({ name }) => wanted === undefined || name === wanted)
  if (chosen.length === 0) {
    yield* err(process, isBusybox(process) ? `ifconfig: ${wanted}: error fetching interface information: Device not found\n` : `${wanted}: error fetching interface information: Device not found\n`)
    return 1
  }
  const ordered = [...chosen].sort((a, b) => Number(a.name === 'lo') - Number(b.name === 'lo'))
  let text = ''
  for (const one of ordered) {
    const loop = one.name === 'lo'
    const count = loop ? 0 : 12
    if (isBusybox(process)) {
      text += `${one.name.padEnd(10)}Link encap:${loop ? 'Local Loopback  ' : `Ethernet  HWaddr ${one.mac.toUpperCase()}  `}\n          inet addr:${one.ip}  ${loop ? '' : `Bcast:${broadcast(one)}  `}Mask:${mask(one)}\n          UP ${loop ? 'LOOPBACK RUNNING' : 'BROADCAST RUNNING MULTICAST'}  MTU:${mtu(one)}  Metric:1\n          RX packets:${count} errors:0 dropped:0 overruns:0 frame:0\n          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:${loop ? 1000 : 0} \n          RX bytes:${count * 86} (${(count * 86 / 1024).toFixed(1)} ${count > 0 ? 'KiB' : 'B'})  TX bytes:0 (0.0 B)\n\n`
    } else {
      text += `${one.name}: flags=${loop ? '73<UP,LOOPBACK,RUNNING>' : '4163<UP,BROADCAST,RUNNING,MULTICAST>'}  mtu ${mtu(one)}\n        inet ${one.ip}  netmask ${mask(one)}${loop ? '' : `  broadcast ${broadcast(one)}`}\n        ${loop ? 'loop' : `ether ${one.mac}`}  txqueuelen ${loop ? 1000 : 0}  (${loop ? 'Local Loopback' : 'Ethernet'})\n        RX packets ${count}  bytes ${count * 86} (${count > 0 ? '1.0 KiB' : '0.0 B'})\n        RX errors 0  dropped 0  overruns 0  frame 0\n        TX packets 0  bytes 0 (0.0 B)\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n`
    }
  }
  yield* print(process, text)
  return 0
}

export const route: Program = function* (process) {
  const numeric = process.argv.includes('-n')
  let text = 'Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n'
  for (const one of routes(process)) {
    const to = one.to === '0.0.0.0' && !numeric ? 'default' : one.to
    text += `${to.padEnd(15)} ${(one.gateway ?? (numeric ? '0.0.0.0' : isBusybox(process) ? '*' : '0.0.0.0')).padEnd(15)} ${one.mask.padEnd(15)} ${(one.gateway ? 'UG' : 'U').padEnd(5)} 0      0        0 ${one.device}\n`
  }
  yield* print(process, text)
  return 0
}

export const arp: Program = function* (process) {
  const neighbours = neighboursOf(process)
  if (process.argv.includes('-a') || isBusybox(process)) yield* print(process, neighbours.map(({ ip, mac, device }) => `? (${ip}) at ${mac} [ether]  on ${device}\n`).join(''))
  else if (neighbours.length > 0) yield* print(process, `Address                  HWtype  HWaddress           Flags Mask            Iface\n${neighbours.map(({ ip, mac, device }) => `${ip.padEnd(24)} ether   ${mac}   C                     ${device}\n`).join('')}`)
  return 0
}
