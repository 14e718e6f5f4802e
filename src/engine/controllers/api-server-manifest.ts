/**
 * The API server's static pod as its machine has it: the flags, and the files they name, seen through the pod's volumes, because a file that is not
 * mounted is not there for the API server.
 */
import { textOf } from '../../base/bytes.ts'
import { flagsOf } from '../api/settings.ts'
import type { V1Pod } from '../kinds/generated/types.ts'
import type { HostFiles } from '../runtime/runtime.ts'
import { manifestFolder, manifestOf } from './kubelet/static-pods.ts'

export interface ApiServerManifest {
  readonly hash: string
  readonly flags: ReadonlyMap<string, string>
  /** Where a path of its container is on its machine; undefined: inside the container only. */
  onHost(path: string): string | undefined
  /** Undefined: there is no such file for it. */
  read(path: string): string | undefined
}

export function apiServerManifest(files: HostFiles): ApiServerManifest | undefined {
  const manifest = (files.kind(manifestFolder) === 'directory' ? files.list(manifestFolder) : [])
    .map((file) => manifestOf(textOf(files.read(`${manifestFolder}/${file}`) ?? new Uint8Array())))
    .find((each) => each?.draft.metadata.name === 'kube-apiserver')
  if (!manifest) return undefined
  const { draft, hash } = manifest
  const [container] = draft.spec.containers
  return {
    hash,
    flags: flagsOf([...(container?.command ?? []), ...(container?.args ?? [])]),
    onHost: (path) => onHost(draft, path),
    read(path) {
      const host = onHost(draft, path)
      const bytes = host !== undefined && files.kind(host) === 'file' ? files.read(host) : undefined
      return bytes && textOf(bytes)
    },
  }
}

function onHost({ spec }: V1Pod, path: string): string | undefined {
  const mounts = [...(spec.containers[0]?.volumeMounts ?? [])].sort((a, b) => b.mountPath.length - a.mountPath.length)
  const mount = mounts.find(({ mountPath }) => path === mountPath || path.startsWith(mountPath.endsWith('/') ? mountPath : `${mountPath}/`))
  const base = spec.volumes?.find(({ name }) => name === mount?.name)?.hostPath?.path
  return mount && base !== undefined ? `${base.replace(/\/$/, '')}${path.slice(mount.mountPath.replace(/\/$/, '').length)}` : undefined
}
