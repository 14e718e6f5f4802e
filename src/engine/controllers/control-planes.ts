/**
 * What stands and what has fallen in a control plane of several machines: etcd answers while more than half of its members do, each API server
 * asks the etcd beside it, and a loop runs as long as one machine runs it.
 */

export interface Standing {
  /** Machines whose etcd answers. */
  readonly etcd: ReadonlySet<string>
  /** Machines whose API server answers. */
  readonly api: ReadonlySet<string>
  runs(component: string): boolean
}

export class ControlPlanes {
  /** Machine → its static pods that are at work. */
  readonly #atWork = new Map<string, ReadonlySet<string>>()
  /** A machine's etcd is a member from its first moment until the machine leaves the cluster. */
  readonly #members = new Set<string>()

  get members(): ReadonlySet<string> {
    return this.#members
  }

  follow(machine: string, pods: ReadonlySet<string>): void {
    this.#atWork.set(machine, pods)
    if (pods.has('etcd')) this.#members.add(machine)
  }

  /** The machine has no power: it stays a member. */
  silence(machine: string): void {
    this.#atWork.delete(machine)
  }

  remove(machine: string): void {
    this.#atWork.delete(machine)
    this.#members.delete(machine)
  }

  standing(): Standing {
    const having = (name: string): string[] => [...this.#atWork].filter(([, pods]) => pods.has(name)).map(([machine]) => machine)
    const up = having('etcd')
    const etcd = new Set(up.length * 2 > this.#members.size ? up : [])
    return {
      etcd,
      api: new Set(having('kube-apiserver').filter((machine) => etcd.has(machine))),
      runs: (component) => having(component).length > 0,
    }
  }
}
