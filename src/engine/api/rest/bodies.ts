/**
 * What a request's body says: JSON, YAML or protobuf to a draft of the kind, patches to what they make of an object. Decoding is strict, and
 * tells in upstream's words what a body says too much.
 */
import { jsonProblem } from '../../../base/go-json-errors.ts'
import { parse as parseYaml } from 'yaml'
import { textOf } from '../../../base/bytes.ts'
import { header, type HttpRequest } from '../../../base/http.ts'
import { kinds } from '../../kinds/index.ts'
import { apiVersionOf, type Kind, type StoredObject, structureOf } from '../../kinds/kind.ts'
import { messageOf } from '../../kinds/schema.ts'
import { ApiError, type Draft } from '../client.ts'
import { decode, DecodeError } from '../decode.ts'
import { badRequest, unsupportedMediaType } from '../errors.ts'
import { isRecord } from '../objects.ts'
import { jsonPatched, mergePatched } from '../patches/merge-patch.ts'
import { strategicPatched, unspent } from '../patches/strategic-patch.ts'
import { isProtobuf, protobufDocument } from '../protobuf.ts'
import type { RemoveOptions } from '../registry.ts'
import type { Call } from './call.ts'
import { isYamlBody } from './negotiation.ts'
import { checkDeleteOptions } from './options.ts'

export function decoded(call: Call, document: unknown): Draft<StoredObject> {
  return decodedAs(call.kind, document, call.query.text('fieldValidation') ?? 'Warn', call.warnings)
}

/** A patch that does not fit is refused with itself where it is strategic, else with what it would have made of the object. */
export function decodedPatch(call: Call, document: unknown, patch: unknown): Draft<StoredObject> {
  try {
    return decoded(call, document)
  } catch (error) {
    const cause = error instanceof ApiError ? error.cause : undefined
    const problem = typeof cause === 'string' ? cause : cause instanceof DecodeError ? cause.message : undefined
    if (problem === undefined) throw error
    const isOfParts = isStrategic(call.request)
    const shown = isOfParts ? goText(unspent(patch)) : JSON.stringify(sortedAlong(document, touchedBy(patch)))
    const why = isOfParts && cause instanceof DecodeError ? cause.asPatch : problem
    if (why === undefined) throw error
    const message = `Invalid value: ${JSON.stringify(shown)}: ${why}`
    throw new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
      causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
    })
  }
}

type Tree = Readonly<Record<string, unknown>>

/** The parts of a document that a patch looks into: a merge patch is that itself, the steps of a JSON patch name them. */
function touchedBy(patch: unknown): Tree {
  if (!Array.isArray(patch)) return isRecord(patch) ? patch : {}
  const root: Record<string, unknown> = {}
  for (const step of patch as readonly unknown[]) {
    let at = root
    const path = isRecord(step) && typeof step.path === 'string' ? step.path.split('/').slice(1, -1) : []
    for (const part of path) at = (at[part.replaceAll('~1', '/').replaceAll('~0', '~')] ??= {}) as Record<string, unknown>
  }
  return root
}

/** What Go has taken apart it puts together in the order of its names. */
function sortedAlong(value: unknown, touched: unknown): unknown {
  if (!isRecord(touched)) return value
  if (Array.isArray(value)) return value.map((item, index) => (index in touched ? sortedAlong(item, touched[index]) : item) as unknown)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, key in touched ? sortedAlong(value[key], touched[key]) : value[key]]),
  )
}

export function decodedAs(kind: Kind, document: unknown, validation: string, warnings: string[]): Draft<StoredObject> {
  if (isRecord(document)) {
    if (typeof document.kind === 'string' && document.kind !== kind.kind) {
      const spoken = `${document.kind} in version ${JSON.stringify(
        String(document.apiVersion ?? kind.version)
          .split('/')
          .pop(),
      )} cannot be handled as a ${kind.kind}`
      throw badRequest(
        `${spoken}: no kind ${JSON.stringify(document.kind)} is registered for version ${JSON.stringify(document.apiVersion ?? apiVersionOf(kind))} in scheme "pkg/runtime/scheme.go:110"`,
      )
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
      throw Object.assign(badRequest(`${unreadable(kind)}: ${why}`), { cause: why })
    }
    if (validation === 'Warn') warnings.push(...strictErrors)
    // Metadata is a struct to Go: who left it out sent an empty one.
    return (isRecord(value.metadata) ? value : { ...value, metadata: {} }) as unknown as Draft<StoredObject>
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const refused = badRequest(`${unreadable(kind)}: ${error.message}`)
    refused.cause = error
    throw refused
  }
}

function unreadable({ kind, version }: Kind): string {
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`
}

/** A value as Go's `%+v` prints it. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isRecord(value)) return value === null ? '<nil>' : String(value)
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key])}`)
    .join(' ')}]`
}

export function patched(contentType: string, kind: Kind, old: StoredObject, patch: unknown): unknown {
  switch (contentType) {
    case 'application/json-patch+json':
      return jsonPatched(old, patch)
    case 'application/merge-patch+json':
      if (!isRecord(patch)) throw badRequest(`error decoding patch: ${notAMap(patch)}`)
      return mergePatched(old, patch)
    case 'application/strategic-merge-patch+json':
      if (kind.decode)
        throw unsupportedMediaType(
          'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
        )
      if (!isRecord(patch)) throw badRequest(notAMap(patch))
      return strategicPatched(structureOf(kind), old as unknown as Readonly<Record<string, unknown>>, patch)
    default:
      throw unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml`,
      )
  }
}

/** What Go says of a value that should be an object. */
export function notAMap(patch: unknown): string {
  const sort = Array.isArray(patch) ? 'array' : patch === null ? 'null' : typeof patch
  return `json: cannot unmarshal ${sort} into Go value of type map[string]interface {}`
}

export function patchDocument(request: HttpRequest): unknown {
  const text = textOf(request.body)
  try {
    return JSON.parse(text)
  } catch {
    const problem = jsonProblem(text)?.message ?? 'invalid character after top-level value'
    // Only the other two patches are said to be decoded.
    throw badRequest(isStrategic(request) ? problem : `error decoding patch: ${problem}`)
  }
}

export function isStrategic(request: HttpRequest): boolean {
  return (header(request.headers, 'content-type') ?? '').startsWith('application/strategic-merge-patch+json')
}

/** `wanted` is the kind that the body should be of. */
export function bodyDocument(request: HttpRequest, wanted: string): unknown {
  if (isProtobuf(header(request.headers, 'content-type') ?? '')) return protobufDocument(request.body, messageOfKind)
  if (isYamlBody(request)) return yamlOrJson(request)
  const text = textOf(request.body)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw unrecognized(wanted, jsonProblem(text)?.message ?? 'invalid character after top-level value', request.body)
  }
  if (isRecord(document)) return document
  const sort = Array.isArray(document) ? 'array' : typeof document
  const target = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
  throw unrecognized(wanted, `json: cannot unmarshal ${sort} into Go value of type ${target}`, request.body)
}

/** A body without a kind is shown by its beginning, in hexadecimal unless it begins as JSON does. */
function unrecognized(wanted: string, problem: string, body: Uint8Array): ApiError {
  const start = body.subarray(0, 30)
  const shown = body[0] === 0x7b ? textOf(start) : Array.from(start, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const summary = body.length === 0 ? '<empty>' : body.length > 30 ? `${shown} ...` : shown
  return badRequest(
    `the object provided is unrecognized (must be of type ${wanted}): couldn't get version/kind; json parse error: ${problem} (${summary})`,
  )
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

export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])))
}

export function yamlOrJson(request: HttpRequest): unknown {
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

export function deleteOptions({ request, query, user, warnings }: Call): RemoveOptions {
  const body = request.body.length > 0 ? bodyDocument(request, 'DeleteOptions') : {}
  const given = isRecord(body) ? body : {}
  const propagationPolicy = typeof given.propagationPolicy === 'string' ? given.propagationPolicy : query.text('propagationPolicy')
  const dryRun = Array.isArray(given.dryRun) ? given.dryRun.map(String) : query.all('dryRun')
  checkDeleteOptions({ orphanDependents: given.orphanDependents, propagationPolicy, dryRun })
  const preconditions = isRecord(given.preconditions) ? given.preconditions : {}
  return {
    gracePeriodSeconds: typeof given.gracePeriodSeconds === 'number' ? given.gracePeriodSeconds : query.number('gracePeriodSeconds'),
    propagationPolicy,
    ...(typeof given.orphanDependents === 'boolean' ? { orphanDependents: given.orphanDependents } : {}),
    ...(typeof preconditions.uid === 'string' ? { uid: preconditions.uid } : {}),
    ...(typeof preconditions.resourceVersion === 'string' ? { resourceVersion: preconditions.resourceVersion } : {}),
    dryRun: dryRun.length > 0,
    user,
    warn: (text) => warnings.push(text),
  }
}
