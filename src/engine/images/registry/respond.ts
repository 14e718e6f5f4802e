/**
 * The Distribution API v2 over the files of `storage.ts`: catalogue, tags, manifests, blobs and their uploads, errors with their codes. A manifest
 * is answered as it was pushed; the rewriting to the old schema 1 that version 2 does for clients without `Accept` is not done.
 */
import { base64Of, bytesOf, bytesOfBase64, textOf } from '../../../base/bytes.ts'
import { header, type HttpHeaders, type HttpRequest, type HttpResponse } from '../../../base/http.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import type { Process } from '../../../unix/kernel/process.ts'
import { accounts, isPassword } from './bcrypt.ts'
import type { Settings } from './settings.ts'
import { manifestIn, referencesOf, type Storage } from './storage.ts'

export interface Served {
  readonly process: Process
  readonly settings: Settings
  readonly storage: Storage
  /** 2 or 3: the media types of errors and the order of tags changed. */
  readonly major: number
}

interface Call extends Served {
  readonly request: HttpRequest
  readonly query: URLSearchParams
  readonly name: string
  /** Tag, digest or upload. */
  readonly reference: string
}

const v2 = 'application/vnd.docker.distribution.manifest.v2+json'
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const nameForm = `(${component}(?:/${component})*)`
const digestForm = /^sha256:[a-f0-9]{64}$/

type Answer = (call: Call) => HttpResponse

const routes: readonly (readonly [RegExp, Readonly<Record<string, Answer>>])[] = [
  [new RegExp(`^/v2/${nameForm}/tags/list$`), { GET: tags }],
  [
    new RegExp(`^/v2/${nameForm}/manifests/([\\w][\\w.-]{0,127}|sha256:[a-f0-9]{64})$`),
    { GET: manifest, HEAD: manifest, PUT: putManifest, DELETE: deleteManifest },
  ],
  [new RegExp(`^/v2/${nameForm}/blobs/uploads/?$`), { POST: startUpload }],
  [
    new RegExp(`^/v2/${nameForm}/blobs/uploads/([\\w-]+)$`),
    { GET: uploadStatus, PATCH: patchUpload, PUT: putUpload, DELETE: cancelUpload },
  ],
  [new RegExp(`^/v2/${nameForm}/blobs/(sha256:[a-f0-9]{64})$`), { GET: blob, HEAD: blob, DELETE: deleteBlob }],
]

export function respond(served: Served, request: HttpRequest): HttpResponse {
  const [path, search = ''] = request.url.split(/\?(.*)/s)
  const query = new URLSearchParams(search)
  if (path === '/' || path === '/debug/health') return { status: 200, headers: { 'cache-control': 'no-cache' }, body: '' }
  const common: HttpHeaders = {
    'docker-distribution-api-version': 'registry/2.0',
    'x-content-type-options': 'nosniff',
    ...served.settings.headers,
  }
  const whole = (response: HttpResponse): HttpResponse => ({
    ...response,
    headers: alphabetical({ ...common, ...response.headers }),
    ...(request.method === 'HEAD' && { body: '' }),
  })
  if (path === '/v2')
    return {
      status: 301,
      headers: { 'content-type': 'text/html; charset=utf-8', 'docker-distribution-api-version': 'registry/2.0', location: '/v2/' },
      body: request.method === 'GET' ? '<a href="/v2/">Moved Permanently</a>.\n\n' : '',
    }
  if (path === '/v2/' || path === '/v2/_catalog') {
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: { allow: 'GET' }, body: '' }
    const refused = unauthorized(served, request, path === '/v2/' ? null : [{ Type: 'registry', Class: '', Name: 'catalog', Action: '*' }])
    if (refused) return whole(refused)
    const call: Call = { ...served, request, query, name: '', reference: '' }
    return whole(path === '/v2/' ? json(served, 200, '{}') : catalog(call))
  }
  for (const [pattern, methods] of routes) {
    const found = pattern.exec(path)
    if (!found) continue
    const answer = methods[request.method]
    if (!answer) return { status: 405, headers: { allow: Object.keys(methods).join(', ') }, body: '' }
    const refused = unauthorized(served, request, accessOf(request.method, found[1]))
    return whole(refused ?? answer({ ...served, request, query, name: found[1], reference: found[2] ?? '' }))
  }
  return {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: '404 page not found\n',
  }
}

function alphabetical(headers: HttpHeaders): HttpHeaders {
  return Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function json({ major }: Served, status: number, body: string, headers: HttpHeaders = {}): HttpResponse {
  return {
    status,
    headers: {
      ...headers,
      'content-length': String(bytesOf(body).length),
      'content-type': major < 3 ? 'application/json; charset=utf-8' : 'application/json',
    },
    body,
  }
}

const messages = {
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_INVALID: [400, 'blob upload invalid'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  MANIFEST_BLOB_UNKNOWN: [400, 'blob unknown to registry'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown'],
  NAME_UNKNOWN: [404, 'repository name not known to registry'],
  PAGINATION_NUMBER_INVALID: [400, 'invalid number of results requested'],
  UNAUTHORIZED: [401, 'authentication required'],
  UNSUPPORTED: [405, 'The operation is unsupported.'],
} as const

function failed(served: Served, code: keyof typeof messages, detail?: unknown, headers: HttpHeaders = {}): HttpResponse {
  const [status, message] = messages[code]
  return json(served, status, `${JSON.stringify({ errors: [{ code, message, ...(detail !== undefined && { detail }) }] })}\n`, headers)
}

function accessOf(method: string, Name: string): object[] {
  const actions = method === 'GET' || method === 'HEAD' ? ['pull'] : method === 'DELETE' ? ['delete'] : ['pull', 'push']
  return actions.map((Action) => ({ Type: 'repository', Class: '', Name, Action }))
}

/** The file is read each time, so an account can be added while the registry runs. */
function unauthorized(served: Served, request: HttpRequest, access: unknown): HttpResponse | undefined {
  const { settings, process } = served
  if (settings.htpasswd === undefined) return undefined
  const given = /^Basic (.*)$/i.exec(header(request.headers, 'authorization') ?? '')
  if (given) {
    const [user, password] = textOf(bytesOfBase64(given[1])).split(/:(.*)/s)
    const known = process.files.exists(settings.htpasswd)
      ? accounts(process.files.readFile(settings.htpasswd, process.credentials))
      : new Map<string, string>()
    if (isPassword(password ?? '', known.get(user) ?? '')) return undefined
  }
  return failed(served, 'UNAUTHORIZED', access, { 'www-authenticate': `Basic realm="${settings.realm}"` })
}

/** A page of a list: at most `n` behind `last`. */
function page(call: Call, all: readonly string[], field: string, path: string, before: object): HttpResponse {
  const asked = call.query.get('n')
  if (asked !== null && !/^\d+$/.test(asked)) return failed(call, 'PAGINATION_NUMBER_INVALID', { n: asked })
  const last = call.query.get('last') ?? ''
  const rest = last === '' ? all : all.filter((one) => one > last)
  const shown = asked === null ? rest : rest.slice(0, Number(asked))
  const link: HttpHeaders =
    shown.length < rest.length ? { link: `<${path}?last=${encodeURIComponent(shown.at(-1) ?? '')}&n=${asked}>; rel="next"` } : {}
  return json(call, 200, `${JSON.stringify({ ...before, [field]: shown })}\n`, link)
}

function catalog(call: Call): HttpResponse {
  return page(call, call.storage.repositories(), 'repositories', '/v2/_catalog', {})
}

function tags(call: Call): HttpResponse {
  const found = call.storage.tags(call.name)
  if (!found) return failed(call, 'NAME_UNKNOWN', { name: call.name })
  // Version 2 lists a folder as the file system has it, which is in no order; version 3 sorts.
  return page(call, call.major < 3 ? [...found].reverse() : [...found].sort(), 'tags', `/v2/${call.name}/tags/list`, { name: call.name })
}

function manifest(call: Call): HttpResponse {
  const { storage, name, reference } = call
  const isDigest = digestForm.test(reference)
  const digest = isDigest ? reference : storage.tagged(name, reference)
  if (digest === undefined || !storage.hasManifest(name, digest))
    return failed(
      call,
      'MANIFEST_UNKNOWN',
      isDigest ? { name, revision: reference } : call.major < 3 ? { Tag: reference } : `unknown tag=${reference}`,
    )
  const bytes = storage.blob(digest)
  const etag = `"${digest}"`
  if (header(call.request.headers, 'if-none-match') === etag) return { status: 304, headers: {}, body: '' }
  return {
    status: 200,
    headers: {
      'content-length': String(bytes.length),
      'content-type': manifestIn(bytes)?.mediaType ?? v2,
      'docker-content-digest': digest,
      etag,
    },
    body: bytes,
  }
}

function putManifest(call: Call): HttpResponse {
  const { storage, name, reference, request, settings } = call
  if (settings.isReadOnly) return failed(call, 'UNSUPPORTED')
  const parsed = manifestIn(request.body)
  if (!parsed) return failed(call, 'MANIFEST_INVALID', {})
  if (parsed.schemaVersion !== 2) return failed(call, 'MANIFEST_INVALID', 'unrecognized manifest content type')
  const digest = `sha256:${sha256Hex(request.body)}`
  if (digestForm.test(reference) && reference !== digest) return failed(call, 'DIGEST_INVALID')
  const { blobs, manifests } = referencesOf(parsed)
  const missing = [...blobs.filter((one) => !storage.hasBlob(name, one)), ...manifests.filter((one) => !storage.hasManifest(name, one))]
  if (missing.length > 0)
    return json(
      call,
      400,
      `${JSON.stringify({ errors: missing.map((detail) => ({ code: 'MANIFEST_BLOB_UNKNOWN', message: messages.MANIFEST_BLOB_UNKNOWN[1], detail })) })}\n`,
    )
  storage.keep(name, request.body)
  storage.putManifest(name, digest, digestForm.test(reference) ? undefined : reference)
  return {
    status: 201,
    headers: { 'content-length': '0', 'docker-content-digest': digest, location: placeOf(call, `/v2/${name}/manifests/${digest}`) },
    body: '',
  }
}

function deleteManifest(call: Call): HttpResponse {
  const { storage, name, reference, settings } = call
  if (settings.isReadOnly) return failed(call, 'UNSUPPORTED')
  const accepted: HttpResponse = { status: 202, headers: { 'content-length': '0' }, body: '' }
  if (!digestForm.test(reference)) {
    if (!settings.canDelete) return failed(call, 'UNSUPPORTED')
    if (storage.tagged(name, reference) === undefined) return failed(call, 'MANIFEST_UNKNOWN', { Tag: reference })
    storage.untag(name, reference)
    return accepted
  }
  if (!settings.canDelete) return failed(call, 'UNSUPPORTED')
  if (!storage.hasManifest(name, reference)) return failed(call, 'MANIFEST_UNKNOWN', { name, revision: reference })
  storage.removeManifest(name, reference)
  return accepted
}

function blob(call: Call): HttpResponse {
  const { storage, name, reference } = call
  if (!storage.hasBlob(name, reference)) return failed(call, 'BLOB_UNKNOWN', reference)
  const bytes = storage.blob(reference)
  return {
    status: 200,
    headers: {
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=31536000',
      'content-length': String(bytes.length),
      'content-type': 'application/octet-stream',
      'docker-content-digest': reference,
      etag: `"${reference}"`,
    },
    body: bytes,
  }
}

function deleteBlob(call: Call): HttpResponse {
  const { storage, name, reference, settings } = call
  if (!settings.canDelete || settings.isReadOnly) return failed(call, 'UNSUPPORTED')
  if (!storage.hasBlob(name, reference)) return failed(call, 'BLOB_UNKNOWN', reference)
  storage.removeBlob(name, reference)
  return { status: 202, headers: { 'content-length': '0', 'docker-content-digest': reference }, body: '' }
}

function startUpload(call: Call): HttpResponse {
  const { storage, process, name, query, settings } = call
  if (settings.isReadOnly) return failed(call, 'UNSUPPORTED')
  const mount = query.get('mount')
  const from = query.get('from')
  if (mount !== null && from !== null && digestForm.test(mount) && storage.hasBlob(from, mount)) {
    storage.link(name, mount)
    return stored(call, mount)
  }
  const id = process.kernel.random.uuid()
  storage.startUpload(name, id)
  return underWay(call, id, 202, 0)
}

/** Where an upload goes on, and how much of it is there. */
function underWay(call: Call, id: string, status: number, size: number): HttpResponse {
  const state = base64Of(
    bytesOf(JSON.stringify({ Name: call.name, UUID: id, Offset: size, StartedAt: new Date(call.process.now()).toISOString() })),
  )
    .replaceAll('+', '-')
    .replaceAll('/', '_')
  return {
    status,
    headers: {
      'docker-upload-uuid': id,
      location: placeOf(call, `/v2/${call.name}/blobs/uploads/${id}?_state=${state}`),
      range: `0-${Math.max(0, size - 1)}`,
      ...(status !== 204 && { 'content-length': '0' }),
    },
    body: '',
  }
}

function stored(call: Call, digest: string): HttpResponse {
  return {
    status: 201,
    headers: { 'content-length': '0', 'docker-content-digest': digest, location: placeOf(call, `/v2/${call.name}/blobs/${digest}`) },
    body: '',
  }
}

function placeOf({ request, settings }: Call, path: string): string {
  if (settings.hasRelativeUrls) return path
  return `${settings.host || `http://${header(request.headers, 'host') ?? 'localhost'}`}${path}`
}

function uploadStatus(call: Call): HttpResponse {
  const bytes = call.storage.upload(call.name, call.reference)
  return bytes ? underWay(call, call.reference, 204, bytes.length) : failed(call, 'BLOB_UPLOAD_UNKNOWN')
}

function patchUpload(call: Call): HttpResponse {
  const before = call.storage.upload(call.name, call.reference)
  if (!before) return failed(call, 'BLOB_UPLOAD_UNKNOWN')
  call.storage.append(call.name, call.reference, call.request.body)
  return underWay(call, call.reference, 202, before.length + call.request.body.length)
}

function putUpload(call: Call): HttpResponse {
  const { storage, name, reference, query, request } = call
  if (!storage.upload(name, reference)) return failed(call, 'BLOB_UPLOAD_UNKNOWN')
  const wanted = query.get('digest') ?? ''
  if (!digestForm.test(wanted)) return failed(call, 'DIGEST_INVALID', wanted === '' ? 'digest missing' : 'digest parsing failed')
  if (request.body.length > 0) storage.append(name, reference, request.body)
  const bytes = storage.upload(name, reference) as Uint8Array
  const digest = `sha256:${sha256Hex(bytes)}`
  storage.endUpload(name, reference)
  if (digest !== wanted) return failed(call, 'DIGEST_INVALID', { Digest: wanted, Reason: {} })
  storage.link(name, storage.keep(name, bytes))
  return stored(call, digest)
}

function cancelUpload(call: Call): HttpResponse {
  if (!call.storage.upload(call.name, call.reference)) return failed(call, 'BLOB_UPLOAD_UNKNOWN')
  call.storage.endUpload(call.name, call.reference)
  return { status: 204, headers: { 'docker-upload-uuid': call.reference }, body: '' }
}
