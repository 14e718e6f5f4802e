/** Commands that act on each container they are given and print its name again: start, stop, kill, rm and their kin. */
import { ByteStream } from '../../base/http.ts'
import { type Blocking, err, out } from '../../unix/kernel/process.ts'
import { detachKeysOf, joined, needTerminal, resizer } from './attach.ts'
import { type Command, type Context, forEach } from './command.ts'
import { DockerError } from './docker-error.ts'
import { wholeText } from '../../unix/network/fetch.ts'
import { query } from './engine.ts'
import { DaemonError } from './docker-error.ts'
import { caughtSignals, endOf, joinedWithSignals } from './signals.ts'

interface ContainerDetails {
  readonly Id: string
  readonly State: { readonly Running: boolean; readonly Paused: boolean; readonly ExitCode: number; readonly Restarting: boolean }
  readonly Config: { readonly Tty: boolean; readonly OpenStdin: boolean }
}

/** A command that posts to each container and echoes the name. */
function each(act: (context: Context, name: string) => Blocking<void>): Command {
  return (context) =>
    forEach(context.args, function* (name) {
      yield* act(context, name)
      yield* out(context.process, `${name}\n`)
    })
}

function* post(
  { engine }: Context,
  name: string,
  action: string,
  values: Readonly<Record<string, string | number | undefined>> = {},
): Blocking<void> {
  yield* wholeText(yield* engine.open('POST', `/containers/${encodeURIComponent(name)}/${action}${query(values)}`))
}

const timeout = ({ flags }: Context) => ({
  t: flags.isSet('timeout') ? flags.number('timeout') : flags.knows('time') && flags.isSet('time') ? flags.number('time') : undefined,
  signal: flags.text('signal') || undefined,
})

export const stop = each((context, name) => post(context, name, 'stop', timeout(context)))
export const restart = each((context, name) => post(context, name, 'restart', timeout(context)))
export const kill = each((context, name) => post(context, name, 'kill', { signal: context.flags.text('signal') || 'KILL' }))
export const pause = each((context, name) => post(context, name, 'pause'))
export const unpause = each((context, name) => post(context, name, 'unpause'))

/** With `--force` it is no failure that there is none; it is still said. */
export const rm: Command = (context) =>
  forEach(context.args, function* (name) {
    const { flags, engine, process } = context
    const path = name.replace(/^\/+|\/+$/g, '')
    if (path === '') throw new DockerError('Container name cannot be empty')
    try {
      yield* engine.open(
        'DELETE',
        `/containers/${encodeURIComponent(path)}${query({ force: flags.is('force'), v: flags.is('volumes'), link: flags.is('link') })}`,
      )
    } catch (error) {
      if (!(error instanceof DaemonError) || error.status !== 404 || !flags.is('force')) throw error
      yield* err(process, `${error.message}\n`)
      return
    }
    yield* out(process, `${name}\n`)
  })

export const rename: Command = function* ({ args, engine }) {
  if (args[0].trim() === '' || args[1].trim() === '') throw new DockerError('Error: Neither old nor new names may be empty')
  try {
    yield* engine.open('POST', `/containers/${encodeURIComponent(args[0])}/rename${query({ name: args[1] })}`)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    throw new DockerError(`${error.message}\nError: failed to rename container named ${args[0]}`)
  }
  return 0
}

export const wait: Command = (context) =>
  forEach(context.args, function* (name) {
    const { StatusCode } = yield* context.engine.json<{ StatusCode: number }>('POST', `/containers/${encodeURIComponent(name)}/wait`)
    yield* out(context.process, `${StatusCode}\n`)
  })

export const start: Command = function* (context) {
  const { process, flags, args, engine } = context
  const ofExperiments = ['checkpoint', 'checkpoint-dir'].filter((name) => flags.isSet(name))
  if (ofExperiments.length > 0 && (yield* engine.ping())['docker-experimental'] !== 'true')
    throw new DockerError(
      ofExperiments.map((name) => `"--${name}" is only supported on a Docker daemon with experimental features enabled`).join('\n'),
    )
  if (!flags.is('attach') && !flags.is('interactive')) {
    const failed: string[] = []
    for (const name of args) {
      try {
        yield* post(context, name, 'start')
        yield* out(process, `${name}\n`)
      } catch (error) {
        if (!(error instanceof DockerError)) throw error
        yield* err(process, `${error.message}\n`)
        failed.push(name)
      }
    }
    if (failed.length > 0) throw new DockerError(`Error: failed to start containers: ${failed.join(', ')}`)
    return 0
  }
  if (args.length > 1) throw new DockerError('you cannot start and attach multiple containers at once')
  const details = yield* engine.json<ContainerDetails>('GET', `/containers/${encodeURIComponent(args[0])}/json`)
  const stdin = flags.is('interactive') && details.Config.OpenStdin
  if (details.Config.Tty && stdin) needTerminal(process)
  const path = `/containers/${details.Id}`
  const detach = detachKeysOf(process, flags)
  const connection = yield* engine.hijack(
    `${path}/attach${query({ stderr: true, stdout: true, stdin, stream: true, detachKeys: detach.text })}`,
  )
  const waiting = yield* engine.open('POST', `${path}/wait?condition=next-exit`)
  yield* post(context, args[0], 'start')
  const wasDetached = yield* joined(process, connection, {
    isRaw: details.Config.Tty,
    stdin,
    resize: details.Config.Tty ? resizer(engine, path) : undefined,
    detachKeys: detach.keys,
  })
  if (wasDetached) throw new DockerError('read escape sequence')
  return (JSON.parse(yield* wholeText(waiting)) as { StatusCode: number }).StatusCode
}

export const attach: Command = function* ({ process, flags, args, engine }) {
  const details = yield* engine.json<ContainerDetails>('GET', `/containers/${encodeURIComponent(args[0])}/json`)
  if (!details.State.Running) throw new DockerError('You cannot attach to a stopped container, start it first')
  if (details.State.Paused) throw new DockerError('You cannot attach to a paused container, unpause it first')
  if (details.State.Restarting) throw new DockerError('You cannot attach to a restarting container, wait until it is running')
  const stdin = !flags.is('no-stdin') && details.Config.OpenStdin
  if (details.Config.Tty && stdin) needTerminal(process)
  const path = `/containers/${details.Id}`
  const waiting = yield* engine.open('POST', `${path}/wait`)
  const detach = detachKeysOf(process, flags)
  const connection = yield* engine.hijack(
    `${path}/attach${query({ stderr: true, stdout: true, stdin, stream: true, detachKeys: detach.text })}`,
  )
  const caught = caughtSignals(process, flags)
  const send = function* (signal: string): Blocking<void> {
    yield* engine.ask('POST', `${path}/kill?signal=${signal}`)
  }
  const wasDetached = yield* joinedWithSignals(
    process,
    connection,
    {
      isRaw: details.Config.Tty,
      stdin,
      resize: details.Config.Tty ? resizer(engine, path) : undefined,
      detachKeys: detach.keys,
      redraws: true,
    },
    caught,
    send,
  )
  if (wasDetached) throw new DockerError('read escape sequence')
  return (
    JSON.parse(waiting.body instanceof ByteStream ? yield* endOf(waiting.body, caught, send) : yield* wholeText(waiting)) as {
      StatusCode: number
    }
  ).StatusCode
}

export const port: Command = function* ({ process, args, engine }) {
  const { NetworkSettings } = yield* engine.json<{
    NetworkSettings: { Ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>> }
  }>('GET', `/containers/${encodeURIComponent(args[0])}/json`)
  const line = ({ HostIp, HostPort }: { HostIp: string; HostPort: string }) =>
    `${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:${HostPort}`
  if (args[1] === undefined) {
    const lines = Object.entries(NetworkSettings.Ports).flatMap(([inside, bindings]) =>
      (bindings ?? []).map((binding) => `${inside} -> ${line(binding)}`),
    )
    yield* out(
      process,
      lines
        .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1))
        .map((text) => `${text}\n`)
        .join(''),
    )
    return 0
  }
  const wanted = args[1].includes('/') ? args[1] : `${args[1]}/tcp`
  const bindings = NetworkSettings.Ports[wanted]
  if (!bindings) throw new DockerError(`Error: No public port '${args[1]}' published for ${args[0]}`)
  yield* out(process, bindings.map((binding) => `${line(binding)}\n`).join(''))
  return 0
}

export const top: Command = function* ({ process, args, engine }) {
  const { Titles, Processes } = yield* engine.json<{ Titles: readonly string[]; Processes: readonly (readonly string[])[] }>(
    'GET',
    `/containers/${encodeURIComponent(args[0])}/top${query({ ps_args: args.slice(1).join(' ') || undefined })}`,
  )
  const rows = [Titles, ...Processes]
  const widths = Titles.map((_, column) => Math.max(20, ...rows.map((row) => (row[column] ?? '').length + 3)))
  yield* out(
    process,
    rows.map((row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join('')}\n`).join(''),
  )
  return 0
}

export const diff: Command = function* ({ process, args, engine }) {
  const changes =
    (yield* engine.json<readonly { Kind: number; Path: string }[] | null>('GET', `/containers/${encodeURIComponent(args[0])}/changes`)) ??
    []
  yield* out(process, changes.map(({ Kind, Path }) => `${'CAD'[Kind]} ${Path}\n`).join(''))
  return 0
}
