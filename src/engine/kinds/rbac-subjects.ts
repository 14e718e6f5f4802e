/** The parts that RoleBinding and ClusterRoleBinding share. */
import type { FieldErrors } from './field-errors.ts'
import { dns1123Subdomain, pathSegment } from './names.ts'
import type { RbacV1Subject, V1RoleRef } from './generated/types.ts'

const rbacGroup = 'rbac.authorization.k8s.io'

export function subjectsText(subjects: readonly RbacV1Subject[] | undefined, kind: 'User' | 'Group' | 'ServiceAccount'): string {
  const chosen = (subjects ?? []).filter((subject) => subject.kind === kind)
  return chosen.map(({ namespace, name }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name)).join(', ')
}

export function defaultedSubject(subject: RbacV1Subject): RbacV1Subject {
  return subject.apiGroup || subject.kind === 'ServiceAccount' ? subject : { ...subject, apiGroup: rbacGroup }
}

export function defaultedRoleRef(reference: V1RoleRef): V1RoleRef {
  return reference.apiGroup ? reference : { ...reference, apiGroup: rbacGroup }
}

export function validateRoleRef({ apiGroup, kind, name }: V1RoleRef, kinds: readonly string[], errors: FieldErrors): void {
  if (apiGroup !== rbacGroup) errors.notSupported('roleRef.apiGroup', apiGroup, [rbacGroup])
  if (!kinds.includes(kind)) errors.notSupported('roleRef.kind', kind, kinds)
  if (!name) errors.required('roleRef.name')
  else for (const problem of pathSegment(name)) errors.invalid('roleRef.name', name, problem)
}

export function validateSubject(
  { kind, apiGroup = '', name, namespace }: RbacV1Subject,
  path: string,
  errors: FieldErrors,
  { isNamespaced }: { readonly isNamespaced: boolean },
): void {
  if (!name) errors.required(`${path}.name`)
  switch (kind) {
    case 'ServiceAccount':
      for (const problem of name ? dns1123Subdomain(name) : []) errors.invalid(`${path}.name`, name, problem)
      if (apiGroup !== '') errors.notSupported(`${path}.apiGroup`, apiGroup, [''])
      // A binding in a namespace may leave out that it means its own.
      if (!namespace && !isNamespaced) errors.required(`${path}.namespace`)
      break
    case 'User':
    case 'Group':
      if (apiGroup !== rbacGroup) errors.notSupported(`${path}.apiGroup`, apiGroup, [rbacGroup])
      break
    default:
      errors.notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])
  }
}
