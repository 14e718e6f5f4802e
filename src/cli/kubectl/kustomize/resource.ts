/**
 * A resource on its way through a kustomization. It remembers every name it has had, because others still refer to it by those until
 * the very end, when all references are made right at once.
 */
import { copied, isMap, type Json } from '../json.ts'

export interface Resource {
  object: Json
  /** Names and namespaces it had before, the first one first. */
  readonly history: { readonly name: string; readonly namespace: string }[]
  readonly prefixes: string[]
  readonly suffixes: string[]
  readonly needsHash: boolean
  /** Where it was read from, for `config.kubernetes.io/origin`. */
  readonly origin: string
}

export function resourceOf(object: Json, { needsHash = false, origin = '' } = {}): Resource {
  return { object: copied(object), history: [], prefixes: [], suffixes: [], needsHash, origin }
}

export function groupOf({ apiVersion = '' }: Json): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

export function versionOf({ apiVersion = '' }: Json): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1)
}

/** `Deployment.v1.apps/web.[noNs]`. */
export function idText(object: Json): string {
  const version = versionOf(object)
  return `${object.kind}.${version || '[noVer]'}.${groupOf(object) || '[noGrp]'}/${object.metadata?.name || '[noName]'}.${object.metadata?.namespace || '[noNs]'}`
}

export function isSameId(a: Json, b: Json): boolean {
  return idText(a) === idText(b)
}

/** Remembers the present name before it is changed. */
export function remember({ object, history }: Resource): void {
  history.push({ name: object.metadata.name, namespace: object.metadata.namespace ?? '' })
}

/** Every name that it has or had. */
export function namesOf({ object, history }: Resource): { readonly name: string; readonly namespace: string }[] {
  return [...history, { name: object.metadata.name, namespace: object.metadata.namespace ?? '' }]
}

const clusterScoped = new Set(
  'APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle ComponentStatus CustomResourceDefinition FlowSchema IPAddress IngressClass MutatingWebhookConfiguration Namespace Node PersistentVolume PriorityClass PriorityLevelConfiguration RuntimeClass ServiceCIDR StorageClass ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment'.split(
    ' ',
  ),
)

export function isClusterScoped({ kind }: Json): boolean {
  return clusterScoped.has(kind)
}

/** Every pod template (and pod) inside an object, with the object that holds its metadata. */
export function podHolders(object: Json): Json[] {
  if (object.kind === 'Pod') return [object]
  if (object.kind === 'CronJob') return [object.spec?.jobTemplate?.spec?.template].filter(isMap)
  return [object.spec?.template].filter(isMap)
}

const first =
  'Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget'.split(
    ' ',
  )
const last = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']

/** The order that suits `kubectl apply`: namespaces and what others need first, webhooks last. */
export function ordered(
  resources: readonly Resource[],
  options: { readonly order?: string; readonly legacySortOptions?: Json } = {},
): Resource[] {
  if (options.order === 'fifo') return [...resources]
  const before: readonly string[] = options.legacySortOptions?.orderFirst ?? first
  const after: readonly string[] = options.legacySortOptions?.orderLast ?? last
  const rank = ({ kind }: Json): number =>
    before.includes(kind) ? before.indexOf(kind) - before.length : after.includes(kind) ? 1 + after.indexOf(kind) : 0
  const type = (object: Json): string => [groupOf(object) || '~G', versionOf(object) || '~V', object.kind || '~K'].join('_')
  const text = (object: Json): string => [type(object), object.metadata.namespace || '~X', object.metadata.name || '~N'].join('|')
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return [...resources].sort(({ object: a }, { object: b }) => rank(a) - rank(b) || compare(type(a), type(b)) || compare(text(a), text(b)))
}
