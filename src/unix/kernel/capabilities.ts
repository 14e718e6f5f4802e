/**
 * What root may do, in the pieces that Linux cuts it into. Credentials name what a root *lacks*: on a machine nothing, in a container
 * most of it. Who is not root has none of them.
 */
import type { Credentials } from './process.ts'

/** In the order of their numbers, which are the bits of `CapEff`. */
const capabilityNames = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
] as const

export type Capability = (typeof capabilityNames)[number]

/** What Docker and containerd leave the root of a container. */
const containerCapabilities: readonly Capability[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SYS_CHROOT',
  'MKNOD',
  'AUDIT_WRITE',
  'SETFCAP',
]

export function hasCapability(who: Credentials, name: Capability): boolean {
  return who.uid === 0 && !who.lacks?.has(name)
}

/** The same ability to lack under another user: what was given up does not come back by `su`. */
export function asUser(before: Credentials, { uid, gid, groups }: Credentials): Credentials {
  return { ...before, uid, gid, groups }
}

/** What a container's root lacks, with `--cap-add`, `--cap-drop` and `--privileged`; `ALL` stands for every one. */
export function lackingIn({
  add,
  drop,
  isPrivileged,
}: {
  readonly add: readonly string[]
  readonly drop: readonly string[]
  readonly isPrivileged: boolean
}): ReadonlySet<Capability> | undefined {
  if (isPrivileged) return undefined
  return add.length === 0 && drop.length === 0 ? lackingMostly : lackingAfter(add, drop)
}

function lackingAfter(add: readonly string[], drop: readonly string[]): ReadonlySet<Capability> {
  const bare = (names: readonly string[]) => new Set(names.map((name) => name.toUpperCase().replace(/^CAP_/, '')))
  const [added, dropped] = [bare(add), bare(drop)]
  const kept = (name: Capability): boolean => {
    if (added.has(name)) return true
    if (dropped.has(name)) return false
    if (added.has('ALL')) return true
    return !dropped.has('ALL') && containerCapabilities.includes(name)
  }
  return new Set(capabilityNames.filter((name) => !kept(name)))
}

/** Hardly any container asks for more or less: they share one set. */
const lackingMostly = lackingAfter([], [])

/** `00000000a80425fb`. */
export function capabilityMask(lacks: ReadonlySet<Capability> | undefined): string {
  let mask = 0n
  capabilityNames.forEach((name, bit) => {
    if (!lacks?.has(name)) mask |= 1n << BigInt(bit)
  })
  return mask.toString(16).padStart(16, '0')
}
