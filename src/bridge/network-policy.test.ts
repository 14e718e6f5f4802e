/** NetworkPolicies as learners try them: who may reach whom, typed from inside pods. */
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { runAhead } from '../session/drive.ts'
import { Session } from '../session/session.ts'
import { run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

let session: Session
const type = async (cmd: string): Promise<string> => {
  const { stdout, stderr } = await run(session, { cmd })
  return stdout + stderr
}
const seconds = (count: number): Promise<unknown> => runAhead(session.clock, () => false, count * 1000)
const policy = (name: string, spec: string, namespace = 'default'): Promise<string> =>
  type(
    `kubectl apply -f - <<< '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: ${name}, namespace: ${namespace}}, spec: ${spec}}'`,
  )
const from = (pod: string, command: string): Promise<string> => type(`kubectl exec ${pod} -- ${command} 2>&1`)
const spider = (pod: string, host = 'nginx'): Promise<string> => from(pod, `wget --spider --timeout=1 ${host}`)

const connecting = (ip: string, host = 'nginx'): string => `Connecting to ${host} (${ip}:80)\n`
const fails = 'command terminated with exit code 1\n'
const late = (ip: string, host = 'nginx'): string => `${connecting(ip, host)}wget: download timed out\n${fails}`
const found = (ip: string, host = 'nginx'): string => `${connecting(ip, host)}remote file exists\n`
let service: string
let server: string

beforeAll(async () => {
  session = await Session.create({
    preset: 'kubernetes',
    nodes: ['controlplane', 'node1', 'node2'],
    supplies: nodeSupplies,
  })
  await type('kubectl create deployment nginx --image=nginx; kubectl expose deployment nginx --port=80')
  await type('kubectl run one --image=busybox -- sleep 1d; kubectl run two --image=busybox --labels=access=true -- sleep 1d')
  await type('kubectl create namespace other; kubectl run far --image=busybox -n other -- sleep 1d')
  await type(
    'kubectl wait --for=condition=Ready pod --all --timeout=120s; kubectl wait -n other --for=condition=Ready pod --all --timeout=120s',
  )
  service = await type('kubectl get service nginx -o jsonpath={.spec.clusterIP}')
  server = await type('kubectl get pod -l app=nginx -o jsonpath={.items[0].status.podIP}')
}, 60_000)

beforeEach(async () => {
  await type('kubectl delete networkpolicy --all -A')
})

test('with the manual: only pods with the access label reach nginx', async () => {
  expect(await spider('one')).toBe(found(service))
  expect(
    await policy(
      'access-nginx',
      '{podSelector: {matchLabels: {app: nginx}}, ingress: [{from: [{podSelector: {matchLabels: {access: "true"}}}]}]}',
    ),
  ).toBe('networkpolicy.networking.k8s.io/access-nginx created\n')
  expect(await spider('one')).toBe(late(service))
  expect(await spider('two')).toBe(found(service))
  await type('kubectl label pod one access=true')
  expect(await spider('one')).toBe(found(service))
  await type('kubectl label pod one access-')
})

test('what is denied is lost, not refused', async () => {
  await policy('deny', '{podSelector: {}, policyTypes: [Ingress]}')
  expect(await from('two', `ping -c 2 -W 1 ${server}`)).toBe(
    `PING ${server} (${server}): 56 data bytes\n\n--- ${server} ping statistics ---\n2 packets transmitted, 0 packets received, 100% packet loss\n${fails}`,
  )
  expect(await from('two', `nc -zv -w 2 ${server} 80`)).toBe(`nc: timed out\n${fails}`)
  expect(await type(`kubectl exec deploy/nginx -- curl -s --connect-timeout 2 ${server} | grep title`)).toBe(
    '<title>Welcome to nginx!</title>\n',
  )
})

test('a probe comes from the node, which no policy keeps out', async () => {
  await policy('deny', '{podSelector: {}, policyTypes: [Ingress, Egress]}')
  await type(
    `kubectl apply -f - <<< '{apiVersion: v1, kind: Pod, metadata: {name: probed}, spec: {containers: [{name: a, image: nginx, readinessProbe: {httpGet: {port: 80}}}]}}'`,
  )
  expect(await type('kubectl wait --for=condition=Ready pod/probed --timeout=60s; kubectl delete pod probed --now')).toBe(
    'pod/probed condition met\npod "probed" deleted\n',
  )
})

test('default deny egress takes names away, and a rule for DNS gives them back', async () => {
  await policy('deny', '{podSelector: {matchLabels: {run: one}}, policyTypes: [Egress]}')
  expect(await from('one', 'wget -T 20 -O- nginx')).toBe(`wget: bad address 'nginx'\n${fails}`)
  expect(await spider('two')).toBe(found(service))
  await policy('dns', '{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}, {port: 53}]}]}')
  expect(await spider('one')).toBe(late(service))
  await policy(
    'web',
    '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: nginx}}}], ports: [{port: 80}]}]}',
  )
  expect(await spider('one')).toBe(found(service))
})

test('names are answered by the pods of kube-dns, wherever they are selected', async () => {
  const peer =
    '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}'
  await policy('dns', `{podSelector: {}, policyTypes: [Egress], egress: [{to: [${peer}], ports: [{port: 53, protocol: UDP}]}]}`)
  expect(await spider('one')).toBe(late(service))
})

test('a namespace is let in by its labels', async () => {
  const host = 'nginx.default'
  await policy(
    'from-other',
    '{podSelector: {matchLabels: {app: nginx}}, ingress: [{from: [{namespaceSelector: {matchLabels: {purpose: shop}}}]}]}',
  )
  expect(await spider('-n other far', host)).toBe(late(service, host))
  await type('kubectl label namespace other purpose=shop')
  expect(await spider('-n other far', host)).toBe(found(service, host))
  expect(await spider('two')).toBe(late(service))
})

test('of a block of addresses some are left out', async () => {
  const one = await type('kubectl get pod one -o jsonpath={.status.podIP}')
  await policy(
    'block',
    `{podSelector: {matchLabels: {app: nginx}}, ingress: [{from: [{ipBlock: {cidr: 10.244.0.0/16, except: [${one}/32]}}]}]}`,
  )
  expect(await spider('one')).toBe(late(service))
  expect(await spider('two')).toBe(found(service))
})

test('a port is one of the pod, by its number, its name or in a range', async () => {
  await type(
    `kubectl apply -f - <<< '{apiVersion: v1, kind: Pod, metadata: {name: named, labels: {app: named}}, spec: {containers: [{name: a, image: nginx, ports: [{name: web, containerPort: 80}]}]}}'; kubectl expose pod named --port=8080 --target-port=80; kubectl wait --for=condition=Ready pod/named`,
  )
  const reached = async (ports: string): Promise<string> => {
    expect(await policy('named', `{podSelector: {matchLabels: {app: named}}, ingress: [{ports: ${ports}}]}`)).not.toContain('Warning')
    return (await from('two', 'wget -q -O- -T 1 named:8080')).includes('Welcome') ? 'yes' : 'no'
  }
  expect(await reached('[{port: 80}]')).toBe('yes')
  expect(await reached('[{port: 8080}]')).toBe('no')
  expect(await reached('[{port: web}]')).toBe('yes')
  expect(await reached('[{port: metrics}]')).toBe('no')
  expect(await reached('[{port: 70, endPort: 90}]')).toBe('yes')
  expect(await reached('[{port: 81, endPort: 90}]')).toBe('no')
  expect(await reached('[{port: 80, protocol: UDP}]')).toBe('no')
})

test('what stands outside the cluster counts by its address', async () => {
  await type('kubectl expose deployment nginx --port=80 --type=NodePort --name=door')
  const curl = `curl -s -o /dev/null -w '%{http_code} %{exitcode}' -m 2 node2:$(kubectl get service door -o jsonpath={.spec.ports[0].nodePort})`
  expect(await type(curl)).toBe('200 0')
  await policy('inside', '{podSelector: {matchLabels: {app: nginx}}, ingress: [{from: [{podSelector: {}}]}]}')
  await seconds(1)
  expect(await type(curl)).toBe('000 28')
})

test('the network plugin says on each node what it is', async () => {
  expect(await type('ssh -q node1 ls /etc/cni/net.d; ssh -q node1 systemctl is-active kube-router')).toBe(
    '10-kuberouter.conflist\nactive\n',
  )
})

test('minikube says that its bridge enforces none, and with Calico they act', async () => {
  session = await Session.create({ preset: 'laptop', supplies: nodeSupplies })
  await type('minikube start')
  expect(await policy('deny', '{podSelector: {}}')).toBe(
    `networkpolicy.networking.k8s.io/deny created\nWarning: this NetworkPolicy is kept but has no effect: the cluster's network plugin (bridge) does not enforce NetworkPolicies; a cluster made with "minikube start --cni=calico" does\n`,
  )
  expect(await type('minikube delete > /dev/null; minikube start --cni=calico | grep Networking')).toBe(
    '* Configuring Calico (Container Networking Interface) ...\n',
  )
  await type('kubectl run web --image=nginx; kubectl run one --image=busybox -- sleep 1d; kubectl wait --for=condition=Ready pod --all')
  const web = await type('kubectl get pod web -o jsonpath={.status.podIP}')
  expect(await spider('one', web)).toBe(found(web, web).replace(`${web} (${web}:80)`, `${web} (${web}:80)`))
  expect(await policy('deny', '{podSelector: {}}')).toBe('networkpolicy.networking.k8s.io/deny created\n')
  expect(await spider('one', web)).toBe(late(web, web))
  expect(await type(`kubectl get pods -n kube-system --no-headers | grep -c '^calico.*Running'`)).toBe('2\n')
}, 60_000)
