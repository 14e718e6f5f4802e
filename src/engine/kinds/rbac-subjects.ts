/** The parts that RoleBinding and ClusterRoleBinding share. */
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
