/**
 * OpenAPI v3, one document per group and version, made from the schemas when somebody asks. kubectl reads three things from it: whether
 * PATCH knows `fieldValidation`, the shapes and descriptions for `explain`, and the merge keys.
 */
import plainSchemas from '../../kinds/generated/plain-schemas.json' with { type: 'json' }
import { apiVersionOf, structureOf, type Kind } from '../../kinds/kind.ts'
import { schemaNamed, schemaNames, type Field, type Schema, type StructSchema } from '../../kinds/schema.ts'
import type { Descriptions } from './descriptions.ts'

type Json = Readonly<Record<string, unknown>>

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const referred: Readonly<Record<string, string>> = {
  time: `${meta}.Time`,
  microtime: `${meta}.MicroTime`,
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intorstring: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
}

/** Of the document that is being written. */
let descriptions: Descriptions = {}
let modelNames: ReadonlyMap<StructSchema, string> | undefined

function describe(schema: StructSchema, field: string): string {
  modelNames ??= new Map(schemaNames().map((name) => [schemaNamed(name), name]))
  const model = modelNames.get(schema)
  return model === undefined ? '' : (descriptions[model]?.[field] ?? '')
}

export function openapiIndex(kinds: readonly Kind[]): object {
  const paths: Record<string, object> = {}
  for (const kind of kinds) {
    const path = kind.group === '' ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`
    paths[path] ??= { serverRelativeURL: `/openapi/v3/${path}?hash=${openapiHash(kinds, path)}` }
  }
  return { paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** Changes when what is served under the path changes: clients keep a document as long as its hash stands. */
export function openapiHash(kinds: readonly Kind[], path: string): string {
  const own = kinds.filter((kind) => path === (kind.group === '' ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`))
  let hash = 0x811c9dc5
  for (const letter of own.map((kind) => `${kind.kind}${kind.revision ?? ''}`).join())
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0
  return hash.toString(16).toUpperCase().padStart(8, '0').repeat(16)
}

export function openapiDocument(kinds: readonly Kind[], texts: Descriptions): object {
  descriptions = texts
  const schemas: Record<string, unknown> = {}
  const add = (schema: StructSchema, extra: Json = {}) => addStruct(schemas, schema, extra)
  const paths: Record<string, unknown> = {}
  for (const kind of kinds) {
    const schema = structureOf(kind)
    add(schema, { 'x-kubernetes-group-version-kind': [groupVersionKind(kind)] })
    if (kind.verbs.includes('list')) addList(schemas, kind, schema)
    Object.assign(paths, pathsOf(kind, schema))
  }
  add(schemaNamed('V1DeleteOptions'))
  add(schemaNamed('V1Status'))
  schemas[`${meta}.Patch`] = (plainSchemas as Json)[`${meta}.Patch`]
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.33.13' }, paths, components: { schemas } }
}

function groupVersionKind({ group, version, kind }: Pick<Kind, 'group' | 'version' | 'kind'>): object {
  return { group, kind, version }
}

function addList(schemas: Record<string, unknown>, kind: Kind, schema: StructSchema): void {
  const listMeta = schemaNamed('V1ListMeta')
  addStruct(schemas, listMeta, {})
  schemas[`${schema.openapiName}List`] = {
    description: `${kind.kind}List is a list of ${kind.kind}s.`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { description: describe(schema, 'apiVersion'), type: 'string' },
      items: { type: 'array', items: { default: {}, allOf: [reference(schema.openapiName)] } },
      kind: { description: describe(schema, 'kind'), type: 'string' },
      metadata: { default: {}, allOf: [reference(listMeta.openapiName)] },
    },
    'x-kubernetes-group-version-kind': [{ group: kind.group, kind: `${kind.kind}List`, version: kind.version }],
  }
}

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` }
}

function addStruct(schemas: Record<string, unknown>, schema: StructSchema, extra: Json): void {
  if (schemas[schema.openapiName] !== undefined) return
  // Registered before its fields, as shapes refer to themselves.
  schemas[schema.openapiName] = {}
  schemas[schema.openapiName] = structDocument(schemas, schema, extra)
}

function structDocument(schemas: Record<string, unknown>, schema: StructSchema, extra: Json): object {
  const properties: Record<string, unknown> = {}
  for (const field of [...schema.fields.values()].sort((a, b) => (a.name < b.name ? -1 : 1)))
    properties[field.name] = property(schemas, schema, field)
  const required = [...schema.fields.values()].filter((field) => field.isRequired).map((field) => field.name)
  const description = schema.description ?? describe(schema, '')
  return {
    ...(description === '' ? {} : { description }),
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    ...(schema.fields.size > 0 ? { properties } : {}),
    ...(schema.isAtomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...extra,
  }
}

/** Of a custom resource: its parts have no names of their own. */
function isCustom(schema: StructSchema): boolean {
  return schema.description !== undefined
}

function property(schemas: Record<string, unknown>, owner: StructSchema, field: Field): object {
  const description =
    field.description ?? (describe(owner, field.name) || (isCustom(owner) ? describe(schemaNamed('V1ConfigMap'), field.name) : ''))
  return {
    ...(description === '' ? {} : { description }),
    ...typeOf(schemas, field.schema, { isPointer: field.isPointer, isValue: false, fallback: field.default, ref: field.ref }),
    ...(field.enum ? { enum: field.enum } : {}),
    ...(field.listKeys ? { 'x-kubernetes-list-map-keys': field.listKeys } : {}),
    ...(field.list ? { 'x-kubernetes-list-type': field.list } : {}),
    ...(field.isAtomicMap ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(field.mergeKey ? { 'x-kubernetes-patch-merge-key': field.mergeKey } : {}),
    ...(field.mergesList || field.retainsKeys
      ? {
          'x-kubernetes-patch-strategy': [field.mergesList ? 'merge' : '', field.retainsKeys ? 'retainKeys' : ''].filter(Boolean).join(','),
        }
      : {}),
  }
}

interface Use {
  readonly isPointer: boolean
  /** An element of a list or map rather than a field. */
  readonly isValue: boolean
  readonly fallback?: unknown
  readonly ref?: string
}

function typeOf(schemas: Record<string, unknown>, schema: Schema, { isPointer, isValue, fallback, ref }: Use): object {
  const otherwise = (zero: unknown) => (fallback !== undefined ? { default: fallback } : isPointer || !isValue ? {} : { default: zero })
  switch (schema.type) {
    case 'struct':
      if (isCustom(schema)) return structDocument(schemas, schema, {})
      addStruct(schemas, schema, {})
      return isPointer ? reference2(schema.openapiName) : { default: {}, allOf: [reference(schema.openapiName)] }
    case 'list':
      return { type: 'array', items: typeOf(schemas, schema.items, { isPointer: false, isValue: true }) }
    case 'map':
      return { type: 'object', additionalProperties: typeOf(schemas, schema.values, { isPointer: false, isValue: true }) }
    case 'string':
      return { type: 'string', ...otherwise('') }
    case 'bytes':
      return { type: 'string', format: 'byte' }
    case 'bool':
      return { type: 'boolean', ...otherwise(false) }
    case 'int32':
    case 'int64':
      return { type: 'integer', format: schema.type, ...otherwise(0) }
    case 'double':
      return { type: 'number', format: 'double', ...otherwise(0) }
    case 'any':
      if (ref === undefined) return {}
      schemas[ref] = (plainSchemas as Json)[ref] ?? { type: 'object' }
      return reference2(ref)
    default: {
      const name = referred[schema.type]
      schemas[name] = (plainSchemas as Json)[name]
      return isValue ? reference(name) : reference2(name)
    }
  }
}

/** A reference that may stand beside a description. */
function reference2(name: string): object {
  return { allOf: [reference(name)] }
}

function parameter(name: string, type: string): object {
  return { name, in: 'query', schema: { type, uniqueItems: true } }
}

const writeParameters = [parameter('dryRun', 'string'), parameter('fieldManager', 'string'), parameter('fieldValidation', 'string')]
const listParameters = [
  ...['continue', 'fieldSelector', 'labelSelector', 'resourceVersion', 'resourceVersionMatch'].map((name) => parameter(name, 'string')),
  ...['limit', 'timeoutSeconds'].map((name) => parameter(name, 'integer')),
  ...['allowWatchBookmarks', 'sendInitialEvents', 'watch'].map((name) => parameter(name, 'boolean')),
]

function pathsOf(kind: Kind, schema: StructSchema): Json {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`
  const home = kind.namespaced ? `${root}/namespaces/{namespace}/${kind.resource}` : `${root}/${kind.resource}`
  const operation = (action: string, parameters: readonly object[], body?: string) => ({
    tags: [root.slice(root.indexOf('/', 1) + 1).replace(/[./]/g, '_')],
    parameters,
    ...(body ? { requestBody: { content: { '*/*': { schema: reference(body) } }, required: true } } : {}),
    responses: {
      200: {
        description: 'OK',
        content: { 'application/json': { schema: reference(action === 'list' ? `${schema.openapiName}List` : schema.openapiName) } },
      },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind),
  })
  const has = (verb: Kind['verbs'][number]) => kind.verbs.includes(verb)
  const deleteBody = `${meta}.DeleteOptions`
  const collection = {
    ...(has('list') ? { get: operation('list', listParameters) } : {}),
    ...(has('create') ? { post: operation('post', writeParameters, schema.openapiName) } : {}),
    ...(has('deletecollection') ? { delete: operation('deletecollection', listParameters, deleteBody) } : {}),
  }
  const single = {
    ...(has('get') ? { get: operation('get', []) } : {}),
    ...(has('update') ? { put: operation('put', writeParameters, schema.openapiName) } : {}),
    ...(has('delete')
      ? { delete: operation('delete', [parameter('gracePeriodSeconds', 'integer'), parameter('propagationPolicy', 'string')], deleteBody) }
      : {}),
    ...(has('patch') ? { patch: operation('patch', [...writeParameters, parameter('force', 'boolean')], `${meta}.Patch`) } : {}),
  }
  return {
    [home]: collection,
    ...(Object.keys(single).length > 0 ? { [`${home}/{name}`]: single } : {}),
    ...(kind.namespaced && has('list') ? { [`${root}/${kind.resource}`]: { get: operation('list', listParameters) } } : {}),
  }
}
