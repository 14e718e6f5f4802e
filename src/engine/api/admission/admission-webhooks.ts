/**
 * Admission webhooks: services in the cluster that may change a write or refuse it. Asking one takes time while a write happens in one go, so a write
 * that lacks an answer stops with `ReviewNeeded`, the answer is fetched, and the write begins anew with what is known by then.
 */
import { bytesOfBase64, textOf } from '../../../base/bytes.ts'
import { Pending } from '../../../base/http.ts'
import type {
  V1MutatingWebhook,
  V1MutatingWebhookConfiguration,
  V1Service,
  V1ValidatingWebhook,
  V1ValidatingWebhookConfiguration,
} from '../../kinds/generated/types.ts'
import type { StoredObject } from '../../kinds/kind.ts'
import { meetsConditions } from './admission-policies.ts'
import { isAboveAdmission, matchesRules, matchesSelectors, requestOf, type Admitted, type Operation } from './admission-rules.ts'
import { askOutside } from './ask-outside.ts'
import { type Reach, type Review, ReviewNeeded, type Reviews } from './review-needed.ts'
import { ApiError } from '../client.ts'
import { badRequest, internal } from '../errors.ts'
import { ExpressionError } from '../expressions/expressions.ts'
import { jsonPatched } from '../patches/merge-patch.ts'
import { isRecord } from '../objects.ts'
import { serviceEndpoint } from '../proxy.ts'
import type { Registry } from '../registry.ts'
import type { Store } from '../../store/store.ts'

const mutating = 'mutatingwebhookconfigurations.admissionregistration.k8s.io'
const validating = 'validatingwebhookconfigurations.admissionregistration.k8s.io'

export function hasWebhooks(store: Store): boolean {
  return store.count(mutating) + store.count(validating) > 0
}

type Webhook = V1MutatingWebhook | V1ValidatingWebhook

/** The object as the mutating webhooks leave it. */
export function mutatedByWebhooks(registry: Registry, admitted: Admitted, reviews: Reviews | undefined): StoredObject | undefined {
  if (
    !reviews ||
    registry.store.count(mutating) === 0 ||
    !registry.settings.hasPlugin('MutatingAdmissionWebhook') ||
    isAboveAdmission(admitted.kind)
  )
    return admitted.object
  let { object } = admitted
  const all = (registry.store.list(mutating) as readonly V1MutatingWebhookConfiguration[]).flatMap(({ metadata, webhooks = [] }) =>
    webhooks.map((webhook) => ({ key: `${metadata.name}/${webhook.name}`, webhook })),
  )
  /** What each webhook left behind. */
  const left = new Map<string, StoredObject | undefined>()
  const ask = (key: string, webhook: V1MutatingWebhook): void => {
    const response = asked(registry, { ...admitted, ...(object ? { object } : {}) }, key, webhook, reviews)
    const { patch } = response ?? {}
    if (typeof patch === 'string' && object) object = jsonPatched(object, JSON.parse(textOf(bytesOfBase64(patch)))) as StoredObject
  }
  for (const { key, webhook } of all) {
    ask(key, webhook)
    left.set(key, object)
  }
  // Who wants to know of later changes is asked once more, if there were any.
  for (const { key, webhook } of all)
    if (webhook.reinvocationPolicy === 'IfNeeded' && left.get(key) !== object) ask(`${key} again`, webhook)
  return object
}

export function judgeByWebhooks(registry: Registry, admitted: Admitted, reviews: Reviews | undefined): void {
  if (!reviews || registry.store.count(validating) === 0 || isAboveAdmission(admitted.kind)) return
  for (const { metadata, webhooks = [] } of registry.store.list(validating) as readonly V1ValidatingWebhookConfiguration[]) {
    for (const webhook of webhooks) asked(registry, admitted, `${metadata.name}/${webhook.name}`, webhook, reviews)
  }
}

/** The response of a webhook that allowed the write; undefined when it has nothing to do with it. */
function asked(
  registry: Registry,
  admitted: Admitted,
  key: string,
  webhook: Webhook,
  reviews: Reviews,
): Readonly<Record<string, unknown>> | undefined {
  if (!matchesRules(admitted, webhook.rules ?? []) || !matchesSelectors(registry, admitted, webhook)) return undefined
  try {
    if (!meetsConditions(registry, admitted, webhook.matchConditions ?? [])) return undefined
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    if (webhook.failurePolicy === 'Ignore') return undefined
    throw new ApiError(403, 'Forbidden', `${admitted.kind.resource} ${JSON.stringify(admitted.name)} is forbidden: ${error.message}`)
  }
  if (admitted.isDryRun && webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun')
    throw badRequest(`admission webhook ${JSON.stringify(webhook.name)} does not support dry run`)
  const review = reviews.get(key)
  if (!review) {
    const uid = registry.random.uuid()
    const request = { ...requestOf(admitted, uid), object: admitted.object ?? null, oldObject: admitted.old ?? null }
    throw new ReviewNeeded(key, (reach) => called(registry, webhook, request, reach))
  }
  if ('problem' in review) {
    if (webhook.failurePolicy === 'Ignore') return undefined
    throw internal(`failed calling webhook ${JSON.stringify(webhook.name)}: ${review.problem}`)
  }
  const { response } = review
  if (Array.isArray(response.warnings)) for (const text of response.warnings) admitted.warn?.(String(text))
  if (response.allowed === true) return response
  throw denial(webhook.name, isRecord(response.status) ? response.status : {})
}

function denial(name: string, status: Readonly<Record<string, unknown>>): ApiError {
  const code = typeof status.code === 'number' && status.code >= 400 ? status.code : 400
  const reason = typeof status.reason === 'string' ? status.reason : ''
  const by = `admission webhook ${JSON.stringify(name)} denied the request`
  const message =
    typeof status.message === 'string' && status.message !== ''
      ? `${by}: ${status.message}`
      : reason !== ''
        ? `${by}: ${reason}`
        : `${by} without explanation`
  return new ApiError(code, reason, message, isRecord(status.details) ? status.details : undefined)
}

/** Asks a webhook through the cluster's network. */
function called(registry: Registry, webhook: Webhook, request: Readonly<Record<string, unknown>>, reach: Reach): Pending<Review> {
  const { service, url } = webhook.clientConfig
  const seconds = webhook.timeoutSeconds ?? 10
  const address =
    url ??
    `https://${service?.name}.${service?.namespace}.svc:${service?.port ?? 443}${service?.path ? `/${service.path.replace(/^\//, '')}` : ''}`
  const calling = (said: Review): Review => ('problem' in said ? { problem: `failed to call webhook: ${said.problem}` } : said)
  const question = {
    clock: registry.clock,
    reach,
    address,
    seconds,
    document: { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request },
    agent: 'kube-apiserver-admission',
  }
  if (!service)
    return mapped(
      askOutside(question, (document) => reviewOf(document, request)),
      calling,
    )
  const object = registry.store.get('services', `${service.namespace}/${service.name}`) as V1Service | undefined
  if (!object) {
    const pending = new Pending<Review>()
    pending.resolve({
      problem: `failed to call webhook: Post "${address}?timeout=${seconds}s": service ${JSON.stringify(service.name)} not found`,
    })
    return pending
  }
  // A Service without endpoints refuses at its own address, as kube-proxy has it.
  const target = serviceEndpoint(registry, object, String(service.port ?? 443))
  const at = { place: `${object.spec.clusterIP}:${service.port ?? 443}`, handler: target && reach(target.host, target.port) }
  return mapped(
    askOutside({ ...question, at }, (document) => reviewOf(document, request)),
    calling,
  )
}

function mapped(asked: Pending<Review>, change: (review: Review) => Review): Pending<Review> {
  const pending = new Pending<Review>()
  const take = (): void => {
    if (asked.value !== undefined) pending.resolve(change(asked.value))
  }
  if (asked.value === undefined) asked.ready.each(take)
  else take()
  return pending
}

function reviewOf(document: unknown, request: Readonly<Record<string, unknown>>): Review {
  if (!isRecord(document)) return { problem: "couldn't get version/kind; json parse error: unexpected end of JSON input" }
  if (!isRecord(document.response))
    return { problem: 'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got no response' }
  if (document.response.uid !== request.uid)
    return { problem: `expected response.uid=${JSON.stringify(request.uid)}, got ${JSON.stringify(document.response.uid ?? '')}` }
  return { response: document.response }
}

/** Of what the control loops write, what learners' webhooks are about. */
const reviewedKinds = ['pods', 'replicasets.apps', 'jobs.batch']

/**
 * The reviews of what control loops create, change and delete. A loop does not wait: its write throws `NotYet`, it is run again when the answer is there, and finds it
 * here.
 */
export class LoopReviews {
  readonly #registry: Registry
  readonly #reach: Reach
  readonly #known = new Map<string, Reviews>()
  readonly #asking = new Set<string>()

  constructor(registry: Registry, reach: Reach) {
    this.#registry = registry
    this.#reach = reach
  }

  /** Runs a write (`create pods default/web`) with the reviews it has. */
  around<T>(by: string, operation: Operation, resource: string, name: string, create: (reviews: Reviews | undefined) => T): T {
    const { store } = this.#registry
    if (
      (!hasWebhooks(store) && !this.#registry.settings.imagePolicy) ||
      !reviewedKinds.includes(resource) ||
      !(by.endsWith('-controller') || by.endsWith('-collector'))
    )
      return create(undefined)
    const key = `${by} ${operation} ${resource} ${name}`
    const reviews = this.#known.get(key) ?? new Map<string, Review>()
    try {
      const created = create(reviews)
      this.#known.delete(key)
      return created
    } catch (error) {
      if (!(error instanceof ReviewNeeded)) this.#known.delete(key)
      else if (!this.#known.has(key) || !reviews.has(error.key)) this.#ask(key, reviews, error)
      throw error
    }
  }

  #ask(key: string, reviews: Reviews, needed: ReviewNeeded): void {
    this.#known.set(key, reviews)
    if (this.#asking.has(`${key} ${needed.key}`)) return
    this.#asking.add(`${key} ${needed.key}`)
    const pending = needed.ask(this.#reach)
    const take = () => {
      if (pending.value === undefined) return
      reviews.set(needed.key, pending.value)
      this.#asking.delete(`${key} ${needed.key}`)
    }
    if (pending.value === undefined) pending.ready.each(take)
    else take()
  }
}
