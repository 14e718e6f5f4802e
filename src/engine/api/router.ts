/**
 * HTTP on the outside of the registry: which path means which verb on which kind, what bodies may say, and in which form the answer
 * goes back (object, table, metadata only).
 */
import { parse as parseYaml } from 'yaml'
import { textOf } from '../../base/bytes.ts'
import { header, jsonResponse, textResponse, type HttpHandler, type HttpRequest, type HttpResponse, type Peer, Pending, type Upgraded } from '../../base/http.ts'
import { apiVersionOf, structureOf, type Kind, type StoredObject } from '../kinds/kind.ts'
import { kinds } from '../kinds/index.ts'
import { messageOf } from '../kinds/schema.ts'
import { hasWebhooks, review, ReviewNeeded, type Review, type Reviews } from './admission/admission-webhooks.ts'
import { ApiError, type Draft } from './client.ts'
import type { Aggregation } from './published/aggregation.ts'
import { reviewed, reviews } from './access/access-reviews.ts'
import { userOf } from './access/authentication.ts'
import { isAllowed, refusal, type User } from './access/authorization.ts'
import { decode, DecodeError } from './decode.ts'
import { withDescriptions } from './published/descriptions.ts'
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions, grouped } from './published/discovery.ts'
import { badRequest, conflict, expired, methodNotSupported, notFound, pathNotFound, statusOf, unsupportedMediaType } from './errors.ts'
import { areExpressionsLoaded } from './expressions/expressions.ts'
import { afterExpressions } from './expressions/load-expressions.ts'
import { componentStatuses, health, healthPaths, type ControlComponent } from './published/health.ts'
import { jsonPatched, mergePatched } from './patches/merge-patch.ts'
import { applied, type ManagedEntry, type Manager } from './patches/managed-fields.ts'
import { isRecord, timestamp } from './objects.ts'
import { Metrics } from './published/metrics.ts'
import { openapiDocument, openapiIndex } from './published/openapi.ts'
import { openapiV2 } from './published/openapi-v2.ts'
import { openapiProtobuf, openapiV2Protobuf } from './published/openapi-v2-protobuf.ts'
import { isProtobuf, protobufDocument } from './protobuf.ts'
import { Query } from './query.ts'
import { storeName, type Registry, type RemoveOptions, type WriteOptions, type Writer } from './registry.ts'
import { parseFieldSelector, parseLabelSelector } from './selectors.ts'
import { strategicPatched, unspent } from './patches/strategic-patch.ts'
import { columnDefinitions, partialMetadata, table, tableRow, type IncludeObject } from './published/table.ts'
import { bindPod, evictPod, scaled, scaleKind, scaleOf, tokenRequest } from './subresources.ts'
import { ResponseHeaders } from './response-headers.ts'
import { connectionTo, forwarded, upgraded, type Connection } from './proxy.ts'
import { checkListOptions, checkWatchOptions, momentOf } from './list-options.ts'
import { expiredWatch, watch } from './watch.ts'

export interface RouterOptions {
  readonly registry: Registry
  readonly version: string
  readonly reach: (host: string, port: number) => HttpHandler | undefined
  readonly served: () => readonly Kind[]
  readonly aggregation: Aggregation
  readonly address: string
  readonly isRunning: (component: ControlComponent) => boolean
  /** Whether anything in the cluster is judged by expressions. */
  readonly usesExpressions: () => boolean
}

/** What a path names. */
interface Target {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
  readonly subresource: string
  readonly rest: string
}

/** What one request is about. */
interface Call extends Target {
  readonly request: HttpRequest
  readonly query: Query
  readonly writer: Writer
  readonly form: Form
  readonly warnings: string[]
  readonly user?: User
}

type Form = { readonly as: 'object' } | { readonly as: 'table' | 'metadata'; readonly version: string }

/** Subresources whose requests go on to a kubelet, a pod or a Service. */
const proxied = ['log', 'exec', 'attach', 'portforward', 'proxy']

export class Router {
  readonly #options: RouterOptions
  readonly #registry: Registry
  /** What webhooks have said about a request that is tried again. */
  readonly #reviews = new WeakMap<HttpRequest, Reviews>()

  readonly #metrics: Metrics
  readonly #headers: ResponseHeaders
  /** Whoever made the request that is being answered. */
  #asking: User | undefined
  /** What was served when the names were last looked at. */
  #known: readonly Kind[] = []
  #lastTarget: { readonly parts: readonly string[]; readonly served: readonly Kind[]; readonly target: Target | undefined } | undefined
  #byName: ReadonlyMap<string, Kind> = new Map()

  constructor(options: RouterOptions) {
    this.#metrics = new Metrics(options.registry.clock.now())
    this.#options = options
    this.#registry = options.registry
    this.#headers = new ResponseHeaders(options.registry)
  }

  handle(request: HttpRequest, peer: Peer): HttpResponse | Pending<HttpResponse> {
    if (request.method !== 'GET' && !areExpressionsLoaded() && (this.#options.usesExpressions() || bringsExpressions(request))) return afterExpressions(this.#registry.clock, () => this.handle(request, peer))
    const warnings: string[] = []
    this.#asking = undefined
    const stamped = (response: HttpResponse): HttpResponse => this.#headers.stamped(withWarnings(readable(request, response), warnings), this.#asking)
    try {
      const response = this.#route(request, peer, warnings)
      if (!(response instanceof Pending)) this.#count(request, response.status)
      return response instanceof Pending ? response : stamped(response)
    } catch (error) {
      if (error instanceof ApiError) {
        this.#count(request, error.code)
        return stamped(jsonResponse(error.code, statusOf(error)))
      }
      if (error instanceof ReviewNeeded) return this.#afterReview(error, request, peer)
      throw error
    }
  }

  #count({ method, url }: HttpRequest, code: number): void {
    const [path, query = ''] = url.split('?', 2)
    const parts = readParts(path)
    const target = parts && this.#target(parts)
    if (!target) return
    const { kind, namespace, name, subresource } = target
    const isWatching = /(^|&)watch=(1|t|true|True|TRUE)(&|$)/.test(query)
    const verb = method === 'GET' ? (isWatching ? 'watch' : name === '' ? 'list' : 'get') : method === 'DELETE' && name === '' ? 'deletecollection' : method
    const scope = name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster'
    this.#metrics.count({ verb, group: kind.group, version: kind.version, resource: kind.resource, subresource, scope, code })
  }

  #afterReview(needed: ReviewNeeded, request: HttpRequest, peer: Peer): HttpResponse | Pending<HttpResponse> {
    const asked = review(this.#registry, needed, this.#options.reach)
    const proceed = (answer: Review) => {
      this.#reviewsOf(request).set(needed.key, answer)
      return this.handle(request, peer)
    }
    if (asked.value !== undefined) return proceed(asked.value)
    const pending = new Pending<HttpResponse>()
    asked.ready.once(() => {
      if (asked.value === undefined) return
      const result = proceed(asked.value)
      if (!(result instanceof Pending)) pending.resolve(result)
      else if (result.value !== undefined) pending.resolve(result.value)
      else result.ready.each(() => result.value !== undefined && pending.resolve(result.value))
    })
    return pending
  }

  #reviewsOf(request: HttpRequest): Reviews {
    let reviews = this.#reviews.get(request)
    if (!reviews) this.#reviews.set(request, (reviews = new Map()))
    return reviews
  }

  #route(request: HttpRequest, peer: Peer, warnings: string[]): HttpResponse | Pending<HttpResponse> {
    const [path, queryText = ''] = request.url.split('?', 2)
    const query = new Query(queryText)
    const parts = pathParts(path)
    if ((parts[0] === 'api' && parts.length > 2) || (parts[0] === 'apis' && parts.length > 3)) return this.#resource(parts, { request, query, peer, warnings })
    const user = userOf(this.#registry, request, peer)
    this.#asking = user
    const asked = { verb: request.method.toLowerCase(), group: '', resource: '', namespace: '', name: '', path }
    if (!isAllowed(this.#registry, user, asked)) throw refusal(user, asked)
    return this.#nonResource(path, parts, request)
  }

  #nonResource(path: string, parts: readonly string[], request: HttpRequest): HttpResponse | Pending<HttpResponse> {
    const served = this.#options.served()
    const groups = grouped(served)
    const accept = header(request.headers, 'accept') ?? ''
    const aggregatedVersion = /g=apidiscovery\.k8s\.io;v=(v2beta1|v2)|v=(v2beta1|v2);g=apidiscovery\.k8s\.io/.exec(accept)
    const aggregated = aggregatedVersion?.[1] ?? aggregatedVersion?.[2]
    const [first, second, third] = parts
    switch (first) {
      case undefined:
        return prettyResponse({ paths: rootPaths(served) })
      case 'api':
        if (second === 'v1') return jsonResponse(200, apiResourceList('', 'v1', ofVersion(served, '', 'v1')))
        if (second !== undefined) throw pathNotFound
        if (aggregated) return aggregatedResponse(groups.filter(({ group }) => group === ''), aggregated)
        return jsonResponse(200, apiVersions(this.#options.address || '127.0.0.1:6443'))
      case 'apis': {
        if (second === undefined) return aggregated ? aggregatedResponse(groups.filter(({ group }) => group !== ''), aggregated) : jsonResponse(200, apiGroupList(groups))
        const group = groups.find((each) => each.group === second)
        if (!group || second === '') return textResponse(404, '404 page not found\n')
        if (third === undefined) return jsonResponse(200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) })
        const kinds = ofVersion(served, second, third)
        return kinds.length > 0 ? jsonResponse(200, apiResourceList(second, third, kinds)) : textResponse(404, '404 page not found\n')
      }
      case 'version':
        return prettyResponse(versionInfo(this.#options.version))
      case 'healthz':
      case 'livez':
      case 'readyz': {
        const answer = health(parts, new Query(request.url.split('?', 2)[1] ?? ''))
        if (answer) return answer
        break
      }
      case 'openapi':
        if (second === 'v2') {
          const isJson = accept === '' || /(^|,)\s*(application\/json|\*\/\*)/.test(accept.replace(/;[^,]*/g, ''))
          return withDescriptions(this.#registry.clock, (descriptions) => {
            const document = openapiV2(served.filter(({ isAggregated }) => !isAggregated), this.#options.version, descriptions)
            return isJson ? jsonResponse(200, document) : { status: 200, headers: { 'content-type': openapiProtobuf }, body: openapiV2Protobuf(document) }
          })
        }
        if (second === 'v3') return this.#openapi(parts.slice(2), served.filter(({ isAggregated }) => !isAggregated))
        break
    }
    if (path === '/metrics') return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' }, body: this.#metrics.text(this.#registry, served, this.#options.version) }
    throw pathNotFound
  }

  #openapi(parts: readonly string[], served: readonly Kind[]): HttpResponse | Pending<HttpResponse> {
    if (parts.length === 0) return jsonResponse(200, openapiIndex(served))
    const [root, ...rest] = parts
    const [group, version] = root === 'api' ? ['', rest[0]] : rest
    const kinds = ofVersion(served, group, version)
    if (kinds.length === 0) throw pathNotFound
    return withDescriptions(this.#registry.clock, (descriptions) => jsonResponse(200, openapiDocument(kinds, descriptions)))
  }

  #resource(parts: readonly string[], { request, query, peer, warnings }: { request: HttpRequest; query: Query; peer: Peer; warnings: string[] }): HttpResponse | Pending<HttpResponse> {
    const target = this.#target(parts)
    if (!target) {
      if (parts[0] === 'apis' && this.#options.aggregation.owns(parts[1], parts[2])) return this.#options.aggregation.answer(request, parts[1], parts[2])
      if (parts[0] === 'api' && parts[1] !== 'v1') throw pathNotFound
      return textResponse(404, '404 page not found\n')
    }
    const { kind, namespace, name, subresource, rest } = target
    const user = this.#authorized(request, query, target, peer)
    const call: Call = { request, query, kind, namespace, name, subresource, rest, writer: writerOf(request, query, peer), form: formOf(request), warnings, user }
    if (kind.isAggregated) return this.#options.aggregation.answer(request, kind.group, kind.version)
    if (kind.deprecation) {
      warnings.push(kind.deprecation)
      this.#metrics.countDeprecated({ group: kind.group, version: kind.version, resource: kind.resource, subresource })
    }
    if (reviews.includes(kind.resource)) return jsonResponse(201, reviewed(this.#registry, kind.resource, user, this.#decoded(call, bodyDocument(request)) as unknown as Readonly<Record<string, unknown>>))
    if (subresource !== '') {
      return this.#subresource(call)
    }
    if (name === '') {
      if (request.method === 'GET') return isWatch(query) ? this.#watch(call) : this.#list(call)
      if (request.method === 'POST') return kind.resource === 'bindings' ? this.#bind(call, '') : this.#create(call)
      if (request.method === 'DELETE') return this.#removeAll(call)
      throw methodNotSupported(kind, verbOf(request.method))
    }
    switch (request.method) {
      case 'GET':
        return isWatch(query) ? this.#watch(call) : this.#get(call)
      case 'PUT':
        return this.#update(call)
      case 'PATCH':
        return this.#patch(call)
      case 'DELETE':
        return this.#remove(call)
      default:
        throw methodNotSupported(kind, verbOf(request.method))
    }
  }

  /** The user, once it is known that they may. */
  #authorized(request: HttpRequest, query: Query, { kind, namespace, name, subresource }: Target, peer: Peer): User {
    const user = userOf(this.#registry, request, peer)
    this.#asking = user
    const verb = request.method === 'GET' ? (isWatch(query) ? 'watch' : name === '' ? 'list' : 'get') : request.method === 'DELETE' && name === '' ? 'deletecollection' : verbOf(request.method)
    const asked = { verb, group: kind.group, resource: kind.resource, subresource, namespace: kind.resource === 'namespaces' ? name : namespace, name }
    if (!isAllowed(this.#registry, user, asked)) throw refusal(user, asked)
    return user
  }

  /** `apps/v1/deployments`; of the core group `/v1/pods`. */
  #kindNamed(name: string): Kind | undefined {
    const served = this.#options.served()
    if (served !== this.#known) {
      this.#known = served
      this.#byName = new Map(served.toReversed().map((kind) => [`${kind.group}/${kind.version}/${kind.resource}`, kind]))
    }
    return this.#byName.get(name)
  }

  /** `/apis/apps/v1/namespaces/default/deployments/web/scale` in its parts. */
  #target(parts: readonly string[]): Target | undefined {
    // As with the parts: once to answer, once to count.
    const served = this.#options.served()
    if (this.#lastTarget?.parts !== parts || this.#lastTarget.served !== served) this.#lastTarget = { parts, served, target: this.#targetOf(parts) }
    return this.#lastTarget.target
  }

  #targetOf(parts: readonly string[]): Target | undefined {
    const isCore = parts[0] === 'api'
    const [group, version, tail] = isCore ? ['', parts[1], parts.slice(2)] : [parts[1], parts[2], parts.slice(3)]
    const kindNamed = (resource: string) => this.#kindNamed(`${group}/${version}/${resource}`)
    if (tail[0] === 'namespaces' && tail.length > 2 && !(group === '' && ['status', 'finalize'].includes(tail[2]) && tail.length === 3)) {
      const kind = kindNamed(tail[2])
      if (!kind?.namespaced) return undefined
      return { kind, namespace: tail[1], name: tail[3] ?? '', subresource: tail[4] ?? '', rest: tail.slice(5).join('/') }
    }
    const kind = kindNamed(tail[0])
    if (!kind || (kind.namespaced && tail.length > 1)) return undefined
    return { kind, namespace: '', name: tail[1] ?? '', subresource: tail[2] ?? '', rest: tail.slice(3).join('/') }
  }

  #get(call: Call): HttpResponse {
    const object = call.kind.resource === 'componentstatuses' ? this.#listed(call).find(({ metadata }) => metadata.name === call.name) : this.#registry.get(call.kind, call.namespace, call.name)
    if (!object) throw notFound(call.kind, call.name)
    return this.#answer(call, 200, object)
  }

  #list(call: Call): HttpResponse {
    const { kind, query, form } = call
    checkListOptions(query, this.#registry.store)
    const matches = this.#matcher(call)
    const revision = momentOf(query)
    const all = this.#listed(call, revision).filter(matches)
    const limit = query.number('limit') ?? 0
    const start = startOf(query.text('continue'), all)
    const page = limit > 0 ? all.slice(start, start + limit) : all.slice(start)
    const left = all.length - start - page.length
    const metadata = {
      resourceVersion: String(revision ?? this.#registry.store.revision),
      ...(left > 0 ? { continue: continueToken(page[page.length - 1], revision ?? this.#registry.store.revision), ...(query.text('labelSelector') || query.text('fieldSelector') ? {} : { remainingItemCount: left }) } : {}),
    }
    if (form.as === 'table') return jsonResponse(200, table(kind, kind.printOrder ? [...page].sort(kind.printOrder) : page, metadata, { include: includeOf(query), version: form.version, nowMs: this.#registry.clock.now() }))
    if (form.as === 'metadata') {
      return jsonResponse(200, { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.version}`, metadata, items: page.map((object) => partialMetadata(object, form.version)) })
    }
    return jsonResponse(200, { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items: page.map(withoutKind) })
  }

  #listed({ kind, namespace }: Call, revision?: number): readonly StoredObject[] {
    return kind.resource === 'componentstatuses' ? componentStatuses(this.#options.isRunning) : this.#registry.list(kind, namespace, revision)
  }

  #watch(call: Call): HttpResponse {
    const { kind, query, form, namespace, name } = call
    const { store, clock } = this.#registry
    const matchesSelectors = this.#matcher(call)
    const matches = (object: StoredObject) => (namespace === '' || object.metadata.namespace === namespace) && (name === '' || object.metadata.name === name) && matchesSelectors(object)
    const version = query.text('resourceVersion') ?? ''
    const wantsInitial = query.flag('sendInitialEvents')
    const fromNow = version === '' || version === '0' || wantsInitial
    const since = fromNow ? store.revision : Number(version)
    checkWatchOptions(query, since)
    // A watch that begins too early is opened all the same, and told so.
    if (since < store.compactedRevision) return expiredWatch(`too old resource version: ${since} (${store.compactedRevision + 1})`)
    const fromStored = kind.storedAs?.fromStored
    const render = this.#renderer(call)
    const bookmark = (revision: number, annotations = {}) =>
      `{"type":"BOOKMARK","object":${JSON.stringify({ ...(form.as === 'metadata' ? { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${form.version}` } : { kind: kind.kind, apiVersion: apiVersionOf(kind) }), metadata: { resourceVersion: String(revision), creationTimestamp: null, ...annotations } })}}`
    const timeoutSeconds = query.number('timeoutSeconds')
    const body = watch({
      store,
      clock,
      resource: storeName(kind),
      since,
      matches: (object) => matches(fromStored ? fromStored(object) : object),
      render: (object) => render(fromStored ? fromStored(object) : object),
      initial: fromNow && query.text('sendInitialEvents') !== 'false' ? (store.list(storeName(kind)) as readonly StoredObject[]).filter(matches) : [],
      ...(wantsInitial && query.flag('allowWatchBookmarks') ? { initialEnd: bookmark(store.revision, { annotations: { 'k8s.io/initial-events-end': 'true' } }) } : {}),
      ...(query.flag('allowWatchBookmarks') && form.as !== 'table' ? { bookmark } : {}),
      timeoutMs: timeoutSeconds ? timeoutSeconds * 1000 : undefined,
    })
    const contentType = form.as === 'table' ? `application/json;as=Table;g=meta.k8s.io;v=${form.version}` : 'application/json'
    return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-cache, private' }, body }
  }

  #renderer({ kind, form, query }: Call): (object: StoredObject) => string {
    if (form.as === 'object') return jsonText
    if (form.as === 'metadata') return (object) => JSON.stringify(partialMetadata(object, form.version))
    let isFirst = true
    return (object) => {
      const options = { include: includeOf(query), version: form.version, nowMs: this.#registry.clock.now() }
      const rows = [tableRow(kind, object, options)]
      // Only the first event of a watch names the columns.
      const columns = isFirst ? columnDefinitions(kind) : null
      isFirst = false
      return JSON.stringify({ kind: 'Table', apiVersion: `meta.k8s.io/${form.version}`, metadata: { resourceVersion: object.metadata.resourceVersion }, columnDefinitions: columns, rows })
    }
  }

  #matcher({ kind, query }: Call): (object: StoredObject) => boolean {
    const labels = parseLabelSelector(query.text('labelSelector') ?? '')
    const fields = parseFieldSelector(query.text('fieldSelector') ?? '', kind)
    return (object) => (!labels || labels(object.metadata.labels)) && (!fields || fields.test(object))
  }

  #create(call: Call): HttpResponse {
    const { kind, namespace, writer } = call
    if (kind.isTerminating) throw new ApiError(405, 'MethodNotAllowed', 'create not allowed while custom resource definition is terminating', { group: kind.group, kind: kind.resource })
    const draft = this.#decoded(call, bodyDocument(call.request))
    const object = this.#registry.create(kind, draft, namespace, writer, this.#managed(call))
    return this.#answer(call, 201, object)
  }

  #update(call: Call): HttpResponse {
    const { kind, namespace, name, writer } = call
    const draft = this.#decoded(call, bodyDocument(call.request))
    if (draft.metadata.name && draft.metadata.name !== name) throw badRequest(`the name of the object (${draft.metadata.name}) does not match the name on the URL (${name})`)
    return this.#answer(call, 200, this.#registry.update(kind, namespace, name, (old) => {
      const { uid } = draft.metadata
      if (uid && uid !== old.metadata.uid) throw conflict(kind, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
      return draft
    }, writer, this.#managed(call)))
  }

  #patch(call: Call): HttpResponse {
    const { kind, namespace, name, writer, request } = call
    const contentType = (header(request.headers, 'content-type') ?? '').split(';')[0]
    if (contentType.startsWith('application/apply-patch')) return this.#apply(call)
    const patch = patchDocument(request)
    const change = (old: StoredObject): Draft<StoredObject> => {
      const document = patched(contentType, kind, old, patch)
      const draft = this.#decodedPatch(call, isRecord(document) ? { ...document, apiVersion: old.apiVersion, kind: old.kind } : document, contentType.startsWith('application/strategic') ? patch : undefined)
      const given = draft.metadata
      if (given.name && given.name !== name) throw badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`)
      if (given.namespace && namespace && given.namespace !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
      return draft
    }
    return this.#answer(call, 200, this.#registry.update(kind, namespace, name, change, writer, this.#managed(call)))
  }

  #apply(call: Call): HttpResponse {
    const { kind, namespace, name, writer, query, request } = call
    const document = yamlOrJson(request)
    const manager = managerOf(call, 'Apply', this.#registry.clock.now())
    if (!manager) throw new ApiError(422, 'Invalid', 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch', { group: 'meta.k8s.io', kind: 'PatchOptions', causes: [{ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' }] })
    const config = this.#checked(call, document)
    const live = this.#registry.get(kind, namespace, name)
    const context = { schema: structureOf(kind), config, manager, isForced: query.flag('force') }
    const options = this.#writeOptions(call, manager)
    if (!live) {
      if (call.subresource !== '') throw notFound(kind, name)
      const { document: fresh, entries } = applied({ ...context, live: undefined, entries: [] })
      const draft = this.#decoded(call, { ...fresh, metadata: { name, ...(isRecord(fresh.metadata) ? fresh.metadata : {}), managedFields: entries } })
      return this.#answer(call, 201, this.#registry.create(kind, draft, namespace, writer, options))
    }
    const change = (old: StoredObject): Draft<StoredObject> => {
      const { managedFields = [], ...metadata } = old.metadata
      const { document: fresh, entries } = applied({ ...context, live: { ...old, metadata } as unknown as Readonly<Record<string, unknown>>, entries: managedFields as readonly ManagedEntry[] })
      const draft = decodedAs(kind, fresh, 'Ignore', [])
      return { ...draft, metadata: { ...draft.metadata, managedFields: entries.length > 0 ? entries : [{}] } }
    }
    return this.#answer(call, 200, this.#registry.update(kind, namespace, name, change, writer, options))
  }

  /** The applied document itself, once it is known to be one. */
  #checked(call: Call, document: unknown): Readonly<Record<string, unknown>> {
    this.#decoded(call, document)
    return withoutNulls(document) as Readonly<Record<string, unknown>>
  }

  #remove(call: Call): HttpResponse {
    const { kind, namespace, name, writer } = call
    const { object, isGone } = this.#registry.remove(kind, namespace, name, writer, { ...deleteOptions(call), reviews: this.#reviewsOf(call.request) })
    if (!isGone || kind.resource === 'pods') return this.#answer(call, 200, object)
    const details = { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.resource, uid: object.metadata.uid }
    return jsonResponse(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
  }

  #removeAll(call: Call): HttpResponse {
    const { kind, namespace, writer } = call
    if (!kind.verbs.includes('deletecollection')) throw methodNotSupported(kind, 'deletecollection')
    const doomed = this.#registry.list(kind, namespace).filter(this.#matcher(call))
    const options = { ...deleteOptions(call), reviews: this.#reviewsOf(call.request) }
    for (const { metadata } of doomed) this.#registry.remove(kind, metadata.namespace ?? '', metadata.name, writer, options)
    return jsonResponse(200, { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata: { resourceVersion: String(this.#registry.store.revision) }, items: doomed.map(withoutKind) })
  }

  #subresource(call: Call): HttpResponse | Pending<HttpResponse> {
    const { kind, namespace, name, subresource, request, writer } = call
    if (proxied.includes(subresource)) return forwarded(this.#connection(call), request)
    if (!kind.subresources?.[subresource]) throw pathNotFound
    switch (subresource) {
      case 'scale':
        return this.#scale(call)
      case 'binding':
        return this.#bind(call, name)
      case 'eviction':
        evictPod(this.#registry, { namespace, name }, bodyDocument(request), writer, this.#writeOptions(call))
        return jsonResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
      case 'token':
        return jsonResponse(201, tokenRequest(this.#registry, { namespace, name }, bodyDocument(request)))
    }
    if (request.method === 'GET') return this.#get(call)
    if (request.method === 'PUT') return this.#update(call)
    if (request.method === 'PATCH') return this.#patch(call)
    throw methodNotSupported(kind, verbOf(request.method))
  }

  #scale(call: Call): HttpResponse {
    const { kind, namespace, name, writer, request } = call
    if (request.method === 'GET') {
      const object = this.#registry.get(kind, namespace, name)
      if (!object) throw notFound(kind, name)
      return jsonResponse(200, scaleOf(kind, object))
    }
    const contentType = (header(request.headers, 'content-type') ?? '').split(';')[0]
    const document = request.method === 'PATCH' ? patchDocument(request) : bodyDocument(request)
    const change = (old: StoredObject): Draft<StoredObject> => {
      const scale = request.method === 'PATCH' ? patched(contentType, scaleKind, scaleOf(kind, old) as StoredObject, document) : document
      return scaled(kind, old, scale)
    }
    const { subresource: _, ...options } = this.#managed(call)
    return jsonResponse(200, scaleOf(kind, this.#registry.update(kind, namespace, name, change, writer, options)))
  }

  #bind(call: Call, name: string): HttpResponse {
    const binding = bodyDocument(call.request)
    const target = isRecord(binding) && isRecord(binding.target) ? binding.target : {}
    const metadata = isRecord(binding) && isRecord(binding.metadata) ? binding.metadata : {}
    const pod = name || String(metadata.name ?? '')
    bindPod(this.#registry, { namespace: call.namespace, name: pod, node: String(target.name ?? '') }, call.writer, { dryRun: this.#writeOptions(call).dryRun })
    return jsonResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
  }

  /** exec, attach and port-forward speak another protocol from here on. */
  connect(request: HttpRequest, peer: Peer): Upgraded | HttpResponse {
    try {
      const [path, queryText = ''] = request.url.split('?', 2)
      const parts = pathParts(path)
      const query = new Query(queryText)
      const target = this.#target(parts)
      if (!target || !proxied.includes(target.subresource)) throw pathNotFound
      const call: Call = { request, query, ...target, writer: writerOf(request, query, peer), form: { as: 'object' }, warnings: [] }
      // Opening a stream is creating something, whichever method opens it.
      this.#authorized({ ...request, method: 'POST' }, query, target, peer)
      return upgraded(this.#connection(call), request)
    } catch (error) {
      if (error instanceof ApiError) return jsonResponse(error.code, statusOf(error))
      throw error
    }
  }

  #connection({ kind, namespace, name, subresource, rest, query, request }: Call): Connection {
    const { reach } = this.#options
    return connectionTo(this.#registry, { kind, namespace, name, subresource, rest, query, queryText: request.url.split('?', 2)[1] ?? '' }, reach)
  }

  /** A strategic patch that does not fit is refused with itself. */
  #decodedPatch(call: Call, document: unknown, patch: unknown): Draft<StoredObject> {
    if (patch === undefined) return this.#decoded(call, document)
    try {
      return this.#decoded(call, document)
    } catch (error) {
      const cause = error instanceof ApiError ? error.cause : undefined
      const asPatch = cause instanceof DecodeError ? cause.asPatch : typeof cause === 'string' ? cause : undefined
      if (asPatch === undefined) throw error
      const message = `Invalid value: ${JSON.stringify(goText(unspent(patch)))}: ${asPatch}`
      throw new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] })
    }
  }

  #writeOptions(call: Call, manager?: Manager): WriteOptions {
    const { query, subresource, warnings, user } = call
    const dryRun = query.all('dryRun')
    if (dryRun.some((value) => value !== 'All')) throw badRequest(`Invalid value: ${JSON.stringify(dryRun)}: supported values: "All"`)
    return {
      dryRun: dryRun.length > 0,
      subresource: subresource === '' ? undefined : subresource,
      warn: (text) => warnings.push(text),
      user,
      reviews: hasWebhooks(this.#registry.store) ? this.#reviewsOf(call.request) : undefined,
      manager,
    }
  }

  #managed(call: Call): WriteOptions {
    return this.#writeOptions(call, managerOf(call, 'Update', this.#registry.clock.now()))
  }

  #decoded(call: Call, document: unknown): Draft<StoredObject> {
    return decodedAs(call.kind, document, call.query.text('fieldValidation') ?? 'Warn', call.warnings)
  }

  #answer({ kind, form, query }: Call, status: number, object: StoredObject): HttpResponse {
    if (form.as === 'table') {
      return jsonResponse(status, table(kind, [object], { resourceVersion: object.metadata.resourceVersion }, { include: includeOf(query), version: form.version, nowMs: this.#registry.clock.now() }))
    }
    if (form.as === 'metadata') return jsonResponse(status, partialMetadata(object, form.version))
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(object) }
  }
}

/** Whether the request may write rules in CEL. */
function bringsExpressions({ url, body }: HttpRequest): boolean {
  if (url.includes('/admissionregistration.k8s.io/')) return true
  return url.includes('/customresourcedefinitions') && textOf(body).includes('x-kubernetes-validations')
}

/** An object is written as JSON once, however many ask for it. */
const texts = new WeakMap<object, string>()

function jsonText(object: object): string {
  if (!Object.isFrozen(object)) return JSON.stringify(object)
  let text = texts.get(object)
  if (text === undefined) texts.set(object, (text = JSON.stringify(object)))
  return text
}

function decodedAs(kind: Kind, document: unknown, validation: string, warnings: string[]): Draft<StoredObject> {
  const subject = `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}`
  if (isRecord(document)) {
    if (typeof document.kind === 'string' && document.kind !== kind.kind) {
      const spoken = `${document.kind} in version ${JSON.stringify(String(document.apiVersion ?? kind.version).split('/').pop())} cannot be handled as a ${kind.kind}`
      throw badRequest(`${spoken}: no kind ${JSON.stringify(document.kind)} is registered for version ${JSON.stringify(document.apiVersion ?? apiVersionOf(kind))} in scheme "pkg/runtime/scheme.go:110"`)
    }
    const expected = apiVersionOf(kind)
    if (document.apiVersion !== undefined && document.apiVersion !== expected) {
      throw badRequest(`the API version in the data (${String(document.apiVersion)}) does not match the expected API version (${expected})`)
    }
  }
  try {
    const { value, strictErrors } = kind.decode && isRecord(document) ? kind.decode(document) : decode(structureOf(kind), document)
    if (strictErrors.length > 0 && validation === 'Strict') {
      const why = `strict decoding error: ${strictErrors.join(', ')}`
      throw Object.assign(badRequest(`${subject}: ${why}`), { cause: why })
    }
    if (validation === 'Warn') warnings.push(...strictErrors)
    // Metadata is a struct to Go: who left it out sent an empty one.
    return (isRecord(value.metadata) ? value : { ...value, metadata: {} }) as unknown as Draft<StoredObject>
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const refused = badRequest(`${subject}: ${error.message}`)
    refused.cause = error
    throw refused
  }
}

/** A value as Go's `%+v` prints it. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isRecord(value)) return value === null ? '<nil>' : String(value)
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goText(value[key])}`).join(' ')}]`
}

function patched(contentType: string, kind: Kind, old: StoredObject, patch: unknown): unknown {
  switch (contentType) {
    case 'application/json-patch+json':
      return jsonPatched(old, patch)
    case 'application/merge-patch+json':
      return mergePatched(old, patch)
    case 'application/strategic-merge-patch+json':
      if (kind.decode) throw unsupportedMediaType('the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml')
      return strategicPatched(structureOf(kind), old as unknown as Readonly<Record<string, unknown>>, isRecord(patch) ? patch : {})
    default:
      throw unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml, application/apply-patch+cbor`,
      )
  }
}

function patchDocument(request: HttpRequest): unknown {
  try {
    return JSON.parse(textOf(request.body))
  } catch {
    throw badRequest(`error decoding patch: invalid character looking for beginning of value`)
  }
}

function bodyDocument(request: HttpRequest): unknown {
  if (isProtobuf(header(request.headers, 'content-type') ?? '')) return protobufDocument(request.body, messageOfKind)
  try {
    return JSON.parse(textOf(request.body))
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : ''}`)
  }
}

function messageOfKind(apiVersion: string, kindName: string): string | undefined {
  const kind = kinds.find((each) => each.kind === kindName && apiVersionOf(each) === apiVersion)
  const schema = kind?.schema ?? spokenSchemas[kindName]
  return schema === undefined ? undefined : messageOf(schema)
}

/** Kinds that are only spoken to subresources. */
const spokenSchemas: Readonly<Record<string, string>> = {
  DeleteOptions: 'V1DeleteOptions',
  Eviction: 'V1Eviction',
  Scale: 'V1Scale',
  TokenRequest: 'AuthenticationV1TokenRequest',
}

function withoutKind(object: StoredObject): object {
  const { kind: _, apiVersion: __, ...rest } = object
  return rest
}

function isWatch(query: Query): boolean {
  return query.flag('watch')
}

function verbOf(method: string): string {
  return { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method.toLowerCase()
}

/** Clients ask in few ways, over and over. */
const forms = new Map<string, Form>()

function formOf(request: HttpRequest): Form {
  const accept = header(request.headers, 'accept') ?? ''
  const known = forms.get(accept)
  if (known) return known
  const form = formAsked(accept)
  if (forms.size < 100) forms.set(accept, form)
  return form
}

function formAsked(accept: string): Form {
  for (const media of accept.split(',')) {
    const as = /as=(\w+)/.exec(media)?.[1]
    const version = /v=(\w+)/.exec(media)?.[1] ?? 'v1'
    if (as === 'Table') return { as: 'table', version }
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { as: 'metadata', version }
    if (!as && media.includes('json')) return { as: 'object' }
  }
  return { as: 'object' }
}

function includeOf(query: Query): IncludeObject {
  const include = query.text('includeObject')
  return include === 'Object' || include === 'None' ? include : 'Metadata'
}

/** `kubectl/v1.33.1 (linux/amd64) …` is kubectl to everybody. */
function writerOf(request: HttpRequest, query: Query, peer: Peer): Writer {
  const agent = (header(request.headers, 'user-agent') ?? '').split('/')[0]
  return { by: agent || query.text('fieldManager') || 'unknown', because: peer.because ?? 0 }
}

/** Whose name a write goes under in `managedFields`. */
function managerOf(call: Call, operation: 'Apply' | 'Update', nowMs: number): Manager | undefined {
  const { query, kind, subresource, request } = call
  const agent = (header(request.headers, 'user-agent') ?? '').split('/')[0]
  const name = query.text('fieldManager') ?? (operation === 'Update' ? agent : '')
  if (name === '') return undefined
  return { name, operation, apiVersion: apiVersionOf(kind), time: timestamp(nowMs), ...(subresource === '' ? {} : { subresource }) }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])))
}

function yamlOrJson(request: HttpRequest): unknown {
  const text = textOf(request.body)
  try {
    return JSON.parse(text)
  } catch {
    try {
      return parseYaml(text) as unknown
    } catch (error) {
      throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : ''}`)
    }
  }
}

function deleteOptions({ request, query, user, warnings }: Call): RemoveOptions {
  const body = request.body.length > 0 ? bodyDocument(request) : {}
  const given = isRecord(body) ? body : {}
  const preconditions = isRecord(given.preconditions) ? given.preconditions : {}
  return {
    gracePeriodSeconds: typeof given.gracePeriodSeconds === 'number' ? given.gracePeriodSeconds : query.number('gracePeriodSeconds'),
    propagationPolicy: typeof given.propagationPolicy === 'string' ? given.propagationPolicy : query.text('propagationPolicy'),
    ...(typeof given.orphanDependents === 'boolean' ? { orphanDependents: given.orphanDependents } : {}),
    ...(typeof preconditions.uid === 'string' ? { uid: preconditions.uid } : {}),
    ...(typeof preconditions.resourceVersion === 'string' ? { resourceVersion: preconditions.resourceVersion } : {}),
    dryRun: query.all('dryRun').length > 0 || (Array.isArray(given.dryRun) && given.dryRun.length > 0),
    user,
    warn: (text) => warnings.push(text),
  }
}

function continueToken(last: StoredObject, revision: number): string {
  const { namespace, name } = last.metadata
  return btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${namespace ? `${namespace}/` : ''}${name}\u0000` })).replaceAll('=', '')
}

function startOf(token: string | undefined, all: readonly StoredObject[]): number {
  if (!token) return 0
  let start: string
  try {
    start = (JSON.parse(atob(token)) as { start: string }).start.slice(0, -1)
  } catch {
    throw badRequest('continue key is not valid: illegal base64 data')
  }
  const at = all.findIndex(({ metadata }) => (metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name) > start)
  return at < 0 ? all.length : at
}

function pathParts(path: string): readonly string[] {
  const parts = readParts(path)
  if (!parts) throw badRequest(`invalid URL escape ${JSON.stringify(/%(?![0-9a-fA-F]{2}).{0,2}/.exec(path)?.[0] ?? path)}`)
  return parts
}

/** Undefined where a part is badly escaped. */
function readParts(path: string): readonly string[] | undefined {
  // A request is read once to be answered and once to be counted.
  if (path === last.path) return last.parts
  try {
    last = { path, parts: path.split('/').filter((part) => part !== '').map((part) => (part.includes('%') ? decodeURIComponent(part) : part)) }
    return last.parts
  } catch {
    return undefined
  }
}

let last: { readonly path: string; readonly parts: readonly string[] } = { path: '', parts: [] }

/** Who asks with curl or a browser, or says `pretty`, gets lines and indents, as upstream does it. */
function readable(request: HttpRequest, response: HttpResponse): HttpResponse {
  if (typeof response.body !== 'string' || !String(response.headers['content-type']).startsWith('application/json')) return response
  const isPerson = /^(curl|Wget|Mozilla)\//.test(header(request.headers, 'user-agent') ?? '') || /[?&]pretty=(1|true)/.test(request.url)
  return isPerson ? { ...response, body: JSON.stringify(JSON.parse(response.body), null, 2) } : response
}

function withWarnings(response: HttpResponse, warnings: readonly string[]): HttpResponse {
  if (warnings.length === 0) return response
  const list = [...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`)
  return { ...response, headers: { ...response.headers, warning: list } }
}

function ofVersion(served: readonly Kind[], group: string, version: string): readonly Kind[] {
  return served.filter((kind) => kind.group === group && kind.version === version)
}

/** The few documents that the server writes for people. */
function prettyResponse(value: object): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value, null, 2) }
}

function aggregatedResponse(groups: ReturnType<typeof grouped>, version: string): HttpResponse {
  return jsonResponse(200, aggregatedDiscovery(groups, version), { 'content-type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`, 'cache-control': 'public', vary: 'Accept' })
}

function rootPaths(served: readonly Kind[]): readonly string[] {
  const paths = new Set(['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/'])
  for (const { group, version } of served) if (group !== '') paths.add(`/apis/${group}`).add(`/apis/${group}/${version}`)
  for (const path of [...healthPaths(), '/metrics', '/metrics/slis', '/openapi/v2', '/openapi/v3', '/openapi/v3/', '/openid/v1/jwks', '/version']) paths.add(path)
  return [...paths].sort()
}

function versionInfo(version: string): object {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? ['', '1', '33']
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: version,
    gitCommit: '2df3632e823a813f64218dfc6f5c2e70d28ecdf0',
    gitTreeState: 'clean',
    buildDate: '2026-07-01T00:00:00Z',
    goVersion: 'go1.24.4',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}
