/** The clusters of a session and the machines they stand on; and the small local API by which `minikube` and `kubeadm` ask for them. */
import type { HttpHandler } from '../base/http.ts'
import type { Registry } from '../engine/docker/registry.ts'
import type { MemoryFiles } from '../unix/files/memory-files.ts'
import type { Program } from '../unix/kernel/process.ts'
import type { World } from './presets.ts'
import type { Session } from './session.ts'
import type { Saved } from './storage.ts'

export interface ClustersOptions {
  readonly session: Session
  readonly registry: Registry
  readonly programs: ReadonlyMap<string, Program>
  /** First three parts of the wire's addresses. */
  readonly network: string
  readonly saved: Saved | undefined
}

export class Clusters {
  readonly #options: ClustersOptions

  constructor(options: ClustersOptions) {
    this.#options = options
  }

  async begin(world: World): Promise<void> {
    if (world.kind === 'kubernetes') throw new Error(`no clusters yet: ${this.#options.network}`)
  }

  async restore(): Promise<void> {}

  trees(): ReadonlyMap<string, MemoryFiles> {
    return new Map()
  }

  saved(): unknown {
    return []
  }

  handlers(): ReadonlyMap<string, HttpHandler> {
    return new Map()
  }

  powerOff(machine: string): void {
    throw new Error(`no machine "${machine}"`)
  }

  powerOn(machine: string): void {
    throw new Error(`no machine "${machine}"`)
  }

  stop(): void {}
}
