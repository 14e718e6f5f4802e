/** Images that hold one small program: pause, curl, http-echo, whoami. */
import { bytesOf } from '../../base/bytes.ts'
import { header, httpDate, type HttpRequest, type HttpResponse } from '../../base/http.ts'
import { WaitQueue } from '../../base/wait-queue.ts'
import { err, out, type Process, type Program } from '../../unix/kernel/process.ts'
import { UnixError } from '../../unix/errors.ts'
import { alpineImage } from './alpine.ts'
import { programPaths } from './debian.ts'
import { type CatalogueRepository, makeImage } from './image.ts'
import { headerLines } from '../../unix/network/http-wire.ts'
import { canonical, goTime, serving } from './demo/answers.ts'
import { once } from './once.ts'

const note = 'buildkit.dockerfile.v0'
const paths = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The pod sandbox: sleeps, and ends when told. */
const pauseProgram: Program = function* (process) {
  let signal = 0
  const came = new WaitQueue()
  for (const [name, number] of [
    ['TERM', 15],
    ['INT', 2],
  ] as const) {
    process.handlers.set(name, () => {
      signal = number
      came.wake()
    })
  }
  process.memoryBytes = 700_000
  while (signal === 0) yield { on: [came] }
  yield* err(process, `Shutting down, got signal: ${signal === 15 ? 'Terminated' : 'Interrupt'}\n`)
  return 0
}

const httpEchoProgram: Program = function* (process) {
  let text: string | undefined
  let port = 5678
  let status = 200
  for (let at = 1; at < process.argv.length; at++) {
    const [, name, inline] = /^--?([\w-]+)(?:=(.*))?$/s.exec(process.argv[at]) ?? []
    if (name === 'version') {
      yield* out(process, 'http-echo v1.0.0 (58b4d7a)\n')
      return 0
    }
    const value = inline ?? process.argv[++at] ?? ''
    if (name === 'text') text = value
    else if (name === 'listen') port = Number(value.replace(/^.*:/, ''))
    else if (name === 'status-code') status = Number(value)
    else {
      yield* err(
        process,
        `flag provided but not defined: -${name ?? process.argv[at]}\nUsage of http-echo:\n  -listen string\n    \taddress and port to listen (default ":5678")\n  -status-code int\n    \thttp response code, e.g.: 200 (default 200)\n  -text string\n    \ttext to put on the webpage\n  -version\n    \tdisplay version information\n`,
      )
      return 2
    }
  }
  text ??= process.env.ECHO_TEXT
  if (text === undefined) {
    yield* err(process, 'Missing -text option!\n')
    return 127
  }
  yield* err(process, `${goTime(process.now())} [INFO] server is listening on :${port}\n`)
  const lines: string[] = []
  const shown = `${text}\n`
  try {
    const server = serving(
      process,
      port,
      ({ request, peer }) => {
        lines.push(
          `${goTime(process.now())} ${header(request.headers, 'host') ?? ''} ${peer.address ?? ''}:0 "${request.method} ${request.url} HTTP/1.1" ${status} ${shown.length} "${header(request.headers, 'user-agent') ?? ''}" 12.3µs\n`,
        )
        return {
          status,
          headers: {
            'x-app-name': 'http-echo',
            'x-app-version': '1.0.0',
            date: httpDate(process.now()),
            'content-length': String(bytesOf(shown).length),
            'content-type': 'text/plain; charset=utf-8',
          },
          body: shown,
        }
      },
      { isGraceful: true },
    )
    for (let step = server.next(); ; step = server.next()) {
      while (lines.length > 0) yield* out(process, lines.shift() ?? '')
      if (step.done) return step.value
      yield step.value
    }
  } catch (error) {
    if (!(error instanceof UnixError)) throw error
    yield* err(process, `${goTime(process.now())} [ERR] server exited with: listen tcp :${port}: bind: ${error.words.toLowerCase()}\n`)
    return 127
  }
}

const whoamiProgram: Program = function* (process) {
  const at = process.argv.findIndex((arg) => /^--?port$/.test(arg))
  const inline = process.argv.find((arg) => /^--?port=/.test(arg))?.replace(/^.*=/, '')
  const port = Number(inline ?? (at > 0 ? process.argv[at + 1] : undefined) ?? process.env.WHOAMI_PORT_NUMBER ?? 80)
  yield* err(process, `${goTime(process.now())} Starting up on port ${port}\n`)
  return yield* serving(process, port, ({ request, peer }) => whoami(process, request, peer.address ?? '127.0.0.1'))
}

function whoami(process: Process, request: HttpRequest, from: string): HttpResponse {
  const { net } = process
  const { hostname } = process.namespaces.uts
  const name = process.env.WHOAMI_NAME
  const plain = (status: number, text: string): HttpResponse => ({
    status,
    headers: { date: httpDate(process.now()), 'content-length': String(bytesOf(text).length), 'content-type': 'text/plain; charset=utf-8' },
    body: text,
  })
  if (request.url.startsWith('/health')) return plain(200, '')
  const ips = ['127.0.0.1', '::1', ...net.interfaces.map((one) => one.ip)]
  if (request.url.startsWith('/api')) {
    const body = `${JSON.stringify({ hostname, ip: ips, headers: Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [canonical(key), [value].flat()])), url: request.url.split('?')[0], host: header(request.headers, 'host') ?? '', method: request.method, ...(name && { name }), remoteAddr: `${from}:40000` })}\n`
    return { ...plain(200, body), headers: { ...plain(200, body).headers, 'content-type': 'application/json' } }
  }
  const rest = Object.fromEntries(
    Object.entries(request.headers)
      .filter(([key]) => key !== 'host')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return plain(
    200,
    `${name ? `Name: ${name}\n` : ''}Hostname: ${hostname}\n${ips.map((ip) => `IP: ${ip}\n`).join('')}RemoteAddr: ${from}:40000\n${request.method} ${request.url} HTTP/1.1\nHost: ${header(request.headers, 'host') ?? ''}\n${headerLines(rest).replaceAll('\r', '')}\n`,
  )
}

const pauseImage = (version: string) =>
  once(() =>
    makeImage({
      created: '2024-05-16T20:05:00Z',
      config: { Env: [paths], Entrypoint: ['/pause'], User: '65535:65535', WorkingDir: '/' },
      steps: [
        {
          createdBy: 'COPY bin/pause-linux-amd64 /pause # buildkit',
          files: { '/pause': { program: 'image:pause' }, '/etc/pause-release': `${version}\n` },
          size: 743_000,
          compressedSize: 320_368,
          comment: note,
        },
        { createdBy: 'USER 65535:65535', comment: note },
        { createdBy: 'ENTRYPOINT ["/pause"]', comment: note },
      ],
    }),
  )

const pauseTags = {
  '3.10': pauseImage('3.10'),
  '3.9': pauseImage('3.9'),
  '3.6': pauseImage('3.6'),
  '3.1': pauseImage('3.1'),
  latest: pauseImage('3.10.1'),
}

const echoImage = once(() =>
  makeImage({
    created: '2024-01-10T15:03:00Z',
    config: {
      Env: [paths, 'PRODUCT_VERSION=1.0.0'],
      Entrypoint: ['/http-echo'],
      ExposedPorts: { '5678/tcp': {} },
      User: '65532',
      WorkingDir: '/',
    },
    steps: [
      {
        createdBy: 'COPY dist/linux/amd64/http-echo / # buildkit',
        files: { '/http-echo': { program: 'image:http-echo' } },
        size: 8_480_000,
        comment: note,
      },
      { createdBy: 'EXPOSE map[5678/tcp:{}]', comment: note },
      { createdBy: 'ENV ECHO_TEXT=hello-world', comment: note },
      { createdBy: 'ENTRYPOINT ["/http-echo"]', comment: note },
    ],
  }),
)

const whoamiImage = once(() =>
  makeImage({
    created: '2025-02-24T13:31:00Z',
    config: { Env: [paths], Entrypoint: ['/whoami'], ExposedPorts: { '80/tcp': {} }, WorkingDir: '/' },
    steps: [
      { createdBy: 'COPY whoami / # buildkit', files: { '/whoami': { program: 'image:whoami' } }, size: 6_690_000, comment: note },
      { createdBy: 'ENTRYPOINT ["/whoami"]', comment: note },
      { createdBy: 'EXPOSE map[80/tcp:{}]', comment: note },
    ],
  }),
)

const curlImage = once(() =>
  makeImage({
    base: alpineImage(),
    created: '2025-11-05T08:15:00Z',
    config: { Env: [paths], Entrypoint: ['/entrypoint.sh'], Cmd: ['curl'], User: 'curl_user', WorkingDir: '/home/curl_user' },
    steps: [
      {
        createdBy: 'RUN /bin/sh -c apk add --no-cache ca-certificates # buildkit',
        files: {
          ...programPaths(['curl']),
          '/entrypoint.sh': { text: '#!/bin/sh\nset -e\nif [ "${1#-}" != "$1" ]; then\n  set -- curl "$@"\nfi\nexec "$@"\n', mode: 0o755 },
          '/home/curl_user': { directory: true, uid: 100, gid: 101 },
          '/etc/passwd':
            'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\ncurl_user:x:100:101:Linux User,,,:/home/curl_user:/bin/sh\n',
          '/etc/group': 'root:x:0:root\ncurl_group:x:101:curl_user\n',
        },
        size: 13_400_000,
        comment: note,
      },
      { createdBy: 'ENTRYPOINT ["/entrypoint.sh"]', comment: note },
    ],
  }),
)

export const smallServers: readonly CatalogueRepository[] = [
  { name: 'registry.k8s.io/pause', tags: pauseTags },
  { name: 'k8s.gcr.io/pause', tags: pauseTags },
  {
    name: 'docker.io/hashicorp/http-echo',
    description: 'http-echo is an in-memory web server that echos back the arguments given to it',
    stars: 170,
    tags: { latest: echoImage, '1.0': echoImage, '1.0.0': echoImage, '0.2.3': echoImage },
  },
  {
    name: 'docker.io/traefik/whoami',
    description: 'Tiny Go webserver that prints OS information and HTTP request to output.',
    stars: 140,
    tags: { latest: whoamiImage, 'v1.11': whoamiImage, 'v1.10': whoamiImage },
  },
  {
    name: 'docker.io/containous/whoami',
    description: 'Tiny Go webserver that prints os information and HTTP request to output',
    stars: 60,
    tags: { latest: whoamiImage },
  },
  {
    name: 'docker.io/curlimages/curl',
    description: 'official docker image for curl - command line tool and library for transferring data with URLs',
    stars: 220,
    tags: { latest: curlImage, '8.17.0': curlImage },
  },
]

export const smallServerPrograms: readonly (readonly [string, Program])[] = [
  ['image:pause', pauseProgram],
  ['image:http-echo', httpEchoProgram],
  ['image:whoami', whoamiProgram],
]
