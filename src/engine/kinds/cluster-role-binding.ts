/** ClusterRoleBinding of rbac.authorization.k8s.io v1. */
import { Verbatim } from './field-errors.ts'
import { isSame } from '../api/objects.ts'
import { validateRoleRef, validateSubject } from './rbac-subjects.ts'
import { ageColumn, column, name, wide } from './columns.ts'
import { mapped, withField } from './defaulting.ts'
import { pathSegment } from './names.ts'
import { defaultedRoleRef, defaultedSubject, subjectsText } from './rbac-subjects.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1ClusterRoleBinding } from './generated/types.ts'

export const clusterRoleBinding = defineKind<V1ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  resource: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  isCreatedByUpdate: true,
  verbs: allVerbs,
  schema: 'V1ClusterRoleBinding',
  columns: [
    name,
    column(
      'Role',
      'string',
      'RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
      ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
    ),
    ageColumn,
    wide('Users', 'string', 'Users in the clusterRoleBinding', ({ subjects }) => subjectsText(subjects, 'User')),
    wide('Groups', 'string', 'Groups in the clusterRoleBinding', ({ subjects }) => subjectsText(subjects, 'Group')),
    wide('ServiceAccounts', 'string', 'ServiceAccounts in the clusterRoleBinding', ({ subjects }) =>
      subjectsText(subjects, 'ServiceAccount'),
    ),
  ],
  nameRule: pathSegment,
  defaults: (binding) =>
    withField(withField(binding, 'roleRef', defaultedRoleRef(binding.roleRef)), 'subjects', mapped(binding.subjects, defaultedSubject)),
  validate: ({ roleRef, subjects }, errors) => {
    validateRoleRef(roleRef, ['ClusterRole'], errors)
    subjects?.forEach((subject, index) => validateSubject(subject, `subjects[${index}]`, errors, { isNamespaced: false }))
  },
  validateUpdate: ({ old, fresh }, errors) => {
    if (!isSame(old.roleRef, fresh.roleRef))
      errors.invalid(
        'roleRef',
        new Verbatim(
          `rbac.RoleRef{APIGroup:${JSON.stringify(fresh.roleRef.apiGroup)}, Kind:${JSON.stringify(fresh.roleRef.kind)}, Name:${JSON.stringify(fresh.roleRef.name)}}`,
        ),
        'cannot change roleRef',
      )
  },
})
