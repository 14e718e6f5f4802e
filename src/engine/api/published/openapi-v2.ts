/**
 * OpenAPI v2: one document for everything, which older clients and people with `jq` read. It is version 3 said in other words: references point
 * elsewhere and stand alone, bodies are parameters, defaults of fields are left out.
 */
import type { Kind } from '../../kinds/kind.ts'
import type { Descriptions } from './descriptions.ts'
import { isRecord } from '../objects.ts'
import { openapiDocument } from './openapi.ts'

type Json = Readonly<Record<string, unknown>>

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

export interface Swagger {
  readonly swagger: string
  readonly info: { readonly title: string; readonly version: string }
  readonly definitions: Readonly<Record<string, unknown>>
}

export function openapiV2(kinds: readonly Kind[], version: string, descriptions: Descriptions): Swagger {
  const { paths, components } = openapiDocument(kinds, descriptions) as Document
  const document = {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(
      Object.keys(paths)
        .sort()
        .map((path) => [path, pathItem(path, paths[path])]),
    ),
    definitions: Object.fromEntries(
      Object.keys(components.schemas)
        .sort()
        .map((name) => [name, older(components.schemas[name])]),
    ),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', in: 'header', name: 'authorization', type: 'apiKey' },
    },
    security: [{ BearerToken: [] }],
  }
  return document
}

function pathItem(path: string, operations: Readonly<Record<string, Json>>): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    in: 'path',
    name,
    required: true,
    type: 'string',
    uniqueItems: true,
  }))
  return {
    ...Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, operationOf(operation)])),
    ...(names.length > 0 ? { parameters: names } : {}),
  }
}

function operationOf({ parameters, requestBody, responses, ...rest }: Json): object {
  const query = (Array.isArray(parameters) ? (parameters as readonly Json[]) : []).map(({ schema, ...parameter }) => ({
    ...parameter,
    ...(isRecord(schema) ? schema : {}),
  }))
  const body = schemaIn(requestBody)
  const answer = isRecord(responses) ? schemaIn(responses[200]) : undefined
  return {
    ...rest,
    consumes: ['*/*'],
    produces: ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/cbor'],
    schemes: ['https'],
    parameters: [...(body ? [{ in: 'body', name: 'body', required: true, schema: older(body) }] : []), ...query],
    responses: { 200: { description: 'OK', ...(answer ? { schema: older(answer) } : {}) }, 401: { description: 'Unauthorized' } },
  }
}

function schemaIn(holder: unknown): unknown {
  const content = isRecord(holder) && isRecord(holder.content) ? Object.values(holder.content)[0] : undefined
  return isRecord(content) ? content.schema : undefined
}

function older(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(older)
  if (!isRecord(value)) return value
  const result: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref') result.$ref = String(inner).replace('#/components/schemas/', '#/definitions/')
    else if (key === 'allOf' && Array.isArray(inner) && inner.length === 1) Object.assign(result, older(inner[0]))
    // A property may be called `default`; the word before a schema's other words is the schema's own.
    else if (key === 'default' && !(isRecord(inner) && ('type' in inner || '$ref' in inner || 'description' in inner))) continue
    else if (key !== 'oneOf') result[key] = older(inner)
  }
  return result
}
