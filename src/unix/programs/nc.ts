/** nc: openbsd's netcat, and busybox's. Connects standard input and output with a TCP port, or looks whether one is open. */
import { UnixError } from '../errors.ts'
import type { Cancel } from '../../base/clock.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { type Blocking, err, type Process, writeTo } from '../kernel/process.ts'
import { isAddress, lookup } from '../network/names.ts'
import type { Connection } from '../network/network.ts'
import { flag, UsageError, value } from './options.ts'
import { startProgram } from './run.ts'
import { complain, tool } from './tool.ts'

const usage = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
\t  [destination] [port]
`

export const nc = tool({
  name: 'nc',
  usage: '[-lknuvz] [-w SEC] [-p PORT] [HOST] [PORT]',
  summary: 'Open a pipe to IP:PORT',
  hint: usage,
  flags: {
    listen: flag('l', 'listen mode, for inbound connects'),
    keep: flag('k', 'keep listening'),
    numeric: flag('n', "don't do DNS resolution"),
    port: value('p', 'PORT', 'local port'),
    udp: flag('u', 'UDP mode'),
    verbose: flag('v', 'verbose'),
    wait: value('w', 'SEC', 'timeout for connects and final net reads'),
    zero: flag('z', 'zero-I/O mode'),
    exec: value('e', 'PROG', 'run PROG after connect'),
    quit: value('q', 'SEC'),
    close: flag('N'),
    ipv4: flag('4'),
    ipv6: flag('6'),
    source: value('s', 'ADDR'),
    interval: value('i', 'SEC'),
    telnet: flag('t'),
    crlf: flag('C'),
    unix: flag('U'),
    debug: flag('D'),
    noInput: flag('d'),
    random: flag('r'),
    usage: flag('h'),
  },
  *run(call) {
    const { process, flags, operands, busybox } = call
    if (!busybox) {
      // What Debian installs as nc is OpenBSD's, which cannot run programs.
      if (flags.exec !== undefined && process.files.exists('/etc/debian_version') && !/ncat$/.test(call.name))
        throw new UsageError("invalid option -- 'e'", 'e')
      if (
        flags.usage ||
        (operands.length === 0 && !(flags.listen && flags.port !== undefined)) ||
        (operands.length === 1 && !flags.listen && !flags.unix)
      ) {
        yield* err(process, flags.usage ? `OpenBSD netcat (Debian patchlevel 1.219-1)\n${usage}` : usage)
        return 1
      }
    }
    if (flags.listen) {
      const port = Number(flags.port ?? (operands.length > 1 ? operands[1] : operands[0]))
      if (!(port >= 0)) throw new UsageError('missing port number')
      return yield* serve(port)
    }
    const [host, portText] = operands
    if (host === undefined || portText === undefined) throw new UsageError(host === undefined ? 'missing operand' : 'missing port number')
    let ip: string
    try {
      ;[ip] = yield* lookup(process, host)
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* complain(
        call,
        busybox
          ? `bad address '${host}'`
          : `getaddrinfo for host "${host}" port ${portText}: ${error.errno === 'EAGAIN' ? 'Temporary failure in name resolution' : 'Name or service not known'}`,
      )
      return 1
    }
    const [low, high = low] = portText.split('-').map(Number)
    let code = 1
    for (let port = low; port <= high; port++) {
      const shown = busybox ? `${host} (${ip}:${port})` : `${host} ${isAddress(host) ? '' : `(${ip}) `}${port} port`
      let connection: Connection
      try {
        connection = process.net.connect({ ip, port })
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        if (error.errno === 'ETIMEDOUT') yield { until: process.now() + Number(flags.wait ?? 127) * 1000 }
        const words = error.errno === 'ETIMEDOUT' && flags.wait !== undefined && !busybox ? 'Operation now in progress' : error.words
        if (busybox)
          yield* err(
            process,
            error.errno === 'ETIMEDOUT' && flags.wait !== undefined ? 'nc: timed out\n' : `nc: ${host} (${ip}:${port}): ${words}\n`,
          )
        else if (flags.verbose || !flags.zero)
          yield* complain(
            call,
            `connect to ${host} ${isAddress(host) ? '' : `(${ip}) `}port ${port} (${flags.udp ? 'udp' : 'tcp'}) ${flags.wait !== undefined && error.errno === 'ETIMEDOUT' ? 'timed out' : 'failed'}: ${words}`,
          )
        continue
      }
      code = 0
      if (flags.verbose)
        yield* err(
          process,
          busybox
            ? `${shown} open\n`
            : `Connection to ${host} ${isAddress(host) ? '' : `(${ip}) `}${port} port [${flags.udp ? 'udp' : 'tcp'}/${serviceName(process, port)}] succeeded!\n`,
        )
      if (flags.zero) {
        connection.outgoing.end()
        connection.incoming.cancel()
        continue
      }
      yield* carry(connection)
    }
    return code

    function* serve(port: number): Blocking<number> {
      const arrived = new WaitQueue()
      const waiting: Connection[] = []
      let cancel: Cancel
      try {
        cancel = process.net.listen(
          port,
          {
            accept: (connection) => {
              waiting.push(connection)
              arrived.wake()
            },
          },
          { owner: process.hostPid, protocol: flags.udp ? 'udp' : 'tcp' },
        )
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        yield* complain(call, busybox ? `bind: ${error.words}` : error.words)
        return 1
      }
      try {
        if (flags.verbose) yield* err(process, busybox ? `listening on [::]:${port} ...\n` : `Listening on 0.0.0.0 ${port}\n`)
        do {
          while (waiting.length === 0) yield { on: [arrived] }
          const connection = waiting.shift()
          if (!connection) continue
          if (flags.verbose)
            yield* err(
              process,
              busybox
                ? `connect to [::ffff:${connection.local.ip}]:${port} from [::ffff:${connection.remote.ip}]:${connection.remote.port}\n`
                : `Connection received on ${connection.remote.ip} ${connection.remote.port}\n`,
            )
          if (flags.exec !== undefined) yield* execute(connection, [flags.exec, ...operands.filter((one) => one !== String(port))])
          else yield* carry(connection)
        } while (flags.keep)
        return 0
      } finally {
        cancel()
      }
    }

    /** The program's output is sent; its input is what came. */
    function* execute(connection: Connection, words: readonly string[]): Blocking<void> {
      const child = startProgram(process, words)
      while (!child.isEnded) yield { on: [process.kernel.endOf(child)] }
      connection.outgoing.end()
    }

    function* carry(connection: Connection): Blocking<void> {
      let inputIsOver = false
      const input = process.descriptors.get(0)?.file
      let quitAt = Number.POSITIVE_INFINITY
      try {
        for (;;) {
          const received = connection.incoming.read()
          if (received) {
            yield* writeTo(process, 1, received)
            continue
          }
          if (connection.incoming.isOver) return
          const bytes = inputIsOver || !input ? undefined : input.read(65_536)
          if (bytes !== undefined && bytes.length > 0) {
            connection.outgoing.write(
              flags.crlf ? new TextEncoder().encode(new TextDecoder().decode(bytes).replace(/\r?\n/g, '\r\n')) : bytes,
            )
            continue
          }
          if (bytes !== undefined && !inputIsOver) {
            inputIsOver = true
            // A server waits for the end of what was asked.
            connection.outgoing.end()
            if (flags.quit !== undefined) quitAt = process.now() + Number(flags.quit) * 1000
          }
          if (process.now() >= quitAt) return
          const until = Math.min(quitAt, flags.wait === undefined ? Number.POSITIVE_INFINITY : process.now() + Number(flags.wait) * 1000)
          const before = process.now()
          yield {
            on: [connection.incoming.readable, ...(inputIsOver || !input ? [] : [input.readable])],
            until: until === Number.POSITIVE_INFINITY ? undefined : until,
          }
          if (flags.wait !== undefined && process.now() - before >= Number(flags.wait) * 1000) return
        }
      } finally {
        connection.outgoing.end()
        connection.incoming.cancel()
      }
    }
  },
})

function serviceName(process: Process, port: number): string {
  const services = process.files.exists('/etc/services') ? process.files.readText('/etc/services') : ''
  return new RegExp(`^(\\S+)\\s+${port}/tcp`, 'm').exec(services)?.[1] ?? '*'
}
