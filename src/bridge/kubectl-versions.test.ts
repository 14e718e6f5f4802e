/**
 * The kubectl of three minor versions types the same lines, each into a sandbox of its own. They differ in how they ask (1.31 sends JSON
 * where 1.32 sends protobuf, streams go over WebSockets or SPDY), not in what a person sees. Where a version is not installed, it is said.
 */
import { describe, expect, test } from 'vitest'
import { kubectlOf, realClient } from './real-client.ts'

const manifest = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - {name: main, image: nginx, envFrom: [{configMapRef: {name: settings}}]}
`

/** What is typed, and what standard output or the error must be like. */
const lines: readonly (readonly [line: string, like: string | RegExp])[] = [
  ['kubectl version', /Server Version: v1\.33/],
  ['kubectl get nodes -o name', 'node/controlplane\nnode/node1\n'],
  ['kubectl cluster-info', /control plane.* is running at .*https:/],
  [
    'kubectl api-resources --api-group=apps -o name',
    'controllerrevisions.apps\ndaemonsets.apps\ndeployments.apps\nreplicasets.apps\nstatefulsets.apps\n',
  ],
  ['kubectl explain pod.spec.restartPolicy', /FIELD: restartPolicy <string>/],
  ['kubectl create namespace shop', 'namespace/shop created\n'],
  ['kubectl config set-context --current --namespace=shop', /modified/],
  ['kubectl create deployment web --image=nginx --replicas=2', 'deployment.apps/web created\n'],
  ['kubectl rollout status deployment/web', /successfully rolled out/],
  ['kubectl get deployment web', /web\s+2\/2\s+2\s+2/],
  ['kubectl scale deployment web --replicas=3', 'deployment.apps/web scaled\n'],
  ['kubectl wait --for=jsonpath={.status.readyReplicas}=3 deployment/web --timeout=30s', 'deployment.apps/web condition met\n'],
  ['kubectl set image deployment/web nginx=nginx:1.25', 'deployment.apps/web image updated\n'],
  ['kubectl rollout status deployment/web', /successfully rolled out/],
  ['kubectl rollout history deployment/web', /1\s+<none>\n2\s+<none>/],
  ['kubectl rollout undo deployment/web', 'deployment.apps/web rolled back\n'],
  ['kubectl rollout status deployment/web', /successfully rolled out/],
  ['kubectl expose deployment web --port=80', 'service/web exposed\n'],
  ['kubectl get endpointslices -o jsonpath={.items[0].ports[0].port}', '80'],
  ['kubectl apply -f app.yaml', 'configmap/settings created\ndeployment.apps/api created\n'],
  ['kubectl apply -f app.yaml', 'configmap/settings unchanged\ndeployment.apps/api unchanged\n'],
  [
    'kubectl apply --server-side --force-conflicts -f app.yaml',
    'configmap/settings serverside-applied\ndeployment.apps/api serverside-applied\n',
  ],
  ['kubectl diff -f app.yaml', ''],
  ['kubectl rollout status deployment/api', /successfully rolled out/],
  ['kubectl exec deploy/api -- printenv colour', 'blue\n'],
  ['echo typed | kubectl exec -i deploy/api -- cat', 'typed\n'],
  ["kubectl exec deploy/api -- sh -c 'exit 4'; echo $?", '4\n'],
  ['kubectl logs deploy/api --tail=1', /start worker process/],
  [
    'kubectl port-forward deploy/api 18080:80 > /dev/null 2>&1 & for i in 1 2 3 4 5 6 7 8; do curl -s localhost:18080 | grep title && break; sleep 4; done; kill %1',
    '<title>Welcome to nginx!</title>\n',
  ],
  ['kubectl label deployment web tier=front', 'deployment.apps/web labeled\n'],
  ['kubectl get deployments -l tier=front -o name', 'deployment.apps/web\n'],
  ['kubectl annotate deployment web note=one', 'deployment.apps/web annotated\n'],
  [`kubectl patch deployment web -p '{"spec":{"replicas":1}}'`, 'deployment.apps/web patched\n'],
  ['kubectl autoscale deployment web --min=1 --max=3 --cpu-percent=50', /horizontalpodautoscaler.autoscaling\/web autoscaled/],
  ['kubectl create secret generic pass --from-literal=word=open', 'secret/pass created\n'],
  ['kubectl get secret pass -o jsonpath={.data.word} | base64 -d', 'open'],
  ['kubectl create job once --image=busybox -- echo done', 'job.batch/once created\n'],
  ['kubectl wait --for=condition=complete job/once --timeout=30s', 'job.batch/once condition met\n'],
  ['kubectl auth can-i delete nodes', /yes/],
  ['kubectl describe deployment api', /Environment Variables from:\n\s+settings\s+ConfigMap/],
  ['kubectl get events --field-selector reason=ScalingReplicaSet -o name | head -n 1 | cut -d. -f1', /^event\/(web|api)\n/],
  ['kubectl get pod nosuch', 'Error from server (NotFound): pods "nosuch" not found\n'],
  ['kubectl cordon node1 && kubectl uncordon node1', 'node/node1 cordoned\nnode/node1 uncordoned\n'],
  ['kubectl attach deploy/api -c main > /dev/null 2>&1 & sleep 6; kill $!; echo attached', 'attached\n'],
  [
    'echo carried > note && kubectl cp note $(kubectl get pod -l app=api -o name | head -n 1 | cut -d/ -f2):/tmp/note && kubectl exec $(kubectl get pod -l app=api -o name | head -n 1) -- cat /tmp/note',
    'carried\n',
  ],
  [
    'kubectl cp $(kubectl get pod -l app=api -o name | head -n 1 | cut -d/ -f2):/etc/nginx/nginx.conf fetched > /dev/null && grep -c worker_processes fetched',
    '1\n',
  ],
  [
    'timeout 20 kubectl get configmaps --watch -o name & sleep 2; kubectl create configmap seen > /dev/null; sleep 8; kill %1',
    /configmap\/seen\n/,
  ],
  [`KUBE_EDITOR="sed -i s/blue/green/" kubectl edit configmap settings`, 'configmap/settings edited\n'],
  ['kubectl get configmap settings -o jsonpath={.data.colour}', 'green'],
  [
    'kubectl patch configmap settings --type=json -p \'[{"op":"replace","path":"/data/colour","value":"red"}]\'',
    'configmap/settings patched\n',
  ],
  ['kubectl replace -f app.yaml', 'configmap/settings replaced\ndeployment.apps/api replaced\n'],
  ['kubectl auth whoami -o jsonpath={.status.userInfo.username}', 'kubernetes-admin'],
  ['kubectl create serviceaccount robot && kubectl create token robot | cut -c1-2', 'serviceaccount/robot created\ney\n'],
  ['kubectl auth can-i list pods --as=system:serviceaccount:shop:robot', /^no/],
  [
    'kubectl create role reader --verb=list --resource=pods && kubectl create rolebinding robot --role=reader --serviceaccount=shop:robot',
    'role.rbac.authorization.k8s.io/reader created\nrolebinding.rbac.authorization.k8s.io/robot created\n',
  ],
  ['kubectl auth can-i list pods --as=system:serviceaccount:shop:robot', 'yes\n'],
  ['kubectl top nodes', 'error: Metrics API not available\n'],
  ['kubectl run alone --image=nginx --labels=app=alone', 'pod/alone created\n'],
  ['kubectl wait --for=condition=Ready pod/alone --timeout=60s', 'pod/alone condition met\n'],
  ['echo hostname | kubectl debug -i alone --image=busybox --target=alone -q -- sh', 'alone\n'],
  ['kubectl run once --rm -i --restart=Never --image=busybox -q -- echo passing', /^passing\n/],
  ['kubectl create deployment web2 --image=nginx --dry-run=client -o yaml | kubectl apply -f -', 'deployment.apps/web2 created\n'],
  ['kubectl drain node1 --ignore-daemonsets --delete-emptydir-data --force --timeout=60s', /node\/node1 drained\n/],
  ['kubectl uncordon node1', 'node/node1 uncordoned\n'],
  ['kubectl delete pod alone --ignore-not-found --now', ''],
  ['kubectl delete deployment web', /deployment.apps "web" deleted/],
  ['kubectl delete -f app.yaml', /configmap "settings" deleted.*\ndeployment.apps "api" deleted/],
  ['kubectl delete namespace shop', 'namespace "shop" deleted\n'],
  ['kubectl get namespace shop', 'Error from server (NotFound): namespaces "shop" not found\n'],
]

/** The recordings are typed by 1.33; 1.31 is the one that differs most. */
const versions = process.env.REAL_CLIENT ? ['1.31', '1.32', '1.33'] : ['1.31']
if (!process.env.REAL_CLIENT)
  console.warn('Of the versions of kubectl only 1.31 types its lines; with REAL_CLIENT=all 1.32 and 1.33 do, too.')

for (const version of versions) {
  const kubectl = kubectlOf(version)
  if (!kubectl) console.warn(`kubectl ${version} is not beside the one on PATH: its lines were not typed.`)
  describe.runIf(kubectl)(`kubectl ${version}`, () => {
    test(`is at home in the sandbox: ${lines.length} lines`, { timeout: 240_000 }, async () => {
      const client = await realClient({ kubectl, nodes: ['controlplane', 'node1'] })
      client.writeFile('app.yaml', manifest)
      const surprises: object[] = []
      try {
        for (const [cmd, like] of lines) {
          const { stdout, stderr } = await client.run({ cmd })
          const said = stdout || stderr.replace(/^(Error from server .*|error: .*)\n[^]*/, '$1\n')
          if (typeof like === 'string' ? said !== like && stdout !== like : !like.test(said))
            surprises.push({ cmd, like: String(like), stdout, stderr })
        }
      } finally {
        await client.close()
      }
      expect(surprises).toEqual([])
    })
  })
}
