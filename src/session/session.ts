/**
 * One learner's world: machines on a wire, Docker engines on them, clusters, files, typed commands. Worker, bridge, tests and benches
 * all hold one of these; none builds a world by hand. Everything that lasts can be taken out (`snapshot`) and put in (`saved`).
 */
import { bytesOf, textOf } from '../base/bytes.ts'
import { ManualClock } from '../base/clock.ts'
import { ByteStream, type HttpHandler } from '../base/http.ts'
import { Random } from '../base/random.ts'
import { DockerEngine } from '../engine/docker/engine.ts'
import { Registry } from '../engine/docker/images/registry.ts'
import { SwarmPeers } from '../engine/docker/swarm/peers.ts'
import { withDescribed } from '../engine/images/described.ts'
import { catalogue } from '../engine/images/index.ts'
import { type Cause, Store } from '../engine/store/store.ts'
import type { MemoryFiles } from '../unix/files/memory-files.ts'
import type { Program, Process } from '../unix/kernel/process.ts'
import { createMachine, type Machine } from '../unix/machine.ts'
import { plugInRouter } from './router.ts'
import { segment } from '../unix/network/namespace.ts'
import type { Segment } from '../unix/network/network.ts'
import { listenAt } from '../unix/network/unix-socket.ts'
import { machinesSocket } from '../cli/machines.ts'
import { Clusters } from './clusters.ts'
import { courseRelease, furnishForCourses } from './course-machine.ts'
import { machinesApi } from './machines-api.ts'
import { diskOf } from './disk.ts'
import { DockerMachines } from './docker-machines.ts'
import { interruptGroup, type Job, pipes, shownOn } from './job.ts'
import { type Preset, worldOf, type World } from './presets.ts'
import { allPrograms, completeDocker, completeKubectl } from './programs.ts'
import type { Saved, SavedWorld } from './storage.ts'
import { dockerService } from './docker-service.ts'
import { containerdUnit, sshUnit, systemdOf } from './services.ts'
import type { Supplies } from './supplies.ts'
import type { LessonState } from './lesson-room.ts'
import { runAhead } from './drive.ts'
import { type CommandStep, run } from './steps.ts'
import { surround } from './surroundings.ts'
import { TerminalWindow } from './terminal-window.ts'

export interface SessionOptions extends Preset {
  readonly supplies: Supplies
  readonly saved?: Saved
  readonly seed?: number
  /** Session time at the start, ms; a new session begins at a fixed moment so that it can be replayed. */
  readonly startMs?: number
  /** A program or a part of the engine threw what it should not; without it the error is thrown on. */
  readonly onFault?: (program: string, error: unknown) => void
}

/** What a world has of its own: it must be there again before anything is restored. */
type Own = Pick<Preset, 'machine' | 'containerd' | 'catalogue'>

const sinceImagesMs = 10_000
const laptopSize = { cpus: 8, memoryBytes: 16 * 2 ** 30 } as const
/** Where nobody sits. */
const serverSize = { cpus: 2, memoryBytes: 4 * 2 ** 30 } as const
/** The machine at which the recordings of Docker were made: a small virtual machine in which Debian runs as in a container, with the older control groups. */
const recordedMachine = {
  cpus: 2,
  memoryBytes: 25_276_510_208,
  release: '6.18.44-fc-v657',
  cgroupVersion: 1,
  initCgroup: '/machine',
} as const
const lan = { name: 'lan', network: '192.168.49', laptop: '192.168.49.1', router: '192.168.49.254' } as const

export class Session {
  readonly clock: ManualClock
  readonly random: Random
  readonly preset: string
  readonly world_: World
  readonly laptop: Machine
  readonly wire: Segment
  readonly clusters: Clusters
  readonly docker: DockerEngine
  /** Other machines with Docker. */
  readonly dockerMachines: DockerMachines
  lesson: LessonState | undefined
  /** Called before the first line of a command line runs; for undo. */
  beforeCommand: () => void = () => {}
  /** A prompt comes back only after this has resolved. */
  beforePrompt: () => Promise<void> = () => Promise.resolve()
  /** Something was planned from outside of the clock: whoever drives it looks at it. */
  onPlanned: () => void = () => {}
  onFault: (program: string, error: unknown) => void = (_program, error) => {
    throw error
  }
  onFileChanged: (path: string) => void = () => {}
  /** A program asks for a browser. */
  onBrowse: (address: string) => void = () => {}
  readonly #stores = new Map<string, Store>()
  readonly #programs: ReadonlyMap<string, Program>
  readonly #commands: Store
  readonly #windows: TerminalWindow[] = []
  readonly #user: string
  readonly #registry: Registry
  readonly #machines: HttpHandler
  #surroundings: string | undefined
  readonly #own: Own
  #commandNumber = 0

  private constructor({ supplies, saved, seed = 1, startMs, onFault, ...preset }: SessionOptions) {
    if (onFault) this.onFault = onFault
    this.preset = preset.preset
    this.world_ = worldOf(preset)
    this.#own = (saved?.world.own as Own | undefined) ?? {
      machine: preset.machine,
      containerd: preset.containerd,
      catalogue: preset.catalogue,
    }
    this.clock = new ManualClock(saved ? Number(saved.world.now) : startMs)
    this.clock.onFault = (part, error) => this.onFault(part, error)
    this.random = new Random(seed)
    if (saved) this.random.restore(Number(saved.world.random))
    const lesson = saved?.world.lesson as LessonState | undefined
    // Sessions saved before steps had scripts of their own say nothing of which were started.
    this.lesson = lesson && { ...lesson, begun: lesson.begun ?? ['0', ...lesson.passed] }
    this.#commands = this.store('session', saved)
    this.#commandNumber = this.#commands.count('commands')
    this.#programs = allPrograms(supplies, {
      ...this.#shellHooks(),
      completions: new Map([
        ['docker', completeDocker],
        ['kubectl', completeKubectl],
      ]),
    })
    this.wire = segment(lan.name)
    plugInRouter(this.wire, lan.router, this.random, this.clock, { hasWayOut: !('isRecorded' in this.world_ && this.world_.isRecorded) })
    const isLaptop = this.world_.kind === 'laptop'
    this.#user = isLaptop ? this.world_.user : 'root'
    this.laptop = createMachine({
      name: this.world_.kind === 'laptop' ? this.world_.hostname : 'sandbox',
      clock: this.clock,
      random: this.random,
      programs: this.#programs,
      installed: preset.plugins === false ? {} : dockerPlugins(preset.preset),
      disk: diskOf(saved, 'laptop', this.clock),
      ...(this.world_.kind !== 'laptop' ? serverSize : this.world_.isRecorded ? recordedMachine : laptopSize),
      ...(this.world_.isCourse && { release: courseRelease }),
      ...this.#own.machine,
      interfaces: [{ segment: this.wire, name: 'eth0', ip: lan.laptop, prefix: 24 }],
      gateway: lan.router,
      nameservers: [lan.router],
    })
    this.watchFaults(this.laptop)
    const registryStore = this.store('registry', saved)
    const described = this.#own.catalogue
    this.#registry = new Registry({
      catalogue: described ? withDescribed(catalogue, described) : catalogue,
      store: registryStore,
      search: described?.search,
    })
    const registry = this.#registry
    const peers = new SwarmPeers()
    this.docker = new DockerEngine({
      machine: this.laptop,
      store: this.store('docker/laptop', saved),
      clock: this.clock,
      random: this.random,
      registry,
      peers,
      containerd: this.#own.containerd,
    })
    if (saved) this.#surround(saved.world.surroundings as string | undefined)
    if (saved) this.docker.restore({ resumes: true })
    systemdOf(this.laptop, this.clock, [containerdUnit(), dockerService(this.laptop, this.docker).unit, sshUnit(this.laptop)])
    this.laptop.files.mkdir('/etc/docker', { parents: true })
    this.dockerMachines = new DockerMachines({ session: this, registry, programs: this.#programs, peers, network: lan.network, saved })
    this.dockerMachines.begin(this.world_.kind === 'laptop' ? this.world_.machines : [])
    this.clusters = new Clusters({ session: this, registry, programs: this.#programs, network: lan.network, router: lan.router, saved })
    this.#machines = machinesApi({
      clusters: this.clusters,
      dockerMachines: this.dockerMachines,
      clock: this.clock,
      random: this.random,
      network: lan.network,
      cpus: laptopSize.cpus,
      memoryBytes: laptopSize.memoryBytes,
      browse: (address) => this.onBrowse(address),
    })
    this.openMachines(this.laptop)
  }

  static async create(options: SessionOptions): Promise<Session> {
    const session = new Session(options)
    if (options.saved) await session.clusters.restore()
    else await session.clusters.begin(session.world_)
    if (!options.saved) await session.#prepare(options)
    return session
  }

  get home(): string {
    return this.#user === 'root' ? '/root' : `/home/${this.#user}`
  }

  /** The machine that terminals stand on: a cluster's control plane, where the world is one; else, and while that is off, the learner's own. */
  get desk(): Machine {
    const first = this.world_.kind === 'kubernetes' ? this.clusters.machine(this.world_.nodes[0]) : undefined
    return first?.isOn ? first : this.laptop
  }

  stores(): ReadonlyMap<string, Store> {
    return this.#stores
  }

  /** File systems that last. */
  trees(): ReadonlyMap<string, MemoryFiles> {
    return new Map([['laptop', this.laptop.disk], ...this.dockerMachines.trees(), ...this.clusters.trees()])
  }

  /** A store of the engine's own, restored when it was saved. */
  store(name: string, saved?: Saved): Store {
    return this.adopt(name, new Store({ clock: this.clock }), saved)
  }

  /** Keeps an empty store under a name, filled with what was saved under it. */
  adopt(name: string, store: Store, saved?: Saved): Store {
    const revision = (saved?.world.revisions as Record<string, number> | undefined)?.[name]
    if (saved && revision !== undefined)
      store.restore(
        revision,
        saved.objects.filter((object) => object.store === name),
      )
    this.#stores.set(name, store)
    return store
  }

  dropStore(name: string): void {
    this.#stores.delete(name)
  }

  world(): SavedWorld {
    return {
      preset: this.preset,
      now: this.clock.now(),
      random: this.random.save(),
      revisions: Object.fromEntries([...this.#stores].map(([name, store]) => [name, store.revision])),
      clusters: this.clusters.saved(),
      bareMachines: this.clusters.bare,
      machines: this.dockerMachines.specs(),
      lesson: this.lesson,
      surroundings: this.#surroundings,
      own: this.#own,
    }
  }

  snapshot(): Saved {
    return {
      world: this.world(),
      objects: [...this.#stores].flatMap(([name, store]) => [...store.all()].map((one) => ({ store: name, ...one }))),
      files: [...this.trees()].flatMap(([tree, files]) => files.save().map((node) => ({ tree, node }))),
    }
  }

  /** Starts a command line in bash, outside of any window. */
  start({ cmd, cwd, env, input, tty, cols = 80, rows = 24, isUnseen = false }: CommandStep & { readonly isUnseen?: boolean }): Job {
    const { desk } = this
    const because = isUnseen ? 0 : this.#noteCommand(cmd, cwd ?? this.workFolder)
    const terminal = tty ? desk.terminal({ cols, rows }) : undefined
    const stdout = terminal ? shownOn(terminal) : new ByteStream()
    const stderr = new ByteStream()
    const process = desk.spawn(['/bin/bash', '-c', cmd], {
      user: this.#user,
      cwd: this.absolute(cwd ?? ''),
      env: { ...(because > 0 && { DRYDOCK_CAUSE: String(because) }), ...env },
      terminal,
      descriptors: terminal ? undefined : pipes(input === undefined ? undefined : bytesOf(typed(input)), stdout, stderr),
    })
    if (terminal && input !== undefined) {
      let at = 0
      for (const [afterMs, keys] of typeof input === 'string' ? [[0, input] as const] : input)
        this.clock.after((at += afterMs), () => terminal.type(bytesOf(keys)))
    }
    process.kernel.endOf(process).once(() => {
      if (because > 0) this.#noteEnd(because, process.exitCode ?? 0)
    })
    this.onPlanned()
    return {
      process,
      stdout,
      stderr,
      interrupt: () => (terminal ? terminal.type(Uint8Array.of(3)) : interruptGroup(process)),
      kill: () => process.kernel.killGroup(process.group, 'KILL'),
    }
  }

  /** A window with a login shell. */
  openWindow({ cols, rows }: { cols: number; rows: number }): TerminalWindow {
    const terminal = this.desk.terminal({ cols, rows })
    const shell = this.desk.spawn(['/bin/bash', '-l'], { user: this.#user, cwd: this.home, terminal })
    const window = new TerminalWindow(terminal, shell, () => {})
    this.#windows.push(window)
    return window
  }

  /** Types into the first window, as a lesson's foreground script is. */
  typeInto(text: string): void {
    this.#windows[0]?.type(`${text.trimEnd()}\n`)
  }

  /** Where relative paths of steps begin. */
  get workFolder(): string {
    return this.preset === 'docker' ? '/root/lab' : this.home
  }

  absolute(path: string): string {
    return path.startsWith('/') ? path : path.startsWith('~') ? this.home + path.slice(1) : `${this.workFolder}${path ? `/${path}` : ''}`
  }

  writeFile(path: string, content: string | Uint8Array, mode?: number): void {
    const full = this.absolute(path)
    this.desk.files.mkdir(full.slice(0, Math.max(1, full.lastIndexOf('/'))), { parents: true })
    this.desk.files.writeFile(full, content, { mode: mode ?? (isScript(content) ? 0o755 : undefined) })
    if (this.#user !== 'root') this.desk.files.chown(full, { uid: 1000, gid: 1000 })
    this.onFileChanged(full)
  }

  /** Onto a machine beside the learner's own: the cluster's or the row's second, third … */
  writeBeside(machine: number, path: string, content: string | Uint8Array, mode: number): void {
    const { world_: world } = this
    const name = world.kind === 'kubernetes' ? world.nodes[machine] : world.machines[machine - 1]
    const files = name === undefined ? undefined : (this.clusters.machine(name) ?? this.dockerMachines.machine(name))?.files
    if (!files) return
    files.mkdir(path.slice(0, Math.max(1, path.lastIndexOf('/'))), { parents: true })
    files.writeFile(path, content, { mode })
  }

  readText(path: string): string {
    return this.desk.files.readText(this.absolute(path))
  }

  listFiles(path: string): { path: string; kind: 'file' | 'directory' | 'symlink'; sizeBytes: number }[] {
    const folder = this.absolute(path)
    return this.desk.files.list(folder).map((name) => {
      const full = `${folder === '/' ? '' : folder}/${name}`
      const node = this.desk.files.lstat(full)
      return { path: full, kind: node.kind === 'directory' || node.kind === 'symlink' ? node.kind : 'file', sizeBytes: node.size }
    })
  }

  /** What was typed since this world began; what still runs has no exit code. */
  typedCommands(): { readonly line: string; readonly exitCode?: number }[] {
    return [...this.#commands.all()].map(({ object }) => object as { line: string; exitCode?: number })
  }

  /** Makes a cluster the one that kubectl talks to. */
  useCluster(kubeconfig: string): void {
    this.writeFile(`${this.home}/.kube/config`, kubeconfig, 0o600)
  }

  /** Gives a machine the socket on which tools that make machines and clusters ask. */
  openMachines({ files }: Machine): void {
    files.mkdir('/run/drydock', { parents: true })
    listenAt(files, machinesSocket, { http: { handle: (request, peer) => this.#machines.handle(request, peer) } }, { mode: 0o666 })
  }

  /** A program of ours that fails has a bug: the process ends as after a segmentation fault, the session goes on, and it is told. */
  watchFaults(machine: Machine): void {
    machine.kernel.onFault = (process, error) => this.onFault(process.argv.join(' '), error)
  }

  powerOff(machine: string): void {
    if (this.dockerMachines.has(machine)) this.dockerMachines.powerOff(machine)
    else this.clusters.powerOff(machine)
  }

  powerOn(machine: string): void {
    if (this.dockerMachines.has(machine)) this.dockerMachines.powerOn(machine)
    else this.clusters.powerOn(machine)
  }

  /** The engine's handlers, for the bridge. */
  handlers(): { readonly docker: HttpHandler; readonly clusters: ReadonlyMap<string, HttpHandler> } {
    return { docker: this.docker, clusters: this.clusters.handlers() }
  }

  stop(): void {
    for (const window of this.#windows) window.close()
    this.clusters.stop()
    this.dockerMachines.stop()
    this.docker.stop()
    this.laptop.powerOff()
  }

  async #prepare({ files = {}, images = [], setup, world }: Preset): Promise<void> {
    this.desk.files.mkdir(this.workFolder, { parents: true })
    if (this.world_.isCourse && this.desk === this.laptop) furnishForCourses(this.laptop, { hasKubectl: false })
    for (const [path, content] of Object.entries(files)) this.writeFile(path, content)
    for (const image of images) {
      // An image the catalogue does not have is missed by the commands that use it, with the daemon's own words.
      await run(this, { cmd: `docker pull -q ${image}` })
    }
    // They were there before anything else happens.
    if (images.length > 0) await runAhead(this.clock, () => false, sinceImagesMs)
    this.#surround(world)
    if (setup) await run(this, { cmd: setup })
  }

  #surround(world: string | undefined): void {
    this.#surroundings = world
    if (world !== undefined) surround(world, { registry: this.#registry, machine: this.laptop })
  }

  #shellHooks(): {
    onCommand: (process: Process, line: string) => void
    onCommandEnd: (process: Process, line: string, exitCode: number) => Generator<{ promise: Promise<void> }, void, unknown>
  } {
    const running = new Map<Process, number>()
    const session = this
    return {
      onCommand: (process, line) => {
        this.beforeCommand()
        const revision = this.#noteCommand(line, process.cwd)
        running.set(process, revision)
        process.env.DRYDOCK_CAUSE = String(revision)
      },
      *onCommandEnd(process, _line, exitCode) {
        const revision = running.get(process)
        if (revision !== undefined) session.#noteEnd(revision, exitCode)
        running.delete(process)
        yield { promise: session.beforePrompt() }
      },
    }
  }

  #noteCommand(line: string, cwd: string): number {
    const cause: Cause = { by: 'you', because: 0 }
    const key = String(++this.#commandNumber)
    this.#commands.put('commands', key, { line, machine: this.desk.name, cwd }, cause)
    return this.#commandNumber
  }

  #noteEnd(number: number, exitCode: number): void {
    const command = this.#commands.get('commands', String(number))
    if (command) this.#commands.put('commands', String(number), { ...command, exitCode }, { by: 'you', because: 0 })
  }
}

/** Docker's packages put the CLI's plugins under /usr/libexec; the machine of the recordings has them in its user's home. */
function dockerPlugins(preset: string): Readonly<Record<string, string>> {
  const folder = preset === 'docker' ? '/root/.docker/cli-plugins' : '/usr/libexec/docker/cli-plugins'
  return { [`${folder}/docker-buildx`]: 'plugin:docker-buildx', [`${folder}/docker-compose`]: 'docker-compose' }
}

function isScript(content: string | Uint8Array): boolean {
  return textOf(typeof content === 'string' ? bytesOf(content) : content.subarray(0, 2)).startsWith('#!')
}

function typed(input: NonNullable<CommandStep['input']>): string {
  return typeof input === 'string' ? input : input.map(([, keys]) => keys).join('')
}
