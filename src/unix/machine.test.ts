/** A machine as a whole: processes on files over a network, and what /proc tells about them. */
import { describe, expect, test } from 'vitest'
import { textOf } from '../base/bytes.ts'
import { ManualClock } from '../base/clock.ts'
import { request, textResponse } from '../base/http.ts'
import { Random } from '../base/random.ts'
import { MemoryFiles } from './files/memory-files.ts'
import { MountTable } from './files/mount-table.ts'
import { Descriptor } from './kernel/open-file.ts'
import { pipe } from './kernel/pipe.ts'
import { out, type Program, readAll, sleep } from './kernel/process.ts'
import { createMachine, type Machine } from './machine.ts'
import { fetch, wholeText } from './network/fetch.ts'
import { segment } from './network/namespace.ts'

const programs = new Map<string, Program>([
  [
    'cat',
    function* (process) {
      for (const path of process.argv.slice(1)) {
        process.install(process.files.open(process.path(path), { read: true }, process.credentials), 9)
        yield* out(process, yield* readAll(process, 9))
      }
      return 0
    },
  ],
  [
    'sleep',
    function* (process) {
      yield* sleep(process, Number(process.argv[1]) * 1000)
      return 0
    },
  ],
  [
    'get',
    function* (process) {
      yield* out(process, yield* wholeText(yield* fetch(process, process.argv[1], request('GET', ''))))
      return 0
    },
  ],
  [
    'hog',
    function* (process) {
      for (;;) {
        process.memoryBytes += 10_000_000
        yield* sleep(process, 100)
      }
    },
  ],
])

function machine(clock: ManualClock, options: Partial<Parameters<typeof createMachine>[0]> = {}): Machine {
  return createMachine({ name: 'laptop', clock, random: new Random(1), programs, ...options })
}

function run(on: Machine, clock: ManualClock, argv: readonly string[], forMs = 10): string {
  const { reader, writer } = pipe(1)
  on.spawn(argv, { user: 'student', descriptors: new Map([[1, new Descriptor(writer)]]) })
  clock.advance(forMs)
  return textOf(reader.read(1e6) ?? new Uint8Array(0))
}

describe('a machine', () => {
  test('programs are found, run as the user, and see themselves in /proc', () => {
    const clock = new ManualClock()
    const laptop = machine(clock)
    expect(run(laptop, clock, ['cat', '/etc/hostname', '/proc/self/comm', '/proc/self/cmdline'])).toBe(
      'laptop\ncat\ncat\0/etc/hostname\0/proc/self/comm\0/proc/self/cmdline\0',
    )
    expect(laptop.files.list('/proc').filter((name) => /^\d/.test(name))).toEqual(['1'])
    expect(run(laptop, clock, ['cat', '/dev/null', '/proc/1/cgroup'])).toBe('0::/init.scope\n')
  })

  test('a written file is there after a power cut', () => {
    const clock = new ManualClock()
    const laptop = machine(clock)
    laptop.files.writeFile('/home/student/app.js', 'hello')
    laptop.files.unlink('/usr/bin/sleep')
    const saved = laptop.disk.save()
    laptop.powerOff()
    const again = machine(clock, { disk: MemoryFiles.restore(saved, { now: () => clock.now(), type: 'ext4' }) })
    expect(run(again, clock, ['cat', '/home/student/app.js'])).toBe('hello')
    expect(again.files.exists('/usr/bin/sleep')).toBe(false)
  })

  test('two machines on one wire; the one that is off does not answer', () => {
    const clock = new ManualClock()
    const wire = segment('lan')
    const laptop = machine(clock, { interfaces: [{ segment: wire, name: 'eth0', ip: '192.168.49.1', prefix: 24 }] })
    const node = machine(clock, { name: 'node01', interfaces: [{ segment: wire, name: 'eth0', ip: '192.168.49.2', prefix: 24 }] })
    node.net.listen(80, { http: { handle: (_, peer) => textResponse(200, `hello ${peer.address}\n`) } })
    expect(run(laptop, clock, ['get', 'http://192.168.49.2/'])).toBe('hello 192.168.49.1\n')
    laptop.files.writeFile('/etc/hosts', '192.168.49.2 node01\n', { append: true })
    expect(run(laptop, clock, ['get', 'http://node01/'])).toBe('hello 192.168.49.1\n')
    node.powerOff()
    expect(() => laptop.net.connect({ ip: '192.168.49.2', port: 80 })).toThrow('No route to host')
  })

  test('a published port leads into a container, from the host and from outside', () => {
    const clock = new ManualClock()
    const wire = segment('lan')
    const laptop = machine(clock, { interfaces: [{ segment: wire, name: 'eth0', ip: '10.0.0.1', prefix: 24 }] })
    const other = machine(clock, { name: 'other', interfaces: [{ segment: wire, name: 'eth0', ip: '10.0.0.2', prefix: 24 }] })
    const bridge = laptop.segment('docker0')
    laptop.net.attach(bridge, { name: 'docker0', ip: '172.17.0.1', prefix: 16 })
    const container = laptop.netNamespace()
    container.attach(bridge, { name: 'eth0', ip: '172.17.0.2', prefix: 16 })
    container.gateway = '172.17.0.1'
    container.listen(80, { http: { handle: (_, peer) => textResponse(200, `${peer.address}\n`) } })
    laptop.net.rules.push({ ip: undefined, port: 8080, protocol: 'tcp', targets: () => [{ ip: '172.17.0.2', port: 80 }], comment: 'c' })
    expect(run(laptop, clock, ['get', 'http://localhost:8080/'])).toBe('172.17.0.1\n')
    expect(run(other, clock, ['get', 'http://10.0.0.1:8080/'])).toBe('10.0.0.2\n')
    expect(() => other.net.connect({ ip: '10.0.0.1', port: 81 })).toThrow('Connection refused')
    expect(() => other.net.connect({ ip: '172.17.0.2', port: 80 })).toThrow('Network is unreachable')
    expect(container.reaches('10.0.0.2')).toBe(true)
    expect(container.request({ ip: '127.0.0.1', port: 80 }, request('GET', '/'))).toMatchObject({ status: 200, body: '127.0.0.1\n' })
  })

  test('who takes more memory than the group may have is killed', () => {
    const clock = new ManualClock()
    const laptop = machine(clock)
    const cgroup = { path: '/small', memoryLimitBytes: 50_000_000 }
    const hog = laptop.spawn(['hog'], { cgroup })
    clock.advance(10_000)
    expect(hog.exitCode).toBe(137)
    expect(cgroup).toMatchObject({ oomKills: 1 })
  })

  test('a group that is killed whole leaves nobody', () => {
    const clock = new ManualClock()
    const laptop = machine(clock)
    const cgroup = { path: '/small', memoryLimitBytes: 50_000_000, isKilledWhole: true }
    const first = laptop.spawn(['sleep', '100'], { cgroup })
    laptop.spawn(['hog'], { cgroup })
    clock.advance(10_000)
    expect(first.exitCode).toBe(137)
  })

  test('a busy process under a limit is held back in every tenth of a second', () => {
    const clock = new ManualClock()
    const laptop = machine(clock)
    laptop.files.mkdir('/sys/fs/cgroup/half')
    laptop.files.writeFile('/sys/fs/cgroup/half/cpu.max', '50000 100000')
    const process = laptop.spawn(['sleep', '100'])
    laptop.files.writeFile('/sys/fs/cgroup/half/cgroup.procs', String(process.pid))
    process.isSpinning = true
    clock.advance(10_000)
    expect(laptop.files.readText('/sys/fs/cgroup/half/cpu.stat')).toMatch(/nr_periods 100\nnr_throttled 100\nthrottled_usec 5000000\n$/)
  })

  test("a process' root is what it has mounted", () => {
    const clock = new ManualClock()
    const laptop = machine(clock)
    const own = new MemoryFiles({ now: () => clock.now() })
    own.create('/only-here', { kind: 'file', mode: 0o644, uid: 0, gid: 0, content: new Uint8Array() })
    const process = laptop.kernel.spawn({
      program: programs.get('sleep')!,
      argv: ['sleep', '100'],
      env: {},
      cwd: '/',
      namespaces: {
        ...laptop.namespaces,
        mounts: new MountTable([{ at: '/', files: own, root: '/', isReadOnly: false, source: 'tmpfs' }]),
      },
      credentials: { uid: 0, gid: 0, groups: [] },
      cgroup: { path: '/' },
      descriptors: new Map(),
    })
    expect(laptop.files.list(`/proc/${process.pid}/root`)).toEqual(['only-here'])
    expect(laptop.files.exists(`/proc/${process.pid}/root/../../version`)).toBe(true)
  })

  test('the devices of a container are as old as it, whenever somebody looks', () => {
    const clock = new ManualClock()
    const laptop = machine(clock)
    const dev = laptop.systemMounts({ pids: laptop.kernel.pidNamespace() }).find(({ at }) => at === '/dev')
    const bornMs = clock.now()
    clock.advance(60_000)
    expect(dev?.files.lookup('/null')?.modifiedMs).toBe(bornMs)
    expect(dev?.files.lookup('/')?.modifiedMs).toBe(bornMs)
  })

  test('control groups are directories', () => {
    const clock = new ManualClock()
    const laptop = machine(clock)
    const process = laptop.spawn(['sleep', '100'])
    clock.settle()
    laptop.files.mkdir('/sys/fs/cgroup/mine')
    laptop.files.writeFile('/sys/fs/cgroup/mine/memory.max', '64M')
    laptop.files.writeFile('/sys/fs/cgroup/mine/cgroup.procs', String(process.pid))
    expect(laptop.files.readText(`/proc/${process.pid}/cgroup`)).toBe('0::/mine\n')
    expect(laptop.files.readText('/sys/fs/cgroup/mine/memory.max')).toBe('67108864\n')
    expect(laptop.files.readText('/sys/fs/cgroup/mine/cgroup.procs')).toBe(`${process.pid}\n`)
  })
})
