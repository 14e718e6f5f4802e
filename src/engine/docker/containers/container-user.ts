/** Who a container's process runs as, with what `--cap-add`, `--cap-drop` and `--privileged` leave of root. */
import { lackingIn } from '../../../unix/kernel/capabilities.ts'
import type { Files } from '../../../unix/files/files.ts'
import { type User, userOf } from '../../runtime/users.ts'
import type { Container } from '../shapes.ts'

export function containerUser(files: Files, { HostConfig }: Container, user: string, { isPrivileged = HostConfig.Privileged } = {}): User {
  const lacks = lackingIn({ add: HostConfig.CapAdd ?? [], drop: HostConfig.CapDrop ?? [], isPrivileged })
  const options = HostConfig.SecurityOpt ?? []
  // Docker's own seccomp profile filters system calls unless it is told not to.
  const isFiltered = !isPrivileged && !options.some((option) => /^seccomp[=:]unconfined$/.test(option))
  const noNewPrivileges = options.some((option) => /^no-new-privileges([=:]true)?$/.test(option))
  return {
    ...userOf(files, user, HostConfig.GroupAdd ?? []),
    ...(lacks && { lacks }),
    ...(isFiltered && { isFiltered }),
    ...(noNewPrivileges && { noNewPrivileges }),
  }
}
