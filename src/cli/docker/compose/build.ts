/** `docker compose build`: each service's image through the same builder as `docker build`, told as bake tells it on standard output. */
import { type Blocking, err } from '../../../unix/kernel/process.ts'
import { tarOf } from '../../../base/tar.ts'
import { contextOf } from '../build-context.ts'
import { showVertices } from '../buildkit.ts'
import { query } from '../engine.ts'
import { type ComposeCommand, type ComposeContext, selected } from './context.ts'
import type { Project, Service } from './project.ts'
import { pairsOf } from './tree.ts'

export const build: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const services = selected(project, context.args).filter((service) => service.build)
  if (services.length === 0) {
    yield* err(context.process, 'No services to build\n')
    return 0
  }
  yield* buildImages(context, project, services, { args: pairsOf(context.flags.list('build-arg')), usesCache: !context.flags.is('no-cache'), pulls: context.flags.is('pull'), isQuiet: context.flags.is('quiet') })
  return 0
}

export interface BuildOptions {
  readonly args?: Readonly<Record<string, string | null>>
  readonly usesCache?: boolean
  readonly pulls?: boolean
  readonly isQuiet?: boolean
}

export function* buildImages({ process, engine, activity }: ComposeContext, project: Project, services: readonly Service[], { args = {}, usesCache = true, pulls = false, isQuiet = false }: BuildOptions): Blocking<void> {
  const told = activity('Building', { isQuiet })
  for (const service of services) {
    if (!service.build) continue
    const { entries, name } = yield* contextOf(process, service.build.context, service.build.dockerfile.startsWith('/') ? service.build.dockerfile : `${service.build.context}/${service.build.dockerfile}`)
    const buildargs = JSON.stringify(Object.fromEntries(Object.entries({ ...service.build.args, ...args }).filter(([, value]) => value !== null)))
    const labels = JSON.stringify({ 'com.docker.compose.project': project.name, 'com.docker.compose.service': service.name, 'com.docker.compose.version': '2.40.3' })
    const target = `/build${query({ dockerfile: name, t: service.image, buildargs, labels, target: service.build.target, nocache: !usesCache, pull: pulls, rm: '1', version: '2' })}`
    const response = yield* engine.open('POST', target, tarOf(entries), { 'content-type': 'application/x-tar' })
    yield* showVertices(process, response, { isQuiet, progress: 'auto', isCheck: false, bake: { definitionBytes: 320 + service.build.context.length + service.image.length } })
    if (!isQuiet) yield* told.tell(service.image, 'Built', 'done')
  }
}
