/** Which moments a list or a watch may be asked for, and how a list that was begun goes on. */
import { bytesOfBase64, textOf } from '../../base/bytes.ts'
import { jsonProblem } from '../../base/go-json-errors.ts'
import type { StoredObject } from '../kinds/kind.ts'
import type { Store } from '../store/store.ts'
import { ApiError } from './client.ts'
import { badRequest, expired } from './errors.ts'
import { isRecord } from './objects.ts'
import type { Query } from './query.ts'
import type { Registry } from './registry.ts'

const tooOldToGoOn =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

export function checkListOptions(query: Query, store: Store): void {
  const version = query.text('resourceVersion') ?? ''
  const match = query.text('resourceVersionMatch') ?? ''
  const token = query.text('continue') ?? ''
  if (query.text('sendInitialEvents') !== undefined) throw optionsRefused('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  if (match !== '') {
    if (version === '') throw optionsRefused('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (token !== '') throw optionsRefused('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided')
    if (match !== 'Exact' && match !== 'NotOlderThan')
      throw optionsInvalid(
        'resourceVersionMatch',
        `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
      )
    if (match === 'Exact' && version === '0')
      throw optionsRefused('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
  if (token !== '') {
    const { revision, start } = placeIn(token)
    if (version !== '' && version !== '0') throw badRequest('specifying resource version is not allowed when using continue')
    if (revision > 0 && revision < store.compactedRevision) throw expired(tooOldToGoOn, continueAt(start, -1))
    return
  }
  if (version === '' || version === '0') return
  const wanted = parsedVersion(version)
  const isExact = match === 'Exact' || wantsPageOf(query)
  // An exact moment is asked of etcd itself, past the watch cache.
  if (isExact && wanted > store.revision) throw new ApiError(500, '', 'etcdserver: mvcc: required revision is a future revision')
  if (wanted > store.revision) throw tooLarge(wanted, store.revision)
  if (isExact && wanted < store.compactedRevision) throw expired('The resourceVersion for the provided list is too old.')
}

/** A page of an earlier list that does not say how exactly: as old as that list. */
function wantsPageOf(query: Query): boolean {
  const version = query.text('resourceVersion') ?? ''
  return version !== '' && version !== '0' && !query.text('resourceVersionMatch') && (query.number('limit') ?? 0) > 0
}

/** Who is content with whatever the watch cache holds gets all of it. */
export function limitOf(query: Query): number {
  return query.text('resourceVersion') === '0' ? 0 : Math.max(0, query.number('limit') ?? 0)
}

export function checkWatchOptions(query: Query, since: number): void {
  if (Number.isNaN(since)) parsedVersion(query.text('resourceVersion') ?? '')
  const match = query.text('resourceVersionMatch') ?? ''
  const sends = query.text('sendInitialEvents')
  if (sends === undefined && match !== '')
    throw optionsRefused('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
  if (sends !== undefined && match !== 'NotOlderThan')
    throw optionsRefused('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
}

/** Of each resource the watch cache keeps so many changes, and those of the last minute. */
const changesKept = 100
const keptMs = 75_000

/** The revision before the first change that a watch can still be told of, where what it asks for lies before that. */
export function forgottenBefore(registry: Registry, resource: string, since: number): number | undefined {
  const { store, clock, watchedSince } = registry
  if (since < store.compactedRevision) return store.compactedRevision + 1
  if (since < watchedSince) return watchedSince
  const entries = store.since(since, resource) ?? []
  const oldest = entries.at(-changesKept)
  return entries.length > changesKept && oldest && oldest.at < clock.now() - keptMs ? oldest.revision - 1 : undefined
}

/** The earlier moment that is asked for: every page of a list shows that of its first, and a list may name one exactly. */
export function momentOf(query: Query): number | undefined {
  if (query.text('resourceVersionMatch') === 'Exact' || wantsPageOf(query)) return Number(query.text('resourceVersion'))
  const token = query.text('continue')
  const { revision } = token ? placeIn(token) : { revision: -1 }
  return revision > 0 ? revision : undefined
}

/** Where an object stands below what is listed, as etcd's keys do: the objects of one namespace, or of all. */
function placeOf({ metadata: { namespace, name } }: StoredObject, listed: string): string {
  return namespace && listed === '' ? `/${namespace}/${name}` : `/${name}`
}

/** `listed` is the namespace that is listed, if it is one. */
export function continueToken(last: StoredObject, revision: number, listed: string): string {
  return continueAt(`${placeOf(last, listed)}\u0000`, revision)
}

function continueAt(start: string, revision: number): string {
  const token = btoa(JSON.stringify({ v: tokenVersion, rv: revision, start }))
  return token.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function startOf(token: string | undefined, all: readonly StoredObject[], listed: string): number {
  if (!token) return 0
  const start = placeIn(token).start.replace(/\0$/, '')
  const at = all.findIndex((object) => placeOf(object, listed) > start)
  return at < 0 ? all.length : at
}

const tokenVersion = 'meta.k8s.io/v1'

/** What a token says; anything else is refused as upstream refuses it. */
function placeIn(token: string): { readonly revision: number; readonly start: string } {
  const refusal = (problem: string) => badRequest(`invalid continue token: continue key is not valid: ${problem}`)
  const wrong = token.search(/[^\w-]/)
  if (wrong >= 0 || token.length % 4 === 1) throw refusal(`illegal base64 data at input byte ${wrong >= 0 ? wrong : token.length - 1}`)
  const text = textOf(bytesOfBase64(token.replaceAll('-', '+').replaceAll('_', '/')))
  const problem = jsonProblem(text)
  if (problem) throw refusal(problem.message)
  const known: unknown = JSON.parse(text)
  const { v = '', rv = 0, start = '' } = isRecord(known) ? known : {}
  if (v !== tokenVersion) throw refusal(`server does not recognize this encoded version ${String(v)}`)
  if (typeof rv !== 'number' || rv === 0) throw refusal(`incorrect encoded start resourceVersion (version ${tokenVersion})`)
  if (typeof start !== 'string' || start === '') throw refusal(`encoded start key empty (version ${tokenVersion})`)
  return { revision: rv, start }
}

function parsedVersion(text: string): number {
  if (!/^\d+$/.test(text))
    throw badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    )
  return Number(text)
}

function tooLarge(wanted: number, current: number): ApiError {
  return new ApiError(504, 'Timeout', `Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

function optionsRefused(field: string, detail: string): ApiError {
  return optionsInvalid(field, `Forbidden: ${detail}`)
}

function optionsInvalid(field: string, message: string): ApiError {
  const reason = message.startsWith('Forbidden') ? 'FieldValueForbidden' : 'FieldValueNotSupported'
  return new ApiError(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    group: 'meta.k8s.io',
    kind: 'ListOptions',
    causes: [{ reason, message, field }],
  })
}
