/** What every compose command is given, and how it finds the project's containers: by their labels, never by name. */
import type { Blocking, Process } from '../../../unix/kernel/process.ts'
import type { Flags } from '../../flags.ts'
import { DockerError } from '../docker-error.ts'
import { type Engine, query } from '../engine.ts'
import type { ContainerSummary } from '../ps.ts'
import type { Activity, ActivityOptions } from './activity.ts'
import type { Project, Service } from './project.ts'

export interface ComposeContext {
  readonly process: Process
  readonly engine: Engine
  readonly flags: Flags
  readonly args: readonly string[]
  readonly globals: Flags
  /** Read when first asked for, as some commands need none; tells the warnings then. */
  project(): Blocking<Project>
  /** Another docker command, with its words. */
  docker(words: readonly string[]): Blocking<number>
  /** On standard error, as its log library prints. */
  warn(words: string): Blocking<void>
  activity(title: string, options?: Pick<ActivityOptions, 'isQuiet' | 'line'>): Activity
}

export type ComposeCommand = (context: ComposeContext) => Blocking<number>

export interface Member {
  readonly id: string
  readonly name: string
  readonly service: string
  readonly number: number
  readonly state: string
  readonly hash: string
  readonly isOneOff: boolean
  /** The engine lists the newest first. */
  readonly rank: number
  readonly summary: ContainerSummary
}

export function* members({ engine }: ComposeContext, project: string, services: readonly string[] = []): Blocking<Member[]> {
  const filters = JSON.stringify({ label: { [`com.docker.compose.project=${project}`]: true } })
  const found = yield* engine.json<readonly ContainerSummary[]>('GET', `/containers/json${query({ all: true, filters })}`)
  return found
    .map((summary, rank) => {
      const labels = summary.Labels ?? {}
      return {
        id: summary.Id,
        name: summary.Names[0]?.replace(/^\//, '') ?? '',
        service: labels['com.docker.compose.service'] ?? '',
        number: Number(labels['com.docker.compose.container-number'] ?? 1),
        state: summary.State,
        hash: labels['com.docker.compose.config-hash'] ?? '',
        isOneOff: labels['com.docker.compose.oneoff'] === 'True',
        rank,
        summary,
      }
    })
    .filter(({ service }) => services.length === 0 || services.includes(service))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The services that were named, or all; a name that is none is refused. */
export function selected(project: Project, names: readonly string[]): Service[] {
  if (names.length === 0) return [...project.services]
  const all = [...project.services, ...project.disabled]
  return names.map((name) => {
    const service = all.find((one) => one.name === name)
    if (!service) throw new DockerError(`no such service: ${name}`)
    return service
  })
}

/** With everything that these services need. */
export function withDependencies(project: Project, services: readonly Service[]): Service[] {
  const needed = new Set<string>()
  const all = [...project.services, ...project.disabled]
  const visit = (service: Service) => {
    if (needed.has(service.name)) return
    needed.add(service.name)
    for (const { service: name } of service.dependsOn) {
      const other = all.find((one) => one.name === name)
      if (other) visit(other)
    }
  }
  services.forEach(visit)
  return all.filter(({ name }) => needed.has(name))
}
