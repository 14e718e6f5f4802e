/**
 * Creating, updating, patching, applying and deleting over HTTP, and the subresources through which one writes: scale and binding.
 */
import { assert } from '../../../base/assert.ts'
import { header, type HttpResponse, jsonHeaders, jsonResponse } from '../../../base/http.ts'
import { apiVersionOf, type StoredObject, structureOf } from '../../kinds/kind.ts'
import { hasWebhooks } from '../admission/admission-webhooks.ts'
import { reviewsOf } from '../admission/reviews.ts'
import { ApiError, type Draft, type ObjectMeta } from '../client.ts'
import { badRequest, conflict, invalid, methodNotAllowed, notFound } from '../errors.ts'
import { isRecord } from '../objects.ts'
import { applied, type Manager } from '../patches/managed-fields.ts'
import { misfits } from '../patches/typed-patch.ts'
import type { Registry, WriteOptions } from '../registry.ts'
import { bindPod, scaled, scaledPart, scaleKind, scaleOf } from '../subresources.ts'
import {
  bodyDocument,
  decoded,
  decodedAs,
  decodedPatch,
  deleteOptions,
  notAMap,
  patchDocument,
  patched,
  withoutNulls,
  yamlOrJson,
} from './bodies.ts'
import { type Call, managerOf } from './call.ts'
import { checkWriteOptions } from './options.ts'
import { listText } from './object-text.ts'
import { answer, matcher } from './reading.ts'

/** What one JSON patch may do at most. */
const mostOperations = 10_000

export function create(registry: Registry, call: Call): HttpResponse {
  const { kind, namespace, writer } = call
  if (kind.isTerminating)
    throw new ApiError(405, 'MethodNotAllowed', 'create not allowed while custom resource definition is terminating', {
      group: kind.group,
      kind: kind.resource,
    })
  checkWriteOptions(call.query, 'CreateOptions')
  const draft = decoded(call, bodyDocument(call.request, kind.kind))
  const options = managed(registry, call)
  if (draft.metadata.resourceVersion && !options.dryRun)
    throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created')
  const object = registry.create(kind, draft, namespace, writer, options)
  return answer(registry, call, 201, object)
}

export function update(registry: Registry, call: Call): HttpResponse {
  const { kind, namespace, name, writer } = call
  checkWriteOptions(call.query, 'UpdateOptions')
  const draft = decoded(call, bodyDocument(call.request, kind.kind))
  checkName(draft.metadata, call)
  const options = managed(registry, call)
  if (kind.isCreatedByUpdate && call.subresource === '' && !draft.metadata.resourceVersion && !registry.get(kind, namespace, name))
    return answer(registry, call, 201, registry.create(kind, draft, namespace, writer, options))
  return answer(
    registry,
    call,
    200,
    registry.update(
      kind,
      namespace,
      name,
      (old) => {
        const { uid, resourceVersion } = draft.metadata
        if (!resourceVersion && (kind.needsVersion || kind.decode))
          throw invalid(kind, name, [
            {
              reason: 'FieldValueInvalid',
              field: 'metadata.resourceVersion',
              message: 'Invalid value: 0x0: must be specified for an update',
            },
          ])
        if (uid && uid !== old.metadata.uid)
          throw conflict(kind, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`)
        return draft
      },
      writer,
      options,
    ),
  )
}

/** An object that is written as a whole says where it belongs. */
function checkName(given: Partial<ObjectMeta>, { name, namespace }: Call): void {
  if (!given.name) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (given.name !== name) throw badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`)
  if (given.namespace && namespace && given.namespace !== namespace)
    throw badRequest(`the namespace of the object (${given.namespace}) does not match the namespace on the request (${namespace})`)
}

export function patch(registry: Registry, call: Call): HttpResponse {
  const { kind, namespace, name, writer, request } = call
  const contentType = (header(request.headers, 'content-type') ?? '').split(';')[0]
  if (contentType === 'application/apply-patch+yaml') return apply(registry, call)
  checkWriteOptions(call.query, 'PatchOptions')
  const sent = patchDocument(request)
  if (contentType === 'application/json-patch+json' && Array.isArray(sent) && sent.length > mostOperations)
    throw new ApiError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${mostOperations}, got ${sent.length}`,
    )
  const change = (old: StoredObject): Draft<StoredObject> => {
    const document = patched(contentType, kind, old, sent)
    const draft = decodedPatch(call, isRecord(document) ? { ...document, apiVersion: old.apiVersion, kind: old.kind } : document, sent)
    const given = draft.metadata
    if (given.name && given.name !== name)
      throw badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`)
    if (given.namespace && namespace && given.namespace !== namespace)
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
    return draft
  }
  return answer(registry, call, 200, registry.update(kind, namespace, name, change, writer, managed(registry, call)))
}

function apply(registry: Registry, call: Call): HttpResponse {
  const { kind, namespace, name, writer, query, request } = call
  const document = yamlOrJson(request)
  checkWriteOptions(query, 'PatchOptions', { isApply: true })
  const manager = managerOf(call, 'Apply', registry.clock.now())
  assert(manager, 'the options were checked')
  const config = checked(call, document)
  const options = writeOptions(registry, call, manager)
  if (!registry.get(kind, namespace, name)) {
    if (call.subresource !== '') throw notFound(kind, name)
    const context = { schema: structureOf(kind), config, manager, isForced: query.flag('force') }
    const { document: fresh, entries } = applied({ ...context, live: undefined, entries: [] })
    const draft = decoded(call, {
      ...fresh,
      metadata: { name, ...(isRecord(fresh.metadata) ? fresh.metadata : {}), managedFields: entries },
    })
    return answer(registry, call, 201, registry.create(kind, draft, namespace, writer, options))
  }
  const change = (old: StoredObject) => appliedTo(registry, call, old, { config, manager })
  return answer(registry, call, 200, registry.update(kind, namespace, name, change, writer, options))
}

interface Applied {
  readonly config: Readonly<Record<string, unknown>>
  readonly manager: Manager
}

/** What an object becomes where somebody applies to it. */
function appliedTo(registry: Registry, { kind, query }: Call, old: StoredObject, { config, manager }: Applied): Draft<StoredObject> {
  const { managedFields: _, ...metadata } = old.metadata
  const { document: fresh, entries } = applied({
    schema: structureOf(kind),
    config,
    manager,
    isForced: query.flag('force'),
    live: { ...old, metadata } as unknown as Readonly<Record<string, unknown>>,
    entries: registry.book(kind, old),
  })
  const draft = decodedAs(kind, fresh, 'Ignore', [])
  return { ...draft, metadata: { ...draft.metadata, managedFields: entries.length > 0 ? entries : [{}] } }
}

/** The applied document itself, once it is known to be one. */
function checked(call: Call, document: unknown): Readonly<Record<string, unknown>> {
  const { kind, name } = call
  if (!isRecord(document)) throw badRequest(`error decoding YAML: ${notAMap(document)}`)
  const metadata = isRecord(document.metadata) ? document.metadata : {}
  if (metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil')
  const version = String(document.apiVersion ?? '')
  if (version !== apiVersionOf(kind))
    throw badRequest(`Incorrect version specified in apply patch. Specified patch version: ${version}, expected: ${apiVersionOf(kind)}`)
  if (metadata.name !== undefined && metadata.name !== name)
    throw badRequest(`the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`)
  const problem = misfits(structureOf(kind), document)
  if (problem !== undefined) {
    const whose = `${call.namespace ? `${call.namespace}/` : '/'}${name}; ${kind.group}/${kind.version}, Kind=${kind.kind}`
    throw new ApiError(500, '', `failed to create typed patch object (${whose}): ${problem}`)
  }
  decoded(call, document)
  return withoutNulls(document) as Readonly<Record<string, unknown>>
}

export function remove(registry: Registry, call: Call): HttpResponse {
  const { kind, namespace, name, writer } = call
  const { object, isGone } = registry.remove(kind, namespace, name, writer, { ...deleteOptions(call), reviews: reviewsOf(call.request) })
  if (!isGone || kind.resource === 'pods') return answer(registry, call, 200, object)
  const details = { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.resource, uid: object.metadata.uid }
  return jsonResponse(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
}

export function removeAll(registry: Registry, call: Call): HttpResponse {
  const { kind, namespace, writer } = call
  if (!kind.verbs.includes('deletecollection')) throw methodNotAllowed
  const doomed = registry.list(kind, namespace).filter(matcher(call))
  const options = { ...deleteOptions(call), reviews: reviewsOf(call.request) }
  for (const { metadata } of doomed) registry.remove(kind, metadata.namespace ?? '', metadata.name, writer, options)
  const shown = doomed.map((object) => registry.shown(kind, object))
  return { status: 200, headers: jsonHeaders, body: listText(kind, { resourceVersion: String(registry.store.revision) }, shown) }
}

export function scale(registry: Registry, call: Call): HttpResponse {
  const { kind, namespace, name, writer, request } = call
  if (request.method === 'GET') {
    const object = registry.get(kind, namespace, name)
    if (!object) throw notFound(kind, name)
    return jsonResponse(200, scaleOf(kind, object))
  }
  const { change, options } = request.method === 'PATCH' ? scalePatch(registry, call) : scaleUpdate(registry, call)
  const { subresource: _, ...written } = options
  return jsonResponse(200, scaleOf(kind, registry.update(kind, namespace, name, change, writer, written)))
}

interface ScaleWrite {
  readonly change: (old: StoredObject) => Draft<StoredObject>
  readonly options: WriteOptions
}

function scaleUpdate(registry: Registry, call: Call): ScaleWrite {
  checkWriteOptions(call.query, 'UpdateOptions')
  const document = bodyDocument(call.request, 'Scale')
  checkName(isRecord(document) && isRecord(document.metadata) ? document.metadata : {}, call)
  return { change: (old) => scaled(call.kind, old, document), options: managed(registry, call) }
}

function scalePatch(registry: Registry, call: Call): ScaleWrite {
  const { kind, query, request } = call
  const contentType = (header(request.headers, 'content-type') ?? '').split(';')[0]
  const isApply = contentType === 'application/apply-patch+yaml'
  checkWriteOptions(query, 'PatchOptions', { isApply })
  if (!isApply) {
    const sent = patchDocument(request)
    const change = (old: StoredObject) => scaled(kind, old, patched(contentType, scaleKind, scaleOf(kind, old) as StoredObject, sent))
    return { change, options: managed(registry, call) }
  }
  const manager = managerOf(call, 'Apply', registry.clock.now())
  assert(manager, 'the options were checked')
  const config = scaledPart(kind, yamlOrJson(request))
  const change = (old: StoredObject) => appliedTo(registry, call, old, { config, manager })
  return { change, options: writeOptions(registry, call, manager) }
}

export function bind(registry: Registry, call: Call, name: string): HttpResponse {
  const binding = bodyDocument(call.request, 'Binding')
  const target = isRecord(binding) && isRecord(binding.target) ? binding.target : {}
  const metadata = isRecord(binding) && isRecord(binding.metadata) ? binding.metadata : {}
  const pod = name || String(metadata.name ?? '')
  // Upstream gives its list of errors away as one that has no code.
  if (target.kind && target.kind !== 'Node')
    throw new ApiError(500, '', `target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`)
  if (!target.name) throw new ApiError(500, '', 'target.name: Required value')
  bindPod(registry, { namespace: call.namespace, name: pod, node: String(target.name ?? '') }, call.writer, {
    dryRun: writeOptions(registry, call).dryRun,
  })
  return jsonResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
}

export function writeOptions(registry: Registry, call: Call, manager?: Manager): WriteOptions {
  const { query, subresource, warnings, user } = call
  return {
    dryRun: query.text('dryRun') !== undefined,
    subresource: subresource === '' ? undefined : subresource,
    warn: (text) => warnings.push(text),
    user,
    reviews: hasWebhooks(registry.store) || registry.settings.imagePolicy ? reviewsOf(call.request) : undefined,
    manager,
  }
}

function managed(registry: Registry, call: Call): WriteOptions {
  return writeOptions(registry, call, managerOf(call, 'Update', registry.clock.now()))
}
