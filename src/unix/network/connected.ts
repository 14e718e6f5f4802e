/** A TCP connection to a name or an address; undefined where it cannot be made and the caller has nothing to say about why. */
import { UnixError } from '../errors.ts'
import type { Blocking, Process } from '../kernel/process.ts'
import { isAddress, lookup } from './names.ts'
import type { Connection } from './network.ts'

export function* connected(process: Process, host: string, port: number): Blocking<Connection | undefined> {
  try {
    const [ip] = isAddress(host) ? [host] : yield* lookup(process, host)
    return process.net.connect({ ip, port })
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    return undefined
  }
}
