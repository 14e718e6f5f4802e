/** What breaks nodes in exams: the kubelet's unit, its files, its way to the API, and containerd. */
import { beforeAll, expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}
const on = (cmd: string): Promise<string> => type(`ssh -q node01 '${cmd}'`)
const wait = (sleep: number): Promise<object> => play(session, { sleep })
const ready = (): Promise<string> => type("kubectl get node node01 --no-headers | awk '{print $2}'")

beforeAll(async () => {
  session = await Session.create({ preset: 'kubernetes', nodes: ['controlplane', 'node01'], supplies: nodeSupplies })
  await wait(5)
})

test('a kubelet that is started anew takes over the containers that run', async () => {
  const containers = await on('crictl ps -q | sort')
  await on('systemctl restart kubelet')
  await wait(20)
  expect(await on('crictl ps -q | sort')).toBe(containers)
  expect(await type("kubectl get pods -A --no-headers | awk '$5 != 0'")).toBe('')
})

test('a kubelet whose configuration names no certificate is started again and again until it is mended', async () => {
  await on('sed -i s#pki/ca.crt#pki/WRONG.crt# /var/lib/kubelet/config.yaml; systemctl restart kubelet')
  await wait(62)
  expect(await ready()).toBe('NotReady\n')
  const status = await on('systemctl status kubelet')
  expect(status.split('\n').slice(2, 5)).toEqual([
    '    Drop-In: /lib/systemd/system/kubelet.service.d',
    '             └─10-kubeadm.conf',
    expect.stringContaining('     Active: activating (auto-restart) (Result: exit-code) since '),
  ])
  expect(await on('journalctl -u kubelet | grep -c "unable to load client CA file /etc/kubernetes/pki/WRONG.crt"')).toBe('7\n')
  await on('sed -i s#pki/WRONG.crt#pki/ca.crt# /var/lib/kubelet/config.yaml')
  await wait(25)
  expect(await ready()).toBe('Ready\n')
})

test('a program that is not there is exit code 203, and an edited unit counts after daemon-reload', async () => {
  const file = '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf'
  await on(`sed -i s#/usr/bin/kubelet#/usr/local/bin/kubelet# ${file}`)
  expect(await on('systemctl restart kubelet 2>&1; systemctl is-active kubelet')).toBe(
    "Warning: The unit file, source configuration file or drop-ins of kubelet.service changed on disk. Run 'systemctl daemon-reload' to reload units.\nactive\n",
  )
  expect(
    await on('systemctl daemon-reload; systemctl restart kubelet; systemctl status kubelet | grep -o "Main PID.*" | cut -d" " -f4-'),
  ).toBe('(code=exited, status=203/EXEC)\n')
  await on(`sed -i s#/usr/local/bin/kubelet#/usr/bin/kubelet# ${file}; systemctl daemon-reload; systemctl restart kubelet`)
  await wait(15)
  expect(await ready()).toBe('Ready\n')
})

test('a kubelet that asks at the wrong port runs, and its node is lost', async () => {
  await on('sed -i s#:6443#:6553# /etc/kubernetes/kubelet.conf; systemctl restart kubelet')
  await wait(60)
  expect([await on('systemctl is-active kubelet'), await ready()]).toEqual(['active\n', 'NotReady\n'])
  expect(await on('journalctl -u kubelet -n 1 | cut -d] -f3')).toBe(
    ' "Unable to register node with API server" err="Post \\"https://192.168.49.2:6553/api/v1/nodes\\": dial tcp 192.168.49.2:6553: connect: connection refused" node="node01"\n',
  )
  await on('sed -i s#:6553#:6443# /etc/kubernetes/kubelet.conf; systemctl restart kubelet')
  await wait(15)
  expect(await ready()).toBe('Ready\n')
})

test('without containerd the node is not ready and crictl reaches nobody, but what ran goes on', async () => {
  await on('systemctl stop containerd')
  await wait(60)
  expect(await type(`kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}'`)).toBe(
    'container runtime is down',
  )
  expect(await on('crictl ps 2>&1 | grep -o "dial unix.*"')).toBe(
    'dial unix /run/containerd/containerd.sock: connect: no such file or directory\\""\n',
  )
  await on('systemctl start containerd')
  await wait(15)
  expect(await ready()).toBe('Ready\n')
  expect(await type("kubectl get pods -A --no-headers | awk '$5 != 0'")).toBe('')
})

test('ctr shows what is in the namespace of Kubernetes, and nothing where none is named', async () => {
  expect(await on('ctr containers ls; ctr -n k8s.io images ls -q name~=kube-proxy:')).toBe(
    'CONTAINER    IMAGE    RUNTIME    \nregistry.k8s.io/kube-proxy:v1.33.13\n',
  )
  expect(await on('ctr -n k8s.io containers ls -q')).toBe(await on('crictl ps -q --no-trunc | sort'))
  expect(await on('ctr -n k8s.io images pull nginx 2>&1')).toBe('ctr: failed to resolve reference "nginx": object required\n')
})

test('static pods come from the folder that the configuration names, and logs lie where the kubelet keeps them', async () => {
  await type(
    'kubectl run web --image=nginx --dry-run=client -o yaml > web.yaml; ssh -q node01 mkdir -p /etc/pods; scp -q web.yaml node01:/etc/pods/',
  )
  await on('sed -i "s#staticPodPath: .*#staticPodPath: /etc/pods#" /var/lib/kubelet/config.yaml; systemctl restart kubelet')
  await wait(10)
  expect(await type("kubectl get pods --no-headers | awk '{print $1, $3}'")).toBe('web-node01 Running\n')
  expect(await on('head -1 /var/log/containers/web-node01_default_web-*.log | cut -d" " -f2-3')).toMatch(/^std(?:out|err) F\n$/)
})
