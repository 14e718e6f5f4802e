/** CustomResourceDefinition of apiextensions.k8s.io v1. */
import { checkRuleSyntax } from '../api/custom-rules.ts'
import { isSame } from '../api/objects.ts'
import type { JsonSchema } from '../api/structural-schema.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1CustomResourceDefinition } from './generated/types.ts'

export const customResourceDefinition = defineKind<V1CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  resource: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  namespaced: false,
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
    const names = { ...spec.names, singular: spec.names.singular ?? spec.names.kind?.toLowerCase(), listKind: spec.names.listKind ?? `${spec.names.kind}List` }
    const isComplete = spec.names.singular !== undefined && spec.names.listKind !== undefined && spec.conversion !== undefined
    return isComplete ? definition : { ...definition, spec: { ...spec, names, conversion: spec.conversion ?? { strategy: 'None' } } }
  },
  onCreate: (definition) => {
    const storedVersions = (definition.spec.versions ?? []).filter((version) => version.storage).map((version) => version.name)
    return { ...definition, status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions } as unknown as V1CustomResourceDefinition['status'] }
  },
  validate: ({ metadata, spec }, errors) => {
    const { group, names, scope, versions = [] } = spec
    const expected = `${names?.plural ?? ''}.${group}`
    if (metadata.name !== expected) errors.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')
    if (!group) errors.required('spec.group')
    else if (!group.includes('.')) errors.invalid('spec.group', group, 'should be a domain with at least one dot')
    if (!scope) errors.required('spec.scope')
    else if (scope !== 'Cluster' && scope !== 'Namespaced') errors.notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])
    if (!names?.plural) errors.required('spec.names.plural')
    if (!names?.kind) errors.required('spec.names.kind')
    if (versions.filter((version) => version.storage).length !== 1) errors.invalid('spec.versions', versions, 'must have exactly one version marked as storage version')
    versions.forEach((version, index) => {
      if (!version.schema?.openAPIV3Schema) errors.required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required')
      else if (!version.schema.openAPIV3Schema.type) errors.required(`spec.versions[${index}].schema.openAPIV3Schema.type`, 'must not be empty at the root')
      else if (version.schema.openAPIV3Schema.type !== 'object') errors.invalid(`spec.versions[${index}].schema.openAPIV3Schema.type`, version.schema.openAPIV3Schema.type, 'must be object at the root')
    })
    // Versions that share one schema are judged as one, at the place where it stood before there were versions.
    const schemas = versions.map((version) => version.schema?.openAPIV3Schema)
    const isShared = schemas.every((schema) => isSame(schema, schemas[0]))
    schemas.forEach((schema, index) => {
      if (schema && (index === 0 || !isShared)) checkRuleSyntax(schema as unknown as JsonSchema, isShared ? 'spec.validation.openAPIV3Schema' : `spec.versions[${index}].schema.openAPIV3Schema`, errors)
    })
  },
  warnings: ({ spec }) => {
    const texts: string[] = []
    if (spec.conversion?.strategy === 'Webhook') texts.push('spec.conversion: webhook conversion is not simulated in this sandbox; all versions share one form')
    return texts
  },
})
