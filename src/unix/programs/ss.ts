/** ss and netstat: what listens in the own network namespace, and whose it is. */
import { type Process, type Program } from '../kernel/process.ts'
import { isBusybox } from './flavour.ts'
import { allInterfaces } from './network-tables.ts'
import { commandName, pidSeen, visibleProcesses } from './process-text.ts'
import { print } from './text.ts'

interface Row {
  readonly protocol: string
  readonly local: string
  readonly port: number
  readonly owner: Process | undefined
  readonly isAny: boolean
}

const services: Readonly<Record<number, string>> = { 22: 'ssh', 53: 'domain', 80: 'http', 443: 'https', 5432: 'postgresql', 3306: 'mysql', 6379: 'redis', 8080: 'http-alt' }

function rows(process: Process, { tcp, udp }: { tcp: boolean; udp: boolean }): readonly Row[] {
  const seen = visibleProcesses(process)
  return process.net.listening
    .filter(({ protocol }) => (protocol === 'tcp' ? tcp : udp))
    .map(({ ip, port, protocol, owner }) => ({ protocol, local: ip ?? '0.0.0.0', port, owner: seen.find((one) => one.hostPid === owner), isAny: ip === undefined }))
}

function letters(process: Process): string {
  return process.argv.slice(1).filter((arg) => /^-[a-zA-Z0-9]+$/.test(arg)).join('') + (process.argv.includes('--listening') ? 'l' : '') + (process.argv.includes('--tcp') ? 't' : '') + (process.argv.includes('--numeric') ? 'n' : '') + (process.argv.includes('--processes') ? 'p' : '')
}

export const ss: Program = function* (process) {
  const options = letters(process)
  const [tcp, udp] = [options.includes('t') || !options.includes('u'), options.includes('u') || !options.includes('t')]
  const showsKind = tcp && udp
  const shows = options.includes('l') || options.includes('a')
  const name = (port: number): string => (options.includes('n') ? String(port) : (services[port] ?? String(port)))
  const lines = (shows ? rows(process, { tcp, udp }) : []).map(({ protocol, local, port, owner }) => ({ kind: protocol, state: protocol === 'udp' ? 'UNCONN' : 'LISTEN', queue: protocol === 'udp' ? '0' : '511', local: `${local}:${name(port)}`, peer: '0.0.0.0:*', process: options.includes('p') && owner ? `users:(("${commandName(owner)}",pid=${pidSeen(process, owner)},fd=3))` : '' }))
  const localWidth = Math.max(18, ...lines.map(({ local }) => local.length))
  let text = `${showsKind ? 'Netid ' : ''}State  Recv-Q Send-Q ${'Local Address:Port'.padStart(localWidth)} ${'Peer Address:Port'.padStart(17)}Process${options.includes('p') ? ' ' : ''}\n`
  for (const line of lines) text += `${showsKind ? line.kind.padEnd(6) : ''}${line.state.padEnd(6)} ${'0'.padEnd(6)} ${line.queue.padEnd(6)} ${line.local.padStart(localWidth)} ${line.peer.padStart(17)}${line.process}\n`
  yield* print(process, text)
  return 0
}

export const netstat: Program = function* (process) {
  const options = letters(process)
  if (options.includes('r')) {
    let text = 'Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n'
    const first = process.net.interfaces.find(({ name }) => name !== 'lo')
    if (process.net.gateway !== undefined && first) text += `${'0.0.0.0'.padEnd(15)} ${process.net.gateway.padEnd(15)} 0.0.0.0         UG        0 0          0 ${first.name}\n`
    yield* print(process, text)
    return 0
  }
  if (options.includes('i')) {
    yield* print(process, `Kernel Interface table\nIface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n${allInterfaces(process).map(({ name }) => `${name.padEnd(8)} ${String(name === 'lo' ? 65_536 : 1500).padStart(5)}        0      0      0 0             0      0      0      0 ${name === 'lo' ? 'LRU' : 'BMRU'}\n`).join('')}`)
    return 0
  }
  const [tcp, udp] = [options.includes('t') || !options.includes('u'), options.includes('u') || !options.includes('t')]
  const shows = options.includes('l') || options.includes('a')
  const withProgram = options.includes('p')
  const name = (port: number): string => (options.includes('n') ? String(port) : (services[port] ?? String(port)))
  let text = `Active Internet connections (${options.includes('a') ? 'servers and established' : shows ? 'only servers' : 'w/o servers'})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${withProgram ? 'PID/Program name    ' : ''}\n`
  for (const { protocol, local, port, owner } of shows ? rows(process, { tcp, udp }) : []) {
    text += `${protocol.padEnd(5)}      0      0 ${`${local}:${name(port)}`.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} ${(protocol === 'udp' ? '' : 'LISTEN').padEnd(11)} ${withProgram ? (owner ? `${pidSeen(process, owner)}/${commandName(owner)}` : '-').padEnd(isBusybox(process) ? 0 : 20) : ''}\n`
  }
  yield* print(process, text)
  return 0
}
