/**
 * Machines with a Docker engine beside the one the learner sits at, as a class room has them: on the same wire, known to each other by name,
 * their engines listening on port 2375. One that is switched off keeps its disk and its objects; its containers come back as after a power cut.
 */
import type { Cancel } from '../base/clock.ts'
import { DockerEngine } from '../engine/docker/engine.ts'
import type { Registry } from '../engine/docker/images/registry.ts'
import type { SwarmPeers } from '../engine/docker/swarm/peers.ts'
import type { MemoryFiles } from '../unix/files/memory-files.ts'
import type { Program } from '../unix/kernel/process.ts'
import { createMachine, type Machine } from '../unix/machine.ts'
import { diskOf } from './disk.ts'
import { dockerService } from './docker-service.ts'
import { containerdUnit, sshUnit, systemdOf } from './services.ts'
import type { Session } from './session.ts'
import type { Saved } from './storage.ts'

export interface DockerMachineSpec {
  readonly name: string
  readonly ip: string
  readonly isOff?: boolean
}

interface Running {
  spec: DockerMachineSpec
  machine: Machine
  engine: DockerEngine
  close: Cancel
}

export interface DockerMachinesOptions {
  readonly session: Session
  readonly registry: Registry
  readonly programs: ReadonlyMap<string, Program>
  readonly peers: SwarmPeers
  /** First three parts of the wire's addresses. */
  readonly network: string
  readonly saved: Saved | undefined
}

const size = { cpus: 4, memoryBytes: 8 * 2 ** 30 } as const
/** Clusters take the addresses below. */
const firstHost = 101
const port = 2375

export class DockerMachines {
  readonly #options: DockerMachinesOptions
  readonly #running = new Map<string, Running>()

  constructor(options: DockerMachinesOptions) {
    this.#options = options
  }

  /** Makes machines of these names, or those that were saved. */
  begin(names: readonly string[]): void {
    const { saved, network } = this.#options
    const specs: readonly DockerMachineSpec[] =
      (saved?.world.machines as readonly DockerMachineSpec[] | undefined) ??
      names.map((name, index) => ({ name, ip: `${network}.${firstHost + index}` }))
    for (const spec of specs) {
      const running = this.#made(spec, saved, undefined, { resumes: true })
      this.#running.set(spec.name, running)
      if (spec.isOff) this.powerOff(spec.name)
    }
    if (!saved) this.#introduce()
  }

  /** Every machine finds the others by name. */
  #introduce(): void {
    const { session, network } = this.#options
    const all = [
      { name: session.laptop.hostname, ip: `${network}.1`, machine: session.laptop },
      ...[...this.#running.values()].map(({ spec, machine }) => ({ ...spec, machine })),
    ]
    if (all.length === 1) return
    const lines = all.map(({ ip, name }) => `${ip}\t${name}\n`).join('')
    for (const { machine } of all) {
      machine.files.writeFile('/etc/hosts', `\n${lines}`, { append: true })
      // A class room's machines are set up to trust each other.
      machine.files.mkdir('/etc/ssh', { parents: true })
      machine.files.writeFile('/etc/ssh/ssh_config', 'Host *\n    StrictHostKeyChecking accept-new\n')
    }
  }

  get names(): readonly string[] {
    return [...this.#running.keys()]
  }

  has(name: string): boolean {
    return this.#running.has(name)
  }

  machine(name: string): Machine | undefined {
    return this.#running.get(name)?.machine
  }

  engine(name: string): DockerEngine | undefined {
    return this.#running.get(name)?.engine
  }

  specs(): readonly DockerMachineSpec[] {
    return [...this.#running.values()].map(({ spec }) => spec)
  }

  trees(): ReadonlyMap<string, MemoryFiles> {
    return new Map([...this.#running.values()].map(({ spec, machine }) => [`machine/${spec.name}`, machine.disk]))
  }

  powerOff(name: string): void {
    const running = this.#running.get(name)
    if (!running || !running.machine.isOn) return
    running.close()
    running.engine.stop()
    running.machine.powerOff()
    running.spec = { ...running.spec, isOff: true }
  }

  powerOn(name: string): void {
    const running = this.#running.get(name)
    if (!running || running.machine.isOn) return
    const { isOff: _, ...spec } = running.spec
    Object.assign(running, this.#made(spec, undefined, running.machine.disk, { resumes: false }))
    this.#options.session.onPlanned()
  }

  stop(): void {
    for (const name of this.names) this.powerOff(name)
  }

  #made(spec: DockerMachineSpec, saved: Saved | undefined, disk: MemoryFiles | undefined, { resumes }: { resumes: boolean }): Running {
    const { session, registry, programs, peers, network } = this.#options
    const { clock, random } = session
    const machine = createMachine({
      name: spec.name,
      clock,
      random,
      programs,
      disk: disk ?? diskOf(saved, `machine/${spec.name}`, clock),
      ...size,
      interfaces: [{ segment: session.wire, name: 'eth0', ip: spec.ip, prefix: 24 }],
      gateway: `${network}.1`,
    })
    session.watchFaults(machine)
    const name = `docker/${spec.name}`
    const isNew = !session.stores().has(name)
    const store = session.stores().get(name) ?? session.store(name, saved)
    const engine = new DockerEngine({ machine, store, clock, random, registry, peers })
    if (saved || !isNew) engine.restore({ resumes })
    const { unit, close } = dockerService(machine, engine, port)
    systemdOf(machine, clock, [containerdUnit(), unit, sshUnit(machine)])
    return { spec, machine, engine, close }
  }
}
