/** Tasks of the CKA, CKAD and CKS as candidates type them, where what they see hangs together from several rooms. */
import { expect, test } from 'vitest'
import { Session } from '../session/session.ts'
import { play, run } from '../session/steps.ts'
import { nodeSupplies } from './supplies.ts'

async function cluster() {
  const session = await Session.create({ preset: 'kubernetes-kubeadm-2nodes', supplies: nodeSupplies })
  return {
    type: async (cmd: string): Promise<string> => {
      const { stdout, stderr } = await run(session, { cmd })
      return stdout + stderr
    },
    pass: (seconds: number) => play(session, { sleep: seconds }),
  }
}

test('a ConfigMap in a volume changes all at once and is read-only; a subPath keeps what the container was started with', async () => {
  const { type, pass } = await cluster()
  await type('kubectl create configmap web --from-literal=a=1')
  await type(`kubectl apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: cfg}
spec:
  containers:
  - name: c
    image: busybox
    command: [sleep, '3600']
    volumeMounts: [{name: cm, mountPath: /etc/web}, {name: cm, mountPath: /etc/one/a.txt, subPath: a}]
  volumes: [{name: cm, configMap: {name: web}}]
END
kubectl wait --for=condition=Ready pod/cfg`)
  expect(await type('kubectl exec cfg -- touch /etc/web/x')).toBe(
    'touch: /etc/web/x: Read-only file system\ncommand terminated with exit code 1\n',
  )
  await type(`kubectl patch configmap web -p '{"data":{"a":"2","b":"3"}}'`)
  await pass(90)
  const looked = await type(`kubectl exec cfg -- sh -c 'ls -a /etc/web; readlink /etc/web/a; cat /etc/web/a /etc/one/a.txt'`)
  expect(looked.replace(/\.\.\d{4}(_\d\d){5}\.\d+/, '..TIME')).toBe('.\n..\n..TIME\n..data\na\nb\n..data/a\n21')
})

test('kubectl restarts what has one port by two protocols, and replaces by force what it was given by get', async () => {
  const { type } = await cluster()
  expect(await type('kubectl -n kube-system rollout restart deploy coredns')).toBe('deployment.apps/coredns restarted\n')
  await type('kubectl run p --image=nginx; kubectl get pod p -o yaml > p.yaml')
  expect(await type('kubectl replace --force -f p.yaml')).toBe('pod "p" deleted\npod/p replaced\n')
})

test('a control plane listens where kubeadm puts it, and each component says that it is well', async () => {
  const { type, pass } = await cluster()
  await pass(3)
  const listening = await type(`netstat -tlnp | sed -E 's/ +/ /g; s/[0-9]+\\/(.*)/\\1/; 1,2d' | cut -d' ' -f1,4,7 | sort`)
  expect(listening).toBe(
    [
      'tcp 0.0.0.0:22 sshd',
      'tcp 127.0.0.1:10248 kubelet',
      'tcp 127.0.0.1:10249 kube-proxy',
      'tcp 127.0.0.1:10257 kube-controller',
      'tcp 127.0.0.1:10259 kube-scheduler',
      'tcp 127.0.0.1:2379 etcd',
      'tcp 127.0.0.1:2381 etcd',
      'tcp 192.168.49.2:2379 etcd',
      'tcp 192.168.49.2:2380 etcd',
      'tcp6 :::10250 kubelet',
      'tcp6 :::10256 kube-proxy',
      'tcp6 :::6443 kube-apiserver\n',
    ].join('\n'),
  )
  expect(
    await type(
      'for at in localhost:10248/healthz 127.0.0.1:10249/proxyMode 127.0.0.1:2381/health; do curl -s http://$at; echo; done; curl -sk https://localhost:10259/livez',
    ),
  ).toBe('ok\niptables\n{"health":"true","reason":""}\nok')
})

test("CoreDNS answers by its Corefile: rewritten names, hosts, other zones; a wrong one ends new pods, and the old one's answers stay", async () => {
  const { type, pass } = await cluster()
  await type(
    'kubectl create deploy db --image=nginx; kubectl expose deploy db --port=80; kubectl run cli --image=busybox:1.36 -- sleep 3600',
  )
  await type('kubectl wait --for=condition=Ready pod/cli')
  const edit = async (sed: string): Promise<void> => {
    await type(`kubectl -n kube-system get cm coredns -o yaml | sed '${sed}' | kubectl apply -f - 2>/dev/null
kubectl -n kube-system rollout restart deploy coredns`)
    await pass(2)
  }
  const ask = (name: string) =>
    type(`kubectl exec cli -- nslookup ${name} 2>/dev/null | sed -n 's/^Address: //p; s/.*: //;/SERVFAIL$/p;/NXDOMAIN$/p' | sort -u`)
  const address = await type(`kubectl get svc db -o jsonpath='{.spec.clusterIP}'`)
  await edit(
    's/        ready/        ready\\n        rewrite name foo.example.com db.default.svc.cluster.local\\n        hosts {\\n          10.1.2.3 my.host.local\\n          fallthrough\\n        }/; s/kubernetes cluster.local/kubernetes custom.local cluster.local/',
  )
  for (const name of ['foo.example.com', 'db.default.svc.custom.local', 'db.default.svc.cluster.local'])
    expect(await ask(name)).toBe(`${address}\n`)
  expect(await ask('my.host.local')).toBe('10.1.2.3\n')
  // What hosts does not know ends there, unless it falls through.
  await edit('/fallthrough$/d')
  expect(await ask('db.default.svc.cluster.local')).toBe('SERVFAIL\n')
  await edit('s/ready/redy/')
  await pass(40)
  const logs = await type(`kubectl -n kube-system get pods -l k8s-app=kube-dns --no-headers | grep -c CrashLoopBackOff
kubectl -n kube-system logs -l k8s-app=kube-dns | grep Error | sort -u`)
  expect(logs).toBe("2\n/etc/coredns/Corefile:6 - Error during parsing: Unknown directive 'redy'\n")
  expect(await ask('my.host.local')).toBe('10.1.2.3\n')
})
