/**
 * What the container runtime needs of the machine it runs on. `unix/machine.ts` makes such machines; this says which part of one is
 * used here, so that a runtime can stand on anything that has it.
 */
import type { MemoryFiles } from '../../unix/files/memory-files.ts'
import type { Mount } from '../../unix/files/files.ts'
import type { MountTable } from '../../unix/files/mount-table.ts'
import type { Kernel } from '../../unix/kernel/kernel.ts'
import type { Cgroup, Namespaces } from '../../unix/kernel/process.ts'
import type { Terminal } from '../../unix/kernel/terminal.ts'
import type { Terminals } from '../../unix/terminals.ts'
import type { NetNamespace, Segment } from '../../unix/network/network.ts'

export interface Host {
  readonly name: string
  readonly kernel: Kernel
  /** The root disk, where /var/lib/docker is. */
  readonly disk: MemoryFiles
  /** The machine's own namespaces. */
  readonly namespaces: Namespaces
  readonly files: MountTable
  readonly net: NetNamespace
  segment(name: string): Segment
  /** Only loopback. */
  netNamespace(): NetNamespace
  /** /proc, /sys and /dev as a container sees them. */
  systemMounts(of: {
    readonly pids: Namespaces['pids']
    readonly net?: Namespaces['net']
    readonly uts?: Namespaces['uts']
    readonly cgroup?: Cgroup
    readonly terminals?: Terminals
  }): readonly Mount[]
  terminal(size: { readonly cols: number; readonly rows: number }): Terminal
  /** A container's own /dev/pts. */
  terminals(): Terminals
}
