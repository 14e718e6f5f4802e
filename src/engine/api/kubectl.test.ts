/**
 * The real kubectl against the API alone: what needs neither controllers nor kubelets. Skipped, aloud, where there is no kubectl.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import { serve, type Serving } from '../../bridge/serve.ts'
import { Store } from '../store/store.ts'
import { ApiServer, stampResourceVersion } from './server.ts'

const hasKubectl = isThere('kubectl')
if (!hasKubectl) console.warn('no kubectl on PATH: its tests are skipped')

const home = mkdtempSync(join(tmpdir(), 'drydock-'))
const clock = new ManualClock()
let serving: Serving

beforeAll(async () => {
  const store = new Store({ clock, stamp: stampResourceVersion })
  const server = new ApiServer({ store, clock, random: new Random(7) })
  serving = await serve(
    { handle: (request) => server.handle(request, {}), connect: (request) => server.connect(request, {}) },
    { kick: () => clock.settle() },
  )
})

afterAll(async () => {
  await serving.close()
  rmSync(home, { recursive: true, force: true })
})

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What a line prints, both streams. */
function type(line: string): Promise<string> {
  const environment = { PATH: process.env.PATH, HOME: home, KUBECACHEDIR: home, TERM: 'dumb', S: `http://127.0.0.1:${serving.port}` }
  const script = `kubectl() { command kubectl --server="$S" "$@"; }; ${line}`
  return new Promise((resolve) =>
    execFile('bash', ['-c', script], { env: environment, cwd: home }, (_, stdout, stderr) => resolve(stdout + stderr)),
  )
}

test.runIf(hasKubectl)('a deployment can be created, seen, changed and deleted', async () => {
  expect(await type('kubectl create deployment web --image=nginx:1.25 --replicas=2')).toBe('deployment.apps/web created\n')
  expect(await type('kubectl get deployment web')).toBe(
    'NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    0/2     0            0           0s\n',
  )
  expect(await type('kubectl scale deployment web --replicas=3')).toBe('deployment.apps/web scaled\n')
  expect(await type('kubectl set image deployment/web nginx=nginx:1.27')).toBe('deployment.apps/web image updated\n')
  expect(await type('kubectl label deployment web tier=front')).toBe('deployment.apps/web labeled\n')
  expect(
    await type(
      "kubectl get deployment web -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].image} {.metadata.generation}'",
    ),
  ).toBe('3 nginx:1.27 3')
  expect(await type('kubectl delete deployment web')).toBe('deployment.apps "web" deleted\n')
})
