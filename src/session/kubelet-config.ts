/**
 * What a kubelet reads of its files when it is started: `maxPods` and `staticPodPath` of /var/lib/kubelet/config.yaml, whether it can begin at all, and
 * whether its kubeconfig leads to the cluster. A key that it does not know is passed over, as the real one does for v1beta1; every other setting
 * of the file does nothing here.
 */
import { parse } from 'yaml'
import type { Machine } from '../unix/machine.ts'
import { hostsEntry } from '../unix/network/names.ts'

const usual = '/var/lib/kubelet/config.yaml'

interface Settings {
  readonly maxPods?: unknown
  readonly staticPodPath?: unknown
  readonly authentication?: { readonly x509?: { readonly clientCAFile?: unknown } } | null
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
