// kubectl against the API server itself, as a learner types it.
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../base/clock.ts'
import { Random } from '../../base/random.ts'
import { ApiServer, stampResourceVersion } from '../../engine/api/server.ts'
import { Store } from '../../engine/store/store.ts'
import { type Outcome, type RunOptions, TestMachine } from '../testing.ts'
import { completeKubectl } from './complete.ts'
import { kubectl } from './kubectl.ts'

export function world(): { machine: TestMachine; type: (line: string, options?: RunOptions) => Promise<Outcome> } {
  const clock = new ManualClock()
  const server = new ApiServer({ store: new Store({ clock, stamp: stampResourceVersion }), clock, random: new Random(3) })
  const machine = new TestMachine(server, clock)
  machine.write('.kube/config', config)
  return {
    machine,
    type: (line, options) =>
      machine.run(kubectl, line.match(/'[^']*'|"[^"]*"|\S+/g)?.map((word) => word.replace(/^(['"])(.*)\1$/s, '$2')) ?? [], options),
  }
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
    expect(await type('kubectl get foos')).toEqual({
      stdout: '',
      stderr: 'error: the server doesn\'t have a resource type "foos"\n',
      code: 1,
    })
  })

  test('namespaces are listed as a table', async () => {
    const { type } = world()
    expect((await type('kubectl get ns')).stdout).toBe(
      'NAME              STATUS   AGE\ndefault           Active   0s\nkube-node-lease   Active   0s\nkube-public       Active   0s\nkube-system       Active   0s\n',
    )
  })

  test('an unknown flag points at the help', async () => {
    const { type } = world()
    expect(await type('kubectl get --foo')).toEqual({
      stdout: '',
      stderr: "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n",
      code: 1,
    })
  })
})

describe('watch', () => {
  test('each change is a row below the first ones, until it is interrupted', async () => {
    const { machine, type } = world()
    await type('kubectl create cm a')
    const { process, out } = machine.start(kubectl, ['kubectl', 'get', 'cm', '-w', '--no-headers'])
    machine.clock.advance(100)
    await type('kubectl create cm b --from-literal=k=v')
    machine.clock.advance(100)
    machine.kernel.kill(process, 'INT')
    machine.clock.advance(100)
    expect(out.map((part) => new TextDecoder().decode(part)).join('')).toBe('a     0     0s\nb     1     0s\n')
    expect(process.exitCode).toBe(130)
  })

  test('waiting for what never comes ends after the time given', async () => {
    const { type } = world()
    await type('kubectl run p --image=nginx')
    expect(await type('kubectl wait --for=condition=Ready pod/p --timeout=3s')).toEqual({
      stdout: '',
      stderr: 'error: timed out waiting for the condition on pods/p\n',
      code: 1,
    })
  })
})

describe('Tab', () => {
  test('knows commands, types and the names on the server', async () => {
    const { machine, type } = world()
    await type('kubectl create deployment web --image=nginx')
    const complete = async (line: string): Promise<string> => {
      const words = line.split(' ')
      let found: readonly string[] = []
      await machine.run(
        function* (process) {
          found = yield* completeKubectl(words, words.length - 1, process)
          return 0
        },
        ['complete'],
      )
      return found.join(' ')
    }
    expect(await complete('kubectl des')).toBe('describe')
    expect(await complete('kubectl rollout re')).toBe('restart resume')
    expect(await complete('kubectl get deployments.')).toBe('deployments.apps')
    expect(await complete('kubectl get deploy w')).toBe('web')
    expect(await complete('kubectl get -n kube-s')).toBe('kube-system')
    expect(await complete('kubectl describe deploy/w')).toBe('deploy/web')
  })
})

describe('what the server offers is asked once', () => {
  test('it lies in .kube/cache, and a new type is found all the same', async () => {
    const { machine, type } = world()
    await type('kubectl get ns')
    const group = JSON.parse(machine.read('.kube/cache/discovery/10.0.0.1_8080/apps/v1/serverresources.json'))
    expect(group.groupVersion).toBe('apps/v1')
    expect(group.resources[1]).toEqual({
      name: 'daemonsets',
      singularName: 'daemonset',
      namespaced: true,
      kind: 'DaemonSet',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['ds'],
      categories: ['all'],
    })
    machine.write('crd.yaml', crd)
    expect((await type('kubectl create -f crd.yaml')).stdout).toBe(
      'customresourcedefinition.apiextensions.k8s.io/boats.example.com created\n',
    )
    expect(await type('kubectl get boats')).toEqual({ stdout: '', stderr: 'No resources found in default namespace.\n', code: 0 })
  })

  test('a short name means the preferred version, whatever version stands behind it', async () => {
    const { type } = world()
    expect((await type('kubectl get hpa.v1.autoscaling -v=6')).stderr).toContain(
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers?',
    )
    expect((await type('kubectl get horizontalpodautoscalers.v1.autoscaling -v=6')).stderr).toContain(
      '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers?',
    )
  })
})

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: boats, singular: boat, kind: Boat}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`

test('an annotation makes a new generation of a Deployment, and of nothing else', async () => {
  const { type } = world()
  await type('kubectl create deployment web --image=nginx')
  expect((await type('kubectl annotate deploy web a=b -o jsonpath={.metadata.generation}')).stdout).toBe('2')
  expect((await type('kubectl label deploy web a=b -o jsonpath={.metadata.generation}')).stdout).toBe('2')
  await type('kubectl create cronjob c --image=busybox --schedule=@daily')
  expect((await type('kubectl annotate cronjob c a=b -o jsonpath={.metadata.generation}')).stdout).toBe('1')
})
