/**
 * A pod's volumes as directories of its machine, under /var/lib/kubelet/pods, where the real kubelet has them. What comes from
 * ConfigMaps, Secrets and the pod itself is written again when it changed. Secrets, tokens and what the pod says of itself never touch the
 * disk: they stand in a file system in memory, which is put together when somebody looks into it.
 */
import { bytesOf, bytesOfBase64 } from '../../../base/bytes.ts'
import type { Client } from '../../api/client.ts'
import type {
  V1ConfigMap,
  V1KeyToPath,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Secret,
  V1Volume,
} from '../../kinds/generated/types.ts'
import type { HostFiles, VolumeFile } from '../../runtime/runtime.ts'
import { ephemeralClaim } from '../volumes.ts'
import { fieldOf, resourceOf } from './environment.ts'

export class MountError extends Error {}

export interface VolumePlace {
  readonly client: Client
  readonly files: HostFiles
  readonly pod: V1Pod
  readonly podIp: string
  readonly hostIp: string
  readonly nodeName: string
  readonly allocatable: Readonly<Record<string, string>>
  /** A bound token of a service account, issued now and signed when it is read. */
  readonly token: (serviceAccount: string, wish: { readonly audience?: string; readonly seconds?: number }) => () => string
}

export function podFolder(pod: V1Pod): string {
  return `/var/lib/kubelet/pods/${pod.metadata.uid}`
}

/** Makes a volume ready and answers its host path. Throws `MountError`. */
export function setUp(volume: V1Volume, place: VolumePlace): string {
  const path = made(volume, place)
  const { fsGroup: group, fsGroupChangePolicy } = place.pod.spec.securityContext ?? {}
  // A folder of the node keeps its owner.
  if (group === undefined || !path.startsWith('/var/lib/kubelet/')) return path
  const isLeft = fsGroupChangePolicy === 'OnRootMismatch' && Boolean(volume.persistentVolumeClaim ?? volume.ephemeral)
  if (!isLeft || !place.files.isShared(path, group)) place.files.share(path, group, !isLive(volume))
  return path
}

function made(volume: V1Volume, place: VolumePlace): string {
  const { files, pod } = place
  const at = (plugin: string, name = volume.name): string => `${podFolder(pod)}/volumes/kubernetes.io~${plugin}/${name}`
  if (volume.hostPath) return hostPath(volume.hostPath, files)
  if (volume.emptyDir) {
    files.mkdir(at('empty-dir'), 0o777)
    return at('empty-dir')
  }
  if (volume.configMap) {
    files.writeAtOnce(at('configmap'), configFiles(volume.configMap, volume.configMap.defaultMode, place))
    return at('configmap')
  }
  const inMemory = (plugin: string, all: readonly VolumeFile[]): string => {
    files.mountMemory(at(plugin), all)
    return at(plugin)
  }
  if (volume.secret)
    return inMemory('secret', secretFiles({ ...volume.secret, name: volume.secret.secretName }, volume.secret.defaultMode, place))
  if (volume.downwardAPI) return inMemory('downward-api', downwardFiles(volume.downwardAPI.items, volume.downwardAPI.defaultMode, place))
  if (volume.projected) {
    const mode = volume.projected.defaultMode
    const all = (volume.projected.sources ?? []).flatMap(
      ({ configMap, secret, downwardAPI, serviceAccountToken }): readonly VolumeFile[] => {
        if (configMap) return configFiles(configMap, mode, place)
        if (secret) return secretFiles(secret, mode, place)
        if (downwardAPI) return downwardFiles(downwardAPI.items, mode, place)
        if (serviceAccountToken) {
          const token = place.token(pod.spec.serviceAccountName ?? 'default', {
            audience: serviceAccountToken.audience,
            seconds: serviceAccountToken.expirationSeconds,
          })
          return [{ path: serviceAccountToken.path, content: () => bytesOf(token()), mode: mode ?? 0o644 }]
        }
        return []
      },
    )
    return inMemory('projected', all)
  }
  if (volume.persistentVolumeClaim) return claimed(volume.persistentVolumeClaim.claimName, place)
  if (volume.ephemeral) return claimed(ephemeralClaim(pod, volume), place)
  throw new MountError(`the volume plugin of "${volume.name}" is not simulated`)
}

/** Whether the content can change while the pod runs. */
export function isLive({ configMap, secret, downwardAPI, projected }: V1Volume): boolean {
  return Boolean(configMap ?? secret ?? downwardAPI ?? projected)
}

/** The objects that a live volume's content is made of: as they are frozen, the same ones mean the same content. */
export function sourcesOf(
  { configMap, secret, downwardAPI, projected }: V1Volume,
  { client, pod }: Pick<VolumePlace, 'client' | 'pod'>,
): readonly unknown[] {
  const namespace = pod.metadata.namespace ?? ''
  return [{ configMap, secret: secret && { name: secret.secretName }, downwardAPI }, ...(projected?.sources ?? [])].flatMap((source) => [
    ...(source.configMap ? [client.get('configmaps', namespace, source.configMap.name ?? '')] : []),
    ...(source.secret ? [client.get('secrets', namespace, source.secret.name ?? '')] : []),
    ...(source.downwardAPI ? [pod.metadata.labels, pod.metadata.annotations, pod.spec] : []),
  ])
}

function hostPath({ path, type = '' }: { path: string; type?: string }, files: HostFiles): string {
  const kind = files.kind(path)
  const fail = (what: string): never => {
    throw new MountError(`hostPath type check failed: ${path} is not ${what}`)
  }
  switch (type) {
    case 'DirectoryOrCreate':
      if (kind === undefined) files.mkdir(path, 0o755)
      else if (kind !== 'directory') fail('a directory')
      break
    case 'Directory':
      if (kind !== 'directory') fail('a directory')
      break
    case 'FileOrCreate':
      if (kind === undefined) files.write(path, bytesOf(''), 0o644)
      else if (kind !== 'file') fail('a file')
      break
    case 'File':
      if (kind !== 'file') fail('a file')
      break
    case 'Socket':
      if (kind !== 'socket') fail('a socket')
      break
    case 'CharDevice':
      if (kind !== 'character') fail('a character device')
      break
    case 'BlockDevice':
      if (kind !== 'block') fail('a block device')
      break
    default:
      if (kind === undefined) files.mkdir(path, 0o755)
  }
  return path
}

interface Keyed {
  readonly name?: string
  readonly items?: readonly V1KeyToPath[]
  readonly optional?: boolean
}

function configFiles({ name = '', items, optional }: Keyed, mode: number | undefined, { client, pod }: VolumePlace): readonly VolumeFile[] {
  const config = client.get<V1ConfigMap>('configmaps', pod.metadata.namespace ?? '', name)
  if (!config && !optional) throw new MountError(`configmap "${name}" not found`)
  const data = new Map<string, VolumeFile['content']>()
  for (const [key, text] of Object.entries(config?.data ?? {})) data.set(key, () => bytesOf(text))
  for (const [key, text] of Object.entries(config?.binaryData ?? {})) data.set(key, () => bytesOfBase64(text))
  return picked(data, items, mode, Boolean(optional))
}

function secretFiles({ name = '', items, optional }: Keyed, mode: number | undefined, { client, pod }: VolumePlace): readonly VolumeFile[] {
  const secret = client.get<V1Secret>('secrets', pod.metadata.namespace ?? '', name)
  if (!secret && !optional) throw new MountError(`secret "${name}" not found`)
  return picked(
    new Map(Object.entries(secret?.data ?? {}).map(([key, text]) => [key, () => bytesOfBase64(text)])),
    items,
    mode,
    Boolean(optional),
  )
}

function picked(
  data: ReadonlyMap<string, VolumeFile['content']>,
  items: readonly V1KeyToPath[] | undefined,
  mode = 0o644,
  isOptional: boolean,
): readonly VolumeFile[] {
  if (!items) return Array.from(data, ([path, content]) => ({ path, content, mode }))
  return items.flatMap((item) => {
    const content = data.get(item.key)
    if (!content && isOptional) return []
    if (!content) throw new MountError(`references non-existent config key: ${item.key}`)
    return [{ path: item.path, content, mode: item.mode ?? mode }]
  })
}

function downwardFiles(items: NonNullable<V1Volume['downwardAPI']>['items'], mode = 0o644, place: VolumePlace): readonly VolumeFile[] {
  return (items ?? []).map((item) => {
    const { containers, initContainers = [] } = place.pod.spec
    const container = [...containers, ...initContainers].find(({ name }) => name === item.resourceFieldRef?.containerName) ?? containers[0]
    const text = item.fieldRef
      ? fieldOf(item.fieldRef.fieldPath, place)
      : resourceOf(item.resourceFieldRef?.resource ?? '', item.resourceFieldRef?.divisor, container, place.allocatable)
    return { path: item.path, content: () => bytesOf(text), mode: item.mode ?? mode }
  })
}

/** Network storage has no network here: a volume of any remote sort is a folder every machine would have to share, so only local ones are simulated. */
function claimed(name: string, { client, files, pod }: VolumePlace): string {
  const claim = client.get<V1PersistentVolumeClaim>('persistentvolumeclaims', pod.metadata.namespace ?? '', name)
  const volume = claim?.spec.volumeName ? client.get<V1PersistentVolume>('persistentvolumes', '', claim.spec.volumeName) : undefined
  if (!volume) throw new MountError(`PersistentVolumeClaim "${name}" is not bound`)
  const { hostPath: path, local } = volume.spec
  // The provisioners make their volumes' folders for everybody.
  if (path && volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] && files.kind(path.path) === undefined)
    files.mkdir(path.path, 0o777)
  if (path) return hostPath({ path: path.path, type: path.type || 'DirectoryOrCreate' }, files)
  if (local) return hostPath({ path: local.path, type: 'Directory' }, files)
  const folder = `/var/lib/kubelet/volumes/${volume.metadata.name}`
  files.mkdir(folder, 0o777)
  return folder
}
