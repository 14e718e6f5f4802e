/** What a kustomization changes in every resource: namespace, names, labels, annotations, images, replicas. */
import { isMap, type Json } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { groupOf, isClusterScoped, namesOf, podHolders, remember, type Resource } from './resource.ts'

export function setNamespace(resources: readonly Resource[], namespace: string): void {
  for (const resource of resources) {
    const { object } = resource
    if (object.kind === 'Namespace' || (!isClusterScoped(object) && object.metadata.namespace !== namespace)) remember(resource)
    if (object.kind === 'Namespace') object.metadata = { ...object.metadata, name: namespace }
    else if (!isClusterScoped(object)) object.metadata = { ...object.metadata, namespace }
    if (object.kind === 'RoleBinding' || object.kind === 'ClusterRoleBinding') {
      // Every namespace has its own `default`; other accounts follow their own resource.
      for (const subject of object.subjects ?? [])
        if (subject.kind === 'ServiceAccount' && subject.name === 'default') subject.namespace = namespace
    }
    if (object.kind === 'APIService' && object.spec?.service) object.spec.service.namespace = namespace
    for (const hook of object.kind?.endsWith('WebhookConfiguration') ? (object.webhooks ?? []) : [])
      if (hook.clientConfig?.service) hook.clientConfig.service.namespace = namespace
  }
}

export function setAffixes(resources: readonly Resource[], prefix: string, suffix: string): void {
  for (const resource of resources) {
    const { object } = resource
    if (['CustomResourceDefinition', 'APIService', 'Namespace'].includes(object.kind)) continue
    remember(resource)
    if (prefix !== '') resource.prefixes.push(prefix)
    if (suffix !== '') resource.suffixes.push(suffix)
    object.metadata = { ...object.metadata, name: `${prefix}${object.metadata.name}${suffix}` }
  }
}

interface LabelOptions {
  readonly includesSelectors: boolean
  readonly includesTemplates: boolean
}

export function setLabels(
  resources: readonly Resource[],
  pairs: Readonly<Record<string, string>>,
  { includesSelectors, includesTemplates }: LabelOptions,
): void {
  const put = (holder: Json, field: string): void => {
    if (isMap(holder)) holder[field] = { ...holder[field], ...pairs }
  }
  const metadata = (holder: Json): void => {
    if (!isMap(holder)) return
    holder.metadata ??= {}
    put(holder.metadata, 'labels')
  }
  for (const { object } of resources) {
    metadata(object)
    const { kind, spec } = object
    if (includesSelectors || includesTemplates) {
      for (const holder of podHolders(object)) metadata(holder)
      if (kind === 'CronJob') metadata(spec?.jobTemplate)
      if (kind === 'StatefulSet') for (const claim of spec?.volumeClaimTemplates ?? []) metadata(claim)
    }
    if (includesSelectors && isMap(spec)) setSelectors(object, put)
  }
}

/** Selectors that are not there are made where the kind has always one. */
function setSelectors({ kind, spec, apiVersion }: Json, put: (holder: Json, field: string) => void): void {
  const matching = (holder: Json): void => {
    if (isMap(holder)) put(holder, 'matchLabels')
  }
  if ((kind === 'Service' && groupOf({ apiVersion }) === '') || kind === 'ReplicationController') {
    if (spec.selector || kind === 'ReplicationController') put(spec, 'selector')
    else spec.selector = undefined
    if (kind === 'Service' && !spec.selector) put(spec, 'selector')
  }
  if (['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'].includes(kind)) {
    spec.selector ??= {}
    matching(spec.selector)
  }
  if (['Job', 'PodDisruptionBudget'].includes(kind)) matching(spec.selector)
  if (kind === 'CronJob') matching(spec.jobTemplate?.spec?.selector)
  if (['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].includes(kind)) {
    const pod = spec.template?.spec
    for (const where of ['podAffinity', 'podAntiAffinity']) {
      const affinity = pod?.affinity?.[where]
      for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) matching(term.labelSelector)
      for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
        matching(podAffinityTerm?.labelSelector)
    }
    for (const constraint of pod?.topologySpreadConstraints ?? []) matching(constraint.labelSelector)
  }
  if (kind === 'NetworkPolicy') {
    matching(spec.podSelector)
    for (const { from = [] } of spec.ingress ?? []) for (const { podSelector } of from) matching(podSelector)
    for (const { to = [] } of spec.egress ?? []) for (const { podSelector } of to) matching(podSelector)
  }
}

export function setAnnotations(resources: readonly Resource[], pairs: Readonly<Record<string, string>>): void {
  for (const { object } of resources) {
    for (const holder of [object, ...podHolders(object), ...(object.kind === 'CronJob' ? [object.spec?.jobTemplate] : [])]) {
      if (!isMap(holder)) continue
      holder.metadata = { ...holder.metadata, annotations: { ...holder.metadata?.annotations, ...pairs } }
    }
  }
}

export function setReplicas(resources: readonly Resource[], { name, count }: Json): void {
  const kinds = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']
  const found = resources.filter(
    (resource) => kinds.includes(resource.object.kind) && namesOf(resource).some((known) => known.name === name),
  )
  if (found.length === 0)
    throw new Refusal(
      `resource with name ${name} does not match a config with the following GVK [${kinds.map((kind) => `${kind}.[noVer].[noGrp]`).join(' ')}]`,
    )
  for (const { object } of found) object.spec = { ...object.spec, replicas: count }
}

export function setImages(resources: readonly Resource[], image: Json): void {
  for (const { object } of resources)
    visitContainers(object, (container) => {
      if (typeof container.image === 'string') container.image = imageWith(container.image, image)
    })
}

/** Containers wherever they stand: in custom resources, too. */
function visitContainers(value: Json, visit: (container: Json) => void): void {
  if (Array.isArray(value)) for (const item of value) visitContainers(item, visit)
  if (!isMap(value)) return
  for (const [key, item] of Object.entries(value)) {
    if ((key === 'containers' || key === 'initContainers') && Array.isArray(item))
      for (const container of item) if (isMap(container)) visit(container)
    visitContainers(item, visit)
  }
}

function imageWith(image: string, { name, newName, newTag, digest, tagSuffix }: Json): string {
  const [, found, tag = '', found2 = ''] = /^(.*?)(:[^/:@]*)?(@.*)?$/.exec(image) ?? []
  if (found !== name) return image
  const base = newName || found
  if (digest) return `${base}@${digest}`
  if (newTag) return `${base}:${newTag}`
  if (tagSuffix && tag !== '') return `${base}${tag}${tagSuffix}`
  return `${base}${tag}${found2}`
}
