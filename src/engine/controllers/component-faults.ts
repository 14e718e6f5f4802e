/**
 * What makes a component of the control plane end as soon as it is started: a flag it does not know, a file that is not there, an etcd that is not at
 * that address, a program of another name. The words are those of its log. Values of flags that are right in form are not acted on.
 */
import { valueFault } from './component-values.ts'

const shared =
  'allow-metric-labels allow-metric-labels-manifest contention-profiling disabled-metrics emulated-version emulation-forward-compatible feature-gates help kubeconfig log-flush-frequency log-json-info-buffer-size log-json-split-stream log-text-info-buffer-size log-text-split-stream logging-format profiling show-hidden-metrics-for-version v version vmodule permit-address-sharing permit-port-sharing bind-address secure-port cert-dir tls-cert-file tls-private-key-file tls-cipher-suites tls-min-version tls-sni-cert-key http2-max-streams-per-connection authentication-kubeconfig authentication-skip-lookup authentication-token-webhook-cache-ttl authentication-tolerate-lookup-failure authorization-always-allow-paths authorization-kubeconfig authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl client-ca-file disable-http2-serving requestheader-allowed-names requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers requestheader-username-headers'
const leader =
  'leader-elect leader-elect-lease-duration leader-elect-renew-deadline leader-elect-resource-lock leader-elect-resource-name leader-elect-resource-namespace leader-elect-retry-period master kube-api-burst kube-api-content-type kube-api-qps'

const flagsOf: Readonly<Record<string, ReadonlySet<string>>> = {
  'kube-apiserver': new Set(
    `${shared} admission-control admission-control-config-file advertise-address aggregator-reject-forwarding-redirects allow-privileged anonymous-auth api-audiences apiserver-count audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-max-wait audit-log-batch-throttle-burst audit-log-batch-throttle-enable audit-log-batch-throttle-qps audit-log-compress audit-log-format audit-log-maxage audit-log-maxbackup audit-log-maxsize audit-log-mode audit-log-path audit-log-truncate-enabled audit-log-truncate-max-batch-size audit-log-truncate-max-event-size audit-log-version audit-policy-file audit-webhook-batch-buffer-size audit-webhook-batch-max-size audit-webhook-batch-max-wait audit-webhook-batch-throttle-burst audit-webhook-batch-throttle-enable audit-webhook-batch-throttle-qps audit-webhook-config-file audit-webhook-initial-backoff audit-webhook-mode audit-webhook-truncate-enabled audit-webhook-truncate-max-batch-size audit-webhook-truncate-max-event-size audit-webhook-version authentication-config authentication-token-webhook-config-file authentication-token-webhook-version authorization-config authorization-mode authorization-policy-file authorization-webhook-config-file authorization-webhook-version cloud-config cloud-provider cloud-provider-gce-l7lb-src-cidrs cloud-provider-gce-lb-src-cidrs coordinated-leadership-lease-duration coordinated-leadership-renew-deadline coordinated-leadership-retry-period cors-allowed-origins debug-socket-path default-not-ready-toleration-seconds default-unreachable-toleration-seconds default-watch-cache-size delete-collection-workers disable-admission-plugins egress-selector-config-file enable-admission-plugins enable-aggregator-routing enable-bootstrap-token-auth enable-garbage-collector enable-logs-handler enable-priority-and-fairness encryption-provider-config encryption-provider-config-automatic-reload endpoint-reconciler-type etcd-cafile etcd-certfile etcd-compaction-interval etcd-count-metric-poll-period etcd-db-metric-poll-interval etcd-healthcheck-timeout etcd-keyfile etcd-prefix etcd-readycheck-timeout etcd-servers etcd-servers-overrides event-ttl external-hostname goaway-chance identity-lease-duration-seconds identity-lease-renew-interval-seconds kubelet-certificate-authority kubelet-client-certificate kubelet-client-key kubelet-port kubelet-preferred-address-types kubelet-read-only-port kubelet-timeout kubernetes-service-node-port lease-reuse-duration-seconds livez-grace-period max-connection-bytes-per-sec max-mutating-requests-inflight max-requests-inflight min-request-timeout oidc-ca-file oidc-client-id oidc-groups-claim oidc-groups-prefix oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix peer-advertise-ip peer-advertise-port peer-ca-file proxy-client-cert-file proxy-client-key-file request-timeout runtime-config runtime-config-emulation-forward-compatible service-account-extend-token-expiration service-account-issuer service-account-jwks-uri service-account-key-file service-account-lookup service-account-max-token-expiration service-account-signing-endpoint service-account-signing-key-file service-cluster-ip-range service-node-port-range shutdown-delay-duration shutdown-send-retry-after shutdown-watch-termination-grace-period storage-backend storage-initialization-timeout storage-media-type strict-transport-security-directives token-auth-file tracing-config-file watch-cache watch-cache-sizes`.split(
      ' ',
    ),
  ),
  'kube-controller-manager': new Set(
    `${shared} ${leader} allocate-node-cidrs allow-untagged-cloud attach-detach-reconcile-sync-period cidr-allocator-type cloud-config cloud-provider cluster-cidr cluster-name cluster-signing-cert-file cluster-signing-duration cluster-signing-key-file cluster-signing-kube-apiserver-client-cert-file cluster-signing-kube-apiserver-client-key-file cluster-signing-kubelet-client-cert-file cluster-signing-kubelet-client-key-file cluster-signing-kubelet-serving-cert-file cluster-signing-kubelet-serving-key-file cluster-signing-legacy-unknown-cert-file cluster-signing-legacy-unknown-key-file concurrent-cron-job-syncs concurrent-daemonset-syncs concurrent-deployment-syncs concurrent-endpoint-syncs concurrent-ephemeralvolume-syncs concurrent-gc-syncs concurrent-horizontal-pod-autoscaler-syncs concurrent-job-syncs concurrent-namespace-syncs concurrent-rc-syncs concurrent-replicaset-syncs concurrent-resource-quota-syncs concurrent-service-endpoint-syncs concurrent-service-syncs concurrent-serviceaccount-token-syncs concurrent-statefulset-syncs concurrent-ttl-after-finished-syncs concurrent-validating-admission-policy-status-syncs configure-cloud-routes controller-start-interval controllers disable-attach-detach-reconcile-sync disable-force-detach-on-timeout enable-dynamic-provisioning enable-garbage-collector enable-hostpath-provisioner enable-leader-migration endpoint-updates-batch-period endpointslice-updates-batch-period external-cloud-volume-plugin flex-volume-plugin-dir horizontal-pod-autoscaler-cpu-initialization-period horizontal-pod-autoscaler-downscale-stabilization horizontal-pod-autoscaler-initial-readiness-delay horizontal-pod-autoscaler-sync-period horizontal-pod-autoscaler-tolerance large-cluster-size-threshold legacy-service-account-token-clean-up-period leader-migration-config max-endpoints-per-slice min-resync-period mirroring-concurrent-service-endpoint-syncs mirroring-endpointslice-updates-batch-period mirroring-max-endpoints-per-subset namespace-sync-period node-cidr-mask-size node-cidr-mask-size-ipv4 node-cidr-mask-size-ipv6 node-eviction-rate node-monitor-grace-period node-monitor-period node-startup-grace-period node-sync-period pv-recycler-increment-timeout-nfs pvclaimbinder-sync-period resource-quota-sync-period root-ca-file route-reconciliation-period secondary-node-eviction-rate service-account-private-key-file service-cluster-ip-range terminated-pod-gc-threshold unhealthy-zone-threshold use-service-account-credentials volume-host-allow-local-loopback volume-host-cidr-denylist`.split(
      ' ',
    ),
  ),
  'kube-scheduler': new Set(
    `${shared} ${leader} config lock-object-name lock-object-namespace pod-max-in-unschedulable-pods-duration write-config-to`.split(' '),
  ),
}

/** Daemon sets of older worlds mount no configuration at all. */
function proxyFault(words: readonly string[], hasFile: (path: string) => boolean): string | undefined {
  const config = words.find((word) => word.startsWith('--config='))?.slice('--config='.length)
  return config === undefined || hasFile(config) || !hasFile('/var/lib/kube-proxy')
    ? undefined
    : `E run.go:74] "command failed" err="failed complete: open ${config}: no such file or directory"`
}

/** etcd's own flags, and what it says of a wrong one. */
const etcdFlags = new Set(
  'advertise-client-urls auth-token auto-compaction-mode auto-compaction-retention auto-tls bcrypt-cost cert-file cipher-suites client-cert-allowed-hostname client-cert-auth client-cert-file client-crl-file client-key-file compaction-batch-limit config-file corrupt-check-time cors data-dir discovery discovery-fallback discovery-proxy discovery-srv discovery-srv-name election-timeout enable-grpc-gateway enable-log-rotation enable-pprof enable-v2 experimental-bootstrap-defrag-threshold-megabytes experimental-compact-hash-check-enabled experimental-compact-hash-check-time experimental-compaction-batch-limit experimental-compaction-sleep-interval experimental-corrupt-check-time experimental-distributed-tracing-address experimental-downgrade-check-time experimental-enable-distributed-tracing experimental-enable-lease-checkpoint experimental-enable-v2v3 experimental-initial-corrupt-check experimental-max-learners experimental-memory-mlock experimental-peer-skip-client-san-verification experimental-snapshot-catchup-entries experimental-stop-grpc-service-on-defrag experimental-txn-mode-write-with-shared-buffer experimental-wait-cluster-ready-timeout experimental-warning-apply-duration experimental-warning-unary-request-duration experimental-watch-progress-notify-interval feature-gates force-new-cluster heartbeat-interval host-whitelist initial-advertise-peer-urls initial-cluster initial-cluster-state initial-cluster-token initial-election-tick-advance key-file listen-client-http-urls listen-client-urls listen-metrics-urls listen-peer-urls log-format log-level log-outputs log-rotation-config-json logger max-concurrent-streams max-request-bytes max-snapshots max-txn-ops max-wals metrics name peer-auto-tls peer-cert-allowed-cn peer-cert-allowed-hostname peer-cert-file peer-client-cert-auth peer-client-cert-file peer-client-key-file peer-crl-file peer-key-file peer-trusted-ca-file pre-vote proxy quota-backend-bytes self-signed-cert-validity snapshot-count socket-reuse-address socket-reuse-port strict-reconfig-check tls-max-version tls-min-version trusted-ca-file unsafe-no-fsync v2-deprecation version wal-dir watch-progress-notify-interval'.split(
    ' ',
  ),
)

const etcdFiles = new Set(['cert-file', 'key-file', 'trusted-ca-file', 'peer-cert-file', 'peer-key-file', 'peer-trusted-ca-file'])

function etcdFault(words: readonly string[], hasFile: (path: string) => boolean): string | undefined {
  const said = (message: string, error: string): string =>
    JSON.stringify({ level: 'fatal', caller: 'etcdmain/etcd.go:204', msg: message, error })
  for (const word of words) {
    const [, name, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) continue
    if (!etcdFlags.has(name)) return said('failed to verify flags', `flag provided but not defined: -${name}`)
    if (etcdFiles.has(name) && value !== undefined && !hasFile(value))
      return said('discovery failed', `open ${value}: no such file or directory`)
  }
  return undefined
}

/** Flags whose file must be there when the component starts. */
const filesOf = new Set([
  'kubeconfig',
  'authentication-kubeconfig',
  'authorization-kubeconfig',
  'client-ca-file',
  'tls-cert-file',
  'tls-private-key-file',
  'etcd-cafile',
  'etcd-certfile',
  'etcd-keyfile',
  'kubelet-client-certificate',
  'kubelet-client-key',
  'kubelet-certificate-authority',
  'proxy-client-cert-file',
  'proxy-client-key-file',
  'requestheader-client-ca-file',
  'service-account-key-file',
  'service-account-signing-key-file',
  'service-account-private-key-file',
  'root-ca-file',
  'cluster-signing-cert-file',
  'cluster-signing-key-file',
  'token-auth-file',
  'authentication-config',
  'authorization-config',
  'config',
])

/** What the component's log ends with, or undefined where it runs. `words` begin with the program. */
export function componentFault(words: readonly string[], hasFile: (path: string) => boolean): string | undefined {
  const [program, ...rest] = words
  if (program === 'kube-proxy') return proxyFault(rest, hasFile)
  if (program === 'etcd') return etcdFault(rest, hasFile)
  const known = flagsOf[program]
  if (!known) return undefined
  for (const word of rest) {
    const [, name, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) continue
    if (!known.has(name)) return `Error: unknown flag: --${name}`
    const fault = valueFault(name, value)
    if (fault !== undefined) return fault
    if (value !== undefined && filesOf.has(name) && value !== '' && !hasFile(value))
      return `E run.go:72] "command failed" err="${name.endsWith('kubeconfig') ? `stat ${value}` : `open ${value}`}: no such file or directory"`
    if (name === 'etcd-servers' && value !== undefined) {
      const wrong = value.split(',').find((url) => !/^https:\/\/[\w.:[\]-]+:2379$/.test(url))
      if (wrong !== undefined) return `E run.go:72] "command failed" err="context deadline exceeded"`
    }
  }
  return undefined
}
