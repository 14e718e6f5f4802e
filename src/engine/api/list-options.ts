/** Which moments a list or a watch may be asked for, and how a list that was begun goes on. */
import type { StoredObject } from '../kinds/kind.ts'
import type { Store } from '../store/store.ts'
import { ApiError } from './client.ts'
import { badRequest, expired } from './errors.ts'
import { isRecord } from './objects.ts'
import type { Query } from './query.ts'

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
    if (version !== '' && version !== '0') throw badRequest('specifying resource version is not allowed when using continue')
    const revision = revisionOf(token)
    if (revision !== undefined && revision < store.compactedRevision) throw expired(tooOldToGoOn, inconsistent(token))
    return
  }
  if (version === '' || version === '0') return
  const wanted = parsedVersion(version)
  // An exact moment is asked of etcd itself, past the watch cache.
  if (match === 'Exact' && wanted > store.revision) throw new ApiError(500, '', 'etcdserver: mvcc: required revision is a future revision')
  if (wanted > store.revision) throw tooLarge(wanted, store.revision)
  if (match === 'Exact' && wanted < store.compactedRevision) throw expired('The resourceVersion for the provided list is too old.')
}

/** The same place in a list of what is there now. */
function inconsistent(token: string): string | undefined {
  try {
    const known: unknown = JSON.parse(atob(token))
    return isRecord(known) ? btoa(JSON.stringify({ ...known, rv: -1 })).replaceAll('=', '') : undefined
  } catch {
    return undefined
  }
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

/** The earlier moment that is asked for: every page of a list shows that of its first, and a list may name one exactly. */
export function momentOf(query: Query): number | undefined {
  if (query.text('resourceVersionMatch') === 'Exact') return Number(query.text('resourceVersion'))
  return revisionOf(query.text('continue'))
}

/** Where an object stands below what is listed, as etcd's keys do: the objects of one namespace, or of all. */
function placeOf({ metadata: { namespace, name } }: StoredObject, listed: string | undefined): string {
  return namespace && !listed ? `/${namespace}/${name}` : `/${name}`
}

/** `listed` is the namespace that is listed, if it is one. */
export function continueToken(last: StoredObject, revision: number, listed: string | undefined): string {
  return btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${placeOf(last, listed)}\u0000` })).replaceAll('=', '')
}

export function startOf(token: string | undefined, all: readonly StoredObject[], listed: string | undefined): number {
  if (!token) return 0
  let start: string
  try {
    start = (JSON.parse(atob(token)) as { start: string }).start.slice(0, -1)
  } catch {
    throw badRequest('continue key is not valid: illegal base64 data')
  }
  const at = all.findIndex((object) => placeOf(object, listed) > start)
  return at < 0 ? all.length : at
}

function revisionOf(token: string | undefined): number | undefined {
  if (!token) return undefined
  try {
    const known: unknown = JSON.parse(atob(token))
    return isRecord(known) && typeof known.rv === 'number' && known.rv > 0 ? known.rv : undefined
  } catch {
    // The token is refused where it is read for its place.
    return undefined
  }
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
