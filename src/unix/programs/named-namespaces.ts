/** The network namespaces that `ip netns` gives names, per machine. They are gone after a power cut, as real ones are. */
import type { Kernel } from '../kernel/kernel.ts'
import { Namespace } from '../network/namespace.ts'
import type { NetNamespace } from '../network/network.ts'

class Named {
  readonly #kernel: Kernel
  readonly #byName = new Map<string, Namespace>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  get(name: string): Namespace | undefined {
    return this.#byName.get(name)
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  add(name: string): void {
    this.#byName.set(name, freshNet(this.#kernel))
  }

  delete(name: string): boolean {
    const net = this.#byName.get(name)
    for (const { name: link } of [...(net?.interfaces ?? [])]) net?.detach(link)
    return this.#byName.delete(name)
  }

  names(): readonly string[] {
    return [...this.#byName.keys()].reverse()
  }

  nameOf(net: NetNamespace): string | undefined {
    return [...this.#byName].find(([, own]) => own === net)?.[0]
  }
}

const named = new WeakMap<Kernel, Named>()

export function namedNamespaces(kernel: Kernel): Named {
  const known = named.get(kernel) ?? new Named(kernel)
  named.set(kernel, known)
  return known
}

export function freshNet(kernel: Kernel): Namespace {
  return new Namespace({ id: kernel.pidNamespace().id, random: kernel.random })
}
