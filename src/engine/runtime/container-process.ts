/**
 * The first process of a container: what the pod says of command, user, folder and environment, completed by what the image says.
 */
import { containerLimits } from '../../unix/kernel/limits.ts'
import { lackingIn } from '../../unix/kernel/capabilities.ts'
import type { Kernel } from '../../unix/kernel/kernel.ts'
import type { MountTable } from '../../unix/files/mount-table.ts'
import type { Cgroup, Namespaces, Process } from '../../unix/kernel/process.ts'
import type { Image } from '../images/image.ts'
import { launch } from './launch.ts'
import { type ContainerSpec, RuntimeError } from './runtime.ts'
import type { Stdio } from './stdio.ts'
import { type User, userOf } from './users.ts'

interface Start {
  readonly spec: ContainerSpec
  readonly image: Image
  readonly mounts: MountTable
  readonly namespaces: Namespaces
  readonly cgroup: Cgroup
  readonly stdio: Stdio
  /** Made read-only where the pod asks for it, once all that must stand in it does. */
  readonly rootMount: { isReadOnly: boolean }
}

/** Throws `LaunchError` and `UnknownUser`, with runc's words. */
export function launchContainer(kernel: Kernel, { spec, image, mounts, namespaces, cgroup, stdio, rootMount }: Start): Process {
  const { config } = image.config
  const argv = [...(spec.command ?? config.Entrypoint ?? []), ...(spec.args ?? (spec.command ? [] : (config.Cmd ?? [])))]
  const user = userFor(spec, mounts, config.User)
  const cwd = spec.workingDir ?? (config.WorkingDir || '/')
  if (!mounts.exists(cwd)) mounts.mkdir(cwd, { parents: true })
  rootMount.isReadOnly = spec.isRootReadOnly
  if (argv.length === 0) throw new RuntimeError('failed to generate container spec: no command specified', 'CreateContainerError')
  return launch(kernel, {
    argv,
    // In containerd's order, runc's HOME last.
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...(spec.tty && { TERM: 'xterm' }),
      HOSTNAME: namespaces.uts.hostname,
      ...withHome({ ...fromList(config.Env ?? []), ...Object.fromEntries(spec.env.map(({ name, value }) => [name, value])) }, user.home),
    },
    cwd,
    credentials: user,
    limits: containerLimits(kernel.openFiles, []),
    namespaces,
    cgroup,
    descriptors: stdio.descriptors,
    terminal: stdio.terminal,
  })
}

function userFor(spec: ContainerSpec, mounts: MountTable, ofImage = ''): User {
  const lacks = lackingIn({ ...spec.capabilities, isPrivileged: spec.isPrivileged })
  const known = userOf(mounts, spec.user ?? ofImage, spec.groups.map(String))
  return {
    ...known,
    ...(spec.hasOnlyGivenGroups && { groups: [...new Set([known.gid, ...spec.groups])] }),
    ...(lacks && { lacks }),
    ...(spec.noNewPrivileges && { noNewPrivileges: true }),
  }
}

/** runc adds HOME at the end, where nobody has set it. */
export function withHome({ HOME, ...env }: Record<string, string>, home: string): Record<string, string> {
  return { ...env, HOME: HOME ?? home }
}

function fromList(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]))
}
