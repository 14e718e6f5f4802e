/** The history of StatefulSets and DaemonSets: one ControllerRevision for each template they had. */
import { ApiError, type Client, type Draft, type KubernetesObject } from '../api/client.ts'
import { podTemplateHash, revisionHash } from '../kinds/template-hash.ts'
import type { V1ControllerRevision, V1PodTemplateSpec } from '../kinds/generated/types.ts'
import { isSame, ownerReference } from './objects.ts'

export const revisionLabel = 'controller-revision-hash'
/** What a StatefulSet's revisions carry their hash in; a DaemonSet's carry it as their pods do. */
const statefulLabel = 'controller.kubernetes.io/hash'
const resource = 'controllerrevisions.apps'

export interface Revision {
  readonly name: string
  readonly hash: string
  readonly number: number
}

export class ControllerRevisions {
  /** The revision of the present template; made, or moved to the front, if it is not the newest. */
  sync(
    client: Client,
    owner: KubernetesObject & { readonly status?: { readonly collisionCount?: number } },
    { template, limit, inUse = [] }: { template: V1PodTemplateSpec; limit: number; inUse?: readonly string[] },
  ): Revision {
    const data = { spec: { template: { ...template, $patch: 'replace' } } }
    const known = this.history(client, owner)
    const newest = known.at(-1)
    const equal = known.findLast((revision) => isSame(revision.data, data))
    if (equal && equal === newest) {
      this.#truncate(client, known, limit, [equal.metadata.name, ...inUse])
      return revisionOf(equal)
    }
    const number = (newest?.revision ?? 0) + 1
    if (equal) return revisionOf(client.update<V1ControllerRevision>(resource, { ...equal, revision: number } as V1ControllerRevision))
    // A DaemonSet's revision is named by its template alone, as a ReplicaSet is; a StatefulSet's by what is kept of it.
    const hash =
      owner.kind === 'DaemonSet'
        ? podTemplateHash(template, owner.status?.collisionCount)
        : revisionHash(serialised(data), owner.status?.collisionCount ?? 0)
    const name = `${owner.metadata.name}-${hash}`
    try {
      const made = client.create<V1ControllerRevision>(resource, {
        metadata: {
          name,
          namespace: owner.metadata.namespace,
          ...(owner.metadata.annotations ? { annotations: owner.metadata.annotations } : {}),
          labels: { ...template.metadata?.labels, [owner.kind === 'StatefulSet' ? statefulLabel : revisionLabel]: hash },
          ownerReferences: [ownerReference(owner)],
        },
        data,
        revision: number,
      } as unknown as Draft<V1ControllerRevision>)
      return revisionOf(made)
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error
      return { name, hash, number }
    }
  }

  /** Oldest first. */
  history(client: Client, owner: KubernetesObject): V1ControllerRevision[] {
    return client.indexed<V1ControllerRevision>(resource, 'owner', owner.metadata.uid).sort((a, b) => a.revision - b.revision)
  }

  #truncate(client: Client, known: readonly V1ControllerRevision[], limit: number, live: readonly string[]): void {
    const old = known.filter(({ metadata }) => !live.includes(metadata.name))
    for (const { metadata } of old.slice(0, Math.max(0, old.length - limit)))
      client.delete(resource, metadata.namespace ?? '', metadata.name)
  }
}

/** As Go marshals a map: keys sorted; and as runtime.Encode ends it, without a newline. */
function serialised(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

export function hashOf({ metadata: { labels } }: Pick<V1ControllerRevision, 'metadata'>): string {
  return labels?.[statefulLabel] ?? labels?.[revisionLabel] ?? ''
}

function revisionOf({ metadata, revision }: V1ControllerRevision): Revision {
  return { name: metadata.name, hash: hashOf({ metadata }), number: revision }
}
