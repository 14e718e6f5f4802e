/** Names in other resources' fields: once all names are final, every reference to an earlier name is brought up to date. */
import { isMap, type Json } from '../json.ts'
import { isClusterScoped, namesOf, podHolders, type Resource } from './resource.ts'

/** A place that holds the name of a resource of some kind. */
interface Reference {
  readonly holder: Json
  readonly field: string
  readonly kind: string
  /** Where the namespace of the other stands, if it is said. */
  readonly namespaceField?: string
}

export function fixReferences(resources: readonly Resource[]): void {
  for (const resource of resources) {
    for (const reference of referencesOf(resource.object)) fix(resources, resource, reference)
  }
}

function fix(resources: readonly Resource[], referrer: Resource, { holder, field, kind, namespaceField }: Reference): void {
  const name = holder?.[field]
  if (typeof name !== 'string' || name === '') return
  const said: string | undefined = namespaceField ? holder[namespaceField] : undefined
  const isNear = (candidate: Resource): boolean => {
    if (isClusterScoped(candidate.object)) return true
    if (namespaceField)
      return (
        said === undefined ||
        namesOf(candidate).some((known) => known.name === name && (known.namespace === said || known.namespace === ''))
      )
    return isClusterScoped(referrer.object) || (candidate.object.metadata.namespace ?? '') === (referrer.object.metadata.namespace ?? '')
  }
  let found = resources.filter(
    (candidate) => candidate.object.kind === kind && namesOf(candidate).some((known) => known.name === name) && isNear(candidate),
  )
  const narrowed = (keep: (candidate: Resource) => boolean): void => {
    if (found.length < 2) return
    const kept = found.filter(keep)
    if (kept.length > 0) found = kept
  }
  narrowed(({ prefixes, suffixes }) => `${prefixes}/${suffixes}` === `${referrer.prefixes}/${referrer.suffixes}`)
  narrowed(({ prefixes }) => prefixes[0] === referrer.prefixes[0])
  narrowed(({ object }) => object.metadata.namespace === referrer.object.metadata.namespace)
  const [target] = found
  if (!target) return
  holder[field] = target.object.metadata.name
  if (namespaceField && target.object.metadata.namespace) holder[namespaceField] = target.object.metadata.namespace
}

function referencesOf(object: Json): Reference[] {
  const found: Reference[] = []
  const add = (holder: Json, field: string, kind: string, namespaceField?: string): void => {
    if (isMap(holder)) found.push({ holder, field, kind, namespaceField })
  }
  for (const { spec } of podHolders(object)) if (isMap(spec)) podReferences(spec, add)
  const { kind, spec = {} } = object
  switch (kind) {
    case 'HorizontalPodAutoscaler':
      add(spec.scaleTargetRef, 'name', spec.scaleTargetRef?.kind ?? '')
      break
    case 'StatefulSet':
      add(spec, 'serviceName', 'Service')
      for (const claim of spec.volumeClaimTemplates ?? []) add(claim.spec, 'storageClassName', 'StorageClass')
      break
    case 'PersistentVolumeClaim':
      add(spec, 'storageClassName', 'StorageClass')
      add(spec, 'volumeName', 'PersistentVolume')
      break
    case 'PersistentVolume':
      add(spec, 'storageClassName', 'StorageClass')
      break
    case 'Ingress':
      add(spec, 'ingressClassName', 'IngressClass')
      add(spec.defaultBackend?.service, 'name', 'Service')
      add(spec.backend, 'serviceName', 'Service')
      for (const { http } of spec.rules ?? []) {
        for (const { backend } of http?.paths ?? []) {
          add(backend?.service, 'name', 'Service')
          add(backend, 'serviceName', 'Service')
        }
      }
      for (const tls of spec.tls ?? []) add(tls, 'secretName', 'Secret')
      break
    case 'ServiceAccount':
      for (const each of [...(object.secrets ?? []), ...(object.imagePullSecrets ?? [])]) add(each, 'name', 'Secret')
      break
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      add(object.roleRef, 'name', object.roleRef?.kind ?? '')
      for (const subject of object.subjects ?? [])
        if (subject.kind === 'ServiceAccount') add(subject, 'name', 'ServiceAccount', 'namespace')
      break
    case 'Role':
    case 'ClusterRole':
      for (const { resources = [], resourceNames = [] } of object.rules ?? []) {
        for (const index of resourceNames.keys()) {
          if (resources.includes('configmaps')) found.push({ holder: resourceNames, field: String(index), kind: 'ConfigMap' })
          if (resources.includes('secrets')) found.push({ holder: resourceNames, field: String(index), kind: 'Secret' })
        }
      }
      break
    case 'APIService':
      add(spec.service, 'name', 'Service', 'namespace')
      break
    case 'MutatingWebhookConfiguration':
    case 'ValidatingWebhookConfiguration':
      for (const hook of object.webhooks ?? []) add(hook.clientConfig?.service, 'name', 'Service', 'namespace')
      break
    default:
  }
  return found
}

function podReferences(spec: Json, add: (holder: Json, field: string, kind: string) => void): void {
  add(spec, 'serviceAccountName', 'ServiceAccount')
  add(spec, 'serviceAccount', 'ServiceAccount')
  add(spec, 'priorityClassName', 'PriorityClass')
  for (const secret of spec.imagePullSecrets ?? []) add(secret, 'name', 'Secret')
  for (const volume of spec.volumes ?? []) {
    add(volume.configMap, 'name', 'ConfigMap')
    add(volume.secret, 'secretName', 'Secret')
    add(volume.persistentVolumeClaim, 'claimName', 'PersistentVolumeClaim')
    for (const source of volume.projected?.sources ?? []) {
      add(source.configMap, 'name', 'ConfigMap')
      add(source.secret, 'name', 'Secret')
    }
  }
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const { valueFrom } of container.env ?? []) {
      add(valueFrom?.configMapKeyRef, 'name', 'ConfigMap')
      add(valueFrom?.secretKeyRef, 'name', 'Secret')
    }
    for (const from of container.envFrom ?? []) {
      add(from.configMapRef, 'name', 'ConfigMap')
      add(from.secretRef, 'name', 'Secret')
    }
  }
}
