/** crictl on a node, typed as where the API server is of no help. */
import { beforeAll, expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}

beforeAll(async () => {
  session = await Session.create({ preset: 'kubernetes-kubeadm-1node', supplies: nodeSupplies })
  await runAhead(session.clock, () => false, 10_000)
})

test('the containers of the control plane are seen without the API server', async () => {
  await type('mv /etc/kubernetes/manifests/kube-apiserver.yaml /tmp/')
  await runAhead(session.clock, () => false, 40_000)
  expect(await type(`crictl ps | awk 'NR > 1 {print $7, $8}' | sort`)).toContain('etcd 0\n')
  expect(await type('crictl ps --name kube-apiserver -q')).toBe('')
  await type('mv /tmp/kube-apiserver.yaml /etc/kubernetes/manifests/')
  await runAhead(session.clock, () => false, 40_000)
  expect((await type('crictl ps --name kube-apiserver -q')).length).toBe(65)
})

test('a container that is stopped is started again by its kubelet', async () => {
  await type('crictl stop $(crictl ps -q --name kube-scheduler)')
  await runAhead(session.clock, () => false, 10_000)
  expect(await type(`crictl ps -a --name kube-scheduler -o json | jq -r '.containers[] | .metadata.attempt, .state'`)).toBe(
    '1\nCONTAINER_RUNNING\n0\nCONTAINER_EXITED\n',
  )
})

test('an image can be pulled and removed, a command run', async () => {
  expect(await type('crictl pull busybox | cut -c1-31; crictl rmi busybox')).toBe(
    'Image is up to date for sha256:\nDeleted: docker.io/library/busybox:latest\n',
  )
  expect(await type('crictl exec $(crictl ps -q --name etcd) sh -c "echo hi; exit 3"')).toMatch(
    /^hi\ntime="[^"]+" level=fatal msg="execing command in container: command terminated with exit code 3"\n$/,
  )
})
