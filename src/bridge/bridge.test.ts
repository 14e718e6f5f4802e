/** The real `kubectl` and `docker`, found on PATH, drive the sandbox through the bridge; without them the test says so. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { openBridge } from './bridge.ts'
import { nodeSupplies } from './supplies.ts'

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const home = mkdtempSync(join(tmpdir(), 'drydock-test-'))
let bridge: Awaited<ReturnType<typeof openBridge>>

function run(program: string, ...args: string[]): Promise<string> {
  const { kubeconfig = '', docker } = bridge.addresses
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      {
        timeout: 30_000,
        env: {
          PATH: process.env.PATH,
          HOME: home,
          KUBECACHEDIR: join(home, 'cache'),
          KUBECONFIG: kubeconfig,
          DOCKER_HOST: docker,
          DOCKER_CONFIG: home,
        },
      },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    )
    child.stdin?.end()
  })
}

beforeAll(async () => {
  bridge = await openBridge(await Session.create({ preset: 'kubernetes', nodes: ['controlplane', 'node01'], supplies: nodeSupplies }))
})
afterAll(() => bridge.close())

describe.skipIf(!has('kubectl'))('the real kubectl', { timeout: 60_000 }, () => {
  test('creates a Deployment over protobuf, follows it, runs a program in it and reads its log', async () => {
    expect(await run('kubectl', 'get', 'nodes', '-o', 'name')).toBe('node/controlplane\nnode/node01\n')
    expect(await run('kubectl', 'create', 'deployment', 'web', '--image=nginx')).toBe('deployment.apps/web created\n')
    expect(await run('kubectl', 'rollout', 'status', 'deployment', 'web')).toMatch(/successfully rolled out\n$/)
    expect(await run('kubectl', 'exec', 'deploy/web', '--', 'hostname')).toMatch(/^web-65d846d465-\w{5}\n$/)
    expect(await run('kubectl', 'logs', 'deploy/web')).toContain('start worker process')
    expect(await run('kubectl', 'exec', 'deploy/web', '--', 'sh', '-c', 'exit 3')).toBe('command terminated with exit code 3\n')
  })

  test('is refused without the token', async () => {
    const { status } = await fetch(`${bridge.addresses.kubernetesPlain}/api/v1/pods`, { headers: { authorization: 'Bearer wrong' } })
    expect(status).toBe(401)
  })
})

describe.skipIf(!has('docker'))('the real docker', { timeout: 60_000 }, () => {
  test('pulls, runs and lists', async () => {
    expect(await run('docker', 'run', '--name', 'hello', 'busybox', 'echo', 'hi')).toMatch(
      /Status: Downloaded newer image for busybox:latest\n$|^hi\n/,
    )
    expect(await run('docker', 'ps', '-a', '--format', '{{.Names}} {{.Status}}')).toMatch(/^hello Exited \(0\)/)
  })
})

for (const program of ['kubectl', 'docker'])
  if (!has(program)) console.warn(`${program} is not on PATH: its tests against the bridge did not run.`)
