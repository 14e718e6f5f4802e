/**
 * Writes `src/session/sites/generated/gateway-api.json`: the definitions of Gateway API's standard channel, one a line. Run by hand when the package
 * changes. Schemas and words come from the pinned `@kubernetes-models/gateway-api`, whose files are read as text; what it leaves out, from
 * `scripts/schema/gateway-api.json`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const target = join(here, '../src/session/sites/generated')
const models = join(here, '../node_modules/@kubernetes-models/gateway-api/gateway.networking.k8s.io')
const table = JSON.parse(readFileSync(join(here, 'schema/gateway-api.json'), 'utf8'))

/** The package's types say these two by their only value. */
const metadataWords = {
  apiVersion:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  kind: 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
}

function schemaOf(kind, version) {
  const text = readFileSync(join(models, version, `${kind}.mjs`), 'utf8')
  return JSON.parse(/const schema = (\{[\s\S]*?\n\});?\n/.exec(text)[1])
}

/** The comment before each property, by the property's path: `spec.listeners.name`. */
function wordsOf(kind, version) {
  const words = new Map()
  const path = []
  let comment = []
  let isInside = false
  for (const line of readFileSync(join(models, version, `${kind}.d.ts`), 'utf8').split('\n')) {
    const said = /^\s*\* ?(.*?)\s*$/.exec(line)
    if (/^\s*\/\*\*/.test(line)) comment = []
    else if (said && !/^\s*\*\//.test(line)) comment.push(said[1])
    const opened = /^export interface I/.test(line)
    if (opened) {
      isInside = true
      words.set('', comment.join('\n'))
    }
    if (!isInside || opened) continue
    const property = /^\s*"?([\w-]+)"?\??: (.*)$/.exec(line)
    if (property) {
      words.set([...path, property[1]].join('.'), comment.join('\n'))
      if (property[2].endsWith('{')) path.push(property[1])
      comment = []
    } else if (/^\s*\}/.test(line)) {
      if (path.length === 0) break
      path.pop()
      // An alternative opens where the one before it ends; its names are said already.
      if (line.endsWith('{')) path.push('|')
    }
  }
  return words
}

/** The package adds what Go's optional pointers would bear; the definitions do not say it. */
function completed(kind, words, schema, place) {
  const { nullable: _, ...rest } = schema
  const result = { ...rest }
  const description = words.get(place.replaceAll('[]', ''))?.replaceAll('\\*', '*')
  if (description && !place.endsWith('[]')) result.description = description
  if (result.additionalProperties) delete result.properties
  if (result.properties) {
    result.properties = Object.fromEntries(
      Object.entries(result.properties)
        .filter(([name]) => !table.experimental.includes(`${kind}.${below(place, name)}`))
        .map(([name, inner]) => [name, completed(kind, words, inner, below(place, name))]),
    )
  }
  if (result.items) result.items = completed(kind, words, result.items, `${place}[]`)
  const keys = Object.entries(table.keys).find(([path]) => place === path || (path.startsWith('[]') && place.endsWith(path)))?.[1]
  if (keys) Object.assign(result, { 'x-kubernetes-list-map-keys': keys, 'x-kubernetes-list-type': 'map' })
  if (table.sets.some((path) => place.endsWith(path))) result['x-kubernetes-list-type'] = 'set'
  const rules = [
    ...(table.rules[`${kind}.${place}`] ?? []),
    ...(place.endsWith('filters[]') ? filterRules(result) : []),
    ...(place.endsWith('matches[].path') ? pathRules() : []),
  ]
  if (rules.length > 0) result['x-kubernetes-validations'] = rules
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function below(place, name) {
  return place === '' ? name : `${place}.${name}`
}

/** What a filter says must be what its type is. */
function filterRules({ properties }) {
  return Object.entries(table.filterTypes)
    .filter(([field]) => properties[field])
    .flatMap(([field, type]) => [
      { message: `filter.${field} must be nil if the filter.type is not ${type}`, rule: `!(has(self.${field}) && self.type != '${type}')` },
      { message: `filter.${field} must be specified for ${type} filter.type`, rule: `!(!has(self.${field}) && self.type == '${type}')` },
    ])
}

function pathRules() {
  const plain = (test) => `(self.type in ['Exact','PathPrefix']) ? ${test} : true`
  const types = "when type one of ['Exact', 'PathPrefix']"
  return [
    { message: table.pathRules["startsWith('/')"], rule: plain("self.value.startsWith('/')") },
    ...table.pathRules.contains.map((text) => ({
      message: `must not contain '${text}' ${types}`,
      rule: plain(`!self.value.contains('${text}')`),
    })),
    ...table.pathRules.endsWith.map((text) => ({
      message: `must not end with '${text}' ${types}`,
      rule: plain(`!self.value.endsWith('${text}')`),
    })),
    {
      message: "type must be one of ['Exact', 'PathPrefix', 'RegularExpression']",
      rule: "self.type in ['Exact','PathPrefix'] || self.type == 'RegularExpression'",
    },
  ]
}

function versionOf({ kind, stored, columns, hasStatus }, name) {
  const words = wordsOf(kind, name)
  const full = completed(kind, words, schemaOf(kind, name), '')
  const type = { type: 'string' }
  const properties = {
    ...full.properties,
    apiVersion: { description: metadataWords.apiVersion, ...type },
    kind: { description: metadataWords.kind, ...type },
    metadata: { type: 'object' },
  }
  const required = (full.required ?? []).filter((field) => field in properties && !['apiVersion', 'kind', 'metadata'].includes(field))
  const { required: _, ...schema } = { ...full, properties }
  return {
    additionalPrinterColumns: columns,
    name,
    schema: { openAPIV3Schema: { ...schema, ...(required.length > 0 ? { required } : {}) } },
    served: true,
    storage: name === stored,
    subresources: hasStatus ? { status: {} } : {},
  }
}

const definitions = table.kinds.map((each) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    annotations: {
      'api-approved.kubernetes.io': table.approved,
      'gateway.networking.k8s.io/bundle-version': table.version,
      'gateway.networking.k8s.io/channel': 'standard',
    },
    name: `${each.plural}.gateway.networking.k8s.io`,
  },
  spec: {
    group: 'gateway.networking.k8s.io',
    names: {
      categories: ['gateway-api'],
      kind: each.kind,
      listKind: `${each.kind}List`,
      plural: each.plural,
      ...(each.shortNames.length > 0 ? { shortNames: each.shortNames } : {}),
      singular: each.kind.toLowerCase(),
    },
    scope: each.scope,
    versions: each.versions.map((name) => versionOf(each, name)),
  },
}))

mkdirSync(target, { recursive: true })
writeFileSync(join(target, 'gateway-api.json'), `[\n${definitions.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`)
console.log(`${definitions.length} definitions of Gateway API ${table.version}`)
