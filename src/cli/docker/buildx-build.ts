/**
 * `docker buildx build`, which every `docker build` is. The client's part: the context, secrets and named contexts it offers, and where
 * the result goes; what the builder tells of its vertices is drawn by buildkit.ts.
 */
import { base64Of, bytesOfBase64 } from '../../base/bytes.ts'
import { entriesOfTar, tarOf } from '../../base/tar.ts'
import { type Blocking, err, out, type Process, writeTo } from '../../unix/kernel/process.ts'
import { commaSeparated, type Flags } from '../flags.ts'
import { goJson } from '../go-json.ts'
import { buildTarget } from './build.ts'
import { contextOf, folderAt, gitRefusal, isGit, isRemote, walk } from './build-context.ts'
import { currentBuilder } from './builders.ts'
import { showVertices } from './buildkit.ts'
import type { Command, Context } from './command.ts'
import { DockerError } from './docker-error.ts'
import { query } from './engine.ts'
import { credentials } from './login.ts'
import { showProgress } from './progress.ts'
import { canonicalName, parseReference } from './reference.ts'

export const buildxBuild: Command = function* (context) {
  try {
    return yield* built(context)
  } catch (error) {
    // A plugin's own refusals carry its prefix; what the build itself failed with has it already.
    if (!(error instanceof DockerError) || /^(ERROR: |[^\n]*:\d+\n|------)/.test(error.message)) throw error
    throw new DockerError(`ERROR: failed to build: ${error.message}`, error.code)
  }
}

function* built({ process, flags, args, engine }: Context): Blocking<number> {
  const progress = flags.text('progress')
  const isQuiet = flags.is('quiet') || progress === 'quiet' || progress === 'none'
  if (!['auto', 'none', 'plain', 'quiet', 'rawjson', 'tty'].includes(progress))
    throw new DockerError(`ERROR: invalid progress mode ${progress}`)
  if (progress === 'rawjson') throw new DockerError('--progress=rawjson is not simulated in this sandbox')
  const tags = flags.list('tag')
  for (const tag of tags) checkTag(tag)
  if (flags.is('push') && flags.is('load')) throw new DockerError('push and load may not be set together at the moment')
  if (flags.is('push') && tags.length === 0) throw new DockerError('tag is needed when pushing to registry')
  const builder = currentBuilder(process, flags.text('builder'))
  if (builder.name !== 'default')
    throw new DockerError(
      `the builder ${JSON.stringify(builder.name)} runs BuildKit in a container of its own (driver ${builder.driver}), which is not simulated in this sandbox: choose the daemon's with "docker buildx use default"`,
    )
  const call = flags.text('call')
  const isCheck = flags.is('check') || call === 'check' || call === 'lint'
  if (!['', 'build', 'check', 'lint'].includes(call)) throw new DockerError(`--call=${call} is not simulated in this sandbox`)
  refuseForDriver(flags)
  const output = outputOf(process, flags)
  const secrets = secretsOf(process, flags.list('secret'))
  for (const ssh of flags.list('ssh')) {
    if (process.env.SSH_AUTH_SOCK === undefined && !ssh.includes('='))
      throw new DockerError('invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set')
    throw new DockerError('--ssh: forwarding keys into a build is not simulated in this sandbox')
  }
  const contexts = contextsOf(process, flags.list('build-context'))
  if (isRemote(args[0])) throw yield* remoteRefusal(process, args[0])
  const { entries, name } = yield* contextOf(process, args[0], flags.text('file') || 'Dockerfile')
  const session = {
    name: sessionName(process, args[0], flags.text('file')),
    secrets,
    contexts,
    output: output.kind === 'registry' ? 'image' : output.kind,
  }
  const response = yield* engine.open('POST', buildTarget(process, flags, name, '2'), tarOf(entries), {
    'content-type': 'application/x-tar',
    'x-build-session': JSON.stringify(session),
  })
  const result = yield* showVertices(process, response, { isQuiet, progress, isCheck })
  if (isCheck) return result.warnings > 0 ? 1 : 0
  if (result.files !== undefined) yield* deliver(process, output, bytesOfBase64(result.files))
  if (flags.is('quiet') && result.id !== '') yield* out(process, `${result.id}\n`)
  if (flags.text('iidfile') !== '') writeFile(process, flags.text('iidfile'), result.id)
  if (flags.text('metadata-file') !== '')
    writeFile(process, flags.text('metadata-file'), goJson(metadata(flags, result, tags), { indent: '  ' }))
  if (flags.is('push') || output.isPushed)
    for (const tag of tags)
      yield* showProgress(
        process,
        yield* engine.open(
          'POST',
          `/images/${tag.replace(/:[^/:]*$/, '')}/push${query({ tag: parseReference(tag).tag ?? 'latest' })}`,
          '',
          { 'x-registry-auth': credentials(process, parseReference(tag).domain) },
        ),
        undefined,
      )
  return 0
}

function checkTag(tag: string): void {
  try {
    parseReference(tag)
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    throw new DockerError(
      `invalid tag "${tag}": ${error.message.replace(/^invalid reference format: /, '').replace(/ \(.*\) must/, ' must')}`,
    )
  }
}

/** What needs BuildKit in a container or the containerd image store. */
function refuseForDriver(flags: Flags): void {
  const refuse = (what: string, page: string) =>
    new DockerError(
      `${what} is not supported for the docker driver.\nSwitch to a different driver, or turn on the containerd image store, and try again.\nLearn more at https://docs.docker.com/go/${page}/`,
    )
  if (flags.list('platform').flatMap((one) => one.split(',')).length > 1) throw refuse('Multi-platform build', 'build-multi-platform')
  if (flags.list('cache-to').some((one) => one !== 'inline' && !/(^|,)type=inline(,|$)/.test(one)))
    throw refuse('Cache export', 'build-cache-backends')
  const attests =
    [flags.text('provenance'), flags.text('sbom')].some((text) => text !== '' && text !== 'false' && text !== 'disabled=true') ||
    flags.list('attest').length > 0
  if (attests) throw refuse('Attestation', 'attestations')
}

interface Output {
  readonly kind: 'image' | 'local' | 'tar' | 'cacheonly' | 'registry'
  readonly dest: string
  readonly isPushed: boolean
}

/** `-o outdir`, `-o -`, `-o type=tar,dest=x.tar`. */
function outputOf(process: Process, flags: Flags): Output {
  const given = flags.list('output')
  if (given.length === 0) return { kind: 'image', dest: '', isPushed: false }
  const text = given[given.length - 1]
  const isBare = !text.includes('=')
  const options = new Map(
    isBare
      ? [
          ['type', text === '-' ? 'tar' : 'local'],
          ['dest', text],
        ]
      : commaSeparated(text).map((field) => {
          if (!field.includes('=')) throw new DockerError(`invalid value ${field}`)
          return [field.slice(0, field.indexOf('=')).toLowerCase(), field.slice(field.indexOf('=') + 1)]
        }),
  )
  const type = options.get('type')
  const dest = options.get('dest') ?? ''
  const isPushed = options.get('push') === 'true' || type === 'registry'
  switch (type) {
    case undefined:
      throw new DockerError('type is required for output')
    case 'local':
      if (dest === '') throw new DockerError('dest is required for local output')
      return { kind: 'local', dest, isPushed }
    case 'tar':
      if (dest === '' || dest === '-') {
        if (process.descriptors.get(1)?.file.kind === 'terminal')
          throw new DockerError('dest file is required for tar exporter. refusing to write to console')
        return { kind: 'tar', dest: '-', isPushed }
      }
      return { kind: 'tar', dest, isPushed }
    case 'docker':
      if (dest !== '')
        throw new DockerError(
          'Docker exporter is not supported for the docker driver.\nSwitch to a different driver, or turn on the containerd image store, and try again.\nLearn more at https://docs.docker.com/go/build-exporters/',
        )
      return { kind: 'image', dest, isPushed }
    case 'image':
    case 'registry':
      return { kind: type, dest, isPushed }
    case 'cacheonly':
      return { kind: 'cacheonly', dest, isPushed }
    case 'oci':
      throw new DockerError(
        'OCI exporter is not supported for the docker driver.\nSwitch to a different driver, or turn on the containerd image store, and try again.\nLearn more at https://docs.docker.com/go/build-exporters/',
      )
    default:
      throw new DockerError(`failed to solve: exporter ${JSON.stringify(type)} could not be found`)
  }
}

function* deliver(process: Process, { kind, dest }: Output, archive: Uint8Array): Blocking<void> {
  if (kind === 'tar') {
    if (dest === '-') yield* writeTo(process, 1, archive)
    else process.files.writeFile(process.path(dest), archive, {}, process.credentials)
    return
  }
  const { files, credentials } = process
  const root = process.path(dest)
  files.mkdir(root, { parents: true }, credentials)
  for (const { path, kind: type, mode, content, target } of entriesOfTar(archive)) {
    const at = `${root}/${path}`
    if (type === 'directory') files.mkdir(at, { parents: true, mode }, credentials)
    else if (type === 'symlink') {
      if (files.exists(at)) files.unlink(at, credentials)
      files.symlink(target, at, credentials)
    } else if (type === 'file') {
      files.writeFile(at, content, {}, credentials)
      files.chmod(at, mode, credentials)
    }
  }
}

/** `id=tok,src=tok.txt`, `id=TOKEN,env=TOKEN`, `id=TOKEN`. */
function secretsOf(process: Process, given: readonly string[]): Record<string, string> {
  const secrets: Record<string, string> = {}
  for (const text of given) {
    let id = ''
    let source = ''
    let env = ''
    let type = ''
    for (const field of commaSeparated(text)) {
      const equals = field.indexOf('=')
      if (equals < 0) throw new DockerError(`invalid field '${field}' must be a key=value pair`)
      const key = field.slice(0, equals).toLowerCase()
      const value = field.slice(equals + 1)
      if (key === 'id') id = value
      else if (key === 'source' || key === 'src') source = value
      else if (key === 'env') env = value
      else if (key === 'type') {
        if (value !== 'file' && value !== 'env') throw new DockerError(`unsupported secret type ${JSON.stringify(value)}`)
        type = value
      } else throw new DockerError(`unexpected key '${key}' in '${field}'`)
    }
    if (id === '') throw new DockerError('secret missing id')
    if (type === 'env' && env === '') {
      env = source
      source = ''
    }
    if (source === '' && env === '') {
      if (process.env[id] !== undefined) env = id
      else source = id
    }
    if (env !== '') secrets[id] = base64Of(new TextEncoder().encode(process.env[env] ?? ''))
    else {
      if (!process.files.exists(process.path(source)))
        throw new DockerError(`failed to stat ${source}: stat ${source}: no such file or directory`)
      secrets[id] = base64Of(process.files.readFile(process.path(source), process.credentials))
    }
  }
  return secrets
}

export function contextsOf(process: Process, given: readonly string[]): Record<string, { image: string } | { tar: string }> {
  const contexts: Record<string, { image: string } | { tar: string }> = {}
  for (const text of given) {
    const equals = text.indexOf('=')
    if (equals < 0) throw new DockerError(`invalid context value: ${text}, expected key=value`)
    const name = text.slice(0, equals)
    const value = text.slice(equals + 1)
    if (value.startsWith('docker-image://')) contexts[name] = { image: value }
    else if (isRemote(value) || value.startsWith('oci-layout://') || value.startsWith('target:'))
      throw new DockerError(`failed to get build context ${name}: the sandbox has no way to ${value}`)
    else {
      const root = folderAt(process, value)
      if (root === undefined) throw new DockerError(`failed to get build context ${name}: stat ${value}: no such file or directory`)
      contexts[name] = { tar: base64Of(tarOf(walk(process, root, '', () => false))) }
    }
  }
  return contexts
}

/** git and web addresses are fetched by the builder, which finds nobody there. */
function* remoteRefusal(process: Process, url: string): Blocking<DockerError> {
  const vertex = isGit(url) ? `[internal] load git source ${url}` : `[internal] load remote build context`
  const words = isGit(url)
    ? `failed to fetch remote ${url}: git stderr:\n${gitRefusal(url)}\n: exit status 128`
    : `failed to load cache key: Get "${url}": dial tcp: lookup ${new URL(url).hostname}: no such host`
  yield* err(
    process,
    `#0 building with "default" instance using docker driver\n\n#1 ${vertex}\n#1 ERROR: ${words}\n------\n > ${vertex}:\n------\n`,
  )
  return new DockerError(
    `ERROR: failed to build: failed to solve: failed to read dockerfile: ${isGit(url) ? 'failed to load cache key: ' : ''}${words}`,
  )
}

/** How history calls a build: its folder, or where the Dockerfile is when it is elsewhere. */
function sessionName(process: Process, context: string, file: string): string {
  if (context === '-') return ''
  const root = folderAt(process, context) ?? context
  if (file === '' || file === '-') return root.replace(/^.*\//, '')
  const path = process.path(file)
  return path.startsWith(`${root}/`)
    ? `${root.replace(/^.*\//, '')}${path === `${root}/Dockerfile` ? '' : `/${path.slice(root.length + 1)}`}`
    : path.split('/').slice(-2).join('/')
}

function writeFile(process: Process, path: string, text: string): void {
  process.files.writeFile(process.path(path), text, {}, process.credentials)
}

/** `--metadata-file`, with the least provenance as its default is. */
function metadata(
  flags: Flags,
  {
    id,
    ref,
    materials,
  }: { readonly id: string; readonly ref: string; readonly materials: readonly { readonly name: string; readonly digest: string }[] },
  tags: readonly string[],
): object {
  const platform = flags.list('platform')[0] ?? 'linux/amd64'
  const args = Object.fromEntries(
    [
      ...flags.list('build-arg').map((one) => [`build-arg:${one.split('=')[0]}`, one.slice(one.indexOf('=') + 1)]),
      ...(flags.text('target') ? [['target', flags.text('target')]] : []),
      ...flags.list('label').map((one) => [`label:${one.split('=')[0]}`, one.slice(one.indexOf('=') + 1)]),
    ].sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return {
    'buildx.build.provenance': {
      builder: { id: '' },
      buildType: 'https://mobyproject.org/buildkit@v1',
      materials: materials.map(({ name, digest }) => ({
        uri: `pkg:docker/${name.replace(/:([^:/]*)$/, '@$1')}?platform=${encodeURIComponent(platform)}`,
        digest: { sha256: digest.replace('sha256:', '') },
      })),
      invocation: {
        configSource: { entryPoint: (flags.text('file') || 'Dockerfile').replace(/^.*\//, '') },
        parameters: {
          frontend: 'dockerfile.v0',
          ...(Object.keys(args).length > 0 && { args }),
          locals: [{ name: 'context' }, { name: 'dockerfile' }],
        },
        environment: { platform },
      },
    },
    'buildx.build.ref': `default/default/${ref}`,
    'containerimage.config.digest': id,
    'containerimage.digest': id,
    ...(tags.length > 0 && { 'image.name': tags.map(canonicalName).join(',') }),
  }
}
