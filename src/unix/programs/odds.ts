/** Small programs that lessons name now and then: who, w, lsof, stress, strace, telnet, unexpand, cksum, factor, usleep, dnsdomainname. */
import { UnixError } from '../errors.ts'
import { type Blocking, err, type Process, type Program, sleep, writeTo } from '../kernel/process.ts'
import { lookup } from '../network/names.ts'
import type { Connection } from '../network/network.ts'
import { eachLines } from './each-file.ts'
import { count, flag, UsageError, value } from './options.ts'
import { commandName, pidSeen, visibleProcesses } from './process-text.ts'
import { closeInput, openInput, print, wholeInput } from './text.ts'
import { complain, tool, wordsOf } from './tool.ts'
import { momentOf, strftime, zoneOf } from './time-text.ts'
import { userName } from './users.ts'

export const unexpand = tool({
  name: 'unexpand',
  usage: '[OPTION]... [FILE]...',
  summary: 'Convert blanks in each FILE to tabs, writing to standard output.',
  flags: {
    all: flag('a|all', 'convert all blanks, instead of just initial blanks'),
    tabs: value('t|tabs', 'N', 'have tabs N characters apart instead of 8'),
    first: flag('first-only'),
  },
  *run(call) {
    const width = Number(call.flags.tabs ?? 8)
    const isAll = (call.flags.all || call.flags.tabs !== undefined) && !call.flags.first
    return yield* eachLines(call, function* (lines, input) {
      yield* print(
        call.process,
        lines
          .map((line) => {
            let text = ''
            let column = 0
            let blanks = ''
            let isStart = true
            const flush = (): void => {
              text += blanks
              blanks = ''
            }
            for (const letter of line) {
              if ((letter === ' ' || letter === '\t') && (isAll || isStart)) {
                column = letter === '\t' ? column - (column % width) + width : column + 1
                blanks += letter
                if (column % width === 0 && (blanks.length > 1 || letter === '\t')) {
                  text += '\t'
                  blanks = ''
                }
                continue
              }
              flush()
              isStart = false
              text += letter
              column++
            }
            flush()
            return text
          })
          .join('\n') + (input.hasFinalNewline ? '\n' : ''),
      )
    })
  },
})

export const cksum = tool({
  name: 'cksum',
  usage: '[OPTION]... [FILE]...',
  summary: 'Print or verify checksums.',
  flags: {},
  *run(call) {
    const { process } = call
    let code = 0
    for (const path of call.operands.length > 0 ? call.operands : ['-']) {
      try {
        const descriptor = openInput(process, path)
        const bytes = yield* wholeInput(process, descriptor)
        closeInput(process, descriptor)
        let sum = 0
        const add = (byte: number): void => {
          sum ^= byte << 24
          for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000_0000 ? (sum << 1) ^ 0x04c1_1db7 : sum << 1
        }
        for (const byte of bytes) add(byte)
        for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) add(length & 255)
        yield* print(process, `${~sum >>> 0} ${bytes.length}${path === '-' ? '' : ` ${path}`}\n`)
      } catch (error) {
        yield* complain(call, `${path}: ${wordsOf(error)}`)
        code = 1
      }
    }
    return code
  },
})

export const factor = tool({
  name: 'factor',
  usage: '[OPTION] [NUMBER]...',
  summary: 'Print the prime factors of each specified integer NUMBER.',
  flags: {},
  *run(call) {
    let code = 0
    for (const text of call.operands) {
      if (!/^\+?\d+$/.test(text)) {
        yield* complain(call, `'${text}' is not a valid positive integer`)
        code = 1
        continue
      }
      let rest = BigInt(text)
      const found: bigint[] = []
      for (let by = 2n; by * by <= rest; by += by === 2n ? 1n : 2n)
        while (rest % by === 0n) {
          found.push(by)
          rest /= by
        }
      if (rest > 1n) found.push(rest)
      yield* print(call.process, `${BigInt(text)}:${found.map((one) => ` ${one}`).join('')}\n`)
    }
    return code
  },
})

export const usleep: Program = function* (process) {
  yield* sleep(process, Number(process.argv[1] ?? 0) / 1000)
  return 0
}

/** Login shells on terminals: who is here. */
function sessions(process: Process): Process[] {
  return visibleProcesses(process).filter((one) => one.terminal && one.hostPid === one.session)
}

export const who: Program = function* (process) {
  const zone = zoneOf(process)
  yield* print(
    process,
    sessions(process)
      .map(
        (one) =>
          `${userName(process, one.credentials.uid).padEnd(8)} ${(one.terminal?.name ?? '').replace('/dev/', '').padEnd(12)} ${strftime('%Y-%m-%d %H:%M', momentOf(one.startedAt, zone))}\n`,
      )
      .join(''),
  )
  return 0
}

export const w: Program = function* (process) {
  const zone = zoneOf(process)
  const all = sessions(process)
  const minutes = Math.floor((process.now() - process.kernel.bootedAt) / 60_000)
  const up = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
  yield* print(
    process,
    ` ${strftime('%H:%M:%S', momentOf(process.now(), zone))} up ${up}, ${all.length === 1 ? ' 1 user' : `${String(all.length).padStart(2)} users`},  load average: 0.00, 0.00, 0.00\nUSER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n${all.map((one) => `${userName(process, one.credentials.uid).padEnd(8)} ${(one.terminal?.name ?? '').replace('/dev/', '').padEnd(8)} ${'-'.padEnd(16)} ${strftime('%H:%M', momentOf(one.startedAt, zone))}    0.00s  0.00s  0.00s ${one.argv.join(' ')}\n`).join('')}`,
  )
  return 0
}

export const dnsdomainname: Program = function* (process) {
  const { domainname } = process.namespaces.uts
  if (domainname !== '' && domainname !== '(none)') yield* print(process, `${domainname}\n`)
  return 0
}

export const lsof = tool({
  name: 'lsof',
  usage: '[-?abhKlnNoOPRtUvVX] [+|-c c] [-i [i]] [-p s] [--] [names]',
  summary: 'list open files',
  package: 'lsof 4.95.0',
  flags: {
    internet: value('i', 'i'),
    terse: flag('t'),
    numeric: flag('n'),
    ports: flag('P'),
    pid: value('p', 's'),
    command: value('c', 'c'),
    user: value('u', 's'),
    state: value('s', 'p:s'),
  },
  spelled: (args) =>
    args.flatMap((arg, index) =>
      /^-[nPt]*i$/.test(arg)
        ? [
            ...(arg.length > 2 ? [`-${arg.slice(1, -1)}`] : []),
            '-i',
            ...(args[index + 1] !== undefined && /^[:@46]|^(tcp|udp)/i.test(args[index + 1]) ? [] : ['']),
          ]
        : [arg],
    ),
  *run({ process, flags, operands }) {
    const rows: { pid: number; command: string; text: string }[] = []
    const pad = (one: Process, fd: string, type: string, name: string): string =>
      `${commandName(one).slice(0, 9).padEnd(9)} ${String(pidSeen(process, one)).padStart(5)} ${userName(process, one.credentials.uid).slice(0, 8).padStart(8)} ${fd.padStart(4)}   ${type.padStart(4)} ${name}\n`
    const port = /:(\d+)/.exec(flags.internet ?? '')?.[1]
    for (const one of visibleProcesses(process)) {
      if (flags.pid !== undefined && !flags.pid.split(',').includes(String(pidSeen(process, one)))) continue
      if (flags.command !== undefined && !commandName(one).startsWith(flags.command)) continue
      const listening = one.net.listening.filter(({ owner, seenAs }) =>
        seenAs === undefined ? owner === one.hostPid : seenAs === commandName(one),
      )
      for (const { ip, port: at, protocol } of listening) {
        if ((flags.internet === undefined && operands.length > 0) || (port !== undefined && Number(port) !== at)) continue
        rows.push({
          pid: pidSeen(process, one),
          command: commandName(one),
          text: pad(one, '3u', 'IPv4', `${at} 0t0  ${protocol.toUpperCase()} ${ip ?? '*'}:${at}${protocol === 'tcp' ? ' (LISTEN)' : ''}`),
        })
      }
      if (flags.internet !== undefined) continue
      for (const [number, { file }] of one.descriptors) {
        if (operands.length > 0 && !operands.some((name) => file.name === process.path(name))) continue
        rows.push({
          pid: pidSeen(process, one),
          command: commandName(one),
          text: pad(
            one,
            `${number}${file.kind === 'terminal' ? 'u' : number === 0 ? 'r' : 'w'}`,
            file.kind === 'file' ? 'REG' : file.kind === 'pipe' ? 'FIFO' : file.kind === 'directory' ? 'DIR' : 'CHR',
            file.name,
          ),
        })
      }
    }
    if (rows.length === 0) return 1
    yield* print(
      process,
      flags.terse
        ? [...new Set(rows.map(({ pid }) => `${pid}\n`))].join('')
        : `COMMAND     PID     USER   FD   TYPE NAME\n${rows.map(({ text }) => text).join('')}`,
    )
    return 0
  },
})

/** stress and stress-ng take what they are told to take: memory is counted, and a limit passed kills. */
export const stress = tool({
  name: 'stress',
  usage: '[OPTION [ARG]] ...',
  summary: 'imposes certain types of compute stress on your system',
  package: '1.0.7',
  flags: {
    cpu: value('c|cpu', 'N'),
    io: value('i|io', 'N'),
    vm: value('m|vm', 'N'),
    vmBytes: value('vm-bytes', 'B'),
    vmHang: value('vm-hang', 'N'),
    vmKeep: flag('vm-keep'),
    hdd: value('d|hdd', 'N'),
    timeout: value('t|timeout', 'N'),
    verbose: count('v|verbose'),
    quiet: flag('q|quiet'),
    metrics: flag('metrics-brief|metrics'),
  },
  *run(call) {
    const { process, flags } = call
    const workers = { cpu: Number(flags.cpu ?? 0), io: Number(flags.io ?? 0), vm: Number(flags.vm ?? 0), hdd: Number(flags.hdd ?? 0) }
    if (Object.values(workers).every((number) => number === 0)) throw new UsageError('missing operand')
    const name = process.argv[0].replace(/.*\//, '')
    const seconds = flags.timeout === undefined ? undefined : durationOf(flags.timeout)
    const isNg = name === 'stress-ng'
    const say = (text: string): Blocking<void> =>
      flags.quiet
        ? print(process, '')
        : isNg
          ? err(process, `stress-ng: info:  [${process.pid}] ${text}\n`)
          : print(process, `${name}: info: [${process.pid}] ${text}\n`)
    if (isNg) {
      yield* say(
        seconds === undefined ? 'defaulting to a 1 day, 0 secs run per stressor' : `setting to a ${seconds} second run per stressor`,
      )
      yield* say(
        `dispatching hogs: ${Object.entries(workers)
          .filter(([, number]) => number > 0)
          .map(([kind, number]) => `${number} ${kind}`)
          .join(', ')}`,
      )
    } else yield* say(`dispatching hogs: ${workers.cpu} cpu, ${workers.io} io, ${workers.vm} vm, ${workers.hdd} hdd`)
    const until = seconds === undefined ? undefined : process.now() + seconds * 1000
    const bytes = sizeOf(flags.vmBytes ?? '256M')
    const children: Process[] = []
    const begin = (hog: Program): void => {
      children.push(
        process.kernel.spawn({
          program: hog,
          argv: process.argv,
          env: process.env,
          cwd: process.cwd,
          namespaces: process.namespaces,
          credentials: process.credentials,
          cgroup: process.cgroup,
          terminal: process.terminal,
          descriptors: process.descriptors,
          parent: process,
        }),
      )
    }
    for (let index = 0; index < workers.cpu + workers.io + workers.hdd; index++) begin(busy)
    for (let index = 0; index < workers.vm; index++) begin((child) => hungry(child, bytes))
    try {
      for (;;) {
        const dead = children.find((child) => child.isEnded)
        if (dead) {
          yield* err(
            process,
            `${name}: FAIL: [${process.pid}] (415) <-- worker ${dead.pid} got signal ${dead.killedBy === 'KILL' ? 9 : 15}\n${name}: WARN: [${process.pid}] (417) now reaping child worker processes\n${name}: FAIL: [${process.pid}] (451) failed run completed in ${Math.round((process.now() - process.startedAt) / 1000)}s\n`,
          )
          return 1
        }
        if (until !== undefined && process.now() >= until) break
        yield { on: children.map((child) => process.kernel.endOf(child)), until }
      }
      yield* say(
        isNg
          ? `successful run completed in ${((process.now() - process.startedAt) / 1000).toFixed(2)}s`
          : `successful run completed in ${seconds}s`,
      )
      return 0
    } finally {
      for (const child of children) if (!child.isEnded) process.kernel.kill(child, 'KILL')
    }
  },
})

const busy: Program = function* (process) {
  process.isSpinning = true
  for (;;) yield { on: [process.kernel.endOf(process)] }
}

function* hungry(
  process: Process,
  bytes: number,
): Generator<undefined | { readonly on: readonly [ReturnType<Process['kernel']['endOf']>] }, number> {
  process.isSpinning = true
  process.memoryBytes = bytes
  for (;;) yield { on: [process.kernel.endOf(process)] }
}

function durationOf(text: string): number {
  const [, number = '0', unit = 's'] = /^(\d+)([smhd]?)$/.exec(text) ?? []
  return Number(number) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 1)
}

function sizeOf(text: string): number {
  const [, number = '0', unit = ''] = /^(\d+)([bkmgBKMG]?)$/.exec(text) ?? []
  return Number(number) * ({ k: 1024, m: 2 ** 20, g: 2 ** 30 }[unit.toLowerCase()] ?? 1)
}

export const strace: Program = function* (process) {
  yield* err(
    process,
    process.argv.length < 2
      ? "strace: must have PROG [ARGS] or -p PID\nTry 'strace -h' for more information.\n"
      : 'strace: system calls cannot be traced here: programs of the sandbox make none\n',
  )
  return 1
}

export const telnet: Program = function* (process) {
  const [host, port = '23'] = process.argv.slice(1).filter((arg) => !arg.startsWith('-'))
  if (host === undefined) {
    yield* err(process, 'usage: telnet host [port]\n')
    return 1
  }
  let ip: string
  try {
    ;[ip] = yield* lookup(process, host)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(
      process,
      `telnet: could not resolve ${host}/${port}: ${error.errno === 'EAGAIN' ? 'Temporary failure in name resolution' : 'Name or service not known'}\n`,
    )
    return 1
  }
  yield* print(process, `Trying ${ip}...\n`)
  let connection: Connection
  try {
    connection = process.net.connect({ ip, port: Number(port) })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    if (error.errno === 'ETIMEDOUT') yield { until: process.now() + 127_000 }
    yield* err(process, `telnet: Unable to connect to remote host: ${error.words}\n`)
    return 1
  }
  yield* print(process, `Connected to ${host}.\nEscape character is '^]'.\n`)
  const input = process.file(0)
  for (;;) {
    for (let bytes = connection.incoming.read(); bytes; bytes = connection.incoming.read()) yield* writeTo(process, 1, bytes)
    if (connection.incoming.isOver) {
      yield* print(process, 'Connection closed by foreign host.\n')
      return 1
    }
    const typed = input.read(4096)
    if (typed !== undefined) {
      if (typed.length === 0 || typed[0] === 0x1d) {
        connection.outgoing.end()
        connection.incoming.cancel()
        return yield* closed(process)
      }
      connection.outgoing.write(new TextEncoder().encode(new TextDecoder().decode(typed).replace(/\r?\n/g, '\r\n')))
      continue
    }
    yield { on: [connection.incoming.readable, input.readable] }
  }
}

function* closed(process: Process): Blocking<number> {
  yield* print(process, '\ntelnet> Connection closed.\n')
  return 0
}
