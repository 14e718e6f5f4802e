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
