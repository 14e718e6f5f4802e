/**
 * The manifest of the ingress-nginx controller, in the sandbox's own short form: the cloud's Service is of type LoadBalancer, bare metal's and minikube's a
 * NodePort, and minikube's pod has the node's own ports 80 and 443 besides.
 */
export function ingressNginxManifest(provider: 'cloud' | 'baremetal' | 'minikube'): string {
  const isCloud = provider === 'cloud'
  const hostPort = (port: number): string => (provider === 'minikube' ? `\n          hostPort: ${port}` : '')
  const labels = (indent: string): string =>
    `${indent}app.kubernetes.io/component: controller\n${indent}app.kubernetes.io/instance: ingress-nginx\n${indent}app.kubernetes.io/name: ingress-nginx\n`
  return `# ingress-nginx: the sandbox's own short form of the manifest at this address
apiVersion: v1
kind: Namespace
metadata:
  name: ingress-nginx
  labels:
    app.kubernetes.io/instance: ingress-nginx
    app.kubernetes.io/name: ingress-nginx
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ingress-nginx
  namespace: ingress-nginx
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ingress-nginx
rules:
- apiGroups: [""]
  resources: ["configmaps", "endpoints", "nodes", "pods", "secrets", "namespaces", "services"]
  verbs: ["get", "list", "watch"]
- apiGroups: ["networking.k8s.io"]
  resources: ["ingresses", "ingressclasses"]
  verbs: ["get", "list", "watch"]
- apiGroups: ["networking.k8s.io"]
  resources: ["ingresses/status"]
  verbs: ["update"]
- apiGroups: [""]
  resources: ["events"]
  verbs: ["create", "patch"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ingress-nginx
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ingress-nginx
subjects:
- kind: ServiceAccount
  name: ingress-nginx
  namespace: ingress-nginx
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
data: {}
---
apiVersion: v1
kind: Service
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels:
${labels('    ')}spec:
  type: ${isCloud ? 'LoadBalancer' : 'NodePort'}
  ports:
  - name: http
    port: 80
    protocol: TCP
    targetPort: http
  - name: https
    port: 443
    protocol: TCP
    targetPort: https
  selector:
${labels('    ')}---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels:
${labels('    ')}spec:
  selector:
    matchLabels:
${labels('      ')}  template:
    metadata:
      labels:
${labels('        ')}    spec:
      serviceAccountName: ingress-nginx
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.13.2
        args:
        - /nginx-ingress-controller
        - --election-id=ingress-nginx-leader
        - --controller-class=k8s.io/ingress-nginx
        - --ingress-class=nginx
        - --configmap=$(POD_NAMESPACE)/ingress-nginx-controller${isCloud ? '\n        - --publish-service=$(POD_NAMESPACE)/ingress-nginx-controller' : ''}${provider === 'minikube' ? '\n        - --watch-ingress-without-class=true' : ''}
        env:
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - name: POD_NAMESPACE
          valueFrom:
            fieldRef:
              fieldPath: metadata.namespace
        ports:
        - name: http
          containerPort: 80${hostPort(80)}
        - name: https
          containerPort: 443${hostPort(443)}
        readinessProbe:
          httpGet:
            path: /healthz
            port: 10254
          initialDelaySeconds: 10
          periodSeconds: 10
        resources:
          requests:
            cpu: 100m
            memory: 90Mi
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: nginx
  labels:
${labels('    ')}${provider === 'minikube' ? '  annotations:\n    ingressclass.kubernetes.io/is-default-class: "true"\n' : ''}spec:
  controller: k8s.io/ingress-nginx
`
}
