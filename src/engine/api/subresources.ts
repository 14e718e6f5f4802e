/** What the subresources do that are more than a part of their object: binding, eviction, scale. */
import type { StoredObject } from '../kinds/kind.ts'
import type { V1Pod } from '../kinds/generated/types.ts'
import { assert } from '../../base/assert.ts'
import { conflict } from './errors.ts'
import { timestamp } from './objects.ts'
import type { Registry, WriteOptions, Writer } from './registry.ts'

export interface Binding {
  readonly namespace: string
  readonly name: string
  readonly node: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly uid?: string
}

/** `pods/binding`: a pod's node is set once. */
export function bindPod(registry: Registry, { namespace, name, node, annotations }: Binding, writer: Writer, options: WriteOptions = {}): void {
  const kind = registry.kind('pods')
  assert(kind, 'pods are served')
  const change = (old: StoredObject): StoredObject => {
    const pod = old as unknown as V1Pod
    if (pod.metadata.deletionTimestamp !== undefined) throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is being deleted, cannot be assigned to a host`)
    if (pod.spec.nodeName) throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`)
    const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(registry.clock.now()) }
    const conditions = [...(pod.status.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled'), scheduled]
    const bound = {
      ...pod,
      metadata: annotations ? { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...annotations } } : pod.metadata,
      spec: { ...pod.spec, nodeName: node },
      status: { ...pod.status, conditions },
    }
    return bound as unknown as StoredObject
  }
  registry.update(kind, namespace, name, change, writer, { ...options, subresource: 'binding' })
}
