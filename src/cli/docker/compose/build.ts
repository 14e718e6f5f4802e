/** `docker compose build`: each service's image through the same builder as `docker build`, told as bake tells it on standard output. */
import { type Blocking, err, type Process } from '../../../unix/kernel/process.ts'
import { base64Of, bytesOf } from '../../../base/bytes.ts'
import { tarOf, type TarEntry } from '../../../base/tar.ts'
import { contextOf } from '../build-context.ts'
import { contextsOf } from '../buildx-build.ts'
import { DockerError } from '../docker-error.ts'
import { showVertices } from '../buildkit.ts'
import { query } from '../engine.ts'
import { type ComposeCommand, type ComposeContext, selected } from './context.ts'
import type { Project, Service } from './project.ts'
import { type Fields, fieldsOf, isFields, isTrue, pairsOf, textsOf } from './tree.ts'

export const build: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const services = selected(project, context.args).filter((service) => service.build)
  if (services.length === 0) {
    yield* err(context.process, 'No services to build\n')
    return 0
  }
  yield* buildImages(context, project, services, {
    args: pairsOf(context.flags.list('build-arg')),
    usesCache: !context.flags.is('no-cache'),
    pulls: context.flags.is('pull'),
    isQuiet: context.flags.is('quiet'),
  })
  return 0
}

export interface BuildOptions {
  readonly args?: Readonly<Record<string, string | null>>
  readonly usesCache?: boolean
  readonly pulls?: boolean
  readonly isQuiet?: boolean
}

export function* buildImages(
  { process, engine, activity, warn }: ComposeContext,
  project: Project,
  services: readonly Service[],
  { args = {}, usesCache = true, pulls = false, isQuiet = false }: BuildOptions,
): Blocking<void> {
  const told = activity('Building', { isQuiet })
  for (const service of services) {
    if (!service.build) continue
    const fields = fieldsOf(service.fields.build)
    yield* sayUnsimulated(warn, service, fields)
    const sent = yield* contextOf(
      process,
      service.build.context,
      service.build.dockerfile.startsWith('/') ? service.build.dockerfile : `${service.build.context}/${service.build.dockerfile}`,
    )
    const { entries, name } =
      typeof fields.dockerfile_inline === 'string' ? withInline(process, sent.entries, fields.dockerfile_inline) : sent
    const buildargs = JSON.stringify(
      Object.fromEntries(Object.entries({ ...service.build.args, ...args }).filter(([, value]) => value !== null)),
    )
    const labels = JSON.stringify({
      ...pairsOf(fields.labels),
      'com.docker.compose.project': project.name,
      'com.docker.compose.service': service.name,
      'com.docker.compose.version': '2.40.3',
    })
    const target = `/build${query({ dockerfile: name, t: service.image, buildargs, labels, target: service.build.target, nocache: !usesCache || isTrue(fields.no_cache), pull: pulls || isTrue(fields.pull), cachefrom: JSON.stringify(textsOf(fields.cache_from)), extrahosts: hostsOf(fields.extra_hosts), networkmode: typeof fields.network === 'string' ? fields.network : 'default', platform: textsOf(fields.platforms)[0] ?? (typeof service.fields.platform === 'string' ? service.fields.platform : ''), rm: '1', version: '2' })}${textsOf(
      fields.tags,
    )
      .map((tag) => `&t=${encodeURIComponent(tag)}`)
      .join('')}`
    const session = {
      name: '',
      secrets: secretsOf(process, project, service, fields),
      contexts: contextsOf(
        process,
        Object.entries(pairsOf(fields.additional_contexts)).map(([key, value]) => `${key}=${value ?? ''}`),
      ),
      output: 'image',
    }
    const response = yield* engine.open('POST', target, tarOf(entries), {
      'content-type': 'application/x-tar',
      'x-build-session': JSON.stringify(session),
    })
    yield* showVertices(process, response, {
      isQuiet,
      progress: 'auto',
      isCheck: false,
      bake: { definitionBytes: 320 + service.build.context.length + service.image.length },
    })
    if (!isQuiet) yield* told.tell(service.image, 'Built', 'done')
  }
}

/** `dockerfile_inline` takes the place of the file. */
function withInline(process: Process, entries: readonly TarEntry[], text: string): { entries: readonly TarEntry[]; name: string } {
  const name = 'Dockerfile'
  return {
    entries: [
      ...entries.filter(({ path }) => path !== name),
      { path: name, kind: 'file', mode: 0o644, uid: 0, gid: 0, modifiedMs: process.now(), content: bytesOf(text), target: '' },
    ],
    name,
  }
}

/** What of `build` no builder here acts on. */
function* sayUnsimulated(warn: ComposeContext['warn'], { name }: Service, fields: Fields): Blocking<void> {
  for (const key of ['cache_to', 'ssh', 'entitlements', 'isolation', 'privileged', 'provenance', 'sbom', 'shm_size', 'ulimits']) {
    if (fields[key] !== undefined)
      yield* warn(`service ${JSON.stringify(name)}: build.${key} is not simulated in this sandbox and has no effect`)
  }
}

function hostsOf(value: unknown): string {
  return (
    Array.isArray(value)
      ? value.map((one) => String(one).replace('=', ':'))
      : Object.entries(pairsOf(value)).map(([host, ip]) => `${host}:${ip ?? ''}`)
  ).join(',')
}

/** Secrets of the file's top level that the build may read, by id. */
function secretsOf(process: Process, project: Project, { name }: Service, fields: Fields): Record<string, string> {
  const secrets: Record<string, string> = {}
  for (const one of Array.isArray(fields.secrets) ? (fields.secrets as unknown[]) : []) {
    const source = isFields(one) ? String(one.source) : String(one)
    const known = project.secrets[source]
    if (!known) throw new DockerError(`service ${JSON.stringify(name)} refers to undefined build secret ${source}: invalid compose project`)
    const id = isFields(one) && typeof one.target === 'string' ? one.target : source
    if (typeof known.environment === 'string') secrets[id] = base64Of(bytesOf(project.environment[known.environment] ?? ''))
    else if (typeof known.content === 'string') secrets[id] = base64Of(bytesOf(known.content))
    else if (typeof known.file === 'string') {
      if (!process.files.exists(known.file))
        throw new DockerError(`failed to stat ${known.file}: stat ${known.file}: no such file or directory`)
      secrets[id] = base64Of(process.files.readFile(known.file, process.credentials))
    }
  }
  return secrets
}
