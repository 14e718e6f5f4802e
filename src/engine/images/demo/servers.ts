/** Small web applications that courses deploy: each answers what the real one answers to the requests people send. */
import { textOf } from '../../../base/bytes.ts'
import { header, type HttpResponse, Pending } from '../../../base/http.ts'
import { type Blocking, err, out, type Process, type Program } from '../../../unix/kernel/process.ts'
import { connected } from '../../../unix/network/connected.ts'
import type { Asked } from '../../../unix/network/serve.ts'
import { addressOf, answered, flagValue, goTime, headerMap, hostname, hostOf, jsonAnswered, pathOf, queryOf, serving } from './answers.ts'

/** gcr.io/google-samples/hello-app: the version is the image's. */
export const helloApp: Program = function* (process) {
  const port = Number(process.env.PORT ?? 8080)
  yield* err(process, `${goTime(process.now())} Server listening on port ${port}\n`)
  const log: string[] = []
  return yield* serving(
    process,
    port,
    ({ request }) => {
      log.push(`${goTime(process.now())} Serving request: ${pathOf(request)}\n`)
      return answered(process, 200, `Hello, world!\nVersion: ${process.env.APP_VERSION ?? '1.0.0'}\nHostname: ${hostname(process)}\n`)
    },
    { log },
  )
}

/** jmalloc/echo-server. */
export const echoServer: Program = function* (process) {
  const port = Number(process.env.PORT ?? 8080)
  yield* out(process, `Echo server listening on port ${port}.\n`)
  const log: string[] = []
  return yield* serving(
    process,
    port,
    ({ request, peer }) => {
      log.push(`${peer.address ?? ''}:40000 | ${request.method} ${request.url}\n`)
      const headers = Object.entries(headerMap(request))
        .filter(([name]) => name !== 'Host')
        .sort(([a], [b]) => (a < b ? -1 : 1))
      const body = textOf(request.body)
      return answered(
        process,
        200,
        `Request served by ${hostname(process)}\n\n${request.method} ${request.url} HTTP/1.1\n\nHost: ${hostOf(request)}\n${headers.map(([name, value]) => `${name}: ${value}\n`).join('')}${body === '' ? '' : `\n${body}`}`,
        'text/plain',
      )
    },
    { log },
  )
}

/** nginxdemos/hello, as page and as plain text. */
export const nginxHello: Program = function* (process) {
  const isPlain = process.env.HELLO_PLAIN === '1'
  const log: string[] = []
  return yield* serving(
    process,
    80,
    ({ request, peer, port }) => {
      const [date, time] = [
        new Date(process.now()).toUTCString().slice(5, 16).replaceAll(' ', '/'),
        new Date(process.now()).toISOString().slice(11, 19),
      ]
      log.push(
        `${peer.address ?? ''} - - [${date}:${time} +0000] "${request.method} ${request.url} HTTP/1.1" 200 ${isPlain ? 150 : 7218} "-" "${header(request.headers, 'user-agent') ?? '-'}" "-"\n`,
      )
      const address = `${addressOf(process)}:${port}`
      const id = process.kernel.random.hex(32)
      if (isPlain)
        return answered(
          process,
          200,
          `Server address: ${address}\nServer name: ${hostname(process)}\nDate: ${date}:${time} +0000\nURI: ${request.url}\nRequest ID: ${id}\n`,
          'text/plain',
        )
      return answered(
        process,
        200,
        `<!DOCTYPE html>\n<html>\n<head>\n<title>Hello World</title>\n</head>\n<body>\n<p><span>Server&nbsp;address:</span> <span>${address}</span></p>\n<p><span>Server&nbsp;name:</span> <span>${hostname(process)}</span></p>\n<p class="smaller"><span>Date:</span> <span>${date}:${time} +0000</span></p>\n<p class="smaller"><span>URI:</span> <span>${request.url}</span></p>\n<p>Request ID: ${id}</p>\n</body>\n</html>\n`,
        'text/html',
      )
    },
    { log },
  )
}

/** stefanprodan/podinfo: what its page, its probes and its JSON say. */
export const podinfo: Program = function* (process) {
  const version = process.env.PODINFO_VERSION ?? '6.9.2'
  const port = Number(flagValue(process.argv, 'port') ?? 9898)
  const colour = process.env.PODINFO_UI_COLOR ?? '#34577c'
  const message = process.env.PODINFO_UI_MESSAGE ?? flagValue(process.argv, 'ui-message') ?? `greetings from podinfo v${version}`
  let isReady = true
  let exitCode: number | undefined
  const say = (level: string, text: string): string =>
    `${JSON.stringify({ level, ts: new Date(process.now()).toISOString(), caller: 'podinfo/main.go:150', msg: text })}\n`
  yield* err(process, say('info', 'Starting podinfo'))
  yield* err(process, say('info', 'Starting HTTP Server.'))
  const kept = new Map<string, string>()
  const counted = new Map<number, number>()
  const counting = (response: HttpResponse): HttpResponse => {
    counted.set(response.status, (counted.get(response.status) ?? 0) + 1)
    return response
  }
  const answer = ({ request }: Asked): HttpResponse => {
    const path = pathOf(request)
    const info = {
      hostname: hostname(process),
      version,
      revision: 'e86405a8674ecab990d0a389824c7ebbd82973b5',
      color: colour,
      logo: 'https://raw.githubusercontent.com/stefanprodan/podinfo/gh-pages/cuddle_clap.gif',
      message,
      goos: 'linux',
      goarch: 'amd64',
      runtime: 'go1.25.0',
      num_goroutine: '8',
      num_cpu: '2',
    }
    const status = /^\/status\/(\d+)/.exec(path)
    if (status) return jsonAnswered(process, Number(status[1]), { status: Number(status[1]) })
    if (path.startsWith('/cache/')) {
      if (request.method === 'GET')
        return kept.has(path)
          ? answered(process, 200, kept.get(path) ?? '')
          : jsonAnswered(process, 404, { code: 404, message: 'key not found' })
      kept.set(path, textOf(request.body))
      return answered(process, 202, '')
    }
    switch (path) {
      case '/':
        return (header(request.headers, 'user-agent') ?? '').includes('Mozilla')
          ? answered(
              process,
              200,
              `<!DOCTYPE html>\n<html>\n<head><title>${hostname(process)}</title></head>\n<body style="background-color: ${colour}">\n<h1>${message}</h1>\n<p>Served by ${hostname(process)}</p>\n</body>\n</html>\n`,
              'text/html; charset=utf-8',
            )
          : jsonAnswered(process, 200, info)
      case '/api/info':
        return jsonAnswered(process, 200, info)
      case '/healthz':
        return jsonAnswered(process, 200, { status: 'OK' })
      case '/readyz':
        return jsonAnswered(process, isReady ? 200 : 503, isReady ? { status: 'OK' } : { code: 503, message: 'Service Unavailable' })
      case '/readyz/enable':
      case '/readyz/disable':
        isReady = path.endsWith('enable')
        return jsonAnswered(process, 202, { status: 'OK' })
      case '/version':
        return jsonAnswered(process, 200, { commit: info.revision, version })
      case '/env':
      case '/api/env':
        return jsonAnswered(
          process,
          200,
          Object.entries(process.env).map(([name, value]) => `${name}=${value}`),
        )
      case '/headers':
      case '/api/headers':
        return jsonAnswered(process, 200, Object.fromEntries(Object.entries(headerMap(request)).map(([name, value]) => [name, [value]])))
      case '/echo':
      case '/api/echo':
        return answered(process, 202, textOf(request.body))
      case '/metrics':
        return answered(
          process,
          200,
          `# HELP go_goroutines Number of goroutines that currently exist.\n# TYPE go_goroutines gauge\ngo_goroutines 11\n# HELP http_requests_total The total number of HTTP requests.\n# TYPE http_requests_total counter\n${Array.from(counted, ([code, count]) => `http_requests_total{status="${code}"} ${count}\n`).join('')}`,
        )
      case '/panic':
        exitCode = 255
        return answered(process, 200, '')
      default:
        return answered(process, 404, '404 page not found\n')
    }
  }
  return yield* serving(process, port, (asked) => counting(answer(asked)), { isGraceful: true, exitCode: () => exitCode })
}

/** kennethreitz/httpbin (gunicorn) and mccutchen/go-httpbin: the requests that labs send. */
export const httpbin: Program = function* (process) {
  const isGo = process.argv[0].includes('go-httpbin')
  const port = Number(flagValue(process.argv, 'port') ?? (isGo ? 8080 : 80))
  const stamp = (): string => `[${goTime(process.now()).replaceAll('/', '-')} +0000] [1]`
  if (!isGo)
    yield* err(
      process,
      `${stamp()} [INFO] Starting gunicorn 19.9.0\n${stamp()} [INFO] Listening at: http://0.0.0.0:${port} (1)\n${stamp()} [INFO] Using worker: gevent\n${stamp().replace('[1]', '[9]')} [INFO] Booting worker with pid: 9\n`,
    )
  return yield* serving(
    process,
    port,
    (asked) => {
      const { request, peer } = asked
      const path = pathOf(request)
      const query = Object.fromEntries(queryOf(request))
      const headers = headerMap(request)
      const server = {
        server: isGo ? 'go-httpbin' : 'gunicorn/19.9.0',
        'access-control-allow-origin': '*',
        'access-control-allow-credentials': 'true',
      }
      const origin = peer.address ?? '127.0.0.1'
      const url = `http://${hostOf(request)}${request.url}`
      const body = textOf(request.body)
      const isForm = (header(request.headers, 'content-type') ?? '').includes('form-urlencoded')
      const form = isForm ? Object.fromEntries(new URLSearchParams(body)) : {}
      const json = ((): unknown => {
        try {
          return body === '' || isForm ? null : JSON.parse(body)
        } catch {
          return null
        }
      })()
      const sent = { args: query, data: isForm ? '' : body, files: {}, form, headers, json, origin, url }
      const say = (value: unknown, status = 200) => jsonAnswered(process, status, value, { headers: server })
      const [, verb, rest = ''] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? []
      switch (verb) {
        case '':
          return answered(
            process,
            200,
            '<!DOCTYPE html>\n<html lang="en">\n<head><title>httpbin.org</title></head>\n<body><h2>httpbin.org</h2><p>A simple HTTP Request &amp; Response Service.</p></body>\n</html>\n',
            'text/html; charset=utf-8',
            server,
          )
        case 'get':
          return request.method === 'GET' ? say({ args: query, headers, origin, url }) : answered(process, 405, '', 'text/html', server)
        case 'post':
        case 'put':
        case 'patch':
        case 'delete':
          return request.method.toLowerCase() === verb
            ? say(sent)
            : answered(
                process,
                405,
                '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n<p>The method is not allowed for the requested URL.</p>\n',
                'text/html',
                server,
              )
        case 'anything':
          return say({ ...sent, method: request.method })
        case 'headers':
          return say({ headers })
        case 'ip':
          return say({ origin })
        case 'user-agent':
          return say({ 'user-agent': header(request.headers, 'user-agent') ?? null })
        case 'uuid':
          return say({ uuid: process.kernel.random.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') })
        case 'status':
          return answered(process, Number(rest) || 400, '', 'text/html; charset=utf-8', server)
        case 'hostname':
          return say({ hostname: hostname(process) })
        case 'delay': {
          process.kernel.clock.after(Math.min(10, Number(rest) || 0) * 1000, () => asked.answer(say(sent)))
          return undefined
        }
        case 'redirect-to':
          return answered(process, 302, '', 'text/html; charset=utf-8', { ...server, location: query.url ?? '/' })
        case 'redirect':
          return answered(process, 302, '', 'text/html; charset=utf-8', {
            ...server,
            location: Number(rest) > 1 ? `/redirect/${Number(rest) - 1}` : '/get',
          })
        case 'basic-auth': {
          const [user = '', password = ''] = rest.split('/')
          return header(request.headers, 'authorization') === `Basic ${btoa(`${user}:${password}`)}`
            ? say({ authenticated: true, user })
            : answered(process, 401, '', 'text/html', { ...server, 'www-authenticate': 'Basic realm="Fake Realm"' })
        }
        case 'json':
          return say({
            slideshow: {
              author: 'Yours Truly',
              date: 'date of publication',
              slides: [{ title: 'Wake up to WonderWidgets!', type: 'all' }],
              title: 'Sample Slide Show',
            },
          })
        default:
          return answered(
            process,
            404,
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server.  If you entered the URL manually please check your spelling and try again.</p>\n',
            'text/html',
            server,
          )
      }
    },
    { isGraceful: true },
  )
}

/** registry.k8s.io/hpa-example: a PHP page that computes a million square roots, then says OK!. */
export const hpaExample: Program = function* (process) {
  const own = addressOf(process)
  yield* err(
    process,
    `AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using ${own}. Set the 'ServerName' directive globally to suppress this message\n`,
  )
  process.memoryBytes = 11_000_000
  const log: string[] = []
  return yield* serving(
    process,
    80,
    ({ request, peer }) => {
      log.push(
        `${peer.address ?? ''} - - [${new Date(process.now()).toUTCString().slice(5, 16).replaceAll(' ', '/')}:${new Date(process.now()).toISOString().slice(11, 19)} +0000] "${request.method} ${request.url} HTTP/1.1" 200 204 "-" "${header(request.headers, 'user-agent') ?? '-'}"\n`,
      )
      return answered(process, 200, 'OK!', 'text/html', { server: 'Apache/2.4.10 (Debian)', 'x-powered-by': 'PHP/5.6.14' })
    },
    { log, requestMs: 60 },
  )
}

/** kuard, the demo of "Kubernetes: Up and Running": probes that can be made to fail, environment, memory. */
export const kuard: Program = function* (process) {
  const version = process.env.KUARD_VERSION ?? 'v0.10.0-blue'
  yield* err(
    process,
    `${goTime(process.now())} Starting kuard version: ${version}\n${goTime(process.now())} ${'*'.repeat(70)}\n${goTime(process.now())} * WARNING: This server may expose sensitive\n${goTime(process.now())} * and secret information. Be careful.\n${goTime(process.now())} ${'*'.repeat(70)}\n${goTime(process.now())} Config: \n{\n  "address": ":8080"\n}\n${goTime(process.now())} Serving on HTTP on :8080\n`,
  )
  const failures = new Map([
    ['/healthy', 0],
    ['/ready', 0],
  ])
  const log: string[] = []
  return yield* serving(
    process,
    8080,
    ({ request, peer }) => {
      const path = pathOf(request)
      log.push(`${goTime(process.now())} ${peer.address ?? ''}:40000 ${request.method} ${request.url}\n`)
      const probe = failures.get(path)
      if (probe !== undefined) {
        if (probe === 0) return answered(process, 200, 'ok')
        if (probe > 0) failures.set(path, probe - 1)
        return answered(process, 500, 'fail')
      }
      const set = /^(\/healthy|\/ready)\/api$/.exec(path)
      if (set) {
        if (request.method === 'PUT')
          failures.set(set[1], Number((JSON.parse(textOf(request.body)) as { failNext?: number }).failNext ?? 0))
        return jsonAnswered(process, 200, { probePath: set[1], failNext: failures.get(set[1]), history: [] })
      }
      if (path === '/env/api') return jsonAnswered(process, 200, { commandLine: process.argv, env: process.env })
      if (path.startsWith('/fs/'))
        return answered(
          process,
          process.files.exists(path.slice(3)) ? 200 : 404,
          process.files.exists(path.slice(3)) && process.files.stat(path.slice(3)).kind === 'file'
            ? process.files.readText(path.slice(3))
            : '404 page not found\n',
        )
      if (path !== '/') return answered(process, 404, '404 page not found\n')
      return answered(
        process,
        200,
        `<!doctype html>\n\n<html lang="en">\n<head>\n  <title>KUAR Demo</title>\n</head>\n<body>\n<div>Demo application version <i>${version}</i></div>\n<div>Serving this from host <i>${hostname(process)}</i></div>\n<div>IP addresses <i>${addressOf(process)}</i></div>\n</body>\n</html>\n`,
        'text/html; charset=utf-8',
      )
    },
    { log },
  )
}

/** kodekloud/webapp-color: a page in the colour of APP_COLOR, else one the container picked by chance. */
export const webappColor: Program = function* (process) {
  const colours = ['red', 'green', 'blue', 'blue2', 'darkblue', 'pink']
  const given = flagValue(process.argv, 'color') ?? process.env.APP_COLOR
  const colour = given ?? process.kernel.random.pick(colours)
  yield* out(
    process,
    ` This is a sample web application that displays a colored background. \n A color can be specified in two ways. \n\n 1. As a command line argument with --color as the argument. Accepts one of ${colours.join(',')} \n 2. As an Environment variable APP_COLOR. Accepts one of ${colours.join(',')} \n 3. If none of the above then a random color is picked from the above list. \n Note: Command line argument precedes over environment variable.\n\n\n${given === undefined ? `No command line argument or environment variable. Picking a Random Color =${colour}` : `Color from environment variable =${colour}`}\n`,
  )
  if (!colours.includes(colour)) {
    yield* out(process, `Color not supported. Received '${colour}' expected one of ${colours.join(',')}\n`)
    return 1
  }
  yield* err(
    process,
    ' * Serving Flask app "app" (lazy loading)\n * Environment: production\n   WARNING: Do not use the development server in a production environment.\n   Use a production WSGI server instead.\n * Debug mode: off\n * Running on http://0.0.0.0:8080/ (Press CTRL+C to quit)\n',
  )
  const shades: Readonly<Record<string, string>> = {
    red: '#e74c3c',
    green: '#16a085',
    blue: '#2980b9',
    blue2: '#30336b',
    pink: '#be2edd',
    darkblue: '#130f40',
  }
  const log: string[] = []
  return yield* serving(
    process,
    8080,
    ({ request, peer }) => {
      log.push(flaskLine(process, peer.address, request.method, request.url))
      return answered(
        process,
        200,
        `<!doctype html>\n<title>Hello from Flask</title>\n<body style="background: ${shades[colour]};"></body>\n<div style="color: #e4e4e4;\n    text-align:  center;\n    height: 90px;\n    vertical-align:  middle;">\n\n  <h1>Hello from ${hostname(process)}!</h1>\n\n</div>`,
        'text/html; charset=utf-8',
      )
    },
    { log },
  )
}

/** jpetazzo/color: says its name and colour, which is the first part of its host name. */
export const colourApp: Program = function* (process) {
  const colours: Readonly<Record<string, string>> = {
    blue: '🔵',
    green: '🟢',
    red: '🔴',
    yellow: '🟡',
    orange: '🟠',
    purple: '🟣',
    brown: '🟤',
    white: '⚪️',
    black: '⚫️',
  }
  const name = hostname(process)
  const mark = Object.entries(colours).find(([colour]) => name.includes(colour))?.[1] ?? '❓'
  const port = Number(process.env.PORT ?? 80)
  yield* err(process, `${goTime(process.now())} Listening on port ${port}\n`)
  return yield* serving(process, port, ({ request, peer }) =>
    answered(
      process,
      200,
      `${mark}This is pod ${process.env.NAMESPACE ?? 'default'}/${name} on linux/amd64, serving ${request.url} for ${peer.address ?? ''}:40000.\n`,
    ),
  )
}

/** training/webapp: the Flask page of Docker's old tutorial. Its `python` runs app.py and says of anything else that it is not simulated. */
export const trainingPython: Program = function* (process) {
  if (!/(^|\/)app\.py$/.test(process.argv[1] ?? '')) {
    yield* err(process, `${process.argv[0]}: of this image's Python only app.py is simulated\n`)
    return 1
  }
  yield* err(process, ' * Running on http://0.0.0.0:5000/\n')
  const log: string[] = []
  return yield* serving(
    process,
    Number(process.env.PORT ?? 5000),
    ({ request, peer }) => {
      log.push(flaskLine(process, peer.address, request.method, request.url))
      return pathOf(request) === '/'
        ? answered(process, 200, `Hello ${process.env.PROVIDER ?? 'world'}!`, 'text/html; charset=utf-8', {
            server: 'Werkzeug/0.9.6 Python/2.7.6',
          })
        : answered(process, 404, '404', 'text/html')
    },
    { log },
  )
}

function flaskLine(process: Process, from: string | undefined, method: string, url: string): string {
  const [date, time] = [
    new Date(process.now()).toUTCString().slice(5, 16).replaceAll(' ', '/'),
    new Date(process.now()).toISOString().slice(11, 19),
  ]
  return `${from ?? ''} - - [${date} ${time}] "${method} ${url} HTTP/1.1" 200 -\n`
}

/** The fortunes of luksa/fortune's `fortune`. */
export const fortune: Program = function* (process) {
  const sayings = [
    'You will be surprised by a loud noise.',
    'Tomorrow will be cancelled due to lack of interest.',
    'A day for firm decisions!!!!!  Or is it?',
    'You have an ambitious nature and may make a name for yourself.',
    "Don't hate yourself in the morning -- sleep till noon.",
    'Your lucky number has been disconnected.',
    'You will be run over by a beer truck.',
    'Beware of low-flying butterflies.',
  ]
  yield* out(process, `${process.kernel.random.pick(sayings)}\n`)
  return 0
}

/** PHP guestbook of the Kubernetes tutorials: the page, and its script that asks Redis. */
export const guestbook: Program = function* (process) {
  const log: string[] = []
  const answer = (value: string) => answered(process, 200, value, 'application/json', { server: 'Apache/2.4.53 (Debian)' })
  return yield* serving(
    process,
    80,
    (asked) => {
      const { request, peer } = asked
      log.push(`${peer.address ?? ''} - - "${request.method} ${request.url} HTTP/1.1" 200\n`)
      const path = pathOf(request)
      if (path === '/' || path === '/index.html')
        return answered(
          process,
          200,
          '<html ng-app="redis">\n  <head>\n    <title>Guestbook</title>\n  </head>\n  <body ng-controller="RedisCtrl">\n    <div style="width: 50%; margin-left: 20px">\n      <h2>Guestbook</h2>\n    <form>\n    <fieldset>\n    <input ng-model="msg" placeholder="Messages" class="form-control" type="text" name="input"><br>\n    <button type="button" class="btn btn-primary" ng-click="controller.onRedis()">Submit</button>\n    </fieldset>\n    </form>\n  </div>\n  </body>\n</html>\n',
          'text/html',
        )
      if (path !== '/guestbook.php') return answered(process, 404, '404', 'text/html')
      const query = queryOf(request)
      const isSet = query.get('cmd') === 'set'
      const key = query.get('key') ?? ''
      const reply = new Pending<string>()
      const host = isSet
        ? (process.env.REDIS_LEADER_SERVICE_HOST ?? 'redis-leader')
        : (process.env.REDIS_FOLLOWER_SERVICE_HOST ?? 'redis-follower')
      askRedis(process, host, isSet ? ['SET', key, query.get('value') ?? ''] : ['GET', key], reply)
      reply.ready.once(() => asked.answer(answer(isSet ? '{"message": "Updated"}' : `{"data": ${JSON.stringify(reply.value ?? '')}}`)))
      return undefined
    },
    { log },
  )
}

function askRedis(process: Process, host: string, words: readonly string[], reply: Pending<string>): void {
  const child: Program = function* (one): Blocking<number> {
    const connection = yield* connected(one, host, 6379)
    if (!connection) {
      reply.resolve('')
      return 1
    }
    const { incoming, outgoing } = connection
    outgoing.write(`*${words.length}\r\n${words.map((word) => `$${new TextEncoder().encode(word).length}\r\n${word}\r\n`).join('')}`)
    while (incoming.size === 0 && !incoming.isOver) yield { on: [incoming.readable] }
    reply.resolve(
      textOf(incoming.readAll())
        .replace(/^\$-?\d+\r\n/, '')
        .replace(/\r\n$/, ''),
    )
    outgoing.end()
    return 0
  }
  process.kernel.spawn({
    program: child,
    argv: ['php'],
    env: process.env,
    cwd: process.cwd,
    namespaces: process.namespaces,
    credentials: process.credentials,
    cgroup: process.cgroup,
    descriptors: new Map(),
    parent: process,
  })
}
