/**
 * What a container, or a Pod's containers, have printed, read from the files in which Docker and containerd keep it on their machine:
 * so each line has its stream and its time, it can be read while the API server is down, and reading leaves no trace.
 */
import { textOf } from '../base/bytes.ts'
import { criLog } from '../engine/runtime/cri-log.ts'
import type { Machine } from '../unix/machine.ts'
import type { Session } from './session.ts'

export interface LogLine {
  /** RFC 3339 with nine digits. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** Of a Pod; empty for a container of Docker's. */
  readonly container: string
  readonly text: string
}

export interface Logged {
  readonly store: string
  /** `containers` or `pods`. */
  readonly resource: string
  /** A container's id, a Pod's `namespace/name`. */
  readonly key: string
  /** Where the Pod is. */
  readonly node?: string
}

/** The last `tail` lines, oldest first; of a container that was restarted, what it printed before, too. */
export function containerLog(session: Session, { store, resource, key, node }: Logged, tail: number): readonly LogLine[] {
  const lines =
    resource === 'pods' ? podLog(node === undefined ? undefined : session.clusters.machine(node), key) : dockerLog(session, store, key)
  return lines.slice(-tail)
}

function dockerLog({ laptop, dockerMachines, clusters }: Session, store: string, id: string): LogLine[] {
  const name = store.slice('docker/'.length)
  const machine = dockerMachines.machine(name) ?? clusters.machine(name) ?? laptop
  const folder = `/var/lib/docker/containers/${id}`
  return namesIn(machine, folder)
    .filter((file) => file.startsWith(`${id}-json.log`))
    .flatMap((file) => linesOf(machine, `${folder}/${file}`))
    .map((line) => {
      const { log, stream, time } = JSON.parse(line) as { log: string; stream: LogLine['stream']; time: string }
      return { time, stream, container: '', text: log }
    })
    .sort(byTime)
}

function podLog(machine: Machine | undefined, key: string): LogLine[] {
  if (!machine) return []
  const start = `${key.split('/').reverse().join('_')}_`
  const folder = '/var/log/containers'
  return namesIn(machine, folder)
    .filter((link) => link.startsWith(start))
    .flatMap((link) => {
      const container = link.slice(start.length).replace(/-[0-9a-f]{64}\.log$/, '')
      return linesOf(machine, `${folder}/${link}`).map((line) => ({ ...criLog.decode(line), container }))
    })
    .sort(byTime)
}

function byTime(a: LogLine, b: LogLine): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : 0
}

function namesIn({ files }: Machine, folder: string): readonly string[] {
  return files.exists(folder) ? files.list(folder) : []
}

function linesOf({ files }: Machine, path: string): string[] {
  // A link may stand longer than the log that it names.
  if (!files.exists(path)) return []
  return textOf(files.readFile(path)).split('\n').filter(Boolean)
}
