/**
 * The JSON Schema that the editor completes and checks against: one branch per kind, made from the generated shapes of Kubernetes. A
 * document that names its `apiVersion` and `kind` is held against that branch alone.
 */
export interface JsonSchema {
  [keyword: string]: unknown
}

/** A field as generated: name, type, flags (`r` required), Go type, and what else is known. */
export type GeneratedField = readonly [
  name: string,
  type: string,
  flags: string,
  goType: string,
  more?: { readonly enum?: readonly string[] },
]

export interface GeneratedShape {
  readonly name: string
  readonly fields: readonly GeneratedField[]
}

export type GeneratedShapes = Readonly<Record<string, GeneratedShape>>
/** By shape, then field; '' is the shape itself. */
export type GeneratedDescriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The group as written in `apiVersion`, where it is not the name of its Go package. */
const groups: Readonly<Record<string, string>> = {
  core: '',
  admissionregistration: 'admissionregistration.k8s.io',
  authentication: 'authentication.k8s.io',
  authorization: 'authorization.k8s.io',
  certificates: 'certificates.k8s.io',
  coordination: 'coordination.k8s.io',
  discovery: 'discovery.k8s.io',
  events: 'events.k8s.io',
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
  networking: 'networking.k8s.io',
  node: 'node.k8s.io',
  rbac: 'rbac.authorization.k8s.io',
  scheduling: 'scheduling.k8s.io',
  storage: 'storage.k8s.io',
}

const plainTypes: Readonly<Record<string, JsonSchema>> = {
  string: { type: 'string' },
  int32: { type: 'integer' },
  int64: { type: 'integer' },
  double: { type: 'number' },
  bool: { type: 'boolean' },
  time: { type: 'string' },
  microtime: { type: 'string' },
  bytes: { type: 'string' },
  quantity: { type: ['string', 'number'] },
  intorstring: { type: ['string', 'integer'] },
  any: {},
}

export function editorSchema(shapes: GeneratedShapes, descriptions: GeneratedDescriptions): JsonSchema {
  const definitions: Record<string, JsonSchema> = {}
  const kinds: { readonly shape: string; readonly apiVersion: string; readonly kind: string }[] = []
  for (const [shape, { name, fields }] of Object.entries(shapes)) {
    const identity = identityOf(name, fields)
    definitions[shape] = shapeSchema(fields, descriptions[shape] ?? {}, identity)
    if (identity) kinds.push({ shape, ...identity })
  }
  return { definitions, oneOf: kinds.map(({ shape }) => ({ $ref: `#/definitions/${shape}` })) }
}

function identityOf(name: string, fields: readonly GeneratedField[]): { readonly apiVersion: string; readonly kind: string } | undefined {
  const has = (field: string) => fields.some(([name]) => name === field)
  const parts = /\.([a-z]+)\.(v\w+)\.(\w+)$/.exec(name)
  if (!parts || !has('kind') || !has('apiVersion') || !has('metadata') || parts[1] === 'meta') return undefined
  const group = name.includes('kube-aggregator')
    ? 'apiregistration.k8s.io'
    : name.includes('apiextensions')
      ? 'apiextensions.k8s.io'
      : (groups[parts[1]] ?? parts[1])
  return { apiVersion: group ? `${group}/${parts[2]}` : parts[2], kind: parts[3] }
}

function shapeSchema(
  fields: readonly GeneratedField[],
  words: Readonly<Record<string, string>>,
  identity: { readonly apiVersion: string; readonly kind: string } | undefined,
): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  for (const [name, type, , , more] of fields) {
    properties[name] = {
      ...typeSchema(type),
      ...(more?.enum ? { enum: more.enum } : {}),
      ...(words[name] ? { description: words[name] } : {}),
    }
  }
  if (identity) {
    properties.apiVersion = { type: 'string', enum: [identity.apiVersion], description: words.apiVersion }
    properties.kind = { type: 'string', enum: [identity.kind], description: words.kind }
  }
  const required = fields.filter(([, , flags]) => flags.includes('r')).map(([name]) => name)
  return {
    type: 'object',
    properties,
    required: identity ? ['apiVersion', 'kind', ...required] : required,
    additionalProperties: false,
    ...(words[''] ? { description: words[''] } : {}),
  }
}

/** `[]X` is a list, `{}X` a map. */
function typeSchema(type: string): JsonSchema {
  if (type.startsWith('[]')) return { type: 'array', items: typeSchema(type.slice(2)) }
  if (type.startsWith('{}')) return { type: 'object', additionalProperties: typeSchema(type.slice(2)) }
  return plainTypes[type] ?? { $ref: `#/definitions/${type}` }
}
