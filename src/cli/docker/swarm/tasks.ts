/** The table of tasks that `service ps`, `node ps` and `stack ps` print: newest first in each slot, older ones indented under it. */
import { type Blocking, out, type Process } from '../../../unix/kernel/process.ts'
import type { Flags } from '../../flags.ts'
import { DockerError } from '../docker-error.ts'
import type { Engine } from '../engine.ts'
import { humanAge } from '../../../base/go-units.ts'
import { ellipsis, listed } from '../listing.ts'
import { natural, portWords, type PublishedPort, titled, withoutDigest } from './words.ts'

export interface Task {
  readonly ID: string
  readonly CreatedAt: string
  readonly ServiceID: string
  readonly Slot?: number
  readonly NodeID?: string
  readonly DesiredState: string
  readonly Spec: { readonly ContainerSpec?: { readonly Image: string }; readonly [field: string]: unknown }
  readonly Status: {
    readonly Timestamp: string
    readonly State: string
    readonly Message?: string
    readonly Err?: string
    readonly PortStatus?: { readonly Ports?: readonly PublishedPort[] }
  }
}

const headings = {
  ID: 'ID',
  Name: 'NAME',
  Image: 'IMAGE',
  Node: 'NODE',
  DesiredState: 'DESIRED STATE',
  CurrentState: 'CURRENT STATE',
  Error: 'ERROR',
  Ports: 'PORTS',
}

/** Names of services and nodes, each asked for once. */
export function createResolver(
  engine: Engine,
  isOff: boolean,
): { service(id: string): Blocking<string>; node(id: string): Blocking<string> } {
  const names = new Map<string, string>()
  const ask = function* (path: string, id: string, nameOf: (object: never) => string): Blocking<string> {
    if (isOff || id === '') return id
    const known = names.get(path)
    if (known !== undefined) return known
    let name = id
    try {
      name = nameOf((yield* engine.json('GET', path)) as never)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
    }
    names.set(path, name)
    return name
  }
  return {
    service: (id) => ask(`/services/${id}`, id, ({ Spec }: { Spec: { Name: string } }) => Spec.Name),
    node: (id) => ask(`/nodes/${id}`, id, ({ Description }: { Description: { Hostname: string } }) => Description.Hostname),
  }
}

export function* showTasks({
  process,
  flags,
  engine,
  tasks,
}: {
  process: Process
  flags: Flags
  engine: Engine
  tasks: readonly Task[]
}): Blocking<void> {
  const isWhole = flags.is('no-trunc')
  const resolver = createResolver(engine, flags.is('no-resolve'))
  const named: { task: Task; name: string; node: string }[] = []
  for (const task of tasks) {
    const service = yield* resolver.service(task.ServiceID)
    named.push({ task, name: `${service}.${task.Slot || task.NodeID || ''}`, node: yield* resolver.node(task.NodeID ?? '') })
  }
  named.sort((a, b) => natural(a.name, b.name) || (a.task.CreatedAt > b.task.CreatedAt ? -1 : 1))
  const format = flags.text('format')
  const isTable = format === '' || format.startsWith('table')
  let before = ''
  const rows = named.map(({ task, name, node }) => {
    const shown = name === before && isTable ? ` \\_ ${name}` : name
    before = name
    const error = task.Status.Err ?? ''
    const image = task.Spec.ContainerSpec?.Image ?? ''
    return {
      CurrentState: `${titled(task.Status.State)} ${humanAge(process.now() - Date.parse(task.Status.Timestamp)).replace(/^(Less|About)/, (word) => word.toLowerCase())} ago`,
      DesiredState: titled(task.DesiredState),
      Error: error === '' ? '' : `"${isWhole ? error : ellipsis(error, 30)}"`,
      ID: isWhole || flags.is('quiet') ? task.ID : task.ID.slice(0, 12),
      Image: isWhole ? image : withoutDigest(image),
      Name: shown,
      Node: node,
      Ports: portWords(task.Status.PortStatus?.Ports ?? [], 'host'),
    }
  })
  yield* out(
    process,
    listed({
      rows,
      headings,
      columns: ['ID', 'Name', 'Image', 'Node', 'DesiredState', 'CurrentState', 'Error', 'Ports'],
      format,
      quiet: flags.is('quiet') ? 'ID' : undefined,
      type: 'taskContext',
    }),
  )
}
