/**
 * Prometheus: reads prometheus.yml, scrapes the static targets there over the network and answers the query API for plain selectors, sum, count,
 * avg, min, max, rate and increase. Rules, alerts, service discovery and the rest of PromQL are not there: the log or the answer says so.
 */
import { parse } from 'yaml'
import { noBytes, textOf } from '../../../base/bytes.ts'
import type { HttpRequest, HttpResponse } from '../../../base/http.ts'
import { WaitQueue } from '../../../base/wait-queue.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import { fetch, wholeText } from '../../../unix/network/fetch.ts'
import { requestQueue } from '../../../unix/network/serve.ts'
import { answered, jsonAnswered, pathOf, queryOf } from './answers.ts'

type Labels = Readonly<Record<string, string>>

interface Series {
  readonly labels: Labels
  /** Time in ms and value, the newest last. */
  readonly points: [number, number][]
}

interface Target {
  readonly job: string
  readonly address: string
  readonly url: string
  readonly labels: Labels
  readonly everyMs: number
  nextAt: number
  health: 'unknown' | 'up' | 'down'
  problem: string
  scrapedAt: number
}

const keptMs = 3_600_000
const staleMs = 300_000

export const prometheus: Program = function* (process) {
  const option = (name: string): string | undefined => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.replace(/^[^=]*=/, '')
  const file = option('config.file') ?? 'prometheus.yml'
  const log = (level: string, text: string) => err(process, `time=${new Date(process.now()).toISOString()} level=${level} ${text}\n`)
  if (process.argv.includes('--version')) {
    yield* out(process, 'prometheus, version 3.7.3 (branch: HEAD, revision: 0000000000)\n  platform:         linux/amd64\n')
    return 0
  }
  let targets: Target[]
  let leftOut: readonly string[]
  try {
    ;({ targets, leftOut } = targetsOf(process.files.readText(process.path(file)), process.now()))
  } catch (error) {
    const words =
      error instanceof UnixError
        ? `open ${file}: ${error.words.toLowerCase()}`
        : `parsing YAML file ${file}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`
    yield* log('ERROR', `source=main.go:600 msg="Error loading config (--config.file=${file})" file=${process.path(file)} err="${words}"`)
    return 2
  }
  yield* log('INFO', 'source=main.go:674 msg="Starting Prometheus Server" mode=server version="(version=3.7.3, branch=HEAD)"')
  yield* log('INFO', 'source=web.go:669 msg="Start listening for connections" component=web address=0.0.0.0:9090')
  for (const what of leftOut)
    yield* log('WARN', `source=main.go msg="${what} is not simulated in this sandbox; only static_configs are scraped"`)
  yield* log('INFO', `source=main.go:1498 msg="Completed loading of configuration file" filename=${file}`)
  yield* log('INFO', 'source=main.go:1328 msg="Server is ready to receive web requests."')
  process.memoryBytes = 60_000_000
  const series = new Map<string, Series>()
  const queue = requestQueue(process)
  const news = new WaitQueue()
  let [isEnding, reloads] = [false, false]
  for (const signal of ['TERM', 'INT'] as const) {
    process.handlers.set(signal, () => {
      isEnding = true
      news.wake()
    })
  }
  process.handlers.set('HUP', () => {
    reloads = true
    news.wake()
  })
  queue.listen(9090)
  const respond = (request: HttpRequest): HttpResponse => {
    const path = pathOf(request)
    const wanted = queryOf(request)
    if (path === '/-/healthy') return answered(process, 200, 'Prometheus Server is Healthy.\n')
    if (path === '/-/ready') return answered(process, 200, 'Prometheus Server is Ready.\n')
    if (path === '/-/reload') reloads = true
    if (path === '/metrics')
      return answered(
        process,
        200,
        `# HELP prometheus_http_requests_total Counter of HTTP requests.\n# TYPE prometheus_http_requests_total counter\nprometheus_http_requests_total{code="200",handler="/metrics"} ${series.size}\n# TYPE prometheus_tsdb_head_series gauge\nprometheus_tsdb_head_series ${series.size}\n`,
        'text/plain; version=0.0.4; charset=utf-8',
      )
    if (path === '/api/v1/targets')
      return jsonAnswered(
        process,
        200,
        {
          status: 'success',
          data: {
            activeTargets: targets.map((one) => ({
              discoveredLabels: { __address__: one.address, job: one.job },
              labels: { instance: one.address, job: one.job, ...one.labels },
              scrapePool: one.job,
              scrapeUrl: one.url,
              lastError: one.problem,
              lastScrape: new Date(one.scrapedAt).toISOString(),
              health: one.health,
            })),
            droppedTargets: [],
          },
        },
        { indent: 0 },
      )
    if (path === '/api/v1/label/__name__/values')
      return jsonAnswered(
        process,
        200,
        { status: 'success', data: [...new Set([...series.values()].map(({ labels }) => labels.__name__))].sort() },
        { indent: 0 },
      )
    if (path === '/api/v1/query' || path === '/api/v1/query_range') {
      const body = request.method === 'POST' ? new URLSearchParams(textOf(request.body)) : undefined
      const text = wanted.get('query') ?? body?.get('query') ?? ''
      const result = evaluated(series, text, process.now())
      if (result === undefined)
        return jsonAnswered(
          process,
          400,
          { status: 'error', errorType: 'bad_data', error: `invalid parameter "query": "${text}" is not understood in this sandbox` },
          { indent: 0 },
        )
      return jsonAnswered(
        process,
        200,
        {
          status: 'success',
          data: {
            resultType: 'vector',
            result: result.map(({ labels, value }) => ({ metric: labels, value: [process.now() / 1000, String(value)] })),
          },
        },
        { indent: 0 },
      )
    }
    const rows = targets
      .map(({ job, url, health, problem }) => `<tr><td>${job}</td><td>${url}</td><td>${health.toUpperCase()}</td><td>${problem}</td></tr>`)
      .join('\n')
    return path === '/'
      ? { ...answered(process, 302, ''), headers: { location: '/query' } }
      : answered(
          process,
          200,
          `<!DOCTYPE html>\n<html><head><title>Prometheus Time Series Collection and Processing Server</title></head><body><h1>Targets</h1><table>\n${rows}\n</table><p>Queries: /api/v1/query?query=up</p></body></html>\n`,
          'text/html; charset=utf-8',
        )
  }
  try {
    while (!isEnding) {
      for (let asked = queue.next(); asked; asked = queue.next()) asked.answer(respond(asked.request))
      if (reloads) {
        reloads = false
        try {
          targets = targetsOf(process.files.readText(process.path(file)), process.now()).targets
          yield* log('INFO', `source=main.go:1498 msg="Completed loading of configuration file" filename=${file}`)
        } catch {
          yield* log(
            'ERROR',
            `source=main.go:1450 msg="Error reloading config" err="couldn't load configuration (--config.file=\\"${file}\\")"`,
          )
        }
      }
      const due = targets.find(({ nextAt }) => nextAt <= process.now())
      if (due) {
        due.nextAt = process.now() + due.everyMs
        yield* scrape(process, due, series)
        continue
      }
      yield { on: [queue.arrived, news], until: targets.length > 0 ? Math.min(...targets.map(({ nextAt }) => nextAt)) : undefined }
    }
    yield* log('WARN', 'source=main.go:1046 msg="Received an OS signal, exiting gracefully..." signal=terminated')
    yield* log('INFO', 'source=main.go:1071 msg="See you next time!"')
    return 0
  } finally {
    queue.close()
  }
}

interface Config {
  readonly global?: { readonly scrape_interval?: string }
  readonly scrape_configs?: readonly ({
    readonly job_name?: string
    readonly scrape_interval?: string
    readonly metrics_path?: string
    readonly scheme?: string
    readonly static_configs?: readonly { readonly targets?: readonly string[]; readonly labels?: Labels }[]
  } & Readonly<Record<string, unknown>>)[]
  readonly rule_files?: unknown
  readonly alerting?: unknown
}

function targetsOf(text: string, now: number): { readonly targets: Target[]; readonly leftOut: readonly string[] } {
  const config = (parse(text) ?? {}) as Config
  const jobs = config.scrape_configs ?? []
  const leftOut = [
    ...(config.rule_files ? ['rule_files'] : []),
    ...new Set(jobs.flatMap((job) => Object.keys(job).filter((name) => name.endsWith('_sd_configs') || name.endsWith('relabel_configs')))),
  ]
  const targets = jobs.flatMap((job) =>
    (job.static_configs ?? []).flatMap(({ targets: addresses = [], labels = {} }) =>
      addresses.map(
        (address): Target => ({
          job: job.job_name ?? '',
          address,
          url: `${job.scheme ?? 'http'}://${address}${job.metrics_path ?? '/metrics'}`,
          labels,
          everyMs: durationMs(job.scrape_interval ?? config.global?.scrape_interval ?? '1m'),
          nextAt: now + 1_000,
          health: 'unknown',
          problem: '',
          scrapedAt: now,
        }),
      ),
    ),
  )
  return { targets, leftOut }
}

function durationMs(text: string): number {
  return Array.from(
    text.matchAll(/(\d+)(ms|s|m|h|d)/g),
    ([, number, unit]) => Number(number) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 0),
  ).reduce((sum, one) => sum + one, 0)
}

function* scrape(process: Process, target: Target, series: Map<string, Series>): Blocking<void> {
  const now = process.now()
  const own = { instance: target.address, job: target.job, ...target.labels }
  let text = ''
  target.problem = ''
  // Itself it would wait for: it is the one who answers.
  if (/^(localhost|127\.0\.0\.1):9090$/.test(target.address)) text = `prometheus_tsdb_head_series ${series.size}\n`
  else {
    try {
      const response = yield* fetch(
        process,
        target.url,
        { method: 'GET', url: '', headers: { accept: 'text/plain' }, body: noBytes },
        { timeoutMs: 10_000 },
      )
      text = yield* wholeText(response)
      if (response.status !== 200) target.problem = `server returned HTTP status ${response.status}`
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      target.problem = `Get "${target.url}": dial tcp: ${error.errno === 'ENOTFOUND' ? `lookup ${target.address.replace(/:\d+$/, '')}: no such host` : error.errno === 'ECONNREFUSED' ? 'connect: connection refused' : error.words.toLowerCase()}`
    }
  }
  target.health = target.problem === '' ? 'up' : 'down'
  target.scrapedAt = now
  const note = (labels: Labels, value: number): void => {
    const key = JSON.stringify(labels)
    const known = series.get(key) ?? { labels, points: [] }
    series.set(key, known)
    known.points.push([now, value])
    while (known.points[0][0] < now - keptMs) known.points.shift()
  }
  note({ __name__: 'up', ...own }, target.health === 'up' ? 1 : 0)
  if (target.health === 'down') return
  for (const line of text.split('\n')) {
    const [, name, inner = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line) ?? []
    if (name !== undefined)
      note({ __name__: name, ...own, ...labelsIn(inner) }, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value))
  }
}

function labelsIn(text: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(text.matchAll(/(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"/g), ([, name, value]) => [name, value.replace(/\\(.)/g, '$1')]),
  )
}

interface Sample {
  readonly labels: Labels
  readonly value: number
}

function evaluated(series: ReadonlyMap<string, Series>, query: string, now: number): Sample[] | undefined {
  const text = query.trim()
  const [, call, grouping = '', inner, after = ''] =
    /^(sum|count|avg|min|max)\s*(?:by\s*\(([^)]*)\)\s*)?\((.*)\)\s*(?:by\s*\(([^)]*)\))?$/s.exec(text) ?? []
  if (call !== undefined) {
    const all = evaluated(series, inner, now)
    const names = (grouping || after)
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean)
    const groups = new Map<string, { readonly labels: Labels; readonly values: number[] }>()
    for (const { labels, value } of all ?? []) {
      const kept = Object.fromEntries(names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])))
      const group = groups.get(JSON.stringify(kept)) ?? { labels: kept, values: [] }
      group.values.push(value)
      groups.set(JSON.stringify(kept), group)
    }
    const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0)
    return (
      all &&
      Array.from(groups.values(), ({ labels, values }) => ({
        labels,
        value:
          call === 'sum'
            ? total(values)
            : call === 'count'
              ? values.length
              : call === 'avg'
                ? total(values) / values.length
                : Math[call as 'min' | 'max'](...values),
      }))
    )
  }
  const [, over, ranged, range] = /^(rate|irate|increase)\s*\((.*)\[(\w+)\]\s*\)$/s.exec(text) ?? []
  const [, name = '', matchers = ''] = /^([a-zA-Z_:][\w:]*)?(?:\{(.*)\})?$/s.exec((ranged ?? text).trim()) ?? []
  if (name === '' && matchers === '') return undefined
  const tests = Array.from(
    matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g),
    ([, label, sign, value]) =>
      (labels: Labels): boolean => {
        const own = labels[label] ?? ''
        return sign === '=' ? own === value : sign === '!=' ? own !== value : new RegExp(`^(?:${value})$`).test(own) === (sign === '=~')
      },
  )
  const chosen = [...series.values()].filter(
    ({ labels, points }) =>
      (name === '' || labels.__name__ === name) && tests.every((test) => test(labels)) && (points.at(-1)?.[0] ?? 0) > now - staleMs,
  )
  if (over === undefined) return chosen.map(({ labels, points }) => ({ labels, value: points[points.length - 1][1] }))
  const spanMs = durationMs(range)
  return chosen.flatMap(({ labels, points }) => {
    const within = points.filter(([at]) => at >= now - spanMs)
    if (within.length < 2) return []
    // A counter that fell began anew.
    const grown = within.reduce(
      (sum, [, value], at) => sum + (at === 0 ? 0 : value >= within[at - 1][1] ? value - within[at - 1][1] : value),
      0,
    )
    const seconds = (within[within.length - 1][0] - within[0][0]) / 1000
    const { __name__: _, ...rest } = labels
    return [{ labels: rest, value: over === 'increase' ? (grown / seconds) * (spanMs / 1000) : grown / seconds }]
  })
}

export const promtool: Program = function* (process) {
  const [what, how, file = ''] = process.argv.slice(1)
  if (what !== 'check' || how !== 'config') {
    yield* err(process, `promtool: ${[what, how].filter(Boolean).join(' ')} is not simulated in this sandbox\n`)
    return 1
  }
  try {
    targetsOf(process.files.readText(process.path(file)), 0)
  } catch (error) {
    yield* err(
      process,
      `Checking ${file}\n  FAILED: ${error instanceof UnixError ? `open ${file}: ${error.words.toLowerCase()}` : error instanceof Error ? error.message.split('\n')[0] : ''}\n`,
    )
    return 1
  }
  yield* out(process, `Checking ${file}\n SUCCESS: ${file} is valid prometheus config file syntax\n\n`)
  return 0
}
