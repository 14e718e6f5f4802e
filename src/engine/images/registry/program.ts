/**
 * `registry serve` and `registry garbage-collect`: CNCF's Distribution, versions 2.8 and 3.0, as one program that knows by its file which of
 * the two it is. Loaded when the first registry starts.
 */
import { WaitQueue } from '../../../base/wait-queue.ts'
import { type Blocking, err, out, type Process } from '../../../unix/kernel/process.ts'
import { UnixError } from '../../../unix/errors.ts'
import { requestQueue } from '../../../unix/network/serve.ts'
import { header } from '../../../base/http.ts'
import { respond, type Served } from './respond.ts'
import { type Settings, settingsOf } from './settings.ts'
import { manifestIn, referencesOf, type Storage, storageAt } from './storage.ts'

interface Release {
  readonly version: string
  readonly goVersion: string
  readonly major: number
}

const releases: Readonly<Record<string, Release>> = {
  '2': { version: '2.8.3', goVersion: 'go1.20.8', major: 2 },
  '3': { version: '3.0.0', goVersion: 'go1.23.7', major: 3 },
}

export function* registryMain(process: Process, major: '2' | '3'): Blocking<number> {
  const release = releases[major]
  const [, command = '', ...rest] = process.argv
  if (command === '--version' || command === '-v') {
    yield* out(
      process,
      `registry ${major === '2' ? 'github.com/docker/distribution' : 'github.com/distribution/distribution/v3'} v${release.version}\n`,
    )
    return 0
  }
  if (command !== 'serve' && command !== 'garbage-collect') {
    yield* (command === '' || command === 'help' || command === '-h' || command === '--help' ? out : err)(
      process,
      command === '' || /help|-h/.test(command)
        ? usage
        : `Error: unknown command "${command}" for "registry"\nRun 'registry --help' for usage.\n`,
    )
    return command === '' || /help|-h/.test(command) ? 0 : 1
  }
  const path = rest.find((word) => !word.startsWith('-')) ?? process.env.REGISTRY_CONFIGURATION_PATH
  if (path === undefined) {
    yield* err(process, 'configuration error: configuration path unspecified\n' + usage)
    return 1
  }
  let settings: Settings
  try {
    settings = settingsOf(process.files.readText(process.path(path), process.credentials), process.env)
  } catch (error) {
    if (error instanceof UnixError) yield* err(process, `configuration error: open ${path}: ${error.words.toLowerCase()}\n${usage}`)
    else if (error instanceof Error)
      yield* err(process, `configuration error: error parsing ${path}: ${error.message.split('\n')[0]}\n${usage}`)
    return 1
  }
  return command === 'serve'
    ? yield* serve(process, settings, release)
    : yield* collectGarbage(process, storageAt(process, settings.root), {
        isDry: rest.some((word) => /^(-d|--dry-run)$/.test(word)),
        takesUntagged: rest.some((word) => /^(-m|--delete-untagged)(=true)?$/.test(word)),
        release,
      })
}

const usage = `Usage:
  registry [flags]
  registry [command]

Available Commands:
  garbage-collect \`garbage-collect\` deletes layers not referenced by any manifests
  help            Help about any command
  serve           \`serve\` stores and distributes Docker images

Flags:
  -h, --help      help for registry
  -v, --version   show the version and exit

Use "registry [command] --help" for more information about a command.
`

function* serve(process: Process, settings: Settings, release: Release): Blocking<number> {
  const instance = process.kernel.random.uuid()
  const log = (level: string, message: string, fields = ''): string =>
    `time="${goTime(process)}" level=${level} msg=${quoted(message)} go.version=${release.goVersion} ${fields}instance.id=${instance} service=registry version=${release.version} \n`
  for (const one of settings.unsimulated) yield* err(process, log('warning', `${one} is not simulated in this sandbox`))
  if (settings.unsimulated.includes('http.tls')) return 1
  if (!settings.hasSecret)
    yield* err(
      process,
      log(
        'warning',
        'No HTTP secret provided - generated random secret. This may cause problems with uploads if multiple registries are behind a load-balancer. To provide a shared secret, fill in http.secret in the configuration file or set the REGISTRY_HTTP_SECRET environment variable.',
      ),
    )
  yield* err(process, log('info', 'redis not configured'))
  yield* err(process, log('info', `Starting upload purge in ${1 + process.kernel.random.below(58)}m0s`))
  yield* err(process, log('info', 'using inmemory blob descriptor cache'))
  if (settings.htpasswd !== undefined && !process.files.exists(process.path(settings.htpasswd)))
    yield* err(process, log('warning', `htpasswd is missing, nobody can sign in: open ${settings.htpasswd}: no such file or directory`))
  const served: Served = { process, settings, storage: storageAt(process, settings.root), major: release.major }
  const queue = requestQueue(process)
  const stopped = new WaitQueue()
  let signal = ''
  for (const name of ['TERM', 'INT'] as const) {
    process.handlers.set(name, () => {
      signal = name
      stopped.wake()
    })
  }
  try {
    queue.listen(settings.port, settings.ip || undefined)
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, log('fatal', `listen tcp ${settings.ip}:${settings.port}: bind: ${error.words.toLowerCase()}`))
    return 1
  }
  process.memoryBytes = 18_000_000
  try {
    yield* err(process, log('info', `listening on ${settings.ip === '' ? '[::]' : settings.ip}:${settings.port}`))
    for (;;) {
      if (signal !== '') {
        if (release.major >= 3 || signal === 'TERM')
          yield* err(process, log('info', 'stopping server gracefully. Draining connections for 0s'))
        return release.major >= 3 ? 0 : 2
      }
      const asked = queue.next()
      if (!asked) {
        yield { on: [queue.arrived, stopped] }
        continue
      }
      const { request, peer } = asked
      const response = respond(served, request)
      asked.answer(response)
      const size = typeof response.body === 'string' ? response.body.length : 'length' in response.body ? response.body.length : 0
      yield* out(
        process,
        `${peer.address ?? '127.0.0.1'} - - [${clfTime(process)}] "${request.method} ${request.url} HTTP/1.1" ${response.status} ${size} "" "${header(request.headers, 'user-agent') ?? ''}"\n`,
      )
    }
  } finally {
    queue.close()
  }
}

/** Marks what manifests need and takes the rest away; without `-m` a manifest counts though no tag names it. */
function* collectGarbage(
  process: Process,
  storage: Storage,
  { isDry, takesUntagged, release }: { isDry: boolean; takesUntagged: boolean; release: Release },
): Blocking<number> {
  const marked = new Set<string>()
  const doomed: { name: string; digest: string }[] = []
  for (const name of storage.repositories()) {
    yield* out(process, `${name}\n`)
    const tagged = new Set((storage.tags(name) ?? []).map((tag) => storage.tagged(name, tag)))
    for (const digest of storage.revisions(name)) {
      if (takesUntagged && !tagged.has(digest)) {
        yield* out(process, `manifest eligible for deletion: ${digest}\n`)
        doomed.push({ name, digest })
        continue
      }
      yield* out(process, `${name}: marking manifest ${digest} \n`)
      marked.add(digest)
      const references = referencesOf(manifestIn(storage.blob(digest)) ?? {})
      for (const one of [...references.blobs, ...references.manifests]) {
        yield* out(process, `${name}: marking blob ${one}\n`)
        marked.add(one)
      }
    }
  }
  const blobs = storage.blobs().filter((digest) => !marked.has(digest))
  yield* out(process, `\n${marked.size} blobs marked, ${blobs.length} blobs and ${doomed.length} manifests eligible for deletion\n`)
  if (!isDry) for (const { name, digest } of doomed) storage.removeManifest(name, digest)
  for (const digest of blobs) {
    yield* out(process, `blob eligible for deletion: ${digest}\n`)
    if (isDry) continue
    const hex = digest.slice(7)
    yield* err(
      process,
      `time="${goTime(process)}" level=info msg=${quoted(`Deleting blob: /docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}`)} go.version=${release.goVersion} instance.id=${process.kernel.random.uuid()} service=registry \n`,
    )
    storage.forget(digest)
  }
  return 0
}

const quoted = (message: string): string => (/^[\w.:/-]+$/.test(message) ? message : JSON.stringify(message))

function goTime(process: Process): string {
  return new Date(process.now()).toISOString().replace('Z', '000000Z')
}

function clfTime(process: Process): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(new Date(process.now()).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}
