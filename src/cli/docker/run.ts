/**
 * `docker run` and `docker create`. A missing image is pulled, its progress on standard error; refusals of the daemon end `run` with
 * 125, 126 (not executable) or 127 (not found). The engine is asked to tell about the end before the start, so that it is not missed.
 */
import { type Blocking, err, out, type Process } from '../../unix/kernel/process.ts'
import { detachKeysOf, needTerminal, resizer } from './attach.ts'
import type { Command, Context } from './command.ts'
import { DockerError } from './docker-error.ts'
import { containerConfig } from './container-config.ts'
import { wholeText } from '../../unix/network/fetch.ts'
import { query } from './engine.ts'
import { DaemonError } from './docker-error.ts'
import { pullImage } from './pull.ts'
import { familiarTag, parseReference } from './reference.ts'
import { caughtSignals, endOf, joinedWithSignals } from './signals.ts'
import { refuseUnsigned } from './trust.ts'

export const create: Command = function* (context) {
  try {
    const id = yield* createContainer(context, false)
    yield* out(context.process, `${id}\n`)
    return 0
  } catch (error) {
    // The same flags, under another name.
    if (!(error instanceof DockerError) || error.code !== 125) throw error
    throw new DockerError(
      error.message.replaceAll("'docker run ", "'docker create ").replaceAll('Usage:  docker run', 'Usage:  docker create'),
      125,
    )
  }
}

export const run: Command = function* (context) {
  try {
    return yield* runContainer(context)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    if (!(error instanceof DaemonError) && !error.message.startsWith('Cannot connect') && !error.message.startsWith('invalid reference'))
      throw error
    throw new DockerError(`docker: ${error.message}\n\nRun 'docker run --help' for more information`, exitCodeOf(error.message))
  }
}

function refusal(why: string): DockerError {
  return new DockerError(`docker: ${why}\n\nRun 'docker run --help' for more information`, 125)
}

function exitCodeOf(message: string): number {
  if (/executable file not found|no such file or directory|system cannot find the file/.test(message)) return 127
  if (/permission denied|is a directory/.test(message) && /runtime create failed|unable to start|not a directory/.test(message)) return 126
  return 125
}

function* runContainer(context: Context): Blocking<number> {
  const { process, flags, engine } = context
  const isDetached = flags.is('detach')
  const isTty = flags.is('tty')
  const usesInput = flags.is('interactive') || flags.list('attach').includes('stdin')
  if (isDetached && flags.list('attach').length > 0) throw new DockerError('conflicting options: cannot specify both --attach and --detach')
  if (isTty && usesInput && !isDetached) needTerminal(process)
  const cidFile = flags.text('cidfile')
  if (cidFile !== '' && process.files.exists(process.path(cidFile)))
    throw refusal(`container ID file found, make sure the other container isn't running or delete ${cidFile}`)
  if (flags.is('rm') && flags.isSet('restart') && flags.text('restart') !== 'no')
    throw refusal('conflicting options: cannot specify both --restart and --rm')
  const id = yield* createContainer(context, true)
  if (cidFile !== '') process.files.writeFile(process.path(cidFile), id, {}, process.credentials)
  const isRemoved = flags.is('rm')
  if (isDetached) {
    yield* out(process, `${id}\n`)
    yield* engine.open('POST', `/containers/${id}/start`)
    return 0
  }
  const detach = detachKeysOf(process, flags)
  const streams = flags.list('attach').map((stream) => stream.toLowerCase())
  const wants = (stream: string) => streams.length === 0 || streams.includes(stream)
  const connection = yield* engine.hijack(
    `/containers/${id}/attach${query({ stderr: wants('stderr'), stdout: wants('stdout'), stdin: usesInput, stream: true, detachKeys: detach.text })}`,
  )
  const waiting = yield* engine.open('POST', `/containers/${id}/wait?condition=${isRemoved ? 'removed' : 'next-exit'}`)
  const forwarded = caughtSignals(process, flags)
  try {
    yield* engine.open('POST', `/containers/${id}/start`)
  } catch (error) {
    connection.incoming.end()
    connection.outgoing.cancel()
    throw error
  }
  const path = `/containers/${id}`
  const wasDetached = yield* joinedWithSignals(
    process,
    connection,
    { isRaw: isTty, stdin: usesInput, resize: isTty ? resizer(engine, path) : undefined, detachKeys: detach.keys },
    forwarded,
    function* (signal) {
      yield* engine.ask('POST', `${path}/kill?signal=${signal}`)
    },
  )
  if (wasDetached) {
    yield* err(process, 'read escape sequence\n')
    return 0
  }
  const body =
    typeof waiting.body === 'string' || waiting.body instanceof Uint8Array
      ? yield* wholeText(waiting)
      : yield* endOf(waiting.body, forwarded, function* (signal) {
          yield* engine.ask('POST', `${path}/kill?signal=${signal}`)
        })
  const result = JSON.parse(body) as { StatusCode: number; Error?: { Message: string } | null }
  if (result.Error?.Message) yield* err(process, `Error waiting for container: ${result.Error.Message}\n`)
  return result.StatusCode
}

function* createContainer(context: Context, isRun: boolean): Blocking<string> {
  const { process, flags, args, engine } = context
  const policy = flags.text('pull')
  const platform = flags.text('platform')
  if (!['always', 'missing', 'never'].includes(policy))
    throw new DockerError(
      `docker: invalid pull option: '${policy}': must be one of "always", "missing" or "never"\n\nRun 'docker run --help' for more information`,
      125,
    )
  parseReference(args[0])
  if (platform !== '') checkPlatform(platform)
  if (isRun) refuseUnsignedRun(process, flags)
  else refuseUnsigned(process, flags)
  const config = containerConfig(process, flags, args, { isRun })
  const target = `/containers/create${query({ name: flags.text('name'), platform })}`
  const isQuiet = flags.is('quiet')
  if (policy === 'always') yield* pullImage(process, engine, args[0], { descriptor: isQuiet ? undefined : 2, platform })
  try {
    return yield* created(process, engine, target, config)
  } catch (error) {
    if (!(error instanceof DaemonError) || error.status !== 404 || policy === 'never') throw error
    if (!isQuiet) yield* err(process, `Unable to find image '${familiarTag(args[0])}' locally\n`)
    yield* pullImage(process, engine, args[0], { descriptor: isQuiet ? undefined : 2, platform })
    return yield* created(process, engine, target, config)
  }
}

function refuseUnsignedRun(process: Process, flags: Context['flags']): void {
  try {
    refuseUnsigned(process, flags)
  } catch (error) {
    throw error instanceof DockerError ? refusal(error.message) : error
  }
}

function checkPlatform(platform: string): void {
  const [first, architecture] = platform.split('/')
  const known = [
    'linux',
    'windows',
    'darwin',
    'freebsd',
    'amd64',
    'x86_64',
    'arm64',
    'aarch64',
    'arm',
    'armhf',
    'armel',
    '386',
    'i386',
    'ppc64le',
    's390x',
    'riscv64',
    'mips64le',
    'wasm',
    'loong64',
  ]
  if (architecture === undefined && !known.includes(first))
    throw new DockerError(
      `docker: error parsing specified platform: ${JSON.stringify(platform)}: unknown operating system or architecture: invalid argument\n\nRun 'docker run --help' for more information`,
      125,
    )
}

function* created(process: Process, engine: Context['engine'], target: string, config: object): Blocking<string> {
  const { Id, Warnings } = yield* engine.json<{ Id: string; Warnings?: readonly string[] | null }>('POST', target, config)
  for (const warning of Warnings ?? []) yield* err(process, `WARNING: ${warning}\n`)
  return Id
}
