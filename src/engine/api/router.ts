/**
 * HTTP on the outside of the registry: who asks, whether they may, and which path and method mean which verb on which kind. The verbs
 * themselves are in rest/, what is published beside the objects in published/.
 */
import { textOf } from '../../base/bytes.ts'
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  jsonResponse,
  type Peer,
  Pending,
  textResponse,
  type Upgraded,
} from '../../base/http.ts'
import type { Kind } from '../kinds/kind.ts'
import { reviewed, reviews } from './access/access-reviews.ts'
import { userOf } from './access/authentication.ts'
import { isAllowed, refusal, type User } from './access/authorization.ts'
import { ReviewNeeded } from './admission/review-needed.ts'
import { answeredAfterReview, reviewsOf } from './admission/reviews.ts'
import { ApiError } from './client.ts'
import { methodNotAllowed, pathNotFound, statusOf, tooLarge } from './errors.ts'
import { areExpressionsLoaded } from './expressions/expressions.ts'
import { afterExpressions } from './expressions/load-expressions.ts'
import { type Connection, connectionTo, forwarded, upgraded } from './proxy.ts'
import type { Aggregation } from './published/aggregation.ts'
import { publishedDocument } from './published/documents.ts'
import type { ControlComponent } from './published/health.ts'
import { Metrics } from './published/metrics.ts'
import { Query } from './query.ts'
import type { Registry } from './registry.ts'
import { ResponseHeaders } from './response-headers.ts'
import { bodyDocument, decoded } from './rest/bodies.ts'
import { type Call, isWatch, type Target, verbOf, writerOf } from './rest/call.ts'
import { checkBodyType, formOf, readable } from './rest/negotiation.ts'
import { pathParts, Paths } from './rest/paths.ts'
import { get, list, watched } from './rest/reading.ts'
import { bind, create, patch, remove, removeAll, scale, update, writeOptions } from './rest/writing.ts'
import { evictPod, tokenRequest } from './subresources.ts'

export interface RouterOptions {
  readonly registry: Registry
  readonly version: () => string
  readonly reach: (host: string, port: number) => HttpHandler | undefined
  readonly served: () => readonly Kind[]
  readonly aggregation: Aggregation
  readonly address: string
  readonly isRunning: (component: ControlComponent) => boolean
  /** Whether anything in the cluster is judged by expressions. */
  readonly usesExpressions: () => boolean
}

/** Subresources whose requests go on to a kubelet, a pod or a Service. */
const proxied = ['log', 'exec', 'attach', 'portforward', 'proxy']

export class Router {
  readonly #options: RouterOptions
  readonly #registry: Registry
  readonly #paths: Paths
  readonly #metrics: Metrics
  readonly #headers: ResponseHeaders

  constructor(options: RouterOptions) {
    this.#options = options
    this.#registry = options.registry
    this.#paths = new Paths(options.served)
    this.#metrics = new Metrics(options.registry.clock.now())
    this.#headers = new ResponseHeaders(options.registry)
  }

  handle(request: HttpRequest, peer: Peer): HttpResponse | Pending<HttpResponse> {
    if (request.method !== 'GET' && !areExpressionsLoaded() && (this.#options.usesExpressions() || bringsExpressions(request)))
      return afterExpressions(this.#registry.clock, () => this.handle(request, peer))
    const asked: Asked = { request, peer, warnings: [], target: undefined, user: undefined, isWatch: false }
    try {
      const response = this.#route(asked)
      return response instanceof Pending ? response : this.#finished(asked, response)
    } catch (error) {
      if (error instanceof ApiError) return this.#finished(asked, jsonResponse(error.code, statusOf(error)))
      if (error instanceof ReviewNeeded) {
        return answeredAfterReview(error.ask(this.#options.reach), (said) => {
          reviewsOf(request).set(error.key, said)
          return this.handle(request, peer)
        })
      }
      return this.#finished(asked, this.#panicked(request, error))
    }
  }

  /** A bug of ours: the server goes on, as the real one recovers from a panic of its handlers. */
  #panicked({ method, url }: HttpRequest, error: unknown): HttpResponse {
    this.#registry.clock.fault(`kube-apiserver, at ${method} ${url}`, error)
    return textResponse(500, 'This request caused apiserver to panic. Look in the logs for details.\n', {
      'x-content-type-options': 'nosniff',
    })
  }

  /** Counts the answer, and adds what every answer carries. */
  #finished({ request, target, user, isWatch, warnings }: Asked, response: HttpResponse): HttpResponse {
    if (target) {
      const { kind, namespace, name, subresource } = target
      const verb = readingVerb(request.method, name, isWatch) ?? request.method
      const scope = name !== '' ? 'resource' : namespace !== '' ? 'namespace' : 'cluster'
      this.#metrics.count(kind, { verb, subresource, scope, code: response.status })
    }
    return this.#headers.stamped(withWarnings(readable(request, response), warnings), user)
  }

  #route(asked: Asked): HttpResponse | Pending<HttpResponse> {
    const { request, peer } = asked
    const [path, queryText] = pathAndQuery(request.url)
    const query = new Query(queryText)
    const parts = pathParts(path)
    if ((parts[0] === 'api' && parts.length > 2) || (parts[0] === 'apis' && parts.length > 3)) return this.#resource(parts, query, asked)
    const user = (asked.user = userOf(this.#registry, request, peer))
    const wish = { verb: request.method.toLowerCase(), group: '', resource: '', namespace: '', name: '', path }
    if (!isAllowed(this.#registry, user, wish)) throw refusal(user, wish)
    const { version, address } = this.#options
    return publishedDocument(
      { path, parts, request },
      { registry: this.#registry, served: this.#options.served(), version: version(), address, metrics: this.#metrics },
    )
  }

  #resource(parts: readonly string[], query: Query, asked: Asked): HttpResponse | Pending<HttpResponse> {
    const { request, peer, warnings } = asked
    const target = (asked.target = this.#paths.target(parts))
    asked.isWatch = isWatch(query)
    if (!target) {
      if (parts[0] === 'apis' && this.#options.aggregation.owns(parts[1], parts[2]))
        return this.#options.aggregation.answer(request, parts[1], parts[2])
      const isServed = parts[0] === 'api' || this.#options.served().some(({ group, version }) => group === parts[1] && version === parts[2])
      if (isServed) throw pathNotFound
      return textResponse(404, '404 page not found\n')
    }
    const { kind, namespace, name, subresource, rest } = target
    const user = (asked.user = userOf(this.#registry, request, peer))
    this.#authorize(user, request.method, target, asked.isWatch)
    if (kind.isAggregated) return this.#options.aggregation.answer(request, kind.group, kind.version)
    // Field by field: spreading the target costs as much as all the rest of this function.
    const call: Call = {
      kind,
      namespace,
      name,
      subresource,
      rest,
      request,
      query,
      writer: writerOf(request, query, peer),
      form: formOf(request),
      warnings,
      user,
    }
    if (!hasMethod(request.method, target)) throw isOnlyCreated(target) ? pathNotFound : methodNotAllowed
    if (kind.deprecation) {
      warnings.push(kind.deprecation)
      this.#metrics.countDeprecated({ group: kind.group, version: kind.version, resource: kind.resource, subresource })
    }
    if (reviews.includes(kind.resource))
      return jsonResponse(
        201,
        reviewed(
          this.#registry,
          kind,
          user,
          decoded(call, bodyDocument(request, kind.kind)) as unknown as Readonly<Record<string, unknown>>,
        ),
      )
    if (subresource !== '') return this.#subresource(call)
    if (request.method === 'POST' || request.method === 'PUT' || (request.method === 'DELETE' && request.body.length > 0))
      checkBody(request, kind)
    return name === '' ? this.#collection(call) : this.#object(call)
  }

  #collection(call: Call): HttpResponse {
    const { kind, query, request } = call
    switch (request.method) {
      case 'GET':
        return isWatch(query) ? watched(this.#registry, call) : list(this.#options, call)
      case 'POST':
        return kind.resource === 'bindings' ? bind(this.#registry, call, '') : create(this.#registry, call)
      case 'DELETE':
        return removeAll(this.#registry, call)
      default:
        throw methodNotAllowed
    }
  }

  #object(call: Call): HttpResponse {
    const { query, request } = call
    switch (request.method) {
      case 'GET':
        return isWatch(query) ? watched(this.#registry, call) : get(this.#options, call)
      case 'PUT':
        return update(this.#registry, call)
      case 'PATCH':
        return patch(this.#registry, call)
      case 'DELETE':
        return remove(this.#registry, call)
      default:
        throw methodNotAllowed
    }
  }

  #authorize(user: User, method: string, { kind, namespace, name, subresource }: Target, isWatching: boolean): void {
    const wish = {
      verb: readingVerb(method, name, isWatching) ?? verbOf(method),
      group: kind.group,
      resource: kind.resource,
      subresource,
      namespace: kind.resource === 'namespaces' ? name : namespace,
      name,
    }
    if (!isAllowed(this.#registry, user, wish)) throw refusal(user, wish)
  }

  #subresource(call: Call): HttpResponse | Pending<HttpResponse> {
    const { kind, namespace, name, subresource, request, writer } = call
    if (proxied.includes(subresource)) return forwarded(this.#connection(call), request)
    if (!kind.subresources?.[subresource]) throw pathNotFound
    switch (subresource) {
      case 'scale':
        return scale(this.#registry, call)
      case 'binding':
        return bind(this.#registry, call, name)
      case 'eviction':
        evictPod(this.#registry, { namespace, name }, bodyDocument(request, 'Eviction'), writer, writeOptions(this.#registry, call))
        return jsonResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
      case 'token':
        return jsonResponse(201, tokenRequest(this.#registry, { namespace, name }, bodyDocument(request, 'TokenRequest')))
    }
    switch (request.method) {
      case 'GET':
        return get(this.#options, call)
      case 'PUT':
        return update(this.#registry, call)
      case 'PATCH':
        return patch(this.#registry, call)
      default:
        throw methodNotAllowed
    }
  }

  /** exec, attach and port-forward speak another protocol from here on. */
  connect(request: HttpRequest, peer: Peer): Upgraded | HttpResponse {
    try {
      const [path, queryText] = pathAndQuery(request.url)
      const parts = pathParts(path)
      const query = new Query(queryText)
      const target = this.#paths.target(parts)
      if (!target || !proxied.includes(target.subresource)) throw pathNotFound
      const call: Call = { request, query, ...target, writer: writerOf(request, query, peer), form: { as: 'object' }, warnings: [] }
      // Opening a stream is creating something, whichever method opens it.
      this.#authorize(userOf(this.#registry, request, peer), 'POST', target, isWatch(query))
      return upgraded(this.#connection(call), request)
    } catch (error) {
      return error instanceof ApiError ? jsonResponse(error.code, statusOf(error)) : this.#panicked(request, error)
    }
  }

  #connection({ kind, namespace, name, subresource, rest, query, request }: Call): Connection {
    const { reach } = this.#options
    return connectionTo(this.#registry, { kind, namespace, name, subresource, rest, query, queryText: pathAndQuery(request.url)[1] }, reach)
  }
}

/** Whether the path knows the method: discovery says so, too. */
function hasMethod(method: string, { kind, name, subresource }: Target): boolean {
  // Who makes something of a definition that is going is told why not.
  if (proxied.includes(subresource) || kind.isTerminating) return true
  const known = subresource === '' ? kind.verbs : kind.subresources?.[subresource]?.verbs
  const isOfAll = name === '' && subresource === ''
  const verb = method === 'GET' && isOfAll ? 'list' : method === 'DELETE' && isOfAll ? 'deletecollection' : verbOf(method)
  return known === undefined || known.some((each) => each === verb)
}

/** A Binding, a review: there is no path of a single one, whatever the method. */
function isOnlyCreated({ kind, name, subresource }: Target): boolean {
  return name !== '' && subresource === '' && kind.verbs.every((verb) => verb === 'create')
}

/** As much as the server reads of one object. */
const longestBody = 3 * 1024 * 1024

function checkBody(request: HttpRequest, kind: Kind): void {
  checkBodyType(request, kind)
  if (request.body.length > longestBody) throw tooLarge(longestBody)
}

/** What is found out about a request on its way. */
interface Asked {
  readonly request: HttpRequest
  readonly peer: Peer
  readonly warnings: string[]
  target: Target | undefined
  user: User | undefined
  isWatch: boolean
}

/** What follows a second question mark belongs to nothing. */
function pathAndQuery(url: string): readonly [path: string, query: string] {
  const at = url.indexOf('?')
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1).split('?', 1)[0]]
}

/** The verbs that HTTP's methods alone do not tell; undefined where they do. */
function readingVerb(method: string, name: string, isWatching: boolean): string | undefined {
  if (method === 'GET') return isWatching ? 'watch' : name === '' ? 'list' : 'get'
  return method === 'DELETE' && name === '' ? 'deletecollection' : undefined
}

/** Whether the request may write rules in CEL. */
function bringsExpressions({ url, body }: HttpRequest): boolean {
  if (url.includes('/admissionregistration.k8s.io/')) return true
  return url.includes('/customresourcedefinitions') && textOf(body).includes('x-kubernetes-validations')
}

function withWarnings(response: HttpResponse, warnings: readonly string[]): HttpResponse {
  if (warnings.length === 0) return response
  const list = [...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`)
  return { ...response, headers: { ...response.headers, warning: list } }
}
