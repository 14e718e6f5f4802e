/**
 * `get`, `list` and `watch`, and the forms in which objects go back: whole, as rows of a table, or their metadata only.
 */
import { type HttpResponse, jsonHeaders, jsonResponse } from '../../../base/http.ts'
import { apiVersionOf, type StoredObject } from '../../kinds/kind.ts'
import { notFound } from '../errors.ts'
import { checkListOptions, checkWatchOptions, continueToken, forgottenBefore, limitOf, momentOf, startOf } from '../list-options.ts'
import { componentStatuses, type ControlComponent } from '../published/health.ts'
import { columnDefinitions, partialMetadata, table, tableRow } from '../published/table.ts'
import { type Registry, storeName } from '../registry.ts'
import { parseFieldSelector, parseLabelSelector } from '../selectors.ts'
import { expiredWatch, watch } from '../watch.ts'
import { type Call, includeOf } from './call.ts'
import { listText, objectText } from './object-text.ts'

/** What is read: the registry, and for componentstatuses the control plane itself. */
export interface Sources {
  readonly registry: Registry
  readonly isRunning: (component: ControlComponent) => boolean
}

export function get(sources: Sources, call: Call): HttpResponse {
  const { registry } = sources
  const object =
    call.kind.resource === 'componentstatuses'
      ? listed(sources, call).find(({ metadata }) => metadata.name === call.name)
      : registry.get(call.kind, call.namespace, call.name)
  if (!object) throw notFound(call.kind, call.name)
  return answer(registry, call, 200, object)
}

export function list(sources: Sources, call: Call): HttpResponse {
  const { registry } = sources
  const { kind, query, form, namespace } = call
  checkListOptions(query, registry.store)
  const matches = matcher(call)
  const revision = momentOf(query)
  const all = listed(sources, call, revision).filter(matches)
  const limit = limitOf(query)
  const start = startOf(query.text('continue'), all, namespace)
  const found = limit > 0 ? all.slice(start, start + limit) : all.slice(start)
  const page = found.map(shownTo(registry, call))
  const left = all.length - start - page.length
  const metadata = {
    resourceVersion: String(revision ?? registry.store.revision),
    ...(left > 0
      ? {
          continue: continueToken(page[page.length - 1], revision ?? registry.store.revision, namespace),
          ...(query.text('labelSelector') || query.text('fieldSelector') ? {} : { remainingItemCount: left }),
        }
      : {}),
  }
  if (form.as === 'table')
    return jsonResponse(
      200,
      table(kind, kind.printOrder ? [...page].sort(kind.printOrder) : page, metadata, {
        include: includeOf(query),
        version: form.version,
        nowMs: registry.clock.now(),
      }),
    )
  if (form.as === 'metadata') {
    return jsonResponse(200, {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${form.version}`,
      metadata,
      items: page.map((object) => partialMetadata(object, form.version)),
    })
  }
  return { status: 200, headers: jsonHeaders, body: listText(kind, metadata, page) }
}

function listed({ registry, isRunning }: Sources, { kind, namespace }: Call, revision?: number): readonly StoredObject[] {
  return kind.resource === 'componentstatuses' ? componentStatuses(isRunning) : registry.list(kind, namespace, revision)
}

export function watched(registry: Registry, call: Call): HttpResponse {
  const { kind, query, form, namespace, name } = call
  const { store, clock } = registry
  const matchesSelectors = matcher(call)
  const matches = (object: StoredObject) =>
    (namespace === '' || object.metadata.namespace === namespace) &&
    (name === '' || object.metadata.name === name) &&
    matchesSelectors(object)
  const version = query.text('resourceVersion') ?? ''
  const wantsInitial = query.flag('sendInitialEvents')
  const fromNow = version === '' || version === '0' || wantsInitial
  const since = fromNow ? store.revision : Number(version)
  checkWatchOptions(query, since)
  // A watch that begins too early is opened all the same, and told so.
  const forgotten = forgottenBefore(registry, storeName(kind), since)
  if (forgotten !== undefined) return expiredWatch(`too old resource version: ${since} (${forgotten})`)
  const fromStored = kind.storedAs?.fromStored
  const render = renderer(registry, call)
  const shown = shownTo(registry, call)
  const bookmark = (revision: number, annotations = {}) =>
    `{"type":"BOOKMARK","object":${JSON.stringify({ ...(form.as === 'metadata' ? { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${form.version}` } : { kind: kind.kind, apiVersion: apiVersionOf(kind) }), metadata: { resourceVersion: String(revision), creationTimestamp: null, ...annotations } })}}`
  const timeoutSeconds = query.number('timeoutSeconds')
  const body = watch({
    store,
    clock,
    resource: storeName(kind),
    since,
    matches: (object) => matches(fromStored ? fromStored(object) : object),
    render: (object) => render(shown(fromStored ? fromStored(object) : object)),
    isPlain: form.as === 'object' && !fromStored && !kind.decode,
    initial:
      fromNow && query.text('sendInitialEvents') !== 'false'
        ? (store.list(storeName(kind)) as readonly StoredObject[]).filter(matches)
        : [],
    ...(wantsInitial && query.flag('allowWatchBookmarks')
      ? { initialEnd: bookmark(store.revision, { annotations: { 'k8s.io/initial-events-end': 'true' } }) }
      : {}),
    ...(query.flag('allowWatchBookmarks') && form.as !== 'table' ? { bookmark } : {}),
    timeoutMs: timeoutSeconds ? timeoutSeconds * 1000 : undefined,
  })
  const contentType = form.as === 'table' ? `application/json;as=Table;g=meta.k8s.io;v=${form.version}` : 'application/json'
  return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-cache, private' }, body }
}

function renderer(registry: Registry, { kind, form, query }: Call): (object: StoredObject) => string {
  if (form.as === 'object') return objectText
  if (form.as === 'metadata') return (object) => JSON.stringify(partialMetadata(object, form.version))
  let isFirst = true
  return (object) => {
    const options = { include: includeOf(query), version: form.version, nowMs: registry.clock.now() }
    const rows = [tableRow(kind, object, options)]
    // Only the first event of a watch names the columns.
    const columns = isFirst ? columnDefinitions(kind) : null
    isFirst = false
    return JSON.stringify({
      kind: 'Table',
      apiVersion: `meta.k8s.io/${form.version}`,
      metadata: { resourceVersion: object.metadata.resourceVersion },
      columnDefinitions: columns,
      rows,
    })
  }
}

export function matcher({ kind, query }: Call): (object: StoredObject) => boolean {
  const labels = parseLabelSelector(query.text('labelSelector') ?? '')
  const fields = parseFieldSelector(query.text('fieldSelector') ?? '', kind)
  return (object) => (!labels || labels(object.metadata.labels)) && (!fields || fields.test(object))
}

/** Rows of a table are for printing: who wrote what is not looked up for them. */
function shownTo(registry: Registry, { kind, form, query }: Call): (object: StoredObject) => StoredObject {
  return form.as === 'table' && includeOf(query) !== 'Object' ? (object) => object : (object) => registry.shown(kind, object)
}

export function answer(registry: Registry, call: Call, status: number, written: StoredObject): HttpResponse {
  const { kind, form, query } = call
  const object = shownTo(registry, call)(written)
  if (form.as === 'table') {
    return jsonResponse(
      status,
      table(
        kind,
        [object],
        { resourceVersion: object.metadata.resourceVersion },
        { include: includeOf(query), version: form.version, nowMs: registry.clock.now() },
      ),
    )
  }
  if (form.as === 'metadata') return jsonResponse(status, partialMetadata(object, form.version))
  return { status, headers: jsonHeaders, body: objectText(object) }
}
