/**
 * The small local API on the learner's machine by which tools ask for other machines, as a cloud's CLI asks its cloud. It is HTTP with JSON
 * on a socket:
 *
 *   GET    /clusters                 all clusters
 *   POST   /clusters                 makes machines and a cluster on them; answers at once, `isReady` tells when it is up
 *   DELETE /clusters/NAME            takes them away, disks included
 *   POST   /clusters/NAME/stop       powers its machines off
 *   POST   /clusters/NAME/start      powers them on again
 *   POST   /clusters/NAME/nodes      one more worker
 *   POST   /machines/NAME/off, /on   one machine
 */
import { request } from '../base/http.ts'
import type { Blocking, Process } from '../unix/kernel/process.ts'
import { fetch, wholeText } from '../unix/network/fetch.ts'

export const machinesSocket = '/run/drydock/machines.sock'

export interface ClusterInfo {
  readonly name: string
  /** `https://192.168.49.2:8443`. */
  readonly server: string
  readonly isReady: boolean
  readonly nodes: readonly { readonly name: string; readonly ip: string; readonly isOn: boolean; readonly isControlPlane: boolean; readonly cpus: number; readonly memoryBytes: number }[]
}

export interface ClusterWish {
  readonly name: string
  readonly nodes: number
  readonly cpus?: number
  readonly memoryBytes?: number
}

/** Throws with the API's words. */
export function* askMachines<T>(process: Process, method: string, path: string, body?: unknown): Blocking<T> {
  const response = yield* fetch(process, { socketPath: machinesSocket }, request(method, path, body))
  const text = yield* wholeText(response)
  if (response.status >= 400) throw new MachinesRefusal(text.trim())
  return (text === '' ? undefined : JSON.parse(text)) as T
}

export class MachinesRefusal extends Error {}
