/**
 * A machine that is switched on: a kernel, a disk, addresses, and process 1. Switching it off ends everything but the disk; switching
 * on again is a new machine with the same disk, as after a power cut.
 */
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import { debianTree, type User } from './debian.ts'
import { UnixError } from './errors.ts'
import { cgroupFiles } from './files/cgroup-files.ts'
import { cgroupOneFiles } from './files/cgroup-one-files.ts'
import { deviceFiles } from './files/devices.ts'
import type { Mount } from './files/files.ts'
import { MemoryFiles } from './files/memory-files.ts'
import { MountTable } from './files/mount-table.ts'
import { procFiles } from './files/proc-files.ts'
import { folder, VirtualFiles } from './files/virtual-files.ts'
import { binary, executable, found } from './kernel/execute.ts'
import { Kernel } from './kernel/kernel.ts'
import { Descriptor, type OpenFile } from './kernel/open-file.ts'
import { type Cgroup, type Credentials, type Namespaces, Process, type Program } from './kernel/process.ts'
import type { Terminal } from './kernel/terminal.ts'
import { addressesOf } from './network/names.ts'
import { Namespace, segment } from './network/namespace.ts'
import type { Segment } from './network/network.ts'
import { type Terminals, terminalsOf } from './terminals.ts'
import { type LayerTree, plant, type TreeEntry } from './tree.ts'

export interface MachineOptions {
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  /** What executables can name; every one without a `:` in its name is found in /usr/bin. */
  readonly programs: ReadonlyMap<string, Program>
  /** Executables elsewhere: path → the program's name. */
  readonly installed?: Readonly<Record<string, string>>
  /** From another time; without it the machine is freshly installed. */
  readonly disk?: MemoryFiles
  readonly users?: readonly User[]
  readonly memoryBytes?: number
  readonly cpus?: number
  readonly release?: string
  readonly cgroupVersion?: 1 | 2
  /** Where process 1 stands; a machine that is itself a container's names something below the root. */
  readonly initCgroup?: string
  readonly openFiles?: number
  readonly diskBytes?: number
  /** As `mount` shows the disk: `/dev/vda1`, `rw,relatime`. */
  readonly diskDevice?: string
  readonly diskOptions?: string
  readonly interfaces?: readonly {
    readonly segment: Segment
    readonly name: string
    readonly ip: string
    readonly prefix: number
    readonly mac?: string
  }[]
  readonly gateway?: string
  /** Written to /etc/resolv.conf of a fresh machine. */
  readonly nameservers?: readonly string[]
}

export interface SpawnOptions {
  /** Name in /etc/passwd; root without it. */
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly terminal?: Terminal
  /** Without them: the terminal, or /dev/null. */
  readonly descriptors?: ReadonlyMap<number, Descriptor>
  /** Runs this instead of what argv[0] is on the disk: the machine's own services. */
  readonly program?: Program
  readonly cgroup?: Cgroup
}

export interface Machine {
  readonly name: string
  readonly kernel: Kernel
  readonly disk: MemoryFiles
  readonly files: MountTable
  readonly net: Namespace
  readonly namespaces: Namespaces
  /** Process 1, the parent of services and sessions. */
  readonly init: Process
  readonly hostname: string
  readonly isOn: boolean
  /** Throws ENOENT when argv[0] is not found, EACCES, ENOEXEC. The new process leads its own session and group. */
  spawn(argv: readonly string[], options?: SpawnOptions): Process
  /** A new terminal, /dev/pts/n. */
  terminal(size: { readonly cols: number; readonly rows: number }): Terminal
  /** A container's own /dev/pts. */
  terminals(): Terminals
  /** A wire or bridge of its own. */
  segment(name: string): Segment
  /** For a container; only loopback. */
  netNamespace(): Namespace
  /** /proc, /dev and /sys as a container sees them. */
  systemMounts(of: {
    readonly pids: Namespaces['pids']
    readonly net?: Namespaces['net']
    readonly uts?: Namespaces['uts']
    readonly cgroup?: Cgroup
    readonly terminals?: Terminals
  }): readonly Mount[]
  powerOff(): void
}

/** Who logs in on a machine of ours. */
export const student: User = { name: 'student', uid: 1000, fullName: 'Student' }

const installedList = '/var/lib/dpkg/drydock.list'

export function createMachine(options: MachineOptions): Machine {
  const { name, clock, random, programs } = options
  const now = (): number => clock.now()
  const kernel = new Kernel({
    clock,
    random,
    programs,
    memoryBytes: options.memoryBytes,
    cpus: options.cpus,
    release: options.release,
    cgroupVersion: options.cgroupVersion,
    openFiles: options.openFiles,
  })
  const disk = options.disk ?? new MemoryFiles({ now, type: 'ext4', quotaBytes: options.diskBytes ?? 20 * 2 ** 30 })
  if (!options.disk) {
    plant(disk, debianTree({ hostname: name, users: options.users ?? [student] }))
    plant(disk, { '/etc/resolv.conf': (options.nameservers ?? []).map((server) => `nameserver ${server}\n`).join('') })
  }
  install(disk, programs, options.installed ?? {})

  const devices = deviceFiles(kernel, 'devtmpfs')
  const sys = sysFiles(now)
  const ownTerminals = terminalsOf(kernel)
  const mount = (at: string, files: Mount['files'], source: string, isReadOnly = false, options?: string): Mount => ({
    at,
    files,
    root: '/',
    isReadOnly,
    source,
    ...(options && { options }),
  })
  const files = new MountTable([
    mount('/', disk, options.diskDevice ?? '/dev/vda1', false, options.diskOptions),
    mount('/proc', procFiles(kernel, kernel.rootPids), 'proc'),
    mount('/sys', sys, 'sysfs'),
    kernel.cgroupVersion === 2
      ? mount('/sys/fs/cgroup', cgroupFiles(kernel), 'cgroup2')
      : mount('/sys/fs/cgroup', cgroupOneFiles(kernel), 'tmpfs'),
    mount('/dev', devices, 'udev'),
    mount('/dev/pts', ownTerminals.files, 'devpts'),
    mount('/dev/shm', new MemoryFiles({ now, mode: 0o1777 }), 'tmpfs'),
    mount('/run', new MemoryFiles({ now }), 'tmpfs'),
  ])
  files.mkdir('/run/lock', { mode: 0o1777 })
  const hostname = files.exists('/etc/hostname') ? files.readText('/etc/hostname').trim() || name : name
  let nextNet = 4026531840
  const net = new Namespace({ id: nextNet++, random, isRouter: true })
  net.resolver = (wanted) => addressesOf(net, files, wanted)
  net.gateway = options.gateway
  for (const { segment: to, ...address } of options.interfaces ?? []) net.attach(to, address)
  const namespaces: Namespaces = { pids: kernel.rootPids, net, mounts: files, uts: { hostname, domainname: '(none)' } }
  const devNull = files.open('/dev/null', { read: true, write: true })
  const init = kernel.spawn({
    program: initProgram,
    argv: ['/sbin/init'],
    env: { HOME: '/', TERM: 'linux', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    cwd: '/',
    namespaces,
    credentials: root,
    cgroup: { path: options.initCgroup ?? '/init.scope' },
    descriptors: threeOf(devNull),
  })
  init.memoryBytes = 12_300_000
  let isOn = true

  return {
    name,
    kernel,
    disk,
    files,
    net,
    namespaces,
    init,
    get hostname() {
      return namespaces.uts.hostname
    },
    get isOn() {
      return isOn
    },
    spawn(argv, { user = 'root', env, cwd, terminal, descriptors, program, cgroup } = {}) {
      const account = accountOf(files, user)
      const environment = {
        HOME: account.home,
        USER: user,
        LOGNAME: user,
        SHELL: account.shell,
        LANG: 'C.UTF-8',
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...(terminal && { TERM: 'xterm-256color' }),
        ...env,
      }
      const where = cwd ?? account.home
      const base = {
        env: environment,
        cwd: where,
        namespaces,
        credentials: account.credentials,
        cgroup: cgroup ?? { path: `/user.slice/user-${account.credentials.uid}.slice` },
      }
      let run: { readonly program: Program; readonly argv: readonly string[] }
      if (program) run = { program, argv }
      else {
        // Not a real process: it only lends the eyes for the look-up.
        const eyes = new Process(kernel, 0, 0, { ...base, program: initProgram, argv, descriptors: new Map() })
        const path = found(eyes, argv[0])
        if (path === undefined) throw new UnixError('ENOENT', argv[0])
        run = executable(eyes, path, argv)
      }
      const process = kernel.spawn({
        ...base,
        ...run,
        terminal,
        descriptors: descriptors ?? threeOf(terminal?.file ?? devNull),
        parent: init,
      })
      process.group = process.hostPid
      process.session = process.hostPid
      if (terminal) terminal.foreground = process.group
      return process
    },
    terminal: (size) => ownTerminals.make(size),
    terminals: () => terminalsOf(kernel),
    segment,
    netNamespace: () => new Namespace({ id: nextNet++, random }),
    systemMounts({ pids, cgroup, terminals }) {
      const shm = new MemoryFiles({ now, mode: 0o1777, quotaBytes: 64 * 2 ** 20 })
      return [
        mount('/proc', procFiles(kernel, pids), 'proc'),
        mount('/dev', deviceFiles(kernel), 'tmpfs'),
        mount('/dev/pts', (terminals ?? terminalsOf(kernel)).files, 'devpts'),
        mount('/dev/mqueue', new MemoryFiles({ now, type: 'mqueue', mode: 0o1777 }), 'mqueue'),
        mount('/dev/shm', shm, 'shm', false, 'size=65536k'),
        mount('/sys', sys, 'sysfs', true),
        kernel.cgroupVersion === 2
          ? mount('/sys/fs/cgroup', cgroupFiles(kernel, cgroup, pids), 'cgroup', true)
          : mount('/sys/fs/cgroup', cgroupOneFiles(kernel, cgroup, pids), 'tmpfs', true),
      ]
    },
    powerOff() {
      isOn = false
      kernel.off()
      for (const one of [...net.interfaces]) net.detach(one.name)
      net.listening.splice(0)
    },
  }
}

const root: Credentials = { uid: 0, gid: 0, groups: [0] }

/** systemd, as far as it is seen: it adopts orphans and never ends. */
const initProgram: Program = function* (process) {
  for (;;) yield { on: [process.kernel.endOf(process)] }
}

function threeOf(file: OpenFile): ReadonlyMap<number, Descriptor> {
  const descriptor = new Descriptor(file)
  return new Map([0, 1, 2].map((number) => [number, descriptor]))
}

interface Account {
  readonly credentials: Credentials
  readonly home: string
  readonly shell: string
}

/** Throws ENOENT for an unknown user. */
export function accountOf(files: MountTable, user: string): Account {
  const line = files.exists('/etc/passwd')
    ? files
        .readText('/etc/passwd')
        .split('\n')
        .find((one) => one.startsWith(`${user}:`))
    : undefined
  if (!line) {
    if (user === 'root') return { credentials: root, home: '/root', shell: '/bin/bash' }
    throw new UnixError('ENOENT', user)
  }
  const [, , uid, gid, , home, shell] = line.split(':')
  const groups = (files.exists('/etc/group') ? files.readText('/etc/group').split('\n') : []).flatMap((entry) => {
    const [, , number, members] = entry.split(':')
    return members?.split(',').includes(user) ? [Number(number)] : []
  })
  return {
    credentials: { uid: Number(uid), gid: Number(gid), groups: [Number(gid), ...groups] },
    home: home || '/',
    shell: shell || '/bin/sh',
  }
}

/** What only images of other families have: on a Debian machine these are `command not found`. */
const foreign = new Set(['apk', 'yum', 'dnf', 'microdnf', 'busybox-1.28'])

/** Programs that came with this version and are not on the disk yet. What a learner deleted stays deleted. */
function install(disk: MemoryFiles, programs: ReadonlyMap<string, Program>, elsewhere: Readonly<Record<string, string>>): void {
  const list = disk.lookup(installedList)
  const known = list && new Set(new TextDecoder().decode(list.read()).split('\n'))
  const usual = binariesOf(programs)
  const others = Object.entries(elsewhere).map(([path, program]) => binaryAt(path, path, program))
  const added = [...usual.list, ...others].filter(({ name }) => !known?.has(name))
  if (added.length === 0) return
  if (known) plant(disk, treeOf(added))
  else {
    plant(disk, usual.tree)
    plant(disk, treeOf(others))
  }
  plant(disk, { [installedList]: [...(known ?? []), ...added.map(({ name }) => name)].filter(Boolean).join('\n') })
}

interface Installed {
  readonly name: string
  readonly path: string
  readonly file: TreeEntry
}

function binaryAt(path: string, name: string, program: string): Installed {
  return { name, path, file: { text: binary(program), mode: 0o755 } }
}

function treeOf(installed: readonly Installed[]): LayerTree {
  return Object.fromEntries(installed.map(({ path, file }) => [path, file]))
}

interface Binaries {
  readonly list: readonly Installed[]
  readonly tree: LayerTree
}

/** All machines of a session have the same five hundred: putting them together for each was a tenth of a cluster's start. */
const binaries = new WeakMap<ReadonlyMap<string, Program>, Binaries>()

function binariesOf(programs: ReadonlyMap<string, Program>): Binaries {
  let known = binaries.get(programs)
  if (!known) {
    const list = Array.from(programs.keys())
      .filter((name) => !name.includes(':') && !foreign.has(name))
      .map((name) => binaryAt(`/usr/bin/${name}`, name, name))
    binaries.set(programs, (known = { list, tree: treeOf(list) }))
  }
  return known
}

function sysFiles(now: () => number): VirtualFiles {
  const empty = folder({})
  return new VirtualFiles({
    type: 'sysfs',
    now,
    root: () =>
      folder({
        block: empty,
        bus: empty,
        class: folder({ net: empty }),
        dev: empty,
        devices: empty,
        firmware: empty,
        fs: folder({ cgroup: empty }),
        kernel: folder({ mm: empty }),
        module: empty,
        power: empty,
      }),
  })
}
