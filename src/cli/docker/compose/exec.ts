/** `docker compose exec`, `run` and `cp`: docker's own commands, pointed at a service's container. A terminal is given unless refused. */
import { err } from '../../../unix/kernel/process.ts'
import { DockerError } from '../docker-error.ts'
import { query } from '../engine.ts'
import { type ComposeCommand, members, selected, withDependencies } from './context.ts'
import { serviceConfig } from './service-config.ts'
import { converge, startAll } from './up.ts'

export const exec: ComposeCommand = function* (context) {
  const { process, flags, args } = context
  const project = yield* context.project()
  const index = flags.isSet('index') ? flags.number('index') : undefined
  const running = (yield* members(context, project.name, [args[0]])).filter(({ state, isOneOff }) => state === 'running' && !isOneOff)
  const member = index === undefined ? running[0] : running.find(({ number }) => number === index)
  if (!member)
    throw new DockerError(
      index === undefined
        ? `service ${JSON.stringify(args[0])} is not running`
        : `service ${JSON.stringify(args[0])} is not running container #${index}`,
    )
  const isTty =
    process.terminal !== undefined && !(flags.isSet('no-tty') && flags.is('no-tty')) && process.descriptors.get(0)?.file.kind === 'terminal'
  const own = [
    ...(flags.is('detach') ? ['-d'] : isTty ? ['-it'] : ['-i']),
    ...(flags.is('privileged') ? ['--privileged'] : []),
    ...(flags.text('user') !== '' ? ['-u', flags.text('user')] : []),
    ...(flags.text('workdir') !== '' ? ['-w', flags.text('workdir')] : []),
    ...flags.list('env').flatMap((one) => ['-e', one]),
  ]
  return yield* context.docker(['exec', ...own, member.id, ...args.slice(1)])
}

export const run: ComposeCommand = function* (context) {
  const { process, flags, args, engine } = context
  const project = yield* context.project()
  const [service] = selected(project, [args[0]])
  const others = flags.is('no-deps') ? [] : withDependencies(project, [service]).filter((other) => other !== service)
  // The service itself is only prepared: its image, networks and volumes.
  yield* converge(context, project, [{ ...service, isPrepared: true }, ...others], context.activity('Running'))
  yield* startAll(context, project, others, context.activity('Running'))
  const isTty =
    process.terminal !== undefined &&
    !(flags.isSet('no-TTY') && flags.is('no-TTY')) &&
    !flags.is('detach') &&
    process.descriptors.get(0)?.file.kind === 'terminal'
  const { Id: imageId } = yield* engine.json<{ Id: string }>('GET', `/images/${service.image}/json`)
  const entrypoint = flags.isSet('entrypoint') ? { Entrypoint: flags.text('entrypoint').split(' ') } : {}
  const config = serviceConfig(process, project, service, {
    number: 1,
    imageId,
    isOneOff: true,
    command: args.length > 1 ? args.slice(1) : undefined,
    env: flags.list('env').flatMap((one) => (one.includes('=') ? [one] : [`${one}=${process.env[one] ?? ''}`])),
    tty: isTty,
    stdin: !flags.is('detach'),
    publishes: flags.is('service-ports'),
  })
  const overrides = {
    ...entrypoint,
    ...(flags.text('user') !== '' && { User: flags.text('user') }),
    ...(flags.text('workdir') !== '' && { WorkingDir: flags.text('workdir') }),
  }
  const name = flags.text('name') || `${project.name}-${service.name}-run-${imageId.slice(7, 15)}${String(process.hostPid)}`
  const { Id } = yield* engine.json<{ Id: string }>('POST', `/containers/create${query({ name })}`, { ...config, ...overrides })
  if (flags.is('detach')) {
    yield* engine.open('POST', `/containers/${Id}/start`)
    yield* err(process, '')
    yield* context.docker(['inspect', '-f', '{{.Name}}', Id])
    return 0
  }
  const code = yield* context.docker(['start', '-a', '-i', Id])
  if (flags.is('rm')) yield* engine.open('DELETE', `/containers/${Id}${query({ force: true, v: true })}`)
  return code
}

export const cp: ComposeCommand = function* (context) {
  const { args } = context
  const project = yield* context.project()
  const [from, to] = args
  const name = (to.includes(':') ? to : from).split(':')[0]
  selected(project, [name])
  const all = (yield* members(context, project.name, [name])).filter(({ isOneOff }) => !isOneOff)
  if (all.length === 0) throw new DockerError(`no container found for service ${JSON.stringify(name)}`)
  const told = context.activity('Copying')
  const targets = to.includes(':') ? all : all.slice(0, 1)
  const words = (container: string) =>
    to.includes(':')
      ? `copy ${from} to ${container}:${to.slice(to.indexOf(':') + 1)}`
      : `copy ${container}:${from.slice(from.indexOf(':') + 1)} to ${to}`
  for (const { name: container } of targets) yield* told.tell(container, 'Copying', 'working', words(container))
  for (const { name: container } of targets) {
    const place = (text: string) => (text.includes(':') ? `${container}:${text.slice(text.indexOf(':') + 1)}` : text)
    yield* context.docker(['cp', '-q', place(from), place(to)])
    yield* told.tell(container, 'Copied', 'done', words(container))
  }
  return 0
}
