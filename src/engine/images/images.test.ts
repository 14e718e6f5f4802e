/** Images as a container sees them: their files, and their servers answering. */
import { describe, expect, test } from 'vitest'
import { textOf } from '../../base/bytes.ts'
import { ManualClock } from '../../base/clock.ts'
import { ByteStream, type HttpResponse, Pending, request } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { MemoryFiles } from '../../unix/files/memory-files.ts'
import { MountTable } from '../../unix/files/mount-table.ts'
import { OverlayFiles } from '../../unix/files/overlay-files.ts'
import { Descriptor } from '../../unix/kernel/open-file.ts'
import { pipe } from '../../unix/kernel/pipe.ts'
import { start } from '../../unix/kernel/execute.ts'
import type { Process } from '../../unix/kernel/process.ts'
import { createMachine, type Machine } from '../../unix/machine.ts'
import { programs } from '../../unix/programs/index.ts'
import { allLoaded } from '../../unix/programs/lazy.ts'
import { bash } from '../../unix/shell/bash.ts'
import { filesOfLayer } from '../runtime/layer-files.ts'
import type { Image } from './image.ts'
import { catalogue, imagePrograms } from './index.ts'

const everyProgram = await allLoaded([...programs, ['bash', bash], ['sh', bash], ...imagePrograms])

function image(name: string, tag = 'latest'): Image {
  const found = catalogue.find((one) => one.name === name || one.name === `docker.io/library/${name}`)?.tags[tag]
  if (!found) throw new Error(`no ${name}:${tag}`)
  return found()
}

function machine(clock: ManualClock): Machine {
  return createMachine({ name: 'laptop', clock, random: new Random(1), programs: everyProgram })
}

/** As `docker run`: a process with the image's files and its own namespaces. */
function run(on: Machine, from: Image, command?: readonly string[], change: (files: MountTable) => void = () => {}) {
  const { clock } = on.kernel
  const pids = on.kernel.pidNamespace()
  const overlay = new OverlayFiles(new MemoryFiles({ now: () => clock.now() }), from.layers.map(filesOfLayer).reverse())
  const net = on.netNamespace()
  const uts = { hostname: 'c0ffee', domainname: '' }
  const files = new MountTable([
    { at: '/', files: overlay, root: '/', isReadOnly: false, source: 'overlay' },
    ...on.systemMounts({ pids, net, uts }),
  ])
  change(files)
  const { Entrypoint = [], Cmd = [], Env = [], WorkingDir } = from.config.config
  const argv = command ?? [...Entrypoint, ...Cmd]
  const { reader, writer } = pipe(1)
  const output = new Descriptor(writer)
  let inside: Process | undefined
  const process = on.kernel.spawn({
    program: function* (first) {
      inside = start(first, argv)
      first.handlers.set('TERM', (signal) => inside && first.kernel.kill(inside, signal))
      first.handlers.set('QUIT', (signal) => inside && first.kernel.kill(inside, signal))
      while (inside.exitCode === undefined) yield { on: [first.kernel.endOf(inside)] }
      return inside.exitCode
    },
    argv: ['test'],
    env: Object.fromEntries(Env.map((one) => one.split(/=(.*)/s).slice(0, 2))),
    cwd: WorkingDir || '/',
    namespaces: { pids, net, uts, mounts: files },
    credentials: { uid: 0, gid: 0, groups: [] },
    cgroup: { path: '/c' },
    descriptors: new Map([
      [1, output],
      [2, output],
    ]),
  })
  return { process, net, files, output: () => textOf(reader.read(1e6) ?? new Uint8Array(0)) }
}

/** As `clock.advance`, for programs that are loaded when they are first run. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  const until = clock.now() + ms
  while (clock.now() < until) {
    if (clock.step(until)) continue
    if (!clock.isHeld) clock.set(until)
    else await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

function ask(
  clock: ManualClock,
  net: { request: Machine['net']['request'] },
  url: string,
  port = 80,
  headers: Record<string, string> = { host: 'localhost' },
): string {
  const answer = net.request({ ip: '127.0.0.1', port }, request('GET', url, undefined, headers))
  clock.advance(2000)
  const response: HttpResponse | undefined = answer instanceof Pending ? answer.value : answer
  if (!response) return 'no answer'
  const { body } = response
  return `${response.status} ${body instanceof ByteStream ? textOf(body.readAll()) : typeof body === 'string' ? body : textOf(body)}`
}

describe('every image', () => {
  test('of the catalogue can be made', () => {
    const ids = new Set<string>()
    for (const { name, tags } of catalogue)
      for (const [tag, make] of Object.entries(tags)) {
        const { id, layers } = make()
        expect(id, `${name}:${tag}`).toMatch(/^sha256:[0-9a-f]{64}$/)
        expect(layers.length, `${name}:${tag}`).toBeGreaterThan(0)
        ids.add(id)
      }
    expect(ids.size).toBeGreaterThan(10)
  })
})

describe('nginx', () => {
  test('says hello, logs, and ends with SIGQUIT', () => {
    const clock = new ManualClock()
    const on = machine(clock)
    const { net, process, output } = run(on, image('nginx'))
    clock.advance(1000)
    expect(output()).toContain('/docker-entrypoint.sh: Configuration complete; ready for start up\n2026/01/05 09:00:0')
    expect(ask(clock, net, '/')).toContain('<h1>Welcome to nginx!</h1>')
    expect(ask(clock, net, '/nope')).toContain('404 <html>\r\n<head><title>404 Not Found</title></head>')
    expect(output()).toBe(
      '127.0.0.1 - - [05/Jan/2026:09:00:01 +0000] "GET / HTTP/1.1" 200 615 "-" "-" "-"\n' +
        `2026/01/05 09:00:03 [error] ${worker(on)}#${worker(on)}: *2 open() "/usr/share/nginx/html/nope" failed (2: No such file or directory), client: 127.0.0.1, server: localhost, request: "GET /nope HTTP/1.1", host: "localhost"\n` +
        '127.0.0.1 - - [05/Jan/2026:09:00:03 +0000] "GET /nope HTTP/1.1" 404 153 "-" "-" "-"\n',
    )
    on.kernel.kill(process, 'QUIT')
    clock.advance(1000)
    expect(process.exitCode).toBe(0)
  })

  test('a broken configuration is refused in its words', () => {
    const clock = new ManualClock()
    const { process, output } = run(machine(clock), image('nginx'), ['nginx', '-t'], (files) =>
      files.writeFile('/etc/nginx/conf.d/default.conf', 'server {\n  lissten 80;\n}\n'),
    )
    clock.advance(1000)
    expect(output()).toContain(
      'nginx: [emerg] unknown directive "lissten" in /etc/nginx/conf.d/default.conf:2\nnginx: configuration file /etc/nginx/nginx.conf test failed\n',
    )
    expect(process.exitCode).toBe(1)
  })

  test('what a configuration asks for and nothing does is said once, where it stands', () => {
    const clock = new ManualClock()
    const { output } = run(machine(clock), image('nginx'), undefined, (files) =>
      files.writeFile(
        '/etc/nginx/conf.d/default.conf',
        'limit_req_zone $binary_remote_addr zone=one:10m rate=1r/s;\nserver {\n  listen 80;\n  gzip on;\n  expires off;\n  location / { limit_req zone=one; }\n  location /a { limit_req zone=one; }\n}\n',
      ),
    )
    clock.advance(1000)
    expect(output().match(/(?<=\[warn\] \d+#\d+: ).*/g)).toEqual([
      '"gzip" is not simulated in this sandbox and has no effect in /etc/nginx/conf.d/default.conf:4',
      '"limit_req" is not simulated in this sandbox and has no effect in /etc/nginx/conf.d/default.conf:6',
    ])
  })

  test('locations, returns, proxies', () => {
    const clock = new ManualClock()
    const on = machine(clock)
    const { net, output } = run(on, image('nginx', 'alpine'), undefined, (files) =>
      files.writeFile(
        '/etc/nginx/conf.d/default.conf',
        `
        upstream app { server 127.0.0.1:9000; }
        server { listen 80; root /usr/share/nginx/html;
          location = /hi { return 200 "hi $remote_addr\\n"; }
          location /old { return 301 /new; }
          location /api/ { proxy_pass http://app/v1/; proxy_set_header X-Real-IP $remote_addr; }
          location /down { proxy_pass http://127.0.0.1:9; }
          location ~ \\.secret$ { return 403; }
          location / { try_files $uri $uri/ /index.html; }
        }`,
      ),
    )
    net.listen(9000, {
      http: {
        handle: ({ url, headers }) => ({
          status: 200,
          headers: {},
          body: `${url} ${String(headers['x-real-ip'])} ${String(headers.host)}`,
        }),
      },
    })
    clock.advance(1000)
    expect(output()).toContain('start worker process')
    expect(ask(clock, net, '/hi')).toBe('200 hi 127.0.0.1\n')
    expect(ask(clock, net, '/old')).toContain('301 ')
    expect(ask(clock, net, '/api/x?y=1')).toBe('200 /v1/x?y=1 127.0.0.1 app')
    expect(ask(clock, net, '/down')).toContain('502 Bad Gateway')
    expect(ask(clock, net, '/a.secret')).toContain('403 Forbidden')
    expect(ask(clock, net, '/any/where')).toContain('Welcome to nginx!')
  })
})

describe('other servers', () => {
  test('httpd works', async () => {
    const clock = new ManualClock()
    const on = machine(clock)
    const { net, process, output } = run(on, image('httpd'))
    await pass(clock, 1000)
    expect(ask(clock, net, '/')).toBe('200 <html><body><h1>It works!</h1></body></html>\n')
    expect(ask(clock, net, '/no')).toContain('404 <!DOCTYPE HTML')
    expect(output()).toContain('127.0.0.1 - - [05/Jan/2026:09:00:01 +0000] "GET / HTTP/1.1" 200 45\n')
    on.kernel.kill(process, 'TERM')
    clock.advance(100)
    expect(process.exitCode).toBe(0)
  })

  test("busybox's own web server serves a folder, from the background too, and says what it is asked", async () => {
    const clock = new ManualClock()
    const on = machine(clock)
    const script = 'mkdir -p /www/sub; echo up > /www/index.html; cd /www; httpd -p 81; exec httpd -f -v -h /www'
    const { net, output } = run(on, image('busybox'), ['sh', '-c', script])
    await pass(clock, 1000)
    expect(ask(clock, net, '/')).toBe('200 up\n')
    expect(ask(clock, net, '/index.html', 81)).toBe('200 up\n')
    expect(ask(clock, net, '/sub')).toContain('302 ')
    expect(ask(clock, net, '/../etc/passwd')).toContain('400 ')
    expect(ask(clock, net, '/none')).toBe(
      '404 <HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n',
    )
    expect(output()).toBe([200, 302, 400, 404].map((status) => `[::ffff:127.0.0.1]: response:${status}\n`).join(''))
  })

  test('what a package manager puts onto a disk works', async () => {
    const clock = new ManualClock()
    const on = machine(clock)
    const { net, output, files } = run(on, image('oraclelinux', '7'), ['/bin/sh', '-c', 'yum install -q -y httpd; httpd -X'])
    net.interfaces.push({ name: 'eth0', ip: '172.17.0.2', prefix: 16, mac: '02:42:ac:11:00:02', segment: undefined, isUp: true, index: 2 })
    await pass(clock, 3000)
    expect(output()).toBe(
      "AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using 172.17.0.2. Set the 'ServerName' directive globally to suppress this message\n",
    )
    expect(ask(clock, net, '/')).toContain('403 <!DOCTYPE html')
    files.writeFile('/var/www/html/index.html', 'my page\n')
    expect(ask(clock, net, '/')).toBe('200 my page\n')
  })

  test('a misspelled directive is refused in its words', async () => {
    const clock = new ManualClock()
    const { output, process } = run(machine(clock), image('httpd'), ['httpd-foreground'], (files) =>
      files.writeFile('/usr/local/apache2/conf/httpd.conf', 'ServerName x\n\nLissten 80\n'),
    )
    await pass(clock, 1000)
    expect(output()).toBe(
      "AH00526: Syntax error on line 3 of /usr/local/apache2/conf/httpd.conf:\nInvalid command 'Lissten', perhaps misspelled or defined by a module not included in the server configuration\n",
    )
    expect(process.exitCode).toBe(1)
  })

  test('redis keeps what it was told, over its own end', () => {
    const clock = new ManualClock()
    const on = machine(clock)
    const server = run(on, image('redis'))
    clock.advance(100)
    expect(server.output()).toContain('Ready to accept connections tcp\n')
    const { incoming, outgoing } = server.net.connect({ ip: '127.0.0.1', port: 6379 })
    outgoing.write('*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2\r\nvv\r\nincr n\r\nGET k\r\nlpush l a b\r\nlrange l 0 -1\r\nget l\r\nNOPE x\r\n')
    clock.advance(10)
    expect(textOf(incoming.readAll())).toBe(
      "+OK\r\n:1\r\n$2\r\nvv\r\n:2\r\n*2\r\n$1\r\nb\r\n$1\r\na\r\n-WRONGTYPE Operation against a key holding the wrong kind of value\r\n-ERR unknown command 'NOPE', with args beginning with: 'x' \r\n",
    )
    on.kernel.kill(server.process, 'TERM')
    clock.advance(100)
    expect(server.process.exitCode).toBe(0)
    expect(server.files.readText('/data/dump.rdb')).toContain('["k","vv",0]')
  })

  test('http-echo and whoami', () => {
    const clock = new ManualClock()
    const on = machine(clock)
    const echo = run(on, image('docker.io/hashicorp/http-echo'), ['/http-echo', '-text=hi', '-listen=:80'])
    clock.advance(100)
    expect(ask(clock, echo.net, '/')).toBe('200 hi\n')
    const who = run(on, image('docker.io/traefik/whoami'))
    clock.advance(100)
    expect(ask(clock, who.net, '/x')).toBe(
      '200 Hostname: c0ffee\nIP: 127.0.0.1\nIP: ::1\nRemoteAddr: 127.0.0.1:40000\nGET /x HTTP/1.1\nHost: localhost\n\n',
    )
  })
})

function worker(on: Machine): number {
  return [...on.kernel.processes].filter((one) => one.argv[0] === 'nginx: worker process')[0]?.pid ?? 0
}
