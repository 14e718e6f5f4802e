/**
 * Commands run inside a running container: `docker exec`, and health checks. An exec has an id of its own and keeps its exit code until
 * the container is removed.
 */
import { bytesOf, joined, textOf } from '../../../base/bytes.ts'
import type { ByteStream } from '../../../base/http.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { launch, LaunchError } from '../../runtime/launch.ts'
import { Stdio } from '../../runtime/stdio.ts'
import type { Work } from '../../runtime/task.ts'
import type { Files } from '../../../unix/files/files.ts'
import { UnknownUser, type User } from '../../runtime/users.ts'
import { adopt } from './attendants.ts'
import { containerUser } from './container-user.ts'
import { codeBehind } from '../containerd.ts'
import type { Daemon, Exec, ExecConfig, Live } from '../daemon.ts'
import { badRequest, conflict, DockerError, notFound } from '../docker-error.ts'
import { environmentOf } from './environment.ts'
import { frame } from './frames.ts'
import type { Container } from '../shapes.ts'

export function createExec(daemon: Daemon, name: string, body: Partial<ExecConfig>): { Id: string } {
  const container = daemon.require(name)
  checkRunning(container, name)
  const config: ExecConfig = {
    User: '',
    Privileged: false,
    Tty: false,
    AttachStdin: false,
    AttachStderr: false,
    AttachStdout: false,
    Detach: false,
    DetachKeys: '',
    Env: null,
    WorkingDir: '',
    Cmd: null,
    ...body,
  }
  if (!config.Cmd || config.Cmd.length === 0) throw badRequest('No exec command specified')
  const live = daemon.liveOf(container.Id)
  // An unknown user is refused before anything is made.
  if (config.User !== '' && live.namespaces) credentials(live.namespaces.mounts, container, config)
  const exec: Exec = {
    id: daemon.random.hex(64),
    container: container.Id,
    config,
    stdio: newStdio(daemon, live, config),
    process: undefined,
    running: false,
    exitCode: null,
    changed: new WaitQueue(),
  }
  live.execs.set(exec.id, exec)
  daemon.execs.set(exec.id, exec)
  daemon.containerEvent(container, `exec_create: ${inEvent(config.Cmd)}`, { execID: exec.id })
  return { Id: exec.id }
}

/** dockerd puts a blank after the program also where no arguments follow. */
function inEvent([program, ...args]: readonly string[]): string {
  return `${program} ${args.join(' ')}`
}

function newStdio(daemon: Daemon, live: Live, config: ExecConfig): Stdio {
  return new Stdio(daemon.host.kernel, {
    hasInput: config.AttachStdin,
    terminal: config.Tty ? live.terminals.make({ cols: config.ConsoleSize?.[1] || 80, rows: config.ConsoleSize?.[0] || 24 }) : undefined,
  })
}

export function requireExec(daemon: Daemon, id: string): Exec {
  const exec = daemon.execs.get(id)
  if (!exec) throw notFound(`No such exec instance: ${id}`)
  return exec
}

function checkRunning(container: Container, name: string): void {
  if (container.State.Paused) throw conflict(`Container ${name} is paused, unpause the container before exec`)
  if (container.State.Restarting) throw conflict(`Container ${container.Id} is restarting, wait until the container is running`)
  if (!container.State.Running) throw conflict(`container ${container.Id} is not running`)
}

/** Throws what the client is told; its `status` is 400 for what runc refuses. */
export function startExec(daemon: Daemon, exec: Exec): void {
  const container = daemon.container(exec.container)
  const live = daemon.liveOf(exec.container)
  if (!live.process || !live.namespaces || !live.cgroup) throw conflict(`container ${container.Id} is not running`)
  if (container.State.Paused) throw conflict(`Container ${container.Id} is paused, unpause the container before exec`)
  if (exec.process) throw conflict(`exec ${exec.id} has already run`)
  const { config } = exec
  const argv = config.Cmd ?? []
  const { mounts } = live.namespaces
  const user = credentials(mounts, container, config)
  daemon.containerEvent(container, `exec_start: ${inEvent(argv)}`, { execID: exec.id })
  try {
    exec.process = launch(daemon.host.kernel, {
      argv,
      env: environmentOf(daemon, container, user.home, { terminal: config.Tty, more: config.Env ?? [] }),
      cwd: config.WorkingDir || container.Config.WorkingDir || '/',
      credentials: user,
      limits: live.process.limits,
      namespaces: live.namespaces,
      cgroup: live.cgroup,
      descriptors: exec.stdio.descriptors,
      terminal: exec.stdio.terminal,
    })
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    exec.exitCode = error.exitCode
    throw badRequest(
      `OCI runtime exec failed: exec failed: unable to start container process: ${error.message}${codeBehind(daemon.containerd)}${error.message.endsWith('is a directory') ? ': permission denied' : ''}`,
    )
  }
  if (live.process.parent) adopt(live.process.parent, exec.process)
  exec.running = true
  const { process } = exec
  daemon.host.kernel.endOf(process).once(() => {
    exec.stdio.finish()
    exec.running = false
    exec.exitCode = process.exitCode ?? 0
    if (daemon.live.has(exec.container))
      daemon.containerEvent(daemon.container(exec.container), 'exec_die', { execID: exec.id, exitCode: String(exec.exitCode) })
    exec.changed.wake()
  })
}

function credentials(files: Files, container: Container, { User: user, Privileged }: ExecConfig): User {
  try {
    return containerUser(files, container, user || container.Config.User, { isPrivileged: Privileged || container.HostConfig.Privileged })
  } catch (error) {
    if (error instanceof UnknownUser) throw badRequest(error.message)
    throw error
  }
}

/** Runs a command to its end for the daemon itself; what it wrote comes back as text. */
export function* runInside(
  daemon: Daemon,
  id: string,
  argv: readonly string[],
  timeoutMs: number,
): Work<{ exitCode: number; output: string; timedOut: boolean }> {
  const parts: Uint8Array[] = []
  let exec: Exec
  try {
    exec = requireExec(daemon, createExec(daemon, id, { Cmd: argv, AttachStdout: true, AttachStderr: true }).Id)
    exec.stdio.listen({ write: (_, bytes) => parts.push(bytes) })
    startExec(daemon, exec)
  } catch (error) {
    if (error instanceof DockerError) return { exitCode: -1, output: error.message, timedOut: false }
    throw error
  }
  const until = daemon.clock.now() + timeoutMs
  while (exec.exitCode === null && daemon.clock.now() < until) yield { on: [exec.changed], until }
  const timedOut = exec.exitCode === null
  if (timedOut && exec.process) daemon.host.kernel.kill(exec.process, 'KILL')
  daemon.execs.delete(exec.id)
  daemon.live.get(id)?.execs.delete(exec.id)
  return { exitCode: exec.exitCode ?? -1, output: textOf(joined(parts)), timedOut }
}

/** `GET /exec/{id}/json`. */
export function inspectExec(daemon: Daemon, exec: Exec): object {
  const { config } = exec
  const [entrypoint = '', ...args] = config.Cmd ?? []
  return {
    ID: exec.id,
    Running: exec.running,
    ExitCode: exec.exitCode,
    ProcessConfig: {
      tty: config.Tty,
      entrypoint,
      arguments: args,
      privileged: config.Privileged,
      ...(config.User ? { user: config.User } : {}),
    },
    OpenStdin: config.AttachStdin,
    OpenStderr: config.AttachStderr,
    OpenStdout: config.AttachStdout,
    CanRemove: false,
    ContainerID: exec.container,
    DetachKeys: config.DetachKeys,
    Pid: exec.process?.hostPid ?? 0,
  }
}

/** An exec begins when its client is there; what runc refuses is written where the output would be. */
export function beginExec(daemon: Daemon, id: string, outgoing: ByteStream): void {
  const exec = requireExec(daemon, id)
  try {
    startExec(daemon, exec)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    if (error.status !== 400) throw error
    const text = bytesOf(`${error.message}\r\n`)
    outgoing.write(exec.config.Tty ? text : frame('stdout', text))
    exec.changed.wake()
  }
}
