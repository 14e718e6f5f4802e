/** ab and hey: load for autoscaler lessons. As many processes as connections ask in turn; times are the session's, so a limited CPU shows. */
import { bytesOf } from '../../base/bytes.ts'
import { ByteStream, type HttpResponse } from '../../base/http.ts'
import { UnixError } from '../errors.ts'
import { type Blocking, err, type Process, type Program, sleep } from '../kernel/process.ts'
import { fetch, urlOf } from '../network/fetch.ts'
import { headLines, sizeOfBody } from './http-text.ts'
import { flag, list, UsageError, value } from './options.ts'
import { durationMs } from './sleep.ts'
import { print } from './text.ts'
import { tool } from './tool.ts'

interface Outcome {
  readonly ms: number
  readonly status: number
  readonly headBytes: number
  readonly bodyBytes: number
}

interface Load {
  readonly url: string
  readonly requests: number
  readonly workers: number
  readonly untilMs: number
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Each worker asks at most so often in a second. */
  readonly perSecond?: number
  /** Called after each answer. */
  readonly onDone?: (count: number) => Blocking<void>
}

interface Result {
  readonly outcomes: readonly Outcome[]
  readonly refusals: readonly UnixError[]
  readonly first: HttpResponse | undefined
  readonly seconds: number
}

/** `isPatient`: goes on after a refusal, as hey does; ab gives up. */
function* apply(process: Process, load: Load, { isPatient }: { readonly isPatient: boolean }): Blocking<Result> {
  const outcomes: Outcome[] = []
  const refusals: UnixError[] = []
  let first: HttpResponse | undefined
  let begun = 0
  let isStopped = false
  const startedAt = process.now()
  const worker: Program = function* (child) {
    while (begun < load.requests && !isStopped && child.now() < load.untilMs) {
      begun++
      const from = child.now()
      try {
        const response = yield* fetch(child, load.url, { method: load.method, url: '', headers: load.headers, body: bytesOf(load.body) })
        let bodyBytes = 0
        if (response.body instanceof ByteStream) {
          for (;;) {
            const part = response.body.read()
            if (part) bodyBytes += part.length
            else if (response.body.isOver) break
            else yield { on: [response.body.readable] }
          }
        } else bodyBytes = sizeOfBody(response.body)
        first ??= response
        outcomes.push({
          ms: Math.max(0.05, child.now() - from),
          status: response.status,
          headBytes: headLines(response, child.now()).join('\r\n').length + 4,
          bodyBytes,
        })
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        refusals.push(error)
        isStopped ||= !isPatient
      }
      if (load.perSecond) yield* sleep(child, Math.max(0, from + 1000 / load.perSecond - child.now()))
    }
    return 0
  }
  const children = Array.from({ length: Math.min(load.workers, load.requests) }, () =>
    process.kernel.spawn({
      program: worker,
      argv: process.argv,
      env: process.env,
      cwd: process.cwd,
      namespaces: process.namespaces,
      credentials: process.credentials,
      cgroup: process.cgroup,
      terminal: process.terminal,
      descriptors: process.descriptors,
      parent: process,
    }),
  )
  process.handlers.set('INT', () => (isStopped = true))
  try {
    while (children.some((child) => !child.isEnded)) {
      yield { on: children.filter((child) => !child.isEnded).map((child) => process.kernel.endOf(child)), until: process.now() + 100 }
      if (load.onDone) yield* load.onDone(outcomes.length)
    }
  } finally {
    for (const child of children) if (!child.isEnded) process.kernel.kill(child, 'KILL')
  }
  return { outcomes, refusals, first, seconds: Math.max(0.001, (process.now() - startedAt) / 1000) }
}

const banner =
  'This is ApacheBench, Version 2.3 <$Revision: 1923142 $>\nCopyright 1996 Adam Twiss, Zeus Technology Ltd, http://www.zeustech.net/\nLicensed to The Apache Software Foundation, http://www.apache.org/\n\n'

export const ab = tool({
  name: 'ab',
  usage: '[options] [http[s]://]hostname[:port]/path',
  summary: '',
  package: 'This is ApacheBench, Version 2.3',
  stopsAtOperand: true,
  usageCode: 22,
  hint: 'Usage: ab [options] [http[s]://]hostname[:port]/path\n',
  flags: {
    requests: value('n', 'requests', 'Number of requests to perform'),
    workers: value('c', 'concurrency', 'Number of multiple requests to make at a time'),
    seconds: value('t', 'timelimit', 'Seconds to max. to spend on benchmarking'),
    timeout: value('s', 'timeout'),
    keepAlive: flag('k', 'Use HTTP KeepAlive feature'),
    headers: list('H', 'attribute', "Add Arbitrary header line, eg. 'Accept-Encoding: gzip'"),
    method: value('m', 'method', 'Method name'),
    quiet: flag('q', 'Do not show progress when doing more than 150 requests'),
    post: value('p', 'postfile', 'File containing data to POST'),
    type: value('T', 'content-type'),
    ignoresLength: flag('l'),
    noErrors: flag('r', "Don't exit on socket receive errors."),
    shortVersion: flag('V'),
  },
  *run(call) {
    const { process, flags, operands } = call
    if (flags.shortVersion) {
      yield* print(process, banner)
      return 0
    }
    const [typed] = operands
    if (typed === undefined) throw new UsageError('wrong number of arguments')
    const url = urlOf(typed)
    if (!url || !typed.replace(/^[a-z]+:\/\//i, '').includes('/')) throw new UsageError('invalid URL')
    const requests = flags.requests !== undefined ? Number(flags.requests) : flags.seconds !== undefined ? 50_000 : 1
    const workers = Number(flags.workers ?? 1)
    if (!(requests > 0)) throw new UsageError('Invalid number of requests')
    if (!(workers > 0) || workers > requests) throw new UsageError('Cannot use concurrency level greater than total number of requests')
    const step = Math.max(100, Math.floor(requests / 10))
    const isLong = requests >= 150
    let told = 0
    yield* print(process, `${banner}Benchmarking ${url.host} (be patient)${isLong ? '\n' : '...'}`)
    const headers = {
      'user-agent': 'ApacheBench/2.3',
      accept: '*/*',
      ...Object.fromEntries(
        flags.headers.map((line) => [line.split(':')[0].trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      ),
      ...(flags.post !== undefined && { 'content-type': flags.type ?? 'text/plain' }),
    }
    const result = yield* apply(
      process,
      {
        url: typed,
        requests,
        workers,
        headers,
        untilMs: flags.seconds === undefined ? Number.POSITIVE_INFINITY : process.now() + Number(flags.seconds) * 1000,
        method: flags.post === undefined ? (flags.method ?? 'GET') : 'POST',
        body: flags.post === undefined ? '' : process.files.readText(process.path(flags.post)),
        *onDone(count) {
          while (isLong && !flags.quiet && told + step <= count) yield* err(process, `Completed ${(told += step)} requests\n`)
        },
      },
      { isPatient: flags.noErrors },
    )
    const { outcomes, first, seconds } = result
    const [refusal] = result.refusals
    if (refusal && !flags.noErrors) {
      const words: Readonly<Record<string, string>> = {
        ECONNREFUSED: 'Connection refused (111)',
        EHOSTUNREACH: 'No route to host (113)',
        ETIMEDOUT: 'Connection timed out (110)',
        ENETUNREACH: 'Network is unreachable (101)',
      }
      if (refusal.errno === 'ENOTFOUND' || refusal.errno === 'EAGAIN') {
        yield* err(
          process,
          `ab: Could not resolve host ${url.host}: ${refusal.errno === 'EAGAIN' ? 'Temporary failure in name resolution (670003)' : 'Name or service not known (670002)'}\n`,
        )
        return 1
      }
      yield* err(process, `apr_socket_connect(): ${words[refusal.errno] ?? refusal.words}\n`)
      if (outcomes.length > 0) yield* print(process, `Total of ${outcomes.length} requests completed\n`)
      return Number(/\((\d+)\)/.exec(words[refusal.errno] ?? '')?.[1] ?? 1)
    }
    yield* print(process, isLong ? '' : 'done\n')
    if (isLong) yield* err(process, `Finished ${outcomes.length} requests\n`)
    yield* print(
      process,
      abReport({ url: { ...url }, workers, result, server: String(first?.headers.server ?? ''), seconds, keepAlive: flags.keepAlive }),
    )
    return 0
  },
})

function abReport({
  url,
  workers,
  result,
  server,
  seconds,
  keepAlive,
}: {
  readonly url: { readonly host: string; readonly port: number; readonly path: string }
  readonly workers: number
  readonly result: Result
  readonly server: string
  readonly seconds: number
  readonly keepAlive: boolean
}): string {
  const { outcomes, refusals } = result
  const length = outcomes[0]?.bodyBytes ?? 0
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const total = sum(({ headBytes, bodyBytes }) => headBytes + bodyBytes)
  const count = Math.max(1, outcomes.length)
  const wrong = outcomes.filter(({ status }) => status < 200 || status > 299).length
  const different = outcomes.filter(({ bodyBytes }) => bodyBytes !== length).length
  const times = outcomes.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = (percent: number): number => times[Math.min(times.length - 1, Math.floor((times.length * percent) / 100))] ?? 0
  const mean = times.reduce((a, b) => a + b, 0) / count
  const deviation = Math.sqrt(times.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, count - 1))
  const row = (label: string, factor: number): string =>
    `${`${label}:`.padEnd(12)} ${String(Math.round((times[0] ?? 0) * factor)).padStart(4)} ${String(Math.round(mean * factor)).padStart(4)} ${(deviation * factor).toFixed(1).padStart(5)} ${String(Math.round(at(50) * factor)).padStart(6)} ${String(Math.round((times.at(-1) ?? 0) * factor)).padStart(7)}\n`
  const line = (label: string, text: string): string => `${`${label}:`.padEnd(24)}${text}\n`
  return [
    '\n\n',
    line('Server Software', server),
    line('Server Hostname', url.host),
    line('Server Port', String(url.port)),
    '\n',
    line('Document Path', url.path),
    line('Document Length', `${length} bytes`),
    '\n',
    line('Concurrency Level', String(workers)),
    line('Time taken for tests', `${seconds.toFixed(3)} seconds`),
    line('Complete requests', String(outcomes.length)),
    line('Failed requests', String(refusals.length + different)),
    different > 0 ? `   (Connect: 0, Receive: 0, Length: ${different}, Exceptions: 0)\n` : '',
    wrong > 0 ? line('Non-2xx responses', String(wrong)) : '',
    keepAlive ? line('Keep-Alive requests', String(outcomes.length)) : '',
    line('Total transferred', `${total} bytes`),
    line('HTML transferred', `${sum(({ bodyBytes }) => bodyBytes)} bytes`),
    line('Requests per second', `${(outcomes.length / seconds).toFixed(2)} [#/sec] (mean)`),
    line('Time per request', `${((seconds * 1000 * workers) / count).toFixed(3)} [ms] (mean)`),
    line('Time per request', `${((seconds * 1000) / count).toFixed(3)} [ms] (mean, across all concurrent requests)`),
    line('Transfer rate', `${(total / 1024 / seconds).toFixed(2)} [Kbytes/sec] received`),
    '\nConnection Times (ms)\n              min  mean[+/-sd] median   max\n',
    row('Connect', 0),
    row('Processing', 1),
    row('Waiting', 1),
    row('Total', 1),
    outcomes.length > 1
      ? `\nPercentage of the requests served within a certain time (ms)\n${[50, 66, 75, 80, 90, 95, 98, 99].map((percent) => `  ${percent}%  ${String(Math.round(at(percent))).padStart(5)}\n`).join('')} 100%  ${String(Math.round(times.at(-1) ?? 0)).padStart(5)} (longest request)\n`
      : '',
  ].join('')
}

export const hey = tool({
  name: 'hey',
  usage: '[options...] <url>',
  summary: '',
  package: 'hey',
  stopsAtOperand: true,
  flags: {
    requests: value('n', 'N', 'Number of requests to run. Default is 200.'),
    workers: value('c', 'N', 'Number of workers to run concurrently. Default is 50.'),
    rate: value('q', 'N', 'Rate limit, in queries per second (QPS) per worker.'),
    duration: value('z', 'T', 'Duration of application to send requests.'),
    method: value('m', 'METHOD', 'HTTP method'),
    headers: list('H', 'HEADER', 'Custom HTTP header.'),
    body: value('d', 'BODY', 'HTTP request body.'),
  },
  *run(call) {
    const { process, flags, operands } = call
    const [url] = operands
    if (url === undefined) throw new UsageError('missing operand')
    const forMs = flags.duration === undefined ? undefined : durationMs(flags.duration)
    const workers = Number(flags.workers ?? 50)
    const requests = forMs === undefined ? Number(flags.requests ?? 200) : Number.MAX_SAFE_INTEGER
    if (requests < workers) {
      yield* err(process, '-n cannot be less than -c.\n')
      return 1
    }
    const headers = {
      'user-agent': 'hey/0.0.1',
      ...Object.fromEntries(
        flags.headers.map((line) => [line.split(':')[0].trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      ),
    }
    const result = yield* apply(
      process,
      {
        url,
        requests,
        workers,
        headers,
        untilMs: forMs === undefined ? Number.POSITIVE_INFINITY : process.now() + forMs,
        method: flags.method ?? 'GET',
        body: flags.body ?? '',
        ...(flags.rate !== undefined && { perSecond: Number(flags.rate) }),
      },
      { isPatient: true },
    )
    yield* print(process, heyReport(url, result))
    return 0
  },
})

function heyReport(url: string, { outcomes, refusals, seconds }: Result): string {
  const times = outcomes.map(({ ms }) => ms / 1000).sort((a, b) => a - b)
  const [fastest, slowest] = [times[0] ?? 0, times.at(-1) ?? 0]
  const mean = times.reduce((a, b) => a + b, 0) / Math.max(1, times.length)
  const bytes = outcomes.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
  const summary = `\nSummary:\n  Total:\t${seconds.toFixed(4)} secs\n  Slowest:\t${slowest.toFixed(4)} secs\n  Fastest:\t${fastest.toFixed(4)} secs\n  Average:\t${mean.toFixed(4)} secs\n  Requests/sec:\t${((outcomes.length + refusals.length) / seconds).toFixed(4)}\n  ${outcomes.length > 0 ? `\n  Total data:\t${bytes} bytes\n  Size/request:\t${Math.floor(bytes / outcomes.length)} bytes\n` : '\n'}`
  const edges = Array.from({ length: 11 }, (_, index) => fastest + ((slowest - fastest) / 10) * index)
  const counts = edges.map(
    (edge, index) => times.filter((time) => time <= edge + 1e-12 && (index === 0 || time > edges[index - 1] + 1e-12)).length,
  )
  const most = Math.max(1, ...counts)
  const histogram = `\nResponse time histogram:\n${edges.map((edge, index) => `  ${edge.toFixed(3)} [${counts[index]}]\t|${'■'.repeat(Math.round((counts[index] * 40) / most))}\n`).join('')}\n`
  const latency = `\nLatency distribution:\n${[10, 25, 50, 75, 90, 95, 99].map((percent) => `  ${percent}% in ${(times[Math.min(times.length - 1, Math.floor((times.length * percent) / 100))] ?? 0).toFixed(4)} secs\n`).join('')}`
  const detail = (label: string, share: number): string =>
    `  ${label}:\t${(mean * share).toFixed(4)} secs, ${(fastest * share).toFixed(4)} secs, ${(slowest * share).toFixed(4)} secs\n`
  const details = `\nDetails (average, fastest, slowest):\n${detail('DNS+dialup', 0)}${detail('DNS-lookup', 0)}${detail('req write', 0)}${detail('resp wait', 1)}${detail('resp read', 0)}`
  const codes = new Map<number, number>()
  for (const { status } of outcomes) codes.set(status, (codes.get(status) ?? 0) + 1)
  const status =
    outcomes.length > 0
      ? `\nStatus code distribution:\n${[...codes].map(([code, count]) => `  [${code}]\t${count} responses\n`).join('')}`
      : ''
  const words = new Map<string, number>()
  for (const { words: text } of refusals) words.set(text, (words.get(text) ?? 0) + 1)
  const failures =
    refusals.length > 0
      ? `\nError distribution:\n${[...words].map(([text, count]) => `  [${count}]\tGet "${url}": dial tcp: connect: ${text.toLowerCase()}\n`).join('')}`
      : ''
  return outcomes.length > 0 ? `${summary}${histogram}${latency}${details}${status}${failures}\n\n\n` : `${summary}${failures}\n`
}
