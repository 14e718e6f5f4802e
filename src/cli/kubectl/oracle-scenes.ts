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

const podText = `apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}, annotations: {note: "hello"}}
spec:
  initContainers: [{name: init, image: busybox, command: [sh, -c, "echo hi\\nls"]}]
  containers:
  - name: main
    image: nginx
    ports: [{containerPort: 80, name: http}, {containerPort: 443, hostPort: 8443}]
    args: ["-x", "y"]
    env: [{name: A, value: "1"}, {name: N, valueFrom: {fieldRef: {fieldPath: metadata.name}}}, {name: S, valueFrom: {secretKeyRef: {name: sec, key: k}}}, {name: C, valueFrom: {configMapKeyRef: {name: conf, key: k, optional: true}}}, {name: R, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]
    envFrom: [{configMapRef: {name: conf}}, {prefix: X_, secretRef: {name: sec, optional: true}}]
    resources: {limits: {cpu: "1", memory: 128Mi}, requests: {cpu: 500m}}
    livenessProbe: {httpGet: {path: /healthz, port: 80}, initialDelaySeconds: 3}
    readinessProbe: {exec: {command: [cat, /tmp/x]}}
    startupProbe: {tcpSocket: {port: http}}
    volumeMounts: [{name: data, mountPath: /data, readOnly: true}, {name: conf, mountPath: /conf, subPath: x}]
  volumes: [{name: data, emptyDir: {}}, {name: conf, configMap: {name: conf}}, {name: host, hostPath: {path: /tmp}}, {name: sec, secret: {secretName: sec}}, {name: cl, persistentVolumeClaim: {claimName: claim}}, {name: d, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]
  nodeSelector: {disk: ssd}
  tolerations: [{key: a, operator: Equal, value: b, effect: NoSchedule}, {operator: Exists}]
---
apiVersion: v1
kind: Pod
metadata: {name: q}
spec: {nodeName: n1, containers: [{name: c, image: busybox, command: [sleep, "1"]}]}
`

const moreText = `apiVersion: v1
kind: ConfigMap
metadata: {name: conf, annotations: {long: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}
data: {k: "v", file.txt: "one\\ntwo\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: sec}
stringData: {k: value}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
imagePullSecrets: [{name: nope}]
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: "50", requests.cpu: "4"}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: l}
spec: {limits: [{type: Container, max: {cpu: "2"}, default: {cpu: "1"}, defaultRequest: {cpu: 100m}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i}
spec: {ingressClassName: nginx, defaultBackend: {service: {name: def, port: {number: 80}}}, tls: [{hosts: [a.b], secretName: t}], rules: [{host: a.b, http: {paths: [{path: /x, pathType: Prefix, backend: {service: {name: kubernetes, port: {number: 443}}}}]}}, {http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np}
spec: {podSelector: {matchLabels: {a: b}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {c: d}}}, {namespaceSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80}]}], egress: [{}]}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: vol}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}, storageClassName: fast, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [n1]}]}]}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteOnce], storageClassName: fast, resources: {requests: {storage: 1Gi}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: example.com/x
parameters: {a: b}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec: {serviceName: db, replicas: 2, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: x}]}}, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: x}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: set}
spec: {selector: {matchLabels: {app: set}}, template: {metadata: {labels: {app: set}, annotations: {x: y}}, spec: {serviceAccountName: robot, priorityClassName: pc, containers: [{name: c, image: x}], volumes: [{name: v, emptyDir: {}}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {backoffLimit: 2, activeDeadlineSeconds: 30, template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: often}
spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: b}
spec: {minAvailable: 1, selector: {matchLabels: {a: b}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: [{apiGroups: ["", apps], resources: [pods, deployments], verbs: [get, list]}, {apiGroups: [""], resources: [pods], resourceNames: [x], verbs: [delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cr}
rules: [{nonResourceURLs: [/healthz], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rb}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: robot, namespace: default}]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: pc}
value: 100
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: ic}
spec: {controller: example.com/ic}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: rc}
handler: kata
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {node-role.kubernetes.io/worker: ""}}
spec: {podCIDR: 10.1.0.0/24}
`

export const scenes: Readonly<Record<string, readonly Step[]>> = {
  usage: [
    'kubectl',
    'kubectl --help',
    'kubectl get --help',
    'kubectl create --help',
    'kubectl create deployment -h',
    'kubectl options',
    'kubectl help get',
    'kubectl config',
    'kubectl rollout',
    'kubectl gett',
    'kubectl getpods',
    'kubectl get --foo',
    'kubectl get -z',
    'kubectl -foo',
    'kubectl create foo',
    'kubectl config foo',
    'kubectl create deployment',
    'kubectl create deployment x',
    'kubectl create ns a b',
    'kubectl create -f',
    'kubectl run',
    'kubectl run x --image',
    'kubectl run x --image=',
    'kubectl scale',
    'kubectl logs x --tail=abc',
    'kubectl get',
    'kubectl delete',
    'kubectl delete pods',
    'kubectl get pods/a svc',
    'kubectl get pod a svc/b',
    'kubectl get foo/bar',
    'kubectl get -f nope.yaml',
    'kubectl get pods -o foo',
    "kubectl get pods -o go-template='{{.nope'",
    'kubectl get pods -o custom-columns=',
    'kubectl get pods -A nope',
    'kubectl describe foo',
    'kubectl describe pod x',
    'kubectl exec x',
    'kubectl exec x ls',
    'kubectl exec x -- ls',
    'kubectl wait',
    'kubectl wait pod/x',
    'kubectl create secret generic',
    'kubectl create secret tls x',
    'kubectl create role x --verb=get',
    'kubectl create ingress x',
    'kubectl create pdb x',
    'kubectl create job x --image=a --from=cronjob/y',
    'kubectl delete pod x --force --grace-period=10',
    'kubectl delete pod x --cascade=foo',
    'kubectl delete pods --all -l a=b',
  ],
  get: [
    'kubectl get pods',
    'kubectl get pods -A',
    'kubectl get ns',
    'kubectl get ns default',
    'kubectl get ns default -o yaml',
    'kubectl get ns default nope',
    'kubectl get ns -o name',
    'kubectl get ns -o json',
    'kubectl get ns --show-labels',
    'kubectl get ns -L kubernetes.io/metadata.name',
    'kubectl get ns,cm',
    'kubectl get all',
    'kubectl get ns default -o jsonpath={.metadata.name}',
    'kubectl get ns -o jsonpath=\'{range .items[*]}{.metadata.name}{"\\n"}{end}\'',
    'kubectl get ns -o custom-columns=NAME:.metadata.name,PHASE:.status.phase',
    "kubectl get ns -o go-template='{{range .items}}{{.metadata.name}} {{end}}'",
    'kubectl get ns --sort-by=.metadata.name',
    'kubectl get ns --no-headers',
    'kubectl get ns nope',
    'kubectl get ns nope --ignore-not-found',
    'kubectl get cm -n nope',
    'kubectl get cm -n kube-system -o wide',
    'kubectl get svc',
    'kubectl get pods -l a=b',
    'kubectl get ns default -o jsonpath={.items[0]}',
    'kubectl get pods -o jsonpath={.items[0]}',
    'kubectl get --raw /version',
    'kubectl get pods --field-selector bad',
  ],
  generators: [
    'kubectl create deployment web --image=nginx --replicas=2 --port=80 --dry-run=client -o yaml',
    'kubectl create deployment web --image=nginx --dry-run=client -o json',
    'kubectl create deployment web --image=nginx --dry-run=client',
    'kubectl create deployment web --image=nginx --dry-run=client -o yaml -- sleep 1',
    'kubectl create deployment web --image=nginx --image=redis:7 --dry-run=client -o yaml',
    'kubectl create service nodeport x --tcp=80:8080 --node-port=30001 --dry-run=client -o yaml',
    'kubectl create service clusterip x --clusterip=None --dry-run=client -o yaml',
    'kubectl create service externalname x --external-name=foo.com --dry-run=client -o json',
    'kubectl create service loadbalancer x --tcp=80 --dry-run=client -o yaml',
    'kubectl create secret generic x --from-literal=a=b --from-literal=c=d --dry-run=client -o json',
    'kubectl create secret docker-registry x --docker-username=u --docker-password=p --docker-email=a@b --dry-run=client -o yaml',
    'kubectl create configmap x --from-literal=a=b --dry-run=client -o yaml',
    { file: 'a.txt', text: 'one\ntwo\n' },
    { file: 'b.env', text: '# comment\nA=1\nB=two words\n' },
    'kubectl create configmap x --from-file=a.txt --dry-run=client -o yaml',
    'kubectl create configmap x --from-file=k=a.txt --append-hash --dry-run=client -o yaml',
    'kubectl create configmap x --from-env-file=b.env --dry-run=client -o yaml',
    'kubectl create configmap x --from-file=nope --dry-run=client -o yaml',
    'kubectl create configmap x --from-literal=a --dry-run=client',
    'kubectl create configmap x --from-literal=a=1 --from-literal=a=2 --dry-run=client',
    'kubectl create ns x --dry-run=client -o yaml',
    'kubectl create sa x -n y --dry-run=client -o yaml',
    'kubectl create job j --image=busybox --dry-run=client -o yaml -- date',
    "kubectl create cronjob j --image=busybox --schedule='*/1 * * * *' --dry-run=client -o yaml -- date",
    'kubectl create role r --verb=get,list --resource=pods,deployments.apps,pods/log --dry-run=client -o yaml',
    'kubectl create role r --verb=foo --resource=pods --dry-run=client -o json',
    'kubectl create clusterrole r --verb=get --non-resource-url=/healthz --dry-run=client -o yaml',
    'kubectl create clusterrole r --aggregation-rule=a=b --dry-run=client -o yaml',
    'kubectl create rolebinding r --role=x --user=a --group=g --serviceaccount=ns:sa --dry-run=client -o json',
    'kubectl create rolebinding r --dry-run=client',
    'kubectl create clusterrolebinding r --clusterrole=x --user=a --dry-run=client -o yaml',
    'kubectl create quota q --hard=pods=2,services=1 --scopes=BestEffort --dry-run=client -o yaml',
    'kubectl create pdb p --selector=a=b --min-available=1 --dry-run=client -o json',
    'kubectl create pdb p --selector=a=b --max-unavailable=50% --dry-run=client -o yaml',
    'kubectl create priorityclass p --value=1000 --description=d --dry-run=client -o json',
    "kubectl create ingress i --rule='foo.com/bar*=svc:80,tls=my' --class=nginx --annotation=a=b --dry-run=client -o yaml",
    "kubectl create ingress i --rule='/=svc:http' --default-backend=x:80 --dry-run=client -o json",
    'kubectl run x --image=y --dry-run=client -o yaml',
    'kubectl run x --image=y --dry-run=client -o json --port=80 --env=A=B --labels=a=b,c=d -- sleep 1',
    'kubectl run x --image=y --command --restart=Never --dry-run=client -o yaml -- sleep 1',
    'kubectl run x --image=y --expose --port=80 --dry-run=client -o yaml',
    'kubectl run x --image=nginx --env=bad',
    'kubectl run x --image=nginx --labels=bad',
    "kubectl run x --image=nginx --overrides='{bad'",
    'kubectl run x --image=nginx --dry-run=client -o yaml --overrides=\'{"spec":{"nodeName":"n"}}\'',
    'kubectl run x --image=nginx --rm',
    'kubectl run x --image=Foo',
    'kubectl run x --image=nginx --expose',
  ],
  apply: [
    { file: 'web.yaml', text: deployment },
    'kubectl apply -f web.yaml',
    'kubectl apply -f web.yaml',
    'kubectl get deploy web -o yaml',
    { file: 'web.yaml', text: deployment.replace('replicas: 3', 'replicas: 5').replace(', {name: B, value: "2"}', '') },
    'kubectl apply -f web.yaml --dry-run=client',
    'kubectl apply -f web.yaml --dry-run=server',
    'kubectl apply -f web.yaml',
    'kubectl get deploy web -o yaml',
    'kubectl get deploy web -o wide',
    'kubectl apply view-last-applied deploy/web',
    'kubectl create -f web.yaml',
    'kubectl delete -f web.yaml',
    'kubectl delete -f web.yaml',
    'kubectl create -f web.yaml',
    'kubectl apply -f web.yaml',
    'kubectl replace -f web.yaml',
    'kubectl replace --force -f web.yaml',
    'kubectl apply --server-side -f web.yaml',
    'kubectl apply --server-side --force-conflicts -f web.yaml',
    'kubectl apply',
    'kubectl apply -f nope',
    'kubectl create -f web.yaml --dry-run=client -o yaml',
    'kubectl delete deploy --all',
    'kubectl delete deploy --all',
    {
      file: 'many.yaml',
      text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: "v", n: "1", e: "", y: "yes", m: "x\\ny\\n", s: " lead", c: "a: b", h: "#x", long: "aaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccccccccc dddddddddddddddddddddddddd eeeeeeeeeeeeee", q: "it\'s", d: "\\"q\\"", t: "2020-01-01", f: "1e3", tab: "a\\tb", trail: "x ", star: "*a", pct: "%a", at: "@a", dash: "- a", colon: "a:", nl: "\\nx", nl2: "x\\n\\n", key10: "a", key2: "b"}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: q}\n---\n# nothing\n---\napiVersion: v1\nkind: Foo\nmetadata: {name: z}\n',
    },
    'kubectl apply -f many.yaml',
    'kubectl get cm a -o yaml',
    'kubectl get cm a -o json',
    'kubectl get cm,secret',
    'kubectl get cm a secret/a',
    'kubectl apply -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata:\n name: x\n  foo: y\n',
    'kubectl create -f - <<< kind: Pod\n',
    'kubectl create -f - <<< {}',
    'kubectl create -f - <<< foo',
    'kubectl create -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {a: 1}}\n',
    'kubectl create -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}\n',
    'kubectl create -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: other}\n',
    'kubectl create -n default -f - <<< apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: other}\n',
    'kubectl create -f - <<< apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: l1}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: l2}\n',
    'kubectl create -f - <<< ',
  ],
  changes: [
    { file: 'web.yaml', text: deployment },
    { file: 'pod.yaml', text: podText },
    'kubectl create -f web.yaml -f pod.yaml',
    'kubectl label pod p a=b',
    'kubectl label pod p a=b',
    'kubectl label pod p a=c',
    'kubectl label pod p a=c --overwrite',
    'kubectl label pod p a-',
    'kubectl label pod p zz-',
    'kubectl label pods --all x=y',
    'kubectl label pod p "a=b c"',
    'kubectl label pod p --list',
    'kubectl label pods',
    'kubectl annotate pod p a=b',
    'kubectl annotate pod p a=c',
    'kubectl annotate pod p a-',
    'kubectl annotate pod p',
    'kubectl label deploy/web pod/p k=v --dry-run=client',
    'kubectl label pod p q=1 -o yaml',
    'kubectl label nope x=y',
    'kubectl label pod nope x=y',
    'kubectl patch deploy web -p \'{"spec":{"replicas":4}}\'',
    'kubectl patch deploy web -p \'{"spec":{"replicas":4}}\'',
    'kubectl patch deploy web --type=json -p \'[{"op":"replace","path":"/spec/replicas","value":2}]\'',
    "kubectl patch deploy web --type=foo -p '{}'",
    'kubectl patch deploy web',
    "kubectl patch deploy web -p '{bad'",
    "kubectl patch deploy web -p 'spec: {replicas: 3}'",
    'kubectl patch deploy web --type=merge -p \'{"spec":{"replicas":-1}}\'',
    'kubectl scale deploy web --replicas=5',
    'kubectl scale deploy/web --replicas=6 --current-replicas=1',
    'kubectl scale deploy/web --replicas=6 --current-replicas=5',
    'kubectl scale --replicas=2 -f web.yaml',
    'kubectl scale deploy nope --replicas=2',
    'kubectl scale node x --replicas=2',
    'kubectl scale --replicas=2',
    'kubectl scale deploy web --replicas=-1',
    'kubectl expose deploy web --port=80',
    'kubectl expose deploy web',
    'kubectl expose deploy web --name=w2 --type=NodePort --dry-run=client -o yaml',
    'kubectl expose pod p --port=80 --name=w3 --target-port=http',
    'kubectl expose deploy',
    'kubectl expose foo x',
    'kubectl expose',
    'kubectl expose svc web --name=w4 --dry-run=client -o yaml',
    'kubectl set image deploy/web nginx=nginx:1.26',
    'kubectl set image deploy/web foo=nginx:1.26',
    'kubectl set image deploy/web',
    'kubectl set image deploy/web *=nginx:1.27 --record',
    'kubectl get deploy web -o yaml',
    'kubectl set env deploy/web C=3',
    'kubectl set env deploy/web C-',
    'kubectl set env deploy/web --list',
    'kubectl set resources deploy/web --limits=cpu=200m,memory=512Mi',
    'kubectl set resources deploy/web',
    'kubectl set serviceaccount deploy/web sa1',
    'kubectl set',
    'kubectl set image',
    'kubectl set selector svc web a=b',
    'kubectl autoscale deploy web --max=5 --min=2 --cpu-percent=80',
    'kubectl autoscale deploy web',
    'kubectl autoscale deploy web --max=1 --min=2',
    'kubectl autoscale deploy web --max=3 --dry-run=client -o yaml --name=h2',
    'kubectl rollout',
    'kubectl rollout pause deploy/web',
    'kubectl rollout pause deploy/web',
    'kubectl rollout resume deploy/web',
    'kubectl rollout resume deploy/web',
    'kubectl rollout history deploy/web',
    'kubectl rollout undo deploy/web',
    'kubectl rollout undo',
    'kubectl rollout history pod/p',
    'kubectl rollout status pod/p',
    'kubectl rollout restart pod/p',
    'kubectl rollout restart deploy/web',
    'kubectl rollout foo',
    'kubectl rollout history deploy/web --revision=3',
    'kubectl wait --for=condition=Ready pod/p --timeout=1s',
    'kubectl wait --for=jsonpath={.metadata.name}=p pod/p',
    'kubectl wait --for=delete pod/nope',
    'kubectl wait --for=condition=Available deploy/nope --timeout=1s',
    'kubectl get deploy,svc,hpa',
    'kubectl get deploy web -o jsonpath={.spec.replicas}',
    'kubectl diff',
    'kubectl replace',
    'kubectl delete pod p --force',
    'kubectl delete deploy/web svc/web --now',
    'kubectl delete svc --all',
  ],
  refusals: [
    { file: 'web.yaml', text: deployment },
    { file: 'pod.yaml', text: podText },
    { file: 'more.yaml', text: moreText },
    'kubectl create -f pod.yaml -f web.yaml',
    'kubectl get all nope',
    'kubectl get svc.v1',
    'kubectl get pods -o custom-columns=A:.metadata.name,B:bad[',
    'kubectl get rc -o custom-columns=A:bad[',
    'kubectl run q --image=nginx --image-pull-policy=Foo',
    'kubectl events --for=foo',
    'kubectl events --for=foo/x',
    'kubectl create secret generic sec',
    'kubectl create secret generic sec',
    'kubectl set image pod/p main=',
    'kubectl set image pod/p =x',
    'kubectl set env deploy/web',
    'kubectl set env deploy/web =b',
    'kubectl set env deploy/web --containers=nope A=b',
    'kubectl set env deploy/web A=b --local',
    'kubectl set resources deploy/web --limits=cpu=1 --local -o yaml',
    'kubectl set sa pod/p x',
    'kubectl set selector svc/kubernetes a',
    'kubectl label pod p a=b --local',
    'kubectl annotate pod p a=b --local',
    'kubectl patch pod p --local -p {}',
    'kubectl patch pod p -p {bad',
    'kubectl patch pod p -p \'{"metadata":{"labels":{"z":"y"}}}\' --dry-run=client',
    'kubectl patch pod p --type=json -p \'[{"op":"remove","path":"/spec/nope"}]\'',
    'kubectl patch pod p --type=json -p \'[{"op":"remove","path":"/spec/nope"}]\' --dry-run=client',
    'kubectl patch pod p --type=json -p \'[{"op":"replace","path":"/spec/nope","value":1}]\' --dry-run=client',
    'kubectl patch pod p --type=json -p \'[{"op":"add","path":"/spec/nope/x","value":1}]\' --dry-run=client',
    'kubectl patch pod p --type=json -p \'[{"op":"remove","path":"/spec/containers/7"}]\' --dry-run=client',
    'kubectl autoscale pod p --max=3',
    'kubectl autoscale deploy web --max=3 --dry-run=client',
    'kubectl expose pod p --port=abc --name=x',
    'kubectl apply view-last-applied pod/p',
    'kubectl apply -f web.yaml --dry-run=client',
    'kubectl certificate foo',
    'kubectl taint node n1 a=b:NoSchedule --dry-run=client',
    'kubectl drain n1 n1 --dry-run=client',
    'kubectl cordon n1 n2',
    'kubectl rollout history deploy',
    'kubectl rollout history deploy/web --revision=1',
    'kubectl rollout pause deploy',
    'kubectl rollout undo deploy/web',
    'kubectl rollout resume deploy',
  ],
  describe: [
    { file: 'web.yaml', text: deployment },
    { file: 'pod.yaml', text: podText },
    { file: 'more.yaml', text: moreText },
    'kubectl create -f web.yaml -f pod.yaml -f more.yaml',
    'kubectl describe pod p',
    'kubectl describe deploy web',
    'kubectl describe svc',
    'kubectl describe cm conf',
    'kubectl describe secret sec',
    'kubectl describe ns default',
    'kubectl describe sa robot',
    'kubectl describe quota q',
    'kubectl describe limits l',
    'kubectl describe ingress i',
    'kubectl describe networkpolicy np',
    'kubectl describe pv vol',
    'kubectl describe pvc claim',
    'kubectl describe sc fast',
    'kubectl describe sts db',
    'kubectl describe ds agent',
    'kubectl describe job once',
    'kubectl describe cronjob often',
    'kubectl describe hpa h',
    'kubectl describe pdb b',
    'kubectl describe role r',
    'kubectl describe clusterrole cr',
    'kubectl describe rolebinding rb',
    'kubectl describe priorityclass pc',
    'kubectl describe node n1',
    'kubectl describe rs set',
    'kubectl describe ep',
    'kubectl describe ingressclass ic',
    'kubectl describe lease',
    'kubectl describe pods',
    'kubectl describe pod q',
    'kubectl describe',
    'kubectl describe pod -l a=b',
    'kubectl describe runtimeclass rc',
    'kubectl describe cm con',
    'kubectl describe crd',
    'kubectl get pods -o wide',
    'kubectl get all',
    'kubectl get nodes',
    'kubectl cordon n1',
    'kubectl cordon n1',
    'kubectl taint node n1 a=b:NoSchedule',
    'kubectl taint node n1 a=b:NoSchedule',
    'kubectl taint node n1 a=c:NoSchedule --overwrite',
    'kubectl taint node n1 a-',
    'kubectl taint node n1 zz-',
    'kubectl taint node n1 x',
    'kubectl taint',
    'kubectl taint node n1 a=b:Foo',
    'kubectl taint pod p a=b:NoSchedule',
    'kubectl uncordon n1',
    'kubectl uncordon n1',
    'kubectl uncordon nope',
    'kubectl drain',
    'kubectl cordon',
    'kubectl drain n1',
    'kubectl logs nope',
    'kubectl logs deploy/nope',
    'kubectl logs',
    'kubectl logs svc/kubernetes',
    'kubectl logs p -c nope',
    'kubectl exec p -c nope -- ls',
    'kubectl exec',
    'kubectl events',
    'kubectl events --for pod/p',
    'kubectl get events',
  ],
  information: [
    'kubectl version',
    'kubectl version -o yaml',
    'kubectl version -o json',
    'kubectl version --client',
    'kubectl version -o foo',
    'kubectl cluster-info',
    'kubectl api-versions',
    'kubectl api-resources',
    'kubectl api-resources -o wide',
    'kubectl api-resources -o name',
    'kubectl api-resources --namespaced=false',
    'kubectl api-resources --api-group=apps --no-headers',
    'kubectl api-resources --sort-by=kind',
    'kubectl api-resources -o json',
    'kubectl api-resources --verbs=list,get --categories=all',
    'kubectl config view',
    'kubectl config view --minify',
    'kubectl config view -o json',
    'kubectl config view -o jsonpath={.contexts[0].name}',
    'kubectl config current-context',
    'kubectl config get-contexts',
    'kubectl config get-contexts -o name',
    'kubectl config get-contexts nope',
    'kubectl config get-clusters',
    'kubectl config get-users',
    'kubectl config use-context nope',
    'kubectl config use-context',
    'kubectl config set-context x --user=u --cluster=sandbox --namespace=kube-system',
    'kubectl config use-context x',
    'kubectl get cm',
    'kubectl config set-context --current --namespace=default',
    'kubectl config set-context',
    'kubectl config rename-context x y',
    'kubectl config rename-context x y',
    'kubectl config delete-context y',
    'kubectl config use-context sandbox',
    'kubectl config set-credentials me --token=abc',
    'kubectl config set-cluster c2 --server=https://1.2.3.4',
    'kubectl config view',
    'kubectl config view --raw',
    'kubectl config delete-user me',
    'kubectl config delete-cluster c2',
    'kubectl config delete-cluster c2',
    'kubectl config unset current-context',
    'kubectl config current-context',
    'kubectl config set current-context sandbox',
    'kubectl config set contexts.sandbox.namespace foo',
    'kubectl config unset contexts.sandbox.namespace',
    'kubectl config foo',
    'kubectl get pods --context=nope',
    'kubectl get pods --user=nope',
    'kubectl get pods --cluster=nope',
    'kubectl auth',
    'kubectl auth foo',
    'kubectl auth can-i get pods',
    'kubectl auth can-i',
    'kubectl auth can-i get',
    'kubectl auth can-i get foos',
    'kubectl auth can-i get nodes',
    'kubectl auth can-i --list',
    'kubectl auth whoami',
    'kubectl auth whoami -o yaml',
    'kubectl top',
    'kubectl top node',
    'kubectl top pod',
    'kubectl certificate',
    'kubectl plugin',
    'kubectl create secret',
    'kubectl create service',
    'kubectl proxy --port=abc',
    'kubectl completion',
    'kubectl completion foo',
    'kubectl alpha',
    'kubectl convert -f x',
    'kubectl kustomize nope',
    'kubectl debug',
    'kubectl cp',
    'kubectl cp a b',
    'kubectl port-forward',
    'kubectl explain',
    'kubectl explain foo',
    'kubectl explain cm',
    'kubectl explain cm.data',
    'kubectl explain pod.spec.nope.x',
  ],
}
