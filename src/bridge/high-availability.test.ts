/** Several control planes made with kubeadm, as its guide for high availability types it, and what happens when some of them fall. */
import { beforeAll, expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}
const wait = (sleep: number): Promise<object> => play(session, { sleep })
const certificates =
  '--cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key'

beforeAll(async () => {
  session = await Session.create({ preset: 'kubernetes-bare', nodes: ['cp1', 'cp2', 'cp3'], supplies: nodeSupplies })
  await type('for n in cp1 cp2 cp3; do ssh -q $n "echo 192.168.49.2 k8scp >> /etc/hosts"; done')
})

test('a second control plane needs the name of all of them and the authorities of the first', async () => {
  await type(
    'kubeadm init --control-plane-endpoint k8scp --upload-certs > out; mkdir ~/.kube; cp /etc/kubernetes/admin.conf ~/.kube/config',
  )
  expect((await type('grep -A2 "kubeadm join" out | head -3')).replace(/[0-9a-f]{64}|\w{6}\.\w{16}/g, 'X')).toBe(
    '  kubeadm join k8scp:6443 --token X \\\n\t--discovery-token-ca-cert-hash sha256:X \\\n\t--control-plane --certificate-key X\n',
  )
  expect(await type('ssh -q cp2 "$(kubeadm token create --print-join-command) --control-plane" 2>&1 | sed -n 5p')).toMatch(
    /^\[failure loading certificate for CA: couldn't load the certificate file \/etc\/kubernetes\/pki\/ca\.crt: open .*: no such file or directory, /,
  )
  expect(
    await type('ssh -q cp2 "$(kubeadm token create --print-join-command) --control-plane --certificate-key 00" 2>&1 | tail -2 | head -1'),
  ).toBe(
    'error execution phase control-plane-prepare/download-certs: error downloading certs: error decoding secret data with provided key: cipher: message authentication failed\n',
  )
})

test('what init printed makes the second, a key uploaded anew the third', async () => {
  await type('ssh -q cp2 "$(grep -A2 "kubeadm join" out | head -3)"')
  await type(
    'key=$(kubeadm init phase upload-certs --upload-certs | tail -1); ssh -q cp3 "$(kubeadm token create --print-join-command --certificate-key $key)"',
  )
  await type('kubectl apply -f https://raw.githubusercontent.com/flannel-io/flannel/master/Documentation/kube-flannel.yml')
  await wait(20)
  expect(await type("kubectl get nodes --no-headers | awk '{print $1, $2, $3}'")).toBe(
    'cp1 Ready control-plane\ncp2 Ready control-plane\ncp3 Ready control-plane\n',
  )
  expect(await type(`etcdctl ${certificates} endpoint status --cluster | cut -d, -f1,5`)).toBe(
    'https://192.168.49.2:2379, true\nhttps://192.168.49.3:2379, false\nhttps://192.168.49.4:2379, false\n',
  )
  expect(await type('ssh -q cp3 grep initial-cluster= /etc/kubernetes/manifests/etcd.yaml')).toBe(
    '    - --initial-cluster=cp1=https://192.168.49.2:2380,cp2=https://192.168.49.3:2380,cp3=https://192.168.49.4:2380\n',
  )
})

test('one of three may fall; when two have, etcd answers nobody', async () => {
  await type('ssh -q cp3 "sed s/k8scp/192.168.49.4/ /etc/kubernetes/admin.conf > own.conf"; mv /etc/kubernetes/manifests/etcd.yaml .')
  await wait(6)
  expect(await type('kubectl get nodes 2>&1 | tail -1')).toBe(
    'The connection to the server k8scp:6443 was refused - did you specify the right host or port?\n',
  )
  expect(await type('ssh -q cp3 kubectl --kubeconfig own.conf create namespace still')).toBe('namespace/still created\n')
  await type('ssh -q cp2 mv /etc/kubernetes/manifests/etcd.yaml .')
  await wait(6)
  expect(await type('ssh -q cp3 kubectl --kubeconfig own.conf get nodes 2>&1 | tail -1')).toBe(
    'The connection to the server 192.168.49.4:6443 was refused - did you specify the right host or port?\n',
  )
  await type('mv etcd.yaml /etc/kubernetes/manifests; ssh -q cp2 mv etcd.yaml /etc/kubernetes/manifests')
  await wait(20)
  expect(await type('kubectl get namespace still -o name')).toBe('namespace/still\n')
})

test('a control plane that is reset leaves etcd, and what was lost is made again phase by phase', async () => {
  await type('ssh -q cp3 kubeadm reset -f; kubectl delete node cp3')
  expect(await type(`ssh -q cp3 crictl ps -q; etcdctl ${certificates} member list | cut -d' ' -f3`)).toBe('cp1,\ncp2,\n')
  await type('rm /etc/kubernetes/pki/apiserver.* /etc/kubernetes/scheduler.conf /etc/kubernetes/manifests/kube-scheduler.yaml')
  expect(
    await type('kubeadm init phase certs apiserver; kubeadm init phase kubeconfig scheduler; kubeadm init phase control-plane scheduler'),
  ).toBe(
    '[certs] Generating "apiserver" certificate and key\n[kubeconfig] Writing "scheduler.conf" kubeconfig file\n[control-plane] Creating static Pod manifest for "kube-scheduler"\n',
  )
  await wait(8)
  expect(await type('kubectl -n kube-system get pod kube-scheduler-cp1 -o jsonpath={.status.phase}')).toBe('Running')
})
