/** ss and netstat: what listens in the own network namespace, and whose it is. */
import { err, type Process, type Program } from '../kernel/process.ts'
import { isBusybox } from './flavour.ts'
import { allInterfaces } from './network-tables.ts'
import { commandName, pidSeen, visibleProcesses } from './process-text.ts'
import { print } from './text.ts'
import { isTerminal } from './tool.ts'

interface Row {
  readonly protocol: string
  readonly local: string
  readonly port: number
  readonly owner: Process | undefined
  /** Bound to no address: what its program then listens on, by the notation of ss and of netstat. */
  readonly isBoth: boolean
}

/** Go's servers that are bound to no address listen by IPv6, and hear IPv4 too. */
const goServers = new Set(['kubelet', 'kube-apiserver', 'kube-proxy', 'etcd', 'coredns'])

const services: Readonly<Record<number, string>> = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  443: 'https',
  5432: 'postgresql',
  3306: 'mysql',
  6379: 'redis',
  8080: 'http-alt',
}

function rows(process: Process, { tcp, udp }: { tcp: boolean; udp: boolean }): readonly Row[] {
  const { uid } = process.credentials
  // Whose a socket is, only its owner and root are told.
  const seen = visibleProcesses(process).filter((one) => uid === 0 || one.credentials.uid === uid)
  const listening = process.net.listening
    .filter(({ seenAs }) => seenAs !== '')
    .map(({ ip, port, protocol, owner, seenAs }) => {
      const found = seen.find((one) => (seenAs === undefined ? one.hostPid === owner : commandName(one) === seenAs))
      const program = seenAs ?? (found && commandName(found))
      return {
        protocol,
        local: ip ?? '0.0.0.0',
        port,
        owner: found,
        isBoth: ip === undefined && program !== undefined && goServers.has(program),
      }
    })
  // Docker holds a published port open beside its rules; several containers may stand behind the same.
  const published = process.net.rules
    .filter(({ comment }) => comment.startsWith('docker-proxy'))
    .map(({ ip, port, protocol }) => ({ protocol, local: ip ?? '0.0.0.0', port, owner: undefined, isBoth: false }))
    .filter(
      (one, index, all) =>
        all.findIndex((other) => other.port === one.port && other.protocol === one.protocol && other.local === one.local) === index,
    )
  return [...listening, ...published].filter(({ protocol }) => (protocol === 'tcp' ? tcp : udp))
}

function letters(process: Process): string {
  return (
    process.argv
      .slice(1)
      .flatMap((arg) => (/^-[a-zA-Z0-9]+$/.test(arg) ? [arg.slice(1)] : []))
      .join('') +
    (process.argv.includes('--listening') ? 'l' : '') +
    (process.argv.includes('--tcp') ? 't' : '') +
    (process.argv.includes('--numeric') ? 'n' : '') +
    (process.argv.includes('--processes') ? 'p' : '')
  )
}

/** How many connections may wait for each, as these programs ask for it. */
const backlogs: Readonly<Record<string, number>> = {
  sshd: 128,
  python3: 5,
  python: 5,
  nc: 1,
  postgres: 244,
  mysqld: 70,
  memcached: 1024,
  nginx: 511,
  node: 511,
  'redis-server': 511,
  httpd: 511,
  apache2: 511,
}

export const ss: Program = function* (process) {
  if (process.argv.some((arg) => arg === '-V' || arg === '--version')) {
    yield* print(process, 'ss utility, iproute2-6.1.0\n')
    return 0
  }
  const options = letters(process)
  const unknown = [...options].find((letter) => !'haltnpuxr46eoisHmZzbEfwdSOMD0'.includes(letter))
  if (unknown !== undefined) {
    yield* err(
      process,
      `ss: invalid option -- '${unknown}'\nUsage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]\n   -h, --help          this message\n   -n, --numeric       don't resolve service names\n   -a, --all           display all sockets\n   -l, --listening     display listening sockets\n   -p, --processes     show process using socket\n   -t, --tcp           display only TCP sockets\n   -u, --udp           display only UDP sockets\n   -s, --summary       show socket usage summary\n`,
    )
    return 255
  }
  const [tcp, udp] = [options.includes('t') || !options.includes('u'), options.includes('u') || !options.includes('t')]
  const isListening = /[la]/.test(options) || /state listening/.test(process.argv.join(' '))
  if (options.includes('s')) {
    const all = rows(process, { tcp: true, udp: true })
    const [streams, datagrams] = [
      all.filter(({ protocol }) => protocol === 'tcp').length,
      all.filter(({ protocol }) => protocol === 'udp').length,
    ]
    yield* print(
      process,
      `Total: ${all.length}\nTCP:   ${streams} (estab 0, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\nRAW\t  0         0         0        \nUDP\t  ${String(datagrams).padEnd(9)} ${String(datagrams).padEnd(9)} 0        \nTCP\t  ${String(streams).padEnd(9)} ${String(streams).padEnd(9)} 0        \nINET\t  ${String(all.length).padEnd(9)} ${String(all.length).padEnd(9)} 0        \nFRAG\t  0         0         0        \n\n`,
    )
    return 0
  }
  const wanted = /\bsport\s*(?:=|==|eq)?\s*:(\w+)/.exec(process.argv.join(' '))?.[1]
  const name = (port: number): string => (options.includes('n') ? String(port) : (services[port] ?? String(port)))
  const sockets = (isListening ? rows(process, { tcp, udp }) : []).filter(
    ({ port }) => wanted === undefined || String(port) === wanted || services[port] === wanted,
  )
  const body = sockets.map(({ protocol, local, port, owner, isBoth }) => [
    protocol,
    protocol === 'udp' ? 'UNCONN' : 'LISTEN',
    '0',
    protocol === 'udp' ? '0' : String(owner ? (backlogs[commandName(owner)] ?? 4096) : port === 22 ? 128 : 4096),
    isBoth ? '*' : local,
    name(port),
    isBoth ? '*' : '0.0.0.0',
    '*',
    options.includes('p') && owner ? ` users:(("${commandName(owner).slice(0, 15)}",pid=${pidSeen(process, owner)},fd=3))` : '',
  ])
  const showsKind = tcp && udp
  const table = (
    options.includes('H')
      ? body
      : [['Netid', 'State', 'Recv-Q', 'Send-Q', 'Local Address', 'Port', 'Peer Address', 'Port', 'Process'], ...body]
  ).map((row) => (showsKind ? row : row.slice(1)))
  yield* print(process, layout(table, isTerminal(process, 1) ? (process.terminal?.cols ?? 80) : undefined))
  return 0
}

/**
 * ss measures its columns and, on a terminal, spreads them over the whole width: what is left is shared out, the last columns getting one
 * more. The last column counts there with its heading only.
 */
function layout(table: readonly (readonly string[])[], screen: number | undefined): string {
  if (table.length === 0) return ''
  const columns = table[0].length
  const delimiter = (column: number): string =>
    column === 0 || column === columns - 1 ? '' : column === columns - 2 || column === columns - 4 ? ':' : ' '
  const widths = table[0].map(
    (_, column) =>
      delimiter(column).length +
      Math.max(...table.map((row) => row[column].length), column === columns - 4 || column === columns - 2 ? 4 : 0),
  )
  if (screen !== undefined) {
    widths[columns - 1] = 'Process'.length
    const left = Math.max(0, screen - widths.reduce((sum, width) => sum + width, 0))
    for (let column = 0; column < columns; column++)
      widths[column] += Math.floor(left / columns) + (column >= columns - (left % columns) ? 1 : 0)
  }
  const isRight = (column: number): boolean => column === columns - 5 || column === columns - 3
  return table
    .map(
      (row) =>
        `${row.map((cell, column) => (isRight(column) ? delimiter(column) + cell.padStart(widths[column] - 1) : (delimiter(column) + cell).padEnd(widths[column]))).join('')}\n`,
    )
    .join('')
}

export const netstat: Program = function* (process) {
  const options = letters(process)
  if (options.includes('r')) {
    let text = 'Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n'
    const first = process.net.interfaces.find(({ name }) => name !== 'lo')
    if (process.net.gateway !== undefined && first)
      text += `${'0.0.0.0'.padEnd(15)} ${process.net.gateway.padEnd(15)} 0.0.0.0         UG        0 0          0 ${first.name}\n`
    yield* print(process, text)
    return 0
  }
  if (options.includes('i')) {
    yield* print(
      process,
      `Kernel Interface table\nIface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n${allInterfaces(process)
        .map(
          ({ name }) =>
            `${name.padEnd(8)} ${String(name === 'lo' ? 65_536 : 1500).padStart(5)}        0      0      0 0             0      0      0      0 ${name === 'lo' ? 'LRU' : 'BMRU'}\n`,
        )
        .join('')}`,
    )
    return 0
  }
  const [tcp, udp] = [options.includes('t') || !options.includes('u'), options.includes('u') || !options.includes('t')]
  const shows = options.includes('l') || options.includes('a')
  const withProgram = options.includes('p')
  const name = (port: number): string => (options.includes('n') ? String(port) : (services[port] ?? String(port)))
  let text = `Active Internet connections (${options.includes('a') ? 'servers and established' : shows ? 'only servers' : 'w/o servers'})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${withProgram ? 'PID/Program name    ' : ''}\n`
  for (const { protocol, local, port, owner, isBoth } of shows ? rows(process, { tcp, udp }) : []) {
    text += `${`${protocol}${isBoth ? '6' : ''}`.padEnd(5)}      0      0 ${`${isBoth ? '::' : local}:${name(port)}`.padEnd(23)} ${(isBoth ? ':::*' : '0.0.0.0:*').padEnd(23)} ${(protocol === 'udp' ? '' : 'LISTEN').padEnd(11)} ${withProgram ? (owner ? `${pidSeen(process, owner)}/${commandName(owner)}`.slice(0, 19) : '-').padEnd(isBusybox(process) ? 0 : 20) : ''}\n`
  }
  yield* print(process, text)
  return 0
}
