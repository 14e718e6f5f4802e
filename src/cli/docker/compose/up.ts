/**
 * `docker compose up` (and create, start, run's groundwork): networks and volumes first, then images, then containers in the order in which
 * they need each other. A container whose settings changed since is made anew; the labels tell.
 */
import { bytesOf } from '../../../base/bytes.ts'
import { tarOf } from '../../../base/tar.ts'
import { type Blocking, err, sleep } from '../../../unix/kernel/process.ts'
import { goDuration } from '../../go-values.ts'
import { DockerError } from '../docker-error.ts'
import { eachLine, query } from '../engine.ts'
import { DaemonError } from '../docker-error.ts'
import { credentials } from '../login.ts'
import type { Message } from '../progress.ts'
import { parseReference } from '../reference.ts'
import type { Activity } from './activity.ts'
import { attachAll } from './attach.ts'
import { buildImages } from './build.ts'
import { type ComposeCommand, type ComposeContext, type Member, members, selected, withDependencies } from './context.ts'
import { stopAll } from './down.ts'
import { levels, type Project, type Service } from './project.ts'
import { type Fields, fieldsOf, pairsOf, isTrue } from './tree.ts'
import {
  type AnonymousVolume,
  composeVersion,
  configHash,
  containerName,
  handedContent,
  handedTo,
  networkName,
  serviceConfig,
  volumeName,
} from './service-config.ts'
import { runHooks } from './hooks.ts'
import { together } from './together.ts'
import { sayUnsimulated } from './unsimulated.ts'

export const up: ComposeCommand = function* (context) {
  const { process, flags, args } = context
  const exitFrom = flags.text('exit-code-from')
  const aborts = flags.is('abort-on-container-exit') || flags.is('abort-on-container-failure') || exitFrom !== ''
  const isDetached = flags.is('detach') || flags.is('wait')
  if (flags.is('watch') && isDetached)
    throw new DockerError(
      `--${flags.is('wait') ? 'wait' : 'detach'} cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch`,
    )
  if (aborts && isDetached) throw new DockerError('--detach cannot be combined with --abort-on-container-exit or --attach-dependencies')
  if (flags.is('force-recreate') && flags.is('no-recreate')) throw new DockerError('--force-recreate and --no-recreate are incompatible')
  if (flags.is('build') && flags.is('no-build')) throw new DockerError('--build and --no-build are incompatible')
  const project = yield* context.project()
  const services = chosen(context, project, args)
  if (services.length === 0) throw new DockerError('no service selected')
  if (flags.is('build')) yield* buildImages(context, project, services, { isQuiet: flags.is('quiet-build') })
  const told = context.activity('Running')
  yield* converge(context, project, services, told)
  if (flags.is('no-start')) return 0
  if (isDetached) {
    yield* startAll(context, project, services, told)
    if (flags.is('wait')) yield* allHealthy(context, project, services, told)
    return 0
  }
  const chosenToAttach = flags.list('attach')
  const isAttached = ({ name, fields }: Service): boolean =>
    chosenToAttach.length > 0
      ? chosenToAttach.includes(name)
      : (args.length === 0 || args.includes(name) || flags.is('attach-dependencies')) &&
        !flags.list('no-attach').includes(name) &&
        (fields.attach === undefined || isTrue(fields.attach))
  const wanted = services.filter(isAttached)
  const attached = (yield* members(context, project.name)).filter(
    (member) => !member.isOneOff && wanted.some(({ name }) => name === member.service),
  )
  yield* told.finish()
  const outcome = yield* attachAll(context, project, attached, {
    aborts,
    start: () => startAll(context, project, services, context.activity('Running', { isQuiet: true })),
    watch: {
      isOn: flags.is('watch'),
      *rebuild(service) {
        yield* buildImages(context, project, [service], { isQuiet: true })
        yield* upInBackground(context, project, [service])
      },
    },
  })
  if (outcome.isInterrupted || aborts) {
    if (outcome.isInterrupted) yield* err(process, 'Gracefully Stopping... press Ctrl+C again to force\n')
    const told = context.activity('Stopping', process.terminal ? { line: (name, words) => outcome.menu.step(name, words) } : {})
    yield* stopAll(context, project, yield* members(context, project.name), told, {
      timeout: flags.isSet('timeout') ? flags.number('timeout') : undefined,
    })
    yield* outcome.drain()
  }
  if (outcome.isInterrupted) return process.terminal ? 0 : 130
  if (exitFrom !== '') return outcome.codes.get(exitFrom) ?? 0
  if (flags.is('abort-on-container-failure')) return [...outcome.codes.values()].find((code) => code !== 0) ?? 0
  return aborts ? (outcome.firstCode ?? 0) : 0
}

/** Until each container runs, and is healthy if it has a check. */
function* allHealthy(context: ComposeContext, project: Project, services: readonly Service[], told: Activity): Blocking<void> {
  const { process, flags, engine } = context
  const until = flags.isSet('wait-timeout') ? process.now() + flags.number('wait-timeout') * 1000 : undefined
  const all = (yield* members(
    context,
    project.name,
    services.map(({ name }) => name),
  )).filter(({ isOneOff }) => !isOneOff)
  const one = function* ({ id, name }: Member): Blocking<void> {
    yield* told.tell(`Container ${name}`, 'Waiting', 'working')
    for (;;) {
      const { State } = yield* engine.json<{ State: { Status: string; ExitCode: number; Health?: { Status: string } } }>(
        'GET',
        `/containers/${id}/json`,
      )
      const isReady = State.Health ? State.Health.Status === 'healthy' : State.Status === 'running'
      if (isReady) break
      if (State.Status === 'exited' || State.Health?.Status === 'unhealthy') {
        const words = State.Status === 'exited' ? `exited (${State.ExitCode})` : 'is unhealthy'
        yield* told.tell(`Container ${name}`, words, 'failed', 'Error')
        throw new DockerError(`container ${name} ${words}`)
      }
      if (until !== undefined && process.now() >= until)
        throw new DockerError('application not healthy after ' + goDuration(flags.number('wait-timeout') * 1000))
      yield* sleep(process, lookEveryMs)
    }
    yield* told.tell(`Container ${name}`, 'Healthy', 'done')
  }
  yield* together(all.map(one))
}

/** As `up -d` without its flags. */
export function* upInBackground(context: ComposeContext, project: Project, services: readonly Service[]): Blocking<void> {
  const all = withDependencies(project, services)
  const told = context.activity('Running')
  yield* converge(context, project, all, told)
  yield* startAll(context, project, all, told)
  yield* told.finish()
}

export const create: ComposeCommand = function* (context) {
  const project = yield* context.project()
  yield* converge(context, project, chosen(context, project, context.args), context.activity('Running'))
  return 0
}

export const start: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const services = withDependencies(project, selected(project, context.args))
  const present = yield* members(context, project.name)
  const missing = services.find(({ name }) => !present.some((member) => member.service === name))
  if (missing) throw new DockerError(`service ${JSON.stringify(missing.name)} has no container to start`)
  yield* startAll(context, project, services, context.activity('Running'))
  return 0
}

export const scale: ComposeCommand = function* (context) {
  const project = yield* context.project()
  const scales = pairsOf(context.args)
  const services = selected(project, Object.keys(scales)).map((service) => ({ ...service, scale: Number(scales[service.name]) }))
  const told = context.activity('Running')
  yield* converge(context, project, services, told)
  yield* startAll(context, project, services, told)
  return 0
}

function chosen({ flags }: ComposeContext, project: Project, names: readonly string[]): Service[] {
  const own = selected(project, names)
  const services = flags.knows('no-deps') && flags.is('no-deps') ? own : withDependencies(project, own)
  const scales = flags.knows('scale') ? pairsOf(flags.list('scale')) : {}
  for (const name of Object.keys(scales))
    if (!services.some((service) => service.name === name)) throw new DockerError(`no such service: ${name}`)
  return services.map((service) => (scales[service.name] === undefined ? service : { ...service, scale: Number(scales[service.name]) }))
}

/** Makes everything be there, not yet running. */
export function* converge(context: ComposeContext, project: Project, services: readonly Service[], told: Activity): Blocking<void> {
  yield* sayUnsimulated(context, services)
  yield* provideImages(context, project, services)
  yield* provideNetworks(context, project, services, told)
  yield* provideVolumes(context, project, services, told)
  const orphans = (yield* members(context, project.name)).filter(
    (member) => !member.isOneOff && ![...project.services, ...project.disabled].some(({ name }) => name === member.service),
  )
  if (context.flags.knows('remove-orphans') && context.flags.is('remove-orphans')) {
    yield* stopAll(context, project, orphans, told, { removes: true })
  } else if (orphans.length > 0 && context.process.env.COMPOSE_IGNORE_ORPHANS !== 'true') {
    yield* context.warn(
      `Found orphan containers (${`[${orphans.map(({ name }) => name).join(' ')}]`}) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.`,
    )
  }
  for (const group of levels(services)) {
    const made: (() => Blocking<void>)[] = []
    for (const service of group) if (!service.isPrepared) made.push(...(yield* provideContainers(context, project, service, told)))
    yield* together(made.map((make) => make()))
  }
}

function* isPresent({ engine }: ComposeContext, path: string): Blocking<boolean> {
  try {
    yield* engine.json('GET', path)
    return true
  } catch (error) {
    if (error instanceof DaemonError && error.status === 404) return false
    throw error
  }
}

function* provideImages(context: ComposeContext, project: Project, services: readonly Service[]): Blocking<void> {
  const missing: Service[] = []
  // The flag's default is a word of its help.
  const policy = context.flags.knows('pull') && context.flags.isSet('pull') ? context.flags.text('pull') : ''
  if (!['', 'always', 'missing', 'never', 'build', 'policy'].includes(policy))
    throw new DockerError(`unsupported --pull value ${JSON.stringify(policy)}`)
  for (const service of services) {
    if (missing.some(({ image }) => image === service.image)) continue
    if (!service.build && (policy === 'always' || (policy === '' && service.fields.pull_policy === 'always'))) missing.push(service)
    else if (!service.build && (policy === 'never' || (policy === '' && service.fields.pull_policy === 'never'))) continue
    else if (!(yield* isPresent(context, `/images/${service.image}/json`))) missing.push(service)
  }
  const pulled = missing.filter((service) => !service.build)
  if (pulled.length > 0)
    yield* pullImages(
      context,
      pulled,
      context.activity('Running', { isQuiet: context.flags.knows('quiet-pull') && context.flags.is('quiet-pull') }),
    )
  const built = missing.filter((service) => service.build)
  if (built.length > 0) yield* buildImages(context, project, built, {})
}

export function* pullImages(
  context: ComposeContext,
  services: readonly Service[],
  told: Activity,
  ignoresFailures = false,
): Blocking<void> {
  yield* together(services.map((service) => pullImage(context, service, told, ignoresFailures)))
}

function* pullImage({ process, engine }: ComposeContext, service: Service, told: Activity, ignoresFailures: boolean): Blocking<void> {
  yield* told.tell(service.name, '', 'working', 'Pulling')
  try {
    const { domain, name, tag, digest } = parseReference(service.image)
    const response = yield* engine.open(
      'POST',
      `/images/create${query({ fromImage: `${domain}/${name}`, tag: digest ?? tag ?? 'latest', platform: typeof service.fields.platform === 'string' ? service.fields.platform : undefined })}`,
      '',
      { 'x-registry-auth': credentials(process, domain) },
    )
    yield* eachLine<Message>(response, function* ({ id, status = '', progressDetail, progress = '', error, errorDetail }) {
      if (error !== undefined) throw new DockerError(`Error response from daemon: ${errorDetail?.message ?? error}`)
      if (!id || /^Pulling from/.test(status)) return
      const isDone = /complete|exists/.test(status)
      const { current = 0, total = 0 } = progressDetail ?? {}
      yield* told.tell(id, progress, isDone ? 'done' : 'working', status, {
        parent: service.name,
        current,
        total,
        percent: isDone ? 100 : total > 0 ? Math.floor((current * 100) / total) : 0,
      })
    })
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    yield* told.tell(service.name, error.message.replace('Error response from daemon: ', ''), 'failed', 'Error')
    if (!ignoresFailures) throw error
    return
  }
  yield* told.tell(service.name, '', 'done', 'Pulled')
}

function* provideNetworks(context: ComposeContext, project: Project, services: readonly Service[], told: Activity): Blocking<void> {
  const used = [...new Set(services.flatMap(({ networks }) => networks.map(({ name }) => name)))].sort()
  for (const key of used) {
    const name = networkName(project, key)
    const fields = project.networks[key]
    if (yield* isPresent(context, `/networks/${name}`)) continue
    if (isTrue(fields.external)) throw new DockerError(`network ${name} declared as external, but could not be found`)
    yield* told.tell(`Network ${name}`, 'Creating', 'working')
    yield* context.engine.json('POST', '/networks/create', {
      Name: name,
      Driver: fields.driver ?? 'bridge',
      Internal: isTrue(fields.internal),
      Attachable: isTrue(fields.attachable),
      Options: pairsOf(fields.driver_opts),
      IPAM: ipam(fields),
      Labels: {
        ...pairsOf(fields.labels),
        'com.docker.compose.network': key,
        'com.docker.compose.project': project.name,
        'com.docker.compose.version': composeVersion,
      },
    })
    yield* told.tell(`Network ${name}`, 'Created', 'done')
  }
}

function ipam(fields: Fields): object | undefined {
  const { driver = 'default', config } = fieldsOf(fields.ipam)
  return Array.isArray(config)
    ? {
        Driver: driver,
        Config: config.map((one) => ({ Subnet: fieldsOf(one).subnet, Gateway: fieldsOf(one).gateway, IPRange: fieldsOf(one).ip_range })),
      }
    : undefined
}

function* provideVolumes(context: ComposeContext, project: Project, services: readonly Service[], told: Activity): Blocking<void> {
  const used = [
    ...new Set(
      services.flatMap(({ volumes }) => volumes.flatMap(({ type, source }) => (type === 'volume' && source !== '' ? [source] : []))),
    ),
  ].sort()
  for (const key of used) {
    const name = volumeName(project, key)
    const fields = project.volumes[key]
    if (yield* isPresent(context, `/volumes/${name}`)) continue
    if (isTrue(fields.external)) throw new DockerError(`external volume ${JSON.stringify(name)} not found`)
    yield* told.tell(`Volume ${name}`, 'Creating', 'working')
    yield* context.engine.json('POST', '/volumes/create', {
      Name: name,
      Driver: fields.driver ?? '',
      DriverOpts: pairsOf(fields.driver_opts),
      Labels: {
        ...pairsOf(fields.labels),
        'com.docker.compose.project': project.name,
        'com.docker.compose.version': composeVersion,
        'com.docker.compose.volume': key,
      },
    })
    yield* told.tell(`Volume ${name}`, 'Created', 'done')
  }
}

/** Announces what is to be made anew and answers how; the rest is done at once. */
function* provideContainers(
  context: ComposeContext,
  project: Project,
  service: Service,
  told: Activity,
): Blocking<(() => Blocking<void>)[]> {
  const toMake: (() => Blocking<void>)[] = []
  const present = (yield* members(context, project.name, [service.name])).filter(({ isOneOff }) => !isOneOff)
  const { Id: imageId } = yield* context.engine.json<{ Id: string }>('GET', `/images/${service.image}/json`)
  const surplus = [...present].sort((a, b) => a.number - b.number).slice(service.scale)
  if (surplus.length > 0) yield* stopAll(context, project, surplus, told, { removes: true })
  for (let number = 1, made = 0; made < service.scale; number++) {
    const old = present.find((member) => member.number === number)
    if (
      !old &&
      present.filter((member) => !surplus.includes(member)).some((member) => member.number > number) &&
      present.length >= service.scale
    )
      continue
    made++
    if (!old) {
      const name = containerName(project, service, number)
      yield* told.tell(`Container ${name}`, 'Creating', 'working')
      const own = number
      toMake.push(function* () {
        yield* createContainer(context, project, service, { number: own, imageId, name })
        yield* told.tell(`Container ${name}`, 'Created', 'done')
      })
    } else if (isStale(context, project, service, old, imageId)) yield* recreate(context, project, service, old, imageId, told)
    else if (old.state === 'running') yield* told.tell(`Container ${old.name}`, 'Running', 'done')
  }
  return toMake
}

function isStale({ flags }: ComposeContext, project: Project, service: Service, old: Member, imageId: string): boolean {
  if (flags.knows('no-recreate') && flags.is('no-recreate')) return false
  return (
    (flags.knows('force-recreate') && flags.is('force-recreate')) ||
    old.hash !== configHash(project, service) ||
    old.summary.ImageID !== imageId
  )
}

function* recreate(
  context: ComposeContext,
  project: Project,
  service: Service,
  old: Member,
  imageId: string,
  told: Activity,
): Blocking<void> {
  const { engine, flags } = context
  yield* told.tell(`Container ${old.name}`, 'Recreate', 'working')
  yield* engine.open('POST', `/containers/${old.id}/stop`)
  yield* engine.open('POST', `/containers/${old.id}/rename${query({ name: `${old.id.slice(0, 12)}_${old.name}` })}`)
  const keeps = !(flags.knows('renew-anon-volumes') && flags.is('renew-anon-volumes'))
  yield* createContainer(context, project, service, {
    number: old.number,
    imageId,
    name: old.name,
    volumes: keeps ? anonymousVolumes(service, old) : [],
  })
  yield* engine.open('DELETE', `/containers/${old.id}${query({ force: true })}`)
  yield* told.tell(`Container ${old.name}`, 'Recreated', 'done')
}

/** Those of the image and of `volumes: [/data]`: what is in them goes on in the next container. */
function anonymousVolumes({ volumes }: Service, { summary }: Member): readonly AnonymousVolume[] {
  return (summary.Mounts ?? []).flatMap(({ Type, Name, Destination }) =>
    Type === 'volume' && Name !== undefined && !volumes.some(({ target, source }) => target === Destination && source !== '')
      ? [{ Type: 'volume' as const, Source: Name, Target: Destination }]
      : [],
  )
}

function* createContainer(
  { process, engine }: ComposeContext,
  project: Project,
  service: Service,
  { number, imageId, name, volumes = [] }: { number: number; imageId: string; name: string; volumes?: readonly AnonymousVolume[] },
): Blocking<string> {
  const { Id, Warnings } = yield* engine.json<{ Id: string; Warnings?: readonly string[] | null }>(
    'POST',
    `/containers/create${query({ name })}`,
    serviceConfig(process, project, service, { number, imageId, volumes }),
  )
  for (const warning of Warnings ?? []) yield* err(process, `${warning}\n`)
  const entries = handedTo(project, service).flatMap((one) => {
    const content = handedContent(one, project)
    if (content === undefined && isTrue(one.fields.external)) throw new DockerError(`unsupported external ${one.kind} ${one.source}`)
    return content === undefined
      ? []
      : [
          {
            path: one.target.replace(/^\//, ''),
            kind: 'file' as const,
            mode: one.mode,
            uid: one.uid,
            gid: one.gid,
            modifiedMs: process.now(),
            content: bytesOf(content),
            target: '',
          },
        ]
  })
  if (entries.length > 0)
    yield* engine.open('PUT', `/containers/${Id}/archive${query({ path: '/' })}`, tarOf(entries), { 'content-type': 'application/x-tar' })
  return Id
}

/** Starts what is not running, each service when what it depends on is as far as it wants. */
export function* startAll(context: ComposeContext, project: Project, services: readonly Service[], told: Activity): Blocking<void> {
  for (const group of levels(services)) {
    for (const service of group) {
      for (const { service: name, condition, isRequired } of service.dependsOn) {
        if (condition === 'service_started') continue
        try {
          yield* awaited(context, project, name, condition, told)
        } catch (error) {
          if (isRequired || !(error instanceof DockerError)) throw error
        }
      }
    }
    const waiting = (yield* members(
      context,
      project.name,
      group.map(({ name }) => name),
    )).filter(({ isOneOff, state }) => !isOneOff && state !== 'running')
    const begin = function* ({ id, name, service: of }: Member): Blocking<void> {
      yield* told.tell(`Container ${name}`, 'Starting', 'working')
      yield* context.engine.open('POST', `/containers/${id}/start`)
      const service = group.find((one) => one.name === of)
      if (service) yield* runHooks(context, service, 'post_start', { id, name })
      yield* told.tell(`Container ${name}`, 'Started', 'done')
    }
    yield* together(waiting.map(begin))
  }
}

const lookEveryMs = 500

function* awaited(context: ComposeContext, project: Project, service: string, condition: string, told: Activity): Blocking<void> {
  for (const { id, name } of yield* members(context, project.name, [service])) {
    yield* told.tell(`Container ${name}`, 'Waiting', 'working')
    for (;;) {
      const { State } = yield* context.engine.json<{ State: { Status: string; ExitCode: number; Health?: { Status: string } } }>(
        'GET',
        `/containers/${id}/json`,
      )
      const hasExited = State.Status === 'exited'
      if (condition === 'service_completed_successfully' && hasExited) {
        if (State.ExitCode !== 0) throw new DockerError(`service "${service}" didn't complete successfully: exit ${State.ExitCode}`)
        yield* told.tell(`Container ${name}`, 'Exited', 'done')
        break
      }
      if (condition === 'service_healthy') {
        if (!State.Health) throw new DockerError(`container ${name} has no healthcheck configured`)
        if (State.Health.Status === 'healthy') {
          yield* told.tell(`Container ${name}`, 'Healthy', 'done')
          break
        }
        if (hasExited || State.Health.Status === 'unhealthy') {
          yield* told.tell(`Container ${name}`, hasExited ? `exited (${State.ExitCode})` : 'is unhealthy', 'failed', 'Error')
          throw new DockerError(
            `dependency failed to start: container ${name} ${hasExited ? `exited (${State.ExitCode})` : 'is unhealthy'}`,
          )
        }
      }
      yield* sleep(context.process, lookEveryMs)
    }
  }
}
