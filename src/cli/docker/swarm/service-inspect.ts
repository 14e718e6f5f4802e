/** `docker service inspect`: as JSON with the defaults filled in, or `--pretty`. */
import { type Blocking, out } from '../../../unix/kernel/process.ts'
import { wholeText } from '../../../unix/network/fetch.ts'
import { goDuration } from '../../go-values.ts'
import type { Command } from '../command.ts'
import { DockerError } from '../docker-error.ts'
import { inspected } from '../inspect.ts'
import { binarySize, humanAge } from '../../../base/go-units.ts'
import type { Service } from './service-shape.ts'

type Fields = Readonly<Record<string, unknown>>
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

export const serviceInspect: Command = function* (context) {
  const { process, flags, args, engine } = context
  const look = function* (name: string): Blocking<string> {
    try {
      return yield* wholeText(yield* engine.open('GET', `/services/${encodeURIComponent(name)}?insertDefaults=true`))
    } catch (error) {
      if (error instanceof DockerError && /not found/.test(error.message)) throw new DockerError(`Error: no such service: ${name}`)
      throw error
    }
  }
  if (!flags.is('pretty')) return yield* inspected(process, flags, args, look)
  if (flags.text('format') !== '') throw new DockerError('--format is incompatible with human friendly format')
  const problems: string[] = []
  for (const name of args) {
    try {
      yield* out(process, pretty(JSON.parse(yield* look(name)) as Service, yield* networkNames(engine), process.now()))
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      problems.push(error.message)
    }
  }
  if (problems.length > 0) throw new DockerError(problems.join('\n'))
  return 0
}

function* networkNames(engine: Parameters<Command>[0]['engine']) {
  const networks = yield* engine.json<readonly { Id: string; Name: string }[]>('GET', '/networks')
  return new Map(networks.map(({ Id, Name }) => [Id, Name]))
}

const nanos = (value: unknown): string => goDuration(Number(value) / 1e6)

function labels(title: string, values: unknown): string {
  const entries = Object.entries(fieldsOf(values)).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length > 0 ? `${title}\n${entries.map(([key, value]) => ` ${key}${value ? `=${String(value)}` : ''}\n`).join('')}` : ''
}

function updateText(title: string, config: Fields | undefined, order: string): string {
  if (!config) return ''
  const { Parallelism, Delay, FailureAction, Monitor, MaxFailureRatio, Order } = config
  return [
    `${title}:\n Parallelism:\t${String(Parallelism)}\n`,
    Delay ? ` Delay:\t\t${nanos(Delay)}\n` : '',
    ` On failure:\t${String(FailureAction)}\n`,
    Monitor ? ` Monitoring Period: ${nanos(Monitor)}\n` : '',
    ` Max failure ratio: ${String(MaxFailureRatio)}\n`,
    ` ${order.padEnd(18)} ${String(Order)}\n`,
  ].join('')
}

function modeText({ Mode }: Service['Spec']): string {
  if (Mode.Global) return 'Service Mode:\tGlobal\n'
  if (Mode.GlobalJob) return 'Service Mode:\tGlobal Job\n'
  if (Mode.ReplicatedJob)
    return `Service Mode:\tReplicated Job\n Max Concurrent:\t${Mode.ReplicatedJob.MaxConcurrent}\n Total Completions:\t${Mode.ReplicatedJob.TotalCompletions}\n`
  return `Service Mode:\tReplicated\n${Mode.Replicated?.Replicas === undefined ? '' : ` Replicas:\t${Mode.Replicated.Replicas}\n`}`
}

function amountsText(title: string, values: Fields): string {
  const lines = [
    values.NanoCPUs ? `  CPU:\t\t${Number(values.NanoCPUs) / 1e9}\n` : '',
    values.MemoryBytes ? `  Memory:\t${binarySize(Number(values.MemoryBytes))}\n` : '',
    values.Pids ? `  PIDs:\t\t${String(values.Pids)}\n` : '',
  ].join('')
  return lines === '' ? '' : ` ${title}:\n${lines}`
}

function files(title: string, list: readonly Fields[], nameField: string): string {
  return list.length === 0
    ? ''
    : `${title}:\n${list.map((one) => ` Target:\t${String(fieldsOf(one.File).Name)}\n  Source:\t${String(one[nameField])}\n`).join('')}`
}

function pretty({ ID, Spec, UpdateStatus, Endpoint }: Service, networks: ReadonlyMap<string, string>, now: number): string {
  const template = Spec.TaskTemplate as Fields
  const container = fieldsOf(template.ContainerSpec)
  const placement = fieldsOf(template.Placement)
  const resources = fieldsOf(template.Resources)
  const log = fieldsOf(template.LogDriver)
  const constraints = textsOf(placement.Constraints)
  const preferences = listOf(placement.Preferences).map(({ Spread }) => `spread=${String(fieldsOf(Spread).SpreadDescriptor)}`)
  const ports = Endpoint.Ports ?? []
  const on = listOf(template.Networks).map(({ Target }) => networks.get(String(Target)) ?? String(Target))
  const health = fieldsOf(container.Healthcheck)
  const ago = (time: string) => `${humanAge(now - Date.parse(time))} ago`
  return [
    `\nID:\t\t${ID}\nName:\t\t${Spec.Name}\n`,
    labels('Labels:', Spec.Labels),
    modeText(Spec),
    UpdateStatus
      ? `UpdateStatus:\n State:\t\t${UpdateStatus.State}\n${UpdateStatus.StartedAt ? ` Started:\t${ago(UpdateStatus.StartedAt)}\n` : ''}${UpdateStatus.CompletedAt && UpdateStatus.State === 'completed' ? ` Completed:\t${ago(UpdateStatus.CompletedAt)}\n` : ''} Message:\t${UpdateStatus.Message}\n`
      : '',
    'Placement:\n',
    constraints.length > 0 ? ` Constraints:\t[${constraints.join(' ')}]\n` : '',
    preferences.length > 0 ? ` Preferences:   [${preferences.join(' ')}]\n` : '',
    placement.MaxReplicas ? ` Max Replicas Per Node:   ${String(placement.MaxReplicas)}\n` : '',
    updateText('UpdateConfig', Spec.UpdateConfig, 'Update order:'),
    updateText('RollbackConfig', Spec.RollbackConfig, 'Rollback order:'),
    `ContainerSpec:\n Image:\t\t${String(container.Image)}\n`,
    textsOf(container.Args).length > 0
      ? ` Args:\t\t${textsOf(container.Args)
          .map((one) => `${one} `)
          .join('')}\n`
      : '',
    textsOf(container.Env).length > 0
      ? ` Env:\t\t${textsOf(container.Env)
          .map((one) => `${one} `)
          .join('')}\n`
      : '',
    container.Dir ? ` Dir:\t\t${String(container.Dir)}\n` : '',
    container.Init === undefined ? '' : ` Init:\t\t${String(container.Init)}\n`,
    container.User ? ` User: ${String(container.User)}\n` : '',
    listOf(container.Mounts).length > 0
      ? `Mounts:\n${listOf(container.Mounts)
          .map(
            (mount) =>
              ` Target:\t${String(mount.Target)}\n  Source:\t${String(mount.Source ?? '')}\n  ReadOnly:\t${String(mount.ReadOnly ?? false)}\n  Type:\t\t${String(mount.Type)}\n`,
          )
          .join('')}`
      : '',
    files('Configs', listOf(container.Configs), 'ConfigName'),
    files('Secrets', listOf(container.Secrets), 'SecretName'),
    log.Name
      ? `Log Driver:\n Name:\t\t${String(log.Name)}\n${
          log.Options
            ? ` LogOpts:\n${Object.entries(fieldsOf(log.Options))
                .map(([key, value]) => `  ${key}:\t\t${String(value)}\n`)
                .join('')}`
            : ''
        }`
      : '',
    `Resources:\n${amountsText('Reservations', fieldsOf(resources.Reservations))}${amountsText('Limits', fieldsOf(resources.Limits))}`,
    on.length > 0 ? `Networks: ${on.join(' ')} \n` : '',
    `Endpoint Mode:\t${Spec.EndpointSpec?.Mode ?? 'vip'}\n`,
    ports.length > 0
      ? `Ports:\n${ports.map((port) => ` PublishedPort = ${port.PublishedPort ?? 0}\n  Protocol = ${port.Protocol}\n  TargetPort = ${port.TargetPort}\n  PublishMode = ${port.PublishMode}`).join('\n')} `
      : '',
    Object.keys(health).length > 0
      ? `\n Healthcheck:\n  Interval:\t\t${nanos(health.Interval ?? 0)}\n  Retries:\t\t${String(health.Retries ?? 0)}\n  StartPeriod:\t\t${nanos(health.StartPeriod ?? 0)}\n  Timeout:\t\t${nanos(health.Timeout ?? 0)}\n  Tests:\n\t Test = ${textsOf(health.Test).join('\n\t Test = ')}`
      : '',
    '\n',
  ].join('')
}
