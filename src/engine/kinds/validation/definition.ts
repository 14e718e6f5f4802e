/**
 * What makes a custom resource's definition invalid, but for its schemas. Inside the server what all versions have in common stands before them, as it
 * did before there were versions: so a definition of one version is told about `spec.validation` and `spec.additionalPrinterColumns`.
 */
import { isSame } from '../../api/objects.ts'
import type { JsonSchema } from '../../api/custom/structural-schema.ts'
import { Verbatim, type FieldErrors } from '../field-errors.ts'
import type {
  V1CustomResourceColumnDefinition,
  V1CustomResourceConversion,
  V1CustomResourceDefinition,
  V1CustomResourceDefinitionNames,
  V1CustomResourceDefinitionVersion,
  V1CustomResourceSubresources,
  V1SelectableField,
} from '../generated/types.ts'
import { goSyntax } from '../go-syntax.ts'
import { goStruct } from '../go-value.ts'
import { dns1035Label, dns1123Subdomain } from '../names.ts'
import { schemaNamed } from '../schema.ts'
import { validateClient, validateKnownVersions } from './admission.ts'
import { schemaAt, validateSchema } from './definition-schema.ts'
import { required } from './values.ts'

type Common = 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields'

export function validateDefinition({ metadata, spec, status }: V1CustomResourceDefinition, errors: FieldErrors): void {
  const { group = '', names, scope, conversion } = spec
  const versions = spec.versions ?? []
  if (metadata.name !== `${names?.plural ?? ''}.${group}`)
    errors.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')
  const wrongGroup = dns1123Subdomain(group)
  if (group === '') errors.required('spec.group')
  else if (wrongGroup.length > 0) errors.invalid('spec.group', group, wrongGroup.join(','))
  else if (!group.includes('.')) errors.invalid('spec.group', group, 'should be a domain with at least one dot')
  required('spec.scope', scope, ['Cluster', 'Namespaced'], errors)
  const isCommon = (field: Common) =>
    versions.length > 0 && versions.every((version) => version[field] !== undefined && isSame(version[field], versions[0][field]))
  const common = { schema: isCommon('schema'), subresources: isCommon('subresources') }
  const shared = {
    ...common,
    additionalPrinterColumns: isCommon('additionalPrinterColumns'),
    selectableFields: isCommon('selectableFields'),
  }
  if (!shared.schema || !versions[0].schema?.openAPIV3Schema)
    versions.forEach(({ schema }, index) => {
      if (!schema?.openAPIV3Schema) errors.required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required')
    })
  versions.forEach((version, index) => {
    const problems = dns1035Label(version.name ?? '')
    if (problems.length > 0) errors.invalid(`spec.versions[${index}].name`, version.name ?? '', problems.join(','))
    validateVersion(version, `spec.versions[${index}]`, shared, errors)
  })
  // Whole versions are printed without what was moved before them.
  const listed = () =>
    goSyntax(
      versionsType(),
      versions.map((version) => withoutShared(version, shared)),
    )
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    errors.invalid('spec.versions', listed(), 'must contain unique version names')
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.invalid('spec.versions', listed(), 'must have exactly one version marked as storage version')
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) if (!names?.[field]) errors.required(`spec.names.${field}`)
  if (names) validateNames(names, 'spec.names', errors)
  const [first] = versions
  if (shared.schema) validateVersionSchema(first, 'spec.validation', errors)
  if (shared.subresources) validateSubresources(first.subresources, 'spec.subresources', errors)
  if (shared.additionalPrinterColumns) validateColumns(first.additionalPrinterColumns, 'spec.additionalPrinterColumns', errors)
  if (shared.selectableFields) validateSelectable(first, 'spec.selectableFields', errors)
  if (conversion) validateConversion(conversion, 'spec.conversion', errors)
  validateStoredVersions(status?.storedVersions ?? [], versions, errors)
}

function versionsType() {
  const elem = goStruct(schemaNamed('V1CustomResourceDefinitionVersion'))
  return { kind: 'slice', name: `[]${elem.name}`, elem } as const
}

function withoutShared(version: V1CustomResourceDefinitionVersion, shared: Readonly<Record<Common, boolean>>): object {
  return Object.fromEntries(Object.entries(version).filter(([field]) => !shared[field as Common]))
}

function validateVersion(
  version: V1CustomResourceDefinitionVersion,
  path: string,
  shared: Readonly<Record<Common, boolean>>,
  errors: FieldErrors,
): void {
  const { deprecated, deprecationWarning: warning } = version
  const wrong = (detail: string) => errors.invalid(`${path}.deprecationWarning`, warning, detail)
  if (!deprecated && warning !== undefined) wrong('can only be set for deprecated versions')
  else if (warning !== undefined) {
    if (warning.length > 256) wrong('must be <= 256 characters long')
    if (warning === '') wrong('must not be an empty string')
    const at = warning.search(/[\p{C}]/u)
    if (at >= 0) wrong(`must only contain printable UTF-8 characters; non-printable character found at index ${at}`)
  }
  if (!shared.schema) validateVersionSchema(version, `${path}.schema`, errors)
  if (!shared.subresources) validateSubresources(version.subresources, `${path}.subresources`, errors)
  if (!shared.additionalPrinterColumns) validateColumns(version.additionalPrinterColumns, `${path}.additionalPrinterColumns`, errors)
  if (!shared.selectableFields) validateSelectable(version, `${path}.selectableFields`, errors)
}

function validateVersionSchema({ schema, subresources }: V1CustomResourceDefinitionVersion, path: string, errors: FieldErrors): void {
  const root = schema?.openAPIV3Schema
  if (root)
    validateSchema(root as unknown as JsonSchema, `${path}.openAPIV3Schema`, { hasStatus: subresources?.status !== undefined }, errors)
}

function validateNames(names: V1CustomResourceDefinitionNames, path: string, errors: FieldErrors): void {
  const check = (value: string | undefined, place: string, isMixed = false) => {
    const problems = value ? dns1035Label(isMixed ? value.toLowerCase() : value) : []
    const prefix = isMixed ? 'may have mixed case, but should otherwise match: ' : ''
    if (problems.length > 0) errors.invalid(place, value, prefix + problems.join(','))
  }
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names
  check(plural, `${path}.plural`)
  check(singular, `${path}.singular`)
  check(kind, `${path}.kind`, true)
  check(listKind, `${path}.listKind`, true)
  shortNames.forEach((name, index) => check(name, `${path}.shortNames[${index}]`))
  if (kind && kind === listKind) errors.invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same')
  categories.forEach((name, index) => check(name, `${path}.categories[${index}]`))
}

const simplePath = 'must be a simple json path starting with .'

function validateSubresources(subresources: V1CustomResourceSubresources | undefined, path: string, errors: FieldErrors): void {
  if (!subresources?.scale) return
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath = '' } = subresources.scale
  const check = (field: string, value: string, roots: readonly string[], words: string) => {
    const place = `${path}.scale.${field}`
    if (!value.startsWith('.')) errors.invalid(place, value, simplePath)
    else if (!roots.some((root) => value.startsWith(root))) errors.invalid(place, value, `should be a json path under ${words}`)
  }
  if (specReplicasPath === '') errors.required(`${path}.scale.specReplicasPath`)
  else check('specReplicasPath', specReplicasPath, ['.spec.'], '.spec')
  if (statusReplicasPath === '') errors.required(`${path}.scale.statusReplicasPath`)
  else check('statusReplicasPath', statusReplicasPath, ['.status.'], '.status')
  if (labelSelectorPath !== '') check('labelSelectorPath', labelSelectorPath, ['.spec.', '.status.'], 'either .spec or .status')
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

function validateColumns(columns: readonly V1CustomResourceColumnDefinition[] | undefined, path: string, errors: FieldErrors): void {
  columns?.forEach(({ name, type, format, jsonPath }, index) => {
    const place = `${path}[${index}]`
    const oneOf = (list: readonly string[]) => `must be one of ${list.join(',')}`
    if (!name) errors.required(`${place}.name`)
    if (!type) errors.required(`${place}.type`, oneOf(columnTypes))
    else if (!columnTypes.includes(type)) errors.invalid(`${place}.type`, type, oneOf(columnTypes))
    if (format && !columnFormats.includes(format)) errors.invalid(`${place}.format`, format, oneOf(columnFormats))
    if (!jsonPath) errors.required(`${place}.JSONPath`)
    else if (!jsonPath.startsWith('.')) errors.invalid(`${place}.JSONPath`, jsonPath, simplePath)
  })
}

function validateSelectable(
  { selectableFields: fields, schema }: V1CustomResourceDefinitionVersion,
  path: string,
  errors: FieldErrors,
): void {
  const given: readonly V1SelectableField[] = fields ?? []
  const root = schema?.openAPIV3Schema as unknown as JsonSchema | undefined
  if (given.length === 0 || !root) return
  given.forEach(({ jsonPath }, index) => {
    const place = `${path}[${index}].jsonPath`
    if (!jsonPath) return errors.required(place)
    const found = schemaAt(root, jsonPath)
    if (typeof found === 'string') return errors.invalid(place, jsonPath, `is an invalid path: ${found}`)
    if (jsonPath.startsWith('.metadata')) errors.invalid(place, jsonPath, 'must not point to fields in metadata')
    if (!['string', 'boolean', 'integer'].includes(found.type ?? ''))
      errors.invalid(
        place,
        jsonPath,
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      )
    if (given.findIndex((each) => each.jsonPath === jsonPath) < index) errors.duplicate(place, jsonPath)
  })
  const count = new Set(given.map(({ jsonPath }) => jsonPath)).size
  if (count > 8) errors.tooMany(path, count, 8)
}

function validateConversion({ strategy, webhook }: V1CustomResourceConversion, path: string, errors: FieldErrors): void {
  required(`${path}.strategy`, strategy, ['None', 'Webhook'], errors)
  const { clientConfig } = webhook ?? {}
  const conversionReviewVersions = webhook?.conversionReviewVersions ?? []
  const words = 'should not be set when strategy is not set to Webhook'
  if (strategy !== 'Webhook') {
    if (clientConfig) errors.forbidden(`${path}.webhookClientConfig`, words)
    if (conversionReviewVersions.length > 0) errors.forbidden(`${path}.conversionReviewVersions`, words)
    return
  }
  if (!clientConfig) errors.required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook')
  else validateClient(clientConfig, `${path}.webhookClientConfig`, errors)
  if (conversionReviewVersions.length === 0) errors.required(`${path}.conversionReviewVersions`)
  else validateKnownVersions(conversionReviewVersions, `${path}.conversionReviewVersions`, errors)
}

function validateStoredVersions(
  stored: readonly string[],
  versions: readonly V1CustomResourceDefinitionVersion[],
  errors: FieldErrors,
): void {
  if (stored.length === 0)
    return errors.invalid('status.storedVersions', new Verbatim('[]string{}'), 'must have at least one stored version')
  for (const { name, storage } of versions)
    if (storage && !stored.includes(name)) errors.invalid('status.storedVersions', stored, `must have the storage version ${name}`)
  stored.forEach((version, index) => {
    if (versions.some(({ name }) => name === version)) return
    const words = `must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`
    errors.invalid(
      `status.storedVersions[${index}]`,
      version,
      `missing from spec.versions; ${version} was previously a storage version, and ${words}`,
    )
  })
}

const approval = 'api-approved.kubernetes.io'

function isApproved(annotation: string | undefined): boolean {
  return annotation !== undefined && (annotation.startsWith('unapproved') || /^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.test(annotation))
}

/** Kubernetes' own groups are not for everybody: what is put into them says who allowed it. */
export function validateApproval(
  fresh: V1CustomResourceDefinition,
  old: V1CustomResourceDefinition | undefined,
  errors: FieldErrors,
): void {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(fresh.spec.group ?? '')) return
  const annotation = fresh.metadata.annotations?.[approval]
  const before = old?.metadata.annotations?.[approval]
  if (isApproved(annotation) || (old && (before === undefined) === (annotation === undefined) && !isApproved(before))) return
  const place = `metadata.annotations[${approval}]`
  const words = `protected groups must have approval annotation "${approval}"`
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
  if (annotation === undefined || annotation === '') errors.required(place, `${words}, ${see}`)
  else errors.invalid(place, annotation, `${words} with either a URL or a reason starting with "unapproved", ${see}`)
}
