/** `docker exec`: the exit code of the program in the container is its own. */
import { out } from '../../unix/kernel/process.ts'
import { joined, needTerminal, resizer } from './attach.ts'
import type { Command } from './command.ts'

export const exec: Command = function* ({ process, flags, args, engine }) {
  const [name, ...command] = args
  const isDetached = flags.is('detach')
  const isTty = flags.is('tty')
  const stdin = flags.is('interactive') && !isDetached
  if (isTty && stdin) needTerminal(process)
  yield* engine.json('GET', `/containers/${encodeURIComponent(name)}/json`)
  const env = flags.list('env').flatMap((one) => (one.includes('=') ? [one] : process.env[one] === undefined ? [] : [`${one}=${process.env[one]}`]))
  const { Id } = yield* engine.json<{ Id: string }>('POST', `/containers/${encodeURIComponent(name)}/exec`, {
    User: flags.text('user'),
    Privileged: flags.is('privileged'),
    Tty: isTty,
    ...(isTty && process.terminal && { ConsoleSize: [process.terminal.rows, process.terminal.cols] }),
    AttachStdin: stdin,
    AttachStdout: !isDetached,
    AttachStderr: !isDetached,
    DetachKeys: flags.text('detach-keys'),
    Env: env.length > 0 ? env : null,
    WorkingDir: flags.text('workdir'),
    Cmd: command,
  })
  const path = `/exec/${Id}`
  if (isDetached) {
    yield* engine.open('POST', `${path}/start`, { Detach: true, Tty: isTty, ConsoleSize: null })
    return 0
  }
  const connection = yield* engine.hijack(`${path}/start`, { Detach: false, Tty: isTty, ConsoleSize: isTty && process.terminal ? [process.terminal.rows, process.terminal.cols] : null })
  const wasDetached = yield* joined(process, connection, { isRaw: isTty, stdin, resize: isTty ? resizer(engine, path) : undefined, canDetach: true })
  if (wasDetached) {
    yield* out(process, '')
    return 1
  }
  return (yield* engine.json<{ ExitCode: number }>('GET', `${path}/json`)).ExitCode
}
