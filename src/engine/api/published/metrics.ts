/** `/metrics` in Prometheus' text form: what this server counts itself, under upstream's names. What it does not count is not listed. */
import type { Kind } from '../../kinds/kind.ts'
import { storeName, type Registry } from '../registry.ts'

interface Asked {
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly scope: string
  readonly code: number
}

interface Counter {
  readonly asked: Asked
  count: number
}

export class Metrics {
  /** By resource, and there by all that is told apart: a handful of counters each, found without a key put together for every request. */
  readonly #counters = new Map<string, Counter[]>()
  readonly #deprecated = new Set<string>()
  readonly #startedAt: number

  constructor(nowMs: number) {
    this.#startedAt = nowMs
  }

  /** A request of something that went out of use. */
  countDeprecated({ group, version, resource, subresource }: Omit<Asked, 'verb' | 'scope' | 'code'>): void {
    this.#deprecated.add(`group="${group}",removed_release="",resource="${resource}",subresource="${subresource}",version="${version}"`)
  }

  count(
    { group, version, resource }: Kind,
    { verb, subresource, scope, code }: Pick<Asked, 'verb' | 'subresource' | 'scope' | 'code'>,
  ): void {
    let counters = this.#counters.get(resource)
    if (!counters) this.#counters.set(resource, (counters = []))
    for (const counter of counters) {
      const { asked } = counter
      if (asked.verb !== verb || asked.code !== code || asked.scope !== scope || asked.subresource !== subresource) continue
      if (asked.version !== version || asked.group !== group) continue
      counter.count++
      return
    }
    counters.push({ asked: { verb, group, version, resource, subresource, scope, code }, count: 1 })
  }

  #all(): readonly Counter[] {
    return [...this.#counters.values()].flat()
  }

  text(registry: Registry, served: readonly Kind[], version: string): string {
    const [, major = '1', minor = '33'] = /^v(\d+)\.(\d+)/.exec(version) ?? []
    const objects = served
      .filter((kind) => !kind.storedAs && registry.store.count(storeName(kind)) > 0)
      .map((kind) => [storeName(kind), registry.store.count(storeName(kind))] as const)
    return [
      family(
        'apiserver_current_inflight_requests',
        'gauge',
        '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
        [
          ['request_kind="mutating"', 0],
          ['request_kind="readOnly"', 1],
        ],
      ),
      ...(this.#deprecated.size > 0
        ? [
            family(
              'apiserver_requested_deprecated_apis',
              'gauge',
              '[STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
              [...this.#deprecated].sort().map((labels) => [labels, 1] as const),
            ),
          ]
        : []),
      this.#durationFamily(),
      family(
        'apiserver_request_total',
        'counter',
        '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
        this.#all()
          .map(({ asked, count }) => [`code="${asked.code}",${labelsOf(asked)}`, count] as const)
          .sort(),
      ),
      family(
        'apiserver_storage_objects',
        'gauge',
        '[STABLE] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
        objects.map(([name, count]) => [`resource="${name}"`, count]),
      ),
      family(
        'kubernetes_build_info',
        'gauge',
        "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
        [
          [
            `build_date="2026-07-01T00:00:00Z",compiler="gc",git_commit="2df3632e823a813f64218dfc6f5c2e70d28ecdf0",git_tree_state="clean",git_version="${version}",go_version="go1.24.4",major="${major}",minor="${minor}",platform="linux/amd64"`,
            1,
          ],
        ],
      ),
      family('process_start_time_seconds', 'gauge', '[ALPHA] Start time of the process since unix epoch in seconds.', [
        ['', this.#startedAt / 1000],
      ]),
    ].join('')
  }

  /** A request is answered in no session time at all: every one falls into the first bucket. */
  #durationFamily(): string {
    const name = 'apiserver_request_duration_seconds'
    const help =
      '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.'
    const durations = new Map<string, number>()
    for (const { asked, count } of this.#all()) {
      if (asked.verb !== 'watch') durations.set(labelsOf(asked), (durations.get(labelsOf(asked)) ?? 0) + count)
    }
    const lines = [...durations]
      .sort()
      .map(
        ([labels, count]) =>
          `${buckets.map((bound) => `${name}_bucket{${labels},le="${bound}"} ${count}\n`).join('')}${name}_sum{${labels}} 0\n${name}_count{${labels}} ${count}\n`,
      )
    return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.join('')}`
  }
}

function labelsOf({ verb, group, version, resource, subresource, scope }: Asked): string {
  return `component="apiserver",dry_run="",group="${group}",resource="${resource}",scope="${scope}",subresource="${subresource}",verb="${verb.toUpperCase()}",version="${version}"`
}

const buckets = [
  '0.005',
  '0.025',
  '0.05',
  '0.1',
  '0.2',
  '0.4',
  '0.6',
  '0.8',
  '1',
  '1.25',
  '1.5',
  '2',
  '3',
  '4',
  '5',
  '6',
  '8',
  '10',
  '15',
  '20',
  '30',
  '45',
  '60',
  '+Inf',
]

function family(name: string, type: string, help: string, samples: readonly (readonly [labels: string, value: number])[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
