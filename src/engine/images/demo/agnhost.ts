/**
 * agnhost: the test image of Kubernetes itself, one binary with many subcommands. The ones that courses use are here; another one says
 * that it is not simulated and ends with 1.
 */
import { header, type HttpResponse, textResponse } from '../../../base/http.ts'
import { textOf } from '../../../base/bytes.ts'
import { UnixError } from '../../../unix/errors.ts'
import { type Blocking, err, out, type Process, type Program, sleep } from '../../../unix/kernel/process.ts'
import { lookup } from '../../../unix/network/names.ts'
import { addressOf, answered, flagValue, goTime, hostname, pathOf, queryOf, serving } from './answers.ts'

const version = '2.53'

export const agnhost: Program = function* (process) {
  const [command, ...args] = process.argv.slice(1)
  const act = command === undefined ? undefined : commands[command]
  if (act) return yield* act(process, args)
  if (command === '--version') {
    yield* out(process, `agnhost version ${version}\n`)
    return 0
  }
  if (command === undefined || command === '--help' || command === 'help') {
    yield* out(
      process,
      `Usage:\n  app [command]\n\nAvailable Commands:\n${Object.keys(commands)
        .sort()
        .map((name) => `  ${name}\n`)
        .join('')}\nUse "app [command] --help" for more information about a command.\n`,
    )
    return 0
  }
  yield* err(
    process,
    notSimulated.has(command)
      ? `agnhost ${command}: this subcommand is not simulated\n`
      : `Error: unknown command "${command}" for "app"\nRun 'app --help' for usage.\n`,
  )
  return 1
}

const notSimulated = new Set([
  'audit-proxy',
  'crd-conversion-webhook',
  'fake-gitserver',
  'grpc-health-checking',
  'inclusterclient',
  'mtlsclient',
  'mtlsserver',
  'net',
  'nettest',
  'no-snat-test',
  'no-snat-test-proxy',
  'openidmetadata',
  'resource-consumer-controller',
  'tcp-reset',
  'webhook',
  'mounttest',
  'vishhstress',
])

const commands: Readonly<Record<string, (process: Process, args: readonly string[]) => Blocking<number>>> = {
  netexec,
  pause: function* (process) {
    yield* out(process, 'Paused\n')
    for (;;) yield { until: process.now() + 3_600_000 }
  },
  'serve-hostname': function* (process, args) {
    const port = Number(flagValue(args, 'port') ?? 9376)
    yield* err(process, `${logMark(process)}Serving on port ${port}.\n`)
    return yield* serving(process, port, () => textResponse(200, hostname(process)))
  },
  'test-webserver': function* (process, args) {
    const port = Number(flagValue(args, 'port') ?? 80)
    return yield* serving(process, port, ({ request }) => {
      const path = pathOf(request)
      try {
        if (process.files.stat(path).kind === 'directory')
          return answered(
            process,
            200,
            `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${process.files
              .list(path)
              .map((name) => `<a href="${name}">${name}</a>\n`)
              .join('')}</pre>\n`,
            'text/html; charset=utf-8',
          )
        return answered(process, 200, textOf(process.files.readFile(path)))
      } catch (error) {
        if (!(error instanceof UnixError)) throw error
        return answered(process, 404, '404 page not found\n')
      }
    })
  },
  liveness: function* (process) {
    const startedAt = process.now()
    return yield* serving(process, 8080, ({ request }) => {
      if (pathOf(request) === '/started') return answered(process, 200, String(`${((process.now() - startedAt) / 1000).toFixed(9)}s`))
      if (pathOf(request) !== '/healthz') return answered(process, 404, '404 page not found\n')
      const seconds = (process.now() - startedAt) / 1000
      return seconds > 10 ? answered(process, 500, `error: ${seconds}`) : answered(process, 200, 'ok')
    })
  },
  porter: function* (process) {
    const pages = new Map(
      Object.entries(process.env).flatMap(([name, text]) =>
        /^SERVE_(TLS_|SCTP_)?PORT_(\d+)$/.test(name) ? [[Number(name.replace(/^.*_/, '')), text] as const] : [],
      ),
    )
    if (pages.size === 0) return yield* forever(process)
    return yield* serving(process, Array.from(pages.keys()), ({ port }) => answered(process, 200, pages.get(port) ?? ''))
  },
  connect: function* (process, args) {
    const target = args.find((arg) => /:\d+$/.test(arg))
    if (target === undefined) {
      yield* err(process, 'Error: accepts 1 arg(s), received 0\n')
      return 1
    }
    const seconds = secondsIn(flagValue(args, 'timeout'))
    const [host, port] = target.split(/:(?=\d+$)/)
    let ip: string
    try {
      ip = (yield* lookup(process, host))[0]
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      yield* err(process, 'DNS\n')
      return 1
    }
    try {
      process.net.connect({ ip, port: Number(port) }).outgoing.end()
      return 0
    } catch (error) {
      if (!(error instanceof UnixError)) throw error
      if (error.errno === 'ETIMEDOUT') yield* sleep(process, seconds * 1000)
      yield* err(
        process,
        `${error.errno === 'ECONNREFUSED' ? 'REFUSED' : error.errno === 'ETIMEDOUT' || error.errno === 'EHOSTUNREACH' ? 'TIMEOUT' : 'OTHER'}\n`,
      )
      return 1
    }
  },
  'dns-suffix': (process) => print(process, searchOf(process).join(',')),
  'dns-server-list': (process) =>
    print(
      process,
      resolvConf(process)
        .flatMap((line) => (line[0] === 'nameserver' ? [line[1]] : []))
        .join(','),
    ),
  'etc-hosts': (process) => print(process, process.files.readText('/etc/hosts')),
  'entrypoint-tester': (process, args) => print(process, `[${['/agnhost', 'entrypoint-tester', ...args].join(' ')}]\n`),
  'logs-generator': function* (process, args) {
    const lines = Number(flagValue(args, 'log-lines-total') ?? flagValue(args, 't') ?? process.env.LOGS_GENERATOR_LINES_TOTAL ?? 0)
    const [, amount = '1', unit = 's'] =
      /^(\d+)(ms|s|m|h)?$/.exec(flagValue(args, 'run-duration') ?? flagValue(args, 'd') ?? process.env.LOGS_GENERATOR_DURATION ?? '1s') ??
      []
    const wait =
      (Number(amount) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const)[unit as 'ms' | 's' | 'm' | 'h']) / Math.max(1, lines)
    const [verbs, namespaces] = [
      ['GET', 'POST', 'PUT'],
      ['kube-system', 'default', 'ns'],
    ]
    for (let line = 0; line < lines; line++) {
      yield* err(
        process,
        `${logMark(process).replace('log.go:198', 'logs_generator.go:76')}${line} ${verbs[line % 3]} /api/v1/namespaces/${namespaces[(line * 7) % 3]}/pods/${(((line + 11) * 7919) % 46_656).toString(36).padStart(3, 'x')} ${200 + ((line * 37) % 400)}\n`,
      )
      yield* sleep(process, wait)
    }
    return 0
  },
  guestbook: function* (process, args) {
    const port = Number(flagValue(args, 'http-port') ?? 80)
    const kept = new Map<string, string>()
    yield* err(
      process,
      `${logMark(process)}listening on :${port}; this guestbook keeps its entries in the pod: --backend-port and --slaveof are not simulated\n`,
    )
    return yield* serving(process, port, ({ request }) => {
      const query = queryOf(request)
      if (pathOf(request) !== '/guestbook') return answered(process, 404, '404 page not found\n')
      const key = query.get('key') ?? ''
      if (query.get('cmd') === 'set') {
        kept.set(key, query.get('value') ?? '')
        return answered(process, 200, '{"message": "Updated"}')
      }
      return answered(process, 200, `{"data": "${kept.get(key) ?? ''}"}`)
    })
  },
}

function* netexec(process: Process, args: readonly string[]): Blocking<number> {
  const port = Number(flagValue(args, 'http-port') ?? 8080)
  const udpPort = Number(flagValue(args, 'udp-port') ?? 8081)
  const delay = Number(flagValue(args, 'delay-shutdown') ?? 0)
  const startedAt = process.now()
  yield* err(process, `${logMark(process)}Started HTTP server on port ${port}\n`)
  if (udpPort >= 0) yield* err(process, `${logMark(process)}Started UDP server on port  ${udpPort}\n`)
  let exitCode: number | undefined
  const log: string[] = []
  const answer = (path: string, query: URLSearchParams, from: string, given: (name: string) => string | undefined): HttpResponse => {
    switch (path) {
      case '/':
        return answered(process, 200, `NOW: ${goNow(process)}`)
      case '/clientip':
        return answered(process, 200, `${from}:40000`)
      case '/echo':
        return answered(process, Number(query.get('code') ?? 200), query.get('msg') ?? '')
      case '/hostname':
      case '/hostName':
        return answered(process, 200, hostname(process))
      case '/healthz':
        return answered(process, exitCode === undefined ? 200 : 412, '')
      case '/header':
        return answered(process, 200, given((query.get('key') ?? '').toLowerCase()) ?? '')
      case '/exit':
        exitCode = Number(query.get('code') ?? 0)
        return answered(process, 200, '')
      case '/redirect':
        return answered(process, Number(query.get('code') ?? 302), '', 'text/plain', { location: query.get('location') ?? '' })
      case '/shutdown':
        exitCode = 0
        return answered(process, 200, '')
      case '/uptime':
        return answered(process, 200, `${(process.now() - startedAt) / 1000}s`)
      case '/dial':
      case '/shell':
      case '/shell.sh':
      case '/upload':
        return answered(process, 501, `agnhost netexec: ${path} is not simulated\n`)
      default:
        return answered(process, 200, `NOW: ${goNow(process)}`)
    }
  }
  const code = yield* serving(
    process,
    port,
    ({ request, peer }) => {
      log.push(`${logMark(process)}${request.method} ${request.url}\n`)
      return answer(pathOf(request), queryOf(request), peer.address ?? '127.0.0.1', (name) => header(request.headers, name))
    },
    { log, exitCode: () => exitCode },
  )
  if (delay > 0) yield* sleep(process, delay * 1000)
  return code
}

function* print(process: Process, text: string): Blocking<number> {
  yield* out(process, text)
  return 0
}

function* forever(process: Process): Blocking<number> {
  for (;;) yield { until: process.now() + 3_600_000 }
}

function resolvConf(process: Process): string[][] {
  return process.files
    .readText('/etc/resolv.conf')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
}

function searchOf(process: Process): string[] {
  return (
    resolvConf(process)
      .findLast(([word]) => word === 'search')
      ?.slice(1) ?? []
  )
}

function secondsIn(text = '1s'): number {
  return Number(text.replace(/[^\d.]/g, '')) / (text.endsWith('ms') ? 1000 : 1)
}

/** klog's line: `I1121 15:04:05.123456       1 log.go:198] `. */
function logMark(process: Process): string {
  const [date, time] = goTime(process.now()).split(' ')
  return `I${date.slice(5).replace('/', '')} ${time}.${String((process.now() % 1000) * 1000).padStart(6, '0')}       1 log.go:198] `
}

function goNow(process: Process): string {
  return `${new Date(process.now()).toISOString().replace('T', ' ').replace('Z', '000000')} +0000 UTC m=+${((process.now() % 1e6) / 1000).toFixed(9)}`
}

/** registry.k8s.io/echoserver: nginx with a Lua script that tells what it was asked. */
export const echoserver: Program = function* (process) {
  yield* out(process, 'Generating self-signed cert\nGenerating a 2048 bit RSA private key\nStarting nginx\n')
  return yield* serving(process, [8080, 8443], ({ request, peer, port }) => {
    const headers = Object.entries(request.headers)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `\t${name}=${[value].flat().join(', ')}`)
    const body = textOf(request.body)
    return answered(
      process,
      200,
      `\n\nHostname: ${hostname(process)}\n\nPod Information:\n${process.env.POD_NAME ? `\tnode name:\t${process.env.NODE_NAME ?? ''}\n\tpod name:\t${process.env.POD_NAME}\n\tpod namespace:\t${process.env.POD_NAMESPACE ?? ''}\n\tpod IP:\t${process.env.POD_IP ?? addressOf(process)}\n` : '\t-no pod information available-\n'}\nServer values:\n\tserver_version=nginx: 1.13.3 - lua: 10008\n\nRequest Information:\n\tclient_address=${peer.address ?? ''}\n\tmethod=${request.method}\n\treal path=${request.url}\n\tquery=${request.url.split('?')[1] ?? ''}\n\trequest_version=1.1\n\trequest_scheme=http\n\trequest_uri=http://${header(request.headers, 'host') ?? ''}:${port}${request.url}\n\nRequest Headers:\n${headers.join('\n')}\n\nRequest Body:\n${body === '' ? '\t-no body in request-' : body}\n\n`,
      'text/plain',
      { server: 'echoserver' },
    )
  })
}
