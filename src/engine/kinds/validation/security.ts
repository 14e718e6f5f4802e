/** Security contexts of pods and of containers. */
import type { FieldErrors } from '../field-errors.ts'
import type { V1PodSecurityContext, V1SecurityContext } from '../generated/types.ts'
import { goSyntax } from '../go-syntax.ts'
import { goStruct } from '../go-value.ts'
import { schemaNamed } from '../schema.ts'
import { supported } from './values.ts'

const maxId = 2147483647

function validateId(value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && (value < 0 || value > maxId)) errors.invalid(path, value, `must be between 0 and ${maxId}, inclusive`)
}

export function validatePodSecurity(context: V1PodSecurityContext, path: string, errors: FieldErrors): void {
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) validateId(context[field], `${path}.${field}`, errors)
  context.supplementalGroups?.forEach((group, index) => validateId(group, `${path}.supplementalGroups[${index}]`, errors))
  const names = new Set<string>()
  context.sysctls?.forEach(({ name }, index) => {
    const place = `${path}.sysctls[${index}].name`
    if (!name) errors.required(place)
    else if (name.length > 253 || !/^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(name)) {
      errors.invalid(
        place,
        name,
        'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
      )
    } else if (names.has(name)) errors.duplicate(place, name)
    names.add(name)
  })
  if (context.fsGroupChangePolicy)
    supported(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], errors)
}

export function validateSecurity(context: V1SecurityContext, path: string, errors: FieldErrors): void {
  validateId(context.runAsUser, `${path}.runAsUser`, errors)
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors)
  if (context.allowPrivilegeEscalation !== false) return
  if (context.privileged)
    errors.invalid(
      path,
      goSyntax(goStruct(schemaNamed('V1SecurityContext')), context),
      'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    )
  else if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
    errors.invalid(
      path,
      goSyntax(goStruct(schemaNamed('V1SecurityContext')), context),
      'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
    )
}
