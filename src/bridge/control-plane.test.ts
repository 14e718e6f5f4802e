import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

test('the terminal of a kubeadm cluster stands on its control plane, among the files and in the networks of a node', async () => {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  const type = async (cmd: string) => (await run(session, { cmd })).stdout
  expect(await type('hostname; pwd; ls /etc/kubernetes/manifests')).toBe(
    'controlplane\n/root\netcd.yaml\nkube-apiserver.yaml\nkube-controller-manager.yaml\nkube-scheduler.yaml\n',
  )
  expect(await type('ssh node01 hostname')).toBe('node01\n')
  await type('kubectl create deployment web --image=nginx; kubectl expose deployment web --port=80; kubectl rollout status deployment web')
  expect(await type(`curl -s $(kubectl get service web -o jsonpath='{.spec.clusterIP}') | grep title`)).toBe(
    '<title>Welcome to nginx!</title>\n',
  )
  session.stop()
})
