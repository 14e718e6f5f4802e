/**
 * The roles and bindings that every cluster is born with. A line is verbs, API group (`-` is core) and resources; paths stand behind `url`.
 * What `admin`, `edit` and `view` may is gathered from the roles labelled for them (`aggregated-roles.ts`).
 */
import type { V1PolicyRule } from '../../kinds/generated/types.ts'

function rules(text: string): V1PolicyRule[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [verbs, group, resources, ...names] = line.trim().split(' ')
      if (group === 'url') return { verbs: verbs.split(','), nonResourceURLs: resources.split(',') }
      return {
        verbs: verbs.split(','),
        apiGroups: group.split(',').map((each) => (each === '-' ? '' : each)),
        resources: resources.split(','),
        ...(names.length > 0 ? { resourceNames: names } : {}),
      }
    })
}

const events = 'create,patch,update -,events.k8s.io events'

export interface DefaultRole {
  readonly rules: readonly V1PolicyRule[]
  readonly labels?: Readonly<Record<string, string>>
  /** Gathers the roles with this label instead of having rules of its own. */
  readonly gathers?: string
}

const gatheredFor = (name: string) => `rbac.authorization.k8s.io/aggregate-to-${name}`

const people: Readonly<Record<string, DefaultRole>> = {
  'cluster-admin': { rules: rules('* * *\n* url *') },
  admin: { rules: [], gathers: gatheredFor('admin') },
  edit: { rules: [], gathers: gatheredFor('edit'), labels: { [gatheredFor('admin')]: 'true' } },
  view: { rules: [], gathers: gatheredFor('view'), labels: { [gatheredFor('edit')]: 'true' } },
  'system:aggregate-to-admin': {
    labels: { [gatheredFor('admin')]: 'true' },
    rules: rules(`
      create authorization.k8s.io localsubjectaccessreviews
      create,delete,deletecollection,get,list,patch,update,watch rbac.authorization.k8s.io rolebindings,roles`),
  },
  'system:aggregate-to-edit': {
    labels: { [gatheredFor('edit')]: 'true' },
    rules: rules(`
      get,list,watch - pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy
      impersonate - serviceaccounts
      create,delete,deletecollection,patch,update - pods,pods/attach,pods/exec,pods/portforward,pods/proxy
      create - pods/eviction
      create,delete,deletecollection,patch,update - configmaps,endpoints,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy
      create - serviceaccounts/token
      create,delete,deletecollection,patch,update apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale
      create,delete,deletecollection,patch,update autoscaling horizontalpodautoscalers
      create,delete,deletecollection,patch,update batch cronjobs,jobs
      create,delete,deletecollection,patch,update extensions daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,replicasets/scale,replicationcontrollers/scale
      create,delete,deletecollection,patch,update policy poddisruptionbudgets
      create,delete,deletecollection,patch,update networking.k8s.io ingresses,networkpolicies
      create,delete,deletecollection,get,list,patch,update,watch coordination.k8s.io leases`),
  },
  'system:aggregate-to-view': {
    labels: { [gatheredFor('view')]: 'true' },
    rules: rules(`
      get,list,watch - configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status
      get,list,watch - bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status
      get,list,watch - namespaces
      get,list,watch discovery.k8s.io endpointslices
      get,list,watch apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status
      get,list,watch autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status
      get,list,watch batch cronjobs,cronjobs/status,jobs,jobs/status
      get,list,watch extensions daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale
      get,list,watch policy poddisruptionbudgets,poddisruptionbudgets/status
      get,list,watch networking.k8s.io ingresses,ingresses/status,networkpolicies`),
  },
}

const system: Readonly<Record<string, string>> = {
  'system:auth-delegator': 'create authentication.k8s.io tokenreviews\ncreate authorization.k8s.io subjectaccessreviews',
  'system:basic-user':
    'create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews\ncreate authentication.k8s.io selfsubjectreviews',
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': 'create certificates.k8s.io certificatesigningrequests/nodeclient',
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient':
    'create certificates.k8s.io certificatesigningrequests/selfnodeclient',
  'system:certificates.k8s.io:kube-apiserver-client-approver': 'approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client',
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver':
    'approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet',
  'system:certificates.k8s.io:kubelet-serving-approver': 'approve certificates.k8s.io signers kubernetes.io/kubelet-serving',
  'system:certificates.k8s.io:legacy-unknown-approver': 'approve certificates.k8s.io signers kubernetes.io/legacy-unknown',
  'system:discovery': 'get url /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/',
  'system:heapster': 'get,list,watch - events,namespaces,nodes,pods\nget,list,watch extensions deployments',
  'system:kube-aggregator': 'get,list,watch - endpoints,services',
  'system:kube-controller-manager': `${events}\ncreate coordination.k8s.io leases\nget,update coordination.k8s.io leases kube-controller-manager\ncreate - secrets,serviceaccounts\ndelete - secrets\nget - configmaps,namespaces,secrets,serviceaccounts\nupdate - secrets,serviceaccounts\ncreate authentication.k8s.io tokenreviews\ncreate authorization.k8s.io subjectaccessreviews\nlist,watch * *\ncreate - serviceaccounts/token`,
  'system:kube-dns': 'list,watch - endpoints,services',
  'system:kube-scheduler': `${events}\ncreate coordination.k8s.io leases\nget,list,update,watch coordination.k8s.io leases kube-scheduler\nget,list,watch - nodes\ndelete,get,list,watch - pods\ncreate - bindings,pods/binding\npatch,update - pods/status\nget,list,watch - replicationcontrollers,services\nget,list,watch apps,extensions replicasets\nget,list,watch apps statefulsets\nget,list,watch policy poddisruptionbudgets\nget,list,watch - persistentvolumeclaims,persistentvolumes\ncreate authentication.k8s.io tokenreviews\ncreate authorization.k8s.io subjectaccessreviews\nget,list,watch storage.k8s.io csinodes,csidrivers,csistoragecapacities\nget,list,watch - namespaces`,
  'system:kubelet-api-admin':
    'get,list,watch - nodes\nproxy - nodes\n* - nodes/configz,nodes/healthz,nodes/log,nodes/metrics,nodes/pods,nodes/proxy,nodes/stats',
  'system:monitoring': 'get url /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*',
  'system:node': `create authentication.k8s.io tokenreviews\ncreate authorization.k8s.io localsubjectaccessreviews,subjectaccessreviews\nget,list,watch - services\ncreate,get,list,watch - nodes\npatch,update - nodes/status\npatch,update - nodes\n${events}\nget,list,watch - pods\ncreate,delete - pods\npatch,update - pods/status\ncreate - pods/eviction\nget,list,watch - configmaps,secrets\nget - persistentvolumeclaims,persistentvolumes\nget - endpoints\ncreate,get,list,watch certificates.k8s.io certificatesigningrequests\ncreate,delete,get,patch,update coordination.k8s.io leases\nget storage.k8s.io volumeattachments\ncreate - serviceaccounts/token\nget,patch,update - persistentvolumeclaims/status\nget,list,watch storage.k8s.io csidrivers\ncreate,delete,get,patch,update storage.k8s.io csinodes\nget,list,watch node.k8s.io runtimeclasses`,
  'system:node-bootstrapper': 'create,get,list,watch certificates.k8s.io certificatesigningrequests',
  'system:node-problem-detector': `get - nodes\npatch - nodes/status\n${events}`,
  'system:node-proxier': `list,watch - endpoints,services\nget,list,watch - nodes\n${events}\nlist,watch discovery.k8s.io endpointslices\nlist,watch networking.k8s.io servicecidrs`,
  'system:persistent-volume-provisioner':
    'create,delete,get,list,watch - persistentvolumes\nget,list,update,watch - persistentvolumeclaims\nget,list,watch storage.k8s.io storageclasses\nwatch - events\ncreate,patch,update -,events.k8s.io events',
  'system:public-info-viewer': 'get url /healthz,/livez,/readyz,/version,/version/',
  'system:service-account-issuer-discovery':
    'get url /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/',
  'system:volume-scheduler':
    'get,list,patch,update,watch - persistentvolumes\nget,list,watch storage.k8s.io storageclasses\nget,list,patch,update,watch - persistentvolumeclaims',
}

/** Of the control loops, each under `system:controller:`; the loops of this sandbox do not ask for leave, but people read what they may. */
const loops: Readonly<Record<string, string>> = {
  'attachdetach-controller': `list,watch - persistentvolumeclaims,persistentvolumes\nget,list,watch - nodes\npatch,update - nodes/status\nlist,watch - pods\n${events}\nget,list,watch storage.k8s.io csidrivers,csinodes\ncreate,delete,get,list,watch storage.k8s.io volumeattachments`,
  'certificate-controller': `delete,get,list,watch certificates.k8s.io certificatesigningrequests\nupdate certificates.k8s.io certificatesigningrequests/approval,certificatesigningrequests/status\napprove certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet\nsign certificates.k8s.io signers kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown\ncreate authorization.k8s.io subjectaccessreviews\n${events}`,
  'clusterrole-aggregation-controller': 'escalate,get,list,patch,update,watch rbac.authorization.k8s.io clusterroles',
  'cronjob-controller': `get,list,update,watch batch cronjobs\ncreate,delete,get,list,patch,update,watch batch jobs\nupdate batch cronjobs/status\nupdate batch cronjobs/finalizers\ndelete,list - pods\n${events}`,
  'daemon-set-controller': `get,list,watch apps,extensions daemonsets\nupdate apps,extensions daemonsets/status\nupdate apps,extensions daemonsets/finalizers\nlist,watch - nodes\ncreate,delete,list,patch,watch - pods\ncreate - pods/binding\ncreate,delete,get,list,patch,update,watch apps controllerrevisions\n${events}`,
  'deployment-controller': `get,list,update,watch apps,extensions deployments\nupdate apps,extensions deployments/status\nupdate apps,extensions deployments/finalizers\ncreate,delete,get,list,patch,update,watch apps,extensions replicasets\nget,list,update,watch - pods\n${events}`,
  'disruption-controller': `get,list,watch apps,extensions deployments\nget,list,watch apps,extensions replicasets\nget,list,watch - replicationcontrollers\nget,list,watch policy poddisruptionbudgets\nget,list,watch apps statefulsets\nupdate policy poddisruptionbudgets/status\npatch,update - pods/status\nget * */scale\n${events}`,
  'endpoint-controller': `get,list,watch - pods,services\ncreate,delete,get,list,update - endpoints\ncreate - endpoints/restricted\n${events}`,
  'endpointslice-controller': `get,list,watch - nodes,pods,services\nupdate - services/finalizers\ncreate,delete,get,list,update discovery.k8s.io endpointslices\ncreate discovery.k8s.io endpointslices/restricted\n${events}`,
  'endpointslicemirroring-controller': `get,list,watch - endpoints,services\nupdate - services/finalizers\nupdate - endpoints/finalizers\ncreate,delete,get,list,update discovery.k8s.io endpointslices\ncreate discovery.k8s.io endpointslices/restricted\n${events}`,
  'ephemeral-volume-controller': `update - pods/finalizers\nget,list,watch - pods\ncreate,get,list,watch - persistentvolumeclaims\n${events}`,
  'expand-controller': `get,list,patch,update,watch - persistentvolumes\npatch,update - persistentvolumeclaims/status\nget,list,watch - persistentvolumeclaims\nget,list,watch storage.k8s.io storageclasses\nget - endpoints,services\nget - secrets\n${events}`,
  'generic-garbage-collector': `delete,get,list,patch,update,watch * *\n${events}`,
  'horizontal-pod-autoscaler': `get,list,watch autoscaling horizontalpodautoscalers\nupdate autoscaling horizontalpodautoscalers/status\nget,update * */scale\nlist - pods\nlist metrics.k8s.io pods\nget,list custom.metrics.k8s.io *\nget,list external.metrics.k8s.io *\n${events}`,
  'job-controller': `get,list,patch,update,watch batch jobs\nupdate batch jobs/status\nupdate batch jobs/finalizers\ncreate,delete,list,patch,watch - pods\n${events}`,
  'legacy-service-account-token-cleaner': 'get - configmaps kube-apiserver-legacy-service-account-token-tracking\ndelete,patch - secrets',
  'namespace-controller': `delete,get,list,watch - namespaces\nupdate - namespaces/finalize,namespaces/status\ndelete,deletecollection,get,list * *`,
  'node-controller': `delete,get,list,patch,update - nodes\npatch,update - nodes/status\npatch,update - pods/status\ndelete,get,list - pods\n${events}\nget - pods`,
  'persistent-volume-binder': `create,delete,get,list,update,watch - persistentvolumes\nupdate - persistentvolumes/status\nget,list,update,watch - persistentvolumeclaims\nupdate - persistentvolumeclaims/status\ncreate,delete,get,list,watch - pods\nget,list,watch storage.k8s.io storageclasses\nget,list - nodes\nget,list,watch - events\ncreate,delete,get - endpoints,services\nget,list - secrets\n${events}`,
  'pod-garbage-collector': `delete,list,watch - pods\nget,list - nodes\npatch,update - pods/status\n${events}`,
  'pv-protection-controller': `get,list,update,watch - persistentvolumes\n${events}`,
  'pvc-protection-controller': `get,list,update,watch - persistentvolumeclaims\nget,list,watch - pods\n${events}`,
  'replicaset-controller': `get,list,update,watch apps,extensions replicasets\nupdate apps,extensions replicasets/status\nupdate apps,extensions replicasets/finalizers\ncreate,delete,list,patch,watch - pods\n${events}`,
  'replication-controller': `get,list,update,watch - replicationcontrollers\nupdate - replicationcontrollers/status\nupdate - replicationcontrollers/finalizers\ncreate,delete,list,patch,watch - pods\n${events}`,
  'resourcequota-controller': `list,watch * *\nupdate - resourcequotas/status\n${events}`,
  'root-ca-cert-publisher': `create,update - configmaps\n${events}`,
  'route-controller': `list,watch - nodes\npatch - nodes/status\n${events}`,
  'selinux-warning-controller': `get,list,watch - persistentvolumeclaims,persistentvolumes,pods\nget,list,watch storage.k8s.io csidrivers\n${events}`,
  'service-account-controller': `create - serviceaccounts\n${events}`,
  'service-ca-cert-publisher': `create,update - configmaps\n${events}`,
  'service-cidrs-controller': `get,list,patch,update,watch networking.k8s.io servicecidrs\npatch,update networking.k8s.io servicecidrs/finalizers\npatch,update networking.k8s.io servicecidrs/status\nget,list,watch networking.k8s.io ipaddresses\n${events}`,
  'service-controller': `get,list,watch - services\npatch,update - services/status\nlist,watch - nodes\n${events}`,
  'statefulset-controller': `list,watch - pods\nget,list,watch apps statefulsets\nupdate apps statefulsets/status\nupdate apps statefulsets/finalizers\ncreate,delete,get,patch,update - pods\ncreate,delete,get,list,patch,update,watch apps controllerrevisions\ncreate,get - persistentvolumeclaims\n${events}`,
  'ttl-after-finished-controller': `delete,get,list,watch batch jobs\n${events}`,
  'ttl-controller': `list,patch,update,watch - nodes\n${events}`,
  'validatingadmissionpolicy-status-controller': `get,list,watch admissionregistration.k8s.io validatingadmissionpolicies\nget,patch,update admissionregistration.k8s.io validatingadmissionpolicies/status\n${events}`,
}

export const clusterRoles: Readonly<Record<string, DefaultRole>> = {
  ...people,
  ...Object.fromEntries(Object.entries(system).map(([name, text]) => [name, { rules: rules(text) }])),
  ...Object.fromEntries(Object.entries(loops).map(([name, text]) => [`system:controller:${name}`, { rules: rules(text) }])),
}

/** Roles of a namespace, by `namespace/name`. */
export const roles: Readonly<Record<string, readonly V1PolicyRule[]>> = {
  'kube-public/system:controller:bootstrap-signer': rules(`get,list,watch - configmaps\nupdate - configmaps cluster-info\n${events}`),
  'kube-system/extension-apiserver-authentication-reader': rules('get,list,watch - configmaps extension-apiserver-authentication'),
  'kube-system/system::leader-locking-kube-controller-manager': rules(
    'watch - configmaps\nget,update - configmaps kube-controller-manager',
  ),
  'kube-system/system::leader-locking-kube-scheduler': rules('watch - configmaps\nget,update - configmaps kube-scheduler'),
  'kube-system/system:controller:bootstrap-signer': rules('get,list,watch - secrets'),
  'kube-system/system:controller:cloud-provider': rules('create,get,list,update,watch - configmaps'),
  'kube-system/system:controller:token-cleaner': rules(`delete,get,list,watch - secrets\n${events}`),
}

/** Who is bound: groups and users by name. */
export interface DefaultBinding {
  readonly role: string
  readonly groups?: readonly string[]
  readonly users?: readonly string[]
  readonly accounts?: readonly string[]
}

export const clusterRoleBindings: Readonly<Record<string, DefaultBinding>> = {
  'cluster-admin': { role: 'cluster-admin', groups: ['system:masters'] },
  'system:basic-user': { role: 'system:basic-user', groups: ['system:authenticated'] },
  'system:discovery': { role: 'system:discovery', groups: ['system:authenticated'] },
  'system:kube-controller-manager': { role: 'system:kube-controller-manager', users: ['system:kube-controller-manager'] },
  'system:kube-dns': { role: 'system:kube-dns', accounts: ['kube-dns'] },
  'system:kube-scheduler': { role: 'system:kube-scheduler', users: ['system:kube-scheduler'] },
  'system:monitoring': { role: 'system:monitoring', groups: ['system:monitoring'] },
  'system:node': { role: 'system:node' },
  'system:node-proxier': { role: 'system:node-proxier', users: ['system:kube-proxy'] },
  'system:public-info-viewer': { role: 'system:public-info-viewer', groups: ['system:authenticated', 'system:unauthenticated'] },
  'system:service-account-issuer-discovery': { role: 'system:service-account-issuer-discovery', groups: ['system:serviceaccounts'] },
  'system:volume-scheduler': { role: 'system:volume-scheduler', users: ['system:kube-scheduler'] },
  ...Object.fromEntries(
    Object.keys(loops).map((name) => [`system:controller:${name}`, { role: `system:controller:${name}`, accounts: [name] }]),
  ),
}

export const roleBindings: Readonly<Record<string, DefaultBinding>> = {
  'kube-public/system:controller:bootstrap-signer': { role: 'system:controller:bootstrap-signer', accounts: ['bootstrap-signer'] },
  'kube-system/system::extension-apiserver-authentication-reader': {
    role: 'extension-apiserver-authentication-reader',
    users: ['system:kube-controller-manager', 'system:kube-scheduler'],
  },
  'kube-system/system::leader-locking-kube-controller-manager': {
    role: 'system::leader-locking-kube-controller-manager',
    users: ['system:kube-controller-manager'],
    accounts: ['kube-controller-manager', 'leader-election-controller'],
  },
  'kube-system/system::leader-locking-kube-scheduler': {
    role: 'system::leader-locking-kube-scheduler',
    users: ['system:kube-scheduler'],
    accounts: ['kube-scheduler'],
  },
  'kube-system/system:controller:bootstrap-signer': { role: 'system:controller:bootstrap-signer', accounts: ['bootstrap-signer'] },
  'kube-system/system:controller:cloud-provider': { role: 'system:controller:cloud-provider', accounts: ['cloud-provider'] },
  'kube-system/system:controller:token-cleaner': { role: 'system:controller:token-cleaner', accounts: ['token-cleaner'] },
}
