/** curl and wget beside this machine's own, asking the same server: theirs through a real socket, ours through the sandbox's network. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { textOf } from '../../base/bytes.ts'
import { ByteStream, type HttpHandler, type HttpResponse } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { serveBytes } from '../network/http-wire.ts'
import { Namespace } from '../network/namespace.ts'
import { curl } from './curl.ts'
import { bench } from './testing.ts'
import { wget } from './wget.ts'

const date = 'Sat, 21 Nov 2026 10:00:00 GMT'
const answer = (status: number, body: string, headers: Record<string, string | readonly string[]> = {}): HttpResponse => ({
  status,
  headers: { date, 'content-type': 'text/plain', 'content-length': String(Buffer.byteLength(body)), ...headers },
  body,
})

const site: HttpHandler = {
  handle({ method, url, headers, body }) {
    const [path] = url.split('?')
    if (path === '/' || path === '/index.html') return answer(200, '<h1>Hello</h1>\n', { 'content-type': 'text/html', server: 'test/1.0' })
    if (path === '/echo')
      return answer(
        200,
        `${method} ${url}\n${Object.entries(headers)
          .filter(([name]) => name !== 'host')
          .map(([name, text]) => `${name}: ${String(text).replace(/boundary=-+\w+/, 'boundary=B')}\n`)
          .sort()
          .join('')}${textOf(body).replace(/^-+\w{16,}/gm, '--B')}\n`,
      )
    if (path === '/moved') return answer(301, 'moved\n', { location: '/index.html' })
    if (path === '/found') return answer(302, '', { location: '/echo' })
    if (path === '/loop') return answer(302, '', { location: '/loop' })
    if (path === '/json') return answer(200, '{"a":1}', { 'content-type': 'application/json' })
    if (path === '/file.txt') return answer(200, 'some text\n'.repeat(50))
    if (path === '/error') return answer(500, 'boom\n')
    if (path === '/busy') return answer(503, 'later\n')
    if (path === '/login')
      return headers.authorization === 'Basic YWRtaW46c2VjcmV0'
        ? answer(200, 'welcome\n')
        : answer(401, 'who are you\n', { 'www-authenticate': 'Basic realm="test"' })
    if (path === '/empty') return answer(204, '', { 'content-length': '0' })
    if (path === '/cookies') return answer(200, 'c\n', { 'set-cookie': ['a=1; Path=/', 'b=2'] })
    if (path === '/nobody') return { status: 0, headers: {}, body: '' }
    return answer(404, 'not here\n')
  },
}

const hasReal =
  spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout?.startsWith('curl 7.88') === true &&
  spawnSync('wget', ['--version'], { encoding: 'utf8' }).stdout?.startsWith('GNU Wget 1.21.3') === true
if (!hasReal) console.log('curl 7.88 and wget 1.21.3 are not on this machine: ours are not compared')

const texts = { 'data.json': '{"x":\n1}\n', 'note.txt': 'a note\n' }
let server: Server
let port = 0
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'http-'))
  server = createServer((socket) => {
    const [incoming, outgoing] = [new ByteStream(), new ByteStream()]
    const push = (): void => {
      for (let bytes = outgoing.read(); bytes; bytes = outgoing.read()) socket.write(bytes)
      if (outgoing.isOver) socket.end()
      else outgoing.readable.once(push)
    }
    push()
    socket.on('data', (bytes) => incoming.write(new Uint8Array(bytes)))
    socket.on('end', () => incoming.end())
    socket.on('error', () => incoming.end())
    serveBytes(site, incoming, outgoing, { address: '127.0.0.1', port: 1 } as never)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as { port: number }).port
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Outcome {
  readonly out: string
  readonly err: string
  readonly code: number | null
  readonly files: string
}

function real(argv: readonly string[]): Promise<Outcome> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
  return new Promise((done) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: folder, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
    child.on('close', (code) =>
      done({
        out,
        err,
        code,
        files: readdirSync(folder)
          .sort()
          .filter((name) => !(name in texts))
          .map((name) => `${name}: ${readFileSync(join(folder, name), 'utf8').length}\n`)
          .join(''),
      }),
    )
  })
}

function ours(argv: readonly string[]): Outcome {
  const machine = bench(
    new Map([
      ['curl', curl],
      ['wget', wget],
    ]),
    texts,
  )
  const net = new Namespace({ id: 1, random: new Random(1) })
  net.listen(port, { http: site })
  machine.init.files.writeFile('/etc/hosts', '127.0.0.1 localhost\n::1 localhost\n')
  machine.init.namespaces = { ...machine.init.namespaces, net }
  const { out, err, code } = machine.run(argv, '', { env: { TZ: 'UTC', LC_ALL: 'C.UTF-8' }, ms: 600_000 })
  const files = machine.init.files
  return {
    out,
    err,
    code,
    files: files
      .list('/w')
      .filter((name) => !(name in texts))
      .map((name) => `${name}: ${files.readText(`/w/${name}`).length}\n`)
      .join(''),
  }
}

/** Times, speeds and ports differ between any two runs. */
function shown({ out, err, code, files }: Outcome): string {
  const same = (text: string): string =>
    text
      .replaceAll(String(port), 'PORT')
      .replace(/after \d+ ms/g, 'after N ms')
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'NOW')
      .replace(/\([\d.]+ [KM]?B\/s\)/g, '(SPEED)')
      .replace(/ +[\d.]+[KM]? *=[\d.]+s/g, ' N=T')
      .replace(/ in [\d.]+s /g, ' in T ')
      .replace(/time: [\d.]+s/g, 'time: T')
      .replace(/0x[0-9a-f]{12}/, 'BUNDLE')
      .replace(/("(?:time_\w+|curl_version)":)[^,}]*/g, '$1T')
      // The meter's speeds; how often it is drawn depends on the moment.
      .replace(/\r[^\r\n]*(?=\r +\d|\r1)/g, '')
      .replace(/\r( *\d+ +\d+ +\d+ +\d+ +\d+ +\d+).*/g, 'METER$1')
  return `${same(out)}--- ${same(err)}--- ${code}\n${files}`
}

const U = 'http://localhost:PORT'
const curls: readonly string[] = [
  'curl -s U/',
  'curl U/',
  'curl -sS U/nope',
  'curl -s -i U/',
  'curl -sI U/',
  'curl -I U/',
  'curl -s -o /dev/null -w %{http_code} U/',
  "curl -s -o /dev/null -w '%{http_code}\\n' U/nope",
  'curl -f U/nope',
  'curl -sf U/nope',
  'curl -sSf U/error',
  'curl --fail-with-body -s U/nope',
  'curl --fail-with-body -sS U/nope',
  'curl -L -s U/moved',
  'curl -s U/moved',
  'curl -sIL U/moved',
  'curl -siL U/moved',
  'curl -sL U/found',
  'curl -sL -d x=1 U/found',
  'curl -sL -X POST -d x=1 U/found',
  'curl -sSL U/loop',
  'curl -sSL --max-redirs 2 U/loop',
  'curl -s -X DELETE U/echo',
  'curl -s -d a=1 U/echo',
  'curl -s -d a=1 -d b=2 U/echo',
  'curl -s -d @data.json U/echo',
  'curl -s --data-binary @data.json U/echo',
  'curl -s --json {"a":1} U/echo',
  'curl -s -H X-A:1 -H Accept: U/echo',
  "curl -s -H 'Content-Type: application/json' -d {} U/echo",
  'curl -s -XPUT -d hi U/echo',
  'curl -s -G -d q=1 -d r=2 U/echo',
  "curl -s --data-urlencode 'q=a b&c' U/echo",
  'curl -s -F a=1 -F f=@note.txt U/echo',
  'curl -s -u admin:secret U/login',
  'curl -s -u admin:wrong U/login',
  'curl -s http://admin:secret@localhost:PORT/login',
  'curl -s -A me/1 U/echo',
  'curl -s -e http://x/ U/echo',
  'curl -s -b a=1 U/echo',
  'curl -s --compressed U/echo',
  'curl -s -r 0-3 U/echo',
  'curl -s -o out.txt U/file.txt',
  'curl -s -O U/file.txt',
  'curl -o out.txt U/file.txt',
  'curl -O U/',
  'curl -sS -O U/',
  'curl -s -o a -o b U/ U/json',
  'curl -s U/ U/json',
  "curl -s 'U/{json,nope}'",
  'curl -s U/empty',
  'curl -si U/empty',
  'curl -si U/cookies',
  'curl -s U/nobody',
  'curl -sS U/nobody',
  'curl U/nobody',
  "curl -s -o /dev/null -w '%{content_type} %{size_download} %{num_redirects} %{url_effective} %{method} %{scheme} %{http_version} %{remote_ip} %{remote_port}\\n' U/json",
  "curl -sL -o /dev/null -w '%{http_code} %{num_redirects} %{url_effective} %{redirect_url}\\n' U/moved",
  "curl -s -o /dev/null -w '%{http_code} %{redirect_url}\\n' U/moved",
  "curl -s -o /dev/null -w '%{exitcode} %{errormsg}\\n' U/json",
  "curl -s -w '%{http_code} %{exitcode} %{errormsg}\\n' http://localhost:1/",
  "curl -s -w '\\n%{http_code}' U/json",
  "curl -s -o out -w '%{filename_effective} %{size_header}\\n' U/json",
  "curl -s -w '%{header_json}' -o /dev/null U/json",
  "curl -s -w '%{nosuch}x\\n' -o /dev/null U/json",
  "curl -s -w '%{json}' -o /dev/null http://localhost:1/ -m 2",
  'curl http://localhost:1/',
  'curl -s http://localhost:1/',
  'curl -sS http://localhost:1/',
  'curl -sS http://127.0.0.1:1/',
  'curl -sS http://nosuch.invalid/',
  'curl -s http://nosuch.invalid/',
  'curl -v http://localhost:1/ -s',
  'curl',
  'curl -s',
  'curl --nope U/',
  'curl -o',
  'curl -y',
  'curl --max-time U/',
  'curl -sS foo://localhost/',
  "curl -sS 'http://local host/'",
  'curl -sS http://',
  'curl -sS localhost:PORT/json',
  'curl -sS --resolve web.example:PORT:127.0.0.1 http://web.example:PORT/echo',
  'curl -sS --connect-to web.example:PORT:localhost:PORT http://web.example:PORT/json',
  'curl -sS -T missing U/echo',
  'curl -sS -d @missing U/echo',
  'curl -sS -o nodir/x U/',
  'curl -sS --create-dirs -o newdir U/json',
  'curl -sS --unix-socket /nosuch.sock http://localhost/',
  'curl -sS --retry 1 --retry-delay 1 U/busy',
  'curl --no-progress-meter U/json',
  'curl --no-progress-meter --retry 1 U/busy',
  'curl --no-progress-meter --retry 2 --retry-delay 1 U/busy',
  'curl --no-progress-meter --retry 1 --retry-connrefused http://localhost:1/',
  'curl -sS --retry 1 -f U/busy',
  'curl -s -m 2 --connect-timeout 1 U/json',
  "curl -s -o /dev/null -w '%{size_header} %{num_headers} %{num_connects} %header{content-type} 100%%\\n' U/json",
  'curl -m x U/',
  'curl -s -F f=@data.json;type=application/json U/echo',
  'curl -s -d @- U/echo',
  'curl -sS --cacert /nosuch https://localhost:PORT/',
  'curl -s -D - -o /dev/null U/json',
  'curl -s -D h.txt U/json',
  'curl -sS -H @note.txt U/echo',
  'curl -s --url U/json',
  'curl -s -X HEAD -I U/json',
  'curl -s --get --data-urlencode q=x U/echo',
  'curl -s -N U/json',
  'curl -s -k U/json',
  'curl -s --http1.1 U/json',
  'curl -s -4 U/json',
  'curl -s -0 U/json',
  'curl -s -w \\n U/json',
  'curl -s --output-dir newdir -O U/json',
  'curl -sv U/json',
  'curl -sv U/nope',
  'curl -svL U/moved',
  'curl -sv -d a=1 U/echo',
  'curl -sv -I U/json',
  'curl -sv -u admin:secret U/login',
  'curl -sv -X POST U/echo',
]
const wgets: readonly string[] = [
  'wget -qO- U/',
  'wget -q -O - U/json',
  'wget U/file.txt',
  'wget U/',
  'wget -O out.txt U/file.txt',
  'wget -nv U/file.txt',
  'wget -q U/file.txt',
  'wget U/nope',
  'wget -q U/nope',
  'wget -qO- U/nope',
  'wget U/error',
  'wget --spider U/json',
  'wget --spider U/nope',
  'wget -q --spider U/json',
  'wget -S -O /dev/null U/json',
  'wget -qS -O /dev/null U/json',
  'wget -O- U/json',
  'wget U/moved',
  'wget -q -O- U/moved',
  'wget U/login',
  'wget -qO- --user=admin --password=secret U/login',
  'wget -qO- --header=X-A:1 U/echo',
  "wget -qO- --header 'Host: web.example' U/echo",
  'wget -qO- --post-data=a=1 U/echo',
  'wget -qO- --post-file=note.txt U/echo',
  'wget -qO- --method=DELETE U/echo',
  'wget -qO- --method=PUT --body-data=x U/echo',
  'wget -t1 http://localhost:1/',
  'wget -q -t1 http://localhost:1/',
  'wget -t 2 -T 1 http://127.0.0.1:1/',
  'wget http://nosuch.invalid/',
  'wget -q http://nosuch.invalid/',
  'wget',
  'wget --nope',
  'wget foo://x/',
  'wget -qO- localhost:PORT/json',
  'wget -T 5 -qO- U/json',
  'wget --no-check-certificate -qO- U/json',
  'wget -O nodir/x U/json',
  'wget -qO- -U me U/echo',
  'wget --max-redirect=1 -qO- U/loop',
  'wget -nv -O- U/nope',
  'wget --content-on-error -qO- U/nope',
  'wget -o /dev/null U/file.txt',
  'wget -O a.txt U/json U/file.txt',
  'wget -c U/file.txt',
  'wget -qO- --timeout=5 --tries=1 U/json',
  'wget -q --show-progress --progress=dot U/file.txt',
]

function words(line: string): string[] {
  return Array.from(
    line
      .replace(/(?<![A-Za-z])U(?=\/)/g, U)
      .replaceAll('PORT', String(port))
      .matchAll(/(?:'[^']*'|[^\s'])+/g),
    ([word]) => word.replace(/'([^']*)'/g, '$1'),
  )
}

describe.skipIf(!hasReal)('as the real ones', () => {
  for (const line of [...curls, ...wgets]) {
    test(line, async () => {
      const argv = words(line)
      expect(shown(ours(argv))).toBe(shown(await real(argv)))
    })
  }
})
