/** Names in a cluster: what CoreDNS is told to do with those that are not the cluster's own. */
import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

test('pods find the outside through CoreDNS, and what its Corefile adds', async () => {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-1node', supplies: nodeSupplies })
  const type = async (cmd: string): Promise<string> => (await run(session, { cmd })).stdout
  await type('kubectl run box --image=busybox -- sleep 1d; kubectl wait --for=condition=Ready pod/box')
  expect(await type('kubectl exec box -- wget -qO- -T 3 http://www.google.com | grep -o "<title>.*</title>"')).toBe(
    '<title>Google</title>\n',
  )
  await type(
    `kubectl -n kube-system get configmap coredns -o yaml | sed 's|forward . /etc/resolv.conf|hosts {\\n          10.0.0.9 shop.internal\\n          fallthrough\\n        }\\n        forward . 192.0.2.1|' | kubectl apply -f -`,
  )
  expect(await type('kubectl -n kube-system rollout restart deployment coredns')).toBe('deployment.apps/coredns restarted\n')
  expect(await type('kubectl exec box -- nslookup -type=a shop.internal | tail -3')).toBe('Name:\tshop.internal\nAddress: 10.0.0.9\n\n')
  expect(await type('kubectl exec box -- nslookup -type=a www.google.com | tail -2')).toBe(
    "** server can't find www.google.com: SERVFAIL\n\n",
  )
  expect(await type('kubectl run once --image=busybox --restart=Never --rm -i --quiet -- echo hi')).toBe('hi\n')
})
