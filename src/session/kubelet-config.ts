/**
 * What a kubelet reads of /var/lib/kubelet/config.yaml when it is started: `maxPods`, and whether it can begin at all. A key that it does not know
 * is passed over, as the real one does for v1beta1; every other setting of the file does nothing here.
 */
import { parse } from 'yaml'
import type { Machine } from '../unix/machine.ts'

const path = '/var/lib/kubelet/config.yaml'

interface Settings {
  readonly maxPods?: unknown
  readonly authentication?: { readonly x509?: { readonly clientCAFile?: unknown } } | null
}

function settingsIn(files: Machine['files']): Settings | Error | undefined {
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

/** Why the kubelet ends at once; machines that minikube made have no such file. */
export function kubeletRefusal(files: Machine['files'], now: number): string | undefined {
  const why = problemIn(files)
  const text = new Date(now).toISOString()
  return why && `E${text.slice(5, 7)}${text.slice(8, 10)} ${text.slice(11, 23)}000       1 run.go:72] "command failed" err="${why}"`
}

function problemIn(files: Machine['files']): string | undefined {
  const settings = settingsIn(files)
  const failed = (why: string): string =>
    `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error ${why}`
  if (settings === undefined)
    return files.exists('/var/lib/kubelet/kubeadm-flags.env')
      ? failed(`failed to read kubelet config file \\"${path}\\", error: open ${path}: no such file or directory`)
      : undefined
  if (settings instanceof Error) return failed(settings.message)
  if (settings.maxPods !== undefined && typeof settings.maxPods !== 'number')
    return failed(`json: cannot unmarshal ${typeof settings.maxPods} into Go struct field KubeletConfiguration.maxPods of type int32`)
  const authority = settings.authentication?.x509?.clientCAFile
  return typeof authority === 'string' && !files.exists(authority)
    ? `failed to construct kubelet dependencies: unable to load client CA file ${authority}: open ${authority}: no such file or directory`
    : undefined
}
