/** ifconfig, route and arp: the older tools, which only show here. */
import { err, type Program } from '../kernel/process.ts'
import { isBusybox } from './flavour.ts'
import { allInterfaces, broadcast, mask, mtu, neighboursOf, routes } from './network-tables.ts'
import { print } from './text.ts'

export const ifconfig: Program = function* (process) {
  const wanted = process.argv.slice(1).find((arg) => !arg.startsWith('-'))
  const chosen = allInterfaces(process).filter(({ name }) => wanted === undefined || name === wanted)
  if (chosen.length === 0) {
    yield* err(
      process,
      isBusybox(process)
        ? `ifconfig: ${wanted}: error fetching interface information: Device not found\n`
        : `${wanted}: error fetching interface information: Device not found\n`,
    )
    return 1
  }
  const ordered = [...chosen].sort((a, b) => Number(a.name === 'lo') - Number(b.name === 'lo'))
  let text = ''
  for (const one of ordered) {
    const loop = one.name === 'lo'
    const count = loop ? 0 : 12
    if (isBusybox(process)) {
      text += `${one.name.padEnd(10)}Link encap:${loop ? 'Local Loopback  ' : `Ethernet  HWaddr ${one.mac.toUpperCase()}  `}\n          inet addr:${one.ip}  ${loop ? '' : `Bcast:${broadcast(one)}  `}Mask:${mask(one)}\n          UP ${loop ? 'LOOPBACK RUNNING' : 'BROADCAST RUNNING MULTICAST'}  MTU:${mtu(one)}  Metric:1\n          RX packets:${count} errors:0 dropped:0 overruns:0 frame:0\n          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:${loop ? 1000 : 0} \n          RX bytes:${count * 86} (${((count * 86) / 1024).toFixed(1)} ${count > 0 ? 'KiB' : 'B'})  TX bytes:0 (0.0 B)\n\n`
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
  if (process.argv.includes('-a') || isBusybox(process))
    yield* print(process, neighbours.map(({ ip, mac, device }) => `? (${ip}) at ${mac} [ether]  on ${device}\n`).join(''))
  else if (neighbours.length > 0)
    yield* print(
      process,
      `Address                  HWtype  HWaddress           Flags Mask            Iface\n${neighbours.map(({ ip, mac, device }) => `${ip.padEnd(24)} ether   ${mac}   C                     ${device}\n`).join('')}`,
    )
  return 0
}
