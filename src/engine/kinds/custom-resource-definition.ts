/** CustomResourceDefinition of apiextensions.k8s.io v1. */
import { allVerbs, defineKind } from './kind.ts'
import { validateApproval, validateDefinition } from './validation/definition.ts'
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
  validate: (definition, errors) => {
    validateDefinition(definition, errors)
    if (definition.spec.preserveUnknownFields === true) errors.invalid('spec.preserveUnknownFields', true, 'must be false')
  },
  validateCreate: (definition, errors) => validateApproval(definition, undefined, errors),
  validateUpdate: ({ old, fresh }, errors) => {
    const fixed = (path: string, before: unknown, after: unknown) => {
      if (before !== after) errors.invalid(path, after, 'field is immutable')
    }
    if (old.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True')) {
      fixed('spec.scope', old.spec.scope, fresh.spec.scope)
      fixed('spec.names.kind', old.spec.names.kind, fresh.spec.names.kind)
    }
    fixed('spec.group', old.spec.group, fresh.spec.group)
    fixed('spec.names.plural', old.spec.names.plural, fresh.spec.names.plural)
    validateApproval(fresh, old, errors)
  },
  warnings: ({ spec }) => {
    const texts: string[] = []
    if (spec.conversion?.strategy === 'Webhook')
      texts.push('spec.conversion: webhook conversion is not simulated in this sandbox; all versions share one form')
    return texts
  },
})
