/** Commands that this sandbox's daemon has nothing for: no plugins, no experimental features. What the real tool says then, and else that it is not simulated. */
import { err, out } from '../../unix/kernel/process.ts'
import { type Command, DockerError } from './command.ts'
import { listed } from './listing.ts'

export const experimental: Command = function* ({ path, engine }) {
  if ((yield* engine.ping())['docker-experimental'] !== 'true') throw new DockerError(`docker ${path} is only supported on a Docker daemon with experimental features enabled`)
  throw new DockerError(`docker ${path} is not simulated in this sandbox.`)
}

export const pluginList: Command = function* ({ process, flags, engine }) {
  yield* engine.ping()
  yield* out(process, listed({ rows: [], headings: { ID: 'ID', Name: 'NAME', Description: 'DESCRIPTION', Enabled: 'ENABLED' }, columns: ['ID', 'Name', 'Description', 'Enabled'], format: flags.text('format'), type: 'plugin.pluginContext', quiet: flags.is('quiet') ? 'ID' : undefined }))
  return 0
}

/** For all that want the name of an installed plugin. */
export const pluginMissing: Command = function* ({ process, path, args, engine }) {
  yield* engine.ping()
  if (path === 'plugin inspect') yield* out(process, '[]\n')
  yield* err(process, args.map((name) => `Error response from daemon: plugin ${JSON.stringify(name)} not found\n`).join(''))
  return 1
}
