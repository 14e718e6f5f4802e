/**
 * `docker manifest`: what a registry says an image is made of. The real client asks the registry itself; ours asks the engine, which stands
 * at the sandbox's registries. Lists made with `create` are kept beside the config file, as upstream keeps them, and not pushed.
 */
import { base64Of, bytesOf, textOf } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/sha256.ts'
import { type Blocking, out, type Process } from '../../unix/kernel/process.ts'
import { goJson } from '../go-json.ts'
import { type Command, forEach } from './command.ts'
import { DockerError } from './docker-error.ts'
import type { Engine } from './engine.ts'
import { DaemonError } from './docker-error.ts'
import { configPath, credentials } from './login.ts'
import { canonicalName, parseReference } from './reference.ts'

interface Platform {
  readonly architecture: string
  readonly os: string
}

interface Manifest {
  readonly text: string
  readonly platform: Platform
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json'
const listType = 'application/vnd.docker.distribution.manifest.list.v2+json'
const denied = 'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n'

function* fetched(process: Process, engine: Engine, name: string): Blocking<Manifest> {
  try {
    const { domain } = parseReference(name)
    const response = yield* engine.open('GET', `/distribution/${canonicalName(name)}/manifest`, undefined, {
      'x-registry-auth': credentials(process, domain),
    })
    const { manifest, platform } = JSON.parse(
      typeof response.body === 'string' ? response.body : response.body instanceof Uint8Array ? textOf(response.body) : '',
    ) as { manifest: string; platform: Platform }
    return { text: manifest, platform }
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error
    if (error.status === 403) throw new DockerError(denied)
    throw new DockerError(
      error.status === 404 ? `no such manifest: ${canonicalName(name)}` : error.message.replace('Error response from daemon: ', ''),
    )
  }
}

function described({ text, platform }: Manifest): object {
  return { mediaType: manifestType, digest: `sha256:${sha256Hex(bytesOf(text))}`, size: bytesOf(text).length, platform }
}

function verbose(name: string, manifest: Manifest): object {
  return {
    Ref: canonicalName(name),
    Descriptor: described(manifest),
    Raw: base64Of(bytesOf(manifest.text)),
    SchemaV2Manifest: JSON.parse(manifest.text) as unknown,
  }
}

/** Where a local list is kept: one file for each image it names. */
function folderOf(process: Process, name: string): string {
  return `${configPath(process).replace(/config\.json$/, 'manifests')}/${fileName(canonicalName(name))}`
}

const fileName = (name: string): string => name.replaceAll('/', '_').replaceAll(':', '-')

interface Entry {
  readonly name: string
  readonly manifest: Manifest
}

function listed(process: Process, name: string): Entry[] | undefined {
  const folder = folderOf(process, name)
  if (!process.files.exists(folder)) return undefined
  return process.files.list(folder).map((file) => JSON.parse(process.files.readText(`${folder}/${file}`)) as Entry)
}

export const manifestInspect: Command = function* ({ process, flags, args, engine }) {
  const [list, member] = args.length > 1 ? args : [undefined, args[0]]
  if (list !== undefined) {
    const entry = listed(process, list)?.find(({ name }) => canonicalName(name) === canonicalName(member))
    if (!entry) throw new DockerError(`No such manifest: ${canonicalName(member)}`)
    yield* out(process, `${goJson(verbose(entry.name, entry.manifest), { indent: '\t' })}\n`)
    return 0
  }
  const entries = listed(process, member)
  if (entries) {
    const shown = flags.is('verbose')
      ? entries.map(({ name, manifest }) => verbose(name, manifest))
      : { schemaVersion: 2, mediaType: listType, manifests: entries.map(({ manifest }) => described(manifest)) }
    yield* out(process, `${goJson(shown, { indent: flags.is('verbose') ? '\t' : '   ' })}\n`)
    return 0
  }
  const manifest = yield* fetched(process, engine, member)
  yield* out(process, `${goJson(flags.is('verbose') ? verbose(member, manifest) : JSON.parse(manifest.text), { indent: '\t' })}\n`)
  return 0
}

export const manifestCreate: Command = function* ({ process, flags, args, engine }) {
  const [list, ...members] = args
  const folder = folderOf(process, list)
  if (process.files.exists(folder) && !flags.is('amend'))
    throw new DockerError(`refusing to amend an existing manifest list with no --amend flag`)
  for (const name of members) {
    const manifest = yield* fetched(process, engine, name)
    process.files.mkdir(folder, { parents: true, mode: 0o755 })
    process.files.writeFile(`${folder}/${fileName(canonicalName(name))}`, JSON.stringify({ name, manifest } satisfies Entry))
  }
  yield* out(process, `Created manifest list ${canonicalName(list)}\n`)
  return 0
}

export const manifestAnnotate: Command = function* ({ process, flags, args }) {
  const [list, member] = args
  const entry = listed(process, list)?.find(({ name }) => canonicalName(name) === canonicalName(member))
  if (!entry) throw new DockerError(`manifest for image ${member} does not exist in ${list}`)
  const platform = {
    ...entry.manifest.platform,
    ...(flags.isSet('arch') && { architecture: flags.text('arch') }),
    ...(flags.isSet('os') && { os: flags.text('os') }),
    ...(flags.isSet('variant') && { variant: flags.text('variant') }),
  }
  process.files.writeFile(
    `${folderOf(process, list)}/${fileName(canonicalName(member))}`,
    JSON.stringify({ ...entry, manifest: { ...entry.manifest, platform } } satisfies Entry),
  )
  return 0
}

export const manifestPush: Command = function* ({ process, args }) {
  if (!listed(process, args[0])) throw new DockerError(`No such manifest: ${canonicalName(args[0])}`)
  throw new DockerError('Pushing a manifest list is not simulated in this sandbox: its registries keep one platform for each tag.')
}

export const manifestRemove: Command = ({ process, args }) =>
  forEach(args, function* (name) {
    if (!listed(process, name)) throw new DockerError(`No such manifest: ${canonicalName(name)}`)
    process.files.removeAll(folderOf(process, name))
  })
