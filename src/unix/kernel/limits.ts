/** A process's resource limits, as `ulimit` and /proc/PID/limits show them. Only what was set is kept; the rest are the machine's. */

export interface Limit {
  /** Infinity is `unlimited`. */
  readonly soft: number
  readonly hard: number
}

export type LimitName =
  | 'cpu'
  | 'fsize'
  | 'data'
  | 'stack'
  | 'core'
  | 'rss'
  | 'nproc'
  | 'nofile'
  | 'memlock'
  | 'as'
  | 'locks'
  | 'sigpending'
  | 'msgqueue'
  | 'nice'
  | 'rtprio'
  | 'rttime'

export type Limits = ReadonlyMap<LimitName, Limit>

const none = Number.POSITIVE_INFINITY

/** In the order of /proc/PID/limits, with its words. */
const table: readonly (readonly [name: LimitName, words: string, unit: string, soft: number, hard: number])[] = [
  ['cpu', 'Max cpu time', 'seconds', none, none],
  ['fsize', 'Max file size', 'bytes', none, none],
  ['data', 'Max data size', 'bytes', none, none],
  ['stack', 'Max stack size', 'bytes', 8_388_608, none],
  ['core', 'Max core file size', 'bytes', 0, none],
  ['rss', 'Max resident set', 'bytes', none, none],
  ['nproc', 'Max processes', 'processes', 15_549, 15_549],
  ['nofile', 'Max open files', 'files', 1024, 1_048_576],
  ['memlock', 'Max locked memory', 'bytes', 518_483_968, 518_483_968],
  ['as', 'Max address space', 'bytes', none, none],
  ['locks', 'Max file locks', 'locks', none, none],
  ['sigpending', 'Max pending signals', 'signals', 15_549, 15_549],
  ['msgqueue', 'Max msgqueue size', 'bytes', 819_200, 819_200],
  ['nice', 'Max nice priority', '', 0, 0],
  ['rtprio', 'Max realtime priority', '', 0, 0],
  ['rttime', 'Max realtime timeout', 'us', none, none],
]

export function limitOf(limits: Limits, name: LimitName): Limit {
  const own = limits.get(name)
  if (own) return own
  const row = table.find(([other]) => other === name)
  return row ? { soft: row[3], hard: row[4] } : { soft: none, hard: none }
}

/** Hardly any container asks for others: all share these. */
let usual: { readonly openFiles: number; readonly limits: Limits } | undefined

/** What a container starts with: dockerd's service has no limit on processes, and on files the machine's own. */
export function containerLimits(
  openFiles: number,
  asked: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[],
): Limits {
  if (asked.length === 0 && usual?.openFiles === openFiles) return usual.limits
  const limits = new Map<LimitName, Limit>([
    ['nofile', { soft: openFiles, hard: openFiles }],
    ['nproc', { soft: none, hard: none }],
    ['core', { soft: none, hard: none }],
  ])
  if (asked.length === 0) usual = { openFiles, limits }
  const value = (number: number): number => (number === -1 ? none : number)
  for (const { Name, Soft, Hard } of asked) limits.set(Name as LimitName, { soft: value(Soft), hard: value(Hard) })
  return limits
}

export function limitText(value: number): string {
  return value === none ? 'unlimited' : String(value)
}

/** /proc/PID/limits. */
export function limitsText(limits: Limits): string {
  const rows = table.map(([name, words, unit]) => {
    const { soft, hard } = limitOf(limits, name)
    return `${words.padEnd(26)}${limitText(soft).padEnd(21)}${limitText(hard).padEnd(21)}${unit.padEnd(10)}\n`
  })
  return `Limit                     Soft Limit           Hard Limit           Units     \n${rows.join('')}`
}
