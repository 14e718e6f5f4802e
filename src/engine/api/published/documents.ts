/**
 * What the server publishes beside its objects, by path: discovery, OpenAPI, version, health, metrics.
 */
import { sha512 } from '@noble/hashes/sha2'
import { bytesOf } from '../../../base/bytes.ts'
import { hexOf } from '../../../base/pki/der.ts'
import { header, httpDate, type HttpRequest, type HttpResponse, jsonResponse, Pending, textResponse } from '../../../base/http.ts'
import type { Kind } from '../../kinds/kind.ts'
import { clusterIdentity, serviceAccountIssuer } from '../access/authentication.ts'
import { methodNotAllowed, pathNotFound } from '../errors.ts'
import { Query } from '../query.ts'
import { publishedKeys } from '../access/service-account-keys.ts'
import type { Registry } from '../registry.ts'
import { withDescriptions } from './descriptions.ts'
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions, grouped } from './discovery.ts'
import { health, healthMetrics, healthPaths } from './health.ts'
import { Metrics } from './metrics.ts'
import { openapiProtobuf, openapiV2Protobuf } from './openapi-v2-protobuf.ts'
import { openapiV2 } from './openapi-v2.ts'
import { openapiDocument, openapiHash, openapiIndex } from './openapi.ts'

/** What the documents tell of. */
export interface Published {
  readonly registry: Registry
  readonly served: readonly Kind[]
  readonly version: string
  readonly address: string
  readonly metrics: Metrics
}

interface Asked {
  readonly path: string
  readonly parts: readonly string[]
  readonly request: HttpRequest
}

export function publishedDocument(
  { path, parts, request }: Asked,
  { registry, served, version, address, metrics }: Published,
): HttpResponse | Pending<HttpResponse> {
  const groups = grouped(served)
  const accept = header(request.headers, 'accept') ?? ''
  const aggregatedVersion = /g=apidiscovery\.k8s\.io;v=(v2beta1|v2)|v=(v2beta1|v2);g=apidiscovery\.k8s\.io/.exec(accept)
  const aggregated = aggregatedVersion?.[1] ?? aggregatedVersion?.[2]
  const [first, second, third] = parts
  if (request.method !== 'GET' && ['api', 'apis', 'version'].includes(first)) throw methodNotAllowed
  switch (first) {
    case undefined:
      return prettyResponse({ paths: rootPaths(served) })
    case 'api':
      if (second === 'v1') return jsonResponse(200, apiResourceList('', 'v1', ofVersion(served, '', 'v1')))
      if (second !== undefined) throw pathNotFound
      if (aggregated)
        return aggregatedResponse(
          request,
          groups.filter(({ group }) => group === ''),
          aggregated,
        )
      return jsonResponse(200, apiVersions(address || '127.0.0.1:6443'))
    case 'apis': {
      if (second === undefined)
        return aggregated
          ? aggregatedResponse(
              request,
              groups.filter(({ group }) => group !== ''),
              aggregated,
            )
          : jsonResponse(200, apiGroupList(groups))
      const group = groups.find((each) => each.group === second)
      if (!group || second === '') return textResponse(404, '404 page not found\n')
      if (third === undefined) return jsonResponse(200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) })
      const kinds = ofVersion(served, second, third)
      return kinds.length > 0 ? jsonResponse(200, apiResourceList(second, third, kinds)) : textResponse(404, '404 page not found\n')
    }
    case 'version':
      return prettyResponse(versionInfo(version))
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
        return withDescriptions(registry.clock, (descriptions) => {
          const document = openapiV2(
            served.filter(({ isAggregated }) => !isAggregated),
            version,
            descriptions,
          )
          return isJson
            ? jsonResponse(200, document)
            : { status: 200, headers: { 'content-type': openapiProtobuf }, body: openapiV2Protobuf(document) }
        })
      }
      if (second === 'v3')
        return openapi(
          registry,
          request,
          parts.slice(2),
          served.filter(({ isAggregated }) => !isAggregated),
        )
      break
  }
  if (path === '/metrics')
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' },
      body: metrics.text(registry, served, version),
    }
  if (path === '/metrics/slis')
    return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body: healthMetrics() }
  if (path === '/.well-known/openid-configuration')
    return { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' }, body: openId(address) }
  if (path === '/openid/v1/jwks')
    return {
      status: 200,
      headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=3600' },
      body: JSON.stringify(publishedKeys(clusterIdentity(registry))),
    }
  return textResponse(404, '404 page not found\n')
}

/** Where those who trust the cluster's tokens read on. */
function openId(address: string): string {
  return JSON.stringify({
    issuer: serviceAccountIssuer,
    jwks_uri: `https://${address || '127.0.0.1:6443'}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  })
}

function openapi(
  registry: Registry,
  request: HttpRequest,
  parts: readonly string[],
  served: readonly Kind[],
): HttpResponse | Pending<HttpResponse> {
  if (parts.length === 0) return jsonResponse(200, openapiIndex(served))
  const [root, ...rest] = parts
  const [group, version] = root === 'api' ? ['', rest[0]] : rest
  const kinds = ofVersion(served, group, version)
  if (kinds.length === 0) throw pathNotFound
  // Who asks by its hash, as the index names it, may keep the document for good.
  const isByHash = new Query(request.url.split('?', 2)[1] ?? '').text('hash') !== undefined
  const headers = {
    'accept-ranges': 'bytes',
    etag: `"${openapiHash(kinds, parts.join('/'))}"`,
    vary: 'Accept',
    ...(isByHash && { 'cache-control': 'public, immutable', expires: httpDate(registry.clock.now() + 365 * 24 * 3600_000) }),
  }
  return withDescriptions(registry.clock, (descriptions) =>
    unlessKnown(request, jsonResponse(200, openapiDocument(kinds, descriptions), headers)),
  )
}

function ofVersion(served: readonly Kind[], group: string, version: string): readonly Kind[] {
  return served.filter((kind) => kind.group === group && kind.version === version)
}

/** The few documents that the server writes for people. */
function prettyResponse(value: object): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value, null, 2) }
}

function aggregatedResponse(request: HttpRequest, groups: ReturnType<typeof grouped>, version: string): HttpResponse {
  const document = aggregatedDiscovery(groups, version)
  const body = JSON.stringify(document)
  return unlessKnown(request, {
    status: 200,
    headers: {
      'content-type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
      'cache-control': 'public',
      etag: etagOf(body, document),
      vary: 'Accept',
    },
    body,
  })
}

/** Every kubectl asks for the same documents. */
const etags = new Map<string, string>()

/** Upstream takes it of the list before it is given its kind, so that both versions have the same. */
function etagOf(body: string, { kind: _kind, apiVersion: _version, ...list }: Readonly<Record<string, unknown>>): string {
  const known = etags.get(body)
  if (known !== undefined) return known
  if (etags.size >= 8) etags.clear()
  const etag = `"${hexOf(sha512(bytesOf(JSON.stringify(list)))).toUpperCase()}"`
  etags.set(body, etag)
  return etag
}

/** Who has the document already, by its ETag, is told that it still stands. */
function unlessKnown(request: HttpRequest, response: HttpResponse): HttpResponse {
  if (header(request.headers, 'if-none-match') !== header(response.headers, 'etag')) return response
  const { 'content-type': _, ...headers } = response.headers
  return { status: 304, headers, body: '' }
}

function rootPaths(served: readonly Kind[]): readonly string[] {
  const paths = new Set(['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/'])
  for (const { group, version } of served) if (group !== '') paths.add(`/apis/${group}`).add(`/apis/${group}/${version}`)
  for (const path of [
    ...healthPaths(),
    '/metrics',
    '/metrics/slis',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/version',
  ])
    paths.add(path)
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
