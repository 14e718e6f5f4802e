/**
 * What the API server's own admission plugins do to a write, in the order in which upstream runs them: first those that may change
 * the object, then, after it was found valid, those that may still refuse it.
 */
import type {
  V1CertificateSigningRequest,
  V1Ingress,
  V1IngressClass,
  V1Node,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PriorityClass,
  V1Service,
  V1StorageClass,
} from '../../kinds/generated/types.ts'
import { resourceName, type Kind, type StoredObject } from '../../kinds/kind.ts'
import { compareQuantities } from '../../kinds/quantity.ts'
import { hasPolicies, judgeByPolicies } from './admission-policies.ts'
import { userOfWriter, type Admitted, type Operation } from './admission-rules.ts'
import { judgeByWebhooks, mutatedByWebhooks } from './admission-webhooks.ts'
import { judgeByImagePolicy } from './image-policy.ts'
import type { Reviews } from './review-needed.ts'
import { restrictNode } from './node-restriction.ts'
import { requestedBy } from '../access/certificate-requests.ts'
import type { KubernetesObject } from '../client.ts'
import { refuseEscalation } from '../access/escalation.ts'
import { forbidden, notFound } from '../errors.ts'
import { admittedPod, admittedPodUpdate, refuseClaimOutOfRange, refuseOutOfRange } from './pod-admission.ts'
import { checkNamespaceSecurity, checkPodSecurity } from './pod-security.ts'
import { chargeQuotas } from './quota.ts'
import type { Registry, RemoveOptions, WriteOptions, Writer } from '../registry.ts'
import { withAddresses } from './service-addresses.ts'

/** These stand even in a cluster that was only just born, and cannot be deleted. */
const immortalNamespaces = ['default', 'kube-system', 'kube-public']

export class Admission {
  readonly #registry: Registry

  constructor(registry: Registry) {
    this.#registry = registry
  }

  onCreate(kind: Kind, object: StoredObject, writer: Writer, options: WriteOptions): StoredObject {
    this.#refuseWithoutNamespace(kind, object)
    const admitted = this.#completed(kind, object, writer, options)
    if (!options.reviews) return admitted
    const mutated =
      mutatedByWebhooks(this.#registry, admittedOf(kind, 'CREATE', admitted, undefined, writer, options), options.reviews) ?? admitted
    return mutated !== admitted && kind.defaults ? kind.defaults(mutated) : mutated
  }

  #completed(kind: Kind, object: StoredObject, writer: Writer, { user }: WriteOptions): StoredObject {
    switch (resourceName(kind)) {
      case 'pods':
        return admittedPod(this.#registry, object as unknown as V1Pod) as unknown as StoredObject
      case 'persistentvolumeclaims':
        if (!this.#has('DefaultStorageClass')) return object
        return this.#withStorageClass(object as unknown as V1PersistentVolumeClaim) as unknown as StoredObject
      case 'ingresses.networking.k8s.io':
        if (!this.#has('DefaultIngressClass')) return object
        return this.#withIngressClass(object as unknown as V1Ingress) as unknown as StoredObject
      case 'certificatesigningrequests.certificates.k8s.io':
        return requestedBy(object as unknown as V1CertificateSigningRequest, user ?? userOfWriter(writer.by)) as unknown as StoredObject
      case 'nodes':
        return withNotReadyTaint(object as unknown as V1Node) as unknown as StoredObject
      default:
        return object
    }
  }

  onUpdate(kind: Kind, old: StoredObject, fresh: StoredObject, writer: Writer, options: WriteOptions): StoredObject {
    const admitted =
      resourceName(kind) === 'pods'
        ? (admittedPodUpdate(old as unknown as V1Pod, fresh as unknown as V1Pod) as unknown as StoredObject)
        : fresh
    if (!options.reviews) return admitted
    const mutated =
      mutatedByWebhooks(this.#registry, admittedOf(kind, 'UPDATE', admitted, old, writer, options), options.reviews) ?? admitted
    return mutated !== admitted && kind.defaults ? kind.defaults(mutated) : mutated
  }

  onDelete(kind: Kind, object: StoredObject, writer: Writer, options: RemoveOptions): void {
    if (resourceName(kind) === 'namespaces' && immortalNamespaces.includes(object.metadata.name)) {
      throw forbidden(kind, object.metadata.name, 'this namespace may not be deleted')
    }
    if (this.#has('NodeRestriction')) restrictNode(kind, { user: options.user, fresh: undefined, old: object, subresource: undefined })
    this.#judge(admittedOf(kind, 'DELETE', undefined, object, writer, options), options.reviews)
  }

  /** Cluster addresses and node ports are handed out before anyone judges: what cannot be had is all that the writer is told. */
  allocate(kind: Kind, object: StoredObject, old: StoredObject | undefined, { dryRun = false }: WriteOptions): StoredObject {
    if (resourceName(kind) !== 'services') return object
    const services = this.#registry.store.list('services') as readonly V1Service[]
    if (old && object.spec === old.spec) return object
    const service = withAddresses(object as unknown as V1Service, old as unknown as V1Service | undefined, {
      services,
      random: this.#registry.random,
      isDryRun: dryRun,
    })
    return service as unknown as StoredObject
  }

  /** Who hands out more than they have is refused before anybody looks at what exactly is handed out. */
  beforeValidation(kind: Kind, object: StoredObject, old: StoredObject | undefined, { user, subresource }: WriteOptions): void {
    if (this.#has('NodeRestriction')) restrictNode(kind, { user, fresh: object, old, subresource })
    if (user) refuseEscalation(this.#registry, user, kind, object, old)
  }

  /** Last words: bounds and quota. */
  afterValidation(kind: Kind, object: StoredObject, old: StoredObject | undefined, writer: Writer, options: WriteOptions): void {
    if (options.reviews || hasPolicies(this.#registry.store)) {
      const admitted = admittedOf(kind, old ? 'UPDATE' : 'CREATE', object, old, writer, options)
      this.#judge(admitted, options.reviews)
      if (options.reviews) judgeByImagePolicy(this.#registry, admitted, options.reviews)
    }
    if (this.#has('PodSecurity') && (!old || object.spec !== old.spec)) checkPodSecurity(this.#registry, kind, object, options)
    if (options.subresource !== undefined) return
    if (resourceName(kind) === 'namespaces') checkNamespaceSecurity(this.#registry, kind, object, old, options)
    if (resourceName(kind) === 'services' && this.#has('DenyServiceExternalIPs')) refuseExternalAddresses(kind, object, old)
    if (!old && resourceName(kind) === 'pods' && this.#has('LimitRanger')) refuseOutOfRange(this.#registry, object as unknown as V1Pod)
    if (resourceName(kind) === 'persistentvolumeclaims') {
      if (old && this.#has('PersistentVolumeClaimResize'))
        this.#refuseGrowth(kind, object as unknown as V1PersistentVolumeClaim, old as unknown as V1PersistentVolumeClaim)
      if (this.#has('LimitRanger')) refuseClaimOutOfRange(this.#registry, object as unknown as V1PersistentVolumeClaim)
    }
    if (resourceName(kind) === 'priorityclasses.scheduling.k8s.io') this.#refuseSecondDefault(kind, object)
    if (this.#has('ResourceQuota')) chargeQuotas(this.#registry, kind, object, old, options)
  }

  #has(plugin: string): boolean {
    return this.#registry.settings.hasPlugin(plugin)
  }

  #judge(admitted: Admitted, reviews: Reviews | undefined): void {
    if (this.#has('ValidatingAdmissionPolicy')) judgeByPolicies(this.#registry, admitted)
    if (this.#has('ValidatingAdmissionWebhook')) judgeByWebhooks(this.#registry, admitted, reviews)
  }

  /** Only what a class made grows, and only if the class allows it. */
  #refuseGrowth(kind: Kind, claim: V1PersistentVolumeClaim, old: V1PersistentVolumeClaim): void {
    const [wanted, had] = [claim, old].map(({ spec }) => spec.resources?.requests?.storage ?? '0')
    if (compareQuantities(wanted, had) <= 0) return
    if (old.status?.phase !== 'Bound') throw forbidden(kind, claim.metadata.name, 'Only bound persistent volume claims can be expanded')
    const storageClass = this.#registry.store.get('storageclasses.storage.k8s.io', claim.spec.storageClassName ?? '') as
      | V1StorageClass
      | undefined
    if (!storageClass?.allowVolumeExpansion)
      throw forbidden(
        kind,
        claim.metadata.name,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      )
  }

  #refuseSecondDefault(kind: Kind, object: StoredObject): void {
    if (!(object as unknown as V1PriorityClass).globalDefault) return
    const other = (this.#registry.store.list('priorityclasses.scheduling.k8s.io') as readonly V1PriorityClass[]).find(
      ({ globalDefault, metadata }) => globalDefault && metadata.name !== object.metadata.name,
    )
    if (other)
      throw forbidden(
        kind,
        object.metadata.name,
        `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
      )
  }

  #withStorageClass(claim: V1PersistentVolumeClaim): V1PersistentVolumeClaim {
    if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined)
      return claim
    const chosen = newestDefault(
      this.#registry.store.list('storageclasses.storage.k8s.io') as readonly V1StorageClass[],
      'storageclass.kubernetes.io/is-default-class',
    )
    return chosen ? { ...claim, spec: { ...claim.spec, storageClassName: chosen } } : claim
  }

  #withIngressClass(ingress: V1Ingress): V1Ingress {
    if (ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined)
      return ingress
    const chosen = newestDefault(
      this.#registry.store.list('ingressclasses.networking.k8s.io') as readonly V1IngressClass[],
      'ingressclass.kubernetes.io/is-default-class',
    )
    return chosen ? { ...ingress, spec: { ...ingress.spec, ingressClassName: chosen } } : ingress
  }

  #provide(name: string): void {
    const kind = this.#registry.kind('namespaces')
    if (kind) this.#registry.create(kind, { metadata: { name } }, '', { by: 'kube-apiserver', because: 0 })
  }

  #refuseWithoutNamespace(kind: Kind, { metadata }: StoredObject): void {
    if (!kind.namespaced || !metadata.namespace) return
    const namespace = this.#registry.store.get('namespaces', metadata.namespace) as StoredObject | undefined
    if (!namespace && this.#has('NamespaceAutoProvision')) return this.#provide(metadata.namespace)
    if (!namespace) throw notFound({ group: '', resource: 'namespaces' }, metadata.namespace)
    if (namespace.metadata.deletionTimestamp === undefined) return
    throw forbidden(kind, metadata.name, `unable to create new content in namespace ${metadata.namespace} because it is being terminated`)
  }
}

function admittedOf(
  kind: Kind,
  operation: Operation,
  object: StoredObject | undefined,
  old: StoredObject | undefined,
  { by }: Writer,
  { user, warn, dryRun = false, ...rest }: WriteOptions | RemoveOptions,
): Admitted {
  const { name = '', namespace = '' } = (object ?? old)?.metadata ?? {}
  const subresource = 'subresource' in rest ? (rest.subresource ?? '') : ''
  return {
    kind,
    operation,
    name,
    namespace,
    subresource,
    user: user ?? userOfWriter(by),
    isDryRun: dryRun,
    ...(object ? { object } : {}),
    ...(old ? { old } : {}),
    ...(warn ? { warn } : {}),
  }
}

function refuseExternalAddresses(kind: Kind, object: StoredObject, old: StoredObject | undefined): void {
  const addresses = (service: StoredObject | undefined) => (service as unknown as V1Service | undefined)?.spec.externalIPs ?? []
  const had = addresses(old)
  if (addresses(object).some((ip) => !had.includes(ip)))
    throw forbidden(kind, object.metadata.name, 'Use of external IPs is denied by admission control.')
}

/** Of several defaults the one created last counts. */
function newestDefault(classes: readonly KubernetesObject[], annotation: string): string | undefined {
  const defaults = classes.filter(({ metadata }) => metadata.annotations?.[annotation] === 'true')
  const newest = [...defaults].sort((a, b) =>
    a.metadata.creationTimestamp < b.metadata.creationTimestamp
      ? 1
      : a.metadata.creationTimestamp > b.metadata.creationTimestamp
        ? -1
        : a.metadata.name < b.metadata.name
          ? -1
          : 1,
  )
  return newest[0]?.metadata.name
}

/** A node that joins takes no pods before it has said that it is ready. */
function withNotReadyTaint(node: V1Node): V1Node {
  const key = 'node.kubernetes.io/not-ready'
  const taints = node.spec?.taints ?? []
  if (taints.some((taint) => taint.key === key)) return node
  return { ...node, spec: { ...node.spec, taints: [...taints, { key, effect: 'NoSchedule' }] } }
}
