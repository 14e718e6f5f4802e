/** A cluster made by hand with kubeadm on bare machines, as its course types it. */
import { beforeAll, expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => (await run(session, { cmd })).stdout
const nodes = (): Promise<string> => type(`kubectl get nodes --no-headers | awk '{print $1, $2, $3}'`)

beforeAll(async () => {
  session = await Session.create({ preset: 'kubernetes-bare', supplies: nodeSupplies })
})

test('init and join make a cluster that is not ready before it has a network plugin', async () => {
  expect((await type('kubeadm init --pod-network-cidr=10.244.0.0/16')).split('\n').slice(-3, -1).join('\n')).toMatch(
    /^kubeadm join 192\.168\.49\.2:6443 --token [a-z0-9]{6}\.[a-z0-9]{16} \\\n\t--discovery-token-ca-cert-hash sha256:[0-9a-f]{64} $/,
  )
  await type('mkdir -p ~/.kube && cp /etc/kubernetes/admin.conf ~/.kube/config')
  await type('ssh -q node01 "$(kubeadm token create --print-join-command)"')
  await runAhead(session.clock, () => false, 15_000)
  expect(await nodes()).toBe('controlplane NotReady control-plane\nnode01 NotReady <none>\n')
  await type('kubectl apply -f https://raw.githubusercontent.com/flannel-io/flannel/master/Documentation/kube-flannel.yml')
  await runAhead(session.clock, () => false, 40_000)
  expect(await nodes()).toBe('controlplane Ready control-plane\nnode01 Ready <none>\n')
})

test('a wrong token is refused', async () => {
  await type('ssh -q node01 kubeadm reset -f; kubectl delete node node01')
  const { stderr, code } = await run(session, {
    cmd: 'ssh -q node01 kubeadm join 192.168.49.2:6443 --token abcdef.0123456789abcdef --discovery-token-unsafe-skip-ca-verification',
  })
  expect([stderr.split('\n')[0], code]).toEqual([
    `error execution phase preflight: couldn't validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"`,
    1,
  ])
})

test('certificates expire in a year, and are renewed', async () => {
  expect((await type('kubeadm certs check-expiration')).split('\n')[4]).toBe(
    'admin.conf                 Jan 05, 2027 09:00 UTC   364d            ca                      no      ',
  )
  expect((await type('kubeadm certs renew apiserver')).split('\n').at(-2)).toBe('certificate for serving the Kubernetes API renewed')
  expect(await type('openssl verify -CAfile /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/apiserver.crt')).toBe(
    '/etc/kubernetes/pki/apiserver.crt: OK\n',
  )
})

test('a user whose request was signed with the key on the disk is known', async () => {
  await type(
    'openssl req -new -newkey rsa:1024 -nodes -keyout ann.key -subj /CN=ann/O=devs -out ann.csr; openssl x509 -req -in ann.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial -out ann.crt -days 30',
  )
  await type(
    'kubectl config set-credentials ann --client-certificate=ann.crt --client-key=ann.key; kubectl config set-context ann --cluster=kubernetes --user=ann',
  )
  expect(await type('kubectl --context=ann auth whoami -o jsonpath={.status.userInfo.username}')).toBe('ann')
})

test('reset takes everything away', async () => {
  await type('kubeadm reset -f')
  expect(await type('ls /etc/kubernetes; systemctl is-active kubelet')).toBe('manifests\ninactive\n')
})

test('a cluster of an older version is upgraded, control plane first, kubelets as they are restarted', async () => {
  await type('kubeadm init --pod-network-cidr=10.244.0.0/16 --kubernetes-version=v1.33.1; cp /etc/kubernetes/admin.conf ~/.kube/config')
  expect((await type('kubeadm upgrade plan')).split('\n').slice(10, 13)).toEqual([
    "Components that must be upgraded manually after you have upgraded the control plane with 'kubeadm upgrade apply':",
    'COMPONENT   NODE           CURRENT   TARGET',
    'kubelet     controlplane   v1.33.1   v1.33.13',
  ])
  const { stderr } = await run(session, { cmd: 'kubeadm upgrade apply v1.34.0' })
  expect(stderr.split('\n')[2]).toBe(
    '\t- Specified version to upgrade to "v1.34.0" is higher than the kubeadm version "v1.33.13". Upgrade kubeadm first using the tool you used to install kubeadm',
  )
  expect((await type('kubeadm upgrade apply v1.33.13 -y')).split('\n').at(-4)).toBe(
    '[upgrade] SUCCESS! A control plane node of your cluster was upgraded to "v1.33.13".',
  )
  expect(
    await type(
      'kubectl version | tail -1; kubectl get nodes -o jsonpath=\'{..kubeletVersion}{"\\n"}\'; grep -h image: /etc/kubernetes/manifests/kube-scheduler.yaml',
    ),
  ).toBe('Server Version: v1.33.13\nv1.33.1\n    image: registry.k8s.io/kube-scheduler:v1.33.13\n')
  await type('systemctl restart kubelet; sleep 5')
  expect(await type("kubectl get nodes -o jsonpath='{..kubeletVersion}'; kubeadm upgrade plan | tail -1")).toBe(
    "v1.33.13Awesome, you're up-to-date! Enjoy!\n",
  )
})
