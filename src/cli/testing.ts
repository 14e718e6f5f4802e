/**
 * For tests of command lines: one small machine whose network holds one HTTP server, and a way to run a program on it with arguments,
 * files and input. Time runs ahead by itself while a command waits.
 */
import { joined, textOf } from '../base/bytes.ts'
import { ManualClock } from '../base/clock.ts'
import type { HttpHandler, HttpRequest } from '../base/http.ts'
import { Random } from '../base/random.ts'
import { WaitQueue } from '../base/wait-queue.ts'
import { UnixError } from '../unix/errors.ts'
import { MemoryFiles } from '../unix/files/memory-files.ts'
import { MountTable } from '../unix/files/mount-table.ts'
import { Kernel } from '../unix/kernel/kernel.ts'
import { Descriptor, type OpenFile } from '../unix/kernel/open-file.ts'
import type { Process, Program } from '../unix/kernel/process.ts'
import type { NetNamespace } from '../unix/network/network.ts'

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

export interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Session time the command may take, ms; then it is interrupted with ^C. */
  readonly limitMs?: number
  readonly programs?: ReadonlyMap<string, Program>
}

export class TestMachine {
  readonly clock: ManualClock
  readonly kernel: Kernel
  readonly files: MountTable
  readonly net: NetNamespace
  readonly home = '/root'

  constructor(handler: HttpHandler | undefined, clock = new ManualClock(), programs: ReadonlyMap<string, Program> = new Map()) {
    this.clock = clock
    this.kernel = new Kernel({ clock, random: new Random(7), programs })
    this.files = new MountTable([
      {
        at: '/',
        files: new MemoryFiles({ now: () => clock.now(), nextInode: () => this.kernel.nextInode() } as never),
        root: '/',
        isReadOnly: false,
        source: '/dev/vda1',
      },
    ])
    for (const folder of ['/root', '/tmp', '/usr/local/bin']) this.files.mkdir(folder, { parents: true })
    this.net = network(handler)
  }

  write(path: string, text: string): void {
    const full = path.startsWith('/') ? path : `${this.home}/${path}`
    const folder = full.slice(0, full.lastIndexOf('/'))
    if (folder !== '' && !this.files.exists(folder)) this.files.mkdir(folder, { parents: true })
    this.files.writeFile(full, text)
  }

  read(path: string): string {
    return this.files.readText(path.startsWith('/') ? path : `${this.home}/${path}`)
  }

  start(program: Program, argv: readonly string[], options: RunOptions = {}): { process: Process; out: Uint8Array[]; err: Uint8Array[] } {
    const out: Uint8Array[] = []
    const err: Uint8Array[] = []
    const process = this.kernel.spawn({
      program,
      argv,
      env: { HOME: this.home, PATH: '/usr/local/bin:/usr/bin:/bin', USER: 'root', ...options.env },
      cwd: options.cwd ?? this.home,
      namespaces: { pids: this.kernel.rootPids, net: this.net, mounts: this.files, uts: { hostname: 'laptop', domainname: '' } },
      credentials: { uid: 0, gid: 0, groups: [] },
      cgroup: this.kernel.rootCgroup,
      descriptors: new Map([
        [0, new Descriptor(reader(options.input ?? ''))],
        [1, new Descriptor(writer(out))],
        [2, new Descriptor(writer(err))],
      ]),
    })
    return { process, out, err }
  }

  async run(program: Program, argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const { process, out, err } = this.start(program, argv, options)
    const limit = this.clock.now() + (options.limitMs ?? 600_000)
    while (!process.isEnded) {
      if (this.clock.step(limit)) continue
      if (this.clock.isHeld) {
        await new Promise((resolve) => setImmediate(resolve))
        continue
      }
      if (this.clock.now() >= limit || this.clock.nextAt() === undefined) this.kernel.kill(process, 'INT')
      else this.clock.advance(Math.max(0, limit - this.clock.now()))
    }
    return {
      stdout: textOf(joined([new Uint8Array(0), ...out])),
      stderr: textOf(joined([new Uint8Array(0), ...err])),
      code: process.exitCode ?? -1,
    }
  }
}

function reader(text: string): OpenFile {
  let rest = new TextEncoder().encode(text)
  return {
    kind: 'pipe',
    name: 'pipe:[1]',
    readable: new WaitQueue(),
    writable: new WaitQueue(),
    read(max) {
      const bytes = rest.subarray(0, max)
      rest = rest.subarray(max)
      return bytes
    },
    write() {
      throw new UnixError('EBADF')
    },
    close() {},
  }
}

function writer(to: Uint8Array[]): OpenFile {
  return {
    kind: 'pipe',
    name: 'pipe:[2]',
    readable: new WaitQueue(),
    writable: new WaitQueue(),
    read() {
      throw new UnixError('EBADF')
    },
    write(bytes) {
      to.push(bytes.slice())
      return bytes.length
    },
    close() {},
  }
}

/** A network on which every address leads to the one server; without a server everything is refused. */
function network(handler: HttpHandler | undefined): NetNamespace {
  const refuse = (): never => {
    throw new UnixError('ECONNREFUSED')
  }
  return {
    id: 4026531840,
    interfaces: [],
    isRouter: false,
    gateway: undefined,
    rules: [],
    filter: undefined,
    resolver: () => ['10.0.0.1'],
    listening: [],
    attach: refuse,
    detach: refuse,
    listen: refuse,
    connect: refuse,
    reaches: () => true,
    request: (_: unknown, request: HttpRequest) => (handler ? handler.handle(request, {}) : refuse()),
    upgrade: (_: unknown, request: HttpRequest) => handler?.connect?.(request, {}) ?? refuse(),
  } as unknown as NetNamespace
}
