/**
 * API servers behind this one: an APIService says which Service answers for a group. Whether it does is looked at when something about it
 * changes and every half minute; what it says it serves is what discovery shows, and requests for it are passed on as they are.
 */
import { type HttpHandler, type HttpRequest, type HttpResponse, Pending, textResponse } from '../../../base/http.ts'
import { textOf } from '../../../base/bytes.ts'
import type { V1APIService, V1EndpointSlice, V1Service } from '../../kinds/generated/types.ts'
import type { Kind, Verb } from '../../kinds/kind.ts'
import type { Client } from '../client.ts'
import { isRecord, isSame, timestamp } from '../objects.ts'
import { serviceEndpoint } from '../proxy.ts'
import type { Registry } from '../registry.ts'

const resource = 'apiservices.apiregistration.k8s.io'
const checkMs = 30_000
const patienceMs = 5_000

interface Verdict {
  readonly isUp: boolean
  readonly reason: string
  readonly message: string
}

type Reach = (host: string, port: number) => HttpHandler | undefined

export class Aggregation {
  readonly #registry: Registry
  readonly #reach: Reach
  readonly #client: Client
  readonly #served = new Map<string, readonly Kind[]>()
  #kinds: readonly Kind[] = []
  #isNoted = false
  #isTicking = false

  constructor(registry: Registry, reach: Reach, client: Client) {
    this.#registry = registry
    this.#reach = reach
    this.#client = client
    for (const watched of [resource, 'services', 'endpointslices.discovery.k8s.io']) registry.store.watch(watched, () => this.#note())
    this.#note()
  }

  /** What is served elsewhere, for discovery. */
  get kinds(): readonly Kind[] {
    return this.#kinds
  }

  /** Whether a group and version is another server's, up or not. */
  owns(group: string, version: string): boolean {
    return this.#registry.store.count(resource) > 0 && this.#services().some(({ spec }) => spec.group === group && spec.version === version)
  }

  /** Passes a request on. */
  answer(request: HttpRequest, group: string, version: string): HttpResponse | Pending<HttpResponse> {
    const service = this.#services().find(({ spec }) => spec.group === group && spec.version === version)
    const handler = service && this.#served.has(service.metadata.name) ? this.#handlerOf(service) : undefined
    return handler ? handler.handle(request, {}) : textResponse(503, 'service unavailable\n')
  }

  #services(): readonly V1APIService[] {
    return (this.#registry.store.list(resource) as readonly V1APIService[]).filter(({ spec }) => spec.service)
  }

  #note(): void {
    if (this.#isNoted || (this.#services().length === 0 && this.#served.size === 0)) return
    this.#isNoted = true
    this.#registry.clock.after(0, () => {
      this.#isNoted = false
      this.#checkAll()
    })
  }

  #checkAll(): void {
    const services = this.#services()
    for (const name of this.#served.keys()) if (!services.some(({ metadata }) => metadata.name === name)) this.#serve(name, undefined)
    for (const service of services) this.#check(service)
    if (services.length === 0 || this.#isTicking) return
    this.#isTicking = true
    this.#registry.clock.after(checkMs, () => {
      this.#isTicking = false
      this.#note()
    })
  }

  #check(service: V1APIService): void {
    const missing = this.#missing(service)
    if (missing) return this.#tell(service, missing, undefined)
    const { group, version } = service.spec
    const url = `/apis/${group}/${version}`
    const at = `https://${this.#object(service)?.spec.clusterIP}:${service.spec.service?.port ?? 443}`
    const handler = this.#handlerOf(service)
    const fail = (why: string) =>
      this.#tell(
        service,
        { isUp: false, reason: 'FailedDiscoveryCheck', message: `failing or missing response from ${at}${url}: ${why}` },
        undefined,
      )
    if (!handler) return fail(`Get "${at}${url}": dial tcp ${at.slice(8)}: connect: connection refused`)
    const cancel = this.#registry.clock.after(patienceMs, () => fail(`Get "${at}${url}": context deadline exceeded`))
    const take = (response: HttpResponse) => {
      cancel()
      const list = response.status === 200 ? listOf(response) : undefined
      if (list)
        this.#tell(service, { isUp: true, reason: 'Passed', message: 'all checks passed' }, kindsOf(list, group ?? '', version ?? ''))
      else fail(`bad status from ${at}${url}: ${response.status}`)
    }
    const answer = handler.handle(
      {
        method: 'GET',
        url,
        headers: { host: at.slice(8), accept: 'application/json', 'user-agent': 'Go-http-client/1.1' },
        body: new Uint8Array(),
      },
      {},
    )
    if (!(answer instanceof Pending)) take(answer)
    else if (answer.value !== undefined) take(answer.value)
    else answer.ready.once(() => answer.value && take(answer.value))
  }

  #object({ spec }: V1APIService): V1Service | undefined {
    return this.#registry.store.get('services', `${spec.service?.namespace}/${spec.service?.name}`) as V1Service | undefined
  }

  #missing(service: V1APIService): Verdict | undefined {
    const { name, namespace, port = 443 } = service.spec.service ?? {}
    const object = this.#object(service)
    if (!object) return { isUp: false, reason: 'ServiceNotFound', message: `service/${name} in "${namespace}" is not present` }
    const found = object.spec.ports?.find((each) => each.port === port)
    if (!found)
      return { isUp: false, reason: 'ServicePortError', message: `service/${name} in "${namespace}" is not listening on port ${port}` }
    const slices = this.#registry.store.indexed('endpointslices.discovery.k8s.io', 'service', `${namespace}/${name}`) as V1EndpointSlice[]
    if (slices.length === 0)
      return { isUp: false, reason: 'EndpointsNotFound', message: `cannot find endpointslices for service/${name} in "${namespace}"` }
    if (!serviceEndpoint(this.#registry, object, String(port)))
      return {
        isUp: false,
        reason: 'MissingEndpoints',
        message: `endpoints for service/${name} in "${namespace}" have no addresses with port name "${found.name ?? ''}"`,
      }
    return undefined
  }

  #handlerOf(service: V1APIService): HttpHandler | undefined {
    const object = this.#object(service)
    const target = object && serviceEndpoint(this.#registry, object, String(service.spec.service?.port ?? 443))
    return target && this.#reach(target.host, target.port)
  }

  #tell(service: V1APIService, { isUp, reason, message }: Verdict, kinds: readonly Kind[] | undefined): void {
    const { name } = service.metadata
    const latest = this.#registry.store.get(resource, name) as V1APIService | undefined
    if (!latest || latest.metadata.uid !== service.metadata.uid) return
    this.#serve(name, isUp ? kinds : undefined)
    const before = latest.status?.conditions?.find(({ type }) => type === 'Available')
    const status = isUp ? 'True' : 'False'
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : timestamp(this.#registry.clock.now())
    const conditions = [{ lastTransitionTime, message, reason, status, type: 'Available' }]
    if (!isSame(conditions, latest.status?.conditions))
      this.#client.updateStatus<V1APIService>(resource, { ...latest, status: { conditions } } as V1APIService)
  }

  #serve(name: string, kinds: readonly Kind[] | undefined): void {
    if (kinds) this.#served.set(name, kinds)
    else if (!this.#served.delete(name)) return
    this.#kinds = [...this.#served.values()].flat()
  }
}

function listOf({ body }: HttpResponse): readonly Readonly<Record<string, unknown>>[] | undefined {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return undefined
  try {
    const document: unknown = JSON.parse(typeof body === 'string' ? body : textOf(body))
    return isRecord(document) && Array.isArray(document.resources) ? document.resources.filter(isRecord) : undefined
  } catch {
    return undefined
  }
}

function kindsOf(list: readonly Readonly<Record<string, unknown>>[], group: string, version: string): readonly Kind[] {
  const texts = (value: unknown) => (Array.isArray(value) && value.length > 0 ? value.map(String) : undefined)
  return list.flatMap(({ name, kind, singularName, namespaced, verbs, shortNames, categories }) =>
    typeof name !== 'string' || name.includes('/')
      ? []
      : [
          {
            group,
            version,
            kind: String(kind),
            resource: name,
            singular: String(singularName ?? ''),
            namespaced: namespaced === true,
            verbs: (texts(verbs) ?? []) as Verb[],
            shortNames: texts(shortNames),
            categories: texts(categories),
            schema: 'V1Status',
            isAggregated: true,
          },
        ],
  )
}
