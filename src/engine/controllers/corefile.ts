/**
 * What of CoreDNS' Corefile decides who answers a name: blocks for zones, and in them `hosts`, `rewrite name`, and `forward`. The one with the
 * longest matching zone is asked, as CoreDNS does; plugins that only count, log or keep make no difference to an answer.
 */

export interface ServerBlock {
  /** `.` for every name. */
  readonly zones: readonly string[]
  /** Zones of the cluster's own names; none where the block lacks the plugin. */
  readonly kubernetes: readonly string[]
  /** Name → addresses. */
  readonly hosts: ReadonlyMap<string, readonly string[]>
  /** What `hosts` does not know is asked of nobody else: it lacks `fallthrough`. */
  readonly endsAtHosts: boolean
  readonly rewrites: readonly { readonly from: RegExp; readonly to: string }[]
  /** Servers, or the file that names them. */
  readonly forward: readonly { readonly zone: string; readonly to: readonly string[] }[]
}

/** Undefined where the braces do not close: a CoreDNS that runs goes on with what it had. */
export function serverBlocks(text: string): readonly ServerBlock[] | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(Boolean)
  const blocks: ServerBlock[] = []
  let directives: string[][] = []
  let names: readonly string[] = []
  let depth = 0
  for (const line of lines) {
    const words = line.replace(/\{$/, '').trim().split(/\s+/).filter(Boolean)
    if (line === '}') {
      depth--
      if (depth < 0) return undefined
      if (depth === 0) blocks.push(block(names, directives))
    } else if (depth === 0) {
      names = words
      directives = []
    } else if (depth === 1) directives.push(words)
    // What stands inside of a plugin's braces belongs to its last line: hosts' lines, mostly.
    else directives.push([`${directives.findLast(([name]) => !name.includes(' '))?.[0] ?? ''} `, ...words])
    if (line.endsWith('{')) depth++
  }
  return depth === 0 ? blocks : undefined
}

function block(names: readonly string[], directives: readonly (readonly string[])[]): ServerBlock {
  const of = (name: string) => directives.filter(([first]) => first === name).map((words) => words.slice(1))
  const hosts = new Map<string, string[]>()
  for (const [address, ...hostNames] of [...of('hosts '), ...of('hosts')])
    if (/^\d+\.\d+\.\d+\.\d+$/.test(address ?? ''))
      for (const name of hostNames) hosts.set(name.toLowerCase(), [...(hosts.get(name.toLowerCase()) ?? []), address])
  return {
    zones: names.map((name) => zoneOf(name)),
    kubernetes: of('kubernetes').flatMap((zones) => zones.map(zoneOf)),
    hosts,
    endsAtHosts: directives.some(([first]) => first === 'hosts') && !of('hosts ').some(([word]) => word === 'fallthrough'),
    rewrites: of('rewrite').flatMap((words) => rewriteOf(words) ?? []),
    forward: of('forward').map(([zone = '.', ...to]) => ({ zone: zoneOf(zone), to })),
  }
}

function zoneOf(name: string): string {
  const bare = name
    .replace(/^dns:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/,$/, '')
    .toLowerCase()
  return bare === '' || bare === '.' ? '.' : bare.replace(/\.$/, '')
}

/** `rewrite [stop|continue] name [exact|prefix|suffix|substring|regex] FROM TO …` */
function rewriteOf(words: readonly string[]): { from: RegExp; to: string } | undefined {
  const rest = words[0] === 'stop' || words[0] === 'continue' ? words.slice(1) : words
  if (rest[0] !== 'name') return undefined
  const kinds = ['exact', 'prefix', 'suffix', 'substring', 'regex']
  const kind = kinds.includes(rest[1]) ? rest[1] : 'exact'
  const [from, to] = kinds.includes(rest[1]) ? rest.slice(2) : rest.slice(1)
  if (from === undefined || to === undefined) return undefined
  const plain = from.replace(/\.$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const target = to.replace(/\.$/, '')
  if (kind === 'regex') {
    try {
      return { from: new RegExp(from, 'i'), to: target.replace(/\{(\d)\}/g, '$$$1') }
    } catch {
      return undefined
    }
  }
  const source = { exact: `^${plain}$`, prefix: `^${plain}`, suffix: `${plain}$`, substring: plain }[kind] ?? plain
  return { from: new RegExp(source, 'i'), to: target }
}

/** The block that a name belongs to. */
export function blockFor(blocks: readonly ServerBlock[], name: string): ServerBlock | undefined {
  let best: { block: ServerBlock; length: number } | undefined
  for (const block of blocks)
    for (const zone of block.zones)
      if (isBelow(name, zone) && (best === undefined || zone.length > best.length)) best = { block, length: zone === '.' ? 0 : zone.length }
  return best?.block
}

export function isBelow(name: string, zone: string): boolean {
  return zone === '.' || name === zone || name.endsWith(`.${zone}`)
}
