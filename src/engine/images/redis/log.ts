/** How redis-server writes its log: `1:M 05 Jan 2026 09:00:00.000 * text`. */
import { type Blocking, out, type Process } from '../../../unix/kernel/process.ts'

/** What the image's server calls itself. */
export const versionOf = ({ env }: Process): string => env.REDIS_VERSION ?? '8.2.3'

/** `7.2` of 7.2.4. */
export const releaseOf = (process: Process): number => Number(/^\d+\.\d+/.exec(versionOf(process))?.[0] ?? 8)

/** C before the server serves, M a master, S a replica. */
export function log(process: Process, role: 'C' | 'M' | 'S', mark: string, text: string): Blocking<void> {
  return out(process, `${process.pid}:${role} ${logTime(process.now())} ${mark} ${text}\n`)
}

function logTime(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\d+:\d+:\d+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${day} ${month} ${year} ${time}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`
}
