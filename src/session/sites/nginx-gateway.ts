/**
 * The manifests of NGINX Gateway Fabric, in the sandbox's own short form. The 1.x line is here, whose one Deployment both reads Gateway API's objects and
 * serves; of its own kinds only NginxGateway is defined, and nothing acts on that one.
 */
const release = '1.6.2'

const definitions = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: nginxgateways.gateway.nginx.org
spec:
  group: gateway.nginx.org
  names:
    categories:
    - nginx-gateway-fabric
    kind: NginxGateway
    listKind: NginxGatewayList
    plural: nginxgateways
    singular: nginxgateway
  scope: Namespaced
  versions:
  - name: v1alpha1
    served: true
    storage: true
    additionalPrinterColumns:
    - jsonPath: .metadata.creationTimestamp
      name: Age
      type: date
    subresources:
      status: {}
    schema:
      openAPIV3Schema:
        description: NginxGateway represents the dynamic configuration for an NGINX Gateway Fabric control plane. The sandbox keeps it and does not act on it.
        type: object
        required:
        - spec
        properties:
          apiVersion:
            type: string
          kind:
            type: string
          metadata:
            type: object
          spec:
            type: object
            properties:
              logging:
                type: object
                properties:
                  level:
                    type: string
                    default: info
                    enum:
                    - info
                    - debug
                    - error
          status:
            type: object
            x-kubernetes-preserve-unknown-fields: true
`

const labels = (indent: string): string =>
  `${indent}app.kubernetes.io/instance: nginx-gateway\n${indent}app.kubernetes.io/name: nginx-gateway\n`

function deployment(serviceType: string): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: nginx-gateway
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: nginx-gateway
  namespace: nginx-gateway
  labels:
${labels('    ')}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: nginx-gateway
  labels:
${labels('    ')}rules:
- apiGroups: [""]
  resources: ["namespaces", "services", "secrets", "pods"]
  verbs: ["get", "list", "watch"]
- apiGroups: ["gateway.networking.k8s.io"]
  resources: ["gatewayclasses", "gateways", "httproutes", "referencegrants"]
  verbs: ["get", "list", "watch"]
- apiGroups: ["gateway.networking.k8s.io"]
  resources: ["gatewayclasses/status", "gateways/status", "httproutes/status"]
  verbs: ["update", "patch"]
- apiGroups: ["gateway.nginx.org"]
  resources: ["nginxgateways"]
  verbs: ["get", "list", "watch"]
- apiGroups: ["apiextensions.k8s.io"]
  resources: ["customresourcedefinitions"]
  verbs: ["get", "list", "watch"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: nginx-gateway
  labels:
${labels('    ')}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: nginx-gateway
subjects:
- kind: ServiceAccount
  name: nginx-gateway
  namespace: nginx-gateway
---
apiVersion: v1
kind: Service
metadata:
  name: nginx-gateway
  namespace: nginx-gateway
  labels:
${labels('    ')}spec:
  type: ${serviceType}
  externalTrafficPolicy: Local
  ports:
  - name: http
    port: 80
    protocol: TCP
    targetPort: 80
  - name: https
    port: 443
    protocol: TCP
    targetPort: 443
  selector:
${labels('    ')}---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx-gateway
  namespace: nginx-gateway
  labels:
${labels('    ')}spec:
  replicas: 1
  selector:
    matchLabels:
${labels('      ')}  template:
    metadata:
      labels:
${labels('        ')}    spec:
      serviceAccountName: nginx-gateway
      terminationGracePeriodSeconds: 30
      containers:
      - name: nginx-gateway
        image: ghcr.io/nginx/nginx-gateway-fabric:${release}
        imagePullPolicy: IfNotPresent
        args:
        - static-mode
        - --gateway-ctlr-name=gateway.nginx.org/nginx-gateway-controller
        - --gatewayclass=nginx
        - --service=nginx-gateway
        env:
        - name: POD_IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        - name: POD_NAMESPACE
          valueFrom:
            fieldRef:
              fieldPath: metadata.namespace
        ports:
        - name: http
          containerPort: 80
        - name: https
          containerPort: 443
        - name: health
          containerPort: 8081
        readinessProbe:
          httpGet:
            path: /readyz
            port: health
          initialDelaySeconds: 3
          periodSeconds: 1
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata:
  name: nginx
  labels:
${labels('    ')}spec:
  controllerName: gateway.nginx.org/nginx-gateway-controller
`
}

export function site(path: string): { readonly type: string; readonly body: string } | undefined {
  const [, asked, file] =
    /^\/nginx(?:inc)?\/nginx-gateway-fabric\/v(1\.\d+\.\d+)\/deploy\/(crds|default\/deploy|nodeport\/deploy)\.yaml$/.exec(path) ?? []
  if (!asked) return undefined
  const note = asked === release ? '' : `; v${asked} was asked for, the sandbox has v${release} only`
  const body = file === 'crds' ? definitions : deployment(file.startsWith('nodeport') ? 'NodePort' : 'LoadBalancer')
  return {
    type: 'text/plain; charset=utf-8',
    body: `# NGINX Gateway Fabric ${release}: the sandbox's own short form of the manifest at this address${note}\n${body}`,
  }
}
