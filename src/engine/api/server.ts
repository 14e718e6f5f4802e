/**
 * The Kubernetes API server as a function from request to response. It parses the path, finds the kind, and leaves the verbs to the
 * registry; watches and logs answer with a body that goes on.
 */
import type { Clock } from '../../base/clock.ts'
import type { HttpHandler, HttpRequest, HttpResponse, Peer, Pending, Upgraded } from '../../base/http.ts'
import type { Random } from '../../base/random.ts'
import { kinds } from '../kinds/index.ts'
import { apiVersionOf, type Kind, type StoredObject } from '../kinds/kind.ts'
import type { Store } from '../store/store.ts'
import { LoopReviews } from './admission/admission-webhooks.ts'
import { Aggregation } from './published/aggregation.ts'
import { aggregate, keepAggregated } from './access/aggregated-roles.ts'
import type { Encryption } from './encryption/encryption.ts'
import { clusterIdentity, tokenFor, type TokenWish } from './access/authentication.ts'
import { askedOf } from './audit/asked.ts'
import { audited, type AuditLog } from './audit/audit-log.ts'
import { bootstrap } from './bootstrap.ts'
import { signApproved } from './access/certificate-requests.ts'
import type { Client, KubernetesObject } from './client.ts'
import type { ClusterFacts } from './access/credentials.ts'
import { CustomResources } from './custom/custom-resources.ts'
import { areExpressionsLoaded } from './expressions/expressions.ts'
import { afterExpressions } from './expressions/load-expressions.ts'
import type { ControlComponent } from './published/health.ts'
import { keepCustomServices } from './published/local-api-services.ts'
import { LocalClient } from './local-client.ts'
import { checkPolicyTypes } from './admission/policy-types.ts'
import { keepQuotasCounted } from './admission/quota.ts'
import { Registry } from './registry.ts'
import { Paths } from './rest/paths.ts'
import { Router } from './router.ts'
import type { ServerSettings } from './settings.ts'

export { stampResourceVersion } from './objects.ts'

export interface ApiServerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** It changes when the control plane is upgraded. */
  readonly version?: () => string
  /** Where it is reached; the `kubernetes` Service points there. */
  readonly address?: string
  /** Where it listens. */
  readonly port?: number
  /** The network of the machine it runs on: kubelets, pods, webhooks. */
  readonly reach?: (host: string, port: number) => HttpHandler | undefined
  /** What `kubectl get componentstatuses` finds. */
  readonly isRunning?: (component: ControlComponent) => boolean
}

export class ApiServer implements HttpHandler {
  readonly #registry: Registry
  readonly #router: Router
  readonly #loopReviews: LoopReviews
  readonly #aggregation: Aggregation
  readonly #served: () => readonly Kind[]
  readonly #paths: Paths
  readonly #address: string
  readonly #port: number

  constructor({
    store,
    clock,
    random,
    version = () => 'v1.33.13',
    address = '',
    port = 6443,
    reach = () => undefined,
    isRunning = () => true,
  }: ApiServerOptions) {
    this.#registry = new Registry({ store, clock, random, kinds })
    this.#loopReviews = new LoopReviews(this.#registry, reach)
    const custom = new CustomResources(this.#registry)
    keepCustomServices(this.#registry, this.client('kube-apiserver'), () => custom.kinds)
    const aggregation = (this.#aggregation = new Aggregation(this.#registry, reach, this.client('kube-apiserver')))
    const usesExpressions = () => custom.haveRules || store.count('validatingadmissionpolicies.admissionregistration.k8s.io') > 0
    this.#router = new Router({
      registry: this.#registry,
      version,
      reach,
      served: (this.#served = servedKinds(custom, aggregation)),
      aggregation,
      address: address && `${address}:${port}`,
      isRunning,
      usesExpressions,
    })
    this.#paths = new Paths(this.#served)
    keepQuotasCounted(this.#registry)
    signApproved(this.#registry)
    this.#registry.vainWishes.set('configmaps', unusedProxyMode)
    checkPolicyTypes(this.#registry)
    this.#address = address
    this.#port = port
    this.bootstrap()
    this.#registry.watchedSince = store.revision
    aggregate(this.#registry)
    keepAggregated(this.#registry)
    // A saved cluster may have rules that its controllers are bound by from the first moment.
    if (usesExpressions() && !areExpressionsLoaded()) afterExpressions(clock, () => true)
  }

  /** Makes what every API server makes when it finds etcd empty. */
  bootstrap(): void {
    bootstrap(this.client('kube-apiserver'), this.#address, this.#registry.clock.now(), this.#port)
  }

  handle(request: HttpRequest, peer: Peer): HttpResponse | Pending<HttpResponse> {
    const log = this.auditLog()
    if (!log) return this.#router.handle(request, peer)
    return audited(
      log,
      { request, peer, asked: askedOf({ registry: this.#registry, paths: this.#paths }, request, peer), clock: this.#registry.clock },
      () => this.#router.handle(request, peer),
    )
  }

  /** What it was started with. */
  set settings(settings: ServerSettings) {
    this.#registry.settings = settings
  }

  /** What etcd holds sealed, and with what. */
  get encryption(): Encryption {
    return this.#registry.encryption
  }

  /** Told what to say to who writes a NetworkPolicy, where the network plugin does nothing with it. */
  set policyWarning(warning: () => string | undefined) {
    this.#registry.vainWishes.set('networkpolicies.networking.k8s.io', warning)
  }

  /** Where requests are written down, if anywhere: told by who knows the server's flags. */
  auditLog: () => AuditLog | undefined = () => undefined

  /** exec, attach and port-forward. */
  connect(request: HttpRequest, peer: Peer): Upgraded | HttpResponse {
    return this.#router.connect(request, peer)
  }

  /** A token for a pod, as its kubelet asks for it: issued now, signed when it is read, which most pods never do. */
  token(wish: TokenWish): () => string {
    return tokenFor(this.#registry, wish).token
  }

  /** What the cluster's keys and certificates follow from. */
  get facts(): ClusterFacts {
    const system = this.#registry.store.get('namespaces', 'kube-system') as KubernetesObject
    return { cluster: clusterIdentity(this.#registry), madeAtMs: Date.parse(system.metadata.creationTimestamp ?? '') }
  }

  /** What another server, if there is one, answers for its group. */
  aggregated(group: string, version: string, path: string): HttpResponse | Pending<HttpResponse> | undefined {
    if (!this.#aggregation.owns(group, version)) return undefined
    return this.#aggregation.answer(
      { method: 'GET', url: `/apis/${group}/${version}${path}`, headers: { accept: 'application/json' }, body: new Uint8Array() },
      group,
      version,
    )
  }

  kindOf(apiVersion: string, kind: string): Kind | undefined {
    return this.#served().find((each) => each.kind === kind && apiVersionOf(each) === apiVersion)
  }

  /** The API for the engine's own controllers; `by` is who writes. */
  client(by: string): Client {
    return new LocalClient(this.#registry, { by, because: 0 }, this.#loopReviews)
  }
}

/** Of kube-proxy's modes only one is there. */
function unusedProxyMode({ metadata, ...object }: StoredObject): string | undefined {
  if (metadata.name !== 'kube-proxy' || metadata.namespace !== 'kube-system') return undefined
  const { data } = object as { readonly data?: Readonly<Record<string, string>> }
  const mode = /^mode:\s*["']?(\w+)/m.exec(data?.['config.conf'] ?? '')?.[1]
  return mode === undefined || mode === 'iptables'
    ? undefined
    : `kube-proxy's mode "${mode}" is not simulated: Services go on as with iptables`
}

/** The same list as long as nothing came or went, so that who derives something from it knows that it still holds. */
function servedKinds(custom: CustomResources, aggregation: Aggregation): () => readonly Kind[] {
  let ofDefinitions = custom.kinds
  let aggregated = aggregation.kinds
  let all: readonly Kind[] = [...kinds, ...ofDefinitions, ...aggregated]
  return () => {
    if (custom.kinds === ofDefinitions && aggregation.kinds === aggregated) return all
    ofDefinitions = custom.kinds
    aggregated = aggregation.kinds
    return (all = [...kinds, ...ofDefinitions, ...aggregated])
  }
}
