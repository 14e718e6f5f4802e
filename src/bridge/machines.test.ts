/** Machines know each other: logins by ssh, and units whose starting and stopping the cluster and the engine feel. */
import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

const world = (preset: string) => Session.create({ preset, supplies: nodeSupplies })
const type = async (session: Session, cmd: string, input?: string) => {
  const { stdout, stderr, code } = (await run(session, { cmd, input })) as { stdout: string; stderr: string; code: number }
  return { stdout, stderr, code }
}

test('ssh runs a command on the other machine and answers its exit code', async () => {
  const session = await world('kubernetes-kubeadm-2nodes')
  expect(await type(session, 'ssh node01 "hostname; cat; exit 4"', 'hi\n')).toEqual({
    stdout: 'node01\nhi\n',
    stderr: "Warning: Permanently added 'node01' (ED25519) to the list of known hosts.\r\n",
    code: 4,
  })
  expect(await type(session, 'ssh node01 "(sleep 3; echo late) & echo soon"')).toMatchObject({ stdout: 'soon\nlate\n', code: 0 })
  expect(await type(session, 'ssh bob@node01')).toMatchObject({ stderr: 'bob@node01: Permission denied (publickey).\r\n', code: 255 })
  expect(await type(session, 'echo x > f; scp -q f node01:/tmp/ && ssh node01 cat /tmp/f')).toEqual({ stdout: 'x\n', stderr: '', code: 0 })
  expect(await type(session, 'ssh node01 systemctl stop kubelet; sleep 60; kubectl get node node01 --no-headers')).toMatchObject({
    stdout: expect.stringContaining('NotReady'),
  })
  expect(
    await type(
      session,
      'ssh node01 systemctl start kubelet; sleep 20; ssh node01 systemctl is-active kubelet; kubectl get node node01 --no-headers',
    ),
  ).toMatchObject({ stdout: expect.stringMatching(/^active\nnode01 +Ready/) })
  session.stop()
})

test('a kubelet that is started again finds its containers as it left them', async () => {
  const session = await world('kubernetes-kubeadm-2nodes')
  await type(session, 'kubectl run web --image=nginx; kubectl wait --for=condition=Ready pod/web --timeout=60s')
  const pod = `kubectl get pod web -o jsonpath='{.status.podIP} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}'`
  const before = await type(session, pod)
  await type(session, 'ssh node01 systemctl restart kubelet; sleep 20')
  expect(await type(session, pod)).toEqual(before)
  expect(
    await type(session, "kubectl get events --field-selector involvedObject.kind=Node -o jsonpath='{.items[*].reason}'"),
  ).toMatchObject({
    stdout: 'Starting NodeHasSufficientMemory NodeHasNoDiskPressure NodeHasSufficientPID NodeAllocatableEnforced',
  })
  expect(await type(session, 'kubectl delete pod web; kubectl get pods')).toMatchObject({
    stderr: 'No resources found in default namespace.\n',
  })
  session.stop()
})

test('without its daemon docker cannot connect', async () => {
  const session = await world('docker')
  expect(await type(session, 'systemctl stop docker; docker ps')).toMatchObject({
    stderr: expect.stringContaining('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'),
    code: 1,
  })
  expect(await type(session, 'service docker start; docker ps -q; systemctl is-active docker')).toEqual({
    stdout: 'active\n',
    stderr: '',
    code: 0,
  })
  session.stop()
})
