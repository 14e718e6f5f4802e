/** `docker build` through the legacy builder: sends the folder as an archive and prints what the builder says. */
import { tarOf } from '../../base/tar.ts'
import { out, type Process } from '../../unix/kernel/process.ts'
import type { Flags } from '../flags.ts'
import { badFlag, size } from './bad-flags.ts'
import { contextOf, gitRefusal, isGit, isRemote } from './build-context.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { keyValues } from './key-values.ts'
import { query } from './engine.ts'
import { showProgress } from './progress.ts'
import { bytesOfSize, humanSize } from '../../base/go-units.ts'

const usage = 'docker build [OPTIONS] PATH | URL | -'

export const legacyBuild: Command = function* ({ process, flags, args, engine }) {
  const isQuiet = flags.is('quiet')
  for (const limit of ['memory', 'memory-swap', 'shm-size']) size(flags, limit, usage)
  for (const limit of flags.list('ulimit'))
    if (!limit.includes('=')) throw badFlag(limit, '--ulimit', `invalid ulimit argument: ${limit}`, usage)
  if (flags.is('squash') && (yield* engine.ping())['docker-experimental'] !== 'true')
    throw new DockerError('"--squash" is only supported on a Docker daemon with experimental features enabled')
  if (isGit(args[0]))
    throw new DockerError(
      `unable to prepare context: unable to 'git clone' to temporary context directory: error fetching: ${gitRefusal(args[0])}\n: exit status 128`,
    )
  if (isRemote(args[0]))
    throw new DockerError(`unable to prepare context: unable to download remote context ${args[0]}: the sandbox has no way out`)
  const { entries, name, wasFound, found } = yield* contextOf(process, args[0], flags.text('file') || 'Dockerfile')
  if (!wasFound)
    throw new DockerError(
      `unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat ${found}: no such file or directory`,
    )
  const archive = tarOf(entries)
  if (!isQuiet) yield* out(process, `Sending build context to Docker daemon  ${humanSize(archive.length, 4)}\r\r\n`)
  const response = yield* engine.open('POST', buildTarget(process, flags, name, '1'), archive, { 'content-type': 'application/x-tar' })
  let id = ''
  yield* showProgress(process, response, 1, ({ ID }) => {
    id = String(ID)
  })
  if (flags.text('iidfile') !== '') process.files.writeFile(process.path(flags.text('iidfile')), id, {}, process.credentials)
  return 0
}

/** What both builders are asked; `version` says which of them. */
export function buildTarget(process: Process, flags: Flags, dockerfile: string, version: '1' | '2'): string {
  const tags = flags.list('tag')
  const platforms = flags.list('platform')
  return `/build${query({
    dockerfile,
    t: tags[0],
    q: flags.is('quiet'),
    nocache: flags.is('no-cache'),
    pull: flags.is('pull') ? '1' : undefined,
    rm: flags.knows('rm') ? (flags.is('rm') ? '1' : '0') : '1',
    forcerm: flags.knows('force-rm') && flags.is('force-rm'),
    target: flags.text('target'),
    buildargs: JSON.stringify(buildArguments(process, flags.list('build-arg'))),
    labels: JSON.stringify(keyValues(flags.list('label'))),
    cachefrom: JSON.stringify(flags.list('cache-from')),
    extrahosts: flags.list('add-host').join(','),
    networkmode: flags.text('network') || 'default',
    platform: platforms.length > 0 ? platforms[0] : flags.text('platform'),
    memory: flags.knows('memory') ? (bytesOfSize(flags.text('memory')) ?? undefined) : undefined,
    version,
    check: flags.knows('check') && (flags.is('check') || ['check', 'lint'].includes(flags.text('call'))),
  })}${tags
    .slice(1)
    .map((tag) => `&t=${encodeURIComponent(tag)}`)
    .join('')}`
}

function buildArguments(process: Process, given: readonly string[]): Record<string, string> {
  return keyValues(
    given.flatMap((one) => (one.includes('=') ? [one] : process.env[one] === undefined ? [] : [`${one}=${process.env[one]}`])),
  )
}
