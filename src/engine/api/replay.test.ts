/**
 * Replays what a real API server answered, command by command, with the real kubectl against ours. Only the files that need no
 * controllers and no kubelets are here. `REPLAY=28-validation npx vitest run src/engine/api/replay` writes what differs beside the test's output.
 */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { normaliseKubernetes } from '../../../recordings/normalise.mjs'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import { serve } from '../../bridge/serve.ts'
import { Store } from '../store/store.ts'
import { ApiServer, stampResourceVersion } from './server.ts'

interface Step {
  readonly cmd?: string
  readonly file?: string
  readonly content?: string
  readonly sleep?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly code?: number
  readonly heldOut?: boolean
}

/** Share of the answers that must be equal: what is missing needs a controller or is not there yet. */
const files: Readonly<Record<string, number>> = {
  '31-immutable': 0.5,
  '20-explain': 0.95,
}

const asked = process.env.REPLAY?.split(',')

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('no kubectl on PATH: nothing is replayed')
    return false
  }
}

const canRun = hasKubectl()

for (const name of asked ?? Object.keys(files)) {
  const path = `recordings/kubernetes/${name}.golden.json`
  test.runIf(canRun && existsSync(path))(`the API answers as recorded in ${name}`, { timeout: 600_000 }, async () => {
    const { steps } = JSON.parse(readFileSync(path, 'utf8')) as { steps: readonly Step[] }
    const { equal, total, differences } = await replayed(steps, name === '28-validation')
    if (asked) writeFileSync(join(tmpdir(), `replay-${name}.txt`), differences.join('\n'))
    console.log(`${name}: ${equal} of ${total} equal`)
    expect(equal / total).toBeGreaterThanOrEqual(asked ? 0 : files[name])
  })
}

async function replayed(steps: readonly Step[], isTidied: boolean): Promise<{ equal: number; total: number; differences: string[] }> {
  const clock = new ManualClock()
  const store = new Store({ clock, stamp: stampResourceVersion })
  const server = new ApiServer({ store, clock, random: new Random(7), address: '172.30.0.2' })
  const serving = await serve({ handle: (request) => server.handle(request, {}), connect: (request) => server.connect(request, {}) }, { kick: () => clock.advance(20) })
  const home = mkdtempSync(join(tmpdir(), 'drydock-replay-'))
  const config = join(home, 'config')
  const work = join(home, 'work')
  mkdirSync(work)
  writeFileSync(
    config,
    `apiVersion: v1\nkind: Config\nclusters: [{name: kubernetes, cluster: {server: "http://127.0.0.1:${serving.port}"}}]\nusers: [{name: kubernetes-admin, user: {}}]\ncontexts: [{name: kubernetes-admin@kubernetes, context: {cluster: kubernetes, user: kubernetes-admin}}]\ncurrent-context: kubernetes-admin@kubernetes\n`,
  )
  const environment = { PATH: process.env.PATH, HOME: home, KUBECONFIG: config, KUBECACHEDIR: join(home, 'cache'), TERM: 'dumb', EDITOR: 'true' }
  const run = (line: string) =>
    new Promise<{ stdout: string; stderr: string; code: number }>((resolve) => {
      const child = execFile('bash', ['-c', line], { env: environment, cwd: work, timeout: 20_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
        resolve({ stdout, stderr, code: error ? (typeof error.code === 'number' ? error.code : 1) : 0 }),
      )
      child.stdin?.end()
    })
  // Between the steps of this recording everything was put back as it was, which the steps do not say.
  const before = new Set(Array.from(store.all(), ({ resource, key }) => `${resource} ${key}`))
  const tidy = () => {
    for (const { resource, key } of [...store.all()]) if (!before.has(`${resource} ${key}`)) store.delete(resource, key, { by: 'test', because: 0 })
  }
  const differences: string[] = []
  let equal = 0
  let total = 0
  for (const step of steps) {
    if (step.sleep !== undefined) clock.advance(step.sleep * 1000)
    if (step.file !== undefined) {
      mkdirSync(dirname(join(work, step.file)), { recursive: true })
      writeFileSync(join(work, step.file), step.content ?? '', { mode: 0o755 })
    }
    if (step.cmd === undefined) continue
    const answer = await run(step.cmd)
    if (isTidied) tidy()
    if (step.heldOut || step.stdout === undefined) continue
    total++
    const ours = shown(answer)
    const theirs = shown({ stdout: step.stdout, stderr: step.stderr ?? '', code: step.code ?? 0 })
    if (ours === theirs) equal++
    else differences.push(`### ${step.cmd}\n--- recorded\n${theirs}\n--- ours\n${ours}\n`)
  }
  await serving.close()
  rmSync(home, { recursive: true, force: true })
  return { equal, total, differences }
}

function shown({ stdout, stderr, code }: { stdout: string; stderr: string; code: number }): string {
  return `${normaliseKubernetes(stdout)}\n[stderr] ${normaliseKubernetes(stderr)}\n[code] ${code}`
}
