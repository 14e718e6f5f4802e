/** The Docker engine as a service of its machine: where it listens while it runs, and what stopping it does to its containers. */
import type { Cancel } from '../base/clock.ts'
import { checkDaemonConfig } from '../engine/docker/daemon-config.ts'
import type { DockerEngine } from '../engine/docker/engine.ts'
import type { Machine } from '../unix/machine.ts'
import { listenAt } from '../unix/network/unix-socket.ts'
import type { Unit } from '../unix/systemd.ts'
import { dockerUnit } from './services.ts'

export interface DockerService {
  readonly unit: Unit
  /** Nobody reaches the engine any more; its containers go on. */
  readonly close: Cancel
}

/** Begins to listen at once; `tcpPort` is open besides the socket where it is given. */
export function dockerService(machine: Machine, engine: DockerEngine, tcpPort?: number): DockerService {
  let listening: readonly Cancel[] = []
  const open = (): void => {
    if (listening.length > 0) return
    listening = [listenAt(machine.files, '/var/run/docker.sock', { http: engine }, { mode: 0o660, gid: 998 })]
    if (tcpPort !== undefined) listening = [...listening, machine.net.listen(tcpPort, { http: engine })]
  }
  const close = (): void => {
    for (const cancel of listening) cancel()
    listening = []
  }
  const stop = (): void => {
    close()
    for (const { State } of engine.daemon.containers()) {
      const first = [...machine.kernel.processes].find(({ hostPid }) => State.Running && hostPid === State.Pid)
      if (first) machine.kernel.kill(first, 'KILL')
    }
    engine.stop()
  }
  const start = (): void => {
    engine.restore()
    open()
  }
  const check: Unit['check'] = () => {
    const { refusal, notes } = checkDaemonConfig(machine.files)
    const time = new Date(machine.kernel.clock.now()).toISOString().replace(/\.\d+Z/, '.000000000Z')
    return { refusal, notes: notes.map((text) => `time="${time}" ${text}`) }
  }
  open()
  return { unit: dockerUnit({ start, stop, check, reload: () => engine.reload() }), close }
}
