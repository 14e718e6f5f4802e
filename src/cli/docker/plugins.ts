/**
 * The CLI's plugins: executable files `docker-NAME` in a handful of folders, found each time, so that deleting one takes its command away. Ours
 * (buildx and compose) are known by the file's content; any other is asked with `docker-cli-plugin-metadata`, as the real tool asks all.
 */
import { joined, textOf } from '../../base/bytes.ts'
import { binary, start } from '../../unix/kernel/execute.ts'
import { Descriptor } from '../../unix/kernel/open-file.ts'
import { pipe } from '../../unix/kernel/pipe.ts'
import { type Blocking, ended, type Process } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import { DockerError } from './docker-error.ts'
import { configPath } from './login.ts'

export interface Plugin {
  readonly SchemaVersion: string
  readonly Vendor: string
  readonly Version?: string
  readonly ShortDescription?: string
  readonly Name: string
  readonly Path: string
}

const ours: Readonly<Record<string, Omit<Plugin, 'Path'>>> = {
  'plugin:docker-buildx': {
    SchemaVersion: '0.1.0',
    Vendor: 'Docker Inc.',
    Version: '0.29.1+ds1',
    ShortDescription: 'Docker Buildx',
    Name: 'buildx',
  },
  'docker-compose': {
    SchemaVersion: '0.1.0',
    Vendor: 'Docker Inc.',
    Version: '2.40.3-3',
    ShortDescription: 'Docker Compose',
    Name: 'compose',
  },
}

/** Where plugins are looked for; the first folder that has one wins. */
function folders(process: Process): readonly string[] {
  return [
    configPath(process).replace(/config\.json$/, 'cli-plugins'),
    '/usr/local/lib/docker/cli-plugins',
    '/usr/local/libexec/docker/cli-plugins',
    '/usr/lib/docker/cli-plugins',
    '/usr/libexec/docker/cli-plugins',
  ]
}

function isProgram(process: Process, path: string): boolean {
  if (!process.files.exists(path)) return false
  const { kind, mode } = process.files.stat(path, process.credentials)
  return kind === 'file' && (mode & 0o111) !== 0
}

/** The file of a plugin; undefined when it is not installed. */
function pluginPath(process: Process, name: string): string | undefined {
  return folders(process)
    .map((folder) => `${folder}/docker-${name}`)
    .find((path) => isProgram(process, path))
}

/** Which of our own programs a file is. */
function ownProgram(process: Process, path: string): string | undefined {
  const content = textOf(process.files.readFile(path, process.credentials))
  return Object.keys(ours).find((program) => content === textOf(binary(program)))
}

/** Whether `docker NAME` is our own buildx or compose. */
export function hasPlugin(process: Process, name: 'buildx' | 'compose'): boolean {
  const path = pluginPath(process, name)
  const program = path === undefined ? undefined : ownProgram(process, path)
  return program !== undefined && ours[program].Name === name
}

/** Every plugin that answers, by name. */
export function* plugins(process: Process): Blocking<readonly Plugin[]> {
  const names = new Set(
    folders(process)
      .flatMap((folder) => (process.files.exists(folder) ? process.files.list(folder, process.credentials) : []))
      .flatMap((file) => /^docker-([a-z][a-z0-9]*)$/.exec(file)?.[1] ?? []),
  )
  const found: Plugin[] = []
  for (const name of [...names].sort()) {
    const plugin = yield* pluginNamed(process, name)
    if (plugin) found.push(plugin)
  }
  return found
}

function* pluginNamed(process: Process, name: string): Blocking<Plugin | undefined> {
  const Path = pluginPath(process, name)
  if (Path === undefined) return undefined
  const program = ownProgram(process, Path)
  if (program !== undefined) return { ...ours[program], Name: name, Path }
  const metadata = yield* metadataOf(process, Path)
  return metadata && { ...metadata, Name: name, Path }
}

function* metadataOf(process: Process, path: string): Blocking<Omit<Plugin, 'Name' | 'Path'> | undefined> {
  const { reader, writer } = pipe(0)
  const input = process.descriptors.get(0)
  const errors = process.descriptors.get(2)
  if (!input || !errors) return undefined
  const written = new Descriptor(writer)
  try {
    const child = start(process, [path, 'docker-cli-plugin-metadata'], {
      descriptors: new Map([
        [0, input],
        [1, written],
        [2, errors],
      ]),
    })
    yield* ended(child)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return undefined
  }
  const chunks: Uint8Array[] = []
  for (let chunk = reader.read(65_536); chunk && chunk.length > 0; chunk = reader.read(65_536)) chunks.push(chunk)
  try {
    const value = JSON.parse(textOf(joined(chunks))) as Omit<Plugin, 'Name' | 'Path'>
    return value.SchemaVersion === '0.1.0' && value.Vendor ? value : undefined
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

/** Runs somebody else's plugin in the foreground, with its own name as the first argument; undefined when there is none of that name. */
export function* runPlugin(process: Process, words: readonly string[]): Blocking<number | undefined> {
  const [name] = words
  if (!/^[a-z][a-z0-9]*$/.test(name)) return undefined
  const plugin = yield* pluginNamed(process, name)
  if (!plugin) return undefined
  try {
    return yield* ended(
      start(process, [plugin.Path, ...words], { env: { ...process.env, DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: process.argv[0] } }),
    )
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    throw new DockerError(`docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information`)
  }
}

/** What a plugin answers when it is asked who it is. */
export function ownMetadata(program: 'plugin:docker-buildx' | 'docker-compose'): string {
  const { SchemaVersion, Vendor, Version, ShortDescription } = ours[program]
  return `${JSON.stringify({ SchemaVersion, Vendor, Version, ShortDescription })}\n`
}
