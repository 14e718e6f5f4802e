/** CustomResourceDefinition of apiextensions.k8s.io v1. */
import { checkRuleSyntax } from '../api/custom/custom-rules.ts'
import { checkRuleCosts } from '../api/custom/rule-cost.ts'
import { areExpressionsLoaded } from '../api/expressions/expressions.ts'
import { isSame } from '../api/objects.ts'
import { pruned, validateBySchema, type JsonSchema } from '../api/custom/structural-schema.ts'
import { Verbatim, type FieldErrors } from './field-errors.ts'
import { allVerbs, defineKind } from './kind.ts'
import { dns1035Label } from './names.ts'
import type { V1CustomResourceDefinition } from './generated/types.ts'

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

export const customResourceDefinition = defineKind<V1CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  namespaced: false,
  needsVersion: true,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  verbs: allVerbs,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1CustomResourceDefinition',
  hasGeneration: true,
  defaults: (definition) => {
    const { spec } = definition
    if (!spec?.names) return definition
    const names = {
      ...spec.names,
      singular: spec.names.singular ?? spec.names.kind?.toLowerCase(),
      listKind: spec.names.listKind ?? `${spec.names.kind}List`,
    }
    const isComplete = spec.names.singular !== undefined && spec.names.listKind !== undefined && spec.conversion !== undefined
    return isComplete ? definition : { ...definition, spec: { ...spec, names, conversion: spec.conversion ?? { strategy: 'None' } } }
  },
  onCreate: (definition) => {
    const storedVersions = (definition.spec.versions ?? []).filter((version) => version.storage).map((version) => version.name)
    return {
      ...definition,
      status: {
        conditions: null,
        acceptedNames: { plural: '', kind: '' },
        storedVersions,
      } as unknown as V1CustomResourceDefinition['status'],
    }
  },
  // What the definition is about goes before it; a controller looks after that.
  onDelete: (definition, now) => {
    const { metadata, status } = definition
    const finalizers = [...(metadata.finalizers ?? []).filter((each) => each !== cleanupFinalizer), cleanupFinalizer]
    const pending = {
      type: 'Terminating',
      status: 'True',
      lastTransitionTime: now,
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    }
    return {
      ...definition,
      metadata: { ...metadata, finalizers },
      status: { ...status, conditions: [...(status?.conditions ?? []), pending] },
    } as V1CustomResourceDefinition
  },
  onUpdate: ({ old, fresh }) => {
    const storage = fresh.spec.versions?.find((version) => version.storage)?.name
    const { storedVersions = [] } = old.status ?? {}
    if (
      storage === undefined ||
      !fresh.status ||
      storedVersions.includes(storage) ||
      fresh.status.storedVersions !== old.status?.storedVersions
    )
      return fresh
    return { ...fresh, status: { ...fresh.status, storedVersions: [...storedVersions, storage] } }
  },
  validate: ({ metadata, spec }, errors) => {
    const { group, names, scope } = spec
    // Go's list without `omitempty` is null when it was left out.
    const versions = spec.versions ?? []
    const expected = `${names?.plural ?? ''}.${group}`
    if (metadata.name !== expected) errors.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')
    if (!group) errors.required('spec.group')
    else if (!group.includes('.')) errors.invalid('spec.group', group, 'should be a domain with at least one dot')
    if (!scope) errors.required('spec.scope')
    else if (scope !== 'Cluster' && scope !== 'Namespaced') errors.notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])
    if (!names?.plural) errors.required('spec.names.plural')
    if (!names?.kind) errors.required('spec.names.kind')
    if (versions.filter((version) => version.storage).length !== 1)
      errors.invalid('spec.versions', versions, 'must have exactly one version marked as storage version')
    versions.forEach((version, index) => {
      if (!version.schema?.openAPIV3Schema) errors.required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required')
      else if (!version.schema.openAPIV3Schema.type)
        errors.required(`spec.versions[${index}].schema.openAPIV3Schema.type`, 'must not be empty at the root')
      else if (version.schema.openAPIV3Schema.type !== 'object')
        errors.invalid(
          `spec.versions[${index}].schema.openAPIV3Schema.type`,
          version.schema.openAPIV3Schema.type,
          'must be object at the root',
        )
    })
    // Versions that share one schema are judged as one, at the place where it stood before there were versions.
    const schemas = versions.map((version) => version.schema?.openAPIV3Schema)
    const isShared = schemas.every((schema) => isSame(schema, schemas[0]))
    schemas.forEach((schema, index) => {
      if (!schema || (index > 0 && isShared)) return
      const path = isShared ? 'spec.validation.openAPIV3Schema' : `spec.versions[${index}].schema.openAPIV3Schema`
      checkStructure(schema as unknown as JsonSchema, path, errors)
      if (errors.list.length === 0) checkDefaults(schema as unknown as JsonSchema, path, errors)
      if (errors.list.length === 0) checkRuleSyntax(schema as unknown as JsonSchema, path, errors)
      if (errors.list.length === 0 && areExpressionsLoaded()) checkRuleCosts(schema as unknown as JsonSchema, path, errors)
    })
    if (spec.preserveUnknownFields === true) errors.invalid('spec.preserveUnknownFields', true, 'must be false')
    for (const [index, version] of versions.entries()) {
      for (const problem of dns1035Label(version.name ?? '')) errors.invalid(`spec.versions[${index}]`, version.name, problem)
      if (versions.findIndex((each) => each.name === version.name) < index)
        errors.invalid('spec.versions', new Verbatim('[]'), 'must not contain duplicate version names')
    }
  },
  validateUpdate: ({ old, fresh }, errors) => {
    const fixed = (path: string, before: unknown, after: unknown) => {
      if (before !== after) errors.invalid(path, after, 'field is immutable')
    }
    fixed('spec.group', old.spec.group, fresh.spec.group)
    fixed('spec.names.plural', old.spec.names.plural, fresh.spec.names.plural)
    if (old.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) {
      fixed('spec.scope', old.spec.scope, fresh.spec.scope)
      fixed('spec.names.kind', old.spec.names.kind, fresh.spec.names.kind)
    }
    fresh.status?.storedVersions?.forEach((version, index) => {
      if (!fresh.spec.versions.some((each) => each.name === version))
        errors.invalid(
          `status.storedVersions[${index}]`,
          version,
          'missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions'.replaceAll(
            'v1',
            version,
          ),
        )
    })
  },
  warnings: ({ spec }) => {
    const texts: string[] = []
    if (spec.conversion?.strategy === 'Webhook')
      texts.push('spec.conversion: webhook conversion is not simulated in this sandbox; all versions share one form')
    return texts
  },
})

/** A default must be something that the schema itself would take. */
function checkDefaults(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (schema.default !== undefined) {
    const unknown: string[] = []
    pruned(schema, schema.default, '', unknown)
    if (unknown.length > 0) errors.invalid(`${path}.default`, schema.default, 'must not have unknown fields')
    else validateBySchema(schema, schema.default, `${path}.default`, errors)
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) checkDefaults(inner, `${path}.properties[${name}]`, errors)
  if (schema.items) checkDefaults(schema.items, `${path}.items`, errors)
  if (typeof schema.additionalProperties === 'object') checkDefaults(schema.additionalProperties, `${path}.additionalProperties`, errors)
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/** Every value below the root must have a type, or nothing could be pruned. */
function checkStructure(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const check = (inner: JsonSchema, place: string, where: string) => {
    const isOpen = inner['x-kubernetes-int-or-string'] === true || inner['x-kubernetes-preserve-unknown-fields'] === true
    if (!inner.type && !isOpen) errors.required(`${place}.type`, `must not be empty for specified ${where}`)
    else if (inner.type && !types.includes(inner.type)) errors.notSupported(`${place}.type`, inner.type, types)
    checkStructure(inner, place, errors)
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) check(inner, `${path}.properties[${name}]`, 'object fields')
  const { items, additionalProperties } = schema
  if (additionalProperties !== undefined && Object.keys(schema.properties ?? {}).length > 0)
    errors.forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')
  if (items) check(items, `${path}.items`, 'array items')
  else if (schema.type === 'array') errors.required(`${path}.items`, 'must be specified')
  if (typeof additionalProperties !== 'object') return
  if (Object.keys(schema.properties ?? {}).length > 0)
    errors.forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')
  check(additionalProperties, `${path}.additionalProperties`, 'object fields')
}
