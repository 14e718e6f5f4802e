/** Namespace of the core group v1. */
import { ageColumn, column, name } from './columns.ts'
import type { FieldErrors } from './field-errors.ts'
import { dns1123Label, qualifiedName } from './names.ts'
import { defineKind } from './kind.ts'
import type { V1Namespace } from './generated/types.ts'

export const namespace = defineKind<V1Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  singular: 'namespace',
  namespaced: false,
  shortNames: ['ns'],
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: {
    finalize: { verbs: ['update'] },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  schema: 'V1Namespace',
  nameRule: dns1123Label,
  columns: [name, column('Status', 'string', 'The status of the namespace', ({ status }) => status.phase ?? ''), ageColumn],
  selectableFields: { 'status.phase': ({ status }) => status.phase ?? '' },
  defaults: (namespace) => {
    const { metadata } = namespace
    if (metadata.labels?.['kubernetes.io/metadata.name'] === metadata.name) return namespace
    return { ...namespace, metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } } }
  },
  onCreate: (namespace) => {
    const finalizers = namespace.spec?.finalizers ?? []
    return {
      ...namespace,
      spec: { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] },
      status: { phase: 'Active' },
    }
  },
  validate: ({ spec }, errors) => {
    for (const finalizer of spec?.finalizers ?? []) validateFinalizer(finalizer, 'spec.finalizers', errors)
  },
  validateStatus: ({ fresh: { metadata, status } }, errors) => {
    const [wanted, state] = metadata.deletionTimestamp === undefined ? ['Active', 'empty'] : ['Terminating', 'not empty']
    if (status.phase !== wanted)
      errors.invalid('status.Phase', status.phase ?? '', `may only be '${wanted}' if \`deletionTimestamp\` is ${state}`)
  },
  onUpdate: ({ old, fresh, subresource }) => (subresource === 'finalize' ? { ...old, spec: fresh.spec } : { ...fresh, spec: old.spec }),
})

function validateFinalizer(finalizer: string, path: string, errors: FieldErrors): void {
  for (const problem of qualifiedName(finalizer)) errors.invalid(path, finalizer, problem)
  if (!finalizer.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer))
    errors.invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')
}
