/** The refusals every resource shares, in apimachinery's words. */
import type { FieldError } from '../kinds/field-errors.ts'
import { ApiError } from './client.ts'

interface Named {
  readonly group: string
  readonly resource: string
}

function named({ group, resource }: Named): string {
  return group === '' ? resource : `${resource}.${group}`
}

export function notFound(kind: Named, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${named(kind)} "${name}" not found`, details(kind, name))
}

export function alreadyExists(kind: Named, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${named(kind)} "${name}" already exists`, details(kind, name))
}

export function conflict(kind: Named, name: string, why: string): ApiError {
  return new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${named(kind)} "${name}": ${why}`, details(kind, name))
}

export const staleObject = 'the object has been modified; please apply your changes to the latest version and try again'

export function forbidden(kind: Named, name: string, why: string): ApiError {
  const subject = name === '' ? `${named(kind)} is forbidden` : `${named(kind)} "${name}" is forbidden`
  return new ApiError(403, 'Forbidden', `${subject}: ${why}`, details(kind, name))
}

export function invalid(kind: { readonly group: string; readonly kind: string }, name: string, errors: readonly FieldError[]): ApiError {
  const texts = errors.map(({ field, message }) => `${field}: ${message}`)
  const unique = [...new Set(texts)]
  const shown = name === '' ? '""' : `"${name}"`
  const subject = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return new ApiError(422, 'Invalid', `${subject} ${shown} is invalid: ${unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.kind,
    causes: errors.map(({ reason, field, message }) => ({ reason, message, field })),
  })
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

/** The path is known, but not with this method. */
export const methodNotAllowed = new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

export function tooLarge(limit: number): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)
}

/** With a token to go on with, where that is possible at a price. */
export function expired(message: string, token?: string): ApiError {
  return Object.assign(new ApiError(410, 'Expired', message), token === undefined ? {} : { continueToken: token })
}

export function internal(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

export function unsupportedMediaType(message: string): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', message)
}

/** Below a version that is served there is no such path; above, a path that nobody knows is answered by the bare web server. */
export const pathNotFound = new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})

function details({ group, resource }: Named, name: string): object {
  return { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource }
}

/** `metav1.Status` as the server writes it. */
export function statusOf(error: ApiError): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.continueToken === undefined ? {} : { continue: error.continueToken },
    status: 'Failure',
    message: error.message,
    reason: error.reason,
    ...(error.details ? { details: error.details } : {}),
    code: error.code,
  }
}
