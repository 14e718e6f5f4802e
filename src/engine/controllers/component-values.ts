/**
 * Values of the components' flags: what pflag refuses before a component has begun, in its own words, and which flags it takes here without doing
 * anything about them. Those that kubeadm writes are passed over as long as they have kubeadm's values.
 */
const bools = new Set(
  'allocate-node-cidrs allow-privileged anonymous-auth audit-log-batch-throttle-enable audit-log-compress audit-log-truncate-enabled audit-webhook-truncate-enabled authentication-skip-lookup authentication-tolerate-lookup-failure configure-cloud-routes contention-profiling disable-http2-serving enable-aggregator-routing enable-bootstrap-token-auth enable-dynamic-provisioning enable-garbage-collector enable-hostpath-provisioner enable-leader-migration enable-logs-handler enable-priority-and-fairness encryption-provider-config-automatic-reload leader-elect permit-address-sharing permit-port-sharing profiling service-account-extend-token-expiration service-account-lookup shutdown-send-retry-after use-service-account-credentials watch-cache'.split(
    ' ',
  ),
)

const ints = new Set(
  'apiserver-count audit-log-maxage audit-log-maxbackup audit-log-maxsize concurrent-deployment-syncs concurrent-endpoint-syncs concurrent-gc-syncs concurrent-namespace-syncs concurrent-replicaset-syncs delete-collection-workers http2-max-streams-per-connection kube-api-burst max-mutating-requests-inflight max-requests-inflight min-request-timeout node-cidr-mask-size secure-port terminated-pod-gc-threshold'.split(
    ' ',
  ),
)

const durations = new Set(
  'cluster-signing-duration etcd-compaction-interval event-ttl horizontal-pod-autoscaler-downscale-stabilization horizontal-pod-autoscaler-sync-period leader-elect-lease-duration leader-elect-renew-deadline leader-elect-retry-period min-resync-period namespace-sync-period node-monitor-grace-period node-monitor-period node-startup-grace-period pvclaimbinder-sync-period request-timeout resource-quota-sync-period service-account-max-token-expiration shutdown-delay-duration'.split(
    ' ',
  ),
)

const tlsVersions = ['VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13']

/** Go's names of those that kube-apiserver offers, the insecure ones too. */
const cipherSuites =
  /^TLS_(?:AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256|RSA_WITH_(?:RC4_128_SHA|3DES_EDE_CBC_SHA|AES_(?:128|256)_CBC_SHA|AES_128_CBC_SHA256|AES_128_GCM_SHA256|AES_256_GCM_SHA384)|ECDHE_(?:ECDSA|RSA)_WITH_(?:RC4_128_SHA|AES_(?:128|256)_CBC_SHA|AES_128_CBC_SHA256|AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305(?:_SHA256)?)|ECDHE_RSA_WITH_3DES_EDE_CBC_SHA)$/

/** What a component's log ends with for such a value; undefined where it is one. */
export function valueFault(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return bools.has(name) ? undefined : `Error: flag needs an argument: --${name}`
  const refused = (why: string): string => `Error: invalid argument ${JSON.stringify(value)} for "--${name}" flag: ${why}`
  if (bools.has(name) && !/^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value))
    return refused(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`)
  if (ints.has(name) && !/^[+-]?\d+$/.test(value)) return refused(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  if (durations.has(name) && !/^[+-]?(?:0|(?:\d+\.?\d*(?:ns|us|µs|ms|s|m|h))+)$/.test(value))
    return refused(
      /^[+-]?\d+$/.test(value)
        ? `time: missing unit in duration ${JSON.stringify(value)}`
        : `time: invalid duration ${JSON.stringify(value)}`,
    )
  const failed = (why: string): string => `E run.go:72] "command failed" err=${JSON.stringify(why)}`
  if (name === 'tls-min-version' && value !== '' && !tlsVersions.includes(value))
    return failed(`unknown tls version ${JSON.stringify(value)}`)
  if (name === 'tls-cipher-suites') {
    const wrong = value.split(',').find((suite) => suite !== '' && !cipherSuites.test(suite))
    if (wrong !== undefined) return failed(`Cipher suite ${wrong} not supported or doesn't exist`)
  }
  return undefined
}

/** What acts, and files that are only looked for. */
const acting = new Set(
  'admission-control-config-file anonymous-auth audit-log-maxbackup audit-log-maxsize audit-log-path audit-policy-file authentication-kubeconfig authorization-kubeconfig authorization-mode client-ca-file cluster-signing-cert-file cluster-signing-key-file disable-admission-plugins enable-admission-plugins encryption-provider-config encryption-provider-config-automatic-reload etcd-cafile etcd-certfile etcd-keyfile etcd-servers kubeconfig kubelet-client-certificate kubelet-client-key proxy-client-cert-file proxy-client-key-file requestheader-client-ca-file root-ca-file service-account-key-file service-account-private-key-file service-account-signing-key-file tls-cert-file tls-private-key-file token-auth-file'.split(
    ' ',
  ),
)

/** What kubeadm writes; undefined: whatever it is, it is the cluster's. */
const usual: Readonly<Record<string, string | undefined>> = {
  'advertise-address': undefined,
  'allocate-node-cidrs': 'true',
  'allow-privileged': 'true',
  'bind-address': '127.0.0.1',
  'cluster-cidr': undefined,
  'cluster-name': undefined,
  controllers: '*,bootstrapsigner,tokencleaner',
  'enable-bootstrap-token-auth': 'true',
  'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
  'leader-elect': 'true',
  'requestheader-allowed-names': 'front-proxy-client',
  'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
  'requestheader-group-headers': 'X-Remote-Group',
  'requestheader-username-headers': 'X-Remote-User',
  'secure-port': '6443',
  'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
  'service-cluster-ip-range': '10.96.0.0/12',
  'use-service-account-credentials': 'true',
}

/** Flags of these words that change nothing here; empty where all do what they say. */
export function idleFlags(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => {
    const [, name, value = 'true'] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined || acting.has(name)) return []
    return name in usual && (usual[name] === undefined || usual[name] === value) ? [] : [`--${name}`]
  })
}

/** Admission plugins that do what they say when they are switched on or off, or that do nothing upstream either. */
const switched = [
  'AlwaysAdmit',
  'AlwaysPullImages',
  'DefaultIngressClass',
  'DefaultStorageClass',
  'DenyServiceExternalIPs',
  'ImagePolicyWebhook',
  'LimitRanger',
  'MutatingAdmissionWebhook',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'NodeRestriction',
  'PersistentVolumeClaimResize',
  'PodSecurity',
  'ResourceQuota',
  'ServiceAccount',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
]

/** The others of those that the flags switch; what is switched on and is on anyway goes on as it does. */
export function idlePlugins(
  enabled: readonly string[],
  disabled: readonly string[],
  isUsual: (name: string) => boolean,
): readonly string[] {
  return [...enabled.filter((name) => !isUsual(name)), ...disabled].filter((name) => !switched.includes(name))
}
