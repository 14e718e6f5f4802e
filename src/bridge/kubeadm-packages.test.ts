/** Upgrading a cluster as its course types it: packages are held, taken from hold, and decide what kubeadm and the kubelet are. */
import { beforeAll, expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}
const versions = (): Promise<string> => type("kubectl get nodes --no-headers | awk '{print $1, $5}'")

beforeAll(async () => {
  session = await Session.create({ preset: 'kubernetes-bare', supplies: nodeSupplies })
})

test('a held package is changed only when asked for, and an older one likewise', async () => {
  expect(await type('apt-mark showhold; apt-cache madison kubeadm | head -2')).toBe(
    'kubeadm\nkubectl\nkubelet\n   kubeadm | 1.33.13-1.1 | https://pkgs.k8s.io/core:/stable:/v1.33/deb  Packages\n   kubeadm | 1.33.12-1.1 | https://pkgs.k8s.io/core:/stable:/v1.33/deb  Packages\n',
  )
  expect((await type('apt-get install -y kubeadm=1.33.1-1.1')).split('\n').slice(3)).toEqual([
    'The following held packages will be changed:',
    '  kubeadm',
    'The following packages will be DOWNGRADED:',
    '  kubeadm',
    '0 upgraded, 0 newly installed, 1 downgraded, 0 to remove and 0 not upgraded.',
    'E: Held packages were changed and -y was used without --allow-change-held-packages.',
    '',
  ])
  expect(await type('apt-mark unhold kubeadm kubelet')).toBe('Canceled hold on kubeadm.\nCanceled hold on kubelet.\n')
  expect((await type('apt-get install -y kubeadm=1.33.1-1.1')).split('\n').at(-2)).toBe(
    'E: Packages were downgraded and -y was used without --allow-downgrades.',
  )
  expect((await type("apt-get install -y kubeadm='1.34.*'")).split('\n').at(-2)).toBe("E: Version '1.34.*' for 'kubeadm' was not found")
})

test('kubeadm brings a cluster to its own version, a kubelet is what its package is', async () => {
  await type("apt-get install -y --allow-downgrades kubeadm='1.33.1-*' kubelet='1.33.1-*'")
  expect(await type('kubeadm version -o short; kubelet --version')).toBe('v1.33.1\nKubernetes v1.33.1\n')
  await type('kubeadm init --pod-network-cidr=10.244.0.0/16; mkdir ~/.kube; cp /etc/kubernetes/admin.conf ~/.kube/config')
  await play(session, { sleep: 15 })
  expect(await versions()).toBe('controlplane v1.33.1\n')
  expect((await type('kubeadm upgrade plan')).split('\n').filter((line) => /^Note|apply v/.test(line))).toEqual([
    '\tkubeadm upgrade apply v1.33.13',
    'Note: Before you can perform this upgrade, you have to update kubeadm to v1.33.13.',
  ])
  expect(await type('kubeadm upgrade apply v1.33.13 -y')).toContain('is higher than the kubeadm version "v1.33.1"')
  expect(await type("apt-get install -y kubeadm='1.33.13-*'")).toContain('Unpacking kubeadm (1.33.13-1.1) over (1.33.1-1.1) ...\n')
  expect(await type('kubeadm upgrade apply v1.33.13 -y')).toContain('A control plane node of your cluster was upgraded to "v1.33.13".')
  await type('systemctl restart kubelet')
  await play(session, { sleep: 15 })
  expect(await versions()).toBe('controlplane v1.33.1\n')
  await type("apt-get install -y kubelet='1.33.13-*'; systemctl daemon-reload; systemctl restart kubelet")
  await play(session, { sleep: 15 })
  expect(await versions()).toBe('controlplane v1.33.13\n')
  expect(await type('apt-mark hold kubelet; dpkg -l kubelet | tail -1')).toBe(
    'kubelet set on hold.\nhi  kubelet        1.33.13-1.1          amd64        kubelet\n',
  )
})
