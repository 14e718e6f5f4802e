/** Resizing a running pod, as the upstream task page types it. */
import { expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

const manifest = `apiVersion: v1
kind: Pod
metadata:
  name: resize-demo
spec:
  containers:
  - name: main
    image: nginx
    resizePolicy:
    - resourceName: cpu
      restartPolicy: NotRequired
    - resourceName: memory
      restartPolicy: RestartContainer
    resources:
      limits: {memory: 200Mi, cpu: 700m}
      requests: {memory: 200Mi, cpu: 700m}
`

test('processors are resized in the running container, memory by starting it anew, and what the node does not have is pending', async () => {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => {
    const { stdout, stderr } = await run(session, { cmd })
    await runAhead(session.clock, () => false, 5_000)
    return stdout + stderr
  }
  const resize = (resources: string): Promise<string> => {
    const [, name, amount] = /(\w+)=(\w+)/.exec(resources) ?? []
    return type(
      `kubectl patch pod resize-demo --subresource resize -p '{"spec":{"containers":[{"name":"main","resources":{"requests":{"${name}":"${amount}"},"limits":{"${name}":"${amount}"}}}]}}'`,
    )
  }
  const shown = (path: string): Promise<string> => type(`kubectl get pod resize-demo -o jsonpath='{.status${path}}'`)
  const inside = (file: string): Promise<string> => type(`kubectl exec resize-demo -- cat /sys/fs/cgroup/${file}`)
  expect(await type(`kubectl apply -f - <<'END'\n${manifest}END`)).toBe('pod/resize-demo created\n')
  await type('kubectl wait --for=condition=Ready pod/resize-demo')

  expect(await resize('cpu=800m')).toBe('pod/resize-demo patched\n')
  expect(await shown('.containerStatuses[0].resources')).toBe(
    '{"limits":{"cpu":"800m","memory":"200Mi"},"requests":{"cpu":"800m","memory":"200Mi"}}',
  )
  expect(await inside('cpu.max')).toBe('80000 100000\n')
  expect(await shown('.containerStatuses[0].restartCount')).toBe('0')

  await resize('memory=300Mi')
  expect(await inside('memory.max')).toBe('314572800\n')
  expect(await shown('.containerStatuses[0].restartCount')).toBe('1')
  expect(await type('kubectl events --for pod/resize-demo | grep -o "Container main.*"')).toBe('Container main resize requires restart\n')

  await resize('cpu=1000')
  expect(await shown('.conditions[0].reason')).toBe('Infeasible')
  expect(await shown('.conditions[0].message')).toMatch(/^Node didn't have enough capacity: cpu, requested: 1000000, capacity: \d+$/)
  expect(await shown('.containerStatuses[0].allocatedResources.cpu')).toBe('800m')
  await resize('cpu=700m')
  expect(await shown('.conditions[0].type')).toBe('PodReadyToStartContainers')
  expect(await inside('cpu.max')).toBe('70000 100000\n')
})
