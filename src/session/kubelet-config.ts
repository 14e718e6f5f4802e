/**
 * What a kubelet reads of its files when it is started: `maxPods`, `staticPodPath` and who may come in of /var/lib/kubelet/config.yaml, whether it can begin
 * at all, and whether its kubeconfig leads to the cluster. A key that it does not know is passed over with a word in its log, as the real one does for
 * v1beta1; what is set otherwise than kubeadm sets it and does nothing here is named there, too.
 */
import { parse } from 'yaml'
import { type KubeletAccess, usualAccess } from '../engine/controllers/kubelet/door.ts'
import type { Machine } from '../unix/machine.ts'
import { hostsEntry } from '../unix/network/names.ts'
import { kubeletConfiguration } from './node-files.ts'

const usual = '/var/lib/kubelet/config.yaml'

interface Settings {
  readonly maxPods?: unknown
  readonly staticPodPath?: unknown
  readonly authentication?: {
    readonly x509?: { readonly clientCAFile?: unknown } | null
    readonly anonymous?: { readonly enabled?: unknown } | null
    readonly webhook?: { readonly enabled?: unknown } | null
  } | null
  readonly authorization?: { readonly mode?: unknown } | null
  readonly readOnlyPort?: unknown
}

function settingsIn(files: Machine['files'], path = usual): Settings | Error | undefined {
  if (!files.exists(path)) return undefined
  try {
    const value: unknown = parse(files.readText(path))
    return typeof value === 'object' && value !== null
      ? value
      : new Error(
          'couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
        )
  } catch (error) {
    return error instanceof Error ? new Error(`yaml: ${error.message.split('\n')[0]}`) : undefined
  }
}

/** Undefined where the file does not say. */
export function maxPodsIn(files: Machine['files']): number | undefined {
  const settings = settingsIn(files)
  return settings && !(settings instanceof Error) && typeof settings.maxPods === 'number' ? settings.maxPods : undefined
}

/** Who may come in at the kubelet's ports. */
export function accessIn(files: Machine['files']): KubeletAccess {
  const settings = settingsIn(files)
  if (!settings || settings instanceof Error) return usualAccess
  const { authentication, authorization, readOnlyPort } = settings
  return {
    allowsAnonymous: authentication?.anonymous?.enabled === true,
    acceptsTokens: authentication?.webhook?.enabled !== false,
    authorization: authorization?.mode === 'AlwaysAllow' ? 'AlwaysAllow' : 'Webhook',
    readOnlyPort: typeof readOnlyPort === 'number' ? readOnlyPort : 0,
  }
}

/** What acts, or is of another's making (`apiVersion`). */
const acting = 'apiVersion kind authentication authorization readOnlyPort maxPods staticPodPath'.split(' ')

/** Every setting that v1.33 knows besides. */
const known = new Set(
  'enableServer podLogsDir syncFrequency fileCheckFrequency httpCheckFrequency staticPodURL staticPodURLHeader address port tlsCertFile tlsPrivateKeyFile tlsCipherSuites tlsMinVersion rotateCertificates serverTLSBootstrap registryPullQPS registryBurst imagePullCredentialsVerificationPolicy preloadedImagesVerificationAllowlist eventRecordQPS eventBurst enableDebuggingHandlers enableContentionProfiling healthzPort healthzBindAddress oomScoreAdj clusterDomain clusterDNS streamingConnectionIdleTimeout nodeStatusUpdateFrequency nodeStatusReportFrequency nodeLeaseDurationSeconds imageMinimumGCAge imageMaximumGCAge imageGCHighThresholdPercent imageGCLowThresholdPercent volumeStatsAggPeriod kubeletCgroups systemCgroups cgroupRoot cgroupsPerQOS cgroupDriver cpuManagerPolicy singleProcessOOMKill cpuManagerPolicyOptions cpuManagerReconcilePeriod memoryManagerPolicy topologyManagerPolicy topologyManagerScope topologyManagerPolicyOptions qosReserved runtimeRequestTimeout hairpinMode podCIDR podPidsLimit resolvConf runOnce cpuCFSQuota cpuCFSQuotaPeriod nodeStatusMaxImages maxOpenFiles contentType kubeAPIQPS kubeAPIBurst serializeImagePulls maxParallelImagePulls evictionHard evictionSoft evictionSoftGracePeriod evictionPressureTransitionPeriod evictionMaxPodGracePeriod evictionMinimumReclaim mergeDefaultEvictionSettings podsPerCore enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains iptablesMasqueradeBit iptablesDropBit featureGates failSwapOn memorySwap containerLogMaxSize containerLogMaxFiles containerLogMaxWorkers containerLogMonitorInterval configMapAndSecretChangeDetectionStrategy systemReserved kubeReserved reservedSystemCPUs showHiddenMetricsForVersion systemReservedCgroup kubeReservedCgroup enforceNodeAllocatable allowedUnsafeSysctls volumePluginDir providerID kernelMemcgNotification logging enableSystemLogHandler enableSystemLogQuery shutdownGracePeriod shutdownGracePeriodCriticalPods shutdownGracePeriodByPodPriority crashLoopBackOff reservedMemory enableProfilingHandler enableDebugFlagsHandler seccompDefault memoryThrottlingFactor registerWithTaints registerNode tracing localStorageCapacityIsolation containerRuntimeEndpoint imageServiceEndpoint failCgroupV1 userNamespaces'.split(
    ' ',
  ),
)

/** What the kubelet's log says of settings that it takes and does nothing about. */
export function kubeletNotes(files: Machine['files'], now: number): readonly string[] {
  const settings = settingsIn(files)
  if (!settings || settings instanceof Error) return []
  const usualSettings = parse(kubeletConfiguration) as Readonly<Record<string, unknown>>
  const names = Object.keys(settings)
  const values = settings as Readonly<Record<string, unknown>>
  const unknown = names.filter((name) => !acting.includes(name) && !known.has(name))
  const idle = names.filter((name) => known.has(name) && JSON.stringify(values[name]) !== JSON.stringify(usualSettings[name]))
  const strict = unknown.map((name) => `unknown field \\"${name}\\"`).join(', ')
  return [
    ...(unknown.length > 0
      ? [klogLine(now, 'W', `codec.go:126] "Using lenient decoding as strict decoding failed" err="strict decoding error: ${strict}"`)]
      : []),
    ...(idle.length > 0 ? [klogLine(now, 'W', `sandbox.go:1] These settings have no effect in the sandbox: ${idle.join(', ')}`)] : []),
  ]
}

/** Where manifests of static pods lie; undefined where the file does not say. */
export function staticPodPathIn(files: Machine['files']): string | undefined {
  const settings = settingsIn(files)
  return settings && !(settings instanceof Error) && typeof settings.staticPodPath === 'string'
    ? settings.staticPodPath.replace(/\/$/, '')
    : undefined
}

/** `E0105 09:00:00.123000     812 run.go:72] …` */
export function klogLine(now: number, severity: 'I' | 'W' | 'E', text: string): string {
  const time = new Date(now).toISOString()
  return `${severity}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000    1024 ${text}`
}

/** Why the kubelet ends at once; machines that minikube made have no such files. */
export function kubeletRefusal(files: Machine['files'], now: number, argv: readonly string[]): string | undefined {
  const why = problemIn(files, argv)
  return why && klogLine(now, 'E', `run.go:72] "command failed" err="${why}"`)
}

const valueOf = (argv: readonly string[], flag: string): string | undefined =>
  argv.find((word) => word.startsWith(`--${flag}=`))?.slice(flag.length + 3)

function problemIn(files: Machine['files'], argv: readonly string[]): string | undefined {
  const path = valueOf(argv, 'config') ?? usual
  const settings = settingsIn(files, path)
  const failed = (why: string): string =>
    `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error ${why}`
  if (!files.exists('/var/lib/kubelet/kubeadm-flags.env') && settings === undefined && path === usual) return undefined
  if (settings === undefined)
    return failed(`failed to read kubelet config file \\"${path}\\", error: open ${path}: no such file or directory`)
  if (settings instanceof Error) return failed(settings.message)
  if (settings.maxPods !== undefined && typeof settings.maxPods !== 'number')
    return failed(`json: cannot unmarshal ${typeof settings.maxPods} into Go struct field KubeletConfiguration.maxPods of type int32`)
  const { readOnlyPort, authorization } = settings
  const invalid = [
    ...(typeof settings.maxPods === 'number' && settings.maxPods < 0
      ? [`invalid configuration: maxPods (--max-pods) ${settings.maxPods} must not be a negative number`]
      : []),
    ...(typeof readOnlyPort === 'number' && (readOnlyPort < 0 || readOnlyPort > 65535)
      ? [`invalid configuration: readOnlyPort (--read-only-port) ${readOnlyPort} must be between 0 and 65535, inclusive`]
      : []),
  ]
  if (invalid.length > 0)
    return `failed to validate kubelet configuration, error: ${invalid.length === 1 ? invalid[0] : `[${invalid.join(', ')}]`}, path: &TypeMeta{Kind:,APIVersion:,}`
  const mode = authorization?.mode ?? 'Webhook'
  if (mode !== 'AlwaysAllow' && mode !== 'Webhook') return `failed to run Kubelet: unknown authorization mode ${String(mode)}`
  const authority = settings.authentication?.x509?.clientCAFile
  if (typeof authority === 'string' && !files.exists(authority))
    return `failed to construct kubelet dependencies: unable to load client CA file ${authority}: open ${authority}: no such file or directory`
  const kubeconfig = valueOf(argv, 'kubeconfig') ?? '/etc/kubernetes/kubelet.conf'
  const bootstrap = valueOf(argv, 'bootstrap-kubeconfig') ?? '/etc/kubernetes/bootstrap-kubelet.conf'
  const certificate = files.exists(kubeconfig) && /client-certificate: (\S+)/.exec(files.readText(kubeconfig))?.[1]
  if ((certificate === false || (certificate && !files.exists(certificate))) && !files.exists(bootstrap))
    return `failed to run Kubelet: unable to load bootstrap kubeconfig: stat ${bootstrap}: no such file or directory`
  const endpoint = valueOf(argv, 'container-runtime-endpoint')?.replace(/^unix:\/\//, '')
  if (endpoint !== undefined && !files.exists(endpoint))
    return `failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \\"unix://${endpoint}\\": rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix ${endpoint}: connect: no such file or directory\\"`
  return undefined
}

/** What a kubelet says whose kubeconfig does not lead to its cluster: it goes on with what it has, and nobody hears of it. */
export function lostKubelet(
  files: Machine['files'],
  node: string,
  { port, addresses }: { readonly port: number; readonly addresses: readonly string[] },
): string | undefined {
  const path = '/etc/kubernetes/kubelet.conf'
  const [, host, asked] = (files.exists(path) && /server: https:\/\/([^:/\s]+)(?::(\d+))?/.exec(files.readText(path))) || []
  if (host === undefined) return undefined
  const found = /^[\d.]+$/.test(host) ? [host] : hostsEntry(files, host)
  if (Number(asked ?? 443) === port && found.some((address) => addresses.includes(address))) return undefined
  const url = `https://${host}:${asked ?? 443}`
  const why =
    found.length === 0 ? `dial tcp: lookup ${host}: no such host` : `dial tcp ${found[0]}:${asked ?? 443}: connect: connection refused`
  return `kubelet_node_status.go:107] "Unable to register node with API server" err="Post \\"${url}/api/v1/nodes\\": ${why}" node="${node}"`
}
