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

export function decoded(call: Call, document: unknown): Draft<StoredObject> {
  return decodedAs(call.kind, document, call.query.text('fieldValidation') ?? 'Warn', call.warnings)
}

/** A strategic patch that does not fit is refused with itself. */
export function decodedPatch(call: Call, document: unknown, patch: unknown): Draft<StoredObject> {
  if (patch === undefined) return decoded(call, document)
  try {
    return decoded(call, document)
  } catch (error) {
    const cause = error instanceof ApiError ? error.cause : undefined
    const asPatch = cause instanceof DecodeError ? cause.asPatch : typeof cause === 'string' ? cause : undefined
    if (asPatch === undefined) throw error
    const message = `Invalid value: ${JSON.stringify(goText(unspent(patch)))}: ${asPatch}`
    throw new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
      causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
    })
  }
}

export function decodedAs(kind: Kind, document: unknown, validation: string, warnings: string[]): Draft<StoredObject> {
  const subject = `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}`
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
      return mergePatched(old, patch)
    case 'application/strategic-merge-patch+json':
      if (kind.decode)
        throw unsupportedMediaType(
          'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
        )
      return strategicPatched(structureOf(kind), old as unknown as Readonly<Record<string, unknown>>, isRecord(patch) ? patch : {})
    default:
      throw unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml, application/apply-patch+cbor`,
      )
  }
}

export function patchDocument(request: HttpRequest): unknown {
  const text = textOf(request.body)
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`error decoding patch: ${jsonProblem(text)?.message ?? 'invalid character after top-level value'}`)
  }
}

export function bodyDocument(request: HttpRequest): unknown {
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
