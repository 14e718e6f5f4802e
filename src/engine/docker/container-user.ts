/** Who a container's process runs as, with what `--cap-add`, `--cap-drop` and `--privileged` leave of root. */
import { lackingIn } from '../../unix/kernel/capabilities.ts'
import type { Files } from '../../unix/files/files.ts'
import { type User, userOf } from '../runtime/users.ts'
import type { Container } from './shapes.ts'

export function containerUser(files: Files, { HostConfig }: Container, user: string, { isPrivileged = HostConfig.Privileged } = {}): User {
  const lacks = lackingIn({ add: HostConfig.CapAdd ?? [], drop: HostConfig.CapDrop ?? [], isPrivileged })
  return { ...userOf(files, user, HostConfig.GroupAdd ?? []), ...(lacks && { lacks }) }
}
