/** The NodeRestriction plugin: with a kubelet's credentials one may change one's own node and the pods on it, and not every label of it. */
import type { V1Node, V1Pod } from '../../kinds/generated/types.ts'
import { resourceName, type Kind, type StoredObject } from '../../kinds/kind.ts'
import type { User } from '../access/authorization.ts'
import { nodeNameOf } from '../access/node-authorizer.ts'
import { forbidden } from '../errors.ts'
import { isSame } from '../objects.ts'

/** What kubelets set themselves; the rest below kubernetes.io and k8s.io is the administrator's. */
const own = [
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'node.kubernetes.io/windows-build',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
]

function isReserved(label: string): boolean {
  const [domain, name] = label.split('/')
  if (name === undefined || !/(^|\.)(kubernetes|k8s)\.io$/.test(domain)) return false
  return !own.includes(label) && !/(^|\.)(kubelet|node)\.kubernetes\.io$/.test(domain)
}

export function restrictNode(
  kind: Kind,
  {
    user,
    fresh,
    old,
    subresource,
  }: {
    readonly user: User | undefined
    readonly fresh: StoredObject | undefined
    readonly old: StoredObject | undefined
    readonly subresource: string | undefined
  },
): void {
  const node = user && nodeNameOf(user)
  if (node === undefined) return
  const { name } = (fresh ?? old)?.metadata ?? { name: '' }
  const refuse = (why: string): never => {
    throw forbidden(kind, name, why)
  }
  if (resourceName(kind) === 'pods') {
    const { metadata, spec } = (fresh ?? old) as unknown as V1Pod
    if (!old && metadata.annotations?.['kubernetes.io/config.mirror'] === undefined)
      refuse(`pod does not have "kubernetes.io/config.mirror" annotation, node "${node}" can only create mirror pods`)
    if (old && spec.nodeName !== node)
      refuse(`node "${node}" can only ${fresh ? 'update pod status for' : 'delete'} pods with spec.nodeName set to itself`)
  }
  if (resourceName(kind) !== 'nodes') return
  if (name !== node) refuse(`node "${node}" is not allowed to modify node "${name}"`)
  if (!fresh || subresource !== undefined) return
  const [before, after] = [old, fresh] as unknown as readonly (V1Node | undefined)[]
  if (before && !isSame(before.spec.taints ?? [], after?.spec.taints ?? [])) refuse(`node "${node}" is not allowed to modify taints`)
  const [had, has] = [before?.metadata.labels ?? {}, after?.metadata.labels ?? {}]
  const changed = [...new Set([...Object.keys(had), ...Object.keys(has)])]
    .filter((label) => had[label] !== has[label] && isReserved(label))
    .sort()
  if (changed.length > 0) refuse(`is not allowed to ${before ? 'modify' : 'set the following'} labels: ${changed.join(', ')}`)
}
