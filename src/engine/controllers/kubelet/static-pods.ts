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
import { timestamp } from '../objects.ts'

/** Where kubeadm tells kubelets to look. */
export const manifestFolder = '/etc/kubernetes/manifests'

const hashOf = 'kubernetes.io/config.hash'
const mirrorOf = 'kubernetes.io/config.mirror'

export const isStatic = ({ metadata }: V1Pod): boolean => metadata.annotations?.[mirrorOf] !== undefined

export interface StaticPodsOptions {
  readonly files: HostFiles
  readonly folder: string
  /** Told of each file that is no pod. */
  readonly refused: (path: string, why: string) => void
  readonly client: Client
  readonly nodeName: string
  readonly now: () => number
  /** What this kubelet runs. */
  readonly workers: Iterable<{ readonly pod: V1Pod; readonly isFailing: boolean }>
}

/** Brings the mirrors in the API in line with the folder; answers the names of the manifests' pods. */
export function mirror({ files, folder, refused, client, nodeName, now, workers }: StaticPodsOptions): ReadonlySet<string> {
  const wanted = new Map<string, Manifest>()
  for (const file of files.kind(folder) === 'directory' ? files.list(folder) : []) {
    if (file.startsWith('.')) continue
    const path = `${folder}/${file}`
    if (files.kind(path) !== 'file') continue
    const text = textOf(files.read(path) ?? new Uint8Array())
    const manifest = manifestOf(text)
    if (!manifest)
      refused(path, `couldn't parse as pod(${/^kind:/m.test(text) ? 'invalid pod' : "Object 'Kind' is missing"}), please check config file`)
    else wanted.set(`${manifest.draft.metadata.name}-${nodeName}`, manifest)
  }
  // What a component that crashes or never starts would do is not done.
  const failing = new Set<string | undefined>()
  for (const { pod, isFailing } of workers) if (isFailing) failing.add(pod.metadata.annotations?.[mirrorOf])
  const names = new Set(
    Array.from(wanted.values())
      .filter(({ hash }) => !failing.has(hash))
      .map(({ draft }) => draft.metadata.name),
  )
  try {
    for (const { pod } of workers) {
      const hash = pod.metadata.annotations?.[mirrorOf]
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
        [mirrorOf]: hash,
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
