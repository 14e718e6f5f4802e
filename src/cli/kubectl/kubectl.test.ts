// kubectl against the API server itself, as a learner types it.
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import { ApiServer, stampResourceVersion } from '../../engine/api/server.ts'
import { Store } from '../../engine/store/store.ts'
import { type Outcome, type RunOptions, TestMachine } from '../testing.ts'
import { kubectl } from './kubectl.ts'

export function world(): { machine: TestMachine; type: (line: string, options?: RunOptions) => Promise<Outcome> } {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(3) })
  const machine = new TestMachine(server, clock)
  machine.write('.kube/config', config)
  return { machine, type: (line, options) => machine.run(kubectl, line.match(/'[^']*'|"[^"]*"|\S+/g)?.map((word) => word.replace(/^(['"])(.*)\1$/s, '$2')) ?? [], options) }
}

export const config = `apiVersion: v1
kind: Config
clusters: [{name: sandbox, cluster: {server: "http://10.0.0.1:8080"}}]
users: [{name: u, user: {}}]
contexts: [{name: sandbox, context: {cluster: sandbox, user: u}}]
current-context: sandbox
`

describe('get', () => {
  test('an empty namespace is said so', async () => {
    const { type } = world()
    expect(await type('kubectl get pods')).toEqual({ stdout: '', stderr: 'No resources found in default namespace.\n', code: 0 })
  })

  test('a type the server does not have', async () => {
    const { type } = world()
    expect(await type('kubectl get foos')).toEqual({ stdout: '', stderr: 'error: the server doesn\'t have a resource type "foos"\n', code: 1 })
  })

  test('namespaces are listed as a table', async () => {
    const { type } = world()
    expect((await type('kubectl get ns')).stdout).toBe('NAME              STATUS   AGE\ndefault           Active   0s\nkube-node-lease   Active   0s\nkube-public       Active   0s\nkube-system       Active   0s\n')
  })

  test('an unknown flag points at the help', async () => {
    const { type } = world()
    expect(await type('kubectl get --foo')).toEqual({ stdout: '', stderr: "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n", code: 1 })
  })
})
