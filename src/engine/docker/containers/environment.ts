/** The environment of a container's processes: defaults, links, then what the image and the user set. */
import type { Daemon } from '../daemon.ts'
import { linkEnvironment } from './links.ts'
import type { Container } from '../shapes.ts'

export function environmentOf(
  daemon: Daemon,
  container: Container,
  home: string,
  { terminal = container.Config.Tty, more = [] as readonly string[] } = {},
): Record<string, string> {
  const env: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: container.Config.Hostname,
  }
  if (terminal) env.TERM = 'xterm'
  Object.assign(env, linkEnvironment(daemon, container))
  for (const entry of [...(container.Config.Env ?? []), ...more]) {
    const equals = entry.indexOf('=')
    // `-e NAME` without a value takes a variable of the image away.
    if (equals < 0) delete env[entry]
    else env[entry.slice(0, equals)] = entry.slice(equals + 1)
  }
  env.HOME ??= home
  return env
}
