/**
 * What makes the schema of a custom resource's definition invalid. Two sets of rules look at it one after the other: whether it is structural (every
 * value has a type, and what allOf, anyOf, oneOf and not say is only about values), in the order of the messages; and what OpenAPI may say at all.
 */
import { checkRuleSyntax } from '../../api/custom/custom-rules.ts'
import { checkRuleCosts } from '../../api/custom/rule-cost.ts'
import { expressionOf, validateBySchema } from '../../api/custom/schema-validation.ts'
import { pruned, type JsonSchema } from '../../api/custom/structural-schema.ts'
import { areExpressionsLoaded } from '../../api/expressions/expressions.ts'
import { isRecord } from '../../api/objects.ts'
import { FieldErrors } from '../field-errors.ts'

export interface SchemaOptions {
  /** Only some rules can stand at the root, because the status is cut out of it. */
  readonly hasStatus: boolean
}

export function validateSchema(schema: JsonSchema, path: string, { hasStatus }: SchemaOptions, errors: FieldErrors): void {
  const before = errors.list.length
  if (hasStatus && schema.type !== undefined && schema.type !== 'object')
    errors.invalid(
      `${path}.type`,
      schema.type,
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
    )
  if (schema.nullable) errors.forbidden(`${path}.nullable`, 'nullable cannot be true at the root')
  const structural = new FieldErrors()
  checkInvariants(schema, path, 'root', structural)
  checkCompleteness(schema, schema, path, path, structural)
  const textOf = ({ field, message }: { readonly field: string; readonly message: string }) => `${field}: ${message}`
  errors.list.push(...structural.list.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1)))
  if (structural.list.length === 0) checkDefaults(schema, path, errors)
  checkOpenApi(schema, path, { isRoot: true }, errors)
  if (errors.list.length > before || !areExpressionsLoaded()) return
  checkRuleSyntax(schema, path, errors)
  if (errors.list.length === before) checkRuleCosts(schema, path, errors)
}

type Level = 'root' | 'items' | 'field'

const emptyType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  items: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

function additional(schema: JsonSchema): JsonSchema | undefined {
  return isRecord(schema.additionalProperties) ? (schema.additionalProperties as JsonSchema) : undefined
}

function checkInvariants(schema: JsonSchema, path: string, level: Level, errors: FieldErrors): void {
  const { type = '', items, properties = {} } = schema
  if (type === 'array' && !items) errors.required(`${path}.items`, 'must be specified')
  if (items) checkInvariants(items, `${path}.items`, 'items', errors)
  for (const [name, inner] of Object.entries(properties)) checkInvariants(inner, `${path}.properties[${name}]`, 'field', errors)
  const others = additional(schema)
  if (schema.additionalProperties !== undefined && level === 'root')
    errors.forbidden(`${path}.additionalProperties`, 'must not be used at the root')
  if (others) checkInvariants(others, `${path}.additionalProperties`, 'field', errors)
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  const mustBeFalse = 'must be false if x-kubernetes-int-or-string is true'
  if (isIntOrString && isOpen) errors.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, true, mustBeFalse)
  if (isIntOrString && isEmbedded) errors.invalid(`${path}.x-kubernetes-embedded-resource`, true, mustBeFalse)
  checkJunctors(schema, path, level, { isFirstFree: isIntOrString }, errors)
  if (isEmbedded && type !== 'object') {
    const words = 'must be object if x-kubernetes-embedded-resource is true'
    if (type === '') errors.required(`${path}.type`, words)
    else errors.invalid(`${path}.type`, type, words)
  } else if (type === '' && !isIntOrString && !isOpen) errors.required(`${path}.type`, emptyType[level])
  if (isEmbedded && schema.additionalProperties !== undefined)
    errors.forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')
  if (level === 'root' && type !== '' && type !== 'object') errors.invalid(`${path}.type`, type, 'must be object at the root')
  checkMeta(properties, path, level, isEmbedded, errors)
  if (isEmbedded && !isOpen && Object.keys(properties).length === 0)
    errors.required(
      `${path}.properties`,
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
    )
}

/** `kind`, `apiVersion` and `metadata` are there whether a schema says so or not. */
function checkMeta(
  properties: Readonly<Record<string, JsonSchema>>,
  path: string,
  level: Level,
  isEmbedded: boolean,
  errors: FieldErrors,
): void {
  if (level !== 'root' && !isEmbedded) return
  for (const name of ['kind', 'apiVersion']) {
    const property = properties[name]
    if (property && property.type !== 'string') errors.invalid(`${path}.properties[${name}].type`, property.type ?? '', 'must be string')
  }
  const { metadata } = properties
  if (!metadata) return
  if (metadata.type !== 'object') errors.invalid(`${path}.properties[metadata].type`, metadata.type ?? '', 'must be object')
  if (level !== 'root') return
  const { type: _, default: __, properties: known = {}, ...rest } = metadata
  const isLimited = Object.keys(known).every((name) => name === 'name' || name === 'generateName')
  if (!isLimited || Object.keys(rest).length > 0)
    errors.forbidden(
      `${path}.properties[metadata]`,
      'must not specify anything other than name and generateName, but metadata is implicitly specified',
    )
}

/** `anyOf: [{type: integer}, {type: string}]`, which is how an integer or string is told to other tools. */
function isIntOrStringPattern(list: readonly JsonSchema[] | undefined): boolean {
  return (
    list?.length === 2 && list[0].type === 'integer' && list[1].type === 'string' && list.every((each) => Object.keys(each).length === 1)
  )
}

function checkJunctors(
  schema: JsonSchema,
  path: string,
  level: Level,
  { isFirstFree }: { readonly isFirstFree: boolean },
  errors: FieldErrors,
): void {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema
  if (!isIntOrStringPattern(anyOf)) anyOf.forEach((each, index) => checkNested(each, `${path}.anyOf[${index}]`, errors))
  allOf.forEach((each, index) => {
    if (isFirstFree && index === 0 && isIntOrStringPattern(each.anyOf)) return
    checkNested(each, `${path}.allOf[${index}]`, errors)
  })
  oneOf.forEach((each, index) => checkNested(each, `${path}.oneOf[${index}]`, errors))
  if (not) checkNested(not, `${path}.not`, errors)
  const problem = pattern ? problemOfPattern(pattern) : undefined
  if (problem !== undefined)
    errors.invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: error parsing regexp: ${problem}`)
}

/** As Go's regexp says it, for what is most often wrong. */
function problemOfPattern(pattern: string): string | undefined {
  const lookaround = /\(\?(<?[=!])/.exec(pattern)
  if (lookaround) return `invalid or unsupported Perl syntax: \`(?${lookaround[1]}\``
  try {
    expressionOf(pattern)
    return undefined
  } catch {
    const open = pattern.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')
    const count = (letter: string) => open.split(letter).length - 1
    if (count('(') > count(')')) return `missing closing ): \`${pattern}\``
    if (count(')') > count('(')) return `unexpected ): \`${pattern}\``
    if (count('[') > 0) return `missing closing ]: \`${pattern.slice(pattern.lastIndexOf('['))}\``
    return `missing argument to repetition operator: \`${/[*+?]/.exec(pattern)?.[0] ?? pattern}\``
  }
}

const forbidden: readonly (readonly [keyof JsonSchema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
]

function checkNested(schema: JsonSchema, path: string, errors: FieldErrors): void {
  checkJunctors(schema, path, 'field', { isFirstFree: false }, errors)
  if (schema.items) checkNested(schema.items, `${path}.items`, errors)
  for (const [name, inner] of Object.entries(schema.properties ?? {})) checkNested(inner, `${path}.properties[${name}]`, errors)
  for (const [field, words] of forbidden) if (schema[field]) errors.forbidden(`${path}.${field}`, words)
  if (schema.properties?.metadata) errors.forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')
}

/** What is said of a value somewhere must be about a field that is there. */
function checkCompleteness(values: JsonSchema, schema: JsonSchema, path: string, valuePath: string, errors: FieldErrors): void {
  if (values === schema) {
    if (schema.items) checkCompleteness(schema.items, schema.items, `${path}.items`, `${path}.items`, errors)
    for (const [name, inner] of Object.entries(schema.properties ?? {})) {
      const place = `${path}.properties[${name}]`
      checkCompleteness(inner, inner, place, place, errors)
    }
    const others = additional(schema)
    if (others) checkCompleteness(others, others, `${path}.additionalProperties`, `${path}.additionalProperties`, errors)
  } else {
    const missing = (place: string, said: string) => errors.required(place, `because it is defined in ${said}`)
    if (values.items) {
      if (schema.items) checkCompleteness(values.items, schema.items, `${path}.items`, `${valuePath}.items`, errors)
      else missing(`${path}.items`, `${valuePath}.items`)
    }
    for (const [name, inner] of Object.entries(values.properties ?? {})) {
      const known = schema.properties?.[name]
      const said = `${valuePath}.properties[${name}]`
      if (known) checkCompleteness(inner, known, `${path}.properties[${name}]`, said, errors)
      else missing(`${path}.properties[${name}]`, said)
    }
  }
  for (const field of ['allOf', 'oneOf', 'anyOf'] as const)
    values[field]?.forEach((each, index) => checkCompleteness(each, schema, path, `${valuePath}.${field}[${index}]`, errors))
  if (values.not) checkCompleteness(values.not, schema, path, `${valuePath}.not`, errors)
}

/** A default must be something that the schema itself would take. */
function checkDefaults(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (schema.default !== undefined) {
    const unknown: string[] = []
    pruned(schema, schema.default, '', unknown)
    if (unknown.length > 0) errors.invalid(`${path}.default`, schema.default, 'must not have unknown fields')
    else validateBySchema(schema, schema.default, `${path}.default`, errors)
  }
  if (schema.items) checkDefaults(schema.items, `${path}.items`, errors)
  for (const [name, inner] of Object.entries(schema.properties ?? {})) checkDefaults(inner, `${path}.properties[${name}]`, errors)
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref']

interface Place {
  readonly isRoot?: boolean
  readonly isInMeta?: boolean
  /** Why no default may stand here. */
  readonly noDefaults?: string
}

function checkOpenApi(schema: JsonSchema, path: string, place: Place, errors: FieldErrors): void {
  const { type = '', items, properties = {} } = schema
  const given = schema as Readonly<Record<string, unknown>>
  if (type !== '' && !types.includes(type)) errors.notSupported(`${path}.type`, type, types)
  if (schema.default !== undefined && place.noDefaults !== undefined)
    errors.forbidden(`${path}.default`, `must not be set ${place.noDefaults}`)
  for (const field of unsupported) if (given[field] !== undefined) errors.forbidden(`${path}.${field}`, `${field} is not supported`)
  if (type === 'null') errors.forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')
  if (Array.isArray(items)) errors.forbidden(`${path}.items`, 'items must be a schema object and not an array')
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  if (place.isInMeta && isEmbedded) errors.forbidden(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta')
  if (schema.uniqueItems)
    errors.forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic')
  if (schema.additionalProperties !== undefined && Object.keys(properties).length > 0)
    errors.forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')
  const nested = { isInMeta: place.isInMeta, noDefaults: place.noDefaults }
  const others = additional(schema)
  if (others) {
    const noDefaults = place.isInMeta ? 'inside additionalProperties applying to object metadata' : place.noDefaults
    checkOpenApi(others, `${path}.additionalProperties`, { ...nested, noDefaults }, errors)
  }
  for (const [name, inner] of Object.entries(properties)) {
    const isMeta = (place.isRoot || isEmbedded) && ['metadata', 'kind', 'apiVersion'].includes(name)
    const noDefaults = isMeta && place.isRoot ? `in top-level ${name}` : place.noDefaults
    checkOpenApi(inner, `${path}.properties[${name}]`, { isInMeta: isMeta || place.isInMeta, noDefaults }, errors)
  }
  if (schema.not) checkOpenApi(schema.not, `${path}.not`, nested, errors)
  for (const field of ['allOf', 'oneOf', 'anyOf'] as const)
    schema[field]?.forEach((each, index) => checkOpenApi(each, `${path}.${field}[${index}]`, nested, errors))
  if (items && !Array.isArray(items)) checkOpenApi(items, `${path}.items`, nested, errors)
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')
  checkListsAndMaps(schema, path, errors)
  checkRuleTexts(schema, path, errors)
}

function checkListsAndMaps(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const { type = '', items } = schema
  const mapType = schema['x-kubernetes-map-type']
  const listType: string | undefined = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const mustBe = (wanted: string, extension: string) => {
    const words = `must be ${wanted} if x-kubernetes-${extension} is specified`
    if (type === '') errors.required(`${path}.type`, words)
    else errors.invalid(`${path}.type`, type, words)
  }
  if (mapType !== undefined && type !== 'object') mustBe('object', 'map-type')
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType))
    errors.notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular'])
  if (listType !== undefined && type !== 'array') mustBe('array', 'list-type')
  else if (listType === 'set' && items) {
    const words = 'must be atomic as item of a list with x-kubernetes-list-type=set'
    const inner = items['x-kubernetes-list-type']
    if (items.type === 'array' && inner !== undefined && inner !== 'atomic')
      errors.invalid(`${path}.items.x-kubernetes-list-type`, inner, words)
    if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
      errors.invalid(`${path}.items.x-kubernetes-map-type`, inner, words)
  }
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType))
    errors.notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map'])
  const needsMap = 'must be map if x-kubernetes-list-map-keys is non-empty'
  if (keys.length > 0 && listType === undefined) errors.required(`${path}.x-kubernetes-list-type`, needsMap)
  else if (keys.length > 0 && listType !== 'map') errors.invalid(`${path}.x-kubernetes-list-type`, listType, needsMap)
  if (listType === 'map') checkMapList(items, keys, path, errors)
  if (!items || (listType !== 'set' && listType !== 'map')) return
  if (items.nullable) errors.forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`)
  for (const key of listType === 'map' ? keys : []) {
    const property = items.properties?.[key]
    if (!property) continue
    const place = `${path}.items.properties[${key}]`
    const words = 'this property is in x-kubernetes-list-map-keys, so it'
    if (!items.required?.includes(key) && property.default === undefined)
      errors.required(`${place}.default`, `${words} must have a default or be a required property`)
    if (property.nullable) errors.forbidden(`${place}.nullable`, `${words} cannot be nullable`)
  }
}

function checkMapList(items: JsonSchema | undefined, keys: readonly string[], path: string, errors: FieldErrors): void {
  const place = `${path}.x-kubernetes-list-map-keys`
  if (keys.length === 0) errors.required(place, 'must not be empty if x-kubernetes-list-type is map')
  if (!items) return errors.required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')
  if (items.type !== 'object')
    return errors.invalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")
  keys.forEach((key, index) => {
    const type = items.properties?.[key]?.type
    if (!items.properties?.[key]) errors.invalid(place, keys, 'entries must all be names of item properties')
    else if (type === 'array' || type === 'object') {
      const words = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.invalid(`${path}.items.properties[${key}].type`, 'object', words)
    }
    if (keys.indexOf(key) < index) errors.invalid(place, keys, 'must not contain duplicate entries')
  })
}

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** What a rule says beside its expression. */
function checkRuleTexts(schema: JsonSchema, path: string, errors: FieldErrors): void {
  schema['x-kubernetes-validations']?.forEach(({ rule = '', message = '', messageExpression = '', reason, fieldPath = '' }, index) => {
    const place = `${path}.x-kubernetes-validations[${index}]`
    const hasBreak = (text: string) => /[\n\r]/.test(text)
    if (rule.trim() === '') errors.required(`${place}.rule`, 'rule is not specified')
    else if (message !== '' && message.trim() === '') errors.invalid(`${place}.message`, message, 'message must be non-empty if specified')
    else if (hasBreak(message.trim())) errors.invalid(`${place}.message`, message, 'message must not contain line breaks')
    else if (hasBreak(rule.trim()) && message.trim() === '')
      errors.required(`${place}.message`, 'message must be specified if rule contains line breaks')
    if (messageExpression !== '' && messageExpression.trim() === '')
      errors.required(`${place}.messageExpression`, 'messageExpression must be non-empty if specified')
    if (reason !== undefined && !reasons.includes(reason)) errors.notSupported(`${place}.reason`, reason, reasons)
    if (fieldPath === '') return
    if (fieldPath.trim() === '') errors.invalid(`${place}.fieldPath`, fieldPath, 'fieldPath must be non-empty if specified')
    if (hasBreak(fieldPath)) errors.invalid(`${place}.fieldPath`, fieldPath, 'fieldPath must not contain line breaks')
    if (typeof schemaAt(schema, fieldPath) === 'string') errors.invalid(`${place}.fieldPath`, fieldPath, 'fieldPath must be a valid path')
  })
}

/** The schema of the field at `.spec.size` or `.spec['a-b']`; in words, why there is none. */
export function schemaAt(schema: JsonSchema, path: string): JsonSchema | string {
  let at: JsonSchema | undefined = schema
  let rest = path
  while (rest !== '') {
    const step: RegExpExecArray | null = /^\.([^.[\]']+)|^\['((?:[^'\\]|\\.)*)'\]/.exec(rest)
    if (!step)
      return rest.startsWith('.') || rest.startsWith('[')
        ? 'does not refer to a valid field'
        : `expected [ or . but got: ${/^[^.[]*/.exec(rest)?.[0] ?? ''}`
    at = at.properties?.[step[1] ?? step[2]] ?? (step[2] === undefined ? undefined : additional(at))
    if (!at) return 'does not refer to a valid field'
    rest = rest.slice(step[0].length)
  }
  return at
}
