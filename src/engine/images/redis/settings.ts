/** What redis.conf and the command line set, for CONFIG GET and SET. `--save 60 1 --appendonly yes` overrides the file, as the real server reads both. */

const preset: Readonly<Record<string, string>> = {
  appendonly: 'no',
  appendfsync: 'everysec',
  appendfilename: 'appendonly.aof',
  appenddirname: 'appendonlydir',
  bind: '* -::*',
  databases: '16',
  dbfilename: 'dump.rdb',
  dir: '.',
  hz: '10',
  loglevel: 'notice',
  masterauth: '',
  maxclients: '10000',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  port: '6379',
  'protected-mode': 'no',
  requirepass: '',
  'replica-read-only': 'yes',
  replicaof: '',
  save: '3600 1 300 100 60 10000',
  'slowlog-log-slower-than': '10000',
  tcpkeepalive: '300',
  timeout: '0',
  'notify-keyspace-events': '',
  'cluster-enabled': 'no',
  logfile: '',
  daemonize: 'no',
  'repl-diskless-sync': 'yes',
  'replica-announce-ip': '',
  'replica-priority': '100',
  'lazyfree-lazy-eviction': 'no',
  'stop-writes-on-bgsave-error': 'yes',
  rdbcompression: 'yes',
  rdbchecksum: 'yes',
  'tcp-keepalive': '300',
  'tcp-backlog': '511',
  'auto-aof-rewrite-percentage': '100',
  'auto-aof-rewrite-min-size': '67108864',
  aclfile: '',
  'always-show-logo': 'no',
  'set-proc-title': 'yes',
  supervised: 'no',
  pidfile: '',
  include: '',
  rename: '',
  'client-output-buffer-limit': 'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
  'list-max-listpack-size': '-2',
  'latency-monitor-threshold': '0',
  'repl-backlog-size': '1048576',
  'min-replicas-to-write': '0',
  unixsocket: '',
  activedefrag: 'no',
  'io-threads': '1',
  'lua-time-limit': '5000',
  'replica-serve-stale-data': 'yes',
  'appendfsync-on-rewrite': 'no',
  'no-appendfsync-on-rewrite': 'no',
  'aof-use-rdb-preamble': 'yes',
  'slowlog-max-len': '128',
  'rename-command': '',
  user: '',
}

export type Settings = Map<string, string>

/** A line of the file that means nothing; the server says which and ends. */
export class BadLine extends Error {
  readonly number: number
  readonly line: string

  constructor(number: number, line: string, text: string) {
    super(text)
    this.number = number
    this.line = line
  }
}

export function settingsOf(
  args: readonly string[],
  read: (path: string) => string,
): { readonly settings: Settings; readonly file?: string } {
  const settings: Settings = new Map(Object.entries(preset))
  const file = args[0] !== undefined && !args[0].startsWith('-') ? args[0] : undefined
  if (file !== undefined) {
    let isFirstSave = true
    for (const [index, line] of read(file).split('\n').entries()) {
      const [name, ...values] = words(line)
      if (name === undefined || name.startsWith('#')) continue
      if (name.toLowerCase() === 'save') {
        if (isFirstSave) settings.set('save', '')
        isFirstSave = false
      }
      set(settings, name, values, { number: index + 1, line: line.trim(), adds: true })
    }
  }
  let isFirstSave = true
  for (let at = file === undefined ? 0 : 1; at < args.length; at++) {
    if (!args[at].startsWith('--')) continue
    const values: string[] = []
    while (at + 1 < args.length && !args[at + 1].startsWith('--')) values.push(args[++at])
    const name = args[at - values.length].slice(2)
    if (name === 'save') {
      if (isFirstSave) settings.set('save', '')
      isFirstSave = false
    }
    set(
      settings,
      name,
      values.flatMap((value) => value.split(/\s+/)),
      { number: 2, line: `${name} ${values.map((value) => `"${value}"`).join(' ')}`.trim(), adds: true },
    )
  }
  return { settings, ...(file !== undefined && { file }) }
}

function words(line: string): string[] {
  return Array.from(line.trim().matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g), (match) => match[1] ?? match[2] ?? match[3])
}

export function set(
  settings: Settings,
  given: string,
  values: readonly string[],
  { number, line, adds }: { readonly number: number; readonly line: string; readonly adds: boolean },
): void {
  const name = given
    .toLowerCase()
    .replace(/^slave(?=of$)/, 'replica')
    .replace('slave', 'replica')
  if (!Object.hasOwn(preset, name)) throw new BadLine(number, line, 'Bad directive or wrong number of arguments')
  if (['appendonly', 'protected-mode', 'cluster-enabled', 'daemonize'].includes(name) && !/^(yes|no)$/.test(values[0] ?? ''))
    throw new BadLine(number, line, "argument must be 'yes' or 'no'")
  const text = values.join(' ')
  if (name === 'save' && adds) settings.set(name, text === '' ? '' : `${settings.get('save') ?? ''} ${text}`.trim())
  else if (name === 'maxmemory') settings.set(name, String(bytesIn(text)))
  else settings.set(name, text)
}

function bytesIn(text: string): number {
  const [, number = '0', unit = ''] = /^(\d+)\s*(\w*)$/.exec(text.toLowerCase()) ?? []
  return Number(number) * ({ k: 1000, kb: 1024, m: 1e6, mb: 2 ** 20, g: 1e9, gb: 2 ** 30 }[unit] ?? 1)
}

/** `3600 1 300 100` as pairs. */
export function savePoints(settings: Settings): { readonly ms: number; readonly changes: number }[] {
  const numbers = (settings.get('save') ?? '').split(' ').filter(Boolean).map(Number)
  return numbers.flatMap((seconds, at) => (at % 2 === 0 ? [{ ms: seconds * 1000, changes: numbers[at + 1] }] : []))
}
