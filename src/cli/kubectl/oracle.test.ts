// The real kubectl 1.33 beside ours, each on an API server of its own that began in the same state. Skipped aloud where there is none.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { type ByteStream, type HttpResponse, Pending } from '../../base/http.ts'
import { Random } from '../../base/random.ts'
import { ApiServer, stampResourceVersion } from '../../engine/api/server.ts'
import { Store } from '../../engine/store/store.ts'
import { type Outcome, TestMachine } from '../testing.ts'
import { kubectl } from './kubectl.ts'
import { scenes } from './oracle-scenes.ts'

const binary = realKubectl()

function realKubectl(): string | undefined {
  try {
    const found = realpathSync(execFileSync('which', ['kubectl'], { encoding: 'utf8' }).trim())
    const exact = join(dirname(found), 'kubectl.1.33')
    const path = existsSync(exact) ? exact : found
    return execFileSync(path, ['version', '--client'], { encoding: 'utf8', env: { HOME: tmpdir() } }).includes('v1.33') ? path : undefined
  } catch {
    return undefined
  }
}

function apiServer(clock: ManualClock): ApiServer {
  return new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(3) })
}

const start = Date.UTC(2026, 0, 5, 9)

/** The real tool lives in real time; what it shows as ages is a few seconds at most. */
class Real {
  readonly home = mkdtempSync(join(tmpdir(), 'kubectl-oracle-'))
  readonly clock = new ManualClock(Date.now())
  readonly server = apiServer(this.clock)
  http: Server | undefined

  async open(): Promise<void> {
    this.http = createServer((incoming, outgoing) => {
      const parts: Buffer[] = []
      incoming.on('data', (part: Buffer) => parts.push(part))
      incoming.on('end', () => {
        this.clock.set(Date.now())
        const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value ?? '']))
        const answer = this.server.handle(
          { method: incoming.method ?? 'GET', url: incoming.url ?? '/', headers, body: new Uint8Array(Buffer.concat(parts)) },
          {},
        )
        this.clock.settle()
        const send = ({ status, headers: sent, body }: HttpResponse) => {
          outgoing.writeHead(status, sent as Record<string, string>)
          if (typeof body === 'string' || body instanceof Uint8Array) outgoing.end(body)
          else pour(body, outgoing)
        }
        if (answer instanceof Pending) answer.ready.once(() => send(answer.value as HttpResponse))
        else send(answer)
      })
    })
    await new Promise<void>((resolve) => this.http?.listen(0, '127.0.0.1', resolve))
    const address = this.http.address()
    mkdirSync(join(this.home, '.kube'))
    writeFileSync(join(this.home, '.kube/config'), config(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`))
  }

  run(argv: readonly string[], input: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const child: ChildProcess = spawn(binary ?? 'kubectl', argv, {
        cwd: this.home,
        env: { HOME: this.home, PATH: process.env.PATH, TERM: 'dumb' },
      })
      let stdout = ''
      let stderr = ''
      child.stdout?.on('data', (part) => (stdout += part))
      child.stderr?.on('data', (part) => (stderr += part))
      // Commands that never read their input close it first.
      child.stdin?.on('error', () => {})
      child.stdin?.end(input)
      const timer = setTimeout(() => child.kill('SIGINT'), 15_000)
      child.on('close', (code) => {
        clearTimeout(timer)
        const name = basename(binary ?? 'kubectl')
        resolve({ stdout: stdout.replaceAll(name, 'kubectl'), stderr: stderr.replaceAll(name, 'kubectl'), code: code ?? 130 })
      })
    })
  }
}

function pour(stream: ByteStream, outgoing: import('node:http').ServerResponse): void {
  outgoing.flushHeaders()
  const drain = (): void => {
    for (let chunk = stream.read(); chunk; chunk = stream.read()) outgoing.write(chunk)
    if (stream.isOver) outgoing.end()
    else stream.readable.once(drain)
  }
  outgoing.on('close', () => stream.cancel())
  drain()
}

function config(server: string): string {
  return `apiVersion: v1\nkind: Config\nclusters: [{name: sandbox, cluster: {server: "${server}"}}]\nusers: [{name: u, user: {}}]\ncontexts: [{name: sandbox, context: {cluster: sandbox, user: u}}]\ncurrent-context: sandbox\n`
}

function words(line: string): string[] {
  return Array.from(line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g), ([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}

/** What no two runs share: times, ages, uids, log lines, addresses. */
function common(text: string, home: string): string {
  return text
    .replace(/^[IWE]\d{4} .*\n/gm, '')
    .replaceAll(home, '/root')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC/g, '<time>')
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>')
    .replace(/\b\d+s\b/g, '<age>')
    .replace(/127\.0\.0\.1:\d+|10\.0\.0\.1:8080/g, '<server>')
}

describe.skipIf(binary === undefined)('ours prints what the real kubectl prints', () => {
  for (const [title, steps] of Object.entries(scenes)) {
    describe(title, () => {
      const real = new Real()
      const clock = new ManualClock(start)
      const ours = new TestMachine(apiServer(clock), clock)
      beforeAll(async () => {
        await real.open()
        ours.write('.kube/config', config('http://10.0.0.1:8080'))
      })
      afterAll(() => real.http?.close())
      for (const step of steps) {
        if (typeof step !== 'string') {
          test(`file ${step.file}`, () => {
            writeFileSync(join(real.home, step.file), step.text)
            ours.write(step.file, step.text)
          })
          continue
        }
        test(step, async () => {
          const [line, input = ''] = step.split(' <<< ')
          const argv = words(line)
          const theirs = await real.run(argv.slice(1), input)
          const mine = await ours.run(kubectl, argv, { input })
          // The real one describes a ConfigMap's keys in the order of a Go map, another one each time.
          const ordered = (text: string): string =>
            /^kubectl describe (cm|configmap|secret)/.test(line) ? text.split('\n').sort().join('\n') : text
          const shape = ({ stdout, stderr, code }: Outcome, home: string): string =>
            `${ordered(common(stdout, home))}--- stderr\n${common(stderr, home)}--- ${code}`
          expect(shape(mine, '/root')).toBe(shape(theirs, real.home))
        }, 20_000)
      }
    })
  }
})

if (binary === undefined) console.warn('no kubectl 1.33 on PATH: the comparison with the real one is skipped')
