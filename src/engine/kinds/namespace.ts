/** Namespace of the core group v1. */
import { ageColumn, column, name } from './columns.ts'
import { dns1123Label } from './names.ts'
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
  onUpdate: ({ old, fresh, subresource }) => (subresource === 'finalize' ? { ...old, spec: fresh.spec } : { ...fresh, spec: old.spec }),
})
