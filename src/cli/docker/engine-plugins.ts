/**
 * `docker plugin` and `docker checkpoint`: the sandbox's daemon has no plugins and no experimental features. What the real tool says then,
 * and else that it is not simulated.
 */
import { err, out } from '../../unix/kernel/process.ts'
import type { Command } from './command.ts'
import { DockerError } from './docker-error.ts'
import { query } from './engine.ts'
import { listed } from './listing.ts'
import { canonicalName, familiarTag } from './reference.ts'

export const experimental: Command = function* ({ path, engine }) {
  if ((yield* engine.ping())['docker-experimental'] !== 'true')
    throw new DockerError(`docker ${path} is only supported on a Docker daemon with experimental features enabled`)
  throw new DockerError(`docker ${path} is not simulated in this sandbox.`)
}

interface Plugin {
  readonly Id: string
  readonly Name: string
  readonly Enabled: boolean
  readonly Config: { readonly Description: string }
}

export const pluginList: Command = function* ({ process, flags, engine }) {
  const plugins = yield* engine.json<readonly Plugin[]>('GET', '/plugins')
  const rows = plugins.map(({ Id, Name, Enabled, Config }) => ({
    ID: Id.slice(0, 12),
    Name,
    Description: Config.Description,
    Enabled: String(Enabled),
  }))
  yield* out(
    process,
    listed({
      rows,
      headings: { ID: 'ID', Name: 'NAME', Description: 'DESCRIPTION', Enabled: 'ENABLED' },
      columns: ['ID', 'Name', 'Description', 'Enabled'],
      format: flags.text('format'),
      type: 'plugin.pluginContext',
      quiet: flags.is('quiet') ? 'ID' : undefined,
    }),
  )
  return 0
}

export const pluginInspect: Command = function* ({ process, args, engine }) {
  yield* engine.ping()
  yield* out(process, '[]\n')
  yield* err(process, args.map((name) => `Error response from daemon: plugin ${JSON.stringify(name)} not found\n`).join(''))
  return 1
}

/** Those that post to a plugin by its name: enable, disable, push, set. Pushing wants a tag. */
export const pluginAct: Command = function* ({ path, args, engine }) {
  yield* engine.open(
    'POST',
    `/plugins/${encodeURIComponent(path === 'plugin push' ? familiarTag(args[0]) : args[0])}/${path.replace('plugin ', '')}`,
  )
  return 0
}

export const pluginRemove: Command = function* ({ flags, args, engine }) {
  yield* engine.open('DELETE', `/plugins/${encodeURIComponent(args[0])}${query({ force: flags.is('force') })}`)
  return 0
}

export const pluginInstall: Command = function* ({ args, engine }) {
  yield* engine.open('GET', `/plugins/privileges${query({ remote: canonicalName(args[0]) })}`)
  yield* engine.open('POST', `/plugins/pull${query({ remote: canonicalName(args[0]), name: args[0] })}`)
  return 0
}

export const pluginUpgrade: Command = function* ({ args, engine }) {
  try {
    yield* engine.open('GET', `/plugins/${encodeURIComponent(args[0])}/json`)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    throw new DockerError(`error reading plugin data: ${error.message}`)
  }
  return 0
}

export const pluginCreate: Command = function* ({ process, args }) {
  const folder = process.path(args[1])
  if (!process.files.exists(folder)) throw new DockerError(`lstat ${args[1]}: no such file or directory`)
  if (!process.files.exists(`${folder}/config.json`)) throw new DockerError(`open ${folder}/config.json: no such file or directory`)
  throw new DockerError('docker plugin create is not simulated in this sandbox.')
}
