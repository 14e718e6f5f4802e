/**
 * `stress` and vish/stress: workers that really count as memory and CPU of their control group, so that limits, `docker stats`, the
 * OOM killer and autoscalers see them. Bytes are declared, not held.
 */
import { WaitQueue } from '../../../base/wait-queue.ts'
import { type Blocking, err, out, type Process, type Program, sleep } from '../../../unix/kernel/process.ts'
import { flagValue, goTime } from './answers.ts'

const usage =
  "`stress' imposes certain types of compute stress on your system\n\nUsage: stress [OPTION [ARG]] ...\n -?, --help         show this help statement\n     --version      show version statement\n -v, --verbose      be verbose\n -q, --quiet        be quiet\n -n, --dry-run      show what would have been done\n -t, --timeout N    timeout after N seconds\n     --backoff N    wait factor of N microseconds before work starts\n -c, --cpu N        spawn N workers spinning on sqrt()\n -i, --io N         spawn N workers spinning on sync()\n -m, --vm N         spawn N workers spinning on malloc()/free()\n     --vm-bytes B   malloc B bytes per vm worker (default is 256MB)\n     --vm-stride B  touch a byte every B bytes (default is 4096)\n     --vm-hang N    sleep N secs before free (default none, 0 is inf)\n     --vm-keep      redirty memory instead of freeing and reallocating\n -d, --hdd N        spawn N workers spinning on write()/unlink()\n     --hdd-bytes B  write B bytes per hdd worker (default is 1GB)\n\nExample: stress --cpu 8 --io 4 --vm 2 --vm-bytes 128M --timeout 10s\n\nNote: Numbers may be suffixed with s,m,h,d,y (time) or B,K,M,G (size).\n"
const counted: Readonly<Record<string, 'cpu' | 'io' | 'vm' | 'hdd'>> = {
  '-c': 'cpu',
  '--cpu': 'cpu',
  '-i': 'io',
  '--io': 'io',
  '-m': 'vm',
  '--vm': 'vm',
  '-d': 'hdd',
  '--hdd': 'hdd',
}

export const stress: Program = function* (process) {
  const workers = { cpu: 0, io: 0, vm: 0, hdd: 0 }
  let [bytes, hangSeconds, seconds, isQuiet] = [256 * 2 ** 20, undefined as number | undefined, 0, false]
  const args = process.argv.slice(1).flatMap((arg) => (/^--\w[\w-]*=/.test(arg) ? arg.split(/=(.*)/s).slice(0, 2) : [arg]))
  if (args.length === 0) {
    yield* out(process, usage)
    return 0
  }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]
    const kind = counted[arg]
    if (arg === '-?' || arg === '--help') {
      yield* out(process, usage)
      return 0
    }
    if (arg === '--version') {
      yield* out(process, 'stress 1.0.4\n')
      return 0
    }
    if (kind) workers[kind] = Number(args[++at])
    else if (arg === '--vm-bytes') bytes = sizeOf(args[++at])
    else if (arg === '--vm-hang') hangSeconds = Number(args[++at])
    else if (arg === '-t' || arg === '--timeout') seconds = secondsOf(args[++at])
    else if (arg === '-q' || arg === '--quiet') isQuiet = true
    else if (['--backoff', '--vm-stride', '--hdd-bytes'].includes(arg)) at++
    else if (!['-v', '--verbose', '--vm-keep', '-n', '--dry-run'].includes(arg)) {
      yield* err(process, `stress: FAIL: [${process.pid}] (244) unrecognized option: ${arg}\n`)
      return 1
    }
  }
  const started = process.now()
  if (!isQuiet)
    yield* out(
      process,
      `stress: info: [${process.pid}] dispatching hogs: ${workers.cpu} cpu, ${workers.io} io, ${workers.vm} vm, ${workers.hdd} hdd\n`,
    )
  const children: Process[] = []
  for (const [kind, count] of Object.entries(workers))
    for (let left = count; left > 0; left--)
      children.push(worker(process, kind === 'vm' ? holding(bytes, hangSeconds) : kind === 'cpu' ? spinning : idling))
  const news = new WaitQueue()
  let ending: 'TERM' | 'INT' | undefined
  for (const signal of ['TERM', 'INT'] as const)
    process.handlers.set(signal, () => {
      ending = signal
      news.wake()
    })
  const until = seconds > 0 ? started + seconds * 1000 : undefined
  try {
    for (;;) {
      const dead = children.find((child) => child.isEnded)
      const passed = Math.round((process.now() - started) / 1000)
      if (dead) {
        if (dead.killedBy)
          yield* err(
            process,
            `stress: FAIL: [${process.pid}] (416) <-- worker ${dead.pid} got signal ${dead.killedBy === 'KILL' ? 9 : 15}\n`,
          )
        yield* err(
          process,
          `stress: WARN: [${process.pid}] (418) now reaping child worker processes\nstress: FAIL: [${process.pid}] (452) failed run completed in ${passed}s\n`,
        )
        return 1
      }
      if (ending) return ending === 'TERM' ? 143 : 130
      if (until !== undefined && process.now() >= until) {
        if (!isQuiet) yield* out(process, `stress: info: [${process.pid}] successful run completed in ${passed}s\n`)
        return 0
      }
      yield { on: [news, ...children.map((child) => child.kernel.endOf(child))], until }
    }
  } finally {
    for (const child of children) if (!child.isEnded) child.kernel.kill(child, 'KILL')
  }
}

/** vish/stress: takes memory in steps and says so. */
export const goStress: Program = function* (process) {
  const args = process.argv.slice(1)
  const total = sizeOf(flagValue(args, 'mem-total') ?? '0')
  const step = sizeOf(flagValue(args, 'mem-alloc-size') ?? '4Ki')
  const pause = durationMs(flagValue(args, 'mem-alloc-sleep') ?? '1ms')
  const cpus = Number(flagValue(args, 'cpus') ?? 0)
  const line = (text: string): string =>
    `I${goTime(process.now()).slice(5, 10).replace('/', '')} ${goTime(process.now()).slice(11)}.000000       1 main.go:26] ${text}\n`
  yield* err(process, line(`Allocating "${total}" memory, in "${step}" chunks, with a ${pause}ms sleep between allocations`))
  if (cpus > 0) yield* err(process, line(`Spawning a thread to consume CPU`).repeat(cpus))
  for (let left = cpus; left > 0; left--) worker(process, spinning)
  for (let taken = 0; taken < total; taken += step) {
    process.memoryBytes += Math.min(step, total - taken)
    yield* sleep(process, Math.max(1, pause))
  }
  yield* err(process, line(`Allocated "${total}" memory`))
  for (;;) yield { until: process.now() + 3_600_000 }
}

function worker(parent: Process, program: Program): Process {
  return parent.kernel.spawn({
    program,
    argv: parent.argv,
    env: parent.env,
    cwd: parent.cwd,
    namespaces: parent.namespaces,
    credentials: parent.credentials,
    cgroup: parent.cgroup,
    descriptors: parent.descriptors,
    parent,
  })
}

const spinning: Program = function* (process) {
  process.isSpinning = true
  return yield* idling(process)
}

function* idling(process: Process): Blocking<number> {
  for (;;) yield { until: process.now() + 3_600_000 }
}

/** Without --vm-hang it allocates, touches and frees over and over, which takes a CPU. */
function holding(bytes: number, hangSeconds: number | undefined): Program {
  return function* (process) {
    process.isSpinning = hangSeconds === undefined
    const own = process.memoryBytes
    // Pages come as they are touched.
    for (let part = 1; part <= 8; part++) {
      process.memoryBytes = own + (bytes * part) / 8
      yield* sleep(process, 10)
    }
    return yield* idling(process)
  }
}

function sizeOf(text: string): number {
  const [, amount, unit] = /^([\d.]+)\s*([bkmg])?i?b?$/i.exec(text) ?? []
  return Number(amount ?? 0) * ({ b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[(unit ?? 'b').toLowerCase()] ?? 1)
}

function secondsOf(text: string): number {
  const [, amount, unit] = /^(\d+)([smhdy])?$/.exec(text) ?? []
  return Number(amount ?? 0) * ({ s: 1, m: 60, h: 3600, d: 86_400, y: 31_556_926 }[unit ?? 's'] ?? 1)
}

function durationMs(text: string): number {
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h)$/.exec(text) ?? []
  return Number(amount ?? 0) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? 'ms'] ?? 1)
}
