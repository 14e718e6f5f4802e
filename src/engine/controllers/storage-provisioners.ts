/**
 * What makes volumes on demand: minikube's storage provisioner with its class `standard`, and Rancher's local-path-provisioner, as their own
 * manifests have them. The volumes themselves are made by `persistent-volumes.ts`; the Pods are there to be seen.
 */

/** minikube's addon `storage-provisioner`: one Pod, with no Deployment above it. */
export const minikubeProvisioner = `
apiVersion: v1
kind: ServiceAccount
metadata:
  name: storage-provisioner
  namespace: kube-system
  labels: { addonmanager.kubernetes.io/mode: Reconcile }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: storage-provisioner
  labels: { addonmanager.kubernetes.io/mode: EnsureExists }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:persistent-volume-provisioner' }
subjects: [{ kind: ServiceAccount, name: storage-provisioner, namespace: kube-system }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: system:persistent-volume-provisioner
  namespace: kube-system
  labels: { addonmanager.kubernetes.io/mode: EnsureExists }
rules:
  - apiGroups: ['']
    resources: [endpoints]
    verbs: [get, list, watch, create, update, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: system:persistent-volume-provisioner
  namespace: kube-system
  labels: { addonmanager.kubernetes.io/mode: EnsureExists }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: 'system:persistent-volume-provisioner' }
subjects: [{ kind: ServiceAccount, name: storage-provisioner, namespace: kube-system }]
---
apiVersion: v1
kind: Pod
metadata:
  name: storage-provisioner
  namespace: kube-system
  labels: { integration-test: storage-provisioner, addonmanager.kubernetes.io/mode: Reconcile }
spec:
  serviceAccountName: storage-provisioner
  hostNetwork: true
  containers:
    - name: storage-provisioner
      image: gcr.io/k8s-minikube/storage-provisioner:v5
      command: [/storage-provisioner]
      imagePullPolicy: IfNotPresent
      volumeMounts: [{ mountPath: /tmp, name: tmp }]
  volumes: [{ name: tmp, hostPath: { path: /tmp, type: Directory } }]
`

/** minikube's addon `default-storageclass`. */
export const minikubeClass = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: standard
  annotations: { storageclass.kubernetes.io/is-default-class: 'true' }
  labels: { addonmanager.kubernetes.io/mode: EnsureExists }
provisioner: k8s.io/minikube-hostpath
`

/** Rancher's local-path-provisioner, whose class waits for the Pod. `isDefault` as the courses' clusters have it. */
export function localPathProvisioner({ isDefault }: { readonly isDefault: boolean }): string {
  return `
apiVersion: v1
kind: Namespace
metadata: { name: local-path-storage }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: local-path-provisioner-service-account, namespace: local-path-storage }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: local-path-provisioner-role, namespace: local-path-storage }
rules:
  - apiGroups: ['']
    resources: [pods]
    verbs: [get, list, watch, create, patch, update, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: local-path-provisioner-role }
rules:
  - apiGroups: ['']
    resources: [nodes, persistentvolumeclaims, configmaps, pods, pods/log]
    verbs: [get, list, watch]
  - apiGroups: ['']
    resources: [persistentvolumes]
    verbs: [get, list, watch, create, patch, update, delete]
  - apiGroups: ['']
    resources: [events]
    verbs: [create, patch]
  - apiGroups: [storage.k8s.io]
    resources: [storageclasses]
    verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: local-path-provisioner-bind, namespace: local-path-storage }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: local-path-provisioner-role }
subjects: [{ kind: ServiceAccount, name: local-path-provisioner-service-account, namespace: local-path-storage }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: local-path-provisioner-bind }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: local-path-provisioner-role }
subjects: [{ kind: ServiceAccount, name: local-path-provisioner-service-account, namespace: local-path-storage }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: local-path-provisioner, namespace: local-path-storage }
spec:
  replicas: 1
  selector: { matchLabels: { app: local-path-provisioner } }
  template:
    metadata: { labels: { app: local-path-provisioner } }
    spec:
      serviceAccountName: local-path-provisioner-service-account
      containers:
        - name: local-path-provisioner
          image: rancher/local-path-provisioner:v0.0.31
          imagePullPolicy: IfNotPresent
          command: [local-path-provisioner, --debug, start, --config, /etc/config/config.json]
          volumeMounts: [{ name: config-volume, mountPath: /etc/config/ }]
          env:
            - name: POD_NAMESPACE
              valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
            - name: CONFIG_MOUNT_PATH
              value: /etc/config/
      volumes: [{ name: config-volume, configMap: { name: local-path-config } }]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: local-path${isDefault ? "\n  annotations: { storageclass.kubernetes.io/is-default-class: 'true' }" : ''}
provisioner: rancher.io/local-path
volumeBindingMode: WaitForFirstConsumer
reclaimPolicy: Delete
---
apiVersion: v1
kind: ConfigMap
metadata: { name: local-path-config, namespace: local-path-storage }
data:
  config.json: |-
    {
            "nodePathMap":[
            {
                    "node":"DEFAULT_PATH_FOR_NON_LISTED_NODES",
                    "paths":["/opt/local-path-provisioner"]
            }
            ]
    }
`
}
