/** ping, iputils' and busybox's. A cluster IP does not answer: only ports are translated there, as with real kube-proxy. */
import { UnixError } from '../errors.ts'
import { type Blocking, err, type Program } from '../kernel/process.ts'
import { isAddress, lookup } from '../network/names.ts'
import { busyboxBanner, isBusybox } from './flavour.ts'
import { flag, parseOptions, UsageError, value } from './options.ts'
import { print } from './text.ts'

const table = {
  count: value('c'),
  interval: value('i'),
  timeout: value('W'),
  deadline: value('w'),
  size: value('s'),
  quiet: flag('q'),
  ipv4: flag('4'),
  ipv6: flag('6'),
  numeric: flag('n'),
  ttl: value('t'),
  interface: value('I'),
  audible: flag('a'),
  flood: flag('f'),
  dont: value('M'),
  verbose: flag('v'),
  adaptive: flag('A'),
  timestamps: flag('D'),
  outstanding: flag('O'),
}

export const ping: Program = function* (process) {
  const busybox = isBusybox(process)
  let parsed: ReturnType<typeof parseOptions<typeof table>>
  try {
    parsed = parseOptions(table, process.argv.slice(1))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    yield* err(
      process,
      `ping: ${error.message}\n${busybox ? `${busyboxBanner(process)}\n\nUsage: ping [OPTIONS] HOST\n` : '\nUsage\n  ping [options] <destination>\n'}`,
    )
    return busybox ? 1 : 2
  }
  const { flags, operands } = parsed
  const [name] = operands
  if (name === undefined) {
    yield* err(
      process,
      busybox
        ? `${busyboxBanner(process)}\n\nUsage: ping [OPTIONS] HOST\n\nSend ICMP ECHO_REQUESTs to HOST\n`
        : 'ping: usage error: Destination address required\n',
    )
    return 1
  }
  let ip = name
  try {
    ;[ip] = yield* lookup(process, name)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(
      process,
      busybox
        ? `ping: bad address '${name}'\n`
        : `ping: ${name}: ${error.errno === 'EAGAIN' ? 'Temporary failure in name resolution' : 'Name or service not known'}\n`,
    )
    return busybox ? 1 : 2
  }
  const size = Number(flags.size ?? 56)
  const limit = flags.count === undefined ? Number.POSITIVE_INFINITY : Number(flags.count)
  const intervalMs = Number(flags.interval ?? 1) * 1000
  const waitMs = Number(flags.timeout ?? 10) * 1000
  const startedAt = process.now()
  const deadline = flags.deadline === undefined ? Number.POSITIVE_INFINITY : startedAt + Number(flags.deadline) * 1000
  let stopped = false
  process.handlers.set('INT', () => (stopped = true))
  const until = function* (ms: number): Blocking<void> {
    while (!stopped && process.now() < ms) yield { until: Math.min(ms, deadline) }
  }
  const hasRoute = isOnLink(process, ip) || process.net.gateway !== undefined || process.net.route(ip) !== undefined
  if (!hasRoute && !busybox) {
    yield* err(process, 'ping: connect: Network is unreachable\n')
    return 2
  }
  yield* print(
    process,
    busybox ? `PING ${name} (${ip}): ${size} data bytes\n` : `PING ${name} (${ip}) ${size}(${size + 28}) bytes of data.\n`,
  )
  if (!hasRoute) {
    yield* err(process, 'ping: sendto: Network is unreachable\n')
    return 1
  }
  const times: number[] = []
  let sent = 0
  let errors = 0
  while (!stopped && sent < limit && process.now() < deadline) {
    sent++
    const route = process.net.route(ip)
    const isThere = process.net.reaches(ip)
    if (isThere) {
      const hops = Math.max(1, route?.length ?? 1)
      const ms = 0.03 + 0.02 * hops + process.kernel.random.next() * 0.04
      times.push(ms)
      const ttl = 64 - (hops - 1)
      if (!flags.quiet)
        yield* print(
          process,
          `${size + 8} bytes from ${busybox || isAddress(name) ? ip : `${name} (${ip})`}: ${busybox ? `seq=${sent - 1}` : `icmp_seq=${sent}`} ttl=${ttl} time=${ms.toFixed(3)} ms\n`,
        )
    } else if (isOnLink(process, ip) && !process.net.isNeighbour(ip)) {
      // Nobody answers the ARP request: told after a second, by ourselves.
      if (!busybox) {
        yield* until(process.now() + 3000)
        errors++
        const own = process.net.interfaces.find((one) => one.name !== 'lo')?.ip ?? ip
        if (!flags.quiet && !stopped) yield* print(process, `From ${own} icmp_seq=${sent} Destination Host Unreachable\n`)
        if (sent >= limit) break
        continue
      }
    }
    if (sent >= limit) {
      if (!isThere) yield* until(process.now() + waitMs)
      break
    }
    yield* until(process.now() + intervalMs)
  }
  const received = times.length
  const loss = sent === 0 ? 0 : Math.round(((sent - received) / sent) * 100)
  const summary = times.length > 0 ? [Math.min(...times), times.reduce((a, b) => a + b, 0) / received, Math.max(...times)] : []
  const deviation = times.length > 0 ? Math.sqrt(Math.max(0, times.reduce((a, b) => a + b * b, 0) / received - summary[1] ** 2)) : 0
  const shown = summary.map((ms) => ms.toFixed(3)).join('/')
  yield* print(
    process,
    busybox
      ? `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${received} packets received, ${loss}% packet loss\n${shown === '' ? '' : `round-trip min/avg/max = ${shown} ms\n`}`
      : `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${received} received, ${errors > 0 ? `+${errors} errors, ` : ''}${loss}% packet loss, time ${Math.round(process.now() - startedAt)}ms\n${shown === '' ? (errors > 0 ? 'pipe 3\n' : '\n') : `rtt min/avg/max/mdev = ${shown}/${deviation.toFixed(3)} ms\n`}`,
  )
  return received > 0 ? 0 : 1
}

function isOnLink(process: Parameters<Program>[0], ip: string): boolean {
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return process.net.interfaces.some(
    (one) => one.ip !== '' && Math.floor(number(one.ip) / 2 ** (32 - one.prefix)) === Math.floor(number(ip) / 2 ** (32 - one.prefix)),
  )
}

export const traceroute: Program = function* (process) {
  const name = process.argv
    .slice(1)
    .filter((arg) => !arg.startsWith('-'))
    .at(0)
  if (name === undefined) {
    yield* err(process, 'Usage: traceroute [-46FIldnrv] [-f 1ST_TTL] [-m MAXTTL] HOST [BYTES]\n')
    return 1
  }
  let ip: string
  try {
    ;[ip] = yield* lookup(process, name)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(
      process,
      isBusybox(process)
        ? `traceroute: bad address '${name}'\n`
        : `${name}: Name or service not known\nCannot handle "host" cmdline arg \`${name}' on position 1 (argc 1)\n`,
    )
    return 1
  }
  yield* print(process, `traceroute to ${name} (${ip}), 30 hops max, ${isBusybox(process) ? 46 : 60} byte packets\n`)
  const hops = process.net.route(ip)
  if (!hops) {
    for (let hop = 1; hop <= 30; hop++) {
      yield { until: process.now() + 5000 }
      yield* print(process, `${String(hop).padStart(2)}  * * *\n`)
    }
    return 0
  }
  for (const [index, hop] of hops.entries()) {
    const times = [0, 1, 2].map(() => `${(0.01 * (index + 1) + process.kernel.random.next() * 0.03).toFixed(3)} ms`)
    yield* print(process, `${String(index + 1).padStart(2)}  ${hop} (${hop})  ${times.join('  ')}\n`)
  }
  return 0
}
