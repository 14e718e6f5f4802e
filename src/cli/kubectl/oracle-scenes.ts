/** What is typed into both kubectls, scene by scene; each scene begins on a fresh server. */
export type Step = string | { readonly file: string; readonly text: string }

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.25
        ports: [{containerPort: 80}]
        env: [{name: A, value: "1"}, {name: B, value: "2"}]
`

export const scenes: Readonly<Record<string, readonly Step[]>> = {
  'usage': [
    'kubectl', 'kubectl --help', 'kubectl get --help', 'kubectl create --help', 'kubectl create deployment -h', 'kubectl options', 'kubectl help get', 'kubectl config', 'kubectl rollout',
    'kubectl gett', 'kubectl getpods', 'kubectl get --foo', 'kubectl get -z', 'kubectl -foo', 'kubectl create foo', 'kubectl config foo', 'kubectl create deployment', 'kubectl create deployment x',
    'kubectl create ns a b', 'kubectl create -f', 'kubectl run', 'kubectl run x --image', 'kubectl run x --image=', 'kubectl scale', 'kubectl logs x --tail=abc', 'kubectl get', 'kubectl delete', 'kubectl delete pods',
    'kubectl get pods/a svc', 'kubectl get pod a svc/b', 'kubectl get foo/bar', 'kubectl get -f nope.yaml', 'kubectl get pods -o foo', "kubectl get pods -o go-template='{{.nope'", 'kubectl get pods -o custom-columns=',
    'kubectl get pods -A nope', 'kubectl describe foo', 'kubectl describe pod x', 'kubectl exec x', 'kubectl exec x ls', 'kubectl exec x -- ls', 'kubectl wait', 'kubectl wait pod/x', 'kubectl create secret generic', 'kubectl create secret tls x',
    'kubectl create role x --verb=get', 'kubectl create ingress x', 'kubectl create pdb x', 'kubectl create job x --image=a --from=cronjob/y', 'kubectl delete pod x --force --grace-period=10', 'kubectl delete pod x --cascade=foo', 'kubectl delete pods --all -l a=b',
  ],
  'get': [
    'kubectl get pods', 'kubectl get pods -A', 'kubectl get ns', 'kubectl get ns default', 'kubectl get ns default -o yaml', 'kubectl get ns default nope', 'kubectl get ns -o name', 'kubectl get ns -o json', 'kubectl get ns --show-labels',
    'kubectl get ns -L kubernetes.io/metadata.name', 'kubectl get ns,cm', 'kubectl get all', 'kubectl get ns default -o jsonpath={.metadata.name}', "kubectl get ns -o jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}'",
    'kubectl get ns -o custom-columns=NAME:.metadata.name,PHASE:.status.phase', "kubectl get ns -o go-template='{{range .items}}{{.metadata.name}} {{end}}'", 'kubectl get ns --sort-by=.metadata.name', 'kubectl get ns --no-headers', 'kubectl get ns nope', 'kubectl get ns nope --ignore-not-found',
    'kubectl get cm -n nope', 'kubectl get cm -n kube-system -o wide', 'kubectl get svc', 'kubectl get pods -l a=b', 'kubectl get ns default -o jsonpath={.items[0]}', 'kubectl get pods -o jsonpath={.items[0]}', 'kubectl get --raw /version', 'kubectl get pods --field-selector bad',
  ],
  'generators': [
    'kubectl create deployment web --image=nginx --replicas=2 --port=80 --dry-run=client -o yaml', 'kubectl create deployment web --image=nginx --dry-run=client -o json', 'kubectl create deployment web --image=nginx --dry-run=client', 'kubectl create deployment web --image=nginx --dry-run=client -o yaml -- sleep 1',
    'kubectl create deployment web --image=nginx --image=redis:7 --dry-run=client -o yaml', 'kubectl create service nodeport x --tcp=80:8080 --node-port=30001 --dry-run=client -o yaml', 'kubectl create service clusterip x --clusterip=None --dry-run=client -o yaml',
    'kubectl create service externalname x --external-name=foo.com --dry-run=client -o json', 'kubectl create service loadbalancer x --tcp=80 --dry-run=client -o yaml', 'kubectl create secret generic x --from-literal=a=b --from-literal=c=d --dry-run=client -o json',
    'kubectl create secret docker-registry x --docker-username=u --docker-password=p --docker-email=a@b --dry-run=client -o yaml', 'kubectl create configmap x --from-literal=a=b --dry-run=client -o yaml', { file: 'a.txt', text: 'one\ntwo\n' }, { file: 'b.env', text: '# comment\nA=1\nB=two words\n' },
    'kubectl create configmap x --from-file=a.txt --dry-run=client -o yaml', 'kubectl create configmap x --from-file=k=a.txt --append-hash --dry-run=client -o yaml', 'kubectl create configmap x --from-env-file=b.env --dry-run=client -o yaml', 'kubectl create configmap x --from-file=nope --dry-run=client -o yaml',
    'kubectl create configmap x --from-literal=a --dry-run=client', 'kubectl create configmap x --from-literal=a=1 --from-literal=a=2 --dry-run=client', 'kubectl create ns x --dry-run=client -o yaml', 'kubectl create sa x -n y --dry-run=client -o yaml',
    'kubectl create job j --image=busybox --dry-run=client -o yaml -- date', "kubectl create cronjob j --image=busybox --schedule='*/1 * * * *' --dry-run=client -o yaml -- date", 'kubectl create role r --verb=get,list --resource=pods,deployments.apps,pods/log --dry-run=client -o yaml', 'kubectl create role r --verb=foo --resource=pods --dry-run=client -o json',
    'kubectl create clusterrole r --verb=get --non-resource-url=/healthz --dry-run=client -o yaml', 'kubectl create clusterrole r --aggregation-rule=a=b --dry-run=client -o yaml', 'kubectl create rolebinding r --role=x --user=a --group=g --serviceaccount=ns:sa --dry-run=client -o json', 'kubectl create rolebinding r --dry-run=client',
    'kubectl create clusterrolebinding r --clusterrole=x --user=a --dry-run=client -o yaml', 'kubectl create quota q --hard=pods=2,services=1 --scopes=BestEffort --dry-run=client -o yaml', 'kubectl create pdb p --selector=a=b --min-available=1 --dry-run=client -o json', 'kubectl create pdb p --selector=a=b --max-unavailable=50% --dry-run=client -o yaml',
    'kubectl create priorityclass p --value=1000 --description=d --dry-run=client -o json', "kubectl create ingress i --rule='foo.com/bar*=svc:80,tls=my' --class=nginx --annotation=a=b --dry-run=client -o yaml", "kubectl create ingress i --rule='/=svc:http' --default-backend=x:80 --dry-run=client -o json",
    'kubectl run x --image=y --dry-run=client -o yaml', 'kubectl run x --image=y --dry-run=client -o json --port=80 --env=A=B --labels=a=b,c=d -- sleep 1', 'kubectl run x --image=y --command --restart=Never --dry-run=client -o yaml -- sleep 1', 'kubectl run x --image=y --expose --port=80 --dry-run=client -o yaml', 'kubectl run x --image=nginx --env=bad', 'kubectl run x --image=nginx --labels=bad',
    "kubectl run x --image=nginx --overrides='{bad'", "kubectl run x --image=nginx --dry-run=client -o yaml --overrides='{\"spec\":{\"nodeName\":\"n\"}}'", 'kubectl run x --image=nginx --rm', 'kubectl run x --image=Foo', 'kubectl run x --image=nginx --expose',
  ],
  'apply': [
    { file: 'web.yaml', text: deployment }, 'kubectl apply -f web.yaml', 'kubectl apply -f web.yaml', 'kubectl get deploy web -o yaml', { file: 'web.yaml', text: deployment.replace('replicas: 3', 'replicas: 5').replace(', {name: B, value: "2"}', '') },
    'kubectl apply -f web.yaml --dry-run=client', 'kubectl apply -f web.yaml --dry-run=server', 'kubectl apply -f web.yaml', 'kubectl get deploy web -o yaml', 'kubectl get deploy web -o wide', 'kubectl apply view-last-applied deploy/web', 'kubectl create -f web.yaml', 'kubectl delete -f web.yaml', 'kubectl delete -f web.yaml', 'kubectl create -f web.yaml', 'kubectl apply -f web.yaml',
    'kubectl replace -f web.yaml', 'kubectl replace --force -f web.yaml', 'kubectl apply --server-side -f web.yaml', 'kubectl apply --server-side --force-conflicts -f web.yaml', 'kubectl apply', 'kubectl apply -f nope', 'kubectl create -f web.yaml --dry-run=client -o yaml', 'kubectl delete deploy --all', 'kubectl delete deploy --all',
    { file: 'many.yaml', text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: "v", n: "1", e: "", y: "yes", m: "x\\ny\\n", s: " lead", c: "a: b", h: "#x", long: "aaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccccccccc dddddddddddddddddddddddddd eeeeeeeeeeeeee", q: "it\'s", d: "\\"q\\"", t: "2020-01-01", f: "1e3", tab: "a\\tb", trail: "x ", star: "*a", pct: "%a", at: "@a", dash: "- a", colon: "a:", nl: "\\nx", nl2: "x\\n\\n", key10: "a", key2: "b"}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: q}\n---\n# nothing\n---\napiVersion: v1\nkind: Foo\nmetadata: {name: z}\n' },
    'kubectl apply -f many.yaml', 'kubectl get cm a -o yaml', 'kubectl get cm a -o json', 'kubectl get cm,secret', 'kubectl get cm a secret/a',
    'kubectl apply -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata:\n name: x\n  foo: y\n', 'kubectl create -f - <<< kind: Pod\n', 'kubectl create -f - <<< {}', 'kubectl create -f - <<< foo', 'kubectl create -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {a: 1}}\n', 'kubectl create -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}\n',
    'kubectl create -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: other}\n', 'kubectl create -n default -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: other}\n', 'kubectl create -f - <<< apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: l1}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: l2}\n', 'kubectl create -f - <<< ',
  ],
}
