/**
 * Static pods: manifests in a folder of the machine, run by its kubelet without asking anybody. The API only mirrors them, so deleting
 * such a pod brings it back, and deleting its file ends it.
 */
import { parse } from 'yaml'
import { textOf } from '../../../base/bytes.ts'
import { ApiError, type Client, type Draft } from '../../api/client.ts'
import type { V1Pod } from '../../kinds/generated/types.ts'
import type { HostFiles } from '../../runtime/runtime.ts'
import { frozen } from '../../store/store.ts'
import { componentFault } from '../component-faults.ts'
import { timestamp } from '../objects.ts'

export const manifestFolder = '/etc/kubernetes/manifests'

const hashOf = 'kubernetes.io/config.hash'

export interface StaticPodsOptions {
  readonly files: HostFiles
  readonly client: Client
  readonly nodeName: string
  readonly now: () => number
  /** What this kubelet runs. */
  readonly pods: Iterable<V1Pod>
}

/** Brings the mirrors in the API in line with the folder; answers the names of the manifests' pods. */
export function mirror({ files, client, nodeName, now, pods }: StaticPodsOptions): ReadonlySet<string> {
  const wanted = new Map<string, Manifest>()
  for (const file of files.kind(manifestFolder) === 'directory' ? files.list(manifestFolder) : []) {
    if (file.startsWith('.')) continue
    const manifest = manifestOf(textOf(files.read(`${manifestFolder}/${file}`) ?? new Uint8Array()))
    if (manifest) wanted.set(`${manifest.draft.metadata.name}-${nodeName}`, manifest)
  }
  // Of a component that ends as soon as it is started, the pod goes on to crash; what it would do is not done.
  const tried = new Set(Array.from(pods, ({ metadata }) => metadata.annotations?.['kubernetes.io/config.mirror']))
  const isAtWork = ({ draft, hash }: Manifest): boolean =>
    !tried.has(hash) ||
    draft.spec.containers.every(
      ({ command = [], args = [] }) => componentFault([...command, ...args], (path) => isMounted(draft, path, files)) === undefined,
    )
  const names = new Set(
    Array.from(wanted.values())
      .filter(isAtWork)
      .map(({ draft }) => draft.metadata.name),
  )
  try {
    for (const pod of pods) {
      const hash = pod.metadata.annotations?.['kubernetes.io/config.mirror']
      if (hash === undefined) continue
      if (wanted.get(pod.metadata.name)?.hash === hash || pod.metadata.deletionTimestamp !== undefined) wanted.delete(pod.metadata.name)
      else client.delete('pods', pod.metadata.namespace ?? '', pod.metadata.name, {})
    }
    const uid = client.get('nodes', '', nodeName)?.metadata.uid
    if (uid === undefined) return names
    for (const [name, { draft, hash }] of wanted) {
      const namespace = draft.metadata.namespace ?? 'default'
      if (client.get('pods', namespace, name)) continue
      const annotations = {
        ...draft.metadata.annotations,
        [hashOf]: hash,
        'kubernetes.io/config.mirror': hash,
        'kubernetes.io/config.seen': timestamp(now()),
        'kubernetes.io/config.source': 'file',
      }
      const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid, controller: true }
      client.create<V1Pod>('pods', {
        metadata: { ...draft.metadata, name, namespace, annotations, ownerReferences: [owner] },
        spec: { ...draft.spec, nodeName, tolerations: [...(draft.spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }] },
      } as unknown as Draft<V1Pod>)
    }
  } catch (error) {
    // The next look at the folder says it again.
    if (!(error instanceof ApiError)) throw error
  }
  return names
}

/** Whether the pod's first container sees such a file of the machine. */
function isMounted({ spec }: V1Pod, path: string, files: HostFiles): boolean {
  return (spec.containers[0].volumeMounts ?? []).some(({ name, mountPath }) => {
    const host = spec.volumes?.find((volume) => volume.name === name)?.hostPath?.path
    return (
      host !== undefined &&
      (path === mountPath || path.startsWith(`${mountPath}/`)) &&
      files.kind(`${host}${path.slice(mountPath.length)}`) !== undefined
    )
  })
}

export interface Manifest {
  readonly draft: V1Pod
  readonly hash: string
}

/** The folder is looked at every few seconds and hardly ever says anything new. */
const known = new Map<string, Manifest | undefined>()

/** A file that is no pod is passed over, as the kubelet does. */
export function manifestOf(text: string): Manifest | undefined {
  if (!known.has(text)) {
    if (known.size === 50) known.clear()
    known.set(text, parsed(text))
  }
  return known.get(text)
}

function parsed(text: string): Manifest | undefined {
  try {
    const draft = parse(text) as V1Pod | null
    return draft?.kind === 'Pod' && draft.metadata?.name && draft.spec?.containers
      ? { draft: frozen(draft), hash: digest(text) }
      : undefined
  } catch {
    return undefined
  }
}

/** Thirty-two digits that differ when the text differs. */
function digest(text: string): string {
  const seeds = [0x811c9dc5, 0x01000193, 0xdeadbeef, 0x9e3779b9]
  return seeds
    .map((seed) => {
      let sum = seed
      for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 16_777_619) >>> 0
      return sum.toString(16).padStart(8, '0')
    })
    .join('')
}
