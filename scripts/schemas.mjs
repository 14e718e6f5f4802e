/**
 * Writes `src/engine/kinds/generated/`: the shapes of Kubernetes 1.33 as data (for decoding, patching, explain) and as TypeScript.
 * Nothing of it is typed by hand. The models come from the pinned `@kubernetes/client-node`; what that package leaves out (Go's
 * field order, pointers and omitempty, merge keys, list types, enums) from the two tables in `scripts/schema/`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as client from '@kubernetes/client-node'

const here = dirname(fileURLToPath(import.meta.url))
const target = join(here, '../src/engine/kinds/generated')
const overlay = JSON.parse(readFileSync(join(here, 'schema/schema-overlay.json'), 'utf8'))
const messages = JSON.parse(readFileSync(join(here, 'schema/protobuf-fields.json'), 'utf8'))
/** What a real server's OpenAPI documents say beyond the package: words for `$ref` fields, and what is newer than the first table. */
const documented = JSON.parse(readFileSync(join(here, 'schema/openapi-overlay.json'), 'utf8'))
const modelsFolder = join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), 'gen/models')

const modelNames = Object.keys(client)
  .filter((name) => /^([A-Z][a-z]+)?V[12][A-Z]/.test(name) && client[name].attributeTypeMap)
  .sort()

/** `CoreV1Event` → prefix `core`, version `v1`, name `Event`. */
function nameParts(model) {
  const [, prefix = '', version, name] = /^((?:[A-Z][a-z]+)?)(V[12])([A-Z].*)$/.exec(model)
  return { prefix: prefix.toLowerCase(), version: version.toLowerCase(), name }
}

/** The fields of a Go struct as JSON has them: embedded structs are flattened. */
function flatFields(messageKey) {
  const [, folder] = /^(.*)\.[^.]+$/.exec(messageKey)
  return messages[messageKey].flatMap((row) => {
    const [, name, , type, ...flags] = row
    if (!flags.includes('inline')) return [row]
    if (type.endsWith('TypeMeta')) return []
    return flatFields(messageKeyOf(folder, type))
  })
}

function messageKeyOf(folder, type) {
  const [packageName, name] = type.includes('.') ? type.split('.') : ['', type]
  const folders = {
    '': folder,
    metav1: 'apimachinery/pkg/apis/meta/v1',
    corev1: 'api/core/v1',
    batchv1: 'api/batch/v1',
    apiv1: 'api/core/v1',
    authenticationv1: 'api/authentication/v1',
    authorizationv1: 'api/authorization/v1',
    runtime: 'apimachinery/pkg/runtime',
  }
  if (packageName === 'v1')
    return [`api/core/v1.${name}`, `apimachinery/pkg/apis/meta/v1.${name}`, `api/authentication/v1.${name}`].find((key) => messages[key])
  return `${folders[packageName]}.${name}`
}

/** The Go struct behind a model: the one of that name and version whose fields are most alike. */
function messageOf(model) {
  const { prefix, version, name } = nameParts(model)
  if (prefix === 'apiregistration' || prefix === 'apiextensions') return undefined
  const fields = new Set(client[model].attributeTypeMap.map((field) => field.baseName))
  let best
  for (const key of Object.keys(messages)) {
    if (!key.endsWith(`/${version}.${name}`)) continue
    const theirs = flatFields(key).map((row) => row[1])
    const shared = theirs.filter((field) => fields.has(field)).length
    const score = (2 * shared + 1) / (fields.size + theirs.length + 1) + (prefix && key.includes(`/${prefix}`) ? 1 : 0)
    if (!best || score > best.score) best = { key, score }
  }
  return best?.key
}

/** Where types newer than the message table live. */
const newer = {
  ForNode: 'api.discovery',
  NodeSwapStatus: 'api.core',
  WatchEvent: 'apimachinery.pkg.apis.meta',
  IPAddress: 'api.networking',
  IPAddressSpec: 'api.networking',
  ParentReference: 'api.networking',
  ServiceCIDR: 'api.networking',
  ServiceCIDRSpec: 'api.networking',
  ServiceCIDRStatus: 'api.networking',
}

function openapiName(model, messageKey) {
  const { version, name } = nameParts(model)
  if (messageKey) return `io.k8s.${messageKey.replaceAll('/', '.')}`
  if (newer[name]) return `io.k8s.${newer[name]}.${version}.${name}`
  if (/APIService|Apiregistration/.test(model)) return `io.k8s.kube-aggregator.pkg.apis.apiregistration.${version}.${name}`
  return `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.${version}.${name}`
}

const scalars = {
  string: 'string',
  boolean: 'bool',
  number: 'double',
  any: 'any',
  IntOrString: 'intorstring',
  Date: 'time',
  V1MicroTime: 'microtime',
}
const formats = {
  int32: 'int32',
  int64: 'int64',
  double: 'double',
  byte: 'bytes',
  'date-time': 'time',
  'date-time-micro': 'microtime',
  'int-or-string': 'intorstring',
}

function wireType(type, format, goType) {
  const list = /^Array<(.*)>$/.exec(type)
  if (list) return `[]${wireType(list[1], format, goType)}`
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
  if (map) return `{}${wireType(map[1], '', goType)}`
  if (type === 'string' && /Quantity$|ResourceList$/.test(goType)) return 'quantity'
  if (type === 'string' && /\[\]byte$/.test(goType)) return 'bytes'
  if (type === 'Date' && goType.endsWith('MicroTime')) return 'microtime'
  if (format && formats[format] && type !== 'any') return formats[format]
  if (formats[format] && format !== '') return formats[format]
  return scalars[type] ?? type
}

/** How Go prints the type in `json: cannot unmarshal … of type …`. */
function goTypeName(type, version) {
  const inner = /^(\[\]|map\[string\]|\*)(.*)$/.exec(type)
  if (inner) return inner[1] + goTypeName(inner[2], version)
  if (/^map\[/.test(type)) return type
  if (/^(string|bool|int32|int64|int|byte|float64|uint8)$/.test(type)) return type
  const [packageName, name] = type.includes('.') ? type.split('.') : [version, type]
  return `${packageName.replace(/^(meta|core|api|batch|authentication|authorization)(?=v\d)/, '')}.${name}`
}

const declarations = {}
function declarationOf(model) {
  if (declarations[model]) return declarations[model]
  const text = readFileSync(join(modelsFolder, `${model}.d.ts`), 'utf8')
  const about = /\/\*\*\n\* ([\s\S]*?)\n\*\/\nexport declare class/.exec(text)?.[1] ?? ''
  const fields = {}
  for (const match of text.matchAll(/(?:\/\*\*\n\s+\* (.*)\n\s+\*\/\n)?\s+'(\w+|\$\w+)'(\?)?: /g)) {
    fields[match[2]] = {
      about: (match[1] ?? '').replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll('\\\\', '\\'),
      isRequired: match[3] === undefined,
    }
  }
  return (declarations[model] = { about: about.replaceAll("\\'", "'").replaceAll('\\"', '"'), fields })
}

const schemas = {}
const descriptions = {}
for (const model of modelNames) {
  if (model === 'V1MicroTime' || (/List$/.test(model) && client[model].attributeTypeMap.some((field) => field.name === 'items'))) continue
  const { version } = nameParts(model)
  const messageKey = messageOf(model)
  const goRows = new Map((messageKey ? flatFields(messageKey) : []).map((row) => [row[1], row]))
  const declared = declarationOf(model)
  const order = [...goRows.keys()]
  const attributes = client[model].attributeTypeMap
    .map((attribute) => ({ ...attribute, at: order.indexOf(attribute.baseName) }))
    .sort((a, b) => place(a) - place(b))
  const rows = attributes.map(({ name, baseName, type, format }) => {
    const goRow = goRows.get(baseName)
    const flags = goRow?.slice(4) ?? []
    const isRequired = declared.fields[name]?.isRequired ?? false
    const goType = goRow?.[3] ?? ''
    const kind = wireType(type, format, goType)
    const isOmitted = goRow ? flags.includes('omitempty') : !isRequired
    const isPointer = goRow ? flags.includes('pointer') : !isRequired && !/^(\[\]|\{\})/.test(kind)
    const letters = `${isRequired ? 'r' : ''}${isOmitted ? 'e' : ''}${isPointer ? 'p' : ''}`
    const go = goType ? goTypeName(goType, version) : ''
    const row = [baseName, kind, letters, go === kind ? '' : go]
    const extra = { ...overlay[model]?.[baseName], ...documented.extras[model]?.[baseName] }
    if (Object.keys(extra).length > 0) row.push(compactExtra(extra))
    return row
  })
  schemas[model] = {
    go: nameParts(model).name,
    name: openapiName(model, messageKey),
    ...(messageKey ? { message: messageKey } : {}),
    fields: rows,
  }
  const atomic = documented.extras[model]?.['']
  if (atomic) schemas[model].map = atomic['x-kubernetes-map-type']
  descriptions[model] = {
    '': declared.about,
    ...Object.fromEntries(attributes.map(({ name, baseName }) => [baseName, declared.fields[name]?.about ?? ''])),
    ...documented.descriptions[model],
  }
}

function place({ baseName, at }) {
  if (baseName === 'kind') return -2
  if (baseName === 'apiVersion') return -1
  return at < 0 ? 1000 : at
}

function compactExtra(extra) {
  return {
    ...(extra.enum ? { enum: extra.enum } : {}),
    ...('default' in extra ? { default: extra.default } : {}),
    ...(extra['x-kubernetes-list-type'] ? { list: extra['x-kubernetes-list-type'] } : {}),
    ...(extra['x-kubernetes-list-map-keys'] ? { keys: extra['x-kubernetes-list-map-keys'] } : {}),
    ...(extra['x-kubernetes-patch-merge-key'] ? { mergeKey: extra['x-kubernetes-patch-merge-key'] } : {}),
    ...(extra['x-kubernetes-map-type'] ? { map: extra['x-kubernetes-map-type'] } : {}),
    ...(extra.ref ? { ref: extra.ref } : {}),
    ...(extra['x-kubernetes-patch-strategy'] ? { strategy: extra['x-kubernetes-patch-strategy'] } : {}),
  }
}

function typescriptType(kind) {
  if (kind.startsWith('[]')) return `readonly ${wrapped(typescriptType(kind.slice(2)))}[]`
  if (kind.startsWith('{}')) return `Readonly<Record<string, ${typescriptType(kind.slice(2))}>>`
  const plain = {
    string: 'string',
    int32: 'number',
    int64: 'number',
    double: 'number',
    bool: 'boolean',
    time: 'string',
    microtime: 'string',
    bytes: 'string',
    quantity: 'string',
    intorstring: 'IntOrString',
    any: 'unknown',
  }
  return plain[kind] ?? (schemas[kind] ? kind : 'unknown')
}

function wrapped(type) {
  return /[ |]/.test(type) ? `(${type})` : type
}

function typescriptInterface(model) {
  const { fields } = schemas[model]
  const names = new Set(fields.map(([name]) => name))
  const isTopLevel = names.has('kind') && names.has('apiVersion') && names.has('metadata')
  const lines = fields.map(([name, kind, flags]) => {
    const key = /^\w+$/.test(name) ? name : JSON.stringify(name)
    if (isTopLevel && (name === 'kind' || name === 'apiVersion')) return `  readonly ${key}: string`
    if (isTopLevel && name === 'metadata') return `  readonly metadata: ObjectMeta`
    // The server fills both in whatever it answers.
    if (isTopLevel && (name === 'spec' || name === 'status')) return `  readonly ${key}: ${typescriptType(kind)}`
    return `  readonly ${key}${flags.includes('r') ? '' : '?'}: ${typescriptType(kind)}`
  })
  return `export interface ${model} {\n${lines.join('\n')}\n}\n`
}

const types = `/** Generated by scripts/schemas.mjs from @kubernetes/client-node; do not edit. Shapes as JSON has them. */
import type { ObjectMeta } from '../../api/client.ts'

export type IntOrString = number | string

${Object.keys(schemas).map(typescriptInterface).join('\n')}`

mkdirSync(target, { recursive: true })
writeFileSync(join(target, 'schemas.json'), JSON.stringify(schemas))
writeFileSync(join(target, 'descriptions.json'), JSON.stringify(descriptions))
writeFileSync(join(target, 'plain-schemas.json'), JSON.stringify(documented.schemas))
writeFileSync(join(target, 'messages.json'), JSON.stringify(messages))
writeFileSync(join(target, 'types.ts'), types)
console.log(`${Object.keys(schemas).length} schemas`)
