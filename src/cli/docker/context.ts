/**
 * Contexts: named places of a daemon, in ~/.docker/contexts/meta under the digest of their names. `default` is no file; it is whatever
 * DOCKER_HOST says.
 */
import { bytesOf, noBytes, textOf } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { entriesOfTar, tarOf } from '../../base/tar.ts'
import { type Blocking, err, out, type Process, readAll } from '../../unix/kernel/process.ts'
import { archiveAt } from './archives.ts'
import { type Command, forEach } from './command.ts'
import { DockerError } from './docker-error.ts'
import { goJson } from '../go-json.ts'
import { inspected } from './inspect.ts'
import { listed } from './listing.ts'
import { configPath, readConfig, writeConfig } from './login.ts'

interface Meta {
  readonly Name: string
  readonly Metadata: { readonly Description?: string }
  readonly Endpoints: { readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean } }
}

const folder = (process: Process) => configPath(process).replace(/config\.json$/, 'contexts/meta')
const fileOf = (process: Process, name: string) => `${folder(process)}/${sha256Hex(bytesOf(name))}/meta.json`
const standardHost = 'unix:///var/run/docker.sock'

function stored(process: Process): Meta[] {
  if (!process.files.exists(folder(process))) return []
  return process.files
    .list(folder(process))
    .map((entry) => JSON.parse(process.files.readText(`${folder(process)}/${entry}/meta.json`)) as Meta)
}

export function currentContext(process: Process): string {
  if (process.env.DOCKER_HOST) return 'default'
  const { currentContext: chosen } = readConfig(process)
  return process.env.DOCKER_CONTEXT || (typeof chosen === 'string' && chosen !== '' ? chosen : 'default')
}

/** The daemon's address of a context, for every command. */
export function hostOfContext(process: Process, name: string): string {
  if (name === 'default') return process.env.DOCKER_HOST || standardHost
  return contextNamed(process, name).Endpoints.docker?.Host ?? standardHost
}

function contextNamed(process: Process, name: string): Meta {
  const path = fileOf(process, name)
  if (!process.files.exists(path))
    throw new DockerError(
      `Failed to initialize: unable to resolve docker endpoint: context ${JSON.stringify(name)}: context not found: open ${path}: no such file or directory`,
    )
  return JSON.parse(process.files.readText(path)) as Meta
}

function notFound(process: Process, name: string): DockerError {
  return new DockerError(`context ${JSON.stringify(name)}: context not found: open ${fileOf(process, name)}: no such file or directory`)
}

function checkName(name: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/.test(name))
    throw new DockerError(
      `context name ${JSON.stringify(name)} is invalid, names are validated against regexp "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"`,
    )
}

function exists(process: Process, name: string): boolean {
  return name === 'default' || process.files.exists(fileOf(process, name))
}

function defaultMeta(process: Process): Meta {
  return { Name: 'default', Metadata: {}, Endpoints: { docker: { Host: process.env.DOCKER_HOST || standardHost, SkipTLSVerify: false } } }
}

function write(process: Process, meta: Meta): void {
  const path = fileOf(process, meta.Name)
  process.files.mkdir(path.replace(/\/[^/]*$/, ''), { mode: 0o755, parents: true })
  process.files.writeFile(path, JSON.stringify(meta), { mode: 0o644 })
}

export const contextCreate: Command = function* ({ process, flags, args }) {
  const [name] = args
  if (name === 'default') throw new DockerError('"default" is a reserved context name')
  checkName(name)
  if (exists(process, name)) throw new DockerError(`context ${JSON.stringify(name)} already exists`)
  write(process, {
    Name: name,
    Metadata: { ...(flags.text('description') !== '' && { Description: flags.text('description') }) },
    Endpoints: { docker: endpoint(process, flags.list('docker'), flags.text('from')) },
  })
  yield* out(process, `${name}\n`)
  yield* err(process, `Successfully created context "${name}"\n`)
  return 0
}

function endpoint(process: Process, settings: readonly string[], from: string): { Host: string; SkipTLSVerify: boolean } {
  if (from !== '' && !exists(process, from)) throw notFound(process, from)
  const values = Object.fromEntries(
    settings.flatMap((setting) => setting.split(',')).map((one) => [one.split('=')[0], one.slice(one.indexOf('=') + 1)]),
  )
  const unknown = Object.keys(values).find((key) => !['host', 'from', 'ca', 'cert', 'key', 'skip-tls-verify'].includes(key))
  if (unknown !== undefined) throw new DockerError(`unable to create docker endpoint config: unrecognized config key: ${unknown}`)
  if (values.host !== undefined && !values.host.includes('://'))
    throw new DockerError(
      `unable to create docker endpoint config: unable to apply docker endpoint options: unable to parse docker host \`${values.host}\``,
    )
  return {
    Host: values.host ?? hostOfContext(process, from || currentContext(process)),
    SkipTLSVerify: values['skip-tls-verify'] === 'true',
  }
}

export const contextUpdate: Command = function* ({ process, flags, args }) {
  const [name] = args
  if (name === 'default') throw new DockerError('"default" is a reserved context name')
  if (!exists(process, name)) throw notFound(process, name)
  const meta = contextNamed(process, name)
  write(process, {
    ...meta,
    Metadata: flags.isSet('description') ? { Description: flags.text('description') } : meta.Metadata,
    Endpoints: flags.list('docker').length > 0 ? { docker: endpoint(process, flags.list('docker'), name) } : meta.Endpoints,
  })
  yield* out(process, `${name}\n`)
  yield* err(process, `Successfully updated context "${name}"\n`)
  return 0
}

export const contextList: Command = function* ({ process, flags }) {
  const current = currentContext(process)
  const all: Meta[] = [
    {
      Name: 'default',
      Metadata: { Description: 'Current DOCKER_HOST based configuration' },
      Endpoints: { docker: { Host: process.env.DOCKER_HOST || standardHost } },
    },
    ...stored(process),
  ]
  const rows = all
    .sort((a, b) => (a.Name < b.Name ? -1 : 1))
    .map(({ Name, Metadata, Endpoints }) => ({
      Current: Name === current,
      Description: Metadata.Description ?? '',
      DockerEndpoint: Endpoints.docker?.Host ?? '',
      Error: '',
      Name: Name === current && flags.text('format') === '' && !flags.is('quiet') ? `${Name} *` : Name,
    }))
  yield* out(
    process,
    listed({
      rows,
      headings: { Current: 'CURRENT', Name: 'NAME', Description: 'DESCRIPTION', DockerEndpoint: 'DOCKER ENDPOINT', Error: 'ERROR' },
      columns: ['Name', 'Description', 'DockerEndpoint', 'Error'],
      format: flags.text('format'),
      type: 'formatter.clientContextContext',
      quiet: flags.is('quiet') ? 'Name' : undefined,
    }),
  )
  if (process.env.DOCKER_HOST)
    yield* err(
      process,
      'Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.\n',
    )
  return 0
}

export const contextShow: Command = function* ({ process }) {
  yield* out(process, `${currentContext(process)}\n`)
  return 0
}

export const contextUse: Command = function* ({ process, args }) {
  const [name] = args
  checkName(name)
  if (!exists(process, name)) throw notFound(process, name)
  const { currentContext: _, ...config } = readConfig(process)
  writeConfig(process, name === 'default' ? config : { ...config, currentContext: name })
  yield* out(process, `${name}\n`)
  yield* err(process, `Current context is now "${name}"\n`)
  if (process.env.DOCKER_HOST && name !== 'default')
    yield* err(
      process,
      `Warning: DOCKER_HOST environment variable overrides the active context. To use "${name}", either set the global --context flag, or unset DOCKER_HOST environment variable.\n`,
    )
  return 0
}

export const contextRemove: Command = (context) =>
  forEach(context.args, function* (name) {
    const { process, flags } = context
    if (name === 'default') throw new DockerError('context "default" cannot be removed')
    if (!exists(process, name)) {
      if (!flags.is('force')) throw new DockerError(`context "${name}" does not exist`)
      yield* out(process, `${name}\n`)
      return
    }
    const isForced = flags.is('force')
    if (name === currentContext(process)) {
      if (!isForced) throw new DockerError(`context "${name}" is in use, set -f flag to force remove`)
      const { currentContext: _, ...config } = readConfig(process)
      writeConfig(process, config)
    }
    process.files.unlink(fileOf(process, name))
    process.files.rmdir(fileOf(process, name).replace(/\/[^/]*$/, ''))
    yield* out(process, `${name}\n`)
  })

export const contextInspect: Command = ({ process, flags, args }) => {
  const names = args.length > 0 ? args : [currentContext(process)]
  return inspected(
    process,
    flags,
    names,
    function* (name) {
      if (!exists(process, name)) throw notFound(process, name)
      const meta = name === 'default' ? defaultMeta(process) : contextNamed(process, name)
      const path = name === 'default' ? '<IN MEMORY>' : fileOf(process, name).replace(/\/meta\.json$/, '')
      return goJson({
        Name: meta.Name,
        Metadata: meta.Metadata,
        Endpoints: meta.Endpoints,
        TLSMaterial: {},
        Storage: { MetadataPath: path, TLSPath: name === 'default' ? '<IN MEMORY>' : path.replace('/meta/', '/tls/') },
      })
    },
    'context.contextWithTLSListing',
  )
}

export const contextExport: Command = function* ({ process, args }): Blocking<number> {
  const [name, target = `${name}.dockercontext`] = args
  if (!exists(process, name)) throw notFound(process, name)
  const common = { uid: 0, gid: 0, modifiedMs: 0, target: '' }
  const content = name === 'default' ? bytesOf(JSON.stringify(defaultMeta(process))) : process.files.readFile(fileOf(process, name))
  const archive = tarOf([
    { ...common, path: 'meta.json', kind: 'file', mode: 0o644, content },
    { ...common, path: 'tls', kind: 'directory', mode: 0o700, content: noBytes },
  ])
  if (target === '-') {
    yield* out(process, archive)
    return 0
  }
  process.files.writeFile(process.path(target), archive, { mode: 0o600 }, process.credentials)
  yield* err(process, `Written file "${target}"\n`)
  return 0
}

export const contextImport: Command = function* ({ process, args }) {
  const [name, source] = args
  const archive = source === '-' ? yield* readAll(process, 0) : archiveAt(process, source)
  if (name === 'default') throw new DockerError('"default" is a reserved context name')
  checkName(name)
  if (exists(process, name)) throw new DockerError(`context ${JSON.stringify(name)} already exists`)
  const meta = entriesIn(archive).find(({ path }) => path === 'meta.json')
  if (!meta) throw new DockerError('invalid context: no metadata found')
  write(process, { ...(JSON.parse(textOf(meta.content)) as Meta), Name: name })
  yield* out(process, `${name}\n`)
  yield* err(process, `Successfully imported context "${name}"\n`)
  return 0
}

function entriesIn(archive: Uint8Array): ReturnType<typeof entriesOfTar> {
  try {
    return entriesOfTar(archive)
  } catch {
    throw new DockerError('archive/tar: invalid tar header')
  }
}
