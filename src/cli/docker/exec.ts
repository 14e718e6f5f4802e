/** `docker exec`: the exit code of the program in the container is its own. */
import { detachKeysOf, joined, needTerminal, resizer } from './attach.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { environment, keyValueLines } from './container-config.ts'

export const exec: Command = function* ({ process, flags, args, engine }) {
  const [name, ...command] = args
  const isDetached = flags.is('detach')
  const isTty = flags.is('tty')
  const stdin = flags.is('interactive') && !isDetached
  if (isTty && stdin) needTerminal(process)
  const detach = detachKeysOf(process, flags)
  const given = [...keyValueLines(process, flags.list('env-file'), 'env', (why) => new DockerError(why)), ...flags.list('env')]
  const env = given.flatMap((one) => environment(process, one, 'docker exec [OPTIONS] CONTAINER COMMAND [ARG...]'))
  yield* engine.json('GET', `/containers/${encodeURIComponent(name)}/json`)
  const { Id } = yield* engine.json<{ Id: string }>('POST', `/containers/${encodeURIComponent(name)}/exec`, {
    User: flags.text('user'),
    Privileged: flags.is('privileged'),
    Tty: isTty,
    ...(isTty && process.terminal && { ConsoleSize: [process.terminal.rows, process.terminal.cols] }),
    AttachStdin: stdin,
    AttachStdout: !isDetached,
    AttachStderr: !isDetached,
    DetachKeys: detach.text,
    Env: env.length > 0 ? env : null,
    WorkingDir: flags.text('workdir'),
    Cmd: command,
  })
  const path = `/exec/${Id}`
  if (isDetached) {
    yield* engine.open('POST', `${path}/start`, { Detach: true, Tty: isTty, ConsoleSize: null })
    return 0
  }
  const connection = yield* engine.hijack(`${path}/start`, {
    Detach: false,
    Tty: isTty,
    ConsoleSize: isTty && process.terminal ? [process.terminal.rows, process.terminal.cols] : null,
  })
  const wasDetached = yield* joined(process, connection, {
    isRaw: isTty,
    stdin,
    resize: isTty ? resizer(engine, path) : undefined,
    detachKeys: detach.keys,
  })
  if (wasDetached) throw new DockerError('read escape sequence')
  return (yield* engine.json<{ ExitCode: number }>('GET', `${path}/json`)).ExitCode
}
