/** etcdctl on a control plane, typed as in a CKA course. */
import { beforeAll, expect, test } from 'vitest'
import { nodeSupplies } from './supplies.ts'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}
const certificates =
  '--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
const etcdctl = `etcdctl ${certificates}`

beforeAll(async () => {
  session = await Session.create({ preset: 'kubernetes-kubeadm-1node', supplies: nodeSupplies })
  await runAhead(session.clock, () => false, 5_000)
})

test('keys can be written, read and deleted', async () => {
  expect(await type(`${etcdctl} put greeting hello`)).toBe('OK\n')
  expect(await type(`${etcdctl} get greeting`)).toBe('greeting\nhello\n')
  expect(await type(`${etcdctl} get greet --prefix --print-value-only`)).toBe('hello\n')
  expect(await type(`${etcdctl} del greeting`)).toBe('1\n')
  expect(await type(`${etcdctl} get greeting`)).toBe('')
})

test('a Secret lies in etcd in plain text', async () => {
  await type('kubectl create secret generic db --from-literal=password=hunter2')
  expect(await type(`${etcdctl} get /registry/secrets/default/db | strings | grep -o hunter2`)).toBe('hunter2\n')
  expect(
    await type(
      `kubectl -n kube-system exec etcd-controlplane -- etcdctl ${certificates} get /registry/secrets/default --prefix --keys-only`,
    ),
  ).toBe('/registry/secrets/default/db\n\n')
})

test('without certificates nobody is answered', async () => {
  expect((await type('etcdctl member list')).split('\n').at(-2)).toBe('Error: context deadline exceeded')
  expect(await type('etcdctl --cacert=/nowhere/ca.crt --cert=/nowhere/a --key=/nowhere/b member list')).toBe(
    'Error: open /nowhere/a: no such file or directory\n',
  )
})

test('the one member is drawn as a table', async () => {
  expect(
    await type(`${etcdctl} member list -w table`),
  ).toBe(`+------------------+---------+--------------+---------------------------+---------------------------+------------+
|        ID        | STATUS  |     NAME     |        PEER ADDRS         |       CLIENT ADDRS        | IS LEARNER |
+------------------+---------+--------------+---------------------------+---------------------------+------------+
| 8e9e05c52164694d | started | controlplane | https://192.168.49.2:2380 | https://192.168.49.2:2379 |      false |
+------------------+---------+--------------+---------------------------+---------------------------+------------+
`)
})

test('what was there at the snapshot is back after its restore, and what came later is gone', async () => {
  await type('kubectl create configmap before')
  expect((await type(`${etcdctl} snapshot save /opt/snapshot.db`)).split('\n')[0]).toBe('Snapshot saved at /opt/snapshot.db')
  await type('kubectl delete configmap before; kubectl create configmap after')
  await type('etcdutl snapshot restore /opt/snapshot.db --data-dir /var/lib/restored')
  expect(await type('etcdutl snapshot restore /opt/snapshot.db --data-dir /var/lib/restored')).toBe(
    'Error: data-dir "/var/lib/restored" not empty or could not be read\n',
  )
  await type(`sed -i 's#path: /var/lib/etcd$#path: /var/lib/restored#' /etc/kubernetes/manifests/etcd.yaml`)
  await runAhead(session.clock, () => false, 60_000)
  expect(await type('kubectl get configmaps -o name')).toBe('configmap/before\nconfigmap/kube-root-ca.crt\n')
})
